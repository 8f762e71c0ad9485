"""How quotes with words in common find one another: shingles kept in a table, and what the same people said those days.

An utterance is found by its fullest form; of its others only the shingles are kept that the fullest lacks, so that what
a hundred outlets print takes the room of one. A shingle that more than `CAP` utterances and lone quotes have says
nothing, and no more of them are kept.
"""

from __future__ import annotations

import datetime as dt
import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from django.db import connection

from articles.comparing.judging import SAME_DAYS
from articles.models import Shingle
from articles.models.article import moment as moment_of
from articles.utterances.forms import Form, day
from corpus.chunks import chunks
from corpus.statements import among, insert_pairs
from people.models import Person

#: So many quotes may have a shingle before it says nothing.
CAP = 100
#: So many quotes are looked at for one, those with most in common first.
CLOSEST = 40
#: What shingles may not find: three words have none, and so long is their text at most, more or less.
SHORT = "(q.kind = 'indirect' OR length(q.text) < 48)"
#: So many quotes of the same people in the same days are looked at for a batch.
MOST_BESIDE = 5_000
#: Where somebody said more than this in those days, shingles are to be relied on for what has some.
MANY = 200
TABLE = Shingle._meta.db_table


def near(forms: Mapping[int, Form]) -> tuple[dict[int, set[int]], set[int]]:
    """For each form the quotes (ids) that may report the same, among these or stored; and the common shingles."""
    holders, common = _look_up({hashed for form in forms.values() for hashed in form.hashes})
    for form in forms.values():
        for hashed in form.hashes - common:
            holders[hashed].add(form.id)
    found: dict[int, set[int]] = {}
    for form in forms.values():
        several = (some for hashed in form.hashes if 1 < len(some := holders.get(hashed, ())) <= 2 * CAP)
        shared = Counter(chain.from_iterable(several))
        del shared[form.id]
        found[form.id] = {pk for pk, _ in shared.most_common(CLOSEST)} if len(shared) > CLOSEST else set(shared)
    for pk, some in _beside(forms, common).items():
        found[pk] |= some - {pk}
    return found, common


def closest(near: Mapping[int, set[int]], forms: Mapping[int, Form]) -> dict[int, set[int]]:
    """Of those near a form, where they are more than `MANY`, the `CLOSEST`: most telling words in common, then oldest.

    Where somebody said hundreds of things in those days, or nobody knows on which days, all with all would be millions.
    """
    crowded = {pk for pk, some in near.items() if len(some) > MANY}
    if not crowded:
        return dict(near)
    holders: dict[object, list[int]] = defaultdict(list)
    for other in sorted(set().union(*(near[pk] for pk in crowded)) & forms.keys()):
        for word in _telling(forms[other]):
            holders[word].append(other)
    found = dict(near)
    for pk in crowded:
        shared = Counter(chain.from_iterable(holders.get(word, ()) for word in _telling(forms[pk])))
        some = near[pk]
        likest = heapq.nlargest(CLOSEST, ((count, -other) for other, count in shared.items() if other in some))
        found[pk] = {-other for _, other in likest}
    return found


def _telling(form: Form) -> set[object]:
    """Its words that say something, and all of them as one: the same words are closest of all."""
    return {*form.words.content, form.said.keys}


def _look_up(hashes: set[int]) -> tuple[dict[int, set[int]], set[int]]:
    """Who has these shingles, by shingle; and those that are common, and are left out."""
    holders: dict[int, set[int]] = defaultdict(set)
    for some in chunks(hashes, 20_000):
        for hashed, quote in _rows("hash, quote_id", "hash", some):
            holders[hashed].add(quote)
    common = {hashed for hashed, several in holders.items() if len(several) >= CAP}
    for hashed in common:
        del holders[hashed]
    return holders, common


def keep(wanted: Mapping[int, frozenset[int]], common: Collection[int] = ()) -> None:
    """Make these the shingles of these quotes in the table; of the common ones no more are kept than there are."""
    stored: dict[int, set[int]] = defaultdict(set)
    for some in chunks(wanted, 20_000):
        for hashed, quote in _rows("hash, quote_id", "quote_id", some):
            stored[quote].add(hashed)
    gone = {quote: hashes - wanted[quote] for quote, hashes in stored.items() if hashes - wanted[quote]}
    without_words(quote for quote in gone if gone[quote] == stored[quote])
    for quote, hashes in gone.items():
        if hashes != stored[quote]:
            Shingle.objects.filter(quote=quote, hash__in=hashes).delete()
    none: set[int] = set()
    new = [(h, quote) for quote, hashes in wanted.items() for h in hashes - stored.get(quote, none) if h not in common]
    insert_pairs(TABLE, ("hash", "quote_id"), sorted(new))  # neighbours in the index one after another


