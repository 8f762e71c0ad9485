"""What the admin of every app stands on: edits that become decisions, bulk acts shown before they are done, undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from corpus import ledger
from corpus.models import Curated, Decision, new_uid

#: A bulk act takes at most this many rows at a time: it holds the database while it lasts.
AT_ONCE = 1_000


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


# --- history -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(slots=True)
class Act:
    """What somebody decided on one thing at one time; ``key`` names its decisions to the undo view."""

    at: Any
    by: str
    reason: str
    changes: list[Change] = field(default_factory=list)
    uids: list[str] = field(default_factory=list)
    undone: bool = False
    undoes: bool = False

    @property
    def key(self) -> str:
        return ",".join(self.uids)


def acts_of(row: Curated, limit: int = 200) -> list[Act]:
    """What people decided on a row, latest first, decisions of one batch together; at most two queries."""
    rows = list(
        Decision.objects.filter(thing=row._meta.label_lower, thing_uid=row.uid)
        .select_related("undone_by")
        .order_by("-id")[:limit]
    )
    names = _names(row, rows)
    acts: dict[str, Act] = {}
    for decision in rows:
        undone = hasattr(decision, "undone_by")
        key = f"{decision.batch or decision.pk} {undone}"
        act = acts.setdefault(key, Act(decision.at, decision.by_name, decision.reason))
        act.undone, act.undoes = undone, decision.undoes_id is not None
        act.uids.append(decision.uid)
        if not decision.field.endswith("_key"):
            before, after = (in_words(row, decision.field, value, names) for value in (decision.before, decision.after))
            act.changes.insert(0, Change(label_of(row, decision.field), before, after))
    return list(acts.values())


def label_of(row: models.Model | type[models.Model], name: str) -> str:
    try:
        return str(getattr(row._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def _names(row: Curated, decisions: Iterable[Decision]) -> dict[str, str]:
    """The names of the related rows that decisions speak of, by uid."""
    wanted: dict[Any, set[str]] = {}
    for decision in decisions:
        try:
            column = row._meta.get_field(decision.field)
        except FieldDoesNotExist:
            continue
        if isinstance(column, models.ForeignKey):
            uids = wanted.setdefault(column.remote_field.model, set())
            uids.update(uid for uid in (decision.before, decision.after) if uid)
    found = (thing for model, uids in wanted.items() for thing in model._base_manager.filter(uid__in=uids))
    return {thing.uid: str(thing) for thing in found}


def in_words(row: models.Model | type[models.Model], name: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of the ledger as an editor reads it."""
    if value in (None, "", []):
        return "nothing"
    try:
        column = row._meta.get_field(name)
    except FieldDoesNotExist:
        # An attribution of a quote: its names.
        return ", ".join(given_to(said) for said in value)
    if isinstance(column, models.ForeignKey):
        return names.get(value, value)
    if name == "spans":
        return ", ".join(f"{start}–{end}" for start, end in value)
    choices = dict(getattr(column, "flatchoices", ()))
    if value in choices:
        return str(choices[value])
    return str(value) if not isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)


def given_to(said: Mapping[str, Any]) -> str:
    """Whom an attribution of the ledger names, and whether anybody knew who that is."""
    name = said.get("name") or said.get("printed") or "nobody named"
    return name if said.get("person") or said.get("kind") == "unnamed" else f"{name} (unresolved)"


def undo_button(value: str, name: str = "batch", label: str = "Undo") -> SafeString:
    """A button that takes a batch (or, named "decisions", those with these uids) back; its form is on every page."""
    return format_html(
        '<button type="submit" form="undo" class="act undo" name="{}" value="{}">{}</button>', name, value, label
    )


def back(request: HttpRequest, place: str = "") -> HttpResponseRedirect:
    """To the page that a form names in ``next``, if it is one of ours, and there to the place with this id."""
    url = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    url = url.split("#")[0] if ours else reverse("admin:index")
    return HttpResponseRedirect(f"{url}#{place}" if place else url)


