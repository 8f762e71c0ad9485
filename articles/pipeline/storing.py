"""Storing what was read, as suggestions: new rows by the batch, known rows one by one through the ledger."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from articles import resolving
from articles.models import Article, Attribution, Capture, Mention, Passage, Quote, Reading
from articles.reading import as_record
from articles.reading import model as m
from corpus import ledger
from corpus.statements import insert
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


def store(reads: Sequence[Read]) -> list[Person]:
    """Make these readings the suggestions of their captures, inside a transaction; returns the people that are new."""
    for read in reads:
        if not read.fresh:
            Reading.objects.filter(capture=read.capture, reader=read.reading.version).delete()
    Reading.objects.bulk_create(
        Reading(capture=read.capture, reader=read.reading.version, record=as_record(read.capture.text, read.reading))
        for read in reads
    )
    enrolled = resolving.enrol_unknown([(read.known, _names(read.reading)) for read in reads])
    insert(passage for read in reads for passage in _passages(read))
    insert(mention for read in reads for mention in _mentions(read))
    entries: dict[int, list[Passage]] = defaultdict(list)
    hidden: dict[int, list[m.Span]] = defaultdict(list)
    told = [r.capture.pk for r in reads if not r.fresh or any(p.kind == "entry" for p in r.reading.passages)]
    for passage in Passage.objects.filter(capture__in=told).order_by("start"):
        if passage.kind == Passage.Kind.ENTRY:
            entries[passage.capture_id].append(passage)
        elif passage.kind in m.HIDDEN and "kind" in passage.decided:
            hidden[passage.capture_id].append(m.Span(passage.start, passage.end))
    new = [row for read in reads for row in _quotes(read, entries[read.capture.pk], hidden[read.capture.pk])]
    for depth in range(max((row.depth for row in new), default=-1) + 1):
        rows = [row for row in new if row.depth == depth]
        for row in rows:
            row.quote.nested_in = row.outer
        insert(row.quote for row in rows)
    people = {person.uid: person for read in reads for person in read.known.everybody()}
    insert(
        Attribution.from_json(new_quote.quote, role, position, value, people)
        for new_quote in new
        for role, values in new_quote.roles.items()
        for position, value in enumerate(values)
    )
    return enrolled


def _names(reading: m.Reading) -> list[tuple[str, str]]:
    """Everybody a reading names, with their kinds."""
    named: list[tuple[str, str]] = [(row.name, row.kind) for row in reading.mentions if row.name and not row.ident]
    spoke = (row for quote in reading.quotes for row in quote.attributions)
    return named + [(row.name, row.kind) for row in spoke if row.name and not row.ident and row.kind != "unnamed"]


def names_strangers(read: Read) -> bool:
    """Whether somebody new may be made of a name in this reading."""
    return any(resolving.is_stranger(read.known, *named) for named in _names(read.reading))


#: Passages of one layer do not overlap; an entry holds documents, and both hold paragraphs of every other kind.
LAYERS = {"entry": "entry", "document": "document"}


def layer_of(kind: str) -> str:
    return LAYERS.get(kind, "paragraph")


def _layers(passage: Passage) -> set[str]:
    """The layers of a passage that somebody decided on: of what it is, and of what the machine took it for."""
    kinds = {passage.kind, passage.suggestion.get("kind", passage.kind)}
    return {layer_of(kind) for kind in kinds}


def _passages(read: Read) -> list[Passage]:
    """The passages that are new; those an editor decided on stay and are read around, those no longer read go."""
    stored = [] if read.fresh else list(read.capture.passages.all())
    decided = [passage for passage in stored if passage.decided]
    old = {(p.kind, p.start, p.end): p for p in stored if not p.decided}
    waiting, new = list(decided), []
    for passage in read.reading.passages:
        layer, told = layer_of(passage.kind), _told(passage)
        kept = [row for row in decided if layer in _layers(row)]
        mates = [row for row in kept if row in waiting and _alike(row, passage.span)]
        if mate := max(mates, key=lambda row: passage.span.overlap(m.Span(row.start, row.end)), default=None):
            waiting.remove(mate)
            place = {"capture": read.capture.uid, "spans": [[passage.span.start, passage.span.end]]}
            ledger.suggest(mate, told | {"spans": place})
            mate.save()
            continue
        for span in _around(passage.span, kept, read.capture.text, whole=layer == "paragraph"):
            row = old.pop((passage.kind, span.start, span.end), None)
            reason = passage.reason[:200]
            if row is None:
                new.append(Passage(capture=read.capture, start=span.start, end=span.end, reason=reason, **told))
            elif ledger.suggest(row, told) or row.reason != reason:
                row.reason = reason
                row.save()
    Passage.objects.filter(pk__in=[row.pk for row in old.values()]).delete() if old else None
    return new


def _told(passage: m.Passage) -> dict[str, Any]:
    """What the machine says of a passage, by field, as the ledger keeps it."""
    return {
        "kind": passage.kind,
        "heading": passage.heading[:300],
        "day": str(passage.at.date()) if passage.at else None,
        "time": str(passage.at.time()) if passage.at else None,
        "basis": passage.at_basis,
        "author": passage.author[:300],
        "addressee": passage.addressee[:300],
        "signatories": list(passage.signatories),
    }


def _alike(row: Passage | Mention, span: m.Span) -> bool:
    """Whether a row and a span share at least half of the longer of them."""
    longer = max(row.end - row.start, span.end - span.start)
    return 2 * span.overlap(m.Span(row.start, row.end)) >= longer


def _around(span: m.Span, kept: Sequence[Passage], text: str, *, whole: bool) -> list[m.Span]:
    """What is left of a span around passages that somebody decided on: every piece, or only the longest."""
    pieces = [span]
    for row in kept:
        pieces = [
            piece
            for was in pieces
            for piece in (m.Span(was.start, min(was.end, row.start)), m.Span(max(was.start, row.end), was.end))
            if piece.start < piece.end
        ]
    pieces = [piece for piece in dict.fromkeys(pieces) if piece == span or piece.of(text).strip()]
    return pieces if whole or not pieces else [max(pieces, key=lambda piece: piece.end - piece.start)]


def _mentions(read: Read) -> list[Mention]:
    """The mentions that are new; one that somebody decided on stays, also where it is read a word longer or shorter."""
    stored = [] if read.fresh else list(read.capture.mentions.select_related("person"))
    old = {(row.start, row.end): row for row in stored}
    read_at = {(mention.span.start, mention.span.end) for mention in read.reading.mentions}
    moved = [row for row in stored if row.decided and (row.start, row.end) not in read_at]
    new = []
    for mention in read.reading.mentions:
        span, roles = mention.span, list(mention.roles)
        person, _ = _person(mention.name, mention.ident, read.known)
        row = old.pop((span.start, span.end), None)
        if row is None and (row := next((row for row in moved if _alike(row, span)), None)):
            moved.remove(row)
        if row and row.person and person and row.person.canonical_id == person.canonical_id:
            person = row.person  # only a merge makes them somebody else
        told = {
            "spans": {"capture": read.capture.uid, "spans": [[span.start, span.end]]},
            "person": person.uid if person else None,
            "kind": mention.kind,
            "roles": roles,
            "rejected": False,
        }
        if row is None:
            printed = span.of(read.capture.text)[:300]
            row = Mention(capture=read.capture, start=span.start, end=span.end, printed=printed, person=person)
            row.kind, row.roles = mention.kind, roles
            new.append(row)
        elif ledger.suggest(row, told) or row.decided:
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
        return known.bearer(persons[0], name), []
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


def _quotes(read: Read, entries: Sequence[Passage], hidden: Sequence[m.Span]) -> list[New]:
    """The quotes that are new, the others brought up to date: a rejected one shifted by a word stays rejected.

    In what an editor called furniture (``hidden``) nothing is found.
    """
    article, capture, reading = read.article, read.capture, read.reading
    old = [] if read.fresh else list(article.quotes.filter(capture=capture).prefetch_related("attributions__person"))
    for quote in old:
        quote.capture, quote.article = capture, article
    pairs = pair(old, reading.quotes)
    turned_away = _turned_away(old, reading.quotes, pairs, hidden)
    rows: dict[int, Quote] = {}
    new: list[New] = []
    depths: dict[int, int] = {}
    for index, quotation in enumerate(reading.quotes):
        if index in turned_away:
            continue
        quote = rows[index] = pairs.get(index) or Quote(article=article, capture=capture)
        outer = None if quotation.nested_in is None else rows.get(quotation.nested_in)
        depths[index] = 0 if outer is None or quotation.nested_in is None else depths[quotation.nested_in] + 1
        _describe(quote, quotation, read, _entry_of(quotation.start, entries))
        roles: dict[str, list[dict[str, Any]]] = {role: [] for role in Attribution.Role.values}
        for row in quotation.attributions:
            roles[row.role].append(_attribution(row, capture.text, read.known))
        if quote._state.adding:
            new.append(New(quote, roles, outer, depths[index]))
        else:
            spans = {"capture": capture.uid, "spans": [[span.start, span.end] for span in quotation.spans]}
            _stay_merged(quote, roles, read.known)
            ledger.suggest(quote, {"kind": quotation.kind, "spans": spans, **roles})
            ledger.dispute(quote, ["found"], False)
            if (outer is None or not outer._state.adding) and outer != quote:
                quote.nested_in = outer
            quote.save()
    found = {quote.pk for quote in rows.values()}
    _no_longer_found([quote for quote in old if quote.pk not in found], entries)
    return new


def _stay_merged(quote: Quote, roles: dict[str, list[dict[str, Any]]], known: resolving.Known) -> None:
    """Who is stored stays stored where only a merge makes them somebody else, so that undoing it gives all back."""
    survivors = {person.uid: person.canonical_id for person in known.everybody()}
    for row in quote.attributions.all():
        new = roles[row.role][row.position] if row.position < len(roles[row.role]) else {}
        if row.person and survivors.get(new.get("person") or "") == row.person.canonical_id:
            new["person"] = row.person.uid


def _turned_away(
    old: Sequence[Quote], new: Sequence[m.Quotation], pairs: dict[int, Quote], hidden: Sequence[m.Span]
) -> set[int]:
    """The quotations that are not taken: those in hidden passages, and what an editor rejected in another guise."""
    rejected = [quote for quote in old if quote.status == Quote.Status.REJECTED and "status" in quote.decided]
    away = set()
    for index, quotation in enumerate(new):
        if any(span.start <= quotation.start and quotation.end <= span.end for span in hidden):
            away.add(index)
        elif index not in pairs:
            places = [place for quote in rejected for place in _places(quote)]
            if any(_share(*place, quotation) >= 0.5 for place in places):
                away.add(index)
    return away


def _no_longer_found(quotes: Sequence[Quote], entries: Sequence[Passage]) -> None:
    """Say of quotes that the reading does not have them; of one that somebody accepted this is a disagreement."""
    for quote in quotes:
        entry = _entry_of(quote.start, entries)
        missed = quote.found and quote.status == Quote.Status.ACCEPTED
        if not quote.found and entry == quote.entry:
            continue
        if missed:
            ledger.dispute(quote, ["found"], True)
        quote.found, quote.entry = False, entry
        quote.moment = entry.moment if entry and entry.day else quote.article.moment
        quote.save(update_fields=["found", "entry", "moment", "disputed"])


def _describe(quote: Quote, quotation: m.Quotation, read: Read, entry: Passage | None) -> None:
    """Everything about a quote that only the machine says; kind, spans and speakers go through the ledger."""
    by_hand = not quote._state.adding and not quote.reader
    if quote._state.adding:
        quote.kind = quotation.kind
        quote.stand([(span.start, span.end) for span in quotation.spans])
    if "spans" not in quote.decided:
        quote.marked = [[span.start, span.end] for span in quotation.marked]
        quote.boundaries = [list(rules) for rules in quotation.boundaries]
    cue = quotation.cue
    quote.cue = cue.of(read.capture.text)[:200] if cue else ""
    quote.cue_start, quote.cue_end = (cue.start, cue.end) if cue else (None, None)
    quote.found, quote.entry = True, entry
    if not by_hand:  # who made it by hand was sure, and stays the one who made it
        quote.confidence, quote.reasons = round(quotation.confidence, 4), list(quotation.reasons)
        quote.reader = read.reading.version
    quote.moment = entry.moment if entry and entry.day else read.article.moment


def _entry_of(start: int, entries: Sequence[Passage]) -> Passage | None:
    """The entry a place in the text stands in; entries are in text order and do not overlap."""
    at = bisect.bisect_right(entries, start, key=lambda entry: entry.start) - 1
    return entries[at] if at >= 0 and start < entries[at].end else None


def _places(quote: Quote) -> Iterator[tuple[int, int]]:
    """Where a quote stands and, if an editor moved it, where the machine read it: there it will be read again."""
    yield quote.start, quote.end
    if "spans" in quote.decided and (read := quote.suggestion.get("spans")):
        capture, spans = quote.whereabouts(read)
        if capture == quote.capture:
            yield spans[0][0], spans[-1][1]


def _share(start: int, end: int, quotation: m.Quotation) -> float:
    """How much of the longer of both a stretch and a quotation share."""
    shared = min(end, quotation.end) - max(start, quotation.start)
    return shared / max(end - start, quotation.end - quotation.start)


def pair(old: Sequence[Quote], new: Sequence[m.Quotation]) -> dict[int, Quote]:
    """Pair quotations with quotes by greatest overlap of at least half of the longer one, at the same nesting.

    What somebody decided on is found again also where it has come to stand inside another quotation, or outside.
    """
    overlaps = []
    waiting = sorted(((*place, quote) for quote in old for place in _places(quote)), key=lambda row: row[0])
    for index, quotation in sorted(enumerate(new), key=lambda pair: pair[1].start):
        # A quote that ends before this quotation begins meets none of those that follow.
        waiting = [row for row in waiting if row[1] > quotation.start]
        for start, end, quote in waiting:
            if start >= quotation.end:
                break
            share = _share(start, end, quotation)
            other_nesting = (quote.nested_in_id is None) != (quotation.nested_in is None)
            if share >= 0.5 and (quote.decided or not other_nesting):
                overlaps.append((other_nesting, -share, index, quote.pk, quote))
    pairs: dict[int, Quote] = {}
    used: set[int] = set()
    for *_, index, pk, quote in sorted(overlaps, key=lambda row: row[:4]):
        if index not in pairs and pk not in used:
            pairs[index] = quote
            used.add(pk)
    return pairs
