"""From names in a text to people in the corpus: who is known, who is new, and who cannot be told apart.

A name is resolved only when exactly one person of the corpus goes by it; with several it stays as printed, with the
candidates. Unknown full names become candidates, never curated people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from articles.reading import KnownName
from articles.reading.model import KnownRole, PersonKind
from corpus.locks import hold
from people.models import Name, Person, Role
from people.names import matching_key

# A run of capitalised words, with the small words that names hold together by: "Union of River and Port Workers".
_RUN = re.compile(
    r"[^\W\d_a-z][\w'’.-]*(?:[ \u00a0](?:(?:of|the|and|for|de|van|von|al|bin|le|la|&)[ \u00a0])*[^\W\d_a-z][\w'’.-]*)*"
)
_LONGEST_NAME = 8
#: More keys than this are not looked up: a text of nothing but capitalised words is no list of people.
_MOST_KEYS = 5_000


def keys_in(text: str) -> set[str]:
    """The matching keys of everything in a text that may be a name."""
    keys: set[str] = set()
    for run in _RUN.finditer(text):
        words = run.group().split()
        for first in range(len(words)):
            for last in range(first + 1, min(len(words), first + _LONGEST_NAME) + 1):
                if words[first][0].isupper():
                    keys.add(matching_key(" ".join(words[first:last])))
        if len(keys) > _MOST_KEYS:
            break
    return keys


@dataclass
class Known:
    """The people a text may speak of: survivors by matching key, and as the reader wants them."""

    by_key: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    people: dict[int, Person] = field(default_factory=dict)
    names: tuple[KnownName, ...] = ()

    def persons(self, name: str) -> list[Person]:
        return [self.people[pk] for pk in sorted(self.by_key.get(matching_key(name), ()))]

    def add(self, person: Person, key: str) -> None:
        self.people[person.pk] = person
        self.by_key[key].add(person.pk)


def known_in(text: str) -> Known:
    """Everybody of the corpus whose name stands in the text, in three queries."""
    known = Known()
    rows = Name.objects.filter(key__in=keys_in(text)).select_related("person__canonical")
    forms: dict[int, set[str]] = defaultdict(set)
    for name in rows:
        survivor = name.person.canonical or name.person
        known.add(survivor, name.key)
        forms[survivor.pk].add(name.text)
    roles: dict[int, list[KnownRole]] = defaultdict(list)
    for role in Role.objects.filter(person__canonical__in=known.people).select_related("person"):
        roles[role.person.canonical_id or 0].append(
            KnownRole(role.title, role.organisation_printed, role.since, role.until)
        )
    known.names = tuple(
        KnownName(
            ident=person.uid, name=person.name, forms=tuple(sorted(forms[pk] - {person.name})), kind=cast(PersonKind, person.kind),
            pronouns=person.pronouns, roles=tuple(roles[pk]),
        )
        for pk, person in sorted(known.people.items())
    )  # fmt: skip
    return known


def is_full(name: str, kind: str) -> bool:
    """Whether a name says enough to found a candidate on: two words of an individual, two letters of anything else."""
    words = matching_key(name).split()
    return len(words) >= 2 if kind == Person.Kind.INDIVIDUAL else len("".join(words)) >= 2


def enrol_unknown(known: Known, names: Iterable[tuple[str, str]]) -> None:
    """Make candidates of the (name, kind) pairs nobody goes by yet; inside a transaction.

    Two processes that meet the same new name wait for each other here, so that it becomes one person.
    """
    wanted: dict[str, Person] = {}
    for name, kind in names:
        key = matching_key(name)
        if key not in known.by_key and is_full(name, kind):
            wanted.setdefault(key, Person(name=name[:200], kind=kind))
    if not wanted:
        return
    hold("people")
    for row in Name.objects.filter(key__in=wanted).select_related("person__canonical"):
        known.add(row.person.canonical or row.person, row.key)
    new = {key: person for key, person in wanted.items() if key not in known.by_key}
    if new:
        for key, person in zip(new, Person.objects.enrol_all(list(new.values())), strict=True):
            known.add(person, key)
