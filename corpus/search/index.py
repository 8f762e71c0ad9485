"""The search index in the ORM: one field, one lookup, one expression, and the QuerySet verbs that use them.

An index is an unmanaged model whose table, an FTS5 table on SQLite and a view on PostgreSQL, has a column of the
table's own name: FTS5 calls its hidden column so, and MATCH and bm25() are said to a table in the form of that column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup

from corpus.keys import Found
from corpus.search.query import Group, Query, any_word, fts5, loose, parse, positional, tsquery, tsquery_of

#: Where the words that everybody may search are kept: an FTS5 column, a label of tsvector positions.
OPEN, OPEN_LABEL = "open", "A"
#: Of so many matches SQLite sorts as fast as it walks a long list and looks each row up.
MANY = 20_000
#: Where one row in so many matches or more, a page is soon found by looking at so many of the first one by one.
DENSE, FIRST = 8, 400
#: What a word in the closed part weighs against one in the open part.
CLOSED_WEIGHT = 0.4

TO_TSQUERY = "to_tsquery('corpus_words', corpus_endings(%s))"


@dataclass(frozen=True, slots=True)
class Match:
    """A query, and whether the closed part of an index is searched with the open one."""

    query: Query
    closed: bool = False


class Document(models.Field):
    """What an index looks at; ``split`` into an open and a closed part, or all open."""

    def __init__(self, *args: Any, split: bool = False, **kwargs: Any) -> None:
        self.split = split
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        if self.split:
            kwargs["split"] = True
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "TextField"


class Unlisted(models.Manager):
    """Nothing, so that dumpdata passes an index by: it is derived, and a dump of it could not be loaded."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().none()


@Document.register_lookup
class Matches(Lookup):
    """``document__matches=Match(…)``: its words are what the query asks for; never inside OR or exclude() on SQLite."""

    lookup_name = "matches"
    prepare_rhs = False

    def get_prep_lookup(self) -> Match:
        return self.rhs

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} MATCH %s", [*params, fts5_of(self.lhs.output_field, self.rhs)]

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        lhs, _ = self.process_lhs(compiler, connection)
        label = label_for(self.lhs, self.rhs)
        query = self.rhs.query
        whole = f"{lhs} @@ {TO_TSQUERY}"
        if not any(positional((*group.wanted, *group.unwanted)) for group in query.groups):
            return whole, [tsquery(query, label)]
        # A tsvector forgets positions after the 16,383rd, and after the 255th of one word; the index has none at all.
        # So: first whatever has the words, then their places, for long texts in parts (see tables.py).
        parts = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.parts"
        groups, params = [], []
        for group in query.groups:
            sql, more = _in_parts(group, lhs, parts, label)
            groups.append(sql)
            params += more
        return (
            f"({whole} AND CASE WHEN {parts} IS NULL THEN {whole} ELSE ({' OR '.join(groups)}) END)",
            [tsquery(loose(query), label), tsquery(query, label), *params],
        )


def _in_parts(group: Group, lhs: str, parts: str, label: str) -> tuple[str, list[str]]:
    placed = f"EXISTS (SELECT 1 FROM unnest({parts}) AS part WHERE part @@ {TO_TSQUERY})"
    wanted, unwanted = positional(group.wanted), positional(group.unwanted)
    simple = replace(
        group,
        wanted=tuple(item for item in group.wanted if item not in wanted),
        unwanted=tuple(item for item in group.unwanted if item not in unwanted),
    )
    terms = [tsquery_of(item, label) for item in simple.wanted]
    terms += [f"!{tsquery_of(item, label)}" for item in simple.unwanted]
    sql = [f"{lhs} @@ {TO_TSQUERY}"] if terms else []
    sql += [placed] * len(wanted) + [f"NOT {placed}"] * len(unwanted)
    params = [" & ".join(terms)] if terms else []
    params += [tsquery_of(item, label) for item in (*wanted, *unwanted)]
    return f"({' AND '.join(sql)})", params


class Rank(models.Func):
    """How well a document meets a match that the same query filters by: more is better, within that query only."""

    output_field = models.FloatField()

    def __init__(self, document: Any, match: Match, **extra: Any) -> None:
        self.match = match
        super().__init__(document, **extra)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        (document,) = self.get_source_expressions()
        sql, params = compiler.compile(document)
        return f"-bm25({sql}, 1.0, {CLOSED_WEIGHT})", list(params)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, list[Any]]:
        (document,) = self.get_source_expressions()
        sql, params = compiler.compile(document)
        # ts_rank looks neither at the labels nor at the minus of a query: so what is closed weighs nothing, and only
        # what is wanted is asked for, in the one form in which no weight is no influence, OR.
        closed = 0 if label_for(document, self.match) else CLOSED_WEIGHT
        return f"ts_rank('{{0,0,{closed},1}}', {sql}, {TO_TSQUERY})", [*params, tsquery(any_word(self.match.query))]


