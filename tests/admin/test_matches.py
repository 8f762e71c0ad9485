"""Quotes that may be the same words, in the admin: cards answered by plain forms; utterances, and what is decided on them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import matched, utterances, variants
from articles.models import Match, Quote, Utterance
from corpus.models import Decision
from tests.factories import make_article, make_person, make_quote, make_source

pytestmark = pytest.mark.django_db

MATCHES = "/admin/articles/match/"
UTTERANCES = "/admin/articles/utterance/"
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|<[^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)
WORDS = "The bridge will close on Monday, and nobody regrets those long nights more than I do."
LATER = dt.date(2024, 3, 19)


def printed(words: str, outlet: str, speaker: object, day: dt.date = LATER, **more: object) -> Quote:
    article = make_article(f"Bridge\n\n“{words}” somebody said.", source=make_source(outlet), day=day)
    return make_quote(article, words, speaker=speaker, **more)  # type: ignore[arg-type]


@pytest.fixture
def ruth() -> object:
    return make_person("Ruth Ashdown", status="curated")


@pytest.fixture
def match(ruth) -> Match:
    """Much the same words, a week apart: said once, or again?"""
    first = printed(WORDS, "Mercury", ruth, dt.date(2024, 3, 12))
    second = printed(WORDS.replace("those", "the"), "Gazette", ruth)
    utterances.group([first.pk, second.pk])
    return Match.objects.open().get()


@pytest.fixture
def ned() -> Client:
    """A browser in which an editor is logged in."""
    user = User.objects.create_user("ned", is_staff=True)
    user.groups.add(Group.objects.get(name="Editor"))
    client = Client()
    client.force_login(user)
    return client


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def plain(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def answer(client: Client, match: Match, what: str, **more: str):
    data = {"match": match.uid, "answer": what, "next": MATCHES, **more}
    return client.post(reverse("admin:articles_match_answer"), data, follow=True)


def undo(client: Client, response) -> None:
    batch = re.search(r'name="batch" value="(\w+)"', said(response))
    assert batch
    assert (
        client.post(reverse("admin:corpus_decision_undo"), {"batch": batch.group(1), "next": MATCHES}).status_code
        == 302
    )


def together(match: Match) -> bool:
    first, second = Quote.objects.filter(pk__in=[match.first_id, match.second_id]).values_list("utterance", flat=True)
    return first is not None and first == second


# --- cards


def test_a_card_shows_both_word_by_word_with_outlets_days_speakers_and_reasons(ned, match):
    response = ned.get(MATCHES)
    text = plain(response)
    assert "Was this said once, or again? 1 word changed." in text
    assert "Mercury 12 March 2024" in text
    assert "Gazette 19 March 2024" in text
    assert text.count("Ruth Ashdown") >= 2
    assert "They were printed 7 days apart." in text
    assert "Both are given to the same person." in text
    html = response.content.decode()
    assert '<del><span class="visually-hidden">only in Mercury: </span>those</del>' in html
    assert '<ins><span class="visually-hidden">only in Gazette: </span>the</ins>' in html
    assert not INLINE.findall(html)


@pytest.mark.parametrize(
    "what, words, joined",
    [
        ("same", "report one utterance.", True),
        ("fragment", "one of them a part of it", True),
        ("other", "said on two occasions; nobody will be asked again", False),
        ("different", "are not the same words; nobody will be asked again", False),
        ("unsure", "stays open; nobody will be asked again", False),
    ],
)
def test_an_answer_is_a_decision_and_one_button_takes_it_back(what, words, joined, ned, match):
    response = answer(ned, match, what, reason="The tape.")
    assert words in said(response)
    assert response.context["cards"] == []
    assert together(match) is joined
    [decision] = Decision.objects.filter(thing="articles.match")
    assert (decision.after, decision.reason, decision.by_name) == (what, "The tape.", "ned")
    assert len(ned.get(f"{MATCHES}?answer={what}").context["cards"]) == 1
    undo(ned, response)
    match.refresh_from_db()
    assert (match.answer, together(match)) == ("", False)
    assert len(ned.get(MATCHES).context["cards"]) == 1


def test_nobody_is_asked_again(ned, match):
    answer(ned, match, "other")
    utterances.group([match.first_id, match.second_id])
    assert not Match.objects.open().exists()
    assert not together(match)


@pytest.mark.parametrize("data", [{"answer": "perhaps"}, {"answer": ""}, {"match": "nothing"}, {}], ids=str)
def test_an_answer_that_is_none_changes_nothing(data, ned, match):
    sent = {"match": match.uid, "answer": "same"} | data if data else {}
    response = ned.post(reverse("admin:articles_match_answer"), sent, follow=True)
    assert "nothing was changed" in said(response)
    assert not Decision.objects.exists()


def test_an_answer_to_what_somebody_answered_meanwhile_is_not_kept(ned, match, chief):
    assert '<input type="hidden" name="seen" value="">' in ned.get(MATCHES).content.decode()
    utterances.answer(match, "other", by=chief)
    response = answer(ned, match, "same", seen="")
    assert "changed while you looked, and is “said on another occasion” now" in said(response)
    match.refresh_from_db()
    assert match.answer == "other"
    answer(ned, match, "same", seen="other")
    match.refresh_from_db()
    assert match.answer == "same"


def test_a_contradiction_is_one_sentence(ned, match, chief):
    utterances.split(match.first, by=chief)
    response = answer(ned, match, "same")
    assert "was said to stand by itself; take that back first." in said(response)
    match.refresh_from_db()
    assert match.answer == ""


def test_the_last_answer_is_taken_back_from_the_page(ned, match):
    answer(ned, match, "different")
    page = ned.get(MATCHES)
    assert "Your last: “The bridge will close on Monday" in plain(page)
    assert re.search(r'<button[^>]+ name="batch" value="\w+" data-last>', page.content.decode())


def test_a_match_by_itself_has_its_history(ned, match):
    answer(ned, match, "other", reason="June.")
    page = plain(ned.get(f"{MATCHES}{match.pk}/change/"))
    assert "Answered: said on another occasion." in page
    assert "ned" in page
    assert "“June.”" in page
    assert ned.get(f"{MATCHES}99999/change/").status_code == 404


def test_who_may_only_read_answers_nothing(match, staff):
    reader = staff("articles.view_match")
    assert '<button type="submit" class="act accept"' not in reader.get(MATCHES).content.decode()
    assert answer(reader, match, "same").status_code == 403
    utterance = Utterance.objects.create()
    assert reader.post(reverse("admin:articles_utterance_act", args=[utterance.pk]), {}).status_code == 403
    assert reader.post(reverse("admin:articles_utterance_join", args=[utterance.pk]), {}).status_code == 403


def test_the_first_screen_says_how_many_wait(ned, match):
    page = plain(ned.get("/admin/"))
    assert "1 pair of quotes that may be the same words" in page
    answer(ned, match, "same")
    assert "judged the same words" in plain(ned.get("/admin/"))


@pytest.mark.parametrize(
    "one, other, found",
    [
        ("We will run a ferry.", "We will run a ferry", "Not a word differs; marks or capitals in 1 place"),
        ("We will run a ferry daily", "We will run a ferry", "1 word left out"),
        ("We will run a ferry now", "We shall run a boat now", "2 words changed"),
        ("We will run a ferry", "We will run a [new] ferry", "Not a word differs"),
    ],
)
def test_what_differs_is_summed_up(one, other, found):
    forms = [variants.form_of(Quote(text=text, spans=[[0, len(text)]], kind="direct")) for text in (one, other)]
    assert matched.summed_up(*forms) == found


def test_of_a_long_stretch_its_ends_are_shown():
    long = " ".join(f"w{number}" for number in range(30))
    one, other = (
        variants.form_of(Quote(text=text, spans=[[0, len(text)]], kind="direct"))
        for text in (f"{long} at last", "at last")
    )
    [gone, same] = matched.runs(one, other)
    assert gone.ours == "“w0 w1 w2 w3 w4 w5 w6 [16 words] w23 w24 w25 w26 w27 w28 w29"
    assert (same.same, same.theirs) == (True, "“at last”")


# --- utterances


@pytest.fixture
def utterance(ruth) -> Utterance:
    """The same words in three outlets on one day, a word changed in one."""
    rows = [
        printed(WORDS, "Mercury", ruth),
        printed(WORDS.replace("those", "the"), "Gazette", ruth),
        printed("nobody regrets those long nights more than I do", "Herald", ruth, kind="mixed"),
    ]
    utterances.group([row.pk for row in rows])
    return Utterance.objects.get()


def press(client: Client, utterance: Utterance, verb: str, quote: Quote):
    url = reverse("admin:articles_utterance_act", args=[utterance.pk])
    here = f"{UTTERANCES}{utterance.pk}/change/"
    return client.post(url, {"verb": verb, "quote": quote.uid, "next": here}, follow=True)


def test_an_utterance_has_its_forms_word_by_word(ned, utterance):
    response = ned.get(f"{UTTERANCES}{utterance.pk}/change/")
    assert [(form.side.outlet, form.summary) for form in response.context["shown"]] == [
        ("Mercury", "the fullest form"),
        ("Gazette", "1 word changed"),
        ("Herald", "7 words left out; marks or capitals in 1 place"),
    ]
    assert "3 outlets, 3 public quotes" in plain(response)
    assert not INLINE.findall(response.content.decode().replace(' type="application/json"', ""))


def test_a_form_is_split_off_and_comes_back(ned, utterance):
    quote = utterance.quotes.get(article__source__name="Gazette")
    response = press(ned, utterance, "split", quote)
    assert "Gazette stands alone with its words now." in said(response)
    quote.refresh_from_db()
    assert (quote.utterance, quote.relation) == (None, "")
    assert "Went: The bridge will close" in plain(response)
    assert [form.side.outlet for form in response.context["shown"]] == ["Mercury", "Herald"]
    utterances.group([quote.pk])
    quote.refresh_from_db()
    assert quote.utterance is None
    undo(ned, response)
    quote.refresh_from_db()
    assert quote.utterance == utterance


def test_one_form_is_marked_the_fullest(ned, utterance):
    quote = utterance.quotes.get(article__source__name="Gazette")
    response = press(ned, utterance, "fullest", quote)
    assert "The form in Gazette is the fullest now." in said(response)
    utterances.refresh([utterance.pk])
    utterance.refresh_from_db()
    assert utterance.fullest == quote
    assert response.context["shown"][0].side.outlet == "Gazette"
    undo(ned, response)
    utterance.refresh_from_db()
    assert utterance.fullest != quote


@pytest.mark.parametrize("verb", ["split", "eat"])
def test_what_is_no_form_of_it_is_not_touched(verb, ned, utterance, match):
    quote = match.first if verb == "split" else utterance.quotes.first()
    Quote.objects.filter(pk=match.first_id).update(utterance=None)
    assert "nothing was changed" in said(press(ned, utterance, verb, quote))
    assert not Decision.objects.exists()


def test_when_and_at_what_it_was_said(ned, utterance):
    url = f"{UTTERANCES}{utterance.pk}/change/"
    form = {"said_day": "2024-03-18", "initial-said_day": "", "occasion": "Town hall", "initial-occasion": ""}
    ned.post(url, form | {"reason": "The minutes."})
    utterance.refresh_from_db()
    assert (str(utterance.said_day), utterance.occasion) == ("2024-03-18", "Town hall")
    assert {(one.field, one.reason) for one in Decision.objects.all()} == {
        ("said_day", "The minutes."), ("occasion", "The minutes."),
    }  # fmt: skip
    assert "Town hall" in plain(ned.get(url))


def test_two_are_joined_and_parted_again(ned, match, utterance):
    other = printed("Ferries are no answer to anything, and everybody knows it.", "Argus", None)
    again = printed("Ferries are no answer to anything, and everybody knows it.", "Post", None)
    utterances.group([other.pk, again.pk])
    other.refresh_from_db()
    second = other.utterance
    assert second not in (None, utterance)
    url = reverse("admin:articles_utterance_join", args=[second.pk])
    assert "Choose another utterance" in said(ned.post(url, {"other": second.pk}, follow=True))
    assert "Choose another utterance" in said(ned.post(url, {"other": ""}, follow=True))
    response = ned.post(url, {"other": utterance.pk, "reason": "One speech."}, follow=True)
    assert "They are one utterance now." in said(response)
    other.refresh_from_db()
    again.refresh_from_db()
    assert (other.utterance, again.utterance) == (utterance, utterance)
    second.refresh_from_db()
    assert second.merged_into == utterance
    assert "It was taken up into" in plain(ned.get(f"{UTTERANCES}{second.pk}/change/"))
    undo(ned, response)
    other.refresh_from_db()
    assert other.utterance not in (None, utterance)


def test_the_other_is_found_by_any_of_its_words(ned, utterance):
    found = ned.get(
        "/admin/autocomplete/",
        {"app_label": "articles", "model_name": "quote", "field_name": "utterance", "term": "long nights"},
    ).json()
    assert [row["id"] for row in found["results"]] == [str(utterance.pk)]
    assert found["results"][0]["text"].endswith("(3 outlets, Mercury)")


# --- what screens cost


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_a_page_of_matches_costs_the_same_with_more_of_them(ned, match, ruth):
    one = cost(ned, MATCHES)
    for words in (
        "Ferries are no answer to anything, and everybody in this town knows it well enough.",
        "You cannot ask children to walk nine miles through the rain and call that a plan.",
        "My office wrote to the minister four times, and four times nobody wrote back.",
    ):
        first, second = printed(words, "Mercury", ruth, dt.date(2024, 3, 12)), printed(words, "Gazette", ruth)
        utterances.group([first.pk, second.pk])
    assert len(ned.get(MATCHES).context["cards"]) == 4
    assert cost(ned, MATCHES) == one <= 14


def test_an_utterance_and_their_list_cost_the_same_with_more_forms(ned, utterance, ruth):
    page, listed = f"{UTTERANCES}{utterance.pk}/change/", UTTERANCES
    few = cost(ned, page), cost(ned, listed)
    rows = [printed(WORDS, f"Outlet {number}", ruth) for number in range(4)]
    words = "Ferries are no answer to anything, and everybody knows it."
    rows += [printed(words, f"Outlet {number}", ruth) for number in range(2)]
    utterances.group([row.pk for row in rows])
    assert len(ned.get(page).context["shown"]) == 7
    assert (cost(ned, page), cost(ned, listed)) == few
    assert few[0] <= 26
    assert few[1] <= 8
