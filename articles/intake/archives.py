"""Web archives: WARC (ISO 28500), its forerunner ARC, and WACZ, a zip of them."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

from articles.intake.item import Failure, Item
from articles.intake.packing import ENCODINGS, Broken, TooLong, unpacked
from articles.intake.web import is_html, page_item

MAX_PAGE = 50_000_000  # bytes of one page

Open = Callable[[], IO[bytes]]


def is_archive(name: str) -> bool:
    return name.lower().endswith((".warc", ".warc.gz", ".arc", ".arc.gz", ".wacz"))


def read_archive(name: str, reopen: Open, said: dict[str, Any] | None = None) -> Iterator[Item | Failure]:
    """The pages of a web archive, lazily: of each its own address and the moment at which it was captured.

    ``reopen`` opens the file anew. A page whose digest is wrong or whose record ends early is a Failure, and the rest
    goes in; of a file that ends early, what stands before its end does.
    """
    if not name.lower().endswith(".wacz"):
        yield from _Archive(name, reopen, said or {}).items()
        return
    try:
        with reopen() as stream, zipfile.ZipFile(stream) as package:
            inside = sorted(entry for entry in package.namelist() if is_archive(entry) and not entry.endswith(".wacz"))
            if not inside:
                yield Failure(name, f"{name} holds no web archive: a WACZ file has them in its folder archive/.")
            for entry in inside:
                yield from _Archive(f"{name}/{entry}", partial(package.open, entry), said or {}).items()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        yield Failure(name, f"{name} is no whole WACZ file ({error}): copy it again from where it came.")


class _Bad(ValueError):
    """A record that cannot be believed, in the end of a sentence."""


class _Archive:
    """One WARC or ARC file."""

    def __init__(self, name: str, reopen: Open, said: dict[str, Any]) -> None:
        self.name, self.reopen, self.said = name, reopen, said
        #: Where the page with a payload of this digest stands, for those that are told to be the same.
        self.kept: dict[str, int] = {}

    def items(self) -> Iterator[Item | Failure]:
        done = 0
        for whole in (False, True):
            try:
                for record, offset in self._records(whole):
                    if record < done:
                        continue
                    done = record + 1
                    found = self._page(offset)
                    if found is not None:
                        yield found
                return
            except _Whole:
                continue
            except _Bad as error:
                yield Failure(self.name, f"{self.name} {error}.")
                return

    def _records(self, whole: bool) -> Iterator[tuple[int, Any]]:
        """Every record with its number; raises _Whole for gzip not made by record, _Bad where it cannot go on."""
        with self.reopen() as stream:
            reader = _iterator(gzip.GzipFile(fileobj=stream) if whole else stream)
            number = 0
            try:
                for record in reader:
                    if not record.rec_type:
                        raise _Bad(_beyond(number))
                    yield number, (record, None if whole else reader.offset)
                    number += 1
                end = stream.seek(0, os.SEEK_END)
            except Exception as error:  # noqa: BLE001 - what the library stumbles over in damaged bytes is of many kinds
                if "non-chunked" in str(error) and not whole:
                    raise _Whole from None
                raise _Bad(_beyond(number)) from None
            if end > (0 if whole else reader.offset) and (number == 0 or not whole):
                raise _Bad(_beyond(number))

    def _page(self, found: Any) -> Item | Failure | None:
        """What a record holds; None if that is no page."""
        record, offset = found
        headers = record.rec_headers
        url = headers.get_header("WARC-Target-URI") or ""
        name = f"{self.name}: {url}"
        if record.rec_type not in ("response", "resource", "revisit") or not url.startswith(("http://", "https://")):
            return None
        digest = headers.get_header("WARC-Payload-Digest") or ""
        try:
            if record.rec_type == "revisit":
                kept = self._original(digest, url, headers)
                if kept is None:
                    return None
                media_type, charset, raw = kept
            else:
                if not _is_page(record):
                    return None
                media_type, charset, raw = _payload(record)
                if not is_html(media_type, raw):
                    return None
                if digest and offset is not None:
                    self.kept.setdefault(digest, offset)
            at = _moment(headers.get_header("WARC-Date") or "")
            return page_item(name, raw, url=url, charset=charset, how="warc", said=self.said, captured_at=at)
        except ValueError as error:
            return Failure(name, f"{name} {error}.")
        except (MemoryError, RecursionError):
            return Failure(name, f"{name} is too large or too deeply nested to be read.")

    def _original(self, digest: str, url: str, headers: Any) -> tuple[str, str, bytes] | None:
        """The page that a revisit says it is the same as; None if there is nothing new in that."""
        offset = self.kept.get(digest)
        if offset is not None:
            with self.reopen() as stream:
                stream.seek(offset)
                return _payload(next(iter(_iterator(stream))))
        other = headers.get_header("WARC-Refers-To-Target-URI") or url
        if other == url:
            return None  # the same page, unchanged, as another file has it
        raise _Bad(f"is only said to be the same as {other}, which is not in this file: take in the file that has it")


class _Whole(Exception):
    """Compressed as a whole, not record by record."""


def _iterator(stream: Any) -> Any:
    from warcio.archiveiterator import ArchiveIterator

    class Quiet(ArchiveIterator):
        INC_RECORD = ""  # what it would write to standard error

    return Quiet(stream, arc2warc=True, check_digests=True)


def _is_page(record: Any) -> bool:
    http = record.http_headers
    if http is None:
        return (record.content_type or "").partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
    kind = (http.get_header("content-type") or "").partition(";")[0].strip().lower()
    return http.get_statuscode() == "200" and kind in ("", "text/html", "application/xhtml+xml", "text/plain")


def _payload(record: Any) -> tuple[str, str, bytes]:
    """Type, charset and bytes of a page, decompressed; raises _Bad if they are not those that were archived."""
    from email.message import Message

    from warcio.bufferedreaders import ChunkedDataReader

    http = record.http_headers
    kind = Message()
    kind["content-type"] = (http.get_header("content-type") if http else record.content_type) or "text/html"
    encoding = ((http.get_header("content-encoding") if http else "") or "identity").strip().lower()
    if encoding not in ENCODINGS:
        raise _Bad(f"is compressed in a way that is not known ({encoding[:40]})")
    chunked = http is not None and (http.get_header("transfer-encoding") or "").strip().lower() == "chunked"
    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    broken = False
    try:
        raw = unpacked(iter(partial(stream.read, 65_536), b""), encoding, MAX_PAGE)
    except TooLong:
        raise _Bad(f"is larger than {MAX_PAGE // 1_000_000} MB: no article is") from None
    except Broken:
        raw, broken = b"", True
    while record.raw_stream.read(65_536):
        pass
    if getattr(record.raw_stream, "limit", 0):
        raise _Bad("ends early: the file was cut, or its record is damaged")
    if broken:
        raise _Bad("is compressed, and broken: its record is damaged")
    if record.digest_checker.passed is False and not _decoded_digest(record, raw):
        raise _Bad("is not what was archived: its digest is another")
    return kind.get_content_type(), kind.get_content_charset() or "", raw


def _decoded_digest(record: Any, raw: bytes) -> bool:
    """Whether the digest is that of the page as decoded, which some archivers write."""
    from warcio.digestverifyingreader import _compare_digest_rfc_3548, _parse_digest
    from warcio.utils import Digester

    said = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    if any("block" in problem for problem in record.digest_checker.problems):
        return False
    try:
        digester = Digester(_parse_digest(said)[0])
        digester.update(raw)
        return bool(_compare_digest_rfc_3548(digester, said))
    except ValueError:
        return False


def _moment(date: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(date.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _beyond(number: int) -> str:
    if not number:
        return "is no web archive, or a damaged one: give a WARC or WACZ file"
    return f"ends early or is damaged after record {number}: copy it again from where it came"
