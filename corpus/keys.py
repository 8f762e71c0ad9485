"""Rows by many keys: as one value, for a list would be put into words, and parsed, key by key; or those that a query
finds first, where a planner that sees both at once would do the whole of the rest before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, QuerySet, Subquery


class Found(Func):
    """That a column of keys holds one of those that a subquery finds, which is asked once, and before all else."""

    output_field = BooleanField()

    def __init__(self, column: Any, keys: QuerySet, **extra: Any) -> None:
        super().__init__(column, Subquery(keys), **extra)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        # The plus has the rows looked at as they come, and not sought key by key.
        return self._said("+{} IN {}", compiler)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._said("{} = ANY(ARRAY{})", compiler)

    def _said(self, words: str, compiler: Any) -> tuple[str, list[Any]]:
        (column, before), (keys, after) = map(compiler.compile, self.source_expressions)
        return words.format(column, keys), [*before, *after]


class OneOf(Func):
    """That a column of integers holds one of many."""

    output_field = BooleanField()

    def __init__(self, column: Any, keys: Sequence[int], **extra: Any) -> None:
        self.keys = keys
        super().__init__(column, **extra)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.keys)]

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s)", [*params, self.keys]
