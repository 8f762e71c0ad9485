"""Every kind of fault is found, and what is derived is repaired; what was found or decided is never touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from articles.models import (
    Article,
    Attribution,
    Capture,
    Mention,
    PastAnchor,
    Quote,
    Reading,
    SearchText,
    Utterance,
    search,
)
from corpus.models import Checkup, Decision
from people.models import Name, Person
from tests.snapshots import world
from tests.snapshots.test_round_trip import empty, export

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def corpus(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The small corpus, made once; what a test does to it is rolled back."""
    with django_db_blocker.unblock():
        search.install()
        world.make()
    yield
    with django_db_blocker.unblock():
        empty()
        Checkup.objects.all().delete()


def run(*options: str) -> dict[str, int]:
    """How many faults there are, by kind."""
    with suppress(CommandError):
        call_command("check_corpus", *options, verbosity=0)
    return dict(first(Checkup, pk=Checkup.objects.latest("pk").pk).found)


def first(model, **conditions):
    found = model.objects.filter(**conditions).order_by("pk").first()
    assert found, (model, conditions)
    return found


def put(row, **values) -> None:
    """Write past everything that would notice."""
    assert type(row)._base_manager.filter(pk=row.pk).update(**values)


def unguarded(act: Callable[[], None]) -> None:
    search.GUARD.uninstall(connection)
    act()
    search.GUARD.install(connection)


def spoil_text() -> None:
    capture = first(Article).capture
    unguarded(lambda: put(capture, text=capture.text + "!"))


def unwatched(act: Callable[[], None]) -> None:
    """As if the database had lost writes to its index."""
    if connection.vendor == "sqlite":
        row = first(SearchText)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO articles_articleindex(articles_articleindex, rowid, open, closed) VALUES ('delete', %s, %s, %s)",
                [row.pk, row.open, row.closed],
            )
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW articles_articleindex")


#: What goes wrong, of which kind that is, and whether it can be repaired.
FAULTS: list[tuple[str, Callable[[], object], str, bool]] = [
    ("text", spoil_text, "hashes", False),
    ("bytes", lambda: unguarded(lambda: put(first(Capture), raw=b"?")), "hashes", False),
    ("words of a quote", lambda: put(first(Quote), text="Something else"), "spans", False),
    ("spans of a quote", lambda: put(first(Quote), spans=[[0, 99_999]]), "spans", False),
    ("spans that are none", lambda: put(first(Quote), spans=[]), "spans", False),
    ("marks of a quote", lambda: put(first(Quote), marked=[[9, 3]]), "spans", False),
    ("context of a quote", lambda: put(first(Quote), prefix="nothing"), "spans", False),
    ("a cue", lambda: put(first(Quote, cue_start__isnull=False), cue="sang"), "spans", False),
    ("a speaker's place", lambda: put(first(Attribution, start__isnull=False), printed="Nobody"), "spans", False),
    ("a mention", lambda: put(first(Mention), printed="Nobody"), "spans", False),
    ("an earlier place", lambda: put(first(PastAnchor), text="Something else"), "spans", False),
    ("a reading that is none", lambda: put(first(Reading), record={"quotes": [1]}), "readings", False),
    ("a reading of another text", lambda: put(first(Reading), record={"quotes": [{"start": 0, "end": 3, "text": "?"}], "mentions": [], "passages": []}), "readings", False),
    ("an orphan without its flag", lambda: put(first(Quote, anchor="orphaned"), anchor="exact"), "orphans", True),
    ("a public article", lambda: put(first(Article), public=False), "public", True),
    ("a public quote", lambda: put(first(Quote, public=True), public=False), "public", True),
    ("a hidden quote", lambda: put(first(Quote, public=False, status="suggested", anchor="exact"), public=True), "public", True),
    ("a shown speaker", lambda: put(first(Attribution, shown=True), shown=False), "public", True),
    ("a public person", lambda: put(first(Person, public=True), public=False), "public", True),
    ("what waits", lambda: put(first(Article), waiting=77), "figures", True),
    ("quotes of an article", lambda: put(first(Article), quoted=77), "figures", True),
    ("what a copy repeats", lambda: put(first(Article), repeated=77), "figures", True),
    ("quotes that were accepted", lambda: put(first(Article), checked=77), "figures", True),
    ("whether a speaker is named", lambda: put(first(Quote, speaker_is="named"), speaker_is="unnamed"), "figures", True),
    ("whether a speaker counts", lambda: put(first(Attribution), reprint=True), "moments", True),
    ("doubt", lambda: put(first(Article), doubt=0.123), "figures", True),
    ("what is said of an utterance", lambda: put(first(Utterance), outlets=77), "figures", True),
    ("words", lambda: put(first(Article), words=3), "words", True),
    ("the hash of an article", lambda: put(first(Article), text_sha256="0" * 64), "captures", True),
    ("when an article sorts", lambda: put(first(Article), moment=7), "moments", True),
    ("when a quote sorts", lambda: put(first(Quote), moment=7), "moments", True),
    ("when a speaker sorts", lambda: put(first(Attribution), moment=7), "moments", True),
    ("words that are searched", lambda: put(first(SearchText), open="nothing"), "search", True),
    ("words that are lost", lambda: first(SearchText).delete(), "search", True),
    ("the index", lambda: unwatched(lambda: None), "index", True),
    ("a survivor", lambda: put(first(Person, merged_into__isnull=False), canonical=first(Person, name="Rita Ashdown")), "merges", True),
    ("a key", lambda: put(first(Name), key="nobody"), "names", True),
    ("a name", lambda: put(first(Person), name="Nobody"), "names", False),
    ("a decision that is gone", lambda: Decision.objects.filter(field="speaker").delete(), "decisions", False),
    ("a decision that does not hold", lambda: put(first(Quote, status="accepted"), status="rejected", public=False), "decisions", False),
    ("a decision that is not marked", lambda: put(first(Quote, status="accepted"), decided=[], suggestion={}), "decisions", False),
    ("what was suggested is lost", lambda: put(first(Quote, status="accepted"), suggestion={}), "decisions", False),
]  # fmt: skip