def _rows(columns: str, column: str, values: Sequence[int]) -> list[tuple[int, ...]]:
    """The rows of the table whose column is one of these: one parameter, however many they are."""
    given: list[int] | str = list(values)
    one_of = "= ANY(%s)"
    if connection.vendor == "sqlite":
        one_of, given = "IN (SELECT value FROM json_each(%s))", json.dumps(given)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {TABLE} WHERE {column} {one_of}", [given])
        return cursor.fetchall()


# --- the same people, the same days ----------------------------------------------------------------------------------


def _beside(forms: Mapping[int, Form], common: set[int]) -> dict[int, set[int]]:
    """Of the same people, at most three days away, what no shingle finds: reported speech, and a word or two.

    For what is itself reported, or has no telling shingle, everything they said then.
    """
    members: dict[int, list[int]] = defaultdict(list)
    spoke = {person for form in forms.values() for person in form.said.speakers}
    for some in chunks(spoke):
        for pk, survivor in Person.objects.filter(canonical__in=among(some)).order_by().values_list("pk", "canonical"):
            members[survivor or 0].append(pk)
    every: set[tuple[int, dt.date | None]] = set()
    few: set[tuple[int, dt.date | None]] = set()
    without: set[int] = set()  # who is found by no shingle
    for form in forms.values():
        if form.indirect or not form.hashes - common:
            without.add(form.id)
        wanted = every if form.id in without else few
        wanted.update((person, form.said.day) for person in form.said.speakers)
    beside: dict[tuple[int, dt.date | None], set[int]] = defaultdict(set)
    short: dict[tuple[int, dt.date | None], set[int]] = defaultdict(set)
    for wanted, only in ((every, ""), (few - every, f"AND {SHORT}")):
        spans = [(pk, *_around(when)) for survivor, when in wanted for pk in members[survivor]]
        for spoken in chunks(spans, 1_000):
            for quote, whom, moment, is_short in _said_then(spoken, only):
                beside[whom, day(moment)].add(quote)
                if is_short:
                    short[whom, day(moment)].add(quote)
    found: dict[int, set[int]] = {}
    for form in forms.values():
        then = [(person, when) for person in form.said.speakers for when in _days(form.said.day)]
        found[form.id] = set().union(*(beside.get(one, ()) for one in then))
        if len(found[form.id]) > MANY and form.id not in without:
            found[form.id] = set().union(*(short.get(one, ()) for one in then))
    return found


def _days(when: dt.date | None) -> list[dt.date | None]:
    return [None] if when is None else [when + dt.timedelta(days) for days in range(-SAME_DAYS, SAME_DAYS + 1)]


def _around(when: dt.date | None) -> tuple[int, int]:
    if when is None:
        return 0, 0
    return moment_of(when - dt.timedelta(SAME_DAYS)), moment_of(when + dt.timedelta(SAME_DAYS), dt.time(23, 59))


def _said_then(spans: Sequence[tuple[int, int, int]], only: str) -> list[tuple[int, int, int, bool]]:
    """What these people (id, from, until) said between those moments: quotes, survivors of who says them, moments, and
    whether no shingle may find it."""
    values = ", ".join(["(%s, %s, %s)"] * len(spans))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.quote_id, p.canonical_id, a.moment, {SHORT} FROM (VALUES {values}) AS given "
            "JOIN articles_attribution a ON a.person_id = given.column1 AND a.role = 'speaker' "
            "AND a.moment BETWEEN given.column2 AND given.column3 "
            "JOIN people_person p ON p.id = a.person_id JOIN articles_quote q ON q.id = a.quote_id "
            f"WHERE q.status <> 'rejected' AND q.anchor <> 'orphaned' {only} "
            "ORDER BY a.moment DESC, a.id DESC LIMIT %s",
            [value for span in spans for value in span] + [MOST_BESIDE],
        )
        return cursor.fetchall()


def without_words(quotes: Iterable[int]) -> None:
    """Forget the shingles of these quotes."""
    for some in chunks(quotes):
        Shingle.objects.filter(quote__in=among(some)).delete()
