"""Charts as numbers, drawn by templates as plain SVG: columns in time, bars beside one another; pure.

No element carries a style: a strict content policy has them drawn by attributes and the stylesheet alone.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

#: The chart has room for at least so many columns; few stay slender, and stand at the left.
FEWEST = 12
#: What is named under each column while there are no more.
NAMED = 12


class Unit(Enum):
    """What a column stands for, as what a moment (yyyymmddhhmm) is divided by to be counted by it."""

    DAY = 10**4
    MONTH = 10**6
    YEAR = 10**8
    DECADE = 10**9

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Column:
    """A day, month, year or decade: ``n`` counted, ``soft`` of them of the second kind, drawn as a lighter cap.

    ``since`` and ``until`` are as a list takes them; ``height`` and ``cap``, which is part of it, are of 100.
    """

    label: str
    short: str
    since: str
    until: str
    n: int
    soft: int
    height: int
    cap: int
    url: str

    @property
    def firm(self) -> int:
        return self.n - self.soft

    @property
    def top(self) -> int:
        return 100 - self.height

    @property
    def below(self) -> int:
        """The height of what is under the cap."""
        return self.height - self.cap

    @property
    def edge(self) -> int:
        return 100 - self.below


@dataclass(frozen=True)
class Chart:
    """Columns without gaps, in the order of time, ten wide each."""

    unit: Unit
    columns: tuple[Column, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.columns)

    @cached_property
    def total(self) -> int:
        return sum(column.n for column in self.columns)

    @cached_property
    def highest(self) -> Column:
        """The first of the highest columns."""
        return max(self.columns, key=lambda column: column.n)

    @property
    def breadth(self) -> int:
        return 10 * max(len(self.columns), FEWEST)

    @property
    def span(self) -> str:
        """From when to when, in words: "March to October 2025"."""
        first, last = self.columns[0].label, self.columns[-1].label
        if first == last:
            return first
        shared = " " + last.rpartition(" ")[2]
        return f"{first.removesuffix(shared)} to {last}"

    @property
    def peak(self) -> str:
        """The highest column as an adverb: "in March 2025", "on 15 October 2025"."""
        return f"{'on' if self.unit is Unit.DAY else 'in'} {self.highest.label}"

    @property
    def ticks(self) -> list[str]:
        """What stands under each column, with blanks up to the width of the chart; nothing where they are many."""
        shorts = [column.short for column in self.columns]
        return shorts + [""] * (FEWEST - len(shorts)) if len(shorts) <= NAMED else []


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened to one of several in the same stretch of time: ``at`` is where, of 1000, with what it was."""

    name: Any
    at: list[tuple[int, Any]]


def lanes(points: Iterable[tuple[Any, int, Any]]) -> list[Lane]:
    """Lanes of points that come as name, moment and what it is, in the order of their first; undated ones left out."""
    known = sorted(((moment, name, what) for name, moment, what in points if moment), key=lambda point: point[0])
    if not known:
        return []
    first, last = _minutes(known[0][0]), _minutes(known[-1][0])
    found: dict[Any, Lane] = {}
    for moment, name, what in known:
        lane = found.setdefault(name, Lane(name, []))
        lane.at.append((1000 * (_minutes(moment) - first) // max(1, last - first), what))
    return list(found.values())


def unit_for(first: int, last: int) -> Unit:
    """What columns from one moment to another stand for, so that there are neither few nor many."""
    since, until = day_of(first), day_of(last)
    if (until - since).days < 35:
        return Unit.DAY
    if (until.year - since.year) * 12 + until.month - since.month < 24:
        return Unit.MONTH
    return Unit.YEAR if until.year - since.year < 60 else Unit.DECADE


def in_time(
    counts: Mapping[int, tuple[int, int]],
    per: Unit = Unit.DAY,
    unit: Unit | None = None,
    url: Callable[[str, str], str] | None = None,
    figure: Callable[[int], int] = int,
) -> Chart:
    """The chart of what was counted by moment divided by ``per``: ``n``, and how many of them are soft.

    Without a ``unit`` the chart chooses, though none smaller than ``per``. ``url`` makes an address of both ends of a
    column, ``figure`` its figures of what was counted in it, where that is a sample; what has no date (a key of 0) is
    left out.
    """
    known = {key * per.value: numbers for key, numbers in counts.items() if key > 0}
    if not known:
        return Chart(unit or per)
    first, last = min(known), max(known)
    unit = unit or max(per, unit_for(first, last), key=lambda one: one.value)
    every: Counter[int] = Counter()
    soft: Counter[int] = Counter()
    for moment, (n, lighter) in known.items():
        every[moment // unit.value] += n
        soft[moment // unit.value] += lighter
    every, soft = (Counter({step: figure(n) for step, n in some.items()}) for some in (every, soft))
    most = max(1, *every.values())
    return Chart(
        unit, tuple(_column(step, unit, every[step], soft[step], most, url) for step in _steps(first, last, unit))
    )


def _column(step: int, unit: Unit, n: int, soft: int, most: int, url: Callable[[str, str], str] | None) -> Column:
    label, short, since, until = _names(step, unit)
    # What is there at all is to be seen.
    height = max(1, round(100 * n / most)) if n else 0
    cap = min(height, max(1, round(100 * soft / most))) if soft else 0
    return Column(label, short, since, until, n, soft, height, cap, url(since, until) if url and n else "")


def widths(numbers: Sequence[int]) -> list[int]:
    """Each in per cent of the greatest, and 1 at least where there is anything."""
    most = max(numbers, default=0)
    return [max(1, round(100 * n / most)) if n else 0 for n in numbers]


def day_of(moment: int) -> dt.date:
    """The day of a moment; the first of its month or year where no more is known."""
    day = moment // Unit.DAY.value
    return dt.date(max(1, day // 10_000), max(1, day // 100 % 100), max(1, day % 100))


def _minutes(moment: int) -> int:
    day = day_of(moment)
    return day.toordinal() * 1440 + moment // 100 % 100 * 60 + moment % 100


def _steps(first: int, last: int, unit: Unit) -> Iterable[int]:
    if unit is Unit.DAY:
        since, until = day_of(first), day_of(last)
        for n in range((until - since).days + 1):
            day = since + dt.timedelta(n)
            yield day.year * 10_000 + day.month * 100 + day.day
    elif unit is Unit.MONTH:
        since, until = day_of(first), day_of(last)
        for month in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
            yield month // 12 * 100 + month % 12 + 1
    else:
        yield from range(first // unit.value, last // unit.value + 1)


def _names(step: int, unit: Unit) -> tuple[str, str, str, str]:
    """In full, in short, and both ends as a list takes them."""
    if unit is Unit.DAY:
        day = day_of(step * unit.value)
        return f"{day.day} {day:%B} {day.year}", str(day.day), f"{day}", f"{day}"
    if unit is Unit.MONTH:
        year, month = divmod(step, 100)
        value = f"{year:04d}-{month:02d}"
        return f"{calendar.month_name[month]} {year}", calendar.month_abbr[month], value, value
    if unit is Unit.YEAR:
        return f"{step}", f"’{step % 100:02d}", f"{step:04d}", f"{step:04d}"
    return f"the {step}0s", f"{step}0s", f"{step}0", f"{step}9"
