"""The invariant effective = decision, else suggestion; and what undoing gives back."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import curation
from articles.models import Quote
from corpus import ledger
from corpus.models import Decision
from tests.factories import make_article, make_person, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def hetty():
    return get_user_model().objects.create_user("hetty")


@pytest.fixture
def quote():
    return make_quote(make_article(), status=Quote.Status.SUGGESTED, speaker=make_person())


def fresh(quote: Quote) -> Quote:
    return Quote.objects.get(pk=quote.pk)


CHANGES = [
    # field, what an editor decides, what a machine says afterwards
    ("status", "accepted", "suggested"),
    ("status", "rejected", "suggested"),
    ("kind", "mixed", "indirect"),
    ("spans", [[121, 145]], [[118, 145]]),
    ("speaker", [{"printed": "he", "kind": "individual", "confidence": 1.0}], []),
    ("addressee", [{"printed": "reporters", "kind": "group", "confidence": 1.0}], []),
]


@pytest.mark.parametrize("field, decided, suggested", CHANGES)
def test_a_decision_stands_against_the_machine(quote, hetty, field, decided, suggested):
    ledger.decide(quote, {field: decided}, by=hetty)
    effective = fresh(quote).effective(field)
    row = fresh(quote)
    ledger.suggest(row, {field: suggested})
    row.save()
    assert fresh(quote).effective(field) == effective
    assert quote.same(field, fresh(quote).suggestion[field], suggested)
    assert ledger.faults(fresh(quote)) == []


@pytest.mark.parametrize("field, decided, suggested", CHANGES)
def test_undoing_gives_back_what_the_machine_says_now(quote, hetty, field, decided, suggested):
    (decision,) = ledger.decide(quote, {field: decided}, by=hetty)
    row = fresh(quote)
    ledger.suggest(row, {field: suggested})
    row.save()
    assert ledger.undo(decision, row, by=hetty)
    assert fresh(quote).effective(field) == quote.said(field, suggested)
    assert field not in fresh(quote).decided
    assert field not in fresh(quote).suggestion


def test_a_decision_says_who_what_before_after_and_why(quote, hetty):
    (decision,) = ledger.decide(quote, {"kind": "mixed"}, by=hetty, reason="half of it is paraphrase", batch="b1")
    kept = Decision.objects.get(pk=decision.pk)
    assert (kept.thing, kept.thing_uid, kept.field) == ("articles.quote", quote.uid, "kind")
    assert (kept.before, kept.after, kept.reason, kept.batch) == ("direct", "mixed", "half of it is paraphrase", "b1")
    assert (kept.by, kept.by_name) == (hetty, "hetty")


def test_who_decided_is_known_when_the_account_is_gone(quote, hetty):
    ledger.decide(quote, {"kind": "mixed"}, by=hetty)
    hetty.delete()
    assert Decision.objects.get().by_name == "hetty"


def test_the_first_decision_on_the_same_value_counts_and_the_second_does_not(quote, hetty):
    assert len(ledger.decide(quote, {"kind": "direct"}, by=hetty)) == 1
    assert ledger.decide(quote, {"kind": "direct"}, by=hetty) == []


def test_undoing_the_older_of_two_decisions_leaves_the_newer_in_force(quote, hetty):
    (older,) = ledger.decide(quote, {"kind": "mixed"}, by=hetty)
    (newer,) = ledger.decide(quote, {"kind": "indirect"}, by=hetty)
    ledger.undo(older, quote, by=hetty)
    assert fresh(quote).kind == "indirect"
    ledger.undo(newer, quote, by=hetty)
    assert fresh(quote).kind == "direct"
    assert fresh(quote).decided == []


def test_a_decision_is_undone_once_and_an_undo_is_not_undone(quote, hetty):
    (decision,) = ledger.decide(quote, {"kind": "mixed"}, by=hetty)
    undoing = ledger.undo(decision, quote, by=hetty)
    assert undoing is not None
    assert ledger.undo(decision, quote, by=hetty) is None
    assert ledger.undo(undoing, quote, by=hetty) is None


def test_faults_are_found(quote, hetty):
    ledger.decide(quote, {"kind": "mixed"}, by=hetty)
    Quote.objects.filter(pk=quote.pk).update(kind="indirect")
    assert ledger.faults(fresh(quote)) == ["kind is 'indirect', but was decided 'mixed'"]


def test_curating_in_bulk_is_one_batch_and_opens_and_shuts_the_gate(hetty):
    article = make_article()
    quotes = [
        make_quote(article, words, status="suggested", confidence=0.1, speaker=make_person(name))
        for words, name in [("The bridge will close on Monday", "Ruth Ashdown"), ("had no choice", "Martin Keele")]
    ]
    assert not Quote.objects.public().exists()
    assert curation.accept(quotes, by=hetty) == 2
    assert Quote.objects.public().count() == 2
    batch = Decision.objects.values_list("batch", flat=True).distinct().get()
    assert curation.undo(Decision.objects.filter(batch=batch), by=hetty) == 2
    assert not Quote.objects.public().exists()
    assert set(Quote.objects.values_list("status", flat=True)) == {"suggested"}


def test_setting_the_speaker_moves_the_quote_from_page_to_page(hetty, quote):
    ruth, martin = quote.attributions.get().person, make_person("Martin Keele")
    curation.set_speakers(quote, [martin], by=hetty)
    ruth.refresh_from_db()
    martin.refresh_from_db()
    assert (ruth.public, martin.public) == (False, True)
    assert quote.attributions.get().printed == "Ruth Ashdown", "what was printed stays"
    curation.undo(Decision.objects.all(), by=hetty)
    ruth.refresh_from_db()
    martin.refresh_from_db()
    assert (ruth.public, martin.public) == (True, False)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows how many decisions undo none")
def test_the_decision_in_force_is_not_looked_for_in_the_whole_ledger(quote):
    with CaptureQueriesContext(connection) as made:
        ledger.live(quote, "status")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {made[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert plan[0] == ("SEARCH corpus_decision USING INDEX decision_of_a_thing (thing=? AND thing_uid=? AND field=?)")
