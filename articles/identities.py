"""Who is whom: people merged and told apart, and the pairs worth asking about.

A merge moves no row: it is a decision on the loser's ``merged_into``, and whoever looks for people goes through
``canonical``. It is undone as any decision is, in any order, and gives back exactly what was there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote as quoted

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from articles import curation, gate, utterances
from articles.models import Article, Attribution, Mention, Quote
from corpus import ledger, locks
from corpus.models import Decision, new_uid
from corpus.prepared import KEYS, Prepared
from people.models import Name, Pair, Person, Role

#: Of a name that is printed more often than this, only the latest places are looked at for a card.
MANY = 200
_LATEST = 20

SAME, UNSURE, DIFFERENT = (answer.value for answer in (Pair.Answer.SAME, Pair.Answer.UNSURE, Pair.Answer.DIFFERENT))


class Contradiction(ValueError):
    """A judgement that an earlier one stands against, in one sentence for the editor."""


def survivor(person: Person) -> Person:
    """The person as it is now if nobody merged it, else whom it is the same as."""
    return Person.objects.select_related("canonical").get(pk=person.pk).canonical or person


@transaction.atomic
def merge(loser: Person, into: Person, *, by: User | None, reason: str = "", batch: str = "") -> list[Decision]:
    """Say that two are the same, and the second of them stays; of those merged before, their survivors are meant.

    Merging what is one already is no new decision. Raises `Contradiction` where somebody judged them different.
    """
    locks.hold("identities")
    gone, stays = survivor(loser), survivor(into)
    if gone.pk == stays.pk:
        return []
    _no_contradiction(gone, stays)
    decisions = ledger.decide(gone, {"merged_into": stays.uid}, by=by, reason=reason, batch=batch or new_uid())
    gate.refresh([], people=[gone.pk, stays.pk])
    utterances.follow_people([gone.pk])
    for given in (loser, into):
        given.refresh_from_db(fields=["canonical", "merged_into", "decided", "suggestion", "public"])
    return decisions


def _no_contradiction(one: Person, other: Person) -> None:
    judged = Pair.objects.between(one, other).filter(answer=DIFFERENT).select_related("first", "second").first()
    if judged is None:
        return
    decision = ledger.live(judged, "answer")
    who = f" by {decision.by_name} on {decision.at:%-d %B %Y}" if decision and decision.by_name else ""
    raise Contradiction(
        f"{judged.first} and {judged.second} were judged to be different people{who}; take that back first."
    )


def pair_of(one: Person, other: Person) -> Pair:
    """The pair of two people's survivors, made if there is none; raises `Contradiction` if they are one already."""
    first, second = sorted((survivor(one), survivor(other)), key=lambda person: person.pk)
    if first.pk == second.pk:
        raise Contradiction(f"{one} and {other} are one person already; undo the merge first.")
    pair, _ = Pair.objects.get_or_create(first=first, second=second)
    return pair


def may_merge(user: User | None) -> bool:
    """Whether somebody's answers count; those of others are proposals. None is whoever runs commands."""
    return user is None or user.has_perm("people.merge_person")


@transaction.atomic
def answer(
    pair: Pair,
    said: str,
    *,
    by: User | None,
    reason: str = "",
    batch: str = "",
    keep: Person | None = None,
) -> str:
    """Answer whether a pair is "same", "unsure" or "different"; returns the batch that takes it back.

    What is meant are the survivors of the two. "same" merges them into ``keep``, or into the one better known. Without
    the right to merge the answer is left as a proposal, and "" returned. Raises `Contradiction` where an earlier
    judgement stands against it.
    """
    if said not in (SAME, UNSURE, DIFFERENT):
        raise ValueError(f"A pair is answered same, unsure or different, not {said!r}.")
    if not may_merge(by):
        propose(pair, said, by=by, reason=reason)
        return ""
    batch = batch or new_uid()
    locks.hold("identities")
    one, other = survivor(pair.first), survivor(pair.second)
    if one.pk == other.pk and said != SAME:
        raise Contradiction(f"{pair.first} and {pair.second} are one person already; undo the merge first.")
    values = {"answer": said}
    if said == SAME:
        # Before the merge, while a judgement on this very pair may still be replaced by another.
        ledger.decide(pair, values, by=by, reason=reason, batch=batch)
        stays, gone = in_order(one, other, keep)
        merge(gone, stays, by=by, reason=reason, batch=batch)
    else:
        ledger.decide(pair, values, by=by, reason=reason, batch=batch)
    return batch


