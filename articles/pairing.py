"""Which people may be one and the same, as the machine sees it: pairs with evidence from names, roles and articles.

What a person judged is never asked again: not the pair itself, nor any two of whom one was merged with one of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise, product
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from articles.models import Attribution, Capture, Mention
from corpus import locks
from corpus.chunks import chunks
from people import alike
from people.alike import Evidence, Held, Somebody
from people.models import Name, Pair, Person, Role
from people.names import split_titles

#: What the articles say can outweigh names that speak so much against, and no more.
_HOPELESS = 0.18
#: Of whoever is named or quoted more often than this, the latest places are enough.
_ENOUGH = 500
#: Of two people, so many of the articles that name both are looked into.
_LOOKED_INTO = 20
#: Bodies that are named in so many of the latest articles with one of ours are looked at.
_BESIDE = 50
#: In percent: "Parish council boss" and "chair, Saltby Haven Parish Council" are, "leader" and "general secretary" not.
_MUCH_ALIKE = 80
#: Between two names of one list stands nothing else.
_LIST = re.compile(
    r"^(?:,| and| or| &|, and|, or|,? with| alongside)\s*(?:(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Cllr)\.?\s+)?$"
)
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in "Mr Mrs Ms Dr St Prof Rev Cllr Coun Sgt Gov Gen Lt [A-Z]".split())
_SENTENCE_ENDS = re.compile(rf"[\n\r]|{_ABBREVIATED}[.!?][”’\"')\]]*\s")
#: Further apart than this in one sentence says little.
_LONGEST_SENTENCE = 400
_HE = frozenset("mr sir lord baron viscount earl father he him his".split())
_PRONOUNS = frozenset("He he She she".split())
_SHE = frozenset("mrs ms miss dame lady baroness sister she her hers".split())


class Place(NamedTuple):
    """Where a person is named in an article."""

    start: int
    end: int
    printed: str


def suggest_pairs(people: Iterable[int]) -> int:
    """Bring up to date which pairs with one of these people (ids) are worth asking about; returns how many are new."""
    wanted = set()
    for some in chunks(set(people)):
        wanted |= set(Person.objects.filter(pk__in=some).values_list("canonical", flat=True)) - {None}
    return _suggest(_around(wanted), wanted) if wanted else 0


def suggest_all() -> int:
    """The same of everybody."""
    pool = _described(list(Person.objects.survivors().order_by("pk").values_list("pk", flat=True)))
    return _suggest(pool, None)


def _suggest(pool: list[Somebody], about: set[int] | None) -> int:
    known = {somebody.ident: somebody for somebody in pool}
    found: dict[tuple[int, int], list[Evidence]] = {}
    for one, other in alike.worth_comparing(pool, about):
        evidence = alike.compare(one, other)
        if evidence and alike.score(evidence) >= _HOPELESS:
            found[one.ident, other.ident] = evidence
    judged = _judged(found)
    found = {pair: evidence for pair, evidence in found.items() if pair not in judged}
    bearers = _bearers(known[pair[0]] for pair in found if known[pair[0]].individual)
    for pair, evidence in _in_articles(found, known).items():
        rare = alike.rare_surname(found[pair][0], bearers.get(known[pair[0]].words[0][-1], 0) or 3)
        found[pair] += [*evidence, *([rare] if rare else [])]
    worth = {
        pair: alike.strongest_first(evidence)
        for pair, evidence in found.items()
        if alike.score(evidence) > alike.WORTH_ASKING
    }
    return _store(worth, about)


@transaction.atomic
def _store(worth: dict[tuple[int, int], list[Evidence]], about: set[int] | None) -> int:
    """Make these the open pairs of the people they are about; what nobody answered and nothing speaks for goes."""
    locks.hold("identities")
    # A pair with somebody merged speaks for the survivor.
    undecided = Pair.objects.filter(answer=Pair.Answer.OPEN).select_related("first", "second")
    there: dict[tuple[int, int], Pair] = {}
    for rows in [undecided] if about is None else _with_one_of(about, undecided):
        for pair in rows:
            one, other = pair.first.canonical_id or 0, pair.second.canonical_id or 0
            if one != other:
                there[min(one, other), max(one, other)] = pair
    new = []
    for key, evidence in worth.items():
        score, said = alike.score(evidence), [piece.as_json() for piece in evidence]
        known = there.pop(key, None)
        if known is None:
            new.append(Pair(first_id=key[0], second_id=key[1], score=score, evidence=said))
        elif (known.score, known.evidence) != (score, said):
            Pair.objects.filter(pk=known.pk).update(score=score, evidence=said)
    gone = [pair.pk for pair in there.values() if pair.score and not pair.proposed]
    for some in chunks(gone):
        Pair.objects.filter(pk__in=some).update(score=0, evidence=[])
    before = Pair.objects.count()
    Pair.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
    return Pair.objects.count() - before if new else 0


def _with_one_of(people: Iterable[int], pairs: QuerySet[Pair]) -> Iterator[QuerySet[Pair]]:
    for some in chunks(people):
        yield pairs.filter(first__canonical__in=some)
        yield pairs.filter(second__canonical__in=some)


def _judged(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the pairs that somebody answered, for these two or for anybody merged into them."""
    wanted, found = set(pairs), set()
    for rows in _with_one_of({pk for pair in wanted for pk in pair}, Pair.objects.exclude(answer=Pair.Answer.OPEN)):
        for one, other in rows.values_list("first__canonical", "second__canonical"):
            if one and other:
                found.add((min(one, other), max(one, other)))
    return found & wanted


