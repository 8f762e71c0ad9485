"""What pages say to machines in their heads, and citations as files: the same as the API says, and nothing more."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client

from articles import linked_data
from articles.models import Article
from tests.factories import make_article, make_passage, make_person, make_quote, make_source, make_story, make_utterance
from tests.factories import settle as settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> dict[str, Any]:
    ruth = make_person("Ruth Ashdown", aliases=["R. Ashdown"], roles=["leader, Aldermouth council"], wikidata="Q42")
    source = make_source("Aldermouth Mercury", homepage="https://mercury.example/")
    story = make_story("The bridge", description="A crack </script><b>closes</b> it.")
    article = make_article(
        source=source, stories=[story], byline="By Ann Lee", url="https://mercury.example/a",
        url_key="https://mercury.example/a", gated=False,
    )  # fmt: skip
    quote = make_quote(article, speaker=ruth, gated=False)
    blog = make_article("14:55\nShe said: “I go.”\n", source=source, kind="live blog", headline="Live", gated=False)
    entry = make_passage(
        blog, "entry", "14:55\nShe said: “I go.”", heading="She goes", day=dt.date(2024, 6, 12), time=dt.time(14, 55)
    )
    spoken = make_quote(blog, "I go.", speaker=ruth, entry=entry, gated=False)
    settled([article, blog])
    other = make_quote(make_article(source=make_source("Northern Ledger")), speaker=ruth)
    quote.refresh_from_db()
    utterance = make_utterance(quote, other)
    return {
        "article": article, "blog": blog, "quote": quote, "spoken": spoken, "person": ruth, "source": source,
        "story": story, "utterance": utterance, "entry": entry,
    }  # fmt: skip


def head(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    html = response.content.decode().partition("</head>")[0]
    assert html.count("<script") == html.count("</script>")
    return html


def linked(client: Client, address: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head(client, address), re.DOTALL)
    [data] = [json.loads(text) for text in found]
    assert data["@context"] == "https://schema.org"
    return data


@pytest.mark.parametrize(
    "name, kind, left_out",
    [
        ("article", "NewsArticle", {"articleBody"}),
        ("blog", "LiveBlogPosting", {"articleBody", "liveBlogUpdate"}),
        ("quote", "Quotation", set()),
        ("spoken", "Quotation", set()),
        ("person", "Person", set()),
        ("source", "NewsMediaOrganization", set()),
        ("story", "Collection", set()),
    ],
)
def test_a_page_says_what_the_api_says(
    client: Client, town: dict[str, Any], name: str, kind: str, left_out: set[str]
) -> None:
    address = town[name].get_absolute_url()
    page, api = linked(client, address), client.get(f"/api/v1{address}?format=jsonld").json()
    assert page["@type"] == kind
    assert page["@id"] == f"http://testserver{address}"
    for said in (page, api):
        for field in left_out:
            said.pop(field, None)
        for field in ("alternateName",):
            said[field] = sorted(said.get(field, []))
    assert page == api


def test_what_is_said_of_who_somebody_is_and_of_entries(client: Client, town: dict[str, Any]) -> None:
    assert linked(client, town["person"].get_absolute_url())["sameAs"] == "https://www.wikidata.org/entity/Q42"
    blog = linked(client, town["blog"].get_absolute_url())
    [update] = blog["liveBlogUpdate"]
    assert (blog["coverageStartTime"], blog["coverageEndTime"]) == ("2024-06-12T14:55", "2024-06-12T14:55")
    assert linked(client, town["article"].get_absolute_url())["author"] == [{"@type": "Person", "name": "Ann Lee"}]
    assert update["@id"].endswith(f"?entry={town['entry'].uid}#e-2024-06-12T1455")
    assert (update["headline"], update["datePublished"]) == ("She goes", "2024-06-12T14:55")


def test_a_part_of_a_live_blog_does_not_say_when_it_ran() -> None:
    updates = [{"@type": "BlogPosting", "datePublished": day} for day in ("2024-06-13", "2024-06-12T14:55")]
    assert linked_data.live(updates)["coverageStartTime"] == "2024-06-12T14:55"
    assert linked_data.live(updates, entire=False) == {"liveBlogUpdate": updates}


def test_a_speaker_without_any_name_is_nobody() -> None:
    nameless, friend = ({"printed": printed, "person": None, "kind": "individual"} for printed in ("", "a friend"))
    said = linked_data.utterance({"uid": "u", "page": "/u/", "speakers": [nameless, friend]})
    assert said["spokenByCharacter"] == [{"@type": "Person", "name": "a friend"}]


def test_the_front_page_says_how_it_is_searched(client: Client) -> None:
    assert linked(client, "/")["potentialAction"]["target"]["urlTemplate"] == "http://testserver/quotes/?q={words}"


def test_of_an_outlet_that_allows_excerpts_no_more_is_said(client: Client) -> None:
    article = make_article("Head\n\nzuqasecret. She said: “I go.”", source=make_source(rights="excerpts"), gated=False)
    quote = make_quote(article, "I go.", gated=False)
    settled([article])
    for thing in (article, quote):
        assert "articleBody" not in json.dumps(linked(client, thing.get_absolute_url()))


@pytest.mark.parametrize("noun", ["quotes", "articles", "people", "sources", "stories", "utterances"])
def test_a_list_names_its_things(client: Client, town: dict[str, Any], noun: str) -> None:
    data = linked(client, f"/{noun}/")
    rows = data["mainEntity"]["itemListElement"]
    assert data["@type"] == "CollectionPage"
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(client.get(row["url"]).status_code == 200 for row in rows)


def test_every_page_has_one_address_for_good_and_says_what_it_is(client: Client, town: dict[str, Any]) -> None:
    things = [thing.get_absolute_url() for thing in town.values() if hasattr(thing, "get_absolute_url")]
    for address in [*things, "/", "/about/", "/quotes/", "/people/", "/concordance/"]:
        html = head(client, f"{address}?utm_source=x" if address in things else address)
        assert re.findall(r'<link rel="canonical" href="([^"]+)">', html) == [f"http://testserver{address}"]
        said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', html))
        assert said["url"] == f"http://testserver{address}"
        assert said["type"] in {"website", "article", "profile"}
        assert said["title"]
        assert said["description"]
        assert not said["title"].endswith("Verbatim</title>")
    quote = dict(
        re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', head(client, town["quote"].get_absolute_url()))
    )
    assert quote["title"].startswith("Ruth Ashdown: “The bridge will close on Monday")


@pytest.mark.parametrize(
    "asked, canonical",
    [
        ("/quotes/?kind=direct&q=bridge&utm_source=x", "/quotes/?q=bridge&amp;kind=direct"),
        ("/quotes/?speaker!=ruth-ashdown&sort=date", "/quotes/?speaker!=ruth-ashdown&amp;sort=date"),
        ("/people/?q=ruth", "/people/?q=ruth"),
        ("/concordance/?q=bridge&in=articles&page=1", "/concordance/?q=bridge"),
        ("/concordance/?q=bridge&by=left&in=quotes", "/concordance/?q=bridge&amp;in=quotes&amp;by=left"),
    ],
)
def test_a_filtered_list_is_a_page_of_its_own_whatever_else_stands_in_its_address(
    client: Client, town: dict[str, Any], asked: str, canonical: str
) -> None:
    assert f'<link rel="canonical" href="http://testserver{canonical}">' in head(client, asked)


@pytest.mark.parametrize("address", ["/nothing/", "/quotes/nothing/"])
def test_what_is_not_there_has_no_address_for_good(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert "canonical" not in html
    assert "og:" not in html


# Citations


TYPES = {
    "txt": "text/plain",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "json": "application/vnd.citationstyles.csl+json",
}


@pytest.mark.parametrize("extension", TYPES)
@pytest.mark.parametrize("name", ["article", "quote"])
def test_a_citation_is_a_file(client: Client, town: dict[str, Any], name: str, extension: str) -> None:
    thing = town[name]
    html = client.get(thing.get_absolute_url()).content.decode()
    address = f"{thing.get_absolute_url()}cite.{extension}"
    assert f'href="{address}"' in html
    response = client.get(address)
    assert response["Content-Type"] == f"{TYPES[extension]}; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="verbatim-{thing.uid}.{extension}"'
    text = response.content.decode()
    assert f"http://testserver{thing.get_absolute_url()}" in text
    assert "Ann" in text
    assert ("nobody regrets it" in text) == (name == "quote")


def test_a_live_blog_is_cited_by_the_day_of_the_entry(client: Client, town: dict[str, Any]) -> None:
    [item] = client.get(f"{town['spoken'].get_absolute_url()}cite.json").json()
    assert item["issued"] == {"date-parts": [[2024, 6, 12]]}
    assert item["type"] == "post-weblog"


def test_what_is_not_public_is_not_cited(client: Client, town: dict[str, Any]) -> None:
    assert client.get(f"{town['quote'].get_absolute_url()}cite.doc").status_code == 404
    for status, expected in (("draft", 404), ("withheld", 410)):
        Article.objects.filter(pk=town["article"].pk).update(status=status, public=False)
        settled([town["article"]])
        for name in ("article", "quote"):
            assert client.get(f"{town[name].get_absolute_url()}cite.txt").status_code == expected
