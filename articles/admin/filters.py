"""What the lists of the admin are narrowed by; each filter costs at most one query, whatever the list."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections import Counter
from typing import Any

from django.contrib import admin
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest

from articles import wording
from articles.models import Article, Attribution, Mention, Passage, Quote
from corpus.curating import RelationFilter
from people.models import Person

Lookups = list[tuple[str, str]]
#: More than these an editor would not read.
REASONS_OFFERED = 10


class WhenFilter(admin.SimpleListFilter):
    """By year, and by month once a year is chosen: two looks at an index, where a date hierarchy groups the table."""

    title = "published"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        known = Article.objects.filter(moment__gt=0).order_by()
        found = known.aggregate(first=Min("moment"), last=Max("moment"))
        if found["first"] is None:
            return [("unknown", "unknown")]
        years = range(found["last"] // 10**8, found["first"] // 10**8 - 1, -1)
        chosen = (self.value() or "")[:4]
        options: Lookups = []
        for year in list(years)[:40]:
            options.append((f"{year}", f"{year}"))
            if f"{year}" == chosen:
                options += [(f"{year}-{month:02}", f"{calendar.month_name[month]} {year}") for month in range(1, 13)]
        return [*options, ("unknown", "unknown")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "unknown":
            return queryset.filter(moment=0)
        try:
            parts = [int(part) for part in (self.value() or "").split("-")]
            first = dt.date(parts[0], parts[1] if len(parts) > 1 else 1, 1)
        except (ValueError, IndexError, OverflowError):
            return queryset
        scale = 10**6 if len(parts) > 1 else 10**8
        start = int(f"{first:%Y%m%d}0000") // scale * scale
        return queryset.filter(moment__gte=start, moment__lt=start + scale)


class SourceFilter(RelationFilter):
    nothing = "without a source"


class StoryFilter(RelationFilter):
    nothing = "in no story"


def with_marks_left() -> QuerySet[Article]:
    """Articles of which a mention or passage that somebody marked is not in the current text."""

    def left(model: type[Mention | Passage]) -> QuerySet[Any]:
        # A list of the few marks, or SQLite begins with the articles and asks for the marks of each.
        marked = model.objects.exclude(decided=[]).order_by().values("pk")
        return model.objects.left_behind().filter(pk__in=marked).order_by().values("capture__article")

    # One list of both: of two, PostgreSQL looks every article up.
    return Article.objects.filter(pk__in=left(Mention).union(left(Passage)))


class MarksFilter(admin.SimpleListFilter):
    title = "marks by hand"
    parameter_name = "marks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("left", "not in the current text")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        return queryset.filter(pk__in=with_marks_left().values("pk")) if self.value() == "left" else queryset


class LanguageFilter(admin.SimpleListFilter):
    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("en", "English"), ("other", "another: stored, not read")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        english = Q(language__startswith="en")
        match self.value():
            case "en":
                return queryset.filter(english)
            case "other":
                return queryset.exclude(english)
        return queryset


class ConfidenceFilter(admin.SimpleListFilter):
    title = "confidence"
    parameter_name = "confidence"
    bands = {"high": (0.95, 1.01), "good": (0.85, 0.95), "fair": (0.5, 0.85), "low": (0.0, 0.5)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("high", "0.95 and above"), ("good", "0.85 to 0.95"), ("fair", "0.5 to 0.85"), ("low", "below 0.5")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quote]) -> QuerySet[Quote]:
        if band := self.bands.get(self.value() or ""):
            return queryset.filter(confidence__gte=band[0], confidence__lt=band[1])
        return queryset


def unresolved_speakers() -> QuerySet[Attribution]:
    """Speakers that are named, but nobody knows yet who that is."""
    rows = Attribution.objects.filter(role=Attribution.Role.SPEAKER, person=None)
    return rows.exclude(kind=Attribution.Kind.UNNAMED).order_by()


def unresolved() -> Q:
    """Whether a speaker of the quote is named, but nobody knows yet who that is."""
    # From the few attributions to their quotes, along an index; asking each quote for its own took five times as long.
    return Q(pk__in=unresolved_speakers().values("quote"))


class SpeakerFilter(admin.SimpleListFilter):
    title = "speaker"
    parameter_name = "speaker"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("unresolved", "named, not resolved"), ("unnamed", "not named"), ("resolved", "resolved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quote]) -> QuerySet[Quote]:
        speakers = Attribution.objects.filter(quote=OuterRef("pk"), role=Attribution.Role.SPEAKER)
        match self.value():
            case "unresolved":
                return queryset.filter(unresolved())
            case "resolved":
                return queryset.filter(Exists(speakers.filter(person__isnull=False)))
            case "unnamed":
                return queryset.filter(~Exists(speakers.exclude(kind=Attribution.Kind.UNNAMED)))
        return queryset


class StandingFilter(admin.SimpleListFilter):
    title = "in the text"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [
            ("orphaned", "not in the current capture"),
            ("moved", "moved with a new capture"),
            ("lost", "no longer found by the reader"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quote]) -> QuerySet[Quote]:
        match self.value():
            case "orphaned":
                return queryset.filter(anchor=Quote.Anchor.ORPHANED)
            case "moved":
                return queryset.filter(anchor=Quote.Anchor.MOVED)
            case "lost":
                return queryset.filter(found=False, anchor__in=[Quote.Anchor.EXACT, Quote.Anchor.MOVED])
        return queryset


class ReasonFilter(admin.SimpleListFilter):
    """By what the machine says of its suggestion: the reasons most frequent among those it is least sure of."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        doubted = Quote.objects.filter(status=Quote.Status.SUGGESTED).exclude(reasons=[]).order_by("confidence", "-id")
        counted = Counter(reason for reasons in doubted.values_list("reasons", flat=True)[:500] for reason in reasons)
        found = [reason for reason, _ in counted.most_common(REASONS_OFFERED)]
        if (value := self.value()) and value not in found:
            found.append(value)
        return [(reason, wording.reason(reason).rstrip(".") or reason) for reason in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quote]) -> QuerySet[Quote]:
        if not (value := self.value()):
            return queryset
        # One database keeps JSON as it was written, the other as it reads best.
        rows = queryset.annotate(reasons_text=Cast("reasons", TextField()))
        written = [json.dumps(value), json.dumps(value, ensure_ascii=False)]
        return rows.filter(Q(reasons_text__contains=written[0]) | Q(reasons_text__contains=written[1]))


class PersonFilter(admin.SimpleListFilter):
    """Stands in the list only while it is in the address: a person's page links here."""

    title = "person"
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        uid = self.value()
        person = Person.objects.filter(uid=uid).first() if uid else None
        return [(person.uid, person.name)] if person else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quote]) -> QuerySet[Quote]:
        if not self.value():
            return queryset
        rows = Attribution.objects.filter(quote=OuterRef("pk"), person__canonical__uid=self.value())
        return queryset.filter(Exists(rows))
