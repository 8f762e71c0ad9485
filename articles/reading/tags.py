"""Tags: ``“…,” she said``, ``“…,” said Smith, “…”`` and ``Smith: “…”``."""

from __future__ import annotations

from .agents import main_subject
from .claims import Claims
from .clauses import clause_like, content_start
from .cues import Cue
from .lexicon.cues import CUES
from .lexicon.people import ROLES
from .lexicon.words import AUXILIARIES, COORDINATORS, PREPOSITIONS, words
from .model import Span

_NOT_LEADS = words("as while when after before though although because since but and in on at during")
_DASHES = (",", "–", "—", "-", "--")


def tags_after(claims: Claims) -> None:
    """``“…,” she said`` and ``“…,” said Smith``, with what follows or precedes in the same sentence."""
    tokens, cues = claims.tokens, claims.cues
    for k in claims.quotes:
        if k in claims.taken:
            continue
        at = k + 1
        while at < len(tokens) and tokens[at].kind == "p" and tokens[at].text in _DASHES:
            at += 1
        if at >= len(tokens):
            continue
        cue = next(
            (
                c
                for c in cues
                if not c.participle
                and not c.infinitive
                and c.kind == "verb"
                and c.subject is not None
                and (
                    (c.first == at and c.inverted)
                    or (not c.inverted and c.first > at and _tag_subject(claims, k, at, c))
                )
                and ("q" in c.flags or "c" in c.flags or "t" in c.flags)
            ),
            None,
        )
        if cue is None:
            continue
        if cue.negated or (cue.subject is not None and cue.subject.first < k):
            continue
        if not cue.inverted and cue.last + 1 < len(tokens) and tokens[cue.last + 1].low == "that":
            continue
        stretch = claims.stretch(k)
        tail_punct = claims.text[stretch.end - 1 : stretch.end]
        after_mark = tokens[k + 1].text if k + 1 < len(tokens) else ""
        first = _lead_in(claims, k)
        if (
            tail_punct not in ",?!…—–-"
            and after_mark not in (",", "–", "—", "-")
            and not cue.inverted
            and _starts_clause(claims, cue)
        ):
            # “…” closes a clause of its own; the cue goes on to other words
            continue
        draft = claims.draft("direct", "tag-after", cue, cue.subject)
        if first is not None and first < k and first not in claims.taken:
            draft.kind = "mixed"
            draft.how = "trailing"
            draft.spans.append(Span(tokens[first].start, stretch.outer_end))
            for m in range(first, k + 1):
                if tokens[m].kind == "q":
                    draft.mark(claims.stretch(m))
            draft.boundaries.append(("clause", stretch.closed))
            claims.taken.update(range(first, k + 1))
        else:
            claims.quote(draft, k)
        # the broken half: “…,” she said, “…”
        after = cue.last + 1
        while after < len(tokens) and tokens[after].kind != "q" and after - cue.last <= 14:
            if any(c.first == after and c is not cue and c.subject is not None for c in cues):
                after = len(tokens)
                break
            after += 1
        if after < len(tokens) and tokens[after].kind == "q" and after not in claims.taken and draft.kind == "direct":
            between = tokens[cue.last + 1 : after]
            other = [c for c in cues if cue.last < c.at < after]
            if (not between or between[-1].kind == "p") and not other:
                claims.quote(draft, after)
        claims.taken.update(
            range(
                cue.first if cue.inverted or cue.subject is None else min(cue.subject.first, cue.first),
                cue.last + 1,
            )
        )
        claims.drafts.append(draft)


def _tag_subject(claims: Claims, k: int, at: int, cue: Cue) -> bool:
    """Whether the cue's subject begins at ``at``, but for what describes it: "Northgate's Joan Tarrant said"."""
    tokens, subject = claims.tokens, cue.subject
    if subject is None or subject.first < at:
        return False
    if subject.first == at:
        closed = at > k + 1 or claims.text[tokens[k].end - 2 : tokens[k].end - 1] in ",?!…—.-"
        return closed or subject.run is not None or bool(subject.pronoun)
    lead = tokens[at : subject.first]
    if claims.text[tokens[k].end - 2 : tokens[k].end - 1] not in ",?!…—" and at == k + 1:
        return False
    return (
        len(lead) <= 12
        and (subject.run is not None or subject.head in ROLES)
        and all(t.kind in "ws" or t.text == "," for t in lead)
        and not any(
            t.low in COORDINATORS
            or (t.low in AUXILIARIES and t.kind == "w")
            or (t.low in CUES and not t.cap and t.low not in ROLES)
            for t in lead
        )
        and lead[0].low not in _NOT_LEADS
    )


def _starts_clause(claims: Claims, cue: Cue) -> bool:
    """Whether a clause of its own begins behind a cue."""
    tokens = claims.tokens
    found = content_start(tokens, cue, claims.names)
    if found is None:
        return False
    at, led = found
    return led in ("that", "colon") or (
        led in ("quote", "comma", "bare")
        and (
            (tokens[at].kind == "q" and led != "comma")
            or (led == "bare" and clause_like(tokens, at, len(tokens), False))
        )
    )


def _lead_in(claims: Claims, k: int) -> int | None:
    """Where a clause that ends in the stretch at ``k`` begins, when words stand before the stretch."""
    tokens = claims.tokens
    first = 0
    for c in claims.cues:
        if c.first < k and c.at < k and (c.subject is None or c.subject.first < k) and not c.infinitive:
            return None
    while first < k and (tokens[first].low in COORDINATORS or tokens[first].text in (",", "–", "—", "-", ":")):
        first += 1
    if first >= k:
        return None
    before = tokens[k - 1]
    if before.kind == "p" and before.text in (":", ",") and len(tokens[first:k]) < 14:
        mark = tokens[k].start
        begun = tokens[first].low in PREPOSITIONS and before.text == ","
        if not (begun and claims.text[mark + 1 : mark + 3].lstrip("'‘’“\"")[:1].islower()):
            return None  # else "With so many wards, “there is no one door,” she said" is one statement
    words = [t for t in tokens[first:k] if t.kind == "w"]
    if len(words) <= 1:
        return None
    return first


def colon_heads(claims: Claims) -> None:
    """``Smith: “…”`` and ``… with the caption: “…”``: a colon before the stretch and no verb cue of its own."""
    tokens, cues = claims.tokens, claims.cues
    for k in claims.quotes:
        if k == 0 or tokens[k - 1].text != ":" or k in claims.taken:
            continue
        governing = [
            c
            for c in cues
            if c.last < k
            and not c.inverted
            and c.kind == "verb"
            and not c.infinitive
            and ("q" in c.flags or "c" in c.flags or "t" in c.flags or "o" in c.flags)
        ]
        if governing:
            cue = governing[-1]
            subject = cue.subject
            if subject is None:
                subject = main_subject(claims, cue)
            draft = claims.direct("colon", cue, subject, k)
        else:
            first = claims.stretch(k)
            if (
                len(claims.quotes) - claims.quotes.index(k) >= 3
                and len(claims.text[first.start : first.end].split()) <= 3
                and not claims.text[first.start].isupper()
            ):
                continue  # a list of words
            subject = main_subject(claims, before=k)
            draft = claims.direct("colon-noun", None, subject, k)
        nxt = k + 1
        while nxt < len(tokens) and tokens[nxt].kind == "q":
            claims.quote(draft, nxt)
            nxt += 1
