"""The desk in a browser: a whole article by keys alone, and by plain forms alone; two editors at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from articles.models import Quote
from corpus.models import Decision
from people.models import Pair, Person
from tests.factories import make_article, make_mention, make_person, make_quote, make_source, settle

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

CLOSED = "The bridge will close on Monday, and nobody regrets it more than I do."
NO_CHOICE = "had no choice"
FERRY = "We will run a ferry, … every ten minutes."


class Paper:
    """An article with two people who may be one, two quotes in doubt and a certain one."""

    def __init__(self, source: str = "Mercury", doubt: float = 0.6) -> None:
        self.ruth = make_person("Ruth Ashdown")
        self.martin = make_person("Martin Keele")
        self.article = make_article(source=make_source(source), headline=f"Bridge to close, {source}")
        more: dict[str, Any] = {"status": "suggested", "gated": False}
        self.certain = make_quote(
            self.article, CLOSED, speaker=self.ruth, confidence=0.99, speaker_confidence=0.99, **more
        )
        self.open = make_quote(
            self.article, NO_CHOICE, speaker="her deputy", speaker_confidence=0.4, confidence=doubt, kind="mixed",
            candidates=["Martin Keele", "Ann Keele"], **more,
        )  # fmt: skip
        self.ferry = make_quote(self.article, FERRY, speaker=self.martin, confidence=0.7, **more)
        make_mention(self.article, "Ruth Ashdown", self.ruth)
        make_mention(self.article, "Martin Keele", self.martin)
        settle([self.article])

    def ask_who_is_who(self) -> Pair:
        other = make_person("Martin Keeling")
        return Pair.objects.create(first=self.martin, second=other, score=0.9, evidence=[])

    def path(self, quote: Quote) -> str:
        return f"/admin/desk/{self.article.uid}/{quote.uid}/"


def fresh(quote: Quote) -> Quote:
    return Quote.objects.get(pk=quote.pk)


def log_in(context: BrowserContext, user: User, address: str) -> None:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@pytest.fixture
def hetty(live_server: LiveServer) -> User:
    return User.objects.create_superuser("hetty", password="a long password")


@pytest.fixture
def desk(page: Page, hetty: User, live_server: LiveServer) -> Page:
    """A page in which the chief editor is logged in."""
    log_in(page.context, hetty, live_server.url)
    return page


@pytest.fixture
def another(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Makes a page of its own for a user, without JavaScript if asked."""
    contexts = []

    def make(user: User, javascript: bool = True) -> Page:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=javascript)
        context.set_default_timeout(10_000)
        contexts.append(context)
        log_in(context, user, live_server.url)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def head(page: Page, text: str) -> None:
    """The page says this, and what led to it is stored: the next item is shown before the server has answered."""
    expect(page.locator("#desk[aria-busy]")).to_have_count(0, timeout=20_000)
    expect(page.locator("#card-head, .nothing h2").first).to_have_text(text)


def test_a_whole_article_by_keys_alone(desk: Page):
    paper = Paper()
    pair = paper.ask_who_is_who()
    desk.goto("/admin/desk/")
    keys = desk.keyboard
    head(desk, "First, who is who")
    keys.press("n")
    head(desk, "Quote 2 of 3")
    expect(desk.locator("mark.wanted")).to_contain_text(NO_CHOICE)
    keys.press("]")
    expect(desk.locator("#desk blockquote").first).to_have_text("no choice")
    keys.press("[")
    expect(desk.locator("#desk blockquote").first).to_have_text("had no choice")
    keys.press("k")
    expect(desk.locator('.kinds [aria-pressed="true"]')).to_have_text("Reported")
    keys.press("1")
    expect(desk.locator('.candidates [aria-pressed="true"]')).to_contain_text("Martin Keele")
    keys.press("a")
    head(desk, "Quote 3 of 3")
    keys.press("r")
    keys.press("4")
    head(desk, "The certain ones")
    keys.press("a")
    head(desk, "Nothing waits here")
    pair.refresh_from_db()
    quotes = [fresh(quote) for quote in (paper.certain, paper.open, paper.ferry)]
    assert [quote.status for quote in quotes] == ["accepted", "accepted", "rejected"]
    assert (quotes[1].kind, quotes[1].attributions.get().person, pair.answer) == ("indirect", paper.martin, "different")
    assert Decision.objects.get(thing_uid=paper.ferry.uid, field="status").reason == "duplicate"


