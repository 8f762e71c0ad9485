"""Utterances in the API: what was said once, every form in which it was printed, and how two forms differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.http import Http404, HttpResponseBase, JsonResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from articles import linked_data, variants
from articles.comparing import Class, Comparison, Token, Type, compare, tokens
from articles.filters import UtteranceFilterSet
from articles.models import Attribution, Quote, Story, Utterance
from articles.serializers import (
    MOMENT,
    PERSON_EXAMPLE,
    ArticleBrief,
    QuoteInArticle,
    QuoteSerializer,
    StoryBrief,
)
from articles.writing.utterances import UtteranceWrites
from corpus.api.openapi import HEADERS, parameter
from corpus.api.openapi_writing import WritingSchema
from corpus.api.viewsets import shape_of
from corpus.filters import Fault, strangers
from corpus.problems import BadParameters
from corpus.renderers import JSONRenderer, encode
from corpus.serializers import Asked, Computed, CorpusSerializer, Gathered, PageField, Related, Rows
from people.api import MOVED
from people.serializers import PersonBrief

#: An utterance taken up into one that was taken up itself, and so on: nobody needs more.
MERGES = 20
UTTERANCE_EXAMPLE = {"uid": "j2v8qn5xkc", "page": "https://verbatim.example/utterances/j2v8qn5xkc/"}


# --- how two forms differ


Spans = tuple[tuple[int, int], ...]


class Words(NamedTuple):
    """A quote as it is compared, of plain values: what it says, as its columns have it."""

    text: str
    kind: str
    spans: Spans
    marked: Spans

    @classmethod
    def of(cls, text: str, kind: str, *spans: Sequence[Sequence[int]]) -> Words:
        return cls(text, kind, *(tuple((start, end) for start, end in some) for some in spans))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the words begins and ends in the text of the capture."""
        return self._place(start, False), self._place(end, True)

    def _place(self, offset: int, end: bool) -> int:
        at = 0
        for low, high in self.spans:
            # An end belongs to the part that it closes, not to the one after it.
            if offset < at + high - low + end:
                return low + max(0, offset - at)
            at += high - low + len(variants.JOINT)
        return self.spans[-1][1]


@lru_cache(maxsize=10_000)
def tokens_of(words: Words) -> tuple[Token, ...]:
    """Its tokens as the pages compare them, with their places in its words."""
    quote = Quote(text=words.text, kind=words.kind, spans=words.spans, marked=words.marked)
    return tuple(tokens(words.text, variants.spoken(quote)))


@lru_cache(maxsize=10_000)
def compared(base: Words, against: Words) -> Comparison:
    return compare(tokens_of(base), tokens_of(against))


def steps_of(found: Comparison, base: Words, against: Words) -> Iterator[dict[str, Any]]:
    """The steps as data, offsets in code points of the text that each form stands in."""
    here = there = 0  # where in the words the next step begins
    for kind, ours, theirs in found.steps:
        one, here = side(base, ours, here)
        other, there = side(against, theirs, there)
        yield {"class": kind.value, "base": one, "against": other}


def side(form: Words, some: Sequence[Token], at: int) -> tuple[dict[str, Any], int]:
    """What a form has in a step, and where in its words the next step begins; nothing stands after what came last."""
    if not some:
        [place, _] = form.place(at, at)
        return {"text": "", "start": place, "end": place, "tokens": []}, at
    start, end = form.place(some[0].start, some[-1].end)
    placed = []
    for one in some:
        begins, ends = form.place(one.start, one.end)
        placed.append({"type": one.type.value, "text": one.text, "start": begins, "end": ends})
    words = form.text[some[0].start : some[-1].end]
    return {"text": words, "start": start, "end": end, "tokens": placed}, some[-1].end


COUNTS = {
    "words_same": "Words that both have.",
    "words_changed": "Words that stand for other words.",
    "words_left_out": "Words of the base that are not here, with nothing in their place.",
    "words_added": "Words that the base does not have.",
    "words_in_ellipses": "Words that a marked omission stands for.",
    "words_in_brackets": "Words that an editor's words in brackets stand for.",
    "brackets": "Places where an editor put words in brackets.",
    "ellipses": "Places where an omission is marked.",
    "case": "Words that differ in a capital only.",
    "punctuation": "Places that differ in marks only.",
}
CHANGES: dict[str, Any] = {
    "type": "object",
    "description": "How many words and marks differ, by class.",
    "properties": {name: {"type": "integer", "minimum": 0, "description": text} for name, text in COUNTS.items()},
}


