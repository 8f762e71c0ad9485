"""Names: runs of capitals become mentions of people and organisations, and every later form finds its full name.

A bare surname or first name resolves only when exactly one full name fits; a form keeps whom it meant once established.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from .lexicon.cues import CUES, NOUNISH, SAYING
from .lexicon.people import (
    COMPANY_FIRST,
    EPITHETS,
    FEMALE,
    FILLERS,
    GIVEN,
    GROUPS,
    KNOWN_ORGANISATIONS,
    KNOWN_PHRASES,
    MALE,
    NATION_PEOPLE,
    NATIONS,
    NOT_NAMES,
    ORG_HEADS,
    PARTICLES,
    PLACE_HEADS,
    PLACES,
    ROLE_FEMALE,
    ROLE_MALE,
    ROLES,
    SHOUTED,
    SUFFIXES,
    TITLES,
    TITLES_FEMALE,
    TITLES_MALE,
    UNSURE,
)
from .lexicon.words import DETERMINERS, MONTHS, OPENERS, PREPOSITIONS, WEEKDAYS
from .model import Context, KnownName
from .tokens import Token

LONGEST_NAME = 8
#: Besides what has a name, the focus holds unnamed sources, groups and things for later pronouns.
EntityKind = Literal["individual", "organisation", "group", "unnamed", "thing"]
_CONNECT = frozenset(("of", "for", "and", "&", "on", "in", "to", "against"))
#: What nobody but a person is called: "Gran Edie Salt".
_KIN = frozenset("gran grandad nan mum dad great-gran widow widower pensioner".split())
_STOP_FIRST = frozenset(("the",))


@dataclass(slots=True, eq=False)
class Entity:
    """Somebody or something named in the document."""

    name: str
    kind: EntityKind
    parts: tuple[str, ...]
    first: int
    male: int = 0
    female: int = 0
    roles: list[str] = field(default_factory=list)
    #: words of the roles printed beside the name, and where first
    heads: dict[str, int] = field(default_factory=dict)
    age: str = ""
    ident: str = ""
    titled: bool = False
    mentions: int = 0
    certain: bool = True
    initials: str = ""

    @property
    def surname(self) -> str:
        return self.parts[-1] if self.parts else ""

    @property
    def gender(self) -> str:
        if self.male > self.female:
            return "m"
        return "f" if self.female > self.male else ""


@dataclass(slots=True, eq=False)
class Run:
    """One run of capitals: where it stands, its words without title, and whom it turned out to mean."""

    start: int
    end: int
    words: tuple[str, ...]
    title: str
    paragraph: int
    quoted: bool
    opening: bool
    before: str
    role: str = ""
    role_heads: tuple[str, ...] = ()
    age: str = ""
    possessive: bool = False
    kind: str = ""
    entity: Entity | None = None
    candidates: tuple[Entity, ...] = ()
    full_start: int = -1
    #: stands in a headline in title case, where capitals prove nothing
    weak: bool = False
    #: all in capitals
    shouted: bool = False
    #: what stands around it makes it somebody: ", who", "said" beside it
    hint: bool = False

    #: the words, folded
    low: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.low:
            self.low = tuple([word.lower() for word in self.words])


def _speech(word: str) -> bool:
    """Whether a word is a finite verb of speech and no noun."""
    entry = CUES.get(word)
    return (
        entry is not None and entry[2] in ("ed", "s") and word not in NOUNISH and ("c" in entry[1] or "q" in entry[1])
    )


def _epithet(low: str) -> bool:
    return low in EPITHETS or "-of-" in low or (len(low) > 5 and low.endswith(("ing", "ed", "ous", "ful", "-old")))


def _acronym(word: str) -> bool:
    return 2 <= len(word) <= 6 and word.isupper() and word.isalpha()


def find_runs(tokens: Sequence[Token], paragraph: int, text: str, title_case: bool) -> list[Run]:
    """The runs of one paragraph, titles and roles split off."""
    found: list[Run] = []
    index, total = 0, len(tokens)
    while index < total:
        token = tokens[index]
        if (
            not token.named
            or token.low in NOT_NAMES
            or token.low in WEEKDAYS
            or (
                token.low in MONTHS
                and index + 1 < total
                and (tokens[index + 1].text == "." or tokens[index + 1].text[0].isdigit())
            )
        ):
            index += 1
            continue
        opening = index == 0 or tokens[index - 1].text[0] in '.!?…:"“‘' or (tokens[index - 1].text == "'")
        if (
            opening
            and token.low in OPENERS
            and not (
                index + 1 < total
                and token.low in ("will", "may", "police", "union", "stop", "read", "people", "our", "best")
                and tokens[index + 1].named
            )
        ):
            index += 1
            continue
        stop = index + 1
        while stop < total and stop - index < LONGEST_NAME:
            following = tokens[stop]
            gap = following.start - tokens[stop - 1].end
            if (
                following.named
                and gap <= 1
                and following.low not in WEEKDAYS
                and (following.low not in MONTHS or following.low in ("may", "april", "june"))
            ):
                if tokens[stop - 1].kind == "p" and tokens[stop - 1].text != "." and tokens[stop - 1].text != "&":
                    break
                stop += 1
                continue
            if (
                following.text == "."
                and gap == 0
                and stop + 1 < total
                and tokens[stop + 1].named
                and (
                    (len(tokens[stop - 1].text) == 1 and tokens[stop - 1].text.isupper())
                    or tokens[stop - 1].low in TITLES
                    or tokens[stop - 1].low in ("st", "gov", "sen", "rep")
                )
            ):
                stop += 2
                continue
            if (
                following.low in PARTICLES
                and stop + 1 < total
                and tokens[stop + 1].named
                and following.kind == "w"
                and gap == 1
                and not (following.low == "of" and _person_like(tokens, index, stop))
            ):
                stop += 2
                continue
            if (
                following.text in ("’", "'")
                and gap == 0
                and tokens[stop - 1].low.endswith("s")
                and stop + 1 < total
                and tokens[stop + 1].start == following.end + 1
                and tokens[stop + 1].named
                and any(t.low in ORG_HEADS for t in tokens[stop + 1 : stop + 3] if t.named)
            ):
                # "the Tenants’ Union"
                stop += 2
                continue
            if following.low in _CONNECT and gap == 1 and stop + 1 < total:
                if following.low in ("in", "on", "to", "against") and tokens[stop - 1].low not in (
                    "committee",
                    "campaign",
                    "council",
                    "commission",
                    "people",
                    "inquiry",
                ):
                    break
                ahead = stop + 1
                if tokens[ahead].low == "the" and ahead + 1 < total:
                    if following.low in ("and", "&"):
                        break
                    ahead += 1
                organisational = any(
                    t.low in ORG_HEADS
                    or t.low in ("chamber", "house", "bank", "minister", "secretary", "friends", "people")
                    for t in tokens[index:stop]
                )
                if following.low in ("and", "&"):
                    tail = any(
                        tokens[k].low in ORG_HEADS for k in range(ahead, min(total, ahead + 3)) if tokens[k].named
                    )
                    organisational = ((following.low == "&" or organisational or tail) and tail) or (
                        following.low == "&" and tokens[index].low not in GIVEN
                    )
                if (
                    organisational
                    and tokens[ahead].named
                    and tokens[ahead].low not in WEEKDAYS
                    and tokens[ahead].low not in MONTHS
                ):
                    stop = ahead + 1
                    continue
            break
        found.extend(_split(tokens, index, stop, paragraph, text, opening))
        index = max(stop, index + 1)
    return found


def _person_like(tokens: Sequence[Token], start: int, stop: int) -> bool:
    """Whether tokens look like somebody's name, so that "of" after it names where they are from."""
    words = [t.low for t in tokens[start:stop] if t.kind == "w"]
    return words[0] in GIVEN and words[0] not in PLACES and not any(w in ORG_HEADS or w in ROLES for w in words[1:])


