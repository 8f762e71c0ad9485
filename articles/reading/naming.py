"""What of a run of capitals is the name: titles, offices, employers, epithets and origins are split off."""

from __future__ import annotations

from collections.abc import Sequence

from .beside import acts, is_loud, note_role_before, note_role_behind
from .entities import Run, is_acronym
from .lexicon.people import (
    ALSO_SURNAMES,
    CONNECT,
    EPITHETS,
    FILLERS,
    GENDERED,
    GIVEN,
    KIN,
    KNOWN_ORGANISATIONS,
    MERE_TITLES,
    NATIONS,
    ORG_HEADS,
    PLACES,
    ROLES,
    SUFFIXES,
    TITLES,
)
from .tokens import Token


def split(tokens: Sequence[Token], start: int, stop: int, paragraph: int, text: str, opening: bool) -> list[Run]:
    """One run of capitals cut at roles and titles: "Health Secretary Jeremy Hunt" is a role and a name."""
    cut = _employer_ends(tokens, start, stop)
    if cut and tokens[start].low in ROLES and tokens[start].low not in GIVEN:
        # "Secretary of State Ann Booth"
        run = make_run(tokens, cut, stop, paragraph, text, False, "")
        run.role = text[tokens[start].start : tokens[cut - 1].end]
        run.role_heads = tuple([t.low for t in tokens[start:cut]])
        note_role_behind(tokens, stop, run, text)
        return [run]
    if cut:
        return split(tokens, start, cut, paragraph, text, opening) + split(tokens, cut, stop, paragraph, text, False)
    while stop > start and (tokens[stop - 1].kind != "w" or _party_member(tokens, start, stop)):
        stop -= 1
    if stop <= start:
        return []
    begin, title, role = start, "", ""
    heads: tuple[str, ...] = ()
    runs: list[Run] = []
    last = _last_role(tokens, start, stop)
    if last >= start:
        begin = _next_word(tokens, last + 1, stop)
        if begin >= stop:
            return []
        low = tokens[last].low
        title = low if low in TITLES else ""
        if low in MERE_TITLES and any(t.low in ROLES for t in tokens[start:last]):
            # "Prime Minister Sir Edwin Carrow", "Deputy Mayor Cllr Ann Pell"
            role = text[tokens[start].start : tokens[last - 1].end]
            heads = tuple([t.low for t in tokens[start:last]])
        elif low in ROLES or low not in GENDERED:
            heads = tuple([t.low for t in tokens[start : last + 1]])
            if not all(head in MERE_TITLES for head in heads):
                role = text[tokens[start].start : tokens[last].end]
            employer = _employer(tokens, start, last)
            if employer > start:
                runs.append(make_run(tokens, start, employer, paragraph, text, opening, ""))
    elif tokens[start].low in TITLES and stop - start >= 2 and tokens[start + 1].low not in CONNECT:
        title = tokens[start].low
        begin = _next_word(tokens, start + 1, stop)
    begin = _without_epithets(tokens, begin, stop)
    stop = _without_origin(tokens, begin, stop)
    run = make_run(tokens, begin, stop, paragraph, text, opening and begin == start, title)
    if title:
        run.full_start = (tokens[begin - 1] if tokens[begin - 1].kind == "w" else tokens[max(begin - 2, start)]).start
    elif not role:
        run.full_start = tokens[start].start
    run.role, run.role_heads = role, heads
    note_role_before(tokens, start, run, text)
    note_role_behind(tokens, stop, run, text)
    runs.append(run)
    return runs


def _employer_ends(tokens: Sequence[Token], start: int, stop: int) -> int:
    """Where an employer or an office ends and a name begins: "Northgate Council | Bo Harvard"; 0 if nowhere."""
    office = any(
        t.low in ROLES and tokens[k + 1].low in ("of", "for") for k, t in enumerate(tokens[start : stop - 2], start)
    )
    for k in range(start + 2, stop - 1):
        if (
            tokens[k].low in GIVEN
            and (tokens[k - 1].low in ORG_HEADS or (office and tokens[k - 1].low not in CONNECT))
            and tokens[k].low not in PLACES
            and tokens[k + 1].kind == "w"
            and tokens[k + 1].low not in CONNECT
            and not (office and tokens[stop - 1].low in ORG_HEADS)
        ):
            return k
    return 0


