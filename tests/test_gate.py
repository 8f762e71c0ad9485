"""What the public may see, as a table; `test_canaries` crawls every address for what it may not."""

import pytest

from articles import gate
from articles.models import Article, Quote, SearchText, Source
from people.models import Person
from tests.factories import make_article, make_passage, make_person, make_quote, make_source, settle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "status, rights, public",
    [
        ("published", "full", True),
        ("published", "excerpts", True),
        ("published", "none", False),
        ("draft", "full", False),
        ("withheld", "full", False),
    ],
)
def test_articles(status, rights, public):
    article = make_article(status=status, source=make_source(rights=rights))
    assert article.public is public


def test_an_article_without_a_source_is_a_draft_to_the_public():
    article = make_article(gated=False)
    Article.objects.filter(pk=article.pk).update(source=None)
    settle([article])
    assert article.public is False


@pytest.mark.parametrize(
    "fields, public",
    [
        ({"status": "accepted", "confidence": 0.1}, True),
        ({"status": "accepted", "found": False}, True),
        ({"status": "suggested", "confidence": 0.85}, True),
        ({"status": "suggested", "confidence": 0.84}, False),
        ({"status": "suggested", "confidence": 0.99, "found": False}, False),
        ({"status": "rejected", "confidence": 0.99}, False),
        ({"status": "accepted", "anchor": "orphaned"}, False),
    ],
)
def test_quotes(fields, public):
    assert make_quote(make_article(), **fields).public is public


@pytest.mark.parametrize("status", ["draft", "withheld"])
def test_no_quote_of_a_hidden_article_is_public(status):
    assert make_quote(make_article(status=status)).public is False


@pytest.mark.parametrize("sure, shown", [(0.85, True), (0.84, False), (1.0, True)])
def test_the_person_behind_a_quote_has_a_threshold_of_their_own(sure, shown):
    ruth = make_person()
    quote = make_quote(make_article(), speaker=ruth, speaker_confidence=sure)
    ruth.refresh_from_db()
    assert quote.public
    assert quote.attributions.get().shown is shown
    assert ruth.public is shown


def test_of_merged_people_the_survivor_is_public():
    ruth = make_person()
    other = make_person("R. Ashdown", merged_into=ruth)
    make_quote(make_article(), speaker=other)
    assert list(Person.objects.public()) == [ruth]


def test_hiding_an_article_hides_all_that_came_with_it():
    article = make_article()
    ruth = make_person()
    make_quote(article, speaker=ruth)
    assert Person.objects.public().exists()
    Article.objects.filter(pk=article.pk).update(status="withheld", public=False)
    gate.refresh([article.pk])
    assert not Quote.objects.public().exists()
    assert not Person.objects.public().exists()
    assert not Source.objects.public().exists()


@pytest.mark.parametrize(
    "rights, open_has, closed_has",
    [
        ("full", ["Martin Keele", "every ten minutes", "Bridge to close"], []),
        ("excerpts", ["had no choice", "Bridge to close"], ["every ten minutes", "had no choice"]),
        ("none", [], ["every ten minutes", "Martin Keele"]),
    ],
)
def test_search_is_given_what_rights_allow(rights, open_has, closed_has):
    article = make_article(source=make_source(rights=rights))
    make_quote(article, "had no choice")
    row = SearchText.objects.get(article=article)
    assert [words for words in open_has if words not in row.open] == []
    assert [words for words in closed_has if words not in row.closed] == []
    assert ("every ten minutes" in row.open) is (rights == "full")


def test_furniture_is_not_searched():
    article = make_article("The council met.\n\nSign up for our newsletter\n\nIt voted.")
    make_passage(article, "promo", "Sign up for our newsletter")
    settle([article])
    assert "newsletter" not in SearchText.objects.get(article=article).open
