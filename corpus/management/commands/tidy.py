"""`manage.py tidy`: forget what nobody will ask for again; to be run once a day."""

from __future__ import annotations

from typing import Any

from articles import work
from corpus import changes, idempotency
from corpus.management.base import CorpusCommand


class Command(CorpusCommand):
    help = (
        "Forget what nobody will ask for again: answers to requests with an Idempotency-Key after a week, what became "
        "of work that waited after a month, and changes of things that have changed again since. Harmless at any time; "
        "run it once a day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        answers, jobs, told = idempotency.forget(), work.forget(), changes.compact()
        self.stdout.write(f"Forgot {answers} answers, {jobs} jobs and {told} changes that later ones stand for.")
