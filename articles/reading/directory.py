"""The directory of one document: everybody named in it by full name, surname, first name and initials, and whom of
them the corpus knows."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from .entities import Entity, EntityKind, Run, one_edit
from .lexicon.people import (
    FEMALE,
    FULL_TITLES,
    GENDERED,
    GIVEN,
    MALE,
    NATIONS,
    PARTICLES,
    PLACES,
    ROLE_FEMALE,
    ROLE_MALE,
    TITLES_FEMALE,
    TITLES_MALE,
    UNSURE,
)
from .model import Context, KnownName

#: In a text with more names than this nobody looks for misspellings.
MANY = 400
#: What "No 10" means.
DOWNING_STREET = "Downing Street"
#: What tells the gender of somebody, by weight.
BY_TITLE, BY_CORPUS, BY_NAME, BY_UNSURE_NAME, BY_ROLE = 4, 6, 4, 1, 1


class Directory:
    """Entities of a document, found again by any form of their names."""

    def __init__(self, context: Context, spelt: Counter[str]) -> None:
        self.entities: list[Entity] = []
        self.full: dict[tuple[str, ...], Entity] = {}
        self.surnames: dict[str, list[Entity]] = defaultdict(list)
        self.givens: dict[str, list[Entity]] = defaultdict(list)
        self.organisations: dict[str, Entity] = {}
        #: how often the document prints each last word
        self._spelt = spelt
        self._context = context
        self._known: dict[tuple[str, ...], list[KnownName]] = defaultdict(list)
        for known in context.names:
            for form in (known.name, *known.forms):
                self._known[_key(form)].append(known)

    # entering

    def add_person(self, run: Run) -> Entity:
        """Whom a run of several words names: somebody entered before, or somebody new."""
        low = run.low
        entity = self.full.get(low)
        if entity is None and len(low) > 2:
            entity = self.full.get((low[0], low[-1]))
        if entity is None and len(low) == 2:
            entity = self._variant(low)
            if entity is not None:
                self.full[low] = entity
                if self._spelt[low[-1]] > self._spelt[entity.surname]:
                    self._respell(entity, run)
        if entity is None:
            return self.enter(Entity(" ".join(run.words), "individual", low, run.start), run)
        self.note(entity, run)
        run.entity = entity
        return entity

    def enter(self, entity: Entity, run: Run) -> Entity:
        """A new person under every form of the name."""
        parts = entity.parts
        self.entities.append(entity)
        self.full[parts] = entity
        self.surnames[entity.surname].append(entity)
        if "-" in entity.surname:
            self.surnames[entity.surname.rsplit("-", 1)[-1]].append(entity)
        if len(parts) > 2:
            self.full.setdefault((parts[0], parts[-1]), entity)
            self.givens[" ".join(parts[:2])].append(entity)
            if parts[-2] in PARTICLES:
                self.surnames[" ".join(parts[-2:])].append(entity)
        if len(parts) > 1:
            self.givens[parts[0]].append(entity)
            _vote_by_name(entity)
        run.entity = entity
        self.note(entity, run)
        self._recognise(entity, entity.name)
        return entity

    def add_organisation(self, run: Run, text: str) -> Entity:
        """The organisation that a run names, by its name or its initials."""
        name = DOWNING_STREET if run.low[-1] == "10" else text[run.start : run.end]
        key = name.lower().removeprefix("the ")
        entity = self.organisations.get(key)
        if entity is None:
            entity = Entity(name, "organisation", run.low, run.start)
            self.entities.append(entity)
            self.organisations[key] = entity
            if len(run.words) > 1:
                entity.initials = "".join(w[0] for w in run.words if w[0].isupper())
                if len(entity.initials) >= 2:
                    self.organisations.setdefault(entity.initials.lower(), entity)
            self._recognise(entity, name)
        entity.mentions += 1
        run.entity = entity
        return entity

    def note(self, entity: Entity, run: Run) -> None:
        """One more mention of somebody, with what it says of gender, roles and age."""
        entity.mentions += 1
        if run.title in TITLES_MALE:
            entity.male += BY_TITLE
        elif run.title in TITLES_FEMALE:
            entity.female += BY_TITLE
        elif run.title:
            entity.heads.setdefault(FULL_TITLES.get(run.title, run.title), run.start)
        for head in run.role_heads:
            head = FULL_TITLES.get(head, head)
            entity.heads.setdefault(head, run.start)
            if head in ROLE_MALE:
                entity.male += BY_ROLE
            elif head in ROLE_FEMALE:
                entity.female += BY_ROLE
        if run.age:
            entity.age = run.age

    # misspellings and short forms

    def _variant(self, low: tuple[str, ...]) -> Entity | None:
        """The one person whose name this is but for a letter or a shortened first name: "Brach" and "Brack"."""
        first, last = low
        if len(self.entities) > MANY:
            return None
        found = [
            e
            for e in self.givens.get(first, ())
            if len(e.parts) == 2 and len(last) >= 5 and e.surname[0] == last[0] and one_edit(e.surname, last)
        ]
        found += [
            e
            for e in self.surnames.get(last, ())
            if len(e.parts) == 2
            and min(len(e.parts[0]), len(first)) >= 3
            and (e.parts[0].startswith(first) or first.startswith(e.parts[0]))
            and first in GIVEN
            and e.parts[0] in GIVEN
        ]
        return found[0] if len({id(e) for e in found}) == 1 else None

    def _respell(self, entity: Entity, run: Run) -> None:
        """The spelling that the text prints more often is the name."""
        self.surnames[run.low[-1]].append(entity)
        entity.name, entity.parts = " ".join(run.words), run.low

    def shortened(self, word: str) -> list[Entity]:
        """People whose first name a short form begins: Brad for Bradley."""
        if word in PLACES or word in NATIONS or not 3 <= len(word) <= 6 or len(self.entities) > MANY:
            return []
        return [
            e
            for e in self.entities
            if e.kind == "individual"
            and len(e.parts) > 1
            and e.parts[0] != word
            and e.parts[0].startswith(word)
            and e.parts[0] in GIVEN
        ]

    def misspelt(self, word: str) -> list[Entity]:
        """People whose surname differs from a word by one letter: Thomson for Thompson."""
        if len(self.entities) > MANY:
            return []
        return [
            e
            for e in self.entities
            if e.kind == "individual"
            and len(e.parts) > 1
            and e.surname[:2] == word[:2]
            and len(e.surname) >= 5
            and e.surname != word
            and one_edit(e.surname, word)
        ]

    # asking

    def one(self, words: tuple[str, ...]) -> Entity | None:
        """The one person a folded name means: in full, by surname, or by first name."""
        found = self.full.get(words)
        if found is None and words:
            options = list(dict.fromkeys([*self.surnames.get(words[-1], ()), *self.givens.get(words[0], ())]))
            found = options[0] if len(options) == 1 else None
        return found

    def known(self, form: str) -> Entity | None:
        """The one person or organisation of the corpus that has this form of name; nobody when two have."""
        known = _only(self._known.get(_key(form), ()))
        return self._from_corpus(known) if known is not None else None

    def holder(self, title: str, day: dt.date | None) -> Entity | None:
        """The one person of the corpus who held an office on a day: "the prime minister"."""
        if day is None:
            return None
        known = _only(
            known
            for known in self._context.names
            for role in known.roles
            if role.title.lower() == title and (role.since or day) <= day <= (role.until or day)
        )
        return self._from_corpus(known) if known is not None else None

    def _recognise(self, entity: Entity, name: str) -> None:
        known = _only(self._known.get(_key(name), ()))
        if known is not None:
            _identify(entity, known)

    def _from_corpus(self, known: KnownName) -> Entity:
        for entity in self.entities:
            if entity.ident == known.ident:
                return entity
        kind: EntityKind = "organisation" if known.kind == "organisation" else "individual"
        entity = Entity(known.name, kind, tuple(known.name.lower().split()), 0)
        _identify(entity, known)
        self.entities.append(entity)
        return entity


def _identify(entity: Entity, known: KnownName) -> None:
    """The entity is somebody the corpus knows: an ident, and pronouns when they are known."""
    entity.ident = known.ident
    first = known.pronouns.lower().split("/")[0].strip()
    entity.male += BY_CORPUS * (first == "he")
    entity.female += BY_CORPUS * (first == "she")


def _vote_by_name(entity: Entity) -> None:
    given = entity.parts[0]
    weight = BY_UNSURE_NAME if given in UNSURE or (given in MALE and given in FEMALE) else BY_NAME
    entity.male += weight * (given in MALE)
    entity.female += weight * (given in FEMALE)
    if not entity.male and not entity.female and "-" in given:
        given = given.split("-")[0]
        entity.male += given in MALE
        entity.female += given in FEMALE


def _only(found: Iterable[KnownName]) -> KnownName | None:
    different = {known.ident: known for known in found}
    return next(iter(different.values())) if len(different) == 1 else None


def _key(name: str) -> tuple[str, ...]:
    return tuple(
        word for word in re.sub(r"[.\s]+", " ", name.lower().replace("’", "'")).split() if word not in GENDERED
    )
