"""Where reported words end: where a reader would cut, before another statement or the outlet's own words."""

from __future__ import annotations

from collections.abc import Sequence

from .cues import Cue
from .lexicon.cues import CUES
from .lexicon.words import ADVERBS, AUXILIARIES, FINITE, words
from .tokens import Token

#: Words that join another clause behind a comma.
_JOINING = words(
    "but and while although though whereas before after as with even yet or when until then also however still"
)
#: Participles that turn from what was said to something else.
_TURNING = words("citing referring adding speaking accusing describing calling prompting")


def content_end(tokens: Sequence[Token], start: int, cue: Cue | None, cues: Sequence[Cue], led: str) -> int:
    """The index behind the last token of the content that starts at ``start``."""
    total = len(tokens)
    stop = total
    later = {c.first: c for c in cues if c.first > start and (cue is None or c is not cue)}
    starts: dict[int, Cue] = {}
    #: verbs whose subject stands before the content: ", who asked not to be named, confirmed"
    resumed = {c.first for c in later.values() if c.subject is not None and not c.inverted and c.subject.last < start}
    for c in later.values():
        if c.kind == "according":
            starts.setdefault(c.first, c)
        elif c.subject is not None and not c.inverted:
            starts.setdefault(min(c.subject.first, c.first), c)
        else:
            starts.setdefault(c.first, c)
    aside = (
        cue is not None
        and cue.first > 1
        and tokens[cue.first - 1].low in ("who", "which")
        and tokens[cue.first - 2].text
    )
    k = start
    while k < stop:
        t = tokens[k]
        if t.kind == "q":
            k += 1
            continue
        if t.kind == "p":
            if aside and t.text == aside and t.text != "," and k + 1 < total and is_finite(tokens[k + 1]):
                return k
            if (
                t.text[0] in ".!?"
                and not (k + 1 < total and tokens[k + 1].start == t.end and tokens[k + 1].kind == "w")
                and (k + 2 >= total or t.text[0] in "!?" or tokens[k + 1].kind == "q")
            ):
                return k
            if t.text == ";":
                return k
            if t.text == ",":
                nxt = tokens[k + 1] if k + 1 < total else None
                if nxt is None:
                    return k
                at = k + 1
                if nxt.low in _JOINING:
                    at = k + 2
                    if nxt.low == "with" and at < total and tokens[at].low in ("one", "another", "many", "some"):
                        return k
                    while (
                        at < total
                        and (
                            tokens[at].low in ADVERBS
                            or tokens[at].text == ","
                            or tokens[at].low in ("while", "as", "in")
                        )
                        and at - k < 4
                    ):
                        at += 1
                    new = starts.get(at)
                    if (
                        new is not None
                        and (new.subject is not None or new.participle or nxt.low in ("and", "but", "also", "then"))
                        and not new.infinitive
                    ):
                        return k
                    if nxt.low in ("although", "whereas"):
                        return k
                    if (
                        nxt.low == "but"
                        and led != "according"
                        and at < total
                        and tokens[at].kind == "w"
                        and (
                            tokens[at].low.endswith("ed")
                            or tokens[at].low in ("has", "did", "had", "was", "is", "would")
                        )
                    ):
                        return k
                else:
                    if k + 1 in resumed or (aside and is_finite(nxt)):
                        return k
                    new = starts.get(k + 1)
                    if new is not None and (new.participle or new.kind == "according"):
                        return k
                    if new is not None and new.subject is not None and not new.inverted and new.last >= total - 4:
                        return k
                    if nxt.low.endswith("ing") and nxt.low in _TURNING:
                        return k
        elif t.low in ("and", "but", "before", "while"):
            at = k + 1
            while at < total and tokens[at].low in ADVERBS:
                at += 1
            new = starts.get(at)
            if (
                new is not None
                and not new.infinitive
                and not new.participle
                and new.shape in ("ed", "s")
                and (
                    (
                        new.subject is None
                        or new.subject.first >= new.first
                        or (cue is not None and cue.subject is not None and new.subject.first <= cue.subject.last)
                    )
                    or t.low in ("before", "while", "but")
                    or (new.subject is not None and new.subject.first == at and "c" in new.flags and led != "that")
                )
            ):
                return k
        elif k in starts and starts[k].kind == "according" and k > start + 1:
            return k
        k += 1
    return min(k, total)


def is_finite(token: Token) -> bool:
    """Whether a word is a finite verb, as far as its form tells."""
    low = token.low
    return token.kind == "w" and (low in AUXILIARIES or low in FINITE or low in CUES or low.endswith("ed"))
