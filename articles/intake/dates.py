"""When something was published, from how it is written down."""

from __future__ import annotations

import datetime as dt
import re

from articles.intake.item import Moment, MomentBasis

_ISO = re.compile(
    r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d)"
    r"(?:[T ]\s*(?P<hour>\d\d):?(?P<minute>\d\d)(?::?\d\d(?:[.,]\d+)?)?"
    r"\s*(?P<offset>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WORDED = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})|(?P<first>{_MONTH})\s+(?P<second>\d{{1,2}})),?"
    r"\s+(?P<year>\d{4})\b",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"\s*(?:(?:GMT|UTC)?(?P<offset>[+-]\d\d:?\d\d)|(?P<zulu>Z|UTC|GMT)\b)?",
    re.ASCII | re.IGNORECASE,
)
_FIRST_YEAR = 1600  # the first newspapers; an earlier year is a slip of the pen


def parse_moment(value: str, basis: MomentBasis = "entered") -> Moment:
    """The moment that an ISO 8601 day, minute, month or year names, in its own local time: an offset is not applied.

    Seconds are dropped. Raises ValueError with a sentence that says which forms are understood.
    """
    found = _ISO.fullmatch(value.strip())
    try:
        if not found or int(found["year"]) < _FIRST_YEAR:
            raise ValueError
        year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
        if found["month"] and "-" not in value and not found["day"]:
            raise ValueError  # 201606 may be June 2016 or 20 June 2006
        date = dt.date(year, month, day)
        if found["hour"]:
            return Moment(date, dt.time(int(found["hour"]), int(found["minute"])), "minute", basis)
    except ValueError:
        raise ValueError(
            f"published is {value.strip()[:60]!r}: write it as 2016-06-29, 2016-06-29T14:05, 2016-06 or 2016"
        ) from None
    return Moment(date, None, "day" if found["day"] else "month" if found["month"] else "year", basis)


def iso(value: str) -> str:
    """The date as people and mailers write it ("19 Nov 2019 07:09 GMT", "November 19, 2019, 7:47 PM") in ISO 8601.

    Returned as it was if no day, named month and year are found in it.
    """
    found = _WORDED.search(value)
    if not found:
        return re.sub(r"^(\d{4})/(\d\d)/(\d\d)", r"\1-\2-\3", value.strip())
    month = _MONTHS.index((found["month"] or found["first"])[:3].lower()) + 1
    day = f"{found['year']}-{month:02}-{int(found['day'] or found['second']):02}"
    clock = _CLOCK.search(value)
    if not clock:
        return day
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower() == "p" else 0)
    return f"{day}T{hour:02}:{clock['minute']}{clock['offset'] or ('Z' if clock['zulu'] else '')}"


def instant(value: str) -> tuple[dt.datetime, bool] | None:
    """The point in time that ``value`` names and whether in UTC, if it states an offset; else ``None``."""
    found = _ISO.fullmatch(value.strip())
    if not found or not found["offset"]:
        return None
    offset = found["offset"].upper()
    minutes = 0
    if offset[0] in "+-":
        digits = offset[1:].replace(":", "").ljust(4, "0")
        minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if offset[0] == "-" else 1)
    try:
        year, month, day, hour, minute = (int(found[part]) for part in ("year", "month", "day", "hour", "minute"))
        local = dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)
        return local - dt.timedelta(minutes=minutes), minutes == 0
    except (ValueError, OverflowError):
        return None
