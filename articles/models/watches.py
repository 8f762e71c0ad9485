"""What the feed of changes watches: every column that a reader of the public corpus may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from articles.models.article import Article, Story
from articles.models.capture import Reading
from articles.models.notice import Notice
from articles.models.quote import Attribution, Quote
from articles.models.source import Source
from articles.models.utterance import Utterance
from corpus.changes import Feed, Watch
from people.models import Name, Person, Role

EVENTS = ("INSERT", "UPDATE", "DELETE")
WAS_OR_IS_PUBLIC = {"INSERT": "new.public", "UPDATE": "old.public OR new.public", "DELETE": "old.public"}
#: Sources and stories are public through their articles: they are told once they have been told.
KNOWN = "SELECT {{row}}.uid AS uid WHERE EXISTS (SELECT 1 FROM corpus_change WHERE thing = '{0}' AND uid = {{row}}.uid)"
WITH_ARTICLE = {
    "sources": "SELECT uid FROM articles_source WHERE id = {row}.source_id",
    "stories": "SELECT uid FROM articles_story WHERE id IN "
    "(SELECT story_id FROM articles_story_articles WHERE article_id = {row}.id)",
}  # fmt: skip
PERSON = "SELECT uid FROM people_person WHERE id = {row}.person_id AND public"
QUOTE = "SELECT uid FROM articles_quote WHERE id = {row}.quote_id AND public"
OF_CAPTURE = "(SELECT article_id FROM articles_capture WHERE id = {row}.capture_id)"
ARTICLE = "SELECT uid FROM articles_article WHERE id = {0} AND public"
#: Of an utterance is shown who says its quotes, in which stories they stand, and the words of the fullest.
UTTERANCES = "SELECT uid FROM articles_utterance WHERE public AND id IN ({0})"
OF_ARTICLE = "SELECT utterance_id FROM articles_quote WHERE public AND utterance_id IS NOT NULL AND article_id = {0}"


def _gated(model: Any, thing: str, fields: str) -> Iterator[Watch]:
    """A model with a column that says whether it is public."""
    for event in EVENTS:
        tells = {thing: "SELECT {row}.uid AS uid"}
        names = ("public", *fields.split()) if event == "UPDATE" else ()
        yield Watch(model, event, tells, WAS_OR_IS_PUBLIC[event], names)


def _part(model: Any, thing: str, select: str, fields: str = "") -> Iterator[Watch]:
    """A model that is part of what another shows."""
    for event in EVENTS:
        yield Watch(model, event, {thing: select}, fields=fields.split() if event == "UPDATE" else ())


FEED = Feed(
    watches=(
        *(
            Watch(
                Article, event, WITH_ARTICLE, WAS_OR_IS_PUBLIC[event], ["public", "source"] * (event == "UPDATE"),
                "_with_source",
            )
            for event in EVENTS
        ),
        # The outlet that a public article leaves may have been public by that one alone.
        Watch(
            Article, "UPDATE", {"sources": "SELECT uid FROM articles_source WHERE id = old.source_id"}, "old.public",
            ["source"], "_from_source",
        ),
        *_gated(
            Article, "articles",
            "source url headline byline language kind published_day published_time published_precision published_basis "
            "capture words reprint_of decided",
        ),
        *_gated(
            Quote, "quotes",
            "capture entry spans marked boundaries text prefix suffix kind cue nested_in confidence reasons status "
            "anchor moment reprint decided reader utterance relation",
        ),
        *_gated(
            Utterance, "utterances",
            "fullest said_day occasion moment printed outlets words_changed conflict",
        ),
        # Which utterance a quote reports is told once that is public.
        Watch(
            Utterance, "UPDATE", {"quotes": "SELECT uid FROM articles_quote WHERE public AND utterance_id = {row}.id"},
            fields=["public"], suffix="_of_quotes",
        ),
        *(
            Watch(
                Quote, event, {"utterances": UTTERANCES.format(of)}, when,
                ["utterance", "public", "text", "kind", "spans", "marked", "article"] * (event == "UPDATE"),
                "_in_utterance",
            )
            for event, of, when in (
                ("INSERT", "new.utterance_id", "new.utterance_id IS NOT NULL"),
                ("UPDATE", "old.utterance_id, new.utterance_id", "coalesce(old.utterance_id, new.utterance_id) > 0"),
                ("DELETE", "old.utterance_id", "old.utterance_id IS NOT NULL"),
            )
        ),
        *_gated(Person, "people", "slug name kind status pronouns canonical"),
        *_part(Attribution, "quotes", QUOTE, "role position printed kind person name open confidence shown"),
        *(
            Watch(
                Attribution, event,
                {"utterances": UTTERANCES.format(
                    "SELECT utterance_id FROM articles_quote WHERE id = {row}.quote_id AND public"
                )},
                fields=["role", "position", "printed", "kind", "person", "shown"] * (event == "UPDATE"),
                suffix="_in_utterance",
            )
            for event in EVENTS
        ),
        # Two names for one speaker become one.
        Watch(
            Person, "UPDATE",
            {"utterances": UTTERANCES.format(
                "SELECT utterance_id FROM articles_quote WHERE public AND id IN "
                "(SELECT quote_id FROM articles_attribution WHERE person_id = {row}.id AND shown)"
            )},
            fields=["canonical"], suffix="_in_utterance",
        ),
        *_part(Name, "people", PERSON, "text kind"),
        *_part(Role, "people", PERSON, "title organisation_printed organisation since until"),
        *_part(Notice, "articles", ARTICLE.format("{row}.article_id"), "text withdrawn"),
        *_part(Reading, "articles", ARTICLE.format(OF_CAPTURE), "record"),
        *_part(Source, "sources", KNOWN.format("sources"), "name slug kind homepage country language rights"),
        # What of a text is shown, and of the words around a quote, is shown otherwise from now on.
        Watch(
            Source, "UPDATE",
            {"articles": "SELECT uid FROM articles_article WHERE source_id = {row}.id AND public",
             "quotes": "SELECT uid FROM articles_quote WHERE public AND article_id IN "
             "(SELECT id FROM articles_article WHERE source_id = {row}.id)"},
            fields=["rights"], suffix="_of_rights",
        ),
        *_part(Story, "stories", KNOWN.format("stories"), "name slug description"),
        *(
            Watch(
                Story.articles.through, event,
                {"stories": "SELECT uid FROM articles_story WHERE id = {row}.story_id AND "
                 "EXISTS (SELECT 1 FROM articles_article WHERE id = {row}.article_id AND public)",
                 "articles": ARTICLE.format("{row}.article_id"),
                 "utterances": UTTERANCES.format(OF_ARTICLE.format("{row}.article_id"))},
            )
            for event in ("INSERT", "DELETE")
        ),
    ),
    public={
        "sources": "SELECT uid FROM articles_source WHERE id IN (SELECT source_id FROM articles_article WHERE public)",
        "stories": "SELECT uid FROM articles_story WHERE id IN (SELECT story_id FROM articles_story_articles s "
        "JOIN articles_article a ON a.id = s.article_id WHERE a.public)",
        "people": "SELECT uid FROM people_person WHERE public",
        "articles": "SELECT uid FROM articles_article WHERE public",
        "quotes": "SELECT uid FROM articles_quote WHERE public",
        "utterances": "SELECT uid FROM articles_utterance WHERE public",
    },
)  # fmt: skip


def take_down(using: str = DEFAULT_DB_ALIAS, plan: Any = (), **kwargs: Any) -> None:
    """Before tables are altered; the handler of pre_migrate, which does nothing where nothing is to be migrated."""
    if plan:
        FEED.uninstall(connections[using])
