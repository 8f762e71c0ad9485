"""What is derived of an utterance: its fullest form, what each form is to that, and the figures; materialised here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.comparing import Relation, Said, Token, compare, judge, tokens
from articles.comparing.diff import changed
from articles.comparing.judging import stands_in
from articles.models import Attribution, Quote, Utterance
from articles.utterances import forms
from articles.utterances.forms import Words, said_spans
from corpus import ledger, locks
from corpus.chunks import chunks
from corpus.models import Decision
from corpus.statements import among, set_each

FULLEST, VARIANT, FRAGMENT, PARAPHRASE = (relation.value for relation in Quote.Relation)
#: The columns that are derived; what the machine takes for the fullest, and disputes, is of those that were decided.
DERIVED = "fullest moment printed outlets words_changed conflict public suggestion disputed".split()


class Line(NamedTuple):
    """A quote of an utterance, as figures need it; ``source`` is, of a copy, that of its original."""

    id: int
    uid: str
    utterance: int
    relation: str
    kind: str
    status: str
    anchor: str
    public: bool
    moment: int
    text: str
    spans: list[list[int]]
    marked: list[list[int]]
    reprint: bool
    source: int


@dataclass(eq=False, slots=True)
class Printed:
    """A line with its words."""

    line: Line
    words: Words

    @property
    def keys(self) -> tuple[str, ...]:
        return self.words.keys

    @property
    def fullness(self) -> tuple[bool, int, int, int, int]:
        """Sorts the fullest form first."""
        line = self.line
        return line.kind == Quote.Kind.INDIRECT, -len(self.keys), self.words.marks, line.moment or 10**12, line.id

    def tokens(self) -> list[Token]:
        return tokens(self.line.text, said_spans(self.line.spans, self.line.marked, self.line.kind))


@transaction.atomic
def refresh(utterances: Iterable[int]) -> None:
    """Bring what is derived of these utterances (ids) up to date, in a fixed number of queries for 500 of them."""
    ids = sorted(set(utterances))
    if ids:
        locks.hold("utterances")
    for some in chunks(ids, 500):
        _refresh(some)


def _refresh(ids: Sequence[int]) -> None:
    rows = {row.pk: row for row in Utterance.objects.filter(pk__in=among(ids))}
    lines: dict[int, list[Line]] = defaultdict(list)
    source = Coalesce("article__reprint_of__source", "article__source")
    for row in Quote.objects.filter(utterance__in=among(ids)).order_by().values_list(
        "pk", "uid", "utterance", "relation", "kind", "status", "anchor", "public", "moment", "text", "spans",
        "marked", "reprint", source,
    ):  # fmt: skip
        lines[row[2]].append(Line(*row))
    said_by: dict[int, set[int]] = defaultdict(set)
    shown = Attribution.objects.filter(quote__utterance__in=among(ids), role=Attribution.Role.SPEAKER, shown=True)
    for quote, person in shown.order_by().values_list("quote", "person__canonical"):
        said_by[quote].add(person or 0)
    decided = _decided_fullest(row for row in rows.values() if "fullest" in row.decided)
    relations: dict[str, list[int]] = defaultdict(list)
    others = []
    for pk, row in rows.items():
        before = _derived(row)
        found = _derive(row, lines[pk], said_by, decided.get(pk))
        for line in lines[pk]:
            relation = found.get(line.id, "")
            if relation != line.relation:
                relations[relation].append(line.id)
        if (after := _derived(row)) != before:
            others.append([pk, *after, timezone.now()])
    for relation, quotes in relations.items():
        Quote.objects.filter(pk__in=among(quotes)).update(relation=relation)
    set_each(Utterance, [*DERIVED, "updated"], others)


Seen = dict[int, tuple[int, bool, int, frozenset[int]]]


def seen(articles: Iterable[int]) -> Seen:
    """What the public sees of the quotes of these articles that are in an utterance, in two queries; by quote."""
    ids = list(articles)
    quotes = Quote.objects.filter(article__in=ids, utterance__isnull=False).order_by()
    rows = list(quotes.values_list("pk", "utterance", "public", "moment"))
    if not rows:
        return {}
    people: dict[int, set[int]] = defaultdict(set)
    shown = Attribution.objects.filter(quote__in=[row[0] for row in rows], role=Attribution.Role.SPEAKER, shown=True)
    for quote, person in shown.order_by().values_list("quote", "person__canonical"):
        people[quote].add(person or 0)
    return {pk: (own or 0, public, moment, frozenset(people[pk])) for pk, own, public, moment in rows}


def otherwise_seen(before: Seen, after: Seen) -> set[int]:
    """The utterances (ids) of quotes of which the public sees something else than before."""
    changed = {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}
    return {row[0] for pk in changed for row in (before.get(pk), after.get(pk)) if row}


def _derived(row: Utterance) -> list[Any]:
    """The values of `DERIVED`."""
    return [
        row.fullest_id, row.moment, row.printed, row.outlets, row.words_changed, row.conflict, row.public,
        dict(row.suggestion), row.disputed,
    ]  # fmt: skip


def _decided_fullest(rows: Iterable[Utterance]) -> dict[int, str]:
    """What somebody decided to be the fullest form, by utterance; one query."""
    by_uid = {row.uid: row.pk for row in rows}
    if not by_uid:
        return {}
    said = Decision.objects.standing().filter(thing=Utterance._meta.label_lower, thing_uid__in=by_uid, field="fullest")
    return {by_uid[uid]: after or "" for uid, after in said.order_by("id").values_list("thing_uid", "after")}


def _derive(row: Utterance, lines: Sequence[Line], said_by: dict[int, set[int]], decided: str | None) -> dict[int, str]:
    """Set what is derived on the row, unsaved; returns the relation of each quote that can be in an utterance."""
    words = [
        Printed(line, forms.words(line.text, said_spans(line.spans, line.marked, line.kind)))
        for line in lines
        if line.status != Quote.Status.REJECTED and line.anchor != Quote.Anchor.ORPHANED
    ]
    shown = [form for form in words if form.line.public]
    row.public = row.merged_into_id is None and len(shown) > 1
    row.outlets = len({form.line.source for form in shown})
    row.printed = sum(not form.line.reprint for form in shown)
    row.moment = min((form.line.moment for form in shown or words if form.line.moment), default=row.moment)
    people = {frozenset(said_by[form.line.id]) for form in shown if said_by.get(form.line.id)}
    row.conflict = any(not one & other for one, other in combinations(people, 2))
    fullest = _choose(row, shown or words, decided)
    if fullest is None:
        row.words_changed = 0
        return {}
    relations, row.words_changed = {}, 0
    alike: dict[tuple[str, ...], str] = {}
    counted: dict[tuple[tuple[str, ...], int], int] = {}
    for form in words:
        if form is fullest:
            relation = FULLEST
        elif form.line.kind == Quote.Kind.INDIRECT or fullest.line.kind == Quote.Kind.INDIRECT:
            relation = PARAPHRASE
        else:
            if form.keys not in alike:
                alike[form.keys] = _relation(form, fullest)
            relation = alike[form.keys]
            if form.line.public:
                # Where an editor's hand is in it, the words by themselves do not say what was changed.
                same = form.keys, form.line.id if form.words.marks else 0
                if same not in counted:
                    counted[same] = words_changed(fullest, form)
                row.words_changed = max(row.words_changed, counted[same])
        relations[form.line.id] = relation
    return relations


def _choose(row: Utterance, forms: Sequence[Printed], decided: str | None) -> Printed | None:
    """The fullest form: what somebody decided as long as it can be shown here, else the longest direct one."""
    if not forms:
        return None
    best = min(forms, key=lambda form: form.fullness)
    if decided is None:
        row.fullest_id = best.line.id
        return best
    ledger.suggest(row, {"fullest": best.line.uid})
    chosen = next((form for form in forms if form.line.uid == decided), best)
    row.fullest_id = chosen.line.id
    return chosen


def _relation(form: Printed, fullest: Printed) -> str:
    if form.keys == fullest.keys:
        return VARIANT
    verdict = judge(Said(fullest.keys, frozenset([1]), article=1), Said(form.keys, frozenset([1]), article=1))
    if verdict is None:
        return FRAGMENT if 2 * len(form.keys) < len(fullest.keys) else VARIANT
    return FRAGMENT if verdict.relation is Relation.FRAGMENT else VARIANT


def words_changed(base: Printed, form: Printed) -> int:
    """How many words a form has otherwise than the base; what has little in common with it changes nothing in it."""
    if stands_in(form.keys, base.keys):
        return 0
    if base.words.marks or form.words.marks:
        counts = compare(base.tokens(), form.tokens()).counts()
        same, others = counts["words_same"], counts["words_changed"]
    else:
        same, others = changed(base.keys, form.keys)
    return others if 2 * same >= min(len(base.keys), len(form.keys)) else 0
