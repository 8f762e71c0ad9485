"""What editors do, as verbs: each is a decision in the ledger, and what follows from it is brought up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction

from articles import gate
from articles.models import Article, Attribution, Mention, Passage, Quote
from corpus import ledger
from corpus.models import Curated, Decision, new_uid
from people.models import Person


@transaction.atomic
def decide_quotes(
    quotes: Iterable[Quote],
    values: Mapping[str, Any],
    *,
    by: User | None,
    reason: str = "",
    batch: str = "",
) -> int:
    """Decide the same fields of several quotes in one batch; returns how many quotes a decision was recorded for."""
    batch = batch or new_uid()
    changed, before = [], set()
    for quote in quotes:
        before.update(_speakers(quote))
        if ledger.decide(quote, values, by=by, reason=reason, batch=batch):
            changed.append(quote)
    gate.refresh({quote.article_id for quote in changed}, people=before)
    return len(changed)


def accept(quotes: Iterable[Quote], *, by: User | None, reason: str = "", batch: str = "") -> int:
    """Accept quotes; returns how many."""
    return decide_quotes(quotes, {"status": Quote.Status.ACCEPTED.value}, by=by, reason=reason, batch=batch)


def reject(quotes: Iterable[Quote], *, by: User | None, reason: str = "", batch: str = "") -> int:
    """Reject quotes: no reading brings them back; returns how many."""
    return decide_quotes(quotes, {"status": Quote.Status.REJECTED.value}, by=by, reason=reason, batch=batch)


def given_to(person: Person, row: Mapping[str, Any]) -> dict[str, Any]:
    """An attribution, as the ledger keeps it, given to somebody for certain; what was printed stays."""
    decided = {"person": person.uid, "name": person.name, "kind": person.kind, "confidence": 1.0, "candidates": []}
    return {**row, **decided}


def set_speakers(quote: Quote, people: Sequence[Person], *, by: User | None, reason: str = "") -> int:
    """Say who speaks: these people, in this order; what was printed stays with the position it had."""
    printed = quote.effective(Attribution.Role.SPEAKER.value)
    value = [
        given_to(person, printed[position] if position < len(printed) else {}) for position, person in enumerate(people)
    ]
    return decide_quotes([quote], {"speaker": value}, by=by, reason=reason)


@transaction.atomic
def decide_articles(
    articles: Iterable[Article],
    values: Mapping[str, Any],
    *,
    by: User | None,
    reason: str = "",
    batch: str = "",
) -> int:
    """Decide the same fields of several articles in one batch; returns how many articles changed."""
    batch = batch or new_uid()
    changed = [a for a in articles if ledger.decide(a, values, by=by, reason=reason, batch=batch)]
    gate.refresh([article.pk for article in changed])
    return len(changed)


def publish(articles: Iterable[Article], *, by: User | None, reason: str = "", batch: str = "") -> int:
    """Publish articles that have a source; the others stay as they are."""
    ready = [article for article in articles if article.source_id]
    return decide_articles(ready, {"status": Article.Status.PUBLISHED.value}, by=by, reason=reason, batch=batch)


def withhold(articles: Iterable[Article], *, by: User | None, reason: str = "", batch: str = "") -> int:
    """Take articles out of the public's sight."""
    return decide_articles(articles, {"status": Article.Status.WITHHELD.value}, by=by, reason=reason, batch=batch)


@transaction.atomic
def undo(decisions: Iterable[Decision], *, by: User | None) -> int:
    """Take decisions on quotes, articles and people back, latest first; returns how many."""
    batch, undone, articles, before = new_uid(), 0, set(), set()
    by_thing: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_thing[decision.thing, decision.thing_uid].append(decision)
    for (thing, uid), on_it in by_thing.items():
        row = _curated(thing)._base_manager.filter(uid=uid).first()
        if row is None:  # deleted since; its history stays
            continue
        if isinstance(row, Quote):
            before.update(_speakers(row))
        undone += len(ledger.undo_all(on_it, row, by=by, batch=batch))
        if isinstance(row, Quote | Article):
            articles.add(row.article_id if isinstance(row, Quote) else row.pk)
        elif isinstance(row, Person):
            before.add(row.pk)
        elif isinstance(row, Passage | Mention):
            articles.add(row.capture.article_id)
    gate.refresh(articles, people=before)
    return undone


def _curated(label: str) -> type[Curated]:
    model = apps.get_model(label)
    assert issubclass(model, Curated), label
    return model


def _speakers(quote: Quote) -> list[int]:
    people = quote.attributions.filter(person__isnull=False)
    return [pk for pk in people.values_list("person__canonical", flat=True) if pk]
