"""What the API says of sources, articles, captures, what was read in them, and quotes; only what the gate lets out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, F, Max, Min, OuterRef, QuerySet, Subquery, Sum, When
from rest_framework import serializers

from articles.excerpts import excerpts
from articles.models import Article, Attribution, Capture, Mention, Passage, Quote, Source, Story
from articles.reading.model import Span
from corpus.models import Decision
from corpus.serializers import Computed, CorpusSerializer, Gathered, PageField, Related, Rows, day, number
from people.models import Person
from people.serializers import PersonBrief

SPAN = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2}
RIGHTS = [("full", "the full text"), ("excerpts", "excerpts around quotes")]
MOMENT = {
    "type": ["string", "null"],
    "description": "Local, as exactly as it is known: 2024, 2024-03, 2024-03-12 or 2024-03-12T11:05.",
    "examples": ["2024-03-12T11:05"],
}
TEXT = {"type": ["string", "null"], "description": "Null when the source allows excerpts only."}


def one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


@lru_cache(maxsize=10_000)
def written(day: dt.date | None, time: dt.time | None, precision: str = "") -> str | None:
    """A local day and time in ISO 8601, as exactly as it is known."""
    if day is None:
        return None
    text = day.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]
    return f"{text}T{time.isoformat('minutes')}" if time else text


def if_free(rights: str, text: str | None) -> str | None:
    """A text, if the source lets it be shown whole."""
    return text if rights == Source.Rights.FULL else None


COUNTED_ONCE = "What a copy of an article only repeats is counted once, with its original."

# What belongs to the rows of a list

STORIES = Related(lambda: Story.articles.through.objects.order_by("story__name"), link="article", path="story__")
CAPTURES = Related(lambda: Capture.objects.order_by("number"), link="article")
PASSAGES = Related(lambda: Passage.objects.public().order_by("start", "-end", "id"), link="capture__article")
PASSAGES_OF_CAPTURE = Related(lambda: Passage.objects.public().order_by("start", "-end", "id"), link="capture")
MENTIONS = Related(lambda: Mention.objects.public().order_by("start", "id"), link="capture__article")
MENTIONS_OF_CAPTURE = Related(lambda: Mention.objects.public().order_by("start", "id"), link="capture")
QUOTES = Related(lambda: Quote.objects.public().order_by("start", "id"), link="article")
QUOTES_OF_ENTRY = Related(lambda: Quote.objects.public().order_by("start", "id"), link="entry")
GIVEN = Related(lambda: Attribution.objects.order_by("quote", "position"), link="quote", split="role")


# Examples for the documentation, all of one invented quote

SOURCE_EXAMPLE = {"uid": "c4t8jx2vnw", "slug": "saltby-courier", "name": "Saltby Courier"}
ARTICLE_EXAMPLE = {
    "uid": "4jxtmhdgtv",
    "page": "https://verbatim.example/articles/4jxtmhdgtv/",
    "url": "https://courier.example/news/haven",
    "headline": "Haven inquiry hears from council leader",
    "published": "2025-03-31",
    "source": SOURCE_EXAMPLE,
}
PERSON_EXAMPLE = {"uid": "7kq2wz9mxd", "slug": "maureen-thorley", "name": "Maureen Thorley"}
SHA256_EXAMPLE = "46509c3e1f0c0a3b7d8f0f6c7c5e4f1b2a9d8e7f6c5b4a39281706f5e4d3c2b1"
IN_TEXT_EXAMPLE = {"capture": "x5c2vbn8rt", "text_sha256": SHA256_EXAMPLE, "article": ARTICLE_EXAMPLE}


# Sources and stories


class SourceBrief(CorpusSerializer):
    uid = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()


class StoryBrief(CorpusSerializer):
    uid = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()


def copy_count() -> Subquery:
    """How many other public articles an article stands for."""
    rows = Article.objects.filter(reprint_of=OuterRef("pk"), public=True).order_by().values("reprint_of")
    return Subquery(rows.annotate(n=Count("pk")).values("n"))


def articles_of(path: str) -> Callable[[], QuerySet]:
    """The public articles of a source or story, counted as one."""
    return lambda: Article.objects.filter(**{path: OuterRef("pk")}, public=True).order_by().values(path)


def figures(path: str) -> dict[str, Computed]:
    """How much there is of a source or story, as far as the public knows; the path leads there from an article."""
    articles = articles_of(path)
    return {
        "articles": number(lambda: articles().annotate(n=Count("pk"))),
        "quotes": number(lambda: articles().annotate(n=Sum(F("quoted") - F("repeated"))), help_text=COUNTED_ONCE),
        "first": day(lambda: articles().filter(moment__gt=0).annotate(n=Min("moment")), "Of the earliest article"),
        "last": day(lambda: articles().filter(moment__gt=0).annotate(n=Max("moment")), "Of the latest article"),
    }


class SourceFigures(CorpusSerializer):
    """How much there is of an outlet."""

    articles, quotes, first, last = figures("source").values()


class StoryFigures(CorpusSerializer):
    """How much there is on an event."""

    articles, quotes, first, last = figures("stories").values()


class SourceSerializer(SourceBrief):
    """An outlet, and what of its texts is shown."""

    page = PageField("source", "slug")
    kind = serializers.ChoiceField(choices=Source.Kind.choices)
    homepage = serializers.CharField()
    domains = serializers.ListField(child=serializers.CharField())
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    language = serializers.CharField(help_text="BCP 47.")
    rights = serializers.ChoiceField(choices=RIGHTS, help_text="What of its texts is shown.")
    figures = SourceFigures(source="*")

    included = ("figures",)
    example = {
        **SOURCE_EXAMPLE,
        "page": "https://verbatim.example/sources/saltby-courier/",
        "kind": "newspaper",
        "homepage": "https://courier.example/",
        "domains": ["courier.example"],
        "country": "GB",
        "language": "en",
        "rights": "full",
    }


class StorySerializer(StoryBrief):
    """A named set of articles on one event."""

    page = PageField("story", "slug")
    description = serializers.CharField()
    figures = StoryFigures(source="*")

    included = ("figures",)
    example = {
        "uid": "m3w9kd5zqp",
        "slug": "saltby-haven",
        "name": "Saltby Haven",
        "page": "https://verbatim.example/stories/saltby-haven/",
        "description": "A harbour that was to be a power station.",
    }


# Articles and what was found in them


def published(**kwargs: Any) -> Computed:
    columns = "published_day", "published_time", "published_precision"
    return Computed(*columns, of=written, schema=MOMENT, **kwargs)


class ArticleBrief(CorpusSerializer):
    """Where something stands."""

    uid = serializers.CharField()
    page = PageField("article")
    url = serializers.CharField(help_text="Where it was published; empty if unknown.")
    headline = serializers.CharField()
    published = published()
    source = SourceBrief()  # type: ignore[assignment]  # a field of this name, not the option of fields


class CaptureBrief(CorpusSerializer):
    """The article as it was found at one moment."""

    uid = serializers.CharField()
    number = serializers.IntegerField()
    taken_at = serializers.DateTimeField()
    how = serializers.ChoiceField(choices=Capture.How.choices)
    media_type = serializers.CharField()
    raw_sha256 = serializers.CharField(help_text="Of the bytes as found.")
    text_sha256 = serializers.CharField(help_text="Of the text derived from them, in UTF-8, as anchors cite it.")


class PassageBrief(CorpusSerializer):
    """A typed stretch of the text, in code points; an entry of a live blog has its own time."""

    uid = serializers.CharField()
    kind = serializers.ChoiceField(choices=Passage.Kind.choices)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    heading = serializers.CharField()
    at = Computed("day", "time", of=written, schema=MOMENT)
    author = serializers.CharField()
    addressee = serializers.CharField()
    signatories = serializers.ListField(child=serializers.CharField())


class MentionBrief(CorpusSerializer):
    """A span that names somebody: as printed, and the person if that is settled and may be shown."""

    uid = serializers.CharField()
    printed = serializers.CharField()
    kind = serializers.ChoiceField(choices=Person.Kind.choices)
    roles = serializers.ListField(child=serializers.CharField(), help_text="As printed beside the name.")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    person = PersonBrief(source="person.canonical", when="person__canonical__public", allow_null=True)


class SpeakerSerializer(CorpusSerializer):
    """Somebody a quote is given to: as printed, and the person if that is settled and may be shown."""

    printed = serializers.CharField(help_text="As printed; empty when nobody is named.")
    kind = serializers.ChoiceField(choices=Attribution.Kind.choices)
    open = serializers.BooleanField(help_text="Others belong to it that are not named.")
    person = PersonBrief(source="person.canonical", when="shown", allow_null=True)
    by = Computed(
        "quote__decided", "role", of=lambda decided, role: "editor" if role in decided else "machine",
        schema=one_of("editor", "machine"), help_text="Who says so.",
    )  # fmt: skip
    confidence = serializers.FloatField(help_text="That it is this person, 0 to 1; 1 when an editor says so.")
    candidates = Computed(
        "shown", "candidates",
        of=lambda shown, rows: [] if shown else [{"name": c["name"], "reasons": c.get("reasons", [])} for c in rows],
        schema={
            "type": "array",
            "description": "Those it may be, best first, while it is not settled.",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "reasons": {"type": "array", "items": {"type": "string"}}},
            },
        },
    )  # fmt: skip


def reach(side: str) -> Computed:
    """The words before or after; of a source that allows excerpts they end with the paragraph."""

    def of(words: str, rights: str) -> str:
        if rights == Source.Rights.FULL:
            return words
        return words.rpartition("\n")[2] if side == "prefix" else words.partition("\n")[0]

    help_text = "32 characters; within the paragraph where the source allows excerpts only."
    return Computed(side, "article__source__rights", of=of, help_text=help_text)


class AnchorSerializer(CorpusSerializer):
    """Where the words stand: in which text, at which code points, between which other words."""

    capture = serializers.CharField(source="capture.uid", help_text="Uid of the capture.")
    text_sha256 = serializers.CharField(source="capture.text_sha256", help_text="Of its text in UTF-8.")
    spans = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="[start, end) each, in code points."
    )
    exact = serializers.CharField(source="text")
    prefix = reach("prefix")
    suffix = reach("suffix")


def checked_at() -> Case:
    """When an editor made it the quote that it is: the last act on its status, be it a decision or the undo of one."""
    # Nothing is asked about undoing: SQLite would then look through all that was never undone.
    acts = Decision.objects.filter(thing="articles.quote", thing_uid=OuterRef("uid"), field="status").order_by("-id")
    return Case(When(status=Quote.Status.ACCEPTED, then=Subquery(acts.values("at")[:1])))


def stamp(at: dt.datetime | None) -> str | None:
    """A moment in UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


