"""Quotation marks: one pass over each paragraph pairs them and names the rule by which every boundary was found.

Rules of a boundary: ``closed`` (an ordinary pair), ``reopened`` (an opening mark repeated inside, as when paragraphs
were run together),
``reopened-next-paragraph``, ``closed-by-paragraph``, ``doubled`` (``“"``), ``mixed-style`` (``"… ”``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

MARK = re.compile(r"[\"“”„«»‘’']+|``")
_DOUBLE = frozenset('"“”„«»')
_OPEN_DOUBLE = frozenset("“„«")
_CLOSE_DOUBLE = frozenset("”»")
_ELIDED = re.compile(r"(?:\d0s?|em|til|tis|twas|cause|n|bout|round|cos|kay|ello|ere|im|er|is)\b", re.IGNORECASE)
#: A longer run of marks is decoration.
LONGEST_RUN = 12
#: How far a single-quote opening looks for its partner, in code points.
REACH = 6000


@dataclass(slots=True)
class Stretch:
    """What stands inside one pair of marks: ``[start, end)`` without, ``[outer_start, outer_end)`` with the marks."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    opened: str
    closed: str
    single: bool
    paragraph: int
    inner: list[Stretch] = field(default_factory=list)
    #: Index of the stretch of an earlier paragraph that this one continues.
    continues: int = -1


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Marks as (start, end, class); a class is d/D/x double opening/closing/straight, s/S/y the same for single."""
    found = []
    for match in MARK.finditer(text, start, end):
        run = match.group()
        position = match.start()
        if len(run) > LONGEST_RUN:
            continue
        if run == "``":
            found.append((position, position + 2, "d"))
            continue
        index, length = 0, len(run)
        while index < length:
            char = run[index]
            if char == "'" and run[index : index + 2] == "''" and (length < 3 or run[:3] != "'''"):
                found.append((position + index, position + index + 2, "x"))
                index += 2
                continue
            if char == "’" and run[index : index + 2] == "’’":
                found.append((position + index, position + index + 2, "D"))
                index += 2
                continue
            if char == "‘" and run[index : index + 2] == "‘‘":
                found.append((position + index, position + index + 2, "d"))
                index += 2
                continue
            kind = (
                "d"
                if char in _OPEN_DOUBLE
                else "D"
                if char in _CLOSE_DOUBLE
                else "x"
                if char == '"'
                else "s"
                if char == "‘"
                else "S"
                if char == "’"
                else "y"
            )
            found.append((position + index, position + index + 1, kind))
            index += 1
    return found


def _can_open(text: str, at: int, after: int, start: int, end: int) -> bool:
    before = text[at - 1] if at > start else " "
    following = text[after] if after < end else " "
    return (not before.isalnum()) and before not in ".,!?%)" and not following.isspace()


def _can_close(text: str, at: int, after: int, start: int, end: int) -> bool:
    before = text[at - 1] if at > start else " "
    following = text[after] if after < end else " "
    return not before.isspace() and not following.isalnum()


def _sentence_over(text: str, at: int, start: int) -> bool:
    """Whether the text before ``at`` ends a sentence and a blank."""
    index = at - 1
    if index < start or not text[index].isspace():
        return False
    while index >= start and text[index].isspace():
        index -= 1
    return index >= start and text[index] in ".!?…"


def _doubles(text: str, start: int, end: int, marks: Sequence[tuple[int, int, str]], paragraph: int) -> list[Stretch]:
    """Double-marked stretches of one paragraph; the last may be ``closed-by-paragraph``."""
    found: list[Stretch] = []
    depth: list[tuple[int, int, str, str]] = []
    inner: list[Stretch] = []
    doubles = [mark for mark in marks if mark[2] in "dDx"]
    closers_left = sum(1 for mark in doubles if mark[2] == "D")

    def close(at: int, after: int, rule: str) -> None:
        outer, content, opened, _ = depth.pop()
        if at <= content:
            return
        stretch = Stretch(content, at, outer, after, opened, rule, False, paragraph)
        if depth:
            inner.append(stretch)
        else:
            stretch.inner = [child for child in inner if child.start >= content]
            inner.clear()
            found.append(stretch)

    for index, (at, after, kind) in enumerate(doubles):
        if kind == "D":
            closers_left -= 1
        if not depth:
            following = text[after] if after < end else " "
            before = text[at - 1] if at > start else " "
            if kind == "D" and not (before.isspace() and following.isalnum()):
                if found and found[-1].outer_end == at:
                    found[-1].outer_end = after
                    found[-1].closed = "doubled"
                continue
            if kind == "x" and before.isdigit() and not following.isalnum():
                continue
            if following.isspace() and not (index + 1 < len(doubles) and kind == "d"):
                if kind == "x":
                    continue
            depth.append((at, after, "mixed-style" if kind == "D" else "closed", kind))
            continue
        outer, content, _, style = depth[-1]
        if at == content or (kind != "D" and not text[content:at].strip()):
            depth[-1] = (outer, after, "doubled", style)
            continue
        opens = _can_open(text, at, after, start, end)
        closes = _can_close(text, at, after, start, end)
        if kind == "d" and not (closes and not opens):
            needed = sum(1 for level in depth if level[3] == "d") + 1
            if _sentence_over(text, at, start) and closers_left < needed:
                continue  # reopened within the paragraph: the same words go on
            if len(depth) < 3 and closers_left >= min(needed, 2 if style != "d" else needed):
                depth.append((at, after, "closed", kind))
            elif _sentence_over(text, at, start):
                continue
            else:
                close(at, at, "reopened")
                depth.append((at, after, "reopened", kind))
            continue
        if kind == "x" and opens and not closes:
            if _sentence_over(text, at, start):
                continue
            close(_trim(text, content, at), at, "reopened")
            depth.append((at, after, "reopened", kind))
            continue
        if kind == "x" and not closes and not opens:
            before = text[at - 1] if at > start else " "
            if before.isspace() and (after >= end or text[after].isspace()):
                pass
        mixed = {("x", "D"), ("d", "x"), ("D", "x")}
        close(at, after, "mixed-style" if (style, kind) in mixed else "closed")
    if depth:
        while len(depth) > 1:
            depth.pop()
        close(_trim(text, depth[0][1], end), end, "closed-by-paragraph")
    return found


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _singles(
    text: str, start: int, end: int, marks: Sequence[tuple[int, int, str]], paragraph: int, carried: bool
) -> list[Stretch]:
    """Single-marked stretches of one range, told apart from apostrophes, elisions and plural possessives."""
    singles = [mark for mark in marks if mark[2] in "sSy" and start <= mark[0] < end]
    found: list[Stretch] = []
    index, total = 0, len(singles)
    while index < total:
        at, after, kind = singles[index]
        before = text[at - 1] if at > start else " "
        following = text[after] if after < end else " "
        opens = (
            kind in "sy"
            and not before.isalnum()
            and before not in ".,!?%)’'"
            and (following.isalnum() or following in '[($£€…"“.#@*—-')
        )
        if not opens or (kind == "y" and _ELIDED.match(text, after)):
            index += 1
            continue
        close = -1
        possessive = -1
        level = 0
        inner: list[Stretch] = []
        nested_at: list[tuple[int, int]] = []
        scan = index + 1
        while scan < total and singles[scan][0] - at < REACH:
            c_at, c_after, c_kind = singles[scan]
            c_before = text[c_at - 1]
            c_following = text[c_after] if c_after < end else " "
            if c_kind in "sy" and not c_before.isalnum() and c_following.isalnum() and c_before not in ".,!?…’'\"”":
                if c_kind == "y" and _ELIDED.match(text, c_after):
                    scan += 1
                    continue
                if _sentence_over(text, c_at, start):
                    if possessive >= 0 and close < 0:
                        break
                    if close < 0 and (at == start or _introduced(text, at, start)):
                        break
                level += 1
                nested_at.append((c_at, c_after))
                if level > 2:
                    break
                scan += 1
                continue
            if c_kind in "Sy" and not c_before.isspace() and not c_following.isalnum():
                plural = c_before == "s" and c_following == " " and text[c_after + 1 : c_after + 2].islower()
                if plural and level == 0:
                    if possessive < 0:
                        possessive = scan
                    scan += 1
                    continue
                if level:
                    level -= 1
                    n_at, n_after = nested_at.pop()
                    inner.append(Stretch(n_after, c_at, n_at, c_after, "closed", "closed", True, paragraph))
                    scan += 1
                    continue
                close = scan
                break
            scan += 1
        if close < 0 and possessive >= 0 and level == 0 and not (carried and at == start):
            close = possessive
        elif close >= 0 and possessive >= 0:
            # "the 'national heroes' of Leeds' past": a near candidate is the partner when another pair follows
            p_at = singles[possessive][0]
            gap = text[p_at : singles[close][0]]
            if (
                any(sign in gap for sign in ".!?")
                and len(text[after:p_at].split()) <= 4
                and at != start
                and not _introduced(text, at, start)
            ):
                close = possessive
        if close < 0:
            at_start = at == start
            if (at_start or _introduced(text, at, start)) and len(text[after : min(end, after + 200)].split()) >= 3:
                stop = _trim(text, after, end)
                found.append(Stretch(after, stop, at, stop, "closed", "closed-by-paragraph", True, paragraph, inner))
                break
            index += 1
            continue
        c_at, c_after, _ = singles[close]
        found.append(Stretch(after, c_at, at, c_after, "closed", "closed", True, paragraph, inner))
        index = close + 1
    return found


def _introduced(text: str, at: int, start: int) -> bool:
    """Whether a colon or a comma stands before the mark."""
    index = at - 1
    while index >= start and text[index].isspace():
        index -= 1
    return index >= start and text[index] in ":,"


#: Lines of verse that one pair of marks may run over.
VERSE = 12


def _verse(text: str, paragraphs: Sequence[tuple[int, int]], blocks: Sequence[int], number: int) -> int:
    """How many lines below ``number`` belong to a stretch it leaves open and a later line of the block closes, or 0."""
    for ahead in range(1, VERSE + 1):
        at = number + ahead
        if at >= len(paragraphs) or blocks[at] != blocks[number]:
            return 0
        start, end = paragraphs[at]
        if end - start > 200:
            return 0
        for mark in MARK.finditer(text, start, end):
            if mark.group()[0] in "'’‘":
                continue
            closes = mark.group()[0] in '”"' and mark.start() > start and not text[mark.start() - 1].isspace()
            return ahead if closes and mark.end() >= end - 1 else 0
    return 0


def pair_marks(
    text: str, paragraphs: Sequence[tuple[int, int]], groups: Sequence[int], blocks: Sequence[int] = ()
) -> list[list[Stretch]]:
    """The top-level stretches of each paragraph, in text order; ``groups`` says which may continue each other,
    ``blocks`` which stand together without a blank line."""
    rows: list[list[Stretch]] = []
    previous: Stretch | None = None
    previous_at = (-1, -1)
    verse_until = -1
    blank_lines = bool(blocks) and blocks[-1] > 0
    for number, (start, end) in enumerate(paragraphs):
        if number <= verse_until:
            close = next((m.start() for m in MARK.finditer(text, start, end) if m.group()[0] in '”"'), end)
            line = Stretch(
                start,
                close,
                start,
                end,
                "reopened-next-paragraph",
                "closed-by-paragraph",
                False,
                number,
                [],
                number - 1,
            )
            if number == verse_until:
                line.closed = "closed"
            rows.append([line])
            rows[-2][-1].closed = "reopened-next-paragraph"
            previous = None
            continue
        marks = _pieces(text, start, end)
        if not marks:
            rows.append([])
            previous = None
            continue
        doubles = _doubles(text, start, end, marks, number)
        top = doubles
        if any(mark[2] in "sSy" for mark in marks):
            carried = previous is not None and previous.single and groups[number] == groups[previous_at[0]]
            top = _merge(text, start, end, marks, doubles, number, carried)
        rows.append(top)
        if (
            previous is not None
            and top
            and top[0].outer_start == start
            and groups[number] == groups[previous_at[0]]
            and top[0].single == previous.single
            and text[top[0].outer_start] == text[previous.outer_start]
        ):
            previous.closed = "reopened-next-paragraph"
            top[0].opened = "reopened-next-paragraph" if top[0].opened == "closed" else top[0].opened
            top[0].continues = previous_at[0]
        previous = top[-1] if top and top[-1].closed == "closed-by-paragraph" else None
        previous_at = (number, len(top) - 1)
        if previous is not None and blank_lines and not previous.single:
            lines = _verse(text, paragraphs, blocks, number)
            if lines:
                verse_until = number + lines
    return rows


def _merge(
    text: str,
    start: int,
    end: int,
    marks: Sequence[tuple[int, int, str]],
    doubles: list[Stretch],
    number: int,
    carried: bool,
) -> list[Stretch]:
    """Single- and double-marked stretches of a paragraph together, the smaller nested in the larger."""
    top: list[Stretch] = []
    outside: list[tuple[int, int, str]] = []
    inside: list[list[tuple[int, int, str]]] = [[] for _ in doubles]
    which = 0
    for mark in marks:
        if mark[2] not in "sSy":
            continue
        while which < len(doubles) and doubles[which].outer_end <= mark[0]:
            which += 1
        if which < len(doubles) and doubles[which].start <= mark[0] < doubles[which].end:
            inside[which].append(mark)
        else:
            outside.append(mark)
    for stretch, own in zip(doubles, inside, strict=True):
        if own and not stretch.inner:
            stretch.inner = _singles(text, stretch.start, stretch.end, own, number, False)
            for child in stretch.inner:
                if child.closed == "closed-by-paragraph":
                    child.closed = "closed-by-outer"
    singles = _singles(text, start, end, outside, number, carried) if outside else []
    at = 0
    for single in singles:
        while at < len(doubles) and doubles[at].outer_start < single.outer_start:
            top.append(doubles[at])
            at += 1
        while at < len(doubles) and doubles[at].outer_end <= single.outer_end:
            single.inner.append(doubles[at])
            at += 1
        top.append(single)
    top.extend(doubles[at:])
    return top
