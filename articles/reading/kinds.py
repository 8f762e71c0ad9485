"""What a run of capitals is by its own words: a person, an organisation, or nothing that can be told yet."""

from __future__ import annotations

from collections.abc import Set

from .entities import Run, is_acronym
from .lexicon.people import (
    CONNECT,
    GIVEN,
    KNOWN_PHRASES,
    NATIONS,
    NO_BODIES,
    NO_ORGANISATIONS,
    NOBLE,
    OF_BODIES,
    OF_BODIES_ALWAYS,
    OFFICIAL_TITLES,
    ORG_HEADS,
    ORG_SURNAMES,
    PAPERS,
    PLACE_GIVEN,
    PLACE_HEADS,
    PLACE_SURNAMES,
    PLACES,
    ROLES,
    SHOUTED,
    TITLES_OF_PLACES,
)
from .lexicon.words import DETERMINERS, PREPOSITIONS

#: Small words that a heading prints with a capital and names hold too.
_SMALL = frozenset("of for and the against".split())
#: A run of more words without a word for a body is no name.
LONGEST_PERSON = 4
#: Surnames that begin with a capital inside and name no company.
_SURNAME_PREFIXES = ("Mc", "Mac", "O'", "O’", "De", "Fitz")


def kind_of(run: Run, small: Set[str], unshouted: Set[tuple[str, ...]]) -> str:
    """ "individual", "organisation" or "" when the words alone do not tell.

    ``small`` are the words the text also prints in small letters, ``unshouted`` the names it prints not only in
    capitals.
    """
    low = run.low
    if low in KNOWN_PHRASES or low[-1] in ("10", "11"):
        return "organisation"
    if run.title:
        if run.title in OFFICIAL_TITLES and (low[0] in ORG_HEADS or low[0] in ROLES):
            return ""
        if not any(word in ORG_HEADS for word in low[1:]):
            placed = len(low) == 1 and is_place(low[0]) and run.title in TITLES_OF_PLACES
            return "" if placed else "individual"
    if len(low) == 1:
        return "organisation" if not run.loud and _is_body_acronym(run.words[0], low[0], small) else ""
    if run.shouted and (run.loud or sum(len(word) > 3 for word in run.words) > 1) and low not in unshouted:
        return ""
    return _of_words(run, low)


def _of_words(run: Run, low: tuple[str, ...]) -> str:
    """The kind of several words."""
    given = low[0] in GIVEN and low[0] not in PLACES
    last = low[-1]
    if last in ("mps", "msps") or last in NO_ORGANISATIONS or last in NO_BODIES:
        return ""
    if any(word in PREPOSITIONS or word in DETERMINERS for word in _capital_words(run)):
        # "How To Talk About Money": a title
        return ""
    if last in PLACE_HEADS and not (given and last in PLACE_SURNAMES and low[0] not in PLACE_GIVEN):
        return ""
    connected = any(word in CONNECT for word in low)
    if low[0] in NOBLE and low[1] == "of":
        return "individual"
    if connected and not given and _is_office(low):
        return ""
    if any(word in ORG_HEADS for word in low[1:]) or (connected and (low[0] in ORG_HEADS or _has_body(low))):
        if given and len(low) <= 3 and last not in ORG_HEADS and not connected:
            return "individual"
        if given and len(low) == 2 and last in ORG_SURNAMES and run.before in ROLES:
            return "individual"
        return "organisation"
    if low[0] == "the":
        return "organisation" if run.hint or low[1] in PAPERS else ""
    if connected or "the" in low:
        return "organisation" if run.hint and not given else ""
    if low[0] in ORG_HEADS and low[0] not in GIVEN:
        return "organisation"
    if len(low) > LONGEST_PERSON or any(not word[-1].isalpha() for word in low):
        return ""
    if given:
        return "individual"
    if run.called and not run.role_heads:
        return "organisation"
    if last in ROLES or any(is_place(word) for word in low):
        return ""
    return "individual" if run.role_heads or run.age else ""


def _capital_words(run: Run) -> list[str]:
    """The words after the first that the text prints with a capital, folded."""
    return [low for word, low in zip(run.words[1:], run.low[1:], strict=True) if word != low and low not in _SMALL]


def _is_office(low: tuple[str, ...]) -> bool:
    """Whether words name an office, which somebody else holds: "Minister of Justice"."""
    cut = next(k for k, word in enumerate(low) if word in CONNECT)
    return cut > 0 and low[cut - 1] in ROLES and low[cut] in ("of", "for") and low[cut - 1] not in OF_BODIES_ALWAYS


def _has_body(low: tuple[str, ...]) -> bool:
    return "&" in low or any(word in OF_BODIES for word in low)


def _is_body_acronym(word: str, low: str, small: Set[str]) -> bool:
    return (
        is_acronym(word)
        and low not in SHOUTED
        and low not in NO_ORGANISATIONS
        and low not in PREPOSITIONS
        and not is_place(low)
        and not (len(word) > 2 and low in small)
    )


def capitals_inside(word: str) -> bool:
    """Whether a word has capitals as only companies do: "TransLink", "easyJet"."""
    return (
        word[1:] != word[1:].lower()
        and not word[:-1].isupper()
        and not (word[0] == "i" and word[1].isupper())
        and word[0].isalpha()
        and "-" not in word
        and not any(c.isdigit() for c in word)
        and not word.startswith(_SURNAME_PREFIXES)
    )


def is_place(word: str) -> bool:
    """Whether a word is a place or a nation."""
    return word in PLACES or word in NATIONS
