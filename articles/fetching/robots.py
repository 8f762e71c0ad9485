"""What a site's robots.txt lets us fetch (RFC 9309), remembered for a day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from protego import Protego

#: Bytes of a robots.txt that are looked at, and for how many seconds what it says holds: of one that could not be had
#: for a short time only.
LONGEST = 500_000
A_DAY, A_WHILE = 86_400, 600


@dataclass(frozen=True, slots=True)
class Rules:
    """A site's rules as text; ``why`` says why they could not be had, and then nothing is fetched."""

    text: str = ""
    why: str = ""

    def allow(self, url: str, agent: str) -> bool:
        return not self.why and bool(Protego.parse(self.text).can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Seconds that the site wants between two requests; 0 if it does not say."""
        try:
            return float(Protego.parse(self.text).crawl_delay(agent) or 0)
        except (TypeError, ValueError):
            return 0.0


def remembered(origin: str) -> Rules | None:
    found = cache.get(_key(origin))
    return Rules(*found) if found else None


def remember(origin: str, rules: Rules) -> None:
    cache.set(_key(origin), (rules.text, rules.why), A_WHILE if rules.why else A_DAY)


def read(body: bytes) -> Rules:
    """The rules in a robots.txt."""
    return Rules(body[:LONGEST].decode("utf-8", "replace"))


def without(status: int, why: str) -> Rules:
    """The rules where there is no robots.txt to be had: everything is allowed if there is none, nothing if it fails."""
    return Rules() if 400 <= status < 500 and status != 429 else Rules(why=why)


def _key(origin: str) -> str:
    return f"robots-{hashlib.sha256(origin.encode()).hexdigest()}"  # some caches take no long keys
