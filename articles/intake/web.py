"""A web page, wherever it came from; and pages as browsers save them whole, in one file."""

from __future__ import annotations

import contextlib
import datetime as dt
import email
import email.policy
import email.utils
import re
from dataclasses import dataclass
from typing import Any

from articles.intake.decoding import codec, decode, normalise_text
from articles.intake.item import Item
from articles.intake.page import declared_encoding, looks_like_html, read_page
from articles.intake.urls import canonical

_MHTML_START = re.compile(
    rb"\s*(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}?content-type:\s*multipart/related", re.IGNORECASE
)


def page_item(
    name: str,
    raw: bytes,
    *,
    url: str = "",
    charset: str = "",
    html: bool = True,
    how: str = "file",
    media_type: str = "",
    said: dict[str, Any] | None = None,
    captured_at: dt.datetime | None = None,
    inner: bytes | None = None,
) -> Item:
    """A page or a plain text as an item; ``url`` is where it was found, ``charset`` what its transport declared.

    ``inner`` is the page where ``raw`` only wraps it. What ``said`` says goes before what the page states. Raises
    ValueError with the end of a sentence about ``name``.
    """
    said, source = dict(said or {}), raw if inner is None else inner
    if not source.strip():
        raise ValueError("is empty: there is nothing to take in")
    declared = (charset or declared_encoding(source)) if html else charset
    text, encoding = decode(source, declared=codec(declared) if declared else "")
    text = normalise_text(text)
    if html:
        page = read_page(text)
        text, stated = normalise_text(page.text), page.metadata()
        if not text.strip():
            raise ValueError("is a web page in which no article was found: save its text, or paste it")
        if address := canonical(url, stated.get("url", "")):
            stated["url"] = address
        said = stated | said
    elif not text.strip():
        raise ValueError("is empty: there is nothing to take in")
    elif url:
        said.setdefault("url", url)
    kind = media_type or ("text/html" if html else "text/plain")
    return Item(name, raw, kind, how, text, encoding, captured_at=captured_at, **said)


def is_html(media_type: str, raw: bytes) -> bool:
    """Whether bytes with this declared type are a web page; what is declared as plain text may be one all the same."""
    return media_type in ("text/html", "application/xhtml+xml") or looks_like_html(raw)


# --- MHTML


@dataclass(frozen=True, slots=True)
class Saved:
    """The page inside a file in which a browser saved it with all its parts."""

    html: bytes
    charset: str = ""
    url: str = ""
    at: dt.datetime | None = None


def looks_like_mhtml(raw: bytes) -> bool:
    """Whether bytes begin as the e-mail that an MHTML file is."""
    return bool(_MHTML_START.match(raw[:8192]))


def read_mhtml(raw: bytes) -> Saved:
    """The page of an MHTML file (RFC 2557); raises ValueError with the end of a sentence if there is none in it."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    start = str(message.get_param("start", "") or "")
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not parts:
        raise ValueError("is a saved page (MHTML) without a page in it: save it again")
    page = next((part for part in parts if start and part.get("Content-ID") == start), parts[0])
    html = page.get_payload(decode=True)
    location = message.get("Snapshot-Content-Location") or page.get("Content-Location") or ""
    url = "".join(str(location).split())
    at = None
    with contextlib.suppress(ValueError, TypeError):
        at = email.utils.parsedate_to_datetime(str(message.get("Date", "")))
    return Saved(
        html if isinstance(html, bytes) else b"",
        page.get_content_charset() or "",
        url if url.startswith(("http://", "https://")) else "",
        at if at is None or at.tzinfo else at.replace(tzinfo=dt.UTC),
    )
