"""Locks by name, for what no row stands for yet."""

import hashlib

from django.db import connection


def hold(*names: str) -> None:
    """Hold names until the transaction ends; others who ask for one of them wait.

    On SQLite there is nothing to do: a transaction there is the only writer.
    """
    if connection.vendor == "postgresql":
        # In one order for everybody, so that no two wait for each other.
        keys = sorted(
            int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True) for name in names
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])
