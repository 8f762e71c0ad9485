"""What a thing is to a stranger: records declared field by field, from which come their reading and their schema.

A declaration says which columns a field needs; `corpus.shapes` asks the database for just those of the fields that were
asked for, and never makes an instance of a model. `choose` cuts a declaration down to what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet, Subquery
from django.urls import reverse
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from corpus.filters import Fault

Tree = dict[str, "Tree"]
#: A column of a query: its path, or a function that makes an expression.
Column = str | Callable[[], Any]


class CorpusSerializer(serializers.Serializer):
    """Read-only; fields are declared one by one, so that nothing becomes public because a model grew.

    ``included`` names fields that are only there when asked for, ``inside`` those for editors. Nested, ``when`` names a
    column of what it is nested in without which it is null; with ``allow_null`` it is null as well where its first
    field is.
    """

    included: ClassVar[tuple[str, ...]] = ()
    inside: ClassVar[tuple[str, ...]] = ()
    #: One record as it may look, for the documentation.
    example: ClassVar[Mapping[str, Any] | None] = None

    def __init__(self, *args: Any, when: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"read_only": True} | kwargs)
        self.when = when


@dataclass(frozen=True, eq=False, slots=True)
class Related:
    """Rows of another table that belong to those of a list, fetched together: one query a page, in their order.

    ``link`` leads from such a row to the key of the one it belongs to, ``path`` ("story__") to what is shown of it;
    where several fields share the rows, ``split`` is the column that tells them apart.
    """

    rows: Callable[[], QuerySet]
    link: str
    split: str = ""
    path: str = ""


class Computed(serializers.ReadOnlyField):
    """A value made of columns of the row: ``of`` takes their values, in order."""

    def __init__(
        self, *columns: Column, of: Callable[..., Any] = lambda value: value, schema: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**{"source": "*"} | kwargs)
        self.columns, self.of = columns, of
        set_override(self, "field", schema or {"type": "string"})


def number(rows: Callable[[], QuerySet], **kwargs: Any) -> Computed:
    """A figure: the ``n`` of rows that are grouped to one, by what leads to the row of the list; 0 if none."""
    schema = {"type": "integer", "minimum": 0}
    return Computed(lambda: Subquery(rows().values("n")), of=lambda n: n or 0, schema=schema, **kwargs)


def day(rows: Callable[[], QuerySet], what: str) -> Computed:
    """A day, from the moment (yyyymmddhhmm) that is the ``n`` of such rows; null where there is none."""
    schema = {"type": ["string", "null"], "format": "date"}
    help_text = f"{what}; what is dated to the month or year only counts as of its first day."
    return Computed(lambda: Subquery(rows().values("n")), of=_day, schema=schema, help_text=help_text)


def _day(moment: int | None) -> str | None:
    text = f"{moment or 0:012}"
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if moment else None


class Rows(serializers.ListSerializer):
    """Records of related rows; ``value`` is that of the column which splits them."""

    def __init__(self, *, of: Related, value: str = "", **kwargs: Any) -> None:
        super().__init__(**{"read_only": True} | kwargs)
        self.related, self.value = of, value


class Gathered(serializers.ListSerializer):
    """Records that a function makes for a whole page at once.

    It takes {key: values of the columns} and gives {key: records}; a key that is not there has none.
    """

    def __init__(
        self, *columns: str, of: Callable[[dict[int, tuple[Any, ...]]], Mapping[int, Any]], **kwargs: Any
    ) -> None:
        super().__init__(**{"read_only": True} | kwargs)
        self.columns, self.of = columns, of


@extend_schema_field({"type": "string", "format": "uri"})
class PageField(serializers.ReadOnlyField):
    """The absolute address of a thing's page: a route with the thing's uid, or slug, in it."""

    def __init__(self, route: str, key: str = "uid", **kwargs: Any) -> None:
        super().__init__(**{"source": "*", "help_text": "Its page."} | kwargs)
        self.route, self.key = route, key

    @cached_property
    def around(self) -> tuple[str, str]:
        """What stands before and after the key, without the host."""
        before, _, after = reverse(self.route, args=["-"]).rpartition("-")
        return before, after


@dataclass(frozen=True, slots=True)
class Asked:
    """Which fields of a record are asked for, as in the address: commas between names, dots into nested ones."""

    fields: str = ""
    omit: str = ""
    include: str = ""


def choose(
    serializer: serializers.BaseSerializer, asked: Asked, whole: Iterable[str] = (), inside: bool = False
) -> list[Fault]:
    """Cut a serializer down to what is asked for; ``whole`` names what is included without being asked for.

    What is for those ``inside`` does not exist for others.
    """
    faults = []
    for name in () if inside else getattr(serializer, "inside", ()):
        fields_of(serializer).pop(name)
    for parameter, text in ("fields", asked.fields), ("omit", asked.omit):
        for path in _paths(text):
            names = _missing(serializer, path.split("."))
            if names:
                message = f"There is no field “{path[:60]}”; there are {', '.join(names)}."
                faults.append(Fault(parameter, message, tuple(names)))
    there = _included(serializer)
    for name in _paths(asked.include):
        if name not in there:
            message = f"There is nothing “{name[:60]}” to include; there is {', '.join(there) or 'nothing'}."
            faults.append(Fault("include", message, there))
    if not faults:
        included = {*_paths(asked.include), *whole}
        _trim(serializer, _tree(asked.fields), _tree(asked.omit), included)
    return faults


def _paths(text: str) -> list[str]:
    return [path for part in text.split(",") if (path := part.strip())]


def _included(serializer: Any) -> tuple[str, ...]:
    return getattr(getattr(serializer, "child", serializer), "included", ())


def fields_of(serializer: Any) -> dict[str, serializers.Field]:
    """The fields of a serializer, or of the one for each of its records; none of a plain field."""
    return getattr(getattr(serializer, "child", serializer), "fields", {})


def _missing(serializer: Any, names: Sequence[str]) -> list[str]:
    """The fields there are where a path goes wrong; empty when it does not."""
    for name in names:
        there = fields_of(serializer)
        if name not in there:
            return list(there) or ["nothing inside it"]
        serializer = there[name]
    return []


def _tree(text: str) -> Tree:
    """ "a,b.c" as {"a": {}, "b": {"c": {}}}; the shorter path wins."""
    root: Tree = {}
    for path in sorted(_paths(text), key=len, reverse=True):
        branch = root
        *parents, last = path.split(".")
        for name in parents:
            branch = branch.setdefault(name, {})
        branch[last] = {}
    return root


def _trim(serializer: Any, wanted: Tree, unwanted: Tree, included: Iterable[str] = ()) -> None:
    there, optional = fields_of(serializer), _included(serializer)
    for name in list(there):
        asked = name in wanted or name in included
        if (not asked and (wanted or name in optional)) or (name in unwanted and not unwanted[name]):
            there.pop(name)
        else:
            _trim(there[name], wanted.get(name, {}), unwanted.get(name, {}))
