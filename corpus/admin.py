"""The ledger in the admin: every decision, and the one place where decisions are taken back."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from articles import curation
from corpus.curating import ReadOnlyAdmin, back, in_words, label_of
from corpus.models import Decision

THINGS = {"articles.quote": "quotes", "articles.article": "articles", "people.person": "people"}


class ThingFilter(admin.SimpleListFilter):
    title = "what of"
    parameter_name = "thing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(THINGS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        return queryset.filter(thing=self.value()) if self.value() in THINGS else queryset


class EditorFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "editor"


class StandingFilter(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("stands", "stands"), ("undone", "taken back"), ("undo", "an undo")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        match self.value():
            case "stands":
                return queryset.filter(undoes=None, undone_by=None)
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
            names = {row.uid: str(row) for row in apps.get_model(thing)._base_manager.filter(uid__in=uids)}
            for decision in decisions:
                if decision.thing == thing:
                    decision.on = names.get(decision.thing_uid, "no longer in the corpus")
        self.result_list = decisions


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
            path("<int:pk>/thing/", self.admin_site.admin_view(self.thing_view), name="corpus_decision_thing"),
        ]
        return own + super().get_urls()

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """Take back a whole batch, or the decisions whose uids are given; then go back to where one was."""
        rows = Decision.objects.filter(undoes=None, undone_by=None)
        if batch := request.POST.get("batch"):
            rows = rows.filter(batch=batch)
        else:
            rows = rows.filter(uid__in=request.POST.get("decisions", "").split(","))
        decisions = list(rows)
        for thing in {decision.thing for decision in decisions}:
            model = apps.get_model(thing)
            if not request.user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"):
                raise PermissionDenied
        try:
            number = curation.undo(decisions, by=request.user)  # type: ignore[arg-type]
        except IntegrityError:
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

    def thing_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The admin page of what a decision is on."""
        decision = Decision.objects.filter(pk=pk).first()
        if decision is None:
            raise Http404
        model = apps.get_model(decision.thing)
        row = model._base_manager.filter(uid=decision.thing_uid).first()
        if row is None:
            self.message_user(request, "What this was decided on is no longer in the corpus.", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:corpus_decision_changelist"))
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[row.pk]))

    @admin.display(description="of")
    def of(self, decision: Decision) -> SafeString:
        url = reverse("admin:corpus_decision_thing", args=[decision.pk])
        name = getattr(decision, "on", decision.thing_uid)
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
