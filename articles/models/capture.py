"""Capture: an article as it was found at one moment; and what was read in it: passages, mentions, the raw reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.models.anchored import Anchored
from articles.models.article import Article, moment
from corpus.models import Addressed, one_of
from people.models import Person

PASSAGE_KINDS = [
    "headline", "standfirst", "body", "caption", "embed", "related", "promo", "share", "entry", "document",
]  # fmt: skip


class CaptureQuerySet(models.QuerySet["Capture"]):
    def public(self) -> CaptureQuerySet:
        """Captures of public articles, as facts: neither bytes nor origin are public; the current text may be."""
        return self.filter(article__public=True)


class CaptureManager(models.Manager.from_queryset(CaptureQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> CaptureQuerySet:
        # The raw bytes are megabytes of somebody's HTML: they come only when asked for by name.
        found: CaptureQuerySet = super().get_queryset().defer("raw")
        return found


class Capture(Addressed):
    """An article as found at one moment: raw bytes, the text derived from them, and the SHA-256 of each; immutable.

    Anchors cite ``text_sha256``. The database refuses to change the text or bytes of a capture (see
    `articles.models.search.install`); a corrected text is a new capture.
    """

    class How(models.TextChoices):
        FILE = "file", "file"
        PASTE = "paste", "pasted text"
        JSONL = "jsonl", "JSON lines"
        CSV = "csv", "table"
        URL = "url", "URL"
        FEED = "feed", "feed"
        WARC = "warc", "WARC"
        CORRECTION = "correction", "correction by an editor"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="captures")
    number = models.PositiveIntegerField(default=1, help_text="1 for the first capture of its article.")
    taken_at = models.DateTimeField(default=timezone.now)
    captured_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was found, where that was before it was taken in: archives say so."
    )
    how = models.CharField(max_length=10, choices=How)
    origin = models.CharField(max_length=500, blank=True, help_text="The file, address or line it came from.")
    media_type = models.CharField(max_length=100)
    encoding = models.CharField(max_length=40, blank=True)
    headline = models.CharField(max_length=500, blank=True, help_text="As found in this capture.")
    raw_sha256 = models.CharField(max_length=64)
    text_sha256 = models.CharField(max_length=64, db_index=True)
    text = models.TextField()
    # Last, so that SQLite reads a capture's text without walking the pages that hold its bytes.
    raw = models.BinaryField()

    objects = CaptureManager()

    class Meta:
        ordering = ["article", "number"]
        base_manager_name = "objects"
        constraints = [
            one_of(
                "how",
                ["file", "paste", "jsonl", "csv", "url", "feed", "warc", "correction"],
                "a capture says how it was taken",
            ),
            models.UniqueConstraint(fields=["article", "number"], name="captures of an article are numbered"),
            models.CheckConstraint(
                condition=~Q(raw_sha256="") & ~Q(text_sha256=""), name="a capture has both its hashes"
            ),
        ]

    def __str__(self) -> str:
        return f"capture {self.number} of {self.article_id}"


class Reading(models.Model):
    """The latest reading of a capture by one version of the reader, as JSON; kept beside the effective values."""

    capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="readings")
    reader = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)
    record: Any = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["capture", "reader"], name="one reading a capture and reader")]

    def __str__(self) -> str:
        return f"reading of {self.capture_id} by {self.reader}"


class ReadQuerySet(models.QuerySet[Any]):
    def public(self) -> ReadQuerySet:
        """What was read in a text that the public may read whole, as it is now."""
        source = {"capture__article__public": True, "capture__article__source__rights": "full"}
        return self.filter(**source, capture__article__capture=F("capture"))


class PassageQuerySet(ReadQuerySet):
    def left_behind(self) -> PassageQuerySet:
        """What somebody said of a stretch of an earlier capture, and is not found in the current one."""
        left: PassageQuerySet = self.exclude(decided=[]).exclude(kind=Passage.Kind.BODY)
        return left.exclude(capture=F("capture__article__capture"))


class Passage(Anchored):
    """A typed stretch of a capture's text; entries carry heading and time, documents their author and signatories.

    Kind "body" says that it is nothing in particular, which is what an editor says of a stretch hidden for nothing.
    """

    class Kind(models.TextChoices):
        HEADLINE = "headline", "headline"
        STANDFIRST = "standfirst", "standfirst"
        BODY = "body", "body"
        CAPTION = "caption", "caption"
        EMBED = "embed", "embed"
        RELATED = "related", "related links"
        PROMO = "promo", "promotion"
        SHARE = "share", "share furniture"
        ENTRY = "entry", "live blog entry"
        DOCUMENT = "document", "document"

    by_ends = True

    capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="passages")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200, blank=True)
    heading = models.CharField(max_length=300, blank=True)
    day = models.DateField(null=True, blank=True)
    time = models.TimeField(null=True, blank=True)
    basis = models.CharField(max_length=8, blank=True, help_text="Of day and time: stated, inferred, entered.")
    author = models.CharField(max_length=300, blank=True)
    addressee = models.CharField(max_length=300, blank=True)
    signatories = models.JSONField(default=list, blank=True, help_text="As printed, in order.")

    objects = PassageQuerySet.as_manager()

    class Meta:
        ordering = ["capture", "start", "-end", "id"]
        constraints = [
            one_of("kind", PASSAGE_KINDS, "a passage has a known kind"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="a passage starts before it ends"),
        ]
        indexes = [
            models.Index(fields=["capture", "start"], name="passages_in_text_order"),
            models.Index(fields=["id"], condition=Q(disputed__gt=""), name="disputed_passages"),
            models.Index(fields=["capture"], condition=~Q(decided=[]), name="decided_passages"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start}–{self.end}"

    @property
    def moment(self) -> int:
        """The sort key of an entry's day and time; 0 without a day."""
        return moment(self.day, self.time)


