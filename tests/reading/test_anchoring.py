"""Spans followed into a changed text, or honestly given up."""

from __future__ import annotations

import pytest

from articles.reading import Span, reanchor

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
