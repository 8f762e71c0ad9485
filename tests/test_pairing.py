"""Which pairs of people the machine asks about, what it sees in the articles, and that it never asks twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import curation, identities, intake, pairing, pipeline
from articles.intake import Item
from articles.models import Attribution, Mention
from people import rosters
from people.models import Name, Pair, Person
from tests.factories import make_article, make_mention, make_person, make_quote, unmerge

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("hetty")


def codes(pair: Pair) -> set[str]:
    return {row["code"] for row in pair.evidence}


@pytest.mark.parametrize(
    "text, code, asked",
    [
        ("Diane Abbott said no. She left.\n\nMs Diane Abbot had said yes.", "same-article", True),
        ("Diane Abbott said no. Diane Abbot said yes. Diane Abbott left. Diane Abbot stayed.", "same-article", True),
        ("Diane Abbott met Diane Abbot at the station.", "one-sentence", False),
        ("The meeting was called by Diane Abbott and Diane Abbot.", "one-list", False),
        ("Diane Abbott, Diane Abbot and others left early.", "one-list", False),
        ("Diane Abbott left for St. Ives; Diane Abbot did not.", "one-sentence", False),
        ("Diane Abbott said no.\nDiane Abbot said yes.", "same-article", True),
    ],
)
def test_what_one_article_says_of_both(text, code, asked):
    abbott, abbot = make_person("Diane Abbott"), make_person("Diane Abbot")
    article = make_article(text)
    assert article.capture
    for found in re.finditer("Diane Abbott?", text):
        person = abbott if found.group() == abbott.name else abbot
        Mention.objects.create(
            capture=article.capture, start=found.start(), end=found.end(), printed=found.group(), person=person
        )
    pairing.suggest_pairs([abbot.pk])
    pairs = list(Pair.objects.open())
    assert bool(pairs) is asked
    if asked:
        (pair,) = pairs
        assert code in codes(pair)
        (row,) = [row for row in pair.evidence if row["code"] == code]
        assert row["article"] == article.uid
        assert row["printed"] in text


@pytest.mark.parametrize(
    "one, other, asked",
    [
        ("Mr Alex Brook", "Mrs Alex Brooke", False),
        ("Ms Alex Brook", "Mrs Alex Brooke", True),
        ("Alex Brook", "Mrs Alex Brooke", True),
    ],
)
def test_mr_and_mrs_are_two(one, other, asked):
    alex, brooke = make_person("Alex Brook"), make_person("Alex Brooke")
    for printed, person in ((one, alex), (other, brooke)):
        make_mention(make_article(f"Last week {printed} spoke."), printed, person)
    pairing.suggest_pairs([alex.pk])
    assert Pair.objects.open().exists() is asked


def test_he_and_she_are_two():
    alex, brooke = make_person("Alex Brook"), make_person("Alex Brooke")
    for printed, person in (("he", alex), ("She", brooke)):
        make_quote(make_article(), speaker=person, printed=printed)
        make_mention(make_article(f"Last week {person} spoke."), person.name, person)
    pairing.suggest_all()
    assert not Pair.objects.open().exists()


@pytest.mark.parametrize(
    "printed, role, code",
    [
        ("Parish council boss", "chair, Saltby Haven Parish Council", "like-role"),
        ("chair", "chair, Saltby Haven Parish Council", "like-role"),
        ("surgeon", "chair, Saltby Haven Parish Council", ""),
    ],
)
def test_a_role_in_print_is_held_against_what_is_known(printed, role, code):
    make_person("Maureen Thorley", roles=[role])
    other = make_person("Maureen Thorely")
    make_mention(make_article("Maureen Thorely spoke."), "Maureen Thorely", other, roles=[printed])
    pairing.suggest_pairs([other.pk])
    assert codes(Pair.objects.get()) == {"misspelling", code} - {""}


def test_a_pair_judged_is_never_asked_about_again_in_any_form(chief):
    ann, anne = make_person("Ann Brookes"), make_person("Ann Brooke")
    assert pairing.suggest_all() == 1
    pair = Pair.objects.get()
    identities.answer(pair, "different", by=chief)
    third = make_person("Ann Brookess")
    assert pairing.suggest_all() == 1  # the third and the first
    identities.merge(third, anne, by=chief)
    assert pairing.suggest_all() == 0
    assert pairing.suggest_pairs([ann.pk, third.pk]) == 0
    assert list(Pair.objects.open()) == []


@pytest.mark.parametrize("said", ["unsure", "different"])
def test_an_answer_stands_through_further_comparisons(said, chief):
    make_person("Ann Brookes"), make_person("Ann Brooke")
    pairing.suggest_all()
    identities.answer(Pair.objects.get(), said, by=chief)
    assert pairing.suggest_all() == 0
    assert (Pair.objects.get().answer, list(Pair.objects.open())) == (said, [])


def test_the_likeness_of_somebody_merged_is_asked_of_the_survivor(chief):
    ann, brook, wide = make_person("Ann Brookes"), make_person("Ann Brooke"), make_person("Nan Widecombe")
    pairing.suggest_all()
    pair = Pair.objects.get()
    identities.merge(ann, wide, by=chief)
    assert list(Pair.objects.open()) == [pair]
    card = identities.card(pair, chief)
    assert {side.person for side in card.sides} == {wide, brook}
    assert pairing.suggest_all() == 0
    assert Pair.objects.count() == 1
    identities.answer(pair, "same", by=chief, keep=wide)
    assert {Person.objects.get(pk=person.pk).canonical for person in (ann, brook, wide)} == {wide}


def test_what_nothing_speaks_for_any_more_is_not_asked(chief):
    make_person("Ann Brookes"), make_person("Ann Brooke")
    pairing.suggest_all()
    Name.objects.filter(text="Ann Brooke").update(text="Zoe Marsh", key="zoe marsh")
    assert pairing.suggest_all() == 0
    assert list(Pair.objects.open()) == []


NEWS = """Bridge to close

