"""What stands where something was purged."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Tombstone(models.Model):
    """That something was here and was purged: when, by whom and why, and nothing of what it said."""

    thing = models.CharField(max_length=40, help_text="Label of the model, as in articles.article.")
    thing_uid = models.CharField(max_length=16)
    slug = models.CharField(max_length=120, blank=True, help_text="Where its page stood, if not at its uid.")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    reason = models.TextField(help_text="For editors; never public.")
    public_note = models.TextField(blank=True, help_text="What its page says instead.")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["thing", "thing_uid"], name="a thing is purged once")]

    def __str__(self) -> str:
        return f"{self.thing} {self.thing_uid}, purged"
