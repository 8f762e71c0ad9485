"""Taking in what stands at an address: fetched, read as a page, and taken in one by one as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from articles.fetching import Answer, Fetcher, Manner, NotFetched, Refused, Wanted
from articles.intake import Failure, Item, normalise_url
from articles.intake.web import is_html, page_item
from articles.models import Article, Capture, Visit
from articles.pipeline.taking_in import Orders, Outcome, take_in
from corpus.chunks import chunks
from corpus.models import Tombstone

#: Addresses that are looked up together before they are fetched.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """An address to take in; ``said`` is what is known of it beside what its page will say.

    ``hints`` count where the page is silent, ``instead`` is taken in where it cannot be had (``last``: not even later),
    ``about`` is what it is to whoever asks, ``orders`` its own.
    """

    url: str
    said: dict[str, Any] = field(default_factory=dict)
    hints: dict[str, Any] = field(default_factory=dict)
    how: str = Capture.How.URL.value
    instead: Item | None = None
    last: bool = False
    about: Any = None
    orders: Orders | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an address; ``passing``: it may be had later, after ``after`` seconds if its site says so."""

    place: Place
    outcome: Outcome
    passing: bool = False
    after: float = 0


def take_in_places(places: Iterable[Place], orders: Orders, fetcher: Fetcher | None = None) -> Iterator[Found]:
    """Fetch addresses and take in what stands there, in whatever order it comes; each is stored before the next.

    What a server says has not changed since it was last taken in is not sent again, and is unchanged.
    """
    fetcher = fetcher or Fetcher()
    for some in chunks(places, AT_ONCE):
        keys = {place.url: _key(place.url) for place in some}
        barred = Tombstone.bars("articles.article", {key for key in keys.values() if key})
        visits = {visit.url: visit for visit in Visit.objects.filter(url__in=keys).select_related("article")}
        wanted = []
        for place in some:
            if keys[place.url] in barred:
                sentence = f"{place.url}: this was purged, and is not taken in again."
                yield Found(place, Outcome(place.url, "failed", error=sentence))
                continue
            visit = visits.get(place.url)
            known = visit if visit and not _anything_to_do(visit.article, place.orders or orders) else None
            etag, last_modified = (known.etag, known.last_modified) if known else ("", "")
            wanted.append(Wanted(place.url, etag, last_modified, place))
        answers = fetcher.get_all(wanted)
        try:
            for one, answer in answers:
                yield _became(one.about, answer, visits.get(one.url), orders)
        finally:
            answers.close()


def fetch(place: Place) -> Item:
    """What stands at an address, for somebody who waits for it: not tried twice. Raises ValueError with a sentence."""
    try:
        answer: Answer | ValueError = Fetcher(Manner.hurried()).get(place.url)
    except ValueError as error:
        answer = error
    entry = _entry(place, answer)
    if isinstance(entry, Failure):
        raise ValueError(entry.error)
    return entry


def _became(place: Place, answer: Answer | ValueError, visit: Visit | None, orders: Orders) -> Found:
    orders = place.orders or orders
    if isinstance(answer, NotFetched) and answer.passing and not place.last:
        failure = Outcome(place.url, "failed", error=f"{place.url}: {answer}.")
        return Found(place, failure, passing=True, after=answer.after)
    if isinstance(answer, Answer) and answer.unmodified and visit:
        Visit.objects.filter(pk=visit.pk).update(at=timezone.now())
        return Found(place, Outcome(place.url, "unchanged", visit.article.uid))
    entry = _entry(place, answer)
    if isinstance(entry, Failure) and place.instead:
        entry = place.instead
    [outcome] = take_in([entry], orders)
    if isinstance(answer, Answer) and entry is not place.instead and outcome.outcome != "failed" and not orders.dry_run:
        _remember(place.url, answer, outcome.article)
    return Found(place, outcome)


def _entry(place: Place, answer: Answer | ValueError) -> Item | Failure:
    """The page at an address as an item."""
    try:
        if isinstance(answer, Refused):
            return Failure(place.url, f"{answer}.")
        if isinstance(answer, ValueError):
            return Failure(place.url, f"{place.url}: {answer}.")
        html = is_html(answer.media_type, answer.body)
        item = page_item(
            place.url, answer.body, url=answer.url, charset=answer.charset, html=html, how=place.how, said=place.said
        )
        return replace(
            item, **{name: value for name, value in place.hints.items() if value and not getattr(item, name)}
        )
    except ValueError as error:
        return Failure(place.url, f"{place.url} {error}.")
    except (MemoryError, RecursionError):
        return Failure(place.url, f"{place.url} is too large or too deeply nested to be read: paste its text.")


def _remember(url: str, answer: Answer, uid: str) -> None:
    """Keep what the server calls this version of the page, to ask for another one only."""
    if answer.etag or answer.last_modified:
        article = Article.objects.only("pk").get(uid=uid)
        said = {"article": article, "etag": answer.etag, "last_modified": answer.last_modified, "at": answer.at}
        Visit.objects.update_or_create(url=url, defaults=said)
    else:
        Visit.objects.filter(url=url).delete()


def _anything_to_do(article: Article, orders: Orders) -> bool:
    """Whether an article has orders to follow even if nothing in it has changed."""
    return orders.story is not None or (orders.publish and article.status == Article.Status.DRAFT)


def _key(url: str) -> str:
    try:
        return normalise_url(url)
    except ValueError:
        return ""
