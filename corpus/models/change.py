"""What a mirror has to fetch again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """That something the public sees, or saw, is not as it was; written by the database itself (`corpus.changes`).

    ``txid`` is the transaction on PostgreSQL, where ids are given before anybody can see the row, and 0 on SQLite,
    whose one writer commits in the order of ids.
    """

    id = models.BigAutoField(primary_key=True)
    thing = models.CharField(max_length=10, help_text="The plural it stands under in the API: quotes.")
    uid = models.CharField(max_length=16)
    at = models.DateTimeField(db_default=Now())
    txid = models.BigIntegerField(db_default=0)

    class Meta:
        ordering = ["txid", "id"]
        indexes = [
            models.Index(fields=["txid", "id"], name="changes_in_order"),
            models.Index(fields=["thing", "uid", "txid", "id"], name="changes_of_a_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.uid}"
