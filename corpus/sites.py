"""The admin site: Django's own, with a first screen that says what is waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.functional import SimpleLazyObject

from corpus.deadlocks import begun_again

#: Nobody works through more at a sitting; beyond it "1,000+" says enough, and costs no more to say.
COUNTED = 1_000


@dataclass
class Waiting:
    """Rows that wait for an editor, and the list that shows them."""

    label: str
    rows: QuerySet[Any]
    url: str
    why: str = ""
    order: int = 0
    #: What a single one is called.
    one: str = ""

    @cached_property
    def _count(self) -> int:
        return self.rows.order_by()[: COUNTED + 1].count()

    @property
    def count(self) -> int:
        return min(self._count, COUNTED)

    @property
    def said(self) -> str:
        return self.one or self.label if self.count == 1 else self.label

    @property
    def capped(self) -> bool:
        return self._count > COUNTED


def of_text(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, for requests without the character NUL: no form sends it, and PostgreSQL keeps none."""

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if any("\0" in value for said in (request.GET, request.POST) for _, values in said.lists() for value in values):
            return HttpResponseBadRequest("A NUL was sent, which no text has; nothing was changed.", "text/plain")
        return view(request, *args, **kwargs)

    return read


class Suggestions(AutocompleteJsonView):
    """Rows to choose from; an admin may offer fewer (``offered``) and say more of each (``describe``)."""

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        offered = getattr(self.model_admin, "offered", None)
        return offered(rows) if offered else rows

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        describe = getattr(self.model_admin, "describe", None)
        return result | {"text": describe(obj)} if describe else result


class CorpusAdminSite(admin.AdminSite):
    site_header = "Verbatim"
    site_title = "Verbatim"
    index_title = "The desk"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        #: Give the addresses of screens that no model owns; apps add theirs when their admin is found.
        self.screens: list[Callable[[], list[URLPattern]]] = []

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; two editors who stop each other both get what they asked for, and what is no text is refused."""
        return super().admin_view(of_text(begun_again(view)), cacheable)

    def get_urls(self) -> list[Any]:
        return [address for screens in self.screens for address in screens()] + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """As Django's, which is handed to every page, put together for those that show it."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first screen; what stands on it is what each model's admin says through ``waiting`` and ``front``."""
        context: dict[str, Any] = {"waiting": []}
        for model_admin in self._registry.values():
            if model_admin.has_view_permission(request):
                context["waiting"] += getattr(model_admin, "waiting", list)()
                context |= getattr(model_admin, "front", lambda request: {})(request)
        context["waiting"].sort(key=lambda row: row.order)
        context["at_rest"] = [row.label for row in context["waiting"] if not row.count]
        return super().index(request, context | (extra_context or {}))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return Suggestions.as_view(admin_site=self)(request)  # type: ignore[return-value]
