"""Rosters: people somebody vouches for."""

import datetime as dt
from typing import Any

import pytest

from people import rosters
from people.models import Name, Person, Role

pytestmark = pytest.mark.django_db

ROWS: list[dict[str, Any]] = [
    {
        "name": "Maureen Thorley",
        "kind": "individual",
        "pronouns": "she/her",
        "other_names": [{"text": "Maureen Thorely", "kind": "misspelling"}, {"text": "Maureen Thorley"}],
        "roles": [{"title": "chair", "organisation": "Saltby Haven Parish Council", "from": "2011-05", "to": "2026"}],
    },
    {"name": "Saltby Haven Parish Council", "kind": "organisation"},
]


def test_everybody_comes_in_curated_with_names_and_roles() -> None:
    assert rosters.load(ROWS) == 2
    thorley = Person.objects.get(slug="maureen-thorley")
    assert (thorley.status, thorley.pronouns, thorley.canonical) == ("curated", "she/her", thorley)
    kinds = dict(Name.objects.filter(person=thorley).values_list("text", "kind"))
    assert kinds == {"Maureen Thorley": "canonical", "Maureen Thorely": "misspelling"}
    role = Role.objects.get()
    assert (role.since, role.until) == (dt.date(2011, 5, 1), dt.date(2026, 1, 1))
    assert role.organisation == Person.objects.get(kind="organisation"), "also when the body comes after its chair"


def test_loading_twice_changes_nothing() -> None:
    rosters.load(ROWS)
    before = list(Person.objects.values()), list(Name.objects.values()), list(Role.objects.values())
    assert rosters.load(ROWS) == 0
    assert (list(Person.objects.values()), list(Name.objects.values()), list(Role.objects.values())) == before


def test_somebody_known_by_another_name_is_not_doubled() -> None:
    rosters.load(ROWS)
    assert rosters.load([{"name": "Maureen Thorely"}]) == 0


def test_slugs_never_meet() -> None:
    made = Person.objects.enrol_all(
        [Person(name=name) for name in ("Ada Brook", "Dr Ada Brook", "Ada-Brook", "Київ", "Ω")]
    )
    assert [person.slug for person in made] == ["ada-brook", "ada-brook-2", "ada-brook-3", "person", "person-2"]
    assert Person.objects.enrol("Ada Brook").slug == "ada-brook-4"
