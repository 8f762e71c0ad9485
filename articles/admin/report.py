"""What readers report, in the admin: each report answered by a decision that says what was done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Report
from corpus.curating import CuratedAdmin
from corpus.models import Decision
from corpus.sites import Waiting


class ReportForm(forms.ModelForm):
    class Meta:
        model = Report
        fields = ("status", "note")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("status") not in {None, Report.Status.OPEN} and not said.get("note", "").strip():
            self.add_error("note", "Say what was done, or why nothing was: whoever asks later finds it here.")
        return said


@admin.register(Report)
class ReportAdmin(CuratedAdmin):
    form = ReportForm
    list_display = ("what", "about", "excerpt", "at", "status", "answered")
    list_filter = ("status", "kind")
    list_select_related = ("article__source", "quote__article")
    search_fields = ("text", "note")
    ordering = ("-id",)
    readonly_fields = ("kind", "text", "email", "at", "about", "places")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        answers = Decision.objects.standing().filter(
            thing=Report._meta.label_lower, thing_uid=OuterRef("uid"), field="status"
        )
        latest = answers.order_by("-id")
        return (
            super()
            .get_queryset(request)
            .annotate(answered_by=Subquery(latest.values("by_name")[:1]), answered_at=Subquery(latest.values("at")[:1]))
        )

    @admin.display(description="what is wrong", ordering="kind")
    def what(self, report: Report) -> str:
        return report.get_kind_display()

    @admin.display(description="in their words")
    def excerpt(self, report: Report) -> str:
        return report.text if len(report.text) <= 120 else f"{report.text[:119]}…"

    @admin.display(description="about")
    def about(self, report: Report) -> SafeString:
        thing = report.quote or report.article
        url = reverse(f"admin:articles_{thing._meta.model_name}_change", args=[thing.pk])
        return format_html(
            '<a class="printed" href="{}">{}</a><br><small>{}</small>', url, thing, report.article.source
        )

    @admin.display(description="where")
    def places(self, report: Report) -> SafeString:
        """The page it was reported from, and the place at the desk where it is put right."""
        page = (report.quote or report.article).get_absolute_url()
        if report.quote:
            there = reverse("admin:desk_item", args=[report.article.uid, report.quote.uid]), "At the desk"
        else:
            there = reverse("admin:articles_by_hand", args=[report.article_id]), "By hand"
        return format_html_join(" · ", '<a href="{}">{}</a>', [(page, "Its page"), there])

    @admin.display(description="answered", ordering="answered_at")
    def answered(self, report: Any) -> str:
        if report.status == Report.Status.OPEN or report.answered_at is None:
            return ""
        return f"{report.answered_by or 'somebody'}, {report.answered_at:%-d %B %Y}"

    def get_fieldsets(self, request: HttpRequest, obj: Report | None = None) -> Any:
        # Who only looks has nothing to ask back.
        asks = obj is not None and obj.email and self.has_change_permission(request, obj)
        fields = ["about", "places", "kind", "text", *(["email"] if asks else []), "at", "status", "note"]
        return ((None, {"fields": fields}),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def waiting(self) -> list[Waiting]:
        url = f"{reverse('admin:articles_report_changelist')}?status__exact=open"
        why = "Readers say that something is wrong, and wait for an answer."
        rows = Report.objects.waiting()
        return [Waiting("reports by readers", rows, url, why, order=5, one="report by a reader")]
