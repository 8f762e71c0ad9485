"""The one place where reading, people and the database meet: an item becomes an article, a capture and its quotes.

The life of an article: `articles.intake` makes an `Item` of what came in; `take_in` finds the article it is (or makes
it), keeps the capture, has `articles.reading` read it, resolves the names (`articles.resolving`), stores what was read
as suggestions (decided fields stay as they are) and lets `articles.gate` say what of it is public.
"""

from articles.pipeline.addresses import Found, Place, fetch, take_in_places
from articles.pipeline.taking_in import (
    BATCH,
    Crew,
    Orders,
    Outcome,
    Superseded,
    correct,
    read_again,
    take_in,
    text_of,
)

__all__ = [
    "BATCH", "Crew", "Found", "Orders", "Outcome", "Place", "Superseded", "correct", "fetch", "read_again", "take_in",
    "take_in_places", "text_of",
]  # fmt: skip
