"""Changes through the API: bodies read strictly, preconditions kept, the thing answered as GET would give it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, TypeVar

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from corpus import idempotency
from corpus.api.openapi_writing import WritingSchema
from corpus.api.validators import among, etag_of
from corpus.api.viewsets import THING_PARAMETERS, CorpusViewSet, shape_of
from corpus.deadlocks import begun_again
from corpus.filters import strangers
from corpus.models import Curated, Token, new_uid
from corpus.problems import BadBody, BadParameters, Conflicting, PreconditionFailed, PreconditionRequired
from corpus.renderers import JSONRenderer, encode
from corpus.serializers import Asked
from corpus.tokens import scope_of

Row = TypeVar("Row", bound=Curated)
Said = dict[str, Any]


# --- bodies


class Body(serializers.Serializer):
    """What a request says, field by field; a field that does not exist is a fault, and nothing is made of another type.

    ``needed`` names those of which at least one must be there.
    """

    needed: ClassVar[Collection[str]] = ()
    example: ClassVar[Mapping[str, Any] | None] = None

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = ", ".join(self.fields)
            stray = [name for name in data if name not in self.fields]
            if stray:
                raise serializers.ValidationError(
                    {name: [f"There is no field “{name[:60]}” here; there are {known}."] for name in stray}
                )
        return super().to_internal_value(data)

    def validate(self, attrs: Said) -> Said:
        if self.needed and not any(name in attrs for name in self.needed):
            raise serializers.ValidationError(f"Nothing is said; say at least one of {', '.join(self.needed)}.")
        return attrs


class Words(serializers.CharField):
    """A string; numbers and truth values are none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class Line(Words):
    """A string on one line: runs of white space are one blank."""

    def to_internal_value(self, data: Any) -> str:
        return " ".join(super().to_internal_value(data).split())


