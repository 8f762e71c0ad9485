"""How fast news comes in, with how much memory and disk, while a corpus grows; and how long whole-corpus work takes.

Upon a corpus that was made in bulk it is seen whether what is large already slows down what comes in.

Everything is done by the commands themselves, in processes of their own, so that it costs here what it costs anywhere.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Max
from rich.console import Console

from articles import copies, generated
from articles.models import Article, Quote
from articles.reading import Context, read
from articles.utterances import noting
from corpus.chunks import chunks
from corpus.management import bulk

#: The first row of the table; the others follow at twice, five and ten times as many, and so on.
FIRST = 100
#: Reading alone is timed on so many.
READ = 500
#: Seconds between two looks at how far they are.
LOOK = 0.5
#: With DEBUG on Django would keep the text of thousands of statements.
PRODUCTION = {"DEBUG": "0", "ALLOWED_HOSTS": "localhost"}

Scratch = Callable[[], AbstractContextManager[str]]


def measure(number: int, processes: int, upon: int, scratch: Scratch, console: Console) -> Iterator[str]:
    """Take so many generated articles in, in so many processes, upon so many made in bulk, then check, export and
    import them; a line each.

    A KeyboardInterrupt while they are taken in ends it with what is there by then.
    """
    with tempfile.TemporaryDirectory(prefix="verbatim-benchmark-") as name:
        folder = Path(name)
        with console.status("Writing news"):
            files = written(number, processes, folder)
        with scratch() as database:
            if upon:
                laid(upon, console)
            beside = f" upon {upon:,}" if upon else ""
            yield f"{connection.vendor}: {number:,} articles{beside}, {processes} at work, {os.cpu_count()} cores"
            yield "    articles  articles/s  CPU ms/article  memory MB  disk KB/article"
            yield from taken_in(number, [Run(database, "ingest", "--publish", str(file)) for file in files], console)
            there = Article.objects.count()
            yield f"  {Quote.objects.count() / there:.1f} quotes an article; load {os.getloadavg()[0]:.1f}"
            if there < upon + number:
                yield "  Stopped."
                return
            yield told("check_corpus", Run(database, "check_corpus"), console)
            yield told("export", Run(database, "export", str(folder / "snapshot")), console)
        with scratch() as database:
            yield told("import", Run(database, "import", str(folder / "snapshot")), console)
            if (back := Article.objects.count()) != there:
                raise CommandError(f"{back:,} articles came back of {there:,}.")
    yield reading(min(number, READ))


def written(number: int, processes: int, folder: Path) -> list[Path]:
    """Generated articles as JSON lines, dealt out to a file a process."""
    paths = [folder / f"news-{n}.jsonl" for n in range(processes)]
    files = [path.open("w") for path in paths]
    for place, article in enumerate(generated.articles(number)):
        row = article._asdict() | {"source_name": article.source.capitalize().replace("-", " ")}
        files[place % processes].write(json.dumps(row) + "\n")
    for file in files:
        file.close()
    return paths


def laid(number: int, console: Console) -> None:
    """So many articles made in bulk, and all by which what comes in finds them: as copies, and by their quotes."""
    bulk.fill(number * bulk.EACH, console)
    with console.status("Noting their words"):
        for articles in chunks(Article.objects.order_by("pk").values_list("pk", flat=True)):
            copies.follow(articles)
            noting.note(Quote.objects.filter(article__in=articles).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class Run:
    """A command of manage.py at work on a database: its seconds, its CPU's, and its memory (MB), now and at most.

    Memory is its own: what SQLite maps of the database's file is the kernel's, and may be taken back at any time.
    """

    seconds = cpu = 0.0
    memory = peak = 0

    def __init__(self, database: str, *command: str) -> None:
        url = f"sqlite:///{database}"
        if connection.vendor == "postgresql":
            url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
        self.command, self.began = " ".join(command), time.perf_counter()
        own = {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY}
        self.process = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
            env=os.environ | PRODUCTION | own, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def running(self) -> bool:
        """Look how it is; CommandError where it came to a bad end."""
        if self.process.returncode is not None:
            return False
        ended, status, used = os.wait4(self.process.pid, os.WNOHANG)
        self.seconds = time.perf_counter() - self.began
        if not ended:
            self.cpu, self.memory = sample(self.process.pid)
            self.peak = max(self.peak, self.memory)
            return True
        self.cpu = used.ru_utime + used.ru_stime
        self.process.returncode = os.waitstatus_to_exitcode(status)
        assert self.process.stderr
        with self.process.stderr as file:
            said = file.read()
        if self.process.returncode:
            raise CommandError(f"manage.py {self.command} ended with {self.process.returncode}: {said}")
        return False


def sample(pid: int) -> tuple[float, int]:
    """Seconds of CPU that a process has used, and megabytes of memory that it has; 0 where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0, 0
    own = next((line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")), "0")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(own) // 1024


def rows() -> Iterator[int]:
    """After how many articles there is a row."""
    return (FIRST * times * 10**power for power in itertools.count() for times in (1, 2, 5))


def taken_in(number: int, runs: list[Run], console: Console) -> Iterator[str]:
    """The rows while the runs are at work, and one of all: CPU time of all of them, the most memory of any."""
    before, began, used, disk = 0, runs[0].began, 0.0, on_disk()
    first, there, wanted = newest(), 0, rows()
    mark = next(wanted)
    try:
        with console.status("Taking in") as status:
            while sum(run.running() for run in runs):  # all of them are looked at
                there = newest() - first
                status.update(f"Taking in: {there:,} of {number:,}")
                if there >= mark:
                    now, cpu, articles = time.perf_counter(), sum(run.cpu for run in runs), there - before
                    yield (
                        f"  {there:10,}  {articles / (now - began):10.1f}  {1000 * (cpu - used) / articles:14.1f}"
                        f"  {max(run.memory for run in runs):9,}  {(on_disk() - disk) / there / 1024:15.1f}"
                    )
                    before, began, used = there, now, cpu
                    mark = next(row for row in wanted if row > there)
                time.sleep(LOOK)
        there = number
    except KeyboardInterrupt:
        pass  # and what there is, is told
    finally:
        for run in runs:
            if run.process.returncode is None:
                run.process.kill()
                run.process.wait()
    seconds, cpu = time.perf_counter() - runs[0].began, sum(run.cpu for run in runs)
    yield (
        f"  {'all':>10}  {there / seconds:10.1f}  {1000 * cpu / (there or 1):14.1f}"
        f"  {max(run.peak for run in runs):9,}  {(on_disk() - disk) / (there or 1) / 1024:15.1f}"
    )


def newest() -> int:
    """The highest key of an article: its difference is as good as a count, and costs nothing."""
    return Article.objects.aggregate(last=Max("pk"))["last"] or 0


def told(name: str, run: Run, console: Console) -> str:
    """What a run took, once it is done."""
    with console.status(name):
        while run.running():
            time.sleep(LOOK)
    return f"  {name:12} {run.seconds:9.1f} s, {run.cpu:9.1f} s of its CPU, {run.peak:,} MB at most"


def on_disk() -> int:
    """Bytes of the database, its log included."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return sum(path.stat().st_size for path in (name, name.with_name(f"{name.name}-wal")) if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def reading(number: int) -> str:
    """How long reading alone takes, of so many of these articles."""
    texts = [article.text for article in generated.articles(number)]
    began = time.process_time()
    for text in texts:
        read(text, Context())
    spent, characters = time.process_time() - began, sum(map(len, texts))
    return (
        f"  reading alone {1000 * spent / number:.1f} ms of CPU an article of {characters // number:,} characters "
        f"({characters / spent:,.0f} characters/s)"
    )
