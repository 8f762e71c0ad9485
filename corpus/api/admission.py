"""Who is let in: the token first, then how many requests it has left, then what it may do."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.metadata import SimpleMetadata
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.views import APIView

from corpus.problems import TooLarge
from corpus.tokens import ByScope


class Parser(JSONParser):
    """JSON, as REST framework reads it; what is nested beyond reason is a fault of the body."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            said = str(error.detail).removeprefix("JSON parse error - ").removesuffix(".")
            raise ParseError(f"The body is no JSON: {said}.") from None
        except RecursionError:
            raise ParseError("The body is nested too deeply to be read.") from None


class Described(SimpleMetadata):
    """What OPTIONS says of a view; what a body holds is in the schema."""

    def determine_actions(self, request: Request, view: APIView) -> dict[str, Any]:
        return {}


class Admission(APIView):
    """A view whose every answer counts against its caller's rate, refusals too, and says what is left of it."""

    permission_classes = [ByScope]
    parser_classes = [Parser]
    metadata_class = Described

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            self.perform_authentication(request)
        finally:
            # A wrong token counts as none.
            self.check_throttles(request)
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version = request.versioning_scheme = None
        self.check_permissions(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _read(request)


def _read(request: Request) -> None:
    """Read the body while it can be told what is wrong with it; its digest is asked for later."""
    try:
        request._request.body  # noqa: B018
    except RequestDataTooBig:
        raise TooLarge("The body is larger than 10 MB; `manage.py ingest` takes what is as large.") from None
    except UnreadablePostError:
        raise ParseError("The body broke off before its end; send it again.") from None
