"""JSON lines: the documented fields, and lines that fail alone."""

from __future__ import annotations

import io
import json

import pytest

from articles.intake import Failure, Item, Moment
from articles.intake.jsonlines import LINE_FIELDS, byte_lines, read_lines

WHOLE = {
    "url": "https://mail.example/a", "source": "the-mail", "source_name": "The Mail", "source_kind": "newspaper", "country": "GB",
    "language": "en", "rights": "full", "headline": "Headline", "byline": "Jo Ray", "published": "2016-06-29T14:05:00+01:00",
    "article_kind": "report", "text": "One.\r\nTwo.",
}  # fmt: skip


def lines(*given: object) -> list[Item | Failure]:
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in given)
    return list(read_lines("f.jsonl", io.BytesIO(raw)))


def test_every_documented_field() -> None:
    (item,) = lines({**WHOLE, "id": 7, "x_desk": ["ours"], "html": None})
    assert isinstance(item, Item)
    assert {*WHOLE, "html"} == set(LINE_FIELDS)
    assert {field: getattr(item, field) for field in WHOLE.keys() - {"text", "published"}} == {
        field: value for field, value in WHOLE.items() if field not in ("text", "published")
    }
    assert (item.text, item.name, item.media_type, item.how) == ("One.\nTwo.", "f.jsonl:1", "application/json", "jsonl")
    assert isinstance(item.published, Moment)
    assert (str(item.published.time), item.published.basis) == ("14:05:00", "entered")
    assert json.loads(item.raw)["text"] == WHOLE["text"]


def test_html_in_a_line_and_what_it_states() -> None:
    html = '<html lang="en"><head><meta name="author" content="In the page"><title>In the page</title></head><body><p>The text.</p></body></html>'
    (item,) = lines({"html": html, "headline": "In the line"})
    assert isinstance(item, Item)
    assert (item.text, item.headline, item.byline, item.language) == ("The text.", "In the line", "In the page", "en")


@pytest.mark.parametrize(
    "line, error",
    [
        (b"{broken", "not JSON (Expecting property name enclosed in double quotes at character 2)"),
        (b'{"text": "a', "not JSON (Unterminated string starting at character 10)"),
        (b"[1]", "not a JSON object: write one object in braces on each line"),
        (b"[" * 100_000, "not usable JSON"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "not usable JSON"),
        (b"\x89PNG", "is a PNG image"),
        ({"txt": "x"}, "unknown field 'txt'; the fields are url, source, source_name"),
        ({"text": 7}, "text is not a string: put it between double quotes"),
        ({"text": "x", "byline": ["Jo"]}, "byline is not a string"),
        ({"headline": "x"}, "no article: give its text, or its html"),
        ({"text": " \n\x00"}, "no article"),
        ({"text": "x", "html": "<p>x"}, "the article is given as text and as html: give one of them"),
        ({"text": "x", "published": "soon"}, "published is 'soon'"),
        ({"text": "x", "url": "x"}, "url is 'x'"),
    ],
)
def test_a_line_fails_alone(line: object, error: str) -> None:
    first, failure, last = lines({"text": "first"}, line, {"text": "last"})
    assert isinstance(first, Item)
    assert isinstance(last, Item)
    assert last.name == "f.jsonl:3"
    assert isinstance(failure, Failure)
    assert failure.name == "f.jsonl:2"
    assert error in failure.error
    assert "\n" not in failure.error


@pytest.mark.parametrize(
    "raw",
    [
        '{"text": "Zoë"}\r\n\r\n{"text": "£5"}\r\n'.encode(),
        '\ufeff{"text": "Zoë"}\n\n{"text": "£5"}'.encode(),
        '\ufeff{"text": "Zoë"}\r\n\r\n{"text": "£5"}\r\n'.encode("utf-16-le"),
        '{"text": "Zoë"}\n \n{"text": "£5"}'.encode("cp1252"),
    ],
)
def test_encodings_and_line_ends(raw: bytes) -> None:
    found = list(read_lines("f", io.BytesIO(raw)))
    assert [(entry.name, entry.text) for entry in found if isinstance(entry, Item)] == [("f:1", "Zoë"), ("f:3", "£5")]


def test_surrogates_escaped_in_json() -> None:
    (item,) = lines(b'{"text": "\\ud83d\\ude00 \\ud800"}')
    assert isinstance(item, Item)
    assert item.text == "😀 \ufffd"


def test_an_endless_line_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.intake.jsonlines.MAX_LINE", 1_000_000)
    raw = b'{"text": "' + b"x" * 3_000_000 + b'"}\n{"text": "last"}'
    assert max(map(len, byte_lines(io.BytesIO(raw)))) == 1_000_001
    long, last = read_lines("f", io.BytesIO(raw))
    assert isinstance(long, Failure)
    assert "longer than 1 MB" in long.error
    assert isinstance(last, Item)
