"""The shingles of quotes that came with their utterances, as those from a snapshot do."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from articles.models import Quote, Shingle
from articles.utterances.finding import CAP, keep
from articles.utterances.forms import load_ids
from corpus.chunks import chunks


def note(quotes: Iterable[int]) -> None:
    """Keep the shingles of these quotes (ids), as if they had just been grouped; nobody is looked for."""
    forms = load_ids(quotes)
    fullest = dict(
        Quote.objects.filter(pk__in=forms, utterance__fullest__isnull=False).values_list("pk", "utterance__fullest")
    )
    others = load_ids(set(fullest.values()) - set(forms)) | forms
    wanted = {}
    for pk, form in forms.items():
        first = others.get(fullest.get(pk, pk))
        wanted[pk] = form.hashes - first.hashes if first and first.id != pk else form.hashes
    common: set[int] = set()
    for some in chunks({hashed for hashes in wanted.values() for hashed in hashes}):
        counted = Shingle.objects.filter(hash__in=some).order_by().values("hash").annotate(n=Count("quote"))
        common |= set(counted.filter(n__gte=CAP).values_list("hash", flat=True))
    keep(wanted, common)
