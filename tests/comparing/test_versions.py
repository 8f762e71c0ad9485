"""What changed from one version of a text to the next."""

from __future__ import annotations

import time

import pytest

from articles.comparing.versions import CHARACTERS, PLACES, Changes, changes


def told(found: Changes) -> list[str]:
    """Each place in a line: [-gone-] and {+new+} among what is the same."""
    forms = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return [" ".join(forms[kind].format(text) for kind, text in place) for place in found.places]


BEFORE = "Bridge to close\nIt closes on Monday.\nNobody was asked.\nRead more\nA ferry will run."


@pytest.mark.parametrize(
    "after, expected",
    [
        (BEFORE, []),
        (BEFORE.replace("\n", "\n\n  "), []),
        (BEFORE.replace("Monday", "Tuesday"), ["It closes on [-Monday.-] {+Tuesday.+}"]),
        (BEFORE.replace("Nobody was asked.\n", ""), ["[-Nobody was asked.-]"]),
        (f"{BEFORE}\nMore soon.", ["{+More soon.+}"]),
        (f"Update\n{BEFORE}", ["{+Update+}"]),
        # A paragraph of which hardly anything stays is another paragraph.
        (
            BEFORE.replace("Nobody was asked.", "Gulls cried all day."),
            ["[-Nobody was asked.-] {+Gulls cried all day.+}"],
        ),
        (
            BEFORE.replace("Nobody was asked.", "Nobody at all was asked.\nNot even the gulls."),
            ["Nobody {+at all+} was asked. {+\nNot even the gulls.+}"],
        ),
        ("", ["[-Bridge to close\nIt closes on Monday.\nNobody was asked.\nRead more\nA ferry will run.-]"]),
    ],
)
def test_what_changed(after: str, expected: list[str]) -> None:
    assert told(changes(BEFORE, after)) == expected


def test_words_are_counted() -> None:
    found = changes(BEFORE, BEFORE.replace("Monday.", "Friday at noon.").replace("Nobody was asked.\n", ""))
    assert (found.gone, found.new) == (4, 3)


def test_of_a_long_paragraph_only_what_stands_near_is_repeated() -> None:
    words = [f"word{n}" for n in range(300)]
    [place] = told(changes(" ".join(words), " ".join(words).replace("word150 ", "other ")))
    assert place.startswith("… word130 word131")
    assert "[-word150-] {+other+} word151" in place
    assert place.endswith("word170 …")


def paragraphs(number: int, by: int = 0) -> list[str]:
    return [" ".join(f"w{(n * 31 + k * 7 + by) % 997}" for k in range(12)) for n in range(number)]


@pytest.mark.parametrize(
    "before, after",
    [
        (" ".join(paragraphs(3_000)), " ".join(paragraphs(3_000, 1))),
        ("\n".join(paragraphs(3_000)), "\n".join(paragraphs(3_000, 1))),
        ("ha\nho\n" * 20_000, "ho\nha\n" * 20_000),
    ],
    ids=["one line", "every line", "two lines by turns"],
)
def test_whatever_the_texts_the_work_and_the_answer_are_bounded(before: str, after: str) -> None:
    begun = time.process_time()
    found = changes(before, after)
    assert time.process_time() - begun < 3
    assert len(found.places) <= PLACES
    assert sum(len(piece.text) for place in found.places for piece in place) <= CHARACTERS
    assert found.coarse or found.more or len(found.places) == 1
