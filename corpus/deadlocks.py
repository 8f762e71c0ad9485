"""Two who hold what the other waits for: PostgreSQL stops one of them, who has only to begin again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError

DEADLOCK = "40P01"


def stopped(error: BaseException) -> bool:
    """Whether this is the database's word to one side of a deadlock: nothing of its transaction was done."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == DEADLOCK


def begun_again(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act, done once more from the start where a deadlock stopped it; one transaction, or safe to repeat."""

    @wraps(act)
    def again(*args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except OperationalError as error:
            if not stopped(error):
                raise
            return act(*args, **kwargs)

    return again
