"""Which part of a long article a page shows, and where the others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.http import Http404

from articles import parts
from articles.models import Article, Capture, Passage, Quote
from articles.reading.model import Span


class Row(NamedTuple):
    """A quote of an article, as far as all of its pages need to know of it."""

    pk: int
    uid: str
    start: int
    nested_in: int | None
    status: str


@dataclass(frozen=True)
class Sheet:
    """The part of an article that a page shows, and where the others are; parts are in the order of reading."""

    path: str
    parts: list[Span]
    at: int
    newest: bool
    quotes: list[Row]
    entries: int

    @classmethod
    def of(cls, article: Article, capture: Capture, asked: Mapping[str, str], entire: bool) -> Sheet:
        """A query, and one more where there may be entries to cut at; Http404 for a part that there is not."""
        rows = Quote.objects.public().filter(article=article, capture=capture).order_by("start", "-end", "id")
        quotes = [Row(*row) for row in rows.values_list("pk", "uid", "start", "nested_in", "status")]
        passages = capture.passages.filter(kind=Passage.Kind.ENTRY).order_by("start", "-end", "id")
        short = len(capture.text) <= parts.CHARACTERS and len(quotes) <= parts.QUOTES
        entries = (
            []
            if short and article.kind != Article.Kind.LIVE_BLOG
            else list(passages.values_list("uid", "start", "day", "time"))
        )
        starts = [row.start for row in quotes]
        found = parts.cut(
            capture.text, starts, [start for _, start, _, _ in entries],
            parts.CHARACTERS if entire else parts.CHARACTERS_UNSHOWN,
        )  # fmt: skip
        if not entire:
            # Where nothing may be shown there is no page.
            found = [one for one in found if any(one.start <= start < one.end for start in starts)] or found[:1]
        newest = asked.get("order", "newest") != "oldest"
        times = [(day, time) for _, _, day, time in entries if day and time]
        printed_newest = len(times) > 1 and times[0] > times[-1]
        if entries and printed_newest != newest:
            found.reverse()
        places = {
            "quote": {row.uid: row.start for row in quotes},
            "entry": {uid: start for uid, start, _, _ in entries},
        }
        at = 0
        for name, known in places.items():
            if name in asked:
                if asked[name] not in known:
                    raise Http404(f"no {name} {asked[name][:20]} in article {article.uid}")
                at = parts.at(found, known[asked[name]])
        if "part" in asked:
            number = asked["part"]
            if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= len(found)):
                raise Http404(f"article {article.uid} has {len(found)} parts")
            at = int(number) - 1
        return cls(article.get_absolute_url(), found, at, newest, quotes, len(entries))

    @property
    def part(self) -> Span:
        return self.parts[self.at]

    @cached_property
    def numbers(self) -> dict[int, int | None]:
        """By key of a quote its number in the whole article; None of one inside another."""
        there = {row.pk for row in self.quotes}
        found: dict[int, int | None] = {}
        number = 0
        for row in self.quotes:
            inside = row.nested_in in there and row.nested_in != row.pk
            number += not inside
            found[row.pk] = None if inside else number
        return found

    def address(self, at: int | None = None) -> str:
        """The address of a part, or of this one."""
        number = self.at if at is None else at
        said = [] if self.newest else ["order=oldest"]
        said += [f"part={number + 1}"] if number else []
        return f"{self.path}?{'&'.join(said)}" if said else self.path

    @property
    def pages(self) -> list[dict[str, Any]]:
        """The parts to lead to, with their numbers and addresses: the first, the last, and those around this one."""
        last = len(self.parts) - 1
        near = {0, last, *range(max(0, self.at - 2), min(last, self.at + 2) + 1)}
        shown = sorted(near)
        return [
            {
                "number": n + 1,
                "url": self.address(n),
                "current": n == self.at,
                "leap": place and shown[place - 1] < n - 1,
            }
            for place, n in enumerate(shown)
        ]

    @property
    def before(self) -> str:
        return self.address(self.at - 1) if self.at else ""

    @property
    def after(self) -> str:
        return self.address(self.at + 1) if self.at + 1 < len(self.parts) else ""
