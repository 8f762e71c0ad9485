"""How outlets cover a story: who is quoted by whom, where they differ, what only one has; of its newest articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from articles.models import Attribution, Quote, Source
from corpus.statements import among

#: So many of its newest articles are looked at; rows and columns of the matrix.
ARTICLES = 300
SPEAKERS, OUTLETS = 15, 12


class Said(NamedTuple):
    """A quote: its outlet (id), whether it is in marks, what others print too (id), and to whom (slugs) it is given."""

    outlet: int
    marked: bool
    utterance: int | None
    speakers: frozenset[str]


@dataclass(frozen=True)
class Coverage:
    """``articles`` is how many were looked at; ``names`` are those of speakers, by slug.

    ``told`` are the utterances of several outlets (ids), those first of which the printed words differ most.
    """

    articles: int
    quotes: list[Said]
    names: dict[str, str]
    sources: dict[int, Source]
    told: list[int]

    def matrix(self) -> dict[str, Any]:
        """Speakers by the outlets that quote most, how often each is quoted; nobody we name stands last.

        ``all`` counts the quotes in all outlets, ``unlisted`` are those without a column, ``others`` speakers without
        a row.
        """
        cells: dict[str, Counter[int]] = defaultdict(Counter)
        for one in self.quotes:
            for who in one.speakers or {""}:
                cells[who][one.outlet] += 1
        totals: Counter[int] = Counter()
        for row in cells.values():
            totals.update(row)
        order = sorted((pk for pk in self.sources if totals[pk]), key=lambda pk: (-totals[pk], self.sources[pk].name))
        shown = order[:OUTLETS]
        speakers = sorted((who for who in cells if who), key=lambda who: (-cells[who].total(), self.names[who]))
        return {
            "outlets": [self.sources[pk] for pk in shown],
            "unlisted": len(order[OUTLETS:]),
            "rows": [
                {
                    "slug": who,
                    "name": self.names.get(who, ""),
                    "cells": [
                        {"outlet": self.sources[pk].slug, "n": cells[who][pk], "level": level(cells[who][pk])}
                        for pk in shown
                    ],
                    "all": cells[who].total(),
                }
                for who in speakers[:SPEAKERS] + [""] * ("" in cells)
            ],
            "others": len(speakers[SPEAKERS:]),
        }

    def only(self) -> list[dict[str, Any]]:
        """Outlets with words in marks that no other printed: ``slug``, ``name``, ``n`` and ``speakers``; most first."""
        found: dict[int, list[Said]] = defaultdict(list)
        for one in self.quotes:
            if one.marked and one.utterance is None:
                found[one.outlet].append(one)
        rows = [
            {
                "slug": self.sources[pk].slug,
                "name": self.sources[pk].name,
                "n": len(some),
                "speakers": len({who for one in some for who in one.speakers}),
            }
            for pk, some in found.items()
        ]
        return sorted(rows, key=lambda row: (-row["n"], row["name"]))


def coverage(newest: Sequence[int]) -> Coverage:
    """How public articles (ids, the newest first) cover what they have in common; three queries."""
    articles = among(newest[:ARTICLES])
    rows = Quote.objects.witnesses().filter(article__in=articles).order_by()
    names: dict[str, str] = {}
    speakers: dict[int, set[str]] = defaultdict(set)
    given = Attribution.objects.filter(
        quote__article__in=articles, role=Attribution.Role.SPEAKER, shown=True
    ).order_by()
    for quote, slug, name in given.values_list("quote", "person__canonical__slug", "person__canonical__name"):
        speakers[quote].add(slug)
        names[slug] = name
    quotes = []
    differ: dict[int, tuple[bool, int, int, int]] = {}
    for pk, kind, outlet, public, utterance, conflict, changed, outlets in rows.values_list(
        "pk", "kind", "article__source", "utterance__public", "utterance", "utterance__conflict",
        "utterance__words_changed", "utterance__outlets",
    ):  # fmt: skip
        others = utterance if public and outlets >= 2 else None
        if others:
            differ[others] = conflict, changed, outlets, others
        quotes.append(Said(outlet, kind != Quote.Kind.INDIRECT, others, frozenset(speakers[pk])))
    sources = Source.objects.in_bulk({one.outlet for one in quotes})
    told = sorted(differ, key=lambda one: differ[one], reverse=True)
    return Coverage(len(articles.values), quotes, names, sources, told)


def level(number: int) -> int:
    """The ground of a matrix cell: none, 1–2, 3–5, 6–8, 9 and more."""
    return sum(number >= least for least in (1, 3, 6, 9))
