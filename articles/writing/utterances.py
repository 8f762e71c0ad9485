"""Utterances decided on through the API: which form is the fullest, when and at what it was said."""

from __future__ import annotations

import datetime as dt
from typing import Any

from articles import utterances
from articles.models import Utterance
from corpus.api.writing import Body, Changing, Line, Said, Words, changing, reason, wrong
from corpus.problems import Conflicting


class UtteranceChange(Body):
    """What is decided on an utterance; whatever is left out stays as it is."""

    fullest = Words(required=False, max_length=16, help_text="Uid of the one of its quotes that has most of it.")
    said_day = Line(
        required=False, allow_null=True, max_length=10,
        help_text="The day it was said, as 2025-03-31; null when that is not known better than by print.",
    )  # fmt: skip
    occasion = Line(required=False, allow_blank=True, max_length=200, help_text="Where and at what it was said.")
    reason = reason()

    needed = ("fullest", "said_day", "occasion")
    example = {"said_day": "2025-03-31", "occasion": "Haven inquiry, Saltby", "reason": "The transcript says so."}


class UtteranceWrites(Changing):
    """Decisions on utterances."""

    acts = {
        "partial_update": changing(
            "utterances", UtteranceChange, "articles.change_utterance", summary="Decide on an utterance"
        ),
    }  # fmt: skip

    def change(self, row: Utterance, said: Said, why: str, batch: str) -> None:
        if row.merged_into:
            raise Conflicting(f"It was taken up into {row.merged_into.uid}; change that one.")
        values: dict[str, Any] = {name: said[name] for name in ("said_day", "occasion") if name in said}
        if values.get("said_day") is not None:
            values["said_day"] = day_of(values["said_day"])
        if "fullest" in said:
            quote = row.quotes.filter(uid=said["fullest"]).first()
            if quote is None or not (quote.public or self.sees_all):
                wrong("fullest", f"“{said['fullest'][:60]}” is none of its quotes; GET it to see which there are.")
            values["fullest"] = quote.uid
        utterances.describe(row, values, by=self.user, reason=why, batch=batch)


def day_of(text: str) -> str:
    """A day as the ledger keeps it."""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        wrong("said_day", "This is no day; write it like 2025-03-31.")
