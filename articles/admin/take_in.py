"""Take news in: paste a text or upload files, and see a line an item of what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from articles import pipeline
from articles.intake import Failure, Item, item_from_text, item_from_upload, normalise_url
from articles.intake.dates import parse_moment
from articles.models import Article, Source, Story

KINDS = (".txt", ".html", ".htm", ".jsonl")
#: What is true of one article only.
OF_ONE = {"headline": "headline", "url": "address", "published": "date", "byline": "byline"}


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploads, as a list."""

    widget = FilesInput(attrs={"accept": ",".join(KINDS)})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class TakeInForm(forms.Form):
    text = forms.CharField(
        required=False, strip=False, label="Paste a text",
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField printed"}),
        help_text="As the outlet printed it, headline first. Nothing in it is changed.",
    )  # fmt: skip
    uploads = FilesField(
        required=False, label="Or upload files", allow_empty_file=True,  # an empty one fails in a line of its own
        help_text="Plain text, saved web pages, or JSON lines: one article a line.",
    )  # fmt: skip
    source = forms.ModelChoiceField(
        Source.objects.all(), required=False,
        widget=AutocompleteSelect(Article._meta.get_field("source"), admin.site),
        help_text="For whatever does not name its source. Without one an article waits as a draft.",
    )  # fmt: skip
    headline = forms.CharField(required=False, max_length=500, widget=forms.TextInput(attrs={"class": "vTextField"}))
    byline = forms.CharField(required=False, max_length=300, widget=forms.TextInput(attrs={"class": "vTextField"}))
    url = forms.CharField(
        required=False,
        max_length=2000,
        label="URL",
        widget=forms.TextInput(attrs={"class": "vTextField", "inputmode": "url"}),
    )
    published = forms.CharField(
        required=False, help_text="Local: 2016-06-29 14:05, 2016-06-29, 2016-06 or 2016. Empty: as the text says."
    )
    article_kind = forms.ChoiceField(
        required=False, label="Kind", choices=[("", "as the text looks"), *Article.Kind.choices]
    )
    story = forms.ModelChoiceField(
        Story.objects.all(), required=False,
        widget=AutocompleteSelect(Story.articles.through._meta.get_field("story"), admin.site),
    )  # fmt: skip
    publish = forms.BooleanField(required=False, label="Publish what has a source")
    dry_run = forms.BooleanField(required=False, label="Only say what would happen; store nothing")

    items: list[Item | Failure]

    def __init__(self, *args: Any, may_publish: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["publish"]

    def clean_url(self) -> str:
        return _checked(normalise_url, self.cleaned_data["url"])

    def clean_published(self) -> str:
        return _checked(parse_moment, self.cleaned_data["published"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        text, files = said.get("text", ""), said.get("uploads") or []
        if self.errors:
            return said
        if bool(text.strip()) == bool(files):
            both = "Paste a text or upload files, not both at once."
            raise forms.ValidationError(both if files else "Paste a text, or choose a file to upload.")
        metadata = {name: said[name] for name in (*OF_ONE, "article_kind") if said.get(name)}
        if source := said.get("source"):
            metadata["source"] = source.slug
        try:
            self.items = [item_from_text(text, **metadata)] if text.strip() else list(self.uploaded(files, metadata))
        except ValueError as error:
            raise forms.ValidationError(sentence_of(error)) from error
        if len(self.items) > 1:
            for name, label in OF_ONE.items():
                if said.get(name):
                    sentence = (
                        f"These are {len(self.items)} articles, and they cannot all have this {label}: leave it empty."
                    )
                    self.add_error(name, sentence)
        return said

    def uploaded(self, files: list[Any], metadata: dict[str, Any]) -> list[Item | Failure]:
        found: list[Item | Failure] = []
        for file in files:
            several = PurePath(file.name).suffix.lower() in {".jsonl", ".ndjson"}
            # Lines say themselves what they are; the source of those that do not is among the orders.
            of_it = {name: value for name, value in metadata.items() if not (several and name == "source")}
            found += item_from_upload(file.name, file.read(), **of_it)
        return found


def _checked(check: Any, value: str) -> str:
    try:
        if value.strip():
            check(value)
    except ValueError as error:
        raise forms.ValidationError(sentence_of(error)) from error
    return value.strip()


def sentence_of(error: ValueError) -> str:
    """What intake says of a field, as a sentence on a form."""
    said = str(error).removesuffix(".")
    return f"URL{said[3:]}." if said.startswith("url ") else f"{said[:1].upper()}{said[1:]}."


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one item, and its article, if it has one to show."""

    outcome: pipeline.Outcome
    article: Article | None


def take_in(form: TakeInForm) -> list[Line]:
    """Take the items of a valid form in."""
    said = form.cleaned_data
    orders = pipeline.Orders(
        source=said["source"], story=said["story"], publish=said.get("publish", False), dry_run=said["dry_run"]
    )
    outcomes = list(pipeline.take_in(form.items, orders))
    articles = Article.objects.select_related("source").in_bulk(
        [outcome.article for outcome in outcomes if outcome.article], field_name="uid"
    )
    return [Line(outcome, articles.get(outcome.article)) for outcome in outcomes]


def view(request: HttpRequest, model_admin: admin.ModelAdmin) -> HttpResponse:
    """The screen; taking in twice what is there already changes nothing."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    may_publish = request.user.has_perm("articles.publish_article")
    said = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TakeInForm(*said, may_publish=may_publish)
    lines, dry_run = None, False
    if form.is_valid():
        lines, dry_run = take_in(form), form.cleaned_data["dry_run"]
        if not dry_run:
            form = TakeInForm(may_publish=may_publish)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Take news in",
        "opts": model_admin.opts,
        "form": form,
        "lines": lines,
        "dry_run": dry_run,
        "media": model_admin.media + form.media,
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/articles/article/take_in.html", context)
