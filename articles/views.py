"""The public pages of what was published: articles, quotes, sources and stories."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Aggregate, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles import citation_views, gone, linked_data, publishing, rendering, variants, wording
from articles.coverage import coverage
from articles.excerpts import excerpts
from articles.figures import bars, printings
from articles.filters import ArticleFilterSet, QuoteFilterSet, SourceFilterSet, StoryFilterSet
from articles.house_style import style
from articles.models import Article, Attribution, Quote, Source, Story
from articles.reading.model import Span
from articles.serializers import ArticleSerializer, QuoteSerializer, written
from articles.sheets import Sheet
from articles.utterances_views import differing
from corpus import charts
from corpus.embedded import plain, record
from corpus.linked_data import Linked
from corpus.models import Decision
from corpus.views import FilteredListView
from people.models import Person
from people.views import SpeakerList

SPEAKER = Attribution.Role.SPEAKER
ARTICLES_SHOWN = 60
RECENT = 12
#: The quotes of an article that do not only repeat those of another.
WITNESSES = F("quoted") - F("repeated")
#: What JSON-LD says of an article and of a quote.
LINKED_ARTICLE = "uid,page,url,headline,published,source,byline,kind,copy_of,language,words"
LINKED_QUOTE = "uid,page,text,date,speakers,anchor,article"
#: People beside an article.
PEOPLE_SHOWN = 30
#: Other printings of a quote on its page; the page of the utterance has them all.
PRINTINGS = 8
#: What is read of the articles of a story, and of what they copy.
IN_TIME = (
    *"uid headline opening kind published_day published_time published_precision moment".split(),
    *(f"source__{name}" for name in ("name", "slug", "rights")),
    *(f"reprint_of__{name}" for name in ("uid", "public", "source__name")),
)
#: Utterances beside the articles of a story.
DIFFERING = 6
#: A longer quote is a text of its own, and is not printed a second time among its surroundings.
STANDING_CHARACTERS = 1200


class ArticleList(SpeakerList):
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


class QuoteList(SpeakerList):
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
        articles = Article.objects.public()
        # By moment, as their index has them: it is looked at from both its ends, and not read through.
        days = articles.filter(source=OuterRef("pk"), moment__gt=0).order_by("moment").values("published_day")
        return (
            super()
            .get_queryset()
            .annotate(
                article_count=aggregate(articles, "source", Count("pk"), default=0),
                first=Subquery(days[:1]),
                last=Subquery(days.reverse()[:1]),
            )
        )


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
    return articles.select_related("source", "reprint_of__source").annotate(quote_count=F("quoted"))


def with_story_figures(stories: QuerySet[Story]) -> QuerySet[Story]:
    """Stories with figures of their public articles: how many, of how many sources, the first and the last day."""
    members = Story.articles.through.objects.filter(article__public=True)
    return stories.annotate(
        article_count=aggregate(members, "story", Count("pk"), default=0),
        source_count=aggregate(members, "story", Count("article__source", distinct=True), default=0),
        first=aggregate(members, "story", Min("article__published_day")),
        last=aggregate(members, "story", Max("article__published_day")),
    )


def aggregate(rows: QuerySet[Any], of: str, what: Aggregate, default: int | None = None) -> Combinable:
    """An aggregate over those rows that belong to the outer row by the column ``of``."""
    one = Subquery(rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(found=what).values("found"))
    return one if default is None else Coalesce(one, default)


# --- an article ------------------------------------------------------------------------------------------------------


@require_safe
def article(request: HttpRequest, uid: str) -> HttpResponse:
    """An article with its quotes marked in place; within the outlet's rights, only the surroundings of its quotes.

    A long one comes in parts: ``?part=2``, or the one with ``?quote=`` or ``?entry=``, which is so for good.
    """
    rows = Article.objects.public().select_related("source", "capture", "reprint_of__source").defer("capture__raw")
    found = rows.filter(uid=uid).first()
    if found is None or found.capture is None:
        return gone.article(request, uid)
    capture = found.capture
    entire = found.source is not None and found.source.rights == Source.Rights.FULL
    sheet = Sheet.of(found, capture, request.GET, entire)
    part = sheet.part
    quotes = list(
        Quote.objects.public()
        .filter(article=found, capture=capture, start__lt=part.end, end__gt=part.start)
        .credited()
        .select_related("entry", "utterance")
        .order_by("start", "-end", "id")
    )
    for quote in quotes:
        quote.article = found
        quote.extent = wording.extent(wording.parts(capture.text, quote.spans))  # type: ignore[attr-defined]
    marks = marks_of(quotes, sheet.numbers, request.GET.get("quote", ""))
    windows = None if entire else [
        Span(max(one.start, part.start), min(one.end, part.end))
        for one in excerpts(capture.text, [spans_of(quote) for quote in quotes])
        if one.start < part.end and one.end > part.start
    ]  # fmt: skip
    passages = capture.passages.filter(start__lt=part.end, end__gt=part.start)
    layout = rendering.lay_out(
        capture.text, list(passages), marks, headline=found.headline, byline=found.byline, windows=windows, within=part
    ).ordered(sheet.newest)  # fmt: skip
    people, unnamed = people_in(found, len(sheet.quotes))
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
            "sheet": sheet,
            "newest": sheet.newest,
            "entire": entire,
            "quotes": sheet.quotes,
            "first": next((mark for mark in marks if mark.number is not None), None),
            "checked": sum(quote.status == Quote.Status.ACCEPTED for quote in sheet.quotes),
            "reader": next((quote.reader for quote in quotes if quote.reader), ""),
            "people": people[:PEOPLE_SHOWN],
            "speakers": len(people),
            "unnamed": unnamed,
            "citations": citation_views.forms(citation_views.cited_article(request, found), "article"),
            "canonical": sheet.address(),
            "linked": linked_article(request, found, layout, entire=entire and len(sheet.parts) == 1),
            "section": "articles",
        },
    )


def linked_article(request: HttpRequest, article: Article, layout: rendering.Layout, *, entire: bool) -> Linked:
    """The article as the API's JSON-LD has it, but for its text; of a live blog the entries on this page."""
    said = record(request, ArticleSerializer, article, fields=LINKED_ARTICLE)
    page = request.build_absolute_uri(article.get_absolute_url())
    entries = [
        linked_data.update(
            {"page": f"{page}?entry={one.entry.uid}#{one.anchor}", "uid": one.entry.uid, "heading": one.entry.heading,
             "at": written(one.entry.day, one.entry.time)}, None,
        )
        for one in layout.entries
    ]  # fmt: skip
    return linked_data.article(said) | linked_data.live(entries, entire=entire)


