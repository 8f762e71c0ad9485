"""From bytes to text: which encoding it is, what is not text at all, and the one normalisation that text goes through.

The order follows the WHATWG Encoding standard (a byte order mark wins, Windows-1252 is the last resort and maps every
byte); a declared encoding is believed unless the bytes are UTF-8, which text in another encoding almost never is.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: Windows-1252 as browsers read it: the five bytes that it leaves undefined are C1 controls, so nothing fails.
_CP1252 = "".join(
    bytes([byte]).decode("latin-1" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252") for byte in range(256)
)

#: Labels that browsers read as a superset of what they say, as Python names it.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-8",  # a declaration that could be read as ASCII cannot be in UTF-16
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
    "utf-32": "utf-8",
}

#: Encodings in which stray bytes may happen to be valid UTF-8, so that a declaration of them is believed first.
_WIDE = frozenset({"gb18030", "cp932", "cp949", "big5hkscs", "euc_jp", "iso2022_jp", "johab", "hz"})

_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (image, sound or video)"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ\x00", "xz-compressed"),
    (b"(\xb5/\xfd", "zstd-compressed"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)

_CONTROLS = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\v\f\r\x1b")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _byte_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return codecs.charmap_decode(stray, "strict", _CP1252)[0], error.end


codecs.register_error("articles.cp1252", _byte_as_cp1252)


def decode(raw: bytes, *, declared: str = "") -> tuple[str, str]:
    """The text of ``raw`` (a byte order mark removed, nothing else altered) and the encoding it is in.

    ``declared`` is what the document says of itself. Never fails on text in whatever encoding; raises ValueError, with
    the end of a sentence that begins with the file's name, on bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), encoding
    for signature, what in _SIGNATURES:
        if raw.startswith(signature):
            raise ValueError(f"is {what}, not text: extract its text first")
    if b"\0" in raw and (unmarked := _unmarked_utf16(raw)):
        return raw.decode(unmarked, "replace"), unmarked
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    binary = "is not text (it holds binary data): give plain text, HTML or JSON lines"
    if controls * 10 > len(raw):
        raise ValueError(binary)
    if declared in _WIDE:
        try:
            return raw.decode(declared), declared
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    if controls * 50 > len(raw):
        raise ValueError(binary)
    if declared and declared not in ("utf-8", "cp1252"):
        try:
            return raw.decode(declared, "replace"), declared
        except (LookupError, ValueError):
            pass
    # Mostly UTF-8 with stray bytes (a truncated file, pieces pasted together) keeps its UTF-8.
    wide = sum(len(found) for found in _MULTIBYTE.findall(raw))
    strays = len(raw) - len(raw.translate(None, bytes(range(128, 256)))) - wide
    if wide > strays:
        return raw.decode("utf-8", "articles.cp1252"), "utf-8"
    return codecs.charmap_decode(raw, "strict", _CP1252)[0], "cp1252"


def codec(label: str) -> str:
    """Python's name for the encoding that browsers understand by ``label``; "" if there is none."""
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return ""
    name = _SUPERSETS.get(name, name)
    try:
        b"".decode(name)  # codecs that are no text encodings (hex, rot13, …) refuse
    except (LookupError, ValueError, TypeError):
        return ""
    return name


def normalise_text(text: str) -> str:
    r"""``text`` with line ends as ``\n`` and without NUL, lone surrogates (U+FFFD) or leading byte order mark.

    Nothing else is altered, and doing it twice changes nothing.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # also joins split pairs
    text = text.lstrip("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _unmarked_utf16(raw: bytes) -> str:
    """UTF-16 without a mark, if the NULs of mostly Latin text stand on one side of every pair; else ""."""
    if len(raw) % 2:
        return ""
    even, odd, pairs = raw[0::2].count(0), raw[1::2].count(0), len(raw) // 2
    for nulls, others, encoding in ((even, odd, "utf-16-be"), (odd, even, "utf-16-le")):
        if nulls * 10 > pairs * 7 and others * 100 < pairs:
            return encoding
    return ""
