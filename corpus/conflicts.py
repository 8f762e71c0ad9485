"""An edit that meets a change: what it was, what it is now and what one wrote, side by side; nobody's word is lost.

A form brings back what it showed: each field in a hidden twin, the rows of its inlines in ``seen``. What changed
meanwhile and this editor left alone stays as it is now. Where both changed the same, the editor chooses (`Conflict`):
the answer 409 holds all that was typed, and sends it again with a ``choose-…`` for each.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from corpus.models import Addressed, Decision

MINE, THEIRS = "mine", "theirs"
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field, or the rows of an inline by its prefix, that two people changed; the three versions in words."""

    name: str
    label: str
    opened: list[str]
    theirs: list[str]
    mine: list[str]


@dataclass(slots=True)
class Meeting:
    """What became of a posted form: conflicts to choose in, or the data to save and what was left as others made it."""

    data: QueryDict
    conflicts: list[Conflict] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)


def is_number(text: str) -> bool:
    """Whether this is a number as forms and addresses of ours have them: not “²”, and none that no database holds."""
    return text.isascii() and text.isdigit() and len(text) < 10


def chosen(data: Mapping[str, Any], name: str) -> str:
    """What the editor chose for a field or inline, "" if nothing was asked."""
    return str(data.get(f"choose-{name}", ""))


# --- fields


def meet(form: forms.BaseForm, formsets: Iterable[Any], seen: str) -> Meeting:
    """Compare a valid bound form, and unbound formsets of the rows as they are now, with what the editor was shown."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    meeting = Meeting(data)
    for name in form.fields:
        _meet_field(form, name, meeting)
    was = _read(seen)
    for formset in formsets:
        if formset.prefix in was:
            _meet_rows(formset, was[formset.prefix], meeting)
    return meeting


def _meet_field(form: forms.BaseForm, name: str, meeting: Meeting) -> None:
    shown, bound = form.fields[name], form[name]
    if not shown.show_hidden_initial or bound.html_initial_name not in form.data:
        return
    now = form.get_initial_for_field(shown, name)
    was = form._widget_data_value(shown.hidden_widget(), bound.html_initial_name)  # type: ignore[attr-defined]
    if not differs(shown, now, was):
        return
    if name not in form.changed_data or not differs(shown, now, bound.data):
        meeting.beside.append(_label(shown, name))
        meeting.hidden.append((f"choose-{name}", THEIRS))
    elif chosen(form.data, name) != THEIRS:
        mine = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else bound.data
        versions = (list(in_words(shown, value)) for value in (_python(shown, was), now, mine))
        meeting.conflicts.append(Conflict(name, _label(shown, name), *versions))


def differs(shown: forms.Field, one: Any, other: Any) -> bool:
    """Whether two values of a field are not the same, whatever line ends a browser makes of them."""
    return shown.has_changed(_lines(one), _lines(_python(shown, other) if not isinstance(other, str) else other))


def _lines(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _python(shown: forms.Field, raw: Any) -> Any:
    try:
        return shown.to_python(raw)
    except forms.ValidationError:
        return raw


def _label(shown: forms.Field, name: str) -> str:
    return str(shown.label or name.replace("_", " "))


def in_words(shown: forms.Field, value: Any) -> Iterator[str]:
    """A value of a field as an editor reads it, in lines."""
    options: Any = shown
    if isinstance(shown, forms.ModelMultipleChoiceField):
        yield from map(str, options.queryset.filter(pk__in=[getattr(one, "pk", one) for one in value or []]))
    elif isinstance(shown, forms.ModelChoiceField):
        yield str(options.queryset.filter(pk=getattr(value, "pk", value)).first() or "nothing")
    elif isinstance(shown, forms.BooleanField):
        yield "yes" if value in (True, "on", "True") else "no"
    elif isinstance(shown, forms.ChoiceField):
        yield str({str(key): label for key, label in _flat(options.choices)}.get(str(value), value))
    elif text := getattr(shown, "text", ""):  # spans of a text
        yield from (f"{start}–{end}: {text[start:end]}" for start, end in value or [])
    elif isinstance(value, list | tuple):
        yield from map(str, value)
    else:
        yield str(value) if value not in (None, "") else "nothing"


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


# --- the rows of inlines


def rows_of(formset: Any) -> list[Row]:
    """The rows that an unbound formset shows, as a browser would send them back, with their ids."""
    return [
        {"id": str(form.instance.pk), **{name: _sent(form[name]) for name in names_of(formset)}}
        for form in formset.initial_forms
    ]


def seen_of(formsets: Iterable[Any]) -> str:
    """What the formsets of a page show, to be sent back with it."""
    return json.dumps({formset.prefix: rows_of(formset) for formset in formsets}, separators=(",", ":"))


def names_of(formset: Any) -> list[str]:
    """The fields of a row that are somebody's to fill in."""
    own = {formset.model._meta.pk.name, formset.fk.name, "DELETE", "ORDER"}
    return [name for name in formset.empty_form.fields if name not in own]


