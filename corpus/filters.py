"""One filter set a model, for its page, its API list and its CSV; several values are OR, "name!" excludes.

A filter set declares filters of the few kinds below and the orders of its list. Nothing in an address is ignored: what
is unknown or bad is a fault, told in a sentence. It names the filters in use, and counts per choice.
"""

from __future__ import annotations

import calendar
import copy
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.lookups import Exact
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django_filters.filterset import FilterSetMetaclass

from corpus.paging import RELEVANCE, TALLY_CAP, Tally
from corpus.search import parse
from corpus.statements import among

#: What links from elsewhere hang on an address; pages pass over it, and say so here.
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|ref")
MAX_VALUES = 50
MAX_LENGTH = 500
#: Choices are counted among this many rows at most, so that a facet costs the same on a corpus of any size.
FACET_SAMPLE = 1_000
#: Rows that point at things, of which each of those may have several.
FACET_POINTERS = 2_000
#: How many choices a facet shows of something that has no fixed list of them.
FACET_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Picked:
    """One value of a filter: as written in the address, as people call it, and what the database compares."""

    value: str
    label: str
    key: Any
    #: What a filter of its own kind has found out beside.
    more: Any = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of a list by their keys: at most FACET_SAMPLE, and one that says there are more.

    ``values`` holds what each of them has of what is counted, by its name.
    """

    model: type[Model]
    keys: Sequence[int]
    values: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, rows: QuerySet, wanted: Mapping[str, Any]) -> Sample:
        """Whichever are found first, with these columns or expressions of them; one query."""
        # First which rows: a planner that sees what else is wanted may well begin with that.
        first = rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")[: FACET_SAMPLE + 1])
        columns = list(zip(*first.order_by().values_list("pk", *wanted.values()), strict=True))
        keys, *values = columns or [()] * (1 + len(wanted))
        return cls(rows.model, keys, dict(zip(wanted, values, strict=True)))

    @property
    def rows(self) -> QuerySet:
        """Without the joins and prefetches of their list."""
        return self.model._base_manager.filter(pk__in=among(self.keys))

    @property
    def more(self) -> bool:
        return len(self.keys) > FACET_SAMPLE


@dataclass(frozen=True, slots=True)
class InUse:
    """One value of one filter in use; ``field`` and ``shown`` are for people."""

    name: str
    field: str
    value: str
    shown: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one parameter, in a sentence; ``allowed`` is what it could be, where that is a short list."""

    parameter: str
    message: str
    allowed: tuple[str, ...] = ()


def unknown(name: str, known: Sequence[str]) -> Fault:
    """What is said of a parameter that there is not; ``known`` are those that there are."""
    return Fault(name, f"There is no parameter “{name[:60]}” here; there are {', '.join(known)}.", tuple(known))


def strangers(given: Iterable[str], known: Sequence[str]) -> list[Fault]:
    """A fault for each parameter given that is none of those known."""
    return [unknown(name, known) for name in given if name not in known]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a facet offers and how many rows it would give; ``capped``: at least so many."""

    value: str
    label: str
    count: int
    capped: bool = False
    selected: bool = False
    excluded: bool = False


#: One value, what people call it, and how many rows have it.
Counted = dict[str, Any]


def counted(value: str | None, label: str | None, count: int) -> Counted:
    return {"value": value or None, "label": label or None, "count": count}


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort: a NOT NULL column ("-" in front for descending) or "relevance", and what people call it."""

    column: str
    label: str


