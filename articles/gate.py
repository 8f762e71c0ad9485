"""The public gate: what the public may see is materialised here, and nowhere else.

Public is a published article of a source whose rights allow it; of its quotes the accepted ones, and suggestions at or
above QUOTE_THRESHOLD; the person of an attribution only at or above SPEAKER_THRESHOLD (what an editor decided has
confidence 1), else the name as printed. A gate over three tables cannot be indexed, columns can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

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
    When,
)
from django.db.models.functions import Coalesce

from articles import copies, doubt, utterances
from articles.excerpts import excerpts, visible
from articles.models import Article, Attribution, Capture, Passage, Quote, SearchText, Source
from articles.reading.model import HIDDEN, Span
from corpus.chunks import chunks
from corpus.search.tables import SEARCHED
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


def _materialise(rows: QuerySet, column: str, condition: Q) -> None:
    """Set a column to whether the condition holds, writing only the rows that change."""
    # Not row by row with EXISTS: before its statistics know of a large article, PostgreSQL walks whole tables for each.
    holding = rows.filter(condition).order_by().values("pk")
    rows.filter(pk__in=holding, **{column: False}).update(**{column: True})
    rows.exclude(pk__in=holding).filter(**{column: True}).update(**{column: False})


@transaction.atomic
def refresh(
    articles: Iterable[int],
    *,
    people: Iterable[int] = (),
    search: bool = True,
    figures: bool = True,
    quotes: Iterable[int] | None = None,
) -> None:
    """Bring what is derived of these articles (ids) up to date; ``people`` are ids that may have lost a quote here.

    Where nothing but some of their ``quotes`` (ids) was decided on, what follows from these is enough.
    Who groups their quotes afterwards needs no ``figures`` of their utterances before.
    """
    ids = list(articles)
    if not ids:
        refresh_people(people)
        return
    rows = Article.objects.filter(pk__in=ids)
    before = utterances.seen(ids) if figures else {}
    # A public article that is to be hidden takes its quotes along, so the three follow one another.
    if quotes is None:
        _materialise(rows, "public", may_show_article())
        theirs = Quote.objects.filter(article__in=ids)
        attributions = Attribution.objects.filter(quote__article__in=ids)
    else:
        theirs = Quote.objects.filter(pk__in=(some := list(quotes)))
        attributions = Attribution.objects.filter(quote__in=some)
    _materialise(theirs, "public", may_show_quote())
    kin = copies.represent(ids)
    if quotes is None:
        refresh_moments(ids)
    _materialise(attributions, "shown", may_show_person())
    named = attributions.filter(person__isnull=False).values_list("person__canonical", flat=True)
    refresh_people([*named, *people])
    doubt.refresh(ids)
    if search:
        refresh_search(ids)
    if figures:
        counted = utterances.of(Quote.objects.filter(article__in=kin)) if kin else set()
        utterances.refresh(counted | utterances.otherwise_seen(before, utterances.seen(ids)))


def refresh_moments(articles: Iterable[int]) -> None:
    """A quote is dated by its entry, else by its article, whose date may change; an attribution by its quote."""
    ids = list(articles)
    undated = Quote.objects.filter(article__in=ids, entry__day__isnull=True).exclude(moment=F("article__moment"))
    undated.update(moment=Subquery(Article.objects.filter(pk=OuterRef("article")).values("moment")))
    late = Attribution.objects.filter(quote__article__in=ids).exclude(moment=F("quote__moment"))
    late.update(moment=Subquery(Quote.objects.filter(pk=OuterRef("quote")).order_by().values("moment")))


def refresh_people(people: Iterable[int | None]) -> None:
    """A person is public when a public quote is publicly attributed to them, or to somebody merged into them.

    Of candidates it is counted in how many quotes they speak.
    """
    spoke = Exists(Attribution.objects.filter(person__canonical=OuterRef("pk"), shown=True))
    holds = ExpressionWrapper(spoke & Q(canonical=F("pk")), output_field=BooleanField())
    for some in chunks({pk for pk in people if pk}):
        merged = Person.objects.filter(merged__in=some).values_list("pk", flat=True)
        rows = Person.objects.filter(pk__in={*some, *merged}).order_by().annotate(holds=holds, number=_spoken())
        turned: dict[bool, list[int]] = {True: [], False: []}
        for pk, was, is_public, counted, number in rows.values_list("pk", "public", "holds", "spoken", "number"):
            if was != is_public:
                turned[is_public].append(pk)
            if counted != number:
                Person.objects.filter(pk=pk).update(spoken=number)
        for is_public, pks in turned.items():
            if pks:
                Person.objects.filter(pk__in=pks).update(public=is_public)


def _spoken() -> Case:
    """In how many quotes a candidate speaks; 0 of everybody else."""
    given = Attribution.objects.filter(role=Attribution.Role.SPEAKER, person__canonical=OuterRef("pk"))
    kept = given.exclude(quote__status=Quote.Status.REJECTED).order_by().values("person__canonical")
    number = Subquery(kept.annotate(n=Count("quote", distinct=True)).values("n"), output_field=IntegerField())
    return Case(When(status=Person.Status.CANDIDATE, then=Coalesce(number, 0)), default=0)


def refresh_search(articles: Iterable[int]) -> None:
    """Rewrite the words these articles are found by, in six queries whatever their number."""
    SearchText.objects.bulk_create(
        search_texts(articles), update_conflicts=True, unique_fields=["article"], update_fields=["open", "closed"]
    )


def search_texts(articles: Iterable[int]) -> list[SearchText]:
    """The words these articles are to be found by, unsaved."""
    found = list(Article.objects.filter(pk__in=list(articles)).select_related("source"))
    texts = dict(Capture.objects.filter(pk__in=[a.capture_id for a in found]).values_list("pk", "text"))
    hidden: dict[int, list[Span]] = defaultdict(list)
    furniture = Passage.objects.filter(capture__in=texts, kind__in=HIDDEN)
    for capture, start, end in furniture.values_list("capture", "start", "end"):
        hidden[capture].append(Span(start, end))
    guarded = [a.pk for a in found if a.source and a.source.rights == Source.Rights.EXCERPTS]
    quotes: dict[int, list[list[Span]]] = defaultdict(list)
    for pk, spans in Quote.objects.public().filter(article__in=guarded).values_list("article", "spans"):
        quotes[pk].append([Span(start, end) for start, end in spans])
    rows = []
    for article in found:
        text = texts.get(article.capture_id or 0, "")
        seen = "\n\n".join(s.of(text) for s in visible(len(text), hidden[article.capture_id or 0]))
        rights = article.source.rights if article.source else Source.Rights.FULL
        if rights == Source.Rights.FULL:
            open_, closed = seen, ""
        elif rights == Source.Rights.EXCERPTS:
            open_, closed = "\n\n".join(s.of(text) for s in excerpts(text, quotes[article.pk])), seen
        else:
            open_, closed = "", seen
        open_ = f"{article.headline}\n\n{open_}"
        rows.append(SearchText(article=article, open=open_[:SEARCHED], closed=closed[:SEARCHED]))
    return rows
