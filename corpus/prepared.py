"""Queries that are put into words once: for a page of rows, that takes Django several times as long as to run them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

#: Stands for the keys where a query is put into words; no key is like it.
MARK = -(2**62)
#: Where keys go in a query: ``filter(article__in=KEYS)``, as often as it likes.
KEYS = [MARK]


class Words:
    """SQL with its parameters, and the places in it where the keys go."""

    def __init__(self, sql: str, params: Sequence[Any]) -> None:
        parts = re.split("(?<!%)%s", sql)
        assert len(parts) == len(params) + 1, sql
        self.pieces: list[str] = [parts[0]]
        self.params: list[list[Any]] = [[]]
        for param, part in zip(params, parts[1:], strict=True):
            if param == MARK:
                self.pieces.append(part)
                self.params.append([])
            else:
                self.pieces[-1] += f"%s{part}"
                self.params[-1].append(param)

    def over(self, inner: str, keys: Sequence[Any]) -> tuple[str, list[Any]]:
        """The SQL with ``inner`` wherever keys go, of which ``keys`` are the parameters."""
        params = list(self.params[0])
        for more in self.params[1:]:
            params += (*keys, *more)
        return inner.join(self.pieces), params


def _places(keys: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(keys))


class Prepared:
    """A query of tuples (``values_list``), asked for the rows of which a column is among some keys.

    Without a ``column``, the query says itself where its `KEYS` go.
    """

    def __init__(self, query: QuerySet, column: str = "") -> None:
        marked = query.filter(**{f"{column}__in": KEYS}) if column else query
        self.using = marked.db
        compiler = marked.query.get_compiler(self.using)
        self.words = Words(*compiler.as_sql())
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self.converters = [
            (place, convert, expression)
            for place, (some, expression) in compiler.get_converters(columns).items()
            for convert in some
        ]

    def rows(self, keys: QuerySet | Sequence[int]) -> list[tuple[Any, ...]]:
        """The tuples for these keys; those of a queryset are its rows', and are looked up in the same query."""
        if isinstance(keys, QuerySet):
            try:
                inner, params = keys.values("pk").query.get_compiler(self.using).as_sql()
            except EmptyResultSet:
                return []
        elif keys:
            inner, params = _places(keys), tuple(keys)
        else:
            return []
        connection = connections[self.using]
        with connection.cursor() as cursor:
            cursor.execute(*self.words.over(inner, params))
            found = cursor.fetchall()
        if not self.converters:
            return found
        rows = list(map(list, found))
        for place, convert, expression in self.converters:
            for row in rows:
                row[place] = convert(row[place], expression, connection)
        return list(map(tuple, rows))


class Update:
    """``rows.update(**values)`` for rows that say where their `KEYS` go."""

    def __init__(self, rows: QuerySet, **values: Any) -> None:
        self.using = rows.db
        query: Any = rows.order_by().query.chain(UpdateQuery)
        query.add_update_values(values)
        self.words = Words(*query.get_compiler(self.using).as_sql())

    def over(self, keys: Sequence[int]) -> int:
        """Update the rows of these keys; how many there were."""
        if not keys:
            return 0
        with connections[self.using].cursor() as cursor:
            cursor.execute(*self.words.over(_places(keys), keys))
            return cursor.rowcount
