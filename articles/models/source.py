"""Source: an outlet, and what the public may see of it."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from corpus.models import Curated, one_of


class SourceQuerySet(models.QuerySet["Source"]):
    def public(self) -> SourceQuerySet:
        """Sources with at least one public article."""
        from articles.models.article import Article

        return self.filter(Exists(Article.objects.filter(source=OuterRef("pk"), public=True)))


class Source(Curated):
    """An outlet: a newspaper, broadcaster, agency, magazine, campaign or government body that publishes articles."""

    class Kind(models.TextChoices):
        NEWSPAPER = "newspaper", "newspaper"
        BROADCASTER = "broadcaster", "broadcaster"
        MAGAZINE = "magazine", "magazine"
        AGENCY = "agency", "agency"
        ONLINE = "online", "online outlet"
        CAMPAIGN = "campaign", "campaign"
        GOVERNMENT = "government", "government"
        OTHER = "other", "other"

    class Rights(models.TextChoices):
        FULL = "full", "the full text"
        EXCERPTS = "excerpts", "excerpts around quotes"
        NONE = "none", "nothing"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NEWSPAPER)
    homepage = models.CharField(max_length=200, blank=True, validators=[URLValidator(["http", "https"])])
    domains = models.JSONField(
        default=list, blank=True, help_text='Hosts its articles stand on, as a list: ["example.org"].'
    )
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2: GB, IE, FR.")
    language = models.CharField(max_length=8, default="en", blank=True, help_text="BCP 47: en, cy, fr.")
    rights = models.CharField("the public may see", max_length=8, choices=Rights, default=Rights.FULL)
    followed_to = models.BigIntegerField(
        null=True, blank=True, editable=False,
        help_text="Articles up to this id have followed the latest change of rights; empty when all have.",
    )  # fmt: skip
    created = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            one_of(
                "kind",
                ["newspaper", "broadcaster", "magazine", "agency", "online", "campaign", "government", "other"],
                "a source has a known kind",
            ),
            one_of("rights", ["full", "excerpts", "none"], "a source has known rights"),
            models.CheckConstraint(
                condition=Q(homepage="") | Q(homepage__istartswith="http://") | Q(homepage__istartswith="https://"),
                name="a homepage is a web address",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="a source has a name and a slug"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="sources_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.slug])

    def followed_by(self, article: int) -> bool:
        """Whether the article with this id has followed the latest change of rights."""
        return self.followed_to is None or article <= self.followed_to
