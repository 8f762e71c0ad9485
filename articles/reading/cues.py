"""Cues: the verbs and phrases of a sentence that attribute words, each with its subject left or right of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .lexicon.cues import CUES, NOUNISH, PARTICIPLES, SPEECH_NOUNS
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
from .names import Names, Run
from .tokens import Token

MODALS = frozenset("would could might may should can will shall must 'd ’d wouldn't couldn't".split())
BE = frozenset("is are was were be been being am 's ’s 're ’re isn't wasn't weren't aren't".split())
HAVE = frozenset("has have had having 've ’ve 'd ’d hasn't haven't hadn't".split())
_GROUP = AUXILIARIES | ADVERBS | NEGATIONS
_PHRASAL = {
    "went": "on",
    "goes": "on",
    "going": "on",
    "go": "on",
    "continued": "on",
    "pointed": "out",
    "points": "out",
    "pointing": "out",
    "sums": "up",
    "summed": "up",
    "chimed": "in",
    "chimes": "in",
    "hit": "back",
    "hits": "back",
    "shot": "back",
    "put": "it",
    "puts": "it",
    "called": "out",
    "calls": "out",
    "cried": "out",
    "spoke": "out",
    "added": "up",
}
_LIMIT = 24
_BREAKS = COORDINATORS | SUBORDINATORS | AUXILIARIES
_TITLES_OK = frozenset(
    ("mr", "mrs", "ms", "miss", "sir", "dr", "lord", "lady", "baroness", "prof", "rev", "dame", "judge", "justice")
)
INDEFINITE = frozenset(
    """
one another many some others several most few someone everyone anybody nobody both two three all many everybody each
""".split()
)
ORDINALS = frozenset("first second third fourth fifth sixth".split())
_NO_HEAD = frozenset("it there this that what which here".split())


_SPELLS = frozenset("years months weeks decades days ages".split())
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


@dataclass(slots=True)
class Cue:
    """A verb (or "according to") with flags of the lexicon, the tokens of its group and its subject."""

    base: str
    flags: str
    shape: str
    at: int
    first: int
    last: int
    subject: Subject | None = None
    inverted: bool = False
    participle: bool = False
    negated: bool = False
    modal: bool = False
    passive: bool = False
    infinitive: bool = False
    kind: str = "verb"


@dataclass(slots=True)
class Sentence:
    """Tokens with quoted stretches folded, and where the sentence stands."""

    tokens: list[Token]
    paragraph: int
    number: int
    cues: list[Cue] = field(default_factory=list)
    #: live-blog entry or document: pronouns look inside first
    scope: int = 0

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


def find_cues(sentence: Sentence, names: Names, text: str) -> list[Cue]:
    """The cues of one sentence, in order, each with the subject that could be found."""
    tokens = sentence.tokens
    found: list[Cue] = []
    for index, token in enumerate(tokens):
        if token.kind != "w":
            continue
        if token.low == "according" and index + 1 < len(tokens) and tokens[index + 1].low == "to":
            subject = noun_phrase_right(tokens, index + 2, names, text, span_of=True)
            if subject:
                found.append(Cue("according", "a", "", index, index, index + 1, subject, kind="according"))
            continue
        entry = CUES.get(token.low)
        if token.low in SPEECH_NOUNS and index and index + 1 < len(tokens) and tokens[index + 1].low == "that":
            cue = _noun(tokens, index, names, text)
            if cue is not None:
                found.append(cue)
                continue
        if entry is None:
            continue
        cue = _cue(tokens, index, entry, names, text)
        if cue is not None:
            found.append(cue)
    return found


def _noun(tokens: Sequence[Token], index: int, names: Names, text: str) -> Cue | None:
    """``her claim that …``, ``Smith's suggestion that …``: a noun of speech with its owner."""
    k = index - 1
    while (
        k > 0
        and tokens[k].kind == "w"
        and index - k <= 3
        and tokens[k].low not in _OWNERS
        and tokens[k].low not in DETERMINERS
    ):
        k -= 1
    if tokens[k].low in _OWNERS:
        pronoun = {"his": "he", "her": "she", "their": "they", "its": "it"}[tokens[k].low]
        subject = Subject(k, k, tokens[k].start, tokens[k].end, pronoun=pronoun, text=tokens[k].text)
    elif tokens[k].kind == "s" and k:
        run = names.by_end.get(tokens[k - 1].end)
        if run is None or run.kind not in ("individual", "organisation"):
            return None
        subject = _subject(tokens, k - 1, k - 1, run, text)
    else:
        return None
    return Cue(tokens[index].low, "tc", "s", index, k, index, subject, kind="noun")


_OWNERS = frozenset(("his", "her", "their", "its"))


