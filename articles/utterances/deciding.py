"""What people decide about utterances: each a decision in the ledger, taken back as any other; it outlives grouping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from articles.models import Match, Quote, Utterance
from articles.utterances.clustering import components
from articles.utterances.figures import refresh
from articles.utterances.grouping import group, hold
from corpus import ledger
from corpus.chunks import chunks
from corpus.models import Curated, Decision, new_uid

#: What was decided about a quote and bears on its utterance.
BEARING = frozenset({"kind", "spans", "speaker", "status", "utterance"})


class Contradiction(ValueError):
    """A judgement that an earlier one stands against, in one sentence for the editor."""


def match_of(one: Quote, other: Quote) -> Match:
    """The match of two quotes, made if there is none, so that it can be answered."""
    if one.pk == other.pk:
        raise Contradiction("A quote is compared with another one, not with itself.")
    first, second = (one, other) if one.pk < other.pk else (other, one)
    match, _ = Match.objects.get_or_create(first=first, second=second)
    return match


@transaction.atomic
def answer(match: Match, value: str, *, by: User | None, reason: str = "", batch: str | None = None) -> str:
    """Say what two quotes are to one another, a value of `Match.Answer`; returns the batch that takes it back.

    "same" and "fragment" join them, with all that is with either; "other" and "different" keep them apart; "unsure"
    only closes the question. Raises `Contradiction` where an earlier judgement stands against it.
    """
    if value not in Match.Answer.values or value == Match.Answer.OPEN:
        raise ValueError(f"A match is answered same, fragment, other, different or unsure, not {value!r}.")
    batch = batch or new_uid()
    hold()
    quotes = list(Quote.objects.filter(pk__in=[match.first_id, match.second_id]).select_related("utterance"))
    before = {quote.utterance_id for quote in quotes if quote.utterance_id}
    if value in Match.JOINING:
        _nothing_against_joining(match, quotes)
    elif value in Match.PARTING:
        _nothing_against_parting(match, quotes)
    ledger.decide(match, {"answer": value}, by=by, reason=reason, batch=batch)
    if value in Match.JOINING and len(before) > 1:
        _one_gives_way(before, by=by, reason=reason, batch=batch)
    group([quote.pk for quote in quotes], again=before)
    return batch


@transaction.atomic
def split(quote: Quote, *, by: User | None, reason: str = "", batch: str | None = None) -> str:
    """Say that a quote stands by itself, whatever it resembles; returns the batch that takes it back."""
    batch = batch or new_uid()
    hold()
    before = _utterance_of(quote)
    ledger.decide(quote, {"utterance": None}, by=by, reason=reason, batch=batch)
    group([quote.pk], again=before)
    quote.refresh_from_db(fields=["utterance", "relation"])
    return batch


@transaction.atomic
def join(quote: Quote, utterance: Utterance, *, by: User | None, reason: str = "", batch: str | None = None) -> str:
    """Say that a quote reports an utterance; returns the batch that takes it back.

    Of an utterance that was taken up into another, that other is meant. Raises `Contradiction` where somebody judged
    the quote not to be what is there.
    """
    batch = batch or new_uid()
    hold()
    before = _utterance_of(quote)
    target = survivor(utterance)
    parted = Match.objects.filter(answer__in=Match.PARTING).filter(
        Q(first=quote, second__utterance=target) | Q(second=quote, first__utterance=target)
    )
    if against := parted.select_related("first", "second").first():
        raise Contradiction(_judged(against))
    ledger.decide(quote, {"utterance": target.uid}, by=by, reason=reason, batch=batch)
    group([quote.pk], again=before | {target.pk})
    quote.refresh_from_db(fields=["utterance", "relation"])
    return batch


@transaction.atomic
def choose_fullest(
    utterance: Utterance, quote: Quote, *, by: User | None, reason: str = "", batch: str | None = None
) -> str:
    """Say which form the others are compared with, one of the utterance; returns the batch that takes it back.

    It stands for the others as long as the public may see it, or may see none of them.
    """
    if _utterance_of(quote) != {utterance.pk}:
        raise Contradiction("The fullest form is one of the utterance: join the quote with it first.")
    return describe(utterance, {"fullest": quote.uid}, by=by, reason=reason, batch=batch)


@transaction.atomic
def describe(
    utterance: Utterance, values: Mapping[str, Any], *, by: User | None, reason: str = "", batch: str | None = None
) -> str:
    """Decide fields of an utterance: fullest, said_day, occasion (as JSON); returns the batch that takes it back."""
    batch = batch or new_uid()
    hold()
    ledger.decide(utterance, values, by=by, reason=reason, batch=batch)
    if "said_day" in values:
        group(utterance.quotes.values_list("pk", flat=True))
    refresh([utterance.pk])
    utterance.refresh_from_db()
    return batch


def survivor(utterance: Utterance) -> Utterance:
    """The utterance as it is now if nothing took it up, else what it was taken up into."""
    found = utterance
    while found.merged_into is not None:
        found = found.merged_into
    return found


# --- what follows from decisions made elsewhere ----------------------------------------------------------------------


def bears(quote: Quote, decision: Decision) -> bool:
    """Whether a decision on a quote, or its undoing, is reason to look for its utterance again."""
    if decision.field not in BEARING:
        return False
    if decision.field == "status":
        return Quote.Status.REJECTED in (decision.before, decision.after) or not quote.found
    return not quote.same(decision.field, decision.before, decision.after)


def follow_undone(rows: Iterable[tuple[Curated, Iterable[Decision]]]) -> None:
    """Bring grouping up to date after decisions on these rows were undone."""
    quotes: set[int] = set()
    again: set[int] = set()
    plain: set[int] = set()
    for row, decisions in rows:
        if isinstance(row, Match):
            quotes |= {row.first_id, row.second_id}
        elif isinstance(row, Utterance):
            plain.add(row.pk)
            if any(decision.field == "said_day" for decision in decisions):
                quotes |= set(row.quotes.values_list("pk", flat=True))
        elif isinstance(row, Quote) and any(bears(row, decision) for decision in decisions):
            quotes.add(row.pk)
            uids = {uid for one in decisions if one.field == "utterance" for uid in (one.before, one.after) if uid}
            again |= set(Utterance.objects.filter(uid__in=uids).values_list("pk", flat=True)) if uids else set()
    again |= {
        pk
        for some in chunks(quotes)
        for pk in Quote.objects.filter(pk__in=some, utterance__isnull=False).values_list("utterance", flat=True)
        if pk
    }
    if quotes or again:
        group(quotes, again=again)
    refresh(plain)


# --- what stands against it ------------------------------------------------------------------------------------------


def _utterance_of(quote: Quote) -> set[int]:
    found = Quote.objects.filter(pk=quote.pk).values_list("utterance", flat=True).first()
    return {found} if found else set()


def _judged(match: Match) -> str:
    decision = ledger.live(match, "answer")
    who = f" by {decision.by_name} on {decision.at:%-d %B %Y}" if decision and decision.by_name else ""
    said = match.get_answer_display()
    return f"“{match.first}” and “{match.second}” were judged to be {said}{who}; take that back first."


def _bound(quotes: Iterable[int]) -> tuple[set[int], list[Match]]:
    """All quotes that answers tie to these, and the answers that part any of them from another."""
    known, joining = set(quotes), []
    level = set(known)
    while level:
        rows = Match.objects.filter(Q(first__in=level) | Q(second__in=level), answer__in=Match.JOINING)
        pairs = list(rows.values_list("first", "second"))
        joining += pairs
        level = {pk for pair in pairs for pk in pair} - known
        known |= level
    parting = Match.objects.filter(first__in=known, second__in=known, answer__in=Match.PARTING)
    return known, list(parting.select_related("first", "second"))


def _nothing_against_joining(match: Match, quotes: Iterable[Quote]) -> None:
    _, parting = _bound([match.first_id, match.second_id])
    for against in parting:
        if against.pk != match.pk:
            raise Contradiction(_judged(against))
    for quote in quotes:
        if "utterance" in quote.decided and quote.utterance_id is None:
            raise Contradiction(f"“{quote}” was said to stand by itself; take that back first.")


def _nothing_against_parting(match: Match, quotes: Iterable[Quote]) -> None:
    rows = Match.objects.filter(answer__in=Match.JOINING).exclude(pk=match.pk)
    pairs = []
    level = known = {match.first_id}
    while level:
        found = list(rows.filter(Q(first__in=level) | Q(second__in=level)).values_list("first", "second"))
        pairs += found
        level = {pk for pair in found for pk in pair} - known
        known = known | level
    tied = next(some for some in components([*known, match.second_id], pairs) if match.first_id in some)
    if match.second_id in tied:
        raise Contradiction("Other answers say that these two are the same; take one of those back first.")
    put = {quote.utterance_id for quote in quotes if "utterance" in quote.decided}
    if len(put) == 1 and put != {None} and all("utterance" in quote.decided for quote in quotes):
        raise Contradiction("Both were put into one utterance by hand; take one of them out first.")


def _one_gives_way(utterances: Iterable[int], *, by: User | None, reason: str, batch: str) -> None:
    """Where people put quotes into both of two utterances that become one, those of the younger move, by decision."""
    put = [quote for quote in Quote.objects.filter(utterance__in=utterances) if "utterance" in quote.decided]
    held = {quote.utterance_id for quote in put if quote.utterance_id}
    if len(held) > 1:
        stays = Utterance.objects.get(pk=min(held))
        for quote in put:
            if quote.utterance_id != stays.pk:
                ledger.decide(quote, {"utterance": stays.uid}, by=by, reason=reason, batch=batch)
