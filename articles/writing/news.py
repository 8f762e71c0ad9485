"""Articles taken in and decided on through the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from rest_framework import exceptions
from rest_framework.request import Request

from articles import pipeline, publishing
from articles.intake import Item, item_from_text, normalise_text
from articles.intake.dates import parse_moment
from articles.intake.item import Moment
from articles.intake.metadata import FIELDS, checked
from articles.intake.page import read_page
from articles.models import Article, Capture, Source, Story
from corpus import idempotency
from corpus.api.writing import (
    Act,
    Body,
    Changing,
    Line,
    OneOf,
    Said,
    Truth,
    Words,
    changing,
    found,
    reason,
    refusing,
    wrong,
)
from corpus.deadlocks import begun_again
from corpus.models import Token
from corpus.problems import BadBody, Unprocessable

PUBLISH = "articles.publish_article"
ADD_SOURCE = "articles.add_source"
#: Longer than any article, shorter than what a request may hold.
LONGEST = 5_000_000


class ArticleChange(Body):
    """What is decided on an article; whatever is left out stays as it is."""

    headline = Line(required=False, allow_blank=True, max_length=500)
    byline = Line(required=False, allow_blank=True, max_length=300)
    published = Line(
        required=False, allow_null=True, max_length=40,
        help_text="Local, as much as is known: 2016, 2016-06, 2016-06-29 or 2016-06-29T14:05; null when nothing is.",
    )  # fmt: skip
    kind = OneOf(Article.Kind.choices, required=False)
    source = Words(  # type: ignore[assignment]  # a field of this name, not the option of fields
        required=False, max_length=100, help_text="Slug or uid of the source that it is from."
    )
    status = OneOf(
        [Article.Status.PUBLISHED.value, Article.Status.WITHHELD.value], required=False,
        help_text="Whether the public may see it; takes the right to publish.",
    )  # fmt: skip
    public_note = Words(
        required=False, allow_blank=True, max_length=2000,
        help_text="With status withheld: what its page says instead.",
    )  # fmt: skip
    reason = reason()

    needed = ("headline", "byline", "published", "kind", "source", "status")
    example = {"published": "2025-03-31T11:05", "reason": "The print edition says so."}


class NewArticle(Body):
    """An article, its text or its HTML as found, and what is known of it beside; a url alone is fetched."""

    text = Words(required=False, trim_whitespace=False, max_length=LONGEST, help_text="As printed, headline first.")
    html = Words(required=False, trim_whitespace=False, max_length=LONGEST, help_text="The page as saved.")
    url = Line(required=False, max_length=2000, help_text="Where it was published.")
    source = Line(  # type: ignore[assignment]  # as above
        required=False, max_length=100, help_text="Slug of its source; else its address says it."
    )
    source_name = Line(required=False, max_length=200, help_text="With it a new source is made where there is none.")
    source_kind = OneOf(Source.Kind.choices, required=False)
    country = Line(required=False, max_length=2, help_text="Of a new source: ISO 3166-1 alpha-2.")
    rights = OneOf(Source.Rights.choices, required=False)
    language = Line(required=False, max_length=20, help_text="BCP 47.")
    headline = Line(required=False, max_length=500)
    byline = Line(required=False, max_length=300)
    published = Line(required=False, max_length=40, help_text="Local: 2016, 2016-06, 2016-06-29 or 2016-06-29T14:05.")
    article_kind = OneOf(Article.Kind.choices, required=False)
    story = Words(required=False, max_length=100, help_text="Slug or uid of a story that it goes into.")
    publish = Truth(required=False, help_text="Publish it if it has a source; takes the right to publish.")

    example = {
        "text": "Bridge to close for two years\n\nRuth Ashdown, leader of Aldermouth council, said: “…”",
        "url": "https://mercury.example/news/bridge",
        "source": "aldermouth-mercury",
        "published": "2024-03-12",
    }


OUTCOME = {
    "type": "object",
    "required": ["outcome", "article", "url", "quotes", "note"],
    "properties": {
        "outcome": {"type": "string", "enum": ["created", "new capture", "unchanged"]},
        "article": {"type": "string", "description": "Its uid."},
        "url": {
            "type": "string",
            "format": "uri",
            "description": "Where it stands, for those who may see it.",
        },
        "quotes": {"type": "integer", "minimum": 0, "description": "How many were found in it."},
        "note": {"type": "string", "description": "What an editor should know."},
    },
}


class ArticleWrites(Changing):
    """News taken in as by `manage.py ingest`, and decisions on articles."""

    acts = {
        "partial_update": changing(
            "articles", ArticleChange, "articles.change_article", summary="Decide on an article"
        ),
        "create": Act(
            "articles_take_in", "Take an article in", Token.Scope.INGEST, ("articles.add_article",), NewArticle,
            answers={
                201: ("It is in the corpus now; as a draft, unless it was to be published and has a source.", OUTCOME),
                200: ("It was there: nothing new, or a new capture of it.", OUTCOME),
            },
            problems=(409, 422), idempotent=True, repeatable=True, links={201: ("articles_get", "/article")},
        ),
    }  # fmt: skip

    def change(self, row: Article, said: Said, why: str, batch: str) -> None:
        values: dict[str, Any] = {name: said[name] for name in ("headline", "byline", "kind", "status") if name in said}
        if "source" in said:
            values["source"] = found(self.known(Source), "source", said["source"], "/api/v1/sources/").uid
        if "published" in said:
            values |= dates(said["published"])
        publishes = "status" in values or ("source" in values and row.status == Article.Status.PUBLISHED)
        if publishes and not self.user.has_perm(PUBLISH):
            raise exceptions.PermissionDenied(
                f"{self.user} may not say what is public: it takes the right “{PUBLISH}”."
            )
        status = values.get("status", row.status)
        note = said.get("public_note", "")
        if note and values.get("status") != Article.Status.WITHHELD:
            wrong("public_note", "This is said of what is withheld: send it with status withheld.")
        if status == Article.Status.PUBLISHED and not (row.source_id or "source" in values):
            wrong("status", "Say which source it is from before it is published.")
        publishing.decide([row], values, by=self.user, reason=why, public_note=note, batch=batch)

    @begun_again
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take an article in, as `manage.py ingest` does; sent again, it changes nothing."""
        self.only(())
        said = self.said()
        orders = self.orders(said)
        assert isinstance(request.auth, Token)
        item = item_of(said, f"{self.user} by the API ({request.auth.name})")
        self.may_be_of(item)

        def work() -> HttpResponse:
            with refusing():
                [outcome] = pipeline.take_in([item], orders)
            if outcome.outcome == "failed":
                raise Unprocessable(outcome.error.removeprefix(f"{item.name}: "))
            url = request.build_absolute_uri(reverse("api-articles-detail", args=[outcome.article]))
            told = {
                "outcome": outcome.outcome, "article": outcome.article, "url": url, "quotes": outcome.quotes,
                "note": outcome.note,
            }  # fmt: skip
            return self.told(told, 201 if outcome.outcome == "created" else 200, url)

        return idempotency.repeatable(request, work)

    def may_be_of(self, item: Item) -> None:
        """Refuse what would add a source, of those who may not: a source's rights say what the public sees."""
        if not (item.source and item.source_name) or self.user.has_perm(ADD_SOURCE):
            return
        if not Source.objects.filter(slug__in=[item.source, slugify(item.source)[:100]]).exists():
            raise exceptions.PermissionDenied(
                f"“{item.source[:60]}” would be a new source, and {self.user} may not add one: it takes the right "
                f"“{ADD_SOURCE}”; without source and source_name the article goes in and waits for its source."
            )

    def orders(self, said: Said) -> pipeline.Orders:
        publish = said.pop("publish", False)
        if publish and not self.user.has_perm(PUBLISH):
            raise exceptions.PermissionDenied(
                f"{self.user} may not say what is public: it takes the right “{PUBLISH}”; without publish it goes in."
            )
        story = said.pop("story", None)
        row = found(self.known(Story), "story", story, "/api/v1/stories/") if story else None
        return pipeline.Orders(story=row, publish=publish)


