"""Addresses that wait: fetched and taken in, tried again, given up."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from articles import pipeline, work
from articles.fetching import Fetcher, Manner, hosts
from articles.models import Article, Job
from articles.models.job import ATTEMPTS
from corpus import locks
from tests.factories import make_source
from tests.fetching.conftest import Reply, Web
from tests.fetching.test_taking_in import page

pytestmark = pytest.mark.django_db


ORDERS = pipeline.Orders()


def queue(web: Web, *paths: str, orders: pipeline.Orders = ORDERS) -> list[str]:
    places = [pipeline.Place(web.url(path), {"byline": "Ann Pell"}) for path in paths]
    return [outcome.outcome for outcome in work.queue_places(places, orders)]


def do() -> list[str]:
    return sorted(outcome.outcome for outcome in work.Worker(fetcher=Fetcher(Manner.of_settings(attempts=1))).turn())


def test_addresses_are_fetched_when_somebody_works(web: Web) -> None:
    web.says("/1", page())
    web.says("/2", page("Friday"))
    source = make_source("Mercury")
    assert queue(web, "/1", "/2", "/gone", orders=pipeline.Orders(source=source, publish=True)) == ["queued"] * 3
    assert web.asked == []
    assert do() == ["created", "created", "failed"]
    assert {(article.source, article.byline, article.public) for article in Article.objects.all()} == {
        (source, "Ann Pell", True)
    }
    gone = Job.objects.exclude(state="done").get()
    assert (gone.state, gone.name, gone.attempts) == ("failed", web.url("/gone"), 1)
    assert "it is not there (status 404)" in gone.error
    queue(web, "/1")
    assert do() == ["unchanged"]


def test_what_may_come_later_is_tried_again_ever_later(web: Web) -> None:
    web.says("/1", Reply(status=503))
    queue(web, "/1")
    pauses = []
    for _ in range(ATTEMPTS):
        assert do() == ["failed"]
        job = Job.objects.get()
        pauses.append(round((job.next_try - timezone.now()).total_seconds() / 60))
        Job.objects.update(next_try=timezone.now())
    assert (job.state, job.attempts, pauses[:-1]) == ("failed", ATTEMPTS, [5, 10, 20, 40])
    web.says("/1", page())
    assert do() == []
    work.try_again(Job.objects.all())
    assert do() == ["created"]


def test_a_site_may_ask_for_more_time(web: Web) -> None:
    web.says("/1", Reply(status=429, headers={"Retry-After": "7200"}))
    queue(web, "/1")
    assert do() == ["failed"]
    assert (Job.objects.get().next_try - timezone.now()).total_seconds() > 7000


@pytest.mark.skipif(connection.vendor != "postgresql", reason="with SQLite all work is done on one machine")
def test_a_host_is_asked_by_one_machine_at_a_time(web: Web, settings: Settings) -> None:
    web.says("/1", page())
    settings.FETCH_DELAY = 0.3
    queue(web, "/1", "/gone")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [locks._key(f"host {web.place}")])
        assert (do(), web.asked) == ([], [])
    finally:
        other.close()
    assert do() == ["created", "failed"]
    # Whoever comes next need not wait, and does not come too early.
    assert time.monotonic() - web.asked[-1].until >= 0.3


@pytest.mark.skipif(connection.vendor != "postgresql", reason="with SQLite all work is done on one machine")
@pytest.mark.parametrize("stopping", [False, True])
def test_a_host_is_not_given_back_too_early_by_whoever_fails(web: Web, stopping: bool) -> None:
    fetcher = Fetcher(Manner.of_settings(delay=0.3))
    url = web.says("/", page())

    def fail() -> None:
        with hosts.claimed("test", {1: url}, 1, fetcher):
            fetcher.get(url)
            if stopping:
                fetcher._stop.set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (time.monotonic() - web.asked[-1].until >= 0.3) is not stopping
