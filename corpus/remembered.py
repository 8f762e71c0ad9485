"""What is costly to count and changes little: kept in this process for a quarter of an hour, a corpus each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")

KEPT_SECONDS = 900


class Remembered(Generic[T]):
    """A value that ``make`` gives with whether it is worth keeping: what is counted at once is counted each time."""

    def __init__(self, make: Callable[[], tuple[T, bool]]) -> None:
        self.make = make
        self.kept: dict[str, tuple[float, T]] = {}

    def __call__(self) -> T:
        corpus = str(connection.settings_dict["NAME"])
        if corpus in self.kept and time.monotonic() < self.kept[corpus][0] + KEPT_SECONDS:
            return self.kept[corpus][1]
        value, worth = self.make()
        if worth:
            self.kept[corpus] = time.monotonic(), value
        return value
