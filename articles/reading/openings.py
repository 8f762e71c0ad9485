"""Where reported words begin behind a cue: past the person told, the day, the place and the occasion."""

from __future__ import annotations

from collections.abc import Sequence

from .cues import Cue
from .lexicon.cues import CHANNELS, CUES
from .lexicon.words import (
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    MONTHS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME,
    WEEKDAYS,
    words,
)
from .names import Names
from .tokens import Token

_OBJECT_PRONOUNS = frozenset(
    """
him her them us me it you himself herself themselves each everyone reporters journalists
""".split()
)
_WHWORDS = frozenset("how why what whether if where when who which".split())
#: Words that go with the name behind them: "told presenter Ann Booth".
_HOSTS = words(
    "host presenter newspaper magazine reporter anchor and judge programme website agency broadcaster channel "
    "interviewer leader"
)
#: Words that go with the name before them: "told the Echo newspaper".
_SHOWS = words("programme newspaper news website magazine show and radio reporters members staff")
#: Words in -ly that are no adverbs.
_NO_ADVERBS = words("family supply italy only early likely nearly elderly daily weekly monthly")
#: Words that begin a phrase between a verb and what was said.
_PHRASES = words(
    "in on at during after before to of about from following by for through via as with ahead while when outside inside"
)
#: "in a statement released on Friday".
_ISSUED = words("issued released published posted sent obtained seen emailed given conducted aired")


def skip_object(tokens: Sequence[Token], k: int, names: Names) -> int:
    """Past the person told: "told MPs", "told the jury", "told the BBC's Today programme"."""
    total = len(tokens)
    if k >= total:
        return k
    token = tokens[k]
    if token.kind != "w" or token.low == "that":
        return k
    if token.low in _OBJECT_PRONOUNS:
        return k + 1
    if token.low in SUBJECT_PRONOUNS or token.low in PREPOSITIONS or token.low in _WHWORDS:
        return k
    start = k
    if token.low in DETERMINERS:
        k += 1
    taken = 0
    while k < total and taken < 9:
        t = tokens[k]
        if t.kind == "s":
            k += 1
            taken += 1
            continue
        if (
            t.kind != "w"
            or t.low == "that"
            or t.low in SUBJECT_PRONOUNS
            or t.low in AUXILIARIES
            or t.low in _WHWORDS
            or t.low == "to"
        ):
            break
        if t.low in WEEKDAYS or t.low in ("yesterday", "today", "last", "earlier", "later"):
            break
        if taken and tokens[k - 1].kind != "s" and (t.low in DETERMINERS or t.low in ("there", "i")):
            break
        if t.low in PREPOSITIONS:
            if t.low in ("of", "for") and k + 1 < total and taken:
                k += 1
                if k < total and tokens[k].low in DETERMINERS:
                    k += 1
                continue
            break
        if (
            t.low == "and"
            and taken
            and k + 1 < total
            and tokens[k + 1].kind == "w"
            and tokens[k + 1].low not in ("said", "added")
        ):
            k += 1
            continue
        run = names.by_start.get(t.start)
        if run is not None and run.start == t.start:
            if (
                taken
                and tokens[k - 1].kind == "w"
                and not tokens[k - 1].cap
                and tokens[k - 1].low not in DETERMINERS
                and k - start >= 1
                and tokens[k - 1].low not in _HOSTS
            ):
                break
            while k < total and tokens[k].start < run.end:
                k += 1
            taken += 1
            if k < total and tokens[k].kind == "w" and tokens[k].low not in _SHOWS:
                break
            continue
        k += 1
        taken += 1
        if (
            not t.cap
            and t.low.endswith("s")
            and k < total
            and not t.low.endswith("ss")
            and tokens[k].low not in PREPOSITIONS
            and tokens[k].low != "and"
        ):
            break
    return k


