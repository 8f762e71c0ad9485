"""A reader reports an error: what the form takes and refuses, and how the report reaches an editor and is answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import signing
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import purging, report_views, reports
from articles.models import Article, Quote, Report
from corpus import ledger, roles, shared
from corpus.models import Decision
from tests.factories import make_article, make_person, make_quote, settle

pytestmark = pytest.mark.django_db

ANSWER = {"kind": "words", "text": "The sea asks nobody, as printed.", "email": "", "website": ""}


@pytest.fixture
def quote() -> Quote:
    shared.forget()
    return make_quote(make_article(), speaker=make_person())


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in a test."""
    monkeypatch.setattr(report_views, "SOONEST", -1)


def address(thing: Any) -> str:
    return f"{thing.get_absolute_url()}report/"


def stamp_of(client: Client, thing: Any) -> str:
    [found] = re.findall(r'name="stamp" value="([^"]+)"', client.get(address(thing)).content.decode())
    return found


def send(client: Client, thing: Any, **said: Any) -> Any:
    headers = said.pop("headers", {})
    stamp = said.pop("stamp", None) or stamp_of(client, thing)
    return client.post(address(thing), {**ANSWER, "stamp": stamp, **said}, headers=headers)


# What it takes


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("of", ["quote", "article"])
def test_what_a_reader_sends_waits_for_an_editor(client: Client, quote: Quote, of: str) -> None:
    thing = quote if of == "quote" else quote.article
    assert address(thing) in client.get(thing.get_absolute_url()).content.decode()
    response = send(client, thing, email="reader@example.org")
    assert (response.status_code, response["Location"]) == (302, f"{address(thing)}?sent")
    assert "Thank you" in client.get(response["Location"]).content.decode()
    report = Report.objects.get()
    assert (report.article, report.quote) == (quote.article, quote if of == "quote" else None)
    assert (report.kind, report.text, report.email, report.status) == (
        "words",
        ANSWER["text"],
        "reader@example.org",
        "open",
    )
    # What nobody may read has no place in public, and nothing about the sender was set.
    assert not response.cookies
    assert not client.cookies
    for shown in (thing.get_absolute_url(), address(thing), f"/api/v1{thing.get_absolute_url()}"):
        assert "reader@example.org" not in client.get(shown).content.decode()


@pytest.mark.usefixtures("patient")
def test_sent_twice_it_is_one(client: Client, quote: Quote) -> None:
    stamp = stamp_of(client, quote)
    for _ in range(2):
        assert send(client, quote, stamp=stamp).status_code == 302
    assert Report.objects.count() == 1


def test_the_form_is_never_kept_and_not_for_search_engines(client: Client, quote: Quote) -> None:
    response = client.get(address(quote))
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert '<meta name="robots" content="noindex">' in response.content.decode()


