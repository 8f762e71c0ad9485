"""The base of every public list page: a declaration of a few lines each, all behaviour here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.generic import TemplateView

from corpus import paging
from corpus.filters import CorpusFilterSet, Fault, InUse
from corpus.search import highlight, mark
from corpus.timeline import Range, Timeline, timeline

Parameters = list[tuple[str, str]]
#: Whoever finds no more may have been looking for somebody.
FEW = 3
#: The filters of one date range.
DATES = ("from", "to")


def address(path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """A readable address: exclusions keep their "!", lists their commas."""
    query = urlencode(list(parameters), safe="!,:")
    return f"{path}?{query}" if query else path


def said(uses: Iterable[InUse]) -> str:
    """The values of one filter in use, as people say them: "Ruth Ashdown or Imran Sadiq, not Dana Whitcombe"."""
    wanted, unwanted = ([use.shown for use in uses if use.excluded == out] for out in (False, True))
    return ", ".join([*([" or ".join(wanted)] if wanted else []), *(f"not {one}" for one in unwanted)])


def as_pages(message: str) -> str:
    """A sentence about the API in which its lists are those of the same name on pages."""
    return re.sub(r"/api/v1(/(?:people|sources|stories|articles|utterances)/)", r"\1", message)


def emptied(response: TemplateResponse) -> None:
    """A page that is made lets go of what it was made of, every row of it: that can be collected once it is sent."""
    response.context_data = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list and the addresses beside it; "" where there is none."""

    items: list[Any] = field(default_factory=list)
    next_url: str = ""
    previous_url: str = ""


