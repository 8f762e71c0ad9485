"""Dates in words: weekday, day, month and year as British papers print them, and the year a weekday proves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .lexicon.words import MONTHS, WEEKDAYS
from .model import Published, Span

_WEEKDAY = "|".join(day.capitalize() for day in WEEKDAYS)
_MONTH = "|".join(sorted((m.capitalize() for m in MONTHS), key=len, reverse=True))
DATE = re.compile(
    rf"\b(?:(?P<weekday>{_WEEKDAY}),?\s+)?(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{_MONTH})\.?"
    r"(?:,?\s+(?P<year>(?:19|20)\d\d))?\b"
)
ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b")
AMERICAN = re.compile(
    rf"\b(?:(?P<weekday>{_WEEKDAY}),?\s+)?(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}}),\s+(?P<year>(?:19|20)\d\d)\b"
)
URL_YEAR = re.compile(r"https?://[^\s/]{1,100}/(?P<year>(?:19|20)\d\d)/(?:0?[1-9]|1[0-2])\b")
CLOCK = re.compile(r"\b(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)\s*(?P<half>am|pm)?\b", re.IGNORECASE)
STATED = re.compile(
    r"^(?:(?:first\s+)?published|posted|last\s+(?:updated|modified)|updated|date)\b[:\s]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed at ``[start, end)``; ``year`` 0 and ``weekday`` -1 when not given."""

    start: int
    end: int
    day: int
    month: int
    year: int = 0
    weekday: int = -1

    def on(self, year: int) -> dt.date | None:
        """That day in a year, or nothing when the calendar has none or the weekday does not fit."""
        try:
            day = dt.date(year, self.month, self.day)
        except ValueError:
            return None
        return day if self.weekday in (-1, day.weekday()) else None


#: A line that is nothing but a date, and perhaps when it may be printed.
DATE_LINE = re.compile(
    rf"^(?:{DATE.pattern}|{AMERICAN.pattern.replace('(?P<', '(?P<us_')})\W*"
    r"(?:\d{1,2}[:.]\d\d\W*(?:am|pm|gmt|bst)?\W*)?"
    r"(?:(?:for )?immediate release|press release|news release|updated?)?\W*$",
    re.IGNORECASE,
)
#: "last night (29 June)", "yesterday (Sunday, March 30)"
RELATIVE = re.compile(
    r"\b(?P<when>last night|yesterday(?: (?:morning|afternoon|evening|night))?|earlier today|today|tonight"
    r"|this (?:morning|afternoon|evening))\s?\((?P<date>[^()\n]{5,36})\)",
    re.IGNORECASE,
)
#: "yesterday (Sunday)": a weekday and no date
RELATIVE_DAY = re.compile(
    rf"\b(?P<when>last night|yesterday(?: (?:morning|afternoon|evening|night))?|earlier today|today|tonight"
    rf"|this (?:morning|afternoon|evening))\s?\((?P<weekday>{_WEEKDAY})\)",
    re.IGNORECASE,
)
#: A weekday with a full date, in either order of day and month.
WEEKDAY_DATE = re.compile(
    rf"\b(?:{_WEEKDAY}),?\s(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTH})|(?:{_MONTH})\.?\s\d{{1,2}}),?"
    r"\s(?:19|20)\d\d\b"
)
#: More faults than this are not told one by one.
MOST_NOTES = 20
_YEARLESS = re.compile(
    rf"(?:(?P<weekday>{_WEEKDAY}),?\s+)?(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?P<year>)$"
)
#: How far a date may lie from the day that is known already.
NEAR = 45


def printed_dates(text: str, start: int = 0, end: int | None = None) -> list[PrintedDate]:
    """Every date of a range, in text order."""
    stop = len(text) if end is None else end
    found = []
    for pattern in (DATE, AMERICAN, ISO):
        for match in pattern.finditer(text, start, stop):
            groups = match.groupdict()
            month = groups["month"]
            found.append(
                PrintedDate(
                    match.start(),
                    match.end(),
                    int(groups["day"]),
                    int(month) if month.isdigit() else MONTHS[month.lower()],
                    int(groups.get("year") or 0),
                    WEEKDAYS.get((groups.get("weekday") or "").lower(), -1),
                )
            )
    return sorted(found, key=lambda date: date.start)


def stated_years(text: str) -> list[tuple[int, int, int]]:
    """Years that full dates and dated addresses in the text state: (year, start, end)."""
    found = [(date.year, date.start, date.end) for date in printed_dates(text) if date.year]
    found += [(int(m["year"]), m.start("year"), m.end("year")) for m in URL_YEAR.finditer(text)]
    return sorted(found, key=lambda item: item[1])


def years_that_fit(dates: Iterable[PrintedDate], first: int, last: int) -> list[int]:
    """The years in which every one of the dates falls on its printed weekday."""
    dates = list(dates)
    return [year for year in range(first, last + 1) if all(date.on(year) for date in dates)]


