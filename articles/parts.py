"""A long article cut into parts, so that each of its pages is bounded in time and weight. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from articles.reading.model import Span

#: A part ends before it has more than this.
CHARACTERS, QUOTES, ENTRIES = 40_000, 100, 40
#: Where little of the text is shown: it is looked through, not printed.
CHARACTERS_UNSHOWN = 200_000
#: The last part takes what is left, up to so much more than the others have.
SPARE = 1.25


def cut(text: str, quotes: Sequence[int], entries: Sequence[int] = (), characters: int = CHARACTERS) -> list[Span]:
    """The parts of a text, in order and without gaps; ``quotes`` and ``entries`` are where those begin, sorted.

    Cut before an entry, else between paragraphs, else between words; an ordinary article is one part. What stands
    before a place does not depend on what comes after it.
    """
    parts: list[Span] = []
    at = 0
    while _limit(text, at, quotes, entries, characters, SPARE) < len(text):
        end = _end(text, at, _limit(text, at, quotes, entries, characters), entries)
        parts.append(Span(at, end))
        at = end
    return [*parts, Span(at, len(text))]


def at(parts: Sequence[Span], place: int) -> int:
    """The index of the part in which a place of the text lies."""
    return next((n for n, part in enumerate(parts) if part.start <= place < part.end), 0)


def _limit(text: str, at: int, quotes: Sequence[int], entries: Sequence[int], characters: int, more: float = 1) -> int:
    """Where a part that begins there has all it may have."""
    limits = [at + int(characters * more)]
    for starts, most in ((quotes, QUOTES), (entries, ENTRIES)):
        beyond = bisect_left(starts, at) + int(most * more)
        if beyond < len(starts):
            limits.append(starts[beyond])
    return max(at + 1, min(limits))


def _end(text: str, at: int, limit: int, entries: Sequence[int]) -> int:
    """The best place to cut, at most there."""
    before = bisect_right(entries, limit) - 1
    if before >= 0 and entries[before] > at:
        return entries[before]
    half = at + (limit - at) // 2
    for sign in ("\n", " "):
        if (found := text.rfind(sign, half, limit)) > at:
            return found + 1
    return limit
