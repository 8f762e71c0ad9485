"""A web of our own: a server on this machine, which only the tests allow to be fetched from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from articles.fetching import Fetcher, Manner


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0  # before it
    drip: float = 0.0  # before each byte of the body
    cut: int = 0  # bytes of the body that are not sent


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    at: float
    until: float = 0.0


class Web:
    """Replies by path (several: one after the other, the last for good), and what was asked for."""

    def __init__(self, port: int) -> None:
        self.port, self.replies, self.asked = port, dict[str, list[Reply]](), list[Asked]()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.place}{path}"

    def says(self, path: str, *replies: Reply | bytes | str, kind: str = "text/html; charset=utf-8") -> str:
        """What the server answers at a path; returns the address."""
        found = []
        for reply in replies:
            if not isinstance(reply, Reply):
                reply = Reply(reply.encode() if isinstance(reply, str) else reply)
            reply.headers.setdefault("Content-Type", kind)
            found.append(reply)
        self.replies[path] = found
        return self.url(path)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def reply(self, path: str) -> Reply:
        waiting = self.replies.get(path)
        if not waiting:
            return Reply(b"nothing here", 404, {"Content-Type": "text/plain"})
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, time.monotonic())
        self.server.web.asked.append(asked)
        reply = self.server.web.reply(self.path)
        time.sleep(reply.pause)
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            body = reply.body[: len(reply.body) - reply.cut]
            for byte in body if reply.drip else [body]:
                time.sleep(reply.drip)
                self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
                self.wfile.flush()
        except OSError:
            pass  # the other side has heard enough
        asked.until = time.monotonic()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    """The server, which the settings let be fetched from, and fast."""
    cache.clear()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web = Web(server.server_address[1])
    settings.FETCH_ALLOWED_HOSTS, settings.FETCH_DELAY, settings.FETCH_SECONDS = [server.web.place], 0.0, 5.0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.web
    server.shutdown()
    server.server_close()
    cache.clear()


@pytest.fixture
def fetcher(web: Web) -> Callable[..., Fetcher]:
    """A fetcher in a hurry that may ask this one server; other manners by name."""

    def make(**manner: object) -> Fetcher:
        said = {"delay": 0.0, "seconds": 5.0, "allowed": frozenset({web.place})}
        return Fetcher(Manner(**(said | manner)))  # type: ignore[arg-type]

    return make