def copies_of(article: Article) -> list[Article]:
    """The articles that this one stands for, or those that another stands for beside it, by date."""
    original = article.reprint_of or article
    if not original.public:
        return []
    rows = Article.objects.public().filter(reprint_of=original).exclude(pk=article.pk).select_related("source")
    return list(rows.order_by("moment", "id"))


def spans_of(quote: Quote) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in quote.spans)


def marks_of(quotes: list[Quote], numbers: Mapping[int, int | None], wanted: str = "") -> list[rendering.Mark]:
    """The quotes as marks; one inside another hangs on that, without a number."""
    there = {quote.pk: quote for quote in quotes}
    marks = []
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
        marks.append(
            rendering.Mark(
                uid=quote.uid,
                spans=spans_of(quote),
                number=numbers[quote.pk],
                kind=quote.kind,
                quote=quote,
                marked=tuple(Span(start, end) for start, end in quote.marked),
                wanted=quote.uid == wanted,
            )
        )
    return marks


def people_in(article: Article, quotes: int) -> tuple[list[tuple[str, str, int]], int]:
    """Whom its public quotes are given to, as slug, name and number, the most quoted first; and how many of so many
    quotes go to nobody we name. One query."""
    given = Attribution.objects.filter(quote__article=article, quote__public=True, role=SPEAKER, shown=True)
    rows = given.order_by("quote__start").values_list("quote", "person__canonical__slug", "person__canonical__name")
    said = dict.fromkeys(rows)
    counted = Counter((slug, name) for _, slug, name in said)
    named = len({quote for quote, _, _ in said})
    return [(slug, name, n) for (slug, name), n in counted.most_common()], quotes - named


# --- a quote ---------------------------------------------------------------------------------------------------------


