"""manage.py benchmark: how fast it is, on a database made for the purpose and thrown away."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from rich.console import Console
from rich.progress import track

from articles import generated, intake, pipeline
from articles.models import Article, Quote
from articles.reading import Context, read


class Command(BaseCommand):
    help = "Measure: `ingest` takes generated articles in, read and indexed, in a scratch database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        ingest = what.add_parser(
            "ingest", help="articles a second through ingest, beside reading alone in the same run"
        )
        ingest.add_argument("--articles", type=int, default=1000, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        items = [_item(article) for article in generated.articles(options["articles"])]
        characters = sum(len(item.text) for item in items)
        began = time.process_time()
        for item in items:
            read(item.text, Context())
        reading = time.process_time() - began
        with scratch_database() as name:
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
