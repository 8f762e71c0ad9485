"""manage.py utterances: every quote of the corpus grouped anew with those that report the same."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from rich.console import Console
from rich.progress import Progress

from articles import utterances
from articles.models import Match, Quote, Utterance
from corpus.management.base import CorpusCommand


class Command(CorpusCommand):
    help = (
        "Find for every quote the utterance that it reports. Addresses stay, and what somebody decided stands. Taking "
        "articles in does this for new quotes by itself; this is for a corpus that is older than utterances, or after "
        "stories and people have changed much. Interrupted, it goes on where it was when it is called again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="from the beginning, also after an interruption")

    def handle(self, *args: Any, **options: Any) -> None:
        began, kept = time.monotonic(), settings.VAR_DIR / "utterances-grouped-to"
        after = 0 if options["anew"] else _read(kept)
        quotes = Quote.objects.filter(pk__gt=after)
        if after:
            self.stdout.write(f"Going on after quote {after}, where it was interrupted.")
        kept.parent.mkdir(parents=True, exist_ok=True)
        total = quotes.count()
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("Grouping", total=total)
            for done in utterances.regroup(after):
                kept.write_text(f"{done[-1]}\n")
                progress.advance(task, len(done))
        kept.unlink(missing_ok=True)
        found = Utterance.objects.filter(merged_into=None, quotes__isnull=False).distinct().count()
        took = time.monotonic() - began
        self.stdout.write(
            f"{total} quotes looked at; {found} utterances, of which {Utterance.objects.public().count()} are public; "
            f"{Match.objects.open().count()} questions wait for an answer; {took:.1f} s."
        )


def _read(kept: Path) -> int:
    try:
        return int(kept.read_text())
    except (FileNotFoundError, ValueError):
        return 0
