"""What a reading is made of: frozen values with offsets into the text that was read.

Offsets are Unicode code points, half-open ``[start, end)``; ``text[span.start:span.end]`` is always the thing itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

QuoteKind = Literal["direct", "mixed", "indirect", "document"]
PersonKind = Literal["individual", "organisation", "group"]
SpeakerKind = Literal["individual", "organisation", "group", "unnamed"]
AttributionRole = Literal["speaker", "via", "addressee"]
PassageKind = Literal[
    "headline", "standfirst", "body", "caption", "embed", "related", "promo", "share", "entry", "document"
]
Precision = Literal["year", "month", "day", "minute", "unknown"]
Basis = Literal["stated", "inferred", "entered"]

#: Passages that are furniture: what stands in them is neither quoted nor counted.
HIDDEN: frozenset[str] = frozenset({"embed", "related", "promo", "share", "caption"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the text, in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def overlap(self, other: Span) -> int:
        """The number of code points both spans share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class KnownRole:
    """An office somebody holds or held; ``None`` leaves that end of the time open."""

    title: str
    organisation: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class KnownName:
    """A person the corpus knows already; ``ident`` is opaque to the reader and handed back when it resolves to it."""

    ident: str
    name: str
    forms: tuple[str, ...] = ()
    kind: PersonKind = "individual"
    pronouns: str = ""
    roles: tuple[KnownRole, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What is known before reading starts; everything is optional.

    ``headline`` types the line that repeats it, ``article_kind`` "live blog" makes a single dated heading an entry.
    """

    names: tuple[KnownName, ...] = ()
    date: dt.date | None = None
    article_kind: str = ""
    source: str = ""
    headline: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be the speaker, with reasons in words an editor understands."""

    name: str
    ident: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attributed:
    """One name a quote is given to: as printed (with its span) and, when exactly one candidate is left, as resolved.

    ``name`` is the full name as the document gives it ("" when unresolved); ``ident`` the known person's, if it is one.
    ``open`` marks a list that names only some of its members ("including Unite, Unison and GMB"), and ``group`` is what
    all of them are called ("trade unions").
    """

    role: AttributionRole = "speaker"
    printed: Span | None = None
    text: str = ""
    name: str = ""
    ident: str = ""
    kind: SpeakerKind = "individual"
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    open: bool = False
    evidence: tuple[Span, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody's words: one or more spans (several when split by "she said" or running over paragraphs).

    ``marked`` are the stretches inside quotation marks; ``nested_in`` the index of the enclosing quotation in
    ``Reading.quotes``; ``boundaries`` one (opening rule, closing rule) pair a span.
    """

    spans: tuple[Span, ...]
    kind: QuoteKind
    marked: tuple[Span, ...] = ()
    cue: Span | None = None
    attributions: tuple[Attributed, ...] = ()
    nested_in: int | None = None
    confidence: float = 0.0
    reasons: tuple[str, ...] = ()
    boundaries: tuple[tuple[str, str], ...] = ()

    @property
    def start(self) -> int:
        return self.spans[0].start

    @property
    def end(self) -> int:
        return self.spans[-1].end


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that names a person or an organisation; ``name`` is the fullest form the document gives ("" if unsure)."""

    span: Span
    name: str = ""
    ident: str = ""
    kind: PersonKind = "individual"
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A typed stretch of the text, with the reason it was typed so.

    Entries carry ``heading`` and local time ``at``; documents ``author``, ``addressee`` and ``signatories``.
    """

    span: Span
    kind: PassageKind
    reason: str = ""
    heading: str = ""
    at: dt.datetime | None = None
    at_basis: Literal["", "stated", "inferred"] = ""
    author: str = ""
    addressee: str = ""
    signatories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """When the text says it was published: local, with the spans that prove it."""

    day: dt.date
    time: dt.time | None = None
    precision: Precision = "day"
    basis: Basis = "stated"
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read in one text; ``quotes`` in text order, by their first span."""

    version: str
    passages: tuple[Passage, ...] = ()
    mentions: tuple[Mention, ...] = ()
    quotes: tuple[Quotation, ...] = ()
    published: Published | None = None
    notes: tuple[str, ...] = field(default=())

    def hidden(self) -> Iterable[Span]:
        """The spans of furniture, in text order."""
        return (passage.span for passage in self.passages if passage.kind in HIDDEN)
