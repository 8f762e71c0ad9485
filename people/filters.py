"""What people can be filtered by: names in every form, roles, and where they were quoted."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Model, Q, QuerySet

from corpus.filters import Choices, Codes, CorpusFilterSet, Facet, Order, Text, Things, model_at
from people import names
from people.models import Name, Person, Role

#: From a survivor to what it, or anybody merged into it, was publicly given; one join a step.
SPOKEN = "merged__attributions"


def by_name(text: str) -> Q:
    """People of whom one printed form has every word of the text, or a beginning of it."""
    forms = Name.objects.all()
    for word in names.matching_key(text).split():
        forms = forms.filter(Q(key__startswith=word) | Q(key__contains=f" {word}"))
    return Q(pk__in=forms.values("person__canonical"))


def in_role(text: str) -> Q:
    """People with a role whose title or organisation has this text."""
    roles = Role.objects.filter(Q(title__icontains=text) | Q(organisation_printed__icontains=text))
    return Q(pk__in=roles.values("person__canonical"))


def quoted_at(path: str, keys: list[int]) -> Q:
    """People who are publicly quoted where the path leads from an attribution."""
    attributions = model_at(Person, "attributions")._default_manager
    said = attributions.filter(role="speaker", shown=True, **{f"{path}__in": keys})
    return Q(pk__in=said.order_by().values("person__canonical"))


def without(values: list[str]) -> Q:
    conditions = {"pronouns": Q(pronouns=""), "roles": ~Q(pk__in=Role.objects.values("person__canonical"))}
    return reduce(or_, (conditions[value] for value in values))


def public_at(path: str) -> QuerySet[Model]:
    return model_at(Person, f"attributions__{path}")._default_manager.public()  # type: ignore[attr-defined]


def given_to(people: QuerySet[Person]) -> QuerySet:
    """What is publicly said by these people, or by anybody merged into them."""
    attributions = model_at(Person, "attributions")._default_manager
    return attributions.filter(role="speaker", shown=True, person__canonical__in=people)


class PersonFilterSet(CorpusFilterSet):
    q = Text(
        label="name", help_text="A name, or beginnings of its words, in any form it was printed in.", condition=by_name
    )
    kind = Choices(label="kind", column="kind", choices=Person.Kind.choices, facet=True)
    role = Text(label="role", help_text="Words in the title or the organisation of a role.", condition=in_role)
    source = Things(
        label="outlet", help_text="Quoted by this source: slug or uid.", where="/api/v1/sources/",
        things=lambda: public_at("quote__article__source"),
        condition=lambda keys: quoted_at("quote__article__source", keys),
        facet=Facet("quote__article__source", of=given_to, count="person__canonical"),
    )  # fmt: skip
    story = Things(
        label="story", help_text="Quoted in this story: slug or uid.", where="/api/v1/stories/",
        things=lambda: public_at("quote__article__stories"),
        condition=lambda keys: quoted_at("quote__article__stories", keys),
        facet=Facet("quote__article__stories", of=given_to, count="person__canonical"),
    )  # fmt: skip
    language = Codes(
        label="language", help_text="Quoted in this language, as BCP 47.", quiet=True,
        pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", example="en",
        condition=lambda codes: quoted_at("quote__article__language", codes),
    )  # fmt: skip
    empty = Choices(
        label="without", choices=[("pronouns", "pronouns"), ("roles", "roles")], exclusive=False, quiet=True,
        help_text="People of whom this is not known; with an exclamation mark, those of whom it is.",
        condition=lambda values: without(values),
    )  # fmt: skip
    uid = Codes(
        label="uid", help_text="Just these.", column="uid", pattern="[0-9a-z]{1,16}", example="7kq2wz9mxd", quiet=True
    )

    orders = {"name": Order("name", "By name"), "-name": Order("-name", "By name, from Z")}
