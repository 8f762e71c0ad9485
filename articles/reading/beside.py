"""What stands beside a run of capitals: a verb of speech, a role in front or behind, an age, or other shouting."""

from __future__ import annotations

from collections.abc import Sequence

from .entities import Run
from .lexicon.cues import CUES, NOUNISH, SAYING
from .lexicon.people import CALLED, ROLES
from .lexicon.words import DETERMINERS, OPENERS, PREPOSITIONS
from .tokens import Token

#: How many words of a role are looked at before a name, and behind it.
ROLE_BEFORE, ROLE_AFTER = 7, 16
#: An apposition that says what a body is has fewer words.
APPOSED = 9
#: A place, a state and an agency stand within so many words before the dash of a dateline.
DATELINE = 8
_CLOSERS = frozenset(",.);:")
_DASHES = frozenset(("--", "–", "—"))
_LABELS = frozenset((":", "-", "--", "–", "—", "/"))


def is_loud(tokens: Sequence[Token], begin: int, stop: int) -> bool:
    """Whether capitals are shouted: "NAN OF STEEL", "OTTAWA --", "ENERGY:"."""
    beside = [tokens[begin - 1]] if begin else []
    if stop < len(tokens):
        beside.append(tokens[stop])
        opens = begin == 0 or tokens[begin - 1].text[0] in ".!?"
        if opens and tokens[stop].text in _LABELS:
            return True
        if (
            begin < DATELINE
            and tokens[0].text.isupper()
            and any(t.text in _DASHES for t in tokens[stop : stop + DATELINE])
        ):
            # a dateline: RENO, Nev. (SW) and a dash
            return tokens[stop].text in (",", "(", ")")
    return any(len(t.text) > 1 and t.text.isupper() and t.kind == "w" and not t.text[0].isdigit() for t in beside)


def acts(tokens: Sequence[Token], begin: int, stop: int) -> bool:
    """Whether the words around a run make it somebody: "…, who", "… said", "said …"."""
    after = tokens[stop]
    if after.text == "," and stop + 1 < len(tokens) and tokens[stop + 1].low in ("who", "whose"):
        return True
    if after.low in SAYING or _is_speech(after.low):
        return True
    before = tokens[begin - 1] if begin else None
    return before is not None and before.low in SAYING and before.kind == "w" and not before.cap


def _is_speech(word: str) -> bool:
    """Whether a word is a finite verb of speech and no noun."""
    entry = CUES.get(word)
    return (
        entry is not None and entry[2] in ("ed", "s") and word not in NOUNISH and ("c" in entry[1] or "q" in entry[1])
    )


def note_role_before(tokens: Sequence[Token], start: int, run: Run, text: str) -> None:
    """Lower-case roles in front: "shadow chancellor John McDonnell"."""
    k = start - 1
    if k >= 1 and tokens[k].text == "," and tokens[k - 1].low in ROLES and tokens[k - 1].kind == "w":
        # "her husband, Ron, said"
        stop = start
        while stop < len(tokens) and tokens[stop].start < run.end:
            stop += 1
        if stop < len(tokens) and tokens[stop].text == ",":
            k -= 1
    if k < 0 or tokens[k].kind != "w" or tokens[k].low not in ROLES:
        return
    first = k
    while first > 0 and k - first < ROLE_BEFORE and _in_role(tokens[first - 1]):
        first -= 1
    run.role = text[tokens[first].start : tokens[k].end] + (" " + run.role if run.role else "")
    run.role_heads += tuple([t.low for t in tokens[first : k + 1]])


def _in_role(token: Token) -> bool:
    low = token.low
    return token.kind in "ws" and not (
        low in DETERMINERS or low in PREPOSITIONS or low in OPENERS or low.endswith("ed")
    )


def _apposed(tokens: Sequence[Token], k: int) -> Sequence[Token]:
    """The words of an apposition that begins with an article at ``k``, up to the comma; none without an article."""
    if tokens[k].low not in ("the", "a", "an"):
        return ()
    stop = next((j for j in range(k, min(len(tokens), k + APPOSED)) if tokens[j].text in _CLOSERS), k)
    return tokens[k:stop]


def note_role_behind(tokens: Sequence[Token], stop: int, run: Run, text: str) -> None:
    """Appositions and ages behind: ", the general secretary of the union,", ", 24,"."""
    total = len(tokens)
    if stop + 1 >= total or tokens[stop].text not in (",", "(") or not 0 <= tokens[stop].start - run.end <= 1:
        return
    k = stop + 1
    if tokens[k].kind == "w" and tokens[k].text.isdigit() and len(tokens[k].text) <= 3:
        run.age = tokens[k].text
        if k + 1 >= total or tokens[k + 1].text != ",":
            return
        k += 2
    if k < total and tokens[k].low in ("who", "which", "whose", "said", "and", "but", "or"):
        return
    run.called = any(t.low in CALLED and t.kind == "w" for t in _apposed(tokens, k))
    last, head = k, -1
    while last < total and last - k < ROLE_AFTER and tokens[last].text not in _CLOSERS and tokens[last].kind in "ws":
        if tokens[last].low in ROLES and head < 0 and last - k < 8:
            head = last
        if head < 0 and tokens[last].low in PREPOSITIONS:
            return
        last += 1
    if head < 0 or (last < total and tokens[last].kind == "q"):
        return
    first = k
    while first < head and tokens[first].low in ("the", "a", "an", "his", "her", "their"):
        first += 1
    roles = text[tokens[first].start : tokens[last - 1].end]
    run.role = run.role + "; " + roles if run.role else roles
    run.role_end = tokens[last - 1].end
    run.role_heads += tuple([t.low for t in tokens[first:last]])
