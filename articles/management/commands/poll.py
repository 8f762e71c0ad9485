"""manage.py poll: ask feeds for news, and take in what is new."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import ArgumentParser
from collections import Counter
from types import FrameType
from typing import Any

from django.core.management.base import CommandError
from django.db import close_old_connections
from django.db.models import Min
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from articles import polling
from articles.fetching import Fetcher
from articles.intake import normalise_url
from articles.management.commands.ingest import line, plain
from articles.models import Feed, FeedEntry, Source
from corpus.management.base import CorpusCommand

#: Seconds after which a waiting poller looks again, so that feeds added meanwhile are found.
LOOK = 30.0


class Command(CorpusCommand):
    help = (
        "Poll the feeds whose time has come and take in what is new, for ever; any number may run at once. Whatever is "
        "interrupted goes on when it is run again. Feeds are added in the admin, or here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")
        parser.add_argument("--queue", action="store_true", help="leave what is new to `manage.py work`")
        parser.add_argument("--all", action="store_true", help="poll every feed now, whatever its time, and end")
        parser.add_argument("--add", metavar="URL", help="add a feed, and end")
        parser.add_argument("--source", metavar="SLUG", help="with --add: the source it belongs to")
        parser.add_argument("--publish", action="store_true", help="with --add: publish what has a source")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["add"]:
            self.add(options)
            return
        once = options["once"] or options["all"]
        self.takes_in = not options["queue"]
        self.stopping = threading.Event()
        if not once:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, self.stop)
        fetcher = Fetcher()
        failed = 0
        try:
            if options["all"]:
                Feed.objects.filter(enabled=True).update(next_poll=timezone.now())
            while True:
                failed += self.round(fetcher)
                if once or self.stopping.is_set():
                    break
                self.wait()
                if self.stopping.is_set():
                    break
                close_old_connections()
        except KeyboardInterrupt:
            self.stderr.write("Stopped; run the same command again to go on.", style_func=str)
            sys.exit(130)
        if once and failed:
            sys.exit(1)

    def stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():
            raise KeyboardInterrupt
        self.stopping.set()
        self.stderr.write("Stopping after what is being taken in; once more to stop at once.", style_func=str)

    def round(self, fetcher: Fetcher) -> int:
        """Poll and take in what is due; returns how many feeds and entries failed."""
        counted: Counter[str] = Counter()
        feeds = list(Feed.objects.due(timezone.now()))
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
        ) as progress:  # fmt: skip
            task = progress.add_task("Polling", total=len(feeds))
            for polled in polling.poll(feeds, fetcher):
                counted["feeds"] += 1
                counted["failed feeds"] += bool(polled.error)
                self.stdout.write(plain(told(polled)))
                progress.advance(task)
                if self.stopping.is_set():
                    break
            if self.takes_in and not self.stopping.is_set():
                waiting = FeedEntry.objects.due(timezone.now()).count()
                task = progress.add_task("Taking in", total=waiting)
                for found in polling.take_in_entries(fetcher):
                    counted[found.outcome.outcome] += 1
                    self.stdout.write(line(found.outcome) + (" It is tried again later." if found.passing else ""))
                    progress.advance(task)
                    if self.stopping.is_set():
                        break
        if counted:
            kinds = ("created", "new capture", "unchanged", "failed")
            parts = [f"{counted[kind]} {kind}" for kind in kinds if counted[kind]]
            feeds_told = f"{counted['feeds']} feed{'' if counted['feeds'] == 1 else 's'} polled"
            feeds_told += f", {counted['failed feeds']} of them failing" if counted["failed feeds"] else ""
            became = f"; {', '.join(parts) or 'nothing new'}" if self.takes_in else ""
            self.stderr.write(f"{feeds_told}{became}.", style_func=str)
        return counted["failed"] + counted["failed feeds"]

    def wait(self) -> None:
        """Until something may be due."""
        next_poll = Feed.objects.filter(enabled=True).aggregate(at=Min("next_poll"))["at"]
        entries = FeedEntry.objects.filter(state="waiting", feed__enabled=True)
        next_try = entries.aggregate(at=Min("next_try"))["at"] if self.takes_in else None
        times = [(at - timezone.now()).total_seconds() for at in (next_poll, next_try) if at]
        self.stopping.wait(min([LOOK, *(max(1.0, seconds) for seconds in times)]))

    def add(self, options: dict[str, Any]) -> None:
        url = options["add"]
        try:
            normalise_url(url)
        except ValueError as error:
            raise CommandError(f"--add: {error}.") from error
        source = None
        if slug := options["source"]:
            source = Source.objects.filter(slug=slug).first()
            if source is None:
                raise CommandError(f"--source {slug}: there is no such source; make it in the admin first.")
        _, made = Feed.objects.get_or_create(url=url, defaults={"source": source, "publish": options["publish"]})
        self.stdout.write(f"{url} is polled from now on." if made else f"{url} is polled already.")


def told(polled: polling.Polled) -> str:
    """What a poll found, in one line."""
    if polled.error:
        return f"failed       {polled.error}"
    parts = [f"{polled.new} new"] * bool(polled.new) + [f"{polled.changed} updated"] * bool(polled.changed)
    return f"polled       {polled.feed.url}: {', '.join(parts) or 'nothing new'}"
