"""Processes that work for this one: they read and reckon, and die with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

R = TypeVar("R")

#: So often something is begun again whose process was killed; after that, it is likely to be what kills it.
AGAIN = 3


class Killed(RuntimeError):
    """Whoever was at this was killed, again and again: it may take more memory than there is."""


class Processes:
    """So many of them, started when they are first needed; with none, everything is done here."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool: ProcessPoolExecutor | None = None

    def map(self, act: Callable[..., R], *arguments: Sequence[Any]) -> list[R]:
        """As `map`, with pure functions of importable modules; raises Killed where its processes do not survive it."""
        if not self.number:
            return list(map(act, *arguments))
        for _ in range(AGAIN):
            if self._pool is None:
                # A fresh interpreter, that has none of our connections and threads.
                fresh = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self.number, mp_context=fresh, initializer=_begin)
            try:
                return list(self._pool.map(act, *arguments))
            except BrokenProcessPool:
                self.close()
        raise Killed(f"the process that was at it was killed {AGAIN} times: it may take more memory than there is")

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _begin() -> None:
    """Leave a terminal's Ctrl-C to the parent, and go where it goes."""
    # SIGTERM is what the pool ends its processes by, when one of them was killed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
