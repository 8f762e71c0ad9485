"""What the API says of people."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from corpus.serializers import CorpusSerializer, PageField, Taken
from people.models import Name, Person, Role


class PersonBrief(CorpusSerializer):
    """Who somebody is, where something else is the subject."""

    uid = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()


class PublicPersonBrief(PersonBrief):
    """The same of a person the public may see; null for others."""

    def get_attribute(self, instance: Any) -> Person | None:
        person = super().get_attribute(instance)
        survivor = person and person.canonical
        return survivor if survivor and survivor.public else None


class NameSerializer(CorpusSerializer):
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=Name.Kind.choices)


class RoleSerializer(CorpusSerializer):
    uid = serializers.CharField()
    title = serializers.CharField(help_text="As printed.")
    organisation_printed = serializers.CharField()
    organisation = PublicPersonBrief(allow_null=True)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


def names_of(person: Person) -> list[dict[str, str]]:
    """Every form somebody goes by; the canonical name of whoever was merged into them is an alias."""
    rows = sorted((name for self in person.merged.all() for name in self.names.all()), key=lambda name: name.pk)
    own = {name.text: name.kind for name in rows if name.person_id == person.pk}
    others = {name.text: Name.Kind.ALIAS.value for name in rows}
    return [{"text": text, "kind": kind} for text, kind in (own | (others | own)).items()]


def roles_of(person: Person) -> list[Role]:
    return [role for self in person.merged.all() for role in self.roles.all()]


class PersonSerializer(CorpusSerializer):
    """Somebody, with every name and role that they, or anybody merged into them, has."""

    uid = serializers.CharField()
    slug = serializers.CharField()
    page = PageField("person", "slug")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Person.Kind.choices)
    pronouns = serializers.CharField()
    names = Taken(child=NameSerializer(), rows=names_of)
    roles = Taken(child=RoleSerializer(), rows=roles_of)
