"""Every request has an id, leaves a line in the log, and is counted where somebody measures."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from corpus import shared
from corpus.logs import request_id

log = logging.getLogger(__name__)

#: What a proxy calls a request is kept, if it is a name and not a letter to whoever reads the log.
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
#: Upper bounds of the histogram, in seconds.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))


def named(request: HttpRequest) -> str:
    """What a request is called: by its proxy, or by us."""
    given = request.headers.get("X-Request-ID", "")
    return given if SANE.fullmatch(given) else secrets.token_hex(8)


class Recorded:
    """Middleware: X-Request-ID in and out, and a line of what was asked; who asked, and for which words, is not kept.

    The time is that until the first byte: a stream may go on for as long as its reader takes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = named(request)
        # Not taken back at the end: a stream is written after this has returned, and the next request sets its own.
        request_id.set(name)
        queries = 0

        def counted(execute: Callable[..., Any], *call: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*call)

        began = time.perf_counter()
        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        seconds = time.perf_counter() - began
        response["X-Request-ID"] = name
        view = request.resolver_match.view_name if request.resolver_match else "none"
        if settings.METRICS_TOKEN:
            bound = next(bound for bound in BOUNDS if seconds <= bound)
            shared.tally(view, response.status_code, bound, seconds)
        path = escape_uri_path(request.path)
        log.info(
            "%s %s %s, %.0f ms, %s queries", request.method, path, response.status_code, 1000 * seconds, queries,
            extra={
                "fields": {
                    "method": request.method, "path": path, "view": view, "status": response.status_code,
                    "ms": round(1000 * seconds, 1), "queries": queries,
                }
            },
        )  # fmt: skip
        return response