def content_start(tokens: Sequence[Token], cue: Cue, names: Names) -> tuple[int, str] | None:
    """Where content begins behind a cue, and what led to it: that, bare, to, if, colon, comma or quote."""
    total = len(tokens)
    k = cue.last + 1
    if "o" in cue.flags or cue.base in ("warn", "ask", "urge", "advise", "remind"):
        k = skip_object(tokens, k, names)
    seen_comma = False
    steps = 0
    while k < total and steps < 12:
        steps += 1
        t = tokens[k]
        low = t.low
        if t.kind == "q":
            return k, "comma" if seen_comma else "quote"
        if t.kind == "p":
            if t.text == ":":
                return (k + 1, "colon") if k + 1 < total else None
            if t.text == "," or t.text in ("–", "—", "-", "--"):
                if k + 1 < total and tokens[k + 1].kind == "q":
                    return k + 1, "comma"
                close = _bracket(tokens, k)
                if close is None:
                    close = _place(tokens, k)
                if close is None and k > cue.last + 1 and _begins(tokens, k + 1):
                    return k + 1, "bare"  # "said in this case, there was no fire"
                if close is None:
                    return None
                k = close
                seen_comma = True
                continue
            if t.text == "(":
                close = next((m for m in range(k + 1, min(total, k + 20)) if tokens[m].text == ")"), None)
                if close is None:
                    return None
                k = close + 1
                continue
            if t.text[0] in "[@#$£€…*":
                return (k, "bare") if t.text != "…" else None
            return None
        if low == "that":
            following = tokens[k + 1] if k + 1 < total else None
            if following is not None and (
                following.kind == "s"
                or following.low in ("is", "was", "would", "will", "could", "should", "has", "means", "may", "might")
            ):
                return k, "bare"
            if following is not None and following.text == ",":
                close = _bracket(tokens, k + 1)
                return (close, "that") if close is not None and close < total else None
            return k + 1, "that"
        if low in _WHWORDS:
            if (
                "c" in cue.flags
                and "o" not in cue.flags
                and low in ("if", "when", "what", "where", "who")
                and k > cue.at
            ):
                return k, "bare"
            if low in ("if", "whether"):
                return k + 1, "if"
            return k + 1, "how"
        if low == "not" and "i" in cue.flags and k + 1 < total and tokens[k + 1].low == "to":
            return k, "to"
        if low == "to" and "i" in cue.flags:
            return None if cue.base == "ask" and k == cue.last + 1 else (k, "to")
        if low in ADVERBS or (low.endswith("ly") and len(low) > 5 and not t.cap and low not in _NO_ADVERBS):
            nxt = tokens[k + 1] if k + 1 < total else None
            if (
                low in ("then", "now", "even", "just", "only", "too", "often")
                and nxt is not None
                and (steps > 1 or low in ("too", "often"))
            ):
                return k, "bare"
            k += 1
            continue
        if low in WEEKDAYS or (low in ("yesterday", "today", "tonight", "tomorrow", "earlier", "later", "recently")):
            k += 1
            if k < total and tokens[k].low in ("morning", "afternoon", "evening", "night"):
                k += 1
            continue
        if (
            low in ("last", "this", "next", "earlier")
            and k + 1 < total
            and (tokens[k + 1].low in TIME or tokens[k + 1].low in WEEKDAYS or tokens[k + 1].low in MONTHS)
        ):
            k += 2
            continue
        if low in _PHRASES:
            nxt_k = _skip_phrase(tokens, k, names, cue)
            if nxt_k is None:
                return None
            k = nxt_k
            continue
        return k, "bare"
    return None


def _begins(tokens: Sequence[Token], k: int) -> bool:
    """Whether a clause begins at token ``k``: "said that day, there was a fire"; no tag: "wrote to her, he said"."""
    if k >= len(tokens) or tokens[k].kind != "w":
        return False
    low = tokens[k].low
    subject = low in SUBJECT_PRONOUNS or low in DETERMINERS or low == "there"
    return subject and not any(token.low in CUES and token.kind == "w" for token in tokens[k + 1 : k + 6])


def _place(tokens: Sequence[Token], k: int) -> int | None:
    """Past the county of a town: "in Whitley, North Yorkshire, that …"; only when "that" makes the rest sure."""
    m = k + 1
    while m < len(tokens) and m - k <= 4 and tokens[m].kind == "w" and tokens[m].cap:
        m += 1
    if m == k + 1 or not tokens[k - 1].cap:
        return None
    if m < len(tokens) and tokens[m].text == ".":  # Wis.
        m += 1
    if m < len(tokens) and tokens[m].text == ",":
        m += 1
    stop = min(len(tokens), m + 3)
    return next((n for n in range(m, stop) if tokens[n].low == "that" and tokens[n].kind == "w"), None)


