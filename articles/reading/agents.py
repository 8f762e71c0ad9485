"""Who is at work in a sentence, where a cue or a stretch in marks has no subject of its own."""

from __future__ import annotations

from collections.abc import Sequence

from .claims import NOBODY, Claims
from .cues import Cue, Subject
from .lexicon.cues import CUES
from .lexicon.people import GROUPS, ROLES
from .lexicon.words import ADVERBS, COORDINATORS, PREPOSITIONS, TIME
from .runs import Run
from .tokens import Token

#: A cue further before a stretch than this many tokens is not its own.
NEAR = 12
_OFFICES = ROLES | GROUPS


def main_subject(claims: Claims, cue: Cue | None = None, before: int = -1) -> Subject | None:
    """The subject of the sentence's first finite cue, else its first named person outside a phrase."""
    tokens = claims.tokens
    limit = cue.first if cue is not None else before if before >= 0 else len(tokens)
    for c in reversed(claims.cues):
        if (
            c.first < limit
            and c is not cue
            and c.subject is not None
            and not c.participle
            and not c.passive
            and c.kind == "verb"
        ):
            return c.subject
    return first_subject(claims, tokens, limit)


def nearest_subject(claims: Claims, k: int) -> Subject | None:
    """Who is at work just before token ``k``: the subject of a cue near by, else the last person named or meant."""
    tokens = claims.tokens
    for cue in reversed(claims.cues):
        subject = cue.subject
        if (
            cue.first < k <= cue.last + NEAR
            and subject is not None
            and subject.pronoun not in NOBODY
            and not cue.passive
        ):
            return subject
    found = (_person(claims, tokens, m) for m in range(k - 1, -1, -1))
    return next((subject for subject in found if subject is not None), None) or first_subject(claims, tokens, k)


def subject_behind(claims: Claims, cue: Cue) -> Subject | None:
    """The subject of "After saying the road was shut, she left"."""
    tokens = claims.tokens
    for k in range(cue.last + 1, len(tokens) - 1):
        if tokens[k].text == "," and (
            tokens[k + 1].low in ("he", "she", "they") or claims.names.by_start.get(tokens[k + 1].start) is not None
        ):
            found = first_subject(claims, tokens[k + 1 :], 1)
            if found is not None:
                found.first += k + 1
                found.last += k + 1
                return found
    return None


def first_subject(claims: Claims, tokens: Sequence[Token], limit: int) -> Subject | None:
    """The first person outside a phrase among the first ``limit`` tokens, else the noun phrase that opens them."""
    limit = min(limit, len(tokens))
    found = (_person(claims, tokens, k) for k in range(limit))
    return next((subject for subject in found if subject is not None), None) or _opening(claims, tokens, limit)


def _person(claims: Claims, tokens: Sequence[Token], k: int) -> Subject | None:
    """The person named or meant at token ``k``, unless a preposition governs the name."""
    token = tokens[k]
    if token.kind == "q":
        return None
    run = claims.names.by_start.get(token.start)
    if run is not None and run.kind == "individual" and not run.possessive:
        return None if k and tokens[k - 1].low in PREPOSITIONS else _named(claims, tokens, k, run)
    if token.low in ("he", "she", "they"):
        return Subject(k, k, token.start, token.end, pronoun=token.low, text=token.text)
    return None


def _named(claims: Claims, tokens: Sequence[Token], k: int, run: Run) -> Subject:
    last = k
    while last + 1 < len(tokens) and tokens[last + 1].start < run.end:
        last += 1
    return Subject(k, last, run.start, run.end, run=run, text=claims.text[run.start : run.end])


def _opening(claims: Claims, tokens: Sequence[Token], limit: int) -> Subject | None:
    """The noun phrase that opens a sentence, behind an adverbial: "Later that month, the port said"."""
    k = 0
    if tokens[0].low in ADVERBS or tokens[0].low in PREPOSITIONS or tokens[0].low in TIME:
        k = next((m + 1 for m in range(1, min(limit, 9)) if tokens[m].text == ","), 0)
    skipped = k
    while (
        k < limit
        and k < skipped + 4
        and (tokens[k].low in ADVERBS or tokens[k].low in COORDINATORS or tokens[k].text == ",")
    ):
        k += 1
    if k >= limit or tokens[k].kind != "w" or not (tokens[k].low in ("the", "a", "an") or tokens[k].cap):
        return None
    names = claims.names
    stop = k
    inside = 0
    while (
        stop < limit
        and tokens[stop].kind == "w"
        and (tokens[stop].start < inside or tokens[stop].low not in PREPOSITIONS)
        and tokens[stop].low not in CUES
        and not tokens[stop].low.endswith("ed")
        and stop - k < 6
    ):
        covering = names.by_start.get(tokens[stop].start)
        inside = max(inside, covering.end if covering is not None else 0)
        stop += 1
        if stop - 1 > k and tokens[stop - 1].low in _OFFICES and tokens[stop - 1].start >= inside:
            break
    run = names.by_start.get(tokens[k].start)
    head = tokens[stop - 1].low
    if stop == k or not (run is not None or head in _OFFICES or tokens[k].cap):
        return None
    start, end = tokens[k].start, tokens[stop - 1].end
    known = run if run is not None and run.entity is not None else None
    return Subject(k, stop - 1, start, end, run=known, head=head, text=claims.text[start:end])