def _cue(tokens: Sequence[Token], index: int, entry: tuple[str, str, str], names: Names, text: str) -> Cue | None:
    base, flags, shape = entry
    token = tokens[index]
    last = index
    if token.low in _PHRASAL and index + 1 < len(tokens) and tokens[index + 1].low == _PHRASAL[token.low]:
        last = index + 1
        if base in ("go", "put", "hit", "chime"):
            flags = "q"
        elif base == "point":
            flags = "tqc"
    elif base == "speak" or base in ("go", "put", "hit", "point", "think", "mean", "refer", "sum", "chime"):
        return None
    if not flags:
        return None
    if token.cap and index and not (tokens[index - 1].kind == "p" and tokens[index - 1].text[0] in ".!?:–—-"):
        return None
    first = index
    lows: list[str] = []
    while first > 0 and index - first < 6:
        before = tokens[first - 1]
        if before.kind == "w" and (
            before.low in _GROUP or (before.low.endswith("ly") and len(before.low) > 4 and not before.cap)
        ):
            lows.append(before.low)
            first -= 1
        elif before.kind == "s" and first - 1 > 0 and tokens[first - 2].low in ("he", "she", "it", "who", "that"):
            lows.append("'s")
            first -= 1
        elif before.low in ("long", "ever", "since") and first > 1 and tokens[first - 2].low in AUXILIARIES:
            first -= 1
        elif before.low in _SPELLS and first > 2 and tokens[first - 2].low == "for" and tokens[first - 3].low in HAVE:
            # "have for years been saying"
            first -= 2
        else:
            break
    previous = tokens[first - 1] if first else None
    infinitive = False
    if previous is not None and previous.low == "to" and shape == "base":
        # "went on to say", "had this to say", "was quick to add"
        k = first - 2
        if k >= 1 and tokens[k].low == "on" and tokens[k - 1].low in ("went", "goes", "going"):
            first = k - 1
            while first > 0 and tokens[first - 1].low in _GROUP:
                first -= 1
        elif k >= 0 and tokens[k].low in ("continued", "continues", "used"):
            first = k
        else:
            infinitive = True
    group = set(lows)
    cue = Cue(base, flags, shape, index, first, last)
    cue.negated = bool(group & NEGATIONS)
    cue.modal = bool(group & MODALS) and not (group & {"'d", "’d"} and shape == "ed")
    if infinitive:
        cue.infinitive = True
        return cue if base == "say" or "l" in flags else None
    aux = bool(group & AUXILIARIES)
    if shape == "base" and not aux:
        if token.low in NOUNISH and not _plural_left(tokens, first):
            return None
    if shape == "ing":
        if not aux:
            cue.participle = True
            if token.low not in PARTICIPLES and not (last + 1 < len(tokens) and tokens[last + 1].text in (":", ",")):
                if "l" not in flags:
                    return None
            if (
                first
                and previous is not None
                and previous.kind == "w"
                and previous.low in DETERMINERS | PREPOSITIONS
                and previous.low
                not in (
                    "by",
                    "before",
                    "after",
                    "while",
                    "in",
                    "with",
                    "as",
                    "one",
                    "another",
                    "some",
                    "many",
                    "several",
                    "both",
                )
            ):
                return None
            if previous is not None and previous.low in ("one", "another", "some", "many", "several"):
                cue.subject = noun_phrase_left(tokens, first - 1, names, text)
            return cue
    if base in ("tell", "warn") and shape == "ed" and last + 2 < len(tokens) and tokens[last + 1].low == "by":
        # "has been told by residents that …"
        agent = noun_phrase_right(tokens, last + 2, names, text)
        if agent is not None and agent.last + 1 < len(tokens):
            ahead_at = next(
                (
                    k
                    for k in range(agent.last + 1, min(len(tokens), agent.last + 12))
                    if tokens[k].low == "that" or tokens[k].kind != "w"
                ),
                -1,
            )
            if ahead_at >= 0 and tokens[ahead_at].low == "that":
                cue.subject, cue.last = agent, ahead_at - 1
                return cue
        return None
    if shape == "ed" and group & BE and not (group & HAVE and not group & {"been", "being"}):
        cue.passive = True
        if "l" not in flags and base not in ("tell", "ask", "urge", "warn"):
            return None
        if base in ("tell", "ask", "urge", "warn"):
            return None
        for k in range(last + 1, min(len(tokens), last + 18)):
            if tokens[k].low == "by" and tokens[k].kind == "w":
                cue.subject = noun_phrase_right(tokens, k + 1, names, text)
                break
        return cue
    if token.low in NOUNISH or token.low in SPEECH_NOUNS:
        if previous is None or (
            previous.kind == "w"
            and (previous.low in DETERMINERS or previous.low in PREPOSITIONS or previous.low in COORDINATORS)
            and not aux
        ):
            if not (previous is not None and previous.low in ("and", "but")):
                return None
        if previous is not None and previous.kind == "s":
            return None
    # inverted: after a quotation or a comma, with the subject behind
    ahead = previous
    if (ahead is not None and (ahead.kind == "q" or (ahead.text in (",", "–", "—", "-", ":") and not aux))) or (
        ahead is None and shape in ("ed", "s")
    ):
        if not aux or group <= ADVERBS:
            subject = noun_phrase_right(tokens, last + 1, names, text)
            if subject is not None and subject.pronoun and not _punctuated(tokens, subject.last):
                subject = None  # “calm down”, said he would
            if subject is not None and not (
                ahead is not None
                and ahead.text == ","
                and not _quote_before(tokens, first)
                and not (subject.run is not None and _stops(tokens, subject.last))
                and _bracket_left(tokens, first, names, text)
            ):
                if (
                    subject.run is not None
                    or subject.pronoun
                    or subject.head in ROLES
                    or subject.head in GROUPS
                    or (ahead is not None and ahead.kind == "q")
                ):
                    cue.subject, cue.inverted = subject, True
                    cue.last = max(cue.last, subject.last)
                    return cue
    subject = noun_phrase_left(tokens, first - 1, names, text)
    if subject is None:
        if previous is not None and previous.low in ("and", "but", "then", "so", ","):
            return cue
        return cue if first == 0 and shape != "base" else cue if previous is not None and previous.kind == "q" else None
    if subject.head in _NO_HEAD and not subject.run:
        if subject.head not in ("it", "which", "that"):
            return None
    if token.low in NOUNISH and subject.run is None and not subject.pronoun and shape != "ed":
        follows = tokens[last + 1].low if last + 1 < len(tokens) else ""
        if follows not in ("that", ",", ":", "the", "it", "they", "he", "she", "there") and not (
            last + 1 < len(tokens) and tokens[last + 1].kind == "q"
        ):
            return None
    cue.subject = subject
    return cue


