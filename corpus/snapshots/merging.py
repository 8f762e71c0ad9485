"""Merging a snapshot into a corpus that has some of it: what is new comes in, and no decision made here is changed.

A thing that is new comes with all its parts. Of a thing that is here, what machines made of it stays, for they make it
here too; what people added comes in. Decisions are taken over where nobody here decided on the same field. Where
somebody did and said something else, theirs goes into the ledger as history, taken back at once in the name of nobody:
it is seen there and changes nothing. All in one transaction: to see the report is to merge and to roll back.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, models, transaction

from corpus import ledger
from corpus.chunks import chunks
from corpus.models import Decision, Tombstone, new_uid
from corpus.snapshots.folder import Snapshot
from corpus.snapshots.restoring import AT_ONCE, Into, Told, begin, known
from corpus.snapshots.tables import Corpus, Row, Table, mark

STOOD = "In merging a snapshot: what was decided here stood."
#: Differences that say nothing.
PASSING = {"updated"}
#: So many conflicts are said in full.
SHOWN = 50
WHAT = ("new", "the same", "differing", "not taken")


@dataclass
class Report:
    """What a merge does, by kind of row; ``conflicts`` are decisions that stay history, and why."""

    rows: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    decisions: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report, a line a kind."""
        yield f"{'':24}" + "".join(f"{what:>12}" for what in WHAT)
        for name, counted in self.rows.items():
            if counted.total():
                yield f"{name:24}" + "".join(f"{counted[what]:>12,}" for what in WHAT)
        for what, number in self.decisions.items():
            yield f"decisions {what}: {number:,}"
        yield from self.notes
        if self.conflicts:
            yield "In conflict, where what was decided here stands and the other is kept as history:"
            yield from (f"  {said}" for said in self.conflicts[:SHOWN])
            if len(self.conflicts) > SHOWN:
                yield f"  and {len(self.conflicts) - SHOWN:,} more."


def merge(corpus: Corpus, snapshot: Snapshot, told: Told = lambda name, rows: None, *, keep: bool = True) -> Report:
    """Merge a snapshot in one transaction, which is rolled back unless ``keep``; Problem where it cannot be read."""
    with transaction.atomic():
        begin()
        report = _Merging(corpus, snapshot, told).run()
        transaction.set_rollback(not keep)
    return report


