"""Reading a news article: pure functions from text to passages, mentions and quotations with offsets.

``read(text, context)`` is the whole of it; ``as_record`` puts a reading into the JSON shape that is scored,
``reanchor`` and ``follow`` find spans again in a changed text. Nothing here knows Django, files or the clock.
"""

from __future__ import annotations

from .anchoring import Anchored, follow, reanchor
from .model import (
    HIDDEN,
    Attributed,
    Candidate,
    Context,
    KnownName,
    KnownRole,
    Mention,
    Passage,
    Published,
    Quotation,
    Reading,
    Span,
)
from .reader import VERSION, read
from .record import as_record

__all__ = [
    "HIDDEN",
    "VERSION",
    "Anchored",
    "Attributed",
    "Candidate",
    "Context",
    "KnownName",
    "KnownRole",
    "Mention",
    "Passage",
    "Published",
    "Quotation",
    "Reading",
    "Span",
    "as_record",
    "follow",
    "read",
    "reanchor",
]
