"""OpenAPI as it is: short operation ids, every parameter, every representation with an example, every problem."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from corpus.api.openapi_problems import PROBLEM_EXAMPLE, READING, problems
from corpus.problems import MEDIA_TYPE
from corpus.serializers import CorpusSerializer

GROUP = {
    "type": "object",
    "description": "With group_by: one value and how many rows have it.",
    "required": ["value", "label", "count"],
    "properties": {
        "value": {"type": ["string", "null"], "description": "As a filter takes it; null for rows without any."},
        "label": {"type": ["string", "null"], "description": "As people call it."},
        "count": {"type": "integer", "minimum": 1},
    },
}
HEADERS = {
    "ETag": {"description": "Digest of the answer; give it back in If-None-Match.", "schema": {"type": "string"}},
    "Last-Modified": {
        "description": "Since when the answer is known to be so, where it is; give it back in If-Modified-Since.",
        "schema": {"type": "string"},
    },
}
LINK = {"Link": {"description": "The pages after and before, as in RFC 8288.", "schema": {"type": "string"}}}


def parameter(
    name: str, description: str, place: Literal["query", "path"] = "query", required: bool = False, **schema: Any
) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "string", **schema}, location=place, required=required, description=description
    )


class TokenScheme(OpenApiAuthenticationExtension):
    """How a token is sent."""

    target_class = "corpus.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Made in the admin; reading needs none.",
        }


class CorpusSchema(AutoSchema):
    view: Any

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Reading is everybody's, with a token or without."""
        named: list[dict[str, list[str]]] = [{TokenScheme.name: []}] if super().get_auth() else []
        return [*named, {}] if self.method == "GET" else named

    def get_tags(self) -> list[str]:
        return [self.view.noun]

    def get_operation_id(self) -> str:
        return f"{self.view.noun}_list" if self._is_list_view() else f"{self.view.noun}_get"

    def get_override_parameters(self) -> list[Any]:
        formats = [renderer.format for renderer in self.view.renderer_classes]
        included = self.view.declared().included
        parameters = [
            parameter("format", "The representation; otherwise Accept says it.", enum=formats),
            parameter(
                "fields", "Only these, with commas between; dots lead into nested ones.", examples=["uid,article.uid"]
            ),
            parameter("omit", "All but these."),
        ]
        if included:
            text = f"These as well, with commas between: {', '.join(included)}."
            if self.view.whole and not self._is_list_view():
                text += f" A thing has {', '.join(self.view.whole)} unasked."
            parameters.append(parameter("include", text))
        if self._is_list_view():
            names = list(self.view.filterset.groupings())
            text = "Not the rows but their number for each value of this; a row may count for several values."
            parameters.append(parameter("group_by", text, enum=names))
        else:
            what = "Its slug or uid." if self.view.slugs else "Its uid."
            parameters.append(parameter(self.view.lookup_url_kwarg, what, place="path", required=True))
        return parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation and self.method == "GET" and hasattr(self.view, "filterset"):
            self.represent(operation["responses"]["200"])
            operation["responses"] |= self.problems()
        return operation

    def represent(self, response: dict[str, Any]) -> None:
        """Say what each representation of an answer is, and how it looks."""
        several, content = self._is_list_view(), response.get("content", {})
        response["headers"] = HEADERS | (LINK if several else {})
        example = getattr(self.view.serializer_class, "example", None)
        if several and "application/json" in content:
            found = content["application/json"]["schema"]
            component = ResolvedComponent("Group", ResolvedComponent.SCHEMA, GROUP, object="Group")
            self.registry.register_on_missing(component)
            if "properties" in found:
                results = found["properties"]["results"]
            else:
                results = self.registry[(found["$ref"].rpartition("/")[2], ResolvedComponent.SCHEMA)].schema[
                    "properties"
                ]["results"]
            if "anyOf" not in results["items"]:
                results["items"] = {"anyOf": [results["items"], component.ref]}
        if example and "application/json" in content:
            page = {"next": None, "previous": None, "results": [example]}
            content["application/json"]["example"] = page if several else dict(example)
        for media_type, said in content.items():
            if media_type == "application/ld+json":
                said["schema"] = {"type": "object", "properties": {"@context": {}}, "required": ["@context"]}
            elif media_type != "application/json":
                said["schema"] = {"type": "string"}

    def problems(self) -> dict[str, Any]:
        statuses = {400, 401, 406, 412, 429, 503} | ({404} if not self._is_list_view() else set())
        answers = problems(self.registry, statuses, READING)
        answers["400"]["content"][MEDIA_TYPE]["example"] = PROBLEM_EXAMPLE
        answers["304"] = {"description": "What the client has still holds.", "headers": HEADERS}
        return dict(sorted(answers.items()))

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        """Which fields there are is the caller's choice (fields, omit, include), so that none can be promised."""
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, CorpusSerializer):
            schema.pop("required", None)
            for said in schema.get("properties", {}).values():
                said.pop("readOnly", None)
        return schema


class ReadingSchema(AutoSchema):
    """Of what is read and is no list of things: the view's ``noun``, ``asks`` (parameters), ``fails`` (statuses beside
    the usual ones) and ``example``."""

    view: Any

    def get_operation_id(self) -> str:
        return f"{self.view.noun}_list"

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # its pages are its own

    def get_tags(self) -> list[str]:
        return [self.view.noun]

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"token": []}, {}]

    def get_override_parameters(self) -> list[Any]:
        return list(self.view.asks)

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        assert operation
        operation["responses"] |= problems(self.registry, {400, 401, 406, 429, 503, *self.view.fails}, READING)
        for kind, content in operation["responses"]["200"]["content"].items():
            content.update(
                {"example": self.view.example} if kind == "application/json" else {"schema": {"type": "string"}}
            )
        return operation
