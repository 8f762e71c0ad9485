"""Locks by name, for what no row stands for yet."""

import hashlib

from django.db import connection


def hold(name: str) -> None:
    """Hold a name until the transaction ends; others who ask for it wait.

    On SQLite there is nothing to do: a transaction there is the only writer.
    """
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
