"""The concordance, of quotes or of articles, filtered as their lists: a page, and in the API as JSON and CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request

from articles.concordance import (
    ORDERS,
    PER,
    Concordance,
    Line,
    Volumes,
    concordance,
    iso,
    words_of_articles,
    words_of_quotes,
)
from articles.filters import ArticleFilterSet, QuoteFilterSet
from articles.models import Article, Quote, Source
from corpus.api.admission import Admission
from corpus.api.openapi import ReadingSchema, parameter
from corpus.api.viewsets import Negotiation
from corpus.cells import cell
from corpus.filters import CorpusFilterSet, Fault
from corpus.problems import BadParameters
from corpus.renderers import CSVRenderer, JSONRenderer, encode, line
from corpus.views import address

PAGE = 50
#: Rates change little within a quarter of an hour, and to count every word takes a while.
KEPT_SECONDS = 900
#: The parameters that are no filters, and what they may be.
PLACES = {"quotes": "Quotes", "articles": "Article text"}
OWN = {"in", "by", "page"}
NAMES = ["left", "words", "right", "uid", "article", "source", "date"]


class Asked:
    """What an address asks of the concordance; ``faults`` is everything that is wrong with it."""

    def __init__(self, given: QueryDict, request: HttpRequest, reserved: Sequence[str] = (), own: bool = True) -> None:
        self.faults: list[Fault] = []
        self.place = self._one_of(given, "in", PLACES, "articles")
        self.order = self._one_of(given, "by", ORDERS, "right")
        self.page = self._number(given)
        kind: type[CorpusFilterSet] = QuoteFilterSet if self.place == "quotes" else ArticleFilterSet
        rows: QuerySet[Any] = Quote.objects.public() if self.place == "quotes" else Article.objects.public()
        self.filter = kind(given, rows, request=request, reserved={*OWN, *reserved}, tracking=own)
        self.faults += self.filter.faults
        # A concordance is not in the order of its texts, and is of what is searched for.
        self.faults += [Fault("sort", "Lines are sorted with by=; leave sort out.") for _ in given.getlist("sort")[:1]]
        self._rows, self._kind, self._request = rows, kind, request

    def _one_of(self, given: QueryDict, name: str, values: dict[str, str], default: str) -> str:
        value = given.get(name) or default
        if value not in values or len(given.getlist(name)) > 1:
            message = f"“{value[:40]}” is none of {', '.join(values)}."
            self.faults.append(Fault(name, message, tuple(values)))
            return default
        return value

    def _number(self, given: QueryDict) -> int:
        value = given.get("page") or "1"
        if not (value.isascii() and value.isdecimal() and 0 < len(value) <= 4 and int(value)):
            self.faults.append(Fault("page", f"“{value[:40]}” is no page; write a number, such as 2."))
            return 1
        return int(value)

    def read(self) -> Concordance:
        """The concordance; empty without words, or with a fault."""
        if self.faults or not self.filter.words:
            return Concordance()
        column = "text" if self.place == "quotes" else "search_text__open"
        return concordance(self.filter.qs, self.filter.words, self.order, column, self.volumes)

    def volumes(self, since: int) -> Volumes:
        """What is counted against: all that the other filters leave, from a moment on."""
        data = self.filter.data.copy()
        data.pop("q", None)
        rows = self._kind(data, self._rows, request=self._request, reserved=self.filter.reserved, tracking=True).qs
        count = words_of_quotes if self.place == "quotes" else words_of_articles
        if since:
            return count(rows, since)
        others = urlencode(sorted(pair for pair in self.filter.parameters() if pair[0] not in {"q", "sort"}))
        name = f"volumes-{self.place}-{hashlib.blake2b(others.encode(), digest_size=12).hexdigest()}"
        return cache.get_or_set(name, lambda: count(rows, 0), KEPT_SECONDS) or {}

    def parameters(self) -> list[tuple[str, str]]:
        """What was asked, but for the page."""
        own = [("in", self.place)] if self.place != "articles" else []
        own += [("by", self.order)] if self.order != "right" else []
        return [*self.filter.parameters(), *own]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every place where words were printed, one line each, set so that the words stand in a column."""
    asked = Asked(request.GET, request)
    found = asked.read()
    first = (asked.page - 1) * PAGE
    shown = found.lines[first : first + PAGE]
    if found.lines and not shown:
        asked.faults.append(Fault("page", f"There are only {-(-len(found.lines) // PAGE)} pages."))
    path, parameters = reverse("concordance"), asked.parameters()
    export = reverse("api-concordance-list")
    context = {
        "asked": asked,
        "found": found,
        "lines": shown,
        "first": first + 1,
        "last": first + len(shown),
        "previous_url": address(path, [*parameters, ("page", str(asked.page - 1))]) if asked.page > 1 else "",
        "next_url": address(path, [*parameters, ("page", str(asked.page + 1))])
        if first + PAGE < len(found.lines)
        else "",
        "errors": asked.faults,
        "orders": ORDERS,
        "places": PLACES,
        "per": PER,
        "others": [pair for pair in asked.filter.parameters() if pair[0] not in {"q", "source"}],
        "outlets": Source.objects.public().order_by("name").values_list("slug", "name"),
        "source": asked.filter.data.get("source", ""),
        "exports": [
            {"label": label, "url": address(export, [*parameters, ("format", form)])}
            for label, form in (("CSV", "csv"), ("JSON", "json"))
        ],
        "canonical": address(path, parameters),
        "section": "concordance",
    }
    return render(request, "concordance.html", context, status=400 if asked.faults else 200)


