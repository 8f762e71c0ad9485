"""How others printed the same words: the other quotes of a quote's utterance, word by word beside it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Abs

from articles import matched, variants
from articles.models import Quote

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Version:
    """A quote of the same utterance, and how it differs from ours; without ``runs`` where either is only reported."""

    quote: Quote
    runs: list[matched.Run]


def printed_elsewhere(quote: Quote) -> list[Version]:
    """What other articles print of its utterance, the nearest in time first; one query, or none."""
    if quote.utterance_id is None:
        return []
    others = Quote.objects.filter(utterance=quote.utterance_id).exclude(article=quote.article_id)
    kept = others.exclude(status=Quote.Status.REJECTED).select_related("article__source")
    near = kept.annotate(apart=Abs(F("moment") - quote.moment)).order_by("apart", "pk")[:SHOWN]
    ours = variants.form_of(quote)
    return [_version(ours, other) for other in near]


def _version(ours: variants.Form, other: Quote) -> Version:
    theirs = variants.form_of(other)
    return Version(other, [] if ours.reported or theirs.reported else matched.runs(ours, theirs))
