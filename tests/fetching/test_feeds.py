"""Feeds: read as they are, polled no more often than need be, and everything new in them taken in once."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import polling, purging, work
from articles.fetching import Fetcher, Manner
from articles.intake.syndication import item_of, read_feed
from articles.models import Article, Feed, FeedEntry
from articles.models.job import ATTEMPTS
from corpus.models import Tombstone
from tests.factories import make_source
from tests.fetching.conftest import Reply, Web

FULL = "<p>{0}: “The ferry runs every half hour,” said Ruth Ashdown, leader of the council, on Monday.</p><p>Nobody would have to pay for it, she told the meeting, and nobody would have to wait for more than half an hour.</p>"
PAGE = "<html lang='en'><head><title>{0}</title></head><body><article><h1>{0}</h1>" + FULL + "</article></body></html>"


def rss(*items: str, title: str = "The Mercury") -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>{title}</title><link>https://news.example/</link>{"".join(items)}</channel></rss>"""


def item(link: str, title: str = "Ferry", guid: str = "", date: str = "", content: str = "") -> str:
    parts = [f"<title>{title}</title>", f"<link>{link}</link>"]
    parts += [f'<guid isPermaLink="false">{guid}</guid>'] if guid else []
    parts += [f"<pubDate>{date}</pubDate>"] if date else []
    parts += [f"<content:encoded><![CDATA[{content}]]></content:encoded>"] if content else []
    return f"<item>{''.join(parts)}</item>"


# Reading


def test_an_rss_feed_is_read() -> None:
    raw = rss(
        item(
            "https://news.example/2", "Bridge &amp; ferry", "tag:2", "Tue, 12 Mar 2024 11:05:00 GMT", FULL.format("Two")
        ),
        item("/1", "One"),
        "<item><title>No link</title></item>",
        item("mailto:desk@news.example"),
    ).encode()
    feed = read_feed(raw, "https://news.example/feed.xml")
    assert feed.title == "The Mercury"
    assert [(e.url, e.headline, e.guid) for e in feed.entries] == [("https://news.example/2", "Bridge & ferry", "tag:2"), ("https://news.example/1", "One", "")]  # fmt: skip
    first = feed.entries[0]
    moment = first.moment()
    assert moment is not None
    assert (moment.day, moment.time, moment.basis) == (dt.date(2024, 3, 12), dt.time(11, 5), "stated")
    taken = item_of(first, "x")
    assert (taken.headline, taken.url, taken.how) == ("Bridge & ferry", first.url, "feed")
    assert taken.text.startswith("Two: “The ferry runs")
    assert taken.raw == FULL.format("Two").encode()


