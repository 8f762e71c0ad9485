"""Captures, passages, entries and mentions: what an article was found as, and what was read in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from tests.api.conftest import API

pytestmark = pytest.mark.django_db


def test_captures_are_facts_without_bytes(api: API, corpus: dict[str, Any]) -> None:
    rows = api.rows("captures/?sort=added")
    assert [row["article"]["uid"] for row in rows] == [corpus["blog"].uid, corpus["report"].uid]
    assert (rows[0]["text_sha256"], rows[0]["raw_sha256"]) == (make.sha256(make.TEXT),) * 2
    assert rows[0]["current"] is True
    assert not {"raw", "text", "origin", "headline"} & set(rows[0])


def test_the_text_of_a_capture_follows_its_source_and_its_time(api: API, corpus: dict[str, Any]) -> None:
    article = make.make_article("An old text.", source=corpus["mercury"])
    make.make_capture(article, "A new text.")
    make.settle([article])
    texts = {row["number"]: row["text"] for row in api.rows(f"captures/?article={article.uid}&include=text")}
    assert texts == {1: None, 2: "A new text."}
    [row] = api.rows(f"captures/?article={corpus['report'].uid}&include=text,passages,mentions")
    assert (row["text"], row["passages"], row["mentions"]) == (None, [], [])
    assert [row["number"] for row in api.rows(f"captures/?article={article.uid}&current=false")] == [1]


def test_passages_and_entries(api: API, corpus: dict[str, Any]) -> None:
    [entry] = api.rows("entries/?include=text,quotes")
    assert entry["uid"] == corpus["entry"].uid
    assert (entry["heading"], entry["at"], entry["text"]) == (
        "Deputy speaks",
        "2024-03-12T12:00",
        "Martin Keele, her deputy",
    )
    assert [quote["uid"] for quote in entry["quotes"]] == [corpus["choice"].uid]
    assert make.TEXT[entry["start"] : entry["end"]] == entry["text"]
    assert (entry["capture"], entry["article"]["uid"]) == (corpus["blog"].capture.uid, corpus["blog"].uid)
    assert api.rows("passages/?kind=entry")[0]["uid"] == entry["uid"]
    assert api.rows("passages/?kind=body") == [], "the only one is of a source that allows excerpts"
    assert "text" not in api.rows("entries/")[0]
    assert api.json(f"entries/{entry['uid']}/")["text"] == entry["text"]


def test_mentions(api: API, corpus: dict[str, Any]) -> None:
    martin, ruth = api.rows("mentions/")
    assert (ruth["printed"], ruth["person"]["slug"]) == ("Ruth Ashdown", "ruth-ashdown")
    assert ruth["roles"] == ["leader of Aldermouth council"]
    assert (martin["printed"], martin["person"]) == ("Martin Keele", None)
    assert make.TEXT[ruth["start"] : ruth["end"]] == ruth["printed"]
    assert [row["uid"] for row in api.rows("mentions/?person=ruth-ashdown")] == [ruth["uid"]]
    assert [row["uid"] for row in api.rows("mentions/?empty=person")] == [martin["uid"]]
    assert [row["uid"] for row in api.rows("mentions/?sort=place")] == [ruth["uid"], martin["uid"]]


def test_a_list_of_articles_includes_what_is_asked_for(
    api: API, corpus: dict[str, Any], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(8):  # rows, stories, excerpts, passages, mentions, quotes, their speakers, captures
        blog, report = api.rows("articles/?include=text,excerpts,passages,mentions,quotes,captures")
    assert (blog["text"], report["text"]) == (make.TEXT, None)
    assert (blog["excerpts"], len(report["excerpts"])) == ([], 1)
    assert [len(row["mentions"]) for row in (blog, report)] == [2, 0]
    assert [[quote["uid"] for quote in row["quotes"]] for row in (blog, report)] == [
        [corpus["monday"].uid, corpus["choice"].uid], [corpus["ferry"].uid],
    ]  # fmt: skip
    assert "article" not in blog["quotes"][0]


def test_fields_reach_into_what_is_included(api: API, corpus: dict[str, Any]) -> None:
    assert api.rows("articles/?fields=uid,quotes.speakers.person.slug&sort=date") == [
        {"uid": corpus["report"].uid, "quotes": [{"speakers": [{"person": {"slug": "ruth-ashdown"}}]}]},
        {
            "uid": corpus["blog"].uid,
            "quotes": [{"speakers": [{"person": {"slug": "ruth-ashdown"}}]}, {"speakers": [{"person": None}]}],
        },
    ]
    assert api.rows("articles/?include=text&omit=text,page")[0].keys() == api.rows("articles/?omit=page")[0].keys()


@pytest.mark.parametrize(
    "path, queries",
    [
        ("captures/", 1), ("passages/", 1), ("entries/", 1), ("entries/?include=text,quotes", 3), ("mentions/", 1),
        ("mentions/?person=ruth-ashdown&source=aldermouth-mercury", 3), ("quotes/?fields=uid", 1),
        ("quotes/?fields=uid,text,article.source.slug", 1),
    ],
)  # fmt: skip
def test_a_list_costs_what_it_costs(
    api: API, corpus: dict[str, Any], django_assert_num_queries: Any, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        assert api.rows(path)
