"""Quotes in the admin: accepted, rejected, moved by a word, given to somebody; never deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from articles import curation, marked, publishing, wording
from articles.admin import certain, disagreements, filters, first_screen
from articles.desk import acts
from articles.models import Attribution, Quote
from corpus import conflicts
from corpus.curating import CuratedAdmin, PlainChoices, back
from corpus.models import new_uid
from corpus.sites import Waiting
from people.models import Name, Person
from people.names import matching_key

SPANS_SHOWN = 60
#: Characters of a long span beside its numbers: they say where it begins and ends.
SHOWN_AT_ENDS = 150


class SpansWidget(forms.Widget):
    """A pair of numbers a span, with the words they stand for, and an empty pair for one more."""

    text = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        pairs = [*(value or []), ("", "")]
        rows = (
            (
                f"{name}-{i}-start", start, f"Start of span {i + 1}" if start != "" else "Start of one more span",
                f"{name}-{i}-end", end, f"End of span {i + 1}" if start != "" else "End of one more span",
                self.words(start, end),
            )
            for i, (start, end) in enumerate(pairs)
        )  # fmt: skip
        return format_html_join(
            "",
            '<div class="span"><input type="number" min="0" name="{}" value="{}" aria-label="{}">'
            '<input type="number" min="0" name="{}" value="{}" aria-label="{}"> <span class="printed">{}</span></div>',
            rows,
        )

    def words(self, start: Any, end: Any) -> str:
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(self.text)):
            return ""
        words = self.text[start:end]
        return words if len(words) <= 2 * SHOWN_AT_ENDS else f"{words[:SHOWN_AT_ENDS]} […] {words[-SHOWN_AT_ENDS:]}"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        pairs = ((data.get(f"{name}-{i}-start", ""), data.get(f"{name}-{i}-end", "")) for i in range(SPANS_SHOWN))
        return [(start.strip(), end.strip()) for start, end in pairs if start.strip() or end.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-start" not in data

    def id_for_label(self, id_: str) -> str:
        return ""


class SpansField(forms.Field):
    """Spans of ``text`` as [[start, end], …]: in order, apart, each with words in it."""

    widget = SpansWidget
    text = ""

    def to_python(self, value: Sequence[Sequence[Any]] | str | None) -> list[list[int]]:
        if isinstance(value, str):  # what the form showed, as a hidden field brings it back
            try:
                return [[int(start), int(end)] for start, end in json.loads(value or "[]")]
            except (TypeError, ValueError, OverflowError) as error:
                raise forms.ValidationError("These are no spans.") from error
        spans = []
        for start, end in list(value or []):
            try:
                spans.append([int(start), int(end)])
            except ValueError as error:
                sentence = f"A span is two whole numbers, where it starts and where it ends, not “{start}” and “{end}”."
                raise forms.ValidationError(sentence) from error
        return spans

    def validate(self, value: list[list[int]]) -> None:
        if not value:
            raise forms.ValidationError("A quote stands on at least one span; to be rid of it, reject it.")
        before = 0
        for number, (start, end) in enumerate(value, 1):
            if not 0 <= start < end <= len(self.text):
                bounds = f"it must start before it ends, and the text ends at {len(self.text)}"
                raise forms.ValidationError(f"Span {number} goes from {start} to {end}: {bounds}.")
            if start < before:
                raise forms.ValidationError(
                    f"Span {number} starts at {start}, inside the one before: keep them in order."
                )
            if not self.text[start:end].strip():
                raise forms.ValidationError(f"Span {number} has no words in it.")
            before = end

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return [list(span) for span in initial or []] != self.to_python(data)
        except forms.ValidationError:
            return True

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return self.to_python(data)
        except forms.ValidationError:
            return data


class QuoteForm(forms.ModelForm):
    spans = SpansField(
        help_text="Where it starts and ends, in characters of the text, one pair a span. Empty a pair to take it away."
    )
    correction = forms.CharField(
        required=False,
        label="Correct in public",
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="Stands with today's date on the pages of the article and of its quotes, and is never altered.",
    )
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change.")

    class Meta:
        model = Quote
        fields = ("status", "kind", "spans")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "spans" in self.fields:
            field = self.fields["spans"]
            field.text = field.widget.text = self.instance.capture.text  # type: ignore[attr-defined]


class AttributionForm(forms.ModelForm):
    class Meta:
        model = Attribution
        fields = ("role", "person", "printed", "kind", "open")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if person := said.get("person"):
            # Whoever is somebody is not unnamed, and is what they are.
            said["kind"] = person.kind
        return said


class AttributionFormSet(BaseInlineFormSet):
    """What was said of everybody a quote is given to, for the ledger; it saves nothing itself."""

    def said(self) -> dict[str, list[dict[str, Any]]]:
        """The attributions by role, in order, as the ledger keeps them."""
        roles: dict[str, list[dict[str, Any]]] = {role: [] for role in Attribution.Role.values}
        for form in self.forms:
            if not form.cleaned_data or form.cleaned_data.get("DELETE") or not (form.instance.pk or form.has_changed()):
                continue
            row = form.instance.as_json()
            if "printed" in form.changed_data:
                row |= {"start": None, "end": None}
            if "person" in form.changed_data or not form.instance.pk:
                person = form.cleaned_data["person"]
                row = curation.given_to(person, row) if person else row | {"name": "", "confidence": 1.0}
            roles[form.cleaned_data["role"]].append(row)
        return roles


class AttributionInline(PlainChoices, admin.StackedInline):
    model = Attribution
    form = AttributionForm
    formset = AttributionFormSet
    extra = 0
    ordering = ("role", "position")
    autocomplete_fields = ("person",)
    fields = (("role", "kind"), "person", "printed", "open", "candidates_in_words", "sureness")
    readonly_fields = ("candidates_in_words", "sureness")
    verbose_name = "attribution"
    verbose_name_plural = "whose words"

    # Whom a quote is given to is a judgement on the quote.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.view_quote") or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_quote")

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attribution]:
        rows = super().get_queryset(request).select_related("person", "quote")
        return rows.prefetch_related("quote__attributions__person")  # for what a button says it was shown

    @admin.display(description="who it may be")
    def candidates_in_words(self, row: Attribution) -> SafeString | str:
        buttons = [
            (
                f"{row.quote.uid} {acts.fingerprint(row.quote)} {row.position} {index}",
                candidate.get("name", ""),
                sentences(candidate.get("reasons", [])),
            )
            for index, candidate in enumerate(row.candidates or [])
            if row.role == Attribution.Role.SPEAKER
        ]
        button = '<button type="submit" form="acts" class="act" name="candidate" value="{}">{}</button>'
        return format_html_join("", f'<div class="candidate">{button} {{}}</div>', buttons) or "–"

    @admin.display(description="how sure")
    def sureness(self, row: Attribution) -> str:
        return f"{row.confidence:.2f}. {sentences(row.reasons)}" if row.pk else "–"


@admin.register(Quote)
class QuoteAdmin(CuratedAdmin):
    form = QuoteForm
    inlines = (AttributionInline,)
    change_form_template = "admin/articles/quote/change_form.html"
    list_display = ("words", "speaker", "of", "kind", "sure", "status", "astray")
    list_filter = (
        "status", filters.StandingFilter, filters.SpeakerFilter, filters.ConfidenceFilter, filters.ReasonFilter, "kind",
        disagreements.DisputedFilter, filters.WhenFilter, filters.PersonFilter,
        ("article__source", filters.SourceFilter),
    )  # fmt: skip
    search_fields = ("text",)
    search_help_text = 'Words of the quotes; "a phrase", one OR other, -without.'
    ordering = ("-moment", "-id")
    actions = ("accept", "reject", disagreements.keep_disputed, disagreements.take_disputed)
    fieldsets = (
        (None, {"fields": ("status", "kind", "spans", "correction", "reason")}),
        (
            "What the machine read",
            {
                "classes": ("collapse",),
                "fields": ("sureness", "cue", "standing", "entry_shown", "public", "uid", "reader"),
            },
        ),
    )
    readonly_fields = ("sureness", "cue", "standing", "entry_shown", "public", "uid", "reader")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        # Two queries, however many quotes; of the article only what a line shows.
        return super().get_queryset(request).listed()  # type: ignore[attr-defined]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Quote], search_term: str
    ) -> tuple[QuerySet[Quote], bool]:
        return (queryset.matching(search_term) if search_term.strip() else queryset), False  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- what is shown

    @admin.display(description="words")
    def words(self, quote: Quote) -> SafeString:
        return format_html(
            '<span class="printed">{}</span>', quote.text if len(quote.text) <= 160 else f"{quote.text[:160]}…"
        )

    @admin.display(description="speaker")
    def speaker(self, quote: Quote) -> str:
        rows = [row for row in quote.attributions.all() if row.role == Attribution.Role.SPEAKER]
        return ", ".join(named(row) for row in rows) or "nobody named"

    @admin.display(description="article", ordering="article__moment")
    def of(self, quote: Quote) -> SafeString:
        url = f"{reverse('admin:articles_article_change', args=[quote.article_id])}#q-{quote.uid}"
        return format_html('<a href="{}">{}</a>, {}', url, quote.article, quote.article.source or "without a source")

    @admin.display(description="confidence", ordering="confidence")
    def sure(self, quote: Quote) -> str:
        return f"{quote.confidence:.2f}"

    @admin.display(description="how sure")
    def sureness(self, quote: Quote) -> str:
        return f"{quote.confidence:.2f}. {sentences(quote.reasons)}"

    @admin.display(description="in the text")
    def standing(self, quote: Quote) -> str:
        return self.astray(quote) or "where it was read"

    @admin.display(description="in the text", empty_value="")
    def astray(self, quote: Quote) -> str:
        """How it no longer stands where it was read, if it does not."""
        if quote.anchor == Quote.Anchor.ORPHANED:
            return "not in the current capture"
        found = "" if quote.found or not quote.reader else "no longer found by the reader"
        moved = "moved with a new capture" if quote.anchor == Quote.Anchor.MOVED else ""
        return "; ".join(part for part in (moved, found) if part)

    @admin.display(description="entry")
    def entry_shown(self, quote: Quote) -> str:
        return quote.entry.heading or str(quote.entry) if quote.entry else "–"

    def waiting(self) -> list[Waiting]:
        url = reverse("admin:articles_quote_changelist")
        kept = Quote.objects.exclude(status=Quote.Status.REJECTED)
        return [
            Waiting(
                "quotes to review",
                Quote.objects.filter(status=Quote.Status.SUGGESTED),
                f"{url}?status__exact=suggested",
                "The machine suggests them; nobody has looked yet.",
                order=2,
                one="quote to review",
            ),
            Waiting(
                "quotes whose speaker is named, but not known",
                # Counted from the attributions: beyond the first thousand nobody has to look.
                filters.unresolved_speakers().exclude(quote__status=Quote.Status.REJECTED).values("quote").distinct(),
                f"{url}?speaker=unresolved&status__in=suggested,accepted",
                "Several people, or nobody, go by that name.",
                order=3,
                one="quote whose speaker is named, but not known",
            ),
            Waiting(
                "quotes that a new capture no longer has",
                kept.filter(anchor=Quote.Anchor.ORPHANED),
                f"{url}?standing=orphaned&status__in=suggested,accepted",
                "The outlet changed the text: put them where they stand now, or leave them with the old one.",
                order=5,
                one="quote that a new capture no longer has",
            ),
            *disagreements.waiting(),
        ]

    def front(self, request: HttpRequest) -> dict[str, Any]:
        return first_screen.front(request)

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        notes = marked.noted(Quote.objects.filter(capture=row.capture_id))
        place = next(number for number, note in enumerate(notes) if note.quote.pk == row.pk)
        return super().screen(request, row) | {
            "layout": marked.lay_out(row.capture, notes, wanted=row),
            "note": notes[place],
            "before": notes[place - 1] if place else None,
            "after": notes[place + 1] if place + 1 < len(notes) else None,
            "number_of_quotes": len(notes),
            "may_decide": self.has_change_permission(request, row),
            "old_capture": row.capture_id != row.article.capture_id,
        }

    # --- decisions

    def decide(self, rows: list[Any], values: Any, *, by: Any, batch: str, reason: str = "") -> int:
        return curation.decide_quotes(rows, values, by=by, batch=batch, reason=reason)

    def get_fieldsets(self, request: HttpRequest, obj: Quote | None = None) -> Any:
        first, *rest = self.fieldsets
        if request.user.has_perm("articles.publish_article"):
            return self.fieldsets
        return ((None, {"fields": tuple(name for name in first[1]["fields"] if name != "correction")}), *rest)

    def get_form(self, request: HttpRequest, obj: Quote | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not request.user.has_perm("articles.publish_article"):
            form.base_fields.pop("correction", None)
        return form

    def save_model(self, request: HttpRequest, obj: Quote, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if sentence := form.cleaned_data.get("correction"):
            publishing.correct(obj.article, sentence, by=request.user)  # type: ignore[arg-type]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
            if not formset.has_changed():
                continue
            quote = Quote.objects.listed().get(pk=form.instance.pk)
            values = {role: rows for role, rows in formset.said().items() if rows != quote.effective(role)}
            if values:
                reason = form.cleaned_data.get("reason", "")
                curation.decide_quotes([quote], values, by=request.user, batch=form.batch, reason=reason)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("act/", view(require_POST(self.act_view)), name="articles_quote_act"),
            path("certain/", view(self.certain_view), name="articles_quote_certain"),
        ]
        return own + super().get_urls()

    def certain_view(self, request: HttpRequest) -> HttpResponse:
        return certain.view(request, self)

    @transaction.atomic
    def act_view(self, request: HttpRequest) -> HttpResponse:
        """One press of a button, on a quote that is still as it was shown; then back to that place.

        accept="uid shown", reject="uid shown" or candidate="uid shown position index".
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        batch, user = new_uid(), request.user
        verb = next((name for name in ("accept", "reject", "candidate") if name in request.POST), "")
        uid, shown, *rest = [*request.POST.get(verb, "").split(), "", ""]
        quote = next(iter(curation.held_for(Quote.objects.filter(uid=uid))), None)
        if quote is None:
            self.message_user(request, "That quote is no longer in the corpus; nothing was changed.", messages.ERROR)
            return back(request)
        if acts.fingerprint(quote) != shown:
            self.message_user(request, changed_meanwhile(quote), messages.WARNING)
            return back(request, f"n-{quote.uid}")
        if verb == "candidate":
            number, said = self.choose(quote, rest, user, batch), "The speaker is decided."
        else:
            does = curation.accept if verb == "accept" else curation.reject
            number = does([quote], by=user, batch=batch)  # type: ignore[arg-type]
            said = f"{'Accepted' if verb == 'accept' else 'Rejected'}: {quote}"
        if number:
            self.tell(request, said, batch)
        return back(request, f"n-{quote.uid}")

    def choose(self, quote: Quote, rest: list[str], user: Any, batch: str) -> int:
        """Give a quote to one of its candidates; a name that nobody goes by becomes a candidate person."""
        value = quote.effective(Attribution.Role.SPEAKER.value)
        try:
            position, index = map(int, rest[:2])
            candidate = value[position]["candidates"][index]
        except (ValueError, IndexError):
            return 0
        person = self.person_of(candidate)
        value[position] = curation.given_to(person, value[position])
        return curation.decide_quotes([quote], {"speaker": value}, by=user, batch=batch)

    def person_of(self, candidate: dict[str, Any]) -> Person:
        if uid := candidate.get("person"):
            found = Person.objects.filter(uid=uid).select_related("canonical").first()
            if found:
                return found.canonical or found
        key = matching_key(candidate["name"])
        names = Name.objects.filter(key=key).select_related("person__canonical")
        known = {name.person.canonical or name.person for name in names}
        if len(known) == 1:
            return known.pop()
        person: Person = Person.objects.enrol(candidate["name"][:200])
        return person

    @admin.action(description="Accept", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Quote]) -> HttpResponse | None:
        return self.propose(
            request,
            queryset.exclude(status=Quote.Status.ACCEPTED),
            action="accept",
            title="Accept quotes",
            button=lambda n: f"Accept {n} quote{'s' if n != 1 else ''}",
            do=lambda rows, user, batch: curation.accept(rows, by=user, batch=batch),
            done=lambda n: f"Accepted {n} quote{'s' if n != 1 else ''}.",
            line=self.line,
            left_out="Those accepted already are left out.",
        )

    @admin.action(description="Reject", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Quote]) -> HttpResponse | None:
        return self.propose(
            request,
            queryset.exclude(status=Quote.Status.REJECTED),
            action="reject",
            title="Reject quotes",
            button=lambda n: f"Reject {n} quote{'s' if n != 1 else ''}",
            do=lambda rows, user, batch: curation.reject(rows, by=user, batch=batch),
            done=lambda n: f"Rejected {n} quote{'s' if n != 1 else ''}; no reading brings them back.",
            line=self.line,
            left_out="Those rejected already are left out.",
        )

    def line(self, quote: Quote) -> SafeString:
        source = quote.article.source or "without a source"
        return format_html('<span class="printed">{}</span> – {}, {}', quote, self.speaker(quote), source)


def changed_meanwhile(quote: Quote) -> str:
    """That somebody, or a reading, was faster than a press of a button; and how the quote stands now."""
    decision = conflicts.latest(quote)
    by = f"; {decision.by_name or 'somebody'} decided on it last" if decision else ""
    return (
        f"“{quote}” has changed since it was shown to you, and nothing was done to it: it is"
        f" {quote.get_status_display().lower()} now{by}. Look at it again."
    )


def named(row: Attribution) -> str:
    """Whom an attribution is given to, and whether that is known."""
    if row.person:
        return str(row.person)
    if row.kind == Attribution.Kind.UNNAMED:
        return f"unnamed ({row.printed})" if row.printed else "unnamed"
    names = candidate_names(row.candidates)
    about = f"unresolved: {names}" if names else "unresolved"
    return f"{row.printed or row.name or 'nobody named'} ({about})"


def sentences(reasons: Iterable[str]) -> str:
    return " ".join(map(wording.reason, reasons))


def candidate_names(candidates: Iterable[dict[str, Any]] | None) -> str:
    return " or ".join(dict.fromkeys(c["name"] for c in candidates or () if c.get("name")))
