"""Statements on many rows: a list of keys as one parameter, and rows that each get values of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Expression

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
        given = [
            one if type(one) in PLAIN else field.get_db_prep_save(one, connection)
            for row in some
            for field, one in zip((model._meta.pk, *fields), row, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {assigned} FROM (VALUES {values}) AS given WHERE {table}.id = given.column1", given
            )


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
