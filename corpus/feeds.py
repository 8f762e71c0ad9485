"""Atom feeds (RFC 4287) of every list, for exactly the filters of its address: /feeds/quotes/?speaker=…&source!=…."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from articles import utterances_views as utterances
from articles import views as articles
from articles import wording
from people import views as people

ENTRIES = 50
MEDIA_TYPE = "application/atom+xml; charset=utf-8"


class Entry(NamedTuple):
    """What an entry says of an item; ``author`` is whoever said or wrote it, "" if nobody is named."""

    title: str
    summary: str
    author: str
    updated: dt.datetime


def of_quote(quote: Any) -> Entry:
    credit = str(wording.credit(quote))
    words = "{0.opening}{0.plain}{0.closing}".format(wording.words(quote))
    said = f"{credit}: {words}"
    where = f"{quote.article.source}, {wording.printed_at(quote)}" + (
        f": {quote.article.headline}" if quote.article.headline else ""
    )
    return Entry(said if len(said) <= 200 else f"{said[:199]}…", f"{words} {where}", credit, at(quote))


def of_article(article: Any) -> Entry:
    summary = f"{article.source}, {wording.printed(article)}; {article.quote_count} quotes"
    return Entry(article.title, summary, article.byline or str(article.source), at(article))


def of_utterance(item: Any) -> Entry:
    first = of_quote(item.forms.fullest.quote)
    printed = f"{item.outlets} outlets printed it" if item.outlets > 1 else "one outlet printed it"
    return Entry(first.title, f"{first.summary}; {printed}", first.author, at(item))


def of_anything(item: Any) -> Entry:
    return Entry(str(item), getattr(item, "description", ""), "", at(item))


def at(item: Any) -> dt.datetime:
    """When it was published, as far as known (local time given as UTC), else when it came into the corpus."""
    number = getattr(item, "moment", 0)
    try:
        return dt.datetime.strptime(f"{number:012d}", "%Y%m%d%H%M").replace(tzinfo=dt.UTC)
    except ValueError:
        return item.created


class Feed(NamedTuple):
    """A list, what an entry says of one of its items, and what items still need for that."""

    view: type[Any]
    entry: Callable[[Any], Entry]
    complete: Callable[[list[Any]], list[Any]] = list


LISTS = {
    "quotes": Feed(articles.QuoteList, of_quote),
    "articles": Feed(articles.ArticleList, of_article),
    "people": Feed(people.PersonList, of_anything),
    "sources": Feed(articles.SourceList, of_anything),
    "stories": Feed(articles.StoryList, of_anything),
    "utterances": Feed(utterances.UtteranceList, of_utterance, utterances.with_forms),
}


@require_safe
def feed(request: HttpRequest, noun: str) -> HttpResponse:
    """The newest items of a list as the filters of the address leave them; 400 with one line for what is none."""
    if noun not in LISTS:
        raise Http404(f"no list of {noun}")
    kind, entry, complete = LISTS[noun]
    view = kind()
    view.setup(request)
    rows, faults = view.newest(ENTRIES)
    if faults:
        wrong = " ".join(f"{fault.parameter}: {fault.message}" for fault in faults)
        return HttpResponse(f"{wrong}\n", status=400, content_type="text/plain; charset=utf-8")
    query = request.META.get("QUERY_STRING", "")
    page = request.build_absolute_uri(reverse(noun) + (f"?{query}" if query else ""))
    chips = ", ".join(f"{'not ' if chip['excluded'] else ''}{chip['value']}" for chip in view.chips())
    found = Atom1Feed(
        title=f"{kind.title}{f' ({chips})' if chips else ''} – Verbatim",
        link=page,
        feed_url=request.build_absolute_uri(),
        description="",
        language="en-GB",
        author_name="Verbatim",  # of entries that name nobody: a feed has an author, or each of its entries has
    )
    for row in complete(rows):
        said = entry(row)
        address = request.build_absolute_uri(row.get_absolute_url())
        # An id that stays when the server moves or changes its scheme (RFC 4151), by the uid that never changes.
        found.add_item(
            title=said.title, link=address, description=said.summary, author_name=said.author or None,
            unique_id=f"tag:{request.get_host().partition(':')[0]},2026:{noun}/{row.uid}",
            pubdate=said.updated, updateddate=said.updated,
        )  # fmt: skip
    return HttpResponse(found.writeString("utf-8"), content_type=MEDIA_TYPE)
