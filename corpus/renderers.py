"""CSV of any list or thing of the API: nested values as dotted columns, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.serializers import BaseSerializer, ListSerializer

#: Between several values in one cell.
BETWEEN = " | "
#: A spreadsheet takes a cell that begins so for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")

Path = tuple[str, ...]


def columns(serializer: BaseSerializer, path: Path = ()) -> list[Path]:
    """The paths of a serializer's plain values, in its order: ("article", "source", "slug")."""
    record: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    found: list[Path] = []
    for name, one in record.fields.items():
        nested = isinstance(one, BaseSerializer)
        found += columns(one, (*path, name)) if nested else [(*path, name)]
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


def at(record: Any, path: Path) -> Any:
    """The value at a path; of a list of records, the list of theirs."""
    for step, name in enumerate(path):
        if isinstance(record, list):
            values = [at(part, path[step:]) for part in record]
            return BETWEEN.join("" if v is None else v if isinstance(v, str) else cell(v) for v in values)
        if record is None:
            return None
        record = record[name]
    return record


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(paths: Iterable[Path], records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A header and a line a record, as they come; lines end in CRLF, as RFC 4180 has it."""
    paths = list(paths)
    writer = csv.writer(_Line())
    yield writer.writerow([".".join(path) for path in paths])
    for record in records:
        yield writer.writerow([cell(at(record, path)) for path in paths])


def _paths(record: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*path, name))
        else:
            yield (*path, name)


class CSVRenderer(BaseRenderer):
    """One thing as a header and a line; lists are streamed by the view, which knows their columns."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        return "".join(lines(_paths(data), [data])) if data else ""
