"""Stretches in marks that no cue of their sentence claims: quotations that go on, stand alone, or are fragments."""

from __future__ import annotations

from itertools import pairwise

from .agents import first_subject, main_subject, nearest_subject
from .claims import Claims
from .clauses import clause_like, content_end
from .drafts import Draft
from .lexicon.cues import CUES, SPEECH_NOUNS
from .lexicon.words import AUXILIARIES, COORDINATORS, PREPOSITIONS, THOUGHTS
from .passages import title_like
from .works import QUOTED, WORKS, is_work


def left_over(claims: Claims, previous: Draft | None, above: Draft | None) -> None:
    """Stretches no cue claims; ``previous`` is the quotation before them, ``above`` the last of the paragraph above."""
    tokens = claims.tokens
    where = [k for k, t in enumerate(tokens) if t.kind == "w"]
    first_word, last_word = (where[0], where[-1]) if where else (len(tokens), -1)
    furniture = any(a.low == "read" and b.low == "more" and a.cap for a, b in pairwise(tokens))
    mine: Draft | None = None
    seen = 0
    for k in claims.quotes:
        if k in claims.taken:
            continue
        for draft in claims.drafts[seen:]:
            if draft.kind in ("direct", "mixed") and draft.subject is not None:
                mine = draft
        seen = len(claims.drafts)
        stretch = claims.stretch(k)
        content = claims.text[stretch.start : min(stretch.end, stretch.start + 400)]
        words = len(content.split())
        starts = k < first_word
        alone = starts and k > last_word
        full = (
            claims.text[stretch.end - 1] in ".!?,…"
            or stretch.closed != "closed"
            or stretch.opened == "reopened-next-paragraph"
        )
        if mine and mine.end <= stretch.start and (starts or full or words > 3) and not is_work(claims, k):
            # “…” she said. “…” folded into one sentence, or a further fragment
            claims.direct("same-sentence", None, None, k).inherits = mine
        elif alone and words <= 10 and claims.whole and title_like(content):
            continue
        elif alone or (starts and full and words >= 3):
            if not (alone and not full and previous is None and _caption(claims, k, words)):
                _floating(claims, k, words, previous, above)
        elif claims.heading and in_headline(claims, k, words):
            subject = main_subject(claims, before=k) or first_subject(claims, tokens, len(tokens))
            claims.direct("headline", None, subject, k)
        elif _fragment(claims, k) and not furniture:
            if not _reported(claims, k):
                claims.direct("fragment", None, nearest_subject(claims, k), k)
        elif ((full and words >= 8 and content[:1].isupper()) or words >= 12) and not is_work(claims, k):
            claims.direct("embedded", None, main_subject(claims, before=k), k).words = words


def _caption(claims: Claims, k: int, words: int) -> bool:
    """Whether a stretch alone is rather a heading in marks than somebody's words."""
    stretch, sentence = claims.stretch(k), claims.sentence
    filled = stretch.outer_start == sentence.start and stretch.outer_end == sentence.end
    return words <= 2 or (words <= 16 and filled and claims.whole)


def _floating(claims: Claims, k: int, words: int, previous: Draft | None, above: Draft | None) -> None:
    """A quotation without a tag goes on from the one before it, or from the one that ended the paragraph above."""
    draft = claims.direct("floating", None, None, k)
    draft.words = words
    if previous is not None and previous.kind != "indirect":
        draft.inherits, draft.how = previous, "continued"
    elif above is not None and above.kind == "direct" and above.tagged:
        draft.inherits, draft.how = above, "next-paragraph"
    if claims.stretch(k).continues >= 0:
        draft.how = "reopened"


def _fragment(claims: Claims, k: int) -> bool:
    return not claims.heading and claims.chances.get(k, 0.0) >= QUOTED and not is_work(claims, k)


def in_headline(claims: Claims, k: int, words: int) -> bool:
    """Whether a stretch in a headline is somebody's words: nearly always, for headlines hold nothing else in marks
    but titles of works; a lone word must not go with a noun behind it."""
    tokens = claims.tokens
    said = any(c.at < k for c in claims.cues)
    before = tokens[k - 1] if k else None
    if before is not None and (before.low in WORKS or (before.kind == "s" and words < 3)):
        return said
    if not claims.titled and is_work(claims, k):
        return said
    behind = tokens[k + 1] if k + 1 < len(tokens) else None
    alone = behind is None or behind.kind != "w" or behind.low in PREPOSITIONS or behind.low in COORDINATORS
    return words >= 2 or said or (k > 0 and (alone or tokens[k - 1].low in AUXILIARIES))


def _reported(claims: Claims, k: int) -> bool:
    """The clause behind "that" in which a fragment stands, when a word of speech or thought leads up to it."""
    tokens = claims.tokens
    if tokens[k - 1].low == "to":
        return _content_around(claims, k - 1, k)
    at = next(
        (
            m
            for m in range(k - 1, max(0, k - 25), -1)
            if tokens[m].text in (";", ":") or tokens[m].low == "that" or m in claims.taken
        ),
        0,
    )
    if not at or at in claims.taken or tokens[at].low != "that" or tokens[at - 1].low in PREPOSITIONS | {"so", "such"}:
        return False
    if not any(
        t.low in THOUGHTS or t.low in SPEECH_NOUNS or (t.low in CUES and t.kind == "w")
        for t in tokens[max(0, at - 8) : at]
    ):
        return False
    return _content_around(claims, at + 1, k)


def _content_around(claims: Claims, at: int, k: int) -> bool:
    """The clause from token ``at`` on, with the fragment ``k`` in it."""
    tokens = claims.tokens
    stop = content_end(tokens, at, None, claims.cues, "that")
    if stop <= k or claims.any_taken(range(at, stop)) or not clause_like(tokens, at, stop, True):
        return False
    claims.content(None, nearest_subject(claims, at - 1), at, stop, "fragment")
    return True
