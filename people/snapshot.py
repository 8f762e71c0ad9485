"""What of people goes into a snapshot."""

from __future__ import annotations

from corpus.snapshots.tables import Table
from people.models import Name, Pair, Person, Role

GATE = "the public gate makes it anew"

TABLES = [
    Table(
        model=Person,
        derived={"public": GATE, "spoken": GATE},
        later=("canonical", "merged_into"),
        alike=(("wikidata",),),
        numbered="slug",
    ),
    Table(
        model=Name, of="person", key=("person", "text"), order=("text",), joins=lambda row: row["kind"] != "canonical"
    ),
    Table(model=Role, of="person", order=("uid",), joins=lambda row: True),
    Table(model=Pair, either=("first", "second"), alike=(("first", "second"),)),
]
