"""A corpus of any size in minutes: rows as ingest would leave them, written past the models, with bulk SQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from articles import doubt, gate, generated, utterances
from articles.models import (
    Article,
    Attribution,
    Capture,
    Mention,
    Passage,
    Quote,
    SearchText,
    Source,
    Story,
    Utterance,
    search,
)
from articles.models.article import moment
from corpus.checking import batches
from corpus.chunks import chunks
from corpus.models import UID_ALPHABET, UID_LENGTH, Change
from corpus.statements import load
from people.models import Person, Role

#: Quotes an article, outlets, people, and stories.
EACH = 5
SOURCES = 50
PEOPLE = 5_000
STORIES = 500
#: The last of so many articles is a live blog, with so many quotes more; as many articles before it have one fewer.
ROUND, LIVE = 1_000, 60
#: Quotes a transaction.
BATCH = 20_000
#: Different things to say; every quote is two of them.
CLAUSES = 20_000
#: How often an article is of a story, and words were printed before.
OF_STORY, AGAIN = 0.05, 0.1
FIRST_DAY = dt.date(2015, 1, 1)
DAYS = 3_650
KINDS = ("direct", "direct", "mixed", "indirect")
STATUSES = ("suggested", "suggested", "accepted")

Row = dict[str, Any]


class Rows:
    """New rows of a table, said by some columns, in all rows the same; the others have their defaults."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.fields = {field.attname: field for field in model._meta.concrete_fields}
        last = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self.keys = itertools.count(int(last) + 1) if "id" in self.fields else None
        self.rows: list[Row] = []

    def add(self, **values: Any) -> Row:
        """One more row, with a key where the table gives them; it may be changed until `write`."""
        row = {"id": next(self.keys), **values} if self.keys else values
        self.rows.append(row)
        return row

    def write(self) -> None:
        """Insert the rows."""
        if not self.rows:
            return
        given = [self.fields[name] for name in self.rows[0]]
        rest = [field for field in self.fields.values() if field not in given]
        json_at = [place for place, field in enumerate(given) if isinstance(field, models.JSONField)]
        constants = [_default(field) for field in rest]
        full = []
        for row in self.rows:
            values = list(row.values())
            for place in json_at:
                values[place] = json.dumps(values[place])
            full.append(values + constants)
        load([*given, *rest], full)
        self.rows = []


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


def falling(number: int) -> list[float]:
    """Weights, added up: as in any corpus the first of n is met about once in ln(n) times, most hardly ever."""
    return list(itertools.accumulate(1 / (rank + 1) for rank in range(number)))


