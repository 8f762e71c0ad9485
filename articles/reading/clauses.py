"""Content clauses: where reported words begin behind a cue, and where a reader would cut them."""

from __future__ import annotations

from collections.abc import Sequence

from .cues import Cue
from .lexicon.cues import CHANNELS
from .lexicon.words import (
    ADVERBS,
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    FINITE,
    MONTHS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME,
    WEEKDAYS,
)
from .names import Names
from .tokens import Token

_OBJECT_PRONOUNS = frozenset(
    """
him her them us me it you himself herself themselves each everyone reporters journalists
""".split()
)
_WHWORDS = frozenset("how why what whether if where when who which".split())


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
                and tokens[k - 1].low
                not in (
                    "host",
                    "presenter",
                    "newspaper",
                    "magazine",
                    "reporter",
                    "anchor",
                    "and",
                    "judge",
                    "programme",
                    "website",
                    "agency",
                    "broadcaster",
                    "channel",
                    "interviewer",
                    "leader",
                )
            ):
                break
            while k < total and tokens[k].start < run.end:
                k += 1
            taken += 1
            if (
                k < total
                and tokens[k].kind == "w"
                and tokens[k].low
                not in (
                    "programme",
                    "newspaper",
                    "news",
                    "website",
                    "magazine",
                    "show",
                    "and",
                    "radio",
                    "reporters",
                    "members",
                    "staff",
                )
            ):
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
        if low == "to" and "i" in cue.flags:
            return None if cue.base == "ask" and k == cue.last + 1 else (k, "to")
        if low in ADVERBS or (
            low.endswith("ly")
            and len(low) > 5
            and not t.cap
            and low
            not in (
                "family",
                "supply",
                "italy",
                "only",
                "early",
                "likely",
                "nearly",
                "elderly",
                "daily",
                "weekly",
                "monthly",
            )
        ):
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
        if low in (
            "in",
            "on",
            "at",
            "during",
            "after",
            "before",
            "to",
            "of",
            "about",
            "from",
            "following",
            "by",
            "for",
            "through",
            "via",
            "as",
            "with",
            "ahead",
            "while",
            "when",
            "outside",
            "inside",
        ):
            nxt_k = _skip_phrase(tokens, k, names, cue)
            if nxt_k is None:
                return None
            k = nxt_k
            continue
        return k, "bare"
    return None


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


def _skip_phrase(tokens: Sequence[Token], k: int, names: Names, cue: Cue) -> int | None:
    """Past one prepositional phrase between a cue and its content."""
    total = len(tokens)
    m = k + 1
    limit = min(total, k + 16)
    noun_at = -1
    while m < limit:
        t = tokens[m]
        low = t.low
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
            if low in PREPOSITIONS or low in WEEKDAYS or low in TIME or low in ADVERBS:
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
                or tokens[m - 1].low in WEEKDAYS
                or tokens[m - 1].text.isdigit()
            ):
                if low in (
                    "issued",
                    "released",
                    "published",
                    "posted",
                    "sent",
                    "obtained",
                    "seen",
                    "emailed",
                    "given",
                    "conducted",
                    "aired",
                ):
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


def clause_like(tokens: Sequence[Token], start: int, stop: int, loose: bool) -> bool:
    """Whether tokens ``[start, stop)`` look like a clause with a subject and a finite verb."""
    if stop - start < 2:
        return False
    first = tokens[start]
    if first.kind == "p" and first.text[0] not in "“\"‘'[$£€#@*":
        return False
    if not loose and (
        first.low in COORDINATORS
        or (
            first.low in PREPOSITIONS
            and first.low
            not in (
                "after",
                "before",
                "since",
                "by",
                "with",
                "without",
                "despite",
                "in",
                "at",
                "from",
                "under",
                "over",
                "during",
            )
        )
    ):
        return False
    if not loose and first.low in AUXILIARIES:
        return False
    for k in range(start + (0 if loose else 1), min(stop, start + 30)):
        t = tokens[k]
        if t.kind == "q":
            return True
        if t.kind == "s":
            if k > start and (
                tokens[k - 1].low in SUBJECT_PRONOUNS or tokens[k - 1].low in ("there", "that", "what", "who", "here")
            ):
                return True
            continue
        low = t.low
        if low in AUXILIARIES or low in FINITE:
            return True
        if not loose and low in ("which", "who", "whose") and k > start:
            return False
        if k > start and low.endswith("ed") and len(low) > 3:
            return True
        if (
            k > start
            and low.endswith("s")
            and k + 1 < stop
            and not t.cap
            and (tokens[k + 1].low in DETERMINERS or tokens[k - 1].low.endswith("ly"))
        ):
            return True
        if "'" in low or "’" in low:
            tail = low.replace("’", "'").rsplit("'", 1)[-1]
            if tail in ("s", "re", "ve", "ll", "d", "t", "m"):
                return True
    return False


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
    k = start
    while k < stop:
        t = tokens[k]
        if t.kind == "q":
            k += 1
            continue
        if t.kind == "p":
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
                if nxt.low in (
                    "but",
                    "and",
                    "while",
                    "although",
                    "though",
                    "whereas",
                    "before",
                    "after",
                    "as",
                    "with",
                    "even",
                    "yet",
                    "or",
                    "when",
                    "until",
                    "then",
                    "also",
                    "however",
                    "still",
                ):
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
                        and at < total
                        and tokens[at].kind == "w"
                        and (
                            tokens[at].low.endswith("ed")
                            or tokens[at].low in ("has", "did", "had", "was", "is", "would")
                        )
                    ):
                        return k
                else:
                    if k + 1 in resumed:
                        return k
                    new = starts.get(k + 1)
                    if new is not None and (new.participle or new.kind == "according"):
                        return k
                    if new is not None and new.subject is not None and not new.inverted and new.last >= total - 4:
                        return k
                    if nxt.low.endswith("ing") and nxt.low in (
                        "citing",
                        "referring",
                        "adding",
                        "speaking",
                        "accusing",
                        "describing",
                        "calling",
                        "prompting",
                    ):
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
