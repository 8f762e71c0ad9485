"""What can be searched: a row an article (with what the public may search apart from the rest), and the quotes."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from articles.models.article import Article
from articles.models.capture import Capture
from articles.models.quote import Quote
from articles.models.watches import FEED
from corpus.guard import Guard
from corpus.models import Change
from corpus.search import Document, Unlisted, tables
from corpus.search.tables import Index


class SearchText(models.Model):
    """The words an article is found by: ``open`` to everybody, ``closed`` to editors only.

    Derived data, written by `articles.gate`: open holds the headline and, within the source's rights, the text without
    its boilerplate or only the excerpts around public quotes; closed holds what is left. Of both together the first
    `corpus.search.tables.SEARCHED` characters are searched, open first.
    """

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    open = models.TextField(blank=True)
    closed = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"words of {self.article_id}"


class ArticleIndex(models.Model):  # noqa: DJ008 (nobody ever has an instance)
    """The index of SearchText: not managed by migrations, see `install`."""

    article = models.OneToOneField(
        Article, primary_key=True, db_column="rowid", on_delete=models.DO_NOTHING, related_name="index"
    )
    document = Document(db_column="articles_articleindex", split=True)

    objects = Unlisted()

    class Meta:
        managed = False
        db_table = "articles_articleindex"
        base_manager_name = "objects"


class QuoteIndex(models.Model):  # noqa: DJ008 (as above)
    """The index of the words of quotes: not managed by migrations, see `install`."""

    quote = models.OneToOneField(
        Quote, primary_key=True, db_column="rowid", on_delete=models.DO_NOTHING, related_name="index"
    )
    document = Document(db_column="articles_quoteindex")

    objects = Unlisted()

    class Meta:
        managed = False
        db_table = "articles_quoteindex"
        base_manager_name = "objects"


INDEXES = (
    Index(ArticleIndex, SearchText, open="open", closed="closed"),
    Index(QuoteIndex, Quote, open="text"),
)
GUARD = Guard(
    Capture,
    ["text", "raw", "text_sha256", "raw_sha256", "media_type", "article"],
    "a capture is immutable; a corrected text is a new capture of the article",
)


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Install the search indexes, the guard of captures and the triggers of the feed; the handler of post_migrate.

    Idempotent, and quick when there is nothing to do. Without the tables, as after `migrate articles zero`, what is
    left of the indexes is removed.
    """
    connection = connections[using]
    wanted = {GUARD.model._meta.db_table, *(index.table for index in INDEXES)}
    tables_there = set(connection.introspection.table_names())
    if wanted <= tables_there:
        tables.install(connection, INDEXES)
        GUARD.install(connection)
        if Change._meta.db_table in tables_there:
            FEED.install(connection)
    else:
        tables.uninstall(connection, INDEXES)


def uninstall(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the indexes, the guard and the triggers away: before a migration alters a column they look at."""
    connection = connections[using]
    tables.uninstall(connection, INDEXES)
    GUARD.uninstall(connection)
    FEED.uninstall(connection)


def rebuild(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the search indexes anew from the rows."""
    tables.rebuild(connections[using], INDEXES)


def drift(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """A sentence for everything that is not as it should be with the indexes and the guard; reads every row."""
    connection = connections[using]
    found = tables.drift(connection, INDEXES)
    if not GUARD.current(connection):
        found.append(f"{GUARD.name} does not guard the captures: run `manage.py migrate`.")
    if not FEED.current(connection):
        found.append("The feed of changes does not hear of every change: run `manage.py migrate`.")
    return found
