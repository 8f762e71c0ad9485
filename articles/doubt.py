"""How much of a quote is in doubt: by it the desk orders its articles, and knows what it may offer in one batch.

Of a judgement with confidence c, 1 - |2c - 1| is in doubt: nothing at 0 and 1, all of it at one half. A quote is worth
that of its own confidence and of its most doubtful speaker (1 when somebody is named and nobody knows who that is, or
when nobody is), and 1 more where the reader disputes a decision; an article, the sum of the quotes that wait in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from django.db.models import Case, Count, Expression, F, FloatField, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Abs, Coalesce

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


def waiting(quote: Quote, article: Article) -> bool:
    """The same of a quote that is at hand, with its article."""
    fresh = quote.status == Quote.Status.SUGGESTED and not quote.unsure and quote.found
    return quote.capture_id == article.capture_id and (fresh or bool(quote.disputed))


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


def certain(quote: Quote, least: float = CERTAIN) -> bool:
    """Whether nothing about a suggestion is in doubt, and its speakers are known, each at this confidence at least."""
    speakers = speakers_of(quote)
    return (
        quote.status == Quote.Status.SUGGESTED
        and quote.confidence >= least
        and bool(speakers)
        and all(row.person_id and row.confidence >= least for row in speakers)
        and not any(tags(quote))
    )


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
    speakers = (
        Attribution.objects.filter(quote=OuterRef("pk"), role=Attribution.Role.SPEAKER).order_by().values("quote")
    )
    worst = speakers.annotate(
        worst=Max(Case(When(unknown, then=1.0), default=_in_doubt("confidence"), output_field=FloatField()))
    ).values("worst")
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
