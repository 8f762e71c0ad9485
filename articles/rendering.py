"""An article's text as blocks for the page: paragraphs with quotes marked in place, entries, letters, furniture. Pure.

Text is never HTML here: a paragraph is a run of tokens (words, the start of a mark, its end) that a template prints
with its own escaping. One sweep over the boundaries; offsets are code points of the capture's text.
"""

from __future__ import annotations

import datetime as dt
import heapq
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from articles.reading.model import HIDDEN, Span

OPENING = frozenset("“‘\"'«„‹")
CLOSING = frozenset("”’\"'»“›")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_BY = re.compile(r"^\s*by\s+", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:[’'.-]\w+)*")
#: A heading of nothing but these says when, not what; the entry's own time says it already.
_WHEN = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
    r"|\b(?:gmt|bst|utc|am|pm|noon|midnight|updated|posted|at|on)\b|\d+(?:st|nd|rd|th|am|pm)?",
    re.IGNORECASE,
)


#: So many characters before and after a piece say whether its line goes on there.
NEAR = 200


class Stretch(Protocol):
    """A passage: a typed span of the text, as the models and the reader have it."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A quote to mark: ``number`` is printed at the end of each span, None for one that stands inside another."""

    uid: str
    spans: tuple[Span, ...]
    number: int | None = None
    marked: tuple[Span, ...] = ()
    kind: str = "direct"
    quote: Any = None
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """Words, or the start or end of a mark; ``first`` and ``last`` are true once a quote and once a span."""

    text: str = ""
    opens: Mark | None = None
    closes: Mark | None = None
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text; ``notes`` are the quotes that begin in it; cut where only an excerpt may be shown."""

    start: int
    end: int
    tokens: tuple[Token, ...]
    notes: tuple[Mark, ...] = ()
    cut_before: bool = False
    cut_after: bool = False
    block = "paragraph"


@dataclass(frozen=True, slots=True)
class Furniture:
    """Consecutive boilerplate, hidden but reachable."""

    kinds: tuple[str, ...]
    words: int
    paragraphs: tuple[Paragraph, ...]
    block = "furniture"


@dataclass(frozen=True, slots=True)
class Lost:
    """Where a picture, video or post stood; what is left of it in the text."""

    paragraphs: tuple[Paragraph, ...]
    block = "lost"


@dataclass(frozen=True, slots=True)
class Letter:
    """A document reproduced in the article; ``whole`` are the quotes that all of it is, ``notes`` all begun in it."""

    passage: Any
    blocks: tuple[Block, ...]
    whole: tuple[Mark, ...]
    notes: tuple[Mark, ...]
    block = "letter"


@dataclass(frozen=True, slots=True)
class Gap:
    """Words that the outlet's rights keep from the page."""

    words: int
    block = "gap"


Block = Paragraph | Furniture | Lost | Letter | Gap


@dataclass(frozen=True, slots=True)
class Section:
    """The text before the first entry (``entry`` None), or one dated entry of a live blog with its anchor."""

    entry: Any
    anchor: str
    heading: tuple[Paragraph, ...]
    blocks: tuple[Block, ...]
    words: int

    @property
    def quotes(self) -> int:
        """How many numbered quotes begin here."""
        notes = [*self.heading, *(block for block in self.blocks if isinstance(block, Paragraph | Letter))]
        return sum(mark.number is not None for part in notes for mark in part.notes)


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole article: what is printed at its head, and its sections in the order of the text."""

    headline: tuple[Paragraph, ...] = ()
    standfirst: tuple[Paragraph, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def entries(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.entry is not None)

    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs that are shown, in text order; headlines and headings only where a quote begins in them."""
        found = [part for part in (*self.headline, *self.standfirst) if part.notes]
        for section in self.sections:
            found += [part for part in section.heading if part.notes]
            for block in section.blocks:
                inside = block.blocks if isinstance(block, Letter) else (block,)
                found += [part for part in inside if isinstance(part, Paragraph)]
        return found

    def ordered(self, newest: bool) -> Layout:
        """The same with its entries newest or oldest first: as printed, or the other way round."""
        entries = self.entries
        times = [key for section in entries if (key := moment_of(section.entry))]
        printed_newest = len(times) > 1 and times[0] > times[-1]
        if not entries or printed_newest == newest:
            return self
        rest = tuple(section for section in self.sections if section.entry is None)
        return Layout(self.headline, self.standfirst, rest + entries[::-1])


def moment_of(entry: Any) -> tuple[dt.date, dt.time] | None:
    """The local day and time of an entry, if both are known."""
    return (entry.day, entry.time) if entry.day and entry.time else None


def count_words(text: str) -> int:
    """Words as a reader counts them: runs of letters and digits, hyphens and apostrophes inside."""
    return sum(1 for _ in _WORD.finditer(text))


def lines(text: str, within: Span | None = None) -> Iterator[Span]:
    """The lines that are not blank, without the white space around them; those of a part, cut where it ends."""
    for match in _LINE.finditer(text, *((within.start, within.end) if within else ())):
        line = match.group()
        yield Span(match.start() + len(line) - len(line.lstrip()), match.end() - len(line) + len(line.rstrip()))


def with_marks(text: str, span: Span, mark: Mark) -> Span:
    """A span with the quotation marks printed around it, where it stands inside some."""
    starts = {inner.start for inner in mark.marked}
    ends = {inner.end for inner in mark.marked}
    start, end = span.start, span.end
    if (start in starts or mark.kind == "direct") and start and text[start - 1] in OPENING:
        start -= 1
    if (end in ends or mark.kind == "direct") and end < len(text) and text[end] in CLOSING:
        end += 1
    return Span(start, end)


def tokens(text: str, piece: Span, pieces: Iterable[tuple[int, int, bool, Mark]]) -> tuple[Token, ...]:
    """The words of a piece with marks opened and closed in it, properly nested.

    Each of ``pieces`` is (start, end, whether the quote begins there, mark); one that crosses the end of another is
    closed there and opened again behind it.
    """
    queue = [
        (max(start, piece.start), -min(end, piece.end), order, first, end <= piece.end, mark)
        for order, (start, end, first, mark) in enumerate(pieces)
        if max(start, piece.start) < min(end, piece.end)
    ]
    heapq.heapify(queue)
    found: list[Token] = []
    stack: list[tuple[int, bool, Mark]] = []
    at = piece.start

    def say(until: int) -> None:
        nonlocal at
        if until > at:
            found.append(Token(text=text[at:until]))
            at = until

    while queue or stack:
        if stack and (not queue or stack[-1][0] <= queue[0][0]):
            end, last, mark = stack.pop()
            say(end)
            found.append(Token(closes=mark, last=last))
            continue
        start, minus_end, order, first, last, mark = heapq.heappop(queue)
        end = -minus_end
        say(start)
        if stack and end > stack[-1][0]:
            heapq.heappush(queue, (stack[-1][0], -end, order, False, last, mark))
            end, last = stack[-1][0], False
        found.append(Token(opens=mark, first=first))
        stack.append((end, last, mark))
    say(piece.end)
    return tuple(found)


@dataclass(slots=True)
class _Sweep:
    """Hands out, for pieces asked in text order, the marks that touch them: (start, end, mark)."""

    text: str
    marks: Sequence[Mark]
    _waiting: list[tuple[int, int, Mark]] = field(init=False)
    _active: list[tuple[int, int, Mark]] = field(init=False, default_factory=list)
    _next: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        spans = []
        for mark in self.marks:
            for span in mark.spans:
                wide = with_marks(self.text, span, mark)
                words = wide.of(self.text)
                start, end = wide.start + len(words) - len(words.lstrip()), wide.end - len(words) + len(words.rstrip())
                spans.append((start, end, mark))
        self._waiting = sorted(spans, key=lambda item: (item[0], -item[1]))

    def touching(self, piece: Span) -> list[tuple[int, int, Mark]]:
        while self._next < len(self._waiting) and self._waiting[self._next][0] < piece.end:
            self._active.append(self._waiting[self._next])
            self._next += 1
        self._active = [item for item in self._active if item[1] > piece.start]
        return list(self._active)


def _pieces(
    text: str, passages: Sequence[Stretch], windows: Sequence[Span] | None, within: Span | None = None
) -> Iterator[tuple[Span, list[Any]]]:
    """Lines cut at the boundaries of passages and windows, each with the passages around it, outermost first."""
    spans: list[tuple[int, int, Any]] = sorted(
        ((p.start, p.end, p) for p in passages if p.kind != "body"), key=lambda item: (item[0], -item[1])
    )
    cuts = sorted(
        {edge for start, end, _ in spans for edge in (start, end)}
        | {e for w in windows or () for e in (w.start, w.end)}
    )
    next_cut = next_span = 0
    active: list[tuple[int, int, Any]] = []
    for line in lines(text, within):
        while next_cut < len(cuts) and cuts[next_cut] <= line.start:
            next_cut += 1
        at = line.start
        while at < line.end:
            until = line.end
            if next_cut < len(cuts) and cuts[next_cut] < line.end:
                until = cuts[next_cut]
                next_cut += 1
            words = text[at:until]
            start, end = at + len(words) - len(words.lstrip()), until - len(words) + len(words.rstrip())
            at = until
            if start >= end:
                continue
            while next_span < len(spans) and spans[next_span][0] <= start:
                active.append(spans[next_span])
                next_span += 1
            active = [item for item in active if item[1] > start]
            yield Span(start, end), [item[2] for item in active]


def _same(one: str, other: str) -> bool:
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())