def fill(number: int, console: Console) -> None:
    """So many public quotes more: articles of five by fifty outlets over ten years, 5,000 people, a few very loud.

    Every tenth quote was printed before; there are stories and live blogs. The search indexes and the feed of changes
    are made once, from the rows, at the end.
    """
    press = Press(random.Random(number))
    search.uninstall()
    start = Article.objects.count()
    total = -(-number // EACH)
    for first in track(range(start, start + total, BATCH // EACH), "Making quotes", console=console):
        for place in range(first, min(first + BATCH // EACH, start + total)):
            press.article(place)
        with transaction.atomic():
            press.write()
    with connection.cursor() as cursor:
        made = [rows.model for rows in press.tables if rows.keys]
        for statement in connection.ops.sequence_reset_sql(no_style(), made):
            cursor.execute(statement)
    with console.status("Making indexes"):
        # Empty, the feed is told of everything there is.
        Change.objects.all().delete()
        search.install()
    with console.status("Counting"):
        gate.refresh_people(Person.objects.values_list("pk", flat=True))
        for model, refresh in ((Article, doubt.refresh), (Utterance, utterances.refresh)):
            for keys in batches(model._base_manager.all(), BATCH // EACH):
                refresh(keys)


def made_sources() -> list[int]:
    if not Source.objects.exists():
        Source.objects.bulk_create(
            Source(name=f"Gazette {n}", slug=f"gazette-{n}", country=("GB", "IE", "FR")[n % 3]) for n in range(SOURCES)
        )
    return list(Source.objects.order_by("pk").values_list("pk", flat=True))


def made_stories() -> list[int]:
    if not Story.objects.exists():
        Story.objects.bulk_create(Story(name=f"Story {n}", slug=f"story-{n}") for n in range(STORIES))
    return list(Story.objects.order_by("pk").values_list("pk", flat=True))


def made_people() -> list[tuple[int, str]]:
    """Their ids and names; every third one holds an office."""
    if not Person.objects.exists():
        for some in chunks(generated.names(PEOPLE), 1_000):
            made = Person.objects.enrol_all([Person(name=name, public=True) for name in some])
            Role.objects.bulk_create(Role(person=one, title="leader of the council") for one in made[::3])
    return list(Person.objects.order_by("pk").values_list("pk", "name"))


class Press:
    """Articles with all that belongs to them, made one by one and written together."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.uid = rng, uids(rng)
        self.sources, self.stories, self.people = made_sources(), made_stories(), made_people()
        self.weights_of_stories, self.weights_of_people = falling(len(self.stories)), falling(len(self.people))
        self.clauses = [generated.clause(rng) for _ in range(CLAUSES)]
        self.articles, self.captures, self.texts, self.passages = map(Rows, (Article, Capture, SearchText, Passage))
        self.quotes, self.attributions, self.mentions = map(Rows, (Quote, Attribution, Mention))
        self.utterances, self.members = Rows(Utterance), Rows(Story.articles.through)
        self.tables = (
            self.articles, self.captures, self.texts, self.passages, self.quotes, self.attributions, self.mentions,
            self.utterances, self.members,
        )  # fmt: skip
        #: What was said since the last `write`, and may be printed again.
        self.said: list[Said] = []

    def write(self) -> None:
        for rows in self.tables:
            rows.write()
        self.said = []

    def article(self, number: int) -> None:
        """One article more; articles are numbered from 0."""
        rng, place = self.rng, number % ROUND
        live, fewer = place == ROUND - 1, ROUND - 1 - LIVE <= place < ROUND - 1
        day = FIRST_DAY + dt.timedelta(days=rng.randrange(DAYS))
        clock = dt.time(rng.randrange(24), rng.randrange(60))
        headline, source = f"Article {number}", rng.choice(self.sources)
        # They point at one another: what is known at the end is filled in then.
        capture = self.captures.add(
            uid=next(self.uid), article_id=0, number=1, how="jsonl", media_type="text/plain", raw=b"", raw_sha256="",
            text="", text_sha256="",
        )  # fmt: skip
        article = self.articles.add(
            uid=next(self.uid), source_id=source, url=f"https://generated.example/{number}",
            url_key=f"generated.example/{number}", headline=headline, language="en",
            kind="live blog" if live else "report", status="published", published_day=day.isoformat(),
            published_time=clock.isoformat(), published_precision="minute", published_basis="stated",
            moment=moment(day, clock), text_sha256="", words=0, quoted=0, checked=0, public=True,
            capture_id=capture["id"],
        )  # fmt: skip
        self.passages.add(
            uid=next(self.uid), capture_id=capture["id"], start=0, end=len(headline), kind="headline", day=None,
            time=None, basis="",
        )  # fmt: skip
        text, first = headline, len(self.quotes.rows)
        for _ in range(EACH + LIVE * live - fewer):
            text = self.quote(f"{text}\n\n", article, day if live else None)
        for row in self.quotes.rows[first:]:
            row["suffix"] = text[row["end"] : row["end"] + 32]
        raw = text.encode()
        sha = hashlib.sha256(raw).hexdigest()
        capture |= {"article_id": article["id"], "raw": raw, "raw_sha256": sha, "text": text, "text_sha256": sha}
        article |= {"text_sha256": sha, "words": len(text.split())}
        self.texts.add(article_id=article["id"], open=f"{headline}\n\n{text}")
        if rng.random() < OF_STORY:
            [story] = rng.choices(self.stories, cum_weights=self.weights_of_stories)
            self.members.add(story_id=story, article_id=article["id"])

    def quote(self, text: str, article: Row, day: dt.date | None) -> str:
        """The text with one quote more, of a live blog an entry of that day."""
        rng, capture, source = self.rng, article["capture_id"], article["source_id"]
        before = rng.choice(self.said) if self.said and rng.random() < AGAIN else None
        if before:
            (person, name), words = before.speaker, before.again(rng)
        else:
            [(person, name)] = rng.choices(self.people, cum_weights=self.weights_of_people)
            words = self.words()
        named = len(text), len(text) + len(name)
        start = named[1] + len(" said: “")
        end = start + len(words)
        whole = f"{text}{name} said: “{words}”"
        entry = day and self.passages.add(
            uid=next(self.uid), capture_id=capture, start=named[0], end=len(whole), kind="entry", day=day.isoformat(),
            time=article["published_time"], basis="stated",
        )  # fmt: skip
        row = self.quotes.add(
            uid=next(self.uid), article_id=article["id"], capture_id=capture, entry_id=entry and entry["id"],
            start=start, end=end, spans=[[start, end]], marked=[[start, end]], text=words,
            prefix=whole[max(0, start - 32) : start], suffix="", kind=rng.choice(KINDS),
            confidence=round(rng.uniform(0.85, 1), 3), status=rng.choice(STATUSES), reader="1.0",
            moment=article["moment"], public=True, utterance_id=None, relation="", speaker_is="named",
        )  # fmt: skip
        article["quoted"] += 1
        article["checked"] += row["status"] == "accepted"
        if before:
            self.join(before, row, source)
        else:
            self.said.append(Said(row, (person, name), {source}))
        dice = rng.random()
        known, nobody = dice < 0.9, dice > 0.999
        printed = "" if nobody else name
        if not known:
            row["speaker_is"] = "unnamed" if nobody else "unresolved"
        self.attributions.add(
            quote_id=row["id"], printed=printed, name=printed, confidence=0.95, moment=article["moment"],
            person_id=person if known else None, shown=known, kind="unnamed" if nobody else "individual",
            start=None if nobody else named[0], end=None if nobody else named[1],
        )  # fmt: skip
        self.mentions.add(
            uid=next(self.uid), capture_id=capture, start=named[0], end=named[1], printed=name,
            person_id=person if known else None,
        )  # fmt: skip
        return whole

    def words(self) -> str:
        words = f"{self.rng.choice(self.clauses)}, and {self.rng.choice(self.clauses)}"
        return f"{words}, quartz" if self.rng.random() < 0.0001 else words

    def join(self, said: Said, again: Row, source: int) -> None:
        """Let a quote report what another does."""
        first = said.quote
        if said.utterance is None:
            said.utterance = self.utterances.add(
                uid=next(self.uid), fullest_id=first["id"], moment=first["moment"], printed=1, outlets=1,
                words_changed=0, public=True,
            )  # fmt: skip
            first |= {"utterance_id": said.utterance["id"], "relation": "fullest"}
        said.outlets.add(source)
        cut = 4 * len(again["text"]) < 3 * len(first["text"])
        again |= {"utterance_id": said.utterance["id"], "relation": "fragment" if cut else "variant"}
        said.utterance["moment"] = min(said.utterance["moment"], again["moment"])
        said.utterance["printed"] += 1
        said.utterance["outlets"] = len(said.outlets)
        if not cut and again["text"] != first["text"]:
            said.utterance["words_changed"] = 1


@dataclass
class Said:
    """Words in the form in which they were printed first, who says them, and which outlets have them."""

    quote: Row
    speaker: tuple[int, str]
    outlets: set[int]
    utterance: Row | None = None

    def again(self, rng: random.Random) -> str:
        """The words as they are printed later: the same, cut, or ending otherwise."""
        words: str = self.quote["text"]
        return rng.choice([words, words.partition(", and ")[0], f"{words.rpartition(' ')[0]} so"])
