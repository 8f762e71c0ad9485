"""From a declared record to rows: which columns to ask for, and functions that make records of what comes back.

The one way from the database into every representation of the API. Compiled once for each choice of fields and kept; a
page costs its query and one for each kind of related rows, and no instance of a model is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

from corpus.cells import cell, together
from corpus.prepared import Prepared
from corpus.serializers import Column, Computed, CorpusSerializer, Gathered, PageField, Related, Rows, fields_of

Record = dict[str, Any]
#: What was fetched beside the row, then its columns, of which the first is its key.
Row = Sequence[Any]
Reader = Callable[[Row], Any]
Cells = Callable[[Row], Sequence[str]]


class Columns:
    """The columns of a query, each once; the key is always the first."""

    def __init__(self, *more: Column) -> None:
        self.at: dict[Column, int] = {"": 0}
        for column in ("pk", *more):
            self.place(column)

    def place(self, column: Column) -> int:
        """Where in a row the column stands; it is asked for from now on."""
        return self.at.setdefault(column, len(self.at))

    def of(self, query: QuerySet) -> QuerySet:
        """The query for these columns, as tuples."""
        return query.values_list(*(column() if callable(column) else column for column in self.at if column))


class Shape:
    """How rows become the records that a serializer declares, as far as its fields were not taken out.

    ``base`` stands in front of every address. ``read`` makes a record of a completed row, ``flat`` its plain values as
    cells, below the dotted ``titles``.
    """

    def __init__(self, serializer: Any, base: str = "", columns: Columns | None = None, path: str = "") -> None:
        self.base = base
        self.columns = columns or Columns()
        self.besides: list[Fetch | Gather] = []
        self.titles: list[str] = []
        #: What makes the cells of a row, in order; readers of one plain value stand by themselves.
        self._cells: list[tuple[Reader, bool]] = []
        self._prepared: dict[tuple[str, ...], Prepared] = {}
        self.read = self._record(serializer, path, "")

    def of(self, model: type[Model]) -> QuerySet:
        """All rows of a model, as tuples of the columns."""
        return self.columns.of(model._base_manager.all())

    def rows(self, model: type[Model], keys: QuerySet | Sequence[int], order: Sequence[str] = ()) -> Sequence[Row]:
        """The rows of a model that have these keys, or are those of a queryset, as tuples of the columns; one query."""
        name = model._meta.label, *order
        if name not in self._prepared:
            self._prepared[name] = Prepared(self.columns.of(model._base_manager.order_by(*order)), "pk")
        return self._prepared[name].rows(keys)

    def flat(self, row: Row) -> list[str]:
        """The plain values of a completed row, as cells."""
        found: list[str] = []
        for cells in self._parts:
            found += cells(row)
        return found

    @cached_property
    def _parts(self) -> list[Cells]:
        return _joined(self._cells)

    def complete(self, rows: Iterable[Row]) -> list[Row]:
        """The tuples, each with what belongs to it in front; a query for each kind of related rows."""
        rows = list(rows)
        if not self.besides or not rows:
            return [((), *row) for row in rows]
        found = [(beside.found(rows), beside.nothing) for beside in self.besides]
        return [(tuple(some.get(row[0], nothing) for some, nothing in found), *row) for row in rows]

    def _record(self, serializer: Any, path: str, title: str) -> Reader:
        readers = [
            (name, self._field(field, path, f"{title}{name}"))
            for name, field in fields_of(serializer).items()
        ]  # fmt: skip
        return lambda row: {name: read(row) for name, read in readers}

    def _field(self, field: Any, path: str, title: str) -> Reader:
        if isinstance(field, Rows):
            return self._rows(field, title)
        if isinstance(field, Gathered):
            return self._gathered(field, title)
        if isinstance(field, CorpusSerializer):
            return self._nested(field, path, title)
        read = self._value(field, path)
        self.titles.append(title)
        self._cells.append((read, True))
        return read

    def _rows(self, field: Rows, title: str) -> Reader:
        fetch = next((one for one in self.besides if isinstance(one, Fetch) and one.related is field.related), None)
        if fetch is None:
            fetch = Fetch(field.related, self.base)
            self.besides.append(fetch)
        place, value, shape = self.besides.index(fetch), field.value, fetch.add(field)
        read, flat = shape.read, shape.flat
        blank = [""] * len(shape.titles)

        def cells(row: Row) -> Sequence[str]:
            rows = row[0][place].get(value)
            if not rows:
                return blank
            return flat(rows[0]) if len(rows) == 1 else together(map(flat, rows))

        self.titles += [f"{title}.{inner}" for inner in shape.titles]
        self._cells.append((cells, False))
        return lambda row: [read(one) for one in row[0][place].get(value, ())]

    def _gathered(self, field: Gathered, title: str) -> Reader:
        self.besides.append(Gather(field, self.columns))
        place, paths = len(self.besides) - 1, _leaves(field)
        blank = [""] * len(paths)

        def cells(row: Row) -> Sequence[str]:
            records = row[0][place]
            return together([cell(_walk(record, names)) for names in paths] for record in records) if records else blank

        self.titles += [f"{title}.{'.'.join(names)}" for names in paths]
        self._cells.append((cells, False))
        return lambda row: row[0][place]

    def _nested(self, field: CorpusSerializer, path: str, title: str) -> Reader:
        inside = path if field.source == "*" else f"{path}{str(field.source).replace('.', '__')}__"
        before = len(self._cells), len(self.titles)
        read = self._record(field, inside, f"{title}.")
        if not field.allow_null:
            return read
        there = self.columns.place(f"{inside}uid")
        allowed = self.columns.place(f"{path}{field.when}") if field.when else there
        mine, blank = _joined(self._cells[before[0] :]), [""] * (len(self.titles) - before[1])

        def cells(row: Row) -> Sequence[str]:
            return [one for some in mine for one in some(row)] if row[there] and row[allowed] else blank

        self._cells[before[0] :] = [(cells, False)]
        return lambda row: read(row) if row[there] and row[allowed] else None

    def _value(self, field: Any, path: str) -> Reader:
        if isinstance(field, PageField):
            (before, after), place = field.around, self.columns.place(path + field.key)
            before = self.base + before
            return lambda row: f"{before}{row[place]}{after}"
        if isinstance(field, Computed):
            places = [self.columns.place(one if callable(one) else path + one) for one in field.columns]
            of = field.of
            if len(places) == 1:
                [place] = places
                return lambda row: of(row[place])
            values = itemgetter(*places)
            return lambda row: of(*values(row))
        place = self.columns.place(path + str(field.source).replace(".", "__"))
        if isinstance(field, serializers.DateField | serializers.DateTimeField):
            return lambda row: row[place] and row[place].isoformat().replace("+00:00", "Z")
        return itemgetter(place)


class Fetch:
    """Related rows of a page: one query, whichever of the fields that share them were asked for."""

    nothing: Mapping[str, Any] = {}

    def __init__(self, related: Related, base: str) -> None:
        self.related, self.base = related, base
        self.columns = Columns(related.link, *([related.split] if related.split else []))
        self.shapes: dict[str, Shape] = {}

    def add(self, field: Rows) -> Shape:
        self.shapes[field.value] = Shape(field.child, self.base, self.columns, self.related.path)
        return self.shapes[field.value]

    @cached_property
    def query(self) -> Prepared:
        """Every related row, by the key of what it belongs to."""
        rows = self.related.rows()
        if split := self.related.split:
            rows = rows.filter(**{f"{split}__in": list(self.shapes)})
        return Prepared(self.columns.of(rows), self.related.link)

    def found(self, rows: Sequence[Row]) -> dict[int, dict[str, list[Row]]]:
        """By the key of the row they belong to, and by what splits them, completed."""
        split = self.related.split
        parts = defaultdict(list)
        for one in self.query.rows([row[0] for row in rows]):
            parts[one[2] if split else ""].append(one)
        found: dict[int, dict[str, list[Row]]] = defaultdict(dict)
        for value, some in parts.items():
            for row in self.shapes[value].complete(some):
                found[row[2]].setdefault(value, []).append(row)
        return found


class Gather:
    """Records that a function makes for a page, with the fields that were asked for."""

    nothing: Sequence[Any] = []

    def __init__(self, field: Gathered, columns: Columns) -> None:
        self.of = field.of
        self.places = [columns.place(name) - 1 for name in field.columns]
        self.prune = _pruner(field.child)

    def found(self, rows: Sequence[Row]) -> dict[int, list[Record]]:
        made = self.of({row[0]: tuple(row[place] for place in self.places) for row in rows})
        return {key: [self.prune(record) for record in records] for key, records in made.items()}


def _pruner(serializer: Any) -> Callable[[Any], Any]:
    """A function that leaves of a record what the serializer still has."""
    if not (fields := fields_of(serializer)):
        return lambda value: value
    inner = {name: _pruner(field) for name, field in fields.items()}
    return lambda record: record and {name: prune(record[name]) for name, prune in inner.items()}


def _joined(cells: Sequence[tuple[Reader, bool]]) -> list[Cells]:
    """The same, neighbouring plain values made cells together: a call for each would take as long as all the rest."""
    found: list[Cells] = []
    for plain, some in groupby(cells, key=itemgetter(1)):
        readers = [read for read, _ in some]
        found += [_plain(readers)] if plain else readers
    return found


def _plain(readers: Sequence[Reader]) -> Cells:
    return lambda row: [cell(read(row)) for read in readers]


def _leaves(serializer: Any) -> list[tuple[str, ...]]:
    """The paths of the plain values in a record."""
    return [
        (name, *rest)
        for name, field in fields_of(serializer).items()
        for rest in (_leaves(field) if fields_of(field) else [()])
    ]


def _walk(record: Any, names: Sequence[str]) -> Any:
    """The value at a path in a record; None where there is nothing on the way."""
    for name in names:
        if record is None:
            return None
        record = record[name]
    return record
