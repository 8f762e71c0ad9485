"""What of the news and what was read in it goes into a snapshot, and what is made anew when one is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from articles import copies, gate, utterances
from articles.models import (
    Article,
    ArticleIndex,
    Attribution,
    Capture,
    Feed,
    FeedEntry,
    Job,
    Match,
    Mention,
    Notice,
    Passage,
    PastAnchor,
    Quote,
    QuoteIndex,
    Reading,
    Report,
    SearchText,
    Shingle,
    Sketch,
    Source,
    Story,
    Suspicion,
    Utterance,
    Visit,
)
from articles.utterances import noting
from corpus.models import Tombstone
from corpus.snapshots.tables import Row, Table
from people.models import Person
from people.names import matching_key

GATE = "the public gate makes it anew"


def _judged(row: Row) -> bool:
    return bool(row["decided"])


TABLES = [
    Table(
        model=Source, derived={"followed_to": "a key of one database; all follow when they come in"}, alike=(("slug",),)
    ),
    Table(model=Story, alike=(("slug",),)),
    Table(
        model=Feed,
        key=("url",),
        order=("url",),
        derived=dict.fromkeys(
            ["etag", "last_modified", "next_poll", "last_polled", "last_success", "failures", "last_error"],
            "how polling goes on one machine",
        ),
    ),
    Table(
        model=Article,
        derived=dict.fromkeys(["public", "quoted", "repeated", "checked", "waiting", "doubt", "reprint_of"], GATE),
        later=("capture", "copy_of"),
        alike=(("url_key",), ("source", "text_sha256")),
    ),
    Table(model=Suspicion, of="article", key=("article",), order=("original",)),
    Table(model=Notice, of="article", order=("at", "uid"), linked={"by": "by_name"}, joins=lambda row: True),
    Table(model=Capture, of="article", order=("number",)),
    Table(model=Reading, of="capture", key=("capture", "reader"), order=("reader",)),
    Table(model=Passage, of="capture", order=("start", "end", "uid"), joins=_judged),
    Table(model=Mention, of="capture", order=("start", "end"), alike=(("capture", "start", "end"),), joins=_judged),
    Table(
        model=Quote,
        of="article",
        derived={"public": GATE, "reprint": GATE, "speaker_is": GATE},
        later=("nested_in", "utterance"),
        joins=lambda row: not row["reader"],
    ),
    Table(
        model=Attribution,
        of="quote",
        key=("quote", "role", "position"),
        order=("role", "position"),
        derived={"shown": GATE, "reprint": GATE},
    ),
    Table(
        model=Report,
        of="article",
        order=("at", "uid"),
        derived={"email": "whom to ask back; known to one newsroom, while it asks"},
        joins=lambda row: True,
    ),
    Table(model=PastAnchor, of="quote", key=("quote", "capture"), order=("capture",)),
    Table(
        model=Utterance,
        derived=dict.fromkeys(["printed", "outlets", "words_changed", "conflict", "public"], "figures, made anew")
        | {"updated": "when the figures were last made"},
        needs=("fullest",),
        later=("merged_into",),
    ),
    Table(
        model=Match,
        either=("first", "second"),
        flipped={"relation": {"fragment": "whole", "whole": "fragment"}},
        alike=(("first", "second"),),
    ),
]
LEFT_OUT: dict[type[models.Model], str] = {
    SearchText: GATE,
    ArticleIndex: "the index of SearchText",
    QuoteIndex: "the index of quotes",
    Shingle: "made of the words of quotes",
    FeedEntry: "what one machine has fetched; what comes again is known by its address",
    Visit: "what servers said to one machine",
    Job: "what waits on one installation: it is done there",
    Sketch: "made of the words of articles",
}


def settle(articles: Sequence[int]) -> None:
    """Bring what is derived of these articles (keys) up to date, but for what several of them share."""
    copies.follow(articles)
    gate.refresh(articles, figures=False)
    noting.note(Quote.objects.filter(article__in=articles).values_list("pk", flat=True))


def conclude(articles: Sequence[int]) -> None:
    """The figures of the utterances in these articles, once the gate has looked at all of them."""
    utterances.refresh(utterances.of(Quote.objects.filter(article__in=articles)))


def touched(rows: Iterable[models.Model]) -> set[int]:
    """The articles (keys) whose gate looks at one of these rows."""
    found: set[int] = set()
    for row in rows:
        if isinstance(row, Article):
            found.add(row.pk)
        elif isinstance(row, Quote | Notice):
            found.add(row.article_id)
        elif isinstance(row, Passage | Mention):
            found.add(row.capture.article_id)
        elif isinstance(row, Source):
            found.update(Article.objects.filter(source=row).values_list("pk", flat=True))
        elif isinstance(row, Person):
            said = Attribution.objects.filter(person__canonical__in=[row.pk, row.canonical_id])
            found.update(said.values_list("quote__article", flat=True))
    return found


def barred(table: Table, records: Sequence[Row]) -> set[int]:
    """Which of these records are of something that was purged here: by uid, or by what would bring it back."""
    named = "uid" in table.key
    uids = {record["uid"] for record in records} if named else set()
    gone = set(Tombstone.objects.filter(thing=table.label, thing_uid__in=uids).values_list("thing_uid", flat=True))
    keys: dict[int, set[Any]] = {}
    if table.model is Person:
        keys = {at: {matching_key(record["name"])} for at, record in enumerate(records)}
    elif table.model is Article:
        barring = ("text_sha256", "url_key")
        keys = {at: {record.get(name) for name in barring} - {None, ""} for at, record in enumerate(records)}
    bars = Tombstone.bars(table.label, {key for some in keys.values() for key in some}) if keys else set()
    return {at for at, record in enumerate(records)
            if (named and record["uid"] in gone) or keys.get(at, set()) & bars}  # fmt: skip
