"""What people type into a search box, understood once and said in each database's own language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.search import words

#: What is read of a query; the rest is cut off, so that nobody keeps the database busy with one.
LONGEST = 500
#: Words between the two of a NEAR, unless NEAR/n says otherwise, and the most that n may be.
NEAR, FARTHEST = 10, 30
#: Letters that word* needs, lest it stand for half the corpus.
SHORTEST_PREFIX = 2

MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
PART = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?(?P<star>\*?)|(?P<bar>\|)|(?P<chunk>[^\s"|]+)')
OPERATOR = re.compile(r"(?P<name>AND|OR|NOT|NEAR)|(?i:near)/(?P<number>[0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other, in lower case and folded; of a ``prefix`` the last is only a beginning."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two phrases in any order with at most ``within`` words between them."""

    one: Phrase
    other: Phrase
    within: int = NEAR


@dataclass(frozen=True, slots=True)
class Group:
    """All that is wanted (at least one) and nothing that is unwanted."""

    wanted: tuple[Phrase | Near, ...]
    unwanted: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Groups of which one must be met; without any the query is ``empty`` and matches nothing."""

    groups: tuple[Group, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.groups

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Every phrase asked for, those of a NEAR one by one; for highlighting."""
        return tuple(
            phrase
            for group in self.groups
            for item in group.wanted
            for phrase in ((item.one, item.other) if isinstance(item, Near) else (item,))
        )


def parse(text: str) -> Query:
    """The query in any text: words and "phrases" (all must be found), -unwanted, OR or |, begin*, a NEAR/5 b.

    Only letters and digits count; "a b OR c" is "(a b) OR c". Never raises; what has nothing to look for is empty.
    """
    groups: list[Group] = []
    wanted: list[Phrase | Near] = []
    unwanted: list[Phrase] = []
    negate = False
    near: int | None = None

    def close() -> None:
        if wanted:  # a group of unwanted words alone would be most of the corpus
            groups.append(Group(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted))))
        wanted.clear()
        unwanted.clear()

    last: Phrase | None = None
    for part in PART.finditer(text[:LONGEST].translate(MARKS)):
        chunk = part["chunk"] or ""
        operator = OPERATOR.fullmatch(chunk)
        if part["bar"] or (operator and operator["name"] == "OR"):
            close()
            negate, near, last = False, None, None
        elif operator:
            negate = negate or operator["name"] == "NOT"
            if operator["number"] or operator["name"] == "NEAR":
                near = min(int(operator["number"] or NEAR), FARTHEST)
        else:
            minus = bool(part["minus"]) or (chunk.startswith("-") and len(chunk) > 1)
            printed = words.split(part["phrase"] if part["phrase"] is not None else chunk)
            if not printed:
                continue
            prefix = (bool(part["star"]) or chunk.endswith("*")) and len(printed[-1]) >= SHORTEST_PREFIX
            phrase = Phrase(tuple(printed), prefix)
            if minus or negate:
                unwanted.append(phrase)
                last = None
            else:
                if near is not None and last is not None and last != phrase:
                    if wanted and wanted[-1] == last:
                        wanted.pop()
                    wanted.append(Near(last, phrase, near))
                else:
                    wanted.append(phrase)
                last = phrase
            negate, near = False, None
    close()
    return Query(tuple(dict.fromkeys(groups)))


def fts5(query: Query, column: str = "") -> str:
    """A query in the language of SQLite's FTS5; given a column it looks at nothing else, nor do its minus words."""
    groups = []
    for group in query.groups:
        wanted = " AND ".join(map(_fts5, group.wanted))
        unwanted = " OR ".join(map(_fts5, group.unwanted))
        groups.append(f"({wanted}) NOT ({unwanted})" if unwanted else f"({wanted})")
    whole = " OR ".join(groups)
    return f"{{{column}}} : ({whole})" if column else whole


def _fts5(item: Phrase | Near) -> str:
    if isinstance(item, Near):
        return f"NEAR({_fts5(item.one)} {_fts5(item.other)}, {item.within})"
    return f'"{" ".join(item.words)}"{" *" if item.prefix else ""}'


def tsquery(query: Query, label: str = "") -> str:
    """A query for PostgreSQL's to_tsquery(); given a label (A to D), only words that carry it count."""
    groups = []
    for group in query.groups:
        parts = [tsquery_of(item, label) for item in group.wanted]
        parts += [f"!{tsquery_of(item, label)}" for item in group.unwanted]
        groups.append(" & ".join(parts))
    return " | ".join(groups)


def tsquery_of(item: Phrase | Near, label: str = "") -> str:
    """One phrase or pair of phrases for to_tsquery(), in parentheses."""
    if isinstance(item, Near):
        one, other = tsquery_of(item.one, label), tsquery_of(item.other, label)
        # 0 is the same word twice: FTS5 counts it, where two words have one stem.
        distances = [f"{a} <{n}> {b}" for n in range(item.within + 2) for a, b in ((one, other), (other, one))]
        return f"({' | '.join(distances)})"
    last = len(item.words) - 1
    marked = []
    for place, word in enumerate(item.words):
        flags = f"{'*' if item.prefix and place == last else ''}{label}"
        marked.append(f"'{word}':{flags}" if flags else f"'{word}'")
    return f"({' <-> '.join(marked)})"


def positional(items: Iterable[Phrase | Near]) -> list[Phrase | Near]:
    """Those of the items that ask where words stand, not only whether they do."""
    return [item for item in items if isinstance(item, Near) or len(item.words) > 1]


def singles(item: Phrase | Near) -> list[Phrase]:
    """The words of an item, each by itself."""
    if isinstance(item, Near):
        return singles(item.one) + singles(item.other)
    *before, last = item.words
    return [*(Phrase((word,)) for word in before), Phrase((last,), item.prefix)]


def loose(query: Query) -> Query:
    """A query that matches whatever the query matches, and asks nowhere where words stand."""
    return Query(
        tuple(
            Group(
                tuple(dict.fromkeys(word for item in group.wanted for word in singles(item))),
                tuple(item for item in group.unwanted if len(item.words) == 1),
            )
            for group in query.groups
        )
    )


def any_word(query: Query) -> Query:
    """A query for any of the words that the query wants."""
    wanted = (word for group in query.groups for item in group.wanted for word in singles(item))
    return Query(tuple(Group((word,)) for word in dict.fromkeys(wanted)))
