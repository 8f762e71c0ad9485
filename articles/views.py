"""The public pages of what was published: articles, quotes, sources and stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Aggregate, Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import publishing, rendering, variants, wording
from articles.excerpts import excerpts
from articles.filters import ArticleFilterSet, QuoteFilterSet, SourceFilterSet, StoryFilterSet
from articles.models import Article, Attribution, Quote, Source, Story
from articles.reading.model import Span
from articles.utterances_views import of_story, only_one_has
from corpus import gone
from corpus.models import Decision
from corpus.views import FilteredListView

SPEAKER = Attribution.Role.SPEAKER
#: Rows of the matrix of a story, and of the lists beside a source.
SPEAKERS_SHOWN = 15
ARTICLES_SHOWN = 200
RECENT = 12
#: Other printings of a quote on its page; the page of the utterance has them all.
PRINTINGS = 8
#: Utterances beside the articles of a story.
DIFFERING = 6
#: A longer quote is a text of its own, and is not printed a second time among its surroundings.
STANDING_CHARACTERS = 1200


class ArticleList(FilteredListView):
    model = Article
    filterset = ArticleFilterSet
    title = "Articles"
    noun = "articles"
    api = "api-articles-list"
    facets = ("source", "speaker", "kind")
    snippet_of = "search_text.open"
    extra_context = {"item_template": "articles/_item.html", "one": "article"}

    def get_queryset(self) -> QuerySet[Article]:
        return with_quote_counts(super().get_queryset())

    def add_snippets(self, items: list[Any], words: str) -> None:
        """As for any list; of what is still to follow its source's rights the index holds what could be seen before."""
        super().add_snippets([one for one in items if one.source is None or one.source.followed_by(one.pk)], words)


class QuoteList(FilteredListView):
    model = Quote
    filterset = QuoteFilterSet
    title = "Quotes"
    noun = "quotes"
    api = "api-quotes-list"
    facets = ("speaker", "source", "kind", "reading", "speaker_is")
    snippet_of = "text"
    extra_context = {"item_template": "quotes/_item.html", "one": "quote"}

    def get_queryset(self) -> QuerySet[Quote]:
        rows = super().get_queryset().select_related("utterance")
        return rows.prefetch_related("attributions__person__canonical__roles")


class SourceList(FilteredListView):
    model = Source
    filterset = SourceFilterSet
    title = "Sources"
    noun = "sources"
    api = "api-sources-list"
    facets = ("kind",)
    extra_context = {"item_template": "sources/_item.html", "one": "source"}

    def get_queryset(self) -> QuerySet[Source]:
        return with_article_figures(super().get_queryset(), Article.objects.public(), "source")


class StoryList(FilteredListView):
    model = Story
    filterset = StoryFilterSet
    title = "Stories"
    noun = "stories"
    api = "api-stories-list"
    extra_context = {"item_template": "stories/_item.html", "one": "story"}

    def get_queryset(self) -> QuerySet[Story]:
        return with_story_figures(super().get_queryset())


