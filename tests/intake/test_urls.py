"""When two addresses are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.intake import normalise_url


@pytest.mark.parametrize(
    "url, key",
    [
        ("https://news.example/a/b", "https://news.example/a/b"),
        ("HTTPS://News.Example/A/b", "https://news.example/A/b"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/a/", "https://news.example/a"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:80/a", "http://news.example/a"),
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
    for url in (text, f"https://news.example/{text}"):
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
