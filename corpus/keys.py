"""Rows by keys that a query finds first, where a planner that sees both at once would do all the rest before."""

from __future__ import annotations

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