def _split(tokens: Sequence[Token], start: int, stop: int, paragraph: int, text: str, opening: bool) -> list[Run]:
    """One run of capitals cut at roles and titles: "Health Secretary Jeremy Hunt" is a role and a name."""
    for k in range(start + 1, stop - 1):
        if (
            tokens[k].low in GIVEN
            and tokens[k - 1].low in ORG_HEADS
            and tokens[k].low not in PLACES
            and k - start >= 2
            and tokens[k + 1].kind == "w"
            and tokens[k + 1].low not in _CONNECT
        ):
            return _split(tokens, start, k, paragraph, text, opening) + _split(tokens, k, stop, paragraph, text, False)
    while stop > start and (
        tokens[stop - 1].kind != "w"
        or (
            tokens[stop - 1].low in ("mp", "mps", "msp")
            and stop - start == 2
            and (tokens[start].low in KNOWN_ORGANISATIONS or tokens[start].low in NATIONS)
        )
    ):
        stop -= 1
    if stop <= start:
        return []
    begin = start
    title = ""
    last_role = -1
    for k in range(start, stop - 1):
        low = tokens[k].low
        if low in TITLES or low in ROLES:
            if (
                k > start
                and low
                in (
                    "king",
                    "prince",
                    "lord",
                    "dean",
                    "pope",
                    "major",
                    "judge",
                    "bishop",
                    "baker",
                    "butcher",
                    "cook",
                    "farmer",
                    "star",
                    "fan",
                    "champion",
                    "justice",
                    "general",
                    "chief",
                    "head",
                    "president",
                    "secretary",
                    "minister",
                    "speaker",
                    "star",
                    "local",
                )
                and k + 1 < stop
                and tokens[k + 1].low in _CONNECT
            ):
                continue
            if tokens[k + 1].low in _CONNECT or tokens[k + 1].low in ORG_HEADS:
                continue
            if k > start and tokens[k - 1].low in _CONNECT and any(t.low in ORG_HEADS for t in tokens[start:k]):
                continue
            if (
                low
                in (
                    "king",
                    "prince",
                    "baron",
                    "earl",
                    "duke",
                    "dean",
                    "lord",
                    "baker",
                    "butcher",
                    "cook",
                    "farmer",
                    "major",
                    "bishop",
                    "pope",
                    "judge",
                    "star",
                    "fan",
                )
                and k > start
                and k == stop - 2
                and tokens[k - 1].low in GIVEN
            ):
                continue
            last_role = k
    runs: list[Run] = []
    role = ""
    heads: list[str] = []
    if last_role >= start:
        begin = last_role + 1
        while begin < stop and tokens[begin].kind != "w":
            begin += 1
        if begin >= stop:
            return []
        low = tokens[last_role].low
        if low in TITLES:
            title = low
        if low in TITLES_MALE | TITLES_FEMALE and any(tokens[k].low in ROLES for k in range(start, last_role)):
            # "Prime Minister Sir Edwin Carrow"
            role = text[tokens[start].start : tokens[last_role - 1].end]
            heads = [tokens[k].low for k in range(start, last_role)]
        elif low in ROLES or low not in TITLES_MALE | TITLES_FEMALE:
            role = text[tokens[start].start : tokens[last_role].end]
            heads = [tokens[k].low for k in range(start, last_role + 1)]
            if last_role - start >= 1:
                leading = [tokens[k] for k in range(start, last_role)]
                org = [t for t in leading if t.low in ORG_HEADS or _acronym(t.text)]
                if org and tokens[start].low not in GIVEN:
                    end_k = last_role - 1
                    while end_k > start and tokens[end_k].low in FILLERS and not _acronym(tokens[end_k].text):
                        end_k -= 1
                    runs.append(_make(tokens, start, end_k + 1, paragraph, text, opening, ""))
    elif tokens[start].low in TITLES and stop - start >= 2 and tokens[start + 1].low not in _CONNECT:
        title = tokens[start].low
        begin = start + 1
        while begin < stop and tokens[begin].kind != "w":
            begin += 1
    # nor is what a tabloid calls somebody: "Defiant Edna Marsh", "Mum-of-three Jean"
    while (
        stop - begin >= 2
        and (tokens[begin + 1].low in GIVEN or (stop - begin >= 3 and tokens[begin].low in _KIN))
        and tokens[begin].low not in GIVEN
        and _epithet(tokens[begin].low)
        and (stop - begin >= 3 or "-of-" in tokens[begin].low or tokens[begin].low in EPITHETS)
    ):
        begin += 1
    # a place or nation in front of a given name is no part of it
    while (
        stop - begin >= 3
        and (tokens[begin].low in NATIONS or tokens[begin].low in PLACES)
        and tokens[begin + 1].low in GIVEN
    ):
        begin += 1
    run = _make(tokens, begin, stop, paragraph, text, opening and begin == start, title)
    run.full_start = tokens[start].start if not role or title in TITLES_MALE | TITLES_FEMALE else run.start
    if title:
        run.full_start = (
            tokens[begin - 1].start if tokens[begin - 1].kind == "w" else tokens[max(begin - 2, start)].start
        )
    if role:
        run.role, run.role_heads = role, tuple(heads)
    _role_before(tokens, start, run, text)
    _role_after(tokens, stop, run, text)
    runs.append(run)
    return runs


