"""A quotation before its speaker is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cues import Subject
from .documents import Document
from .marks import Stretch
from .model import QuoteKind, Span

#: Whoever they are, nobody in particular is quoted.
_ANYBODY = frozenset("somebody someone anybody anyone nobody everybody everyone people critics some you one".split())


@dataclass(slots=True, eq=False)
class Draft:
    """A quotation before its speaker is known; ``how`` names the rule that found it."""

    spans: list[Span]
    kind: QuoteKind
    how: str
    paragraph: int
    sentence: int
    subject: Subject | None = None
    cue: Span | None = None
    base: str = ""
    marked: list[Span] = field(default_factory=list)
    boundaries: list[tuple[str, str]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    #: the draft whose speaker this one shares
    inherits: Draft | None = None
    document: Document | None = None
    nested_in: Draft | None = None
    reasons: list[str] = field(default_factory=list)
    words: int = 0

    @property
    def start(self) -> int:
        return self.spans[0].start

    @property
    def end(self) -> int:
        return self.spans[-1].end

    @property
    def tagged(self) -> bool:
        """Whether somebody is known to say it: the draft has a subject, or shares one."""
        return self.subject is not None or self.inherits is not None

    def mark(self, stretch: Stretch) -> None:
        """Note a stretch in marks inside a span that is there already."""
        self.marked.append(Span(stretch.start, stretch.end))
        self.stretches.append(stretch)

    def add(self, stretch: Stretch) -> None:
        """A stretch in marks as a span of its own."""
        self.spans.append(Span(stretch.start, stretch.end))
        self.boundaries.append((stretch.opened, stretch.closed))
        self.mark(stretch)

    def absorb(self, other: Draft) -> None:
        """Everything of a draft that goes on from this one."""
        self.spans.extend(other.spans)
        self.marked.extend(other.marked)
        self.boundaries.extend(other.boundaries)
        self.stretches.extend(other.stretches)
        self.paragraph = other.paragraph


def subject_words_open(subject: Subject | None) -> bool:
    """Whether a subject is no certain person: "somebody", "people", "you"."""
    return subject is not None and (subject.head in _ANYBODY or subject.text.split(" ", 1)[0].lower() in _ANYBODY)
