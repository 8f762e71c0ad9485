"""Statements on many rows: a list of keys as one parameter, and rows that each get values of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import Expression
from django.utils import timezone

from corpus.chunks import chunks

#: Rows a statement.
ROWS = 500
PAIRS = 50_000
#: What a driver takes as it is.
PLAIN = frozenset({int, str, bool, type(None)})


class among(Expression):
    """Integers to filter by, ``pk__in=among(keys)``: one parameter however many, where Django would prepare each."""

    def __init__(self, values: Iterable[int]) -> None:
        super().__init__(output_field=models.BigIntegerField())
        self.values = list(values)

    def as_sqlite(self, *_: Any, **__: Any) -> tuple[str, list[Any]]:
        return "(SELECT value FROM json_each(%s))", [json.dumps(self.values)]

    def as_postgresql(self, *_: Any, **__: Any) -> tuple[str, list[Any]]:
        return "(SELECT unnest(%s::bigint[]))", [self.values]


def set_each(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set these fields of rows, each given as its key and a value a field, in a statement for 500 of them."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    # SQLite's columns take whatever comes, and its CAST knows no dates.
    typed = "CAST({} AS {})" if connection.vendor == "postgresql" else "{}"
    assigned = ", ".join(
        f"{connection.ops.quote_name(field.column)} = {typed.format(f'given.column{at}', field.db_type(connection))}"
        for at, field in enumerate(fields, 2)
    )
    table = model._meta.db_table
    for some in chunks(rows, ROWS):
        values = ", ".join([f"({', '.join(['%s'] * (len(fields) + 1))})"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {assigned} FROM (VALUES {values}) AS given WHERE {table}.id = given.column1",
                _given([model._meta.pk, *fields], some),
            )


def _given(fields: Sequence[Any], rows: Iterable[Iterable[Any]]) -> list[Any]:
    """The values of these fields as the driver takes them; most are taken as they are."""
    database = connections[DEFAULT_DB_ALIAS]  # by way of `connection` each value would cost several times as much
    sorts = [(field, isinstance(field, models.JSONField)) for field in fields]
    return [
        value if type(value) in PLAIN and not is_json else field.get_db_prep_save(value, database)
        for row in rows
        for (field, is_json), value in zip(sorts, row, strict=True)
    ]


def insert(rows: Iterable[models.Model]) -> None:
    """``bulk_create`` of new rows of one model, of which whatever they point at is stored: they get their keys.

    Django words every value for itself, which for an article's hundreds takes longer than reading it.
    """
    every = list(rows)
    if not every:
        return
    model = type(every[0])
    assert model._meta.pk
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    now = timezone.now()
    for field in fields:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            for row in every:
                setattr(row, field.attname, now)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    names, marks = [field.attname for field in fields], f"({', '.join(['%s'] * len(fields))})"
    for some in chunks(every, ROWS):
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {', '.join([marks] * len(some))} "
                f"RETURNING {model._meta.pk.column}",
                _given(fields, ([getattr(row, name) for name in names] for row in some)),
            )
            keys = cursor.fetchall()
        for row, (key,) in zip(some, keys, strict=True):
            row.pk, row._state.adding, row._state.db = key, False, connection.alias


def load(fields: Sequence[models.Field[Any, Any]], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of one model, each a value a field as the database takes it, without hearing their keys: by COPY on
    PostgreSQL, else by one prepared statement."""
    table, names = f'"{fields[0].model._meta.db_table}"', ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django's cursor passes COPY on as it is, errors of the driver and all.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})", rows)


def insert_pairs(table: str, columns: tuple[str, str], rows: Sequence[tuple[int, int]]) -> None:
    """Insert rows of two integers, past the models: there are dozens of them for every one of anything else."""
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for some in chunks(rows, PAIRS):
                ones, others = zip(*some, strict=True)
                cursor.execute(f"{into} SELECT * FROM unnest(%s::bigint[], %s::bigint[])", [list(ones), list(others)])
        elif rows:
            cursor.executemany(f"{into} VALUES (%s, %s)", rows)
