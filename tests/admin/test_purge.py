"""A purge leaves nothing of what was said: not in a row, not in an index, not in the files of the database."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from articles import curation, gate, pipeline, publishing, purging
from articles.intake import item_from_text
from articles.models import Article, Capture, Notice, PastAnchor, Quote, Reading
from articles.models.search import SearchText
from corpus import erasure, ledger
from corpus.models import Decision, Replay, Token, Tombstone
from people.models import Pair, Person
from tests.admin.test_decisions import save
from tests.factories import (
    capture_of,
    make_article,
    make_capture,
    make_mention,
    make_passage,
    make_person,
    make_quote,
    make_story,
)

#: Words that stand nowhere else, one a place where they are put.
TEXT = """Zyxwheadline to close

Qvorbulak Mizzentop, leader of Vlunderbeck council, said: “The plompquist will close, and nobody regrets it.”

Brackenfold Ystwiggle told reporters the town “had no choice”.
"""
OF_THE_ARTICLE = ["Zyxwheadline", "plompquist", "Brackenfold", "Jubberwhistle", "Grondlewax", "Snorklebink"]
OF_THE_ARTICLE += ["Whimblesnatch"]  # of what was marked and taken back
OF_THE_PERSON = ["Qvorbulak", "Mizzentop", "Zumbaldo"]


def corpus(by: User) -> tuple[Article, Person, Article]:
    """An article with everything that is kept of one, the person it quotes, and another article that names them."""
    person = make_person("Qvorbulak Mizzentop", aliases=["Zumbaldo Mizzentop"], roles=["leader, Vlunderbeck council"])
    only_here = make_person("Brackenfold Ystwiggle")
    article = make_article(TEXT.replace("leader of", "sole leader of"), byline="Jubberwhistle Smith")
    first = capture_of(article)
    make_capture(article, TEXT)
    gate.refresh([article.pk])
    quote = make_quote(article, "The plompquist will close, and nobody regrets it.", speaker=person, status="suggested")
    other = make_quote(
        article, "had no choice", speaker=only_here, candidates=["Qvorbulak Mizzentop"], status="suggested"
    )
    PastAnchor.objects.create(quote=quote, capture=first, spans=[[1, 2]], text="The plompquist will close")
    make_mention(article, "Qvorbulak Mizzentop", person)
    make_mention(article, "Brackenfold Ystwiggle", only_here)
    make_passage(
        article, "document", "Brackenfold", author="Qvorbulak Mizzentop", signatories=["Qvorbulak Mizzentop", "A"]
    )
    record = {"mentions": [{"name": "Qvorbulak Mizzentop", "text": "plompquist"}]}
    Reading.objects.create(capture=capture_of(article), reader="1.0", record=record)
    curation.accept([quote], by=by, reason="Grondlewax, and Qvorbulak Mizzentop said so.")
    curation.set_speakers(other, [person], by=by, reason="It was Zumbaldo Mizzentop.")
    publishing.decide([article], {"headline": "Zyxwheadline again"}, by=by)
    publishing.correct(article, "Snorklebink was wrong.", by=by)
    taken_back = make_passage(article, "entry", "the town")
    entry = {"spans": taken_back.effective("spans"), "heading": "Whimblesnatch"}
    ledger.decide(taken_back, entry, by=by, reason="Whimblesnatch.")
    taken_back.delete()  # as the next reading does
    ledger.decide(person, {"note": "Zumbaldo Mizzentop's number"}, by=by)
    LogEntry.objects.log_actions(by.pk, [quote, person, article], 2, change_message="Qvorbulak Mizzentop")
    elsewhere = make_article(
        "Elsewhere\n\nQvorbulak Mizzentop said: “Nothing changes.”", stories=[make_story("Closures")]
    )
    make_quote(elsewhere, "Nothing changes.", speaker=person)
    make_mention(elsewhere, "Qvorbulak Mizzentop", person)
    first_of, second = sorted([person, make_person("Ada Brook")], key=lambda one: one.pk)
    Pair.objects.create(
        first=first_of, second=second, score=0.5, evidence=[{"for": True, "code": "x", "text": "plompquist"}]
    )
    session = SessionStore()
    session["_messages"] = "Accepted: The plompquist of Qvorbulak Mizzentop"
    session.save()
    token = Token.objects.create(name="script", user=by, sha256="0" * 64)
    Replay.objects.create(token=token, key="1", request_sha256="0" * 64, body=b"plompquist Qvorbulak Mizzentop")
    return article, person, elsewhere


def said() -> str:
    """Everything that every row of every table holds, as one text; sessions decoded."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed:
            continue
        for row in model._base_manager.all():
            if isinstance(row, Session):
                found.append(str(row.get_decoded()))
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                found.append(bytes(value).decode() if isinstance(value, bytes | memoryview) else str(value))
    return "\n".join(found)


