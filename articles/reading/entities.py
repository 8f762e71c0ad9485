"""Who is named in a document and where: entities, the runs of capitals that mean them, and spellings of one name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .lexicon.people import RELATIONS

#: Besides what has a name, the focus holds unnamed sources, groups and things for later pronouns.
EntityKind = Literal["individual", "organisation", "group", "unnamed", "thing"]


@dataclass(slots=True, eq=False)
class Entity:
    """Somebody or something named in the document."""

    name: str
    kind: EntityKind
    #: the words of the name, folded
    parts: tuple[str, ...]
    first: int
    #: votes for either gender
    male: int = 0
    female: int = 0
    #: words of the roles printed beside the name, and where first
    heads: dict[str, int] = field(default_factory=dict)
    age: str = ""
    ident: str = ""
    mentions: int = 0
    initials: str = ""

    @property
    def surname(self) -> str:
        return self.parts[-1] if self.parts else ""

    @property
    def half_named(self) -> bool:
        """Whether somebody is known by a first name and a relation only, so that papers would add the family's name."""
        return len(self.parts) == 1 and any(head in RELATIONS for head in self.heads)

    @property
    def gender(self) -> str:
        if self.male > self.female:
            return "m"
        return "f" if self.female > self.male else ""


@dataclass(slots=True, eq=False)
class Run:
    """One run of capitals: where it stands, its words without title, and whom it turned out to mean."""

    start: int
    end: int
    words: tuple[str, ...]
    title: str
    paragraph: int
    quoted: bool
    opening: bool
    before: str
    role: str = ""
    role_heads: tuple[str, ...] = ()
    #: where a role printed behind the name ends
    role_end: int = -1
    age: str = ""
    possessive: bool = False
    kind: str = ""
    entity: Entity | None = None
    candidates: tuple[Entity, ...] = ()
    full_start: int = -1
    #: stands in a headline in title case, where capitals prove nothing
    weak: bool = False
    #: all in capitals
    shouted: bool = False
    #: stands among other words in capitals, or before the colon of a label: capitals prove nothing
    loud: bool = False
    #: what stands around it makes it somebody: ", who", "said" beside it
    hint: bool = False
    #: a noun for a body stands beside it: "Brindle Home, the furniture chain"
    called: bool = False
    #: the words, folded
    low: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.low:
            self.low = tuple([word.lower() for word in self.words])


def is_acronym(word: str) -> bool:
    return 2 <= len(word) <= 6 and word.isupper() and word.isalpha()


def one_edit(one: str, other: str) -> bool:
    """Whether two words differ by one insertion, deletion, replacement or swap."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    k = 0
    while k < len(one) and one[k] == other[k]:
        k += 1
    if len(one) == len(other):
        return one[k + 1 :] == other[k + 1 :] or (
            one[k : k + 2] == other[k : k + 2][::-1] and one[k + 2 :] == other[k + 2 :]
        )
    return one[k:] == other[k + 1 :]
