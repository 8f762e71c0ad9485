"""What must hold of people: merges lead to a survivor, and names are matched by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from corpus.checking import Fault, Scan, Told, batches, decisions
from corpus.statements import among
from people.models import Name, Pair, Person
from people.names import matching_key

AT_ONCE = 5_000


def merges(told: Told) -> Iterator[Fault]:
    """Everybody has a survivor, found by following whom they were merged into; nobody in a circle.

    Memory for those that are merged only.
    """
    people: QuerySet[Person] = QuerySet(Person)
    into: dict[int, Any] = dict(people.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    for keys in batches(people, AT_ONCE):
        some = people.filter(pk__in=among(keys)).order_by("pk")
        for pk, uid, canonical in some.values_list("pk", "uid", "canonical"):
            survivor = _survivor(pk, into)
            if survivor is None:
                yield Fault("merges", f"person {uid}", "they are merged in a circle: take one of these merges back")
            elif survivor != canonical:
                yield Fault(
                    "merges", f"person {uid}", "their survivor is not whom they are merged into", (pk, survivor)
                )
        told(len(keys))


def _survivor(pk: int, into: dict[int, int]) -> int | None:
    seen = set()
    while pk in into:
        if pk in seen:
            return None
        seen.add(pk)
        pk = into[pk]
    return pk


def _mend_merges(survivors: Sequence[tuple[int, int]]) -> None:
    for pk, survivor in survivors:
        Person.objects.filter(pk=pk).update(canonical=survivor)


def mend() -> None:
    """Give everybody the survivor that follows from whom they are merged into."""
    for fault in merges(lambda number: None):
        if fault.mend:
            _mend_merges([fault.mend])


def names(told: Told) -> Iterator[Fault]:
    """Keys are those of the forms they stand for, and everybody's canonical name is what they are called."""
    for keys in batches(QuerySet(Name), AT_ONCE):
        for pk, text, key in Name.objects.filter(pk__in=among(keys)).order_by("pk").values_list("pk", "text", "key"):
            if key != matching_key(text):
                yield Fault("names", f"“{text}”", f"it is matched by “{key}”, and should be by “{matching_key(text)}”",
                            pk)  # fmt: skip
        told(len(keys))
    for keys in batches(QuerySet(Person), AT_ONCE):
        called = Q(names__kind=Name.Kind.CANONICAL, names__text=F("name"))
        right = set(Person.objects.filter(called, pk__in=among(keys)).order_by().values_list("pk", flat=True))
        wrong = Person.objects.filter(pk__in=set(keys) - right).order_by("pk")
        for uid, name in wrong.values_list("uid", "name"):
            yield Fault("names", f"person {uid}", f"they are called “{name}”, and that is not their canonical name")
        told(len(keys))


def _mend_names(keys: Sequence[int]) -> None:
    for name in Name.objects.filter(pk__in=keys):
        Name.objects.filter(pk=name.pk).update(key=matching_key(name.text))


SCANS = [
    Scan("merges", lambda: Person.objects.count(), merges, {"merges": _mend_merges}),
    Scan("names", lambda: Name.objects.count() + Person.objects.count(), names, {"names": _mend_names}),
    Scan("decisions on people", lambda: Person.objects.count(),
         lambda told: decisions(Person, told, joined=["merged_into"])),
    Scan("decisions on pairs", lambda: Pair.objects.count(), lambda told: decisions(Pair, told)),
]  # fmt: skip
