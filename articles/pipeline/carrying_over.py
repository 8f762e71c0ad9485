"""From one capture to the next: what stood in the last is found again, moved, or orphaned; never guessed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from articles.models import Article, Attribution, Capture, Mention, Passage, PastAnchor, Quote
from articles.reading.anchoring import Anchored, follow, reanchor
from articles.reading.model import Span


def carry_over(article: Article, before: Capture, after: Capture) -> None:
    """Re-anchor in the next capture the quotes of the last one, and the mentions and passages that somebody decided on.

    What was orphaned earlier is looked for again: a text may be put right.
    """
    for quote in article.quotes.filter(Q(capture=before) | Q(anchor=Quote.Anchor.ORPHANED)).select_related("capture"):
        _carry_quote(quote, after)
    taken = set()
    decided = Mention.objects.filter(capture__article=article).exclude(capture=after).exclude(decided=[])
    for mention in decided.select_related("capture").order_by("-capture__number", "start"):
        anchored = reanchor(mention.capture.text, _spans([[mention.start, mention.end]]), after.text)
        if anchored.spans and anchored.spans[0] not in taken:  # a span is one mention; the latest was first
            taken.add(anchored.spans[0])
            mention.stand_in(after, _pairs(anchored.spans))
            mention.save()
    passages = Passage.objects.filter(capture__article=article).exclude(capture=after).exclude(decided=[])
    for passage in passages.select_related("capture"):
        anchored = reanchor(passage.capture.text, _spans([[passage.start, passage.end]]), after.text, by_ends=True)
        if anchored.spans:
            passage.stand_in(after, _pairs(anchored.spans))
            passage.save()


def where(quote: Quote, text: str) -> Anchored:
    """Where the spans of a quote stand in another text."""
    return follow([quote.capture.text, text], _spans(quote.spans))


def _carry_quote(quote: Quote, after: Capture) -> None:
    before, old = quote.capture, _spans(quote.spans)
    past = {"spans": quote.spans, "text": quote.text}
    PastAnchor.objects.update_or_create(quote=quote, capture=before, defaults=past)
    anchored = where(quote, after.text)
    if anchored.state == "orphaned":
        # It stays where it last stood; the gate shuts, and an editor is shown both texts.
        Quote.objects.filter(pk=quote.pk).update(anchor=anchored.state, found=False, public=False)
        return
    quote.capture, quote.anchor, quote.entry = after, anchored.state, None
    quote.stand(_pairs(anchored.spans))
    quote.marked = [
        [new.start + start - was.start, new.start + end - was.start]
        for start, end in quote.marked
        for was, new in zip(old, anchored.spans, strict=True)
        if was.start <= start and end <= was.end and was.end - was.start == new.end - new.start
    ]
    shift = anchored.spans[0].start - old[0].start
    quote.cue_start, quote.cue_end = _shifted(quote.cue_start, quote.cue_end, shift, before.text, after.text)
    quote.save()
    for row in quote.attributions.filter(start__isnull=False):
        start, end = _shifted(row.start, row.end, shift, before.text, after.text)
        Attribution.objects.filter(pk=row.pk).update(start=start, end=end)


def _spans(pairs: Sequence[Sequence[int]]) -> list[Span]:
    return [Span(start, end) for start, end in pairs]


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _shifted(start: int | None, end: int | None, shift: int, old: str, new: str) -> tuple[int | None, int | None]:
    """A span beside a quote, moved along with it if the same words stand there; else no span."""
    if start is None or end is None or start + shift < 0 or old[start:end] != new[start + shift : end + shift]:
        return None, None
    return start + shift, end + shift
