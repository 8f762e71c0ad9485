"""Keys of the API, and what was answered to requests that may come twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Token(models.Model):
    """A key of the API: acts as its user, within its scopes. Only the hash is kept; the key is shown once.

    ``scopes`` is some of "read" (what the user may see beyond the public), "ingest" and "curate".
    """

    class Scope(models.TextChoices):
        READ = "read", "read what its user may see"
        INGEST = "ingest", "take articles in"
        CURATE = "curate", "decide, as its user may"

    name = models.CharField(max_length=100, help_text="What it is for: newsletter script.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    scopes = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False, help_text="How the key begins.")
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked = models.DateTimeField(null=True, blank=True, editable=False)
    last_used = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")

    class Meta:
        ordering = ["-id"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def live(self) -> bool:
        """Whether it is accepted now."""
        return not self.revoked and (self.expires is None or self.expires > timezone.now())


class Replay(models.Model):
    """The answer to a request with an Idempotency-Key, given again when the request comes again."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="replays")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="a key is used once a token")]

    def __str__(self) -> str:
        return f"{self.key} of token {self.token_id}"
