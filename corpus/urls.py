"""Every address."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from articles import views as articles
from corpus import pages
from people import views as people


def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """A page that is only read: whoever posts to it gets 405, and not 403 for want of a token."""
    return path(route, csrf_exempt(require_safe(view)), name=name)


urlpatterns = [
    page("", pages.home, name="home"),
    page("about/", pages.about, name="about"),
    page("quotes/", articles.QuoteList.as_view(), name="quotes"),
    page("quotes/<slug:uid>/", articles.quote, name="quote"),
    page("articles/", articles.ArticleList.as_view(), name="articles"),
    page("articles/<slug:uid>/", articles.article, name="article"),
    page("people/", people.PersonList.as_view(), name="people"),
    page("people/<slug:slug>/", people.person, name="person"),
    page("sources/", articles.SourceList.as_view(), name="sources"),
    page("sources/<slug:slug>/", articles.source, name="source"),
    page("stories/", articles.StoryList.as_view(), name="stories"),
    page("stories/<slug:slug>/", articles.story, name="story"),
    path("api/", include("corpus.api_urls")),
    path("admin/", admin.site.urls),
    path("healthz", pages.alive, name="alive"),
    path("readyz", pages.ready, name="ready"),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.failed
