"""Web pages: the article's text in paragraphs, what the page states about it, and pages that mean harm."""

from __future__ import annotations

import datetime as dt
import json
import socket
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from articles.intake import Item, Moment, item_from_upload, linked_data
from articles.intake.page import declared_encoding, looks_like_html, read_page

PAGES = Path(__file__).resolve().parents[3] / "shared" / "eval" / "html.dev.tar.gz"

FIRST = "The council voted by 31 to 12 on Tuesday night to close the baths, after a meeting that lasted five hours."
SECOND = "“We will be back on Friday,” said Edna Marsh, 81, who had learned to swim there, and nobody doubted it."
THIRD = "The leader of the council, Tony Brack, said that he had looked for the money every night since August."


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may reach for the network."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was reached for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def page(body: str, head: str = "", lang: str = "en-GB") -> str:
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def linked(*data: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(part)}</script>' for part in data)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


BODY = paragraphs(FIRST, SECOND, THIRD)


# The text


@pytest.mark.parametrize(
    "body, text",
    [
        (f"<article>{BODY}</article>", [FIRST, SECOND, THIRD]),
        (f"<nav><a href=/>Home</a></nav><main><h1>Baths to close</h1>{BODY}</main><footer>About us</footer>", [FIRST, SECOND, THIRD]),
        (f"<article><p class=kicker>News</p><h1>Baths to close</h1>{BODY}</article>", [FIRST, SECOND, THIRD]),
        (f"<article>{paragraphs(FIRST)}<h2>A long night</h2>{paragraphs(SECOND, THIRD)}</article>", [FIRST, "A long night", SECOND, THIRD]),
        (f"<article><p>{FIRST}<br>{SECOND}<br><br>{THIRD}</p></article>", [f"{FIRST}\n{SECOND}", THIRD]),
        (f"<article>{paragraphs(FIRST)}<ul><li>first of the demands</li><li>second of the demands</li></ul>{paragraphs(SECOND, THIRD)}</article>",
         [FIRST, "first of the demands\nsecond of the demands", SECOND, THIRD]),
        (f"<article>{paragraphs(FIRST)}<blockquote><p>{SECOND}</p></blockquote>{paragraphs(THIRD)}</article>", [FIRST, SECOND, THIRD]),
        (f"<article>{paragraphs(FIRST, SECOND)}<table><tr><td>For</td><td>31</td></tr><tr><td>Against</td><td>12</td></tr></table>{paragraphs(THIRD)}</article>",
         [FIRST, SECOND, "For\t31\nAgainst\t12", THIRD]),
        # One article in two containers, an advertisement between them
        (f'<article><div class="body">{paragraphs(FIRST, SECOND)}</div><div class="ad">Buy now</div><div class="body">{paragraphs(THIRD)}</div></article>', [FIRST, SECOND, THIRD]),
        # What leads elsewhere
        (f'<article>{paragraphs(FIRST)}<p>Read more: <a href="/x">Swimmers occupy the pool after the vote</a></p>{paragraphs(SECOND, THIRD)}</article>', [FIRST, SECOND, THIRD]),
        (f'<article>{BODY}<div class="related-stories"><h3>Related</h3><p>{FIRST[::-1]}</p></div></article>', [FIRST, SECOND, THIRD]),
        (f'<article>{BODY}<form class="newsletterSignup"><p>Get the best of the Packet in your inbox every morning, free.</p></form></article>', [FIRST, SECOND, THIRD]),
        # A pull quote says again what the text says
        (f'<article>{paragraphs(FIRST, SECOND)}<aside class="pullquote"><p>“We will be back on Friday”</p></aside>{paragraphs(THIRD)}</article>', [FIRST, SECOND, THIRD]),
        # A post from elsewhere stays where it stands
        (f'<article>{paragraphs(FIRST, SECOND)}<div class="social"><blockquote class="twitter-tweet"><p>See you on Friday</p>— Edna (@edna) 12 March</blockquote></div>{paragraphs(THIRD)}</article>',
         [FIRST, SECOND, "See you on Friday", "— Edna (@edna) 12 March", THIRD]),
        ("<p>Too short for any rule.</p>", ["Too short for any rule."]),
        (f"<script>var p = '<p>not this</p>';</script><style>p {{}}</style><!-- <p>nor this</p> --><article>{BODY}</article>", [FIRST, SECOND, THIRD]),
        (f'<article>{BODY}<p hidden>Hidden from everybody who reads the page in a browser.</p></article>', [FIRST, SECOND, THIRD]),
        ("<article>" + paragraphs(f"{FIRST} a\u00a0b &amp; &lt;c&gt;", SECOND, THIRD) + "</article>", [f"{FIRST} a\u00a0b & <c>", SECOND, THIRD]),
    ],
)  # fmt: skip
def test_the_text_of_a_page(body: str, text: list[str]) -> None:
    head = '<meta property="og:title" content="Baths to close">'
    assert read_page(page(body, head)).text.split("\n\n") == text


