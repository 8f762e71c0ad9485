"""Cues: the verbs and phrases of a sentence that attribute words, each with its subject left or right of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .lexicon.cues import COURTS, CUES, NOUNISH, PARTICIPLES, SPEECH_NOUNS
from .lexicon.people import GROUPS, ROLES
from .lexicon.words import (
    ADVERBS,
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    NEGATIONS,
    PREPOSITIONS,
    words,
)
from .names import Names
from .subjects import INDEFINITE, ORDINALS, Subject, noun_phrase_left, noun_phrase_right, subject_of
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
_ONLY_WITH_PARTICLE = words("speak go put hit point think mean refer sum chime")
#: What may stand before a participle that is none with an article: "by saying", "one saying".
_SOME = words("one another some many several")
_BEFORE_PARTICIPLE = _SOME | words("by before after while in with as both")
#: What follows a form that is more often a noun, when it is a verb.
_AFTER_VERB = words("that , : the it they he she there")
_NO_HEAD = frozenset("it there this that what which here".split())
_SPELLS = frozenset("years months weeks decades days ages".split())
_OWNERS = {"his": "he", "her": "she", "their": "they", "its": "it"}


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
        owner = tokens[k]
        subject = Subject(k, k, owner.start, owner.end, pronoun=_OWNERS[owner.low], text=owner.text)
    elif tokens[k].kind == "s" and k:
        run = names.by_end.get(tokens[k - 1].end)
        if run is None or run.kind not in ("individual", "organisation"):
            return None
        subject = subject_of(tokens, k - 1, k - 1, run, text)
    else:
        return None
    return Cue(tokens[index].low, "tc", "s", index, k, index, subject, kind="noun")


def _cue(tokens: Sequence[Token], index: int, entry: tuple[str, str, str], names: Names, text: str) -> Cue | None:
    """The cue that the verb at ``index`` is, if it is one here: it may be a noun, a name or in another's passive."""
    base, flags, shape = entry
    token = tokens[index]
    last, flags = _particle(tokens, index, base, flags)
    if not flags:
        return None
    if token.cap and index and not (tokens[index - 1].kind == "p" and tokens[index - 1].text[0] in ".!?:–—-"):
        return None
    first, group = _verb_group(tokens, index)
    cue = Cue(base, flags, shape, index, first, last)
    cue.negated = bool(group & NEGATIONS)
    cue.modal = bool(group & MODALS) and not (group & {"'d", "’d"} and shape == "ed")
    if first and tokens[first - 1].low == "to" and shape == "base":
        cue.first, cue.infinitive = _went_on(tokens, first)
        if cue.infinitive:
            return cue if base == "say" or "l" in flags else None
    aux = bool(group & AUXILIARIES)
    if shape == "base" and not aux and token.low in NOUNISH and not _plural_left(tokens, cue.first):
        return None
    if shape == "ing" and not aux:
        return _participle(tokens, cue, names, text)
    if base in ("tell", "warn") and shape == "ed" and last + 2 < len(tokens) and tokens[last + 1].low == "by":
        return _told_by(tokens, cue, names, text)
    if shape == "ed" and group & BE and not (group & HAVE and not group & {"been", "being"}):
        return _passive(tokens, cue, names, text)
    if (token.low in NOUNISH or token.low in SPEECH_NOUNS) and _is_noun(tokens, cue.first, aux):
        return None
    if (not aux or group <= ADVERBS) and _inverted(tokens, cue, aux, names, text):
        return cue
    return _with_subject(tokens, cue, names, text)


def _particle(tokens: Sequence[Token], index: int, base: str, flags: str) -> tuple[int, str]:
    """The last token and the flags of a verb with its particle: "went on", "put it"; bare "put" is no cue."""
    low = tokens[index].low
    if low in _PHRASAL and index + 1 < len(tokens) and tokens[index + 1].low == _PHRASAL[low]:
        if base in ("go", "put", "hit", "chime"):
            flags = "q"
        elif base == "point":
            flags = "tqc"
        return index + 1, flags
    return index, "" if base in _ONLY_WITH_PARTICLE else flags


def _verb_group(tokens: Sequence[Token], index: int) -> tuple[int, set[str]]:
    """Where the auxiliaries and adverbs in front of a verb begin, and which they are."""
    first = index
    lows: set[str] = set()
    while first > 0 and index - first < 6:
        before = tokens[first - 1]
        if before.kind == "w" and (
            before.low in _GROUP or (before.low.endswith("ly") and len(before.low) > 4 and not before.cap)
        ):
            lows.add(before.low)
            first -= 1
        elif before.kind == "s" and first - 1 > 0 and tokens[first - 2].low in ("he", "she", "it", "who", "that"):
            lows.add("'s")
            first -= 1
        elif before.low in ("long", "ever", "since") and first > 1 and tokens[first - 2].low in AUXILIARIES:
            first -= 1
        elif before.low in _SPELLS and first > 2 and tokens[first - 2].low == "for" and tokens[first - 3].low in HAVE:
            first -= 2  # "have for years been saying"
        else:
            break
    return first, lows


def _went_on(tokens: Sequence[Token], first: int) -> tuple[int, bool]:
    """Where the group before "to say" begins, and whether that is a mere infinitive: not in "went on to say"."""
    k = first - 2
    if k >= 1 and tokens[k].low == "on" and tokens[k - 1].low in ("went", "goes", "going"):
        first = k - 1
        while first > 0 and tokens[first - 1].low in _GROUP:
            first -= 1
        return first, False
    if k >= 0 and tokens[k].low in ("continued", "continues", "used"):
        return k, False
    return first, True


