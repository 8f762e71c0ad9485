"""A snapshot into a corpus that has some of it: what is new comes in, and what was decided here stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from articles import curation, gate
from articles.models import Article, Quote, Source, Story, search
from corpus.management.whole import CORPUS
from corpus.models import Decision, Tombstone
from corpus.snapshots import Snapshot, merge
from corpus.snapshots.merging import Report
from people.models import Name, Person
from tests import factories
from tests.snapshots.test_round_trip import bytes_of, empty, export

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installed() -> None:
    search.install()


def bridge() -> tuple[Article, Quote]:
    source = Source.objects.filter(slug="mercury").first() or factories.make_source("Mercury")
    ruth = Person.objects.filter(name="Ruth Ashdown").first() or factories.make_person("Ruth Ashdown")
    article = factories.make_article(source=source, url="https://mercury.example/b", url_key="mercury.example/b")
    quote = factories.make_quote(article, speaker=ruth, status="suggested")
    return article, quote


def read(folder: Path) -> Report:
    return merge(CORPUS, Snapshot(folder))


def mine() -> Quote:
    return Quote.objects.get()


def effective(quote: Quote) -> tuple[str, str]:
    quote.refresh_from_db()
    return quote.status, quote.kind


#: What each side does to the quote that both have, after they had the same; what holds here then, how many conflicts.
SCENES: list[tuple[str, Callable[[Quote], object], Callable[[Quote], object], tuple[str, str], int]] = [
    ("nobody decides", lambda q: None, lambda q: None, ("suggested", "direct"), 0),
    ("they accept", lambda q: None, lambda q: curation.accept([q], by=None), ("accepted", "direct"), 0),
    ("we accept", lambda q: curation.accept([q], by=None), lambda q: None, ("accepted", "direct"), 0),
    (
        "both accept",
        lambda q: curation.accept([q], by=None),
        lambda q: curation.accept([q], by=None),
        ("accepted", "direct"),
        0,
    ),
    (
        "we accept, they reject",
        lambda q: curation.accept([q], by=None),
        lambda q: curation.reject([q], by=None),
        ("accepted", "direct"),
        1,
    ),
    (
        "we reject, they change the kind",
        lambda q: curation.reject([q], by=None),
        lambda q: curation.decide_quotes([q], {"kind": "mixed"}, by=None),
        ("rejected", "mixed"),
        0,
    ),
    (
        "they reject, and take it back",
        lambda q: None,
        lambda q: (curation.reject([q], by=None), curation.undo(Decision.objects.all(), by=None)),
        ("suggested", "direct"),
        0,
    ),
    (
        "they reject, take it back, and accept",
        lambda q: None,
        lambda q: (
            curation.reject([q], by=None),
            curation.undo(Decision.objects.all(), by=None),
            curation.accept([q], by=None),
        ),
        ("accepted", "direct"),
        0,
    ),
]


@pytest.mark.parametrize(
    "ours, theirs, after, conflicts", [scene[1:] for scene in SCENES], ids=[scene[0] for scene in SCENES]
)
def test_two_who_had_the_same(tmp_path: Path, ours, theirs, after: tuple[str, str], conflicts: int) -> None:
    _, quote = bridge()
    export(tmp_path / "common")
    theirs(quote)
    gate.refresh([quote.article_id])
    export(tmp_path / "theirs")
    empty()
    call_command("import", str(tmp_path / "common"), verbosity=0)
    ours(mine())
    before = set(Decision.objects.values_list("uid", flat=True))

    report = read(tmp_path / "theirs")

    assert effective(mine()) == after
    assert len(report.conflicts) == conflicts
    theirs_uids = {
        json.loads(line)["uid"] for line in (tmp_path / "theirs" / "decisions.jsonl").read_text().splitlines()
    }
    assert before | theirs_uids <= set(Decision.objects.values_list("uid", flat=True)), "all of it is in the ledger"
    call_command("check_corpus", verbosity=0)
    again = export(tmp_path / "once")
    assert not read(tmp_path / "theirs").conflicts
    assert export(tmp_path / "twice") == again, "merging again changes nothing"


def test_what_is_new_comes_with_all_its_parts_beside_what_is_here(tmp_path: Path) -> None:
    bridge()
    factories.make_story("Bridge", list(Article.objects.all()))
    curation.accept(Quote.objects.all(), by=None)
    export(tmp_path / "theirs")
    theirs = bytes_of(tmp_path / "theirs")
    empty()
    other = factories.make_article("Another piece\n\nNothing is said.\n", source=factories.make_source("Herald"))
    story = factories.make_story("Bridge", [other])
    factories.make_person("Ruth Ashdown")
    report = read(tmp_path / "theirs")
    assert (report.rows["articles"]["new"], report.rows["quotes"]["new"], report.rows["stories"]["the same"]) == (
        1,
        1,
        1,
    )
    assert mine().status == "accepted"
    assert mine().public
    assert set(Story.objects.get().articles.all()) == set(Article.objects.all())
    assert story.pk == Story.objects.get().pk
    assert set(Person.objects.values_list("slug", flat=True)) == {"ruth-ashdown", "ruth-ashdown-2"}
    call_command("check_corpus", verbosity=0)
    assert theirs["quotes.jsonl"] == export(tmp_path / "mine")["quotes.jsonl"]


def test_the_report_comes_first_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, quote = bridge()
    curation.reject([quote], by=None)
    export(tmp_path / "theirs")
    empty()
    bridge()
    curation.accept([mine()], by=None)
    before = export(tmp_path / "before")
    capsys.readouterr()
    call_command("import", str(tmp_path / "theirs"))
    said = capsys.readouterr().out
    assert "Nothing was changed; with --merge" in said
    assert export(tmp_path / "after") == before
    call_command("import", str(tmp_path / "theirs"), "--merge")
    assert "Nothing was changed" not in capsys.readouterr().out


def test_an_article_at_the_same_address_stays_ours(tmp_path: Path) -> None:
    _, quote = bridge()
    curation.reject([quote], by=None)
    export(tmp_path / "theirs")
    empty()
    article, own = bridge()
    report = read(tmp_path / "theirs")
    assert Article.objects.get() == article
    assert Quote.objects.get() == own
    assert report.rows["articles"]["the same"] == 1
    assert report.rows["quotes"]["not taken"] == 1
    call_command("check_corpus", verbosity=0)


def test_what_was_purged_here_does_not_come_back(tmp_path: Path) -> None:
    article, _ = bridge()
    export(tmp_path / "theirs")
    uid, person = article.uid, Person.objects.get()
    empty()
    Tombstone.objects.create(thing="articles.article", thing_uid=uid, reason="court")
    Tombstone.objects.create(
        thing="people.person", thing_uid="x", reason="court", keys=[Tombstone.hash_of("ruth ashdown")]
    )
    read(tmp_path / "theirs")
    assert not Article.objects.exists()
    assert not Quote.objects.exists()
    assert not Person.objects.exists(), person


def test_what_people_added_to_what_is_here_comes_in(tmp_path: Path) -> None:
    article, _ = bridge()
    export(tmp_path / "common")
    ruth = Person.objects.get()
    Name.objects.create(person=ruth, text="Cllr Ashdown", key="ashdown")
    factories.make_quote(article, "We will run a ferry", speaker=ruth, reader="")
    factories.make_quote(article, "every ten minutes", speaker=ruth, reader="9.9")
    export(tmp_path / "theirs")
    empty()
    call_command("import", str(tmp_path / "common"), verbosity=0)
    report = read(tmp_path / "theirs")
    assert set(Name.objects.values_list("text", flat=True)) == {"Ruth Ashdown", "Cllr Ashdown"}
    assert set(Quote.objects.values_list("reader", flat=True)) == {"1.0", ""}
    assert report.rows["quotes"] == {"the same": 1, "new": 1, "not taken": 1}
    call_command("check_corpus", verbosity=0)


def test_a_merge_of_people_is_followed_to_whom_they_are_here(tmp_path: Path) -> None:
    from articles import identities

    one, two, three = (factories.make_person(name) for name in ("Ruth Ashdown", "R. Ashdown", "Ruth Ashdowne"))
    export(tmp_path / "common")
    identities.merge(two, one, by=None)
    export(tmp_path / "theirs")
    empty()
    call_command("import", str(tmp_path / "common"), verbosity=0)
    here = {person.name: person for person in Person.objects.all()}
    identities.merge(here["Ruth Ashdown"], here["Ruth Ashdowne"], by=None)
    read(tmp_path / "theirs")
    assert {person.canonical.name for person in Person.objects.all()} == {"Ruth Ashdowne"}
    assert three
    call_command("check_corpus", verbosity=0)


def test_a_merge_the_other_way_round_is_a_conflict_and_no_circle(tmp_path: Path) -> None:
    from articles import identities

    one, two = (factories.make_person(name) for name in ("Ruth Ashdown", "R. Ashdown"))
    export(tmp_path / "common")
    identities.merge(two, one, by=None)
    export(tmp_path / "theirs")
    empty()
    call_command("import", str(tmp_path / "common"), verbosity=0)
    here = {person.name: person for person in Person.objects.all()}
    identities.merge(here["Ruth Ashdown"], here["R. Ashdown"], by=None)
    report = read(tmp_path / "theirs")
    assert len(report.conflicts) == 1
    assert {person.canonical.name for person in Person.objects.all()} == {"R. Ashdown"}
    call_command("check_corpus", verbosity=0)
