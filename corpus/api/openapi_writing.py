"""OpenAPI of what changes something: bodies, preconditions, keys, every answer and every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from corpus.api.openapi import CorpusSchema, TokenScheme, parameter
from corpus.api.openapi_problems import RETRY_AFTER, WRITING, problems

if TYPE_CHECKING:
    from corpus.api.writing import Act

ALWAYS = (400, 401, 403, 406, 413, 415, 429, 503)
KEY_IN_USE = " Or the request with this `Idempotency-Key` is at work: `Retry-After` says when to ask for its answer."
THING_HEADERS = {"ETag": {"description": "For the `If-Match` of the next change.", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where it stands.", "schema": {"type": "string", "format": "uri"}}}
IF_MATCH = "The ETag that GET of this address gave; `*` for whatever it is now."
KEY = (
    "A text of your own, such as a UUID: the same request with the same key is done once, and answered the same again."
)


class WritingSchema(CorpusSchema):
    """As for reading; where the view's ``acts`` name the action, what they say."""

    @property
    def act(self) -> Act | None:
        found: Act | None = self.view.acts.get(self.view.action)
        return found

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{TokenScheme.name: []}] if self.act else super().get_auth()

    def _is_list_view(self, serializer: Any = None) -> bool:
        return not self.act and super()._is_list_view(serializer)

    def get_operation_id(self) -> str:
        return self.act.name if self.act else super().get_operation_id()

    def get_summary(self) -> str | None:
        return self.act.summary if self.act else super().get_summary()

    def get_request_serializer(self) -> Any:
        if not self.act or not self.act.body:
            return None
        return self.act.body(many=True) if self.act.many else self.act.body

    def get_examples(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        act = self.act
        if not act:
            return super().get_override_parameters()
        found: list[Any] = []
        if self.view.detail:
            what = "Its slug or uid." if self.view.slugs else "Its uid."
            found.append(parameter(self.view.lookup_url_kwarg, what, place="path", required=True))
        found += [parameter(name, text, **schema) for name, (text, schema) in act.parameters.items()]
        headers = [("If-Match", IF_MATCH, act.if_match == "required")] if act.if_match else []
        headers += [("Idempotency-Key", KEY, False)] if act.idempotent else []
        for name, description, required in headers:
            found.append(
                OpenApiParameter(
                    name,
                    {"type": "string", "maxLength": 200},
                    location="header",
                    required=required,
                    description=description,
                )
            )
        return found

    def get_response_serializers(self) -> Any:
        if not self.act:
            return super().get_response_serializers()
        return {
            str(status): OpenApiResponse(schema or self.view.serializer_class, description)
            for status, (description, schema) in self.act.answers.items()
        }

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation and self.act:
            self._complete(operation, self.act)
        elif operation and self.method == "GET" and self._is_list_view():
            self._lead(operation)
        return operation

    def _complete(self, operation: dict[str, Any], act: Act) -> None:
        answers = operation["responses"]
        for status, (_, schema) in act.answers.items():
            answer = answers[str(status)]
            answer["headers"] = (THING_HEADERS if schema is None else {}) | (LOCATION if status == 201 else {})
            if example := getattr(self.view.serializer_class, "example", None) if schema is None else None:
                answer["content"]["application/json"]["example"] = dict(example)
            if status in act.links:
                operation_id, pointer = act.links[status]
                parameters = {"id": f"$response.body#{pointer}"}
                answer["links"] = {operation_id: {"operationId": operation_id, "parameters": parameters}}
        answers |= problems(self.registry, {*ALWAYS, *act.problems}, WRITING)
        if act.repeatable and "409" in answers:
            answers["409"]["description"] += KEY_IN_USE
            answers["409"]["headers"] = RETRY_AFTER
        operation["responses"] = dict(sorted(answers.items()))
        body = operation.get("requestBody")
        if body and act.body and act.body.example:
            body["content"]["application/json"]["example"] = (
                [dict(act.body.example)] if act.many else dict(act.body.example)
            )

    def _lead(self, operation: dict[str, Any]) -> None:
        """From a list to its first thing."""
        name = f"{self.view.noun}_get"
        links = {name: {"operationId": name, "parameters": {"id": "$response.body#/results/0/uid"}}}
        operation["responses"]["200"]["links"] = links
