"""manage.py ingest: take news in from files, folders, archives, tables, addresses and standard input."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils.text import slugify
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from articles import intake, pipeline, work
from articles.models import Source, Story
from corpus.management.base import CorpusCommand


class Command(CorpusCommand):
    help = (
        "Take news in: addresses, plain text, saved pages, JSON lines and CSV (one article a line), WARC and WACZ, "
        "folders of all of them, or - for standard input. A manifest.csv beside the files says what they are. "
        "Running it again changes nothing that is the same, and goes on where it was stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="*", metavar="PATH|URL", help="file, folder or web address; - is standard input"
        )
        parser.add_argument("--urls", metavar="FILE", help="fetch the addresses in this file too, one a line")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN,…", dest="mapping",
            help="which column of a table, or name in JSON lines, holds which field: headline=Title,text=Body",
        )  # fmt: skip
        parser.add_argument("--source", metavar="SLUG", help="the source of items that do not name one")
        parser.add_argument("--story", metavar="SLUG", help="put every article into this story, made if it is new")
        parser.add_argument("--publish", action="store_true", help="publish what has a source")
        parser.add_argument("--queue", action="store_true", help="leave it to `manage.py work`; files are read now")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; store nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object an item on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping = intake.parse_mapping(",".join(options["mapping"]))
        except ValueError as error:
            raise CommandError(f"--map: {error}.") from error
        urls = [path for path in options["paths"] if is_address(path)] + listed(options["urls"])
        paths = [path for path in options["paths"] if not is_address(path)]
        if not paths and not urls:
            raise CommandError("Say what to take in: a file, a folder or an address; - is standard input.")
        if options["queue"] and options["dry_run"]:
            raise CommandError("--queue and --dry-run: what is queued is stored; leave out one of them.")
        orders = self.orders(options)
        how: dict[str, Any] = {"mapping": mapping, "skipped": [settings.VAR_DIR]}
        stdin = sys.stdin.buffer if "-" in paths and sys.stdin else None
        outcomes: Counter[str] = Counter()
        quotes = 0
        progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
        )  # fmt: skip
        try:
            with progress:
                number = None if stdin else intake.count(paths, **how)
                task = progress.add_task("Taking in", total=None if number is None else number + len(urls))
                into = work.queue if options["queue"] else pipeline.take_in
                filed = into(intake.items(paths, stdin=stdin, **how), orders)
                for outcome in chain(filed, fetched(urls, orders, queue=options["queue"])):
                    outcomes[outcome.outcome] += 1
                    quotes += outcome.quotes
                    row = json.dumps(outcome.as_json(), ensure_ascii=False) if options["json"] else line(outcome)
                    self.say(progress, row)
                    progress.advance(task)
        except KeyboardInterrupt:
            self.stderr.write(
                f"{summary(outcomes, quotes)} Stopped; run the same command again to go on.", style_func=str
            )
            sys.exit(130)
        if connection.vendor == "sqlite" and not orders.dry_run:
            # What PostgreSQL's autovacuum does by itself: without figures on its tables the planner guesses badly. In a
            # transaction it waits for another process that writes, where by itself it fails at once.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("PRAGMA optimize")
        dry = "Dry run, nothing was stored: " if orders.dry_run else ""
        self.stderr.write(dry + summary(outcomes, quotes), style_func=str)
        if outcomes["failed"]:
            sys.exit(1)

    def say(self, progress: Progress, text: str) -> None:
        """A line on standard output; where that is the bar's own terminal, above the bar."""
        if progress.live.is_started and progress.console.is_terminal and sys.stdout.isatty():
            progress.console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)
        else:
            self.stdout.write(text)

    def orders(self, options: dict[str, Any]) -> pipeline.Orders:
        source = story = None
        if slug := options["source"]:
            source = Source.objects.filter(slug=slug).first()
            if source is None:
                known = ", ".join(Source.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
                raise CommandError(
                    f"--source {slug}: there is no such source (known are {known}); "
                    "make it in the admin, or describe it in a manifest.csv."
                )
        if slug := options["story"]:
            if slug != slugify(slug):
                raise CommandError(
                    f"--story {slug}: write it as a slug, for example {slugify(slug) or 'bridge-closure'}."
                )
            longest = Story._meta.get_field("slug").max_length or 0
            if len(slug) > longest:
                raise CommandError(f"--story {slug[:20]}…: a slug of at most {longest} characters, please.")
            story = Story.objects.filter(slug=slug).first()
            if story is None and not options["dry_run"]:
                story = Story.objects.create(slug=slug, name=slug.replace("-", " ").capitalize())
        return pipeline.Orders(source=source, story=story, publish=options["publish"], dry_run=options["dry_run"])


def is_address(path: str) -> bool:
    return path.lower().startswith(("http://", "https://"))


def listed(name: str | None) -> list[str]:
    """The addresses in a file, one a line; blank lines and those that begin with # mean nothing."""
    if name is None:
        return []
    try:
        lines = Path(name).read_text("utf-8-sig", "replace").splitlines()
    except OSError as error:
        raise CommandError(f"--urls {name}: it cannot be read ({error.strerror}); check the path.") from error
    found = [line.strip() for line in lines]
    return list(dict.fromkeys(line for line in found if line and not line.startswith("#")))


def fetched(urls: list[str], orders: pipeline.Orders, *, queue: bool) -> Iterator[pipeline.Outcome]:
    """What became of these addresses, as each is had."""
    places = [pipeline.Place(url) for url in urls]
    if queue:
        yield from work.queue_places(places, orders)
    elif places:
        yield from (found.outcome for found in pipeline.take_in_places(places, orders))


def line(outcome: pipeline.Outcome) -> str:
    """What happened to one item, in one line whatever it is called: nothing in it moves a terminal's cursor."""
    if outcome.outcome == "failed":
        return plain(f"failed       {outcome.error}")
    note = f" ({outcome.note})" if outcome.note else ""
    if outcome.outcome == "queued":
        return plain(f"{outcome.outcome:<12} {outcome.item}")
    article = f"article {outcome.article}, " if outcome.article else ""
    return plain(f"{outcome.outcome:<12} {outcome.item}: {article}{counted(outcome.quotes)}{note}")


def counted(quotes: int) -> str:
    return "1 quote" if quotes == 1 else f"{quotes} quotes"


def plain(text: str) -> str:
    """Text with line ends and control characters written out as Python writes them."""
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in text)


def summary(outcomes: Counter[str], quotes: int) -> str:
    """The totals, in one sentence."""
    kinds = ("created", "new capture", "unchanged", "queued", "failed")
    parts = [f"{outcomes[kind]} {kind}" for kind in kinds if outcomes[kind]]
    read = "" if outcomes["queued"] else f"; {counted(quotes)}"
    return f"{', '.join(parts) or 'Nothing found'}{read}."
