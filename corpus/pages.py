"""Pages of the corpus as a whole: home, how it works, and what stands where something went wrong."""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Max, OuterRef, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import wording
from articles.models import Article, Attribution, Quote, Source, Story, Utterance
from articles.models.quote import QuoteQuerySet
from articles.utterances_views import with_forms
from articles.views import most_quoted, with_story_figures
from corpus.deadlocks import busy
from corpus.logs import request_id
from corpus.outages import unwritable
from corpus.problems import handler, problem
from corpus.remembered import Remembered

RECENT = 6
#: Recent quotes are chosen among so many, so that one long article does not fill the page.
NEWEST = 120
STORIES = 3
#: Articles that are looked at for them first.
LATEST = 1_000
#: Figures of so many articles are counted for every page, those of more are kept for a while.
COUNTED = 10_000
MOST_QUOTED = 5
#: Words of a lead: long enough to be somebody's voice, short enough to be read at a glance.
LEAD_CHARACTERS = (60, 320)
LEAD_CANDIDATES = 120
#: Words that are searched for as an example have so many letters.
LONG_WORD = 5
#: The lead is chosen among so many utterances; in more outlets than enough is no better.
UTTERANCES = 16
ENOUGH = 4
#: Others that are named beside it.
DIFFERING = 3
BROKEN = "It is our fault, and it has been written down for whoever keeps this corpus; give them the request_id."


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: search, figures, words and how they were printed, recent quotes, who is quoted most, stories."""
    public = Quote.objects.witnesses()  # what a copy only repeats is not shown again
    counted = figures()
    stories = newest_stories(many=counted["articles"] > COUNTED)
    newest = newest_of(public)
    since = month_of(newest[0].moment if newest else 0)
    speakers = most_quoted(Attribution.objects.filter(moment__gte=since), MOST_QUOTED)
    candidates = lead_candidates(public)
    several = recent_utterances()
    chosen = lead_utterance(several)
    compared = with_forms(([chosen] if chosen else []) + most_different(several, chosen))
    utterance = next((one for one in compared if one is chosen), None)
    forms = utterance.forms if utterance else None  # type: ignore[attr-defined]
    lead = forms.fullest.quote if forms else lead_quote(public, candidates)
    same = {form.quote.pk for form in forms.forms} if forms else {lead.pk} if lead else set()
    recent = recent_of(public, [row for row in newest if row.pk not in same])
    return render(
        request,
        "home.html",
        {
            "figures": counted,
            "lead": lead,
            "utterance": utterance,
            "forms": forms,
            "differing": [one for one in compared if one is not chosen],
            "lead_story": lead and Story.objects.public().filter(articles=lead.article_id).order_by("name").first(),
            "recent": recent,
            "speakers": speakers,
            "month": wording.month(since),
            "stories": stories,
            "examples": examples(lead, [form.quote for form in forms.forms] if forms else [], candidates, speakers),
            "section": "home",
        },
    )


@Remembered
def figures() -> tuple[dict[str, int], bool]:
    """How much there is of everything; of a large corpus as it was within the last quarter of an hour."""
    found = Article.objects.public().aggregate(
        articles=Count("pk"), copies=Count("reprint_of"),
        quotes=Sum("quoted", default=0), checked=Sum("checked", default=0),
    )  # fmt: skip
    return found | {"sources": Source.objects.public().count()}, found["articles"] > COUNTED


def newest_stories(*, many: bool) -> list[Story]:
    """The stories with the latest articles; of many articles they are looked for among the newest first."""
    members = Story.articles.through.objects.order_by().values("story")
    every = members.filter(article__public=True)
    newest = members.filter(article__in=Article.objects.public().order_by("-moment", "-id").values("pk")[:LATEST])
    by_day = F("last").desc(nulls_last=True)
    found: list[Story] = []
    for some in (newest, every) if many else (every,):
        by_last = some.annotate(last=Max("article__published_day")).order_by(by_day, "-story")
        # Found before anything else is asked of them.
        stories = Story.objects.filter(pk__in=by_last.values("story")[:STORIES])
        found = list(with_story_figures(stories).order_by(by_day, "-id"))
        if len(found) == STORIES:
            break
    return found


class Printed(NamedTuple):
    """What is looked at of a quote before it is chosen for the front page."""

    pk: int
    article: int
    moment: int
    kind: str
    known: bool


def newest_of(quotes: QuoteQuerySet) -> list[Printed]:
    """The newest quotes, and of each whether somebody we know says it."""
    spoken = Attribution.objects.filter(quote=OuterRef("pk"), role=Attribution.Role.SPEAKER, shown=True)
    rows = quotes.order_by("-moment", "-id").annotate(known=Exists(spoken))
    return [Printed(*row) for row in rows.values_list("pk", "article", "moment", "kind", "known")[:NEWEST]]


def recent_utterances() -> list[Utterance]:
    """The newest utterances of several outlets, each with its fullest form."""
    rows = Utterance.objects.public().filter(outlets__gte=2, fullest__public=True).select_related("fullest")
    return list(rows.order_by("-moment", "-id")[:UTTERANCES])


def difference(one: Utterance) -> tuple[int, int]:
    """How far its outlets differ, for an order, as its columns know it."""
    return 3 * one.conflict + one.words_changed, one.outlets


def most_different(utterances: list[Utterance], lead: Utterance | None) -> list[Utterance]:
    """Some others of which the outlets' forms differ most."""
    others = [one for one in utterances if one is not lead]
    return sorted(others, key=difference, reverse=True)[:DIFFERING]