def clock(text: str, start: int, end: int) -> tuple[dt.time, int, int] | None:
    """The first time of day in a range, with its span."""
    match = CLOCK.search(text, start, end)
    if not match:
        return None
    hour = int(match["hour"])
    half = (match["half"] or "").lower()
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return dt.time(hour, int(match["minute"])), match.start(), match.end()


def published_date(
    text: str, ranges: Sequence[tuple[int, int]], known: dt.date | None, notes: list[str]
) -> Published | None:
    """The day that the head of a text states ("Published: 19 October 2013", a line that is a date), with the time if
    one stands beside it, else the day that "last night (29 June)" implies; what does not fit is noted."""
    found = _stated(text, ranges, notes) or _implied(text, known, notes)
    note_misfits(text, found.day if found else known, notes)
    return found


def note_misfits(text: str, published: dt.date | None, notes: list[str]) -> None:
    """Note full dates whose weekday is another, and "yesterday (Sunday)" in what was not published on a Monday."""
    for match in WEEKDAY_DATE.finditer(text):
        dates = printed_dates(text, match.start(), match.end())
        if dates and dates[0].year and dates[0].weekday >= 0 and dates[0].on(dates[0].year) is None:
            _misfit(text, dates[0], notes)
        if len(notes) >= MOST_NOTES:
            return
    if published is None:
        return
    for match in RELATIVE_DAY.finditer(text):
        later = dt.timedelta(days=_days_before(match["when"]))
        if (published - later).weekday() != WEEKDAYS[match["weekday"].lower()]:
            stated = f"{published:%A} {published.day} {published:%B} {published.year}"
            notes.append(f"The weekday of “{match[0]}” does not fit {stated}, when this was published.")
        if len(notes) >= MOST_NOTES:
            return


def _days_before(when: str) -> int:
    """How many days before publication "yesterday" and "last night" are, and "today" is."""
    return 1 if when.lower().startswith(("last", "yesterday")) else 0


def _stated(text: str, ranges: Iterable[tuple[int, int]], notes: list[str]) -> Published | None:
    waiting: tuple[int, int] | None = None
    for start, end in ranges:
        if end - start > 160:
            waiting = None
            continue
        line = text[start:end]
        stated = STATED.match(line)
        if not stated and waiting is None and not (end - start <= 80 and DATE_LINE.match(line)):
            continue
        for date in printed_dates(text, start, end):
            day = date.on(date.year) if date.year else None
            if day is None:
                _misfit(text, date, notes)
                continue
            time = clock(text, start, end)
            spans = (
                (Span(date.start, date.end),)
                if time is None
                else (Span(min(date.start, time[1]), max(date.end, time[2])),)
            )
            return Published(day, time[0] if time else None, "minute" if time else "day", "stated", spans)
        waiting = (start, end) if stated else None
    return None


def _misfit(text: str, date: PrintedDate, notes: list[str]) -> None:
    note = f"The weekday of “{text[date.start : date.end]}” does not fit the date."
    if date.year and date.weekday >= 0 and note not in notes:
        notes.append(note)


def _implied(text: str, known: dt.date | None, notes: list[str]) -> Published | None:
    """The day after "last night (29 June)": in the year that is printed or, when only one fits, known or stated."""
    for match in RELATIVE.finditer(text):
        start, end = match.span("date")
        dates = printed_dates(text, start, end)
        bare = _YEARLESS.search(text, start, end) if not dates else None
        if bare:
            dates = [
                PrintedDate(
                    bare.start(),
                    bare.end(),
                    int(bare["day"]),
                    MONTHS[bare["month"].lower()],
                    0,
                    WEEKDAYS.get((bare["weekday"] or "").lower(), -1),
                )
            ]
        if not dates:
            continue
        date = dates[0]
        later = dt.timedelta(days=_days_before(match["when"]))
        evidence = [Span(match.start(), match.end())]
        if date.year:
            years = {date.year}
        elif known is not None:
            years = {year for year in (known.year - 1, known.year, known.year + 1) if _close(date.on(year), known)}
        else:
            stated = [(year, a, b) for year, a, b in stated_years(text) if date.on(year)]
            years = {year for year, _, _ in stated}
            evidence += [Span(a, b) for _, a, b in stated[:1]]
        fitting = [day for year in years if (day := date.on(year))]
        if len(fitting) == 1:
            return Published(fitting[0] + later, None, "day", "inferred", tuple(evidence))
        if years and not fitting:
            _misfit(text, PrintedDate(date.start, date.end, date.day, date.month, min(years), date.weekday), notes)
        else:
            notes.append(f"The year of “{text[match.start() : match.end()]}” could not be worked out.")
    return None


def _close(day: dt.date | None, known: dt.date) -> bool:
    return day is not None and abs((day - known).days) <= NEAR