def changes(there: bool, *columns: Any) -> dict[str, int] | None:
    """What a form has otherwise than the fullest; None of reported speech, and where the fullest is hidden."""
    if not there:
        return None
    base, form = Words.of(*columns[:4]), Words.of(*columns[4:])
    if form.kind == Quote.Kind.INDIRECT:
        return None
    return compared(base, form).counts()


# --- records


def first_printed(moment: int, precision: str | None) -> str | None:
    """A moment (yyyymmddhhmm) in ISO 8601, as exactly as it is known."""
    if not moment:
        return None
    digits = f"{moment:012}"
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"[: {"year": 4, "month": 7}.get(precision or "", 10)]
    return f"{day}T{digits[8:10]}:{digits[10:]}" if len(day) == 10 and digits[8:] != "0000" else day


def first_precision() -> Subquery:
    """How exactly the first quote is dated."""
    rows = Quote.objects.public().filter(utterance=OuterRef("pk"), moment=OuterRef("moment"))
    known = Case(When(entry__day__isnull=False, then=Value("day")), default=F("article__published_precision"))
    return Subquery(rows.order_by("id").annotate(known=known).values("known")[:1])


class SaidBySerializer(CorpusSerializer):
    """Somebody whom outlets give the words to: the person, or where none is known, the name as printed."""

    printed = serializers.CharField(help_text="As the first of them printed it; empty when nobody is named.")
    kind = serializers.ChoiceField(choices=Attribution.Kind.choices)
    person = PersonBrief(allow_null=True)
    quotes = serializers.IntegerField(help_text="In how many of the public quotes.")


def said_by(rows: dict[int, tuple[Any, ...]]) -> dict[int, list[dict[str, Any]]]:
    """Whom the public quotes of these utterances are given to, most first; one query."""
    given = Attribution.objects.filter(
        role=Attribution.Role.SPEAKER, quote__public=True, quote__utterance__in=list(rows)
    ).order_by("quote__moment", "quote", "position")
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    counted: dict[int, set[tuple[str, int]]] = defaultdict(set)
    columns = ("uid", "slug", "name")
    for key, quote, printed_as, kind, shown, *person in given.values_list(
        "quote__utterance", "quote", "printed", "kind", "shown", *(f"person__canonical__{name}" for name in columns)
    ):
        who = person[0] if shown else f"printed {printed_as}"
        if key is None or (who, quote) in counted[key]:
            continue  # twice in one quote, under the names of merged selves
        counted[key].add((who, quote))
        whom = dict(zip(columns, person, strict=True)) if shown else None
        record = {"printed": printed_as, "kind": kind, "person": whom, "quotes": 0}
        found[key].setdefault(who, record)["quotes"] += 1
    return {key: _best_known(list(records.values())) for key, records in found.items()}


