"""The benchmark of ingest: what it takes in, and how it sees what it started."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError
from rich.console import Console

from articles import generated
from corpus.management import ingest_figures


def test_every_article_is_dealt_out_once(tmp_path: Path) -> None:
    files = ingest_figures.written(7, 3, tmp_path)
    rows = [[json.loads(line)["url"] for line in file.read_text().splitlines()] for file in files]
    assert [len(row) for row in rows] == [3, 2, 2]
    assert {url for row in rows for url in row} == {article.url for article in generated.articles(7)}


def test_a_command_that_fails_is_told_with_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(ingest_figures.PRODUCTION, "ALLOWED_HOSTS", "")  # it ends before it asks any database
    run = ingest_figures.Run(str(tmp_path / "no.sqlite3"), "check_corpus")
    with pytest.raises(CommandError, match=r"manage\.py check_corpus ended with 1: Set ALLOWED_HOSTS"):
        ingest_figures.told("check", run, Console(file=io.StringIO()))
    assert run.running() is False


def test_there_is_a_row_whenever_the_corpus_has_doubled_or_so() -> None:
    assert list(itertools.islice(ingest_figures.rows(), 7)) == [100, 200, 500, 1_000, 2_000, 5_000, 10_000]


class Unending:
    """A command that goes on until it is killed."""

    began, cpu, memory, peak, killed, returncode = 0.0, 1.0, 50, 60, False, None

    @property
    def process(self) -> Unending:
        return self

    def running(self) -> bool:
        return True

    def kill(self) -> None:
        self.killed = True

    def wait(self) -> None:
        assert self.killed


@pytest.mark.django_db
def test_who_is_interrupted_tells_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupted)
    run: Any = Unending()
    assert [line.split()[0] for line in ingest_figures.taken_in(10, [run], Console(file=io.StringIO()))] == ["all"]
    assert run.killed


def test_reading_alone() -> None:
    said: Any = ingest_figures.reading(2)
    assert "ms of CPU an article of 1," in said