class OneOf(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": "“{input}” is none of its values; choose from {allowed}."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=str(data)[:40], allowed=", ".join(map(str, self.choices)))
        return data


class Truth(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if data is not True and data is not False:
            raise serializers.ValidationError("This is neither true nor false.")
        return data


class Number(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise serializers.ValidationError("This is no whole number.")
        number: int = super().to_internal_value(data)
        return number


def reason() -> Words:
    return Words(
        required=False, allow_blank=True, max_length=2000,
        help_text="Why; kept in the history with who and when, never public.",
    )  # fmt: skip


def read(body: type[Body], data: Any) -> Said:
    """What a body says; BadBody with a JSON pointer for each field that is wrong."""
    if not isinstance(data, Mapping):
        raise BadBody({"": "The body must be a JSON object, as in {…}."})
    form = body(data=data)
    if not form.is_valid():
        raise BadBody(dict(_pointed(form.errors)))
    said: Said = form.validated_data
    return said


def _pointed(errors: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            # As in RFC 6901; what is wrong with the whole stands at the whole.
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointed(inner, at + step)
    elif errors and all(isinstance(one, Mapping) for one in errors):
        for number, inner in enumerate(errors):
            yield from _pointed(inner, f"{at}/{number}")
    elif errors:
        yield at, " ".join(map(str, errors))


def wrong(name: str, sentence: str) -> NoReturn:
    """Say what is wrong with a field of the body."""
    raise BadBody({f"/{name}": sentence})


# --- acts


@dataclass(frozen=True)
class Act:
    """One way to change something: what it takes, what it answers, and what may stand against it.

    ``answers`` is {status: (description, schema)}; without a schema it is the thing. ``if_match`` is "required",
    "optional" or "" (it is none of one thing). ``parameters`` are those of the address: {name: (description, schema)}.
    """

    name: str
    summary: str
    scope: str
    rights: tuple[str, ...] = ()
    body: type[Body] | None = None
    many: bool = False
    answers: Mapping[int, tuple[str, Mapping[str, Any] | None]] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    if_match: str = ""
    idempotent: bool = False
    #: Whether its key is taken before the work is done (see `corpus.idempotency`), and so may be in use.
    repeatable: bool = False
    parameters: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    #: Of what is made, in the next request: {status: (operation, JSON pointer to its id)}.
    links: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def changing(noun: str, body: type[Body], *rights: str, summary: str) -> Act:
    """PATCH of one thing."""
    return Act(
        f"{noun}_change", summary, Token.Scope.CURATE, rights, body, if_match="required", problems=(404, 409, 412, 428),
        answers={200: ("The thing as it is now.", None)},
    )  # fmt: skip


class Writing(CorpusViewSet):
    """What a list and its things have beside reading; ``acts`` says by action what there is."""

    acts: ClassVar[Mapping[str, Act]] = {}
    schema = WritingSchema()

    def get_renderers(self) -> list[Any]:
        return [JSONRenderer()] if self.action in self.acts else super().get_renderers()

    # What is said

    @property
    def act(self) -> Act:
        return self.acts[self.action or ""]

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def only(self, known: Iterable[str] = THING_PARAMETERS) -> None:
        """Refuse parameters of the address that mean nothing here."""
        names = sorted({*known, *self.act.parameters, "format"})
        if faults := strangers(self.request.query_params, names):
            raise BadParameters(faults)

    def said(self) -> Said:
        assert self.act.body
        return read(self.act.body, self.request.data)

    # The thing, held

    def held(self) -> Any:
        """The thing at the address, held until the transaction ends, and as the caller knows it."""
        given = self.request.headers.get("If-Match")
        if given is None and self.act.if_match == "required":
            raise PreconditionRequired("Say what you change: send the ETag that GET gave you, as If-Match.")
        key = self.kwargs[self.lookup_url_kwarg]
        wanted = Q(uid=key) | (Q(slug=key) if self.slugs else Q())
        rows = self.model._default_manager.select_for_update(of=("self",)).filter(wanted)
        row = rows.first()
        if row is None or not self.may_see(row):
            raise self.missing()
        if given is not None:
            self.must_be(row, given)
        return row

    def may_see(self, row: Any) -> bool:
        public: Any = self.model._default_manager
        return self.sees_all or public.public().filter(pk=row.pk).exists()

    def known(self, model: type[Model]) -> QuerySet:
        """The rows of another kind that the caller may speak of: a token that may not look names what is public."""
        rows: Any = model._default_manager
        app, name = model._meta.app_label, model._meta.model_name
        may_look = Token.Scope.READ in scope_of(self.request) and self.request.user.has_perm(f"{app}.view_{name}")
        return rows.all() if may_look else rows.public()

    def must_be(self, row: Model, given: str) -> None:
        """Refuse a change of something that is not as the caller knows it, by the ETags they give."""
        # As they know it with this token, or as everybody does.
        forms = {inside: self.as_it_is(row, inside) for inside in {self.inside, False}}
        if not any(among(etag_of(form.encode()), given) for form in forms.values()):
            raise PreconditionFailed("It is not any more as you know it: GET it again, and decide on what it is now.")

    # Answers

    def as_it_is(self, row: Model, inside: bool | None = None) -> str:
        """The thing as GET of this address gives it to the caller, or to those ``inside`` or not; public or not."""
        names = ("fields", "omit", "include")
        asked = Asked(**{name: self.request.query_params.get(name, "") for name in names} if self.detail else {})
        base = self.request.build_absolute_uri("/").rstrip("/")
        shape = shape_of(self.declared(), asked, self.whole, "", base, self.inside if inside is None else inside)
        rows = shape.complete(shape.rows(self.model, [row.pk]))
        return JSONRenderer().thing(shape, rows[0], self)

    def address(self, row: Any) -> str:
        """Where a thing of this kind stands in the API."""
        return self.request.build_absolute_uri(reverse(f"api-{self.noun}-detail", args=[row.uid]))

    def written(self, row: Model, status: int = 200) -> HttpResponse:
        """The thing as it is now, with the ETag for the next change."""
        response = HttpResponse(self.as_it_is(row).encode(), status=status, content_type="application/json")
        response["ETag"] = etag_of(response.content)
        if status == 201:
            response["Location"] = self.address(row)
        return response

    def told(self, data: Mapping[str, Any], status: int = 200, location: str = "") -> HttpResponse:
        """Something that is no thing, as JSON."""
        response = HttpResponse(encode(data).encode(), status=status, content_type="application/json")
        if location:
            response["Location"] = location
        return response


class Changing(Writing):
    """What is changed by PATCH: each field a decision, of the token's user."""

    @begun_again
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide on fields of a thing."""
        self.only()
        said = self.said()
        with refusing(), transaction.atomic():
            row = self.held()
            why = said.pop("reason", "")
            self.change(row, said, why, new_uid())
        return self.written(row)

    def change(self, row: Any, said: Said, why: str, batch: str) -> None:
        """Decide what was said of a row, by the verb that is its own."""
        raise NotImplementedError


class Making(Writing):
    """What is made by POST to the list, once for each Idempotency-Key."""

    @begun_again
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make a thing, once for each Idempotency-Key."""
        self.only(())
        said = self.said()

        def work() -> HttpResponse:
            with refusing(), transaction.atomic():
                return self.make(said, said.pop("reason", ""))

        return idempotency.once(request, work)

    def make(self, said: Said, why: str) -> HttpResponse:
        """Make what was said, and answer with it."""
        raise NotImplementedError


class refusing:
    """What the database refuses for what others did meanwhile stands against it: 409, and nothing is done."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, IntegrityError):
            raise Conflicting(
                "The corpus has something that this cannot stand beside; nothing was changed. GET both, and look."
            ) from error


def found(rows: QuerySet, name: str, key: str, where: str) -> Any:
    """The row that a field of the body names by uid or slug; BadBody if there is none."""
    row = rows.filter(Q(uid=key) | Q(slug=key)).first()
    if row is None:
        wrong(name, f"There is no “{key[:60]}”; {where} lists what there is.")
    return row
