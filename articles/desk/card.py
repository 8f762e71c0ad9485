"""What stands beside the text: who may have said it and why, what is in doubt, where it begins and ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Length

from articles import doubt, wording
from articles.marked import Pointer
from articles.models import Attribution, Capture, Mention, Quote
from corpus.prepared import Prepared
from people.models import Name, Pair, Person, Role
from people.names import matching_key

#: As many as an editor takes in at a glance; each has a figure of the keyboard.
CANDIDATES = 6

#: What the rules by which a quote opens and closes say to an editor.
EDGES = {
    "closed": "in quotation marks",
    "clause": "no marks in the original",
    "document": "the whole document",
    "reopened-next-paragraph": "goes on in the next paragraph",
    "closed-by-paragraph": "the marks were never closed; it ends with the paragraph",
    "mixed-style": "opens with one style of mark and closes with another",
    "doubled": "a mark is printed twice",
}
_PARAGRAPH = re.compile(r"\n\s*(?=\S)")
_VETO = re.compile(r"(.+) vetoed: (\w+)")
_SHE, _HE = frozenset("she her hers".split()), frozenset("he him his".split())


@dataclass(frozen=True, slots=True)
class Named:
    """Where a text names somebody: as printed, with the roles beside it; ``person`` is who that is now, if known.

    ``name`` is what that person went by before anybody merged them into another.
    """

    start: int
    end: int
    printed: str
    roles: list[str]
    name: str | None
    person: Person | None


@cache
def _places() -> Prepared:
    columns = ("start", "end", "printed", "roles", "person__name", "person__canonical")
    return Prepared(Mention.objects.filter(rejected=False).order_by("start").values_list(*columns), "capture")


def named(capture: Capture) -> list[Named]:
    """Every place where a text names somebody, in its order; two queries."""
    rows = _places().rows([capture.pk])
    people = Person.objects.in_bulk({survivor for *_, survivor in rows if survivor})
    return [
        Named(start, end, printed, roles, name, people.get(survivor))
        for start, end, printed, roles, name, survivor in rows
    ]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be the speaker; ``value`` is what the button says, ``known`` whether they are in the corpus."""

    value: str
    name: str
    role: str = ""
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    chosen: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class Speaker:
    """One speaker of a quote on the card, with the candidates for that position."""

    row: Attribution | None
    position: int
    candidates: tuple[Candidate, ...]
    decided: bool

    @property
    def unnamed(self) -> bool:
        return self.row is None or self.row.kind == Attribution.Kind.UNNAMED

    @property
    def settled(self) -> bool:
        return any(candidate.chosen for candidate in self.candidates) or (self.row is not None and self.unnamed)


def speaker(quote: Quote, text: str, mentions: Sequence[Named]) -> Speaker:
    """The speaker that is to be settled: the first whom nobody knows, else the first; at most one query."""
    rows = doubt.speakers_of(quote)
    unknown = [row for row in rows if row.person_id is None and row.kind != Attribution.Kind.UNNAMED]
    row = next(iter(unknown or rows), None)
    position = rows.index(row) if row else 0
    suggested = (quote.suggestion.get("speaker") or [])[position : position + 1]
    offered = [*(row.candidates if row else ()), *(c for value in suggested for c in _of_suggestion(value))]
    people = _people(offered)
    here = {matching_key(mention.name): mention.person for mention in mentions if mention.name}
    found: dict[str, Candidate] = {}
    vetoed = {veto[1]: veto[2] for text_ in (row.reasons if row else ()) if (veto := _VETO.fullmatch(text_))}

    def add(
        person: Person | None, name: str, reasons: Iterable[str], against: Iterable[str] = (), chosen: bool = False
    ) -> None:
        if person and person.status == Person.Status.REJECTED:
            return  # somebody said that this is nobody
        name = person.name if person else name
        key = person.uid if person else f"={matching_key(name)}"
        if not name or key in found or (person is None and any(c.name == name for c in found.values())):
            return
        against = [*against]
        if person and row and (clash := _clash(row.printed, person)):
            against.append(clash)
        elif name in vetoed:
            against.append(f"The text calls {name} “{vetoed[name]}”.")
        found[key] = Candidate(
            value=f"{position}:{person.uid}" if person else f"{position}:={name}",
            name=name,
            role=_role(person, name, mentions),
            reasons=tuple(dict.fromkeys(filter(None, map(wording.reason, reasons)))),
            against=tuple(against),
            chosen=chosen,
            known=person is not None,
        )

    if row and row.person:
        own = [c for c in row.candidates or () if c.get("person") == row.person.uid]
        why = [*row.reasons, *(r for c in own for r in c.get("reasons", ()))]
        add(row.person.canonical or row.person, row.name, why, chosen=True)
    elif row and row.kind != Attribution.Kind.UNNAMED and not row.candidates and row.name:
        add(None, row.name, row.reasons)
    for candidate in offered:
        name = candidate.get("name", "")
        add(
            people.get(candidate.get("person") or "") or here.get(matching_key(name)),
            name,
            candidate.get("reasons", ()),
        )
    near = _nearest(quote, text, mentions)
    printed = row.printed if row else ""
    # Whom the pronoun cannot mean comes last, nearest first all the same.
    near.sort(key=lambda pair: bool(pair[0].person and _clash(printed, pair[0].person)))
    for mention, where in near:
        if len(found) >= CANDIDATES:
            break
        add(mention.person, mention.printed, [where])
    return Speaker(row, position, tuple(found.values())[:CANDIDATES], "speaker" in quote.decided)


