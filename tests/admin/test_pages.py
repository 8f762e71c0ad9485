"""Every screen of the admin opens, and its lists cost the same whatever their length."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from articles import curation
from articles.models import Article, Capture, Quote, Reading, Source, Story
from corpus.models import Decision
from people.models import Person
from tests.factories import make_article, make_passage, make_person, make_quote, make_source, make_story
from tests.once import once

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[User, Article]]:
    yield from once(django_db_blocker, make)


@pytest.fixture
def chief(made: tuple[User, Article]) -> User:
    """Who is at the desk has decided something before."""
    return copy.deepcopy(made[0])


@pytest.fixture
def corpus(made: tuple[User, Article]) -> Article:
    return copy.deepcopy(made[1])


def make() -> tuple[User, Article]:
    """One of everything, with what a screen may stumble over."""
    chief = User.objects.create_superuser("hetty")
    ruth = make_person("Ruth Ashdown", roles=["leader, Aldermouth council"], aliases=["R. Ashdown"])
    make_person("Ruth Ashdowne", merged_into=ruth)
    article = make_article(stories=[make_story("Bridge closed")])
    quote = make_quote(article, speaker=ruth, reasons=["No doubt."])
    make_quote(
        article, "had no choice", speaker="Martin Keele", status="suggested", candidates=["Martin Keele", "Ann Keele"]
    )
    make_quote(article, "We will run a ferry, … every ten minutes.", status="rejected")
    make_passage(article, "headline", "Bridge to close for two years")
    assert article.capture
    Reading.objects.create(capture=article.capture, reader="1.0", record={"quotes": []})
    curation.accept([Quote.objects.get(pk=quote.pk)], by=chief, reason="Heard it myself.")
    return chief, article


#: What a strict content security policy would refuse.
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|<[^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)


def opened(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert not INLINE.findall(response.content.decode())


def rows():
    return [
        model for model in admin.site._registry if model._meta.app_label in {"articles", "people", "corpus", "auth"}
    ]


@pytest.mark.parametrize("model", rows(), ids=lambda model: model._meta.label)
def test_list_add_and_change_open(model, desk: Client, corpus):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    opened(desk, reverse(f"{name}_changelist"))
    added = desk.get(reverse(f"{name}_add"), follow=True)
    assert added.status_code == (200 if admin.site._registry[model].has_add_permission(added.wsgi_request) else 403)
    for row in model._base_manager.all():
        opened(desk, reverse(f"{name}_change", args=[row.pk]))
        assert desk.get(reverse(f"{name}_history", args=[row.pk])).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "articles/article/?status__exact=published&kind__exact=report",
        "articles/article/?when=2024",
        "articles/article/?when=2024-03&source__isnull=True&language=other",
        "articles/article/?when=nonsense",
        "articles/article/?q=bridge",
        "articles/article/?q=%22",
        "articles/quote/?status__exact=suggested&speaker=unresolved&confidence=high",
        "articles/quote/?standing=orphaned&speaker=unnamed",
        "articles/quote/?standing=lost&reason=No+doubt.",
        "articles/quote/?q=ferry&standing=moved&speaker=resolved",
        "people/person/?q=ash+ruth&status__exact=candidate&merged=all",
        "people/person/?o=-5&merged=yes",
        "articles/source/?q=gazette&rights__exact=full&o=6",
        "articles/story/?q=bridge&o=3",
        "corpus/decision/?thing=articles.quote",
        "articles/capture/?how__exact=file",
    ],
)
def test_a_narrowed_list_opens(query, desk: Client, corpus):
    assert desk.get(f"/admin/{query}").status_code == 200


@pytest.mark.parametrize(
    "query, found",
    [
        ("articles/article/?q=bridge", 1),
        ("articles/article/?q=kangaroo", 0),
        ("articles/article/?when=2024", 1),
        ("articles/article/?when=2024-04", 0),
        ("articles/article/?source__isnull=True", 0),
        ("articles/quote/?q=ferry", 1),
        ("articles/quote/?speaker=unresolved", 1),
        ("articles/quote/?speaker=unnamed", 1),
        ("articles/quote/?reason=No+doubt.", 1),
        ("articles/quote/?reason=Doubt.", 0),
        ("people/person/?q=ashdown", 1),
        ("people/person/?q=r+ashdown", 1),
        ("people/person/?q=shdown", 0),
        ("people/person/?merged=yes", 1),
    ],
)
def test_a_narrowed_list_finds(query, found, desk: Client, corpus):
    assert desk.get(f"/admin/{query}").context["cl"].result_count == found


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def more():
    """Three more of everything, in an article of their own each."""
    for n in range(3):
        article = make_article(source=make_source(), stories=[make_story()], headline=f"Another {n}")
        person = make_person(f"Person Number {n} {article.pk}", aliases=["P"], roles=["chair, Board"])
        make_quote(article, speaker=person)
        quote = make_quote(article, "had no choice", speaker="Keele", status="suggested", candidates=["A", "B"])
        Decision.objects.create(thing="articles.quote", thing_uid=quote.uid, field="status", after="suggested")


# Two of these are the session and the user.
COSTS = {
    "": 29,
    "articles/article/": 7,
    "articles/article/?q=bridge": 7,
    "articles/quote/": 8,
    "articles/quote/?q=choice": 8,
    "articles/capture/": 4,
    "articles/source/": 5,
    "articles/story/": 4,
    "people/person/": 4,
    "people/person/?q=person": 4,
    "corpus/decision/": 6,
}


@pytest.mark.parametrize("path, queries", COSTS.items())
def test_a_list_costs_the_same_whatever_its_length(path, queries, desk: Client, corpus):
    assert cost(desk, f"/admin/{path}") == queries
    more()
    assert cost(desk, f"/admin/{path}") == queries


def test_a_screen_costs_the_same_however_many_quotes(desk: Client, corpus):
    url = reverse("admin:articles_article_change", args=[corpus.pk])
    before = cost(desk, url)
    for words in ("nobody regrets it", "more than I do", "told reporters the town"):
        make_quote(corpus, words, speaker=make_person(words), status="suggested")
    assert cost(desk, url) == before
    quote = Quote.objects.filter(article=corpus).first()
    assert quote is not None
    url = reverse("admin:articles_quote_change", args=[quote.pk])
    before = cost(desk, url)
    make_quote(corpus, "Ruth Ashdown, leader", speaker=make_person("Another"))
    assert cost(desk, url) == before


def test_the_text_stands_on_the_screen_with_everything_marked(desk: Client, corpus):
    page = desk.get(reverse("admin:articles_article_change", args=[corpus.pk])).content.decode()
    for quote in corpus.quotes.all():
        assert f'id="q-{quote.uid}"' in page
        assert f'id="n-{quote.uid}"' in page
    for index, name in enumerate(["Martin Keele", "Ann Keele"]):
        uid = corpus.quotes.get(text="had no choice").uid
        assert re.search(rf'value="{uid} \w+ 0 {index}" aria-label="Quote 2 is by {name}"', page)


def test_text_is_never_html(desk: Client):
    article = make_article("A <b>headline\n\nHe said: “<script>alert(1)</script> is & stays text.”\n")
    quote = make_quote(article, "<script>alert(1)</script> is & stays text.", speaker="<i>He</i>")
    for name, pk in (("article", article.pk), ("quote", quote.pk)):
        page = desk.get(reverse(f"admin:articles_{name}_change", args=[pk])).content.decode()
        assert "<script>alert" not in page
        assert "<i>He</i>" not in page
        assert "<b>headline" not in page


def test_the_first_screen_says_what_is_waiting(desk: Client, corpus):
    Article.objects.create(headline="Whose?")
    Quote.objects.filter(status="rejected").update(anchor="orphaned")
    opened(desk, "/admin/")
    opened(desk, reverse("admin:articles_article_ingest"))
    waiting = {row.label: (row.count, row.url) for row in desk.get("/admin/").context["waiting"]}
    assert {label: count for label, (count, _) in waiting.items()} == {
        "drafts without a source": 1,
        "quotes to review": 1,
        "quotes whose speaker is named, but not known": 1,
        "quotes that a new capture no longer has": 0,  # the one that has gone was rejected
        "people that only the machine knows": 1,
        "pairs of people who may be one": 0,
        "proposals on who is who": 0,
        "quotes of which the reader now disagrees": 0,
        "articles of which the reader now disagrees": 0,
        "articles that look like copies": 0,
        "articles with names or passages that a new capture no longer has": 0,
        "mentions of which the reader now disagrees": 0,
        "passages of which the reader now disagrees": 0,
        "pairs of quotes that may be the same words": 0,
        "failing feeds": 0,
        "entries of feeds given up": 0,
        "items, addresses and readings that wait": 0,
        "items, addresses and readings given up": 0,
        "reports by readers": 0,
    }
    for count, url in waiting.values():
        context = desk.get(url).context  # not all of them are lists of the admin
        assert "cl" not in context or context["cl"].result_count == count


def test_who_may_see_nothing_is_told_nothing(staff):
    client = staff()
    assert client.get("/admin/").context["waiting"] == []
    for model in (Article, Quote, Capture, Source, Story, Person, Decision):
        assert client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 403
    assert client.get("/admin/articles/article/ingest/").status_code == 403


def test_who_may_only_look_gets_no_buttons(staff, corpus):
    client = staff("articles.view_article", "articles.view_quote")
    page = client.get(reverse("admin:articles_article_change", args=[corpus.pk])).content.decode()
    assert 'name="accept"' not in page
    assert "Martin Keele or Ann Keele" in page
    assert 'id="n-' in page
    quote = corpus.quotes.first()
    assert client.post(reverse("admin:articles_quote_act"), {"accept": quote.uid}).status_code == 403
    assert client.get(reverse("admin:articles_quote_change", args=[quote.pk])).status_code == 200


def test_bytes_are_a_file_to_keep(desk: Client, staff, corpus):
    url = reverse("admin:articles_capture_raw", args=[corpus.capture_id])
    response = desk.get(url)
    assert response.content == bytes(corpus.capture.raw)
    assert response["Content-Type"].startswith("text/plain")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert staff("articles.view_article").get(url).status_code == 403


def test_a_person_is_offered_with_what_tells_namesakes_apart(desk: Client, corpus):
    asked = {"app_label": "articles", "model_name": "attribution", "field_name": "person", "term": "ashd"}
    [found] = desk.get("/admin/autocomplete/", asked).json()["results"]
    assert found["text"] == "Ruth Ashdown – leader, Aldermouth council; candidate; 1 quote"


def test_an_article_is_offered_while_one_is_still_typing(desk: Client, corpus):
    asked = {"app_label": "articles", "model_name": "story", "field_name": "articles", "term": "brid"}
    before = cost(desk, f"/admin/autocomplete/?{urlencode(asked)}")
    [found] = desk.get("/admin/autocomplete/", asked).json()["results"]
    assert found["text"] == f"Bridge to close for two years – {corpus.source}, 12 March 2024"
    make_article()
    make_article()
    assert cost(desk, f"/admin/autocomplete/?{urlencode(asked)}") == before
