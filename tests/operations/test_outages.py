"""A full disk and a database that is only read: one sentence, the right status, nothing half done, and reading goes on."""

from __future__ import annotations

import errno
import json
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.urls import reverse

import manage
from articles.models import Article, Capture
from corpus import tokens
from corpus.outages import FAILING, FULL, READ_ONLY, unwritable
from tests.factories import make_article

SENTENCE = "Nothing more can be written, "
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@contextmanager
def told(statement: str, back: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        try:
            yield
        finally:
            cursor.execute(back)


@contextmanager
def full() -> Iterator[None]:
    """No page more than there are; what is free of them is used up."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler (bytes BLOB)")
        cursor.execute("PRAGMA page_count")
        [pages] = cursor.fetchone()
        try:
            with told(f"PRAGMA max_page_count = {pages}", "PRAGMA max_page_count = 1073741823"):
                for size in (1_000_000, 10_000, 100):
                    with pytest.raises(DatabaseError, match="full"):
                        fill(cursor, size)
                yield
        finally:
            cursor.execute("DROP TABLE filler")


def fill(cursor: Any, size: int) -> None:
    while True:
        cursor.execute("INSERT INTO filler VALUES (randomblob(%s))", [size])


Outage = tuple[Callable[[], AbstractContextManager[None]], str]
OUTAGES: dict[str, list[Outage]] = {
    SQLITE: [(full, FULL), (lambda: told("PRAGMA query_only = ON", "PRAGMA query_only = OFF"), READ_ONLY)],
    POSTGRESQL: [
        (lambda: told("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"), READ_ONLY)
    ],
}


@pytest.fixture(params=[FULL, READ_ONLY])
def outage(request: pytest.FixtureRequest, transactional_db: None) -> Outage:
    found = [one for one in OUTAGES[connection.vendor] if one[1] == request.param]
    if not found:
        pytest.skip("PostgreSQL's disk is not ours to fill; what it says then is in the table below")
    return found[0]


def run(*command: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command says as it ends with a failure."""
    monkeypatch.setattr(sys, "argv", ["manage.py", *map(str, command)])
    monkeypatch.setattr(connections, "close_all", lambda: None)  # at its end; the connection is how the outage is made
    with pytest.raises(SystemExit) as ended:
        manage.main()
    assert ended.value.code not in (None, 0)
    return str(ended.value.code)


def test_ingest(outage: Outage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    state, why = outage
    news = tmp_path / "news.jsonl"
    news.write_text("".join(json.dumps({"text": f"“It is {n},” said Ada. {'Word ' * 400}"}) + "\n" for n in range(25)))
    with state():
        said = run("ingest", news, monkeypatch=monkeypatch)
        assert said.startswith(f"{SENTENCE}{why} (")
        assert "Traceback" not in capsys.readouterr().err
        assert Article.objects.count() == Capture.objects.count()
    call_command("ingest", str(news))
    assert Article.objects.count() == 25
    call_command("check_corpus")


def test_import(outage: Outage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, why = outage
    make_article("A headline\n\n“It is so,” said Ada Ashby. " + "Word " * 5_000)
    call_command("export", str(tmp_path / "snapshot"))
    call_command("flush", interactive=False)
    with state():
        assert run("import", tmp_path / "snapshot", monkeypatch=monkeypatch).startswith(f"{SENTENCE}{why} (")
    assert not Article.objects.exists()


def test_pages_go_on_and_writing_is_a_503(outage: Outage) -> None:
    state, _ = outage
    article = make_article()
    user = User.objects.create_superuser("hetty")
    key = {"Authorization": f"Bearer {tokens.make(user, 'script', ['ingest', 'read'])[1]}"}
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    text = "“It is so,” said Ada. " + "Word " * 5_000
    with state():
        for address in ("/", article.get_absolute_url(), "/api/v1/articles/", "/readyz"):
            assert browser.get(address, headers=key if "/api/" in address else {}).status_code == 200, address
        page = browser.post(reverse("admin:articles_article_ingest"), {"text": text})
        posted = browser.post("/api/v1/articles/", {"text": text}, content_type="application/json", headers=key)
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "nothing was changed" in page.content.decode()
    assert (posted.status_code, posted["Retry-After"]) == (503, "60")
    assert posted.json()["type"] == "urn:verbatim:problem:unwritable"
    assert posted.json()["request_id"] == posted["X-Request-ID"]
    assert Article.objects.count() == 1


@pytest.mark.django_db
def test_export_to_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    make_article("Word " * 5_000)
    # What Python compiles meanwhile it would write in part, and every later process would stumble over that.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        assert run("export", tmp_path / "snapshot", monkeypatch=monkeypatch) == "1"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert f"{tmp_path / 'snapshot'} cannot be written: File too large." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


class Said(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def refused(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError(f"disk I/O error, code {code}")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "cause, why",
    [
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (OSError(errno.EROFS, "Read-only file system"), READ_ONLY),
        (OSError(errno.ENOENT, "No such file or directory"), ""),
        (Said("53100"), FULL),
        (Said("25006"), READ_ONLY),
        (Said("58030"), FAILING),
        (Said("23505"), ""),
        (sqlite3.OperationalError("no such table"), ""),
        (refused(sqlite3.SQLITE_IOERR_SHMSIZE), FULL),
        (refused(sqlite3.SQLITE_IOERR_READ), FAILING),
        (refused(sqlite3.SQLITE_READONLY_DBMOVED), READ_ONLY),
    ],
    ids=str,
)
def test_why(cause: Exception, why: str) -> None:
    error = DatabaseError(str(cause))
    error.__cause__ = cause
    assert unwritable(error) == why
    assert unwritable(None) == ""
