"""Values as cells of a table that is safe to open in a spreadsheet. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

#: Between several values in one cell.
BETWEEN = " | "
#: A spreadsheet takes a cell that begins so for a formula.
RISKY = frozenset("=+-@\t\r\n")

_encode = json.JSONEncoder(ensure_ascii=False).encode


def cell(value: Any) -> str:
    """A value as a cell: text guarded by an apostrophe where it could be a formula, lists of lists as JSON."""
    if isinstance(value, str):
        return f"'{value}" if value and value[0] in RISKY else value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, list):
        if not any(isinstance(part, list | dict) for part in value):
            return cell(BETWEEN.join("" if part is None else str(part) for part in value))
        return _encode(value)
    return _encode(value) if isinstance(value, dict) else str(value)


def together(several: Iterable[Sequence[str]]) -> list[str]:
    """The cells of several records in the cells of one."""
    return [BETWEEN.join(cells) for cells in zip(*several, strict=True)]
