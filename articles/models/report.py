"""Report: what a reader says is wrong with an article or a quote."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.article import Article
from articles.models.quote import Quote
from corpus.models import Curated, one_of


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> ReportQuerySet:
        """Those that no editor has answered yet."""
        return self.filter(status=Report.Status.OPEN)


class Report(Curated):
    """A reader's word that something is wrong, on an article or on a quote in it; never public.

    An editor settles or declines it, and notes why: decisions in the ledger, so who and when are known for good. Of the
    reader nothing is kept but an address they may leave, and that only while the report waits (see `articles.reports`).
    """

    class Kind(models.TextChoices):
        WORDS = "words", "the words are not what was printed"
        SPEAKER = "speaker", "somebody else said it, or nobody did"
        CONTEXT = "context", "what is shown here misleads"
        DETAILS = "details", "outlet, date or headline are wrong"
        PRIVACY = "privacy", "it is about me and should not be here"
        OTHER = "other", "something else"

    class Status(models.TextChoices):
        OPEN = "open", "open"
        SETTLED = "settled", "settled"
        DECLINED = "declined", "nothing to change"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="reports")
    quote = models.ForeignKey(Quote, null=True, blank=True, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField("what is wrong", max_length=8, choices=Kind)
    text = models.TextField("in their words", blank=True)
    email = models.EmailField("e-mail", blank=True, help_text="Deleted as soon as the report is answered.")
    at = models.DateTimeField("reported", default=timezone.now)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    note = models.TextField(blank=True, help_text="What was done, or why nothing was; for editors, never public.")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "report by a reader"
        verbose_name_plural = "reports by readers"
        constraints = [
            one_of("kind", ["words", "speaker", "context", "details", "privacy", "other"], "a report has a known kind"),
            one_of("status", ["open", "settled", "declined"], "a report has a known status"),
            models.CheckConstraint(
                condition=Q(email="") | Q(status="open"), name="who reported is known only while it waits"
            ),
        ]
        indexes = [models.Index(fields=["article", "id"], condition=Q(status="open"), name="open_reports")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%-d %B %Y}"

    def put(self, name: str, value: Any) -> None:
        """As for any curated row; who is answered is forgotten."""
        super().put(name, value)
        if self.status != self.Status.OPEN:
            self.email = ""
