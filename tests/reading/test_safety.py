"""Any string at all: never an exception, every span true, the same again, and no text that takes for ever."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.reading import Context, Reading, as_record, read

PIECES = st.sampled_from(
    [
        "“",
        "”",
        '"',
        "'",
        "‘",
        "’",
        "«",
        "»",
        "said",
        " said ",
        "Joan Tarrant",
        "Tarrant",
        " she ",
        " he added",
        ", ",
        ". ",
        ":",
        "\n",
        "\n\n",
        "according to ",
        "Dear Lisa,",
        "Yours sincerely\n",
        "Tuesday 28 June – 10:31\n",
        "10:00\n",
        "the council ",
        "a spokesman for ",
        "Mr ",
        "that ",
        "and ",
        "but ",
        "including A, B and C ",
        "— Name (@name) June 1, 2016",
        "statement:\n",
        "It",
        "told ",
        "would ",
        "\u00a0",
        "\x00",
        "\ud800",
        "😀",
        "RELATED\n",
        "Photograph: A",
        "31 February 2016",
        "…",
        "``",
        "''",
        "ﬁ",
        "İ",
        "ß",
        "\u2028",
        "(",
        ")",
        "-",
        "–",
        "7",
        "£",
    ]
)
TEXTS = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=60).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map(" ".join),
)


def check(text: str, reading: Reading) -> None:
    size = len(text)
    spans = [span for q in reading.quotes for span in (*q.spans, *q.marked, *([q.cue] if q.cue else []))]
    spans += [a.printed for q in reading.quotes for a in q.attributions if a.printed]
    spans += [span for q in reading.quotes for a in q.attributions for span in a.evidence]
    spans += [m.span for m in reading.mentions] + [p.span for p in reading.passages]
    spans += list(reading.published.evidence) if reading.published else []
    for span in spans:
        assert 0 <= span.start < span.end <= size
    for number, quote in enumerate(reading.quotes):
        assert quote.spans
        assert all(a.end <= b.start for a, b in zip(quote.spans, quote.spans[1:], strict=False))
        assert len(quote.boundaries) == len(quote.spans)
        assert 0 <= quote.confidence <= 1
        assert quote.nested_in is None or (quote.nested_in != number and quote.nested_in < len(reading.quotes))
    assert [q.start for q in reading.quotes] == sorted(q.start for q in reading.quotes)
    assert all(a.span.end <= b.span.start for a, b in zip(reading.mentions, reading.mentions[1:], strict=False))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_string(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert read(text) == reading
    json.dumps(as_record(text, reading, id="x", with_text=True))


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
def test_any_context(text: str, headline: str) -> None:
    check(text, read(text, Context(headline=headline, article_kind="live blog")))


HOSTILE = [
    '"',
    "“",
    "'",
    "Ab ",
    "a",
    "\n",
    '" ',
    "'a ",
    "said ",
    "Ab, ",
    "He said, ",
    "“a ” ",
    "“a. “",
    "and he said that ",
    "according to ",
    "10:00\n",
    "(a ",
    '"a\n',
    "“Go,” he said. ",
    "A\n",
    "‘a’ s’ ",
    "Dear Bob,\n",
    "X Y, the leader, said ",
    "including A, B and ",
    "Dear Bob, ",
    "Sir,\n",
    "A statement from X read:\n",
    "A statement from X read:\nWe did.\n",
    "Ann Booth said. ",
    "the union said. ",
    "viewers said one ",
    "No 10 ",
    "Union of ",
    "yesterday (Sunday) ",
    "Sunday 3 March 2016 ",
    "Ann Booth\nSecretary\n\n",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        read(text)
        return time.process_time() - start

    # sixteen times the length costs 16 times as much when linear and 256 times when quadratic: 64 lies midway;
    # the best of three, so that a busy machine is not blamed on the reader
    small = min(cost(2_000) for _ in range(3))
    large = cost(32_000)
    for _ in range(2):
        if large < 64 * small:
            break
        large = min(large, cost(32_000))
    assert large < 64 * max(small, 0.001), f"{unit!r}: {small:.4f} s, then {large:.3f} s for sixteen times the length"


@pytest.mark.parametrize("line", ["A statement from X{} read:\n", "Dear Bob{},\n", "Ann Booth{} said no.\n", "X{}\n"])
def test_lines_that_differ_cost_no_more(line: str) -> None:
    def cost(lines: int) -> float:
        text = "".join(line.format(number) for number in range(lines))
        start = time.process_time()
        read(text)
        return time.process_time() - start

    small = min(cost(300) for _ in range(3))
    large = min(cost(2_400) for _ in range(2))
    assert large < 32 * max(small, 0.001), f"{small:.4f} s, then {large:.3f} s for eight times the lines"


def test_a_line_longer_than_a_paragraph_is_read_at_both_ends() -> None:
    text = "Ann Booth said: “It begins.” " + "The wall was long. " * 40_000 + "Tom Pike said: “It ends.”"
    reading = read(text)
    check(text, reading)
    assert [q.spans[0].of(text) for q in reading.quotes] == ["It begins.", "It ends."]
    assert any("was not read" in note for note in reading.notes)
    assert [p.kind for p in reading.passages] == ["body", "embed", "body"]


def test_the_same_line_over_and_over_is_no_prose() -> None:
    text = "Ann Booth said: “It begins.”\n" + "Dear Bob,\n" * 3_000 + "\nTom Pike said: “It ends.”"
    reading = read(text)
    assert [q.spans[0].of(text) for q in reading.quotes][-1] == "It ends."
    assert [p.reason for p in reading.passages if p.kind == "embed"] == ["fragments"]


@pytest.mark.parametrize("unit", ['"', "“", "Ab ", "a", "\n", "said ", "Dear Bob,\n", "Ann Booth "])
def test_a_real_quote_at_the_very_end_is_found(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + "\n\nJoan Tarrant said: “The pier is unsafe.”"
    reading = read(text)
    check(text, reading)
    last = reading.quotes[-1]
    assert last.spans[-1].of(text) == "The pier is unsafe."
    assert last.attributions[0].name == "Joan Tarrant"
