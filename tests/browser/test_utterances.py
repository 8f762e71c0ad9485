"""An utterance's page in a browser: the same words stand under one another, and nothing needs sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from articles.models import Utterance
from tests.factories import make_article, make_person, make_quote, make_source, make_utterance

FULLEST = "You can close a bridge for repairs, and you can close a ferry, but an island is not a shop."
PRINTED = [
    FULLEST,
    FULLEST.replace("repairs", "good"),
    "an island is not a shop",
    FULLEST.replace(" and you can close a ferry,", " …"),
]


@pytest.fixture
def utterance(transactional_db: None) -> Utterance:
    ruth = make_person("Ruth Ashdown")
    articles = [make_article(f"News\n“{words}” said Ruth Ashdown.", source=make_source()) for words in PRINTED]
    quotes = [make_quote(one, words, speaker=ruth) for one, words in zip(articles, PRINTED, strict=True)]
    for quote in quotes:
        quote.refresh_from_db(fields=["public"])
    return make_utterance(*quotes)


def test_the_same_words_stand_under_one_another(page: Page, utterance: Utterance) -> None:
    page.goto(utterance.get_absolute_url())
    words = page.locator(".score q > span").filter(has_text="island")
    expect(words).to_have_count(4)
    assert len({round(word.bounding_box()["x"]) for word in words.all()}) == 1  # type: ignore[index]
    expect(page.locator(".score ins")).to_have_text(["good,"])


@pytest.mark.parametrize("width", [320, 959, 1280])
def test_the_page_fits_every_screen(page: Page, utterance: Utterance, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    quote = utterance.quotes.order_by("id")[1]
    for address in (
        utterance.get_absolute_url(),
        f"{utterance.get_absolute_url()}?base={quote.uid}",
        quote.get_absolute_url(),
        "/utterances/",
        "/",
    ):
        page.goto(address)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{address} at {width}"


def test_another_base_is_chosen_without_a_script(page: Page, utterance: Utterance) -> None:
    page.goto(utterance.get_absolute_url())
    page.get_by_text("Compare with another form").click()
    page.locator("details.more a").nth(1).click()
    expect(page.locator(".score ins").first).to_have_text("repairs,")
    page.get_by_role("link", name="Compare with the fullest").click()
    expect(page.locator(".score ins").first).to_have_text("good,")
