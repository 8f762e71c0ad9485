"""What the generic list page asks of its filter form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BaseForm, BoundField

register = template.Library()

#: Fields with a place of their own on the panel.
PLACED = frozenset({"q", "from", "to", "sort"})


@register.filter
def besides(form: BaseForm, facets: Iterable[Mapping[str, Any]]) -> list[BoundField]:
    """The visible fields that neither a facet nor the head of the panel shows."""
    shown = PLACED | {facet["name"] for facet in facets}
    return [field for field in form.visible_fields() if field.name not in shown]


@register.filter
def bound(form: BaseForm, name: str) -> BoundField | None:
    """The field of that name, if the form has it."""
    return form[name] if name in form.fields else None


@register.filter
def current(sorts: Iterable[Mapping[str, Any]]) -> str:
    """The order in effect, by its name in the address."""
    return next((sort["value"] for sort in sorts if sort["current"]), "")
