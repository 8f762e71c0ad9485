"""What changed from one version of a text to the next: paragraphs, and inside those that stayed, words. Pure.

Bounded whatever the texts are: lines that stand once in either text hold the rest in place, what is equal at the ends
of a place is passed over, and only what is left is aligned word by word, as far as a budget goes. Beyond it a place is
told as a whole: this went, that came.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from articles.comparing.diff import align

#: Words of the one times words of the other: of one place, and of all places together.
PLACE, BUDGET = 4_000_000, 40_000_000
#: More lines than this are not looked through for pairs.
MANY = 20
#: A place of which less than this share stays is not one that changed, but one that went and one that came.
ALIKE = 0.3
#: So many places, and characters, are shown; of what is the same so many words on either side, of the rest so many.
PLACES, CHARACTERS, AROUND, WORDS = 200, 80_000, 20, 400
CUT = "…"
#: Ends a paragraph, among words.
END = "\n"


class Piece(NamedTuple):
    """Words that are the "same", "gone" or "new"; paragraphs in them end with a line break."""

    kind: str
    text: str


@dataclass(frozen=True)
class Changes:
    """The places that differ, each as pieces in order; how many more there are, and of how many words all of them."""

    places: list[list[Piece]]
    more: int
    gone: int
    new: int
    #: Whether some places were too long to be aligned word by word.
    coarse: bool


def changes(old: str, new: str) -> Changes:
    """What changed from the old text to the new one; white space does not count."""
    before, after = _lines(old), _lines(new)
    shown: list[list[Piece]] = []
    budget, size, more, gone, came, coarse = BUDGET, 0, 0, 0, 0, False
    unshown: tuple[list[str], list[str]] = [], []
    for i, i_end, j, j_end in _places(before, after):
        if more:
            more += 1
            unshown[0].extend(before[i:i_end])
            unshown[1].extend(after[j:j_end])
            continue
        here, there = _words(before[i:i_end]), _words(after[j:j_end])
        cost = _cost(here, there)
        aligned = cost <= min(PLACE, budget)
        budget -= cost if aligned else 0
        coarse = coarse or not aligned
        pieces = list(_pieces(here, there, aligned))
        gone += sum(_count(words) for kind, words in pieces if kind == "gone")
        came += sum(_count(words) for kind, words in pieces if kind == "new")
        place = [Piece(kind, _cut(words, kind, n == 0, n == len(pieces) - 1)) for n, (kind, words) in enumerate(pieces)]
        size += sum(len(piece.text) for piece in place)
        if len(shown) < PLACES and size <= CHARACTERS:
            shown.append(place)
        else:
            more = 1
    # What is not shown is only counted: the words that the other side has not.
    one, other = (Counter(word for line in lines for word in line.split()) for lines in unshown)
    return Changes(shown, more, gone + (one - other).total(), came + (other - one).total(), coarse)


def _lines(text: str) -> list[str]:
    return [line for one in text.splitlines() if (line := " ".join(one.split()))]


def _places(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where the lines differ, as [i, i_end) against [j, j_end)."""
    i = j = 0
    for x, y in [*_anchors(before, after), (len(before), len(after))]:
        i_end, j_end = x, y
        while i < i_end and j < j_end and before[i] == after[j]:
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and before[i_end - 1] == after[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
        if i_end - i == j_end - j > MANY:
            # As many lines as before, and none of them left as it was: most likely each of them was changed.
            yield from ((i + n, i + n + 1, j + n, j + n + 1) for n in range(i_end - i) if before[i + n] != after[j + n])
        elif i < i_end or j < j_end:
            yield i, i_end, j, j_end
        i, j = x + 1, y + 1


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that stand once in either text, as many as are in the same order in both (patience sorting)."""
    here, there = Counter(before), Counter(after)
    where = {line: y for y, line in enumerate(after) if there[line] == here[line] == 1}
    pairs = [(x, where[line]) for x, line in enumerate(before) if line in where]
    ends: list[int] = []
    at: list[int] = []
    previous: list[int] = []
    for n, (_, y) in enumerate(pairs):
        pile = bisect_left(ends, y)
        previous.append(at[pile - 1] if pile else -1)
        ends[pile : pile + 1], at[pile : pile + 1] = [y], [n]
    chain = []
    n = at[-1] if at else -1
    while n >= 0:
        chain.append(pairs[n])
        n = previous[n]
    return chain[::-1]


def _words(lines: Sequence[str]) -> list[str]:
    """The words of some lines, with an end between two."""
    found: list[str] = []
    for n, line in enumerate(lines):
        found += [END, *line.split()] if n else line.split()
    return found


def _ends(here: Sequence[str], there: Sequence[str]) -> tuple[int, int]:
    """With how many equal words both begin, and end beyond that."""
    most = min(len(here), len(there))
    head = next((n for n in range(most) if here[n] != there[n]), most)
    most -= head
    tail = next((n for n in range(most) if here[-n - 1] != there[-n - 1]), most)
    return head, tail


def _cost(here: Sequence[str], there: Sequence[str]) -> int:
    head, tail = _ends(here, there)
    return (len(here) - head - tail) * (len(there) - head - tail)


def _pieces(here: list[str], there: list[str], aligned: bool) -> Iterator[tuple[str, list[str]]]:
    """The words of a place as runs of what is the same, gone and new."""
    head, tail = _ends(here, there)
    inner, outer = here[head : len(here) - tail], there[head : len(there) - tail]
    blocks = align(inner, outer) if aligned else []
    same = head + tail + sum(block.i_end - block.i for block in blocks if block.same)
    if not aligned or same < ALIKE * max(len(here), len(there)):
        runs = [("gone", here), ("new", there)]
        if not aligned and same:
            runs = [("same", here[:head]), ("gone", inner), ("new", outer), ("same", here[len(here) - tail :])]
    else:
        runs = [("same", here[:head])]
        for block in blocks:
            if block.same:
                runs.append(("same", inner[block.i : block.i_end]))
            else:
                runs += [("gone", inner[block.i : block.i_end]), ("new", outer[block.j : block.j_end])]
        runs.append(("same", here[len(here) - tail :]))
    for kind, some in groupby((run for run in runs if run[1]), key=lambda run: run[0]):
        yield kind, [word for _, words in some for word in words]


def _count(words: Sequence[str]) -> int:
    return sum(word != END for word in words)


def _cut(words: list[str], kind: str, first: bool, last: bool) -> str:
    """Words as text; of many, those next to what changed, or the first."""
    if kind == "same":
        head, tail = 0 if first else AROUND, 0 if last else AROUND
        if len(words) > head + tail + 1:
            words = [*words[:head], CUT, *words[len(words) - tail :]]
    elif len(words) > WORDS:
        words = [*words[:WORDS], CUT]
    return " ".join(words).replace(f" {END} ", END).replace(f"{END} ", END).replace(f" {END}", END)