# What it refuses


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "said, status, sentence",
    [
        ({"kind": ""}, 400, "Choose what is wrong"),
        ({"kind": "loud"}, 400, "is not one of the available choices"),
        ({"text": " "}, 400, "Say in a few words what is wrong"),
        ({"text": "x" * 2001}, 400, "At most 2,000 characters"),
        ({"email": "reader"}, 400, "This is no e-mail address"),
        ({"stamp": "none"}, 400, "had been open for too long"),
        ({"headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "sent from another site"),
    ],
)
def test_what_is_wrong_is_said_beside_it(client: Client, quote: Quote, said: Any, status: int, sentence: str) -> None:
    response = send(client, quote, **said)
    html = response.content.decode()
    assert response.status_code == status
    assert sentence in html
    assert "It was not sent." in html
    assert not Report.objects.exists()


def test_a_machine_is_too_fast_and_may_send_again(
    client: Client, quote: Quote, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = stamp_of(client, quote)
    response = send(client, quote, stamp=stamp)
    assert "faster than anybody can write" in response.content.decode()
    assert ANSWER["text"] in response.content.decode()
    # What comes back is as old as what was sent first.
    assert f'value="{stamp}"' in response.content.decode()
    monkeypatch.setattr(report_views, "SOONEST", -1)
    assert send(client, quote, stamp=stamp).status_code == 302


@pytest.mark.usefixtures("patient")
def test_a_stamp_is_for_one_thing_and_one_day(client: Client, quote: Quote, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "one for another page" in send(client, quote, stamp=stamp_of(client, quote.article)).content.decode()
    forged = signing.TimestampSigner(salt="another").sign(quote.uid)
    assert send(client, quote, stamp=forged).status_code == 400
    stamp = stamp_of(client, quote)
    monkeypatch.setattr(report_views, "LATEST", -1)
    assert "open for too long" in send(client, quote, stamp=stamp).content.decode()
    assert not Report.objects.exists()


@pytest.mark.usefixtures("patient")
def test_who_fills_in_what_nobody_sees_is_thanked_and_forgotten(client: Client, quote: Quote) -> None:
    assert send(client, quote, website="https://pills.example/").status_code == 302
    assert not Report.objects.exists()


@pytest.mark.usefixtures("patient")
def test_one_address_and_all_together_may_send_so_many_an_hour(client: Client, quote: Quote, monkeypatch: Any) -> None:
    stamp = stamp_of(client, quote)
    sent = [send(client, quote, text=f"No. {n}", stamp=stamp).status_code for n in range(report_views.OF_ONE + 1)]
    assert sent == [302] * report_views.OF_ONE + [429]
    refused = client.post(address(quote), {**ANSWER, "stamp": stamp})
    assert refused["Retry-After"]
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert send(other, quote, stamp=stamp).status_code == 302
    monkeypatch.setattr(report_views, "OF_ALL", 3)
    assert send(Client(REMOTE_ADDR="198.51.100.8"), quote, stamp=stamp).status_code == 429


@pytest.mark.usefixtures("patient")
def test_so_many_wait_on_an_article_and_no_more(client: Client, quote: Quote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "WAITING", 2)
    first = reports.take(quote.article, quote, kind="other", text="One.")
    reports.take(quote.article, None, kind="other", text="Two.")
    response = send(client, quote)
    assert response.status_code == 429
    assert "2 reports on this article wait for an editor already" in response.content.decode()
    ledger.decide(first, {"status": "declined"}, by=None)
    assert send(client, quote).status_code == 302


def test_what_is_not_public_has_no_form(client: Client, quote: Quote) -> None:
    for status, expected in (("draft", 404), ("withheld", 410)):
        Article.objects.filter(pk=quote.article.pk).update(status=status, public=False)
        settle([quote.article])
        for thing in (quote, quote.article):
            assert client.get(address(thing)).status_code == expected
            assert client.post(address(thing), ANSWER).status_code == expected
    assert client.get("/quotes/nothing/report/").status_code == 404


# How it is answered


def person(client: Client, role: str) -> User:
    roles.install()
    user = User.objects.create_user(role.replace(" ", ""), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def admin_of(report: Report) -> str:
    return f"/admin/articles/report/{report.pk}/change/"


def answer(report: Report, **said: str) -> dict[str, str]:
    return {"status": "settled", "note": "Put right.", "initial-status": report.status, "initial-note": "", **said}


@pytest.fixture
def report(quote: Quote) -> Report:
    return reports.take(quote.article, quote, kind="speaker", text="It was her deputy.", email="reader@example.org")


def test_an_editor_answers_it_and_the_reader_is_forgotten(client: Client, report: Report) -> None:
    user = person(client, roles.EDITOR)
    front = client.get("/admin/").content.decode()
    assert re.search(
        r"<b>1</b>\s*<span><a href=\"/admin/articles/report/\?status__exact=open\">report by a reader", front
    )
    page = client.get(admin_of(report)).content.decode()
    assert "reader@example.org" in page
    assert f"/admin/desk/{report.article.uid}/{report.quote.uid}/" in page  # type: ignore[union-attr]
    assert client.get(f"/admin/desk/{report.article.uid}/{report.quote.uid}/").status_code == 200  # type: ignore[union-attr]
    refused = client.post(admin_of(report), answer(report, note=" "))
    assert "Say what was done, or why nothing was" in refused.content.decode()
    assert client.post(admin_of(report), answer(report)).status_code == 302
    report.refresh_from_db()
    assert (report.status, report.note, report.email) == ("settled", "Put right.", "")
    assert set(Decision.objects.filter(thing="articles.report").values_list("field", "by_name")) == {
        ("status", user.username), ("note", user.username),
    }  # fmt: skip
    assert f"{user.username}, " in client.get("/admin/articles/report/").content.decode()
    # It can be taken up again, and whose it was stays forgotten.
    ledger.undo(Decision.objects.get(thing="articles.report", field="status"), report, by=user)
    assert (report.status, report.email) == ("open", "")
    assert Report.objects.waiting().get() == report


def test_a_report_on_an_article_leads_to_where_it_is_put_right(client: Client, report: Report) -> None:
    person(client, roles.EDITOR)
    other = reports.take(report.article, None, kind="details", text="The date is wrong.")
    page = client.get(admin_of(other)).content.decode()
    assert client.get(re.findall(r'href="([^"]+)">By hand', page)[0]).status_code == 200


def test_who_only_reads_sees_no_address_and_answers_nothing(client: Client, report: Report) -> None:
    person(client, roles.READER)
    page = client.get(admin_of(report)).content.decode()
    assert "It was her deputy." in page
    assert "reader@example.org" not in page
    assert client.post(admin_of(report), answer(report)).status_code == 403
    assert client.post(f"/admin/articles/report/{report.pk}/delete/").status_code == 403
    assert client.get("/admin/articles/report/add/").status_code == 403


def test_the_list_costs_the_same_however_long(client: Client, report: Report) -> None:
    person(client, roles.CHIEF)
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/articles/report/")
    for _ in range(5):
        other = make_quote(make_article(), speaker="Somebody")
        made = reports.take(other.article, other, kind="other", text="Hm.")
        ledger.decide(made, {"status": "declined", "note": "No."}, by=None)
    with CaptureQueriesContext(connection) as many:
        assert client.get("/admin/articles/report/").context["cl"].result_count == 6
    assert len(many) == len(few) <= 6


def test_the_database_forgets_who_was_answered(report: Report) -> None:
    with pytest.raises(IntegrityError):
        Report.objects.filter(pk=report.pk).update(status="settled")


@pytest.mark.django_db(transaction=True)
def test_a_purge_leaves_nothing_of_it() -> None:
    ruth = make_person("Ruth Ashdown", status="curated")
    first, second = make_quote(make_article(), speaker=ruth), make_quote(make_article(), speaker="Somebody")
    gone = reports.take(first.article, first, kind="other", text="zuqagone")
    named = reports.take(second.article, second, kind="other", text="It was Ruth Ashdown who said it.")
    ledger.decide(gone, {"status": "settled", "note": "zuqanote"}, by=None)
    purging.purge(first.article, by=None, reason="Order 12.")
    assert not Report.objects.filter(pk=gone.pk).exists()
    assert not Decision.objects.filter(thing="articles.report", field="note").exclude(after=None).exists()
    purging.purge(ruth, by=None, reason="Her right.")
    named.refresh_from_db()
    assert named.text == ""
