"""Every address."""

from django.contrib import admin
from django.urls import include, path

from articles import views as articles
from corpus import pages
from people import views as people

urlpatterns = [
    path("", pages.home, name="home"),
    path("about/", pages.about, name="about"),
    path("quotes/", articles.QuoteList.as_view(), name="quotes"),
    path("quotes/<slug:uid>/", articles.quote, name="quote"),
    path("articles/", articles.ArticleList.as_view(), name="articles"),
    path("articles/<slug:uid>/", articles.article, name="article"),
    path("people/", people.PersonList.as_view(), name="people"),
    path("people/<slug:slug>/", people.person, name="person"),
    path("sources/", articles.SourceList.as_view(), name="sources"),
    path("sources/<slug:slug>/", articles.source, name="source"),
    path("stories/", articles.StoryList.as_view(), name="stories"),
    path("stories/<slug:slug>/", articles.story, name="story"),
    path("api/", include("corpus.api_urls")),
    path("admin/", admin.site.urls),
    path("healthz", pages.alive, name="alive"),
    path("readyz", pages.ready, name="ready"),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.failed
