"""Who is whom, settled in a browser: by keys alone, and by forms alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from articles import pairing
from people.models import Person
from tests.factories import make_article, make_person, make_quote


@pytest.fixture
def abbott(transactional_db: None) -> Person:
    """Somebody known, and a candidate whose name is a slip apart."""
    User.objects.create_superuser("hetty", password="correct horse")
    known = make_person("Diane Abbott", status="curated")
    make_quote(make_article(), speaker=known)
    make_quote(make_article(), speaker=make_person("Diane Abbot"))
    pairing.suggest_all()
    return known


def log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Username").fill("hetty")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**{address}", wait_until="load")


def survivor() -> str:
    canonical = Person.objects.select_related("canonical").get(name="Diane Abbot").canonical
    return canonical.name if canonical else ""


def test_two_are_merged_and_parted_by_keys_alone(page: Page, abbott: Person) -> None:
    log_in(page, "/admin/people/pair/")
    card = page.locator("form[data-pair]")
    expect(card).to_have_class("pair-card current")
    page.keyboard.press("y")
    expect(page.get_by_text("Diane Abbott and Diane Abbot are one person.")).to_be_visible()
    expect(card).to_have_count(0)
    assert survivor() == "Diane Abbott"
    page.goto("/people/diane-abbot/")
    expect(page).to_have_url("/people/diane-abbott/")
    page.go_back()
    page.keyboard.press("z")
    expect(page.get_by_text("Taken back: 2 decisions")).to_be_visible()
    expect(card).to_have_count(1)
    assert survivor() == "Diane Abbot"


def test_x_says_who_stays_and_n_that_they_are_two(page: Page, abbott: Person) -> None:
    log_in(page, "/admin/people/pair/")
    page.keyboard.press("x")
    expect(page.locator('input[name="keep"]').nth(1)).to_be_checked()
    page.keyboard.press("n")
    expect(page.get_by_text("are different people; nobody will be asked again")).to_be_visible()
    page.get_by_role("link", name="different people").click()
    expect(page.get_by_text("Answered: different people")).to_be_visible()
    page.keyboard.press("y")
    expect(page.get_by_text("are one person.").first).to_be_visible()
    assert survivor() == "Diane Abbott"


def test_keys_are_dead_in_a_field_and_when_they_are_switched_off(page: Page, abbott: Person) -> None:
    log_in(page, "/admin/people/pair/")
    why = page.get_by_label("Why, if it needs saying")
    why.press_sequentially("nyh")
    expect(why).to_have_value("nyh")
    page.keyboard.press("Control+y")
    page.get_by_role("button", name="Turn keys off").click()
    page.keyboard.press("n")
    page.reload()
    page.keyboard.press("n")
    expect(page.locator("form[data-pair]")).to_have_count(1)
    page.get_by_role("button", name="Turn keys on").click()
    page.keyboard.press("h")
    expect(page.get_by_text("stays open; nobody will be asked again")).to_be_visible()


def test_a_candidate_is_promoted_in_one_key(page: Page, abbott: Person) -> None:
    log_in(page, "/admin/people/person/candidates/")
    expect(page.get_by_role("heading", name="Diane Abbot")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_text("Diane Abbot is curated now.")).to_be_visible()
    assert Person.objects.get(name="Diane Abbot").status == "curated"


def test_all_of_it_works_without_a_script(browser: Browser, live_server: object, abbott: Person) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-GB")  # type: ignore[attr-defined]
    page = context.new_page()
    page.set_default_timeout(10_000)
    log_in(page, "/admin/people/pair/")
    page.get_by_label("Why, if it needs saying").fill("Same seat.")
    page.get_by_role("button", name="The same").click()
    expect(page.get_by_text("are one person.")).to_be_visible()
    page.goto(f"/admin/people/person/{abbott.pk}/change/")
    page.get_by_role("button", name="Undo the merge of Diane Abbot").click()
    expect(page.get_by_text("Taken back: 2 decisions")).to_be_visible()
    assert survivor() == "Diane Abbot"
    page.get_by_role("link", name="Split…").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Or somebody new, called").fill("Dinah Abbott")
    page.get_by_role("button", name="Give them what is ticked").click()
    expect(page.get_by_text("What you ticked is Dinah Abbott’s now")).to_be_visible()
    page.locator(".messagelist").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back")).to_be_visible()
    context.close()
