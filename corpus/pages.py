"""Pages of the corpus as a whole: home, how it works, and what stands where something went wrong."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.db import DatabaseError
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import wording
from articles.models import Article, Attribution, Quote, Source, Story
from articles.views import most_quoted, with_credits, with_story_figures

RECENT = 6
#: Recent quotes are chosen among so many, so that one long article does not fill the page.
NEWEST = 120
OF_ONE_ARTICLE = 2
STORIES = 3
MOST_QUOTED = 5
#: Words of a lead: long enough to be somebody's voice, short enough to be read at a glance.
LEAD_CHARACTERS = (60, 320)
LEAD_CANDIDATES = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: search, figures, one quote large, recent quotes, who is quoted most, stories."""
    public = Quote.objects.public()
    figures = public.aggregate(quotes=Count("pk"), checked=Count("pk", filter=Q(status=Quote.Status.ACCEPTED)))
    figures |= Article.objects.public().aggregate(articles=Count("pk"), sources=Count("source", distinct=True))
    stories = list(
        with_story_figures(Story.objects.public()).order_by(F("last").desc(nulls_last=True), "-id")[:STORIES]
    )
    newest = list(public.order_by("-moment", "-id").values_list("pk", "article", "moment")[:NEWEST])
    since = month_of(newest[0][2] if newest else 0)
    speakers = most_quoted(Attribution.objects.filter(quote__public=True, moment__gte=since), MOST_QUOTED)
    lead = lead_of(public, stories[0] if stories else None)
    recent = recent_of(public, [row[:2] for row in newest if lead is None or row[0] != lead.pk])
    return render(
        request,
        "home.html",
        {
            "figures": figures,
            "lead": lead,
            "lead_story": stories[0] if lead and stories else None,
            "recent": recent,
            "speakers": speakers,
            "month": wording.month(since),
            "stories": stories,
            "examples": examples(lead, recent, speakers),
            "section": "home",
        },
    )


def examples(lead: Quote | None, recent: list[Quote], speakers: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Searches to try, made of what is there: a phrase, alternatives, an exclusion, somebody's page."""
    found = []
    if lead:
        plain = re.findall(r"[^\W\d_]+(?:[’'][^\W\d_]+)?", lead.text)
        ours = long_words(lead)
        others = [word for quote in recent for word in long_words(quote)[:2] if word not in lead.text.lower()]
        if len(plain) > 3:
            found.append(f'"{" ".join(plain[1:4])}"')
        if ours and others:
            found += [f"{ours[0]} OR {others[0]}", f"{ours[0]} -{others[0]}"]
    links = [{"label": words, "url": f"{reverse('quotes')}?{urlencode({'q': words})}"} for words in found]
    return links + [{"label": row["called"], "url": reverse("person", args=[row["who"]])} for row in speakers[:1]]


def long_words(quote: Quote) -> list[str]:
    """The longest words of a quote, longest first."""
    found = {word.lower() for word in re.findall(r"\b[^\W\d_]{5,}\b", quote.text)}
    return sorted(found, key=lambda word: (-len(word), word))


def month_of(moment: int) -> int:
    """The first moment of a moment's month; 0 of an unknown one."""
    return moment // 1_000_000 * 1_000_000


def recent_of(quotes: QuerySet[Quote], newest: list[tuple[int, int]]) -> list[Quote]:
    """The newest quotes, but not too many of one article: `newest` are ids of quotes and of their articles."""
    taken: Counter[int] = Counter()
    chosen: list[int] = []
    for pk, article in newest:
        if taken[article] < OF_ONE_ARTICLE and len(chosen) < RECENT:
            taken[article] += 1
            chosen.append(pk)
    rows = with_credits(quotes.select_related("article__source", "entry"))
    return list(rows.filter(pk__in=chosen).order_by("-moment", "-id"))


def lead_of(quotes: QuerySet[Quote], story: Story | None) -> Quote | None:
    """The words that open the front page: of the newest story, of somebody known, direct, checked if possible."""
    rows = quotes.filter(
        kind=Quote.Kind.DIRECT, attributions__shown=True, attributions__role=Attribution.Role.SPEAKER, nested_in=None
    )
    if story:
        rows = rows.filter(article__stories=story)
    newest = rows.order_by("-moment", "-id").only("text", "status", "confidence")[:LEAD_CANDIDATES]
    best = max(newest, key=striking, default=None)
    return best and with_credits(quotes.select_related("article__source", "entry")).get(pk=best.pk)


def striking(quote: Quote) -> tuple[Any, ...]:
    shortest, longest = LEAD_CHARACTERS
    fits = shortest <= len(quote.text) <= longest
    whole = quote.text[:1].isupper() and quote.text[-1:] in ".!?"
    return fits, whole, quote.status == Quote.Status.ACCEPTED, round(quote.confidence, 1), len(quote.text), quote.pk


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, how it reads, what its marks mean."""
    return render(request, "about.html", {"section": "about"})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers, and has its tables; 503 if not."""
    try:
        Source.objects.order_by("pk").first()
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    # Whatever broke may break the page that says so: no context processors, no queries.
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)
