"""The text of a capture for an editor: its quotes marked, numbered and noted beside, and nothing hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles import rendering
from articles.models import Capture, Quote
from articles.reading.model import Span
from articles.rendering import Layout, Mark, Paragraph, Token
from corpus.models import Decision

#: A state is said by a sign and by words, never by colour alone.
SIGNS = {Quote.Status.ACCEPTED: "✓", Quote.Status.SUGGESTED: "?", Quote.Status.REJECTED: "✗"}
#: An editor sees this many characters before and after the quote that is being edited.
AROUND = 900


@dataclass(frozen=True, slots=True)
class Noted:
    """What stands beside a quote: its number in the text, and the decision that made its status."""

    quote: Quote
    number: int
    decision: Decision | None = None

    @property
    def sign(self) -> str:
        return SIGNS[Quote.Status(self.quote.status)]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A stretch that says something of the quote in hand, or of two people, with the word that says what."""

    start: int
    end: int
    kind: str
    word: str


def noted(quotes: Iterable[Quote]) -> list[Noted]:
    """The quotes of one capture in text order, numbered, each with the decision in force on its status; one query."""
    rows = sorted(quotes, key=lambda quote: (quote.start, -quote.end, quote.pk))
    decided = [quote.uid for quote in rows if "status" in quote.decided]
    label = Quote._meta.label_lower
    standing = Decision.objects.standing().filter(thing=label, thing_uid__in=decided, field="status")
    latest = {decision.thing_uid: decision for decision in standing.order_by("pk")} if decided else {}
    return [Noted(quote, number, latest.get(quote.uid)) for number, quote in enumerate(rows, 1)]


def lay_out(capture: Capture, notes: Sequence[Noted], *, wanted: Quote | None = None) -> Layout:
    """The whole text of a capture with these quotes marked; with ``wanted`` only the paragraphs around that one."""
    marks = [
        Mark(
            uid=note.quote.uid,
            spans=spans_of(note.quote.spans),
            number=note.number,
            marked=spans_of(note.quote.marked),
            kind=note.quote.kind,
            quote=note,
            wanted=wanted is not None and note.quote.pk == wanted.pk,
        )
        for note in notes
    ]
    if wanted is None:
        return rendering.lay_out(capture.text, list(capture.passages.all()), marks)
    start = capture.text.rfind("\n", 0, max(0, wanted.start - AROUND)) + 1
    end = capture.text.find("\n", min(len(capture.text), wanted.end + AROUND))
    window = Span(start, len(capture.text) if end == -1 else end)
    return rendering.lay_out(capture.text, (), marks, windows=[window])


def spans_of(spans: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in spans)


def html(paragraph: Paragraph) -> SafeString:
    """A paragraph with its marks; each ends in the number and the sign of its quote."""
    return mark_safe("".join(map(_token, paragraph.tokens)))


def _token(token: Token) -> str:
    if token.opens:
        note: Noted = token.opens.quote
        ident = format_html(' id="q-{}"', note.quote.uid) if token.first else ""
        wanted = " wanted" if token.opens.wanted else ""
        return format_html('<mark{} class="q {}{}">', ident, note.quote.status, wanted)
    if token.closes:
        note = token.closes.quote
        if not token.last:
            return "</mark>"
        return format_html(
            '<a class="number" href="#n-{}" aria-label="Quote {}, {}">{}{}</a></mark>',
            note.quote.uid, note.number, note.quote.get_status_display(), note.number, note.sign,
        )  # fmt: skip
    return format_html("{}", token.text)