def test_the_text_in_linked_data_is_a_witness() -> None:
    aside = "This paragraph about the outlet itself stands below the article in the same element, like the others do."
    opening = f'<div class="opener"><span>{FIRST}</span></div>'
    body = f'<article>{opening}<div class="text">{paragraphs(SECOND, THIRD, SECOND[::-1], THIRD[::-1], aside)}</div></article>'
    stated = " ".join((FIRST, SECOND, THIRD, SECOND[::-1], THIRD[::-1]))
    found = read_page(page(body, linked({"@type": "NewsArticle", "headline": "Baths", "articleBody": stated})))
    assert found.text.split("\n\n") == [FIRST, SECOND, THIRD, SECOND[::-1], THIRD[::-1]]


def test_a_page_that_shows_the_beginning_and_states_the_whole() -> None:
    stated = "\n\n".join((FIRST, SECOND, THIRD, FIRST[::-1], SECOND[::-1], THIRD[::-1]))
    found = read_page(
        page(
            f"<article>{paragraphs(FIRST)}</article>",
            linked({"@type": "NewsArticle", "headline": "Baths", "articleBody": stated}),
        )
    )
    assert found.text == stated


def test_a_page_that_trafilatura_stumbles_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("trafilatura.bare_extraction", stumble)
    found = read_page(page(f"<nav><a href=/>Home</a></nav><article>{BODY}</article><footer>About us</footer>"))
    assert found.text.split("\n\n") == [FIRST, SECOND, THIRD]


def post(clock: str, heading: str, text: str) -> str:
    return f'<div class="post"><div class="stamp"><time datetime="2024-03-12T{clock}">{clock}</time></div><h2>{heading}</h2><p>{text}</p></div>'


POSTS = [("14:05", "Vote lost", FIRST), ("13:40", "In the gallery", SECOND), ("12:15", "Papers published", THIRD)]


@pytest.mark.parametrize("stated", [True, False])
def test_a_live_blog_keeps_the_times_and_headings_of_its_entries(stated: bool) -> None:
    data = {"@graph": [{"@type": "WebSite", "name": "Packet"}, {"@type": "LiveBlogPosting", "headline": "Baths: live"}]}
    found = read_page(
        page(f"<main><h1>Baths: live</h1>{''.join(post(*p) for p in POSTS)}</main>", linked(data) if stated else "")
    )
    assert found.text.split("\n\n") == [part for p in POSTS for part in p]
    assert found.article_kind == ("live blog" if stated else "")


def test_a_live_blog_that_only_its_linked_data_has_whole() -> None:
    updates = [
        {
            "@type": "BlogPosting",
            "headline": heading,
            "datePublished": f"2024-03-12T{clock}:00Z",
            "articleBody": f"<p>{text}</p><p>{heading}!</p>",
        }
        for clock, heading, text in POSTS
    ]
    data = {"@type": ["LiveBlogPosting"], "headline": "Baths: live", "liveBlogUpdate": updates}
    opening = "Follow the vote on the future of the Marlpit Baths as it happens, with all the papers and reaction."
    found = read_page(page(f"<main><h1>Baths: live</h1>{paragraphs(opening)}{post(*POSTS[0])}</main>", linked(data)))
    assert found.text.split("\n\n") == [
        opening,
        *(
            part
            for clock, heading, text in POSTS
            for part in (f"Tuesday 12 March 2024 – {clock}", heading, text, f"{heading}!")
        ),
    ]


# What the page states

