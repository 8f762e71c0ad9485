"""What of the corpus's own models goes into a snapshot."""

from __future__ import annotations

from django.db import models

from corpus.models import Change, Checkup, Decision, Lease, Preference, Replay, Token, Tombstone
from corpus.snapshots.tables import Table

TABLES = [
    # In the order of the ledger: of two decisions on a field the later one is in force, whatever the clocks said.
    Table(model=Decision, order=("id",), linked={"by": "by_name"}, later=("undoes",)),
    Table(
        model=Tombstone,
        key=("thing", "thing_uid"),
        order=("at", "thing", "thing_uid"),
        linked={"by": "by_name"},
    ),
]
LEFT_OUT: dict[type[models.Model], str] = {
    Change: "places in the feed of one database; a new one tells its readers of everything",
    Checkup: "what was found in one database",
    Lease: "who works on what at this moment",
    Preference: "of an account, and accounts stay where they are",
    Token: "keys of one installation",
    Replay: "answers of one installation to requests that may come twice",
}
