"""Which addresses may be fetched: of the public Internet only, however they are written.

Names are looked up once and the connection goes to the very address that was checked (see `articles.fetching.network`),
so that neither a redirect nor a name that changes its mind leads inside.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Iterable[str]]

PORTS = {"http": 80, "https": 443}

#: What the IANA registries keep for other purposes than hosts of the public Internet (RFC 6890 and its updates), and
#: 168.63.129.16, at which Azure's machines find their host.
_NOT_PUBLIC_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24"
        " 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15"
        " 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
]
#: Global unicast; everything else (mapped and translated IPv4, unique local, link-local, multicast) is outside of it.
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
#: Of it: protocol assignments with Teredo, documentation, 6to4.
_NOT_PUBLIC_6 = [ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # an interface identifier that holds an IPv4 address

#: Names that never are a public host, whatever the name server says of them.
_INSIDE = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")  # with such a last label, browsers and sockets take a host for an address
_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f]")


class Refused(ValueError):
    """An address that is not fetched, in one sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its checked parts; ``host`` is a name in ASCII, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def place(self) -> str:
        """Host and port, as settings name them."""
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def origin(self) -> str:
        usual = self.port == PORTS[self.scheme]
        return f"{self.scheme}://{_bracketed(self.host) if usual else self.place}"

    @property
    def url(self) -> str:
        """The whole address, written anew."""
        return self.origin + urlunsplit(("", "", self.path or "/", self.query, ""))


def target(url: str, allowed: Iterable[str] = ()) -> Target:
    """The parts of a web address that may be fetched; raises Refused.

    Strict, because what reads differently to different parsers is how guards are passed: no user, no escapes or
    backslashes around the host, IP addresses in their one usual notation, ports 80 and 443. ``allowed`` are places
    ("127.0.0.1:8000") to which none of that applies.
    """
    shown = f"{url[:100]!r}"
    if _UNFIT.search(url.strip()):
        raise Refused(
            f"{shown} holds blanks, backslashes or control characters: write the address as a browser shows it"
        )
    try:
        parts = urlsplit(url.strip())
        scheme, port = parts.scheme.lower(), parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        raise Refused(f"{shown} is no web address: write it as a browser shows it, with https://") from None
    if scheme not in PORTS or not host or ("[" in parts.netloc and ":" not in host):
        raise Refused(f"{shown} is no web address: it begins with http:// or https:// and names a host")
    if "@" in parts.netloc:
        raise Refused(f"{shown} holds a user name: leave out what stands before @")
    found = Target(scheme, host, PORTS[scheme] if port is None else port, parts.path, parts.query)
    if found.place in set(allowed):
        return found
    if found.port not in PORTS.values():
        raise Refused(f"{shown} names port {found.port}: only 80 and 443 are fetched from")
    _check_host(host, shown)
    return found


def joined(base: Target, location: str) -> str:
    """The address that a redirect names, relative to where it came from; raises Refused."""
    try:
        return urljoin(base.url, location.strip())
    except ValueError:
        raise Refused(f"it redirects to {location[:100]!r}, which is no web address") from None


def resolve(host: str, port: int, lookup: Lookup | None = None) -> list[str]:
    """The public IP addresses of a host, looked up once; raises Refused if there are none, OSError if none at all."""
    literal = _ip(host)
    given = [str(literal)] if literal else list(dict.fromkeys((lookup or _lookup)(host, port)))
    public = [address for address in given if (ip := _ip(address)) and is_public(ip)]
    if not public:
        raise Refused(f"{host} is not on the public Internet: nothing is fetched from inside a network")
    return public


def is_public(ip: Address) -> bool:
    """Whether an IP address is that of a host on the public Internet, and holds no other address inside."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    if ip.scope_id or ip not in _PUBLIC_6 or any(ip in network for network in _NOT_PUBLIC_6):
        return False
    return (int(ip) >> 32) & 0xFFFFFFFF not in _ISATAP


def _lookup(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(row[4][0]) for row in found]


def _host(given: str) -> str:
    """A host in lower case and ASCII, without the dot that may end a name; "" if it is none. Raises ValueError."""
    if "%" in given:
        raise ValueError
    host = given.lower()
    if not host.isascii():
        import idna

        host = idna.encode(host, uts46=True).decode()  # IDNAError is a ValueError; full-width digits become digits
    return host.removesuffix(".")


def _check_host(host: str, shown: str) -> None:
    if _ip(host):
        if not is_public(ipaddress.ip_address(host)):
            raise Refused(f"{shown} is not on the public Internet: nothing is fetched from inside a network")
        return
    labels = host.split(".")
    if ":" in host or _NUMERIC.fullmatch(labels[-1]):
        raise Refused(f"{shown} writes an IP address in an unusual way: write its name, or four numbers with dots")
    if len(labels) < 2 or any(host == name or host.endswith(f".{name}") for name in _INSIDE):
        raise Refused(f"{shown} names a machine inside a network: only the public Internet is fetched from")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(f"{shown} names no host: write the address as a browser shows it")


def _ip(host: str) -> Address | None:
    """The IP address that a host is, in its usual notation only."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
