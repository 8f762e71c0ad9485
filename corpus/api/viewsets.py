"""The base of the API's lists and things: filters, pages, fields, groups, formats, problems are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework import viewsets
from rest_framework.filters import BaseFilterBackend
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from corpus import linked_data, paging
from corpus.api.admission import Admission
from corpus.api.openapi import CorpusSchema
from corpus.api.validators import conditional
from corpus.filters import CorpusFilterSet, Fault, strangers
from corpus.models import Token
from corpus.problems import BadParameters
from corpus.renderers import CSVRenderer, JSONLinesRenderer, JSONRenderer, LinkedRenderer, Representation
from corpus.serializers import Asked, CorpusSerializer, choose
from corpus.shapes import Columns, Record, Row, Shape
from corpus.tokens import require, scope_of

THING_PARAMETERS = frozenset({"format", "fields", "omit", "include"})
LIST_PARAMETERS = THING_PARAMETERS | {"cursor", "page_size", "count", "group_by"}
#: What is of no use beside group_by.
NOT_GROUPED = ("fields", "omit", "include", "sort")


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


@lru_cache(maxsize=1_000)
def shape_of(
    declared: type[CorpusSerializer], asked: Asked, whole: tuple[str, ...], order: str, base: str, inside: bool = False
) -> Shape:
    """The shape of rows that are asked for so, with the column of their order; BadParameters where a name is wrong."""
    serializer = declared()
    if faults := choose(serializer, asked, whole, inside):
        raise BadParameters(faults)
    return Shape(serializer, base, Columns(*([order] if order else [])))


class CorpusViewSet(Admission, viewsets.ReadOnlyModelViewSet):
    """A list and its things, public and read.

    Subclasses declare ``model`` (its QuerySet has ``public()``), ``noun`` (plural, as in the address), ``filterset``
    and ``serializer_class``; ``whole`` names what a thing includes and a row of the list does not; ``linked`` makes a
    record what it is in JSON-LD, where it is anything.
    """

    model: ClassVar[type[Model]]
    noun: ClassVar[str]
    filterset: ClassVar[type[CorpusFilterSet]]
    whole: ClassVar[tuple[str, ...]] = ()
    linked: ClassVar[staticmethod[[Record], Record] | None] = None
    #: Whether things answer to a slug as well as to their uid.
    slugs: ClassVar[bool] = True
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[^/\x00]+"  # PostgreSQL takes no NUL
    filter_backends = [FilterSetBackend]
    renderer_classes = [JSONRenderer, CSVRenderer, JSONLinesRenderer, LinkedRenderer]
    content_negotiation_class = Negotiation
    schema = CorpusSchema()
    selection: CorpusFilterSet
    #: The rows of the list as they were found, and how they are read.
    plain: QuerySet
    tuples: paging.Tuples

    # What may be seen

    @property
    def sees_all(self) -> bool:
        """Whether the caller may see past the gate: a token that may read, of a user who may look."""
        right = f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"
        return Token.Scope.READ in scope_of(self.request) and self.request.user.has_perm(right)

    @property
    def inside(self) -> bool:
        """Whether the caller sees what is for editors of a thing: who may look past the gate, or decide on it."""
        right = f"{self.model._meta.app_label}.change_{self.model._meta.model_name}"
        return self.sees_all or (Token.Scope.CURATE in scope_of(self.request) and self.request.user.has_perm(right))

    @property
    def ungated(self) -> bool:
        """Whether the caller sees past the gate here: a thing by itself, or a list of those with a ``status``."""
        return self.sees_all and (self.detail or bool(self.request.query_params.get("status")))

    def get_queryset(self) -> QuerySet:
        """What the caller may see."""
        rows = self.model._default_manager.all()
        return rows if self.ungated else rows.public()  # type: ignore[attr-defined]

    def named(self) -> QuerySet:
        """The thing at the address, if the caller may see it."""
        given = self.kwargs[self.lookup_url_kwarg]
        return self.get_queryset().filter(Q(uid=given) | (Q(slug=given) if self.slugs else Q()))

    def missing(self) -> Http404:
        given = self.kwargs[self.lookup_url_kwarg]
        return Http404(f"There is no “{given[:60]}” here; /api/v1/{self.noun}/ lists what there is.")

    def get_object(self) -> Model:
        """The thing as an instance, for those who change it."""
        found: Model | None = self.named().first()
        if found is None:
            raise self.missing()
        return found

    # What is shown of it

    @classmethod
    def declared(cls) -> type[CorpusSerializer]:
        """What a record of it is."""
        found = cls.serializer_class
        assert found, cls.__name__
        assert issubclass(found, CorpusSerializer)
        return found

    def shape(self, order: str = "") -> Shape:
        """What was asked for of each row."""
        given = {name: self.request.query_params.get(name, "") for name in ("fields", "omit", "include")}
        if self.representation.format == LinkedRenderer.format:
            wrong = [name for name in ("fields", "omit") if given[name]]
            if wrong:
                raise BadParameters(Fault(name, "JSON-LD has fields of its own; leave this out.") for name in wrong)
        if given["include"].strip(", ") and not self.declared().included:
            raise BadParameters([Fault("include", "There is nothing to include here; leave this out.")])
        base = self.request.build_absolute_uri("/").rstrip("/")
        whole = self.whole if self.detail else ()
        return shape_of(self.declared(), Asked(**given), whole, order, base, self.inside)

    @property
    def pager(self) -> paging.KeysetPagination:
        assert isinstance(self.paginator, paging.KeysetPagination)
        return self.paginator

    @property
    def representation(self) -> Representation:
        form = self.request.accepted_renderer
        assert isinstance(form, Representation)
        return form

    def linked_document(self, record: Record) -> Record:
        """A record by itself in JSON-LD."""
        assert self.linked is not None
        return linked_data.document(self.linked(record))

    def linked_page(self, records: Iterable[Record]) -> Record:
        """Records of the list in JSON-LD."""
        assert self.linked is not None
        return linked_data.collection(map(self.linked, records))

    def get_renderers(self) -> list[Any]:
        """JSON-LD only of what it has words for."""
        return [one() for one in self.renderer_classes if self.linked or one is not LinkedRenderer]

    # Lists

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        parameters = request.query_params
        if parameters.get("status") and isinstance(request.auth, Token) and not self.sees_all:
            meta = self.model._meta
            require(request, Token.Scope.READ, [f"{meta.app_label}.view_{meta.model_name}"])
        if parameters.get("group_by"):
            return self.groups(self.filter_queryset(self.get_queryset()))
        self.plain = rows = self.filter_queryset(self.get_queryset())
        whole = self.representation.streams and not any(
            parameters.get(name) for name in ("cursor", "page_size", "count")
        )
        order = self.selection.order
        if whole and order == paging.RELEVANCE:
            # Only the best are ranked, and this is all of them.
            order = next(iter(self.selection.orders.values())).column
        if order == paging.RELEVANCE:
            shape = self.shape()
            # Its rank goes with the query itself.
            self.tuples = paging.Tuples(lambda found, _: list(shape.columns.of(found)), self.key)
        else:
            shape = self.shape(order.removeprefix("-"))
            self.tuples = paging.Tuples(partial(shape.rows, self.model), self.key)
        if whole:
            return self.stream(shape, rows, order)
        found = self.pager.paginate_queryset(rows, request, view=self)
        links = self.pager.links()
        return self.answer(self.representation.page(shape, shape.complete(found), links, self), links)

    @staticmethod
    def key(row: Row) -> tuple[Any, int]:
        """Where a row of a list stands: by the column of its order, and its id."""
        return row[1], row[0]

    def stream(self, shape: Shape, rows: QuerySet, order: str) -> StreamingHttpResponse:
        """The whole list, page by page from the database."""
        pages = (shape.complete(part.items) for part in paging.every(rows, order, tuples=self.tuples) if part.items)
        form = self.representation
        return StreamingHttpResponse(
            form.pieces(shape, pages),
            content_type=self.content_type(),
            headers={"Content-Disposition": f'attachment; filename="{self.noun}.{form.format}"'},
        )

    def groups(self, rows: QuerySet) -> HttpResponse:
        """How many of the rows there are for each value of what ``group_by`` names."""
        parameters, form = self.request.query_params, self.representation
        name, known = parameters["group_by"], tuple(self.selection.groupings())
        faults = [
            Fault(one, "This is of no use beside group_by; leave it out.") for one in NOT_GROUPED if parameters.get(one)
        ]
        if name not in known:
            message = f"“{name[:40]}” is nothing to group by; choose from {', '.join(known)}."
            faults.append(Fault("group_by", message, known))
        if form.format == LinkedRenderer.format:
            faults.append(Fault("format", "Counts have no form in JSON-LD; ask for json, csv or jsonl."))
        if faults:
            raise BadParameters(faults)
        found, read = self.selection.grouped(name, rows)
        records = [read(row) for row in self.pager.paginate_groups(found, self.request)]
        links = self.pager.links()
        return self.answer(form.table(["value", "label", "count"], records, links), links)

    # Things

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if faults := strangers(request.query_params, sorted(THING_PARAMETERS)):
            raise BadParameters(faults)
        shape = self.shape()
        found = shape.complete(shape.rows(self.model, self.named().order_by()[:1]))
        if not found:
            raise self.missing()
        return self.answer(self.representation.thing(shape, found[0], self))

    # Answers

    def content_type(self) -> str:
        form = self.representation
        header = "; header=present" if form.format == CSVRenderer.format else ""
        return f"{form.media_type}{f'; charset={form.charset}' if form.charset else ''}{header}"

    def answer(self, body: str, links: Mapping[str, Any] | None = None) -> HttpResponse:
        """The response with its validators, or 304."""
        response = HttpResponse(body.encode(), content_type=self.content_type())
        ways = {"next": "next", "previous": "prev"}
        told = [f'<{url}>; rel="{ways[name]}"' for name, url in (links or {}).items() if name in ways and url]
        if told:
            response["Link"] = ", ".join(told)
        return conditional(self.request, response)
