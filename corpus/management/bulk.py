"""A corpus of any size in minutes: rows as ingest would leave them, written past the models, with bulk SQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from articles import generated
from articles.models import Article, Attribution, Capture, Quote, SearchText, Source, search
from articles.models.article import moment
from corpus.chunks import chunks
from corpus.models import UID_ALPHABET, UID_LENGTH, Change
from people.models import Person

#: Quotes an article, outlets, and people.
EACH = 10
SOURCES = 50
PEOPLE = 5_000
#: Quotes a transaction.
BATCH = 20_000
#: Different things to say; every quote is two of them.
CLAUSES = 20_000
FIRST_DAY = dt.date(2015, 1, 1)
DAYS = 3_650


class Rows:
    """A table that takes rows by the values of some of its columns; the others have their defaults."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.model = model
        self.json = [place for place, name in enumerate(names) if isinstance(fields[name], models.JSONField)]
        rest = {name: field for name, field in fields.items() if name not in names}
        self.constants = [_default(field) for field in rest.values()]
        self.columns = [fields[name].column for name in names] + [field.column for field in rest.values()]

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Insert the rows: by COPY on PostgreSQL, else by one prepared statement."""
        full = (self._row(row) for row in rows)
        table, columns = f'"{self.model._meta.db_table}"', ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in full:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(full))

    def _row(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place in self.json:
            values[place] = json.dumps(values[place])
        return values + self.constants

    @property
    def next_key(self) -> int:
        """The first key that is free."""
        return int(self.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def _default(field: models.Field) -> Any:
    """What a column holds when nothing is said, as both databases take it."""
    value = timezone.now() if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) else None
    value = field.get_default() if value is None else value
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if isinstance(field, models.DateTimeField) and value is not None:
        return connection.ops.adapt_datetimefield_value(value)
    return value


def uids(rng: random.Random) -> Iterator[str]:
    while True:
        yield "".join(rng.choices(UID_ALPHABET, k=UID_LENGTH))


def fill(number: int, console: Console) -> None:
    """So many public quotes more: articles of ten by fifty outlets over ten years, 5,000 people, a few very loud.

    The search indexes and the feed of changes are made once, from the rows, at the end.
    """
    rng = random.Random(number)
    sources, people = made_sources(), made_people()
    # As in any corpus, few speak often: the first of n people says about 1 in ln(n) of all.
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(people))))
    said = [generated.clause(rng) for _ in range(CLAUSES)]
    search.uninstall()
    start = Article.objects.count()
    total = -(-number // EACH)
    for first in track(range(start, start + total, BATCH // EACH), "Making quotes", console=console):
        numbers = range(first, min(first + BATCH // EACH, start + total))
        with transaction.atomic():
            write(rng, numbers, sources, people, weights, said)
    with connection.cursor() as cursor:
        made: list[type[models.Model]] = [Article, Capture, Quote, Attribution]
        for statement in connection.ops.sequence_reset_sql(no_style(), made):
            cursor.execute(statement)
    with console.status("Making indexes"):
        # Empty, the feed is told of everything there is.
        Change.objects.all().delete()
        search.install()


def made_sources() -> list[int]:
    if not Source.objects.exists():
        Source.objects.bulk_create(
            Source(name=f"Gazette {n}", slug=f"gazette-{n}", country=("GB", "IE", "FR")[n % 3]) for n in range(SOURCES)
        )
    return list(Source.objects.order_by("pk").values_list("pk", flat=True))


def made_people() -> list[tuple[int, str]]:
    if not Person.objects.exists():
        for some in chunks(generated.names(PEOPLE), 1_000):
            Person.objects.enrol_all([Person(name=name, public=True) for name in some])
    return list(Person.objects.order_by("pk").values_list("pk", "name"))


def write(
    rng: random.Random,
    numbers: range,
    sources: Sequence[int],
    people: Sequence[tuple[int, str]],
    weights: Sequence[float],
    said: Sequence[str],
) -> None:
    """Articles with their captures, quotes and attributions; a statement a kind of row."""
    articles = Rows(
        Article, "id", "uid", "source_id", "url", "url_key", "headline", "language", "status", "published_day",
        "published_time", "published_precision", "published_basis", "moment", "text_sha256", "words", "public",
    )  # fmt: skip
    captures = Rows(
        Capture, "id", "uid", "article_id", "number", "how", "media_type", "raw", "raw_sha256", "text", "text_sha256"
    )
    quotes = Rows(
        Quote, "id", "uid", "article_id", "capture_id", "start", "end", "spans", "marked", "text", "prefix", "suffix",
        "kind", "confidence", "status", "reader", "moment", "public",
    )  # fmt: skip
    given = Rows(Attribution, "id", "quote_id", "printed", "name", "confidence", "moment", "person_id", "shown", "kind")
    uid = uids(rng)
    article, capture, quote, attribution = (rows.next_key for rows in (articles, captures, quotes, given))
    made: tuple[list[Any], ...] = ([], [], [], [], [])
    for number in numbers:
        day = FIRST_DAY + dt.timedelta(days=rng.randrange(DAYS))
        clock = dt.time(rng.randrange(24), rng.randrange(60))
        at = moment(day, clock)
        headline = f"Article {number}"
        parts, length, spans = [headline], len(headline) + 2, []
        speakers = rng.choices(people, cum_weights=weights, k=EACH)
        for _, name in speakers:
            words = clause(rng, said)
            opening = f"{name} said: “"
            start = length + len(opening)
            spans.append((start, start + len(words)))
            parts.append(f"{opening}{words}”")
            length += len(parts[-1]) + 2
        text = "\n\n".join(parts)
        raw = text.encode()
        sha = hashlib.sha256(raw).hexdigest()
        made[0].append((
            article, next(uid), rng.choice(sources), f"https://generated.example/{number}",
            f"generated.example/{number}", headline, "en", "published", day.isoformat(), clock.isoformat(), "minute",
            "stated", at, sha, len(text.split()), True,
        ))  # fmt: skip
        made[1].append((capture, next(uid), article, 1, "jsonl", "text/plain", raw, sha, text, sha))
        made[2].append((article, text))
        for (person, name), (start, end) in zip(speakers, spans, strict=True):
            made[3].append((
                quote, next(uid), article, capture, start, end, [[start, end]], [[start, end]], text[start:end],
                text[max(0, start - 32) : start], text[end : end + 32], rng.choice(KINDS),
                round(rng.uniform(0.85, 1), 3), rng.choice(STATUSES), "1.0", at, True,
            ))  # fmt: skip
            dice = rng.random()
            known, nobody = dice < 0.9, dice > 0.999
            printed = "" if nobody else name
            made[4].append((
                attribution, quote, printed, printed, 0.95, at, person if known else None, known,
                "unnamed" if nobody else "individual",
            ))  # fmt: skip
            quote, attribution = quote + 1, attribution + 1
        article, capture = article + 1, capture + 1
    articles.write(made[0])
    captures.write(made[1])
    first, last = made[0][0][0], made[0][-1][0]
    only = Capture.objects.filter(article=models.OuterRef("pk")).values("pk")
    Article.objects.filter(pk__range=(first, last)).update(capture=models.Subquery(only))
    Rows(SearchText, "article_id", "open").write(made[2])
    quotes.write(made[3])
    given.write(made[4])


KINDS = ("direct", "direct", "mixed", "indirect")
STATUSES = ("suggested", "suggested", "accepted")


def clause(rng: random.Random, said: Sequence[str]) -> str:
    words = f"{rng.choice(said)}, and {rng.choice(said)}"
    return f"{words}, quartz" if rng.random() < 0.0001 else words
