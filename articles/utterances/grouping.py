"""Grouping: quotes that report one utterance come to share it, as they come in and when something about them changes.

What the machine is sure of is joined, what it doubts becomes an open `Match`, and what people decided stands: a quote
that somebody put into an utterance, or out of all, stays there, and no two meet that somebody told apart.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from articles.comparing import Occasion, Verdict
from articles.models import Attribution, Match, Quote, Utterance
from articles.utterances import finding
from articles.utterances.clustering import Pair, clusters, components, ordered
from articles.utterances.figures import refresh
from articles.utterances.forms import Form, load_ids
from articles.utterances.weighing import OVERLAP, Verdicts
from corpus import locks
from corpus.chunks import chunks
from corpus.deadlocks import begun_again
from corpus.statements import among, set_each
from people.models import Person

#: Quotes grouped at a time: enough that they share their queries.
AT_ONCE = 2_000
#: So many open matches are kept of one quote, the likeliest.
SUGGESTIONS = 3
#: Words of long ago are worth a question only if nearly all of them are the same.
WORTH_ASKING = 0.9


def hold() -> None:
    """Be the only one who groups until the transaction ends: taken last, after articles, people and their rows."""
    locks.hold("utterances")


@transaction.atomic
def group(quotes: Iterable[int], *, again: Iterable[int] = (), leaving: Collection[int] = ()) -> set[int]:
    """Look at these quotes (ids) again and let each find its utterance; returns the utterances (ids) touched.

    Done again it changes nothing. ``again`` are utterances to be looked at whatever is in them, ``leaving`` those of
    the quotes that are about to be deleted.
    """
    touched: set[int] = set()
    ids, utterances = sorted(set(quotes)), set(again)
    if ids or utterances:
        hold()
    for some in chunks(ids, AT_ONCE) if ids else [[]]:
        batch = Batch(some, utterances, set(leaving))
        batch.group()
        utterances = set()
        refresh(batch.touched)
        batch.look_up_hubs()
        batch.suggest()
        touched |= batch.touched
    return touched


class Batch:
    """Some quotes on their way into their utterances."""

    def __init__(self, ids: Sequence[int], again: set[int], leaving: set[int]) -> None:
        self.verdicts = Verdicts()
        self.touched: set[int] = set()
        self.was: dict[int, int | None] = dict(
            Quote.objects.filter(pk__in=among(ids)).order_by().values_list("pk", "utterance")
        )
        self.forms = {pk: form for pk, form in load_ids(ids).items() if pk not in leaving}
        left = {utterance for pk in ids if self._leaves(pk) and (utterance := self.was.get(pk))}
        self.again = again | left
        # Those that stay where another goes away may by now belong elsewhere.
        others = self.members(self.again) - set(ids) - leaving
        self.ids = [*ids, *others]
        self.add(others)
        self.was |= {pk: self.forms[pk].utterance for pk in others if pk in self.forms}
        self.own = {pk: self.forms[pk] for pk in self.ids if pk in self.forms and not self.forms[pk].alone}
        self.near, self.common = finding.near(self.own)
        self.ties(self.own)
        self.hubs: dict[int, int] = {}
        self.told: dict[int, tuple[dt.date | None, str]] = {}
        self.meet()

    def _leaves(self, pk: int) -> bool:
        return pk not in self.forms or self.forms[pk].alone

    def members(self, utterances: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for some in chunks(utterances):
            found |= set(Quote.objects.filter(utterance__in=among(some)).order_by().values_list("pk", flat=True))
        return found

    # --- who is there

    def ties(self, quotes: Iterable[int]) -> None:
        """What people answered about these quotes, as pairs of ids."""
        self.together: set[Pair] = set()
        self.apart: set[Pair] = set()
        self.add_ties(quotes)

    def add_ties(self, quotes: Iterable[int]) -> None:
        for some in chunks(quotes):
            rows = Match.objects.filter(Q(first__in=among(some)) | Q(second__in=among(some))).exclude(
                answer=Match.Answer.OPEN
            )
            for first, second, answer in rows.values_list("first", "second", "answer"):
                if answer in Match.JOINING:
                    self.together.add((first, second))
                elif answer in Match.PARTING:
                    self.apart.add((first, second))

    def meet(self) -> None:
        """Load the quotes near these, and the fullest form of the utterance of each."""
        self.add({pk for some in self.near.values() for pk in some} | {pk for pair in self.together for pk in pair})
        self.near = finding.closest(self.near, self.forms)
        for one, other in self.together:
            for pk, mate in ((one, other), (other, one)):
                if pk in self.near:
                    self.near[pk].add(mate)
        self.look_up_hubs()

    def look_up_hubs(self) -> None:
        """The fullest forms of the utterances that quotes at hand are in."""
        for some in chunks({form.utterance for form in self.forms.values() if form.utterance}):
            rows = Utterance.objects.filter(pk__in=among(some))
            for pk, fullest, said_on, occasion in rows.values_list("pk", "fullest", "said_day", "occasion"):
                self.hubs |= {pk: fullest} if fullest else {}
                self.told |= {pk: (said_on, occasion)} if said_on or occasion else {}
        self.add(self.hubs.values())
        for form in self.forms.values():
            form.said_on, form.occasion = self.told.get(form.utterance or 0, (None, ""))

    def add(self, quotes: Iterable[int]) -> None:
        missing = set(quotes) - self.forms.keys()
        if missing:
            self.forms |= load_ids(missing)

    # --- who belongs to whom

    def group(self) -> None:
        """Join what is certain: a form of a known utterance at once, everything else with all that it meets."""
        left = [pk for pk in self.ids if pk not in self.own]
        finding.without_words(left)
        self.put({pk: None for pk in left if self.was.get(pk) and not self._stays(pk)})
        quick: dict[int, int] = {}
        edges: list[Pair] = []
        meeting: set[int] = set()
        words: dict[int, frozenset[int]] = {}
        for pk, form in self.own.items():
            certain = self.certain(form)
            hub = self.known_form(form, certain)
            if hub is not None:
                quick[pk] = hub.utterance or 0
                words[pk] = form.hashes - hub.hashes
            elif certain or form.utterance:
                meeting.add(pk)
                edges += [(pk, other) for other in certain]
            else:
                words[pk] = form.hashes
        quick = self.without_neighbours(quick, meeting, words)
        self.put({pk: utterance for pk, utterance in quick.items() if self.own[pk].utterance != utterance})
        self.touched |= set(quick.values()) | self.again
        if meeting or self.again:
            words |= self.regroup(meeting, edges)
        finding.keep(words, self.common)

    def _stays(self, pk: int) -> bool:
        return pk in self.forms and self.forms[pk].decided

    def certain(self, form: Form) -> set[int]:
        """The quotes with which a form is certainly one utterance."""
        others = {self.hubs.get(self.forms[pk].utterance or 0, pk) for pk in self.near[form.id] if pk in self.forms}
        others |= self.near[form.id]
        mates = {one if other == form.id else other for one, other in self.together if form.id in (one, other)}
        return {
            pk
            for pk in others - {form.id}
            if (other := self.forms.get(pk))
            and not other.alone
            and (min(pk, form.id), max(pk, form.id)) not in self.apart
            and (pk in mates or self.verdicts.certain(form, other))
        }

    def known_form(self, form: Form, certain: set[int]) -> Form | None:
        """The fullest form of the one utterance that a form plainly belongs to, if nothing else is to be thought of."""
        utterances = {self.forms[pk].utterance for pk in certain}
        if len(utterances) != 1 or form.decided or any(form.id in pair for pair in self.apart | self.together):
            return None
        (utterance,) = utterances
        hub = self.forms.get(self.hubs.get(utterance or 0, 0))
        if hub is None or hub.id not in certain or hub.fullness > form.fullness or hub.utterance != utterance:
            return None
        if form.utterance not in (None, utterance):
            return None
        verdict = self.verdicts.on(form, hub)
        return hub if verdict and verdict.likeness >= OVERLAP else None

    def without_neighbours(
        self, quick: dict[int, int], meeting: set[int], words: dict[int, frozenset[int]]
    ) -> dict[int, int]:
        """Leave for a closer look what meets, in its utterance, a quote inside of which it stands, or the other way."""
        if not quick:
            return quick
        articles = {self.own[pk].article for pk in quick}
        there: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        rows = Quote.objects.filter(article__in=among(articles), utterance__in=among(set(quick.values()))).order_by()
        for pk, article, utterance, start, end in rows.values_list("pk", "article", "utterance", "start", "end"):
            there[article, utterance or 0].append((pk, start, end))
        for pk, utterance in quick.items():
            there[self.own[pk].article, utterance].append((pk, self.own[pk].start, self.own[pk].end))
        kept = {}
        for pk, utterance in quick.items():
            form = self.own[pk]
            beside = there[form.article, utterance]
            if any(other != pk and start < form.end and form.start < end for other, start, end in beside):
                meeting.add(pk)
                del words[pk]
            else:
                kept[pk] = utterance
        return kept

    # --- everything that meets, from the start

    def regroup(self, meeting: set[int], edges: Sequence[Pair]) -> dict[int, frozenset[int]]:
        """Cluster these quotes anew with all that is in their utterances; returns the words each is to be found by."""
        utterances = set(self.again)
        pool = set(meeting)
        for pk in meeting | {pk for pair in edges for pk in pair}:
            pool.add(pk)
            if self.forms[pk].utterance:
                utterances.add(self.forms[pk].utterance or 0)
        utterances |= {utterance for pk in meeting if (utterance := self.was.get(pk))}
        pool |= self.members(utterances)
        pool -= set(self.ids) - self.own.keys()
        self.add(pool)
        self.look_up_hubs()
        forms = {pk: self.forms[pk] for pk in pool if pk in self.forms and not self.forms[pk].alone}
        self.add_ties(forms)
        units: dict[int, int] = {}  # a quote of each utterance, so that its others are in one component with it
        links = list(edges)
        for pk, form in forms.items():
            if form.utterance:
                links.append((units.setdefault(form.utterance, pk), pk))
        together = self.together | (self.bound(list(forms.values())) - self.apart)
        found: list[list[Form]] = []
        for component in components(forms, [*links, *together]):
            found += clusters([forms[pk] for pk in component], self.verdicts, together, self.apart)
        self.assign(found, utterances)
        return self.words(found)

    def bound(self, forms: Sequence[Form]) -> set[Pair]:
        """What somebody put into an utterance goes with what else is in it, or was the last to be."""
        members: dict[int, list[Form]] = defaultdict(list)
        for form in forms:
            if form.utterance:
                members[form.utterance].append(form)
        pairs: list[tuple[int, int]] = []
        taken: set[int] = set()
        # The last that was there may by now be in another, where somebody put something too.
        for some in sorted(members.values(), key=lambda some: all(form.decided for form in some)):
            put = [form for form in some if form.decided]
            others = [form for form in some if not form.decided]
            if not put:
                continue
            lead = min(others, key=lambda form: form.fullness).id if others else self.hubs.get(put[0].utterance or 0)
            if lead and lead not in taken | {form.id for form in put}:
                taken |= {lead, *(form.id for form in others)}
                pairs += [(form.id, lead) for form in put]
            pairs += [(put[0].id, form.id) for form in put[1:]]
        return ordered(pairs)

    def words(self, found: Sequence[Sequence[Form]]) -> dict[int, frozenset[int]]:
        words = {}
        for cluster in found:
            hub = cluster[0]
            words[hub.id] = hub.hashes
            words |= {form.id: form.hashes - hub.hashes for form in cluster[1:]}
        return words

    # --- which utterance they are

    def assign(self, found: Sequence[Sequence[Form]], utterances: set[int]) -> None:
        """Give each cluster its utterance: one that somebody put a quote into, else the oldest; others point there."""
        rows = Utterance.objects.in_bulk(utterances) if utterances else {}
        real = [cluster for cluster in found if len(cluster) > 1 or cluster[0].decided]
        where: dict[int, list[int]] = defaultdict(list)  # the utterances that go into each cluster
        asleep = self.asleep(real)
        shares: dict[int, list[tuple[bool, bool, bool, int, int]]] = defaultdict(list)
        for number, cluster in enumerate(real):
            held = Counter(form.utterance for form in cluster if form.utterance in rows)
            chosen = {form.utterance for form in cluster if form.decided}
            fullest = {form.id for form in cluster}
            for pk, count in held.items():
                if pk:
                    is_fullest = rows[pk].fullest_id in fullest
                    shares[pk].append((pk in chosen, number not in asleep, is_fullest, count, -number))
        for pk, some in shares.items():
            where[-max(some)[-1]].append(pk)
        for number, pks in asleep.items():
            where[number] = where[number] or [min(pks)]
        new = iter(Utterance.objects.bulk_create(Utterance() for number in range(len(real)) if not where[number]))
        target: dict[int, int | None] = {form.id: None for cluster in found for form in cluster}
        merged: dict[int, int] = {}
        for number, cluster in enumerate(real):
            put = {form.utterance for form in cluster if form.decided}
            own = min(where[number], key=lambda pk: (pk not in put, pk)) if where[number] else next(new).pk
            merged |= {pk: own for pk in where[number] if pk != own}
            target |= {form.id: own for form in cluster}
        kept = {own for own in target.values() if own}
        self.touched |= kept | utterances
        Utterance.objects.filter(pk__in=among(kept)).exclude(merged_into=None).update(merged_into=None)
        by_survivor: dict[int, list[int]] = defaultdict(list)
        for gone, stays in merged.items():
            by_survivor[stays].append(gone)
        moved = {pk: own for pk, own in target.items() if self.forms[pk].utterance != own}
        self.put({pk: own for pk, own in moved.items() if not self.forms[pk].decided})
        for stays, several in by_survivor.items():
            Utterance.objects.filter(Q(pk__in=several) | Q(merged_into__in=several)).exclude(pk=stays).update(
                merged_into=stays, public=False
            )

    def asleep(self, clusters: Sequence[Sequence[Form]]) -> dict[int, list[int]]:
        """Utterances that were dissolved or merged, by the cluster that has their fullest form: they may come back."""
        place = {form.id: number for number, cluster in enumerate(clusters) for form in cluster}
        again: dict[int, list[int]] = defaultdict(list)
        for some in chunks(place):
            rows = Utterance.objects.filter(fullest__in=among(some), quotes=None)
            for pk, fullest in rows.values_list("pk", "fullest"):
                again[place[fullest or 0]].append(pk)
        return again

    def put(self, target: Mapping[int, int | None]) -> None:
        """Put quotes into utterances, or out of them."""
        for pk, own in target.items():
            if pk in self.forms:
                self.forms[pk].utterance = own
        # What leaves has no relation any more.
        set_each(Quote, ["utterance", "relation"], ([pk, own, ""] for pk, own in target.items()))
        self.touched |= {own for own in target.values() if own}

    # --- what is left to people

    def suggest(self) -> None:
        """Make the doubtful verdicts on these quotes open matches; close those that nothing speaks for any more."""
        worth: dict[Pair, Verdict] = {}
        for form in self.own.values():
            for other in self.others(form):
                one = self.hub_of(form)
                best = next(
                    (
                        (min(a.id, b.id), max(a.id, b.id), verdict)
                        for a, b in ((one, self.hub_of(other)), (form, self.hub_of(other)), (form, other))
                        if (verdict := self.verdicts.on(a, b)) and worth_asking(verdict)
                    ),
                    None,
                )
                if best:
                    worth[best[0], best[1]] = best[2]
        self.store(worth)
        self.tidy()

    def others(self, form: Form) -> list[Form]:
        """The likeliest quotes outside of its utterance that a form may be one with, one of each utterance."""
        found = []
        for pk in self.near[form.id]:
            other = self.forms.get(pk)
            if other is None or other.alone or self.unit(other) == self.unit(form):
                continue
            verdict = self.verdicts.on(form, other)
            if verdict and worth_asking(verdict):
                found.append((verdict.occasion is Occasion.OTHER, -verdict.likeness, other.fullness, other))
        best: dict[int, Form] = {}
        for *_, other in sorted(found, key=lambda row: row[:3]):
            best.setdefault(self.unit(other), other)
        return list(best.values())[:SUGGESTIONS]

    def unit(self, form: Form) -> int:
        return -form.utterance if form.utterance else form.id

    def hub_of(self, form: Form) -> Form:
        """The fullest form of its utterance, as far as that is at hand."""
        return self.forms.get(self.hubs.get(form.utterance or 0, 0), form)

    def store(self, worth: Mapping[Pair, Verdict]) -> None:
        stored: dict[Pair, Match] = {}
        for some in chunks({*self.ids, *(pk for pair in worth for pk in pair)}):
            rows = Match.objects.filter(Q(first__in=among(some)) | Q(second__in=among(some)))
            stored |= {(row.first_id, row.second_id): row for row in rows}
        own = set(self.ids)
        gone = [
            row.pk
            for pair, row in stored.items()
            if pair not in worth and row.likeness and not row.answer and own & set(pair)
        ]
        for some in chunks(gone):
            Match.objects.filter(pk__in=among(some)).update(likeness=0, reasons=[])
        for pair in set(worth) & set(stored):
            said = _told(worth[pair])
            if any(getattr(stored[pair], name) != value for name, value in said.items()):
                Match.objects.filter(pk=stored[pair].pk).update(**said)
        new = [
            Match(first_id=pair[0], second_id=pair[1], **_told(verdict))
            for pair, verdict in worth.items()
            if pair not in stored
        ]
        Match.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)

    def tidy(self) -> None:
        """Ask one question about two utterances, and none where one was answered, or where they have become one."""
        asked: dict[tuple[int, int], list[tuple[bool, bool, float, int]]] = defaultdict(list)
        seen: set[int] = set()
        for some in chunks(self.touched):
            of_these = Q(first__utterance__in=among(some)) | Q(second__utterance__in=among(some))
            self._questions(Match.objects.filter(of_these), asked, seen)
        for some in chunks(self.own):
            self._questions(Match.objects.filter(Q(first__in=among(some)) | Q(second__in=among(some))), asked, seen)
        gone = []
        for (one, other), several in asked.items():
            answered = any(row[0] for row in several)
            still = sorted(row for row in several if not row[0])
            gone += [pk for *_, pk in (still if answered or one == other else still[1:])]
        for some in chunks(gone):
            Match.objects.filter(pk__in=among(some)).update(likeness=0, reasons=[])

    def _questions(
        self, rows: QuerySet[Match], asked: dict[tuple[int, int], list[tuple[bool, bool, float, int]]], seen: set[int]
    ) -> None:
        columns = rows.filter(~Q(answer=Match.Answer.OPEN) | Q(likeness__gt=0)).values_list(
            "pk", "answer", "likeness", "first", "second", "first__utterance", "second__utterance",
            "first__utterance__fullest", "second__utterance__fullest",
        )  # fmt: skip
        for pk, answer, likeness, first, second, here, there, fullest, other_fullest in columns:
            if pk not in seen:
                seen.add(pk)
                one, other = sorted((-here if here else first, -there if there else second))
                of_hubs = first in (fullest, None) and second in (other_fullest, None)
                asked[one, other].append((answer != Match.Answer.OPEN, not of_hubs, -likeness, pk))


def worth_asking(verdict: Verdict) -> bool:
    """Whether a doubtful verdict is worth a question: of long ago only where nearly all words are the same."""
    return verdict.occasion is not Occasion.OTHER or verdict.likeness >= WORTH_ASKING


def _told(verdict: Verdict) -> dict[str, object]:
    return {
        "relation": verdict.relation.value,
        "occasion": verdict.occasion.value,
        "likeness": verdict.likeness,
        "conflict": verdict.conflict,
        "reasons": list(verdict.reasons),
    }


def regroup(after: int = 0) -> Iterator[list[int]]:
    """Group all quotes anew, some at a time, each time in a transaction of its own; yields the ids that are done.

    Addresses stay and decisions stand. Interrupted, it goes on ``after`` the last id that it gave.
    """
    while ids := list(Quote.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        begun_again(group)(ids)
        after = ids[-1]
        yield ids
        time.sleep(0.001)  # a breath, in which others may write


def follow(articles: Iterable[int], *, beside: Iterable[int] = ()) -> set[int]:
    """Group the quotes of these articles (ids), and bring the figures of those ``beside`` up to date."""
    quotes: set[int] = set()
    for some in chunks(articles):
        quotes |= set(Quote.objects.filter(article__in=some).values_list("pk", flat=True))
    touched = group(quotes)
    others = of(Quote.objects.filter(article__in=list(beside))) - touched if beside else set()
    if others:
        hold()
        refresh(others)
    return touched | others


def follow_people(people: Iterable[int]) -> set[int]:
    """Look again at what these people (ids) say, or others merged into them, once their survivor is somebody else."""
    known = set(people)
    level = known
    while level:
        level = set(Person.objects.filter(merged_into__in=level).values_list("pk", flat=True)) - known
        known |= level
    spoke: set[int] = set()
    for some in chunks(known):
        rows = Attribution.objects.filter(person__in=some, role=Attribution.Role.SPEAKER)
        spoke |= set(rows.values_list("quote", flat=True))
    return group(spoke)


def of(quotes: QuerySet[Quote]) -> set[int]:
    """The utterances (ids) that these quotes are in."""
    found = quotes.filter(utterance__isnull=False).order_by().values_list("utterance", flat=True).distinct()
    return {pk for pk in found if pk}


def release(articles: Iterable[int]) -> None:
    """Take the quotes of these articles out of their utterances: they are about to be deleted, and their words go."""
    quotes: set[int] = set()
    for some in chunks(articles):
        quotes |= set(Quote.objects.filter(article__in=some).values_list("pk", flat=True))
    group(quotes, leaving=quotes)
