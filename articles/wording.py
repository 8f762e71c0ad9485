"""What the pages say of a quote: who is credited, how sure we are, when it was printed, how to cite it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from people.names import matching_key, split_titles

PAIRS = {"“": "”", "‘": "’", '"': '"', "'": "'", "«": "»", "„": "“"}
PRONOUNS = frozenset("he she they it i we you him her them us me who".split())
DESIGNATION_LIMIT = 90
#: What stands between the spans of a quote in its text; ours, not printed.
JOINT = " … "


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in words, and as a machine reads it ("" when unknown)."""

    words: str
    iso: str = ""

    def __str__(self) -> str:
        return self.words


UNDATED = Dated("undated")


def dated(day: dt.date | None, time: dt.time | None = None, precision: str = "day") -> Dated:
    """A local date as far as it is known: "March 2024", "12 March 2024", "12 March 2024, 21:40"."""
    if day is None or precision == "unknown":
        return UNDATED
    if precision == "year":
        return Dated(f"{day.year}", f"{day.year:04}")
    if precision == "month":
        return Dated(f"{day:%B} {day.year}", f"{day:%Y-%m}")
    words = f"{day.day} {day:%B} {day.year}"
    return Dated(f"{words}, {time:%H:%M}", f"{day}T{time:%H:%M}") if time else Dated(words, f"{day}")


