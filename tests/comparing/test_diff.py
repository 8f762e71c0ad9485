"""Two printed forms of the same words, word by word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comparing import Class, Type, compare, keys, tokens
from articles.comparing.diff import changed
from articles.comparing.words import spoken

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"

SPOKEN = (
    "You can close a ferry. You can close a footbridge. But an island is not a shop, councillor, and nobody in this "
    "room is stock. We will go when the tide tells us, and not when a ledger does."
)


def parts(base: str, against: str) -> list[tuple[str, str, str]]:
    """What differs: class, words here, words there."""
    found = compare(tokens(base, [(0, len(base))]), tokens(against, [(0, len(against))]))
    return [
        (kind.value, " ".join(t.text for t in here), " ".join(t.text for t in there))
        for kind, here, there in found.steps
        if kind is not Class.SAME
    ]


@pytest.mark.parametrize(
    "base, against, differs",
    [
        ("We go.", "We go.", []),
        ("We won't “go”.", "We won’t \"go\".", []),
        ("We go – now", "We go — now", []),
        ("about 59.5 per cent of it", "about 59.5% of it", [("punctuation", "per cent", "%")]),
        ("We go, now.", "We go now!", [("punctuation", ",", ""), ("punctuation", ".", "!")]),
        ("The tide.", "the Tide.", [("case", "The", "the"), ("case", "tide", "Tide")]),
        ("The tide.", "[T]he tide.", []),
        ("the tide", "[T]he tide", [("case", "the", "[T]he")]),
        ("like a boat without a sail", "like a boat without the sail", [("word", "a", "the")]),
        ("for somebody else's mistake", "for someone else's mistakes", [("word", "somebody", "someone"), ("word", "mistake", "mistakes")]),
        ("not a shop, councillor, and nobody", "not a shop and nobody", [("omission", ", councillor ,", "")]),
        ("not a shop, councillor, and", "not a shop, [Ms Orde], and", [("bracket", "councillor", "[Ms Orde]")]),
        ("I will not say that a ferry is a bridge", "I will not say [the] ferry is a bridge", [("bracket", "that a", "[the]")]),
        ("we back the plan", "we back[ed] the plan", [("bracket", "back", "back[ed]")]),
        ("a ferry. You can close a footbridge. But an island", "a ferry… but an island", [("ellipsis", ". You can close a footbridge .", "…"), ("case", "But", "but")]),
        ("a ferry or a footbridge", "a ferry […] a footbridge", [("ellipsis", "or", "[…]")]),
        ("a low mob", "it was a low mob", [("addition", "", "it was")]),
        ("You can close it… but an island is not", "an island is not", [("omission", "You can close it … but", "")]),
        ("an island is not", "You can close [it] but an island is not", [("addition", "", "You can close [it] but")]),
        (
            SPOKEN,
            "You can close a footbridge.",
            [
                ("omission", "You can close a ferry .", ""),
                ("omission", "But an island is not a shop , councillor , and nobody in this room is stock . We will go when the tide tells us , and not when a ledger does .", ""),
            ],
        ),
        ("We go", "Wholly other words", [("word", "We go", "Wholly other words")]),
        ("", "We go", [("addition", "", "We go")]),
    ],
)  # fmt: skip
def test_what_differs(base: str, against: str, differs: list[tuple[str, str, str]]) -> None:
    assert parts(base, against) == differs


def test_counts_say_what_was_changed_and_what_was_left_out() -> None:
    cut = "But an island is not a business, [Ms Orde], and nobody in this room is stock…"
    counts = compare(tokens(SPOKEN, [(0, len(SPOKEN))]), tokens(cut, [(0, len(cut))])).counts()
    assert counts["words_changed"] == 1
    assert counts["words_in_brackets"] == 1
    assert counts["words_left_out"] == 10  # before; what follows is where the ellipsis stands
    assert counts["words_in_ellipses"] == 14
    assert sum(counts[name] for name in ("words_same", "words_changed", "words_left_out", "words_in_ellipses", "words_in_brackets")) == len(
        keys(tokens(SPOKEN, [(0, len(SPOKEN))]))
    )  # fmt: skip


def test_what_lies_between_spans_is_not_spoken() -> None:
    text = "“You can close a ferry,” she said, “but not an island.”"
    found = tokens(text, [(1, 23), (36, 54)])
    assert keys(found) == "you can close a ferry but not an island".split()
    assert all(text[token.start : token.end] == token.text for token in found)


@given(st.text("ab ,.[]…'’A1%", max_size=60), st.text("ab ,.[]…'’A1%", max_size=60))
def test_every_token_of_both_stands_in_one_step(base: str, against: str) -> None:
    here, there = tokens(base, [(0, len(base))]), tokens(against, [(0, len(against))])
    steps = compare(here, there).steps
    assert [token for step in steps for token in step.base] == here
    assert [token for step in steps for token in step.against] == there
    for kind, one, other in steps:
        if kind is Class.SAME:
            assert [t.key for t in one if t.type is Type.WORD] == [t.key for t in other if t.type is Type.WORD]


PRINTED = st.lists(
    st.sampled_from("the ferry per cent per-cent 59.5% don't £2,000 … .. . [the] [T]he we go , “go” &".split()),
    max_size=14,
)


@given(PRINTED.map(" ".join))
def test_the_words_alone_are_those_of_the_tokens(text: str) -> None:
    found = tokens(text, [(0, len(text))])
    hand = sum(token.type in (Type.ELLIPSIS, Type.BRACKET) for token in found)
    assert spoken(text, [(0, len(text))]) == (tuple(keys(found)), hand)


@given(*[st.lists(st.sampled_from("a the ferry we go now wall".split()), max_size=14)] * 2)
def test_what_is_changed_is_counted_alike_from_the_words_alone(base: list[str], against: list[str]) -> None:
    counts = compare(*[tokens(text, [(0, len(text))]) for text in (" ".join(base), " ".join(against))]).counts()
    assert changed(base, against) == (counts["words_same"], counts["words_changed"])


@given(st.text(max_size=200))
def test_a_quote_beside_itself_has_no_difference(text: str) -> None:
    found = tokens(text, [(0, len(text))])
    assert {step.kind for step in compare(found, found).steps} <= {Class.SAME}


def test_the_five_real_articles_change_one_word() -> None:
    """RT and Holyrood print one sentence of a rally: "the" became "those", and nothing else but marks and capitals."""
    if not SEEDS.exists():
        pytest.skip("../shared is not here")
    rt, holyrood = ((SEEDS / name).read_text() for name in ("001_24eafa5821e5ef51.txt", "003_5980bdcd32b2c05e.txt"))
    one, other = [
        tokens(text, [(at := text.index("Don't let the media"), text.index("want to live in", at) + 15)])
        for text in (rt, holyrood.replace('," he said. "', " " * 13))
    ]
    found = compare(one, other)
    assert [[t.text for t in (*s.base, *s.against)] for s in found.steps if s.kind is Class.WORD] == [["the", "those"]]
    assert {s.kind for s in found.steps} <= {Class.SAME, Class.WORD, Class.PUNCTUATION, Class.CASE}
