"""Rosters: lists of people somebody vouches for, with other names and roles, as a newsroom keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from people.models import Name, Person, Role
from people.names import matching_key


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
