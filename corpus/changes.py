"""The feed of changes: every write to what the public sees is noted by triggers, and read in an order that holds.

No code has to remember to say that something changed, and none can forget. On PostgreSQL the order of ids is not the
order of commits: a row may become visible after a reader has passed its id. So a row carries its transaction, and the
feed ends before the oldest transaction that still runs (`pg_snapshot_xmin`); what is behind that line is complete. On
SQLite one writer at a time commits in the order of ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q

from corpus.models import Change

ROW = {"INSERT": "new", "UPDATE": "new", "DELETE": "old"}


class Cursor(NamedTuple):
    """Up to where a mirror has read."""

    txid: int = -1
    id: int = 0

    def __str__(self) -> str:
        return f"{self.txid}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor that `str` wrote; ValueError for anything else."""
        txid, _, number = text.partition(".")
        if not (txid.isascii() and number.isascii() and txid.isdigit() and number.isdigit()):
            raise ValueError(text)
        found = cls(int(txid), int(number))
        if max(found) >= 2**63:
            raise ValueError(text)
        return found


class Passed(Exception):
    """A cursor of another database: it stands beyond everything that ever happened in this one."""


@dataclass(frozen=True)
class Watch:
    """One trigger: on which event of a table, when, and the things (plural and a SELECT of uids) that it changes.

    ``{row}`` in a SELECT stands for the row concerned. ``fields`` restrict an update to those that truly differ.
    """

    model: type[models.Model]
    event: str
    tells: Mapping[str, str]
    when: str = ""
    fields: Sequence[str] = ()
    suffix: str = ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return f"{self.table}_told_{self.event.lower()}{self.suffix}"

    def sql(self, vendor: str) -> list[str]:
        conditions = [self.when] if self.when else []
        if self.fields:
            differ = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
            columns = [self.model._meta.get_field(name).column for name in self.fields]  # type: ignore[union-attr]
            conditions.append(" OR ".join(f'old."{column}" {differ} new."{column}"' for column in columns))
        when = f"WHEN ({' AND '.join(f'({one})' for one in conditions)})" if conditions else ""
        head = f'CREATE TRIGGER "{self.name}" AFTER {self.event} ON "{self.table}" FOR EACH ROW {when}'
        told = [(thing, select.format(row=ROW[self.event])) for thing, select in self.tells.items()]
        if vendor == "sqlite":
            body = "".join(
                f"""
                INSERT INTO corpus_change (thing, uid) SELECT '{thing}', uid FROM ({select});
                DELETE FROM corpus_change WHERE thing = '{thing}' AND uid IN ({select}) AND EXISTS (SELECT 1 FROM
                corpus_change later WHERE later.thing = '{thing}' AND later.uid = corpus_change.uid
                AND later.id > corpus_change.id);"""
                for thing, select in told
            )
            return [f"{head} BEGIN {body} END"]
        body = "".join(
            f"""
            INSERT INTO corpus_change (thing, uid, txid)
            SELECT '{thing}', told.uid, {CURRENT} FROM ({select}) told WHERE NOT EXISTS (
                SELECT 1 FROM corpus_change WHERE thing = '{thing}' AND uid = told.uid AND txid = {CURRENT});"""
            for thing, select in told
        )
        function = f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}'
        return [f"{function} RETURN NULL; END $$", f'{head} EXECUTE FUNCTION "{self.name}"()']


CURRENT = "pg_current_xact_id()::text::bigint"


