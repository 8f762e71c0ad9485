"""Captures in the admin: what was found, byte for byte; nobody changes one."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles.models import Capture, Reading
from corpus.curating import ReadOnlyAdmin

NEWEST = 8


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    list_display = ("article", "number", "taken_at", "how", "origin", "media_type")
    list_filter = ("how",)
    list_select_related = ("article__source",)
    ordering = ("-id",)
    fields = (
        "of", "number", "taken_at", "how", "origin", "media_type", "encoding", "headline", "raw_sha256", "text_sha256",
        "raw_bytes", "readings", "text_found",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Capture]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        # A list needs no texts.
        return rows.defer("text") if match and match.url_name == "articles_capture_changelist" else rows

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/raw/", view(self.raw_view), name="articles_capture_raw"),
            path("<int:pk>/reading/<int:reading>/", view(self.reading_view), name="articles_capture_reading"),
        ]
        return own + super().get_urls()

    def front(self, request: HttpRequest) -> dict[str, Any]:
        rows = Capture.objects.select_related("article__source").defer("text").order_by("-id")
        return {"newest": rows[:NEWEST]}

    def raw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes as they were found, as a file to keep: never as a page that a browser would run."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        capture = Capture.objects.filter(pk=pk).defer("text").first()
        if capture is None:
            raise Http404
        return as_file(bytes(capture.raw), f"{capture.uid}.txt", capture.encoding)

    def reading_view(self, request: HttpRequest, pk: int, reading: int) -> HttpResponse:
        """What one version of the reader read in a capture, as JSON."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = Reading.objects.filter(pk=reading, capture=pk).first()
        if found is None:
            raise Http404
        record = json.dumps(found.record, ensure_ascii=False, indent=2).encode()
        return as_file(record, f"reading-{found.pk}.json", "utf-8")

    @admin.display(description="article")
    def of(self, capture: Capture) -> SafeString:
        url = reverse("admin:articles_article_change", args=[capture.article_id])
        return format_html('<a class="printed" href="{}">{}</a>', url, capture.article)

    @admin.display(description="as found")
    def raw_bytes(self, capture: Capture) -> SafeString:
        url = reverse("admin:articles_capture_raw", args=[capture.pk])
        return format_html('<a href="{}">Download the bytes</a>', url)

    @admin.display(description="readings")
    def readings(self, capture: Capture) -> SafeString | str:
        rows = capture.readings.defer("record").order_by("-at")
        links = [
            (
                reverse("admin:articles_capture_reading", args=[capture.pk, row.pk]),
                row.reader,
                f"{row.at:%-d %B %Y, %H:%M}",
            )
            for row in rows
        ]
        return format_html_join(mark_safe("<br>"), '<a href="{}">reader {}</a>, {}', links) or "not read"

    @admin.display(description="text")
    def text_found(self, capture: Capture) -> SafeString:
        return format_html('<div class="printed capture-text">{}</div>', capture.text)


def as_file(content: bytes, name: str, encoding: str = "") -> HttpResponse:
    """Bytes to be saved, whatever they are: plain text to every browser, which is told not to guess."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    kind = f"text/plain; charset={encoding}" if encoding else "text/plain"
    return HttpResponse(content, content_type=kind, headers=headers)
