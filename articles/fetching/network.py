"""A connection that goes to the address that was checked, and that ends when its time is over."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from articles.fetching.addresses import Lookup, resolve


class Late(httpcore.TimeoutException):
    """The time that the whole exchange may take is over."""


class Checked(httpcore.NetworkBackend):
    """Connects to hosts by the addresses that `resolve` lets through, whatever they were called; until a deadline."""

    def __init__(self, deadline: float, allowed: frozenset[str] = frozenset(), lookup: Lookup | None = None) -> None:
        self.deadline, self.allowed, self.lookup = deadline, allowed, lookup
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        addresses = [host] if place in self.allowed else resolve(host, port, self.lookup)[:4]
        for address in addresses:
            try:
                left = _left(self.deadline, timeout)
                return Hurried(self.plain.connect_tcp(address, port, left, local_address), self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise httpcore.ConnectError("nothing is fetched from a socket of this machine")


class Hurried(httpcore.NetworkStream):
    """A stream on which no wait outlasts the deadline, in whatever small pieces the other side sends."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.deadline, timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self.deadline, timeout)
        return Hurried(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)

    def close(self) -> None:
        self.stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class CheckedTransport(httpx.BaseTransport):
    """httpx over connections of `Checked`, one a request; names of hosts stay what TLS and the Host header say."""

    def __init__(self, backend: Checked, context: ssl.SSLContext) -> None:
        self.pool = httpcore.ConnectionPool(ssl_context=context, max_connections=1, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
        answer = self.pool.handle_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self.pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Any:
        yield from self.stream

    def close(self) -> None:
        self.stream.close()


def _left(deadline: float, timeout: float | None) -> float:
    """Seconds that may still be waited."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return left if timeout is None else min(left, timeout)
