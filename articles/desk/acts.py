"""What an editor can do with a quote at the desk: each act becomes values for the ledger, and nothing else writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles import curation, doubt
from articles.desk import edges
from articles.models import Attribution, Quote
from people.models import Name, Person
from people.names import matching_key

#: Why a quote is rejected, by the figure that says so.
REJECTIONS = ("not a quote", "scare quote", "boilerplate", "duplicate", "other")


class Refused(Exception):
    """What cannot be done, in a sentence for the editor."""


class Changed(Exception):
    """Somebody, or a reading, changed the quote since it was shown."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(str(quote))
        self.quote = quote


@dataclass(frozen=True, slots=True)
class Act:
    """An act said by a button: what is decided, why, and whether the desk goes on to the next item."""

    values: dict[str, Any]
    reason: str = ""
    advances: bool = False


def state(quote: Quote) -> str:
    """All that a card shows of a quote and somebody may change, as JSON: what a form gives back is compared with it."""
    fields = ("status", "kind", "spans", "unsure", "note", "anchor", "disputed")
    said: dict[str, Any] = {field: getattr(quote, field) for field in fields}
    for role in Attribution.Role.values:
        rows = [row for row in quote.attributions.all() if row.role == role]
        said[role] = [[row.person.uid if row.person else None, _shown(row)] for row in rows]
    return json.dumps(said | {"capture": quote.capture_id}, ensure_ascii=False, sort_keys=True)


def fingerprint(quote: Quote) -> str:
    """Its `state` in a few characters, where a page shows many quotes and a button has room for one word."""
    return hashlib.blake2s(state(quote).encode(), digest_size=8).hexdigest()


def _shown(row: Attribution) -> str:
    if row.kind == Attribution.Kind.UNNAMED:
        return f"{row.printed or 'nobody'}, unnamed"
    return str(row.person) if row.person else row.name or row.printed or "nobody named"


def read(quote: Quote, said: str, note: str | None) -> Act:
    """The act that a button's value says ("accept", "kind:mixed", "start:+word"), with a note if one was written."""
    verb, _, rest = said.partition(":")
    if verb not in _VERBS:
        raise Refused("That is no act of the desk; nothing was changed.")
    act = _VERBS[verb](quote, rest)
    note = None if note is None else note.replace("\r\n", "\n").strip()
    if note is not None and note != quote.note:
        act.values["note"] = note
    if verb == "note" and "note" not in act.values:
        raise Refused("The note says what it said before.")
    return act


def do(quote: Quote, said: str, *, shown: str, note: str | None, by: User) -> Act:
    """Do what a button says to a quote that is still as it was shown, and answer what that was.

    Raises `Changed` when it is not, and `Refused` for what cannot be.
    """
    with transaction.atomic():
        now = next(iter(curation.held_for([quote])), None)
        if now is None:
            raise Refused("This quote is no longer in the corpus; nothing was changed.")
        if state(now) != shown:
            raise Changed(now)
        act = read(now, said, note)
        curation.decide_each([(now, act.values)], by=by, reason=act.reason, held=True)
    return act


def accept_all(
    quotes: Sequence[Quote], *, shown: Mapping[str, str], by: User, batch: str = "", reason: str = ""
) -> list[Quote]:
    """Accept several quotes as one batch; those that changed since they were shown are left, and returned."""
    with transaction.atomic():
        now = curation.held_for(quotes)
        left = [quote for quote in now if state(quote) != shown.get(quote.uid)]
        gone = {quote.pk for quote in left}
        decided = [(quote, _accept(quote, "").values) for quote in now if quote.pk not in gone]
        curation.decide_each(decided, by=by, batch=batch, reason=reason, held=True)
    return left


def decided_speaker(quote: Quote) -> dict[str, Any]:
    """The speakers as they stand, for certain, where they are known; nothing where one is to be settled yet."""
    settled = "speaker" in quote.decided and "speaker" not in quote.disputed.split()
    rows = doubt.speakers_of(quote)
    if settled or not rows or any(row.person is None and row.kind != Attribution.Kind.UNNAMED for row in rows):
        return {}
    return {"speaker": [_for_certain(row) for row in rows]}


def _for_certain(row: Attribution) -> dict[str, Any]:
    said = row.as_json()
    if row.person is None:
        return said | {"confidence": 1.0, "candidates": []}
    return curation.given_to(row.person.canonical or row.person, said)


