"""The base of the API's serializers: what a thing is to a stranger, and choosing among its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from corpus.filters import Fault

Tree = dict[str, "Tree"]


class CorpusSerializer(serializers.Serializer):
    """Read-only; fields are declared one by one, so that nothing becomes public because a model grew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"read_only": True} | kwargs)

    @cached_property
    def _readers(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return [(str(field.field_name), reader(field)) for field in self._readable_fields]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: read(instance) for name, read in self._readers}


#: What stands in the answer as it stands in the row.
PLAIN = (
    serializers.BooleanField,
    serializers.CharField,
    serializers.ChoiceField,
    serializers.FloatField,
    serializers.IntegerField,
)


def reader(field: serializers.Field) -> Callable[[Any], Any]:
    """How a field is read from a row; plain ones straight, for REST framework's way takes three times as long."""
    if type(field) in PLAIN and len(field.source_attrs) == 1:
        [name] = field.source_attrs
        return lambda row: row[name] if isinstance(row, dict) else getattr(row, name)

    def read(row: Any) -> Any:
        value = field.get_attribute(row)
        return None if value is None else field.to_representation(value)

    return read


@extend_schema_field({"type": "string", "format": "uri"})
class PageField(serializers.ReadOnlyField):
    """The absolute address of a thing's page: a route with the thing's uid, or slug, in it."""

    def __init__(self, route: str, key: str = "uid", **kwargs: Any) -> None:
        super().__init__(**{"source": "*", "help_text": "Its page."} | kwargs)
        self.route, self.key = route, key

    @cached_property
    def around(self) -> tuple[str, str]:
        """What stands before and after the key; looked up once, for it took half the time of a row."""
        before, _, after = reverse(self.route, args=["-"]).rpartition("-")
        return self.context.get("base", "") + before, after

    def to_representation(self, value: Model) -> str:
        before, after = self.around
        return f"{before}{getattr(value, self.key)}{after}"


class Taken(serializers.ListSerializer):
    """Several records that a function takes from the row."""

    def __init__(self, *, rows: Callable[[Any], Iterable[Any]], **kwargs: Any) -> None:
        super().__init__(**{"read_only": True} | kwargs)
        self.rows = rows

    def get_attribute(self, instance: Any) -> Iterable[Any]:
        return self.rows(instance)


def choose(serializer: serializers.BaseSerializer, fields: str, omit: str) -> list[Fault]:
    """Leave a serializer with ``fields`` ("" for all) but ``omit``: commas between names, dots into nested ones."""
    faults = []
    for parameter, text in ("fields", fields), ("omit", omit):
        for path in filter(None, (part.strip() for part in text.split(","))):
            names = _missing(serializer, path.split("."))
            if names:
                message = f"There is no field “{path[:60]}”; there are {', '.join(names)}."
                faults.append(Fault(parameter, message, tuple(names)))
    if not faults and (fields or omit):
        _trim(serializer, _tree(fields), _tree(omit))
    return faults


def _fields(serializer: Any) -> dict[str, serializers.Field]:
    return getattr(getattr(serializer, "child", serializer), "fields", {})


def _missing(serializer: Any, names: Sequence[str]) -> list[str]:
    """The fields there are where a path goes wrong; empty when it does not."""
    for name in names:
        there = _fields(serializer)
        if name not in there:
            return list(there) or ["nothing inside it"]
        serializer = there[name]
    return []


def _tree(text: str) -> Tree:
    """ "a,b.c" as {"a": {}, "b": {"c": {}}}; the shorter path wins."""
    root: Tree = {}
    for path in sorted(filter(None, (part.strip() for part in text.split(","))), key=len, reverse=True):
        branch = root
        *parents, last = path.split(".")
        for name in parents:
            branch = branch.setdefault(name, {})
        branch[last] = {}
    return root


def _trim(serializer: Any, wanted: Tree, unwanted: Tree) -> None:
    there = _fields(serializer)
    for name in list(there):
        if (wanted and name not in wanted) or (name in unwanted and not unwanted[name]):
            there.pop(name)
        else:
            _trim(there[name], wanted.get(name, {}), unwanted.get(name, {}))
