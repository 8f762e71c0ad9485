"""Work that waits as rows: queued, claimed, done once, tried again, given up; and `manage.py work` and `reread`."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from articles import intake, pipeline, purging, work
from articles.intake.item import as_json, from_json
from articles.models import Article, Capture, Job
from articles.models.job import ATTEMPTS
from articles.reading import VERSION, Context, read
from articles.work import doing
from corpus import locks
from corpus.models import Tombstone
from corpus.processes import Killed, Processes
from tests.factories import TEXT, make_article, make_source, make_story

pytestmark = pytest.mark.django_db

OTHER = TEXT.replace("Monday", "Tuesday")
ORDERS = pipeline.Orders()


def item(text: str = TEXT, name: str = "a.txt", **said: str) -> intake.Item:
    return intake.item_from_text(text, name=name, **intake.metadata.checked(said))


def queue(*items: intake.Item | intake.Failure, orders: pipeline.Orders = ORDERS, by: User | None = None) -> list[str]:
    return [outcome.outcome for outcome in work.queue(items, orders, by)]


def do(turns: int = 1) -> list[str]:
    """What became of what was due."""
    worker = work.Worker()
    return [outcome.outcome for _ in range(turns) for outcome in worker.turn()]


def test_what_is_known_of_an_item_survives_waiting() -> None:
    one = item(
        name="a\udcff.txt",
        url="https://mercury.example/1",
        published="2024-03-12 11:05",
        byline="Ann Pell",
        language="en",
    )
    assert queue(one) == ["queued"]
    job = Job.objects.get()
    assert (bytes(job.raw or b""), job.name) == (one.raw, "a\ufffd.txt")
    assert work.queueing.item_of(job) == replace(one, name=job.name)
    at = {"captured_at": timezone.now(), "published": None}
    assert from_json(as_json(at)) == at


def test_what_is_queued_is_taken_in_as_if_it_were_at_once() -> None:
    source, story = make_source("Mercury"), make_story("Bridge")
    user = User.objects.create_user("hetty")
    orders = pipeline.Orders(source=source, story=story, publish=True)
    assert queue(item(), intake.Failure("b.txt", "b.txt is empty."), orders=orders, by=user) == ["queued", "failed"]
    assert not Article.objects.exists()
    assert do() == ["created"]
    article = Article.objects.get()
    assert (article.source, article.public, list(article.stories.all())) == (source, True, [story])
    assert article.quotes.count() >= 2
    job = Job.objects.get()
    assert (job.state, job.article, job.by) == ("done", article, user)
    assert (job.raw, job.said, job.text_sha256, job.place) == (None, None, "", ""), "of what is done nothing is kept"
    assert do() == []


def test_several_go_in_together_and_the_same_text_once() -> None:
    assert queue(*(item(f"{TEXT}\nDay {n}.", f"{n}.txt") for n in range(4)), item(f"{TEXT}\nDay 1.", "again.txt"))
    assert do() == ["created"] * 4
    assert do() == ["unchanged"]
    assert Article.objects.count() == 4


def test_of_one_address_the_first_comes_first() -> None:
    url = "https://mercury.example/bridge"
    queue(item(TEXT, url=url), item(OTHER, url=url))
    first = Job.objects.order_by("id")[0]
    Job.objects.filter(pk=first.pk).update(next_try=timezone.now() + dt.timedelta(hours=1))
    assert do() == [], "the second waits for the first"
    Job.objects.update(next_try=timezone.now())
    assert do(2) == ["created", "new capture"]
    article = Article.objects.get()
    assert [capture.text for capture in article.captures.order_by("number")] == [TEXT, OTHER]


def test_what_cannot_be_taken_in_is_given_up_and_says_why() -> None:
    queue(item(source="mercury", source_name="The Mercury", source_kind="cave painting"), item(OTHER, "b.txt"))
    assert sorted(do()) == ["created", "failed"]
    job = Job.objects.get(state="failed")
    assert "source_kind 'cave painting' is not known" in job.error
    assert bytes(job.raw or b"") == TEXT.encode(), "what failed is kept, to be tried again"
    assert work.try_again(Job.objects.all()) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("waiting", 0, "")


def test_who_may_not_add_sources_adds_none_by_waiting() -> None:
    queue(item(source="mercury", source_name="The Mercury"), orders=pipeline.Orders(new_sources=False))
    assert do() == ["failed"]
    assert "“mercury” would be a new source, and you may not add one" in Job.objects.get().error


def test_a_fault_of_ours_keeps_no_other_item_from_going_in(monkeypatch: pytest.MonkeyPatch) -> None:
    queue(item(), item(OTHER, "b.txt"))

    def stumbling(text: str, context: Context) -> object:
        if text == OTHER:
            raise RecursionError("too deep")
        return read(text, context)

    monkeypatch.setattr(doing, "read", stumbling)
    assert do() == ["created", "failed"]
    job = Job.objects.get(name="b.txt")
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "a fault of the program met it (RecursionError: too deep)" in job.error
    assert do() == [], "it is tried later"
    for attempt in range(2, ATTEMPTS + 1):
        Job.objects.update(next_try=timezone.now())
        assert do() == ["failed"]
        job.refresh_from_db()
        assert job.attempts == attempt
    assert job.state == "failed"


def test_what_was_purged_is_neither_queued_nor_kept() -> None:
    queue(item(), item(OTHER, "b.txt", url="https://mercury.example/1?utm_source=x"), item("Else.", "c.txt"))
    article = make_article(TEXT, url="https://mercury.example/1", url_key="https://mercury.example/1")
    assert ("work that waits", 2) in purging.plan(article).goes
    purging._purge_article(article, {"by": None, "by_name": "", "reason": "", "public_note": ""})
    assert [job.name for job in Job.objects.all()] == ["c.txt"]
    assert queue(item(), item(OTHER, url="https://mercury.example/1")) == ["failed", "failed"]
    places = [pipeline.Place("https://mercury.example/1")]
    assert [outcome.outcome for outcome in work.queue_places(places, ORDERS)] == ["failed"]
    Tombstone.objects.create(
        thing="articles.article", thing_uid="x", keys=[Tombstone.hash_of(item("Else.").text_sha256)]
    )
    assert do() == ["failed"]
    assert not Job.objects.exists()


# --- readings


def test_articles_are_read_again_once_each() -> None:
    first, second = (pipeline.take_in([item(text)]) for text in (TEXT, OTHER))
    assert [outcome.outcome for outcomes in (first, second) for outcome in outcomes] == ["created", "created"]
    assert work.read_again_later(Article.objects.all()) == 0, "this version of the reader has read them"
    Capture.objects.get(text=TEXT).readings.update(reader="0.1")
    assert work.read_again_later(Article.objects.all()) == 1
    assert work.read_again_later(Article.objects.all(), older=False) == 1, "one of them waits already"
    quotes = list(Article.objects.values_list("quotes__uid", flat=True).order_by("quotes__uid"))
    assert do(2)[:2] == ["unchanged", "unchanged"]
    assert list(Article.objects.values_list("quotes__uid", flat=True).order_by("quotes__uid")) == quotes
    assert not Job.objects.exclude(state="done").exists()


def test_news_goes_before_readings() -> None:
    list(pipeline.take_in([item()]))
    work.read_again_later(Article.objects.all(), older=False)
    queue(item(OTHER))
    assert do() == ["created"]
    assert do() == ["unchanged"]


# --- claims


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one worker at a time")
def test_what_somebody_works_on_is_passed_over_and_free_when_they_are_gone() -> None:
    queue(item(), item(OTHER, "b.txt"))
    first = Job.objects.order_by("id")[0]
    claimed, over = Event(), Event()

    def somebody() -> None:
        try:
            with transaction.atomic():
                Job.objects.select_for_update().get(pk=first.pk)
                claimed.set()
                over.wait(30)
        finally:
            connections.close_all()

    other = Thread(target=somebody)
    other.start()
    claimed.wait(30)
    assert do() == ["created"]
    assert Article.objects.get().capture.text == OTHER  # type: ignore[union-attr]
    over.set()
    other.join()
    assert do() == ["created"]


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_of_one_process_and_ends_with_it() -> None:
    def in_another(keys: list[int]) -> list[int]:
        found: list[int] = []

        def claim() -> None:
            try:
                with locks.claimed("thing", keys, 2) as mine:
                    found.extend(mine)
            finally:
                connections.close_all()

        thread = Thread(target=claim)
        thread.start()
        thread.join()
        return found

    with locks.claimed("thing", [1, 2, 3, 4, 5], 2) as mine:
        assert mine == [1, 2]
        assert in_another([1, 2, 3, 4, 5]) == ([3, 4] if connection.vendor == "postgresql" else [])
    assert in_another([1, 2, 3, 4, 5]) == [1, 2]


def test_what_its_processes_do_not_survive_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.processes.AGAIN", 1)
    crew = Processes(1)
    try:
        with pytest.raises(Killed, match="was killed 1 times"):
            crew.map(os._exit, [9])
        assert crew.map(abs, [-1, 2]) == [1, 2]
    finally:
        crew.close()


# --- figures


def test_how_much_waits_is_said_by_kind(django_assert_num_queries: Callable[..., ExitStack]) -> None:
    queue(item(), item(OTHER, "b.txt"))
    list(work.queue_places([pipeline.Place("https://mercury.example/1")], ORDERS))
    Job.objects.filter(name="b.txt").update(state="failed")
    Job.objects.filter(name="a.txt").update(queued=timezone.now() - dt.timedelta(seconds=90))
    with django_assert_num_queries(2):
        found = work.waiting()
    assert (found["item"]["waiting"], found["item"]["failed"], round(found["item"]["oldest"])) == (1, 1, 90)
    assert (found["address"]["waiting"], found["reading"]["waiting"], found["entry"]["waiting"]) == (1, 0, 0)


# --- the commands


def run(*args: str) -> tuple[int, list[str], str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines(), err.getvalue()
    return 0, out.getvalue().splitlines(), err.getvalue()


def test_the_command_does_what_is_due_and_says_what_became_of_it() -> None:
    queue(item(), item(OTHER, "b.txt", article_kind="report", source="x", source_name="X", rights="all"))
    status, lines, err = run("work", "--once")
    assert (status, [line.split()[0] for line in lines]) == (1, ["created", "failed"])
    assert "1 created, 1 failed" in err
    assert run("work", "--once")[:2] == (0, [])


def test_files_are_queued_by_the_command_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text("")
    status, lines, err = run("ingest", str(tmp_path), "https://mercury.example/1", "--queue")
    assert (status, [line.split()[0] for line in lines]) == (1, ["queued", "failed", "queued"])
    assert "2 queued, 1 failed." in err
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["address", "item"]
    with pytest.raises(CommandError, match="leave out one of them"):
        call_command("ingest", str(tmp_path), "--queue", "--dry-run")


def test_articles_are_left_to_be_read_again() -> None:
    list(pipeline.take_in([item()]))
    assert "No article waits" in run("reread")[1][0]
    assert run("reread", "--all")[1] == [f"1 article waits to be read again by reader {VERSION}: manage.py work does it."]  # fmt: skip
    with pytest.raises(CommandError, match="--source nobody: there is no such source"):
        call_command("reread", "--source", "nobody")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL any number may work")
def test_on_sqlite_one_process_works() -> None:
    with locks.alone("work"), pytest.raises(CommandError, match="one is at it already"):
        call_command("work", "--once")


def test_too_few_processes_are_none() -> None:
    with pytest.raises(CommandError, match="--processes 0: one at least"):
        call_command("work", "--processes", "0")


def test_a_database_that_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    command = [sys.executable, "manage.py", "work", "--skip-checks"]
    environment = {"DATABASE_URL": url, "SECRET_KEY": "x", "VERBATIM_VAR": str(tmp_path)}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert len(found.stderr.strip().splitlines()) == 1
    assert "no such table" in found.stderr
