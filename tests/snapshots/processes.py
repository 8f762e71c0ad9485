"""Commands in processes of their own, on a database of their own: what a test in one transaction cannot show."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
#: The file of a database with its tables, once somebody has made one.
EMPTY: list[bytes] = []


@dataclass(frozen=True)
class Place:
    """A SQLite database in a folder, and commands that run on it."""

    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    @property
    def _file(self) -> Path:
        return self.folder / "corpus.sqlite3"

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command of manage.py."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
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
        self.folder.mkdir(exist_ok=True)
        if EMPTY:
            self._file.write_bytes(EMPTY[0])
        else:
            self.run("migrate", "--run-syncdb", "-v0")
            EMPTY.append(self._file.read_bytes())
        return self

    def written(self) -> bool:
        """Whether somebody is in the middle of writing to it."""
        database = sqlite3.connect(self._file, timeout=0, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            database.close()
        return False


class Served(Place):
    """The same on PostgreSQL: a database on the server of this run."""

    @property
    def url(self) -> str:
        server = urlsplit(os.environ["DATABASE_URL"])
        return f"postgresql://{server.netloc}/{self._name}?{server.query}"

    @property
    def _name(self) -> str:
        return f"place_{zlib.crc32(bytes(self.folder)):08x}"

    def made(self) -> Place:
        self.folder.mkdir(exist_ok=True)
        self._ask(f"CREATE DATABASE {self._name}")
        self.run("migrate", "--run-syncdb", "-v0")
        return self

    def written(self) -> bool:
        asked = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = %s AND backend_xid IS NOT NULL)"
        [[answer]] = self._ask(asked, self._name)
        return bool(answer)

    @staticmethod
    def _ask(statement: str, *values: str) -> list[tuple[object, ...]]:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            found = server.execute(statement.encode(), values or None)
            return found.fetchall() if found.description else []


HERE: type[Place] = Served if os.environ.get("TEST_DATABASE") == "postgresql" else Place
