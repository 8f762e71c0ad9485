"""Any page of any site may read the API: it is public, and no cookie counts there."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from corpus import throttles

EXPOSED = "ETag, Last-Modified, Link, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
#: What a browser asks before it sends more than a plain GET. Writing is not for the pages of other sites: a token that
#: may write has no business in one.
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class ReadableFromAnywhere:
    """Middleware: CORS for reading (the Fetch standard), below /api/ only.

    A dozen lines in place of a package whose many settings would all be left alone. Credentials are not allowed, so "*"
    gives no site anything that anybody could not fetch.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return HttpResponse(status=204, headers={"Access-Control-Allow-Origin": "*"} | PREFLIGHT)
        response = throttles.say(request, self.get_response(request))
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        return response
