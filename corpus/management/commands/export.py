"""manage.py export: the corpus as a folder of JSON lines."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console

from corpus.management.base import CorpusCommand
from corpus.management.progress import counted
from corpus.management.whole import CORPUS, manifest
from corpus.snapshots import Problem, write


class Command(CorpusCommand):
    help = (
        "Write the corpus into a new folder: a file of JSON lines a model, and a manifest with counts, rights and "
        "SHA-256. The same corpus gives the same bytes, on either database. Interrupted, it leaves nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where to; it must not be there yet, or be empty")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--all", action="store_const", const="all", dest="kind", default="all",
            help="everything that `import` needs to make this corpus again, drafts, notes and names of editors "
            "included; the default",
        )  # fmt: skip
        what.add_argument(
            "--public", action="store_const", const="public", dest="kind",
            help="only what the public may see, as the API gives it; for readers, not for `import`",
        )  # fmt: skip
        parser.add_argument("--licence", default="", metavar="TEXT", help="under which terms; kept in the manifest")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        said = manifest(options["kind"], options["licence"])
        try:
            if options["kind"] == "public":
                from corpus.management.public_snapshot import write_public

                with counted(console) as told:
                    made = write_public(options["folder"], said, told)
            else:
                total = sum(table.rows().count() for table in CORPUS.tables)
                with counted(console, total) as told:
                    made = write(CORPUS, options["folder"], said, told)
        except Problem as problem:
            raise CommandError(str(problem)) from problem
        rows = sum(file["rows"] for file in made.files.values())
        size = sum(file["bytes"] for file in made.files.values())
        self.stdout.write(f"Exported {rows:,} rows in {len(made.files)} files, {size:,} bytes, to {options['folder']}.")
