"""Printed forms of the same words under one another: a column a word of the base, a row a form, cut into parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from articles.comparing.diff import Class, Comparison
from articles.comparing.words import Token, Type

#: Words of a part at most, and at least before a clause may end it; and letters at most, if the words are long.
LONGEST, SHORTEST = 15, 7
LETTERS = 84
CLAUSE_ENDS = frozenset(".!?;:,—–-…)")
SENTENCE_ENDS = frozenset(".!?")
CARRIERS = frozenset({Type.WORD, Type.BRACKET, Type.ELLIPSIS})
#: What is missing of the base, whatever the form says about it.
MISSING = frozenset({Class.OMISSION, Class.ELLIPSIS})


@dataclass(frozen=True, slots=True)
class Piece:
    """What a form has at a place where the base has no word: words added, an editor's bracket, an ellipsis."""

    kind: Class
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a form has for ``span`` words of the base: its words as printed, and the base's where they differ.

    ``kind`` is same, case, punctuation (of the mark behind it), word, omission, ellipsis or bracket.
    """

    kind: Class
    start: int
    span: int
    words: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()

    @property
    def said(self) -> str:
        return " ".join(self.words)

    @property
    def replaced(self) -> str:
        return " ".join(self.instead)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the base, as word numbers [start, end)."""

    start: int
    end: int

    @property
    def span(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it is compared and as it is printed: ``surface`` has each word, by its start, with the marks at it."""

    tokens: tuple[Token, ...]
    surface: Mapping[int, str] = field(default_factory=dict)

    def __getitem__(self, token: Token) -> str:
        return self.surface.get(token.start, token.text)

    @property
    def words(self) -> list[Token]:
        return [token for token in self.tokens if token.type is Type.WORD]


def written(
    text: str, spans: Iterable[Sequence[int]], found: Sequence[Token], edges: tuple[str, str] = ("", "")
) -> Written:
    """A form with its tokens' print; ``edges`` are the marks around each of its spans that stand outside of them."""
    surface: dict[int, str] = {}
    for start, end in spans:
        inside = [token for token in found if start <= token.start < end]
        carriers = [at for at, token in enumerate(inside) if token.type in CARRIERS]
        cuts = []
        for one, other in pairwise(carriers):
            # Marks between two words belong to the one they touch, to the first if to neither or to both.
            cut = one + 1
            while cut < other and (inside[cut - 1].end == inside[cut].start or inside[cut].end < inside[cut + 1].start):
                cut += 1
            cuts.append(cut)
        if not carriers:
            continue
        begins, ends = [0, *cuts], [*cuts, len(inside)]
        for number, (at, first, last) in enumerate(zip(carriers, begins, ends, strict=True)):
            words = " ".join(text[inside[first].start : inside[last - 1].end].split())
            words = edges[0] + words if number == 0 else words
            surface[inside[at].start] = words + edges[1] if number == len(carriers) - 1 else words
    return Written(tuple(found), surface)


def row(comparison: Comparison, base: Written, against: Written) -> list[Cell]:
    """The cells of a form, which together cover every word of the base once, in order."""
    cells: list[Cell] = []
    waiting: list[Piece] = []
    at = 0

    def put(kind: Class, span: int, words: Iterable[str] = (), instead: Iterable[str] = ()) -> None:
        nonlocal at
        cells.append(Cell(kind, at, span, tuple(words), tuple(instead), tuple(waiting)))
        waiting.clear()
        at += span

    for kind, here, there in comparison.steps:
        ours = [token for token in here if token.type is Type.WORD]
        theirs = [token for token in there if token.type in CARRIERS]
        if kind in (Class.SAME, Class.CASE, Class.PUNCTUATION) and ours:
            for token in theirs:
                if token.type is Type.WORD:
                    put(kind, 1, [against[token]])
                else:
                    waiting.append(_piece(token, against))
        elif ours:
            put(kind, len(ours), map(against.__getitem__, theirs), map(base.__getitem__, ours))
        elif theirs:
            bare = kind in (Class.ADDITION, Class.ELLIPSIS, Class.BRACKET)
            spoken = [against[token] for token in theirs if token.type is Type.WORD]
            if bare and spoken:
                waiting.append(Piece(Class.ADDITION, " ".join(against[token] for token in theirs)))
            else:
                waiting += [_piece(token, against) for token in theirs]
        elif kind is Class.PUNCTUATION and cells and cells[-1].kind is Class.SAME:
            last = cells.pop()
            cells.append(Cell(kind, last.start, last.span, last.words, last.instead, last.before, last.after))
    if waiting and cells:
        last = cells.pop()
        cells.append(Cell(last.kind, last.start, last.span, last.words, last.instead, last.before, tuple(waiting)))
    return cells


def _piece(token: Token, form: Written) -> Piece:
    kinds = {Type.BRACKET: Class.BRACKET, Type.ELLIPSIS: Class.ELLIPSIS}
    return Piece(kinds.get(token.type, Class.ADDITION), form[token])


def parts(base: Written) -> list[Part]:
    """The base cut by sentence or clause where that gives parts of a fair length, else after so many words."""
    words = [base[token] for token in base.words]
    found: list[Part] = []
    start = 0
    while start + (most := _fitting(words[start:])) < len(words):
        window = range(start + min(SHORTEST, most), start + most + 1)
        ending = [at for at in window if words[at - 1].rstrip("”’\"'")[-1:] in SENTENCE_ENDS]
        ending = ending or [at for at in window if words[at - 1].rstrip("”’\"'")[-1:] in CLAUSE_ENDS]
        end = max(ending, default=start + most)
        found.append(Part(start, end))
        start = end
    if start < len(words) or not found:
        found.append(Part(start, len(words)))
    return found


def _fitting(words: Sequence[str]) -> int:
    """With how many of these words a part is full."""
    letters = accumulate(len(word) + 1 for word in words[:LONGEST])
    return max(1, sum(length <= LETTERS + 1 for length in letters))


def within(cells: Sequence[Cell], part: Part) -> list[Cell]:
    """The cells of a row that stand in a part; one that crosses an end of it is cut there."""
    found = []
    for cell in cells:
        start, end = max(cell.start, part.start), min(cell.start + cell.span, part.end)
        if start >= end:
            continue
        if end - start == cell.span:
            found.append(cell)
            continue
        first, last = start == cell.start, end == cell.start + cell.span
        # Its words go along one for one, and what is left over with its end.
        taken = cell.words[start - cell.start : None if last else end - cell.start]
        gone = cell.instead[start - cell.start : end - cell.start]
        before, after = cell.before if first else (), cell.after if last else ()
        found.append(Cell(cell.kind, start, end - start, taken, gone, before, after))
    return found


def kinds(cells: Iterable[Cell]) -> list[Class]:
    """What a form makes of each word of the base."""
    return [cell.kind for cell in cells for _ in range(cell.span)]


def printed(some: Iterable[Class]) -> int:
    """How many words of the base are there, in these words or others."""
    return sum(kind not in MISSING for kind in some)


#: The best first: what an outlet has printed once, it has printed.
ORDER = (Class.SAME, Class.CASE, Class.PUNCTUATION, Class.WORD, Class.BRACKET, Class.ELLIPSIS, Class.OMISSION)


def together(rows: Sequence[Sequence[Class]]) -> list[Class]:
    """Of each word the best that any of several forms makes of it."""
    return [min(some, key=ORDER.index) for some in zip(*rows, strict=True)]