def _make(tokens: Sequence[Token], begin: int, stop: int, paragraph: int, text: str, opening: bool, title: str) -> Run:
    pieces = tokens[begin:stop]
    words = tuple(t.text for t in pieces if t.kind == "w")
    while len(words) > 1 and words[-1].lower() in SUFFIXES:
        words = words[:-1]
    before = tokens[begin - 1].low if begin else ""
    run = Run(
        pieces[0].start,
        pieces[-1].end,
        words,
        title,
        paragraph,
        pieces[0].stretch >= 0,
        opening,
        before,
        full_start=pieces[0].start,
        # the strings of the tokens, which a text shares however often it prints a word
        low=tuple([t.low for t in pieces if t.kind == "w"])[: len(words)],
    )
    run.shouted = all(word.isupper() for word in words)
    if stop < len(tokens):
        after = tokens[stop]
        if after.kind == "s":
            run.possessive = True
        elif (
            (after.text == "," and stop + 1 < len(tokens) and tokens[stop + 1].low in ("who", "whose"))
            or after.low in SAYING
            or _speech(after.low)
            or (
                begin
                and tokens[begin - 1].low in SAYING
                and tokens[begin - 1].kind == "w"
                and not tokens[begin - 1].cap
            )
        ):
            run.hint = True
    return run


