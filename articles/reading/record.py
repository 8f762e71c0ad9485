"""A reading as one JSON object, in the shape that ``manage.py read --jsonl`` prints and score.py reads."""

from __future__ import annotations

from typing import Any

from .model import Attributed, Quotation, Reading, Span


def as_record(
    text: str,
    reading: Reading,
    *,
    id: str | None = None,  # noqa: A002 - the name of the field
    with_text: bool = False,
) -> dict[str, Any]:
    """The reading as plain dicts and lists; ``quotes`` has an item a span, those of one quotation share ``group``."""
    record: dict[str, Any] = {"id": id}
    if with_text:
        record["text"] = text
    record["quotes"] = [item for group, quote in enumerate(reading.quotes) for item in _quote(text, quote, group)]
    record["mentions"] = [
        {
            "start": m.span.start,
            "end": m.span.end,
            "text": m.span.of(text),
            "name": m.name,
            "type": m.kind,
            "roles": list(m.roles),
        }
        for m in reading.mentions
    ]
    record["passages"] = []
    for passage in reading.passages:
        item: dict[str, Any] = {
            "start": passage.span.start,
            "end": passage.span.end,
            "kind": passage.kind,
            "reason": passage.reason,
        }
        if passage.kind == "entry":
            item["heading"] = passage.heading
            item["at"] = passage.at.isoformat(timespec="minutes") if passage.at else None
        if passage.kind == "document":
            item["author"], item["addressee"] = passage.author, passage.addressee
            item["signatories"] = list(passage.signatories)
        record["passages"].append(item)
    published = reading.published
    record["published"] = None
    if published is not None:
        at = published.day.isoformat()
        if published.time is not None:
            at += "T" + published.time.isoformat(timespec="minutes")
        record["published"] = {
            "at": at,
            "precision": published.precision,
            "basis": published.basis,
            "evidence": [{"start": s.start, "end": s.end} for s in published.evidence],
        }
    if reading.notes:
        record["notes"] = list(reading.notes)
    return record


def _quote(text: str, quote: Quotation, group: int) -> list[dict[str, Any]]:
    speakers = [a for a in quote.attributions if a.role == "speaker"]
    via = [a.name or a.text for a in quote.attributions if a.role == "via"]
    rows = []
    # the body of a document is one stretch, from salutation to signature
    whole = quote.kind == "document"
    for span in [Span(quote.start, quote.end)] if whole else quote.spans:
        row: dict[str, Any] = {
            "start": span.start,
            "end": span.end,
            "text": span.of(text),
            "kind": quote.kind,
            "group": group,
            "cue": quote.cue.of(text) if quote.cue else None,
            "marked": [{"start": m.start, "end": m.end} for m in quote.marked if m.overlap(span)],
            "speaker": _together(text, speakers) if speakers else None,
            "via": via,
            "confidence": quote.confidence,
            "reasons": list(quote.reasons),
        }
        if len(speakers) > 1 or (speakers and speakers[0].open):
            row["speakers"] = [_speaker(a) for a in speakers]
        if quote.nested_in is not None:
            row["nested"] = True
        rows.append(row)
    return rows


#: The names of joint speakers stand within so many characters of each other.
_ADJACENT = 200


def _together(text: str, speakers: list[Attributed]) -> dict[str, Any]:
    """The speaker; joint speakers are one group of several names, the members of an open list what all are called."""
    record = _speaker(speakers[0])
    if speakers[0].open:
        group = speakers[0].group
        if group:
            record |= {"text": group, "name": group, "type": "group", "start": None, "end": None}
    elif len(speakers) > 1:
        record["name"], record["type"] = " and ".join(given.name or given.text for given in speakers), "group"
        first, last = speakers[0].printed, speakers[-1].printed
        if first is not None and last is not None and 0 < last.end - first.start <= _ADJACENT:
            record["start"], record["end"] = first.start, last.end
            record["text"] = text[first.start : last.end]
    return record


def _speaker(given: Attributed) -> dict[str, Any]:
    return {
        "text": given.text or given.name,
        "start": given.printed.start if given.printed else None,
        "end": given.printed.end if given.printed else None,
        "name": given.name,
        "type": given.kind,
        "confidence": given.confidence,
        "reasons": list(given.reasons),
    }
