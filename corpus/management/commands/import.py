"""manage.py import: a snapshot into this corpus."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DataError, IntegrityError
from rich.console import Console

from corpus.management.base import CorpusCommand
from corpus.management.progress import counted
from corpus.management.whole import CORPUS
from corpus.models import Tombstone
from corpus.snapshots import Problem, Snapshot, merge, restore
from corpus.snapshots.restoring import holding, steps


class Command(CorpusCommand):
    help = (
        "Read what `export` wrote. Into an empty corpus all of it comes, with the same uids, decisions and history. "
        "Where something is there already, it is reported what is new, the same, different and in conflict; with "
        "--merge what is new comes in, and no decision made here is changed. One transaction: interrupted, it leaves "
        "the corpus as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder that `export` wrote")
        parser.add_argument("--merge", action="store_true", help="merge into what is there, as the report says")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.read(options["folder"], merging=options["merge"])
        except Problem as problem:
            raise CommandError(f"{problem} Nothing was changed.") from problem
        except (DataError, IntegrityError, UnicodeEncodeError) as error:
            said = str(error).strip().splitlines()[0]
            raise CommandError(
                f"A record goes against what the database holds ({said}). Nothing was changed."
            ) from error

    def read(self, folder: Path, *, merging: bool) -> None:
        console, snapshot = Console(stderr=True), Snapshot(folder)
        if snapshot.manifest.kind != "all":
            raise Problem(f"{folder} holds only what the public may see: import what `export --all` wrote.")
        sizes = sum(file["bytes"] for file in snapshot.manifest.files.values())
        with counted(console, sizes) as told:
            snapshot.verify({table.file for table in CORPUS.tables}, lambda size: told("checking", size))
        if not holding(CORPUS):
            with counted(console, steps(CORPUS, snapshot)) as told:
                restore(CORPUS, snapshot, told)
            self.stdout.write(f"Imported {sum(snapshot.rows.values()):,} rows.")
            if Tombstone.objects.exists():
                self.stdout.write(
                    "Some things were purged: with the SECRET_KEY of the old corpus they are known if they come again."
                )
            return
        with counted(console, steps(CORPUS, snapshot)) as told:
            report = merge(CORPUS, snapshot, told, keep=merging)
        for line in report.lines():
            self.stdout.write(line)
        if not merging:
            self.stdout.write("Nothing was changed; with --merge what is new comes in, and decisions made here stand.")
