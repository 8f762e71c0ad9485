"""The one place where reading, people and the database meet: an item becomes an article, a capture and its quotes.

The life of an article: `articles.intake` makes an `Item` of what came in; `take_in` finds the article it is (or makes
it), keeps the capture, has `articles.reading` read it, resolves the names (`articles.resolving`), stores what was read
as suggestions (decided fields stay as they are) and lets `articles.gate` say what of it is public.
"""

from __future__ import annotations

import bisect
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Max
from django.utils.text import slugify

from articles import gate, resolving
from articles.excerpts import visible
from articles.intake import Failure, Item, normalise_url
from articles.language import detect
from articles.models import Article, Attribution, Capture, Mention, Passage, PastAnchor, Quote, Reading, Source, Story
from articles.models.article import moment
from articles.reading import Context, as_record, read
from articles.reading import model as m
from articles.reading.anchoring import reanchor
from corpus import ledger
from corpus.locks import hold

log = logging.getLogger(__name__)

Kind = Literal["created", "unchanged", "new capture", "failed"]

#: From this many dated entries on a text is a live blog, when nobody said what it is.
ENTRIES_OF_A_LIVE_BLOG = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item; ``article`` is its uid ("" if it failed), ``note`` what an editor should know."""

    item: str
    outcome: Kind
    article: str = ""
    quotes: int = 0
    error: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "article": self.article or None, "error": self.error or None, "note": self.note or None}


@dataclass(frozen=True, slots=True)
class Orders:
    """What the person who takes items in says of all of them."""

    source: Source | None = None
    story: Story | None = None
    publish: bool = False
    dry_run: bool = False


def take_in(items: Iterable[Item | Failure], orders: Orders = Orders()) -> Iterator[Outcome]:
    """Take items in, each in one transaction of its own: a kill leaves only whole articles, running again goes on."""
    for item in items:
        if isinstance(item, Failure):
            yield Outcome(item.name, "failed", error=item.error)
            continue
        try:
            yield take_in_one(item, orders)
        except Rejected as error:
            yield Outcome(item.name, "failed", error=str(error))
        except (IntegrityError, DataError) as error:
            # A fault of ours, not of the item: say which item met it, keep the trace, go on with the others.
            log.exception("Could not store %s", item.name)
            yield Outcome(item.name, "failed", error=f"{item.name}: the database refused it ({error}); report this.")


class Rejected(ValueError):
    """An item that cannot become an article, in one sentence."""


def take_in_one(item: Item, orders: Orders = Orders()) -> Outcome:
    """Take one item in; raises `Rejected`."""
    try:
        key = normalise_url(item.url) if item.url else None
    except ValueError as error:
        raise Rejected(f"{item.name}: {error}") from error
    source = _source(item, orders)
    # Reading takes the longest and needs no lock, so it comes before the transaction.
    unchanged = _same(item, key, source)
    known, reading = (None, None) if unchanged else _read(item.text, item, source)
    with transaction.atomic():
        hold(f"article {key or item.text_sha256}")
        if source and source._state.adding:
            source, _ = Source.objects.get_or_create(slug=source.slug, defaults=_fields(source))
        article = _find(item, key, source)
        if article is None:
            outcome: Kind = "created"
            article = _new_article(item, key, source, reading)
        elif article.text_sha256 == item.text_sha256:
            outcome = "unchanged"
        else:
            outcome = "new capture"
        if outcome != "unchanged":
            if known is None or reading is None:
                known, reading = _read(item.text, item, source)
            _capture(article, item, reading)
            _store(article, reading, known)
        elif key and not article.url_key:
            Article.objects.filter(pk=article.pk).update(url=item.url, url_key=key)
        _follow(article, orders, fresh=outcome == "created")
        gate.refresh([article.pk], search=outcome != "unchanged" or orders.publish)
        quotes = article.quotes.filter(found=True).exclude(status=Quote.Status.REJECTED).count()
        if orders.dry_run:
            transaction.set_rollback(True)
    return Outcome(item.name, outcome, article.uid, quotes, note=_note(article))


def read_again(article: Article, reader: Callable[[str, Context], m.Reading] = read) -> int:
    """Read an article's current capture again; returns how many quotes it has now. Decided fields stay as they are."""
    capture = article.capture
    if capture is None:
        return 0
    known = resolving.known_in(capture.text)
    reading = reader(
        capture.text, _context(known, article.source, article.language, article.kind, article.published_day)
    )
    with transaction.atomic():
        hold(f"article {article.url_key or article.text_sha256}")
        article.refresh_from_db()
        if article.capture_id != capture.pk:
            return read_again(article, reader)
        _store(article, reading, known)
        gate.refresh([article.pk])
    return article.quotes.filter(found=True).count()


