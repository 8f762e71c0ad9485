"""Speech inside speech: ``“He told me, ‘Go home,’” she said`` is his word by way of hers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .drafts import Draft
from .lexicon.cues import CUES
from .lexicon.words import ADVERBS, AUXILIARIES
from .model import Span
from .names import Names
from .resolved import Resolved

_WORD = re.compile(r"\w+(?:[-'’]\w+)*|[.!?;]")
#: How far in front of the inner mark, in code points and in words, its cue is looked for.
WINDOW, WORDS = 70, 6


def nested_quotes(
    text: str, drafts: Sequence[Draft], names: Names, resolved: dict[int, Resolved]
) -> Iterator[tuple[Draft, Resolved]]:
    """A draft with its speaker for each stretch inside a quotation that a verb of speech introduces."""
    for outer in list(drafts):
        for stretch in outer.stretches:
            for inner in stretch.inner:
                if inner.end <= inner.start:
                    continue
                found = _cue(text, max(stretch.start, inner.outer_start - WINDOW), inner.outer_start)
                if found is None:
                    continue
                who, verb = found
                span = Span(inner.start, inner.end)
                draft = Draft([span], "direct", "nested", outer.paragraph, outer.sentence, nested_in=outer)
                draft.base = CUES[verb.of(text).lower()][0]
                draft.marked, draft.cue = [span], verb
                draft.boundaries = [(inner.opened, inner.closed)]
                yield draft, _speaker(text, who, outer, names, resolved)


def _cue(text: str, start: int, end: int) -> tuple[Span, Span] | None:
    """The subject and the verb that lead up to ``end``."""
    words = list(_WORD.finditer(text, start, end))[-WORDS:]
    for k in range(len(words) - 1, 0, -1):
        word = words[k].group().lower()
        if word in ".!?;":
            return None
        entry = CUES.get(word)
        if entry is None or not {"q", "c", "o"} & set(entry[1]):
            continue
        j = k - 1
        while j > 0 and (words[j].group().lower() in AUXILIARIES or words[j].group().lower() in ADVERBS):
            j -= 1
        if words[j].group() in ".!?;":
            return None
        return Span(*words[j].span()), Span(*words[k].span())
    return None


def _speaker(text: str, printed: Span, outer: Draft, names: Names, resolved: dict[int, Resolved]) -> Resolved:
    who = printed.of(text)
    above = resolved.get(id(outer))
    if who.lower() == "i" and above is not None:
        reasons = ["the speaker quotes their own words"]
        return Resolved(printed, who, above.entity, above.kind, "first person", 0.8, reasons, label=above.label)
    entity = names.full((who.lower(),)) if who[:1].isupper() else None
    if entity is not None:
        return Resolved(printed, who, entity, entity.kind, "surname", 0.75, ["named inside the quotation"])
    return Resolved(printed, who, None, "unnamed", "nested", 0.4, ["named only inside the quotation"])
