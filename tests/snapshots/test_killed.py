"""Killed at any moment, an export leaves nothing half and an import leaves the corpus as it was."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.snapshots.processes import HERE, Place

#: By hand many more, and on PostgreSQL: VERBATIM_KILLS=50 pytest tests/snapshots/test_killed.py
KILLS = int(os.environ.get("VERBATIM_KILLS", "1"))
pytestmark = pytest.mark.skipif(
    KILLS == 1 and HERE is not Place, reason="on PostgreSQL by hand: VERBATIM_KILLS=50; the run on SQLite does this"
)
rng = random.Random(17)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Path]:
    """The sample corpus in a database, and a snapshot of it."""
    folder = tmp_path_factory.mktemp("sample")
    place = HERE(folder).made()
    place.run("demo")
    place.run("export", str(folder / "snapshot"))
    return place, folder / "snapshot"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def exported(place: Place) -> dict[str, bytes]:
    folder = place.folder / "exported"
    place.run("export", str(folder))
    try:
        return bytes_of(folder)
    finally:
        shutil.rmtree(folder)


def writing(place: Place, *command: str) -> float:
    """Run a command to its good end; returns for how long it was writing, in seconds."""
    process = place.start(*command)
    seen = []
    while process.poll() is None:
        if place.written():
            seen.append(time.monotonic())
        time.sleep(0.02)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return seen[-1] - seen[0]


def kill_while_writing(place: Place, *command: str, took: float) -> None:
    """Kill a command somewhere between the first and the last it writes."""
    process = place.start(*command)
    while process.poll() is None and not place.written():
        time.sleep(0.02)
    time.sleep(rng.random() * took)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}, said


def test_export(places: tuple[Place, Path], tmp_path: Path) -> None:
    place, snapshot = places
    began = time.monotonic()
    place.run("export", str(tmp_path / "first"))
    took = time.monotonic() - began
    for number in range(KILLS):
        target = tmp_path / f"export-{number}"
        process = place.start("export", str(target))
        time.sleep(rng.uniform(0.3, 1.05) * took)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not target.exists() or bytes_of(target) == bytes_of(snapshot)
    place.run("export", str(tmp_path / "last"))
    assert bytes_of(tmp_path / "last") == bytes_of(snapshot)


def test_import_into_nothing(places: tuple[Place, Path], tmp_path: Path) -> None:
    _, snapshot = places
    took = writing(HERE(tmp_path / "whole").made(), "import", str(snapshot))
    place, kills, quick = HERE(tmp_path / "killed").made(), 0, 0
    while kills < KILLS:
        kill_while_writing(place, "import", str(snapshot), took=took)
        place.run("check_corpus")
        after = exported(place)
        if any(data for name, data in after.items() if name != "manifest.json"):
            assert after == bytes_of(snapshot)  # it was quicker than the kill
            quick += 1
            place = HERE(tmp_path / f"killed-{quick}").made()
        else:
            kills += 1
    assert quick < 3 + KILLS
    place.run("import", str(snapshot))
    assert exported(place) == bytes_of(snapshot)
    place.run("check_corpus")


def test_merge(places: tuple[Place, Path], tmp_path: Path) -> None:
    """Into a corpus that was made from the same news, so that nearly everything in it is decided upon."""
    _, snapshot = places
    place = HERE(tmp_path / "made").made()
    place.run("demo")
    before = exported(place)
    # To report is to merge and to take it back.
    took = writing(place, "import", str(snapshot))
    assert exported(place) == before
    kills, quick = 0, 0
    while kills < KILLS:
        kill_while_writing(place, "import", str(snapshot), "--merge", took=took)
        place.run("check_corpus")
        if exported(place) == before:
            kills += 1
        else:  # it was quicker than the kill
            quick += 1
            place = HERE(tmp_path / f"made-{quick}").made()
            place.run("demo")
            before = exported(place)
    assert quick < 3 + KILLS
    place.run("import", str(snapshot), "--merge")
    assert exported(place) != before
    place.run("check_corpus")
