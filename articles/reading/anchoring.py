"""Anchors from one text to the next: the same place, one sure match, or honestly orphaned; never a guess."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .model import Span

#: Code points of context that must agree on either side; where that leaves equal candidates, ever more are asked for.
CONTEXT = 32
WIDER = (128, 512, 2_048, 8_192)
#: Words shorter than CONTEXT that stand in the new text once, but in other company than this, may be somebody else's.
NEAR = 8
#: A passage this long is still the same when words inside it changed: then its two ends say where it stands.
LONG, ENDS = 96, 32
#: Text of which there are more places than this is found nowhere.
_MOST_PLACES = 10_000
_FOLD = {ord(c): "'" for c in "‘’‚‛`´"} | {ord(c): '"' for c in "“”„‟«»"} | {ord(c): "-" for c in "‐‑‒–—―"}
_DROP = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Anchored:
    """Where spans of an old text stand in a new one; ``spans`` is empty when orphaned."""

    state: Literal["exact", "moved", "orphaned"]
    spans: tuple[Span, ...] = ()


def reanchor(old: str, spans: Sequence[Span], new: str, *, by_ends: bool = False) -> Anchored:
    """The spans of ``old`` in ``new``: same offsets and text; else one exact match with its context; else one match
    after whitespace and quote marks are normalised (moved); else orphaned. Two equal candidates are orphaned.

    ``by_ends`` is for passages, whose words may change while they stay what they are: the last resort of a long one is
    that both its ends stand in the new text, each once.
    """
    wanted = [span for span in spans if 0 <= span.start < span.end <= len(old)]
    if not wanted or len(wanted) != len(spans):
        return Anchored("orphaned")
    if all(_stays(old, new, span) for span in wanted):
        return Anchored("exact", tuple(wanted))
    found = _by_text(old, wanted, new)
    if found is None:
        found = _by_normal_text(old, wanted, new)
    if found is None and by_ends and len(wanted) == 1:
        found = _by_ends(old, wanted[0], new)
    return Anchored("moved", found) if found is not None else Anchored("orphaned")


def follow(texts: Sequence[str], spans: Sequence[Span], *, by_ends: bool = False) -> Anchored:
    """The spans of the first text in the last: at once, else from each text to the next."""
    anchored = reanchor(texts[0], spans, texts[-1], by_ends=by_ends)
    if anchored.state != "orphaned" or len(texts) < 3:
        return anchored
    here: Sequence[Span] = spans
    for old, new in itertools.pairwise(texts):
        step = reanchor(old, here, new, by_ends=by_ends)
        if step.state == "orphaned":
            return step
        here = step.spans
    return Anchored("moved", tuple(here))


def places(words: str, text: str) -> list[Span]:
    """Where words stand in a text: just so, or else with other blanks, quotation marks and dashes."""
    found, at = [], text.find(words)
    while at >= 0:
        found.append(Span(at, at + len(words)))
        at = text.find(words, at + 1)
    if found:
        return found
    wanted, (normal, offsets) = _normal(words)[0].strip(), _normal(text)
    at = normal.find(wanted) if wanted else -1
    while at >= 0:
        found.append(Span(offsets[at], offsets[at + len(wanted) - 1] + 1))
        at = normal.find(wanted, at + 1)
    return found


def neighbours(old: str, span: Span, new: str) -> Span | None:
    """What stands in ``new`` between the words that stood around a span of ``old``; a guess to be looked at."""
    for size in (CONTEXT, CONTEXT // 2, NEAR):
        before, after = old[max(0, span.start - size) : span.start], old[span.end : span.end + size]
        if not before or not after or new.count(before) != 1:
            continue
        start = new.index(before) + len(before)
        end = new.find(after, start)
        if start < end <= start + 2 * (span.end - span.start) + CONTEXT:
            return Span(start, end)
    return None


def _stays(old: str, new: str, span: Span) -> bool:
    """Whether the same text stands at the same offsets: the only one of its kind, or between the same neighbours."""
    piece = span.of(old)
    if new[span.start : span.end] != piece:
        return False
    before, after = old[max(0, span.start - CONTEXT) : span.start], old[span.end : span.end + CONTEXT]
    same_before = new[max(0, span.start - CONTEXT) : span.start] == before
    same_after = new[span.end : span.end + CONTEXT] == after
    if (same_before and same_after) or new.count(piece) == 1:
        return True
    # One neighbour is not enough where another place has both.
    whole = before + piece + after
    return ((same_before and before != "") or (same_after and after != "")) and whole not in new


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
        if len(places) > _MOST_PLACES:
            return None
        at = new.find(piece, at + 1)
    if len(places) < 2:
        return places[0] if places and _is_itself(old, start, end, new, places[0]) else None

    def between(size: int) -> list[int]:
        before, after = old[max(0, start - size) : start], old[end : end + size]
        return [
            place
            for place in places
            if new.startswith(after, place + len(piece)) and new.endswith(before, 0, place) and (before or after)
        ]

    fitting = between(CONTEXT)
    for size in WIDER:
        if len(fitting) < 2:
            break
        # The longer the agreement, the less it is chance; where it ends for all at once, they are equal.
        places, narrower = fitting, fitting
        fitting = between(size) or narrower
        if fitting is narrower:
            return None
    if fitting:
        return fitting[0] if len(fitting) == 1 else None
    before, after = old[max(0, start - CONTEXT) : start], old[end : end + CONTEXT]
    half = [
        place
        for place in places
        if (before and new.endswith(before, 0, place)) or (after and new.startswith(after, place + len(piece)))
    ]
    return half[0] if len(half) == 1 else None


def _is_itself(old: str, start: int, end: int, new: str, at: int) -> bool:
    """Whether the only place of some words is surely theirs: they are long, or have a neighbour they had before."""
    if end - start >= CONTEXT:
        return True
    before, after = old[max(0, start - NEAR) : start], old[end : end + NEAR]
    stop = at + end - start
    return (new.endswith(before, 0, at) if before else at == 0) or (
        new.startswith(after, stop) if after else stop == len(new)
    )


def _by_ends(old: str, span: Span, new: str) -> tuple[Span, ...] | None:
    """A long stretch by its first and its last words, each of which must stand in ``new`` once, in order and not much
    farther apart than they were."""
    length = span.end - span.start
    if length < LONG:
        return None
    first = _place(old, span.start, span.start + ENDS, new, 0)
    if first is None:
        return None
    last = _place(old, span.end - ENDS, span.end, new, first + ENDS)
    if last is None:
        return None
    end = last + ENDS
    return (Span(first, end),) if length <= 2 * (end - first) <= 4 * length else None


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
