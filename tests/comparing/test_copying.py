"""What is a copy of an article and what is none: perturbed copies, and look-alikes that were written apart."""

from __future__ import annotations

import random
import re

import pytest

from articles.comparing.copying import SKETCH, Body, Covering, Likeness, likeness

WIRE = """A ferry that has crossed the Aldermouth narrows since 1911 will stop for good on Sunday night, its owners said.

The Aldermouth Steam Ferry Company blamed the price of coal and a bridge that has taken three quarters of its passengers.

“We have carried brides, coffins and one elephant,” said Gwen Tallis, who runs the company with her two brothers. “I do not think that the bridge has ever carried an elephant.”

The last boat will leave the north bank at 9.40pm with 60 passengers, who were drawn by lot from 4,000 that had asked.

Martin Keele, deputy leader of Aldermouth council, said the town could not pay for both, and that a museum had shown interest in the engine.

But the union that speaks for the eleven members of the crew said nobody had asked the people who row out at night when somebody is ill.

“A bridge with a toll gate is shut when the man goes home,” said its secretary, Ivor Pask. “The ferry never went home.”

The vessel, the Lady Margaret, was built in Greenock and has sunk twice, the second time during a regatta held in her honour.

Her captain, Owen Treharne, 71, said he would keep the whistle whatever the lawyers thought of it.

A ferry has been recorded on the spot in every century since 1240, when a monk complained of the fare.
"""
STATEMENT = """We have decided with a heavy heart to end the service. For more than a century our family has been proud to
serve both banks of the river, in peace and in war. The figures leave us no choice. In the last year we lost more than in
the ten years before together, and no bank will lend to a boat. We thank our passengers for their patience in fog, our
crew for their courage in everything else, and the council for its many letters. The boat will not be scrapped while one
of us is alive to prevent it. Those who hold season tickets will be paid in full before any of us is paid a penny. We ask
that the family be left in peace on Sunday night."""
TWO_MORE = """At the Anchor on the south bank the landlady said that she would now have to learn the names of motorists.

Pupils of the grammar school, who have been late with a good excuse for generations, collected signatures on Friday."""
WEATHER = """Tuesday will begin cloudy over Aldermouth with a light wind from the west. It will stay dry until 11am, when
showers are to be expected in the north of the county. The temperature will reach 14 degrees in the afternoon and fall to
6 degrees in the night. High water at the bridge is at 4.12pm and low water at 10.37pm. The sun rises at 6.21am and sets at
7.48pm. Drivers on the coast road should expect delays of 20 minutes between Saltby and Marlpit until 6pm."""
PATTERN = {
    "Tuesday": "Friday", "11am": "2pm", "14": "9", "6 degrees": "1 degrees", "4.12pm": "6.55pm", "10.37pm": "12.58am",
    "6.21am": "6.14am", "7.48pm": "7.55pm", "20 minutes": "45 minutes", "6pm": "8pm", "Saltby": "Thrapwell",
}  # fmt: skip
WORD = re.compile(r"\w+(?:[’'.]\w+)*")


def body(text: str) -> Body:
    """An article whose quotes stand in curly marks."""
    spoken = [match.span() for match in re.finditer("“[^”]*”", text)]
    return Body(text, [(0, len(text))], spoken)


def paragraphs(text: str) -> list[str]:
    return text.strip().split("\n\n")


def changed(text: str, share: float, seed: int) -> str:
    """The text with so many of its words exchanged for others of its words."""
    chance = random.Random(seed)
    words = WORD.findall(text)
    return WORD.sub(lambda match: chance.choice(words) if chance.random() < share else match[0], text)


def shuffled(text: str) -> str:
    parts = paragraphs(text)
    random.Random(1).shuffle(parts)
    return "\n\n".join(parts)


