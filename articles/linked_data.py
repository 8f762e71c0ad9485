"""Sources, articles and quotes in the terms of schema.org, anchors in those of the W3C's Web Annotation.

Pure: records of the API in, data out; the API's JSON-LD and the pages' share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from articles.citing import authors
from corpus.linked_data import Linked, thing
from people.linked_data import person

ANNOTATION = "http://www.w3.org/ns/anno.jsonld"
SOURCES = {"newspaper", "broadcaster", "magazine", "agency", "online"}
ARTICLES = {
    "report": "NewsArticle",
    "live blog": "LiveBlogPosting",
    "opinion": "OpinionNewsArticle",
    "statement": "Article",
}
#: What stands between the parts of a broken quote.
BREAK = " … "


def source(record: Mapping[str, Any]) -> Linked:
    """An outlet as NewsMediaOrganization, any other publisher as Organization."""
    kind = "NewsMediaOrganization" if record.get("kind", "newspaper") in SOURCES else "Organization"
    return thing(kind, record, url=record.get("homepage"))


def story(record: Mapping[str, Any]) -> Linked:
    """A set of articles on one event."""
    return thing("Collection", record, description=record.get("description"))


def article(record: Mapping[str, Any]) -> Linked:
    """An article by its kind, with its text, the entries of a live blog and its quotes where the record has them."""
    text, passages = record.get("text"), record.get("passages", ())
    return thing(
        ARTICLES[record.get("kind", "report")],
        record,
        headline=record.get("headline"),
        url=record.get("url") or None,
        datePublished=record.get("published"),
        author=[thing("Person", {"name": name}) for name in authors(record.get("byline") or "")],
        creditText=record.get("byline"),
        publisher=source(record["source"]),
        inLanguage=record.get("language"),
        wordCount=record.get("words"),
        isBasedOn=based_on(record),
        articleBody=text,
        hasPart=[quotation(quote) for quote in record.get("quotes", ())],
        **live([update(entry, text) for entry in passages if entry["kind"] == "entry"]),
    )


def live(updates: Sequence[Linked], *, entire: bool = True) -> Linked:
    """The updates of a live blog, and from when to when it ran if these are all of them."""
    times = sorted(one["datePublished"] for one in updates if "datePublished" in one)
    ends = {"coverageStartTime": times[0], "coverageEndTime": times[-1]} if times and entire else {}
    return {"liveBlogUpdate": list(updates), **ends} if updates else {}


def based_on(record: Mapping[str, Any]) -> str | None:
    """The page of the article that this one is a copy of; it stands beside its own."""
    page, original = record.get("page") or "", record.get("copy_of")
    return page.replace(record["uid"], original) if original else None


def update(entry: Mapping[str, Any], text: str | None) -> Linked:
    """An entry of a live blog."""
    body = text[entry["start"] : entry["end"]] if text else None
    return thing("BlogPosting", entry, headline=entry.get("heading"), datePublished=entry.get("at"), articleBody=body)


def quotation(record: Mapping[str, Any]) -> Linked:
    """A quote: its words, whom the article gives them to, where they stand, and the annotation that anchors them."""
    where = record.get("article")
    return thing(
        "Quotation",
        record,
        text=record["text"],
        dateCreated=record.get("date"),
        spokenByCharacter=speakers(record),
        isPartOf=article(where) if where else None,
        subjectOf=annotation(record),
    )


def utterance(record: Mapping[str, Any]) -> Linked:
    """One thing said once, in its fullest form; each printed form is an example of it."""
    return thing(
        "Quotation",
        record,
        text=record.get("text"),
        dateCreated=record.get("said_day"),
        datePublished=record.get("date"),
        spokenByCharacter=speakers(record),
        workExample=[quotation(form) for form in record.get("forms", ())],
    )


def speakers(record: Mapping[str, Any]) -> list[Linked]:
    """Those whom its outlet names, as a person or in its own words."""
    return [speaker(one) for one in record.get("speakers", ()) if one.get("person") or one["printed"]]


def speaker(record: Mapping[str, Any]) -> Linked:
    """Somebody a quote is given to: the person if that is settled, else the name as printed."""
    settled = record.get("person")
    if settled:
        named = settled | {"kind": record["kind"]}
        printed = record["printed"]
        return person(named) | ({"alternateName": printed} if printed and printed != settled["name"] else {})
    return thing(
        "Organization" if record["kind"] in {"organisation", "group"} else "Person", {}, name=record["printed"]
    )


def annotation(record: Mapping[str, Any]) -> Linked:
    """A Web Annotation whose body is the quote and whose targets are its spans, each by its words and by its place.

    Positions are code points, as the model counts them, in the text with this SHA-256.
    """
    anchor, where = record["anchor"], record.get("article") or {}
    source_of = {"id": where.get("url") or where.get("page"), "type": "Text", "schema:sha256": anchor["text_sha256"]}
    targets = [
        {"type": "SpecificResource", "source": source_of, "selector": selectors}
        for selectors in selectors_of(anchor["exact"], anchor["spans"], anchor["prefix"], anchor["suffix"])
    ]
    return {
        "@context": [ANNOTATION, {"schema": "https://schema.org/"}],
        "type": "Annotation",
        "motivation": "identifying",
        "body": record.get("page"),
        "target": targets[0] if len(targets) == 1 else targets,
    }


def selectors_of(exact: str, spans: Sequence[Sequence[int]], prefix: str, suffix: str) -> list[list[Linked]]:
    """For each span a TextQuoteSelector and a TextPositionSelector; only the first has a prefix, the last a suffix."""
    found: list[list[Linked]] = []
    at = 0
    for number, (start, end) in enumerate(spans):
        words = exact[at : at + end - start]
        at += end - start + len(BREAK)
        quoted = {
            "type": "TextQuoteSelector",
            "exact": words,
            "prefix": prefix if number == 0 else "",
            "suffix": suffix if number == len(spans) - 1 else "",
        }
        place = {"type": "TextPositionSelector", "start": start, "end": end}
        found.append([{name: value for name, value in quoted.items() if value}, place])
    return found
