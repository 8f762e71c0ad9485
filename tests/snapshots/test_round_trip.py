"""Out and in again: the same rows, decisions, history and bytes; on this database, and from one to the other."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article, Quote, search
from corpus import changes
from corpus.management.whole import CORPUS
from corpus.models import Change, Decision
from corpus.snapshots import Snapshot, restoring, writing
from people.models import Pair, Person
from tests.snapshots import world
from tests.snapshots.processes import Place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installed() -> None:
    search.install()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def snapshot(kept: Path, tmp_path: Path) -> Path:
    """A snapshot of the small corpus, and an empty database."""
    if not (kept / "one").exists():
        world.make()
        export(kept / "one")
        empty()
    shutil.copytree(kept / "one", tmp_path / "one")
    return tmp_path / "one"


def export(folder: Path, *options: str) -> dict[str, bytes]:
    call_command("export", str(folder), *options, verbosity=0)
    return bytes_of(folder)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def empty() -> None:
    """Everything gone; the numbering of rows goes on."""
    Article.objects.update(capture=None, copy_of=None)
    Person.objects.update(canonical=None, merged_into=None)
    Decision.objects.update(undoes=None)
    for table in reversed(CORPUS.tables):
        table.rows().delete()
    User.objects.all().delete()


def told() -> set[tuple[str, str]]:
    return {(row.thing, row.uid) for row in changes.read(None, 10_000)[0]}


def test_all_of_it_comes_back_to_the_byte(tmp_path: Path) -> None:
    world.make()
    before = export(tmp_path / "before")
    public = export(tmp_path / "public", "--public")
    shown = {
        *Quote.objects.public().values_list("uid", "moment"),
        *Article.objects.values_list("uid", "waiting", "doubt"),
    }
    empty()
    Change.objects.all().delete()
    call_command("import", str(tmp_path / "before"), verbosity=0)
    assert export(tmp_path / "after") == before
    assert export(tmp_path / "public-after", "--public") == public
    assert {
        *Quote.objects.public().values_list("uid", "moment"),
        *Article.objects.values_list("uid", "waiting", "doubt"),
    } == shown
    assert min(Quote.objects.values_list("pk", flat=True)) > 1
    call_command("check_corpus", verbosity=0)
    assert ("quotes", Quote.objects.public()[0].uid) in told()
    assert Quote.objects.public().matching("bridge").exists()
    # And one can go on from there.
    assert Person.objects.enrol("Somebody New").pk > Person.objects.exclude(name="Somebody New").order_by("-pk")[0].pk


def test_who_decided_is_linked_to_accounts_of_that_name_and_others_are_asleep(snapshot: Path) -> None:
    User.objects.create_user("hetty.mills", password="a good password")
    call_command("import", str(snapshot), verbosity=0)
    assert set(Decision.objects.values_list("by__username", "by_name")) == {("hetty.mills", "hetty.mills")}
    empty()
    call_command("import", str(snapshot), verbosity=0)
    assert set(Decision.objects.values_list("by__username", "by_name")) <= {
        (None, "hetty.mills"),
        ("hetty.mills", "hetty.mills"),
    }
    proposer = Pair.objects.get(proposed="different").proposed_by
    assert proposer
    assert (proposer.username, proposer.is_active, proposer.has_usable_password()) == ("hetty.mills", False, False)


def test_history_comes_whole(snapshot: Path) -> None:
    rows = [json.loads(line) for line in (snapshot / "decisions.jsonl").read_text().splitlines()]
    call_command("import", str(snapshot), verbosity=0)
    found = Decision.objects.order_by("pk").values_list("uid", "undoes__uid", "reason", "by_name")
    assert list(found) == [(row["uid"], row["undoes"], row["reason"], row["by_name"]) for row in rows]
    assert {row["reason"] for row in rows} >= {"heard it", "no quote"}
    assert any(row["undoes"] for row in rows)


def test_from_here_into_a_sqlite_database_and_back(tmp_path: Path) -> None:
    """On PostgreSQL this is from one database to the other, both ways."""
    world.make()
    before = export(tmp_path / "before")
    other = Place(tmp_path).made()
    other.run("import", str(tmp_path / "before"))
    other.run("check_corpus")
    other.run("export", str(tmp_path / "there"))
    assert bytes_of(tmp_path / "there") == before
    empty()
    call_command("import", str(tmp_path / "there"), verbosity=0)
    assert export(tmp_path / "back") == before


class TestPublic:
    def test_nothing_that_is_not_public_is_in_it(self, tmp_path: Path) -> None:
        world.make()
        everything = b"".join(export(tmp_path / "public", "--public").values()).decode()
        assert "The bridge will close on Monday" in everything
        for hidden in ("hetty", "Rude on the telephone", "heard it", "mercury-2.txt", "court", "another town", "Rita"):
            assert hidden not in everything
        herald = next(row for row in map(json.loads, (tmp_path / "public" / "articles.jsonl").read_text().splitlines())
                      if row["source"]["slug"] == "herald")  # fmt: skip
        assert herald["text"] is None
        assert herald["excerpts"]

    def test_it_is_not_for_import(self, tmp_path: Path) -> None:
        world.make()
        export(tmp_path / "public", "--public")
        with pytest.raises(CommandError, match="holds only what the public may see"):
            call_command("import", str(tmp_path / "public"))


def _spoil(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")


def _say(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def _grow(folder: Path, name: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    _say(folder, files=manifest["files"] | {name: {"rows": 0, "bytes": 0, "sha256": ""}})


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda folder: _spoil(folder, "quotes.jsonl"), "quotes.jsonl is not as it was written"),
        (lambda folder: (folder / "quotes.jsonl").unlink(), "quotes.jsonl cannot be read"),
        (lambda folder: (folder / "manifest.json").unlink(), "no manifest.json"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "is not the manifest of a snapshot"),
        (lambda folder: _say(folder, schema=99), "is of schema 99, and this Verbatim knows schema"),
        (lambda folder: _say(folder, more=1), "is not a whole manifest"),
        (lambda folder: _grow(folder, "spells.jsonl"), "holds spells.jsonl, which this Verbatim does not know"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused_in_a_sentence(snapshot: Path, change, said: str) -> None:
    change(snapshot)
    with pytest.raises(CommandError, match=said):
        call_command("import", str(snapshot))
    assert not Article.objects.exists()


def _tamper(folder: Path, name: str, act: Callable[[str], str]) -> None:
    """Change a file and its hash."""
    path = folder / name
    path.write_text(act(path.read_text()))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    _say(folder, **manifest)


def _put(**values: object) -> Callable[[str], str]:
    """Says these values in the first record of a file."""
    return lambda text: json.dumps(json.loads(text.split("\n", 1)[0]) | values) + "\n" + text.split("\n", 1)[1]


@pytest.mark.parametrize(
    "name, act, said",
    [
        ("sources.jsonl", lambda text: "7\n" + text, r"line 1 is no record\."),
        ("sources.jsonl", lambda text: text.replace('"uid"', '"UID"', 1), r"line 1 does not say its uid\."),
        ("sources.jsonl", _put(name=None), "goes against what the database holds"),
        ("sources.jsonl", _put(name=["Mercury"]), "as its name: that is no text"),
        ("sources.jsonl", _put(name="M" * 5_000), "as its name: that is longer than"),
        ("sources.jsonl", _put(name="M\ud800"), "goes against what the database holds"),
        ("sources.jsonl", _put(created="2026-13-45"), "as its created: "),
        ("articles.jsonl", _put(moment=2**70), "as its moment: that is no whole number"),
        ("articles.jsonl", _put(moment="soon"), "as its moment: that is no whole number"),
        ("quotes.jsonl", _put(confidence=float("inf")), "as its confidence: that is no number"),
        ("quotes.jsonl", _put(found="yes"), "as its found: that is neither true nor false"),
    ],
)
def test_a_record_made_by_hand_is_refused_in_a_sentence(snapshot: Path, name: str, act, said: str) -> None:
    """SQLite alone would take a word for a number."""
    _tamper(snapshot, name, act)
    with pytest.raises(CommandError, match=said):
        call_command("import", str(snapshot))
    assert not Article.objects.exists()


def test_a_record_that_does_not_fit_leaves_nothing_behind(snapshot: Path) -> None:
    """As if the last file of a snapshot had been tampered with, hash and all."""
    _tamper(snapshot, "matches.jsonl", lambda text: text.replace('"second":"', '"second":"no'))
    with pytest.raises(CommandError, match=r"matches.jsonl.*there is no such one|has no second"):
        call_command("import", str(snapshot))
    assert not any(table.rows().exists() for table in CORPUS.tables)


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "thesis.txt").write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        call_command("export", str(tmp_path / "one"))
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_what_a_killed_export_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / ".one.part-abc"
    left.mkdir()
    (left / "articles.jsonl").write_text("{")
    export(tmp_path / "one")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_an_export_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make()
    monkeypatch.setattr(
        "corpus.snapshots.folder.Lines.close",
        lambda self: (_ for _ in ()).throw(OSError(28, "No space left on device")),
    )
    with pytest.raises(CommandError, match="No space left on device"):
        call_command("export", str(tmp_path / "one"))
    assert not list(tmp_path.iterdir())


def test_an_export_is_one_moment_whoever_writes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make()
    before = export(tmp_path / "before")
    kept = writing._write
    wrote: list[bool] = []

    def write(*arguments):
        kept(*arguments)
        if not wrote:  # the first read is done; others may write
            wrote.append(True)
            other = connection.copy()
            try:
                with other.cursor() as cursor:
                    cursor.execute("UPDATE articles_article SET headline = 'changed'")
            finally:
                other.close()

    monkeypatch.setattr(writing, "_write", write)
    assert export(tmp_path / "during") == before
    monkeypatch.undo()
    assert wrote
    assert export(tmp_path / "after") != before


def test_progress_ends_where_it_was_said_to(snapshot: Path) -> None:
    heard: list[int] = []
    restoring.restore(CORPUS, Snapshot(snapshot), lambda _, rows: heard.append(rows))
    assert sum(heard) == restoring.steps(CORPUS, Snapshot(snapshot))
