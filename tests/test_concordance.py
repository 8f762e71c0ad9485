"""The concordance: lines as they are read, sorted and counted, and the page and the API that give them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from articles import concordance as kwic
from articles.concordance import Line, Text, iso, lines_of
from corpus.search.query import parse
from tests.factories import make_article, make_quote, make_source, settle

TEXT = """The old bridge

Nobody who has stood on the old bridge at low tide can have missed the rust. “A bridge, for people
on foot only,” said Ruth Ashdown, and the BRIDGES fund was closed."""


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def line(left: str = "", right: str = "") -> Line:
    return Line("u", "a", "s", "S", 202403120000, left, "bridge", right)


# Lines


@pytest.mark.parametrize(
    "query, expected",
    [
        ("bridge", [("The old ", "bridge"), ("on the old ", "bridge"), ("“A ", "bridge"), ("and the ", "BRIDGES")]),
        ('"old bridge"', [("The ", "old bridge"), ("on the ", "old bridge")]),
        ("rust OR foot", [("missed the ", "rust"), ("people on ", "foot")]),
        ("bri*", [("The old ", "bridge"), ("on the old ", "bridge"), ("“A ", "bridge"), ("and the ", "BRIDGES")]),
        ("ferry", []),
        ("-bridge", []),
    ],
)
def test_every_place_is_a_line(query: str, expected: list[tuple[str, str]]):
    found = list(lines_of(Text("u", "a", "s", "S", 0, TEXT), parse(query)))
    assert len(found) == len(expected)
    for one, (left, words) in zip(found, expected, strict=True):
        assert one.left.endswith(left)
        assert one.words == words
        assert len(one.left) <= kwic.CONTEXT
        assert len(one.right) <= kwic.CONTEXT
        assert "\n" not in one.left + one.words + one.right


@pytest.mark.parametrize(
    "one, first_right, last_left",
    [
        (line("on the old ", ", for people"), (", ", "for", " people"), ("on the ", "old", "\u00a0")),
        (line("", "."), (".", "", ""), ("", "", "")),
        (line("he said: “", " don’t"), (" ", "don’t", ""), ("he ", "said", ": “")),
    ],
)
def test_the_words_at_either_side(one: Line, first_right: tuple[str, ...], last_left: tuple[str, ...]):
    assert one.first_right == first_right
    assert one.last_left == last_left


@pytest.mark.parametrize("moment, day", [(202403121105, "2024-03-12"), (0, "")])
def test_days(moment: int, day: str):
    assert iso(moment) == day


# Pages


@pytest.fixture
def town(db) -> dict[str, Any]:
    mercury, ledger = make_source("Aldermouth Mercury"), make_source("Northern Ledger", rights="excerpts")
    one = make_article(f"{TEXT}\n\nRuth Ashdown said: “Not my bridge.”", source=mercury, gated=False)
    other = make_article(
        f"Ferries\n\n{'It rained a lot. ' * 60}zuqabridge bridge zuqa.{' It rained. ' * 60}\n\n"
        "Keele said: “Any bridge will do.”",
        source=ledger, gated=False,
    )  # fmt: skip
    draft = make_article("Zuqadraft\n\nShe said: “A zuqa bridge.”", status="draft", gated=False)
    quotes = [make_quote(one, "Not my bridge.", gated=False), make_quote(other, "Any bridge will do.", gated=False)]
    quotes.append(make_quote(one, "A bridge, for people", status="rejected", gated=False))
    make_quote(draft, "A zuqa bridge.", gated=False)
    settle([one, other, draft])
    return {"one": one, "other": other, "quotes": quotes}


def rows(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(f"/api/v1/concordance/?{query}")
    assert response.status_code == 200, response.content
    found: list[dict[str, str]] = response.json()["results"]
    return found


def test_the_page_shows_the_words_in_a_column(client: Client, town: dict[str, Any]):
    html = client.get("/concordance/?q=bridge").content.decode()
    assert html.count("<mark>") == 6
    assert town["one"].get_absolute_url() in html
    assert "6 lines in 2 articles" in html
    assert "zuqa" not in html  # what lies outside of the excerpts, and drafts
    assert 'value="bridge"' in html


def test_in_quotes_only_public_ones_count(client: Client, town: dict[str, Any]):
    found = rows(client, "q=bridge&in=quotes")
    assert sorted((row["left"], row["right"]) for row in found) == [("Any ", " will do."), ("Not my ", ".")]
    assert {row["uid"] for row in found} == {quote.uid for quote in town["quotes"][:2]}


@pytest.mark.parametrize(
    "by, first",
    [("right", "Not my "), ("left", "Any "), ("outlet", "Not my "), ("date", "")],
)
def test_the_orders(client: Client, town: dict[str, Any], by: str, first: str):
    found = rows(client, f"q=bridge&in=quotes&by={by}")
    if first:
        assert found[0]["left"] == first
    assert len(found) == 2


def test_filters_of_the_lists_hold(client: Client, town: dict[str, Any]):
    assert {row["source"] for row in rows(client, "q=bridge&source=northern-ledger")} == {"northern-ledger"}
    assert {row["source"] for row in rows(client, "q=bridge&source!=northern-ledger")} == {"aldermouth-mercury"}
    assert rows(client, "q=bridge&from=2030") == []


def test_rates_are_of_the_words_of_each_outlet(client: Client, town: dict[str, Any]):
    document = client.get("/api/v1/concordance/?q=bridge").json()
    rates = {row["key"]: row for row in document["outlets"]}
    assert rates["northern-ledger"]["rate"] is None  # of which only excerpts are open
    expected = round(5 * 10_000 / town["one"].words, 1) if town["one"].words else None
    assert rates["aldermouth-mercury"]["lines"] == 5
    assert rates["aldermouth-mercury"]["rate"] == expected
    assert [row["key"] for row in document["months"]] == ["2024-03"]


def test_when_there_is_too_much_the_newest_are_shown_and_said_to_be(client: Client, town, monkeypatch):
    monkeypatch.setattr(kwic, "AMONG", 3)
    for day in range(1, 8):
        make_article(f"Bridge {day}\n\nThe bridge again.", source=town["one"].source, day=dt.date(2024, 4, day))
    document = client.get("/api/v1/concordance/?q=bridge").json()
    assert {row["date"] for row in document["results"]} == {"2024-04-05", "2024-04-06", "2024-04-07"}
    assert document["since"] == "2024-04-05"
    assert "these are the newest" in client.get("/concordance/?q=bridge").content.decode()


def test_csv_has_the_same_rows_and_no_formulas(client: Client, town: dict[str, Any]):
    make_article("Sums\n\n=1+1 bridge =2+2", source=town["one"].source)
    response = client.get("/api/v1/concordance/?q=bridge&format=csv")
    assert response.headers["Content-Type"].startswith("text/csv")
    found = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    assert len(found) == len(rows(client, "q=bridge"))
    assert not any(value.startswith(("=", "+", "@")) for row in found for value in row.values())


@pytest.mark.parametrize(
    "query, name",
    [("q=bridge&in=letters", "in"), ("q=bridge&by=colour", "by"), ("q=bridge&sort=date", "sort"), ("", "q"),
     ("q=bridge&speker=x", "speker"), ("q=bridge&page=2", "page")],
)  # fmt: skip
def test_what_is_wrong_is_named(client: Client, town: dict[str, Any], query: str, name: str):
    response = client.get(f"/api/v1/concordance/?{query}")
    assert response.status_code == 400
    assert name in response.content.decode()
    if name not in {"q", "page"}:
        page = client.get(f"/concordance/?{query}")
        assert page.status_code == 400
        assert f"<b>{name}</b>" in page.content.decode()


@pytest.mark.parametrize("page", ["0", "x", "99", "²"])
def test_a_page_that_is_none(client: Client, town: dict[str, Any], page: str):
    assert client.get(f"/concordance/?q=bridge&page={page}").status_code == 400


def test_pages_follow_one_another(client: Client, town: dict[str, Any]):
    make_article(f"Much\n\n{'A bridge. ' * 60}", source=town["one"].source)
    first = client.get("/concordance/?q=bridge").content.decode()
    second = client.get("/concordance/?q=bridge&page=2").content.decode()
    assert first.count("<mark>") == 50
    assert second.count("<mark>") == 16
    assert 'rel="next" href="/concordance/?q=bridge&amp;page=2"' in first


def test_words_beside(client: Client, town: dict[str, Any]):
    for n in range(3):
        make_article(f"News {n}\n\nThe bridge toll rises.", source=town["one"].source)
    html = client.get("/concordance/?q=bridge").content.decode()
    assert 'href="/concordance/?q=toll&amp;in=articles">toll</a> <span class="hint">3 times, after' in html


@pytest.mark.parametrize("place", ["articles", "quotes"])
def test_it_costs_the_same_however_much_there_is(client: Client, town, place: str, django_assert_num_queries):
    address = f"/concordance/?q=bridge&in={place}"
    queries = 5 + (connection.vendor == "sqlite")  # which is asked how many a search finds
    with django_assert_num_queries(queries):
        client.get(address)
    for n in range(3):
        make_quote(make_article(f"T {n}\n\nThe bridge, he said: “A bridge.”", source=town["one"].source), "A bridge.")
    cache.clear()
    with django_assert_num_queries(queries):
        client.get(address)