def _punctuated(tokens: Sequence[Token], last: int) -> bool:
    return last + 1 >= len(tokens) or tokens[last + 1].kind in "pq"


def _stops(tokens: Sequence[Token], last: int) -> bool:
    """Whether the sentence ends behind token ``last``."""
    return last + 1 >= len(tokens) or tokens[last + 1].text[0] in ".!?"


def _quote_before(tokens: Sequence[Token], first: int) -> bool:
    return first >= 2 and tokens[first - 2].kind == "q"


def _bracket_left(tokens: Sequence[Token], first: int, names: Names, text: str) -> bool:
    """Whether a bracketed apposition ends before ``first``: "Kerry, the secretary, said"."""
    subject = noun_phrase_left(tokens, first - 1, names, text)
    return subject is not None and subject.bracketed


def _plural_left(tokens: Sequence[Token], first: int) -> bool:
    if not first:
        return False
    before = tokens[first - 1]
    return before.low in ("they", "we", "i", "you", "who", "many", "some", "others") or (
        before.kind == "w" and before.low.endswith("s") and not before.low.endswith("ss")
    )


def _subject(tokens: Sequence[Token], first: int, last: int, run: Run | None, text: str, **more: object) -> Subject:
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
            found = _subject(tokens, first, subject.first - 2, run, text)
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
                return _subject(tokens, outer.first, j, None, text, head=outer.head, inner=run)
            if outer is not None and outer.run is not None and lead.low in ("of", "from", "at", "for", "with", "in"):
                outer.last = j
                return outer
        if run.kind != "individual" and run.entity is None and lead is not None and lead.low in DETERMINERS:
            first = lead_at if lead is tokens[first - 1] else first - 1
        found = _subject(tokens, min(first, role_start), j, run, text)
        if first >= 2 and tokens[first - 1].low == "and":
            _joint(tokens, first - 2, names, found)
        return found
    low = token.low
    if low in SUBJECT_PRONOUNS:
        return _subject(tokens, j, j, None, text, pronoun=low)
    if low in ("who", "which", "that"):
        k = j - 1
        if k >= 0 and tokens[k].text == ",":
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
    return _subject(tokens, start, j, None, text, head=head, inner=inner)


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
    return _subject(tokens, first, last, run, text)


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
        return _subject(tokens, k, k, None, text, pronoun=token.low)
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
                return _subject(tokens, k, last, run, text)
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
                return _subject(tokens, k, end, run, text)
    if runs and runs[0].start == tokens[k].start and not runs[0].possessive:
        run = runs[0]
        end = k
        while end < last and tokens[end + 1].start < run.end:
            end += 1
        if end == last or not any(t.low in ROLES or t.low in GROUPS for t in tokens[end + 1 : last + 1]):
            return _subject(tokens, k, end, run, text)
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
            _subject(tokens, k, last, inner, text)
            if inner.entity is not None
            else _subject(tokens, k, last, None, text, head=head, inner=inner)
        )
    return _subject(tokens, k, last, None, text, head=head, inner=inner)
