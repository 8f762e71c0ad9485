"""manage.py reread: have articles read again, by the reader as it is now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from articles import work
from articles.models import Article, Source
from articles.reading import VERSION
from corpus.management.base import CorpusCommand


class Command(CorpusCommand):
    help = (
        "Leave the articles that another version of the reader has read last to `manage.py work`, which reads them "
        "again. What people decided stays; what they rejected stays rejected. It may be run again at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that this version has read")
        parser.add_argument("--source", metavar="SLUG", help="only articles of this source")

    def handle(self, *args: Any, **options: Any) -> None:
        articles = Article.objects.all()
        if slug := options["source"]:
            if not Source.objects.filter(slug=slug).exists():
                raise CommandError(f"--source {slug}: there is no such source.")
            articles = articles.filter(source__slug=slug)
        number = work.read_again_later(articles, older=not options["all"])
        if number:
            articles_wait = "1 article waits" if number == 1 else f"{number} articles wait"
            self.stdout.write(f"{articles_wait} to be read again by reader {VERSION}: manage.py work does it.")
        else:
            self.stdout.write(f"No article waits that reader {VERSION} has not read, or that does not wait already.")
