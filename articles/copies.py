"""Which articles are copies of which: found as they come in, decided by editors, and each text counted once.

``Article.copy_of`` points straight at the original: the earliest, the agency first within a day. What the machine is
sure of it sets; what only looks like a copy waits as a `Suspicion`; what somebody decided it never touches, nor asks
about again. Callers let the gate look at what these verbs return; `represent` is the gate's part in this.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from articles.comparing.copying import SHORT, Body, Covering, Likeness, likeness
from articles.excerpts import visible
from articles.models import Article, Capture, Passage, Quote, Sketch, Source, Suspicion
from articles.reading.model import HIDDEN, Span
from corpus import locks
from corpus.chunks import chunks
from corpus.statements import among, insert_pairs

#: A shingle that so many articles have tells nothing about one of them, and is not noted any more.
COMMON = 50
#: So many of the noted shingles two articles share before their texts are compared; one where there are but a few.
SHARED = 2
#: And so much of the sketch of the shorter one, as far as it can be in that of the other.
LIKELY = 0.2
#: So many articles at most are compared with one, those that share most first.
COMPARED = 12
#: A short text that comes again later than this many days is a standing one: “We have approached the council.”
DAYS = 3
#: Of the words of a quote so many stand in the quotes of the original, if its article only repeats it.
REPEATED = 0.6

Place = tuple[int, bool, int, int]


@dataclass(slots=True)
class Known:
    """What has to be known of an article to compare it."""

    pk: int
    place: Place
    kind: str
    copy_of: int | None
    decided: bool
    body: Body | None = None


# --- finding


@transaction.atomic
def look(articles: Iterable[int]) -> set[int]:
    """Find what these articles (ids) are copies of, and what is one of them; returns the ids of all that changed.

    Whatever is no copy any more, because its text or its original's changed, is let go.
    """
    ids = set(articles)
    locks.hold("copies")
    # If the text of an original changed, what was a copy of it may be none any more.
    here = _known(ids | set(Article.objects.filter(copy_of__in=ids).values_list("pk", flat=True)))
    _note(one for pk, one in here.items() if pk in ids and one.copy_of is None)
    near = _near(here.values())
    for one in here.values():
        near[one.pk] |= {one.copy_of} if one.copy_of else set()
    known = here | _known({other for others in near.values() for other in others} - set(here))
    search = _Search(known)
    for one in sorted(here.values(), key=lambda one: one.place):
        search.place(one, [known[pk] for pk in near[one.pk] if pk in known])
    return search.store()


class _Search:
    """What becomes of articles that are compared, before it is stored."""

    def __init__(self, known: dict[int, Known]) -> None:
        self.known = known
        copies = list(Article.objects.filter(copy_of__in=known).values_list("pk", "copy_of", "decided"))
        self.was = {pk: one.copy_of for pk, one in known.items()} | {pk: of for pk, of, _ in copies}
        self.of = dict(self.was)
        #: Somebody decided that something is a copy of these: so they are originals.
        self.confirmed = {of for _, of, decided in copies if "copy_of" in decided}
        self.asked: set[int] = set()
        self.suspected: dict[int, tuple[int, float]] = {}
        self.compared: dict[tuple[int, int], Likeness | None] = {}

    def place(self, one: Known, near: Iterable[Known]) -> None:
        """Say of an article what it is a copy of, and which later ones that are no copies yet are copies of it."""
        in_time = sorted(near, key=lambda other: other.place)
        if not one.decided:
            self.asked.add(one.pk)
            if self.was[one.pk] and self.of[one.pk] == self.was[one.pk]:
                self.of[one.pk] = None
            self._choose(one, [other for other in in_time if other.place < one.place])
        if self.of[one.pk] is not None:
            return  # only what is no copy itself has copies
        for later in in_time:
            if later.place > one.place and not later.decided and self.of[later.pk] is None:
                self._choose(later, [one])

    def _choose(self, copy: Known, originals: Iterable[Known]) -> None:
        """Take for the original the one of these earlier articles that a text is most like, if it is a copy at all."""
        best: tuple[bool, float, int] | None = None
        for original in originals:
            like = self._compare(copy, original) if self.of[original.pk] is None else None
            if like:
                sure = like.certain and copy.pk not in self.confirmed
                if best is None or (sure, like.share) > best[:2]:
                    best = sure, like.share, original.pk
        if best is None:
            return
        sure, share, found = best
        if not sure:
            self.suspected.setdefault(copy.pk, (found, share))
            return
        self.suspected.pop(copy.pk, None)
        for pk in [copy.pk, *(pk for pk, of in self.of.items() if of == copy.pk)]:
            self.of[pk] = found

    def _compare(self, copy: Known, original: Known) -> Likeness | None:
        pair = copy.pk, original.pk
        if pair not in self.compared:
            self.compared[pair] = _likeness(copy, original)
        return self.compared[pair]

    def store(self) -> set[int]:
        changed = {pk for pk, of in self.of.items() if self.was[pk] != of}
        by_original: dict[int | None, list[int]] = defaultdict(list)
        for pk in changed:
            by_original[self.of[pk]].append(pk)
        for original, pks in by_original.items():
            Article.objects.filter(pk__in=pks).update(copy_of=original)
        copies = {pk for pk in changed if self.of[pk]}
        Sketch.objects.filter(article__in=copies).delete()
        _note(self.known[pk] for pk in changed - copies)
        Suspicion.objects.filter(article__in=(self.asked | copies) - set(self.suspected)).delete()
        Suspicion.objects.bulk_create(
            [Suspicion(article_id=pk, original_id=of, share=share) for pk, (of, share) in self.suspected.items()],
            update_conflicts=True, unique_fields=["article"], update_fields=["original", "share"],
        )  # fmt: skip
        return changed


def _likeness(copy: Known, original: Known) -> Likeness | None:
    if copy.body is None or original.body is None:
        return None
    found = likeness(copy.body, original.body)
    if found is None:
        return None
    if len(copy.body.keys) < SHORT and abs(copy.place[0] - original.place[0]) > DAYS:
        return None
    statements = {copy.kind, original.kind}
    # Who prints a statement as it is may have written a line beside it that says so.
    mixed = Article.Kind.STATEMENT in statements and len(statements) > 1
    return Likeness(found.share, found.certain and not mixed)


def _place(day: Any, time: Any, precision: str, agency: bool, pk: int) -> Place:
    """By which the original comes first: its day, the agency, its time, and whoever came in first."""
    exact = precision in {Article.Precision.DAY, Article.Precision.MINUTE}
    hour = time.hour * 60 + time.minute if time else 24 * 60
    return day.toordinal() if day and exact else 10**7, not agency, hour, pk


def _known(ids: Iterable[int]) -> dict[int, Known]:
    """These articles with the words of their current captures; four queries."""
    found: dict[int, Known] = {}
    captures: dict[int, int] = {}
    for some in chunks(set(ids), 500):
        rows = Article.objects.filter(pk__in=some, capture__isnull=False).values_list(
            "pk", "capture", "kind", "copy_of", "decided",
            "published_day", "published_time", "published_precision", "source__kind",
        )  # fmt: skip
        for pk, capture, kind, copy_of, decided, day, time, precision, source in rows:
            place = _place(day, time, precision, source == Source.Kind.AGENCY, pk)
            found[pk] = Known(pk, place, kind, copy_of, "copy_of" in decided)
            captures[capture or 0] = pk
    for some in chunks(captures, 500):
        texts = dict(Capture.objects.filter(pk__in=some).values_list("pk", "text"))
        out: dict[int, list[Span]] = defaultdict(list)
        spoken: dict[int, list[Any]] = defaultdict(list)
        apart = [*HIDDEN, Passage.Kind.HEADLINE, Passage.Kind.DOCUMENT]
        for capture, kind, start, end in Passage.objects.filter(capture__in=some, kind__in=apart).values_list(
            "capture", "kind", "start", "end"
        ):
            if kind == Passage.Kind.DOCUMENT:
                spoken[capture].append((start, end))
            else:
                out[capture].append(Span(start, end))
        quotes = Quote.objects.filter(capture__in=some, found=True).exclude(kind=Quote.Kind.INDIRECT)
        for capture, spans, marked in quotes.exclude(status=Quote.Status.REJECTED).values_list(
            "capture", "spans", "marked"
        ):
            spoken[capture] += marked or spans
        for capture, text in texts.items():
            one = found[captures[capture]]
            seen = [(span.start, span.end) for span in visible(len(text), out[capture])]
            one.body = Body(text, seen, spoken[capture])
    return found


def _note(some: Iterable[Known]) -> None:
    """Keep the sketches of these articles, and no others of them."""
    wanted = {one.pk: one.body.sketch for one in some if one.body}
    if not wanted:
        return
    Sketch.objects.filter(article__in=list(wanted)).delete()
    hashes = {shingle for sketch in wanted.values() for shingle in sketch}
    often = Counter({shingle: len(pks) for shingle, pks in _having(hashes).items()})
    rows = []
    for pk, sketch in wanted.items():
        rows += [(shingle, pk) for shingle in sketch if often[shingle] < COMMON]
        often.update(sketch)
    insert_pairs(Sketch._meta.db_table, ("hash", "article_id"), rows)


def _having(hashes: Iterable[int]) -> dict[int, list[int]]:
    """The articles that have each of these shingles in their sketches."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in chunks(hashes):
        for shingle, pk in Sketch.objects.filter(hash__in=among(some)).values_list("hash", "article"):
            found[shingle].append(pk)
    return found


