"""From names in a text to people in the corpus: who is known, who is new, and who cannot be told apart.

A name is resolved only when exactly one person of the corpus goes by it; with several it stays as printed, with the
candidates. Unknown full names become candidates, never curated people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.db.models.functions import Lower

from articles.reading import KnownName
from articles.reading.model import KnownRole, PersonKind
from corpus.chunks import chunks
from corpus.locks import hold
from corpus.models import Tombstone
from people.models import Name, Person, Role
from people.names import matching_key

# A run of capitalised words, with the small words that names hold together by: "Union of River and Port Workers".
_RUN = re.compile(
    r"[^\W\d_a-z][\w'’.-]*(?:[ \u00a0](?:(?:of|the|and|for|de|van|von|al|bin|le|la|&)[ \u00a0])*[^\W\d_a-z][\w'’.-]*)*"
)
_LONGEST_NAME = 8
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
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
    """The people texts may speak of: survivors by matching key, and as the reader wants them.

    ``bearers`` are those merged into a survivor, by the survivor's id and the key of a name that is theirs alone;
    ``offices`` are who ever held one whose title stands in a text, by the title in lower case: "the prime minister".
    """

    by_key: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    bearers: dict[tuple[int, str], Person] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    described: dict[int, KnownName] = field(default_factory=dict)
    offices: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def names(self) -> tuple[KnownName, ...]:
        return tuple(self.described[pk] for pk in sorted(self.described))

    def persons(self, name: str) -> list[Person]:
        return [self.people[pk] for pk in sorted(self.by_key.get(matching_key(name), ()))]

    def add(self, person: Person, key: str) -> None:
        self.people[person.pk] = person
        self.by_key[key].add(person.pk)

    def bearer(self, person: Person, name: str) -> Person:
        """Whose name it was before any merge: what is stored of them now is theirs again when the merge is undone."""
        return self.bearers.get((person.pk, matching_key(name)), person)

    def everybody(self) -> Iterator[Person]:
        """The survivors, and those merged into them who may be stored."""
        yield from self.people.values()
        yield from self.bearers.values()

    def within(self, text: str) -> Known:
        """Those of them whose name stands in this text."""
        part = Known(bearers=self.bearers)
        for key in keys_in(text) & self.by_key.keys():
            for pk in self.by_key[key]:
                part.add(self.people[pk], key)
        for title in titles_in(text, self.offices):
            part.offices[title] = self.offices[title]
            part.people |= {pk: self.people[pk] for pk in self.offices[title]}
        part.described = {pk: name for pk, name in self.described.items() if pk in part.people}
        return part


def known_in(*texts: str) -> Known:
    """Everybody whose name stands in one of the texts, or who ever held an office named there; in four queries."""
    known = Known()
    forms: dict[int, set[str]] = defaultdict(set)
    own: set[tuple[int, str]] = set()
    for name in _named(set().union(*(keys_in(text) for text in texts))):
        survivor = name.person.canonical or name.person
        if survivor.status == Person.Status.REJECTED:
            continue
        known.add(survivor, name.key)
        forms[survivor.pk].add(name.text)
        if survivor.pk == name.person.pk:
            own.add((survivor.pk, name.key))
        else:
            known.bearers.setdefault((survivor.pk, name.key), name.person)
    for place in own & known.bearers.keys():
        del known.bearers[place]
    for title, person in _holders(texts):
        known.offices[title].add(person.pk)
        known.people.setdefault(person.pk, person)
    roles: dict[int, list[KnownRole]] = defaultdict(list)
    for people in chunks(known.people):
        for role in Role.objects.filter(person__canonical__in=people).select_related("person").order_by("id"):
            roles[role.person.canonical_id or 0].append(
                KnownRole(role.title, role.organisation_printed, role.since, role.until)
            )
    known.described = {
        pk: KnownName(
            ident=person.uid,
            name=person.name,
            forms=tuple(sorted(forms[pk] - {person.name})),
            kind=cast(PersonKind, person.kind),
            pronouns=person.pronouns,
            roles=tuple(roles[pk]),
        )
        for pk, person in known.people.items()
    }
    return known


def titles_in(text: str, titles: Iterable[str]) -> set[str]:
    """Which of these titles, in lower case, stand in a text in whatever case."""
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for title in titles:
        words = tuple(_WORD.findall(title))
        if words:
            by_first[words[0]].append(words)
    if not by_first:
        return set()
    words_of = _WORD.findall(text.lower())
    there = by_first.keys() & set(words_of)
    found = set()
    for place, word in enumerate(words_of):
        if word in there:
            found |= {" ".join(one) for one in by_first[word] if tuple(words_of[place : place + len(one)]) == one}
    return {title for title in titles if " ".join(_WORD.findall(title)) in found}


def _holders(texts: Sequence[str]) -> Iterator[tuple[str, Person]]:
    """Who ever held an office whose title stands in one of the texts, with the title in lower case."""
    roles = Role.objects.exclude(person__canonical__status=Person.Status.REJECTED).order_by()
    titles = set(roles.values_list(Lower("title"), flat=True).distinct())
    named = set().union(*(titles_in(text, titles) for text in texts)) if titles else set()
    for some in chunks(named):
        rows = roles.annotate(lower=Lower("title")).filter(lower__in=some).select_related("person__canonical")
        for role in rows:
            yield role.title.lower(), role.person.canonical or role.person


def _named(keys: Iterable[str]) -> Iterator[Name]:
    """The names with these keys, their survivors joined."""
    for some in chunks(keys):
        yield from Name.objects.filter(key__in=some).select_related("person__canonical").order_by()


def is_full(name: str, kind: str) -> bool:
    """Whether a name says enough to found a candidate on: two words of an individual, two letters of anything else."""
    words = matching_key(name).split()
    return len(words) >= 2 if kind == Person.Kind.INDIVIDUAL else len("".join(words)) >= 2


def is_stranger(known: Known, name: str, kind: str) -> bool:
    """Whether nobody known goes by a name on which a candidate can be founded."""
    return matching_key(name) not in known.by_key and is_full(name, kind)


def enrol_unknown(texts: Sequence[tuple[Known, Iterable[tuple[str, str]]]]) -> list[Person]:
    """Make candidates of the (name, kind) pairs of several texts that nobody goes by yet, inside a transaction; returns
    those that are new.

    Two processes that meet the same new name wait for each other here, so that it becomes one person.
    """
    wanted: dict[str, Person] = {}
    waiting: dict[str, list[Known]] = defaultdict(list)
    for known, named in texts:
        for name, kind in named:
            if is_stranger(known, name, kind):
                key = matching_key(name)
                wanted.setdefault(key, Person(name=name[:200], kind=kind))
                waiting[key].append(known)
    if not wanted:
        return []
    hold("people")
    found: dict[str, list[Person]] = defaultdict(list)
    for row in _named(wanted):
        survivor = row.person.canonical or row.person
        # What somebody said is nobody's name founds nobody again.
        found[row.key] += [survivor] if survivor.status != Person.Status.REJECTED else []
    barred = Tombstone.bars("people.person", wanted)
    new = {key: person for key, person in wanted.items() if key not in found and key not in barred}
    made = Person.objects.enrol_all(list(new.values())) if new else []
    for key, person in zip(new, made, strict=True):
        found[key].append(person)
    for key, persons in found.items():
        for known in waiting[key]:
            for person in persons:
                known.add(person, key)
    return made