class ProvenanceSerializer(CorpusSerializer):
    """Who says that this is a quote: a machine (which reader), or an editor who checked it."""

    by = Computed(
        "status", of=lambda status: "editor" if status == Quote.Status.ACCEPTED else "machine",
        schema=one_of("editor", "machine"),
    )  # fmt: skip
    at = Computed(
        checked_at, of=stamp, schema={"type": ["string", "null"], "format": "date-time"},
        help_text="When the editor did; null for the machine, and where it is not known.",
    )  # fmt: skip
    reader = serializers.CharField(help_text="Version of the reader; empty when made by hand.")


def quote_date() -> Computed:
    """When a quote was printed."""
    return Computed(
        "entry__day", "entry__time",
        "article__published_day", "article__published_time", "article__published_precision",
        of=lambda day, time, *printed: written(day, time) if day else written(*printed),
        schema=MOMENT, help_text="Of its entry, else of its article.",
    )  # fmt: skip


READINGS = {
    Quote.Status.ACCEPTED.value: "checked",
    Quote.Status.SUGGESTED.value: "automatic",
    Quote.Status.REJECTED.value: "rejected",
}


class QuoteInArticle(CorpusSerializer):
    """Somebody's words, whom they are given to, and where exactly they stand."""

    uid = serializers.CharField()
    page = PageField("quote")
    text = serializers.CharField(help_text="Its parts joined by “ … ” where it is broken.")
    kind = serializers.ChoiceField(choices=Quote.Kind.choices)
    reading = Computed("status", of=READINGS.__getitem__, schema=one_of(*READINGS.values()),
        help_text="Whether an editor checked it; rejected ones are for editors only.")  # fmt: skip
    confidence = serializers.FloatField(help_text="Of the machine's reading, 0 to 1.")
    date = quote_date()
    speakers = Rows(child=SpeakerSerializer(), of=GIVEN, value="speaker")
    via = Rows(child=SpeakerSerializer(), of=GIVEN, value="via", help_text="Through whom the words came.")
    addressees = Rows(child=SpeakerSerializer(), of=GIVEN, value="addressee")
    entry = serializers.CharField(source="entry.uid", default=None, allow_null=True, help_text="Of a live blog.")
    nested_in = Computed(
        lambda: Case(When(nested_in__public=True, then=F("nested_in__uid"))),
        schema={"type": ["string", "null"]}, help_text="The quote it stands in.",
    )  # fmt: skip
    utterance = Computed(
        "utterance__public", "utterance__uid", of=lambda public, uid: uid if public else None,
        schema={"type": ["string", "null"]}, help_text="What it reports, where another public quote reports it too.",
    )  # fmt: skip
    relation = Computed(
        "utterance__public", "relation", of=lambda public, relation: relation or None if public else None,
        schema={"type": ["string", "null"], "enum": [*Quote.Relation.values, None]},
        help_text="What it is to the fullest form of that utterance.",
    )  # fmt: skip
    reprint = serializers.BooleanField(
        help_text="Whether its article is a copy of another here that has these words too: then that one counts."
    )
    anchor = AnchorSerializer(source="*")
    provenance = ProvenanceSerializer(source="*")