def _party_member(tokens: Sequence[Token], start: int, stop: int) -> bool:
    """Whether only the last word of a run is no name: "Labour MP"."""
    first = tokens[start].low
    return (
        tokens[stop - 1].low in ("mp", "mps", "msp")
        and stop - start == 2
        and (first in KNOWN_ORGANISATIONS or first in NATIONS)
    )


def _last_role(tokens: Sequence[Token], start: int, stop: int) -> int:
    """The last title or role in front of a name; ``start - 1`` if there is none."""
    last = start - 1
    for k in range(start, stop - 1):
        low, ahead = tokens[k].low, tokens[k + 1].low
        if low not in TITLES and low not in ROLES:
            continue
        if ahead in CONNECT or ahead in ORG_HEADS:
            continue
        if low not in TITLES and tokens[stop - 1].low in ORG_HEADS and not any(t.low in GIVEN for t in tokens[k:stop]):
            # "Head Teachers’ Union"
            continue
        if k > start:
            if tokens[k - 1].low in CONNECT and any(t.low in ORG_HEADS for t in tokens[start:k]):
                continue
            if low in ALSO_SURNAMES and k == stop - 2 and tokens[k - 1].low in GIVEN:
                continue
        last = k
    return last


def _next_word(tokens: Sequence[Token], index: int, stop: int) -> int:
    while index < stop and tokens[index].kind != "w":
        index += 1
    return index


def _employer(tokens: Sequence[Token], start: int, last: int) -> int:
    """Where the organisation in front of a role ends: "Forge Union" of "Forge Union General Secretary Ros Tully"."""
    if tokens[start].low in GIVEN or not any(t.low in ORG_HEADS or is_acronym(t.text) for t in tokens[start:last]):
        return 0
    end = last - 1
    while end > start and tokens[end].low in FILLERS and not is_acronym(tokens[end].text):
        end -= 1
    return end + 1


def _without_epithets(tokens: Sequence[Token], begin: int, stop: int) -> int:
    """Where a name begins behind what a tabloid calls somebody ("Defiant", "Mum-of-three") and behind a place."""
    while (
        stop - begin >= 2
        and (tokens[begin + 1].low in GIVEN or (stop - begin >= 3 and tokens[begin].low in KIN))
        and tokens[begin].low not in GIVEN
        and _is_epithet(tokens[begin].low)
        and (stop - begin >= 3 or "-of-" in tokens[begin].low or tokens[begin].low in EPITHETS)
    ):
        begin += 1
    while (
        stop - begin >= 3
        and (tokens[begin].low in NATIONS or tokens[begin].low in PLACES)
        and tokens[begin + 1].low in GIVEN
    ):
        begin += 1
    return begin


def _without_origin(tokens: Sequence[Token], begin: int, stop: int) -> int:
    """Where a name ends that is followed by where its bearer is from: "Doug Jones | of Alabama"."""
    for k in range(begin + 2, stop - 1):
        if tokens[k].low == "of":
            return k if person_like(tokens, begin, k) else stop
    return stop


def _is_epithet(low: str) -> bool:
    return low in EPITHETS or "-of-" in low or (len(low) > 5 and low.endswith(("ing", "ed", "ous", "ful", "-old")))


def person_like(tokens: Sequence[Token], start: int, stop: int) -> bool:
    """Whether tokens look like somebody's name, so that "of" after it names where they are from."""
    words = [t.low for t in tokens[start:stop] if t.kind == "w"]
    return words[0] in GIVEN and words[0] not in PLACES and not any(w in ORG_HEADS or w in ROLES for w in words[1:])


def make_run(
    tokens: Sequence[Token], begin: int, stop: int, paragraph: int, text: str, opening: bool, title: str
) -> Run:
    pieces = tokens[begin:stop]
    words = tuple([t.text for t in pieces if t.kind == "w"])
    while len(words) > 1 and words[-1].lower() in SUFFIXES:
        words = words[:-1]
    run = Run(
        pieces[0].start,
        pieces[-1].end,
        words,
        title,
        paragraph,
        pieces[0].stretch >= 0,
        opening,
        tokens[begin - 1].low if begin else "",
        full_start=pieces[0].start,
        shouted=all(word.isupper() for word in words),
        # the strings of the tokens, which a text shares however often it prints a word
        low=tuple([t.low for t in pieces if t.kind == "w"])[: len(words)],
    )
    run.loud = run.shouted and is_loud(tokens, begin, stop)
    if stop < len(tokens):
        if tokens[stop].kind == "s":
            run.possessive = True
        else:
            run.hint = acts(tokens, begin, stop)
    return run
