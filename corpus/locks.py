"""Locks by name, for what no row stands for yet, and for what takes longer than a transaction should.

All of them are gone the moment whoever holds them dies.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TypeVar

from django.db import DatabaseError, OperationalError, connection

K = TypeVar("K", int, str)


def hold(*names: str) -> None:
    """Hold names until the transaction ends; others who ask for one of them wait.

    On SQLite there is nothing to do: a transaction there is the only writer.
    """
    if connection.vendor == "postgresql":
        # In one order for everybody, so that no two wait for each other.
        with connection.cursor() as cursor:
            keys = sorted(_key(name) for name in names)
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


@contextmanager
def claimed(what: str, rows: Iterable[K], most: int) -> Iterator[list[K]]:
    """Those of the rows (keys, or names), at most so many, that nobody else has claimed for this; theirs until the end.

    For what no transaction should be kept open for. On SQLite one process claims, and others find nothing to claim.
    """
    if connection.vendor == "postgresql":
        mine: list[K] = []
        with connection.cursor() as cursor:
            try:
                for row in rows:
                    if len(mine) == most:
                        break
                    cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(f"{what} {row}")])
                    if cursor.fetchone()[0]:
                        mine.append(row)
                yield mine
            finally:
                with suppress(DatabaseError):  # where the connection is lost the locks are too
                    keys = [_key(f"{what} {row}") for row in mine]
                    cursor.execute("SELECT pg_advisory_unlock(key) FROM unnest(%s::bigint[]) AS key", [keys])
    else:
        with alone(what) as free:
            yield list(islice(rows, most)) if free else []


@contextmanager
def alone(what: str) -> Iterator[bool]:
    """Whether nobody else is at this, on a database that is a file; others are told no until the end."""
    name = f"{connection.settings_dict['NAME']}-{what}"
    try:
        file = os.open(name, os.O_WRONLY | os.O_CREAT, 0o644)
    except OSError as error:
        raise OperationalError(f"{name} cannot be written: {error.strerror}") from error
    try:
        yield _locked(file)
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    import fcntl  # where there is none, as on Windows, there is a server to be had

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
