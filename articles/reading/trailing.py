"""What was said comes first, or is "according to" somebody: the cue stands behind it, before it or in its midst."""

from __future__ import annotations

from collections.abc import Sequence

from .claims import NOBODY, Claims
from .clauses import clause_like, content_end, content_start, is_finite
from .cues import Cue, Subject
from .lexicon.words import ADVERBS, AUXILIARIES, COORDINATORS, PREPOSITIONS, words
from .model import Span
from .tokens import Token

#: Openings after which a comma closes an adverbial clause, not what was said.
_ADVERBIAL = words("as when while although though after before if since speaking asked writing because")
_QUANTITY = words("many much few little")
_AFTER_NAME = words("who as yesterday last today")
#: Words that open a clause before a parenthesis: "which is why, according to …, the".
_CONJUNCTIONS = words("why that because but and so as since if while where when")
_ISSUED = words("published released issued conducted obtained seen compiled commissioned carried made cited")
#: Words with which a statement goes on behind its tag: "…, she said, unless it rains".
_ADDING = words("because unless if especially particularly")
#: A lead of so few tokens may be but the subject of the clause that goes on behind the tag.
SHORT = 8


def according(claims: Claims, cue: Cue) -> None:
    """``According to the trust, the pond is dry``, ``The pond is dry, according to the trust``, and in its midst."""
    tokens, subject = claims.tokens, cue.subject
    if subject is None:
        return
    behind = _past_phrase(tokens, subject.last + 1)
    if all(t.low in COORDINATORS or t.low in ADVERBS or t.kind == "p" for t in tokens[: cue.first]):
        _attribute(claims, cue, behind, content_end(tokens, behind, cue, claims.cues, "according"))
        return
    stop = cue.first
    while stop > 0 and tokens[stop - 1].kind == "p":
        stop -= 1
    at = _clause_start(tokens, stop)
    closed = stop < cue.first and behind < len(tokens)
    if closed and stop and tokens[stop - 1].low in _CONJUNCTIONS:
        _attribute(claims, cue, behind, content_end(tokens, behind, cue, claims.cues, "according"))
    elif (
        closed and _is_subject(tokens, at, stop) and _resumes(tokens, behind) and not claims.any_taken(range(at, stop))
    ):
        claims.content(cue, subject, at, stop, "according")
        _resume(claims, cue, behind)
    else:
        _attribute(claims, cue, at, stop)


def _past_phrase(tokens: Sequence[Token], at: int) -> int:
    """Behind the comma that ends an "according to" phrase, with what describes its source: ", published in May,"."""
    comma = next((k for k in range(at, min(len(tokens), at + 15)) if tokens[k].text == ","), len(tokens))
    if comma + 1 < len(tokens) and tokens[comma + 1].low in _ISSUED:
        comma = next((k for k in range(comma + 2, min(len(tokens), comma + 12)) if tokens[k].text == ","), comma)
    return comma + 1


def _attribute(claims: Claims, cue: Cue, at: int, stop: int) -> None:
    """The clause ``[at, stop)``, if it is one or stands in marks, is according to somebody."""
    tokens = claims.tokens
    only = at < stop and all(t.kind == "q" or t.kind == "p" for t in tokens[at:stop])
    if at >= len(tokens) or (not only and (stop - at < 3 or not clause_like(tokens, at, stop, True))):
        return
    if not claims.any_taken(range(at, stop)):
        claims.content(cue, cue.subject, at, stop, "according")


def _is_subject(tokens: Sequence[Token], at: int, stop: int) -> bool:
    """Whether a lead of a few tokens is but the subject of the clause that a tag breaks."""
    return at < stop and stop - at <= SHORT and not clause_like(tokens, at, stop, True)


