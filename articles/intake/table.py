"""Tables: one article a row of CSV, under column names of whoever made it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from articles.intake.dates import iso
from articles.intake.decoding import decode, normalise_text
from articles.intake.item import Failure, Item
from articles.intake.jsonlines import LINE_FIELDS
from articles.intake.metadata import checked
from articles.intake.page import read_page

_SAMPLE = 1_000_000  # bytes by which the encoding is told
_LONGEST = 50_000_000  # characters of one cell


def parse_mapping(said: str) -> dict[str, str]:
    """Which column holds which field, from "headline=Title,text=Body"; raises ValueError with a sentence."""
    mapping: dict[str, str] = {}
    for pair in said.split(","):
        if not pair.strip():
            continue
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or not column:
            raise ValueError(f"{pair.strip()!r} maps nothing: write field=column, such as headline=Title")
        if field not in LINE_FIELDS:
            raise ValueError(f"{field!r} is no field: the fields are {', '.join(LINE_FIELDS)}")
        if field in mapping:
            raise ValueError(f"the field {field!r} is mapped twice: name one column for it")
        mapping[field] = column
    return mapping


def read_table(
    name: str, stream: BinaryIO, mapping: Mapping[str, str] | None = None, said: dict[str, Any] | None = None
) -> Iterator[Item | Failure]:
    """One item or failure for each row of a CSV file, lazily; "name:3" begins on its third line.

    Columns called as fields are, and those that ``mapping`` names, are read; all others mean nothing. Raises ValueError
    with the end of a sentence if the file as a whole cannot be read.
    """
    csv.field_size_limit(_LONGEST)
    text, encoding = _text(stream)
    lines = _Lines(text)
    columns: dict[str, int] = {}
    delimiter = ","
    first = lines.peek()
    if first is None:
        raise ValueError("is empty: its first line names the columns")
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] = []
    while True:
        begun = lines.number + 1
        lines.taken.clear()
        where = f"{name}:{begun}"
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield Failure(
                where, f"{where}: not well-formed CSV ({error}); put a cell that holds quotes between quotes."
            )
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip().removeprefix("\ufeff") for cell in cells]
            columns = _columns(header, mapping or {})
            continue
        raw = "".join(lines.taken).rstrip("\r\n").encode(encoding, "surrogateescape")
        try:
            if len(cells) > len(header):
                raise ValueError(
                    f"{len(cells)} cells under {len(header)} columns; put a cell that holds a {_called(delimiter)} "
                    "between double quotes"
                )
            fields = {field: cells[place] for field, place in columns.items() if place < len(cells)}
            yield _item(where, raw, encoding, fields, said or {})
        except ValueError as error:
            yield Failure(where, f"{where}: {error}.")


class _Lines:
    """The lines of a file, with the number of the last one taken and those taken since somebody cleared them."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text, self.number, self.taken = text, 0, list[str]()
        self.waiting: list[str] = []

    def peek(self) -> str | None:
        line = self.text.readline()
        if not line:
            return None
        self.waiting.append(line)
        return line

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else self.text.readline(_LONGEST)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line.replace("\0", "")


def _text(stream: BinaryIO) -> tuple[io.TextIOBase, str]:
    """The file as text, and its encoding; read as it goes."""
    sample = stream.read(_SAMPLE)
    whole = len(sample) < _SAMPLE
    sample += b"" if whole else stream.readline(_LONGEST)
    _, encoding = decode(sample)
    if encoding.startswith("utf-") and encoding != "utf-8":
        sample += b"" if whole else stream.read()
        text, _ = decode(sample)
        return io.StringIO(text, newline=""), encoding
    raw = io.BufferedReader(_Joined(sample, stream))
    return io.TextIOWrapper(raw, encoding, "articles.cp1252", newline=""), encoding


class _Joined(io.RawIOBase):
    """Bytes that were read already, and then the rest of a stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head, self.rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.head.read(len(buffer)) or self.rest.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _columns(header: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """The place of each field's column; raises ValueError with the end of a sentence."""
    there = ", ".join(column for column in header if column)
    found = {}
    for field in LINE_FIELDS:
        wanted = mapping.get(field, field)
        places = [place for place, column in enumerate(header) if column == wanted]
        places = places or [p for p, column in enumerate(header) if column.casefold() == wanted.casefold()]
        if len(places) > 1:
            raise ValueError(f"has the column {wanted!r} twice: rename one of them")
        if places:
            found[field] = places[0]
        elif field in mapping:
            raise ValueError(f"has no column {wanted!r}: its columns are {there}")
    if "text" not in found and "html" not in found:
        raise ValueError(
            f"does not say which column holds the article: map it, such as text=Body; its columns are {there}"
        )
    return found


def _item(name: str, raw: bytes, encoding: str, fields: dict[str, str], said: dict[str, Any]) -> Item:
    from articles.intake.mending import mended

    text, html = fields.pop("text", ""), fields.pop("html", "")
    if text.strip() and html.strip():
        raise ValueError("the article is given as text and as html: give one of them")
    if "published" in fields:
        fields["published"] = iso(fields["published"])
    own = checked({field: mended(value) for field, value in fields.items()})
    if html.strip():
        page = read_page(normalise_text(html))
        text, own = page.text, page.metadata() | said | own
    text = mended(normalise_text(text))
    if not text.strip():
        raise ValueError("no article: the cell of its text is empty")
    return Item(name, raw, "text/csv", "csv", text, encoding, **(said | own))


def _called(delimiter: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[delimiter]
