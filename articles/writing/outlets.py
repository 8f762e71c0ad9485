"""Sources and stories made and decided on through the API."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model
from django.http import HttpResponse
from django.utils.text import slugify
from rest_framework import serializers

from articles import publishing, utterances
from articles.models import Article, Source, Story
from corpus import ledger
from corpus.api.writing import Act, Body, Changing, Line, Making, OneOf, Said, Words, changing, reason, wrong
from corpus.models import Token, new_uid
from corpus.problems import Conflicting

HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
URL = URLValidator(["http", "https"])


class SourceChange(Body):
    """What is decided on an outlet; whatever is left out stays as it is."""

    name = Line(required=False, max_length=200)
    kind = OneOf(Source.Kind.choices, required=False)
    homepage = Line(required=False, allow_blank=True, max_length=200, help_text="With https://.")
    domains = serializers.ListField(
        child=Line(max_length=200), required=False, max_length=50, help_text="Hosts that its articles stand on."
    )
    country = Line(required=False, allow_blank=True, max_length=2, help_text="ISO 3166-1 alpha-2.")
    language = Line(required=False, allow_blank=True, max_length=8, help_text="BCP 47.")
    rights = OneOf(Source.Rights.choices, required=False, help_text="What the public may see; its articles follow.")
    reason = reason()

    needed: ClassVar[Collection[str]] = ("name", "kind", "homepage", "domains", "country", "language", "rights")
    example = {"rights": "excerpts", "reason": "Their letter of 3 April."}


class NewSource(SourceChange):
    """A new outlet."""

    name = Line(max_length=200)
    slug = Line(required=False, max_length=100, help_text="Where its page stands, for ever; else made of its name.")

    needed = ()
    example = {"name": "Saltby Courier", "domains": ["courier.example"], "country": "GB"}


class StoryChange(Body):
    """What is decided on a story; whatever is left out stays as it is."""

    name = Line(required=False, max_length=200)
    description = Words(required=False, allow_blank=True, max_length=5000)
    add = serializers.ListField(
        child=Words(max_length=16), required=False, max_length=1000, help_text="Uids of articles that go into it."
    )
    remove = serializers.ListField(
        child=Words(max_length=16), required=False, max_length=1000, help_text="Uids of articles that leave it."
    )
    reason = reason()

    needed = ("name", "description", "add", "remove")
    example = {"add": ["4jxtmhdgtv"]}


class NewStory(Body):
    """A new story."""

    name = Line(max_length=200)
    slug = Line(required=False, max_length=100, help_text="Where its page stands, for ever; else made of its name.")
    description = Words(required=False, allow_blank=True, max_length=5000)
    add = serializers.ListField(
        child=Words(max_length=16), required=False, max_length=1000, help_text="Uids of articles that go into it."
    )
    reason = reason()

    example = {"name": "Saltby Haven", "description": "A harbour that was to be a power station."}


class SourceWrites(Changing, Making):
    """Decisions on outlets; articles follow the rights of theirs."""

    acts = {
        "partial_update": changing("sources", SourceChange, "articles.change_source", summary="Decide on a source"),
        "create": Act(
            "sources_add", "Add a source", Token.Scope.CURATE, ("articles.add_source",), NewSource,
            answers={201: ("A new source; public once an article of it is.", None)}, problems=(409, 422),
            idempotent=True, links={201: ("sources_get", "/uid")},
        ),
    }  # fmt: skip

    def change(self, row: Source, said: Said, why: str, batch: str) -> None:
        publishing.decide_source(row, checked(said), by=self.user, reason=why, batch=batch)

    def make(self, said: Said, why: str) -> HttpResponse:
        said = checked(said)
        row = Source.objects.create(name=said["name"], slug=free_slug(Source, said.pop("slug", ""), said["name"]))
        publishing.decide_source(row, said, by=self.user, reason=why, batch=new_uid())
        return self.written(row, 201)


def checked(said: Said) -> Said:
    """What was said of a source, in the forms that its columns have."""
    said = dict(said)
    if said.get("homepage"):
        try:
            URL(said["homepage"])
        except ValidationError:
            wrong("homepage", "This is no web address; write it like https://courier.example/.")
    if "domains" in said:
        said["domains"] = [host.lower() for host in said["domains"]]
        if bad := next((host for host in said["domains"] if not HOST.fullmatch(host)), None):
            wrong("domains", f"{bad} is no host: write example.org, without https:// and path.")
    if "country" in said:
        said["country"] = said["country"].upper()
        if said["country"] and not re.fullmatch("[A-Z]{2}", said["country"]):
            wrong("country", "Write the two letters of ISO 3166, such as GB.")
    if said.get("language") and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", said["language"]):
        wrong("language", "Write a language tag, such as en or cy.")
    return said


def free_slug(model: type[Model], wanted: str, name: str) -> str:
    """The slug that was asked for, or one made of the name; it must be free."""
    slug = wanted or slugify(name)[:100]
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", slug):
        if wanted:
            wrong("slug", "A slug has small letters, digits and hyphens between them.")
        wrong("name", "No slug can be made of this name; send one.")
    if model._default_manager.filter(slug=slug).exists():
        raise Conflicting(f"“{slug}” is there already; send another slug if this is something else.")
    return slug


class StoryWrites(Changing, Making):
    """Decisions on stories, and what is in them."""

    acts = {
        "partial_update": changing("stories", StoryChange, "articles.change_story", summary="Decide on a story"),
        "create": Act(
            "stories_add", "Add a story", Token.Scope.CURATE, ("articles.add_story",), NewStory,
            answers={201: ("A new story; public once an article in it is.", None)}, problems=(409, 422),
            idempotent=True, links={201: ("stories_get", "/uid")},
        ),
    }  # fmt: skip

    def change(self, row: Story, said: Said, why: str, batch: str) -> None:
        added, removed = (self.articles(name, said.pop(name, ())) for name in ("add", "remove"))
        said |= Story.holding(added) | Story.holding(removed, False)
        ledger.decide(row, said, by=self.user, reason=why, batch=batch)
        utterances.follow(article.pk for article in [*added, *removed])

    def make(self, said: Said, why: str) -> HttpResponse:
        added = self.articles("add", said.pop("add", ()))
        row = Story.objects.create(name=said["name"], slug=free_slug(Story, said.pop("slug", ""), said["name"]))
        ledger.decide(row, said | Story.holding(added), by=self.user, reason=why, batch=new_uid())
        utterances.follow(article.pk for article in added)
        return self.written(row, 201)

    def articles(self, name: str, uids: Sequence[str]) -> list[Article]:
        rows = Article.objects.filter(uid__in=uids)
        there = {row.uid: row for row in (rows if self.sees_all else rows.filter(public=True))}
        missing = [uid for uid in uids if uid not in there]
        if missing:
            wrong(name, f"There is no “{missing[0]}”; /api/v1/articles/ lists what there is.")
        return list(there.values())