def _participle(tokens: Sequence[Token], cue: Cue, names: Names, text: str) -> Cue | None:
    """``…, saying that``, ``one of them adding``; not "a saying"."""
    cue.participle = True
    pointed = cue.last + 1 < len(tokens) and tokens[cue.last + 1].text in (":", ",")
    if tokens[cue.at].low not in PARTICIPLES and not pointed and "l" not in cue.flags:
        return None
    previous = tokens[cue.first - 1] if cue.first else None
    if previous is not None and previous.kind == "w":
        if previous.low in DETERMINERS | PREPOSITIONS and previous.low not in _BEFORE_PARTICIPLE:
            return None
        if previous.low in _SOME:
            cue.subject = noun_phrase_left(tokens, cue.first - 1, names, text)
    return cue


def _told_by(tokens: Sequence[Token], cue: Cue, names: Names, text: str) -> Cue | None:
    """``has been told by residents that …``"""
    agent = noun_phrase_right(tokens, cue.last + 2, names, text)
    if agent is None:
        return None
    behind = range(agent.last + 1, min(len(tokens), agent.last + 12))
    at = next((k for k in behind if tokens[k].low == "that" or tokens[k].kind != "w"), -1)
    if at < 0 or tokens[at].low != "that":
        return None
    cue.subject, cue.last = agent, at - 1
    return cue


def _passive(tokens: Sequence[Token], cue: Cue, names: Names, text: str) -> Cue | None:
    """``was described as “…” by …``: only of verbs that label."""
    cue.passive = True
    if "l" not in cue.flags or cue.base in ("tell", "ask", "urge", "warn"):
        return None
    for k in range(cue.last + 1, min(len(tokens), cue.last + 18)):
        if tokens[k].low == "by" and tokens[k].kind == "w":
            cue.subject = noun_phrase_right(tokens, k + 1, names, text)
            break
    return cue


def _is_noun(tokens: Sequence[Token], first: int, aux: bool) -> bool:
    """Whether a form that is more often a noun is one here: behind an article, a preposition or a possessive."""
    if not first:
        return True
    before = tokens[first - 1]
    if before.kind == "s":
        return True
    closed = before.low in DETERMINERS or before.low in PREPOSITIONS or before.low in COORDINATORS
    return before.kind == "w" and closed and not aux and before.low not in ("and", "but")


def _inverted(tokens: Sequence[Token], cue: Cue, aux: bool, names: Names, text: str) -> bool:
    """Gives the cue the subject behind it (``“…,” said Smith``), if it stands after marks, a comma or nothing."""
    ahead = tokens[cue.first - 1] if cue.first else None
    if ahead is None:
        if cue.shape not in ("ed", "s"):
            return False
    elif ahead.kind != "q" and (aux or ahead.text not in (",", "–", "—", "-", ":")):
        return False
    subject = noun_phrase_right(tokens, cue.last + 1, names, text)
    if subject is None or (subject.pronoun and not _punctuated(tokens, subject.last)):
        return False  # “calm down”, said he would
    behind = tokens[subject.last + 1] if subject.last + 1 < len(tokens) else None
    if behind is not None and behind.kind == "w" and behind.low in AUXILIARIES and behind.low[0].isalpha():
        return False  # "Mr Holt, of the union, said Marsh has": the name behind begins a clause
    if ahead is not None and ahead.text == "," and not _quote_before(tokens, cue.first):
        ends = subject.run is not None and _stops(tokens, subject.last)
        if not ends and _bracket_left(tokens, cue.first, names, text):
            return False
    known = subject.run is not None or subject.pronoun or subject.head in ROLES or subject.head in GROUPS
    if not known and not (ahead is not None and ahead.kind == "q"):
        return False
    cue.subject, cue.inverted = subject, True
    cue.last = max(cue.last, subject.last)
    return True


def _with_subject(tokens: Sequence[Token], cue: Cue, names: Names, text: str) -> Cue | None:
    """The cue with the subject left of it; one without is kept where another's subject may serve."""
    previous = tokens[cue.first - 1] if cue.first else None
    subject = noun_phrase_left(tokens, cue.first - 1, names, text)
    if subject is None:
        if previous is None:
            return cue if cue.shape != "base" else None
        return cue if previous.low in ("and", "but", "then", "so", ",") or previous.kind == "q" else None
    if cue.base == "hear" and tokens[subject.last].low not in COURTS:
        return None
    if subject.head in _NO_HEAD and not subject.run and subject.head not in ("it", "which", "that"):
        return None
    if tokens[cue.at].low in NOUNISH and subject.run is None and not subject.pronoun and cue.shape != "ed":
        behind = tokens[cue.last + 1] if cue.last + 1 < len(tokens) else None
        closed = subject.first > 1 and tokens[subject.first - 1].text == ","  # "…, researchers report."
        if behind is None or (
            behind.low not in _AFTER_VERB and behind.kind != "q" and not (closed and behind.text == ".")
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


__all__ = [
    "BE",
    "INDEFINITE",
    "ORDINALS",
    "Cue",
    "Sentence",
    "Subject",
    "find_cues",
    "noun_phrase_left",
    "noun_phrase_right",
]
