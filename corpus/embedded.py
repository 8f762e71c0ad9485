"""What the API says of a thing, for the JSON-LD in the head of its page: the same record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from corpus.serializers import Asked, CorpusSerializer, choose
from corpus.shapes import Record, Shape


def record(
    request: HttpRequest, declared: type[CorpusSerializer], thing: Model, *, fields: str = "", include: str = ""
) -> Record:
    """The record of a thing that the public sees, or these fields of it; a query, and one a kind of related rows."""
    base = request.build_absolute_uri("/").rstrip("/")
    shape = _shape(declared, Asked(fields=fields, include=include), base)
    [row] = shape.complete(shape.rows(type(thing), [thing.pk]))
    return shape.read(row)


@lru_cache(maxsize=100)
def _shape(declared: type[CorpusSerializer], asked: Asked, base: str) -> Shape:
    serializer = declared()
    faults = choose(serializer, asked)
    assert not faults, faults
    return Shape(serializer, base)


def plain(request: HttpRequest, thing: Any, *fields: str) -> Record:
    """A record of a thing that is at hand: its page, its uid and name, and these columns; no query."""
    page = request.build_absolute_uri(thing.get_absolute_url())
    return {"page": page, **{name: getattr(thing, name) for name in ("uid", "name", *fields)}}


def values(things: Iterable[Any], *fields: str) -> list[Record]:
    """These columns of things as records, dates in ISO 8601."""
    return [{name: _plainly(getattr(thing, name)) for name in fields} for thing in things]


def _plainly(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