def test_nothing_is_wrong_with_a_sound_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == {}
    assert "nothing is wrong" in capsys.readouterr().out


@pytest.mark.parametrize("act, kind, repairable", [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_found(act: Callable[[], object], kind: str, repairable: bool) -> None:
    act()
    found = run()
    assert kind in found
    assert Checkup.objects.latest("pk").left == sum(found.values())
    assert kind in run("--repair")
    assert (kind in run()) != repairable


def test_people_merged_in_a_circle_are_found() -> None:
    one, two = Person.objects.filter(merged_into=None, absorbed=None).order_by("pk")[:2]
    put(one, merged_into=two, canonical=two)
    put(two, merged_into=one, canonical=one)
    assert run()["merges"] == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets nobody leave such a row")
def test_a_row_that_refers_to_nothing_is_found() -> None:
    merged = first(Person, merged_into__isnull=False)
    survivor = merged.merged_into
    put(merged, merged_into=99_999, canonical=99_999)
    assert run()["references"] == run("--repair")["references"] == 2
    put(merged, merged_into=survivor, canonical=survivor)
    assert run() == {}


def test_a_repair_leaves_alone_what_was_found_and_decided(tmp_path: Path) -> None:
    before = export(tmp_path / "before")
    for name, act, _, repairable in FAULTS:
        if repairable and name != "an orphan without its flag":
            act()
    run("--repair")
    assert run() == {}
    assert export(tmp_path / "after") == before


def test_the_last_result_stands_on_the_first_screen(admin_client: Client) -> None:
    assert "It was never checked." in admin_client.get("/admin/").content.decode()
    put(first(Article), waiting=77)
    run()
    page = re.sub(r"\s+", " ", admin_client.get("/admin/").content.decode())
    assert "fault when it was last checked" in page
    assert "1 of figures" in page
    run("--repair")
    assert "faults when it was last checked" in admin_client.get("/admin/").content.decode()
    listed = admin_client.get(reverse("admin:corpus_checkup_changelist")).content.decode()
    assert "1 of figures; 0 left" in listed


def test_only_so_many_results_are_kept() -> None:
    Checkup.objects.bulk_create(Checkup() for _ in range(60))
    run()
    assert Checkup.objects.count() == 50