# --- which article it is -------------------------------------------------------------------------------------------


def _source(item: Item, orders: Orders) -> Source | None:
    """The source an item names (unsaved if it is new and described), else the one of its host, else the one ordered."""
    if item.source:
        known = Source.objects.filter(slug=item.source).first()
        if known or not item.source_name:
            return known or orders.source
        kind = (item.source_kind or Source.Kind.NEWSPAPER).lower()
        rights = (item.rights or Source.Rights.FULL).lower()
        for field, value, choices in (("source_kind", kind, Source.Kind), ("rights", rights, Source.Rights)):
            if value not in choices.values:
                raise Rejected(f"{item.name}: {field} {value!r} is not known; use one of {', '.join(choices.values)}.")
        return Source(
            slug=slugify(item.source)[:100], name=item.source_name[:200], kind=kind, rights=rights,
            country=item.country.upper()[:2], language=item.language or "en",
        )  # fmt: skip
    if item.url:
        host = normalise_url(item.url).split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")
        for source in Source.objects.exclude(domains=[], homepage=""):
            hosts = {*source.domains, source.homepage.split("//")[-1].split("/")[0]}
            if host in {name.removeprefix("www.") for name in hosts if name}:
                return source
    return orders.source


def _fields(source: Source) -> dict[str, Any]:
    return {field: getattr(source, field) for field in ("name", "kind", "rights", "country", "language")}


def _find(item: Item, key: str | None, source: Source | None, *, lock: bool = True) -> Article | None:
    """The article an item is: that of its URL, else one of the same source and text (with no other URL of its own).

    An item of no known source is any article of the same text: an editor may have said meanwhile whose it is.
    """
    articles = Article.objects.select_for_update(of=("self",)) if lock else Article.objects.all()
    if key and (article := articles.filter(url_key=key).first()):
        return article
    if source and source._state.adding:
        return None
    alike = articles.filter(text_sha256=item.text_sha256)
    alike = alike.filter(source=source) if source else alike
    return (alike.filter(url_key=None) if key else alike).order_by(F("source").asc(nulls_first=True), "pk").first()


def _same(item: Item, key: str | None, source: Source | None) -> bool:
    article = _find(item, key, source, lock=False)
    return article is not None and article.text_sha256 == item.text_sha256


def _new_article(item: Item, key: str | None, source: Source | None, reading: m.Reading | None) -> Article:
    kind = item.article_kind.lower() or Article.Kind.REPORT
    if kind not in Article.Kind.values:
        raise Rejected(f"{item.name}: article_kind {kind!r} is not known; use one of {', '.join(Article.Kind.values)}.")
    if not item.article_kind and reading:
        entries = sum(passage.kind == "entry" for passage in reading.passages)
        kind = Article.Kind.LIVE_BLOG if entries >= ENTRIES_OF_A_LIVE_BLOG else kind
    language = item.language or (source.language if source else "")
    return Article.objects.create(
        source=source, url=item.url if key else "", url_key=key, kind=kind, byline=item.byline[:300],
        language=_language(item.text, language), **_published(item, reading),
    )  # fmt: skip


def _language(text: str, stated: str) -> str:
    """What is stated, unless it says English and the text plainly is something else."""
    found = detect(text)
    if not stated:
        return found
    return found if stated.startswith("en") and found not in {"en", "und"} else stated


def _published(item: Item, reading: m.Reading | None) -> dict[str, Any]:
    found = item.published or (reading and reading.published)
    if not found:
        return {}
    time = found.time if found.precision == "minute" else None
    return {
        "published_day": found.day,
        "published_time": time,
        "published_precision": found.precision,
        "published_basis": found.basis,
        "moment": moment(found.day, time),
    }