def month(moment: int) -> str:
    """The month of a moment (yyyymmddhhmm) in words: "March 2024"; "" of an unknown one."""
    year, number = divmod(moment // 1_000_000, 100)
    return f"{dt.date(year, number, 1):%B} {year}" if number else ""


def printed(article: Any, clock: bool = False) -> Dated:
    """When an article was published, with its time if asked for."""
    return dated(article.published_day, article.published_time if clock else None, article.published_precision)


def printed_at(quote: Any, clock: bool = False) -> Dated:
    """When a quote was printed: the date of its live-blog entry, else of its article."""
    entry = quote.entry
    if entry is not None and entry.day:
        return dated(entry.day, entry.time if clock else None)
    return printed(quote.article, clock)


@dataclass(frozen=True, slots=True)
class Voice:
    """One name a quote is credited to. ``state``: known (``person`` has a page), printed, unnamed or unsettled.

    ``name`` is what stands on the page, ``as_printed`` whether an outlet printed it so; ``variant`` the printed form
    where it differs from a known person's name.
    """

    state: str
    name: str
    person: Any = None
    role: str = ""
    variant: str = ""
    candidates: tuple[str, ...] = ()
    open: bool = False
    as_printed: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited with a quote, and through whom it reached the page."""

    speakers: tuple[Voice, ...] = ()
    via: tuple[Voice, ...] = ()
    addressees: tuple[Voice, ...] = ()

    @property
    def settled(self) -> bool:
        return all(voice.state != "unsettled" for voice in self.speakers)

    @property
    def open(self) -> bool:
        return any(voice.open for voice in self.speakers)

    @property
    def people(self) -> frozenset[Any]:
        """Who speaks, of those we know."""
        return frozenset(voice.person for voice in self.speakers if voice.person is not None)

    def __str__(self) -> str:
        return " and ".join(voice.name for voice in self.speakers) or "Nobody named"


def credit(quote: Any) -> Credit:
    """The credit of a quote, from its attributions as the gate lets them out; a person only where ``shown``."""
    day = quote.entry.day if quote.entry_id and quote.entry.day else quote.article.published_day
    voices: dict[str, list[Voice]] = {"speaker": [], "via": [], "addressee": []}
    for row in quote.attributions.all():
        voices[row.role].append(voice(row, day))
    return Credit(*(tuple(found) for found in voices.values()))


def voice(row: Any, day: dt.date | None = None) -> Voice:
    """One attribution as the public sees it."""
    as_printed = " ".join(row.printed.split())
    if row.shown and row.person is not None:
        person = row.person.canonical or row.person
        return Voice(
            "known", person.name, person, role_then(person, day), variant(as_printed, person.name), open=row.open
        )
    names = tuple(dict.fromkeys(c["name"] for c in row.candidates or () if c.get("name")))
    if len(names) > 1 and row.kind != "unnamed":
        return Voice("unsettled", " or ".join(names[:3]), variant=as_printed, candidates=names, open=row.open)
    if not as_printed:
        return Voice("unnamed", "Nobody named", open=row.open)
    if as_printed.casefold() in PRONOUNS:
        return Voice("unsettled", f"“{as_printed}”", open=row.open, as_printed=True)
    state = "unnamed" if row.kind == "unnamed" else "printed"
    return Voice(state, _capital(_shorten(as_printed)), open=row.open, as_printed=True)


def role_then(person: Any, day: dt.date | None) -> str:
    """What somebody was on that day, as far as their roles say; "" when they do not."""
    fitting = []
    for role in person.roles.all():
        begun = role.since is None or (day is not None and role.since <= day)
        over = role.until is not None and (day is None or role.until < day)
        if begun and not over:
            fitting.append(role)
    # The latest to begin is the one people were known by.
    best = max(fitting, key=lambda role: (role.since or dt.date.min, role.pk), default=None)
    return str(best) if best else ""


def variant(as_printed: str, name: str) -> str:
    """The printed form, if neither part of the name nor a pronoun: "Martyn Keele" for Martin Keele, "" for "Keele"."""
    if not as_printed or as_printed.casefold() in PRONOUNS:
        return ""
    words = set(matching_key(split_titles(as_printed)[1]).split())
    return "" if words <= set(matching_key(name).split()) else _shorten(as_printed)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shorten(text: str) -> str:
    return text if len(text) <= DESIGNATION_LIMIT else f"{text[:DESIGNATION_LIMIT].rsplit(' ', 1)[0]} …"


def elsewhere(quote: Any) -> int:
    """In how many other outlets the words stand too, whole or in part; copies of an article are no others."""
    utterance = quote.utterance
    return max(0, utterance.outlets - 1) if utterance is not None and utterance.public else 0


@dataclass(frozen=True, slots=True)
class Words:
    """A quote's words with the marks printed around them (none for what was reported); ``stretches`` are its parts."""

    opening: str
    text: str
    closing: str
    stretches: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """Its parts in a row, as a letter's paragraphs are when there is little room."""
        return " ".join(self.stretches)


def words(quote: Any) -> Words:
    """The words of a quote as they stand on a page: a direct one in its printed marks, curly ones if none were."""
    text = quote.text
    stretches = tuple(text.split(JOINT))
    if len(stretches) != len(quote.spans):
        stretches = (text,)
    if quote.kind != "direct" or text[:1] in PAIRS:
        return Words("", text, "", stretches)
    opening = quote.prefix[-1:] if quote.prefix[-1:] in PAIRS else "“"
    return Words(opening, text, PAIRS[opening], stretches)


def parts(text: str, spans: Iterable[tuple[int, int]]) -> list[list[str]]:
    """The words of a quote as paragraphs, each a list of stretches between which words of the article were left out."""
    found: list[list[str]] = []
    before = None
    for start, end in spans:
        between = "" if before is None else text[before:start]
        for number, line in enumerate(part for part in text[start:end].split("\n") if part.strip()):
            # Nothing but white space and marks in between: the quotation goes on, in the next paragraph or the same.
            if not found or number or ("\n" in between and not re.search(r"\w", between)):
                found.append([line.strip()])
            elif re.search(r"\w", between):
                found[-1].append(line.strip())
            else:
                found[-1][-1] += f" {line.strip()}"
        before = end
    return found


def extent(paragraphs: list[list[str]]) -> str:
    """How a quote is spread: "in 2 parts" with the outlet's words between, "over 3 paragraphs", "" for one stretch."""
    stretches = sum(len(paragraph) for paragraph in paragraphs)
    if stretches > len(paragraphs):
        return f"in {stretches - len(paragraphs) + 1} parts"
    return f"over {len(paragraphs)} paragraphs" if len(paragraphs) > 1 else ""


#: From this confidence on, in these words.
SURENESS = (
    (0.97, "nearly certain"),
    (0.92, "confident"),
    (0.85, "fairly confident"),
    (0.6, "not sure"),
    (0.0, "in doubt"),
)


def sureness(confidence: float) -> str:
    return next(text for floor, text in SURENESS if confidence >= floor)


#: What an editor decided, by the field of the decision.
CHECKED = {
    "status": "that it is a quotation",
    "spans": "the words",
    "kind": "quoted or reported",
    "speaker": "the speaker",
    "via": "through whom",
    "addressee": "to whom",
}


def checked(fields: Iterable[str]) -> str:
    """What an editor decided of a quote: "the words and the speaker", "that it is a quotation, and the speaker"."""
    found = [CHECKED[field] for field in CHECKED if field in set(fields)]
    # A clause first wants a comma, or it would go on into the next.
    clause = found[:1] == [CHECKED["status"]] and len(found) > 1
    return f"{found[0]}, and {listed(found[1:])}" if clause else listed(found)


def listed(names: list[str], joint: str = "and") -> str:
    """Names in a row: "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}" if names else ""


#: What the reader's codes mean to somebody who reads the page.
REASONS = {
    "tag-after": "The words stand in quotation marks, and who says them follows.",
    "tag-before": "The words stand in quotation marks, and who says them comes just before.",
    "tag-next-paragraph": "The words stand in quotation marks, and the next paragraph says whose they are.",
    "colon": "The words stand in quotation marks after a colon.",
    "colon-noun": "The words stand in quotation marks after a colon and a word like “statement”.",
    "continued": "The quotation goes on after the words of saying.",
    "next-paragraph": "The quotation goes on in the next paragraph.",
    "same-sentence": "The quotation goes on in the same sentence.",
    "reopened": "Each paragraph opens the quotation marks again.",
    "floating": "The words stand in quotation marks, and nobody else speaks in between.",
    "label": "A few words in quotation marks, tied to somebody who uses them.",
    "label-passive": "A few words in quotation marks, said of somebody or something.",
    "clause": "The outlet says what was said, in a clause after a verb of saying.",
    "infinitive": "The outlet says what was asked, promised or refused.",
    "trailing": "What was said comes first, and who says it after it.",
    "according": "The outlet gives it as “according to” somebody.",
    "fragment": "A few words in quotation marks in the outlet’s own sentence, more likely said than a term.",
    "embedded": "The words stand inside a longer sentence of the outlet.",
    "document": "The whole text is a letter, a statement or a message.",
    "nested": "The words are quoted inside somebody else’s words.",
    "headline": "The words stand in the headline.",
    "speech-verb": "The verb is a plain one of speech.",
    "closed-by-paragraph": "The quotation marks were never closed; the paragraph ends the quotation.",
    "mixed-style": "The quotation opens with one style of mark and closes with another.",
    "doubled": "A quotation mark was printed twice.",
    "reopened-next-paragraph": "The next paragraph opens the quotation marks again.",
    "verb-say": "The verb is “say”.",
    "verb-sure": "The verb is one of saying.",
    "verb-other": "The verb does not always tell of speech.",
    "subject-person": "Its subject is a person.",
    "subject-phrase": "Its subject is described, not named.",
    "subject-organisation": "Its subject is an organisation.",
    "comma-inside": "A comma leaves open where what was said ends.",
    "goes-on": "The sentence goes on, perhaps beyond what was said.",
    "begins-inside": "The words in quotation marks begin in the middle of a statement.",
    "far-from-cue": "Other words stand between the verb of saying and the colon.",
    "relative": "It hangs on a “who said”, and to whom that belongs may be open.",
    "brackets": "The outlet put words of its own in brackets inside it.",
    "speaker-doubtful": "Who says it is in doubt.",
    "hypothetical": "It may be imagined, denied or still to be said.",
    "participle": "It hangs on a word like “saying”, and whose saying that is may be open.",
    "several fragments": "Several fragments in marks belong to one statement.",
}
_IN_FOCUS = re.compile(r"(\w+): (.+) was in focus")


def reason(text: str) -> str:
    """A reason as a sentence; "" for what only helps the reader's makers."""
    text = " ".join(str(text).replace("_", " ").split())
    if text in REASONS:
        return REASONS[text]
    if "vetoed" in text:
        return ""
    if found := _IN_FOCUS.fullmatch(text):
        return f"“{_capital(found[1])}” is {found[2]}, of whom the text speaks just before."
    return text and f"{_capital(text)}{'' if text[-1] in '.!?”' else '.'}"


def reasons(quote: Any) -> list[str]:
    """Why the machine took this for a quotation, and for this speaker's; the latter only where the speaker is shown."""
    found = [reason(text) for text in quote.reasons]
    for row in quote.attributions.all():
        if row.role == "speaker" and (row.shown or row.kind == "unnamed"):
            found += [reason(text) for text in row.reasons]
    return [text for text in dict.fromkeys(found) if text]
