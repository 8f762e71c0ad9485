"""Acts on many at once, and lists of what was done: the queries do not grow with the things, and words say what was."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import curation, identities
from articles.desk import acts, done
from articles.models import Match, Quote
from corpus.models import Decision
from people.models import Person
from tests.factories import make_article, make_person, make_quote

pytestmark = pytest.mark.django_db

WORDS = [f"There were {number} of them on the bridge" for number in "two three four five six seven eight nine".split()]


@pytest.fixture
def quotes() -> list[Quote]:
    article, ruth = make_article("\n\n".join(f"“{words},” she said." for words in WORDS)), make_person()
    return [make_quote(article, words, speaker=ruth, status="suggested") for words in WORDS]


def states() -> list[str]:
    rows = Quote.objects.select_related("capture").prefetch_related("attributions__person__canonical").order_by("pk")
    return [acts.state(quote) for quote in rows]


def test_a_batch_is_undone_whole_and_in_as_many_queries_as_two_of_it(quotes: list[Quote], chief: User):
    before, asked = states(), []
    for some in (quotes[:2], quotes):
        now = curation.held_for(some)
        assert acts.accept_all(now, shown={quote.uid: acts.state(quote) for quote in now}, by=chief) == []
        batch = list(Decision.objects.standing())
        assert len(batch) == 4 * len(some), "status, kind, words and speaker of each"
        with CaptureQueriesContext(connection) as queries:
            assert curation.undo(batch, by=chief) == len(batch)
        asked.append(len(queries))
        assert (states(), Quote.objects.exclude(decided=[]).count()) == (before, 0)
        assert curation.undo(batch, by=chief) == 0
    assert asked[0] == asked[1]


def test_what_was_decided_before_a_batch_is_in_force_again(quotes: list[Quote], chief: User):
    martin, ned = make_person("Martin Keele"), make_person("Ned Poole")
    curation.set_speakers(quotes[0], [martin], by=chief)
    curation.decide_quotes(quotes[:1], {"kind": "mixed"}, by=chief)
    earlier = states()
    for quote in quotes[:2]:
        curation.set_speakers(quote, [ned], by=chief)
    curation.decide_quotes(quotes, {"kind": "indirect"}, by=chief)
    curation.undo(list(Decision.objects.standing().order_by("-id")[: len(quotes) + 2]), by=chief)
    assert states() == earlier
    assert [quote.decided for quote in Quote.objects.order_by("pk")] == [["speaker", "kind"], *[[]] * 7]


def test_a_slug_that_is_free_is_found_whatever_is_taken():
    """Of numbered ones some are gone; several new people ask for one at once."""
    Person.objects.enrol_all([Person(name="Ann Ash") for _ in range(12)])
    Person.objects.filter(slug__in=["ann-ash-3", "ann-ash-5"]).delete()
    made = Person.objects.enrol_all([Person(name="Ann Ash") for _ in range(4)])
    assert [person.slug for person in made] == ["ann-ash-3", "ann-ash-5", "ann-ash-13", "ann-ash-14"]


def test_many_of_one_name_are_looked_up_a_few_times():
    Person.objects.enrol_all([Person(name="Ann Ash") for _ in range(80)])
    with CaptureQueriesContext(connection) as queries:
        assert Person.objects.enrol("Ann Ash").slug == "ann-ash-81"
    assert sum("SELECT" in query["sql"] and '"slug" IN' in query["sql"] for query in queries) == 4


def test_a_card_counts_every_name_of_a_person_and_looks_at_few_places_of_the_loud(quotes: list[Quote], monkeypatch):
    ruth = quotes[0].attributions.get().person
    assert ruth
    again = make_person("R. Ashdown", merged_into=ruth)
    curation.set_speakers(quotes[0], [again], by=None)
    curation.reject([quotes[1]], by=None)
    Person.objects.filter(pk=ruth.pk).update(status="curated")
    [side] = {id(side): side for side in identities.sides_of([ruth.pk, again.pk]).values()}.values()
    assert (side.person, side.quotes, side.latest) == (ruth, len(WORDS) - 1, quotes[-1])
    monkeypatch.setattr(identities, "MANY", 2)
    assert identities.sides_of([ruth.pk])[ruth.pk].quotes == len(WORDS), "rejected ones too"


def test_the_list_of_decisions_has_pairs_by_name_in_a_fixed_number_of_queries(desk: Client, chief: User):
    people = [make_person(f"Ruth Ash{letter}") for letter in "bcdfgh"]
    asked = []
    for first, others in ((people[0], people[1:2]), (people[0], people[2:])):
        for other in others:
            identities.answer(identities.pair_of(first, other), "different", by=chief)
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(reverse("admin:corpus_decision_changelist")).content.decode()
        asked.append(len(queries))
        assert "Ruth Ashb and Ruth Ashc" in page
    assert asked[0] == asked[1]
    assert "p.m." not in page
    assert "a.m." not in page


def test_an_answer_on_two_quotes_is_said_in_their_words_and_listed_as_such(
    quotes: list[Quote], desk: Client, chief: User
):
    match = Match.objects.create(first=quotes[0], second=quotes[1], likeness=0.8)
    desk.post(reverse("admin:articles_match_answer"), {"match": match.uid, "answer": "different"})
    [act] = done.in_words(done.acts_of(chief))
    assert (
        act.words
        == "“There were two of them on the bridge” and “There were three of them on the bridge”: not the same words"
    )
    listed = desk.get(reverse("admin:corpus_decision_changelist"), {"thing": "articles.match"}).context["cl"]
    assert {decision.thing for decision in listed.result_list} == {"articles.match"}


@pytest.mark.parametrize("sent", ["get", "post"])
def test_what_no_database_keeps_is_refused(sent: str, desk: Client, quotes: list[Quote]):
    address = reverse("admin:desk_item", args=[quotes[0].article.uid, quotes[0].uid])
    response = getattr(desk, sent)(address, {"note": "a\0b", "act": "note"})
    assert (response.status_code, Decision.objects.count()) == (400, 0)