def examples(
    lead: Quote | None, forms: list[Quote], others: list[Quote], speakers: list[dict[str, Any]]
) -> list[dict[str, str]]:
    """Searches to try, made of rare words that are there: a phrase, alternatives, an exclusion, somebody's page.

    ``forms`` are those in which the lead was printed.
    """
    found = []
    if lead:
        ours = long_words(lead.text)
        copies = [long_words(quote.text) for quote in forms]
        same = {lead.pk, *(quote.pk for quote in forms)}
        rest = [long_words(quote.text) for quote in others if quote.pk not in same]
        frequency = Counter(word for words in rest for word in words)

        def rarest(words: set[str]) -> list[str]:
            return sorted(words, key=lambda word: (frequency[word], -len(word), word))

        if phrase := rare_phrase(lead.text, frequency):
            found.append(f'"{phrase}"')
        mine = rarest(ours)
        theirs = next((rarest(words - ours)[0] for words in rest if words - ours), "")
        if mine and theirs:
            found.append(f"{mine[1 % len(mine)]} OR {theirs}")
        # One of its words without another: how some outlet cut it short; else without a word of something else.
        cut = ((one, other) for words in copies for one in mine if one in words for other in mine if other not in words)
        if pair := next(cut, (mine[0], theirs) if mine and theirs else None):
            found.append(f"{pair[0]} -{pair[1]}")
    links = [{"label": words, "url": f"{reverse('quotes')}?{urlencode({'q': words})}"} for words in found]
    return links + [{"label": row["called"], "url": reverse("person", args=[row["who"]])} for row in speakers[:1]]


def long_words(text: str) -> set[str]:
    """Its words that are long enough to mean something, in small letters."""
    return {word.lower() for word in re.findall(rf"\b[^\W\d_]{{{LONG_WORD},}}\b", text)}


def rare_phrase(text: str, frequency: Counter[str]) -> str:
    """Two or three words in a row, from a long one to a long one, as rare as there are; "" if there are none."""
    found: list[tuple[int, int, str]] = []
    for clause in re.split(r"[^\w’' -]+", text):
        words = clause.split()
        for number in (2, 3):
            for start in range(len(words) - number + 1):
                part = words[start : start + number]
                if all(re.fullmatch(r"[^\W\d_]+", word) for word in part):
                    ends = [part[0].lower(), part[-1].lower()]
                    if all(len(word) >= LONG_WORD for word in ends):
                        found.append((sum(frequency[word] for word in ends), len(found), " ".join(part)))
    return min(found, default=(0, 0, ""))[2]


def month_of(moment: int) -> int:
    """The first moment of a moment's month; 0 of an unknown one."""
    return moment // 1_000_000 * 1_000_000


def recent_of(quotes: QuoteQuerySet, newest: list[Printed]) -> list[Quote]:
    """New quotes of as many articles as there are; of each first what somebody we know said in so many words."""
    by_article: dict[int, list[Printed]] = {}
    for row in newest:
        by_article.setdefault(row.article, []).append(row)
    turns = [
        (turn, row.pk)
        for rows in by_article.values()
        for turn, row in enumerate(sorted(rows, key=lambda row: (not row.known, row.kind != Quote.Kind.DIRECT)))
    ]
    chosen = [pk for _, pk in sorted(turns, key=lambda row: row[0])[:RECENT]]
    rows = quotes.credited().select_related("article__source", "entry", "utterance")
    return list(rows.filter(pk__in=chosen).order_by("-moment", "-id"))


def lead_candidates(quotes: QuoteQuerySet) -> list[Quote]:
    """The newest direct quotes of somebody known: their words and their state."""
    rows = quotes.filter(
        kind=Quote.Kind.DIRECT, attributions__shown=True, attributions__role=Attribution.Role.SPEAKER, nested_in=None
    )
    return list(rows.order_by("-moment", "-id").only("text", "status", "confidence")[:LEAD_CANDIDATES])


def lead_utterance(recent: list[Utterance]) -> Utterance | None:
    """Of recent utterances the one to open the front page: whole and short, in many outlets, printed differently."""

    def order(one: Utterance) -> tuple[Any, ...]:
        assert one.fullest is not None, "it has words"
        fits, whole, *_ = striking(one.fullest)
        joined = wording.JOINT in one.fullest.text
        return fits, whole, not joined, min(one.outlets, ENOUGH), difference(one), one.pk

    said = [one for one in recent if one.fullest and one.fullest.kind != Quote.Kind.INDIRECT]
    return max(said, key=order, default=None)


def lead_quote(quotes: QuoteQuerySet, candidates: list[Quote]) -> Quote | None:
    """Where nothing was printed twice: the words of one quote, checked if possible, fit to open the front page."""
    best = max(candidates, key=striking, default=None)
    return quotes.credited().select_related("article__source", "entry").get(pk=best.pk) if best else None


def striking(quote: Quote) -> tuple[Any, ...]:
    shortest, longest = LEAD_CHARACTERS
    fits = shortest <= len(quote.text) <= longest
    whole = quote.text[:1].isupper() and quote.text[-1:] in ".!?"
    return fits, whole, quote.status == Quote.Status.ACCEPTED, round(quote.confidence, 1), len(quote.text), quote.pk


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, how it reads, what its marks mean."""
    return render(request, "about.html", {"section": "about"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """What stands where something broke: a problem in the API, else a page; 503 where the database cannot do it now."""
    error = sys.exception()  # Django asks for this where it has caught it
    if request.path.startswith("/api/"):
        known = handler(error, {"request": request}) if isinstance(error, Exception) else None
        return known or problem(request, 500, "failed", "This broke", BROKEN)
    # Whatever broke may break the page that says so: no context processors, no queries.
    from django.template.loader import render_to_string

    later = error is not None and (busy(error) or bool(unwritable(error)))
    page = render_to_string("500.html", {"later": later, "id": request_id.get()})
    return HttpResponse(page, status=503 if later else 500, headers={"Retry-After": "30"} if later else None)
