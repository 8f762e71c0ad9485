"""Paging by key: a page is what follows a row, so that it costs the same at any depth and no insertion shifts it.

Lists are ordered by one column that is never NULL and by id last, in the same direction. Pages and API share `page`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from corpus.search import Searchable

PAGE_SIZE = 25
MAX_PAGE_SIZE = 1000
#: Groups on a page of counts.
GROUPS = 100
#: Rank is computed, so it has no key to go on from: the best so many are shown by offset.
MAX_RANKED = 200
#: Counts on pages stop here and say so: "1,000+".
TALLY_CAP = 1000
#: The name of the order that has no column.
RELEVANCE = "relevance"


class BadCursor(ValueError):
    """A cursor that was not made by this list in this order."""


def seal(plain: bytes) -> str:
    """Bytes as a token that only this server can read or make; the same bytes always give the same token.

    A keyed digest of the bytes is their proof and the seed of what hides them (as in RFC 5297, with SHA-2 and SHAKE).
    """
    proof = hmac.digest(_key(), plain, "sha256")[:12]
    return base64.urlsafe_b64encode(proof + _hidden(plain, proof)).decode().rstrip("=")


def unseal(token: str) -> bytes:
    """The bytes in a token; a ValueError for one that this server did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    plain = _hidden(raw[12:], raw[:12])
    if not hmac.compare_digest(hmac.digest(_key(), plain, "sha256")[:12], raw[:12]):
        raise ValueError("The token was not made here.")
    return plain


def _key() -> bytes:
    return hashlib.sha256(f"verbatim.cursor {settings.SECRET_KEY}".encode()).digest()


def _hidden(data: bytes, proof: bytes) -> bytes:
    mask = hashlib.shake_256(_key() + proof).digest(len(data))
    return bytes(one ^ other for one, other in zip(data, mask, strict=True))