def in_files(word: str) -> list[str]:
    """The files of the database that have a word in them, whatever the capitals of a search index; logs of writes ahead
    aside on PostgreSQL."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        files = [Path(name + suffix) for suffix in ("", "-wal", "-shm")]
    else:
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            )
            folder, oid = cursor.fetchone()
        if not os.access(folder, os.R_OK | os.X_OK):
            pytest.skip(f"the files of PostgreSQL in {folder} are not ours to read")
        files = list((Path(folder) / "base" / str(oid)).iterdir())
    found = []
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            content = file.read_bytes()
            # A stemmed word has lost its end.
            if any(form in content for form in (word.encode(), word.lower()[:-1].encode())):
                found.append(relation_of(file.name))
    return found


def relation_of(name: str) -> str:
    """What a file of PostgreSQL holds, so that a failure says more than a number."""
    if connection.vendor == "sqlite":
        return name
    with connection.cursor() as cursor:
        number = int(name.partition(".")[0].partition("_")[0])
        cursor.execute("SELECT relname FROM pg_class WHERE pg_relation_filenode(oid) = %s", [number])
        row = cursor.fetchone()
    return f"{name} {row[0] if row else 'of nothing'}"


@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_article_is_left_in_rows_indexes_and_files(client: Client):
    boss = User.objects.create_superuser("boss", password="a long password")
    article, person, elsewhere = corpus(boss)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # which takes examples of words
    before = said()
    for word in OF_THE_ARTICLE:
        assert word in before
    assert in_files("plompquist")
    addresses = [article.get_absolute_url(), *(quote.get_absolute_url() for quote in article.quotes.all())]
    uids = [article.uid, *article.quotes.values_list("uid", flat=True)]

    purging.purge(article, by=boss, reason="Order of the court.", public_note="Deleted by order of a court.")

    after = said()
    for word in OF_THE_ARTICLE:
        assert word not in after
        assert in_files(word) == [], word
    assert list(Article.objects.all()) == [elsewhere]
    assert Person.objects.filter(pk=person.pk).exists()
    assert not Article.objects.matching("plompquist", closed=True).exists()
    assert {stone.thing_uid for stone in Tombstone.objects.exclude(finished=None)} == set(uids)
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 410
        assert "Deleted by order of a court." in page.content.decode()
        assert "Order of the court." not in page.content.decode()
    assert client.get(elsewhere.get_absolute_url()).status_code == 200
    # That somebody decided, and when, is history; what, is not.
    decision = Decision.objects.get(thing="articles.quote", field="status")
    assert (decision.by, decision.before, decision.after, decision.reason) == (boss, None, None, "")
    assert curation.undo([decision], by=boss) == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_person_is_left_but_what_articles_print(client: Client):
    boss = User.objects.create_superuser("boss", password="a long password")
    article, person, elsewhere = corpus(boss)
    address = person.get_absolute_url()
    assert client.get(address).status_code == 200

    purging.purge(person, by=boss, reason="They asked.", public_note="Deleted at their request.")

    assert not Person.objects.filter(pk=person.pk).exists()
    printed = list(Capture.objects.values_list("text", flat=True))
    assert any("Qvorbulak Mizzentop" in text for text in printed)
    printing: tuple[type[Model], ...] = (Capture, SearchText, Quote)  # what articles print, and what is cut out of it
    for model in printing:
        for row in model._base_manager.all():
            for name in ("raw", "text", "open", "closed", "prefix", "suffix"):
                setattr(row, name, b"" if name == "raw" else "") if hasattr(row, name) else None
            left = {name: value for name, value in vars(row).items() if any(w in str(value) for w in OF_THE_PERSON)}
            assert left == {}, model
    rest = [m for m in apps.get_models(include_auto_created=True) if m not in printing]
    for model in rest:
        for row in model._base_manager.all() if model._meta.managed else ():
            content = str(row.get_decoded() if isinstance(row, Session) else vars(row))
            assert not any(word in content for word in OF_THE_PERSON), (model, content)
    assert in_files("Zumbaldo") == []  # a name that no article prints
    for quote in Quote.objects.all():
        assert all(row.person is None for row in quote.attributions.all())
        assert ledger.faults(quote) == []
    for page in (client.get(article.get_absolute_url()), client.get(elsewhere.get_absolute_url())):
        assert page.status_code == 200
    page = client.get(address)
    assert page.status_code == 410
    assert "Deleted at their request." in page.content.decode()
    assert "mizzentop" not in Tombstone.objects.get().slug


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["article", "person"])
def test_a_dry_run_says_what_goes_and_changes_nothing(kind: str, desk: Client, chief: User, capsys):
    article, person, _ = corpus(chief)
    thing = article if kind == "article" else person
    before = said()
    found = purging.plan(thing)
    call_command("purge", kind, thing.uid, "--dry-run")
    page = desk.get(reverse("admin:corpus_purge", args=[thing._meta.label_lower, thing.uid])).content.decode()
    printed = capsys.readouterr().out
    for label, number in found.goes:
        assert f"{number:>7}  {label}" in printed
        assert label in page
    for sentence in found.stays:
        assert sentence in printed
    assert found.names == (
        ["Brackenfold Ystwiggle"] if kind == "article" else ["Qvorbulak Mizzentop", "Zumbaldo Mizzentop"]
    )
    assert "backups" in page
    after = said()
    for word in OF_THE_ARTICLE + OF_THE_PERSON:
        assert after.count(word) >= before.count(word)  # a page looked at takes a lease, and no more
    numbers = dict(found.goes)
    if kind == "article":
        assert (numbers["quotes"], numbers["captures, their text and their bytes"], numbers["notices"]) == (2, 2, 1)
    else:
        assert (numbers["names"], numbers["roles"], numbers["mentions in articles"]) == (2, 1, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [lambda article: ["article", article.uid], lambda article: ["--finish"]])
def test_what_was_interrupted_is_completed_by_doing_it_again(again: Callable[[Article], list[str]], monkeypatch):
    boss = User.objects.create_superuser("boss", password="a long password")
    article, person, _ = corpus(boss)

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    # After the rows are gone, before the files are written anew.
    monkeypatch.setattr(erasure, "finish", killed)
    with pytest.raises(KeyboardInterrupt):
        purging.purge(article, by=boss, reason="Court.")
    assert not Article.objects.filter(pk=article.pk).exists()
    assert Tombstone.objects.filter(finished=None).count() == 3
    monkeypatch.undo()
    call_command("purge", *again(article))
    assert not Tombstone.objects.filter(finished=None).exists()
    assert in_files("plompquist") == []

    # In the middle of the rows of a person: some quotes are done.
    monkeypatch.setattr(purging, "AT_ONCE", 1)
    make_quote(make_article("More\n\nShe said: “More of it.”"), "More of it.", speaker=person)
    refresh, calls = gate.refresh, []

    def dies_at_the_second(*args: Any, **rest: Any) -> None:
        calls.append(args)
        refresh(*args, **rest)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(gate, "refresh", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        purging.purge(person, by=boss, reason="They asked.")
    monkeypatch.undo()
    person.refresh_from_db()
    assert person.attributions.count() == 1
    purging.purge(person, by=boss, reason="They asked.")
    assert not Person.objects.filter(pk=person.pk).exists()
    assert in_files("Zumbaldo") == []


@pytest.mark.django_db(transaction=True)
def test_a_chief_purges_on_the_screen_and_nobody_else(
    desk: Client, chief: User, client: Client, staff: Callable[..., Client]
):
    article, _, _ = corpus(chief)
    address = reverse("admin:corpus_purge", args=["articles.article", article.uid])
    for who in (client, staff("articles.change_article", "articles.view_article")):
        assert who.post(address, {"reason": "Mine.", "confirm": article.uid}).status_code in {302, 403}
    assert Article.objects.filter(pk=article.pk).exists()
    shown = desk.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()
    assert address in shown
    for wrong in ({"reason": "", "confirm": article.uid}, {"reason": "Court.", "confirm": "yes"}):
        assert desk.post(address, wrong).status_code == 200
    assert Article.objects.filter(pk=article.pk).exists()
    done = desk.post(address, {"reason": "Court.", "public_note": "By order.", "confirm": article.uid}, follow=True)
    assert "is purged" in done.content.decode()
    assert "plompquist" not in said()
    assert (Tombstone.objects.filter(thing="articles.article").values_list("reason", "public_note", "by_name").get()) == (
        "Court.", "By order.", "hetty",
    )  # fmt: skip
    assert desk.get(address).status_code == 404
    assert desk.get(reverse("admin:corpus_tombstone_changelist")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_command_asks_for_a_reason_and_says_what_it_cannot_find():
    person = make_person()
    merged = make_person("Ruth Ashdowne")
    ledger.decide(merged, {"merged_into": person.uid}, by=None)
    for arguments, sentence in [
        (["article", "nowhere"], "There is no article nowhere"),
        (["person", person.uid, "--yes"], "Say why, with --reason"),
        (["person", merged.uid, "--yes", "--reason", "x"], "is merged into Ruth Ashdown"),
        (["person"], "Say which person"),
    ]:
        with pytest.raises(CommandError, match=sentence):
            call_command("purge", *arguments)
    call_command("purge", "person", person.slug, "--yes", "--reason", "They asked.")
    assert not Person.objects.exists()
    assert Tombstone.objects.count() == 2


def test_no_reading_makes_a_person_of_a_purged_name_again(db: None, chief: User):
    text = "Bridge to close\n\nQvorbulak Mizzentop, leader of the council, said: “The bridge will close on Monday.”\n"
    article = make_article(text)
    pipeline.read_again(article)
    person = Person.objects.get(name="Qvorbulak Mizzentop")
    assert article.quotes.get().attributions.get().person == person
    purging._purge_person(person, {"by": chief, "by_name": "", "reason": "x", "public_note": ""}, chief)
    pipeline.read_again(article)
    assert not Person.objects.exists()
    assert [(row.person, row.printed) for row in article.quotes.get().attributions.all()] == [(None, "")]
    assert Tombstone.bars("people.person", ["qvorbulak mizzentop", "ada brook"]) == {"qvorbulak mizzentop"}
    assert "qvorbulak" not in str(Tombstone.objects.values())


def test_what_was_purged_is_not_taken_in_again(db: None, chief: User):
    address = "https://example.org/bridge"
    article = make_article("Bridge to close\n\nA purged text.\n", url=address, url_key=address)
    purging._purge_article(article, {"by": chief, "by_name": "", "reason": "x", "public_note": ""})
    items = [
        item_from_text("Bridge to close\n\nA purged text.\n"),
        item_from_text("A later version of it.\n", url=f"{address}?utm_source=feed"),
        item_from_text("Another text.\n", url=f"{address}-reopens"),
    ]
    outcomes = list(pipeline.take_in(items))
    assert [outcome.outcome for outcome in outcomes] == ["failed", "failed", "created"]
    assert "was purged" in outcomes[0].error


def test_a_purge_leaves_a_consistent_corpus(db: None, chief: User):
    """Rows alone, inside a transaction: what is left keeps every promise of the gate and the ledger."""
    _, person, _ = corpus(chief)
    purging._purge_person(person, {"by": chief, "by_name": "", "reason": "x", "public_note": ""}, chief)
    for row in (*Quote.objects.all(), *Article.objects.all(), *Notice.objects.all()):
        assert ledger.faults(row) == []
    public = set(Quote.objects.public())
    gate.refresh(Article.objects.values_list("pk", flat=True))
    assert set(Quote.objects.public()) == public


def test_saving_is_still_possible_beside_tombstones(desk: Client, chief: User):
    article, person, elsewhere = corpus(chief)
    purging._purge_article(article, {"by": chief, "by_name": "", "reason": "x", "public_note": ""})
    assert save(desk, elsewhere, headline="Still here") is None
    assert desk.get(reverse("admin:corpus_decision_changelist")).status_code == 200
    assert desk.get(reverse("admin:people_person_change", args=[person.pk])).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite overwrites as it deletes")
def test_it_says_when_another_session_still_sees_what_was_deleted(monkeypatch):
    """An old snapshot makes PostgreSQL copy dead rows along, so they are waited for."""
    boss = User.objects.create_superuser("boss", password="a long password")
    article, *_ = corpus(boss)
    monkeypatch.setattr(erasure, "PATIENCE", 0.5)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM pg_class")
        with pytest.raises(erasure.Busy, match="still sees"):
            purging.purge(article, by=boss, reason="Court.")
        assert Tombstone.objects.filter(finished=None).exists()
    finally:
        other.close()
    assert purging.finish()
    assert in_files("plompquist") == []