# --- people --------------------------------------------------------------------------------------------------------


def _bearers(people: Iterable[Somebody]) -> dict[str, int]:
    """How many people bear the surnames of these."""
    found: dict[str, int] = {}
    for some in chunks({somebody.words[0][-1] for somebody in people}):
        rows = Name.objects.filter(last_word__in=some, person__kind=Person.Kind.INDIVIDUAL).order_by()
        counted = rows.values("last_word").annotate(n=Count("person__canonical", distinct=True))
        found |= dict(counted.values_list("last_word", "n"))
    return found


def _around(people: set[int]) -> list[Somebody]:
    """These people, whoever has a name that `alike` may find like one of theirs, and bodies named beside bodies.

    The first or the last word of the names is the same, and the other begins alike; so that an index finds them.
    """
    near: set[int | None] = set(people)
    names = list(Name.objects.filter(person__canonical__in=list(people)).order_by().values_list("key", flat=True))
    for some in chunks({looks for key in names for looks in _lookups(key)}, 100):
        either = Q()
        for looks in some:
            either |= Q(**dict(looks))
        near.update(Name.objects.filter(either).order_by().values_list("person__canonical", flat=True))
    # What a body is short for mostly stands in one article with it.
    bodies = ~Q(person__kind=Person.Kind.INDIVIDUAL)
    named = Mention.objects.filter(bodies, person__canonical__in=list(people)).order_by("-capture")
    captures = list(named.values_list("capture", flat=True).distinct()[:_BESIDE])
    beside = Mention.objects.filter(bodies, capture__in=captures).order_by()
    near.update(beside.values_list("person__canonical", flat=True).distinct())
    return _described(pk for pk in near if pk)


def _lookups(key: str) -> Iterator[tuple[tuple[str, str], ...]]:
    """Conditions on names under one of which whoever is called like this key is found."""
    words = key.split()
    first, last = words[0], words[-1]
    yield (("key", key),)
    if len(words) == 1:
        return
    for initial in sorted(alike.initials(first)):
        yield ("last_word", last), ("first_word__startswith", initial)
    yield ("first_word", first), ("last_word__startswith", last[0])
    yield ("first_word", first), ("key__startswith", f"{key} ")
    for middle in words[1:-1]:
        yield ("first_word", first), ("last_word", middle)
    yield ("last_word", last), ("key__endswith", " ".join(words[-2:]))
    for acronym in sorted(alike.acronyms(words)):
        yield (("key", acronym),)