@dataclass(frozen=True, slots=True)
class Period:
    """A year, month or day as written, and the first and last moment (yyyymmddhhmm) in it."""

    text: str
    first: int
    last: int

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        """As people call it: "12 March 2024", "March 2024", "2024"."""
        year, month, day = (int(part) for part in f"{self.text}-0-0".split("-")[:3])
        words = f"{calendar.month_name[month]} {year}".strip()
        return f"{day} {words}" if day else words

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of "2024", "2024-03" or "2024-03-12"; a ValueError if there is no such day."""
        found = re.fullmatch(r"([1-9][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
        if not found:
            raise ValueError(f"“{text[:40]}” is not a date; write a day, month or year as 2024-03-12, 2024-03 or 2024.")
        year, month, day = (int(part or 0) for part in found.groups())
        try:
            dt.date(year, month or (1 if not found[2] else 0), day or (1 if not found[3] else 0))
        except ValueError:
            raise ValueError(
                f"There is no day {text}; write a day, month or year as 2024-03-12, 2024-03 or 2024."
            ) from None
        first = (year * 10_000 + month * 100 + day) * 10_000
        width = 10_000 if found[3] else 1_000_000 if found[2] else 100_000_000
        return cls(text, first, first + width - 1)


def _storable(text: str) -> str:
    """The text, if both databases take it."""
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise ValidationError("It holds a character that is no text (NUL or half a surrogate pair); leave that out.")
    if len(text) > MAX_LENGTH:
        raise ValidationError(f"It is {len(text):,} characters long; {MAX_LENGTH} is the most.")
    return text


class TextField(forms.CharField):
    """One value, checked by what the filter makes of it."""

    def __init__(self, *, parse: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parse = parse

    def clean(self, value: Any) -> Any:
        text = _storable(value.strip() if isinstance(value, str) else "")
        if not text:
            return None
        try:
            return self.parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class ManyInput(forms.TextInput):
    """A text box for several values with commas between them; in an address each may also stand for itself."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name) if isinstance(data, QueryDict) else data.get(name, [])

    def format_value(self, value: Any) -> str:
        return value if isinstance(value, str) else ", ".join(part for part in value or [] if part)


