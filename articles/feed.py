"""The feed of changes in the API: what a mirror has to fetch again, or to forget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request

from articles.models import Article, Quote, Source, Story, Utterance
from corpus import changes
from corpus.api.admission import Admission
from corpus.api.openapi import ReadingSchema, parameter
from corpus.api.viewsets import Negotiation
from corpus.filters import Fault, strangers
from corpus.models import Change, Tombstone
from corpus.paging import MAX_PAGE_SIZE, seal, unseal
from corpus.problems import BadParameters, CursorGone
from corpus.renderers import JSONRenderer, encode
from people.models import Person

PAGE_SIZE = 100
#: What is told, by the plural it stands under.
THINGS: dict[str, Any] = {
    "sources": Source, "stories": Story, "articles": Article, "people": Person, "quotes": Quote,
    "utterances": Utterance,
}  # fmt: skip
PAGE = {
    "type": "object",
    "required": ["next", "more", "results"],
    "properties": {
        "next": {"type": "string", "format": "uri", "description": "What follows this page, now or later: keep it."},
        "more": {"type": "boolean", "description": "Whether the page was full, so that asking at once may bring more."},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["thing", "uid", "at", "change", "url", "merged_into", "note"],
                "properties": {
                    "thing": {"type": "string", "enum": list(THINGS), "description": "The plural it stands under."},
                    "uid": {"type": "string"},
                    "at": {"type": "string", "format": "date-time"},
                    "change": {
                        "type": "string",
                        "enum": ["changed", "gone"],
                        "description": "changed: fetch it again, or for the first time. gone: forget it.",
                    },
                    "url": {"type": "string", "format": "uri", "description": "Where it stands, or stood."},
                    "merged_into": {
                        "type": ["string", "null"],
                        "description": "Of a person or an utterance that is gone: the uid of what took it up.",
                    },
                    "note": {
                        "type": ["string", "null"],
                        "description": "Of what was purged: what is said in public about it.",
                    },
                },
            },
        },
    },
}
EXAMPLE = {
    "next": "https://verbatim.example/api/v1/changes/?since=0mKx2p",
    "more": False,
    "results": [
        {
            "thing": "quotes",
            "uid": "sjbrxkndnm",
            "at": "2025-04-02T09:30:00Z",
            "change": "changed",
            "url": "https://verbatim.example/api/v1/quotes/sjbrxkndnm/",
            "merged_into": None,
            "note": None,
        }
    ],
}


ASKS = [
    parameter("since", "Where to go on, from `next`; left out, the feed tells of everything there is.",
              maxLength=200),
    parameter("page_size", "Rows on a page.", type="integer", minimum=1, maximum=MAX_PAGE_SIZE,
              default=PAGE_SIZE),
    parameter("format", "The representation.", enum=["json"]),
]  # fmt: skip


class ChangeViewSet(Admission, viewsets.ViewSet):
    """What changed, oldest first, each thing once, at its latest: follow `next` for a copy that stays in step.

    A mirror keeps what it is told has “changed”, as the thing's `url` then gives it, and forgets what is “gone”. A row
    tells of a thing's own fields: what stands in it of others (the name of its speaker, its article's headline) is told
    of those, so keep them by uid. The same thing may be told again without a difference. No commit comes late: the feed
    waits for the oldest one that is still under way.
    """

    noun = "changes"
    renderer_classes = [JSONRenderer]
    content_negotiation_class = Negotiation
    schema = ReadingSchema()
    asks, fails, example = ASKS, (410,), EXAMPLE

    @extend_schema(responses={200: OpenApiResponse(PAGE, "A page of changes, and where to go on.")}, filters=False)
    def list(self, request: Request) -> HttpResponse:
        """What changed since a cursor, or everything there is."""
        since, size = self.asked(request)
        try:
            rows, cursor = changes.read(since, size)
        except changes.Passed:
            raise CursorGone(
                "This corpus has not given out that cursor: leave since out, and build the copy anew."
            ) from None
        path = request.build_absolute_uri(reverse("api-changes-list"))
        sized = f"page_size={size}" if "page_size" in request.query_params else ""
        told = f"since={seal(str(cursor).encode())}" if cursor != changes.Cursor() else ""
        query = "&".join(part for part in (told, sized) if part)
        page = {
            "next": f"{path}{'?' if query else ''}{query}",
            "more": len(rows) == size,
            "results": told_of(rows, request.build_absolute_uri("/").rstrip("/")),
        }
        return HttpResponse(
            encode(page).encode(), content_type="application/json", headers={"Cache-Control": "no-cache"}
        )

    @staticmethod
    def asked(request: Request) -> tuple[changes.Cursor | None, int]:
        """Where to go on, and how far."""
        given = request.query_params
        faults = strangers(given, sorted(("since", "page_size", "format")))
        since, size, token = None, PAGE_SIZE, given.get("since", "")
        if token:
            try:
                since = changes.Cursor.parse(unseal(token).decode())
            except ValueError:
                message = "The cursor is broken, or of another corpus; leave it out, and build the copy anew."
                faults.append(Fault("since", message))
        raw = given.get("page_size", "")
        if raw:
            if raw.isascii() and raw.isdigit() and len(raw) < 9 and 1 <= int(raw) <= MAX_PAGE_SIZE:
                size = int(raw)
            else:
                message = f"“{raw[:40]}” is not a page size; write a number from 1 to {MAX_PAGE_SIZE}."
                faults.append(Fault("page_size", message))
        if faults:
            raise BadParameters(faults)
        return since, size


def told_of(rows: Sequence[Change], base: str) -> list[dict[str, Any]]:
    """Changes as the public may know them; a query for each kind of thing, and two for what is gone."""
    uids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        uids[row.thing].add(row.uid)
    public = {
        thing: set(THINGS[thing].objects.public().filter(uid__in=some).order_by().values_list("uid", flat=True))
        for thing, some in uids.items()
    }
    gone = {(row.thing, row.uid) for row in rows if row.uid not in public[row.thing]}
    merged = _survivors(gone)
    notes = _notes(gone)
    return [
        {
            "thing": row.thing,
            "uid": row.uid,
            "at": row.at.isoformat().replace("+00:00", "Z"),
            "change": "gone" if (row.thing, row.uid) in gone else "changed",
            "url": f"{base}/api/v1/{row.thing}/{row.uid}/",
            "merged_into": merged.get((row.thing, row.uid)),
            "note": notes.get((row.thing, row.uid)),
        }
        for row in rows
    ]


def _survivors(gone: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What took up these people and utterances, if the public may see that one."""
    people, utterances = ({uid for thing, uid in gone if thing == noun} for noun in ("people", "utterances"))
    found: dict[tuple[str, str], str] = {}
    if people:
        rows = Person.objects.filter(uid__in=people, canonical__public=True).exclude(canonical=F("pk"))
        found |= {("people", uid): into for uid, into in rows.values_list("uid", "canonical__uid")}
    if utterances:
        taken = Utterance.objects.filter(uid__in=utterances, merged_into__public=True)
        found |= {("utterances", uid): into for uid, into in taken.values_list("uid", "merged_into__uid")}
    return found


def _notes(gone: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What is said in public of those that were purged."""
    if not gone:
        return {}
    thing_of = {model._meta.label_lower: thing for thing, model in THINGS.items()}
    stones = Tombstone.objects.filter(thing__in=thing_of, thing_uid__in={uid for _, uid in gone})
    rows = stones.values_list("thing", "thing_uid", "public_note")
    return {(thing_of[thing], uid): note for thing, uid, note in rows if note}
