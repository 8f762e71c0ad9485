"""What machines ask a server about itself: /healthz, /readyz and /metrics."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from corpus import metrics
from corpus.logs import request_id
from corpus.problems import problem
from corpus.requests import named

log = logging.getLogger(__name__)


class Answered:
    """Middleware, before all others: whoever probes comes to an address, with no host's name, no TLS and no session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = PROBES.get(request.path)
        if answer is None:
            return self.get_response(request)
        request_id.set(named(request))
        given = answer(request) if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        given["X-Request-ID"] = request_id.get()
        return given


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; of the database nothing is said, since to begin anew would not mend it."""
    return plain("ok\n")


def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration of this code; 503 and a sentence if not; one query."""
    wanted = migrations()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations" if wanted else "SELECT 'one', 'row'")
            missing = sorted(wanted - set(cursor.fetchall()))
    except DatabaseError as error:
        log.warning("Not ready: %s", str(error).strip())  # it names hosts and accounts, and everybody may ask
        detail = "The database does not answer, or is empty: `manage.py migrate` makes its tables, or says why not."
        return problem(None, 503, "no-database", "The database does not answer", detail)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        detail = f"The database has not had migration {'.'.join(missing[0])}{more}: run `manage.py migrate`."
        return problem(None, 503, "not-migrated", "The database is of an older version", detail)
    return plain("ok\n")


@cache
def migrations() -> frozenset[tuple[str, str]]:
    """Every migration of this code: app and name."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def measured(request: HttpRequest) -> HttpResponse:
    """Metrics for whoever has METRICS_TOKEN; without one there are none."""
    if not settings.METRICS_TOKEN:
        return problem(None, 404, "not-found", "There is nothing here", "Set METRICS_TOKEN to have metrics here.")
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        detail = "Send METRICS_TOKEN in the header Authorization: Bearer …"
        response = problem(None, 401, "not-authenticated", "This needs a token", detail)
        response["WWW-Authenticate"] = "Bearer"
        return response
    return HttpResponse(metrics.exposition(), content_type=metrics.MEDIA_TYPE)


def plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": alive,
    "/readyz": ready,
    "/metrics": measured,
}
