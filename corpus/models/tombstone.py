"""What stands where something was purged."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class Tombstone(models.Model):
    """That something was here and was purged: when, by whom and why, and nothing of what it said.

    ``slug`` is a keyed hash of the slug its page stood at, since a person's slug is their name (see `hash_of`).
    """

    thing = models.CharField(max_length=40, help_text="Label of the model, as in articles.article.")
    thing_uid = models.CharField(max_length=16)
    slug = models.CharField(
        max_length=120, blank=True, db_index=True, help_text="Hash of where its page stood, if not at its uid."
    )
    keys = models.JSONField(
        default=list, blank=True, help_text="Hashes of what would bring it back: names of a person; address and texts."
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    reason = models.TextField(help_text="For editors; never public.")
    finished = models.DateTimeField(
        null=True, blank=True, help_text="When what was deleted was overwritten too, beyond recovery."
    )
    public_note = models.TextField(blank=True, help_text="What its page says instead.")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["thing", "thing_uid"], name="a thing is purged once")]

    def __str__(self) -> str:
        return f"{self.thing} {self.thing_uid}, purged"

    @staticmethod
    def hash_of(name: str) -> str:
        """What is kept of a slug or a key: enough to know it when it comes again, and not to read it."""
        return salted_hmac("corpus.models.Tombstone", name, algorithm="sha256").hexdigest()

    @classmethod
    def bars(cls, thing: str, keys: Iterable[str]) -> set[str]:
        """Which of these keys belong to things that were purged, so that no machine makes them again; one query."""
        rows = cls.objects.filter(thing=thing).values_list("keys", flat=True)
        purged = {digest for digests in rows for digest in digests}
        return {key for key in keys if cls.hash_of(key) in purged} if purged else set()
