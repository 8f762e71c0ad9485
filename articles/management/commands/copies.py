"""`manage.py copies`: find again which articles are copies of which."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from articles import copies, gate
from articles.models import Article
from corpus.management.base import CorpusCommand

#: Articles a transaction.
BATCH = 50


class Command(CorpusCommand):
    help = (
        "Look at all articles again for copies of one another (agency copy, the same piece on a second site), as is "
        "done when they come in. What editors decided stays. It may be interrupted, and says how to go on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--after", metavar="UID", help="go on after this article")

    def handle(self, *args: Any, **options: Any) -> None:
        rows, uid = Article.objects.order_by("pk"), options["after"] or ""
        if uid:
            last = rows.filter(uid=uid).first()
            if last is None:
                raise CommandError(f"There is no article {uid}; leave --after out to begin with the first.")
            rows = rows.filter(pk__gt=last.pk)
        total, done, changed = rows.count(), 0, 0
        try:
            while some := list(rows.values_list("pk", "uid")[:BATCH]):
                with transaction.atomic():
                    touched = copies.look(pk for pk, _ in some)
                    gate.refresh(touched, search=False)
                last_pk, uid = some[-1]
                rows = rows.filter(pk__gt=last_pk)
                done, changed = done + len(some), changed + len(touched)
                if options["verbosity"] and (done % (20 * BATCH) == 0 or self.stdout.isatty()):
                    self.stdout.write(f"{done} of {total} articles, up to {uid}")
                time.sleep(0.002)  # a breath, in which others may write
        except KeyboardInterrupt:
            self.stderr.write(f"Stopped. Go on with: manage.py copies{f' --after {uid}' if uid else ''}")
            sys.exit(130)
        if options["verbosity"]:
            self.stdout.write(
                f"Looked at {done} articles; {changed} changed. There are "
                f"{Article.objects.exclude(copy_of=None).count()} copies now."
            )
