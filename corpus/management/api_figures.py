"""What the API costs on a corpus of any size: made in bulk once, then asked, one line a measure.

With a folder to keep things in, what was measured there is not measured again, so that a long run may be broken off.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from rich.console import Console

from articles.models import Article, Quote
from corpus import paging
from corpus.management.bulk import BATCH, PEOPLE, fill
from people.models import Person

__all__ = ["BATCH", "fill", "measure"]

#: Milliseconds, of this process's own CPU the median; the rest of the line says how busy the machine was.
LOOP = 50_000
HEAD = f"{'':40}{'first':>9}{'median':>9}{'p99':>9}{'CPU':>9}{'loop':>7}{'queries':>9}{'bytes':>10}"

#: A page so far down, of 25 rows each.
DEEP = 10_000
CONNECTIONS, SECONDS = 8, 10
ENOUGH = "1000000000/minute"
STREAM = "import django; django.setup(); from corpus.management import api_figures as f; f.stream_here({form!r})"
LOADS = {"nested": "/api/v1/quotes/", "flat": "/api/v1/quotes/?fields=uid,text,kind,date"}
#: Its plain list of rows: no count, no facets.
DATASETTE = "/{name}/articles_quote.json?_size=25&_shape=objects&_nocount=1&_nofacet=1&_nosuggest=1"


def measure(
    quotes: int, requests: int, keep: Path | None, only: str, datasette: str, console: Console
) -> Iterator[str]:
    """So many public quotes, asked what has ``only`` in its name: a line each as it is known, kept ones again."""
    with corpus(keep) as (folder, url):
        filled(quotes, console)
        known = Known(folder / f"api-{connection.vendor}-{quotes}.jsonl")
        yield f"{connection.vendor}, {quotes:,} public quotes, {os.cpu_count()} cores; kept in {known.path}"
        yield HEAD
        for name, work in _measures(folder, url, requests, datasette):
            if only in name:
                yield known(name, work)


def _measures(folder: Path, url: str, requests: int, datasette: str) -> Iterator[tuple[str, Callable[[], str]]]:
    for name, path in cases().items():
        yield name, partial(asked, [f"/api/v1/{path}"], requests)
    for form in "csv", "jsonl":
        yield f"all as {form}", partial(streamed, form, folder, url)
    for workers in sorted({1, os.cpu_count() or 1}):
        for what, path in LOADS.items():
            yield f"granian, workers {workers}, {what}", partial(loaded, _granian(workers), path, folder, url)
    if datasette and connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        command = [datasette, "serve", str(file), "--host", "127.0.0.1", "--port", "{port}"]
        yield "Datasette, its list of rows", partial(loaded, command, DATASETTE.format(name=file.stem), folder, url)


class Known:
    """Lines that were measured, by name; kept in a file as they come."""

    def __init__(self, path: Path) -> None:
        self.path = path
        rows = path.read_text().splitlines() if path.exists() else []
        self.lines: dict[str, str] = dict(json.loads(row) for row in rows)

    def __call__(self, name: str, work: Callable[[], str]) -> str:
        if name not in self.lines:
            self.lines[name] = f"{work()}   load {os.getloadavg()[0]:.1f}"
            with self.path.open("a") as file:
                file.write(json.dumps([name, self.lines[name]]) + "\n")
        return f"{name:40}{self.lines[name]}"


# Where


@contextmanager
def corpus(keep: Path | None) -> Iterator[tuple[Path, str]]:
    """The folder that things are kept in, and the address of the database that is measured, which is in use then."""
    with _folder(keep) as folder, _database(folder) as url:
        yield folder, url


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="verbatim-benchmark-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """The database that is measured, by its address: on SQLite a file in the folder, else the one of DATABASE_URL."""
    url, kept = os.environ.get("DATABASE_URL", ""), connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        file = folder / "api.sqlite3"
        url = f"sqlite:///{file}"
        connection.close()
        connection.settings_dict["NAME"] = str(file)
    try:
        with override_settings(DEBUG=False, API_RATE_ANONYMOUS=ENOUGH, ALLOWED_HOSTS=["*"]):
            call_command("migrate", verbosity=0, run_syncdb=True)
            yield url
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


def filled(quotes: int, console: Console) -> None:
    """See to it that there are so many quotes, all generated; CommandError for a corpus with others in it."""
    if Article.objects.exclude(url__startswith="https://generated.example/").exists():
        raise CommandError(
            "This database holds articles that were not generated; name an empty one in DATABASE_URL, such as "
            "`python -m tests.postgres --durable` gives, or use SQLite."
        )
    missing = quotes - Quote.objects.count()
    if missing > 0:
        began = time.perf_counter()
        fill(missing, console)
        with connection.cursor() as cursor:
            # Not before its rows are vacuumed does PostgreSQL answer from an index alone.
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        console.print(f"Made {missing:,} quotes in {time.perf_counter() - began:.0f} s.")


# What is asked


def deep_cursor() -> tuple[int, str]:
    """The number of a page of quotes far down, and its cursor."""
    deep = min(DEEP, Quote.objects.public().count() // 50)
    moment, pk = Quote.objects.public().order_by("-moment", "-id").values_list("moment", "pk")[deep * 25 - 26]
    return deep, paging.Cursor("-moment", False, moment, pk).token


def cases() -> dict[str, str]:
    """What is asked, by what it shows."""
    loudest, quiet = (Person.objects.order_by("pk")[place].slug for place in (0, PEOPLE * 3 // 4))
    source = "gazette-0"
    deep, cursor = deep_cursor()
    row = Quote.objects.public().select_related("article").order_by("pk")[0]
    return {
        "first page of 25": "quotes/",
        f"page {deep:,}": f"quotes/?cursor={cursor}",
        "first page of 1,000": "quotes/?page_size=1000",
        "25 rows, three fields": "quotes/?fields=uid,text,article.uid",
        "loudest speaker": f"quotes/?speaker={loudest}",
        "loudest speaker and year": f"quotes/?speaker={loudest}&from=2019&to=2019",
        "rare speaker": f"quotes/?speaker={quiet}",
        "rare speaker and year": f"quotes/?speaker={quiet}&from=2019&to=2019",
        "all but the loudest": f"quotes/?speaker!={loudest}",
        "outlet, year and kind": f"quotes/?source={source}&from=2019&to=2019&kind=direct",
        "unnamed speakers": "quotes/?speaker_is=unnamed",
        "unnamed speakers of a day": "quotes/?speaker_is=unnamed&from=2019-05-02&to=2019-05-02",
        "unnamed speakers since 2030, none": "quotes/?speaker_is=unnamed&from=2030",
        "addressed to the loudest, none": f"quotes/?addressed_to={loudest}",
        "a common word": "quotes/?q=bridge",
        "a phrase and a word": 'quotes/?q="no+plan"+ferry',
        "a rare word": "quotes/?q=quartz",
        "a word, best first": "quotes/?q=bridge&sort=relevance",
        "a word in a year by a speaker": f"quotes/?q=bridge&speaker={loudest}&from=2019&to=2019",
        "number of quotes": "quotes/?count=1",
        "group_by=speaker": "quotes/?group_by=speaker",
        "group_by=speaker in a year": "quotes/?group_by=speaker&from=2019&to=2019",
        "group_by=source": "quotes/?group_by=source",
        "group_by=month": "quotes/?group_by=month",
        "one quote": f"quotes/{row.uid}/",
        "one article": f"articles/{row.article.uid}/",
        "articles, first page": "articles/",
        "articles with a word": "articles/?q=bridge",
        "people, first page": "people/",
        "people with figures": "people/?include=figures",
        "sources with figures": "sources/?include=figures",
    }


def asked(paths: Sequence[str], times: int) -> str:
    """What `HEAD` names, of addresses asked for in turn; the slow, fewer times.

    Between them a loop that is always the same: where that takes twice as long, it is the machine that is slow.
    """
    took: list[tuple[float, float, float]] = []
    client = Client()
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        size = len(_content(client, paths[0]))
    number, first = len(queries), (time.perf_counter() - began) * 1_000
    until = time.perf_counter() + 20
    while len(took) < times and (len(took) < 5 or time.perf_counter() < until):
        path = paths[len(took) % len(paths)]
        loop = time.perf_counter()
        sum(number * number for number in range(LOOP))
        began, cpu = time.perf_counter(), time.process_time()
        _content(client, path)
        took.append((time.perf_counter() - began, time.process_time() - cpu, began - loop))
    wall, here, loops = (sorted(one * 1_000 for one in some) for some in zip(*took, strict=True))
    last = wall[min(len(wall) - 1, int(len(wall) * 0.99))]
    median, cpu, loop = (some[len(some) // 2] for some in (wall, here, loops))
    return f"{first:9.1f}{median:9.1f}{last:9.1f}{cpu:9.1f}{loop:7.1f}{number:9}{size:10,}"


def _content(client: Client, path: str) -> bytes:
    response = client.get(path)
    content: bytes = response.getvalue()
    if response.status_code != 200:
        raise CommandError(f"{path} answered {response.status_code}: {content.decode()[:300]}")
    return content


# All of it


def streamed(form: str, folder: Path, url: str) -> str:
    """Rows a second of the whole list, and the memory of a process that does nothing else."""
    command = [sys.executable, "-c", STREAM.format(form=form)]
    done = subprocess.run(command, env=_environment(folder, url), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def stream_here(form: str) -> None:
    """Stream the whole list in this process, and print what it took."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.get("/api/v1/quotes/").getvalue()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    response = client.get(f"/api/v1/quotes/?format={form}")
    assert response.streaming
    size = sum(map(len, response))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    rows, after = Quote.objects.public().count(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{rows:,} rows, {size / 1e6:,.0f} MB in {took:.1f} s ({cpu:.1f} s CPU): {rows / took:,.0f} rows/s; "
        f"peak memory {before // 1024} MB before, {after // 1024} MB after"
    )


