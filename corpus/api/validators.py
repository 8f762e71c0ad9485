"""Whether what a client has is still what it would get: ETag and Last-Modified of an answer, and 304.

The ETag is a digest of the body, made of it once: right whatever changed, the row, its speaker's name or the gate.
Nothing in the tables says when an answer last changed (on PostgreSQL not even the order of commits is the order of
their clocks), so Last-Modified is since when this machine gives it as it is: never earlier than the change.
"""

from __future__ import annotations

import hashlib
import time

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from corpus import shared
from corpus.problems import PreconditionFailed


def etag_of(body: bytes) -> str:
    """The strong validator of a body."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with its validators, or 304 where the client has it already; raises PreconditionFailed."""
    etag = etag_of(response.content)
    form = response["Content-Type"]
    address = hashlib.blake2b(f"{request.build_absolute_uri()} {form}".encode(), digest_size=16).digest()
    since = shared.since(address, etag)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"  # keep it, and ask each time whether it still holds
    if 0 < since < int(time.time()):  # what is new this second may change again within it
        response["Last-Modified"] = http_date(since)
    given = request.headers
    if "If-Match" in given and not among(etag, given["If-Match"]):
        raise PreconditionFailed("It is not any more as If-Match says: GET it without.")
    if "If-None-Match" in given:
        holds = among(etag, given["If-None-Match"])
    else:
        # Another machine may have given something else meanwhile: a date holds only if it is the very one given here.
        asked = parse_http_date_safe(given.get("If-Modified-Since", ""))
        holds = "Last-Modified" in response and asked == since
    if not holds:
        return response
    kept = ("ETag", "Last-Modified", "Cache-Control")
    return HttpResponseNotModified(headers={name: response[name] for name in kept if name in response})


def among(etag: str, given: str) -> bool:
    """Whether a tag is among those of a header; that compression made one weak means nothing here."""
    tags = {tag.removeprefix("W/") for tag in parse_etags(given)}
    return "*" in tags or etag in tags
