"""manage.py ingest as its user meets it: what it prints, how it exits, and what a kill leaves behind."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles import generated
from articles.models import Article, Attribution, Capture, Quote, Source, Story
from people.models import Person
from tests.factories import make_source

#: By hand many more: VERBATIM_KILLS=50 pytest tests/test_ingest.py -k kills
KILLS = int(os.environ.get("VERBATIM_KILLS", "2"))
TEXT = 'The bridge is shut.\n\n"We were told it would last forty years," Ruth Ashdown said.\n'


@pytest.fixture
def clippings(tmp_path):
    """A folder as a newsroom has it: a described text, an undescribed one, JSON lines, an empty file and a picture."""
    (tmp_path / "bridge.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "ferry.txt").write_text("The ferry runs.\n", encoding="utf-16")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (tmp_path / "feed.jsonl").write_text(
        json.dumps({"text": TEXT, "url": "https://ledger.example/1", "source": "ledger", "source_name": "The Ledger"})
        + '\n{"text": \n'
    )
    (tmp_path / "manifest.csv").write_text(
        "file,source,source_name,headline\nbridge.txt,mercury,The Mercury,Bridge shut\n"
    )
    return tmp_path


def ingest(*args: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("ingest", *map(str, args), stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_one_line_an_item_a_summary_and_the_exit_status(clippings):
    status, out, err = ingest(clippings, "--publish")
    lines = out.splitlines()
    assert status == 1
    assert len(lines) == 6
    assert sum(line.startswith("created") for line in lines) == 3
    assert sum(line.startswith("failed") for line in lines) == 3
    assert any("empty.txt" in line for line in lines)
    assert any("picture.png" in line for line in lines)
    assert any("feed.jsonl:2" in line for line in lines)
    assert "3 created, 3 failed" in err
    assert Article.objects.filter(status="published").count() == 2
    assert Article.objects.get(source=None).status == "draft"


@pytest.mark.django_db
def test_json_is_one_object_an_item(clippings):
    _, out, _ = ingest(clippings, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert all({"item", "outcome", "article", "quotes", "error"} <= row.keys() for row in rows)
    for row in rows:
        assert (row["error"] is None) == (row["outcome"] != "failed") == bool(row["article"])


@pytest.mark.django_db
def test_a_second_run_changes_nothing(clippings):
    ingest(clippings)
    before = list(Article.objects.values("uid", "updated"))
    _, out, _ = ingest(clippings)
    assert sum(line.startswith("unchanged") for line in out.splitlines()) == 3
    assert list(Article.objects.values("uid", "updated")) == before
    assert Capture.objects.count() == 3


@pytest.mark.django_db
def test_a_dry_run_stores_nothing(clippings):
    status, out, err = ingest(clippings, "--dry-run", "--story", "bridge", "--publish")
    assert (status, err.startswith("Dry run")) == (1, True)
    assert out.count("created") == 3
    assert not Article.objects.exists()
    assert not Source.objects.exists()
    assert not Story.objects.exists()


@pytest.mark.django_db
def test_the_source_and_story_ordered_apply_to_all(clippings):
    make_source("The Gazette", slug="gazette")
    ingest(clippings, "--source", "gazette", "--story", "bridge-closure")
    assert Article.objects.filter(source=None).count() == 0
    assert Article.objects.get(source__slug="gazette").stories.get().slug == "bridge-closure"
    assert Article.objects.filter(headline="Bridge shut", source__slug="mercury").exists(), (
        "what an item says goes before"
    )
    assert Story.objects.get().name == "Bridge closure"


@pytest.mark.django_db
@pytest.mark.parametrize("args", [["--source", "nobody"], ["--story", "Not A Slug"], ["--story", "x" * 101]])
def test_wrong_orders_are_refused_before_anything_is_stored(clippings, args):
    with pytest.raises(CommandError, match=args[1][:20]):
        ingest(clippings, *args)
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_a_line_an_item_whatever_it_is_called(tmp_path):
    (tmp_path / "a\nb\x1b[2J.txt").write_text(TEXT)
    _, out, _ = ingest(tmp_path)
    assert len(out.splitlines()) == 1
    assert r"a\nb\x1b[2J.txt" in out


@pytest.mark.django_db
def test_a_path_that_is_not_there_is_a_failure(tmp_path):
    status, out, _ = ingest(tmp_path / "nowhere")
    assert status == 1
    assert "nowhere" in out


def database_url() -> str:
    """The test database, for another process."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    query = {key: config[key.upper()] for key in ("host", "port", "user", "password") if config.get(key.upper())}
    return f"postgresql:///{quote(str(config['NAME']))}?{urlencode(query)}"


@pytest.mark.django_db(transaction=True)
def test_kills_leave_only_whole_articles_and_running_again_completes_the_work(tmp_path):
    articles = list(generated.articles(40 * KILLS))
    feed = tmp_path / "feed.jsonl"
    feed.write_text("".join(json.dumps(a._asdict() | {"source_name": a.source}) + "\n" for a in articles))
    command = [sys.executable, "manage.py", "ingest", str(feed), "--publish"]
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "corpus.settings"}
    rng, done = random.Random(7), 0
    for _ in range(KILLS):
        before = Article.objects.count()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while Article.objects.count() == before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(rng.random() / 4)
        process.send_signal(signal.SIGKILL)
        assert process.wait() in {0, -signal.SIGKILL}
        done += process.returncode == -signal.SIGKILL
        assert_whole()
        if KILLS > 9:
            call_command("check_corpus", stdout=io.StringIO())
    assert done == KILLS, "the kills fell while it was working"
    assert 0 < Article.objects.count() < len(articles)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert_whole()
    call_command("check_corpus", stdout=io.StringIO())
    assert Article.objects.count() == len(articles) == Capture.objects.count()
    assert Quote.objects.public().count() > len(articles)


def assert_whole() -> None:
    """Every article has its capture, reading, search row and quotes; nobody exists twice."""
    assert not Article.objects.filter(capture=None).exists()
    assert not Article.objects.filter(search_text=None).exists()
    assert not Article.objects.exclude(capture__readings__isnull=False).exists()
    assert not Article.objects.exclude(quotes__isnull=False).exists()
    assert not Attribution.objects.filter(quote=None).exists()
    names = list(Person.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))
