"""Whether one article is a copy of another: how much of its own text stands in the other in runs of four words.

Agency copy keeps most of its sentences, whoever prints it; reports written apart share the words that they quote. So
what counts is the outlet's own voice: the text without headline, furniture and quotes. Sketches are those of Broder,
"On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest

from articles.comparing.shingles import LENGTH, in_order
from articles.comparing.words import key

WORD = re.compile("[^\\W_]+(?:['’ʼ][^\\W_]+)*")
SENTENCE_ENDS = ".!?:“”\"‘’'"
#: So many of the smallest shingles of a text are noted, by which its copies are found.
SKETCH = 48
#: Below so many words two texts are copies only if they are the same.
SHORT = 40
#: Of an outlet's own words so many stand in the other text, run by run: surely a copy; perhaps one.
SURELY, PERHAPS = 0.7, 0.45
#: And of all its words.
AT_LEAST = 0.5
#: Where both are hardly anything but quotes (a letter, a speech), they have to be as good as the same.
SAME = 0.95
#: Names and figures exchanged in otherwise the same words: a report made by a pattern (the weather, a match).
EXCHANGED = 0.3
#: Words in a row that differ, up to which they are taken for exchanged and not for added.
GAP = 4


class Body:
    """The words of an article's visible text, and which of them are somebody's rather than the outlet's."""

    def __init__(self, text: str, visible: Iterable[Sequence[int]], spoken: Iterable[Sequence[int]] = ()) -> None:
        self._text, self._spoken = text, spoken
        # Plainer and three times as quick as the tokens of quotes: marks and brackets are of no interest here.
        self._words = [match.span() for start, end in visible for match in WORD.finditer(text, start, end)]
        self.keys = [key(text[start:end]) for start, end in self._words]

    @cached_property
    def own(self) -> list[bool]:
        """Of each word whether the outlet says it itself."""
        said, at, found = sorted((start, end) for start, end in self._spoken), 0, []
        for start, _ in self._words:
            while at < len(said) and said[at][1] <= start:
                at += 1
            found.append(at == len(said) or start < said[at][0])
        return found

    @cached_property
    def telling(self) -> list[bool]:
        """Of each word whether it is a figure, or has a capital within a sentence."""
        found = []
        for start, end in self._words:
            word, before = self._text[start:end], self._text[max(0, start - 3) : start]
            opens = not before or "\n" in before or before.rstrip()[-1:] in SENTENCE_ENDS
            found.append(any(map(str.isdigit, word)) or (word[0].isupper() and not opens and not word.isupper()))
        return found

    @cached_property
    def in_order(self) -> list[int]:
        """The shingles of the whole text, by the word they begin with."""
        return in_order(self.keys)

    @cached_property
    def shingles(self) -> set[int]:
        return set(self.in_order)

    @cached_property
    def own_shingles(self) -> set[int]:
        """Of what the outlet says itself; none reaches over a quote."""
        return {self.in_order[at] for start, end in runs(self.own) for at in range(start, end - LENGTH + 1)}

    @cached_property
    def sketch(self) -> list[int]:
        """The smallest of its shingles: texts that share many of them share many of these."""
        return nsmallest(SKETCH, self.shingles)

    def covered(self, among: set[int]) -> list[bool]:
        """Which of its words stand in a run of four that is among these shingles."""
        found = [False] * len(self.keys)
        for at, shingle in enumerate(self.in_order):
            if shingle in among:
                found[at : at + LENGTH] = [True] * LENGTH
        return found

    def own_covered(self, among: set[int]) -> int:
        """How many of its own words do, in runs that reach over no quote."""
        number = 0
        for start, end in runs(self.own):
            till = start
            for at in range(start, end - LENGTH + 1):
                if self.in_order[at] in among:
                    number += at + LENGTH - max(till, at)
                    till = at + LENGTH
        return number


@dataclass(frozen=True, slots=True)
class Likeness:
    """That a text is a copy of another, for certain or perhaps; ``share`` of its own words that stand there, 0 to 1."""

    share: float
    certain: bool


def runs(flags: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """The stretches [start, end) of what is true."""
    start = None
    for at, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = at
        elif not flag and start is not None:
            yield start, at
            start = None


def likeness(copy: Body, original: Body) -> Likeness | None:
    """Whether a text is a copy of an earlier one; None when it is written apart."""
    if min(len(copy.keys), len(original.keys)) < SHORT:
        return Likeness(1.0, True) if copy.keys and copy.keys == original.keys else None
    everywhere = copy.covered(original.shingles)
    whole = sum(everywhere) / len(copy.keys)
    if whole < PERHAPS:
        return None
    own = sum(copy.own)
    share = copy.own_covered(original.own_shingles) / own if own else 1.0
    if own < SHORT:
        back = sum(original.covered(copy.shingles)) / len(original.keys)
        # With a sentence or two before it a statement printed whole is a report of the statement.
        told_apart = own > 2 * LENGTH and share < SURELY
        same = min(whole, back)
        return None if told_apart or same < SURELY else Likeness(round(same, 4), same >= SAME)
    if share < PERHAPS or _exchanged(copy, everywhere, set(original.keys)) > EXCHANGED:
        return None
    return Likeness(round(share, 4), share >= SURELY and whole >= AT_LEAST)


def _exchanged(copy: Body, found: Sequence[bool], there: set[str]) -> float:
    """How many of the names and figures in otherwise the same words are others than there."""
    kept = sum(telling for telling, same in zip(copy.telling, found, strict=True) if same)
    others = 0
    for start, end in runs([not same for same in found]):
        if end - start <= GAP:
            others += sum(copy.telling[at] and copy.keys[at] not in there for at in range(start, end))
    return others / (kept + others) if others else 0.0


class Covering:
    """Several short texts, and how much of another stands in one of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        bodies = [Body(text, [(0, len(text))]) for text in texts]
        self._shingles = {shingle for body in bodies for shingle in body.in_order}
        self._lines = [f" {' '.join(body.keys)} " for body in bodies]

    def share(self, text: str) -> float:
        """Of the words of a text those that stand in them in runs of four; of a shorter text all or none."""
        body = Body(text, [(0, len(text))])
        if len(body.keys) < LENGTH:
            line = f" {' '.join(body.keys)} "
            return float(any(line in other for other in self._lines))
        return sum(body.covered(self._shingles)) / len(body.keys)