# Under load


def _environment(folder: Path, url: str) -> dict[str, str]:
    """As in production, for this database."""
    return os.environ | {
        "DATABASE_URL": url, "VERBATIM_VAR": str(folder), "DEBUG": "0", "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1", "SECURE_SSL_REDIRECT": "0", "API_RATE_ANONYMOUS": ENOUGH,
        "PYTHONWARNINGS": "ignore",
    }  # fmt: skip


def _granian(workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}",
        "--workers", str(workers), "--log-level", "error", "corpus.wsgi:application",
    ]  # fmt: skip


def loaded(command: list[str], path: str, folder: Path, url: str) -> str:
    """Requests a second that a server answers to eight connections, and its CPU time for one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [word.format(port=port) for word in command]
    with (folder / "server.log").open("a") as log:
        server = subprocess.Popen(words, env=_environment(folder, url), stdout=log, stderr=log)
    try:
        _ready(server, port, path)
        _load(port, path, 2)
        cpu = _cpu(server.pid)
        began = time.perf_counter()
        took = sorted(_load(port, path, SECONDS))
        wall, cpu = time.perf_counter() - began, _cpu(server.pid) - cpu
    finally:
        server.terminate()
        server.wait(20)
    return (
        f"{len(took) / wall:9.1f} requests/s, {cpu / len(took) * 1_000:.2f} ms CPU each; median "
        f"{took[len(took) // 2] * 1_000:.1f} ms, p99 {took[int(len(took) * 0.99)] * 1_000:.1f} ms"
    )


def _ready(server: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            _get(http.client.HTTPConnection("127.0.0.1", port, timeout=20), path)
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise CommandError(f"{server.args!r} did not start; server.log in the folder says why.") from None
            time.sleep(0.2)
        else:
            return


def _get(server: http.client.HTTPConnection, path: str) -> None:
    server.request("GET", path, headers={"Accept": "application/json"})
    answer = server.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise CommandError(f"{path} answered {answer.status}: {body[:300]!r}")


def _load(port: int, path: str, seconds: float) -> list[float]:
    """How long each request took, of several connections that each ask again and again."""
    until, took = time.perf_counter() + seconds, []

    def ask() -> None:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (began := time.perf_counter()) < until:
            _get(server, path)
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process and those it started have used, as Linux counts them; 0 elsewhere."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(") ")
        except OSError:
            continue
        fields, number = rest.split(), int(stat.parent.name)
        parents[number], used[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    family = {pid}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(one, 0) for one in family) / float(os.sysconf("SC_CLK_TCK"))
