"""The reader must not read worse than it did: floors under its figures, a little below what it reaches.

The sample was annotated before any reader had seen it, the held articles after that and without looking at what it made of
them. When the reader has become better, raise the floors with it:
`manage.py evaluate tests/gold/sample.jsonl` says what it reaches. Figures are F1, of spk and spkR shares, in percent.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from articles.evaluation import calibrate, quote_cases
from articles.management.commands.evaluate import Evaluation, documents, evaluate

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "sample": ROOT / "tests" / "gold" / "sample.jsonl",
    "held": ROOT / "tests" / "gold" / "held.jsonl",
    "uk.dev": ROOT.parent / "shared" / "eval" / "uk.dev.jsonl",
    "ggt.dev": ROOT.parent / "shared" / "eval" / "ggt.dev.jsonl",
}

FLOORS = """
    # set    view    measure   kind       floor
    sample   spans   j80       all        89
    sample   spans   j80       direct     95
    sample   spans   j80       mixed      86
    sample   spans   j80       indirect   79
    sample   spans   j80       document   75
    sample   spans   ggt80     all        90
    sample   spans   joint     all        83
    sample   spans   jointR    all        78
    sample   spans   spk       all        94
    sample   spans   spkR      all        88
    sample   marks   j80       all        97
    sample   marks   joint     all        90

    held     spans   j80       all        85
    held     spans   j80       direct     91
    held     spans   j80       mixed      73
    held     spans   j80       indirect   81
    held     spans   j80       document   65
    held     spans   ggt80     all        87
    held     spans   joint     all        82
    held     spans   jointR    all        76
    held     spans   spk       all        96
    held     spans   spkR      all        90
    held     marks   j80       all        94
    held     marks   joint     all        86

    uk.dev   spans   j80       all        93
    uk.dev   spans   j80       direct     98
    uk.dev   spans   j80       indirect   86
    uk.dev   spans   joint     all        91
    uk.dev   spans   jointR    all        91
    uk.dev   spans   spkR      all        96
    uk.dev   marks   j80       all        98
    uk.dev   marks   joint     all        95

    ggt.dev  spans   j80       all        86
    ggt.dev  spans   j80       direct     95
    ggt.dev  spans   j80       indirect   78
    ggt.dev  spans   ggt80     all        88
    ggt.dev  spans   jointR    all        78
    ggt.dev  spans   spkR      all        91
    ggt.dev  marks   j80       all        96
    ggt.dev  marks   joint     all        91
"""


#: set, share of the quotes above .9 that are right in span and mention, share of all right ones that are above .9
SURE = """
    sample   96  50
    held     95  51
    uk.dev   96  55
    ggt.dev  96  52
"""


@cache
def evaluated(name: str) -> Evaluation:
    if not SETS[name].exists():
        pytest.skip(f"{SETS[name]} is not here")
    return evaluate(documents(SETS[name]))


@pytest.mark.parametrize(
    "name, view, measure, kind, floor",
    [line.split() for line in FLOORS.splitlines() if line.strip() and not line.strip().startswith("#")],
)
def test_the_reader_keeps_above(name: str, view: str, measure: str, kind: str, floor: str) -> None:
    measures = evaluated(name).views[view]  # type: ignore[index]
    if measure in measures.speakers:
        reached = measures.speakers[measure][kind].share
    else:
        reached = measures.spans[measure][kind].f1
    assert 100 * reached >= float(floor), f"{100 * reached:.1f}"


@pytest.mark.parametrize("name, right, coverage", [line.split() for line in SURE.splitlines() if line.strip()])
def test_what_the_reader_is_sure_of_is_right(name: str, right: str, coverage: str) -> None:
    found = calibrate(quote_cases(evaluated(name).judged))
    assert 100 * found.sure.share >= float(right), f"{100 * found.sure.share:.1f}"
    assert 100 * found.right_and_sure.share >= float(coverage), f"{100 * found.right_and_sure.share:.1f}"
