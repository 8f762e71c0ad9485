"""Runs of capitals: where a name may begin in a paragraph, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .entities import Run, is_acronym
from .lexicon.people import CONNECT, GIVEN, NATIONS, NOT_NAMES, OF_BODIES, ORG_HEADS, PARTICLES, PLACES, ROLES, TITLES
from .lexicon.words import MONTHS, OPENERS, WEEKDAYS
from .naming import make_run, person_like, split
from .tokens import Token

LONGEST_NAME = 8
#: Of these, the ones that do so only behind "Campaign", "Council" and the like.
_LOOSE = frozenset(("in", "on", "to", "against"))
_BODIES = frozenset("committee campaign council commission people inquiry institute centre center alliance".split())
#: Words that open a sentence and may yet begin a name: "Police Scotland", "Will Young", "Stop the War".
_OPEN_NAMES = frozenset(("will", "may", "police", "union", "stop", "read", "people", "our", "best"))
#: Months that are first names too.
_GIVEN_MONTHS = frozenset(("may", "april", "june"))
_SHORTENED = frozenset(("st", "gov", "sen", "rep"))
_CLOSING = frozenset("”’»")
#: "D-Lorain", as American papers put party and state.
_PARTY = re.compile(r"[DRI]-[A-Z]")
_NUMBER = frozenset(("no", "number"))
#: Words for bodies whose members are listed behind "of": "the Society of Motor Manufacturers and Traders".
_LISTING = frozenset(
    "association society union federation confederation school institute department ministry board".split()
)
_LISTED = ("s", "ing", "tion", "ment", "care", "culture")


def find_runs(tokens: Sequence[Token], paragraph: int, text: str) -> list[Run]:
    """The runs of one paragraph in text order, titles and roles split off."""
    found: list[Run] = []
    index, total = 0, len(tokens)
    while index < total:
        if tokens[index].named:
            if tokens[index].low in _NUMBER:
                stop = _behind_address(tokens, index)
                if stop:
                    found.append(make_run(tokens, index, stop, paragraph, text, False, ""))
                    index = stop
                    continue
            opening = _opens_sentence(tokens, index)
            if _may_begin(tokens, index, opening):
                stop = _stop(tokens, index)
                for run in split(tokens, index, stop, paragraph, text, opening):
                    if not (found and _is_office_of(run, found[-1])):
                        found.append(run)
                index = stop
                continue
        index += 1
    return found


def _behind_address(tokens: Sequence[Token], index: int) -> int:
    """The token behind "No 10", "No. 10" or "Number 10"; 0 if it is none."""
    at = index + 2 if index + 1 < len(tokens) and tokens[index + 1].text == "." else index + 1
    if at >= len(tokens) or tokens[at].text not in ("10", "11") or tokens[at].start > tokens[at - 1].end + 1:
        return 0
    return at + 1


def _is_office_of(run: Run, before: Run) -> bool:
    """Whether a run is the office of the person before it: "Ann Booth, Minister of Justice"."""
    return (
        before.role_end > run.start
        and run.low[0] in ROLES
        and run.low[0] not in GIVEN
        and (len(run.words) == 1 or run.low[1] in CONNECT or run.low[-1] in ROLES)
    )


# where a run begins and ends


def _opens_sentence(tokens: Sequence[Token], index: int) -> bool:
    return index == 0 or tokens[index - 1].text[0] in '.!?…:"“‘' or tokens[index - 1].text == "'"


def _may_begin(tokens: Sequence[Token], index: int, opening: bool) -> bool:
    token = tokens[index]
    before = tokens[index - 1] if index else None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.low in NOT_NAMES or token.low in WEEKDAYS:
        return False
    if token.low in MONTHS and following is not None and (following.text == "." or following.text[0].isdigit()):
        return False
    if (opening or (before is not None and before.text in _CLOSING)) and token.low in OPENERS:
        return token.low in _OPEN_NAMES and following is not None and following.named
    # neither "I’d" nor a handle, a tag or a piece of an address
    if token.low[:2] in ("i’", "i'") or _PARTY.match(token.text):
        return False
    return before is None or before.end != token.start or before.text[-1] not in "@#/_"


def _stop(tokens: Sequence[Token], index: int) -> int:
    """The token behind the run that begins at ``index``."""
    stop, total = index + 1, len(tokens)
    while stop < total and stop - index < LONGEST_NAME:
        following, last = tokens[stop], tokens[stop - 1]
        gap = following.start - last.end
        ahead = tokens[stop + 1] if stop + 1 < total else None
        if following.named and gap <= 1 and following.text != "I" and _not_a_day(following, _GIVEN_MONTHS):
            if last.kind == "p" and last.text not in (".", "&"):
                return stop
            stop += 1
            continue
        if ahead is None:
            return stop
        if following.text == "." and gap == 0:
            if not (ahead.named and _is_shortened(last)):
                return stop
            stop += 2
            continue
        if following.low in PARTICLES and ahead.named and following.kind == "w" and gap == 1:
            if not (following.low == "of" and person_like(tokens, index, stop)):
                stop += 2
                continue
        if following.text in ("’", "'") and gap == 0 and _owning_body(tokens, stop):
            stop += 2
            continue
        if following.low in CONNECT and gap == 1:
            first = _behind_connective(tokens, index, stop)
            if first:
                stop = first + 1
                continue
        return stop
    return stop


def _not_a_day(token: Token, unless: frozenset[str] = frozenset()) -> bool:
    return token.low not in WEEKDAYS and (token.low not in MONTHS or token.low in unless)


def _is_shortened(token: Token) -> bool:
    """Whether a full stop behind a word does not end the sentence: an initial, "St", "Dr"."""
    return (len(token.text) == 1 and token.text.isupper()) or token.low in TITLES or token.low in _SHORTENED


def _owning_body(tokens: Sequence[Token], stop: int) -> bool:
    """Whether an apostrophe stands inside the name of a body: "the Tenants’ Union"."""
    ahead = tokens[stop + 1]
    return (
        tokens[stop - 1].low.endswith("s")
        and ahead.start == tokens[stop].end + 1
        and ahead.named
        and any(t.low in ORG_HEADS for t in tokens[stop + 1 : stop + 3] if t.named)
    )


def _behind_connective(tokens: Sequence[Token], index: int, stop: int) -> int:
    """The token that goes on with an organisation's name behind "of" or "and", 0 if none does."""
    word, total = tokens[stop].low, len(tokens)
    if word in _LOOSE and tokens[stop - 1].low not in _BODIES:
        return 0
    joins = word in ("and", "&")
    ahead = stop + 1
    if tokens[ahead].low == "the" and ahead + 1 < total:
        if joins:
            return 0
        ahead += 1
    body = any(t.low in ORG_HEADS or t.low in OF_BODIES for t in tokens[index:stop])
    if joins:
        tail = any(t.low in ORG_HEADS for t in tokens[ahead : min(total, ahead + 3)] if t.named)
        # "Heart and Stroke Foundation", and neither "Real Madrid and Manchester United" nor "Ann Lee and Hale Council"
        body = (
            (tail and (body or _is_short(tokens[index:stop])))
            or (word == "&" and tokens[index].low not in GIVEN)
            or _lists_members(tokens, index, stop)
        )
    return ahead if body and tokens[ahead].named and _not_a_day(tokens[ahead]) else 0


def _is_short(tokens: Sequence[Token]) -> bool:
    """Whether but one word of a name stands here, places and "The" apart: "The Globe", "U.S. Securities"."""
    return (
        sum(t.low not in PLACES and t.low not in NATIONS and "." not in t.text and t.low != "the" for t in tokens) <= 1
    )


def _lists_members(tokens: Sequence[Token], index: int, stop: int) -> bool:
    """Whether "and" goes on with whom a body is of: "Association of Head Teachers and Principals"."""
    if not any(
        t.low in _LISTING and tokens[k + 1].low in ("of", "for") for k, t in enumerate(tokens[index : stop - 1], index)
    ):
        return False
    last = stop + 1
    while last + 1 < len(tokens) and last - stop < 3 and tokens[last + 1].named:
        last += 1
    first = tokens[stop + 1]
    return (
        first.named
        and first.low not in GIVEN
        and not is_acronym(first.text)
        and tokens[last].low.endswith(_LISTED)
        and tokens[last].low not in ORG_HEADS
    )


__all__ = ["Run", "find_runs"]
