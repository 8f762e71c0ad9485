"""Utterances in the admin: one thing said once, with its forms; one split off, marked fullest, joined with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from articles import matched, utterances, variants
from articles.matched import shortly
from articles.models import Match, Quote, Utterance
from corpus import roles
from corpus.curating import CuratedAdmin, back
from corpus.models import Decision, new_uid

#: So many forms are shown of an utterance that everybody prints.
SHOWN = 200


class UtteranceForm(forms.ModelForm):
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change.")

    class Meta:
        model = Utterance
        fields = ("said_day", "occasion")


class Other(forms.Form):
    """Another utterance, found by its words."""

    other = forms.ModelChoiceField(
        Utterance.objects.filter(merged_into=None),
        label="The other utterance",
        widget=AutocompleteSelect(Quote._meta.get_field("utterance"), admin.site),
        help_text="Words of it; a fragment goes with what it is a part of.",
    )
    reason = forms.CharField(required=False, max_length=500, label="Why", help_text="Kept in the history.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A form beside the fullest one: how it differs, word by word and in sum; nothing of what is reported."""

    side: matched.Side
    is_fullest: bool
    runs: list[matched.Run]
    summary: str
    decided: bool


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody decided about a quote's being here: that it came, or that it went."""

    decision: Decision
    quote: str
    came: bool
    undone: bool
    may_undo: bool


class DecidedFilter(admin.SimpleListFilter):
    title = "what people decided"
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "something"), ("no", "nothing")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Utterance]) -> QuerySet[Utterance]:
        match self.value():
            case "yes":
                return queryset.exclude(decided=[])
            case "no":
                return queryset.filter(decided=[])
        return queryset


