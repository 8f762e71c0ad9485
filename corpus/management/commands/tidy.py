"""`manage.py tidy`: forget what nobody will ask for again; to be run once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from corpus import changes, idempotency


class Command(BaseCommand):
    help = (
        "Forget what nobody will ask for again: answers to requests with an Idempotency-Key after a week, and changes "
        "of things that have changed again since. Harmless at any time; run it once a day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        answers, told = idempotency.forget(), changes.compact()
        self.stdout.write(f"Forgot {answers} answers and {told} changes that later ones stand for.")
