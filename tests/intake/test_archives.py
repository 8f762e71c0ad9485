"""Web archives: every page with its own address and moment, what is damaged said, and the rest taken in."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import brotli
import pytest

from articles import intake
from articles.intake import Failure, Item
from tests.warcs import DAY, Archive


def page(words: str) -> bytes:
    sentence = (
        f"<p>{words}: the council said on Monday that the bridge would stay shut until the spring of next year.</p>"
    )
    return f"<html><head><title>{words}</title></head><body><article><h1>{words}</h1>{sentence * 3}</article></body></html>".encode()


def take(raw: bytes, name: str = "crawl.warc.gz") -> list[Item | Failure]:
    return intake.item_from_upload(name, raw)


def told(found: list[Item | Failure]) -> list[Any]:
    return [entry.error if isinstance(entry, Failure) else (entry.url, entry.headline) for entry in found]


@pytest.mark.parametrize("packed, name", [(True, "crawl.warc.gz"), (False, "crawl.warc"), (False, "CRAWL.WARC")])
def test_every_page_is_an_item_with_its_own_address_and_moment(packed: bool, name: str) -> None:
    archive = Archive(packed)
    archive.add("https://a.example/1", page("One"))
    archive.add("https://a.example/style.css", b"p {}", kind="text/css")
    archive.add("https://a.example/photo", b"\x89PNG", kind="image/png")
    archive.add("https://a.example/gone", page("Gone"), status="404 Not Found")
    archive.add("https://a.example/moved", b"", status="301 Moved", Location="/1")
    archive.add("dns:a.example", b"a.example. 1 IN A 93.184.215.14", kind="text/dns", record="resource")
    archive.add("https://a.example/2", page("Two"), date="2021-12-31T23:59:59Z")
    archive.add("https://a.example/3", page("Three"), kind="text/html", record="resource")
    found = take(archive.raw(), name)
    assert told(found) == [
        ("https://a.example/1", "One"),
        ("https://a.example/2", "Two"),
        ("https://a.example/3", "Three"),
    ]
    first, second, _ = found
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert (first.name, first.how, first.media_type) == (f"{name}: https://a.example/1", "warc", "text/html")
    assert first.raw == page("One"), "the page alone, as the site sent it"
    assert first.captured_at == dt.datetime(2019, 3, 2, 10, 11, 12, tzinfo=dt.UTC)
    assert second.captured_at == dt.datetime(2021, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "body, headers",
    [
        (gzip.compress(page("Packed")), {"Content_Encoding": "gzip"}),
        (brotli.compress(page("Packed")), {"Content_Encoding": "br"}),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(page("Packed")), page("Packed")), {"Transfer_Encoding": "chunked"}),
    ],
)
def test_a_page_is_unpacked(body: bytes, headers: dict[str, str]) -> None:
    [item] = take(Archive().add("https://a.example/1", body, **headers).raw())
    assert isinstance(item, Item)
    assert item.raw == page("Packed")


def test_the_archive_says_the_charset_and_the_page_its_address() -> None:
    words = (
        page("Café")
        .decode()
        .encode("cp1252")
        .replace(b"<head>", b'<head><link rel="canonical" href="https://www.a.example/cafe">')
    )
    [item] = take(
        Archive().add("https://m.a.example/x?utm_source=y", words, kind="text/html; charset=windows-1252").raw()
    )
    assert isinstance(item, Item)
    assert (item.headline, item.encoding, item.url) == ("Café", "cp1252", "https://www.a.example/cafe")


def test_what_is_not_what_was_archived_is_not_taken_in() -> None:
    archive = Archive(packed=False).add("https://a.example/1", page("One")).add("https://a.example/2", page("Two"))
    raw = archive.raw().replace(b"One: the council", b"One: the mayors", 1)
    found = told(take(raw, "crawl.warc"))
    assert found == [
        "crawl.warc: https://a.example/1 is not what was archived: its digest is another.",
        ("https://a.example/2", "Two"),
    ]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("left", [0.01, 0.1, 0.3, 0.5, 0.8, 0.95])
def test_of_a_file_that_was_cut_the_beginning_goes_in(packed: bool, left: float) -> None:
    archive = Archive(packed).add("https://a.example/1", page("One"))
    first = len(archive.raw())
    raw = archive.add("https://a.example/2", page("Two")).raw()
    raw = raw[: first + int((len(raw) - first) * left)]
    found = told(take(raw, "crawl.warc.gz" if packed else "crawl.warc"))
    assert found[0] == ("https://a.example/1", "One")
    assert len(found) == 2
    assert "early" in found[1] or "damaged" in found[1]
    assert ". " not in found[1]


def test_what_is_said_to_be_the_same_as_another_page_is_kept_with_its_own_address() -> None:
    archive = Archive().add("https://a.example/1", page("One"))
    archive.revisit("https://b.example/copy", "https://a.example/1", page("One"), "2020-01-01T00:00:00Z")
    archive.revisit("https://a.example/1", "https://a.example/1", page("One"), "2021-01-01T00:00:00Z")
    archive.add("https://a.example/2", page("Two"))
    found = take(archive.raw())
    assert told(found) == [
        (f"https://{where}", "One") for where in ("a.example/1", "b.example/copy", "a.example/1")
    ] + [("https://a.example/2", "Two")]
    assert [entry.captured_at.year for entry in found if isinstance(entry, Item) and entry.captured_at] == [2019, 2020, 2021, 2019]  # fmt: skip


def test_what_is_the_same_as_something_in_another_file() -> None:
    archive = Archive().revisit("https://a.example/1", "https://a.example/1", page("One"), DAY)
    archive.revisit("https://b.example/copy", "https://a.example/1", page("One"), DAY)
    assert told(take(archive.raw())) == [
        "crawl.warc.gz: https://b.example/copy is only said to be the same as https://a.example/1, which is not in this file: take in the file that has it."
    ]


def test_a_file_compressed_as_a_whole() -> None:
    archive = Archive(packed=False).add("https://a.example/1", page("One")).add("https://a.example/2", page("Two"))
    assert told(take(gzip.compress(archive.raw()))) == [("https://a.example/1", "One"), ("https://a.example/2", "Two")]


def test_a_wacz_file_holds_archives() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for number, words in enumerate(("One", "Two")):
            package.writestr(
                f"archive/{number}.warc.gz", Archive().add(f"https://a.example/{number}", page(words)).raw()
            )
        package.writestr("pages/pages.jsonl", "{}")
        package.writestr("datapackage.json", "{}")
    found = take(packed.getvalue(), "crawl.wacz")
    assert told(found) == [("https://a.example/0", "One"), ("https://a.example/1", "Two")]
    assert found[0].name == "crawl.wacz/archive/0.warc.gz: https://a.example/0"


@pytest.mark.parametrize(
    "name, raw, words",
    [
        ("a.warc", b"", []),
        ("a.warc", b"This is a text.\n", ["is no web archive"]),
        ("a.warc.gz", b"\x1f\x8b\x08\x00broken", ["damaged|no web archive"]),
        ("a.wacz", b"PK nothing", ["is no whole WACZ file"]),
        ("a.warc", b"WARC/1.0\r\nWARC-Type: response\r\n", ["a.warc"]),
        ("a.warc", Archive(False).add("https://a.example/", b"<html><body></body></html>").raw(), ["no article was found"]),
    ],
)  # fmt: skip
def test_what_is_no_archive_is_one_sentence(
    name: str, raw: bytes, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    found = told(take(raw, name))
    assert len(found) == len(words)
    assert all(re.search(word, error) for word, error in zip(words, found, strict=True))
    assert all(error.startswith(name) and error.endswith(".") and "\n" not in error for error in found)
    assert capsys.readouterr().err == ""


def test_a_folder_of_archives(tmp_path: Path) -> None:
    (tmp_path / "one.warc.gz").write_bytes(Archive().add("https://a.example/1", page("One")).raw())
    (tmp_path / "two.warc").write_bytes(Archive(False).add("https://a.example/2", page("Two")).raw())
    assert told(list(intake.items([tmp_path]))) == [("https://a.example/1", "One"), ("https://a.example/2", "Two")]
