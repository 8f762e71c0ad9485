"""The base of the API's lists and things: filters, paging, fields, CSV and problems behave the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework import viewsets
from rest_framework.filters import BaseFilterBackend
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from corpus import paging, renderers
from corpus.filters import CorpusFilterSet, Fault
from corpus.problems import MEDIA_TYPE, BadParameters
from corpus.serializers import CorpusSerializer, choose

THING_PARAMETERS = frozenset({"format", "fields", "omit"})
LIST_PARAMETERS = THING_PARAMETERS | {"cursor", "page_size", "count"}


class Negotiation(DefaultContentNegotiation):
    """``?format=`` wins over Accept; one that does not exist is a bad parameter, not a page that is not there."""

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        asked = request.query_params.get("format", "")
        if not asked:
            return super().select_renderer(request, renderers, format_suffix)
        for renderer in renderers:
            if renderer.format == asked:
                return renderer, renderer.media_type
        names = tuple(renderer.format for renderer in renderers)
        raise BadParameters([Fault("format", f"“{asked[:40]}” is no format; choose from {', '.join(names)}.", names)])


class FilterSetBackend(BaseFilterBackend):
    """The view's filter set; it stays on the view as ``selection``, for the order and the words."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        view.selection = view.filterset(request.query_params, queryset, request=request, reserved=LIST_PARAMETERS)
        if view.selection.faults:
            raise BadParameters(view.selection.faults)
        return view.selection.qs

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": one.help_text or str(one.label),
                "schema": one.schema(),
            }
            for name, one in view.filterset.public_filters().items()
        ]


class CorpusSchema(AutoSchema):
    """OpenAPI as it is: short operation ids, the parameters of every view, CSV as text, problems."""

    view: Any

    def get_tags(self) -> list[str]:
        return [self.view.noun]

    def get_operation_id(self) -> str:
        return f"{self.view.noun}_list" if self._is_list_view() else f"{self.view.noun}_get"

    def get_override_parameters(self) -> list[Any]:
        parameters = [
            _parameter("format", "The representation; otherwise Accept says it.", enum=["json", "csv"]),
            _parameter(
                "fields", "Only these, with commas between; dots lead into nested ones.", examples=["uid,article.uid"]
            ),
            _parameter("omit", "All but these."),
        ]
        if not self._is_list_view():
            what = "Its slug or uid." if self.view.slugs else "Its uid."
            parameters.append(_parameter(self.view.lookup_url_kwarg, what, place="path", required=True))
        return parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            for response in operation["responses"].values():
                if "text/csv" in response.get("content", {}):
                    response["content"]["text/csv"] = {"schema": {"type": "string"}}
            operation["responses"] |= self.problems()
        return operation

    def problems(self) -> dict[str, Any]:
        component = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, object="Problem")
        self.registry.register_on_missing(component)
        found = {"400": "A parameter is unknown or holds something it cannot.", "406": "No such representation."}
        if not self._is_list_view():
            found["404"] = "There is nothing public here."
        content = {MEDIA_TYPE: {"schema": component.ref}}
        return {status: {"description": text, "content": content} for status, text in sorted(found.items())}


PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Never changes."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What, where, and what to do."},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


def _parameter(
    name: str, description: str, place: Literal["query", "path"] = "query", required: bool = False, **schema: Any
) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "string", **schema}, location=place, required=required, description=description
    )


class CorpusViewSet(viewsets.ReadOnlyModelViewSet):
    """A list and its things, read-only and public.

    Subclasses declare ``model`` (its QuerySet has ``public()``), ``noun`` (plural, as in the address), ``filterset``,
    ``serializer_class`` and, where a thing says more than a row, ``detail_class``; ``listed`` and ``detailed`` shape
    their queries.
    """

    model: ClassVar[type[Model]]
    noun: ClassVar[str]
    filterset: ClassVar[type[CorpusFilterSet]]
    detail_class: ClassVar[type[CorpusSerializer] | None] = None
    #: Whether things answer to a slug as well as to their uid.
    slugs: ClassVar[bool] = True
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[^/\x00]+"  # PostgreSQL takes no NUL
    filter_backends = [FilterSetBackend]
    content_negotiation_class = Negotiation
    schema = CorpusSchema()
    selection: CorpusFilterSet
    #: In front of every address in an answer.
    base = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.base = request.build_absolute_uri("/").rstrip("/")

    def listed(self, rows: QuerySet) -> QuerySet:
        """Rows with all that the list shows of them."""
        return rows

    def detailed(self, rows: QuerySet) -> QuerySet:
        """Rows with all that a thing shows."""
        return self.listed(rows)

    def get_queryset(self) -> QuerySet:
        rows = self.model._default_manager.public()  # type: ignore[attr-defined]
        return self.detailed(rows) if self.detail else self.listed(rows)

    def get_serializer_class(self) -> type[BaseSerializer]:
        return self.detail_class if self.detail and self.detail_class else super().get_serializer_class()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "base": self.base}

    def chosen(self, *args: Any, **kwargs: Any) -> Any:
        """The serializer, with the fields that were asked for."""
        serializer = self.get_serializer(*args, **kwargs)
        parameters = self.request.query_params
        if faults := choose(serializer, parameters.get("fields", ""), parameters.get("omit", "")):
            raise BadParameters(faults)
        return serializer

    # Lists

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponseBase:  # type: ignore[override]
        rows = self.filter_queryset(self.get_queryset())
        if request.accepted_renderer.format == renderers.CSVRenderer.format:
            return self.stream(rows)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.chosen(page, many=True).data)

    def stream(self, rows: QuerySet) -> StreamingHttpResponse:
        """The whole list as CSV, page by page from the database."""
        paged = [name for name in ("cursor", "page_size", "count") if self.request.query_params.get(name)]
        if paged:
            message = "As CSV the list comes whole; leave this out, or narrow the list with filters."
            raise BadParameters(Fault(name, message) for name in paged)
        order = self.selection.order
        if order == paging.RELEVANCE:
            # Only the best are ranked, and this is all of them.
            order = next(iter(self.selection.orders.values())).column
        serializer = self.chosen(many=True)

        def records() -> Iterator[dict[str, Any]]:
            for row in paging.every(rows, order):
                yield serializer.child.to_representation(row)

        return StreamingHttpResponse(
            renderers.lines(renderers.columns(serializer), records()),
            content_type="text/csv; charset=utf-8; header=present",
            headers={"Content-Disposition": f'attachment; filename="{self.noun}.csv"'},
        )

    # Things

    def get_object(self) -> Model:
        given = self.kwargs[self.lookup_url_kwarg]
        wanted = Q(uid=given) | (Q(slug=given) if self.slugs else Q())
        found = self.get_queryset().filter(wanted).first()
        if found is None:
            raise Http404(f"There is no “{given[:60]}” here; /api/v1/{self.noun}/ lists what there is.")
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        known = sorted(THING_PARAMETERS)
        faults = [
            Fault(name, f"There is no parameter “{name[:60]}” here; there are {', '.join(known)}.", tuple(known))
            for name in request.query_params
            if name not in THING_PARAMETERS
        ]
        if faults:
            raise BadParameters(faults)
        return Response(self.chosen(self.get_object()).data)