class Cursor(NamedTuple):
    """Where a page begins: after (or, ``back``, before) the row with this value in the order's column and this id.

    By relevance the value is an offset. As a token it is sealed, for ids are nobody's business.
    """

    order: str
    back: bool
    value: int | str
    id: int

    @property
    def token(self) -> str:
        packed = [self.order, int(self.back), self.value, self.id]
        return seal(json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode())

    @classmethod
    def parse(cls, token: str, order: str, kind: type[int] | type[str]) -> Cursor:
        """The cursor of a token for this order, whose column holds this type; BadCursor if it is anything else."""
        broken = BadCursor("The cursor is broken; leave it out to start at the first page.")
        try:
            made_for, back, value, key = json.loads(unseal(token))
        except (ValueError, TypeError, RecursionError):
            raise broken from None
        if made_for != order:
            raise BadCursor("The cursor belongs to another order; leave it out to start at the first page.")
        # True is an int to Python, but not to a database.
        if type(back) is not int or back not in (0, 1) or type(value) is not kind or type(key) is not int:
            raise broken
        if not 0 <= key < 2**63 or (isinstance(value, int) and not 0 <= value < 2**63):
            raise broken
        # PostgreSQL takes neither NUL nor lone surrogates.
        if isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise broken
        return cls(order, bool(back), value, key)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list in its order, with the tokens of the pages before and after; "" where there is none."""

    items: list[Any] = field(default_factory=list)
    next: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Tuples:
    """How the rows of a page are read when they are to be no instances.

    ``of`` takes the rows found (one page of them) and their order, and gives their tuples in it; ``key`` makes of a
    tuple the value in the order's column and the id.
    """

    of: Callable[[models.QuerySet, Sequence[str]], Sequence[Any]]
    key: Callable[[Any], tuple[Any, int]]


def page(
    queryset: models.QuerySet, order: str, size: int = PAGE_SIZE, token: str = "", tuples: Tuples | None = None
) -> Page:
    """The page at ``token`` ("" for the first) in an order: "column", "-column" or "relevance"; else BadCursor.

    The column must be NOT NULL and hold integers or text.
    """
    if order == RELEVANCE:
        return _ranked(queryset, size, token, tuples)
    return _keyed(queryset, order, size, token, tuples)


def _keyed(queryset: models.QuerySet, order: str, size: int, token: str, tuples: Tuples | None) -> Page:
    column, descending = order.removeprefix("-"), order.startswith("-")
    kind = int if isinstance(queryset.model._meta.get_field(column), models.IntegerField) else str
    cursor = Cursor.parse(token, order, kind) if token else None
    back = cursor is not None and cursor.back
    down = descending != back
    if cursor:
        # One range and an exception, not (a < x) or (a = x and id < i): the databases answer this form from the index.
        edge, beyond = ("lte", "gte") if down else ("gte", "lte")
        queryset = queryset.filter(**{f"{column}__{edge}": cursor.value}).exclude(
            **{column: cursor.value, f"id__{beyond}": cursor.id}
        )
    sign = "-" if down else ""
    ordered = (sign + column, sign + "id")
    rows: list[Any] = []
    for way in queryset.ways(*ordered) if isinstance(queryset, Searchable) else [queryset]:
        found = way.order_by(*ordered)[: size + 1]
        # First which rows, from the one table, then what is shown of them: a planner that sees all the joins at once
        # may well begin with one of them.
        rows = list(tuples.of(found, ordered) if tuples else found)
        if len(rows) > size:
            break
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page()

    def at(row: Any, back: bool) -> str:
        return Cursor(order, back, *(tuples.key(row) if tuples else (getattr(row, column), row.pk))).token

    return Page(
        items=rows,
        next=at(rows[-1], False) if more or back else "",
        previous=at(rows[0], True) if (more if back else cursor) else "",
    )


def _ranked(queryset: models.QuerySet, size: int, token: str, tuples: Tuples | None) -> Page:
    start = int(Cursor.parse(token, RELEVANCE, int).value) if token else 0
    if start >= MAX_RANKED:
        raise BadCursor(f"Only the best {MAX_RANKED} are shown by relevance; sort by date to see all.")
    end = min(start + size, MAX_RANKED)
    found = queryset.ranked(among=TALLY_CAP)[start : end + 1]  # type: ignore[attr-defined]
    rows = list(tuples.of(found, ()) if tuples else found)
    more, rows = len(rows) > end - start and end < MAX_RANKED, rows[: end - start]
    return Page(
        items=rows,
        next=Cursor(RELEVANCE, False, end, 0).token if more else "",
        previous=Cursor(RELEVANCE, True, max(0, start - size), 0).token if start else "",
    )


def every(
    queryset: models.QuerySet, order: str, size: int = MAX_PAGE_SIZE, tuples: Tuples | None = None
) -> Iterator[Page]:
    """Every row in an order, a page at a time: no long transaction, and no more than a page in memory."""
    token = ""
    while True:
        part = page(queryset, order, size, token, tuples)
        yield part
        token = part.next
        if not token:
            return


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are, up to a cap; ``capped`` says that there are more."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.capped else ''}"


def tally(queryset: models.QuerySet, cap: int = TALLY_CAP) -> Tally:
    """How many rows a queryset has, at the cost of counting at most ``cap``; one query."""
    number = queryset.order_by().values("pk")[: cap + 1].count()
    return Tally(min(number, cap), number > cap)


def tallies(querysets: Sequence[models.QuerySet], cap: int = TALLY_CAP) -> list[Tally]:
    """As `tally` for each of several querysets of one model, in one query."""
    if not querysets:
        return []
    every = querysets[0].model._base_manager.order_by()
    number = models.Func(models.F("pk"), function="COUNT", output_field=models.IntegerField())
    counts = {
        f"n{place}": models.Subquery(
            every.filter(pk__in=rows.order_by().values("pk")[: cap + 1]).annotate(n=number).values("n")
        )
        for place, rows in enumerate(querysets)
    }
    row = every.annotate(**counts).values_list(*counts)[:1]
    # NULL stands for what Django knows to be nothing.
    numbers = (n or 0 for n in next(iter(row), [0] * len(counts)))
    return [Tally(min(n, cap), n > cap) for n in numbers]


def with_cursor(parameters: QueryDict, token: str) -> str:
    """The query string for another page of the same list, "" for the plain address."""
    changed = parameters.copy()
    changed.pop("cursor", None)
    if token:
        changed["cursor"] = token
    return f"?{changed.urlencode(safe='!,')}" if changed else ""


class KeysetPagination(BasePagination):
    """``page`` for REST framework: {"next", "previous", "results"}, and "count" when asked for with ``count=1``.

    The view says in what order, by the ``selection`` (a bound filter set) that its ``filter_queryset`` left on it.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page; the view says with ``tuples`` how they are read, and counts the ``plain`` ones."""
        self.request = request
        parameters = request.query_params
        self.count = view.plain.order_by().values("pk").count() if self._wants_count(parameters) else None
        size, token = self._size(parameters, PAGE_SIZE), parameters.get("cursor", "")
        try:
            self.page = page(queryset, view.selection.order, size, token, view.tuples)
        except BadCursor as error:
            raise ValidationError({"cursor": str(error)}) from None
        return self.page.items

    def paginate_groups(self, queryset: Any, request: Request) -> list[Any]:
        """Groups have no key to go on from: they are counted anew for each page, and paged by offset."""
        self.request = request
        parameters = request.query_params
        self.count = queryset.count() if self._wants_count(parameters) else None
        size, token = self._size(parameters, GROUPS), parameters.get("cursor", "")
        try:
            start = int(Cursor.parse(token, "groups", int).value) if token else 0
        except BadCursor as error:
            raise ValidationError({"cursor": str(error)}) from None
        rows = list(queryset[start : start + size + 1])
        self.page = Page(
            items=rows[:size],
            next=Cursor("groups", False, start + size, 0).token if len(rows) > size else "",
            previous=Cursor("groups", True, max(0, start - size), 0).token if start else "",
        )
        return self.page.items

    @staticmethod
    def _size(parameters: QueryDict, default: int) -> int:
        raw = parameters.get("page_size", "")
        if not raw:
            return default
        if raw.isascii() and raw.isdigit() and len(raw) < 9 and 1 <= int(raw) <= MAX_PAGE_SIZE:
            return int(raw)
        raise ValidationError(
            {"page_size": f"“{raw[:40]}” is not a page size; write a number from 1 to {MAX_PAGE_SIZE}."}
        )

    @staticmethod
    def _wants_count(parameters: QueryDict) -> bool:
        raw = parameters.get("count", "")
        if raw not in {"", "0", "1", "true", "false"}:
            raise ValidationError({"count": f"“{raw[:40]}” is neither yes nor no; write count=1 or leave it out."})
        return raw in {"1", "true"}

    def _link(self, token: str) -> str | None:
        if not token:
            return None
        return self.request.build_absolute_uri(self.request.path + with_cursor(self.request.query_params, token))

    def links(self) -> dict[str, Any]:
        """What stands in front of the results of a page."""
        counted = {} if self.count is None else {"count": self.count}
        return {**counted, "next": self._link(self.page.next), "previous": self._link(self.page.previous)}

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response({**self.links(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "minimum": 0, "description": "Only with count=1."},
                "next": {**link, "description": "The page after this one."},
                "previous": {**link, "description": "The page before this one."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        def parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
            return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}

        return [
            parameter("cursor", "Where the page begins, from `next` or `previous`.", type="string"),
            parameter(
                "page_size",
                "Rows on a page; of groups 100 if nothing is said.",
                type="integer",
                minimum=1,
                maximum=MAX_PAGE_SIZE,
                default=PAGE_SIZE,
            ),
            parameter("count", "Ask for `count`, the exact number of rows; it costs.", type="boolean", default=False),
        ]
