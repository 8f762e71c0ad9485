"""The addresses of the API: things below /api/v1/, its schema, and documentation that we serve ourselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, include, path, re_path, resolve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from articles.api import ArticleViewSet, QuoteViewSet, SourceViewSet, StoryViewSet
from corpus.problems import problem
from people.api import PersonViewSet


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


router = DefaultRouter()
router.include_format_suffixes = False
router.root_view_name = "api-root"
for viewset in (SourceViewSet, ArticleViewSet, PersonViewSet, QuoteViewSet, StoryViewSet):
    router.register(viewset.noun, viewset, basename=f"api-{viewset.noun}")

# Of OPTIONS it would make a page, and has no template for that.
documentation = SpectacularSwaggerSplitView.as_view(url_name="api-schema", http_method_names=["get", "head"])

urlpatterns = [
    path("", documentation, name="api-docs"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("v1/", include(router.urls)),
    re_path(r"^(?P<rest>[\s\S]*)$", nothing),
]
