"""Whether two quotes report one utterance: fifty pairs, among them look-alikes that do not."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest

from articles.comparing import Said, judge, keys, tokens

FERRY = "We were told the ferry would last another forty years, and we were told wrong. I will not ask these families to pay twice for somebody else's mistake."
TIDE = "You can close a ferry. But an island is not a shop, councillor, and nobody in this room is stock. We will go when the tide tells us."
NEVER = "The ballot papers were never lost. They were in a cupboard that nobody had opened."
SWAM = "I learned to row here in 1951 and I have not finished."
WALL = "No bridge will stand in this current for ever"

ASHDOWN, KEELE, ORDE, NOBODY = 1, 2, 3, 0
DAY = dt.date(2024, 3, 12)


class Printed(NamedTuple):
    """A quote in one line: words, speaker, days after the first, story, article; reported speech in parentheses."""

    words: str
    speaker: int = ASHDOWN
    days: int | None = 0
    story: int = 1
    article: int = 0

    def said(self, article: int) -> Said:
        reported = self.words.startswith("(")
        words = self.words.strip("()") if reported else self.words
        return Said(
            keys=tuple(keys(tokens(words, [(0, len(words))]))),
            speakers=frozenset([self.speaker] if self.speaker else []),
            day=None if self.days is None else DAY + dt.timedelta(self.days),
            stories=frozenset([self.story] if self.story else []),
            article=self.article or article,
            indirect=reported,
        )


P = Printed
SAME = [
    # one word, one mark, one capital
    (P(FERRY), P(FERRY.replace("these", "those")), "variant"),
    (P(FERRY), P(FERRY.replace("somebody else's", "someone else’s")), "variant"),
    (P(FERRY), P(FERRY.replace(". I will", "; i will")), "variant"),
    (P(NEVER), P(NEVER.replace("nobody", "no one")), "variant"),
    (P(NEVER), P(NEVER.replace("ballot papers", "papers")), "variant"),
    (P(SWAM), P("I learned to row here in 1951 and I haven’t finished!"), "variant"),
    # cut, with and without saying so
    (P(TIDE), P("You can close a ferry… nobody in this room is stock. We will go when the tide tells us."), "variant"),
    (P(TIDE), P("An island is not a shop and nobody in this room is stock"), "fragment"),
    (P(TIDE), P("nobody in this room is stock"), "fragment"),
    (P(TIDE), P("We will go when the tide tells us"), "fragment"),
    (P(TIDE), P("an island is not a shop"), "fragment"),
    (P("We will go when the tide tells us"), P(TIDE), "whole"),
    (P(NEVER), P("were never lost"), "fragment"),
    (P(WALL), P("No bridge will stand in this current for ever, and I would be lying to you if I said it would"), "whole"),
    # what an editor put in
    (P(TIDE), P("But an island is not a shop, [Ms Orde], and nobody in this room is stock."), "fragment"),
    (P(TIDE), P("[A]n island is not a shop, councillor, and nobody in [the hall] is stock. We will go when the tide tells us."), "variant"),
    # both cut, at different ends
    (P(FERRY[:98]), P(FERRY[41:]), "variant"),
    # days and stories
    (P(FERRY), P(FERRY, days=1), "variant"),
    (P(FERRY), P(FERRY, days=3), "variant"),
    (P(FERRY), P(FERRY, story=0), "variant"),
    (P(FERRY, story=0), P("I will not ask these families to pay twice", story=0), "fragment"),
    (P(FERRY), P(FERRY, days=None), "variant"),
    # speakers
    (P(FERRY), P(FERRY, NOBODY), "variant"),
    (P(TIDE, NOBODY), P("nobody in this room is stock", NOBODY), "fragment"),
    (P(FERRY), P(FERRY, KEELE), "variant"),
    (P(TIDE), P("An island is not a shop, and nobody in this room is stock. We will go when the tide tells us!", KEELE), "variant"),
    # reported
    (P("(the council would close the ferry in June and move the families to Carrow)"), P("(families would be moved to Carrow when the ferry closed in June)"), "paraphrase"),
    (P("The council will close the ferry in June and move the families to Carrow."), P("(the ferry would close in June and the council would move families to Carrow)"), "paraphrase"),
]  # fmt: skip
DOUBTFUL = [
    (P(FERRY), P(FERRY, days=6)),
    (P(FERRY), P(FERRY, days=40)),
    (P(TIDE), P("nobody in this room is stock", days=9)),
    (P(TIDE), P("nobody in this room is stock", KEELE)),
    (P(FERRY), P(FERRY, days=None, story=2)),
]
LOOK_ALIKES = [
    # phrases that everybody uses
    (P("I have made it very clear that this is not the end of the matter"), P("I have made it very clear that the money is there")),
    (P("at the end of the day it is up to the council"), P("at the end of the day it is a question of safety")),
    (P("We take these allegations very seriously"), P("We take our duty to passengers very seriously", KEELE)),
    (P("no comment"), P("no comment", KEELE)),
    (P("a disgrace"), P("an absolute disgrace", KEELE)),
    (P("I am very sorry"), P("I am very tired")),
    # the same frame with other things in it
    (P("You don't drain a town to fix a leak"), P("You don't close a school to fix a roof", KEELE)),
    (P("There are 120 people waiting for the 6.15"), P("There are 300 people waiting for a house")),
    (P("The bridge will close on Monday"), P("The school will close on Monday", KEELE)),
    (P("We will fight this all the way to the High Court"), P("We will fight this all the way to the ballot box", KEELE)),
    # short words of one speaker in other stories
    (P("a scandal"), P("a scandal", days=2, story=2)),
    (P("enough is enough"), P("enough is enough", days=60, story=2)),
    # reported speech with one thing in common
    (P("(the ferry would close in June)"), P("(the ferry had carried 300 people in June)")),
    (P("(the council would close the ferry and move the families)", KEELE), P("(the council would close the ferry and move the families)")),
    (P("(the council would close the ferry and move the families)"), P("(the council would close the ferry and move the families)", days=20)),
    # nothing at all
    (P("…"), P("…")),
    (P("[sic]"), P(FERRY)),
]  # fmt: skip


@pytest.mark.parametrize("one, other, relation", SAME)
def test_one_utterance(one: Printed, other: Printed, relation: str) -> None:
    verdict = judge(one.said(1), other.said(2))
    assert verdict is not None
    assert verdict.certain
    assert verdict.relation == relation
    assert verdict.conflict == (one.speaker != other.speaker and bool(one.speaker and other.speaker))


@pytest.mark.parametrize("one, other", DOUBTFUL)
def test_when_in_doubt_it_is_a_suggestion(one: Printed, other: Printed) -> None:
    verdict = judge(one.said(1), other.said(2))
    assert verdict is not None
    assert not verdict.certain


@pytest.mark.parametrize("one, other", LOOK_ALIKES)
def test_look_alikes(one: Printed, other: Printed) -> None:
    verdict = judge(one.said(1), other.said(2))
    assert verdict is None or not verdict.certain


@pytest.mark.parametrize("one, other", [(one, other) for one, other, *_ in [*SAME, *DOUBTFUL, *LOOK_ALIKES]])
def test_who_is_asked_first_does_not_matter(one: Printed, other: Printed) -> None:
    there, back = judge(one.said(1), other.said(2)), judge(other.said(2), one.said(1))
    assert (there is None) == (back is None)
    if there and back:
        turned = {"fragment": "whole", "whole": "fragment"}
        assert (turned.get(there.relation, there.relation), there.certain, there.conflict) == (
            back.relation,
            back.certain,
            back.conflict,
        )
