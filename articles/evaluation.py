"""How well quotes were read: gold and predicted quotes of the same texts in, measures out. Pure: no Django, no files.

Spans are compared by offsets (``exact``), by the words they share (``j80``, ``j30``: Jaccard of at least .8 or .3) and
by the characters of the gold span that were found (``ggt80``, ``ggt30``: more than .8 or .3; the criterion of Asr et
al., PLoS ONE 2021). ``joint`` asks for j80 and the right mention of the speaker, ``jointR`` for j80 and the right
person. ``spk`` and ``spkR`` are the shares of right mentions and persons among the quotes found at j80. The marks view
compares only the words that the paper put inside quotation marks. Speech inside speech (``nested``) counts on neither
side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple

KINDS = ("direct", "mixed", "indirect", "document")
View = Literal["spans", "marks"]
Verdict = Literal["right", "wrong span", "false alarm", "wrong speaker", "wrong person", "missed"]
#: The classes of error; a wrong person is a mention rightly found and then taken for somebody else, or for nobody.
ERRORS: tuple[Verdict, ...] = ("false alarm", "wrong span", "wrong speaker", "wrong person", "missed")

WORD = re.compile(r"\w+(?:['’]\w+)*")
#: What may stand at the edge of a span without making it another one: marks, space and punctuation.
EDGE = "“”„«»\"'‘’`,.;:!?…-–—()[] \t\r\n\u00a0"


# What is compared


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said it: as printed, where (code points; none if nowhere) and as resolved ("" if nobody)."""

    text: str = ""
    name: str = ""
    span: tuple[int, int] | None = None
    confidence: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """One span of somebody's words, ``[start, end)`` in code points; ``speech`` is false of wants, plans, beliefs."""

    start: int
    end: int
    kind: str = "direct"
    speaker: Speaker | None = None
    speech: bool = True
    confidence: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its quotes, nested ones left out."""

    id: str
    text: str
    quotes: tuple[Quote, ...]
    language: str = ""


def document(record: Mapping[str, Any]) -> Document:
    """The document of a gold line, or of a reading's record with its text; ValueError says what is wrong with it."""
    text, items, language = record.get("text"), record.get("quotes"), record.get("language")
    if not isinstance(text, str):
        raise ValueError("there is no text: give it as a string in a field of that name")
    if not isinstance(items, list):
        raise ValueError("there are no quotes: give a list in a field of that name, an empty one if there are none")
    quotes = [_quote(text, number, item) for number, item in enumerate(items, start=1)]
    kept = tuple(quote for quote, item in zip(quotes, items, strict=True) if not item.get("nested"))
    return Document(str(record.get("id", "")), text, kept, language if isinstance(language, str) else "")


def _quote(text: str, number: int, item: Any) -> Quote:
    if not isinstance(item, dict):
        raise ValueError(f"quote {number} is not an object: give it its start, end and kind")
    span, kind = _span(text, item), item.get("kind")
    if span is None:
        raise ValueError(
            f"quote {number} runs from {item.get('start')!r} to {item.get('end')!r}: "
            f"give offsets into the text, which has {len(text)} characters"
        )
    start, end = span
    if item.get("text", text[start:end]) != text[start:end]:
        raise ValueError(f"quote {number} differs from the text at {start} to {end}: give offsets in code points")
    if kind not in KINDS:
        raise ValueError(f"quote {number} is of the kind {kind!r}: write one of {', '.join(KINDS)}")
    return Quote(
        start, end, kind, _speaker(text, number, item.get("speaker")), item.get("cue_speech") is not False,
        _number(item.get("confidence")), tuple(map(str, item.get("reasons") or ())),
    )  # fmt: skip


def _speaker(text: str, number: int, item: Any) -> Speaker | None:
    if item is None:
        return None
    if not isinstance(item, dict):
        raise ValueError(f"the speaker of quote {number} is not an object: give null, or text, start, end and name")
    span = _span(text, item)
    if span is None and not (item.get("start") is None and item.get("end") is None):
        raise ValueError(
            f"the speaker of quote {number} runs from {item.get('start')!r} to {item.get('end')!r}: "
            f"give offsets into the text, which has {len(text)} characters, or null for both"
        )
    return Speaker(
        str(item.get("text") or ""), str(item.get("name") or ""), span,
        _number(item.get("confidence")), tuple(map(str, item.get("reasons") or ())),
    )  # fmt: skip


