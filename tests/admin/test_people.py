"""People in the admin: pairs answered by plain forms, merges undone, a person split, candidates promoted in one press."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import curation, identities, pairing
from articles.models import Attribution, Quote
from corpus.models import Decision
from people.models import Name, Pair, Person
from tests.factories import make_article, make_mention, make_person, make_quote

pytestmark = pytest.mark.django_db

PAIRS = "/admin/people/pair/"
CANDIDATES = "/admin/people/person/candidates/"
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|<[^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)


@pytest.fixture
def abbott() -> Person:
    person = make_person("Diane Abbott", status="curated", roles=["MP, House of Commons"], pronouns="she/her")
    make_quote(make_article(), speaker=person)
    return person


@pytest.fixture
def abbot() -> Person:
    person = make_person("Diane Abbot")
    article = make_article("Diane Abbot, an MP, said: “The phones have not stopped ringing since Sunday.”")
    make_mention(article, "Diane Abbot", person, roles=["an MP"])
    make_quote(article, "The phones have not stopped ringing since Sunday.", speaker=person, status="suggested")
    return person


@pytest.fixture
def pair(abbott, abbot) -> Pair:
    pairing.suggest_all()
    return Pair.objects.get()


@pytest.fixture
def ned() -> Client:
    """A browser in which an editor, who may not merge, is logged in."""
    user = User.objects.create_user("ned", is_staff=True)
    user.groups.add(Group.objects.get(name="Editor"))
    client = Client()
    client.force_login(user)
    return client


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def answer(client: Client, pair: Pair, what: str, **more: str):
    data = {"pair": pair.uid, "answer": what, "next": PAIRS, **more}
    return client.post(reverse("admin:people_pair_answer"), data, follow=True)


def test_the_page_of_pairs_shows_what_speaks_for_and_against_and_what_the_same_would_do(desk, pair):
    response = desk.get(PAIRS)
    text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert "Is Diane Abbot the same as Diane Abbott ?" in text
    assert "A slip apart: Diane Abbott, Diane Abbot." in text
    assert "Moves nothing: 1 quote and 1 role shown with Diane Abbott; name Diane Abbot added." in text
    assert not INLINE.findall(response.content.decode())


def test_the_same_merges_and_one_button_undoes_it(desk, pair, abbott, abbot):
    response = answer(desk, pair, "same", reason="Same seat.")
    assert "Diane Abbott and Diane Abbot are one person." in said(response)
    abbot.refresh_from_db()
    assert abbot.canonical == abbott
    assert "Nobody waits" in response.content.decode()
    assert desk.get(f"/people/{abbot.slug}/").headers["Location"] == f"/people/{abbott.slug}/"
    batch = re.search(r'name="batch" value="(\w+)"', said(response))
    assert batch
    desk.post(reverse("admin:corpus_decision_undo"), {"batch": batch.group(1), "next": PAIRS})
    abbot.refresh_from_db()
    pair.refresh_from_db()
    assert (abbot.canonical, pair.answer) == (abbot, "")


def test_who_stays_can_be_chosen(desk, pair, abbott, abbot):
    answer(desk, pair, "same", keep=abbot.uid)
    abbott.refresh_from_db()
    assert abbott.canonical == abbot


@pytest.mark.parametrize("what, words", [("different", "are different people"), ("unsure", "stays open")])
def test_another_answer_takes_the_pair_off_the_page(what, words, desk, pair):
    response = answer(desk, pair, what)
    assert words in said(response)
    assert response.context["cards"] == []
    assert len(desk.get(f"{PAIRS}?answer={what}").context["cards"]) == 1


@pytest.mark.parametrize("data", [{"answer": "perhaps"}, {"answer": ""}, {"pair": "nobody"}, {}], ids=str)
def test_an_answer_that_is_none_changes_nothing(data, desk, pair):
    sent = {"pair": pair.uid, "answer": "same"} | data if data else {}
    response = desk.post(reverse("admin:people_pair_answer"), sent, follow=True)
    assert "nothing was changed" in said(response)
    assert not Decision.objects.exists()


def test_an_answer_to_what_somebody_answered_meanwhile_is_not_kept(desk, pair, chief):
    page = desk.get(PAIRS).content.decode()
    assert '<input type="hidden" name="seen" value="">' in page
    identities.answer(pair, "different", by=chief)
    response = answer(desk, pair, "same", seen="")
    assert "changed while you looked, and is “different people” now" in said(response)
    pair.refresh_from_db()
    assert pair.answer == "different"
    answer(desk, pair, "same", seen="different")
    pair.refresh_from_db()
    assert pair.answer == "same"


def test_a_contradiction_is_one_sentence(desk, pair, abbott, abbot, chief):
    third = make_person("Di Abbot")
    other = identities.pair_of(third, abbott)
    identities.answer(other, "different", by=chief)
    identities.merge(third, abbot, by=chief)
    response = answer(desk, pair, "same")
    assert "were judged to be different people by hetty" in said(response)
    abbot.refresh_from_db()
    assert abbot.canonical == abbot


def test_an_editor_leaves_a_proposal_and_the_chief_sees_it(ned, desk, pair, abbot):
    assert "Propose: the same" in ned.get(PAIRS).content.decode()
    response = answer(ned, pair, "same", reason="Same seat.")
    assert "Left as a proposal" in said(response)
    assert response.context["cards"] == []
    abbot.refresh_from_db()
    assert abbot.canonical == abbot
    shown = " ".join(re.sub(r"<[^>]+>", " ", desk.get(f"{PAIRS}?answer=proposed").content.decode()).split())
    assert "ned proposes: the same , “Same seat.”" in shown


@pytest.mark.parametrize(
    "url, allowed",
    [
        ("admin:people_pair_changelist", True),
        ("admin:people_pair_compare", True),
        ("admin:people_person_split", False),
        ("admin:people_person_candidates", True),
    ],
)
def test_what_an_editor_may_open(url, allowed, ned, abbot):
    args = [] if url.endswith(("changelist", "candidates")) else [abbot.pk]
    assert ned.get(reverse(url, args=args)).status_code == (200 if allowed else 403)


def test_who_may_only_read_answers_nothing(pair, staff):
    reader = staff("people.view_pair", "people.view_person")
    assert reader.get(PAIRS).status_code == 200
    assert answer(reader, pair, "same").status_code == 403
    assert reader.post(reverse("admin:people_person_settle"), {"person": pair.first.uid}).status_code == 403


def test_an_editor_cannot_undo_a_merge(ned, pair, abbot, chief):
    identities.answer(pair, "same", by=chief)
    decision = Decision.objects.get(field="merged_into")
    assert ned.post(reverse("admin:corpus_decision_undo"), {"decisions": decision.uid}).status_code == 403


def test_a_person_s_screen_shows_merges_and_takes_them_back(desk, pair, abbott, abbot, chief):
    identities.answer(pair, "same", by=chief, reason="Same seat.")
    screen = desk.get(reverse("admin:people_person_change", args=[abbott.pk]))
    assert f'aria-label="Undo the merge of {abbot}"' in screen.content.decode()
    gone = desk.get(reverse("admin:people_person_change", args=[abbot.pk]))
    assert "Undo the merge" in gone.content.decode()
    assert not INLINE.findall(gone.content.decode())
    (uid,) = re.findall(r'name="decisions" value="(\w+)" aria-label="Undo the merge', screen.content.decode())
    desk.post(reverse("admin:corpus_decision_undo"), {"decisions": uid, "next": PAIRS})
    abbot.refresh_from_db()
    pair.refresh_from_db()
    assert (abbot.canonical, pair.answer) == (abbot, "")


def test_two_people_are_compared_by_hand(desk, abbott):
    other = make_person("Ruth Ashdown")
    url = reverse("admin:people_pair_compare", args=[abbott.pk])
    assert "Choose somebody" in desk.post(url, {"other": ""}).content.decode()
    assert "one person already" in desk.post(url, {"other": abbott.pk}).content.decode()
    response = desk.post(url, {"other": other.pk}, follow=True)
    pair = Pair.objects.get()
    assert response.redirect_chain == [(reverse("admin:people_pair_change", args=[pair.pk]), 302)]
    answer(desk, pair, "different")
    assert "Not the same" in desk.get(reverse("admin:people_person_change", args=[other.pk])).content.decode()
    assert desk.get(PAIRS).context["cards"] == []


@pytest.mark.parametrize(
    "data, fault",
    [
        ({"name": "Dave Ward"}, "Tick what is somebody"),
        ({"quote": "one"}, "Say whose they are"),
        ({"quote": "one", "name": "Dave Ward", "other": "self"}, "Say whose they are"),
        ({"quote": "one", "other": "self"}, "one person already"),
    ],
)
def test_a_split_that_says_too_little_changes_nothing(data, fault, desk, abbot):
    quote = Quote.objects.get(attributions__person=abbot)
    sent = {k: {"one": quote.uid, "self": abbot.pk}.get(v, v) for k, v in data.items()}
    response = desk.post(reverse("admin:people_person_split", args=[abbot.pk]), sent)
    assert fault in response.content.decode()
    assert Attribution.objects.get(quote=quote).person == abbot


def test_a_person_is_split_by_ticking(desk, abbot):
    quote = Quote.objects.get(attributions__person=abbot)
    url = reverse("admin:people_person_split", args=[abbot.pk])
    assert "the 1 place that names them" in desk.get(url).content.decode()
    response = desk.post(url, {"quote": quote.uid, "article": quote.article.uid, "name": "Dinah Abbot"}, follow=True)
    other = Person.objects.get(name="Dinah Abbot")
    assert response.redirect_chain[-1][0] == reverse("admin:people_person_change", args=[other.pk])
    assert Attribution.objects.get(quote=quote).person == other
    assert other.mentions.count() == 1
    assert Pair.objects.get().answer == "different"


def test_candidates_stand_by_number_of_quotes_and_are_promoted_or_turned_away(desk, abbott, abbot):
    make_quote(make_article(), speaker=make_person("SURVEY"))
    make_quote(make_article(), speaker=abbot)
    response = desk.get(CANDIDATES)
    assert [(side.person.name, side.quotes) for side in response.context["sides"]] == [
        ("Diane Abbot", 2),
        ("SURVEY", 1),
    ]
    assert not INLINE.findall(response.content.decode())
    settle = reverse("admin:people_person_settle")
    sent = {"person": abbot.uid, "verb": "promote", "name": "Diane  Abbot-Smith", "next": CANDIDATES}
    response = desk.post(settle, sent, follow=True)
    assert "Diane Abbot-Smith is curated now." in said(response)
    abbot.refresh_from_db()
    assert (abbot.status, abbot.name) == ("curated", "Diane Abbot-Smith")
    survey = Person.objects.get(name="SURVEY")
    assert survey.public
    response = desk.post(settle, {"person": survey.uid, "verb": "reject", "next": CANDIDATES}, follow=True)
    assert "SURVEY is nobody" in said(response)
    survey.refresh_from_db()
    assert (survey.status, survey.public) == ("rejected", False)
    assert desk.get(f"/people/{survey.slug}/").status_code == 404
    assert desk.get(CANDIDATES).context["sides"] == []
    batch = re.search(r'name="batch" value="(\w+)"', said(response))
    assert batch
    desk.post(reverse("admin:corpus_decision_undo"), {"batch": batch.group(1)})
    survey.refresh_from_db()
    assert (survey.status, survey.public) == ("candidate", True)


@pytest.mark.parametrize("data", [{"verb": "promote"}, {"verb": "eat"}])
def test_settling_nothing_changes_nothing(data, desk, abbot):
    sent = data if data["verb"] == "promote" else data | {"person": abbot.uid}
    assert "nothing was changed" in said(desk.post(reverse("admin:people_person_settle"), sent, follow=True))


def test_a_candidate_promoted_under_its_name_has_one_decision(desk, abbot):
    desk.post(reverse("admin:people_person_settle"), {"person": abbot.uid, "verb": "promote", "name": abbot.name})
    assert [(d.field, d.after) for d in Decision.objects.all()] == [("status", "curated")]
    assert Name.objects.filter(person=abbot).count() == 1


def test_a_page_of_candidates_that_is_out_of_date_takes_nothing_back(desk, abbot, chief):
    curation.decide_people([abbot], {"status": "curated", "name": "Diane Abbot-Smith"}, by=chief)
    for verb in ("promote", "reject"):
        sent = {"person": abbot.uid, "verb": verb, "name": "Diane Abbot", "next": CANDIDATES}
        response = desk.post(reverse("admin:people_person_settle"), sent, follow=True)
        assert "Diane Abbot-Smith is no candidate any more" in said(response)
        abbot.refresh_from_db()
        assert (abbot.status, abbot.name) == ("curated", "Diane Abbot-Smith")


def test_somebody_new_is_compared_at_once(desk, abbott):
    inlines = {f"{name}-{part}_FORMS": 0 for name in ("names", "roles") for part in ("TOTAL", "INITIAL")}
    sent = {"name": "Diane Abbot", "kind": "individual", "status": "candidate", "pronouns": "", "note": ""} | inlines
    desk.post(reverse("admin:people_person_add"), sent)
    assert str(Pair.objects.open().get()) == "Diane Abbott and Diane Abbot"


# --- what screens cost


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def crowd(chief: User, number: int) -> None:
    for _ in range(number):
        n = Person.objects.count()
        one, other = make_person(f"Ann Brook{n}ham Smythe", status="curated"), make_person(f"Ann Brook{n}ham Smyth")
        article = make_article()
        for person in (one, other):
            make_quote(article, speaker=person)
            make_mention(article, "Ruth Ashdown" if person is one else "Martin Keele", person)
    pairing.suggest_all()


#: Two of these are the session and the user.
COSTS = {PAIRS: 13, CANDIDATES: 10}


@pytest.mark.parametrize("url", COSTS)
def test_a_screen_costs_the_same_however_many_stand_on_it(url, desk, chief):
    crowd(chief, 1)
    few = cost(desk, url)
    crowd(chief, 3)
    assert cost(desk, url) == few == COSTS[url]


def test_a_person_s_screen_costs_the_same_however_much_was_merged(desk, chief, abbott):
    url = reverse("admin:people_person_change", args=[abbott.pk])
    identities.merge(make_person("Diane Abott"), abbott, by=chief)
    few = cost(desk, url)
    for n in range(3):
        identities.merge(make_person(f"Diane Abbott {n}"), abbott, by=chief)
        identities.pair_of(make_person(f"Diane Abbot {n}"), abbott)
    Pair.objects.update(score=0.9)
    assert cost(desk, url) == few


def test_the_split_page_costs_the_same_however_much_there_is_to_pick(desk, abbott):
    url = reverse("admin:people_person_split", args=[abbott.pk])
    few = cost(desk, url)
    for _ in range(3):
        article = make_article()
        make_quote(article, speaker=abbott)
        make_mention(article, "Ruth Ashdown", abbott)
    assert cost(desk, url) <= few + 1
