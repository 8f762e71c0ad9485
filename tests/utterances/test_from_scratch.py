"""Quotes that come in some at a time, in any order, are grouped as they are all at once."""

from __future__ import annotations

import pytest

from articles import perturbed, utterances
from articles.models import Match, Quote, Shingle, Utterance
from corpus.chunks import chunks
from corpus.management import utterance_figures

pytestmark = pytest.mark.django_db


def grouped() -> dict[frozenset[int], int | None]:
    """The quotes of each utterance, and its fullest form."""
    found = {}
    for row in Utterance.objects.filter(merged_into=None):
        if several := frozenset(row.quotes.values_list("pk", flat=True)):
            found[several] = row.fullest_id
    return found


def forget() -> None:
    Quote.objects.update(utterance=None, relation="")
    for model in (Match, Shingle, Utterance):
        model.objects.all().delete()


def test_from_scratch_as_they_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perturbed, "PEOPLE", 12)
    monkeypatch.setattr(perturbed, "DAYS", 40)
    text = " ".join(path.read_text(errors="replace") for path in sorted(utterance_figures.SAMPLE.glob("*/*.txt"))[:6])
    made = list(perturbed.forms(60, text, seed=7))
    quotes = sorted(utterance_figures.store(made, utterance_figures.people(), utterance_figures.outlets()))
    utterances.group(quotes)
    at_once = grouped()
    assert len(at_once) > 10
    mixed = [pk for start in range(7) for pk in quotes[start::7]]
    for order, size in ((quotes[::-1], 20), (mixed, 13)):
        forget()
        for some in chunks(order, size):
            utterances.group(some)
        assert grouped() == at_once
    list(utterances.regroup())
    assert grouped() == at_once
