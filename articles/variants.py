"""The printed forms of an utterance, side by side: what the pages, the API and the desk show of it.

Everything comes of public quotes (or of those that are handed in), in a fixed number of queries, and without the texts
they stand in. A form is one quote; a witness is what one article prints of the utterance, in one quote or several; a
line is words that one witness or several print alike. A copy of another article is no witness of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from articles import wording
from articles.comparing import Class, Comparison, Step, Token, Type, aligned, compare, tokens
from articles.models import Article, Quote, Source, Utterance
from articles.models.quote import QuoteQuerySet
from articles.utterances.forms import said_spans

JOINT = wording.JOINT
#: Nothing is printed of the words where these differ.
MARKS = frozenset({Class.CASE, Class.PUNCTUATION})
#: A bar is as wide as so many words at least.
FEWEST = 12

#: What is read of a quote, its article, outlet and entry: an utterance may have very many, and they many columns.
SHOWN = (
    "uid", "text", "spans", "marked", "prefix", "kind", "status", "confidence", "reader", "moment", "relation", "cue",
    "nested_in", "utterance",
    *(f"article__{name}" for name in "uid headline opening url reprint_of".split()),
    *(f"article__published_{part}" for part in ("day", "time", "precision")),
    *(f"article__source__{name}" for name in ("name", "slug", "rights")),
    "entry__day", "entry__time",
)  # fmt: skip


def listed(quotes: QuoteQuerySet) -> QuoteQuerySet:
    """Quotes with all that a form shows, in three queries: with article and source; attributions and people; roles."""
    return quotes.credited().select_related("article__source", "entry").only(*SHOWN)


def quotes_of(utterances: Iterable[Utterance | int]) -> dict[int, list[Quote]]:
    """The public quotes of utterances, by key, the first printed first; three queries, however many."""
    found: dict[int, list[Quote]] = defaultdict(list)
    keys = [one if isinstance(one, int) else one.pk for one in utterances]
    for quote in listed(Quote.objects.public().filter(utterance__in=keys)).order_by("moment", "id"):
        found[quote.utterance_id or 0].append(quote)
    return found


# --- a form: one quote -----------------------------------------------------------------------------------------------


def spoken(quote: Quote) -> list[tuple[int, int]]:
    """Where in ``quote.text`` the words are that stand for themselves: of a part quotation those in marks, else all.

    In code points of the text; the blanks and the ellipsis that join two spans there are ours, and in none of these.
    """
    whole = said_spans(quote.spans, (), quote.kind)
    if whole[-1][1] != len(quote.text):
        return [(0, len(quote.text))]
    return list(said_spans(quote.spans, quote.marked, quote.kind))


@dataclass(eq=False)
class Form:
    """One quote of an utterance, beside the form that the others are compared with.

    ``comparison`` (of ``tokens``, whose offsets are in ``quote.text``) and ``counts`` are those of
    `articles.comparing`, None and empty of reported speech, whose words are the outlet's; ``reprint_of`` is the form
    of the article that its article is a copy of, where that has the utterance too.
    """

    quote: Quote
    spans: list[tuple[int, int]]
    tokens: tuple[Token, ...]
    comparison: Comparison | None = None
    counts: dict[str, int] = field(default_factory=dict)
    reprint_of: Form | None = None

    @property
    def article(self) -> Article:
        return self.quote.article

    @property
    def source(self) -> Source:
        assert self.quote.article.source is not None, "a public quote is of a source"
        return self.quote.article.source

    @property
    def reported(self) -> bool:
        return self.quote.kind == Quote.Kind.INDIRECT

    @property
    def relation(self) -> str:
        return self.quote.relation

    @cached_property
    def credit(self) -> wording.Credit:
        return wording.credit(self.quote)

    @cached_property
    def printed(self) -> wording.Dated:
        return wording.printed_at(self.quote, clock=True)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The words it has, as they are compared; an editor's brackets among them."""
        return tuple(token.key for token in self.tokens if token.type in (Type.WORD, Type.BRACKET))

    @property
    def day(self) -> wording.Dated:
        return wording.printed_at(self.quote)

    @property
    def people(self) -> frozenset[Any]:
        """Whom it is given to, of those we know."""
        return self.credit.people

    @property
    def root(self) -> int:
        """The article that it is of, or that stands for its copies."""
        return self.quote.article.reprint_of_id or self.quote.article_id

    @cached_property
    def written(self) -> aligned.Written:
        said = wording.words(self.quote)
        edges = (said.opening, said.closing)
        if self.quote.kind == Quote.Kind.MIXED and self.spans[0] != (0, len(self.quote.text)):
            edges = ("“", "”")
        return aligned.written(self.quote.text, self.spans, self.tokens, edges)


