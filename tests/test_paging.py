"""Paging by key: every row once, in order, in both directions, under ties and insertions; broken cursors are said so."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict

from articles.models import Article, Source
from corpus.paging import BadCursor, Cursor, Page, every, page, seal, tally, unseal, with_cursor

pytestmark = pytest.mark.django_db

SETS = {
    "one": [7],
    "distinct": list(range(1, 31)),
    "ties": [random.Random(7).randint(0, 4) for _ in range(60)],
    "undated": [0] * 20 + [202403121105] * 3,
    "all equal": [5] * 31,
}


def fill(moments: list[int]) -> list[Article]:
    return Article.objects.bulk_create(Article(moment=moment) for moment in moments)


def sorted_ids(order: str) -> list[int]:
    rows = Article.objects.values_list(order.lstrip("-"), "id")
    return [pk for _, pk in sorted(rows, reverse=order.startswith("-"))]


def forward(order: str, size: int) -> Iterator[Page]:
    token = ""
    for _ in range(10_000):
        part = page(Article.objects.all(), order, size, token)
        yield part
        token = part.next
        if not token:
            return
    raise AssertionError("It loops.")


def ids(part: Page) -> list[int]:
    return [row.pk for row in part.items]


@pytest.mark.parametrize("moments", SETS.values(), ids=SETS.keys())
@pytest.mark.parametrize("order", ["moment", "-moment"])
@pytest.mark.parametrize("size", [1, 7, 30, 100])
def test_every_row_comes_once_in_order_there_and_back(moments: list[int], order: str, size: int) -> None:
    fill(moments)
    pages = list(forward(order, size))
    assert [pk for part in pages for pk in ids(part)] == sorted_ids(order)
    assert all(len(part.items) == size for part in pages[:-1])
    assert not pages[0].previous

    back, part = [pages[-1]], pages[-1]
    while part.previous:
        part = page(Article.objects.all(), order, size, part.previous)
        back.insert(0, part)
    assert [ids(part) for part in back] == [ids(part) for part in pages]
    assert back[0].next == pages[0].next


def test_2500_equal_keys_are_no_trap() -> None:
    fill([202403120000] * 2500)
    assert [row.pk for part in every(Article.objects.all(), "-moment", 100) for row in part.items] == sorted_ids(
        "-moment"
    )


def test_text_columns_page_too() -> None:
    names = ["Ö", "a", "B", "B", "b", "“q”", "a b", "日本", "B"]
    made = Source.objects.bulk_create(Source(name=name, slug=f"s{i}") for i, name in enumerate(names))
    for order in "name", "-name":
        found = [row for part in every(Source.objects.all(), order, 2) for row in part.items]
        sign = "-" if order.startswith("-") else ""
        assert found == list(Source.objects.order_by(order, f"{sign}id"))
        assert len(found) == len(made)


def test_what_is_inserted_shifts_nothing() -> None:
    fill([10, 20, 30, 40, 50])
    first = page(Article.objects.all(), "-moment", 2)
    fill([60, 45, 40, 35])
    second = page(Article.objects.all(), "-moment", 10, first.next)
    assert [row.moment for row in first.items] == [50, 40]
    # The new 40 has a higher id and stands before the old one: already passed.
    assert [row.moment for row in second.items] == [35, 30, 20, 10]
    before = page(Article.objects.all(), "-moment", 10, second.previous)
    assert [row.moment for row in before.items] == [60, 50, 45, 40, 40]


def test_what_is_deleted_ends_nothing() -> None:
    rows = fill([1, 2, 3, 4])
    first = page(Article.objects.all(), "moment", 2)
    Article.objects.filter(pk=rows[1].pk).delete()
    assert [row.moment for row in page(Article.objects.all(), "moment", 2, first.next).items] == [3, 4]
    Article.objects.all().delete()
    assert page(Article.objects.all(), "moment", 2, first.next) == Page()


def packed(*values: object) -> str:
    return seal(json.dumps(values).encode())


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "é",
        "%00",
        "====",
        "e30",
        "[]",
        "W10",
        packed(),
        packed("-moment", 0, 1),
        packed("-moment", 0, 1, 2, 3),
        packed("moment", 0, 1, 2),
        packed("-moment", 2, 1, 2),
        packed("-moment", False, 1, 2),
        packed("-moment", 0, "1", 2),
        packed("-moment", 0, 1.5, 2),
        packed("-moment", 0, None, 2),
        packed("-moment", 0, True, 2),
        packed("-moment", 0, 10**30, 2),
        packed("-moment", 0, -1, 2),
        packed("-moment", 0, 1, 10**30),
        packed("-moment", 0, 1, [2]),
        packed({"a": 1}, 0, 1, 2),
        "W" * 100_000,
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
        seal(b"[" * 50_000),
        base64.urlsafe_b64encode(b'["-moment",0,1,2]').decode(),
        packed("-moment", 0, 1, 2)[:-1] + "-",
    ],
)
def test_a_broken_cursor_is_said_so(token: str) -> None:
    fill([1, 2, 3])
    with pytest.raises(BadCursor, match="leave it out"):
        page(Article.objects.all(), "-moment", 2, token)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_a_database_refuses_is_a_broken_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        page(Source.objects.all(), "name", 2, packed("name", 0, text, 1))


def test_a_cursor_survives_its_token() -> None:
    for cursor in Cursor("-moment", True, 202403121105, 7), Cursor("name", False, "“Ö” & ü?", 2**62):
        assert Cursor.parse(cursor.token, cursor.order, type(cursor.value)) == cursor


def test_a_token_gives_nothing_away_and_is_always_the_same() -> None:
    token = Cursor("-moment", False, 202403121105, 4711).token
    assert token == Cursor("-moment", False, 202403121105, 4711).token
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"4711" not in raw
    assert b"moment" not in raw
    assert json.loads(unseal(token)) == ["-moment", 0, 202403121105, 4711]


@pytest.mark.parametrize("rows, cap, shown", [(0, 3, "0"), (3, 3, "3"), (4, 3, "3+"), (9, 3, "3+")])
def test_a_tally_stops_at_its_cap(rows: int, cap: int, shown: str) -> None:
    fill([1] * rows)
    assert str(tally(Article.objects.all(), cap)) == shown


def test_a_tally_is_written_for_people() -> None:
    fill([1] * 1001)
    assert str(tally(Article.objects.all())) == "1,000+"


def test_a_page_costs_one_query(django_assert_num_queries: Any) -> None:
    fill([1] * 9)
    with django_assert_num_queries(2):
        page(Article.objects.all(), "-moment", 3, page(Article.objects.all(), "-moment", 3).next)


def test_the_cursor_in_an_address_replaces_the_one_before() -> None:
    parameters = QueryDict("kind!=report&cursor=old")
    assert with_cursor(parameters, "new") == "?kind!=report&cursor=new"
    assert with_cursor(parameters, "") == "?kind!=report"
    assert with_cursor(QueryDict("cursor=old"), "") == ""
