"""Short words in marks that are tied to somebody: ``called it “a farce”``, ``accused him of “…”``."""

from __future__ import annotations

from .claims import Claims
from .clauses import content_end
from .cues import Cue, Subject
from .lexicon.words import words

#: Verbs whose charge stands behind "of" or "for".
_CHARGES = words("accuse criticise criticize blame slate condemn praise slam blast attack")


def label(claims: Claims, cue: Cue, subject: Subject | None) -> None:
    """``called it “a farce”``, ``accused him of “…”``, ``was described as “…” by …``: only with words in marks."""
    tokens = claims.tokens
    bound = len(tokens)
    for other in claims.cues:
        if other.first > cue.last and other is not cue and not (cue.passive and other.subject is None):
            bound = min(
                bound,
                other.subject.first if other.subject is not None and other.subject.first > cue.last else other.first,
            )
    inside = [k for k in claims.quotes if cue.last < k < bound and k not in claims.taken]
    if not inside:
        if cue.base == "accuse" and subject is not None and not cue.passive:
            _accusation(claims, cue, subject, bound)
        return
    first = inside[0]
    if first - cue.last > 22:
        return
    if cue.passive:
        subject = cue.subject
        if subject is None and first - cue.last > 3:
            return
    if cue.base in _CHARGES:
        at = next((k + 1 for k in range(cue.last + 1, first) if tokens[k].low in ("of", "for")), first)
        if at < first:
            claims.content(cue, subject, at, content_end(tokens, at, cue, claims.cues, "that"), "label")
            return
    draft = claims.direct("label" if subject is not None else "label-passive", cue, subject, *inside)
    if len(inside) > 1:
        draft.reasons.append("several fragments")


def _accusation(claims: Claims, cue: Cue, subject: Subject, bound: int) -> None:
    """``accused ministers of publishing the plan``: the clause behind "of"."""
    tokens = claims.tokens
    for k in range(cue.last + 2, min(bound - 2, cue.last + 14)):
        if tokens[k].kind == "p" and tokens[k].text not in ("’", "'"):
            return
        if tokens[k].low == "of" and tokens[k + 1].low.endswith("ing") and not tokens[k + 1].cap:
            stop = content_end(tokens, k + 1, cue, claims.cues, "that")
            if not claims.any_taken(range(k + 1, stop)):
                claims.content(cue, subject, k + 1, stop, "label")
            return
