"""The history in the API: what people decided, for those who may look, and taken back by those who may."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from rest_framework import exceptions, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request

from articles import publishing
from corpus import idempotency, roles
from corpus.api.admission import Admission
from corpus.api.openapi_writing import WritingSchema
from corpus.api.viewsets import Negotiation
from corpus.api.writing import Act, Body, read, reason
from corpus.deadlocks import begun_again
from corpus.filters import Fault, strangers
from corpus.models import Decision, Token
from corpus.paging import MAX_PAGE_SIZE, BadCursor, page, with_cursor
from corpus.problems import BadParameters, Conflicting
from corpus.renderers import JSONRenderer, encode

#: The models that people decide on, by what they are called in the API.
THINGS = {
    "quotes": "articles.quote", "articles": "articles.article", "people": "people.person", "sources": "articles.source",
    "stories": "articles.story", "passages": "articles.passage", "mentions": "articles.mention",
    "notices": "articles.notice", "pairs": "people.pair", "utterances": "articles.utterance",
    "matches": "articles.match", "reports": "articles.report",
}  # fmt: skip
NAMES = {label: name for name, label in THINGS.items()}
DECISION = {
    "type": "object",
    "required": [
        "uid",
        "thing",
        "thing_uid",
        "field",
        "before",
        "after",
        "reason",
        "by",
        "at",
        "batch",
        "undoes",
        "undone_by",
    ],
    "properties": {
        "uid": {"type": "string"},
        "thing": {"type": "string", "enum": list(THINGS)},
        "thing_uid": {"type": "string"},
        "field": {"type": "string"},
        "before": {"description": "What it was."},
        "after": {"description": "What it became."},
        "reason": {"type": "string"},
        "by": {"type": "string", "description": "Name of the user; empty for a command."},
        "at": {"type": "string", "format": "date-time"},
        "batch": {"type": "string", "description": "Shared by what was done in one act."},
        "undoes": {"type": ["string", "null"], "description": "The decision that this one takes back."},
        "undone_by": {"type": ["string", "null"], "description": "The decision that took this one back."},
    },
}
PAGE = {
    "type": "object",
    "required": ["next", "previous", "results"],
    "properties": {
        "next": {"type": ["string", "null"], "format": "uri"},
        "previous": {"type": ["string", "null"], "format": "uri"},
        "results": {"type": "array", "items": DECISION},
    },
}
UNDONE = {
    "type": "object",
    "required": ["undone"],
    "properties": {"undone": {"type": "integer", "minimum": 0, "description": "How many; 0 if they were already."}},
}


class Undoing(Body):
    """Why it is taken back."""

    reason = reason()

    example = {"reason": "The other letter was hers."}


def said_of(row: Decision) -> dict[str, Any]:
    undone_by = getattr(row, "undone_by", None)
    return {
        "uid": row.uid,
        "thing": NAMES[row.thing],
        "thing_uid": row.thing_uid,
        "field": row.field,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "by": row.by_name,
        "at": row.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
        "batch": row.batch,
        "undoes": row.undoes.uid if row.undoes else None,
        "undone_by": undone_by.uid if undone_by else None,
    }


class DecisionViewSet(Admission, viewsets.ViewSet):
    """What people decided: who, when, what it was and became, and why; latest first."""

    noun, slugs, lookup_url_kwarg = "decisions", False, "id"
    lookup_value_regex = r"[^/\x00]+"
    renderer_classes = [JSONRenderer]
    content_negotiation_class = Negotiation
    schema = WritingSchema()
    acts = {
        "list": Act(
            "decisions_list", "What people decided", Token.Scope.READ, ("corpus.view_decision",),
            answers={200: ("A page of decisions, latest first.", PAGE)},
            parameters={
                "thing": ("On which kind of thing.", {"enum": list(THINGS)}),
                "uid": ("On which thing.", {"maxLength": 16}),
                "field": ("On which field.", {"maxLength": 40}),
                "by": ("By whom: the name of a user.", {"maxLength": 150}),
                "batch": ("In which act.", {"maxLength": 16}),
                "cursor": ("Where the page begins, from `next` or `previous`.", {"maxLength": 500}),
                "page_size": ("Rows on a page.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}),
            },
            links={200: ("decisions_undo", "/results/0/uid")},
        ),
        "undo": Act(
            "decisions_undo", "Take a decision back", Token.Scope.CURATE, (), Undoing,
            answers={200: ("What was decided before is in force again, else what the machine suggests.", UNDONE)},
            parameters={"batch": ("1: all that was decided in the same act.", {"enum": ["0", "1"]})},
            problems=(404, 409, 422), idempotent=True,
        ),
    }  # fmt: skip

    def list(self, request: Request) -> HttpResponse:
        """Decisions, latest first."""
        given = request.query_params
        self.only()
        faults = [Fault(name, f"“{name}” is given more than once; it takes one value.")
                  for name in given if len(given.getlist(name)) > 1]  # fmt: skip
        if given.get("thing") and given["thing"] not in THINGS:
            message = f"“{given['thing'][:40]}” is none of its values; choose from {', '.join(THINGS)}."
            faults.append(Fault("thing", message, tuple(THINGS)))
        raw, size = given.get("page_size", ""), 25
        if raw and raw.isascii() and raw.isdigit() and len(raw) < 9 and 1 <= int(raw) <= MAX_PAGE_SIZE:
            size = int(raw)
        elif raw:
            message = f"“{raw[:40]}” is not a page size; write a number from 1 to {MAX_PAGE_SIZE}."
            faults.append(Fault("page_size", message))
        faults += [Fault(name, "This holds a character that no value has.") for name in given if "\0" in given[name]]
        if faults:
            raise BadParameters(faults)
        columns = {"uid": "thing_uid", "field": "field", "by": "by_name", "batch": "batch"}
        wanted = Q(**{column: given[name] for name, column in columns.items() if given.get(name)})
        rows = Decision.objects.filter(wanted, thing__in=NAMES).select_related("undoes", "undone_by")
        if given.get("thing"):
            rows = rows.filter(thing=THINGS[given["thing"]])
        try:
            found = page(rows, "-id", size, given.get("cursor", ""))
        except BadCursor as error:
            raise BadParameters([Fault("cursor", str(error))]) from None
        ways = {name: self.link(getattr(found, name)) for name in ("next", "previous")}
        return told({**ways, "results": [said_of(row) for row in found.items]})

    def only(self) -> None:
        names = sorted({*self.acts[self.action or ""].parameters, "format"})
        if faults := strangers(self.request.query_params, names):
            raise BadParameters(faults)

    def link(self, token: str) -> str | None:
        if not token:
            return None
        return self.request.build_absolute_uri(self.request.path + with_cursor(self.request.query_params, token))

    @action(detail=True, methods=["post"])
    @begun_again
    def undo(self, request: Request, id: str) -> HttpResponse:  # noqa: A002 (as in every address)
        """Take a decision back, or with batch=1 all of the same act; what was decided before is in force again."""
        self.only()
        whole = request.query_params.get("batch", "0")
        if whole not in {"0", "1"}:
            raise BadParameters([Fault("batch", f"“{whole[:40]}” is neither 0 nor 1.", ("0", "1"))])
        why = read(Undoing, request.data).get("reason", "")

        def work() -> HttpResponse:
            one = Decision.objects.filter(uid=id).first()
            if one is None or not request.user.has_perm("corpus.view_decision"):
                raise Http404(f"There is no “{id[:60]}” here; /api/v1/decisions/ lists what there is.")
            standing = Decision.objects.standing()
            same = standing.filter(batch=one.batch) if whole == "1" and one.batch else standing.filter(pk=one.pk)
            rows = list(same)
            if not roles.may_take_back(request.user, rows or [one]):
                raise exceptions.PermissionDenied(
                    f"{request.user} may not take this back: it takes the rights that deciding it takes."
                )
            try:
                with transaction.atomic():
                    undone = publishing.undo(rows, by=request.user, reason=why)  # type: ignore[arg-type]
            except (IntegrityError, ObjectDoesNotExist):
                raise Conflicting(
                    "This cannot be taken back alone: something decided since stands against it. Undo that first."
                ) from None
            return told({"undone": undone})

        return idempotency.once(request, work)


def told(data: dict[str, Any]) -> HttpResponse:
    return HttpResponse(encode(data).encode(), content_type="application/json")
