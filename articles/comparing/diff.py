"""Two printed forms of the same words, aligned word by word, with the classes of difference kept apart.

Only spoken words are aligned. What an outlet put into brackets, and that it marked an omission, is told beside them and
never compared; marks and capitals are classes of their own, so that a changed word is never lost among commas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from articles.comparing.words import FUNCTION, Token, Type

#: A few words for a few others are a change; many for few are a change amid what was left out or added.
SWAPPED = 2


class Class(StrEnum):
    SAME = "same"
    CASE = "case"
    PUNCTUATION = "punctuation"
    WORD = "word"
    OMISSION = "omission"
    ADDITION = "addition"
    ELLIPSIS = "ellipsis"
    BRACKET = "bracket"


class Step(NamedTuple):
    """What stands in one form, and what stands there in the other; either may be empty."""

    kind: Class
    base: tuple[Token, ...]
    against: tuple[Token, ...]


#: What an editor puts where words were.
STAND_INS = frozenset({Type.BRACKET, Type.ELLIPSIS})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The steps from the base to the other form, in order, with every token of both in exactly one of them."""

    steps: tuple[Step, ...]

    def counts(self) -> dict[str, int]:
        """How many words and marks differ, by class; words of the base that a bracket or ellipsis stands for apart."""
        counted = dict.fromkeys(
            ("words_same", "words_changed", "words_left_out", "words_added", "words_in_ellipses", "words_in_brackets",
             "brackets", "ellipses", "case", "punctuation"), 0,
        )  # fmt: skip
        for kind, base, against in self.steps:
            here, there = _words(base), _words(against)
            match kind:
                case Class.SAME:
                    counted["words_same"] += here
                case Class.CASE:
                    counted["words_same"] += here
                    counted["case"] += here
                case Class.PUNCTUATION:
                    counted["words_same"] += here
                    counted["punctuation"] += 1
                case Class.WORD:
                    counted["words_changed"] += max(here, there)
                case Class.OMISSION:
                    counted["words_left_out"] += here
                case Class.ADDITION:
                    counted["words_added"] += there
                case Class.ELLIPSIS:
                    counted["ellipses"] += 1
                    counted["words_in_ellipses"] += here + there
                case Class.BRACKET:
                    counted["brackets"] += 1
                    counted["words_in_brackets"] += here + there
        return counted


class Block(NamedTuple):
    """A run of words: equal when ``same``, else these words of the base against those of the other form."""

    same: bool
    i: int
    i_end: int
    j: int
    j_end: int


def _words(some: Sequence[Token]) -> int:
    return sum(token.type is Type.WORD for token in some)


# --- the words -----------------------------------------------------------------------------------------------------


