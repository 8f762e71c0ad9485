"""Pronouns: he and she by gender and focus, it and they by what organisations and groups were talked about."""

from __future__ import annotations

from .cues import Sentence, Subject
from .discourse import MEMORY, SUBJECT, Discourse
from .entities import Entity
from .lexicon.words import PREPOSITIONS, SUBORDINATORS
from .model import Span
from .resolved import Resolved

#: In the sentence of the pronoun: what having been its subject adds, and what anybody else weighs.
BEFORE, ASIDE, OBLIQUE = 0.9, 0.4, 1.5
#: How surely somebody is right of whom only the first name is known.
HALF_NAMED = 0.88


def resolve_pronoun(subject: Subject, sentence: Sentence, discourse: Discourse) -> Resolved:
    """Whom a pronoun means."""
    low, printed = subject.pronoun, Span(subject.start, subject.end)
    number = sentence.number
    if low in ("i", "we", "you"):
        return Resolved(printed, subject.text, None, "unnamed", "first person", 0.3, ["the writer's own voice"])
    if low in ("it", "they"):
        kinds = ("organisation", "thing") if low == "it" else ("organisation", "group", "thing", "unnamed")
        ranked = discourse.ranked(number, "", kinds)
        if low == "they":
            # one unnamed source is seldom "they"
            ranked = sorted(((v - (e.kind == "unnamed"), e) for v, e in ranked), key=lambda item: -item[0])
        if ranked and ranked[0][0] > 1.4:
            margin = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0.0)
            return referring(
                ranked[0][1],
                printed,
                subject.text,
                0.45 + 0.06 * min(margin, 2.5),
                [f"{low}: {ranked[0][1].name} was in focus"],
            )
        spoke = discourse.last_speaker
        if spoke is not None and spoke.kind in kinds and number - discourse.spoke_at <= MEMORY:
            return referring(spoke, printed, subject.text, 0.5, [f"{low}: {spoke.name} spoke last"])
        if low == "it" and ranked:
            return referring(ranked[0][1], printed, subject.text, 0.4, [f"it: {ranked[0][1].name} was mentioned last"])
        return Resolved(printed, subject.text, None, "unnamed", "pronoun", 0.35, [f"{low}: nobody it must mean"])
    gender = "m" if low == "he" else "f"
    ranked = _with_same_sentence(subject, sentence, gender, discourse)
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
    if entity.half_named:
        score = min(score, HALF_NAMED)
    vetoed = [e for _, e in discourse.ranked(number, "")[:4] if e.gender and e.gender != gender]
    if vetoed:
        reasons.append(f"{vetoed[0].name} vetoed: {'he' if vetoed[0].gender == 'm' else 'she'}")
    found = referring(entity, printed, subject.text, min(score, 0.95), reasons)
    found.candidates = [(other, ("fits the pronoun",)) for _, other in ranked[:4] if other.kind != "unnamed"]
    return found


def referring(entity: Entity, printed: Span, text: str, score: float, reasons: list[str]) -> Resolved:
    if entity.kind in ("individual", "organisation"):
        return Resolved(printed, text, entity, entity.kind, "pronoun", score, reasons)
    kind = "organisation" if entity.kind == "thing" else "unnamed"
    return Resolved(printed, text, None, kind, "pronoun", score, reasons, label=entity.name, referent=entity)


def _with_same_sentence(
    subject: Subject, sentence: Sentence, gender: str, discourse: Discourse
) -> list[tuple[float, Entity]]:
    ranked = discourse.ranked(sentence.number, gender, ("individual", "unnamed"))
    inside: list[tuple[float, Entity]] = []
    tokens = sentence.tokens
    runs = [(k, run) for k, run in discourse.runs(sentence) if run.entity and run.entity.kind == "individual"]
    plain = tokens[0].low not in SUBORDINATORS and tokens[0].low not in ("asked", "speaking")
    _, main, _ = discourse.main(sentence, runs)
    for k, run in runs:
        if k >= subject.first or run.entity is None:
            continue
        if tokens[subject.first - 1].text == "," and tokens[subject.first - 1].start == run.end:
            # "Booth, he said, was late": somebody else says it
            continue
        entity = run.entity
        if entity.gender and entity.gender != gender:
            continue
        lead = tokens[k - 1].low if k else ""
        oblique = run.possessive or lead in PREPOSITIONS or not plain
        value = OBLIQUE if oblique else SUBJECT + ASIDE
        if run is main and plain:
            value = SUBJECT + BEFORE
        inside.append((value + (0.5 if entity.gender == gender else 0.0), entity))
    best: dict[int, tuple[float, Entity]] = {}
    for value, entity in [*ranked, *inside]:
        if id(entity) not in best or best[id(entity)][0] < value:
            best[id(entity)] = (value, entity)
    return sorted(best.values(), key=lambda item: -item[0])