@transaction.atomic
def propose(pair: Pair, said: str, *, by: User | None, reason: str = "") -> None:
    """Leave an answer for somebody with the right to merge; raises `Contradiction` where somebody else left another."""
    now = Pair.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=pair.pk)
    if now.proposed and now.proposed_by_id != (by.pk if by else None):
        if now.proposed == said:
            return
        who = now.proposed_by.get_username() if now.proposed_by else "Somebody"
        first = f"{who} proposed “{Pair.Answer(now.proposed).label}” for {pair}"
        raise Contradiction(f"{first}: talk to them, or to whoever may merge people.")
    pair.proposed, pair.proposed_by, pair.proposed_why = said, by, reason
    pair.save(update_fields=["proposed", "proposed_by", "proposed_why"])


def in_order(one: Person, other: Person, keep: Person | None = None) -> tuple[Person, Person]:
    """Who of two stays, and who is merged into them: as said, else the curated one, with most quotes, the older one."""
    if keep is not None and survivor(keep).pk in (one.pk, other.pk):
        stays = survivor(keep)
        return (one, other) if stays.pk == one.pk else (other, one)
    quotes = quotes_of([one.pk, other.pk])

    def known(person: Person) -> tuple[bool, int, int]:
        return person.status == Person.Status.CURATED, quotes.get(person.pk, 0), -person.pk

    return (one, other) if known(one) >= known(other) else (other, one)


def quotes_of(people: Iterable[int]) -> dict[int, int]:
    """How many quotes each of these survivors speaks in, of those nobody rejected."""
    spoke = Attribution.objects.filter(role=Attribution.Role.SPEAKER, person__canonical__in=list(people))
    kept = spoke.exclude(quote__status=Quote.Status.REJECTED).order_by().values("person__canonical")
    rows = kept.annotate(n=Count("quote", distinct=True)).values_list("person__canonical", "n")
    return {pk: n for pk, n in rows if pk}


def candidates(start: int, stop: int) -> list[int]:
    """The ids of those whom only the machine knows, most quoted first, from one place to another."""
    # Nobody speaks in the name of somebody who was merged into another.
    rows = Person.objects.filter(status=Person.Status.CANDIDATE, spoken__gt=0)
    return list(rows.order_by("-spoken", "id").values_list("pk", flat=True)[start:stop])


@transaction.atomic
def split(
    person: Person,
    into: Person | str,
    *,
    quotes: Iterable[Quote] = (),
    mentions: Iterable[Mention] = (),
    by: User | None,
    reason: str = "",
    batch: str = "",
) -> tuple[Person, str]:
    """Give some of a person's quotes and mentions to another person, or to a new one of this name, in one batch.

    What was printed stays. The two are judged different, so that nobody is asked about them again. Returns who has them
    now and the batch that takes it back (a new person stays, with nothing to their name).
    """
    batch = batch or new_uid()
    own = survivor(person)
    if isinstance(into, str):
        name = " ".join(into.split())
        if not name:
            raise Contradiction("Whoever is split off has a name: say which.")
        other = Person.objects.enrol(name[:200], kind=own.kind, status=Person.Status.CURATED)
    else:
        other = survivor(into)
    pair = pair_of(own, other)
    members = set(Person.objects.filter(canonical=own).values_list("uid", flat=True))
    articles = set()
    for quote in quotes:
        values = {}
        for role in Attribution.Role.values:
            rows = quote.effective(role)
            if any(row["person"] in members for row in rows):
                values[role] = [curation.given_to(other, row) if row["person"] in members else row for row in rows]
        if values and ledger.decide(quote, values, by=by, reason=reason, batch=batch):
            articles.add(quote.article_id)
    for mention in mentions:
        if mention.person and mention.person.uid in members:
            ledger.decide(mention, {"person": other.uid}, by=by, reason=reason, batch=batch)
    ledger.decide(pair, {"answer": DIFFERENT}, by=by, reason=reason, batch=batch)
    gate.refresh(articles, people=[own.pk, other.pk])
    return other, batch


# --- what is asked -------------------------------------------------------------------------------------------------


