"""manage.py benchmark: how fast it is, on a database made for the purpose and thrown away."""

from __future__ import annotations

import io
import signal
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from rich.console import Console

from corpus.management import api_figures, desk_figures, ingest_figures, page_figures, utterance_figures
from corpus.management.base import CorpusCommand


class Command(CorpusCommand):
    help = (
        "Measure: `ingest` takes generated articles in, read and indexed, checks, exports and imports them; `api` asks "
        "the API, of generated quotes, everything, also under load; `pages` asks for every sort of public page; "
        "`desk` goes through a long queue, and through the sample corpus, and `utterances` groups quotes of known "
        "utterances; `ingest`, `desk` and `utterances` in scratch databases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        ingest = what.add_parser(
            "ingest",
            help="articles a second, memory and disk while it grows; then check, export, import; reading alone",
        )
        ingest.add_argument("--articles", type=int, default=1000, metavar="N")
        ingest.add_argument("--processes", type=int, default=1, metavar="N", help="that take them in at once")
        ingest.add_argument("--upon", type=int, default=0, metavar="N", help="made in bulk, before")
        desk = what.add_parser("desk", help="how soon the next item is there; keys and time a decision over the sample")
        desk.add_argument("--quotes", type=int, default=200_000, metavar="N", help="that wait; 0 for the sample only")
        desk.add_argument("--requests", type=int, default=100, metavar="N", help="acts in a row, of each kind")
        api = what.add_parser("api", help="median and 99th percentile of what the API is asked, and CSV rows a second")
        pages = what.add_parser("pages", help="the same of every sort of public page")
        for one in api, pages:
            one.add_argument("--quotes", type=int, default=100_000, metavar="N", help="made if there are fewer")
            one.add_argument(
                "--requests", type=int, default=200, metavar="N", help="of each kind; the slow, fewer times"
            )
            one.add_argument("--only", default="", metavar="TEXT", help="just what has this in its name")
            one.add_argument(
                "--keep", type=Path, metavar="FOLDER",
                help="keep the database of SQLite and every figure there; begun again, it goes on where it was broken "
                "off",
            )  # fmt: skip
        api.add_argument("--datasette", default="", metavar="PROGRAM", help="a Datasette, to serve the same table")
        grouping = what.add_parser("utterances", help="quotes a second into their utterances, memory, recall")
        grouping.add_argument("--quotes", type=int, default=100_000, metavar="N")
        grouping.add_argument("--pairs", type=Path, metavar="FILE", help="pairs of quotes to judge, as JSON lines")

    def handle(self, *args: Any, **options: Any) -> None:
        quotes, requests, keep, only = (options.get(name, "") for name in ("quotes", "requests", "keep", "only"))
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing that was started is left running
        if options["what"] == "api":
            self.lines(api_figures.measure(quotes, requests, keep, only, options["datasette"], CONSOLE))
        elif options["what"] == "pages":
            self.lines(page_figures.measure(quotes, requests, keep, only, CONSOLE))
        elif options["what"] == "utterances":
            with scratch_database():
                for line in utterance_figures.measure(options["quotes"], options["pairs"], CONSOLE):
                    self.stdout.write(line)
        elif options["what"] == "desk":
            self.desk(options["quotes"], options["requests"])
        else:
            numbers = options["articles"], options["processes"], options["upon"]
            self.lines(ingest_figures.measure(*numbers, scratch_database, CONSOLE))

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)
            self.stdout.flush()

    def desk(self, quotes: int, requests: int) -> None:
        with scratch_database():
            call_command("demo", stdout=io.StringIO())
            self.stdout.write(desk_figures.measure_sample())
        if quotes:
            with scratch_database():
                for line in desk_figures.measure_queue(quotes, requests, CONSOLE):
                    self.stdout.write(line)


CONSOLE = Console(stderr=True)


@contextmanager
def scratch_database() -> Iterator[str]:
    """A database of the configured kind, migrated and empty; gone afterwards."""
    kept = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield name
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)
