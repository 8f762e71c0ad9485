"""manage.py check_corpus: whether the corpus is what it says it is."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console

import articles.checks as news
import people.checks as who
from corpus.checking import Scan, check, references
from corpus.management.base import CorpusCommand
from corpus.management.progress import counted
from corpus.models import Checkup

SCANS = [Scan("references", lambda: 1, references), *news.SCANS, *who.SCANS]
#: So many results are kept.
KEPT = 50


class Command(CorpusCommand):
    help = (
        "Check the corpus against itself: hashes, spans, decisions, merges, the public gate, figures, readings and the "
        "search index. Exit status 1 where something is wrong. --repair makes derived data anew, and never touches "
        "what was found or decided. The last result stands on the first screen of the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="make derived data anew where it is wrong")
        parser.add_argument("--show", type=int, default=20, metavar="N", help="faults of a kind to say in full")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        with counted(Console(stderr=True), sum(scan.size() for scan in SCANS)) as told:
            result = check(SCANS, repair=options["repair"], show=options["show"], told=told)
        seconds = time.monotonic() - began
        for fault in result.shown:
            self.stdout.write(str(fault))
        for kind, number in sorted(result.found.items()):
            mended = result.mended[kind]
            more = f", {mended} of them repaired" if mended else ""
            self.stdout.write(f"{number} faults of {kind}{more}.")
        # Said before it is written down: a full disk, or a replica, shows what was found all the same.
        Checkup.objects.create(
            seconds=round(seconds, 1), found=dict(result.found), mended=dict(result.mended), left=result.left,
            first=[str(fault) for fault in result.shown[:5]],
        )  # fmt: skip
        Checkup.objects.exclude(pk__in=list(Checkup.objects.values_list("pk", flat=True)[:KEPT])).delete()
        if result.left:
            able = any(kind in scan.repairs for scan in SCANS for kind in result.found) and not options["repair"]
            hint = " Some can be repaired: run it with --repair." if able else ""
            raise CommandError(f"{result.left} faults in the corpus.{hint}", returncode=1)
        rest = "what was derived wrongly is repaired" if result.found else "nothing is wrong"
        self.stdout.write(f"Checked the corpus in {seconds:.1f} s: {rest}.")
