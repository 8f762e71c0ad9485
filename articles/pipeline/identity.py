"""Which article an item is, and which source it comes from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from articles.intake import Item
from articles.intake.urls import site_host
from articles.models import Article, Capture, Source


class Rejected(ValueError):
    """An item that cannot become an article, in one sentence."""


class Sources:
    """The sources of the corpus, by slug and by host: read once for all items of a run."""

    def __init__(self) -> None:
        self.by_slug = {source.slug: source for source in Source.objects.all()}
        self.by_host: dict[str, Source] = {}
        for source in self.by_slug.values():
            for host in [*source.domains, urlsplit(source.homepage).hostname or ""]:
                if host:
                    self.by_host.setdefault(_bare(host), source)

    def of(self, item: Item, default: Source | None) -> Source | None:
        """The source an item names (unsaved if it is new and described), else the one of its host, else the default."""
        if item.source:
            known = self.by_slug.get(item.source) or self.by_slug.get(slugify(item.source)[:100])
            return known or (self._described(item) if item.source_name else default)
        host = _bare(urlsplit(item.url).hostname or "") if item.url else ""
        return self.by_host.get(host, default)

    def keep(self, source: Source) -> Source:
        """The source as stored: an unsaved one is made, unless somebody else made it meanwhile."""
        if source._state.adding:
            fields = {field: getattr(source, field) for field in ("name", "kind", "rights", "country", "language")}
            source, _ = Source.objects.get_or_create(slug=source.slug, defaults=fields)
        return source

    def learn(self, source: Source) -> None:
        """Know a stored source from now on."""
        self.by_slug.setdefault(source.slug, source)

    @staticmethod
    def _described(item: Item) -> Source:
        slug = slugify(item.source)[:100]
        kind = chosen(item, "source_kind", Source.Kind.values, Source.Kind.NEWSPAPER.value)
        rights = chosen(item, "rights", Source.Rights.values, Source.Rights.FULL.value)
        if not slug:
            raise Rejected(f"{item.name}: source {item.source!r} has no letter or digit; write it like the-gazette.")
        return Source(
            slug=slug,
            name=item.source_name[:200],
            kind=kind,
            rights=rights,
            country=item.country.upper()[:2],
            language=item.language or "en",
        )


def _bare(host: str) -> str:
    return site_host(host)


def chosen(item: Item, field: str, choices: list[str], default: str) -> str:
    """The value of a field with fixed choices, or the default where the item says nothing; raises Rejected."""
    value = getattr(item, field).lower() or default
    if value not in choices:
        raise Rejected(f"{item.name}: {field} {value!r} is not known; use one of {', '.join(choices)}.")
    return value


def find(item: Item, key: str | None, source: Source | None, *, lock: bool) -> Article | None:
    """The article an item is: that of its URL, else one of the same source and text (with no other URL of its own).

    The text may be that of an earlier capture: an editor may have corrected it since.

    An item of no known source is any article of the same text: an editor may have said meanwhile whose it is.
    """
    articles = Article.objects.select_for_update(of=("self",)) if lock else Article.objects.all()
    if key and (article := articles.filter(url_key=key).first()):
        return article
    if source and source._state.adding:
        return None
    alike = articles.filter(pk__in=Capture.objects.filter(text_sha256=item.text_sha256).values("article"))
    alike = alike.filter(source=source) if source else alike
    return (alike.filter(url_key=None) if key else alike).order_by(F("source").asc(nulls_first=True), "pk").first()


def unchanged(article: Article, item: Item) -> bool:
    """Whether an item says nothing new of its article: its text is the current one, or the one that editors corrected.

    Without an address it cannot be a later version, so that the text of any capture is nothing new.
    """
    if article.text_sha256 == item.text_sha256:
        return True
    found = article.captures.exclude(how=Capture.How.CORRECTION)
    found = found.order_by(Coalesce("captured_at", "taken_at").desc(), "-number")
    texts = list(found.values_list("text_sha256", flat=True)[: 1 if item.url else None])
    return item.text_sha256 in texts


def older(article: Article, item: Item) -> bool:
    """Whether an item was found before the current capture of its article was: an archive tells what was, not what is.

    When a file was found of which only the day is known that it was taken in on, nobody knows.
    """
    current = article.capture
    if item.captured_at is None or current is None:
        return False
    fetched = current.how in (Capture.How.URL, Capture.How.FEED)
    found = current.captured_at or (current.taken_at if fetched else None)
    return found is not None and item.captured_at < found


def might_be_known(items: list[tuple[Item, str | None]]) -> set[str]:
    """Of several items (with their URL keys) the names of those that `find` may find something for, in two queries."""
    keys = {key for _, key in items if key}
    texts = {item.text_sha256 for item, _ in items}
    known_keys = set(Article.objects.filter(url_key__in=keys).values_list("url_key", flat=True)) if keys else set()
    known_texts = set(Capture.objects.filter(text_sha256__in=texts).values_list("text_sha256", flat=True))
    return {item.name for item, key in items if key in known_keys or item.text_sha256 in known_texts}


def described(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "")}
