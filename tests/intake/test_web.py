"""Pages as browsers save them, faults of encoding mended, and which address a page has."""

from __future__ import annotations

import datetime as dt
import quopri
from pathlib import Path

import pytest

from articles import intake
from articles.intake import Item
from articles.intake.mending import mended
from articles.intake.web import looks_like_mhtml

PAGE = "<html><head><title>Ferry</title></head><body><article><h1>Ferry</h1>{}</article></body></html>"
SENTENCE = "<p>“The ferry stays,” said Ruth Ashdown, leader of the council, on Monday evening after a long meeting – at last.</p>"


def one(name: str, raw: str | bytes) -> Item:
    [item] = intake.item_from_upload(name, raw.encode() if isinstance(raw, str) else raw)
    assert isinstance(item, Item), item
    return item


# MHTML


def mhtml(headers: str, body: str, encoding: str = "quoted-printable") -> bytes:
    packed = quopri.encodestring(body.encode()).decode() if encoding == "quoted-printable" else body
    lines = f"""From: <Saved by Blink>
{headers}MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----Boundary"


------Boundary
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: {encoding}
Content-Location: https://news.example/frame

{packed}
------Boundary
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://news.example/a.png

iVBORw0KGgo=
------Boundary--
"""
    return lines.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("encoding", ["quoted-printable", "8bit"])
@pytest.mark.parametrize("name", ["ferry.mhtml", "ferry.mht", "ferry.html"])
def test_a_page_saved_in_one_file(name: str, encoding: str) -> None:
    headers = "Snapshot-Content-Location: https://m.news.example/ferry?utm_source=x\nSubject: Ferry\nDate: Tue, 12 Mar 2024 11:05:00 +0100\n"
    raw = mhtml(headers, PAGE.format(SENTENCE * 3), encoding)
    assert looks_like_mhtml(raw)
    item = one(name, raw)
    assert (item.headline, item.url) == ("Ferry", "https://m.news.example/ferry?utm_source=x")
    assert item.captured_at == dt.datetime(2024, 3, 12, 10, 5, tzinfo=dt.UTC)
    assert item.text.startswith("“The ferry stays,” said Ruth Ashdown")
    assert (item.raw, item.media_type) == (raw, "multipart/related")


def test_without_more_headers_the_part_says_where_it_was() -> None:
    item = one("ferry.mhtml", mhtml("", PAGE.format(SENTENCE * 3)))
    assert (item.url, item.captured_at) == ("https://news.example/frame", None)


def test_a_saved_page_without_a_page(tmp_path: Path) -> None:
    raw = mhtml("", "x").replace(b"text/html\r\nContent-ID", b"text/css\r\nContent-ID")
    [failure] = intake.item_from_upload("a.mhtml", raw)
    assert not isinstance(failure, Item)
    assert failure.error == "a.mhtml is a saved page (MHTML) without a page in it: save it again."


@pytest.mark.parametrize("raw", [b"", b"Subject: a letter\n\nContent-Type: multipart/related", b"<html>Content-Type: multipart/related", b"A line: of text\n" * 2])  # fmt: skip
def test_what_is_no_saved_page(raw: bytes) -> None:
    assert not looks_like_mhtml(raw)


# A page and the folder of its parts


@pytest.mark.parametrize("parts", ["Ferry_files", "Ferry.files", "Ferry_fichiers", "Ferry-Dateien", "Ferry_archivos"])
def test_the_parts_of_a_saved_page_are_no_news(tmp_path: Path, parts: str) -> None:
    (tmp_path / "Ferry.html").write_text(PAGE.format(SENTENCE * 3))
    (tmp_path / parts).mkdir()
    (tmp_path / parts / "frame.html").write_text(PAGE.format(SENTENCE * 3))
    assert [item.name for item in intake.items([tmp_path])] == [f"{tmp_path}/Ferry.html"]
    assert intake.count([tmp_path]) == 1
    (tmp_path / "Ferry.html").unlink()
    assert [item.name for item in intake.items([tmp_path])] == [f"{tmp_path}/{parts}/frame.html"], "a folder of its own"


def test_a_folder_may_be_passed_over(tmp_path: Path) -> None:
    for folder in ("news", "var/deep"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text("Text")
    skipped = [tmp_path / "news" / ".." / "var"]
    assert [item.name for item in intake.items([tmp_path], skipped=skipped)] == [f"{tmp_path}/news/a.txt"]
    assert intake.count([tmp_path], skipped=skipped) == 1


@pytest.mark.parametrize(
    "canonical, url",
    [
        ("", "https://m.news.example/ferry?x=1"),
        ("https://www.news.example/news/ferry", "https://www.news.example/news/ferry"),
        ("https://agency.example/original", "https://m.news.example/ferry?x=1"),
        ("https://news.example/ferry", "https://m.news.example/ferry?x=1"),
    ],
)
def test_where_a_saved_page_was(canonical: str, url: str) -> None:
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    saved = "<!-- saved from url=(0032)https://m.news.example/ferry?x=1 -->\n"
    html = "<!DOCTYPE html>\n" + saved + PAGE.format(SENTENCE * 3).replace("<head>", f"<head>{link}")
    assert one("ferry.html", html).url == url


# Mending


@pytest.mark.parametrize(
    "spoilt, meant",
    [
        ("â€œThe ferry stays,â€\x9d she said.", "“The ferry stays,” she said."),
        ("It doesnâ€™t â€“ yet", "It doesn’t – yet"),
        ("CafÃ© Zoë", "Café Zoë"),
        ("\x93Quoted\x94 \x96 \x92tis", "“Quoted” – ’tis"),
        ("&amp;quot;No,&amp;quot; he said", '"No," he said'),
        ("Marks &amp; Spencer", "Marks & Spencer"),
        ("&ldquo;Yes,&rdquo; he said &#8211; twice", "“Yes,” he said – twice"),
    ],
)
def test_faults_are_mended(spoilt: str, meant: str) -> None:
    assert mended(spoilt) == meant


@pytest.mark.parametrize(
    "text",
    [
        "“Curly” ‘and’ \"straight\" 'marks' stay, as ’tis",
        "ﬁne ligatures, Ｗｉｄｅ letters, ½, ™, e\u0301 decomposed, non\u00a0breaking, thin\u2009space, \u200bzero",
        "Zoë Müller naïve œuvre Ångström ñ £5 €10 °C — – …",
        "if a < b && c > d then &amp; stays",
        "Q&A, R&D; AT&T, x&y=1",
        "line one\r\n\nline\ttwo  with   blanks ",
    ],
)
def test_what_is_no_fault_stays(text: str) -> None:
    assert mended(text) == text


def test_the_bytes_stay_as_they_were_found() -> None:
    spoilt = PAGE.format(SENTENCE * 3).encode().decode("cp1252", "replace").replace("\ufffd", "\x9d").encode()
    item = one("ferry.html", spoilt)
    assert item.raw == spoilt
    assert item.text.startswith("“The ferry stays,” said Ruth Ashdown")
    assert item.headline == "Ferry"


def test_text_that_is_given_as_text_is_taken_to_the_letter() -> None:
    for item in (one("a.txt", "CafÃ© &amp; bar"), one("a.jsonl", '{"text": "CafÃ© &amp; bar"}')):
        assert item.text == "CafÃ© &amp; bar"
