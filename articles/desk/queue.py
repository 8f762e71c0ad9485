"""What comes next at the desk: the article with most doubt that nobody else is in; first identities, then quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from articles import doubt, identities
from articles.models import Article, Attribution, Mention, Quote, Source, Story
from corpus import leases
from corpus.models import Lease
from corpus.prepared import Prepared
from people.models import Person

#: The items of an article that are no quote: the batch of its certain ones, and its end.
CERTAIN = "certain"

ORDERS = {
    "doubt": ("most doubt first", ("-doubt", "-id")),
    "newest": ("newest first", ("-moment", "-id")),
    "oldest": ("oldest first", ("moment", "id")),
}
YES = "yes"


@dataclass(frozen=True)
class Orders:
    """What is wanted of the queue and in which order, as it stands in the address; "" for whatever there is."""

    story: str = ""
    source: str = ""
    person: str = ""
    kind: str = ""
    reason: str = ""
    unsure: str = ""
    disputed: str = ""
    sort: str = "doubt"

    @classmethod
    def read(cls, data: Mapping[str, str]) -> tuple[Orders, dict[str, str]]:
        """The orders of an address, and what is wrong with it: a sentence a parameter."""
        said = {one.name: data.get(one.name, "").strip() for one in fields(cls)}
        said["sort"] = said["sort"] or "doubt"
        choices: dict[str, Collection[str]] = {
            "kind": Quote.Kind.values, "unsure": [YES], "disputed": [YES], "sort": ORDERS,
        }  # fmt: skip
        faults = {
            name: f"“{said[name]}” is no {name} of the desk; there is {', '.join(map(str, known))}."
            for name, known in choices.items()
            if said[name] and said[name] not in known
        }
        known_parameters = {*said, "find", "whole", "not", "position"}
        faults |= {
            name: f"The desk has no “{name}”; it has {', '.join(said)}."
            for name in data
            if name not in known_parameters
        }
        return cls(**{name: value for name, value in said.items() if name not in faults}), faults

    @property
    def narrow(self) -> bool:
        """Whether not every quote that waits is wanted."""
        return bool(self.person or self.kind or self.reason or self.unsure or self.disputed)

    def parameters(self) -> dict[str, str]:
        """As an address says it: only what is not so anyway."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    def query(self, **more: str) -> str:
        """The query of an address with these orders; "" or beginning with "?"."""
        said = {name: value for name, value in (self.parameters() | more).items() if value}
        return f"?{urlencode(said)}" if said else ""

    def chips(self) -> list[Chip]:
        """What is asked for, in words, each with the query that does without it; at most three queries."""
        names = {
            "story": lambda: Story.objects.filter(slug=self.story).values_list("name", flat=True).first(),
            "source": lambda: Source.objects.filter(slug=self.source).values_list("name", flat=True).first(),
            "person": lambda: Person.objects.filter(uid=self.person).values_list("name", flat=True).first(),
            "kind": lambda: Quote.Kind(self.kind).label,
            "reason": lambda: doubt.TAGS.get(self.reason, self.reason),
            "sort": lambda: ORDERS[self.sort][0],
        }
        return [
            Chip(name, str(names[name]() or f"{value}, unknown") if name in names else "", self.without(name))
            for name, value in self.parameters().items()
        ]

    def without(self, name: str) -> str:
        return Orders(**{k: v for k, v in self.parameters().items() if k != name}).query()

    def quotes(self) -> Q:
        """Of the quotes, those that are wanted of what waits, or of the unsure or disputed ones."""
        wanted = Q(unsure=True, capture=F("article__capture")) if self.unsure else doubt.waits()
        if self.disputed:
            wanted &= ~Q(disputed="")
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.reason:
            wanted &= doubt.said_because(self.reason)
        if self.person:
            given = Attribution.objects.filter(quote=OuterRef("pk"), person__canonical__uid=self.person)
            wanted &= Q(Exists(given))
        return wanted

    def articles(self) -> QuerySet[Article]:
        """The articles with a quote that is wanted, in order."""
        rows = Article.objects.order_by(*ORDERS[self.sort][1])
        if not self.unsure:
            rows = rows.filter(waiting__gt=0)  # the index by doubt has no others
        if self.story:
            rows = rows.filter(stories__slug=self.story)
        if self.source:
            rows = rows.filter(source__slug=self.source)
        # Few have these: looked up by their own indexes, not asked of article after article.
        if self.person:
            given = Attribution.objects.filter(person__canonical__uid=self.person)
            rows = rows.filter(pk__in=given.order_by().values("quote__article"))
        if self.unsure:
            rows = rows.filter(pk__in=Quote.objects.filter(unsure=True).order_by().values("article"))
        if self.disputed:
            rows = rows.filter(pk__in=Quote.objects.filter(disputed__gt="").order_by().values("article"))
        return rows


@dataclass(frozen=True)
class Chip:
    """A filter in use."""

    name: str
    value: str
    without: str