def _resumes(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause goes on at ``at`` with its verb."""
    return at < len(tokens) and tokens[at].kind == "w" and is_finite(tokens[at])


def _clause_start(tokens: Sequence[Token], stop: int) -> int:
    """Where the clause that ends before ``stop`` begins: the sentence, or behind ", but" and ", and"."""
    at = 0
    for k in range(stop - 2, 0, -1):
        if tokens[k].text == "," and tokens[k + 1].low in ("but", "while", "although"):
            at = k + 1
            break
    while at < stop and (
        tokens[at].low in ("but", "and", "while", "although", "though", "because", "so") or tokens[at].text == ","
    ):
        at += 1
    return at


def trailing(claims: Claims) -> None:
    """``The bridge will close, ministers have said.``"""
    tokens = claims.tokens
    for cue in claims.cues:
        subject = cue.subject
        if subject is None or not _may_trail(cue) or cue.at in claims.taken:
            continue
        first = min(subject.first, cue.first)
        if first in claims.taken or first < 2 or tokens[first - 1].text != "," or subject.pronoun in NOBODY:
            continue
        if _parenthesis(claims, cue, subject, first):
            continue
        if _goes_on(claims, cue, subject) or _adverbial(tokens, first):
            continue
        stop = first - 1
        at = _clause_start(tokens, stop)
        if claims.any_taken(range(at, stop)):
            continue
        rest = cue.last + 1
        resumes = rest + 1 < len(tokens) and tokens[rest + 1].low in AUXILIARIES and stop - at <= SHORT
        while rest < len(tokens) and rest - cue.last <= 7 and tokens[rest].kind == "w":
            rest += 1
        broken = rest < len(tokens) and tokens[rest].text == "," and stop - at <= SHORT
        whole = clause_like(tokens, at, stop, True)
        if not whole and not broken:
            continue
        claims.content(cue, subject, at, stop, "trailing")
        if broken and (resumes or not whole):
            _resume(claims, cue, rest + 1)
        elif rest == cue.last + 1 and rest + 2 < len(tokens) and tokens[rest].text == ",":
            if tokens[rest + 1].low in _ADDING or (tokens[rest + 1].low == "and" and _resumes(tokens, rest + 2)):
                _resume(claims, cue, rest + 1)
        claims.taken.update(range(first, cue.last + 1))


def _may_trail(cue: Cue) -> bool:
    if cue.kind != "verb" or cue.participle or cue.negated or cue.infinitive or cue.passive:
        return False
    return "c" in cue.flags or "o" in cue.flags or cue.base in ("note", "report", "recall", "respond")


def _goes_on(claims: Claims, cue: Cue, subject: Subject) -> bool:
    """Whether words of its own follow the cue, so that what stands before it is not its content."""
    tokens = claims.tokens
    if cue.inverted:
        behind = tokens[subject.last + 1] if subject.last + 1 < len(tokens) else None
        return not (behind is None or behind.kind == "p" or behind.low in PREPOSITIONS or behind.low in _AFTER_NAME)
    found = content_start(tokens, cue, claims.names)
    if found is None or found[0] >= len(tokens):
        return False
    at, led = found
    return tokens[at].kind == "w" or (tokens[at].kind == "q" and led != "comma")


def _adverbial(tokens: Sequence[Token], first: int) -> bool:
    """Whether the sentence opens with an adverbial clause, which the comma before ``first`` closes."""
    opening = tokens[0].low
    if opening not in _ADVERBIAL or (opening == "as" and tokens[1].low in _QUANTITY):
        return False
    comma = next((k for k in range(first - 1) if tokens[k].text == ","), None)
    if comma is None or opening in ("asked", "speaking", "writing"):
        return True
    return opening in ("as", "when", "after", "before", "while") and tokens[comma + 1].kind == "q"


def _resume(claims: Claims, cue: Cue, at: int) -> None:
    """The rest of a clause behind the tag that breaks it: "Police, Sinclair says, have no policies"."""
    tokens = claims.tokens
    end = content_end(tokens, at, cue, claims.cues, "that")
    if end <= at + 1 or claims.any_taken(range(at, end)):
        return
    draft = claims.drafts[-1]
    for k in range(at, end):
        if tokens[k].kind == "q":
            draft.mark(claims.stretch(k))
            draft.kind = "mixed"
    claims.taken.update(range(at, end))
    last = end - 1
    while tokens[last].kind == "p" and last >= at:
        last -= 1
    draft.spans.append(Span(tokens[at].start, tokens[last].end))
    draft.boundaries.append(("clause", "clause"))


def _parenthesis(claims: Claims, cue: Cue, subject: Subject, first: int) -> bool:
    """``But, she added, the roof would hold``: a tag between a conjunction and its clause."""
    tokens = claims.tokens
    at = cue.last + 2
    if not (
        at < len(tokens)
        and tokens[at - 1].text == ","
        and all(t.low in COORDINATORS or t.low in ADVERBS or t.low == "so" for t in tokens[: first - 1])
    ):
        return False
    stop = content_end(tokens, at, cue, claims.cues, "that")
    if claims.any_taken(range(at, stop)) or not clause_like(tokens, at, stop, True):
        return False
    claims.content(cue, subject, at, stop, "trailing")
    claims.taken.update(range(first, cue.last + 1))
    return True
