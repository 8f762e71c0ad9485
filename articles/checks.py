"""What must hold of the news: every hash and span, the gate's columns, the figures, the words that are searched."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet

from articles import doubt, gate
from articles import utterances as grouping
from articles.excerpts import visible
from articles.models import (
    Article,
    Attribution,
    Capture,
    Match,
    Mention,
    Notice,
    Passage,
    PastAnchor,
    Quote,
    Reading,
    Report,
    SearchText,
    Source,
    Story,
    Utterance,
    search,
)
from articles.models.article import moment
from articles.reading.model import HIDDEN, Span
from corpus.checking import Fault, Scan, Told, batches, decisions
from corpus.prepared import Prepared
from corpus.statements import among
from people.models import Person

#: So many captures, with all that stands on them, are in memory at once; so many articles.
CAPTURES, ARTICLES = 40, 500


# --- captures and what stands on them


def captures(told: Told) -> Iterator[Fault]:
    """Hashes of bytes and text; every span against the text it is of; what articles say of their current capture."""
    for keys in batches(QuerySet(Capture), CAPTURES):
        texts: dict[int, str] = {}
        rows: QuerySet[Any] = QuerySet(Capture).filter(pk__in=among(keys)).order_by("pk")
        columns = ("pk", "uid", "text", "text_sha256", "raw_sha256", "raw")
        for pk, uid, text, text_sha256, raw_sha256, raw in rows.values_list(*columns).iterator(chunk_size=10):
            texts[pk] = text
            if hashlib.sha256(bytes(raw)).hexdigest() != raw_sha256:
                yield Fault("hashes", f"capture {uid}", "its bytes are not those of its SHA-256")
            if hashlib.sha256(text.encode()).hexdigest() != text_sha256:
                yield Fault("hashes", f"capture {uid}", "its text is not that of its SHA-256")
        yield from _quotes(texts)
        yield from _attributions(texts)
        yield from _marks(texts)
        yield from _past(texts)
        yield from _readings(texts)
        told(len(keys))


@cache
def _rows(model: type[Model], by: str, *columns: str) -> Prepared:
    """Columns of rows that are on some of the captures, in the order of their keys."""
    return Prepared(QuerySet(model).order_by("pk").values_list(*columns), by)


def _within(text: str, spans: Any) -> bool:
    try:
        places = [place for start, end in spans for place in (start, end)]
    except (TypeError, ValueError):
        return False
    return all(isinstance(place, int) for place in places) and all(
        0 <= start < end <= len(text) for start, end in spans
    )


def _quotes(texts: Mapping[int, str]) -> Iterator[Fault]:
    columns = ("uid", "capture", "start", "end", "spans", "marked", "text", "prefix", "suffix",
               "cue", "cue_start", "cue_end")  # fmt: skip
    for row in _rows(Quote, "capture", *columns).rows(list(texts)):
        uid, capture, start, end, spans, marked, words, prefix, suffix, cue, cue_start, cue_end = row
        text = texts[capture]
        for said in _quote(text, start, end, spans, marked, words, prefix, suffix):
            yield Fault("spans", f"quote {uid}", said)
        if cue_start is not None and text[cue_start:cue_end][:200] != cue:
            yield Fault("spans", f"quote {uid}", f"its cue, “{cue}”, does not stand where it is said to")


def _quote(
    text: str, start: int, end: int, spans: Any, marked: Any, words: str, prefix: str, suffix: str
) -> Iterator[str]:
    if not spans or not _within(text, spans):
        yield "its spans are none, or not within the text"
        return
    if (start, end) != (spans[0][0], spans[-1][1]):
        yield "its ends are not those of its spans"
    if " … ".join(text[one:other] for one, other in spans) != words:
        yield "its words are not those of the text at its spans"
    if prefix != text[max(0, start - 32) : start] or suffix != text[end : end + 32]:
        yield "the words around it are not those of the text"
    if not _within(text, marked):
        yield "what is marked of it is not within the text"


def _attributions(texts: Mapping[int, str]) -> Iterator[Fault]:
    columns = ("quote__uid", "quote__capture", "start", "end", "printed")
    for uid, capture, start, end, printed in _rows(Attribution, "quote__capture", *columns).rows(list(texts)):
        if start is not None and texts[capture][start:end][:300] != printed:
            yield Fault("spans", f"quote {uid}", f"the name “{printed}” does not stand where it is said to")


def _marks(texts: Mapping[int, str]) -> Iterator[Fault]:
    columns = ("uid", "capture", "start", "end", "printed")
    for uid, capture, start, end, printed in _rows(Mention, "capture", *columns).rows(list(texts)):
        if texts[capture][start:end][:300] != printed or end > len(texts[capture]):
            yield Fault("spans", f"mention {uid}", f"“{printed}” does not stand where it is said to")
    for uid, capture, start, end in _rows(Passage, "capture", "uid", "capture", "start", "end").rows(list(texts)):
        if not 0 <= start < end <= len(texts[capture]):
            yield Fault("spans", f"passage {uid}", f"{start}–{end} is not within its text")


def _past(texts: Mapping[int, str]) -> Iterator[Fault]:
    columns = ("quote__uid", "capture", "spans", "text")
    for uid, capture, spans, words in _rows(PastAnchor, "capture", *columns).rows(list(texts)):
        text = texts[capture]
        if not _within(text, spans) or " … ".join(text[start:end] for start, end in spans) != words:
            yield Fault("spans", f"quote {uid}", "its words are not those of an earlier capture where it stood there")


def _readings(texts: Mapping[int, str]) -> Iterator[Fault]:
    """Readings parse; what they quote stands in the text; and one of them has as many words as the article says."""
    seen: dict[int, list[int]] = defaultdict(list)
    columns = ("capture", "capture__uid", "reader", "record")
    for capture, uid, reader, record in _rows(Reading, "capture", *columns).rows(list(texts)):
        text, thing = texts[capture], f"reading of capture {uid} by {reader}"
        try:
            wrong = next((q for q in record["quotes"] if text[q["start"] : q["end"]] != q["text"]), None)
            wrong = wrong or next((m for m in record["mentions"] if text[m["start"] : m["end"]] != m["text"]), None)
            hidden = [Span(p["start"], p["end"]) for p in record["passages"] if p["kind"] in HIDDEN]
            seen[capture].append(sum(len(span.of(text).split()) for span in visible(len(text), hidden)))
        except (TypeError, KeyError, ValueError) as error:
            yield Fault("readings", thing, f"it is no reading: {error!r}")
            continue
        if wrong:
            yield Fault("readings", thing, f"“{wrong['text'][:60]}” does not stand where it is said to")
    own_columns = ("pk", "uid", "capture", "text_sha256", "words", "capture__article", "capture__text_sha256")
    for pk, uid, capture, sha256, words, own, said in _rows(Article, "capture", *own_columns).rows(list(texts)):
        if own != pk:
            yield Fault("captures", f"article {uid}", "its current capture is of another article")
        if sha256 != said:
            yield Fault("captures", f"article {uid}", "the SHA-256 of its text is not that of its capture", pk)
        if seen[capture] and words not in seen[capture]:
            yield Fault("words", f"article {uid}", f"it has {seen[capture][-1]} words, and says {words}",
                        (pk, seen[capture][-1]))  # fmt: skip


def _mend_words(articles: Sequence[tuple[int, int]]) -> None:
    for pk, words in articles:
        Article.objects.filter(pk=pk).update(words=words)


def _mend_sha256(articles: Sequence[int]) -> None:
    for article in Article.objects.filter(pk__in=articles).select_related("capture"):
        if article.capture:
            Article.objects.filter(pk=article.pk).update(text_sha256=article.capture.text_sha256)


# --- articles, their quotes, and what is derived of them


def articles(told: Told) -> Iterator[Fault]:
    """What the gate materialises, against its own conditions; what waits, and the words that are searched."""
    for keys in batches(QuerySet(Article), ARTICLES):
        yield from _belonging(keys)
        yield from _public(keys)
        yield from _moments(keys)
        yield from _figures(keys)
        yield from _search(keys)
        told(len(keys))


def _belonging(keys: Sequence[int]) -> Iterator[Fault]:
    """Captures, entries and outer quotes are of the same article; and no quote has lost its text without saying so."""
    quotes = Quote.objects.filter(article__in=among(keys)).order_by("pk")
    for uid in quotes.exclude(capture__article=F("article")).values_list("uid", flat=True):
        yield Fault("captures", f"quote {uid}", "it stands in a capture of another article")
    astray = Q(entry__isnull=False) & ~Q(entry__capture__article=F("article"))
    astray |= Q(nested_in__isnull=False) & ~Q(nested_in__article=F("article"))
    for uid in quotes.filter(astray).values_list("uid", flat=True):
        yield Fault("captures", f"quote {uid}", "its entry, or the quote it is in, is of another article")
    lost = quotes.exclude(capture=F("article__capture")).exclude(anchor=Quote.Anchor.ORPHANED)
    for uid, article in lost.values_list("uid", "article"):
        yield Fault("orphans", f"quote {uid}", "it does not stand in the current capture, and is no orphan", article)
    held = quotes.filter(capture=F("article__capture"), anchor=Quote.Anchor.ORPHANED)
    for uid in held.values_list("uid", flat=True):
        yield Fault("orphans", f"quote {uid}", "it is an orphan, and stands in the current capture")


def _differing(rows: QuerySet[Any], condition: Q, column: str) -> Iterator[int]:
    """The rows (keys) whose column is not whether the condition holds."""
    holding = set(rows.filter(condition).order_by().values_list("pk", flat=True))
    marked = set(rows.filter(**{column: True}).order_by().values_list("pk", flat=True))
    yield from sorted(holding ^ marked)


def _public(keys: Sequence[int]) -> Iterator[Fault]:
    said = "whether it is public is not what the gate says"
    rows: QuerySet[Any] = QuerySet(Article).filter(pk__in=among(keys))
    wrong = list(_differing(rows, gate.may_show_article(), "public"))
    for pk, uid in Article.objects.filter(pk__in=wrong).values_list("pk", "uid"):
        yield Fault("public", f"article {uid}", said, pk)
    wrong = list(_differing(QuerySet(Quote).filter(article__in=among(keys)), gate.may_show_quote(), "public"))
    for uid, article in Quote.objects.filter(pk__in=wrong).values_list("uid", "article"):
        yield Fault("public", f"quote {uid}", said, article)
    shown: QuerySet[Any] = QuerySet(Attribution).filter(quote__article__in=among(keys))
    wrong = list(_differing(shown, gate.may_show_person(), "shown"))
    for uid, article in Attribution.objects.filter(pk__in=wrong).values_list("quote__uid", "quote__article"):
        yield Fault("public", f"quote {uid}", "whether its speaker is shown is not what the gate says", article)


def _moments(keys: Sequence[int]) -> Iterator[Fault]:
    rows = Article.objects.filter(pk__in=among(keys)).values_list(
        "pk", "uid", "published_day", "published_time", "moment"
    )
    for pk, uid, day, time, said in rows:
        if moment(day, time) != said:
            yield Fault("moments", f"article {uid}", f"it sorts by {said}, not by its day, {day}",
                        pk)  # fmt: skip
    quotes = Quote.objects.filter(article__in=among(keys)).order_by("pk")
    undated = quotes.filter(entry__day__isnull=True).exclude(moment=F("article__moment"))
    for uid, article in undated.values_list("uid", "article"):
        yield Fault("moments", f"quote {uid}", "it does not sort where its article does", article)
    dated = quotes.filter(entry__day__isnull=False)
    for uid, article, day, time, said in dated.values_list("uid", "article", "entry__day", "entry__time", "moment"):
        if moment(day, time) != said:
            yield Fault("moments", f"quote {uid}", "it does not sort where its entry does", article)
    late = Attribution.objects.filter(quote__article__in=among(keys)).order_by("pk")
    late = late.exclude(moment=F("quote__moment"), reprint=F("quote__reprint"))
    for uid, article in late.values_list("quote__uid", "quote__article"):
        yield Fault("moments", f"quote {uid}", "its speakers do not sort and count where it does", article)


def _figures(keys: Sequence[int]) -> Iterator[Fault]:
    figures = {f"right_{name}": expression for name, expression in doubt.figures().items()}
    rows: QuerySet[Any] = QuerySet(Article).filter(pk__in=among(keys)).annotate(**figures).order_by("pk")
    for pk, uid, waiting, doubted, right, right_doubt in rows.values_list(
        "pk", "uid", "waiting", "doubt", "right_waiting", "right_doubt"
    ):
        if waiting != right or abs(doubted - right_doubt) > 1e-6:
            yield Fault("figures", f"article {uid}", f"{right} quotes wait in it with doubt {right_doubt:.2f}, and it "
                        f"says {waiting} with {doubted:.2f}", pk)  # fmt: skip
    miscounted = Article.objects.filter(pk__in=among(keys)).exclude(**gate.counts()).order_by("pk")
    for pk, uid in miscounted.values_list("pk", "uid"):
        yield Fault("figures", f"article {uid}", "it does not say how many public quotes it has", pk)
    misnamed = Quote.objects.filter(article__in=among(keys)).exclude(speaker_is=gate.speaker_is()).order_by("pk")
    for uid, article in misnamed.values_list("uid", "article"):
        yield Fault("figures", f"quote {uid}", "whether its speaker is named is not what its attributions say", article)


def _search(keys: Sequence[int]) -> Iterator[Fault]:
    kept = {pk: (shown, closed) for pk, shown, closed in
            SearchText.objects.filter(article__in=among(keys)).values_list("pk", "open", "closed")}  # fmt: skip
    for row in gate.search_texts(keys):
        if kept.get(row.article_id) != (row.open, row.closed):
            yield Fault("search", f"article {row.article.uid}", "it is not found by its words", row.article_id)


def _mend_moments(keys: Sequence[int]) -> None:
    for article in Article.objects.filter(pk__in=keys):
        Article.objects.filter(pk=article.pk).update(moment=moment(article.published_day, article.published_time))
    for quote in Quote.objects.filter(article__in=keys, entry__day__isnull=False).select_related("entry"):
        if quote.entry and quote.entry.moment != quote.moment:
            Quote.objects.filter(pk=quote.pk).update(moment=quote.entry.moment)
    gate.refresh(keys)


def _mend_orphans(keys: Sequence[int]) -> None:
    lost = Quote.objects.filter(article__in=keys).exclude(capture=F("article__capture"))
    for some in batches(lost.exclude(anchor=Quote.Anchor.ORPHANED), ARTICLES):
        Quote.objects.filter(pk__in=some).update(anchor=Quote.Anchor.ORPHANED, found=False, public=False)
    gate.refresh(keys)


def _otherwise(
    rows: QuerySet[Any], columns: Sequence[str], keys: list[int], refresh: Callable[[list[int]], None]
) -> Iterator[tuple[int, str]]:
    """The rows (key, uid) of which these columns would be otherwise if they were made anew; they are put back."""
    before = {pk: (uid, values) for pk, uid, *values in rows.values_list("pk", "uid", *columns)}
    with transaction.atomic():
        refresh(keys)
        after = {pk: values for pk, *values in rows.values_list("pk", *columns)}
        transaction.set_rollback(True)
    yield from ((pk, uid) for pk, (uid, values) in before.items() if after[pk] != values)


def people(told: Told) -> Iterator[Fault]:
    """Whether people are public, as the gate has it."""
    for keys in batches(QuerySet(Person), 5_000):
        rows = Person.objects.filter(pk__in=among(keys))
        for pk, uid in _otherwise(rows, ("public", "spoken"), keys, gate.refresh_people):
            yield Fault("public", f"person {uid}", "whether they are public, or how much they say, is not so", pk)
        told(len(keys))


def index(told: Told) -> Iterator[Fault]:
    """The search indexes against their tables, and the triggers that feed them, the feed of changes and the guard."""
    for said in search.drift():
        yield Fault("index", "the search index", said, "all")
    told(1)


def _mend_index(_: Iterable[str]) -> None:
    search.install()
    search.rebuild()


def utterances(told: Told) -> Iterator[Fault]:
    """Utterances that were taken up into others lead to one that stands for itself; their figures add up."""
    yield from cycles(Utterance)
    figures = ("fullest", "moment", "printed", "outlets", "words_changed", "conflict", "public")
    for keys in batches(QuerySet(Utterance), ARTICLES):
        rows = Utterance.objects.filter(pk__in=among(keys))
        for pk, uid in _otherwise(rows, figures, keys, grouping.refresh):
            yield Fault("figures", f"utterance {uid}", "its figures are not those of its quotes", pk)
        told(len(keys))


def cycles(model: Any) -> Iterator[Fault]:
    """Whoever is merged into another comes to one that is not; memory for the merged ones only."""
    into = dict(QuerySet(model).filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    for start in into:
        seen, at = {start}, into[start]
        while at in into and at not in seen:
            seen.add(at)
            at = into[at]
        if at in seen:
            uid = QuerySet(model).filter(pk=start).values_list("uid", flat=True).get()
            yield Fault("merges", f"{model._meta.verbose_name} {uid}", "it is merged in a circle")


def _count(model: Any) -> Any:
    return lambda: QuerySet(model).count()


def _decided(model: Any, *prefetched: str, joined: Sequence[str] = ()) -> Scan:
    return Scan(
        f"decisions on {model._meta.verbose_name_plural}",
        _count(model),
        lambda told: decisions(model, told, *prefetched, joined=joined),
    )


DERIVED: dict[str, Callable[[Sequence[Any]], None]] = {
    **dict.fromkeys(["public", "figures", "search"], gate.refresh),
    "moments": _mend_moments,
    "orphans": _mend_orphans,
}
SCANS = [
    Scan("captures", _count(Capture), captures, {"words": _mend_words, "captures": _mend_sha256}),
    Scan("articles", _count(Article), articles, DERIVED),
    Scan("people in public", _count(Person), people, {"public": gate.refresh_people}),
    Scan("utterances", _count(Utterance), utterances, {"figures": grouping.refresh}),
    Scan("search index", lambda: 1, index, {"index": _mend_index}),
    *(_decided(model) for model in (Source, Story, Notice, Report, Utterance, Match)),
    _decided(Article, joined=["source", "copy_of"]),
    _decided(Passage, joined=["capture__article"]),
    _decided(Mention, joined=["capture__article", "person"]),
    _decided(Quote, "attributions__person", joined=["capture", "article", "utterance"]),
]
