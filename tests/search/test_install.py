"""What lies in the database outside the migrations: put up, repaired, taken away; and captures that nothing changes."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from articles.models import Article, Capture, Quote, SearchText, search, watches
from corpus.guard import Guard
from tests.search.test_index import editors, public, quotes, write

pytestmark = pytest.mark.django_db

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="triggers of FTS5 are SQLite's")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="generated columns are PostgreSQL's")


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_installing_again_asks_but_changes_nothing(django_assert_max_num_queries) -> None:
    write()
    with django_assert_max_num_queries(8) as asked:
        search.install()
    assert not [query for query in asked.captured_queries if not query["sql"].lstrip().startswith(("SELECT", "\n"))]


def test_uninstalled_and_installed_anew_it_finds_what_came_between() -> None:
    write({1: ("bridge", "")})
    search.uninstall()
    assert len(search.drift()) == 4
    search.uninstall()
    write({2: ("bridge", "")})
    search.install()
    assert (public("bridge"), quotes("bridge"), search.drift()) == ({1, 2}, {1, 2}, [])


def test_rebuild() -> None:
    write()
    search.rebuild()
    assert (public("bridge"), editors("bridge"), quotes("bridge"), search.drift()) == (
        {1, 2, 3},
        {1, 2, 3, 4},
        {1, 2, 3},
        [],
    )


@sqlite_only
@pytest.mark.parametrize("what", ["insert", "delete", "update"])
def test_a_dropped_trigger_is_noticed_and_repaired(what: str) -> None:
    write()
    execute(f"DROP TRIGGER articles_articleindex_{what}")
    SearchText.objects.filter(pk=1).delete()
    SearchText.objects.filter(pk=2).update(open="quay")
    SearchText.objects.create(article_id=1, open="quay")
    assert search.drift() == ["articles_articleindex is not installed as it should be: run `manage.py migrate`."]
    search.install()
    assert (public("bridge"), public("quay"), search.drift()) == ({3}, {1, 2}, [])


@sqlite_only
def test_words_that_no_row_has_are_noticed() -> None:
    write()
    execute("INSERT INTO articles_articleindex(rowid, open, closed) VALUES (99, 'planted', '')")
    assert search.drift() == ["articles_articleindex does not hold the words of articles_searchtext: rebuild it."]
    search.rebuild()
    assert search.drift() == []


@pytest.mark.django_db(transaction=True)
def test_a_migration_may_rebuild_the_tables() -> None:
    """SQLite alters a field by making the table anew, without its triggers; PostgreSQL refuses until all is uninstalled."""
    write({1: ("bridge", "shut")})
    fields = [(SearchText, "open"), (Quote, "text"), (Capture, "media_type")]
    if connection.vendor == "postgresql":
        search.uninstall()
    watches.take_down(plan=["something"])  # as before every migration
    for model, name in fields:
        old = model._meta.get_field(name)
        assert isinstance(old, models.Field)
        new = models.CharField(max_length=5000, default="", blank=True)
        new.set_attributes_from_name(name)
        new.model = model
        with connection.schema_editor() as editor:
            editor.alter_field(model, old, new, strict=True)
        with connection.schema_editor() as editor:
            editor.alter_field(model, new, old, strict=True)
    search.install()
    assert (public("bridge"), quotes("bridge"), editors("shut"), search.drift()) == ({1}, {1}, {1}, [])
    with pytest.raises(IntegrityError, match="immutable"):
        Capture.objects.update(text="changed")


@pytest.mark.django_db(transaction=True)
def test_migrate_repairs() -> None:
    write({1: ("bridge", "")})
    search.uninstall()
    call_command("migrate", verbosity=0, run_syncdb=True)
    assert (public("bridge"), search.drift()) == ({1}, [])


@postgresql_only
def test_the_vector_has_a_fine_histogram() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstattarget FROM pg_attribute WHERE attname = 'search_vector' AND attstattarget IS NOT NULL"
        )
        assert cursor.fetchall() == [(1000,), (1000,)]


CHANGES = {
    "text": "changed",
    "raw": b"changed",
    "text_sha256": "1",
    "raw_sha256": "1",
    "media_type": "text/html",
    "article_id": 2,
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_capture_is_immutable(field: str) -> None:
    write({1: ("bridge", ""), 2: ("ferry", "")})
    with pytest.raises(IntegrityError, match="a capture is immutable"), transaction.atomic():
        Capture.objects.filter(pk=1).update(**{field: CHANGES[field]})
    capture = Capture.objects.get(pk=1)
    setattr(capture, field, CHANGES[field])
    with pytest.raises(IntegrityError, match="a corrected text is a new capture"), transaction.atomic():
        capture.save()
    assert getattr(Capture.objects.get(pk=1), field) != CHANGES[field]


def test_what_else_there_is_of_a_capture_changes_and_goes() -> None:
    write({1: ("bridge", ""), 2: ("ferry", "")})
    capture = Capture.objects.get(pk=1)
    capture.origin = "elsewhere"
    capture.save()
    assert Capture.objects.get(pk=1).origin == "elsewhere"
    capture.delete()
    Article.objects.filter(pk=2).delete()
    assert not Capture.objects.exists()


def test_a_missing_guard_is_noticed_and_put_up_again() -> None:
    search.GUARD.uninstall(connection)
    assert search.drift() == ["articles_capture_immutable does not guard the captures: run `manage.py migrate`."]
    search.install()
    assert search.drift() == []


def test_a_guard_that_says_something_else_is_replaced() -> None:
    Guard(Capture, ["text"], "it's an older guard").install(connection)
    assert len(search.drift()) == 1
    search.install()
    assert search.drift() == []
