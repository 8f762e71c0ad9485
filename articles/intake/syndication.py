"""RSS and Atom feeds: what stands in them."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from articles.intake.dates import iso, parse_moment
from articles.intake.item import Item, Moment
from articles.intake.page import looks_like_html
from articles.intake.urls import normalise_url
from articles.intake.web import page_item

#: Entries of one feed that are looked at, newest first.
MOST = 500
#: Characters of text from which on what is called a summary is the article itself.
_WHOLE = 600
_TAG = re.compile(r"<[^<>]*>")
_ALTERNATE = re.compile(rb"<link\b[^>]{0,500}application/(?:rss|atom)\+xml[^>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*["']?([^"'\s>]{1,500})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its guid ("" if it has none), its address, when it was updated, and what the feed says of it."""

    guid: str
    url: str
    updated: str = ""
    headline: str = ""
    byline: str = ""
    published: str = ""
    content: str = ""  # HTML; the whole article where the feed has it, else ""

    def moment(self) -> Moment | None:
        """When it was published, in the feed's own time zone."""
        try:
            return parse_moment(iso(self.published), "stated")
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed calls itself, and its entries, newest first as it gives them."""

    title: str
    entries: list[Entry]


def read_feed(raw: bytes, url: str, charset: str = "") -> Feed:
    """The feed in what was fetched from an address; raises ValueError with the end of a sentence if it is none."""
    import feedparser

    if looks_like_html(raw):
        where = _named(raw, url)
        raise ValueError(
            "is a web page, not a feed" + (f": it names {where}" if where else ": give its feed's address")
        )
    headers = {"content-location": url} | ({"content-type": f"application/xml; charset={charset}"} if charset else {})
    # A stream, never the bytes: of those it takes short ones for a file name.
    found = feedparser.parse(io.BytesIO(raw), response_headers=headers, sanitize_html=False)
    if not found.entries and not found.get("version"):
        raise ValueError("is neither RSS nor Atom: give the address of a feed")
    entries = [entry for entry in (_entry(entry, url) for entry in found.entries[:MOST]) if entry]
    return Feed(_line(found.feed.get("title"), 200), entries)


def item_of(entry: Entry, name: str) -> Item:
    """The article as the feed itself gives it; raises ValueError with the end of a sentence if it does not."""
    if not entry.content:
        raise ValueError("is not in its feed either")
    title = html.escape(entry.headline)
    body = f"<article><h1>{title}</h1>{entry.content}</article>"
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    said = {"url": entry.url, "headline": entry.headline, "byline": entry.byline, "published": entry.moment()}
    return page_item(
        name, entry.content.encode("utf-8", "replace"), inner=page.encode("utf-8", "replace"), charset="utf-8",
        how="feed", said={field: value for field, value in said.items() if value},
    )  # fmt: skip


def _entry(given: Any, base: str) -> Entry | None:
    """An entry; None if it names no web page."""
    link = given.get("feedburner_origlink") or given.get("link") or ""
    url = urljoin(base, str(link).strip()) if link else ""
    try:
        normalise_url(url)
    except ValueError:
        return None
    whole = max((str(part.get("value") or "") for part in given.get("content") or []), key=len, default="")
    summary = str(given.get("summary") or "")
    if not whole and len(_TAG.sub("", summary)) >= _WHOLE:
        whole = summary
    published = str(given.get("published") or "").strip()[:100]
    updated = str(given.get("updated") or "").strip()[:100] if "updated" in given else ""
    return Entry(
        guid=str(given.get("id") or "").strip()[:2000],
        url=url,
        updated=updated or published,
        headline=_line(given.get("title"), 500),
        byline=_line(given.get("author"), 300),
        published=published or updated,
        content=whole[:5_000_000],
    )


def _line(value: Any, most: int) -> str:
    from articles.intake.mending import mended

    text = html.unescape(_TAG.sub("", str(value or "")))
    return mended(" ".join(text.split()))[:most]


def _named(raw: bytes, url: str) -> str:
    """The feed that a page names as its own; "" if it names none."""
    link = _ALTERNATE.search(raw[:200_000])
    href = _HREF.search(link[0]) if link else None
    return urljoin(url, html.unescape(href[1].decode("utf-8", "replace"))) if href else ""
