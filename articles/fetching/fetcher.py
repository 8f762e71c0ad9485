"""The fetcher: one request at a time to a host, no faster than it likes, again when it fails, and never too much."""

from __future__ import annotations

import datetime as dt
import email.message
import email.utils
import itertools
import random
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings

from articles.fetching import robots
from articles.fetching.addresses import Lookup, Refused, Target, joined, target
from articles.intake.packing import ENCODINGS, Broken, TooLong, unpacked
from corpus import shared

if TYPE_CHECKING:
    import httpx

PAGES = ("text/html", "application/xhtml+xml", "text/plain")
FEEDS = (
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml",
    *PAGES,  # many are sent as what they are not
)  # fmt: skip
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_WORDS = {
    401: "asks for an account",
    402: "asks for money",
    403: "refuses to be fetched by a program",
    404: "is not there",
    410: "is gone for good",
    429: "has had too many requests from here",
    451: "may not be shown for legal reasons",
}


class NotFetched(ValueError):
    """What could not be had, in the end of a sentence that begins with the address.

    ``passing`` says that it may be had later, ``after`` how many seconds the site asks to wait until then.
    """

    def __init__(self, sentence: str, *, passing: bool = False, after: float = 0, status: int = 0) -> None:
        super().__init__(sentence)
        self.passing, self.after, self.status = passing, after, status


class Stopped(Exception):
    """Somebody wants to stop: what waits is not asked for any more."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to fetch; seconds and bytes. ``allowed`` are places ("127.0.0.1:8000") that may be inside a network."""

    agent: str = "Verbatim/0.1"
    delay: float = 1.0  # between two requests to a host
    seconds: float = 30.0  # for one exchange
    most_bytes: int = 10_000_000  # of a page, decompressed
    redirects: int = 5
    attempts: int = 3
    patience: float = 60.0  # the longest wait for another attempt
    workers: int = 4
    allowed: frozenset[str] = frozenset()

    @classmethod
    def of_settings(cls, **other: Any) -> Manner:
        """As the settings say."""
        said: dict[str, Any] = {
            "agent": settings.FETCH_USER_AGENT,
            "delay": settings.FETCH_DELAY,
            "seconds": settings.FETCH_SECONDS,
            "most_bytes": settings.FETCH_MAX_BYTES,
            "allowed": frozenset(settings.FETCH_ALLOWED_HOSTS),
        }
        return cls(**said | other)

    @classmethod
    def hurried(cls) -> Manner:
        """For somebody who waits for it."""
        return cls.of_settings(attempts=1, seconds=min(15.0, settings.FETCH_SECONDS))

    @property
    def name(self) -> str:
        """The product name, by which robots.txt speaks of us."""
        return self.agent.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to fetch, what is known of it from the last time, and what it is to its asker."""

    url: str
    etag: str = ""
    last_modified: str = ""
    about: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``url`` after all redirects, the body decompressed; or that nothing has changed."""

    url: str
    body: bytes = b""
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    unmodified: bool = False
    at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))


