"""Overwriting what was deleted, so that nobody finds it in the files of the database either.

A deleted row leaves its words behind: in free pages, in the segments of a full-text index, in statistics, in the
write-ahead log. Both databases can be told to write everything anew without them. What lies outside of the database's
own files (backups, exports, replicas, and on PostgreSQL the write-ahead log until it is recycled) is not reached.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from corpus.search import tables
from corpus.search.tables import Index

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

#: So long one waits for others to let go of the database.
PATIENCE = 15.0


class Busy(Exception):
    """Somebody holds the database, so that not everything was overwritten; the message says what to do."""

    def __init__(self, said: object = "") -> None:
        super().__init__(
            "The rows are deleted, but what they said is not overwritten everywhere yet: something else holds the "
            f"database. Repeat this when it is quiet, or run `manage.py purge --finish`. {said}".strip()
        )


def prepare() -> None:
    """Before rows are deleted: SQLite then overwrites each as it goes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.fetchall()


def finish(indexes: Sequence[Index]) -> None:
    """Write tables and indexes anew; outside of any transaction, and takes what a copy of the database takes.

    May be repeated. Raises Busy when somebody else holds the database for too long.
    """
    if connection.in_atomic_block:
        raise RuntimeError("Deleted rows cannot be overwritten inside of a transaction.")
    try:
        _finish_sqlite(indexes) if connection.vendor == "sqlite" else _finish_postgresql()
    except DatabaseError as error:
        raise Busy(str(error).strip()) from error


def _finish_sqlite(indexes: Sequence[Index]) -> None:
    prepare()
    # FTS5 keeps the words of a deleted row, and that they are deleted, until its segments are merged.
    tables.rebuild(connection, indexes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%%'")
        if cursor.fetchone()[0]:
            cursor.execute("ANALYZE")
        cursor.execute("VACUUM")
        # Until every reader has moved on, the log cannot be emptied.
        stop = time.monotonic() + PATIENCE
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()[0]
            if not busy:
                return
            if time.monotonic() > stop:
                raise Busy
            time.sleep(0.2)


def _finish_postgresql() -> None:
    ours = {"articles", "people", "corpus", "admin", "sessions"}
    existing = set(connection.introspection.table_names())
    names = [
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ours
    ]
    stop = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(PATIENCE * 1000)}ms"])
        try:
            for name in names:
                if name not in existing:
                    continue
                _rewrite(cursor, name, stop)
            # Old examples are dead rows there. The owner of the database may do this; if not, it warns and goes on.
            _rewrite(cursor, "pg_statistic", stop)
        finally:
            cursor.execute("SELECT set_config('lock_timeout', '0', false)")


def _rewrite(cursor: CursorWrapper, table: str, stop: float) -> None:
    # Whoever began before the rows were deleted may still look at them, so that they are copied along.
    while _kept_by_vacuum(cursor, table):
        if time.monotonic() > stop:
            raise Busy("Another session still sees what was deleted.")
        time.sleep(0.2)


def _kept_by_vacuum(cursor: CursorWrapper, table: str) -> int:
    """Write a table, its TOAST and every index anew, and its statistics; returns how many dead rows had to be kept."""
    kept = 0

    def hear(notice: Diagnostic) -> None:
        nonlocal kept
        # "… found 0 removable, 3 nonremovable row versions", in whatever language; the detail starts with the dead.
        found = re.match(r"\D*(\d+)", notice.message_detail or "")
        kept += int(found[1]) if found else 0

    server = connection.connection
    server.add_notice_handler(hear)
    try:
        cursor.execute(f'VACUUM (FULL, ANALYZE, VERBOSE) "{table}"')
    finally:
        server.remove_notice_handler(hear)
    return kept
