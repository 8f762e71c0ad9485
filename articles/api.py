"""Sources, articles, quotes and stories in the API."""

from __future__ import annotations

from typing import cast

from django.db.models import Case, F, Prefetch, QuerySet, When

from articles.filters import ArticleFilterSet, QuoteFilterSet, SourceFilterSet, StoryFilterSet
from articles.models import Article, Capture, Quote, Source, Story
from articles.models.quote import QuoteQuerySet
from articles.serializers import (
    ArticleDetailSerializer,
    ArticleSerializer,
    QuoteSerializer,
    SourceSerializer,
    StorySerializer,
)  # fmt: skip
from corpus.api import CorpusViewSet


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
        rows = cast(QuoteQuerySet, rows).listed().select_related("capture").defer("capture__raw", "capture__text")
        return rows.annotate(enclosing=Case(When(nested_in__public=True, then=F("nested_in__uid"))))