def _of_suggestion(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the machine said of a speaker that somebody decided otherwise, as candidates."""
    own = {"name": value.get("name") or value.get("printed", ""), "person": value.get("person")}
    said = [own | {"reasons": ["The reader suggests it.", *value.get("reasons", ())]}] if own["person"] else []
    return [*said, *value.get("candidates", ())]


def _people(candidates: Iterable[Mapping[str, Any]]) -> dict[str, Person]:
    """Who the candidates are now, by the uid that they are given with."""
    uids = {candidate["person"] for candidate in candidates if candidate.get("person")}
    rows = Person.objects.filter(uid__in=uids).select_related("canonical") if uids else ()
    return {person.uid: person.canonical or person for person in rows}


def _nearest(quote: Quote, text: str, mentions: Sequence[Named]) -> list[tuple[Named, str]]:
    """Who is named near a quote, those before it first, each with where; only people the corpus knows."""
    known = [mention for mention in mentions if mention.person]
    before = [mention for mention in known if mention.start < quote.start][::-1]
    after = [mention for mention in known if mention.start >= quote.end]
    inside = [mention for mention in known if quote.start <= mention.start < quote.end]
    found = []
    starts = [match.end() for match in _PARAGRAPH.finditer(text, 0, quote.start + 1)]
    for mention in before:
        paragraphs = len(starts) - bisect_right(starts, mention.start)
        where = {0: "Named in the same paragraph, before it.", 1: "Named in the paragraph before."}
        found.append((mention, where.get(paragraphs, f"Named {paragraphs} paragraphs before.")))
    same = text.find("\n", quote.end)
    same = len(text) if same == -1 else same
    found += [
        (mention, "Named just after it." if mention.start < same else "Named only after these words.")
        for mention in after
    ]
    return found + [(mention, "Named inside these words, so probably spoken of.") for mention in inside]


def _role(person: Person | None, name: str, mentions: Sequence[Named]) -> str:
    """What an article calls somebody beside their name, else what the corpus knows of them."""
    for mention in mentions:
        if mention.roles and (mention.person == person if person else mention.printed == name):
            return str(mention.roles[0])
    return "" if person is None or person.kind == Person.Kind.INDIVIDUAL else str(person.get_kind_display())


def _clash(printed: str, person: Person) -> str:
    """Why a pronoun cannot mean somebody; "" where it can, or nothing is known."""
    said, known = printed.casefold(), set(re.findall(r"[a-z]+", person.pronouns.casefold()))
    if said in _SHE | _HE and person.kind != Person.Kind.INDIVIDUAL:
        return f"Nobody calls {person.get_kind_display()}s “{printed}”."
    if (said in _SHE and known and not known & _SHE) or (said in _HE and known and not known & _HE):
        return f"Goes by {person.pronouns}, and the text says “{printed}”."
    return ""


def edges(quote: Quote) -> tuple[str, str]:
    """What is known of where a quote begins and ends; once where both are the same."""
    if "spans" in quote.decided:
        return ("moved by an editor", "")
    if not quote.boundaries:
        return ("", "")
    start, end = quote.boundaries[0][0], quote.boundaries[-1][-1]
    opens, closes = (EDGES.get(code) or wording.reason(code) for code in (start, end))
    return (opens, "" if opens == closes else closes)


def reasons(quote: Quote) -> list[str]:
    """Why the reader took it for a quote, and for this speaker's, in sentences."""
    said = [wording.reason(code) for code in quote.reasons]
    for row in doubt.speakers_of(quote):
        said += [wording.reason(code) for code in row.reasons]
    return list(dict.fromkeys(filter(None, said)))


def pointers(quote: Quote, mentions: Sequence[Named]) -> list[Pointer]:
    """The words of saying, who is printed there, and whom that means when it is a pronoun or another form."""
    found = []
    if quote.cue_start is not None and quote.cue_end is not None:
        found.append(Pointer(quote.cue_start, quote.cue_end, "cue", "cue"))
    for row in doubt.speakers_of(quote)[:3]:
        if row.start is None or row.end is None or row.start >= row.end:
            continue
        found.append(Pointer(row.start, row.end, "speaker", "who"))
        person = row.person and (row.person.canonical or row.person)
        key = matching_key(row.name) if row.name else ""
        before = [
            mention
            for mention in mentions
            if mention.start < row.start
            and ((person and mention.person == person) or (key and matching_key(mention.printed) == key))
        ]
        if before and matching_key(row.printed) != matching_key(row.name):
            found.append(Pointer(before[-1].start, before[-1].end, "antecedent", f"{row.printed.split()[0]}?"))
    return _apart(found)


def pointers_to(pair: Pair, mentions: Sequence[Named]) -> list[Pointer]:
    """Where an article names the two people of a pair."""
    words = {pair.first_id: ("one", "A"), pair.second_id: ("other", "B")}
    found = [
        Pointer(mention.start, mention.end, *words[mention.person.pk])
        for mention in mentions
        if mention.person and mention.person.pk in words
    ]
    return _apart(found)


def _apart(pointers: Iterable[Pointer]) -> list[Pointer]:
    """Those of them that do not overlap one before."""
    found: list[Pointer] = []
    for one in pointers:
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return found


def via(quote: Quote) -> list[str]:
    """Through whom, and to whom, it was said, in words."""
    heads = {Attribution.Role.VIA: "according to", Attribution.Role.ADDRESSEE: "to"}
    return [
        f"{heads[Attribution.Role(row.role)]} {row.person or row.printed or row.name}"
        for row in quote.attributions.all()
        if row.role in heads
    ]


def found(asked: str, position: int, limit: int = 8) -> list[Candidate]:
    """People by any of their names, each word asked for beginning a word of one; of the shortest names, most quoted
    first, but before them who goes by just what was asked.
    """
    names = Name.objects.exclude(person__canonical__status=Person.Status.REJECTED)
    words = matching_key(asked).split()
    for word in words:
        names = names.filter(Q(key__startswith=word) | Q(key__contains=f" {word}"))
    rows = names.select_related("person__canonical").order_by(Length("key"), "key", "pk")[: 4 * limit] if words else []
    people = {person.pk: person for row in rows if (person := row.person.canonical or row.person)}
    shown = list(people.values())[:limit]
    quotes = dict(
        Attribution.objects.filter(person__canonical__in=people, role=Attribution.Role.SPEAKER)
        .order_by().values_list("person__canonical").annotate(number=Count("pk"))
    )  # fmt: skip
    shown.sort(key=lambda person: (matching_key(person.name) != matching_key(asked), -quotes.get(person.pk, 0)))
    roles = {role.person_id: role for role in Role.objects.filter(person__in=people).order_by("since", "pk")}
    return [
        Candidate(
            value=f"{position}:{person.uid}",
            name=person.name,
            role=str(roles.get(person.pk, "")),
            reasons=(f"{number} quote{'s' if number != 1 else ''} in the corpus{candidate}.",),
        )
        for person in shown
        for number in [quotes.get(person.pk, 0)]
        for candidate in ["; a candidate" if person.status == Person.Status.CANDIDATE else ""]
    ]