def _span(text: str, item: dict[str, Any]) -> tuple[int, int] | None:
    """The start and end of an item, if they are offsets into the text."""
    start, end = item.get("start"), item.get("end")
    if type(start) is int and type(end) is int and 0 <= start < end <= len(text):
        return start, end
    return None


def _number(value: object) -> float | None:
    """A confidence, if it is one: gold sets say "low" there."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


# Words inside quotation marks

_DOUBLE = re.compile(r"``|''|[\"“„«”»]")
_OPENING, _CLOSING = "“„«", "”»"
_SINGLE_OPENING = re.compile(r"(?:^|(?<=[\s(\[—–-]))[‘'](?=\w)")
_SINGLE_CLOSING = re.compile(r"(?<=[\w,.!?…])[’'](?=[\s,.;:!?)\]—–-]|$)")
_ELISION = re.compile(r"(?:\d0s|em|til|tis|twas|cause|n)\b")


def marked(text: str) -> list[tuple[int, int]]:
    """The outermost stretches inside quotation marks, without the marks, in text order; each holds a word.

    One that its paragraph leaves open ends with it. Single quotes count outside double ones.
    """
    found: set[tuple[int, int]] = set()
    offset = 0
    for line in text.splitlines(keepends=True):
        paragraph = line.rstrip()
        stretches = _doubles(paragraph)
        _add_singles(paragraph, stretches)
        found.update((offset + start, offset + end) for start, end in stretches)
        offset += len(line)
    return sorted((start, end) for start, end in found if WORD.search(text, start, end))


def _doubles(paragraph: str) -> list[tuple[int, int]]:
    stretches, inside = [], -1  # where the open stretch begins; -1 outside
    for match in _DOUBLE.finditer(paragraph):
        mark, (at, after) = match.group(), match.span()
        if inside < 0:
            if not _is_stray(paragraph, mark, at, after):
                inside = after
        elif mark in _OPENING:  # opened again without having been closed
            if inside < at:
                stretches.append((inside, at))
                inside = after
        elif mark != "``":
            stretches.append((inside, at))
            inside = -1
    if inside >= 0:
        stretches.append((inside, len(paragraph)))
    return stretches


def _is_stray(paragraph: str, mark: str, at: int, after: int) -> bool:
    """Whether a double mark outside any stretch opens none: a closing one, a straight one before a space, inches."""
    following = paragraph[after : after + 1]
    if mark == '"':
        inches = paragraph[at - 1 : at].isdigit() and not following.isalnum()
        return not following or following.isspace() or inches
    return mark in _CLOSING


def _add_singles(paragraph: str, stretches: list[tuple[int, int]]) -> None:
    for opening in _SINGLE_OPENING.finditer(paragraph):
        at, start = opening.span()
        if any(before - 1 <= at <= after for before, after in stretches):
            continue
        closing = _SINGLE_CLOSING.search(paragraph, start)
        if closing is None or any(start <= before < closing.start() for before, _ in stretches):
            continue
        words = paragraph[start : closing.start()]
        # A lone word between straight marks is rather an apostrophe and a possessive, and 'em is no quotation.
        sure = opening.group() == "‘" or (
            (len(words.split()) > 1 or words[-1] in ",.!?") and not _ELISION.match(words)
        )  # fmt: skip
        if sure:
            stretches.append((start, closing.start()))


def in_marks(quotes: Iterable[Quote], stretches: Iterable[tuple[int, int]], text: str) -> list[Quote]:
    """The parts of quotes that stand inside quotation marks, as direct quotes of the same speakers, each part once."""
    parts: dict[tuple[int, int], Quote] = {}
    stretches = list(stretches)
    for quote in quotes:
        for before, after in stretches:
            start, end = max(before, quote.start), min(after, quote.end)
            if start < end and WORD.search(text, start, end):
                parts.setdefault((start, end), replace(quote, start=start, end=end, kind="direct"))
    return list(parts.values())


# Spans


class Overlap(NamedTuple):
    """How far two spans agree, each measure 0 to 1."""

    exact: float
    jaccard: float
    covered: float


#: Criterion -> the measure it looks at, and the least that it takes for a match (with whether the least is enough).
CRITERIA: dict[str, tuple[Callable[[Overlap], float], float, bool]] = {
    "exact": (lambda overlap: overlap.exact, 1.0, True),
    "j80": (lambda overlap: overlap.jaccard, 0.8, True),
    "j30": (lambda overlap: overlap.jaccard, 0.3, True),
    "ggt80": (lambda overlap: overlap.covered, 0.8, False),
    "ggt30": (lambda overlap: overlap.covered, 0.3, False),
}


def overlap_of(text: str, gold: Quote, read: Quote) -> Overlap | None:
    """How far the spans agree, edges apart; none if they share nothing."""
    a, b = _trimmed(text, gold.start, gold.end), _trimmed(text, read.start, read.end)
    if max(a[0], b[0]) >= min(a[1], b[1]):
        return None
    mine, theirs = ({word.start() for word in WORD.finditer(text, *span)} for span in (a, b))
    union = len(mine | theirs)
    shared = min(gold.end, read.end) - max(gold.start, read.start)
    return Overlap(float(a == b), len(mine & theirs) / union if union else 0.0, shared / (gold.end - gold.start))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and text[end - 1] in EDGE:
        end -= 1
    return start, end


@dataclass(frozen=True, slots=True)
class Comparison:
    """The gold and the predicted quotes of one text; ``unscored`` gold is no miss nor, if found, a false alarm."""

    document: Document
    gold: Sequence[Quote]
    read: Sequence[Quote]
    overlaps: Mapping[tuple[int, int], Overlap]
    unscored: frozenset[int] = frozenset()

    def matches(self, criterion: str) -> list[tuple[int, int]]:
        """Pairs (gold, predicted) of indexes, one to one, greedily from the closest."""
        measure, least, enough = CRITERIA[criterion]
        ranked = sorted(self.overlaps.items(), key=lambda item: (-measure(item[1]), -item[1].jaccard, item[0]))
        return _one_to_one(
            pair for pair, overlap in ranked if measure(overlap) > least or (enough and measure(overlap) == least)
        )


def compare(gold: Document, read: Sequence[Quote], *, view: View = "spans", speech_only: bool = False) -> Comparison:
    """The quotes of one text side by side; ``speech_only`` leaves indirect gold of no speech verb unscored."""
    text, mine, theirs = gold.text, list(gold.quotes), list(read)
    if view == "marks":
        stretches = marked(text)
        mine, theirs = in_marks(mine, stretches, text), in_marks(theirs, stretches, text)
    overlaps = {}
    in_order = sorted(range(len(theirs)), key=lambda index: theirs[index].start)
    for g, quote in enumerate(mine):
        for p in in_order:
            if theirs[p].start >= quote.end:
                break
            if theirs[p].end > quote.start and (overlap := overlap_of(text, quote, theirs[p])):
                overlaps[g, p] = overlap
    unscored = {g for g, quote in enumerate(mine) if speech_only and quote.kind == "indirect" and not quote.speech}
    return Comparison(gold, mine, theirs, overlaps, frozenset(unscored))


def _one_to_one(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    taken_gold, taken_read, kept = set(), set(), []
    for g, p in pairs:
        if g not in taken_gold and p not in taken_read:
            taken_gold.add(g)
            taken_read.add(p)
            kept.append((g, p))
    return kept


# Speakers

_TITLES = frozenset(
    """mr mrs ms miss dr sir dame lord lady baroness rev prof professor president senator sen rep gov governor mp
    the a an jr sr ii iii qc kc obe cbe mbe md phd""".split()
)
_PRONOUNS = frozenset("he she they it i we you who his her their".split())
_NAME = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"[’']s\b")


def last_name(words: str) -> str:
    """The last name before any comma, in lower case, without titles and possessive; "" if there is none."""
    names = _NAME.findall(_POSSESSIVE.sub("", words.strip()).partition(",")[0])
    named = [name for name in map(str.lower, names) if name not in _TITLES]
    return named[-1].replace("’", "'") if named else ""


def right_mention(gold: Speaker | None, read: Speaker | None) -> bool | None:
    """Whether mentions overlap or last names agree; none where the gold names nobody."""
    if gold is None or not (gold.text or gold.name):
        return None
    if read is None or not (read.text or read.name):
        return False
    if gold.span and read.span and max(gold.span[0], read.span[0]) < min(gold.span[1], read.span[1]):
        return True
    mine, theirs = ({last_name(s.name), last_name(s.text)} - _PRONOUNS - {""} for s in (gold, read))
    return bool(mine & theirs)


def right_person(gold: Speaker | None, read: Speaker | None) -> bool | None:
    """Whether the last name resolved (else printed) is the gold person's; none where the gold resolves nobody."""
    if gold is None or not gold.name:
        return None
    wanted = last_name(gold.name)
    return read is not None and wanted != "" and wanted == last_name(read.name or read.text)


