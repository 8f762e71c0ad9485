"""How fast quotes find their utterances, with how much memory, and how well: on printed forms of known sayings."""

from __future__ import annotations

import datetime as dt
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from rich.console import Console
from rich.progress import track

from articles import perturbed, utterances
from articles.comparing import judge
from articles.models import Article, Attribution, Capture, Quote, Shingle, Source, Utterance
from articles.models.article import moment
from articles.perturbed import Form
from people.models import Person

SAMPLE = Path(__file__).resolve().parents[1] / "sample"
#: Quotes of an article; articles that come in at once, and how often, after the many.
QUOTES, TOGETHER, TIMES = 8, 20, 20
OUTLETS = 40
FIRST_DAY = dt.date(2021, 1, 1)
#: What is expected of pairs that are not to be joined.
APART = {"perhaps", "nothing"}


def measure(number: int, pairs: Path | None, console: Console) -> Iterator[str]:
    """Group so many quotes from scratch, then some more as they come in; judge pairs; a line each as it is known."""
    if pairs:
        yield judged(perturbed.pairs(pairs))
    text = " ".join(path.read_text(errors="replace") for path in sorted(SAMPLE.glob("*/*.txt")))
    later = TIMES * TOGETHER * QUOTES
    stream = perturbed.forms(number + later, text)
    truth: dict[int, Form] = {}
    speakers, papers = people(), outlets()
    for some in track(_pieces(stream, number), "Making", -(-number // 8_000), console=console):
        truth |= store(some, speakers, papers)
    before = _memory()
    began, spent = time.perf_counter(), time.process_time()
    done = 0
    for ids in utterances.regroup():
        done += len(ids)
        if done % 20_000 < len(ids):
            console.print(f"{done:,} grouped, {done / (time.perf_counter() - began):,.0f} a second")
    took, spent = time.perf_counter() - began, time.process_time() - spent
    yield (
        f"{connection.vendor}: {number:,} quotes from scratch, {number / took:,.0f} a second ({took:.1f} s, of them "
        f"{spent:.1f} s here); memory {before:,} MB before, {_memory():,} MB at most"
    )
    times, spent_each, walls, count = [], [], [], 0
    for _ in range(TIMES):
        some = list(islice(stream, TOGETHER * QUOTES))
        fresh = store(some, speakers, papers)
        truth |= fresh
        articles = set(Quote.objects.filter(pk__in=fresh).values_list("article", flat=True))
        start, cpu = time.perf_counter(), time.process_time()
        utterances.follow(articles)
        walls.append(time.perf_counter() - start)
        times.append(walls[-1] / len(fresh))
        spent_each.append((time.process_time() - cpu) / len(fresh))
        count += len(fresh)
    yield (
        f"  {count:,} more as they come in, {TOGETHER * QUOTES} at a time: {count / sum(walls):,.0f} a second, "
        f"{1000 * sorted(times)[TIMES // 2]:.1f} ms a quote, {1000 * sorted(spent_each)[TIMES // 2]:.1f} of it here"
    )
    yield from _how_well(truth)
    yield f"  {Shingle.objects.count():,} shingles, {Shingle.objects.count() / Quote.objects.count():.1f} a quote"


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _pieces(stream: Iterator[Form], number: int) -> Iterator[list[Form]]:
    while number > 0 and (some := list(islice(stream, min(8_000, number)))):
        yield some
        number -= len(some)


def people() -> list[Person]:
    rows = Person.objects.filter(slug__startswith="speaker-").order_by("pk")
    Person.objects.bulk_create(
        Person(name=f"Speaker {at}", slug=f"speaker-{at}", kind="individual", status="curated")
        for at in range(perturbed.PEOPLE)
    )
    rows.update(canonical=F("pk"))
    return list(rows)


def outlets() -> list[Source]:
    made = [Source(name=f"Outlet {at}", slug=f"outlet-{at}", country="GB") for at in range(OUTLETS)]
    return Source.objects.bulk_create(made)


def store(some: Sequence[Form], people: Sequence[Person], outlets: Sequence[Source]) -> dict[int, Form]:
    """Keep printed forms, those of one saying in articles of their own; by the id of their quote."""
    # Forms of one saying go into articles of their own; they come one after another.
    days: dict[int, list[list[Form]]] = defaultdict(list)
    for form in some:
        pile = next((p for p in days[form.day][-12:] if len(p) < QUOTES and p[-1].said != form.said), None)
        if pile is None:
            days[form.day].append([form])
        else:
            pile.append(form)
    piles = [(day, pile) for day, piles in days.items() for pile in piles]
    articles, captures = [], []
    for at, (number, _) in enumerate(piles):
        day = FIRST_DAY + dt.timedelta(number)
        articles.append(
            Article(
                source=outlets[(at + number) % OUTLETS], headline=f"News {number}-{at}", language="en",
                status="published", published_day=day, published_precision="day", published_basis="stated",
                moment=moment(day),
            )
        )  # fmt: skip
    articles = Article.objects.bulk_create(articles, batch_size=2_000)
    texts = ["\n\n".join(form.words for form in pile) for _, pile in piles]
    for article, text in zip(articles, texts, strict=True):
        captures.append(
            Capture(
                article=article, number=1, how="file", origin="generated", media_type="text/plain", encoding="utf-8",
                raw=b"-", raw_sha256=f"{article.pk:064}", text=text, text_sha256=f"{article.pk:064}",
            )
        )  # fmt: skip
    captures = Capture.objects.bulk_create(captures, batch_size=2_000)
    only = Capture.objects.filter(article=OuterRef("pk")).order_by().values("pk")
    ids = [article.pk for article in articles]
    Article.objects.filter(pk__in=ids).update(capture=Subquery(only), public=True)
    quotes, said = [], []
    for article, capture, (_, pile) in zip(articles, captures, piles, strict=True):
        at = 0
        for form in pile:
            end = at + len(form.words)
            quotes.append(
                Quote(
                    article=article, capture=capture, start=at, end=end, spans=[[at, end]], marked=[[at, end]],
                    text=form.words, kind="direct", confidence=0.95, reader="1.0", moment=article.moment,
                )
            )  # fmt: skip
            said.append(form)
            at = end + 2
    quotes = Quote.objects.bulk_create(quotes, batch_size=2_000)
    Attribution.objects.bulk_create(
        (
            Attribution(
                quote=quote, printed=people[form.speaker].name, name=people[form.speaker].name, kind="individual",
                person=people[form.speaker], confidence=0.95, moment=quote.moment,
            )
            for quote, form in zip(quotes, said, strict=True)
        ),
        batch_size=2_000,
    )  # fmt: skip
    Quote.objects.filter(article__in=ids).update(public=True)
    Attribution.objects.filter(quote__article__in=ids).update(shown=True)
    return {quote.pk: form for quote, form in zip(quotes, said, strict=True)}


def judged(pairs: Sequence[perturbed.Pair]) -> str:
    """How many pairs of one utterance are found, how many others are taken for one, and what is left to people."""
    verdicts = [(pair.expected, judge(pair.one.said(1), pair.other.said(2))) for pair in pairs]
    sure = [expected for expected, verdict in verdicts if verdict and verdict.certain]
    same = [expected for expected, _ in verdicts if expected not in APART]
    false = sum(expected in APART for expected in sure)
    asked = sum(verdict is not None and not verdict.certain for _, verdict in verdicts)
    return (
        f"{len(pairs)} written pairs: of {len(same)} that are one utterance {len(sure) - false} are found, of "
        f"{len(pairs) - len(same)} others {false} are taken for one; {asked} are left to people"
    )


def _how_well(truth: dict[int, Form]) -> Iterator[str]:
    """Recall of the forms of one saying by how they differ from the full one, and utterances of several sayings."""
    utterance = dict(Quote.objects.filter(utterance__isnull=False).values_list("pk", "utterance"))
    full = {form.said: utterance.get(pk) for pk, form in truth.items() if form.way == "full"}
    found: Counter[str] = Counter()
    made: Counter[str] = Counter()
    sayings: dict[int, set[int]] = defaultdict(set)
    for pk, form in truth.items():
        if (own := utterance.get(pk)) is not None:
            sayings[own].add(form.said)
        if form.way != "full" and form.said in full:
            made[form.way] += 1
            found[form.way] += own is not None and own == full[form.said]
    for way in perturbed.WAYS:
        if made[way]:
            yield f"  {way:18} {100 * found[way] / made[way]:6.2f} % of {made[way]:,} found"
    mixed = sum(len(several) > 1 for several in sayings.values())
    total = sum(made.values())
    yield f"  {'all':18} {100 * sum(found.values()) / max(1, total):6.2f} % of {total:,} found"
    yield f"  {mixed:,} of {Utterance.objects.filter(public=True).count():,} utterances have several sayings in them"
