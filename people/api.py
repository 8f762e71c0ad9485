"""People in the API."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from corpus.api import CorpusViewSet
from people.filters import PersonFilterSet
from people.models import Person, Role
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

    def listed(self, rows: QuerySet[Person]) -> QuerySet[Person]:
        roles = Prefetch("merged__roles", Role.objects.select_related("organisation__canonical"))
        return rows.prefetch_related("merged__names", roles)

    @extend_schema(
        responses={
            200: PersonSerializer,
            301: OpenApiResponse(MOVED, "Merged into somebody else, who is at `Location`."),
        }
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            given = self.kwargs[self.lookup_url_kwarg]
            wanted = Q(uid=given) | Q(slug=given)
            merged = Person.objects.filter(wanted, canonical__public=True).select_related("canonical").first()
            if merged is None:
                raise
            path = request.build_absolute_uri(reverse("api-people-detail", args=[merged.canonical.slug]))
            return Response({"merged_into": merged.canonical.uid, "url": path}, status=301, headers={"Location": path})
