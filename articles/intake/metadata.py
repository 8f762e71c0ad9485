"""What may be said about an item beside its text: the fields of a manifest, of JSON lines and of the admin's form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from articles.intake.dates import parse_moment
from articles.intake.decoding import normalise_text
from articles.intake.urls import normalise_url

#: Every field, in the order in which they are listed to people.
FIELDS = (
    "url",
    "source",
    "source_name",
    "source_kind",
    "country",
    "language",
    "rights",
    "headline",
    "byline",
    "published",
    "article_kind",
)
ARTICLE_KINDS = ("report", "live blog", "opinion", "statement")

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_.].*)?")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def checked(fields: Mapping[str, str]) -> dict[str, Any]:
    """``fields`` as an Item takes them, empty ones left out; raises ValueError with a sentence on the first bad one."""
    result: dict[str, Any] = {}
    for name, value in fields.items():
        value = " ".join(normalise_text(value).split())
        if not value:
            continue
        match name:
            case "url":
                normalise_url(value)
                result[name] = value
            case "published":
                result[name] = parse_moment(value)
            case "source":
                if not _SLUG.fullmatch(value):
                    raise ValueError(f"source is {value!r}: write a slug of small letters, digits and hyphens")
                result[name] = value
            case "country":
                if not _COUNTRY.fullmatch(value):
                    raise ValueError(f"country is {value!r}: write the two letters of ISO 3166, such as GB")
                result[name] = value.upper()
            case "language":
                if not (language := primary_language(value)):
                    raise ValueError(f"language is {value!r}: write a language tag, such as en or en-GB")
                result[name] = language
            case "article_kind":
                if value not in ARTICLE_KINDS:
                    raise ValueError(f"article_kind is {value!r}: it is one of {', '.join(ARTICLE_KINDS)}")
                result[name] = value
            case _:
                result[name] = value
    return result


def primary_language(tag: str) -> str:
    """The primary part of a BCP 47 tag in lower case ("en-GB" -> "en"); "" if ``tag`` is none."""
    found = _LANGUAGE.fullmatch(tag.strip())
    return found[1].lower() if found else ""
