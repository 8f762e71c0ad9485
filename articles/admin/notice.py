"""Notices in the admin: what pages say about the history of an article; made once, and withdrawn at most."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from articles.models import Notice
from corpus.curating import CuratedAdmin


class NoticeForm(forms.ModelForm):
    withdraw = forms.BooleanField(
        required=False, help_text="Take it off the pages. It stays in the record, and its history can give it back."
    )
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change; never public.")

    class Meta:
        model = Notice
        fields = ("article", "text")


class StandingFilter(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "stands"), ("no", "withdrawn")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(withdrawn__isnull=self.value() == "yes") if self.value() in {"yes", "no"} else queryset


@admin.register(Notice)
class NoticeAdmin(CuratedAdmin):
    form = NoticeForm
    list_display = ("text", "article", "kind", "at", "by_name", "stands")
    list_filter = (StandingFilter, "kind")
    list_select_related = ("article",)
    ordering = ("-id",)
    autocomplete_fields = ("article",)
    only_chosen = ("article",)
    readonly_fields = ("kind", "at", "by_name", "withdrawn")

    @admin.display(description="stands", boolean=True)
    def stands(self, notice: Notice) -> bool:
        return notice.withdrawn is None

    def get_fieldsets(self, request: HttpRequest, obj: Notice | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("article", "text")}),)
        fields = ["article", "kind", "text", "at", "by_name", "withdrawn"]
        if self.has_change_permission(request, obj):
            fields += ["withdraw", "reason"] if obj.withdrawn is None else ["reason"]
        return ((None, {"fields": fields}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Notice | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "article", "text") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def decisions(self, form: Any) -> dict[str, Any]:
        return {"withdrawn": timezone.now().isoformat()} if form.cleaned_data.get("withdraw") else {}

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        if not change:
            user: Any = request.user
            obj.kind, obj.by, obj.by_name = Notice.Kind.CORRECTION, user, user.get_username()
        super().save_model(request, obj, form, change)
