"""Descriptors: "the shadow chancellor", "the 71-year-old", "the company", "one activist", "a spokeswoman for Unity"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from .cues import INDEFINITE, ORDINALS, Subject
from .discourse import Discourse
from .entities import Entity, EntityKind
from .groups import fits_organisation, one_of
from .lexicon.people import (
    ANY_ORGANISATION,
    COMPANY,
    GROUPS,
    ROLE_FEMALE,
    ROLE_MALE,
    ROLES,
    SOFT,
    SPOKES,
    TITLES,
)
from .lexicon.words import DETERMINERS
from .model import Span
from .pronouns import referring
from .resolved import Resolved

#: What somebody wrote: it says what its writer says.
WRITINGS = frozenset("statement letter release book website tweet email e-mail post memo article column blog".split())
_DEFINITE = frozenset(("the", "his", "her", "their", "its", "this", "that"))
_SOME = frozenset(("a", "an", "one", "another", "some", "many", "several", "two", "most"))
#: What a descriptor goes on with that is no part of what somebody is called: "One official who worked on the plan".
_MORE = re.compile(r"\s(?:who|which|that|whose)\s|,")
_ONE_OF = re.compile(r"(?:one|another) of (?:them|those)$", re.IGNORECASE)
_FOR = re.compile(r"\b(?:for|at|of) the ([\w ]+)$")
_PLURAL = frozenset("some many others several most few both two three all everybody everyone".split())
#: What a mention weighs when an epithet must find its bearer: protagonists are called "the 56-year-old".
PROMINENCE, PROMINENT = 0.3, 6


@dataclass(slots=True)
class Phrase:
    """A descriptor in a sentence: its words without determiners, its head, and whether it is definite."""

    subject: Subject
    number: int
    printed: Span
    lead: str
    words: list[str]
    head: str
    definite: bool

    @property
    def gender(self) -> str:
        return "m" if self.head in ROLE_MALE else "f" if self.head in ROLE_FEMALE else ""

    @property
    def office(self) -> str:
        """What an office would be called, with the articles inside: "chancellor of the exchequer"."""
        words = self.subject.text.lower().replace("’", "'").split()
        return " ".join(word.removesuffix("'s").strip(",.'") for word in words[words[0] in DETERMINERS :])

    @property
    def age(self) -> str:
        return next((word.split("-", 1)[0] for word in self.words if word.endswith("-year-old")), "")


def _phrase(subject: Subject, number: int) -> Phrase:
    words = subject.text.lower().replace("’", "'").split()
    head = subject.head.removesuffix("'s").removesuffix("’s")
    definite = words[0] in _DEFINITE or "'s" in words[0] or (words[0] not in DETERMINERS and head in ROLES)
    clean = [word.removesuffix("'s").strip(",.'") for word in words if word not in DETERMINERS]
    return Phrase(subject, number, Span(subject.start, subject.end), words[0], clean, head, definite)


class Descriptors:
    """Finds whom a phrase without a name describes."""

    def __init__(self, discourse: Discourse, day: dt.date | None) -> None:
        self.discourse = discourse
        self.names = discourse.names
        #: when the text was published, for offices by date
        self.day = day
        self._by_head: dict[str, list[Entity]] | None = None

    def resolve(self, subject: Subject, number: int) -> Resolved:
        """Whom a descriptor in sentence ``number`` means."""
        if not subject.text.strip():
            return Resolved(Span(subject.start, subject.end), subject.text, None, "unnamed", "descriptor", 0.3)
        phrase = _phrase(subject, number)
        head, inner = phrase.head, subject.inner
        found = None
        if (phrase.definite and head in SOFT) or phrase.age:
            found = self._person(phrase)
        if found is not None:
            return found
        if head in SPOKES or head in GROUPS or head in INDEFINITE or head in ORDINALS or phrase.lead in _SOME:
            return self._source(phrase)
        if inner is not None and inner.entity is not None and inner.entity.kind == "organisation" and head not in ROLES:
            return self._organisation_found(phrase, inner.entity, 0.8, "organisation named")
        if phrase.definite and head in WRITINGS:
            found = self._writer(phrase)
        if found is None and phrase.definite and (head in COMPANY or head in ANY_ORGANISATION):
            found = self._organisation(phrase)
        if found is None and phrase.definite:
            found = self._person(phrase)
        if found is not None:
            return found
        if head in ROLES:
            told = phrase.lead == "the" or phrase.lead not in DETERMINERS
            found = self._subject_before(phrase) if told and head not in _BYSTANDERS else None
            if found is not None:
                return found
            return self._unnamed(phrase, 0.6, ["nobody in the text has that role"])
        thing = phrase.lead in _DEFINITE or head not in INDEFINITE
        return self._unnamed(phrase, 0.6, ["printed without a name"], "thing" if thing else "unnamed")

    # sources without a name

    def _source(self, phrase: Phrase) -> Resolved:
        """A spokesman, a group, "one activist": unnamed, unless the text has named or quoted them before."""
        head, subject = phrase.head, phrase.subject
        if phrase.definite and head not in GROUPS:
            found = self._person(phrase)
            if found is not None and found.score > 0.6:
                return found
            said = [e for _, e in self.discourse.ranked(phrase.number, "", ("unnamed",)) if head in e.heads]
            if said:
                return referring(said[0], phrase.printed, subject.text, 0.8, ["the one quoted before"])
        organisation = _employer(subject) or self._speaks_for(phrase)
        reasons = ["an unnamed source", *([f"speaks for {organisation}"] if organisation else [])]
        found = self._unnamed(phrase, 0.8, reasons)
        words = subject.text.split()
        if ((head in INDEFINITE or head in ORDINALS) and len(words) <= 2) or _ONE_OF.match(subject.text):
            # "Another joked", "one of them said": of the viewers
            group = self.discourse.group(subject.start)
            asked = words[0] if _ONE_OF.match(subject.text) else subject.text
            found.label = "" if words[0].lower() in _PLURAL else one_of(asked, group)
            if found.label:
                found.reasons.append(f"one of the {group}")
        return found

    def _speaks_for(self, phrase: Phrase) -> str:
        """The body named before that "a spokeswoman for the department" speaks for."""
        match = _FOR.search(phrase.subject.text.lower())
        if phrase.head not in SPOKES or not match:
            return ""
        words = match[1].split()
        known = self._organisation(replace(phrase, words=words, head=words[-1]))
        return known.entity.name if known is not None and known.entity is not None else ""

    def _unnamed(self, phrase: Phrase, score: float, reasons: list[str], kind: EntityKind = "unnamed") -> Resolved:
        """Somebody or something printed without a name, who may be meant by a later pronoun."""
        head, text = phrase.head, phrase.subject.text
        short = _short(text, head)
        referent = Entity(short, kind, (), phrase.subject.start)
        referent.heads = dict.fromkeys(text.lower().split(), phrase.subject.start)
        referent.male, referent.female = int(head in ROLE_MALE), int(head in ROLE_FEMALE)
        if head in GROUPS:
            referent.kind = "group"
        return Resolved(
            phrase.printed,
            text,
            None,
            "organisation" if kind == "thing" else "unnamed",
            "unnamed",
            score,
            reasons,
            label=short if short != text and kind == "unnamed" else "",
            referent=referent,
        )

    # what somebody wrote

    def _writer(self, phrase: Phrase) -> Resolved | None:
        """ "Her statement", "Foster's book", "the Sensei website": whose it is; "the statement": of whoever spoke."""
        inner, head = phrase.subject.inner, phrase.head
        entity = inner.entity if inner is not None else None
        if entity is None:
            gender = {"his": "m", "her": "f"}.get(phrase.lead, "")
            owners = self.discourse.ranked(phrase.number, gender) if gender else []
            entity = owners[0][1] if owners else None
        if entity is None and phrase.lead == "the" and len(phrase.words) == 1 and inner is None:
            spoke = self.discourse.last_speaker
            if spoke is not None and phrase.number - self.discourse.spoke_at <= 3:
                return referring(spoke, phrase.printed, phrase.subject.text, 0.7, [f"the {head} quoted just before"])
        if entity is None:
            return None
        reasons = [f"the {head} is theirs"]
        return Resolved(phrase.printed, phrase.subject.text, entity, entity.kind, "writing", 0.7, reasons)

    # organisations

    def _organisation(self, phrase: Phrase) -> Resolved | None:
        """ "The parole board" by its words, "the company" by what is in focus or talked about most."""
        head = phrase.head
        known = [e for e in self.names.entities if e.kind == "organisation" and e.first < phrase.printed.start]
        ranked = self.discourse.ranked(phrase.number, "", ("organisation",))
        order = {id(e): place for place, (_, e) in enumerate(ranked)}
        named = [e for e in known if head in e.parts and set(phrase.words) <= set(e.parts)]
        if named:
            entity = min(named, key=lambda e: (order.get(id(e), len(order)), -e.mentions))
            score = 0.85 if len(named) == 1 else 0.75
            return self._organisation_found(phrase, entity, score, f"the {head} named before")
        if len(phrase.words) > 1 or head not in ANY_ORGANISATION:
            return None
        fitting = [(value, e) for value, e in ranked if fits_organisation(head, e)]
        if fitting and fitting[0][0] > 0.3:
            return self._organisation_found(phrase, fitting[0][1], 0.6, "the organisation in focus")
        often = sorted((e for e in known if fits_organisation(head, e)), key=lambda e: -e.mentions)
        if often and (len(often) == 1 or often[0].mentions > often[1].mentions):
            return self._organisation_found(phrase, often[0], 0.5, "the organisation talked about most")
        return None

    def _organisation_found(self, phrase: Phrase, entity: Entity, score: float, reason: str) -> Resolved:
        return Resolved(phrase.printed, phrase.subject.text, entity, "organisation", "descriptor", score, [reason])

    # people

    def _person(self, phrase: Phrase) -> Resolved | None:
        """By age, by the roles printed beside names, by office on the day, and anybody's epithet by focus."""
        head = phrase.head
        if phrase.age:
            return self._by_age(phrase)
        if head not in ROLES and head not in TITLES and head not in SOFT:
            return None
        holders = self._holders(head, phrase.printed.start)
        if holders:
            return self._by_role(phrase, holders)
        holder = self.names.directory.holder(phrase.office, self.day)
        if holder is not None:
            return self._person_found(phrase, holder, 0.85, f"{phrase.office} on that day")
        return self._by_focus(phrase, "role not printed before") if head in SOFT else None

    def _by_age(self, phrase: Phrase) -> Resolved | None:
        aged = [e for e in self.names.entities[:400] if e.kind == "individual" and e.age == phrase.age]
        if len(aged) == 1:
            return self._person_found(phrase, aged[0], 0.9, f"{phrase.age} years old")
        return self._by_focus(phrase, "age not printed before")

    def _subject_before(self, phrase: Phrase) -> Resolved | None:
        """Whoever the sentence before is about, when the text has not said what they are."""
        entity = self.discourse.subject_of.get(phrase.number - 1)
        if entity is None or entity.heads or (phrase.gender and entity.gender and phrase.gender != entity.gender):
            return None
        return self._person_found(phrase, entity, 0.5, "the sentence before is about them")

    def _by_role(self, phrase: Phrase, holders: list[Entity]) -> Resolved | None:
        counted = [(sum(word in e.heads for word in phrase.words), e) for e in holders]
        top = max(count for count, _ in counted)
        same = [e for count, e in counted if count == top]
        label = " ".join(phrase.words)
        if len(same) == 1:
            others = [e for _, e in counted if e is not same[0]]
            whole = top == len(phrase.words)
            if not whole and top == 1 and phrase.head in _OFFICES and not _is_loose(phrase, same[0]):
                return None
            return self._person_found(
                phrase, same[0], 0.88 if whole else 0.78, f"the {label} named in the text", others
            )
        near = [e for _, e in self.discourse.ranked(phrase.number, "") if e in same]
        if near:
            return self._person_found(phrase, near[0], 0.6, f"the {phrase.head} talked about last", same[1:])
        return None

    def _by_focus(self, phrase: Phrase, reason: str) -> Resolved | None:
        """Whoever an epithet fits: in focus, of that gender, of no other age, the protagonist before a passer-by."""
        gender = phrase.gender
        ranked = [
            (value + PROMINENCE * min(e.mentions, PROMINENT), e)
            for value, e in self.discourse.ranked(phrase.number, gender)
            if not (phrase.age and e.age)
        ]
        ranked.sort(key=lambda item: -item[0])
        if not ranked or ranked[0][0] <= 1.0:
            return None
        margin = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0.0)
        score = 0.7 if phrase.age else 0.45 + (0.1 if margin > 1.5 else 0.0)
        return self._person_found(phrase, ranked[0][1], score, f"in focus, {reason}", [e for _, e in ranked[1:]])

    def _person_found(
        self, phrase: Phrase, entity: Entity, score: float, reason: str, others: list[Entity] | None = None
    ) -> Resolved:
        found = Resolved(phrase.printed, phrase.subject.text, entity, "individual", "descriptor", score, [reason])
        found.candidates = [(e, ("has that role",)) for e in (others or [])[:3]]
        return found

    def _holders(self, head: str, at: int) -> list[Entity]:
        """Everybody with that word in a role printed before an offset."""
        if self._by_head is None:
            self._by_head = {}
            for entity in self.names.entities:
                if entity.kind == "individual":
                    for word in entity.heads:
                        self._by_head.setdefault(word, []).append(entity)
        return [entity for entity in self._by_head.get(head, ()) if entity.heads[head] < at]


