"""Concordance: every place where words were printed, a line each, with what stands before and after (KWIC, Luhn 1960).

Lines come of the newest texts that match, at most `AMONG`; where there are more, that is said, and all figures are of
that time only, so that what is counted and what it is a share of are of the same texts.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Length

from articles.comparing.words import FUNCTION
from articles.models import Quote, Source
from corpus.search import Searchable
from corpus.search.highlight import hits
from corpus.search.query import Query, parse

#: Texts that are looked into, the newest first, and lines made of them; so many make a page in a blink.
AMONG, MOST_LINES = 1_000, 5_000
#: Characters before and after the words.
CONTEXT = 80
#: Words on either side among which the words beside are counted.
SPAN = 5
BESIDE = 12
#: Rates are of so many words.
PER = 10_000
#: Characters of a word with the blank after it, where only characters are counted: English prose in this corpus.
CHARACTERS_A_WORD = 5.9
WORD = re.compile(r"\w+(?:[’'-]\w+)*")
ORDERS = {
    "right": "First word right",
    "left": "First word left",
    "outlet": "Outlet",
    "date": "Newest first",
}


#: About how many words there are, by slug of the outlet and by month (yyyymm).
Volumes = dict[tuple[str, int], float]


def iso(moment: int) -> str:
    """The day of a moment (yyyymmddhhmm) as ISO 8601; "" for 0."""
    number = f"{moment // 10_000:08d}"
    return f"{number[:4]}-{number[4:6]}-{number[6:]}" if moment else ""


class Text(NamedTuple):
    """A text that is looked into: a quote's words, or what may be seen of an article."""

    uid: str
    article: str
    slug: str
    outlet: str
    moment: int
    text: str


class Line(NamedTuple):
    """One place: ``left`` ends and ``right`` begins at the words, blanks single; ``uid`` is of the quote or article."""

    uid: str
    article: str
    slug: str
    outlet: str
    moment: int
    left: str
    words: str
    right: str

    @property
    def first_right(self) -> tuple[str, str, str]:
        """What stands after the words: up to the first word, that word, and the rest."""
        found = WORD.search(self.right)
        if not found:
            return self.right, "", ""
        return self.right[: found.start()], found[0], self.right[found.end() :]

    @property
    def last_left(self) -> tuple[str, str, str]:
        """What stands before the words: up to the last word, that word, and what follows it; a blank at the end is one
        that browsers keep."""
        left = f"{self.left[:-1]}\u00a0" if self.left.endswith(" ") else self.left
        if not (found := list(WORD.finditer(left))):
            return left, "", ""
        return left[: found[-1].start()], found[-1][0], left[found[-1].end() :]

    @property
    def day(self) -> str:
        """As ISO 8601, as far as it is known; "" where it is not."""
        return iso(self.moment)

    @property
    def printed(self) -> str:
        """The day as the pages write it: "14 March 2024"; "" where it is not known."""
        day = self.day and dt.date.fromisoformat(self.day)
        return f"{day.day} {day:%B %Y}" if day else ""


class Rate(NamedTuple):
    """How often words stand in the texts of an outlet or month: ``lines``, and about how many in `PER` words.

    ``rate`` is None where no more than excerpts may be seen; ``width`` its share of the greatest, of 100.
    """

    key: str
    name: str
    lines: int
    rate: float | None
    width: int


class Beside(NamedTuple):
    """A word that stands near: how often, and whether mostly "before", mostly "after", or on both sides ("near")."""

    word: str
    number: int
    where: str


