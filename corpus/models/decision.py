"""The ledger of what people decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import BigIntegerField, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from corpus.models.ground import Addressed


class DecisionQuerySet(models.QuerySet["Decision"]):
    def of_its_own(self) -> DecisionQuerySet:
        """Those that undo no other.

        In an expression, for nearly all are such: SQLite would take the unique index of ``undoes`` for a narrow one,
        and look through the whole ledger by it.
        """
        undoing = Coalesce("undoes_id", Value(0), output_field=BigIntegerField())
        return self.alias(undoing=undoing).filter(undoing=0)

    def standing(self) -> DecisionQuerySet:
        """Those that undo no other and were not undone."""
        return self.of_its_own().filter(undone_by=None)

    def by_since(self, user: Any, at: dt.datetime) -> DecisionQuerySet:
        """Those that a user made since a moment and that stand."""
        return self.standing().filter(by=user, at__gte=at)


class Decision(Addressed):
    """One human judgement on one field of one thing: who, when, what it was before, what it is since, and why."""

    thing = models.CharField(max_length=40, help_text="Label of the model, as in articles.quote.")
    thing_uid = models.CharField(max_length=16)
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    by_name = models.CharField(max_length=150, blank=True, help_text="Kept when the account is gone.")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    batch = models.CharField(max_length=16, blank=True, db_index=True, help_text="Shared by what was done in one act.")
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["thing", "thing_uid", "field", "-id"], name="decision_of_a_thing"),
            models.Index(fields=["by", "-id"], name="decisions_of_a_user"),
            # Few say which quotes belong together, and all of them are looked through for an utterance.
            models.Index(fields=["thing", "-id"], condition=Q(field="utterance"), name="decisions_on_belonging"),
            models.Index(fields=["by", "at"], name="decisions_of_a_user_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(thing_uid="") & ~Q(field=""), name="a decision is on a field of a thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.thing} {self.thing_uid}"
