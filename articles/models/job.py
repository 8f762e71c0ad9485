"""Work that waits as rows: what all of it has in common; Job: an item, an address or a reading that waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from articles.models.article import Article, Story
from articles.models.source import Source
from corpus.models import one_of

#: So often something is tried before it is given up.
ATTEMPTS = 5
#: How long it waits after its first failure; after each further one twice as long. At most as a site asks for.
FIRST_PAUSE = dt.timedelta(minutes=5)
LONGEST_PAUSE = dt.timedelta(days=7)


class Pending(models.Model):
    """Something that waits until it is done or given up.

    Who works on it holds a lock on it and writes nothing before it is done, so that a kill leaves it as it was.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        FAILED = "failed", "given up"

    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @property
    def last(self) -> bool:
        """Whether it is not tried again if it fails this time."""
        return self.attempts + 1 >= ATTEMPTS

    def put_off(self, error: str, after: float = 0) -> None:
        """It failed, and may not later, in ``after`` seconds at the earliest; the last time it is given up. Unsaved."""
        if self.last:
            self.give_up(error)
            return
        self.attempts += 1
        self.error = error[:500]
        pause = FIRST_PAUSE * 2 ** (self.attempts - 1)
        self.next_try = timezone.now() + max(pause, min(dt.timedelta(seconds=after), LONGEST_PAUSE))

    def give_up(self, error: str) -> None:
        """It failed for good; somebody has to look at it. Unsaved."""
        self.attempts += 1
        self.error = error[:500]
        self.state = self.State.FAILED


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, kind: str) -> JobQuerySet:
        """Jobs of a kind to be done now, in the order in which they were queued; of one address only the first."""
        waiting = self.filter(state=Job.State.WAITING, kind=kind)
        before = Job.objects.filter(state=Job.State.WAITING, kind=kind, place=OuterRef("place"), id__lt=OuterRef("id"))
        return waiting.filter(Q(place="") | ~Exists(before), next_try__lte=timezone.now()).order_by("id")

    def finish(self, became: Mapping[int, int]) -> int:
        """Jobs (keys) became these articles (keys), and hold nothing any more; returns how many still waited."""
        articles = Case(*(When(pk=job, then=Value(article)) for job, article in became.items()))
        return self.filter(pk__in=became, state=Job.State.WAITING).update(
            state=Job.State.DONE, article_id=articles, error="", raw=None, said=None, text_sha256="", place=""
        )


class Job(Pending):
    """An item to take in, an address to fetch or an article to read again, left to `manage.py work`.

    ``raw`` are the bytes of an item, ``said`` what else is known of it; both go when it is done. ``text_sha256`` and
    ``place`` (a keyed hash of its address) say until then which article it may be.
    """

    class Kind(models.TextChoices):
        ITEM = "item", "to take in"
        ADDRESS = "address", "to fetch"
        READING = "reading", "to read again"

    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=2000, blank=True)
    raw = models.BinaryField(null=True, blank=True)
    said = models.JSONField(null=True, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=64, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    story = models.ForeignKey(Story, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    publish = models.BooleanField(default=False)
    new_sources = models.BooleanField(default=True, help_text="Whether it may make the source that it describes.")
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.CASCADE, related_name="jobs",
        help_text="What it became, or which is to be read again.",
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name="queued by",
    )  # fmt: skip
    queued = models.DateTimeField(default=timezone.now)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            one_of("kind", ["item", "address", "reading"], "a job is of a known kind"),
            one_of("state", ["waiting", "done", "failed"], "a job has a known state"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(raw__isnull=True, said__isnull=True, text_sha256="", place=""),
                name="of a job done nothing is kept",
            ),
            models.CheckConstraint(
                condition=~Q(kind="item", state="waiting") | Q(raw__isnull=False, said__isnull=False),
                name="an item that waits has its bytes",
            ),
            models.CheckConstraint(
                condition=~Q(kind="reading") | Q(article__isnull=False), name="a reading is of an article"
            ),
            models.UniqueConstraint(
                fields=["article"], condition=Q(kind="reading", state="waiting"), name="an article is read again once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "kind", "id"], name="jobs_by_state"),
            models.Index(fields=["place", "id"], condition=Q(state="waiting"), name="jobs_by_place"),
        ]

    def __str__(self) -> str:
        return self.name or f"job {self.pk}"