@dataclass(frozen=True)
class Concordance:
    """The lines of a query in an order of `ORDERS`; ``texts`` they are of; ``since`` is 0, or the moment from which on
    everything is here when there was more than is looked into."""

    lines: Sequence[Line] = ()
    texts: int = 0
    since: int = 0
    volumes: Volumes = field(default_factory=dict)

    @cached_property
    def outlets(self) -> list[Rate]:
        """Rates by outlet, the highest first."""
        names = {line.slug: line.outlet for line in self.lines}
        volumes: dict[str, float] = defaultdict(float)
        for (slug, _), number in self.volumes.items():
            volumes[slug] += number
        lines = Counter(line.slug for line in self.lines)
        found = _rates([(slug, names[slug], number, volumes[slug]) for slug, number in lines.items()])
        return sorted(found, key=lambda row: (row.rate is None, -(row.rate or 0), row.name))

    @cached_property
    def months(self) -> list[Rate]:
        """Rates by month, in the order of time; months without a line among them, texts without a date left out."""
        volumes: dict[int, float] = defaultdict(float)
        for (_, month), number in self.volumes.items():
            volumes[month] += number
        lines = Counter(line.moment // 1_000_000 for line in self.lines)
        known = sorted(month for month in lines if month)
        within = [month for month in volumes if known and known[0] <= month <= known[-1]]
        rows = [(iso(m * 1_000_000)[:7], _month(m), lines[m], volumes[m]) for m in sorted({*within, *known})]
        return _rates(rows)

    @cached_property
    def beside(self) -> list[Beside]:
        """The words that stand most often within `SPAN` words, but for those that stand beside everything."""
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        for line in self.lines:
            before.update(map(_telling, WORD.findall(line.left)[-SPAN:]))
            after.update(map(_telling, WORD.findall(line.right)[:SPAN]))
        both = before + after
        del both[""]
        found = sorted(both, key=lambda word: (-both[word], word))[:BESIDE]
        return [Beside(word, both[word], _where(before[word], after[word])) for word in found if both[word] > 1]


def concordance(
    rows: QuerySet[Any], text: str, order: str, column: str, volumes: Callable[[int], Volumes]
) -> Concordance:
    """The concordance of a query in rows of quotes or articles that match it, public and filtered; a query, or two.

    ``column`` leads to the text from a row; ``volumes`` gives what is counted against, of texts from a moment on.
    """
    query = parse(text)
    if query.empty:
        return Concordance()
    quotes = rows.model is Quote
    article = "article__" if quotes else ""
    # A source whose rights are being followed is left out until its texts are what may be seen.
    rows = rows.filter(**{f"{article}source__followed_to": None})
    assert isinstance(rows, Searchable)
    newest = (
        rows.walked()
        .order_by("-moment", "-id")
        .values_list("uid", f"{article}uid", f"{article}source__slug", f"{article}source__name", "moment", column)
    )
    found = [Text(*row) for row in newest[: AMONG + 1]]
    if not quotes:
        found = [one._replace(text=_without_twin(one.text)) for one in found]
    since = found[AMONG].moment + 1 if len(found) > AMONG else 0
    if since:
        # Those of the last moment that are looked into may not be all of them.
        found = [one for one in found if one.moment >= since] or found[:AMONG]
        since = found[-1].moment
    lines: list[Line] = []
    for one in found:
        lines += lines_of(one, query)
        if len(lines) >= MOST_LINES:
            since = max(since, one.moment)
            break
    lines.sort(key=lambda line: _key(line, order))
    return Concordance(lines, len({line.uid for line in lines}), since, volumes(since) if lines else {})


def lines_of(one: Text, query: Query) -> Iterator[Line]:
    """The lines of one text."""
    text = " ".join(one.text.split())
    for start, end, _ in hits(text, query):
        left, right = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        yield Line(*one[:-1], left.lstrip(), text[start:end], right.rstrip())


def _without_twin(text: str) -> str:
    """The text of an article in the index, which begins with its headline, without that if it has one of its own."""
    headline, _, rest = text.partition("\n\n")
    seen = " ".join(rest[: 2 * len(headline) + 20].split())
    return rest if seen.startswith(" ".join(headline.split())) else text


def _key(line: Line, order: str) -> tuple[Any, ...]:
    newest = (-line.moment, line.uid)
    match order:
        case "right":
            return [word.casefold() for word in WORD.findall(line.right)[:4]], *newest
        case "left":
            return [word.casefold() for word in reversed(WORD.findall(line.left)[-4:])], *newest
        case "outlet":
            return line.outlet.casefold(), *newest
    return newest


def words_of_articles(rows: QuerySet[Any], since: int) -> Volumes:
    """How many words articles have, of outlets whose text may be seen whole; two queries."""
    rows = rows.filter(source__rights=Source.Rights.FULL, moment__gte=since)
    return _by_outlet(rows.order_by().values_list("source", F("moment") / 1_000_000).annotate(n=Sum("words")), 1)


def words_of_quotes(rows: QuerySet[Any], since: int) -> Volumes:
    """About how many words quotes have, from their characters; two queries."""
    if since:
        # First which rows: SQLite would begin with the articles, all of them, for these lie in the order of groups.
        rows = Quote.objects.filter(pk__in=rows.filter(moment__gte=since).order_by().values("pk"))
    grouped = rows.order_by().values_list("article__source", F("moment") / 1_000_000)
    return _by_outlet(grouped.annotate(n=Sum(Length("text"))), CHARACTERS_A_WORD)


def _by_outlet(rows: Iterable[tuple[int, int, int]], unit: float) -> Volumes:
    found = list(rows)
    slugs = dict(Source.objects.filter(pk__in={row[0] for row in found}).values_list("pk", "slug"))
    return {(slugs[source], month): (number or 0) / unit for source, month, number in found if source in slugs}


def _rates(rows: Iterable[tuple[str, str, int, float]]) -> list[Rate]:
    rates = [
        (key, name, lines, round(lines * PER / number, 1) if number else None) for key, name, lines, number in rows
    ]
    most = max((rate for *_, rate in rates if rate), default=0.0)
    return [Rate(*row, max(1, round(100 * row[3] / most)) if row[3] else 0) for row in rates]


def _month(month: int) -> str:
    return f"{calendar.month_name[month % 100]} {month // 100}" if month % 100 <= 12 else str(month)


@lru_cache(maxsize=20_000)
def _telling(word: str) -> str:
    """A word as it is counted; "" for one that stands beside everything."""
    low = word.casefold().replace("’", "'")
    return "" if low.replace("'", "") in FUNCTION or len(low) < 3 or low.isdecimal() else low


def _where(before: int, after: int) -> str:
    if before >= 3 * after:
        return "before"
    return "after" if after >= 3 * before else "near"
