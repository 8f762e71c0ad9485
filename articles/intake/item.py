"""What intake hands over: frozen values, one for each piece of news that came in or failed to."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

MomentPrecision = Literal["year", "month", "day", "minute"]
MomentBasis = Literal["stated", "entered"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A local day, with a local time if one was given; a year or a month stands as its first day."""

    day: dt.date
    time: dt.time | None = None
    precision: MomentPrecision = "day"
    basis: MomentBasis = "entered"


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news as it came in, ready to be stored; "" and ``None`` mean that nothing was said.

    ``raw`` is exactly as found (of JSON lines: the bytes of the line, without its end), ``text`` is derived from it and
    normalised. ``name`` is what a progress line calls it: a path as given, or "path:3" for the third of JSON lines.
    """

    name: str
    raw: bytes
    media_type: str
    how: str
    text: str
    encoding: str
    url: str = ""
    headline: str = ""
    byline: str = ""
    language: str = ""
    published: Moment | None = None
    source: str = ""
    source_name: str = ""
    source_kind: str = ""
    country: str = ""
    rights: str = ""
    article_kind: str = ""
    captured_at: dt.datetime | None = None  # when it was found, if that was not now

    @property
    def raw_sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def text_sha256(self) -> str:
        """The SHA-256 of the text in UTF-8: what anchors cite."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be taken in, with one sentence on what, where and what to do."""

    name: str
    error: str


def as_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an item as JSON can hold them."""
    said = dict(fields)
    if moment := said.get("published"):
        time = moment.time.isoformat() if moment.time else None
        said["published"] = asdict(moment) | {"day": moment.day.isoformat(), "time": time}
    if captured_at := said.get("captured_at"):
        said["captured_at"] = captured_at.isoformat()
    return said


def from_json(said: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `as_json`."""
    fields = dict(said)
    if moment := fields.get("published"):
        time = dt.time.fromisoformat(moment["time"]) if moment["time"] else None
        fields["published"] = Moment(**moment | {"day": dt.date.fromisoformat(moment["day"]), "time": time})
    if captured_at := fields.get("captured_at"):
        fields["captured_at"] = dt.datetime.fromisoformat(captured_at)
    return fields
