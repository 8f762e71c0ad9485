"""The feed of changes as a mirror meets it: followed, it gives the same corpus as the lists; and it gives nothing away."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from articles import byhand, curation, identities, pipeline, publishing, purging
from articles.intake import item_from_text
from articles.models import Article, Notice, Quote, Source, Story, search
from corpus import changes, ledger, shared
from corpus.models import Change, Decision
from corpus.paging import seal
from people.models import Name, Person, Role
from tests import factories as make

# The feed tells of what was committed: every test here commits.
pytestmark = pytest.mark.django_db(transaction=True)
NOUNS = ("sources", "stories", "articles", "people", "quotes", "utterances")


@pytest.fixture(autouse=True)
def installed() -> None:
    shared.forget()
    search.install()
    Change.objects.all().delete()  # of emptying the tables after the test before


def get(url: str) -> Any:
    response = Client().get(url)
    assert response.status_code == 200, response.content
    return response.json()


def own(value: Any, depth: int = 0) -> Any:
    """A row with what stands in it of other things by their uids: so a mirror keeps it."""
    if isinstance(value, dict):
        if depth and "uid" in value:
            return value["uid"]
        return {name: own(part, depth + 1) for name, part in value.items()}
    return [own(part, depth + 1) for part in value] if isinstance(value, list) else value


class Mirror:
    """A copy that only knows the feed, and what it is told to fetch."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}
        self.next = "/api/v1/changes/?page_size=7"

    def follow(self) -> None:
        while True:
            page = get(self.next)
            for row in page["results"]:
                key = row["thing"], row["uid"]
                if row["change"] == "changed":
                    self.kept[key] = own(get(row["url"]))
                else:
                    self.kept.pop(key, None)
            self.next = page["next"]
            if not page["more"]:
                return


def corpus_now() -> dict[tuple[str, str], Any]:
    """What the lists say, each row in the form in which it stands by itself."""
    found: dict[tuple[str, str], Any] = {}
    for noun in NOUNS:
        url: str | None = f"/api/v1/{noun}/?page_size=1000"
        if noun == "articles":
            url += "&include=text,captures"  # type: ignore[operator]
        while url:
            page = get(url)
            found |= {(noun, row["uid"]): own(row) for row in page["results"]}
            url = page["next"]
    return found


