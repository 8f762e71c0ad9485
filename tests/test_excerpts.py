"""What of a text stands around its public quotes, and what outside its furniture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.excerpts import REACH, around, excerpts, visible
from articles.reading.model import Span

LONG = "It rained and rained. " * 40


def find(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    "text, words, shown",
    [
        ("He said “no”.", "no", "He said “no”."),
        ("One.\nHe said “no”.\nThree.", "no", "He said “no”."),
        ("One.\n\nHe said “no”. He left.", "no", "He said “no”. He left."),
    ],
)
def test_short_paragraphs_are_shown_whole_and_others_not_at_all(text: str, words: str, shown: str) -> None:
    assert around(text, find(text, words)).of(text) == shown


def test_a_long_paragraph_is_cut_on_whole_words() -> None:
    text = f"{LONG}He said “no”. {LONG}"
    span = around(text, find(text, "no"))
    assert len(span.of(text)) <= 2 * REACH + 2
    assert text[span.start - 1].isspace()
    assert text[span.end - 1].isspace() or text[span.end].isspace()


def test_excerpts_that_meet_are_one() -> None:
    text = "He said “no” and “never”.\n\nShe did not."
    shown = excerpts(text, [[find(text, "no")], [find(text, "never")]])
    assert [span.of(text) for span in shown] == ["He said “no” and “never”."]


@pytest.mark.parametrize(
    "hidden, shown",
    [
        ([], [(0, 10)]),
        ([(0, 10)], []),
        ([(2, 4)], [(0, 2), (4, 10)]),
        ([(2, 6), (4, 8)], [(0, 2), (8, 10)]),
        ([(0, 2), (8, 12)], [(2, 8)]),
    ],
)
def test_what_is_outside_the_furniture(hidden: list[tuple[int, int]], shown: list[tuple[int, int]]) -> None:
    assert visible(10, [Span(*span) for span in hidden]) == [Span(*span) for span in shown]


@given(st.text(alphabet="ab \n“”", min_size=1), st.data())
def test_an_excerpt_holds_its_quote_and_nothing_far_away(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = Span(start, data.draw(st.integers(start + 1, len(text))))
    span = around(text, quote, reach=5)
    assert span.start <= quote.start < quote.end <= span.end
    assert quote.start - span.start <= 5
    assert span.end - quote.end <= 5
