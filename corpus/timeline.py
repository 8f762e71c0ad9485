"""When the rows of a list were printed: a chart whose columns lead to the same list of just that day, month or year."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections
from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Model, QuerySet, Value
from django.db.models.expressions import RawSQL

from corpus.charts import FEWEST, Chart, Column, Unit, in_time
from corpus.filters import CorpusFilterSet, Period, Sample
from corpus.search import Searchable

#: More rows than the list's facets are counted by (`corpus.filters.Sample`) are judged by those whose ids are among so
#: many spread evenly over the table; what is so small a share of it that these would be few is counted whole, as far as
#: the list allows (`CorpusFilterSet.countable`).
SAMPLE = 4_000
#: Names of columns that stand side by side on a phone.
NAMED = 12

#: An address of the list from one end to the other, as its filters take them; "" and "" for any date.
Address = Callable[[str, str], str]
#: The first and last day (yyyymmdd) of a chart, and what its columns stand for.
Around = tuple[int, int, Unit]


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

    def surroundings(self) -> Around | None:
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
    around = chosen.surroundings() if there else None
    counts, per, sampled = counted(asked, chosen, around)
    undated = counts.pop(0, 0)
    # A year is drawn from its first month to its last, also where there is nothing.
    edges = [day * Unit.DAY.value // per.value for day in around[:2]] if around else []
    shown = {step: (counts[step], 0) for step in (*counts, *edges)}
    chart = in_time(shown, per, around[2] if around else None, address)
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


def counted(asked: CorpusFilterSet, chosen: Range, around: Around | None) -> tuple[Counter[int], Unit, int]:
    """Rows by day, or by as large a unit as the chart has, 0 for none; of very many holds only some, and how many these
    are, else 0.
    """
    column, within = asked.dated, {}
    if around is None:
        sample = asked.sample("from", "to")
    else:
        first, last = around[0] * Unit.DAY.value, (around[1] + 1) * Unit.DAY.value - 1
        within = {f"{column}__gte": first, f"{column}__lte": last}
        if chosen.first <= first and last <= chosen.last:
            sample = asked.sample()
        else:
            sample = Sample.of(asked.rows("from", "to", way="sampled").filter(**within), {column: F(column)})
    if not sample.more:
        return Counter(moment // Unit.DAY.value for moment in sample.values[column]), Unit.DAY, 0
    if asked.along:
        some = asked.rows("from", "to", way="some").filter(**within)
    else:
        some = evenly(asked.rows("from", "to", way="probed").filter(**within))
    unit = around[2] if around else Unit.MONTH
    found = by(some, column, unit)
    if not asked.along and small(some.model, found.total(), asked.countable):
        some = asked.rows("from", "to", way="whole").filter(**within)
        found, sampled = by(some, column, unit), 0
    else:
        sampled = found.total()
    if around is None and len(found.keys() - {0}) <= 2:
        unit = Unit.DAY
        found = by(some, column, unit)
    return found, unit, sampled


def by(rows: QuerySet, column: str, unit: Unit) -> Counter[int]:
    """How many rows there are of each unit, by number; one query."""
    step = ExpressionWrapper(F(column) / Value(unit.value), output_field=BigIntegerField())
    return Counter(dict(rows.order_by().annotate(step=step).values_list("step").annotate(n=Count("pk"))))


def small(model: type[Model], found: int, countable: int) -> bool:
    """Whether a list is sooner counted than judged by so few of its rows; one query if they are few."""
    if found >= SAMPLE // 10:
        return False
    last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
    return bool(found * last <= countable * SAMPLE)


def evenly(rows: QuerySet) -> QuerySet:
    """Those of very many rows whose ids are among SAMPLE."""
    some = rows.walked(many=True, some=SAMPLE) if isinstance(rows, Searchable) else rows
    return rows.filter(pk__in=spread(rows.model, rows.db)) if some is rows else some


def spread(model: type[Model], using: str, number: int = SAMPLE) -> RawSQL:
    """So many ids as far apart as can be, the same each time: of a big table as good as drawing lots."""
    quote = connections[using].ops.quote_name
    table, key = quote(model._meta.db_table), quote("id")
    lowest, highest = (f"(SELECT {end}({key}) FROM {table})" for end in ("MIN", "MAX"))
    return RawSQL(
        "WITH RECURSIVE step(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < %s)"
        f" SELECT {lowest} + ({highest} - {lowest}) * n / %s FROM step",
        [number, number],
    )