def beside(base: Sequence[Token], against: Sequence[Token]) -> Comparison:
    """As `articles.comparing.compare`; of two forms with little in common, one has what the other leaves out."""
    found = compare(base, against)
    least = min(sum(token.type is Type.WORD for token in some) for some in (base, against))
    if 2 * found.counts()["words_same"] >= least:
        return found
    # Two pieces of what was said from different places: word for word they would "change" all there is.
    return Comparison((Step(Class.OMISSION, tuple(base), ()), Step(Class.ADDITION, (), tuple(against))))


def form_of(quote: Quote) -> Form:
    spans = spoken(quote)
    return Form(quote, spans, _tokens(quote.text, tuple(spans)))


Spans = tuple[tuple[int, int], ...]


@lru_cache(maxsize=2_000)
def _tokens(text: str, spans: Spans) -> tuple[Token, ...]:
    return tuple(tokens(text, spans))


@lru_cache(maxsize=500)
def _compared(base: str, base_spans: Spans, text: str, spans: Spans) -> Comparison:
    """What was printed does not change, and is compared for every visitor."""
    return beside(_tokens(base, base_spans), _tokens(text, spans))


def _age(form: Form) -> tuple[int, int]:
    """The first printed first, those of unknown date last."""
    return form.quote.moment or 10**12, form.quote.pk


# --- what one article prints, and what several print alike ------------------------------------------------------------


@dataclass(eq=False)
class Witness:
    """What one article prints of the utterance: its forms in the order of the words.

    ``again`` are those that say some of it a second time, ``reprints`` those of its copies.
    """

    forms: list[Form]
    again: list[Form] = field(default_factory=list)
    reprints: list[Form] = field(default_factory=list)

    @property
    def first(self) -> Form:
        return self.forms[0]

    @cached_property
    def written(self) -> aligned.Written:
        """All its forms as one: offsets run on from form to form."""
        if len(self.forms) == 1:
            return self.first.written
        found: list[Token] = []
        surface: dict[int, str] = {}
        shift = 0
        for form in self.forms:
            found += [token._replace(start=token.start + shift, end=token.end + shift) for token in form.tokens]
            surface |= {at + shift: words for at, words in form.written.surface.items()}
            shift += len(form.quote.text) + len(JOINT)
        return aligned.Written(tuple(found), surface)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for form in self.forms for key in form.keys)


@dataclass(eq=False)
class Line:
    """Words that one article or several print alike, word for word, aligned with the base."""

    witnesses: list[Witness]
    comparison: Comparison
    cells: list[aligned.Cell]
    is_base: bool = False

    @cached_property
    def kinds(self) -> list[Class]:
        return aligned.kinds(self.cells)

    @cached_property
    def finding(self) -> Finding:
        return Finding(self.comparison, self.cells)

    @property
    def first(self) -> Form:
        return self.witnesses[0].first

    @property
    def others(self) -> list[Source]:
        """The other outlets that have the same words, reprints included."""
        some = [form for witness in self.witnesses for form in [*witness.forms, *witness.reprints]]
        return list({form.source.pk: form.source for form in some if form.source != self.first.source}.values())

    @property
    def people(self) -> list[Any]:
        """Whom those who print it give it to, of those we know, by name."""
        some = {person for witness in self.witnesses for person in witness.first.people}
        return sorted(some, key=lambda person: person.name)

    @property
    def bar(self) -> Bar:
        return Bar(self.kinds)


@dataclass(eq=False)
class Finding:
    """How a line differs from the base, for a sentence: words for words, what is left out, what is added."""

    comparison: Comparison
    cells: list[aligned.Cell]

    @cached_property
    def counts(self) -> dict[str, int]:
        return self.comparison.counts()

    @cached_property
    def changed(self) -> list[tuple[str, str]]:
        """Of each change what the base has, and what stands here instead, without the marks around."""
        return [(_bare(step.base), _bare(step.against)) for step in self.comparison.steps if step.kind is Class.WORD]

    @property
    def total(self) -> int:
        return sum(cell.span for cell in self.cells)

    @property
    def printed(self) -> int:
        return aligned.printed(aligned.kinds(self.cells))

    @property
    def left_out(self) -> int:
        return self.total - self.printed

    @property
    def added(self) -> int:
        return self.counts["words_added"]

    @property
    def bracketed(self) -> int:
        return self.counts["brackets"]

    @property
    def marks(self) -> int:
        return self.counts["case"] + self.counts["punctuation"]

    @property
    def whole(self) -> bool:
        """Nothing is missing, whatever else is otherwise."""
        return not self.left_out

    @property
    def same(self) -> bool:
        """Every word is there, and no other."""
        return not (self.changed or self.left_out or self.added or self.bracketed)

    @property
    def part(self) -> bool:
        """No more than half of it is there."""
        return 2 * self.printed <= self.total


