"""What workers share: counts that no process loses, answers with their dates, and nobody refused where it fails."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from corpus import shared

COUNTING = """
import sys, time
from django.conf import settings
settings.configure(SHARED=sys.argv[1])
from corpus import shared
print(max(shared.count("one", int(sys.argv[2])) for _ in range(200)))
"""


@pytest.fixture(autouse=True)
def file(settings: Any, tmp_path: Path) -> Path:
    settings.SHARED = str(tmp_path / "shared.sqlite3")
    return Path(settings.SHARED)


def test_several_processes_count_together(file: Path) -> None:
    until = int(time.time()) + 60
    command = [sys.executable, "-c", COUNTING, str(file), str(until)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    counts = [int(worker.communicate()[0]) for worker in workers]
    assert max(counts) == 600
    assert shared.count("one", until) == 601


def test_each_window_begins_anew_and_what_is_over_goes() -> None:
    now = int(time.time())
    assert [shared.count("one", now + 60) for _ in range(3)] == [1, 2, 3]
    assert shared.count("other", now + 60) == 1
    assert shared.count("one", now + 120) == 1
    shared.count("old", now - 10)
    shared.count("new", now + 60)
    rows = shared._connection().execute("SELECT who FROM counts ORDER BY who").fetchall()
    assert [who for (who,) in rows] == ["new", "one", "other"]


def test_an_answer_is_so_since_it_first_was(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000
    monkeypatch.setattr("time.time", lambda: now)
    first = shared.since(b"a", "x")
    now += 5
    assert [shared.since(b"a", "x"), shared.since(b"a", "y"), shared.since(b"b", "y")] == [first, now, now]
    # Within a second the later one counts for the next, however often that happens.
    assert [shared.since(b"a", tag) for tag in "xyx"] == [now + 1, now + 2, now + 3]


def test_no_more_than_so_many_answers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "REMEMBERED", 50)
    for number in range(300):
        shared.since(str(number).encode(), "x")
    [[kept]] = shared._connection().execute("SELECT count(*) FROM answers").fetchall()
    assert 50 <= kept < 150


def test_nobody_is_refused_for_a_file_that_cannot_be_used(settings: Any, tmp_path: Path, caplog: Any) -> None:
    settings.SHARED = str(tmp_path / "nowhere" / "shared.sqlite3")
    assert (shared.count("one", 1), shared.since(b"a", "x")) == (1, 0)
    assert "cannot be used" in caplog.text


def test_processes_ask_a_host_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    assert [shared.turn("mercury.example:443", 2.0) for _ in range(3)] == [0.0, 2.0, 4.0]
    assert shared.turn("ledger.example:443", 2.0) == 0.0
    now += 7  # the answer to the last took three seconds
    shared.asked("mercury.example:443", 2.0)
    assert shared.turn("mercury.example:443", 2.0) == 2.0
    now -= 86_400
    assert shared.turn("mercury.example:443", 2.0) == 200.0, "a clock that was set back stops nobody for a day"
