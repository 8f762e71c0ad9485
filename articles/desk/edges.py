"""Moving an end of a quote by a word or a sentence. Pure; offsets are code points of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from articles.reading.lexicon.words import ABBREVIATIONS

STEPS = ("-word", "+word", "-sentence", "+sentence")
#: No sentence goes further, and no text is looked at for longer.
REACH = 4_000

_WORD = re.compile(r"[£$€]?\w+(?:[’'.,:-]\w+)*%?")
_STOP = re.compile(r"[.!?…]+")
#: Where a sentence may end: its stop with the marks behind it, before white space; or its line.
_SENTENCE = re.compile(r"(?P<stop>[.!?…]+)[”’\"')\]»]*(?=\s)|(?=\n)")


def moved(text: str, spans: Sequence[Sequence[int]], side: str, step: str) -> list[list[int]] | None:
    """The spans with their first start or last end one step earlier ("-") or later ("+"); None where there is no room.

    A quote starts with a word and ends with one, or with the stop behind it; it keeps at least one word in each span.
    """
    found = [list(span) for span in spans]
    first, last = found[0], found[-1]
    by_word = step.endswith("word")
    if side == "start":
        low, high = max(0, first[0] - REACH), first[1]
        stops = _words(text, low, high) if by_word else _openings(text, low, high)
        place, at = 0, first[0]
    else:
        low, high = last[0], min(len(text), last[1] + REACH)
        stops = _ends(text, low, high) if by_word else _closings(text, low, high)
        place, at = 1, last[1]
    beyond = [stop for stop in stops if (stop < at if step.startswith("-") else stop > at)]
    if not beyond:
        return None
    (first if side == "start" else last)[place] = max(beyond) if step.startswith("-") else min(beyond)
    return found


def _words(text: str, low: int, high: int) -> Iterator[int]:
    for word in _WORD.finditer(text, low, high):
        # A word cut at the edge of what is looked at begins before it.
        if word.start() > low or not low or not text[low - 1].isalnum():
            yield word.start()


def _ends(text: str, low: int, high: int) -> Iterator[int]:
    for word in _WORD.finditer(text, low, high):
        if word.end() == high < len(text) and text[high].isalnum():
            continue
        stop = _STOP.match(text, word.end())
        yield stop.end() if stop else word.end()


def _breaks(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Where sentences end: behind the stop, and behind all that belongs to it."""
    for match in _SENTENCE.finditer(text, low, high):
        before = text[max(low, match.start() - 20) : match.start()]
        word = re.search(r"\w+$", before)
        short = word is not None and match["stop"] == "." and (word[0].lower() in ABBREVIATIONS or _initial(word[0]))
        if not short:
            yield (match.end("stop") if match["stop"] else match.end()), match.end()


def _initial(word: str) -> bool:
    return len(word) == 1 and word.isupper() and word != "I"


def _openings(text: str, low: int, high: int) -> Iterator[int]:
    for at in [low, *(behind for _, behind in _breaks(text, low, high))]:
        word = next(_words(text, at, high), None)
        if word is not None:
            yield word


def _closings(text: str, low: int, high: int) -> Iterator[int]:
    for stop, _ in [*_breaks(text, low, high), (high, high)]:
        words = text[low:stop].rstrip()
        if re.search(r"\w", words):
            yield low + len(words)
