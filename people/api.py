"""People in the API."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.http import Http404, HttpResponseBase, JsonResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from corpus.api import CorpusViewSet
from people import linked_data
from people.filters import PersonFilterSet
from people.models import Person
from people.serializers import PersonSerializer

MOVED = {
    "type": "object",
    "required": ["merged_into", "url"],
    "properties": {"merged_into": {"type": "string"}, "url": {"type": "string", "format": "uri"}},
}


class PersonViewSet(CorpusViewSet):
    """Individuals, organisations and groups that a public quote is given to."""

    model, noun = Person, "people"
    filterset = PersonFilterSet
    serializer_class = PersonSerializer
    whole = ("names", "roles")
    linked = staticmethod(linked_data.person)

    @extend_schema(
        responses={
            200: PersonSerializer,
            301: OpenApiResponse(MOVED, "Merged into somebody else, who is at `Location`."),
        }
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            given = self.kwargs[self.lookup_url_kwarg]
            wanted = Q(uid=given) | Q(slug=given)
            rows = Person.objects.filter(wanted).exclude(canonical=F("pk")).select_related("canonical")
            merged = (rows if self.sees_all else rows.filter(canonical__public=True)).first()
            if merged is None:
                raise
            path = request.build_absolute_uri(reverse("api-people-detail", args=[merged.canonical.slug]))
            moved = {"merged_into": merged.canonical.uid, "url": path}
            return JsonResponse(moved, status=301, headers={"Location": path})
