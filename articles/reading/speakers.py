"""Speakers: each subject is resolved to one person or organisation of the document, or left open with its candidates.

Pronouns go by gender and focus: whoever spoke last, then the subjects of the sentences before, the nearest first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from .cues import INDEFINITE, ORDINALS, Sentence, Subject
from .lexicon.people import COMPANY, FEMALE, GROUPS, MALE, ROLE_FEMALE, ROLE_MALE, ROLES, SOFT, SPOKES, TITLES
from .lexicon.words import DETERMINERS, PREPOSITIONS, SUBORDINATORS
from .model import Span
from .names import Entity, EntityKind, Names, Run
from .quotes import Draft

#: Words that fit nearly any organisation.
_ANY_COMPANY = frozenset(
    (
        "company",
        "firm",
        "group",
        "party",
        "charity",
        "union",
        "agency",
        "organisation",
        "organization",
        "utility",
        "trust",
        "club",
    )
)
#: What somebody wrote: it says what its writer says.
_WRITINGS = frozenset("statement letter release book website tweet email e-mail post memo article column blog".split())
#: How many sentences back a pronoun looks.
MEMORY = 14


@dataclass(slots=True)
class Resolved:
    """Whom a draft was given to and how surely."""

    printed: Span | None = None
    text: str = ""
    entity: Entity | None = None
    kind: str = "individual"
    how: str = ""
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    candidates: list[tuple[Entity, tuple[str, ...]]] = field(default_factory=list)
    evidence: list[Span] = field(default_factory=list)
    organisation: str = ""
    label: str = ""
    is_open: bool = False
    #: stands in the focus for somebody without a name
    referent: Entity | None = None
    #: the others of a joint statement: (name as printed, span, entity)
    others: list[tuple[str, Span, Entity | None]] = field(default_factory=list)


#: What being the speaker, the subject, an owner or merely mentioned weighs, and what each sentence since takes away.
SPOKE, SUBJECT, OWNER, MENTIONED, FADE = 3.6, 3.2, 1.6, 1.2, 0.45
#: What a fitting gender and having been the subject just before add.
FITS, RECENT = 0.5, 0.8


class Focus:
    """Who has been talked about lately, by weight: a speaker counts more than a subject, that more than a mention."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Entity, float, int, int]] = {}

    def note(self, entity: Entity, weight: float, sentence: int, at: int) -> None:
        old = self._seen.get(id(entity))
        if old is not None:
            weight = max(weight, old[1] - FADE * (sentence - old[2]))
        self._seen[id(entity)] = (entity, weight, sentence, at)
        if len(self._seen) > 48:
            stale = min(self._seen, key=lambda key: self._seen[key][2])
            del self._seen[stale]

    def leave(self, entity: Entity) -> None:
        """Somebody who cannot be meant any more."""
        self._seen.pop(id(entity), None)

    def ranked(
        self, sentence: int, gender: str, kinds: tuple[str, ...] = ("individual",)
    ) -> list[tuple[float, Entity]]:
        """Those of the given kinds by weight now, the heaviest first; the other gender is left out."""
        scored = []
        for entity, weight, seen, at in self._seen.values():
            if entity.kind not in kinds or sentence - seen > MEMORY:
                continue
            if gender and entity.gender and entity.gender != gender:
                continue
            value = weight - FADE * (sentence - seen) + (FITS if gender and entity.gender == gender else 0.0)
            if entity.kind == "unnamed" and not entity.gender:
                value -= FITS
            if seen == sentence - 1 and weight >= SUBJECT:
                value += RECENT
            scored.append((value, at, entity))
        scored.sort(key=lambda item: (-item[0], -item[1]))
        return [(value, entity) for value, _, entity in scored]


