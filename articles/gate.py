"""The public gate: what the public may see is materialised here, and nowhere else.

Public is a published article of a source whose rights allow it; of its quotes the accepted ones, and suggestions at or
above QUOTE_THRESHOLD; the person of an attribution only at or above SPEAKER_THRESHOLD (what an editor decided has
confidence 1), else the name as printed. A gate over three tables cannot be indexed, columns can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from articles import copies, doubt, utterances
from articles.excerpts import excerpts, visible
from articles.models import Article, Attribution, Passage, Quote, SearchText, Source
from articles.reading.model import HIDDEN, Span
from corpus.chunks import chunks
from corpus.prepared import KEYS, Prepared, Update
from corpus.search.tables import SEARCHED
from corpus.statements import set_each
from people.models import Person


def may_show_article() -> Q:
    return Q(status=Article.Status.PUBLISHED, source__rights__in=[Source.Rights.FULL, Source.Rights.EXCERPTS])


def may_show_quote() -> Q:
    trusted = Q(status=Quote.Status.ACCEPTED) | Q(
        status=Quote.Status.SUGGESTED, found=True, confidence__gte=settings.QUOTE_THRESHOLD
    )
    return trusted & Q(article__public=True, capture=F("article__capture")) & ~Q(anchor=Quote.Anchor.ORPHANED)


def may_show_person() -> Q:
    somebody = Q(person__isnull=False) & ~Q(person__canonical__status=Person.Status.REJECTED)
    return somebody & Q(quote__public=True, confidence__gte=settings.SPEAKER_THRESHOLD)


@cache
def _turning(model: type[Article | Quote | Attribution], keys: str, *_thresholds: float) -> tuple[Update, Update]:
    """Sets the public column of rows whose key is among some, to whether they may be shown; only rows that change."""
    column, condition = PUBLIC_BY[model]
    # Not row by row with EXISTS: before its statistics know of a large article, PostgreSQL walks whole tables for each.
    every: QuerySet = model._base_manager.all()
    rows = every.filter(**{f"{keys}__in": KEYS})
    holding = rows.filter(condition()).order_by().values("pk")
    return (
        # Nor by both, keys and ids: SQLite may look all the ids up for each quote of an article.
        Update(every.filter(pk__in=holding, **{column: False}), **{column: True}),
        Update(rows.exclude(pk__in=holding).filter(**{column: True}), **{column: False}),
    )


PUBLIC_BY: dict[type[Article | Quote | Attribution], tuple[str, Callable[[], Q]]] = {
    Article: ("public", may_show_article),
    Quote: ("public", may_show_quote),
    Attribution: ("shown", may_show_person),
}


def _materialise(model: type[Article | Quote | Attribution], keys: str, ids: Sequence[int]) -> None:
    for turn in _turning(model, keys, settings.QUOTE_THRESHOLD, settings.SPEAKER_THRESHOLD):
        turn.over(ids)


@transaction.atomic
def refresh(
    articles: Iterable[int],
    *,
    people: Iterable[int] = (),
    search: bool = True,
    figures: bool = True,
    quotes: Iterable[int] | None = None,
    new: Collection[int] = (),
) -> None:
    """Bring what is derived of these articles (ids) up to date; ``people`` are ids that may have lost a quote here.

    Of those that are ``new`` (ids) nothing was derived before: what they add to a count is added, once.
    Where nothing but some of their ``quotes`` (ids) was decided on, what follows from these is enough.
    Who groups their quotes afterwards needs no ``figures`` of their utterances before.
    """
    ids = list(articles)
    if not ids:
        refresh_people(people)
        return
    before = utterances.seen(ids) if figures else {}
    some = ids if quotes is None else list(quotes)
    # A public article that is to be hidden takes its quotes along, so the three follow one another.
    if quotes is None:
        _materialise(Article, "pk", ids)
    _materialise(Quote, "article" if quotes is None else "pk", some)
    kin = copies.represent(ids)
    if quotes is None or kin:
        refresh_moments({*ids, *kin})
    by = "quote__article" if quotes is None else "quote"
    _materialise(Attribution, by, some)
    _speaker_is("article" if quotes is None else "pk").over(some)
    _counted().over([*{*ids, *kin}])
    known = {pk for (pk,) in _named(by).rows([pk for pk in some if pk not in new])} | set(people)
    refresh_people(known)
    _count_on([pk for pk in ids if pk in new], known)
    doubt.refresh(ids)
    if search:
        refresh_search(ids)
    if figures:
        counted = utterances.of(Quote.objects.filter(article__in=kin)) if kin else set()
        utterances.refresh(counted | utterances.otherwise_seen(before, utterances.seen(ids)))


@cache
def _named(by: str) -> Prepared:
    """To whom quotes are attributed, shown or not."""
    return Prepared(Attribution.objects.filter(person__isnull=False).values_list("person__canonical"), by)


@cache
def _speaker_is(keys: str) -> Update:
    """Sets whether speakers are named, of quotes whose key is among some; only rows that change."""
    wanted = speaker_is()
    return Update(Quote.objects.filter(**{f"{keys}__in": KEYS}).exclude(speaker_is=wanted), speaker_is=wanted)


def speaker_is() -> Case:
    """What ``speaker_is`` of a quote is to be, by its attributions."""
    rows = Attribution.objects.filter(quote=OuterRef("pk"), role=Attribution.Role.SPEAKER)
    return Case(
        When(Exists(rows.filter(shown=True)), then=Value(Quote.SpeakerIs.NAMED)),
        When(Exists(rows.exclude(kind=Attribution.Kind.UNNAMED)), then=Value(Quote.SpeakerIs.UNRESOLVED)),
        default=Value(Quote.SpeakerIs.UNNAMED),
    )


@cache
def _counted() -> Update:
    """Sets how many quotes articles have, of those among some where it is not so."""
    wanted = counts()
    return Update(Article.objects.filter(pk__in=KEYS).exclude(**wanted), **wanted)


def counts() -> dict[str, Coalesce]:
    """What ``quoted``, ``repeated`` and ``checked`` of an article are to be."""
    quotes = Quote.objects.public().filter(article=OuterRef("pk")).order_by().values("article")
    every = {
        "quoted": quotes,
        "repeated": quotes.filter(reprint=True),
        "checked": quotes.filter(reprint=False, status=Quote.Status.ACCEPTED),
    }
    return {
        name: Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
        for name, rows in every.items()
    }


def refresh_moments(articles: Iterable[int]) -> None:
    """A quote is dated by its entry, else by its article, whose date may change; an attribution by its quote.

    Whether it only repeats another, an attribution has from its quote as well.
    """
    ids = list(articles)
    for late in _late():
        late.over(ids)


@cache
def _late() -> tuple[Update, Update]:
    quotes = Quote.objects.filter(article__in=KEYS, entry__day__isnull=True).exclude(moment=F("article__moment"))
    attributions = Attribution.objects.filter(quote__article__in=KEYS)
    attributions = attributions.exclude(moment=F("quote__moment"), reprint=F("quote__reprint"))
    own = Quote.objects.filter(pk=OuterRef("quote")).order_by()
    return (
        Update(quotes, moment=Subquery(Article.objects.filter(pk=OuterRef("article")).values("moment"))),
        Update(attributions, moment=Subquery(own.values("moment")), reprint=Subquery(own.values("reprint"))),
    )


def refresh_people(people: Iterable[int | None]) -> None:
    """A person is public when a public quote is publicly attributed to them, or to somebody merged into them.

    Of candidates it is counted in how many quotes they speak.
    """
    survivors, standing = _people()
    for some in chunks({pk for pk in people if pk}):
        rows = standing.rows([*{*some, *(pk for (pk,) in survivors.rows(some))}])
        others = [(pk, holds, number) for pk, *was, holds, number in rows if was != [holds, number]]
        set_each(Person, ["public", "spoken"], others)


def _count_on(articles: Sequence[int], known: Collection[int]) -> None:
    """The same of everybody in new articles but these: to count anew all that somebody loud ever said takes longer with
    every article."""
    added = dict(_speaking().rows(articles))
    others = []
    named = {pk for (pk,) in _named("quote__article").rows(articles)}
    for pk, status, *was, holds in _standing().rows([*named.difference(known)]):
        now = [holds, was[1] + added.get(pk, 0) if status == Person.Status.CANDIDATE else 0]
        if was != now:
            others.append((pk, *now))
    set_each(Person, ["public", "spoken"], others)


@cache
def _people() -> tuple[Prepared, Prepared]:
    """Into whom people are merged; and what people are publicly, and what they are to be."""
    number = Subquery(_said().filter(person__canonical=OuterRef("pk")).values("number"), output_field=IntegerField())
    counted = Case(When(status=Person.Status.CANDIDATE, then=Coalesce(number, 0)), default=0)
    standing = Person.objects.order_by().annotate(holds=_holds(), number=counted)
    return (
        Prepared(Person.objects.filter(merged_into__isnull=False).order_by().values_list("merged_into"), "pk"),
        Prepared(standing.values_list("pk", "public", "spoken", "holds", "number"), "pk"),
    )


@cache
def _standing() -> Prepared:
    """What people are, and are publicly, and whether they are to be."""
    return Prepared(
        Person.objects.order_by().annotate(holds=_holds()).values_list("pk", "status", "public", "spoken", "holds"),
        "pk",
    )


@cache
def _speaking() -> Prepared:
    """In how many quotes of articles people speak."""
    return Prepared(_said().filter(quote__article__in=KEYS).values_list("person__canonical", "number"))


def _holds() -> ExpressionWrapper:
    spoke = Exists(Attribution.objects.filter(person__canonical=OuterRef("pk"), shown=True))
    return ExpressionWrapper(spoke & Q(canonical=F("pk")), output_field=BooleanField())


def _said() -> QuerySet:
    """In how many quotes people speak, by survivor."""
    given = Attribution.objects.filter(role=Attribution.Role.SPEAKER, person__isnull=False)
    kept = given.exclude(quote__status=Quote.Status.REJECTED).order_by().values("person__canonical")
    return kept.annotate(number=Count("quote", distinct=True))


def refresh_search(articles: Iterable[int]) -> None:
    """Rewrite the words these articles are found by, in four queries whatever their number."""
    SearchText.objects.bulk_create(
        search_texts(articles), update_conflicts=True, unique_fields=["article"], update_fields=["open", "closed"]
    )


def search_texts(articles: Iterable[int]) -> list[SearchText]:
    """The words these articles are to be found by, unsaved."""
    found = _searched().rows(list(articles))
    hidden = hidden_in(capture for _, _, capture, _, _ in found if capture)
    guarded = [pk for pk, *_, rights in found if rights == Source.Rights.EXCERPTS]
    quotes: dict[int, list[list[Span]]] = defaultdict(list)
    for pk, spans in Quote.objects.public().filter(article__in=guarded).values_list("article", "spans"):
        quotes[pk].append([Span(start, end) for start, end in spans])
    rows = []
    for pk, headline, capture, text, rights in found:
        text = text or ""
        seen = "\n\n".join(s.of(text) for s in visible(len(text), hidden[capture]))
        if rights in (Source.Rights.FULL, None):
            open_, closed = seen, ""
        elif rights == Source.Rights.EXCERPTS:
            open_, closed = "\n\n".join(s.of(text) for s in excerpts(text, quotes[pk])), seen
        else:
            open_, closed = "", seen
        open_ = f"{headline}\n\n{open_}"
        rows.append(SearchText(article_id=pk, open=open_[:SEARCHED], closed=closed[:SEARCHED]))
    return rows


@cache
def _searched() -> Prepared:
    """Articles with their text and what of it may be shown."""
    columns = "pk", "headline", "capture", "capture__text", "source__rights"
    return Prepared(Article.objects.order_by().values_list(*columns), "pk")


def hidden_in(captures: Iterable[int]) -> dict[int, list[Span]]:
    """What of captures (ids) is not their articles', by capture; one query."""
    found: dict[int, list[Span]] = defaultdict(list)
    for capture, start, end in _furniture().rows(list(captures)):
        found[capture].append(Span(start, end))
    return found


@cache
def _furniture() -> Prepared:
    return Prepared(Passage.objects.filter(kind__in=HIDDEN).values_list("capture", "start", "end"), "capture")