def _bare(some: Sequence[Token]) -> str:
    return " ".join(token.text for token in some if token.type is not Type.MARK)


@dataclass(frozen=True)
class Bar:
    """A drawing of a line, ten wide for each word of the base: printed, another word, left out; as SVG paths."""

    kinds: Sequence[Class]

    @property
    def width(self) -> int:
        # A word or two are not drawn as wide as a sentence.
        return 10 * max(len(self.kinds), FEWEST)

    @property
    def printed(self) -> int:
        return aligned.printed(self.kinds)

    @property
    def total(self) -> int:
        return len(self.kinds)

    @property
    def same(self) -> str:
        return self._path({Class.SAME, Class.BRACKET, *MARKS})

    @property
    def changed(self) -> str:
        return self._path({Class.WORD})

    @property
    def gone(self) -> str:
        return self._path(aligned.MISSING)

    def _path(self, wanted: Iterable[Class]) -> str:
        path, at, wanted = "", 0, frozenset(wanted)
        while at < len(self.kinds):
            end = at + 1
            if self.kinds[at] in wanted:
                while end < len(self.kinds) and self.kinds[end] in wanted:
                    end += 1
                # One less than ten a word: the last block has its gap as well.
                path += f"M{10 * at} 5h{10 * (end - at) - 1}"
            at = end
        return path


@dataclass(frozen=True)
class Row:
    """What a line has in one part."""

    line: Line
    cells: list[aligned.Cell]

    @cached_property
    def gone(self) -> bool:
        """None of it."""
        return all(cell.kind in aligned.MISSING and not cell.before and not cell.after for cell in self.cells)


