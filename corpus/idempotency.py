"""A write that may be sent twice and is done once: Idempotency-Key, as in the IETF's draft of that header.

Key, work and answer are one transaction: whoever comes second while the first is at work waits for the database, and
then gets the first one's answer. What failed was not done, leaves no key, and may be sent again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.request import Request

from corpus.models import Replay, Token
from corpus.problems import KeyReused

KEPT = dt.timedelta(days=7)
HEADERS = ("Content-Type", "Location", "ETag")


def once(request: Request, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the work, or give again what was answered when this key was sent first; without a key, just do it.

    ``work`` raises what goes wrong: nothing is kept of it. The answer it returns must be rendered.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return work()
    if len(key) > 200:
        raise exceptions.ParseError("An Idempotency-Key has at most 200 characters; a UUID will do.")
    assert isinstance(request.auth, Token)
    body = request._request.body
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()
    with transaction.atomic():
        mine, made = Replay.objects.get_or_create(
            token=request.auth, key=key, defaults={"request_sha256": digest, "status": None}
        )
        if not made:
            return _again(mine, digest)
        response = work()
        mine.status, mine.body = response.status_code, response.content
        mine.headers = {name: response[name] for name in HEADERS if name in response}
        mine.save()
    return response


def _again(done: Replay, digest: str) -> HttpResponse:
    if done.request_sha256 != digest:
        raise KeyReused
    response = HttpResponse(bytes(done.body), status=done.status or 200, headers=done.headers)
    response["Idempotent-Replayed"] = "true"
    return response


def forget(before: dt.datetime | None = None) -> int:
    """Drop answers nobody will ask for again: those older than a week, or than a given moment; returns how many."""
    return Replay.objects.filter(at__lt=before or timezone.now() - KEPT).delete()[0]
