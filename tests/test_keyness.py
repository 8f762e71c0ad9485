"""Words that are most somebody's own."""

from __future__ import annotations

from collections import Counter

import pytest

from articles.keyness import keyness, log_likelihood, without


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
    corpus = Counter({"the": 5000, "ferry": 60, "bridge": 45, "tide": 5, "once": 1})
    hers = Counter({"the": 500, "ferry": 40, "tide": 5, "once": 1})
    found = keyness(hers, without(corpus, hers))
    assert [key.word for key in found] == ["ferry", "tide"]
    assert found[0].here == 40
    assert found[0].there == 20
    assert found[0].ratio > 3
    assert found[1].there == 0


def test_nothing_is_said_of_nobody() -> None:
    assert keyness({}, {"a": 3}) == keyness({"a": 3}, {}) == []
