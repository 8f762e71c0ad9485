"""Whether two quotes report one utterance: what the words say, and what speaker, time and story say for or against it.

The words decide whether it may be; speaker and day are evidence and never conditions, since outlets give the same words
to different people, and print them days apart. What a phrase everybody uses shares with itself is nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from articles.comparing.diff import align
from articles.comparing.words import FUNCTION

#: A day between the utterance and its print in a weekly; after it, and before a repetition is likelier, is doubt.
SAME_DAYS, DOUBTFUL_DAYS = 3, 10
#: Weights of words: those that hold a sentence together, against those that say something.
SMALL, LARGE = 0.25, 1.0


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


def weight(key: str) -> float:
    """How much a word says, where nothing is known of how often it is said."""
    return SMALL if key in FUNCTION else LARGE


def judge(one: Said, other: Said, weigh: Callable[[str], float] = weight) -> Verdict | None:
    """What the other quote is to the first, or None where the words do not connect them."""
    if one.indirect != other.indirect or (one.indirect and other.indirect):
        return _reported(one, other, weigh)
    if not one.keys or not other.keys:
        return None
    first, second = sorted((one.keys, other.keys), key=lambda keys: (len(keys), keys))  # whoever is asked first
    runs = [first]
    if not stands_in(first, second):
        runs = [first[block.i : block.i_end] for block in align(first, second) if block.same]
    equal = [key for run in runs for key in run]
    shared = sum(map(weigh, equal))
    here, there = _total(one.keys, weigh), _total(other.keys, weigh)
    less, more = min(here, there), max(here, there)
    likeness = shared / less
    longest = max((sum(map(weigh, run)) for run in runs), default=0.0)
    # Enough words in common that say something; of the shorter quote most, or a long run when both were cut.
    telling = sum(weigh(key) > SMALL for key in equal)
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
    much = shared >= 6 and likeness >= 0.85
    reasons = [*why, *_speakers(one, other)]
    if len(equal) < 4:
        # A word or two: only beside everything else.
        if not same_speaker or occasion is not Occasion.SAME:
            return None
        certain = bool(one.stories & other.stories) and shared >= LARGE
        reasons.append("few-words")
    elif conflict:
        certain = much and occasion is Occasion.SAME
    else:
        whole = likeness >= 0.95 and shared >= 3 and bool(one.stories & other.stories)
        certain = occasion is Occasion.SAME and (same_speaker or much or whole or shared >= 4)
    return Verdict(relation, occasion, round(min(1.0, likeness), 4), conflict, certain, tuple(reasons))


@lru_cache(maxsize=10_000)
def _total(keys: tuple[str, ...], weigh: Callable[[str], float]) -> float:
    return sum(map(weigh, keys))


def stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether all the keys of the one stand in the other, one after the other."""
    return f" {' '.join(part)} " in f" {' '.join(whole)} "


def _reported(one: Said, other: Said, weigh: Callable[[str], float]) -> Verdict | None:
    """Reported speech says the same only if speaker, day and the words that say something agree."""
    occasion, why = _occasion(one, other)
    if occasion is not Occasion.SAME or not one.speakers & other.speakers:
        return None
    here, there = (
        {stem(key) for key in said.keys if weigh(key) > SMALL and key not in FUNCTION} for said in (one, other)
    )
    shared, less = here & there, min(len(here), len(there))
    if len(shared) < 3 or len(shared) < 0.6 * less:
        return None
    likeness = len(shared) / less
    certain = likeness >= 0.75 and len(shared) >= 4
    return Verdict(Relation.PARAPHRASE, occasion, round(likeness, 4), False, certain, ("reported", *why))


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