def test_each_act_is_undone_by_one_key_across_page_loads(desk: Page):
    paper = Paper()
    paper.ask_who_is_who()
    desk.goto("/admin/desk/")
    for key, then in [("h", "Quote 2 of 3"), ("u", "Quote 3 of 3"), ("a", "The certain ones")]:
        desk.keyboard.press(key)
        head(desk, then)
    for number, then in [(3, "Quote 3 of 3"), (2, "Quote 2 of 3")]:
        desk.reload()
        head(desk, "The certain ones" if number == 3 else "Quote 3 of 3")
        desk.keyboard.press("z")
        head(desk, then)
        expect(desk.locator(".said")).to_contain_text("Taken back")
    desk.keyboard.press("z")
    head(desk, "First, who is who")
    expect(desk.get_by_role("button", name="Undo")).to_be_disabled()
    assert {fresh(quote).decided == [] for quote in (paper.open, paper.ferry)} == {True}
    assert Pair.objects.get().answer == ""


def test_quick_fingers_lose_nothing(desk: Page):
    paper = Paper()
    desk.goto("/admin/desk/")
    head(desk, "Quote 2 of 3")
    for key in ("2", "a", "a", "a"):
        desk.keyboard.press(key)
    head(desk, "Nothing waits here")
    assert {fresh(quote).status for quote in (paper.open, paper.ferry, paper.certain)} == {"accepted"}
    assert str(fresh(paper.open).attributions.get().person) == "Ann Keele"


def test_keys_walk_through_an_article(desk: Page):
    paper = Paper()
    desk.goto(paper.path(paper.open))
    for key, then in [("j", "Quote 3 of 3"), ("J", "Quote 2 of 3"), ("J", "Quote 1 of 3"), ("j", "Quote 2 of 3")]:
        desk.keyboard.press(key)
        head(desk, then)
    desk.go_back()
    head(desk, "Quote 1 of 3")
    desk.keyboard.press("j")
    head(desk, "Quote 2 of 3")
    desk.keyboard.press(" ")
    head(desk, "Quote 3 of 3")
    assert desk.url.endswith(paper.path(paper.ferry))
    assert not Decision.objects.exists()


def test_a_person_is_searched_for_and_created_by_keys(desk: Page):
    paper = Paper()
    desk.goto(paper.path(paper.open))
    desk.keyboard.press("s")
    field = desk.get_by_role("searchbox")
    expect(field).to_be_focused()
    desk.keyboard.type("rut ash")
    expect(desk.locator("#found button").first).to_contain_text("Ruth Ashdown")
    desk.keyboard.press("Enter")
    expect(desk.locator('.candidates [aria-pressed="true"]')).to_contain_text("Ruth Ashdown")
    desk.keyboard.press("Escape")
    desk.keyboard.press("s")
    field.fill("Jo Azar")
    expect(desk.locator("#found button")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.locator('.candidates [aria-pressed="true"]')).to_contain_text("Jo Azar")
    assert fresh(paper.open).attributions.get().person == Person.objects.get(name="Jo Azar")