class FilteredListView(TemplateView):
    """A list page: filters, chips, facets, order, a page by key, exports; a fixed number of queries.

    Subclasses declare ``model`` (its QuerySet has ``public()``), ``filterset``, ``title``, ``noun`` (plural) and
    ``api``, the route of the same list in the API. What is wrong with the address stands in ``errors``, and nothing is
    listed then.
    """

    template_name = "list.html"
    model: ClassVar[type[Model]]
    filterset: ClassVar[type[CorpusFilterSet]]
    title: ClassVar[str]
    noun: ClassVar[str]
    api: ClassVar[str] = ""
    #: Filters whose choices are counted, in this order.
    facets: ClassVar[tuple[str, ...]] = ()
    #: Where the words of a snippet come from, as an attribute path from an item; "" for no snippets.
    snippet_of: ClassVar[str] = ""
    #: Characters of a snippet; 0 for the whole text.
    snippet_width: ClassVar[int] = 240
    page_size: ClassVar[int] = paging.PAGE_SIZE
    http_method_names = ["get", "head", "options"]

    def get_queryset(self) -> QuerySet:
        """The public rows, with all that an item shows; ``listed()`` is the model's word on that."""
        rows = self.model._default_manager.public()  # type: ignore[attr-defined]
        return rows.listed() if hasattr(rows, "listed") else rows

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.filter = self.asked()
        self.faults = list(self.filter.faults)
        self.usable = self.without_faults() if self.faults else self.filter
        if better := self.better_address():
            return redirect(better)
        page = self.read_page()
        context = self.get_context_data(page=page, **kwargs)
        response: Any = self.render_to_response(context, status=400 if self.faults else 200)
        response.add_post_render_callback(emptied)
        return response

    def better_address(self) -> str:
        """The address without what a form sends of fields that nobody filled in; "" if it has nothing such."""
        given = [(name, value) for name, values in self.request.GET.lists() for value in values]
        kept = [(name, value) for name, value in given if value.strip()]
        return address(self.request.path, kept) if len(kept) < len(given) else ""

    def asked(self) -> CorpusFilterSet:
        """The filters of the address."""
        return self.filterset(
            self.request.GET, self.get_queryset(), request=self.request, reserved={"cursor"}, tracking=True
        )

    def newest(self, limit: int) -> tuple[list[Any], list[Fault]]:
        """The newest rows that the filters leave, for a feed; and what is wrong with the address, with no rows then."""
        self.filter = self.asked()
        self.usable, faults = self.filter, list(self.filter.faults)
        if faults:
            return [], faults
        newest = self.filter.orders.get("-date")
        if newest is None:
            return list(self.filter.qs.order_by("-pk")[:limit]), []
        return paging.page(self.filter.qs, newest.column, limit).items, []

    def without_faults(self) -> CorpusFilterSet:
        """The filters that could be read: what is counted, and kept in addresses, beside what is put right."""
        data = self.request.GET.copy()
        for fault in self.faults:
            data.pop(fault.parameter, None)
        return self.filterset(data, self.filter.queryset, request=self.request, reserved={"cursor"}, tracking=True)

    def read_page(self) -> ListPage:
        """The page at the cursor; a broken cursor is one more fault."""
        if self.faults:
            return ListPage()
        token = self.request.GET.get("cursor", "")
        try:
            shown = paging.Tuples(self.shown, self.key)
            page = paging.page(self.filter.qs, self.filter.order, self.page_size, token, shown)
        except paging.BadCursor as error:
            self.faults.append(Fault("cursor", str(error)))
            return ListPage()
        if words := self.filter.words:
            self.add_snippets(page.items, words)
        return ListPage(page.items, *(self.page_url(token) for token in (page.next, page.previous)))

    def page_url(self, token: str) -> str:
        return self.url(cursor=token) if token else ""

    def shown(self, found: QuerySet, order: Sequence[str]) -> list[Any]:
        """The rows of a page, found in this order, with all that an item shows; () is by relevance."""
        rows = self.get_queryset().filter(pk__in=found.values("pk")).order_by(*order) if order else found
        related, _, _ = self.snippet_of.rpartition(".")
        return list(rows.select_related(related.replace(".", "__")) if related and self.filter.words else rows)

    def key(self, row: Any) -> tuple[Any, int]:
        return getattr(row, self.filter.order.removeprefix("-")), row.pk

    def add_snippets(self, items: list[Any], words: str) -> None:
        """Give each item ``snippet``: (text, hit) segments."""
        for item in items if self.snippet_of else ():
            text = reduce(getattr, self.snippet_of.split("."), item) or ""
            item.snippet = highlight(text, words, self.snippet_width) if self.snippet_width else mark(text, words)

    # Addresses of this list

    def url(self, *, without: Iterable[tuple[str, str]] = (), **changes: str) -> str:
        """This list from its first page with some values taken out, and parameters set ("" drops one)."""
        left = set(without)
        kept = [pair for pair in self.usable.parameters() if pair not in left and pair[0] not in changes]
        return address(self.request.path, [*kept, *((name, value) for name, value in changes.items() if value)])

    def url_as(self, without: Collection[str], *values: tuple[str, str]) -> str:
        """This list from its first page with these values in place of those of some filters, in the usual order."""
        kept = [pair for pair in self.usable.parameters() if pair[0] not in without]
        names = list(self.usable.filters)
        return address(self.request.path, sorted([*kept, *values], key=lambda pair: names.index(pair[0])))

    def dated_url(self, since: str, until: str) -> str:
        """This list from its first page within other dates, or at any ("")."""
        return self.url_as(DATES, *(pair for pair in zip(DATES, (since, until), strict=True) if pair[1]))

    def url_with(self, name: str, value: str) -> str:
        """This list with one value more; what it excluded it now wants, and the other way round."""
        other = name.removesuffix("!") if name.endswith("!") else f"{name}!"
        kept = [pair for pair in self.usable.parameters() if pair not in {(name, value), (other, value)}]
        return address(self.request.path, [*kept, (name, value)])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fine = not self.faults
        tally = self.filter.tally() if fine else paging.Tally(0)
        return super().get_context_data(
            filter=self.filter,
            tally=tally,
            timeline=self.timeline(tally) if fine else None,
            chips=self.chips(),
            drops=self.drops() if fine and not tally.number else [],
            clear_url=self.request.path,
            canonical=self.url_as(()),
            sorts=self.sorts(),
            facets=[self.facet(name) for name in self.facets],
            exports=self.exports() if fine else [],
            meant=self.meant(kwargs["page"].items) if tally.number <= FEW else [],
            feed_url=self.feed_url() if fine else "",
            title=self.title,
            noun=self.noun,
            errors=[self.error(fault) for fault in self.faults],
            **kwargs,
        )

    def error(self, fault: Fault) -> dict[str, str]:
        """What is wrong with one parameter, in the words of the panel: those of the address are for the API."""
        name, message = fault.parameter, as_pages(fault.message)
        one: Any = self.filter.filters.get(name.removesuffix("!"))
        if one is None:
            if name not in self.filter.reserved:
                message = "There is no filter of this name; choose from those of the panel."
            return {"name": name, "field": f"“{name[:60]}”", "message": message}
        orders = {key: order.label for key, order in getattr(one, "orders", {}).items()}
        labels = getattr(one, "choices", None) or orders
        if labels:
            message = message.replace(", ".join(labels), ", ".join(map(str, labels.values())))
        return {"name": name, "field": str(one.label), "message": message}

    def timeline(self, tally: paging.Tally) -> Timeline | None:
        """When the rows were printed, whatever dates are asked for; None of a list that has none."""
        if not self.filterset.dated or "from" not in self.filter.filters:
            return None
        return timeline(self.filter, self.dates(), self.dated_url, there=bool(tally.number))

    def chips(self) -> list[dict[str, Any]]:
        """The filters in use, each with the address that does without it; both ends of a date are one chip."""
        uses = self.usable.in_use()
        ends = {use.name: use for use in uses if use.name in DATES}
        chips = []
        for use in uses:
            if len(ends) < 2 or use.name not in ends:
                chips.append(self.chip(use))
            elif use.name == "from":
                chips.append(self.chip(InUse("from", "date", "", str(self.dates())), *ends.values()))
        for before, chip in pairwise(chips):
            chip["also"] = chip["name"] == before["name"] and not chip["excluded"]
        return chips

    def chip(self, use: InUse, *takes: InUse) -> dict[str, Any]:
        gone = [(taken.name, taken.value) for taken in takes or (use,)]
        return {
            "name": use.name,
            "field": use.field,
            "value": use.shown,
            "excluded": use.excluded,
            "remove_url": self.url(without=gone),
        }

    def meant(self, items: list[Any]) -> list[dict[str, str]]:
        """Whom the reader may have meant, of whose search these few are all: "name" and "url"; here nobody is known."""
        return []

    def drops(self) -> list[dict[str, Any]]:
        """What may be given up where nothing matches, with how many rows there are without it; one query."""
        parts: dict[tuple[str, ...], list[InUse]] = {}
        for use in self.filter.in_use():
            name = use.name.removesuffix("!")
            parts.setdefault(DATES if name in DATES else (name,), []).append(use)
        tallies = paging.tallies([self.filter.rows(*names) for names in parts])
        return [
            {
                "field": "date" if names == DATES else uses[0].field,
                "value": str(self.dates()) if names == DATES else said(uses),
                "url": self.url_as([f"{name}{twin}" for name in names for twin in ("", "!")]),
                "tally": tally,
            }
            for (names, uses), tally in zip(parts.items(), tallies, strict=True)
            if tally.number
        ]

    def dates(self) -> Range:
        """The dates asked for."""
        return Range(*(self.usable.cleaned.get(name) for name in DATES))

    def sorts(self) -> list[dict[str, Any]]:
        """The orders there are; relevance only while something is searched for."""
        default = next(iter(self.filter.orders))
        return [
            {
                "value": name,
                "label": order.label,
                "url": self.url(sort="" if name == default else name),
                "current": name == self.filter.order_name,
            }
            for name, order in self.filter.orders.items()
            if name != paging.RELEVANCE or self.filter.words
        ]

    def facet(self, name: str) -> dict[str, Any]:
        """The choices of a filter with counts; ``url`` toggles one, ``exclude_url`` wants all but it."""
        choices = [
            {
                "value": choice.value,
                "label": choice.label,
                "count": choice.count,
                "capped": choice.capped,
                "selected": choice.selected,
                "excluded": choice.excluded,
                "url": self.url(without=[(name, choice.value)])
                if choice.selected
                else self.url_with(name, choice.value),
                "exclude_url": self.url(without=[(f"{name}!", choice.value)])
                if choice.excluded
                else self.url_with(f"{name}!", choice.value),
            }
            for choice in self.usable.facet(name)
        ]
        return {"name": name, "label": str(self.filter.filters[name].label), "choices": choices}

    def exports(self) -> list[dict[str, str]]:
        """This list as the API and a feed give it: the same filters, the same rows."""
        if not self.api:
            return []
        path, asked = reverse(self.api), self.filter.parameters()
        forms = {"CSV": "csv", "JSON": "json", "JSON Lines": "jsonl"}
        return [
            *({"label": label, "url": address(path, [*asked, ("format", form)])} for label, form in forms.items()),
            {"label": "Atom feed", "url": self.feed_url()},
            {"label": "API address", "url": address(path, asked)},
        ]

    def feed_url(self) -> str:
        """This list's feed, which is always in the order of time."""
        asked = [pair for pair in self.filter.parameters() if pair[0] != "sort"]
        return address(reverse("feed", args=[self.noun]), asked)
