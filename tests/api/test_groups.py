"""Counts by any filter and by period: each is what the list filtered by that value would count."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from articles.models import Article
from corpus.api import CorpusViewSet
from corpus.api_urls import VIEWSETS
from tests import factories as make
from tests.api.conftest import API

pytestmark = pytest.mark.django_db


def groups(api: API, path: str) -> dict[str | None, int]:
    return {row["value"]: row["count"] for row in api.rows(path)}


QUOTES = {
    "speaker": {"ruth-ashdown": 2},
    "speaker_is": {"named": 2, "unresolved": 1},
    "source": {"aldermouth-mercury": 2, "severn-gazette": 1},
    "kind": {"direct": 2, "mixed": 1},
    "reading": {"checked": 2, "automatic": 1},
    "story": {"the-bridge": 3},
    "country": {"GB": 3},
    "language": {"en": 3},
    "article_kind": {"live blog": 2, "report": 1},
    "addressed_to": {},
    "via": {},
    "year": {"2023": 1, "2024": 2},
    "month": {"2023-12": 1, "2024-03": 2},
    # The report is dated to the month.
    "day": {"2024-03-12": 2, None: 1},
}


@pytest.mark.parametrize("name, found", QUOTES.items())
def test_quotes(api: API, corpus: dict[str, Any], name: str, found: dict[str | None, int]) -> None:
    assert groups(api, f"quotes/?group_by={name}") == found


def test_articles_are_called_by_their_headlines_and_entries_not_by_their_headings(
    api: API, corpus: dict[str, Any]
) -> None:
    blog, report = corpus["blog"], corpus["report"]
    assert api.rows("quotes/?group_by=article") == [
        {"value": blog.uid, "label": blog.headline, "count": 2},
        {"value": report.uid, "label": report.headline, "count": 1},
    ]
    assert api.rows("quotes/?group_by=entry") == [
        {"value": None, "label": None, "count": 2},
        {"value": corpus["entry"].uid, "label": corpus["entry"].uid, "count": 1},
    ]


def viewset_and_name() -> list[Any]:
    return [
        pytest.param(viewset, name, id=f"{viewset.noun}-{name}")
        for viewset in VIEWSETS
        for name in viewset.filterset.groupings()
    ]


@pytest.mark.parametrize("viewset, name", viewset_and_name())
def test_a_group_is_what_its_filter_finds(
    api: API, corpus: dict[str, Any], viewset: type[CorpusViewSet], name: str
) -> None:
    for row in api.rows(f"{viewset.noun}/?group_by={name}"):
        if row["value"] is None:
            continue
        asked = (
            f"from={row['value']}&to={row['value']}" if name in {"day", "month", "year"} else f"{name}={row['value']}"
        )
        rows = api.json(f"{viewset.noun}/?{asked}&count=1")
        if name == "language":
            assert rows["count"] >= row["count"]
        else:
            assert rows["count"] == row["count"], asked


def test_the_filters_hold_for_the_groups(api: API, corpus: dict[str, Any]) -> None:
    assert groups(api, "quotes/?group_by=source&speaker=ruth-ashdown&q=ferry") == {"severn-gazette": 1}
    assert groups(api, "quotes/?group_by=speaker&source!=severn-gazette") == {"ruth-ashdown": 1}


def test_a_quote_counts_once_for_a_speaker_however_often_they_are_named(api: API) -> None:
    ada, other = make.make_person("Ada Twice"), make.make_person("River Union")
    old = make.make_person("Ada Twyce", merged_into=ada)
    article = make.make_article()
    make.make_quote(article, speakers=[ada, old, other])
    assert groups(api, f"quotes/?group_by=speaker&article={article.uid}") == {"ada-twice": 1, "river-union": 1}


def test_groups_come_in_pages(api: API) -> None:
    article = make.make_article(gated=False)
    for number in range(5):
        for _ in range(5 - number):
            make.make_quote(article, speaker=make.make_person(f"P {number}") if _ == 0 else None, gated=False)
    make.settle([article])
    first = api.json(f"quotes/?group_by=speaker&page_size=2&count=1&article={article.uid}")
    assert (first["count"], first["previous"], len(first["results"])) == (5, None, 2)
    second = api.json(first["next"].partition("/api/v1/")[2])
    third = api.json(second["next"].partition("/api/v1/")[2])
    assert third["next"] is None
    found = [row["value"] for page in (first, second, third) for row in page["results"]]
    assert found == ["p-0", "p-1", "p-2", "p-3", "p-4"]
    assert api.json(third["previous"].partition("/api/v1/")[2])["results"] == second["results"]


def test_undated_rows_and_those_dated_vaguely_are_under_no_value(api: API) -> None:
    source = make.make_source()
    make.make_article(day=None, source=source)
    for precision, day in ("year", dt.date(2020, 1, 1)), ("month", dt.date(2020, 2, 1)), ("day", dt.date(2020, 1, 1)):
        article = make.make_article(day=day, source=source)
        Article.objects.filter(pk=article.pk).update(published_precision=precision)
    assert groups(api, f"articles/?group_by=year&source={source.slug}") == {"2020": 3, None: 1}
    assert groups(api, f"articles/?group_by=month&source={source.slug}") == {"2020-01": 1, "2020-02": 1, None: 2}
    assert groups(api, f"articles/?group_by=day&source={source.slug}") == {"2020-01-01": 1, None: 3}


def test_groups_are_csv_and_json_lines_too(api: API, corpus: dict[str, Any]) -> None:
    text = api.get("quotes/?group_by=source&format=csv").content.decode()
    assert text == "value,label,count\r\naldermouth-mercury,Aldermouth Mercury,2\r\nsevern-gazette,Severn Gazette,1\r\n"
    lines = api.get("quotes/?group_by=kind&format=jsonl").content.decode().splitlines()
    assert lines[0] == '{"value":"direct","label":"quoted","count":2}'


def test_a_group_costs_one_query(api: API, corpus: dict[str, Any], django_assert_num_queries: Any) -> None:
    for name in QUOTES:
        with django_assert_num_queries(1):
            api.json(f"quotes/?group_by={name}")
