"""The ledger of what people decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from corpus.models.ground import Addressed


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

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["thing", "thing_uid", "field", "-id"], name="decision_of_a_thing")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(thing_uid="") & ~Q(field=""), name="a decision is on a field of a thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.thing} {self.thing_uid}"
