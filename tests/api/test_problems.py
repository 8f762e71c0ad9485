"""Errors are problems with a stable type, say what, where and what to do, and give nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import API

pytestmark = pytest.mark.django_db

BAD = {
    "quotes/?speker=x": ("speker", "There is no parameter “speker” here; there are q, from, to, speaker,"),
    "quotes/?kind=spoken": ("kind", "“spoken” is none of its values; choose from direct, mixed, indirect, document."),
    "quotes/?speaker=nobody": ("speaker", "There is no “nobody” here; /api/v1/people/ lists what there is."),
    "quotes/?from=yesterday": ("from", "“yesterday” is not a date; write"),
    "quotes/?page_size=1001": ("page_size", "“1001” is not a page size; write a number from 1 to 1000."),
    "quotes/?page_size=²": ("page_size", "“²” is not a page size; write a number from 1 to 1000."),
    "quotes/?count=maybe": ("count", "“maybe” is neither yes nor no; write count=1 or leave it out."),
    "quotes/?cursor=x": ("cursor", "The cursor is broken; leave it out to start at the first page."),
    "quotes/?format=xml": ("format", "“xml” is no format; choose from json, csv, jsonl, jsonld."),
    "captures/?format=jsonld": ("format", "“jsonld” is no format; choose from json, csv, jsonl."),
    "quotes/?include=text": ("include", "There is nothing to include here; leave this out."),
    "articles/?include=text,body": (
        "include",
        "There is nothing “body” to include; there is text, excerpts, passages,",
    ),
    "quotes/?group_by=colour": (
        "group_by",
        "“colour” is nothing to group by; choose from speaker, speaker_is, source,",
    ),
    "quotes/?group_by=kind&fields=uid": ("fields", "This is of no use beside group_by; leave it out."),
    "quotes/?group_by=kind&format=jsonld": ("format", "Counts have no form in JSON-LD; ask for json, csv or jsonl."),
    "quotes/?group_by=kind&cursor=x": ("cursor", "The cursor is broken; leave it out to start at the first page."),
    "quotes/?format=jsonld&fields=uid": ("fields", "JSON-LD has fields of its own; leave this out."),
    "quotes/?empty=words": ("empty", "“words” is none of its values; choose from speaker, addressed_to, via, entry,"),
    "quotes/?addressed_to=nobody": ("addressed_to", "There is no “nobody” here; /api/v1/people/ lists what there is."),
    "quotes/?article_q=-toll": ("article_q", "“-toll” holds no word to look for; write at least one"),
    "quotes/?uid=A": ("uid", "“A” cannot be one of its values; write it like 7kq2wz9mxd."),
    "quotes/?confidence__lte=2": ("confidence__lte", "“2” is not a number from 0 to 1."),
    "mentions/?person=nobody": ("person", "There is no “nobody” here; /api/v1/people/ lists what there is."),
    "captures/?how=fax": ("how", "“fax” is none of its values; choose from file, paste, jsonl, csv, url,"),
    "entries/?kind=body": ("kind", "There is no parameter “kind” here; there are article, source, story,"),
    "quotes/?fields=uid,words": ("fields", "There is no field “words”; there are uid, page, text,"),
    "quotes/?omit=article.text": ("omit", "There is no field “article.text”; there are uid, page, url,"),
    "quotes/?fields=uid.x": ("fields", "There is no field “uid.x”; there are nothing inside it."),
    "people/?from=2024": ("from", "There is no parameter “from” here; there are q, kind, role, source, story,"),
    "quotes/{monday}/?kind=direct": (
        "kind",
        "There is no parameter “kind” here; there are fields, format, include, omit.",
    ),
    "quotes/{monday}/?format=html": ("format", "“html” is no format; choose from json, csv, jsonl, jsonld."),
}


@pytest.mark.parametrize("path, said", BAD.items())
def test_a_bad_parameter_is_named(api: API, corpus: dict[str, Any], path: str, said: tuple[str, str]) -> None:
    response = api.get(path.format(monday=corpus["monday"].uid))
    problem = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert problem["type"] == "urn:verbatim:problem:invalid-parameters"
    assert [error["parameter"] for error in problem["errors"]] == [said[0]]
    assert problem["detail"].startswith(said[1])


def test_every_fault_is_told_at_once(api: API, corpus: dict[str, Any]) -> None:
    errors = api.get("quotes/?zz=1&kind=spoken&to=x").json()["errors"]
    assert [error["parameter"] for error in errors] == ["zz", "to", "kind"]
    assert errors[2]["allowed"] == ["direct", "mixed", "indirect", "document"]


NOWHERE = [
    "quotes/nothing/", "articles/nothing/", "people/nothing/", "sources/nothing/", "stories/nothing/", "captures/nothing/",
    "passages/nothing/", "entries/nothing/", "mentions/nothing/", "nothing/", "nothing",
    "quotes/a/b/", "quotes/%00/", "people/%00/", "people/a%0Ab/", "nothing/%0A/", "quotes/%F0%9F%8C%89/",
]  # fmt: skip
HIDDEN = {
    "quotes/{}/": ["rejected"],
    "articles/{}/": ["draft", "barred"],
    "people/{}/": ["imran"],
    "sources/{}/": ["herald"],
    "stories/{}/": ["secret"],
}


@pytest.mark.parametrize("path", NOWHERE)
def test_nothing_is_there(api: API, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["type"] == "urn:verbatim:problem:not-found"
    assert "/api/v1/" in response.json()["detail"]


@pytest.mark.parametrize("path, name", [(path, name) for path, names in HIDDEN.items() for name in names])
def test_what_is_hidden_is_not_there(api: API, corpus: dict[str, Any], path: str, name: str) -> None:
    hidden = corpus[name].uid
    there, nowhere = api.get(path.format(hidden)), api.get(path.format("nowhere"))
    assert there.status_code == 404
    assert there.content.decode().replace(hidden, "nowhere") == nowhere.content.decode()


def test_the_documentation_has_no_options(client: Client) -> None:
    assert client.options("/api/").status_code == 405


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["captures/", "mentions/x/", "entries/", "changes/"])
def test_what_machines_find_is_read_only(client: Client, method: str, path: str) -> None:
    response = getattr(client, method)(f"/api/v1/{path}")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert (
        response.json()["detail"] == f"{method.upper()} is not allowed on /api/v1/{path}; use GET or HEAD or OPTIONS."
    )


def test_a_format_that_cannot_be_given(api: API, corpus: dict[str, Any]) -> None:
    response = api.get("quotes/", Accept="image/png")
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
    assert "application/json, text/csv" in response.json()["detail"]


@pytest.mark.parametrize(
    "accept, query, given",
    [
        ("*/*", "", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "application/json"),
        ("text/csv", "", "text/csv"),
        ("application/json", "?format=csv", "text/csv"),
        ("image/png", "?format=json", "application/json"),
    ],
)
def test_format_wins_over_accept(api: API, corpus: dict[str, Any], accept: str, query: str, given: str) -> None:
    response = api.get(f"quotes/{query}", Accept=accept)
    assert response.status_code == 200
    assert response["Content-Type"].startswith(given)
    assert "Accept" in response["Vary"]


def test_a_forgotten_slash_is_put_there(client: Client) -> None:
    response = client.get("/api/v1/quotes?kind=direct&speaker!=x")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/quotes/?kind=direct&speaker!=x")
