"""Whether two quotes report one utterance: what the words say, and what speaker, time and story say for or against it.

The words decide whether it may be; speaker and day are evidence and never conditions, since outlets give the same words
to different people, and print them days apart. What a phrase everybody uses shares with itself is nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from articles.comparing.diff import align
from articles.comparing.words import FUNCTION

#: A day between the utterance and its print in a weekly; after it, and before a repetition is likelier, is doubt.
SAME_DAYS, DOUBTFUL_DAYS = 3, 10
#: Weights of words: those that hold a sentence together, against those that say something.
SMALL, LARGE = 0.25, 1.0
#: What so many words say (by weight) is not said twice within days by one person; by several people in one story; and
#: by people of whom nothing is known to connect them. Anything shorter is what everybody says: thoughts and prayers,
#: lessons that were learned, an appeal for witnesses.
ENOUGH, MUCH, LONG = 4.0, 6.0, 7.0


class Relation(StrEnum):
    """What the second quote is to the first."""

    VARIANT = "variant"
    FRAGMENT = "fragment"
    WHOLE = "whole"
    PARAPHRASE = "paraphrase"


class Occasion(StrEnum):
    SAME = "same"
    DOUBTFUL = "doubtful"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Said:
    """A quote as it is judged: keys of its spoken words; who (ids), when, in which stories (ids); whether reported.

    ``speakers`` is empty when nobody is known by name.
    """

    keys: tuple[str, ...]
    speakers: frozenset[int] = frozenset()
    day: dt.date | None = None
    stories: frozenset[int] = frozenset()
    article: int = 0
    indirect: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two quotes are to one another; what is not ``certain`` is left to an editor.

    ``likeness`` is the share (0 to 1) of the shorter one's weight that the other has, in order; ``conflict`` that they
    are given to different people.
    """

    relation: Relation
    occasion: Occasion
    likeness: float
    conflict: bool
    certain: bool
    reasons: tuple[str, ...]


def weight(keys: Collection[str]) -> float:
    """How much words say, where nothing is known of how often they are said."""
    return LARGE * len(keys) - (LARGE - SMALL) * sum(map(FUNCTION.__contains__, keys))


class Common(NamedTuple):
    """What two forms have in common, in order: its weight, that of its longest run, words that say something, words."""

    shared: float
    longest: float
    telling: int
    words: int


@lru_cache(maxsize=5_000)
def common(shorter: tuple[str, ...], longer: tuple[str, ...]) -> Common:
    """What the one has of the other; forms are compared again and again, and most of them are printed by several."""
    if stands_in(shorter, longer):
        runs = [shorter]
    else:
        runs = [shorter[block.i : block.i_end] for block in align(shorter, longer) if block.same]
    weights = [weight(run) for run in runs]
    words = sum(map(len, runs))
    shared = sum(weights)
    telling = round((shared - SMALL * words) / (LARGE - SMALL))
    return Common(shared, max(weights, default=0.0), telling, words)


def judge(one: Said, other: Said) -> Verdict | None:
    """What the other quote is to the first, or None where the words do not connect them."""
    if one.indirect or other.indirect:
        return _reported(one, other)
    if not one.keys or not other.keys:
        return None
    # Whoever is asked first.
    shared, longest, telling, equal = common(*sorted((one.keys, other.keys), key=lambda keys: (len(keys), keys)))
    here, there = _total(one.keys), _total(other.keys)
    less, more = min(here, there), max(here, there)
    likeness = shared / less
    # Enough words in common that say something; of the shorter quote most, or a long run when both were cut.
    alike = likeness >= 0.85 or (likeness >= 0.7 and telling >= 3)
    if not (alike and shared >= min(2.5, less)) and not (longest >= 4 and likeness >= 0.3):
        return None
    if likeness < 0.7 or shared >= 0.6 * more:
        relation = Relation.VARIANT
    else:
        relation = Relation.FRAGMENT if there < here else Relation.WHOLE
    occasion, why = _occasion(one, other)
    same_speaker = bool(one.speakers & other.speakers)
    conflict = bool(one.speakers and other.speakers) and not same_speaker
    much = shared >= MUCH and likeness >= 0.85
    together = bool(one.stories & other.stories) or bool(one.article and one.article == other.article)
    reasons = [*why, *_speakers(one, other)]
    if equal < 4:
        # A word or two: only beside everything else.
        if not same_speaker or occasion is not Occasion.SAME:
            return None
        certain = bool(one.stories & other.stories) and shared >= LARGE
        reasons.append("few-words")
    else:
        if together:
            whole = likeness >= 0.95 and shared >= 3
            enough = much if conflict else same_speaker or much or whole or shared >= ENOUGH
        elif one.day == other.day and not conflict:
            enough = same_speaker or shared >= ENOUGH
        else:
            enough = shared >= ENOUGH if same_speaker else much and shared >= LONG
        if not enough and not conflict:
            reasons.append("set-phrase")
        certain = enough and occasion is Occasion.SAME
    return Verdict(relation, occasion, round(min(1.0, likeness), 4), conflict, certain, tuple(reasons))


@lru_cache(maxsize=5_000)
def _total(keys: tuple[str, ...]) -> float:
    return weight(keys)


def stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether all the keys of the one stand in the other, one after the other."""
    return f" {' '.join(part)} " in f" {' '.join(whole)} "


def _reported(one: Said, other: Said) -> Verdict | None:
    """Reported speech says the same only if speaker, day and the words that say something agree."""
    occasion, why = _occasion(one, other)
    if occasion is not Occasion.SAME or not one.speakers & other.speakers:
        return None
    here, there = content(one.keys), content(other.keys)
    shared, less = here & there, min(len(here), len(there))
    if len(shared) < 3 or len(shared) < 0.6 * less:
        return None
    likeness = len(shared) / less
    certain = likeness >= 0.75 and len(shared) >= 4
    return Verdict(Relation.PARAPHRASE, occasion, round(likeness, 4), False, certain, ("reported", *why))


@lru_cache(maxsize=5_000)
def content(keys: tuple[str, ...]) -> frozenset[str]:
    """The words that say something, without endings."""
    return frozenset(stem(key) for key in keys if key not in FUNCTION)


def stem(key: str) -> str:
    """A word without the commonest English endings: enough for "closing" to meet "closed"."""
    for ending in ("ing", "ed", "es", "s"):
        if key.endswith(ending) and len(key) - len(ending) >= 4:
            return key[: -len(ending)].rstrip("e")
    return key.rstrip("e") if len(key) > 4 else key


def _occasion(one: Said, other: Said) -> tuple[Occasion, list[str]]:
    if one.article and one.article == other.article:
        return Occasion.SAME, ["same-article"]
    together = bool(one.stories & other.stories)
    if one.day is None or other.day is None:
        return (Occasion.SAME if together else Occasion.DOUBTFUL), ["day-unknown"]
    days = abs((one.day - other.day).days)
    if days <= SAME_DAYS:
        return Occasion.SAME, ["same-story" if together else "same-days"]
    if days <= DOUBTFUL_DAYS:
        return Occasion.DOUBTFUL, ["days-apart"]
    return Occasion.OTHER, ["long-apart"]


def _speakers(one: Said, other: Said) -> list[str]:
    if one.speakers & other.speakers:
        return ["same-speaker"]
    return ["speakers-differ"] if one.speakers and other.speakers else ["speaker-unknown"]
