"""A small corpus with one of everything that a snapshot keeps."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import User

from articles import curation, gate, identities, pipeline, publishing
from articles.intake import Item, normalise_text
from articles.intake.item import Moment
from articles.models import Article, Match, Mention, Notice, PastAnchor, Quote, Source, Story, Utterance
from corpus.models import Decision, Tombstone
from people.models import Pair, Person
from tests import factories

MERCURY = """Bridge to close for two years

By Edith Marrow

Ruth Ashdown, leader of Aldermouth council, said: “The bridge will close on Monday, and nobody regrets it more than I do.”

Martin Keele, her deputy, told reporters the town “had no choice”.

“We will run a ferry,” he said, “every ten minutes.”
"""
LATER = MERCURY.replace("Martin Keele,", "The café was full. Martin Keele,").replace("ten minutes", "twelve minutes")
HERALD = """Ferry plan “madness”, says baker

Zoë O’Neill, a baker, said the plan was “madness, and everybody knows it”. “I have 40 loaves to take across,” she said.

Councillor Ashdown said: “The bridge will close on Monday, and nobody regrets it more than I do.”
"""


def item(text: str, name: str, url: str, source: str) -> Item:
    text = normalise_text(text)
    return Item(name=name, raw=text.encode(), media_type="text/plain", how="file", text=text, encoding="utf-8",
                url=url, source=source, source_name=source.capitalize(), published=Moment(dt.date(2025, 3, 1)))  # fmt: skip


def make() -> None:
    """Fill an empty database."""
    editor = User.objects.create(username="hetty.mills", is_superuser=True)
    story = Story.objects.create(name="Bridge", slug="bridge", description="It closes.")
    orders = pipeline.Orders(story=story, publish=True)
    mercury = item(MERCURY, "mercury.txt", "https://mercury.example/bridge", "mercury")
    list(pipeline.take_in([mercury, item(HERALD, "herald.txt", "https://herald.example/ferry", "herald")], orders))
    first, second = Article.objects.order_by("pk")
    Source.objects.filter(slug="herald").update(rights="excerpts")
    ashdown = Person.objects.get(name="Ruth Ashdown")
    quotes = list(first.quotes.order_by("start"))
    curation.set_speakers(quotes[0], [ashdown], by=editor, reason="heard it")
    curation.accept(quotes[:1], by=editor)
    curation.reject(quotes[1:2], by=editor, reason="no quote")
    curation.undo(Decision.objects.filter(field="status", thing_uid=quotes[1].uid), by=editor)
    list(pipeline.take_in([item(LATER, "mercury-2.txt", "https://mercury.example/bridge", "mercury")], orders))
    publishing.correct(first, "The ferry runs every twelve minutes.", by=editor)
    publishing.decide_source(Source.objects.get(slug="mercury"), {"country": "GB"}, by=editor)
    twin = factories.make_person("Ruth Ashdowne", aliases=["R. Ashdowne"], roles=["leader, Aldermouth council"])
    other = factories.make_person("Rita Ashdown", note="Rude on the telephone.")
    pairs = [Pair.objects.create(first=one, second=two, score=0.7, evidence=[{"for": True, "code": "x", "text": "y"}])
             for one, two in ((ashdown, twin), (ashdown, other))]  # fmt: skip
    identities.answer(pairs[0], Pair.Answer.SAME, by=editor)
    Pair.objects.filter(pk=pairs[1].pk).update(proposed="different", proposed_by=editor, proposed_why="another town")
    bridge = Quote.objects.filter(text__startswith="The bridge will close").order_by("pk")
    if not Utterance.objects.exists():
        bridge.update(utterance=Utterance.objects.create(fullest=bridge[0], occasion="At the meeting"))
    Match.objects.get_or_create(first=bridge[0], second=bridge[1],
                                defaults={"relation": "fragment", "likeness": 0.5})  # fmt: skip
    Tombstone.objects.create(thing="articles.article", thing_uid="gone", by=editor, by_name="hetty.mills", reason="court",
                             keys=["k"])  # fmt: skip
    gate.refresh([first.pk, second.pk])
    assert PastAnchor.objects.exists()
    assert Notice.objects.exists()
    assert Mention.objects.exists()
    assert Quote.objects.filter(anchor="orphaned").exists()
