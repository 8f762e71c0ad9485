"""Groups and bodies: what one of the viewers is called, and whether "the union" may be a body of that name."""

from __future__ import annotations

from .entities import Entity
from .lexicon.people import NATIONS, PARTIES, SPECIFIC_BODIES, UNIONS

_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "businesses": "business", "families": "family"}


#: What any public body may be called.
_ANY_BODY = frozenset(("agency", "organisation", "organization"))


def singular(noun: str) -> str:
    """One of a group: "viewers" gives "viewer"."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def one_of(pronoun: str, group: str) -> str:
    """What "another" or "a third" of a group is called; "" without a group."""
    return f"{pronoun.lower()} {singular(group)}" if group else ""


def fits_organisation(head: str, entity: Entity) -> bool:
    """Whether a body may be called by a noun: a council is no union, and Labour no company."""
    parts = set(entity.parts)
    if head in parts:
        return True
    if parts & SPECIFIC_BODIES:
        return head in _ANY_BODY
    name = entity.parts[0] if len(entity.parts) == 1 else ""
    if name in UNIONS:
        return head == "union" or head == "organisation"
    if name in PARTIES or name in NATIONS:
        return head == "party"
    return True
