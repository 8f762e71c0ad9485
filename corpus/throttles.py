"""How many requests a token, or an address without one, may make; every answer says how many are left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from corpus.models import Token

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds; ``parse`` reads "600/minute"."""

    requests: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        number, _, unit = text.partition("/")
        if not number.isdigit() or unit not in SECONDS or not int(number):
            raise ValueError(f"“{text}” is no rate; write a number and a unit, as in 600/minute.")
        return cls(int(number), SECONDS[unit])


class Throttle(BaseThrottle):
    """A fixed window a token or address; counted in Django's cache, so by each process unless that cache is shared."""

    rate: Rate
    left = 0
    ends = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Token):
            who, self.rate = f"token-{request.auth.pk}", Rate.parse(settings.API_RATE_TOKEN)
        else:
            who, self.rate = f"address-{self.get_ident(request)}", Rate.parse(settings.API_RATE_ANONYMOUS)
        now = int(time.time())
        window = now // self.rate.seconds
        self.ends = (window + 1) * self.rate.seconds - now
        key = f"throttle:{who}:{self.rate.seconds}:{window}"
        cache.add(key, 0, timeout=2 * self.rate.seconds)
        try:
            used = cache.incr(key)
        except ValueError:  # it went out of the cache between the two lines
            used = 1
        self.left = self.rate.requests - used
        # Where the answer is made, the headers are written: see `say`.
        request._request.throttle = self  # type: ignore[attr-defined]
        return self.left >= 0

    def wait(self) -> float:
        return self.ends


def say(request: Any, response: HttpResponseBase) -> HttpResponseBase:
    """Write what is left into the headers: RateLimit-Limit, -Remaining and -Reset (seconds), as in the IETF's draft."""
    throttle = getattr(request, "throttle", None)
    if isinstance(throttle, Throttle):
        response["RateLimit-Limit"] = str(throttle.rate.requests)
        response["RateLimit-Remaining"] = str(max(0, throttle.left))
        response["RateLimit-Reset"] = str(throttle.ends)
    return response
