"""The certain ones in bulk: what is offered, what has to be opened, one batch, and how often one was wrong."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import curation
from articles.admin import certain
from articles.models import Quote
from corpus.models import Decision
from tests.factories import make_article, make_capture, make_person, make_quote, make_source, make_story

pytestmark = pytest.mark.django_db

WORDS = "It rained on the day number {} of the fair."
URL = "/admin/articles/quote/certain/"


def make_quotes(*people, each=1, source=None, story=None, **fields):
    """Suggestions that nothing is doubtful about, so many by each of these people, in one article."""
    said = [WORDS.format(number) for number in range(each * len(people))]
    article = make_article("\n\n".join(f"She said: “{words}”" for words in said), source=source)
    if story:
        story.articles.add(article)
    return [
        make_quote(
            article, words, speaker=people[number // each], speaker_confidence=fields.get("confidence", 0.97),
            gated=False, **{"status": "suggested", "confidence": 0.97, **fields},
        )
        for number, words in enumerate(said)
    ]  # fmt: skip


@pytest.fixture
def ruth():
    return make_person("Ruth Ashdown", status="curated")


@pytest.fixture
def martin():
    return make_person("Martin Keele", status="curated")


def shown(response):
    return [row.quote.pk for row in response.context["sheet"].rows]


def form_of(response, untick=()):
    """What a browser without a script would send of the page, but for its button."""
    sheet = response.context["sheet"]
    ticked = [row.quote.uid for row in sheet.rows if row.ticked and row.quote not in untick]
    return {"shown": [row.shown for row in sheet.rows], "quote": ticked}


def button(response):
    """What the button to accept says, as words and as value, and whether it can be pressed."""
    page = response.content.decode()
    [(tag, words)] = re.findall(r"(<button[^>]*data-accept[^>]*>)([^<]*)</button>", page)
    [value] = re.findall(r'value="([^"]*)"', tag)
    return words, value, " disabled" not in tag


def accept(client, response, untick=(), **more):
    return client.post(URL, form_of(response, untick) | {"accept": button(response)[1]} | more)


def opened(client):
    """The page with so many open as have to be."""
    return client.post(URL, form_of(client.get(URL)) | {"open": "some"})


# --- what is offered


@pytest.mark.parametrize(
    "fields",
    [
        {"confidence": 0.94},
        {"reasons": ["comma-inside"]},
        {"reasons": ["verb-said", "speaker-doubtful"]},
        {"unsure": True},
        {"found": False},
        {"anchor": "moved"},
        {"status": "accepted"},
        {"status": "rejected"},
        {"disputed": "kind"},
    ],
    ids=str,
)
def test_what_is_doubtful_is_not_offered(desk: Client, ruth, fields):
    sure, doubtful = make_quotes(ruth, each=2)
    Quote.objects.filter(pk=doubtful.pk).update(**fields)
    assert shown(desk.get(URL)) == [sure.pk]


def test_harmless_reasons_are_offered(desk: Client, ruth):
    [quote] = make_quotes(ruth, reasons=["verb-said"])
    assert shown(desk.get(URL)) == [quote.pk]


def test_only_curated_speakers_known_for_certain_are_offered(desk: Client, ruth, martin):
    rejected = make_person("Nobody", status="rejected")
    make_quotes(make_person("Candidate"), rejected, "Printed Only")
    [doubtful] = make_quotes(martin)
    doubtful.attributions.update(confidence=0.94)
    [merged] = make_quotes(make_person("R. Ashdown", merged_into=ruth))
    joint = make_quotes(ruth)[0]
    joint.attributions.create(position=1, person=martin, printed="Keele", confidence=0.9)
    response = desk.get(URL)
    assert shown(response) == [merged.pk]
    assert [people for people, _ in response.context["sheet"].groups] == ["Ruth Ashdown"]


def test_an_old_captures_quotes_are_not_offered(desk: Client, ruth):
    [quote] = make_quotes(ruth)
    make_capture(quote.article, "All is new.")
    assert shown(desk.get(URL)) == []


def test_story_source_and_confidence_stand_in_the_address(desk: Client, ruth):
    story, source = make_story("The fair"), make_source("Packet")
    [in_story] = make_quotes(ruth, story=story)
    [in_source] = make_quotes(ruth, source=source)
    [surer] = make_quotes(ruth, confidence=0.99)
    [less] = make_quotes(ruth, confidence=0.92)
    assert shown(desk.get(f"{URL}?story={story.slug}")) == [in_story.pk]
    assert shown(desk.get(f"{URL}?source={source.slug}")) == [in_source.pk]
    assert shown(desk.get(f"{URL}?least=0.98")) == [surer.pk]
    assert less.pk in shown(desk.get(f"{URL}?least=0.9"))
    assert less.pk not in shown(desk.get(URL))
    assert shown(desk.get(f"{URL}?story=none")) == []


@pytest.mark.parametrize("said", ["0.89", "1.1", "x", "nan", "-1"])
def test_no_confidence_below_the_least_is_taken(desk: Client, said):
    response = desk.get(f"{URL}?least={said}")
    assert response.context["wanted"].least == 0.95
    assert "is no confidence to accept from" in response.content.decode()


# --- what has to be opened


@pytest.mark.parametrize("number, needed", [(1, 1), (4, 4), (6, 5), (50, 5), (51, 6), (60, 6)])
def test_a_tenth_has_to_be_opened_five_at_least(desk: Client, ruth, number, needed):
    make_quotes(ruth, each=number)
    response = desk.get(URL)
    assert response.context["sheet"].needed == needed
    assert button(response)[2] is False
    response = opened(desk)
    assert response.context["sheet"].opened == needed
    words = f"Accept {number} quote{'' if number == 1 else 's'} by 1 person"
    assert button(response) == (words, f"{number} 1", True)


def test_the_server_asks_for_it_too(desk: Client, ruth):
    make_quotes(ruth, each=6)
    response = accept(desk, desk.get(URL))
    assert "Open 5 more before you accept the rest" in response.content.decode()
    assert not Decision.objects.exists()


def test_what_was_opened_elsewhere_is_not_said_by_the_form(desk: Client, ruth):
    rows = make_quotes(ruth, each=6)
    accept(desk, desk.get(URL), seen=[row.uid for row in rows], open_=[row.uid for row in rows])
    assert not Decision.objects.exists()


def test_one_is_opened_in_its_place_and_the_ticks_stay(desk: Client, ruth):
    first, second, *_ = make_quotes(ruth, each=6)
    response = desk.post(URL, form_of(desk.get(URL), untick=[second]) | {"open": first.uid})
    page = response.content.decode()
    assert "<mark>It rained on the day number 0 of the fair.</mark>”" in page
    assert "She said: “" in page
    assert f"/admin/articles/article/{first.article_id}/change/#q-{first.uid}" in page
    assert [row.quote for row in response.context["sheet"].rows if not row.ticked] == [second]
    assert button(response) == ("Accept 5 quotes by 1 person", "5 1", False)
    assert [row.quote for row in desk.get(URL).context["sheet"].rows if row.opened] == [first]


def test_those_to_open_are_of_all_speakers_the_least_sure_first(desk: Client, ruth, martin):
    make_quotes(ruth, each=20)
    make_quotes(ruth, confidence=0.99)
    [weak] = make_quotes(ruth, confidence=0.96)
    [only] = make_quotes(martin, confidence=0.98)
    chosen = [row.quote for row in opened(desk).context["sheet"].rows if row.opened]
    assert {weak, only} < set(chosen)


# --- one act


def test_accepted_as_one_batch_and_undone_as_one(desk: Client, chief: User, ruth, martin):
    rows = make_quotes(ruth, martin, each=3)
    response = desk.get(URL)
    while response.context["sheet"].missing:
        response = opened(desk)
    assert button(response)[0] == "Accept 6 quotes by 2 people"
    response = accept(desk, response)
    assert response.status_code == 302
    assert set(Quote.objects.values_list("status", flat=True)) == {"accepted"}
    decisions = Decision.objects.all()
    assert {(d.batch, d.by, d.reason) for d in decisions} == {
        (decisions[0].batch, chief, "Among the certain ones, from 0.95 on.")
    }
    assert {(d.thing_uid, d.field) for d in decisions} >= {
        (row.uid, name) for row in rows for name in ("status", "speaker")
    }
    assert "Accepted 6 quotes by 2 people." in desk.get(URL).content.decode()
    desk.post(reverse("admin:corpus_decision_undo"), {"batch": decisions[0].batch})
    assert set(Quote.objects.values_list("status", flat=True)) == {"suggested"}
    assert all(Quote.objects.get(pk=row.pk).decided == [] for row in rows)


def test_what_was_unticked_is_left_and_the_button_says_so_first(desk: Client, ruth):
    first, *rest = make_quotes(ruth, each=6)
    response = opened(desk)
    again = accept(desk, response, untick=[first])
    assert "What you ticked is 5 quotes by 1 person." in again.content.decode()
    assert not Decision.objects.exists()
    assert button(again) == ("Accept 5 quotes by 1 person", "5 1", True)
    assert accept(desk, again).status_code == 302
    assert set(Quote.objects.filter(status="accepted")) == set(rest)


def test_what_changed_since_is_not_accepted(desk: Client, ruth, martin):
    first, *_ = make_quotes(ruth, each=6)
    response = opened(desk)
    first.attributions.update(person=martin)
    again = accept(desk, response)
    assert "not as you saw them" in again.content.decode()
    assert not Decision.objects.exists()
    assert accept(desk, again).status_code == 302
    assert Quote.objects.get(pk=first.pk).attributions.get().person == martin


def test_nothing_that_is_not_certain_is_accepted(desk: Client, ruth):
    make_quotes(ruth, each=5)
    [doubtful] = make_quotes(ruth, reasons=["comma-inside"])
    response = opened(desk)
    form = form_of(response)
    form["quote"].append(doubtful.uid)
    desk.post(URL, form | {"accept": "6 1"})
    assert not Decision.objects.exists()


def test_no_more_than_a_page_at_once(desk: Client, ruth, monkeypatch):
    monkeypatch.setattr(certain, "AT_ONCE", 5)
    make_quotes(ruth, each=7)
    assert "the 5 surest" in desk.get(URL).content.decode()
    accept(desk, opened(desk))
    assert Quote.objects.filter(status="accepted").count() == 5
    assert len(shown(desk.get(URL))) == 2


def test_others_look_and_do_not_accept(staff, ruth):
    rows = make_quotes(ruth, each=2)
    client = staff("articles.view_quote", "articles.change_quote")
    response = client.post(URL, form_of(client.get(URL)) | {"open": "some"})
    page = response.content.decode()
    assert "for a chief editor" in page
    assert "data-accept" not in page
    assert response.context["sheet"].opened == 2
    form = {"shown": [row.shown for row in response.context["sheet"].rows], "quote": [row.uid for row in rows]}
    assert client.post(URL, form | {"accept": "2 1"}).status_code == 403
    assert not Decision.objects.exists()


def test_nobody_without_rights_looks(staff, ruth):
    assert staff("articles.view_article").get(URL).status_code == 403


def queries(client, url=URL):
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(url)
    return len(found)


def test_the_page_costs_the_same_whatever_its_length(desk: Client, ruth, martin):
    make_quotes(ruth, martin)
    opened(desk)
    few = queries(desk)
    make_quotes(ruth, martin, each=20)
    make_quotes(make_person("Ann Coyle", status="curated"), each=20)
    opened(desk)
    assert queries(desk) == few <= 12


# --- how often one was wrong


def wrong(chief, ruth, number, undone=0, rejected=0):
    rows = make_quotes(ruth, each=number)
    curation.accept(rows, by=chief, batch="bulk")
    mine = Decision.objects.filter(batch="bulk", field="status").order_by("pk")
    curation.undo(mine[:undone], by=chief)
    curation.reject(list(Quote.objects.filter(pk__in=[row.pk for row in rows[number - rejected :]])), by=chief)
    return rows


@pytest.mark.parametrize(
    "number, undone, rejected, start",
    [(60, 0, 0, 0.95), (60, 0, 1, 0.95), (60, 1, 1, 0.97), (60, 0, 4, 0.98), (60, 7, 0, 0.99), (40, 9, 0, 0.95)],
)
def test_whoever_was_wrong_often_starts_higher(desk: Client, chief: User, ruth, number, undone, rejected, start):
    wrong(chief, ruth, number, undone, rejected)
    record = certain.record_of(chief)
    assert (record.accepted, record.reversed, record.start) == (number, undone + rejected, start)
    page = desk.get(URL)
    assert page.context["wanted"].least == start
    assert (f"starts at {start} for you" in page.content.decode()) == (start > 0.95)
    assert desk.get(f"{URL}?least=0.9").context["wanted"].least == 0.9


def test_what_was_accepted_again_counts_anew(chief: User, ruth):
    rows = wrong(chief, ruth, 3, undone=3)
    assert certain.record_of(chief).reversed == 3
    curation.accept([Quote.objects.get(pk=row.pk) for row in rows], by=chief, batch="again")
    assert certain.record_of(chief) == certain.Record(3, 0)


def test_only_acts_on_several_count(chief: User, ruth):
    for row in make_quotes(ruth, each=2):
        curation.accept([row], by=chief)
    assert certain.record_of(chief).accepted == 0


def test_it_is_linked(desk: Client, ruth):
    assert URL in desk.get("/admin/").content.decode()
    assert URL in desk.get("/admin/articles/quote/").content.decode()
