"""JSON-LD in the terms of schema.org: what is the same for every thing. Pure: records of the API in, data out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CONTEXT = "https://schema.org"
Linked = dict[str, Any]


def thing(kind: str, record: Mapping[str, Any], **more: Any) -> Linked:
    """A thing at its page, with what is said of it; what is empty is left out."""
    said = {
        "@type": kind,
        "@id": record.get("page"),
        "identifier": record.get("uid"),
        "name": record.get("name"),
    } | more
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def document(linked: Linked) -> Linked:
    """A thing by itself, for a file or the head of a page."""
    return {"@context": CONTEXT, **linked}


def collection(items: Iterable[Linked]) -> Linked:
    """Things of one list, in its order."""
    return document({"@type": "ItemList", "itemListElement": list(items)})
