"""Checking the corpus against itself: faults as data, found a piece at a time; repairs of what is derived only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from corpus import ledger
from corpus.chunks import chunks
from corpus.models import Curated, Decision
from corpus.statements import among

#: So many faults are repaired in one go.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be: of which kind, on what, in a sentence; ``mend`` is what its repair takes."""

    kind: str
    thing: str
    said: str
    mend: Any = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.thing}: {self.said}"


Told = Callable[[int], None]


@dataclass(frozen=True)
class Scan:
    """One pass over rows: ``size`` of them, the faults among them, and how derived kinds of fault are repaired."""

    about: str
    size: Callable[[], int]
    find: Callable[[Told], Iterator[Fault]]
    repairs: Mapping[str, Callable[[Sequence[Any]], None]] = field(default_factory=dict)


@dataclass
class Result:
    """How many faults of each kind were found, how many of them mended; and the first of them."""

    found: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    shown: list[Fault] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.found.total() - self.mended.total()


def check(
    scans: Iterable[Scan], *, repair: bool = False, show: int = 20, told: Callable[[str, int], None] = lambda a, n: None
) -> Result:
    """Run scans; what can be repaired is, if asked, a few at a time, each time in a transaction of its own."""
    result = Result()
    kept: Counter[str] = Counter()
    for scan in scans:

        def tell(number: int, about: str = scan.about) -> None:
            told(about, number)

        for some in chunks(scan.find(tell), AT_ONCE):
            mends: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
            for fault in some:
                result.found[fault.kind] += 1
                kept[fault.kind] += 1
                if kept[fault.kind] <= show:
                    result.shown.append(fault)
                if fault.kind in scan.repairs and fault.mend is not None:
                    mends[fault.kind][fault.mend] += 1
            for kind, what in mends.items() if repair else ():
                with transaction.atomic():
                    scan.repairs[kind](list(what))
                result.mended[kind] += sum(what.values())
    return result


def references(told: Told) -> Iterator[Fault]:
    """Where a row refers to one that is not there.

    PostgreSQL never lets it come to that; SQLite does for whoever opens the file with a program that does not ask.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            for table, row, other, _ in cursor:
                yield Fault("references", f"row {row} of {table}", f"it refers to a row of {other} that is not there")
    told(1)


def batches(rows: QuerySet[Any], size: int) -> Iterator[list[int]]:
    """The keys of rows, in pieces; each piece is asked for anew, so that rows may change between them."""
    keys, last = rows.order_by("pk").values_list("pk", flat=True), 0
    while some := list(keys.filter(pk__gt=last)[:size]):
        yield some
        last = some[-1]


def decisions(model: type[Curated], told: Told, *prefetch: str, joined: Sequence[str] = ()) -> Iterator[Fault]:
    """Where rows of a curated model do not hold what was decided of them, or the ledger does not say so."""
    label = model._meta.label_lower
    standing = Decision.objects.standing().filter(thing=label)
    concerned = ~Q(decided=[]) | Exists(standing.filter(thing_uid=OuterRef("uid")))
    rows: QuerySet[Any] = QuerySet(model)
    for keys in batches(rows, 5_000):
        told(len(keys))
        pks = list(rows.filter(concerned, pk__in=among(keys)).order_by("pk").values_list("pk", flat=True))
        for some in chunks(pks, 200):
            found = list(rows.filter(pk__in=among(some)).select_related(*joined).prefetch_related(*prefetch))
            in_force: dict[str, dict[str, Decision]] = defaultdict(dict)
            for decision in standing.filter(thing_uid__in=[row.uid for row in found]).order_by("id"):
                in_force[decision.thing_uid][decision.field] = decision
            for row in found:
                known = in_force[row.uid]
                thing = f"{model._meta.verbose_name} {row.uid}"
                for said in ledger.faults(row, _looked_up(known)):
                    yield Fault("decisions", thing, said)
                for name, decision in known.items():
                    if name not in row.decided:
                        yield Fault("decisions", thing, f"{name} was decided {decision.after!r}, and is not marked so")


def _looked_up(known: Mapping[str, Decision]) -> Callable[[Curated, str], Decision | None]:
    return lambda row, field: known.get(field)
