"""Fetching from a server of our own: politely, within limits, and never where it must not go."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import time
import zlib
from collections.abc import Callable
from email.utils import format_datetime
from threading import Thread

import httpcore
import pytest

from articles.fetching import Answer, Fetcher, Manner, NotFetched, Refused, Wanted, robots
from articles.fetching.fetcher import FEEDS
from tests.fetching.conftest import Reply, Web

Make = Callable[..., Fetcher]
PAGE = "<html><body><p>“We shall see,” she said.</p></body></html>"


def test_a_page_comes_with_what_its_headers_say(web: Web, fetcher: Make) -> None:
    url = web.says("/a", Reply(PAGE.encode("cp1252"), headers={"ETag": '"1"', "Last-Modified": "Tue, 01 Oct 2024 10:00:00 GMT",
                                                               "Content-Type": "text/html; charset=Windows-1252"}))  # fmt: skip
    answer = fetcher(agent="Verbatim/9 (desk@example.org)").get(url)
    assert (answer.url, answer.body, answer.media_type, answer.charset) == (url, PAGE.encode("cp1252"), "text/html", "windows-1252")  # fmt: skip
    assert (answer.etag, answer.last_modified) == ('"1"', "Tue, 01 Oct 2024 10:00:00 GMT")
    assert dt.datetime.now(dt.UTC) - answer.at < dt.timedelta(minutes=1)
    assert web.paths() == ["/robots.txt", "/a"]
    assert {asked.headers["user-agent"] for asked in web.asked} == {"Verbatim/9 (desk@example.org)"}
    assert web.asked[1].headers["host"] == web.place


def test_what_has_not_changed_is_not_sent_again(web: Web, fetcher: Make) -> None:
    url = web.says("/a", Reply(status=304))
    answer = fetcher().get(Wanted(url, '"1"', "Tue, 01 Oct 2024 10:00:00 GMT"))
    assert answer.unmodified
    headers = web.asked[-1].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Tue, 01 Oct 2024 10:00:00 GMT")
    assert "if-none-match" not in web.asked[0].headers, "robots.txt is another page"


def test_what_was_never_had_cannot_be_unchanged(web: Web, fetcher: Make) -> None:
    with pytest.raises(NotFetched, match="not been had before"):
        fetcher().get(web.says("/a", Reply(status=304)))


@pytest.mark.parametrize("said", ["9" * 5000, "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "-1", "soon", "nan"])
def test_a_site_that_asks_for_no_time_that_can_be_understood(web: Web, fetcher: Make, said: str) -> None:
    with pytest.raises(NotFetched, match="status 503") as refused:
        fetcher(attempts=1).get(web.says("/a", Reply(status=503, headers={"Retry-After": said})))
    assert refused.value.after in (0, 10_000_000)


@pytest.mark.parametrize("parameter", ["charset=UTF-8", "charset*=utf-8''utf-8", 'charset="utf-8"'])
def test_a_charset_is_written_in_several_ways(web: Web, fetcher: Make, parameter: str) -> None:
    assert fetcher().get(web.says("/a", PAGE, kind=f"text/html; {parameter}")).charset == "utf-8"


# robots.txt


@pytest.mark.parametrize(
    "robots, fetched",
    [
        ("", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /private/\n", True),
        ("User-agent: *\nDisallow: /news/*/live$\n", False),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/a/\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: verbatim\nAllow: /\n", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: Verbatim\nDisallow: /news\n", False),
        ("User-agent: otherbot\nDisallow: /\n", True),
        ("<html>not found, said politely</html>", True),
    ],
)
def test_a_site_says_what_programs_may_fetch(web: Web, fetcher: Make, robots: str, fetched: bool) -> None:
    web.says("/robots.txt", robots, kind="text/plain")
    url = web.says("/news/a/live", PAGE)
    if fetched:
        assert fetcher().get(url).body
    else:
        with pytest.raises(NotFetched, match=r"robots\.txt asks programs not to") as refused:
            fetcher().get(url)
        assert not refused.value.passing
        assert "/news/a/live" not in web.paths()


def test_robots_are_asked_once_and_remembered(web: Web, fetcher: Make) -> None:
    for path in ("/a", "/b"):
        fetcher().get(web.says(path, PAGE))
    assert web.paths() == ["/robots.txt", "/a", "/b"]


@pytest.mark.parametrize("status, fetched", [(404, True), (401, True), (403, True), (410, True), (500, False), (503, False), (429, False)])  # fmt: skip
def test_no_robots_means_yes_and_broken_robots_mean_no(web: Web, fetcher: Make, status: int, fetched: bool) -> None:
    web.says("/robots.txt", Reply(b"User-agent: *\nDisallow: /", status))
    url = web.says("/a", PAGE)
    if fetched:
        assert fetcher().get(url).body
    else:
        with pytest.raises(NotFetched, match=r"robots\.txt cannot be had") as refused:
            fetcher().get(url)
        assert refused.value.passing


def test_robots_may_lie_elsewhere(web: Web, fetcher: Make) -> None:
    web.says("/robots.txt", Reply(status=301, headers={"Location": "/r.txt"}))
    web.says("/r.txt", "User-agent: *\nDisallow: /a", kind="text/plain")
    with pytest.raises(NotFetched, match="asks programs not to"):
        fetcher().get(web.says("/a", PAGE))


# Redirects


def test_redirects_are_followed_and_the_last_address_counts(web: Web, fetcher: Make) -> None:
    first = web.says("/1", Reply(status=301, headers={"Location": "/2"}))
    web.says("/2", Reply(status=302, headers={"Location": web.url("/3?x=1")}))
    web.says("/3?x=1", PAGE)
    assert fetcher().get(first).url == web.url("/3?x=1")


@pytest.mark.parametrize(
    "location, sentence",
    [
        ("http://127.0.0.1:1/", "port 1"),
        ("http://127.0.0.1/", "not on the public Internet"),
        ("http://169.254.169.254/latest/meta-data/", "not on the public Internet"),
        ("http://[::ffff:127.0.0.1]/", "not on the public Internet"),
        ("http://2130706433/", "unusual way"),
        ("http://localhost/", "inside a network"),
        ("http://metadata.google.internal/", "inside a network"),
        ("//user@127.0.0.1/", "a user name"),
        ("file:///etc/passwd", "no web address"),
        ("javascript:alert(1)", "no web address"),
        ("http://x y/", "blanks"),
        ("http://[::1", "no web address"),
    ],
)
def test_a_redirect_leads_nowhere_that_is_not_fetched(web: Web, fetcher: Make, location: str, sentence: str) -> None:
    url = web.says("/a", Reply(status=302, headers={"Location": location}))
    with pytest.raises(Refused, match=sentence):
        fetcher().get(url)
    assert web.paths() == ["/robots.txt", "/a"]


def test_redirects_end(web: Web, fetcher: Make) -> None:
    web.says("/a", Reply(status=302, headers={"Location": "/b"}))
    web.says("/b", Reply(status=302, headers={"Location": "/a"}))
    with pytest.raises(NotFetched, match="in a circle"):
        fetcher().get(web.url("/a"))
    for number in range(9):
        web.says(f"/{number}", Reply(status=302, headers={"Location": f"/{number + 1}"}))
    with pytest.raises(NotFetched, match="more than 5 times"):
        fetcher().get(web.url("/0"))


# Names


def test_a_name_is_looked_up_once_and_the_connection_goes_there(web: Web) -> None:
    """A name server that says something else the second time gets nobody inside: there is no second time."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    with pytest.raises(Refused, match="not on the public Internet"):
        Fetcher(Manner(delay=0, seconds=2), rebinding).get("http://news.example.org/")
    assert asked == ["news.example.org"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1", "64:ff9b::7f00:1"]
)
def test_a_name_that_stands_for_something_inside(address: str) -> None:
    with pytest.raises(Refused, match=r"news\.example\.org is not on the public Internet"):
        Fetcher(Manner(delay=0, seconds=2), lambda host, port: [address]).get("http://news.example.org/")


