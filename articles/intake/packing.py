"""Compressed bodies of web pages, unpacked no further than they may be long."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

#: Content encodings that can be unpacked; "" and identity are none.
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})


class TooLong(ValueError):
    """More than there may be."""


class Broken(ValueError):
    """Not what it says it is, or cut short."""


def unpacked(chunks: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The bytes that chunks in a content encoding stand for; raises TooLong beyond ``most`` bytes, Broken."""
    decoder = None if encoding in ("", "identity") else _Brotli(most) if encoding == "br" else _Inflate(most)
    parts, length = [], 0
    for chunk in chunks:
        piece = decoder.feed(chunk) if decoder else chunk
        length += len(piece)
        if length > most:
            raise TooLong
        parts.append(piece)
    if decoder and length and not decoder.whole:
        raise Broken
    return b"".join(parts)


class _Inflate:
    """gzip and deflate, one or several parts after each other, never much more than ``most`` bytes at a time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either of the two, as its header says
        self.first = True

    def feed(self, data: bytes) -> bytes:
        try:
            try:
                found = self.decoder.decompress(data, self.most + 1)
            except zlib.error:
                if not self.first:
                    raise
                self.decoder = zlib.decompressobj(-zlib.MAX_WBITS)  # deflate without the header that it should have
                found = self.decoder.decompress(data, self.most + 1)
            self.first = False
            while self.decoder.unused_data.strip(b"\0") and len(found) <= self.most:
                rest = self.decoder.unused_data
                self.decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
                found += self.decoder.decompress(rest, self.most + 1)
        except zlib.error:
            raise Broken from None
        return found

    @property
    def whole(self) -> bool:
        return self.decoder.eof


class _Brotli:
    def __init__(self, most: int) -> None:
        import brotli

        self.most, self.wrong = most, brotli.error
        self.decoder: Any = brotli.Decompressor()

    def feed(self, data: bytes) -> bytes:
        try:
            return bytes(self.decoder.process(data, output_buffer_limit=self.most + 1))
        except self.wrong:
            raise Broken from None

    @property
    def whole(self) -> bool:
        return bool(self.decoder.is_finished())
