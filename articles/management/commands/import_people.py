"""manage.py import_people: people with their names and roles, from Popolo JSON or CSV."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from articles import enlisting
from articles.management.commands.ingest import plain
from corpus.management.base import CorpusCommand
from people.roster_files import COLUMNS, parse_mapping, read_roster
from people.rosters import Step


class Command(CorpusCommand):
    help = (
        f"Take people in from a list: Popolo JSON, or CSV with the columns {', '.join(COLUMNS)} (a row a role). "
        "Whoever is there gets what they lack; nothing is replaced, and what differs is told. Running it again changes "
        "nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="Popolo JSON or CSV")
        parser.add_argument(
            "--map", default="", metavar="COLUMN=NAME,…", dest="mapping", help="where columns are called otherwise"
        )
        parser.add_argument("--by", metavar="USER", help="whose decisions these are")
        parser.add_argument("--reason", default="", help="kept in the history beside what changes")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        by = User.objects.filter(username=options["by"]).first() if options["by"] else None
        if options["by"] and by is None:
            raise CommandError(f"--by {options['by']}: there is no such account.")
        try:
            listed = read_roster(path.name, path.read_bytes(), parse_mapping(options["mapping"]))
        except OSError as error:
            raise CommandError(f"{path} cannot be read ({error.strerror}): check the path.") from error
        except ValueError as error:
            raise CommandError(f"{path} {error}.") from error
        reason = options["reason"] or f"Imported from {path.name}"
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
        ) as progress:  # fmt: skip
            task = progress.add_task("People", total=len(listed))

            def told(step: Step) -> None:
                self.stdout.write(plain(line(step)))
                progress.advance(task)

            try:
                steps = enlisting.enlist(listed, by=by, reason=reason, dry_run=options["dry_run"], told=told)
            except KeyboardInterrupt:
                self.stderr.write("Stopped; run the same command again to go on.", style_func=str)
                sys.exit(130)
        dry = "Dry run, nothing was stored: " if options["dry_run"] else ""
        self.stderr.write(dry + summary(steps), style_func=str)
        if any(step.outcome in ("failed", "unclear") for step in steps):
            sys.exit(1)


def line(step: Step) -> str:
    """What became of somebody, in one line."""
    said = "; ".join(step.said)
    if not step.name:
        return f"{step.outcome:<10} {said}"
    return f"{step.outcome:<10} {step.where}, {step.name}{': ' * bool(said)}{said}"


def summary(steps: list[Step]) -> str:
    counted = Counter(step.outcome for step in steps)
    kinds = ("new", "changed", "unchanged", "unclear", "failed")
    parts = [f"{counted[kind]} {kind}" for kind in kinds if counted[kind]]  # type: ignore[index]
    kept = sum(step.kept for step in steps)
    return f"{', '.join(parts) or 'Nobody found'}{f'; of {kept} something was kept that differs' if kept else ''}."
