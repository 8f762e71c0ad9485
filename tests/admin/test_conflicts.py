"""Two editors at one thing: what both changed is chosen between, what one changed stays, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Quote
from corpus import leases, ledger
from corpus.models import Decision, Lease
from people.models import Name, Person, Role
from tests.admin.test_decisions import CLOSED, act, fields, save
from tests.factories import make_article, make_person, make_quote, make_source, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db: None) -> Client:
    user = User.objects.create_superuser("anna", password="a long password", first_name="Anna")
    client = Client()
    client.force_login(user)
    return client


def address_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def sent(client: Client, row: Model, **changes: object) -> dict[str, Any]:
    """What a browser would send for a form, with the hidden fields that it only brings back."""
    address = address_of(row)
    page = client.get(address)
    data: dict[str, Any] = fields(client, address, **changes)
    form = page.context["adminform"].form
    hidden = re.findall(r'<input type="hidden" name="(initial-[^"]+)" value="([^"]*)"', page.content.decode())
    for name, field in form.fields.items():
        if field.show_hidden_initial and (values := [unescape(v) for n, v in hidden if n == f"initial-{name}"]):
            data[f"initial-{name}"] = values
    return data | {"seen": page.context["seen"]}


def again(page: Any, **choices: str) -> dict[str, Any]:
    """What the page of a conflict sends, with these choices."""
    html = page.content.decode()
    form = html[html.index('class="conflict"') :]
    data: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form):
        if name != "csrfmiddlewaretoken":
            data.setdefault(name, []).append(unescape(value))
    return data | {f"choose-{name}": choice for name, choice in choices.items()}


def versions(page: Any) -> dict[str, tuple[list[str], list[str], list[str]]]:
    return {c.name: (c.opened, c.theirs, c.mine) for c in page.context["conflicts"]}


CASES: dict[str, tuple[Any, str, Any, Any, Any]] = {
    "a headline": (lambda: make_article(headline="Bridge to close"), "headline", "Bridge shuts", "Bridge shut", str),
    "the date of an article": (lambda: make_article(), "published", "2024-03", "2024-04", str),
    "the kind of a quote": (lambda: make_quote(make_article()), "kind", "mixed", "indirect", str),
    "the name of a person": (lambda: make_person(), "name", "R. Ashdown", "Ruth A. Ashdown", str),
    "a note of several lines": (lambda: make_person(note="one\ntwo"), "note", "one\r\nthree", "one\r\nfour", str),
    "the rights of a source": (lambda: make_source(), "rights", "none", "excerpts", str),
    "the hosts of a source": (lambda: make_source(domains=["a.org"]), "domains", "b.org", "c.org", lambda v: [v]),
    "the description of a story": (lambda: make_story(), "description", "Shut.", "Open.", str),
}


@pytest.mark.parametrize("choice", ["theirs", "mine"])
@pytest.mark.parametrize("name", CASES)
def test_what_both_changed_is_chosen_between(name: str, choice: str, desk: Client, anna: Client):
    make, field, theirs, mine, kept = CASES[name]
    row = make()
    opened = sent(desk, row, **{field: mine, "reason": "Mine."})
    assert anna.post(address_of(row), sent(anna, row, **{field: theirs, "reason": "Hers."})).status_code == 302
    before = Decision.objects.count()
    page = desk.post(address_of(row), opened)
    assert page.status_code == 409
    assert Decision.objects.count() == before
    assert "anna" in page.content.decode()
    assert len(versions(page)[field]) == 3
    assert len({str(version) for version in versions(page)[field]}) == 3
    assert desk.post(address_of(row), again(page, **{field: choice})).status_code == 302
    row = type(row)._base_manager.get(pk=row.pk)
    value = row.effective("published_day")[:7] if field == "published" else row.effective(field)
    expected = kept(theirs if choice == "theirs" else mine)
    assert value == expected
    assert (Decision.objects.count() > before) == (choice == "mine")
    if choice == "mine":
        latest = Decision.objects.filter(thing=row._meta.label_lower).order_by("-id")[0]
        assert (latest.by_name, latest.reason) == ("hetty", "Mine.")
    assert ledger.faults(row) == []


def test_nothing_typed_is_lost_and_what_others_changed_beside_stays(desk: Client, anna: Client):
    article = make_article(headline="Bridge to close", byline="")
    opened = sent(desk, article, headline="Mine", byline="Jo Hale", language="en-GB", reason="Because.")
    anna.post(address_of(article), sent(anna, article, headline="Hers", kind="opinion"))
    page = desk.post(address_of(article), opened)
    assert list(versions(page)) == ["headline"]
    assert versions(page)["headline"] == (["Bridge to close"], ["Hers"], ["Mine"])
    assert "since you did not touch it: kind." in page.content.decode()
    assert desk.post(address_of(article), again(page, headline="theirs")).status_code == 302
    article = Article.objects.get(pk=article.pk)
    assert (article.headline, article.byline, article.language, article.kind) == ("Hers", "Jo Hale", "en-GB", "opinion")


def test_one_is_told_what_others_changed_beside(desk: Client, anna: Client):
    article = make_article()
    opened = sent(desk, article, byline="Jo Hale")
    anna.post(address_of(article), sent(anna, article, kind="opinion"))
    page = desk.post(address_of(article), opened, follow=True).content.decode()
    assert "Somebody else changed kind meanwhile; that stays." in page
    article.refresh_from_db()
    assert (article.byline, article.kind) == ("Jo Hale", "opinion")


def test_who_changes_it_a_third_time_is_met_too(desk: Client, anna: Client):
    article = make_article(headline="First")
    opened = sent(desk, article, headline="Mine")
    anna.post(address_of(article), sent(anna, article, headline="Second"))
    page = desk.post(address_of(article), opened)
    anna.post(address_of(article), sent(anna, article, headline="Third"))
    page = desk.post(address_of(article), again(page, headline="mine"))
    assert page.status_code == 409
    assert versions(page)["headline"] == (["Second"], ["Third"], ["Mine"])
    desk.post(address_of(article), again(page, headline="mine"))
    assert Article.objects.get().headline == "Mine"


def test_a_new_reading_meets_an_edit_as_a_person_does(desk: Client):
    quote = make_quote(make_article())
    opened = sent(desk, quote, kind="mixed")
    Quote.objects.update(kind="indirect")
    page = desk.post(address_of(quote), opened)
    assert page.status_code == 409
    assert "This was changed after you had opened it." in page.content.decode()


def test_the_same_change_twice_is_no_conflict(desk: Client, anna: Client):
    article = make_article(headline="First")
    opened = sent(desk, article, headline="Second")
    anna.post(address_of(article), sent(anna, article, headline="Second"))
    assert desk.post(address_of(article), opened).status_code == 302
    assert Decision.objects.count() == 1


# --- what is a list: speakers of a quote, names and roles of a person


@pytest.mark.parametrize("choice, expected", [("theirs", "Martin Keele"), ("mine", "Ada Brook")])
def test_two_say_who_speaks(choice: str, expected: str, desk: Client, anna: Client):
    martin, ada = make_person("Martin Keele"), make_person("Ada Brook")
    quote = make_quote(make_article(), speaker="she")
    opened = sent(desk, quote, **{"attributions-0-person": ada.pk})
    assert anna.post(address_of(quote), sent(anna, quote, **{"attributions-0-person": martin.pk})).status_code == 302
    page = desk.post(address_of(quote), opened)
    assert page.status_code == 409
    was, theirs, mine = versions(page)["attributions"]
    assert ("Martin Keele" in theirs[0], "Ada Brook" in mine[0], "she" in was[0]) == (True, True, True)
    assert desk.post(address_of(quote), again(page, attributions=choice)).status_code == 302
    [row] = Quote.objects.get().attributions.all()
    assert (str(row.person), row.printed) == (expected, "she")
    assert ledger.faults(Quote.objects.get()) == []


def test_rows_that_only_one_changed_are_theirs_and_the_rest_is_saved(desk: Client, anna: Client):
    martin = make_person("Martin Keele")
    quote = make_quote(make_article(), speaker="she")
    opened = sent(desk, quote, kind="mixed")
    anna.post(address_of(quote), sent(anna, quote, **{"attributions-0-person": martin.pk}))
    assert desk.post(address_of(quote), opened).status_code == 302
    quote = Quote.objects.get()
    assert (quote.kind, quote.attributions.get().person) == ("mixed", martin)


@pytest.mark.parametrize("choice", ["theirs", "mine"])
def test_two_edit_the_names_of_a_person(choice: str, desk: Client, anna: Client):
    person = make_person(aliases=["R. Ashdown", "Mrs Ashdown"], roles=["leader, Aldermouth council"])
    Role.objects.update(since=dt.date(2014, 9, 1))
    mine = {"names-0-text": "Rt Hon Ashdown", "names-1-DELETE": "on"}
    opened = sent(desk, person, **mine, **{"roles-0-since": "01/09/2014"})
    hers = {"names-0-text": "Ruthie", "names-TOTAL_FORMS": 3, "names-2-text": "Dr Ashdown", "names-2-kind": "alias"}
    assert anna.post(address_of(person), sent(anna, person, **hers)).status_code == 302
    page = desk.post(address_of(person), opened)
    assert page.status_code == 409
    assert list(versions(page)) == ["names"]
    assert desk.post(address_of(person), again(page, names=choice)).status_code == 302
    names = set(Name.objects.exclude(kind="canonical").values_list("text", flat=True))
    assert names == ({"Rt Hon Ashdown"} if choice == "mine" else {"Ruthie", "Mrs Ashdown", "Dr Ashdown"})


def test_a_row_that_another_deleted_is_no_error(desk: Client, anna: Client):
    person = make_person(roles=["leader, Aldermouth council"])
    Role.objects.update(since=dt.date(2014, 9, 1))
    opened = sent(desk, person, pronouns="she/her", **{"roles-0-since": "01/09/2014"})
    anna.post(address_of(person), sent(anna, person, **{"roles-0-DELETE": "on", "roles-0-since": "01/09/2014"}))
    assert desk.post(address_of(person), opened).status_code == 302
    assert Person.objects.get().pronouns == "she/her"
    assert not Role.objects.exists()


# --- a button of a page that shows many quotes


@pytest.mark.parametrize("verb", ["accept", "reject", "candidate"])
@pytest.mark.parametrize("page", ["article", "quote"])
def test_a_press_on_what_a_colleague_was_faster_with_is_told_and_changes_nothing(
    page: str, verb: str, desk: Client, anna: Client
):
    article = make_article()
    quote = make_quote(
        article, CLOSED, speaker="Ashdown", status="suggested", candidates=["Ruth Ashdown", "Roy Ashdown"]
    )
    html = desk.get(address_of(article if page == "article" else quote)).content.decode()
    pressed = re.findall(rf'name="{verb}" value="({quote.uid} [^"]+)"', html)
    assert pressed
    act(anna, "reject", quote.uid)
    before = Decision.objects.count()
    for value in pressed:
        answer = desk.post(reverse("admin:articles_quote_act"), {verb: value, "next": "/admin/"}, follow=True)
        [said] = [str(message) for message in answer.context["messages"]]
        assert "nothing was done to it: it is rejected now; anna decided on it last." in said
    quote.refresh_from_db()
    assert (quote.status, Decision.objects.count()) == ("rejected", before)
    # Once it is shown as it is, it may be decided otherwise.
    html = desk.get(address_of(article)).content.decode()
    [value] = re.findall(rf'name="accept" value="({quote.uid} [^"]+)"', html)
    desk.post(reverse("admin:articles_quote_act"), {"accept": value})
    quote.refresh_from_db()
    assert quote.status == "accepted"


# --- who has what open


def test_a_screen_says_who_has_it_open(desk: Client, anna: Client):
    for row in (make_article(), make_quote(make_article()), make_person(), make_source(), make_story()):
        assert " has this open since" not in desk.get(address_of(row)).content.decode()
        page = anna.get(address_of(row)).content.decode()
        assert "<b>hetty</b> has this open since" in page
    assert Lease.objects.count() == 5


def test_a_lease_is_given_back_on_saving_and_passes_by_itself(desk: Client, anna: Client, chief: User):
    article = make_article()
    desk.get(address_of(article))
    other = User.objects.get(username="anna")
    assert leases.holder(article, apart_from=chief) is None
    assert leases.holder(article, apart_from=other).by == chief  # type: ignore[union-attr]
    assert save(desk, article, headline="Shut") is None
    assert leases.holder(article) is None
    desk.get(address_of(article))
    Lease.objects.update(until=timezone.now())
    assert leases.take(article, other).by == other
    assert list(leases.taken(Article, chief)) == [article.uid]
    assert list(leases.taken(Article, other)) == []


def test_use_renews_a_lease_and_keeps_since_when(chief: User):
    article = make_article()
    first = leases.take(article, chief)
    Lease.objects.update(until=timezone.now() + leases.LASTS / 2)
    later = leases.take(article, chief)
    assert (later.pk, later.since) == (first.pk, first.since)
    assert later.until >= first.until
    assert leases.release(article, chief)
    assert not leases.release(article, chief)


def at_once(*does: Callable[[], Any]) -> list[Any]:
    """Do these in threads of their own that start together; their results in order."""
    start = threading.Barrier(len(does))

    def run(one: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(does)) as pool:
        return list(pool.map(run, does))


@pytest.mark.django_db(transaction=True)
def test_of_those_who_take_a_thing_at_once_one_has_it():
    users = [User.objects.create_user(f"user{n}", password="a long password") for n in range(4)]
    article = make_article()
    for _ in range(3):
        found = at_once(*(lambda user=user: leases.take(article, user) for user in users))
        assert len({lease.by_id for lease in found}) == 1
        assert Lease.objects.count() == 1
        Lease.objects.update(until=timezone.now())  # it passes, and all want it again


@pytest.mark.django_db(transaction=True)
def test_of_those_who_save_at_once_one_is_asked(desk: Client, anna: Client):
    article = make_article(headline="First")
    mine, hers = sent(desk, article, headline="Mine"), sent(anna, article, headline="Hers")
    done = at_once(lambda: desk.post(address_of(article), mine), lambda: anna.post(address_of(article), hers))
    assert sorted(page.status_code for page in done) == [302, 409]
    assert Decision.objects.count() == 1


def test_who_may_only_look_takes_no_lease(staff):
    article = make_article()
    assert staff("articles.view_article").get(address_of(article)).status_code == 200
    assert not Lease.objects.exists()


def test_every_form_of_ours_brings_back_what_it_showed(desk: Client):
    for row in (make_article(), make_quote(make_article()), make_person(), make_source(), make_story()):
        page = desk.get(address_of(row))
        assert '<input type="hidden" name="seen"' in page.content.decode()
        form = page.context["adminform"].form
        assert all(field.show_hidden_initial for field in form.fields.values())