@dataclass(frozen=True)
class Feed:
    """Everything that is watched, and a SELECT for each thing of the uids that are public from the start."""

    watches: Sequence[Watch]
    public: Mapping[str, str]

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Put the triggers up that do not stand; where none stood, everything public is new."""
        standing = self._standing(connection)
        wanted = {watch.name: watch.sql(connection.vendor) for watch in self.watches}
        stale = [watch for watch in self.watches if standing.get(watch.name) != _mark(connection, wanted[watch.name])]
        foreign = connection.vendor == "postgresql" and self._foreign(connection)
        if not stale and not foreign:
            return
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            if not standing and not Change.objects.using(connection.alias).exists():
                for thing, select in self.public.items():
                    cursor.execute(f"INSERT INTO corpus_change (thing, uid) SELECT '{thing}', uid FROM ({select}) told")
            if foreign:
                cursor.execute(f"UPDATE corpus_change SET txid = 0 WHERE txid > {NEXT}")
            for watch in stale:
                _drop(cursor, connection.vendor, watch)
                for statement in wanted[watch.name]:
                    cursor.execute(statement)
                if connection.vendor == "postgresql":
                    mark = _mark(connection, wanted[watch.name])
                    cursor.execute(f'COMMENT ON TRIGGER "{watch.name}" ON "{watch.table}" IS \'{mark}\'')

    @staticmethod
    def _foreign(connection: BaseDatabaseWrapper) -> bool:
        """Whether there are rows from a dump of another cluster, whose transactions were numbered otherwise."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM corpus_change WHERE txid > {NEXT})")
            return bool(cursor.fetchone()[0])

    def uninstall(self, connection: BaseDatabaseWrapper) -> None:
        """Take the triggers down: before tables are altered, since SQLite cannot rename one that a trigger names."""
        standing = self._standing(connection)
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            for watch in self.watches:
                if watch.name in standing:
                    _drop(cursor, connection.vendor, watch)

    def current(self, connection: BaseDatabaseWrapper) -> bool:
        """Whether every trigger stands as it is defined here."""
        standing = self._standing(connection)
        return all(standing.get(w.name) == _mark(connection, w.sql(connection.vendor)) for w in self.watches)

    def _standing(self, connection: BaseDatabaseWrapper) -> dict[str, str]:
        """What is installed, by name; one query."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%%_told_%%'")
            else:
                cursor.execute(
                    "SELECT tgname, coalesce(obj_description(t.oid, 'pg_trigger'), '') FROM pg_trigger t "
                    "JOIN pg_class c ON c.oid = tgrelid WHERE tgname LIKE '%%_told_%%' AND pg_table_is_visible(c.oid)"
                )
            return dict(cursor.fetchall())


NEXT = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


def _mark(connection: BaseDatabaseWrapper, sql: Sequence[str]) -> str:
    return sql[0] if connection.vendor == "sqlite" else hashlib.sha256("\n".join(sql).encode()).hexdigest()


def _drop(cursor: object, vendor: str, watch: Watch) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    if vendor == "sqlite":
        execute(f'DROP TRIGGER IF EXISTS "{watch.name}"')
    else:
        execute(f'DROP TRIGGER IF EXISTS "{watch.name}" ON "{watch.table}"')
        execute(f'DROP FUNCTION IF EXISTS "{watch.name}"()')


def read(since: Cursor | None, limit: int, using: str = DEFAULT_DB_ALIAS) -> tuple[list[Change], Cursor]:
    """The next changes after a cursor, at most ``limit``, each thing at its latest only; and the cursor after them.

    Raises `Passed` for a cursor that this database cannot have given.
    """
    since = since or Cursor()
    before = Q()
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint "
                "FROM pg_current_snapshot() now"
            )
            oldest, following = cursor.fetchone()
        if since.txid >= following:
            raise Passed(since)
        before = Q(txid__lt=oldest)
    elif since.txid > 0:
        raise Passed(since)
    later = Change.objects.using(using).filter(before, thing=OuterRef("thing"), uid=OuterRef("uid"))
    later = later.filter(Q(txid__gt=OuterRef("txid")) | Q(txid=OuterRef("txid"), id__gt=OuterRef("id"))).order_by()
    rows = Change.objects.using(using).filter(before, txid__gte=since.txid).exclude(txid=since.txid, id__lte=since.id)
    page = list(rows.filter(~Exists(later)).order_by("txid", "id")[:limit])
    return page, Cursor(page[-1].txid, page[-1].id) if page else since


def compact(using: str = DEFAULT_DB_ALIAS) -> int:
    """Forget changes that a later one of the same thing stands for; returns how many."""
    later = Change.objects.using(using).filter(thing=OuterRef("thing"), uid=OuterRef("uid")).order_by()
    later = later.filter(Q(txid__gt=OuterRef("txid")) | Q(txid=OuterRef("txid"), id__gt=OuterRef("id")))
    old = Change.objects.using(using).filter(Exists(later))
    return old.delete()[0]
