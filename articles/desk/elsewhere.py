"""How others printed the same words: the other quotes of a quote's utterance, word by word beside it."""

from __future__ import annotations

from dataclasses import dataclass

from articles import matched, variants
from articles.models import Quote

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Version:
    """A quote of the same utterance, and how it differs from ours; without ``runs`` where either is only reported."""

    quote: Quote
    runs: list[matched.Run]


def printed_elsewhere(quote: Quote) -> list[Version]:
    """What other articles print of its utterance, the nearest in time first; four queries, or none."""
    if quote.utterance_id is None:
        return []
    rows = Quote.objects.filter(utterance=quote.utterance_id).exclude(article=quote.article_id)
    near = sorted(
        rows.exclude(status=Quote.Status.REJECTED).values_list("moment", "pk"),
        key=lambda row: (abs(row[0] - quote.moment), row[1]),
    )[:SHOWN]
    found = {other.pk: other for other in variants.listed(Quote.objects.filter(pk__in=[pk for _, pk in near]))}
    ours = variants.form_of(quote)
    return [_version(ours, found[pk]) for _, pk in near]


def _version(ours: variants.Form, other: Quote) -> Version:
    theirs = variants.form_of(other)
    return Version(other, [] if ours.reported or theirs.reported else matched.runs(ours, theirs))
