"""Take news in: paste a text, upload files or name addresses, and see a line an item of what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from articles import pipeline, work
from articles.fetching import Fetcher, Manner
from articles.intake import Failure, Item, item_from_text, item_from_upload, normalise_url, parse_mapping
from articles.intake.dates import parse_moment
from articles.intake.metadata import checked
from articles.models import Article, Source, Story
from corpus.curating import LinesField

KINDS = (".txt", ".html", ".htm", ".mhtml", ".mht", ".jsonl", ".csv", ".tsv", ".warc", ".warc.gz", ".gz", ".wacz")
#: Addresses fetched while somebody waits; more are left to `manage.py work`.
MOST_ADDRESSES = 20
#: Files of several articles.
SEVERAL = {".jsonl", ".ndjson", ".csv", ".tsv", ".warc", ".gz", ".wacz"}
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
        help_text="Plain text, saved web pages, JSON lines or CSV (one article a line), or web archives (WARC, WACZ).",
    )  # fmt: skip
    mapping = forms.CharField(
        required=False, label="Columns", widget=forms.TextInput(attrs={"class": "vTextField", "spellcheck": "false"}),
        help_text="Of tables and JSON lines with names of their own: headline=Title, text=Body, published=Date.",
    )  # fmt: skip
    addresses = LinesField(
        required=False, label="Or fetch addresses",
        help_text=f"One a line, {MOST_ADDRESSES} at most unless they wait for later; fetched as far as their sites let "
        "programs do so.",
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
    later = forms.BooleanField(
        required=False, label="Leave it to manage.py work",
        help_text="For many at once: what became of each is seen under “Jobs”.",
    )  # fmt: skip
    dry_run = forms.BooleanField(required=False, label="Only say what would happen; store nothing")

    items: list[Item | Failure]
    places: list[pipeline.Place]

    def __init__(self, *args: Any, may_publish: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["publish"]

    def clean_url(self) -> str:
        return _checked(normalise_url, self.cleaned_data["url"])

    def clean_published(self) -> str:
        return _checked(parse_moment, self.cleaned_data["published"])

    def clean_mapping(self) -> dict[str, str]:
        try:
            return parse_mapping(self.cleaned_data["mapping"])
        except ValueError as error:
            raise forms.ValidationError(sentence_of(error)) from error

    def clean_addresses(self) -> list[str]:
        found = list(dict.fromkeys(self.cleaned_data["addresses"]))
        for address in found:
            _checked(normalise_url, address)
        return found

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        text, files = said.get("text", ""), said.get("uploads") or []
        number = len(said.get("addresses", ()))
        if number > MOST_ADDRESSES and not said["later"]:
            sentence = f"These are {number} addresses: fetch {MOST_ADDRESSES} at once, or leave them to manage.py work."
            self.add_error("addresses", sentence)
        if said["later"] and said["dry_run"]:
            self.add_error("later", "What would happen is said at once: choose one of the two.")
        if self.errors:
            return said
        ways = [bool(text.strip()), bool(files), bool(said.get("addresses"))]
        if sum(ways) != 1:
            several = "Paste a text, upload files or name addresses: one of them at a time."
            raise forms.ValidationError(several if any(ways) else "Paste a text, or choose a file to upload.")
        metadata = {name: said[name] for name in (*OF_ONE, "article_kind") if said.get(name)}
        if source := said.get("source"):
            metadata["source"] = source.slug
        try:
            self.items = [item_from_text(text, **metadata)] if text.strip() else list(self.uploaded(files, metadata))
            self.places = [pipeline.Place(address, checked(metadata)) for address in said["addresses"]]
        except ValueError as error:
            raise forms.ValidationError(sentence_of(error)) from error
        number = len(self.items) + len(self.places)
        if self.places and said.get("url"):
            self.add_error("url", "The address is the one that is fetched: leave this empty.")
        if number > 1:
            for name, label in OF_ONE.items():
                if said.get(name):
                    sentence = f"These are {number} articles, and they cannot all have this {label}: leave it empty."
                    self.add_error(name, sentence)
        return said

    def uploaded(self, files: list[Any], metadata: dict[str, Any]) -> list[Item | Failure]:
        found: list[Item | Failure] = []
        for file in files:
            several = PurePath(file.name).suffix.lower() in SEVERAL
            # Lines say themselves what they are; the source of those that do not is among the orders.
            of_it = {name: value for name, value in metadata.items() if not (several and name == "source")}
            found += item_from_upload(file.name, file.read(), mapping=self.cleaned_data.get("mapping"), **of_it)
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

    @property
    def error(self) -> str:
        """Why it failed; which it is stands beside."""
        return self.outcome.error.removeprefix(f"{self.outcome.item}: ")


def take_in(form: TakeInForm, user: User) -> list[Line]:
    """Take the items of a valid form in, or leave them for later, with the rights that the user has now."""
    said = form.cleaned_data
    orders = pipeline.Orders(
        source=said["source"],
        story=said["story"],
        publish=said.get("publish", False),
        dry_run=said["dry_run"],
        new_sources=user.has_perm("articles.add_source"),
    )
    if said["later"]:
        queued = [*work.queue(form.items, orders, user), *work.queue_places(form.places, orders, user)]
        return [Line(outcome, None) for outcome in queued]
    outcomes = list(pipeline.take_in(form.items, orders))
    if form.places:
        fetcher = Fetcher(Manner.hurried())
        came = {found.place.url: found.outcome for found in pipeline.take_in_places(form.places, orders, fetcher)}
        outcomes += [came[place.url] for place in form.places]
    articles = Article.objects.select_related("source").in_bulk(
        [outcome.article for outcome in outcomes if outcome.article], field_name="uid"
    )
    return [Line(outcome, articles.get(outcome.article)) for outcome in outcomes]


def view(request: HttpRequest, model_admin: admin.ModelAdmin) -> HttpResponse:
    """The screen; taking in twice what is there already changes nothing."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    assert isinstance(request.user, User)
    may_publish = request.user.has_perm("articles.publish_article")
    said = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TakeInForm(*said, may_publish=may_publish)
    lines, dry_run = None, False
    if form.is_valid():
        lines, dry_run = take_in(form, request.user), form.cleaned_data["dry_run"]
        if not dry_run:
            form = TakeInForm(may_publish=may_publish)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Take news in",
        "opts": model_admin.opts,
        "form": form,
        "lines": lines,
        "dry_run": dry_run,
        "refused": "Nothing was taken in",
        "media": model_admin.media + form.media,
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/articles/article/take_in.html", context)
