"""The reader must not read worse than it did: floors under its figures, a little below what it reaches.

The sample was annotated before any reader had seen it. When the reader has become better, raise the floors with it:
`manage.py evaluate tests/gold/sample.jsonl` says what it reaches. Figures are F1, of spk and spkR shares, in percent.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from articles.management.commands.evaluate import Evaluation, documents, evaluate

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "sample": ROOT / "tests" / "gold" / "sample.jsonl",
    "uk.dev": ROOT.parent / "shared" / "eval" / "uk.dev.jsonl",
}

FLOORS = """
    # set    view    measure   kind       floor
    sample   spans   j80       all        81
    sample   spans   j80       direct     93
    sample   spans   j80       mixed      79
    sample   spans   j80       indirect   75
    sample   spans   ggt80     all        84
    sample   spans   joint     all        74
    sample   spans   jointR    all        64
    sample   spans   spk       all        91
    sample   spans   spkR      all        78
    sample   marks   j80       all        94
    sample   marks   joint     all        86

    uk.dev   spans   j80       all        91
    uk.dev   spans   j80       direct     97
    uk.dev   spans   j80       indirect   81
    uk.dev   spans   joint     all        88
    uk.dev   spans   jointR    all        82
    uk.dev   spans   spkR      all        89
    uk.dev   marks   j80       all        97
    uk.dev   marks   joint     all        94
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
