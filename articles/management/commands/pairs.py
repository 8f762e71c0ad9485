"""manage.py pairs: everybody of the corpus compared with everybody, for people who may be one and the same."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from articles import pairing
from corpus.management.base import CorpusCommand
from people.models import Pair


class Command(CorpusCommand):
    help = (
        "Compare everybody with everybody by names, roles and articles, and bring the open pairs up to date. What "
        "somebody judged is never asked again. Taking articles in does this for new people by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="print the open pairs, likeliest first")

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        new = pairing.suggest_all()
        waiting = Pair.objects.open()
        took = time.monotonic() - start
        self.stdout.write(
            f"{new} new pair{'' if new == 1 else 's'}, {waiting.count()} in all wait for an answer; {took:.1f} s."
        )
        if options["list"]:
            for pair in waiting.select_related("first__canonical", "second__canonical"):
                first, second = pair.first.canonical, pair.second.canonical
                why = " ".join(row["text"] for row in pair.evidence)
                self.stdout.write(f"{pair.score:.2f}  {first} | {second}: {why}")
