"""Words that are most somebody's own: Dunning's log-likelihood against the rest of the corpus; pure.

Dunning 1993, "Accurate methods for the statistics of surprise and coincidence"; as corpus linguists use it (Rayson and
Garside 2000), with log ratio (Hardie 2014) as effect size beside it, since likelihood alone favours common words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from math import log, log2
from typing import NamedTuple

#: 0.1 % of chance at one degree of freedom.
CRITICAL = 10.83
#: What is somebody's own is at least twice as frequent here as there.
RATIO = 1.0


class Key(NamedTuple):
    """A word, how often it is here and there, its log-likelihood and its log ratio (each 1 is twice as often)."""

    word: str
    here: int
    there: int
    likelihood: float
    ratio: float


def log_likelihood(here: int, there: int, size_here: int, size_there: int) -> float:
    """G² of a word that occurs so often in two corpora of such sizes; 0 where both are alike."""
    both = here + there
    expected_here = size_here * both / (size_here + size_there)
    expected_there = size_there * both / (size_here + size_there)
    surprise = sum(
        seen * log(seen / expected) for seen, expected in ((here, expected_here), (there, expected_there)) if seen
    )
    return max(0.0, 2 * surprise)


def places(texts: Iterable[tuple[Hashable, Iterable[str]]]) -> dict[str, int]:
    """In how many places each word stands: texts come with their place, which several of them may share."""
    found: dict[str, set[Hashable]] = defaultdict(set)
    for place, words in texts:
        for word in words:
            found[word].add(place)
    return {word: len(there) for word, there in found.items()}


def keyness(
    here: Mapping[str, int],
    there: Mapping[str, int],
    *,
    least: int = 3,
    most: int = 20,
    spread: Mapping[str, int] | None = None,
    without: Collection[str] = (),
) -> list[Key]:
    """The words more frequent here than there beyond chance, likeliest first; each occurs here ``least`` times or more.

    ``there`` counts the rest, without what is counted here. ``spread`` says in how many places a word stands here: one
    alone makes no word somebody's own. Words in ``without`` count, and are not named. Nothing is said of an empty side.
    """
    size_here, size_there = sum(here.values()), sum(there.values())
    if not size_here or not size_there:
        return []
    found = []
    for word, often in here.items():
        elsewhere = there.get(word, 0)
        if often < least or word in without or (spread is not None and spread.get(word, 0) < 2):
            continue
        # Half an occurrence for none, as Hardie does: a ratio must be finite.
        ratio = log2((often / size_here) / ((elsewhere or 0.5) / size_there))
        if ratio < RATIO:
            continue
        likelihood = log_likelihood(often, elsewhere, size_here, size_there)
        if likelihood >= CRITICAL:
            found.append(Key(word, often, elsewhere, round(likelihood, 2), round(ratio, 2)))
    return sorted(found, key=lambda key: (-key.likelihood, key.word))[:most]
