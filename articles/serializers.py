"""What the API says of sources, articles, quotes and stories; only what the gate lets out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.excerpts import excerpts
from articles.models import Article, Attribution, Capture, Passage, Quote, Source
from articles.reading.model import Span
from corpus.serializers import CorpusSerializer, PageField, Taken
from people.models import Person
from people.serializers import PersonBrief

SPAN = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2}
RIGHTS = [("full", "the full text"), ("excerpts", "excerpts around quotes")]
MOMENT = {
    "type": ["string", "null"],
    "description": "Local, as exactly as it is known: 2024, 2024-03, 2024-03-12 or 2024-03-12T11:05.",
    "examples": ["2024-03-12T11:05"],
}


def written(day: dt.date | None, time: dt.time | None, precision: str = "") -> str | None:
    """A local day and time in ISO 8601, as exactly as it is known."""
    if day is None:
        return None
    length = {"year": 4, "month": 7}.get(precision, 10)
    return f"{day.isoformat()[:length]}{time:T%H:%M}" if time else day.isoformat()[:length]


class SourceBrief(CorpusSerializer):
    uid = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()


class StoryBrief(CorpusSerializer):
    uid = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()


class SourceSerializer(SourceBrief):
    page = PageField("source", "slug")
    kind = serializers.ChoiceField(choices=Source.Kind.choices)
    homepage = serializers.CharField()
    domains = serializers.ListField(child=serializers.CharField())
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    language = serializers.CharField(help_text="BCP 47.")
    rights = serializers.ChoiceField(
        choices=[("full", "full"), ("excerpts", "excerpts")], help_text="What of its texts is shown."
    )


class StorySerializer(StoryBrief):
    page = PageField("story", "slug")
    description = serializers.CharField()


@extend_schema_field(MOMENT)
class PublishedField(serializers.ReadOnlyField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"source": "*"} | kwargs)

    def to_representation(self, article: Article) -> str | None:
        return written(article.published_day, article.published_time, article.published_precision)


class ArticleBrief(CorpusSerializer):
    """Where a quote stands."""

    uid = serializers.CharField()
    page = PageField("article")
    url = serializers.CharField(help_text="Where it was published; empty if unknown.")
    headline = serializers.CharField()
    published = PublishedField()
    source = SourceBrief()  # type: ignore[assignment]  # a field of this name, not the option of fields


class ArticleSerializer(ArticleBrief):
    """An article without its text."""

    published_basis = serializers.ChoiceField(
        choices=Article.Basis.choices, help_text="Whether the date is stated, inferred from others, or entered by hand."
    )
    byline = serializers.CharField()
    kind = serializers.ChoiceField(choices=Article.Kind.choices)
    language = serializers.CharField(help_text="BCP 47.")
    words = serializers.IntegerField()
    text_sha256 = serializers.CharField(help_text="Of its text in UTF-8, as anchors cite it.")
    stories = StoryBrief(many=True)


class CaptureSerializer(CorpusSerializer):
    """The article as it was found at one moment."""

    uid = serializers.CharField()
    number = serializers.IntegerField()
    taken_at = serializers.DateTimeField()
    how = serializers.ChoiceField(choices=Capture.How.choices)
    media_type = serializers.CharField()
    raw_sha256 = serializers.CharField()
    text_sha256 = serializers.CharField()


class PassageSerializer(CorpusSerializer):
    """A typed stretch of the text, in code points."""

    uid = serializers.CharField()
    kind = serializers.ChoiceField(choices=Passage.Kind.choices)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    heading = serializers.CharField()
    at = serializers.SerializerMethodField()
    author = serializers.CharField()
    addressee = serializers.CharField()
    signatories = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(MOMENT)
    def get_at(self, passage: Passage) -> str | None:
        return written(passage.day, passage.time)


class ExcerptSerializer(CorpusSerializer):
    """A stretch of the text around a quote, in code points."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


def is_free(article: Article) -> bool:
    """Whether the public may see the whole text."""
    return article.source is not None and article.source.rights == Source.Rights.FULL


def passages_of(article: Article) -> Iterable[Passage]:
    return article.capture.passages.all() if article.capture and is_free(article) else []


def excerpts_of(article: Article) -> list[dict[str, Any]]:
    if is_free(article) or not article.capture:
        return []
    text = article.capture.text
    quotes = Quote.objects.public().filter(article=article, capture=article.capture_id).values_list("spans", flat=True)
    found = excerpts(text, [[Span(*span) for span in spans] for spans in quotes])
    return [{"start": span.start, "end": span.end, "text": span.of(text)} for span in found]


