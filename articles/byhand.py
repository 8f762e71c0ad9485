"""What editors do to a text by hand: mark quotes, entries, passages and mentions in it, and correct the text itself.

Whatever is marked is a decision from the first; taken back, it is as if nobody had marked it.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction
from rapidfuzz import fuzz

from articles import curation, rendering, resolving
from articles.intake import normalise_text
from articles.models import Article, Capture, Mention, Passage, Quote
from articles.pipeline.storing import layer_of
from articles.reading import Span, reanchor
from articles.reading.anchoring import neighbours, places
from corpus.models import new_uid
from people.models import Name, Person
from people.names import matching_key

#: What stands between the parts of a quote that is broken by other words.
BREAK = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.)\s*")
_PAIR = re.compile(r"\s*(\d+)\s*[-–—:]\s*(\d+)\s*")
#: Characters around a place that say where it is.
AROUND = 24
#: A place is offered for an orphan from this likeness on, of 100.
LIKELY = 70


class Unclear(ValueError):
    """What an editor asks for cannot be told, or cannot be: a sentence with the field that it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


# --- offsets and words ---------------------------------------------------------------------------------------------


class Utf16:
    """Offsets of a text as a browser counts them, in UTF-16 units; the one place where the server changes them.

    The other way, from UTF-16 units to code points, they are changed in byhand.js.
    """

    def __init__(self, text: str) -> None:
        self._wide = [at for at, char in enumerate(text) if ord(char) > 0xFFFF]

    def of(self, offset: int) -> int:
        """An offset in code points, in UTF-16 units: a character beyond U+FFFF is two of them."""
        return offset + bisect_left(self._wide, offset)


def spans_of(text: str, where: str, words: str) -> list[list[int]]:
    """The spans an editor means: by offsets ("120–145, 160–180"), words ("one … two"), or both, which must agree.

    Offsets are code points. Raises `Unclear`.
    """
    words = normalise_text(words).strip()
    if not where.strip():
        return _spans_of_words(text, words)
    spans = _spans_in(text, where)
    printed = " … ".join(text[start:end] for start, end in spans)
    if words and _plain(words) != _plain(printed):
        raise Unclear(
            "where", f"At {where.strip()} stands “{_short(printed)}”, and not “{_short(words)}”: say one or the other."
        )
    return spans


def _spans_in(text: str, where: str) -> list[list[int]]:
    spans: list[list[int]] = []
    for part in where.replace(";", ",").split(","):
        found = _PAIR.fullmatch(part)
        if found is None:
            raise Unclear("where", f"“{part.strip()}” is no place: write where it starts and ends, as in 120–145.")
        start, end = int(found[1]), int(found[2])
        if not start < end <= len(text):
            raise Unclear(
                "where", f"{start}–{end} is no place: it must start before it ends, and the text ends at {len(text)}."
            )
        if spans and start < spans[-1][1]:
            raise Unclear("where", f"{start}–{end} starts inside the place before it: keep them in order.")
        if not text[start:end].strip():
            raise Unclear("where", f"There are no words at {start}–{end}.")
        spans.append([start, end])
    return spans


def _spans_of_words(text: str, words: str) -> list[list[int]]:
    if not words:
        raise Unclear("words", "Select the words in the text, paste them here, or say where they stand.")
    whole = places(words, text)
    parts = [part for part in BREAK.split(words) if part]
    if whole or len(parts) < 2:
        return [_only(text, words, whole)]
    spans: list[list[int]] = []
    floor = 0
    for part in parts:
        found = [span for span in places(part, text) if span.start >= floor]
        spans.append(_only(text, part, found))
        floor = spans[-1][1]
    return spans


def _only(text: str, words: str, found: Sequence[Span]) -> list[int]:
    if not found:
        near = fuzz.partial_ratio_alignment(words, text, score_cutoff=LIKELY) if len(words) > 8 else None
        hint = f" There is “{_short(text[near.dest_start : near.dest_end])}”." if near else ""
        raise Unclear("words", f"“{_short(words)}” does not stand in this text.{hint}")
    if len(found) > 1:
        listed = "; ".join(f"{span.start}–{span.end}, “{_surroundings(text, span)}”" for span in found[:5])
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        sentence = f"“{_short(words)}” stands in this text {len(found)} times: {listed}{more}. Say which by its place."
        raise Unclear("words", sentence)
    return [found[0].start, found[0].end]