def _role_before(tokens: Sequence[Token], start: int, run: Run, text: str) -> None:
    """Lower-case roles in front: "shadow chancellor John McDonnell"."""
    k = start - 1
    if k >= 1 and tokens[k].text == "," and tokens[k - 1].low in ROLES and tokens[k - 1].kind == "w":
        # "her husband, Ron, said"
        stop = start
        while stop < len(tokens) and tokens[stop].start < run.end:
            stop += 1
        if stop < len(tokens) and tokens[stop].text == ",":
            k -= 1
    if k >= 0 and tokens[k].kind == "w" and tokens[k].low in ROLES:
        first = k
        while first > 0 and k - first < 7:
            low = tokens[first - 1].low
            if (
                tokens[first - 1].kind not in "ws"
                or low in DETERMINERS
                or low in PREPOSITIONS
                or low in OPENERS
                or low.endswith("ed")
            ):
                break
            first -= 1
        run.role = text[tokens[first].start : tokens[k].end] + (" " + run.role if run.role else "")
        run.role_heads += tuple(t.low for t in tokens[first : k + 1])


def _role_after(tokens: Sequence[Token], stop: int, run: Run, text: str) -> None:
    """Appositions and ages behind: ", the general secretary of the union,", ", 24,"."""
    total = len(tokens)
    if (
        stop + 1 >= total
        or tokens[stop].text not in (",", "(")
        or (tokens[stop].start != run.end and tokens[stop].start - run.end > 1)
    ):
        return
    k = stop + 1
    if tokens[k].kind == "w" and tokens[k].text.isdigit() and len(tokens[k].text) <= 3:
        run.age = tokens[k].text
        if k + 1 < total and tokens[k + 1].text == ",":
            k += 2
        else:
            return
    if k < total and tokens[k].low in ("who", "which", "whose", "said", "and", "but", "or"):
        return
    last = k
    head = -1
    while (
        last < total
        and last - k < 16
        and tokens[last].text not in (",", ".", ")", ";", ":")
        and tokens[last].kind in "ws"
    ):
        if tokens[last].low in ROLES and head < 0 and last - k < 8:
            head = last
        if head < 0 and tokens[last].low in PREPOSITIONS:
            return
        last += 1
    if head < 0 or (last < total and tokens[last].kind == "q"):
        return
    first = k
    while first < head and tokens[first].low in ("the", "a", "an", "his", "her", "their"):
        first += 1
    roles = text[tokens[first].start : tokens[last - 1].end]
    run.role = run.role + "; " + roles if run.role else roles
    run.role_heads += tuple(t.low for t in tokens[first:last])


