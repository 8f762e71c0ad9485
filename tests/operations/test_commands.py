"""What commands that run for long have in common: no memory of statements, and a word now and then."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.fixtures import Settings
from rich.console import Console

from corpus.management import progress
from corpus.management.base import CorpusCommand

#: Of no corpus, or of a small one that comes with the program.
OTHERS = {"read", "evaluate", "demo"}
COMMANDS = [path for path in Path(settings.BASE_DIR).glob("*/management/commands/[a-z]*.py") if path.stem not in OTHERS]


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_every_command_on_the_corpus_is_one(path: Path) -> None:
    module = import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
    assert issubclass(module.Command, CorpusCommand)


@pytest.mark.django_db
def test_no_statement_is_kept_on_a_laptop_either(settings: Settings) -> None:
    settings.DEBUG = True
    call_command("tidy", stdout=io.StringIO())
    assert not settings.DEBUG


def test_where_there_is_no_terminal_progress_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    with progress.counted(Console(file=said), 2_000) as told:
        told("quotes.jsonl", 1_500)
        monkeypatch.setattr(progress, "PAUSE", 60.0)
        told("quotes.jsonl", 500)
    assert said.getvalue() == "1,500 of 2,000: quotes.jsonl\n"
