"""manage.py work: do what waits."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from argparse import SUPPRESS, ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError, close_old_connections, connection, reset_queries
from rich.console import Console

from articles import work
from articles.management.commands.ingest import line, summary
from articles.pipeline import Outcome
from corpus import locks
from corpus.deadlocks import busy
from corpus.management.base import CorpusCommand
from corpus.management.progress import counted

#: Seconds after which a worker with nothing to do looks again.
LOOK = 2.0
#: Seconds to wait for a database that is busy or away, each time in a row; then it is said, and that is the end.
PATIENCE = (1, 2, 4, 8, 16)


class Command(CorpusCommand):
    help = (
        "Do what waits, for ever: items and addresses left to it, entries of feeds, articles to be read again. On "
        "PostgreSQL any number may run, on any number of machines; on SQLite one, whose processes read for it. "
        "Whatever is killed leaves its work as it was, and the next one does it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=1, metavar="N", help="how many work at once; usually 1")
        parser.add_argument("--once", action="store_true", help="do what is due now, and end; 1 if something failed")
        # One of several that a parent has started: it stops when its standard input ends, and speaks JSON.
        parser.add_argument("--one-of-several", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        number, once = options["processes"], options["once"]
        if number < 1:
            raise CommandError(f"--processes {number}: one at least.")
        self.stopping = threading.Event()
        if options["one_of_several"]:
            threading.Thread(target=self.listen, daemon=True).start()
            with self.signals():
                for outcome in self.outcomes(0, once):
                    self.stdout.write(json.dumps(asdict(outcome)))
                    self.stdout.flush()
            return
        if connection.vendor == "sqlite":
            with locks.alone("work") as free:
                if not free:
                    raise CommandError("On SQLite one process works, and one is at it already: give it --processes.")
                failed = self.show(self.outcomes(number if number > 1 else 0, once))
        else:
            failed = self.show(self.outcomes(0, once) if number == 1 else self.several(number, once))
        if once and failed:
            sys.exit(1)

    # --- stopping

    @contextmanager
    def signals(self) -> Iterator[None]:
        """A first SIGINT or SIGTERM ends it after what is in hand, a second one at once."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():
            raise KeyboardInterrupt
        self.stopping.set()

    def listen(self) -> None:
        """Until the parent is gone, or wants this one to stop."""
        sys.stdin.read()
        self.stopping.set()

    # --- working

    def outcomes(self, readers: int, once: bool) -> Iterator[Outcome]:
        """What became of everything that is due, and of what comes to be due later, until it is stopped."""
        worker = work.Worker(readers, stopping=self.stopping)
        patience = iter(PATIENCE)
        try:
            while not self.stopping.is_set():
                done = False
                try:
                    for outcome in worker.turn():
                        done = True
                        yield outcome
                    patience = iter(PATIENCE)
                except OperationalError as error:
                    seconds = next(patience, None) if busy(error) else None
                    if seconds is None:
                        raise
                    self.stderr.write(f"The database is busy or away ({str(error).strip()}): waiting.", style_func=str)
                    self.stopping.wait(seconds)
                    connection.close()
                reset_queries()
                if not done:
                    if once:
                        break
                    self.stopping.wait(LOOK)
                    close_old_connections()
        finally:
            worker.close()

    def several(self, number: int, once: bool) -> Iterator[Outcome]:
        """What becomes of it in so many processes; one that is killed is replaced."""
        said: queue.Queue[str] = queue.Queue()
        children = dict(self.child(said, once) for _ in range(number))
        connection.close()  # nobody asks anything here
        try:
            while children or not said.empty():
                with suppress(queue.Empty):
                    yield Outcome(**json.loads(said.get(timeout=0.2)))
                if self.stopping.is_set():
                    for child in children:
                        close(child)
                for child in [child for child in children if child.poll() is not None]:
                    children.pop(child).join()
                    if child.returncode < 0 and not self.stopping.is_set():
                        self.stderr.write(
                            f"A worker was killed (signal {-child.returncode}); another takes its place.",
                            style_func=str,
                        )
                        children |= [self.child(said, once)]
                    elif child.returncode > 0:
                        raise CommandError("A worker came to an end, as it says above; the others stop too.")
        except KeyboardInterrupt:
            for child in children:
                child.kill()
            raise
        finally:
            for child in children:
                close(child)
            for child in children:
                child.wait()

    def child(self, said: queue.Queue[str], once: bool) -> tuple[subprocess.Popen[str], threading.Thread]:
        """A process that works, and the thread that hears what it says."""
        arguments = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work", "--skip-checks", "--one-of-several"]
        child = subprocess.Popen(
            arguments + ["--once"] * once, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,  # a terminal's Ctrl-C is for the parent
        )  # fmt: skip

        def listen() -> None:
            assert child.stdout is not None
            for row in child.stdout:
                if row.endswith("\n"):  # else it was killed over it
                    said.put(row)

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        return child, listening

    # --- showing

    def show(self, outcomes: Iterator[Outcome]) -> int:
        """A line each, and what there was in the end; returns how many failed."""
        console = Console(stderr=True, quiet=not sys.stderr.isatty())
        total = sum(figures["waiting"] for figures in work.waiting().values())
        became: Counter[str] = Counter()
        quotes, stopped = 0, False
        with self.signals():
            try:
                with counted(console, total) as told:
                    for outcome in outcomes:
                        became[outcome.outcome] += 1
                        quotes += outcome.quotes
                        if console.is_terminal and sys.stdout.isatty():
                            console.print(line(outcome), markup=False, highlight=False, emoji=False, soft_wrap=True)
                        else:
                            self.stdout.write(line(outcome))
                            self.stdout.flush()
                        told("Working", 1)
            except KeyboardInterrupt:
                stopped = True
        said = [summary(became, quotes)] * bool(became)
        said += ["Stopped; what waits is done by the next one."] * self.stopping.is_set()
        if said:
            self.stderr.write(" ".join(said), style_func=str)
        if stopped:
            sys.exit(130)
        return became["failed"]


def close(child: subprocess.Popen[str]) -> None:
    """Let a child come to its end."""
    if child.stdin and not child.stdin.closed:
        child.stdin.close()
