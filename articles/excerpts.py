"""What of a text the public may see when a source allows excerpts only: the surroundings of public quotes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from articles.reading.model import Span

#: At most this many characters before and after a quote, within its paragraph.
REACH = 160
_BOUNDARY = re.compile(r"\s")


def visible(length: int, hidden: Iterable[Span]) -> list[Span]:
    """The stretches of a text of this length outside hidden spans, in order."""
    stretches, at = [], 0
    for span in sorted(hidden):
        if span.start > at:
            stretches.append(Span(at, min(span.start, length)))
        at = max(at, span.end)
    if at < length:
        stretches.append(Span(at, length))
    return stretches


def around(text: str, span: Span, reach: int = REACH) -> Span:
    """A span with its surroundings: to the ends of its paragraph, at most ``reach`` characters away, on whole words."""
    floor, ceiling = max(0, span.start - reach), min(len(text), span.end + reach)
    start = text.rfind("\n", floor, span.start) + 1
    if start == 0:
        start = floor
        if floor and (blank := _BOUNDARY.search(text, floor, span.start)):
            start = blank.end()
    end = text.find("\n", span.end, ceiling)
    if end == -1:
        end = ceiling
        if ceiling < len(text):
            while end > span.end and not text[end - 1].isspace():
                end -= 1
            end = end or ceiling
    return Span(start, max(end, span.end))


def excerpts(text: str, quotes: Iterable[Sequence[Span]]) -> list[Span]:
    """The excerpts around these quotes (each a sequence of spans), in text order, overlapping ones joined."""
    joined: list[Span] = []
    for span in sorted(around(text, span) for spans in quotes for span in spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