ARTICLE = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": "Baths to close", "datePublished": "2024-03-12T22:40:10+00:00",
    "author": [{"@type": "Person", "name": "Jo Ray"}, {"@type": "Person", "name": "Al Poe"}], "inLanguage": "en-GB",
    "publisher": {"@type": "Organization", "name": "The Packet"}, "mainEntityOfPage": "https://packet.example/news/baths",
}  # fmt: skip


@pytest.mark.parametrize(
    "head, field, value",
    [
        (linked(ARTICLE), "headline", "Baths to close"),
        (linked(ARTICLE), "byline", "Jo Ray and Al Poe"),
        (linked(ARTICLE), "url", "https://packet.example/news/baths"),
        (linked(ARTICLE), "source_name", "The Packet"),
        (linked(ARTICLE), "published", Moment(dt.date(2024, 3, 12), dt.time(22, 40), "minute", "stated")),
        (linked([ARTICLE | {"@type": "OpinionNewsArticle"}]), "article_kind", "opinion"),
        (linked({"@graph": [{"@type": "WebPage"}, ARTICLE | {"@type": ["ReportageNewsArticle"]}]}), "article_kind", "report"),
        (linked(ARTICLE | {"headline": "Baths &amp; more"}), "headline", "Baths & more"),
        (linked({"@graph": [{"@id": "#jo", "name": "Jo Ray"}, ARTICLE | {"author": {"@id": "#jo"}}]}), "byline", "Jo Ray"),
        (linked(ARTICLE | {"author": "By Jo Ray"}), "byline", "Jo Ray"),
        (linked(ARTICLE | {"author": [{"name": "https://packet.example/jo"}, {"name": "Jo Ray"}, "Jo Ray"]}), "byline", "Jo Ray"),
        (linked(ARTICLE).replace("{", "<!-- {", 1).replace("</script>", " --></script>"), "headline", "Baths to close"),
        (linked(ARTICLE).replace("Baths to", "Baths\nto"), "headline", "Baths to close"),  # a raw line end in a string
        ('<script type="application/ld+json">{broken</script>' + linked(ARTICLE), "headline", "Baths to close"),
        ('<meta property="og:title" content="Baths to close | The Packet"><meta property="og:site_name" content="The Packet">', "headline", "Baths to close"),
        ("<title>Baths to close - Packet</title><meta property='og:site_name' content='The Packet'>", "headline", "Baths to close"),
        ('<meta property="og:title" content="Opinion | Baths to close">', "headline", "Baths to close"),
        ('<meta property="article:section" content="Comment">', "article_kind", "opinion"),
        ('<meta name="author" content="By Jo Ray">', "byline", "Jo Ray"),
        ('<meta property="article:author" content="https://facebook.example/packet">', "byline", ""),
        ('<link rel="canonical" href="https://packet.example/a?x=1">', "url", "https://packet.example/a?x=1"),
        ('<link rel="canonical" href="https://packet.example/"><meta property="og:url" content="https://packet.example/a">', "url", "https://packet.example/a"),
        ('<link rel="canonical" href="/a"><link rel="canonical" href="javascript:x">', "url", ""),
        ('<meta property="og:locale" content="cy_GB">', "language", "en"),  # the page says that it is in English
        # The same instant with the clock of the place goes before UTC; another instant does not
        (linked(ARTICLE | {"datePublished": "2024-06-12T23:30:00Z"}) + '<meta property="article:published_time" content="2024-06-13T00:30:00+01:00">',
         "published", Moment(dt.date(2024, 6, 13), dt.time(0, 30), "minute", "stated")),
        (linked(ARTICLE | {"datePublished": "2024-06-12T23:30:00Z"}) + '<meta property="article:published_time" content="2024-06-13T08:00:00+01:00">',
         "published", Moment(dt.date(2024, 6, 12), dt.time(23, 30), "minute", "stated")),
        (linked(ARTICLE | {"datePublished": "2024-06-12"}) + '<meta name="date" content="2024-06-12T08:00">',
         "published", Moment(dt.date(2024, 6, 12), dt.time(8, 0), "minute", "stated")),
        (linked(ARTICLE | {"datePublished": "0001-01-01T00:00:00Z"}), "published", None),
        ('<meta name="date" content="12 March 2024">', "published", Moment(dt.date(2024, 3, 12), None, "day", "stated")),
    ],
)  # fmt: skip
def test_what_a_page_states(head: str, field: str, value: object) -> None:
    assert getattr(read_page(page(f"<article>{BODY}</article>", head)), field) == value


