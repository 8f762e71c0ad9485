"""Article: one piece by a source; Story: a named set of articles on one event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from articles.models.source import Source
from corpus.models import Curated, one_of
from corpus.search import Searchable


def moment(day: dt.date | None, time: dt.time | None = None) -> int:
    """The NOT NULL sort key of a local day and time: 202403121105 for 12 March 2024, 11:05; 0 when unknown."""
    if day is None:
        return 0
    clock = time or dt.time()
    return int(f"{day:%Y%m%d}{clock:%H%M}") if day.year >= 1000 else 0


class ArticleQuerySet(Searchable, models.QuerySet["Article"]):
    def public(self) -> ArticleQuerySet:
        """What the gate lets out: published, of a source, whose rights allow something to be shown."""
        return self.filter(public=True)

    def witnesses(self) -> ArticleQuerySet:
        """Of what is public, each text once: without those that another public article stands for."""
        return self.public().filter(reprint_of=None)


class Article(Curated):
    """One piece by a source; its text is that of its current capture."""

    class Kind(models.TextChoices):
        REPORT = "report", "report"
        LIVE_BLOG = "live blog", "live blog"
        OPINION = "opinion", "opinion"
        STATEMENT = "statement", "statement"

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        WITHHELD = "withheld", "withheld"

    class Precision(models.TextChoices):
        YEAR = "year", "year"
        MONTH = "month", "month"
        DAY = "day", "day"
        MINUTE = "minute", "minute"
        UNKNOWN = "unknown", "unknown"

    class Basis(models.TextChoices):
        STATED = "stated", "stated"
        INFERRED = "inferred", "inferred"
        ENTERED = "entered", "entered"
        NONE = "", "none"

    held_by = {"articles.story": "article:"}

    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="articles")
    url = models.CharField("URL", max_length=2000, blank=True)
    url_key = models.CharField(max_length=2000, null=True, blank=True, editable=False, unique=True)
    headline = models.CharField(max_length=500, blank=True)
    byline = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8, blank=True, help_text="BCP 47; only English is read.")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.REPORT)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    published_day = models.DateField(null=True, blank=True, help_text="Local day; the first of a month or year.")
    published_time = models.TimeField(null=True, blank=True, help_text="Local time, with precision minute.")
    published_precision = models.CharField(max_length=7, choices=Precision, default=Precision.UNKNOWN)
    published_basis = models.CharField(max_length=8, choices=Basis, default=Basis.NONE, blank=True)
    moment = models.BigIntegerField(default=0, editable=False, help_text="yyyymmddhhmm, local; 0 unknown.")
    capture = models.ForeignKey(
        "articles.Capture", null=True, blank=True, editable=False, on_delete=models.RESTRICT, related_name="+"
    )
    copy_of = models.ForeignKey(
        "self", null=True, blank=True, db_index=False, on_delete=models.SET_NULL, related_name="copies",
        help_text="The article whose text this mostly is: agency copy, or the same piece on a second site.",
    )  # fmt: skip
    reprint_of = models.ForeignKey(
        "self", null=True, blank=True, db_index=False, editable=False, on_delete=models.SET_NULL,
        related_name="reprints",
        help_text="The public article that stands for this public one: its original, else the first of its copies.",
    )  # fmt: skip
    text_sha256 = models.CharField(max_length=64, blank=True, editable=False, help_text="Of the current capture.")
    opening = models.CharField(max_length=160, blank=True, editable=False, help_text="First words of the text.")
    words = models.PositiveIntegerField(default=0, editable=False)
    public = models.BooleanField(default=False, editable=False)
    quoted = models.PositiveIntegerField(default=0, editable=False, help_text="How many public quotes it has.")
    repeated = models.PositiveIntegerField(
        default=0, editable=False, help_text="Of these, those that only repeat one of the article it copies."
    )
    checked = models.PositiveIntegerField(default=0, editable=False, help_text="Of the others, those accepted.")
    waiting = models.PositiveIntegerField(default=0, editable=False, help_text="Quotes that nobody has looked at yet.")
    doubt = models.FloatField(
        default=0, editable=False, help_text="How much of what waits here is in doubt; desk order."
    )
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-moment", "-id"]
        constraints = [
            one_of("kind", ["report", "live blog", "opinion", "statement"], "an article has a known kind"),
            one_of("status", ["draft", "published", "withheld"], "an article has a known status"),
            models.CheckConstraint(
                condition=Q(published_precision="unknown", published_day__isnull=True)
                | Q(published_precision__in=["year", "month", "day", "minute"], published_day__isnull=False),
                name="a known precision has a day",
            ),
            models.CheckConstraint(
                condition=Q(published_precision="minute", published_time__isnull=False)
                | (~Q(published_precision="minute") & Q(published_time__isnull=True)),
                name="precision minute has a time",
            ),
            models.CheckConstraint(
                condition=Q(published_precision="unknown", published_basis="")
                | (~Q(published_precision="unknown") & Q(published_basis__in=["stated", "inferred", "entered"])),
                name="a known date has a basis",
            ),
            models.CheckConstraint(
                condition=Q(url="", url_key__isnull=True) | (~Q(url="") & Q(url_key__isnull=False)),
                name="a url has a key",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__istartswith="http://") | Q(url__istartswith="https://"),
                name="an article's url is a web address",
            ),
            models.CheckConstraint(
                condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("pk")), name="an article is no copy of itself"
            ),
            models.CheckConstraint(
                condition=Q(public=False) | Q(status="published", source__isnull=False),
                name="only published articles of a source are public",
            ),
        ]
        indexes = [
            models.Index(fields=["-moment", "-id"], name="articles_by_date"),
            models.Index(fields=["-moment", "-id"], condition=Q(public=True), name="public_articles_by_date"),
            models.Index(fields=["source", "-moment", "-id"], name="articles_of_a_source"),
            # All that sources and the whole corpus are counted by.
            models.Index(
                fields=[
                    "source",
                    "moment",
                    "published_day",
                    "quoted",
                    "repeated",
                    "checked",
                    "reprint_of",
                    "public",
                    "id",
                ],
                condition=Q(public=True),
                name="public_articles_counted",
            ),
            models.Index(fields=["text_sha256"], name="articles_by_text"),
            # Of the few only: an index that is nearly all NULL is none to SQLite, which then looks through the table.
            models.Index(fields=["copy_of"], condition=Q(copy_of__isnull=False), name="copies_of_an_article"),
            models.Index(fields=["reprint_of"], condition=Q(reprint_of__isnull=False), name="reprints_of_an_article"),
            models.Index(fields=["-doubt", "-id"], condition=Q(waiting__gt=0), name="articles_by_doubt"),
            models.Index(fields=["id"], condition=Q(disputed__gt=""), name="disputed_articles"),
        ]
        permissions = [
            ("publish_article", "Can publish and withhold articles"),
            ("purge_article", "Can purge articles beyond recovery"),
            ("decide_in_bulk", "Can decide on many things in one act"),
        ]

    def __str__(self) -> str:
        return self.headline or self.opening or f"Untitled, {self.uid}"

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.uid])

    @property
    def title(self) -> str:
        """What the public may call it: the headline, else the first words where the source lets its text be seen."""
        if self.headline:
            return self.headline
        return self.opening if self.source and self.source.rights == Source.Rights.FULL else "Without a headline"

    def put(self, name: str, value: Any) -> None:
        if name == "copy_of":
            # What it was a copy of may be gone, or have turned out to be a copy itself.
            other = Article.objects.filter(uid=value).exclude(pk=self.pk).first() if value else None
            self.copy_of = other and (other.copy_of if other.copy_of_id not in (None, self.pk) else other)
        else:
            super().put(name, value)
        # Whatever is decided, the gate stays shut until it is asked again.
        self.public = False
        if name.startswith("published_"):
            self.moment = moment(self.published_day, self.published_time)

    def holds(self, name: str, decided: Any) -> bool:
        """As for any curated row; what it was said to be a copy of may be gone, or be a copy of something itself."""
        if name != "copy_of" or super().holds(name, decided):
            return super().holds(name, decided)
        other = Article.objects.filter(uid=decided).first() if decided else None
        return bool(decided) and (other is None or other.copy_of_id == self.copy_of_id)


class StoryQuerySet(models.QuerySet["Story"]):
    def public(self) -> StoryQuerySet:
        """Stories with at least one public article."""
        return self.filter(Exists(Article.objects.filter(stories=OuterRef("pk"), public=True)))


class Story(Curated):
    """A named set of articles on one event.

    Whether an article is in it is decided article by article, as the field "article:uid", true or false: news comes in
    all the time, and to take one back leaves the others where they are.
    """

    HOLDS = "article:"
    members = {HOLDS: "articles.article"}
    #: The uids of its articles while it is decided on; see `_holds`.
    known: set[str] | None = None

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    articles = models.ManyToManyField(Article, blank=True, related_name="stories")
    created = models.DateTimeField(auto_now_add=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "stories"
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="a story has a name and a slug"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("story", args=[self.slug])

    @classmethod
    def holding(cls, articles: Iterable[Article], held: bool = True) -> dict[str, Any]:
        """That it holds these articles, or does not, as values for the ledger."""
        return {f"{cls.HOLDS}{article.uid}": held for article in articles}

    def take_in(self, articles: Sequence[Article]) -> None:
        """Hold these articles, but for those that somebody took out of it."""
        out = {name for name in self.decided if name.startswith(self.HOLDS) and not self.effective(name)}
        self.articles.add(*(article for article in articles if f"{self.HOLDS}{article.uid}" not in out))

    def forget(self) -> None:
        self.known = None

    def effective(self, name: str) -> Any:
        """As for any curated row; "article:uid" says whether that article is in it."""
        return self._article(name) in self._holds() if name.startswith(self.HOLDS) else super().effective(name)

    def put(self, name: str, value: Any) -> None:
        """As for any curated row; an article comes or goes at once, and one that is purged does neither."""
        if not name.startswith(self.HOLDS):
            super().put(name, value)
        elif article := Article.objects.filter(uid=self._article(name)).only("pk", "uid").first():
            (self.articles.add if value else self.articles.remove)(article)
            (self._holds().add if value else self._holds().discard)(article.uid)

    def holds(self, name: str, decided: Any) -> bool:
        if not name.startswith(self.HOLDS):
            return super().holds(name, decided)
        return self.effective(name) == decided or not Article.objects.filter(uid=self._article(name)).exists()

    def disputable(self, name: str) -> bool:
        return super().disputable(name) and not name.startswith(self.HOLDS)

    @classmethod
    def called(cls, name: str) -> str:
        return f"article {cls._article(name)}" if name.startswith(cls.HOLDS) else ""

    @classmethod
    def worded(cls, name: str, value: Any) -> str | None:
        return ("in it" if value else "not in it") if name.startswith(cls.HOLDS) else None

    @classmethod
    def _article(cls, name: str) -> str:
        return name.removeprefix(cls.HOLDS)

    def _holds(self) -> set[str]:
        """The uids of its articles, asked for once."""
        if self.known is None:
            self.known = set(self.articles.order_by().values_list("uid", flat=True))
        return self.known
