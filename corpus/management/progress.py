"""How far a long command is, where somebody looks on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Told = Callable[[str, int], None]

#: Seconds between two lines where there is no terminal, as in the journal of a server.
PAUSE = 60.0


@contextmanager
def counted(console: Console, total: int | None = None) -> Iterator[Told]:
    """A bar, or a line a minute, and what moves it on: what is done now, and how many of it are done more."""
    if not console.is_terminal:
        yield _in_lines(console, total)
        return
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda what, number: progress.update(task, description=what, advance=number)


def _in_lines(console: Console, total: int | None) -> Told:
    done, said = 0, time.monotonic()

    def told(what: str, number: int) -> None:
        nonlocal done, said
        done += number
        if time.monotonic() - said >= PAUSE:
            said = time.monotonic()
            console.print(f"{done:,}{f' of {total:,}' if total else ''}: {what}", highlight=False)

    return told
