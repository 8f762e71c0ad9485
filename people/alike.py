"""How alike two people are, by what they are called and what they were. Pure.

Each piece of evidence weighs so much for or against (in nats, so that weights add up); the score is the probability
they amount to. Distances are rapidfuzz's Optimal String Alignment: a letter put in, left out, changed, or two swapped.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from rapidfuzz.distance import OSA

from people.names import matching_key

#: What speaks against any two being one before anything is known of them but that their names share something.
PRIOR = -1.0
#: From this score on a pair is worth a person's look.
WORTH_ASKING = 0.5
#: A block of more people than this tells nobody apart.
_CROWD = 2_000

#: Short forms that are no beginning of the long one; a line a name.
_SHORT = [
    frozenset(line.split())
    for line in """
    albert bert bertie|alexander alex sandy alec sasha|alfred alf fred freddie|andrew andy drew|anthony antony tony
    barbara babs|benjamin ben benny|catherine katherine kathryn kate katie kathy cathy kit|charles charlie chuck
    christine christina chris tina|christopher chris kit|daniel dan danny|david dave davy|deborah debra debbie deb
    dorothy dot dolly|edward ed eddie ted teddy ned|eleanor ellie nell nora|elizabeth elisabeth liz lizzie beth betty
    frances fran frankie|francis frank|frederick frederic fred freddie|geoffrey jeffrey geoff jeff|george georgie
    gerald gerry jerry|gillian jill gill|gregory greg|harold harry hal|henry harry hank|herbert bert|jacqueline jackie
    james jim jimmy jamie|janet jan|jennifer jen jenny|john jack johnny|jonathan jon|joseph joe joey|josephine jo josie
    judith judy|kenneth ken|laurence lawrence larry laurie|leonard len lenny|margaret maggie meg peggy marge|mary molly
    matthew matt|michael mike mick micky|nathaniel nat nate|nicholas nicolas nick nicky|pamela pam
    patricia pat patty tricia|patrick pat paddy|peter pete|philip phillip phil|rebecca becky|richard dick rick rich
    robert bob bobby rob robbie|ronald ron|rosemary rosie|samuel sam|sarah sally sara|stephen steven steve|susan sue
    susanna sue susie|terence terry|theresa teresa tess tessa|theodore ted theo|thomas tom tommy|timothy tim
    victoria vicky tori|vincent vince|walter walt wally|william bill billy will willie|zachary zack zac
    """.replace("\n", "|").split("|")
    if line.strip()
]  # fmt: skip
_SHORT_OF: dict[str, set[str]] = defaultdict(set)
for _group in _SHORT:
    for _form in _group:
        _SHORT_OF[_form] |= _group
#: What names of bodies hold together by.
_SMALL = frozenset("of the for and in on at to".split())
_LONGEST_ACRONYM = 8


@dataclass(frozen=True, slots=True)
class Held:
    """A role: title and organisation as printed, from when to when; what is unknown is empty."""

    title: str
    organisation: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}" if self.organisation else self.title


@dataclass(frozen=True, slots=True)
class Somebody:
    """What is known of one person, organisation or group; ``vouched``: an editor made or promoted it."""

    ident: int
    kind: str
    names: tuple[str, ...]
    pronouns: str = ""
    roles: tuple[Held, ...] = ()
    vouched: bool = False
    #: The words of the matching key of each name.
    words: tuple[tuple[str, ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(tuple(matching_key(name).split()) for name in self.names))

    @property
    def individual(self) -> bool:
        return self.kind == "individual"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason in a sentence; a positive weight speaks for the two being the same, a negative one against."""

    code: str
    text: str
    weight: float
    #: Where in an article it can be seen: its uid, and the printed words.
    article: str = ""
    printed: str = ""

    def as_json(self) -> dict[str, object]:
        row: dict[str, object] = {"for": self.weight > 0, "code": self.code, "text": self.text}
        return row | ({"article": self.article, "printed": self.printed} if self.article else {})


def score(evidence: Iterable[Evidence]) -> float:
    """The probability, 0 to 1, that evidence adds up to."""
    return round(1 / (1 + math.exp(-PRIOR - sum(piece.weight for piece in evidence))), 4)


def strongest_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda piece: -abs(piece.weight))


# --- names ---------------------------------------------------------------------------------------------------------


def _slip(one: str, other: str) -> bool:
    """Whether one word is the other with a slip of the pen: a letter in four and more, two in nine and more."""
    shorter = min(len(one), len(other))
    if shorter < 4 or one == other or any(char.isdigit() for char in one + other):
        return False
    most = 2 if shorter >= 9 else 1
    return OSA.distance(one, other, score_cutoff=most) <= most


