"""Utterance: one thing said once, with every quote that reports it; Match: what two quotes are to one another."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from articles.models.quote import Quote
from corpus.models import Curated, one_of


class UtteranceQuerySet(models.QuerySet["Utterance"]):
    def public(self) -> UtteranceQuerySet:
        """What the gate lets out: utterances that two public quotes at least report."""
        return self.filter(public=True)


class Utterance(Curated):
    """One thing said once; its quotes point at it, and a quote that nobody else printed has none.

    ``fullest`` is the form that the others are compared with. The figures count public quotes, copies of one article
    once: ``outlets`` sources, ``printed`` quotes, ``words_changed`` the most words that a form has otherwise than the
    fullest, ``conflict`` whether outlets give the words to different people. One that was taken up into another keeps
    its address, and points there by ``merged_into``.
    """

    fullest = models.ForeignKey(Quote, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    said_day = models.DateField("said on", null=True, blank=True, help_text="Where it is known better than by print.")
    occasion = models.CharField(max_length=200, blank=True, help_text="Where and at what it was said.")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    moment = models.BigIntegerField(default=0, editable=False, help_text="Of the first quote that reports it.")
    printed = models.PositiveIntegerField(default=0, editable=False)
    outlets = models.PositiveIntegerField(default=0, editable=False)
    words_changed = models.PositiveIntegerField(default=0, editable=False)
    conflict = models.BooleanField(default=False, editable=False)
    public = models.BooleanField(default=False, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    objects = UtteranceQuerySet.as_manager()

    class Meta:
        ordering = ["-moment", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="an utterance is not merged into itself",
            ),
            models.CheckConstraint(
                condition=Q(public=False) | Q(merged_into__isnull=True, fullest__isnull=False),
                name="a public utterance stands for itself and has words",
            ),
        ]
        indexes = [
            models.Index(fields=["-moment", "-id"], condition=Q(public=True), name="public_utterances_by_date"),
            models.Index(fields=["-moment", "-id"], name="utterances_by_date"),
            models.Index(fields=["-outlets", "-id"], condition=Q(public=True), name="public_utterances_by_outlets"),
            models.Index(
                fields=["-words_changed", "-id"], condition=Q(public=True), name="public_utterances_by_change"
            ),
            models.Index(fields=["id"], condition=Q(disputed__gt=""), name="disputed_utterances"),
        ]

    def __str__(self) -> str:
        return str(self.fullest) if self.fullest else f"utterance {self.uid}"

    def get_absolute_url(self) -> str:
        return reverse("utterance", args=[self.uid])

    def holds(self, name: str, decided: Any) -> bool:
        """As for any curated row; while the public may not see the form that was decided, another stands for it."""
        if super().holds(name, decided):
            return True
        return name == "fullest" and not self.quotes.filter(uid=decided, public=True).exists()

    def put(self, name: str, value: Any) -> None:
        if name == "fullest":  # it may have been purged
            self.fullest = Quote.objects.filter(uid=value).first() if value else None
        else:
            super().put(name, value)


class MatchQuerySet(models.QuerySet["Match"]):
    def open(self) -> MatchQuerySet:
        """What waits for an answer."""
        return self.filter(answer=Match.Answer.OPEN, likeness__gt=0)


class Match(Curated):
    """Two quotes that may report one utterance; ``answer`` is what somebody decided about it, and holds for ever.

    The lower id stands first; ``relation`` and ``occasion`` are what the machine takes the second for, as in
    `articles.comparing`, ``likeness`` 0 (nothing speaks for it any more) to 1, ``reasons`` its codes. What the machine
    is sure of is not kept here: such quotes just share their utterance.
    """

    class Answer(models.TextChoices):
        OPEN = "", "open"
        SAME = "same", "the same words, said once"
        FRAGMENT = "fragment", "part of the same words"
        OTHER = "other", "said on another occasion"
        DIFFERENT = "different", "not the same words"
        UNSURE = "unsure", "unsure"

    #: Answers by which the two report one utterance, and by which they never do.
    JOINING = (Answer.SAME, Answer.FRAGMENT)
    PARTING = (Answer.OTHER, Answer.DIFFERENT)

    first = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="matches_as_first")
    second = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="matches_as_second")
    relation = models.CharField(max_length=10, blank=True)
    occasion = models.CharField(max_length=8, blank=True)
    likeness = models.FloatField(default=0)
    conflict = models.BooleanField(default=False)
    reasons = models.JSONField(default=list, blank=True)
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.OPEN, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["-likeness", "id"]
        verbose_name_plural = "matches"
        constraints = [
            one_of("answer", ["", "same", "fragment", "other", "different", "unsure"], "a match has a known answer"),
            one_of("relation", ["", "variant", "fragment", "whole", "paraphrase"], "a match has a known relation"),
            one_of("occasion", ["", "same", "doubtful", "other"], "a match has a known occasion"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a match is of two quotes, in order"),
            models.UniqueConstraint(fields=["first", "second"], name="two quotes are one match"),
            models.CheckConstraint(condition=Q(likeness__gte=0, likeness__lte=1), name="likeness of a match is 0 to 1"),
        ]
        indexes = [models.Index(fields=["-likeness", "id"], condition=Q(answer=""), name="open_matches")]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class Shingle(models.Model):
    """Four words in a row that a quote has, as a hash: how quotes with words in common find one another."""

    pk = models.CompositePrimaryKey("hash", "quote")
    hash = models.BigIntegerField()
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="shingles")

    def __str__(self) -> str:
        return f"{self.hash} in {self.quote_id}"
