"""The ledger in the admin, the one place where decisions are taken back; who works here; what was purged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from articles import curation, publishing, purging
from articles.models import Article, Mention, Passage
from corpus import erasure, ledger, roles
from corpus.admin_checkup import CheckupAdmin  # noqa: F401 (registers itself)
from corpus.admin_tokens import TokenAdmin  # noqa: F401 (registers itself)
from corpus.curating import (
    CuratedAdmin,
    ReadOnlyAdmin,
    RelationFilter,
    TellsChanges,
    back,
    in_words,
    label_of,
    state_after,
)
from corpus.models import Curated, Decision, Tombstone, new_uid
from people.models import Person

THINGS = {
    "articles.quote": "quotes", "articles.article": "articles", "people.person": "people", "articles.source": "sources",
    "articles.story": "stories", "articles.notice": "notices", "articles.passage": "passages",
    "articles.mention": "mentions", "people.pair": "pairs of people", "articles.report": "reports by readers",
}  # fmt: skip
#: What else is decided on; no list of states of these is gone back along.
OTHERS = {"articles.match": "quotes that may be the same", "articles.utterance": "utterances"}
#: Decided by verbs of their own, which have their own undo.
NOT_REVERTED = {"people.person": {"merged_into"}, "people.pair": {"answer"}}


class ThingFilter(admin.SimpleListFilter):
    title = "what of"
    parameter_name = "thing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*THINGS.items(), *OTHERS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        return queryset.filter(thing=self.value()) if self.value() in THINGS | OTHERS else queryset


class EditorFilter(RelationFilter):
    nothing = "an account that is gone, or none"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "editor"


class RoleFilter(RelationFilter):
    nothing = "without a role"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "role"


class StandingFilter(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("stands", "stands"), ("undone", "taken back"), ("undo", "an undo")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        match self.value():
            case "stands":
                return queryset.standing()  # type: ignore[attr-defined]
            case "undone":
                return queryset.filter(undone_by__isnull=False)
            case "undo":
                return queryset.filter(undoes__isnull=False)
        return queryset


class Ledger(ChangeList):
    """The list of decisions, each with the name of what it is on; one query a model."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        decisions = list(self.result_list)
        for thing in {decision.thing for decision in decisions}:
            uids = {decision.thing_uid for decision in decisions if decision.thing == thing}
            names = {row.uid: str(row) for row in _with_names(apps.get_model(thing)).filter(uid__in=uids)}
            for decision in decisions:
                if decision.thing == thing:
                    decision.on = names.get(decision.thing_uid, "")
        self.result_list = decisions


