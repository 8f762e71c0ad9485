"""Whom a misspelt name may mean: whoever is publicly quoted and called by words a slip of the pen away from it."""

from __future__ import annotations

import string
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db.models import Q
from rapidfuzz.distance import OSA

from people.models import Name
from people.names import matching_key

#: A name has no more words; what has more is no name.
WORDS = 5
#: Letters that a word needs for one slip in it to be likelier than another word, and for two.
ONE_SLIP, TWO_SLIPS = 4, 6
#: So many bearers of like names are looked at: among more nobody could tell who is meant.
BEARERS = 2_000


class Meant(NamedTuple):
    """Somebody public, as they are known."""

    pk: int
    slug: str
    name: str


def meant(text: str, limit: int = 3, but: Collection[int] = ()) -> list[Meant]:
    """Whom a name may mean, the likeliest first, without those ``but``; one query, by the indexed words of names."""
    words = matching_key(text).split() if text else []
    if not 1 <= len(words) <= WORDS:
        return []
    first, last = (slips(word) for word in (words[0], words[-1]))
    wanted = [Q(last_word__in=last), Q(first_word__in=first)]
    if len(words) > 1:
        # A given name is too common to look at all its bearers; a surname far off begins as it should.
        near = words[-1][0]
        wanted[1] &= Q(last_word__startswith=near)
        wanted.append(Q(last_word__in=first, first_word__startswith=near))  # surname first
    # First the names, each by its index, then whose they are: a planner that sees it all begins with everybody.
    one, *others = (Name.objects.filter(some).order_by().values("pk") for some in wanted)
    rows = Name.objects.filter(pk__in=one.union(*others), person__canonical__public=True)
    rows = rows.exclude(person__canonical__in=but).order_by()[:BEARERS]
    best: dict[Meant, tuple[float, int]] = {}
    found: Any = rows.values_list("key", "person__canonical", "person__canonical__slug", "person__canonical__name")
    for key, *known in found:
        form = key.split()
        if (far := distance(words, form)) is not None:
            who = Meant(*known)
            best[who] = min(best.get(who, (far, len(form))), (far, len(form)))
    return sorted(best, key=lambda who: (*best[who], who.name, who.pk))[:limit]


def slips(word: str) -> set[str]:
    """A word and, if it is long enough, every one with a letter put in, left out, changed or swapped with the next."""
    if len(word) < ONE_SLIP:
        return {word}
    letters = {*string.ascii_lowercase, *word}
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        word,
        *(head + tail[1:] for head, tail in cuts if tail),
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1),
        *(head + letter + tail[1:] for head, tail in cuts if tail for letter in letters),
        *(head + letter + tail for head, tail in cuts for letter in letters),
    }


def distance(words: Sequence[str], form: Sequence[str]) -> float | None:
    """How many slips lie between some words and as many of a name's, in any order; None if they are others."""
    left, total = list(form), 0.0
    for word in words:
        found = min(((apart(word, one), one) for one in left), default=(9.0, ""))
        if found[0] > 2:
            return None
        left.remove(found[1])
        total += found[0]
    return total


def apart(one: str, other: str) -> float:
    """Slips between two words, half of one for an initial; 9 if they are different words."""
    if one == other:
        return 0
    shorter = min(len(one), len(other))
    if shorter == 1 and one[0] == other[0]:
        return 0.5
    most = 2 if shorter >= TWO_SLIPS else 1 if shorter >= ONE_SLIP - 1 and max(len(one), len(other)) >= ONE_SLIP else 0
    slipped = OSA.distance(one, other, score_cutoff=most) if most else 9
    return slipped if slipped <= most else 9
