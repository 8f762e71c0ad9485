"""Storing what was read, as suggestions: new rows by the batch, known rows one by one through the ledger."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from articles import resolving
from articles.models import Article, Attribution, Capture, Mention, Passage, Quote, Reading
from articles.models.article import moment
from articles.reading import as_record
from articles.reading import model as m
from corpus import ledger
from people.models import Person


@dataclass
class Read:
    """A reading, the people it may speak of, and (once they are stored) the article and capture it is of.

    ``fresh`` says that nothing was stored of this article before, so that there is nothing to compare with.
    """

    reading: m.Reading
    known: resolving.Known
    article: Article = field(default_factory=Article)
    capture: Capture = field(default_factory=Capture)
    fresh: bool = False


class New(NamedTuple):
    """A quote that is new, its attributions by role, and the quote it is nested in."""

    quote: Quote
    roles: dict[str, list[dict[str, Any]]]
    outer: Quote | None
    depth: int


def store(reads: Sequence[Read]) -> None:
    """Make these readings the suggestions of their captures; inside a transaction."""
    for read in reads:
        if not read.fresh:
            Reading.objects.filter(capture=read.capture, reader=read.reading.version).delete()
    Reading.objects.bulk_create(
        Reading(capture=read.capture, reader=read.reading.version, record=as_record(read.capture.text, read.reading))
        for read in reads
    )
    resolving.enrol_unknown([(read.known, _names(read.reading)) for read in reads])
    Passage.objects.bulk_create(passage for read in reads for passage in _passages(read))
    Mention.objects.bulk_create(mention for read in reads for mention in _mentions(read))
    entries: dict[int, list[Passage]] = defaultdict(list)
    captures = [read.capture.pk for read in reads if any(p.kind == "entry" for p in read.reading.passages)]
    for entry in Passage.objects.filter(capture__in=captures, kind=Passage.Kind.ENTRY).order_by("start"):
        entries[entry.capture_id].append(entry)
    new = [row for read in reads for row in _quotes(read, entries[read.capture.pk])]
    for depth in range(max((row.depth for row in new), default=-1) + 1):
        rows = [row for row in new if row.depth == depth]
        for row in rows:
            row.quote.nested_in = row.outer
        Quote.objects.bulk_create(row.quote for row in rows)
    people = {person.uid: person for read in reads for person in read.known.people.values()}
    Attribution.objects.bulk_create(
        Attribution.from_json(new_quote.quote, role, position, value, people)
        for new_quote in new
        for role, values in new_quote.roles.items()
        for position, value in enumerate(values)
    )


def _names(reading: m.Reading) -> list[tuple[str, str]]:
    """Everybody a reading names, with their kinds."""
    named: list[tuple[str, str]] = [(row.name, row.kind) for row in reading.mentions if row.name and not row.ident]
    spoke = (row for quote in reading.quotes for row in quote.attributions)
    return named + [(row.name, row.kind) for row in spoke if row.name and not row.ident and row.kind != "unnamed"]


def _passages(read: Read) -> list[Passage]:
    """The passages that are new; those an editor decided on stay, those no longer read go."""
    stored = [] if read.fresh else list(read.capture.passages.all())
    kept = [passage for passage in stored if passage.decided]
    old = {(p.kind, p.start, p.end): p for p in stored if not p.decided}
    new = []
    for passage in read.reading.passages:
        span = passage.span
        if any(p.start < span.end and span.start < p.end and p.kind == passage.kind for p in kept):
            continue
        row = old.pop((passage.kind, span.start, span.end), None) or Passage(
            capture=read.capture, kind=passage.kind, start=span.start, end=span.end
        )
        row.reason, row.heading, row.basis = passage.reason[:200], passage.heading[:300], passage.at_basis
        row.day, row.time = (passage.at.date(), passage.at.time()) if passage.at else (None, None)
        row.author, row.addressee = passage.author[:300], passage.addressee[:300]
        row.signatories = list(passage.signatories)
        if row._state.adding:
            new.append(row)
        else:
            row.save()
    Passage.objects.filter(pk__in=[row.pk for row in old.values()]).delete() if old else None
    return new


def _mentions(read: Read) -> list[Mention]:
    """The mentions that are new; as with passages."""
    old = {} if read.fresh else {(row.start, row.end): row for row in read.capture.mentions.all()}
    new = []
    for mention in read.reading.mentions:
        span, roles = mention.span, list(mention.roles)
        person, _ = _person(mention.name, mention.ident, read.known)
        row = old.pop((span.start, span.end), None)
        if row is None:
            new.append(
                Mention(
                    capture=read.capture,
                    start=span.start,
                    end=span.end,
                    printed=span.of(read.capture.text)[:300],
                    kind=mention.kind,
                    roles=roles,
                    person=person,
                )
            )
        elif ledger.suggest(row, {"person": person.uid if person else None}) or row.roles != roles:
            row.roles = roles
            row.save()
    gone = [row.pk for row in old.values() if not row.decided]
    Mention.objects.filter(pk__in=gone).delete() if gone else None
    return new


def _person(name: str, ident: str, known: resolving.Known) -> tuple[Person | None, list[dict[str, Any]]]:
    """The one person of the corpus a name stands for, or nobody and the candidates."""
    persons = known.persons(name) if name else []
    if ident and len(persons) <= 1:
        persons = [person for person in known.people.values() if person.uid == ident] or persons
    if len(persons) == 1:
        return persons[0], []
    return None, [
        {"name": person.name, "person": person.uid, "reasons": ["Another person in the corpus has the same name."]}
        for person in persons
    ]


def _attribution(row: m.Attributed, text: str, known: resolving.Known) -> dict[str, Any]:
    """What was read of whom a quote is given to, as the ledger keeps it."""
    person, namesakes = (None, []) if row.kind == "unnamed" else _person(row.name, row.ident, known)
    candidates = namesakes or [
        {"name": c.name, "person": c.ident or None, "reasons": list(c.reasons)} for c in row.candidates
    ]
    return {
        "printed": (row.printed.of(text) if row.printed else row.text)[:300],
        "start": row.printed.start if row.printed else None,
        "end": row.printed.end if row.printed else None,
        "kind": row.kind,
        "name": row.name[:300],
        "open": row.open,
        "confidence": round(min(row.confidence, 0.5) if namesakes else row.confidence, 4),
        "reasons": list(row.reasons),
        "candidates": candidates,
        "person": person.uid if person else None,
    }


def _quotes(read: Read, entries: Sequence[Passage]) -> list[New]:
    """The quotes that are new, the others brought up to date: a rejected one shifted by a word stays rejected."""
    article, capture, reading = read.article, read.capture, read.reading
    old = [] if read.fresh else list(article.quotes.filter(capture=capture).prefetch_related("attributions__person"))
    for quote in old:
        quote.capture = capture
    pairs = pair(old, reading.quotes)
    rows = [pairs.get(index) or Quote(article=article, capture=capture) for index in range(len(reading.quotes))]
    new = []
    depths: list[int] = []
    for quote, quotation in zip(rows, reading.quotes, strict=True):
        outer = None if quotation.nested_in is None else rows[quotation.nested_in]
        depths.append(0 if quotation.nested_in is None else depths[quotation.nested_in] + 1)
        _describe(quote, quotation, read, _entry_of(quotation.start, entries))
        roles: dict[str, list[dict[str, Any]]] = {role: [] for role in Attribution.Role.values}
        for row in quotation.attributions:
            roles[row.role].append(_attribution(row, capture.text, read.known))
        if quote._state.adding:
            new.append(New(quote, roles, outer, depths[-1]))
        else:
            spans = [[span.start, span.end] for span in quotation.spans]
            ledger.suggest(quote, {"kind": quotation.kind, "spans": spans, **roles})
            if outer is None or not outer._state.adding:
                quote.nested_in = outer
            quote.save()
    gone = {quote.pk for quote in old} - {quote.pk for quote in rows}
    if gone:
        Quote.objects.filter(pk__in=gone, reader__gt="").update(found=False)
    return new


def _describe(quote: Quote, quotation: m.Quotation, read: Read, entry: Passage | None) -> None:
    """Everything about a quote that only the machine says; kind, spans and speakers go through the ledger."""
    if quote._state.adding:
        quote.kind = quotation.kind
        quote.stand([(span.start, span.end) for span in quotation.spans])
    if "spans" not in quote.decided:
        quote.marked = [[span.start, span.end] for span in quotation.marked]
        quote.boundaries = [list(rules) for rules in quotation.boundaries]
    cue = quotation.cue
    quote.cue = cue.of(read.capture.text)[:200] if cue else ""
    quote.cue_start, quote.cue_end = (cue.start, cue.end) if cue else (None, None)
    quote.confidence, quote.reasons = round(quotation.confidence, 4), list(quotation.reasons)
    quote.reader, quote.found, quote.entry = read.reading.version, True, entry
    quote.moment = moment(entry.day, entry.time) if entry and entry.day else read.article.moment


def _entry_of(start: int, entries: Sequence[Passage]) -> Passage | None:
    """The entry a place in the text stands in; entries are in text order and do not overlap."""
    at = bisect.bisect_right(entries, start, key=lambda entry: entry.start) - 1
    return entries[at] if at >= 0 and start < entries[at].end else None


def _places(quote: Quote) -> Iterator[tuple[int, int]]:
    """Where a quote stands and, if an editor moved it, where the machine read it: there it will be read again."""
    yield quote.start, quote.end
    if spans := "spans" in quote.decided and quote.suggestion.get("spans"):
        yield spans[0][0], spans[-1][1]


def pair(old: Sequence[Quote], new: Sequence[m.Quotation]) -> dict[int, Quote]:
    """Pair quotations with quotes by greatest overlap of at least half of the longer one, at the same nesting."""
    overlaps = []
    waiting = sorted(((*place, quote) for quote in old for place in _places(quote)), key=lambda row: row[0])
    for index, quotation in sorted(enumerate(new), key=lambda pair: pair[1].start):
        # A quote that ends before this quotation begins meets none of those that follow.
        waiting = [row for row in waiting if row[1] > quotation.start]
        for start, end, quote in waiting:
            if start >= quotation.end:
                break
            shared = min(end, quotation.end) - max(start, quotation.start)
            longer = max(end - start, quotation.end - quotation.start)
            if 2 * shared >= longer and (quote.nested_in_id is None) == (quotation.nested_in is None):
                overlaps.append((-shared / longer, index, quote.pk, quote))
    pairs: dict[int, Quote] = {}
    used: set[int] = set()
    for _, index, pk, quote in sorted(overlaps, key=lambda row: row[:3]):
        if index not in pairs and pk not in used:
            pairs[index] = quote
            used.add(pk)
    return pairs
