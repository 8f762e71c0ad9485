"""Charts as numbers: units, columns without gaps, and both ends of each as a list takes them."""

from __future__ import annotations

import pytest

from corpus.charts import Chart, Unit, in_time, unit_for, widths


@pytest.mark.parametrize(
    "first, last, unit",
    [
        (202403010000, 202403010000, Unit.DAY),
        (202403010000, 202404040000, Unit.DAY),
        (202403010000, 202404050000, Unit.MONTH),
        (202403010000, 202602280000, Unit.MONTH),
        (202403010000, 202603010000, Unit.YEAR),
        (196703010000, 202603010000, Unit.YEAR),
        (196603010000, 202603010000, Unit.DECADE),
    ],
)
def test_the_span_of_time_says_what_a_column_stands_for(first: int, last: int, unit: Unit) -> None:
    assert unit_for(first, last) is unit


@pytest.mark.parametrize(
    "days, labels, ends",
    [
        ([20240228, 20240301], ["28 February 2024", "29 February 2024", "1 March 2024"], ("2024-02-28", "2024-03-01")),
        ([20231101, 20240115], ["November 2023", "December 2023", "January 2024"], ("2023-11", "2024-01")),
        ([20211231, 20240101], ["2021", "2022", "2023", "2024"], ("2021", "2024")),
        ([19490101, 19991231], [str(year) for year in range(1949, 2000)], ("1949", "1999")),
        ([18990101, 19611231], [f"the {decade}s" for decade in range(1890, 1970, 10)], ("1890", "1969")),
    ],
)
def test_columns_are_without_gaps_and_end_as_a_list_takes_them(
    days: list[int], labels: list[str], ends: tuple[str, str]
) -> None:
    chart = in_time(dict.fromkeys(days, (1, 0)))
    assert [column.label for column in chart.columns] == labels
    assert (chart.columns[0].since, chart.columns[-1].until) == ends
    assert chart.total == len(days)


def test_heights_are_of_the_highest_and_what_is_there_is_seen() -> None:
    chart = in_time(
        {20240301: (1000, 250), 20240302: (1, 1), 20240304: (500, 0), 0: (7, 7)}, url=lambda a, b: f"{a}/{b}"
    )
    assert [(c.height, c.cap, c.below, c.top, c.edge) for c in chart.columns] == [
        (100, 25, 75, 0, 25), (1, 1, 0, 99, 100), (0, 0, 0, 100, 100), (50, 0, 50, 50, 50),
    ]  # fmt: skip
    assert (chart.total, chart.highest.label) == (1501, "1 March 2024")
    assert [c.url for c in chart.columns] == [
        "2024-03-01/2024-03-01",
        "2024-03-02/2024-03-02",
        "",
        "2024-03-04/2024-03-04",
    ]


def test_months_that_were_counted_make_no_days() -> None:
    assert in_time({202403: (2, 0), 202404: (3, 0)}, Unit.MONTH).unit is Unit.MONTH
    by_year = in_time({202403: (2, 0), 202601: (1, 0), 202612: (3, 1)}, Unit.MONTH)
    assert [(column.label, column.n) for column in by_year.columns] == [("2024", 2), ("2025", 0), ("2026", 4)]


def test_few_columns_are_named_one_by_one() -> None:
    chart = in_time({202311: (1, 0), 202401: (1, 0)}, Unit.MONTH)
    assert (chart.ticks[:4], len(chart.ticks), chart.breadth) == (["Nov", "Dec", "Jan", ""], 12, 120)
    assert in_time(dict.fromkeys((20240301, 20240313), (1, 0))).ticks == []


def test_nothing_is_an_empty_chart() -> None:
    assert not in_time({0: (3, 0)})
    assert Chart(Unit.YEAR).columns == ()


@pytest.mark.parametrize("numbers, shares", [([], []), ([0], [0]), ([400, 100, 1, 0], [100, 25, 1, 0])])
def test_bars_are_in_per_cent_of_the_longest(numbers: list[int], shares: list[int]) -> None:
    assert widths(numbers) == shares


def test_figures_of_a_sample_are_made_of_whole_columns() -> None:
    chart = in_time({20240301: (1, 0), 20240302: (1, 1), 20240601: (4, 1)}, figure=lambda n: round(n * 1.4))
    assert [(column.n, column.soft, column.height) for column in chart.columns] == [
        (3, 1, 50), (0, 0, 0), (0, 0, 0), (6, 1, 100),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "counts, span, peak",
    [
        ({20250311: 1, 20251019: 2}, "March to October 2025", "in October 2025"),
        ({20241111: 2, 20250119: 1}, "November 2024 to January 2025", "in November 2024"),
        ({20250330: 1, 20250402: 3}, "30 March to 2 April 2025", "on 2 April 2025"),
        ({20250330: 1}, "30 March 2025", "on 30 March 2025"),
        ({20190101: 1, 20250101: 2}, "2019 to 2025", "in 2025"),
    ],
)
def test_a_chart_says_in_words_from_when_to_when_and_where_it_is_highest(
    counts: dict[int, int], span: str, peak: str
) -> None:
    chart = in_time({day: (n, 0) for day, n in counts.items()})
    assert (chart.span, chart.peak) == (span, peak)
