"""The article on the desk: its text with the quote in hand in place, as one piece of HTML.

Written by hand and not by templates: an include a paragraph took ten times as long, and the next item has to be there
within 100 ms. Whatever was printed goes through `escape`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from html import escape

from django.utils.safestring import SafeString, mark_safe

from articles import rendering
from articles.desk.queue import Line
from articles.marked import SIGNS, Pointer, spans_of
from articles.models import Capture, Passage, Quote
from articles.reading.model import Span
from articles.rendering import Block, Furniture, Gap, Layout, Letter, Lost, Mark, Paragraph, Section

#: A text no longer than this is shown whole, of another so much before and after the place.
WHOLE, AROUND = 8_000, 2_500


@dataclass(frozen=True, slots=True)
class Text:
    """What is shown of a text, and whether anything was left out before and after it."""

    html: SafeString
    before: int = 0
    after: int = 0

    @property
    def cut(self) -> bool:
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A passage of the piece that is shown, with its offsets there, as far as a layout asks."""

    start: int
    end: int
    kind: str
    heading: str
    day: dt.date | None
    time: dt.time | None
    basis: str
    author: str
    addressee: str
    signatories: list[str]


COLUMNS = [column.name for column in fields(_Stretch)]


def write(
    capture: Capture,
    lines: Sequence[Line],
    pointers: Sequence[Pointer] = (),
    *,
    place: Span | None = None,
    wanted: str = "",
    address: str = "",
) -> Text:
    """The text with its quotes marked, the one with the uid ``wanted`` above others; around ``place`` if it is long.

    ``address`` is that of a quote on the desk, with "UID" where its uid stands. One query.
    """
    window = _window(capture.text, place)
    text = window.of(capture.text)
    marks = [
        Mark(
            uid=line.uid,
            spans=spans,
            number=line.number,
            marked=_shifted(spans_of(line.marked), window),
            kind=line.kind,
            quote=line,
            wanted=line.uid == wanted,
        )
        for line in lines
        if (spans := _shifted(spans_of(line.spans), window))
    ]
    marks += [
        Mark(uid=f"{one.kind}-{number}", spans=spans, kind=one.kind, quote=one)
        for number, one in enumerate(pointers)
        if (spans := _shifted([Span(one.start, one.end)], window))
    ]
    passages = Passage.objects.filter(capture=capture, start__lt=window.end, end__gt=window.start)
    inside = [
        _Stretch(*_clipped(start, end, window), *rest)
        for start, end, *rest in passages.order_by("start", "-end", "pk").values_list(*COLUMNS)
    ]
    layout = rendering.lay_out(text, inside, marks)
    writer = _Writer(address)
    writer.layout(layout)
    before = rendering.count_words(capture.text[: window.start])
    after = rendering.count_words(capture.text[window.end :])
    return Text(mark_safe("".join(writer.parts)), before, after)


def _window(text: str, place: Span | None) -> Span:
    """Whole lines around a place; all of a text that is short, or of which no place is in hand."""
    if place is None or len(text) <= WHOLE:
        return Span(0, len(text))
    start = text.rfind("\n", 0, max(0, place.start - AROUND)) + 1
    end = text.find("\n", min(len(text), place.end + AROUND))
    return Span(start, len(text) if end == -1 else end)


def _clipped(start: int, end: int, window: Span) -> tuple[int, int]:
    return max(start, window.start) - window.start, min(end, window.end) - window.start


def _shifted(spans: Iterable[Span], window: Span) -> tuple[Span, ...]:
    clipped = (_clipped(span.start, span.end, window) for span in spans)
    return tuple(Span(start, end) for start, end in clipped if start < end)


class _Writer:
    """Collects the HTML of a layout, in the classes of the admin's stylesheet."""

    def __init__(self, address: str) -> None:
        self.parts: list[str] = []
        self.address = escape(address)

    def layout(self, layout: Layout) -> None:
        for name, paragraphs in (("headline", layout.headline), ("standfirst", layout.standfirst)):
            if paragraphs:
                self.parts.append(f'<div class="{name}">')
                self.paragraphs(paragraphs)
                self.parts.append("</div>")
        for section in layout.sections:
            self.section(section)

    def section(self, section: Section) -> None:
        if entry := section.entry:
            said = [f"{entry.time:%H:%M}" if entry.time else "entry"]
            said += [f"{entry.day.day} {entry.day:%B %Y}"] if entry.day else []
            said += ["time worked out"] if entry.basis == "inferred" else []
            self.parts.append(f'<section class="entry"><p class="entry-head">{escape(" · ".join(said))}</p>')
        if section.heading:
            self.parts.append('<div class="entry-heading">')
            self.paragraphs(section.heading)
            self.parts.append("</div>")
        self.blocks(section.blocks)
        if section.entry:
            self.parts.append("</section>")

    def blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            match block:
                case Paragraph():
                    self.paragraphs([block])
                case Furniture():
                    self.folded(f"{', '.join(block.kinds)}, {block.words} words", block.paragraphs)
                case Lost():
                    self.folded("a picture, video or post stood here", block.paragraphs)
                case Letter():
                    self.letter(block)
                case Gap():
                    self.parts.append(f'<p class="gap">{block.words} words not shown here</p>')

    def folded(self, what: str, paragraphs: Iterable[Paragraph]) -> None:
        self.parts.append(f'<details class="furniture"><summary>Hidden: {escape(what)}</summary>')
        self.paragraphs(paragraphs)
        self.parts.append("</details>")

    def letter(self, letter: Letter) -> None:
        passage = letter.passage
        about = [f"from {passage.author}"] if passage.author else []
        about += [f"to {passage.addressee}"] if passage.addressee else []
        about += [f"signed by {', '.join(passage.signatories)}"] if passage.signatories else []
        head = "".join(f", {escape(part)}" for part in about)
        wanted = " wanted" if any(mark.wanted for mark in letter.whole) else ""
        self.parts.append(f'<figure class="letter{wanted}"><figcaption><b>Document</b>{head}')
        for mark in letter.whole:
            self.number(mark)
        self.parts.append("</figcaption>")
        self.blocks(letter.blocks)
        self.parts.append("</figure>")

    def paragraphs(self, paragraphs: Iterable[Paragraph]) -> None:
        for paragraph in paragraphs:
            self.parts.append('<p class="printed">')
            for token in paragraph.tokens:
                if token.opens:
                    self.open(token.opens, token.first)
                elif token.closes:
                    self.close(token.closes, token.last)
                else:
                    self.parts.append(escape(token.text, quote=False))
            self.parts.append("</p>")

    def open(self, mark: Mark, first: bool) -> None:
        one = mark.quote
        if isinstance(one, Pointer):
            self.parts.append(f'<span class="pointer {one.kind}">')
            return
        ident = f' id="q-{mark.uid}"' if first else ""
        wanted = " wanted" if mark.wanted else ""
        self.parts.append(f'<mark{ident} class="q {one.status}{wanted}">')

    def close(self, mark: Mark, last: bool) -> None:
        one = mark.quote
        if isinstance(one, Pointer):
            self.parts.append(f"<small>{escape(one.word)}</small></span>" if last else "</span>")
            return
        if last:
            self.number(mark)
        self.parts.append("</mark>")

    def number(self, mark: Mark) -> None:
        line: Line = mark.quote
        current = ' aria-current="true"' if mark.wanted else ""
        self.parts.append(
            f'<a class="number" href="{self.address.replace("UID", mark.uid)}"{current} '
            f'aria-label="Quote {line.number}, {line.status}">{line.number}{SIGNS[Quote.Status(line.status)]}</a>'
        )
