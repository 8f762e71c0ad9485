"""When the public corpus last changed, as a validator: a page that nothing has touched is answered with 304.

Every write to what the public sees leaves a row in the feed of changes (`corpus.changes`). Two looks at the corpus see
the same if they see the same rows of that feed. On SQLite the last id tells, because one writer at a time commits in
the order of ids. On PostgreSQL a row with a lower id may be committed later, but only by a transaction that was running
when the higher one was seen: so whoever was writing then is part of the validator. A decision that only confirms what
stands changes nothing in the feed, and pages say when an editor decided: so the last decision is part of it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

LATEST = "SELECT (SELECT max(id) FROM corpus_change), (SELECT max(id) FROM corpus_decision)"
WRITING = "(SELECT string_agg(xid::text, ',') FROM pg_snapshot_xip(pg_current_snapshot()) xid)"


def state(using: str = DEFAULT_DB_ALIAS) -> str:
    """What stands for the public corpus as it is now: two equal states are one corpus; one query."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(f"{LATEST}, {WRITING}" if connection.vendor == "postgresql" else LATEST)
        return " ".join(str(one) for one in cursor.fetchone())


@cache
def edition() -> str:
    """A digest of our own code, templates and stylesheets: another edition makes other pages of the same corpus."""
    digest = hashlib.blake2b(digest_size=12)
    for folder in ("corpus", "people", "articles", "templates"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js"}:
                digest.update(path.read_bytes())
    digest.update(f"{settings.QUOTE_THRESHOLD} {settings.SPEAKER_THRESHOLD}".encode())
    return digest.hexdigest()


def etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """The validator of a public page; weak, since what it stands for may be written down in more than one way."""
    asked = f"{request.build_absolute_uri()} {request.headers.get('Accept', '')}"
    seen = hashlib.blake2b(f"{edition()} {state()} {asked}".encode(), digest_size=12)
    return f'W/"{seen.hexdigest()}"'


def unless_unchanged(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that is asked for again and again, and made again only when the corpus has changed."""
    # no-cache: keep it, and ask each time whether it still holds.
    return cache_control(no_cache=True)(condition(etag_func=etag)(view))
