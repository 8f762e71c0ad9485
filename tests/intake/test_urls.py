"""When two addresses are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.intake import normalise_url
from articles.intake.urls import canonical


@pytest.mark.parametrize(
    "url, key",
    [
        ("https://news.example/a/b", "https://news.example/a/b"),
        ("HTTPS://News.Example/A/b", "https://news.example/A/b"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/a/", "https://news.example/a"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:80/a", "https://news.example/a"),
        ("http://news.example/a", "https://news.example/a"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://news.example./a#comments", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=z&UTM_Medium=y", "https://news.example/a?id=7"),
        ("https://news.example/a?gclid=1&mc_cid=2&cmpid=3", "https://news.example/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1"),
        ("https://news.example/a?page=", "https://news.example/a?page="),
        ("https://news.example/a?&&", "https://news.example/a"),
        ("https://user:secret@news.example/a", "https://news.example/a"),
        ("https://news.example/%7ejo/caf%c3%a9", "https://news.example/~jo/caf%C3%A9"),
        ("https://news.example/café", "https://news.example/caf%C3%A9"),
        ("https://news.example/two words", "https://news.example/two%20words"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("https://news.example/a?%75tm_source=x", "https://news.example/a"),
        # with and without www, mobile hosts
        ("https://www.news.example/a", "https://news.example/a"),
        ("https://m.news.example/a", "https://news.example/a"),
        ("https://mobile.news.example/a?mobile=1", "https://news.example/a"),
        ("https://www.m.bbc.co.uk/a", "https://bbc.co.uk/a"),
        ("https://www.example/a", "https://www.example/a"),
        ("https://m.co.uk/a", "https://m.co.uk/a"),
        ("https://m.ft.com/a", "https://ft.com/a"),
        ("https://amp.dev/a", "https://amp.dev/a"),
        # AMP
        ("https://amp.news.example/a", "https://news.example/a"),
        ("https://news.example/a/amp/", "https://news.example/a"),
        ("https://news.example/amp/a", "https://news.example/a"),
        ("https://news.example/news/amp/uk-1", "https://news.example/news/uk-1"),
        ("https://news.example/a.amp", "https://news.example/a"),
        ("https://news.example/a.amp.html", "https://news.example/a.html"),
        ("https://news.example/a?amp", "https://news.example/a"),
        ("https://news.example/a?id=7&amp=1&outputType=amp", "https://news.example/a?id=7"),
        ("https://news.example/a?amp_js_v=0.1&usqp=mq331AQ", "https://news.example/a"),
        ("https://news.example/amp", "https://news.example/amp"),
        ("https://news.example/amplifier", "https://news.example/amplifier"),
        ("https://news.example/a?amplitude=1", "https://news.example/a?amplitude=1"),
        ("https://www-news-example.cdn.ampproject.org/c/s/www.news.example/a/amp", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/v/news.example/a?amp_js_v=0.1", "https://news.example/a"),
        ("https://www.google.com/amp/s/amp.news.example/a", "https://news.example/a"),
        ("https://www.google.co.uk/amp/news.example/a.amp", "https://news.example/a"),
        ("https://www.google.com/search/a.example/b", "https://google.com/search/a.example/b"),
        # one post of a live blog
        (
            "https://news.example/live/a?page=with:block-65f0&filterKeyEvents=false",
            "https://news.example/live/a?filterKeyEvents=false",
        ),
        ("https://news.example/live/a?pinned_post_type=share&pinned_post_asset_id=9", "https://news.example/live/a"),
    ],
)
def test_normalise_url(url: str, key: str) -> None:
    assert normalise_url(url) == key
    assert normalise_url(key) == key


@pytest.mark.parametrize(
    "url",
    ["", "news.example/a", "/a/b", "ftp://news.example/a", "javascript:alert(1)", "mailto:a@news.example", "https://",
     "https:///a", "https://two words/a", "https://[::1/a", "https://a:99999/", "https://<b>/a", "https://a..b/",
     "https://news.example:port/", "data:text/html,x", "https://xn--\ud800/"],
)  # fmt: skip
def test_what_is_no_web_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"url is .*: write a whole address"):
        normalise_url(url)


@pytest.mark.parametrize("rest", ["x" * 2_000, "é" * 400, "?utm_source=" + "x" * 2_000])
def test_an_address_has_an_end(rest: str) -> None:
    with pytest.raises(ValueError, match="2000 characters are the most"):
        normalise_url(f"https://news.example/{rest}")


@given(st.text())
def test_any_text_is_an_address_or_one_sentence(text: str) -> None:
    for url in (
        text,
        f"https://news.example/{text}",
        f"https://{text}.cdn.ampproject.org/c/s/{text}",
        f"http://m.{text}",
    ):
        key, error = "", ""
        try:
            key = normalise_url(url)
        except ValueError as raised:
            error = str(raised)
        if key:
            assert normalise_url(key) == key
            assert key.isascii()
        else:
            assert "\n" not in error


@given(
    st.lists(st.sampled_from(["amp", "AMP", "", "a", ".amp", "a.amp.amp", "c", "s", "v", "m.b.example", "b.amp.html"]))
)
def test_doing_it_twice_changes_nothing(parts: list[str]) -> None:
    for host in ("news.example", "x.cdn.ampproject.org", "www.google.com"):
        key = normalise_url(f"https://{host}/{'/'.join(parts)}")
        assert normalise_url(key) == key


@pytest.mark.parametrize(
    "own, stated, chosen",
    [
        ("https://m.news.example/a?utm_source=x", "https://www.news.example/a", "stated"),
        ("https://news.example/a", "https://live.news.example/b", "stated"),
        ("https://a.example.co.uk/a", "https://b.example.co.uk/a", "stated"),
        ("https://a.co.uk/a", "https://b.co.uk/a", "own"),
        ("https://mirror.example/a", "https://news.example/a", "own"),
        ("https://news.example/a", "https://news.example/", "own"),
        ("https://news.example/story?id=7", "https://news.example/story", "own"),
        ("https://news.example/story?id=7", "https://news.example/story/7-words", "stated"),
        ("https://news.example/a", "/b", "own"),
        ("https://news.example/a", "", "own"),
        ("", "https://news.example/a", "stated"),
        ("", "", "own"),
    ],
)
def test_a_page_says_which_address_it_has_but_not_of_another_site(own: str, stated: str, chosen: str) -> None:
    assert canonical(own, stated) == {"own": own, "stated": stated}[chosen]
