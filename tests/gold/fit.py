"""Fits the weights that tell a quotation of a few words from words held at a distance; writes them where they are read.

    python -m tests.gold.fit            prints how well each set is judged by the others, and what the weights would be
    python -m tests.gold.fit --write    writes articles/reading/lexicon/fragments.py

Logistic regression with a ridge, in plain Python, on the fragments of our own texts and, where they are to be had, of
the British and the Canadian development set. Each fragment is a set of named features (articles/reading/fragments.py).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from unittest.mock import patch

from articles.management.commands.evaluate import documents
from articles.reading import fragments, read
from articles.reading.marks import Stretch

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "eval"
WEIGHTS = HERE.parents[1] / "articles" / "reading" / "lexicon" / "fragments.py"
SETS = {
    "own": [HERE / "sample.jsonl"],
    "uk": [SHARED / "uk.dev.jsonl"],
    "ggt": [SHARED / "ggt.dev.jsonl"],
}
RIDGE, STEPS, RATE = 1.0, 1500, 0.5
RARE = 3  # a feature seen less often gets no weight
HEADER = '''"""What speaks for and against a few words in marks being somebody's words: made by ``tests/gold/fit.py``."""

WEIGHTS: dict[str, float] = {
'''


@dataclass(frozen=True)
class Example:
    """One fragment: what is seen of it, and whether it is a quotation."""

    seen: tuple[str, ...]
    quoted: bool
    text: str


def judged(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """The fragments of a text that the reader judges: span and features."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    real = fragments.features

    def noting(text: str, setting: fragments.Setting, k: int, stretch: Stretch) -> list[str]:
        seen = real(text, setting, k, stretch)
        found.append((stretch.start, stretch.end, tuple(seen)))
        return seen

    with patch.object(fragments, "features", noting):
        read(text)
    return found


def of_gold(paths: Iterable[Path]) -> list[Example]:
    """Every fragment of gold documents, a quotation if a gold quote covers most of it."""
    examples = []
    for path in paths:
        for document in documents(path) if path.exists() else []:
            if document.language not in ("", "en"):
                continue
            for start, end, seen in judged(document.text):
                shared = max((min(end, q.end) - max(start, q.start) for q in document.quotes), default=0)
                examples.append(Example(seen, shared > 0.6 * (end - start), document.text[start:end]))
    return examples


_SIGN = re.compile(r"([+-])(?=“)")


def of_sentences(path: Path) -> list[Example]:
    """The fragments of the sentences that stand one a line, each with + or - before its mark."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        signs = [sign == "+" for sign in _SIGN.findall(line)]
        text = _SIGN.sub("", line)
        opened = [match.end() for match in re.finditer("“", text)]
        answers = dict(zip(opened, signs, strict=True))
        examples += [Example(seen, answers[start], text[start:end]) for start, end, seen in judged(text)]
    return examples


def fit(examples: Sequence[Example]) -> dict[str, float]:
    """Weights by gradient descent; "always" is the bias and is not shrunk."""
    counts: dict[str, int] = {}
    for example in examples:
        for name in example.seen:
            counts[name] = counts.get(name, 0) + 1
    kept = {name for name, times in counts.items() if times >= RARE}
    rows = [(["always", *(name for name in set(e.seen) if name in kept)], float(e.quoted)) for e in examples]
    weights = dict.fromkeys(["always", *sorted(kept)], 0.0)
    for _ in range(STEPS):
        slope = dict.fromkeys(weights, 0.0)
        for names, wanted in rows:
            error = 1 / (1 + exp(-sum(weights[name] for name in names))) - wanted
            for name in names:
                slope[name] += error
        for name in weights:
            pull = 0.0 if name == "always" else RIDGE * weights[name]
            weights[name] -= RATE * (slope[name] + pull) / (0.25 * counts.get(name, len(rows)) * 8 + RIDGE)
    return {name: round(weight, 2) for name, weight in weights.items()}


def judge(examples: Sequence[Example], weights: dict[str, float]) -> str:
    """How the weights do on examples: number, share judged right, precision and recall of quotations, loss."""
    with patch.object(fragments, "WEIGHTS", weights):
        said = [fragments.probability(example.seen) for example in examples]
    pairs = [(p, e.quoted) for p, e in zip(said, examples, strict=True)]
    right = sum((p >= 0.5) == quoted for p, quoted in pairs)
    hits = sum(p >= 0.5 and quoted for p, quoted in pairs)
    loss = -sum(log(max(p if quoted else 1 - p, 1e-9)) for p, quoted in pairs) / max(1, len(pairs))
    precision = hits / max(1, sum(p >= 0.5 for p, _ in pairs))
    recall = hits / max(1, sum(quoted for _, quoted in pairs))
    return (
        f"{len(pairs):4} fragments, {sum(q for _, q in pairs):3} quoted: right {100 * right / max(1, len(pairs)):.1f} %, "
        f"P {100 * precision:.1f} R {100 * recall:.1f}, loss {loss:.3f}"
    )


def main() -> None:
    found = {name: of_gold(paths) for name, paths in SETS.items()}
    found["sentences"] = of_sentences(HERE / "fragments.txt")
    every = [example for examples in found.values() for example in examples]
    for name, examples in found.items():
        others = [example for other, more in found.items() if other != name for example in more]
        print(f"{name:10} judged by the others: {judge(examples, fit(others))}")
    weights = fit(every)
    print(f"{'all':10} judged by all:        {judge(every, weights)}")
    lines = [f'    "{name}": {weight},\n' for name, weight in sorted(weights.items(), key=lambda item: item[1])]
    if "--write" in sys.argv:
        WEIGHTS.write_text(HEADER + "".join(lines) + "}\n", encoding="utf-8")
    else:
        print("".join(lines))


if __name__ == "__main__":
    main()
