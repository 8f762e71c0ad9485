"""The feed of changes: nothing is missed, nothing secret is told, and no commit comes late."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from articles import curation, publishing
from articles.models import Article, Quote, Source, Story, search
from articles.models.watches import FEED, take_down
from corpus import changes
from corpus.models import Change
from people.models import Name, Person, Role
from tests import factories

# The feed tells of what was committed: every test here commits.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installed() -> None:
    search.install()
    Change.objects.all().delete()  # of emptying the tables after the test before


def told(since: changes.Cursor | None = None) -> list[tuple[str, str]]:
    """What the feed says from a cursor on, read in small pages; each thing once."""
    found: list[tuple[str, str]] = []
    while True:
        page, since = changes.read(since, 2)
        if not page:
            assert len(found) == len(set(found))
            return found
        found += [(change.thing, change.uid) for change in page]


def end() -> changes.Cursor:
    since = None
    while True:
        page, since = changes.read(since, 1000)
        if not page:
            return since


@dataclass
class World:
    source: Source
    story: Story
    article: Article
    quote: Quote
    person: Person
    draft: Article
    hidden: Quote
    nobody: Person


@pytest.fixture
def world() -> World:
    source = factories.make_source("Aldermouth Mercury")
    person, nobody = factories.make_person("Ruth Ashdown"), factories.make_person("Ulric Vane")
    article = factories.make_article(source=source)
    quote = factories.make_quote(article, "The bridge will close on Monday", speaker=person)
    story = factories.make_story("Bridge", [article])
    draft = factories.make_article(source=factories.make_source("Nobody's Paper"), status="draft")
    hidden = factories.make_quote(draft, "We will run a ferry", speaker=nobody)
    factories.settle([article, draft])
    return World(source, story, article, quote, person, draft, hidden, nobody)


def test_from_the_beginning_it_tells_of_everything_public_and_nothing_else(world: World) -> None:
    assert set(told()) == {
        ("sources", world.source.uid),
        ("stories", world.story.uid),
        ("articles", world.article.uid),
        ("quotes", world.quote.uid),
        ("people", world.person.uid),
    }


@pytest.mark.parametrize(
    "act, tells",
    [
        (lambda w: Article.objects.filter(pk=w.article.pk).update(headline="Ferry"), "articles"),
        (lambda w: Article.objects.filter(pk=w.article.pk).update(headline=w.article.headline), ""),
        (lambda w: Article.objects.filter(pk=w.article.pk).update(waiting=7, doubt=0.5), ""),
        (lambda w: Article.objects.filter(pk=w.draft.pk).update(headline="Ferry"), ""),
        (lambda w: Quote.objects.filter(pk=w.quote.pk).update(kind="mixed"), "quotes"),
        (lambda w: Quote.objects.filter(pk=w.hidden.pk).update(kind="mixed"), ""),
        (lambda w: curation.reject([w.quote], by=None), "quotes people"),
        (lambda w: publishing.withhold([w.article], by=None), "articles quotes people sources stories"),
        (lambda w: w.quote.attributions.update(printed="Mrs Ashdown"), "quotes"),
        (lambda w: w.hidden.attributions.update(printed="Mr Vane"), ""),
        (lambda w: Person.objects.filter(pk=w.person.pk).update(name="Ruth Ash"), "people"),
        (lambda w: Person.objects.filter(pk=w.person.pk).update(note="Rude on the telephone."), ""),
        (lambda w: Name.objects.create(person=w.person, text="Mrs Ashdown", key="ashdown"), "people"),
        (lambda w: Role.objects.create(person=w.person, title="leader"), "people"),
        (lambda w: Role.objects.create(person=w.nobody, title="leader"), ""),
        (lambda w: Source.objects.filter(pk=w.source.pk).update(name="Mercury"), "sources"),
        (lambda w: Source.objects.filter(pk=w.draft.source_id).update(name="Secret"), ""),
        (lambda w: Story.objects.filter(pk=w.story.pk).update(description="Closed."), "stories"),
        (lambda w: w.story.articles.remove(w.article), "stories articles"),
        (lambda w: w.story.articles.add(w.draft, w.article), ""),
        (lambda w: Source.objects.filter(pk=w.source.pk).update(rights="excerpts"), "sources articles quotes"),
        (lambda w: w.story.articles.add(w.draft), ""),
        (lambda w: w.story.delete(), "stories articles"),
        (lambda w: w.quote.delete(), "quotes"),
    ],
)
def test_what_each_act_tells(world: World, act: Callable[[World], object], tells: str) -> None:
    names = {
        "articles": world.article,
        "quotes": world.quote,
        "people": world.person,
        "sources": world.source,
        "stories": world.story,
    }
    wanted = {(thing, names[thing].uid) for thing in tells.split()}
    since = end()
    act(world)
    assert set(told(since)) == wanted


def test_an_outlet_that_an_article_leaves_is_told(world: World) -> None:
    other = Source.objects.get(name="Nobody's Paper")
    since = end()
    Article.objects.filter(pk=world.article.pk).update(source=other)
    assert {("sources", world.source.uid), ("sources", other.uid)} <= set(told(since))


def test_a_thing_is_told_at_its_latest_place_only_and_compacting_changes_nothing(world: World) -> None:
    for kind in ("mixed", "direct", "mixed"):
        Quote.objects.filter(pk=world.quote.pk).update(kind=kind)
    before = told()
    assert before[-1] == ("quotes", world.quote.uid)
    changes.compact()
    assert told() == before
    assert Change.objects.count() == len(before)


def test_what_was_rolled_back_is_not_told(world: World) -> None:
    since = end()
    with transaction.atomic():
        Article.objects.filter(pk=world.article.pk).update(headline="Ferry")
        transaction.set_rollback(True)
    assert told(since) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_a_commit_that_comes_late_is_not_lost(world: World) -> None:
    """One transaction notes its change and stays open; another notes and commits; a reader in between misses neither."""
    noted, commit = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            Article.objects.filter(pk=world.article.pk).update(headline="Ferry")
            noted.set()
            commit.wait(20)
        connections["default"].close()

    since = end()
    thread = Thread(target=slow)
    thread.start()
    assert noted.wait(20)
    Quote.objects.filter(pk=world.quote.pk).update(kind="mixed")
    page, between = changes.read(since, 10)
    assert page == []  # the quote's change is later than one that may still come
    commit.set()
    thread.join()
    assert told(between) == [("articles", world.article.uid), ("quotes", world.quote.uid)]


def test_cursors_are_what_was_given_out(world: World) -> None:
    assert changes.Cursor.parse(str(end())) == end()
    with pytest.raises(changes.Passed):
        changes.read(changes.Cursor(2**60, 1), 10)
    for text in ("", "1", "1.x", "-1.2", "1.2.3", "٣.١", f"{2**63}.1"):
        with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
            changes.Cursor.parse(text)


def test_taken_down_and_put_up_again_with_everything_public_told_once(world: World) -> None:
    everything = set(told())
    take_down(plan=["something"])
    assert not FEED.current(connection)
    assert any("feed of changes" in fault for fault in search.drift())
    Change.objects.all().delete()
    search.install()
    assert set(told()) == everything
    assert search.drift() == []
    take_down(plan=[])
    assert FEED.current(connection)
