"""Commands in processes of their own, on a database of their own: what a test in one transaction cannot show."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The file of a database with its tables, once somebody has made one.
EMPTY: list[bytes] = []


@dataclass(frozen=True)
class Place:
    """A SQLite database in a folder, and commands that run on it."""

    folder: Path

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command of manage.py."""
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.folder / 'corpus.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "tests.snapshots.bare",
            "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "of a test",
            "VERBATIM_VAR": str(self.folder / "var"),
        }
        arguments = [sys.executable, str(ROOT / "manage.py"), *command]
        return subprocess.Popen(
            arguments, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, *command: str) -> str:
        """Run a command of manage.py to its end, which must be a good one; returns what it said."""
        process = self.start(*command)
        said, _ = process.communicate()
        assert process.returncode == 0, said
        return said

    def made(self) -> Place:
        """With its tables, which are the same everywhere: they are made once."""
        database = self.folder / "corpus.sqlite3"
        if EMPTY:
            database.write_bytes(EMPTY[0])
        else:
            self.run("migrate", "--run-syncdb", "-v0")
            EMPTY.append(database.read_bytes())
        return self
