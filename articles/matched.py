"""Pairs of quotes that may report one utterance, laid out as an editor is asked about them: aligned, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from articles import variants, wording
from articles.comparing import Class, aligned, compare
from articles.models import Attribution, Match, Quote
from articles.variants import Form

#: What the codes of a match mean, and whether they speak for one utterance.
REASONS = {
    "same-article": (True, "Both stand in one article."),
    "same-story": (True, "Both articles belong to one story."),
    "same-days": (True, "They were printed within three days."),
    "same-speaker": (True, "Both are given to the same person."),
    "day-unknown": (False, "When one of them was printed is not known."),
    "days-apart": (False, "They were printed {days} apart."),
    "long-apart": (False, "They were printed {days} apart: it may have been said again."),
    "speakers-differ": (False, "They are given to different people."),
    "speaker-unknown": (False, "One of them is given to nobody we know."),
    "few-words": (False, "They have only a word or two in common."),
    "set-phrase": (False, "So few words are soon said again."),
    "reported": (False, "One of them is reported: its words are the outlet’s."),
}
#: Of a long stretch that only one of two has, so many words stand at either end of what is shown.
AT_EITHER_END = 7


def in_short(quote: str) -> str:
    """Words of a quote, as many as tell it from others, in marks."""
    text = " ".join(quote.split())
    return f"“{text if len(text) <= 40 else text[:39].rstrip() + '…'}”"


def shortly(match: Match) -> list[str]:
    """The two quotes in a few words each."""
    return [in_short(quote.text) for quote in (match.first, match.second)]


# --- two forms as one line -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row: in both (``same``; as the second prints them), or in place of one another, or in one only."""

    kind: Class
    ours: str = ""
    theirs: str = ""

    @property
    def same(self) -> bool:
        return self.kind is Class.SAME


def runs(base: Form, against: Form) -> list[Run]:
    """Two forms read as one line; capitals and marks are those of the second, and no difference."""
    cells = aligned.row(compare(base.tokens, against.tokens), base.written, against.written)
    found: list[tuple[Class, list[str], list[str]]] = []
    for kind, ours, theirs in _strokes(cells):
        if found and found[-1][0] is kind:
            found[-1][1].extend(ours)
            found[-1][2].extend(theirs)
        else:
            found.append((kind, list(ours), list(theirs)))
    return [Run(kind, _cut(kind, ours), _cut(kind, theirs)) for kind, ours, theirs in found]


def _strokes(cells: Iterable[aligned.Cell]) -> Iterator[tuple[Class, Sequence[str], Sequence[str]]]:
    for cell in cells:
        yield from ((piece.kind, (), (piece.words,)) for piece in cell.before)
        beside = cell.kind in (Class.CASE, Class.PUNCTUATION)
        yield (Class.SAME if beside else cell.kind), cell.instead, cell.words
        yield from ((piece.kind, (), (piece.words,)) for piece in cell.after)


def _cut(kind: Class, words: Sequence[str]) -> str:
    """What one of the two has, its middle left out where it is long."""
    words = " ".join(words).split()
    gone = len(words) - 2 * AT_EITHER_END
    if kind is Class.SAME or gone < AT_EITHER_END:
        return " ".join(words)
    return f"{' '.join(words[:AT_EITHER_END])} [{gone} words] {' '.join(words[-AT_EITHER_END:])}"


def summed_up(base: Form, against: Form) -> str:
    """How much differs, in words: "1 word changed, 12 left out; marks or capitals in 3 places"."""
    counts = compare(base.tokens, against.tokens).counts()
    said = {
        "changed": counts["words_changed"],
        "left out": counts["words_left_out"] + counts["words_in_ellipses"] + counts["words_in_brackets"],
        "added": counts["words_added"],
    }
    parts: list[str] = []
    for what, number in said.items():
        if number:
            noun = "" if parts else " word" if number == 1 else " words"
            parts.append(f"{number}{noun} {what}")
    marks = counts["case"] + counts["punctuation"]
    beside = f"marks or capitals in {marks} place{'' if marks == 1 else 's'}" if marks else ""
    return "; ".join(part for part in (", ".join(parts) or "Not a word differs", beside) if part)


