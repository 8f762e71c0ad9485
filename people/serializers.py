"""What the API says of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Max, Min, OuterRef, QuerySet
from rest_framework import serializers

from corpus.filters import model_at
from corpus.serializers import CorpusSerializer, Gathered, PageField, Related, Rows, day, number
from people.models import Name, Person, Role

#: Held by them, or by anybody merged into them.
ROLES = Related(lambda: Role.objects.order_by("person", "since", "id"), link="person__canonical")


class PersonBrief(CorpusSerializer):
    """Who somebody is, where something else is the subject."""

    uid = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()


class NameSerializer(CorpusSerializer):
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=Name.Kind.choices)


class RoleSerializer(CorpusSerializer):
    uid = serializers.CharField()
    title = serializers.CharField(help_text="As printed.")
    organisation_printed = serializers.CharField()
    organisation = PersonBrief(
        source="organisation.canonical", when="organisation__canonical__public", allow_null=True,
        help_text="As resolved, if the public may see it.",
    )  # fmt: skip
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


def names_of(people: Iterable[int]) -> dict[int, list[dict[str, str]]]:
    """Every form people go by; the canonical name of whoever was merged into them is an alias."""
    own: dict[int, dict[str, str]] = defaultdict(dict)
    others: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Name.objects.filter(person__canonical__in=list(people)).order_by("pk")
    for survivor, person, text, kind in rows.values_list("person__canonical__id", "person", "text", "kind"):
        others[survivor][text] = Name.Kind.ALIAS.value
        if person == survivor:
            own[survivor][text] = kind
    return {
        key: [{"text": text, "kind": kind} for text, kind in (own[key] | (names | own[key])).items()]
        for key, names in others.items()
    }


def said() -> QuerySet:
    """What is publicly said by a person, or by anybody merged into them, counted as one; without what a copy of an
    article only repeats."""
    given = model_at(Person, "attributions")._default_manager
    rows = given.filter(person__canonical=OuterRef("pk"), role="speaker", shown=True, reprint=False)
    return rows.order_by().values("person__canonical")


class PersonFigures(CorpusSerializer):
    """How much somebody says, as far as the public knows."""

    quotes = number(lambda: said().annotate(n=Count("quote", distinct=True)))
    first = day(lambda: said().filter(moment__gt=0).annotate(n=Min("moment")), "Of the earliest quote")
    last = day(lambda: said().filter(moment__gt=0).annotate(n=Max("moment")), "Of the latest quote")


class PersonSerializer(CorpusSerializer):
    """Somebody, with every name and role that they, or anybody merged into them, has."""

    uid = serializers.CharField()
    slug = serializers.CharField()
    page = PageField("person", "slug")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Person.Kind.choices)
    pronouns = serializers.CharField()
    wikidata = serializers.CharField(help_text="Item of Wikidata, such as Q42; empty if unknown.")
    names = Gathered(child=NameSerializer(), of=names_of)
    roles = Rows(child=RoleSerializer(), of=ROLES)
    figures = PersonFigures(source="*")
    status = serializers.ChoiceField(choices=Person.Status.choices, help_text="For editors only.")
    note = serializers.CharField(help_text="For editors only.")

    included = ("names", "roles", "figures")
    inside = ("status", "note")
    example = {
        "uid": "7kq2wz9mxd",
        "slug": "maureen-thorley",
        "page": "https://verbatim.example/people/maureen-thorley/",
        "name": "Maureen Thorley",
        "kind": "individual",
        "pronouns": "she/her",
        "wikidata": "",
        "names": [{"text": "Maureen Thorley", "kind": "canonical"}, {"text": "Cllr Thorley", "kind": "alias"}],
        "roles": [
            {
                "uid": "hh4m2c8prt",
                "title": "leader",
                "organisation_printed": "Saltby council",
                "organisation": None,
                "since": "2021-05-06",
                "until": None,
            }
        ],
    }