def _given(one: Sequence[str], other: Sequence[str]) -> str:
    """How the first of two runs of given names fit: "same", "initial", "short", "slip", or "" if they do not."""
    a, b = one[0], other[0]
    if a == b:
        return "same"
    short, long, rest = (a, b, other) if len(a) < len(b) else (b, a, one)
    if long.startswith(short) and len(short) == 1:
        return "initial"
    if 1 < len(short) <= 3 and short == "".join(word[0] for word in rest[: len(short)]):
        return "initial"
    if b in _SHORT_OF.get(a, ()) or (len(short) >= 2 and len(long) >= len(short) + 2 and long.startswith(short)):
        return "short"
    return "slip" if _slip(a, b) else ""


def _middles_conflict(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(a != b and a[0] != b[0] for a, b in zip(one, other, strict=False))


def _individuals(a: Sequence[str], b: Sequence[str], one: str, other: str) -> Evidence | None:
    if len(a) < 2 or len(b) < 2:
        return None
    if a == b:
        return Evidence("same-name", f"Both are called {one}.", 3.0)
    if sorted(a) == sorted(b):
        return Evidence("word-order", f"The same words in another order: {one}, {other}.", 2.0)
    given = _given(a[:-1], b[:-1])
    if a[-1] == b[-1] and given:
        if _middles_conflict(a[1:-1], b[1:-1]):
            return Evidence("middle-names", f"Their middle names differ: {one}, {other}.", -0.5)
        match given:
            case "same":
                return Evidence("middle-names", f"One form has a name more: {one}, {other}.", 2.5)
            case "initial":
                return Evidence("initials", f"The initials fit: {one}, {other}.", 0.8)
            case "short":
                short, long = sorted((a[0], b[0]), key=len)
                return Evidence("short-form", f"{short.title()} is short for {long.title()}.", 1.9)
            case _:
                sure = 1.8 if min(len(a[0]), len(b[0])) >= 6 else 1.0
                return Evidence("misspelling", f"A slip apart: {one}, {other}.", sure)
    if given and _slip(a[-1], b[-1]):
        if given != "same":
            return Evidence("misspelling", f"A slip apart, and not the same given name: {one}, {other}.", 0.2)
        sure = {4: 1.0, 5: 2.1}.get(min(len(a[-1]), len(b[-1])), 2.3)
        return Evidence("misspelling", f"A slip apart: {one}, {other}.", sure)
    shorter, longer = sorted((a, b), key=len)
    if given == "same" and set(shorter) < set(longer):
        return Evidence("longer-name", f"One form has a surname more: {one}, {other}.", 1.6)
    return None


def _bodies(a: Sequence[str], b: Sequence[str], one: str, other: str) -> Evidence | None:
    if a == b:
        return Evidence("same-name", f"Both are called {one}.", 3.0)
    mine, theirs = [w for w in a if w not in _SMALL], [w for w in b if w not in _SMALL]
    if sorted(mine) == sorted(theirs):
        return Evidence("word-order", f"The same words in another order: {one}, {other}.", 2.2)
    for acronym, words, shown, full in ((a, b, one, other), (b, a, other, one)):
        if len(acronym) == 1 and acronym[0] in acronyms(words):
            return Evidence("initials", f"{shown} may stand for {full}.", 2.5)
    numbers = [[word for word in words if word.isdigit()] for words in (a, b)]
    if numbers[0] != numbers[1]:
        return None
    left, right = " ".join(a), " ".join(b)
    shorter = min(len(left), len(right))
    most = 0 if shorter < 6 else 1 if shorter < 14 else 2
    if most and OSA.distance(left, right, score_cutoff=most) <= most:
        return Evidence("misspelling", f"A slip apart: {one}, {other}.", 2.3)
    short, long = sorted((mine, theirs), key=len)
    if len(short) >= 2 and set(short) < set(long) and short[-1] == long[-1]:
        # "Ravensholme council" has left a word out; "Tenants' Union" may be that of any town.
        sure = 1.4 if short[0] == long[0] else 1.0
        return Evidence("longer-name", f"One form has a word more: {one}, {other}.", sure)
    return None


def acronyms(words: Sequence[str]) -> set[str]:
    """What the initials of several words spell, with and without the small words."""
    spelt = {"".join(word[0] for word in words), "".join(word[0] for word in words if word not in _SMALL)}
    return {letters for letters in spelt if 2 <= len(letters) <= _LONGEST_ACRONYM}


def names_alike(one: Somebody, other: Somebody) -> Evidence | None:
    """The strongest sign that two are called alike, or None when no two of their names are."""
    if one.individual != other.individual:
        return None
    compare = _individuals if one.individual else _bodies
    forms = product(zip(one.words, one.names, strict=True), zip(other.words, other.names, strict=True))
    found = (compare(a, b, name, other_name) for (a, name), (b, other_name) in forms)
    return max(filter(None, found), key=lambda piece: piece.weight, default=None)


# --- what they were ------------------------------------------------------------------------------------------------


def _overlap(one: Held, other: Held) -> bool:
    """Whether two roles, each with a first day, were held at the same time."""
    if not (one.since and other.since):
        return False
    return one.since <= (other.until or dt.date.max) and other.since <= (one.until or dt.date.max)


def _roles(one: Somebody, other: Somebody) -> Evidence | None:
    """What their roles say, the strongest first: the same role, the same body, or two bodies at the same time."""
    found = []
    for a, b in product(one.roles, other.roles):
        title = matching_key(a.title) == matching_key(b.title)
        body = bool(a.organisation) and matching_key(a.organisation) == matching_key(b.organisation)
        if title and (body or not (a.organisation and b.organisation)):
            found.append(Evidence("same-role", f"Both were {a if a.organisation else b}.", 1.5))
        elif body:
            found.append(Evidence("same-organisation", f"Both were at {a.organisation}.", 1.0))
        elif a.organisation and b.organisation and _overlap(a, b):
            found.append(Evidence("other-role", f"At the same time {a}, and {b}.", -0.7))
    return max(found, key=lambda piece: piece.weight, default=None)


def _pronouns(one: Somebody, other: Somebody) -> Evidence | None:
    if not (one.pronouns and other.pronouns):
        return None
    first, second = (who.pronouns.split("/")[0].strip().lower() for who in (one, other))
    if first == second:
        return Evidence("same-pronouns", f"Both go by {one.pronouns}.", 0.1)
    return Evidence("other-pronouns", f"One goes by {one.pronouns}, the other by {other.pronouns}.", -3.0)


def compare(one: Somebody, other: Somebody) -> list[Evidence]:
    """All evidence on two people that they themselves are, strongest first; empty when they are not called alike."""
    alike = names_alike(one, other)
    if alike is None:
        return []
    found = [alike, _roles(one, other), _pronouns(one, other)]
    if one.vouched and other.vouched:
        found.append(Evidence("both-vouched", "An editor vouches for each of them.", -1.5))
    return strongest_first(filter(None, found))


def rare_surname(names: Evidence, bearers: int) -> Evidence | None:
    """An initial says more where of all the corpus only these two bear the surname."""
    if bearers > 2 or names.code not in {"initials", "short-form"}:
        return None
    return Evidence("rare-surname", "Nobody else in the corpus has that surname.", 0.3)


# --- who is worth comparing ----------------------------------------------------------------------------------------


def _shortened(word: str) -> set[str]:
    """A word, and every form of it with one letter left out: two words a slip apart share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))} if len(word) >= 4 else {word}


def initials(given: str) -> set[str]:
    """The letters that a given name, its short forms and its long ones begin with."""
    return {form[0] for form in {given, *_SHORT_OF.get(given, ())}}


def blocks(somebody: Somebody) -> set[str]:
    """Keys of which two people share one whenever `compare` can find them alike, but for the rarest slips."""
    found = set()
    for words in somebody.words:
        if not somebody.individual:
            long = [word for word in words if word not in _SMALL]
            found |= {f"@{''.join(sorted(letters))}" for letters in acronyms(words)}
            found.add(f"@{''.join(sorted(words[0]))}" if len(words) == 1 else f"@{' '.join(sorted(long))}")
            found |= {f"@{words[0]} {words[-1]}", f"@{' '.join(words[-2:])}"}
        elif len(words) > 1:
            first, last = words[0], words[-1]
            found |= {f"{first}|{short}" for short in _shortened(last)}
            if len(last) >= 9:  # two slips leave one of its ends as it is
                found |= {f"{first}|{last[:4]}…", f"{first}|…{last[-4:]}"}
            found |= {f"{initial} {last}" for initial in initials(first)}
            found |= {f"{first}|{word}" for word in words[1:-1]}
            found.add(f"={' '.join(sorted(words))}")
    return found


def worth_comparing(
    people: Iterable[Somebody], about: Collection[int] | None = None
) -> Iterator[tuple[Somebody, Somebody]]:
    """Pairs of people who may be called alike, each once and in order; with ``about`` one of those is in each."""
    by_block: dict[str, list[Somebody]] = defaultdict(list)
    for somebody in people:
        for block in blocks(somebody):
            by_block[block].append(somebody)
    seen: set[tuple[int, int]] = set()
    for members in by_block.values():
        if len(members) > _CROWD:
            continue
        for one, other in combinations(members, 2):
            if about is not None and one.ident not in about and other.ident not in about:
                continue
            if one.ident > other.ident:
                one, other = other, one
            if (one.ident, other.ident) not in seen:
                seen.add((one.ident, other.ident))
                yield one, other
