"""A web page: its article as text, and what the page says about it. Nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from articles.intake import linked_data
from articles.intake.item import Moment
from articles.intake.urls import canonical

_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_:.+-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9_:.+-]{1,40})""")

#: What browsers write above a page that they save.
_SAVED = re.compile(r"<!-- saved from url=\(\d{4}\)(https?://\S{1,2000}) -->")
#: Elements whose content is never prose; a script is looked at when it is JSON-LD.
_OPENING = re.compile(r"<(?:(script|style|svg|template|iframe|textarea|select|math)\b|!--)", re.IGNORECASE)
_TAG = re.compile(r"""<([a-zA-Z][a-zA-Z0-9:-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*+)""")
_LINKED_DATA = re.compile(r"""\btype\s*=\s*["']?application/ld\+json""", re.IGNORECASE)
_MAX_TAG = 10_000  # characters; a longer one is data in attributes
_MAX_WORDS = 300  # in a tag: parsers need quadratic time for attributes
#: Characters of markup (scripts and the like taken out) and tags in it above which a page is taken paragraph by
#: paragraph, without judging what belongs to the article: real pages stay far below.
MAX_MARKUP, MAX_TAGS = 3_000_000, 40_000


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a web page and what the page states about it ("" and ``None``: nothing)."""

    text: str = ""
    url: str = ""
    headline: str = ""
    byline: str = ""
    published: Moment | None = None
    language: str = ""
    source_name: str = ""
    article_kind: str = ""

    def metadata(self) -> dict[str, Any]:
        """What the page states, as an Item takes it."""
        fields = ("url", "headline", "byline", "published", "language", "source_name", "article_kind")
        return {name: value for name in fields if (value := getattr(self, name))}


def looks_like_html(raw: bytes) -> bool:
    """Whether bytes begin as a web page does, whatever the file is called."""
    return bool(_HTML_START.match(raw[:4096].replace(b"\0", b"")))


def declared_encoding(raw: bytes) -> str:
    """The encoding that a page declares in a meta tag or XML declaration near its beginning; "" if none."""
    head = raw[:4096]
    found = _XML_ENCODING.match(head) or _CHARSET.search(head)
    return found[1].decode("ascii") if found else ""


def read_page(html: str) -> Page:
    """The article of a web page given as text; within seconds whatever it is given, and never raising."""
    from lxml import etree  # with what follows it takes 300 ms to import: only those who bring HTML wait for it
    from lxml.html import HTMLParser, document_fromstring

    from articles.intake import body
    from articles.intake.mending import mended

    markup, scripts = _without_scripts(html)
    large = len(markup) > MAX_MARKUP or markup.count("<") > MAX_TAGS
    markup = _TAG.sub(_bare_tag if large else _bare_long_tag, markup)
    try:
        parser = HTMLParser(remove_comments=True, remove_pis=True, default_doctype=False)
        tree = document_fromstring(re.sub(r"\A\s*<\?xml[^>]*>", "", markup), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):  # nothing in it that could be called a document
        return Page()
    found = linked_data.nodes(scripts)
    stated = linked_data.stated(tree, found)
    if saved := _SAVED.search(html[:4096]):
        stated["url"] = canonical(saved[1], stated["url"])
    article = linked_data.article_node(found)
    text = body.article_text(tree, article, stated["headline"], plain=large)
    stated |= {name: mended(stated[name]) for name in ("headline", "byline", "source_name")}
    return Page(text=mended(text), **stated)


def _without_scripts(html: str) -> tuple[str, list[str]]:
    """``html`` without scripts, styles, drawings and comments, in one pass, and its JSON-LD scripts."""
    kept, scripts, position = [], [], 0
    open_ended: set[str] = set()  # what is not closed again on the rest of the page need not be looked for twice
    while found := _OPENING.search(html, position):
        kept.append(html[position : found.start()])
        closing = f"</{found[1].lower()}" if found[1] else "-->"
        tag_end = html.find(">", found.end()) if found[1] else found.end() - 1
        look = tag_end >= 0 and closing not in open_ended
        end = re.compile(re.escape(closing), re.IGNORECASE).search(html, tag_end + 1) if look else None
        if end is None:  # never closed: only the tag goes
            open_ended.add(closing)
            position = tag_end + 1 if tag_end >= 0 else len(html)
            continue
        if found[1] and _LINKED_DATA.search(html, found.end(), tag_end):
            scripts.append(html[tag_end + 1 : end.start()])
        position = html.find(">", end.end() - 1) + 1 or len(html)
    kept.append(html[position:])
    return "".join(kept), scripts


def _bare_long_tag(tag: re.Match[str]) -> str:
    return tag[0] if _usable(tag[0]) else f"<{tag[1]}"


def _usable(tag: str) -> bool:
    return len(tag) <= _MAX_TAG and tag.count("=") * 4 <= _MAX_WORDS and len(tag.split()) <= _MAX_WORDS


def _bare_tag(tag: re.Match[str]) -> str:
    return tag[0] if tag[1].lower() in ("meta", "html", "link", "time") and _usable(tag[0]) else f"<{tag[1]}"
