"""OpenAPI of what changes something: bodies, preconditions, keys, every answer and every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from corpus.api.openapi import PROBLEM, CorpusSchema, TokenScheme, parameter
from corpus.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from corpus.api.writing import Act

PROBLEMS = {
    400: "A field of the body, or a parameter, is unknown or holds something it cannot.",
    401: "There is no token, or it is not valid.",
    403: "The token's scope, or its user's role, does not allow it.",
    404: "There is nothing here that the token may see.",
    406: "The answer is JSON, and Accept asks for something else.",
    409: "It stands against what is there, or against what somebody decided.",
    410: "This corpus has not given out that cursor.",
    412: "It is not any more as `If-Match` says.",
    413: "The body is larger than 10 MB.",
    415: "The body is not JSON.",
    422: "It is understood, and cannot be done; or its `Idempotency-Key` was used for another request.",
    428: "`If-Match` is missing.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    503: "The database is busy, and nothing was done; `Retry-After` says when to send it again.",
}
ALWAYS = (400, 401, 403, 406, 413, 415, 429, 503)
KEY_IN_USE = " Or the request with this `Idempotency-Key` is at work: `Retry-After` says when to ask for its answer."
THING_HEADERS = {"ETag": {"description": "For the `If-Match` of the next change.", "schema": {"type": "string"}}}
RETRY_AFTER = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer", "minimum": 0}}}
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
        component = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, object="Problem")
        self.registry.register_on_missing(component)
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
        for status in sorted({*ALWAYS, *act.problems}):
            content = {MEDIA_TYPE: {"schema": component.ref}}
            text = PROBLEMS[status] + (KEY_IN_USE if status == 409 and act.repeatable else "")
            answers[str(status)] = {"description": text, "content": content}
            if status in (429, 503) or text.endswith(KEY_IN_USE):
                answers[str(status)]["headers"] = RETRY_AFTER
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


STRING = {"type": "string"}


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
        component = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, object="Problem")
        self.registry.register_on_missing(component)
        texts = PROBLEMS | {
            400: "A parameter is unknown or holds something it cannot.",
            401: "The token is not valid.",
            503: "The database is busy; `Retry-After` says when to try again.",
        }
        for status in sorted({400, 401, 406, 429, 503, *self.view.fails}):
            content = {MEDIA_TYPE: {"schema": component.ref}}
            operation["responses"][str(status)] = {"description": texts[status], "content": content}
        for kind, content in operation["responses"]["200"]["content"].items():
            content.update({"example": self.view.example} if kind == "application/json" else {"schema": STRING})
        return operation
