"""What benchmarks are made of: rows past the models, that are nevertheless as ingest would leave them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from articles.models import Article, Attribution, Quote, Utterance, search
from corpus.management import bulk
from corpus.models import Change


@pytest.mark.django_db(transaction=True)
def test_a_corpus_made_in_bulk_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PEOPLE", 30)
    monkeypatch.setattr(bulk, "BATCH", 20)
    console = Console(file=io.StringIO())
    bulk.fill(30, console)
    bulk.fill(20, console)
    assert (Quote.objects.public().count(), Article.objects.public().count()) == (50, 10)
    for quote in Quote.objects.select_related("capture", "article"):
        assert quote.capture.text[quote.start : quote.end] == quote.text
        assert quote.article.capture_id == quote.capture_id
    assert Attribution.objects.filter(shown=True).count() > 25
    assert search.drift() == []
    word = Quote.objects.order_by("pk")[49].text.split()[0]
    assert Quote.objects.matching(word).exists()
    told = {"sources", "articles", "people", "quotes", "utterances"}
    assert set(Change.objects.values_list("thing", flat=True)) >= told
    for utterance in Utterance.objects.public():
        assert utterance.fullest
        assert utterance.quotes.count() == utterance.printed > 1
    # And whatever comes after takes the next keys.
    first = Quote.objects.order_by("pk")[0]
    first.pk, first.uid = None, "another"
    first.save(force_insert=True)
