"""When something was published, as written in manifests, JSON lines and pages."""

from __future__ import annotations

import datetime as dt

import pytest

from articles.intake import Moment
from articles.intake.dates import instant, iso, parse_moment

DAY = dt.date(2016, 6, 30)


@pytest.mark.parametrize(
    "value, moment",
    [
        ("2016-06-30", Moment(DAY)),
        (" 20160630 ", Moment(DAY)),
        ("2016-06", Moment(dt.date(2016, 6, 1), None, "month")),
        ("2016", Moment(dt.date(2016, 1, 1), None, "year")),
        ("2016-06-30T09:05", Moment(DAY, dt.time(9, 5), "minute")),
        ("2016-06-30 09:05:59", Moment(DAY, dt.time(9, 5), "minute")),
        ("2016-06-30T00:10:00.123Z", Moment(DAY, dt.time(0, 10), "minute")),
        ("2016-06-30T00:10+01:00", Moment(DAY, dt.time(0, 10), "minute")),  # never moved to another day
        ("2016-06-30t23:59-0500", Moment(DAY, dt.time(23, 59), "minute")),
    ],
)
def test_parse_moment(value: str, moment: Moment) -> None:
    assert parse_moment(value) == moment


@pytest.mark.parametrize(
    "value",
    "30/06/2016 yesterday 201606 2016-13 2016-02-30 2016-06-30T25:00 2016-06-30T10 0016-06-30 2016-6-3 ２０１６".split(),
)
def test_a_date_that_is_none_is_quoted_back(value: str) -> None:
    with pytest.raises(ValueError, match=f"published is '{value}': write it as 2016-06-29"):
        parse_moment(value)


@pytest.mark.parametrize(
    "value, written",
    [
        ("19 Nov 2019 07:09 GMT", "2019-11-19T07:09Z"),
        ("Tue Nov 19 2019 05:44:06 GMT+0100", "2019-11-19T05:44+0100"),
        ("Wed, 20 Nov 2019 10:11:12 +0100", "2019-11-20T10:11+0100"),
        ("November 19, 2019, 07:47 PM EST", "2019-11-19T19:47"),
        ("12:05 a.m. 3rd March 2020", "2020-03-03T00:05"),
        ("12:05pm, 3 Sept. 2020", "2020-09-03T12:05"),
        ("2019/11/19", "2019-11-19"),
        ("2019-11-19T10:00Z", "2019-11-19T10:00Z"),
        ("some day", "some day"),
    ],
)
def test_dates_in_words(value: str, written: str) -> None:
    assert iso(value) == written


@pytest.mark.parametrize(
    "value, point, utc",
    [
        ("2016-06-30T10:15+01:00", (9, 15), False),
        ("2016-06-30T10:15-0530", (15, 45), False),
        ("2016-06-30T10:15Z", (10, 15), True),
        ("2016-06-30T10:15+00:00", (10, 15), True),
    ],
)
def test_instant(value: str, point: tuple[int, int], utc: bool) -> None:
    assert instant(value) == (dt.datetime(2016, 6, 30, *point, tzinfo=dt.UTC), utc)


@pytest.mark.parametrize("value", ["2016-06-30", "2016-06-30T10:15", "no date", "2016-13-30T10:15Z"])
def test_no_offset_no_instant(value: str) -> None:
    assert instant(value) is None
