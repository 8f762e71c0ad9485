"""What a page states about its article: JSON-LD first, then Open Graph and other meta tags, then what is printed."""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from articles.intake.dates import instant, iso, parse_moment
from articles.intake.item import Moment
from articles.intake.metadata import primary_language
from articles.intake.urls import normalise_url

Node: TypeAlias = dict[str, Any]

#: schema.org's Article and all below it that news pages use, with the article kind that each implies.
ARTICLE_TYPES = {
    "LiveBlogPosting": "live blog",
    "OpinionNewsArticle": "opinion",
    "ReportageNewsArticle": "report",
    "BackgroundNewsArticle": "report",
    "AnalysisNewsArticle": "report",
    "NewsArticle": "",
    "AskPublicNewsArticle": "",
    "ReviewNewsArticle": "",
    "AdvertiserContentArticle": "",
    "SatiricalArticle": "",
    "BlogPosting": "",
    "SocialMediaPosting": "",
    "Report": "",
    "Article": "",
    "TechArticle": "",
    "ScholarlyArticle": "",
}
_OPINION = frozenset({"opinion", "opinions", "comment", "commentisfree", "comment is free", "editorial", "editorials"})
_MAX_NODES = 20_000  # of one page's JSON-LD; what comes after is not looked at
_MAX_SCRIPT = 5_000_000  # characters of one JSON-LD script
_WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$")

