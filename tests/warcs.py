"""WARC files as archivers write them, by hand: each record with its digests, packed one by one or not at all."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass, field

DAY = "2019-03-02T10:11:12Z"


def digest(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


@dataclass
class Archive:
    """A WARC file being written."""

    packed: bool = True
    records: list[bytes] = field(default_factory=list)

    def add(
        self,
        url: str,
        body: bytes,
        *,
        kind: str = "text/html; charset=utf-8",
        status: str = "200 OK",
        date: str = DAY,
        record: str = "response",
        **headers: str,
    ) -> Archive:
        http = b""
        if record == "response":
            lines = [f"{name.replace('_', '-')}: {value}" for name, value in {"Content_Type": kind, **headers}.items()]
            http = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()
            kind = "application/http; msgtype=response"
        return self._write(record, url, date, http, body, {"Content-Type": kind, "WARC-Payload-Digest": digest(body)})

    def revisit(self, url: str, of: str, body: bytes, date: str) -> Archive:
        """That a page had the same payload as another one before."""
        said = {
            "WARC-Refers-To-Target-URI": of,
            "WARC-Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
            "Content-Type": "application/http; msgtype=response",
            "WARC-Payload-Digest": digest(body),
        }
        return self._write("revisit", url, date, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"", said)

    def raw(self) -> bytes:
        return b"".join(self.records)

    def _write(self, record: str, url: str, date: str, http: bytes, body: bytes, said: dict[str, str]) -> Archive:
        block = http + body
        headers = {
            "WARC-Type": record,
            "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{len(self.records):012}>",
            "WARC-Target-URI": url,
            "WARC-Date": date,
            **said,
            "WARC-Block-Digest": digest(block),
            "Content-Length": str(len(block)),
        }
        lines = "\r\n".join(["WARC/1.0", *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        written = lines.encode() + block + b"\r\n\r\n"
        self.records.append(gzip.compress(written, mtime=0) if self.packed else written)
        return self
