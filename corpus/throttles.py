"""How many requests a token, or an address without one, may make; every answer says how many are left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from corpus import shared
from corpus.models import Token

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds; ``parse`` reads "600/minute"."""

    requests: int
    seconds: int

    @classmethod
    @lru_cache
    def parse(cls, text: str) -> Rate:
        number, _, unit = text.partition("/")
        if not (number.isascii() and number.isdigit()) or unit not in SECONDS or not int(number):
            raise ValueError(f"“{text}” is no rate; write a number and a unit, as in 600/minute.")
        return cls(int(number), SECONDS[unit])


class Throttle(BaseThrottle):
    """A fixed window a token or address, counted over all workers of this machine."""

    rate: Rate
    left = 0
    ends = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Token):
            who, self.rate = f"token {request.auth.pk}", Rate.parse(settings.API_RATE_TOKEN)
        else:
            who, self.rate = f"address {self.get_ident(request)}", Rate.parse(settings.API_RATE_ANONYMOUS)
        now = int(time.time())
        until = (now // self.rate.seconds + 1) * self.rate.seconds
        self.ends = until - now
        self.left = self.rate.requests - shared.count(who, until)
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
