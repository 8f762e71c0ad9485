"""Taking items in: in batches, each one transaction, so that a kill leaves only whole articles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import Count, OuterRef, Q, Subquery

from articles import copies, gate, pairing, resolving, utterances
from articles.excerpts import visible
from articles.intake import Failure, Item, normalise_text, normalise_url
from articles.language import detect
from articles.models import Article, Capture, Quote, Source, Story
from articles.models.article import moment
from articles.pipeline import carrying_over, identity, storing
from articles.pipeline.identity import Rejected, Sources
from articles.reading import Context, read
from articles.reading import model as m
from corpus import ledger, locks
from corpus.deadlocks import stopped
from corpus.models import Tombstone

log = logging.getLogger(__name__)

Kind = Literal["created", "unchanged", "new capture", "failed", "queued"]

#: Items a transaction: enough that their statements are shared, few enough that others wait a moment only.
BATCH = 20
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
        """The outcome as `ingest --json` prints it; ``note`` only where there is one."""
        row = asdict(self) | {"article": self.article or None, "error": self.error or None}
        return row if self.note else {key: value for key, value in row.items() if key != "note"}


@dataclass(frozen=True, slots=True)
class Orders:
    """What the person who takes items in says of all of them; ``new_sources``: they may make what items describe."""

    source: Source | None = None
    story: Story | None = None
    publish: bool = False
    dry_run: bool = False
    new_sources: bool = True


def _read_here(texts: Sequence[str], contexts: Sequence[Context]) -> Iterable[m.Reading]:
    return map(read, texts, contexts)


def _told_nobody(became: Sequence[tuple[Item, Outcome]]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Crew:
    """Who helps: ``read`` reads texts, each in its context; ``stored`` hears what became of items within the very
    transaction that stores them, so that what it writes is there if they are."""

    read: Callable[[Sequence[str], Sequence[Context]], Iterable[m.Reading]] = _read_here
    stored: Callable[[Sequence[tuple[Item, Outcome]]], None] = _told_nobody


@dataclass(slots=True)
class Work:
    """One item on its way: what is known of it before the transaction, and the article it became."""

    item: Item
    key: str | None
    source: Source | None
    language: str = ""
    read: storing.Read | None = None
    article: Article | None = None
    outcome: Kind = "created"
    #: Found earlier than the current capture, so that it is kept beside and not read.
    past: bool = False


def take_in(items: Iterable[Item | Failure], orders: Orders = Orders(), crew: Crew = Crew()) -> Iterator[Outcome]:
    """Take items in and say what became of each, in order; running it again goes on where a kill left it."""
    sources = Sources()
    told: dict[str, str] = {}
    for batch in _batches(items):
        for item, outcome in zip(batch, _take_in_batch(batch, orders, sources, crew), strict=True):
            yield _foretold(item, outcome, told) if orders.dry_run and isinstance(item, Item) else outcome


def _foretold(item: Item, outcome: Outcome, told: dict[str, str]) -> Outcome:
    """What would become of an item after those before it, of which a dry run stores nothing.

    ``told`` has the names of those that would be new, by their addresses and texts.
    """
    key, text = _key(item.url), item.text_sha256
    if outcome.outcome == "created":
        same = told.get(f"{key} {text}")
        if same or (not key and text in told):
            return replace(outcome, outcome="unchanged", note=f"the same as {same or told[text]}")
        if key and key in told:
            return replace(outcome, outcome="new capture", note=f"of the article that {told[key]} is")
        if text in told:
            outcome = replace(outcome, note="; ".join(filter(None, [outcome.note, f"the text of {told[text]}"])))
        for mark in filter(None, (key, text, key and f"{key} {text}")):
            told.setdefault(mark, item.name)
    return outcome


def _batches(items: Iterable[Item | Failure]) -> Iterator[list[Item | Failure]]:
    """Batches in which no two items may be the same article: the second must find what the first became."""
    batch: list[Item | Failure] = []
    seen: set[str] = set()
    for item in items:
        marks = set() if isinstance(item, Failure) else {item.text_sha256, _key(item.url)} - {""}
        if len(batch) >= BATCH or marks & seen:
            yield batch
            batch, seen = [], set()
        batch.append(item)
        seen |= marks
    if batch:
        yield batch


def _key(url: str) -> str:
    try:
        return normalise_url(url) if url else ""
    except ValueError:
        return ""  # and it will be said that this is no address


def _take_in_batch(batch: list[Item | Failure], orders: Orders, sources: Sources, crew: Crew) -> Iterator[Outcome]:
    results: dict[int, Outcome] = {}
    works: dict[int, Work] = {}
    for position, item in enumerate(batch):
        if isinstance(item, Failure):
            results[position] = Outcome(item.name, "failed", error=item.error)
            continue
        try:
            works[position] = _understand(item, orders, sources)
        except Rejected as error:
            results[position] = Outcome(item.name, "failed", error=str(error))
    marks = {position: {work.item.text_sha256, work.key or ""} for position, work in works.items()}
    if barred := Tombstone.bars("articles.article", set().union(*marks.values())):
        for position in [position for position, own in marks.items() if own & barred]:
            name = works.pop(position).item.name
            results[position] = Outcome(name, "failed", error=f"{name}: this was purged, and is not taken in again.")
    if works:
        try:
            outcomes = _store(list(works.values()), orders, sources, crew)
        except OperationalError as error:
            if not stopped(error):
                raise
            # Somebody held what this waited for, and waited for what this held: nothing of it was done.
            outcomes = list(_take_in_batch([w.item for w in works.values()], orders, sources, crew))
        except (IntegrityError, DataError) as error:
            if len(works) > 1:
                # One of them is at fault; by themselves the others go in.
                outcomes = [o for w in works.values() for o in _take_in_batch([w.item], orders, sources, crew)]
            else:
                # A fault of ours, not of the item: say which item met it, keep the trace, go on with the others.
                (work,) = works.values()
                log.exception("Could not store %s", work.item.name)
                sentence = f"{work.item.name}: the database refused it ({error}); please report this."
                outcomes = [Outcome(work.item.name, "failed", error=sentence)]
        results.update(zip(works, outcomes, strict=True))
    yield from (results[position] for position in range(len(batch)))


def _understand(item: Item, orders: Orders, sources: Sources) -> Work:
    """Check what an item says of itself; raises Rejected."""
    try:
        key = normalise_url(item.url) if item.url else None
    except ValueError as error:
        raise Rejected(f"{item.name}: {error}") from error
    identity.chosen(item, "article_kind", Article.Kind.values, Article.Kind.REPORT.value)
    source = sources.of(item, orders.source)
    if source and source._state.adding and not orders.new_sources:
        raise Rejected(
            f"{item.name}: “{source.slug}” would be a new source, and you may not add one; ask a chief editor to add "
            "it, or leave source and source_name out, and it waits for its source."
        )
    return Work(item, key, source)


def _store(works: list[Work], orders: Orders, sources: Sources, crew: Crew) -> list[Outcome]:
    # Reading takes the longest and needs no lock, so it comes before the transaction.
    known = identity.might_be_known([(work.item, work.key) for work in works])
    _read([work for work in works if work.item.name not in known or not _unchanged(work)], crew)
    with transaction.atomic():
        _hold_identities(work.read for work in works)
        locks.hold(*(f"article {work.key or work.item.text_sha256}" for work in works))
        made: dict[str, Source] = {}
        known = identity.might_be_known([(work.item, work.key) for work in works])
        for work in works:
            if work.source and work.source._state.adding:
                slug = work.source.slug
                if slug not in made:
                    made[slug] = sources.keep(work.source)
                work.source = made[slug]
            if work.item.name in known:
                work.article = identity.find(work.item, work.key, work.source, lock=True)
            if work.article is None:
                work.outcome = "created"
            elif identity.unchanged(work.article, work.item):
                work.outcome = "unchanged"
                if work.key and not work.article.url_key:
                    Article.objects.filter(pk=work.article.pk).update(url=work.item.url, url_key=work.key)
            elif identity.older(work.article, work.item):
                work.past = True
                known_text = work.article.captures.filter(text_sha256=work.item.text_sha256).exists()
                work.outcome = "unchanged" if known_text else "new capture"
            else:
                work.outcome = "new capture"
        fresh = [work for work in works if work.outcome != "unchanged" and not work.past]
        _keep_past([work for work in works if work.outcome != "unchanged" and work.past])
        # Somebody else may have been quicker since the look before the transaction, or slower.
        _read([work for work in fresh if work.read is None], crew)
        _make_articles([work for work in fresh if work.outcome == "created"])
        _make_captures(fresh)
        enrolled = storing.store([work.read for work in fresh if work.read])
        _follow(works, orders)
        quiet = [work.article.pk for work in works if work.article and (work.past or work.outcome == "unchanged")]
        taken_in = {work.article.pk for work in fresh if work.article}
        others = copies.look(taken_in) - taken_in
        created = {work.article.pk for work in fresh if work.article and work.outcome == "created"}
        gate.refresh(taken_in | others, figures=False, new=created)
        gate.refresh(quiet, search=orders.publish, figures=False)
        pairing.suggest_pairs(person.pk for person in enrolled)
        utterances.follow(taken_in, beside=[*quiet, *others])
        outcomes = _outcomes(works)
        crew.stored([(work.item, outcome) for work, outcome in zip(works, outcomes, strict=True)])
        if orders.dry_run:
            transaction.set_rollback(True)
            # Nobody will find a new article under the uid it had for a moment.
            outcomes = [replace(o, article="") if o.outcome == "created" else o for o in outcomes]
    if not orders.dry_run:
        for source in made.values():
            sources.learn(source)
    return outcomes


def _hold_identities(reads: Iterable[storing.Read | None]) -> None:
    """Where somebody new is named, pairs are looked for in the end: whoever merges people holds this before any row."""
    if any(read and storing.names_strangers(read) for read in reads):
        locks.hold("identities")


def _unchanged(work: Work) -> bool:
    article = identity.find(work.item, work.key, work.source, lock=False)
    return article is not None and identity.unchanged(article, work.item)


def _read(works: list[Work], crew: Crew) -> None:
    """Read the texts of several items, with the people of the corpus that they may speak of."""
    if not works:
        return
    everybody = resolving.known_in(*(work.item.text for work in works))
    knowns = [everybody.within(work.item.text) for work in works]
    contexts = []
    for work, known in zip(works, knowns, strict=True):
        item = work.item
        work.language = _language(item.text, item.language or (work.source.language if work.source else ""))
        context = Context(
            names=known.names,
            date=item.published.day if item.published else None,
            article_kind=item.article_kind,
            source=work.source.name if work.source else "",
            headline=item.headline,
            language=work.language,
        )
        contexts.append(context)
    readings = crew.read([work.item.text for work in works], contexts)
    for work, known, reading in zip(works, knowns, readings, strict=True):
        work.read = storing.Read(reading, known)


def _language(text: str, stated: str) -> str:
    """What is stated, unless it says English and the text plainly is something else."""
    found = detect(text)
    if not stated:
        return found
    return found if stated.startswith("en") and found not in {"en", "und"} else stated


def _make_articles(works: list[Work]) -> None:
    """An article of each item, in one statement."""
    for work in works:
        item, reading = work.item, work.read.reading if work.read else None
        entries = sum(passage.kind == "entry" for passage in reading.passages) if reading else 0
        guess = Article.Kind.LIVE_BLOG if entries >= ENTRIES_OF_A_LIVE_BLOG else Article.Kind.REPORT
        work.article = Article(
            source=work.source,
            url=item.url if work.key else "",
            url_key=work.key,
            kind=item.article_kind.lower() or guess,
            language=work.language,
            **_published(item, reading),
        )
        if reading:
            _describe(work.article, item, reading, first=True)
    Article.objects.bulk_create(work.article for work in works if work.article)


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


def _make_captures(works: list[Work]) -> None:
    """Keep what was found as the next capture of each article, and let the quotes of the last one follow into it."""
    captures = []
    for work in works:
        item, article, reading = work.item, work.article, work.read.reading if work.read else None
        assert article is not None
        assert reading is not None
        capture = _capture(item, article, 1 if work.outcome == "created" else article.captures.count() + 1)
        capture.headline = _headline(item, reading)
        captures.append(capture)
    Capture.objects.bulk_create(captures)
    fresh = []
    for work, capture in zip(works, captures, strict=True):
        assert work.article is not None
        assert work.read is not None
        before = work.article.capture
        work.article.capture = capture
        work.read.article, work.read.capture, work.read.fresh = work.article, capture, before is None
        if before is None:
            fresh.append(work.article.pk)
        else:
            _describe(work.article, work.item, work.read.reading, first=False)
            work.article.save()
            carrying_over.carry_over(work.article, before, capture)
    only = Capture.objects.filter(article=OuterRef("pk")).order_by().values("pk")
    Article.objects.filter(pk__in=fresh).update(capture=Subquery(only))


def _keep_past(works: list[Work]) -> None:
    """Keep what was found of articles before their current captures, which stay the current ones."""
    for work in works:
        assert work.article is not None
        capture = _capture(work.item, work.article, work.article.captures.count() + 1)
        capture.headline = " ".join(work.item.headline.split())[:500]
        capture.save()


def _capture(item: Item, article: Article, number: int) -> Capture:
    """What was found, unsaved and without a headline."""
    return Capture(
        article=article,
        number=number,
        captured_at=item.captured_at,
        how=item.how,
        origin=item.name[-500:],
        media_type=item.media_type,
        encoding=item.encoding,
        raw=item.raw,
        raw_sha256=item.raw_sha256,
        text=item.text,
        text_sha256=item.text_sha256,
    )


def _headline(item: Item, reading: m.Reading) -> str:
    found = next((p.span.of(item.text) for p in reading.passages if p.kind == "headline"), "")
    return " ".join((item.headline or found).split())[:500]


def _describe(article: Article, item: Item, reading: m.Reading, *, first: bool) -> None:
    """What an article takes from its newest capture; what an editor decided stays. Unsaved."""
    seen = visible(len(item.text), reading.hidden())
    opening = " ".join(" ".join(span.of(item.text)[:2_000] for span in seen[:20]).split())
    article.text_sha256 = item.text_sha256
    article.words = sum(len(span.of(item.text).split()) for span in seen)
    article.opening = opening if len(opening) <= 120 else f"{opening[:120].rsplit(' ', 1)[0]} …"
    stated: dict[str, str | None] = identity.described(headline=_headline(item, reading), byline=item.byline[:300])
    if item.published and not first:
        dates = _published(item, reading)
        stated |= {name: None if v is None else str(v) for name, v in dates.items() if name != "moment"}
    ledger.suggest(article, stated)


def _follow(works: list[Work], orders: Orders) -> None:
    """Do as ordered: into the story, and published if it has a source and nobody decided otherwise."""
    articles = [work.article for work in works if work.article]
    if orders.story:
        Story.objects.get(pk=orders.story.pk).take_in(articles)
    if orders.publish:
        ready = [a for a in articles if a.source_id and a.status == Article.Status.DRAFT and "status" not in a.decided]
        Article.objects.filter(pk__in=[article.pk for article in ready]).update(status=Article.Status.PUBLISHED)


def _outcomes(works: list[Work]) -> list[Outcome]:
    kept = Q(found=True) & ~Q(status=Quote.Status.REJECTED)
    quotes = Quote.objects.filter(kept, article=OuterRef("pk")).order_by().values("article")
    rows = Article.objects.filter(pk__in=[work.article.pk for work in works if work.article])
    number = Subquery(quotes.annotate(n=Count("pk")).values("n"))
    told = {pk: (count or 0, original) for pk, count, original in rows.values_list("pk", number, "copy_of__uid")}
    return [
        Outcome(work.item.name, work.outcome, work.article.uid, told[work.article.pk][0],
                note=_note(work.article, told[work.article.pk][1], past=work.past))
        for work in works
        if work.article
    ]  # fmt: skip


def _note(article: Article, original: str | None, *, past: bool) -> str:
    notes = []
    if past:
        notes.append("found before the current capture, which stays the current one")
    if original:
        notes.append(f"a copy of article {original}")
    if not article.language.startswith("en"):
        notes.append(f"stored, not read: its language is {article.language!r}")
    if article.source_id is None:
        notes.append("a draft without a source; an editor must say which")
    return "; ".join(notes)


def _context_of(article: Article, known: resolving.Known) -> Context:
    return Context(
        names=known.names,
        date=article.published_day,
        article_kind=article.kind,
        source=article.source.name if article.source else "",
        headline=article.headline,
        language=article.language or "en",
    )


def text_of(article: Article) -> tuple[str, Context]:
    """What there is to read again of an article that has a capture, and what the reader is told with it."""
    assert article.capture is not None
    return article.capture.text, _context_of(article, resolving.known_in(article.capture.text))


def read_again(article: Article, reader: Callable[[str, Context], m.Reading] = read) -> int:
    """Read an article's current capture again; returns how many quotes it has now. Decided fields stay as they are."""
    capture = article.capture
    if capture is None:
        return 0
    known = resolving.known_in(capture.text)
    reading = reader(capture.text, _context_of(article, known))
    found = storing.Read(reading, known, article, capture)
    with transaction.atomic():
        _hold_identities([found])
        locks.hold(f"article {article.url_key or article.text_sha256}")
        article.refresh_from_db()
        if article.capture_id != capture.pk:
            return read_again(article, reader)
        enrolled = storing.store([found])
        gate.refresh([article.pk], figures=False)
        pairing.suggest_pairs(person.pk for person in enrolled)
        utterances.follow([article.pk])
    return article.quotes.filter(found=True).count()


