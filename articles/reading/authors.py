"""Authors of documents: who signs a letter or a statement, else whom the sentence before it names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import takewhile

from .cues import Sentence, Subject, noun_phrase_left
from .documents import Document, signatories
from .lexicon.people import GROUPS, ROLES
from .model import Span
from .names import Names
from .passages import Paragraph
from .resolved import Resolved
from .runs import Run

#: How much of a long introduction is looked at, from its end.
REACH = 500
#: An introduction has fewer sentences.
MOST_LINES = 200
_POSSESSIVE = re.compile(
    r"([^\W\d_][\w'’.& -]{0,60}?)(?:['’]s|s['’])\s+(?:full |joint |open |own )?"
    r"(?:statement|letter|e-?mail|message|post|tweet|proposal|account|press release|news release|release)\b"
)
_STOPPED = re.compile(r"(?<=[a-z\d)”’])[.!?] (?=[A-Z])")
_FROM = re.compile(
    r"\b(?:from|by|of) (?:the |a |an )?([^.:,;]{2,60}?)"
    r"(?=\s+(?:in|on|to|who|about|after|regarding|has|have|read|reads|said|says|was|is)\b|[,:.;]|$)"
)
_TO = re.compile(r"\bto ((?:[A-Z][\w'’-]+ ?){1,4})")
_OWNED = re.compile(r"['’]s\b")
#: Words before a name in an introduction that are no part of it: "See Northgate Council's statement".
_POINTERS = frozenset("see read here this the".split())
#: What an unsigned text is called that says nothing of its author.
_TEXTS = frozenset("statement letter email e-mail message post tweet note release".split())
_VERBS = frozenset("had has have put is said writes wrote reads".split())
_UNNAMED_AUTHORS = frozenset("comrade member reader".split())


def author_of(
    text: str, document: Document, found: Sequence[Paragraph], lines: Sequence[Sentence], names: Names
) -> Resolved:
    """Who wrote a document; tells the document its author, addressee and signatories."""
    intro = found[document.intro] if document.intro >= 0 else None
    document.signed = signatories(text, document)
    if document.addressee:
        document.addressee = _known_name(document.addressee, names)
    resolved = Resolved(kind="unnamed", how="author", score=0.5)
    if intro is not None:
        resolved = _Introduction(text, intro, lines, names).author() or resolved
        if not document.addressee and document.kind in ("letter", "e-mail"):
            to = _TO.search(text[max(intro.start, intro.end - 400) : intro.end])
            document.addressee = _known_name(to[1].strip(), names) if to else ""
    if document.signature:
        resolved = _signed(text, document, names, resolved)
    document.author = resolved.entity.name if resolved.entity is not None else resolved.label
    return resolved


def _signed(text: str, document: Document, names: Names, introduced: Resolved) -> Resolved:
    """The author by the signature: one person or body, or several with the body they sign for."""
    first, line = document.signature[0], document.signature[0].of(text)
    people = [run for run in names.within(first) if run.kind == "individual"]
    if len(document.signed) < 2 or not people:
        entity = people[0].entity if people else None
        kind = "individual" if people else "organisation"
        label = "" if entity else document.signed[0] if document.signed else line
        return Resolved(first, line, entity, kind, "signature", 0.9, ["signature"], label=label)
    body = ""
    if len(document.signature) > 1 and ("," in line or " and " in line or "&" in line):
        bodies = names.within(document.signature[1])
        body = text[bodies[-1].start : bodies[-1].end] if bodies else ""
    words = body.split()
    while len(words) > 1 and words[0].lower() in ROLES | {"&", "and", "chair"}:
        words = words[1:]
    introduced.kind, introduced.how, introduced.score = ("organisation" if body else "group"), "signature", 0.85
    introduced.printed, introduced.text = first, line
    introduced.label, introduced.entity = " ".join(words), None
    introduced.reasons = ["signed by " + ", ".join(document.signed)]
    return introduced


class _Introduction:
    """The last sentence before a document."""

    def __init__(self, text: str, intro: Paragraph, lines: Sequence[Sentence], names: Names) -> None:
        self.text = text
        self.names = names
        first = bisect_left(lines, intro.start, key=lambda sentence: sentence.start)
        self.own = list(takewhile(lambda sentence: sentence.end <= intro.end, lines[first : first + MOST_LINES]))
        self.base = max(intro.start, intro.end - REACH)
        for stop in _STOPPED.finditer(text, self.base, intro.end - 1):
            self.base = stop.end()
        self.line = text[self.base : intro.end]

    def author(self) -> Resolved | None:
        """Whom it names: the owner of the statement, its subject, whom it is from, or the first name in it."""
        if not self.own:
            return None
        self.tokens = (self.own[-1] if ":" in self.text[self.own[-1].start : self.own[-1].end] else self.own[0]).tokens
        return self._owner() or self._opening() or self._subject() or self._anonymous() or self._from() or self._any()

    def _owner(self) -> Resolved | None:
        """ "Northgate Council's statement:" """
        match = _POSSESSIVE.search(self.line)
        if not match or not (match[1][:1].isupper() or (" " in match[1] and match[1].split()[-1][:1].isupper())):
            return None
        words = match[1].split()
        while (words and not words[0][:1].isupper()) or (len(words) > 1 and words[0].lower() in _POINTERS):
            words = words[1:]
        if not words:
            # "The club's statement"
            return self._unnamed(Span(self.base + match.start(1), self.base + match.end(1)), 0.7)
        # "the Young Members’ statement" is theirs
        name = " ".join(words) + ("" if _OWNED.search(match[0]) else "s")
        start = self.base + self.line.index(words[0], match.start())
        return self._named(start, name, 0.85)

    def _opening(self) -> Resolved | None:
        """ "Rachel Wardle, also on the committee, had this to say:" """
        run = self.names.by_start.get(self.tokens[0].start)
        if run is None or run.entity is None or run.entity.kind != "individual" or run.possessive:
            return None
        return self._by_run(run, 0.9)

    def _subject(self) -> Resolved | None:
        for k, token in enumerate(self.tokens):
            if token.low not in _VERBS or not k:
                continue
            subject = noun_phrase_left(self.tokens, k - 1, self.names, self.text)
            if subject is None or subject.head in _TEXTS:
                continue
            if subject.run is not None:
                found = self._by_run(subject.run, 0.85)
                found.printed, found.text = Span(subject.start, subject.end), subject.text
                return found
            if subject.head in ROLES or subject.head in GROUPS or subject.inner is not None or _is_one_of(subject):
                return self._unnamed(Span(subject.start, subject.end), 0.8)
        return None

    def _anonymous(self) -> Resolved | None:
        if "anonymous" not in self.line.lower():
            return None
        return Resolved(None, "an anonymous post", None, "unnamed", "author", 0.8, ["anonymous"])

    def _from(self) -> Resolved | None:
        """ "The following statement is from Northgate Council:" """
        for match in _FROM.finditer(self.line):
            name, start = match[1], self.base + match.start(1)
            if name[:1].isupper():
                return self._named(start, name, 0.75)
            head = name.split()[-1].lower() if name.split() else ""
            if head in ROLES or head in _UNNAMED_AUTHORS:
                return self._unnamed(Span(start, start + len(name)), 0.7)
        return None

    def _any(self) -> Resolved | None:
        for token in self.tokens[:12]:
            run = self.names.by_start.get(token.start)
            if run is not None and not run.possessive:
                return self._by_run(run, 0.7)
        return None

    def _named(self, start: int, name: str, score: float) -> Resolved:
        """A name as printed: somebody of the document if the whole of it is a name there."""
        span = Span(start, start + len(name))
        run = self.names.by_start.get(start)
        if run is not None and run.entity is not None and run.end >= span.end - 1:
            return self._by_run(run, score)
        label = _OWNED.sub("", name)
        return Resolved(
            span, span.of(self.text), None, "organisation", "author", score, ["named before it"], label=label
        )

    def _by_run(self, run: Run, score: float) -> Resolved:
        entity, printed = run.entity, Span(run.start, run.end)
        kind = entity.kind if entity is not None else "individual" if run.kind == "individual" else "organisation"
        label = "" if entity is not None else " ".join(run.words)
        return Resolved(printed, printed.of(self.text), entity, kind, "author", score, ["named before it"], label=label)

    def _unnamed(self, span: Span, score: float) -> Resolved:
        return Resolved(span, span.of(self.text), None, "unnamed", "author", score, ["an unnamed source"])


def _is_one_of(subject: Subject) -> bool:
    return subject.text.lower().startswith("one of ")


def _known_name(name: str, names: Names) -> str:
    words = tuple(word.lower() for word in name.split())
    full = names.full(words)
    return full.name if full is not None else name
