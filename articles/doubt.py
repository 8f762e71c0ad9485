"""How much of a quote is in doubt: by it the desk orders its articles, and knows what it may offer in one batch.

Of a judgement with confidence c, 1 - |2c - 1| is in doubt: nothing at 0 and 1, all of it at one half. A quote is worth
that of its own confidence and of its most doubtful speaker (1 when somebody is named and nobody knows who that is, or
when nobody is), and 1 more where the reader disputes a decision; an article, the sum of the quotes that wait in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    Count,
    Expression,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Abs, Cast, Coalesce, Lower
from django.db.models.lookups import Contains, GreaterThanOrEqual, In

from articles.models import Article, Attribution, Quote
from articles.wording import PRONOUNS
from corpus.prepared import KEYS, Update

#: From this confidence on a suggestion may be certain: of the quote, and of each of its speakers.
CERTAIN = 0.95

#: Reasons for which a suggestion is looked at by itself, however sure the reader is, as the card says them.
TAGS = {
    "closed-by-paragraph": "marks never closed",
    "mixed-style": "marks of two styles",
    "doubled": "mark printed twice",
    "comma-inside": "end open",
    "goes-on": "sentence goes on",
    "speaker-doubtful": "speaker in doubt",
    "hypothetical": "perhaps not said",
    "participle": "hangs on “saying”",
    "verb-other": "perhaps no verb of saying",
    "floating": "no words of saying",
    "nested": "inside another quote",
}


def waits() -> Q:
    """Of the quotes, those that wait: suggested in the current capture and looked at by nobody, or disputed since."""
    fresh = Q(status=Quote.Status.SUGGESTED, unsure=False, found=True)
    return Q(capture=F("article__capture")) & (fresh | ~Q(disputed=""))


def tags(quote: Quote) -> Iterator[str]:
    """Why a quote is in doubt, in a few words each."""
    if quote.disputed:
        yield "the reader now disagrees"
    if quote.unsure:
        yield "an editor was unsure"
    if quote.anchor == Quote.Anchor.MOVED and "status" not in quote.decided:
        yield "moved with a new capture"
    for code in quote.reasons:
        if code in TAGS:
            yield TAGS[code]
    speakers = speakers_of(quote)
    if not speakers:
        yield "nobody named"
    for row in speakers:
        if row.person_id is None and row.kind != Attribution.Kind.UNNAMED:
            number = len({candidate.get("name") for candidate in row.candidates or ()})
            yield f"{number} candidates" if number > 1 else "speaker not known"
        elif row.confidence < CERTAIN and row.printed.casefold() in PRONOUNS:
            yield "pronoun"


def speakers_of(quote: Quote) -> list[Attribution]:
    return [row for row in quote.attributions.all() if row.role == Attribution.Role.SPEAKER]


def said_because(code: str) -> Q:
    """Of the quotes, those with this among their reasons."""
    # JSON is text to one database and not to the other; a code is letters and hyphens to both.
    return Q(Contains(Cast("reasons", TextField()), f'"{code}"'))


#: Of an attribution: that it is to a person of the corpus.
_KNOWN = Q(person__isnull=False)


def certain(least: float = CERTAIN, by: Q = _KNOWN) -> Q:
    """Of the quotes, the suggestions without a doubt: they and each of their speakers at this confidence at least.

    ``by`` is what has to be so of every speaker's attribution.
    """
    if least < CERTAIN:
        by &= Q(confidence__gte=CERTAIN) | ~Q(In(Lower("printed"), sorted(PRONOUNS)))
    # A figure, and no EXISTS: that PostgreSQL makes a join of, and then it looks through all quotes for a page of them.
    worst = _speakers().annotate(worst=Min(Case(When(by, then="confidence"), default=0.0))).values("worst")
    fresh = Q(status=Quote.Status.SUGGESTED, confidence__gte=least, found=True, unsure=False, disputed="")
    doubtful = reduce(or_, map(said_because, TAGS))
    here = Q(anchor=Quote.Anchor.EXACT)
    return fresh & here & ~doubtful & Q(GreaterThanOrEqual(Subquery(worst), least))


def _speakers() -> QuerySet[Attribution, Any]:
    """The speakers of a quote, to make a figure of."""
    rows = Attribution.objects.filter(quote=OuterRef("pk"), role=Attribution.Role.SPEAKER)
    return rows.order_by().values("quote")


def _in_doubt(confidence: str) -> Expression:
    return Value(1.0) - Abs(Value(2.0) * F(confidence) - Value(1.0))


def refresh(articles: Iterable[int]) -> None:
    """Bring what waits in these articles (ids), and how much of it is in doubt, up to date; one statement."""
    _refresh().over(list(articles))


@cache
def _refresh() -> Update:
    return Update(Article.objects.filter(pk__in=KEYS), **figures())


def figures() -> dict[str, Expression]:
    """What ``waiting`` and ``doubt`` of an article are to be."""
    unknown = Q(person__isnull=True) & ~Q(kind=Attribution.Kind.UNNAMED)
    doubtful = Case(When(unknown, then=1.0), default=_in_doubt("confidence"), output_field=FloatField())
    worst = _speakers().annotate(worst=Max(doubtful)).values("worst")
    disputed = Case(When(disputed="", then=0.0), default=1.0, output_field=FloatField())
    value = _in_doubt("confidence") + Coalesce(Subquery(worst), 1.0) + disputed
    waiting = Quote.objects.filter(waits(), article=OuterRef("pk")).order_by().values("article")
    return {
        "waiting": Coalesce(Subquery(waiting.annotate(number=Count("pk")).values("number")), 0),
        "doubt": Coalesce(
            Subquery(waiting.annotate(sum=Sum(value, output_field=FloatField())).values("sum")),
            0.0,
            output_field=FloatField(),
        ),
    }
