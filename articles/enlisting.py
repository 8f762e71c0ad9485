"""People on a list enlisted, and what follows from it for what they are quoted in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.auth.models import User

from articles import gate, pairing
from people import rosters
from people.roster_files import Listed, Wrong
from people.rosters import Step


def enlist(
    listed: Iterable[Listed | Wrong],
    *,
    by: User | None,
    reason: str = "",
    dry_run: bool = False,
    told: Callable[[Step], None] = lambda step: None,
) -> list[Step]:
    """As `people.rosters.enlist`; then the gate looks again at those who changed, and pairs are looked for."""
    steps = rosters.enlist(listed, by=by, reason=reason, dry_run=dry_run, told=told)
    changed = {step.person.pk for step in steps if step.person and step.outcome in ("new", "changed")}
    if changed and not dry_run:
        gate.refresh((), people=changed)
        pairing.suggest_pairs(changed)
    return steps
