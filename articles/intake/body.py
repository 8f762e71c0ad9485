"""The article's body out of a page's tree.

trafilatura says which paragraphs belong to the article; the page's own blocks say how they read, and mend its choice by
what it could not see: paragraphs set exactly like the chosen ones, posts embedded among them, the dated headings of a
live blog, and the text that the page's JSON-LD gives as a witness.
"""

from __future__ import annotations

import copy
import logging
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import trafilatura

from articles.intake.linked_data import Entry, Node, entries, is_live_blog
from articles.intake.linked_data import body as stated_body

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what fails is said once, in a sentence, by the caller

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol optgroup option p pre section summary table"
    " tbody tfoot thead tr ul head item list quote row".split()  # the last five are trafilatura's own
)
_SKIPPED = frozenset(
    "script style noscript svg iframe template object embed video audio canvas button input select textarea datalist"
    " title nav map".split()
)
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BREAK = re.compile(r" ?\x00 ?")
_CELLS = re.compile(r" ?\x01[ \x01]*")
_OTHER = re.compile(r"[\W_]+")
_SPACE = re.compile(r"[ \t\n\r\f]+")

#: Words in class or id that name furniture, whatever the site; an element that holds much of the page is spared.
_FURNITURE = re.compile(
    r"(?:^|[^a-z])(?:newsletters?|sign-?up|tool-?tip|popover|pop-?up|roll-?over|hover-?card|recirc\w*|outbrain|taboola"
    r"|most-?(?:read|popular|viewed)|related|share|sharing|social|promo|comments?|disqus|breadcrumbs?|cookies?"
    r"|read-?more|trending|sponsored|visually-?hidden|sr-only|screen-reader-text|ads?|advert\w*|also-on|consent)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_PRUNED = ("div", "section", "aside", "ul", "ol", "li", "p", "span", "form", "table", "figure", "a")
_PULLED = re.compile(r"pull|quote", re.IGNORECASE)
_POST = re.compile(r"twitter|tweet|instagram|bluesky|mastodon|tiktok|fb-", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POINTER = re.compile(
    r"(?:read|see|find out|learn|watch|listen|view|click)\s+(?:more|also|next|now|here|it|the full)?\b|related\b"
    r"|also on\b|more (?:on|from|about)\b|don.t miss\b|recommended\b|you may also like\b|in case you missed",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])[:.h][0-5]\d\b|\b\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
_TIMING = re.compile(r"time|date|stamp|posted|when", re.IGNORECASE)
_WITNESS = 400  # letters and digits that JSON-LD's articleBody must have to be believed


@dataclass(slots=True)
class Block:
    """A stretch of text that stands by itself on the page, with the element that it belongs to."""

    text: str
    element: Any
    linked: int  # characters of it inside links
    _key: str | None = None

    @property
    def key(self) -> str:
        """By this two renderings of one paragraph are recognised: letters and digits, in lower case."""
        if self._key is None:
            self._key = key(self.text)
        return self._key

    @property
    def is_link(self) -> bool:
        return self.linked * 10 >= len(self.text) * 9


def article_text(tree: Any, article: Node, headline: str, *, plain: bool = False) -> str:
    """The article's paragraphs, a blank line between them; the items of a list and the rows of a table are lines.

    ``article`` is the page's JSON-LD about it. ``plain`` takes every paragraph that is not mostly links.
    """
    if plain:
        return _joined(block for block in blocks(tree) if block.linked * 2 < len(block.text))
    _prune(tree)
    found = blocks(tree)
    chosen = _aligned(_selected(tree), found)
    kept = set(chosen) or {
        i for i, block in enumerate(found) if len(block.text) >= 60 and block.linked * 2 < len(block.text)
    }
    near = _under_headline(found, key(headline))
    if not kept & near and sum(len(found[i].key) for i in near) > sum(len(found[i].key) for i in kept):
        kept = near  # it took something else on the page for the article
    kept |= _alike(found, kept)
    kept |= _embedded(found, kept)
    kept |= _timed(found, kept, live=is_live_blog(article))
    witness = stated_body(article)
    kept = _witnessed(found, kept, key(witness))
    kept = _without_furniture(found, kept, key(headline))
    text = _joined(chosen.get(index, found[index]) for index in sorted(kept))
    posts = [post for post in entries(article) if post.text]
    printed = key(text)
    if 2 * sum(key(post.text)[:60] not in printed for post in posts) > len(posts):
        return _of_entries(posts, found, key(headline))  # the page shows the first few and fetches the rest
    return witness if len(key(witness)) > max(_WITNESS, 2 * len(printed)) else text  # the page shows the beginning


def _selected(tree: Any) -> list[Block]:
    """What trafilatura takes for the article's body; nothing if it finds none."""
    try:
        document: Any = trafilatura.bare_extraction(copy.deepcopy(tree), include_comments=False, favor_precision=True)
    except Exception:  # noqa: BLE001 - whatever a stranger's page does to it, the page's own blocks are still there
        return []
    return blocks(document.body) if document is not None else []


def blocks(tree: Any) -> list[Block]:
    """The blocks of a tree in order, whatever they are part of; interactive and hidden elements left out."""
    found: list[Block] = []
    owners: list[Any] = [tree]
    parts: list[str] = []
    links = linked = 0

    def flush() -> None:
        nonlocal linked
        if not parts:
            return
        piece = _SPACE.sub(" ", "".join(parts))
        parts.clear()
        piece = piece.strip(" \x00\x01")
        if "\x00" in piece or "\x01" in piece:
            piece = _CELLS.sub("\t", _BREAK.sub("\n", piece))
        if piece:
            found.append(Block(piece, owners[-1], min(linked, len(piece))))
        linked = 0

    def add(text: str | None) -> None:
        nonlocal linked
        if text:
            parts.append(text)
            if links:
                linked += len(text.strip())

    waiting: list[tuple[bool, Any]] = [(True, tree)]
    while waiting:
        opening, element = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if opening:
            of_page = tag == "head" and owners[-1].tag == "html"  # trafilatura calls a heading so too
            if not tag or tag in _SKIPPED or of_page or element.get("hidden") is not None:
                add(element.tail)
                continue
            if tag in _BLOCKS:
                flush()
                owners.append(element)
            elif tag in ("br", "lb"):
                while parts and parts[-1].isspace():
                    parts.pop()
                if parts and parts[-1] == "\x00":
                    flush()  # two breaks make a paragraph
                elif parts:
                    parts.append("\x00")
            elif tag == "a":
                links += 1
            add(element.text)
            waiting.append((False, element))
            waiting.extend((True, child) for child in reversed(element))
            continue
        if tag in _BLOCKS:
            flush()
            owners.pop()
        elif tag in ("td", "th", "cell"):
            parts.append("\x01")
        elif tag == "a":
            links -= 1
        if element is not tree:
            add(element.tail)
    flush()
    return found


def key(text: str) -> str:
    """Letters and digits of ``text`` in lower case."""
    return _OTHER.sub("", text.casefold())


def _prune(tree: Any) -> None:
    """Take furniture out of the tree that its class or id calls so, unless much of the page's prose stands in it."""
    prose: Counter[Any] = Counter()  # characters of it in each element
    for element in reversed(list(tree.iter())):
        if element.tag == "p":
            length = len(element.text_content().strip())
            if length >= 80 and sum(1 for _ in element.iter("a")) <= length // 40:
                prose[element] += length
        if prose[element]:
            prose[element.getparent()] += prose[element]
    much = prose[tree] // 4
    for element in list(tree.iter(*_PRUNED)):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if names == " " or not _FURNITURE.search(_CAMEL.sub("-", names)) or element.getparent() is None:
            continue
        if prose[element] <= much and not any(
            _POST.search(post.get("class") or "") for post in element.iter("blockquote")
        ):
            element.drop_tree()


def _under_headline(found: list[Block], headline: str) -> set[int]:
    """The paragraphs of the smallest element that holds the headline and a few of them; none if it holds them all."""
    title = next((block for block in found if block.element.tag == "h1" and block.key == headline), None)
    if title is None:
        return set()
    around = {element: set[int]() for element in title.element.iterancestors()}  # what comes first in each of them
    prose = [i for i, block in enumerate(found) if len(block.text) >= 60 and block.linked * 2 < len(block.text)]
    for index in prose:
        if found[index] is not title:
            shared = next((up for up in found[index].element.iterancestors() if up in around), None)
            around.setdefault(shared, set()).add(index)
    near: set[int] = set()
    for inside in around.values():
        near |= inside
        if len(near) >= 3:
            return near if len(near) < len(prose) else set()
    return set()


def _aligned(selected: list[Block], found: list[Block]) -> dict[int, Block]:
    """Which blocks of the page trafilatura selected: by index, the block to print (its own when it took out a part)."""
    places: dict[str, list[int]] = {}
    for index, block in enumerate(found):
        places.setdefault(block.key, []).append(index)
    result: dict[int, Block] = {}
    last = -1
    for block in selected:
        if not block.key:
            continue
        same = places.get(block.key, [])
        if (after := bisect_right(same, last)) < len(same):
            last = same[after]
            result[last] = found[last]
            continue
        for index in range(last + 1, min(last + 200, len(found))):
            other = found[index]
            if len(other.key) >= 20 and other.key in block.key:  # it joined what the page keeps apart
                result[index] = other
                last = index
            elif len(block.key) >= 20 and (block.key in other.key or _overlap(block.text, other.text)):
                result[index] = Block(block.text, other.element, 0)
                last = index
                break
    return result


def _overlap(one: str, other: str) -> bool:
    """Whether two renderings share most of their words: a paragraph with a part taken out or put in."""
    if one[:12] != other[:12] and one[-12:] != other[-12:]:
        return False
    first, second = Counter(one.split()), Counter(other.split())
    return (first & second).total() * 2 > first.total()


def _signature(element: Any) -> tuple[str, ...]:
    """How a block is set: its tag and class, and those of the element around it."""
    parent = element.getparent()
    around = (str(parent.tag), parent.get("class") or "") if parent is not None else ("", "")
    return (str(element.tag), element.get("class") or "", *around)


def _alike(found: list[Block], kept: set[int]) -> set[int]:
    """Paragraphs set exactly as most of the kept text is, in the same article element."""
    weights: Counter[tuple[str, ...]] = Counter()
    for index in kept:
        weights[_signature(found[index].element)] += len(found[index].key)
    total = weights.total()
    usual = {signature for signature, weight in weights.items() if weight * 4 > total and signature[0] in ("p", "div")}
    if not usual:
        return set()
    roots = Counter(_root(found[index].element) for index in kept)
    root = roots.most_common(1)[0][0]
    return {
        index
        for index, block in enumerate(found)
        if index not in kept
        and len(block.key) >= 40
        and block.linked * 2 < len(block.text)
        and _signature(block.element) in usual
        and _root(block.element) is root
    }


def _root(element: Any) -> Any:
    """The article or main element around ``element``, or the whole page."""
    top = element
    while element is not None:
        if element.tag in ("article", "main"):
            return element
        top, element = element, element.getparent()
    return top


def _embedded(found: list[Block], kept: set[int]) -> set[int]:
    """Posts from elsewhere that stand among the kept paragraphs, and headings between them."""
    if not kept:
        return set()
    result = set()
    for index in range(min(kept), max(kept)):
        block = found[index]
        element = block.element
        if index in kept:
            continue
        quote = next((up for up in (element, *element.iterancestors("blockquote")) if up.tag == "blockquote"), None)
        if quote is not None and _POST.search(quote.get("class") or ""):
            result.add(index)
    return result


def _timed(found: list[Block], kept: set[int], *, live: bool) -> set[int]:
    """The times and headings of a live blog's entries, which stand among the kept paragraphs."""
    if not kept:
        return set()
    first, last = min(kept), max(kept)
    stamps, headings = set(), set()
    for index in range(max(0, first - 3), last):
        block = found[index]
        if index in kept or len(block.text) > 120:
            continue
        names = " ".join(filter(None, (block.element.get("class"), block.element.get("id"))))
        if _CLOCK.search(block.text) and (_TIMING.search(names) or next(block.element.iter("time"), None) is not None):
            stamps.add(index)
        elif block.element.tag in _HEADINGS and not block.is_link:
            headings.add(index)
    return stamps | headings if live or len(stamps) >= 3 else set()


def _witnessed(found: list[Block], kept: set[int], witness: str) -> set[int]:
    """``kept`` completed by the blocks that JSON-LD's text of the article holds, and ended where that text ends."""
    if len(witness) < _WITNESS:
        return kept
    seen = {index for index, block in enumerate(found) if len(block.key) >= 20 and block.key in witness}
    first_of: dict[str, int] = {}
    for index in sorted(seen, key=lambda index: (index not in kept, index)):
        first_of.setdefault(found[index].key, index)
    seen = set(first_of.values())
    if sum(len(found[index].key) for index in seen) * 10 < len(witness) * 8:
        return kept  # a summary, or the page writes it otherwise
    last = max(seen)
    return seen | {index for index in kept if index <= last}


def _without_furniture(found: list[Block], kept: set[int], headline: str) -> set[int]:
    """``kept`` without the headline above it, without pull quotes, and without lines that only lead elsewhere."""
    result = set()
    order = sorted(kept)
    for place, index in enumerate(order[:5]):
        above = [found[i] for i in order[:place]]
        if found[index].element.tag == "h1" or found[index].key == headline != "":
            if all(len(block.text) < 60 for block in above):  # a kicker
                order = order[place + 1 :]
            break
    everything = "\n".join(found[index].key for index in order)
    for index in order:
        block = found[index]
        pulled = block.element.tag in ("aside", "blockquote") or any(
            map(_PULLED.search, _signature(block.element)[1::2])
        )
        if pulled and len(block.key) >= 20 and everything.count(block.key) > 1:  # a pull quote repeats the text
            continue
        if block.element.tag not in ("li", "tr", *_HEADINGS) and block.is_link and _POINTER.match(block.text):
            continue
        if _POINTER.match(block.text) and block.linked * 10 >= len(block.text) * 5:
            continue
        result.add(index)
    return result


def _of_entries(posts: list[Entry], found: list[Block], headline: str) -> str:
    """A live blog as its JSON-LD gives it, below the paragraphs that stand on the page between headline and posts."""
    posted = key(" ".join(f"{post.headline} {post.text}" for post in posts))
    title = next(
        (i for i, block in enumerate(found) if block.element.tag == "h1" and block.key == headline), len(found)
    )
    opening = []
    for block in found[title + 1 :]:
        if len(block.key) >= 20 and block.key in posted:
            break
        if len(block.text) >= 60 and block.linked * 2 < len(block.text):
            opening.append(block.text)
    else:
        opening.clear()
    return "\n\n".join(
        (*opening, *(part for post in posts for part in (post.heading, post.headline, post.text) if part))
    )


def _joined(found: Iterable[Block]) -> str:
    pieces: list[str] = []
    before: Block | None = None
    for block in found:
        if before is not None:
            line = block.element.tag in ("li", "tr") and block.element.getparent() is before.element.getparent()
            pieces.append("\n" if line else "\n\n")
        pieces.append(block.text)
        before = block
    return "".join(pieces)
