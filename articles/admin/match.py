"""Pairs of quotes that may report one utterance, as cards: aligned word by word, answered by one key each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from articles import matched, utterances
from articles.admin.identity import Last
from articles.matched import shortly
from articles.models import Match
from corpus.curating import ReadOnlyAdmin, acts_of, back
from corpus.models import Decision, new_uid
from corpus.sites import Waiting

#: The answers, by key: what the button is called, and what is said once it is pressed.
ANSWERS = {
    "y": ("same", "The same words", "{} and {} report one utterance."),
    "f": ("fragment", "A part of them", "{} and {} report one utterance, one of them a part of it."),
    "o": ("other", "Another occasion", "{} and {} were said on two occasions; nobody will be asked again."),
    "n": ("different", "Not the same", "{} and {} are not the same words; nobody will be asked again."),
    "h": ("unsure", "Unsure", "Whether {} and {} are the same words stays open; nobody will be asked again."),
}
BUTTONS = [{"key": key, "value": value, "label": label} for key, (value, label, _) in ANSWERS.items()]
SAID = {value: sentence for value, _, sentence in ANSWERS.values()}


class AnswerFilter(admin.SimpleListFilter):
    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, label in Match.Answer.choices if value]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *rest = super().choices(changelist)
        yield {**everything, "display": "open"}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Match]) -> QuerySet[Match]:
        if self.value():
            return queryset.filter(answer=self.value())
        return queryset.filter(answer=Match.Answer.OPEN, likeness__gt=0)


def last_of(user: Any) -> Last | None:
    """What an editor answered last, if it still stands; two queries."""
    own = Decision.objects.standing().filter(by=user, thing=Match._meta.label_lower).exclude(batch="")
    decision = own.order_by("-id").first()
    if decision is None:
        return None
    match = Match.objects.filter(uid=decision.thing_uid).select_related("first", "second").first()
    sentence = SAID.get(str(decision.after), "{} and {}")
    return Last(sentence.format(*shortly(match)) if match else "Two quotes that are gone", decision.batch)


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    list_display = ("first", "second", "likeness", "answer")
    list_filter = (AnswerFilter,)
    list_per_page = 10
    ordering = ("-likeness", "id")
    change_list_template = "admin/articles/match/change_list.html"
    show_facets = admin.ShowFacets.NEVER

    class Media:
        js = (Script("verbatim/cards.js", defer=True),)

    def may_answer(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_match")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        answer = wrap(require_POST(self.answer_view))
        return [path("answer/", answer, name="articles_match_answer"), *super().get_urls()]

    def waiting(self) -> list[Waiting]:
        url = reverse("admin:articles_match_changelist")
        why = "One answer puts together what outlets printed of the same words, or keeps two occasions apart."
        return [
            Waiting(
                "pairs of quotes that may be the same words",
                Match.objects.open(),
                url,
                why,
                order=4,
                one="pair of quotes that may be the same words",
            )
        ]

    # --- screens

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            response.context_data["cards"] = matched.cards(list(response.context_data["cl"].result_list))
            response.context_data |= self.shared(request)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        match = Match.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if match is None:
            raise Http404
        if not self.has_view_permission(request, match):
            raise PermissionDenied
        [card] = matched.cards([match])
        context = {
            **self.admin_site.each_context(request),
            "title": "Two quotes",
            "opts": self.opts,
            "media": self.media,
            "card": card,
            "acts": acts_of(match, request.user),
            **self.shared(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/articles/match/card.html", context)

    def shared(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_answer": self.may_answer(request), "buttons": BUTTONS, "last": last_of(request.user)}

    # --- acts

    def answer_view(self, request: HttpRequest) -> HttpResponse:
        """One press of a button: answer on match=uid; then back to where one was."""
        if not self.may_answer(request):
            raise PermissionDenied
        rows = Match.objects.select_related("first", "second")
        match = rows.filter(uid=request.POST.get("match", "")).first()
        said = request.POST.get("answer", "")
        if match is None or said not in SAID:
            self.message_user(request, "That pair of quotes is no longer there; nothing was changed.", messages.ERROR)
            return back(request)
        if request.POST.get("seen", match.answer) != match.answer:
            now = f"This pair changed while you looked, and is “{match.get_answer_display()}” now."
            self.message_user(request, f"{now} Your answer was not kept: look again.", messages.WARNING)
            return back(request)
        batch = new_uid()
        user: Any = request.user
        try:
            utterances.answer(match, said, by=user, reason=request.POST.get("reason", "").strip()[:500], batch=batch)
        except utterances.Contradiction as error:
            self.message_user(request, str(error), messages.ERROR)
            return back(request)
        self.tell(request, SAID[said].format(*shortly(match)), batch)
        return back(request)
