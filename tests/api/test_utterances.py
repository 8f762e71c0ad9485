"""Utterances in the API: their forms, two of them word by word, what was taken up, and what is decided on them."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from articles import utterances
from articles.models import Quote, Utterance
from articles.utterances_api import Words
from tests import factories as make
from tests.api.conftest import API
from tests.api.test_writing import WHO, problem
from tests.once import once

pytestmark = pytest.mark.django_db

MERCURY = """Council meets

Ruth Ashdown said: “Nobody in those rooms was asked, and nobody [on the council] will forget it for long.”
"""
GAZETTE = """The council met

“Nobody in the rooms was asked –” Ashdown told us, “and nobody will forget it,” she said.
"""
HERALD = """In short

She said that no one had been consulted at all.

“Not one …” the deputy said.
"""


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    yield from once(django_db_blocker, say)


@pytest.fixture
def said(made: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(made)


def say() -> dict[str, Any]:
    """One thing said, in three outlets: a word changed in two parts, one in a bracket, one reported by another."""
    ruth, imran = make.make_person("Ruth Ashdown"), make.make_person("Imran Vane")
    story = make.make_story("The rooms")
    mercury = make.make_article(MERCURY, source=make.make_source("Mercury"), stories=[story])
    gazette = make.make_article(GAZETTE, source=make.make_source("Gazette"), day=dt.date(2024, 3, 14))
    herald = make.make_article(HERALD, source=make.make_source("Herald"), day=dt.date(2024, 3, 13))
    fullest = make.make_quote(
        mercury, "Nobody in those rooms was asked, and nobody [on the council] will forget it for long.", speaker=ruth
    )
    parts = make.make_quote(
        gazette, "Nobody in the rooms was asked – … and nobody will forget it,", speaker=ruth, printed="Ashdown"
    )
    reported = make.make_quote(
        herald, "no one had been consulted at all", speaker=imran, printed="She", kind="indirect"
    )
    utterance = make.make_utterance(fullest, parts, reported, fullest=fullest, said_day=dt.date(2024, 3, 11))
    return {
        "utterance": utterance, "fullest": fullest, "parts": parts, "reported": reported, "ruth": ruth, "imran": imran,
        "mercury": mercury, "gazette": gazette, "story": story,
    }  # fmt: skip


def test_an_utterance_is_one_flat_row(api: API, said: dict[str, Any]) -> None:
    [row] = api.rows(f"utterances/?uid={said['utterance'].uid}")
    assert row == {
        "uid": said["utterance"].uid,
        "page": f"http://testserver/utterances/{said['utterance'].uid}/",
        "text": said["fullest"].text,
        "fullest": said["fullest"].uid,
        "date": "2024-03-12",
        "said_day": "2024-03-11",
        "occasion": "",
        "printed": 3,
        "outlets": 3,
        "words_changed": 0,
        "conflict": True,
        "speakers": [
            {
                "printed": "Ruth Ashdown",
                "kind": "individual",
                "person": {"uid": said["ruth"].uid, "slug": "ruth-ashdown", "name": "Ruth Ashdown"},
                "quotes": 2,
            },
            {
                "printed": "She",
                "kind": "individual",
                "person": {"uid": said["imran"].uid, "slug": "imran-vane", "name": "Imran Vane"},
                "quotes": 1,
            },
        ],
        "stories": [{"uid": said["story"].uid, "slug": "the-rooms", "name": "The rooms"}],
    }


def test_a_thing_has_its_forms_and_what_each_has_otherwise(api: API, said: dict[str, Any]) -> None:
    row = api.json(f"utterances/{said['utterance'].uid}/")
    assert row == api.rows("utterances/?include=forms")[0]
    fullest, reported, parts = row["forms"]
    assert [form["relation"] for form in row["forms"]] == ["fullest", "paraphrase", "variant"]
    assert (fullest["uid"], fullest["article"]["source"]["slug"]) == (said["fullest"].uid, "mercury")
    assert parts["anchor"]["spans"] == said["parts"].spans
    assert fullest["changes"]["words_same"] == 13
    assert not sum(number for name, number in fullest["changes"].items() if name != "words_same")
    assert reported["changes"] is None, "reported speech has no words of the speaker's"
    assert {name: number for name, number in parts["changes"].items() if number} == {
        "words_same": 10, "words_changed": 1, "words_left_out": 2, "brackets": 1, "punctuation": 1,
    }  # fmt: skip
    assert [who["printed"] for who in parts["speakers"]] == ["Ashdown"]
    quote = api.json(f"quotes/{parts['uid']}/")
    assert (quote["utterance"], quote["relation"]) == (row["uid"], "variant")
    assert {key: parts[key] for key in parts if key != "changes"} == {
        key: quote[key] for key in quote if key != "utterance"
    }


def diff(api: API, said: dict[str, Any], base: str, against: str) -> Any:
    asked = f"base={said[base].uid}&" if base else ""
    return api.json(f"utterances/{said['utterance'].uid}/diff/?{asked}against={said[against].uid}")


def test_two_forms_word_by_word(api: API, said: dict[str, Any]) -> None:
    found = diff(api, said, "", "parts")
    assert found == diff(api, said, "fullest", "parts")
    assert found["base"] == api.json(f"quotes/{said['fullest'].uid}/")
    assert found["against"] == api.json(f"quotes/{said['parts'].uid}/")
    assert [
        (step["class"], step["base"]["text"], step["against"]["text"])
        for step in found["steps"]
        if step["class"] != "same"
    ] == [("word", "those", "the"), ("punctuation", ",", "–"), ("bracket", "[on the council]", ""), ("omission", "for long.", ",")]  # fmt: skip
    assert found["counts"]["words_changed"] == 1


@pytest.mark.parametrize("base, against", [("fullest", "parts"), ("parts", "fullest"), ("parts", "parts")])
def test_every_offset_is_true_to_its_capture(api: API, said: dict[str, Any], base: str, against: str) -> None:
    found = diff(api, said, base, against)
    for name, quote in ("base", said[base]), ("against", said[against]):
        text, last = quote.capture.text, quote.start
        assert found[name]["anchor"]["text_sha256"] == quote.capture.text_sha256
        for step in found["steps"]:
            side = step[name]
            assert quote.start <= last <= side["start"] <= side["end"] <= quote.end
            last = side["end"] if side["tokens"] else last
            assert bool(side["text"]) == bool(side["tokens"]) == (side["start"] < side["end"])
            for token in side["tokens"]:
                assert text[token["start"] : token["end"]] == token["text"]
                assert any(start <= token["start"] < token["end"] <= end for start, end in quote.spans)


@pytest.mark.parametrize(
    "query, parameter, sentence",
    [
        ("", "against", "Say which of its quotes"),
        ("against=nothing", "against", "“nothing” is none of its quotes"),
        ("against={parts}&base=nothing", "base", "choose from {fullest}, {reported}, {parts}."),
        ("against={parts}&against={parts}", "against", "more than once"),
        ("against={parts}&word=1", "word", "There is no parameter “word” here"),
        ("against={parts}&format=csv", "format", "choose from json"),
    ],
)
def test_what_cannot_be_compared(api: API, said: dict[str, Any], query: str, parameter: str, sentence: str) -> None:
    names = {name: said[name].uid for name in ("fullest", "parts", "reported")}
    response = api.get(f"utterances/{said['utterance'].uid}/diff/?{query.format(**names)}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    [fault] = response.json()["errors"]
    assert fault["parameter"] == parameter
    assert sentence.format(**names) in fault["detail"]


def test_a_hidden_form_is_none(api: API, said: dict[str, Any]) -> None:
    Quote.objects.filter(pk=said["parts"].pk).update(public=False)
    row = api.json(f"utterances/{said['utterance'].uid}/")
    assert [form["uid"] for form in row["forms"]] == [said["fullest"].uid, said["reported"].uid]
    response = api.get(f"utterances/{said['utterance'].uid}/diff/?against={said['parts'].uid}")
    assert response.status_code == 400
    Quote.objects.filter(pk=said["fullest"].pk).update(public=False)
    row = api.json(f"utterances/{said['utterance'].uid}/")
    assert (row["text"], row["fullest"], row["forms"][0]["changes"]) == (None, None, None)
    assert said["fullest"].text not in str(row)
    Utterance.objects.filter(pk=said["utterance"].pk).update(public=False)
    assert api.json(f"quotes/{said['reported'].uid}/")["utterance"] is None
    assert api.json(f"quotes/{said['reported'].uid}/")["relation"] is None
    for path in "", f"diff/?against={said['reported'].uid}":
        assert api.get(f"utterances/{said['utterance'].uid}/{path}").status_code == 404


def test_what_was_taken_up_has_moved(api: API, said: dict[str, Any]) -> None:
    middle = Utterance.objects.create(merged_into=said["utterance"])
    first = Utterance.objects.create(merged_into=middle)
    query = f"against={said['parts'].uid}"
    for one in middle, first:
        for path in "", f"diff/?{query}":
            response = api.get(f"utterances/{one.uid}/{path}")
            to = f"http://testserver/api/v1/utterances/{said['utterance'].uid}/{path}"
            assert (response.status_code, response["Location"]) == (301, to)
            assert response.json() == {"merged_into": said["utterance"].uid, "url": to}
    Utterance.objects.filter(pk=said["utterance"].pk).update(public=False)
    assert api.get(f"utterances/{first.uid}/").status_code == 404


@pytest.mark.parametrize(
    "query, found",
    [
        ("min_outlets=3", 1),
        ("min_outlets=4", 0),
        ("words_changed__gte=1", 0),
        ("conflict=true", 1),
        ("conflict=false", 0),
        ("speaker=imran-vane", 1),
        ("speaker!=imran-vane", 0),
        ("story=the-rooms", 1),
        ("source=gazette", 1),
        ("q=“will forget”", 1),
        ("q=zebra", 0),
        ("from=2024-03-12&to=2024-03-12", 1),
        ("from=2024-03-13", 0),
    ],
)
def test_filters(api: API, said: dict[str, Any], query: str, found: int) -> None:
    assert api.json(f"utterances/?count=1&{query}")["count"] == found


def test_quotes_of_an_utterance(api: API, said: dict[str, Any]) -> None:
    make.make_quote(said["mercury"], "Council meets")
    rows = api.rows(f"quotes/?utterance={said['utterance'].uid}&sort=date")
    assert [row["uid"] for row in rows] == [said[name].uid for name in ("fullest", "reported", "parts")]
    assert len(api.rows(f"quotes/?utterance!={said['utterance'].uid}")) == 1


@pytest.mark.parametrize(
    "path, queries",
    [("", 5), ("?fields=uid,text&omit=forms", 1), ("?format=jsonld", 5), ("diff/?against={parts}", 4)],
)
def test_it_costs_what_it_costs(
    api: API, said: dict[str, Any], django_assert_num_queries: Any, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        assert api.get(f"utterances/{said['utterance'].uid}/{path.format(parts=said['parts'].uid)}").status_code == 200


def test_in_schema_org_each_form_is_an_example_of_the_work(api: API, said: dict[str, Any]) -> None:
    linked = api.json(f"utterances/{said['utterance'].uid}/?format=jsonld")
    assert (linked["@type"], linked["dateCreated"], linked["datePublished"]) == (
        "Quotation",
        "2024-03-11",
        "2024-03-12",
    )
    assert next(form["identifier"] for form in linked["workExample"]) == said["fullest"].uid
    assert [who["name"] for who in linked["spokenByCharacter"]] == ["Ruth Ashdown", "Imran Vane"]


@pytest.mark.parametrize(
    "spans, stretch, place",
    [
        ([[10, 14], [20, 24]], (0, 4), (10, 14)),
        ([[10, 14], [20, 24]], (7, 11), (20, 24)),
        ([[10, 14], [20, 24]], (2, 9), (12, 22)),
        ([[10, 14]], (4, 4), (14, 14)),
        ([[10, 14], [20, 24]], (4, 4), (20, 14)),
    ],
)
def test_places(spans: list[list[int]], stretch: tuple[int, int], place: tuple[int, int]) -> None:
    """A beginning between two parts is that of the second; an end, of the first."""
    assert Words.of("said … then", "direct", spans, []).place(*stretch) == place


# --- decided on


def test_what_is_decided_on_an_utterance_is_taken_back_like_any_decision(said: dict[str, Any]) -> None:
    editor, uid = WHO["editor"](), said["utterance"].uid
    body = {"fullest": said["parts"].uid, "said_day": None, "occasion": "Town hall", "reason": "The tape."}
    response = editor.change(f"utterances/{uid}/", body)
    row = response.json()
    assert (response.status_code, row["fullest"], row["said_day"], row["occasion"]) == (
        200, said["parts"].uid, None, "Town hall",
    )  # fmt: skip
    assert next(form["relation"] for form in row["forms"]) == "variant"
    assert response["ETag"] == editor.get(f"utterances/{uid}/")["ETag"]
    decisions = editor.get(f"decisions/?thing=utterances&uid={uid}").json()["results"]
    assert {one["field"] for one in decisions} == {"fullest", "said_day", "occasion"}
    assert {(one["by"], one["reason"]) for one in decisions} == {("editor", "The tape.")}
    undone = editor.send("POST", f"decisions/{decisions[0]['uid']}/undo/?batch=1")
    assert undone.json() == {"undone": 3}
    assert editor.get(f"utterances/{uid}/").json()["fullest"] == said["fullest"].uid


def test_a_quote_is_taken_out_and_put_back(said: dict[str, Any]) -> None:
    editor, quotes = WHO["editor"](), [make.make_quote(make.make_article(), speaker=said["ruth"]) for _ in range(3)]
    utterances.group([quote.pk for quote in quotes])
    path = f"quotes/{quotes[2].uid}/"
    uid = editor.get(path).json()["utterance"]
    assert editor.change(path, {"utterance": None}).json()["utterance"] is None
    assert len(editor.get(f"utterances/{uid}/").json()["forms"]) == 2
    row = editor.change(path, {"utterance": uid}).json()
    assert (row["utterance"], row["relation"]) == (uid, "variant")
    [last, _] = editor.get(f"decisions/?thing=quotes&uid={quotes[2].uid}").json()["results"]
    assert (last["field"], last["before"], last["after"]) == ("utterance", None, uid)


def test_an_answer_joins_what_two_outlets_printed(corpus: dict[str, Any]) -> None:
    editor, match = WHO["editor"](), corpus["match"]
    [row] = editor.get(f"matches/?quote={corpus['choice'].uid}").json()["results"]
    assert row == editor.get(f"matches/{match.uid}/").json()
    assert (row["answer"], row["reasons"], row["first"]["uid"], row["second"]["article"]["source"]["slug"]) == (
        "open", ["days-apart"], corpus["choice"].uid, "severn-gazette",
    )  # fmt: skip
    stale = editor.send("POST", f"matches/{match.uid}/answer/", {"answer": "same"}, If_Match='"else"')
    assert (stale.status_code, problem(stale)) == (412, "changed-meanwhile")
    response = editor.send("POST", f"matches/{match.uid}/answer/", {"answer": "fragment", "reason": "So it is."})
    assert (response.status_code, response.json()["answer"]) == (200, "fragment")
    for name in "choice", "ferry":
        corpus[name].refresh_from_db()
    assert corpus["choice"].utterance == corpus["ferry"].utterance is not None
    # What stayed behind was looked at again, and nothing speaks for the other question.
    assert editor.get("matches/?answer=open&count=1").json()["count"] == 0
    [decision] = editor.get(f"decisions/?thing=matches&uid={match.uid}").json()["results"]
    assert (decision["after"], decision["reason"]) == ("fragment", "So it is.")


def test_what_stands_against_an_answer_is_told(corpus: dict[str, Any]) -> None:
    editor = WHO["editor"]()
    assert editor.change(f"quotes/{corpus['choice'].uid}/", {"utterance": None}).status_code == 200
    response = editor.send("POST", f"matches/{corpus['match'].uid}/answer/", {"answer": "same"})
    assert (response.status_code, problem(response)) == (409, "conflict")
    assert response.json()["detail"] == "“had no choice” was said to stand by itself; take that back first."


@pytest.mark.parametrize("query", ["", "?answer=open", "?count=1&page_size=1", "?format=csv&likeness__gte=0.1"])
def test_matches_cost_what_they_cost(corpus: dict[str, Any], django_assert_num_queries: Any, query: str) -> None:
    reader = WHO["reader"]()
    reader.get("matches/")
    with django_assert_num_queries(4 + ("count" in query)):
        response = reader.get(f"matches/{query}")
        b"".join(response) if response.streaming else response.content
