"""People made, decided on and merged through the API."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from articles import curation, identities
from corpus import idempotency, locks
from corpus.api.writing import (
    Act,
    Body,
    Changing,
    Line,
    Making,
    OneOf,
    Said,
    Truth,
    Words,
    changing,
    found,
    reason,
    refusing,
    wrong,
)
from corpus.deadlocks import begun_again
from corpus.models import Token, new_uid
from corpus.problems import Conflicting
from people.models import Name, Person
from people.names import matching_key


class PersonChange(Body):
    """What is decided on somebody; whatever is left out stays as it is."""

    name = Line(required=False, max_length=200, help_text="In full, without titles; the former one stays among theirs.")
    kind = OneOf(Person.Kind.choices, required=False)
    pronouns = Line(required=False, allow_blank=True, max_length=40)
    note = Words(required=False, allow_blank=True, max_length=5000, help_text="For editors, never public.")
    status = OneOf(
        [Person.Status.CURATED.value, Person.Status.REJECTED.value], required=False,
        help_text="curated: somebody knows them; rejected: the name is nobody's.",
    )  # fmt: skip
    reason = reason()

    needed = ("name", "kind", "pronouns", "note", "status")
    example = {"pronouns": "she/her", "status": "curated"}


class NewPerson(Body):
    """Somebody new."""

    name = Line(max_length=200, help_text="In full, without titles.")
    kind = OneOf(Person.Kind.choices, required=False, default=Person.Kind.INDIVIDUAL.value)
    pronouns = Line(required=False, allow_blank=True, max_length=40)
    note = Words(required=False, allow_blank=True, max_length=5000, help_text="For editors, never public.")
    namesake = Truth(required=False, help_text="That they are somebody else than whoever goes by this name already.")
    reason = reason()

    example = {"name": "Maureen Thorley", "pronouns": "she/her"}


class Merge(Body):
    """Who somebody is, in truth."""

    into = Words(max_length=120, help_text="Slug or uid of the person who stays.")
    reason = reason()

    example = {"into": "maureen-thorley", "reason": "The same letter names her in both forms."}


class PersonWrites(Changing, Making):
    """Decisions on people; whoever is merged into another leads there from now on."""

    acts = {
        "partial_update": changing("people", PersonChange, "people.change_person", summary="Decide on a person"),
        "create": Act(
            "people_add", "Add a person", Token.Scope.CURATE, ("people.add_person",), NewPerson,
            answers={201: ("Somebody new; public once a public quote is theirs.", None)},
            problems=(409, 422), idempotent=True, links={201: ("people_get", "/uid")},
        ),
        "merge": Act(
            "people_merge", "Merge a person into another", Token.Scope.CURATE, ("people.merge_person",), Merge,
            answers={200: ("Whoever stays, with the names and roles of both.", None)},
            problems=(404, 409, 412, 422), if_match="optional", idempotent=True,
        ),
    }  # fmt: skip

    def change(self, row: Person, said: Said, why: str, batch: str) -> None:
        self.stays(row)
        if "name" in said:
            must_be_name(said["name"])
        curation.decide_people([row], said, by=self.user, reason=why, batch=batch)

    def get_queryset(self) -> QuerySet:
        """Whoever was merged into another is not shown past the gate either: their address leads on."""
        rows = super().get_queryset()
        return rows.filter(canonical=F("pk")) if self.ungated else rows

    @staticmethod
    def stays(row: Person) -> None:
        if row.canonical_id != row.pk:
            raise Conflicting(f"{row} was merged into somebody else; undo that first, or change whoever stayed.")

    def make(self, said: Said, why: str) -> HttpResponse:
        name, key = said["name"], matching_key(said["name"])
        must_be_name(name)
        namesakes = Name.objects.filter(key=key).select_related("person__canonical").order_by("pk")
        there = sorted({(known.person.canonical or known.person).slug for known in namesakes})
        if there and not said.pop("namesake", False):
            who = " and ".join(there[:5]) if self.sees_all else "Somebody"
            raise Conflicting(f"{who} went by that name before; send namesake true if this is somebody else.")
        said.pop("namesake", None)
        person = Person.objects.enrol(name, kind=said["kind"])
        decided = {**said, "status": Person.Status.CURATED.value}
        curation.decide_people([person], decided, by=self.user, reason=why, batch=new_uid())
        return self.written(person, 201)

    @action(detail=True, methods=["post"])
    @begun_again
    def merge(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say that somebody is the same as another, who stays; undone like any decision."""
        self.only(())
        said = self.said()

        def work() -> HttpResponse:
            with refusing(), transaction.atomic():
                locks.hold("identities")  # before any row, as whoever merges at the desk does
                row = self.held()
                known = Person.objects.all() if self.sees_all else Person.objects.filter(canonical__public=True)
                into = found(known, "into", said["into"], "/api/v1/people/")
                if identities.survivor(row).pk == identities.survivor(into).pk and row.pk == into.pk:
                    wrong("into", "Nobody is merged into themselves.")
                try:
                    identities.merge(row, into, by=self.user, reason=said.get("reason", ""))
                except identities.Contradiction as error:
                    raise Conflicting(str(error)) from None
                return self.written(identities.survivor(into))

        return idempotency.once(request, work)


def must_be_name(name: str) -> None:
    if not any(char.isalnum() for char in name):
        wrong("name", "A name has letters or digits in it.")
