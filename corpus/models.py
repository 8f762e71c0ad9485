"""Ground of the models: addresses that never change, and the ledger of what people decided."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

#: No vowels and no look-alikes: a uid can be read out, and spells nothing.
UID_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
UID_LENGTH = 10
_random = random.SystemRandom()


def new_uid() -> str:
    """A short random address: 27 letters and digits to the power of 10, about 47 bits."""
    return "".join(_random.choices(UID_ALPHABET, k=UID_LENGTH))


def one_of(field: str, choices: Iterable[Any], name: str) -> models.CheckConstraint:
    """The database's own guard that a column holds one of its choices."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": list(choices)}), name=name)


class Addressed(models.Model):
    """Something with an address: its uid is made once and never recomputed; export and import match on it."""

    uid = models.CharField(max_length=16, unique=True, default=new_uid, editable=False)

    class Meta:
        abstract = True


class Curated(Addressed):
    """A row whose columns hold effective values: what a person decided if anybody did, else what the machine suggests.

    ``decided`` names the columns a person decided; ``suggestion`` keeps the machine's latest value for just those, so
    that a decision can be taken back and a disagreement shown. Only `corpus.ledger` writes either.
    """

    decided = models.JSONField(default=list, blank=True, editable=False)
    suggestion = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def effective(self, name: str) -> Any:
        """The effective value of a field as JSON; a related row is its uid."""
        field = self._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            related = getattr(self, name)
            return related.uid if related else None
        value = getattr(self, name)
        return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)

    def put(self, name: str, value: Any) -> None:
        """Set a field from JSON, unsaved: the inverse of `effective`."""
        field = self._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            manager = field.remote_field.model._default_manager
            setattr(self, name, None if value is None else manager.get(uid=value))
        else:
            assert isinstance(field, models.Field)
            setattr(self, name, None if value is None else field.to_python(value))


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