_DATE_METAS = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "og:article:published_time",
    "dcterms.created",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publish-date",
    "published_time",
    "publication_date",
    "pubdate",
    "date",
)
_AUTHOR_METAS = (
    "author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "article:author",
)
_SECTION = re.compile(r"^(Opinion|Comment|Editorial|Live|Exclusive|Watch|Analysis) \| ")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_END = re.compile(r"<(?:br|/p|/li|/div|/h\d)\b[^<>]*>", re.IGNORECASE)
_OTHER = re.compile(r"[\W_]+")
_BYLINE = re.compile(r"byline|author", re.IGNORECASE)
_BY = re.compile(r"^\s*(?:by|words by|written by)[\s:]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of a live blog as its JSON-LD gives it; ``heading`` is its local day and time in words."""

    heading: str
    headline: str
    text: str


def nodes(scripts: Iterable[str]) -> list[Node]:
    """Every object in a page's JSON-LD scripts, also nested ones; what is not JSON is passed over."""
    found: list[Node] = []
    for script in scripts:
        if len(script) > _MAX_SCRIPT:
            continue
        script = _WRAPPING.sub("", script).strip().rstrip(";")
        try:
            value = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [value]
        while waiting and len(found) < _MAX_NODES:
            value = waiting.pop()
            if isinstance(value, dict):
                found.append(value)
                waiting.extend(reversed(value.values()))
            elif isinstance(value, list):
                waiting.extend(reversed(value))
    return found


def article_node(found: list[Node]) -> Node:
    """The object that describes the page's article (a live blog first, then one with a headline), or {}."""
    articles = [node for node in found if not ARTICLE_TYPES.keys().isdisjoint(_types(node))]
    return (
        next((node for node in articles if "LiveBlogPosting" in _types(node)), None)
        or next((node for node in articles if _string(node.get("headline"))), None)
        or next(iter(articles), {})
    )


def is_live_blog(article: Node) -> bool:
    return "LiveBlogPosting" in _types(article)


def entries(article: Node) -> list[Entry]:
    """The posts of a live blog, in the order in which the page gives them."""
    updates = article.get("liveBlogUpdate")
    updates = [updates] if isinstance(updates, dict) else updates if isinstance(updates, list) else []
    found = []
    for update in updates:
        if isinstance(update, dict):
            heading = ""
            with contextlib.suppress(ValueError):
                moment = parse_moment(iso(_string(update.get("datePublished"))))
                heading = f"{moment.day:%A} {moment.day.day} {moment.day:%B %Y}"
                heading += f" – {moment.time:%H:%M}" if moment.time else ""
            found.append(Entry(heading, _string(update.get("headline")), body(update)))
    return found


def body(article: Node) -> str:
    """The article's text as its JSON-LD gives it, in whatever paragraphs; "" if it does not."""
    text = article.get("articleBody")
    if not isinstance(text, str):
        return ""
    text = _TAG.sub("", _END.sub("\n", text)) if "<" in text else text
    lines = (" ".join(line.split()) for line in html.unescape(text).split("\n"))
    return "\n\n".join(line for line in lines if line)


def stated(tree: Any, found: list[Node]) -> dict[str, Any]:
    """What the page of this lxml tree and JSON-LD states, as the metadata fields of a Page; nothing is left as ""."""
    article = article_node(found)
    by_id = {node["@id"]: node for node in found if isinstance(node.get("@id"), str) and len(node) > 1}
    metas = _metas(tree)
    site = metas.get("og:site_name", "") or _string(_follow(article.get("publisher"), by_id).get("name"))
    kind = next((kind for name in _types(article) if (kind := ARTICLE_TYPES.get(name, ""))), "")
    sections = {_string(article.get("articleSection")), metas.get("article:section", ""), metas.get("section", "")}
    if not kind and not _OPINION.isdisjoint(section.strip().lower() for section in sections):
        kind = "opinion"
    return {
        "url": _url(tree, metas, article),
        "headline": _headline(tree, metas, article, site),
        "byline": _byline(tree, metas, article, by_id),
        "published": _published(tree, metas, article),
        "language": _language(tree, metas, article),
        "source_name": site or metas.get("application-name", ""),
        "article_kind": kind,
    }


def _types(node: Node) -> list[str]:
    types = node.get("@type")
    types = types if isinstance(types, list) else [types]
    return [name.rsplit("/", 1)[-1] for name in types if isinstance(name, str)]


def _string(value: Any) -> str:
    """``value`` if it is a string, on one line and without entities; of a list its first string; else ""."""
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return " ".join(html.unescape(value).split()) if isinstance(value, str) else ""


def _follow(value: Any, by_id: dict[str, Node]) -> Node:
    """The object that ``value`` is, or that it refers to by @id."""
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return {}
    ident = value.get("@id")
    return by_id.get(ident, value) if isinstance(ident, str) and "name" not in value else value


def _metas(tree: Any) -> dict[str, str]:
    """The first content of every named meta tag, by its name in lower case."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and content:
                metas.setdefault(name, content)
    return metas


def _url(tree: Any, metas: dict[str, str], article: Node) -> str:
    page = article.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    links = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").strip().lower() == "canonical"]
    addresses = []
    for address in (*links, metas.get("og:url"), article.get("url"), page):
        try:
            normalise_url(address)
        except (ValueError, AttributeError, TypeError):
            continue
        addresses.append(address.strip())
    # A canonical address that is the site's front page is a template's mistake.
    return next((address for address in addresses if urlsplit(address).path.strip("/")), "")


def _headline(tree: Any, metas: dict[str, str], article: Node, site: str) -> str:
    titles = [_text(element) for element in tree.iter("title")][:1]
    printed = [text for element in tree.iter("h1") if (text := _text(element))]
    stated = (_string(article.get("headline")), metas.get("og:title", ""), metas.get("twitter:title", ""), *titles)
    for headline in stated:
        headline = _without_site(html.unescape(headline), site)
        cut = headline.removesuffix("…").removesuffix("...").rstrip()
        # What the page prints is complete where its data is cut, and says it in its own punctuation.
        for heading in printed:
            same, longer = _key(heading) == _key(cut), _key(heading).startswith(_key(cut)) and cut != headline
            if same or longer or heading in headline.split(" | "):
                return heading
        if headline:
            return _SECTION.sub("", headline)
    return printed[0] if len(printed) == 1 else ""


def _without_site(title: str, site: str) -> str:
    """``title`` without " | The Outlet" or " - The Outlet" at its end."""
    for separator in (" | ", " - ", " – ", " — ", " :: "):
        before, found, after = title.rpartition(separator)
        if found and site and _key(after) in (_key(site), _key(site).removeprefix("the")):
            return before.strip()
    return title


def _byline(tree: Any, metas: dict[str, str], article: Node, by_id: dict[str, Node]) -> str:
    authors = article.get("author") or article.get("creator")
    names = []
    for author in authors if isinstance(authors, list) else [authors]:
        name = _string(author) if isinstance(author, str) else _string(_follow(author, by_id).get("name"))
        names.append(name)
    stated = ([metas.get(name, "")] for name in _AUTHOR_METAS)
    for candidates in (names, *stated, _printed_authors(tree), _printed_byline(tree)):
        kept = []
        for name in candidates:
            name = _BY.sub("", html.unescape(name)).strip(" ,;|")
            address = "://" in name or name.startswith(("@", "www."))
            if name and len(name) <= 200 and not address and name not in kept:
                kept.append(name)
        if kept:
            return kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])} and {kept[-1]}"
    return ""


def _printed_authors(tree: Any) -> Iterator[str]:
    """Names that the page marks as its authors', most plainly marked first."""
    for element in tree.iter("a", "span", "p", "div", "address"):
        if element.get("rel") == "author" or "author" in (element.get("itemprop") or "").split():
            name = element.find(".//*[@itemprop='name']")
            yield _text(element if name is None else name)


def _printed_byline(tree: Any) -> Iterator[str]:
    """The first short line that begins with "By" where the page's classes speak of a byline or an author."""
    for element in tree.iter("p", "div", "span", "address"):
        if _BYLINE.search(element.get("class") or "") and len(text := _text(element)) <= 100 and _BY.match(text):
            yield text
            return


def _published(tree: Any, metas: dict[str, str], article: Node) -> Moment | None:
    printed = [
        element.get("datetime") or element.get("content") or ""
        for element in tree.iter("time", "span", "meta")
        if "datepublished" in (element.get("itemprop") or "").lower() or element.get("pubdate") is not None
    ]
    values = [_string(article.get("datePublished")), *(metas.get(name, "") for name in _DATE_METAS), *printed]
    values.append(_string(article.get("dateCreated")))
    moments = []
    for value in values:
        try:
            moments.append((value, parse_moment(iso(value), "stated")))
        except ValueError:
            continue
    if not moments:
        return None
    value, moment = moments[0]
    point = instant(value)
    if point and point[1]:  # in UTC, which is rarely local: the same instant with an offset says what the clock said
        for other, local in moments[1:]:
            if (same := instant(other)) and not same[1] and abs((same[0] - point[0]).total_seconds()) < 60:
                return local
    if moment.time is None:  # a day alone: the same day with a time says more
        for _, other_moment in moments[1:]:
            if other_moment.time and other_moment.day == moment.day:
                return other_moment
    return moment


def _language(tree: Any, metas: dict[str, str], article: Node) -> str:
    root = next(tree.iter("html"), tree)
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    tags = (
        root.get("lang"),
        root.get(xml_lang),
        root.get("xml:lang"),
        _string(article.get("inLanguage")),
        metas.get("content-language"),
        metas.get("og:locale"),
    )
    return next((language for tag in tags if tag and (language := primary_language(tag))), "")


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _key(text: str) -> str:
    return _OTHER.sub("", text.casefold())
