"""What of a model goes into a snapshot, and how its values stand there.

The columns come from the model itself, so that a field that is added is kept without a word; only what is *not* kept is
named, with the reason. Rows refer to one another by uid and to accounts by name, never by the keys of one database.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import F, QuerySet
from django.db.models.functions import Collate
from django.utils import timezone

from corpus.snapshots.folder import Problem
from corpus.statements import load

Row = dict[str, Any]


def utc(value: dt.datetime | None) -> str | None:
    """A moment to the microsecond, in UTC."""
    return None if value is None else f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _encoded(value: Any) -> str | None:
    return None if value is None else base64.b64encode(bytes(value)).decode()


def _decoded(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _text(value: Any, longest: int | None = None) -> str:
    if not isinstance(value, str):
        raise ValueError("that is no text")
    if longest is not None and len(value) > longest:
        raise ValueError(f"that is longer than {longest} characters")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("that is no whole number, or none that a database holds")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("that is no number")
    return float(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("that is neither true nor false")
    return value


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A model in a snapshot: a file of its rows.

    ``key`` tells rows apart, in this database and in any other; ``order`` is the total order of the file: of the whole
    table, or with ``of``, which names the row that this one is part of, among the parts of one row (the file follows
    the order of the whole). ``later`` names references to rows that come after, ``linked`` references to accounts that
    a column names anyway. ``either`` are two references that stand for a pair in any order, ``flipped`` the values that
    change when the two change places.

    When snapshots are merged, ``alike`` lists columns by which together a row of another uid is the same thing,
    ``numbered`` is a column that gets a number where its value is taken, ``needs`` are references without which, if
    they are said, a row is nothing; and ``joins`` says which parts of a row that is here already are taken in.
    """

    model: type[models.Model]
    key: tuple[str, ...] = ("uid",)
    order: tuple[str, ...] = ("created", "uid")
    of: str = ""
    derived: Mapping[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    linked: Mapping[str, str] = field(default_factory=dict)
    either: tuple[str, str] | None = None
    flipped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    alike: tuple[tuple[str, ...], ...] = ()
    numbered: str = ""
    needs: tuple[str, ...] = ()
    joins: Callable[[Row], bool] = lambda row: False

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def file(self) -> str:
        return f"{self.name.replace(' ', '-')}.jsonl"

    @cached_property
    def fields(self) -> list[models.Field[Any, Any]]:
        """The columns that are kept, without the key of this database."""
        out = {*self.derived, *self.linked, *(f.name for f in self.model._meta.pk_fields)}
        return [f for f in self.model._meta.concrete_fields if f.name not in out and not f.generated]

    @cached_property
    def sets(self) -> list[models.ManyToManyField[Any, Any]]:
        """Sets of references, such as the articles of a story."""
        return [one for one in self.model._meta.local_many_to_many if one.name not in self.derived]

    @cached_property
    def references(self) -> dict[str, type[models.Model]]:
        return {f.name: f.related_model for f in self.fields if isinstance(f, models.ForeignKey)}

    def rows(self) -> QuerySet[Any]:
        """Every row, whatever the model's manager hides or defers."""
        return QuerySet(self.model)

    # Out

    @cached_property
    def columns(self) -> list[str]:
        """Where the values of the kept columns are found, in the order of the fields."""
        return [f"{f.name}__{mark(self.references[f.name])}" if f.name in self.references else f.attname
                for f in self.fields]  # fmt: skip

    @cached_property
    def _encoders(self) -> list[tuple[str, Callable[[Any], Any] | None]]:
        return [(f.name, _ENCODE.get(f.get_internal_type())) for f in self.fields]

    def record(self, values: Sequence[Any]) -> Row:
        """A row as it stands in the file, from the values of the columns."""
        row = {name: encode(value) if encode else value
               for (name, encode), value in zip(self._encoders, values, strict=True)}  # fmt: skip
        if self.either and row[self.either[0]] > row[self.either[1]]:
            self.turn(row)
        return row

    def turn(self, row: Row) -> None:
        """Let the two of a pair change places."""
        assert self.either
        first, second = self.either
        row[first], row[second] = row[second], row[first]
        for name, values in self.flipped.items():
            row[name] = values.get(row[name], row[name])

    def keys(self) -> Iterator[int]:
        """The keys of all rows in the order of the file."""
        order: list[Any] = []
        for name in self.order:
            kept = self.model._meta.get_field(name)
            text = isinstance(kept, models.CharField) and connection.vendor == "postgresql"
            order.append(Collate(F(name), "C") if text else F(name))
        yield from self.rows().order_by(*order).values_list("pk", flat=True).iterator(chunk_size=5_000)

    def records(self, rows: QuerySet[Any]) -> list[tuple[int, int, Row]]:
        """The rows as (key, key of the whole, record), with their sets."""
        of = f"{self.of}_id" if self.of else "pk"
        found = [(pk, whole, self.record(values))
                 for pk, whole, *values in rows.order_by().values_list("pk", of, *self.columns)]  # fmt: skip
        for one in self.sets:
            held: dict[int, list[str]] = {pk: [] for pk, _, _ in found}
            through = cast("type[models.Model]", one.remote_field.through)._default_manager.all()
            mine, theirs = one.m2m_field_name(), one.m2m_reverse_field_name()
            pairs = through.filter(**{f"{mine}__in": list(held)}).values_list(f"{mine}_id", f"{theirs}__uid")
            for pk, uid in pairs:
                held[pk].append(uid)
            for pk, _, row in found:
                row[one.name] = sorted(held[pk])
        return found

    def place(self, row: Row) -> tuple[Any, ...]:
        """Where a part stands among the parts of one row."""
        return tuple(row[name] for name in self.order)

    # In

    @cached_property
    def needed(self) -> list[str]:
        """What a record has to say: what it is known by, and what no default stands in for."""
        must = [f.name for f in self.fields if not (f.null or f.blank or f.has_default())]
        return [*self.key, *(name for name in must if name not in self.key)]

    @cached_property
    def _decoders(self) -> list[tuple[models.Field[Any, Any], Callable[[Any], Any] | None]]:
        kept = [f for f in self.fields if f.name not in self.references]
        return [(f, partial(_text, longest=f.max_length) if isinstance(f, models.CharField)
                 else _DECODE.get(f.get_internal_type())) for f in kept]  # fmt: skip

    def made(self, row: Row, references: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a record by attribute, its references given as keys of this database.

        Raises Problem for a value that the column is not of, whatever this database would make of it.
        """
        values: dict[str, Any] = dict(references)
        for kept, decode in self._decoders:
            if kept.name in row:
                value = row[kept.name]
                try:
                    values[kept.attname] = value if decode is None or value is None else decode(value)
                except (TypeError, ValueError) as error:
                    of = ", ".join(str(row[name]) for name in self.key)
                    raise Problem(f"{self.file}: {of} has {str(value)[:60]!r} as its {kept.name}: {error}.") from error
        return values

    def insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows given by attribute as they are: no column is dated anew, as `bulk_create` would."""
        stored = self._stored
        values = [[prepare(row[kept.attname]) if kept.attname in row else prepare(_default(kept))
                   for kept, prepare in stored] for row in rows]  # fmt: skip
        if values:
            load([kept for kept, _ in stored], values)

    @property
    def _stored(self) -> list[tuple[models.Field[Any, Any], Callable[[Any], Any]]]:
        """The columns that are written, each with what makes of a value what this database takes."""
        here = connections[DEFAULT_DB_ALIAS]
        fields = [f for f in self.model._meta.concrete_fields if not f.primary_key and not f.generated]
        return [
            (f, _as_it_is if f.get_internal_type() in _PLAIN else partial(f.get_db_prep_save, connection=here))
            for f in fields
        ]

    def key_of(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in self.key)

    def of_keys(self, rows: Iterable[Row]) -> QuerySet[Any]:
        """The rows here that have the keys of these; perhaps more."""
        first = self.key[0]
        path = f"{first}__{mark(self.references[first])}" if first in self.references else first
        return self.rows().filter(**{f"{path}__in": {row[first] for row in rows}})


def _as_it_is(value: Any) -> Any:
    return value


def _default(kept: models.Field[Any, Any]) -> Any:
    """What stands in a column of which a record says nothing."""
    now = getattr(kept, "auto_now", False) or getattr(kept, "auto_now_add", False)
    return timezone.now() if now else kept.get_default()


#: Kinds of fields whose values both databases take as JSON has them.
_PLAIN = set(
    """
    BigIntegerField BooleanField CharField FloatField ForeignKey IntegerField OneToOneField PositiveIntegerField
    PositiveSmallIntegerField SlugField TextField
    """.split()
)


def mark(model: type[models.Model]) -> str:
    """The column by which a row is referred to."""
    return "username" if model is User else "uid"


_ENCODE: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": utc,
    "DateField": _iso,
    "TimeField": _iso,
    "BinaryField": _encoded,
}
_DECODE: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": dt.datetime.fromisoformat,
    "DateField": dt.date.fromisoformat,
    "TimeField": dt.time.fromisoformat,
    "BinaryField": _decoded,
    "TextField": _text,
    "BooleanField": _truth,
    "FloatField": _number,
    **dict.fromkeys(("IntegerField", "BigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"), _whole),
}


@dataclass(frozen=True)
class Corpus:
    """All that a snapshot is made of, each table after those it refers to, but for ``later`` references.

    ``mend`` puts right what follows from references to rows, ``settle`` brings what is derived of articles (keys) up to
    date, and ``conclude``, when that is done of all, what they share; ``touched`` gives the articles that a decided row
    concerns, ``barred`` says of records which may not come in, because they were purged here.
    """

    tables: Sequence[Table]
    settle: Callable[[Sequence[int]], None]
    conclude: Callable[[Sequence[int]], None]
    mend: Callable[[], None]
    touched: Callable[[Iterable[models.Model]], set[int]]
    barred: Callable[[Table, Sequence[Row]], set[int]]

    @cached_property
    def by_model(self) -> dict[type[models.Model], Table]:
        return {table.model: table for table in self.tables}

    def wholes(self) -> list[Table]:
        return [table for table in self.tables if not table.of]

    def parts(self, table: Table) -> list[Table]:
        return [one for one in self.tables if one.of and one.model._meta.get_field(one.of).related_model is table.model]
