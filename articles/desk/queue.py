"""What comes next at the desk: the article with most doubt that nobody else is in; first identities, then quotes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from articles import doubt, identities
from articles.models import Article, Attribution, Mention, Quote, Source, Story
from corpus import leases
from corpus.models import Lease
from people.models import Pair, Person

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

    def quotes(self) -> QuerySet[Quote]:
        """The quotes that are wanted of those that wait, or of the unsure or disputed ones."""
        rows = Quote.objects.order_by()
        rows = rows.filter(Q(unsure=True, capture=F("article__capture")) if self.unsure else doubt.waits())
        if self.disputed:
            rows = rows.exclude(disputed="")
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.reason:
            # JSON is text to one database and not to the other; a code is letters and hyphens to both.
            rows = rows.annotate(codes=Cast("reasons", TextField())).filter(codes__contains=f'"{self.reason}"')
        if self.person:
            given = Attribution.objects.filter(quote=OuterRef("pk"), person__canonical__uid=self.person)
            rows = rows.filter(Exists(given))
        return rows

    def wants(self, quote: Quote, article: Article) -> bool:
        """Whether a quote of this article that is at hand, with its speakers, is one of `quotes`; no query."""
        here = quote.unsure and quote.capture_id == article.capture_id if self.unsure else doubt.waiting(quote, article)
        given = {(row.person.canonical or row.person).uid for row in quote.attributions.all() if row.person}
        return (
            here
            and (not self.disputed or bool(quote.disputed))
            and self.kind in ("", quote.kind)
            and (not self.reason or self.reason in quote.reasons)
            and (not self.person or self.person in given)
        )

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
        wanted = orders.quotes().filter(article=OuterRef("pk"))
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


@dataclass(frozen=True)
class Item:
    """Something to settle in an article: ``uid`` stands in the address, ``place`` orders it."""

    uid: str
    place: tuple[int, ...]
    quote: Quote | None = None
    pair: Pair | None = None


@dataclass
class Sheet:
    """An article on the desk: its quotes in text order, and what is to be settled of it, in order."""

    article: Article
    quotes: list[Quote]
    items: list[Item] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    certain: list[Quote] = field(default_factory=list)

    @property
    def settled(self) -> int:
        return sum(quote.status != Quote.Status.SUGGESTED for quote in self.quotes)

    def place_of(self, uid: str) -> tuple[int, ...]:
        """Where an item stands, also one that is settled."""
        for number, pair in enumerate(self.pairs):
            if pair_item(pair) == uid:
                return (0, number)
        for number, quote in enumerate(self.quotes):
            if quote.uid == uid:
                return (1, number)
        # A pair that was answered: the first of those that are left comes next.
        return (2,) if uid == CERTAIN else (0,)

    def after(self, uid: str) -> Item | None:
        """The next item to be settled behind this one, else the first of those before it; None when all is done."""
        here = self.place_of(uid)
        others = [item for item in self.items if item.uid != uid]
        return next((item for item in others if item.place > here), others[0] if others else None)

    def beside(self, uid: str, step: int) -> str:
        """The quote before or after this one in the text, settled or not; "" at either end."""
        uids = [quote.uid for quote in self.quotes]
        at = uids.index(uid) + step if uid in uids else (0 if step > 0 else -1)
        return uids[at] if 0 <= at < len(uids) else ""


def pair_item(pair: Pair) -> str:
    """The name of a pair of people in the address of an item."""
    return f"pair-{pair.uid}"


def sheet(article: Article, orders: Orders, skipped: Collection[str], *, bulk: bool, answers: User | None) -> Sheet:
    """What there is to settle in an article, in at most six queries.

    ``bulk``: the certain ones are one item, else one by one at the end; ``answers``: who is asked, first, who is who.
    """
    quotes = list(
        article.quotes.filter(capture=article.capture_id)
        .select_related("entry")
        .prefetch_related("attributions__person__canonical")
        .order_by("start", "-end", "pk")
    )
    found = Sheet(article, quotes)
    open_ = [quote for quote in quotes if quote.uid not in skipped and orders.wants(quote, article)]
    if answers:
        found.pairs = [pair for pair in pairs_in(article, quotes, answers) if pair_item(pair) not in skipped]
    found.certain = [quote for quote in open_ if doubt.certain(quote)]
    sure = {quote.pk for quote in found.certain}
    numbers = {quote.pk: number for number, quote in enumerate(quotes)}
    found.items = [Item(pair_item(pair), (0, number), pair=pair) for number, pair in enumerate(found.pairs)]
    found.items += [Item(q.uid, (1, numbers[q.pk]), quote=q) for q in open_ if q.pk not in sure]
    if found.certain and bulk:
        found.items.append(Item(CERTAIN, (2,)))
    elif found.certain:
        found.items += [Item(q.uid, (2, numbers[q.pk]), quote=q) for q in found.certain]
    return found


def pairs_in(article: Article, quotes: Sequence[Quote], user: User) -> list[Pair]:
    """The open pairs of people of whom one is named or quoted in the article, those with most quotes here first."""
    spoke: dict[int | None, int] = {}
    for quote in quotes:
        for row in quote.attributions.all():
            if row.person:
                spoke[row.person.canonical_id] = spoke.get(row.person.canonical_id, 0) + 1

    def affected(pair: Pair) -> tuple[int, float, int]:
        number = sum(spoke.get(person.canonical_id, 0) for person in (pair.first, pair.second))
        return -number, -pair.score, pair.pk

    named = Mention.objects.filter(capture=article.capture_id, person__isnull=False).order_by()
    people = {*spoke, *named.values_list("person__canonical", flat=True)} - {None}
    # Whoever was merged into one of them, too; from the few people to their pairs, along an index.
    here = Person.objects.filter(canonical__in=people).order_by().values("pk")
    either = Q(first__in=here) | Q(second__in=here)
    # A long article may have a hundred of them, and only the one that is shown is asked for in full.
    rows = identities.waiting(user).filter(either).select_related(None).select_related("first", "second")
    return sorted(rows.only("uid", "score", "first__canonical", "second__canonical"), key=affected)
