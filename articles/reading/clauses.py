"""What a clause looks like, and where one that reports somebody's words begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

from .endings import content_end, is_finite
from .lexicon.words import AUXILIARIES, COORDINATORS, DETERMINERS, FINITE, PREPOSITIONS, SUBJECT_PRONOUNS, words
from .openings import content_start
from .tokens import Token

#: Prepositions with which a clause may well begin.
_LEADING = words("after before since by with without despite in at from under over during")
#: Words that begin a clause within a noun phrase.
_SUBORDINATING = words("whose where when as while because if since until unless given before after")
_BEFORE_IS = words("there that what who here")
_CONTRACTED = words("s re ve ll d t m")


def clause_like(tokens: Sequence[Token], start: int, stop: int, loose: bool) -> bool:
    """Whether tokens ``[start, stop)`` look like a clause with a subject and a finite verb."""
    if stop - start < 2:
        return False
    first = tokens[start]
    if first.kind == "p" and first.text[0] not in "“\"‘'[$£€#@*":
        return False
    if not loose and (first.low in COORDINATORS or (first.low in PREPOSITIONS and first.low not in _LEADING)):
        return False
    if not loose and first.low in AUXILIARIES:
        return False
    wanted = 1
    for k in range(start + (0 if loose else 1), min(stop, start + 30)):
        token = tokens[k]
        if token.kind == "q":
            return True
        if not loose and token.low in ("who", "which") and k > start:
            return False
        if not loose and wanted == 1 and k > start and _subordinates(tokens, k):
            wanted = 2  # "a premium when the pier opens" is no clause; "a child whose bike was lost has won" is
        elif _is_verb(tokens, k, start, stop):
            wanted -= 1
            if not wanted:
                return True
    return False


def _subordinates(tokens: Sequence[Token], k: int) -> bool:
    low = tokens[k].low
    return low in _SUBORDINATING and not (low == "as" and tokens[k - 1].low in ("such", "well", "many", "far"))


def _is_verb(tokens: Sequence[Token], k: int, start: int, stop: int) -> bool:
    """Whether token ``k`` is a finite verb or ends in one ("it's"), as far as words can tell."""
    token = tokens[k]
    low = token.low
    if token.kind == "s":
        return k > start and (tokens[k - 1].low in SUBJECT_PRONOUNS or tokens[k - 1].low in _BEFORE_IS)
    if low in AUXILIARIES or low in FINITE:
        return True
    if k > start and low.endswith("ed") and len(low) > 3:
        return tokens[k - 1].low not in DETERMINERS
    if k > start and k + 1 < stop and low.endswith("s") and not token.cap and tokens[k - 1].low != "to":
        return tokens[k + 1].low in DETERMINERS or tokens[k - 1].low.endswith("ly")
    return ("'" in low or "’" in low) and low.replace("’", "'").rsplit("'", 1)[-1] in _CONTRACTED


__all__ = ["clause_like", "content_end", "content_start", "is_finite"]
