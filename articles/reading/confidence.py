"""Two numbers: how surely a stretch of text is a quotation with these edges, and how surely it is this person's.

The rates are how often each way of finding was right on the development sets, rounded towards the middle.
"""

from __future__ import annotations

import re

from .drafts import Draft
from .resolved import Resolved

#: Ways that lean on quotation marks.
FOUND = {
    "tag-after": 0.97,
    "tag-before": 0.95,
    "colon": 0.97,
    "tag-next-paragraph": 0.95,
    "colon-noun": 0.75,
    "label": 0.72,
    "label-passive": 0.72,
    "continued": 0.96,
    "next-paragraph": 0.95,
    "same-sentence": 0.88,
    "reopened": 0.94,
    "floating": 0.93,
    "embedded": 0.4,
    "infinitive": 0.5,
    "according": 0.72,
    "document": 0.88,
    "fragment": 0.45,
    "headline": 0.65,
    "nested": 0.7,
}
#: Clauses, by the verb, by whether a person or a phrase is the subject, and whether a comma leaves the edge open.
CLAUSES = {
    ("say", "person", False): 0.94,
    ("say", "person", True): 0.84,
    ("say", "phrase", False): 0.93,
    ("say", "phrase", True): 0.8,
    ("say", "organisation", False): 0.78,
    ("say", "organisation", True): 0.65,
    ("sure", "person", False): 0.86,
    ("sure", "person", True): 0.7,
    ("sure", "phrase", False): 0.7,
    ("sure", "phrase", True): 0.5,
    ("sure", "organisation", False): 0.6,
    ("sure", "organisation", True): 0.5,
    ("other", "person", False): 0.65,
    ("other", "person", True): 0.5,
    ("other", "phrase", False): 0.45,
    ("other", "phrase", True): 0.4,
    ("other", "organisation", False): 0.4,
    ("other", "organisation", True): 0.35,
}
_SURE = frozenset(
    "claim argue insist warn allege write predict reveal note announce tell add reply promise deny explain".split()
)


#: Clauses longer than this are seldom cut where a reader would cut them.
LONG_CLAUSE = 30
#: A doubtful speaker makes the quotation doubtful too: (attribution at most, quotation at most).
CAPS = ((0.35, 0.5), (0.72, 0.84))


def quote_confidence(draft: Draft, text: str, attribution: float) -> tuple[float, tuple[str, ...]]:
    """The confidence of a draft as a quotation, with reason codes; ``attribution`` is the confidence in its speaker."""
    codes = [draft.how]
    if draft.how in ("clause", "trailing"):
        verb = "say" if draft.base == "say" else "sure" if draft.base in _SURE else "other"
        subject = draft.subject
        if subject is None or (subject.run is None and not subject.pronoun):
            who = "phrase"
        elif subject.pronoun in ("he", "she", "they") or (subject.run is not None and subject.run.kind == "individual"):
            who = "person"
        else:
            who = "organisation"
        comma = any(_BREAK.search(text, span.start, span.end) for span in draft.spans)
        value = CLAUSES[verb, who, comma]
        codes += [f"verb-{verb}", f"subject-{who}"]
        if comma:
            codes.append("comma-inside")
        if draft.kind == "mixed":
            value = 0.75 * value + 0.25 * 0.84
        if draft.how == "trailing":
            value -= 0.06
        if _open_edge(text, draft):
            codes.append("goes-on")
            value = min(value, 0.87)
    else:
        value = FOUND.get(draft.how, 0.6)
        if draft.how in ("tag-before", "colon"):
            value = min(value, _led_to(text, draft, codes))
    if "said-below" in draft.reasons:
        value = max(value, 0.9)
    for opened, closed in draft.boundaries:
        for rule in (opened, closed):
            if rule in ("closed-by-paragraph", "mixed-style", "doubled", "reopened") and rule not in codes:
                codes.append(rule)
                value -= 0.05 if rule != "reopened" else 0.02
    codes.extend(draft.reasons)
    if any(_BRACKETS.search(text, span.start, span.end) for span in draft.marked):
        codes.append("brackets")
    if draft.how == "floating" and attribution < 0.88:
        value = min(value, 0.8)
    elif draft.how == "floating" and attribution < 0.93:
        value = 0.88
    cap = next((cap for limit, cap in CAPS if attribution <= limit), 1.0)
    if value > cap:
        codes.append("speaker-doubtful")
        value = cap
    if "participle" in draft.reasons:
        value = min(value, 0.9)  # "…, saying": of whom, nobody can be sure
    if "relative" in draft.reasons:
        value = min(value, 0.88)  # "…, who said": of the last name or of the whole phrase
    if "hypothetical" in draft.reasons:
        value = min(value, 0.4)
    return round(max(0.05, min(0.99, value)), 2), tuple(codes)


#: What may end the words reported, or go on with them.
_BREAK = re.compile(r", | [-–—]+ ")
#: A cue further than this from its colon has words of its own before it: "said it was time: “…”".
FAR = 25


def _led_to(text: str, draft: Draft, codes: list[str]) -> float:
    """The most that words in marks after a cue deserve: less when they are a part of a longer statement."""
    span = draft.spans[-1]
    follows = text[span.end : span.end + 4].lstrip("\"”’'» ,")
    if follows[:1].islower():
        codes.append("goes-on")
        return 0.82
    if text[draft.start].islower():
        codes.append("begins-inside")
        return 0.86
    if draft.how == "colon" and draft.cue is not None and draft.start - draft.cue.end > FAR:
        codes.append("far-from-cue")
        return 0.88
    return 1.0


#: Words that an editor put into somebody's: "[the union]", "[W]e", "(sic)".
_BRACKETS = re.compile(r"\[[^\[\]\n]{1,200}\]|\((?:sic|my emphasis|our emphasis|emphasis added)\)", re.IGNORECASE)


def _open_edge(text: str, draft: Draft) -> bool:
    """Whether the last clause of a draft is very long, or stops where the sentence goes on without a comma."""
    last = draft.spans[-1]
    if text.count(" ", last.start, last.end) >= LONG_CLAUSE:
        return True
    return text[last.end : last.end + 1] not in (".", ",", "!", "?", "\n", "", "”", "’", '"', "'", ")")


def speaker_confidence(draft: Draft, resolved: Resolved) -> float:
    """The confidence that the quotation is the resolved speaker's."""
    value = resolved.score
    if draft.how in ("embedded", "colon-noun"):
        value *= 0.8
    elif draft.how == "label":
        value *= 0.97
    return round(max(0.05, min(0.99, value)), 2)