class MentionQuerySet(ReadQuerySet):
    def public(self) -> MentionQuerySet:
        """As of everything read, but for what an editor said names nobody."""
        found: MentionQuerySet = super().public().filter(rejected=False)  # type: ignore[assignment]
        return found

    def left_behind(self) -> MentionQuerySet:
        """Names that somebody marked in an earlier capture, and that are not found in the current one."""
        left: MentionQuerySet = self.exclude(decided=[]).filter(rejected=False)
        return left.exclude(capture=F("capture__article__capture"))


class Mention(Anchored):
    """A span that names a person or an organisation; the name stays as printed, the person is a judgement."""

    capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="mentions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    printed = models.CharField(max_length=300)
    kind = models.CharField(max_length=12, choices=Person.Kind, default=Person.Kind.INDIVIDUAL)
    roles = models.JSONField(default=list, blank=True, help_text="Roles as printed beside the name.")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="mentions")
    rejected = models.BooleanField(default=False, editable=False, help_text="An editor said that it names nobody.")

    objects = MentionQuerySet.as_manager()

    class Meta:
        ordering = ["capture", "start", "id"]
        constraints = [
            one_of("kind", ["individual", "organisation", "group"], "a mention has a known kind"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="a mention starts before it ends"),
            models.UniqueConstraint(fields=["capture", "start", "end"], name="a span is one mention"),
        ]
        indexes = [
            models.Index(fields=["person", "capture"], name="mentions_of_a_person"),
            models.Index(fields=["id"], condition=Q(disputed__gt=""), name="disputed_mentions"),
            models.Index(fields=["capture"], condition=~Q(decided=[]), name="decided_mentions"),
        ]

    def __str__(self) -> str:
        return self.printed

    def stand(self, spans: Sequence[Sequence[int]]) -> None:
        super().stand(spans)
        self.printed = self.capture.text[self.start : self.end][:300]
