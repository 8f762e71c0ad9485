"""How outlets cover a story: who is quoted by whom, and what only one of them has; of its newest articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from articles.models import Article, Attribution, Quote, Source, Story

#: So many of its newest articles are looked at; rows of the matrix.
ARTICLES = 400
SPEAKERS = 15


class Said(NamedTuple):
    """A quote: its outlet (id), whether it is in marks, whether others have it, and to whom (slugs) it is given."""

    outlet: int
    marked: bool
    elsewhere: bool
    speakers: frozenset[str]


@dataclass(frozen=True)
class Coverage:
    """``articles`` is how many were looked at; ``names`` are those of speakers, by slug."""

    articles: int
    quotes: list[Said]
    names: dict[str, str]
    sources: dict[int, Source]

    def matrix(self) -> dict[str, Any]:
        """Speakers by outlets, how often each is quoted; quotes of nobody we name stand together, last."""
        cells: dict[str, Counter[int]] = defaultdict(Counter)
        for one in self.quotes:
            for who in one.speakers or {""}:
                cells[who][one.outlet] += 1
        totals = Counter({pk: sum(row[pk] for row in cells.values()) for pk in self.sources})
        order = sorted((pk for pk in totals if totals[pk]), key=lambda pk: (-totals[pk], self.sources[pk].name))
        speakers = sorted((who for who in cells if who), key=lambda who: (-cells[who].total(), self.names[who]))
        return {
            "outlets": [self.sources[pk] for pk in order],
            "rows": [
                {
                    "slug": who,
                    "name": self.names.get(who, ""),
                    "cells": [
                        {"outlet": self.sources[pk].slug, "n": cells[who][pk], "level": level(cells[who][pk])}
                        for pk in order
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
            if one.marked and not one.elsewhere:
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


def coverage(story: Story) -> Coverage:
    """How a story is covered; four queries."""
    newest = Article.objects.public().filter(stories=story).order_by("-moment", "-id")
    articles = list(newest.values_list("pk", flat=True)[:ARTICLES])
    rows = Quote.objects.witnesses().filter(article__in=articles).order_by()
    names: dict[str, str] = {}
    speakers: dict[int, set[str]] = defaultdict(set)
    given = Attribution.objects.filter(
        quote__article__in=articles, role=Attribution.Role.SPEAKER, shown=True
    ).order_by()
    for quote, slug, name in given.values_list("quote", "person__canonical__slug", "person__canonical__name"):
        speakers[quote].add(slug)
        names[slug] = name
    quotes = [
        Said(outlet, kind != Quote.Kind.INDIRECT, bool(public and outlets >= 2), frozenset(speakers[pk]))
        for pk, kind, outlet, public, outlets in rows.values_list(
            "pk", "kind", "article__source", "utterance__public", "utterance__outlets"
        )
    ]
    return Coverage(len(articles), quotes, names, Source.objects.in_bulk({one.outlet for one in quotes}))


def level(number: int) -> int:
    """The ground of a matrix cell: none, 1–2, 3–5, 6–8, 9 and more."""
    return sum(number >= least for least in (1, 3, 6, 9))
