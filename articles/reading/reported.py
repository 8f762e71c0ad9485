"""Reported speech behind its cue: ``said that …``, ``told MPs the bill …``, ``saying “…”``."""

from __future__ import annotations

from collections.abc import Sequence

from .agents import main_subject, subject_behind
from .claims import NOBODY, Claims
from .clauses import clause_like, content_end, content_start
from .cues import Cue, Subject
from .drafts import subject_words_open
from .labels import label
from .lexicon.words import words
from .tokens import Token
from .trailing import according

#: Below this probability a fragment is no reason to take the clause around it for reported speech.
DOUBTFUL = 0.4
#: Nouns that announce no clause of anybody's by themselves.
_EMPTY_NOUNS = words("belief report promise assumption slogan motto")
_NO_GERUNDS = words("wrongdoing nothing anything everything something")
_SUBJUNCTIVE = words("demand recommend propose request insist")
#: "added 3 per cent": a sum, not a statement.
_SUMS = words("per percent points %")
#: Words that begin a clause even behind a verb that mostly wants "that".
_BEGINNERS = words("he she they it there")


def clauses(claims: Claims) -> None:
    """Content behind each cue: direct when it is only a stretch, mixed or indirect when it is a clause."""
    last: Subject | None = None
    for cue in claims.cues:
        if cue.infinitive and cue.at not in claims.taken and not cue.negated:
            _infinitive(claims, cue, last or main_subject(claims, cue))
        if cue.at in claims.taken or (cue.negated and cue.base != "deny") or cue.infinitive:
            last = cue.subject or last
        elif cue.kind == "according":
            according(claims, cue)
        elif cue.subject is None and cue.passive:
            label(claims, cue, None)
        else:
            subject = cue.subject or _shared(claims, cue, last)
            if subject is not None and not cue.inverted:
                last = subject
                _behind(claims, cue, subject)


def _shared(claims: Claims, cue: Cue, last: Subject | None) -> Subject | None:
    """Whose words a cue without a subject gives: "…, adding that", "and said", "After saying …, she left"."""
    coordinated = cue.first > 0 and claims.tokens[cue.first - 1].low in ("and", "but", "then", ",", "or")
    if last is not None and (cue.participle or coordinated):
        return last
    found = main_subject(claims, cue)
    if found is None and cue.participle and cue.first <= 2:
        found = subject_behind(claims, cue)
    return found


def _infinitive(claims: Claims, cue: Cue, subject: Subject | None) -> None:
    """``he interrupted me to say “…”``: only straight before words in marks; labels (``to call it “a farce”``) too."""
    if subject is None:
        return
    if "l" in cue.flags:
        label(claims, cue, subject)
        return
    found = content_start(claims.tokens, cue, claims.names)
    if found is None or found[0] in claims.taken or claims.tokens[found[0]].kind != "q" or found[0] - cue.at > 4:
        return
    claims.direct("tag-before", cue, subject, found[0])


def _behind(claims: Claims, cue: Cue, subject: Subject) -> None:
    """What stands behind one cue, given to its subject."""
    tokens = claims.tokens
    if subject.pronoun in NOBODY and not claims.quotes:
        return
    nobody = subject.text.split(" ", 1)[0].lower() in ("nobody", "no")
    if nobody or subject.pronoun == "you" or (cue.modal and subject_words_open(subject)):
        # "Somebody will say, “…”"
        claims.taken.update(k for k in claims.quotes if k > cue.last)
        return
    if "l" in cue.flags or cue.passive:
        label(claims, cue, subject)
        return
    if any(token.low == "than" for token in tokens[max(0, subject.first - 1) : cue.first]):
        return  # "more than ministers say it is"
    found = content_start(tokens, cue, claims.names)
    if found is None:
        return
    at, led = found
    if at in claims.taken or at >= len(tokens):
        return
    if cue.kind == "noun" and not any(at <= k for k in claims.quotes):
        if subject.run is None or cue.base in _EMPTY_NOUNS:
            return
    stop = content_end(tokens, at, cue, claims.cues, led)
    if cue.first == 0 and cue.shape == "ed":
        # "Told by an MP that the bill could fall, thousands marched"
        stop = next((k for k in range(at, stop) if tokens[k].text == ","), stop)
    inside = [k for k in claims.quotes if at <= k < stop]
    if stop <= at or claims.any_taken(inside):
        return
    if tokens[at].kind == "q" and led in ("comma", "colon", "quote") and _begins_direct(claims, at, stop, led):
        claims.direct("tag-before", cue, subject, at)
    elif subject.pronoun not in NOBODY and _reports(claims, cue, at, stop, led, inside):
        claims.content(cue, subject, at, stop, "infinitive" if led == "to" else "clause")


