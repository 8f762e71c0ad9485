"""News that nobody wrote: articles of any number with the structure of real ones, for benchmarks. Pure, seeded."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import NamedTuple

_GIVEN = (
    "Ada Bram Clara Dilys Edwin Flora Gareth Hester Imran Joan Keir Lena Morag Nadia Owen Petra Ravi Sian"
).split()
_FAMILY = (
    "Ashby Barlow Calder Draycott Ellory Fenwick Garside Hallam Ibbotson Jessop Kettering Lomax Marlowe Nuttall "
    "Ormerod Pargeter Quayle Rushworth Sowerby Thackray Upcott Varley Wetherby Yardley"
).split()
_ROLES = [
    "leader of the council", "the shadow minister for ports", "chief executive of the trust", "a resident",
    "general secretary of the union", "head teacher of the school", "the MP for the town", "chair of the inquiry",
]  # fmt: skip
_PLACES = "Aldermouth Brackley Corringham Dunster Easthaven Fallowfield Grimsdale Harrowby Inverlair Kestrel".split()
_VERBS = "said told warned insisted admitted argued added".split()
_NOUNS = (
    "bridge ferry hospital budget school harbour contract report inquiry line road council family river winter bill "
    "crossing engineer promise meeting letter question answer number year night"
).split()
_CLAUSES = [
    "the {n} would cost more than anybody had been told",
    "nobody had asked the people who use the {n} every day",
    "we will not pay twice for the same {n}",
    "there is no plan for the {n} and there never was",
    "the {n} and the {m} belong to the people of {p}",
    "I have seen the {n}, I have read the {m}, and I do not believe either",
    "it takes courage to say that the {n} failed",
    "the {m} must come before the {n}, or not at all",
]


#: Local time, as everything printed is.
_FIRST_DAY = dt.datetime(2021, 1, 1)  # noqa: DTZ001


class Generated(NamedTuple):
    """One generated article."""

    url: str
    source: str
    headline: str
    published: str
    text: str


def articles(number: int, seed: int = 1) -> Iterator[Generated]:
    """So many articles of about 3,000 characters, a dozen quotes each, by 20 sources over three years."""
    rng = random.Random(seed)
    people = [f"{given} {family}" for given in _GIVEN for family in _FAMILY]
    for index in range(number):
        cast = rng.sample(people, 4)
        place = rng.choice(_PLACES)
        source = f"gazette-{rng.randrange(20) + 1}"
        when = _FIRST_DAY + dt.timedelta(minutes=rng.randrange(3 * 365 * 24 * 60))
        headline = f"{place} {rng.choice(_NOUNS)}: {_clause(rng, place).split(',')[0]}"
        body = [_opening(rng, place, cast), *(_paragraph(rng, place, rng.choice(cast)) for _ in range(9))]
        yield Generated(
            url=f"https://{source}.example/{when:%Y/%m/%d}/{index}",
            source=source,
            headline=headline,
            published=when.isoformat(timespec="minutes"),
            text="\n\n".join([headline, *body]),
        )


def names(number: int) -> Iterator[str]:
    """So many full names, no two the same."""
    full = [f"{given} {family}" for given in _GIVEN for family in _FAMILY]
    return (f"{full[n % len(full)]} {n // len(full) + 1}" if n >= len(full) else full[n] for n in range(number))


def clause(rng: random.Random) -> str:
    """A few words that somebody might say."""
    return _clause(rng, rng.choice(_PLACES))


def _clause(rng: random.Random, place: str) -> str:
    return rng.choice(_CLAUSES).format(n=rng.choice(_NOUNS), m=rng.choice(_NOUNS), p=place)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _opening(rng: random.Random, place: str, cast: list[str]) -> str:
    roles = rng.sample(_ROLES, len(cast))
    named = "; ".join(f"{name}, {role}" for name, role in zip(cast, roles, strict=True))
    what, day = rng.choice(_NOUNS), rng.choice(("Monday", "Friday"))
    return f"A meeting in {place} on the {what} ended late on {day}. There were {named}."


def _paragraph(rng: random.Random, place: str, name: str) -> str:
    surname = name.split()[1]
    verb = rng.choice(_VERBS)
    one, two = _clause(rng, place), _clause(rng, place)
    said = f"told reporters in {place}" if verb == "told" else verb
    return rng.choice(
        [
            f"“{_upper(one)},” {surname} {said}. “{_upper(two)}.”",
            f"{name} {said} that {one}. The {rng.choice(_NOUNS)} of {rng.randrange(1900, 1990)} still stands.",
            f"{surname} {said}: “{_upper(one)}.” It was the third such {rng.choice(_NOUNS)} this year.",
            f"The {rng.choice(_NOUNS)} has been shut since spring. According to {name}, {one}.",
            f"Speaking later, {surname} said “{two}” and called the {rng.choice(_NOUNS)} a mistake.",
            f"“{_upper(one)}.\n\n“{_upper(two)},” {surname} said.",
        ]
    )
