"""The words of one sentence as they are claimed, rule after rule: what one rule has taken no other takes again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .cues import Cue, Sentence, Subject
from .drafts import Draft, subject_words_open
from .marks import Stretch
from .model import QuoteKind, Span
from .names import Names
from .tokens import Token

#: "you might say", "I think": the writer's voice or nobody's.
NOBODY = frozenset("you i we".split())
#: Verbs whose conditional is no report: "he would say".
_IMAGINED = frozenset("say argue ask think claim".split())


@dataclass(slots=True)
class Claims:
    """One sentence, its quoted stretches (tokens of kind q) and the drafts made of it so far."""

    text: str
    names: Names
    sentence: Sentence
    stretches: Sequence[Stretch]
    #: in a headline or standfirst; one with capitals throughout; a paragraph of one sentence
    heading: bool = False
    titled: bool = False
    whole: bool = False
    #: quoted stretch, by token: how surely it is somebody's words; only fragments of sentences are judged
    chances: dict[int, float] = field(default_factory=dict)
    quotes: list[int] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    drafts: list[Draft] = field(default_factory=list)

    @property
    def tokens(self) -> list[Token]:
        return self.sentence.tokens

    @property
    def cues(self) -> list[Cue]:
        return self.sentence.cues

    def stretch(self, k: int) -> Stretch:
        """The quoted stretch that is token ``k``."""
        return self.stretches[self.tokens[k].stretch]

    def any_taken(self, tokens: Iterable[int]) -> bool:
        return any(k in self.taken for k in tokens)

    def draft(self, kind: QuoteKind, how: str, cue: Cue | None, subject: Subject | None) -> Draft:
        """A draft of this sentence, not yet among the others."""
        draft = Draft([], kind, how, self.sentence.paragraph, self.sentence.number, subject)
        if cue is not None:
            tokens = self.tokens
            draft.cue = Span(tokens[cue.at].start, tokens[cue.last if cue.kind == "according" else cue.at].end)
            draft.base = cue.base
            if cue.modal and (cue.base in _IMAGINED or subject_words_open(subject)):
                draft.reasons.append("hypothetical")
            if cue.participle:
                draft.reasons.append("participle")
            elif cue.first and not cue.inverted and tokens[cue.first - 1].low in ("who", "which", "that"):
                draft.reasons.append("relative")
        return draft

    def quote(self, draft: Draft, k: int) -> None:
        """Give the quoted stretch ``k`` to a draft."""
        draft.add(self.stretch(k))
        self.taken.add(k)

    def direct(self, how: str, cue: Cue | None, subject: Subject | None, *quotes: int) -> Draft:
        """A draft of quoted stretches, each a span of its own."""
        draft = self.draft("direct", how, cue, subject)
        for k in quotes:
            self.quote(draft, k)
        self.drafts.append(draft)
        return draft

    def content(self, cue: Cue | None, subject: Subject | None, at: int, stop: int, how: str) -> None:
        """A draft of the clause ``[at, stop)``: direct if all its words stand in marks, mixed if some do."""
        tokens = self.tokens
        last = stop - 1
        while last >= at and tokens[last].kind == "p" and tokens[last].text[0] in ",.;:–—-!?":
            last -= 1
        if last < at:
            return
        inside = [k for k in self.quotes if at <= k < stop and k not in self.taken]
        draft = self.draft("mixed" if inside else "indirect", how, cue, subject)
        if inside and not any(token.kind == "w" for token in tokens[at : last + 1]):
            draft.kind = "direct"
            for k in inside:
                draft.add(self.stretch(k))
        else:
            draft.spans.append(Span(tokens[at].start, tokens[last].end))
            draft.boundaries.append(("clause", "clause"))
            for k in inside:
                draft.mark(self.stretch(k))
        self.taken.update(range(at, last + 1))
        self.drafts.append(draft)
