"""What `check_corpus` found, in the admin: its results, and the last one on the first screen."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from corpus.curating import ReadOnlyAdmin
from corpus.models import Checkup


@admin.register(Checkup)
class CheckupAdmin(ReadOnlyAdmin):
    list_display = ("at", "left", "said", "seconds")
    list_display_links = ("at",)
    ordering = ("-id",)
    fields = ("at", "seconds", "said", "left", "examples")

    @admin.display(description="found")
    def said(self, row: Checkup) -> str:
        return row.summary

    @admin.display(description="the first of them")
    def examples(self, row: Checkup) -> str:
        return "\n".join(row.first) or "—"

    def front(self, request: HttpRequest) -> dict[str, Any]:
        """The last result; one query."""
        return {"checkup": Checkup.objects.first(), "checked": True}
