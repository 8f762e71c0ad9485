"""Whose turn it is to ask a host, among all who work on one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection

from articles.fetching.fetcher import Fetcher, host_of
from corpus import locks


@contextmanager
def claimed(waiting: Mapping[int, str], most: int, fetcher: Fetcher) -> Iterator[list[int]]:
    """Of what waits (keys, with addresses) that whose host nobody else asks, of so many hosts; theirs until the end.

    With PostgreSQL workers may be on several machines: a host is given back when it may be asked again. On SQLite they
    are all on this one, where `corpus.shared` says whose turn it is.
    """
    if connection.vendor != "postgresql":
        yield list(waiting)
        return
    hosts = {key: host_of(url) for key, url in waiting.items()}
    with locks.claimed("host", dict.fromkeys(hosts.values()), most) as free:
        yield [key for key, host in hosts.items() if host in free]
        fetcher.rest()