@pytest.mark.parametrize(
    "head, printed, headline",
    [
        (linked(ARTICLE | {"headline": "Baths to…"}), "Baths to close, council says", "Baths to close, council says"),
        (linked(ARTICLE | {"headline": "Baths 'to close'"}), "Baths ‘to close’", "Baths ‘to close’"),
        ("<title>Baths to close | Jo Ray | The Packet</title>", "Baths to close", "Baths to close"),
        ("", "Baths to close", "Baths to close"),
    ],
)
def test_the_headline_as_printed(head: str, printed: str, headline: str) -> None:
    assert read_page(page(f"<article><h1>{printed}</h1>{BODY}</article>", head)).headline == headline


@pytest.mark.parametrize(
    "body, byline",
    [
        ('<a rel="author" href="/jo">Jo Ray</a>', "Jo Ray"),
        ('<span itemprop="author"><span itemprop="name">Jo Ray</span>, staff</span>', "Jo Ray"),
        ('<p class="article-byline">By Jo Ray and Al Poe</p>', "Jo Ray and Al Poe"),
        ('<p class="article-byline">12 March</p>', ""),
    ],
)
def test_a_byline_as_printed(body: str, byline: str) -> None:
    assert read_page(page(f"<article>{body}{BODY}</article>")).byline == byline


