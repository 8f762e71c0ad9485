"""What an index is made over, and the one way to install, take away, rebuild and check it on either database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

#: Characters searched of one row, its open part first: about 40,000 English words. PostgreSQL's tsvector holds 1 MB,
#: and at worst, with distinct words of four-byte letters, needs 4 bytes a character.
SEARCHED = 250_000


@dataclass(frozen=True)
class Index:
    """An unmanaged model with a Document, the model it indexes, and that one's columns: the open, the closed if any."""

    model: type[models.Model]
    source: type[models.Model]
    open: str
    closed: str = ""

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def table(self) -> str:
        return self.source._meta.db_table

    @property
    def key(self) -> str:
        return str(self.source._meta.pk.column)

    @property
    def columns(self) -> list[str]:
        return [column for column in (self.open, self.closed) if column]


def backend(connection: BaseDatabaseWrapper) -> ModuleType:
    """The module that speaks this database's language."""
    from corpus.search import postgresql, sqlite

    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def install(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> bool:
    """Make whatever is missing or out of date, and fill it; False, after one query, if there was nothing to do."""
    return bool(backend(connection).install(connection, indexes))


def uninstall(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> None:
    """Take the indexes away; needed before a migration alters a column they look at (`install` makes them again)."""
    backend(connection).uninstall(connection, indexes)


def rebuild(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> None:
    """Make the indexes anew from the rows."""
    backend(connection).rebuild(connection, indexes)


def drift(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> list[str]:
    """A sentence for each index that is not what its rows make it; none if all is well. Reads every row."""
    found: list[str] = backend(connection).drift(connection, indexes)
    return found
