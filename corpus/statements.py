"""Statements on many rows: a list of keys as one parameter, and rows that each get values of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Expression
from django.utils import timezone

from corpus.chunks import chunks

#: Rows a statement.
ROWS = 500
PAIRS = 50_000
#: What a driver takes as it is.
PLAIN = frozenset({int, str, bool, type(None)})


class among(Expression):  # noqa: N801: it reads as a verb in a filter
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
        given = [_given(field, one) for row in some for field, one in zip((model._meta.pk, *fields), row, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {assigned} FROM (VALUES {values}) AS given WHERE {table}.id = given.column1", given
            )


def _given(field: Any, value: Any) -> Any:
    """A field's value as the driver takes it; most values are taken as they are."""
    plain = type(value) in PLAIN and not isinstance(field, models.JSONField)
    return value if plain else field.get_db_prep_save(value, connection)


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
    marks = f"({', '.join(['%s'] * len(fields))})"
    for some in chunks(every, ROWS):
        given = [_given(field, getattr(row, field.attname)) for row in some for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {', '.join([marks] * len(some))} "
                f"RETURNING {model._meta.pk.column}",
                given,
            )
            keys = cursor.fetchall()
        for row, (key,) in zip(some, keys, strict=True):
            row.pk, row._state.adding, row._state.db = key, False, connection.alias


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
