"""A quote as it is compared: spoken words; apart from them marks, ellipses and an editor's brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

LATIN_MARKS = re.compile(r"([a-z])[\u0300-\u036f]+")
DOTS = r"(?:\.\s?){2,}\.|\.\.|…"
WORDS = r"""
    [£$€]?\d+(?:[.,:]\d+)*[^\W\d_]* | [^\W_](?:[^\W_]|[\u0300-\u036f]|['’ʼ](?=[^\W_]))* | [%&]
"""
# In the order in which they are tried; what is glued to a bracket is the editor's as a whole ("support[ed]"), but a
# single letter in brackets only changes a capital ("[W]e").
TOKEN = re.compile(
    rf"""
      (?P<ellipsis> [\[(]\s*(?:{DOTS})\s*[\])] | {DOTS} )
    | (?P<capital> \[\w\][^\W\d_]* )
    | (?P<bracket> [^\W_]*\[[^\[\]]{{0,300}}\][^\W_]* )
    | (?P<word> {WORDS} )
    | (?P<mark> [^\w\s] | _ )
    """,
    re.VERBOSE,
)
#: One mark in several types is one mark: “ and ", ’ and ', – and — and a hyphen between blanks.
TYPES = str.maketrans(
    {**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛‹›′ʼ`", "'"), **dict.fromkeys("‐‑‒–—―", "-")}
)
SAID_ALIKE = {"%": "percent", "&": "and"}
#: Words by themselves, and what there has to be for anything else than words and marks to be found.
WORD = re.compile(WORDS, re.VERBOSE)
HAND = re.compile(r"[\[…]|\.\s?\.")


class Type(StrEnum):
    WORD = "word"
    MARK = "mark"
    ELLIPSIS = "ellipsis"
    BRACKET = "bracket"


class Token(NamedTuple):
    """A word or mark as printed, where it stands (code points of the text), and the key it is compared by."""

    type: Type
    key: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def key(word: str) -> str:
    """What a word is compared by: without case, accents of Latin letters, apostrophes and thousands' commas."""
    folded = word.casefold()
    if not folded.isascii():
        folded = LATIN_MARKS.sub(r"\1", unicodedata.normalize("NFD", folded.translate(TYPES)))
        folded = unicodedata.normalize("NFC", folded)
    return SAID_ALIKE.get(folded) or folded.replace("'", "").replace(",", "")


def tokens(text: str, spans: Iterable[Sequence[int]]) -> list[Token]:
    """The tokens of a quote: ``spans`` are [start, end) in the text; what lies between two of them is not spoken."""
    found: list[Token] = []
    for start, end in spans:
        for match in TOKEN.finditer(text, start, end):
            said = match.group()
            place = (said, *match.span())
            if match["word"]:
                if key(said) == "cent" and found and found[-1].key == "per":
                    # "per cent" is one word, however it is printed.
                    per = found.pop()
                    place = (text[per.start : match.end()], per.start, match.end())
                    found.append(Token(Type.WORD, "percent", *place))
                else:
                    found.append(Token(Type.WORD, key(said), *place))
            elif match["capital"]:
                found.append(Token(Type.WORD, key(said.replace("[", "").replace("]", "")), *place))
            elif match["ellipsis"]:
                found.append(Token(Type.ELLIPSIS, "…", *place))
            elif match["bracket"]:
                found.append(Token(Type.BRACKET, said.casefold(), *place))
            else:
                found.append(Token(Type.MARK, said.translate(TYPES), *place))
    return found


def spoken(text: str, spans: Iterable[Sequence[int]]) -> tuple[tuple[str, ...], int]:
    """The keys of a quote's spoken words, and how often an editor's hand is in it: as `tokens` has them, sooner."""
    found: list[str] = []
    for start, end in spans:
        if HAND.search(text, start, end):
            break
        found += map(key, WORD.findall(text, start, end))
    else:
        if "cent" not in found:
            return tuple(found), 0
    every = tokens(text, spans)
    return tuple(keys(every)), sum(token.type in (Type.ELLIPSIS, Type.BRACKET) for token in every)


def keys(found: Iterable[Token]) -> list[str]:
    """The keys of the spoken words."""
    return [token.key for token in found if token.type is Type.WORD]


#: Words that hold a sentence together and say nothing by themselves; keys, so without apostrophes.
FUNCTION = frozenset(
    """a about after all also am an and any are as at be because been before being but by can cannot cant could couldnt
    did didnt do does doesnt doing dont for from get go got had has hasnt have havent he her here hers him his how i id
    if ill im in into is isnt it its ive just like make me more most much my no nor not now of on one only or other our
    ours out over own put said same say says shall she should so some such than that thats the their theirs them then
    there theres these they theyre thing things think this those though through to too under until up us very was wasnt
    we well were werent weve what when where which while who whom whose why will with wont would wouldnt yes yet you
    youre your yours""".split()
)