class Names:
    """The names of one document: entities, and which run means which of them."""

    def __init__(self, runs: Sequence[Run], text: str, context: Context) -> None:
        self.runs = sorted(runs, key=lambda run: run.start)
        self.entities: list[Entity] = []
        self.by_start: dict[int, Run] = {}
        self.by_end: dict[int, Run] = {}
        self._full: dict[tuple[str, ...], Entity] = {}
        self._surname: dict[str, list[Entity]] = defaultdict(list)
        self._given: dict[str, list[Entity]] = defaultdict(list)
        self._organisations: dict[str, Entity] = {}
        self._context = context
        self._known: dict[tuple[str, ...], list[KnownName]] = defaultdict(list)
        for known in context.names:
            for form in (known.name, *known.forms):
                self._known[_key(form)].append(known)
        #: names also printed without shouting
        self._unshouted = {run.low for run in self.runs if not run.shouted}
        #: words also printed in small letters, for acronyms that are none: "the SEA"
        self._lower = _small(text, {run.low[0] for run in self.runs if len(run.words) == 1 and _acronym(run.words[0])})
        self._spelt = Counter(run.low[-1] for run in self.runs if run.words)
        self._singles = Counter(run.low[0] for run in self.runs if len(run.words) == 1)
        #: the first words of longer names: "Te Kaurinui" of "Te Kaurinui Robert Parata"
        self._beginnings = {run.low[:k] for run in self.runs if len(run.words) <= 5 for k in range(2, len(run.words))}
        self._build(text)
        self._resolve_short()
        self._lists(text)
        for run in self.runs:
            self.by_start[run.start] = run
            if run.full_start >= 0:
                self.by_start.setdefault(run.full_start, run)
            self.by_end[run.end] = run

    # building

    def _build(self, text: str) -> None:
        for run in self.runs:
            if run.weak:
                continue
            kind = self._kind(run)
            run.kind = kind
            if kind == "individual" and (len(run.words) > 1 or run.title):
                if len(run.words) > 1:
                    self._add_person(run)
            elif kind == "organisation":
                self._add_organisation(run, text)
        for run in self.runs:
            if run.kind == "" and self._perhaps(run) and not any(_acronym(word) for word in run.words):
                run.kind = "individual"
                self._add_person(run)
        # who shares a surname with somebody introduced by a given name is somebody too
        for run in self.runs:
            near = (
                run.before
                in (",", "and", "son", "daughter", "husband", "wife", "brother", "sister", "mother", "father")
                or run.role_heads
            )
            if (
                run.kind == ""
                and near
                and not run.opening
                and not run.weak
                and 2 <= len(run.words) <= 4
                and run.low[-1] in self._surname
                and not any(
                    word in ORG_HEADS or word in _CONNECT or word in PLACES or word in NATIONS for word in run.low
                )
            ):
                run.kind = "individual"
                self._add_person(run)
        # one word that speaks, or that nobody is called: "Tesco said", "TransLink"
        speaking = {
            run.low[0]
            for run in self.runs
            if run.kind == ""
            and len(run.words) == 1
            and run.hint
            and not run.weak
            and not run.title
            and run.before not in ("of", "in", "at", "from", "near")
        }
        for run in self.runs:
            if run.kind == "" and len(run.words) == 1 and not run.weak and run.entity is None:
                word, low = run.words[0], run.low[0]
                known = low in KNOWN_ORGANISATIONS and not (run.opening and low in OPENERS)
                if (
                    known
                    or (
                        word[1:] != word[1:].lower()
                        and not word.isupper()
                        and not word[:-1].isupper()
                        and not (word[0] == "i" and word[1].isupper())
                        and word[0].isalpha()
                        and "-" not in word
                        and not word.startswith(("Mc", "Mac", "O'", "O’", "De", "Fitz"))
                    )
                    or (
                        low in speaking
                        and not (run.opening and low.endswith("ing"))
                        and low not in GROUPS
                        and self._somebody(run)
                        and not self._longer(low)
                        and not self._near(low)
                        and low not in GIVEN
                        and low not in MALE
                    )
                ):
                    if low in self._surname or low in self._given:
                        continue
                    run.kind = "organisation"
                    self._add_organisation(run, text)
        # one word with a role beside it: "Roman, a resident of the valley"
        for run in self.runs:
            if (
                run.kind == ""
                and not run.weak
                and len(run.words) == 1
                and (run.role_heads or run.age)
                and self._somebody(run)
            ):
                run.kind = "individual"
                self._register(Entity(run.words[0], "individual", run.low, run.start), run)
                self._given[run.low[0]].append(run.entity)  # type: ignore[arg-type]
        # first names alone that no full name explains: "Megan", "Charles"
        for run in self.runs:
            if (
                run.kind == ""
                and not run.weak
                and len(run.words) == 1
                and run.low[0] in GIVEN
                and run.low[0] not in PLACES
            ):
                word = run.low[0]
                if self._given.get(word) or self._surname.get(word) or self._longer(word):
                    continue
                if run.low in self._full:
                    run.entity, run.kind = self._full[run.low], "individual"
                    self._note(run.entity, run)
                elif self._singles[word] > 1 or run.before in ROLES:
                    run.kind = "individual"
                    self._register(Entity(run.words[0], "individual", run.low, run.start), run)
                    run.entity.male += 2 * (word in MALE)  # type: ignore[union-attr]
                    run.entity.female += 2 * (word in FEMALE)  # type: ignore[union-attr]
        # titled surnames that no full name explains stand for themselves: "Lord Woolf", "Mr Uhlig"
        for run in self.runs:
            if (
                run.kind == "individual"
                and run.title
                and len(run.words) == 1
                and not self._surname.get(run.low[-1])
                and not (
                    run.title in ("sir", "dame", "prince", "princess", "king", "queen") and self._given.get(run.low[0])
                )
            ):
                name = f"{_title(run.title)} {run.words[0]}"
                entity = Entity(name, "individual", run.low, run.start, titled=True)
                self._register(entity, run)
                if run.title in ("sir", "dame", "prince", "princess", "king", "queen"):
                    self._given[run.low[0]].append(entity)

    def _kind(self, run: Run) -> str:
        low = run.low
        if low in KNOWN_PHRASES:
            return "organisation"
        if run.title in ("premier", "lord", "chief", "general", "attorney") and (
            low[0] in ORG_HEADS or low[0] in ROLES
        ):
            return ""
        if run.title and not any(word in ORG_HEADS for word in low[1:]):
            if (
                len(low) == 1
                and (low[0] in PLACES or low[0] in NATIONS)
                and run.title in ("president", "mayor", "bishop", "archbishop", "chief", "prince", "princess")
            ):
                return ""
            return "individual"
        if len(low) == 1:
            word = run.words[0]
            if (
                _acronym(word)
                and low[0] not in SHOUTED
                and not (len(word) > 2 and low[0] in self._lower)
                and word
                not in (
                    "USA",
                    "AM",
                    "CEO",
                    "MSP",
                    "AGM",
                    "II",
                    "III",
                )
            ):
                return "organisation"
            return ""
        if run.shouted and sum(len(word) > 3 for word in run.words) > 1 and low not in self._unshouted:
            return ""
        joined = low[0] in GIVEN and low[0] not in PLACES
        if low[-1] in ("mps", "msps") or (
            low[-1] in PLACE_HEADS
            and not (
                joined
                and low[-1]
                in ("ward", "hill", "hills", "park", "lake", "day", "close", "bridge", "street", "lane", "castle")
                and low[0]
                not in (
                    "victoria",
                    "albert",
                    "charlotte",
                    "george",
                    "alexandra",
                    "may",
                    "june",
                    "christian",
                    "jordan",
                    "chester",
                )
            )
        ):
            return ""
        if any(word in ORG_HEADS for word in low[1:]) or any(word in _CONNECT for word in low) or "the" in low:
            if joined and len(low) <= 3 and low[-1] not in ORG_HEADS and not any(w in _CONNECT for w in low):
                return "individual"
            if (
                joined
                and low[-1]
                in (
                    "club",
                    "post",
                    "bank",
                    "banks",
                    "watch",
                    "mail",
                    "sun",
                    "church",
                    "court",
                    "force",
                    "house",
                    "network",
                    "guardian",
                    "star",
                    "park",
                )
                and len(low) == 2
                and run.before in ROLES
            ):
                return "individual"
            return "organisation"
        if low[0] in ORG_HEADS and low[0] not in GIVEN:
            return "organisation" if len(low) > 1 else ""
        if len(low) > 4:
            return ""
        if joined:
            return "individual"
        if run.role_heads or run.age:
            return "individual"
        if low[0] in PARTICLES and len(low) == 2 and low[0] == "al":
            return ""
        if all(word in PLACES or word in NATIONS for word in low):
            return ""
        if any(word in PLACES or word in NATIONS for word in low) or any(_acronym(word) for word in run.words):
            return ""
        return ""

    def _perhaps(self, run: Run) -> bool:
        """Whether unknown capitals are somebody: they speak, or the last of them stands alone elsewhere."""
        low = run.low
        return (
            2 <= len(low) <= 4
            and not run.weak
            and low not in self._beginnings
            and (
                (run.hint and not low[-1].endswith("s"))
                or (not run.opening and len(low) < 4 and low[-1] in self._singles)
            )
            and low[-1] not in self._surname
            and low[0] not in OPENERS
            and low[0] not in COMPANY_FIRST
            and low[-1] not in NATION_PEOPLE
            and not any(
                w in PLACES
                or w in NATIONS
                or w in ORG_HEADS
                or w in _CONNECT
                or w in PLACE_HEADS
                or (_acronym(w.upper()) and w.isupper())
                for w in low
            )
        )

    def _somebody(self, run: Run) -> bool:
        """Whether a single word may be a person that nobody introduced in full."""
        word = run.low[0]
        return not (
            word in PLACES
            or word in NATIONS
            or word in ORG_HEADS
            or word in ROLES
            or word in OPENERS
            or (word,) in self._full
            or word in self._surname
            or word in self._given
            or word in self._organisations
            or _acronym(run.words[0])
            or len(word) < 3
            or word in MONTHS
        )

    def _add_person(self, run: Run) -> Entity:
        low = run.low
        entity = self._full.get(low)
        if entity is None and len(low) > 2:
            entity = self._full.get((low[0], low[-1]))
        if entity is None and len(low) == 2:
            entity = self._variant(low)
            if entity is not None:
                self._full[low] = entity
                if self._spelt[low[-1]] > self._spelt[entity.surname]:
                    self._respell(entity, run)
                self._note(entity, run)
        elif entity is not None:
            self._note(entity, run)
        if entity is None:
            entity = Entity(" ".join(run.words), "individual", low, run.start)
            self._register(entity, run)
        run.entity = entity
        return entity

    def _variant(self, low: tuple[str, ...]) -> Entity | None:
        """The one person whose name this is but for a letter or a shortened first name: "Brach" and "Brack"."""
        first, last = low
        if len(self.entities) > 400:
            return None
        found = [
            e
            for e in self._given.get(first, ())
            if len(e.parts) == 2 and len(last) >= 5 and e.surname[0] == last[0] and _one_edit(e.surname, last)
        ]
        found += [
            e
            for e in self._surname.get(last, ())
            if len(e.parts) == 2
            and min(len(e.parts[0]), len(first)) >= 3
            and (e.parts[0].startswith(first) or first.startswith(e.parts[0]))
            and first in GIVEN
            and e.parts[0] in GIVEN
        ]
        return found[0] if len({id(e) for e in found}) == 1 else None

    def _respell(self, entity: Entity, run: Run) -> None:
        """The spelling that the text prints more often is the name."""
        self._surname[run.low[-1]].append(entity)
        entity.name, entity.parts = " ".join(run.words), run.low

    def _register(self, entity: Entity, run: Run) -> None:
        self.entities.append(entity)
        self._full[entity.parts] = entity
        if len(entity.parts) > 2:
            self._full.setdefault((entity.parts[0], entity.parts[-1]), entity)
        self._surname[entity.surname].append(entity)
        if "-" in entity.surname:
            self._surname[entity.surname.rsplit("-", 1)[-1]].append(entity)
        if len(entity.parts) > 2 and entity.parts[-2] in PARTICLES:
            self._surname[" ".join(entity.parts[-2:])].append(entity)
        if len(entity.parts) > 1:
            self._given[entity.parts[0]].append(entity)
            if len(entity.parts) > 2:
                self._given[" ".join(entity.parts[:2])].append(entity)
            given = entity.parts[0]
            weight = 1 if given in UNSURE or (given in MALE and given in FEMALE) else 2
            entity.male += weight * (given in MALE)
            entity.female += weight * (given in FEMALE)
            if not entity.male and not entity.female and "-" in given:
                entity.male += given.split("-")[0] in MALE
                entity.female += given.split("-")[0] in FEMALE
        run.entity = entity
        self._note(entity, run)
        same = {known.ident: known for known in self._known.get(_key(entity.name), ())}
        if len(same) == 1:
            self._recognise(entity, next(iter(same.values())))

    def _recognise(self, entity: Entity, known: KnownName) -> None:
        """The entity is somebody the corpus knows: an ident, and pronouns when they are known."""
        entity.ident = known.ident
        first = known.pronouns.lower().split("/")[0].strip()
        entity.male += 6 * (first == "he")
        entity.female += 6 * (first == "she")

    def known(self, form: str) -> Entity | None:
        """The one person or organisation of the corpus that has this form of name; nobody when two have."""
        found = {known.ident: known for known in self._known.get(_key(form), ())}
        return self._from_corpus(next(iter(found.values()))) if len(found) == 1 else None

    def holder(self, title: str, day: dt.date | None) -> Entity | None:
        """The one person of the corpus who held an office on a day: "the prime minister"."""
        if day is None:
            return None
        found = {
            known.ident: known
            for known in self._context.names
            for role in known.roles
            if role.title.lower() == title and (role.since or day) <= day <= (role.until or day)
        }
        return self._from_corpus(next(iter(found.values()))) if len(found) == 1 else None

    def _from_corpus(self, known: KnownName) -> Entity:
        for entity in self.entities:
            if entity.ident == known.ident:
                return entity
        kind: EntityKind = "organisation" if known.kind == "organisation" else "individual"
        entity = Entity(known.name, kind, tuple(known.name.lower().split()), 0)
        self._recognise(entity, known)
        self.entities.append(entity)
        return entity

    def _note(self, entity: Entity, run: Run) -> None:
        entity.mentions += 1
        if run.title in TITLES_MALE:
            entity.male += 4
        elif run.title in TITLES_FEMALE:
            entity.female += 4
        elif run.title:
            entity.heads.setdefault(run.title, run.start)
        if run.role and run.role not in entity.roles and len(entity.roles) < 8:
            entity.roles.append(run.role)
        for head in run.role_heads:
            entity.heads.setdefault(head, run.start)
            if head in ROLE_MALE:
                entity.male += 1
            elif head in ROLE_FEMALE:
                entity.female += 1
        if run.age:
            entity.age = run.age

    def _add_organisation(self, run: Run, text: str) -> None:
        name = text[run.start : run.end]
        key = name.lower().removeprefix("the ")
        entity = self._organisations.get(key)
        if entity is None:
            entity = Entity(name, "organisation", run.low, run.start)
            self.entities.append(entity)
            self._organisations[key] = entity
            if len(run.words) > 1:
                entity.initials = "".join(w[0] for w in run.words if w[0].isupper())
                if len(entity.initials) >= 2:
                    self._organisations.setdefault(entity.initials.lower(), entity)
            same = {known.ident: known for known in self._known.get(_key(name), ())}
            if len(same) == 1:
                self._recognise(entity, next(iter(same.values())))
        entity.mentions += 1
        run.entity = entity

    # short forms

    def _resolve_short(self) -> None:
        established: dict[tuple[str, str], Entity] = {}
        for run in self.runs:
            if run.entity is not None or not run.words:
                continue
            low = run.low
            if run.weak and len(low) > 1:
                run.entity = self._full.get(low)
                run.kind = run.entity.kind if run.entity is not None else ""
                continue
            if len(low) == 1 or run.title:
                self._short(run, low, established)
            elif len(low) == 2:
                # two words nobody introduced: "Te Kaurinui", or a surname of two words
                joined = " ".join(low)
                options = [
                    e for e in (*self._given.get(joined, ()), *self._surname.get(joined, ())) if e.kind == "individual"
                ]
                if len(set(map(id, options))) == 1:
                    run.entity, run.kind = options[0], "individual"
                    options[0].mentions += 1

    def _lists(self, text: str) -> None:
        """In "Johnson, Gove and the others" neither is the Alan Johnson named once somewhere else."""
        where: dict[int, list[Run]] = defaultdict(list)
        for run in self.runs:
            if run.entity is not None:
                where[id(run.entity)].append(run)
        bare = [run for run in self.runs if len(run.words) == 1 and not run.title and not run.possessive]
        for one, other in pairwise(bare):
            if other.paragraph != one.paragraph or text[one.end : other.start] not in (", ", " and ", ", and "):
                continue
            for run, beside in ((one, other), (other, one)):
                entity = run.entity
                if (
                    entity is None
                    or beside.entity is not None
                    or beside.candidates
                    or entity.kind != "individual"
                    or len(entity.parts) < 2
                ):
                    continue
                if beside.low[0] in PLACES or beside.low[0] in NATIONS or _acronym(beside.words[0]):
                    continue
                others = where[id(entity)]
                if len(others) <= 8 and not any(r is not run and abs(r.paragraph - run.paragraph) <= 6 for r in others):
                    run.entity, run.candidates = None, (entity,)
                    entity.mentions -= 1

    def _short(self, run: Run, low: tuple[str, ...], established: dict[tuple[str, str], Entity]) -> None:
        word = low[-1]
        options = list(dict.fromkeys(self._surname.get(word, ())))
        by_given = False
        if not options or (run.title in ("sir", "dame", "prince", "princess", "king", "queen")):
            given = list(dict.fromkeys(self._given.get(low[0], ())))
            if given:
                options, by_given = given, True
        if not options and run.opening and word in OPENERS:
            return
        if not options and not run.title and len(word) >= 3:
            options = self._longer(word)
            by_given = bool(options)
        if not options and not run.title and 5 <= len(word) <= 20 and word not in PLACES and word not in NATIONS:
            options = self._near(word)
        if not options:
            return
        if run.title in TITLES_MALE:
            options = [e for e in options if e.gender != "f"] or options
        elif run.title in TITLES_FEMALE:
            options = [e for e in options if e.gender != "m"] or options
        key = (word, run.title if run.title in TITLES_MALE | TITLES_FEMALE else "")
        introduced = [e for e in options if e.first < run.start]
        chosen: Entity | None = None
        if key in established and established[key] in options:
            chosen = established[key]
        elif len(introduced) == 1:
            chosen = introduced[0]
        elif not introduced and len(options) == 1:
            chosen = options[0]
        elif len(introduced) > 1:
            same = [e for e in introduced if e.mentions > 1]
            if len(same) == 1:
                chosen = same[0]
        if chosen is None:
            run.candidates = tuple(options[:6])
            run.kind = "individual"
            return
        if (
            not by_given
            and not run.title
            and (word in PLACES or word in OPENERS)
            and run.before in ("in", "at", "from", "to", "near")
        ):
            return
        established.setdefault(key, chosen)
        run.entity, run.kind = chosen, "individual"
        self._note(chosen, run)

    def _longer(self, word: str) -> list[Entity]:
        """Entities whose first name a short form begins: Brad for Bradley."""
        if word in PLACES or word in NATIONS or not 3 <= len(word) <= 6 or len(self.entities) > 400:
            return []
        return [
            e
            for e in self.entities
            if e.kind == "individual"
            and len(e.parts) > 1
            and e.parts[0] != word
            and e.parts[0].startswith(word)
            and e.parts[0] in GIVEN
        ]

    def _near(self, word: str) -> list[Entity]:
        """Entities whose surname differs from a word by one letter: Thomson for Thompson."""
        if len(self.entities) > 400:
            return []
        return [
            e
            for e in self.entities
            if e.kind == "individual"
            and len(e.parts) > 1
            and e.surname[:2] == word[:2]
            and len(e.surname) >= 5
            and e.surname != word
            and _one_edit(e.surname, word)
        ]

    # asking

    def full(self, words: tuple[str, ...]) -> Entity | None:
        """The one person a folded name means: in full, by surname, or by first name."""
        found = self._full.get(words)
        if found is None and words:
            options = list(dict.fromkeys([*self._surname.get(words[-1], ()), *self._given.get(words[0], ())]))
            found = options[0] if len(options) == 1 else None
        return found


def _title(title: str) -> str:
    return title.capitalize()


def _small(text: str, words: set[str]) -> set[str]:
    """Those of the words that a text also prints in small letters."""
    if not words:
        return words
    return words.intersection(re.findall(r"\b[a-z]{2,6}\b", text))


def _key(name: str) -> tuple[str, ...]:
    return tuple(
        word
        for word in name.lower().replace("’", "'").replace(".", " ").split()
        if word not in TITLES_MALE | TITLES_FEMALE
    )


def _one_edit(one: str, other: str) -> bool:
    """Whether two words differ by one insertion, deletion, replacement or swap."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    k = 0
    while k < len(one) and one[k] == other[k]:
        k += 1
    if len(one) == len(other):
        return one[k + 1 :] == other[k + 1 :] or (
            one[k : k + 2] == other[k : k + 2][::-1] and one[k + 2 :] == other[k + 2 :]
        )
    return one[k:] == other[k + 1 :]
