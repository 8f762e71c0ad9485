"""Long articles in parts: every word and quote on one page of bounded size, and links that lead there for good."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from articles import parts
from articles.models import Article, Quote
from articles.parts import cut
from tests.factories import make_article, make_passage, make_person, make_quote, make_source, settle

# Cutting


@pytest.mark.parametrize(
    "text, quotes, entries, expected",
    [
        ("", [], [], [""]),
        ("one two", [], [], ["one two"]),
        # A little more than a part may have is no part of its own.
        ("one two three", [], [], ["one two three"]),
        ("one two\nthree four\nfive", [], [], ["one two\n", "three four\nfive"]),
        ("one two three four five six", [], [], ["one two ", "three ", "four five six"]),
        ("x" * 25, [], [], ["x" * 10, "x" * 15]),
        ("a\nb\nc\nd\ne\nf", [0, 2, 4, 6, 8], [], ["a\nb\n", "c\nd\ne\nf"]),
        ("14:00\na\n13:00\nb", [], [0, 8], ["14:00\na\n", "13:00\nb"]),
    ],
)
def test_a_text_is_cut(monkeypatch: Any, text: str, quotes: list[int], entries: list[int], expected: list[str]) -> None:
    monkeypatch.setattr(parts, "QUOTES", 2)
    monkeypatch.setattr(parts, "ENTRIES", 1)
    monkeypatch.setattr(parts, "SPARE", 1.5)
    found = cut(text, quotes, entries, 10)
    assert [part.of(text) for part in found] == expected


@pytest.mark.parametrize("text", ["word " * 5_000, "x" * 25_000, "\n" * 25_000, "a line\n" * 3_000])
def test_whatever_is_cut_is_whole_and_bounded(text: str) -> None:
    starts = list(range(0, len(text), 7))
    found = cut(text, starts, starts[::50], 1_000)
    assert "".join(part.of(text) for part in found) == text
    for part in found:
        assert part.end - part.start <= 1_000 * parts.SPARE
        assert sum(part.start <= start < part.end for start in starts) <= parts.QUOTES * parts.SPARE


# Pages


@pytest.fixture
def long(db: None, monkeypatch: pytest.MonkeyPatch) -> Article:
    """Nine quotes, one inside another, two a part."""
    monkeypatch.setattr(parts, "QUOTES", 2)
    monkeypatch.setattr(parts, "SPARE", 1)
    lines = [f"Ruth Ashdown said: “It is day {n} of it.”" for n in range(1, 9)]
    article = make_article("\n".join(["Long days", *lines]), byline="Hester Lyle", gated=False)
    ruth = make_person()
    quotes = [make_quote(article, f"It is day {n} of it.", speaker=ruth, gated=False) for n in range(1, 9)]
    make_quote(article, "day 8", speaker="A clock", nested_in=quotes[-1], gated=False)
    settle([article])
    return article


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_every_quote_is_on_one_page_with_its_number(client: Client, long: Article) -> None:
    address, numbers, anchors = long.get_absolute_url(), [], []
    pages = 0
    while address:
        html = page(client, address)
        pages += 1
        assert html.count("<h1") == 1
        assert "Long days" in html
        assert "9</b> quotes by <b>1</b> speaker" in html
        assert f"Part {pages} of " in html
        numbers += re.findall(r'aria-label="Quote (\d+)"', html)
        anchors += re.findall(r'id="q-(\w+)"', html)
        after = re.search(r'href="([^"]+)" rel="next"', html)
        address = after[1] if after else ""
    assert pages > 3
    assert numbers == [str(n) for n in range(1, 9)]
    assert sorted(anchors) == sorted(long.quotes.values_list("uid", flat=True))


def test_a_quote_leads_to_the_part_it_is_in(client: Client, long: Article) -> None:
    for quote in Quote.objects.public().order_by("start"):
        link = re.search(r'href="([^"]+)">Open in the article', page(client, quote.get_absolute_url()))
        assert link
        html = page(client, link[1])
        assert f'class="q wanted" id="q-{quote.uid}"' in html
        assert html.count('class="q wanted"') == 1
    # However it was reached, a part is one page to those who collect addresses.
    part = re.search(r'rel="canonical" href="([^"]+)"', html)
    assert part
    assert "?part=" in part[1]
    assert f'id="q-{quote.uid}"' in page(client, part[1])


@pytest.mark.parametrize("query", ["part=0", "part=99", "part=x", "part=²", "quote=nothing", "entry=nothing", "part="])
def test_there_is_no_such_part(client: Client, long: Article, query: str) -> None:
    page(client, f"{long.get_absolute_url()}?{query}", 404)


def test_the_first_part_is_the_article(client: Client, long: Article) -> None:
    address = long.get_absolute_url()
    assert page(client, f"{address}?part=1") == page(client, address)


def test_a_live_blog_is_cut_between_entries(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ENTRIES", 2)
    monkeypatch.setattr(parts, "SPARE", 1)
    times = range(19, 12, -1)
    text = "As it happened\n" + "".join(f"{n}:05\nWords of {n}.\n" for n in times)
    blog = make_article(text, kind="live blog", gated=False)
    entries = {
        n: make_passage(blog, "entry", f"{n}:05\nWords of {n}.", day=dt.date(2024, 6, 12), time=dt.time(n, 5))
        for n in times
    }
    settle([blog])
    address = blog.get_absolute_url()
    newest, oldest = page(client, address), page(client, f"{address}?order=oldest")
    assert "7 entries" in newest
    assert newest.index("Words of 19.") < newest.index("Words of 18.")
    assert "Words of 17." not in newest
    assert "Words of 13." in oldest
    assert "Words of 14." not in oldest
    after = page(client, f"{address}?order=oldest&part=2")
    assert after.index("Words of 14.") < after.index("Words of 15.")
    [own] = re.findall(rf'href="(\?entry={entries[15].uid}#[^"]+)"', page(client, f"{address}?part=3"))
    assert 'id="e-2024-06-12T1505"' in page(client, address + own.split("#")[0])
    assert own.endswith("#e-2024-06-12T1505")


def test_of_an_outlet_that_allows_excerpts_no_part_is_empty(client: Client, db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(parts, "CHARACTERS_UNSHOWN", 1_000)
    filler = "Secret. " * 300
    text = f"Ferry to run\n{filler}\nShe said: “We will run.”\n{filler}\nShe said: “We will stop.”\n{filler}"
    article = make_article(text, source=make_source(rights="excerpts"), gated=False)
    for words in ("We will run.", "We will stop."):
        make_quote(article, words, speaker="She", gated=False)
    settle([article])
    first, second = (page(client, f"{article.get_absolute_url()}?part={n}") for n in (1, 2))
    assert "We will run." in first
    assert "We will stop." in second
    assert "Part 2 of 2" in second
    assert "Secret" not in first + second