#: Who speaks about the person just talked about, and is seldom that person.
_BYSTANDERS = SPOKES | frozenset(
    """
judge justice lawyer solicitor barrister prosecutor attorney counsel doctor nurse inspector detective sergeant constable
officer coroner minister secretary president mayor premier reporter journalist interviewer presenter host driver witness
victim boss manager coach chair chairman chairwoman father mother son daughter brother sister husband wife partner
""".split()
)
#: Offices of which a text may name several: "the education secretary" is no general secretary.
_OFFICES = frozenset("secretary minister officer director president chief executive commissioner editor leader".split())


def _is_loose(phrase: Phrase, entity: Entity) -> bool:
    """Whether the words besides the head say nothing of which office: "the former minister", "the council leader"."""
    more = [word for word in phrase.words if word != phrase.head and word not in entity.heads]
    return all(word in _EMPTY or word in COMPANY for word in more)


_EMPTY = frozenset("former ex then late outgoing incoming new old veteran embattled local".split())


def _short(text: str, head: str) -> str:
    """What an unnamed source is called, without what follows the noun: "One official | who worked on the plan"."""
    match = re.search(rf"\b{re.escape(head)}\b", text, re.IGNORECASE) if head and head not in INDEFINITE else None
    more = _MORE.match(text, match.end()) if match else None
    return text[: more.start()] if more else text


def _employer(subject: Subject) -> str:
    inner = subject.inner
    if inner is None:
        return ""
    return inner.entity.name if inner.entity is not None else " ".join(inner.words)
