"""Whom a quotation was given to, how surely and why, before it becomes part of the reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from .entities import Entity
from .model import Span


@dataclass(slots=True)
class Resolved:
    """Whom a draft was given to and how surely."""

    printed: Span | None = None
    text: str = ""
    entity: Entity | None = None
    kind: str = "individual"
    how: str = ""
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    candidates: list[tuple[Entity, tuple[str, ...]]] = field(default_factory=list)
    evidence: list[Span] = field(default_factory=list)
    label: str = ""
    is_open: bool = False
    #: what the members of an open list are called together
    group: str = ""
    #: stands in the focus for somebody without a name
    referent: Entity | None = None
    #: the others of a joint statement: (name as printed, span, entity)
    others: list[tuple[str, Span, Entity | None]] = field(default_factory=list)
