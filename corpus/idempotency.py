"""A write that may be sent twice and is done once: Idempotency-Key, as in the IETF's draft of that header.

Where the work is short, key, work and answer are one transaction: whoever comes second while the first is at work waits
for the database, and then gets the first one's answer; a crash leaves neither work nor key.

Work that reads for long may not hold a transaction open, and must be such that doing it again changes nothing. The key
is taken first, the answer kept afterwards; whoever comes in between is told that the key is in use (409). After a crash
that lasts for `LEASE`, then the request is done again. What failed leaves no key, and may be sent again.
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
from corpus.problems import KeyInUse, KeyReused

KEPT = dt.timedelta(days=7)
#: Longer than the longest article takes, shorter than somebody's patience.
LEASE = dt.timedelta(minutes=2)
HEADERS = ("Content-Type", "Location", "ETag")
Work = Callable[[], HttpResponse]


def once(request: Request, work: Work) -> HttpResponse:
    """Do the work, or give again what was answered when this key was sent first; without a key, just do it.

    ``work`` raises what goes wrong: nothing is kept of it. The answer it returns must be rendered.
    """
    asked = _asked(request)
    if asked is None:
        return work()
    with transaction.atomic():
        mine, made = asked.get_or_create()
        if not made:
            return asked.answer(mine)
        response = work()
        _keep(mine, response)
    return response


def repeatable(request: Request, work: Work) -> HttpResponse:
    """As `once`, for work that takes long, and changes nothing when it is done again; raises KeyInUse meanwhile."""
    asked = _asked(request)
    if asked is None:
        return work()
    mine, made = asked.get_or_create()
    if not made:
        if mine.status is not None or mine.request_sha256 != asked.digest:
            return asked.answer(mine)
        now = timezone.now()
        if mine.at + LEASE > now:
            raise KeyInUse
        # Whoever was at work is no more; of several that find this, one goes on.
        if not Replay.objects.filter(pk=mine.pk, at=mine.at, status=None).update(at=now):
            raise KeyInUse
        mine.at = now
    try:
        response = work()
    except BaseException:
        Replay.objects.filter(pk=mine.pk, at=mine.at, status=None).delete()
        raise
    _keep(mine, response)
    return response


class _Asked:
    """What was sent with which key."""

    def __init__(self, token: Token, key: str, digest: str) -> None:
        self.token, self.key, self.digest = token, key, digest

    def get_or_create(self) -> tuple[Replay, bool]:
        given = {"request_sha256": self.digest, "status": None}
        return Replay.objects.get_or_create(token=self.token, key=self.key, defaults=given)

    def answer(self, done: Replay) -> HttpResponse:
        """What was answered; KeyReused where it was to something else."""
        if done.request_sha256 != self.digest:
            raise KeyReused
        response = HttpResponse(bytes(done.body), status=done.status or 200, headers=done.headers)
        response["Idempotent-Replayed"] = "true"
        return response


def _asked(request: Request) -> _Asked | None:
    """What was sent, if it has a key."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > 200:
        raise exceptions.ParseError("An Idempotency-Key has at most 200 characters; a UUID will do.")
    assert isinstance(request.auth, Token)
    body = request._request.body
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()
    return _Asked(request.auth, key, digest)


def _keep(mine: Replay, response: HttpResponse) -> None:
    headers = {name: response[name] for name in HEADERS if name in response}
    same = Replay.objects.filter(pk=mine.pk, at=mine.at)  # or somebody took it over meanwhile
    same.update(status=response.status_code, body=response.content, headers=headers)


def forget(before: dt.datetime | None = None) -> int:
    """Drop answers nobody will ask for again: those older than a week, or than a given moment; returns how many."""
    return Replay.objects.filter(at__lt=before or timezone.now() - KEPT).delete()[0]
