"""News taken in through the admin: pasted or uploaded, one line an item on what became of it."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles import pipeline
from articles.models import Article, Capture, Quote
from corpus import ledger
from tests.admin.test_decisions import act
from tests.factories import TEXT, make_source, make_story

pytestmark = pytest.mark.django_db

OTHER = TEXT.replace("Monday", "Tuesday")


def take_in(client: Client, **said: object):
    return client.post(reverse("admin:articles_article_ingest"), said)


def file(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def outcomes(response) -> list[tuple[str, str]]:
    return [(line.outcome.item, line.outcome.outcome) for line in response.context["lines"]]


def errors(response) -> str:
    assert response.context["lines"] is None
    return " ".join(sentence for found in response.context["form"].errors.values() for sentence in found)


def test_a_pasted_text_becomes_an_article_with_its_quotes(desk: Client):
    source, story = make_source("Mercury"), make_story("Bridge")
    said = {
        "text": TEXT, "source": source.pk, "headline": "The bridge shuts", "byline": "Ann Pell", "story": story.pk,
        "url": "https://example.org/bridge", "published": "2024-03-12 11:05", "article_kind": "opinion", "publish": "on",
    }  # fmt: skip
    response = take_in(desk, **said)
    assert outcomes(response) == [("pasted text", "created")]
    article = Article.objects.get()
    assert reverse("admin:articles_article_change", args=[article.pk]) in response.content.decode()
    assert (article.source, article.headline, article.byline, article.kind) == (
        source,
        "The bridge shuts",
        "Ann Pell",
        "opinion",
    )
    assert (article.url_key, article.moment, article.public) == ("https://example.org/bridge", 202403121105, True)
    assert list(article.stories.all()) == [story]
    assert article.capture is not None
    assert (article.capture.how, article.capture.text) == ("paste", TEXT)
    assert article.quotes.count() >= 2
    assert outcomes(take_in(desk, **said)) == [("pasted text", "unchanged")]
    assert outcomes(take_in(desk, **said | {"text": OTHER})) == [("pasted text", "new capture")]
    assert Capture.objects.count() == 2


def test_several_files_at_once(desk: Client):
    source = make_source("Mercury", slug="mercury")
    lines = [json.dumps({"text": f"Nothing new, day {n}.", "source": "mercury" if n else ""}) for n in range(2)]
    files = [
        file("bridge.txt", TEXT),
        file(
            "page.html",
            f"<html><head><title>Page</title></head><body><article><p>{OTHER * 3}</p></article></body></html>",
        ),
        file("feed.jsonl", "\n".join(lines)),
        file("empty.txt", ""),
        file("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00"),
    ]
    response = take_in(desk, uploads=files, source=source.pk, publish="on")
    found = outcomes(response)
    assert found[:4] == [
        ("bridge.txt", "created"), ("page.html", "created"), ("feed.jsonl:1", "created"), ("feed.jsonl:2", "created"),
    ]  # fmt: skip
    assert [outcome for _, outcome in found[4:]] == ["failed", "failed"]
    assert Article.objects.filter(source=source, public=True).count() == 4


def test_without_a_source_it_waits_as_a_draft(desk: Client):
    response = take_in(desk, text=TEXT, publish="on")
    assert "a draft without a source" in response.content.decode()
    article = Article.objects.get()
    assert (article.status, article.public) == ("draft", False)
    waiting = {row.label: row.count for row in desk.get("/admin/").context["waiting"]}
    assert waiting["drafts without a source"] == 1


def test_a_dry_run_stores_nothing_and_keeps_the_form(desk: Client):
    response = take_in(desk, text=TEXT, dry_run="on")
    assert outcomes(response) == [("pasted text", "created")]
    assert "nothing was stored" in response.content.decode()
    assert response.context["form"]["text"].value() == TEXT
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "said, sentence",
    [
        ({}, "Paste a text, or choose a file"),
        ({"text": "  \n "}, "Paste a text, or choose a file"),
        ({"text": TEXT, "uploads": [file("a.txt", OTHER)]}, "one of them at a time"),
        ({"text": TEXT, "url": "mercury"}, "URL is 'mercury': write a whole address"),
        ({"text": TEXT, "published": "yesterday"}, "write it as 2016-06-29"),
        ({"text": TEXT, "source": "999"}, "Select a valid choice"),
        ({"text": TEXT, "article_kind": "poem"}, "Select a valid choice"),
        ({"uploads": [file("a.txt", TEXT), file("b.txt", OTHER)], "headline": "One"}, "cannot all have this headline"),
        (
            {"uploads": [file("a.txt", TEXT), file("b.txt", OTHER)], "url": "https://example.org/1"},
            "cannot all have this address",
        ),
    ],
)
def test_bad_input_is_one_clear_sentence(said, sentence, desk: Client):
    assert sentence in errors(take_in(desk, **said))
    assert not Article.objects.exists()


def test_publishing_needs_the_right_to_change(staff):
    client = staff("articles.add_article", "articles.view_article")
    source = make_source()
    assert "publish" not in client.get(reverse("admin:articles_article_ingest")).context["form"].fields
    assert outcomes(take_in(client, text=TEXT, source=source.pk, publish="on")) == [("pasted text", "created")]
    assert Article.objects.get().status == "draft"


def test_what_an_editor_decided_survives_another_reading(desk: Client, chief: User):
    take_in(desk, text=TEXT, source=make_source().pk, publish="on")
    article = Article.objects.get()
    first, *others = article.quotes.order_by("start")
    act(desk, "reject", first.uid)
    act(desk, "accept", others[0].uid)
    pipeline.read_again(article)
    pipeline.read_again(article)
    rows = {quote.uid: (quote.status, quote.public) for quote in article.quotes.all()}
    assert rows[first.uid] == ("rejected", False)
    assert rows[others[0].uid] == ("accepted", True)
    assert len(rows) == 1 + len(others)
    assert all(ledger.faults(quote) == [] for quote in Quote.objects.all())


def test_adding_an_article_begins_with_what_was_found(desk: Client):
    response = desk.get(reverse("admin:articles_article_add"))
    assert response["Location"] == reverse("admin:articles_article_ingest")
