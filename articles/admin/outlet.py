"""Sources and stories in the admin: plain rows, but a change of a source's rights reopens or shuts the gate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import gate
from articles.models import Article, Source, Story
from corpus.curating import DeskAdmin, LinesField

#: So many articles are brought up to date at a time when the rights of their source change.
BATCH = 500


class SourceForm(forms.ModelForm):
    domains = LinesField(required=False, help_text="Hosts its articles stand on, one a line: example.org")

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
class SourceAdmin(DeskAdmin):
    form = SourceForm
    list_display = ("name", "kind", "rights", "country", "language", "articles")
    list_filter = ("rights", "kind", "country")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).annotate(article_count=number_of(Article.objects.all(), "source"))

    @admin.display(description="articles", ordering="article_count")
    def articles(self, source: Source) -> SafeString:
        url = f"{reverse('admin:articles_article_changelist')}?source__id__exact={source.pk}"
        return format_html('<a href="{}">{}</a>', url, getattr(source, "article_count", 0))

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "rights" in form.changed_data:
            self.follow_rights(obj)

    def follow_rights(self, source: Source) -> None:
        """Let the gate look again at every article of a source, a batch at a time: no statement grows with it."""
        last = 0
        rows = Article.objects.filter(source=source).order_by("pk").values_list("pk", flat=True)
        while ids := list(rows.filter(pk__gt=last)[:BATCH]):
            gate.refresh(ids)
            last = ids[-1]


@admin.register(Story)
class StoryAdmin(DeskAdmin):
    list_display = ("name", "slug", "article_number")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("articles",)
    fields = ("name", "slug", "description", "articles")

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
