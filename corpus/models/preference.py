"""What a user of the admin likes otherwise than others."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """One setting of one user, by name; no row is the default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    name = models.CharField(max_length=40, help_text="As in desk.keys.")
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="a user says a preference once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}: {self.value}"
