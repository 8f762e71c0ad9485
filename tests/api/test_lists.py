"""What the API says of each thing, to the letter; how it pages, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from articles import curation
from corpus.models import Decision
from tests import factories as make
from tests.api.conftest import API, FERRY

pytestmark = pytest.mark.django_db


def test_a_quote_carries_its_anchor_and_whom_it_is_given_to(api: API, corpus: dict[str, Any]) -> None:
    monday, blog = corpus["monday"], corpus["blog"]
    text = "The bridge will close on Monday, and nobody regrets it more than I do."
    ruth = {"uid": corpus["ruth"].uid, "slug": "ruth-ashdown", "name": "Ruth Ashdown"}
    row = api.json(f"quotes/{monday.uid}/")
    assert row == {
        "uid": monday.uid,
        "page": f"http://testserver/quotes/{monday.uid}/",
        "text": text,
        "kind": "direct",
        "reading": "checked",
        "confidence": 0.95,
        "date": "2024-03-12T11:05",
        "speakers": [
            {
                "printed": "Ruth Ashdown",
                "kind": "individual",
                "open": False,
                "person": ruth,
                "by": "machine",
                "confidence": 0.95,
                "candidates": [],
            }
        ],
        "via": [],
        "addressees": [],
        "article": {
            "uid": blog.uid,
            "page": f"http://testserver/articles/{blog.uid}/",
            "url": "https://mercury.example/1",
            "headline": "Bridge to close for two years",
            "published": "2024-03-12T11:05",
            "source": {"uid": corpus["mercury"].uid, "slug": "aldermouth-mercury", "name": "Aldermouth Mercury"},
        },
        "entry": None,
        "nested_in": None,
        "utterance": corpus["utterance"].uid,
        "relation": "fullest",
        "reprint": False,
        "anchor": {
            "capture": blog.capture.uid,
            "text_sha256": make.sha256(make.TEXT),
            "spans": [[82, 152]],
            "exact": text,
            "prefix": "r of Aldermouth council, said: “",
            "suffix": "”\n\nMartin Keele, her deputy, tol",
        },
        "provenance": {"by": "editor", "at": None, "reader": "1.0"},
    }
    assert row in api.rows("quotes/")
    assert [make.TEXT[start:end] for start, end in row["anchor"]["spans"]] == [text]


def test_what_an_editor_decided_says_so_and_when(api: API, corpus: dict[str, Any]) -> None:
    editor = User.objects.create_user("editor")
    speaker = [{"printed": "The deputy", "person": corpus["ruth"].uid, "confidence": 1}]
    curation.decide_quotes([corpus["choice"]], {"status": "accepted", "speaker": speaker}, by=editor)
    row = api.json(f"quotes/{corpus['choice'].uid}/")
    at = Decision.objects.get(thing_uid=corpus["choice"].uid, field="status").at
    assert row["provenance"] == {"by": "editor", "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "reader": "1.0"}
    assert (row["speakers"][0]["by"], row["speakers"][0]["person"]["slug"]) == ("editor", "ruth-ashdown")
    assert (row["speakers"][0]["candidates"], row["via"][0]["by"]) == ([], "machine")


def test_a_doubtful_speaker_stands_as_printed(api: API, corpus: dict[str, Any]) -> None:
    row = api.json(f"quotes/{corpus['choice'].uid}/")
    assert row["speakers"] == [
        {
            "printed": "The deputy",
            "kind": "individual",
            "open": False,
            "person": None,
            "by": "machine",
            "confidence": 0.3,
            "candidates": [{"name": "Martin Keele", "reasons": []}, {"name": "Martin Kealey", "reasons": []}],
        }
    ]
    assert [via["printed"] for via in row["via"]] == ["a spokesman"]
    assert (row["reading"], row["provenance"]["by"]) == ("automatic", "machine")
    assert (row["entry"], row["date"]) == (corpus["entry"].uid, "2024-03-12T12:00")
    assert row["nested_in"] == corpus["monday"].uid


def test_whoever_was_merged_speaks_as_the_survivor(api: API, corpus: dict[str, Any]) -> None:
    row = api.json(f"quotes/{corpus['ferry'].uid}/")
    assert (row["speakers"][0]["printed"], row["speakers"][0]["person"]["slug"]) == ("Ruth Ashdowne", "ruth-ashdown")
    assert row["nested_in"] is None, "a rejected quote is not named"
    assert row["date"] == "2023-12"


def test_an_article_has_its_text_if_its_source_allows_it(api: API, corpus: dict[str, Any]) -> None:
    row = api.json(f"articles/{corpus['blog'].uid}/")
    assert row["text"] == make.TEXT
    assert row["rights"] == "full"
    assert row["excerpts"] == []
    [entry] = row["passages"]
    assert (entry["kind"], entry["heading"], entry["at"]) == ("entry", "Deputy speaks", "2024-03-12T12:00")
    [capture] = row["captures"]
    assert capture["text_sha256"] == row["text_sha256"] == make.sha256(make.TEXT)
    assert "origin" not in capture
    assert "text" not in capture
    assert [story["slug"] for story in row["stories"]] == ["the-bridge"]


def test_or_excerpts_around_its_quotes(api: API, corpus: dict[str, Any]) -> None:
    row = api.json(f"articles/{corpus['report'].uid}/")
    assert row["text"] is None
    assert row["rights"] == "excerpts"
    assert row["passages"] == []
    [excerpt] = row["excerpts"]
    text = corpus["report"].capture.text
    assert (
        text[excerpt["start"] : excerpt["end"]]
        == excerpt["text"]
        == "“We will run a ferry,” he said, “every ten minutes.”"
    )
    assert (row["published"], row["published_basis"]) == ("2023-12", "stated")


def test_lists_leave_the_text_out(api: API, corpus: dict[str, Any]) -> None:
    rows = api.rows("articles/")
    assert [row["uid"] for row in rows] == [corpus["blog"].uid, corpus["report"].uid]
    assert not {"text", "excerpts", "passages", "captures"} & set(rows[0])


def test_a_person_has_every_name_and_role(api: API, corpus: dict[str, Any]) -> None:
    [row] = api.rows("people/?include=names,roles")
    assert row == api.json("people/ruth-ashdown/") == api.json(f"people/{corpus['ruth'].uid}/")
    assert row["names"] == [
        {"text": "Ruth Ashdown", "kind": "canonical"},
        {"text": "Cllr Ashdown", "kind": "alias"},
        {"text": "Ruth Ashdowne", "kind": "alias"},
    ]
    [role] = row["roles"]
    assert (role["title"], role["organisation_printed"], role["organisation"]) == ("leader", "Aldermouth council", None)


@pytest.mark.parametrize(
    "path, figures",
    [
        ("people/", {"quotes": 2, "first": "2023-12-01", "last": "2024-03-12"}),
        ("sources/?q=mercury", {"articles": 1, "quotes": 2, "first": "2024-03-12", "last": "2024-03-12"}),
        ("stories/", {"articles": 2, "quotes": 3, "first": "2023-12-01", "last": "2024-03-12"}),
    ],
)
def test_figures_count_what_is_public(api: API, corpus: dict[str, Any], path: str, figures: dict[str, Any]) -> None:
    joint = "&" if "?" in path else "?"
    assert "figures" not in api.rows(path)[0]
    [row] = api.rows(f"{path}{joint}include=figures")
    assert row["figures"] == figures
    [some] = api.rows(f"{path}{joint}fields=uid,figures.quotes")
    assert some == {"uid": row["uid"], "figures": {"quotes": figures["quotes"]}}


def test_the_figures_of_nothing(api: API, corpus: dict[str, Any]) -> None:
    source = make.make_source("Silent Times")
    make.make_article(source=source, day=None)
    [row] = api.rows("sources/?q=silent&include=figures")
    assert row["figures"] == {"articles": 1, "quotes": 0, "first": None, "last": None}


@pytest.mark.parametrize("address", ["slug", "uid"])
def test_a_merged_person_has_moved(api: API, corpus: dict[str, Any], address: str) -> None:
    response = api.get(f"people/{getattr(corpus['old'], address)}/")
    assert (response.status_code, response["Location"]) == (301, "http://testserver/api/v1/people/ruth-ashdown/")
    assert response.json()["merged_into"] == corpus["ruth"].uid


def test_sources_and_stories(api: API, corpus: dict[str, Any]) -> None:
    assert [(row["slug"], row["rights"]) for row in api.rows("sources/")] == [
        ("aldermouth-mercury", "full"), ("severn-gazette", "excerpts"),
    ]  # fmt: skip
    assert api.json("sources/severn-gazette/") == api.rows("sources/?q=severn")[0]
    assert [row["slug"] for row in api.rows("stories/")] == ["the-bridge"]
    assert api.json(f"stories/{corpus['story'].uid}/")["page"] == "http://testserver/stories/the-bridge/"


def test_every_thing_names_its_page(api: API, corpus: dict[str, Any]) -> None:
    things = {"quotes": "monday", "articles": "blog", "people": "ruth", "sources": "mercury", "stories": "story",
              "utterances": "utterance"}  # fmt: skip
    for noun, name in things.items():
        thing = corpus[name]
        assert api.json(f"{noun}/{thing.uid}/")["page"] == f"http://testserver{thing.get_absolute_url()}"


def test_filters_are_those_of_the_pages(api: API, corpus: dict[str, Any]) -> None:
    assert next(row["text"] for row in api.rows("quotes/?speaker=ruth-ashdown&sort=date&kind!=mixed")) == FERRY
    assert [row["uid"] for row in api.rows("quotes/?q=“no choice”&sort=relevance")] == [corpus["choice"].uid]


def test_fields_and_omit_reach_into_things(api: API, corpus: dict[str, Any]) -> None:
    assert api.json(f"quotes/{corpus['monday'].uid}/?fields=uid,article.source.slug,speakers.person.name") == {
        "uid": corpus["monday"].uid,
        "article": {"source": {"slug": "aldermouth-mercury"}},
        "speakers": [{"person": {"name": "Ruth Ashdown"}}],
    }
    whole = api.rows("quotes/")[0]
    less = api.rows("quotes/?omit=text,anchor.exact,article")[0]
    assert set(whole) - set(less) == {"text", "article"}
    assert set(whole["anchor"]) - set(less["anchor"]) == {"exact"}


def test_pages_of_the_api_go_there_and_back(api: API, corpus: dict[str, Any]) -> None:
    def at(url: str) -> dict[str, Any]:
        return api.json(url.removeprefix("http://testserver/api/v1/"))

    first = at("quotes/?page_size=2&kind!=indirect&count=1")
    assert first["count"] == 3
    assert first["previous"] is None
    assert first["next"].startswith("http://testserver/api/v1/quotes/?page_size=2&kind!=indirect&count=1&cursor=")
    second = at(first["next"])
    assert second["next"] is None
    assert len(second["results"]) == 1
    assert at(second["previous"]) == first
    assert "count" not in at("quotes/")


#: SQLite is asked how many a search finds.
SIZED = int(connection.vendor == "sqlite")


@pytest.mark.parametrize(
    "path, queries",
    [
        ("sources/", 1),
        ("sources/?count=1", 2),
        ("stories/", 1),
        ("articles/", 2),
        ("articles/?q=bridge", 2 + SIZED),
        ("people/", 1),
        ("people/?include=names,roles,figures", 3),
        ("sources/?include=figures", 1),
        ("stories/?include=figures", 1),
        ("utterances/", 3),
        ("utterances/?include=forms&sort=-outlets&min_outlets=2&q=ferry", 5 + SIZED),
        ("utterances/?format=csv&include=forms", 5),
        ("quotes/", 2),
        ("quotes/?page_size=1000&sort=date&kind=direct&reading=checked&from=2020", 2),
        ("quotes/?q=ferry&sort=relevance", 2 + SIZED),
        ("quotes/?speaker=ruth-ashdown&source=aldermouth-mercury", 4),
        ("quotes/?speaker=nobody", 1),
        ("quotes/?format=csv", 2),
    ],
)
def test_a_list_costs_what_it_costs(
    api: API, corpus: dict[str, Any], django_assert_num_queries: Any, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        response = api.get(path)
        b"".join(response) if response.streaming else response.content


def test_an_article_costs_five_queries_at_most(
    api: API, corpus: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    for name in "blog", "report":
        with django_assert_max_num_queries(5):
            api.json(f"articles/{corpus[name].uid}/")
