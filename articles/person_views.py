"""The public page of a person: everything they are publicly quoted with."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from articles.figures import bars, printings
from articles.models import Attribution, Quote, Source
from articles.portrait import NEAR, Portrait, portrait
from articles.wording import PRONOUNS
from corpus import charts, gone
from corpus.embedded import plain, values
from people import linked_data
from people.models import Name, Person, Role

RECENT = 12
OUTLETS = 8
NAMES = 12
#: What JSON-LD says of a role.
ROLE = ("title", "organisation_printed", "since", "until")
NOTES = {Name.Kind.MISSPELLING: "misspelling", Name.Kind.ABBREVIATION: "abbreviation"}


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """One person: roles, quotes in time and by outlet, words most their own; who was merged leads to the survivor."""
    found = Person.objects.select_related("canonical").filter(slug=slug).first()
    survivor = found.canonical if found else None
    if found is None and (stone := gone.tombstone(Person, slug=slug)):
        return gone.purged(request, "person", stone)
    if found is None or survivor is None or not survivor.public:
        raise Http404(f"no public person {slug}")
    if survivor.pk != found.pk:
        return redirect(survivor, permanent=True)
    seen = portrait(found)
    forms = list(Name.objects.filter(person__in=seen.selves))
    roles = list(Role.objects.filter(person__in=seen.selves).order_by("since", "id"))
    outlets = bars(Source, seen.sources, seen.figure)
    known = plain(request, found, "kind", "wikidata") | {"names": values(forms, "text"), "roles": values(roles, *ROLE)}
    return render(
        request,
        "person.html",
        {
            "person": found,
            "linked": linked_data.person(known),
            "roles": roles,
            "portrait": seen,
            "near": NEAR,
            "chart": charts.in_time(
                seen.days, url=lambda *ends: printings("speaker", found, *ends), figure=seen.figure
            ),
            "undated": seen.figure(seen.days.get(0, (0, 0))[0]),
            "outlets": outlets[:OUTLETS],
            "others": outlets[OUTLETS:],
            "others_total": seen.figure(sum(n for _, n in seen.sources[OUTLETS:])),
            "outlets_total": len(outlets),
            "words": seen.own_words(form.text for form in forms),
            "company": seen.company(),
            "mentioned": seen.mentioned(),
            "names": names_of(seen, forms),
            "quotes": newest(seen),
            "section": "people",
        },
    )


def names_of(seen: Portrait, forms: list[Name]) -> list[dict[str, Any]]:
    """The forms under which somebody is publicly quoted, most frequent first, with what kind of form it is."""
    notes = {form.text: NOTES.get(Name.Kind(form.kind), "") for form in forms}
    counted = Counter(" ".join(line.printed.split()) for line in seen.lines)
    named = [(text, n) for text, n in counted.most_common() if text and text.casefold() not in PRONOUNS]
    return [{"text": text, "n": seen.figure(n), "note": notes.get(text, "")} for text, n in named[:NAMES]]


def newest(seen: Portrait) -> list[Quote]:
    """The latest quotes, with all that a list shows of one."""
    # One's own index in the order of time for each self: together they would be sorted, and there may be very many.
    latest = Q()
    for one in seen.selves:
        rows = Attribution.objects.filter(person=one, role=Attribution.Role.SPEAKER, shown=True, reprint=False)
        latest |= Q(pk__in=rows.order_by("-moment", "-quote").values("quote")[:RECENT])
    quotes = Quote.objects.public().credited().select_related("article__source", "entry", "utterance").filter(latest)
    return list(quotes.order_by("-moment", "-pk")[:RECENT])
