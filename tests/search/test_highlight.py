"""Snippets and marks: Python's, so that they are the same on both databases."""

import random
import time

import pytest

from corpus.search import highlight, mark
from corpus.search.query import Phrase, parse
from corpus.search.words import WORD, stem_of

TEXT = "The minister met ministers; the café owner didn’t. Prime Minister Ashdown said: “No minister, prime or not, resigns.”"

MARKED = [
    ("minister", ["minister", "ministers", "Minister", "minister"]),
    ("MINISTERS", ["minister", "ministers", "Minister", "minister"]),
    ('"prime minister"', ["Prime Minister"]),
    ('prime "prime minister"', ["Prime Minister", "prime"]),
    ("cafe", ["café"]),
    ("didn't", ["didn’t"]),
    ("resign -prime", ["resigns"]),
    ("resign OR owner", ["owner", "resigns"]),
    ("mini*", ["minister", "ministers", "Minister", "minister"]),
    ('"minister ash"*', ["Minister Ashdown"]),
    ("ashdown NEAR said", ["Ashdown", "said"]),
    ("bridge", []),
    ("", []),
    ("-minister", []),
]


@pytest.mark.parametrize("query,hits", MARKED)
def test_mark(query: str, hits: list[str]) -> None:
    segments = mark(TEXT, query)
    assert [text for text, hit in segments if hit] == hits
    assert "".join(text for text, _ in segments) == TEXT


def test_a_letter_with_its_mark_apart_is_marked_whole() -> None:
    assert mark("the cafe\u0301.", "café") == [("the ", False), ("cafe\u0301", True), (".", False)]


WORDS = " ".join(f"word{number}" for number in range(200))
WINDOWS = [
    # text, query, width, expected
    ("one bridge two", "bridge", 240, "one [bridge] two"),
    (WORDS, "word0", 30, "[word0] word1 word2 word3 word4 …"),
    (WORDS, "word199", 30, "… word197 word198 [word199]"),
    (WORDS, "word100", 30, "… word99 [word100] word101 …"),
    (f"word5 {WORDS}", "word5 word6", 40, "… word3 word4 [word5] [word6] word7 word8 …"),
    ("  one\n\n bridge\ttwo ", "bridge", 240, "one [bridge] two"),
    (WORDS, "nothing", 20, "word0 word1 word2 …"),
    ("x" * 50, "nothing", 20, f"{'x' * 20} …"),
    (f"a {'x' * 50} b", "x" * 50, 20, f"… [{'x' * 50}] …"),
    ("", "bridge", 240, ""),
    ("bridge", "bridge", 6, "[bridge]"),
]


@pytest.mark.parametrize("text,query,width,expected", WINDOWS)
def test_highlight(text: str, query: str, width: int, expected: str) -> None:
    segments = highlight(text, query, width)
    assert "".join(f"[{text}]" if hit else text for text, hit in segments) == expected
    assert all(text for text, _ in segments)


def test_a_snippet_keeps_its_width_and_whole_words() -> None:
    text = "Lorem ipsum dolor sit amet consectetur bridge adipiscing elit " * 30
    for width in range(12, 120, 7):
        segments = highlight(text, "bridge elit", width)
        shown = "".join(part for part, _ in segments).removeprefix("… ").removesuffix(" …")
        assert len(shown) <= width
        assert set(shown.split()) <= set(text.split())
        assert any(hit for _, hit in segments)


@pytest.mark.parametrize(
    "text,query",
    [
        ("the minister said no " * 10_000, 'minister "said no" mini* the'),
        ("a" * 200_000, "a b"),
        ("a " * 100_000, f'"{"a " * 200}b"'),
        ("é " * 100_000, "e"),
        (" " * 200_000, "a"),
        (". " * 100_000, '"a b"'),
    ],
)
def test_time_grows_with_the_text_and_no_faster(text: str, query: str) -> None:
    """Eight times the text takes about eight times as long; were it quadratic, 64 times."""

    def seconds(text: str) -> float:
        start = time.process_time()
        highlight(text, query)
        return time.process_time() - start

    assert min(seconds(text) for _ in range(2)) < 30 * max(min(seconds(text[: len(text) // 8]) for _ in range(3)), 0.02)


PRINTED = """Bridge bridges bridging Café cafe\u0301s ÉCOLE naïve \u212aelvin m² ½ co-op don’t U.S. ferries ferrying Łódź
Київ straße İstanbul 100 1.5 _x_ a use used us mobility flexibility flexible the no ing ies""".split()


def plainly(text: str, phrase: Phrase) -> list[str]:
    """What `mark` finds, found by looking at every word."""
    stems = [stem_of(word) for word in phrase.words]
    printed = list(WORD.finditer(text))
    found, at = [], 0
    while at + len(stems) <= len(printed):
        some = [stem_of(word[0]) for word in printed[at : at + len(stems)]]
        last = some[-1].startswith(stems[-1]) if phrase.prefix else some[-1] == stems[-1]
        if last and some[:-1] == stems[:-1]:
            found.append(text[printed[at].start() : printed[at + len(stems) - 1].end()])
            at += len(stems)
        else:
            at += 1
    return found


def test_what_is_found_by_how_it_may_begin_is_all_there_is() -> None:
    rng = random.Random(5)
    hit = 0
    for _ in range(1_500):
        text = "".join(rng.choice(PRINTED) + rng.choice([" ", ", ", "\n\n", " — ", "’"]) for _ in range(25))
        query = parse(f'"{" ".join(rng.choices(PRINTED, k=rng.randint(1, 2)))}"{rng.choice(["", "*"])}')
        for phrase in query.phrases:
            expected = plainly(text, phrase)
            assert [part for part, found in mark(text, query) if found] == expected, (text, query)
            hit += len(expected)
    assert hit > 500
