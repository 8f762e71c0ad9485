"""The public pages of people: the list, and one person with everything they are publicly quoted with."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from corpus.views import FilteredListView
from people.filters import PersonFilterSet
from people.models import Name, Person

RECENT = 12
OUTLETS = 6
NAMES = 12
#: Longer than this many months, a person's quotes are counted by year.
MONTHS = 24


def attributions() -> QuerySet[Any]:
    """What is publicly given to people; the rows are those of `articles`, which this app knows only from behind."""
    rows = Person._meta.get_field("attributions").related_model._default_manager  # type: ignore[union-attr]
    return rows.filter(role="speaker", shown=True, quote__public=True)


class PersonList(FilteredListView):
    model = Person
    filterset = PersonFilterSet
    title = "People"
    noun = "people"
    api = "api-people-list"
    facets = ("kind", "source")
    extra_context = {"item_template": "people/_item.html", "one": "person"}

    def get_queryset(self) -> QuerySet[Person]:
        spoken = attributions().filter(person__canonical=OuterRef("pk")).order_by().values("person__canonical")
        return (
            super()
            .get_queryset()
            .annotate(
                quote_count=Coalesce(Subquery(spoken.annotate(n=Count("quote", distinct=True)).values("n")), 0),
                last=Subquery(spoken.annotate(last=Max("moment")).values("last")),
            )
            .prefetch_related("roles")
        )


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """One person: roles, quotes in time and by outlet, names as printed; who was merged leads to the survivor."""
    found = Person.objects.select_related("canonical").filter(slug=slug).first()
    survivor = found.canonical if found else None
    if found is None or survivor is None or not survivor.public:
        raise Http404(f"no public person {slug}")
    if survivor.pk != found.pk:
        return redirect(survivor, permanent=True)
    rows = attributions().filter(person__canonical=found)
    by_outlet = list(
        rows.order_by()
        .values(outlet=F("quote__article__source__slug"), called=F("quote__article__source__name"))
        .annotate(n=Count("quote", distinct=True))
        .order_by("-n", "called")
    )
    total = sum(outlet["n"] for outlet in by_outlet)
    columns = in_time(rows)
    recent = rows.select_related("quote__article__source", "quote__entry").prefetch_related(
        "quote__attributions__person__canonical__roles"
    )
    return render(
        request,
        "person.html",
        {
            "person": found,
            "roles": list(found.roles.all()),
            "total": total,
            "own_words": own_words(columns, total),
            "since": next((column["label"] for column in columns if column["n"]), ""),
            "by_outlet": with_widths(by_outlet[:OUTLETS]),
            "other_outlets": len(by_outlet[OUTLETS:]),
            "other_total": sum(outlet["n"] for outlet in by_outlet[OUTLETS:]),
            "outlets": len(by_outlet),
            "columns": columns,
            "names": names_of(found, rows),
            "quotes": [row.quote for row in recent.order_by("-moment", "-quote_id")[:RECENT]],
            "section": "people",
        },
    )


def with_widths(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with ``width``: their ``n`` in percent of the largest."""
    most = max((row["n"] for row in rows), default=1)
    return [row | {"width": max(1, round(100 * row["n"] / most))} for row in rows]


def own_words(columns: list[dict[str, Any]], total: int) -> int:
    """Of every 100 quotes, how many are in the person's own words."""
    dated = sum(column["n"] for column in columns)
    return round(100 * sum(column["quoted"] for column in columns) / dated) if dated else 0


def in_time(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """Columns of a chart, a month or a year each without gaps: label, dates, ``n``, ``quoted`` and heights of 100."""
    months: dict[int, Counter[bool]] = defaultdict(Counter)
    counted = (
        rows.filter(moment__gt=0).order_by().annotate(month=F("moment") / 1_000_000).values_list("month", "quote__kind")
    )
    for month, kind, n in counted.annotate(n=Count("quote", distinct=True)):
        months[int(month)][kind != "indirect"] += n
    if not months:
        return []
    ordinals = {month // 100 * 12 + month % 100 - 1: counts for month, counts in months.items()}
    first, last = min(ordinals), max(ordinals)
    by_year = last - first >= MONTHS
    columns: dict[int, Counter[bool]] = defaultdict(Counter)
    for ordinal, counts in ordinals.items():
        columns[ordinal // 12 if by_year else ordinal].update(counts)
    span = range(first // 12, last // 12 + 1) if by_year else range(first, last + 1)
    most = max(counts.total() for counts in columns.values())
    return [column(step, columns[step], most, by_year) for step in span]


def column(step: int, counts: Counter[bool], most: int, by_year: bool) -> dict[str, Any]:
    if by_year:
        label, short, since = str(step), f"’{step % 100:02}", str(step)
    else:
        day = dt.date(step // 12, step % 12 + 1, 1)
        label, short, since = f"{day:%B} {day.year}", f"{day:%b}", f"{day:%Y-%m}"
    n, quoted = counts.total(), counts[True]
    full, own = round(100 * n / most), round(100 * quoted / most)
    return {
        "label": label, "short": short, "date": since, "n": n, "quoted": quoted, "reported": n - quoted,
        "top": 100 - full, "cap": full - own, "own_top": 100 - own, "own": own,
    }  # fmt: skip


def names_of(found: Person, rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """The forms under which somebody is publicly quoted, most frequent first, with what kind of form it is."""
    kinds = dict(Name.objects.filter(person__canonical=found).values_list("text", "kind"))
    labels = {"misspelling": "misspelling", "abbreviation": "abbreviation"}
    pronouns = {"he", "she", "they", "it", "we", "i", ""}
    counted: Counter[str] = Counter()
    for text, n in rows.order_by().values_list("printed").annotate(n=Count("quote", distinct=True)):
        form = " ".join(text.split())
        if form.casefold() not in pronouns:
            counted[form] += n
    return [
        {"text": text, "n": n, "note": labels.get(kinds.get(text, ""), "")} for text, n in counted.most_common(NAMES)
    ]