def _follow(article: Article, orders: Orders, *, fresh: bool) -> None:
    """Do as ordered: into the story, and published if it has a source and nobody decided otherwise."""
    if orders.story:
        orders.story.articles.add(article)
    if (
        orders.publish
        and article.source_id
        and article.status == Article.Status.DRAFT
        and "status" not in article.decided
    ):
        Article.objects.filter(pk=article.pk).update(status=Article.Status.PUBLISHED)
        article.status = Article.Status.PUBLISHED


def _note(article: Article) -> str:
    notes = []
    if not article.language.startswith("en"):
        notes.append(f"stored, not read: its language is {article.language!r}")
    if article.source_id is None:
        notes.append("a draft without a source; an editor must say which")
    return "; ".join(notes)


# --- reading -------------------------------------------------------------------------------------------------------


def _context(
    known: resolving.Known,
    source: Source | None,
    language: str,
    kind: str = "",
    day: dt.date | None = None,
    headline: str = "",
) -> Context:
    return Context(
        names=known.names, date=day, article_kind=kind, source=source.name if source else "", headline=headline,
        language=language or "en",
    )  # fmt: skip


def _read(text: str, item: Item, source: Source | None) -> tuple[resolving.Known, m.Reading]:
    known = resolving.known_in(text)
    language = _language(text, item.language or (source.language if source else ""))
    day = item.published.day if item.published else None
    return known, read(text, _context(known, source, language, item.article_kind, day, item.headline))


def _capture(article: Article, item: Item, reading: m.Reading) -> None:
    """Keep what was found as the article's next capture, and let the quotes of the last one follow into it."""
    last = article.captures.aggregate(last=Max("number"))["last"] or 0
    before = article.capture
    found = next((p.span.of(item.text) for p in reading.passages if p.kind == "headline"), "")
    headline = " ".join((item.headline or found).split())[:500]
    capture = Capture.objects.create(
        article=article, number=last + 1, how=item.how, origin=item.name[:500], media_type=item.media_type,
        encoding=item.encoding, headline=headline, raw=item.raw, raw_sha256=item.raw_sha256, text=item.text,
        text_sha256=item.text_sha256,
    )  # fmt: skip
    seen = visible(len(item.text), reading.hidden())
    opening = " ".join(" ".join(s.of(item.text) for s in seen)[:2_000].split())
    article.capture = capture
    article.text_sha256 = capture.text_sha256
    article.words = sum(len(s.of(item.text).split()) for s in seen)
    article.opening = opening if len(opening) <= 120 else f"{opening[:120].rsplit(' ', 1)[0]} …"
    stated: dict[str, str | None] = {"headline": headline} if headline or not before else {}
    stated |= {"byline": item.byline[:300]} if item.byline else {}
    if item.published and before:
        dates = _published(item, reading)
        stated |= {f: None if v is None else str(v) for f, v in dates.items() if f != "moment"}
    ledger.suggest(article, stated)
    article.save()
    if before:
        _carry_over(article, before, capture)


def _carry_over(article: Article, before: Capture, after: Capture) -> None:
    """Re-anchor what stood in the last capture: exactly, moved, or orphaned for an editor to see; never a guess."""
    for quote in article.quotes.filter(capture=before):
        old = [m.Span(start, end) for start, end in quote.spans]
        PastAnchor.objects.create(quote=quote, capture=before, spans=quote.spans, text=quote.text)
        anchored = reanchor(before.text, old, after.text)
        if anchored.state == "orphaned":
            # It stays where it last stood; the gate shuts, and an editor is shown both texts.
            Quote.objects.filter(pk=quote.pk).update(anchor=anchored.state, found=False, public=False)
            continue
        quote.capture, quote.anchor, quote.entry = after, anchored.state, None
        quote.stand([(span.start, span.end) for span in anchored.spans])
        quote.marked = [
            [new.start + start - was.start, new.start + end - was.start]
            for start, end in quote.marked
            for was, new in zip(old, anchored.spans, strict=True)
            if was.start <= start and end <= was.end and was.end - was.start == new.end - new.start
        ]
        shift = anchored.spans[0].start - old[0].start
        quote.cue_start, quote.cue_end = _shifted(quote.cue_start, quote.cue_end, shift, before.text, after.text)
        quote.save()
        for row in quote.attributions.filter(start__isnull=False):
            start, end = _shifted(row.start, row.end, shift, before.text, after.text)
            Attribution.objects.filter(pk=row.pk).update(start=start, end=end)
    for mention in Mention.objects.filter(capture=before).exclude(decided=[]):
        anchored = reanchor(before.text, [m.Span(mention.start, mention.end)], after.text)
        if anchored.state != "orphaned":
            mention.capture, (span,) = after, anchored.spans
            mention.start, mention.end = span.start, span.end
            mention.save()


