"""Reading a snapshot into an empty corpus: one transaction, so that whatever happens it is all there or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.db.models import Max

from corpus.chunks import chunks
from corpus.models import Change
from corpus.snapshots.folder import Problem, Snapshot
from corpus.snapshots.tables import Corpus, Row, Table, mark
from corpus.statements import set_each

#: So many records are in memory at once.
AT_ONCE = 500
#: So many articles are brought up to date at once.
SETTLED = 100

Told = Callable[[str, int], None]
#: By model: the uid that a row has in the snapshot, and the one it has here.
Aliases = dict[type[models.Model], dict[str, str]]


def begin() -> None:
    """At the start of the transaction of an import: rows are checked as they come, not all at the end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def restore(corpus: Corpus, snapshot: Snapshot, told: Told = lambda name, rows: None) -> None:
    """Read all of a snapshot into an empty corpus, in one transaction; Problem where a record cannot be."""
    with transaction.atomic():
        begin()
        if full := holding(corpus):
            raise Problem(f"The corpus is not empty: there are {full}.")
        start_feed()
        into = Into(corpus, link=True)
        for table in corpus.tables:
            for records in chunks(snapshot.read(table.file, known(table), table.needed), AT_ONCE):
                into.add(table, records)
                told(table.file, len(records))
        into.finish(snapshot, told)


def steps(corpus: Corpus, snapshot: Snapshot) -> int:
    """Of how many rows ``told`` hears: of each as it is read, of some again, of articles twice as they are settled."""
    again = [table.file for table in corpus.tables if table.later or table.sets]
    files = [*snapshot.rows, *again, *[_articles(corpus).file] * 2]
    return sum(snapshot.rows.get(name, 0) for name in files)


def _articles(corpus: Corpus) -> Table:
    return next(table for table in corpus.tables if table.label == "articles.article")


def known(table: Table) -> set[str]:
    return {one.name for one in (*table.fields, *table.sets)}


def holding(corpus: Corpus) -> str:
    """What is in the corpus, as one of its tables; "" when it is empty."""
    return next((table.name for table in corpus.tables if table.rows().exists()), "")


def start_feed() -> None:
    """Let the feed begin beyond every place a reader of another database may have got to.

    On PostgreSQL a place names a transaction, and one of another server is known by it; on SQLite places are numbers
    that would begin again at 1, and whoever followed the old database would miss what is new in this one.
    """
    if connection.vendor == "sqlite":
        named = {"table": Change._meta.db_table}
        now = "CAST(1000 * (julianday('now') - 2440587.5) * 86400 AS INTEGER)"
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE sqlite_sequence SET seq = max(seq, {now}) WHERE name = %(table)s", named)
            cursor.execute(
                f"INSERT INTO sqlite_sequence (name, seq) SELECT %(table)s, {now} "
                "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %(table)s)",
                named,
            )


