"""Two editors whose acts take the same rows in another order: both are done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.db import OperationalError, connection, connections, transaction

from articles import curation, publishing
from articles.models import Article, Quote
from corpus.deadlocks import begun_again
from tests.factories import make_article, make_quote


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_quote_is_decided_while_its_article_is_withheld() -> None:
    article = make_article()
    quote = make_quote(article, status="suggested", confidence=0.99)
    both, errors = Barrier(2), []

    def at_once() -> None:
        with suppress(BrokenBarrierError):  # the second time nobody else comes
            both.wait(5)

    def deciding() -> None:
        row = Quote.objects.select_for_update(of=("self",)).get(pk=quote.pk)
        at_once()
        curation.decide_quotes([row], {"status": "accepted"}, by=None)

    def withholding() -> None:
        row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        at_once()
        publishing.decide([row], {"status": "withheld"}, by=None)

    def run(act: Callable[[], None]) -> None:
        try:
            begun_again(transaction.atomic(act))()
        except OperationalError as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in (deciding, withholding)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    quote.refresh_from_db()
    article.refresh_from_db()
    assert (quote.status, article.status, quote.public) == ("accepted", "withheld", False)


def test_other_troubles_are_not_tried_again() -> None:
    tried = []

    def act() -> None:
        tried.append(1)
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError):
        begun_again(act)()
    assert tried == [1]
