"""Queries that are put into words once: for a page of rows, that takes Django several times as long as to run them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

#: Stands for the keys where the query is put into words; no key is like it.
MARK = -(2**62)


class Prepared:
    """A query of tuples (``values_list``), asked for the rows of which a column is among some keys."""

    def __init__(self, query: QuerySet, column: str) -> None:
        marked = query.filter(**{f"{column}__in": [MARK]})
        self.using = marked.db
        compiler = marked.query.get_compiler(self.using)
        sql, params = compiler.as_sql()
        at, parts = list(params).index(MARK), re.split("(?<!%)%s", sql)
        assert len(parts) == len(params) + 1, sql
        self.before, self.after = "%s".join(parts[: at + 1]), "%s".join(parts[at + 1 :])
        self.first, self.last = tuple(params[:at]), tuple(params[at + 1 :])
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
        else:
            inner, params = ", ".join(["%s"] * len(keys)), tuple(keys)
            if not params:
                return []
        connection = connections[self.using]
        with connection.cursor() as cursor:
            cursor.execute(f"{self.before}{inner}{self.after}", (*self.first, *params, *self.last))
            found = cursor.fetchall()
        if not self.converters:
            return found
        rows = list(map(list, found))
        for place, convert, expression in self.converters:
            for row in rows:
                row[place] = convert(row[place], expression, connection)
        return list(map(tuple, rows))
