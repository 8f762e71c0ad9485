"""manage.py read: readings printed without a database, one object a document, in the order of the input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
TEXT = (
    "The vote was lost.\r\n\r\n“We will be back on Friday,” said Edna Marsh, 81.\r\n\r\n“Nobody doubted it,” she added."
)


class Streams:
    """What a command wrote, and its exit status."""

    def __init__(self, *args: str, given: bytes = b"", monkeypatch: pytest.MonkeyPatch | None = None) -> None:
        out, err = io.StringIO(), io.StringIO()
        if monkeypatch:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        self.status: Any = 0
        try:
            call_command("read", *args, stdout=out, stderr=err)
        except SystemExit as stop:
            self.status = stop.code
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def test_json_lines_are_read_exactly_as_given(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    documents = [
        {"id": "a", "text": TEXT, "dataset": "ours", "quotes": [1]},
        {"id": 7, "text": ""},
        {"text": "No marks."},
    ]
    path.write_text("\n".join(json.dumps(document) for document in documents) + "\n")
    found = Streams(str(path), "--jsonl")
    assert (found.status, found.err) == (0, "")
    assert [record["id"] for record in found.records] == ["a", 7, None]
    first = found.records[0]
    assert "text" not in first
    assert {"quotes", "mentions", "passages", "published"} <= first.keys()
    assert [TEXT[quote["start"] : quote["end"]] for quote in first["quotes"]] == [
        quote["text"] for quote in first["quotes"]
    ]
    assert [quote["text"] for quote in first["quotes"]] == ["We will be back on Friday,", "Nobody doubted it,"]
    assert {quote["speaker"]["name"] for quote in first["quotes"]} == {"Edna Marsh"}
    with_text = Streams(str(path), "--jsonl", "--with-text")
    assert [record["text"] for record in with_text.records] == [TEXT, "", "No marks."]


def test_a_broken_line_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    given = b'{"id": 1, "text": "one"}\n\n{broken\n{"id": 2}\n{"id": 3, "text": "a \\ud800\\u0000 b"}'
    found = Streams("-", "--jsonl", "--with-text", given=given, monkeypatch=monkeypatch)
    one, broken, textless, three = found.records
    assert (one["id"], three["id"], three["text"]) == (1, 3, "a \ud800\0 b")
    assert broken == {"id": None, "error": found.err.splitlines()[0]}
    assert broken["error"].startswith("-:3: not JSON")
    assert textless == {"id": 2, "error": "-:4: there is no text: give it as a string in a field of that name."}
    assert found.status == 1


def test_files_are_read_as_intake_takes_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode("cp1252"))
    (tmp_path / "b.html").write_text(f"<html><body><article><p>{TEXT}</p></article></body></html>")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4")
    found = Streams(str(tmp_path), str(tmp_path / "none.txt"), "--jsonl")
    text, html, pdf, none = found.records
    assert [record["id"] for record in found.records] == ["a.txt", "b.html", "c.pdf", "none.txt"]
    assert text["text"] == TEXT.replace("\r\n", "\n")
    assert html["quotes"][0]["text"] == "We will be back on Friday,"
    assert "is a PDF" in pdf["error"]
    assert "cannot be read" in none["error"]
    assert found.status == 1
    assert found.err.splitlines() == [pdf["error"], none["error"]]


@pytest.mark.parametrize("given", [TEXT.encode(), b"<!DOCTYPE html><p>" + TEXT.encode()])
def test_standard_input(given: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    (record,) = Streams("-", "--jsonl", given=given, monkeypatch=monkeypatch).records
    assert record["id"] == "-"
    assert len(record["quotes"]) == 2


def test_for_people(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    found = Streams(str(tmp_path / "a.txt"), str(tmp_path / "none.txt"))
    assert "a.txt ──" in found.out
    assert "Edna Marsh" in found.out
    assert "  We will be back on Friday," in found.out
    assert "direct" in found.out
    assert "\x1b[" not in found.out
    assert "none.txt cannot be read" in found.err
    assert found.status == 1


def test_no_database_and_no_traceback_when_nobody_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(
        json.dumps({"id": "a", "text": TEXT}) + "\n" + "".join(json.dumps({"text": TEXT}) + "\n" for _ in range(2_000))
    )
    command = [sys.executable, str(ROOT / "manage.py"), "read", str(path), "--jsonl"]
    environment = {"PATH": "/usr/bin", "DATABASE_URL": f"sqlite:///{tmp_path}/none/at/all.sqlite3"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == "a"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141
