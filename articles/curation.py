"""What editors do, as verbs: each is a decision in the ledger, and what follows from it is brought up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from articles import gate, pipeline
from articles.models import Article, Attribution, Mention, Passage, Quote
from corpus import ledger, locks
from corpus.models import Curated, Decision, new_uid
from people.models import Person


def decide_quotes(
    quotes: Iterable[Quote],
    values: Mapping[str, Any],
    *,
    by: User | None,
    reason: str = "",
    batch: str = "",
) -> int:
    """Decide the same fields of several quotes in one batch; returns how many quotes a decision was recorded for."""
    return decide_each(((quote, values) for quote in quotes), by=by, reason=reason, batch=batch)


@transaction.atomic
def decide_each(
    decided: Iterable[tuple[Quote, Mapping[str, Any]]], *, by: User | None, reason: str = "", batch: str = ""
) -> int:
    """Decide of several quotes, of each what stands beside it, in one batch; returns as `decide_quotes` does."""
    batch = batch or new_uid()
    changed, moved, before = [], [], set()
    for quote, values in decided:
        before.update(_speakers(quote))
        if ledger.decide(quote, values, by=by, reason=reason, batch=batch):
            changed.append(quote)
            moved += [quote] if "spans" in values else []
    for quote in moved:
        _make_room(quote)
    gate.refresh({quote.article_id for quote in changed}, people=before)
    return len(changed)


def _make_room(quote: Quote) -> None:
    """Where an editor put a quote, what the machine suggests there is not a second one: the next reading finds this."""
    beside = Quote.objects.filter(capture=quote.capture_id, start__lt=quote.end, end__gt=quote.start, decided=[])
    beside = beside.filter(found=True, nested_in__isnull=quote.nested_in_id is None).exclude(pk=quote.pk)
    same = [row.pk for row in beside if same_words(row, quote.start, quote.end)]
    if same:
        Quote.objects.filter(pk__in=same).update(found=False)


def same_words(quote: Quote, start: int, end: int) -> bool:
    """Whether a quote and a stretch of its text share at least half of the longer of them."""
    shared = min(end, quote.end) - max(start, quote.start)
    return 2 * shared >= max(end - start, quote.end - quote.start)


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


@transaction.atomic
def decide_passages(
    passages: Iterable[Passage], values: Mapping[str, Any], *, by: User | None, reason: str = "", batch: str = ""
) -> int:
    """Decide fields of several passages in one batch, and with them where each stands; returns how many changed.

    Their articles are read again, for a passage says what is read in it.
    """
    batch, changed = batch or new_uid(), []
    for passage in passages:
        place = {} if "spans" in values else {"spans": passage.effective("spans")}
        if ledger.decide(passage, {**place, **values}, by=by, reason=reason, batch=batch):
            changed.append(passage)
    _read_again(passage.capture.article_id for passage in changed)
    return len(changed)


@transaction.atomic
def decide_mentions(
    mentions: Iterable[Mention], values: Mapping[str, Any], *, by: User | None, reason: str = "", batch: str = ""
) -> int:
    """Decide the same fields of several mentions in one batch; returns how many changed."""
    batch = batch or new_uid()
    return sum(bool(ledger.decide(row, values, by=by, reason=reason, batch=batch)) for row in mentions)


def name_nobody(mentions: Iterable[Mention], *, by: User | None, reason: str = "", batch: str = "") -> int:
    """Say that what the machine took for names names nobody; returns how many changed."""
    return decide_mentions(mentions, {"rejected": True, "person": None}, by=by, reason=reason, batch=batch)


@transaction.atomic
def decide_people(
    people: Iterable[Person], values: Mapping[str, Any], *, by: User | None, reason: str = "", batch: str = ""
) -> int:
    """Decide the same fields of several people in one batch; returns how many changed.

    Somebody who is said to be nobody is shown with no quote any more; the name stays as printed, and founds nobody.
    """
    batch, changed, turned = batch or new_uid(), [], set()
    for person in people:
        decisions = ledger.decide(person, values, by=by, reason=reason, batch=batch)
        changed += [person.pk] if decisions else []
        turned |= {person.pk} if any(map(_turns, decisions)) else set()
    gate.refresh(_quoting(turned), people=changed)
    return len(changed)


def _turns(decision: Decision) -> bool:
    """Whether a decision makes somebody nobody, or the other way round."""
    return decision.field == "status" and Person.Status.REJECTED in (decision.before, decision.after)


def _quoting(people: Iterable[int]) -> set[int]:
    """The articles with a quote that is given to one of these survivors."""
    given = Attribution.objects.filter(person__canonical__in=list(people)).order_by()
    return set(given.values_list("quote__article", flat=True))


@transaction.atomic
def undo(decisions: Iterable[Decision], *, by: User | None, reason: str = "") -> int:
    """Take decisions back, whatever they are on, latest first; returns how many."""
    batch, undone, before = new_uid(), 0, set()
    articles: set[int] = set()
    reread: set[int] = set()
    by_thing: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in _with_merges(decisions):
        by_thing[decision.thing, decision.thing_uid].append(decision)
    if any(one.field == "merged_into" for on_it in by_thing.values() for one in on_it):
        locks.hold("identities")  # before any row, as whoever merges does: else each waits for the other
    for (thing, uid), on_it in by_thing.items():
        row = _curated(thing)._base_manager.filter(uid=uid).first()
        if row is None:  # deleted since; its history stays
            continue
        if isinstance(row, Quote):
            before.update(_speakers(row))
        elif isinstance(row, Person) and row.canonical_id:
            before.add(row.canonical_id)
        undone += len(ledger.undo_all(on_it, row, by=by, reason=reason, batch=batch))
        if isinstance(row, Quote) and row.anchor == Quote.Anchor.ORPHANED:
            # It has no place in the text any more, so what made room for it may stand there again.
            reread.add(row.article_id)
        if isinstance(row, Quote | Article):
            articles.add(row.article_id if isinstance(row, Quote) else row.pk)
        elif isinstance(row, Person):
            before.add(row.pk)
            articles |= _quoting([row.pk]) if any(map(_turns, on_it)) else set()
        elif isinstance(row, Passage):
            reread.add(row.capture.article_id)
        elif isinstance(row, Mention):
            articles.add(row.capture.article_id)
    gate.refresh(articles, people=before)
    _read_again(reread)
    return undone


def _read_again(articles: Iterable[int]) -> None:
    for article in Article.objects.filter(pk__in=set(articles)).select_related("source"):
        pipeline.read_again(article)


def _with_merges(decisions: Iterable[Decision]) -> list[Decision]:
    """These decisions; a merge and the answer that it was go together, whichever of the two is among them."""
    found = {decision.pk: decision for decision in decisions}
    either = Q(thing="people.pair", field="answer") | Q(thing="people.person", field="merged_into")
    merging = {("people.pair", "answer"), ("people.person", "merged_into")}
    batches = {d.batch for d in found.values() if d.batch and (d.thing, d.field) in merging}
    if batches:
        found |= {row.pk: row for row in Decision.objects.of_its_own().filter(either, batch__in=batches)}
    return list(found.values())


def _curated(label: str) -> type[Curated]:
    model = apps.get_model(label)
    assert issubclass(model, Curated), label
    return model


def _speakers(quote: Quote) -> list[int]:
    people = quote.attributions.filter(person__isnull=False)
    return [pk for pk in people.values_list("person__canonical", flat=True) if pk]