Martyn Keele, the council’s deputy leader, said: “The town had no choice, and we said so in March.”

Residents gathered at the toll house on Friday evening.
"""


def take(text: str, name: str = "a.txt") -> None:
    list(
        pipeline.take_in(
            [Item(name=name, raw=text.encode(), media_type="text/plain", how="file", text=text, encoding="utf-8")]
        )
    )


def test_taking_in_asks_about_new_people_and_a_merge_outlasts_readings(chief):
    keele = make_person("Martin Keele", status="curated", roles=["deputy leader, Aldermouth council"])
    take(NEWS)
    pair = Pair.objects.open().get()
    assert {pair.first.name, pair.second.name} == {"Martin Keele", "Martyn Keele"}
    martyn = Person.objects.get(name="Martyn Keele")
    before = sorted(Attribution.objects.values_list("quote", "person", "printed", "candidates"))
    identities.answer(pair, "same", by=chief)
    assert pair.second.canonical == keele or Person.objects.get(pk=martyn.pk).canonical == keele
    # Read again, and met in another article, while they are one: what was printed is whose name it was.
    for quote in {row.quote.article for row in Attribution.objects.select_related("quote__article")}:
        pipeline.read_again(quote)
    take(NEWS.replace("Bridge", "Second bridge").replace("March", "April"), "b.txt")
    assert set(Attribution.objects.values_list("person__canonical", flat=True)) == {keele.pk}
    unmerge(martyn, by=chief)
    assert set(Attribution.objects.values_list("person__canonical", flat=True)) == {martyn.pk}
    first = set(Attribution.objects.order_by("quote").values_list("quote", flat=True)[: len(before)])
    assert (
        sorted(Attribution.objects.filter(quote__in=first).values_list("quote", "person", "printed", "candidates"))
        == before
    )


def test_the_sample_has_people_to_ask_about():
    sample = Path(__file__).parents[1] / "corpus" / "sample"
    rosters.load(json.loads((sample / "people.json").read_text(encoding="utf-8")))
    files = ["saltby-haven/saltby-rocket.txt", "marlpit-baths/marlpit-live.txt", "marlpit-baths/marlpit-rocket.txt"]
    list(pipeline.take_in(intake.items([sample / file for file in files])))
    asked = {frozenset((pair.first.name, pair.second.name)): codes(pair) for pair in Pair.objects.open()}
    # A misspelling, in a role that gives it away; and two bodies of one town that share most of a name.
    assert asked[frozenset(("Maureen Thorley", "Maureen Thorely"))] == {"misspelling", "like-role"}
    assert asked[frozenset(("Tony Brack", "Tony Brach"))] >= {"misspelling"}
    assert "longer-name" in asked[frozenset(("Ravensholme Borough Council", "Ravensholme Trades Council"))]


def test_nobody_s_name_founds_nobody_again(chief):
    take(NEWS)
    (martyn,) = Person.objects.filter(name="Martyn Keele")
    article = Attribution.objects.select_related("quote__article").first().quote.article  # type: ignore[union-attr]
    curation.decide_people([martyn], {"status": "rejected"}, by=chief)
    assert not Attribution.objects.filter(shown=True).exists()
    take(NEWS.replace("Bridge", "Second bridge"), "b.txt")
    pipeline.read_again(article)
    assert Person.objects.filter(name="Martyn Keele").count() == 1
    assert set(Attribution.objects.values_list("person", flat=True)) == {None}


@pytest.mark.parametrize("others, asked", [([], True), (["Zed Ashdown"], False)])
def test_an_initial_counts_where_the_surname_is_rare(others, asked):
    make_person("Ruth Ashdown")
    new = make_person("R. Ashdown")
    for name in others:
        make_person(name)
    pairing.suggest_pairs([new.pk])
    assert Pair.objects.open().exists() is asked


@pytest.mark.parametrize(
    "known, new",
    [
        ("Diane Abbott", "Diane Abbot"), ("Anthony Brack", "Tony Brack"), ("Anna Brook-Lane", "Anna Brook"),
        ("Anna Brook", "Anna Brook-Lane"), ("Marsha-Jane Thompson", "Marsha-Jane Thomson"), ("Ann Ashdown", "Ann Ashdown"),
        ("Jonathan Bell", "Jonathon Bell"), ("Ruth Mary Ashdown", "Ruth Ashdown"),
    ],
)  # fmt: skip
def test_the_index_finds_somebody_new_whom_they_are_like(known, new):
    make_person(known)
    assert pairing.suggest_pairs([make_person(new).pk]) == 1


@pytest.mark.parametrize("known, new", [("UAB", "Unity Awarding Board"), ("Tenants’ Union", "Saltby Tenants’ Union")])
def test_and_bodies_likewise(known, new):
    make_person(known, kind="organisation")
    pairing.suggest_pairs([make_person(new, kind="organisation").pk])
    assert len(Pair.objects.all()) == (1 if known == "UAB" else 0)


def test_many_new_people_cost_as_many_queries_as_few():
    def cost(letters: str) -> int:
        new = [make_person(f"Ann Brookdale{letter}") for letter in letters]
        with CaptureQueriesContext(connection) as queries:
            pairing.suggest_pairs(person.pk for person in new)
        return len(queries)

    few = cost("ab")
    assert cost("cdefgh") <= few + 3  # a few more are asked for at once
    assert Pair.objects.open().count() == 8 * 7 / 2
    assert few <= 20


def test_the_command_says_who_is_alike(capsys):
    make_person("Ann Brookes"), make_person("Ann Brooke")
    call_command("pairs", "--list")
    out = capsys.readouterr().out
    assert out.startswith("1 new pair, 1 in all wait for an answer;")
    assert "Ann Brookes | Ann Brooke: A slip apart: Ann Brookes, Ann Brooke." in out
