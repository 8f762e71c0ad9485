"""People merged and told apart: pointers and judgements only, every one undone exactly, in any order."""

from __future__ import annotations

import itertools
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core import serializers
from django.db import IntegrityError

from articles import curation, identities, resolving
from articles.identities import Contradiction
from articles.models import Article, Attribution, Capture, Mention, Quote
from corpus import ledger, locks
from corpus.models import Decision
from people.models import Name, Pair, Person, Role
from tests.factories import make_article, make_mention, make_person, make_quote, unmerge

pytestmark = pytest.mark.django_db

TEXT = """Phones ring all night

Marsha-Jane Thompson, an organiser at Momentum, said: “The phones have not stopped ringing since Sunday morning.”

Ms Thomson said: “We have two hundred thousand names.”

Alan Johnson and Boris Johnson declined to comment.
"""


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("hetty")


@pytest.fixture
def editor(db: None) -> User:
    user = User.objects.create_user("ned", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_person"))
    return User.objects.get(pk=user.pk)


def dump() -> list[str]:
    """Everything but the ledger and the time of the last save, byte by byte."""
    models = (Person, Name, Role, Pair, Article, Capture, Quote, Attribution, Mention)
    texts = (serializers.serialize("json", model._base_manager.order_by("pk")) for model in models)
    return [re.sub(r'"updated": "[^"]*"', "", text) for text in texts]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def canonical(*people: Person) -> list[str]:
    return [Person.objects.select_related("canonical").get(pk=person.pk).canonical.name for person in people]


def test_a_merge_is_a_pointer_and_its_undo_gives_back_every_byte(chief):
    article = make_article(TEXT)
    stays = make_person("Marsha-Jane Thompson", roles=["organiser, Momentum"])
    goes = make_person("Marsha-Jane Thomson")
    make_quote(article, "The phones have not stopped ringing since Sunday morning.", speaker=stays)
    quote = make_quote(article, "We have two hundred thousand names.", speaker=goes)
    make_mention(article, "Ms Thomson", goes)
    pair = identities.pair_of(stays, goes)
    before = dump()

    assert identities.answer(pair, "same", by=chief)
    assert canonical(stays, goes) == ["Marsha-Jane Thompson"] * 2
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (stays.public, goes.public) == (True, False)
    assert Attribution.objects.get(quote=quote).person == goes
    assert [person.pk for person in resolving.known_in("Marsha-Jane Thomson said no.").people.values()] == [stays.pk]

    # Later, and after edits that have nothing to do with it.
    curation.reject([quote], by=chief)
    ledger.decide(stays, {"note": "Rang on Monday."}, by=chief)
    curation.undo(Decision.objects.filter(field="status", undoes=None), by=chief)
    curation.undo(Decision.objects.filter(field="note", undoes=None), by=chief)
    assert unmerge(goes, by=chief) == 2
    assert dump() == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_chain_of_merges_is_undone_in_any_order(order, chief):
    people = [make_person(name) for name in ("Ann Brook", "Anne Brook", "Anna Brook", "Annie Brook")]
    before = dump()
    for loser, into in itertools.pairwise(people):
        identities.merge(loser, into, by=chief)
    assert canonical(*people) == ["Annie Brook"] * 4
    for done, which in enumerate(order):
        unmerge(people[which], by=chief)
        standing = [n for n in range(3) if n not in order[: done + 1]]
        expected = []
        for n in range(4):
            while n in standing:
                n += 1
            expected.append(people[n].name)
        assert canonical(*people) == expected
    assert dump() == before


def test_merging_into_somebody_merged_is_about_their_survivors(chief):
    ann, anne, anna, annie = (make_person(name) for name in ("Ann Brook", "Anne Brook", "Anna Brook", "Annie Brook"))
    identities.merge(ann, anne, by=chief)
    identities.merge(anna, annie, by=chief)
    identities.merge(ann, anna, by=chief)
    assert canonical(ann, anne, anna, annie) == ["Annie Brook"] * 4
    unmerge(ann, by=chief)
    assert canonical(ann, anne) == ["Ann Brook", "Annie Brook"]
    assert identities.merge(anne, anna, by=chief) == []


def test_nobody_is_merged_into_who_is_merged_into_them(chief):
    ann, anne = make_person("Ann Brook"), make_person("Anne Brook")
    identities.merge(ann, anne, by=chief)
    assert identities.merge(anne, ann, by=chief) == []
    with pytest.raises(IntegrityError, match="cannot be merged"):
        ledger.decide(anne, {"merged_into": ann.uid}, by=chief)


def test_those_judged_different_stay_apart_whatever_they_are_merged_with(chief):
    alan, other, third = make_person("Alan Johnson"), make_person("Alan Johnson"), make_person("Al Johnson")
    asked = identities.pair_of(third, other)
    identities.answer(identities.pair_of(alan, other), "different", by=chief)
    identities.merge(third, alan, by=chief)
    with pytest.raises(
        Contradiction, match=r"Alan Johnson and Alan Johnson were judged to be different people by hetty"
    ):
        identities.merge(third, other, by=chief)
    with pytest.raises(Contradiction):
        identities.answer(asked, "same", by=chief)
    assert list(Pair.objects.open()) == []
    unmerge(third, by=chief)
    identities.merge(third, other, by=chief)
    assert canonical(third) == ["Alan Johnson"]


def test_an_answer_is_replaced_and_taken_back_with_its_merge(chief):
    ann, anne = make_person("Ann Brook"), make_person("Anne Brook")
    pair = identities.pair_of(ann, anne)
    identities.answer(pair, "different", by=chief)
    batch = identities.answer(pair, "same", by=chief, keep=anne)
    assert canonical(ann) == ["Anne Brook"]
    with pytest.raises(Contradiction, match="one person already"):
        identities.answer(pair, "different", by=chief)
    # The answer alone: its merge goes with it.
    curation.undo(Decision.objects.filter(batch=batch, field="answer"), by=chief)
    pair.refresh_from_db()
    assert (pair.answer, canonical(ann)) == ("different", ["Ann Brook"])


def test_without_the_right_to_merge_an_answer_is_a_proposal(editor, chief):
    ann, anne = make_person("Ann Brook"), make_person("Anne Brook")
    pair = identities.pair_of(ann, anne)
    Pair.objects.filter(pk=pair.pk).update(score=0.8)
    assert identities.answer(pair, "same", by=editor, reason="Same desk.") == ""
    pair.refresh_from_db()
    assert (pair.answer, pair.proposed, pair.proposed_by, pair.proposed_why) == ("", "same", editor, "Same desk.")
    assert canonical(ann) == ["Ann Brook"]
    assert list(identities.waiting(editor)) == []
    assert list(identities.waiting(chief)) == [pair]


@pytest.mark.parametrize(
    "known, stays",
    [
        ([("candidate", 2), ("curated", 1)], 1),
        ([("candidate", 1), ("candidate", 2)], 1),
        ([("candidate", 1), ("candidate", 1)], 0),
        ([("curated", 0), ("curated", 2)], 1),
    ],
)
def test_who_stays_is_the_curated_one_with_most_quotes_the_older(known, stays, chief):
    people = []
    for status, quotes in known:
        people.append(make_person("Ann Brook", status=status))
        for _ in range(quotes):
            make_quote(make_article(), speaker=people[-1])
    assert identities.in_order(*people)[0] == people[stays]
    assert identities.in_order(*people[::-1])[0] == people[stays]


@pytest.mark.parametrize("into", ["Dave Ward", None])
def test_a_person_is_split_in_one_batch_and_put_together_again(into, chief):
    article = make_article(TEXT)
    both, other = make_person("Marsha-Jane Thompson"), make_person("Rachael Ward")
    first = make_quote(article, "The phones have not stopped ringing since Sunday morning.", speaker=both)
    second = make_quote(article, "We have two hundred thousand names.", speaker=both, printed="Ms Thomson")
    mention = make_mention(article, "Ms Thomson", both)
    whose, batch = identities.split(both, into or other, quotes=[second], mentions=[mention], by=chief)
    assert whose.name == (into or "Rachael Ward")
    rows = {row.quote_id: row for row in Attribution.objects.select_related("person")}
    assert (rows[first.pk].person, rows[second.pk].person) == (both, whose)
    assert rows[second.pk].printed == "Ms Thomson"
    mention.refresh_from_db()
    assert mention.person == whose
    assert identities.pair_of(both, whose).answer == "different"
    assert Person.objects.get(pk=whose.pk).public
    curation.undo(Decision.objects.filter(batch=batch), by=chief)
    assert {row.person for row in Attribution.objects.select_related("person")} == {both}
    assert not Person.objects.get(pk=whose.pk).public
    assert identities.pair_of(both, whose).answer == ""


def test_a_nameless_split_is_refused(chief):
    with pytest.raises(Contradiction, match="has a name"):
        identities.split(make_person(), "  ", by=chief)


def test_identities_are_held_before_any_row_so_that_no_two_wait_for_each_other(chief, monkeypatch):
    order, hold, locked = list[str](), locks.hold, ledger.locked

    def holding(*names: str) -> None:
        order.extend(names)
        hold(*names)

    def locking(row: ledger.Row) -> ledger.Row:
        order.append("a row")
        return locked(row)

    monkeypatch.setattr(locks, "hold", holding)
    monkeypatch.setattr(ledger, "locked", locking)
    made = identities.merge(make_person("Di Abbot"), make_person("Diane Abbott"), by=chief)
    assert order[0] == "identities"
    order.clear()
    curation.undo(made, by=chief)
    assert order[0] == "identities"


def test_nobodys_proposal_is_overwritten_by_another(editor, chief):
    pair = identities.pair_of(make_person("Alan Pool"), make_person("Alan Poole"))
    other = User.objects.create_user("olive")
    identities.answer(pair, "same", by=editor, reason="Same seat.")
    with pytest.raises(identities.Contradiction, match=r"ned proposed “the same” for .*: talk to them"):
        identities.answer(fresh(pair), "different", by=other, reason="No.")
    identities.answer(fresh(pair), "same", by=other, reason="I think so too.")
    pair = fresh(pair)
    assert (pair.proposed, pair.proposed_by, pair.proposed_why) == ("same", editor, "Same seat.")
    identities.answer(pair, "unsure", by=editor, reason="On second thoughts.")
    assert fresh(pair).proposed == "unsure"
