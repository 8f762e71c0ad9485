"""An article's text as blocks: tables of texts with their quotes written in brackets, and what must come out."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

import pytest

from articles.reading.model import Span
from articles.rendering import (
    Furniture,
    Gap,
    Layout,
    Letter,
    Lost,
    Mark,
    Paragraph,
    lay_out,
    paragraph_numbers,
    surroundings,
)


def marked(source: str, **fields: Any) -> tuple[str, list[Mark]]:
    """A text and its quotes from "[1:words] between [1:more words]"; quotes may nest, "[x:…]" has no number."""
    text, stack = "", []
    spans: dict[str, list[Span]] = {}
    for piece in re.split(r"(\[\w+:|\])", source):
        if piece.startswith("[") and piece.endswith(":"):
            stack.append((piece[1:-1], len(text)))
        elif piece == "]":
            name, start = stack.pop()
            spans.setdefault(name, []).append(Span(start, len(text)))
        else:
            text += piece
    marks = [
        Mark(uid=name, spans=tuple(sorted(found)), number=int(name) if name.isdigit() else None, **fields)
        for name, found in spans.items()
    ]
    return text, sorted(marks, key=lambda mark: (mark.spans[0], mark.uid))


def passage(text: str, kind: str, words: str, **fields: Any) -> SimpleNamespace:
    start = text.index(words)
    given = {"heading": "", "day": None, "time": None} | fields
    return SimpleNamespace(kind=kind, start=start, end=start + len(words), **given)


def shown(paragraph: Paragraph) -> str:
    """A paragraph with its tokens written out: <uid* for the first start of a quote, <uid for another, uid> for an end."""
    out = "… " if paragraph.cut_before else ""
    for token in paragraph.tokens:
        if token.opens:
            out += f"<{token.opens.uid}{'*' if token.first else ''}|"
        elif token.closes:
            out += f"|{token.closes.number if token.last and token.closes.number else ''}>"
        else:
            out += token.text
    return out + (" …" if paragraph.cut_after else "")


def all_shown(layout: Layout) -> list[str]:
    return [shown(part) for part in layout.paragraphs()]


@pytest.mark.parametrize(
    "source, expected",
    [
        ("Nothing is quoted.", ["Nothing is quoted."]),
        ("She said: “[1:Yes.]”", ["She said: <1*|“Yes.”|1>"]),
        ("[1:Yes,] she said. [1:No.] So.", ["<1*|Yes,|1> she said. <1|No.|1> So."]),
        # Straight and single marks, and a mark that was never printed.
        ("'[1:Yes]'", ["<1*|'Yes'|1>"]),
        ('"[1:Yes] he said', ['<1*|"Yes|1> he said']),
        # Nested: the inner has no number, the outer keeps its own.
        ("“[1:He said ‘[x:go]’ twice]”", ["<1*|“He said <x*|‘go’|> twice”|1>"]),
        ("“[1:He said ‘[x:go.]]’”", ["<1*|“He said <x*|‘go.’|>|1>”"]),
        # A quote that begins and ends with the one inside it.
        ("a [1:[2:b c]] d", ["a <1*|<2*|b c|2>|1> d"]),
        # Over paragraphs, in one span and in two.
        ("“[1:One.\n\n“Two.]” End.", ["<1*|“One.|>", "<1|“Two.”|1> End."]),
        ("“[1:One.]\n“[1:Two.]” End.", ["<1*|“One.|1>", "<1|“Two.”|1> End."]),
        # White space around lines and spans does not count, whatever it is made of.
        ("  \u00a0 [1:One\u00a0two ]\n\n \t\n3", ["<1*|One\u00a0two|1>", "3"]),
        # Beyond the basic plane an offset is still one code point.
        ("🌊🌊 [1:𝔞𝔟🌊] 🌊", ["🌊🌊 <1*|𝔞𝔟🌊|1> 🌊"]),
        ("“[1:e\u0301te\u0301]”", ["<1*|“e\u0301te\u0301”|1>"]),
        ("[1:a]\n[2:b]", ["<1*|a|1>", "<2*|b|2>"]),
    ],
)
def test_marks_stand_where_the_quotes_do(source: str, expected: list[str]) -> None:
    text, marks = marked(source)
    assert all_shown(lay_out(text, marks=marks)) == expected


@pytest.mark.parametrize(
    "spans, expected",
    [
        # Crossing: the later one is closed at the end of the earlier and opened again.
        ({"1": [(0, 4)], "2": [(2, 6)]}, "<1*|ab<2*|cd|>|1><2|ef|2>gh"),
        ({"1": [(0, 4)], "2": [(2, 6)], "3": [(3, 8)]}, "<1*|ab<2*|c<3*|d|>|>|1><3|<2|ef|2>gh|3>"),
        ({"1": [(0, 8)], "2": [(0, 8)]}, "<1*|<2*|abcdefgh|2>|1>"),
        ({"1": [(0, 2), (4, 6)], "2": [(1, 5)]}, "<1*|a<2*|b|>|1><2|cd<1|e|>|2><1|f|1>gh"),
        ({"1": [(0, 3)], "2": [(3, 8)]}, "<1*|abc|1><2*|defgh|2>"),
    ],
)
def test_marks_that_cross_are_split(spans: dict[str, list[tuple[int, int]]], expected: str) -> None:
    marks = [
        Mark(uid=uid, spans=tuple(Span(*s) for s in found), number=int(uid), kind="indirect")
        for uid, found in spans.items()
    ]
    (only,) = all_shown(lay_out("abcdefgh", marks=marks))
    assert only == expected
    # However it is cut, it nests.
    depth = [0]
    for sign in re.findall(r"<\d\*?\||\|\d?>", only):
        depth.append(depth[-1] + (1 if sign.startswith("<") else -1))
    assert min(depth) == 0 == depth[-1]


def test_an_indirect_quote_takes_in_no_marks_that_are_not_its_own() -> None:
    text, (mark,) = marked("The dogs' ‘[1:home]’", kind="indirect")
    assert all_shown(lay_out(text, marks=[mark])) == ["The dogs' ‘<1*|home|1>’"]
    mixed = Mark(uid="1", spans=mark.spans, number=1, kind="mixed", marked=mark.spans)
    assert all_shown(lay_out(text, marks=[mixed])) == ["The dogs' <1*|‘home’|1>"]


def test_notes_stand_with_the_paragraph_their_quote_begins_in() -> None:
    text, marks = marked("None here.\n[1:One,] he said, “[2:two\nand three].”\n[1:four]")
    parts = lay_out(text, marks=marks).paragraphs()
    assert [[mark.number for mark in part.notes] for part in parts] == [[], [1, 2], [], []]


LETTER = "Before\nDear Ann,\n[1:We ask.\nWe ask [x:twice].]\nYours\nAfter"


def test_a_letter_is_framed_and_its_words_are_not_tinted() -> None:
    text, marks = marked(LETTER)
    marks = [
        Mark(uid=m.uid, spans=m.spans, number=m.number, kind="document" if m.uid == "1" else "direct") for m in marks
    ]
    letter = text[text.index("Dear") : text.index("\nAfter")]
    layout = lay_out(text, [passage(text, "document", letter)], marks)
    before, framed, after = layout.sections[0].blocks
    assert isinstance(framed, Letter)
    assert [mark.uid for mark in framed.whole] == ["1"]
    assert [mark.uid for mark in framed.notes] == ["1", "x"]
    assert [shown(p) for p in framed.blocks if isinstance(p, Paragraph)] == [
        "Dear Ann,", "We ask.", "We ask <x*|twice|>.", "Yours",
    ]  # fmt: skip
    assert isinstance(before, Paragraph)
    assert shown(before) == "Before"
    assert isinstance(after, Paragraph)
    assert shown(after) == "After"


def test_a_document_that_nobody_framed_is_tinted_like_any_quote() -> None:
    text, marks = marked("[1:All of it.]", kind="document")
    assert all_shown(lay_out(text, marks=marks)) == ["<1*|All of it.|1>"]


def test_furniture_is_gathered_counted_and_kept() -> None:
    text, marks = marked("One [1:two.\nSign up now\nShare this\nthree] four.\nTweet")
    passages = [
        passage(text, "promo", "Sign up now"),
        passage(text, "share", "Share this"),
        passage(text, "embed", "Tweet"),
    ]
    blocks = lay_out(text, passages, marks).sections[0].blocks
    assert [type(block) for block in blocks] == [Paragraph, Furniture, Paragraph, Lost]
    hidden = blocks[1]
    assert isinstance(hidden, Furniture)
    assert (hidden.kinds, hidden.words) == (("promo", "share"), 5)
    # The quote goes round what was never part of it.
    assert [shown(p) for p in hidden.paragraphs] == ["Sign up now", "Share this"]
    assert [shown(b) for b in blocks if isinstance(b, Paragraph)] == ["One <1*|two.|>", "<1|three|1> four."]


def test_furniture_inside_a_line_and_inside_a_letter() -> None:
    text = "Dear Ann, Advertisement we ask.\nPlease."
    letter = passage(text, "document", text)
    blocks = lay_out(text, [letter, passage(text, "promo", "Advertisement")], []).sections[0].blocks
    (framed,) = blocks
    assert isinstance(framed, Letter)
    assert [type(block) for block in framed.blocks] == [Paragraph, Furniture, Paragraph, Paragraph]


HEADED = "Bridge shut\nTown cut off\nThe bridge is shut."


@pytest.mark.parametrize(
    "kinds, headline, head, standfirst, body",
    [
        (["headline", "standfirst"], "Bridge shut", ["Bridge shut"], ["Town cut off"], ["The bridge is shut."]),
        # Nobody typed it, but it is the headline letter for letter, or nearly.
        ([], "BRIDGE SHUT!", ["Bridge shut"], [], ["Town cut off", "The bridge is shut."]),
        # The headline found elsewhere is another one: both are evidence.
        (["headline"], "How a town lost its bridge", [], [], ["Bridge shut", "Town cut off", "The bridge is shut."]),
        (["headline"], "", ["Bridge shut"], [], ["Town cut off", "The bridge is shut."]),
        ([], "", [], [], ["Bridge shut", "Town cut off", "The bridge is shut."]),
    ],
)
def test_headline_and_standfirst_are_printed_once(
    kinds: list[str], headline: str, head: list[str], standfirst: list[str], body: list[str]
) -> None:
    passages = [passage(HEADED, kind, line) for kind, line in zip(kinds, HEADED.split("\n"), strict=False)]
    layout = lay_out(HEADED, passages, headline=headline)
    assert [shown(p) for p in layout.headline] == head
    assert [shown(p) for p in layout.standfirst] == standfirst
    assert [shown(p) for p in layout.sections[0].blocks if isinstance(p, Paragraph)] == body


@pytest.mark.parametrize(
    "byline, body",
    [
        ("Dean Okafor", ["He went."]),
        ("By Dean Okafor", ["He went."]),
        ("", ["By Dean Okafor", "He went."]),
        ("Somebody Else", ["By Dean Okafor", "He went."]),
    ],
)
def test_a_byline_is_printed_once(byline: str, body: list[str]) -> None:
    layout = lay_out("No wall will hold\nBy Dean Okafor\nHe went.", headline="No wall will hold", byline=byline)
    assert all_shown(layout) == body


BLOG = """Intro

