"""Who is talked about, sentence by sentence: a speaker counts more than a subject, a subject more than a mention."""

from __future__ import annotations

from collections.abc import Sequence

from .cues import Sentence, noun_phrase_left
from .entities import Entity
from .lexicon.people import GROUPS, ROLE_FEMALE, ROLE_MALE
from .lexicon.words import PREPOSITIONS, SUBORDINATORS
from .names import Names
from .runs import Run
from .tokens import Token

#: How many sentences back a pronoun looks, and "another" for a group.
MEMORY, GROUP_MEMORY = 14, 3
#: Within how many words a sentence names the group it is about.
GROUP_WITHIN = 8
RELATION_WITHIN = 4
#: What being the speaker, the subject, an owner or merely mentioned weighs, and what each sentence since takes away.
SPOKE, SUBJECT, OWNER, MENTIONED, FADE = 3.6, 3.2, 1.6, 1.2, 0.45
#: What a fitting gender and having been the subject just before add.
FITS, RECENT = 0.5, 0.8
#: What standing in another paragraph takes away.
ELSEWHERE = 0.4

_WHOSE = frozenset(("my", "his", "her", "their", "our", "the", "a", "an"))
_GENDERED = ROLE_MALE | ROLE_FEMALE
_ASKING = frozenset("ask asked wonder wondered suggest suggested mention mentioned put tell told".split())


