"""Speakers: each subject is resolved to one person or organisation of the document, or left open with its candidates.

Pronouns go by gender and focus: whoever spoke last, then the subjects of the sentences before, the nearest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .cues import INDEFINITE, ORDINALS, Sentence, Subject
from .lexicon.people import FEMALE, GROUPS, MALE, NATIONS, PLACES, ROLE_FEMALE, ROLE_MALE, ROLES, TITLES
from .lexicon.words import ADVERBS, COORDINATORS, DETERMINERS, PREPOSITIONS
from .model import Span
from .names import Entity, Names, Run
from .quotes import Draft

#: How many sentences back a pronoun looks.
MEMORY = 14
SPOKES = frozenset("spokesman spokeswoman spokesperson spokespeople source official aide insider representative lawyer".split())


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


class Focus:
    """Who has been talked about lately, by weight: a speaker counts more than a subject, a subject more than a mention."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Entity, float, int, int]] = {}
        self.last_speaker: Entity | None = None

    def note(self, entity: Entity, weight: float, sentence: int, at: int) -> None:
        old = self._seen.get(id(entity))
        if old is not None and old[2] == sentence and old[1] >= weight:
            return
        if old is not None and old[2] >= sentence - 1 and old[1] > weight:
            weight = old[1] - 0.25
        self._seen[id(entity)] = (entity, weight, sentence, at)
        if len(self._seen) > 48:
            stale = min(self._seen, key=lambda key: self._seen[key][2])
            del self._seen[stale]

    def ranked(self, sentence: int, gender: str) -> list[tuple[float, Entity]]:
        """Individuals by weight now, the heaviest first, those of the other gender left out."""
        scored = []
        for entity, weight, seen, at in self._seen.values():
            if entity.kind != "individual" or sentence - seen > MEMORY:
                continue
            if gender and entity.gender and entity.gender != gender:
                continue
            value = weight - 0.45 * (sentence - seen) + (0.5 if gender and entity.gender == gender else 0.0)
            scored.append((value, at, entity))
        scored.sort(key=lambda item: (-item[0], -item[1]))
        return [(value, entity) for value, _, entity in scored]


