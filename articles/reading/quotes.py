"""Quotations of a paragraph: marked stretches and clauses are matched with cues; speakers are named later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .clauses import clause_like, content_end, content_start
from .cues import INDEFINITE, ORDINALS, Cue, Sentence, Subject, find_cues, noun_phrase_left
from .documents import Document
from .lexicon.cues import CUES, SPEECH_NOUNS
from .lexicon.people import GROUPS, ROLES, TITLES
from .lexicon.words import ADVERBS, AUXILIARIES, BEFORE_WORK, COORDINATORS, PREPOSITIONS, RUBRICS
from .marks import Stretch
from .model import QuoteKind, Span
from .names import Names, Run
from .passages import title_like
from .tokens import Token

#: "you might say", "I think": the writer's voice or nobody's.
_NOBODY = frozenset("you i we".split())
_SMALL_WORDS = frozenset("a an the of and in on to for with at by from or but is".split())


@dataclass(slots=True, eq=False)
class Draft:
    """A quotation before its speaker is known."""

    spans: list[Span]
    kind: QuoteKind
    how: str
    paragraph: int
    sentence: int
    subject: Subject | None = None
    cue: Span | None = None
    base: str = ""
    marked: list[Span] = field(default_factory=list)
    boundaries: list[tuple[str, str]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    #: the draft whose speaker this one shares
    inherits: Draft | None = None
    document: Document | None = None
    nested_in: Draft | None = None
    reasons: list[str] = field(default_factory=list)
    words: int = 0

    @property
    def start(self) -> int:
        return self.spans[0].start

    @property
    def end(self) -> int:
        return self.spans[-1].end


class Paragraphs:
    """Reads paragraph by paragraph, remembering what a following paragraph may continue."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.drafts: list[Draft] = []
        self.sentences: list[Sentence] = []
        #: stretch -> its draft, to hang a reopened stretch on
        self._open: dict[int, Draft] = {}
        self._merged: Draft | None = None
        #: the draft with which the paragraph before ended
        self._ended: Draft | None = None
        self._above: Draft | None = None
        #: whether the paragraph is one sentence
        self._whole = False
        #: whether it is a headline or a standfirst
        self._heading = False

    def read(
        self,
        groups: Sequence[list[Token]],
        stretches: Sequence[Stretch],
        paragraph: int,
        kind: str = "body",
        scope: int = 0,
    ) -> None:
        """One paragraph: its sentences (stretches folded into tokens of kind q) and its stretches."""
        if kind == "headline" and groups and self._headline(groups, stretches, paragraph):
            return
        previous: Draft | None = None
        self._whole = len(groups) == 1
        self._heading = kind in ("headline", "standfirst")
        above = self._ended if self._ended is not None and self._ended.paragraph == paragraph - 1 else None
        self._ended = None
        continued = bool(stretches) and stretches[0].continues >= 0
        for tokens in groups:
            sentence = Sentence(tokens, paragraph, len(self.sentences), scope=scope)
            self.sentences.append(sentence)
            sentence.cues = find_cues(sentence, self.names, self.text)
            before = len(self.drafts)
            self._merged = None
            self._above = above if tokens is groups[0] else None
            used = self._sentence(sentence, stretches, previous, continued)
            merged: Draft | None = self._merged
            fresh = self.drafts[before:]
            marked = [d for d in fresh if d.kind == "direct" or d.marked]
            if marked:
                previous = marked[-1]
            elif merged is not None:
                previous = merged
            elif fresh or (not used and any(t.kind == "w" for t in tokens)):
                previous = None
            continued = False
        self._ended = previous

    def _headline(self, groups: Sequence[list[Token]], stretches: Sequence[Stretch], paragraph: int) -> bool:
        """``Tony Marsh: Why the pier must close``: a headline that gives somebody's words behind a colon."""
        tokens = [token for group in groups for token in group]
        colon = next((k for k, t in enumerate(tokens[:6]) if t.text == ":"), -1)
        if (
            colon < 1
            or colon + 2 >= len(tokens)
            or tokens[0].low in RUBRICS
            or any(t.kind != "w" for t in tokens[:colon])
        ):
            return False
        words = tuple(t.low for t in tokens[:colon] if t.low not in TITLES)
        entity = self.names.full(words)
        office = tokens[colon - 1].low in ROLES or tokens[colon - 1].low in GROUPS
        if entity is None and not office:
            return False
        sentence = Sentence(tokens, paragraph, len(self.sentences))
        self.sentences.append(sentence)
        run = Run(
            tokens[0].start,
            tokens[colon - 1].end,
            tuple(t.text for t in tokens[:colon]),
            "",
            paragraph,
            False,
            True,
            "",
            entity=entity,
            kind=entity.kind if entity is not None else "",
        )
        subject = Subject(0, colon - 1, run.start, run.end, text=self.text[run.start : run.end])
        if entity is not None:
            subject.run = run
        else:
            subject.head = tokens[colon - 1].low
        taken: set[int] = set()
        drafts: list[Draft] = []
        inside = [k for k, t in enumerate(tokens) if t.kind == "q" and k > colon]
        self._content(sentence, None, subject, colon + 1, len(tokens), inside, taken, drafts, stretches, "headline")
        self.drafts.extend(drafts)
        return True

    def blank(self, groups: Sequence[list[Token]], paragraph: int) -> None:
        """A paragraph that is not read: salutations and signatures."""
        for tokens in groups:
            self.sentences.append(Sentence(tokens, paragraph, len(self.sentences)))

    # one sentence

    def _sentence(
        self, sentence: Sentence, stretches: Sequence[Stretch], previous: Draft | None, continued: bool
    ) -> bool:
        tokens = sentence.tokens
        quotes = [k for k, t in enumerate(tokens) if t.kind == "q"]
        taken: set[int] = set()
        drafts: list[Draft] = []
        if quotes:
            self._colon_heads(sentence, quotes, taken, drafts, stretches)
            self._tags_after(sentence, quotes, taken, drafts, stretches)
        if not (len(tokens) > 2 and tokens[0].text == "READ" and tokens[1].text == "MORE"):
            self._clauses(sentence, quotes, taken, drafts, stretches)
            self._trailing(sentence, taken, drafts, stretches)
        if quotes:
            self._left_over(sentence, quotes, taken, drafts, stretches, previous, continued)
        drafts.sort(key=lambda draft: draft.start)
        for draft in drafts:
            for stretch in draft.stretches:
                self._open[id(stretch)] = draft
        self._link_continued(drafts, stretches)
        self.drafts.extend(d for d in drafts if d.spans)
        return bool(drafts)

    def _draft(self, kind: QuoteKind, how: str, sentence: Sentence, cue: Cue | None, subject: Subject | None) -> Draft:
        draft = Draft([], kind, how, sentence.paragraph, sentence.number, subject)
        if cue is not None:
            tokens = sentence.tokens
            draft.cue = Span(
                tokens[cue.at].start, tokens[max(cue.at, cue.last if cue.kind == "according" else cue.at)].end
            )
            draft.base = cue.base
            if cue.modal and (cue.base in ("say", "argue", "ask", "think", "claim") or subject_words_open(subject)):
                draft.reasons.append("hypothetical")
            if cue.participle:
                draft.reasons.append("participle")
        return draft

    def _add_stretch(self, draft: Draft, stretch: Stretch) -> None:
        draft.spans.append(Span(stretch.start, stretch.end))
        draft.marked.append(Span(stretch.start, stretch.end))
        draft.boundaries.append((stretch.opened, stretch.closed))
        draft.stretches.append(stretch)

    def _tags_after(
        self, sentence: Sentence, quotes: list[int], taken: set[int], drafts: list[Draft], stretches: Sequence[Stretch]
    ) -> None:
        """``“…,” she said`` and ``“…,” said Smith``, with what follows or precedes in the same sentence."""
        tokens, cues = sentence.tokens, sentence.cues
        for k in quotes:
            if k in taken:
                continue
            at = k + 1
            while at < len(tokens) and tokens[at].kind == "p" and tokens[at].text in (",", "–", "—", "-", "--"):
                at += 1
            if at >= len(tokens):
                continue
            cue = next(
                (
                    c
                    for c in cues
                    if not c.participle
                    and not c.infinitive
                    and c.kind == "verb"
                    and c.subject is not None
                    and (
                        (c.first == at and c.inverted)
                        or (not c.inverted and c.first > at and self._tag_subject(tokens, k, at, c))
                    )
                    and ("q" in c.flags or "c" in c.flags or "t" in c.flags)
                ),
                None,
            )
            if cue is None:
                continue
            if cue.negated or (cue.subject is not None and cue.subject.first < k):
                continue
            if not cue.inverted and cue.last + 1 < len(tokens) and tokens[cue.last + 1].low == "that":
                continue
            stretch = stretches[tokens[k].stretch]
            tail_punct = self.text[stretch.end - 1 : stretch.end]
            after_mark = tokens[k + 1].text if k + 1 < len(tokens) else ""
            first = self._lead_in(sentence, k, cues)
            if (
                tail_punct not in ",?!…—–-"
                and after_mark not in (",", "–", "—", "-")
                and not cue.inverted
                and self._starts_clause(tokens, cue)
            ):
                # “…” closes a clause of its own; the cue goes on to other words
                continue
            draft = self._draft("direct", "tag-after", sentence, cue, cue.subject)
            if first is not None and first < k and first not in taken:
                draft.kind = "mixed"
                draft.how = "trailing"
                span = Span(tokens[first].start, stretch.outer_end)
                draft.spans.append(span)
                for m in range(first, k + 1):
                    if tokens[m].kind == "q":
                        inner = stretches[tokens[m].stretch]
                        draft.marked.append(Span(inner.start, inner.end))
                        draft.stretches.append(inner)
                        taken.add(m)
                draft.boundaries.append(("clause", stretch.closed))
                taken.update(range(first, k + 1))
            else:
                self._add_stretch(draft, stretch)
            taken.add(k)
            # the broken half: “…,” she said, “…”
            after = cue.last + 1
            while after < len(tokens) and tokens[after].kind != "q" and after - cue.last <= 14:
                if any(c.first == after and c is not cue and c.subject is not None for c in cues):
                    after = len(tokens)
                    break
                after += 1
            if after < len(tokens) and tokens[after].kind == "q" and after not in taken and draft.kind == "direct":
                between = tokens[cue.last + 1 : after]
                other = [c for c in cues if cue.last < c.at < after]
                if (not between or between[-1].kind == "p") and not other:
                    self._add_stretch(draft, stretches[tokens[after].stretch])
                    taken.add(after)
            taken.update(
                range(
                    cue.first if cue.inverted or cue.subject is None else min(cue.subject.first, cue.first),
                    cue.last + 1,
                )
            )
            drafts.append(draft)

    def _tag_subject(self, tokens: Sequence[Token], k: int, at: int, cue: Cue) -> bool:
        """Whether the cue's subject begins at ``at``, but for what describes it: "Northgate's Joan Tarrant said"."""
        subject = cue.subject
        if subject is None or subject.first < at:
            return False
        if subject.first == at:
            closed = at > k + 1 or self.text[tokens[k].end - 2 : tokens[k].end - 1] in ",?!…—.-"
            return closed or subject.run is not None or bool(subject.pronoun)
        lead = tokens[at : subject.first]
        if self.text[tokens[k].end - 2 : tokens[k].end - 1] not in ",?!…—" and at == k + 1:
            return False
        return (
            len(lead) <= 12
            and (subject.run is not None or subject.head in ROLES)
            and all(t.kind in "ws" or t.text == "," for t in lead)
            and not any(
                t.low in COORDINATORS
                or (t.low in AUXILIARIES and t.kind == "w")
                or (t.low in CUES and not t.cap and t.low not in ROLES)
                for t in lead
            )
            and lead[0].low
            not in (
                "as",
                "while",
                "when",
                "after",
                "before",
                "though",
                "although",
                "because",
                "since",
                "but",
                "and",
                "in",
                "on",
                "at",
                "during",
            )
        )

    def _starts_clause(self, tokens: Sequence[Token], cue: Cue) -> bool:
        found = content_start(tokens, cue, self.names)
        if found is None:
            return False
        at, led = found
        return led in ("that", "colon") or (
            led in ("quote", "comma", "bare")
            and (
                (tokens[at].kind == "q" and led != "comma")
                or (led == "bare" and clause_like(tokens, at, len(tokens), False))
            )
        )

    def _lead_in(self, sentence: Sentence, k: int, cues: Sequence[Cue]) -> int | None:
        """Where a clause that ends in the stretch at ``k`` begins, when words stand before the stretch."""
        tokens = sentence.tokens
        first = 0
        for c in cues:
            if c.first < k and c.at < k and (c.subject is None or c.subject.first < k) and not c.infinitive:
                return None
        while first < k and (tokens[first].low in COORDINATORS or tokens[first].text in (",", "–", "—", "-", ":")):
            first += 1
        if first >= k:
            return None
        before = tokens[k - 1]
        if before.kind == "p" and before.text in (":", ",") and len(tokens[first:k]) < 14:
            return None
        words = [t for t in tokens[first:k] if t.kind == "w"]
        if len(words) <= 1:
            return None
        return first

    def _colon_heads(
        self, sentence: Sentence, quotes: list[int], taken: set[int], drafts: list[Draft], stretches: Sequence[Stretch]
    ) -> None:
        """``Smith: “…”`` and ``… with the caption: “…”``: a colon before the stretch and no verb cue of its own."""
        tokens, cues = sentence.tokens, sentence.cues
        for k in quotes:
            if k == 0 or tokens[k - 1].text != ":" or k in taken:
                continue
            governing = [
                c
                for c in cues
                if c.last < k
                and not c.inverted
                and c.kind == "verb"
                and not c.infinitive
                and ("q" in c.flags or "c" in c.flags or "t" in c.flags or "o" in c.flags)
            ]
            if governing:
                cue = governing[-1]
                subject = cue.subject
                if (cue.participle and subject is None) or subject is None:
                    subject = self._main_subject(sentence, cue)
                draft = self._draft("direct", "colon", sentence, cue, subject)
            else:
                first = stretches[tokens[k].stretch]
                if (
                    len(quotes) - quotes.index(k) >= 3
                    and len(self.text[first.start : first.end].split()) <= 3
                    and not self.text[first.start].isupper()
                ):
                    continue  # a list of words
                subject = self._main_subject(sentence, None, k)
                draft = self._draft("direct", "colon-noun", sentence, None, subject)
            self._add_stretch(draft, stretches[tokens[k].stretch])
            taken.add(k)
            nxt = k + 1
            while nxt < len(tokens) and tokens[nxt].kind == "q":
                self._add_stretch(draft, stretches[tokens[nxt].stretch])
                taken.add(nxt)
                nxt += 1
            drafts.append(draft)

    def _main_subject(self, sentence: Sentence, cue: Cue | None, before: int = -1) -> Subject | None:
        """The subject of the sentence's first finite cue, else its first named person outside a phrase."""
        tokens = sentence.tokens
        limit = cue.first if cue is not None else before if before >= 0 else len(tokens)
        for c in reversed(sentence.cues):
            if (
                c.first < limit
                and c is not cue
                and c.subject is not None
                and not c.participle
                and not c.passive
                and c.kind == "verb"
            ):
                return c.subject
        return self._first_subject(tokens, limit)

    def _subject_behind(self, tokens: Sequence[Token], cue: Cue) -> Subject | None:
        """The subject of "After saying the road was shut, she left"."""
        for k in range(cue.last + 1, len(tokens) - 1):
            if tokens[k].text == "," and (
                tokens[k + 1].low in ("he", "she", "they") or self.names.by_start.get(tokens[k + 1].start) is not None
            ):
                found = self._first_subject(tokens[k + 1 :], 1)
                if found is not None:
                    found.first += k + 1
                    found.last += k + 1
                    return found
        return None

    def _first_subject(self, tokens: Sequence[Token], limit: int) -> Subject | None:
        for k in range(min(limit, len(tokens))):
            t = tokens[k]
            if t.kind == "q":
                continue
            run = self.names.by_start.get(t.start)
            if run is not None and run.kind == "individual" and not run.possessive:
                lead = tokens[k - 1].low if k else ""
                if lead in PREPOSITIONS:
                    continue
                last = k
                while last + 1 < len(tokens) and tokens[last + 1].start < run.end:
                    last += 1
                return Subject(k, last, run.start, run.end, run=run, text=self.text[run.start : run.end])
            if t.low in ("he", "she", "they"):
                return Subject(k, k, t.start, t.end, pronoun=t.low, text=t.text)
        k = 0
        while (
            k < limit and k < 4 and (tokens[k].low in ADVERBS or tokens[k].low in COORDINATORS or tokens[k].text == ",")
        ):
            k += 1
        if k < limit and tokens[k].kind == "w" and (tokens[k].low in ("the", "a", "an") or tokens[k].cap):
            stop = k
            inside = 0
            while (
                stop < limit
                and tokens[stop].kind == "w"
                and (tokens[stop].start < inside or tokens[stop].low not in PREPOSITIONS)
                and tokens[stop].low not in CUES
                and not tokens[stop].low.endswith("ed")
                and stop - k < 6
            ):
                covering = self.names.by_start.get(tokens[stop].start)
                inside = max(inside, covering.end if covering is not None else 0)
                if (
                    stop > k
                    and (tokens[stop].low in ROLES or tokens[stop].low in GROUPS)
                    and tokens[stop].start >= inside
                ):
                    stop += 1
                    break
                stop += 1
            run = self.names.by_start.get(tokens[k].start)
            if stop > k and (run is not None or tokens[stop - 1].low in ROLES | GROUPS or tokens[k].cap):
                return Subject(
                    k,
                    stop - 1,
                    tokens[k].start,
                    tokens[stop - 1].end,
                    run=run if run and run.entity else None,
                    head=tokens[stop - 1].low,
                    text=self.text[tokens[k].start : tokens[stop - 1].end],
                )
        return None

    def _clauses(
        self, sentence: Sentence, quotes: list[int], taken: set[int], drafts: list[Draft], stretches: Sequence[Stretch]
    ) -> None:
        """Content behind each cue: direct when it is only a stretch, mixed or indirect when it is a clause."""
        tokens, cues = sentence.tokens, sentence.cues
        last_subject: Subject | None = None
        for cue in cues:
            if cue.infinitive and cue.at not in taken and not cue.negated:
                if "l" in cue.flags:
                    agent = last_subject or self._main_subject(sentence, cue)
                    if agent is not None:
                        self._label(sentence, cue, agent, quotes, taken, drafts, stretches)
                else:
                    self._infinitive(sentence, cue, last_subject, taken, drafts, stretches)
            if cue.at in taken or (cue.negated and cue.base != "deny") or cue.infinitive:
                last_subject = cue.subject or last_subject
                continue
            if cue.kind == "according":
                self._according(sentence, cue, taken, drafts, stretches)
                continue
            subject = cue.subject
            if subject is None and cue.passive:
                self._label(sentence, cue, None, quotes, taken, drafts, stretches)
                continue
            if subject is None:
                subject = (
                    last_subject
                    if last_subject is not None and (cue.participle or self._coordinated(tokens, cue))
                    else self._main_subject(sentence, cue)
                )
                if subject is None and cue.participle and cue.first <= 2:
                    subject = self._subject_behind(tokens, cue)
                if subject is None:
                    continue
            if cue.inverted:
                continue
            last_subject = subject
            if subject.pronoun in _NOBODY and not quotes:
                continue
            if subject.pronoun == "you" or (cue.modal and subject_words_open(subject)):
                # "Somebody will say, “…”"
                taken.update(k for k in quotes if k > cue.last)
                continue
            if subject.text.split(" ", 1)[0].lower() in ("nobody", "no"):
                taken.update(k for k in quotes if k > cue.last)
                continue
            if "l" in cue.flags or cue.passive:
                self._label(sentence, cue, subject, quotes, taken, drafts, stretches)
                continue
            found = content_start(tokens, cue, self.names)
            if found is None:
                continue
            at, led = found
            if (
                cue.kind == "noun"
                and not any(at <= k < len(tokens) for k in quotes)
                and (
                    subject.run is None or cue.base in ("belief", "report", "promise", "assumption", "slogan", "motto")
                )
            ):
                continue
            if at in taken or at >= len(tokens):
                continue
            stop = content_end(tokens, at, cue, cues, led)
            if cue.first == 0 and cue.shape == "ed":
                # "Told by an MP that the bill could fall, thousands marched"
                stop = next((k for k in range(at, stop) if tokens[k].text == ","), stop)
            if stop <= at:
                continue
            inside = [k for k in quotes if at <= k < stop]
            if any(k in taken for k in inside):
                continue
            if tokens[at].kind == "q" and led in ("comma", "colon", "quote"):
                if self._begins_direct(sentence, at, stop, led, stretches, cue):
                    draft = self._draft("direct", "tag-before", sentence, cue, subject)
                    self._add_stretch(draft, stretches[tokens[at].stretch])
                    taken.add(at)
                    drafts.append(draft)
                    continue
            if led == "to" and "i" not in cue.flags:
                continue
            if led == "how" and "o" not in cue.flags and "w" not in cue.flags and not inside:
                continue
            if led == "if" and not ("w" in cue.flags or inside or "o" in cue.flags):
                continue
            if (
                led == "bare"
                and "c" not in cue.flags
                and "o" not in cue.flags
                and not (inside and ("n" in cue.flags or tokens[at].kind == "q"))
            ):
                if (inside and clause_like(tokens, at, inside[0], False)) or (
                    cue.participle and "t" in cue.flags and clause_like(tokens, at, stop, False)
                ):
                    pass
                elif not (
                    "t" in cue.flags
                    and tokens[at].kind == "w"
                    and tokens[at].low in ("he", "she", "they", "it", "there")
                    and cue.base not in ("rule", "swear", "ask")
                ) and not (cue.base in ("deny", "admit") and tokens[at].low.endswith("ing")):
                    if not ("n" in cue.flags and inside):
                        continue
            if (
                cue.base == "add"
                and led == "bare"
                and tokens[at].text[0].isdigit()
                and any(t.low in ("per", "percent", "points", "%") for t in tokens[at : at + 4])
            ):
                continue
            if led == "colon" and not inside and not clause_like(tokens, at, stop, False):
                continue
            # "denied misleading schools"
            gerund = cue.base in ("deny", "admit") and tokens[at].low.endswith("ing") and not tokens[at].cap
            if led in ("bare", "comma") and not inside and not gerund and not clause_like(tokens, at, stop, False):
                continue
            if led in ("that", "if", "how") and not clause_like(tokens, at, stop, True):
                continue
            if led == "comma" and not inside and cue.base != "say":
                continue
            if led == "to" and not inside and cue.base in ("swear", "encourage", "order", "instruct"):
                continue
            if subject.pronoun in _NOBODY:
                continue
            if (
                led == "to"
                and (not inside or cue.base == "ask")
                and cue.first
                and tokens[cue.first - 1].low in ("who", "which", "that")
            ):
                continue
            if led == "to" and cue.participle and tokens[cue.first - 1].kind == "w":
                continue
            self._content(
                sentence,
                cue,
                subject,
                at,
                stop,
                inside,
                taken,
                drafts,
                stretches,
                "clause" if led != "to" else "infinitive",
            )

    def _infinitive(
        self,
        sentence: Sentence,
        cue: Cue,
        subject: Subject | None,
        taken: set[int],
        drafts: list[Draft],
        stretches: Sequence[Stretch],
    ) -> None:
        """``he interrupted me to say “…”``: only straight before words in marks."""
        found = content_start(sentence.tokens, cue, self.names)
        if found is None or found[0] in taken or sentence.tokens[found[0]].kind != "q" or found[0] - cue.at > 4:
            return
        subject = subject or self._main_subject(sentence, cue)
        if subject is None:
            return
        draft = self._draft("direct", "tag-before", sentence, cue, subject)
        self._add_stretch(draft, stretches[sentence.tokens[found[0]].stretch])
        taken.add(found[0])
        drafts.append(draft)

    def _coordinated(self, tokens: Sequence[Token], cue: Cue) -> bool:
        return cue.first > 0 and tokens[cue.first - 1].low in ("and", "but", "then", ",", "or")

    def _begins_direct(
        self, sentence: Sentence, at: int, stop: int, led: str, stretches: Sequence[Stretch], cue: Cue
    ) -> bool:
        tokens = sentence.tokens
        stretch = stretches[tokens[at].stretch]
        first = self.text[stretch.start : stretch.start + 1]
        rest = [t for t in tokens[at + 1 : stop] if t.kind != "p"]
        if led == "colon":
            return True
        if not rest:
            return led == "comma" or first.isupper() or len(self.text[stretch.start : stretch.end].split()) >= 1
        if led == "comma" and (first.isupper() or self.text[stretch.end - 1] in ".!?,"):
            return True
        return (
            first.isupper()
            and self.text[stretch.end - 1] in ".!?"
            and len(self.text[stretch.start : stretch.start + 200].split()) > 3
        )

    def _content(
        self,
        sentence: Sentence,
        cue: Cue | None,
        subject: Subject | None,
        at: int,
        stop: int,
        inside: list[int],
        taken: set[int],
        drafts: list[Draft],
        stretches: Sequence[Stretch],
        how: str,
    ) -> None:
        tokens = sentence.tokens
        last = stop - 1
        while last >= at and tokens[last].kind == "p" and tokens[last].text[0] in ",.;:–—-!?":
            last -= 1
        if last < at:
            return
        start, end = tokens[at].start, tokens[last].end
        draft = self._draft("mixed" if inside else "indirect", how, sentence, cue, subject)
        outside = [t for k, t in enumerate(tokens[at : last + 1], start=at) if t.kind == "w"]
        if inside and not outside:
            draft.kind = "direct"
            for k in inside:
                self._add_stretch(draft, stretches[tokens[k].stretch])
        else:
            draft.spans.append(Span(start, end))
            draft.boundaries.append(("clause", "clause"))
            for k in inside:
                stretch = stretches[tokens[k].stretch]
                draft.marked.append(Span(stretch.start, stretch.end))
                draft.stretches.append(stretch)
        taken.update(range(at, last + 1))
        drafts.append(draft)

    def _label(
        self,
        sentence: Sentence,
        cue: Cue,
        subject: Subject | None,
        quotes: list[int],
        taken: set[int],
        drafts: list[Draft],
        stretches: Sequence[Stretch],
    ) -> None:
        """``called it “a farce”``, ``accused him of “…”``, ``was described as “…” by …``: only with words in marks."""
        tokens = sentence.tokens
        bound = len(tokens)
        for other in sentence.cues:
            if other.first > cue.last and other is not cue and not (cue.passive and other.subject is None):
                bound = min(
                    bound,
                    other.subject.first
                    if other.subject is not None and other.subject.first > cue.last
                    else other.first,
                )
        inside = [k for k in quotes if cue.last < k < bound and k not in taken]
        if not inside:
            if cue.base == "accuse" and subject is not None and not cue.passive:
                self._accusation(sentence, cue, subject, bound, taken, drafts, stretches)
            return
        first = inside[0]
        if first - cue.last > 22:
            return
        if cue.passive:
            subject = cue.subject
            if subject is None and first - cue.last > 3:
                return
        draft = self._draft("direct", "label" if subject is not None else "label-passive", sentence, cue, subject)
        if cue.base in (
            "accuse",
            "criticise",
            "criticize",
            "blame",
            "slate",
            "condemn",
            "praise",
            "slam",
            "blast",
            "attack",
        ) and any(t.low in ("of", "for") for t in tokens[cue.last + 1 : first]):
            at = max(k for k in range(cue.last + 1, first) if tokens[k].low in ("of", "for"))
            at = next(k for k in range(cue.last + 1, first) if tokens[k].low in ("of", "for"))
            if at + 1 < first:
                stop = content_end(tokens, at + 1, cue, sentence.cues, "that")
                self._content(
                    sentence,
                    cue,
                    subject,
                    at + 1,
                    stop,
                    [k for k in quotes if at < k < stop and k not in taken],
                    taken,
                    drafts,
                    stretches,
                    "label",
                )
                return
        for k in inside:
            self._add_stretch(draft, stretches[tokens[k].stretch])
            taken.add(k)
        if len(draft.spans) > 1:
            draft.reasons.append("several fragments")
        drafts.append(draft)

    def _accusation(
        self,
        sentence: Sentence,
        cue: Cue,
        subject: Subject,
        bound: int,
        taken: set[int],
        drafts: list[Draft],
        stretches: Sequence[Stretch],
    ) -> None:
        """``accused ministers of publishing the plan``: the clause behind "of"."""
        tokens = sentence.tokens
        for k in range(cue.last + 2, min(bound - 2, cue.last + 14)):
            if tokens[k].kind == "p" and tokens[k].text not in ("’", "'"):
                return
            if tokens[k].low == "of" and tokens[k + 1].low.endswith("ing") and not tokens[k + 1].cap:
                stop = content_end(tokens, k + 1, cue, sentence.cues, "that")
                if not any(m in taken for m in range(k + 1, stop)):
                    self._content(sentence, cue, subject, k + 1, stop, [], taken, drafts, stretches, "label")
                return

    def _according(
        self, sentence: Sentence, cue: Cue, taken: set[int], drafts: list[Draft], stretches: Sequence[Stretch]
    ) -> None:
        tokens, cues = sentence.tokens, sentence.cues
        subject = cue.subject
        if subject is None:
            return
        quotes = [k for k, t in enumerate(tokens) if t.kind == "q"]
        lead = tokens[: cue.first]
        if all(t.low in COORDINATORS or t.low in ADVERBS or t.kind == "p" for t in lead):
            at = subject.last + 1
            while at < len(tokens) and tokens[at].text != ",":
                if at - subject.last > 14:
                    return
                at += 1
            at += 1
            if at >= len(tokens):
                return
            stop = content_end(tokens, at, cue, cues, "that")
        else:
            stop = cue.first
            while stop > 0 and tokens[stop - 1].kind == "p":
                stop -= 1
            at = self._clause_start(sentence, stop, cue)
        only = at < stop and all(t.kind == "q" or t.kind == "p" for t in tokens[at:stop])
        if at in taken or (not only and (stop - at < 3 or not clause_like(tokens, at, stop, True))):
            return
        inside = [k for k in quotes if at <= k < stop]
        if any(k in taken for k in range(at, stop)):
            return
        self._content(sentence, cue, subject, at, stop, inside, taken, drafts, stretches, "according")

    def _clause_start(self, sentence: Sentence, stop: int, cue: Cue) -> int:
        """Where the clause that ends before ``stop`` begins: the sentence, or behind ", but" and ", and"."""
        tokens = sentence.tokens
        at = 0
        for k in range(stop - 2, 0, -1):
            if tokens[k].text == "," and tokens[k + 1].low in ("but", "while", "although"):
                at = k + 1
                break
        while at < stop and (
            tokens[at].low in ("but", "and", "while", "although", "though", "because", "so") or tokens[at].text == ","
        ):
            at += 1
        return at

    def _trailing(self, sentence: Sentence, taken: set[int], drafts: list[Draft], stretches: Sequence[Stretch]) -> None:
        """``The bridge will close, ministers have said.``"""
        tokens, cues = sentence.tokens, sentence.cues
        quotes = [k for k, t in enumerate(tokens) if t.kind == "q"]
        for cue in cues:
            if (
                cue.kind != "verb"
                or cue.subject is None
                or cue.participle
                or cue.negated
                or cue.infinitive
                or cue.passive
            ):
                continue
            if cue.at in taken or not (
                "c" in cue.flags or "o" in cue.flags or cue.base in ("note", "report", "recall", "respond")
            ):
                continue
            first = min(cue.subject.first, cue.first)
            if first in taken or first < 2 or tokens[first - 1].text != ",":
                continue
            if cue.subject.pronoun in _NOBODY:
                continue
            if not cue.inverted:
                found = content_start(tokens, cue, self.names)
                after = found[0] if found is not None else cue.last + 1
                if found is not None and after < len(tokens) and tokens[after].kind == "w":
                    continue
                if found is not None and tokens[after].kind == "q" and found[1] != "comma":
                    continue
            elif not (
                cue.subject.last + 1 >= len(tokens)
                or tokens[cue.subject.last + 1].kind == "p"
                or tokens[cue.subject.last + 1].low in PREPOSITIONS
                or tokens[cue.subject.last + 1].low in ("who", "as", "yesterday", "last", "today")
            ):
                continue
            if (
                not (tokens[0].low == "as" and tokens[1].low in ("many", "much", "few", "little"))
                and tokens[0].low
                in (
                    "as",
                    "when",
                    "while",
                    "although",
                    "though",
                    "after",
                    "before",
                    "if",
                    "since",
                    "speaking",
                    "asked",
                    "writing",
                    "because",
                )
                and tokens[first - 1].text == ","
            ):
                inner = [k for k in range(first - 1) if tokens[k].text == ","]
                if not inner or tokens[0].low in ("asked", "speaking", "writing"):
                    continue
                if (
                    not (tokens[0].low == "as" and tokens[1].low in ("many", "much", "few", "little"))
                    and tokens[0].low in ("as", "when", "after", "before", "while")
                    and tokens[inner[0] + 1].kind == "q"
                ):
                    continue
            stop = first - 1
            at = self._clause_start(sentence, stop, cue)
            # "Police, Sinclair says, have no policies": the rest belongs to the clause
            if any(k in taken for k in range(at, stop)):
                continue
            rest_at = cue.last + 1
            while rest_at < len(tokens) and rest_at - cue.last <= 7 and tokens[rest_at].kind == "w":
                rest_at += 1
            if not clause_like(tokens, at, stop, True):
                if not (rest_at < len(tokens) and tokens[rest_at].text == "," and stop - at <= 8):
                    continue
            inside = [k for k in quotes if at <= k < stop]
            self._content(sentence, cue, cue.subject, at, stop, inside, taken, drafts, stretches, "trailing")
            if (
                rest_at + 2 < len(tokens)
                and tokens[rest_at].text == ","
                and not clause_like(tokens, at, stop, True)
                and drafts
            ):
                end = content_end(tokens, rest_at + 1, cue, cues, "that")
                if end > rest_at + 2 and not any(k in taken for k in range(rest_at + 1, end)):
                    for k in range(rest_at + 1, end):
                        if tokens[k].kind == "q":
                            stretch = stretches[tokens[k].stretch]
                            drafts[-1].marked.append(Span(stretch.start, stretch.end))
                            drafts[-1].stretches.append(stretch)
                            drafts[-1].kind = "mixed"
                    taken.update(range(rest_at + 1, end))
                    last = end - 1
                    while tokens[last].kind == "p" and last > rest_at:
                        last -= 1
                    drafts[-1].spans.append(Span(tokens[rest_at + 1].start, tokens[last].end))
                    drafts[-1].boundaries.append(("clause", "clause"))
            taken.update(range(first, cue.last + 1))

    # stretches no cue of the sentence claims

    def _left_over(
        self,
        sentence: Sentence,
        quotes: list[int],
        taken: set[int],
        drafts: list[Draft],
        stretches: Sequence[Stretch],
        previous: Draft | None,
        continued: bool,
    ) -> None:
        tokens = sentence.tokens
        where = [k for k, t in enumerate(tokens) if t.kind == "w"]
        first_word, last_word = (where[0], where[-1]) if where else (len(tokens), -1)
        mine: list[Draft] = []
        counted = 0
        for k in quotes:
            if k in taken:
                continue
            stretch = stretches[tokens[k].stretch]
            words = len(self.text[stretch.start : min(stretch.end, stretch.start + 400)].split())
            starts = k < first_word
            alone = starts and k > last_word
            last_char = self.text[stretch.end - 1 : stretch.end]
            full = last_char in ".!?,…" or stretch.closed != "closed" or stretch.opened == "reopened-next-paragraph"
            mine += [d for d in drafts[counted:] if d.kind in ("direct", "mixed") and d.subject is not None]
            counted = len(drafts)
            if (
                mine
                and mine[-1].end <= stretch.start
                and (starts or full or words > 3)
                and not self._work(tokens, k, stretch)
            ):
                # “…” she said. “…” folded into one sentence, or a further fragment
                draft = Draft([], "direct", "same-sentence", sentence.paragraph, sentence.number, inherits=mine[-1])
                self._add_stretch(draft, stretch)
                drafts.append(draft)
                taken.add(k)
                continue
            if alone and words <= 10 and self._whole and title_like(self.text[stretch.start : stretch.end]):
                continue
            if alone or (starts and full and words >= 3):
                draft = Draft([], "direct", "floating", sentence.paragraph, sentence.number, words=words)
                if previous is not None and previous.kind != "indirect":
                    draft.inherits = previous
                    draft.how = "continued"
                elif (
                    self._above is not None
                    and starts
                    and self._above.kind == "direct"
                    and (self._above.subject is not None or self._above.inherits is not None)
                ):
                    draft.inherits = self._above
                    draft.how = "next-paragraph"
                self._add_stretch(draft, stretch)
                if stretch.continues >= 0:
                    draft.how = "reopened"
                if (
                    alone
                    and not full
                    and previous is None
                    and (
                        words <= 2
                        or (
                            words <= 16
                            and stretch.outer_start == sentence.start
                            and stretch.outer_end == sentence.end
                            and self._whole
                        )
                    )
                ):
                    continue
                drafts.append(draft)
                taken.add(k)
                continue
            how = self._fragment(sentence, k, words, stretch)
            if how:
                subject = self._main_subject(sentence, None, k) or (
                    self._first_subject(tokens, len(tokens)) if how == "headline" else None
                )
                if subject is not None or how == "headline":
                    draft = self._draft("direct", how, sentence, None, subject)
                    self._add_stretch(draft, stretch)
                    drafts.append(draft)
                    taken.add(k)
                    continue
            if ((full and words >= 8 and self.text[stretch.start].isupper()) or words >= 12) and not self._work(
                tokens, k, stretch
            ):
                draft = Draft([], "direct", "embedded", sentence.paragraph, sentence.number, words=words)
                draft.subject = self._main_subject(sentence, None, k)
                self._add_stretch(draft, stretch)
                drafts.append(draft)
                taken.add(k)

    def _fragment(self, sentence: Sentence, k: int, words: int, stretch: Stretch) -> str:
        """How a short stretch that no verb claims is somebody's words all the same: in a headline; else it may as well
        hold a word at a distance."""
        tokens = sentence.tokens
        if self._heading:
            if self._work(tokens, k, stretch) and not any(c.at < k for c in sentence.cues):
                return ""
            return "headline" if words >= 2 or any(c.at < k for c in sentence.cues) else ""
        return ""

    def _work(self, tokens: Sequence[Token], k: int, stretch: Stretch) -> bool:
        """Whether a stretch is the title of a programme, a book or a song: ``on CNN's “State of the Union”``."""
        words = self.text[stretch.start : min(stretch.end, stretch.start + 120)].split()
        if (
            not words
            or len(words) > 9
            or not all(w[:1].isupper() or w.lower() in _SMALL_WORDS for w in words)
            or not words[-1][:1].isupper()
        ):
            return False
        before = tokens[k - 1] if k else None
        return before is not None and (
            before.kind == "s"
            or before.low in BEFORE_WORK
            or (before.kind == "w" and len(words) >= 2 and before.low not in CUES)
        )

    def _link_continued(self, drafts: list[Draft], stretches: Sequence[Stretch]) -> None:
        """A stretch reopened here joins the quotation it continues; a tag here names the speaker of both."""
        for draft in drafts:
            if not draft.stretches or draft.stretches[0].continues < 0 or not self.drafts:
                continue
            earlier = next(
                (d for d in reversed(self.drafts[-6:]) if d.stretches and d.paragraph == draft.stretches[0].continues),
                None,
            )
            if earlier is None or earlier.document is not None:
                continue
            if earlier.subject is None and earlier.inherits is None and draft.subject is not None:
                earlier.subject, earlier.cue, earlier.base, earlier.how = (
                    draft.subject,
                    draft.cue,
                    draft.base,
                    "tag-next-paragraph",
                )
                earlier.sentence = draft.sentence
            if earlier.kind == "direct" and draft.kind == "direct":
                earlier.spans.extend(draft.spans)
                earlier.marked.extend(draft.marked)
                earlier.boundaries.extend(draft.boundaries)
                earlier.stretches.extend(draft.stretches)
                for stretch in draft.stretches:
                    self._open[id(stretch)] = earlier
                earlier.paragraph = draft.paragraph
                draft.spans = []
                self._merged = earlier
                for other in drafts:
                    if other.inherits is draft:
                        other.inherits = earlier
            elif draft.subject is None:
                draft.inherits = earlier


#: Whoever they are, nobody in particular is quoted.
_ANYBODY = frozenset("somebody someone anybody anyone nobody everybody everyone people critics some you one".split())


def subject_words_open(subject: Subject | None) -> bool:
    """Whether a subject is no certain person: "somebody", "people", "you"."""
    return subject is not None and (subject.head in _ANYBODY or subject.text.split(" ", 1)[0].lower() in _ANYBODY)


def subject_words(subject: Subject) -> str:
    """The head of a subject, folded."""
    return subject.head or subject.pronoun or subject.text.lower()


__all__ = ["INDEFINITE", "ORDINALS", "SPEECH_NOUNS", "Draft", "Paragraphs", "noun_phrase_left", "subject_words"]