class Focus:
    """Who has been talked about lately, by weight: a speaker counts more than a subject, that more than a mention."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
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
        here = self._sentences[sentence].paragraph
        for entity, weight, seen, at in self._seen.values():
            if entity.kind not in kinds or sentence - seen > MEMORY:
                continue
            if gender and entity.gender and entity.gender != gender:
                continue
            value = weight - FADE * (sentence - seen) + (FITS if gender and entity.gender == gender else 0.0)
            if self._sentences[seen].paragraph != here:
                value -= ELSEWHERE
            if entity.kind == "unnamed" and not entity.gender:
                value -= FITS
            if seen == sentence - 1 and weight >= SUBJECT:
                value += RECENT
            scored.append((value, at, entity))
        scored.sort(key=lambda item: (-item[0], -item[1]))
        return [(value, entity) for value, _, entity in scored]


class Discourse:
    """The focus at each sentence of a text, and the subjects of its sentences; entries and documents begin anew."""

    def __init__(self, names: Names, sentences: Sequence[Sentence]) -> None:
        self.names = names
        self.text = names.text
        self.sentences = sentences
        self.focus = Focus(sentences)
        #: who was talked about before the present entry or document began
        self.outside = Focus(sentences)
        #: the main subject of a sentence, by its number
        self.subject_of: dict[int, Entity] = {}
        #: the last noun for a group, and where: "viewers", of whom "one" said this and "another" that
        self._group = ("", 0)
        #: whoever spoke last, named or not, and in which sentence
        self.last_speaker: Entity | None = None
        self.spoke_at = 0
        self._scope = 0
        self._runs: dict[int, list[tuple[int, Run]]] = {}
        #: the sentence that is being read
        self.number = 0
        self._vote_genders()

    def enter(self, sentence: Sentence) -> None:
        """A sentence of another entry or document begins with an empty focus."""
        self.number = sentence.number
        if sentence.scope != self._scope:
            self._scope, self.outside, self.focus = sentence.scope, self.focus, Focus(self.sentences)

    def group(self, at: int) -> str:
        """The noun for a group of which "another" at an offset is one; "" if none is near."""
        here = _group_noun([token for token in self.sentences[self.number].tokens if token.start < at])
        noun, at = (here, self.number) if here else self._group
        if not noun or self.number - at > GROUP_MEMORY:
            return ""
        self._group = noun, self.number
        return noun

    def spoke(self, entity: Entity, number: int, at: int) -> None:
        """Somebody has said something."""
        self.focus.note(entity, SPOKE, number, at)
        self.last_speaker, self.spoke_at = entity, number

    def leave(self, entity: Entity) -> None:
        """Somebody who cannot be meant any more."""
        self.focus.leave(entity)
        self.outside.leave(entity)

    def ranked(self, number: int, gender: str, kinds: tuple[str, ...] = ("individual",)) -> list[tuple[float, Entity]]:
        """Those in focus here; those of before when nobody here fits."""
        return self.focus.ranked(number, gender, kinds) or self.outside.ranked(number, gender, kinds)

    def runs(self, sentence: Sentence) -> list[tuple[int, Run]]:
        """The names of a sentence, each with the token it begins at, title and all."""
        found = self._runs.get(sentence.number)
        if found is None:
            found = self._runs[sentence.number] = []
            for k, token in enumerate(sentence.tokens):
                run = self.names.by_start.get(token.start) if token.named else None
                if run is not None and run.entity is not None:
                    if token.start == (run.full_start if run.full_start >= 0 else run.start):
                        found.append((k, run))
        return found

    def main(self, sentence: Sentence, runs: Sequence[tuple[int, Run]]) -> tuple[int, Run | None, str]:
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
                if token.low in ("i", "we") and k + 1 < len(tokens) and tokens[k + 1].low in _ASKING:
                    # "I ask if Ann Booth is well": the answer is not hers
                    return -1, None, ""
                if k - start > 24:
                    break
        return -1, None, ""

    def note_sentence(self, sentence: Sentence) -> None:
        tokens, number = sentence.tokens, sentence.number
        runs = self.runs(sentence)
        people = [(k, run) for k, run in runs if run.entity is not None and run.entity.kind == "individual"]
        where, main, pronoun = self.main(sentence, people)
        if pronoun:
            ranked = self.focus.ranked(number, "m" if pronoun == "he" else "f", ("individual", "unnamed"))
            if ranked:
                self.focus.note(ranked[0][1], SUBJECT, number, tokens[where].start)
                if ranked[0][1].kind == "individual":
                    self.subject_of[number] = ranked[0][1]
        if main is None and not pronoun:
            self._note_relation(sentence)
        noun = _group_noun(tokens)
        if noun:
            self._group = noun, number
            self._note_group(sentence, noun)
        seen_main = False
        for k, run in runs:
            entity = run.entity
            if entity is None:
                continue
            if run is main:
                weight, seen_main = SUBJECT, True
                self.subject_of[number] = entity
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

    def _note_relation(self, sentence: Sentence) -> None:
        """The unnamed relation a sentence is about, for "she": "My aunt, who died at 91, …"."""
        tokens = sentence.tokens
        k = next((k for k, t in enumerate(tokens[:RELATION_WITHIN]) if t.low in _GENDERED and t.kind == "w"), 0)
        if not k or tokens[0].low not in _WHOSE or any(token.kind != "w" for token in tokens[:k]):
            return
        start, end = tokens[0].start, tokens[k].end
        entity = Entity(self.text[start:end], "unnamed", (), start)
        entity.male, entity.female = int(tokens[k].low in ROLE_MALE), int(tokens[k].low in ROLE_FEMALE)
        entity.heads[tokens[k].low] = start
        self.focus.note(entity, SUBJECT, sentence.number, start)

    def _note_group(self, sentence: Sentence, noun: str) -> None:
        """The group a sentence is about, for "they": "Several car makers have warned of it."."""
        tokens = sentence.tokens
        k = next((k for k, token in enumerate(tokens[:GROUP_WITHIN]) if token.low in GROUPS and token.kind == "w"), -1)
        if k < 0 or any(token.kind == "p" for token in tokens[:k]) or tokens[0].low in PREPOSITIONS:
            return
        phrase = noun_phrase_left(tokens, k, self.names, self.text)
        if phrase is not None and phrase.run is None:
            self.focus.note(Entity(phrase.text, "group", (), phrase.start), SUBJECT, sentence.number, phrase.start)

    def _vote_genders(self) -> None:
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
                (k, run) for k, run in self.runs(sentence) if run.entity is not None and run.entity.kind == "individual"
            ]
            _, run, pronoun = self.main(sentence, runs)
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


def _group_noun(tokens: Sequence[Token]) -> str:
    return next((token.low for token in reversed(tokens) if token.low in GROUPS and token.kind == "w"), "")
