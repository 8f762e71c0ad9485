"""Words as both databases index them: folded, lower-cased, stemmed. Pure Python, for queries and highlights."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from string import ascii_lowercase, digits

# A letter or digit, then more of them; a combining mark belongs to the letter before it. Of what Python takes for
# letters, raised and lowered digits, fractions and numbers in circles are none here: "m²" is "m".
NUMBERS = "²³¹¼-¾\u2070-\u2079\u2080-\u2089\u2150-\u215f\u2189\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
LETTER, MARK = rf"[^\W_{NUMBERS}]", r"[\u0300-\u036f]"
WORD = re.compile(f"{LETTER}(?:{LETTER}|{MARK})*")
#: What is left of a word, and what stands before the next.
TO_NEXT = rf"(?:{LETTER}++|{MARK})*+[\W_{NUMBERS}]++"
LATIN_MARKS = re.compile(f"([A-Za-z]){MARK}+")

VOWELS = frozenset("aeiou")
STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
STEP_3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
STEP_4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti", "ous", "ive", "ize",
    "al", "er", "ic", "ou",
)  # fmt: skip


def fold(text: str) -> str:
    """Text without the accents of its Latin letters: "café" is "cafe", but "Київ", "ø" and "ß" stay as they are."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", LATIN_MARKS.sub(r"\1", unicodedata.normalize("NFD", text)))


def split(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, folded and in lower case."""
    return [match.group() for match in WORD.finditer(fold(text).lower())]


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """The stem of a word as printed."""
    return stem(fold(word).lower())


@cache
def _printed() -> dict[str, str]:
    """How each ASCII letter may be printed: in capitals, and with any accent."""
    accented = map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00), 0x212A, 0x212B])
    found = {letter: letter + letter.upper() for letter in ascii_lowercase} | {digit: digit for digit in digits}
    for letter in accented:
        if (plain := fold(letter).lower()) in found:
            found[plain] += letter
    return found


@lru_cache(maxsize=1_000)
def beginnings(stems: tuple[str, ...]) -> re.Pattern[str]:
    """Where words may begin that have these stems one after the other, and other words."""
    (first, *more), *others = map(_beginning, stems)
    # The letter first, what must not stand before it then: what looks behind at every place takes four times as long.
    begin = rf"{first}(?<!{LETTER}[\s\S])(?<!{MARK}[\s\S])"
    return re.compile(TO_NEXT.join(f"{MARK}*".join(word) for word in ([begin, *more], *others)))


def _beginning(stem: str) -> list[str]:
    """How words with a stem may begin, a letter each: no more than its last two letters differ from theirs."""
    letters = stem[: max(1, len(stem) - 2)]
    return [f"[{_printed()[letter]}]" for letter in letters] if stem.isascii() else [LETTER]


def consonants(word: str) -> list[bool]:
    """Whether each letter is a consonant; y is one at the start and after a vowel."""
    flags: list[bool] = []
    for letter in word:
        flags.append(letter not in VOWELS and not (letter == "y" and flags and flags[-1]))
    return flags


def measure(word: str) -> int:
    """Porter's m: how often a vowel is followed by a consonant."""
    flags = consonants(word)
    return sum(not before and after for before, after in pairwise(flags))


def has_vowel(word: str) -> bool:
    return not all(consonants(word))


def ends_short(word: str) -> bool:
    """Porter's *o: consonant, vowel, consonant at the end, the last not w, x or y."""
    return consonants(word)[-3:] == [True, False, True] and word[-1] not in "wxy"


def stem(word: str) -> str:
    """The stem of a folded lower-case word by M. F. Porter's algorithm of 1980, with the two departures (bli, logi) of
    his own program; as in SQLite's FTS5 each byte counts as a letter, and words under 3 or over 64 stay as they are."""
    if word.isascii():
        return stem_bytes(word)
    return stem_bytes(word.encode("utf-8", "replace").decode("latin-1")).encode("latin-1").decode("utf-8", "replace")


def stem_bytes(word: str) -> str:
    """The stem of a word of which each character stands for a byte."""
    if not 3 <= len(word) <= 64:
        return word
    # 1a: plurals
    if word.endswith(("sses", "ies")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    # 1b: past tenses and participles
    if word.endswith("eed"):
        if measure(word[:-3]) > 0:
            word = word[:-1]
    else:
        for ending in ("ed", "ing"):
            if word.endswith(ending):
                if has_vowel(word[: -len(ending)]):
                    word = _mended(word[: -len(ending)])
                break
    # 1c: y
    if word.endswith("y") and has_vowel(word[:-1]):
        word = f"{word[:-1]}i"
    # 2 and 3: double suffixes to single ones, then the single ones
    for suffixes in (STEP_2, STEP_3):
        ending = _longest(word, suffixes)
        if ending and measure(word[: -len(ending)]) > 0:
            word = word[: -len(ending)] + suffixes[ending]
    # 4: what is left of a suffix
    ending = _longest(word, STEP_4)
    if ending:
        rest = word[: -len(ending)]
        if measure(rest) > 1 and (ending != "ion" or rest.endswith(("s", "t"))):
            word = rest
    # 5: a final e, a double l
    if word.endswith("e"):
        size = measure(word[:-1])
        if size > 1 or (size == 1 and not ends_short(word[:-1])):
            word = word[:-1]
    if word.endswith("ll") and measure(word[:-1]) > 1:
        word = word[:-1]
    return word


def _mended(word: str) -> str:
    """A word that lost -ed or -ing: hop(p)ing, fil(e)d, conflat(e)d."""
    if word.endswith(("at", "bl", "iz")):
        return f"{word}e"
    if len(word) > 1 and word[-1] == word[-2] and consonants(word)[-1] and word[-1] not in "lsz":
        return word[:-1]
    return f"{word}e" if measure(word) == 1 and ends_short(word) else word


def _longest(word: str, endings: dict[str, str] | tuple[str, ...]) -> str:
    return max((ending for ending in endings if word.endswith(ending)), key=len, default="")
