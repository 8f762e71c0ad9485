"""The five real articles beside the project, when they are there."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from articles.reading import Quotation, Reading, read

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason=f"the real articles are not at {SEEDS}")


def seed(prefix: str) -> tuple[str, Reading]:
    (path,) = SEEDS.glob(prefix + "_*.txt")
    text = path.read_text(encoding="utf-8")
    return text, read(text)


def with_words(text: str, reading: Reading, words: str) -> Quotation:
    (found,) = [q for q in reading.quotes if any(words in span.of(text) for span in q.spans) and q.nested_in is None]
    return found


def test_thirty_six_entries_in_june_2016() -> None:
    _, reading = seed("004")
    entries = [p for p in reading.passages if p.kind == "entry"]
    assert Counter(p.at.date() for p in entries if p.at) == {
        dt.date(2016, 6, 29): 4,
        dt.date(2016, 6, 28): 13,
        dt.date(2016, 6, 27): 19,
    }
    times = [p.at for p in entries if p.at]
    assert len(times) == 36
    assert times == sorted(times, reverse=True)


def test_documents_of_the_live_blog() -> None:
    text, reading = seed("004")
    documents = [p for p in reading.passages if p.kind == "document"]
    assert [(d.author, d.addressee) for d in documents] == [
        ("RMT Young Members", ""),
        ("", ""),
        ("Labour Students BAME Caucus", ""),
        ("Gordon Maloney", ""),
        ("Wigan RMT Branch", "Lisa Nandy"),
        ("Wallasey CLP", "Angela Eagle"),
        ("", ""),
        ("Momentum", ""),
        ("", ""),
        ("", ""),
        ("Hackney Momentum", ""),
        ("Ben Gliniecki", ""),
        ("Rachael Ward", ""),
    ]
    assert documents[1].signatories == ("Anne Pridmore", "Gabriel Pepper", "Paul Taylforth", "Stuart Bracking")
    assert documents[5].signatories == ("Kathy Miller", "Kathy Runswick")
    end = text.index("Share this article!")
    assert all(q.end <= end for q in reading.quotes)
    said = next(q for q in reading.quotes if "clearly the position" in q.spans[0].of(text) and q.kind == "mixed")
    assert [(a.role, a.name) for a in said.attributions] == [("speaker", "Ben Butterworth"), ("via", "Rachael Ward")]
    joke = next(
        q for q in reading.quotes if q.nested_in is not None and "hopefully if Corbyn wins" in q.spans[0].of(text)
    )
    assert [(a.role, a.name) for a in joke.attributions] == [("speaker", "Ian Murray"), ("via", "Gordon Maloney")]


def test_no_list_of_surnames_is_alan_johnson() -> None:
    text, reading = seed("004")
    at = text.index("Johnson, Gove")
    assert [m.name for m in reading.mentions if m.span.start == at] == [""]


def test_broken_sentence_and_marks_of_holyrood() -> None:
    text, reading = seed("003")
    quote = with_words(text, reading, "Don't let the media divide us;")
    assert len(quote.spans) == 2
    assert quote.spans[1].of(text).startswith("Stay together")
    assert quote.attributions[0].name == "Jeremy Corbyn"
    assert "doubled" in quote.boundaries[0]
    assert with_words(text, reading, "this is not about one individual").attributions[0].name == "John McDonnell"


def test_marks_and_pronouns_of_rt() -> None:
    text, reading = seed("001")
    thompson = with_words(text, reading, "amazing to see")
    assert thompson.spans[-1].of(text).endswith("confidence in Jeremy.")
    assert with_words(text, reading, "Stay together").attributions[0].name == "Jeremy Corbyn"
    for words in ("how disrespectful", "Jeremy is going to be", "complete waste of time"):
        assert with_words(text, reading, words).attributions[0].name == "Marsha-Jane Thompson"


def test_joint_statement_of_the_unions() -> None:
    text, reading = seed("000")
    first = with_words(text, reading, "secured such a resounding mandate")
    assert [(a.name, a.open) for a in first.attributions] == [("Unite", True), ("Unison", True), ("GMB", True)]
    assert len(first.spans) == 3
    assert with_words(text, reading, "like a lynch-mob without a rope").attributions[0].name == "John McDonnell"
    assert not any("iframe" in span.of(text) for q in reading.quotes for span in q.spans)


def test_guardian_speakers() -> None:
    text, reading = seed("002")
    assert with_words(text, reading, "extraordinary behaviour").attributions[0].name == "Len McCluskey"
    assert with_words(text, reading, "If anyone wants to change").attributions[0].name == "Len McCluskey"
    assert with_words(text, reading, "almost unbelievable").attributions[0].name == "Manuel Cortes"
    assert with_words(text, reading, "an enormous part").attributions[0].name == "James Schneider"
    assert any(p.kind == "caption" for p in reading.passages)