class Into:
    """Records on their way into tables; what is behind ``marks`` (by table) was there before.

    ``link``: what accounts of the snapshot did, accounts of the same name here did.
    """

    def __init__(self, corpus: Corpus, *, link: bool) -> None:
        self.corpus, self.link = corpus, link
        self.marks = {table: table.rows().aggregate(last=Max("pk"))["last"] or 0 for table in corpus.tables
                      if table.model._meta.pk.get_internal_type().endswith("AutoField")}  # fmt: skip
        self.aliases: Aliases = defaultdict(dict)

    def add(self, table: Table, records: Sequence[Row], loose: bool = False) -> int:
        """Insert records; with ``loose`` those that lean on something which is not here stay out. Returns how many."""
        found = self._references(table, records)
        made = []
        for record in records:
            keys: dict[str, Any] = {}
            for name, model in table.references.items():
                said = record.get(name)
                if name in table.later or said is None:
                    continue
                key = found[model].get(said)
                kept = table.model._meta.get_field(name)
                if key is None and (not kept.null or name in table.needs):
                    break
                if key is None and not loose:
                    raise Problem(f"{table.file}: {record} names {said} as its {name}, and there is no such one.")
                keys[cast("models.Field[Any, Any]", kept).attname] = key
            else:
                made.append(self._turned(table, table.made(record, keys)))
                continue
            if not loose:
                raise Problem(f"{table.file}: {record} has no {name}.")
        if table.linked and self.link:
            self._give(table, made)
        table.insert(made)
        return len(made)

    def _turned(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """Of a pair, the one with the lower key stands first."""
        if table.either:
            first, second = (f"{name}_id" for name in table.either)
            if row[first] > row[second]:
                row[first], row[second] = row[second], row[first]
                for name, values in table.flipped.items():
                    row[name] = values.get(row[name], row[name])
        return row

    def _give(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Give what was done to the accounts of those who did it."""
        for reference, column in table.linked.items():
            named = {row[column] for row in rows} - {""}
            accounts = dict(User.objects.filter(username__in=named).values_list("username", "pk"))
            for row in rows:
                row[f"{reference}_id"] = accounts.get(row[column])

    def _references(self, table: Table, records: Iterable[Row]) -> dict[type[models.Model], dict[str, int]]:
        """The keys here of all that the records refer to, by model and uid; one query a model."""
        wanted: dict[type[models.Model], set[str]] = defaultdict(set)
        for record in records:
            for name, model in table.references.items():
                if name not in table.later and record.get(name) is not None:
                    wanted[model].add(record[name])
        return {model: self.keys(model, uids) for model, uids in wanted.items()}

    def keys(self, model: type[models.Model], uids: Iterable[str]) -> dict[str, int]:
        """The keys here of rows, by the uid they have in the snapshot; accounts that are missing are made, asleep."""
        uids, alias = set(uids), self.aliases.get(model, {})
        column = mark(model)
        here: dict[str, int] = {}
        for some in chunks({alias.get(uid, uid) for uid in uids}):
            rows: models.QuerySet[Any] = models.QuerySet(model).filter(**{f"{column}__in": some})
            here.update(rows.values_list(column, "pk"))
        found = {uid: here[alias.get(uid, uid)] for uid in uids if alias.get(uid, uid) in here}
        if model is User:
            for name in sorted(uids - set(found)):
                # Somebody whom rows refer to; nobody can log in as them before an administrator wakes them.
                account = User(username=name, is_active=False)
                account.set_unusable_password()
                account.save()
                found[name] = account.pk
        return found

    def finish(self, snapshot: Snapshot, told: Told) -> None:
        """What had to wait until all rows were there: references forward, sets, and whatever is derived."""
        for table in self.corpus.tables:
            if table.later or table.sets:
                for records in chunks(snapshot.read(table.file), AT_ONCE):
                    self._later(table, records)
                    told(f"{table.file} again", len(records))
        if connection.vendor == "postgresql":
            # Before its statistics know of the new rows it would walk whole tables for each question.
            with connection.cursor() as cursor:
                for table in self.corpus.tables:
                    cursor.execute(f'ANALYZE "{table.model._meta.db_table}"')
        self.corpus.mend()
        self.settle(told)

    def new(self, table: Table) -> models.QuerySet[Any]:
        """The rows of this import."""
        return table.rows().filter(pk__gt=self.marks[table])

    def settle(self, told: Told) -> None:
        table = _articles(self.corpus)
        keys = self.new(table).order_by("pk").values_list("pk", flat=True)
        for act in (self.corpus.settle, self.corpus.conclude):
            last = self.marks[table]
            while some := list(keys.filter(pk__gt=last)[:SETTLED]):
                act(some)
                told("settling", len(some))
                last = some[-1]

    def _later(self, table: Table, records: Sequence[Row]) -> None:
        named = [record["uid"] for record in records]
        own = dict(self.new(table).filter(uid__in=named).values_list("uid", "pk"))
        records = [record for record in records if record["uid"] in own]
        wanted: dict[type[models.Model], set[str]] = defaultdict(set)
        for record in records:
            for name in table.later:
                if record.get(name):
                    wanted[table.references[name]].add(record[name])
            for one in table.sets:
                wanted[one.related_model].update(record.get(one.name, ()))
        found = {model: self.keys(model, uids) for model, uids in wanted.items()}
        if table.later:
            values = []
            for record in records:
                keys = [found[table.references[name]].get(record[name]) if record.get(name) else None
                        for name in table.later]  # fmt: skip
                if any(key is not None for key in keys):
                    values.append((own[record["uid"]], *keys))
            set_each(table.model, table.later, values)
        for one in table.sets:
            through: Any = one.remote_field.through
            mine, theirs = f"{one.m2m_field_name()}_id", f"{one.m2m_reverse_field_name()}_id"
            theirs_by_uid = found.get(one.related_model, {})
            links = [through(**{mine: own[record["uid"]], theirs: theirs_by_uid[uid]})
                     for record in records for uid in record.get(one.name, ()) if uid in theirs_by_uid]  # fmt: skip
            through._default_manager.bulk_create(links, batch_size=1000, ignore_conflicts=True)
