"""The public pages with their script: lists that change in place, keys, links to copy; and all of it without."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, Route, expect

from tests.factories import make_article, make_person, make_quote, settle


@pytest.fixture
def quotes(transactional_db: None) -> None:
    """Two people in two months."""
    articles = []
    printed = [(3, "Maureen Thorley", "direct"), (7, "Maureen Thorley", "mixed"), (7, "Ida Marsh", "direct")]
    for month, name, kind in printed:
        words = f"We will see in {month}."
        article = make_article(f"News\n“{words}” said {name}.", day=dt.date(2024, month, 2), gated=False)
        make_quote(article, words, speaker=make_person(name), kind=kind, gated=False)
        articles.append(article)
    settle(articles)


def test_a_list_changes_in_place(page: Page, quotes: None) -> None:
    page.goto("/quotes/")
    page.evaluate("window.stayed = true")
    heading = page.locator(".tally h2")
    page.get_by_role("checkbox", name="Quoted").first.check()
    expect(heading).to_have_text("2 quotes")
    expect(page.get_by_role("status")).to_have_text("2 quotes")
    expect(page.get_by_role("checkbox", name="Quoted").first).to_be_focused()
    page.locator(".timeline svg a").last.click()
    expect(heading).to_have_text("1 quote")
    expect(page).to_have_url("/quotes/?from=2024-07&to=2024-07&kind=direct")
    page.go_back()
    expect(heading).to_have_text("2 quotes")
    expect(page).to_have_url("/quotes/?kind=direct")
    page.get_by_label("Words", exact=True).fill("xylophone")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No quotes match both filters")).to_be_visible()
    expect(page).to_have_url("/quotes/?q=xylophone&kind=direct")
    assert page.evaluate("window.stayed")


def test_an_answer_that_comes_late_is_not_shown_and_none_at_all_loads_the_page(page: Page, quotes: None) -> None:
    held: list[Route] = []
    page.goto("/quotes/")
    page.route("**/quotes/?kind=direct", lambda route: held.append(route))
    page.get_by_role("checkbox", name="Quoted").first.check()
    page.get_by_role("checkbox", name="Part quoted").check()
    expect(page.locator(".tally h2")).to_have_text("3 quotes")
    expect(page.locator(".chips a.chip")).to_have_count(2)
    page.evaluate("window.stayed = true")
    page.route(
        "**/quotes/?*sort=date",
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    page.get_by_role("link", name="Oldest first").click()
    expect(page.locator(".switch [aria-current]")).to_have_text("Oldest first")
    assert not page.evaluate("window.stayed")


def test_keys_lead_through_the_list_and_are_dead_where_one_writes(page: Page, quotes: None) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/quotes/")
    links = page.locator(".items .words a")
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.evaluate("document.activeElement.href")
    page.keyboard.press("/")
    words = page.get_by_label("Words", exact=True)
    expect(words).to_be_focused()
    page.keyboard.type("jk?/")
    expect(words).to_have_value("jk?/")
    page.get_by_role("heading", name="Quotes", exact=True).click()
    page.keyboard.press("?")
    page.get_by_role("button", name="Turn keys off").click()
    page.reload()
    page.keyboard.press("j")
    expect(links.first).not_to_be_focused()
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="Turn keys on").click()
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("j")
    expect(links.first).to_be_focused()


def test_on_a_phone_the_panel_closes_over_what_it_found(page: Page, quotes: None) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/quotes/")
    expect(page.locator(".item").first).to_be_in_viewport()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_role("checkbox", name="Part quoted").check()
    expect(page.get_by_role("button", name="Show quotes")).to_be_visible()
    page.get_by_role("button", name="Show quotes").click()
    expect(page.get_by_role("button", name="Show quotes")).to_be_hidden()
    expect(page.get_by_role("heading", name="1 quote")).to_be_focused()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
