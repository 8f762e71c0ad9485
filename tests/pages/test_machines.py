"""What pages are to machines: headers, validators, feeds, sitemaps and robots.txt."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from articles.models import Article, Quote
from corpus import freshness, sitemaps
from corpus.models import Decision
from tests.factories import make_article, make_person, make_quote, make_source, make_story, settle

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def town() -> dict[str, Any]:
    ruth, keele = make_person("Ruth Ashdown"), make_person("Martin Keele")
    article = make_article(source=make_source("Aldermouth Mercury"), stories=[make_story("The bridge")])
    shown = make_quote(article, speaker=ruth)
    other = make_quote(article, "We will run a ferry, … every ten minutes.", speaker=keele)
    draft = make_article("Zuqa draft\n\nShe said: “Zuqa.”", status="draft", gated=False)
    hidden = make_quote(draft, "Zuqa.", gated=False)
    settle([article, draft])
    return {"ruth": ruth, "article": article, "shown": shown, "other": other, "hidden": hidden}


# Headers


@pytest.mark.parametrize("address", ["/", "/quotes/", "/api/v1/quotes/", "/admin/login/", "/nothing/here/", "/api/"])
def test_nothing_runs_that_is_not_a_file_of_ours(client: Client, town: dict[str, Any], address: str):
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_production_settings_leave_nothing_to_warn_of(tmp_path):
    environment = os.environ | {
        "DEBUG": "0", "SECRET_KEY": "x" * 30 + "".join(map(chr, range(48, 90))), "ALLOWED_HOSTS": "verbatim.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/check.sqlite3", "VERBATIM_VAR": str(tmp_path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "")


# Validators


@pytest.mark.django_db(transaction=True)  # PostgreSQL notes a thing once a transaction
@pytest.mark.parametrize(
    "address", ["/", "/about/", "/quotes/?kind=direct", "/articles/", "/people/", "/feeds/quotes/"]
)
def test_a_page_is_made_again_only_when_the_corpus_has_changed(client: Client, town: dict[str, Any], address: str):
    first = client.get(address)
    tag = first.headers["ETag"]
    assert "no-cache" in first.headers["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(f"{address}{'&' if '?' in address else '?'}q=bridge").headers.get("ETag") != tag
    Quote.objects.filter(pk=town["shown"].pk).update(cue="declared")
    after = client.get(address, headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.headers["ETag"] != tag


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_what_is_committed_late_changes_the_state_all_the_same(town: dict[str, Any]):
    """On PostgreSQL a lower id may become visible after a higher one was seen."""
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute("UPDATE articles_quote SET cue = 'slowly' WHERE id = %s", [town["other"].pk])
        Quote.objects.filter(pk=town["shown"].pk).update(cue="quickly")
        seen = freshness.state()
        slow.commit()
        assert freshness.state() != seen
    finally:
        slow.close()


def test_a_decision_that_only_confirms_is_told_too(client: Client, town: dict[str, Any]):
    """The quote stays as it is, and its page says that an editor decided it once more."""
    address = town["shown"].get_absolute_url()
    tag = client.get(address).headers["ETag"]
    Decision.objects.create(thing="articles.quote", thing_uid=town["shown"].uid, field="kind", after="direct")
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert "An editor decided quoted or reported" in again.content.decode()


def test_what_the_public_does_not_see_leaves_pages_as_they_are(client: Client, town: dict[str, Any]):
    before = freshness.state()
    Quote.objects.filter(pk=town["hidden"].pk).update(text="Zuqa, again.")
    assert freshness.state() == before


def test_an_unchanged_page_costs_one_query(client: Client, town: dict[str, Any], django_assert_num_queries):
    tag = client.get("/quotes/").headers["ETag"]
    with django_assert_num_queries(1):
        client.get("/quotes/", headers={"If-None-Match": tag})


# Feeds


def test_a_feed_has_what_the_list_has(client: Client, town: dict[str, Any]):
    response = client.get("/feeds/quotes/?speaker=ruth-ashdown&sort=date")
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.content)
    assert "Ruth Ashdown" in (feed.findtext(f"{ATOM}title") or "")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"tag:testserver,2026:quotes/{town['shown'].uid}"
    assert (entry.findtext(f"{ATOM}title") or "").startswith("Ruth Ashdown: “The bridge will close on Monday")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ruth Ashdown"
    assert entry.find(f"{ATOM}link").attrib["href"].endswith(town["shown"].get_absolute_url())  # type: ignore[union-attr]
    assert (entry.findtext(f"{ATOM}updated") or "").startswith("2024-03-12")


@pytest.mark.parametrize("noun", ["quotes", "articles", "people", "sources", "stories", "utterances"])
def test_every_list_has_a_feed_and_says_so(client: Client, town: dict[str, Any], noun: str):
    html = client.get(f"/{noun}/").content.decode()
    assert '<link rel="alternate" type="application/atom+xml" title="' in html
    assert f'href="/feeds/{noun}/"' in html
    feed = ET.fromstring(client.get(f"/feeds/{noun}/").content)
    assert "Zuqa" not in ET.tostring(feed, encoding="unicode")
    assert feed.findall(f"{ATOM}entry") or noun == "utterances"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Verbatim", "entries of people name nobody (RFC 4287, 4.1.1)"


def test_a_feed_of_a_filter_that_is_none(client: Client, town: dict[str, Any]):
    response = client.get("/feeds/quotes/?speker=ruth")
    assert response.status_code == 400
    assert "speker" in response.content.decode()
    assert client.get("/feeds/letters/").status_code == 404


def test_a_feed_costs_the_same_however_long_the_list(client: Client, town: dict[str, Any], django_assert_num_queries):
    def queries() -> int:
        with django_assert_num_queries(5, exact=False) as captured:
            client.get("/feeds/quotes/")
        return len(captured)

    before = queries()
    article = make_article(source=town["article"].source)
    for _ in range(5):
        make_quote(article, speaker=town["ruth"])
    assert queries() == before


# Robots and sitemaps


def test_a_form_that_grew_old_is_told_on_a_page_of_ours(db: None):
    response = Client(enforce_csrf_checks=True).post("/admin/login/")
    assert response.status_code == 403
    assert "the form you sent had grown old" in response.content.decode()


def test_robots_are_sent_to_the_sitemap_and_not_into_filters(client: Client):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /*?" in text
    assert "Allow: /articles/*/?part=" in text, "later parts of a long article stand in no sitemap"


def test_sitemaps_name_every_public_page_once_and_none_else(client: Client, town: dict[str, Any], monkeypatch):
    # A part ends in the midst of the quotes, whatever numbers those have by now.
    numbers = sorted(Quote.objects.public().values_list("pk", flat=True))
    monkeypatch.setattr(sitemaps, "SPAN", numbers[len(numbers) // 2])
    index = ET.fromstring(client.get("/sitemap.xml").content)
    found: list[str] = []
    for part in index.iter(f"{MAP}loc"):
        content = b"".join(client.get(urlsplit(part.text or "").path).streaming_content)  # type: ignore[attr-defined]
        found += [urlsplit(one.text or "").path for one in ET.fromstring(content).iter(f"{MAP}loc")]
    assert len(found) == len(set(found))
    assert {town["shown"].get_absolute_url(), town["ruth"].get_absolute_url(), "/", "/about/"} <= set(found)
    assert town["hidden"].get_absolute_url() not in found
    for address in found:
        assert client.get(address).status_code == 200, address
    assert Article.objects.public().count() == sum(address.startswith("/articles/") for address in found) - 1


def test_a_sitemap_says_since_when_a_page_is_as_it_is(client: Client, town: dict[str, Any]):
    content = b"".join(client.get("/sitemaps/quotes-0.xml").streaming_content)  # type: ignore[attr-defined]
    rows = list(ET.fromstring(content))
    assert rows
    assert all((row.findtext(f"{MAP}lastmod") or "").endswith("Z") for row in rows)


@pytest.mark.parametrize("address", ["/sitemaps/letters-0.xml", "/sitemaps/quotes-999999999999999999999.xml"])
def test_there_is_no_such_sitemap(client: Client, address: str):
    assert client.get(address).status_code == 404