@dataclass(slots=True)
class _Place:
    """A host and port: one request at a time, the next not before ``ready``."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    ready: float = 0.0


class Fetcher:
    """Fetches pages and feeds; may be used by several threads at once."""

    def __init__(self, manner: Manner | None = None, lookup: Lookup | None = None) -> None:
        self.manner = manner or Manner.of_settings()
        self.lookup = lookup
        self.context = ssl.create_default_context()
        self._stop = threading.Event()
        self._places: dict[str, _Place] = defaultdict(_Place)
        self._making = threading.Lock()

    def get(self, wanted: Wanted | str, kinds: tuple[str, ...] = PAGES) -> Answer:
        """Fetch an address, after its site's robots.txt, through redirects of which each is checked.

        Raises Refused for what is never fetched, NotFetched for what could not be had.
        """
        wanted = Wanted(wanted) if isinstance(wanted, str) else wanted
        conditions = {"If-None-Match": wanted.etag, "If-Modified-Since": wanted.last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        headers["Accept"] = ", ".join(kinds) + ", */*;q=0.1"
        at = target(wanted.url, self.manner.allowed)
        seen = {at.url}
        for _ in range(self.manner.redirects + 1):
            rules = self._rules(at)
            if rules.why:
                raise NotFetched(f"its robots.txt cannot be had now ({rules.why})", passing=True)
            if not rules.allow(at.url, self.manner.name):
                raise NotFetched("its robots.txt asks programs not to fetch it; save the page, or paste its text")
            answer = self._persist(at, headers, kinds, max(self.manner.delay, min(rules.delay(self.manner.name), 60)))
            if isinstance(answer, Answer):
                if answer.unmodified and not any(conditions.values()):
                    raise NotFetched(
                        "it calls itself unchanged, and has not been had before (status 304)", passing=True
                    )
                return answer
            at = target(joined(at, answer), self.manner.allowed)
            if at.url in seen:
                raise NotFetched("it redirects in a circle; open it in a browser and save the page")
            seen.add(at.url)
        raise NotFetched(f"it redirects more than {self.manner.redirects} times")

    def get_all(
        self, wanted: Iterable[Wanted], kinds: tuple[str, ...] = PAGES
    ) -> Generator[tuple[Wanted, Answer | ValueError], None, None]:
        """Fetch several, hosts in turn, some at once; each with its answer, or with what went wrong."""
        waiting = deque(_in_turn(wanted))
        running: dict[Future[Answer], Wanted] = {}
        pool = ThreadPoolExecutor(self.manner.workers, thread_name_prefix="fetching")
        try:
            while waiting or running:
                while waiting and len(running) < self.manner.workers:
                    one = waiting.popleft()
                    running[pool.submit(self.get, one, kinds)] = one
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    one = running.pop(future)
                    try:
                        yield one, future.result()
                    except ValueError as error:
                        yield one, error
        finally:
            if running:
                self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            self._stop.clear()

    # --- one address

    def _rules(self, at: Target) -> robots.Rules:
        found = robots.remembered(at.origin)
        if found is None:
            try:
                found = self._ask_for_rules(at)
            except NotFetched as error:
                found = robots.without(error.status, str(error))
            robots.remember(at.origin, found)
        return found

    def _ask_for_rules(self, at: Target) -> robots.Rules:
        there = Target(at.scheme, at.host, at.port, "/robots.txt", "")
        for _ in range(self.manner.redirects + 1):
            answer = self._persist(there, {"Accept": "text/plain, */*;q=0.1"}, (), self.manner.delay)
            if isinstance(answer, Answer):
                return robots.read(answer.body)
            try:
                there = target(joined(there, answer), self.manner.allowed)
            except Refused:
                return robots.Rules()  # as if there were none
        return robots.Rules()

    def _persist(self, at: Target, headers: dict[str, str], kinds: tuple[str, ...], delay: float) -> Answer | str:
        """An answer, or where it redirects to; again with back-off where that may help. Raises NotFetched, Refused."""
        for attempt in itertools.count(1):
            try:
                return self._ask(at, headers, kinds, delay)
            except NotFetched as error:
                pause = error.after or 2.0 ** (attempt - 1) * self.manner.delay * random.uniform(1, 1.5)
                if not error.passing or attempt >= self.manner.attempts or pause > self.manner.patience:
                    raise
                self._sleep(pause)
        raise AssertionError

    def _ask(self, at: Target, headers: dict[str, str], kinds: tuple[str, ...], delay: float) -> Answer | str:
        with self._making:
            place = self._places[at.place]
        with place.lock:
            self._sleep(place.ready - time.monotonic())
            self._sleep(shared.turn(at.place, delay))
            try:
                return self._exchange(at, headers, kinds)
            finally:
                place.ready = time.monotonic() + delay
                shared.asked(at.place, delay)

    def _exchange(self, at: Target, headers: dict[str, str], kinds: tuple[str, ...]) -> Answer | str:
        """One request and its answer. Raises NotFetched, Refused."""
        import httpcore  # with what follows it takes 300 ms to import: only those who fetch wait for it
        import httpx

        from articles.fetching.network import Checked, CheckedTransport

        manner = self.manner
        backend = Checked(time.monotonic() + manner.seconds, manner.allowed, self.lookup)
        pause = min(10.0, manner.seconds)
        asked = httpx.Request(
            "GET", at.url,
            headers={"User-Agent": manner.agent, "Accept-Encoding": "gzip, deflate", "Connection": "close", **headers},
            extensions={"timeout": {"connect": pause, "read": pause, "write": pause, "pool": pause}},
        )  # fmt: skip
        try:
            # No httpx.Client: it keeps cookies, reads the environment, and looks into redirects before we have.
            with CheckedTransport(backend, self.context) as transport:
                response = transport.handle_request(asked)
                try:
                    return self._read(at, response, kinds)
                finally:
                    response.close()
        except (httpcore.TimeoutException, httpx.TimeoutException):
            raise NotFetched(f"it took longer than {manner.seconds:g} seconds to answer", passing=True) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, OSError) as error:
            raise _broken(at, error) from None
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol, UnicodeError):
            raise NotFetched("it leads to something that is no web address") from None

    def _read(self, at: Target, response: httpx.Response, kinds: tuple[str, ...]) -> Answer | str:
        status, location = response.status_code, response.headers.get("location", "")
        if status == 304:
            return Answer(at.url, unmodified=True)
        if status in (301, 302, 303, 307, 308) and location:
            return str(location)
        if not 200 <= status < 300:
            raise _refusal(response)
        return self._answer(at, response, kinds)

    def _answer(self, at: Target, response: httpx.Response, kinds: tuple[str, ...]) -> Answer:
        kind = email.message.Message()
        kind["content-type"] = response.headers.get("content-type", "")
        media_type = kind.get_content_type() if kind["content-type"] else ""
        if kinds and media_type and media_type not in kinds and not (media_type.endswith("+xml") and kinds is FEEDS):
            raise NotFetched(f"it is {media_type[:100]}, not a page of text")
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self.manner.most_bytes:
            raise self._too_large()
        body = self._body(response)
        if kinds and not body.strip():
            raise NotFetched("its answer is empty", passing=True)
        return Answer(
            at.url, body, media_type, (kind.get_content_charset() or "")[:40],
            response.headers.get("etag", "")[:500], response.headers.get("last-modified", "")[:100],
        )  # fmt: skip

    def _body(self, response: httpx.Response) -> bytes:
        """The body, decompressed no further than it may be long."""
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ENCODINGS - {"br"}:
            raise NotFetched(f"its answer is compressed in a way that was not asked for ({encoding[:40]})")
        try:
            return unpacked(response.iter_raw(), encoding, self.manner.most_bytes)
        except TooLong:
            raise self._too_large() from None
        except Broken:
            raise NotFetched("its answer is compressed, and broken or ended early", passing=True) from None

    def _too_large(self) -> NotFetched:
        return NotFetched(f"it is larger than {self.manner.most_bytes / 1_000_000:g} MB: no article is")

    def rest(self) -> None:
        """Wait until every host that was asked may be asked again."""
        self._sleep(max((place.ready for place in self._places.values()), default=0.0) - time.monotonic())

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(max(0.0, seconds)):
            raise Stopped


def host_of(url: str) -> str:
    """The host of an address, with its port where it names one; "" if it is no address."""
    return url.split("/", 3)[2].lower() if url.count("/") >= 2 else ""


def _in_turn(wanted: Iterable[Wanted]) -> Iterator[Wanted]:
    """By host in turn, so that none is waited for while others are free."""
    by_host: dict[str, deque[Wanted]] = defaultdict(deque)
    for one in wanted:
        by_host[host_of(one.url)].append(one)
    while by_host:
        for host in list(by_host):
            yield by_host[host].popleft()
            if not by_host[host]:
                del by_host[host]


def _refusal(response: httpx.Response) -> NotFetched:
    status = response.status_code
    passing = status in _PASSING
    said = _WORDS.get(status) or ("has a fault of its own just now" if status >= 500 else "was not given")
    after = _seconds(response.headers.get("retry-after", "")) if passing else 0
    return NotFetched(f"it {said} (status {status})", passing=passing, after=after, status=status)


def _seconds(retry_after: str) -> float:
    """What Retry-After asks for, in seconds; 0 if it says nothing."""
    try:
        if retry_after.strip().isdecimal():
            return float(min(int(retry_after), 10_000_000))
        then = email.utils.parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    then = then if then.tzinfo else then.replace(tzinfo=dt.UTC)
    return max(0.0, (then - dt.datetime.now(dt.UTC)).total_seconds())


def _broken(at: Target, error: Exception) -> NotFetched:
    """What to say of a connection that failed."""
    said = str(error)
    if "certificate" in said.lower():
        return NotFetched(f"{at.host} shows no certificate that can be trusted")
    if any(words in said for words in ("Name or service", "No address", "nodename", "name resolution", "not known")):
        return NotFetched(f"there is no host {at.host}, or it cannot be looked up now", passing=True)
    return NotFetched(f"the connection to {at.host} failed ({said[:100] or type(error).__name__})", passing=True)
