"""Sources, stories, articles, captures, what was read in them, and quotes in the API."""

from __future__ import annotations

from django.db.models import QuerySet

from articles import linked_data
from articles.filters import (
    ArticleFilterSet,
    CaptureFilterSet,
    EntryFilterSet,
    MentionFilterSet,
    PassageFilterSet,
    QuoteFilterSet,
    SourceFilterSet,
    StoryFilterSet,
)
from articles.models import Article, Capture, Mention, Passage, Quote, Source, Story
from articles.serializers import (
    ArticleSerializer,
    CaptureSerializer,
    MentionSerializer,
    PassageSerializer,
    QuoteSerializer,
    SourceSerializer,
    StorySerializer,
)
from articles.writing.news import ArticleWrites
from articles.writing.outlets import SourceWrites, StoryWrites
from articles.writing.people import PersonWrites
from articles.writing.quotes import QuoteWrites
from corpus.api import CorpusViewSet
from people.api import PersonViewSet as ReadPersonViewSet


class SourceViewSet(SourceWrites):
    """Outlets with public articles."""

    model, noun = Source, "sources"
    filterset = SourceFilterSet
    serializer_class = SourceSerializer
    linked = staticmethod(linked_data.source)


class StoryViewSet(StoryWrites):
    """Named sets of articles on one event."""

    model, noun = Story, "stories"
    filterset = StoryFilterSet
    serializer_class = StorySerializer
    linked = staticmethod(linked_data.story)


class ArticleViewSet(ArticleWrites):
    """Published articles; one by one with as much of their text as the source allows."""

    model, noun, slugs = Article, "articles", False
    filterset = ArticleFilterSet
    serializer_class = ArticleSerializer
    whole = ("text", "excerpts", "passages", "captures")
    linked = staticmethod(linked_data.article)


class CaptureViewSet(CorpusViewSet):
    """Public articles as they were found, each time: when, how, and the SHA-256 of their bytes and of their text."""

    model, noun, slugs = Capture, "captures", False
    filterset = CaptureFilterSet
    serializer_class = CaptureSerializer


class PassageViewSet(CorpusViewSet):
    """What the texts are made of, where the public may read them: headlines, bodies, captions, entries, letters."""

    model, noun, slugs = Passage, "passages", False
    filterset = PassageFilterSet
    serializer_class = PassageSerializer
    whole = ("text",)


class EntryViewSet(PassageViewSet):
    """The dated posts of live blogs, where the public may read them."""

    noun = "entries"
    filterset = EntryFilterSet

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().filter(kind=Passage.Kind.ENTRY)


class MentionViewSet(CorpusViewSet):
    """Where the texts that the public may read name somebody."""

    model, noun, slugs = Mention, "mentions", False
    filterset = MentionFilterSet
    serializer_class = MentionSerializer


class QuoteViewSet(QuoteWrites):
    """Quotes that an editor checked, or that the machine is sure of and that say so."""

    model, noun, slugs = Quote, "quotes", False
    filterset = QuoteFilterSet
    serializer_class = QuoteSerializer
    linked = staticmethod(linked_data.quotation)


class PersonViewSet(PersonWrites, ReadPersonViewSet):
    """Individuals, organisations and groups that a public quote is given to."""
