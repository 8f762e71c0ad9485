"""What every command that works on the corpus stands on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class CorpusCommand(BaseCommand):
    """A command that may ask the database as often as it likes: no statement is kept in memory, on a laptop either."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        settings.DEBUG = False  # with it Django keeps the text of the last 9,000 statements, for pages that show them
        return super().execute(*args, **options)
