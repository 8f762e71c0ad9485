"""The first screen: what waits, what one did today and its undo, how far the stories are; at a fixed cost."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import curation
from articles.models import Article, Quote
from corpus import ledger, roles
from corpus.models import Decision
from people.models import Pair
from tests.factories import make_article, make_person, make_quote, make_story

pytestmark = pytest.mark.django_db

URL = "/admin/"
WORDS = ("had no choice", "We will run a ferry", "every ten minutes", "The bridge will close on Monday")


@pytest.fixture
def fair():
    """Four suggestions by one person, in one article of a story."""
    article = make_article(stories=[make_story("Bridge closed")])
    ruth = make_person()
    return [make_quote(article, words, speaker=ruth, status="suggested") for words in WORDS]


def waiting(client):
    return {row.label: row.count for row in client.get(URL).context["waiting"]}


def did(client):
    return {f"{one.number} {one.things} {one.did}" for one in client.get(URL).context["did"]}


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- what waits


def dispute(quote: Quote, by: User) -> None:
    curation.decide_quotes([quote], {"kind": "mixed"}, by=by)
    now = fresh(quote)
    ledger.suggest(now, {"kind": "indirect"})
    now.save()


def test_what_waits_is_counted(desk: Client, chief: User, fair):
    first, second, *_ = fair
    dispute(first, chief)
    Quote.objects.filter(pk=second.pk).update(anchor="orphaned", public=False)
    one, other, third = (make_person(name) for name in ("R. Ashdown", "Ruth Ashdowne", "Rt Ashdown"))
    Pair.objects.create(first=one, second=other, score=0.9)
    Pair.objects.create(first=one, second=third, score=0.8, proposed="same", proposed_by=chief)
    found = waiting(desk)
    assert found["quotes to review"] == 4
    assert found["quotes of which the reader now disagrees"] == 1
    assert found["articles of which the reader now disagrees"] == 0
    assert found["quotes that a new capture no longer has"] == 1
    assert found["pairs of people who may be one"] == 2
    assert found["proposals on who is who"] == 1


def test_every_list_of_what_waits_opens_on_as_many(desk: Client, chief: User, fair):
    dispute(fair[0], chief)
    one, other = make_person("R. Ashdown"), make_person("Ruth Ashdowne")
    Pair.objects.create(first=one, second=other, score=0.9, proposed="same", proposed_by=chief)
    Quote.objects.filter(pk=fair[1].pk).update(anchor="orphaned", public=False)
    opened = 0
    for row in desk.get(URL).context["waiting"]:
        context = desk.get(row.url).context
        if "cl" in context:
            assert context["cl"].result_count == row.count, row.label
            opened += 1
        elif "cards" in context:
            assert len(context["cards"]) == row.count, row.label
            opened += 1
    assert opened >= 6


@pytest.mark.parametrize(
    "role, offered, kept",
    [
        (roles.READER, ["/admin/desk/"], ["/ingest/"]),
        (roles.EDITOR, ["/admin/desk/", "/admin/articles/article/ingest/"], []),
        (roles.CHIEF, ["/admin/desk/", "/admin/articles/article/ingest/"], []),
    ],
)
def test_each_role_has_its_ways_in(client: Client, role, offered, kept):
    roles.install()
    user = User.objects.create_user("ned", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    page = client.get(URL).content.decode()
    [ways] = re.findall(r'<p class="ways">(.*?)</p>', page, re.DOTALL)
    assert all(address in ways for address in offered)
    assert not any(address in ways for address in kept)


def test_who_may_see_nothing_is_shown_nothing(staff):
    page = staff("auth.view_user").get(URL).content.decode()
    assert 'id="did"' not in page
    assert 'class="big' not in page


# --- what one did today


def test_what_one_did_today_is_counted_by_kind(desk: Client, chief: User, fair):
    curation.accept(fair[:2], by=chief)
    curation.reject([fresh(fair[2])], by=chief)
    curation.set_speakers(fresh(fair[3]), [make_person("Martin Keele")], by=chief)
    curation.decide_articles([fair[0].article], {"headline": "Shut", "byline": "Ann"}, by=chief)
    expected = {"2 quotes accepted", "1 quote rejected", "1 quote given to somebody", "1 article edited"}
    assert did(desk) == expected


def test_what_goes_with_a_verdict_is_not_counted_beside(desk: Client, chief: User, fair):
    values = {"status": "accepted", "kind": "mixed", "speaker": fair[0].effective("speaker")}
    curation.decide_quotes([fair[0]], values, by=chief)
    assert did(desk) == {"1 quote accepted"}


def test_others_yesterday_and_what_was_undone_do_not_count(desk: Client, chief: User, fair):
    curation.accept([fair[0]], by=User.objects.create_user("ned"))
    curation.accept([fair[1]], by=chief)
    Decision.objects.filter(by=chief).update(at=timezone.now() - dt.timedelta(days=1, minutes=1))
    curation.accept([fair[2]], by=chief, batch="undone")
    curation.undo(Decision.objects.filter(batch="undone"), by=chief)
    assert did(desk) == set()
    assert "nothing decided yet" in desk.get(URL).content.decode()


def test_what_is_purged_since_is_not_counted(desk: Client, chief: User, fair):
    curation.accept([fair[0]], by=chief)
    Decision.objects.update(before=None, after=None, reason="")  # as a purge leaves it
    assert did(desk) == set()


def test_each_leads_to_its_decisions(desk: Client, chief: User, fair):
    curation.accept(fair[:2], by=chief)
    curation.reject([fresh(fair[2])], by=chief)
    curation.decide_quotes([fresh(fair[3])], {"kind": "mixed"}, by=chief)
    curation.decide_articles([fair[0].article], {"headline": "Shut"}, by=chief)
    curation.accept([fresh(fair[3])], by=User.objects.create_user("ned"))
    for one in desk.get(URL).context["did"]:
        response = desk.get(one.url)
        assert response.status_code == 200, one.url
        rows = response.context["cl"].result_list
        if one.did != "edited":
            assert len(rows) == one.number, one.url
        assert {row.by for row in rows} == {chief}
    page = html.unescape(desk.get(URL).content.decode())
    assert all(one.url in page for one in desk.get(URL).context["did"])


def test_the_last_act_is_undone_from_there(desk: Client, chief: User, fair):
    curation.accept([fair[0]], by=chief)
    curation.accept(fair[1:], by=chief)
    page = desk.get(URL).content.decode()
    assert "The last: Accepted: 3 quotes" in page
    [(name, value)] = re.findall(r'class="act undo" name="(\w+)" value="([^"]+)">Undo the last', page)
    desk.post("/admin/corpus/decision/undo/", {name: value})
    assert Quote.objects.filter(status="accepted").count() == 1
    assert "Accepted: “had no choice”" in desk.get(URL).content.decode()


def test_a_decision_without_a_batch_is_undone_too(desk: Client, chief: User, fair):
    ledger.decide(fair[0], {"kind": "mixed"}, by=chief)
    last = desk.get(URL).context["last"]
    desk.post("/admin/corpus/decision/undo/", {last.name: last.value})
    assert fresh(fair[0]).kind == "direct"


# --- stories


def test_a_bar_a_story_says_how_far_it_is(desk: Client, chief: User, fair):
    make_story("Nothing yet")
    curation.accept(fair[:1], by=chief)
    curation.reject(fair[1:2], by=chief)
    Quote.objects.filter(pk=fair[3].pk).update(found=False)
    page = desk.get(URL).content.decode()
    assert re.search(r'<progress max="3" value="2" [^>]*>66 %</progress>', page)
    assert "2 of 3 quotes settled, 66 %" in page
    assert "No quotes found in it." in page
    assert "/admin/desk/?story=bridge-closed" in page


def test_the_latest_stories_are_shown(desk: Client, monkeypatch):
    monkeypatch.setattr("articles.admin.first_screen.STORIES", 2)
    old, new, newest = (make_story(name, articles=[make_article()]) for name in ("Old", "New", "Newest"))
    assert [one.story for one in desk.get(URL).context["stories"]] == [newest, new]
    newest.articles.clear()
    assert [one.story for one in desk.get(URL).context["stories"]] == [new, old]


# --- what it costs


def test_it_costs_the_same_whatever_is_in_the_corpus(desk: Client, chief: User, fair):
    curation.accept(fair[:1], by=chief)
    with CaptureQueriesContext(connection) as few:
        desk.get(URL)
    for number in range(5):
        article = make_article(stories=[make_story(f"Story {number}")])
        curation.accept([make_quote(article, WORDS[0], status="suggested")], by=chief)
        dispute(make_quote(article, WORDS[1], speaker="Somebody"), chief)
    curation.decide_articles(Article.objects.all(), {"byline": "Ann"}, by=chief)
    curation.reject(fair[1:], by=chief)
    with CaptureQueriesContext(connection) as many:
        desk.get(URL)
    assert len(many) == len(few) <= 29, "\n".join(query["sql"][:150] for query in many)