COPIES = {
    "the same": WIRE,
    "plain marks and another layout": re.sub("[“”]", '"', WIRE).replace("’", "'").replace("\n\n", "\n"),
    "cut by half": "\n\n".join(paragraphs(WIRE)[:5]),
    "two paragraphs added": f"{WIRE}\n\n{TWO_MORE}",
    "other paragraphs first": shuffled(WIRE),
    "a word in ten changed": changed(WIRE, 0.1, 3),
    "a word in twenty changed and cut": "\n\n".join(paragraphs(changed(WIRE, 0.05, 4))[:6]),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_one_for_certain(name: str) -> None:
    found = likeness(body(COPIES[name]), body(WIRE))
    assert found is not None
    assert found.certain, found


def test_nearly_every_copy_is_found_with_a_word_in_ten_changed() -> None:
    original = body(WIRE)
    found = [likeness(body(changed(WIRE, 0.1, seed)), original) for seed in range(50)]
    assert sum(one is not None and one.certain for one in found) >= 48


def test_what_has_half_of_its_own_text_from_elsewhere_is_perhaps_a_copy() -> None:
    found = likeness(body("\n\n".join([*paragraphs(WIRE)[3:6], TWO_MORE])), body(WIRE))
    assert found is not None
    assert not found.certain, found


LOOK_ALIKES = {
    "the same statement": (
        (
            f"The Tallis family will end the Aldermouth ferry on Sunday. “{STATEMENT}” The council had no more to say, and "
            "the crew were told of it by letter. A museum wants the engine, and the whistle is in dispute."
        ),
        (
            "Sixty people drawn by lot will be the last to cross the narrows on the Lady Margaret, which goes out of service "
            f"this weekend after 113 years. Her owners gave out a paper at the quay. “{STATEMENT}” Nobody on the quay read it "
            "to the end, for the boat was leaving and there was a band."
        ),
    ),
    "a statement, and a report that prints it whole": (
        STATEMENT,
        f"The ferry company has published this statement about the end of its service on Sunday. “{STATEMENT}”",
    ),
    "the same the other way round": (
        f"The ferry company has published this statement about the end of its service on Sunday. “{STATEMENT}”",
        STATEMENT,
    ),
    "the weather of another day": (
        WEATHER,
        re.sub("|".join(map(re.escape, PATTERN)), lambda match: PATTERN[match[0]], WEATHER),
    ),
    "a digest of several": (
        WIRE,
        "\n\n".join([*paragraphs(WIRE)[:2], *STATEMENT.replace("We", "They").split(". "), TWO_MORE, WEATHER]),
    ),
    "the next day's report, with the background again": (
        WIRE,
        (
            f"The Lady Margaret made her last crossing last night, four minutes late and with 61 passengers.\n\n{TWO_MORE}\n\n"
            "Nobody would say who the last of them was, but the captain had brought a ladder, and the band stopped playing "
            f"when it was lowered. The crew were given a clock each.\n\n{paragraphs(WIRE)[7]}"
        ),
    ),
    "hardly a word": ("The council has been asked for a comment.", "The council has been asked for an answer."),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_was_written_apart_is_no_copy(name: str) -> None:
    earlier, later = LOOK_ALIKES[name]
    assert likeness(body(later), body(earlier)) is None


@pytest.mark.parametrize(
    "later, found",
    [
        ("The swimming bath is shut today.", Likeness(1.0, True)),
        ("the swimming-bath is shut, today", Likeness(1.0, True)),
        ("The swimming bath is shut on Friday.", None),
        ("", None),
    ],
)
def test_a_short_text_is_a_copy_only_if_it_is_the_same(later: str, found: Likeness | None) -> None:
    assert likeness(body(later), body("The swimming bath is shut today.")) == found


def test_two_letters_that_are_all_quote_are_copies_if_they_are_the_same() -> None:
    letter = body(f"“{STATEMENT}”")
    assert likeness(body(f"“{STATEMENT}”"), letter) == Likeness(1.0, True)
    assert likeness(body(f"“{STATEMENT} {TWO_MORE} {TWO_MORE} {TWO_MORE}”"), letter) is None


def test_a_sketch_has_most_in_common_with_that_of_a_copy() -> None:
    sketch = set(body(WIRE).sketch)
    assert len(sketch) == SKETCH
    assert len(sketch & set(body(COPIES["cut by half"]).sketch)) > SKETCH / 4
    assert len(sketch & set(body(COPIES["a word in ten changed"]).sketch)) > SKETCH / 4
    assert len(sketch & set(body(STATEMENT).sketch)) == 0


@pytest.mark.parametrize(
    "text, least, most",
    [
        ("We have carried brides, coffins and one elephant", 1, 1),
        ("coffins and one", 1, 1),
        ("no coffins", 0, 0),
        ("We have carried brides, coffins and two elephants for the king", 0.3, 0.6),
        ("I came to listen and I have listened", 0, 0),
    ],
)
def test_how_much_of_a_quote_others_have(text: str, least: float, most: float) -> None:
    others = Covering(["“We have carried brides, coffins and one elephant,”", "The ferry never went home."])
    assert least <= others.share(text) <= most
