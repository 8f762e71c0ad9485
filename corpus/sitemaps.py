"""What search engines are told: robots.txt, and sitemaps (sitemaps.org 0.9) that a million quotes do not slow down.

A sitemap holds the public things of a range of ids, so that each is made by one walk of an index, whatever its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Quote, Source, Story, Utterance
from corpus.models import Change
from people.models import Person

#: Ids a sitemap spans, so few that each is there at once; the protocol allows 50,000 sitemaps of 50,000 addresses.
SPAN = 2_500
MEDIA_TYPE = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


class Section(NamedTuple):
    """One sort of pages: its public rows, the route of a page, and the column that stands in its address."""

    public: Callable[[], QuerySet[Any]]
    route: str
    column: str


SECTIONS = {
    "articles": Section(Article.objects.public, "article", "uid"),
    "quotes": Section(Quote.objects.public, "quote", "uid"),
    "people": Section(Person.objects.public, "person", "slug"),
    "sources": Section(Source.objects.public, "source", "slug"),
    "stories": Section(Story.objects.public, "story", "slug"),
    "utterances": Section(Utterance.objects.public, "utterance", "uid"),
}
#: Pages of the corpus as a whole.
PAGES = ["home", "about", *SECTIONS]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be read by anybody; filtered lists have no end, and lead to pages that the sitemap has.

    The later parts of a long article are in no sitemap, and are reached from its first.
    """
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /api/v1/",
        "Disallow: /feeds/",
        "Disallow: /*?",
        "Allow: /articles/*/?part=",  # the rule with the longer path holds (RFC 9309, 2.2.2)
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps there are."""
    parts = [request.build_absolute_uri(reverse("sitemap-pages"))]
    for noun, section in SECTIONS.items():
        last = section.public().order_by().aggregate(last=Max("pk"))["last"]
        if last is not None:
            there = request.build_absolute_uri(reverse("sitemap-part", args=[noun, 0])).removesuffix("0.xml")
            parts += [f"{there}{number}.xml" for number in range(last // SPAN + 1)]
    rows = "".join(f"<sitemap><loc>{escape(part)}</loc></sitemap>\n" for part in parts)
    return HttpResponse(f"{HEAD.format('sitemapindex')}{rows}</sitemapindex>\n", content_type=MEDIA_TYPE)


@require_safe
def pages(request: HttpRequest) -> StreamingHttpResponse:
    """The front page, what this is, and the lists."""
    return _urlset(f"<url><loc>{escape(request.build_absolute_uri(reverse(name)))}</loc></url>\n" for name in PAGES)


@require_safe
def part(request: HttpRequest, noun: str, number: int) -> StreamingHttpResponse:
    """The pages of one sort whose ids lie in one range, and since when each is as it is."""
    section = SECTIONS.get(noun)
    if section is None:
        raise Http404(f"no pages of {noun}")
    first = number * SPAN
    if first >= 2**62:
        raise Http404(f"no sitemap {number}")
    changed = Change.objects.filter(thing=noun, uid=OuterRef("uid")).order_by("-txid", "-id").values("at")[:1]
    rows = section.public().filter(pk__gte=first, pk__lt=first + SPAN).order_by("pk")
    rows = rows.values_list(section.column, Subquery(changed))
    there = request.build_absolute_uri(reverse(section.route, args=["x"])).removesuffix("x/")
    return _urlset(
        f"<url><loc>{escape(there + name)}/</loc>{f'<lastmod>{at:%Y-%m-%dT%H:%M:%SZ}</lastmod>' if at else ''}</url>\n"
        for name, at in rows.iterator(2_000)
    )


def _urlset(rows: Iterator[str]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield HEAD.format("urlset")
        yield from rows
        yield "</urlset>\n"

    return StreamingHttpResponse(lines(), content_type=MEDIA_TYPE)
