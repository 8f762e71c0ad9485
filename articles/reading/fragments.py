"""A few words in marks inside somebody else's sentence: somebody's words, or held at a distance, a term, a title?

``He called it “a disgrace”`` quotes; ``the so-called “bathe-in”`` does not. What can be seen at and around the marks is
named in words, each with a weight (``lexicon/fragments.py``), and the weights add up to a probability.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from .cues import BE, Cue, Sentence
from .lexicon.cues import CUES, SPEECH_NOUNS
from .lexicon.fragments import WEIGHTS
from .lexicon.words import (
    ADVERBS,
    AUXILIARIES,
    BEFORE_WORK,
    COORDINATORS,
    DETERMINERS,
    FINITE,
    FIRST_PERSON,
    NAMING,
    PREPOSITIONS,
    SMALL_WORDS,
    STANCE,
    SUBJECT_PRONOUNS,
    SUBORDINATORS,
    TERMS,
)
from .marks import Stretch
from .names import Names
from .tokens import Token

#: Longer stretches are never a term or a distance.
LONGEST = 14
#: How many words in front of the marks a verb of stance may stand.
REACH = 7
#: Number of words, at most -> the name of that length.
LENGTHS = ((1, "words: 1"), (3, "words: 2 or 3"), (6, "words: 4 to 6"), (99, "words: 7 or more"))
_ARTICLES = {"a": "a", "an": "a", "his": "his", "her": "his", "their": "his", "its": "his", "that": "that"}
_TELLING = frozenset("as of in for with to".split())
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


def probability(seen: Sequence[str]) -> float:
    """How surely a fragment with these features is a quotation, 0 to 1."""
    return 1 / (1 + exp(-sum(WEIGHTS.get(name, 0.0) for name in ("always", *seen))))


def judge(text: str, sentence: Sentence, stretches: Sequence[Stretch], names: Names) -> dict[int, float]:
    """For each fragment among the quoted stretches of a sentence, by its token, the probability that it is quoted."""
    tokens = sentence.tokens
    setting: Setting | None = None
    found: dict[int, float] = {}
    worded = False
    for k, token in enumerate(tokens):
        worded = worded or token.kind == "w"
        if token.kind != "q" or not worded:
            continue
        stretch = stretches[token.stretch]
        if text.count(" ", stretch.start, stretch.end) >= LONGEST:
            continue
        if tokens[k - 1].text in (",", ":") and text[stretch.start].isupper():
            continue  # "she said, “Go”": a sentence of its own
        setting = setting or Setting.of(sentence, names)
        found[k] = probability(features(text, setting, k, stretch))
    return found


@dataclass(slots=True)
class Setting:
    """What all fragments of one sentence share."""

    tokens: list[Token]
    cues: list[Cue]
    #: the first token that names or means a person
    first_person: int
    #: whether the writer says I or we
    writer: bool
    #: whether there are as many marks as in a list of words
    listing: bool

    @staticmethod
    def of(sentence: Sentence, names: Names) -> Setting:
        tokens = sentence.tokens
        words = [k for k, token in enumerate(tokens) if token.kind == "w"]
        return Setting(
            tokens,
            sentence.cues,
            next((k for k in words if _personal(tokens[k], names)), len(tokens)),
            any(tokens[k].low in ("i", "we", "my", "our") for k in words),
            sum(token.kind == "q" for token in tokens) >= 4,
        )


def _personal(token: Token, names: Names) -> bool:
    if token.low in ("he", "she", "they"):
        return True
    run = names.by_start.get(token.start)
    return run is not None and run.kind == "individual" and not run.possessive


def features(text: str, setting: Setting, k: int, stretch: Stretch) -> list[str]:
    """What can be seen of the stretch that is token ``k`` of a sentence, by name."""
    return [
        *_inside(text[stretch.start : min(stretch.end, stretch.start + 200)]),
        *_before(setting.tokens, k),
        *_after(setting.tokens, k),
        *_around(setting, k),
    ]


def title_case(words: Sequence[str]) -> bool:
    """Whether words are capitalised as the name of a work or a thing is: all of them but the small ones."""
    return (
        words[0][:1].isupper()
        and words[-1][:1].isupper()
        and all(word[:1].isupper() or word[:1].isdigit() or word.lower() in SMALL_WORDS for word in words)
    )


def _inside(content: str) -> list[str]:
    words = _WORD.findall(content)
    low = [word.lower() for word in words]
    seen = [next(name for most, name in LENGTHS if len(words) <= most)]
    if any(word in AUXILIARIES or word in FINITE for word in low[:-1] if word not in ("'s", "’s")):
        seen.append("inside: a finite verb")
    if any(word in FIRST_PERSON or word in ("you", "your") for word in low):
        seen.append("inside: I, we or you")
    if content.rstrip()[-1:] in ("!", "?", "…"):
        seen.append("inside: exclaims or asks")
    if words and title_case(words):
        seen.append("inside: capitals of a title" if len(words) > 1 else "inside: one word with a capital")
    if low and (low[0] in DETERMINERS or low[0] in PREPOSITIONS):
        seen.append("inside: begins with a small word")
    if low and low[0].endswith("ing"):
        seen.append("inside: begins with -ing")
    if "," in content[:-1]:
        seen.append("inside: a comma")
    return seen


def _before(tokens: Sequence[Token], k: int) -> list[str]:
    at = k - 1
    while at >= 0 and tokens[at].kind == "w" and tokens[at].low in ADVERBS and tokens[at].low != "so":
        at -= 1
    if at < 0:
        return ["before: nothing"]
    token = tokens[at]
    low = token.low
    seen = []
    if token.kind == "q":
        return ["before: other marks"]
    if token.kind == "p":
        return [f"before: {token.text}" if token.text in (",", ":", "(") else "before: another mark"]
    if token.kind == "s":
        return ["before: a possessive"]
    head = tokens[at - 1].low if at else ""
    if low in _ARTICLES or low in ("the", "this", "these", "those"):
        seen.append(f"before: {_ARTICLES.get(low, 'the')}")
        token, low = (tokens[at - 1], head) if at else (token, low)
        if at and low not in PREPOSITIONS:
            seen.append(_word(low, "before the article"))
        elif at:
            seen.append(f"before the article: {low if low in _TELLING else 'a preposition'}")
            seen += _governor(tokens, at - 2)
    elif low in PREPOSITIONS:
        seen.append(f"before: {low if low in _TELLING or low in ('on', 'about') else 'a preposition'}")
        seen += _governor(tokens, at - 1)
    else:
        seen.append(_word(low, "before"))
    if low in BEFORE_WORK or head in BEFORE_WORK:
        seen.append("before: a kind of work")
    if low in NAMING or (low == "as" and head in NAMING) or (low == "called" and head == "so"):
        seen.append("before: named, known as")
    if low in TERMS or (low == "of" and head in TERMS):
        seen.append("before: word, phrase")
    return seen


def _word(low: str, where: str) -> str:
    if low in BE:
        return f"{where}: a form of be"
    if low in CUES:
        return f"{where}: a verb of speech"
    if low in STANCE:
        return f"{where}: a verb of stance"
    if low in AUXILIARIES or low in SUBORDINATORS or low in COORDINATORS:
        return f"{where}: {low}" if low in ("and", "or", "but", "that") else f"{where}: a function word"
    if low.endswith(("ed", "ing")):
        return f"{where}: a verb form"
    return f"{where}: a word"


def _governor(tokens: Sequence[Token], at: int) -> list[str]:
    """What a preposition hangs on, looking left over a noun phrase: a verb of stance, a noun of speech."""
    if at >= 0 and tokens[at].low in SPEECH_NOUNS | TERMS:
        return ["governed by a noun of speech"]
    return []


def _after(tokens: Sequence[Token], k: int) -> list[str]:
    following = tokens[k + 1] if k + 1 < len(tokens) else None
    if following is None or following.text[0] in ".!?;:":
        return ["after: the end"]
    if following.kind == "p":
        return ["after: a comma" if following.text == "," else "after: another mark"]
    if following.kind == "q":
        return ["after: other marks"]
    if following.kind == "s":
        return ["after: a possessive"]
    low = following.low
    if low in PREPOSITIONS:
        return ["after: a preposition"]
    if low in COORDINATORS:
        return ["after: and, or"]
    if low in SUBORDINATORS or low in AUXILIARIES or low in SUBJECT_PRONOUNS or low in ADVERBS:
        return ["after: a function word"]
    if low in DETERMINERS:
        return ["after: a determiner"]
    return ["after: a noun"]


def _around(setting: Setting, k: int) -> list[str]:
    tokens = setting.tokens
    seen = []
    last = next((cue for cue in reversed(setting.cues) if cue.at < k and not (cue.inverted and cue.last >= k)), None)
    if last is not None:
        subject = last.subject
        person = subject is not None and (
            subject.pronoun in ("he", "she", "they") or (subject.run is not None and subject.run.kind == "individual")
        )
        if subject is not None and subject.pronoun in ("i", "we", "you"):
            seen.append("cue before: of the writer")
        else:
            seen.append("cue before: of a person" if person else "cue before: of another")
        if last.negated or last.passive:
            seen.append("cue before: negated or passive")
        elif k - last.last <= 4:
            seen.append("cue before: close")
        if "l" in last.flags:
            seen.append("cue before: a label")
    else:
        behind = bool(setting.cues) and setting.cues[-1].at > k
        seen.append("cue behind" if behind else "no cue")
        seen.append("a person before" if setting.first_person < k else "no person before")
    if any(tokens[m].low in STANCE and tokens[m].kind == "w" for m in range(max(0, k - REACH), k)):
        seen.append("stance before, no cue" if last is None else "stance before")
    if any(
        tokens[m].low in ("word", "words") and tokens[m - 1].low in ("his", "her", "their", "’s", "'s", "own")
        for m in range(max(1, k - 12), min(len(tokens), k + 6))
    ):
        seen.append("in whose words")
    if setting.writer:
        seen.append("the writer speaks")
    if setting.listing:
        seen.append("a list of marks")
    return seen
