"""What editors do, as verbs: each is a decision in the ledger, and what follows from it is brought up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Prefetch, Q

from articles import copies, gate, pairing, pipeline, utterances
from articles.models import Article, Attribution, Mention, Passage, Quote, Source, Story
from corpus import ledger, locks
from corpus.models import Curated, Decision, new_uid
from people.models import Person
from people.names import matching_key

#: Fields of a person by which others resemble them: once they change, the pairs worth asking about do.
RESEMBLING = frozenset({"name", "names", "roles", "pronouns", "kind"})
#: Fields of an article by which its quotes are taken for others', or counted otherwise.
DATING = frozenset({"source", "copy_of", "published_day", "published_time", "published_precision"})


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
    decided: Iterable[tuple[Quote, Mapping[str, Any]]],
    *,
    by: User | None,
    reason: str = "",
    batch: str = "",
    held: bool = False,
) -> int:
    """Decide of several quotes, of each what stands beside it, in one batch; returns as `decide_quotes` does.

    ``held`` says that they are what `held_for` gave in this transaction.
    """
    decided = list(decided)
    before = _speakers(quote.pk for quote, _ in decided)
    said: Any = {"by": by, "reason": reason, "batch": batch or new_uid(), "held": held}
    if len(decided) == 1:
        [(only, its)] = decided
        made = [ledger.decide(only, its, **said)]
    else:
        made = ledger.decide_all(decided, **said)
    changed, moved, otherwise = [], [], set()
    for (quote, _), decisions in zip(decided, made, strict=True):
        changed += [quote] if decisions else []
        otherwise |= {quote.pk} if any(utterances.bears(quote, one) for one in decisions) else set()
        moved += [quote for one in decisions if one.field == "spans" and one.before != one.after]
    for quote in moved:
        _make_room(quote)
    _follow(changed, before, moved=bool(moved))
    utterances.group(otherwise)
    return len(changed)


def held_for(quotes: Iterable[Quote]) -> list[Quote]:
    """These quotes as they are now, held until the transaction ends, with all that deciding on them looks at."""
    rows = Quote.objects.select_for_update(of=("self",)).select_related("capture", "article")
    rows = rows.filter(pk__in=[quote.pk for quote in quotes]).order_by("pk")
    attributions = Attribution.objects.select_related("person__canonical").order_by("role", "position")
    return list(rows.prefetch_related(Prefetch("attributions", attributions)))


def _follow(quotes: Sequence[Quote], people: set[int], *, moved: bool) -> None:
    """What follows from decisions on these quotes, and for others beside them where one moved.

    The words that are found change only where the source lets no more be seen than what stands around its quotes.
    """
    articles = {quote.article_id for quote in quotes}
    gate.refresh(articles, people=people, search=False, quotes=None if moved else [quote.pk for quote in quotes])
    guarded = Article.objects.filter(pk__in=articles, source__rights=Source.Rights.EXCERPTS)
    if found := list(guarded.values_list("pk", flat=True)):
        gate.refresh_search(found)


def _make_room(quote: Quote) -> None:
    """Where an editor put a quote, what the machine suggests there is not a second one: it is this that it finds."""
    beside = Quote.objects.filter(capture=quote.capture_id, start__lt=quote.end, end__gt=quote.start, decided=[])
    beside = beside.filter(found=True, nested_in__isnull=quote.nested_in_id is None).exclude(pk=quote.pk)
    same = [row.pk for row in beside if same_words(row, quote.start, quote.end)]
    if same:
        Quote.objects.filter(pk__in=same).update(found=False)
        if quote.reader and not quote.found:
            quote.found = True
            ledger.dispute(quote, ["found"], False)
            quote.save(update_fields=["found", "disputed"])


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
    ids = {article.pk for article in changed}
    gate.refresh(ids | (copies.follow(ids) if "copy_of" in values else set()))
    if DATING & values.keys():
        utterances.follow(ids)
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
    Whoever gets another name keeps the former one among the others: what was printed before is still printed there.
    """
    batch, changed, turned = batch or new_uid(), [], set()
    for person in people:
        decisions = ledger.decide(person, _with_former_name(person, values), by=by, reason=reason, batch=batch)
        changed += [person.pk] if decisions else []
        turned |= {person.pk} if any(map(_turns, decisions)) else set()
    gate.refresh(_quoting(turned), people=changed)
    return len(changed)


