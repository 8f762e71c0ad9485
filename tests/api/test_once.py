"""Idempotency-Key where two are at work at once; in a module of its own, for it commits."""

from __future__ import annotations

from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from articles.models import Article, Quote
from corpus import idempotency
from corpus.models import Replay
from tests import factories as make
from tests.api.test_writing import NEWS, WHO


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_do_it_once() -> None:
    make.make_source("Aldermouth Mercury")
    one, together = WHO["feeder"](), Barrier(2)
    answers: list[Any] = []

    def send() -> None:
        together.wait(20)
        answers.append(one.send("POST", "articles/", NEWS, Idempotency_Key="k"))
        connections["default"].close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [answer.status_code for answer in answers] == [201, 201], connection.vendor
    assert answers[0].content == answers[1].content
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 1
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_comes_too_late() -> None:
    article = make.make_article()
    quote = make.make_quote(article)
    one, together = WHO["editor"](), Barrier(2)
    path = f"quotes/{quote.uid}/"
    known = one.get(path)["ETag"]
    answers: list[int] = []

    def send(kind: str) -> None:
        together.wait(20)
        answers.append(one.send("PATCH", path, {"kind": kind}, If_Match=known).status_code)
        connections["default"].close()

    threads = [Thread(target=send, args=[kind]) for kind in ("mixed", "indirect")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
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