def changed(form: forms.BaseForm) -> list[str]:
    """The fields in which a form says something else than it showed, and than the row holds now.

    What a colleague or a reading changed while the form lay open, and the form only shows as it was, is not a decision.
    """
    return [
        name
        for name, one in form.fields.items()
        if one.has_changed(form.get_initial_for_field(one, name), form[name].data)
        and (name in form.changed_data or form[name].html_initial_name not in form.data)
    ]


# --- admins --------------------------------------------------------------------------------------------------------


class PlainChoices:
    """Beside a choice: one more of it, or a look at it; not a pencil and not a bin."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        for name in ("can_change_related", "can_delete_related"):
            if hasattr(getattr(field, "widget", None), name):
                setattr(field.widget, name, False)
        return field


class DeskAdmin(PlainChoices, admin.ModelAdmin):
    """What every list of ours has in common: its plain name as title, no count of the whole table, fifty rows."""

    show_full_result_count = False
    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def tell(self, request: HttpRequest, sentence: str, batch: str = "") -> None:
        """A message, with a button that takes the whole batch back."""
        message = format_html("{} {}", sentence, undo_button(batch)) if batch else sentence
        self.message_user(request, message, messages.SUCCESS)

    def propose(
        self,
        request: HttpRequest,
        rows: models.QuerySet[Any],
        *,
        action: str,
        title: str,
        button: Callable[[int], str],
        do: Callable[[list[Any], User, str], int],
        done: Callable[[int], str],
        line: Callable[[Any], str] = str,
        left_out: str = "",
    ) -> HttpResponse | None:
        """Show what a bulk act on these rows would change; once confirmed, do it as one batch that one button undoes.

        ``do`` takes the rows, the user and the batch and returns how many it changed. When the number of rows changed
        between showing and confirming, they are shown again.
        """
        found = list(rows[: AT_ONCE + 1])
        too_many = len(found) > AT_ONCE
        if request.POST.get("confirmed") == str(len(found)) and found and not too_many:
            batch = new_uid()
            number = do(found, request.user, batch)  # type: ignore[arg-type]
            self.tell(request, done(number), batch if number else "")
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "button": button(len(found)),
            "number": len(found),
            "too_many": too_many,
            "at_once": AT_ONCE,
            "changed": "confirmed" in request.POST,
            "lines": [line(row) for row in found[:20]],
            "more": max(0, len(found) - 20),
            "left_out": left_out,
            "action": action,
            "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/confirm.html", context)


class ReadOnlyAdmin(DeskAdmin):
    """Rows that nobody changes here."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CuratedAdmin(DeskAdmin):
    """Edits become decisions in the ledger, one batch a save; nothing else writes a curated field."""

    change_form_template = "admin/curated_change_form.html"

    def decide(self, rows: list[Any], values: Mapping[str, Any], *, by: Any, batch: str, reason: str = "") -> int:
        """Record decisions and bring up to date what follows from them; returns how many rows changed."""
        return sum(bool(ledger.decide(row, values, by=by, batch=batch, reason=reason)) for row in rows)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        for shown in form.base_fields.values():
            shown.show_hidden_initial = change  # what the form showed comes back with it: see `changed`
        return form

    def decisions(self, form: Any) -> dict[str, Any]:
        """What a valid form says differently, as the ledger keeps it."""
        columns = {column.name for column in self.opts.concrete_fields}
        return {name: form.instance.effective(name) for name in changed(form) if name in columns}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        form.batch = new_uid()
        if values := self.decisions(form):
            self.decide([obj], values, by=request.user, batch=form.batch, reason=form.cleaned_data.get("reason", ""))
        return None

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the screen of a row shows beside its form."""
        return {"acts": acts_of(row), "may_undo": self.has_change_permission(request, row)}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **rest: Any) -> HttpResponse:  # type: ignore[override]
        if row := rest.get("obj"):
            context |= self.screen(request, row) | {"show_save_and_add_another": False}
        return super().render_change_form(request, context, **rest)
