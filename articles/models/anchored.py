"""Anchored: rows that stand on spans of a capture's text, follow them into the next, and have them decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from articles.reading import follow
from articles.reading.model import Span
from corpus.models import Curated

if TYPE_CHECKING:
    from articles.models.capture import Capture


class Anchored(Curated):
    """A row whose place in the text is judged as "spans": ``{"capture": uid, "spans": [[start, end], …]}``.

    Offsets mean nothing without the text they were counted in. Put back later, spans are followed into the capture that
    is current then; where they are not found, the row stands, orphaned, in the capture that they were said of. A plain
    list, as in old rows of the ledger, is of the capture the row stands in.
    """

    capture: Any
    capture_id: int
    #: Whether what stands between the ends may change without its becoming something else.
    by_ends = False

    class Meta:
        abstract = True

    @property
    def article_of(self) -> Any:
        """The article that the row is of."""
        return self.capture.article

    def standing(self) -> list[list[int]]:
        """The spans the row stands on now."""
        return [[self.start, self.end]]

    def stand(self, spans: Sequence[Sequence[int]]) -> None:
        """Stand on these spans of the capture's text."""
        ((self.start, self.end),) = spans

    def stand_in(self, capture: Capture, spans: Sequence[Sequence[int]]) -> None:
        """Stand on these spans of this capture, whichever it was before; unsaved."""
        self.capture = capture
        self.stand(spans)

    def effective(self, name: str) -> Any:
        if name != "spans":
            return super().effective(name)
        return {"capture": self.capture.uid, "spans": self.standing()}

    def said(self, name: str, value: Any) -> Any:
        if name == "spans" and isinstance(value, list):
            return {"capture": self.capture.uid, "spans": [list(span) for span in value]}
        return super().said(name, value)

    def put(self, name: str, value: Any) -> None:
        if name == "spans":
            self.stand_in(*self.whereabouts(value))
        else:
            super().put(name, value)

    def whereabouts(self, value: Any) -> tuple[Any, list[list[int]]]:
        """The capture and the spans that "spans" mean now: the current one if they are found there, else their own."""
        value = self.said("spans", value)
        article = self.article_of
        if self.capture_id == article.capture_id and value["capture"] == self.capture.uid:
            return self.capture, value["spans"]
        was = article.captures.filter(uid=value["capture"]).first()
        if was is None or article.capture is None:
            return self.capture, self.standing()
        if was == article.capture:
            return was, value["spans"]
        found = self._followed(value["spans"], was, article.capture)
        return (was, value["spans"]) if found is None else (article.capture, found)

    def same(self, name: str, one: Any, other: Any) -> bool:
        if name != "spans":
            return super().same(name, one, other)
        one, other = self.said(name, one), self.said(name, other)
        if one == other or one["capture"] == other["capture"]:
            return bool(one == other)
        captures = {capture.uid: capture for capture in self.article_of.captures.all()}
        was, now = captures.get(one["capture"]), captures.get(other["capture"])
        return bool(was and now) and self._followed(one["spans"], was, now) == other["spans"]

    def holds(self, name: str, decided: Any) -> bool:
        return self.same(name, decided, self.effective(name)) if name == "spans" else super().holds(name, decided)

    def _followed(self, spans: Sequence[Sequence[int]], was: Any, now: Any) -> list[list[int]] | None:
        between = self.article_of.captures.filter(number__gt=was.number, number__lt=now.number).order_by("number")
        texts = [was.text, *between.values_list("text", flat=True), now.text]
        found = follow(texts, [Span(start, end) for start, end in spans], by_ends=self.by_ends)
        return None if found.state == "orphaned" else [[span.start, span.end] for span in found.spans]
