"""Who a cue belongs to: the noun phrase left or right of a verb, through appositions, roles and relative clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .lexicon.cues import CUES, NOUNISH
from .lexicon.people import GROUPS, ROLES
from .lexicon.words import (
    ADVERBS,
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    MONTHS,
    NEGATIONS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    SUBORDINATORS,
    WEEKDAYS,
)
from .names import Names
from .runs import Run
from .tokens import Token

INDEFINITE = frozenset(
    """
one another many some others several most few someone everyone anybody nobody both two three all many everybody each
""".split()
)
ORDINALS = frozenset("first second third fourth fifth sixth".split())
#: Tokens that a noun phrase right of a verb may have.
_LIMIT = 24
_BREAKS = COORDINATORS | SUBORDINATORS | AUXILIARIES
_UNITS = frozenset("night week month year weekend morning afternoon evening day".split())


@dataclass(slots=True)
class Subject:
    """Who speaks, as tokens ``[first, last]`` of the sentence; ``run`` when a name, ``pronoun`` when one."""

    first: int
    last: int
    start: int
    end: int
    run: Run | None = None
    pronoun: str = ""
    head: str = ""
    text: str = ""
    bracketed: bool = False
    #: a phrase of which a name is only a part: "a spokeswoman for the council"
    inner: Run | None = None
    #: the other names of a joint subject: "Benn and Johnson said"
    others: list[Run] = field(default_factory=list)


def subject_of(tokens: Sequence[Token], first: int, last: int, run: Run | None, text: str, **more: object) -> Subject:
    """The subject that tokens ``[first, last]`` make; of a name only the name is printed, with its title."""
    start, end = tokens[first].start, tokens[last].end
    if run is not None:
        start, end = run.full_start if run.full_start >= 0 and run.title else run.start, run.end
    return Subject(first, last, start, end, run=run, text=text[start:end], **more)  # type: ignore[arg-type]


def noun_phrase_left(tokens: Sequence[Token], j: int, names: Names, text: str, depth: int = 0) -> Subject | None:
    """The noun phrase that ends at token ``j``, through appositions and relative clauses."""
    subject = _phrase_left(tokens, j, names, text, depth)
    if (
        subject is not None
        and subject.run is None
        and not subject.pronoun
        and subject.first >= 2
        and tokens[subject.first - 1].text == ","
    ):
        # "James Schneider, a spokesman for Momentum, which claims …, said"
        run = names.by_end.get(tokens[subject.first - 2].end)
        if (
            run is not None
            and run.kind == "individual"
            and not run.possessive
            and tokens[subject.first].low in ("a", "an", "the", "his", "her")
        ):
            first = subject.first - 2
            while first > 0 and tokens[first].start > run.start:
                first -= 1
            found = subject_of(tokens, first, subject.first - 2, run, text)
            found.bracketed = True
            return found
    return subject


def _phrase_left(tokens: Sequence[Token], j: int, names: Names, text: str, depth: int) -> Subject | None:
    while j >= 0:
        low = tokens[j].low
        if tokens[j].kind == "w" and low in ADVERBS:
            j -= 1
        elif (
            j >= 1 and low in _UNITS and tokens[j - 1].low in ("last", "this", "next", "earlier", "on", "late", "early")
        ):
            j -= 2
        elif j >= 1 and (low in WEEKDAYS or low == "yesterday" or low == "today"):
            j -= 2 if tokens[j - 1].low in ("on", "last", "late", "early") else 1
        else:
            break
    if j < 0 or depth > 3:
        return None
    token = tokens[j]
    if token.text.isdigit() and j >= 2 and tokens[j - 1].text == ",":
        # an age: "Margaret Tully, 68, told"
        j -= 2
        token = tokens[j]
    if token.kind == "q":
        return None
    if token.kind == "p":
        if token.text in (",", ")", "–", "—", "-", "--"):
            opener = "(" if token.text == ")" else token.text
            k = j - 1
            while k > 0 and j - k < 30 and tokens[k].text != opener:
                if tokens[k].text in (";", ":") and opener == ",":
                    return None
                k -= 1
            if k <= 0 or tokens[k].text != opener:
                return None
            inside = noun_phrase_whole(tokens, k + 1, j - 1, names, text)
            if (
                inside is not None
                and opener == ","
                and tokens[k + 1].low not in ("the", "a", "an", "who", "whose", "which")
            ):
                before = noun_phrase_left(tokens, k - 1, names, text, depth + 1)
                if (
                    before is None
                    or before.run is None
                    or (inside.run is not None and inside.run.kind == "individual" and before.run.kind != "individual")
                ):
                    inside.bracketed = True
                    if before is not None:
                        inside.first = min(inside.first, before.first)
                    return inside
            subject = noun_phrase_left(tokens, k - 1, names, text, depth + 1)
            if subject is not None:
                subject.bracketed = True
                return subject
            return inside
        return None
    if token.kind == "s":
        return None
    run = names.by_end.get(token.end)
    if run is not None and (run.possessive or (run.entity is None and (token.low in ROLES or token.low in GROUPS))):
        run = None
    if run is not None:
        first = j
        while first > 0 and tokens[first].start > (run.full_start if run.title else run.start):
            first -= 1
        role_start = first
        steps = 0
        while (
            role_start > 0
            and steps < 10
            and tokens[role_start - 1].kind in "ws"
            and (tokens[role_start - 1].kind == "s" or tokens[role_start - 1].low not in _BREAKS)
            and (tokens[role_start - 1].low not in PREPOSITIONS or _inside_role(tokens, role_start - 1))
        ):
            if (
                tokens[role_start - 1].low in MONTHS
                or tokens[role_start - 1].low in WEEKDAYS
                or (tokens[role_start - 1].low in CUES and tokens[role_start - 1].low not in NOUNISH)
            ):
                break
            role_start -= 1
            steps += 1
            if tokens[role_start].low in DETERMINERS:
                break
        # "a spokesman for the council said": the name is only a part of the phrase
        lead = tokens[first - 1] if first else None
        lead_at = first - 1
        if lead is not None and lead.low in ("the", "a", "an") and first >= 2:
            lead_at = first - 2
            lead = tokens[lead_at]
        if lead is not None and lead.low in ("for", "of", "at", "from", "with", "in", "to", "near") and lead_at > 0:
            outer = noun_phrase_left(tokens, lead_at - 1, names, text, depth + 1)
            if (
                outer is not None
                and outer.run is None
                and not outer.pronoun
                and (
                    outer.head in ROLES
                    or outer.head in GROUPS
                    or outer.head in INDEFINITE
                    or (lead.low == "of" and outer.head and outer.head.isalpha())
                )
            ):
                return subject_of(tokens, outer.first, j, None, text, head=outer.head, inner=run)
            if outer is not None and outer.run is not None and lead.low in ("of", "from", "at", "for", "with", "in"):
                outer.last = j
                return outer
        if run.kind != "individual" and run.entity is None and lead is not None and lead.low in DETERMINERS:
            first = lead_at if lead is tokens[first - 1] else first - 1
        found = subject_of(tokens, min(first, role_start), j, run, text)
        if first >= 2 and tokens[first - 1].low == "and":
            _joint(tokens, first - 2, names, found)
        return found
    low = token.low
    if low in SUBJECT_PRONOUNS:
        return subject_of(tokens, j, j, None, text, pronoun=low)
    if low in ("who", "which", "that"):
        k = j - 1
        if k >= 0 and tokens[k].text in (",", "–", "—", "-", "--"):
            k -= 1
        if k > 0 and tokens[k].text == "." and tokens[k - 1].low in ("jr", "sr"):
            k -= 1
        return noun_phrase_left(tokens, k, names, text, depth + 1)
    if low in COORDINATORS or low in SUBORDINATORS or low in AUXILIARIES or low in PREPOSITIONS or low in NEGATIONS:
        return None
    # a common noun phrase
    first = j
    while first > 0 and j - first < 12:
        earlier = tokens[first - 1]
        if (
            earlier.kind not in "ws"
            or (earlier.low in COORDINATORS and earlier.low != "and")
            or earlier.low in SUBORDINATORS
            or (earlier.low in AUXILIARIES and earlier.kind == "w")
            or earlier.low in SUBJECT_PRONOUNS
        ):
            break
        if earlier.low in CUES and earlier.low not in NOUNISH and tokens[first].low in DETERMINERS:
            break
        if earlier.low in MONTHS or earlier.low in WEEKDAYS or earlier.low in ("yesterday", "today", "now", "then"):
            break
        if earlier.low == "and" and not (first >= 2 and tokens[first - 2].low.endswith("s")):
            break
        first -= 1
    start = _phrase_start(tokens, first, j)
    head_at = j
    covered = 0
    for k in range(start, j + 1):
        run = names.by_start.get(tokens[k].start)
        if run is not None and run.end > covered:
            covered = run.end
        if (
            k > start
            and tokens[k].start >= covered
            and tokens[k].low in ("of", "for", "in", "at", "from", "with", "on", "who", "to", "near", "within")
        ):
            head_at = k - 1
            break
    head = tokens[head_at].low
    if (head in DETERMINERS and head not in INDEFINITE) or not head[:1].isalnum():
        return None
    inner = names.by_start.get(tokens[start].start)
    if inner is None:
        for k in range(start, j + 1):
            inner = names.by_start.get(tokens[k].start)
            if inner is not None:
                break
    return subject_of(tokens, start, j, None, text, head=head, inner=inner)


def _joint(tokens: Sequence[Token], k: int, names: Names, subject: Subject) -> None:
    """Names before "and": "Hilary Benn and Alan Johnson said", "Unite, Unison and GMB said"."""
    while k >= 0:
        run = names.by_end.get(tokens[k].end)
        if (
            run is None
            or run.possessive
            or run.entity is None
            or subject.run is None
            or run.entity is subject.run.entity
        ):
            return
        subject.others.insert(0, run)
        while k > 0 and tokens[k].start > run.start:
            k -= 1
        subject.first = k
        if k < 2 or tokens[k - 1].text != ",":
            return
        k -= 2


def _inside_role(tokens: Sequence[Token], k: int) -> bool:
    """Whether the preposition at ``k`` belongs to a role: "professor of law Jane Doe"."""
    return tokens[k].low in ("of", "for") and k > 0 and tokens[k - 1].low in ROLES


def _phrase_start(tokens: Sequence[Token], first: int, last: int) -> int:
    """Where the last whole noun phrase of ``[first, last]`` begins: "In a response to an inquiry | the Government"."""
    k = last
    while k > first:
        if (
            tokens[k].low in DETERMINERS
            and not tokens[k - 1].low.endswith("ing")
            and tokens[k - 1].low not in PREPOSITIONS
            and tokens[k - 1].low not in DETERMINERS
            and tokens[k - 1].low != "and"
        ):
            return k
        k -= 1
    if tokens[first].low in PREPOSITIONS and last - first >= 1:
        # leading preposition: what follows its own noun phrase, else all behind it
        k = first + 1
        while k <= last and tokens[k].low in DETERMINERS:
            k += 1
        return min(min(last, k), last) if last - first > 2 else last
    return first


def noun_phrase_whole(tokens: Sequence[Token], first: int, last: int, names: Names, text: str) -> Subject | None:
    """The subject that a bracketed stretch consists of: a name with at most a role before it."""
    if first > last:
        return None
    run = names.by_end.get(tokens[last].end)
    if run is None or run.kind not in ("individual", "organisation") or run.possessive:
        return None
    if (
        any(t.low in AUXILIARIES or t.low in PREPOSITIONS for t in tokens[first:last])
        and tokens[first].start < run.start
    ):
        return None
    return subject_of(tokens, first, last, run, text)


def noun_phrase_right(
    tokens: Sequence[Token], k: int, names: Names, text: str, span_of: bool = False
) -> Subject | None:
    """The noun phrase that begins at token ``k``."""
    total = len(tokens)
    if k >= total:
        return None
    token = tokens[k]
    if token.kind == "p" or token.kind == "q":
        return None
    if token.low in SUBJECT_PRONOUNS:
        return subject_of(tokens, k, k, None, text, pronoun=token.low)
    if (
        token.low in PREPOSITIONS
        or token.low in SUBORDINATORS
        or token.low in AUXILIARIES
        or token.low in ADVERBS - {"last", "first", "just"}
    ):
        return None
    if token.low in WEEKDAYS or token.low in MONTHS:
        return None
    stop = k
    runs: list[Run] = []
    barrier = -1
    while stop < total and stop - k < _LIMIT:
        t = tokens[stop]
        if t.kind == "q" or (t.kind == "p" and t.text not in ("&", "/", ".", "’", "'") and t.text[0] not in "-‑"):
            break
        if (
            t.kind == "p"
            and t.text == "."
            and not (
                stop + 1 < total
                and tokens[stop + 1].start - t.end <= 1
                and stop > k
                and len(tokens[stop - 1].text) <= 3
            )
        ):
            break
        if stop > k and t.low in (
            "who",
            "which",
            "that",
            "as",
            "when",
            "after",
            "while",
            "before",
            "because",
            "during",
            "since",
            "if",
            "where",
        ):
            break
        if stop > k and (
            (t.low in AUXILIARIES and t.kind == "w" and t.low not in ("may", "will")) or t.low in SUBJECT_PRONOUNS
        ):
            break
        if stop > k and (t.low in WEEKDAYS or t.low in ("yesterday", "today", "tonight", "later", "earlier", "last")):
            break
        run = names.by_start.get(t.start)
        if (run is not None and run.full_start in (t.start, -1)) or (run is not None and run.start == t.start):
            if run not in runs:
                runs.append(run)
            if run.kind == "individual" and barrier < 0 and not run.possessive:
                nxt = stop
                while nxt < total and tokens[nxt].start < run.end:
                    nxt += 1
                if nxt < total and tokens[nxt].kind == "w" and tokens[nxt].low in ROLES:
                    stop = nxt
                    continue
                last = nxt - 1
                return subject_of(tokens, k, last, run, text)
        if barrier < 0 and t.low in PREPOSITIONS and t.low not in ("of", "for"):
            if stop > k:
                barrier = stop
                if not span_of and t.low in ("in", "on", "at", "to", "with", "by", "about", "from", "of", "during"):
                    break
        stop += 1
    last = min(stop, total) - 1
    while last > k and tokens[last].kind == "p":
        last -= 1
    if last < k:
        return None
    # "says the former editor of the Standard, George Osborne"
    if stop + 1 < total and tokens[stop].text == ",":
        run = names.by_start.get(tokens[stop + 1].start)
        if (
            run is not None
            and run.kind == "individual"
            and not run.possessive
            and (token.low in DETERMINERS or tokens[k].low in ROLES or token.cap)
        ):
            end = stop + 1
            while end + 1 < total and tokens[end + 1].start < run.end:
                end += 1
            behind = tokens[end + 1] if end + 1 < total else None
            if (behind is None or behind.kind == "p") and any(t.low in ROLES for t in tokens[k : last + 1]):
                return subject_of(tokens, k, end, run, text)
    if runs and runs[0].start == tokens[k].start and not runs[0].possessive:
        run = runs[0]
        end = k
        while end < last and tokens[end + 1].start < run.end:
            end += 1
        if end == last or not any(t.low in ROLES or t.low in GROUPS for t in tokens[end + 1 : last + 1]):
            return subject_of(tokens, k, end, run, text)
    head_at = last
    for p in range(k + 1, last + 1):
        if tokens[p].low in ("of", "for", "in", "at", "from", "with", "on", "who", "to", "near", "within", "by"):
            head_at = p - 1
            break
    head = tokens[head_at].low
    inner = runs[0] if runs else None
    if (
        inner is not None
        and token.low in ("the", "a", "an")
        and inner.start == tokens[min(k + 1, total - 1)].start
        and inner.end == tokens[last].end
    ):
        return (
            subject_of(tokens, k, last, inner, text)
            if inner.entity is not None
            else subject_of(tokens, k, last, None, text, head=head, inner=inner)
        )
    return subject_of(tokens, k, last, None, text, head=head, inner=inner)
