"""Workers killed at any moment: what they had begun with is free at once, and each article is written exactly once.

By hand as often as it takes: VERBATIM_KILLS=50 pytest tests/test_killed_workers.py, which takes 2,000 articles.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from articles import generated, intake, pipeline, work
from articles.models import Article, Capture, Job, Quote, Reading
from people.models import Person
from tests.test_ingest import database_url

KILLS = int(os.environ.get("VERBATIM_KILLS", "1"))
ARTICLES = 40 * max(KILLS, 2)
#: Paragraphs of each: by default few, as what is tested is not how they are read.
LONG = 20 if KILLS > 9 else 3
ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.django_db(transaction=True)


def items() -> Iterator[intake.Item | intake.Failure]:
    for number, article in enumerate(generated.articles(ARTICLES)):
        text = "\n\n".join(article.text.split("\n\n")[:LONG])
        row = article._asdict() | {"source_name": article.source, "text": text}
        yield from intake.item_from_upload(f"{number}.jsonl", json.dumps(row).encode())


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "corpus.settings"}
    command = [sys.executable, "manage.py", "work", "--skip-checks", *arguments]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that read for one."""
    try:
        found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(pid) for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    except FileNotFoundError:  # one of them is gone
        return []


def left() -> int:
    return Job.objects.filter(state=Job.State.WAITING).count()


def at_random(rng: random.Random, number: int) -> Iterator[int]:
    """Comes back so many times, at random moments of the work: once in each of as many equal parts of it."""
    begun = left()
    for turn in range(number):
        part = begun / (number + 1)
        wanted = begun - part * (turn + rng.random()) - 1
        deadline = time.monotonic() + 600
        while left() > wanted:
            assert time.monotonic() < deadline, "somebody works"
            time.sleep(0.02)
        time.sleep(rng.random() / 5)
        assert 0 < left() < begun, "it falls between the first and the last commit"
        yield turn


def assert_once() -> None:
    """Each article, and each quote that was read in it, is there once; and the corpus is what it says it is."""
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    assert Job.objects.filter(article=None).count() == 0
    assert Article.objects.count() == Capture.objects.count() == Reading.objects.count() == ARTICLES
    assert Article.objects.values("jobs").distinct().count() == ARTICLES
    quotes = Quote.objects.values_list("capture", "spans")
    stored = Counter((capture, *span) for capture, spans in quotes for span in spans)
    readings = Reading.objects.values_list("capture", "record")
    read = Counter((capture, row["start"], row["end"]) for capture, record in readings for row in record["quotes"])
    assert stored == read
    assert max(read.values()) == 1
    names = list(Person.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))
    call_command("check_corpus", stdout=io.StringIO())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one worker at a time")
def test_three_workers_of_which_one_is_killed() -> None:
    list(work.queue(items(), pipeline.Orders(publish=True)))
    rng = random.Random(11)
    workers = [start() for _ in range(3)]
    try:
        for _ in at_random(rng, KILLS):
            victim = rng.choice(workers)
            victim.kill()
            assert victim.wait() == -signal.SIGKILL
            workers[workers.index(victim)] = start()
        while left():
            assert all(worker.poll() is None for worker in workers)
            time.sleep(0.05)
    finally:
        for worker in workers:
            worker.terminate()
    # Whoever has only just begun does not hear yet that it should end.
    assert {worker.wait(30) for worker in workers} <= {0, -signal.SIGTERM}
    assert_once()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL workers read for themselves")
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes of a worker as Linux shows them")
def test_a_worker_and_those_who_read_for_it_are_killed() -> None:
    list(work.queue(items(), pipeline.Orders(publish=True)))
    rng = random.Random(12)
    worker = start("--processes", "2")
    try:
        for turn in at_random(rng, KILLS):
            if turn % 2:
                orphans = children(worker)
                worker.kill()
                worker.wait()
                worker = start("--processes", "2")
                deadline = time.monotonic() + 30
                while any(Path(f"/proc/{pid}").exists() for pid in orphans):
                    assert time.monotonic() < deadline, "who reads for it goes where it goes"
                    time.sleep(0.02)
            elif readers := children(worker):
                os.kill(rng.choice(readers), signal.SIGKILL)
        while left():
            assert worker.poll() is None
            time.sleep(0.05)
    finally:
        worker.terminate()
    assert worker.wait(30) == 0
    assert_once()


def test_kills_while_articles_are_read_again() -> None:
    taken_in = [item for item, _ in zip(items(), range(ARTICLES // 4), strict=False)]
    list(pipeline.take_in(taken_in, pipeline.Orders(publish=True)))
    before = sorted(Quote.objects.values_list("uid", "text"))
    assert work.read_again_later(Article.objects.all(), older=False) == len(taken_in)
    rng = random.Random(13)
    worker = start()
    try:
        for _ in at_random(rng, KILLS):
            worker.kill()
            assert worker.wait() == -signal.SIGKILL
            call_command("check_corpus", stdout=io.StringIO())
            worker = start()
        while left():
            assert worker.poll() is None
            time.sleep(0.05)
    finally:
        worker.terminate()
    assert worker.wait(30) == 0
    assert sorted(Quote.objects.values_list("uid", "text")) == before
    call_command("check_corpus", stdout=io.StringIO())
