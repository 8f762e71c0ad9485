"""Forms: quotes as they are compared, with all that speaks for or against their reporting one utterance."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from django.conf import settings
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from articles.comparing import Said
from articles.comparing.judging import content, weight
from articles.comparing.shingles import LENGTH, hashed
from articles.comparing.words import FUNCTION, spoken
from articles.models import Article, Attribution, Quote
from articles.wording import JOINT
from corpus.chunks import chunks
from corpus.statements import among
from people.models import Person


class Words:
    """A quote's spoken words, and what is often asked of them; ``marks`` is how often an editor's hand is in it."""

    def __init__(self, keys: tuple[str, ...], marks: int) -> None:
        self.keys, self.marks = keys, marks

    @cached_property
    def hashes(self) -> frozenset[int]:
        """The shingles by which it is found: without those whose four words all say nothing."""
        found, small = [], 0
        for at, key in enumerate(self.keys):
            small = small + 1 if key in FUNCTION else 0
            if at >= LENGTH - 1 and small < LENGTH:
                found.append(hashed(self.keys[at - LENGTH + 1 : at + 1]))
        return frozenset(found)

    @cached_property
    def several(self) -> frozenset[str]:
        return frozenset(self.keys)

    @cached_property
    def content(self) -> frozenset[str]:
        return content(self.keys)

    @cached_property
    def weight(self) -> float:
        return weight(self.keys)


@lru_cache(maxsize=5_000)
def words(text: str, spans: tuple[tuple[int, int], ...]) -> Words:
    """The words of a quote's own text, by where they stand in it; what is grouped is soon asked for again."""
    return Words(*spoken(text, spans))


MIXED, INDIRECT = Quote.Kind.MIXED.value, Quote.Kind.INDIRECT.value


@dataclass(eq=False)
class Form:
    """A quote as it is compared; ``decided`` says that a person put it where it is, or out of every utterance."""

    id: int
    utterance: int | None
    decided: bool
    said: Said
    words: Words
    sure: bool
    moment: int
    article: int
    start: int
    end: int
    #: What somebody decided about the utterance it is in: when, and at what it was said.
    said_on: dt.date | None = None
    occasion: str = ""

    def said_beside(self, other: Form) -> Said | None:
        """As it is judged beside another; None if that was printed before this was said.

        Where the day is known on which it was said, that counts if it is nearer than the day on which it was printed.
        """
        day, theirs = self.said_on, other.said.day
        if day is None:
            return self.said
        if theirs is None:
            return self.said if self.said.day else replace(self.said, day=day)
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

    @property
    def hashes(self) -> frozenset[int]:
        return self.words.hashes

    @cached_property
    def fullness(self) -> tuple[bool, int, int, int, int]:
        """Sorts the fullest form first: direct, of most words, without an editor's hand, printed first."""
        return (self.indirect, -len(self.said.keys), self.words.marks, self.moment or 10**12, self.id)

    def overlaps(self, other: Form) -> bool:
        """Whether the two stand at one place of one article, as a quote does with what is quoted inside of it."""
        return self.article == other.article and self.start < other.end and other.start < self.end


def grouped() -> Q:
    """Of the quotes, those that can be in an utterance: in the current text, read there or accepted, not rejected."""
    read = Q(status=Quote.Status.ACCEPTED) | Q(status=Quote.Status.SUGGESTED, found=True)
    return read & ~Q(anchor=Quote.Anchor.ORPHANED) & Q(capture=F("article__capture"))


def said_spans(
    spans: Sequence[Sequence[int]], marked: Sequence[Sequence[int]], kind: str
) -> tuple[tuple[int, int], ...]:
    """Where in a quote's own text its spoken words stand; of a mixed quote, what is in marks.

    ``spans`` and ``marked`` count in the capture, as the quote has them; the quote's text is its spans joined.
    """
    if len(spans) == 1 and kind != Quote.Kind.MIXED:
        ((start, end),) = spans
        return ((0, end - start),)
    whole, said, at = [], [], 0
    for start, end in spans:
        whole.append((at, at + end - start))
        for mark_start, mark_end in marked if kind == Quote.Kind.MIXED else ():
            if mark_start < end and start < mark_end:
                said.append((at + max(mark_start, start) - start, at + min(mark_end, end) - start))
        at += end - start + len(JOINT)
    return tuple(said or whole)


#: JSON as text, since what most of it says needs no reading.
_JSON = {f"{name}_json": Cast(name, TextField()) for name in ("decided", "spans", "marked")}
_COLUMNS = "pk utterance decided_json text spans_json marked_json kind moment article start end".split()


def load(rows: QuerySet[Quote]) -> dict[int, Form]:
    """The forms of quotes by id, in three queries for every five thousand."""
    found = list(rows.order_by().annotate(**_JSON).values_list(*_COLUMNS))
    speakers, sure = _speakers(row[0] for row in found)
    stories = _stories({row[8] for row in found})
    forms = {}
    for pk, utterance, decided, text, spans, marked, kind, moment, article, start, end in found:
        own = words(text, said_spans(json.loads(spans), json.loads(marked) if kind == MIXED else (), kind))
        said = Said(own.keys, speakers[pk], day(moment), stories[article], article, kind == INDIRECT)
        put = decided != "[]" and "utterance" in json.loads(decided)
        forms[pk] = Form(pk, utterance, put, said, own, pk in sure, moment, article, start, end)
    return forms


def load_ids(ids: Iterable[int]) -> dict[int, Form]:
    """The forms of those of these quotes that can be in an utterance."""
    forms: dict[int, Form] = {}
    for some in chunks(ids):
        forms |= load(Quote.objects.filter(grouped(), pk__in=among(some)))
    return forms


@lru_cache(maxsize=10_000)
def day(moment: int) -> dt.date | None:
    """The day of a moment (yyyymmddhhmm); None of an unknown one."""
    year, rest = divmod(moment // 10_000, 10_000)
    return dt.date(year, rest // 100, rest % 100) if year else None


def _speakers(quotes: Iterable[int]) -> tuple[dict[int, frozenset[int]], set[int]]:
    """Who speaks in each quote, by survivors' ids, and the quotes of which that is sure."""
    people: dict[int, set[int]] = defaultdict(set)
    doubtful = set()
    for some in chunks(quotes):
        rows = Attribution.objects.filter(quote__in=among(some), role=Attribution.Role.SPEAKER, person__isnull=False)
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
        for article, story in Article.stories.through.objects.filter(article__in=among(some)).values_list(
            "article", "story"
        ):
            stories[article].add(story)
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    found.update((article, frozenset(some)) for article, some in stories.items())
    return found
