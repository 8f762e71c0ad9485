"""Errors of the API as RFC 9457 problem details: a stable type, and one sentence on what, where and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions

from corpus.deadlocks import busy
from corpus.filters import Fault
from corpus.logs import request_id
from corpus.outages import unwritable

MEDIA_TYPE = "application/problem+json"


class BadParameters(exceptions.APIException):
    """Parameters of the query that are unknown or hold something they cannot."""

    status_code = 400

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class BadBody(exceptions.APIException):
    """A body whose fields are unknown or hold something they cannot; ``fields`` are JSON pointers, as in "/spans/0"."""

    status_code = 400

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.faults = [Fault(f"#{pointer}", sentence) for pointer, sentence in fields.items()]
        super().__init__(" ".join(fields.values()))


class Unprocessable(exceptions.APIException):
    """A request that is understood, and cannot be done as it is."""

    status_code = 422


class Conflicting(exceptions.APIException):
    """A request that stands against what is there, or against what somebody decided."""

    status_code = 409


class KeyReused(exceptions.APIException):
    """One Idempotency-Key for two different requests."""

    status_code = 422
    default_detail = "This Idempotency-Key was sent before with another request; a new request needs a new key."


class KeyInUse(exceptions.APIException):
    """A request whose Idempotency-Key came before, and is not done yet."""

    status_code = 409
    default_detail = "The request with this Idempotency-Key is at work; send it again later for its answer."
    wait = 2


class Busy(exceptions.APIException):
    """What the database could not do now; nothing of it was done."""

    status_code = 503
    default_detail = "The database is busy, and nothing was changed; send the request again."
    wait = 2


class Unwritable(exceptions.APIException):
    """A change that cannot be written down: the disk is full, or the database is only read."""

    status_code = 503
    default_detail = "Nothing can be written at the moment, and nothing was changed; what is there can be read."
    wait = 60


class TooLarge(exceptions.APIException):
    """A body that is larger than is taken."""

    status_code = 413


class PreconditionRequired(exceptions.APIException):
    """A change that does not say what it is a change of."""

    status_code = 428


class PreconditionFailed(exceptions.APIException):
    """A change of something that is not any more as it was."""

    status_code = 412


class CursorGone(exceptions.APIException):
    """A cursor of the feed of changes that this corpus has not given out."""

    status_code = 410


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
    BadBody: ("invalid-body", "The body cannot be understood"),
    Unprocessable: ("unprocessable", "This cannot be done"),
    Conflicting: ("conflict", "This stands against what is there"),
    KeyInUse: ("idempotency-key-in-use", "The key is in use"),
    Busy: ("busy", "The database is busy"),
    Unwritable: ("unwritable", "Nothing can be written"),
    KeyReused: ("idempotency-key-reused", "The key was used for another request"),
    TooLarge: ("too-large", "The body is too large"),
    PreconditionRequired: ("precondition-required", "The change does not say what it changes"),
    PreconditionFailed: ("changed-meanwhile", "It was changed meanwhile"),
    CursorGone: ("cursor-gone", "The feed does not go on from here"),
    exceptions.APIException: ("error", "The request failed"),
}


def problem(
    request: HttpRequest | None, status: int, name: str, title: str, detail: str, faults: Iterable[Fault] = ()
) -> JsonResponse:
    """A problem+json response; ``errors`` has one entry a faulty parameter, or a faulty field of the body."""
    body = described(request, status, name, title, detail, faults)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def described(
    request: HttpRequest | None, status: int, name: str, title: str, detail: str, faults: Iterable[Fault] = ()
) -> dict[str, Any]:
    """A problem as data; parameters of the query go by name, fields of the body by JSON pointer."""
    body: dict[str, Any] = {
        "type": f"urn:verbatim:problem:{name}",
        "title": title,
        "status": status,
        "detail": _encodable(detail),
    }
    if request is not None:
        body["instance"] = request.get_full_path()
    if status >= 500:
        body["request_id"] = request_id.get()
    errors = [
        {
            "pointer" if fault.parameter.startswith("#") else "parameter": _encodable(fault.parameter),
            "detail": _encodable(fault.message),
        }
        | ({"allowed": list(fault.allowed)} if fault.allowed else {})
        for fault in faults
    ]
    return body | {"errors": errors} if errors else body


def _encodable(text: str) -> str:
    """What somebody sent may hold halves of characters, which no answer can."""
    return text.encode("utf-8", "replace").decode()


def named(error: exceptions.APIException) -> tuple[str, str]:
    """The type and the title of a problem."""
    return next(TYPES[base] for base in type(error).__mro__ if base in TYPES)


def handler(error: Exception, context: Mapping[str, Any]) -> JsonResponse | None:
    """REST framework's exception handler: what it knows as a problem, in whatever format was asked; None for others."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif busy(error):
        error = Busy()
    elif unwritable(error):
        error = Unwritable()
    elif isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        error = BadParameters(Fault(name, " ".join(map(str, texts))) for name, texts in _lists(error.detail))
    if not isinstance(error, exceptions.APIException):
        return None
    name, title = named(error)
    request = context.get("request")
    response = problem(
        request, error.status_code, name, title, _detail(error, context), getattr(error, "faults", ())
    )  # fmt: skip
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(math.ceil(wait))
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
        kinds = ", ".join(renderer.media_type for renderer in view.get_renderers())
        return f"None of the formats in Accept can be given; ask for {kinds}, or use ?format=."
    return str(error.detail)