def align(base: Sequence[str], against: Sequence[str]) -> list[Block]:
    """Blocks that cover both lists of keys in order, same and different ones by turns."""
    opcodes = [
        Block(op.tag == "equal", op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in LCSseq.opcodes(base, against)
    ]
    blocks = _joined(opcodes)
    blocks = _joined(_slid(blocks, base, against))
    while True:
        without = _joined(_without_islands(blocks, base))
        if without == blocks:
            return blocks
        blocks = without


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Neighbours of one sort as one block; empty ones gone."""
    joined: list[Block] = []
    for block in blocks:
        if block.i == block.i_end and block.j == block.j_end:
            continue
        if joined and joined[-1].same == block.same:
            last = joined.pop()
            block = Block(block.same, last.i, block.i_end, last.j, block.j_end)
        joined.append(block)
    return joined


def _slid(blocks: list[Block], base: Sequence[str], against: Sequence[str]) -> list[Block]:
    """A run that is only left out, or only added, moved left as far as what stays equal allows.

    "[You can decommission] a lighthouse you can decommission a power station" cut to its second half is aligned with
    the first "you can decommission" as well as with the second; of the two, the one that leaves whole what was printed.
    """
    slid = list(blocks)
    for at in range(1, len(slid) - 1):
        before, edit, after = slid[at - 1 : at + 2]
        if edit.same or not (before.same and after.same):
            continue
        words, start, end = (base, edit.i, edit.i_end) if edit.j == edit.j_end else (against, edit.j, edit.j_end)
        if edit.i != edit.i_end and edit.j != edit.j_end:
            continue
        most = before.i_end - before.i
        shift = 0
        while shift < most and words[start - shift - 1] == words[end - shift - 1]:
            shift += 1
        if shift != most:
            continue  # it would leave a piece behind: nothing gained
        slid[at - 1] = Block(True, before.i, before.i_end - shift, before.j, before.j_end - shift)
        slid[at] = Block(False, edit.i - shift, edit.i_end - shift, edit.j - shift, edit.j_end - shift)
        slid[at + 1] = Block(True, after.i - shift, after.i_end, after.j - shift, after.j_end)
    return slid


def _without_islands(blocks: list[Block], base: Sequence[str]) -> list[Block]:
    """One or two small words that are equal by chance amid much that is not are no agreement."""
    kept = []
    for at, block in enumerate(blocks):
        if block.same and 0 < at < len(blocks) - 1:
            length = block.i_end - block.i
            around = (blocks[at - 1], blocks[at + 1])
            small = length <= 2 and all(base[i] in FUNCTION for i in range(block.i, block.i_end))
            if (
                small
                and all(min(b.i_end - b.i, b.j_end - b.j) >= 1 for b in around)
                and any(max(b.i_end - b.i, b.j_end - b.j) > 2 for b in around)
            ):
                block = block._replace(same=False)
        kept.append(block)
    return kept


def changed(base: Sequence[str], against: Sequence[str]) -> tuple[int, int]:
    """How many words are the same and how many are changed: as `Comparison.counts` has it, where nobody's hand is in
    either form."""
    same = others = 0
    for alike, i, i_end, j, j_end in align(base, against):
        here, there = i_end - i, j_end - j
        if alike:
            same += here
        elif here and there:
            others += max(here, there) if abs(here - there) <= SWAPPED else min(here, there)
    return same, others


# --- the tokens ----------------------------------------------------------------------------------------------------


def compare(base: Sequence[Token], against: Sequence[Token]) -> Comparison:
    """How the other form differs from the base."""
    here = [at for at, token in enumerate(base) if token.type is Type.WORD]
    there = [at for at, token in enumerate(against) if token.type is Type.WORD]
    steps: list[Step] = []
    i = j = 0  # tokens told so far
    for block in align([base[at].key for at in here], [against[at].key for at in there]):
        if block.same:
            for x, y in zip(range(block.i, block.i_end), range(block.j, block.j_end), strict=True):
                steps += _between(base[i : here[x]], against[j : there[y]])
                i, j = here[x] + 1, there[y] + 1
                one, other = base[here[x]], against[there[y]]
                steps.append(Step(_printed_alike(one, other), (one,), (other,)))
        else:
            # Up to the next word that both have, or the end: with all that stands between.
            i_end = here[block.i_end] if block.i_end < len(here) else len(base)
            j_end = there[block.j_end] if block.j_end < len(there) else len(against)
            steps += _changed(base[i:i_end], against[j:j_end])
            i, j = i_end, j_end
    steps += _between(base[i:], against[j:])
    return Comparison(tuple(_runs(steps)))


def _printed_alike(one: Token, other: Token) -> Class:
    """Two words with one key: the same, or only another capital, or other marks in them."""
    if one.text == other.text:
        return Class.SAME
    here, there = _letters(one.text), _letters(other.text)
    if here == there:
        return Class.SAME
    return Class.CASE if here.casefold() == there.casefold() else Class.PUNCTUATION


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _between(base: Sequence[Token], against: Sequence[Token]) -> Iterator[Step]:
    """Between two words that both forms have: marks, and what an editor put there."""
    types = {token.type for token in (*base, *against)}
    if [token.key for token in base] == [token.key for token in against]:
        kind = Class.SAME
    elif Type.BRACKET in types:
        kind = Class.BRACKET
    elif Type.ELLIPSIS in types:
        kind = Class.ELLIPSIS
    else:
        kind = Class.PUNCTUATION
    if types:
        yield Step(kind, tuple(base), tuple(against))


def _changed(base: Sequence[Token], against: Sequence[Token]) -> Iterator[Step]:
    """Where the words differ; marks that both have at either end of the place differ in nothing."""
    head = _marks_alike(base, against)
    tail = _marks_alike(base[head:][::-1], against[head:][::-1])
    yield from _between(base[:head], against[:head])
    yield from _difference(base[head : len(base) - tail], against[head : len(against) - tail])
    yield from _between(base[len(base) - tail :], against[len(against) - tail :])


def _marks_alike(base: Sequence[Token], against: Sequence[Token]) -> int:
    """With how many equal marks both begin."""
    pairs = zip(base, against, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].type is Type.MARK and pair[0].key == pair[1].key, pairs))


def _difference(base: Sequence[Token], against: Sequence[Token]) -> Iterator[Step]:
    here, there = _words(base), _words(against)
    if not here and not there:
        yield from _between(base, against)
    # A stand-in among what the other side does not have at all stands for nothing of it.
    elif not there and not any(token.type in STAND_INS for token in against):
        yield Step(Class.OMISSION, tuple(base), tuple(against))
    elif not here and not any(token.type in STAND_INS for token in base):
        yield Step(Class.ADDITION, tuple(base), tuple(against))
    elif any(token.type in STAND_INS for token in (*base, *against)):
        yield from _around_stand_in(base, against)
    elif abs(here - there) <= SWAPPED:
        yield Step(Class.WORD, tuple(base), tuple(against))
    else:
        yield from _likest(base, against)


def _around_stand_in(base: Sequence[Token], against: Sequence[Token]) -> Iterator[Step]:
    """A bracket or ellipsis on one side stands for the words of the other that nothing beside it can be a change of."""
    swapped = not any(token.type in STAND_INS for token in against)
    some, others = (base, against) if swapped else (against, base)
    first = next(at for at, token in enumerate(some) if token.type in STAND_INS)
    last = max(at for at, token in enumerate(some) if token.type in STAND_INS) + 1
    before, after = _words(some[:first]), _words(some[last:])
    spare = _words(others) - before - after
    if spare < 0:
        yield Step(Class.WORD, tuple(base), tuple(against))
        return
    cut, end = _past(others, before), len(others) - _past(others[::-1], after)
    if not before:
        cut = min(_marks_alike(some[:first], others), first)
    parts = ((some[:first], others[:cut]), (some[first:last], others[cut:end]), (some[last:], others[end:]))
    (ones, theirs), middle, (rest, its_rest) = (pair if swapped else pair[::-1] for pair in parts)
    kind = Class.BRACKET if any(token.type is Type.BRACKET for token in some[first:last]) else Class.ELLIPSIS
    yield from _difference(ones, theirs)
    yield Step(kind, tuple(middle[0]), tuple(middle[1]))
    yield from _difference(rest, its_rest)


def _past(some: Sequence[Token], words: int) -> int:
    """Where the given number of words has passed."""
    at = 0
    while words:
        words -= some[at].type is Type.WORD
        at += 1
    return at


def _likest(base: Sequence[Token], against: Sequence[Token]) -> Iterator[Step]:
    """Many words against few: of the many, as many as the few and most like them are changed, the others left out."""
    more_here = _words(base) > _words(against)
    longer, shorter = (base, against) if more_here else (against, base)
    places = [at for at, token in enumerate(longer) if token.type is Type.WORD]
    few, wanted = _words(shorter), " ".join(token.key for token in shorter)
    best = max(
        range(len(places) - few + 1),
        key=lambda at: (ratio(" ".join(longer[place].key for place in places[at : at + few]), wanted), -at),
    )
    start, end = places[best] if best else 0, places[best + few - 1] + 1
    nothing: tuple[Token, ...] = ()
    for many, its in ((longer[:start], nothing), (longer[start:end], tuple(shorter)), (longer[end:], nothing)):
        if its:
            yield Step(Class.WORD, *((tuple(many), its) if more_here else (its, tuple(many))))
        else:
            yield from _difference(*((many, its) if more_here else (its, many)))


def _runs(steps: Sequence[Step]) -> Iterator[Step]:
    """Same steps that follow one another as one."""
    run: list[Step] = []
    for step in steps:
        if step.kind is Class.SAME:
            run.append(step)
            continue
        yield from _run(run)
        run = []
        yield step
    yield from _run(run)


def _run(run: Sequence[Step]) -> Iterator[Step]:
    if run:
        base = tuple(token for step in run for token in step.base)
        yield Step(Class.SAME, base, tuple(token for step in run for token in step.against))
