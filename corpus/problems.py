"""Errors of the API as RFC 9457 problem details: a stable type, and one sentence on what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions

from corpus.filters import Fault

MEDIA_TYPE = "application/problem+json"


class BadParameters(exceptions.APIException):
    """Parameters of the query that are unknown or hold something they cannot."""

    status_code = 400

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


#: By the class of the exception: the name of the type, which never changes, and its title.
TYPES: dict[type[Exception], tuple[str, str]] = {
    BadParameters: ("invalid-parameters", "The query cannot be understood"),
    exceptions.ParseError: ("malformed-body", "The body cannot be read"),
    exceptions.NotAuthenticated: ("not-authenticated", "This needs a token"),
    exceptions.AuthenticationFailed: ("bad-token", "The token is not valid"),
    exceptions.PermissionDenied: ("not-allowed", "This is not allowed"),
    exceptions.NotFound: ("not-found", "There is nothing here"),
    exceptions.MethodNotAllowed: ("method-not-allowed", "The method is not allowed here"),
    exceptions.NotAcceptable: ("not-acceptable", "There is no such representation"),
    exceptions.UnsupportedMediaType: ("unsupported-media-type", "The body is in a format that is not taken"),
    exceptions.Throttled: ("too-many-requests", "Too many requests"),
    exceptions.APIException: ("error", "The request failed"),
}


def problem(
    request: HttpRequest | None, status: int, name: str, title: str, detail: str, faults: Iterable[Fault] = ()
) -> JsonResponse:
    """A problem+json response; ``errors`` has one entry a faulty parameter."""
    body: dict[str, Any] = {"type": f"urn:verbatim:problem:{name}", "title": title, "status": status, "detail": detail}
    if request is not None:
        body["instance"] = request.get_full_path()
    errors = [
        {"parameter": fault.parameter, "detail": fault.message}
        | ({"allowed": list(fault.allowed)} if fault.allowed else {})
        for fault in faults
    ]
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def handler(error: Exception, context: Mapping[str, Any]) -> JsonResponse | None:
    """REST framework's exception handler: what it knows as a problem, in whatever format was asked; None for others."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        error = BadParameters(Fault(name, " ".join(map(str, texts))) for name, texts in _lists(error.detail))
    if not isinstance(error, exceptions.APIException):
        return None
    name, title = next(TYPES[base] for base in type(error).__mro__ if base in TYPES)
    request = context.get("request")
    response = problem(
        request, error.status_code, name, title, _detail(error, context), getattr(error, "faults", ())
    )  # fmt: skip
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    return response


def _lists(detail: Mapping[str, Any]) -> Iterable[tuple[str, list[Any]]]:
    return ((name, texts if isinstance(texts, list) else [texts]) for name, texts in detail.items())


def _detail(error: exceptions.APIException, context: Mapping[str, Any]) -> str:
    view = context.get("view")
    if isinstance(error, exceptions.MethodNotAllowed) and view is not None:
        request = context["request"]
        return f"{request.method} is not allowed on {request.path}; use {' or '.join(view.allowed_methods)}."
    if isinstance(error, exceptions.NotAcceptable) and view is not None:
        kinds = ", ".join(renderer.media_type for renderer in view.renderer_classes)
        return f"None of the formats in Accept can be given; ask for {kinds}, or use ?format=."
    return str(error.detail)
