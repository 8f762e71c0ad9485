"""What the public pages cost on a corpus of any size: each sort of page, asked for many of its things in turn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Max
from django.urls import reverse
from rich.console import Console

from articles.models import Article, Quote, Source, Story, Utterance
from corpus.collecting import settle
from corpus.management.api_figures import HEAD, Known, asked, corpus, deep_cursor, filled
from people.models import Person

#: So many things stand for all of their sort: those of ids as far apart as can be.
EXAMPLES = 200


def measure(quotes: int, requests: int, keep: Path | None, only: str, console: Console) -> Iterator[str]:
    """So many public quotes, every page asked so often: a line each as it is known, kept ones again."""
    with corpus(keep) as (folder, _):
        filled(quotes, console)
        known = Known(folder / f"pages-{connection.vendor}-{quotes}.jsonl")
        yield f"{connection.vendor}, {quotes:,} public quotes, {os.cpu_count()} cores; kept in {known.path}"
        yield HEAD
        among = cases()
        settle()  # as a server does (corpus.wsgi)
        for name, paths in among.items():
            if only in name:
                yield known(name, partial(asked, paths, requests))


def cases() -> dict[str, list[str]]:
    """Addresses of every sort of page, by what they show."""
    people = list(Person.objects.public().order_by("pk").values_list("slug", flat=True))
    story, *_ = Story.objects.annotate(n=Count("articles")).order_by("-n")
    loud = people[:20]
    deep, cursor = deep_cursor()
    return {
        "home": ["/"],
        "about": ["/about/"],
        "quotes": ["/quotes/"],
        f"quotes, page {deep:,}": [f"/quotes/?cursor={cursor}"],
        "quotes of a loud speaker": [f"/quotes/?speaker={slug}" for slug in loud],
        "quotes of a quiet speaker": [f"/quotes/?speaker={slug}" for slug in people[-20:]],
        "quotes of a speaker in a year": [f"/quotes/?speaker={slug}&from=2019&to=2019" for slug in loud],
        "quotes of an outlet, a year, a kind": [
            f"/quotes/?source=gazette-{n}&from=2019&to=2019&kind=direct" for n in range(20)
        ],
        "quotes of all but an outlet": [f"/quotes/?source!=gazette-{n}" for n in range(20)],
        "quotes of unnamed speakers": ["/quotes/?speaker_is=unnamed"],
        "quotes with a common word": ["/quotes/?q=bridge", "/quotes/?q=ferry", "/quotes/?q=budget"],
        "quotes with a rare word": ["/quotes/?q=quartz"],
        "quotes with a phrase": ['/quotes/?q="no+plan"+-ferry', '/quotes/?q="paid+twice"+OR+"pay+twice"'],
        "quotes with a word, best first": ["/quotes/?q=bridge&sort=relevance", "/quotes/?q=school&sort=relevance"],
        "quotes of nobody, none": ["/quotes/?speaker_is=unnamed&from=2030"],
        "articles": ["/articles/"],
        "articles of a loud speaker": [f"/articles/?speaker={slug}" for slug in loud],
        "articles of an outlet in a year": [f"/articles/?source=gazette-{n}&from=2019&to=2019" for n in range(20)],
        "articles with a common word": ["/articles/?q=bridge", "/articles/?q=ferry", "/articles/?q=budget"],
        "articles with a phrase": ['/articles/?q="no+plan"+-ferry'],
        "articles with a word, best first": ["/articles/?q=bridge&sort=relevance"],
        "people": ["/people/"],
        "people by name": ["/people/?q=ada+ashby", "/people/?q=mor"],
        "people quoted by an outlet": [f"/people/?source=gazette-{n}" for n in range(20)],
        "sources": ["/sources/"],
        "stories": ["/stories/"],
        "utterances": ["/utterances/"],
        "utterances by outlets": ["/utterances/?sort=-outlets", "/utterances/?min_outlets=3"],
        "utterances of a loud speaker": [f"/utterances/?speaker={slug}" for slug in loud],
        "utterances with a common word": ["/utterances/?q=bridge", "/utterances/?q=ferry"],
        "article": pages("article", Article),
        "live blog": pages("article", Article, kind=Article.Kind.LIVE_BLOG),
        "quote": pages("quote", Quote),
        "person, the loudest": [page("person", people[0])],
        "person, the second": [page("person", people[1])],
        "person": pages("person", Person, "slug"),
        "source": pages("source", Source, "slug"),
        "story, the largest": [page("story", story.slug)],
        "story": pages("story", Story, "slug"),
        "utterance": pages("utterance", Utterance),
        "concordance of a common word": ["/concordance/?q=bridge", "/concordance/?q=ferry"],
        "concordance of a phrase": ['/concordance/?q="no+plan"'],
        "concordance of a rare word": ["/concordance/?q=quartz"],
        "concordance in quotes": ["/concordance/?q=bridge&in=quotes", "/concordance/?q=ferry&in=quotes"],
        "feed of quotes": ["/feeds/quotes/"],
        "feed of a speaker": [f"/feeds/quotes/?speaker={slug}" for slug in loud],
        "feed of articles": ["/feeds/articles/"],
        "feed of utterances": ["/feeds/utterances/"],
        "sitemap": ["/sitemap.xml"],
        "one sitemap of quotes": ["/sitemaps/quotes-3.xml"],
        "one sitemap of articles": ["/sitemaps/articles-1.xml"],
    }


def page(route: str, name: str) -> str:
    return reverse(route, args=[name])


def pages(route: str, model: Any, column: str = "uid", **among: Any) -> list[str]:
    """The pages of some public things of a model."""
    rows = model.objects.public().filter(**among)
    keys = rows.order_by().values_list("pk", flat=True) if among else range(1, rows.aggregate(n=Max("pk"))["n"] + 1)
    chosen = list(keys)[:: max(1, len(keys) // EXAMPLES)]
    return [page(route, name) for name in rows.filter(pk__in=chosen).values_list(column, flat=True)]
