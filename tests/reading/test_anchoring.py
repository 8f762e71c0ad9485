"""Spans followed into a changed text, or honestly given up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.reading import Span, follow, reanchor
from articles.reading.anchoring import places

OLD = "The pier is shut. “It is unsafe,” said Joan Tarrant. The pier opens in May. “It was safe,” said Tom Lund."
QUOTE = Span(OLD.index("It is unsafe"), OLD.index("It is unsafe") + len("It is unsafe,"))


@pytest.mark.parametrize(
    "new, state, text",
    [
        (OLD, "exact", "It is unsafe,"),
        (OLD + " More to follow.", "exact", "It is unsafe,"),
        ("x" * 500 + OLD, "moved", "It is unsafe,"),
        (OLD.replace("The pier is shut. ", ""), "moved", "It is unsafe,"),
        (OLD.replace("It is unsafe", "It  is\u00a0unsafe"), "moved", "It  is\u00a0unsafe,"),
        (OLD.replace("is unsafe", "was unsafe"), "orphaned", None),
        ("“It is unsafe,” said A. “It is unsafe,” said B.", "orphaned", None),
        ("", "orphaned", None),
    ],
)
def test_reanchor(new: str, state: str, text: str | None) -> None:
    found = reanchor(OLD, [QUOTE], new)
    assert found.state == state
    assert [span.of(new) for span in found.spans] == ([text] if text else [])


def test_context_chooses_between_equals() -> None:
    old = "Ann said “no”. Bob said “no”."
    second = Span(old.rindex("no"), old.rindex("no") + 2)
    new = "Today Ann said “no”. Bob said “no”."
    found = reanchor(old, [second], new)
    assert found.state == "moved"
    assert found.spans == (Span(new.rindex("no"), new.rindex("no") + 2),)


def test_all_spans_or_none() -> None:
    both = [QUOTE, Span(OLD.index("It was safe"), OLD.index("It was safe") + 11)]
    assert reanchor(OLD, both, OLD.replace("It was safe", "It was fine")).state == "orphaned"
    assert reanchor(OLD, both, "Now: " + OLD).state == "moved"


def test_marks_are_folded() -> None:
    old = "She said “it’s over” on Monday."
    new = 'Later she said "it\'s over" on Tuesday.'
    span = Span(old.index("it’s"), old.index("” on"))
    assert [s.of(new) for s in reanchor(old, [span], new).spans] == ["it's over"]


WORDS = ["no", "yes", "he said", "“no”", "it is unsafe", "the pier is shut", ".", ",", "\n", "🌉", "e\u0301"]


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=60),
    st.data(),
)
def test_what_is_put_in_front_never_sends_a_span_elsewhere(
    said: list[str], front: list[str], data: st.DataObject
) -> None:
    old = " ".join(said)
    start = data.draw(st.integers(0, len(old) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(old))))
    more = " ".join(front) + " " if front else ""
    found = reanchor(old, [span], more + old)
    shifted = Span(span.start + len(more), span.end + len(more))
    if found.spans not in ((), (shifted,)):
        # Only where the very same stands between the very same neighbours can it stay, or be somewhere else.
        (at,) = found.spans
        new = more + old
        assert at.of(new) == span.of(old)
        before, after = old[max(0, start - 32) : start], old[span.end : span.end + 32]
        assert new[: at.start].endswith(before) or new[at.end :].startswith(after)


@pytest.mark.parametrize("size", [1, 40, 500, 5_000])
def test_repetitions_far_apart_are_told_by_what_is_around_them(size: int) -> None:
    """Insert in front: every one of many repeated quotes moves, and none is lost."""
    post = "Share\n\n“We will not close it,” she said.\n\nComments\n\n"
    old = "".join(f"{'Rain. ' * (i * 3)}Update {i}\n\n{post}" for i in range(12))
    new = "x" * size + "\n\n" + old
    at = old.find("We will")
    while at >= 0:
        (found,) = reanchor(old, [Span(at, at + 21)], new).spans
        assert found.start == at + size + 2
        at = old.find("We will", at + 1)


def test_the_only_place_of_a_short_word_in_other_company_is_not_taken_for_it() -> None:
    old = "Ann Tarrant said “maybe” on Monday."
    span = Span(old.index("maybe"), old.index("maybe") + 5)
    assert reanchor(old, [span], "Bob Lund, who was not asked, wrote: maybe not.").state == "orphaned"
    assert reanchor(old, [span], "On Monday Ann Tarrant said “maybe”, and left.").state == "moved"


def test_a_passage_is_followed_by_its_ends_and_a_quote_is_not() -> None:
    old = (
        "Before. "
        "The first words of it are these, and then there is much more to be said, until it ends like this."
        " After."
    )
    span = Span(8, len(old) - 7)
    new = "Now before. " + old[8:].replace("much more", "a little less")
    assert reanchor(old, [span], new).state == "orphaned"
    (found,) = reanchor(old, [span], new, by_ends=True).spans
    assert found.of(new) == new[12:-7]


@pytest.mark.parametrize(
    "words, found",
    [("no", [(9, 11), (26, 28)]), ("“no”", [(8, 12), (25, 29)]), ('"no"', [(8, 12), (25, 29)]), ("yes", [])],
)
def test_places(words: str, found: list[tuple[int, int]]) -> None:
    assert [(s.start, s.end) for s in places(words, "Ann said“no”. Bob  said  “no”.")] == found


def test_follow_goes_from_text_to_text_where_it_cannot_go_at_once() -> None:
    texts = ["She said “it’s over” then.", 'She said "it\'s over" then.', 'She  wrote "it\'s over" then.']
    assert follow(texts, [Span(10, 19)]).spans == (Span(12, 21),)