def test_a_page_that_a_browser_saved_knows_its_address() -> None:
    saved = "<!DOCTYPE html>\n<!-- saved from url=(0028)https://packet.example/saved -->\n" + page(BODY)[15:]
    assert read_page(saved).url == "https://packet.example/saved"
    canonical = '<link rel="canonical" href="https://packet.example/own">'
    assert read_page(saved.replace("<head>", f"<head>{canonical}")).url == "https://packet.example/own"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=30)
    | st.sampled_from(["NewsArticle", "2024-03-12", "https://a.example/b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@id", "@value", "name", "headline"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = "@type @id headline author creator publisher datePublished dateCreated url mainEntityOfPage inLanguage articleSection articleBody liveBlogUpdate"


@given(st.dictionaries(st.sampled_from(FIELDS.split()), JSON), st.booleans())
def test_linked_data_of_any_shape_is_read_or_passed_over(data: dict[str, object], typed: bool) -> None:
    node = data | ({"@type": "LiveBlogPosting"} if typed else {})
    found = linked_data.nodes([json.dumps(node), json.dumps(data)])
    stated = linked_data.stated(document_fromstring(page(BODY)), found)
    assert all(isinstance(value, str) for field, value in stated.items() if field != "published")
    article = linked_data.article_node(found)
    linked_data.entries(article)
    assert isinstance(linked_data.body(article), str)


@pytest.mark.parametrize(
    "raw, html",
    [
        (b"<!DOCTYPE html><p>x", True),
        (b"\xef\xbb\xbf \n<HTML lang=en>", True),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', True),
        (b"<!-- saved from url=(0014)about:internet -->\r\n<html>", True),
        ("<!doctype html>".encode("utf-16"), True),
        (b"<p>A text that begins with a tag", False),
        (b"In this text <html> is a word", False),
    ],
)
def test_a_page_is_known_by_its_beginning(raw: bytes, html: bool) -> None:
    assert looks_like_html(raw[2:] if raw.startswith(b"\xff\xfe") else raw) is html


@pytest.mark.parametrize(
    "head, encoding, declared",
    [
        ('<meta charset="windows-1252">', "cp1252", "windows-1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">', "cp1252", "iso-8859-1"),
        ("<meta charset=windows-1251>", "cp1251", "windows-1251"),
        ("", "utf-8", ""),
    ],
)
def test_the_encoding_of_a_page(head: str, encoding: str, declared: str) -> None:
    letter = "Ж" if encoding == "cp1251" else "é"
    raw = page(f"<p>{letter} in a paragraph</p>", head).encode(encoding)
    assert declared_encoding(raw) == declared
    (item,) = item_from_upload("a.html", raw)
    assert isinstance(item, Item)
    assert (item.text, item.encoding, item.raw) == (f"{letter} in a paragraph", encoding, raw)


def test_an_xhtml_page() -> None:
    raw = f'<?xml version="1.0" encoding="iso-8859-1"?>\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="cy"><body>{BODY}<p>caf\u00e9</p></body></html>'
    (item,) = item_from_upload("a", raw.encode("cp1252", "replace"))
    assert isinstance(item, Item)
    assert item.media_type == "text/html"
    assert item.language == "cy"
    assert item.text.endswith("café")


# Pages that mean harm

HOSTILE = {
    "nested": "<div>" * 100_000 + FIRST,
    "nested in an article": f"<article>{BODY}" + "<div>" * 50_000 + FIRST,
    "never closed": "<p>some words in a paragraph" * 5_000,
    "inline, never closed": "<b>some words" * 20_000,
    "many attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">" + FIRST,
    "tags without end": "<a" * 500_000,
    "quotes without end": "<a '\"" * 300_000,
    "scripts without end": "<script>" * 200_000,
    "comments without end": "<!--" * 300_000,
    "entity bomb": '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]><p>&c;&c;&c;</p>',
    "deep linked data": '<script type="application/ld+json">' + '{"a":[' * 200_000 + f"</script>{BODY}",
    "wide linked data": linked([{"@type": "NewsArticle", "headline": "h"}] * 50_000) + BODY,
    "many scripts": linked({"@type": "Article"}) * 5_000 + BODY,
    "odd linked data": linked({"@type": 7, "author": [[[7]], {"name": {"x": 1}}], "headline": {}, "@id": []}, 7, None, "x", [[]]) + BODY,
    "odd article": linked({"@type": "NewsArticle", "author": 7, "publisher": [], "datePublished": {}, "url": 7, "mainEntityOfPage": [], "articleBody": 7, "liveBlogUpdate": [7, {}]}) + BODY,
    "the same paragraph": paragraphs(FIRST) * 2_000,
    "blanks": f"<p>{' ' * 2_000_000}x</p>",
    "one word": f"<p>{'a' * 1_000_000}</p>",
    "furniture in furniture": '<div class="related share">' * 200 + paragraphs(FIRST) * 300,
    "tables in tables": "<table><tr><td>" * 3_000 + FIRST,
    "an image in a tag": f'<img src="data:image/png;base64,{"A" * 5_000_000}">{BODY}',
    "control characters": "<p>\x00\x01\x02\x0b\x7f\ufffe\ud800 text</p>" * 100,
    "processing instructions": "<?php echo 1; ?>" * 10_000 + BODY,
    "foreign elements": "<svg><math><p>" * 1_000 + FIRST,
    "frames": "<frameset><frame src=x>" * 1_000,
}  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_page_that_means_harm_ends_in_an_item_or_a_failure(body: str) -> None:
    begun = time.process_time()
    (found,) = item_from_upload("page.html", page(body).encode("utf-8", "surrogatepass"))
    assert time.process_time() - begun < 20
    if isinstance(found, Item):
        found.text.encode()
        assert "\0" not in found.text
    else:
        assert found.error.startswith("page.html is ")


def test_a_page_of_twenty_megabytes() -> None:
    begun = time.process_time()
    (item,) = item_from_upload("page.html", page(paragraphs(FIRST + "x" * 10_000) * 2_000).encode())
    assert time.process_time() - begun < 20
    assert isinstance(item, Item)
    assert item.text.count(FIRST) == 2_000


# Real pages


def real_pages() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(PAGES) as archive:
        for member in archive:
            if member.isfile() and (file := archive.extractfile(member)):
                yield Path(member.name).name, file.read()


@pytest.mark.skipif(not PAGES.is_file(), reason="the real pages are not here")
def test_real_pages_give_most_of_their_words_and_little_else() -> None:
    pages = dict(real_pages())
    truth = json.loads(pages.pop("ground-truth.json"))
    scores = []
    for name in sorted(pages)[:12]:
        (item,) = item_from_upload(name, pages[name])
        assert isinstance(item, Item), item
        want, got = set(truth[name.removesuffix(".html")]["articleBody"].split()), set(item.text.split())
        scores.append(2 * len(want & got) / (len(want) + len(got)))
    assert sum(scores) / len(scores) > 0.96