def _described(people: Iterable[int]) -> list[Somebody]:
    """What the corpus knows of these survivors."""
    names: dict[int, list[str]] = defaultdict(list)
    roles: dict[int, list[Held]] = defaultdict(list)
    found = []
    for some in chunks(people):
        rows = Name.objects.filter(person__canonical__in=some).order_by("id")
        for pk, text in rows.values_list("person__canonical", "text"):
            names[pk or 0].append(text)
        held = Role.objects.filter(person__canonical__in=some).order_by("id")
        for pk, *role in held.values_list("person__canonical", "title", "organisation_printed", "since", "until"):
            roles[pk or 0].append(Held(*role))  # type: ignore[arg-type]
        for pk, kind, pronouns, status in Person.objects.filter(pk__in=some).values_list(
            "pk", "kind", "pronouns", "status"
        ):
            vouched = status == Person.Status.CURATED
            found.append(Somebody(pk, kind, tuple(names[pk]), pronouns, tuple(roles[pk]), vouched))
    return [somebody for somebody in found if somebody.names]


# --- articles ------------------------------------------------------------------------------------------------------


def _in_articles(
    found: dict[tuple[int, int], list[Evidence]], known: dict[int, Somebody]
) -> dict[tuple[int, int], list[Evidence]]:
    """What the articles say of pairs of people: both in one of them, in one sentence, in one role, he or she."""
    people = {pk for pair in found for pk in pair}
    captures: dict[int, set[int]] = defaultdict(set)
    printed_roles: dict[int, dict[str, None]] = defaultdict(dict)
    sexes: dict[int, Counter[str]] = defaultdict(Counter)
    for some in chunks(people, 1_000):
        named = _counted(Mention.objects.filter(person__canonical__in=some))
        loud = {pk for pk, number in named.items() if number > _ENOUGH}
        for pk, capture, printed, roles in _named(named.keys() - loud, loud):
            captures[pk].add(capture)
            printed_roles[pk] |= dict.fromkeys(roles or ())
            sexes[pk].update(_sex(word) for word in split_titles(printed)[0])
        for pk, printed in _called(some):
            sexes[pk].update([_sex(printed)])
    shared = {pair: sorted(captures[pair[0]] & captures[pair[1]])[-_LOOKED_INTO:] for pair in found}
    places = _places(shared)
    evidence: dict[tuple[int, int], list[Evidence]] = {}
    for pair, names in found.items():
        one, other = pair
        pieces = [
            _same_role((known[one], printed_roles[one]), (known[other], printed_roles[other]), names),
            _he_or_she(sexes[one], sexes[other], names),
            _together(pair, [capture for capture in shared[pair] if capture in places], places, names[0]),
        ]
        evidence[pair] = [piece for piece in pieces if piece]
    return evidence


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    """How many of these rows there are of each survivor."""
    counted = rows.order_by().values("person__canonical").annotate(number=Count("pk"))
    return {pk: number for pk, number in counted.values_list("person__canonical", "number") if pk}


def _named(few: Collection[int], loud: Collection[int]) -> Iterator[tuple[int, int, str, list[str] | None]]:
    """Where people are named now: who, in which capture, as what, with which roles beside it.

    Of the ``loud`` ones only the latest places, and those in the captures that name one of the others.
    """
    columns = ("person__canonical", "capture", "printed", "roles")
    current = Mention.objects.filter(capture=F("capture__article__capture"))
    theirs = list(current.filter(person__canonical__in=few).order_by("id").values_list(*columns))
    yield from theirs
    for pk in loud:
        rows = current.filter(person__canonical=pk).values_list(*columns)
        yield from rows.order_by("-capture_id")[:_ENOUGH]
        for some in chunks({capture for _, capture, _, _ in theirs}):
            yield from rows.filter(capture__in=some).order_by("id")


def _called(people: Collection[int]) -> Iterator[tuple[int, str]]:
    """Whom of these people quotes are given to as "he" or "she", a row each; of the loud ones the latest are asked."""
    given = Attribution.objects.filter(person__canonical__in=people)
    spoke = _counted(given)
    few = [pk for pk, number in spoke.items() if number <= _ENOUGH]
    words = given.filter(person__canonical__in=few, printed__in=_PRONOUNS)
    yield from words.values_list("person__canonical", "printed")  # type: ignore[misc]
    for pk in spoke.keys() - set(few):
        latest = given.filter(person__canonical=pk).order_by("-moment").values_list("printed", flat=True)
        yield from ((pk, printed) for printed in latest[:_ENOUGH] if printed in _PRONOUNS)


def _sex(word: str) -> str:
    low = word.lower().rstrip(".")
    return "he" if low in _HE else "she" if low in _SHE else ""


