"""Indexes on SQLite: FTS5 tables that keep no text of their own, fed by triggers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from corpus.search.tables import SEARCHED, Index

#: Letters and digits make words, raised digits and fractions do not: PostgreSQL knows them for neither.
TOKENIZE = """porter unicode61 remove_diacritics 2 categories ''L* Nd Nl Co''"""


def searched(index: Index, row: str = "") -> list[str]:
    """The SQL of an index's columns, cut, from "old.", "new." or the row at hand."""
    cut = [f'substr({row}"{index.open}", 1, {SEARCHED})']
    if index.closed:
        cut.append(f'substr({row}"{index.closed}", 1, max(0, {SEARCHED} - length({row}"{index.open}")))')
    return cut


def statements(index: Index) -> dict[str, str]:
    """The statements that make an index, by the names of what they make."""
    name, table, key = index.name, index.table, index.key
    columns = ", ".join(f'"{column}"' for column in index.columns)
    add = f'INSERT INTO "{name}"(rowid, {columns}) VALUES (new."{key}", {", ".join(searched(index, "new."))});'
    # FTS5 cannot look up what it is to forget: it must be told.
    forget = (
        f'INSERT INTO "{name}"("{name}", rowid, {columns}) '
        f"VALUES ('delete', old.\"{key}\", {', '.join(searched(index, 'old.'))});"
    )
    changed = " OR ".join(f'old."{column}" IS NOT new."{column}"' for column in (key, *index.columns))
    return {
        # The content is a view that is only there while FTS5 has to read it (see `command`): with a view on the table,
        # SQLite refuses the renaming that Django's AlterField is made of.
        name: (
            f'CREATE VIRTUAL TABLE "{name}" USING fts5({columns}, '
            f"content='{name}_content', content_rowid='rowid', tokenize='{TOKENIZE}')"
        ),
        f"{name}_insert": f'CREATE TRIGGER "{name}_insert" AFTER INSERT ON "{table}" BEGIN {add} END',
        f"{name}_delete": f'CREATE TRIGGER "{name}_delete" AFTER DELETE ON "{table}" BEGIN {forget} END',
        f"{name}_update": (
            f'CREATE TRIGGER "{name}_update" AFTER UPDATE OF "{key}", {columns} ON "{table}" WHEN {changed} '
            f"BEGIN {forget} {add} END"
        ),
    }


def present(connection: BaseDatabaseWrapper, index: Index) -> dict[str, str]:
    """Which of an index's objects there are, and the statements that made them."""
    names = list(statements(index))
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(names))
        cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE name IN ({marks})", names)
        return dict(cursor.fetchall())


def install(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> bool:
    stale = [index for index in indexes if present(connection, index) != statements(index)]
    for index in stale:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            uninstall(connection, [index])
            for sql in statements(index).values():
                cursor.execute(sql)
            command(connection, index, "rebuild")
    return bool(stale)


def uninstall(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> None:
    for index in indexes:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            for name in present(connection, index):
                cursor.execute(f'DROP {"TABLE" if name == index.name else "TRIGGER"} "{name}"')


def rebuild(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> None:
    for index in indexes:
        command(connection, index, "rebuild")


def drift(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> list[str]:
    found = []
    for index in indexes:
        if present(connection, index) != statements(index):
            found.append(f"{index.name} is not installed as it should be: run `manage.py migrate`.")
            continue
        try:
            command(connection, index, "integrity-check", 1)
        except DatabaseError:
            found.append(f"{index.name} does not hold the words of {index.table}: rebuild it.")
    return found


def command(connection: BaseDatabaseWrapper, index: Index, name: str, rank: int = 0) -> None:
    """Give FTS5 a command that reads the rows: "rebuild", or "integrity-check" with rank 1 (raises DatabaseError)."""
    table = index.name
    columns = ", ".join(f'{sql} AS "{column}"' for sql, column in zip(searched(index), index.columns, strict=True))
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        rows = f'SELECT "{index.key}" AS rowid, {columns} FROM "{index.table}"'
        cursor.execute(f'CREATE VIEW "{table}_content" AS {rows}')
        cursor.execute(f'INSERT INTO "{table}"("{table}", rank) VALUES (%s, %s)', [name, rank])
        cursor.execute(f'DROP VIEW "{table}_content"')
