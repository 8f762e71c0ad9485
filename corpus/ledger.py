"""The ledger: the one place where the invariant *effective = decision, else suggestion* is held.

A person's word on a field is a `Decision` and names the field in the row's ``decided``; from then on what the machine
suggests for it goes to ``suggestion`` and changes nothing. Callers refresh what is derived (see `articles.gate`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from corpus.chunks import chunks
from corpus.models import Curated, Decision

Row = TypeVar("Row", bound=Curated)


def locked(row: Row) -> Row:
    """The row as it is now, held until the transaction ends (SQLite holds the whole database)."""
    return type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _bring_up_to_date(row: Curated, now: Curated) -> None:
    now.forget()
    row.forget()
    row.__dict__.pop("_prefetched_objects_cache", None)
    row.__dict__.update(now.__dict__)


def _record(row: Curated, field: str, before: Any, after: Any, by: User | None, **rest: Any) -> Decision:
    name = by.get_username() if by else ""
    return Decision(thing=row._meta.label_lower, thing_uid=row.uid, field=field, before=before, after=after, by=by,
                    by_name=name, **rest)  # fmt: skip


@transaction.atomic
def decide(
    row: Row, values: Mapping[str, Any], *, by: User | None, reason: str = "", batch: str = "", held: bool = False
) -> list[Decision]:
    """Record what a person decided on fields of a row (values as JSON) and make it effective.

    Saying again what was decided already is no new decision, unless the machine has come to dispute it: then it settles
    that. The given row is brought up to date; ``held`` says that it is what `locked` gave, and unchanged.
    """
    now = row if held else locked(row)
    decisions = _judge(now, values, by=by, reason=reason, batch=batch)
    if decisions:
        now.save()
        Decision.objects.bulk_create(decisions)
    if held:
        now.forget()
    else:
        _bring_up_to_date(row, now)
    return decisions


@transaction.atomic
def decide_all(
    decided: Sequence[tuple[Row, Mapping[str, Any]]],
    *,
    by: User | None,
    reason: str = "",
    batch: str = "",
    held: bool = False,
) -> list[list[Decision]]:
    """As `decide`, on several rows of one model, of each what stands beside it; the queries hardly grow with the rows.

    Returns the decisions in the order of the rows.
    """
    if not decided:
        return []
    model = type(decided[0][0])
    now = {row.pk: row for row, _ in decided}
    if not held:
        rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=list(now)).order_by("pk")
        now = {row.pk: row for row in rows}
    model.prepare(list(now.values()), [values for _, values in decided])
    made = [_judge(now[row.pk], values, by=by, reason=reason, batch=batch) for row, values in decided]
    model.write([now[row.pk] for (row, _), decisions in zip(decided, made, strict=True) if decisions])
    Decision.objects.bulk_create([decision for decisions in made for decision in decisions], batch_size=500)
    for row, _ in decided:
        now[row.pk].forget()
        if not held:
            _bring_up_to_date(row, now[row.pk])
    return made


def _judge(now: Curated, values: Mapping[str, Any], *, by: User | None, reason: str, batch: str) -> list[Decision]:
    """What these values decide on a row that is held: put on it, both unsaved."""
    decisions = []
    for field, value in values.items():
        before, after = now.effective(field), now.said(field, value)
        settled = now.settled_by(field) & set(now.disputed.split())
        if field in now.decided:
            if before == after and not settled:
                continue
        else:
            now.suggestion[field] = before
            now.decided.append(field)
        dispute(now, settled, False)
        now.put(field, after)
        decisions.append(_record(now, field, before, now.effective(field), by, reason=reason, batch=batch))
    return decisions


def dispute(row: Curated, names: Iterable[str], disputed: bool) -> None:
    """Mark what was decided as disputed by the machine, or as no longer so; unsaved."""
    before = set(row.disputed.split())
    after = before | set(names) if disputed else before - set(names)
    row.disputed = " ".join(sorted(name for name in after if row.disputable(name)))


def suggest(row: Curated, values: Mapping[str, Any]) -> bool:
    """Take what the machine reads: into the columns, but for decided fields only into ``suggestion``; unsaved.

    A decided field is disputed once the machine says something new that is not what was decided. Answers whether a
    column changed.
    """
    changed = False
    for field, value in values.items():
        if field in row.decided:
            if row.same(field, value, row.effective(field)):
                dispute(row, [field], False)
            elif field not in row.suggestion or not row.same(field, value, row.suggestion[field]):
                dispute(row, [field], True)
            row.suggestion[field] = value
        elif row.effective(field) != value:
            row.put(field, value)
            changed = True
    return changed


def live(row: Curated, field: str) -> Decision | None:
    """The decision in force on a field: the latest that neither undoes another nor was undone."""
    standing = Decision.objects.standing().filter(thing=row._meta.label_lower, thing_uid=row.uid, field=field)
    return standing.order_by("-id").first()


def undo(decision: Decision, row: Row, *, by: User | None, reason: str = "", batch: str = "") -> Decision | None:
    """Take a decision on this row back: what was decided before it is in force again, else what the machine suggests.

    Returns the decision that undoes it, or None when it was undone already or is itself an undo.
    """
    [made] = undo_all([(row, [decision])], by=by, reason=reason, batch=batch)
    return made[0] if made else None


@transaction.atomic
def undo_all(
    undone: Iterable[tuple[Row, Iterable[Decision]]], *, by: User | None, reason: str = "", batch: str = ""
) -> list[list[Decision]]:
    """Take back decisions on several rows of one model, of each the latest first, and save each row once.

    What fits only together changes so, and the queries hardly grow with the rows.

    Returns for each row the decisions that undo them; what was undone already, or is itself an undo, is passed over.
    """
    undone = [(row, sorted(decisions, key=lambda decision: -decision.pk)) for row, decisions in undone]
    if not undone:
        return []
    model = type(undone[0][0])
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=[row.pk for row, _ in undone])
    now = {row.pk: row for row in rows.order_by("pk")}
    standing = _standing([row for row, _ in undone])
    if len(undone) > 1:
        said = ({d.field: d.after for d in decisions} for decisions in standing.values())
        model.prepare(list(now.values()), [*said, *(row.suggestion for row in now.values())])
    made = []
    for row, decisions in undone:
        taken = (_take_back(now[row.pk], one, standing[row.uid, one.field], by, reason, batch) for one in decisions)
        made.append([undoing for undoing in taken if undoing])
    changed = [now[row.pk] for (row, _), undoing in zip(undone, made, strict=True) if undoing]
    if len(undone) > 1:
        model.write(changed)
    else:
        for one in changed:
            one.save()
    Decision.objects.bulk_create([undoing for one in made for undoing in one], batch_size=500)
    for row, _ in undone:
        _bring_up_to_date(row, now[row.pk])
    return made


def _standing(rows: Sequence[Curated]) -> dict[tuple[str, str], list[Decision]]:
    """The decisions on rows of one model that stand, by uid and field, the one in force first."""
    thing, found = rows[0]._meta.label_lower, defaultdict[tuple[str, str], list[Decision]](list)
    for some in chunks(row.uid for row in rows):
        for decision in Decision.objects.standing().filter(thing=thing, thing_uid__in=some).order_by("-id"):
            found[decision.thing_uid, decision.field].append(decision)
    return found


def _take_back(
    now: Curated, decision: Decision, standing: list[Decision], by: User | None, reason: str, batch: str
) -> Decision | None:
    """Undo a decision on a row that is held, both unsaved; None where it is none of those that stand on the field."""
    if decision not in standing:
        return None
    was_in_force = standing[0] == decision
    standing.remove(decision)
    field, before = decision.field, now.effective(decision.field)
    if standing and was_in_force:
        now.put(field, standing[0].after)
        if now.same(field, now.suggestion.get(field), now.effective(field)):
            dispute(now, [field], False)
        dispute(now, now.reopened_by(decision, standing), True)
    elif not standing and field in now.decided:
        now.decided.remove(field)
        now.put(field, now.suggestion.pop(field))
        dispute(now, [field], False)
    return _record(now, field, before, now.effective(field), by, reason=reason, batch=batch, undoes=decision)


def faults(row: Curated, in_force: Callable[[Curated, str], Decision | None] = live) -> list[str]:
    """Where a row breaks the invariant, in words; empty when it holds. ``in_force`` finds decisions as `live` does."""
    found = []
    for field in row.decided:
        decision = in_force(row, field)
        if decision is None:
            found.append(f"{field} is marked decided, but no decision says so")
        elif not row.holds(field, decision.after):
            found.append(f"{field} is {row.effective(field)!r}, but was decided {decision.after!r}")
        if field not in row.suggestion:
            found.append(f"{field} is decided, but what the machine suggests was not kept")
    return found
