"""Idempotency-Key where two are at work at once; in a module of its own, for it commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from io import StringIO
from threading import Barrier, BrokenBarrierError, Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from articles import curation, pipeline
from articles.models import Article, Quote
from corpus import idempotency
from corpus.models import Replay
from people.models import Person
from tests import factories as make
from tests.api.test_writing import NEWS, WHO, problem


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each gives, all begun together in threads of their own."""
    together, answers = Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        together.wait(20)
        try:
            answers[number] = acts[number]()
        finally:
            connections["default"].close()

    threads = [Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_do_it_once() -> None:
    one = WHO["editor"]()
    send = partial(one.send, "POST", "people/", {"name": "Ada Penhallow"}, Idempotency_Key="k")
    answers = at_once(send, send)
    assert [answer.status_code for answer in answers] == [201, 201], connection.vendor
    assert answers[0].content == answers[1].content
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 1
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_sends_an_article_while_it_is_read_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the reading holds no transaction: somebody else writes meanwhile."""
    make.make_source("Aldermouth Mercury")
    one, read, let_go = WHO["feeder"](), Event(), Event()
    take_in = pipeline.take_in

    def slowly(*args: Any) -> Any:
        assert not connection.in_atomic_block
        read.set()
        assert let_go.wait(20)
        return take_in(*args)

    monkeypatch.setattr(pipeline, "take_in", slowly)
    send = partial(one.send, "POST", "articles/", NEWS, Idempotency_Key="k")

    def meanwhile() -> Any:
        assert read.wait(20)
        other = WHO["editor"]().send("POST", "people/", {"name": "Ada Penhallow"})
        answers = [other, send(), one.send("POST", "articles/", {"text": "Else"}, Idempotency_Key="k")]
        let_go.set()
        return answers

    first, (other, second, else_) = at_once(send, meanwhile)
    assert (first.status_code, other.status_code) == (201, 201)
    assert (second.status_code, problem(second)) == (409, "idempotency-key-in-use")
    assert int(second["Retry-After"]) > 0
    assert (else_.status_code, problem(else_)) == (422, "idempotency-key-reused")
    again = send()
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (201, first.content, "true")
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_crash_the_article_is_sent_again_and_is_there_once(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    make.make_source("Aldermouth Mercury")
    one, take_in = WHO["feeder"](), pipeline.take_in

    class Killed(BaseException):
        """A process that is killed runs no handler: what it would have cleaned up stays."""

    def killed(*args: Any) -> Any:
        if when == "after":
            list(take_in(*args))
        raise Killed

    send = partial(one.send, "POST", "articles/", NEWS, Idempotency_Key="k")
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "take_in", killed)
        patch.setattr(QuerySet, "delete", lambda rows: (0, {}))
        with pytest.raises(Killed):
            send()
    assert send().status_code == 409
    Replay.objects.update(at=timezone.now() - idempotency.LEASE)
    assert send().status_code == (201 if when == "before" else 200)
    assert send()["Idempotent-Replayed"] == "true"
    assert Article.objects.count() == 1


@pytest.mark.django_db
def test_an_article_that_fails_leaves_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    one = WHO["feeder"]()
    assert one.send("POST", "articles/", {"html": "<p></p>"}, Idempotency_Key="k").status_code == 422
    monkeypatch.setattr(pipeline, "take_in", lambda *args: [pipeline.Outcome("", "failed", error="No.")])
    assert one.send("POST", "articles/", NEWS, Idempotency_Key="k").status_code == 422
    assert not Replay.objects.exists()


# --- the database has no time


@pytest.mark.django_db(transaction=True)
def test_two_that_change_the_same_in_another_order_are_both_done(monkeypatch: pytest.MonkeyPatch) -> None:
    article = make.make_article()
    quotes = [make.make_quote(article, text) for text in ("had no choice", "Martin Keele")]
    chief, met, decide = WHO["chief"](), Barrier(2), curation.decide_quotes

    def meeting(*args: Any, **kwargs: Any) -> None:
        decide(*args, **kwargs)
        with suppress(BrokenBarrierError):  # nobody else comes while the rows of both are held
            met.wait(1)

    monkeypatch.setattr(curation, "decide_quotes", meeting)

    def many(rows: list[Quote], kind: str) -> Any:
        items = [{"uid": row.uid, "if_match": "*", "kind": kind} for row in rows]
        return chief.send("PATCH", "quotes/?atomic=1", items)

    answers = at_once(partial(many, quotes, "mixed"), partial(many, quotes[::-1], "indirect"))
    assert [answer.json().get("done") for answer in answers] == [2, 2], connection.vendor
    kinds = set(Quote.objects.filter(article=article).values_list("kind", flat=True))
    assert len(kinds) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite is locked as a whole")
def test_a_locked_database_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    make.make_source("Aldermouth Mercury")
    editor = WHO["editor"]()
    editor.get("quotes/")  # writes when the token was used
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        answer = editor.send("POST", "people/", {"name": "Ada Penhallow"})
        assert (answer.status_code, problem(answer)) == (503, "busy")
        assert int(answer["Retry-After"]) > 0
        assert editor.get("quotes/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20000")
    assert editor.send("POST", "people/", {"name": "Ada Penhallow"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_comes_too_late() -> None:
    article = make.make_article()
    quote = make.make_quote(article)
    one, path = WHO["editor"](), f"quotes/{quote.uid}/"
    known = one.get(path)["ETag"]
    acts = [partial(one.send, "PATCH", path, {"kind": kind}, If_Match=known) for kind in ("mixed", "indirect")]
    answers = [answer.status_code for answer in at_once(*acts)]
    assert sorted(answers) == [200, 412], connection.vendor
    assert Quote.objects.get(pk=quote.pk).kind != "direct"


@pytest.mark.django_db
def test_old_answers_are_forgotten() -> None:
    one = WHO["editor"]()
    for key in "ab":
        one.send("POST", "people/", {"name": f"Ada Penhallow {key}"}, Idempotency_Key=key)
    Replay.objects.filter(key="a").update(at=timezone.now() - 2 * idempotency.KEPT)
    call_command("tidy", stdout=StringIO())
    assert [replay.key for replay in Replay.objects.all()] == ["b"]