def lay_out(
    text: str,
    passages: Sequence[Stretch] = (),
    marks: Sequence[Mark] = (),
    *,
    headline: str = "",
    byline: str = "",
    windows: Sequence[Span] | None = None,
    within: Span | None = None,
) -> Layout:
    """The article as blocks; ``windows`` are the only stretches to be shown, the rest becoming gaps (None shows all).

    The headline and standfirst at the start are handed out apart, and the byline is left out, so that a page prints
    them once. Of a part of the text (``within``) only the passages and marks that touch it need be given.
    """
    builder = _Builder(text, marks, headline, byline, windows, whole_head=within is None or within.start == 0)
    for piece, around in _pieces(text, passages, windows, within):
        builder.add(piece, around)
    return builder.layout()


class _Builder:
    """Collects pieces into blocks and sections, in text order."""

    def __init__(
        self, text: str, marks: Sequence[Mark], headline: str, byline: str, windows: Sequence[Span] | None,
        whole_head: bool,
    ) -> None:  # fmt: skip
        self.text, self.printed, self.windows = text, headline, windows
        #: Whether this begins where the article begins.
        self.whole_head = whole_head
        self.byline = _BY.sub("", byline)
        whole = [mark for mark in marks if mark.kind == "document"]
        self.letters = sorted(((mark.spans[0].start, mark) for mark in whole), key=lambda item: item[0])
        self.begun: set[str] = set()
        self.sweep = _Sweep(text, [mark for mark in marks if mark.kind != "document"])
        self.loose_sweep = _Sweep(text, whole)
        self.window = 0
        self.headline: list[Paragraph] = []
        self.standfirst: list[Paragraph] = []
        self.sections: list[Section] = []
        self.entry: Any = None
        self.heading: list[Paragraph] = []
        self.wanted_heading: list[str] = []
        self.blocks: list[Block] = []
        self.words = 0
        self.hidden: list[tuple[str, Paragraph]] = []
        self.letter: Any = None
        self.letter_paragraphs: list[Block] = []
        self.gap = 0
        self.gap_letter: Any = None
        self.anchors: dict[str, int] = {}
        self.shown = 0

    def add(self, piece: Span, around: list[Any]) -> None:
        entry = next((p for p in reversed(around) if p.kind == "entry"), None)
        if entry is not self.entry:
            self._end_section()
            self.entry = entry
            self.wanted_heading = _WORD.findall(entry.heading.casefold()) if entry else []
        kinds = [p.kind for p in around]
        hidden = next((kind for kind in reversed(kinds) if kind in HIDDEN), "")
        letter = next((p for p in reversed(around) if p.kind == "document"), None)
        words = piece.of(self.text)
        if not self._inside_window(piece):
            printed_above = "headline" in kinds or (self._at_head() and _same(words, self.printed))
            if not hidden and not printed_above:
                self._close(letter)
                if self.gap_letter is not letter:
                    self._close_gap()
                self.gap, self.gap_letter = self.gap + count_words(words), letter
            return
        if hidden:
            if self.windows is None:
                if self.letter is not letter:
                    self._close(letter)
                self.hidden.append((hidden, self._paragraph(piece, inside=True)))
            return
        self._close(letter)
        self._close_gap()
        paragraph = self._paragraph(piece, letter=letter)
        if self._at_head() and "headline" in kinds:
            if not self.printed or _same(words, self.printed) or self.headline:
                self.headline.append(paragraph)
                return
        if self._at_head() and not self.headline and _same(words, self.printed):
            self.headline.append(paragraph)
            return
        if self._at_head() and "standfirst" in kinds:
            self.standfirst.append(paragraph)
            return
        if self._at_head() and self.byline and _same(_BY.sub("", words), self.byline):
            return
        self.words += count_words(words)
        self.shown += 1
        if entry is not None and self._is_heading(words):
            self.heading.append(paragraph)
            return
        if letter is not None:
            self.letter = letter
            self.letter_paragraphs.append(paragraph)
        else:
            self.blocks.append(paragraph)

    def _at_head(self) -> bool:
        return self.whole_head and self.entry is None and not self.shown and not self.sections

    def _inside_window(self, piece: Span) -> bool:
        if self.windows is None:
            return True
        while self.window < len(self.windows) and self.windows[self.window].end <= piece.start:
            self.window += 1
        return self.window < len(self.windows) and self.windows[self.window].start <= piece.start

    def _is_heading(self, words: str) -> bool:
        found = _WORD.findall(words.casefold())
        if not found or self.blocks or self.wanted_heading[: len(found)] != found:
            self.wanted_heading = []
            return False
        self.wanted_heading = self.wanted_heading[len(found) :]
        return True

    def _paragraph(self, piece: Span, *, inside: bool = False, letter: Any = None) -> Paragraph:
        touching = self.sweep.touching(piece)
        if letter is None:
            loose = self.loose_sweep.touching(piece)
            touching = sorted(touching + loose, key=lambda item: (item[0], -item[1])) if loose else touching
        if inside:
            touching = [item for item in touching if piece.start <= item[0] and item[1] <= piece.end]
        marked: list[tuple[int, int, bool, Mark]] = []
        notes: list[Mark] = []
        for start, end, mark in touching:
            first = mark.uid not in self.begun
            marked.append((start, end, first, mark))
            if first:
                self.begun.add(mark.uid)
                notes.append(mark)
        before, after = "", ""
        if self.windows is not None:
            # A line may be the whole text; whether it goes on is seen from what stands nearest.
            before = self.text[max(0, piece.start - NEAR) : piece.start].rpartition("\n")[2].strip()
            after = self.text[piece.end : piece.end + NEAR].partition("\n")[0].strip()
        return Paragraph(
            piece.start,
            piece.end,
            tokens(self.text, piece, marked),
            tuple(notes),
            cut_before=bool(before),
            cut_after=bool(after),
        )

    def _close(self, letter: Any = None) -> None:
        """End furniture, and a letter unless it goes on."""
        if self.hidden:
            run, self.hidden = self.hidden, []
            paragraphs = tuple(paragraph for _, paragraph in run)
            into = self.blocks if self.letter is None else self.letter_paragraphs
            if all(kind == "embed" for kind, _ in run):
                into.append(Lost(paragraphs))
            else:
                total = sum(count_words(self.text[p.start : p.end]) for p in paragraphs)
                into.append(Furniture(tuple(dict.fromkeys(kind for kind, _ in run)), total, paragraphs))
        if self.letter is not letter:
            self._close_letter()

    def _close_gap(self) -> None:
        if self.gap:
            inside = self.gap_letter is not None and self.gap_letter is self.letter
            (self.letter_paragraphs if inside else self.blocks).append(Gap(self.gap))
        self.gap, self.gap_letter = 0, None

    def _close_letter(self) -> None:
        if self.letter is None:
            return
        if self.gap_letter is self.letter:
            self._close_gap()
        passage, self.letter = self.letter, None
        blocks, self.letter_paragraphs = tuple(self.letter_paragraphs), []
        inside = (mark for start, mark in self.letters if passage.start <= start < passage.end)
        whole = tuple(mark for mark in inside if mark.uid not in self.begun)
        self.begun.update(mark.uid for mark in whole)
        noted = tuple(mark for p in blocks if isinstance(p, Paragraph) for mark in p.notes)
        self.blocks.append(Letter(passage, blocks, whole, whole + noted))

    def _end_section(self) -> None:
        self._close()
        self._close_gap()
        if self.entry is not None or self.blocks:
            heading = tuple(self.heading)
            if not heading and self.windows is None and self.entry is not None and self.entry.heading:
                at = self.entry.start
                heading = (Paragraph(at, at, (Token(text=self.entry.heading),)),)
            if heading and not _WORD.findall(
                _WHEN.sub("", " ".join(token.text for p in heading for token in p.tokens))
            ):
                heading = ()
            self.sections.append(Section(self.entry, self._anchor(), heading, tuple(self.blocks), self.words))
        self.heading, self.blocks, self.words = [], [], 0

    def _anchor(self) -> str:
        if self.entry is None:
            return ""
        key = moment_of(self.entry)
        name = f"e-{key[0]:%Y-%m-%d}T{key[1]:%H%M}" if key else f"e-{sum(self.anchors.values()) + 1}"
        self.anchors[name] = self.anchors.get(name, 0) + 1
        return name if self.anchors[name] == 1 else f"{name}-{self.anchors[name]}"

    def layout(self) -> Layout:
        self._end_section()
        return Layout(tuple(self.headline), tuple(self.standfirst), tuple(self.sections))


def surroundings(text: str, spans: Sequence[Span], reach: int = 300, most: int = 3_000) -> list[Span]:
    """The stretch that a quote stands in: its paragraphs, and those before and after if no longer than reach.

    Of a paragraph without end there is at most so much before and after the quote.
    """
    near = Span(max(0, spans[0].start - most), min(len(text), spans[-1].end + most))
    all_lines = list(lines(text, near))
    touched = [n for n, line in enumerate(all_lines) if any(line.overlap(span) for span in spans)]
    if not touched:
        return list(spans)
    first, last = touched[0], touched[-1]
    if first and all_lines[first - 1].end - all_lines[first - 1].start <= reach:
        first -= 1
    if last + 1 < len(all_lines) and all_lines[last + 1].end - all_lines[last + 1].start <= reach:
        last += 1
    return [Span(all_lines[first].start, all_lines[last].end)]


def paragraph_numbers(text: str, spans: Sequence[Span]) -> tuple[int, int, int]:
    """The first and last paragraph that the spans touch, counted from 1, and how many there are."""
    starts = [match.start() for match in _LINE.finditer(text)]
    first, last = (bisect_right(starts, spans[0].start), bisect_left(starts, spans[-1].end)) if spans else (0, 0)
    return first, last, len(starts)
