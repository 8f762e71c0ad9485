"""The benchmark of ingest: what it takes in, and how it sees what it started."""

from __future__ import annotations

import io
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


def test_reading_alone() -> None:
    said: Any = ingest_figures.reading(2)
    assert "ms of CPU an article of 1," in said
