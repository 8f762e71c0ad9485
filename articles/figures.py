"""Figures as pages of sources and people show them: bars, and the lists of quotes that they lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse

from articles.models import Source
from corpus import charts
from corpus.views import address
from people.models import Person


def printings(name: str, thing: Any, since: str, until: str) -> str:
    """The list of quotes that a filter has for a thing, each printing once, within dates."""
    return address(reverse("quotes"), [(name, thing.slug), ("copies", "exclude"), ("from", since), ("to", until)])


def bars(
    model: type[Source | Person], counted: Sequence[tuple[int, int]], figure: Callable[[int], int] = int
) -> list[dict[str, Any]]:
    """Things (ids) with numbers, as ``slug``, ``name``, ``n`` as a figure and ``width`` of 100; one query."""
    rows = model._default_manager.filter(pk__in=dict(counted)).values_list("pk", "slug", "name")
    names = {pk: {"slug": slug, "name": name} for pk, slug, name in rows}
    widths = charts.widths([n for _, n in counted])
    return [names[pk] | {"n": figure(n), "width": width} for (pk, n), width in zip(counted, widths, strict=True)]