def test_an_atom_feed_is_read() -> None:
    raw = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/"><title>Mercury</title>
    <entry><id>urn:1</id><title type="html">A &lt;i&gt;ferry&lt;/i&gt;</title><link rel="alternate" href="news/1"/><updated>2024-03-12T11:05:00+01:00</updated>
    <author><name>Ann Pell</name></author><content type="html"><![CDATA[{FULL.format("One")}]]></content></entry></feed>""".encode()
    [entry] = read_feed(raw, "https://news.example/atom").entries
    assert (entry.url, entry.headline, entry.byline, entry.guid) == (
        "https://news.example/news/1",
        "A ferry",
        "Ann Pell",
        "urn:1",
    )
    moment = entry.moment()
    assert moment is not None
    assert (moment.day, moment.time) == (dt.date(2024, 3, 12), dt.time(11, 5))
    assert "ferry runs" in entry.content


@pytest.mark.parametrize(
    "raw, sentence",
    [
        ("<html><head><title>News</title></head></html>", "is a web page, not a feed: give its feed's address"),
        ('<html><head><link rel="alternate" type="application/rss+xml" href="/feed?a=1&amp;b=2"></head></html>', "it names https://news.example/feed?a=1&b=2"),
        ("Some text", "is neither RSS nor Atom"),
        ("<x>other XML</x>", "is neither RSS nor Atom"),
        ("", "is neither RSS nor Atom"),
        ("/etc/passwd", "is neither RSS nor Atom"),
        ("https://news.example/feed", "is neither RSS nor Atom"),
    ],
)  # fmt: skip
def test_what_is_no_feed(raw: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="is ") as error:
        read_feed(raw.encode(), "https://news.example/")
    assert sentence in str(error.value)


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    raw = rss(item("https://news.example/1", "One & two <b>")).removesuffix("</channel></rss>").encode()
    assert [entry.url for entry in read_feed(raw, "https://news.example/").entries] == ["https://news.example/1"]


def test_no_entity_reaches_a_file() -> None:
    raw = rss(item("https://news.example/1", "&x;")).replace(
        "<rss", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss', 1
    )
    assert all("root" not in entry.headline for entry in read_feed(raw.encode(), "https://news.example/").entries)


# Polling


def feed_of(web: Web, **fields: object) -> Feed:
    return Feed.objects.create(**{"url": web.url("/feed"), **fields})


def due(feed: Feed) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(next_poll=timezone.now())
    feed.refresh_from_db()
    return feed


def poll(feed: Feed) -> polling.Polled:
    [polled] = polling.poll([due(feed)])
    feed.refresh_from_db()
    return polled


def take_in() -> list[str]:
    return [found.outcome.outcome for found in polling.take_in_entries()]


pytestmark = pytest.mark.django_db


def test_what_is_new_in_a_feed_is_taken_in_once(web: Web) -> None:
    source = make_source("Mercury", domains=["127.0.0.1"])
    one, two = web.says("/1", PAGE.format("One")), web.says("/2?utm_source=rss", PAGE.format("Two"))
    web.says("/feed", rss(item(two, "Two", "b"), item(one, "One", "a")), kind="application/rss+xml")
    feed = feed_of(web, publish=True)
    polled = poll(feed)
    assert (polled.new, polled.changed, polled.error) == (2, 0, "")
    assert (feed.title, feed.failures) == ("The Mercury", 0)
    assert take_in() == ["created", "created"]
    assert list(Article.objects.order_by("id").values_list("url_key", flat=True)) == [web.url("/1"), web.url("/2")], (
        "the oldest first"
    )
    article = Article.objects.get(url_key=web.url("/1"))
    assert (article.source, article.status, article.captures.get().how) == (source, "published", "feed")
    assert [(row.state, row.url, row.content) for row in FeedEntry.objects.all()] == [("done", "", {})] * 2
    asked = len(web.asked)
    assert (poll(feed).new, take_in()) == (0, [])
    assert web.paths()[asked:] == ["/feed"]


def test_a_feed_that_has_not_changed_is_not_sent_again(web: Web) -> None:
    web.says(
        "/feed",
        Reply(rss().encode(), headers={"ETag": '"1"', "Last-Modified": "Tue, 12 Mar 2024 11:05:00 GMT"}),
        Reply(status=304),
    )
    feed = feed_of(web)
    assert [poll(feed).error, poll(feed).error] == ["", ""]
    assert web.asked[-1].headers["if-none-match"] == '"1"'
    assert web.asked[-1].headers["if-modified-since"] == "Tue, 12 Mar 2024 11:05:00 GMT"
    assert feed.last_success == feed.last_polled


def test_what_was_updated_is_fetched_again(web: Web) -> None:
    one = web.says("/1", PAGE.format("One"), PAGE.format("Two"))
    dates = ["Tue, 12 Mar 2024 11:05:00 GMT", "Tue, 12 Mar 2024 11:05:00 GMT", "Tue, 12 Mar 2024 12:00:00 GMT"]
    web.says("/feed", *[rss(item(one, "One", "a", date)) for date in dates], kind="application/rss+xml")
    feed = feed_of(web)
    assert [(poll(feed).changed, take_in()) for _ in dates] == [(0, ["created"]), (0, []), (1, ["new capture"])]


@pytest.mark.parametrize(
    "first, second",
    [
        (item("{0}", guid="a"), item("{0}?utm_source=x", guid="b")),
        (item("{0}", guid="a"), item("{0}/other", guid="a")),
        (item("{0}", guid="a"), item("{0}")),
    ],
)
def test_an_entry_is_known_by_its_guid_and_by_its_address(web: Web, first: str, second: str) -> None:
    one = web.says("/1", PAGE.format("One"))
    web.says(
        "/feed", *[rss(given.format(one)) for given in (first, second)], rss(second.format(one), first.format(one))
    )
    feed = feed_of(web)
    assert [poll(feed).new for _ in range(3)] == [1, 0, 0]


def test_two_feeds_of_a_site_have_the_same_news(web: Web) -> None:
    one = web.says("/1", PAGE.format("One"))
    feeds = [Feed.objects.create(url=web.says(f"/feed{n}", rss(item(one, guid=f"{n}")))) for n in range(2)]
    assert [poll(feed).new for feed in feeds] == [1, 0]
    assert take_in() == ["created"]
    assert web.paths().count("/1") == 1


def test_a_failing_feed_is_polled_less_often(web: Web) -> None:
    web.says("/feed", Reply(status=404))
    feed = feed_of(web, interval=30)
    pauses = []
    for _ in range(8):
        polled = poll(feed)
        assert polled.error == f"{feed.url}: it is not there (status 404)."
        assert feed.last_polled is not None
        pauses.append(round((feed.next_poll - feed.last_polled).total_seconds() / 60))
    assert pauses == [60, 120, 240, 480, 960, 1440, 1440, 1440]
    assert (feed.failures, feed.last_error) == (8, polled.error)
    web.says("/feed", rss())
    poll(feed)
    assert (feed.failures, feed.last_error) == (0, "")
    assert round((feed.next_poll - timezone.now()).total_seconds() / 60) == 30


def test_a_feed_asks_to_be_left_alone(web: Web) -> None:
    web.says("/feed", Reply(status=503, headers={"Retry-After": "86400"}))
    feed = feed_of(web)
    poll(feed)
    assert (feed.next_poll - timezone.now()).total_seconds() > 86_000
    web.says("/feed", Reply(status=410))
    poll(feed)
    assert not feed.enabled, "gone for good"


def test_what_is_no_feed_is_its_fault(web: Web) -> None:
    web.says("/feed", "<html><body>News</body></html>")
    assert poll(feed_of(web)).error.endswith("/feed: is a web page, not a feed: give its feed's address.")


def test_a_feed_begun_by_somebody_else_is_passed_over(web: Web) -> None:
    web.says("/feed", rss())
    feed = feed_of(web)
    seen = Feed.objects.get(pk=feed.pk)
    assert len(list(polling.poll([feed]))) == 1
    assert list(polling.poll([seen])) == []
    disabled = feed_of(web, url=web.url("/other"), enabled=False)
    assert list(polling.poll([disabled])) == []


# Entries


def one_entry(web: Web, *replies: Reply | str, content: str = "", date: str = "") -> Feed:
    one = web.says("/1", *replies)
    web.says("/feed", rss(item(one, "Feed title", "a", date, content)), kind="application/rss+xml")
    feed = feed_of(web)
    assert poll(feed).new == 1
    return feed


@pytest.mark.parametrize("reply", [Reply(status=404), Reply(status=403), "<html><body></body></html>", Reply(b"x", headers={"Content-Type": "video/mp4"})])  # fmt: skip
def test_where_the_page_cannot_be_had_the_feed_says_it_itself(web: Web, reply: Reply | str) -> None:
    one_entry(web, reply, content=FULL.format("One"), date="Tue, 12 Mar 2024 11:05:00 GMT")
    assert take_in() == ["created"]
    article = Article.objects.get()
    assert (article.headline, article.url, article.moment) == ("Feed title", web.url("/1"), 202403121105)
    assert "The ferry runs every half hour" in (article.capture.text if article.capture else "")


def test_what_the_page_says_goes_before_what_the_feed_says(web: Web) -> None:
    one_entry(web, PAGE.format("Page title"), content=FULL.format("One"), date="Tue, 12 Mar 2024 11:05:00 GMT")
    assert take_in() == ["created"]
    article = Article.objects.get()
    assert (article.headline, article.moment) == ("Page title", 202403121105), "the page does not say when"


def test_an_entry_that_fails_is_tried_again_and_then_given_up(web: Web, settings) -> None:
    one_entry(web, Reply(status=503))
    hasty = Fetcher(Manner.of_settings(attempts=1))
    pauses = []
    for _ in range(ATTEMPTS):
        [found] = polling.take_in_entries(hasty)
        row = FeedEntry.objects.get()
        pauses.append(round((row.next_try - timezone.now()).total_seconds() / 60))
        assert "status 503" in row.error
        assert found.outcome.outcome == "failed"
        FeedEntry.objects.update(next_try=timezone.now())
    assert (row.state, row.attempts, row.url) == ("failed", ATTEMPTS, web.url("/1"))
    assert pauses[: ATTEMPTS - 1] == [5, 10, 20, 40]
    assert take_in() == []


def test_and_then_the_feed_says_it_itself(web: Web) -> None:
    one_entry(web, Reply(status=503), content=FULL.format("One"))
    FeedEntry.objects.update(attempts=ATTEMPTS - 1)
    assert [found.outcome.outcome for found in polling.take_in_entries(Fetcher(Manner.of_settings(attempts=1)))] == [
        "created"
    ]


def test_what_a_killed_poller_had_begun_with_is_free_again(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    one_entry(web, PAGE.format("One"))
    taking = polling.take_in_entries()
    monkeypatch.setattr(polling, "take_in_places", lambda *rest: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        next(taking)
    monkeypatch.undo()
    assert take_in() == ["created"], "whoever is stopped leaves nothing claimed"


def test_what_was_purged_does_not_come_back(web: Web) -> None:
    Tombstone.objects.create(
        thing="articles.article", thing_uid="x", keys=[Tombstone.hash_of(web.url("/1"))], finished=timezone.now()
    )
    web.says("/feed", rss(item(web.url("/1?utm_source=x"), guid="a")))
    assert poll(feed_of(web)).new == 0
    assert not FeedEntry.objects.exists()


def test_an_article_takes_what_feeds_know_of_it_along(web: Web) -> None:
    one_entry(web, Reply(PAGE.format("One").encode(), headers={"ETag": '"1"'}))
    take_in()
    article = Article.objects.get()
    assert (article.visits.count(), FeedEntry.objects.filter(article=article).count()) == (1, 1)
    article.delete()
    assert not FeedEntry.objects.exists()


def test_a_purge_takes_along_what_feeds_know_of_it(web: Web) -> None:
    one_entry(web, Reply(PAGE.format("One").encode(), headers={"ETag": '"1"'}))
    take_in()
    other = Feed.objects.create(url=web.url("/other"))
    FeedEntry.objects.create(
        feed=other, mark="x", place=Tombstone.hash_of(web.url("/1")), url=web.url("/1?utm_source=x")
    )
    goes = dict(purging.plan(Article.objects.get()).goes)
    assert (goes["addresses it was fetched from"], goes["entries of feeds"]) == (1, 2)


# The command


def run(*args: str) -> tuple[int, list[str], str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("poll", *args, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines(), err.getvalue()
    return 0, out.getvalue().splitlines(), err.getvalue()


def test_the_command_polls_what_is_due(web: Web) -> None:
    source = make_source("Mercury", slug="mercury")
    url = web.says("/feed", rss(item(web.says("/1", PAGE.format("One")), guid="a"), item(web.url("/gone"), guid="b")))
    assert run("--add", url, "--source", "mercury", "--publish")[1] == [f"{url} is polled from now on."]
    assert run("--add", url)[1] == [f"{url} is polled already."]
    status, lines, err = run("--once")
    assert status == 1
    assert lines[0] == f"polled       {url}: 2 new"
    assert [line.split(" ")[0] for line in lines[1:]] == ["failed", "created"]
    assert err == "1 feed polled; 1 created, 1 failed.\n"
    assert Article.objects.get().source == source
    assert run("--once") == (0, [], "")
    assert run("--all")[1] == [f"polled       {url}: nothing new"]


def test_what_is_new_may_be_left_to_whoever_works(web: Web) -> None:
    url = web.says("/feed", rss(item(web.says("/1", PAGE.format("One")), guid="a")))
    Feed.objects.create(url=url)
    assert run("--once", "--queue") == (0, [f"polled       {url}: 1 new"], "1 feed polled.\n")
    assert not Article.objects.exists()
    assert work.waiting()["entry"]["waiting"] == 1
    assert [outcome.outcome for outcome in work.Worker().turn()] == ["created"]
    assert work.waiting()["entry"]["waiting"] == 0


@pytest.mark.parametrize("args, sentence", [(("--add", "mercury"), "--add: url is 'mercury'"), (("--add", "https://a.example/", "--source", "x"), "--source x: there is no such source")])  # fmt: skip
def test_what_the_command_refuses(args: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*args)


# The admin


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("hetty", password="a long password"))
    return client


def test_a_feed_is_polled_now(web: Web, desk: Client) -> None:
    one_entry(web, PAGE.format("One"))
    feed = Feed.objects.get()
    response = desk.post(reverse("admin:articles_feed_poll", args=[feed.pk]), follow=True)
    assert "The Mercury: 1 created." in response.content.decode()
    web.says("/feed", Reply(status=500))
    response = desk.post(reverse("admin:articles_feed_poll", args=[feed.pk]), follow=True)
    assert "a fault of its own just now (status 500)" in response.content.decode()
    assert "failed once" in response.content.decode()
    assert desk.get(reverse("admin:articles_feed_poll", args=[feed.pk])).status_code == 405


def test_feeds_are_switched_off_and_on(desk: Client) -> None:
    feed = Feed.objects.create(url="https://news.example/feed", failures=3)
    url = reverse("admin:articles_feed_changelist")
    for action, enabled, failures in (("disable", False, 3), ("enable", True, 0)):
        desk.post(url, {"action": action, "_selected_action": [feed.pk]})
        feed.refresh_from_db()
        assert (feed.enabled, feed.failures) == (enabled, failures)


def test_a_feed_needs_an_address(desk: Client) -> None:
    response = desk.post(reverse("admin:articles_feed_add"), {"url": "mercury", "interval": 30})
    assert "URL is" in response.content.decode()
    desk.post(reverse("admin:articles_feed_add"), {"url": "https://news.example/feed", "interval": 30, "enabled": "on"})
    assert Feed.objects.get().enabled


def test_an_entry_is_tried_again(desk: Client) -> None:
    feed = Feed.objects.create(url="https://news.example/feed")
    row = FeedEntry.objects.create(
        feed=feed, mark="a", url="https://news.example/1", state="failed", attempts=5, error="x"
    )
    FeedEntry.objects.create(feed=feed, mark="b", state="done")
    done = {"action": "try_again", "_selected_action": list(FeedEntry.objects.values_list("pk", flat=True))}
    assert (
        "1 will be tried again"
        in desk.post(reverse("admin:articles_feedentry_changelist"), done, follow=True).content.decode()
    )
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "")


@pytest.mark.parametrize("name, queries", [("feed", 5), ("feedentry", 5)])
def test_a_list_costs_the_same_however_long_it_is(
    name: str, queries: int, desk: Client, django_assert_num_queries: Callable
) -> None:
    source = make_source()
    for number in range(3):
        feed = Feed.objects.create(
            url=f"https://news.example/{number}", source=source, last_polled=timezone.now(), failures=number
        )
        FeedEntry.objects.create(feed=feed, mark=str(number), url=f"https://news.example/{number}", state="failed")
    url = reverse(f"admin:articles_{name}_changelist")
    desk.get(url)
    with django_assert_num_queries(queries):
        assert desk.get(url).status_code == 200
