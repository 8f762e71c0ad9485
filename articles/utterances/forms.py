"""Forms: quotes as they are compared, with all that speaks for or against their reporting one utterance."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from django.conf import settings
from django.db.models import F, Q, QuerySet

from articles.comparing import Said, Token, Type, tokens
from articles.comparing.judging import stem, weight
from articles.comparing.shingles import LENGTH, in_order
from articles.comparing.words import FUNCTION
from articles.models import Article, Attribution, Quote
from articles.wording import JOINT
from corpus.chunks import chunks
from people.models import Person


@dataclass(eq=False)
class Form:
    """A quote as it is compared; ``decided`` says that a person put it where it is, or out of every utterance."""

    id: int
    utterance: int | None
    decided: bool
    said: Said
    sure: bool
    moment: int
    article: int
    start: int
    end: int
    marks: int
    hashes: frozenset[int] = field(repr=False)
    #: What somebody decided about the utterance it is in: when, and at what it was said.
    said_on: dt.date | None = None
    occasion: str = ""

    def said_beside(self, other: Form) -> Said | None:
        """As it is judged beside another; None if that was printed before this was said.

        Where the day is known on which it was said, that counts if it is nearer than the day on which it was printed.
        """
        day, theirs = self.said_on, other.said.day
        if day is None or theirs is None:
            return self.said if day is None or self.said.day else replace(self.said, day=day)
        if theirs < day:
            return None
        nearer = self.said.day is None or theirs - day < abs(theirs - self.said.day)
        return replace(self.said, day=day) if nearer else self.said

    @property
    def indirect(self) -> bool:
        return self.said.indirect

    @property
    def alone(self) -> bool:
        """Whether somebody said that it is in no utterance."""
        return self.decided and self.utterance is None

    @cached_property
    def content(self) -> frozenset[str]:
        """Its words that say something, without endings."""
        return frozenset(stem(key) for key in self.said.keys if key not in FUNCTION)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.said.keys)

    @cached_property
    def weight(self) -> float:
        return sum(map(weight, self.said.keys))

    @cached_property
    def fullness(self) -> tuple[bool, int, int, int, int]:
        """Sorts the fullest form first: direct, of most words, without an editor's hand, printed first."""
        return (self.indirect, -len(self.said.keys), self.marks, self.moment or 10**12, self.id)

    def overlaps(self, other: Form) -> bool:
        """Whether the two stand at one place of one article, as a quote does with what is quoted inside of it."""
        return self.article == other.article and self.start < other.end and other.start < self.end


def grouped() -> Q:
    """Of the quotes, those that can be in an utterance: in the current text, read there or accepted, not rejected."""
    read = Q(status=Quote.Status.ACCEPTED) | Q(status=Quote.Status.SUGGESTED, found=True)
    return read & ~Q(anchor=Quote.Anchor.ORPHANED) & Q(capture=F("article__capture"))


def telling(keys: Sequence[str]) -> frozenset[int]:
    """The shingles by which a quote is found: without those whose four words all say nothing."""
    small = [key in FUNCTION for key in keys]
    return frozenset(hashed for at, hashed in enumerate(in_order(keys)) if not all(small[at : at + LENGTH]))


@lru_cache(maxsize=5_000)
def spoken(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[Token, ...]:
    """The tokens of a quote's own text; what is grouped is soon asked for again."""
    return tuple(tokens(text, spans))


def said_spans(
    spans: Sequence[Sequence[int]], marked: Sequence[Sequence[int]], kind: str
) -> tuple[tuple[int, int], ...]:
    """Where in a quote's own text its spoken words stand; of a mixed quote, what is in marks.

    ``spans`` and ``marked`` count in the capture, as the quote has them; the quote's text is its spans joined.
    """
    whole, said, at = [], [], 0
    for start, end in spans:
        whole.append((at, at + end - start))
        for mark_start, mark_end in marked if kind == Quote.Kind.MIXED else ():
            if mark_start < end and start < mark_end:
                said.append((at + max(mark_start, start) - start, at + min(mark_end, end) - start))
        at += end - start + len(JOINT)
    return tuple(said or whole)


_COLUMNS = "pk utterance decided text spans marked kind moment article start end".split()


def load(rows: QuerySet[Quote]) -> dict[int, Form]:
    """The forms of quotes by id, in three queries for every five thousand."""
    found = list(rows.order_by().values_list(*_COLUMNS))
    speakers, sure = _speakers(row[0] for row in found)
    stories = _stories({row[8] for row in found})
    forms = {}
    for pk, utterance, decided, text, spans, marked, kind, moment, article, start, end in found:
        words = spoken(text, said_spans(spans, marked, kind))
        said = Said(
            keys=tuple(token.key for token in words if token.type is Type.WORD),
            speakers=speakers[pk],
            day=day(moment),
            stories=stories[article],
            article=article,
            indirect=kind == Quote.Kind.INDIRECT,
        )
        forms[pk] = Form(
            id=pk, utterance=utterance, decided="utterance" in decided, said=said, sure=pk in sure, moment=moment,
            article=article, start=start, end=end, hashes=telling(said.keys),
            marks=sum(token.type in (Type.ELLIPSIS, Type.BRACKET) for token in words),
        )  # fmt: skip
    return forms


def load_ids(ids: Iterable[int]) -> dict[int, Form]:
    """The forms of those of these quotes that can be in an utterance."""
    forms: dict[int, Form] = {}
    for some in chunks(ids):
        forms |= load(Quote.objects.filter(grouped(), pk__in=some))
    return forms


def day(moment: int) -> dt.date | None:
    """The day of a moment (yyyymmddhhmm); None of an unknown one."""
    year, rest = divmod(moment // 10_000, 10_000)
    return dt.date(year, rest // 100, rest % 100) if year else None


def _speakers(quotes: Iterable[int]) -> tuple[dict[int, frozenset[int]], set[int]]:
    """Who speaks in each quote, by survivors' ids, and the quotes of which that is sure."""
    people: dict[int, set[int]] = defaultdict(set)
    doubtful = set()
    for some in chunks(quotes):
        rows = Attribution.objects.filter(quote__in=some, role=Attribution.Role.SPEAKER, person__isnull=False)
        rows = rows.exclude(person__canonical__status=Person.Status.REJECTED).order_by()
        for quote, person, confidence in rows.values_list("quote", "person__canonical", "confidence"):
            people[quote].add(person or 0)
            if confidence < settings.SPEAKER_THRESHOLD:
                doubtful.add(quote)
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    found.update((quote, frozenset(some)) for quote, some in people.items())
    return found, set(people) - doubtful


def _stories(articles: Iterable[int]) -> dict[int, frozenset[int]]:
    stories: dict[int, set[int]] = defaultdict(set)
    for some in chunks(articles):
        for article, story in Article.stories.through.objects.filter(article__in=some).values_list("article", "story"):
            stories[article].add(story)
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    found.update((article, frozenset(some)) for article, some in stories.items())
    return found