def test_keys_are_dead_while_one_writes_and_when_they_are_off(desk: Page):
    paper = Paper()
    desk.goto(paper.path(paper.open))
    head(desk, "Quote 2 of 3")
    desk.keyboard.press("m")
    note = desk.get_by_role("textbox", name="For editors")
    expect(note).to_be_focused()
    desk.keyboard.type("a jar of zinc? 1")
    expect(note).to_have_value("a jar of zinc? 1")
    desk.keyboard.press("Escape")
    desk.keyboard.press("u")  # takes the note along
    head(desk, "Quote 3 of 3")
    assert (fresh(paper.open).unsure, fresh(paper.open).note) == (True, "a jar of zinc? 1")
    desk.keyboard.press("?")
    expect(desk.get_by_text("accept as it stands")).to_be_visible()
    desk.keyboard.press("?")
    desk.get_by_role("button", name="Turn keys off").click()
    expect(desk.get_by_role("button", name="Turn keys on")).to_be_visible()
    before = Decision.objects.count()
    for key in "akuz":
        desk.keyboard.press(key)
    desk.reload()
    head(desk, "Quote 3 of 3")
    assert Decision.objects.count() == before


def test_a_whole_article_by_forms_alone(another: Callable[..., Page], hetty: User):
    paper = Paper()
    pair = paper.ask_who_is_who()
    page = another(hetty, javascript=False)
    page.goto("/admin/desk/")
    head(page, "First, who is who")
    page.get_by_role("group", name="Acts").get_by_role("button", name="Different people").click()
    head(page, "Quote 2 of 3")
    page.get_by_role("button", name="Start one word later").click()
    expect(page.locator("#desk blockquote").first).to_have_text("no choice")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#desk blockquote").first).to_have_text("had no choice")
    page.get_by_role("button", name="Reported").click()
    page.get_by_role("searchbox").fill("mart keele")
    page.get_by_role("button", name="Find").click()
    page.locator("#found button").first.click()
    expect(page.locator('.candidates [aria-pressed="true"]')).to_contain_text("Martin Keele")
    page.get_by_role("button", name="Accept").click()
    head(page, "Quote 3 of 3")
    page.locator("summary", has_text="Reject").click()
    page.get_by_role("button", name="Duplicate").click()
    head(page, "The certain ones")
    page.get_by_role("button", name="Accept 1 quote by Ruth Ashdown").click()
    head(page, "Nothing waits here")
    pair.refresh_from_db()
    quotes = [fresh(quote) for quote in (paper.certain, paper.open, paper.ferry)]
    assert [quote.status for quote in quotes] == ["accepted", "accepted", "rejected"]
    assert (quotes[1].kind, quotes[1].attributions.get().person, pair.answer) == ("indirect", paper.martin, "different")


def test_two_editors_at_once(desk: Page, another: Callable[..., Page]):
    worse, paper = Paper("Ledger", doubt=0.5), Paper("Mercury")
    ned = User.objects.create_user("ned", password="another password", is_staff=True)
    wanted = ("view_quote", "change_quote", "view_article")
    ned.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    desk.goto("/admin/desk/")
    expect(desk.locator(".breadcrumbs")).to_contain_text("Ledger")
    other = another(ned)
    other.goto("/admin/desk/")
    expect(other.locator(".breadcrumbs")).to_contain_text("Mercury")
    # He goes there all the same: he is told who is in it, and neither loses what the other did.
    other.goto(worse.path(worse.open))
    expect(other.locator(".notice")).to_contain_text("hetty has had this article open")
    other.keyboard.press("k")
    expect(other.locator('.kinds [aria-pressed="true"]')).to_have_text("Reported")
    desk.keyboard.press("r")
    desk.keyboard.press("2")
    head(desk, "Changed while you looked at it")
    expect(desk.locator("tr.differs")).to_contain_text("reported")
    assert fresh(worse.open).status == "suggested"
    desk.get_by_role("button", name="Do it all the same").click()
    head(desk, "Quote 3 of 3")
    assert (fresh(worse.open).status, fresh(worse.open).kind) == ("rejected", "indirect")
    assert fresh(paper.open).status == "suggested"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_and_the_quote_is_in_sight(width: int, scheme: str, desk: Page):
    paper = Paper()
    desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(paper.path(paper.ferry))
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(desk.locator("#card-head")).to_be_in_viewport()
    expect(desk.get_by_role("button", name="Accept")).to_be_in_viewport()
    if width > 960:
        expect(desk.locator("mark.wanted").first).to_be_in_viewport()
