"""Two editors whose acts take the same rows in another order: both are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event, Thread

import pytest
from django.db import OperationalError, connection, connections, transaction

from articles import curation, identities, intake, pairing, pipeline, publishing
from articles.models import Article, Quote
from corpus.deadlocks import begun_again
from people.models import Person
from tests.factories import make_article, make_person, make_quote, make_source


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("how", ["take in", "read again"])
def test_people_are_merged_while_news_of_somebody_new_comes_in(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes news in holds what a merge holds, before any row: neither is stopped."""
    ruth, martin = make_person("Ruth Ashdown"), make_person("Martin Keele")
    text = "Ruth Ashdown and Martin Keele met.\n\n“We agree to that,” said Martin Keele.\n\n“We do,” said Orla Quint.\n"
    source = make_source()
    article = make_article(text) if how == "read again" else None
    merging, stored, errors = Event(), Event(), []
    suggest = pairing.suggest_pairs

    def late(people: Iterable[int]) -> int:
        stored.set()
        merging.wait(1)  # with everything written, and nothing committed
        return suggest(people)

    monkeypatch.setattr(pairing, "suggest_pairs", late)

    def news() -> None:
        if article:
            pipeline.read_again(article)
        else:
            [item] = intake.item_from_upload("a.txt", text.encode())
            list(pipeline.take_in([item], pipeline.Orders(source=source, publish=True)))

    def merge() -> None:
        stored.wait(5)
        identities.merge(martin, ruth, by=None)
        merging.set()

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except OperationalError as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in (news, merge)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert Person.objects.filter(name="Orla Quint").exists()
    assert Person.objects.get(pk=martin.pk).canonical == ruth
    assert Person.objects.get(pk=ruth.pk).public  # so that a row of theirs was written
