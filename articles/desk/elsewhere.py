"""How other outlets printed the same words: found by long words now; by utterances when there are any."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from articles.models import Quote

#: So many long words are hardly in two quotes by chance; with fewer, nothing is looked for.
TELLING, SHORTEST = 4, 4
SHOWN = 3
#: Words of either version that are compared, and what share of ours a version has to have.
COMPARED, SHARED = 80, 0.4
#: Characters of a long quote that are looked for.
LOOKED_AT = 600
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row: "same" in both versions, "theirs" or "ours" only."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Version:
    """A quote of another article that shares words with ours, and how it differs from it."""

    quote: Quote
    pieces: tuple[Piece, ...]

    @property
    def shared(self) -> float:
        """The share of our words that stand there too."""
        same, ours = (sum(len(p.words.split()) for p in self.pieces if p.kind == kind) for kind in ("same", "ours"))
        return same / (same + ours) if same else 0.0


def printed_elsewhere(quote: Quote) -> list[Version]:
    """Quotes of other articles that share many words with this one, the nearest to it in time first; one query."""
    groups = telling_words(quote.text[:LOOKED_AT])
    if not groups:
        return []
    said = " OR ".join(" ".join(group) for group in groups)
    rows = Quote.objects.matching(said).exclude(article=quote.article_id).exclude(status=Quote.Status.REJECTED)
    found = list(rows.order_by().select_related("article__source")[: 4 * SHOWN])
    found.sort(key=lambda other: (abs(other.moment - quote.moment), other.pk))
    versions = (Version(other, compared(quote.text, other.text)) for other in found)
    return [version for version in versions if version.shared >= SHARED][:SHOWN]


def telling_words(text: str) -> list[list[str]]:
    """Long words of a quote, for they are rare, in two groups: a version with one of them changed has the other."""
    words = [word for word in dict.fromkeys(_WORD.findall(text.casefold())) if len(word) >= SHORTEST]
    words.sort(key=lambda word: -len(word))
    if len(words) < TELLING:
        return []
    return [words[: 2 * TELLING : 2], words[1 : 2 * TELLING : 2]] if len(words) >= 2 * TELLING - 2 else [words]


def compared(ours: str, theirs: str) -> tuple[Piece, ...]:
    """Their version word by word, with what only we have in its place."""
    one, other = ours.split()[:COMPARED], theirs.split()[:COMPARED]
    matcher = difflib.SequenceMatcher(None, [_bare(word) for word in one], [_bare(word) for word in other], False)
    pieces = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(other[c:d])))
            continue
        if c < d:
            pieces.append(Piece("theirs", " ".join(other[c:d])))
        if a < b:
            pieces.append(Piece("ours", " ".join(one[a:b])))
    return tuple(pieces)


def _bare(word: str) -> str:
    return "".join(_WORD.findall(word.casefold())) or word