class Speakers:
    """Resolves drafts in text order."""

    def __init__(self, text: str, names: Names, sentences: Sequence[Sentence]) -> None:
        self.text = text
        self.names = names
        self.sentences = sentences
        self.focus = Focus()
        self.resolved: dict[int, Resolved] = {}
        self._subject_of: dict[int, Entity] = {}
        self._organisation_said: list[tuple[int, Entity]] = []
        self._by_head: dict[str, list[Entity]] | None = None

    def resolve(self, drafts: Sequence[Draft]) -> None:
        waiting: dict[int, list[Draft]] = {}
        for draft in drafts:
            waiting.setdefault(draft.sentence, []).append(draft)
        previous: Draft | None = None
        for sentence in self.sentences:
            here = waiting.get(sentence.number, ())
            self._note_sentence(sentence, early=True)
            for draft in here:
                if draft.document is not None:
                    continue
                resolved = self._one(draft, sentence, previous)
                self.resolved[id(draft)] = resolved
                if resolved.entity is not None and resolved.entity.kind == "individual":
                    self.focus.note(resolved.entity, 4.0, sentence.number, draft.start)
                    self.focus.last_speaker = resolved.entity
                    self._learn(draft, resolved.entity)
                previous = draft
            self._note_sentence(sentence, early=False)

    def _learn(self, draft: Draft, entity: Entity) -> None:
        if draft.subject is not None and entity.gender == "" and draft.subject.pronoun in ("he", "she"):
            if draft.subject.pronoun == "he":
                entity.male += 1
            else:
                entity.female += 1

    # who is talked about

    def _note_sentence(self, sentence: Sentence, early: bool) -> None:
        tokens = sentence.tokens
        if not early:
            main_seen = False
            for k, token in enumerate(tokens):
                if token.kind == "q":
                    continue
                run = self.names.by_start.get(token.start)
                if run is None or run.entity is None:
                    if token.low in ("he", "she") and not main_seen and token.kind == "w":
                        entity = self._pronoun_quick(token.low, sentence.number)
                        main_seen = True
                        if entity is not None:
                            self.focus.note(entity, 3.0, sentence.number, token.start)
                            self._subject_of[sentence.number] = entity
                    elif token.low in ("his", "her") and not main_seen and k < 2:
                        entity = self._pronoun_quick("he" if token.low == "his" else "she", sentence.number)
                        if entity is not None:
                            self.focus.note(entity, 2.0, sentence.number, token.start)
                    continue
                if run.entity.kind != "individual":
                    continue
                lead = tokens[k - 1].low if k else ""
                subject = not main_seen and not run.possessive and (lead not in PREPOSITIONS)
                if subject:
                    main_seen = True
                    self._subject_of[sentence.number] = run.entity
                weight = 3.0 if subject else 1.6 if run.possessive and not main_seen else 1.2
                self.focus.note(run.entity, weight, sentence.number, token.start)

    def _pronoun_quick(self, low: str, number: int) -> Entity | None:
        ranked = self.focus.ranked(number, "m" if low == "he" else "f")
        return ranked[0][1] if ranked else None

    # one draft

    def _one(self, draft: Draft, sentence: Sentence, previous: Draft | None) -> Resolved:
        if draft.inherits is not None:
            parent = self.resolved.get(id(draft.inherits))
            if parent is not None:
                return Resolved(
                    parent.printed, parent.text, parent.entity, parent.kind, "same", parent.score * 0.98,
                    [*parent.reasons, "goes on from the words before"], list(parent.candidates), list(parent.evidence), parent.organisation, parent.label, parent.is_open,
                )
        if draft.subject is None:
            return self._floating(draft, sentence, previous)
        return self.subject(draft.subject, sentence, draft)

    def _floating(self, draft: Draft, sentence: Sentence, previous: Draft | None) -> Resolved:
        """Words in marks with no cue: the subject just before in the paragraph, else whoever spoke last."""
        number = sentence.number
        before = self.sentences[number - 1] if number else None
        last = self.resolved.get(id(previous)) if previous is not None else None
        if before is not None and not any(t.kind == "q" for t in before.tokens) or before is not None and before.paragraph == sentence.paragraph:
            entity = self._subject_of.get(number - 1)
            same = before is not None and before.paragraph == sentence.paragraph
            if previous is not None and previous.sentence == number - 1 and last is not None:
                return self._inherit(last, "goes on from the words before", 0.85)
            if same and entity is not None:
                return Resolved(None, "", entity, "individual", "float-subject", 0.7, ["the sentence before is about them"])
            if previous is not None and last is not None and number - previous.sentence <= 1:
                return self._inherit(last, "goes on from the words before", 0.8)
            if entity is not None and previous is not None and last is not None and last.entity is not None and last.entity is not entity:
                return Resolved(None, "", entity, "individual", "float-subject", 0.55, ["the paragraph before is about them"])
            if entity is not None:
                return Resolved(None, "", entity, "individual", "float-subject", 0.6, ["the paragraph before is about them"])
        if previous is not None and last is not None and number - previous.sentence <= 8:
            return self._inherit(last, "last speaker", 0.7)
        ranked = self.focus.ranked(number, "")
        if ranked:
            return Resolved(None, "", ranked[0][1], "individual", "float-focus", 0.4, ["talked about just before"])
        return Resolved(how="none", score=0.2, kind="unnamed", reasons=["no speaker found"])

    def _inherit(self, last: Resolved, reason: str, factor: float) -> Resolved:
        return Resolved(
            last.printed, last.text, last.entity, last.kind, "float-same", last.score * factor, [reason], list(last.candidates), list(last.evidence),
            last.organisation, last.label,
        )

    def subject(self, subject: Subject, sentence: Sentence, draft: Draft | None) -> Resolved:
        """Whom a subject means."""
        printed = Span(subject.start, subject.end)
        if subject.run is not None:
            return self._named(subject, subject.run, printed)
        if subject.pronoun:
            return self._pronoun(subject, sentence, printed)
        return self._descriptor(subject, sentence, printed)

    def _named(self, subject: Subject, run: Run, printed: Span) -> Resolved:
        if run.entity is not None:
            how = "full name" if len(run.words) > 1 else "surname"
            score = 0.98 if len(run.words) > 1 or run.title else 0.95
            reasons = ["named in full" if len(run.words) > 1 else "the only one of that name so far"]
            if run.entity.kind == "organisation":
                return Resolved(printed, subject.text, run.entity, "organisation", "organisation", 0.95, ["organisation named"])
            if len(run.words) == 1 and run.low[-1] != run.entity.surname and run.low[0] != run.entity.parts[0]:
                reasons, score = ["spelt differently from the full name"], 0.8
            return Resolved(printed, subject.text, run.entity, "individual", how, score, reasons)
        if run.candidates:
            return Resolved(
                printed, subject.text, None, "individual", "ambiguous", 0.4, ["more than one person of that name"],
                [(entity, ("same name",)) for entity in run.candidates],
            )
        kind = "individual" if run.kind == "individual" else "organisation"
        if len(run.words) == 1 and (run.low[0] in MALE or run.low[0] in FEMALE):
            kind = "individual"
        name = " ".join(run.words)
        return Resolved(printed, subject.text, None, kind, "name alone", 0.85, ["named once"], label=name)

    def _pronoun(self, subject: Subject, sentence: Sentence, printed: Span) -> Resolved:
        low = subject.pronoun
        if low in ("i", "we", "you"):
            return Resolved(printed, subject.text, None, "unnamed", "first person", 0.3, ["the writer's own voice"])
        if low == "it" or low == "they":
            if low == "they":
                group = self._last_group(sentence.number)
                if group is not None:
                    return Resolved(printed, subject.text, group, "organisation", "pronoun", 0.55, ["they: the group named last"])
                return Resolved(printed, subject.text, None, "unnamed", "pronoun", 0.4, ["they: nobody it must mean"])
            group = self._last_group(sentence.number)
            if group is not None:
                return Resolved(printed, subject.text, group, "organisation", "pronoun", 0.6, ["it: the organisation named last"])
            return Resolved(printed, subject.text, None, "unnamed", "pronoun", 0.35, ["it: nothing it must mean"])
        gender = "m" if low == "he" else "f"
        ranked = self._with_same_sentence(subject, sentence, gender)
        if not ranked:
            return Resolved(printed, subject.text, None, "individual", "pronoun", 0.3, [f"{low}: nobody named fits"])
        best, entity = ranked[0]
        reasons = [f"{low}: {entity.name} was in focus"]
        candidates = [(other, ("fits the pronoun",)) for _, other in ranked[:4]]
        margin = best - ranked[1][0] if len(ranked) > 1 else 4.0
        known = [other for _, other in ranked if other.gender == gender]
        score = 0.62 + 0.09 * min(margin, 3.0)
        if entity.gender == gender and len(known) == 1:
            score += 0.06
        if not entity.gender:
            score -= 0.08
            reasons.append("gender not known")
        vetoed = [e for e in self._others(sentence.number) if e.gender and e.gender != gender]
        if vetoed:
            reasons.append(f"{vetoed[0].name} vetoed: {'he' if vetoed[0].gender == 'm' else 'she'}")
        return Resolved(printed, subject.text, entity, "individual", "pronoun", min(score, 0.95), reasons, candidates)

    def _others(self, number: int) -> list[Entity]:
        return [entity for _, entity in self.focus.ranked(number, "")][:4]

    def _with_same_sentence(self, subject: Subject, sentence: Sentence, gender: str) -> list[tuple[float, Entity]]:
        ranked = self.focus.ranked(sentence.number, gender)
        inside: list[tuple[float, Entity]] = []
        for k in range(subject.first):
            token = sentence.tokens[k]
            if token.kind == "q":
                continue
            run = self.names.by_start.get(token.start)
            if run is None or run.entity is None or run.entity.kind != "individual":
                continue
            entity = run.entity
            if entity.gender and entity.gender != gender:
                continue
            lead = sentence.tokens[k - 1].low if k else ""
            value = 1.5 if run.possessive or lead in PREPOSITIONS else 3.6
            inside.append((value, entity))
        if not inside:
            return ranked
        best: dict[int, tuple[float, Entity]] = {}
        for value, entity in [*ranked, *inside]:
            if id(entity) not in best or best[id(entity)][0] < value:
                best[id(entity)] = (value, entity)
        return sorted(best.values(), key=lambda item: -item[0])

    def _last_group(self, number: int) -> Entity | None:
        for back in range(number - 1, max(-1, number - 4), -1):
            tokens = self.sentences[back].tokens
            for k, token in enumerate(tokens):
                run = self.names.by_start.get(token.start)
                if run is not None and run.entity is not None and run.entity.kind == "organisation" and not run.possessive:
                    return run.entity
                if token.low in ("he", "she"):
                    break
        return None

    # "the shadow chancellor", "one activist", "a spokeswoman for the department"

    def _descriptor(self, subject: Subject, sentence: Sentence, printed: Span) -> Resolved:
        words = subject.text.lower().replace("’", "'").split()
        head = subject.head
        if not words:
            return Resolved(printed, subject.text, None, "unnamed", "descriptor", 0.3)
        definite = words[0] in ("the", "his", "her", "their", "its", "this", "that") or (words[0] not in DETERMINERS and head in ROLES)
        organisation = ""
        if subject.inner is not None:
            organisation = subject.inner.entity.name if subject.inner.entity is not None else " ".join(subject.inner.words)
        if head in SPOKES or head in INDEFINITE or head in ORDINALS or head in GROUPS or words[0] in ("a", "an", "one", "another", "some", "many", "several", "two", "most"):
            if not (definite and head not in GROUPS and self._holders(head)):
                kind = "unnamed"
                reasons = ["an unnamed source"]
                if organisation:
                    reasons.append(f"speaks for {organisation}")
                return Resolved(printed, subject.text, None, kind, "unnamed", 0.9, reasons, organisation=organisation)
        if subject.inner is not None and subject.inner.entity is not None and subject.inner.entity.kind == "organisation" and head not in ROLES:
            return Resolved(printed, subject.text, subject.inner.entity, "organisation", "organisation", 0.8, ["organisation named"])
        if definite:
            found = self._by_description(words, head, sentence.number)
            if found is not None:
                entity, score, reason, others = found
                return Resolved(printed, subject.text, entity, "individual", "descriptor", score, [reason], [(e, ("has that role",)) for e in others])
        if head in ROLES:
            return Resolved(printed, subject.text, None, "unnamed", "descriptor", 0.6, ["nobody in the text has that role"], organisation=organisation)
        return Resolved(printed, subject.text, None, "organisation" if words[0] == "the" else "unnamed", "thing", 0.6, ["printed without a name"], organisation=organisation)

    def _holders(self, head: str) -> list[Entity]:
        if self._by_head is None:
            self._by_head = {}
            for entity in self.names.entities:
                if entity.kind == "individual":
                    for word in entity.heads:
                        self._by_head.setdefault(word, []).append(entity)
        return self._by_head.get(head, [])

    def _by_description(self, words: list[str], head: str, number: int) -> tuple[Entity, float, str, list[Entity]] | None:
        clean = [word.strip(",.'") for word in words if word not in DETERMINERS]
        people = [entity for entity in self.names.entities[:400] if entity.kind == "individual"]
        for word in clean:
            if word.endswith(("-year-old", "-year-old's")):
                age = word.split("-", 1)[0]
                aged = [entity for entity in people if entity.age == age]
                if len(aged) == 1:
                    return aged[0], 0.9, f"{age} years old", []
                ranked = self.focus.ranked(number, "m" if head in ROLE_MALE else "f" if head in ROLE_FEMALE else "")
                if ranked:
                    return ranked[0][1], 0.7, "in focus", [e for _, e in ranked[1:3]]
        if head not in ROLES and head not in TITLES:
            return None
        holders = self._holders(head)
        if holders:
            best = sorted(holders, key=lambda e: -sum(w in e.heads for w in clean))
            top = sum(w in best[0].heads for w in clean)
            same = [e for e in best if sum(w in e.heads for w in clean) == top]
            if len(same) == 1:
                return same[0], 0.88 if top == len(clean) else 0.8, f"the {' '.join(clean)} named in the text", best[1:3]
            ranked = [e for _, e in self.focus.ranked(number, "") if e in same]
            if ranked:
                return ranked[0], 0.6, f"the {head} talked about last", same[1:4]
            return None
        gender = "m" if head in ROLE_MALE else "f" if head in ROLE_FEMALE else ""
        ranked = self.focus.ranked(number, gender)
        if ranked and head not in SPOKES and number >= 1:
            margin = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0.0)
            if ranked[0][0] > 1.0:
                return ranked[0][1], 0.5 + (0.1 if margin > 1.5 else 0.0), "in focus, role not printed before", [e for _, e in ranked[1:3]]
        return None


__all__ = ["ADVERBS", "COORDINATORS", "NATIONS", "PLACES", "Focus", "Resolved", "Speakers"]
