"""How the server and the corpus are, as Prometheus reads it (text format 0.0.4).

Written by hand: of a client library only the text would be used, and that is a dozen lines. Its registry counts in one
process; for several it keeps a file a process in a folder that somebody has to empty, and asks the server to say when a
worker dies, which granian does not. Requests are counted in `corpus.shared` instead, by all workers of a machine
together; every machine answers for its own. What is in the database is the same whichever machine is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.utils import timezone

from articles import work
from articles.models import Article, Capture, Feed, Quote, Source, Utterance
from corpus import shared
from corpus.models import Checkup
from corpus.requests import BOUNDS
from people.models import Person

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
THINGS = (Source, Article, Capture, Quote, Utterance, Person)

Samples = Iterable[tuple[Mapping[str, str], float]]


class Family(NamedTuple):
    """A metric with its samples, labels and value each; of a histogram the names of samples end as ``suffixed``."""

    name: str
    kind: str
    help: str
    samples: Samples

    def lines(self) -> Iterator[str]:
        name = f"verbatim_{self.name}"
        yield f"# HELP {name} {self.help}"
        yield f"# TYPE {name} {self.kind}"
        for labels, value in self.samples:
            given = ",".join(f'{label}="{escaped(said)}"' for label, said in labels.items() if label != "suffix")
            yield f"{name}{labels.get('suffix', '')}{f'{{{given}}}' if given else ''} {written(value)}"


def exposition() -> str:
    """Every metric; where the database does not answer, those that need none."""
    families = [requests(), *backup()]
    answers = 1
    for part in PARTS:
        try:
            families += part()
        except DatabaseError:
            answers = 0
            break
    families.append(gauge("database_up", "Whether the database answers.", answers))
    return "".join(f"{line}\n" for family in families for line in family.lines())


def requests() -> Family:
    """Requests by view and status, of all workers of this machine, as a histogram of seconds until the first byte."""
    samples: list[tuple[dict[str, str], float]] = []
    for (view, status), rows in groupby(shared.tallied(), key=lambda row: row[:2]):
        labels = {"view": view, "status": str(status)}
        found = {bound: (counted, took) for *_, bound, counted, took in rows}
        number, seconds = 0, 0.0
        for bound in BOUNDS:  # all of them, or histograms of several views could not be added up
            counted, took = found.get(bound, (0, 0.0))
            number, seconds = number + counted, seconds + took
            samples.append((labels | {"le": written(bound), "suffix": "_bucket"}, number))
        samples += [(labels | {"suffix": "_sum"}, seconds), (labels | {"suffix": "_count"}, number)]
    return Family("request_seconds", "histogram", "Time until the first byte of an answer.", samples)


def sizes() -> Iterator[Family]:
    """How large the corpus is; on PostgreSQL as its statistics have it, since to count would walk every table."""
    tables = {model._meta.db_table: model._meta.model_name or "" for model in THINGS}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT relname, greatest(reltuples, 0) FROM pg_class WHERE oid = ANY(%s::regclass[])", [list(tables)]
            )
            rows = cursor.fetchall()
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))
            rows = cursor.fetchall()
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        size = cursor.fetchone()[0]
    counted = [({"thing": tables[table]}, number) for table, number in sorted(rows)]
    yield Family("rows", "gauge", "Things in the corpus; on PostgreSQL about so many.", counted)
    yield gauge("database_bytes", "Size of the database.", size)


def intake() -> Iterator[Family]:
    """How feeds are, whether anybody polls them, and what waits for workers."""
    now = timezone.now()
    feeds = Feed.objects.aggregate(
        well=Count("pk", filter=Q(enabled=True, failures=0)),
        failing=Count("pk", filter=Q(enabled=True, failures__gt=0)),
        off=Count("pk", filter=Q(enabled=False)),
    )
    due = Feed.objects.filter(enabled=True).aggregate(at=Min("next_poll"))["at"]
    yield Family("feeds", "gauge", "Feeds by how they are.", [({"state": name}, n) for name, n in feeds.items()])
    late = max(0.0, (now - due).total_seconds()) if due else 0.0
    yield gauge("poll_delay_seconds", "How long the feed that is due longest has been waiting for a poller.", late)
    waiting = work.waiting().items()
    yield Family("work", "gauge", "What waits for manage.py work, and what it gave up, by kind.", [
        ({"kind": kind, "state": state}, row[state]) for kind, row in waiting for state in ("waiting", "failed")
    ])  # fmt: skip
    oldest = [({"kind": kind}, row["oldest"]) for kind, row in waiting]
    yield Family("work_oldest_seconds", "gauge", "How long the oldest that waits has been there.", oldest)


def checkup() -> Iterator[Family]:
    """What `manage.py check_corpus` found last; nothing before its first run."""
    last = Checkup.objects.first()
    if last:
        yield gauge("check_timestamp_seconds", "When check_corpus ended last.", last.at.timestamp())
        yield gauge("check_seconds", "How long it took.", last.seconds)
        yield gauge("check_faults", "Faults that it left.", last.left)


def backup() -> Iterator[Family]:
    """When the newest file was put into BACKUP_DIR; nothing where there is none."""
    try:
        times = [path.stat().st_mtime for path in settings.BACKUP_DIR.glob("[!.]*")] if settings.BACKUP_DIR else []
    except OSError:
        times = []
    if times:
        yield gauge("backup_timestamp_seconds", "When the newest file in BACKUP_DIR was written.", max(times))


PARTS: tuple[Callable[[], Iterator[Family]], ...] = (sizes, intake, checkup)


def gauge(name: str, about: str, value: float) -> Family:
    return Family(name, "gauge", about, [({}, value)])


def written(value: float) -> str:
    return "+Inf" if value == float("inf") else repr(value)


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