def _shifted(start: int | None, end: int | None, shift: int, old: str, new: str) -> tuple[int | None, int | None]:
    """A span beside a quote, moved along with it if the same words stand there; else no span."""
    if start is None or end is None or start + shift < 0 or old[start:end] != new[start + shift : end + shift]:
        return None, None
    return start + shift, end + shift


# --- storing what was read -----------------------------------------------------------------------------------------


def _store(article: Article, reading: m.Reading, known: resolving.Known) -> None:
    """Make the reading of the current capture the article's suggestions."""
    capture = article.capture
    assert capture is not None
    text = capture.text
    Reading.objects.update_or_create(
        capture=capture, reader=reading.version, defaults={"record": as_record(text, reading)}
    )
    named = [(mention.name, mention.kind) for mention in reading.mentions if mention.name and not mention.ident]
    named += [
        (row.name, row.kind)
        for quote in reading.quotes
        for row in quote.attributions
        if row.name and not row.ident and row.kind != "unnamed"
    ]
    resolving.enrol_unknown(known, named)
    entries = _store_passages(capture, reading)
    _store_mentions(capture, reading, known)
    _store_quotes(article, capture, reading, known, entries)


def _store_passages(capture: Capture, reading: m.Reading) -> list[Passage]:
    """The passages of a capture as read now; those an editor decided on stay. Returns its entries, in text order."""
    kept = list(capture.passages.exclude(decided=[]))
    old = {(p.kind, p.start, p.end): p for p in capture.passages.filter(decided=[])}
    new = []
    for passage in reading.passages:
        span = passage.span
        if any(p.start < span.end and span.start < p.end and p.kind == passage.kind for p in kept):
            continue
        row = old.pop((passage.kind, span.start, span.end), None) or Passage(
            capture=capture, kind=passage.kind, start=span.start, end=span.end
        )
        row.reason, row.heading, row.basis = passage.reason[:200], passage.heading[:300], passage.at_basis
        row.day, row.time = (passage.at.date(), passage.at.time()) if passage.at else (None, None)
        row.author, row.addressee = passage.author[:300], passage.addressee[:300]
        row.signatories = list(passage.signatories)
        if row._state.adding:
            new.append(row)
        else:
            row.save()
    Passage.objects.filter(pk__in=[p.pk for p in old.values()]).delete()
    Passage.objects.bulk_create(new)
    return list(capture.passages.filter(kind=Passage.Kind.ENTRY).order_by("start"))


def _store_mentions(capture: Capture, reading: m.Reading, known: resolving.Known) -> None:
    kept = {(row.start, row.end): row for row in capture.mentions.all()}
    new = []
    for mention in reading.mentions:
        span = mention.span
        person, _ = _person(mention.name, mention.ident, known)
        row = kept.pop((span.start, span.end), None)
        if row is None:
            new.append(
                Mention(
                    capture=capture,
                    start=span.start,
                    end=span.end,
                    printed=span.of(capture.text)[:300],
                    kind=mention.kind,
                    roles=list(mention.roles),
                    person=person,
                )
            )
        elif ledger.suggest(row, {"person": person.uid if person else None}) or row.roles != list(mention.roles):
            row.roles = list(mention.roles)
            row.save()
    Mention.objects.filter(pk__in=[row.pk for row in kept.values() if not row.decided]).delete()
    Mention.objects.bulk_create(new)


def _person(name: str, ident: str, known: resolving.Known) -> tuple[Any, list[dict[str, Any]]]:
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
    unnamed = row.kind == "unnamed"
    person, namesakes = (None, []) if unnamed else _person(row.name, row.ident, known)
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
        "confidence": round(row.confidence, 4) if not namesakes else min(row.confidence, 0.5),
        "reasons": list(row.reasons),
        "candidates": candidates,
        "person": person.uid if person else None,
    }