def next_article(orders: Orders, user: User, skipped: Collection[str], apart_from: str = "") -> Article | None:
    """The article to work on: the one this user is in while something waits there, else the first that is free."""
    rows = orders.articles().exclude(uid=apart_from)
    if orders.narrow:
        wanted = Quote.objects.filter(orders.quotes(), article=OuterRef("pk")).order_by()
        rows = rows.filter(Exists(wanted.exclude(uid__in=skipped) if skipped else wanted))
    elif skipped:
        # What waits is counted on the article: asking for a quote of each made PostgreSQL read all of them.
        left = Quote.objects.filter(doubt.waits(), uid__in=skipped).order_by().values("article")
        done = left.annotate(number=Count("pk")).filter(number__gte=F("article__waiting"))
        rows = rows.exclude(pk__in=list(done.values_list("article", flat=True)))
    mine = Lease.objects.filter(thing=Article._meta.label_lower, by=user, until__gt=timezone.now())
    if found := rows.filter(uid__in=list(mine.values_list("thing_uid", flat=True))).first():
        return found
    taken = list(leases.taken(Article, user))
    return rows.exclude(uid__in=taken).first()


@dataclass(frozen=True, slots=True)
class Line:
    """What the desk knows of every quote of an article; ``number`` is its place in the text, from 1.

    Only the quote in hand is loaded whole: a live blog has a hundred, and the next item has to be there at once.
    """

    number: int
    pk: int
    uid: str
    spans: list[list[int]]
    marked: list[list[int]]
    kind: str
    status: str
    wanted: bool
    certain: bool


#: The columns of a line behind its number.
COLUMNS = [column.name for column in fields(Line)][1:]


@lru_cache(maxsize=100)
def _lines(orders: Orders) -> Prepared:
    """The columns of the lines of an article, in text order."""
    judged = {"wanted": orders.quotes(), "certain": doubt.certain()}
    rows = Quote.objects.filter(capture=F("article__capture")).annotate(
        **{name: ExpressionWrapper(so, BooleanField()) for name, so in judged.items()}
    )
    return Prepared(rows.order_by("start", "-end", "pk").values_list(*COLUMNS), "article")


@dataclass(frozen=True, slots=True)
class Item:
    """Something to settle in an article: ``uid`` stands in the address, ``place`` orders it."""

    uid: str
    place: tuple[int, ...]


@dataclass(frozen=True)
class Sheet:
    """An article on the desk: its quotes in text order, its pairs of people, and what is to be settled, in order."""

    article: Article
    lines: list[Line]
    items: list[Item]
    pairs: list[str]
    certain: list[Line]

    @property
    def settled(self) -> int:
        return sum(line.status != Quote.Status.SUGGESTED for line in self.lines)

    def line(self, uid: str) -> Line | None:
        return next((line for line in self.lines if line.uid == uid), None)

    def place_of(self, uid: str) -> tuple[int, ...]:
        """Where an item stands, also one that is settled."""
        if uid in self.pairs:
            return (0, self.pairs.index(uid))
        if line := self.line(uid):
            return (1, line.number)
        # A pair that was answered: the first of those that are left comes next.
        return (2,) if uid == CERTAIN else (0,)

    def after(self, uid: str) -> Item | None:
        """The next item to be settled behind this one, else the first of those before it; None when all is done."""
        here = self.place_of(uid)
        others = [item for item in self.items if item.uid != uid]
        return next((item for item in others if item.place > here), others[0] if others else None)

    def beside(self, uid: str, step: int) -> str:
        """The quote before or after this one in the text, settled or not; "" at either end."""
        uids = [line.uid for line in self.lines]
        at = uids.index(uid) + step if uid in uids else (0 if step > 0 else -1)
        return uids[at] if 0 <= at < len(uids) else ""


def sheet(article: Article, orders: Orders, skipped: Collection[str], *, bulk: bool, answers: User | None) -> Sheet:
    """What there is to settle in an article, in one query, and three more for who is who.

    ``bulk``: the certain ones are one item, else one by one at the end; ``answers``: who is asked, first, who is who.
    """
    lines = [Line(number, *row) for number, row in enumerate(_lines(orders).rows([article.pk]), 1)]
    open_ = [line for line in lines if line.wanted and line.uid not in skipped]
    certain = [line for line in open_ if line.certain]
    pairs = [pair for pair in pairs_in(article, answers) if pair not in skipped] if answers else []
    items = [Item(pair, (0, number)) for number, pair in enumerate(pairs)]
    items += [Item(line.uid, (1, line.number)) for line in open_ if not line.certain]
    if certain and bulk:
        items.append(Item(CERTAIN, (2,)))
    else:
        items += [Item(line.uid, (2, line.number)) for line in certain]
    return Sheet(article, lines, items, pairs, certain)


@cache
def _people() -> tuple[Prepared, Prepared]:
    """To whom the quotes of a capture are given, and whom it names."""
    known = Q(person__isnull=False)
    return (
        Prepared(Attribution.objects.filter(known).order_by().values_list("person__canonical"), "quote__capture"),
        Prepared(Mention.objects.filter(known).order_by().values_list("person__canonical"), "capture"),
    )


def pairs_in(article: Article, user: User) -> list[str]:
    """The open pairs of people of whom one is named or quoted in an article, as items, those with most quotes first."""
    spoke, named = (Counter(pk for (pk,) in some.rows([article.capture_id or 0])) for some in _people())
    found = identities.waiting_among({*spoke, *named}, user)
    ranked = sorted((-spoke[one] - spoke[other], -score, pk, uid) for uid, score, pk, one, other in found)
    return [f"pair-{uid}" for *_, uid in ranked]
