"""Where a query hits a text, shown: the same on both databases, in time linear in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.search import words
from corpus.search.query import Query, parse

Segments = list[tuple[str, bool]]

BLANKS = re.compile(r"\s+")
ELLIPSIS = "…"


def mark(text: str, query: str | Query) -> Segments:
    """The whole text in segments, True for those that the query asks for; joined they are the text."""
    return _segments(text, [(start, end) for start, end, _ in hits(text, query)], 0, len(text))


def highlight(text: str, query: str | Query, width: int = 240) -> Segments:
    """The stretch of at most ``width`` characters (and ellipses) with most hits, in segments, True for hits.

    It begins and ends at words; of equal stretches the first is taken, without a hit the beginning. Blanks are single.
    """
    text = BLANKS.sub(" ", text).strip()
    found = hits(text, query)
    first, last = _best(found, width)
    # The hits stand in the middle of what there is room for, as far as the text allows.
    spare = max(0, width - (last - first))
    start = max(0, min(first - spare // 2, len(text) - width))
    end = min(len(text), max(start + width, last))
    start, end = _at_words(text, start, end, first, last)
    inside = [(left, right) for left, right, _ in found if left >= start and right <= end]
    segments = _segments(text, inside, start, end)
    if start > 0:
        segments.insert(0, (f"{ELLIPSIS} ", False))
    if end < len(text):
        segments.append((f" {ELLIPSIS}", False))
    return segments


def hits(text: str, query: str | Query) -> list[tuple[int, int, int]]:
    """Start, end and number of the phrase wherever a text has a phrase of the query, in order, none overlapping."""
    query = parse(query) if isinstance(query, str) else query
    phrases = list(dict.fromkeys(query.phrases))
    if not phrases:
        return []
    found = []
    for number, phrase in enumerate(phrases):
        stems = tuple(words.stem_of(word) for word in phrase.words)
        begins = words.beginnings(stems)
        begin = begins.search(text)
        while begin:
            start = begin.start()
            end = _end(text, start, stems, phrase.prefix)
            if end:
                found.append((start, end, number))
            # Whatever only began like it may hold the beginning of another.
            begin = begins.search(text, end or start + 1)
    found.sort(key=lambda hit: (hit[0], -hit[1]))
    apart: list[tuple[int, int, int]] = []
    for hit in found:
        if not apart or hit[0] >= apart[-1][1]:
            apart.append(hit)
    return apart


def _end(text: str, start: int, stems: Sequence[str], prefix: bool) -> int:
    """Where words with these stems end, if they begin here, else 0; of a ``prefix`` the last is only a beginning."""
    for place, word in enumerate(words.WORD.finditer(text, start)):
        own = words.stem_of(word[0])
        final = place == len(stems) - 1
        if own != stems[place] and not (final and prefix and own.startswith(stems[place])):
            return 0
        if final:
            return word.end()
    return 0


def _best(found: list[tuple[int, int, int]], width: int) -> tuple[int, int]:
    """Start and end of the hits that fit into a width and cover most phrases, then most hits; the first of equals."""
    best = (0, 0)
    score = (0, 0)
    counts: dict[int, int] = {}
    left = 0
    for start, end, number in found:
        counts[number] = counts.get(number, 0) + 1
        right = end
        while found[left][0] < start and right - found[left][0] > width:
            gone = found[left][2]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            left += 1
        now = (len(counts), sum(counts.values()))
        if now > score:
            score, best = now, (found[left][0], right)
    return best


def _at_words(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """A stretch narrowed to blanks, but never into the hits between first and last."""
    if start > 0:
        blank = text.find(" ", start - 1, first)
        start = blank + 1 if blank >= 0 else first
    if end < len(text):
        blank = text.rfind(" ", max(last, start), end + 1)
        end = blank if blank > start else last or end
    return start, end


def _segments(text: str, found: list[tuple[int, int]], start: int, end: int) -> Segments:
    segments: Segments = []
    place = start
    for left, right in found:
        if left > place:
            segments.append((text[place:left], False))
        segments.append((text[left:right], True))
        place = right
    if place < end:
        segments.append((text[place:end], False))
    return segments
