"""Ground of the models: addresses that never change, and rows that people decide about."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

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
    that a decision can be taken back; ``disputed`` names those, with blanks between, for which the machine has since
    come to say something else than before and than was decided. Only `corpus.ledger` writes the three.
    """

    decided = models.JSONField(default=list, blank=True, editable=False)
    suggestion = models.JSONField(default=dict, blank=True, editable=False)
    disputed = models.CharField(
        max_length=120,
        blank=True,
        editable=False,
        help_text="Decided fields of which the reader has since changed its mind.",
    )

    #: Labels of the models whose rows it holds, each decided as a field of its own: by what stands before the uid.
    members: ClassVar[Mapping[str, str]] = {}
    #: By label of the models that may hold it, what stands before its uid there.
    held_by: ClassVar[Mapping[str, str]] = {}

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

    @classmethod
    def called(cls, name: str) -> str:
        """What people call a field that is decided but is no column; "" for a column."""
        return ""

    @classmethod
    def worded(cls, name: str, value: Any) -> str | None:
        """A value of such a field as an editor reads it; None for a column's."""
        return None

    @classmethod
    def prepare(cls, rows: Sequence[Any], values: Iterable[Mapping[str, Any]]) -> None:
        """Have at hand what it takes to decide such values on several rows; what `put` writes beside may wait."""

    @classmethod
    def write(cls, rows: Sequence[Any]) -> None:
        """Save several rows, with what waited."""
        for row in rows:
            row.save()

    def forget(self) -> None:
        """Forget what was kept in mind while several fields were decided together."""

    def said(self, name: str, value: Any) -> Any:
        """A value as callers and old rows of the ledger may give it, in the form that `effective` has."""
        return value

    def same(self, name: str, one: Any, other: Any) -> bool:
        """Whether two values of a field, as JSON, are the same judgement."""
        return bool(one == other)

    def holds(self, name: str, decided: Any) -> bool:
        """Whether the row has what was decided, as far as nobody but people changes it."""
        return bool(self.effective(name) == decided)

    def settled_by(self, name: str) -> set[str]:
        """What is disputed no longer once somebody decides this field again."""
        return {name}

    def reopened_by(self, undone: Any, standing: Sequence[Any]) -> set[str]:
        """What the machine disputes again once the decision in force on a field is undone; ``standing``, latest first.

        What somebody first decided against, or has said again in spite of, they know; in doubt they are asked again.
        """
        name, said = undone.field, self.suggestion.get(undone.field)
        insisted = len(standing) > 1 and standing[0].before == standing[0].after
        known = insisted or self.same(name, said, standing[-1].before)
        settled = undone.before == undone.after or not known
        return {name} if settled and not self.same(name, said, self.effective(name)) else set()

    def disputable(self, name: str) -> bool:
        """Whether there is a decision that the machine could dispute under this name."""
        return name in self.decided

    def put(self, name: str, value: Any) -> None:
        """Set a field from JSON, unsaved: the inverse of `effective`."""
        field = self._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            manager = field.remote_field.model._default_manager
            setattr(self, name, None if value is None else manager.get(uid=value))
        else:
            assert isinstance(field, models.Field)
            setattr(self, name, None if value is None else field.to_python(value))
