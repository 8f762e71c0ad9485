"""Killed at any moment, an export leaves nothing half and an import leaves the corpus as it was."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.snapshots.processes import Place

pytestmark = pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") == "postgresql", reason="its processes use SQLite: the run on SQLite does this"
)
#: By hand many more: VERBATIM_KILLS=50 pytest tests/snapshots/test_killed.py
KILLS = int(os.environ.get("VERBATIM_KILLS", "1"))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Path]:
    """The sample corpus in a database, and a snapshot of it."""
    folder = tmp_path_factory.mktemp("sample")
    place = Place(folder).made()
    place.run("demo")
    place.run("export", str(folder / "snapshot"))
    return place, folder / "snapshot"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def killed(place: Place, *command: str, took: float) -> bool:
    """Start a command and kill it somewhere between its start and its usual end; answers whether it was still there."""
    process = place.start(*command)
    time.sleep(random.uniform(0.3, 1.05) * took)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def timed(place: Place, *command: str) -> float:
    began = time.monotonic()
    place.run(*command)
    return time.monotonic() - began


def test_export(places: tuple[Place, Path], tmp_path: Path) -> None:
    place, snapshot = places
    took = timed(place, "export", str(tmp_path / "first"))
    for number in range(KILLS):
        target = tmp_path / f"export-{number}"
        killed(place, "export", str(target), took=took)
        assert not target.exists() or bytes_of(target) == bytes_of(snapshot)
    place.run("export", str(tmp_path / "last"))
    assert bytes_of(tmp_path / "last") == bytes_of(snapshot)


def test_import_into_nothing(places: tuple[Place, Path], tmp_path: Path) -> None:
    _, snapshot = places
    whole = Place(tmp_path / "whole")
    whole.folder.mkdir()
    took = timed(whole.made(), "import", str(snapshot))
    fresh, ended = 0, 0
    while fresh < KILLS:
        fresh += 1
        place = Place(tmp_path / f"place-{fresh}")
        place.folder.mkdir()
        place.made()
        killed(place, "import", str(snapshot), took=took)
        place.run("check_corpus")
        place.run("export", str(place.folder / "after"))
        after = bytes_of(place.folder / "after")
        if after["articles.jsonl"]:
            ended += 1
        else:
            assert not any(data for name, data in after.items() if name != "manifest.json")
            place.run("import", str(snapshot))
            place.run("export", str(place.folder / "again"))
            after = bytes_of(place.folder / "again")
        assert after == bytes_of(snapshot)
    assert ended <= fresh


def test_merge(places: tuple[Place, Path], tmp_path: Path) -> None:
    """Into a corpus that was made from the same news, so that nearly everything in it is decided upon."""
    _, snapshot = places
    place = Place(tmp_path).made()
    place.run("demo")
    place.run("export", str(tmp_path / "before"))
    before = bytes_of(tmp_path / "before")
    report = place.run("import", str(snapshot))
    assert "Nothing was changed" in report
    took = timed(place, "import", str(snapshot))
    database = tmp_path / "corpus.sqlite3"
    unmerged = database.read_bytes()
    for number in range(KILLS):
        killed(place, "import", str(snapshot), "--merge", took=took)
        place.run("check_corpus")
        place.run("export", str(tmp_path / f"after-{number}"))
        if bytes_of(tmp_path / f"after-{number}") != before:
            database.write_bytes(unmerged)  # it was quicker than the kill
            for rest in tmp_path.glob("corpus.sqlite3-*"):
                rest.unlink()
    place.run("import", str(snapshot), "--merge")
    place.run("check_corpus")