# --- cards -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the quote as it is printed, by whom and when, and whom it is given to."""

    form: Form
    label: str

    @property
    def quote(self) -> Quote:
        return self.form.quote

    @property
    def words(self) -> wording.Words:
        return wording.words(self.form.quote)

    @property
    def outlet(self) -> str:
        return str(self.form.quote.article.source or "An article without a source")

    @property
    def when(self) -> wording.Dated:
        return wording.printed_at(self.form.quote, clock=True)

    @property
    def speakers(self) -> str:
        rows = [row for row in self.form.quote.attributions.all() if row.role == "speaker"]
        return wording.listed([_named(row) for row in rows]) or "nobody named"

    @property
    def url(self) -> str:
        return f"{reverse('admin:articles_article_change', args=[self.form.quote.article_id])}#q-{self.form.quote.uid}"


def _named(row: Attribution) -> str:
    """Whom an attribution is given to, and what was printed where that is something else."""
    if row.person:
        name = str(row.person.canonical or row.person)
        return f"{name} (printed: {row.printed})" if row.printed and row.printed != name else name
    return f"{row.printed} (not settled)" if row.printed and row.kind != "unnamed" else row.printed or "nobody named"


@dataclass(slots=True)
class MatchCard:
    """A match as an editor is asked about it; the fuller of the two stands first, and the other differs from it."""

    match: Match
    sides: tuple[Side, Side]
    runs: list[Run]
    summary: str
    for_: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)

    @property
    def reported(self) -> bool:
        """One of them is in the outlet's words, so that there is nothing to align."""
        return any(side.form.reported for side in self.sides)

    @property
    def differ(self) -> bool:
        return any(not run.same for run in self.runs)

    @property
    def together(self) -> bool:
        """They report one utterance, as it is now."""
        first, second = (side.quote.utterance_id for side in self.sides)
        return first is not None and first == second

    @property
    def asks(self) -> str:
        """What the machine takes it for, as a question."""
        if self.match.occasion != "same" and self.match.occasion:
            return "Was this said once, or again?"
        return {
            "fragment": "Is this a part of the same words?",
            "whole": "Is this a part of the same words?",
            "paraphrase": "Does this report the same words?",
        }.get(self.match.relation, "Are these the same words?")


def cards(matches: Sequence[Match]) -> list[MatchCard]:
    """Matches with everything that an answer depends on, in four queries whatever their number."""
    ids = {pk for match in matches for pk in (match.first_id, match.second_id)}
    quotes = {quote.pk: quote for quote in variants.listed(Quote.objects.filter(pk__in=ids)).defer(None)}
    return [_card(match, quotes[match.first_id], quotes[match.second_id]) for match in matches]


def _card(match: Match, first: Quote, second: Quote) -> MatchCard:
    forms = sorted(
        map(variants.form_of, (first, second)), key=lambda form: (form.reported, -len(form.keys), form.quote.pk)
    )
    base, other = forms
    outlets = [str(form.quote.article.source or "no source") for form in forms]
    labels = outlets if outlets[0] != outlets[1] else [f"{outlets[0]}, the fuller", f"{outlets[1]}, the other"]
    card = MatchCard(
        match, (Side(base, labels[0]), Side(other, labels[1])), runs(base, other),
        "One of them is reported in the outlet’s words" if other.reported else summed_up(base, other),
    )  # fmt: skip
    share = round(100 * match.likeness)
    if share and not other.reported:
        much = "All" if share == 100 else f"{share} per cent"
        card.for_.append(f"{much} of the shorter one stands in the other, in the same order.")
    for code in match.reasons:
        speaks, sentence = REASONS.get(code, (True, wording.reason(code)))
        if sentence:
            (card.for_ if speaks else card.against).append(sentence.format(days=_apart(first, second)))
    return card


def _apart(first: Quote, second: Quote) -> str:
    days = [
        quote.entry.day if quote.entry and quote.entry.day else quote.article.published_day for quote in (first, second)
    ]
    if days[0] is None or days[1] is None:
        return "some days"
    number = abs((days[0] - days[1]).days)
    return f"{number} day{'' if number == 1 else 's'}"
