"""What is never fetched, in every notation that we have heard of; and what is."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.fetching.addresses import Refused, is_public, joined, resolve, target

INSIDE = """
    127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255
    169.254.169.254 169.254.170.2 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1
    198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 ::127.0.0.1 ::7f00:1 64:ff9b::7f00:1
    64:ff9b::10.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::a00:1 100::1 2001::1 2001:0:7f00:1::1 2001:10::1 2001:20::1
    2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1 3fff::1 3fff:fff::1 5f00::1 fc00::1 fd00:ec2::254
    fd20:ce::254 fe80::1 fec0::1 ff02::1 ff0e::1 2606:4700::5efe:7f00:1 2606:4700::200:5efe:a00:1
    """.split()

OUTSIDE = """
    1.1.1.1 8.8.8.8 93.184.215.14 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 172.15.255.255 172.32.0.1
    169.253.255.255 192.0.1.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255
    2606:4700::1111 2a00:1450:4009::200e 2001:4860:4860::8888 2001:200::1 2400::1
    """.split()


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused, match="not on the public Internet"):
        target(f"http://{host}/")
    with pytest.raises(Refused, match="not on the public Internet"):
        resolve("news.example.org", 443, lambda host, port: [address])


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_outside(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert target(f"https://{host}/a").host == address
    assert resolve("news.example.org", 443, lambda host, port: [address]) == [address]


@given(st.ip_addresses())
def test_what_is_public_python_calls_global(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(ip):
        assert ip.is_global
        assert not any((ip.is_multicast, ip.is_reserved, ip.is_loopback, ip.is_link_local, ip.is_unspecified))
        assert isinstance(ip, ipaddress.IPv4Address) or not (ip.ipv4_mapped or ip.sixtofour or ip.teredo)


@pytest.mark.parametrize(
    "url, sentence",
    [
        # IPv4 in other clothes
        ("http://2130706433/", "an unusual way"),
        ("http://0x7f000001/", "an unusual way"),
        ("http://017700000001/", "an unusual way"),
        ("http://0177.0.0.1/", "an unusual way"),
        ("http://0x7f.0.0.1/", "an unusual way"),
        ("http://127.0.0.01/", "an unusual way"),
        ("http://127.1/", "an unusual way"),
        ("http://127.0.1/", "an unusual way"),
        ("http://0/", "an unusual way"),
        ("http://0x/", "an unusual way"),
        ("http://127.0.0.0x1/", "an unusual way"),
        ("http://8.8.8.0x8/", "an unusual way"),
        ("http://news.example.1/", "an unusual way"),
        ("http://127.0.0.1./", "not on the public Internet"),
        ("http://127.0.0.1../", "no host"),
        ("http://①②⑦.⓪.⓪.①/", "not on the public Internet"),
        ("http://１２７.０.０.１/", "not on the public Internet"),
        ("http://127。0。0。1/", "not on the public Internet"),
        ("http://%31%32%37.0.0.1/", "no web address"),
        ("http://127.0.0.1%00.example.org/", "no web address"),
        ("http://169.254.169.254/latest/meta-data/", "not on the public Internet"),
        ("http://[::ffff:169.254.169.254]/", "not on the public Internet"),
        ("http://[fe80::1%25eth0]/", "no web address"),
        ("http://[::1]:80/", "not on the public Internet"),
        ("http://[v1.fe]/", "no web address"),
        ("http://::1/", "no web address"),
        # names
        ("http://localhost/", "inside a network"),
        ("http://LOCALHOST./", "inside a network"),
        ("http://a.localhost/", "inside a network"),
        ("http://ｌocalhost/", "inside a network"),
        ("http://metadata.google.internal/", "inside a network"),
        ("http://printer.local/", "inside a network"),
        ("http://router/", "inside a network"),
        ("http://db.corp/", "inside a network"),
        ("http://a..b.org/", "no web address|no host"),
        ("http://-a.example.org/", "no host"),
        ("http://exa_mple!.org/", "no host"),
        # other tricks
        ("http://user@news.example.org/", "a user name"),
        ("http://news.example.org@127.0.0.1/", "a user name"),
        ("http://127.0.0.1:80@news.example.org/", "a user name"),
        ("http://news.example.org:8080/", "port 8080"),
        ("http://news.example.org:22/", "port 22"),
        ("https://news.example.org:0/", "port 0"),
        ("http://news.example.org:99999/", "no web address"),
        ("http://news.example.org\\@127.0.0.1/", "backslashes"),
        ("http:\\\\127.0.0.1/", "backslashes"),
        ("http://news.example.org/a\r\nHost: 127.0.0.1", "control characters"),
        ("http://news.example.org /", "blanks"),
        ("http://news\t.example.org/", "control characters"),
        ("file:///etc/passwd", "no web address"),
        ("ftp://news.example.org/", "no web address"),
        ("gopher://news.example.org/", "no web address"),
        ("//news.example.org/", "no web address"),
        ("news.example.org", "no web address"),
        ("http:/news.example.org", "no web address"),
        ("http://", "no web address"),
        ("", "no web address"),
    ],
)
def test_what_is_refused_as_it_is_written(url: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        target(url)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url, found",
    [
        ("https://News.Example.org/a?b=1#c", "https://news.example.org/a?b=1"),
        ("http://news.example.org:80", "http://news.example.org/"),
        ("https://news.example.org:80/", "https://news.example.org:80/"),
        ("https://news.example.org./a", "https://news.example.org/a"),
        ("https://bücher.example.org/", "https://xn--bcher-kva.example.org/"),
        ("http://8.8.8.8/a", "http://8.8.8.8/a"),
        ("https://[2001:4860:4860::8888]/a", "https://[2001:4860:4860::8888]/a"),
    ],
)
def test_what_is_fetched_is_written_anew(url: str, found: str) -> None:
    assert target(url).url == found


def test_only_settings_let_somebody_inside() -> None:
    assert target("http://127.0.0.1:8123/a", {"127.0.0.1:8123"}).place == "127.0.0.1:8123"
    for url in ("http://127.0.0.1:8124/a", "http://127.0.0.1/a", "http://127.0.0.2:8123/", "http://[::1]:8123/"):
        with pytest.raises(Refused):
            target(url, {"127.0.0.1:8123"})


def test_a_host_keeps_its_public_addresses_only() -> None:
    assert resolve("a.example.org", 80, lambda *_: ["10.0.0.1", "1.1.1.1", "::1", "1.1.1.1"]) == ["1.1.1.1"]
    with pytest.raises(Refused):
        resolve("a.example.org", 80, lambda *_: [])


@pytest.mark.parametrize(
    "location, url",
    [
        ("/b", "https://a.example.org/b"),
        ("b", "https://a.example.org/x/b"),
        ("//b.example.org/c", "https://b.example.org/c"),
        ("http://b.example.org/", "http://b.example.org/"),
        ("?q=1", "https://a.example.org/x/y?q=1"),
    ],
)
def test_where_a_redirect_leads(location: str, url: str) -> None:
    assert joined(target("https://a.example.org/x/y"), location) == url
