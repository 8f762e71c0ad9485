"""manage.py benchmark: how fast it is, on a database made for the purpose and thrown away."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from rich.console import Console
from rich.progress import track

from articles import generated, intake, pipeline
from articles.models import Article, Quote
from articles.reading import Context, read
from corpus.management import api_figures, desk_figures, utterance_figures


class Command(BaseCommand):
    help = (
        "Measure: `ingest` takes generated articles in, read and indexed, in a scratch database; `api` asks the API, "
        "of generated quotes, everything, also under load; `desk` goes through a long queue, and through the sample "
        "corpus, and `utterances` groups quotes whose utterance is known, in scratch databases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        ingest = what.add_parser(
            "ingest", help="articles a second through ingest, beside reading alone in the same run"
        )
        ingest.add_argument("--articles", type=int, default=1000, metavar="N")
        desk = what.add_parser("desk", help="how soon the next item is there; keys and time a decision over the sample")
        desk.add_argument("--quotes", type=int, default=200_000, metavar="N", help="that wait; 0 for the sample only")
        desk.add_argument("--requests", type=int, default=100, metavar="N", help="acts in a row, of each kind")
        api = what.add_parser("api", help="median and 99th percentile of what the API is asked, and CSV rows a second")
        api.add_argument("--quotes", type=int, default=100_000, metavar="N", help="made if there are fewer")
        api.add_argument("--requests", type=int, default=200, metavar="N", help="of each kind; the slow, fewer times")
        api.add_argument(
            "--keep", type=Path, metavar="FOLDER",
            help="keep the database of SQLite and every figure there; begun again, it goes on where it was broken off",
        )  # fmt: skip
        api.add_argument("--datasette", default="", metavar="PROGRAM", help="a Datasette, to serve the same table")
        grouping = what.add_parser("utterances", help="quotes a second into their utterances, memory, recall")
        grouping.add_argument("--quotes", type=int, default=100_000, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "api":
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no server is left running
            quotes, requests, keep, datasette = (options[name] for name in ("quotes", "requests", "keep", "datasette"))
            for line in api_figures.measure(quotes, requests, keep, datasette, CONSOLE):
                self.stdout.write(line)
                self.stdout.flush()
        elif options["what"] == "utterances":
            with scratch_database():
                for line in utterance_figures.measure(options["quotes"], CONSOLE):
                    self.stdout.write(line)
        elif options["what"] == "desk":
            self.desk(options["quotes"], options["requests"])
        else:
            self.ingest(options)

    def desk(self, quotes: int, requests: int) -> None:
        with scratch_database():
            call_command("demo", stdout=io.StringIO())
            self.stdout.write(desk_figures.measure_sample())
        if quotes:
            with scratch_database():
                self.stdout.write(desk_figures.measure_queue(quotes, requests, CONSOLE))

    def ingest(self, options: dict[str, Any]) -> None:
        items = [_item(article) for article in generated.articles(options["articles"])]
        characters = sum(len(item.text) for item in items)
        began = time.process_time()
        for item in items:
            read(item.text, Context())
        reading = time.process_time() - began
        with scratch_database() as name, utterance_figures.timed() as grouping:
            began, cpu = time.perf_counter(), time.process_time()
            list(
                track(pipeline.take_in(items, pipeline.Orders(publish=True)), "Taking in", len(items), console=CONSOLE)
            )
            wall, cpu = time.perf_counter() - began, time.process_time() - cpu
            articles, quotes = Article.objects.count(), Quote.objects.count()
        self.stdout.write(
            f"{connection.vendor} ({name}): {articles} articles of {characters // len(items):,} characters, "
            f"{quotes} quotes\n"
            f"  ingest        {len(items) / wall:8.1f} articles/s  ({wall:.1f} s wall, {cpu:.1f} s of them here)\n"
            f"  reading alone {len(items) / reading:8.1f} articles/s  ({characters / reading:,.0f} characters/s)\n"
            f"  utterances    {1000 * sum(grouping) / len(items):8.1f} ms/article, of {1000 * wall / len(items):.1f}\n"
            f"  load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )


CONSOLE = Console(stderr=True)


def _item(article: generated.Generated) -> intake.Item:
    row = article._asdict() | {"source_name": article.source.capitalize().replace("-", " ")}
    (item,) = intake.item_from_upload("generated.jsonl", json.dumps(row).encode())
    assert isinstance(item, intake.Item), item
    return item


@contextmanager
def scratch_database() -> Iterator[str]:
    """A database of the configured kind, migrated and empty; gone afterwards."""
    kept = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield name
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)