@admin.register(Utterance)
class UtteranceAdmin(CuratedAdmin):
    form = UtteranceForm
    change_form_template = "admin/articles/utterance/change_form.html"
    list_display = ("words", "outlets", "printed", "words_changed", "conflict", "said_day", "public")
    list_filter = ("conflict", "public", DecidedFilter)
    list_select_related = ("fullest",)
    search_fields = ("fullest__text",)
    search_help_text = 'Words of any of its forms; "a phrase", one OR other, -without.'
    ordering = ("-moment", "-id")
    fields = ("said_day", "occasion", "reason")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Utterance]:
        return super().get_queryset(request).select_related("fullest__article__source")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Utterance], search_term: str
    ) -> tuple[QuerySet[Utterance], bool]:
        if not search_term.strip():
            return queryset, False
        found = Quote.objects.matching(search_term).filter(utterance__isnull=False)
        return queryset.filter(pk__in=found.values("utterance")), False

    def offered(self, rows: QuerySet[Utterance]) -> QuerySet[Utterance]:
        """Those that another can be joined with."""
        return rows.filter(merged_into=None, fullest__isnull=False)

    def describe(self, row: Utterance) -> str:
        outlets = f"{row.outlets} outlet{'' if row.outlets == 1 else 's'}"
        return f"{row} ({outlets}, {row.fullest.article.source or 'no source'})" if row.fullest else str(row)

    @admin.display(description="words")
    def words(self, row: Utterance) -> SafeString:
        text = row.fullest.text if row.fullest else f"nothing any more ({row.uid})"
        return format_html('<span class="printed">{}</span>', text if len(text) <= 160 else f"{text[:160]}…")

    # --- one

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        rows = list(
            variants.listed(Quote.objects.filter(utterance=row)).defer(None).order_by("moment", "id")[: SHOWN + 1]
        )
        members = {quote.pk for quote in rows}
        open_ = Match.objects.open().filter(Q(first__in=members) | Q(second__in=members))
        return super().screen(request, row) | {
            "shown": shown(row, rows[:SHOWN]),
            "more": len(rows) > SHOWN,
            "moves": moves(row, request.user),
            "matches": [(match, shortly(match)) for match in open_.select_related("first", "second")[:20]],
            "other": Other(auto_id="join_%s"),  # beside the form of the utterance, which has a reason too
            "may_change": self.has_change_permission(request, row),
        }

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **rest: Any) -> HttpResponse:  # type: ignore[override]
        return super().render_change_form(request, context | {"media": context["media"] + Other().media}, **rest)

    def decide(self, rows: list[Any], values: Mapping[str, Any], *, by: Any, batch: str, reason: str = "") -> int:
        for row in rows:
            utterances.describe(row, values, by=by, batch=batch, reason=reason)
        return len(rows)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/act/", wrap(require_POST(self.act_view)), name="articles_utterance_act"),
            path("<int:pk>/join/", wrap(require_POST(self.join_view)), name="articles_utterance_join"),
            *super().get_urls(),
        ]

    def one(self, request: HttpRequest, pk: int) -> Utterance:
        row = Utterance.objects.filter(pk=pk).first()
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    @staticmethod
    def user(request: HttpRequest) -> User:
        assert isinstance(request.user, User)
        return request.user

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One press of a button: verb=split or fullest on quote=uid; then back to the utterance."""
        row, verb = self.one(request, pk), request.POST.get("verb", "")
        quote = Quote.objects.filter(utterance=row, uid=request.POST.get("quote", "")).first()
        if quote is None or verb not in {"split", "fullest"}:
            self.message_user(request, "That quote is no form of it any more; nothing was changed.", messages.ERROR)
            return back(request)
        batch, user = new_uid(), self.user(request)
        reason = request.POST.get("reason", "").strip()[:500]
        try:
            if verb == "split":
                utterances.split(quote, by=user, reason=reason, batch=batch)
                said = f"{quote.article.source or quote.article} stands alone with its words now."
            else:
                utterances.choose_fullest(row, quote, by=user, reason=reason, batch=batch)
                said = f"The form in {quote.article.source or quote.article} is the fullest now."
        except utterances.Contradiction as error:
            self.message_user(request, str(error), messages.ERROR)
            return back(request)
        self.tell(request, said, batch)
        return back(request)

    def join_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that this one and another are one utterance: the older stays, and has all forms."""
        row, form = self.one(request, pk), Other(request.POST)
        here = HttpResponseRedirect(reverse("admin:articles_utterance_change", args=[row.pk]))
        if not form.is_valid() or form.cleaned_data["other"] == row:
            self.message_user(request, "Choose another utterance to join this one with.", messages.ERROR)
            return here
        other, said = form.cleaned_data["other"], form.cleaned_data["reason"]
        if row.fullest is None or other.fullest is None:
            self.message_user(request, "One of them has no words any more; nothing was changed.", messages.ERROR)
            return here
        try:
            match = utterances.match_of(row.fullest, other.fullest)
            batch = utterances.answer(match, Match.Answer.SAME.value, by=self.user(request), reason=said)
        except utterances.Contradiction as error:
            self.message_user(request, str(error), messages.ERROR)
            return here
        self.tell(request, "They are one utterance now.", batch)
        stays = utterances.survivor(Utterance.objects.get(pk=row.pk))
        return HttpResponseRedirect(reverse("admin:articles_utterance_change", args=[stays.pk]))


def shown(row: Utterance, quotes: list[Quote]) -> list[Shown]:
    """The forms of an utterance beside its fullest, that one first, then by time."""
    found = [variants.form_of(quote) for quote in quotes]
    fullest = next((form for form in found if form.quote.pk == row.fullest_id), found[0] if found else None)
    found.sort(key=lambda form: form is not fullest)
    return [_shown(form, fullest) for form in found if fullest is not None]


def _shown(form: variants.Form, fullest: variants.Form) -> Shown:
    side, decided = matched.Side(form, ""), "utterance" in form.quote.decided
    if form is fullest or form.reported or fullest.reported:
        summary = "the fullest form" if form is fullest else "in the outlet’s words"
        return Shown(side, form is fullest, [], summary, decided)
    return Shown(side, False, matched.runs(fullest, form), matched.summed_up(fullest, form), decided)


def moves(row: Utterance, user: Any) -> list[Move]:
    """What people decided about quotes' being in this utterance, latest first; two queries."""
    rows = Decision.objects.filter(thing=Quote._meta.label_lower, field="utterance", undoes=None)
    rows = rows.filter(Q(before=row.uid) | Q(after=row.uid)).select_related("undone_by").order_by("-id")
    decisions = list(rows[:50])
    texts = dict(Quote.objects.filter(uid__in={one.thing_uid for one in decisions}).values_list("uid", "text"))
    return [
        Move(
            one,
            texts.get(one.thing_uid, "a quote that is gone"),
            one.after == row.uid,
            hasattr(one, "undone_by"),
            not hasattr(one, "undone_by") and roles.may_take_back(user, [one]),
        )
        for one in decisions
    ]
