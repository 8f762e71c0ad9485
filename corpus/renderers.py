"""The representations of the API: JSON, CSV, JSON lines and JSON-LD, all made of the same rows.

CSV and JSON lines come whole, streamed a page of rows at a time, unless a page is asked for. CSV has nested values as
dotted columns and is safe to open in a spreadsheet.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from rest_framework.renderers import BaseRenderer

from corpus.cells import cell
from corpus.shapes import Record, Row, Shape

Encode = Callable[[Any], str]


def plain(value: Any) -> Any:
    """What JSON has no form for, as text."""
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON.")


encode: Encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=plain).encode


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


line: Callable[[Iterable[str]], str] = csv.writer(_Line()).writerow


class Representation(BaseRenderer):
    """One form of the API's answers; the view asks it for a thing, a page or the whole list."""

    charset = "utf-8"
    #: Whether lists come whole, a piece at a time.
    streams: ClassVar[bool] = False

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """What REST framework makes itself, such as the answer to OPTIONS."""
        return encode(data).encode() if data is not None else b""

    def thing(self, shape: Shape, row: Row, view: Any) -> str:
        return encode(shape.read(row))

    def page(self, shape: Shape, rows: Iterable[Row], links: Mapping[str, Any], view: Any) -> str:
        raise NotImplementedError

    def pieces(self, shape: Shape, pages: Iterable[list[Row]]) -> Iterator[str]:
        """The whole list, a piece for each page of rows."""
        raise NotImplementedError

    def table(self, names: list[str], records: list[Record], links: Mapping[str, Any]) -> str:
        """Flat records with these names that are no things, such as counts."""
        return encode({**links, "results": records})


class JSONRenderer(Representation):
    media_type = "application/json"
    format = "json"
    charset = None  # type: ignore[assignment]  # JSON is UTF-8 by its own definition

    def page(self, shape: Shape, rows: Iterable[Row], links: Mapping[str, Any], view: Any) -> str:
        read = shape.read
        return encode({**links, "results": [read(row) for row in rows]})


class CSVRenderer(Representation):
    media_type = "text/csv"
    format = "csv"
    streams = True

    def thing(self, shape: Shape, row: Row, view: Any) -> str:
        return "".join(self.pieces(shape, [[row]]))

    def page(self, shape: Shape, rows: Iterable[Row], links: Mapping[str, Any], view: Any) -> str:
        return "".join(self.pieces(shape, [list(rows)]))

    def pieces(self, shape: Shape, pages: Iterable[list[Row]]) -> Iterator[str]:
        """Lines that end in CRLF, as RFC 4180 has it; the first names the columns."""
        yield line(shape.titles)
        for rows in pages:
            yield "".join([line(shape.flat(row)) for row in rows])

    def table(self, names: list[str], records: list[Record], links: Mapping[str, Any]) -> str:
        return "".join([line(names), *(line([cell(record[name]) for name in names]) for record in records)])


class JSONLinesRenderer(Representation):
    media_type = "application/x-ndjson"
    format = "jsonl"
    streams = True

    def thing(self, shape: Shape, row: Row, view: Any) -> str:
        return f"{encode(shape.read(row))}\n"

    def page(self, shape: Shape, rows: Iterable[Row], links: Mapping[str, Any], view: Any) -> str:
        return "".join(self.pieces(shape, [list(rows)]))

    def pieces(self, shape: Shape, pages: Iterable[list[Row]]) -> Iterator[str]:
        read = shape.read
        for rows in pages:
            yield "".join([f"{encode(read(row))}\n" for row in rows])

    def table(self, names: list[str], records: list[Record], links: Mapping[str, Any]) -> str:
        return "".join(f"{encode(record)}\n" for record in records)


class LinkedRenderer(Representation):
    """JSON-LD: the view's ``linked`` makes of a record what it is in schema.org's terms."""

    media_type = "application/ld+json"
    format = "jsonld"

    def thing(self, shape: Shape, row: Row, view: Any) -> str:
        return encode(view.linked_document(shape.read(row)))

    def page(self, shape: Shape, rows: Iterable[Row], links: Mapping[str, Any], view: Any) -> str:
        return encode(view.linked_page([shape.read(row) for row in rows]))
