"""Whether what a client has is still what it would get: ETag and Last-Modified of an answer, and 304.

The ETag is a digest of the body, made of it once: right whatever changed, the row, its speaker's name or the gate.
Nothing in the tables says when an answer last changed, so Last-Modified is when this process first gave it as it is:
never earlier than the change, and so never a false 304.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

#: How many answers are remembered.
REMEMBERED = 10_000
_seen: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
_lock = threading.Lock()


def etag_of(body: bytes) -> str:
    """The strong validator of a body."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def first_given(address: bytes, etag: str) -> int:
    """Since when (in seconds) this address answers so; a change in the same second counts for the next."""
    now = int(time.time())
    with _lock:
        known, since = _seen.pop(address, ("", 0))
        if known != etag:
            since = now + (since == now)
        _seen[address] = (etag, since)
        if len(_seen) > REMEMBERED:
            _seen.popitem(last=False)
    return since


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with its validators, or 304 where the client has it already."""
    etag = etag_of(response.content)
    form = response["Content-Type"]
    address = hashlib.blake2b(f"{request.build_absolute_uri()} {form}".encode(), digest_size=16).digest()
    since = first_given(address, etag)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(min(since, int(time.time())))
    response["Cache-Control"] = "no-cache"  # keep it, and ask each time whether it still holds
    answered = get_conditional_response(request, etag=etag, last_modified=since, response=response)
    assert isinstance(answered, HttpResponse)
    return answered
