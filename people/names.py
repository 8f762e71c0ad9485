"""Names as strings: normalising, splitting off titles, and the key that printed forms are matched by. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata

TITLES = frozenset(
    "mr mrs ms miss mx dr sir dame lord lady baroness baron viscount earl rev revd reverend father sister prof "
    "professor judge justice sgt sergeant inspector superintendent constable pc dc det di dci supt cllr coun "
    "councillor captain capt major colonel col general gen admiral president senator sen rep gov governor hon".split()
)
SUFFIXES = frozenset("mp mps msp ms am td qc kc obe mbe cbe kbe dbe md phd jr sr mep mla".split())
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*", re.UNICODE)
_SPACE = re.compile(r"\s+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def normalise(text: str) -> str:
    """One line, single spaces, straight apostrophes, no possessive ending, composed accents."""
    text = unicodedata.normalize("NFC", _SPACE.sub(" ", text.replace("’", "'"))).strip(" ,.;:")
    return re.sub(r"'s?$", "", text) if text.endswith(("'s", "s'")) else text


def split_titles(text: str) -> tuple[tuple[str, ...], str]:
    """The titles before a name and the name itself: "Dame Ada Brook" is (("Dame",), "Ada Brook")."""
    parts = normalise(text).split(" ")
    first = 0
    while first < len(parts) - 1 and parts[first].rstrip(".").lower() in TITLES:
        first += 1
    last = len(parts)
    while last - 1 > first and parts[last - 1].strip(".,").lower() in SUFFIXES:
        last -= 1
    return tuple(parts[:first]), " ".join(parts[first:last]).rstrip(",")


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@functools.lru_cache(maxsize=16_384)
def matching_key(text: str) -> str:
    """What printed forms share that differ only in title, case, accents, hyphens, apostrophes or a leading "the".

    "Dame Zoë O’Neill-Brook MP" and "Zoe O'Neill Brook" have the key "zoe oneill brook"; never empty for non-empty text.
    """
    _, name = split_titles(text)
    words = _fold(name).replace("'", "").replace(".", "").replace("-", " ")
    key = " ".join(_WORD.findall(words)).removeprefix("the ")
    return (key or _fold(name).strip() or "?")[:200]


def surname(text: str) -> str:
    """The last word of a name without titles, in lower case, without accents."""
    return matching_key(text).rsplit(" ", 1)[-1]


def slug(text: str) -> str:
    """A name as an address: lower-case ASCII letters, digits and hyphens, at most 100 long, never empty."""
    _, name = split_titles(text)
    return _NOT_SLUG.sub("-", _fold(name).replace("'", "")).strip("-")[:100].strip("-") or "person"
