"""Quotes that nobody said, and how outlets might have printed them: for benchmarks and tests of grouping. Pure, seeded.

Words come as often as in a text that is given, and one in three after the word that it follows there, so that the
common ones and some turns of phrase come again and again; set phrases come on top.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from articles.comparing import Said, keys, tokens

SET_PHRASES = [
    "at the end of the day", "I have made it very clear that", "let me be absolutely clear",
    "we take this very seriously",
    "make no mistake about it", "I want to thank everyone who", "this is not the end of the matter", "it is what it is",
    "our thoughts are with the families", "lessons have been learned", "we are where we are", "going forward we will",
    "the fact of the matter is that", "I am not going to comment on", "the people of this town deserve better",
]  # fmt: skip
#: How a form differs from the full one, and of how many in a hundred.
WAYS = {
    "the same": 30, "punctuation": 10, "words dropped": 10, "cut at the start": 10, "cut at the end": 10,
    "cut at both ends": 10, "ellipsis": 8, "one word changed": 8, "two words changed": 4,
}  # fmt: skip
#: Of a hundred quotes so many stand alone.
ALONE = 60
#: Those who speak, and the days on which they do.
PEOPLE, DAYS = 2_000, 1_000


class Form(NamedTuple):
    """One printed form: what was said (a number), how it differs from the full form, its words, who and when."""

    said: int
    way: str
    words: str
    speaker: int
    day: int


def forms(number: int, text: str, seed: int = 1) -> Iterator[Form]:
    """So many forms, those of one saying one after another, the full one first."""
    rng = random.Random(seed)
    said = made = 0
    sentences = _Sentences(text, rng)
    while made < number:
        full, speaker, day = sentences.sentence(), rng.randrange(PEOPLE), rng.randrange(DAYS)
        several = 1 if rng.randrange(100) < ALONE else rng.randint(2, 6)
        for at in range(min(several, number - made)):
            way = "full" if at == 0 else rng.choices(list(WAYS), list(WAYS.values()))[0]
            yield Form(said, way, perturbed(full, way, rng), speaker, day + rng.randrange(2))
            made += 1
        said += 1


def perturbed(full: str, way: str, rng: random.Random) -> str:
    """The words as another outlet might print them."""
    words = full.split()
    cut = max(1, len(words) // 4)
    match way:
        case "punctuation":
            return full.replace(",", " –").replace(". ", "; ").rstrip(".") + "!"
        case "words dropped":
            gone = set(rng.sample(range(len(words)), max(1, len(words) // 10)))
            words = [word for at, word in enumerate(words) if at not in gone]
        case "cut at the start":
            words = words[rng.randint(1, 2 * cut) :]
        case "cut at the end":
            words = words[: -rng.randint(1, 2 * cut)]
        case "cut at both ends":
            words = words[rng.randint(1, cut) : -rng.randint(1, cut)]
        case "ellipsis":
            start = rng.randint(len(words) // 3, len(words) // 2)
            words = [*words[:start], "…", *words[start + rng.randint(1, cut) :]]
        case "one word changed" | "two words changed":
            for at in rng.sample(range(len(words)), 1 if way.startswith("one") else 2):
                words[at] = "otherwise"
    return " ".join(words)


# --- pairs that somebody wrote ---------------------------------------------------------------------------------------

FIRST_DAY = dt.date(2024, 3, 12)


class Printed(NamedTuple):
    """A quote of a pair: words (reported speech in parentheses), who (0: nobody known), days after the first, story."""

    words: str
    speaker: int = 1
    days: int | None = 0
    story: int = 1

    @property
    def reported(self) -> bool:
        return self.words.startswith("(")

    def said(self, article: int) -> Said:
        words = self.words.strip("()") if self.reported else self.words
        return Said(
            keys=tuple(keys(tokens(words, [(0, len(words))]))),
            speakers=frozenset([self.speaker] if self.speaker else []),
            day=None if self.days is None else FIRST_DAY + dt.timedelta(self.days),
            stories=frozenset([self.story] if self.story else []),
            article=article,
            indirect=self.reported,
        )


class Pair(NamedTuple):
    """Two quotes and what the other is to the first: a relation, "perhaps" (only people can tell), or "nothing"."""

    one: Printed
    other: Printed
    expected: str


def pairs(path: Path) -> list[Pair]:
    """The pairs of a file, one a line as JSON: ``one``, ``other``, what it ``is``, and ``about`` what it is."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [Pair(Printed(**row["one"]), Printed(**row["other"]), row["is"]) for row in rows]


class _Sentences:
    """Sentences with the words of a text, as often as they stand there."""

    def __init__(self, text: str, rng: random.Random) -> None:
        self.rng = rng
        self.words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
        self.after: dict[str, list[str]] = defaultdict(list)
        for word, following in zip(self.words, self.words[1:], strict=False):
            self.after[word].append(following)

    def sentence(self) -> str:
        """Seven to forty words, in one case of three with a set phrase among them."""
        rng = self.rng
        words = [rng.choice(self.words)]
        for _ in range(rng.choice((6, 9, 12, 16, 20, 28, 39))):
            last = self.after.get(words[-1]) if rng.random() < 1 / 3 else None
            words.append(rng.choice(last or self.words))
        if rng.random() < 1 / 3:
            at = rng.randrange(len(words))
            words[at:at] = rng.choice(SET_PHRASES).split()
        for at in range(8, len(words) - 3, 9):
            words[at] += rng.choice((",", ".", ","))
        return f"{' '.join(words)[0].upper()}{' '.join(words)[1:]}."