class _Merging:
    def __init__(self, corpus: Corpus, snapshot: Snapshot, told: Told) -> None:
        self.corpus, self.snapshot, self.told = corpus, snapshot, told
        self.into = Into(corpus, link=False)
        self.report = Report()
        self.batch = new_uid()
        #: Rows that were decided on, or came to something that was here.
        self.touched: list[models.Model] = []
        self._wholes: dict[type[models.Model], dict[str, bool]] = defaultdict(dict)
        self._came: set[str] = set()

    def run(self) -> Report:
        for table in self.corpus.tables:
            if table.model is not Decision:
                for records in chunks(self.snapshot.read(table.file, known(table), table.needed), AT_ONCE):
                    self.rows(table, records)
                    self.told(table.file, len(records))
        self.into.finish(self.snapshot, self.told)
        self.sets()
        self.decisions()
        people = self.report.rows["people"]["new"]
        if people:
            self.report.notes.append(
                f"{people:,} people are new here: `manage.py pairs` finds who may be somebody known."
            )
        return self.report

    # Rows

    def rows(self, table: Table, records: Sequence[Row]) -> None:
        counted = self.report.rows[table.name]
        out = self.corpus.barred(table, records)
        records = [self._translated(table, record) for at, record in enumerate(records) if at not in out]
        counted["not taken"] += len(out)
        here = {table.key_of(row): row for _, _, row in table.records(table.of_keys(records))}
        fresh = []
        for record in records:
            if (own := here.get(table.key_of(record))) is None:
                fresh.append(record)
            else:
                counted["the same" if self._same(table, own, record) else "differing"] += 1
        fresh = self._unknown(table, fresh)
        wanted = [record for record in fresh if self._may_join(table, record)] if table.of else fresh
        if table.model is Tombstone:
            wanted = self._gone_here_too(wanted)
        if table.numbered:
            self._number(table, wanted)
        made = self.into.add(table, wanted, loose=True)
        if table.of and table.key == ("uid",):
            whole = table.references[table.of]
            joined = [record["uid"] for record in wanted if not self._is_new(whole, record[table.of])]
            self.touched += table.rows().filter(uid__in=joined) if joined else ()
        counted["new"] += made
        counted["not taken"] += len(fresh) - made

    def _translated(self, table: Table, record: Row) -> Row:
        """A record whose references are to things by the uids that they have here."""
        for name, model in table.references.items():
            record[name] = self.into.aliases[model].get(record.get(name) or "", record.get(name))
        if table.either and record[table.either[0]] > record[table.either[1]]:
            table.turn(record)
        return record

    @staticmethod
    def _same(table: Table, own: Row, record: Row) -> bool:
        passing = PASSING | {table.numbered}
        return all(own[name] == value for name, value in record.items() if name not in passing)

    def _unknown(self, table: Table, records: Sequence[Row]) -> list[Row]:
        """Those that are not here under another uid; of the others it is noted under which."""
        rest = list(records)
        for names in table.alike:
            paths = [f"{n}__{mark(table.references[n])}" if n in table.references else n for n in names]
            asked = [record for record in rest if all(record[name] not in (None, "") for name in names)]
            rows = table.rows().filter(**{f"{paths[0]}__in": {record[names[0]] for record in asked}})
            found = {tuple(values): uid for uid, *values in rows.values_list("uid", *paths)}
            for record in asked:
                if uid := found.get(tuple(record[name] for name in names)):
                    self.into.aliases[table.model][record["uid"]] = uid
                    self.report.rows[table.name]["the same"] += 1
                    rest.remove(record)
        return rest

    def _may_join(self, table: Table, record: Row) -> bool:
        """Whether a part comes in: with a whole that is new, or because somebody made it."""
        whole = table.references[table.of]
        return self._is_new(whole, record[table.of]) or (
            table.joins(record) and record[table.of] not in self.into.aliases[whole].values()
        )

    def _is_new(self, model: type[models.Model], uid: str) -> bool:
        answers = self._wholes[model]
        if uid not in answers:
            if len(answers) > 20_000:
                answers.clear()
            answers[uid] = self.into.new(self.corpus.by_model[model]).filter(uid=uid).exists()
        return answers[uid]

    def _gone_here_too(self, records: Sequence[Row]) -> list[Row]:
        """Tombstones of what is not here; what is here is not purged because somebody else purged it."""
        gone = []
        for record in records:
            model = apps.get_model(record["thing"])
            if models.QuerySet(model).filter(uid=record["thing_uid"]).exists():
                self.report.notes.append(
                    f"{model._meta.verbose_name} {record['thing_uid']} was purged there, and is here."
                )
            else:
                gone.append(record)
        return gone

    def _number(self, table: Table, records: Sequence[Row]) -> None:
        """Give names that are taken here a number."""
        column = table.numbered
        taken = set(
            table.rows().filter(**{f"{column}__in": [r[column] for r in records]}).values_list(column, flat=True)
        )
        for record in records:
            base = record[column]
            if base in taken:
                free = (f"{base}-{number}" for number in itertools.count(2))
                record[column] = next(
                    one for one in free if one not in taken and not table.rows().filter(**{column: one}).exists()
                )
            taken.add(record[column])

    def sets(self) -> None:
        """Things that are new come into sets that were here."""
        for table in self.corpus.tables:
            for one in table.sets:
                model = one.related_model
                through: Any = one.remote_field.through
                mine, theirs = f"{one.m2m_field_name()}_id", f"{one.m2m_reverse_field_name()}_id"
                new = self.into.new(self.corpus.by_model[model])
                for record in self.snapshot.read(table.file):
                    [own] = self.into.keys(table.model, [record["uid"]]).values() or [None]
                    for uids in chunks(record[one.name]):
                        keys = new.filter(uid__in=uids).values_list("pk", flat=True)
                        links = [through(**{mine: own, theirs: key}) for key in keys] if own else []
                        through._default_manager.bulk_create(links, ignore_conflicts=True)

    # Decisions

    def decisions(self) -> None:
        """The ledger: of new things as it is, of things that were here only what does not change a decision."""
        table = self.corpus.by_model[Decision]
        chains: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        undone: set[str] = set()
        for records in chunks(self.snapshot.read(table.file, known(table), table.needed), AT_ONCE):
            self.told(table.file, len(records))
            for record in records:
                record["thing_uid"] = self._here(record["thing"], record["thing_uid"])
            here = set(Decision.objects.filter(uid__in=[r["uid"] for r in records]).values_list("uid", flat=True))
            present, shared = self._present(records), self._present(records, before=True)
            fresh = []
            for record in records:
                if (record["thing"], record["thing_uid"]) in shared:
                    undone.update([record["undoes"]] if record["undoes"] else [])
                    if record["uid"] not in here:
                        chains[record["thing"], record["thing_uid"], record["field"]].append(record)
                        continue
                elif record["uid"] not in here:
                    if (record["thing"], record["thing_uid"]) in present:
                        fresh.append(record)
                    else:
                        self.report.decisions["on what was not taken"] += 1
                    continue
                self.report.decisions["here already"] += 1
            self.into.add(table, fresh, loose=True)
            self.report.decisions["on what is new"] += len(fresh)
            self.into._later(table, fresh)
        for (thing, uid, name), chain in chains.items():
            row = self.corpus.by_model[apps.get_model(thing)].rows().get(uid=uid)
            if self._chain(row, name, chain, undone):
                self.touched.append(row)
        for some in chunks(sorted(self.corpus.touched(self.touched)), 100):
            self.corpus.settle(some)
            self.corpus.conclude(some)

    def _here(self, thing: str, uid: str) -> str:
        return self.into.aliases[apps.get_model(thing)].get(uid, uid)

    def _present(self, records: Iterable[Row], *, before: bool = False) -> set[tuple[str, str]]:
        """Of the things that these are on, those that are here, or were before."""
        by_thing: dict[str, set[str]] = defaultdict(set)
        for record in records:
            by_thing[record["thing"]].add(record["thing_uid"])
        found: set[tuple[str, str]] = set()
        for thing, uids in by_thing.items():
            table = self.corpus.by_model[apps.get_model(thing)]
            rows = table.rows().filter(uid__in=uids)
            rows = rows.filter(pk__lte=self.into.marks[table]) if before else rows
            found.update((thing, uid) for uid in rows.values_list("uid", flat=True))
        return found

    def _chain(self, row: Any, name: str, chain: Sequence[Row], undone: set[str]) -> bool:
        """Take over what was decided there of a field of a row; answers whether the row changed."""
        own = ledger.live(row, name)
        standing = [record for record in chain if not record["undoes"] and record["uid"] not in undone]
        latest = standing[-1] if standing else None
        changed = False
        for record in chain:
            if record["undoes"]:
                changed |= self._taken_back(record)
            elif record is latest and own is None:
                changed |= self._take_over(row, record)
            elif record["uid"] in undone or (own and row.same(name, record["after"], own.after)):
                self._keep(record)
                self.report.decisions["that agree, or were taken back there"] += 1
            else:
                self._contradict(row, record, own.after if own else None)
        return changed

    def _taken_back(self, record: Row) -> bool:
        """That a decision was undone there: history where that one is, and nothing where it stands here."""
        other = Decision.objects.filter(uid=record["undoes"], undone_by=None).first()
        kept = other and other.uid in self._came
        if other is None or not kept:
            self.report.decisions["taken back there, that stand here"] += other is not None
            return False
        self._keep(record, undoes=other)
        return False

    def _keep(self, record: Row, undoes: Decision | None = None) -> Decision:
        table = self.corpus.by_model[Decision]
        row = Decision(**table.made({**record, "undoes": None}, {"undoes_id": undoes.pk if undoes else None}))
        row.save(force_insert=True)
        self._came.add(row.uid)
        return row

    def _take_over(self, row: Any, record: Row) -> bool:
        """Let a decision from there be in force here."""
        model = type(row)
        after = record["after"]
        reference = model._meta.get_field(record["field"]) if record["field"] in self._columns(model) else None
        if isinstance(reference, models.ForeignKey) and isinstance(after, str):
            after = self.into.aliases[reference.related_model].get(after, after)
        try:
            with transaction.atomic():
                [made] = ledger.decide(row, {record["field"]: after}, by=None, batch=record["batch"])
                said = {name: record[name] for name in ("uid", "by_name", "at", "reason")}
                Decision.objects.filter(pk=made.pk).update(**said)
        except (IntegrityError, ObjectDoesNotExist, ValueError) as error:
            self._contradict(row, record, f"nothing, for it cannot be ({error})")
            return False
        self._came.add(record["uid"])
        self.report.decisions["taken over"] += 1
        return True

    @staticmethod
    def _columns(model: type[models.Model]) -> set[str]:
        return {column.name for column in model._meta.concrete_fields}

    def _contradict(self, row: Any, record: Row, own: Any) -> None:
        """Keep a decision as history, taken back at once."""
        kept, now = self._keep(record), row.effective(record["field"])
        Decision.objects.create(
            thing=kept.thing, thing_uid=kept.thing_uid, field=kept.field, before=now, after=now, reason=STOOD,
            batch=self.batch, undoes=kept,
        )  # fmt: skip
        self.report.decisions["in conflict"] += 1
        who = f" by {record['by_name']}" if record["by_name"] else ""
        what = f"{row._meta.verbose_name} {row.uid}, {record['field']}"
        self.report.conflicts.append(f"{what}: here {_short(own)}, there {_short(record['after'])}{who}")


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:59]}…"
