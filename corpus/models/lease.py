"""Who works on what at this moment, so that two editors do not settle the same thing twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Lease(models.Model):
    """A thing that somebody has before them until a moment that passes by itself; a courtesy, never a lock."""

    thing = models.CharField(max_length=40, help_text="Label of the model, as in articles.article.")
    thing_uid = models.CharField(max_length=16)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="leases")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "thing_uid"], name="a thing is leased to one at a time")
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.thing_uid} to {self.by_id}"
