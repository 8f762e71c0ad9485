"""What two forms are to one another: the verdict on their words, with what only the corpus knows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from articles.comparing import Occasion, Said, Verdict, judge
from articles.comparing.judging import DOUBTFUL_DAYS, weight
from articles.utterances.forms import Form

#: Two cut forms share less of the shorter one than this; above it, one is a form or a part of the other.
OVERLAP = 0.7
#: Words that are many enough for a question whether they were said once, long ago.
MANY = 8
#: The weight of a run of words by which two cut forms may be taken for one.
LONG_RUN = 4


class Verdicts:
    """Verdicts on pairs of forms, each found once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], Verdict | None] = {}

    def on(self, one: Form, other: Form) -> Verdict | None:
        """What the other is to the first, None where nothing connects them; it does not matter who is asked first."""
        key = (one.id, other.id) if one.id < other.id else (other.id, one.id)
        if key not in self._found:
            self._found[key] = weigh(one, other) if one.id < other.id else weigh(other, one)
        return self._found[key]

    def certain(self, one: Form, other: Form) -> bool:
        verdict = self.on(one, other)
        return verdict is not None and verdict.certain


def weigh(one: Form, other: Form) -> Verdict | None:
    """The verdict on two forms; what stands inside of the other is not another form of it."""
    first, second = one.said_beside(other), other.said_beside(one)
    if first is None or second is None or long_ago(first, second) or one.overlaps(other) or not plausible(one, other):
        return None
    verdict = judge(first, second)
    if verdict and verdict.conflict and not (one.sure and other.sure):
        # Who is not surely somebody is no conflict with anybody.
        verdict = judge(_anybody(one, first), _anybody(other, second))
    if verdict and verdict.certain and _another_event(first, second):
        verdict = replace(verdict, certain=False, occasion=Occasion.DOUBTFUL, reasons=(*verdict.reasons, "other-story"))
    return verdict


def long_ago(one: Said, other: Said) -> bool:
    """Whether so much time lies between the two that only the same people's many words would be worth a question."""
    if one.day is None or other.day is None or abs((one.day - other.day).days) <= DOUBTFUL_DAYS:
        return False
    return not one.speakers & other.speakers or min(len(one.keys), len(other.keys)) < MANY


def plausible(one: Form, other: Form) -> bool:
    """Whether it is worth aligning the two at all; cheap, and never against what `judge` would find."""
    if one.indirect or other.indirect:
        return len(one.words.content & other.words.content) >= 3
    first, second = (one.words, other.words) if one.words.weight <= other.words.weight else (other.words, one.words)
    if first.several <= second.several:
        return True
    shared = weight([key for key in first.keys if key in second.several])
    return shared >= (0.3 if shared >= LONG_RUN else OVERLAP) * first.weight


def _anybody(form: Form, said: Said) -> Said:
    return said if form.sure else replace(said, speakers=frozenset())


def _another_event(one: Said, other: Said) -> bool:
    """The same words on another day in what editors keep apart as another story: a slogan, or a speech given again."""
    return bool(one.stories and other.stories and not one.stories & other.stories and one.day != other.day)


def parted(one: Iterable[Form], other: Iterable[Form], apart: set[tuple[int, int]]) -> bool:
    """Whether some of the one may not be with some of the other: somebody said so, or one stands inside the other."""
    return any(
        (min(a.id, b.id), max(a.id, b.id)) in apart or a.overlaps(b) or _decided_apart(a, b) for a in one for b in other
    )


def _decided_apart(one: Form, other: Form) -> bool:
    if one.utterance == other.utterance:
        return False
    said_where = one.occasion and other.occasion and one.occasion.casefold() != other.occasion.casefold()
    return bool(said_where or (one.decided and other.decided))
