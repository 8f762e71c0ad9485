"""Names: what each run of capitals is, and which person or organisation of the document it means.

A bare surname or first name resolves only when exactly one full name fits; a form keeps whom it meant once established.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from itertools import pairwise, takewhile

from .directory import Directory
from .entities import Entity, Run, is_acronym
from .kinds import capitals_inside, is_place, kind_of
from .lexicon.people import (
    COMPANY_FIRST,
    CONNECT,
    FEMALE,
    GENDERED,
    GIVEN,
    GROUPS,
    KNOWN_ORGANISATIONS,
    MALE,
    NATION_PEOPLE,
    NO_ORGANISATIONS,
    ORG_HEADS,
    PLACE_HEADS,
    PLACES,
    ROLES,
    TITLES_MALE,
    TITLES_WITH_GIVEN,
)
from .lexicon.words import MONTHS, OPENERS
from .model import Context, Span

#: Words that join somebody to a relation introduced beside them: "Ann Booth and son Rafe Booth".
_BESIDE = frozenset((",", "and", "son", "daughter", "husband", "wife", "brother", "sister", "mother", "father"))
_AT = frozenset(("of", "in", "at", "from", "near"))
_TO = frozenset(("in", "at", "from", "to", "near"))
#: A surname in a list of surnames is the namesake's only when the namesake stands so many paragraphs near,
#: or is mentioned so often.
NEARBY, FAMOUS = 6, 8
MOST_CANDIDATES = 6
MOST_LISTED = 8
#: No line of a signature has more names.
MOST_WITHIN = 200
_LISTED = frozenset((", ", " and ", ", and ", ", the ", " and the ", ", and the "))


class Names:
    """The names of one document: its entities, and which run means which of them."""

    def __init__(self, runs: Sequence[Run], text: str, context: Context, small: Set[str] = frozenset()) -> None:
        """``small`` are the words that the text prints in small letters too."""
        self.runs = sorted(runs, key=lambda run: run.start)
        self.text = text
        single = [run for run in self.runs if len(run.words) == 1]
        #: names also printed without shouting
        self._unshouted = {run.low for run in self.runs if not run.shouted}
        #: no acronyms ("the SEA") and no unknown names ("Capital Program")
        self._small = small
        self._singles = Counter(run.low[0] for run in single)
        self._times = Counter(run.low for run in self.runs if len(run.words) > 1)
        #: single words that act as only a person or a body does
        self._acting = {run.low[0] for run in single if run.hint or run.title or run.possessive}
        #: the first words of longer names: "Te Kaurinui" of "Te Kaurinui Robert Parata"
        self._beginnings = {run.low[:k] for run in self.runs if len(run.words) <= 5 for k in range(2, len(run.words))}
        self.directory = Directory(context, Counter(run.low[-1] for run in self.runs if run.words))
        self._name_plain()
        self._name_couples()
        self._name_perhaps()
        self._name_relations()
        self._name_speaking_words()
        self._name_listed_bodies()
        self._name_described_words()
        self._name_first_names()
        self._name_titled()
        self._resolve_short()
        self._unresolve_lists()
        self.by_start: dict[int, Run] = {}
        self.by_end: dict[int, Run] = {}
        for run in self.runs:
            self.by_start[run.start] = run
            if run.full_start >= 0:
                self.by_start.setdefault(run.full_start, run)
            self.by_end[run.end] = run

    @property
    def entities(self) -> list[Entity]:
        return self.directory.entities

    # what each run is, the surest first

    def _open(self, words: int = 0) -> list[Run]:
        """The runs of so many words that are still nobody's."""
        return [run for run in self.runs if not run.kind and not run.weak and (not words or len(run.words) == words)]

    def _name_plain(self) -> None:
        """Full names and organisations that look it."""
        for run in self.runs:
            if run.weak:
                continue
            run.kind = kind_of(run, self._small, self._unshouted)
            if run.kind == "individual" and len(run.words) > 1:
                self.directory.add_person(run)
            elif run.kind == "organisation":
                self.directory.add_organisation(run, self.text)

    def _name_couples(self) -> None:
        """ "Donald and Morven Lowe": the first of them is a Lowe too."""
        for one, other in pairwise(self.runs):
            if (
                not one.kind
                and len(one.words) == 1
                and one.low[0] in GIVEN
                and one.low[0] not in PLACES
                and not (one.possessive or one.weak or one.title or other.title)
                and (other.kind == "individual" or (not other.kind and not any(_is_no_name(w) for w in other.low)))
                and 2 <= len(other.words) <= 3
                and self.text[one.end : other.start] == " and "
            ):
                one.kind = other.kind = "individual"
                if other.entity is None:
                    self.directory.add_person(other)
                name, parts = f"{one.words[0]} {other.words[-1]}", (one.low[0], other.low[-1])
                one.entity = self.directory.full.get(parts)
                if one.entity is not None:
                    self.directory.note(one.entity, one)
                else:
                    self.directory.enter(Entity(name, "individual", parts, one.start), one)

    def _name_perhaps(self) -> None:
        for run in self._open():
            if any(is_acronym(word) for word in run.words):
                if self._initialled(run):
                    run.kind = "organisation"
                    self.directory.add_organisation(run, self.text)
            elif self._perhaps(run):
                run.kind = "individual"
                self.directory.add_person(run)

    def _initialled(self, run: Run) -> bool:
        """Whether a name of initials and a word is a body: "BC Hydro said", printed twice or speaking."""
        low = run.low
        return (
            2 <= len(low) <= 3
            and is_acronym(run.words[0])
            and not run.loud
            and low[0] not in NO_ORGANISATIONS
            and low[1] not in GIVEN
            and (run.hint or self._times[low] > 1)
            and not any(word in PLACE_HEADS or word in ROLES for word in low)
        )

    def _perhaps(self, run: Run) -> bool:
        """Whether unknown capitals are somebody: they speak, or the last of them stands alone elsewhere."""
        low = run.low
        return (
            2 <= len(low) <= 4
            and low not in self._beginnings
            and (
                (run.hint and not low[-1].endswith("s"))
                or (not run.opening and len(low) < 4 and low[-1] in self._acting)
            )
            and low[-1] not in self.directory.surnames
            and low[0] not in OPENERS
            and low[0] not in COMPANY_FIRST
            and low[-1] not in NATION_PEOPLE
            and (low[-1] not in ROLES or low[-1] in self._acting)
            and not any(_is_no_name(word) or word in self._small for word in low)
        )

    def _name_relations(self) -> None:
        """Who shares a surname with somebody introduced by a given name is somebody too."""
        for run in self._open():
            if (
                (run.before in _BESIDE or run.role_heads)
                and not run.opening
                and 2 <= len(run.words) <= 4
                and run.low[-1] in self.directory.surnames
                and not any(_is_no_name(word) for word in run.low)
            ):
                run.kind = "individual"
                self.directory.add_person(run)

    def _name_speaking_words(self) -> None:
        """One word that speaks, or that nobody is called, is an organisation: "Tesco said", "TransLink"."""
        directory = self.directory
        alone = self._open(1)
        speaking = {run.low[0] for run in alone if run.hint and not run.title and run.before not in _AT}
        for run in alone:
            low = run.low[0]
            if low in directory.surnames or low in directory.givens or run.entity is not None:
                continue
            known = low in KNOWN_ORGANISATIONS and not (run.opening and low in OPENERS)
            if known or capitals_inside(run.words[0]) or (low in speaking and self._may_speak(run)):
                run.kind = "organisation"
                directory.add_organisation(run, self.text)

    def _name_listed_bodies(self) -> None:
        """ "Including Unity, Forge and the NAW": what is listed with a body is one."""
        for index, run in enumerate(self.runs):
            if run.before != "including":
                continue
            listed = [run]
            for one, other in pairwise(self.runs[index : index + MOST_LISTED]):
                if self.text[one.end : other.start] not in _LISTED:
                    break
                listed.append(other)
            if any(one.kind == "organisation" for one in listed):
                for one in listed:
                    if not one.kind and not one.weak and not is_place(one.low[0]) and one.low[0] not in GIVEN:
                        one.kind = "organisation"
                        self.directory.add_organisation(one, self.text)

    def _may_speak(self, run: Run) -> bool:
        low = run.low[0]
        return not (
            (run.opening and low.endswith("ing"))
            or (len(low) > 6 and low.endswith("ans"))
            or low in GROUPS
            or low in GIVEN
            or not self._somebody(run)
            or self.directory.shortened(low)
            or self.directory.misspelt(low)
        )

    def _somebody(self, run: Run) -> bool:
        """Whether a single word may be somebody whom nobody introduced in full."""
        word, directory = run.low[0], self.directory
        return not (
            is_place(word)
            or word in ORG_HEADS
            or word in ROLES
            or word in GROUPS
            or word in OPENERS
            or word in MONTHS
            or len(word) < 3
            or word in self._small
            or is_acronym(run.words[0])
            or (word,) in directory.full
            or word in directory.surnames
            or word in directory.givens
            or word in directory.organisations
        )

    def _name_described_words(self) -> None:
        """One word with a role or an age beside it is a person: "Roman, a resident of the valley"."""
        for run in self._open(1):
            if (run.role_heads or run.age) and self._somebody(run):
                self._enter_word(run)

    def _name_first_names(self) -> None:
        """First names alone that no full name explains: "Megan", "Charles"."""
        directory = self.directory
        for run in self._open(1):
            word = run.low[0]
            if word not in GIVEN or word in PLACES:
                continue
            if directory.givens.get(word) or directory.surnames.get(word) or directory.shortened(word):
                continue
            if self._singles[word] > 1 or run.before in ROLES:
                entity = self._enter_word(run)
                entity.male += 2 * (word in MALE)
                entity.female += 2 * (word in FEMALE)

    def _enter_word(self, run: Run) -> Entity:
        run.kind = "individual"
        entity = self.directory.enter(Entity(run.words[0], "individual", run.low, run.start), run)
        self.directory.givens[run.low[0]].append(entity)
        return entity

    def _name_titled(self) -> None:
        """Titled surnames that no full name explains stand for themselves: "Lord Woolf", "Mr Uhlig"."""
        directory = self.directory
        for run in self.runs:
            if run.kind != "individual" or not run.title or len(run.words) != 1 or directory.surnames.get(run.low[0]):
                continue
            if run.title in TITLES_WITH_GIVEN and directory.givens.get(run.low[0]):
                continue
            if len(self._nearly(run)) != 1:
                self._enter_titled(run)

    def _nearly(self, run: Run) -> list[Entity]:
        """Whom a titled surname means that is misspelt: "Ms Bain" for Eilidh Baine."""
        other = "f" if run.title in TITLES_MALE else "m"
        return [e for e in self.directory.misspelt(run.low[-1]) if run.title in GENDERED and e.gender != other]

    def _enter_titled(self, run: Run) -> Entity:
        # "Mr Justice Holroyd", "Lord Justice Bean"
        title = run.role if run.title == "justice" and run.role else run.title.capitalize()
        entity = Entity(f"{title} {run.words[0]}", "individual", run.low, run.start)
        self.directory.enter(entity, run)
        if run.title in TITLES_WITH_GIVEN:
            self.directory.givens[run.low[0]].append(entity)
        return entity

    # short forms

    def _resolve_short(self) -> None:
        established: dict[tuple[str, str], Entity] = {}
        directory = self.directory
        for run in self.runs:
            if run.entity is not None or not run.words:
                continue
            low = run.low
            if run.weak and len(low) > 1:
                run.entity = directory.full.get(low)
                run.kind = run.entity.kind if run.entity is not None else ""
            elif len(low) == 1 or run.title:
                self._resolve(run, established)
            elif len(low) == 2:
                # two words nobody introduced: "Te Kaurinui", or a surname of two words
                joined = " ".join(low)
                both = (*directory.givens.get(joined, ()), *directory.surnames.get(joined, ()))
                options = list(dict.fromkeys(e for e in both if e.kind == "individual"))
                if len(options) == 1:
                    run.entity, run.kind = options[0], "individual"
                    options[0].mentions += 1

    def _resolve(self, run: Run, established: dict[tuple[str, str], Entity]) -> None:
        """The person a surname or first name means, or its candidates."""
        word = run.low[-1]
        options, by_given = self._options(run, word)
        if not options:
            return
        key = (word, run.title if run.title in GENDERED else "")
        before = established.get(key)
        if run.title in GENDERED:
            other, names = ("f", FEMALE - MALE) if run.title in TITLES_MALE else ("m", MALE - FEMALE)
            fitting = [e for e in options if e.gender != other]
            if not fitting and not before and all(e.parts[0] in names for e in options):
                # "Hannah Lowe … Mr Lowe": her father
                established[key] = self._enter_titled(run)
                return
            options = fitting or options
        elif run.title:
            # "Coun Doyle" before anybody of that name is introduced is not the trade unionist introduced below
            options = [e for e in options if run.title in e.heads] or options
            if run.role and all(e.first > run.start and run.title not in e.heads for e in options):
                self._enter_titled(run)
                return
        chosen = before if before in options or (before and run.title) else _chosen(options, run.start)
        if chosen is None:
            run.candidates, run.kind = tuple(options[:MOST_CANDIDATES]), "individual"
            return
        if not by_given and not run.title and (word in PLACES or word in OPENERS) and run.before in _TO:
            return
        established.setdefault(key, chosen)
        run.entity, run.kind = chosen, "individual"
        self.directory.note(chosen, run)

    def _options(self, run: Run, word: str) -> tuple[list[Entity], bool]:
        """Everybody a short form may mean, and whether by a first name."""
        directory = self.directory
        options = list(dict.fromkeys(directory.surnames.get(word, ())))
        if not options or run.title in TITLES_WITH_GIVEN:
            given = list(dict.fromkeys(directory.givens.get(run.low[0], ())))
            if given:
                return given, True
        if run.title and not options:
            return self._nearly(run), False
        if options or (run.opening and word in OPENERS):
            return options, False
        options = directory.shortened(word) if len(word) >= 3 else []
        if options:
            return options, True
        if 5 <= len(word) <= 20 and not is_place(word):
            options = directory.misspelt(word)
        return options, False

    def _unresolve_lists(self) -> None:
        """In "Johnson, Gove and the others" neither is the Alan Johnson named once somewhere else."""
        where: dict[int, list[Run]] = defaultdict(list)
        for run in self.runs:
            if run.entity is not None:
                where[id(run.entity)].append(run)
        bare = [run for run in self.runs if len(run.words) == 1 and not run.title and not run.possessive]
        for one, other in pairwise(bare):
            if other.paragraph != one.paragraph or self.text[one.end : other.start] not in (", ", " and ", ", and "):
                continue
            for run, beside in ((one, other), (other, one)):
                entity = run.entity
                if entity is None or entity.kind != "individual" or len(entity.parts) < 2:
                    continue
                if beside.entity is not None or beside.candidates:
                    continue
                if is_place(beside.low[0]) or is_acronym(beside.words[0]):
                    continue
                others = where[id(entity)]
                near = any(r is not run and abs(r.paragraph - run.paragraph) <= NEARBY for r in others[: FAMOUS + 1])
                if len(others) <= FAMOUS and not near:
                    run.entity, run.candidates = None, (entity,)
                    entity.mentions -= 1

    # asking

    def within(self, span: Span) -> list[Run]:
        """The runs inside a span, in text order."""
        first = bisect_left(self.runs, span.start, key=lambda run: run.start)
        return list(takewhile(lambda run: run.end <= span.end, self.runs[first : first + MOST_WITHIN]))

    def full(self, words: tuple[str, ...]) -> Entity | None:
        """The one person a folded name means: in full, by surname, or by first name."""
        return self.directory.one(words)


def _chosen(options: Sequence[Entity], at: int) -> Entity | None:
    """The one of several namesakes meant at an offset: the only one introduced, or the only one talked about."""
    introduced = [e for e in options if e.first < at]
    if len(introduced) == 1:
        return introduced[0]
    if not introduced:
        return options[0] if len(options) == 1 else None
    often = [e for e in introduced if e.mentions > 1]
    return often[0] if len(often) == 1 else None


def _is_no_name(word: str) -> bool:
    """Whether no person bears the word."""
    return is_place(word) or word in ORG_HEADS or word in CONNECT or word in PLACE_HEADS or not word[-1].isalpha()
