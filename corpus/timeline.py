"""When the rows of a list were printed: a chart whose columns lead to the same list of just that day, month or year."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections
from django.db.models import Count, ExpressionWrapper, F, IntegerField, Model, QuerySet, Value
from django.db.models.expressions import RawSQL

from corpus.charts import FEWEST, Chart, Column, Unit, in_time
from corpus.filters import CorpusFilterSet, Period, Sample
from corpus.search import Searchable

#: Of more rows than are counted one by one (`corpus.filters.Sample`), those whose ids are among so many spread evenly
#: over the table.
SAMPLE = 5_000
#: Names of columns that stand side by side on a phone.
NAMED = 12

#: An address of the list from one end to the other, as its filters take them; "" and "" for any date.
Address = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends of the dates that were asked for; None for an open one."""

    since: Period | None = None
    until: Period | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until)

    def __str__(self) -> str:
        since, until = (one and one.label for one in (self.since, self.until))
        if since and until:
            return since if since == until else f"{since} – {until}"
        return f"from {since}" if since else f"until {until}"

    @property
    def first(self) -> int:
        return self.since.first if self.since else 0

    @property
    def last(self) -> int:
        return self.until.last if self.until else 10**12

    def meets(self, other: Range) -> bool:
        """Whether any moment lies in both."""
        return bool(self) and self.first <= other.last and other.first <= self.last

    def within(self, unit: Unit) -> int:
        """The month, year or decade that both ends lie in, by number; 0 if there is none."""
        if not (self.since and self.until):
            return 0
        step = self.first // unit.value
        return step if step == self.last // unit.value else 0

    def surroundings(self) -> tuple[int, int, Unit] | None:
        """The days (yyyymmdd) that a chart of the range shows, more than its own for comparison, and in which columns.

        None for whatever there is at any date.
        """
        if month := self.within(Unit.MONTH):
            return month * 100 + 1, month * 100 + calendar.monthrange(*divmod(month, 100))[1], Unit.DAY
        if self.since and self.until:
            first, last = self.first // Unit.YEAR.value, self.last // Unit.YEAR.value
            if last - first < 2:
                return first * 10_000 + 101, last * 10_000 + 1231, Unit.MONTH
            if first // 10 == last // 10:
                return first // 10 * 100_000 + 101, first // 10 * 100_000 + 91231, Unit.YEAR
        return None

    def ways_back(self) -> list[Period]:
        """The year and the month that the range is part of, the widest first."""
        found = []
        if year := self.within(Unit.YEAR):
            found.append(Period.parse(f"{year}"))
        if month := self.within(Unit.MONTH):
            found.append(Period.parse(f"{month // 100}-{month % 100:02d}"))
        return [one for one in found if self != Range(one, one)]


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of the chart, its address, what stands under it, and its rows in figures."""

    column: Column
    url: str
    tick: str
    number: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart of a list, and the addresses that lead back from what was chosen to more.

    ``undated`` rows stand nowhere in it; ``sampled`` says by how many rows it is judged, 0 if every one was counted.
    """

    chart: Chart
    slots: list[Slot]
    chosen: Range
    back: list[tuple[str, str]]
    undated: int
    sampled: int

    @property
    def missing(self) -> range:
        """One for each column by which the chart falls short of its breadth."""
        return range(FEWEST - len(self.slots))


def timeline(asked: CorpusFilterSet, chosen: Range, address: Address, *, there: bool) -> Timeline | None:
    """The chart of the rows that all other filters let through, None if there is nothing to choose from; one query,
    and one for their sample.

    ``there`` says that some of them lie in the range.
    """
    column, within = asked.dated, {}
    around = chosen.surroundings() if there else None
    if around:
        first, last, _ = around
        within = {f"{column}__gte": first * Unit.DAY.value, f"{column}__lt": (last + 1) * Unit.DAY.value}
    days, sampled = counted(asked, within)
    undated = days.pop(0, 0)
    # A year is drawn from its first month to its last, also where there is nothing.
    counts = {day: (days[day], 0) for day in (*days, *(around[:2] if around else ()))}
    chart = in_time(counts, unit=around[2] if around else None, url=address)
    if not chosen and sum(column.n > 0 for column in chart.columns) < 2:
        return None
    ways = [("All dates", address("", "")), *((one.label, address(one.text, one.text)) for one in chosen.ways_back())]
    slots = []
    for place, one in enumerate(chart.columns):
        ends = Range(Period.parse(one.since), Period.parse(one.until))
        # Whoever chooses again what was chosen goes back to where it was chosen from.
        url = ways[-1][1] if ends == chosen and one.n else one.url
        number = share(one.n, chart.total) if sampled else f"{one.n:,}"
        slots.append(Slot(one, url, tick(place, chart), number, chosen.meets(ends)))
    return Timeline(chart, slots, chosen, ways if chosen else [], 0 if sampled else undated, sampled)


def share(number: int, total: int) -> str:
    """A part of a sample, in per cent."""
    percent = 100 * number / total
    return f"about {percent:.0f}%" if percent >= 1 else "under 1%" if number else "none found"


def tick(place: int, chart: Chart) -> str:
    """What stands under a column: under each of few, else where a week, a year, some years begin; "" for nothing."""
    column, number = chart.columns[place], len(chart.columns)
    if number <= NAMED:
        return column.short
    match chart.unit:
        case Unit.DAY:
            named = calendar.month_abbr[int(column.since[5:7])] if place == 0 or int(column.short) <= 7 else ""
            return f"{column.short} {named}".strip() if place % 7 == 0 else ""
        case Unit.MONTH:
            return column.since[:4] if column.since.endswith("-01") else ""
        case unit:
            every = next(n for n in (2, 5, 10, 20, 50, 1000) if number <= n * NAMED)
            year = int(column.since)
            return column.since if year % (every * unit.value // Unit.YEAR.value) == 0 else ""


def counted(asked: CorpusFilterSet, within: dict[str, int]) -> tuple[Counter[int], int]:
    """Rows by day (yyyymmdd, 0 for none); of more than a sample holds only some, and how many these are.

    It costs about the same however many rows there are.
    """
    rows = asked.rows("from", "to", sampled=True).filter(**within)
    sample = Sample.of(rows) if within else asked.sample("from", "to")
    some = evenly(asked.rows("from", "to").filter(**within)) if sample.more else sample.rows
    day = ExpressionWrapper(F(asked.dated) / Value(Unit.DAY.value), output_field=IntegerField())
    found = Counter(dict(some.order_by().annotate(day=day).values_list("day").annotate(n=Count("pk"))))
    return found, found.total() if sample.more else 0


def evenly(rows: QuerySet) -> QuerySet:
    """Those of very many rows whose ids are among SAMPLE."""
    rows = rows.walked(many=True) if isinstance(rows, Searchable) else rows
    return rows.filter(pk__in=spread(rows.model, rows.db))


def spread(model: type[Model], using: str) -> RawSQL:
    """SAMPLE ids as far apart as can be, the same each time: of a big table as good as drawing lots."""
    quote = connections[using].ops.quote_name
    table, key = quote(model._meta.db_table), quote("id")
    lowest, highest = (f"(SELECT {end}({key}) FROM {table})" for end in ("MIN", "MAX"))
    return RawSQL(
        "WITH RECURSIVE step(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < %s)"
        f" SELECT {lowest} + ({highest} - {lowest}) * n / %s FROM step",
        [SAMPLE, SAMPLE],
    )
