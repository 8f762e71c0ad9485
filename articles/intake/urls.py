"""The identity of a web address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

#: Query parameters that say where a reader came from, never which article this is.
_TRACKING = re.compile(
    r"(?:utm_.*|fb_.*|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yclid|igshid|igsh|li_fat_id|mc_cid"
    r"|mc_eid|mkt_tok|_ga|_gl|_hsenc|_hsmi|hsctatracking|vero_id|vero_conv|oly_anon_id|oly_enc_id|wickedid|s_cid|ncid"
    r"|cmpid|cmp|ito|ns_[a-z_]+|at_(?:medium|campaign|custom\d|link_.*|bbc_team|format|ptr_name)|xtor|smid|smtyp|ref_src"
    r"|ref_url|__twitter_impression|guccounter|guce_referrer(?:_sig)?|wt\.mc_id|wt_mc|icid|ocid|sr_share|cid_source)",
    re.IGNORECASE,
)
MAX_URL = 2_000  # characters: the room that the database has for an address and for its key
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")  # a name or an address
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_UNSAFE = re.compile(r"[^!-~]+")  # everything but visible ASCII

#: Query parameters by which another form of the same page is asked for, or a post of a live blog shown first.
_OTHER_FORM = re.compile(
    r"_?amp(?:=(?:1|true|yes|html)?)?|isamp=(?:1|true)|(?:output|outputtype|view|format)=amp|mobile=(?:1|true|yes)"
    r"|amp_(?:js_v|gsa|lite|kit|tf)=.*|usqp=mq.*|page=with(?::|%3A)block-\w+|pinned_post_\w+=.*",
    re.IGNORECASE,
)
#: Hosts of another form of the same pages, before the name of the site.
_OTHER_HOST = re.compile(r"(?:www\d?|m|mobile|mob|amp|touch|wap)\.(?=[^.]+\.)")
#: Second labels below two-letter domains that are no site: bbc is one in bbc.co.uk, co is not.
_SECOND = frozenset(
    "ac asn asso co com edu gob gouv gov govt gv id info ltd me mil mod ne net nhs nom or org plc police sch".split()
)
#: Copies that caches hold of the AMP form of somebody else's page: cdn.ampproject.org/c/s/host/path and the like.
_CACHES = (
    (re.compile(r"(?:[a-z0-9-]+\.)*cdn\.ampproject\.org"), re.compile(r"/(?:[cv]|wp)(?:/s)?/([^/]+\.[^/]+)(/.*)?")),
    (
        re.compile(r"(?:www\.)?(?:google\.(?:com?\.)?[a-z]{2,3}|bing-amp\.com)"),
        re.compile(r"/amp(?:/s)?/([^/]+\.[^/]+)(/.*)?"),
    ),
)
_AMP_SUFFIX = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)


def normalise_url(url: str) -> str:
    """The key by which two addresses are the same page: for comparing, not for following.

    Scheme https (unless another port is named) and host in lower case (in its ASCII form), no fragment, user, tracking
    parameters or slash at the end; percent signs in their one normal form, the rest of the query as it was. AMP and
    mobile forms, copies in AMP caches, and addresses with and without www have the key of the page that they are a form
    of. Doing it twice changes nothing. Raises ValueError with a sentence on anything but an http or https address with
    a host, of at most `MAX_URL` characters.
    """
    given = url.strip()
    wrong = f"url is {given[:80]!r}: write a whole address, beginning with http:// or https://"
    try:
        parts = urlsplit(given)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
        if not host.isascii():
            host = host.encode("idna").decode()  # UnicodeError, for a host that IDNA refuses, is a ValueError
        if scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host):
            raise ValueError
    except ValueError:
        raise ValueError(wrong) from None
    path = _escaped(parts.path)
    if usual := port in (None, *_DEFAULT_PORTS.values()):
        scheme, before = "https", ("", "")
        while before != (host, path):
            before = host, path
            host, path = _uncached(site_host(host), path)
            path = _plain_path(path)
    path = _plain_path(path)
    host = f"[{host}]" if ":" in host else host
    netloc = host if usual else f"{host}:{port}"
    pairs = [_escaped(pair) for pair in parts.query.split("&") if pair]
    query = "&".join(
        pair for pair in pairs if not _TRACKING.fullmatch(pair.split("=", 1)[0]) and not _OTHER_FORM.fullmatch(pair)
    )
    found = urlunsplit((scheme, netloc, path or "/", query, ""))
    if max(len(given), len(found)) > MAX_URL:
        raise ValueError(f"url is {given[:80]!r}…: {MAX_URL} characters are the most, with everything in it escaped")
    return found


def site_host(host: str) -> str:
    """The host without what stands for www, a mobile or an AMP form of the same pages."""
    host = host.lower()
    while found := _OTHER_HOST.match(host):
        rest = host[found.end() :].split(".")
        if len(rest) == 2 and len(rest[1]) == 2 and rest[0] in _SECOND:
            break  # m.co.uk is a site
        host = host[found.end() :]
    return host


def same_site(one: str, other: str) -> bool:
    """Whether two web addresses belong to one site: the same name below a public suffix, as far as can be told."""
    try:
        first, second = (_site(urlsplit(normalise_url(url)).hostname or "") for url in (one, other))
    except ValueError:
        return False
    return first == second


def _site(host: str) -> str:
    labels = host.split(".")
    if ":" in host or labels[-1].isdecimal():
        return host
    below = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    return ".".join(labels[-below:])


def canonical(own: str, stated: str) -> str:
    """Which address a page has: the one that it states of itself, if that is one of the same site and may be believed,
    else the one at which it was found. Either may be "".

    Syndicated pages name the original elsewhere, but were printed where they were found. Front pages, and the same path
    without the query that tells pages apart, are a template's mistake.
    """
    if not own or not stated:
        return own or stated
    try:
        here, there = urlsplit(normalise_url(own)), urlsplit(normalise_url(stated))
    except ValueError:
        return own
    vague = here.path == there.path and here.query and not there.query
    return stated if same_site(own, stated) and there.path != "/" and not vague else own


def _uncached(host: str, path: str) -> tuple[str, str]:
    """Host and path of the page that an AMP cache holds a copy of; as they were if it is none."""
    while True:
        held = next(
            (found for cache, form in _CACHES if cache.fullmatch(host) and (found := form.fullmatch(path))), None
        )
        if held is None or not _HOST.fullmatch(held[1].lower()):
            return host, path
        host, path = held[1].lower(), held[2] or ""


def _plain_path(path: str) -> str:
    """A path without slash at its end, and without what asks for an AMP form of the page."""
    while True:
        kept = [segment for segment in path.split("/") if segment.lower() != "amp"]
        shorter = "/".join(kept) if any(kept) else path
        shorter = _AMP_SUFFIX.sub("", shorter).rstrip("/")
        if shorter == path:
            return path
        path = shorter


def _escaped(part: str) -> str:
    """``part`` with percent signs in RFC 3986's normal form: unreserved characters bare, the rest in capitals."""
    part = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), part)

    def bare(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(bare, part)