def _best_known(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = [record for record in records if record["person"]]
    return sorted(known or records, key=lambda record: -record["quotes"])


def stories_of(rows: dict[int, tuple[Any, ...]]) -> dict[int, list[dict[str, Any]]]:
    """The stories in which these utterances were publicly printed, by name; one query."""
    members = Story.articles.through.objects.filter(
        article__quotes__utterance__in=list(rows), article__quotes__public=True
    ).order_by("story__name")
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for key, uid, slug, name in members.values_list(
        "article__quotes__utterance", "story__uid", "story__slug", "story__name"
    ).distinct():
        found[key][uid] = {"uid": uid, "slug": slug, "name": name}
    return {key: list(stories.values()) for key, stories in found.items()}


FORMS = Related(lambda: Quote.objects.public().order_by("moment", "id"), link="utterance")


class FormSerializer(QuoteInArticle):
    """One quote that reports an utterance: its words, where they stand, and how they differ from the fullest."""

    utterance = None  # type: ignore[assignment]  # it stands in one
    changes = Computed(
        "utterance__fullest__public", *(f"utterance__fullest__{name}" for name in Words._fields), *Words._fields,
        of=changes, schema=CHANGES | {"type": ["object", "null"]},
        help_text="Against the fullest form; null of what is only reported.",
    )  # fmt: skip
    article = ArticleBrief()


class UtteranceSerializer(CorpusSerializer):
    """One thing said once, that several public quotes report."""

    uid = serializers.CharField()
    page = PageField("utterance")
    text = Computed(
        "fullest__public", "fullest__text", of=lambda public, text: text if public else None,
        schema={"type": ["string", "null"]}, help_text="The words of the fullest form.",
    )  # fmt: skip
    fullest = Computed(
        "fullest__public", "fullest__uid", of=lambda public, uid: uid if public else None,
        schema={"type": ["string", "null"]}, help_text="Uid of the quote that has most of it.",
    )  # fmt: skip
    date = Computed("moment", first_precision, of=first_printed, schema=MOMENT, help_text="When it was printed first.")
    said_day = serializers.DateField(allow_null=True, help_text="When it was said, where an editor knows.")
    occasion = serializers.CharField(help_text="Where and at what it was said, where an editor knows.")
    printed = serializers.IntegerField(help_text="Public quotes that report it; copies of an article count once.")
    outlets = serializers.IntegerField(help_text="Sources that printed it.")
    words_changed = serializers.IntegerField(
        help_text="The most words that a form has otherwise than the fullest; see `changes` of its forms."
    )
    conflict = serializers.BooleanField(help_text="Whether outlets give the words to different people.")
    speakers = Gathered(child=SaidBySerializer(), of=said_by, help_text="Most often named first.")
    stories = Gathered(child=StoryBrief(), of=stories_of)
    forms = Rows(child=FormSerializer(), of=FORMS, help_text="Every public quote of it, first printed first.")

    included = ("forms",)
    example = {
        **UTTERANCE_EXAMPLE,
        "text": "I said to the minister that nobody in that room had been asked.",
        "fullest": "sjbrxkndnm",
        "date": "2025-03-31T11:05",
        "said_day": "2025-03-31",
        "occasion": "Haven inquiry, Saltby",
        "printed": 3,
        "outlets": 3,
        "words_changed": 1,
        "conflict": False,
        "speakers": [{"printed": "Mrs Thorley", "kind": "individual", "person": PERSON_EXAMPLE, "quotes": 3}],
        "stories": [{"uid": "m3w9kd5zqp", "slug": "saltby-haven", "name": "Saltby Haven"}],
    }


# --- the view


SIDE: dict[str, Any] = {
    "type": "object",
    "required": ["text", "start", "end", "tokens"],
    "properties": {
        "text": {"type": "string", "description": "As printed; empty where this form has nothing here."},
        "start": {"type": "integer", "minimum": 0, "description": "In code points of the text of its capture."},
        "end": {"type": "integer", "minimum": 0},
        "tokens": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "text", "start", "end"],
                "properties": {
                    "type": {"type": "string", "enum": [one.value for one in Type]},
                    "text": {"type": "string"},
                    "start": {"type": "integer", "minimum": 0},
                    "end": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
}
DIFF: dict[str, Any] = {
    "type": "object",
    "required": ["utterance", "base", "against", "counts", "steps"],
    "properties": {
        "utterance": {"type": "string"},
        "base": {"$ref": "#/components/schemas/Quote"},
        "against": {"$ref": "#/components/schemas/Quote"},
        "counts": CHANGES | {"required": list(COUNTS)},
        "steps": {
            "type": "array",
            "description": "From the base to the other form, in order; each token of both is in one of them.",
            "items": {
                "type": "object",
                "required": ["class", "base", "against"],
                "properties": {
                    "class": {
                        "type": "string",
                        "enum": [one.value for one in Class],
                        "description": "same; case, punctuation: only capitals, only marks; word: other words; "
                        "omission, addition: words of one form only; ellipsis, bracket: what an editor put for words.",
                    },
                    "base": SIDE,
                    "against": SIDE,
                },
            },
        },
    },
}


def _token(kind: str, text: str, start: int) -> dict[str, Any]:
    return {"type": kind, "text": text, "start": start, "end": start + len(text)}


def _example_side(text: str, start: int) -> dict[str, Any]:
    return {"text": text, "start": start, "end": start + len(text), "tokens": [_token("word", text, start)]}


DIFF_EXAMPLE = {
    "utterance": "j2v8qn5xkc",
    "base": QuoteSerializer.example,
    "against": {**QuoteSerializer.example, "uid": "h4t7wq2zmb", "page": "https://verbatim.example/quotes/h4t7wq2zmb/"},
    "counts": {**dict.fromkeys(COUNTS, 0), "words_same": 6, "words_changed": 1},
    "steps": [{"class": "word", "base": _example_side("that", 559), "against": _example_side("the", 1204)}],
}


class DiffSchema(WritingSchema):
    """Of two forms side by side."""

    def get_operation_id(self) -> str:
        return "utterances_diff"

    def get_summary(self) -> str:
        return "Two forms of an utterance, word by word"

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def get_override_parameters(self) -> list[Any]:
        return [
            parameter("id", "Its uid.", place="path", required=True),
            parameter("against", "Uid of one of its quotes.", required=True, maxLength=16),
            parameter("base", "Uid of the quote it is compared with; left out, the fullest.", maxLength=16),
            parameter("format", "The representation.", enum=["json"]),
        ]

    def get_response_serializers(self) -> Any:
        return {
            "200": OpenApiResponse(DIFF, "The two forms, and the steps from one to the other."),
            "301": OpenApiResponse(MOVED, "Taken up into another utterance, which is at `Location`."),
        }

    def represent(self, response: dict[str, Any]) -> None:
        response["headers"] = HEADERS
        response["content"]["application/json"]["example"] = DIFF_EXAMPLE


class UtteranceViewSet(UtteranceWrites):
    """What several public quotes report: one thing said once, and every form in which outlets printed it."""

    model, noun, slugs = Utterance, "utterances", False
    filterset = UtteranceFilterSet
    serializer_class = UtteranceSerializer
    whole = ("forms",)
    linked = staticmethod(linked_data.utterance)

    @extend_schema(
        responses={
            200: UtteranceSerializer,
            301: OpenApiResponse(MOVED, "Taken up into another utterance, which is at `Location`."),
        }
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            return self.moved("api-utterances-detail")

    def named(self) -> Any:
        """As for any thing; what was taken up into another stands at that one's address, for editors too."""
        return super().named().filter(merged_into=None)

    def moved(self, route: str, query: str = "") -> JsonResponse:
        """To the utterance that took up the one at the address, if the caller may see it; else there is nothing."""
        one = Utterance.objects.filter(uid=self.kwargs[self.lookup_url_kwarg]).exclude(merged_into=None).first()
        for _ in range(MERGES):
            if one is None or one.merged_into is None:
                break
            one = one.merged_into
        if one is None or one.merged_into_id or not (one.public or self.sees_all):
            raise self.missing()
        path = self.request.build_absolute_uri(reverse(route, args=[one.uid])) + (f"?{query}" if query else "")
        return JsonResponse({"merged_into": one.uid, "url": path}, status=301, headers={"Location": path})

    def get_renderers(self) -> list[Any]:
        return [JSONRenderer()] if self.action == "diff" else super().get_renderers()

    @action(detail=True, methods=["get"], schema=DiffSchema())
    def diff(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Two forms of an utterance aligned word by word, the classes of difference kept apart.

        Only spoken words are compared; what an editor put in brackets, and where an omission is marked, is told beside
        them. Offsets are code points of the text of the capture that each quote stands in.
        """
        known = ("against", "base", "format")
        given = request.query_params
        faults = strangers(given, known)
        faults += [
            Fault(name, f"“{name}” is given more than once; it takes one value.")
            for name in known
            if len(given.getlist(name)) > 1
        ]
        if faults:
            raise BadParameters(faults)
        row = self.named().select_related("fullest").first()
        if row is None:
            return self.moved("api-utterances-diff", request.META.get("QUERY_STRING", ""))
        quotes = {quote.uid: quote for quote in Quote.objects.public().filter(utterance=row).order_by("moment", "id")}
        base, against = (
            self.chosen(quotes, name, otherwise)
            for name, otherwise in (("base", row.fullest.uid if row.fullest else ""), ("against", ""))
        )
        one, other = (Words.of(quote.text, quote.kind, quote.spans, quote.marked) for quote in (base, against))
        found, records = compared(one, other), self.records({base.pk, against.pk})
        body = {
            "utterance": row.uid,
            "base": records[base.uid],
            "against": records[against.uid],
            "counts": found.counts(),
            "steps": list(steps_of(found, one, other)),
        }
        return self.answer(encode(body))

    def records(self, quotes: set[int]) -> dict[str, dict[str, Any]]:
        """Quotes as the API gives them, by uid; two queries."""
        base = self.request.build_absolute_uri("/").rstrip("/")
        shape = shape_of(QuoteSerializer, Asked(), (), "", base)
        found = map(shape.read, shape.complete(shape.of(Quote).filter(pk__in=quotes)))
        return {record["uid"]: record for record in found}

    def chosen(self, quotes: dict[str, Quote], name: str, otherwise: str) -> Quote:
        """The quote that a parameter names; BadParameters if it is none of these."""
        uid = self.request.query_params.get(name, "") or otherwise
        if uid in quotes:
            return quotes[uid]
        there = tuple(quotes)[:50]
        said = f"“{uid[:60]}” is none of its quotes" if uid else "Say which of its quotes"
        raise BadParameters([Fault(name, f"{said}; choose from {', '.join(there)}.", there)])