def test_the_connection_goes_to_the_address_that_was_checked(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the whole stack: the socket gets the address that was looked up, and the site its own name."""
    real, gone_to = httpcore.SyncBackend.connect_tcp, []

    def here(self: httpcore.SyncBackend, host: str, port: int, *rest: object) -> httpcore.NetworkStream:
        gone_to.append((host, port))
        return real(self, "127.0.0.1", web.port)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", here)
    web.says("/a", PAGE)
    one = Fetcher(Manner(delay=0, seconds=2), lambda host, port: ["10.0.0.1", "93.184.215.14"])
    assert one.get("http://news.example.org/a").body == PAGE.encode()
    assert gone_to == [("93.184.215.14", 80)] * 2
    assert [asked.headers["host"] for asked in web.asked] == ["news.example.org"] * 2


def test_a_name_without_an_address(web: Web) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(NotFetched, match=r"robots\.txt cannot be had") as refused:
        Fetcher(Manner(delay=0, seconds=2, attempts=1), nowhere).get("https://nowhere.example.org/")
    assert refused.value.passing


# Again, and politely


def test_what_fails_is_tried_again(web: Web, fetcher: Make) -> None:
    url = web.says("/a", Reply(status=503), Reply(PAGE.encode(), cut=10), PAGE)
    assert fetcher().get(url).body == PAGE.encode()
    assert web.paths().count("/a") == 3


def test_but_not_for_ever(web: Web, fetcher: Make) -> None:
    url = web.says("/a", Reply(status=502))
    with pytest.raises(NotFetched, match=r"a fault of its own just now \(status 502\)") as failed:
        fetcher().get(url)
    assert failed.value.passing
    assert web.paths().count("/a") == 3


@pytest.mark.parametrize("status, words", [(401, "an account"), (403, "refuses"), (404, "not there"), (410, "gone for good"), (451, "legal")])  # fmt: skip
def test_what_will_not_change_is_asked_once(web: Web, fetcher: Make, status: int, words: str) -> None:
    url = web.says("/a", Reply(status=status))
    with pytest.raises(NotFetched, match=words) as failed:
        fetcher().get(url)
    assert not failed.value.passing
    assert web.paths().count("/a") == 1


def test_retry_after_is_waited_for_or_told(web: Web, fetcher: Make) -> None:
    url = web.says("/a", Reply(status=429, headers={"Retry-After": "1"}), PAGE)
    assert fetcher().get(url).body
    first, second = (asked.at for asked in web.asked if asked.path == "/a")
    assert second - first >= 1
    later = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), usegmt=True)
    url = web.says("/b", Reply(status=503, headers={"Retry-After": later}), PAGE)
    with pytest.raises(NotFetched) as failed:
        fetcher().get(url)
    assert 3_500 < failed.value.after <= 3_600
    assert web.paths().count("/b") == 1


def test_a_host_is_asked_one_thing_at_a_time_and_slowly(web: Web, fetcher: Make) -> None:
    wanted = [Wanted(web.says(f"/{n}", Reply(PAGE.encode(), pause=0.05))) for n in range(4)]
    found = list(fetcher(delay=0.2, workers=4).get_all(wanted))
    assert len(found) == 4
    assert all(isinstance(answer, Answer) for _, answer in found)
    asked = sorted(web.asked, key=lambda one: one.at)
    assert all(later.at - earlier.at >= 0.2 for earlier, later in itertools.pairwise(asked))


def test_a_site_may_want_it_slower(web: Web, fetcher: Make) -> None:
    web.says("/robots.txt", "User-agent: *\nCrawl-delay: 0.4", kind="text/plain")
    one = fetcher()
    for path in ("/a", "/b"):
        one.get(web.says(path, PAGE))
    first, second = web.asked[1:]
    assert second.at - first.at >= 0.4


def test_whoever_stops_waits_for_nobody(web: Web, fetcher: Make) -> None:
    wanted = [Wanted(web.says(f"/{n}", PAGE)) for n in range(20)]
    robots.remember(f"http://{web.place}", robots.Rules())
    answers = fetcher(delay=60.0).get_all(wanted)
    started = time.monotonic()
    closing = Thread(target=answers.close)
    next(answers)
    closing.start()
    closing.join(20)
    assert time.monotonic() - started < 20
    assert len(web.asked) == 1


def test_several_addresses_and_what_goes_wrong_with_some(web: Web, fetcher: Make) -> None:
    wanted = [
        Wanted(web.says("/a", PAGE), about=1),
        Wanted(web.url("/gone"), about=2),
        Wanted("http://10.0.0.1/", about=3),
    ]
    found = {one.about: answer for one, answer in fetcher().get_all(wanted)}
    assert isinstance(found[1], Answer)
    assert [type(found[2]), type(found[3])] == [NotFetched, Refused]


# Limits


def test_a_page_has_an_end(web: Web, fetcher: Make) -> None:
    said, unsaid = Reply(b"x" * 20_000), Reply(b"x" * 20_000, headers={"Content-Length": "20000"})
    for reply in (said, unsaid):
        with pytest.raises(NotFetched, match=r"larger than 0\.01 MB"):
            fetcher(most_bytes=10_000).get(web.says("/a", reply))
    assert fetcher(most_bytes=20_000).get(web.url("/a")).body


def test_also_when_it_is_packed_small(web: Web, fetcher: Make) -> None:
    bomb = gzip.compress(bytes(60_000_000))
    assert len(bomb) < 100_000
    for body, encoding in ((bomb, "gzip"), (zlib.compress(bytes(60_000_000)), "deflate"), (bomb + bomb, "gzip")):
        url = web.says("/a", Reply(body, headers={"Content-Encoding": encoding}))
        with pytest.raises(NotFetched, match="larger than 1 MB"):
            fetcher(most_bytes=1_000_000).get(url)


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    "pack, encoding",
    [(gzip.compress, "gzip"), (gzip.compress, "x-gzip"), (zlib.compress, "deflate"), (_raw_deflate, "deflate"), (bytes, "identity")],
)  # fmt: skip
def test_a_packed_page_is_unpacked(web: Web, fetcher: Make, pack: Callable[[bytes], bytes], encoding: str) -> None:
    url = web.says("/a", Reply(pack(PAGE.encode()), headers={"Content-Encoding": encoding}))
    assert fetcher().get(url).body == PAGE.encode()


@pytest.mark.parametrize(
    "body, encoding, words",
    [
        (b"\x00" * 20, "br", "was not asked for"),
        (b"not gzip at all", "gzip", "compressed, and broken"),
        (gzip.compress(PAGE.encode() * 100, mtime=0)[:-20], "gzip", "broken or ended early"),
    ],
)
def test_a_page_that_cannot_be_unpacked(web: Web, fetcher: Make, body: bytes, encoding: str, words: str) -> None:
    url = web.says("/a", Reply(body, headers={"Content-Encoding": encoding}))
    with pytest.raises(NotFetched, match=words):
        fetcher().get(url)


@pytest.mark.parametrize("slow", [Reply(PAGE.encode(), pause=3), Reply(PAGE.encode() * 10, drip=0.05)], ids=["silent", "dripping"])  # fmt: skip
def test_an_answer_has_its_time(web: Web, fetcher: Make, slow: Reply) -> None:
    url = web.says("/a", slow)
    fetcher().get(web.says("/b", PAGE))  # robots
    started = time.monotonic()
    with pytest.raises(NotFetched, match="longer than 1 seconds") as failed:
        fetcher(seconds=1, attempts=1).get(url)
    assert failed.value.passing
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "kind, kinds, fetched",
    [
        ("text/html", (), True),
        ("application/xhtml+xml; charset=utf-8", (), True),
        ("TEXT/HTML;charset=utf-8", (), True),
        ("", (), True),
        ("application/pdf", (), False),
        ("image/png", (), False),
        ("video/mp4", (), False),
        ("application/rss+xml", (), False),
        ("application/rss+xml", FEEDS, True),
        ("application/feed+xml", FEEDS, True),
        ("application/octet-stream", FEEDS, False),
    ],
)
def test_only_text_is_fetched(web: Web, fetcher: Make, kind: str, kinds: tuple[str, ...], fetched: bool) -> None:
    url = web.says("/a", PAGE, kind=kind)
    if fetched:
        assert fetcher().get(url, *([kinds] if kinds else [])).body
    else:
        with pytest.raises(NotFetched, match="not a page of text"):
            fetcher().get(url, *([kinds] if kinds else []))


def test_nobody_there(web: Web, fetcher: Make) -> None:
    with pytest.raises(NotFetched, match="cannot be had now"):
        fetcher(allowed=frozenset({"127.0.0.1:1"}), attempts=1).get("http://127.0.0.1:1/")


def test_no_proxy_of_the_environment_is_asked(web: Web, fetcher: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert fetcher().get(web.says("/a", PAGE)).body
