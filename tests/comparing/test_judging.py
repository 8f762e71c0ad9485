"""Whether two quotes report one utterance: some sixty pairs, among them look-alikes that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from articles.comparing import judge
from articles.perturbed import Printed, pairs

PAIRS = pairs(Path(__file__).resolve().parents[1] / "gold" / "pairs.jsonl")
SAME = [pair for pair in PAIRS if pair.expected not in {"perhaps", "nothing"}]
DOUBTFUL = [pair[:2] for pair in PAIRS if pair.expected == "perhaps"]
LOOK_ALIKES = [pair[:2] for pair in PAIRS if pair.expected == "nothing"]


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


@pytest.mark.parametrize("one, other", [pair[:2] for pair in PAIRS])
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
