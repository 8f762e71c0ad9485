"""CSV of any list or thing of the API: nested values as dotted columns, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.serializers import BaseSerializer

#: Between several values in one cell.
BETWEEN = " | "
#: A spreadsheet takes a cell that begins so for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")

#: The columns of a record, in order: a name, and the columns inside it or None for a plain value.
Columns = list[tuple[str, "Columns | None"]]


def columns(serializer: Any) -> Columns:
    """The columns of what a serializer gives."""
    fields = getattr(serializer, "child", serializer).fields
    return [(name, columns(one) if isinstance(one, BaseSerializer) else None) for name, one in fields.items()]


def columns_of(record: Mapping[str, Any]) -> Columns:
    """The columns of one record, as far as it shows them."""
    return [(name, columns_of(value) if isinstance(value, Mapping) else None) for name, value in record.items()]


def header(of: Columns, before: str = "") -> list[str]:
    """The names of columns, dotted where they are nested: "article.source.slug"."""
    return [title for name, inner in of for title in (header(inner, f"{before}{name}.") if inner else [before + name])]


def _joined(several: Iterable[Any]) -> str:
    return BETWEEN.join(one if isinstance(one, str) else cell(one) for one in several)


def values(record: Any, of: Columns) -> list[Any]:
    """The values of a record in those columns; of several records in one place, theirs with " | " between."""
    if isinstance(record, list):
        if len(record) == 1:
            return values(record[0], of)
        together = zip(*(values(one, of) for one in record), strict=True) if record else ()
        return [_joined(several) for several in together] or [None] * len(header(of))
    found: list[Any] = []
    for name, inner in of:
        value = None if record is None else record[name]
        if inner is None:
            found.append(value)
        else:
            found += values(value, inner)
    return found


def cell(value: Any) -> str:
    """A value as a cell: text guarded by an apostrophe where it could be a formula, lists of lists as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(RISKY) else value
        case list() if not any(isinstance(part, list | dict) for part in value):
            return cell(BETWEEN.join("" if part is None else str(part) for part in value))
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(of: Columns, records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A header and a line a record, as they come; lines end in CRLF, as RFC 4180 has it."""
    writer = csv.writer(_Line())
    yield writer.writerow(header(of))
    for record in records:
        yield writer.writerow(map(cell, values(record, of)))


class CSVRenderer(BaseRenderer):
    """One thing as a header and a line; lists are streamed by the view, which knows their columns."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        return "".join(lines(columns_of(data), [data])) if data else ""
