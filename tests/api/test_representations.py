"""JSON, CSV, JSON lines and JSON-LD: the same rows in the same order, whatever was asked for."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from corpus.api import CorpusViewSet
from corpus.api_urls import VIEWSETS
from tests import factories as make
from tests.api.conftest import API, FERRY

pytestmark = pytest.mark.django_db


def text_of(api: API, path: str) -> str:
    response = api.get(path)
    assert response.status_code == 200, response.content
    return (b"".join(response) if response.streaming else response.content).decode()


def in_each_form(api: API, path: str) -> dict[str, list[str]]:
    """The uids of a list, by representation."""
    linked = json.loads(text_of(api, f"{path}&format=jsonld"))["itemListElement"]
    return {
        "json": [row["uid"] for row in json.loads(text_of(api, f"{path}&format=json"))["results"]],
        "csv": [row["uid"] for row in csv.DictReader(io.StringIO(text_of(api, f"{path}&format=csv"), newline=""))],
        "jsonl": [json.loads(line)["uid"] for line in text_of(api, f"{path}&format=jsonl").splitlines()],
        "jsonld": [item["identifier"] for item in linked],
    }


LINKED = [viewset for viewset in VIEWSETS if viewset.linked]
QUERIES = {
    "quotes": [
        "",
        "sort=date",
        "kind!=mixed",
        "q=ferry",
        "speaker=ruth-ashdown",
        "source=severn-gazette&sort=date",
        "q=zzz",
    ],
    "articles": ["", "sort=date&include=text,quotes", "kind=report"],
    "people": ["", "q=ruth"],
    "sources": ["", "sort=-name"],
    "stories": [""],
    "utterances": ["", "q=ferry&include=forms", "speaker=ruth-ashdown&sort=-words_changed", "q=zzz"],
}


@pytest.mark.parametrize("path", [f"{viewset.noun}/?{query}" for viewset in LINKED for query in QUERIES[viewset.noun]])
def test_the_rows_are_the_same_in_every_form(api: API, corpus: dict[str, Any], path: str) -> None:
    found = in_each_form(api, path)
    assert found["csv"] == found["jsonl"] == found["jsonld"] == found["json"]
    assert found == in_each_form(api, f"{path}&page_size=1000")
    assert (found["json"] == []) == ("zzz" in path)


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_json_lines_are_the_rows_to_the_letter(api: API, corpus: dict[str, Any], viewset: type[CorpusViewSet]) -> None:
    path = f"{viewset.noun}/?include={','.join(viewset.declared().included)}"
    rows = [json.loads(line) for line in text_of(api, f"{path}&format=jsonl").splitlines()]
    assert rows == api.rows(path)
    uid = rows[0]["uid"]
    assert json.loads(text_of(api, f"{viewset.noun}/{uid}/?format=jsonl")) == api.json(f"{viewset.noun}/{uid}/")


def test_a_page_may_be_asked_for_in_every_form(api: API, corpus: dict[str, Any]) -> None:
    for form in "csv", "jsonl":
        response = api.get(f"quotes/?format={form}&page_size=2&fields=uid")
        assert not response.streaming
        assert response["Link"].endswith('>; rel="next"')
        following = api.get(response["Link"].split(">")[0].partition("/api/v1/")[2])
        both = response.content.decode().splitlines() + following.content.decode().splitlines()
        assert len([line for line in both if line != "uid"]) == 3
        assert 'rel="prev"' in following["Link"]


def test_a_quote_in_schema_org_and_web_annotation(api: API, corpus: dict[str, Any]) -> None:
    ferry, report = corpus["ferry"], corpus["report"]
    linked = json.loads(text_of(api, f"quotes/{ferry.uid}/?format=jsonld"))
    assert (linked["@context"], linked["@type"], linked["text"]) == ("https://schema.org", "Quotation", FERRY)
    assert linked["@id"] == f"http://testserver/quotes/{ferry.uid}/"
    [speaker] = linked["spokenByCharacter"]
    assert (speaker["@type"], speaker["name"], speaker["alternateName"]) == ("Person", "Ruth Ashdown", "Ruth Ashdowne")
    where = linked["isPartOf"]
    assert (where["@type"], where["identifier"], where["publisher"]["name"]) == (
        "NewsArticle",
        report.uid,
        "Severn Gazette",
    )
    note = linked["subjectOf"]
    assert (note["type"], note["body"]) == ("Annotation", linked["@id"])
    text, start = report.capture.text, ferry.start
    for target, (begin, end) in zip(note["target"], ferry.spans, strict=True):
        quoted, place = target["selector"]
        assert (place["type"], place["start"], place["end"]) == ("TextPositionSelector", begin, end)
        assert text[place["start"] : place["end"]] == quoted["exact"]
        assert target["source"]["schema:sha256"] == report.text_sha256
    assert note["target"][0]["selector"][0]["prefix"] == text[start - 1 : start]
    assert "suffix" not in note["target"][0]["selector"][0]


def test_an_article_and_a_person_in_schema_org(api: API, corpus: dict[str, Any]) -> None:
    blog = json.loads(text_of(api, f"articles/{corpus['blog'].uid}/?format=jsonld&include=quotes"))
    assert (blog["@type"], blog["articleBody"], blog["datePublished"]) == (
        "LiveBlogPosting",
        make.TEXT,
        "2024-03-12T11:05",
    )
    [update] = blog["liveBlogUpdate"]
    assert (update["@type"], update["headline"], update["articleBody"]) == (
        "BlogPosting", "Deputy speaks", "Martin Keele, her deputy",
    )  # fmt: skip
    assert [part["@type"] for part in blog["hasPart"]] == ["Quotation", "Quotation"]
    report = json.loads(text_of(api, f"articles/{corpus['report'].uid}/?format=jsonld"))
    assert "articleBody" not in report
    ruth = json.loads(text_of(api, "people/ruth-ashdown/?format=jsonld"))
    assert (ruth["@type"], ruth["alternateName"]) == ("Person", ["Cllr Ashdown", "Ruth Ashdowne"])
    assert ruth["hasOccupation"][0]["hasOccupation"]["name"] == "leader, Aldermouth council"


@pytest.mark.parametrize("accept, form", [("application/x-ndjson", "jsonl"), ("application/ld+json", "jsonld")])
def test_accept_says_it_too(api: API, corpus: dict[str, Any], accept: str, form: str) -> None:
    response = api.get("quotes/", Accept=accept)
    assert response["Content-Type"].startswith(accept)
    assert (
        text_of(api, f"quotes/?format={form}")
        == (b"".join(response) if response.streaming else response.content).decode()
    )