class ArticleDetailSerializer(ArticleSerializer):
    """An article with what its source allows of its text: all of it, or excerpts around its quotes."""

    rights = serializers.ChoiceField(choices=RIGHTS, source="source.rights")
    text = serializers.SerializerMethodField(help_text="Null when the source allows excerpts only.")
    excerpts = Taken(child=ExcerptSerializer(), rows=excerpts_of, help_text="Empty when the source allows the text.")
    passages = Taken(child=PassageSerializer(), rows=passages_of, help_text="Empty when it allows excerpts only.")
    captures = CaptureSerializer(many=True)

    @extend_schema_field({"type": ["string", "null"]})
    def get_text(self, article: Article) -> str | None:
        return article.capture.text if article.capture and is_free(article) else None


class ShownPerson(PersonBrief):
    """The survivor that an attribution leads to, if the gate lets it be shown."""

    def get_attribute(self, instance: Attribution) -> Person | None:
        return instance.person.canonical if instance.shown and instance.person else None


class SpeakerSerializer(CorpusSerializer):
    """Somebody a quote is given to: as printed, and the person if that is settled and may be shown."""

    printed = serializers.CharField(help_text="As printed; empty when nobody is named.")
    kind = serializers.ChoiceField(choices=Attribution.Kind.choices)
    open = serializers.BooleanField(help_text="Others belong to it that are not named.")
    person = ShownPerson(allow_null=True)
    candidates = serializers.SerializerMethodField(help_text="Names of those it may be, while it is not settled.")

    def get_candidates(self, row: Attribution) -> list[str]:
        return [] if row.shown else [candidate["name"] for candidate in row.candidates]


def given(role: str) -> Callable[[Quote], list[Attribution]]:
    """The attributions of a quote in a role; from what was prefetched."""
    return lambda quote: [row for row in quote.attributions.all() if row.role == role]


class AnchorSerializer(CorpusSerializer):
    """Where the words stand: in which text, at which code points, between which other words."""

    capture = serializers.CharField(source="capture.uid")
    text_sha256 = serializers.CharField(source="capture.text_sha256")
    spans = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="[start, end) each."
    )
    exact = serializers.CharField(source="text")
    prefix = serializers.SerializerMethodField(help_text="Within the paragraph where the source allows excerpts only.")
    suffix = serializers.SerializerMethodField(help_text="As prefix.")

    def get_prefix(self, quote: Quote) -> str:
        return quote.prefix if is_free(quote.article) else quote.prefix.rpartition("\n")[2]

    def get_suffix(self, quote: Quote) -> str:
        return quote.suffix if is_free(quote.article) else quote.suffix.partition("\n")[0]


class ProvenanceSerializer(CorpusSerializer):
    """Who says that this is a quote: a machine (which reader), or an editor who checked it."""

    by = serializers.SerializerMethodField()
    reader = serializers.CharField(help_text="Version of the reader; empty when made by hand.")

    @extend_schema_field({"type": "string", "enum": ["editor", "machine"]})
    def get_by(self, quote: Quote) -> str:
        return "editor" if quote.status == Quote.Status.ACCEPTED else "machine"


class QuoteSerializer(CorpusSerializer):
    """Somebody's words, whom they are given to, and where exactly they stand."""

    uid = serializers.CharField()
    page = PageField("quote")
    text = serializers.CharField(help_text="Its parts joined by “ … ” where it is broken.")
    kind = serializers.ChoiceField(choices=Quote.Kind.choices)
    reading = serializers.SerializerMethodField()
    confidence = serializers.FloatField(help_text="Of the machine's reading, 0 to 1.")
    date = serializers.SerializerMethodField(help_text="Of its entry, else of its article.")
    speakers = Taken(child=SpeakerSerializer(), rows=given("speaker"))
    via = Taken(child=SpeakerSerializer(), rows=given("via"), help_text="Through whom the words came.")
    addressees = Taken(child=SpeakerSerializer(), rows=given("addressee"))
    article = ArticleBrief()
    entry = serializers.CharField(source="entry.uid", default=None, allow_null=True, help_text="Of a live blog.")
    nested_in = serializers.CharField(source="enclosing", allow_null=True, help_text="The quote it stands in.")
    anchor = AnchorSerializer(source="*")
    provenance = ProvenanceSerializer(source="*")

    @extend_schema_field({"type": "string", "enum": ["checked", "automatic"]})
    def get_reading(self, quote: Quote) -> str:
        return "checked" if quote.status == Quote.Status.ACCEPTED else "automatic"

    @extend_schema_field(MOMENT)
    def get_date(self, quote: Quote) -> str | None:
        if quote.entry and quote.entry.day:
            return written(quote.entry.day, quote.entry.time)
        article = quote.article
        return written(article.published_day, article.published_time, article.published_precision)