def _bracket(tokens: Sequence[Token], k: int) -> int | None:
    """Past a parenthesis between commas or dashes: ", however,"; the index behind its end."""
    mark = tokens[k].text
    opener = tokens[k + 1] if k + 1 < len(tokens) else None
    if opener is None or (
        opener.kind == "w"
        and not (
            opener.low in PREPOSITIONS
            or opener.low in ADVERBS
            or opener.low.endswith(("ing", "ly", "ed"))
            or opener.low in ("who", "as", "when", "while", "last", "this", "though", "whose", "his", "her")
            or opener.low in WEEKDAYS
        )
    ):
        return k + 1 if opener is not None and opener.kind == "q" else None
    for m in range(k + 1, min(len(tokens), k + 22)):
        t = tokens[m]
        if t.kind == "q":
            opener = tokens[k + 1]
            led = (
                opener.low in PREPOSITIONS or opener.low in ADVERBS or opener.low.endswith(("ing", "ly")) or m <= k + 2
            )
            return m if tokens[m - 1].text in (":", ",") or led else None
        if t.text == mark or t.text == ":":
            return m + 1 if t.text == mark else m
        if t.text in (";", "."):
            return None
    return None


def _of_a_day(tokens: Sequence[Token], m: int) -> bool:
    """Whether the weekday at ``m`` describes the noun behind it: "at a Saturday rally"."""
    behind = tokens[m + 1] if m + 1 < len(tokens) else None
    return (
        behind is not None
        and behind.kind == "w"
        and not behind.cap
        and behind.low not in PREPOSITIONS | SUBJECT_PRONOUNS | DETERMINERS | ADVERBS | TIME
        and behind.low != "that"
    )


def _skip_phrase(tokens: Sequence[Token], k: int, names: Names, cue: Cue) -> int | None:
    """Past one prepositional phrase between a cue and its content."""
    total = len(tokens)
    m = k + 1
    limit = min(total, k + 16)
    noun_at = -1
    while m < limit:
        t = tokens[m]
        low = t.low
        if t.kind == "s":
            noun_at = -1  # "in his New Year's | speech"
            m += 1
            continue
        if t.kind == "q" or t.text in (":", ","):
            return m
        if low == "that" and m > k + 1 and (tokens[m - 1].kind == "w"):
            return m
        if t.kind == "p" and t.text not in ("&", "/", "'", "’", "$", "£"):
            return None
        if noun_at >= 0 and m > noun_at:
            if (
                low in SUBJECT_PRONOUNS
                or (low in DETERMINERS and tokens[m - 1].low not in PREPOSITIONS and tokens[m - 1].kind != "s")
                or low == "there"
            ):
                return m
            if low in PREPOSITIONS or (low in WEEKDAYS and not _of_a_day(tokens, m)) or low in TIME or low in ADVERBS:
                if low in ("of", "for", "from", "with", "to", "about", "as"):
                    noun_at = -1
                    m += 1
                    continue
                return m
            run = names.by_start.get(t.start)
            if (
                run is not None
                and run.start == t.start
                and tokens[m - 1].low not in PREPOSITIONS
                and tokens[m - 1].low not in DETERMINERS
                and not tokens[m - 1].cap
            ):
                return m
            if (
                tokens[m - 1].low in CHANNELS
                or tokens[m - 1].low in TIME
                or (tokens[m - 1].low in WEEKDAYS and not (m > 1 and tokens[m - 2].low in DETERMINERS))
                or tokens[m - 1].text.isdigit()
            ):
                if low in _ISSUED:
                    m += 1
                    noun_at = m
                    continue
                return m
        run = names.by_start.get(t.start)
        if run is not None and run.start == t.start:
            while m < total and tokens[m].start < run.end:
                m += 1
            noun_at = m - 1
            continue
        if t.kind == "w" and low not in DETERMINERS and low not in PREPOSITIONS:
            noun_at = m
        m += 1
    return m if m >= total else None