def _begins_direct(claims: Claims, at: int, stop: int, led: str) -> bool:
    """Whether the stretch ``at`` is the whole of what was said, or a sentence of its own."""
    stretch = claims.stretch(at)
    capital, ending = claims.text[stretch.start].isupper(), claims.text[stretch.end - 1]
    if led == "colon" or all(token.kind == "p" for token in claims.tokens[at + 1 : stop]):
        return True
    if led == "comma" and (capital or ending in ".!?,"):
        return True
    return capital and ending in ".!?"


def _reports(claims: Claims, cue: Cue, at: int, stop: int, led: str, inside: Sequence[int]) -> bool:
    """Whether tokens ``[at, stop)`` behind a cue are words reported: what the verb takes, and what they look like."""
    tokens, flags = claims.tokens, cue.flags
    if led == "that" and cue.base in _SUBJUNCTIVE:
        return stop - at > 2  # "demanded that the pool close"
    if led in ("that", "if", "how") and not clause_like(tokens, at, stop, True):
        return False
    if led == "to":
        return _aims(tokens, cue, inside)
    if led == "how":
        return bool(inside) or "o" in flags or "w" in flags
    if led == "if":
        return bool(inside) or "o" in flags or "w" in flags
    if led == "colon":
        return bool(inside) or clause_like(tokens, at, stop, False)
    if led == "comma":
        return bool(inside) or (cue.base == "say" and clause_like(tokens, at, stop, False))
    if led == "bare":
        return _bare(claims, cue, at, stop, inside)
    return True


def _aims(tokens: Sequence[Token], cue: Cue, inside: Sequence[int]) -> bool:
    """Whether a verb before an infinitive reports: "promised to", but no relative clause and no mere orders."""
    if "i" not in cue.flags or (not inside and cue.base in ("swear", "encourage", "order", "instruct")):
        return False
    before = tokens[cue.first - 1] if cue.first else None
    if before is not None and before.low in ("who", "which", "that") and (not inside or cue.base == "ask"):
        return False
    return not (cue.participle and before is not None and before.kind == "w")


def _bare(claims: Claims, cue: Cue, at: int, stop: int, inside: Sequence[int]) -> bool:
    """Whether what follows a verb without "that" is a clause, and the verb one that takes it so."""
    tokens, flags = claims.tokens, cue.flags
    first = tokens[at]
    gerund = (
        cue.base in ("deny", "admit") and first.low.endswith("ing") and first.low not in _NO_GERUNDS and not first.cap
    )  # "denied misleading"
    if cue.base == "add" and first.text[0].isdigit() and any(t.low in _SUMS for t in tokens[at : at + 4]):
        return False
    if not inside and not gerund and not clause_like(tokens, at, stop, False):
        return False
    if "c" in flags or "o" in flags or gerund:
        return True
    # a verb that reports only by the marks behind it: they must hold more than a term
    quoted = [k for k in inside if claims.chances.get(k, 1.0) >= DOUBTFUL]
    if quoted and ("n" in flags or first.kind == "q" or clause_like(tokens, at, quoted[0], False)):
        return True
    if "t" not in flags:
        return False
    if cue.participle and clause_like(tokens, at, stop, False):
        return True
    return first.kind == "w" and first.low in _BEGINNERS and cue.base not in ("rule", "swear", "ask")