def _accept(quote: Quote, rest: str) -> Act:
    """As it stands on the card: that it is a quote, its words, its kind, and its speakers where they are known."""
    values = {"status": Quote.Status.ACCEPTED.value, "kind": quote.kind, "spans": quote.spans}
    return Act(values | decided_speaker(quote) | _sure(quote), advances=True)


def _reject(quote: Quote, rest: str) -> Act:
    if rest not in REJECTIONS:
        raise Refused(f"Say why it is rejected: {', '.join(REJECTIONS)}.")
    return Act({"status": Quote.Status.REJECTED.value} | _sure(quote), rest, advances=True)


def _sure(quote: Quote) -> dict[str, Any]:
    return {"unsure": False} if quote.unsure else {}


def _unsure(quote: Quote, rest: str) -> Act:
    return Act({"unsure": True}, advances=True)


def _kind(quote: Quote, rest: str) -> Act:
    if rest not in Quote.Kind.values:
        raise Refused(f"There is no kind “{rest}”; there is {', '.join(Quote.Kind.values)}.")
    return Act({"kind": rest})


def _move(side: str) -> Callable[[Quote, str], Act]:
    def move(quote: Quote, rest: str) -> Act:
        if rest not in edges.STEPS:
            raise Refused(f"An end moves by {', '.join(edges.STEPS)}, not by “{rest}”.")
        spans = edges.moved(quote.capture.text, quote.spans, side, rest)
        if spans is None:
            where = "before" if rest.startswith("-") else "after"
            raise Refused(f"There is no {rest[1:]} {where} that the {side} of the quote could move to.")
        return Act({"spans": spans})

    return move


def is_place(text: str) -> bool:
    """Whether this is a number that a speaker of a quote can have."""
    return text.isascii() and text.isdigit() and len(text) < 4


def _speaker(quote: Quote, rest: str) -> Act:
    """``rest`` is "position:uid" of a person, or "position:=Name" of somebody who is not in the corpus yet."""
    position, _, whom = rest.partition(":")
    value = quote.effective(Attribution.Role.SPEAKER.value)
    if not is_place(position) or int(position) > len(value) or not whom:
        raise Refused("There is no such speaker on the card; nothing was changed.")
    person = _called(whom[1:]) if whom.startswith("=") else _person(whom)
    said = value[int(position)] if int(position) < len(value) else {}
    value[int(position) : int(position) + 1] = [curation.given_to(person, said)]
    return Act({"speaker": value})


def _person(uid: str) -> Person:
    person = Person.objects.filter(uid=uid).select_related("canonical").first()
    if person is None:
        raise Refused("That person is no longer in the corpus; nothing was changed.")
    return person.canonical or person


def _called(name: str) -> Person:
    """The one person who goes by a name, else a new candidate of that name."""
    rows = Name.objects.filter(key=matching_key(name)).select_related("person__canonical")
    known = {row.person.canonical or row.person for row in rows}
    return known.pop() if len(known) == 1 else _enrol(name)


def _enrol(name: str) -> Person:
    name = " ".join(name.split())[:200]
    if not matching_key(name):
        raise Refused("A new person needs a name with letters in it.")
    person: Person = Person.objects.enrol(name)
    return person


def _create(quote: Quote, rest: str) -> Act:
    """``rest`` is "position:Name": a new person, whoever else goes by that name."""
    position, _, name = rest.partition(":")
    return _speaker(quote, f"{position}:{_enrol(name).uid}")


def _unnamed(quote: Quote, rest: str) -> Act:
    """Nobody the article names; what was printed stays."""
    value = quote.effective(Attribution.Role.SPEAKER.value) or [{"printed": "", "start": None, "end": None}]
    said = value[int(rest) if is_place(rest) and int(rest) < len(value) else 0]
    nobody: dict[str, Any] = {
        "kind": Attribution.Kind.UNNAMED.value,
        "person": None,
        "name": "",
        "confidence": 1.0,
        "candidates": [],
    }
    value[value.index(said)] = {**said, **nobody}
    return Act({"speaker": value})


def _note(quote: Quote, rest: str) -> Act:
    return Act({})


_VERBS: dict[str, Callable[[Quote, str], Act]] = {
    "accept": _accept, "reject": _reject, "unsure": _unsure, "kind": _kind, "start": _move("start"),
    "end": _move("end"), "speaker": _speaker, "create": _create, "unnamed": _unnamed, "note": _note,
}  # fmt: skip
