"""When the corpus was last checked against itself, and what was found."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Checkup(models.Model):
    """One run of `manage.py check_corpus`: in the database, so that every machine that serves it can say so.

    ``found`` and ``mended`` are numbers of faults by kind.
    """

    at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(default=0)
    found = models.JSONField(default=dict, blank=True)
    mended = models.JSONField(default=dict, blank=True)
    left = models.PositiveIntegerField("faults left", default=0)
    first = models.JSONField(default=list, blank=True, help_text="The first of the faults, in words.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"check of {self.at:%-d %B %Y, %H:%M}: {self.summary}"

    @property
    def summary(self) -> str:
        """What was found, in a few words."""
        if not self.found:
            return "nothing wrong"
        kinds = ", ".join(f"{number} of {kind}" for kind, number in sorted(self.found.items()))
        return f"{kinds}; {self.left} left" if self.mended else kinds
