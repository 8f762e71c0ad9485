"""A ``manifest.csv`` beside a folder's files: metadata, one row a file, never an article itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from articles.intake.decoding import decode, normalise_text
from articles.intake.metadata import FIELDS, checked

NAME = "manifest.csv"
COLUMNS = ("file", *FIELDS)
MAX_BYTES = 50_000_000

Row = dict[str, Any] | ValueError  # what is said about one file, or what is wrong with it


def read_manifest(folder: Path) -> dict[str, Row]:
    """What the folder's manifest says about each file, by file name; {} if there is no manifest.

    Raises ValueError, with a sentence that names the line or column, if the manifest as a whole cannot be trusted; a
    bad value only spoils its own row.
    """
    path = folder / NAME
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"{NAME} cannot be read ({error.strerror})") from None
    if len(raw) > MAX_BYTES:
        raise ValueError(f"{NAME} is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = normalise_text(decode(raw)[0])
    except ValueError as error:
        raise ValueError(f"{NAME} {error}") from None
    return dict(_rows(text))


def _rows(text: str) -> Iterator[tuple[str, Row]]:
    header_line = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header_line.count), strict=True)
    seen: dict[str, int] = {}
    columns: list[str] = []
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells)
                continue
            if len(cells) > len(columns):
                raise ValueError(
                    f"{NAME}, line {lines.line_num}: {len(cells)} cells under {len(columns)} columns; "
                    "put a cell that holds a comma between double quotes"
                )
            row = dict(zip(columns, cells, strict=False))
            name = row.pop("file").strip()
            if not name or "/" in name or "\\" in name:
                raise ValueError(
                    f"{NAME}, line {lines.line_num}: the file is {name!r}; name a file that lies beside the manifest"
                )
            if name in seen:
                raise ValueError(
                    f"{NAME}, line {lines.line_num}: {name} has a row already, on line {seen[name]}; remove one of them"
                )
            seen[name] = lines.line_num
            try:
                yield name, checked(row)
            except ValueError as error:
                yield name, ValueError(f"{NAME}, line {lines.line_num}: {error}")
    except csv.Error as error:
        raise ValueError(f"{NAME}, line {lines.line_num}: not well-formed CSV ({error})") from None
    if not columns:
        raise ValueError(f"{NAME} is empty: its first line names the columns ({', '.join(COLUMNS)})")


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    for column in columns:
        if column not in COLUMNS:
            raise ValueError(f"{NAME}: unknown column {column!r}; the columns are {', '.join(COLUMNS)}")
        if columns.count(column) > 1:
            raise ValueError(f"{NAME}: the column {column!r} is there twice")
    if "file" not in columns:
        raise ValueError(f"{NAME}: there is no column 'file'; the columns are {', '.join(COLUMNS)}")
    return columns
