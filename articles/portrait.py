"""What somebody is quoted with, in figures: all of them made of one look at their quotes, through the public gate.

Of somebody quoted very often so many quotes are looked at that a page is there at once, spread evenly over all of them,
and figures are then shares of those. What a copy of an article only repeats is left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F

from articles.comparing.words import FUNCTION, key
from articles.keyness import keyness, places
from articles.models import Attribution, Mention, Quote
from corpus.remembered import Remembered
from corpus.statements import among
from corpus.timeline import spread
from people.models import Person

#: So many quotes are looked at; for words, and for who else is in them, fewer are enough.
MOST, SAYINGS, NEAR = 800, 400, 200
#: So many quotes of everybody show which words are common.
COMMON = 2_000
#: Named of each kind.
BESIDE = 8
OWN_WORDS = 16
#: From how many quotes on the words of everybody are remembered.
LARGE = 500
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
#: What stands between marks in words that are only in part somebody's own.
MARKED = re.compile(r"“([^“”]+)”?|\"([^\"]+)\"?|(?<!\w)‘((?:[^‘’]|’(?=\w))+)’?")


class Line(NamedTuple):
    """One quote, as its speaker's figures need it."""

    quote: int
    moment: int
    printed: str
    kind: str
    source: int
    article: int
    entry: int | None
    capture: int
    start: int
    end: int
    utterance: int | None
    text: str

    @property
    def reported(self) -> bool:
        return self.kind == Quote.Kind.INDIRECT


class Rest(NamedTuple):
    """How often the telling words of a corpus are said, and those of them that somebody (by id) says."""

    words: Counter[str]
    by: dict[int, Counter[str]]

    def without(self, people: Iterable[int]) -> Counter[str]:
        rest = self.words.copy()
        for person in people:
            rest.subtract(self.by.get(person, {}))
        # What two of them said together was taken off twice.
        return +rest


class Word(NamedTuple):
    """A word that is most somebody's own, as they are mostly printed with it.

    ``number`` of times in what was looked at, ``times`` as often as in the rest, ``level`` 1 to 3 by likelihood.
    """

    word: str
    number: int
    times: int
    level: int


class Beside(NamedTuple):
    """Somebody who is there too, and how often."""

    slug: str
    name: str
    number: int


