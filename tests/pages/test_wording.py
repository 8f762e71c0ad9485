"""What the pages say of a quote: credits, dates, marks; nothing here touches the database."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from articles import wording


class Many(list[Any]):
    def all(self) -> Many:
        return self


def person(name: str, *roles: SimpleNamespace) -> SimpleNamespace:
    found = SimpleNamespace(name=name, roles=Many(roles))
    found.canonical = found
    return found


def role(title: str, since: int | None = None, until: int | None = None, pk: int = 1) -> Any:
    class Role(SimpleNamespace):
        def __str__(self) -> str:
            return title

    return Role(
        pk=pk, since=dt.date(since, 1, 1) if since else None, until=dt.date(until, 12, 31) if until else None
    )  # fmt: skip


def row(printed: str = "", **fields: Any) -> SimpleNamespace:
    given = {"printed": printed, "role": "speaker", "kind": "individual", "person": None, "shown": False, "open": False}
    return SimpleNamespace(**given | {"candidates": []} | fields)


KEELE = person("Martin Keele")


@pytest.mark.parametrize(
    "attribution, state, name, variant",
    [
        (row("Keele", person=KEELE, shown=True), "known", "Martin Keele", ""),
        (row("Coun Martin Keele", person=KEELE, shown=True), "known", "Martin Keele", ""),
        (row("Martyn Keele", person=KEELE, shown=True), "known", "Martin Keele", "Martyn Keele"),
        (row("He", person=KEELE, shown=True), "known", "Martin Keele", ""),
        (row("the deputy leader", person=KEELE, shown=True), "known", "Martin Keele", "the deputy leader"),
        # Below the threshold the person is nobody's business, whatever else is known.
        (row("Keele", person=KEELE, name="Martin Keele"), "printed", "Keele", ""),
        (row("she", person=KEELE, name="Martin Keele"), "unsettled", "“she”", ""),
        (row("", person=KEELE, name="Martin Keele"), "unnamed", "Nobody named", ""),
        (row("Keele", candidates=[{"name": "Keele"}]), "printed", "Keele", ""),
        (
            row("Keele", candidates=[{"name": "Martin Keele"}, {"name": "Ada Keele"}]),
            "unsettled",
            "Martin Keele or Ada Keele",
            "Keele",
        ),
        (row("a council\nsource", kind="unnamed"), "unnamed", "A council source", ""),
        (row("", kind="unnamed"), "unnamed", "Nobody named", ""),
        (row("You", kind="unnamed"), "unsettled", "“You”", ""),
    ],
)
def test_voices(attribution: SimpleNamespace, state: str, name: str, variant: str) -> None:
    voice = wording.voice(attribution)
    assert (voice.state, voice.name, voice.variant) == (state, name, variant)
    assert (voice.person is not None) == (state == "known")


@pytest.mark.parametrize(
    "day, expected",
    [
        (dt.date(2012, 5, 1), ""),
        (dt.date(2014, 5, 1), "councillor"),
        (dt.date(2019, 5, 1), "deputy leader"),
        (dt.date(2024, 5, 1), "leader"),
        # Without a date only what has no beginning can be said.
        (None, ""),
    ],
)
def test_the_role_is_the_one_held_then(day: dt.date | None, expected: str) -> None:
    somebody = person("Ruth Ashdown", role("councillor", 2014), role("deputy leader", 2017, 2021), role("leader", 2021))
    assert wording.role_then(somebody, day) == expected


def test_a_role_without_dates_holds_always() -> None:
    assert wording.role_then(person("Gwen Tallis", role("regional secretary")), None) == "regional secretary"


@pytest.mark.parametrize(
    "day, time, precision, words, iso",
    [
        ("2024-03-12", "21:40", "minute", "12 March 2024, 21:40", "2024-03-12T21:40"),
        ("2024-03-12", None, "day", "12 March 2024", "2024-03-12"),
        ("2024-03-01", None, "month", "March 2024", "2024-03"),
        ("2024-01-01", None, "year", "2024", "2024"),
        (None, None, "unknown", "undated", ""),
    ],
)
def test_dates_say_no_more_than_is_known(
    day: str | None, time: str | None, precision: str, words: str, iso: str
) -> None:
    at = dt.time.fromisoformat(time) if time else None
    found = wording.dated(dt.date.fromisoformat(day) if day else None, at, precision)
    assert (found.words, found.iso) == (words, iso)


def quote(text: str, kind: str = "direct", prefix: str = "", spans: int = 1) -> SimpleNamespace:
    return SimpleNamespace(text=text, kind=kind, prefix=prefix, spans=[[0, 1]] * spans)


@pytest.mark.parametrize(
    "given, opening, closing, stretches",
    [
        (quote("Yes.", prefix="she said: “"), "“", "”", ("Yes.",)),
        (quote("Yes.", prefix="she said: '"), "'", "'", ("Yes.",)),
        (quote("Yes.", prefix="she said: ‘"), "‘", "’", ("Yes.",)),
        (quote("Yes.", prefix="a paragraph before.\n"), "“", "”", ("Yes.",)),
        (quote("“Yes.”"), "", "", ("“Yes.”",)),
        (quote("that it was", kind="indirect", prefix="“"), "", "", ("that it was",)),
        (quote("Yes, … no.", prefix="“", spans=2), "“", "”", ("Yes,", "no.")),
        # An ellipsis that was printed is none of ours.
        (quote("Yes … no.", prefix="“"), "“", "”", ("Yes … no.",)),
    ],
)
def test_direct_words_stand_in_their_printed_marks(
    given: SimpleNamespace, opening: str, closing: str, stretches: tuple[str, ...]
) -> None:
    words = wording.words(given)
    assert (words.opening, words.closing, words.stretches) == (opening, closing, stretches)


@pytest.mark.parametrize(
    "text, spans, expected, extent",
    [
        ("“One two.”", [(1, 9)], [["One two."]], ""),
        ("“One,” she said. “Two.”", [(1, 5), (18, 22)], [["One,", "Two."]], "in 2 parts"),
        ("“One.\n\n“Two.”", [(1, 5), (8, 12)], [["One."], ["Two."]], "over 2 paragraphs"),
        ("One.\n\nTwo.", [(0, 10)], [["One."], ["Two."]], "over 2 paragraphs"),
        ("“One” “two”", [(1, 4), (7, 10)], [["One two"]], ""),
    ],
)
def test_parts(text: str, spans: list[tuple[int, int]], expected: list[list[str]], extent: str) -> None:
    found = wording.parts(text, spans)
    assert found == expected
    assert wording.extent(found) == extent


@pytest.mark.parametrize(
    "fields, words",
    [
        ([], ""),
        (["speaker"], "the speaker"),
        (["speaker", "status", "no such field"], "that it is a quotation, and the speaker"),
        (["kind", "spans", "speaker"], "the words, quoted or reported and the speaker"),
    ],
)
def test_what_was_checked(fields: list[str], words: str) -> None:
    assert wording.checked(fields) == words


@pytest.mark.parametrize("confidence, words", [(1.0, "nearly certain"), (0.85, "fairly confident"), (0.0, "in doubt")])
def test_sureness(confidence: float, words: str) -> None:
    assert wording.sureness(confidence) == words


@pytest.mark.parametrize(
    "code, words",
    [
        ("pronoun_back_reference", "Pronoun back reference."),
        ("“He” is Sadiq, 1 sentence back", "“He” is Sadiq, 1 sentence back."),
        ("", ""),
        ("verb-other", "The verb does not always tell of speech."),
        ("doubled", "A quotation mark was printed twice."),
        ("he: Imran Sadiq was in focus", "“He” is Imran Sadiq, of whom the text speaks just before."),
        ("Ruth Ashdown vetoed: she", ""),
    ],
)
def test_reasons_are_sentences(code: str, words: str) -> None:
    assert wording.reason(code) == words


@pytest.mark.parametrize("moment, words", [(202403121105, "March 2024"), (0, "")])
def test_months(moment: int, words: str) -> None:
    assert wording.month(moment) == words
