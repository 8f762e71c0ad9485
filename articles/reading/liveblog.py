"""Live blogs: entries from their headings, in either order, with the year worked out where headings have none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .dates import DATE, PrintedDate, clock, printed_dates, stated_years, years_that_fit
from .model import Context, Published, Span
from .passages import Paragraph

_DATE_HEADING = re.compile(
    rf"^(?:{DATE.pattern})?\s*[–—|,at-]*\s*(?P<time>\d{{1,2}}[:.]\d\d\s*(?:am|pm)?)\s*(?:BST|GMT|UTC|EST|EDT|CET)?\s*[.:]?$",
    re.IGNORECASE,
)
_TIME_HEADING = re.compile(r"^\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:BST|GMT|UTC|EST|EDT)?\.?$", re.IGNORECASE)
#: A text is a live blog when it has this many headings.
FEWEST = 3
#: One heading in so many may have the wrong weekday.
MOST_RIGHT = 4
FIRST_YEAR, LAST_YEAR = 1990, 2040


@dataclass(slots=True)
class Entry:
    """One dated post: heading, span from heading to the end of its last paragraph, and when."""

    start: int
    end: int
    heading: str
    at: dt.datetime | None = None
    basis: Literal["", "stated", "inferred"] = ""


def find_entries(
    text: str, found: Sequence[Paragraph], context: Context
) -> tuple[list[Entry], Published | None, list[str]]:
    """Entries in text order, the day of the newest one, and notes; each paragraph is told its entry."""
    heads: list[tuple[int, PrintedDate | None, dt.time | None]] = []
    for index, item in enumerate(found):
        length = item.end - item.start
        if length > 60 or (item.kind not in ("body", "headline", "standfirst") and item.reason != "date line"):
            continue
        line = text[item.start : item.end]
        if not (line[-1].isdigit() or line[-1] in "mMTt.:"):
            continue
        if not any(c.isdigit() for c in line):
            continue
        if _DATE_HEADING.match(line):
            dates = printed_dates(text, item.start, item.end)
            found_at = clock(text, dates[0].end if dates else item.start, item.end)
            heads.append((index, dates[0] if dates else None, found_at[0] if found_at else None))
        elif _TIME_HEADING.match(line) and ("m" in line.lower() or ":" in line or "." in line):
            heads.append((index, None, _loose_time(line)))
    if len(heads) < (1 if context.article_kind == "live blog" else FEWEST):
        return [], None, []
    notes: list[str] = []
    year, basis, evidence = _year(text, [date for _, date, _ in heads if date], context, notes)
    entries: list[Entry] = []
    day: dt.date | None = context.date if not any(date for _, date, _ in heads) else None
    for number, (index, date, time) in enumerate(heads):
        last = heads[number + 1][0] if number + 1 < len(heads) else len(found)
        end = found[index].end
        for item in found[index:last]:
            if item.kind in ("share", "promo") and number + 1 == len(heads):
                break
            item.entry = number
            end = item.end
        head = found[index]
        head.kind, head.reason = "heading", "entry heading"
        if date:
            printed_year = date.year or year
            day = date.on(printed_year) if printed_year else None
        at = dt.datetime.combine(day, time) if day and time is not None else None
        stated = bool(date and date.year)
        entries.append(
            Entry(head.start, end, text[head.start : head.end], at, ("stated" if stated else basis) if at else "")
        )
    for item in found[: heads[0][0]]:
        if item.kind in ("headline", "standfirst") and item.end - item.start > 200:
            item.kind, item.reason = "body", ""
    published = None
    dated = [(entry.at, number) for number, entry in enumerate(entries) if entry.at]
    if dated:
        newest, number = max(dated)
        head = found[heads[number][0]]
        spans = (Span(head.start, head.end), *evidence)
        published = Published(newest.date(), newest.time(), "minute", "stated" if not evidence else "inferred", spans)
    return entries, published, notes


def _odd_one_out(
    text: str, dates: list[PrintedDate], context: Context, notes: list[str]
) -> tuple[int, Literal["", "stated", "inferred"], tuple[Span, ...]]:
    """The year that all but a few headings fit, told by the context or the text; the few are noted."""
    years = [context.date.year] if context.date else sorted({year for year, _, _ in stated_years(text)})
    odd = {year: [date for date in dates if not date.on(year)] for year in years}
    best = min(odd, key=lambda year: len(odd[year]), default=0)
    if not best or len(odd[best]) * MOST_RIGHT > len(dates):
        notes.append("No year fits the weekdays of the entry headings.")
        return 0, "", ()
    notes.extend(f"The weekday of “{text[date.start : date.end]}” does not fit {best}." for date in odd[best])
    return best, "inferred", ()


def _loose_time(line: str) -> dt.time | None:
    match = re.match(r"(\d{1,2})(?:[:.](\d\d))?\s*([ap])?", line, re.IGNORECASE)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _year(
    text: str, dates: list[PrintedDate], context: Context, notes: list[str]
) -> tuple[int, Literal["", "stated", "inferred"], tuple[Span, ...]]:
    if not dates:
        return 0, "stated" if context.date else "", ()
    years = {date.year for date in dates if date.year}
    if years:
        notes.extend(
            f"The weekday of “{text[date.start : date.end]}” does not fit the date."
            for date in dates
            if date.year and date.weekday >= 0 and not date.on(date.year)
        )
        return min(years), "stated", ()
    fitting = years_that_fit(dates, FIRST_YEAR, LAST_YEAR)
    if not fitting:
        return _odd_one_out(text, dates, context, notes)
    if context.date and context.date.year in fitting:
        return context.date.year, "inferred", ()
    months = {date.month for date in dates}
    proof = [(year, start, end) for year, start, end in stated_years(text) if year in fitting]
    if len({year for year, _, _ in proof}) > 1:
        near = [
            (date.year, date.start, date.end)
            for date in printed_dates(text)
            if date.year in fitting and min((date.month - m) % 12 for m in months) in (0, 1, 11)
        ]
        proof = near if len({year for year, _, _ in near}) == 1 else []
    if proof:
        return proof[0][0], "inferred", tuple(Span(start, end) for _, start, end in proof[:3])
    if len(fitting) == 1:
        return fitting[0], "inferred", ()
    notes.append("The year of the entries could not be worked out: " + ", ".join(map(str, fitting)) + " fit.")
    return 0, "", ()
