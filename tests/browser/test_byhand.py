"""Selecting words with the mouse: what the browser counts in UTF-16 units is kept in code points, to the character."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Locator, Page, expect

from articles.models import Article, Mention, Quote
from tests.factories import make_article, make_person, make_quote, speaker_of

WORDS = "The cafe\u0301 by the 🌉 closes on Monday 🚧, and nobody regrets it more"
TEXT = f"""🌉 Bridge to close 🇮🇪 for two years

Ruth Ashdown 👩‍👩‍👧, leader of 𐍈 council, said: “{WORDS}.” She left.

“We will run a ferry ⛴,” said Martin Keele 🚢, “every ten minutes 🕙.”
"""


@pytest.fixture
def article(page: Page, transactional_db: None) -> Article:
    get_user_model().objects.create_superuser("editor", password="correct horse")
    make_person("Ruth Ashdown")
    article = make_article(TEXT)
    page.goto(f"/admin/articles/article/{article.pk}/by-hand/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    return article


def point(page: Page, words: str, *, end: bool = False) -> tuple[float, float]:
    """Where on the screen some words begin or end."""
    x, y = page.evaluate(
        """([words, end]) => {
            for (const line of document.querySelectorAll(".line")) {
                const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const at = walker.currentNode.data.indexOf(words);
                    if (at === -1) continue;
                    const range = document.createRange();
                    range.setStart(walker.currentNode, at);
                    range.setEnd(walker.currentNode, at + words.length);
                    const rects = [...range.getClientRects()];
                    const rect = end ? rects[rects.length - 1] : rects[0];
                    return [end ? rect.right : rect.left, rect.top + rect.height / 2];
                }
            }
            throw new Error(`${words} is not on the page`);
        }""",
        [words, end],
    )
    return x, y


def select(page: Page, words: str) -> None:
    """Drag the mouse over words that stand in one piece of the text."""
    page.mouse.move(*point(page, words))
    page.mouse.down()
    page.mouse.move(*point(page, words, end=True), steps=6)
    page.mouse.up()


def where(page: Page) -> Locator:
    return page.get_by_label("Where", exact=True)


def test_words_selected_with_the_mouse_become_a_quote_to_the_character(page: Page, article: Article) -> None:
    select(page, WORDS)
    start = TEXT.index(WORDS)
    expect(page.get_by_role("textbox", name="Words")).to_have_value(WORDS)
    expect(where(page)).to_have_value(f"{start}–{start + len(WORDS)}")
    page.get_by_label("Speaker").fill("Ruth Ashdown")
    page.get_by_role("button", name="Mark it").click()
    expect(page.locator("mark.accepted")).to_have_text(WORDS)
    quote = Quote.objects.get()
    assert (quote.start, quote.end, quote.text) == (start, start + len(WORDS), WORDS)
    assert speaker_of(quote).name == "Ruth Ashdown"
    page.get_by_role("button", name="Undo").click()
    assert Quote.objects.get().decided == []


def test_a_quote_broken_by_other_words_is_selected_in_two_parts(page: Page, article: Article) -> None:
    select(page, "We will run a ferry ⛴,")
    page.get_by_label("Add what I select next").check()
    select(page, "every ten minutes 🕙.")
    page.get_by_role("button", name="Mark it").click()
    expect(page.locator("mark.accepted")).to_have_count(2)
    assert Quote.objects.get().text == "We will run a ferry ⛴, … every ten minutes 🕙."


def test_the_ends_of_a_quote_are_moved_with_keys_and_with_the_mouse(page: Page, article: Article) -> None:
    quote = make_quote(article, "by the 🌉 closes on Monday", speaker="Ruth Ashdown")
    page.goto(f"/admin/articles/article/{article.pk}/by-hand/?quote={quote.uid}")
    first = page.get_by_role("slider", name="Start of what is marked")
    last = page.get_by_role("slider", name="End of what is marked")
    first.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_role("textbox", name="Words")).to_have_value("cafe\u0301 by the 🌉 closes on Monday")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    last.focus()
    for _ in range(2):  # a blank, and the whole of what looks like one character
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("textbox", name="Words")).to_have_value("cafe\u0301 by the 🌉 closes on Monday 🚧")
    box = first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(*point(page, "The cafe\u0301"), steps=6)
    page.mouse.up()
    expect(page.get_by_role("textbox", name="Words")).to_have_value("The cafe\u0301 by the 🌉 closes on Monday 🚧")
    page.get_by_role("button", name="Change it").click()
    expect(page.locator("mark.accepted")).to_have_text("The cafe\u0301 by the 🌉 closes on Monday 🚧")
    quote.refresh_from_db()
    assert TEXT[quote.start : quote.end] == quote.text == "The cafe\u0301 by the 🌉 closes on Monday 🚧"


def test_a_name_is_marked_and_the_form_shows_only_its_own_fields(page: Page, article: Article) -> None:
    page.get_by_role("radio", name="Mention").check()
    expect(page.get_by_label("Speaker")).to_be_hidden()
    select(page, "Martin Keele 🚢"[:12])
    page.get_by_label("Person").fill("Martin Keele")
    page.get_by_role("button", name="Mark it").click()
    expect(page.get_by_text("is named there")).to_be_visible()
    mention = Mention.objects.get()
    assert (mention.printed, mention.start) == ("Martin Keele", TEXT.index("Martin Keele"))


def test_places_typed_are_shown_in_the_text(page: Page, article: Article) -> None:
    start = TEXT.index("𐍈 council")
    where(page).fill(f"{start}-{start + 9}")
    shown = page.evaluate("[...CSS.highlights.get('by-hand')].map(range => range.toString())")
    assert shown == ["𐍈 council"]


def test_it_works_without_a_script(page: Page, article: Article) -> None:
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        base_url=re.match(r"https?://[^/]+", page.url)[0],  # type: ignore[index]
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
    )
    plain = context.new_page()
    plain.goto(f"/admin/articles/article/{article.pk}/by-hand/")
    plain.get_by_role("textbox", name="Words").fill(WORDS)
    plain.get_by_role("button", name="Mark it").click()
    expect(plain.locator("mark.accepted")).to_have_text(WORDS)
    context.close()
    assert Quote.objects.get().start == TEXT.index(WORDS)
