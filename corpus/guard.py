"""Columns that the database itself refuses to change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Guard:
    """Fields of a model that never change once a row is there, and what an IntegrityError says to who tries."""

    model: type[models.Model]
    fields: Sequence[str]
    message: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}_immutable"

    def _sql(self, vendor: str) -> list[str]:
        table = self.model._meta.db_table
        columns = [field.column for field in self.model._meta.concrete_fields if field.name in self.fields]
        differ = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        changed = " OR ".join(f'old."{column}" {differ} new."{column}"' for column in columns)
        watched = ", ".join(f'"{column}"' for column in columns)
        message = self.message.replace("'", "''")
        head = f'CREATE TRIGGER "{self.name}" BEFORE UPDATE OF {watched} ON "{table}" FOR EACH ROW WHEN ({changed})'
        if vendor == "sqlite":
            return [f"{head} BEGIN SELECT RAISE(ABORT, '{message}'); END"]
        return [
            f"""
            CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = 'check_violation'; END $$
            """,
            f'{head} EXECUTE FUNCTION "{self.name}"()',
        ]

    def current(self, connection: BaseDatabaseWrapper) -> bool:
        """Whether the guard stands as it is defined here."""
        sql = self._sql(connection.vendor)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [self.name])
                return cursor.fetchone() == (sql[0],)
            cursor.execute(
                "SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger "
                "WHERE tgname = %s AND tgrelid = to_regclass(%s)",
                [self.name, f'"{self.model._meta.db_table}"'],
            )
            return cursor.fetchone() == (_digest(sql),)

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Put the guard up if it does not stand."""
        if self.current(connection):
            return
        sql = self._sql(connection.vendor)
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            self.uninstall(connection)
            for statement in sql:
                cursor.execute(statement)
            if connection.vendor == "postgresql":
                table = self.model._meta.db_table
                cursor.execute(f'COMMENT ON TRIGGER "{self.name}" ON "{table}" IS \'{_digest(sql)}\'')

    def uninstall(self, connection: BaseDatabaseWrapper) -> None:
        """Take the guard down; needed before a migration alters a guarded column."""
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{self.name}"')
            else:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{self.name}" ON "{self.model._meta.db_table}"')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{self.name}"()')


def _digest(sql: list[str]) -> str:
    return hashlib.sha256("\n".join(sql).encode()).hexdigest()