def _sent(bound: forms.BoundField) -> str:
    value = bound.value()
    if isinstance(value, dt.date | dt.time):
        value = bound.field.widget.format_value(value)
    return "on" if value is True else "" if value in (None, False) else str(value)


def _read(seen: str) -> dict[str, list[Row]]:
    try:
        found = json.loads(seen or "{}")
        return {prefix: [dict(row) for row in rows] for prefix, rows in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _meet_rows(formset: Any, was: list[Row], meeting: Meeting) -> None:
    prefix, data, names = formset.prefix, meeting.data, names_of(formset)
    now, mine = rows_of(formset), list(_posted(data, prefix, names))
    plain = [[{name: row.get(name, "") for name in names} for row in rows] for rows in (was, now, mine)]
    choice, label = chosen(data, prefix), str(formset.model._meta.verbose_name_plural)
    if now == was and not choice:
        return
    if choice == MINE and now == was:
        _write(data, prefix, plain[2], now, names)
    elif (choice == THEIRS and now == was) or plain[2] in plain[:2]:
        if plain[0] != plain[1]:
            meeting.beside.append(label)
        meeting.hidden.append((f"choose-{prefix}", THEIRS))
        data[f"{prefix}-TOTAL_FORMS"] = data[f"{prefix}-INITIAL_FORMS"] = "0"  # nothing of it is saved
    elif plain[0] == plain[1]:  # the same rows, made anew
        _write(data, prefix, plain[2], now, names)
    else:
        versions = ([row_in_words(formset, row) for row in rows] or ["nothing"] for rows in plain)
        meeting.conflicts.append(Conflict(prefix, label, *versions))


def _posted(data: QueryDict, prefix: str, names: list[str]) -> Iterator[Row]:
    """The rows that somebody wants, of those that they sent."""
    number = data.get(f"{prefix}-TOTAL_FORMS", "0")
    for i in range(min(int(number), 1000) if is_number(number) else 0):
        row = {name: (data.get(f"{prefix}-{i}-{name}") or "").replace("\r\n", "\n") for name in names}
        kept = f"{prefix}-{i}-id" in data and data.get(f"{prefix}-{i}-id")
        if not data.get(f"{prefix}-{i}-DELETE") and (kept or any(row.values())):
            yield row


def _write(data: QueryDict, prefix: str, wanted: list[Row], now: list[Row], names: list[str]) -> None:
    """Ask for these rows, whatever stands there now: what is alike stays, the others are changed, deleted or added."""
    for key in [key for key in data if key.startswith(f"{prefix}-")]:
        if key.removeprefix(f"{prefix}-")[:1].isdigit():
            del data[key]
    left, places = list(wanted), []
    for row in now:
        same = next((one for one in left if all(one[name] == row[name] for name in names)), None)
        if same is not None:
            left.remove(same)
        places.append(same)
    lines: list[tuple[str, Row | None]] = []
    for row, place in zip(now, places, strict=True):
        lines.append((row["id"], place or (left.pop(0) if left else None)))
    lines += [("", row) for row in left]
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(lines)), str(len(now))
    for i, (pk, wish) in enumerate(lines):
        data[f"{prefix}-{i}-id"] = pk
        for name, value in (wish or now[i]).items():
            if name != "id" and value:
                data[f"{prefix}-{i}-{name}"] = value
        if wish is None:
            data[f"{prefix}-{i}-DELETE"] = "on"


def row_in_words(formset: Any, row: Mapping[str, Any]) -> str:
    """A row of an inline as an editor reads it, from what its fields hold."""
    fields = formset.empty_form.fields
    return ", ".join(word for name, value in row.items() if value for word in in_words(fields[name], value))


# --- who it was


def latest(thing: Addressed) -> Decision | None:
    """The last thing anybody decided on a row."""
    rows = Decision.objects.filter(thing=thing._meta.label_lower, thing_uid=thing.uid)
    return rows.order_by("-id").first()


def sent_again(request: HttpRequest, form: forms.BaseForm) -> list[tuple[str, str]]:
    """Everything typed, as hidden fields for another try; what the form brought back of its past is made anew."""
    past = {form[name].html_initial_name for name in form.fields if name != "reason"} | {"csrfmiddlewaretoken", "seen"}
    return [
        (key, value)
        for key, values in request.POST.lists()
        if key not in past and not key.startswith("choose-")
        for value in values
    ]
