"""Whose turn it is to ask a host, among all who work on one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from django.db import connection

from articles.fetching.fetcher import Fetcher, Stopped, host_of
from corpus import locks


@contextmanager
def claimed(what: str, waiting: Mapping[int, str], most: int, fetcher: Fetcher) -> Iterator[list[int]]:
    """Of what waits (keys, with addresses) so many that nobody else has claimed, nor asks their hosts; theirs until the
    end.

    With PostgreSQL workers may be on several machines: a host is given back when it may be asked again. On SQLite they
    are all on this one, where `corpus.shared` says whose turn it is.
    """
    if connection.vendor != "postgresql":
        with locks.claimed(what, waiting, most) as mine:
            yield mine
        return
    hosts = {key: host_of(url) for key, url in waiting.items()}
    with locks.claimed("host", dict.fromkeys(hosts.values()), most) as free:
        try:
            with locks.claimed(what, [key for key, host in hosts.items() if host in free], most) as mine:
                yield mine
        except Exception:
            with suppress(Stopped):  # what went wrong is to be heard of
                fetcher.rest()
            raise
        fetcher.rest()
