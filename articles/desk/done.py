"""What an editor did: their acts by batch, from the ledger, latest first; each is undone as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Count
from django.utils import timezone

from articles import publishing
from articles.matched import in_short, shortly
from articles.models import Article, Match, Quote, Source, Story
from corpus import curating
from corpus.models import Curated, Decision
from people.models import Pair, Person

#: An editor takes back so many of their own acts at the desk; older ones stand in the histories.
KEPT = 50
#: What goes by a name of its own.
NAMED: tuple[type[Curated], ...] = (Person, Article, Story, Source)
#: Decisions that an act at the desk mostly makes at most: status, kind, words, speaker, unsure, note.
DECISIONS = 6


@dataclass
class Done:
    """One act: the decisions of a batch, latest first, and in words what they were."""

    key: str
    decisions: list[Decision] = field(default_factory=list)
    words: str = ""

    @property
    def undone(self) -> bool:
        return all(hasattr(decision, "undone_by") for decision in self.decisions)

    @property
    def at(self) -> Any:
        return self.decisions[0].at

    def uids(self, thing: str) -> list[str]:
        return list(dict.fromkeys(d.thing_uid for d in self.decisions if d.thing == thing))


def acts_of(user: Any, limit: int | None = None, *, standing: bool = False) -> list[Done]:
    """The last acts of a user, all that are kept or so many, without undos and not in words yet; mostly one query.

    With ``standing`` only what was not taken back since.
    """
    limit = limit or KEPT
    mine = Decision.objects.standing() if standing else Decision.objects.of_its_own()
    mine = mine.filter(by=user).select_related("undone_by").order_by("-id")
    chunk = limit * DECISIONS
    acts: dict[str, Done] = {}
    last = None
    while True:
        found = list(mine.filter(pk__lt=last)[:chunk] if last else mine[:chunk])
        for decision in found:
            key = decision.batch or decision.uid
            if key not in acts and len(acts) == limit:
                return list(acts.values())
            acts.setdefault(key, Done(key)).decisions.append(decision)
        if len(found) < chunk:
            return list(acts.values())
        # An act may be on a thousand things: that is a few queries more, not one for each handful of them.
        last, chunk = found[-1].pk, 8 * chunk


def in_words(acts: Iterable[Done]) -> list[Done]:
    """The same acts with their words; a query for the quotes they are on, and for each other kind of thing."""
    acts = list(acts)
    uids = {uid for act in acts for uid in act.uids(Quote._meta.label_lower)[:1]}
    quotes = dict(Quote.objects.filter(uid__in=uids).values_list("uid", "text")) if uids else {}
    names: dict[str, str] = {}
    if pairs := {uid for act in acts for uid in act.uids(Pair._meta.label_lower)[:1]}:
        people = Pair.objects.filter(uid__in=pairs).select_related("first", "second")
        names |= {pair.uid: str(pair) for pair in people}
    if matches := {uid for act in acts for uid in act.uids(Match._meta.label_lower)[:1]}:
        both = Match.objects.filter(uid__in=matches).select_related("first", "second")
        names |= {match.uid: " and ".join(shortly(match)) for match in both}
    for model in NAMED:
        if uids := {uid for act in acts for uid in act.uids(model._meta.label_lower)[:1]}:
            names |= {row.uid: str(row) for row in model._base_manager.filter(uid__in=uids)}
    for act in acts:
        act.words = _words(act, quotes, names)
    return acts


def _words(act: Done, quotes: dict[str, str], names: dict[str, str]) -> str:
    for model, gone in ((Pair, "Two people"), (Match, "Two quotes")):
        for uid in act.uids(model._meta.label_lower):
            answers = [d.after for d in act.decisions if d.thing_uid == uid and d.field == "answer"]
            return f"{names.get(uid, gone)}: {model.Answer(str(answers[0])).label if answers else 'decided'}"
    on = act.uids(Quote._meta.label_lower)
    if not on:
        latest = act.decisions[0]
        thing = apps.get_model(latest.thing)
        name = names.get(latest.thing_uid, str(thing._meta.verbose_name).capitalize())
        on_it = [d for d in reversed(act.decisions) if d.thing_uid == latest.thing_uid]
        return f"{name}: {', '.join(dict.fromkeys(_edited(thing, d) for d in on_it))}"
    by_field = {d.field: d for d in act.decisions if d.thing_uid == on[0]}
    short = in_short(quotes.get(on[0], ""))
    said = _verdict(by_field)
    return f"{said}: {len(on)} quotes" if len(on) > 1 else f"{said}: {short}"


def _edited(thing: Any, decision: Decision) -> str:
    """The field that was decided, of a status also what it is since."""
    label = curating.label_of(thing, decision.field)
    return f"{label} {curating.in_words(thing, 'status', decision.after, {})}" if decision.field == "status" else label


def _verdict(by_field: dict[str, Decision]) -> str:
    if status := by_field.get("status"):
        why = f", {status.reason}" if status.after == Quote.Status.REJECTED and status.reason else ""
        return f"{str(status.after).capitalize()}{why}"
    if speaker := by_field.get("speaker"):
        return "By " + (", ".join(curating.given_to(row) for row in speaker.after or ()) or "nobody named")
    if spans := by_field.get("spans"):
        return _moved(spans)
    if kind := by_field.get("kind"):
        return f"Is {Quote.Kind(str(kind.after)).label}"
    if unsure := by_field.get("unsure"):
        return "Unsure" if unsure.after else "No longer unsure"
    return "Note" if "note" in by_field else f"{', '.join(by_field).capitalize()} decided"


def _moved(decision: Decision) -> str:
    """Which end of a quote a decision on its words moved."""
    if not (decision.before and decision.after):  # its words were purged
        return "Moved"
    (start, end), (start_now, end_now) = _ends(decision.before), _ends(decision.after)
    if (start == start_now) == (end == end_now):
        return "Moved"
    return "End moved" if start == start_now else "Start moved"


def _ends(value: Any) -> tuple[int, int]:
    """Where the words begin and end that a decision speaks of: spans, in old rows without their capture."""
    spans = value["spans"] if isinstance(value, dict) else value
    return spans[0][0], spans[-1][1]


def acts_today(user: Any) -> int:
    """How many acts of a user stand since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Decision.objects.by_since(user, midnight).order_by()
    return int(rows.aggregate(n=Count("batch", distinct=True))["n"])


def undo(act: Done, by: User) -> int:
    """Take an act back as one; how many decisions that were."""
    return publishing.undo([d for d in act.decisions if not hasattr(d, "undone_by")], by=by)