class Speakers:
    """Resolves drafts in text order."""

    def __init__(self, text: str, names: Names, sentences: Sequence[Sentence], day: dt.date | None = None) -> None:
        #: when the text was published, for offices by date
        self.day = day
        self.text = text
        self.names = names
        self.sentences = sentences
        self.focus = Focus()
        #: who was talked about before the present entry or document began
        self._outside = Focus()
        self.resolved: dict[int, Resolved] = {}
        #: authors of documents, by draft: "I" and never "he" in what stands inside
        self.authors: dict[int, Resolved] = {}
        self._subject_of: dict[int, Entity] = {}
        self._by_head: dict[str, list[Entity]] | None = None

    def resolve(self, drafts: Sequence[Draft]) -> None:
        waiting: dict[int, list[Draft]] = {}
        for draft in drafts:
            waiting.setdefault(draft.sentence, []).append(draft)
        self._genders()
        previous: Draft | None = None
        scope = 0
        for sentence in self.sentences:
            if sentence.scope != scope:
                scope, self._outside, self.focus = sentence.scope, self.focus, Focus()
            for draft in waiting.get(sentence.number, ()):
                if draft.document is not None:
                    continue
                resolved = self._one(draft, sentence, previous)
                self.resolved[id(draft)] = resolved
                spoken = resolved.entity if resolved.entity is not None else resolved.referent
                if spoken is not None:
                    self.focus.note(spoken, SPOKE, sentence.number, draft.start)
                previous = draft
            self._note_sentence(sentence)

        self._named_later(drafts)

    def _named_later(self, drafts: Sequence[Draft]) -> None:
        """The "A council leader has said …" of a first sentence is whoever is named as speaker just after."""
        early = [d for d in drafts if d.sentence <= 3 and id(d) in self.resolved and d.document is None]
        for draft in early:
            found = self.resolved[id(draft)]
            subject = draft.subject
            if (
                found.entity is not None
                or found.referent is None
                or subject is None
                or subject.head not in ROLES
                or subject.head in SPOKES
            ):
                continue
            if subject.text.split()[0].lower() not in ("a", "an", "the"):
                continue
            for later in drafts:
                other = self.resolved.get(id(later))
                if (
                    other is None
                    or not draft.sentence < later.sentence <= draft.sentence + 4
                    or other.entity is None
                    or later.subject is None
                ):
                    continue
                gender = "m" if subject.head in ROLE_MALE else "f" if subject.head in ROLE_FEMALE else ""
                if gender and other.entity.gender and gender != other.entity.gender:
                    continue
                if other.entity.kind != "individual" or other.entity.first < draft.start or later.subject.run is None:
                    continue
                role = subject.head in other.entity.heads
                if role or (draft.sentence <= 1 and later.subject.run.start == other.entity.first):
                    found.entity, found.kind, found.how, found.score = (
                        other.entity,
                        "individual",
                        "named later",
                        0.85 if role else 0.65,
                    )
                    found.reasons = [f"named just after: {other.entity.name}"]
                    found.referent = None
                    break
                break

    # who is talked about

    def _ranked(self, number: int, gender: str, kinds: tuple[str, ...] = ("individual",)) -> list[tuple[float, Entity]]:
        """Those in focus here; those of before when nobody here fits."""
        return self.focus.ranked(number, gender, kinds) or self._outside.ranked(number, gender, kinds)

    def _runs(self, sentence: Sentence) -> list[tuple[int, Run]]:
        found = []
        for k, token in enumerate(sentence.tokens):
            if token.kind != "w":
                continue
            run = self.names.by_start.get(token.start)
            if (
                run is not None
                and run.entity is not None
                and token.start == (run.full_start if run.full_start >= 0 else run.start)
            ):
                found.append((k, run))
        return found

    def _main(self, sentence: Sentence, runs: Sequence[tuple[int, Run]]) -> tuple[int, Run | None, str]:
        """Where the main subject stands: a run, or he or she; (-1, None, "") when neither is plain."""
        tokens = sentence.tokens
        floor = 0
        if (
            tokens[0].low in SUBORDINATORS
            or tokens[0].low in PREPOSITIONS
            or tokens[0].low in ("speaking", "asked", "writing")
        ):
            floor = next((k + 1 for k, t in enumerate(tokens) if t.text == ","), 0)
        at = dict(runs)
        for start in (floor, 0) if floor else (0,):
            for k in range(start, len(tokens)):
                token = tokens[k]
                run = at.get(k)
                if run is not None:
                    lead = tokens[k - 1].low if k else ""
                    if lead == "the" and k > 1:
                        lead = tokens[k - 2].low
                    if run.possessive or lead in PREPOSITIONS:
                        continue
                    return k, run, ""
                if token.kind == "w" and token.low in ("he", "she"):
                    return k, None, token.low
                if k - start > 24:
                    break
        return -1, None, ""

    def _genders(self) -> None:
        """Votes of pronouns on the gender of whom the sentence before is about."""
        about: Entity | None = None
        for sentence in self.sentences:
            opening = next((t.low for t in sentence.tokens[:3] if t.low in ("he", "she", "his", "her")), "")
            if (about is not None and opening in ("he", "she")) or (about is not None and opening and not about.gender):
                if opening in ("he", "his"):
                    about.male += 1
                else:
                    about.female += 1
            runs = [
                (k, run)
                for k, run in self._runs(sentence)
                if run.entity is not None and run.entity.kind == "individual"
            ]
            _, run, pronoun = self._main(sentence, runs)
            if run is not None:
                about = run.entity
                people = {id(other.entity) for _, other in runs}
                if about is not None and len(people) == 1:
                    for token in sentence.tokens:
                        if token.start > run.end and token.low in ("his", "her", "he", "she", "himself", "herself"):
                            weight = 2 if token.low in ("he", "she") else 1
                            if token.low in ("his", "he", "himself"):
                                about.male += weight
                            else:
                                about.female += weight
                            break
            elif not pronoun and runs:
                about = None

    def _note_sentence(self, sentence: Sentence) -> None:
        tokens, number = sentence.tokens, sentence.number
        runs = self._runs(sentence)
        people = [(k, run) for k, run in runs if run.entity is not None and run.entity.kind == "individual"]
        where, main, pronoun = self._main(sentence, people)
        if pronoun:
            ranked = self.focus.ranked(number, "m" if pronoun == "he" else "f", ("individual", "unnamed"))
            if ranked:
                self.focus.note(ranked[0][1], SUBJECT, number, tokens[where].start)
                if ranked[0][1].kind == "individual":
                    self._subject_of[number] = ranked[0][1]
        seen_main = False
        for k, run in runs:
            entity = run.entity
            if entity is None:
                continue
            if run is main:
                weight, seen_main = SUBJECT, True
                self._subject_of[number] = entity
            elif run.possessive and not seen_main:
                weight = OWNER
            elif (
                entity.kind == "organisation"
                and k <= 2
                and not run.possessive
                and (k == 0 or tokens[k - 1].low not in PREPOSITIONS)
            ):
                weight = 2.5
            else:
                weight = MENTIONED
            self.focus.note(entity, weight, number, run.start)

    # one draft

    def _one(self, draft: Draft, sentence: Sentence, previous: Draft | None) -> Resolved:
        if draft.inherits is not None:
            parent = self.resolved.get(id(draft.inherits))
            if parent is not None:
                return Resolved(
                    parent.printed,
                    parent.text,
                    parent.entity,
                    parent.kind,
                    "same",
                    parent.score * 0.98,
                    [*parent.reasons, "goes on from the words before"],
                    list(parent.candidates),
                    list(parent.evidence),
                    parent.organisation,
                    parent.label,
                    parent.is_open,
                    parent.referent,
                )
        outer = draft.nested_in
        author = self.authors.get(id(outer)) if outer is not None and outer.document is not None else None
        if draft.subject is None:
            if author is not None or draft.how == "label-passive":
                return Resolved(how="none", score=0.2, kind="unnamed", reasons=["no speaker given"])
            return self._floating(draft, sentence, previous)
        if author is not None and author.entity is not None:
            self.focus.leave(author.entity)
            self._outside.leave(author.entity)
        found = self.subject(draft.subject, sentence, draft)
        if draft.subject.head in GROUPS and found.entity is None:
            self._members(found, sentence)
        return found

    def _members(self, found: Resolved, sentence: Sentence) -> None:
        """The members of "the leaders" when a sentence just before lists them: "including Unite, Unison and GMB"."""
        for back in range(sentence.number - 1, max(-1, sentence.number - 3), -1):
            tokens = self.sentences[back].tokens
            for k, token in enumerate(tokens):
                if token.low not in ("including", "include"):
                    continue
                names: list[tuple[str, Span, Entity | None]] = []
                at = k + 1
                while at < len(tokens) and (tokens[at].cap or tokens[at].text in (",", "&") or tokens[at].low == "and"):
                    first = at
                    while at < len(tokens) and tokens[at].cap:
                        at += 1
                    if at > first:
                        span = Span(tokens[first].start, tokens[at - 1].end)
                        run = self.names.by_start.get(span.start)
                        names.append((span.of(self.text), span, run.entity if run is not None else None))
                    else:
                        at += 1
                if len(names) >= 2:
                    found.others, found.is_open, found.kind = names, True, "group"
                    found.reasons = ["a joint statement; the list is open"]
                    found.evidence = [Span(tokens[k].start, names[-1][1].end)]
                    return

    def _floating(self, draft: Draft, sentence: Sentence, previous: Draft | None) -> Resolved:
        """Words in marks with no cue: the subject just before, else whoever spoke last."""
        number = sentence.number
        before = self.sentences[number - 1] if number else None
        last = self.resolved.get(id(previous)) if previous is not None else None
        since = number - previous.sentence if previous is not None else 99
        if last is not None and since <= 1:
            return self._inherit(last, "goes on from the words before", 0.9)
        entity = self._subject_of.get(number - 1)
        same = before is not None and before.paragraph == sentence.paragraph
        asked = before is not None and self.text[before.end - 1 : before.end] == "?"
        if not same and before is not None and entity is None and not asked:
            # the paragraph before, further up
            for back in range(number - 2, max(-1, number - 6), -1):
                if self.sentences[back].paragraph != before.paragraph or (
                    previous is not None and previous.sentence >= back
                ):
                    break
                if back in self._subject_of:
                    entity = self._subject_of[back]
                    break
        if entity is not None and not asked:
            where = "the sentence before is about them" if same else "the paragraph before is about them"
            agree = last is not None and last.entity is entity
            return Resolved(
                None, "", entity, "individual", "float-subject", (0.9 if same else 0.78) + 0.07 * agree, [where]
            )
        if last is not None and since <= 8:
            return self._inherit(last, "last speaker", 0.8 if since <= 3 else 0.7)
        ranked = self._ranked(number, "")
        if ranked:
            return Resolved(None, "", ranked[0][1], "individual", "float-focus", 0.45, ["talked about just before"])
        return Resolved(how="none", score=0.2, kind="unnamed", reasons=["no speaker found"])

    def _inherit(self, last: Resolved, reason: str, factor: float) -> Resolved:
        return Resolved(
            last.printed,
            last.text,
            last.entity,
            last.kind,
            "float-same",
            last.score * factor,
            [reason],
            list(last.candidates),
            list(last.evidence),
            last.organisation,
            last.label,
            last.is_open,
            last.referent,
        )

    def subject(self, subject: Subject, sentence: Sentence, draft: Draft | None) -> Resolved:
        """Whom a subject means."""
        printed = Span(subject.start, subject.end)
        if subject.run is not None:
            found = self._named(subject, subject.run, printed)
            found.others = [
                (self.text[run.start : run.end], Span(run.start, run.end), run.entity) for run in subject.others
            ]
            return found
        if subject.pronoun:
            return self._pronoun(subject, sentence, printed)
        return self._descriptor(subject, sentence, printed)

    def _named(self, subject: Subject, run: Run, printed: Span) -> Resolved:
        if run.entity is not None:
            how = "full name" if len(run.words) > 1 else "surname"
            score = 0.98 if len(run.words) > 1 or run.title else 0.95
            reasons = ["named in full" if len(run.words) > 1 else "the only one of that name so far"]
            if run.entity.kind == "organisation":
                return Resolved(
                    printed, subject.text, run.entity, "organisation", "organisation", 0.82, ["organisation named"]
                )
            if len(run.words) == 1 and run.low[-1] != run.entity.surname and run.low[0] != run.entity.parts[0]:
                reasons, score = ["spelt differently from the full name"], 0.8
            return Resolved(printed, subject.text, run.entity, "individual", how, score, reasons)
        if run.candidates:
            return Resolved(
                printed,
                subject.text,
                None,
                "individual",
                "ambiguous",
                0.4,
                ["more than one person of that name"],
                [(entity, ("same name",)) for entity in run.candidates],
            )
        known = self.names.known(" ".join(run.words))
        if known is not None:
            kind = "organisation" if known.kind == "organisation" else "individual"
            return Resolved(printed, subject.text, known, kind, "corpus", 0.85, ["known by this name in the corpus"])
        kind = "individual" if run.kind == "individual" else "organisation"
        if len(run.words) == 1 and (run.low[0] in MALE or run.low[0] in FEMALE):
            kind = "individual"
        name = " ".join(run.words)
        return Resolved(printed, subject.text, None, kind, "name alone", 0.8, ["named once"], label=name)

    def _pronoun(self, subject: Subject, sentence: Sentence, printed: Span) -> Resolved:
        low = subject.pronoun
        number = sentence.number
        if low in ("i", "we", "you"):
            return Resolved(printed, subject.text, None, "unnamed", "first person", 0.3, ["the writer's own voice"])
        if low in ("it", "they"):
            kinds = ("organisation", "thing") if low == "it" else ("organisation", "group", "thing", "unnamed")
            ranked = self._ranked(number, "", kinds)
            if ranked and ranked[0][0] > 1.4:
                margin = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0.0)
                return self._referring(
                    ranked[0][1],
                    printed,
                    subject.text,
                    0.45 + 0.06 * min(margin, 2.5),
                    [f"{low}: {ranked[0][1].name} was in focus"],
                )
            return Resolved(printed, subject.text, None, "unnamed", "pronoun", 0.35, [f"{low}: nobody it must mean"])
        gender = "m" if low == "he" else "f"
        ranked = self._with_same_sentence(subject, sentence, gender)
        if not ranked:
            return Resolved(printed, subject.text, None, "individual", "pronoun", 0.3, [f"{low}: nobody named fits"])
        best, entity = ranked[0]
        reasons = [f"{low}: {entity.name} was in focus"]
        margin = best - ranked[1][0] if len(ranked) > 1 else 4.0
        known = [other for _, other in ranked if other.gender == gender]
        score = 0.7 + 0.085 * min(margin, 3.0)
        if entity.gender == gender and len(known) == 1:
            score += 0.04
        if not entity.gender:
            score -= 0.08
            reasons.append("gender not known")
        vetoed = [e for _, e in self._ranked(number, "")[:4] if e.gender and e.gender != gender]
        if vetoed:
            reasons.append(f"{vetoed[0].name} vetoed: {'he' if vetoed[0].gender == 'm' else 'she'}")
        found = self._referring(entity, printed, subject.text, min(score, 0.95), reasons)
        found.candidates = [(other, ("fits the pronoun",)) for _, other in ranked[:4] if other.kind != "unnamed"]
        return found

    def _referring(self, entity: Entity, printed: Span, text: str, score: float, reasons: list[str]) -> Resolved:
        if entity.kind in ("individual", "organisation"):
            return Resolved(printed, text, entity, entity.kind, "pronoun", score, reasons)
        kind = "organisation" if entity.kind == "thing" else "unnamed"
        return Resolved(printed, text, None, kind, "pronoun", score, reasons, label=entity.name, referent=entity)

    def _with_same_sentence(self, subject: Subject, sentence: Sentence, gender: str) -> list[tuple[float, Entity]]:
        ranked = self._ranked(sentence.number, gender, ("individual", "unnamed"))
        inside: list[tuple[float, Entity]] = []
        tokens = sentence.tokens
        for k, run in self._runs(sentence):
            if k >= subject.first or run.entity is None or run.entity.kind != "individual":
                continue
            entity = run.entity
            if entity.gender and entity.gender != gender:
                continue
            lead = tokens[k - 1].low if k else ""
            value = 1.5 if run.possessive or lead in PREPOSITIONS else SUBJECT + 0.4
            inside.append((value + (0.5 if entity.gender == gender else 0.0), entity))
        best: dict[int, tuple[float, Entity]] = {}
        for value, entity in [*ranked, *inside]:
            if id(entity) not in best or best[id(entity)][0] < value:
                best[id(entity)] = (value, entity)
        return sorted(best.values(), key=lambda item: -item[0])

    # "the shadow chancellor", "one activist", "a spokeswoman for the department"

    def _descriptor(self, subject: Subject, sentence: Sentence, printed: Span) -> Resolved:
        words = subject.text.lower().replace("’", "'").split()
        head = subject.head
        if not words:
            return Resolved(printed, subject.text, None, "unnamed", "descriptor", 0.3)
        number = sentence.number
        definite = (
            words[0] in ("the", "his", "her", "their", "its", "this", "that")
            or "'s" in words[0]
            or (words[0] not in DETERMINERS and head in ROLES)
        )
        inner = subject.inner
        organisation = ""
        if inner is not None:
            organisation = inner.entity.name if inner.entity is not None else " ".join(inner.words)
        indefinite = (
            head in INDEFINITE
            or head in ORDINALS
            or words[0] in ("a", "an", "one", "another", "some", "many", "several", "two", "most")
        )
        if (definite and head in SOFT) or any(word.endswith("-year-old") for word in words):
            found = self._by_description(words, head, number, printed.start)
            if found is not None:
                return self._described(found, printed, subject)
        if head in SPOKES or indefinite or head in GROUPS:
            if definite and head not in GROUPS:
                found = self._by_description(words, head, number, printed.start)
                if found is not None and found[1] > 0.6:
                    return self._described(found, printed, subject)
                said = [e for _, e in self._ranked(number, "", ("unnamed",)) if head in e.heads]
                if said:
                    return self._referring(said[0], printed, subject.text, 0.8, ["the one quoted before"])
            reasons = ["an unnamed source"]
            if organisation:
                reasons.append(f"speaks for {organisation}")
            return self._unnamed(subject, printed, 0.8, reasons, organisation)
        if inner is not None and inner.entity is not None and inner.entity.kind == "organisation" and head not in ROLES:
            return Resolved(
                printed, subject.text, inner.entity, "organisation", "organisation", 0.8, ["organisation named"]
            )
        if head in _WRITINGS and definite:
            # "her statement", "Foster's book", "the Sensei website": whose it is
            if inner is not None and inner.entity is not None:
                entity = inner.entity
                return Resolved(printed, subject.text, entity, entity.kind, "writing", 0.7, [f"the {head} is theirs"])
            gender = {"his": "m", "her": "f"}.get(words[0], "")
            owners = self._ranked(number, gender) if gender else []
            if owners:
                entity = owners[0][1]
                return Resolved(printed, subject.text, entity, entity.kind, "writing", 0.7, [f"the {head} is theirs"])
        if definite and head in COMPANY:
            ranked = self._ranked(number, "", ("organisation",))
            same = [e for _, e in ranked if head in e.parts or head in e.name.lower().split()]
            if same:
                return Resolved(
                    printed, subject.text, same[0], "organisation", "descriptor", 0.8, [f"the {head} named before"]
                )
            if ranked and ranked[0][0] > 0.3 and len(words) <= 2 and head in _ANY_COMPANY:
                return Resolved(
                    printed,
                    subject.text,
                    ranked[0][1],
                    "organisation",
                    "descriptor",
                    0.6,
                    ["the organisation in focus"],
                )
        if definite:
            found = self._by_description(words, head, number, printed.start)
            if found is not None:
                return self._described(found, printed, subject)
        if head in ROLES:
            return self._unnamed(subject, printed, 0.6, ["nobody in the text has that role"], organisation)
        kind: EntityKind = (
            "thing" if words[0] in ("the", "his", "her", "their", "its") or head not in INDEFINITE else "unnamed"
        )
        return self._unnamed(subject, printed, 0.6, ["printed without a name"], organisation, kind)

    def _described(self, found: tuple[Entity, float, str, list[Entity]], printed: Span, subject: Subject) -> Resolved:
        entity, score, reason, others = found
        return Resolved(
            printed,
            subject.text,
            entity,
            "individual",
            "descriptor",
            score,
            [reason],
            [(e, ("has that role",)) for e in others],
        )

    def _unnamed(
        self,
        subject: Subject,
        printed: Span,
        score: float,
        reasons: list[str],
        organisation: str,
        kind: EntityKind = "unnamed",
    ) -> Resolved:
        """Somebody or something printed without a name, who may be meant by a later pronoun."""
        head = subject.head
        referent = Entity(subject.text, kind, (), subject.start)
        referent.heads = dict.fromkeys(subject.text.lower().split(), subject.start)
        referent.male, referent.female = int(head in ROLE_MALE), int(head in ROLE_FEMALE)
        if head in GROUPS:
            referent.kind = "group"
        return Resolved(
            printed,
            subject.text,
            None,
            "organisation" if kind == "thing" else "unnamed",
            "unnamed",
            score,
            reasons,
            organisation=organisation,
            referent=referent,
        )

    def _holders(self, head: str, at: int) -> list[Entity]:
        if self._by_head is None:
            self._by_head = {}
            for entity in self.names.entities:
                if entity.kind == "individual":
                    for word in entity.heads:
                        self._by_head.setdefault(word, []).append(entity)
        return [entity for entity in self._by_head.get(head, ()) if entity.heads[head] < at]

    def _by_description(
        self, words: list[str], head: str, number: int, at: int
    ) -> tuple[Entity, float, str, list[Entity]] | None:
        clean = [word.strip(",.'") for word in words if word not in DETERMINERS]
        gender = "m" if head in ROLE_MALE else "f" if head in ROLE_FEMALE else ""
        for word in clean:
            if word.endswith("-year-old"):
                age = word.split("-", 1)[0]
                aged = [
                    entity for entity in self.names.entities[:400] if entity.kind == "individual" and entity.age == age
                ]
                if len(aged) == 1:
                    return aged[0], 0.9, f"{age} years old", []
                ranked = self._ranked(number, gender)
                if ranked:
                    return ranked[0][1], 0.7, "in focus", [e for _, e in ranked[1:3]]
        if head not in ROLES and head not in TITLES and head not in SOFT:
            return None
        holders = self._holders(head, at)
        if holders:
            counted = [(sum(w in e.heads for w in clean), e) for e in holders]
            top = max(count for count, _ in counted)
            same = [e for count, e in counted if count == top]
            if len(same) == 1:
                others = [e for _, e in counted if e is not same[0]]
                return (
                    same[0],
                    0.88 if top == len(clean) else 0.78,
                    f"the {' '.join(clean)} named in the text",
                    others[:3],
                )
            near = [e for _, e in self._ranked(number, "") if e in same]
            if near:
                return near[0], 0.6, f"the {head} talked about last", same[1:4]
            return None
        office = self.names.holder(" ".join(clean), self.day)
        if office is not None:
            return office, 0.85, f"{' '.join(clean)} on that day", []
        if head not in SOFT:
            return None
        ranked = self._ranked(number, gender)
        if ranked and ranked[0][0] > 1.0:
            margin = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0.0)
            return (
                ranked[0][1],
                0.45 + (0.1 if margin > 1.5 else 0.0),
                "in focus, role not printed before",
                [e for _, e in ranked[1:3]],
            )
        return None
