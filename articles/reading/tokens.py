"""Words and sentences: one expression cuts a paragraph into tokens with offsets; a quoted stretch folds into one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .lexicon.cues import CUES
from .lexicon.words import ABBREVIATIONS

#: Capitals with full stops (U.S.), the possessive by itself, words with inner hyphens or apostrophes, runs of stops.
TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|(?<=\w)['’]s\b|[£$€]?\d+(?:[.,:]\d+)*\w*(?:-[^\W_]+)*|[^\W_]+(?:(?:[-‑]|['’](?!s\b))[^\W_]+)*"
    r"|[.!?…]+|-{2,}|([^\w\s])\1*+|\S"
)
#: Longest unbroken run of one token that is looked at; hostile input has megabytes of them.
LONGEST_WORD = 60
#: A run of more tokens without a full stop is cut: nobody writes such a sentence, and the rules look at whole ones.
LONGEST_SENTENCE = 250


class Token:
    """A word, a punctuation mark, or (``kind`` "q") a whole quoted stretch; ``low`` is folded, ``cap`` a capital first,
    ``named`` a word that may stand in a name (Corbyn, eBay, al-Abadi)."""

    __slots__ = ("cap", "end", "kind", "low", "named", "start", "stretch", "text")

    def __init__(self, start: int, end: int, text: str, low: str, kind: str, cap: bool, named: bool) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.low = low
        self.kind = kind
        self.cap = cap
        self.named = named
        self.stretch = -1

    def __repr__(self) -> str:
        return f"{self.text}"


#: Characters that print nothing: zero-width spaces and joiners, soft hyphens, byte-order marks.
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
#: How many different words are remembered while reading one text.
VOCABULARY = 40_000
#: piece -> (text, folded, kind, cap, named)
Vocabulary = dict[str, tuple[str, str, str, bool, bool]]


def tokenise(text: str, start: int, end: int, seen: Vocabulary) -> list[Token]:
    """The tokens of ``text[start:end]``; kinds are w (word or number), s (a possessive) and p (anything else)."""
    found = []
    for match in TOKEN.finditer(text, start, end):
        piece = match.group()
        entry = seen.get(piece)
        if entry is None:
            if piece[0] in INVISIBLE:
                continue
            entry = _entry(piece)
            if len(seen) < VOCABULARY:
                seen[entry[0]] = entry
        found.append(Token(match.start(), match.end(), *entry))
    return found


def _entry(piece: str) -> tuple[str, str, str, bool, bool]:
    first = piece[0]
    kind = "w" if first.isalnum() or (len(piece) > 1 and first in "£$€" and piece[1].isalnum()) else "p"
    if piece in ("'s", "’s"):
        kind = "s"
    piece = piece[:LONGEST_WORD]
    cap = kind == "w" and first.isupper()
    inner = piece[1:2].isupper() or (piece[:3] in ("al-", "el-") and piece[3:4].isupper())
    return piece, piece.lower(), kind, cap, cap or (kind == "w" and first.islower() and inner)


CLOSERS = frozenset("\"”’')]»")
ENDERS = frozenset(".!?…")


def sentences(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    """Tokens grouped into sentences; a quoted stretch that ends one is followed by a capital or another stretch."""
    groups: list[list[Token]] = []
    current: list[Token] = []
    total = len(tokens)
    for index, token in enumerate(tokens):
        current.append(token)
        if index + 1 >= total:
            break
        if len(current) >= LONGEST_SENTENCE:
            groups.append(current)
            current = []
            continue
        following = tokens[index + 1]
        if token.kind == "q":
            last = text[token.end - 1 : token.end] if token.end else ""
            inner = text[token.end - 2 : token.end - 1]
            stopped = inner in ENDERS or last in ENDERS
            if stopped and (
                following.kind == "q" or (following.cap and not (inner in "?!" and _continues(tokens, index + 1)))
            ):
                groups.append(current)
                current = []
        elif token.kind == "p" and token.text[0] in ENDERS:
            if following.text[0] in CLOSERS and following.end == following.start + 1:
                continue
            if following.start == token.end and following.kind != "q":
                continue
            if token.text == "." and _abbreviated(tokens, index):
                continue
            if (
                following.kind == "q"
                or following.cap
                or following.text[0].isdigit()
                or following.text[0] in "“‘\"'([—–-@#"
            ):
                groups.append(current)
                current = []
        elif token.text[0] in CLOSERS and index and tokens[index - 1].text[0] in ENDERS and token.kind == "p":
            if following.cap or following.kind == "q":
                groups.append(current)
                current = []
    if current:
        groups.append(current)
    return groups


def _continues(tokens: Sequence[Token], index: int) -> bool:
    """Whether a capital after a quotation belongs to its tag: ``“Why?” Smith asked``."""
    for token in tokens[index : index + 7]:
        if token.kind == "p" and token.text not in (".", ","):
            return False
        if token.low in CUES and token.kind == "w" and not token.cap:
            return "q" in CUES[token.low][1]
    return False


def _abbreviated(tokens: Sequence[Token], index: int) -> bool:
    if not index:
        return False
    before = tokens[index - 1]
    if before.end != tokens[index].start:
        return False
    if before.low in ABBREVIATIONS:
        return True
    return len(before.text) == 1 and before.text.isupper() and before.text != "I"
