"""The public corpus as a snapshot: what the API gives to everybody, a list a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Collate

from corpus.api.viewsets import CorpusViewSet, shape_of
from corpus.api_urls import VIEWSETS
from corpus.chunks import chunks
from corpus.serializers import Asked
from corpus.shapes import Record
from corpus.snapshots.folder import MANIFEST, Lines, Manifest, making
from corpus.snapshots.writing import Told, one_moment

AT_ONCE = 200
#: What is part of another list, and what of a record is in a list of its own.
WITHIN = {"entries"}
ELSEWHERE = {"passages", "mentions", "quotes", "captures"}


def write_public(target: Path, manifest: Manifest, told: Told) -> Manifest:
    """Write every public thing as the API gives it, in the order of uids, addresses without a host. Raises Problem."""
    with making(target) as folder, one_moment():
        for viewset in VIEWSETS:
            if viewset.noun in WITHIN:
                continue
            name = f"{viewset.noun}.jsonl"
            with Lines(folder / name) as lines:
                for record in _records(viewset):
                    lines.write(record)
                    told(name, 1)
                manifest.files[name] = lines.close()
        (folder / MANIFEST).write_text(manifest.text(), encoding="utf-8")
    return manifest


def _records(viewset: type[CorpusViewSet]) -> Iterator[Record]:
    declared, model = viewset.declared(), viewset.model
    included = ",".join(name for name in declared.included if name not in ELSEWHERE)
    shape = shape_of(declared, Asked(include=included), (), "", "")
    public: QuerySet = model._default_manager.public()  # type: ignore[attr-defined]
    uid = Collate(F("uid"), "C") if connection.vendor == "postgresql" else F("uid")
    keys = public.order_by(uid).values_list("pk", flat=True).iterator(chunk_size=5_000)
    for some in chunks(keys, AT_ONCE):
        rows = {row[1]: row for row in shape.complete(shape.of(model).filter(pk__in=some).order_by())}
        for key in some:
            yield _settled(shape.read(rows[key]))


def _settled(record: Record) -> Record:
    """Lists whose order is that of one database, in an order of their own."""
    if "names" in record:
        record["names"] = sorted(record["names"], key=lambda name: (name["kind"] != "canonical", name["text"]))
    if "roles" in record and all(isinstance(role, dict) for role in record["roles"]):
        record["roles"] = sorted(record["roles"], key=lambda role: (str(role["since"] or ""), role["uid"]))
    return record
