"""Feed: an RSS or Atom feed that is polled, and what stood in it; Visit: what a server said of an address fetched."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.article import Article, Story
from articles.models.job import Pending
from articles.models.source import Source
from corpus.models import one_of

#: Minutes between two polls of a feed that fails, at most.
LONGEST_PAUSE = 24 * 60


class FeedQuerySet(models.QuerySet["Feed"]):
    def due(self, now: dt.datetime) -> FeedQuerySet:
        """Feeds whose time has come, the longest waiting first."""
        return self.filter(enabled=True, next_poll__lte=now).order_by("next_poll", "id")

    def failing(self) -> FeedQuerySet:
        """Feeds that could not be had the last time, or have nothing for us any more."""
        return self.filter(enabled=True, failures__gt=0)


class Feed(models.Model):
    """An RSS or Atom feed of a source, polled every so many minutes, less often while it fails."""

    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.CASCADE, related_name="feeds",
        help_text="Of articles that stand on no known host; empty: those wait as drafts.",
    )  # fmt: skip
    story = models.ForeignKey(
        Story, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Where everything from this feed goes, if that is one story.",
    )  # fmt: skip
    url = models.CharField("URL", max_length=2000, unique=True)
    title = models.CharField(max_length=200, blank=True, help_text="As the feed calls itself.")
    enabled = models.BooleanField("polled", default=True)
    publish = models.BooleanField(
        "publish what has a source", default=False, help_text="Else it waits as drafts for an editor."
    )
    interval = models.PositiveIntegerField("every", default=30, help_text="Minutes between two polls.")
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    next_poll = models.DateTimeField(default=timezone.now)
    last_polled = models.DateTimeField(null=True, blank=True, editable=False)
    last_success = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    last_error = models.CharField(max_length=500, blank=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url__istartswith="http://") | Q(url__istartswith="https://"), name="a feed is a web address"
            ),
            models.CheckConstraint(condition=Q(interval__gte=1), name="a feed is polled at some interval"),
        ]
        indexes = [models.Index(fields=["next_poll", "id"], condition=Q(enabled=True), name="feeds_by_time")]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def pause(self) -> dt.timedelta:
        """How long until the next poll: the interval, twice as long for every failure in a row, a day at most."""
        minutes = self.interval * 2 ** min(self.failures, 11)
        return dt.timedelta(minutes=min(minutes, max(LONGEST_PAUSE, self.interval)))


class FeedEntryQuerySet(models.QuerySet["FeedEntry"]):
    def due(self, now: dt.datetime) -> FeedEntryQuerySet:
        """Entries to fetch now, in the order in which they appeared."""
        return self.filter(state=FeedEntry.State.WAITING, next_try__lte=now).order_by("id")


class FeedEntry(Pending):
    """What stood in a feed once, so that it is taken in once; it waits here until it is.

    ``mark`` and ``place`` are keyed hashes of its guid and of its address: nothing of what was purged can be read from
    them. What the feed itself says of it is kept while it waits, and no longer.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    mark = models.CharField(max_length=64)
    place = models.CharField(max_length=64, blank=True, db_index=True)
    stamp = models.CharField(max_length=64, blank=True, help_text="Hash of when the feed says that it was updated.")
    url = models.CharField("URL", max_length=2000, blank=True)
    content = models.JSONField(default=dict, blank=True, help_text="What the feed says of it, while it waits.")
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    seen = models.DateTimeField(default=timezone.now)

    objects = FeedEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "feed entries"
        constraints = [
            one_of("state", ["waiting", "done", "failed"], "a feed entry has a known state"),
            models.UniqueConstraint(fields=["feed", "mark"], name="an entry of a feed is there once"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(url=""), name="of an entry taken in only its mark is kept"
            ),
        ]
        indexes = [models.Index(fields=["next_try", "id"], condition=Q(state="waiting"), name="waiting_entries")]

    def __str__(self) -> str:
        return self.url or f"entry {self.pk}"


class Visit(models.Model):
    """When an address of an article was fetched last, and how its server knows whether the page has changed since."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="visits")
    url = models.CharField("URL", max_length=2000, unique=True, help_text="As it was asked for.")
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") & ~(Q(etag="") & Q(last_modified="")), name="a visit tells what to ask for"
            )
        ]

    def __str__(self) -> str:
        return self.url
