"""Two who hold what the other waits for: PostgreSQL stops one of them, who has only to begin again.

And a database that cannot do something now, though it could at another time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError

DEADLOCK = "40P01"
#: Classes of SQLSTATE: lost connections, transactions rolled back, too little of something, locks, a server going down.
PASSING = {"08", "40", "53", "55", "57"}
#: Seconds.
BREATHS = (0.05, 0.3)
#: The same of SQLite: others write, or the file cannot be reached.
LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN}


def stopped(error: BaseException) -> bool:
    """Whether this is the database's word to one side of a deadlock: nothing of its transaction was done."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == DEADLOCK


def busy(error: BaseException) -> bool:
    """Whether the database could not do it now: locked, stopped in a deadlock, or out of reach."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in LOCKED
    return cause is not None and (getattr(cause, "sqlstate", None) or "08")[:2] in PASSING


def begun_again(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act, done again from the start where a deadlock stopped it, twice at most, and with a breath in which the
    other goes first; one transaction, or safe to repeat."""

    @wraps(act)
    def again(*args: Any, **kwargs: Any) -> Any:
        for breath in BREATHS:
            try:
                return act(*args, **kwargs)
            except OperationalError as error:
                if not stopped(error):
                    raise
                time.sleep(breath)
        return act(*args, **kwargs)

    return again
