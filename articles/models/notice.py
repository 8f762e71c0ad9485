"""Notice: what the public page of an article says about its own history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.article import Article
from corpus.models import Curated, one_of


class NoticeQuerySet(models.QuerySet["Notice"]):
    def standing(self) -> NoticeQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn=None)


class Notice(Curated):
    """A dated public sentence on an article: that something was corrected, or why it is withheld.

    It is never altered; one that should not have stood is withdrawn (a decision on ``withdrawn``, which can be undone),
    and stays in the record.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", "correction"
        WITHHELD = "withheld", "withheld"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-at", "-id"]
        constraints = [
            one_of("kind", ["correction", "withheld"], "a notice has a known kind"),
            models.CheckConstraint(condition=~Q(text=""), name="a notice says something"),
        ]

    def __str__(self) -> str:
        return self.text