def _near(some: Iterable[Known]) -> defaultdict[int, set[int]]:
    """For each of these articles those whose sketches share enough with its own."""
    sketches = {one.pk: one.body.sketch for one in some if one.body}
    having = _having({shingle for sketch in sketches.values() for shingle in sketch})
    shared = {
        pk: Counter(other for shingle in sketch if len(having[shingle]) < COMMON for other in having[shingle])
        for pk, sketch in sketches.items()
    }
    words = _words({other for counted in shared.values() for other, n in counted.items() if n >= SHARED} | set(shared))
    near: defaultdict[int, set[int]] = defaultdict(set)
    for pk, counted in shared.items():
        for other, n in counted.most_common(COMPARED + 1):
            # Of a text that is half as long, half as many of the smallest shingles can be in the sketch of the other.
            less, more = sorted((words.get(pk, 0), words.get(other, 0)))
            least = max(min(SHARED, len(sketches[pk]) // 8), LIKELY * len(sketches[pk]) * less / (more or 1))
            if other != pk and n >= max(1, least):
                near[pk].add(other)
    return near


def _words(articles: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(articles):
        found |= dict(Article.objects.filter(pk__in=some).values_list("pk", "words"))
    return found


# --- deciding


class Refused(Exception):
    """An article cannot be made a copy of this one; the message says why and what to do instead."""


def original_for(article: Article, other: Article) -> Article:
    """What an article becomes a copy of if somebody says that it is one of ``other``; raises Refused."""
    if other.pk == article.pk:
        raise Refused("An article is no copy of itself: choose another one.")
    original = other.copy_of or other
    decided = [copy for copy in article.copies.all() if "copy_of" in copy.decided and copy.pk != original.pk]
    if decided or original.pk == article.pk:
        first = decided[0] if decided else other
        raise Refused(f"“{first}” is a copy of this article itself: decide first that it is none.")
    return original


def follow(articles: Iterable[int]) -> set[int]:
    """After somebody decided, or took back, what these are copies of: nothing is a copy of a copy, and what is none can
    be found again.

    Returns the ids of other articles that changed with them.
    """
    rows = Article.objects.filter(pk__in=list(articles)).values_list("pk", "copy_of", "decided")
    changed: set[int] = set()
    alone = []
    for pk, copy_of, decided in rows:
        if copy_of is None:
            alone.append(pk)
        else:
            moved = Article.objects.filter(copy_of=pk).exclude(pk=copy_of)
            changed |= set(moved.values_list("pk", flat=True))
            moved.update(copy_of=copy_of)
            Sketch.objects.filter(article=pk).delete()
        if "copy_of" in decided:
            Suspicion.objects.filter(article=pk).delete()
    _note(_known(alone).values())
    return changed


def release(articles: Iterable[int]) -> set[int]:
    """Let go of the copies of articles that are about to be deleted: the first of each takes the place of the original.

    Returns their ids, for the gate once the articles are gone.
    """
    ids = list(articles)
    Sketch.objects.filter(article__in=ids).delete()
    left: set[int] = set()
    for pk in ids:
        rows = Article.objects.filter(copy_of=pk).exclude(pk__in=ids)
        known = _known(rows.values_list("pk", flat=True))
        if not known:
            continue
        heir, *others = sorted(known.values(), key=lambda one: one.place)
        sure = [one.pk for one in others if one.decided]
        Article.objects.filter(pk__in=known).exclude(pk__in=sure).update(copy_of=None)
        Article.objects.filter(pk__in=sure).update(copy_of=heir.pk)
        Quote.objects.filter(article__in=known, reprint=True).update(reprint=False)
        left |= set(known) | look(pk for pk in known if pk not in sure)
    return left


# --- counted once


def represent(articles: Iterable[int]) -> set[int]:
    """Materialise which public article stands for these and their kin, and which quotes only repeat one of it.

    What is hidden stands for nothing: then the first of its public copies does. Returns the ids of articles that count
    otherwise than before.
    """
    ids = set(articles)
    repeating: dict[int, int] = {}
    wanted: dict[int | None, list[int]] = defaultdict(list)
    for family in _kin(ids):
        public = [row for row in family if row.public]
        first = min(public, key=lambda row: (row.copy_of is not None, row.moment or 10**13, row.pk), default=None)
        for row in family:
            of = first.pk if first and row.public and row.pk != first.pk else None
            if of != row.reprint_of:
                wanted[of].append(row.pk)
            if of and (of != row.reprint_of or not ids.isdisjoint({row.pk, of})):
                repeating[row.pk] = of
    for of, pks in wanted.items():
        Article.objects.filter(pk__in=pks).update(reprint_of=of)
    if alone := wanted[None]:
        Quote.objects.filter(article__in=alone, reprint=True).update(reprint=False)
    if repeating:
        _repeat(repeating)
    return {pk for pks in wanted.values() for pk in pks} | set(repeating)


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    copy_of: int | None
    reprint_of: int | None
    public: bool
    moment: int


def _kin(ids: set[int]) -> list[list[_Row]]:
    """Each of these articles that has, or had, to do with copies, with its original and that one's other copies."""
    columns = "pk", "copy_of", "reprint_of", "public", "moment"
    near = Q(pk__in=ids) | Q(copy_of__in=ids) | Q(reprint_of__in=ids)
    rows = {row[0]: _Row(*row) for row in Article.objects.filter(near).values_list(*columns)}
    roots = {row.copy_of or row.pk for row in rows.values() if row.copy_of or row.reprint_of or row.pk not in ids}
    if roots:
        more = Article.objects.filter(Q(pk__in=roots) | Q(copy_of__in=roots)).values_list(*columns)
        rows |= {row[0]: _Row(*row) for row in more}
    kin: dict[int, list[_Row]] = defaultdict(list)
    for row in rows.values():
        kin[row.copy_of or row.pk].append(row)
    return [family for family in kin.values() if len(family) > 1 or family[0].reprint_of]


def _repeat(articles: Mapping[int, int]) -> None:
    """Say of the quotes of each of these articles whether the one that stands for it has them too; one query and two
    updates."""
    rows = Quote.objects.public().filter(article__in={*articles, *articles.values()})
    by_article: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
    for pk, article, text, reprint in rows.values_list("pk", "article", "text", "reprint"):
        by_article[article].append((pk, text, reprint))
    said = {of: Covering(text for _, text, _ in by_article[of]) for of in set(articles.values())}
    turned: dict[bool, list[int]] = {True: [], False: []}
    for article, of in articles.items():
        for pk, text, was in by_article[article]:
            if (said[of].share(text) >= REPEATED) != was:
                turned[not was].append(pk)
    for reprint, pks in turned.items():
        for some in chunks(pks):
            Quote.objects.filter(pk__in=some).update(reprint=reprint)
