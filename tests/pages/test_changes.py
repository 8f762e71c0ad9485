"""What an outlet changed, on a page of its own: whose words may be shown, and which captures are the outlet's."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from tests.factories import TEXT, make_article, make_capture, make_passage, make_quote, make_source, settle

pytestmark = pytest.mark.django_db


def page(client: Client, article: Article, query: str = "", status: int = 200) -> str:
    response = client.get(f"{article.get_absolute_url()}changes/{query}")
    assert response.status_code == status
    html = response.content.decode()
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def changed(*texts: str, **fields: str) -> Article:
    """An article captured with these texts, a day apart."""
    article = make_article(texts[0], source=make_source(**fields), gated=False)
    for text in texts[1:]:
        make_capture(article, text)
    for capture in article.captures.all():
        type(capture).objects.filter(pk=capture.pk).update(
            taken_at=dt.datetime(2024, 3, 10 + capture.number, 9, tzinfo=timezone.get_current_timezone())
        )
    settle([article])
    return article


def test_the_last_change_is_shown_word_by_word(client: Client) -> None:
    article = changed(TEXT, TEXT.replace("Monday", "Tuesday"), TEXT.replace("Monday", "Friday"))
    text = page(client, article)
    assert "Found in three versions" in text
    assert "From 12 March 2024, 09:00 to 13 March 2024, 09:00" in text
    assert "gone: Tuesday, new: Friday," in text
    assert "1 word gone , 1 word new" in text
    assert "no choice" not in text
    assert "gone: Monday, new: Tuesday," in page(client, article, "?from=1&to=2")
    assert "gone: Monday, new: Friday," in page(client, article, "?from=1")
    assert "changes/" in client.get(article.get_absolute_url()).content.decode()


def test_two_captures_of_one_minute_are_not_a_span_of_time(client: Client) -> None:
    article = changed(TEXT, TEXT.replace("Monday", "Tuesday"))
    first, last = article.captures.order_by("number")
    type(last).objects.filter(pk=last.pk).update(taken_at=first.taken_at + dt.timedelta(seconds=9))
    assert "Between two captures of 11 March 2024, 09:00" in page(client, article)


@pytest.mark.parametrize("query", ["?from=4", "?from=3&to=1", "?to=x", "?from="])
def test_there_are_no_such_captures(client: Client, query: str) -> None:
    page(client, changed(TEXT, TEXT + "More."), query, 404)


def test_who_was_captured_once_changed_nothing_that_we_know_of(client: Client) -> None:
    assert "nothing changed that we know of" in page(client, changed(TEXT))


def test_what_is_no_part_of_the_article_is_no_change(client: Client) -> None:
    article = make_article(TEXT + "Read more: gulls", gated=False)
    make_passage(article, "related", "Read more: gulls")
    make_capture(article, TEXT + "Read more: sprats")
    make_passage(article, "related", "Read more: sprats")
    settle([article])
    text = page(client, article)
    assert "Nothing but white space" in text
    assert "gulls" not in text


def test_what_we_mended_is_not_the_outlets_doing(client: Client) -> None:
    article = changed(TEXT + "zuqawrong")
    make_capture(article, TEXT, how="correction")
    assert "zuqawrong" not in page(client, article)
    assert "nothing changed that we know of" in page(client, article)
    make_capture(article, TEXT.replace("Monday", "Friday"))
    text = page(client, article)
    assert "zuqawrong" not in text
    assert "gone: Monday, new: Friday," in text
    page(client, article, "?from=1", 404)


def test_an_outlet_that_allows_excerpts_only_has_dates_and_no_words(client: Client) -> None:
    article = changed(TEXT + "zuqaold secret.", TEXT + "zuqanew secret.", rights="excerpts")
    make_quote(article)
    for query in ("", "?from=1&to=2"):
        text = page(client, article, query)
        assert "12 March 2024" in text
        assert "are not shown" in text
        assert "zuqa" not in text
        assert "word gone" not in text


@pytest.mark.parametrize("status, expected", [("draft", 404), ("withheld", 410)])
def test_what_is_not_public_did_not_change(client: Client, status: str, expected: int) -> None:
    article = changed(TEXT + "zuqaold.", TEXT + "zuqanew.")
    Article.objects.filter(pk=article.pk).update(status=status, public=False)
    assert "zuqa" not in page(client, article, "", expected)


def test_it_costs_the_same_however_often_it_changed(client: Client, django_assert_num_queries) -> None:
    few, many = changed(TEXT, TEXT + "1"), changed(TEXT, *(f"{TEXT}{n}" for n in range(9)))
    for article in (few, many):
        with django_assert_num_queries(1 + 4):
            page(client, article)
