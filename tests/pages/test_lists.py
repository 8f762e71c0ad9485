"""The lists as a reader uses them: dates as a chart, names that were misspelt, filters one by one, empty and wrong."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.filters import QuoteFilterSet
from articles.models import Quote
from corpus import filters, paging, timeline
from corpus.charts import Unit
from corpus.filters import Period
from corpus.timeline import Range
from people.meant import distance, meant, slips
from tests.factories import (
    make_article,
    make_person,
    make_quote,
    make_source,
    make_story,
    settle,
)  # fmt: skip

pytestmark = pytest.mark.django_db

#: When articles of the corpus below were printed; each has a quote of Maureen's and a reported one of Imran's.
DAYS = [dt.date(2019, 3, 1), dt.date(2024, 3, 1), dt.date(2024, 3, 12), dt.date(2024, 7, 4), None]


@pytest.fixture(scope="module")
def corpus(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The corpus below, made once: each test works in a savepoint of its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


def made() -> dict[str, Any]:
    maureen = make_person("Maureen Thorley", aliases=["Cllr M. Thorley"])
    imran = make_person("Imran Sadiq")
    mercury, gazette = make_source("Aldermouth Mercury"), make_source("Severn Gazette")
    story = make_story("The wall")
    articles = []
    for n, day in enumerate(DAYS):
        article = make_article(
            "News\n“The sea asks,” said Maureen Thorley. Imran Sadiq said the wall would hold.",
            source=gazette if n == 1 else mercury, day=day, stories=[story], gated=False,
        )  # fmt: skip
        make_quote(article, "The sea asks,", speaker=maureen, gated=False)
        make_quote(article, "the wall would hold", speaker=imran, kind="indirect", gated=False)
        articles.append(article)
    settle(articles)
    return {"maureen": maureen, "imran": imran, "articles": articles}


def asked(client: Client, address: str, status: int = 200) -> Any:
    response: Any = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return response


def chart(client: Client, address: str) -> dict[str, str]:
    """What the table of the chart says, without what is empty."""
    [table] = re.findall(r"(?s)<details class=\"table\">.*?</details>", asked(client, address).content.decode()) or [""]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td></tr>", table)
    return {re.sub("<[^>]*>", "", label): number for label, number in rows if number != "0"}


def bar(client: Client, address: str, label: str) -> str:
    """Where a column of the chart leads."""
    html = asked(client, address).content.decode()
    [found] = re.findall(rf'<a href="([^"]*)" tabindex="-1"><title>{label}: ', html)
    return unescape(found)


# Dates


def test_the_chart_goes_from_years_to_months_to_days_and_back(client: Client, corpus: dict[str, Any]) -> None:
    assert chart(client, "/quotes/?kind=direct") == {"2019": "1", "2024": "3"}
    year = bar(client, "/quotes/?kind=direct", "2024")
    assert year == "/quotes/?from=2024&to=2024&kind=direct"
    assert chart(client, year) == {"March 2024": "2", "July 2024": "1"}
    month = bar(client, year, "March 2024")
    assert month == "/quotes/?from=2024-03&to=2024-03&kind=direct"
    assert chart(client, month) == {"1 March 2024": "1", "12 March 2024": "1"}
    day = bar(client, month, "12 March 2024")
    assert day == "/quotes/?from=2024-03-12&to=2024-03-12&kind=direct"
    # Of a day its month is shown, for comparison; chosen again it leads back there.
    assert chart(client, day) == {"1 March 2024": "1", "12 March 2024": "1"}
    assert bar(client, day, "12 March 2024") == month
    html = asked(client, day).content.decode()
    ways = re.findall(r'<nav class="way".*?</nav>', html)[0]
    assert re.findall(r'href="(.*?)"', unescape(ways)) == ["/quotes/?kind=direct", year, month]
    assert ways.endswith("<b>12 March 2024</b></nav>")


@pytest.mark.parametrize("noun, undated", [("quotes", 2), ("articles", 1)])
def test_a_column_has_as_many_as_its_list(client: Client, corpus: dict[str, Any], noun: str, undated: int) -> None:
    counted = chart(client, f"/{noun}/")
    assert set(counted) == {"2019", "2024"}
    for label, number in counted.items():
        assert str(asked(client, bar(client, f"/{noun}/", label)).context["tally"]) == number
    assert f"{undated} more ha" in asked(client, f"/{noun}/").content.decode()


def test_the_chart_regards_every_filter_but_its_own(client: Client, corpus: dict[str, Any]) -> None:
    assert chart(client, "/quotes/?source=severn-gazette&from=2024-03-01&to=2024-03-01") == {"1 March 2024": "2"}
    assert chart(client, "/quotes/?source!=severn-gazette&from=2024-03&to=2024-03") == {"12 March 2024": "2"}
    # An end that is open is drawn among everything there is.
    assert chart(client, "/quotes/?from=2024") == {"2019": "2", "2024": "6"}
    html = asked(client, "/quotes/?from=2024").content.decode()
    assert '<a href="/quotes/?from=2024&amp;to=2024" aria-current="true">2024</a>' in html
    assert '<a href="/quotes/?from=2019&amp;to=2019">2019</a>' in html


def test_where_no_dates_fit_the_chart_shows_those_that_would(client: Client, corpus: dict[str, Any]) -> None:
    response = asked(client, "/quotes/?from=2022&to=2022")
    assert "No quotes match this filter" in response.content.decode()
    assert [slot.column.label for slot in response.context["timeline"].slots if slot.url] == ["2019", "2024"]


@pytest.mark.parametrize("address", ["/people/", "/sources/", "/stories/", "/quotes/?from=x"])
def test_what_has_no_dates_has_no_chart(client: Client, corpus: dict[str, Any], address: str) -> None:
    response = client.get(address)
    assert "timeline" not in response.content.decode()


def test_very_many_are_judged_by_a_sample_and_said_to_be(
    client: Client, corpus: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FACET_SAMPLE", 3)
    # All ids there can be between first and last: the sample is everything.
    monkeypatch.setattr(timeline, "SAMPLE", 1000)
    # A small share of all is sooner counted.
    assert chart(client, "/quotes/") == {"2019": "2", "2024": "6"}
    assert chart(client, "/quotes/?from=2024-03&to=2024-03") == {"1 March 2024": "2", "12 March 2024": "2"}
    monkeypatch.setattr(QuoteFilterSet, "countable", 0)
    shares = {"2019": "about 25%", "2024": "about 75%"} | dict.fromkeys(("2020", "2021", "2022", "2023"), "none found")
    assert chart(client, "/quotes/") == shares
    assert re.search(r"judged by \d+ of them", asked(client, "/quotes/").content.decode())
    monkeypatch.setattr("articles.filters.MANY", 1)
    monkeypatch.setattr(filters, "FACET_SAMPLE", 1)
    for query in "speaker=maureen-thorley", "q=the+OR+a+OR+we+OR+is":
        assert chart(client, f"/quotes/?{query}") == shares


@pytest.mark.parametrize(
    "since, until, around, back",
    [
        ("2024-03-12", "2024-03-12", (20240301, 20240331, Unit.DAY), ["2024", "March 2024"]),
        ("2024-02", "2024-02", (20240201, 20240229, Unit.DAY), ["2024"]),
        ("2024-02-10", "2024-03", (20240101, 20241231, Unit.MONTH), ["2024"]),
        ("2024", "2024", (20240101, 20241231, Unit.MONTH), []),
        ("2023-12", "2024-03", (20230101, 20241231, Unit.MONTH), []),
        ("2021", "2024-03", (20200101, 20291231, Unit.YEAR), []),
        ("1999", "2024", None, []),
        ("2024", "", None, []),
        ("", "2024", None, []),
        ("", "", None, []),
    ],
)
def test_what_a_chart_shows_of_a_range(
    since: str, until: str, around: tuple[int, int, Unit] | None, back: list[str]
) -> None:
    chosen = Range(*(Period.parse(text) if text else None for text in (since, until)))
    assert chosen.surroundings() == around
    assert [one.label for one in chosen.ways_back()] == back


# Names


@pytest.mark.parametrize(
    "text, names",
    [
        ("Maureen Thorly", ["Maureen Thorley"]),
        ("Moreen Thorley", ["Maureen Thorley"]),
        ("thorely", ["Maureen Thorley"]),
        ("m thorlay", ["Maureen Thorley"]),
        ("Sadiq Imran", ["Imran Sadiq"]),
        ("maureen-thorly", ["Maureen Thorley"]),
        ("Maureen Sadiq", []),
        ("sea", []),
        ("", []),
        ("%", []),
        ("one two three four five six", []),
    ],
)
def test_whom_a_misspelt_name_may_mean(
    corpus: dict[str, Any], text: str, names: list[str], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(1):
        assert [one.name for one in meant(text)] == names


def test_the_nearest_comes_first_and_nobody_who_is_hidden(corpus: dict[str, Any]) -> None:
    article = make_article("News\n“Yes,” said Maureen Thorney. “No,” said Maureen Thorpe.", gated=False)
    make_quote(article, "Yes,", speaker=make_person("Maureen Thorney"), gated=False)
    make_quote(article, "No,", speaker=make_person("Maureen Thorleye"), speaker_confidence=0.1, gated=False)
    settle([article])
    assert [one.name for one in meant("Maureen Thorney")] == ["Maureen Thorney", "Maureen Thorley"]
    assert [one.name for one in meant("Maureen Thorleye")] == ["Maureen Thorley", "Maureen Thorney"]


def test_every_slip_of_the_pen_is_looked_for() -> None:
    assert {"thorly", "thorleey", "thorlay", "htorley"} <= slips("thorley")
    assert slips("lee") == {"lee"}
    assert distance(["r", "ashdwon"], ["ruth", "ashdown"]) == 1.5


OFFERS = {
    "/people/?q=maureen+thorly": "/people/maureen-thorley/",
    "/quotes/?q=maureen+thorly&kind=direct": "/quotes/?speaker=maureen-thorley&kind=direct",
    "/articles/?q=thorly": "/articles/?speaker=maureen-thorley",
    "/utterances/?q=thorly": "/utterances/?speaker=maureen-thorley",
    "/quotes/?speaker=imran-sadiq&speaker=maureen-thorly": "/quotes/?speaker=imran-sadiq&speaker=maureen-thorley",
    "/quotes/?speaker!=maureen-thorly&q=sea": "/quotes/?q=sea&speaker!=maureen-thorley",
}


@pytest.mark.parametrize("address, offer", OFFERS.items())
def test_a_list_offers_whom_may_be_meant(client: Client, corpus: dict[str, Any], address: str, offer: str) -> None:
    html = asked(client, address, 400 if "speaker" in address else 200).content.decode()
    [said] = re.findall(r'<p class="meant">.*?</p>', html)
    assert re.findall(r'href="(.*?)"', unescape(said)) == [offer]
    asked(client, offer)


@pytest.mark.parametrize("query", ["sea", "-sea+thorly", "thorly+OR+xyzzy", "thorl*", "xyzzy"])
def test_nobody_is_offered_where_no_name_is_looked_for(client: Client, corpus: dict[str, Any], query: str) -> None:
    assert 'class="meant"' not in asked(client, f"/quotes/?q={query}").content.decode()


def test_somebody_asked_for_by_name_is_found(client: Client, corpus: dict[str, Any]) -> None:
    response = client.get("/quotes/?speaker=Maureen+Thorley&kind=direct&from=")
    assert response.status_code == 302
    following = client.get(response["Location"])
    assert following["Location"] == "/quotes/?speaker=maureen-thorley&kind=direct"


# Addresses


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("q=&from=&to=&kind=direct&country=", "?kind=direct"),
        ("q=+&sort=date", "?sort=date"),
        ("q=", ""),
        ("speaker!=&source!=severn-gazette", "?source!=severn-gazette"),
    ],
)
def test_what_a_form_sends_of_empty_fields_is_no_part_of_an_address(
    client: Client, corpus: dict[str, Any], sent: str, kept: str
) -> None:
    response = client.get(f"/quotes/?{sent}")
    assert (response.status_code, response["Location"]) == (302, f"/quotes/{kept}")


STATES = [
    "/quotes/?q=%22sea+asks%22&from=2024&speaker=maureen-thorley&kind!=indirect&sort=date",
    "/quotes/?source=severn-gazette,aldermouth-mercury&to=2024-03",
    "/articles/?source!=severn-gazette",
    "/people/?q=thorley",
    "/sources/?kind=newspaper",
    "/stories/?q=wall",
]


@pytest.mark.parametrize("address", STATES)
def test_a_list_elsewhere_is_the_same_list(client: Client, corpus: dict[str, Any], address: str) -> None:
    response = asked(client, address)
    # By what every form has of a row: the last part of its address.
    things = [item.get_absolute_url().rstrip("/").rpartition("/")[2] for item in response.context["page"].items]
    assert things
    got = {}
    for export in response.context["exports"]:
        answer: Any = client.get(export["url"])
        assert answer.status_code == 200, export
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        got[export["label"]] = body.decode()
    assert list(got) == ["CSV", "JSON", "JSON Lines", "Atom feed", "API address"]
    rows = json.loads(got["JSON"])["results"]
    key = "slug" if "slug" in rows[0] else "uid"
    assert [row[key] for row in rows] == things
    assert [row[key] for row in json.loads(got["API address"])["results"]] == things
    assert [json.loads(line)[key] for line in got["JSON Lines"].splitlines()] == things
    assert [row[key] for row in csv.DictReader(got["CSV"].splitlines(keepends=True))] == things
    linked = re.findall(r'<entry>.*?<link href="[^"]*?/([^/"]+)/"', got["Atom feed"], re.DOTALL)
    assert sorted(linked) == sorted(things)


# Choices


def test_a_choice_is_left_out_and_taken_in_again(client: Client, corpus: dict[str, Any]) -> None:
    html = asked(client, "/quotes/?kind!=indirect").content.decode()
    assert re.search(r'<div class="out"><label><input[^>]*value="indirect">', html)
    again = re.search(r'<a class="not" href="([^"]*)"[^>]*title="Take reported in again"', html, re.IGNORECASE)
    assert again, html
    assert unescape(again[1]) == "/quotes/"
    both = asked(client, "/quotes/?speaker=maureen-thorley,imran-sadiq&kind!=indirect").content.decode()
    assert both.count('<span class="or">or</span>') == 1


def test_where_nothing_matches_it_is_said_what_would(client: Client, corpus: dict[str, Any]) -> None:
    html = unescape(asked(client, "/quotes/?q=sea&from=2022&to=2022&kind!=direct").content.decode())
    assert "No quotes match all 3 filters" in html
    assert "Drop “" not in html  # either alone leaves nothing
    html = unescape(asked(client, "/quotes/?q=sea&from=2022&to=2022").content.decode())
    assert 'href="/quotes/?q=sea">Drop “2022”</a>, the date: 5 quotes' in html


def test_several_lists_are_counted_at_once(corpus: dict[str, Any], django_assert_num_queries: Any) -> None:
    public = Quote.objects.public()
    with django_assert_num_queries(1):
        tallies = paging.tallies([public, public.matching("sea"), public.none(), public.filter(kind="indirect")], cap=5)
    assert [str(one) for one in tallies] == ["5+", "5", "0", "5"]
    assert paging.tallies([]) == []


WRONG = {
    "frm=2024": "<b>“frm”</b>: There is no filter of this name; choose from those of the panel.",
    "from=31-02-2024": "“31-02-2024” is not a date; write a day, month or year as 2024-03-12, 2024-03 or 2024.",
    "from=2024-02-31": "There is no day 2024-02-31; write a day, month or year",
    "from=2024&to=2023": "The range ends (2023) before it begins (2024); exchange from and to.",
    "q=-sea": "“-sea” holds no word to look for; write at least one without a minus before it.",
    "sort=best": "“best” is no order of this list; choose from Newest first, Oldest first, Best match first.",
    "cursor=x": "The cursor is broken; leave it out to start at the first page.",
    "source=nobody": "There is no “nobody” here; /sources/ lists what there is.",
}


@pytest.mark.parametrize("query, said", WRONG.items())
def test_what_is_wrong_is_said_with_what_to_do(client: Client, corpus: dict[str, Any], query: str, said: str) -> None:
    html = unescape(asked(client, f"/quotes/?{query}", 400).content.decode())
    assert said in html
    assert "Nothing was searched." in html
    assert 'class="item' not in html