def _store_quotes(
    article: Article, capture: Capture, reading: m.Reading, known: resolving.Known, entries: Sequence[Passage]
) -> None:
    """Match what was read to the quotes there are: a rejected quote shifted by a word is that quote, and rejected."""
    old = list(article.quotes.filter(capture=capture).prefetch_related("attributions__person"))
    for quote in old:
        quote.capture = capture
    pairs = _pair(old, reading.quotes)
    people = {person.uid: person for person in known.people.values()}
    rows: list[Quote] = []
    attributed: list[tuple[Quote, dict[str, list[dict[str, Any]]]]] = []
    for index, quotation in enumerate(reading.quotes):
        quote = pairs.get(index) or Quote(article=article, capture=capture)
        _describe(quote, quotation, capture, reading.version, _entry_of(quotation.start, entries), article)
        roles: dict[str, list[dict[str, Any]]] = {role: [] for role in Attribution.Role.values}
        for row in quotation.attributions:
            roles[row.role].append(_attribution(row, capture.text, known))
        if quote.pk:
            ledger.suggest(
                quote, {"kind": quotation.kind, "spans": [[s.start, s.end] for s in quotation.spans], **roles}
            )
            quote.save()
        else:
            attributed.append((quote, roles))
        rows.append(quote)
    Quote.objects.bulk_create([quote for quote in rows if quote._state.adding])
    Attribution.objects.bulk_create(
        Attribution.from_json(quote, role, position, row, people)
        for quote, roles in attributed
        for role, values in roles.items()
        for position, row in enumerate(values)
    )
    nested = []
    for quote, quotation in zip(rows, reading.quotes, strict=True):
        outer = rows[quotation.nested_in] if quotation.nested_in is not None else None
        if quote.nested_in_id != (outer.pk if outer else None):
            quote.nested_in = outer
            nested.append(quote)
    for quote in nested:
        Quote.objects.filter(pk=quote.pk).update(nested_in=quote.nested_in)
    gone = {quote.pk for quote in old} - {quote.pk for quote in rows}
    Quote.objects.filter(pk__in=gone, reader__gt="").update(found=False)


def _describe(
    quote: Quote, quotation: m.Quotation, capture: Capture, version: str, entry: Passage | None, article: Article
) -> None:
    """Everything about a quote that only the machine says; kind, spans and speakers go through the ledger."""
    quote.capture = capture
    if quote._state.adding:
        quote.kind = quotation.kind
        quote.stand([(span.start, span.end) for span in quotation.spans])
    if "spans" not in quote.decided:
        quote.marked = [[span.start, span.end] for span in quotation.marked]
        quote.boundaries = [list(rules) for rules in quotation.boundaries]
    cue = quotation.cue
    quote.cue = cue.of(capture.text)[:200] if cue else ""
    quote.cue_start, quote.cue_end = (cue.start, cue.end) if cue else (None, None)
    quote.confidence, quote.reasons = round(quotation.confidence, 4), list(quotation.reasons)
    quote.reader, quote.found, quote.entry = version, True, entry
    quote.moment = moment(entry.day, entry.time) if entry and entry.day else article.moment


def _entry_of(start: int, entries: Sequence[Passage]) -> Passage | None:
    """The entry a place in the text stands in; entries are in text order and do not overlap."""
    at = bisect.bisect_right(entries, start, key=lambda entry: entry.start) - 1
    return entries[at] if at >= 0 and start < entries[at].end else None


def _pair(old: Sequence[Quote], new: Sequence[m.Quotation]) -> dict[int, Quote]:
    """Pair quotations with quotes by greatest overlap of at least half of the longer one, at the same nesting."""
    overlaps = []
    waiting = sorted(old, key=lambda quote: quote.start)
    for index, quotation in sorted(enumerate(new), key=lambda pair: pair[1].start):
        # A quote that ends before this quotation begins meets none of those that follow.
        waiting = [quote for quote in waiting if quote.end > quotation.start]
        for quote in waiting:
            if quote.start >= quotation.end:
                break
            shared = min(quote.end, quotation.end) - max(quote.start, quotation.start)
            longer = max(quote.end - quote.start, quotation.end - quotation.start)
            if 2 * shared >= longer and (quote.nested_in_id is None) == (quotation.nested_in is None):
                overlaps.append((-shared / longer, index, quote.pk, quote))
    pairs: dict[int, Quote] = {}
    used: set[int] = set()
    for _, index, pk, quote in sorted(overlaps, key=lambda row: row[:3]):
        if index not in pairs and pk not in used:
            pairs[index] = quote
            used.add(pk)
    return pairs
