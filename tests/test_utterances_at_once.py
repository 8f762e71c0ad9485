"""Two processes that take in the same agency story, and real articles: what both print is one utterance."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from articles import intake, pipeline
from articles.models import Quote, Utterance

WORDS = "We were told the ferry would last another forty years, and we were told wrong"
TEXT = f"Ferry to close\n\nRuth Ashdown, leader of the council, said on Monday: “{WORDS}.”\n\nThe harbour was quiet.\n"
SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_an_agency_story_that_two_take_in_at_once_is_one_utterance() -> None:
    both = Barrier(4)
    errors: list[str] = []

    def take_in(paper: int) -> None:
        row = {
            "text": f"{TEXT}\nThis is what paper number {paper} had to add to it, and it was not much.\n",
            "headline": "Ferry to close", "source": f"paper-{paper}", "source_name": f"Paper {paper}",
            "url": f"https://paper-{paper}.example/ferry", "published": "2024-03-12",
        }  # fmt: skip
        items = list(intake.item_from_upload("ferry.jsonl", json.dumps(row).encode()))
        both.wait(20)
        try:
            outcomes = list(pipeline.take_in(items, pipeline.Orders(publish=True)))
            errors.extend(outcome.error for outcome in outcomes if outcome.error)
        finally:
            connections.close_all()

    threads = [Thread(target=take_in, args=[paper]) for paper in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors
    assert Utterance.objects.filter(merged_into=None, public=True).count() == 1
    assert set(Quote.objects.filter(text__contains="ferry would last").values_list("utterance", flat=True)) == {
        Utterance.objects.get(public=True).pk
    }
    row = Utterance.objects.get(public=True)
    assert (row.outlets, row.printed) in {(4, 4), (1, 1)}, "four outlets, or one text and its copies"


@pytest.mark.django_db
def test_the_five_real_articles() -> None:
    """Two outlets print one sentence of a rally with one word changed; one prints one remark in two ways."""
    if not SEEDS.exists():
        pytest.skip("../shared is not here")
    for at, path in enumerate(sorted(SEEDS.glob("*.txt"))):
        row = {
            "text": path.read_text(), "source": f"paper-{at}", "source_name": f"Paper {at}",
            "url": f"https://paper-{at}.example/rally", "published": "2016-06-28", "language": "en",
        }  # fmt: skip
        items = intake.item_from_upload("real.jsonl", json.dumps(row).encode())
        list(pipeline.take_in(items, pipeline.Orders(publish=True)))
    divided = Quote.objects.filter(text__startswith="Don't let the media", found=True)
    assert divided.count() == 2
    (utterance,) = {quote.utterance for quote in divided}
    assert utterance is not None
    assert utterance.words_changed == 1, "the, those"
    remarks = Quote.objects.filter(text__contains="lynch-mob", nested_in=None)
    assert len(set(remarks.values_list("utterance", flat=True))) == 1
    assert sorted(remarks.values_list("relation", flat=True)) == ["fragment", "fullest"]