@dataclass(frozen=True)
class Stave:
    """A part of the base with every line under it; ``alike`` if they all print it in the same words."""

    number: int
    opening: str
    span: int
    rows: list[Row]

    @property
    def alike(self) -> bool:
        return all(
            cell.kind is Class.SAME or cell.kind in MARKS for row in self.rows for cell in row.cells
        ) and not any(cell.before or cell.after for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Share:
    """What an outlet prints of one part: of ``total`` words so many, so many of them otherwise."""

    total: int
    printed: int
    changed: int
    bracketed: int

    @classmethod
    def of(cls, kinds: Sequence[Class]) -> Share:
        return cls(len(kinds), aligned.printed(kinds), kinds.count(Class.WORD), kinds.count(Class.BRACKET))

    @property
    def state(self) -> str:
        """all, changed, part or none."""
        if not self.printed:
            return "none"
        return "part" if self.printed < self.total else "changed" if self.changed or self.bracketed else "all"


@dataclass
class Outlet:
    """An outlet, and what it has of the utterance: ``how`` is whole, changed, part, reported or none."""

    source: Source
    how: str
    whole: Share | None = None
    shares: list[Share] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    reported: list[Form] = field(default_factory=list)

    @property
    def first(self) -> Form | None:
        """What it printed first."""
        some = [witness.first for witness in self.witnesses] + self.reported
        return min(some, key=_age, default=None)


@dataclass(frozen=True)
class Printing:
    """What one article has of the utterance: a line of the comparison, or none where it tells it in other words."""

    form: Form
    line: Line | None = None
    witness: Witness | None = None


# --- the forms of an utterance ---------------------------------------------------------------------------------------


@dataclass(eq=False)
class Forms:
    """Every form of an utterance, compared with one of them: the fullest, or the one that was asked for."""

    utterance: Utterance
    base: Form
    fullest: Form
    forms: list[Form]

    @property
    def first(self) -> Form:
        """What was printed first."""
        return self.forms[0]

    @cached_property
    def sources(self) -> list[Source]:
        """Every outlet that has it, copies included, in the order of print."""
        return list({form.source.pk: form.source for form in self.forms}.values())

    @property
    def cut(self) -> int:
        """How many outlets print a part only."""
        return sum(outlet.how == "part" for outlet in self.outlets)

    @property
    def direct(self) -> list[Form]:
        return [form for form in self.forms if not form.reported or form is self.base]

    @property
    def reported(self) -> list[Form]:
        """Told in other words."""
        return [form for form in self.forms if form.reported and form is not self.base]

    @cached_property
    def witnesses(self) -> list[Witness]:
        """A witness an article that prints the words; reprints stand with what they are copies of."""
        of_article: dict[int, list[Form]] = defaultdict(list)
        for form in self.direct:
            of_article[form.quote.article_id].append(form)
        return [one for some in of_article.values() for one in self._witnesses(some)]

    def _witnesses(self, some: list[Form]) -> list[Witness]:
        """The forms of one article: pieces of the utterance beside one another are one witness."""
        places = {form: self._covered(form) for form in some}
        found: list[Witness] = []
        for form in sorted(some, key=lambda one: (one is not self.base, -len(places[one]), one.quote.pk)):
            for witness in found:
                covered = set().union(*(places[one] for one in witness.forms))
                if places[form] <= covered and not form.counts["words_changed"] and not form.counts["words_added"]:
                    witness.again.append(form)
                    break
                # The base stands alone: what is cut would be cut from it.
                if self.base not in witness.forms and places[form] and not places[form] & covered:
                    witness.forms.append(form)
                    witness.forms.sort(key=lambda one: min(places[one], default=0))
                    break
            else:
                found.append(Witness([form]))
        return found

    def _covered(self, form: Form) -> set[int]:
        return {at for at, kind in enumerate(aligned.kinds(self._cells[form])) if kind not in aligned.MISSING}

    @cached_property
    def _cells(self) -> dict[Form, list[aligned.Cell]]:
        """Each form beside the base."""
        return {
            form: aligned.row(form.comparison, self.base.written, form.written)
            for form in self.direct
            if form.comparison
        }

    @cached_property
    def lines(self) -> list[Line]:
        """What was printed in different words, the base first, then in the order of print."""
        alike: dict[tuple[str, ...], list[Witness]] = defaultdict(list)
        for witness in sorted(self.witnesses, key=lambda one: (self.base not in one.forms, *_age(one.first))):
            alike[witness.keys].append(witness)
        found = []
        for some in alike.values():
            kept = _without_reprints(some)
            here = self.base.written
            first = kept[0].forms
            if len(first) == 1 and first[0].comparison:
                comparison, cells = first[0].comparison, self._cells[first[0]]
            else:
                comparison = beside(here.tokens, kept[0].written.tokens)
                cells = aligned.row(comparison, here, kept[0].written)
            found.append(Line(kept, comparison, cells, any(self.base in witness.forms for witness in some)))
        return found

    @property
    def base_line(self) -> Line:
        return next(line for line in self.lines if line.is_base)

    @cached_property
    def staves(self) -> list[Stave]:
        """The lines under one another, a part of the base after the other."""
        words = [self.base.written[token] for token in self.base.written.words]
        return [
            Stave(
                number,
                " ".join(words[part.start : part.start + 3]).strip("“”‘’\"',.;:"),
                part.span,
                [Row(line, aligned.within(line.cells, part)) for line in self.lines],
            )
            for number, part in enumerate(self.parts, 1)
        ]

    @cached_property
    def parts(self) -> list[aligned.Part]:
        return aligned.parts(self.base.written)

    @cached_property
    def outlets(self) -> list[Outlet]:
        """The outlets that have it, in the order in which the lines name them; copies are not counted again."""
        rows: dict[int, list[list[Class]]] = defaultdict(list)
        found: dict[int, Outlet] = {}
        for line in self.lines:
            for witness in line.witnesses:
                if witness.first.reprint_of is not None:
                    continue
                source = witness.first.source
                outlet = found.setdefault(source.pk, Outlet(source, "whole"))
                outlet.witnesses.append(witness)
                rows[source.pk].append(line.kinds)
        for pk, outlet in found.items():
            kinds = aligned.together(rows[pk])
            outlet.whole = Share.of(kinds)
            outlet.shares = [Share.of(kinds[part.start : part.end]) for part in self.parts]
            outlet.how = {"all": "whole", "none": "part"}.get(outlet.whole.state, outlet.whole.state)
        for form in self.reported:
            if form.reprint_of is None:
                outlet = found.setdefault(form.source.pk, Outlet(form.source, "reported"))
                outlet.reported.append(form)
        return list(found.values())

    @cached_property
    def printings(self) -> list[Printing]:
        """An article after the other, in the order of the lines; those that tell it in other words come last."""
        found = [Printing(witness.first, line, witness) for line in self.lines for witness in line.witnesses]
        return found + [Printing(form) for form in self.reported if form.reprint_of is None]

    @cached_property
    def by_outlet(self) -> list[Printing]:
        """Of each outlet what it has most of."""
        best: dict[int, Printing] = {}
        for one in self.printings:
            other = best.setdefault(one.form.source.pk, one)
            if one.line and other.line and one.line.finding.printed > other.line.finding.printed:
                best[one.form.source.pk] = one
        return list(best.values())

    @cached_property
    def reprints(self) -> list[Form]:
        return [form for form in self.forms if form.reprint_of is not None]

    @cached_property
    def given(self) -> list[tuple[wording.Credit, list[Source]]]:
        """Whom the outlets give the words to, with the outlets; most outlets first."""
        found: dict[Any, tuple[wording.Credit, dict[int, Source]]] = {}
        for form in self.forms:
            if form.people:
                _, sources = found.setdefault(form.people, (form.credit, {}))
                sources[form.source.pk] = form.source
        rows = [(credit, list(sources.values())) for credit, sources in found.values()]
        return sorted(rows, key=lambda row: -len(row[1]))

    @cached_property
    def conflict(self) -> bool:
        """Whether two outlets give the words to people of whom none is the same."""
        known = list({form.people for form in self.forms if form.people})
        return any(not one & other for at, one in enumerate(known) for other in known[at + 1 :])

    @property
    def words_changed(self) -> int:
        return max((line.finding.counts["words_changed"] for line in self.lines), default=0)

    @property
    def difference(self) -> tuple[int, ...]:
        """How far the outlets differ, for an order: words changed and speakers first, then what was left out."""
        gone = max((line.finding.left_out for line in self.lines), default=0)
        return 3 * self.conflict + self.words_changed, gone, len(self.outlets)

    @property
    def bar(self) -> Bar:
        """All lines in one: what any of them has otherwise, and what half of them or more leave out."""
        columns = zip(*(line.kinds for line in self.lines), strict=True)
        return Bar([_of_all(column) for column in columns])


def _of_all(column: Sequence[Class]) -> Class:
    if Class.WORD in column:
        return Class.WORD
    return Class.OMISSION if 2 * aligned.printed(column) <= len(column) else Class.SAME


def _without_reprints(some: list[Witness]) -> list[Witness]:
    """Those that print the same words: a copy of another stands with it as a reprint."""
    kept: dict[int, Witness] = {}
    for witness in sorted(some, key=lambda one: one.first.reprint_of is not None):
        original = kept.setdefault(witness.first.root, witness)
        if original is not witness and original.first.quote.article_id != witness.first.quote.article_id:
            original.reprints += witness.forms
        elif original is not witness:
            kept[-witness.first.quote.pk] = witness
    return [witness for witness in some if witness in kept.values()]


def forms(utterance: Utterance, quotes: Sequence[Quote] | None = None, base: str = "") -> Forms | None:
    """The forms of an utterance compared with its fullest, or with that of the quote ``base`` (uid) if it has it.

    ``quotes`` are those of `quotes_of`, where they were asked for already; else three queries. None if there are none.
    """
    rows = list(quotes_of([utterance]).get(utterance.pk, ()) if quotes is None else quotes)
    if not rows:
        return None
    found = sorted(map(form_of, rows), key=_age)
    longest = max(found, key=lambda form: (not form.reported, len(form.keys)))
    # The fullest may be one that the public does not see.
    fullest = next((form for form in found if form.quote.pk == utterance.fullest_id), longest)
    chosen = next((form for form in found if form.quote.uid == base and not form.reported), fullest)
    for form in found:
        if not form.reported or form is chosen:
            form.comparison = _compared(chosen.quote.text, tuple(chosen.spans), form.quote.text, tuple(form.spans))
            form.counts = form.comparison.counts()
    _find_reprints(found)
    return Forms(utterance, chosen, fullest, found)


def _find_reprints(found: list[Form]) -> None:
    """Tie the forms of copies to what they are copies of: the original's if it is here, else the first copy's."""
    by_root: dict[int, list[Form]] = defaultdict(list)
    for form in found:
        by_root[form.root].append(form)
    for root, some in by_root.items():
        original = next((form for form in some if form.quote.article_id == root), some[0]).quote.article_id
        theirs = [form for form in some if form.quote.article_id == original]
        for form in some:
            if form.quote.article_id != original:
                alike = [one for one in theirs if one.keys == form.keys]
                form.reprint_of = (alike or theirs)[0]