class ManyField(forms.Field):
    """Several values, resolved together so that they cost one query."""

    widget = ManyInput

    def __init__(self, *, resolve: Callable[[Sequence[str]], list[Picked]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.resolve = resolve

    def clean(self, value: Any) -> list[Picked]:
        given = [value] if isinstance(value, str) else value or []
        # Spaces separate nothing here: "live blog" is a kind.
        values = list(
            dict.fromkeys(part for text in given for raw in text.split(",") if (part := _storable(raw.strip())))
        )
        if len(values) > MAX_VALUES:
            raise ValidationError(f"{len(values)} values are given; {MAX_VALUES} is the most.")
        return self.resolve(values) if values else []


class CorpusFilter(django_filters.Filter):
    """A filter that says as a condition which rows it wants; a subclass says how values are read and what there are."""

    many = False
    excludable = False
    facet = False
    #: Whether rows can be counted for each of its values.
    groupable = False

    def __init__(
        self,
        *,
        label: str,
        help_text: str = "",
        column: str = "",
        condition: Callable[[Any], Q] | None = None,
        staff: bool = False,
        quiet: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(field_name=column or None, label=label, required=False, help_text=help_text, **kwargs)
        self.column, self.staff = column, staff
        #: A quiet filter has a control on the page only while it is in use.
        self.quiet = quiet
        self._condition = condition

    @property
    def help_text(self) -> str:
        return str(self.extra.get("help_text", ""))

    def condition(self, value: Any) -> Q:
        """The rows that are wanted."""
        if self._condition is None:
            raise NotImplementedError(f"The filter {self.label} has no condition.")
        return self._condition(value)

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        if value in (None, "", []):
            return qs
        condition = self.condition(value)
        return qs.exclude(condition) if self.exclude else qs.filter(condition)

    def sampled(self, qs: QuerySet, value: Any) -> QuerySet:
        """As `filter`, for whichever of the rows are found first."""
        return self.filter(qs, value)

    def whole(self, qs: QuerySet, value: Any) -> QuerySet:
        """As `filter`, for all of the rows at once."""
        return self.filter(qs, value)

    def probed(self, qs: QuerySet, value: Any) -> QuerySet:
        """As `filter`, for some thousands of given rows that are looked at one by one."""
        return self.filter(qs, value)

    def some(self, qs: QuerySet, value: Any) -> QuerySet:
        """As `filter`, but of very many (see `along`) only some, evenly spread."""
        return self.filter(qs, value)

    def along(self, value: Any) -> bool:
        """Whether each row of the list is looked at by itself, for there are too many others."""
        return False

    def picked(self, value: Any) -> list[Picked]:
        """What is in use, from the cleaned value."""
        return [] if value in (None, "") else [Picked(str(value), str(value), value)]

    def grouped(self, rows: QuerySet, whole: bool) -> tuple[QuerySet, Callable[[Any], Counted]]:
        """The rows counted for each value, most first, as tuples; and what one of these tuples says.

        ``whole`` says that no filter holds: the rows are all that are public.
        """
        raise NotImplementedError(f"{self.label} is nothing to group by.")

    def schema(self) -> dict[str, Any]:
        """The OpenAPI schema of the parameter."""
        return {"type": "string", "maxLength": MAX_LENGTH}


class Words(CorpusFilter):
    """``q``: the search language of `corpus.search`, for models whose QuerySet has ``matching``."""

    def __init__(self, *, label: str = "words", help_text: str = "", **kwargs: Any) -> None:
        help_text = help_text or "Words, a “phrase”, OR between alternatives, a minus before what must not occur."
        super().__init__(label=label, help_text=help_text, **kwargs)

    @property
    def field(self) -> forms.Field:
        widget = forms.TextInput(attrs={"type": "search"})
        return TextField(parse=self._parse, label=self.label, widget=widget, **self.extra)

    @staticmethod
    def _parse(text: str) -> str:
        if parse(text).empty:
            raise ValueError(f"“{text[:40]}” holds no word to look for; write at least one without a minus before it.")
        return text

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs.matching(value) if value else qs  # type: ignore[attr-defined]


class Text(CorpusFilter):
    """One text, compared by the condition; ``parse`` raises a ValueError for what it cannot mean."""

    def __init__(
        self, *, parse: Callable[[str], Any] = str, schema: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.parse, self._schema = parse, schema

    @property
    def field(self) -> forms.Field:
        return TextField(parse=self.parse, label=self.label, **self.extra)

    def schema(self) -> dict[str, Any]:
        return self._schema or super().schema()


class Since(Text):
    """``from``: rows of that period and later, by a column of moments (yyyymmddhhmm)."""

    def __init__(self, column: str = "moment", **kwargs: Any) -> None:
        help_text = "Of this day, month or year, or later: 2024-03-12, 2024-03 or 2024."
        super().__init__(label="from", column=column, help_text=help_text, parse=Period.parse, **kwargs)

    def condition(self, value: Period) -> Q:
        return Q(**{f"{self.column}__gte": value.first})

    def picked(self, value: Period | None) -> list[Picked]:
        return [Picked(value.text, value.label, value)] if value else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[1-9][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$", "examples": ["2024-03"]}


class Until(Since):
    """``to``: rows of that period and earlier; undated ones are neither."""

    def __init__(self, column: str = "moment", **kwargs: Any) -> None:
        super().__init__(column, **kwargs)
        self.label = "to"
        self.extra["help_text"] = "Of this day, month or year, or earlier; what has no date is left out."

    def condition(self, value: Period) -> Q:
        return Q(**{f"{self.column}__lte": value.last, f"{self.column}__gt": 0})


class Flag(CorpusFilter):
    """Yes or no."""

    groupable = True

    def grouped(self, rows: QuerySet, whole: bool) -> tuple[QuerySet, Callable[[Any], Counted]]:
        value = Case(When(self.condition(True), then=Value("true")), default=Value("false"))
        found = (
            rows.order_by().annotate(value=value).values_list("value").annotate(n=Count("pk")).order_by("-n", "value")
        )
        return found, lambda row: counted(row[0], "yes" if row[0] == "true" else "no", row[1])

    @property
    def field(self) -> forms.Field:
        choices = [("", "either"), ("true", "yes"), ("false", "no")]
        return TextField(parse=self._parse, label=self.label, widget=forms.Select(choices=choices), **self.extra)

    @staticmethod
    def _parse(text: str) -> bool:
        if text.lower() in {"true", "1", "yes", "on"}:
            return True
        if text.lower() in {"false", "0", "no", "off"}:
            return False
        raise ValueError(f"“{text[:40]}” is neither yes nor no; write true or false.")

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        if value is None:
            return qs
        condition = self.condition(True)
        return qs.filter(condition) if value else qs.exclude(condition)

    def picked(self, value: Any) -> list[Picked]:
        return [] if value is None else [Picked("true" if value else "false", "yes" if value else "no", value)]

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Many(CorpusFilter):
    """Several values, any of which will do; with "!" behind the name, none of which may hold."""

    many = True
    excludable = True

    def __init__(self, *, facet: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.facet = facet

    @property
    def field(self) -> forms.Field:
        # What is excluded stays on the form without a control of its own: its chip takes it away.
        widget = forms.MultipleHiddenInput() if self.exclude else self.widget()
        return ManyField(resolve=self.resolve, label=self.label, widget=widget, **self.extra)

    def widget(self) -> forms.Widget:
        return ManyInput()

    def resolve(self, values: Sequence[str]) -> list[Picked]:
        """The values in use; ValidationError naming the first that means nothing."""
        raise NotImplementedError

    def condition(self, value: list[Picked]) -> Q:
        keys = [picked.key for picked in value]
        return self._condition(keys) if self._condition else Q(**{f"{self.column}__in": keys})

    def picked(self, value: list[Picked]) -> list[Picked]:
        return value or []

    def counted_by(self) -> Any:
        """The column or expression by which each row has one choice of a facet; None where it may have several."""
        return None

    def counts(self, name: str, sample: Sample, chosen: Sequence[Picked]) -> tuple[list[tuple[str, str, int]], bool]:
        """(value, label, rows) a choice among the rows found, chosen ones included; and whether there may be more.

        ``name`` is that of its values in the sample.
        """
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().schema(), "maxItems": MAX_VALUES}


class Choices(Many):
    """Values from a fixed list, as (value, label) pairs."""

    def __init__(self, *, choices: Iterable[tuple[str, str]], exclusive: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = {str(value): str(label) for value, label in choices if value}
        #: Whether a row has one of the values only.
        self.groupable = exclusive

    def counted_by(self) -> Any:
        if self._condition:
            return Case(*(When(self._condition([one]), then=Value(one)) for one in self.choices))
        return F(self.column)

    def grouped(self, rows: QuerySet, whole: bool) -> tuple[QuerySet, Callable[[Any], Counted]]:
        found = rows.order_by().annotate(value=self.counted_by()).values_list("value").annotate(n=Count("pk"))
        return found.order_by("-n", "value"), lambda row: counted(row[0], self.choices.get(row[0]), row[1])

    def widget(self) -> forms.Widget:
        return forms.CheckboxSelectMultiple(choices=list(self.choices.items()))

    def resolve(self, values: Sequence[str]) -> list[Picked]:
        for value in values:
            if value not in self.choices:
                known = ", ".join(self.choices)
                raise ValidationError(f"“{value[:40]}” is none of its values; choose from {known}.", code="choice")
        return [Picked(value, self.choices[value], value) for value in values]

    def counts(self, name: str, sample: Sample, chosen: Sequence[Picked]) -> tuple[list[tuple[str, str, int]], bool]:
        often = Counter(sample.values[name])
        return [(value, label, often[value]) for value, label in self.choices.items()], sample.more

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": list(self.choices)}, "maxItems": MAX_VALUES}


class Codes(Many):
    """Values of a pattern, such as country codes, brought to one case."""

    def __init__(self, *, pattern: str, example: str, fold: Callable[[str], str] = str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern, self.example, self.fold = re.compile(pattern), example, fold
        self.groupable = bool(self.column) and self.column != "uid"

    def grouped(self, rows: QuerySet, whole: bool) -> tuple[QuerySet, Callable[[Any], Counted]]:
        found = rows.order_by().values_list(self.column).annotate(n=Count("pk")).order_by("-n", self.column)
        return found, lambda row: counted(row[0], row[0], row[1])

    def resolve(self, values: Sequence[str]) -> list[Picked]:
        folded = [self.fold(value) for value in values]
        for value, code in zip(values, folded, strict=True):
            if not self.pattern.fullmatch(code):
                raise ValidationError(f"“{value[:40]}” cannot be one of its values; write it like {self.example}.")
        return [Picked(code, code, code) for code in dict.fromkeys(folded)]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "examples": [self.example]}, "maxItems": MAX_VALUES}


@dataclass(frozen=True, slots=True)
class Facet:
    """How the things of a filter are counted: ``of`` gives, for the rows found, the rows that point at things.

    ``path`` leads from such a row to its thing, ``count`` to what is counted, ``label`` is what the thing is called by.
    """

    path: str
    of: Callable[[Any], QuerySet] | None = None
    count: str = "pk"
    label: str = "name"
    #: As ``of``, but a row each of what is counted and its thing.
    once: Callable[[QuerySet], QuerySet] | None = None
    #: Where all public rows are counted sooner than one by one: things by ``key``, each with ``n``.
    whole: Callable[[], QuerySet] | None = None


class Things(Many):
    """Things that have an address, by slug or uid; ``things`` gives those that may be asked for, ``where`` lists them.

    ``label_of`` names one for people, ``stands_for`` gives the survivor of a merge.
    """

    def __init__(
        self,
        *,
        things: Callable[[], QuerySet],
        where: str,
        slugs: bool = True,
        label_of: Callable[[Any], str] = str,
        stands_for: Callable[[Any], Any] = lambda thing: thing,
        facet: Facet | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(facet=facet is not None, **kwargs)
        self.things, self.where, self.slugs = things, where, slugs
        self.label_of, self.stands_for, self.counted = label_of, stands_for, facet
        self.groupable = facet is not None

    def grouped(self, rows: QuerySet, whole: bool) -> tuple[QuerySet, Callable[[Any], Counted]]:
        assert self.counted, f"{self.label} has no facet."
        path, label, once = self.counted.path, self.counted.label, self.counted.once
        number: Aggregate = Count("pk")
        if self.counted.of is None:
            pointing = rows
        elif once is None:
            pointing, number = self.counted.of(rows), Count(self.counted.count, distinct=True)
        else:
            pointing = once(rows)
        # By key, and only what is shown is called by its name: grouping by names takes several times as long.
        things = model_at(pointing.model, path)._base_manager.filter(pk=OuterRef("key"))
        if whole and self.counted.whole:
            found = self.counted.whole()
        else:
            found = pointing.order_by().annotate(key=F(path)).values("key").annotate(n=number)
        called = [Subquery(things.values(name)[:1]) for name in ("slug" if self.slugs else "uid", label)]
        return found.order_by("-n", "key").values_list(*called, "n"), lambda row: counted(*row)

    def resolve(self, values: Sequence[str]) -> list[Picked]:
        wanted = Q(uid__in=values) | (Q(slug__in=values) if self.slugs else Q())
        found: dict[str, Any] = {}
        for thing in self.things().filter(wanted):
            found |= {thing.uid: thing} | ({thing.slug: thing} if self.slugs else {})
        for value in values:
            if value not in found:
                raise ValidationError(
                    f"There is no “{value[:60]}” here; {self.where} lists what there is.", code="missing"
                )
        meant = {thing.pk: thing for thing in (self.stands_for(found[value]) for value in values)}
        return [
            Picked(thing.slug if self.slugs else thing.uid, self.label_of(thing), key) for key, thing in meant.items()
        ]

    def counted_by(self) -> Any:
        return F(self.counted.path) if self.counted and self.counted.of is None else None

    def counts(self, name: str, sample: Sample, chosen: Sequence[Picked]) -> tuple[list[tuple[str, str, int]], bool]:
        assert self.counted, f"{self.label} has no facet."
        path, of, count = self.counted.path, self.counted.of, self.counted.count
        model, more = sample.model, sample.more
        if of is None:
            often = Counter(key for key in sample.values[name] if key is not None)
        else:
            # Whatever points at others does so by their keys: nobody needs to look the rows up.
            rows = of(sample.rows if count == "pk" else among(sample.keys)).exclude(**{path: None})
            pairs = list(rows.order_by().values_list(path, count)[: FACET_POINTERS + 1])
            often = Counter(key for key, _ in set(pairs))
            model, more = rows.model, more or len(pairs) > FACET_POINTERS
        kept = {picked.key: (picked.value, picked.label) for picked in chosen}
        others = [key for key in sorted(often, key=lambda key: (-often[key], key)) if key not in kept]
        things = model_at(model, path)._base_manager.filter(pk__in=others[: max(0, FACET_CHOICES - len(kept))])
        kept |= {key: (slug, name) for key, slug, name in things.values_list("pk", "slug", "name")}
        found = [(value, label, often[key]) for key, (value, label) in kept.items()]
        return sorted(found, key=lambda row: (-row[2], row[1])), more


def model_at(model: type[Model], path: str) -> type[Model]:
    """The model at the end of a path of relations; so an app reaches what points at it without importing it."""
    for part in path.split("__"):
        found = model._meta.get_field(part).related_model
        assert isinstance(found, type), path
        model = found
    return model


#: What dates are grouped by: digits of a moment (yyyymmddhhmm) that are beside the point, and how many characters of
#: 2024-03-12 say the rest.
PERIODS = {"day": (10**4, 10), "month": (10**6, 7), "year": (10**8, 4)}


def by_period(name: str, column: str, vague: Callable[[list[str]], Q], rows: QuerySet) -> tuple[QuerySet, Any]:
    """Rows counted for each day, month or year, oldest first; those not dated so exactly come last, under no value.

    ``vague`` finds rows whose date is known only to the year, or to the month: these stand at its first day.
    """
    beside, length = PERIODS[name]
    moment = F(column)
    nowhere = Q(**{column: 0})
    if name != "year":
        vaguer = ["year"] if name == "month" else ["year", "month"]
        nowhere |= Q(Exact(moment % Value(10**6), Value(10**4))) & vague(vaguer)
    value = Case(
        When(nowhere, then=Value(None, output_field=BigIntegerField())),
        default=ExpressionWrapper(moment / Value(beside), output_field=BigIntegerField()),
    )
    found = rows.order_by().annotate(value=value).values_list("value").annotate(n=Count("pk"))

    def read(row: Any) -> Counted:
        digits = f"{row[0] or 0:0<8}"
        text = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"[:length] if row[0] else None
        return counted(text, text, row[1])

    return found.order_by(F("value").asc(nulls_last=True)), read


class Sort(CorpusFilter):
    """``sort``: which of the set's orders; the pager does the sorting."""

    def __init__(self, orders: dict[str, Order]) -> None:
        names = ", ".join(orders)
        help_text = f"One of {names}; the first is the default."
        if RELEVANCE in orders:
            help_text += f" Sorted by relevance are the best matches of q; without q it is {next(iter(orders))}."
        super().__init__(label="sort", help_text=help_text)
        self.orders = orders

    @property
    def field(self) -> forms.Field:
        widget = forms.Select(choices=[(name, order.label) for name, order in self.orders.items()])
        return TextField(parse=self._parse, label=self.label, widget=widget, **self.extra)

    def _parse(self, text: str) -> str:
        if text not in self.orders:
            raise ValueError(f"“{text[:40]}” is no order of this list; choose from {', '.join(self.orders)}.")
        return text

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.orders), "default": next(iter(self.orders))}


class CorpusFilterSetMetaclass(FilterSetMetaclass):
    """Completes what a set declares: trailing underscores fall (``from_``), twins that exclude and ``sort`` come in."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> CorpusFilterSetMetaclass:
        made = super().__new__(mcs, name, bases, attrs)
        filters: dict[str, django_filters.Filter] = {}
        for plain, one in made.base_filters.items():
            filters[plain.rstrip("_")] = one
            if getattr(one, "excludable", False) and not plain.endswith("!"):
                twin = copy.deepcopy(one)
                twin.exclude, twin.facet = True, False
                twin.extra["help_text"] = f"None of these; as {plain.rstrip('_')}."
                filters[f"{plain.rstrip('_')}!"] = twin
        if made.orders:
            filters["sort"] = Sort(made.orders)
        made.base_filters = filters
        return made


class CorpusFilterSet(django_filters.FilterSet, metaclass=CorpusFilterSetMetaclass):
    """Base of every filter set; ``reserved`` are parameters of the list that are no filters, such as its cursor."""

    #: By the name in the address; the first is the default.
    orders: ClassVar[dict[str, Order]] = {}
    #: The column of moments that rows can be counted by, and those that are dated so vaguely (see `by_period`).
    dated: ClassVar[str] = ""
    vague: ClassVar[staticmethod[[list[str]], Q]] = staticmethod(lambda precisions: Q(pk__in=[]))
    #: Of about so many rows, and no more, all may be counted by their dates for a page.
    countable: ClassVar[int] = 25_000
    filters: dict[str, CorpusFilter]

    def __init__(
        self,
        data: QueryDict | None = None,
        queryset: QuerySet | None = None,
        *,
        request: HttpRequest | None = None,
        reserved: Iterable[str] = (),
        tracking: bool = False,
    ) -> None:
        # Not FilterSet's own: it copies every filter, which takes longer than the query. Ours hold no state.
        self.is_bound, self.form_prefix = True, None
        self.data = QueryDict() if data is None else data
        self.queryset = queryset
        self.request = request
        self.reserved, self.tracking = frozenset(reserved), tracking
        self._samples: dict[frozenset[str], Sample] = {}
        staff = getattr(getattr(request, "user", None), "is_staff", False)
        self.filters = {name: one for name, one in self.base_filters.items() if staff or not one.staff}

    @classmethod
    def public_filters(cls) -> dict[str, CorpusFilter]:
        """The filters everybody has."""
        return {name: one for name, one in cls.base_filters.items() if not one.staff}

    # What was asked

    def is_valid(self) -> bool:
        return not self.faults

    @cached_property
    def _cleaned(self) -> tuple[dict[str, Any], dict[str, ValidationError]]:
        values: dict[str, Any] = {}
        errors: dict[str, ValidationError] = {}
        for name, one in self.filters.items():
            if name in self.data:
                field = one.field
                try:
                    values[name] = field.clean(field.widget.value_from_datadict(self.data, {}, name))
                except ValidationError as error:
                    errors[name] = error
        return values, errors

    @property
    def cleaned(self) -> dict[str, Any]:
        """The values of the filters that are in the address and can be read, each looked up once."""
        return self._cleaned[0]

    @property
    def form(self) -> forms.Form:
        """The form of the page: it shows what was asked, and does not check it a second time."""
        if not hasattr(self, "_form"):
            form = self.get_form_class()(self.data)
            form.cleaned_data = {name: self.cleaned.get(name) for name in form.fields}
            form._errors = ErrorDict(renderer=form.renderer)  # type: ignore[attr-defined]
            for name, error in self._cleaned[1].items():
                form.add_error(name, error)
            self._form: forms.Form = form
        return self._form

    @cached_property
    def faults(self) -> list[Fault]:
        """Everything wrong with the parameters, in their order in the address, then in that of the filters."""
        return [*self._stray(), *self._bad()]

    def _stray(self) -> Iterator[Fault]:
        known = [name for name in self.filters if not name.endswith("!")] + sorted(self.reserved)
        for name in self.data:
            if name not in self.filters and name not in self.reserved:
                if self.tracking and TRACKING.fullmatch(name):
                    continue
                if name.endswith("!") and name[:-1] in self.filters:
                    message = f"“{name[:-1]}” has nothing to exclude; use it without the exclamation mark."
                    yield Fault(name, message, tuple(known))
                else:
                    yield unknown(name, known)
            elif len(self.data.getlist(name)) > 1 and not getattr(self.filters.get(name), "many", False):
                yield Fault(name, f"“{name}” is given more than once; it takes one value.")

    def _bad(self) -> Iterator[Fault]:
        for name, error in self._cleaned[1].items():
            message = " ".join(error.messages)
            one = self.filters.get(name)
            allowed = getattr(one, "choices", None) or getattr(one, "orders", None) or {}
            yield Fault(name, message, tuple(allowed))
        since, until = (self.cleaned.get(name) for name in ("from", "to"))
        if since and until and since.first > until.last:
            yield Fault("from", f"The range ends ({until}) before it begins ({since}); exchange from and to.")

    @property
    def order_name(self) -> str:
        """The order in effect, by its name in the address."""
        default = next(iter(self.orders))
        name = (self.cleaned.get("sort") if self.is_valid() else None) or default
        return default if name == RELEVANCE and not self.words else name

    @property
    def order(self) -> str:
        """The order in effect, as the pager takes it."""
        return self.orders[self.order_name].column

    @property
    def words(self) -> str:
        """What is searched for; "" for nothing."""
        return (self.cleaned.get("q") or "") if self.is_valid() else ""

    def in_use(self) -> list[InUse]:
        """Every value of every filter in use but the order, in the order of the filters; no query after the check."""
        return [use for use in self._used if use.name != "sort"]

    @cached_property
    def _used(self) -> tuple[InUse, ...]:
        if not self.is_valid():
            return ()
        return tuple(
            InUse(name, str(one.label), picked.value, picked.label, one.exclude)
            for name, one in self.filters.items()
            for picked in one.picked(self.cleaned.get(name))
        )

    def parameters(self) -> list[tuple[str, str]]:
        """The filters in use and the order, as in an address: the same list always in the same words."""
        default = next(iter(self.orders), None)
        return [(u.name, u.value) for u in self._used if (u.name, u.value) != ("sort", default)]

    def get_form_class(self) -> type[forms.Form]:
        """A form of what has a control on the page, and of whatever else is in use."""
        shown = {
            name: one.field
            for name, one in self.filters.items()
            if name in self.data or not (one.quiet or name.endswith("!"))
        }  # fmt: skip
        return type(f"{type(self).__name__}Form", (forms.Form,), shown)

    # What it gives

    @classmethod
    def groupings(cls) -> list[str]:
        """What rows can be counted by."""
        names = [name for name, one in cls.public_filters().items() if one.groupable and not name.endswith("!")]
        return [*names, *(PERIODS if cls.dated else ())]

    def grouped(self, name: str, rows: QuerySet) -> tuple[QuerySet, Callable[[Any], Counted]]:
        """The rows counted by one of the groupings, as tuples; and what one of these tuples says."""
        if name in PERIODS and self.dated:
            return by_period(name, self.dated, type(self).vague, rows)
        return self.filters[name].grouped(rows, not self.in_use())

    @property
    def qs(self) -> QuerySet:
        """The rows asked for; none when anything is wrong."""
        return self.rows()

    def rows(self, *without: str, way: Literal["filter", "sampled", "whole", "probed", "some"] = "filter") -> QuerySet:
        """The rows asked for, or those without some of the filters (and their twins)."""
        assert self.queryset is not None
        if not self.is_valid():
            return self.queryset.none()
        found = self.queryset.all()
        for name, one in self.filters.items():
            if name.removesuffix("!") not in without:
                found = getattr(one, way)(found, self.cleaned.get(name))
        return found

    @property
    def along(self) -> bool:
        """Whether a part of the list takes as long to count as the whole."""
        return any(one.along(self.cleaned.get(name)) for name, one in self.filters.items())

    def sample(self, *without: str) -> Sample:
        """Whichever of these rows are found first; one query for all that asks for the same ones."""
        used = {use.name.removesuffix("!") for use in self._used}
        gone = frozenset(used.intersection(without))
        if gone not in self._samples:
            self._samples[gone] = Sample.of(self.rows(*gone, way="sampled"), self.counted_by())
        return self._samples[gone]

    def counted_by(self) -> dict[str, Any]:
        """The columns and expressions that facets and dates are counted by."""
        facets = {name: one.counted_by() for name, one in self.filters.items() if one.facet}
        dated = {self.dated: F(self.dated)} if self.dated else {}
        return dated | {name: by for name, by in facets.items() if by is not None}

    def tally(self) -> Tally:
        """How many rows there are, up to a cap."""
        number = len(self.sample().keys)
        return Tally(min(number, TALLY_CAP), number > TALLY_CAP)

    def facet(self, name: str) -> list[Choice]:
        """The choices of a filter, counted among the rows that all other filters let through.

        No query for fixed choices, one for things, two for those of which a row may have several, beside that for the
        sample. Above FACET_SAMPLE rows the counts are those of a sample, and marked ``capped``.
        """
        if not self.is_valid():
            return []
        one = self.filters[name]
        chosen = one.picked(self.cleaned.get(name))
        out = {p.value for p in self.filters[f"{name}!"].picked(self.cleaned.get(f"{name}!"))}
        rows, partial = one.counts(name, self.sample(name), chosen)
        selected = {p.value for p in chosen}
        return [
            Choice(value, label, min(n, TALLY_CAP), partial or n > TALLY_CAP, value in selected, value in out)
            for value, label, n in rows
        ]