def right_speaker(gold: Speaker | None, read: Speaker | None) -> bool | None:
    """Whether it is the right person or, where the gold resolves nobody, the right mention."""
    person = right_person(gold, read)
    return right_mention(gold, read) if person is None else person


# Measures


@dataclass(slots=True)
class Counts:
    """Quotes predicted and quotes of the gold, with how many of each were right."""

    read_right: int = 0
    read: int = 0
    gold_right: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        return self.read_right / self.read if self.read else 0.0

    @property
    def recall(self) -> float:
        return self.gold_right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Share:
    """How many of a number were right."""

    right: int = 0
    number: int = 0

    @property
    def share(self) -> float:
        return self.right / self.number if self.number else 0.0

    def count(self, right: bool) -> None:
        self.right += right
        self.number += 1


@dataclass(slots=True)
class Measures:
    """Measure -> kind ("all" too) -> figures; precision goes by the predicted kind, recall and speakers by the gold."""

    spans: dict[str, dict[str, Counts]] = field(default_factory=dict)
    speakers: dict[str, dict[str, Share]] = field(default_factory=dict)


_Right = Callable[[Speaker | None, Speaker | None], bool | None]
_JOINT: dict[str, _Right] = {"joint": right_mention, "jointR": right_speaker}
_SPEAKERS: dict[str, _Right] = {"spk": right_mention, "spkR": right_person}


