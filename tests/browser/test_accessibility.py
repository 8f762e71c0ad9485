"""Axe finds no serious fault on the screens of the desk and the admin, light and dark, on a desk and on a phone.

The rules are those of axe-core; without the package that brings it (axe-playwright-python), or AXE=/path/to/axe.min.js,
these are skipped. With SHOTS=/a/folder each screen is photographed there.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from articles import curation, purging
from articles.models import Passage, Quote
from corpus import ledger
from people.models import Pair, Person
from tests.factories import (
    make_article,
    make_capture,
    make_mention,
    make_passage,
    make_person,
    make_quote,
    make_source,
    make_story,
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)

#: Axe calls these two impacts a barrier for somebody.
GRAVE = {"serious", "critical"}


def axe() -> str:
    named = os.environ.get("AXE", "")
    found = importlib.util.find_spec("axe_playwright_python")
    path = Path(named) if named else Path(found.origin).with_name("axe.min.js") if found and found.origin else None
    if path is None or not path.exists():
        pytest.skip("axe-core is not here: install axe-playwright-python, or name its script with AXE=/path/axe.min.js")
    return path.read_text()


def again(row: Any, **said: Any) -> None:
    """A reading that says something else of a row."""
    now = type(row).objects.get(pk=row.pk)
    ledger.suggest(now, said)
    now.save()


class Newsroom:
    """Something on every screen."""

    def __init__(self) -> None:
        self.hetty = hetty = User.objects.create_superuser("hetty", password="correct horse")
        story = make_story("Bridge closed")
        self.source = make_source("Saltby Mercury")
        self.article = article = make_article(source=self.source, stories=[story])
        ruth = make_person("Ruth Ashdown", roles=["leader, Aldermouth council"], status="curated")
        martin, other = make_person("Martin Keele", pronouns="he/him"), make_person("Martin Keel")
        words = ("The bridge will close on Monday", "had no choice", "We will run a ferry,", "every ten minutes.")
        self.quotes = [
            make_quote(article, text, speaker=speaker, status="suggested", confidence=confidence,
                       speaker_confidence=confidence)
            for text, speaker, confidence in zip(words, (ruth, martin, ruth, ruth), (0.99, 0.6, 0.99, 0.98), strict=True)
        ]  # fmt: skip
        mentions = [make_mention(article, "Ruth Ashdown", ruth), make_mention(article, "Martin Keele", martin)]
        passage = make_passage(article, "promo", "Martin Keele, her deputy")
        curation.decide_quotes([self.quotes[1]], {"kind": "mixed"}, by=hetty, reason="I heard it.")
        again(self.quotes[1], kind="indirect")
        curation.decide_mentions(mentions[1:], {"person": ruth.uid}, by=hetty)
        again(mentions[1], person=other.uid)
        curation.decide_passages([Passage.objects.get(pk=passage.pk)], {"kind": "caption"}, by=hetty)
        again(Passage.objects.get(pk=passage.pk), kind="related")
        evidence = [{"for": True, "code": "misspelling", "text": "One letter differs."},
                    {"for": False, "code": "one-sentence", "text": "Both are named in one sentence."}]  # fmt: skip
        self.pair = Pair.objects.create(first=martin, second=other, score=0.9, evidence=evidence)
        self.person = ruth
        curation.decide_people([ruth], {"pronouns": "she/her", "names": [{"text": "R. Ashdown"}]}, by=hetty)
        self.gone = make_article(source=article.source)
        purging.purge(self.gone, by=hetty, reason="Order 12 of the court.", public_note="Removed by order of a court.")
        self.lost = make_article(source=article.source)
        mark = make_mention(self.lost, "Ruth Ashdown")
        curation.decide_mentions([mark], {"person": ruth.uid}, by=hetty)
        make_capture(self.lost, "Bridge to close\n\nNobody is named any more.\n")

    def screens(self) -> dict[str, str]:
        article, person = self.article, self.person
        desk = reverse("admin:desk_item", args=[article.uid, self.quotes[1].uid])
        return {
            "first screen": "/admin/",
            "desk": desk,
            "desk pair": reverse("admin:desk_item", args=[article.uid, f"pair-{self.pair.uid}"]),
            "desk certain": reverse("admin:desk_item", args=[article.uid, "certain"]),
            "desk filters": reverse("admin:desk_filters"),
            "desk last": reverse("admin:desk_last"),
            "certain": reverse("admin:articles_quote_certain"),
            "disagreements": reverse("admin:disagreements"),
            "disagreements mentions": f"{reverse('admin:disagreements')}?thing=mentions",
            "disagreements passages": f"{reverse('admin:disagreements')}?thing=passages",
            "by hand": reverse("admin:articles_by_hand", args=[self.lost.pk]),
            "correction": reverse("admin:articles_correct", args=[article.pk]),
            "pairs": reverse("admin:people_pair_changelist"),
            "identity": reverse("admin:people_pair_change", args=[self.pair.pk]),
            "split": reverse("admin:people_person_split", args=[person.pk]),
            "compare": reverse("admin:people_pair_compare", args=[person.pk]),
            "candidates": reverse("admin:people_person_candidates"),
            "person": reverse("admin:people_person_change", args=[person.pk]),
            "history": reverse("admin:people_person_history", args=[person.pk]),
            "token": reverse("admin:corpus_token_add"),
            "tombstones": reverse("admin:corpus_tombstone_changelist"),
            "decisions": reverse("admin:corpus_decision_changelist"),
            "purge": reverse("admin:corpus_purge", args=["articles.article", article.uid]),
            "gone": reverse("article", args=[self.gone.uid]),
            **self.pages(),
        }

    def pages(self) -> dict[str, str]:
        """One of each type of public page."""
        article, quote = self.article.get_absolute_url(), self.quotes[0].get_absolute_url()
        return {
            "home": "/",
            "list": "/quotes/?q=bridge",
            "article": f"{article}?quote={self.quotes[0].uid}",
            "quote": quote,
            "report": f"{quote}report/",
            "changes": f"{self.lost.get_absolute_url()}changes/",
            "public person": self.person.get_absolute_url(),
            "source": self.source.get_absolute_url(),
            "story": self.article.stories.get().get_absolute_url(),
            "concordance": "/concordance/?q=bridge",
        }


@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 390)])
def test_no_serious_fault(width: int, scheme: Any, page: Page):
    script, room = axe(), Newsroom()
    client = Client()
    client.force_login(room.hetty)
    page.goto("/healthz")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}])
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found: list[str] = []

    def look(name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True, caret="initial")
        page.evaluate(script)
        grave = page.evaluate(
            "axe.run(document, {resultTypes: ['violations'], preload: false}).then(r => r.violations)"
        )
        found.extend(
            f"{name}: {one['id']}, {one['help']}: {node['html'][:200]}"
            for one in grave
            if one["impact"] in GRAVE
            for node in one["nodes"][:3]
        )
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name}: scrolls sideways")

    for name, address in room.screens().items():
        page.goto(address)
        look(name)
    meets(page, room)
    look("conflict")
    meets_at_the_desk(page, room)
    look("desk conflict")
    assert not found, "\n".join(found)


def meets(page: Page, room: Newsroom) -> None:
    """A form that somebody else was faster with."""
    page.goto(reverse("admin:people_person_change", args=[room.person.pk]))
    curation.decide_people([Person.objects.get(pk=room.person.pk)], {"pronouns": "they/them"}, by=room.hetty)
    page.locator("[name=pronouns]").fill("she")
    page.locator("[name=_save]").click()
    page.get_by_text("Somebody else changed the same").first.wait_for()


def meets_at_the_desk(page: Page, room: Newsroom) -> None:
    page.goto(reverse("admin:desk_item", args=[room.article.uid, room.quotes[1].uid]))
    curation.decide_quotes([Quote.objects.get(pk=room.quotes[1].pk)], {"kind": "direct"}, by=room.hetty)
    page.get_by_role("button", name="Accept").first.click()
    page.get_by_text("Changed while you looked at it").first.wait_for()
