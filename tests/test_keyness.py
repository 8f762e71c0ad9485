"""Words that are most somebody's own."""

from __future__ import annotations

import pytest

from articles.keyness import keyness, log_likelihood, places


@pytest.mark.parametrize(
    "here, there, size_here, size_there, expected",
    [
        (0, 0, 100, 100, 0.0),
        (10, 10, 1000, 1000, 0.0),
        # 2 (20 ln 20/15 + 10 ln 10/15), and so on.
        (20, 10, 10_000, 10_000, 3.398),
        (120, 40, 50_000, 90_000, 102.508),
    ],
)
def test_log_likelihood(here: int, there: int, size_here: int, size_there: int, expected: float) -> None:
    assert log_likelihood(here, there, size_here, size_there) == pytest.approx(expected, rel=1e-4)


def test_the_words_that_are_one_s_own_come_first_and_common_ones_not_at_all() -> None:
    hers = {"the": 500, "ferry": 40, "tide": 5, "once": 1}
    found = keyness(hers, {"the": 4500, "ferry": 20, "bridge": 45})
    assert [key.word for key in found] == ["ferry", "tide"]
    assert (found[0].here, found[0].there, found[1].there) == (40, 20, 0)
    assert found[0].ratio > 3


@pytest.mark.parametrize(
    "spread, without, words",
    [
        (None, (), ["ferry", "tide"]),
        # In one place alone, however often.
        ({"ferry": 1, "tide": 2}, (), ["tide"]),
        ({"ferry": 9, "tide": 2}, {"ferry"}, ["tide"]),
    ],
)
def test_one_article_makes_no_word_somebody_s_own_nor_does_a_name(
    spread: dict[str, int] | None, without: set[str], words: list[str]
) -> None:
    found = keyness({"ferry": 40, "tide": 20, "we": 900}, {"we": 9000, "bridge": 900}, spread=spread, without=without)
    assert [key.word for key in found] == words


def test_what_is_likely_but_hardly_more_frequent_is_left_out() -> None:
    """A large corpus makes any difference likely."""
    here, there = {"we": 11_000, "ferry": 89_000}, {"we": 80_000, "ferry": 920_000}
    assert log_likelihood(11_000, 80_000, 100_000, 1_000_000) > 500
    assert keyness(here, there) == []


def test_places_are_counted_once() -> None:
    texts = [("a", ["ferry", "tide"]), ("a", ["ferry"]), ("b", ["ferry", "ferry"])]
    assert places(texts) == {"ferry": 2, "tide": 1}


def test_nothing_is_said_of_nobody() -> None:
    assert keyness({}, {"a": 3}) == keyness({"a": 3}, {}) == []