def comparable(rows: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    # Excerpts and passages belong to a thing by itself, and follow from its quotes and its rights.
    return {
        key: {name: value for name, value in row.items() if name not in {"excerpts", "passages"}}
        for key, row in rows.items()
    }


def world() -> None:
    mercury, gazette = make.make_source("Aldermouth Mercury"), make.make_source("Severn Gazette", rights="excerpts")
    make.make_source("Nobody's Paper")
    ruth, imran = make.make_person("Ruth Ashdown", roles=["leader, council"]), make.make_person("Imran Vane")
    make.make_person("R. Ashdown")
    found = []
    for number, source in enumerate((mercury, mercury, gazette, None)):
        article = make.make_article(source=source or mercury, gated=False, url=f"https://m.example/{number}",
                                    url_key=f"m.example/{number}", status="draft" if source is None else "published")  # fmt: skip
        make.make_quote(article, speaker=ruth, gated=False)
        make.make_quote(article, "had no choice", speaker=imran, status="suggested", confidence=0.9, gated=False)
        make.make_quote(article, "We will run a ferry", speaker="somebody", status="suggested", confidence=0.3,
                        gated=False)  # fmt: skip
        found.append(article)
    make.make_story("Bridge", found[:2])
    make.make_story("Ferry", found[3:])
    make.settle(found)


Act = Callable[[random.Random], Any]


def one_of(rows: Any) -> Callable[[random.Random], Any]:
    def pick(chance: random.Random) -> Any:
        found = list(rows().order_by("pk"))
        return chance.choice(found) if found else None

    return pick


QUOTE, ARTICLE = one_of(Quote.objects.listed), one_of(Article.objects.all)
PERSON, SOURCE, STORY = one_of(Person.objects.survivors), one_of(Source.objects.all), one_of(Story.objects.all)
DECISION = one_of(lambda: Decision.objects.filter(undoes=None, undone_by=None))
NOTICE = one_of(lambda: Notice.objects.filter(withdrawn=None))


def merge(chance: random.Random) -> None:
    one, other = PERSON(chance), PERSON(chance)
    if one != other:
        identities.merge(one, other, by=None)


def another_capture(chance: random.Random) -> None:
    article = ARTICLE(chance)
    text = make.TEXT.replace("Monday", chance.choice(["Monday", "Tuesday", "Friday"]))
    item = item_from_text(text, url=article.url, headline=chance.choice(["Bridge", "Ferry"]))
    list(pipeline.take_in([item]))


def something_new(chance: random.Random) -> None:
    text = f"Pier {chance.random()} to open\n\n“We open in {chance.random()} days,” said Ruth Ashdown."
    list(pipeline.take_in([item_from_text(text, source=SOURCE(chance).slug)], pipeline.Orders(publish=True)))


def by_hand(chance: random.Random) -> None:
    capture = ARTICLE(chance).capture
    start = chance.randrange(len(capture.text) - 20)
    byhand.mark_quote(capture, [[start, start + 20]], kind="direct", speaker=PERSON(chance), by=None)


ACTS: dict[str, Act] = {
    "accept": lambda c: curation.accept([QUOTE(c)], by=None),
    "reject": lambda c: curation.reject([QUOTE(c)], by=None),
    "kind": lambda c: curation.decide_quotes([QUOTE(c)], {"kind": c.choice(["direct", "mixed"])}, by=None),
    "speaker": lambda c: curation.set_speakers(QUOTE(c), [PERSON(c)], by=None),
    "headline": lambda c: curation.decide_articles([ARTICLE(c)], {"headline": c.choice("ABC")}, by=None),
    "publish": lambda c: publishing.publish([ARTICLE(c)], by=None),
    "withhold": lambda c: publishing.withhold([ARTICLE(c)], by=None, public_note="A court."),
    "whose": lambda c: publishing.decide([ARTICLE(c)], {"source": SOURCE(c).uid}, by=None),
    "correct": lambda c: publishing.correct(ARTICLE(c), "It was Tuesday.", by=None),
    "withdraw": lambda c: (notice := NOTICE(c)) and publishing.withdraw(notice, by=None),
    "rights": lambda c: publishing.decide_source(SOURCE(c), {"rights": c.choice(["full", "excerpts", "none"])}, by=None),
    "source": lambda c: publishing.decide_source(SOURCE(c), {"name": c.choice(["Mercury", "Herald"])}, by=None),
    "rename": lambda c: curation.decide_people([PERSON(c)], {"name": c.choice(["Ruth Lyle", "Ruth Ash"])}, by=None),
    "nobody": lambda c: curation.decide_people([PERSON(c)], {"status": c.choice(["rejected", "curated"])}, by=None),
    "name": lambda c: Name.objects.create(person=PERSON(c), text=str(c.random()), key="x"),
    "role": lambda c: Role.objects.create(person=PERSON(c), title="leader"),
    "merge": merge,
    "story": lambda c: STORY(c) and STORY(c).articles.add(ARTICLE(c)),
    "no story": lambda c: STORY(c) and STORY(c).articles.remove(ARTICLE(c)),
    "tell": lambda c: STORY(c) and ledger.decide(STORY(c), {"description": c.choice("ABC")}, by=None),
    "another capture": another_capture,
    "something new": something_new,
    "by hand": by_hand,
    "undo": lambda c: (one := DECISION(c)) and publishing.undo([one], by=None),
}  # fmt: skip
#: What is refused is refused to whoever acts, and changes nothing.
REFUSED = (identities.Contradiction, IntegrityError)


@pytest.mark.parametrize("seed", range(6))
def test_a_mirror_that_follows_has_what_the_lists_have(seed: int) -> None:
    world()
    chance, mirror, done = random.Random(seed), Mirror(), []
    for _ in range(8):
        for _ in range(chance.randint(1, 5)):
            name = chance.choice(sorted(ACTS))
            try:
                ACTS[name](chance)
            except REFUSED:
                continue
            done.append(name)
        mirror.follow()
        now = comparable(corpus_now())
        kept = comparable(mirror.kept)
        assert kept.keys() == now.keys(), done
        for key, row in now.items():
            assert {name: kept[key].get(name) for name in row} == row, (key, done)


def test_the_whole_of_it_is_what_is_public(django_assert_max_num_queries: Any) -> None:
    world()
    with django_assert_max_num_queries(10):
        page = get("/api/v1/changes/?page_size=1000")
    assert {(row["thing"], row["uid"]) for row in page["results"] if row["change"] == "changed"} == set(corpus_now())
    assert page["more"] is False
    for row in page["results"]:
        assert row["url"] == f"http://testserver/api/v1/{row['thing']}/{row['uid']}/"
    later = get(page["next"])
    assert (later["results"], later["next"]) == ([], page["next"])


def test_what_became_of_people_and_of_what_was_purged() -> None:
    world()
    mirror = Mirror()
    mirror.follow()
    ruth, imran = Person.objects.get(slug="ruth-ashdown"), Person.objects.get(slug="imran-vane")
    identities.merge(ruth, imran, by=None)
    article = Article.objects.public().order_by("pk").first()
    assert article is not None
    hidden = Article.objects.get(status="draft")
    for one in (article, hidden):
        purging.purge(one, by=None, reason="CANARY order 7.", public_note="Taken away for good.")
    rows = {
        (row["thing"], row["uid"]): row for row in get(mirror.next.replace("page_size=7", "page_size=100"))["results"]
    }
    assert (rows["people", ruth.uid]["change"], rows["people", ruth.uid]["merged_into"]) == ("gone", imran.uid)
    assert (rows["articles", article.uid]["change"], rows["articles", article.uid]["note"]) == (
        "gone",
        "Taken away for good.",
    )
    assert ("articles", hidden.uid) not in rows
    assert "CANARY" not in str(rows)


@pytest.mark.parametrize(
    "query, status, kind",
    [
        ("since=x", 400, "invalid-parameters"),
        ("since=0.1", 400, "invalid-parameters"),
        (f"since={seal(b'-1.2')}", 400, "invalid-parameters"),
        (f"since={seal(b'4611686018427387904.1')}", 410, "cursor-gone"),
        ("page_size=0", 400, "invalid-parameters"),
        ("page_size=1001", 400, "invalid-parameters"),
        ("thing=quotes", 400, "invalid-parameters"),
        ("format=csv", 400, "invalid-parameters"),
    ],
)
def test_what_it_cannot_go_on_from(query: str, status: int, kind: str) -> None:
    response = Client().get(f"/api/v1/changes/?{query}")
    assert response.status_code == status, response.content
    assert response.json()["type"] == f"urn:verbatim:problem:{kind}"


def test_an_empty_corpus_has_a_place_to_go_on_from() -> None:
    page = get("/api/v1/changes/")
    assert page["results"] == []
    world()
    assert get(page["next"])["results"]
    assert connection.vendor != "sqlite" or changes.Cursor.parse("0.1") == (0, 1)