def _plain(words: str) -> str:
    return " ".join(words.split())


def _short(words: str, most: int = 80) -> str:
    words = _plain(words)
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _surroundings(text: str, span: Span) -> str:
    before = text[max(0, span.start - AROUND) : span.start]
    return _plain(f"…{before}[{_short(span.of(text), 40)}]{text[span.end : span.end + AROUND]}…")


# --- people --------------------------------------------------------------------------------------------------------


def somebody(said: str, field: str) -> Person:
    """Whom a name or a slug means; a full name that nobody goes by becomes a candidate. Raises `Unclear`."""
    said = " ".join(said.split())
    if found := Person.objects.filter(slug=said).select_related("canonical").first():
        return found.canonical or found
    named = Name.objects.filter(key=matching_key(said)).select_related("person__canonical")
    people = list(
        {(name.person.canonical or name.person).pk: name.person.canonical or name.person for name in named}.values()
    )
    if len(people) == 1:
        return people[0]
    if people:
        slugs = " or ".join(sorted(person.slug for person in people))
        raise Unclear(field, f"{len(people)} people go by the name of {said}: write {slugs} instead.")
    if not resolving.is_full(said, Person.Kind.INDIVIDUAL):
        raise Unclear(field, f"Nobody in the corpus goes by “{said}”; write a full name, and somebody new is made.")
    person: Person = Person.objects.enrol(said[:200])
    return person


# --- marking -------------------------------------------------------------------------------------------------------


def nearest(capture: Capture, spans: Sequence[Sequence[int]]) -> Quote | None:
    """The quote of a capture that these spans are another reading of: at least half of the longer is shared."""
    start, end = spans[0][0], spans[-1][1]

    def share(quote: Quote) -> float:
        return (min(end, quote.end) - max(start, quote.start)) / max(end - start, quote.end - quote.start)

    near = capture.quotes.filter(start__lt=end, end__gt=start).order_by("pk")
    best = max(near, key=share, default=None)
    return best if best and share(best) >= 0.5 else None


@transaction.atomic
def mark_quote(
    capture: Capture,
    spans: Sequence[Sequence[int]],
    *,
    kind: str,
    speaker: Person | None,
    by: User | None,
    reason: str = "",
    batch: str = "",
) -> Quote:
    """Say that this is a quote: a new one, or where the machine suggests much the same, that one as marked here."""
    article = capture.article
    quote = nearest(capture, spans)
    if quote is None:
        entry = capture.passages.filter(kind=Passage.Kind.ENTRY, start__lte=spans[0][0], end__gt=spans[0][0]).first()
        # Taken back, it is what no reader finds and nobody accepted.
        quote = Quote(article=article, capture=capture, kind=kind, found=False, confidence=1.0, entry=entry)
        quote.moment = entry.moment if entry and entry.day else article.moment
        quote.stand(spans)
        quote.marked = [list(span) for span in spans] if kind == Quote.Kind.DIRECT else []
        quote.save()
    quote = Quote.objects.listed().get(pk=quote.pk)
    place = {"capture": capture.uid, "spans": [list(span) for span in spans]}
    values: dict[str, Any] = {"status": Quote.Status.ACCEPTED.value, "kind": kind, "spans": place}
    curation.decide_quotes([quote], values | speaks(quote, speaker), by=by, reason=reason, batch=batch)
    return quote


def speaks(quote: Quote, speaker: Person | None) -> dict[str, Any]:
    """That somebody speaks, as a value for the ledger; nothing where nobody is named, or it is known already."""
    if speaker is None:
        return {}
    said = quote.effective("speaker")
    if [row["person"] for row in said] == [speaker.uid]:
        return {}
    return {"speaker": [curation.given_to(speaker, said[0] if said else {})]}


