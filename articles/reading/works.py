"""Titles of books, programmes and songs, which stand in marks without being quoted."""

from __future__ import annotations

from .claims import Claims
from .lexicon.cues import CUES
from .lexicon.words import BEFORE_WORK, PREPOSITIONS, SMALL_WORDS

#: From this probability on a fragment in marks is a quotation.
QUOTED = 0.5
WORKS = BEFORE_WORK - PREPOSITIONS


def is_title(claims: Claims, k: int) -> bool:
    """Whether a stretch is the title of a work beyond doubt: a word for a work before it, or little speaks for more."""
    tokens = claims.tokens
    before = next((tokens[m].low for m in (k - 1, k - 2) if m >= 0 and tokens[m].text != ","), "")
    doubted = before in WORKS or claims.chances.get(k, 1.0) < QUOTED
    return doubted and is_work(claims, k)


def is_work(claims: Claims, k: int) -> bool:
    """Whether a stretch is the title of a programme, a book or a song: ``on CNN's “State of the Union”``."""
    tokens, stretch = claims.tokens, claims.stretch(k)
    words = claims.text[stretch.start : min(stretch.end, stretch.start + 120)].split()
    if (
        not words
        or len(words) > 9
        or not all(w[:1].isupper() or w.lower() in SMALL_WORDS for w in words)
        or not words[-1][:1].isupper()
    ):
        return False
    before = tokens[k - 1] if k else None
    if k > 1 and tokens[k - 1].text == "," and tokens[k - 2].low in WORKS:
        return True  # "in her book, “Small Hours,”"
    return before is not None and (
        before.kind == "s"
        or before.low in BEFORE_WORK
        or (before.kind == "w" and len(words) >= 2 and before.low not in CUES)
    )
