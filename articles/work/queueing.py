"""Leaving work to `manage.py work`, and saying how much of it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any, TypedDict

from django.contrib.auth.models import User
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from articles.intake import Failure, Item, normalise_text, normalise_url
from articles.intake.item import as_json, from_json
from articles.models import Article, FeedEntry, Job
from articles.pipeline import Orders, Outcome, Place
from articles.reading import VERSION
from corpus.chunks import chunks
from corpus.models import Tombstone

#: Rows a statement: items have their bytes with them.
AT_ONCE = 50
#: How long it is said what became of a job.
KEPT = dt.timedelta(days=30)


class Figures(TypedDict):
    """Of one kind of work: how much waits and was given up, and for how many seconds the oldest has waited."""

    waiting: int
    failed: int
    oldest: float


def queue(items: Iterable[Item | Failure], orders: Orders, by: User | None = None) -> Iterator[Outcome]:
    """Leave items to be taken in later; says of each that it is queued, or why it cannot be, some at a time."""
    for some in chunks(items, AT_ONCE):
        marks = [set() if isinstance(item, Failure) else {item.text_sha256, key_of(item.url)} - {""} for item in some]
        barred = Tombstone.bars("articles.article", set().union(*marks))
        jobs, outcomes = [], []
        for item, own in zip(some, marks, strict=True):
            if isinstance(item, Failure):
                outcomes.append(Outcome(item.name, "failed", error=item.error))
            elif own & barred:
                outcomes.append(Outcome(item.name, "failed", error=_purged(item.name)))
            else:
                item = replace(item, name=normalise_text(item.name))  # a file may be called anything
                outcomes.append(Outcome(item.name, "queued"))
                jobs.append(_job(Job.Kind.ITEM, item.name, item.url, orders, by, item))
        Job.objects.bulk_create(jobs)
        yield from outcomes


def queue_places(places: Iterable[Place], orders: Orders, by: User | None = None) -> Iterator[Outcome]:
    """Leave addresses to be fetched and taken in later; of a place only its address and ``said`` are kept."""
    for some in chunks(places, AT_ONCE):
        keys = [key_of(place.url) for place in some]
        barred = Tombstone.bars("articles.article", set(keys))
        jobs = [
            _job(Job.Kind.ADDRESS, place.url, place.url, place.orders or orders, by, said=as_json(place.said))
            for place, key in zip(some, keys, strict=True)
            if key not in barred
        ]
        Job.objects.bulk_create(jobs)
        for place, key in zip(some, keys, strict=True):
            gone = key in barred
            yield Outcome(place.url, "failed" if gone else "queued", error=_purged(place.url) if gone else "")


def read_again_later(articles: QuerySet[Article], by: User | None = None, *, older: bool = True) -> int:
    """Leave articles to be read again, only those that this version of the reader has not read unless told otherwise.

    Returns how many wait now that did not. One that waits already, or is being read, waits once.
    """
    articles = articles.exclude(capture=None)
    if older:
        articles = articles.exclude(capture__readings__reader=VERSION)
    before = Job.objects.filter(kind=Job.Kind.READING, state=Job.State.WAITING).count()
    for some in chunks(articles.order_by("pk").values_list("pk", flat=True).iterator()):
        Job.objects.filter(kind=Job.Kind.READING, state=Job.State.FAILED, article__in=some).delete()
        jobs = [Job(kind=Job.Kind.READING, article_id=pk, by=by) for pk in some]
        Job.objects.bulk_create(jobs, ignore_conflicts=True)
    return Job.objects.filter(kind=Job.Kind.READING, state=Job.State.WAITING).count() - before


def try_again(jobs: QuerySet[Job]) -> int:
    """Let what was given up, or waits for a later time, be tried now; returns how much of it there is."""
    return jobs.exclude(state=Job.State.DONE).update(
        state=Job.State.WAITING, attempts=0, next_try=timezone.now(), error=""
    )


def forget() -> int:
    """Drop what was done long ago; returns how much of it there was."""
    return Job.objects.filter(state=Job.State.DONE, queued__lt=timezone.now() - KEPT).delete()[0]


def waiting() -> dict[str, Figures]:
    """Figures of every kind of work: item, address, reading, and entry (of a feed); two queries."""
    figures = {kind: Figures(waiting=0, failed=0, oldest=0.0) for kind in (*Job.Kind.values, "entry")}
    states = (Job.State.WAITING, Job.State.FAILED)
    jobs = Job.objects.filter(state__in=states).order_by().values_list("kind", "state")
    entries = FeedEntry.objects.filter(state__in=states).order_by().values_list("state")
    rows: list[Any] = list(jobs.annotate(Count("pk"), Min("queued")))
    rows += [("entry", *row) for row in entries.annotate(Count("pk"), Min("seen"))]
    for kind, state, number, since in rows:
        if state == Job.State.WAITING:
            figures[kind]["waiting"] = number
            figures[kind]["oldest"] = max(0.0, (timezone.now() - since).total_seconds())
        else:
            figures[kind]["failed"] = number
    return figures


def _job(
    kind: Job.Kind,
    name: str,
    url: str,
    orders: Orders,
    by: User | None,
    item: Item | None = None,
    said: dict[str, Any] | None = None,
) -> Job:
    key = key_of(url)
    job = Job(
        kind=kind, name=name[-2000:], source=orders.source, story=orders.story, publish=orders.publish,
        new_sources=orders.new_sources, by=by, place=Tombstone.hash_of(key) if key else "", said=said,
    )  # fmt: skip
    if item:
        fields = {name: value for name, value in asdict(item).items() if name not in ("raw", "published")}
        job.raw, job.said = item.raw, as_json(fields | {"published": item.published})
        job.text_sha256 = item.text_sha256
    return job


def item_of(job: Job) -> Item:
    """The item that waits."""
    return Item(raw=bytes(job.raw or b""), **from_json(job.said or {}))


def orders_of(job: Job) -> Orders:
    return Orders(source=job.source, story=job.story, publish=job.publish, new_sources=job.new_sources)


def _purged(name: str) -> str:
    return f"{name}: this was purged, and is not taken in again."


def key_of(url: str) -> str:
    """By which an address is recognised; "" if it is none."""
    try:
        return normalise_url(url) if url else ""
    except ValueError:
        return ""