@transaction.atomic
def mark_passage(
    capture: Capture,
    span: Sequence[int],
    *,
    kind: str,
    by: User | None,
    reason: str = "",
    batch: str = "",
    **values: Any,
) -> Passage:
    """Say what a stretch is: an entry (``heading``, ``day``, ``time``), a document, furniture, or "body": nothing.

    Raises `Unclear` where it crosses one that somebody marked.
    """
    start, end = span
    layer = layer_of(kind)
    touching = list(capture.passages.filter(start__lt=end, end__gt=start))
    same = [row for row in touching if (row.start, row.end) == (start, end)]
    body = Passage.Kind.BODY
    found = next((r for r in same if layer_of(r.kind) == layer or (r.decided and r.kind == body)), None)
    batch = batch or new_uid()
    common: dict[str, Any] = {"by": by, "reason": reason, "batch": batch}
    for row in touching:
        if row == found or not row.decided or layer_of(row.kind) != layer or row.kind == body:
            continue
        before = capture.text[row.start : start].rstrip()
        if kind == Passage.Kind.ENTRY and before and row.end <= end:
            # One entry ends where the next begins.
            place = {"capture": capture.uid, "spans": [[row.start, row.start + len(before)]]}
            curation.decide_passages([row], {"spans": place}, **common)
            continue
        where = f"{row.start}–{row.end}"
        sentence = f"It crosses what somebody marked as {row.get_kind_display()} at {where}: change that one first."
        raise Unclear("where", sentence)
    if found is None:
        # Taken back, it is nothing special, and gone at the next reading.
        found = Passage.objects.create(capture=capture, start=start, end=end, kind=Passage.Kind.BODY)
    if values.get("day") or values.get("time"):
        values["basis"] = "entered"
    said = {name: value for name, value in values.items() if value is not None}
    curation.decide_passages([found], {"kind": kind, **said}, **common)
    return found


def entry_at(capture: Capture, span: Sequence[int]) -> tuple[list[int], str]:
    """The stretch and the heading of an entry that an editor selects: a line is the heading, and the entry goes on to
    the next one; of several lines the first is the heading, and they are the entry."""
    text, (start, end) = capture.text, span
    lines = text[start:end].strip().splitlines()
    if len(lines) == 1:
        start = text.rfind("\n", 0, start) + 1
        later = capture.passages.filter(kind=Passage.Kind.ENTRY, start__gt=start).order_by("start").first()
        end = start + len(text[start : later.start if later else len(text)].rstrip())
    return [start, end], lines[0].strip()[:300]


@transaction.atomic
def mark_mention(
    capture: Capture, span: Sequence[int], *, person: Person, by: User | None, reason: str = "", batch: str = ""
) -> Mention:
    """Say that somebody is named here."""
    start, end = span
    mention = capture.mentions.filter(start=start, end=end).first()
    if mention is None:
        printed = capture.text[start:end][:300]
        # Taken back, it names nobody, and is gone at the next reading.
        mention = Mention.objects.create(
            capture=capture, start=start, end=end, printed=printed, kind=person.kind, rejected=True
        )
    values = {"rejected": False, "person": person.uid, "spans": mention.effective("spans")}
    curation.decide_mentions([mention], values, by=by, reason=reason, batch=batch)
    return mention


# --- correcting the text -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fate:
    """What would become of something marked in the text; ``now`` are its words in the new text, if they differ."""

    what: Quote | Mention | Passage
    state: Literal["kept", "moved", "orphaned"]
    now: str = ""

    @property
    def label(self) -> str:
        return str(self.what._meta.verbose_name)

    @property
    def words(self) -> str:
        if isinstance(self.what, Quote):
            return self.what.text
        return self.what.capture.text[self.what.start : self.what.end]


