"""How outlets attribute, counted in quotes: in marks or not, to whom, with which verb, marks and titles.

An outlet is seen in its newest articles, and beside it all others in quotes spread evenly over the corpus.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from articles.models import Article, Attribution, Quote, Source
from articles.reading.lexicon.cues import CUES
from articles.wording import PAIRS, PRONOUNS
from corpus.remembered import Remembered
from corpus.statements import among
from corpus.timeline import spread
from people.names import split_titles

#: So many of its newest articles show how an outlet does it, and so many quotes how others do.
ARTICLES, OTHERS = 150, 1_500
#: Of fewer quotes nothing can be said.
FEWEST = 10
VERBS = 6
#: From how many quotes on what others do is remembered.
LARGE = 500

#: What is counted, and how it came out: ("kind", "direct").
Counts = Counter[tuple[str, str]]


class Row(NamedTuple):
    """Of every 100 here and in other outlets, None where there are too few; ``asked`` is what a list takes."""

    label: str
    here: int
    elsewhere: int | None
    asked: str = ""


@dataclass(frozen=True)
class Style:
    """How one outlet does it beside the others: ``attributes`` and ``prints`` of every 100, verbs by frequency."""

    quotes: int
    articles: int
    speakers: list[tuple[int, int]]
    attributes: list[Row]
    prints: list[Row]
    verbs: list[tuple[str, int]]


def style(source: Source) -> Style:
    """The style of an outlet; five queries, or three while the others of a large corpus are remembered."""
    newest = Article.objects.public().filter(source=source).order_by("-moment", "-id").values_list("pk", flat=True)
    articles = among(newest[:ARTICLES])
    counted, speakers = _counts(Quote.objects.witnesses().filter(article__in=articles))
    own = counted[source.pk]
    others: Counts = Counter()
    for pk, counts in _everybody().items():
        if pk != source.pk:
            others.update(counts)

    def rows(kind: str, *wanted: tuple[str, str, str]) -> list[Row]:
        here, there = (_shares(counts, kind) for counts in (own, others))
        return [
            Row(label, here[value], there.get(value, 0) if there else None, asked)
            for value, label, asked in wanted
            if here.get(value) or (there and here and there.get(value))
        ]

    return Style(
        quotes=sum(n for (kind, _), n in own.items() if kind == "kind"),
        articles=len(articles.values),
        speakers=speakers.most_common(),
        attributes=[
            *rows("kind", ("direct", "Quoted", "kind=direct"), ("mixed", "Quoted in part", "kind=mixed"),
                  ("indirect", "Reported", "kind=indirect"),
                  ("document", "Letters and statements", "kind=document")),
            *rows("speaker", ("named", "To somebody we know", "speaker_is=named"),
                  ("unresolved", "To a name not settled", "speaker_is=unresolved"),
                  ("unnamed", "To nobody named", "speaker_is=unnamed")),
        ],
        prints=[
            *rows("mark", *((mark, f"In marks {mark} {PAIRS[mark]}", "") for mark in ("“", "‘", "«", "„")),
                  *((mark, f"In straight marks {mark} {mark}", "") for mark in ('"', "'"))),
            *rows("verb", ("say", "“Say” as the verb", "")),
            *rows("tense", ("s", "Verbs in the present tense", "")),
            *rows("title", ("yes", "Titles before names", "")),
        ],
        verbs=[(verb, n) for (kind, verb), n in own.most_common() if kind == "verb"][:VERBS],
    )  # fmt: skip


def _shares(counts: Counts, kind: str) -> Counter[str]:
    """Of every 100 that were counted of a kind, by how it came out; empty where there are too few."""
    some = {value: n for (counted, value), n in counts.items() if counted == kind}
    total = sum(some.values())
    return Counter({value: round(100 * n / total) for value, n in some.items()} if total >= FEWEST else {})


def _counts(quotes: QuerySet[Quote]) -> tuple[dict[int, Counts], Counter[int]]:
    """What is counted of these quotes, by outlet; and who is quoted how often, by person. Two queries."""
    found: dict[int, Counts] = defaultdict(Counter)
    speakers: Counter[int] = Counter()
    given: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = Attribution.objects.filter(quote__in=quotes.values("pk"), role=Attribution.Role.SPEAKER).order_by("position")
    for quote, *row in rows.values_list("quote", "kind", "printed", "shown", "person__canonical"):
        given[quote].append(tuple(row))
    for pk, source, kind, speaker_is, cue, prefix, text in quotes.order_by().values_list(
        "pk", "article__source", "kind", "speaker_is", "cue", "prefix", "text"
    ):
        counts, voices = found[source], given[pk]
        counts["kind", kind] += 1
        counts["speaker", speaker_is] += 1
        if mark := _mark(kind, prefix, text):
            counts["mark", mark] += 1
        if known := CUES.get(cue.casefold().partition(" ")[0]):
            counts["verb", known[0]] += 1
            if known[2] in {"s", "ed"}:
                counts["tense", known[2]] += 1
        for sort, printed, _, _ in voices:
            if sort == Attribution.Kind.INDIVIDUAL and printed[:1].isupper() and printed.casefold() not in PRONOUNS:
                counts["title", "yes" if split_titles(printed)[0] else "no"] += 1
        speakers.update({person for *_, shown, person in voices if shown})
    return found, speakers


def _mark(kind: str, prefix: str, text: str) -> str:
    """The mark that opens words in marks; "" where there is none."""
    if kind == Quote.Kind.MIXED:
        return next((sign for sign in text if sign in '“‘"«„'), "")
    if kind != Quote.Kind.DIRECT:
        return ""
    return next((sign for sign in (text[:1], prefix[-1:]) if sign and sign in "“‘\"'«„"), "")


@Remembered
def _everybody() -> tuple[dict[int, Counts], bool]:
    """What is counted of quotes spread evenly over the corpus, by outlet."""
    counted, _ = _counts(Quote.objects.witnesses().filter(pk__in=spread(Quote, DEFAULT_DB_ALIAS, OTHERS)))
    return counted, sum(n for counts in counted.values() for (kind, _), n in counts.items() if kind == "kind") > LARGE
