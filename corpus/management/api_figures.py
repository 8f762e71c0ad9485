"""What the API costs on a database of generated quotes: made in bulk, as ingest would leave them, and then asked."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import os
import random
import resource
import time

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rich.console import Console
from rich.progress import track

from articles import generated
from articles.models import Article, Attribution, Capture, Quote, Source
from articles.models.article import moment
from corpus import paging
from corpus.chunks import chunks
from people.models import Person

#: Quotes an article has.
EACH = 10
SOURCES = 50
PEOPLE = 5_000
BATCH = 2_000
FIRST_DAY = dt.date(2015, 1, 1)
DAYS = 3_650
#: A page so far down, of 25 rows each.
DEEP = 10_000


def measure(quotes: int, requests: int, console: Console) -> str:
    """Fill the database to so many public quotes, ask it everything so often, and say how long it took."""
    if Article.objects.exclude(url__startswith="https://generated.example/").exists():
        raise CommandError(
            "This database holds articles that were not generated; name an empty one in DATABASE_URL, for instance "
            "sqlite:////tmp/benchmark.sqlite3, and run `manage.py migrate` on it first."
        )
    missing = quotes - Quote.objects.count()
    if missing > 0:
        began = time.perf_counter()
        fill(missing, console)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        console.print(f"Made {missing:,} quotes in {time.perf_counter() - began:.0f} s.")
    lines = [f"{connection.vendor}, {Quote.objects.public().count():,} public quotes, {os.cpu_count()} cores"]
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0].lstrip("."))
    lines.append(f"{'':34}{'median':>9}{'p99':>9}{'CPU':>9}{'queries':>9}{'bytes':>10}")
    for name, path in track(list(cases().items()), "Asking", console=console):
        lines.append(f"{name:34}{asked(client, path, requests)}")
    lines.append(streamed(client, "csv"))
    lines.append(streamed(client, "jsonl"))
    return "\n".join(lines)


def cases() -> dict[str, str]:
    """What is asked, by what it shows."""
    loudest, quiet = (Person.objects.order_by("pk")[place].slug for place in (0, PEOPLE * 3 // 4))
    source = Source.objects.order_by("pk")[0].slug
    row = Quote.objects.public().order_by("-moment", "-id")[min(DEEP * 25, Quote.objects.count() * 9 // 10)]
    cursor = paging.Cursor("-moment", False, row.moment, row.pk).token
    quote, article = row.uid, row.article.uid
    return {
        "first page of 25": "quotes/",
        "page 10,000": f"quotes/?cursor={cursor}",
        "first page of 1,000": "quotes/?page_size=1000",
        "25 rows, three fields": "quotes/?fields=uid,text,article.uid",
        "loudest speaker": f"quotes/?speaker={loudest}",
        "loudest speaker and year": f"quotes/?speaker={loudest}&from=2019&to=2019",
        "rare speaker and year": f"quotes/?speaker={quiet}&from=2019&to=2019",
        "all but the loudest": f"quotes/?speaker!={loudest}",
        "outlet, year and kind": f"quotes/?source={source}&from=2019&to=2019&kind=direct",
        "unnamed speakers": "quotes/?speaker_is=unnamed",
        "a common word": "quotes/?q=bridge",
        "a phrase and a word": 'quotes/?q="no+plan"+ferry',
        "a rare word": "quotes/?q=quartz",
        "a word, best first": "quotes/?q=bridge&sort=relevance",
        "number of quotes": "quotes/?count=1",
        "group_by=speaker": "quotes/?group_by=speaker",
        "group_by=speaker in a year": "quotes/?group_by=speaker&from=2019&to=2019",
        "group_by=source": "quotes/?group_by=source",
        "group_by=month": "quotes/?group_by=month",
        "one quote": f"quotes/{quote}/",
        "one article": f"articles/{article}/",
        "articles, first page": "articles/",
        "people, first page": "people/",
    }


def asked(client: Client, path: str, times: int) -> str:
    """Milliseconds (median, 99th percentile, median of this process's own), queries, bytes; the slow, fewer times."""
    took: list[tuple[float, float]] = []
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/api/v1/{path}")
        content = response.getvalue()
    number = len(queries)
    if response.status_code != 200:
        raise CommandError(f"{path} answered {response.status_code}: {content.decode()[:300]}")
    until = time.perf_counter() + 20
    while len(took) < times and (len(took) < 5 or time.perf_counter() < until):
        began, cpu = time.perf_counter(), time.process_time()
        client.get(f"/api/v1/{path}").getvalue()
        took.append((time.perf_counter() - began, time.process_time() - cpu))
    wall, here = (sorted(one * 1_000 for one in some) for some in zip(*took, strict=True))
    last = wall[min(len(wall) - 1, int(len(wall) * 0.99))]
    return f"{wall[len(wall) // 2]:9.1f}{last:9.1f}{here[len(here) // 2]:9.1f}{number:9}{len(content):10,}"


def streamed(client: Client, form: str) -> str:
    """Rows a second of the whole list, and how much the process grew meanwhile."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    response = client.get(f"/api/v1/quotes/?format={form}")
    assert response.streaming
    size = pieces = 0
    for piece in response:
        size, pieces = size + len(piece), pieces + 1
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    rows = Quote.objects.public().count()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (
        f"{form}: {rows:,} rows, {size / 1e6:,.0f} MB in {took:.1f} s ({cpu:.1f} s of them here): "
        f"{rows / took:,.0f} rows/s; peak memory {before // 1024} MB before, {after // 1024} MB after"
    )


# Making them


def fill(number: int, console: Console) -> None:
    """So many public quotes more: articles of ten by fifty outlets over ten years, 5,000 people, a few very loud."""
    rng = random.Random(number)
    sources = made_sources()
    people = made_people()
    # As in any corpus, few speak often: the first of n people says about 1 in ln(n) of all.
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(people))))
    start = Article.objects.count()
    total = -(-number // EACH)
    for first in track(range(start, start + total, BATCH // EACH), "Making quotes", console=console):
        last = min(first + BATCH // EACH, start + total)
        with transaction.atomic():
            made_articles(rng, range(first, last), sources, people, weights)


def made_sources() -> list[Source]:
    if not Source.objects.exists():
        Source.objects.bulk_create(
            Source(name=f"Gazette {n}", slug=f"gazette-{n}", country=("GB", "IE", "FR")[n % 3]) for n in range(SOURCES)
        )
    return list(Source.objects.order_by("pk"))


def made_people() -> list[Person]:
    if not Person.objects.exists():
        for some in chunks(generated.names(PEOPLE), BATCH):
            Person.objects.enrol_all([Person(name=name, public=True) for name in some])
    return list(Person.objects.order_by("pk"))


def made_articles(
    rng: random.Random, numbers: range, sources: list[Source], people: list[Person], weights: list[float]
) -> None:
    """Articles with their captures, quotes and attributions; a statement a kind of row."""
    articles, captures, quotes, given = [], [], [], []
    for number in numbers:
        day = FIRST_DAY + dt.timedelta(days=rng.randrange(DAYS))
        clock = dt.time(rng.randrange(24), rng.randrange(60))
        parts, spans = [f"Article {number}"], []
        at = len(parts[0]) + 2
        speakers = rng.choices(people, cum_weights=weights, k=EACH)
        for person in speakers:
            words = clause(rng)
            opening = f"{person.name} said: “"
            spans.append((at + len(opening), at + len(opening) + len(words)))
            parts.append(f"{opening}{words}”")
            at += len(parts[-1]) + 2
        text = "\n\n".join(parts)
        sha = hashlib.sha256(text.encode()).hexdigest()
        article = Article(
            source=rng.choice(sources), url=f"https://generated.example/{number}",
            url_key=f"generated.example/{number}",
            headline=parts[0], language="en", status="published", published_day=day, published_time=clock,
            published_precision="minute", published_basis="stated", moment=moment(day, clock), text_sha256=sha,
            words=len(text.split()), public=True,
        )  # fmt: skip
        capture = Capture(
            article=article, number=1, how="jsonl", media_type="text/plain", raw=text.encode(), raw_sha256=sha,
            text=text, text_sha256=sha,
        )  # fmt: skip
        articles.append(article)
        captures.append(capture)
        for person, (start, end) in zip(speakers, spans, strict=True):
            quote = Quote(
                article=article, capture=capture, start=start, end=end, spans=[[start, end]], marked=[[start, end]],
                text=text[start:end], prefix=text[max(0, start - 32) : start], suffix=text[end : end + 32],
                kind=rng.choice(("direct", "direct", "mixed", "indirect")), confidence=round(rng.uniform(0.85, 1), 3),
                status=rng.choice(("suggested", "suggested", "accepted")), reader="1.0", moment=article.moment,
                public=True,
            )  # fmt: skip
            quotes.append(quote)
            dice = rng.random()
            attribution = Attribution(
                quote=quote, printed=person.name, name=person.name, confidence=0.95, moment=quote.moment
            )
            if dice < 0.9:
                attribution.person, attribution.shown = person, True
            elif dice > 0.999:
                attribution.kind, attribution.printed, attribution.name = "unnamed", "", ""
            given.append(attribution)
    Article.objects.bulk_create(articles)
    Capture.objects.bulk_create(captures)
    only = Capture.objects.filter(article=OuterRef("pk")).values("pk")
    Article.objects.filter(pk__in=[article.pk for article in articles]).update(capture=Subquery(only))
    Quote.objects.bulk_create(quotes)
    Attribution.objects.bulk_create(given)


def clause(rng: random.Random) -> str:
    words = f"{generated.clause(rng)}, and {generated.clause(rng)}"
    return f"{words}, quartz" if rng.random() < 0.0001 else words