class Among(models.Func):
    """That a row's key is among those that a match finds, or (`matching_keys`) some of them; only for SQLite, which
    then looks into an index last, or ``each`` time."""

    output_field = models.BooleanField()

    def __init__(
        self, key: Any, document: Document, match: Match, some: int = 0, each: bool = False, **extra: Any
    ) -> None:
        self.document, self.match, self.some, self.each = document, match, some, each
        super().__init__(key, **extra)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        (key,) = self.get_source_expressions()
        sql, params = compiler.compile(key)
        found, more = matching_keys(self.document, self.match, self.some)
        if self.each:
            return f"EXISTS({found} AND rowid = {sql})", [*more, *params]
        # The plus keeps the planner from beginning with what is found, which it takes for a handful of rows.
        return f"{'' if self.some else '+'}{sql} IN ({found})", [*params, *more]


def matching_keys(document: Document, match: Match, some: int = 0) -> tuple[str, list[Any]]:
    """The SELECT of the keys that a match finds, and its parameters; on SQLite.

    With ``some``, of those only that are among about so many, spread evenly over the table.
    """
    index = document.model._meta
    table = f'"{index.db_table}"'
    sql, params = f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [fts5_of(document, match)]
    if not some:
        return sql, params
    rows = index.pk.related_model._meta.db_table  # type: ignore[union-attr]
    return f'{sql} AND rowid %% (SELECT MAX(1, MAX(id) / %s) FROM "{rows}") = 0', [*params, some]


def fts5_of(document: Document, match: Match) -> str:
    """The match in the words of FTS5."""
    return fts5(match.query, OPEN if document.split and not match.closed else "")


def label_for(document: Any, match: Match) -> str:
    """The label to which a match on this column is confined on PostgreSQL, "" if it is not."""
    return OPEN_LABEL if document.output_field.split and not match.closed else ""


class Searchable:
    """Search for a QuerySet whose model has a one-to-one ``index`` with a Document called ``document``."""

    _match: Match | None = None

    def matching(self: Any, text: str | Query, closed: bool = False) -> Any:
        """Those whose words are what the text asks for (see `parse`); an empty query matches nothing.

        Only editors may have ``closed``: without it what the public may not read has no influence, nor by minus words.
        """
        query = parse(text) if isinstance(text, str) else text
        if query.empty:
            return self.none()
        match = Match(query, closed)
        found = self.filter(index__document__matches=match)
        found._match = match
        return found

    def ranked(self: Any, among: int | None = None) -> Any:
        """Best matches first, then by the model's own order; after matching().

        With ``among``, only so many of the first in the model's own order are ranked and returned, because to rank a
        common word costs every match; call it last then.
        """
        if self.query.is_empty():
            return self
        if self._match is None:
            raise ValueError("ranked() orders what matching() found: call matching() first.")
        ordering = self.model._meta.ordering
        found = self
        if among is not None:
            first = self.walked().order_by(*ordering).values("pk")[:among]
            found = self.filter(Found(models.F("index__pk"), first))
        return found.order_by(Rank(models.F("index__document"), self._match).desc(), *ordering)

    def walked(self: Any, many: bool | None = None, some: int = 0) -> Any:
        """The same rows, for the first of them in an order: where more than MANY match, it is not they that are sorted.

        The planner of SQLite does not know how many they are: where nobody says, one query asks, of the search index
        alone. PostgreSQL's does, from its statistics. ``some``: see `matching_keys`.
        """
        if not self._on_sqlite:
            return self
        if many is None:
            many = self._reach()[0] > MANY
        return self._looked_up(some=some) if many else self

    def ways(self: Any, *order: str) -> Iterator[Any]:
        """The same rows, for the first of them in this order: the first way that gives enough gives the right ones, and
        the last gives whatever there is."""
        if not self._on_sqlite:
            yield self
            return
        number, last = self._reach()
        if number > MANY and number * DENSE > last:
            first = self._unmatched().order_by(*order).values("pk")[:FIRST]
            yield self._looked_up(each=True).filter(Found(models.F("pk"), first))
        yield self.walked(number > MANY)

    @property
    def _on_sqlite(self: Any) -> bool:
        return self._match is not None and connections[self.db].vendor == "sqlite" and not self.query.is_empty()

    @property
    def _document(self: Any) -> Document:
        found: Document = self.model._meta.get_field("index").related_model._meta.get_field("document")
        return found

    def _reach(self: Any) -> tuple[int, int]:
        """How many match, at most one more than MANY, and the greatest key of these, which are those of the least."""
        keys, params = matching_keys(self._document, self._match)
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"SELECT count(*), max(rowid) FROM ({keys} LIMIT {MANY + 1})", params)
            number, last = cursor.fetchone()
        return number, last or 0

    def _unmatched(self: Any) -> Any:
        """The rows without the match."""
        found = self._chain()
        children = found.query.where.children
        [join] = [child for child in children if isinstance(child, Matches)]
        children.remove(join)
        found.query.unref_alias(join.lhs.alias)
        return found

    def _looked_up(self: Any, **how: Any) -> Any:
        return self._unmatched().filter(Among(models.F("pk"), self._document, self._match, **how))

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._match = self._match
        return clone
