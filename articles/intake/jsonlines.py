"""JSON lines: one article a line."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from articles.intake.decoding import decode, normalise_text
from articles.intake.item import Failure, Item
from articles.intake.metadata import FIELDS, checked
from articles.intake.page import read_page

#: The fields of a line: metadata, and the article as "text" or as "html". "id" and "x_…" may be there and mean nothing.
LINE_FIELDS = (*FIELDS, "text", "html")
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*(?:[\"}]|\Z)")
MAX_LINE = 50_000_000  # bytes


def read_lines(
    name: str,
    stream: BinaryIO,
    *,
    head: bytes = b"",
    said: dict[str, Any] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Iterator[Item | Failure]:
    """One item or failure for each line of ``stream`` that is not blank, lazily; "name:3" is the third line.

    ``head`` is a first line that was read already; ``said`` is metadata for lines that say nothing themselves;
    ``mapping`` says which of a line's own names stand for which field, and then other names mean nothing.
    """
    for number, line in enumerate(byte_lines(stream, head), start=1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            yield _item(where, line, said or {}, mapping or {})
        except ValueError as error:
            yield Failure(where, f"{where}: {error}.")


def begins_json_lines(head: bytes) -> bool:
    """Whether the first line of standard input is that of JSON lines (rather than of a text that opens a brace)."""
    return bool(_START.match(head))


def byte_lines(stream: BinaryIO, head: bytes = b"") -> Iterator[bytes]:
    """The lines of ``stream``, after a first one already read, without their ends; an endless one cut short."""
    line = head or stream.readline(MAX_LINE + 1)
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # what PowerShell's > writes: handed on in UTF-8
        text, _ = decode(line + stream.read())
        yield from (line.encode("utf-8", "replace") for line in text.split("\n"))
        return
    line = line.removeprefix(codecs.BOM_UTF8)
    while line:
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
        yield line.rstrip(b"\r\n")
        line = stream.readline(MAX_LINE + 1)


def parse_object(line: bytes) -> tuple[dict[str, object], str]:
    """The JSON object that a line holds, and the line's encoding; raises ValueError with a sentence."""
    if len(line) > MAX_LINE:
        raise ValueError(f"the line is longer than {MAX_LINE // 1_000_000} MB: split the article")
    text, encoding = decode(line)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")  # some of them lead to a place
        raise ValueError(
            f"not JSON ({what} at character {error.pos + 1}): write one whole object on each line"
        ) from None
    except (RecursionError, ValueError):
        raise ValueError("not usable JSON (nested too deeply, or a number too long)") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object: write one object in braces on each line")
    return value, encoding


def _item(name: str, line: bytes, said: dict[str, Any], mapping: Mapping[str, str]) -> Item:
    record, encoding = parse_object(line)
    if mapping:
        chosen = {field: field for field in LINE_FIELDS} | dict(mapping)
        record = {field: record[theirs] for field, theirs in chosen.items() if theirs in record}
    fields: dict[str, str] = {}
    for key, value in record.items():
        if key == "id" or key.startswith("x_") or value is None:
            continue
        if key not in LINE_FIELDS:
            raise ValueError(f"unknown field {key!r}; the fields are {', '.join(LINE_FIELDS)}, and x_… for your own")
        if not isinstance(value, str):
            raise ValueError(f"{key} is not a string: put it between double quotes")
        fields[key] = value
    text, html = fields.pop("text", ""), fields.pop("html", "")
    if text.strip() and html.strip():
        raise ValueError("the article is given as text and as html: give one of them")
    own = checked(fields)
    if html.strip():
        page = read_page(normalise_text(html))
        text, own = page.text, page.metadata() | said | own
    text = normalise_text(text)
    if not text.strip():
        raise ValueError("no article: give its text, or its html, in a field of that name")
    return Item(name, line, "application/json", "jsonl", text, encoding, **(said | own))
