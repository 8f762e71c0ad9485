"""A few words in marks inside a sentence: quoted, or held at a distance. To add a case is to add a line."""

from __future__ import annotations

import pytest

from articles.reading import fragments, read
from articles.reading.lexicon.fragments import WEIGHTS

#: words in the marks, the sentence; none of them stands among those that the weights were fitted on
QUOTED = """
    a sponge with a clock tower     | The surveyor described the town hall as “a sponge with a clock tower”.
    part-time                       | For weeks Mr Lowther has mocked the chairman as “part-time”.
    more in sorrow than in anger    | Her letter was written, in her words, “more in sorrow than in anger”.
    without further delay           | The families have called on the force to release the tapes “without further delay”.
    close the gap                   | Mrs Yeo promised to “close the gap” within a year.
    full and frank                  | Mr Dunn welcomed the talks, which he found “full and frank”.
    nobody's fault                  | The inquiry found that the flood was “nobody's fault”.
    a fishing trip                  | Mr Penry's lawyers dismissed the search as “a fishing trip”.
    the long way round              | Dr Amory spoke of “the long way round” and sat down.
    shameful                        | The archdeacon condemned the delay as “shameful”.
"""
HELD = """
    smart                           | The “smart” bin at the station has been full since Easter.
    Wobbly                          | Arthur “Wobbly” Tate opened the fair.
    Ask the Mayor                   | He was speaking on Radio Thrale's “Ask the Mayor”.
    The Salt Road                   | Her second novel, “The Salt Road”, is out in May.
    cloud tax                       | The so-called “cloud tax” was dropped in June.
    ghost                           | The port has four “ghost” ships and one watchman.
    Yes                             | Press the button marked “Yes”.
    tidy up                         | A “tidy up” clause was added on the last page.
"""


def _cases(block: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("words, sentence", _cases(QUOTED))
def test_quoted(words: str, sentence: str) -> None:
    assert words in [span.of(sentence) for quote in read(sentence).quotes for span in quote.marked]


@pytest.mark.parametrize("words, sentence", _cases(HELD))
def test_held_at_a_distance(words: str, sentence: str) -> None:
    assert not read(sentence).quotes


def test_a_title_inside_reported_speech_is_not_marked() -> None:
    text = "Olu Bankole told Radio Thrale's “Ask the Mayor” that the depot would close."
    (quote,) = read(text).quotes
    assert (quote.kind, quote.spans[0].of(text), quote.marked) == ("indirect", "the depot would close", ())


def test_the_clause_comes_with_the_fragment() -> None:
    text = "Fiona Carbery fears that the new bridge is “a toy for the summer”."
    (quote,) = read(text).quotes
    assert (quote.kind, quote.spans[0].of(text)) == ("mixed", "the new bridge is “a toy for the summer”")


def test_every_weight_is_of_a_feature_that_occurs() -> None:
    assert fragments.probability([]) == pytest.approx(1 / (1 + 2.718281828 ** -WEIGHTS["always"]))
    assert fragments.probability(["no such feature"]) == fragments.probability([])
    assert fragments.probability(["words: 1"]) < fragments.probability(["words: 7 or more"])
