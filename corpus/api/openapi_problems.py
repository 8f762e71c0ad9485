"""OpenAPI of what goes wrong: each status, in one sentence, as RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from corpus.problems import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Never changes."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What, where, and what to do."},
        "instance": {"type": "string"},
        "request_id": {"type": "string", "description": "Where it is our fault: what to give us, so that we find it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "parameter": {"type": "string", "description": "Of the query."},
                    "pointer": {"type": "string", "description": "To a field of the body, as in RFC 6901."},
                    "detail": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}
PROBLEM_EXAMPLE = {
    "type": "urn:verbatim:problem:invalid-parameters",
    "title": "The query cannot be understood",
    "status": 400,
    "detail": "“spoken” is none of its values; choose from direct, mixed, indirect, document.",
    "instance": "/api/v1/quotes/?kind=spoken",
    "errors": [
        {
            "parameter": "kind",
            "detail": "“spoken” is none of its values; choose from direct, mixed, indirect, document.",
            "allowed": ["direct", "mixed", "indirect", "document"],
        }
    ],
}
RETRY_AFTER = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer", "minimum": 0}}}
#: Of what changes something.
WRITING = {
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
#: Of what is only read, where it means something else.
READING = WRITING | {
    400: "A parameter is unknown or holds something it cannot.",
    401: "The token is not valid.",
    404: "There is nothing public here.",
    406: "No such representation.",
    503: "The database is busy; `Retry-After` says when to try again.",
}


def problems(registry: ComponentRegistry, statuses: Iterable[int], texts: Mapping[int, str]) -> dict[str, Any]:
    """The answers of these statuses, as an operation's ``responses`` takes them."""
    component = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, object="Problem")
    registry.register_on_missing(component)
    answers: dict[str, Any] = {
        str(status): {"description": texts[status], "content": {MEDIA_TYPE: {"schema": component.ref}}}
        for status in sorted(statuses)
    }
    for status in {"429", "503"} & answers.keys():
        answers[status]["headers"] = RETRY_AFTER
    return answers