def excerpts_of(rows: dict[int, tuple[Any, ...]]) -> dict[int, list[dict[str, Any]]]:
    """The surroundings of the quotes of articles that may not be shown whole; one query."""
    texts = {key: text for key, (rights, text) in rows.items() if text and rights != Source.Rights.FULL}
    if not texts:
        return {}
    quotes: dict[int, list[list[Span]]] = defaultdict(list)
    for key, spans in Quote.objects.public().filter(article__in=texts).values_list("article", "spans"):
        quotes[key].append([Span(*span) for span in spans])
    return {
        key: [{"start": e.start, "end": e.end, "text": e.of(text)} for e in excerpts(text, quotes[key])]
        for key, text in texts.items()
    }  # fmt: skip


class ExcerptSerializer(CorpusSerializer):
    """A stretch of the text around a quote, in code points."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class ArticleSerializer(ArticleBrief):
    """An article; its text, or excerpts around its quotes, when they are asked for and its source allows them."""

    published_basis = serializers.ChoiceField(
        choices=Article.Basis.choices, help_text="Whether the date is stated, inferred from others, or entered by hand."
    )
    byline = serializers.CharField()
    kind = serializers.ChoiceField(choices=Article.Kind.choices)
    copy_of = Computed(
        lambda: Case(When(reprint_of__public=True, then=F("reprint_of__uid"))), schema={"type": ["string", "null"]},
        help_text="The article whose text this mostly is, such as that of an agency: its uid.",
    )  # fmt: skip
    copies = Computed(
        copy_count, of=lambda n: n or 0, schema={"type": "integer", "minimum": 0},
        help_text="How many other articles here mostly have its text.",
    )  # fmt: skip
    language = serializers.CharField(help_text="BCP 47.")
    words = serializers.IntegerField()
    text_sha256 = serializers.CharField(help_text="Of its text in UTF-8, as anchors cite it.")
    rights = serializers.ChoiceField(choices=RIGHTS, source="source.rights")
    stories = Rows(child=StoryBrief(), of=STORIES)
    text = Computed("source__rights", "capture__text", of=if_free, schema=TEXT)
    excerpts = Gathered(
        "source__rights", "capture__text", child=ExcerptSerializer(), of=excerpts_of,
        help_text="Empty when the source allows the text.",
    )  # fmt: skip
    passages = Rows(child=PassageBrief(), of=PASSAGES, help_text="Empty when it allows excerpts only.")
    mentions = Rows(child=MentionBrief(), of=MENTIONS, help_text="Empty when it allows excerpts only.")
    quotes = Rows(child=QuoteInArticle(), of=QUOTES, help_text="In the order of the text.")
    captures = Rows(child=CaptureBrief(), of=CAPTURES)
    status = serializers.ChoiceField(choices=Article.Status.choices, help_text="For editors only.")

    inside = ("status",)
    included = ("text", "excerpts", "passages", "mentions", "quotes", "captures")
    example = {
        **ARTICLE_EXAMPLE,
        "published_basis": "stated",
        "byline": "Edith Marrow",
        "kind": "report",
        "copy_of": None,
        "copies": 2,
        "language": "en",
        "words": 612,
        "text_sha256": SHA256_EXAMPLE,
        "rights": "full",
        "stories": [{"uid": "m3w9kd5zqp", "slug": "saltby-haven", "name": "Saltby Haven"}],
    }


class CaptureSerializer(CaptureBrief):
    """An article as it was found at one moment, without its bytes."""

    current = Computed(
        "id", "article__capture", of=lambda one, other: one == other, schema={"type": "boolean"},
        help_text="Whether it is the latest, on which quotes stand.",
    )  # fmt: skip
    article = ArticleBrief()
    text = Computed(
        "id", "article__capture", "article__source__rights", "text",
        of=lambda one, other, rights, text: if_free(rights, text) if one == other else None,
        schema={"type": ["string", "null"], "description": "Of the current capture, if the source allows it."},
    )  # fmt: skip
    passages = Rows(child=PassageBrief(), of=PASSAGES_OF_CAPTURE)
    mentions = Rows(child=MentionBrief(), of=MENTIONS_OF_CAPTURE)

    included = ("text", "passages", "mentions")
    example = {
        "uid": "x5c2vbn8rt",
        "number": 1,
        "taken_at": "2025-04-01T06:12:09Z",
        "how": "url",
        "media_type": "text/html",
        "raw_sha256": "9f2c4e6a8b0d1f3e5c7a9b1d3f5e7c9a0b2d4f6e8c0a1b3d5f7e9c1a3b5d7f90",
        "text_sha256": SHA256_EXAMPLE,
        "current": True,
        "article": ARTICLE_EXAMPLE,
    }


class PassageSerializer(PassageBrief):
    """A typed stretch of a text, and where it stands."""

    capture = serializers.CharField(source="capture.uid", help_text="Uid of the capture.")
    text_sha256 = serializers.CharField(source="capture.text_sha256", help_text="Of the whole text.")
    article = ArticleBrief(source="capture.article")
    text = Computed(
        "capture__text", "start", "end", of=lambda text, start, end: text[start:end], help_text="Its own words."
    )
    quotes = Rows(child=QuoteInArticle(), of=QUOTES_OF_ENTRY, help_text="Those in this entry of a live blog.")

    included = ("text", "quotes")
    example = {
        "uid": "q7r3tzw9kd",
        "kind": "entry",
        "start": 412,
        "end": 1380,
        "heading": "Council leader takes the stand",
        "at": "2025-03-31T11:05",
        "author": "",
        "addressee": "",
        "signatories": [],
        **IN_TEXT_EXAMPLE,
    }


class MentionSerializer(MentionBrief):
    """A span that names somebody, and where it stands."""

    capture = serializers.CharField(source="capture.uid", help_text="Uid of the capture.")
    text_sha256 = serializers.CharField(source="capture.text_sha256", help_text="Of the whole text.")
    article = ArticleBrief(source="capture.article")

    example = {
        "uid": "w8n4gk2hpz",
        "printed": "Maureen Thorley",
        "kind": "individual",
        "roles": ["leader of Saltby council"],
        "start": 431,
        "end": 446,
        "person": PERSON_EXAMPLE,
        **IN_TEXT_EXAMPLE,
    }


class QuoteSerializer(QuoteInArticle):
    """Somebody's words, whom they are given to, and where exactly they stand."""

    article = ArticleBrief()
    unsure = serializers.BooleanField(help_text="That an editor looked, and could not tell. For editors only.")
    note = serializers.CharField(help_text="For editors only.")

    inside = ("unsure", "note")
    example = {
        "uid": "sjbrxkndnm",
        "page": "https://verbatim.example/quotes/sjbrxkndnm/",
        "text": "nobody in that room had been asked",
        "kind": "mixed",
        "reading": "checked",
        "confidence": 0.97,
        "date": "2025-03-31T11:05",
        "speakers": [
            {
                "printed": "She",
                "kind": "individual",
                "open": False,
                "person": PERSON_EXAMPLE,
                "by": "editor",
                "confidence": 1.0,
                "candidates": [],
            }
        ],
        "via": [],
        "addressees": [],
        "entry": "q7r3tzw9kd",
        "nested_in": None,
        "utterance": "j2v8qn5xkc",
        "relation": "variant",
        "reprint": False,
        "anchor": {
            "capture": "x5c2vbn8rt",
            "text_sha256": SHA256_EXAMPLE,
            "spans": [[549, 583]],
            "exact": "nobody in that room had been asked",
            "prefix": "ister heard her out. She said “",
            "suffix": "”, and the hall was quiet for a",
        },
        "provenance": {"by": "editor", "at": "2025-04-02T09:30:00Z", "reader": "1.0"},
        "article": ARTICLE_EXAMPLE,
    }
