"""Articles in the admin: the text with its quotes, the fields beside it, and news taken in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import copies, gate, marked, publishing, utterances
from articles.admin import by_hand, copying, filters, take_in
from articles.admin.outlet import number_of
from articles.intake import normalise_url
from articles.intake.dates import parse_moment
from articles.models import Article, Attribution, Quote, Story
from articles.wording import dated
from corpus import ledger
from corpus.curating import CuratedAdmin, changed
from corpus.sites import Waiting

STORY_CHOICE = Story.articles.through._meta.get_field("story")


class ArticleForm(forms.ModelForm):
    published = forms.CharField(
        required=False,
        help_text="Local: 2016-06-29 14:05, 2016-06-29, 2016-06 or 2016, as far as it is known; empty when it is not.",
    )
    stories = forms.ModelMultipleChoiceField(
        Story.objects.all(), required=False, widget=AutocompleteSelectMultiple(STORY_CHOICE, admin.site)
    )
    public_note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="With “withheld”: what its page and those of its quotes say instead.",
    )
    correction = forms.CharField(
        required=False,
        label="Correct in public",
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="Stands with today's date on its page and on those of its quotes, and is never altered.",
    )
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change; never public.")

    class Meta:
        model = Article
        fields = ("source", "headline", "byline", "url", "kind", "copy_of", "status", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance
        if article.pk and "published" in self.fields:
            self.initial["published"] = written(article)
            self.initial["stories"] = list(article.stories.values_list("pk", flat=True))

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            self.key = normalise_url(url) if url else None
        except ValueError as error:
            raise forms.ValidationError(take_in.sentence_of(error)) from error
        other = Article.objects.filter(url_key=self.key).exclude(pk=self.instance.pk).first() if self.key else None
        if other:
            link = reverse("admin:articles_article_change", args=[other.pk])
            raise forms.ValidationError(
                format_html('This is the address of another article already: <a href="{}">{}</a>.', link, other)
            )
        return url

    def clean_copy_of(self) -> Article | None:
        other: Article | None = self.cleaned_data["copy_of"]
        try:
            return copies.original_for(self.instance, other) if other else None
        except copies.Refused as error:
            raise forms.ValidationError(str(error)) from error

    def clean_published(self) -> str:
        said: str = self.cleaned_data["published"].strip()
        try:
            self.moment = parse_moment(said) if said else None
        except ValueError as error:
            raise forms.ValidationError(take_in.sentence_of(error)) from error
        return said

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        status = said.get("status", self.instance.status)
        if status == Article.Status.PUBLISHED and "source" in said and said["source"] is None:
            self.add_error("source", "Say which source it is from before it is published.")
        if said.get("public_note") and status != Article.Status.WITHHELD:
            self.add_error("public_note", "This is said of what is withheld: choose “withheld”, or leave it empty.")
        return said

    def decided_dates(self) -> dict[str, Any]:
        """What was entered as the four fields of the ledger."""
        moment = self.moment
        return {
            "published_day": str(moment.day) if moment else None,
            "published_time": str(moment.time) if moment and moment.time else None,
            "published_precision": moment.precision if moment else Article.Precision.UNKNOWN.value,
            "published_basis": Article.Basis.ENTERED.value if moment else Article.Basis.NONE.value,
        }


class Withholding(forms.Form):
    reason = forms.CharField(required=False, help_text="For editors; never public.")
    public_note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="What their pages, and those of their quotes, say instead.",
    )


def written(article: Article) -> str:
    """The published moment as it is typed."""
    day, time = article.published_day, article.published_time
    match article.published_precision if day else "unknown":
        case "year":
            return f"{day:%Y}"
        case "month":
            return f"{day:%Y-%m}"
        case "minute" if time:
            return f"{day} {time:%H:%M}"
        case "unknown":
            return ""
    return f"{day}"


@admin.register(Article)
class ArticleAdmin(CuratedAdmin):
    form = ArticleForm
    #: What only those who may publish decide.
    publishing_fields = ("status", "public_note", "correction")
    change_form_template = "admin/articles/article/change_form.html"
    change_list_template = "admin/articles/article/change_list.html"
    list_display = ("headline_or_opening", "outlet", "published", "kind", "status", "quotes", "language")
    list_filter = (
        "status",
        "kind",
        filters.MarksFilter,
        filters.WhenFilter,
        filters.LanguageFilter,
        copying.CopyFilter,
        ("source", filters.SourceFilter),
        ("stories", filters.StoryFilter),
    )
    list_select_related = ("source", "copy_of__source")
    search_fields = ("headline",)
    search_help_text = 'Words of headline and text; "a phrase", one OR other, -without.'
    autocomplete_fields = ("source", "copy_of")
    only_chosen = ("copy_of",)
    actions = ("publish", "withhold")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "source",
                    "headline",
                    "byline",
                    "url",
                    "published",
                    "kind",
                    "stories",
                    "language",
                    "copy_of",
                )
            },
        ),
        ("In public", {"fields": publishing_fields}),
        (None, {"fields": ("reason",)}),
        (
            "In the corpus",
            {"classes": ("collapse",), "fields": ("date_basis", "words", "public", "uid", "created", "updated")},
        ),
    )
    readonly_fields = ("date_basis", "words", "public", "uid", "created", "updated")

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        if self.has_change_permission(request, obj):
            if self.has_publish_permission(request):
                return self.fieldsets
            first, _, *rest = self.fieldsets
            return (first, ("In public", {"fields": ("status",)}), *rest)
        # Django shows no relation from this side to those who may only look.
        fields = ("source", "headline", "byline", "url", "published", "kind", "status", "in_stories", "language",
                  "copy_of")  # fmt: skip
        return ((None, {"fields": fields}), self.fieldsets[-1])

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("articles.publish_article"))

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> Any:
        if self.has_publish_permission(request):
            return self.readonly_fields
        # Whose it is decides what is seen of it, once it is published.
        published = obj is not None and obj.status == Article.Status.PUBLISHED
        return (*self.readonly_fields, "status", *(("source",) if published else ()))

    def get_form(self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not self.has_publish_permission(request):
            for name in self.publishing_fields:
                form.base_fields.pop(name, None)
        return form

    @admin.display(description="stories")
    def in_stories(self, article: Article) -> str:
        return ", ".join(map(str, article.stories.all())) or "none"

    # --- lists

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows = super().get_queryset(request)
        return rows.annotate(quote_count=number_of(Quote.objects.exclude(status=Quote.Status.REJECTED), "article"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        if not search_term.strip():
            return queryset, False
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            # Whoever is still typing has not written the whole word that the search index wants.
            return queryset.filter(headline__icontains=search_term.strip()), False
        return queryset.matching(search_term, closed=True), False  # type: ignore[attr-defined]

    def offered(self, rows: QuerySet[Article]) -> QuerySet[Article]:
        return rows.select_related("source")

    def describe(self, article: Article) -> str:
        return f"{article} – {article.source or 'without a source'}, {dated(article.published_day)}"

    @admin.display(description="headline", ordering="headline")
    def headline_or_opening(self, article: Article) -> str:
        return format_html('<span class="printed">{}</span>', article)

    @admin.display(description="published", ordering="moment")
    def published(self, article: Article) -> str:
        return str(dated(article.published_day, article.published_time, article.published_precision))

    @admin.display(description="source", ordering="source__name")
    def outlet(self, article: Article) -> SafeString | str:
        outlet, original = article.source or "–", article.copy_of
        if original is None:
            return str(outlet)
        return format_html("{}<br><small>copy of {}</small>", outlet, original.source or original)

    @admin.display(description="quotes", ordering="quote_count")
    def quotes(self, article: Article) -> int:
        return getattr(article, "quote_count", 0)

    @admin.display(description="published, in words")
    def date_basis(self, article: Article) -> str:
        basis = {"stated": "as stated in it", "inferred": "inferred from its text", "entered": "entered by hand"}
        words = str(dated(article.published_day, article.published_time, article.published_precision))
        return f"{words}, {basis[article.published_basis]}" if article.published_basis else words

    # --- what waits

    def waiting(self) -> list[Waiting]:
        rows = Article.objects.filter(source=None, status=Article.Status.DRAFT)
        url = f"{reverse('admin:articles_article_changelist')}?status__exact=draft&source__isnull=True"
        return [
            Waiting(
                "drafts without a source",
                rows,
                url,
                "Say whose they are; only then can they be published.",
                order=1,
                one="draft without a source",
            ),
            Waiting(
                "articles with names or passages that a new capture no longer has",
                filters.with_marks_left(),
                f"{reverse('admin:articles_article_changelist')}?marks=left",
                "Somebody marked them in an earlier text: mark them again by hand, or let them go.",
                order=5,
                one="article with names or passages that a new capture no longer has",
            ),
            copying.waiting(reverse("admin:articles_article_changelist")),
        ]

    def front(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_take_in": self.has_add_permission(request)}

    # --- the screen

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ingest_view)
        own = [path("ingest/", view, name="articles_article_ingest"), *by_hand.urls(self.admin_site)]
        own += copying.urls(self.admin_site, self)
        return own + super().get_urls()

    def ingest_view(self, request: HttpRequest) -> HttpResponse:
        return take_in.view(request, self)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        # An article begins with what was found of it.
        return HttpResponseRedirect(reverse("admin:articles_article_ingest"))

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        quotes = list(row.quotes.order_by("start").prefetch_related("attributions__person"))
        notes = marked.noted(quote for quote in quotes if quote.capture_id == row.capture_id)
        waiting = sum(note.quote.status == Quote.Status.SUGGESTED for note in notes)
        return super().screen(request, row) | {
            "layout": marked.lay_out(row.capture, notes) if row.capture else None,
            "notes": notes,
            "left": waiting,
            "elsewhere": marked.noted(quote for quote in quotes if quote.capture_id != row.capture_id),
            "captures": list(row.captures.defer("text").order_by("-number")),
            "may_decide": request.user.has_perm("articles.change_quote"),
            "notices": list(row.notices.order_by("-at", "-id")),
            "may_publish": self.has_publish_permission(request),
            "may_edit": self.has_change_permission(request, row),
            **copying.shown(row),
        }

    # --- decisions

    def decide(self, rows: list[Any], values: Any, *, by: Any, batch: str, reason: str = "") -> int:
        return publishing.decide(rows, values, by=by, batch=batch, reason=reason)

    def decisions(self, form: Any) -> dict[str, Any]:
        values = super().decisions(form)
        if "url" in values:
            values["url_key"] = form.key
        if "published" in changed(form):
            values |= form.decided_dates()
        return values

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        user: Any = request.user
        if note := form.cleaned_data.get("public_note"):
            publishing.withhold([obj], by=user, public_note=note, batch=form.batch)
        if sentence := form.cleaned_data.get("correction"):
            publishing.correct(obj, sentence, by=user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "stories" in changed(form):
            article, wanted = form.instance, set(form.cleaned_data["stories"])
            there = set(article.stories.all())
            said: Any = {"by": request.user, "batch": form.batch, "reason": form.cleaned_data.get("reason", "")}
            for story in sorted(there ^ wanted, key=lambda story: story.pk):
                ledger.decide(story, Story.holding([article], story in wanted), **said)
            utterances.follow([article.pk])

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        return self.propose(
            request,
            queryset.exclude(status=Article.Status.PUBLISHED).filter(source__isnull=False),
            action="publish",
            title="Publish articles",
            button=lambda n: f"Publish {n} article{'s' if n != 1 else ''}",
            do=lambda rows, user, batch: publishing.publish(rows, by=user, batch=batch),
            done=lambda n: f"Published {n} article{'s' if n != 1 else ''}.",
            line=self.describe,
            left_out="Those published already, and those without a source, are left out.",
        )

    @admin.action(description="Withhold from the public", permissions=["publish"])
    def withhold(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        asks = Withholding(request.POST if "confirmed" in request.POST else None)
        return self.propose(
            request,
            queryset.exclude(status=Article.Status.WITHHELD),
            action="withhold",
            title="Withhold articles",
            button=lambda n: f"Withhold {n} article{'s' if n != 1 else ''} from the public",
            do=lambda rows, user, batch: publishing.withhold(rows, by=user, batch=batch, **asks.cleaned_data),
            done=lambda n: f"Withheld {n} article{'s' if n != 1 else ''}.",
            line=self.describe,
            left_out="Those withheld already are left out.",
            asks=asks,
        )

    # --- deleting

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Quotes and captures are never deleted by themselves; with their article, by a superuser, they are. Named are
        # the articles: nobody reads a thousand mentions.
        _, counts, _, protected = super().get_deleted_objects(objs, request)
        return [str(obj) for obj in objs], counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        self.delete_queryset(request, Article.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        quoted = Attribution.objects.filter(Q(quote__article__in=ids), person__isnull=False)
        people = set(quoted.values_list("person__canonical", flat=True))
        left = copies.release(ids)
        utterances.release(ids)
        Article.objects.filter(pk__in=ids).delete()
        gate.refresh(left, people=[pk for pk in people if pk])