@dataclass(frozen=True, slots=True)
class Change:
    """A line that changes: pieces of it as (words, whether they are taken away, whether they are new)."""

    pieces: tuple[tuple[str, bool, bool], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a corrected text would change."""

    changes: list[Change]
    fates: list[Fate]

    def of(self, state: str) -> list[Fate]:
        return [fate for fate in self.fates if fate.state == state]

    @property
    def kept(self) -> list[Fate]:
        return self.of("kept")

    @property
    def moved(self) -> list[Fate]:
        return self.of("moved")

    @property
    def orphaned(self) -> list[Fate]:
        return self.of("orphaned")


def preview(article: Article, text: str) -> Preview:
    """What a corrected text would change, and what would become of what is marked in it; stores nothing."""
    capture = article.capture
    assert capture is not None
    text = normalise_text(text)
    fates = []
    quotes = [quote for quote in article.quotes.order_by("start") if quote.capture_id == capture.pk]
    for quote in quotes:
        quote.capture = capture
        fates.append(_fate(quote, capture.text, quote.spans, text))
    for model in (Passage, Mention):
        for row in model.objects.filter(capture=capture).exclude(decided=[]):
            row.capture = capture
            fates.append(_fate(row, capture.text, row.standing(), text, by_ends=row.by_ends))
    return Preview(list(changes(capture.text, text)), fates)


def _fate(row: Any, old: str, spans: Sequence[Sequence[int]], new: str, by_ends: bool = False) -> Fate:
    anchored = reanchor(old, [Span(start, end) for start, end in spans], new, by_ends=by_ends)
    if anchored.state == "orphaned":
        return Fate(row, "orphaned")
    was = " … ".join(old[start:end] for start, end in spans)
    now = " … ".join(span.of(new) for span in anchored.spans)
    return Fate(row, "kept" if anchored.state == "exact" else "moved", now if now != was else "")


def changes(old: str, new: str) -> Iterator[Change]:
    """The lines that differ, word by word."""
    before, after = old.splitlines(), new.splitlines()
    for tag, i, j, k, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(tuple(_pieces("\n".join(before[i:j]), "\n".join(after[k:end]))))


def _pieces(old: str, new: str) -> Iterator[tuple[str, bool, bool]]:
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    for tag, i, j, k, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "".join(before[i:j]), False, False
            continue
        if i < j:
            yield "".join(before[i:j]), True, False
        if k < end:
            yield "".join(after[k:end]), False, True


# --- orphans -------------------------------------------------------------------------------------------------------


def likely(quote: Quote, text: str) -> list[list[int]] | None:
    """Where an orphaned quote may stand in another text, for an editor to look at: between the words that stood around
    it, else where most of its own words are; None where nothing is like it."""
    found: list[list[int]] = []
    for start, end in quote.spans:
        span = neighbours(quote.capture.text, Span(start, end), text) or _alike(quote.capture.text[start:end], text)
        if span is None or (found and span.start < found[-1][1]):
            return None
        found.append([span.start, span.end])
    return found


def _alike(words: str, text: str) -> Span | None:
    near = fuzz.partial_ratio_alignment(words, text, score_cutoff=LIKELY)
    if near is None or near.dest_start >= near.dest_end:
        return None
    start, end = near.dest_start, near.dest_end
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Span(start, end)


# --- the text on the screen ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text with its marks; ``at`` is where it starts, in UTF-16 units, ``kind`` what it is, but body."""

    at: int
    tokens: tuple[rendering.Token, ...]
    kind: str = ""


def lines(capture: Capture, marks: Sequence[rendering.Mark]) -> list[Line]:
    """Every line of a capture that is not blank, exactly as it is, with these quotes marked to the character."""
    text, utf16 = capture.text, Utf16(capture.text)
    kinds = [p for p in capture.passages.all() if p.kind not in (Passage.Kind.BODY, Passage.Kind.ENTRY)]
    entries = {p.start: p for p in capture.passages.all() if p.kind == Passage.Kind.ENTRY}
    pieces = [(span.start, span.end, i == 0, mark) for mark in marks for i, span in enumerate(mark.spans)]
    found = []
    for line in rendering.lines(text):
        here = [piece for piece in pieces if piece[0] < line.end and piece[1] > line.start]
        said = [p.get_kind_display() for p in kinds if p.start <= line.start and line.end <= p.end]
        said += [f"entry {_when(p)}" for start, p in entries.items() if line.start <= start < line.end]
        found.append(Line(utf16.of(line.start), rendering.tokens(text, line, here), "; ".join(said)))
    return found


def _when(entry: Passage) -> str:
    return entry.time.strftime("%H:%M") if entry.time else "without a time"
