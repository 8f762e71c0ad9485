"""Which forms are one utterance. Pure.

The rule, so that a chain of likenesses drifts nowhere: whatever is in an utterance is certainly connected with its
fullest form; or with a variant of that, which has most of its words, and then shares at least half of its own telling
words with the fullest form; or somebody said that it belongs there. Parts of the fullest form need have nothing in
common with one another. What only overlaps it (both were cut, at different ends) must also be connected with every
other that only overlaps it. Between several utterances the best one is chosen: of the same people, then likest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from articles.comparing import Relation, Verdict
from articles.utterances.forms import Form
from articles.utterances.weighing import OVERLAP, Verdicts, parted

Pair = tuple[int, int]


@dataclass(eq=False)
class Bundle:
    """Forms that people put together, fullest first; mostly one form by itself."""

    forms: list[Form]

    @property
    def lead(self) -> Form:
        return self.forms[0]


class Link(NamedTuple):
    """How a bundle hangs on a cluster; the highest is the best."""

    agreed: bool
    same_people: bool
    likeness: float
    size: int


@dataclass(eq=False)
class Cluster:
    """Bundles around the one with the fullest form; ``variants`` have most of its words, ``cut`` only overlap it."""

    hub: Bundle
    rest: list[Bundle] = field(default_factory=list)
    variants: list[Bundle] = field(default_factory=list)
    cut: list[Bundle] = field(default_factory=list)

    @property
    def bundles(self) -> list[Bundle]:
        return [self.hub, *self.rest]

    def link(self, bundle: Bundle, verdicts: Verdicts) -> Link | None:
        """How a bundle, no fuller than the hub, is connected with it or with a variant of it."""
        if bundle.lead.fullness < self.hub.lead.fullness:
            return None
        found = _best(bundle, self.hub, verdicts)
        if found is None and self._touches(bundle):
            found = next(filter(None, (_best(bundle, variant, verdicts) for variant in self.variants)), None)
        if found is None:
            return None
        people = any(a.said.speakers & b.said.speakers for a in bundle.forms for b in self.hub.forms)
        return Link(not found.conflict, people, found.likeness, len(self.hub.lead.said.keys))

    def _touches(self, bundle: Bundle) -> bool:
        """Whether it shares half of its telling words with the fullest form."""
        own = bundle.lead.words.content
        return bool(own) and 2 * len(own & self.hub.lead.words.content) >= len(own)

    def take_in(self, bundle: Bundle, verdicts: Verdicts, apart: set[Pair]) -> bool:
        """Put a bundle that is linked with this cluster into it, if it may be there."""
        if any(parted(bundle.forms, other.forms, apart) for other in self.bundles):
            return False
        found = _best(bundle, self.hub, verdicts)
        if found and found.likeness < OVERLAP:
            if not all(_best(bundle, other, verdicts) for other in self.cut):
                return False
            self.cut.append(bundle)
        elif found and found.relation is Relation.VARIANT:
            self.variants.append(bundle)
        self.rest.append(bundle)
        return True


def clusters(forms: Iterable[Form], verdicts: Verdicts, together: Iterable[Pair], apart: set[Pair]) -> list[list[Form]]:
    """The forms in clusters of one or more, each with its fullest form first; ``together`` and ``apart`` are by id."""
    bundles = _bundles(forms, together)
    # Twice: what is in the end the best place for a form may be founded by a shorter one.
    hubs = {id(cluster.hub) for cluster in _placed(bundles, [], verdicts, apart)}
    seeds = [Cluster(bundle) for bundle in bundles if id(bundle) in hubs]
    found = _placed([bundle for bundle in bundles if id(bundle) not in hubs], seeds, verdicts, apart)
    return [
        sorted((form for bundle in cluster.bundles for form in bundle.forms), key=lambda form: form.fullness)
        for cluster in found
    ]


def _placed(bundles: Iterable[Bundle], seeds: Sequence[Cluster], verdicts: Verdicts, apart: set[Pair]) -> list[Cluster]:
    """Each bundle, the fullest first, in the best cluster that takes it, else the hub of a new one."""
    found = list(seeds)
    for bundle in bundles:
        links = [(link, -at) for at, cluster in enumerate(found) if (link := cluster.link(bundle, verdicts))]
        for _, at in sorted(links, reverse=True):
            if found[-at].take_in(bundle, verdicts, apart):
                break
        else:
            found.append(Cluster(bundle))
    return found


def _best(one: Bundle, other: Bundle, verdicts: Verdicts) -> Verdict | None:
    """The likeliest of the certain verdicts between two bundles."""
    found = [verdict for a in one.forms for b in other.forms if (verdict := verdicts.on(a, b)) and verdict.certain]
    return max(found, key=lambda verdict: (not verdict.conflict, verdict.likeness), default=None)


def _bundles(forms: Iterable[Form], together: Iterable[Pair]) -> list[Bundle]:
    """Forms that belong together whatever they say, fullest first in each and of all."""
    known = {form.id: form for form in sorted(forms, key=lambda form: form.fullness)}
    return sorted(
        (Bundle([known[pk] for pk in some]) for some in components(known, together)),
        key=lambda bundle: bundle.lead.fullness,
    )


def components(quotes: Iterable[int], links: Iterable[Sequence[int]]) -> list[list[int]]:
    """The quotes in groups that links connect, each group in the order given."""
    root = {pk: pk for pk in quotes}

    def top(pk: int) -> int:
        while root[pk] != pk:
            root[pk] = root[root[pk]]
            pk = root[pk]
        return pk

    for one, other in links:
        if one in root and other in root:
            root[top(one)] = top(other)
    groups: dict[int, list[int]] = defaultdict(list)
    for pk in root:
        groups[top(pk)].append(pk)
    return list(groups.values())


def ordered(pairs: Iterable[Sequence[int]]) -> set[Pair]:
    """Pairs with the lower id first."""
    return {(min(pair), max(pair)) for pair in pairs}