class Superseded(Exception):
    """There is a newer capture than the one that was corrected."""


def correct(article: Article, text: str, *, of: Capture, by: str, reason: str) -> Capture:
    """Keep a corrected text as the next capture of an article, with all that was found and decided carried over to it.

    What was found stays with the capture it was found in. Raises `Superseded` if ``of`` is not the current capture.
    """
    text = normalise_text(text)
    known = resolving.known_in(text)
    printed = of.passages.filter(kind="headline").first()
    # A headline that was taken from the text is taken from the corrected one; any other stays.
    from_text = printed is not None and " ".join(of.text[printed.start : printed.end].split()) == article.headline
    item = Item(
        name=f"corrected by {by}: {reason}"[:500],
        raw=text.encode(),
        media_type="text/plain",
        how=Capture.How.CORRECTION,
        text=text,
        encoding="utf-8",
        headline="" if from_text else article.suggestion.get("headline", article.headline),
    )
    found = storing.Read(read(text, _context_of(article, known)), known)
    with transaction.atomic():
        _hold_identities([found])
        locks.hold(f"article {article.url_key or article.text_sha256}")
        article.refresh_from_db()
        if article.capture_id != of.pk:
            raise Superseded(f"Capture {of.number} is no longer the current one of this article.")
        work = Work(item, None, article.source, article.language, found, article, "new capture")
        _make_captures([work])
        enrolled = storing.store([found])
        others = copies.look([article.pk]) - {article.pk}
        gate.refresh({article.pk} | others, figures=False)
        pairing.suggest_pairs(person.pk for person in enrolled)
        utterances.follow([article.pk], beside=others)
    assert article.capture is not None
    return article.capture