def item_of(said: Said, name: str) -> Item:
    """What was sent, as intake hands it over; the page that it was is read as a saved one is."""
    text, html = said.pop("text", ""), said.pop("html", "")
    if text.strip() and html.strip():
        raise BadBody({"": "The article is given as text and as html: give one of them."})
    own: dict[str, Any] = {}
    for field in FIELDS:
        if field in said:
            try:
                own |= checked({field: said[field]})
            except ValueError as error:
                wrong(field, f"{str(error)[:1].upper()}{str(error)[1:].removesuffix('.')}.")
    if html.strip():
        page = read_page(normalise_text(html))
        derived = normalise_text(page.text)
        if not derived.strip():
            raise Unprocessable("There is no article on this page that could be read; send its text instead.")
        raw = html.encode("utf-8", "surrogatepass")
        return Item(name, raw, "text/html", Capture.How.FILE.value, derived, "utf-8", **(page.metadata() | own))
    if text.strip():
        return item_from_text(text, name=name, **own)
    if "url" in said:
        try:
            return pipeline.fetch(pipeline.Place(own.pop("url"), own))
        except ValueError as error:
            raise Unprocessable(f"{str(error)[:1].upper()}{str(error)[1:]}") from error
    raise BadBody({"": "There is no article: send its text, or its html."})


def dates(said: str | None) -> dict[str, Any]:
    """A published moment as the four fields of the ledger."""
    moment: Moment | None = None
    if said:
        try:
            moment = parse_moment(said)
        except ValueError as error:
            wrong("published", f"{str(error)[:1].upper()}{str(error)[1:].removesuffix('.')}.")
    return {
        "published_day": str(moment.day) if moment else None,
        "published_time": str(moment.time) if moment and moment.time else None,
        "published_precision": moment.precision if moment else Article.Precision.UNKNOWN.value,
        "published_basis": Article.Basis.ENTERED.value if moment else Article.Basis.NONE.value,
    }