def _same_role(
    one: tuple[Somebody, Iterable[str]], other: tuple[Somebody, Iterable[str]], names: list[Evidence]
) -> Evidence | None:
    """A role that is printed beside both names, or beside one of them much like one that the other is known to have."""
    if any(piece.code in {"same-role", "same-organisation"} for piece in names):
        return None
    theirs = {role.casefold() for role in other[1]}
    if both := next((role for role in one[1] if role.casefold() in theirs), ""):
        return Evidence("same-role", f"Both are printed as {both}.", 1.0)
    for (known, _), (_, printed) in ((one, other), (other, one)):
        for held, role in product(known.roles, printed):
            full = f"{held.title} {held.organisation}"
            if fuzz.token_set_ratio(full, role, processor=default_process) >= _MUCH_ALIKE:
                return Evidence("like-role", f"One is printed as {role}, the other is known as {held}.", 0.8)
    return None


def _he_or_she(one: Counter[str], other: Counter[str], known: list[Evidence]) -> Evidence | None:
    """Only where the texts leave no doubt about either."""
    if any(piece.code in {"same-pronouns", "other-pronouns"} for piece in known):
        return None
    words = [{sex for sex in counted if sex} for counted in (one, other)]
    if len(words[0]) != 1 or len(words[1]) != 1:
        return None
    if words[0] == words[1]:
        return Evidence("same-pronouns", f"Both are “{next(iter(words[0]))}” in the articles.", 0.1)
    return Evidence("other-pronouns", "The articles call one “he” and the other “she”.", -2.5)


class Text(NamedTuple):
    """A capture's text, the uid of its article, and where it names whom."""

    text: str
    article: str
    named: dict[int, list[Place]]


def _places(shared: dict[tuple[int, int], list[int]]) -> dict[int, Text]:
    """Where the captures that name both people of a pair name them, by capture."""
    people: dict[int, set[int]] = defaultdict(set)
    for pair, captures in shared.items():
        for capture in captures:
            people[capture] |= set(pair)
    found: dict[int, Text] = {}
    for some in chunks(people, 500):
        rows = Capture.objects.filter(pk__in=some).values_list("pk", "text", "article__uid")
        found |= {pk: Text(text, article, defaultdict(list)) for pk, text, article in rows}
        mentions = Mention.objects.filter(capture__in=some, person__isnull=False).order_by("start")
        for capture, pk, start, end, printed in mentions.values_list(
            "capture", "person__canonical", "start", "end", "printed"
        ):
            if pk in people[capture]:
                found[capture].named[pk].append(Place(start, end, printed))
    return found


def _together(pair: tuple[int, int], captures: list[int], texts: dict[int, Text], name: Evidence) -> Evidence | None:
    """Two names in one sentence are two people; two spellings in one article, of which one stands once, are a slip."""
    best: Evidence | None = None
    for capture in captures:
        text, article, named = texts[capture]
        for one, other in _neighbours(named[pair[0]], named[pair[1]]):
            between = text[one.end : other.start]
            place = {"article": article, "printed": text[one.start : other.end]}
            if _LIST.match(between):
                return Evidence("one-list", "Both stand in one list.", -3.0, **place)
            if len(between) <= _LONGEST_SENTENCE and not _SENTENCE_ENDS.search(between):
                best = Evidence("one-sentence", "Both are named in one sentence.", -2.0, **place)
        if best is None:
            counts = [len(named[pk]) for pk in pair]
            rare = named[pair[counts.index(min(counts))]]
            place = {"article": article, "printed": rare[0].printed}
            if name.code != "misspelling":
                best = Evidence("same-article", "One article has both forms.", 0.5, **place)
            elif min(counts) == 1:
                best = Evidence("same-article", "One article has both spellings, one of them once.", 1.5, **place)
            else:
                best = Evidence("same-article", "One article has both spellings, each of them again.", 0.3, **place)
    return best


def _neighbours(one: list[Place], other: list[Place]) -> Iterator[tuple[Place, Place]]:
    """Places of the two that follow one another, in the order of the text."""
    places = sorted([(place, 0) for place in one] + [(place, 1) for place in other])
    for (before, whose), (after, others) in pairwise(places):
        if whose != others and before.end <= after.start:
            yield before, after
