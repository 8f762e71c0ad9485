"""Paging by key: a page is what follows a row, so that it costs the same at any depth and no insertion shifts it.

Lists are ordered by one column that is never NULL and by id last, in the same direction. Pages and API share `page`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

PAGE_SIZE = 25
MAX_PAGE_SIZE = 1000
#: Rank is computed, so it has no key to go on from: the best so many are shown by offset.
MAX_RANKED = 200
#: Counts on pages stop here and say so: "1,000+".
TALLY_CAP = 1000
#: The name of the order that has no column.
RELEVANCE = "relevance"


class BadCursor(ValueError):
    """A cursor that was not made by this list in this order."""


class Cursor(NamedTuple):
    """Where a page begins: after (or, ``back``, before) the row with this value in the order's column and this id.

    By relevance the value is an offset. As a token it is URL-safe base64 of a JSON list: opaque, but not secret.
    """

    order: str
    back: bool
    value: int | str
    id: int

    @property
    def token(self) -> str:
        packed = json.dumps(
            [self.order, int(self.back), self.value, self.id], ensure_ascii=False, separators=(",", ":")
        )
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, token: str, order: str, kind: type[int] | type[str]) -> Cursor:
        """The cursor of a token for this order, whose column holds this type; BadCursor if it is anything else."""
        broken = BadCursor("The cursor is broken; leave it out to start at the first page.")
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            made_for, back, value, key = json.loads(raw)
        except (ValueError, TypeError, binascii.Error, RecursionError):
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


def page(queryset: models.QuerySet, order: str, size: int = PAGE_SIZE, token: str = "") -> Page:
    """The page at ``token`` ("" for the first) in an order: "column", "-column" or "relevance"; else BadCursor.

    The column must be NOT NULL and hold integers or text.
    """
    return _ranked(queryset, size, token) if order == RELEVANCE else _keyed(queryset, order, size, token)


def _keyed(queryset: models.QuerySet, order: str, size: int, token: str) -> Page:
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
    rows = list(queryset.order_by(sign + column, sign + "id")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page()

    def at(row: Any, back: bool) -> str:
        return Cursor(order, back, getattr(row, column), row.pk).token

    return Page(
        items=rows,
        next=at(rows[-1], False) if more or back else "",
        previous=at(rows[0], True) if (more if back else cursor) else "",
    )


def _ranked(queryset: models.QuerySet, size: int, token: str) -> Page:
    start = int(Cursor.parse(token, RELEVANCE, int).value) if token else 0
    if start >= MAX_RANKED:
        raise BadCursor(f"Only the best {MAX_RANKED} are shown by relevance; sort by date to see all.")
    end = min(start + size, MAX_RANKED)
    rows = list(queryset.ranked(among=TALLY_CAP)[start : end + 1])  # type: ignore[attr-defined]
    more, rows = len(rows) > end - start and end < MAX_RANKED, rows[: end - start]
    return Page(
        items=rows,
        next=Cursor(RELEVANCE, False, end, 0).token if more else "",
        previous=Cursor(RELEVANCE, True, max(0, start - size), 0).token if start else "",
    )


def every(queryset: models.QuerySet, order: str, size: int = MAX_PAGE_SIZE) -> Iterator[Any]:
    """Every row in an order, read page by page: no long transaction, and no more than a page in memory."""
    token = ""
    while True:
        part = page(queryset, order, size, token)
        yield from part.items
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
        self.request = request
        parameters = request.query_params
        self.count = queryset.order_by().values("pk").count() if self._wants_count(parameters) else None
        try:
            self.page = page(queryset, view.selection.order, self._size(parameters), parameters.get("cursor", ""))
        except BadCursor as error:
            raise ValidationError({"cursor": str(error)}) from None
        return self.page.items

    @staticmethod
    def _size(parameters: QueryDict) -> int:
        raw = parameters.get("page_size", "")
        if not raw:
            return PAGE_SIZE
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

    def get_paginated_response(self, data: list[Any]) -> Response:
        counted = {} if self.count is None else {"count": self.count}
        links = {"next": self._link(self.page.next), "previous": self._link(self.page.previous)}
        return Response({**counted, **links, "results": data})

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
                "page_size", "Rows on a page.", type="integer", minimum=1, maximum=MAX_PAGE_SIZE, default=PAGE_SIZE
            ),
            parameter("count", "Ask for `count`, the exact number of rows; it costs.", type="boolean", default=False),
        ]
