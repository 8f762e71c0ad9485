"""What the admin of every app stands on: edits that become decisions, bulk acts shown before they are done, undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from corpus import conflicts, leases, ledger, roles
from corpus.models import Curated, Decision, new_uid

#: A bulk act takes at most this many rows at a time: it holds the database while it lasts.
AT_ONCE = 1_000
#: What can be purged (see `articles.purging`).
PURGED = {"articles.article", "people.person"}


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
    #: What went and what came, by what it is called together.
    members: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    undoes: bool = False
    may_undo: bool = False
    #: The uid of its last decision, by which the state that it left can be asked back; "" for the latest of all.
    state: str = ""

    @property
    def key(self) -> str:
        return ",".join(self.uids)

    def tell(self, member: Member, names: Mapping[str, str]) -> None:
        """Take note of something that came or went; `told` says it."""
        went, came = self.members.setdefault(member.together, (set(), set()))
        if member.was != member.is_now:
            (came if member.is_now else went).add(names.get(member.uid, "one that is gone"))

    def told(self) -> None:
        """Say in one line each what came and went together."""
        for label, sides in self.members.items():
            went, came = (", ".join(sorted(side)) or "nothing" for side in sides)
            self.changes.append(Change(label, went, came))


def acts_of(row: Curated, user: Any = None, limit: int = 200) -> list[Act]:
    """What people decided on a row, latest first, decisions of one batch together; a query, and one for each model
    whose rows they name.

    The oldest act that is shown is shown whole, however much it decided.
    """
    label = row._meta.label_lower
    decided = Decision.objects.select_related("undone_by").order_by("-id")
    rows = _latest(decided.filter(thing=label, thing_uid=row.uid), limit)
    for holder, before_uid in row.held_by.items():
        rows += _latest(decided.filter(thing=holder, field=f"{before_uid}{row.uid}"), limit)
    rows.sort(key=lambda decision: -decision.pk)
    names = _names(row, rows)
    acts: dict[str, Act] = {}
    for decision in rows:
        undone = hasattr(decision, "undone_by")
        key = f"{decision.batch or decision.pk} {undone}"
        if key not in acts:
            state = decision.uid if acts and decision.thing == label else ""
            acts[key] = Act(decision.at, decision.by_name, decision.reason, state=state, may_undo=user is not None)
        act = acts[key]
        act.undone, act.undoes = undone, decision.undoes_id is not None
        act.may_undo = act.may_undo and not undone and not act.undoes and roles.may_take_back(user, [decision])
        act.uids.append(decision.uid)
        if member := _member(row, decision):
            act.tell(member, names)
        elif not decision.field.endswith("_key"):
            before, after = (in_words(row, decision.field, value, names) for value in (decision.before, decision.after))
            act.changes.insert(0, Change(label_of(row, decision.field), before, after))
    for act in acts.values():
        act.told()
    return list(acts.values())


def _latest(rows: models.QuerySet[Decision], limit: int) -> list[Decision]:
    found = list(rows[:limit])
    if len(found) == limit and found[-1].batch:
        found += rows.filter(batch=found[-1].batch, pk__lt=found[-1].pk)
    return found


@dataclass(frozen=True, slots=True)
class Member:
    """Something that came to belong to a row, or no longer does; or to which the row did: label of its model, uid."""

    model: str
    uid: str
    was: bool
    is_now: bool

    @property
    def together(self) -> str:
        """What several of them are called."""
        return str(apps.get_model(self.model)._meta.verbose_name_plural)


def _member(row: Curated, decision: Decision) -> Member | None:
    """What of that kind a decision says, if it does."""
    said = bool(decision.before), bool(decision.after)
    if decision.thing != row._meta.label_lower:
        return Member(decision.thing, decision.thing_uid, *said)
    for before_uid, model in row.members.items():
        if decision.field.startswith(before_uid):
            return Member(model, decision.field.removeprefix(before_uid), *said)
    return None


def state_after(row: Curated, decision: Decision | None) -> dict[str, Any]:
    """What differs now from what the fields of a row held once this was decided; without one, before anything was."""
    rows = Decision.objects.filter(thing=row._meta.label_lower, thing_uid=row.uid).order_by("id")
    then: dict[str, Any] = {}
    since: dict[str, Any] = {}
    for one in rows:
        if decision is not None and one.pk <= decision.pk:
            then[one.field] = one.after
        else:
            since.setdefault(one.field, one.before)
    values = {name: then.get(name, before) for name, before in since.items()}
    return {name: value for name, value in values.items() if value != row.effective(name)}


def label_of(row: Curated | type[Curated], name: str) -> str:
    if said := row.called(name):
        return said
    try:
        return str(getattr(row._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def _names(row: Curated, decisions: Iterable[Decision]) -> dict[str, str]:
    """The names of the related rows that decisions speak of, by uid."""
    wanted: dict[Any, set[str]] = {}
    for decision in decisions:
        if member := _member(row, decision):
            wanted.setdefault(apps.get_model(member.model), set()).add(member.uid)
            continue
        try:
            column = row._meta.get_field(decision.field)
        except FieldDoesNotExist:
            continue
        if isinstance(column, models.ForeignKey):
            uids = wanted.setdefault(column.remote_field.model, set())
            uids.update(uid for uid in (decision.before, decision.after) if uid)
    found = (thing for model, uids in wanted.items() for thing in model._base_manager.filter(uid__in=uids))
    return {thing.uid: str(thing) for thing in found}


def in_words(row: Curated | type[Curated], name: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of the ledger as an editor reads it."""
    if (said := row.worded(name, value)) is not None:
        return said or "nothing"
    if value in (None, "", []):
        return "nothing"
    if name == "spans":
        spans = value["spans"] if isinstance(value, dict) else value
        return ", ".join(f"{start}–{end}" for start, end in spans)
    try:
        column = row._meta.get_field(name)
    except FieldDoesNotExist:
        # An attribution of a quote: its names.
        return ", ".join(given_to(said) for said in value) if isinstance(value, list) else str(value)
    if isinstance(column, models.ForeignKey):
        return names.get(value, value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(column, models.DateField | models.TimeField):
        return localize(column.to_python(value))
    choices = dict(getattr(column, "flatchoices", ()))
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if not isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)


