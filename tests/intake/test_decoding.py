"""From bytes to text: every encoding that a newsroom meets, and what is no text."""

from __future__ import annotations

import codecs
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.intake.decoding import codec, decode, normalise_text

SAID = "“It’s fine,” Zoë said — £5 for the café."


@pytest.mark.parametrize(
    "raw, text, encoding",
    [
        (b"plain", "plain", "utf-8"),
        (SAID.encode(), SAID, "utf-8"),
        (codecs.BOM_UTF8 + SAID.encode(), SAID, "utf-8"),
        (codecs.BOM_UTF16_LE + SAID.encode("utf-16-le"), SAID, "utf-16-le"),
        (codecs.BOM_UTF16_BE + SAID.encode("utf-16-be"), SAID, "utf-16-be"),
        (codecs.BOM_UTF32_LE + SAID.encode("utf-32-le"), SAID, "utf-32-le"),
        (codecs.BOM_UTF32_BE + SAID.encode("utf-32-be"), SAID, "utf-32-be"),
        (codecs.BOM_UTF16_LE + SAID.encode("utf-16-le") + b"\0", SAID + "\ufffd", "utf-16-le"),
        (SAID.encode("utf-16-le"), SAID, "utf-16-le"),
        (SAID.encode("utf-16-be"), SAID, "utf-16-be"),
        (SAID.encode("cp1252"), SAID, "cp1252"),
        (b"caf\xe9", "café", "cp1252"),
        (b"\x81\x8d\x8f\x90\x9d\x80\xff text", "\x81\x8d\x8f\x90\x9d€ÿ text", "cp1252"),
        (
            "Zoë, café, naïve".encode() + b" \x93quoted\x94 and cut \xe2\x80",
            "Zoë, café, naïve “quoted” and cut â€",
            "utf-8",
        ),
        (b"one NUL in a long enough text\0", "one NUL in a long enough text\0", "utf-8"),
        (b"", "", "utf-8"),
    ],
)
def test_decode(raw: bytes, text: str, encoding: str) -> None:
    assert decode(raw) == (text, encoding)


@pytest.mark.parametrize(
    "raw, label, text, encoding",
    [
        ("Привет".encode("cp1251"), "windows-1251", "Привет", "cp1251"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本", "cp932"),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本", "iso2022_jp"),
        ("中文".encode("gbk"), "gb2312", "中文", "gb18030"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”", "cp1252"),
        (b"\x93quoted\x94", "us-ascii", "“quoted”", "cp1252"),
        (SAID.encode(), "iso-8859-1", SAID, "utf-8"),  # re-saved as UTF-8, the old label left in place
        (SAID.encode("cp1252"), "utf-8", SAID, "cp1252"),
        (SAID.encode(), "no-such-encoding", SAID, "utf-8"),
        (SAID.encode(), "utf-16", SAID, "utf-8"),
        (b"abc", "hex", "abc", "utf-8"),
        (b"abc", "rot13", "abc", "utf-8"),
    ],
)
def test_declared_encoding(raw: bytes, label: str, text: str, encoding: str) -> None:
    assert decode(raw, declared=codec(label)) == (text, encoding)


@pytest.mark.parametrize(
    "raw, what",
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        (gzip.compress(b"news", mtime=0), "gzip-compressed"),
        (b"PK\x03\x04\x14\0", "a zip archive or an office document"),
        (b"{\\rtf1\\ansi He said}", "an RTF document"),
        (b"\0" * 100, "binary data"),
        (bytes(range(256)) * 4, "binary data"),
        (b"\x01\x02\x03abc", "binary data"),
    ],
)
def test_what_is_no_text(raw: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        decode(raw)


@pytest.mark.parametrize(
    "text, normalised",
    [
        ("one\r\ntwo\rthree\nfour\r\r\n", "one\ntwo\nthree\nfour\n\n"),
        ("a\0b\r\0\nc", "ab\nc"),
        ("\ufeff\ufefftext\ufeff", "text\ufeff"),
        ("\ud800 and \udfff", "\ufffd and \ufffd"),
        ("\ud83d\ude00", "😀"),
        ("no\u00a0break\u2028line\u0085\ttab  two ", "no\u00a0break\u2028line\u0085\ttab  two "),
        ("e\u0301 ﬁ “quotes”", "e\u0301 ﬁ “quotes”"),
    ],
)
def test_normalise_text(text: str, normalised: str) -> None:
    assert normalise_text(text) == normalised


@given(st.text(st.characters(codec=None)))  # lone surrogates too
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert not set("\0\r") & set(once)
    assert once.encode().decode() == once


@given(st.binary())
def test_bytes_are_text_or_one_sentence(raw: bytes) -> None:
    error = ""
    try:
        text, encoding = decode(raw)
    except ValueError as raised:
        error = str(raised)
    if error:
        assert error.startswith("is ")
    else:
        normalise_text(text).encode()
        assert codec(encoding) or encoding.startswith("utf-")
