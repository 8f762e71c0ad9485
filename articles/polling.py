"""Feeds polled and what is new in them taken in; everything that waits is a row, so that a kill loses nothing.

While a site is waited for, no transaction is open: what somebody is at is claimed by a lock that dies with them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import count

from django.db import Error, transaction
from django.utils import timezone

from articles.fetching import Fetcher, NotFetched, Wanted, hosts
from articles.fetching.fetcher import FEEDS
from articles.intake import Item, normalise_url
from articles.intake.syndication import Entry, item_of, read_feed
from articles.models import Article, Capture, Feed, FeedEntry
from articles.pipeline import Found, Orders, Place, take_in_places
from corpus import locks
from corpus.models import Tombstone

#: Entries claimed at once, and looked through for those that nobody else has claimed.
AT_ONCE, IN_SIGHT = 40, 400


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll found: how many entries are new, how many have changed since; or what went wrong, in a sentence."""

    feed: Feed
    new: int = 0
    changed: int = 0
    error: str = ""


def poll(feeds: Iterable[Feed], fetcher: Fetcher | None = None) -> Iterator[Polled]:
    """Fetch feeds and note what is new in them; a feed that another process has begun with is passed over."""
    fetcher = fetcher or Fetcher()
    feeds = list(feeds)
    with locks.claimed("articles.feed", [feed.pk for feed in feeds], len(feeds)) as claimed:
        due = dict(Feed.objects.filter(pk__in=claimed, enabled=True).values_list("pk", "next_poll"))
        yield from _poll([feed for feed in feeds if due.get(feed.pk) == feed.next_poll], fetcher)


def _poll(feeds: list[Feed], fetcher: Fetcher) -> Iterator[Polled]:
    answers = fetcher.get_all((Wanted(feed.url, feed.etag, feed.last_modified, feed) for feed in feeds), FEEDS)
    try:
        for one, answer in answers:
            feed = one.about
            feed.last_polled = timezone.now()
            if isinstance(answer, ValueError):
                yield _failed(feed, answer)
            elif answer.unmodified:
                yield _had(feed, [])
            else:
                try:
                    read = read_feed(answer.body, answer.url, answer.charset)
                except ValueError as error:
                    yield _failed(feed, error)
                    continue
                feed.etag, feed.last_modified = answer.etag, answer.last_modified
                feed.title = feed.title or read.title
                yield _had(feed, read.entries)
    finally:
        answers.close()


def _failed(feed: Feed, error: ValueError) -> Polled:
    feed.failures += 1
    feed.last_error = f"{feed.url[:300]}: {error}."[:500]
    after = dt.timedelta(seconds=error.after if isinstance(error, NotFetched) else 0)
    feed.next_poll = timezone.now() + max(feed.pause, min(after, dt.timedelta(days=7)))
    if isinstance(error, NotFetched) and error.status == 410:
        feed.enabled = False
    feed.save(update_fields=["last_polled", "failures", "last_error", "next_poll", "enabled"])
    return Polled(feed, error=feed.last_error)


@transaction.atomic
def _had(feed: Feed, entries: list[Entry]) -> Polled:
    """Note the entries, and with them what the server calls this version of the feed: both or neither."""
    locks.hold("feeds")  # two feeds of a site have the same news
    new, changed = _note(feed, entries)
    feed.failures, feed.last_error = 0, ""
    feed.last_success = feed.last_polled
    feed.next_poll = timezone.now() + feed.pause
    feed.save(
        update_fields=[
            "last_polled",
            "last_success",
            "failures",
            "last_error",
            "next_poll",
            "etag",
            "last_modified",
            "title",
        ]
    )
    return Polled(feed, new, changed)