def waiting(user: User | None = None, pairs: QuerySet[Pair] | None = None) -> QuerySet[Pair]:
    """The open ones of these pairs, or of all; but for what this user, who may only propose, left one on."""
    rows: Any = Pair.objects.all() if pairs is None else pairs
    return rows.open() if may_merge(user) else rows.open().exclude(proposed_by=user)


@cache
def _open_pairs() -> Prepared:
    # From the few people to their pairs, along an index.
    here = Person.objects.filter(canonical__in=KEYS).order_by().values("pk")
    rows = Pair.objects.open().filter(Q(first__in=here) | Q(second__in=here)).order_by()
    return Prepared(rows.values_list("proposed_by", "uid", "score", "pk", "first__canonical", "second__canonical"))


def waiting_among(people: Collection[int], user: User) -> list[list[Any]]:
    """Of what is `waiting`, the pairs of which one is among these survivors, or was merged into one of them.

    Of each: uid, score, id and the two survivors' ids.
    """
    counts = may_merge(user)
    return [row for by, *row in _open_pairs().rows([*people]) if counts or by != user.pk]


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence in a sentence, and where it can be seen: a link, and the words there."""

    text: str
    url: str = ""
    printed: str = ""


@dataclass(slots=True)
class Side:
    """One of the two of a card: who it is, what it is printed as, what it was, and how much of the corpus it speaks."""

    person: Person
    names: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    quotes: int = 0
    articles: int = 0
    latest: Quote | None = None

    @property
    def candidate(self) -> bool:
        return self.person.status == Person.Status.CANDIDATE

    @property
    def url(self) -> str:
        return reverse("admin:people_person_change", args=[self.person.pk])


@dataclass(slots=True)
class PairCard:
    """A pair as an editor is asked about it; ``stays`` is who would survive a merge, ``goes`` who would lead there."""

    pair: Pair
    stays: Side
    goes: Side
    for_: list[Reason]
    against: list[Reason]
    may_merge: bool

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.stays, self.goes

    @property
    def open(self) -> bool:
        return self.pair.answer == Pair.Answer.OPEN and self.stays.person.pk != self.goes.person.pk

    @property
    def merged(self) -> bool:
        return self.stays.person.pk == self.goes.person.pk

    @property
    def preview(self) -> str:
        """What "the same" would do, in a sentence."""
        gone, stays = self.goes, self.stays
        counts = ((gone.quotes, "quote"), (len(gone.roles), "role"))
        shown = " and ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in counts if n)
        names = [name for name in [gone.person.name, *gone.names] if name not in {stays.person.name, *stays.names}]
        parts = [f"{shown} shown with {stays.person.name}"] if shown else []
        parts += [f"{'names' if len(names) > 1 else 'name'} {', '.join(names)} added"] if names else []
        return f"Moves nothing: {'; '.join(parts) or 'only the addresses of one lead to the other'}."


def card(pair: Pair, user: User | None) -> PairCard:
    """The card of one pair; see `cards`."""
    return cards([pair], user)[0]


def cards(pairs: Sequence[Pair], user: User | None) -> list[PairCard]:
    """Pairs with everything that an answer to them depends on, in one query more than `sides_of`."""
    sides = sides_of({pk for pair in pairs for pk in (pair.first_id, pair.second_id)})
    articles = {row.get("article", "") for pair in pairs for row in pair.evidence}
    places = dict(Article.objects.filter(uid__in=articles - {""}).values_list("uid", "pk"))
    made = []
    for pair in pairs:
        one, other = sides[pair.first_id], sides[pair.second_id]
        if _better_known(one) < _better_known(other):
            one, other = other, one
        for_, against = (
            [_reason(row, places) for row in pair.evidence if row["for"] is speaks] for speaks in (True, False)
        )
        made.append(PairCard(pair, one, other, for_, against, may_merge(user)))
    return made


def _better_known(side: Side) -> tuple[bool, int, int]:
    return not side.candidate, side.quotes, -side.person.pk


def _reason(row: dict[str, str], places: dict[str, int]) -> Reason:
    pk = places.get(row.get("article", ""))
    if pk is None:
        return Reason(row["text"])
    printed = row.get("printed", "")
    # The browser itself finds the words in the text.
    url = f"{reverse('admin:articles_article_change', args=[pk])}#:~:text={quoted(printed, safe='')}"
    return Reason(row["text"], url, printed)


def sides_of(people: Iterable[int]) -> dict[int, Side]:
    """What a card says of the survivors of these people, by the ids given; seven queries, and one for each loud name.

    Of a name that stands in more than `MANY` quotes rejected ones are counted along, and of one in more captures these
    and not the articles: that many an index counts, and knows no more. Of candidates the quotes are counted already.
    """
    wanted = set(people)
    sides: dict[int, Side] = {}
    survivors, captures, last = {}, {}, []
    rows = _counted().rows([*wanted])
    people_ = Person.objects.in_bulk({survivor for _, survivor, *_ in rows})
    for pk, survivor, in_quotes, in_captures, latest in rows:
        survivors[pk], captures[pk] = survivor, in_captures
        side = sides.setdefault(survivor, Side(people_[survivor]))
        side.quotes += in_quotes
        last += [(survivor, latest)] if latest else []
    quotes = Quote.objects.select_related("article__source").in_bulk([quote for _, quote in last])
    for ident, quote in sorted(last, key=lambda one: (quotes[one[1]].moment, one[1])):
        sides[ident].latest = quotes[quote]
    for pk, text in _names().rows([*sides]):
        if text not in {sides[pk].person.name, *sides[pk].names}:
            sides[pk].names.append(text)
    roles = Role.objects.filter(person__canonical__in=sides).annotate(whose=F("person__canonical"))
    for role in roles.order_by("-since", "-id"):
        sides[role.whose].roles.append(str(role))
    few = {pk for pk, side in sides.items() if not side.candidate and side.quotes <= MANY}
    exact = quotes_of(few)
    for pk, side in sides.items():
        side.quotes = side.person.spoken if side.candidate else exact.get(pk, 0) if pk in few else side.quotes
    articles: dict[int, set[int]] = defaultdict(set)
    for pk, article, printed in _named_in(captures):
        side = sides[survivors[pk]]
        articles[survivors[pk]] |= {article} if captures[pk] <= MANY else set()
        side.roles += [role for role in printed or () if role not in side.roles]
    for pk, number in captures.items():
        sides[survivors[pk]].articles += number if number > MANY else 0
    for pk, found in articles.items():
        sides[pk].articles += len(found)
    return {pk: sides[survivors[pk]] for pk in wanted}


@cache
def _counted() -> Prepared:
    """Of each who is one with some people: id, the survivor's, how many quotes and how many captures have this very
    name, and the latest of these quotes that nobody rejected."""
    # Each name by itself: so an index has its latest quote first, and nobody's thousands are put in order.
    spoke = Attribution.objects.filter(role=Attribution.Role.SPEAKER, person=OuterRef("pk")).order_by()
    kept = spoke.exclude(quote__status=Quote.Status.REJECTED).order_by("-moment", "-quote_id")
    said = spoke.values("person").annotate(n=Count("*")).values("n")
    named = Mention.objects.filter(person=OuterRef("pk")).order_by().values("person")
    counted = {
        "in_quotes": Coalesce(Subquery(said), 0),
        "in_captures": Coalesce(Subquery(named.annotate(n=Count("capture", distinct=True)).values("n")), 0),
        "latest": Subquery(kept.values("quote")[:1]),
    }
    survivors = Person.objects.filter(pk__in=KEYS).order_by().values("canonical")
    people = Person.objects.filter(canonical__in=survivors).order_by().annotate(**counted)
    return Prepared(people.values_list("pk", "canonical", *counted))


@cache
def _names() -> Prepared:
    names = Name.objects.order_by("id").values_list("person__canonical", "text")
    return Prepared(names, "person__canonical")


@cache
def _places(limit: int | None = None) -> Prepared:
    """Where some people are named: who, in which article, with which roles beside the name; the latest so many."""
    places = Mention.objects.filter(person__in=KEYS).order_by("-capture_id" if limit else "-id")
    return Prepared(places.values_list("person", "capture__article", "roles")[:limit])


def _named_in(captures: Mapping[int, int]) -> Iterator[tuple[int, int, list[str] | None]]:
    """The places of people who are given with the number of captures that name them; of more than `MANY` the latest."""
    yield from _places().rows([pk for pk, number in captures.items() if number <= MANY])
    for pk, number in captures.items():
        if number > MANY:
            yield from _places(_LATEST).rows([pk])
