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

from corpus import gone
from corpus.views import FilteredListView
from people.filters import PersonFilterSet
from people.models import Name, Person, Role

RECENT = 12
OUTLETS = 6
NAMES = 12
#: Quotes are counted by day within so many days, by month within so many months, else by year.
DAYS = 35
MONTHS = 24
#: The chart has room for at least so many columns.
FEWEST = 12


def attributions() -> QuerySet[Any]:
    """What is publicly given to people, without what a copy of an article only repeats: each printing counts once.

    The rows are those of `articles`, which this app knows only from behind.
    """
    rows = Person._meta.get_field("attributions").related_model._default_manager
    return rows.filter(role="speaker", shown=True, quote__public=True, quote__reprint=False)


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
    if found is None and (stone := gone.tombstone(Person, slug=slug)):
        return gone.purged(request, "person", stone)
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
    recent = rows.select_related("quote__article__source", "quote__entry", "quote__utterance").prefetch_related(
        "quote__attributions__person__canonical__roles"
    )
    return render(
        request,
        "person.html",
        {
            "person": found,
            "roles": list(Role.objects.filter(person__canonical=found).order_by("since", "id")),
            "total": total,
            "own_words": own_words(columns, total),
            "since": columns[0]["label"] if columns else "",
            "by_outlet": with_widths(by_outlet[:OUTLETS]),
            "other_outlets": len(by_outlet[OUTLETS:]),
            "other_total": sum(outlet["n"] for outlet in by_outlet[OUTLETS:]),
            "outlets": len(by_outlet),
            "columns": columns,
            # Few columns stay slender, and stand at the left.
            "breadth": 10 * max(len(columns), FEWEST),
            "labels": [column["short"] for column in columns] + [""] * (FEWEST - len(columns))
            if len(columns) <= FEWEST
            else [],
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
    """Columns of a chart without gaps, a day, month or year each: label, date, ``n``, ``quoted`` and heights of 100."""
    days: dict[dt.date, Counter[bool]] = defaultdict(Counter)
    counted = rows.filter(moment__gt=0).order_by().annotate(day=F("moment") / 10_000).values_list("day", "quote__kind")
    for day, kind, n in counted.annotate(n=Count("quote", distinct=True)):
        days[dt.date(int(day) // 10_000, int(day) // 100 % 100, int(day) % 100)][kind != "indirect"] += n
    if not days:
        return []
    first, last = min(days), max(days)
    months = (last.year - first.year) * 12 + last.month - first.month
    if (last - first).days < DAYS:
        steps = [first + dt.timedelta(n) for n in range((last - first).days + 1)]
        columns = {step: days.get(step, Counter()) for step in steps}
        names = [(f"{step.day} {step:%B} {step.year}", str(step.day), f"{step}") for step in steps]
    else:
        by_year = months >= MONTHS
        start = first.replace(day=1, month=1 if by_year else first.month)
        steps = [start]
        while (after := next_step(steps[-1], by_year)) <= last:
            steps.append(after)
        columns = {step: Counter() for step in steps}
        for day, counts in days.items():
            columns[day.replace(day=1, month=1 if by_year else day.month)].update(counts)
        names = [
            (f"{step.year}", f"’{step:%y}", f"{step:%Y}")
            if by_year
            else (f"{step:%B} {step.year}", f"{step:%b}", f"{step:%Y-%m}")
            for step in steps
        ]
    most = max(counts.total() for counts in columns.values())
    return [column(*name, columns[step], most) for step, name in zip(steps, names, strict=True)]


def next_step(step: dt.date, by_year: bool) -> dt.date:
    """The first of the next year or month."""
    return dt.date(step.year + 1, 1, 1) if by_year or step.month == 12 else dt.date(step.year, step.month + 1, 1)


def column(label: str, short: str, since: str, counts: Counter[bool], most: int) -> dict[str, Any]:
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
