"""Long lists, a piece at a time: a statement takes only so many parameters (SQLite 32,766 by default)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SIZE = 5_000


def chunks(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """The values in lists of at most ``size``."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
