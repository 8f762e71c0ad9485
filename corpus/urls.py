"""Every address, but for those that machines probe: see `corpus.probes`."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from articles import changes_views as changes
from articles import citation_views as citations
from articles import concordance_views as concordance
from articles import person_views
from articles import report_views as reports
from articles import utterances_views as utterances
from articles import views as articles
from corpus import feeds, freshness, pages, sitemaps
from people import views as people


def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """A page that is only read: whoever posts to it gets 405, and not 403 for want of a token; kept while it holds."""
    return path(route, csrf_exempt(require_safe(freshness.unless_unchanged(view))), name=name)


urlpatterns = [
    page("", pages.home, name="home"),
    page("about/", pages.about, name="about"),
    page("quotes/", articles.QuoteList.as_view(), name="quotes"),
    page("quotes/<slug:uid>/", articles.quote, name="quote"),
    path("quotes/<slug:uid>/cite.<slug:extension>", csrf_exempt(citations.quote), name="quote-cited"),
    path("quotes/<slug:uid>/report/", reports.quote, name="quote-report"),
    page("articles/", articles.ArticleList.as_view(), name="articles"),
    page("articles/<slug:uid>/", articles.article, name="article"),
    page("articles/<slug:uid>/changes/", changes.article, name="article-changes"),
    path("articles/<slug:uid>/cite.<slug:extension>", csrf_exempt(citations.article), name="article-cited"),
    path("articles/<slug:uid>/report/", reports.article, name="article-report"),
    page("people/", people.PersonList.as_view(), name="people"),
    page("people/<slug:slug>/", person_views.person, name="person"),
    page("sources/", articles.SourceList.as_view(), name="sources"),
    page("sources/<slug:slug>/", articles.source, name="source"),
    page("stories/", articles.StoryList.as_view(), name="stories"),
    page("stories/<slug:slug>/", articles.story, name="story"),
    page("concordance/", concordance.page, name="concordance"),
    page("feeds/<slug:noun>/", feeds.feed, name="feed"),
    page("robots.txt", sitemaps.robots, name="robots"),
    page("sitemap.xml", sitemaps.index, name="sitemap"),
    page("sitemaps/pages.xml", sitemaps.pages, name="sitemap-pages"),
    page("sitemaps/<slug:noun>-<int:number>.xml", sitemaps.part, name="sitemap-part"),
    page("utterances/", utterances.UtteranceList.as_view(), name="utterances"),
    page("utterances/<slug:uid>/", utterances.utterance, name="utterance"),
    path("api/", include("corpus.api_urls")),
    path("admin/", admin.site.urls),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.failed