@dataclass(frozen=True)
class Portrait:
    """What is publicly given to somebody under all their ``selves`` (ids): one quote in ``each`` was looked at."""

    selves: Sequence[int]
    each: int
    lines: Sequence[Line]

    @property
    def partly(self) -> bool:
        """Whether only some of the quotes were looked at."""
        return self.each > 1

    @property
    def nearly(self) -> bool:
        """Whether whom they stand beside and mention was seen in only some of their quotes."""
        return len(self.lines) > NEAR

    @property
    def total(self) -> int:
        return self.figure(len(self.lines))

    def figure(self, n: int) -> int:
        """So many of the quotes looked at as a number of all quotes; two digits of it where that is judged."""
        if not self.partly:
            return n
        about = n * self.each
        unit = 10 ** max(0, len(str(about)) - 2)
        return round(about / unit) * unit

    @property
    def quoted(self) -> int:
        """Of every 100, how many are quoted and not only reported."""
        return round(100 * sum(not line.reported for line in self.lines) / len(self.lines)) if self.lines else 0

    @cached_property
    def days(self) -> dict[int, tuple[int, int]]:
        """Lines by day (yyyymmdd, 0 where it is not known), and how many of them are only reported."""
        every: Counter[int] = Counter()
        reported: Counter[int] = Counter()
        for line in self.lines:
            every[line.moment // 10_000] += 1
            reported[line.moment // 10_000] += line.reported
        return {day: (n, reported[day]) for day, n in every.items()}

    @property
    def sources(self) -> list[tuple[int, int]]:
        """Outlets (ids) and lines in them, the most first."""
        return sorted(Counter(line.source for line in self.lines).items(), key=lambda row: (-row[1], row[0]))

    def some(self, most: int) -> Sequence[Line]:
        """At most so many of the lines, spread evenly."""
        return self.lines[:: max(1, -(-len(self.lines) // most))]

    def company(self) -> list[Beside]:
        """Whose quotes stand in the same articles, of live blogs in the same entries; one query."""
        here = {(line.article, line.entry) for line in self.some(NEAR)}
        rows = (
            Attribution.objects.filter(
                role=Attribution.Role.SPEAKER, shown=True, quote__article__in=among({a for a, _ in here})
            )
            .exclude(person__in=self.selves)
            .order_by()
            .values_list("quote__article", "quote__entry", "person__canonical__slug", "person__canonical__name")
            .distinct()
        )
        met: dict[tuple[str, str], set[int]] = defaultdict(set)
        for article, entry, slug, name in rows:
            if (article, entry) in here:
                met[slug, name].add(article)
        return _most({who: len(articles) for who, articles in met.items()})

    def mentioned(self) -> list[Beside]:
        """Whom their words name, and in how many of their quotes; one query."""
        by_capture: dict[int, list[Line]] = defaultdict(list)
        for line in self.some(NEAR):
            by_capture[line.capture].append(line)
        rows = (
            Mention.objects.filter(capture__in=among(by_capture), rejected=False, person__canonical__public=True)
            .exclude(person__in=self.selves)
            .order_by()
            .values_list("capture", "start", "end", "person__canonical__slug", "person__canonical__name")
        )
        named: dict[tuple[str, str], set[int]] = defaultdict(set)
        for capture, start, end, slug, name in rows:
            for line in by_capture[capture]:
                if line.start <= start and end <= line.end:
                    named[slug, name].add(line.quote)
        return _most({who: len(quotes) for who, quotes in named.items()})

    def own_words(self, names: Iterable[str]) -> list[Word]:
        """The words most their own against everybody else's; two queries, or none where those are remembered.

        What is said once counts once, in however many outlets. ``names`` are their own, which others say of them.
        """
        said = once((line.utterance, line.quote, line.kind, line.text, line.article) for line in self.some(SAYINGS))
        if not said:
            return []
        printed: dict[str, Counter[str]] = defaultdict(Counter)
        texts = []
        for _, kind, text, article in said:
            words = spoken(kind, text)
            for word in words:
                printed[key(word)][word] += 1
            texts.append((article, telling(words)))
        here = Counter(word for _, words in texts for word in words)
        there = rest_of_corpus().without(self.selves)
        found = keyness(
            here, there, most=OWN_WORDS, spread=places(texts),
            without={key(word) for name in names for word in WORD.findall(name)},
        )  # fmt: skip
        strong = max((one.likelihood for one in found), default=0.0)
        return [
            Word(
                printed[one.word].most_common(1)[0][0], one.here, round(2**one.ratio) if one.there else 0,
                3 if one.likelihood > strong / 2 else 2 if one.likelihood > strong / 4 else 1,
            )
            for one in found
        ]  # fmt: skip


def portrait(person: Person) -> Portrait:
    """The portrait of somebody, under whichever of their merged selves they are quoted; three queries and a count."""
    selves = list(Person.objects.filter(canonical=person).order_by("pk").values_list("pk", flat=True))
    given = Attribution.objects.filter(person__in=selves, role=Attribution.Role.SPEAKER, shown=True).order_by()
    each = -(-given.count() // MOST) or 1
    chosen = given.annotate(place=F("quote") % each).filter(place=0) if each > 1 else given
    # Along the quotes chosen: along the person there may be very many more.
    rows = Attribution.objects.filter(
        quote__in=among(chosen.values_list("quote", flat=True)), role=Attribution.Role.SPEAKER, shown=True,
        reprint=False,
    ).values_list(
        "person", "quote", "moment", "printed", "quote__kind", "quote__article__source", "quote__article",
        "quote__entry", "quote__capture", "quote__start", "quote__end", "quote__utterance", "quote__text",
    )  # fmt: skip
    # Two of their selves may be in one quote.
    lines = {line[1]: Line(*line[1:]) for line in rows.order_by("-position") if line[0] in selves}
    return Portrait(selves, each, sorted(lines.values(), key=lambda line: (-line.moment, -line.quote)))


# --- words


def spoken(kind: str, text: str) -> list[str]:
    """The words of a quote that are somebody's own, as printed: none of what is reported, in part what is in marks."""
    if kind == Quote.Kind.INDIRECT:
        return []
    stretches = [text]
    if kind == Quote.Kind.MIXED:
        stretches = [one for found in MARKED.findall(text) for one in found if one] or [text]
    return [word for stretch in stretches for word in WORD.findall(stretch)]


def telling(words: Iterable[str]) -> tuple[str, ...]:
    """The keys of the words that say something by themselves."""
    return tuple(one for one in map(key, words) if len(one) > 2 and one not in FUNCTION)


def once(rows: Iterable[tuple[int | None, int, str, str, int]]) -> list[tuple[int, str, str, int]]:
    """Of rows that begin with an utterance (None for what nobody else has) the longest of each, without that."""
    longest: dict[tuple[bool, int], tuple[int, str, str, int]] = {}
    for utterance, quote, kind, text, article in rows:
        if kind == Quote.Kind.INDIRECT:
            continue
        same = (utterance is None, utterance or quote)
        if same not in longest or len(text) > len(longest[same][2]):
            longest[same] = quote, kind, text, article
    return list(longest.values())


@Remembered
def rest_of_corpus() -> tuple[Rest, bool]:
    """The words of quotes spread evenly over the corpus; two queries, or none while a large corpus is remembered."""
    some = spread(Quote, DEFAULT_DB_ALIAS, COMMON)
    given = Attribution.objects.filter(quote__in=some, role=Attribution.Role.SPEAKER, shown=True).order_by()
    speakers: dict[int, set[int]] = defaultdict(set)
    for quote, person in given.values_list("quote", "person"):
        speakers[quote].add(person)
    rows = Quote.objects.witnesses().filter(pk__in=some).order_by()
    said = once(rows.values_list("utterance", "pk", "kind", "text", "article"))
    found = Rest(Counter(), defaultdict(Counter))
    for quote, kind, text, _ in said:
        words = telling(spoken(kind, text))
        found.words.update(words)
        for person in speakers[quote]:
            found.by[person].update(words)
    return found, len(said) > LARGE


def _most(met: Mapping[tuple[str, str], int]) -> list[Beside]:
    rows = [Beside(slug, name, n) for (slug, name), n in met.items()]
    return sorted(rows, key=lambda row: (-row.number, row.name))[:BESIDE]