def measure(comparisons: Iterable[Comparison]) -> Measures:
    """The figures of all documents together."""
    result = Measures({name: {} for name in (*CRITERIA, *_JOINT)}, {name: {} for name in _SPEAKERS})
    for comparison in comparisons:
        matches = {criterion: comparison.matches(criterion) for criterion in CRITERIA}
        for criterion, pairs in matches.items():
            _count(result.spans[criterion], comparison, pairs, pairs)
        found = matches["j80"]
        speakers = {(g, p): (comparison.gold[g].speaker, comparison.read[p].speaker) for g, p in found}
        for name, is_right in _JOINT.items():
            right = [pair for pair in found if is_right(*speakers[pair]) is not False]
            _count(result.spans[name], comparison, found, right)
        for name, is_right in _SPEAKERS.items():
            for g, p in found:
                verdict = is_right(*speakers[g, p])
                if verdict is not None and g not in comparison.unscored:
                    for kind in ("all", comparison.gold[g].kind):
                        result.speakers[name].setdefault(kind, Share()).count(verdict)
    return result


def _count(
    by_kind: dict[str, Counts], comparison: Comparison, found: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    """Add one document's quotes; of those ``found`` only the ``right`` ones count as such."""
    gold_right, read_right = {g for g, _ in right}, {p for _, p in right}
    unscored = {p for g, p in found if g in comparison.unscored}
    for p, quote in enumerate(comparison.read):
        if p not in unscored:
            for kind in ("all", quote.kind):
                counts = by_kind.setdefault(kind, Counts())
                counts.read += 1
                counts.read_right += p in read_right
    for g, quote in enumerate(comparison.gold):
        if g not in comparison.unscored:
            for kind in ("all", quote.kind):
                counts = by_kind.setdefault(kind, Counts())
                counts.gold += 1
                counts.gold_right += g in gold_right


# Judgements: each quote with what became of it


@dataclass(frozen=True, slots=True)
class Judgement:
    """One quote of the gold, of the prediction or, when they belong together, of both, and whether it was right."""

    document: Document
    verdict: Verdict
    gold: Quote | None = None
    read: Quote | None = None

    @property
    def found(self) -> bool:
        """Whether the span was right."""
        return self.verdict in ("right", "wrong speaker", "wrong person")

    @property
    def right(self) -> bool:
        """Whether span and mention of the speaker were right."""
        return self.verdict in ("right", "wrong person")

    @property
    def person(self) -> bool | None:
        """Whether the person was right (where the gold resolves nobody, the mention); none where nobody can tell."""
        if not self.found or self.gold is None or self.read is None:
            return None
        return right_speaker(self.gold.speaker, self.read.speaker)

    @property
    def confidence(self) -> float | None:
        """How sure the reader was of what is judged: of the speaker where the speaker is wrong, else of the quote."""
        if self.read is None:
            return None
        if self.verdict in ("wrong speaker", "wrong person") and self.read.speaker is not None:
            return self.read.speaker.confidence
        return self.read.confidence


def judge(comparison: Comparison) -> list[Judgement]:
    """What became of every quote of a document: found at j80 or not, and then whose it was; unscored gold left out."""
    gold, read = comparison.gold, comparison.read
    judged: list[Judgement] = []
    found = comparison.matches("j80")
    for g, p in found:
        if g not in comparison.unscored:
            verdict: Verdict = "right"
            if right_mention(gold[g].speaker, read[p].speaker) is False:
                verdict = "wrong speaker"
            elif right_person(gold[g].speaker, read[p].speaker) is False:
                verdict = "wrong person"
            judged.append(Judgement(comparison.document, verdict, gold[g], read[p]))
    left_gold, left_read = set(range(len(gold))) - {g for g, _ in found}, set(range(len(read))) - {p for _, p in found}
    near = sorted(
        (pair for pair in comparison.overlaps if pair[0] in left_gold and pair[1] in left_read),
        key=lambda pair: (-comparison.overlaps[pair].jaccard, pair),
    )
    for g, p in _one_to_one(near):
        left_gold.discard(g)
        left_read.discard(p)
        judged.append(Judgement(comparison.document, "wrong span", gold[g], read[p]))
    judged += [Judgement(comparison.document, "false alarm", None, read[p]) for p in sorted(left_read)]
    judged += [Judgement(comparison.document, "missed", gold[g]) for g in sorted(left_gold - comparison.unscored)]
    return judged


def worst_first(judged: Iterable[Judgement]) -> list[Judgement]:
    """The errors, those the reader was surest of first, then misses: words in marks before others, long ones first."""

    def badness(judgement: Judgement) -> tuple[float, int, int]:
        quote = judgement.gold or judgement.read
        assert quote is not None
        if judgement.verdict == "missed":
            return (2.0, KINDS.index(quote.kind), quote.start - quote.end)
        return (-(judgement.confidence or 0.0), KINDS.index(quote.kind), quote.start - quote.end)

    return sorted((judgement for judgement in judged if judgement.verdict != "right"), key=badness)


# Calibration and reasons

#: The ends of the bands of confidence; a band holds its upper end, so that the last two are what is above .9.
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
SURE = 0.9


@dataclass(slots=True)
class Band:
    """What had a confidence in ``(above, to]``, how much of it was right, and how sure the reader was on average."""

    above: float
    to: float
    right: Share = field(default_factory=Share)
    claimed: float = 0.0

    @property
    def mean(self) -> float:
        return self.claimed / self.right.number if self.right.number else 0.0


@dataclass(slots=True)
class Calibration:
    """The bands, all above .9 together, and how many of all right ones are above .9."""

    bands: list[Band]
    sure: Share
    right_and_sure: Share


def calibrate(cases: Iterable[tuple[Quote | Speaker, bool]]) -> Calibration:
    """How far confidence can be trusted, from cases right and wrong; one that states none counts as 0."""
    result = Calibration([Band(above, to) for above, to in pairwise(BANDS)], Share(), Share())
    for case, right in cases:
        confidence = case.confidence or 0.0
        band = next((band for band in result.bands if confidence <= band.to), result.bands[-1])
        band.right.count(right)
        band.claimed += confidence
        if confidence > SURE:
            result.sure.count(right)
        if right:
            result.right_and_sure.count(confidence > SURE)
    return result


def span_cases(judged: Iterable[Judgement]) -> list[tuple[Quote, bool]]:
    """Every predicted quote and whether its span is right."""
    return [(judgement.read, judgement.found) for judgement in judged if judgement.read is not None]


def quote_cases(judged: Iterable[Judgement]) -> list[tuple[Quote, bool]]:
    """Every predicted quote and whether its span and the mention of its speaker are right."""
    return [(judgement.read, judgement.right) for judgement in judged if judgement.read is not None]


def speaker_cases(judged: Iterable[Judgement]) -> list[tuple[Speaker, bool]]:
    """Every predicted speaker of a quote rightly found, and whether that is the right person."""
    return [
        (judgement.read.speaker, judgement.person)
        for judgement in judged
        if judgement.read is not None and judgement.read.speaker is not None and judgement.person is not None
    ]


_NAMES = re.compile(r"(?:\b(?:[A-Z]|\d)[\w'’.-]*(?:\s+(?=[A-Z\d]))?)+")


def by_reason(cases: Iterable[tuple[Quote | Speaker, bool]]) -> dict[str, Share]:
    """Reason (names in it folded to "…") -> how many were read for it and how many rightly, the most frequent first."""
    found: dict[str, Share] = {}
    for case, right in cases:
        for reason in dict.fromkeys(_NAMES.sub("…", reason) for reason in case.reasons):
            found.setdefault(reason, Share()).count(right)
    return dict(sorted(found.items(), key=lambda item: (-item[1].number, item[0])))
