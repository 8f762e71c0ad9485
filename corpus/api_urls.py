"""The addresses of the API: things below /api/v1/, its schema, and documentation that we serve ourselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import Resolver404, include, path, re_path, resolve
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter, Route

from articles.api import (
    ArticleViewSet,
    CaptureViewSet,
    EntryViewSet,
    MentionViewSet,
    PassageViewSet,
    PersonViewSet,
    QuoteViewSet,
    SourceViewSet,
    StoryViewSet,
)
from articles.concordance_views import ConcordanceViewSet
from articles.feed import ChangeViewSet
from articles.utterances_api import UtteranceViewSet
from articles.writing.decisions import DecisionViewSet
from articles.writing.matches import MatchViewSet
from corpus.problems import problem
from people.models import Person


def nothing(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Whatever else is asked for below /api/: a problem, not a page; or the way to the address with its slash."""
    if not request.path.endswith("/"):
        try:
            if resolve(f"{request.path}/").func is not nothing:
                query = request.META.get("QUERY_STRING", "")
                return HttpResponsePermanentRedirect(f"{request.path}/{'?' if query else ''}{query}")
        except Resolver404:
            pass
    detail = f"There is no address {request.path}; /api/v1/ lists what there is, /api/ describes it."
    return problem(request, 404, "not-found", "There is nothing here", detail)


class Router(DefaultRouter):
    """With PATCH of a list, where many things are changed in one act."""

    routes = [
        route._replace(mapping={**route.mapping, "patch": "change_many"})
        if isinstance(route, Route) and route.name == "{basename}-list"
        else route
        for route in DefaultRouter.routes
    ]


router = Router()
router.include_format_suffixes = False
router.root_view_name = "api-root"
VIEWSETS = [
    SourceViewSet, ArticleViewSet, CaptureViewSet, PassageViewSet, EntryViewSet, MentionViewSet, PersonViewSet,
    QuoteViewSet, StoryViewSet, UtteranceViewSet,
]  # fmt: skip
for viewset in VIEWSETS:
    router.register(viewset.noun, viewset, basename=f"api-{viewset.noun}")
router.register(ChangeViewSet.noun, ChangeViewSet, basename="api-changes")
router.register(ConcordanceViewSet.noun, ConcordanceViewSet, basename="api-concordance")
router.register(DecisionViewSet.noun, DecisionViewSet, basename="api-decisions")
router.register(MatchViewSet.noun, MatchViewSet, basename="api-matches")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The API in ten minutes, with somebody of this corpus in its examples."""
    somebody = Person.objects.public().order_by("name", "id").first()
    context = {
        "base": request.build_absolute_uri("/").rstrip("/"),
        "slug": somebody.slug if somebody else "ruth-ashdown",
    }
    return render(request, "api/start.html", context)


# Of OPTIONS it would make a page, and has no template for that.
documentation = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema", http_method_names=["get", "head"], template_name="api/docs.html"
)

urlpatterns = [
    path("", documentation, name="api-docs"),
    path("start/", start, name="api-start"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("v1/", include(router.urls)),
    re_path(r"^(?P<rest>[\s\S]*)$", nothing),
]
