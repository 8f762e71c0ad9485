"""Two numbers: how surely a stretch of text is a quotation with these edges, and how surely it is this person's."""

from __future__ import annotations

from .quotes import Draft
from .speakers import Resolved

#: How often each way of finding a quotation was right on the development sets.
FOUND = {
    "tag-after": 0.97, "tag-before": 0.96, "colon": 0.97, "tag-next-paragraph": 0.95, "colon-noun": 0.85, "label": 0.72, "label-passive": 0.6, "continued": 0.95, "next-paragraph": 0.94, "same-sentence": 0.9,
    "reopened": 0.93, "floating": 0.85, "embedded": 0.55, "clause": 0.75, "infinitive": 0.55, "trailing": 0.82, "according": 0.7,
    "document": 0.85, "nested": 0.7, "headline": 0.6,
}
_SURE_VERBS = frozenset(("say", "tell", "add", "announce", "claim", "argue", "insist", "reply", "warn"))


def quote_confidence(draft: Draft) -> tuple[float, tuple[str, ...]]:
    """The confidence of a draft as a quotation, with reason codes."""
    value = FOUND.get(draft.how, 0.6)
    codes = [draft.how]
    if draft.how in ("clause", "trailing"):
        if draft.base in _SURE_VERBS:
            value += 0.06
            codes.append("speech-verb")
        if draft.kind == "mixed":
            value += 0.02
    for opened, closed in draft.boundaries:
        for rule in (opened, closed):
            if rule in ("closed-by-paragraph", "mixed-style", "doubled", "reopened") and rule not in codes:
                codes.append(rule)
                value -= 0.05 if rule != "reopened" else 0.02
    codes.extend(draft.reasons)
    return round(max(0.05, min(0.99, value)), 2), tuple(codes)


def speaker_confidence(draft: Draft, resolved: Resolved) -> float:
    """The confidence that the quotation is the resolved speaker's."""
    value = resolved.score
    if draft.how in ("label", "embedded"):
        value *= 0.92
    return round(max(0.05, min(0.99, value)), 2)