# --- the same in the API ---------------------------------------------------------------------------------------------

ROW = {
    "type": "object",
    "required": NAMES,
    "properties": {
        "left": {"type": "string", "description": "What stands before, blanks single."},
        "words": {"type": "string", "description": "As printed."},
        "right": {"type": "string", "description": "What stands after."},
        "uid": {"type": "string", "description": "Of the quote, or of the article when `in=articles`."},
        "article": {"type": "string", "description": "The uid of the article."},
        "source": {"type": "string", "description": "The slug of the outlet."},
        "date": {"type": "string", "description": "ISO 8601; empty when unknown."},
    },
}
RATE = {
    "type": "object",
    "required": ["key", "lines", "rate"],
    "properties": {
        "key": {"type": "string", "description": "The slug of the outlet, or the month as 2024-03."},
        "lines": {"type": "integer"},
        "rate": {
            "type": ["number", "null"],
            "description": f"About how many in {PER:,} words of its texts; null where only excerpts are open.",
        },
    },
}
DOCUMENT = {
    "type": "object",
    "required": ["count", "texts", "since", "outlets", "months", "results"],
    "properties": {
        "count": {"type": "integer", "description": "Lines."},
        "texts": {"type": "integer", "description": "Quotes or articles that they are of."},
        "since": {
            "type": ["string", "null"],
            "format": "date",
            "description": "When more texts match than are looked into: from this day on everything is here.",
        },
        "outlets": {"type": "array", "items": RATE},
        "months": {"type": "array", "items": RATE},
        "results": {"type": "array", "items": ROW},
    },
}
EXAMPLE = {
    "count": 1, "texts": 1, "since": None,
    "outlets": [{"key": "portico", "lines": 1, "rate": 4.2}],
    "months": [{"key": "2025-03", "lines": 1, "rate": 3.1}],
    "results": [{"left": "nobody in that", "words": "room", "right": "had been switched off.", "uid": "sjbrxkndnm",
                 "article": "5ktz8wq2vd", "source": "portico", "date": "2025-03-31"}],
}  # fmt: skip


ASKS = [
    parameter("q", "What to look for: words, “phrases”, OR, -minus, begin*, NEAR/5.", maxLength=500),
    parameter("in", "Where.", enum=list(PLACES), default="articles"),
    parameter("by", "The order of lines.", enum=list(ORDERS), default="right"),
    parameter("source", "Of these outlets: slugs, with commas between."),
    parameter("speaker", "Said by (of quotes) or quoted in (of articles): slugs."),
    parameter("story", "Of these stories: slugs."),
    parameter("from", "From this day, month or year on."),
    parameter("to", "Up to this day, month or year."),
    parameter("format", "The representation.", enum=["json", "csv"]),
]


class ConcordanceViewSet(Admission, viewsets.ViewSet):
    """Every place where words were printed in articles or quotes, with what stands before and after.

    At most the newest 1,000 matching texts are looked into, and 5,000 lines given. All parameters of the list of quotes
    (`in=quotes`) or of articles are taken, but for its paging.
    """

    noun = "concordance"
    renderer_classes = [JSONRenderer, CSVRenderer]
    content_negotiation_class = Negotiation
    schema = ReadingSchema()
    asks, fails, example = ASKS, (), EXAMPLE

    @extend_schema(responses={200: OpenApiResponse(DOCUMENT, "The lines, and how often by outlet and month.")})
    def list(self, request: Request) -> HttpResponse:
        """The lines of a query."""
        asked = Asked(request.query_params, request, ("format",), own=False)
        if "page" in request.query_params:
            asked.faults.append(Fault("page", "All lines come at once; leave page out."))
        if not asked.faults and not asked.filter.words:
            asked.faults.append(Fault("q", "Say what to look for: q=bridge."))
        if asked.faults:
            raise BadParameters(asked.faults)
        found = asked.read()
        rows = [_row(one) for one in found.lines]
        if request.accepted_renderer.format == "csv":
            text = "".join([line(NAMES), *(line([cell(row[name]) for name in NAMES]) for row in rows)])
            headers = {"Content-Disposition": 'attachment; filename="concordance.csv"'}
            return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
        document = {
            "count": len(rows),
            "texts": found.texts,
            "since": iso(found.since) or None,
            "outlets": [{"key": rate.key, "lines": rate.lines, "rate": rate.rate} for rate in found.outlets],
            "months": [{"key": rate.key, "lines": rate.lines, "rate": rate.rate} for rate in found.months],
            "results": rows,
        }
        return HttpResponse(encode(document).encode(), content_type="application/json")


def _row(one: Line) -> dict[str, str]:
    return {
        "left": one.left, "words": one.words, "right": one.right, "uid": one.uid, "article": one.article,
        "source": one.slug, "date": one.day,
    }  # fmt: skip
