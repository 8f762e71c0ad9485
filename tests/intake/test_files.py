"""Files, folders, manifests and standard input: what goes in, under which name, and what is said of what does not."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from articles import intake
from articles.intake import Failure, Item, Moment

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of files, by name and content."""

    def make(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return make


def summary(found: list[Item | Failure], root: Path) -> list[tuple[str, str]]:
    """(name below root, text or error)"""
    return [
        (
            entry.name.removeprefix(f"{root}/"),
            (entry.text if isinstance(entry, Item) else entry.error).replace(f"{root}/", ""),
        )
        for entry in found
    ]


def test_a_folder_is_walked_in_order_and_passes_over_what_is_no_news(folder: Folder) -> None:
    root = folder(
        {
            "b.txt": "B", "a.text": "A", "c": "C", "notes.md": "M", "z/inner.txt": "Z", "d/e/f.TXT": "F", "lines.ndjson": '{"text": "L"}',
            "page.html": "<html><body><p>A paragraph that is the whole page.</p></body></html>",
            ".hidden.txt": "x", ".git/config.txt": "x", "b.ann": "x", "read.py": "x", "table.csv": "x", "stories.json": "{}",
            "README.md": "x", "LICENSE": "x", "__pycache__/x.txt": "x",
        }
    )  # fmt: skip
    found = summary(list(intake.items([root])), root)
    assert found == [
        ("a.text", "A"), ("b.txt", "B"), ("c", "C"), ("d/e/f.TXT", "F"), ("lines.ndjson:1", "L"), ("notes.md", "M"),
        ("page.html", "A paragraph that is the whole page."), ("z/inner.txt", "Z"),
    ]  # fmt: skip
    assert intake.count([root]) == len(found)


@pytest.mark.parametrize(
    "name, content, error",
    [
        ("empty.txt", "", "empty.txt is empty: there is nothing to take in."),
        ("blank.txt", " \n\t\u00a0\r\n", "blank.txt is empty: there is nothing to take in."),
        ("mark.txt", "\ufeff", "mark.txt is empty: there is nothing to take in."),
        ("photo.txt", b"\x89PNG\r\n\x1a\n", "photo.txt is a PNG image, not text: extract its text first."),
        ("letter.pdf", b"%PDF-1.4", "letter.pdf is a PDF, not text: extract its text first."),
        ("nul.txt", b"\0\0\0\0", "nul.txt is not text (it holds binary data): give plain text, HTML or JSON lines."),
        ("empty.html", "<html><body></body></html>", "empty.html is a web page in which no article was found: save its text, or paste it."),
        ("none.txt", None, "none.txt cannot be read (No such file or directory): check the path and who may read it."),
        ("a.ann", "T1", "a.ann is not a kind of file that holds an article: give text, HTML or JSON lines."),
        ("a.json", "{}", "a.json is not a kind of file that holds an article: give text, HTML or JSON lines."),
    ],
)  # fmt: skip
def test_a_file_that_fails_says_why_and_the_rest_go_in(
    folder: Folder, name: str, content: str | bytes | None, error: str
) -> None:
    root = folder({"good.txt": "Good", **({} if content is None else {name: content})})
    assert summary(list(intake.items([root / name, root / "good.txt"])), root) == [(name, error), ("good.txt", "Good")]


def test_an_empty_path_is_not_the_working_directory() -> None:
    [failure] = intake.items([""])
    assert isinstance(failure, intake.Failure)
    assert "an empty path" in failure.error


def test_a_file_too_large_is_no_article(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.intake.files.MAX_BYTES", 1_000_000)
    root = folder({"a.txt": "x" * 1_000_001, "b.txt": "x" * 1_000_000})
    large, fits = intake.items([root])
    assert isinstance(large, Failure)
    assert "is larger than 1 MB" in large.error
    assert isinstance(fits, Item)


def test_what_is_no_file_and_no_folder(folder: Folder, tmp_path: Path) -> None:
    root = folder({"good.txt": "Good"})
    os.mkfifo(root / "pipe")
    (root / "gone").symlink_to(root / "nowhere")
    (root / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    found = dict(summary(list(intake.items([root, "\0"])), root))
    assert found.pop("good.txt") == "Good"
    assert {name: error.split(":")[0].split(" (")[0] for name, error in found.items()} == {
        "gone": "gone cannot be read",
        "loop": "loop is a link to a folder that it lies in",
        "pipe": "pipe is not a regular file",
        "self": "self cannot be read",
        "\0": "'\\x00' is no file name.",
    }
    assert intake.count([root]) is not None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(folder: Folder) -> None:
    root = folder({"shut.txt": "x", "shut/inner.txt": "x"})
    for name in ("shut.txt", "shut"):
        (root / name).chmod(0)
    found = list(intake.items([root]))
    (root / "shut").chmod(0o700)
    assert all(isinstance(entry, Failure) and "cannot be read (Permission denied)" in entry.error for entry in found)
    assert len(found) == 2


def test_a_name_that_is_no_utf_8_can_be_printed_and_stored(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123
        file.write(b"text")
    (item,) = intake.items([tmp_path])
    assert isinstance(item, Item)
    assert item.name == f"{tmp_path}/caf\ufffd.txt"


# The manifest


def test_the_manifest_describes_files_beside_it(folder: Folder) -> None:
    root = folder(
        {
            "manifest.csv": "\ufefffile,source,source_name,source_kind,country,article_kind,url,headline,byline,published,language,rights\r\n"
            'a.txt,the-mail,"Mail, The",newspaper,gb,live blog,https://Mail.example/a?utm_source=x,"A ""word""",Jo Ray,2016-06-29T14:05,en-GB,excerpts\r\n'
            "\r\n"
            "b.txt,,,,,,,,,2016-06,,\r\n",
            "a.txt": "A",
            "b.txt": "B",
            "c.txt": "C",
            "sub/a.txt": "another A",
        }
    )
    a, b, c, inner = intake.items([root])
    assert isinstance(a, Item)
    assert (a.source, a.source_name, a.source_kind, a.country, a.article_kind) == (
        "the-mail",
        "Mail, The",
        "newspaper",
        "GB",
        "live blog",
    )
    assert (a.url, a.headline, a.byline) == ("https://Mail.example/a?utm_source=x", 'A "word"', "Jo Ray")
    assert (a.language, a.rights) == ("en", "excerpts")
    assert a.published is not None
    assert (a.published.day.isoformat(), str(a.published.time), a.published.precision, a.published.basis) == (
        "2016-06-29",
        "14:05:00",
        "minute",
        "entered",
    )
    assert isinstance(b, Item)
    assert isinstance(b.published, Moment)
    assert b.published.precision == "month"
    assert isinstance(c, Item)
    assert c.source == ""
    assert isinstance(inner, Item)
    assert inner.source == ""
    assert list(intake.items([root / "a.txt", root / "manifest.csv"])) == [a]


@pytest.mark.parametrize(
    "manifest, error",
    [
        ("file,sauce\na.txt,x\n", "manifest.csv: unknown column 'sauce'; the columns are file, url, source, source_name, source_kind, country, language, rights, headline, byline, published, article_kind"),
        ("source\nx\n", "manifest.csv: there is no column 'file'"),
        ("file,file\na.txt,a.txt\n", "manifest.csv: the column 'file' is there twice"),
        ("file,source\na.txt,x,y\n", "manifest.csv, line 2: 3 cells under 2 columns"),
        ("file,source\na.txt,x\na.txt,y\n", "manifest.csv, line 3: a.txt has a row already, on line 2"),
        ("file,source\n../a.txt,x\n", "manifest.csv, line 2: the file is '../a.txt'; name a file that lies beside the manifest"),
        ("file,source\n,x\n", "manifest.csv, line 2: the file is ''"),
        ('file,source\n"a.txt,x\n', "manifest.csv, line 2: not well-formed CSV (unexpected end of data)"),
        ("", "manifest.csv is empty: its first line names the columns"),
        (b"\x89PNG\r\n", "manifest.csv is a PNG image, not text"),
    ],
)  # fmt: skip
def test_a_manifest_at_fault_keeps_its_folder_out(folder: Folder, manifest: str | bytes, error: str) -> None:
    root = folder({"manifest.csv": manifest, "a.txt": "A", "b.txt": "B", "sub/c.txt": "C"})
    (name, found), *others = summary(list(intake.items([root])), root)
    assert name == "manifest.csv"
    assert found.startswith(error)
    assert found.endswith("was taken in.")
    assert others == [("sub/c.txt", "C")]
    ((name, found),) = summary(list(intake.items([root / "b.txt"])), root)
    assert name == "b.txt"
    assert error in found


@pytest.mark.parametrize(
    "column, value, error",
    [
        ("published", "29/06/2016", "published is '29/06/2016': write it as 2016-06-29, 2016-06-29T14:05, 2016-06 or 2016"),
        ("url", "www.mail.example", "url is 'www.mail.example': write a whole address, beginning with http:// or https://"),
        ("country", "Britain", "country is 'Britain': write the two letters of ISO 3166, such as GB"),
        ("language", "English", "language is 'English': write a language tag, such as en or en-GB"),
        ("article_kind", "news", "article_kind is 'news': it is one of report, live blog, opinion, statement"),
        ("source", "The Mail", "source is 'The Mail': write a slug of small letters, digits and hyphens"),
    ],
)  # fmt: skip
def test_a_bad_value_fails_its_own_file_alone(folder: Folder, column: str, value: str, error: str) -> None:
    root = folder({"manifest.csv": f"file,{column}\na.txt,{value}\nb.txt,\n", "a.txt": "A", "b.txt": "B"})
    assert summary(list(intake.items([root])), root) == [
        ("a.txt", f"a.txt: manifest.csv, line 2: {error}."),
        ("b.txt", "B"),
    ]


def test_a_row_for_a_file_that_is_not_there(folder: Folder) -> None:
    root = folder({"manifest.csv": "file\nmissing.txt\na.txt\n", "a.txt": "A"})
    assert summary(list(intake.items([root])), root) == [
        ("missing.txt", "missing.txt is named in manifest.csv but is not there: add the file or remove the row."),
        ("a.txt", "A"),
    ]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_manifest_as_spreadsheets_write_it(folder: Folder, delimiter: str) -> None:
    manifest = delimiter.join(("file", "byline")) + "\r\n" + delimiter.join(("a.txt", "Zoë Ray")) + "\r\n"
    (item,) = intake.items([folder({"manifest.csv": manifest.encode("cp1252"), "a.txt": "A"})])
    assert isinstance(item, Item)
    assert item.byline == "Zoë Ray"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five real articles are not here")
def test_the_five_real_articles() -> None:
    found = [item for item in intake.items([SEEDS]) if isinstance(item, Item)]
    assert [(item.source, item.country, item.article_kind) for item in found] == [
        ("ibtimes-uk", "GB", "report"),
        ("rt", "RU", "report"),
        ("guardian", "GB", "report"),
        ("holyrood", "GB", "report"),
        ("marxist-student", "GB", "live blog"),
    ]


# Standard input, pasted text, uploads


@pytest.mark.parametrize(
    "given, names, texts",
    [
        (b"Text of\r\nan article", ["-"], ["Text of\nan article"]),
        (b"{PA} London", ["-"], ["{PA} London"]),
        (b'{"text": "one"}\n\n{"text": "two"}', ["-:1", "-:3"], ["one", "two"]),
        (b'\xef\xbb\xbf{"text": "one"}\r\n', ["-:1"], ["one"]),
        (b"<!DOCTYPE html><p>A paragraph in a page.</p>", ["-"], ["A paragraph in a page."]),
    ],
)
def test_standard_input(given: bytes, names: list[str], texts: list[str]) -> None:
    found = list(intake.items(["-"], stdin=io.BytesIO(given)))
    assert [entry.name for entry in found] == names
    assert [entry.text for entry in found if isinstance(entry, Item)] == texts


@pytest.mark.parametrize("given, error", [(None, "there is no standard input here"), (b"", "- is empty")])
def test_no_standard_input(given: bytes | None, error: str) -> None:
    (failure,) = intake.items(["-"], stdin=None if given is None else io.BytesIO(given))
    assert isinstance(failure, Failure)
    assert failure.error.startswith(error)


def test_standard_input_cannot_be_counted(folder: Folder) -> None:
    root = folder({"a.txt": "A", "b.jsonl": "{}\n\n{}\n{}", "manifest.csv": "file\n"})
    assert intake.count([root]) == 4
    assert intake.count([root / "b.jsonl", root / "none.txt", root / "manifest.csv"]) == 4
    assert intake.count([root, "-"]) is None


def test_items_come_one_by_one(folder: Folder) -> None:
    root = folder({"a.txt": "A", "b.txt": "B"})
    found = intake.items([root])
    next(found)
    (root / "b.txt").write_text("changed meanwhile")
    (item,) = found
    assert isinstance(item, Item)
    assert item.text == "changed meanwhile"


def test_pasted_text() -> None:
    item = intake.item_from_text(
        "One\r\ntwo \ud800", headline=" A  headline ", published="2016-06-29", language="", source="the-mail"
    )
    assert (item.how, item.media_type, item.name) == ("paste", "text/plain", "pasted text")
    assert (item.text, item.raw) == ("One\ntwo \ufffd", b"One\r\ntwo \xed\xa0\x80")
    assert (item.headline, item.language, item.source) == ("A headline", "", "the-mail")
    assert isinstance(item.published, Moment)
    assert intake.item_from_text("x", published=item.published).published == item.published
    assert len(item.raw_sha256) == len(item.text_sha256) == 64
    assert intake.item_from_text("One\ntwo \ufffd").text_sha256 == item.text_sha256


@pytest.mark.parametrize(
    "text, metadata, error",
    [
        (" \n", {}, "pasted text is empty"),
        ("x", {"url": "x"}, "url is 'x'"),
        ("x", {"published": "soon"}, "published is 'soon'"),
    ],
)
def test_pasted_text_that_cannot_go_in(text: str, metadata: dict[str, str], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        intake.item_from_text(text, **metadata)


def test_uploads() -> None:
    (text,) = intake.item_from_upload("a.txt", b"caf\xe9", headline="Entered")
    assert isinstance(text, Item)
    assert (text.text, text.encoding, text.how, text.headline) == ("café", "cp1252", "file", "Entered")
    page = b"<html><head><title>T</title></head><body><p>Text of the page.</p></body></html>"
    (html,) = intake.item_from_upload("a.html", page, headline="Entered")
    assert isinstance(html, Item)
    assert (html.media_type, html.headline) == ("text/html", "Entered")
    one, two = intake.item_from_upload(
        "a.jsonl", b'{"text": "one", "byline": "Own"}\n{"text": "two"}', byline="Entered"
    )
    assert isinstance(one, Item)
    assert isinstance(two, Item)
    assert (one.byline, two.byline, two.name) == ("Own", "Entered", "a.jsonl:2")
    (failure,) = intake.item_from_upload("a.pdf", b"%PDF-1.4")
    assert failure == Failure("a.pdf", "a.pdf is a PDF, not text: extract its text first.")
    (failure,) = intake.item_from_upload("a.txt", b"x", published="soon")
    assert isinstance(failure, Failure)
    assert failure.error.startswith("a.txt: published is 'soon'")
