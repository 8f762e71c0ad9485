"""The invariants that the database itself holds, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from articles.models import Article, Attribution, Capture, Mention, Passage, Quote, Source, Story
from corpus.models import Decision
from people.models import Name, Person, Role
from tests.factories import make_article, make_mention, make_passage, make_person, make_quote, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> dict[type[models.Model], models.Model]:
    article, person = make_article(), make_person(roles=["leader, the council"])
    quote = make_quote(article, speaker=person)
    make_mention(article, "Ruth Ashdown", person)
    make_passage(article, "body", "had no choice")
    make_story("Bridge", [article])
    Decision.objects.create(thing="articles.quote", thing_uid=quote.uid, field="kind")
    every = [Article, Attribution, Capture, Decision, Mention, Name, Passage, Person, Quote, Role, Source, Story]
    return {model: model._default_manager.get() for model in every}


BROKEN: list[tuple[type[models.Model], dict[str, Any]]] = [
    (Source, {"kind": "blimp"}),
    (Source, {"rights": "maybe"}),
    (Source, {"homepage": "javascript:alert(1)"}),
    (Source, {"slug": ""}),
    (Article, {"kind": "novel"}),
    (Article, {"status": "lost"}),
    (Article, {"url": "javascript:alert(1)", "url_key": "x"}),
    (Article, {"url": "https://a.example/"}),
    (Article, {"url_key": "https://a.example/"}),
    (Article, {"published_precision": "unknown"}),
    (Article, {"published_precision": "minute"}),
    (Article, {"published_day": None}),
    (Article, {"published_time": dt.time(9)}),
    (Article, {"published_basis": ""}),
    (Article, {"status": "draft", "public": True}),
    (Article, {"source": None, "public": True}),
    (Capture, {"how": "magic"}),
    (Capture, {"raw_sha256": ""}),
    (Passage, {"kind": "hat"}),
    (Passage, {"start": 9, "end": 9}),
    (Mention, {"kind": "hat"}),
    (Mention, {"start": 9, "end": 3}),
    (Quote, {"kind": "hat"}),
    (Quote, {"status": "hat"}),
    (Quote, {"start": 9, "end": 9}),
    (Quote, {"confidence": 1.1}),
    (Quote, {"text": ""}),
    (Quote, {"status": "rejected"}),
    (Quote, {"anchor": "orphaned"}),
    (Quote, {"cue_start": 9, "cue_end": 9}),
    (Attribution, {"role": "hat"}),
    (Attribution, {"confidence": -0.1}),
    (Attribution, {"kind": "unnamed"}),
    (Attribution, {"person": None}),
    (Attribution, {"start": 5, "end": 5}),
    (Person, {"kind": "robot"}),
    (Person, {"status": "legend"}),
    (Person, {"name": ""}),
    (Person, {"merged_into": models.F("pk")}),
    (Name, {"kind": "nick"}),
    (Name, {"key": ""}),
    (Role, {"title": ""}),
    (Role, {"since": dt.date(2024, 1, 2), "until": dt.date(2024, 1, 1)}),
    (Story, {"slug": ""}),
    (Decision, {"field": ""}),
]


@pytest.mark.parametrize("model, change", BROKEN, ids=lambda value: getattr(value, "__name__", None) or str(value)[:50])
def test_the_database_refuses(rows: dict[Any, models.Model], model: type[models.Model], change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.filter(pk=rows[model].pk).update(**change)


@pytest.mark.parametrize(
    "model, fields",
    [
        (Source, ["slug"]),
        (Source, ["uid"]),
        (Person, ["slug"]),
        (Story, ["slug"]),
        (Capture, ["article", "number"]),
        (Mention, ["capture", "start", "end"]),
        (Attribution, ["quote", "role", "position"]),
        (Name, ["person", "text"]),
    ],
    ids=str,
)
def test_there_is_only_one(rows: dict[Any, models.Model], model: type[models.Model], fields: list[str]) -> None:
    row = model._base_manager.defer(None).get(pk=rows[model].pk)
    row.pk, row._state.adding = None, True
    for name in {"uid", "slug"} - set(fields):
        if hasattr(row, name):
            setattr(row, name, f"{getattr(row, name)[:8]}-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
