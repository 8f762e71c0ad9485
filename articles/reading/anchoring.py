"""Anchors from one text to the next: the same place, one sure match, or honestly orphaned; never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .model import Span

#: Code points of context that must agree on either side.
CONTEXT = 32
_FOLD = {ord(c): "'" for c in "‘’‚‛`´"} | {ord(c): '"' for c in "“”„‟«»"} | {ord(c): "-" for c in "‐‑‒–—―"}
_DROP = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Anchored:
    """Where spans of an old text stand in a new one; ``spans`` is empty when orphaned."""

    state: Literal["exact", "moved", "orphaned"]
    spans: tuple[Span, ...] = ()


def reanchor(old: str, spans: Sequence[Span], new: str) -> Anchored:
    """The spans of ``old`` in ``new``: same offsets and text; else one exact match with its context; else one match
    after whitespace and quote marks are normalised (moved); else orphaned."""
    wanted = [span for span in spans if 0 <= span.start < span.end <= len(old)]
    if not wanted or len(wanted) != len(spans):
        return Anchored("orphaned")
    if all(new[span.start : span.end] == span.of(old) for span in wanted) and all(
        _context_agrees(old, new, span) for span in wanted
    ):
        return Anchored("exact", tuple(wanted))
    found = _by_text(old, wanted, new)
    if found is None:
        found = _by_normal_text(old, wanted, new)
    return Anchored("moved", found) if found is not None else Anchored("orphaned")


def _context_agrees(old: str, new: str, span: Span) -> bool:
    """Whether what stands right before or right after is unchanged, or the text is the only one of its kind."""
    before = old[max(0, span.start - CONTEXT) : span.start] == new[max(0, span.start - CONTEXT) : span.start]
    after = old[span.end : span.end + CONTEXT] == new[span.end : span.end + CONTEXT]
    return before or after or new.count(span.of(old)) == 1


def _by_text(old: str, spans: Sequence[Span], new: str) -> tuple[Span, ...] | None:
    out: list[Span] = []
    floor = 0
    for span in spans:
        at = _place(old, span.start, span.end, new, floor)
        if at is None:
            return None
        out.append(Span(at, at + span.end - span.start))
        floor = out[-1].end
    return tuple(out)


def _place(old: str, start: int, end: int, new: str, floor: int) -> int | None:
    """The one place of ``old[start:end]`` in ``new`` from ``floor`` on; context tells repetitions apart."""
    piece = old[start:end]
    places: list[int] = []
    at = new.find(piece, floor)
    while at >= 0:
        places.append(at)
        if len(places) > 10_000:
            return None
        at = new.find(piece, at + 1)
    if not places:
        return None
    before, after = old[max(0, start - CONTEXT) : start], old[end : end + CONTEXT]

    def whole(place: int) -> bool:
        return new[max(0, place - len(before)) : place] == before and new.startswith(after, place + len(piece))

    def half(place: int) -> bool:
        return (bool(before) and new[max(0, place - len(before)) : place] == before) or (
            bool(after) and new.startswith(after, place + len(piece))
        )

    for test in (whole, half):
        fitting = [place for place in places if test(place)]
        if len(fitting) == 1:
            return fitting[0]
        if len(fitting) > 1:
            return None
    return places[0] if len(places) == 1 else None


def _normal(text: str) -> tuple[str, list[int]]:
    """Text with blanks collapsed and marks folded, and for each character its offset in the original."""
    out: list[str] = []
    offsets: list[int] = []
    blank = True
    index = 0
    while index < len(text):
        char = text[index]
        if char.isspace():
            if not blank:
                out.append(" ")
                offsets.append(index)
            blank = True
        elif char not in _DROP:
            pair = text[index : index + 2]
            folded = char.translate(_FOLD)
            if pair in ("``", "''"):
                out.append('"')
                offsets.append(index)
                index += 2
                blank = False
                continue
            out.append(folded)
            offsets.append(index)
            blank = False
        index += 1
    return "".join(out), offsets


def _by_normal_text(old: str, spans: Sequence[Span], new: str) -> tuple[Span, ...] | None:
    old_text, old_offsets = _normal(old)
    new_text, new_offsets = _normal(new)
    out: list[Span] = []
    floor = 0
    for span in spans:
        start = _lower(old_offsets, span.start)
        end = _lower(old_offsets, span.end)
        while start < end and old_text[start] == " ":
            start += 1
        while end > start and old_text[end - 1] == " ":
            end -= 1
        if start >= end:
            return None
        at = _place(old_text, start, end, new_text, floor)
        if at is None:
            return None
        stop = at + end - start
        out.append(Span(new_offsets[at], new_offsets[stop - 1] + 1))
        floor = stop
    return tuple(out)


def _lower(offsets: Sequence[int], value: int) -> int:
    """The index of the first offset not below ``value``."""
    low, high = 0, len(offsets)
    while low < high:
        middle = (low + high) // 2
        if offsets[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
