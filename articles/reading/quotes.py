"""Quotations of a paragraph: rules claim the marked stretches and clauses of each sentence; speakers come later."""

from __future__ import annotations

from collections.abc import Sequence

from . import fragments
from .claims import Claims
from .cues import Sentence, Subject, find_cues
from .drafts import Draft
from .leftovers import left_over
from .lexicon.people import GROUPS, ROLES, TITLES
from .lexicon.words import RUBRICS
from .marks import Stretch
from .names import Names
from .passages import title_like
from .reported import clauses
from .runs import Run
from .tags import colon_heads, tags_after
from .tokens import Token
from .trailing import trailing
from .works import is_title

_UNMARKED = dict.fromkeys(map(ord, "\"“”'‘’«»"))
#: How a line begins that points to another piece.
_POINTERS = {(first, second) for first in ("READ", "WATCH", "LISTEN") for second in ("MORE", "BELOW", "NOW", ":", "|")}
#: How many drafts back the quotation may stand that a stretch goes on with.
BACK = 6


class Paragraphs:
    """Reads paragraph by paragraph, remembering what a following paragraph may continue."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.drafts: list[Draft] = []
        self.sentences: list[Sentence] = []
        #: the draft with which the paragraph before ended
        self._ended: Draft | None = None

    def read(
        self,
        groups: Sequence[list[Token]],
        stretches: Sequence[Stretch],
        paragraph: int,
        kind: str = "body",
        scope: int = 0,
    ) -> None:
        """One paragraph: its sentences (stretches folded into tokens of kind q) and its stretches."""
        if kind == "headline" and groups and self._headline(groups, stretches, paragraph):
            return
        titled = self._titled(groups, paragraph, kind)
        heading = titled or kind in ("headline", "standfirst")
        above = self._ended if self._ended is not None and self._ended.paragraph == paragraph - 1 else None
        previous: Draft | None = None
        for number, tokens in enumerate(groups):
            claims = Claims(
                self.text, self.names, self._sentence(tokens, paragraph, scope), stretches,
                heading=heading, titled=titled, whole=len(groups) == 1,
            )  # fmt: skip
            self._claim(claims, previous, None if number else above)
            merged = self._link_continued(claims.drafts)
            self.drafts.extend(draft for draft in claims.drafts if draft.spans)
            fresh = [draft for draft in claims.drafts if draft.spans and draft.how != "fragment"]
            marked = [draft for draft in fresh if draft.kind == "direct" or draft.marked]
            if marked:
                previous = marked[-1]
            elif merged is not None:
                previous = merged
            elif fresh or (not claims.drafts and any(token.kind == "w" for token in tokens)):
                previous = None
        self._ended = previous

    def blank(self, groups: Sequence[list[Token]], paragraph: int) -> None:
        """A paragraph that is not read: salutations and signatures."""
        for tokens in groups:
            self.sentences.append(Sentence(tokens, paragraph, len(self.sentences)))

    def _titled(self, groups: Sequence[list[Token]], paragraph: int, kind: str) -> bool:
        """Whether a paragraph is a headline with capitals throughout; a first line of that kind may end in a stop."""
        if not groups or not (kind == "headline" or (paragraph == 0 and len(groups) == 1)):
            return False
        start, end = groups[0][0].start, groups[-1][-1].end
        return title_like(self.text[start : min(end, start + 300)].translate(_UNMARKED))

    def _sentence(self, tokens: list[Token], paragraph: int, scope: int) -> Sentence:
        sentence = Sentence(tokens, paragraph, len(self.sentences), scope=scope)
        self.sentences.append(sentence)
        sentence.cues = find_cues(sentence, self.names, self.text)
        return sentence

    def _claim(self, claims: Claims, previous: Draft | None, above: Draft | None) -> None:
        """All rules, the surest first, on one sentence; its drafts stand in text order then."""
        tokens = claims.tokens
        claims.quotes = [k for k, token in enumerate(tokens) if token.kind == "q"]
        if claims.quotes and not claims.heading:
            claims.chances = fragments.judge(self.text, claims.sentence, claims.stretches, self.names)
            self._name_titles(claims)
        if claims.quotes:
            colon_heads(claims)
            tags_after(claims)
        if not (len(tokens) > 2 and (tokens[0].text, tokens[1].text) in _POINTERS):
            clauses(claims)
            trailing(claims)
        if claims.quotes:
            left_over(claims, previous, above)
        claims.drafts.sort(key=lambda draft: draft.start)

    def _name_titles(self, claims: Claims) -> None:
        """Titles of works in marks become words of the sentence: names like any other."""
        titles = [k for k in claims.quotes if is_title(claims, k)]
        for k in titles:
            claims.tokens[k].kind, claims.tokens[k].cap = "w", True
        if titles:
            claims.quotes = [k for k in claims.quotes if k not in titles]
            claims.sentence.cues = find_cues(claims.sentence, self.names, self.text)

    def _headline(self, groups: Sequence[list[Token]], stretches: Sequence[Stretch], paragraph: int) -> bool:
        """``Tony Marsh: Why the pier must close``: a headline that gives somebody's words behind a colon."""
        tokens = [token for group in groups for token in group]
        colon = next((k for k, t in enumerate(tokens[:6]) if t.text == ":"), -1)
        if (
            colon < 1
            or colon + 2 >= len(tokens)
            or tokens[0].low in RUBRICS
            or any(t.kind != "w" for t in tokens[:colon])
        ):
            return False
        entity = self.names.full(tuple(t.low for t in tokens[:colon] if t.low not in TITLES))
        office = tokens[colon - 1].low in ROLES or tokens[colon - 1].low in GROUPS
        if entity is None and not office:
            return False
        sentence = Sentence(tokens, paragraph, len(self.sentences))
        self.sentences.append(sentence)
        start, end = tokens[0].start, tokens[colon - 1].end
        subject = Subject(0, colon - 1, start, end, text=self.text[start:end])
        if entity is not None:
            printed = tuple(t.text for t in tokens[:colon])
            subject.run = Run(start, end, printed, "", paragraph, False, True, "", entity=entity, kind=entity.kind)
        else:
            subject.head = tokens[colon - 1].low
        claims = Claims(self.text, self.names, sentence, stretches, heading=True)
        claims.quotes = [k for k, t in enumerate(tokens) if t.kind == "q" and k > colon]
        claims.content(None, subject, colon + 1, len(tokens), "headline")
        self.drafts.extend(claims.drafts)
        return True

    def _link_continued(self, drafts: Sequence[Draft]) -> Draft | None:
        """A stretch reopened here joins the quotation it continues, which is returned; a tag names the speaker of both.

        A draft that has joined another is left without spans."""
        joined: Draft | None = None
        for draft in drafts:
            if not draft.stretches or draft.stretches[0].continues < 0:
                continue
            paragraph = draft.stretches[0].continues
            recent = reversed(self.drafts[-BACK:])
            earlier = next((d for d in recent if d.stretches and d.paragraph == paragraph), None)
            if earlier is None or earlier.document is not None:
                continue
            if draft.subject is not None and not earlier.tagged:
                earlier.subject, earlier.cue, earlier.base = draft.subject, draft.cue, draft.base
                earlier.how, earlier.sentence = "tag-next-paragraph", draft.sentence
            elif draft.subject is not None and not draft.subject.pronoun:
                continue  # never closed: somebody else speaks here
            if earlier.kind == "direct" and draft.kind == "direct":
                earlier.absorb(draft)
                draft.spans = []
                joined = earlier
                for other in drafts:
                    if other.inherits is draft:
                        other.inherits = earlier
            elif draft.subject is None:
                draft.inherits = earlier
        return joined


__all__ = ["Draft", "Paragraphs"]
