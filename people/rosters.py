"""Rosters: lists of people somebody vouches for, with other names and roles, as a newsroom keeps them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction

from corpus import ledger, locks
from corpus.models import Decision, Tombstone, new_uid
from people.models import Name, Person, Role
from people.names import matching_key
from people.roster_files import Held, Listed, Wrong


@transaction.atomic
def load(rows: Iterable[Mapping[str, Any]]) -> int:
    """Make curated people of ``{"name", "kind", "pronouns", "other_names": [{"text", "kind"}], "roles": [{"title",
    "organisation", "from", "to"}]}``; returns how many are new.

    Somebody of the same kind who goes by the name already is left as they are, so that loading twice changes nothing.
    """
    rows, made = list(rows), 0
    for row in rows:
        kind = row.get("kind") or Person.Kind.INDIVIDUAL
        if Person.objects.survivors().filter(kind=kind, merged__names__key=matching_key(row["name"])).exists():
            continue
        person = Person.objects.enrol(
            row["name"], kind=kind, pronouns=row.get("pronouns") or "", status=Person.Status.CURATED
        )
        made += 1
        for name in row.get("other_names") or []:
            if name["text"] != row["name"]:
                Name.objects.create(
                    person=person,
                    text=name["text"],
                    kind=name.get("kind") or Name.Kind.ALIAS,
                    key=matching_key(name["text"]),
                )
        for role in row.get("roles") or []:
            Role.objects.create(
                person=person, title=role["title"], organisation_printed=role.get("organisation") or "",
                since=_day(role.get("from")), until=_day(role.get("to")),
            )  # fmt: skip
    for role in Role.objects.filter(organisation=None).exclude(organisation_printed=""):
        key = matching_key(role.organisation_printed)
        bodies = Person.objects.survivors().filter(merged__names__key=key).distinct()[:2]
        if len(bodies) == 1:
            role.organisation = bodies[0]
            role.save(update_fields=["organisation"])
    return made


def _day(value: str | None) -> dt.date | None:
    """A day from ISO 8601; of a bare year or month the first day."""
    if not value:
        return None
    return dt.date.fromisoformat(f"{value}-01-01"[:10] if len(value) < 10 else value)


# --- enlisting: everybody on a list, beside whoever is there


@dataclass(slots=True)
class Step:
    """What became of somebody on a list; ``said`` tells it in words, what was kept as it is among them."""

    where: str
    name: str
    outcome: Literal["new", "changed", "unchanged", "unclear", "failed"]
    person: Person | None = None
    said: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return any(words.startswith("kept") for words in self.said)


class _Unclear(Exception):
    """Nobody can tell who is meant; the message says why, and what to do."""


def enlist(
    listed: Iterable[Listed | Wrong],
    *,
    by: User | None,
    reason: str = "",
    dry_run: bool = False,
    told: Callable[[Step], None] = lambda step: None,
) -> list[Step]:
    """Make curated people of a list, and add to those who are there what they lack, each in a transaction of its own.

    Nothing that is there is replaced or taken away: what differs is told. What somebody took away does not come back.
    All of it is one batch of decisions, and can be undone as one.
    """
    roster = _Roster(by, reason, new_uid())
    steps = []
    with transaction.atomic() if dry_run else nullcontext():
        for one in listed:
            steps.append(roster.step(one))
            told(steps[-1])
        if dry_run:
            transaction.set_rollback(True)
    return steps


class _Roster:
    """One list being gone through."""

    def __init__(self, by: User | None, reason: str, batch: str) -> None:
        self.by, self.reason, self.batch = by, reason, batch
        #: Who was meant by whom, so that two people of one name on a list stay two.
        self.meant: dict[int, str] = {}

    def step(self, one: Listed | Wrong) -> Step:
        if isinstance(one, Wrong):
            return Step(one.where, "", "failed", said=[one.error])
        with transaction.atomic():
            locks.hold("people")
            if Tombstone.bars("people.person", [matching_key(one.name)]):
                return Step(one.where, one.name, "failed", said=["was purged, and is not made again"])
            try:
                person = self.find(one)
            except _Unclear as error:
                return Step(one.where, one.name, "unclear", said=[str(error)])
            if person is None:
                person = Person.objects.enrol(
                    one.name, kind=one.kind, pronouns=one.pronouns, wikidata=one.wikidata,
                    status=Person.Status.CURATED,
                )  # fmt: skip
                step = Step(one.where, one.name, "new", person)
            else:
                step = Step(one.where, one.name, "unchanged", person)
            self.meant[person.pk] = one.ident
            values = self.lacking(person, one, step)
            if values and ledger.decide(person, values, by=self.by, reason=self.reason, batch=self.batch):
                step.outcome = "new" if step.outcome == "new" else "changed"
            return step

    def find(self, one: Listed) -> Person | None:
        """Who is meant, of all that are there; raises _Unclear where that cannot be told."""
        if one.wikidata and (found := Person.objects.filter(wikidata=one.wikidata).select_related("canonical").first()):
            return found.canonical or found
        forms = [one.name, *(text for text, _ in one.names if len(matching_key(text).split()) > 1)]
        for keys in ([matching_key(forms[0])], [matching_key(text) for text in forms[1:]]):
            rows = Person.objects.survivors().filter(kind=one.kind, merged__names__key__in=keys).distinct()
            people = [
                person
                for person in rows.order_by("pk")
                if self.meant.get(person.pk, one.ident) == one.ident
                and not (one.wikidata and person.wikidata and person.wikidata != one.wikidata)
            ]
            nobody = [person for person in people if person.status == Person.Status.REJECTED]
            if nobody and len(nobody) == len(people):
                raise _Unclear("an editor said that this is nobody: say otherwise in the admin first")
            people = [person for person in people if person not in nobody]
            if len(people) > 1:
                told = ", ".join(person.slug for person in people[:4])
                raise _Unclear(
                    f"{len(people)} people go by this name ({told}): give one of them the Wikidata item first"
                )
            if people:
                return people[0]
        return None

    def lacking(self, person: Person, one: Listed, step: Step) -> dict[str, Any]:
        """What the list says of somebody and the corpus does not, as decisions; tells what is kept as it is."""
        values: dict[str, Any] = {}
        if person.status == Person.Status.CANDIDATE:
            if "status" in person.decided:
                step.said.append("kept a candidate, as an editor decided")
            else:
                values["status"] = Person.Status.CURATED.value
                step.said.append("curated")
        for name, given in (("wikidata", one.wikidata), ("pronouns", one.pronouns)):
            there = getattr(person, name)
            if given and there != given:
                if there or name in person.decided:
                    step.said.append(f"kept {name} {there or 'empty'}, not {given}")
                else:
                    values[name] = given
                    step.said.append(f"{name} {given}")
        if names := self.new_names(person, one, step):
            values["names"] = names
        if roles := self.new_roles(person, one, step):
            values["roles"] = roles
        return values

    def new_names(self, person: Person, one: Listed, step: Step) -> list[dict[str, Any]]:
        there = person.effective("names")
        known = {row["text"] for row in there} | {person.name}
        gone = _taken_away(person, "names", lambda row: row["text"]) - known
        added = []
        for text, kind in dict([(one.name, Name.Kind.ALIAS.value), *one.names]).items():
            if text in gone:
                step.said.append(f"kept without the name {text}, which an editor took away")
            elif text not in known:
                added.append({"text": text, "kind": kind})
        if added:
            step.said.append(f"{_counted(len(added), 'name')} more")
        return [*there, *added] if added else []

    def new_roles(self, person: Person, one: Listed, step: Step) -> list[dict[str, Any]]:
        there = person.effective("roles")
        gone = _taken_away(person, "roles", _place) - {_place(row) for row in there}
        by_place: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in there:
            by_place[_place(row)[:2]].append(row)
        added, ended = 0, 0
        for held in one.roles:
            row = _row(held, self.body(held.organisation))
            same = _same(row, by_place[_place(row)[:2]])
            if same is not None:
                if row["until"] and not same["until"]:
                    same["until"] = row["until"]
                    ended += 1
                elif row["since"] and not same["since"]:
                    same["since"] = row["since"]
                    added += 1
                elif (row["until"] or same["until"]) != same["until"]:
                    step.said.append(f"kept the end of {held.title} at {same['until']}, not {row['until']}")
            elif _place(row) in gone:
                step.said.append(f"kept without the role {held.title}, which an editor took away")
            else:
                by_place[_place(row)[:2]].append(row)
                there.append(row)
                added += 1
        step.said += [f"{_counted(added, 'role')} more"] * bool(added) + [f"{_counted(ended, 'role')} ended"] * bool(
            ended
        )
        return there if added or ended else []

    def body(self, name: str) -> str | None:
        """The uid of the one organisation of this name."""
        if not name:
            return None
        found = Person.objects.survivors().filter(merged__names__key=matching_key(name)).exclude(kind="individual")
        uids = list(found.exclude(status=Person.Status.REJECTED).distinct().values_list("uid", flat=True)[:2])
        return uids[0] if len(uids) == 1 else None


def _row(held: Held, body: str | None) -> dict[str, Any]:
    return {
        "title": held.title,
        "organisation_printed": held.organisation,
        "organisation": body,
        "since": str(held.since) if held.since else None,
        "until": str(held.until) if held.until else None,
    }


def _place(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a role is, where and since when."""
    return row["title"].casefold(), matching_key(row["organisation_printed"] or "-"), row["since"] or ""


def _same(row: Mapping[str, Any], others: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The same time in the same role: begun on the same day, or with a beginning that only one of the two knows."""
    exact = [other for other in others if other["since"] == row["since"]]
    vague = [other for other in others if not other["since"] or not row["since"]]
    found = exact or (vague if len(vague) == 1 else [])
    return found[0] if found else None


def _taken_away(person: Person, name: str, mark: Callable[[Mapping[str, Any]], Any]) -> set[Any]:
    """The marks of names or roles that a decision ever took from somebody."""
    gone: set[Any] = set()
    decisions = Decision.objects.filter(thing="people.person", thing_uid=person.uid, field=name)
    for before, after in decisions.values_list("before", "after"):
        gone |= {mark(row) for row in before or []} - {mark(row) for row in after or []}
    return gone


def _counted(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"