def _with_names(model: type[Model]) -> QuerySet[Any]:
    """The rows of a model, with all that their names are made of."""
    named = {"people.pair": ("first", "second"), "articles.match": ("first", "second")}
    return model._base_manager.select_related(*named.get(model._meta.label_lower, [None]))


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("at", "by_name", "of", "what", "was", "became", "reason", "undone")
    list_display_links = ("at",)
    list_filter = (ThingFilter, StandingFilter, ("by", EditorFilter))
    list_select_related = ("undone_by",)
    ordering = ("-id",)
    show_facets = admin.ShowFacets.NEVER
    fields = ("at", "by_name", "of", "what", "was", "became", "reason", "batch", "undone")
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Ledger

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("undo/", self.admin_site.admin_view(require_POST(self.undo_view)), name="corpus_decision_undo"),
            path("revert/", self.admin_site.admin_view(require_POST(self.revert_view)), name="corpus_decision_revert"),
            path("<int:pk>/thing/", self.admin_site.admin_view(self.thing_view), name="corpus_decision_thing"),
        ]
        return own + super().get_urls()

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """Take back a whole batch, or the decisions whose uids are given; then go back to where one was."""
        rows = Decision.objects.standing()
        if batch := request.POST.get("batch"):
            rows = rows.filter(batch=batch)
        else:
            rows = rows.filter(uid__in=request.POST.get("decisions", "").split(","))
        decisions = list(rows)
        if not roles.may_take_back(request.user, decisions):
            raise PermissionDenied
        try:
            number = publishing.undo(decisions, by=request.user)  # type: ignore[arg-type]
        except (IntegrityError, ObjectDoesNotExist):
            sentence = "This cannot be taken back alone: something decided since stands against it. Undo that first."
            self.message_user(request, sentence, messages.ERROR)
            return back(request)
        if number:
            things = {decision.thing_uid for decision in decisions}
            sentence = f"Taken back: {number} decision{'s' if number != 1 else ''}"
            self.message_user(request, f"{sentence} on {len(things)} things." if len(things) > 1 else f"{sentence}.")
        else:
            self.message_user(request, "There was nothing left to take back.", messages.WARNING)
        here = {decision.thing_uid for decision in decisions if decision.thing == "articles.quote"}
        return back(request, f"n-{here.pop()}" if len(here) == 1 else "")

    def revert_view(self, request: HttpRequest) -> HttpResponse:
        """Decide anew what held of a thing after a decision, "label uid decision"; without one, how it came in."""
        label, uid, after = [*request.POST.get("state", "").split(), "", "", ""][:3]
        model = apps.get_model(label) if label in THINGS else None
        row = model._base_manager.filter(uid=uid).first() if model else None
        then = Decision.objects.filter(thing=label, thing_uid=uid, uid=after).first() if after else None
        if row is None or (after and then is None):
            self.message_user(request, "There is no such state to go back to; nothing was changed.", messages.ERROR)
            return back(request)
        left = NOT_REVERTED.get(label, set())
        values = {name: value for name, value in state_after(row, then).items() if name not in left}
        if not request.user.has_perms(roles.needed(label, values, uid)):
            raise PermissionDenied
        batch = new_uid()
        reason = f"Back to how it was on {then.at:%-d %B %Y, %H:%M}." if then else "Back to how it came in."
        try:
            with transaction.atomic():
                number = decide(row, values, by=request.user, reason=reason, batch=batch)
        except (IntegrityError, ObjectDoesNotExist):
            sentence = "What it was then no longer fits with what was decided elsewhere since; nothing was changed."
            self.message_user(request, sentence, messages.ERROR)
            return back(request)
        if number:
            self.tell(request, reason, batch)
        else:
            self.message_user(request, "It is so already; nothing was changed.", messages.INFO)
        return back(request)

    def thing_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The admin page of what a decision is on."""
        decision = Decision.objects.filter(pk=pk).first()
        if decision is None:
            raise Http404
        model = apps.get_model(decision.thing)
        own = self.admin_site._registry.get(model)
        if not (own.has_view_permission(request) if own else self.has_view_permission(request)):
            raise PermissionDenied
        row = model._base_manager.filter(uid=decision.thing_uid).first()
        if row is None:
            self.message_user(request, "What this was decided on is no longer in the corpus.", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:corpus_decision_changelist"))
        if own is None:  # a passage or a mention stands with its article
            row = row.capture.article
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    @admin.display(description="of")
    def of(self, decision: Decision) -> SafeString:
        url = reverse("admin:corpus_decision_thing", args=[decision.pk])
        name = getattr(decision, "on", decision.thing_uid)
        if not name:
            return format_html('{} <span class="quiet">no longer in the corpus</span>', decision.thing.split(".")[1])
        # Serif is what was printed; a person's name is ours.
        face = "" if decision.thing == "people.person" else "printed"
        return format_html('{} <a class="{}" href="{}">{}</a>', decision.thing.split(".")[1], face, url, name)

    @admin.display(description="field")
    def what(self, decision: Decision) -> str:
        return label_of(apps.get_model(decision.thing), decision.field)

    @admin.display(description="was")
    def was(self, decision: Decision) -> str:
        return in_words(apps.get_model(decision.thing), decision.field, decision.before, {})

    @admin.display(description="became")
    def became(self, decision: Decision) -> str:
        return in_words(apps.get_model(decision.thing), decision.field, decision.after, {})

    @admin.display(description="standing")
    def undone(self, decision: Decision) -> str:
        if decision.undoes_id:
            return "an undo"
        return "taken back" if hasattr(decision, "undone_by") else "stands"


def decide(row: Curated, values: dict[str, Any], *, by: Any, reason: str, batch: str) -> bool:
    """Decide fields of anything by the verb that is its own; answers whether anything changed."""
    if not values:
        return False
    own = admin.site._registry.get(type(row))
    if isinstance(own, CuratedAdmin):
        return bool(own.decide([row], values, by=by, batch=batch, reason=reason))
    if isinstance(row, Passage):
        return bool(curation.decide_passages([row], values, by=by, reason=reason, batch=batch))
    if isinstance(row, Mention):
        return bool(curation.decide_mentions([row], values, by=by, reason=reason, batch=batch))
    return bool(ledger.decide(row, values, by=by, reason=reason, batch=batch))


class Purging(forms.Form):
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="Which court and which order, or who asked and when; for editors, never public.",
    )
    public_note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="What its page says instead.",
    )
    confirm = forms.CharField(label="To confirm", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, uid: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uid = uid
        self.fields["confirm"].help_text = f"Type {uid}, its address for good."

    def clean_confirm(self) -> str:
        said: str = self.cleaned_data["confirm"].strip()
        if said != self.uid:
            raise forms.ValidationError(f"This is not {self.uid}; nothing was deleted.")
        return said


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    change_list_template = "admin/corpus/tombstone/change_list.html"
    list_display = ("at", "what", "by_name", "reason", "public_note", "complete")
    list_display_links = ("at",)
    ordering = ("-id",)
    fields = ("at", "what", "thing_uid", "by_name", "reason", "public_note", "finished")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.purge_view)
        finish = self.admin_site.admin_view(require_POST(self.finish_view))
        return [
            path("purge/<str:label>/<slug:uid>/", view, name="corpus_purge"),
            path("finish/", finish, name="corpus_tombstone_finish"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_finish = request.user.has_perm("articles.purge_article")
        waiting = may_finish and Tombstone.objects.filter(finished=None).count()
        return super().changelist_view(request, {"unfinished": waiting} | (extra_context or {}))

    def purge_view(self, request: HttpRequest, label: str, uid: str) -> HttpResponse:
        """What a purge would delete, and once it is confirmed, the purge."""
        if not request.user.has_perm("articles.purge_article"):
            raise PermissionDenied
        model: Any = {"articles.article": Article, "people.person": Person}.get(label)
        thing = model.objects.filter(uid=uid).first() if model else None
        if thing is None:
            raise Http404
        noun = f"this {model._meta.verbose_name}"
        form = Purging(request.POST or None, uid=uid)
        if form.is_valid():
            user: Any = request.user
            said = form.cleaned_data
            try:
                purging.purge(thing, by=user, reason=said["reason"], public_note=said["public_note"])
            except purging.Refused as error:
                form.add_error(None, str(error))
            except erasure.Busy as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"{noun.capitalize()} is purged, and what it left is overwritten.")
            if form.is_valid():
                return HttpResponseRedirect(reverse("admin:corpus_tombstone_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Purge {noun}",
            "opts": model._meta,
            "noun": noun,
            "plan": purging.plan(thing),
            "form": form,
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/purge.html", context)

    def finish_view(self, request: HttpRequest) -> HttpResponse:
        """Overwrite what a purge deleted that could not be completed."""
        if not request.user.has_perm("articles.purge_article"):
            raise PermissionDenied
        try:
            purging.finish()
        except erasure.Busy as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, "What was deleted is overwritten.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:corpus_tombstone_changelist"))

    @admin.display(description="what was purged", ordering="thing")
    def what(self, stone: Tombstone) -> str:
        return stone.thing.split(".")[1]

    @admin.display(description="beyond recovery", boolean=True)
    def complete(self, stone: Tombstone) -> bool:
        return stone.finished is not None


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(TellsChanges, UserAdmin):
    """Accounts: a chief editor makes them and gives them roles, but no more rights than their own."""

    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2", "groups")}),)
    for_chiefs = (
        (None, {"fields": ("username", "password")}),
        ("Who it is", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "groups")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    list_display = ("username", "first_name", "last_name", "in_groups", "is_active", "last_login")
    list_filter = (("groups", RoleFilter), "is_active")
    filter_horizontal = ()  # three roles need no box to search them in

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="roles")
    def in_groups(self, user: User) -> str:
        return "everything" if user.is_superuser else ", ".join(group.name for group in user.groups.all()) or "none"

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.for_chiefs if obj and not request.user.is_superuser else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return () if request.user.is_superuser else ("last_login", "date_joined")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Whoever could set the password of somebody with more rights would have those too.
        allowed = super().has_change_permission(request, obj)
        if obj is None or request.user.is_superuser or not allowed:
            return allowed
        return not obj.is_superuser and _rights_of(obj) <= request.user.get_all_permissions()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Decisions name who made them; an account that is not to be used any more is made inactive.
        return bool(request.user.is_superuser)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups" and not request.user.is_superuser:
            own = request.user.get_all_permissions()
            known = Permission.objects.values_list("pk", "content_type__app_label", "codename")
            beyond = [pk for pk, app, codename in known if f"{app}.{codename}" not in own]
            kwargs["queryset"] = Group.objects.exclude(permissions__in=beyond)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)


def _rights_of(user: User) -> set[str]:
    """What an account may do while it is active: one that is not has no rights now, but gets them all back."""
    active = User(pk=user.pk, is_active=True, is_superuser=user.is_superuser)
    return active.get_all_permissions()