def with_quote_counts(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Articles with source and original, and ``quote_count``, the number of their public quotes."""
    # Subqueries, not joins: a page counts for its 25 rows only, and a count of the list leaves them out.
    return articles.select_related("source", "reprint_of__source").annotate(
        quote_count=aggregate(Quote.objects.public(), "article", Count("pk"), default=0)
    )


def with_article_figures(things: QuerySet[Any], rows: QuerySet[Any], of: str, path: str = "") -> QuerySet[Any]:
    """Things with ``article_count`` and the ``first`` and ``last`` day of their public articles."""
    return things.annotate(
        article_count=aggregate(rows, of, Count("pk"), default=0),
        first=aggregate(rows, of, Min(f"{path}published_day")),
        last=aggregate(rows, of, Max(f"{path}published_day")),
    )


def with_story_figures(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Stories with figures of their public articles, and how many sources those are of."""
    members = Story.articles.through.objects.filter(article__public=True)
    outlets = aggregate(members, "story", Count("article__source", distinct=True), default=0)
    return with_article_figures(stories, members, "story", "article__").annotate(source_count=outlets)


def aggregate(rows: QuerySet[Any], of: str, what: Aggregate, default: int | None = None) -> Combinable:
    """An aggregate over those rows that belong to the outer row by the column ``of``."""
    one = Subquery(rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(found=what).values("found"))
    return one if default is None else Coalesce(one, default)


def with_credits(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
    """Quotes with what `wording.credit` needs: attributions, people and their roles, in two queries."""
    attributions = Attribution.objects.select_related("person__canonical").order_by("role", "position")
    return quotes.prefetch_related(Prefetch("attributions", attributions), "attributions__person__canonical__roles")


def hues(number: int) -> int:
    """The ground of a matrix cell: 1–2, 3–5, 6–8, 9 and more."""
    return 0 if not number else 1 if number < 3 else 2 if number < 6 else 3 if number < 9 else 4


# --- an article ------------------------------------------------------------------------------------------------------


@require_safe
def article(request: HttpRequest, uid: str) -> HttpResponse:
    """An article with its quotes marked in place; within the outlet's rights, only the surroundings of its quotes."""
    rows = Article.objects.public().select_related("source", "capture", "reprint_of__source").defer("capture__raw")
    found = rows.filter(uid=uid).first()
    if found is None or found.capture is None:
        if stone := gone.tombstone(Article, uid=uid):
            return gone.purged(request, "article", stone)
        if withheld := Article.objects.filter(uid=uid, status=Article.Status.WITHHELD).first():
            why = publishing.why_withheld(withheld)
            return gone.page(request, "article", note=why.text if why else "", since=why.at if why else None)
        raise Http404(f"no public article {uid}")
    capture = found.capture
    quotes = list(
        with_credits(
            Quote.objects.public().filter(article=found, capture=capture).select_related("entry", "utterance")
        ).order_by("start", "-end", "id")
    )
    for quote in quotes:
        quote.article = found
    marks = marks_of(quotes)
    for quote in quotes:
        quote.extent = wording.extent(wording.parts(capture.text, quote.spans))  # type: ignore[attr-defined]
    entire = found.source is not None and found.source.rights == Source.Rights.FULL
    windows = None if entire else excerpts(capture.text, [spans_of(quote) for quote in quotes])
    layout = rendering.lay_out(
        capture.text, list(capture.passages.all()), marks, headline=found.headline, byline=found.byline, windows=windows
    )
    newest = request.GET.get("order", "newest") != "oldest"
    layout = layout.ordered(newest)
    people, unnamed = people_in(quotes)
    return render(
        request,
        "article.html",
        {
            "article": found,
            "capture": capture,
            "captures": list(found.captures.defer("text").order_by("-number")),
            "corrections": publishing.corrections(found),
            "copies": copies_of(found),
            "stories": list(Story.objects.public().filter(articles=found).order_by("name")),
            "layout": layout,
            "newest": newest,
            "entire": entire,
            "quotes": quotes,
            "first": next((mark for mark in marks if mark.number == 1), None),
            "checked": sum(quote.status == Quote.Status.ACCEPTED for quote in quotes),
            "reader": next((quote.reader for quote in quotes if quote.reader), ""),
            "people": people,
            "unnamed": unnamed,
            "section": "articles",
        },
    )


def copies_of(article: Article) -> list[Article]:
    """The articles that this one stands for, or those that another stands for beside it, by date."""
    original = article.reprint_of or article
    if not original.public:
        return []
    rows = Article.objects.public().filter(reprint_of=original).exclude(pk=article.pk).select_related("source")
    return list(rows.order_by("moment", "id"))


def spans_of(quote: Quote) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in quote.spans)


def marks_of(quotes: list[Quote], wanted: str = "") -> list[rendering.Mark]:
    """The quotes as marks, numbered in the order of the text; one inside another hangs on that, without a number."""
    there = {quote.pk: quote for quote in quotes}
    marks, number = [], 0
    met: set[Any] = set()
    for quote in quotes:
        quote.inner = []  # type: ignore[attr-defined]
        voices = {voice.person for voice in wording.credit(quote).speakers}
        # A margin tells somebody's role once.
        quote.again = voices <= met  # type: ignore[attr-defined]
        met |= voices
    for quote in quotes:
        outer = there.get(quote.nested_in_id or 0)
        if outer is not None and outer is not quote:
            outer.inner.append(quote)  # type: ignore[attr-defined]
        else:
            number += 1
        marks.append(
            rendering.Mark(
                uid=quote.uid,
                spans=spans_of(quote),
                number=None if outer else number,
                kind=quote.kind,
                quote=quote,
                marked=tuple(Span(start, end) for start, end in quote.marked),
                wanted=quote.uid == wanted,
            )
        )
    return marks


def people_in(quotes: list[Quote]) -> tuple[list[tuple[Any, int]], int]:
    """Whom the quotes are given to, with counts, the most quoted first; and how many go to nobody we name."""
    counted: Counter[Any] = Counter()
    unnamed = 0
    for quote in quotes:
        known = {voice.person for voice in wording.credit(quote).speakers if voice.person is not None}
        counted.update(known)
        unnamed += not known
    return counted.most_common(), unnamed


# --- a quote ---------------------------------------------------------------------------------------------------------


@require_safe
def quote(request: HttpRequest, uid: str) -> HttpResponse:
    """One quote: its words, who is credited and how we know, where it stands, and how to cite it."""
    rows = Quote.objects.public().select_related("article__source", "capture", "entry", "utterance")
    found = with_credits(rows.defer("capture__raw")).filter(uid=uid).first()
    if found is None:
        if stone := gone.tombstone(Quote, uid=uid):
            return gone.purged(request, "quote", stone)
        taken = Q(status=Quote.Status.REJECTED) | Q(article__status=Article.Status.WITHHELD)
        if hidden := Quote.objects.filter(taken, uid=uid).select_related("article").first():
            withheld = hidden.article.status == Article.Status.WITHHELD
            why = publishing.why_withheld(hidden.article) if withheld else None
            return gone.page(request, "quote", note=why.text if why else "", since=why.at if why else None)
        raise Http404(f"no public quote {uid}")
    text, spans = found.capture.text, spans_of(found)
    mark = rendering.Mark(
        uid=found.uid, spans=spans, kind="direct" if found.kind == "document" else found.kind,
        marked=tuple(Span(start, end) for start, end in found.marked),
    )  # fmt: skip
    entire = found.article.source is not None and found.article.source.rights == Source.Rights.FULL
    windows = rendering.surroundings(text, spans) if entire else excerpts(text, [spans])
    standing = rendering.lay_out(text, list(found.capture.passages.all()), [mark], windows=windows)
    relations = with_credits(
        Quote.objects.public().filter(Q(nested_in=found) | Q(pk=found.nested_in_id)).select_related("entry", "article")
    ).order_by("start")
    credit, parts = wording.credit(found), wording.parts(text, found.spans)
    return render(
        request,
        "quote.html",
        {
            "quote": found,
            "article": found.article,
            "credit": credit,
            "words": wording.words(found),
            "parts": parts,
            "extent": wording.extent(parts),
            "reasons": wording.reasons(found),
            "standing": standing.paragraphs() if len(found.text) <= STANDING_CHARACTERS else [],
            "paragraphs": rendering.paragraph_numbers(text, spans),
            "checked": wording.checked(found.decided),
            "speakers": [row for row in found.attributions.all() if row.role == SPEAKER],
            "relations": list(relations),
            **printed_elsewhere(found),
            "corrections": publishing.corrections(found.article),
            "decisions": list(decisions_on(found)),
            "citation": wording.citation(found, request.build_absolute_uri(reverse("quote", args=[found.uid]))),
            "section": "quotes",
        },
    )


def printed_elsewhere(quote: Quote) -> dict[str, Any]:
    """Its utterance, the ``forms`` of that, and how the other articles print it; three queries where it has one."""
    utterance = quote.utterance
    forms = variants.forms(utterance) if utterance and utterance.public else None
    if forms is None:
        return {"utterance": None}
    others = [one for one in forms.printings if one.form.quote.article_id != quote.article_id]
    return {"utterance": utterance, "forms": forms, "printings": others[:PRINTINGS], "more": len(others[PRINTINGS:])}


def decisions_on(quote: Quote) -> list[tuple[Any, str]]:
    """When an editor decided what of a quote, newest first; who and why stay with the editors."""
    rows = Decision.objects.filter(thing="articles.quote", thing_uid=quote.uid, field__in=wording.CHECKED)
    days: dict[Any, list[str]] = defaultdict(list)
    for at, field in rows.order_by("-at").values_list("at", "field")[:50]:
        days[at.date()].append(field)
    return [(day, wording.checked(fields)) for day, fields in days.items()]


# --- a source --------------------------------------------------------------------------------------------------------


@require_safe
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """An outlet: what of it is here, whom it quotes, and how it attributes."""
    found = get_object_or_404(Source.objects.public(), slug=slug)
    quotes = Quote.objects.witnesses().filter(article__source=found)
    kinds = dict(quotes.order_by().values_list("kind").annotate(n=Count("pk")))
    total = sum(kinds.values())
    named = (
        Attribution.objects.filter(quote__in=quotes, role=SPEAKER, shown=True)
        .aggregate(n=Count("quote", distinct=True))["n"]
    )  # fmt: skip
    figures = Article.objects.public().filter(source=found).aggregate(
        n=Count("pk"), first=Min("published_day"), last=Max("published_day"), words=Max("words"),
        copies=Count("reprint_of"),
    )  # fmt: skip
    return render(
        request,
        "source.html",
        {
            "source": found,
            "figures": figures,
            "total": total,
            "kinds": [
                (label, kinds[value], share(kinds[value], total))
                for value, label in Quote.Kind.choices
                if kinds.get(value)
            ],
            "named": named,
            "named_share": share(named, total),
            "speakers": most_quoted(Attribution.objects.filter(quote__article__source=found), RECENT),
            "articles": list(
                with_quote_counts(Article.objects.public().filter(source=found)).order_by("-moment", "-id")[:RECENT]
            ),
            "section": "sources",
        },
    )


def share(part: int, whole: int) -> int:
    """How many of every 100."""
    return round(100 * part / whole) if whole else 0


def most_quoted(rows: QuerySet[Attribution], limit: int) -> list[dict[str, Any]]:
    """Who speaks most in these attributions, as slug ``who``, name ``called``, ``n`` and ``width`` of 100.

    What a copy only repeats is not counted again.
    """
    found = list(
        rows.filter(role=SPEAKER, shown=True, quote__reprint=False)
        .order_by()
        .values(who=F("person__canonical__slug"), called=F("person__canonical__name"))
        .annotate(n=Count("quote", distinct=True))
        .order_by("-n", "called")[:limit]
    )
    most = max((row["n"] for row in found), default=1)
    return [row | {"width": max(1, round(100 * row["n"] / most))} for row in found]


# --- a story ---------------------------------------------------------------------------------------------------------


@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    """An event across outlets: who is quoted by whom, and the articles in time."""
    found = get_object_or_404(Story.objects.public(), slug=slug)
    newest = request.GET.get("order", "oldest") == "newest"
    order = ("-moment", "-id") if newest else ("moment", "id")
    articles = list(with_quote_counts(Article.objects.public().filter(stories=found)).order_by(*order)[:ARTICLES_SHOWN])
    figures = Article.objects.public().filter(stories=found).aggregate(total=Count("pk"), copies=Count("reprint_of"))
    total = figures["total"]
    witnesses = Quote.objects.witnesses().filter(article__stories=found)
    matrix = matrix_of(witnesses)
    return render(
        request,
        "story.html",
        {
            "story": found,
            "articles": timeline(articles),
            "total": total,
            "copies": figures["copies"],
            "more": total - len(articles),
            "newest": newest,
            "matrix": matrix,
            "utterances": of_story(found, DIFFERING),
            "only": only_one_has(witnesses)[:DIFFERING],
            "sources": len({article.source_id for article in articles}),
            "days": [day for day in (articles[0].published_day, articles[-1].published_day) if day] if articles else [],
            "section": "stories",
        },
    )


def timeline(articles: list[Article]) -> list[tuple[Article, bool]]:
    """The articles, and whether each is the first of its day."""
    return [(one, not n or articles[n - 1].published_day != one.published_day) for n, one in enumerate(articles)]


def matrix_of(quotes: QuerySet[Quote]) -> dict[str, Any]:
    """Speakers by outlets: how often each outlet quotes each speaker; quotes of nobody we name stand together, last."""
    cells: dict[str, Counter[str]] = defaultdict(Counter)
    outlets: dict[str, str] = {}
    names: dict[str, str] = {"": ""}
    shown = Attribution.objects.filter(role=SPEAKER, shown=True)
    known = (
        shown.filter(quote__in=quotes)
        .order_by()
        .values_list("person__canonical__slug", "person__canonical__name",
                     "quote__article__source__slug", "quote__article__source__name")
        .annotate(n=Count("quote", distinct=True))
    )  # fmt: skip
    unknown = (
        quotes.exclude(Exists(shown.filter(quote=OuterRef("pk"))))
        .order_by()
        .values_list("article__source__slug", "article__source__name")
        .annotate(n=Count("pk", distinct=True))
    )
    for slug, name, outlet, outlet_name, n in [*known, *(("", "", *row) for row in unknown)]:
        names[slug], outlets[outlet] = name, outlet_name
        cells[slug][outlet] += n
    order = sorted(outlets, key=lambda outlet: (-sum(row[outlet] for row in cells.values()), outlets[outlet]))
    speakers = sorted((who for who in cells if who), key=lambda who: (-cells[who].total(), names[who]))
    shown_rows = speakers[:SPEAKERS_SHOWN] + ([""] if "" in cells else [])
    return {
        "outlets": [{"slug": outlet, "name": outlets[outlet]} for outlet in order],
        "rows": [
            {
                "slug": who,
                "name": names[who],
                "cells": [{"outlet": o, "n": cells[who][o], "level": hues(cells[who][o])} for o in order],
                "all": cells[who].total(),
            }
            for who in shown_rows
        ],
        "others": len(speakers) - len(speakers[:SPEAKERS_SHOWN]),
    }
