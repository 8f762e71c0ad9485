"""From one capture to the next: what stood in the last is found again, moved, or orphaned; never guessed."""

from __future__ import annotations

from articles.models import Article, Attribution, Capture, Mention, PastAnchor, Quote
from articles.reading.anchoring import reanchor
from articles.reading.model import Span


def carry_over(article: Article, before: Capture, after: Capture) -> None:
    """Re-anchor the quotes of the last capture, and the mentions that somebody decided on, in the next one."""
    for quote in article.quotes.filter(capture=before):
        old = [Span(start, end) for start, end in quote.spans]
        PastAnchor.objects.create(quote=quote, capture=before, spans=quote.spans, text=quote.text)
        anchored = reanchor(before.text, old, after.text)
        if anchored.state == "orphaned":
            # It stays where it last stood; the gate shuts, and an editor is shown both texts.
            Quote.objects.filter(pk=quote.pk).update(anchor=anchored.state, found=False, public=False)
            continue
        quote.capture, quote.anchor, quote.entry = after, anchored.state, None
        quote.stand([(span.start, span.end) for span in anchored.spans])
        if "spans" in quote.decided:
            # What an undo would put back must stand in this text too.
            read = reanchor(before.text, [Span(*span) for span in quote.suggestion["spans"]], after.text)
            kept = quote.spans if read.state == "orphaned" else [[span.start, span.end] for span in read.spans]
            quote.suggestion["spans"] = kept
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
    for mention in Mention.objects.filter(capture=before).exclude(decided=[]):
        anchored = reanchor(before.text, [Span(mention.start, mention.end)], after.text)
        if anchored.state != "orphaned":
            mention.capture, (span,) = after, anchored.spans
            mention.start, mention.end = span.start, span.end
            mention.save()


def _shifted(start: int | None, end: int | None, shift: int, old: str, new: str) -> tuple[int | None, int | None]:
    """A span beside a quote, moved along with it if the same words stand there; else no span."""
    if start is None or end is None or start + shift < 0 or old[start:end] != new[start + shift : end + shift]:
        return None, None
    return start + shift, end + shift
