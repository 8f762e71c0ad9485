"""What the workers of one machine share, and may lose at any time: counts, since when an answer is as it is, whose
turn it is to ask a host.

A small SQLite file beside the corpus (`settings.SHARED`), so that counting a request neither waits for a writer of the
corpus nor makes one wait. Django's own caches count by reading and writing back, which loses counts between processes.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(__name__)

#: How many answers are remembered.
REMEMBERED = 100_000
TABLES = """
CREATE TABLE IF NOT EXISTS counts (who TEXT PRIMARY KEY, until INTEGER NOT NULL, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counts_until ON counts (until);
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, address BLOB UNIQUE NOT NULL, etag TEXT NOT NULL, since INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    view TEXT, status INTEGER, bound REAL, n INTEGER NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (view, status, bound)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hosts (place TEXT PRIMARY KEY, ready REAL NOT NULL) WITHOUT ROWID;
"""
COUNT = """
INSERT INTO counts VALUES (?, ?, 1)
ON CONFLICT (who) DO UPDATE SET n = iif(until = excluded.until, n + 1, 1), until = excluded.until RETURNING n
"""
KNOWN = "SELECT etag, since FROM answers WHERE address = ?"
#: A change within a second is told from what was there before by counting for the next.
NOTED = """
INSERT INTO answers (address, etag, since) VALUES (:address, :etag, :now) ON CONFLICT (address) DO UPDATE
SET since = iif(etag = excluded.etag, since, max(excluded.since, since + 1)), etag = excluded.etag RETURNING since, id
"""
TALLIED = """
INSERT INTO requests VALUES (?, ?, ?, 1, ?)
ON CONFLICT (view, status, bound) DO UPDATE SET n = n + 1, seconds = seconds + excluded.seconds
"""
#: A clock that was set back makes nobody wait for longer than a hundred turns.
TURN = """
INSERT INTO hosts VALUES (:place, :now + :delay)
ON CONFLICT (place) DO UPDATE SET ready = min(max(ready, :now), :now + 100 * :delay) + :delay RETURNING ready - :delay
"""
ASKED = "UPDATE hosts SET ready = max(ready, :now + :delay) WHERE place = :place"


class _Connection(threading.local):
    """A connection a thread, made when first used, and again where the process or the file is another."""

    place: tuple[int, str] | None = None
    database: sqlite3.Connection

    def __call__(self) -> sqlite3.Connection:
        place = os.getpid(), str(settings.SHARED)
        if self.place != place:
            database = sqlite3.connect(place[1], timeout=1, isolation_level=None, check_same_thread=False)
            # WAL without a sync: a power cut loses the file's latest rows, which is no loss.
            database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {TABLES}")
            self.place, self.database = place, database
        return self.database


_connection = _Connection()


def _or(instead: R) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Where the file cannot be used, nobody is refused for it: ``instead`` is given, and the log says why."""

    def decorated(act: Callable[P, R]) -> Callable[P, R]:
        @wraps(act)
        def tried(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return act(*args, **kwargs)
            except sqlite3.Error as error:
                log.warning("%s cannot be used (%s): requests are not counted.", settings.SHARED, error)
                return instead

        return tried

    return decorated


@_or(1)
def count(who: str, until: int) -> int:
    """How often this was counted in the window that ends then (in seconds), now included; 1 where nobody can tell."""
    [[n]] = _connection().execute(COUNT, (who, until)).fetchall()
    if n == 1:
        # Once a window for each: those that are over.
        _connection().execute("DELETE FROM counts WHERE until < ?", (int(time.time()) - 1,))
    return int(n)


@_or(0)
def since(address: bytes, etag: str) -> int:
    """Since when (in seconds) this address is known to answer so, on this machine; 0 where nobody can tell."""
    database = _connection()
    known = database.execute(KNOWN, (address,)).fetchone()
    if known and known[0] == etag:
        return int(known[1])
    given = {"address": address, "etag": etag, "now": int(time.time())}
    [[found, key]] = database.execute(NOTED, given).fetchall()
    if key % 100 == 0:
        database.execute("DELETE FROM answers WHERE id <= ?", (key - REMEMBERED,))
    return int(found)


@_or(None)
def tally(view: str, status: int, bound: float, seconds: float) -> None:
    """Count a request that took so many seconds, the least upper bound of which is that."""
    _connection().execute(TALLIED, (view, status, bound, seconds))


def tallied() -> list[tuple[str, int, float, int, float]]:
    """View, status, bound, requests and their seconds; in order, and none where nobody can tell."""
    with suppress(sqlite3.Error):
        return _connection().execute("SELECT view, status, bound, n, seconds FROM requests ORDER BY 1, 2, 3").fetchall()
    return []


@_or(0.0)
def turn(place: str, delay: float) -> float:
    """How many seconds until a host may be asked: nobody on this machine asks it within the delay of another."""
    now = time.time()
    [[at]] = _connection().execute(TURN, {"place": place, "delay": delay, "now": now}).fetchall()
    return max(0.0, float(at) - now)


@_or(None)
def asked(place: str, delay: float) -> None:
    """A host has answered now: the delay begins."""
    _connection().execute(ASKED, {"place": place, "delay": delay, "now": time.time()})


def forget() -> None:
    """Drop all of it."""
    tables = ("counts", "answers", "requests", "hosts")
    with suppress(sqlite3.Error):
        _connection().executescript("".join(f"DELETE FROM {table};" for table in tables))
