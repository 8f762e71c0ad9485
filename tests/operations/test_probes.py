"""What machines ask: whether it lives, whether it is ready, its metrics; and what is written down of each request."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from corpus import probes, requests, shared
from corpus.logs import JSONLines, request_id
from corpus.models import Checkup
from tests.factories import make_article

TOKEN = {"Authorization": "Bearer a token"}
SAMPLE = re.compile(r'verbatim_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? (-?[\d.e+-]+|\+Inf)')


@pytest.fixture
def metrics(settings: Any, tmp_path: Path) -> None:
    """Metrics are asked for, and nothing is counted yet."""
    settings.METRICS_TOKEN = "a token"
    settings.SHARED = str(tmp_path / "shared.sqlite3")


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise OperationalError('connection to server at "10.1.2.3" failed')

    monkeypatch.setattr(connection, "cursor", away)


# Health


def test_alive_whatever_else_is_not(client: Client, no_database: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["verbatim.example"], True
    response = client.get("/healthz", headers={"Host": "10.0.0.1:8000"})
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_ready(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert client.get("/readyz", headers={"Host": "10.0.0.1:8000"}).content == b"ok\n"


def test_not_ready_without_a_database(client: Client, no_database: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response.json()["detail"].startswith("The database does not answer, or is empty: ")
    assert b"10.1.2.3" not in response.content
    assert response["X-Request-ID"] == response.json()["request_id"] != ""


@pytest.mark.django_db
def test_not_ready_before_it_is_migrated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS django_migrations (app text, name text)")
    monkeypatch.setattr(probes, "migrations", lambda: {("articles", "9998_more"), ("articles", "9999_most")})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "has not had migration articles.9998_more and 1 more: run `manage.py migrate`." in response.json()["detail"]


# Metrics


def test_metrics_are_for_those_with_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics", headers=TOKEN).status_code == 404
    settings.METRICS_TOKEN = "a token"
    for headers in ({}, {"Authorization": "Bearer another"}, {"Authorization": "Bearer "}):
        response = client.get("/metrics", headers=headers)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.django_db
def test_metrics(client: Client, metrics: None, settings: Any, tmp_path: Path, django_assert_num_queries: Any) -> None:
    make_article()
    Checkup.objects.create(left=2, seconds=1.5)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "a.dump").touch()
    settings.BACKUP_DIR = tmp_path / "backups"
    assert [client.get(path).status_code for path in ("/about/", "/about/", "/nothing")] == [200, 200, 404]
    with django_assert_num_queries(7):
        text = client.get("/metrics", headers=TOKEN).content.decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in lines)
    values = dict(line.rsplit(" ", 1) for line in lines)
    about = 'verbatim_request_seconds_{}{{view="about",status="200"{}}}'
    assert values[about.format("count", "")] == values[about.format("bucket", ',le="+Inf"')] == "2"
    buckets = [int(values[about.format("bucket", f',le="{bound}"')]) for bound in requests.BOUNDS[:-1]]
    assert buckets == sorted(buckets)
    assert values['verbatim_request_seconds_count{view="none",status="404"}'] == "1"
    assert values["verbatim_check_faults"] == "2"
    assert values["verbatim_database_up"] == "1"
    assert {
        'verbatim_rows{thing="quote"}',
        'verbatim_feeds{state="failing"}',
        "verbatim_backup_timestamp_seconds",
    } <= set(values)
    if connection.vendor == "sqlite":
        assert values['verbatim_rows{thing="article"}'] == "1"


def test_metrics_without_a_database(client: Client, metrics: None, no_database: None) -> None:
    shared.tally("home", 200, 0.01, 0.006)
    text = client.get("/metrics", headers=TOKEN).content.decode()
    assert "verbatim_database_up 0\n" in text
    assert 'verbatim_request_seconds_bucket{view="home",status="200",le="0.025"} 1\n' in text


# Requests


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given, kept",
    [("4bf92f3577b34da6", True), ("a.b_c-d1", True), ("short", False), ("x" * 65, False), ("a b c d e f\n", False)],
)
def test_a_request_has_an_id(client: Client, given: str, kept: bool) -> None:
    response = client.get("/about/", headers={"X-Request-ID": given})
    name = response["X-Request-ID"]
    assert (name == given) is kept
    assert requests.SANE.fullmatch(name)


@pytest.mark.django_db
def test_what_was_asked_is_written_down_and_not_by_whom_or_for_which_words(client: Client, caplog: Any) -> None:
    caplog.set_level(logging.INFO, logger="corpus.requests")
    response = client.get("/quotes/?q=cancer", headers={"User-Agent": "Somebody/1.0"}, REMOTE_ADDR="192.0.2.7")
    [record] = [record for record in caplog.records if record.name == "corpus.requests"]
    row = json.loads(JSONLines().format(record))
    client.get("/healthz")
    assert caplog.records[-1] is record
    assert row.pop("ms") > 0
    assert row.pop("queries") > 0
    assert row.pop("message").startswith("GET /quotes/ 200, ")
    assert row == {
        "time": row["time"], "level": "info", "logger": "corpus.requests", "request": response["X-Request-ID"],
        "method": "GET", "path": "/quotes/", "view": "quotes", "status": 200,
    }  # fmt: skip


def test_a_record_is_one_line_whatever_is_in_it() -> None:
    request_id.set("")
    try:
        raise ValueError("one\ntwo \ud800")
    except ValueError as error:
        record = logging.getLogger().makeRecord(
            "a", logging.ERROR, "f", 1, "said %s\n", ("“so”",), (ValueError, error, error.__traceback__)
        )
    line = JSONLines().format(record)
    row = json.loads(line.encode("ascii"))
    assert "\n" not in line
    assert (row["message"], row["level"], "request" in row) == ("said “so”\n", "error", False)
    assert "one\ntwo" in row["traceback"]


@pytest.mark.parametrize(
    "path, kind", [("/quotes/", "text/html; charset=utf-8"), ("/api/v1/quotes/", "application/problem+json")]
)
def test_what_breaks_says_under_which_name_it_was_written_down(
    monkeypatch: pytest.MonkeyPatch, path: str, kind: str, caplog: Any
) -> None:
    def broken(*args: object, **more: object) -> HttpResponse:
        raise RuntimeError("a secret")

    monkeypatch.setattr("articles.views.QuoteList.get", broken)
    monkeypatch.setattr("articles.api.QuoteViewSet.list", broken)
    response = Client(raise_request_exception=False).get(path, headers={"X-Request-ID": "4bf92f3577b34da6"})
    assert (response.status_code, response["Content-Type"]) == (500, kind)
    assert b"4bf92f3577b34da6" in response.content
    assert b"a secret" not in response.content
