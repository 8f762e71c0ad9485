"""Printed forms under one another: every word of the base once in every row, whatever the forms make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comparing import Class, compare, tokens
from articles.comparing.aligned import LONGEST, Written, kinds, parts, printed, row, together, within, written

CLOSE = "You can close a ferry. You can close a footbridge. But an island is not a shop, councillor, and nobody in this room is stock."


def form(text: str, *spans: tuple[int, int], edges: tuple[str, str] = ("", "")) -> Written:
    places = spans or ((0, len(text)),)
    return written(text, places, tokens(text, places), edges)


def cells(base: str, against: str) -> list[tuple[str, int, str, str]]:
    """What differs: class, how many words of the base, what is printed there, what the base has."""
    here, there = form(base), form(against)
    return [
        (cell.kind.value, cell.span, " ".join([*(one.words for one in cell.before), *cell.words]), cell.replaced)
        for cell in row(compare(here.tokens, there.tokens), here, there)
        if cell.kind is not Class.SAME or cell.before
    ]


@pytest.mark.parametrize(
    "base, against, expected",
    [
        ("We go now.", "We go now.", []),
        ("We go now.", "we go now!", [("case", 1, "we", ""), ("punctuation", 1, "now!", "")]),
        ("families like those.", "families like these.", [("word", 1, "these.", "those.")]),
        ("for no one here", "for nobody here", [("word", 2, "nobody", "no one")]),
        ("not a shop, councillor, and so", "not a shop and so", [("omission", 1, "", "councillor,")]),
        ("a shop, councillor, and so", "a shop, [Ms Orde], and so", [("bracket", 1, "[Ms Orde],", "councillor,")]),
        ("a ferry or a bridge", "a ferry … a bridge", [("ellipsis", 1, "…", "or")]),
        ("a low mob", "it was a low mob", [("same", 1, "it was a", "")]),
        ("a low mob", "a very low mob", [("same", 1, "very low", "")]),
    ],
)  # fmt: skip
def test_a_row_says_what_a_form_makes_of_each_word(base: str, against: str, expected: list[object]) -> None:
    assert cells(base, against) == expected


def test_what_is_added_at_the_end_stands_behind_the_last_word() -> None:
    here, there = form("a low mob"), form("a low mob, no less")
    last = row(compare(here.tokens, there.tokens), here, there)[-1]
    assert [one.words for one in last.after] == ["no less"]


def test_marks_stay_with_the_word_they_touch() -> None:
    text = "“You can close,” she said, “but – not ‘an island’.”"
    said = [
        (text.index(words), text.index(words) + len(words)) for words in ("You can close,", "but – not ‘an island’.")
    ]
    found = form(text, *said, edges=("“", "”"))
    assert [found[token] for token in found.words] == ["“You", "can", "close,”", "“but –", "not", "‘an", "island’.”"]


@pytest.mark.parametrize(
    "text, lengths",
    [
        ("", [0]),
        ("One two three.", [3]),
        (CLOSE, [10, 15]),
        (" ".join(["word"] * 40), [15, 15, 10]),
        ("a " * 3 + "b. " + "c " * 20, [15, 9]),
        ("a " * 7 + "b. " + "c " * 20, [8, 15, 5]),
        ("extraordinary " * 12, [6, 6]),
        ("x" * 200 + " y", [1, 1]),
    ],
)
def test_parts_end_with_a_sentence_or_a_clause(text: str, lengths: list[int]) -> None:
    assert [part.span for part in parts(form(text))] == lengths


WORDS = st.lists(st.sampled_from([*"abcdefgh", "a,", "b.", "…", "[c]", "(d)", "“e”", "–"]), max_size=25).map(" ".join)


@given(WORDS, WORDS)
def test_every_row_covers_every_word_once_and_its_parts_are_the_row(base: str, against: str) -> None:
    here, there = form(base), form(against)
    found = row(compare(here.tokens, there.tokens), here, there)
    assert [cell.start for cell in found] == [sum(cell.span for cell in found[:at]) for at in range(len(found))]
    total = sum(cell.span for cell in found)
    assert total == len(here.words)
    cut = [within(found, part) for part in parts(here)]
    assert [kind for some in cut for kind in kinds(some)] == kinds(found)
    assert all(sum(cell.span for cell in some) <= LONGEST for some in cut)
    words = [word for some in cut for cell in some for word in cell.words]
    assert words == [word for cell in found for word in cell.words]


def test_what_an_outlet_printed_once_it_has_printed() -> None:
    some = together([[Class.OMISSION, Class.SAME, Class.WORD], [Class.SAME, Class.ELLIPSIS, Class.OMISSION]])
    assert some == [Class.SAME, Class.SAME, Class.WORD]
    assert printed(some) == 3