def _note(feed: Feed, entries: list[Entry]) -> tuple[int, int]:
    """Make rows of what was not seen before, and let wait again what was updated since; returns how many of each."""
    barred = Tombstone.bars("articles.article", {normalise_url(entry.url) for entry in entries})
    marked: dict[str, tuple[str, str, Entry]] = {}
    places: set[str] = set()
    for entry in entries:
        key = normalise_url(entry.url)
        place = Tombstone.hash_of(key)
        mark = Tombstone.hash_of(entry.guid) if entry.guid else place
        if key not in barred and mark not in marked and place not in places:
            marked[mark] = (place, Tombstone.hash_of(entry.updated) if entry.updated else "", entry)
            places.add(place)
    by_mark = {row.mark: row for row in FeedEntry.objects.filter(feed=feed, mark__in=marked)}
    by_place: dict[str, FeedEntry] = {}
    for row in FeedEntry.objects.filter(place__in=places).order_by("id"):
        if row.place not in by_place or row.feed_id == feed.pk:
            by_place[row.place] = row
    made, changed = [], 0
    for mark, (place, stamp, entry) in reversed(marked.items()):  # feeds begin with the newest
        there = by_place.get(place)
        known = by_mark.get(mark) or (there if there and there.feed_id == feed.pk else None)
        if known is None:
            row = FeedEntry(feed=feed, mark=mark, place=place, stamp=stamp)
            if there is None or there.state == FeedEntry.State.FAILED:
                row.url, row.content = entry.url, _kept(entry)
            else:
                row.state, row.article_id = FeedEntry.State.DONE, there.article_id  # another feed's affair
            made.append(row)
        elif stamp and known.stamp != stamp:
            known.stamp, known.url, known.content = stamp, entry.url, _kept(entry)
            known.state, known.attempts, known.next_try = FeedEntry.State.WAITING, 0, timezone.now()
            known.save()
            changed += 1
    FeedEntry.objects.bulk_create(made)
    return sum(row.state == FeedEntry.State.WAITING for row in made), changed


def _kept(entry: Entry) -> dict[str, str]:
    return {name: value for name, value in asdict(entry).items() if value and name not in ("url", "updated")}


def take_in_entries(
    fetcher: Fetcher | None = None, feeds: Iterable[Feed] | None = None, most: int | None = None
) -> Iterator[Found]:
    """Fetch and take in the entries whose time has come, at most so many, each stored before the next."""
    fetcher = fetcher or Fetcher()
    due = FeedEntry.objects.due(timezone.now()).filter(feed__enabled=True)
    due = due if feeds is None else due.filter(feed__in=list(feeds))
    number = count(1)
    while True:
        in_sight = dict(due.values_list("pk", "url")[:IN_SIGHT])
        with hosts.claimed("articles.feedentry", in_sight, min(AT_ONCE, most or AT_ONCE), fetcher) as claimed:
            # Of those in sight some were done by whoever had them.
            mine = list(due.filter(pk__in=claimed).select_related("feed__source", "feed__story"))
            if not mine:
                return
            left = {entry.pk: entry for entry in mine}
            try:
                for found in take_in_places([_place(entry) for entry in mine], Orders(), fetcher):
                    _settle(left.pop(found.place.about.pk), found)
                    yield found
                    if next(number) == most:
                        return
            except Error:
                raise
            except Exception as error:
                # It is not said which of them it was: all that were in hand are tried again, later.
                for entry in left.values():
                    entry.put_off(f"{entry}: a fault of the program met it ({error!r}); please report this.")
                    entry.save(update_fields=["attempts", "state", "error", "next_try"])
                raise


def _place(row: FeedEntry) -> Place:
    entry = Entry(**{"guid": "", "url": row.url} | row.content)
    hints = {"headline": entry.headline, "byline": entry.byline, "published": entry.moment()}
    instead: Item | None = None
    if entry.content:
        try:
            instead = item_of(entry, row.url)
        except ValueError:
            instead = None
    orders = Orders(source=row.feed.source, story=row.feed.story, publish=row.feed.publish)
    how = Capture.How.FEED.value
    return Place(row.url, {}, hints, how, instead, last=row.last, about=row, orders=orders)


def _settle(row: FeedEntry, found: Found) -> None:
    """Say of an entry what became of it."""
    if found.outcome.outcome != "failed":
        row.attempts += 1
        row.state, row.url, row.content, row.error = FeedEntry.State.DONE, "", {}, ""
        row.article = Article.objects.only("pk").get(uid=found.outcome.article)
    elif found.passing:
        row.put_off(found.outcome.error, found.after)
    else:
        row.give_up(found.outcome.error)
        row.content = {}
    row.save(update_fields=["attempts", "state", "url", "content", "error", "article", "next_try"])
