"""Sources, articles, quotes and stories in the API."""

from __future__ import annotations

from django.db.models import Case, F, Prefetch, QuerySet, When

from articles.filters import ArticleFilterSet, QuoteFilterSet, SourceFilterSet, StoryFilterSet
from articles.models import Article, Attribution, Capture, Quote, Source, Story
from articles.serializers import (
    ArticleDetailSerializer,
    ArticleSerializer,
    QuoteSerializer,
    SourceSerializer,
    StorySerializer,
)  # fmt: skip
from corpus.api import CorpusViewSet

# What a row shows and no more.
QUOTE_COLUMNS = """
    uid text kind status confidence moment spans prefix suffix reader entry__uid entry__day entry__time
    capture__uid capture__text_sha256 article__uid article__url article__headline article__published_day
    article__published_time article__published_precision article__source__uid article__source__slug
    article__source__name article__source__rights
""".split()
ATTRIBUTION_COLUMNS = """
    quote role position printed kind open shown candidates
    person__canonical__uid person__canonical__slug person__canonical__name
""".split()


class SourceViewSet(CorpusViewSet):
    """Outlets with public articles."""

    model, noun = Source, "sources"
    filterset = SourceFilterSet
    serializer_class = SourceSerializer


class StoryViewSet(CorpusViewSet):
    """Named sets of articles on one event."""

    model, noun = Story, "stories"
    filterset = StoryFilterSet
    serializer_class = StorySerializer


class ArticleViewSet(CorpusViewSet):
    """Published articles; one by one with as much of their text as the source allows."""

    model, noun, slugs = Article, "articles", False
    filterset = ArticleFilterSet
    serializer_class = ArticleSerializer
    detail_class = ArticleDetailSerializer

    def listed(self, rows: QuerySet[Article]) -> QuerySet[Article]:
        return rows.select_related("source").prefetch_related("stories")

    def detailed(self, rows: QuerySet[Article]) -> QuerySet[Article]:
        captures = Prefetch("captures", Capture.objects.defer("raw", "text"))
        return self.listed(rows).select_related("capture").defer("capture__raw").prefetch_related(captures)


class QuoteViewSet(CorpusViewSet):
    """Quotes that an editor checked, or that the machine is sure of and that say so."""

    model, noun, slugs = Quote, "quotes", False
    filterset = QuoteFilterSet
    serializer_class = QuoteSerializer

    def listed(self, rows: QuerySet[Quote]) -> QuerySet[Quote]:
        rows = rows.select_related("article__source", "entry", "capture").only(*QUOTE_COLUMNS)
        given = Attribution.objects.select_related("person__canonical").only(*ATTRIBUTION_COLUMNS)
        return rows.prefetch_related(Prefetch("attributions", given.order_by("role", "position"))).annotate(
            enclosing=Case(When(nested_in__public=True, then=F("nested_in__uid")))
        )