@require_safe
def quote(request: HttpRequest, uid: str) -> HttpResponse:
    """One quote: its words, who is credited and how we know, where it stands, and how to cite it."""
    rows = Quote.objects.public().listed().select_related("capture", "utterance").defer("capture__raw")
    found = rows.prefetch_related("attributions__person__canonical__roles").filter(uid=uid).first()
    if found is None:
        return gone.quote(request, uid)
    text, spans = found.capture.text, spans_of(found)
    mark = rendering.Mark(
        uid=found.uid, spans=spans, kind="direct" if found.kind == "document" else found.kind,
        marked=tuple(Span(start, end) for start, end in found.marked),
    )  # fmt: skip
    entire = found.article.source is not None and found.article.source.rights == Source.Rights.FULL
    windows = rendering.surroundings(text, spans) if entire else excerpts(text, [spans])
    # Of a long text no more is looked at than is shown.
    near = Span(windows[0].start, windows[-1].end)
    passages = found.capture.passages.filter(start__lt=near.end, end__gt=near.start)
    standing = rendering.lay_out(text, list(passages), [mark], windows=windows, within=near)
    # Along the article: an index that is nearly all NULL, as that of nested_in, is none to SQLite.
    nested = Q(nested_in=found) | Q(pk=found.nested_in_id)
    relations = Quote.objects.public().filter(nested, article=found.article_id).credited()
    relations = relations.select_related("entry", "article").order_by("start")
    credit, paragraphs = wording.credit(found), wording.parts(text, found.spans)
    return render(
        request,
        "quote.html",
        {
            "quote": found,
            "article": found.article,
            "credit": credit,
            "words": wording.words(found),
            "parts": paragraphs,
            "extent": wording.extent(paragraphs),
            "reasons": wording.reasons(found),
            "standing": standing.paragraphs() if len(found.text) <= STANDING_CHARACTERS else [],
            "paragraphs": rendering.paragraph_numbers(text, spans),
            "checked": wording.checked(found.decided),
            "speakers": [row for row in found.attributions.all() if row.role == SPEAKER],
            "relations": list(relations),
            **printed_elsewhere(found),
            "corrections": publishing.corrections(found.article),
            "decisions": list(decisions_on(found)),
            "linked": linked_data.quotation(record(request, QuoteSerializer, found, fields=LINKED_QUOTE)),
            "citations": citation_views.forms(citation_views.cited_quote(request, found), "quote"),
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
    """An outlet: what of it is here and when, whom it quotes, how it attributes beside others, its house style."""
    found = get_object_or_404(Source.objects.public(), slug=slug)
    figures = Article.objects.public().filter(source=found).aggregate(
        n=Count("pk"), first=Min("published_day"), last=Max("published_day"), copies=Count("reprint_of"),
        quotes=Coalesce(Sum(WITNESSES), 0),
    )  # fmt: skip
    days = by_day(found)
    habits = style(found)
    return render(
        request,
        "source.html",
        {
            "source": found,
            "linked": linked_data.source(plain(request, found, "kind", "homepage")),
            "figures": figures,
            "chart": charts.in_time(
                {day: (n, 0) for day, n in days.items()}, url=lambda *ends: printings("source", found, *ends)
            ),
            "undated": days.get(0, 0),
            "style": habits,
            "speakers": bars(Person, habits.speakers[:RECENT]),
            "articles": list(
                with_quote_counts(Article.objects.public().filter(source=found)).order_by("-moment", "-id")[:RECENT]
            ),
            "section": "sources",
        },
    )


def by_day(source: Source) -> dict[int, int]:
    """The quotes of an outlet by the day of their articles (yyyymmdd, 0 for none); one query, of articles alone."""
    days = Article.objects.public().filter(source=source).order_by().values_list(F("moment") / 10_000)
    return {day: n for day, n in days.annotate(n=Sum(WITNESSES)) if n}


def most_quoted(rows: QuerySet[Attribution], limit: int) -> list[dict[str, Any]]:
    """Who speaks most in these attributions, as slug ``who``, name ``called``, ``n`` and ``width`` of 100.

    What a copy only repeats is not counted again.
    """
    found = list(
        rows.filter(role=SPEAKER, shown=True, reprint=False)
        .order_by()
        .values(who=F("person__canonical__slug"), called=F("person__canonical__name"))
        .annotate(n=Count("quote", distinct=True))
        .order_by("-n", "called")[:limit]
    )
    widths = charts.widths([row["n"] for row in found])
    return [row | {"width": width} for row, width in zip(found, widths, strict=True)]


# --- a story ---------------------------------------------------------------------------------------------------------


@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    """An event across outlets: who is quoted by whom, and the articles in time."""
    found = get_object_or_404(Story.objects.public(), slug=slug)
    newest = request.GET.get("order", "oldest") == "newest"
    rows = Article.objects.public().filter(stories=found).order_by()
    # All of them, sorted here: with an order and a limit PostgreSQL looks for them among the articles of all stories.
    members = sorted(rows.values_list("moment", "pk", "source", "reprint_of"))
    in_time = [pk for _, pk, _, _ in members]
    first = (in_time[::-1] if newest else in_time)[:ARTICLES_SHOWN]
    there = with_quote_counts(Article.objects.public()).only(*IN_TIME).in_bulk(first)
    articles = [there[pk] for pk in first]
    covered = coverage(in_time[::-1])
    return render(
        request,
        "story.html",
        {
            "story": found,
            "linked": linked_data.story(plain(request, found, "description")),
            "articles": timeline(articles),
            "lanes": lanes_of(articles),
            "total": len(members),
            "copies": sum(original is not None for *_, original in members),
            "more": len(members) - len(articles),
            "newest": newest,
            "covered": covered,
            "matrix": covered.matrix(),
            "utterances": differing(covered.told, DIFFERING),
            "only": covered.only()[:DIFFERING],
            "sources": len({outlet for _, _, outlet, _ in members}),
            "days": ends([one.published_day for one in articles if one.published_day]),
            "section": "stories",
        },
    )


def timeline(articles: list[Article]) -> list[tuple[Article, bool]]:
    """The articles, and whether each is the first of its day."""
    return [(one, not n or articles[n - 1].published_day != one.published_day) for n, one in enumerate(articles)]


def ends(days: list[dt.date]) -> list[dt.date]:
    """The first and the last."""
    return [min(days), max(days)] if days else []


def lanes_of(articles: list[Article]) -> list[charts.Lane]:
    """The articles in time, a lane an outlet; nothing of one outlet or one moment alone."""
    lanes = charts.lanes((one.source, one.moment, one) for one in articles)
    return lanes if len(lanes) > 1 and len({at for lane in lanes for at, _ in lane.at}) > 1 else []
