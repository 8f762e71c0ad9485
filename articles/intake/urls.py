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


def normalise_url(url: str) -> str:
    """The key by which two addresses are the same: for comparing, not for following.

    Scheme and host in lower case (host in its ASCII form), no default port, fragment or tracking parameters, percent
    signs in their one normal form, no slash at the end of a path, the rest of the query as it was. Doing it twice
    changes nothing. Raises ValueError with a sentence on anything but an http or https address with a host, of at most
    `MAX_URL` characters.
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
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    path = _escaped(parts.path).rstrip("/")
    query = "&".join(
        _escaped(pair) for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.split("=", 1)[0])
    )
    found = urlunsplit((scheme, netloc, path or "/", query, ""))
    if max(len(given), len(found)) > MAX_URL:
        raise ValueError(f"url is {given[:80]!r}…: {MAX_URL} characters are the most, with everything in it escaped")
    return found


def _escaped(part: str) -> str:
    """``part`` with percent signs in RFC 3986's normal form: unreserved characters bare, the rest in capitals."""
    part = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), part)

    def bare(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(bare, part)
