"""Speakers: each subject is resolved to one person or organisation of the document, or left open with its candidates.

Names mean whom the directory says, pronouns go by gender and focus, descriptors by roles; words without a cue belong
to whoever was talked about or spoke just before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from .cues import Sentence, Subject, noun_phrase_left, noun_phrase_right
from .descriptors import WRITINGS, Descriptors
from .discourse import Discourse
from .entities import Entity
from .lexicon.people import (
    COMPANY,
    FEMALE,
    GROUPS,
    MALE,
    NATIONS,
    ORG_HEADS,
    PAIRS,
    PLACES,
    ROLE_FEMALE,
    ROLE_MALE,
    ROLES,
    SPOKES,
)
from .model import Span
from .names import Names
from .pronouns import HALF_NAMED, resolve_pronoun
from .quotes import Draft
from .resolved import Resolved
from .runs import Run
from .tokens import Token

#: How many drafts ahead whoever was described first may be named.
LOOK_AHEAD = 8
#: How many words behind "statement" its author may be named.
REACH = 6
_RELEASED = frozenset("read sent put out made written drawn".split())
_ARTICLES = frozenset(("a", "an", "the", "one"))
_NOBODY = PLACES | NATIONS | ORG_HEADS | GROUPS | COMPANY


class Speakers:
    """Resolves drafts in text order; ``resolved`` holds what became of each, by the ``id`` of the draft."""

    def __init__(self, text: str, names: Names, sentences: Sequence[Sentence], day: dt.date | None = None) -> None:
        self.text = text
        self.names = names
        self.sentences = sentences
        self.discourse = Discourse(names, sentences)
        self.descriptors = Descriptors(self.discourse, day)
        self.resolved: dict[int, Resolved] = {}
        #: authors of documents, by draft: "I" and never "he" in what stands inside
        self.authors: dict[int, Resolved] = {}
        #: joint speakers, by the group they make
        self._together: dict[int, Resolved] = {}
        self._joint_before: Resolved | None = None

    def resolve(self, drafts: Sequence[Draft]) -> None:
        """Give every draft but documents, whose authors are known already, to somebody."""
        waiting: dict[int, list[Draft]] = {}
        for draft in drafts:
            if draft.document is None:
                waiting.setdefault(draft.sentence, []).append(draft)
        previous: Draft | None = None
        for sentence in self.sentences:
            self.discourse.enter(sentence)
            for draft in waiting.get(sentence.number, ()):
                resolved = self._one(draft, sentence, previous)
                self.resolved[id(draft)] = resolved
                for spoken in (resolved.entity, resolved.referent):
                    if spoken is None:
                        continue
                    self.discourse.spoke(spoken, sentence.number, draft.start)
                previous = draft
            self.discourse.note_sentence(sentence)
        self._named_later(drafts)

    def _named_later(self, drafts: Sequence[Draft]) -> None:
        """The "A council leader has said …" of a first sentence is whoever is named as speaker just after."""
        said = [d for d in drafts if d.document is None and id(d) in self.resolved]
        for index, draft in enumerate(said):
            found, subject = self.resolved[id(draft)], draft.subject
            if found.entity is not None or found.referent is None or subject is None or subject.head not in ROLES:
                continue
            if subject.text.split()[0].lower() not in _ARTICLES:
                continue
            named = self._who_is_named(draft, subject, said[index + 1 : index + 1 + LOOK_AHEAD])
            if named is not None:
                entity, score = named
                found.entity, found.kind, found.how, found.score = entity, "individual", "named later", score
                found.reasons = [f"named just after: {entity.name}"]
                found.referent = None

    def _who_is_named(self, draft: Draft, subject: Subject, following: Sequence[Draft]) -> tuple[Entity, float] | None:
        """The first speaker after a draft, when the text introduces them there and they fit, and how surely."""
        gender = "m" if subject.head in ROLE_MALE else "f" if subject.head in ROLE_FEMALE else ""
        for later in following:
            entity, run = self.resolved[id(later)].entity, later.subject.run if later.subject is not None else None
            if not draft.sentence < later.sentence <= draft.sentence + 4 or entity is None or later.subject is None:
                continue
            if gender and entity.gender and gender != entity.gender:
                continue
            if entity.kind != "individual" or entity.first < draft.start or run is None:
                continue
            early = draft.sentence <= 3
            if early and subject.head not in SPOKES and subject.head in entity.heads:
                return entity, 0.85
            if early and subject.head not in SPOKES and draft.sentence <= 1 and run.start == entity.first:
                return entity, 0.65
            # further down, whoever is named without a word of who they are has been described already
            bare = not run.role and not run.age and run.start == entity.first and len(run.words) > 1
            bare = bare and not self.text.startswith(", who", run.end)
            near = later.sentence <= draft.sentence + 2
            return (entity, 0.6) if bare and near and not early else None
        return None

    # one draft

    def _one(self, draft: Draft, sentence: Sentence, previous: Draft | None) -> Resolved:
        if draft.inherits is not None:
            parent = self.resolved.get(id(draft.inherits))
            if parent is not None:
                # said once, however many fragments hang on one another
                goes_on = [] if parent.how == "same" else ["goes on from the words before"]
                reasons = parent.reasons + goes_on if goes_on else parent.reasons
                return replace(parent, how="same", score=parent.score * 0.98, reasons=reasons, others=[])
        outer = draft.nested_in
        author = self.authors.get(id(outer)) if outer is not None and outer.document is not None else None
        if draft.subject is None:
            if author is not None or draft.how == "label-passive":
                return Resolved(how="none", score=0.2, kind="unnamed", reasons=["no speaker given"])
            return self._floating(draft, sentence, previous)
        if author is not None and author.entity is not None:
            self.discourse.leave(author.entity)
        found = self.subject(draft.subject, sentence)
        many = found.referent is not None and found.referent.kind == "group"
        many = many or (draft.subject.pronoun == "they" and found.how == "pronoun")
        if many and found.entity is None and not found.others:
            self._members(found, sentence)
        return found

    def _members(self, found: Resolved, sentence: Sentence) -> None:
        """The members of "the leaders" when a sentence here or just before lists them: "including Unity and Forge"."""
        for back in range(sentence.number, max(-1, sentence.number - 3), -1):
            tokens = self.sentences[back].tokens
            for k, token in enumerate(tokens):
                if token.low not in ("including", "include"):
                    continue
                if back == sentence.number and not (found.printed and 0 <= token.start - found.printed.end <= 2):
                    continue
                names = self._listed(tokens, k + 1)
                if len(names) >= 2:
                    found.others, found.is_open, found.kind = names, True, "group"
                    found.reasons = ["a joint statement; the list is open"]
                    found.evidence = [Span(token.start, names[-1][1].end)]
                    found.group = found.text if back == sentence.number else self._group_before(tokens, k)
                    return

    def _group_before(self, tokens: Sequence[Token], k: int) -> str:
        """What the members are called whose list begins at token ``k``: "trade unions, including …"."""
        last = k - 1 if k and tokens[k - 1].text != "," else k - 2
        phrase = noun_phrase_left(tokens, last, self.names, self.text) if last >= 0 else None
        return phrase.text if phrase is not None else ""

    def _listed(self, tokens: Sequence[Token], at: int) -> list[tuple[str, Span, Entity | None]]:
        """The names of a list that begins at token ``at``, each with its span."""
        names: list[tuple[str, Span, Entity | None]] = []
        while at < len(tokens):
            run = self.names.by_start.get(tokens[at].start)
            if tokens[at].cap or run is not None:
                end = run.end if run is not None else tokens[at].end
                first = tokens[at].start
                while at < len(tokens) and (tokens[at].start < end or tokens[at].cap):
                    end = max(end, tokens[at].end)
                    at += 1
                span = Span(first, end)
                names.append((span.of(self.text), span, run.entity if run is not None else None))
            elif tokens[at].text in (",", "&", "(", ")") or tokens[at].low in ("and", "the"):
                at += 1
            else:
                break
        return names

    def _floating(self, draft: Draft, sentence: Sentence, previous: Draft | None) -> Resolved:
        """Words in marks with no cue: the subject just before, else whoever spoke last."""
        number = sentence.number
        before = self.sentences[number - 1] if number else None
        last = self.resolved.get(id(previous)) if previous is not None else None
        since = number - previous.sentence if previous is not None else 99
        if last is not None and since <= 1:
            return self._inherit(last, "goes on from the words before", 0.9)
        entity = self.discourse.subject_of.get(number - 1)
        same = before is not None and before.paragraph == sentence.paragraph
        asked = before is not None and self.text[before.end - 1 : before.end] == "?"
        if not same and before is not None and entity is None and not asked:
            # the paragraph before, further up
            for back in range(number - 2, max(-1, number - 6), -1):
                if self.sentences[back].paragraph != before.paragraph or (
                    previous is not None and previous.sentence >= back
                ):
                    break
                if back in self.discourse.subject_of:
                    entity = self.discourse.subject_of[back]
                    break
        if entity is not None and not asked:
            where = "the sentence before is about them" if same else "the paragraph before is about them"
            agree = last is not None and last.entity is entity
            return Resolved(
                None, "", entity, "individual", "float-subject", (0.9 if same else 0.78) + 0.07 * agree, [where]
            )
        if last is not None and since <= 8:
            return self._inherit(last, "last speaker", 0.8 if since <= 3 else 0.7)
        ranked = self.discourse.ranked(number, "")
        if ranked:
            return Resolved(None, "", ranked[0][1], "individual", "float-focus", 0.45, ["talked about just before"])
        return Resolved(how="none", score=0.2, kind="unnamed", reasons=["no speaker found"])

    def _inherit(self, last: Resolved, reason: str, factor: float) -> Resolved:
        return replace(last, how="float-same", score=last.score * factor, reasons=[reason], others=[])

    def subject(self, subject: Subject, sentence: Sentence) -> Resolved:
        """Whom a subject means."""
        if subject.run is not None:
            return self._joint(subject, self._named(subject, subject.run))
        if subject.pronoun:
            found = resolve_pronoun(subject, sentence, self.discourse)
            joint = self._together.get(id(found.referent))
            if joint is not None:
                reasons = [f"{subject.pronoun}: they spoke together just before"]
                others = [(found.text, found.printed, entity) for _, _, entity in joint.others if found.printed]
                return replace(
                    joint,
                    printed=found.printed,
                    text=found.text,
                    how="pronoun",
                    score=0.75,
                    reasons=reasons,
                    others=others,
                )
            return found
        if subject.head in PAIRS and self._joint_before is not None:
            printed, reasons = Span(subject.start, subject.end), ["they spoke together before"]
            others = [(subject.text, printed, entity) for _, _, entity in self._joint_before.others]
            return replace(
                self._joint_before, printed=printed, text=subject.text, score=0.75, reasons=reasons, others=others
            )
        run = self._apposition(subject) or self._from_somewhere(subject)
        if run is not None:
            return self._named(subject, run)
        author = self._stated_by(subject, sentence)
        if author is not None:
            return self.subject(author, sentence)
        return self.descriptors.resolve(subject, sentence.number)

    def _joint(self, subject: Subject, found: Resolved) -> Resolved:
        """Those who speak with the first of them, and the group that "they" will mean."""
        if subject.others:
            found.others = [
                (self.text[run.start : run.end], Span(run.start, run.end), run.entity) for run in subject.others
            ]
            names = [found.entity.name if found.entity is not None else found.label]
            names += [entity.name if entity is not None else name for name, _, entity in found.others]
            found.referent = Entity(" and ".join(names), "group", (), subject.start)
            self._together[id(found.referent)] = self._joint_before = found
        return found

    def _stated_by(self, subject: Subject, sentence: Sentence) -> Subject | None:
        """Whose a statement is: "A joint statement was read from local groups:"."""
        if subject.head not in WRITINGS:
            return None
        tokens = sentence.tokens
        for k in range(subject.last + 1, min(len(tokens) - 1, subject.last + REACH)):
            if tokens[k].kind == "q" or tokens[k].text in (":", ",", ";") or tokens[k].low == "that":
                return None
            before = tokens[k - 1]
            released = k == subject.last + 1 or before.low in _RELEASED or before.low.endswith("ed")
            if tokens[k].low in ("from", "by") and released:
                return noun_phrase_right(tokens, k + 1, self.names, self.text)
        return None

    def _from_somewhere(self, subject: Subject) -> Run | None:
        """The name in "Representative Ann Booth of Georgia"."""
        run = subject.inner or self.names.by_start.get(subject.start)
        if run is None or run.kind != "individual" or not self.text[run.end : subject.end].startswith(" of "):
            return None
        return run

    def _apposition(self, subject: Subject) -> Run | None:
        """The name behind a descriptor: "says Wise's dad, Darrin." """
        if subject.head not in ROLES or self.text[subject.end : subject.end + 2] != ", ":
            return None
        run = self.names.by_start.get(subject.end + 2)
        if run is None or run.kind == "organisation" or self.text[run.end : run.end + 1] not in ".,;\n":
            return None
        return run

    def _named(self, subject: Subject, run: Run) -> Resolved:
        printed = Span(subject.start, subject.end)
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
            elif run.entity.half_named:
                reasons, score = ["known by a first name only"], HALF_NAMED
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
        known = self.names.directory.known(" ".join(run.words))
        if known is not None:
            kind = "organisation" if known.kind == "organisation" else "individual"
            return Resolved(printed, subject.text, known, kind, "corpus", 0.85, ["known by this name in the corpus"])
        head = next((word for word in run.low if word in ROLES), "")
        if head and run.kind != "individual":
            # "the Director of Public Prosecutions": an office, which somebody named elsewhere may hold
            office = replace(subject, run=None, head=head, text=f"the {subject.text.removeprefix('the ')}")
            found = self.descriptors.resolve(office, self.discourse.number)
            return replace(found, text=subject.text)
        name = " ".join(run.words)
        kind = (
            "individual" if run.kind == "individual" or run.low[0] in MALE or run.low[0] in FEMALE else "organisation"
        )
        if len(run.words) == 1 and run.low[0] in _NOBODY:
            # "China said", "the Government said": printed, but nobody's name
            kind = "unnamed"
        return Resolved(printed, subject.text, None, kind, "name alone", 0.8, ["named once"], label=name)
