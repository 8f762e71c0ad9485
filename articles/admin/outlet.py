"""Sources and stories in the admin; a change of a source's rights reopens or shuts the gate for all its articles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from articles import publishing, utterances
from articles.models import Article, Source, Story
from corpus.curating import CuratedAdmin, LinesField, changed
from corpus.models import new_uid


class SourceForm(forms.ModelForm):
    domains = LinesField(required=False, help_text="Hosts its articles stand on, one a line: example.org")
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change.")

    class Meta:
        model = Source
        fields = ("name", "slug", "kind", "homepage", "domains", "country", "language", "rights")

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError("Write the two letters of ISO 3166, such as GB.")
        return country

    def clean_domains(self) -> list[str]:
        for host in self.cleaned_data["domains"]:
            if "/" in host or " " in host or "." not in host:
                raise forms.ValidationError(f"{host} is no host: write example.org, without https:// and path.")
        return [host.lower() for host in self.cleaned_data["domains"]]


def number_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many of these rows belong to each row of the outer query; a subquery, so that joins cannot multiply it."""
    counted = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@admin.register(Source)
class SourceAdmin(CuratedAdmin):
    form = SourceForm
    change_form_template = "admin/articles/source/change_form.html"
    list_display = ("name", "kind", "rights", "country", "language", "articles")
    list_filter = ("rights", "kind", "country")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "kind", "homepage", "domains", "country", "language", "rights", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).annotate(article_count=number_of(Article.objects.all(), "source"))

    @admin.display(description="articles", ordering="article_count")
    def articles(self, source: Source) -> SafeString:
        url = f"{reverse('admin:articles_article_changelist')}?source__id__exact={source.pk}"
        return format_html('<a href="{}">{}</a>', url, getattr(source, "article_count", 0))

    def decide(self, rows: list[Any], values: Any, *, by: Any, batch: str, reason: str = "") -> int:
        return sum(publishing.decide_source(row, values, by=by, batch=batch, reason=reason) for row in rows)

    # --- the articles that are still to follow

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        left = None
        if row.followed_to is not None:
            left = Article.objects.filter(source=row, pk__gt=row.followed_to).count()
        return super().screen(request, row) | {"left": left}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.follow_view))
        return [path("<int:pk>/follow/", view, name="articles_source_follow"), *super().get_urls()]

    def follow_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on letting the articles of a source follow its rights."""
        source = Source.objects.filter(pk=pk).first()
        if source is None:
            raise Http404
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        if publishing.follow(source, publishing.PATIENCE):
            self.message_user(request, "All its articles follow its rights now.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:articles_source_change", args=[pk]))


class StoryForm(forms.ModelForm):
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change.")

    class Meta:
        model = Story
        fields = ("name", "slug", "description", "articles")


@admin.register(Story)
class StoryAdmin(CuratedAdmin):
    form = StoryForm
    list_display = ("name", "slug", "article_number")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("articles",)
    only_chosen = ("articles",)
    fields = ("name", "slug", "description", "articles", "reason")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        story = form.instance
        wanted = set(form.cleaned_data["articles"]) if not change or "articles" in changed(form) else None
        form.save_m2m = lambda: None
        super().save_related(request, form, formsets, change)
        if wanted is None:
            return
        there = set(story.articles.all())
        values = Story.holding(there - wanted, False) | Story.holding(wanted - there)
        batch, reason = getattr(form, "batch", "") or new_uid(), form.cleaned_data.get("reason", "")
        self.decide([story], values, by=request.user, batch=batch, reason=reason)
        utterances.follow(article.pk for article in there ^ wanted)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        return (
            super()
            .get_queryset(request)
            .annotate(article_count=number_of(Story.articles.through.objects.all(), "story"))
        )

    @admin.display(description="articles", ordering="article_count")
    def article_number(self, story: Story) -> SafeString:
        url = f"{reverse('admin:articles_article_changelist')}?stories__id__exact={story.pk}"
        return format_html('<a href="{}">{}</a>', url, getattr(story, "article_count", 0))