def given_to(said: Mapping[str, Any]) -> str:
    """Whom an attribution of the ledger names, and whether anybody knew who that is."""
    name = said.get("name") or said.get("printed")
    if said.get("kind") == "unnamed":
        return f"somebody unnamed, “{name}”" if name else "somebody unnamed"
    return f"{name}" if said.get("person") else f"{name or 'nobody named'} (unresolved)"


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
        and conflicts.chosen(form.data, name) != conflicts.THEIRS
    ]


def conflict_page(
    request: HttpRequest,
    meeting: conflicts.Meeting,
    form: forms.BaseForm,
    unbound: forms.BaseForm,
    row: Curated,
    *,
    seen: str = "",
    media: Any = "",
) -> TemplateResponse:
    """A 409 on which an editor chooses between what others made of a row meanwhile and what ``form`` says of it;
    ``unbound`` is the form as the row is now."""
    context = {
        **admin.site.each_context(request),
        "title": "Somebody else changed the same",
        "opts": row._meta,
        "original": row,
        "conflicts": meeting.conflicts,
        "beside": meeting.beside,
        "latest": conflicts.latest(row),
        "again": [*conflicts.sent_again(request, form), *meeting.hidden],
        "initial": [unbound[name].as_hidden(only_initial=True) for name in unbound.fields if name != "reason"],
        "seen": seen,
        "media": media,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/conflict.html", context, status=409)


def may_decide_in_bulk(user: Any) -> bool:
    return bool(user.has_perm("articles.decide_in_bulk"))


# --- admins --------------------------------------------------------------------------------------------------------


class PlainChoices:
    """Beside a choice: one more of it, or a look at it; not a pencil and not a bin."""

    #: Choices of what no form makes.
    only_chosen: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        for name in ("can_change_related", "can_delete_related"):
            if hasattr(getattr(field, "widget", None), name):
                setattr(field.widget, name, False)
        if db_field.name in self.only_chosen and hasattr(getattr(field, "widget", None), "can_add_related"):
            field.widget.can_add_related = False
        return field


class RelationFilter(admin.RelatedFieldListFilter):
    """A filter by what a row belongs to, in which those that belong to nothing have a name."""

    nothing = "none"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = SafeString(self.nothing)


class TellsChanges:
    """Django's own history, for rows that are no decisions: with what a field was before, and what it is since."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        if add or not form.changed_data:
            return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]
        told = []
        for name in form.changed_data:
            one = form.fields[name]
            versions = (form.get_initial_for_field(one, name), form.cleaned_data[name])
            before, after = (", ".join(conflicts.in_words(one, value)) or "nothing" for value in versions)
            told.append(f"{form[name].label}: {before} → {after}")
        return [{"changed": {"fields": told}}]


class DeskAdmin(PlainChoices, admin.ModelAdmin):
    """What every list of ours has in common: its plain name as title, no count of the whole table, fifty rows."""

    show_full_result_count = False
    list_per_page = 50

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Acts on many, for those who may decide on many."""
        return super().get_actions(request) if may_decide_in_bulk(request.user) else {}

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
        asks: forms.Form | None = None,
    ) -> HttpResponse | None:
        """Show what a bulk act on these rows would change; once confirmed, do it as one batch that one button undoes.

        ``do`` takes the rows, the user and the batch and returns how many it changed; ``asks`` is what it wants to know
        beside, bound once it was shown. When the number of rows changed between showing and confirming, they are shown
        again.
        """
        if not may_decide_in_bulk(request.user):
            raise PermissionDenied
        found = list(rows[: AT_ONCE + 1])
        too_many = len(found) > AT_ONCE
        ready = asks is None or asks.is_valid()
        if ready and request.POST.get("confirmed") == str(len(found)) and found and not too_many:
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
            "changed": "confirmed" in request.POST and ready,
            "asks": asks,
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

    actions: tuple[str, ...] | None = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CuratedAdmin(DeskAdmin):
    """Edits become decisions in the ledger, one batch a save; nothing else writes a curated field."""

    change_form_template = "admin/curated_change_form.html"
    object_history_template = "admin/history.html"

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

    # --- an edit that meets a change

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            row = self.get_object(request, unquote(object_id))
            if row is not None and self.has_change_permission(request, row):
                now = ledger.locked(row)
                if answer := self.meet(request, now):
                    return answer
            return super().changeform_view(request, object_id, form_url, extra_context)

    def meet(self, request: HttpRequest, row: Any) -> HttpResponse | None:
        """Whatever changed since the form was opened is kept; the page to choose on, where both changed the same."""
        form_class = self.get_form(
            request, row, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, row))
        )
        form = form_class(request.POST, request.FILES, instance=row)
        if not form.is_valid():
            return None  # first what cannot be, and then what somebody else said
        current = type(row)._base_manager.get(pk=row.pk)
        formsets = self.formsets_of(request, current)
        meeting = conflicts.meet(form, formsets, request.POST.get("seen", ""))
        if not meeting.conflicts:
            if meeting.beside:
                names = ", ".join(meeting.beside).lower()
                self.message_user(request, f"Somebody else changed {names} meanwhile; that stays.", messages.INFO)
            request.POST = meeting.data  # type: ignore[assignment]
            return None
        seen = conflicts.seen_of(formsets)
        return conflict_page(request, meeting, form, form_class(instance=current), current, seen=seen, media=self.media)

    def formsets_of(self, request: HttpRequest, row: Any) -> list[forms.BaseInlineFormSet]:
        """What the inlines show of a row, unbound."""
        found, prefixes = [], dict[str, int]()
        for formset_class, inline in self.get_formsets_with_inlines(request, row):
            prefix = formset_class.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            prefix = prefix if prefixes[prefix] == 1 else f"{prefix}-{prefixes[prefix]}"
            found.append(formset_class(instance=row, prefix=prefix, queryset=inline.get_queryset(request)))
        return found

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if "_continue" not in request.POST:
            leases.release(obj, request.user)  # type: ignore[arg-type]
        return super().response_change(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        form.batch = new_uid()
        if values := self.decisions(form):
            self.decide([obj], values, by=request.user, batch=form.batch, reason=form.cleaned_data.get("reason", ""))
        return None

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the screen of a row shows beside its form; whoever may change it has it open from now on."""
        user: Any = request.user
        may_change = self.has_change_permission(request, row)
        lease = leases.take(row, user) if may_change else leases.holder(row)
        return {
            "thing": f"{row._meta.label_lower} {row.uid}",
            "purge": reverse("admin:corpus_purge", args=[row._meta.label_lower, row.uid])
            if row._meta.label_lower in PURGED and request.user.has_perm("articles.purge_article")
            else "",
            "acts": acts_of(row, user),
            "may_undo": may_change,
            "lease": lease if lease and lease.by_id != user.pk else None,
        }

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **rest: Any) -> HttpResponse:  # type: ignore[override]
        if row := rest.get("obj"):
            context |= self.screen(request, row) | {"show_save_and_add_another": False}
            if self.has_change_permission(request, row):
                context["seen"] = request.POST.get("seen") or conflicts.seen_of(
                    shown.formset for shown in context["inline_admin_formsets"]
                )
        return super().render_change_form(request, context, **rest)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        context = self.screen(request, row) if row is not None else {}
        return super().history_view(request, object_id, context | (extra_context or {}))
