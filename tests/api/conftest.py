"""A client that reads the API, and a small corpus behind it, made once a module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.models import Attribution, Match, Quote, Utterance
from tests import factories as make

FERRY = "We will run a ferry, … every ten minutes."


@dataclass(frozen=True)
class API:
    """GET below /api/v1/, as parsed JSON."""

    client: Client

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def json(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, response.content
        return response.json()

    def rows(self, path: str) -> list[dict[str, Any]]:
        return self.json(path)["results"]


@pytest.fixture
def api(client: Client) -> API:
    return API(client)


@pytest.fixture(scope="module")
def corpus(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


def made() -> dict[str, Any]:
    """A live blog that may be read, a report in excerpts, and much that is hidden, marked CANARY."""
    mercury = make.make_source("Aldermouth Mercury")
    gazette = make.make_source("Severn Gazette", rights="excerpts")
    herald = make.make_source("CANARY Herald", rights="none")
    story, secret = make.make_story("The bridge"), make.make_story("CANARY story")
    council = make.make_person("CANARY Council", kind="organisation")
    ruth = make.make_person(
        "Ruth Ashdown", aliases=["Cllr Ashdown"], roles=["leader, Aldermouth council"], note="CANARY note"
    )
    ruth.roles.update(organisation=council)
    old = make.make_person("Ruth Ashdowne", merged_into=ruth)
    imran = make.make_person("Imran CANARY")
    blog = make.make_article(
        source=mercury, stories=[story], time=dt.time(11, 5), kind="live blog", url="https://mercury.example/1",
        url_key="mercury.example/1", gated=False,
    )  # fmt: skip
    report = make.make_article(
        f"Headline\n\nCANARY before it all.{' Filling words.' * 40} CANARY.\n\n"
        "“We will run a ferry,” he said, “every ten minutes.”\n\n"
        f"CANARY.{' More filling.' * 40} CANARY after it.",
        source=gazette, stories=[story], day=dt.date(2023, 12, 1), published_precision="month", gated=False,
    )  # fmt: skip
    draft = make.make_article(
        "“CANARY words,” said somebody.", source=mercury, stories=[secret], status="draft", gated=False
    )
    barred = make.make_article("“CANARY words,” said somebody.", source=herald, gated=False)
    entry = make.make_passage(
        blog, "entry", "Martin Keele, her deputy", heading="Deputy speaks", day=make.DAY, time=dt.time(12)
    )
    make.make_passage(report, "body", "CANARY before it all", heading="CANARY heading")
    make.make_mention(blog, "Ruth Ashdown", old, roles=["leader of Aldermouth council"])
    make.make_mention(blog, "Martin Keele", imran)
    make.make_mention(report, "CANARY before", ruth)
    monday = make.make_quote(blog, speaker=ruth, gated=False)
    choice = make.make_quote(
        blog, "had no choice", speaker=imran, printed="The deputy", speaker_confidence=0.3, entry=entry,
        candidates=["Martin Keele", "Martin Kealey"], status="suggested", confidence=0.9, kind="mixed", nested_in=monday,
        reasons=["CANARY reason"], gated=False,
    )  # fmt: skip
    Attribution.objects.filter(quote=choice).update(name="CANARY known", reasons=["CANARY reason"])
    Attribution.objects.create(quote=choice, role="via", printed="a spokesman", kind="individual")
    ferry = make.make_quote(report, FERRY, speaker=old, gated=False)
    rejected = make.make_quote(blog, "Martin Keele", status="rejected", gated=False, cue="CANARY")
    make.make_quote(blog, "her deputy", status="suggested", confidence=0.2, nested_in=rejected, gated=False)
    Quote.objects.filter(pk=ferry.pk).update(nested_in=rejected)
    for article in draft, barred:
        make.make_quote(article, "CANARY words,", speaker=imran, gated=False)
    make.settle([blog, report, draft, barred])
    for quote in monday, ferry, choice, rejected:
        quote.refresh_from_db(fields=["public"])
    utterance = make.make_utterance(
        monday, ferry, relations=["fullest", "variant"], occasion="Council meeting", words_changed=8
    )
    hidden = make.make_utterance(rejected, choice, fullest=rejected, occasion="CANARY occasion")
    taken_up = Utterance.objects.create(merged_into=utterance, occasion="CANARY occasion")
    match = Match.objects.create(
        first=choice, second=ferry, relation="fragment", occasion="doubtful", likeness=0.8, reasons=["days-apart"]
    )
    unseen = Match.objects.create(first=monday, second=rejected, likeness=0.5, reasons=["CANARY reason"])
    return {
        "match": match, "unseen": unseen, "blog": blog, "report": report, "draft": draft, "barred": barred, "monday": monday, "choice": choice, "ferry": ferry,
        "rejected": rejected, "ruth": ruth, "old": old, "imran": imran, "entry": entry, "mercury": mercury, "story": story,
        "secret": secret, "herald": herald, "utterance": utterance, "hidden": hidden, "taken_up": taken_up,
    }  # fmt: skip