14 March – 14:55
Police close the road
Officers [2:moved the queue].

14 March – 13:05
Nothing new.

14 March – 13:05
Still nothing.
"""


def blog() -> tuple[str, list[SimpleNamespace], list[Mark]]:
    import datetime as dt

    text, marks = marked(BLOG)
    starts = [found.start() for found in re.finditer(r"14 March", text)] + [len(text)]
    passages = []
    for n, (hour, heading) in enumerate(
        [("14:55", "14 March – 14:55 Police close the road"), ("13:05", "14 March – 13:05"), ("13:05", "")]
    ):
        passages.append(
            SimpleNamespace(
                kind="entry",
                start=starts[n],
                end=starts[n + 1],
                heading=heading,
                day=dt.date(2024, 3, 14),
                time=dt.time.fromisoformat(hour),
            )
        )
    return text, passages, marks


def test_entries_have_anchors_headings_and_two_orders() -> None:
    text, passages, marks = blog()
    layout = lay_out(text, passages, marks)
    assert [section.anchor for section in layout.sections] == [
        "",
        "e-2024-03-14T1455",
        "e-2024-03-14T1305",
        "e-2024-03-14T1305-2",
    ]
    assert [" ".join(shown(p) for p in section.heading) for section in layout.entries] == [
        "14 March – 14:55 Police close the road", "", "",
    ]  # fmt: skip
    assert [section.quotes for section in layout.entries] == [1, 0, 0]
    assert layout.ordered(newest=True) is layout
    turned = layout.ordered(newest=False)
    assert [section.anchor for section in turned.sections] == [
        "",
        "e-2024-03-14T1305-2",
        "e-2024-03-14T1305",
        "e-2024-03-14T1455",
    ]
    assert turned.ordered(newest=True).sections == layout.sections


def test_a_heading_that_an_editor_wrote_is_shown_though_it_is_not_in_the_text() -> None:
    text, passages, _ = blog()
    passages[2].heading = "Quiet at the bridge"
    assert [shown(p) for p in lay_out(text, passages).entries[2].heading] == ["Quiet at the bridge"]


def test_excerpts_leave_gaps_and_nothing_of_what_is_between() -> None:
    text, marks = marked(
        "Secret headline\nSecret one two three. She said [1:yes] to it all. Secret.\nSecret\nLast [2:no]"
    )
    windows = [Span(text.index("She"), text.index(" Secret.\n")), Span(text.index("Last"), len(text))]
    layout = lay_out(text, [passage(text, "promo", "Secret one")], marks, headline="Secret headline", windows=windows)
    blocks = layout.sections[0].blocks
    assert [type(b) for b in blocks] == [Gap, Paragraph, Gap, Paragraph]
    assert [b.words for b in blocks if isinstance(b, Gap)] == [2, 2]
    assert all_shown(layout) == ["… She said <1*|yes|1> to it all. …", "Last <2*|no|2>"]
    assert "Secret" not in repr([layout.headline, layout.standfirst, blocks])


def test_excerpts_of_a_letter_keep_its_frame() -> None:
    text, marks = marked("Dear Ann,\nSecret.\n[1:We ask.]\nSecret.\nYours\nSecret")
    letter = passage(text, "document", text[: text.index("\nSecret", 30)])
    window = marks[0].spans[0]
    blocks = lay_out(text, [letter], marks, windows=[window]).sections[0].blocks
    assert [type(b) for b in blocks] == [Gap, Letter, Gap]


@pytest.mark.parametrize("size", [200, 2_000])
def test_every_character_is_printed_once_and_in_order(size: int) -> None:
    """Whatever is marked and typed, the words on the page are those of the text."""
    import random

    chance = random.Random(size)
    text = "".join(chance.choice("ab c\n“”🌊 \u00a0é") for _ in range(size))
    marks = []
    for n in range(size // 10):
        start = chance.randrange(size - 1)
        end = min(size, start + chance.randrange(1, 40))
        marks.append(Mark(uid=f"u{n}", spans=(Span(start, end),), number=n, kind=chance.choice(["direct", "indirect"])))
    passages = []
    for _ in range(size // 40):
        start = chance.randrange(size - 1)
        kind = chance.choice(["promo", "document", "embed", "caption"])
        passages.append(SimpleNamespace(kind=kind, start=start, end=min(size, start + 30), heading=""))
    words: list[str] = []

    def collect(blocks: Any) -> None:
        for block in blocks:
            if isinstance(block, Paragraph):
                words.append("".join(token.text for token in block.tokens))
                opened = sum(bool(token.opens) for token in block.tokens)
                assert opened == sum(bool(token.closes) for token in block.tokens)
            else:
                collect(block.blocks if isinstance(block, Letter) else block.paragraphs)

    for section in lay_out(text, passages, marks).sections:
        collect(section.blocks)
    assert "".join("".join(words).split()) == "".join(text.split())


def test_ten_times_the_text_takes_about_ten_times_as_long() -> None:
    def took(times: int) -> float:
        text, marks = marked("He said “[1:yes, ‘[x:no]’ and yes]” again.\nShare this\n")
        shift = len(text)
        many = [
            Mark(
                uid=f"{m.uid}-{n}", spans=tuple(Span(s.start + n * shift, s.end + n * shift) for s in m.spans), number=n
            )
            for n in range(times)
            for m in marks
        ]
        share = text.index("Share")
        passages = [
            SimpleNamespace(kind="share", start=n * shift + share, end=(n + 1) * shift - 1) for n in range(times)
        ]
        begun = time.perf_counter()
        lay_out(text * times, passages, many)
        return time.perf_counter() - begun

    took(50)
    assert took(4_000) < 40 * max(took(400), 0.001)


def test_where_a_quote_stands() -> None:
    text, (mark,) = marked("One.\n\nTwo.\n\nThree [1:words] here.\n\nFour.\n\nFive.")
    assert paragraph_numbers(text, mark.spans) == (3, 3, 5)
    assert [span.of(text) for span in surroundings(text, mark.spans)] == ["Two.\n\nThree words here.\n\nFour."]
    assert [span.of(text) for span in surroundings(text, mark.spans, reach=2)] == ["Three words here."]