def _with_former_name(person: Person, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is decided of somebody, their names first: the name itself may be one of them, or have been."""
    if "name" not in values:
        return values
    if "names" in values:
        return {"names": values["names"], **values}
    now = ledger.locked(person)
    if matching_key(now.name) == matching_key(values["name"]):
        return values
    return {"names": now.renamed(now.effective("names")), **values}


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
    asked = [one for on_it in by_thing.values() for one in on_it]
    people = [one for one in asked if one.thing == Person._meta.label_lower]
    if any(_moves_identities(one) for one in asked):
        locks.hold("identities")  # before any row, as whoever merges does: else each waits for the other
    grouped: list[tuple[Curated, list[Decision]]] = []
    quotes: list[Quote] = []
    moved = False
    for lot in _lots(by_thing):
        before |= _speakers(row.pk for row, _ in lot if isinstance(row, Quote))
        before |= {row.canonical_id for row, _ in lot if isinstance(row, Person) and row.canonical_id}
        made = ledger.undo_all(lot, by=by, reason=reason, batch=batch)
        undone += sum(map(len, made))
        moved = moved or any(one.field == "spans" and one.before != one.after for on_it in made for one in on_it)
        grouped += lot
        for row, on_it in lot:
            if isinstance(row, Quote):
                quotes.append(row)
                # Without a place in the text, what made room for it may stand there again.
                reread |= {row.article_id} if row.anchor == Quote.Anchor.ORPHANED else set()
            elif isinstance(row, Article):
                articles.add(row.pk)
                if any(one.field == "copy_of" for one in on_it):
                    articles |= copies.follow([row.pk])
            elif isinstance(row, Person):
                before.add(row.pk)
                articles |= _quoting([row.pk]) if any(map(_turns, on_it)) else set()
            elif isinstance(row, Passage):
                reread.add(row.capture.article_id)
            elif isinstance(row, Mention):
                articles.add(row.capture.article_id)
    _follow(quotes, set(), moved=moved)
    gate.refresh(articles, people=before)
    alike = {one.thing_uid for one in people if one.field in RESEMBLING}
    pairing.suggest_pairs(Person.objects.filter(uid__in=alike).values_list("pk", flat=True) if alike else ())
    utterances.follow(_held(grouped))
    utterances.follow_undone(grouped)
    utterances.follow_people(
        row.pk for row, on_it in grouped if isinstance(row, Person) and any(one.field == "merged_into" for one in on_it)
    )
    _read_again(reread)
    return undone


def _lots(by_thing: Mapping[tuple[str, str], list[Decision]]) -> Iterator[list[tuple[Curated, list[Decision]]]]:
    """The rows that these decisions are on, as they are taken back together; what was deleted since is left out.

    Quotes are one lot; of all else each row is: to part two people changes who is whom for those beside them.
    """
    label = Quote._meta.label_lower
    quotes = Quote._base_manager.in_bulk([uid for thing, uid in by_thing if thing == label], field_name="uid")
    if quotes:
        yield [(quotes[uid], on_it) for (thing, uid), on_it in by_thing.items() if thing == label and uid in quotes]
    for (thing, uid), on_it in by_thing.items():
        row = _curated(thing)._base_manager.filter(uid=uid).first() if thing != label else None
        if row:
            yield [(row, on_it)]


def _moves_identities(decision: Decision) -> bool:
    """Whether pairs of people are looked for once this is taken back: what is read again may name somebody new."""
    match decision.thing, decision.field:
        case "articles.passage", _:
            return True
        case "articles.quote", field:
            return field == "spans"
        case "people.person", field:
            return field == "merged_into" or field in RESEMBLING
    return False


def _held(undone: Iterable[tuple[Curated, Iterable[Decision]]]) -> set[int]:
    """The articles that were put into a story, or taken out, by decisions that are undone."""
    fields = {one.field for row, on_it in undone if isinstance(row, Story) for one in on_it}
    uids = {field.removeprefix(Story.HOLDS) for field in fields if field.startswith(Story.HOLDS)}
    return set(Article.objects.filter(uid__in=uids).values_list("pk", flat=True)) if uids else set()


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


def _speakers(quotes: Iterable[int]) -> set[int]:
    given = Attribution.objects.filter(quote__in=list(quotes), person__isnull=False).order_by()
    return {pk for pk in given.values_list("person__canonical", flat=True) if pk}
