"""The public pages of what was said once: the list of utterances, and one with all its printed forms side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import variants, wording
from articles.filters import UtteranceFilterSet
from articles.models import Article, Attribution, Match, Quote, Source, Story, Utterance
from corpus import gone, linked_data
from corpus.search import mark
from corpus.views import ListPage
from people.views import SpeakerList

#: Forms that a sentence names one by one.
CITED = 12
#: What was judged to be something else, at most.
OTHERS = 12
#: Of a longer utterance the matrix has one column, not one a part.
COLUMNS = 6


class UtteranceList(SpeakerList):
    model = Utterance
    filterset = UtteranceFilterSet
    title = "Utterances"
    noun = "utterances"
    api = "api-utterances-list"
    facets = ("speaker", "source", "story")
    extra_context = {"item_template": "utterances/_item.html", "one": "utterance"}

    def read_page(self) -> ListPage:
        page = super().read_page()
        page.items[:] = with_forms(page.items)
        for item in page.items:
            if (words := self.filter.words) and not item.forms.fullest.reported:
                item.snippet = mark(item.forms.fullest.quote.text, words)
        return page


def with_forms(utterances: Iterable[Utterance]) -> list[Utterance]:
    """The utterances with their ``forms``, in three queries; one without public quotes is left out."""
    rows = list(utterances)
    quotes = variants.quotes_of(rows)
    for one in rows:
        one.forms = variants.forms(one, quotes.get(one.pk, ()))  # type: ignore[attr-defined]
    return [one for one in rows if one.forms is not None]  # type: ignore[attr-defined]


@require_safe
def utterance(request: HttpRequest, uid: str) -> HttpResponse:
    """One utterance: every form beside the fullest (or ``?base=``, a quote's uid), who has it and who has not."""
    found = Utterance.objects.public().filter(uid=uid).first()
    base = request.GET.get("base", "")
    quotes = variants.quotes_of([found])[found.pk] if found else []
    whole = variants.forms(found, quotes) if found else None
    if found is None or whole is None:
        return not_there(request, uid)
    forms = (variants.forms(found, quotes, base) if base else None) or whole
    if base and forms.base.quote.uid != base:
        raise Http404(f"no form {base} of the utterance {uid}")
    stories = list(
        Story.objects.public()
        .filter(articles__in={form.quote.article_id for form in forms.forms})
        .order_by("name")
        .distinct()
    )
    silent = without_it(forms, stories)
    address = request.build_absolute_uri(reverse("utterance", args=[found.uid]))
    return render(
        request,
        "utterance.html",
        {
            "utterance": found,
            "forms": forms,
            "fullest": forms.fullest,
            "credit": forms.fullest.credit,
            "words": wording.words(forms.fullest.quote),
            "said": wording.dated(found.said_day) if found.said_day else None,
            "stories": stories,
            "silent": silent,
            "columns": len(forms.parts) <= COLUMNS,
            "verdict": verdict(whole, len(silent) if stories else None, len(stories)),
            "conflict": conflict(forms) if forms.conflict else [],
            "others": not_this(found, forms),
            "citation": citation(found, whole, address),
            "linked": linked(found, whole, request.build_absolute_uri),
            "section": "utterances",
        },
    )


def not_there(request: HttpRequest, uid: str) -> HttpResponse:
    """What stands where there is no utterance to show: the one it was taken up into, 410 of what was one, else 404."""
    if stone := gone.tombstone(Utterance, uid=uid):
        return gone.purged(request, "utterance", stone)
    found = Utterance.objects.filter(uid=uid).select_related("merged_into").first()
    if found and found.merged_into:
        return HttpResponsePermanentRedirect(reverse("utterance", args=[found.merged_into.uid]))
    # What only is not public has no address; what stands for nothing any more had one.
    if found and found.quotes.count() < 2:
        note = "The quotes that it held together are not taken for the same words any more. Each keeps its own address."
        return gone.page(request, "utterance", note=note)
    raise Http404(f"no public utterance {uid}")


def without_it(forms: variants.Forms, stories: Sequence[Story]) -> list[tuple[Source, bool]]:
    """The other outlets in these stories, by name, and whether each quotes the speaker otherwise; two queries."""
    having = {form.source.pk for form in forms.forms}
    others = Source.objects.filter(
        pk__in=Article.objects.witnesses().filter(stories__in=stories).values("source")
    ).exclude(pk__in=having)
    people = {person.pk for form in forms.forms for person in form.people}
    quoting = Attribution.objects.filter(
        role=Attribution.Role.SPEAKER, shown=True, person__canonical__in=people, quote__article__stories__in=stories
    )
    otherwise = set(quoting.order_by().values_list("quote__article__source", flat=True).distinct())
    return [(source, source.pk in otherwise) for source in others.order_by("name", "id")]


def not_this(found: Utterance, forms: variants.Forms) -> list[tuple[Quote, str]]:
    """Public quotes of which an editor said that they are something else than these words, and what; three queries."""
    ours = {form.quote.pk for form in forms.forms}
    rows = Match.objects.filter(answer__in=Match.PARTING)
    pairs = [
        *rows.filter(first__in=ours, second__public=True).values_list("second", "answer"),
        *rows.filter(second__in=ours, first__public=True).values_list("first", "answer"),
    ]
    said = {pk: answer for pk, answer in sorted(pairs) if pk not in ours}
    # The nearest come first to mind; the rest is a search away.
    quotes = variants.listed(Quote.objects.public().filter(pk__in=said)).order_by("-moment", "-id")[:OTHERS]
    why = {Match.Answer.OTHER: "Said on another occasion.", Match.Answer.DIFFERENT: "Not the same words."}
    return [(quote, why[Match.Answer(said[quote.pk])]) for quote in quotes]


# --- in words --------------------------------------------------------------------------------------------------------


def verdict(forms: variants.Forms, silent: int | None, stories: int = 1) -> str:
    """How many outlets printed it, and how: "5 of the 7 outlets in this story printed it: 2 whole, 3 in part."

    ``silent`` is how many outlets of its stories did not; None without a story.
    """
    number = len(forms.outlets)
    counted = Counter(outlet.how for outlet in forms.outlets)
    hows = [
        (counted["whole"], "word for word"),
        (counted["changed"], "with other words in it"),
        (counted["part"], "only in part"),
        (counted["reported"], "in words of its own" if counted["reported"] == 1 else "in words of their own"),
    ]
    said = wording.listed([f"{n} {how}" for n, how in hows if n])
    where = "" if silent is None else f" in {'this story' if stories == 1 else 'these stories'}"
    who = f"{number} of the {number + silent} outlets{where}" if silent else f"All {number} outlets{where}"
    if silent is None or number == 1:
        who = f"{number} outlet{'' if number == 1 else 's'}{where}"
    left = f" {silent} did not." if silent else ""
    return f"{who} printed it: {said}.{left}"


def conflict(forms: variants.Forms) -> list[tuple[list[Source], wording.Credit]]:
    """Which outlets give the words to whom."""
    return [(sources, credit) for credit, sources in forms.given]


def citation(found: Utterance, forms: variants.Forms, address: str) -> str:
    """The utterance as one cites it in running text, with its first printed forms."""
    fullest = forms.fullest
    witnesses = [witness.first for line in forms.lines for witness in line.witnesses] + forms.reported
    printed = [f"{form.source}, {wording.printed_at(form.quote)}" for form in witnesses[:CITED]]
    more = f"; and {len(witnesses) - CITED} more" if len(witnesses) > CITED else ""
    words = fullest.quote.text
    words = words if len(words) <= 300 else f"{words[:300].rsplit(' ', 1)[0]} …"
    by = "as printed in" if not forms.conflict else "given to several people; printed in"
    who = "" if forms.conflict else f"{fullest.credit}, "
    return f"“{words.strip('“”')}” {who}{by} {'; '.join(printed)}{more}. Verbatim, utterance {found.uid}. {address}"


# --- for machines ----------------------------------------------------------------------------------------------------


def linked(found: Utterance, forms: variants.Forms, absolute: Any) -> linked_data.Linked:
    """The utterance as a Quotation of schema.org: its printed forms are examples of it, and it cites their articles."""
    return linked_data.thing(
        "Quotation",
        {"page": absolute(found.get_absolute_url()), "uid": found.uid},
        text=forms.fullest.quote.text,
        dateCreated=str(found.said_day) if found.said_day else None,
        spokenByCharacter=[
            {"@type": "Person", "@id": absolute(person.get_absolute_url()), "name": person.name}
            for person in sorted(forms.fullest.people, key=lambda one: one.name)
        ],
        workExample=[
            linked_data.thing(
                "Quotation",
                {"page": absolute(form.quote.get_absolute_url()), "uid": form.quote.uid},
                text=form.quote.text,
                isPartOf=cited(form, absolute),
            )
            for form in forms.direct
        ],
        citation=[cited(form, absolute) for form in forms.reported],
    )


def cited(form: variants.Form, absolute: Any) -> linked_data.Linked:
    article = form.article
    return linked_data.thing(
        "NewsArticle",
        {"page": absolute(article.get_absolute_url())},
        headline=article.headline,
        url=article.url,
        datePublished=wording.printed(article, clock=True).iso,
        publisher={"@type": "Organization", "name": form.source.name, "@id": absolute(form.source.get_absolute_url())},
    )


# --- in a story ------------------------------------------------------------------------------------------------------


def differing(told: Sequence[int], limit: int) -> list[Utterance]:
    """Of utterances (ids, as their columns order them) those of which the outlets' forms differ most; four queries."""
    # The columns know most of it; what is left out is seen in the forms.
    found = with_forms(Utterance.objects.public().filter(pk__in=told[: 2 * limit]).order_by("-id"))
    found.sort(key=lambda one: one.forms.difference, reverse=True)  # type: ignore[attr-defined]
    return found[:limit]
