"""Quotes that may be the same words, answered in a browser: by keys alone, and by forms alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from articles import utterances
from articles.models import Match, Quote
from tests.browser.test_people import log_in
from tests.factories import make_article, make_person, make_quote, make_source

SAID = (
    "The bridge will close on Monday, and nobody regrets those long nights more than I do.",
    "You cannot ask children to walk nine miles through the rain and call that a plan.",
)
MATCHES = "/admin/articles/match/"


@pytest.fixture
def matches(transactional_db: None) -> list[Match]:
    """Two pairs of quotes, printed a week apart by two outlets."""
    User.objects.create_superuser("hetty", password="correct horse")
    ruth = make_person("Ruth Ashdown", status="curated")
    mercury, gazette = make_source("Mercury"), make_source("Gazette")
    for words in SAID:
        pair = []
        for source, day in (mercury, dt.date(2024, 3, 12)), (gazette, dt.date(2024, 3, 19)):
            printed = words.replace("those", "the") if source is gazette else words
            article = make_article(f"Bridge\n\n“{printed}” she said.", source=source, day=day)
            pair.append(make_quote(article, printed, speaker=ruth).pk)
        utterances.group(pair)
    return list(Match.objects.open())


def joined() -> int:
    return Quote.objects.filter(utterance__isnull=False).count()


def test_one_key_answers_and_the_next_card_comes_by_itself(page: Page, matches: list[Match]) -> None:
    log_in(page, MATCHES)
    cards = page.locator("form[data-card]")
    expect(cards).to_have_count(2)
    first = cards.first.get_attribute("id")
    page.keyboard.press("y")
    expect(page.get_by_text("report one utterance.").first).to_be_visible()
    expect(cards).to_have_count(1)
    assert (cards.first.get_attribute("id") != first, joined()) == (True, 2)
    page.keyboard.press("o")
    expect(page.get_by_text("said on two occasions; nobody will be asked again").first).to_be_visible()
    expect(cards).to_have_count(0)
    page.keyboard.press("z")
    expect(page.get_by_text("Taken back").first).to_be_visible()
    expect(cards).to_have_count(1)
    page.keyboard.press("z")
    expect(cards).to_have_count(2)
    assert joined() == 0


@pytest.mark.parametrize("key, answer", [("f", "fragment"), ("n", "different"), ("h", "unsure")])
def test_the_other_keys(key: str, answer: str, page: Page, matches: list[Match]) -> None:
    log_in(page, MATCHES)
    page.keyboard.press("j")
    second = page.locator("form[data-card]").nth(1)
    expect(second).to_have_class("pair-card match-card current")
    uid = (second.get_attribute("id") or "").removeprefix("match-")
    page.keyboard.press(key)
    expect(page.locator("form[data-card]")).to_have_count(1)
    assert Match.objects.get(uid=uid).answer == answer


def test_keys_are_dead_in_a_field(page: Page, matches: list[Match]) -> None:
    log_in(page, MATCHES)
    why = page.get_by_label("Why, if it needs saying").first
    why.press_sequentially("yfonh")
    expect(why).to_have_value("yfonh")
    assert Match.objects.open().count() == 2


def test_nothing_stands_beside_the_page_on_a_phone(page: Page, matches: list[Match]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, MATCHES)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_all_of_it_works_without_a_script(browser: Browser, live_server: object, matches: list[Match]) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-GB")  # type: ignore[attr-defined]
    page = context.new_page()
    page.set_default_timeout(10_000)
    log_in(page, MATCHES)
    page.get_by_label("Why, if it needs saying").first.fill("One speech.")
    page.get_by_role("button", name="The same words").first.click()
    expect(page.get_by_text("report one utterance.").first).to_be_visible()
    utterance = Quote.objects.exclude(utterance=None).values_list("utterance", flat=True)[0]
    page.goto(f"/admin/articles/utterance/{utterance}/change/")
    page.get_by_role("button", name="Mark as the fullest: Gazette").click()
    expect(page.get_by_text("The form in Gazette is the fullest now.")).to_be_visible()
    page.get_by_role("button", name="Split off: Mercury").click()
    expect(page.get_by_text("Mercury stands alone with its words now.")).to_be_visible()
    assert joined() == 0
    page.locator(".messagelist").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back").first).to_be_visible()
    assert joined() == 2
    context.close()
