"""Who is whom, in the admin: people, candidates, pairs to answer, two compared by hand, one split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from articles import curation, identities, pairing
from articles.models import Article, Attribution, Mention, Quote
from corpus import curating, locks
from corpus.conflicts import is_number
from corpus.curating import ReadOnlyAdmin, acts_of, back
from corpus.models import Decision, new_uid
from corpus.sites import Waiting
from people import admin as people_admin
from people.models import Pair, Person

#: Candidates on a page.
AT_A_TIME = 20
#: Of a person with more quotes than this the latest are shown to pick from.
TO_PICK_FROM = 300


@admin.register(Person)
class PersonAdmin(people_admin.PersonAdmin):
    """People, with what articles know of them: a decision on one may show or hide their quotes."""

    def decide(self, rows: list[Any], values: Mapping[str, Any], *, by: Any, batch: str, reason: str = "") -> int:
        with transaction.atomic():
            if resembles := curation.RESEMBLING & set(values):
                locks.hold("identities")  # before any row, as whoever merges does
            number = curation.decide_people(rows, values, by=by, batch=batch, reason=reason)
            if resembles and number:
                pairing.suggest_pairs([person.pk for person in rows])
        return number

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            locks.hold("identities")  # before any row, as whoever merges does: its pairs are looked for in the end
            return super().changeform_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:  # else it was decided, and asked then
            pairing.suggest_pairs([form.instance.pk])

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("candidates/", wrap(self.candidates_view), name="people_person_candidates"),
            path("settle/", wrap(require_POST(self.settle_view)), name="people_person_settle"),
            *super().get_urls(),
        ]

    def candidates_view(self, request: HttpRequest) -> HttpResponse:
        """Those whom only the machine knows, most quoted first, to be promoted in one press of a key."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = request.GET.get("page", "")
        start = (max(int(page), 1) - 1) * AT_A_TIME if page.isascii() and page.isdigit() and len(page) < 6 else 0
        ranked = identities.candidates(start, start + AT_A_TIME + 1)
        sides = identities.sides_of(ranked)
        number = start // AT_A_TIME + 1
        context = {
            **self.admin_site.each_context(request),
            "title": "Candidates",
            "opts": self.opts,
            "media": self.media + PairAdmin(Pair, self.admin_site).media,
            "sides": [sides[pk] for pk in ranked[:AT_A_TIME]],
            "earlier": number - 1,
            "later": number + 1 if len(ranked) > AT_A_TIME else 0,
            "may_change": self.has_change_permission(request),
            "last": last_of(request.user),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/people/person/candidates.html", context)

    def settle_view(self, request: HttpRequest) -> HttpResponse:
        """One press of a button: promote or reject the candidate person=uid, with the name as it stands there."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        person = Person.objects.filter(uid=request.POST.get("person", "")).first()
        verb, name = request.POST.get("verb", ""), " ".join(request.POST.get("name", "").split())[:200]
        if person is None or verb not in {"promote", "reject"}:
            self.message_user(request, "That person is no longer there; nothing was changed.", messages.ERROR)
            return back(request)
        if person.status != Person.Status.CANDIDATE:
            now = f"{person} is no candidate any more, but {person.get_status_display()}"
            self.message_user(request, f"{now}; nothing was changed.", messages.WARNING)
            return back(request)
        status = Person.Status.CURATED if verb == "promote" else Person.Status.REJECTED
        values = {"status": status.value} | ({"name": name} if verb == "promote" and name else {})
        values = {field: value for field, value in values.items() if person.effective(field) != value}
        batch = new_uid()
        if values and self.decide([person], values, by=request.user, batch=batch):
            done = (
                "is curated now." if verb == "promote" else "is nobody: the name stays as printed, and founds nobody."
            )
            self.tell(request, f"{person} {done}", batch)
        return back(request)


@dataclass(frozen=True, slots=True)
class Last:
    """The latest act of an editor on people that still stands, in words, and the batch that takes it back."""

    said: str
    batch: str


def last_of(user: Any) -> Last | None:
    """What an editor did last on people or pairs; two queries."""
    own = Decision.objects.standing().filter(by=user, thing__in=("people.pair", "people.person"))
    decision = own.exclude(batch="").order_by("-id").first()
    if decision is None:
        return None
    model = Pair if decision.thing == "people.pair" else Person
    row = model._base_manager.filter(uid=decision.thing_uid).first()
    became = (
        "merged" if decision.field == "merged_into" else curating.in_words(model, decision.field, decision.after, {})
    )
    return Last(f"{row or 'somebody who is gone'}: {became}", decision.batch)


class AnswerFilter(admin.SimpleListFilter):
    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("proposed", "proposed"), ("unsure", "unsure"), ("different", "different people"), ("same", "the same")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *rest = super().choices(changelist)
        yield {**everything, "display": "open"}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Pair]) -> QuerySet[Pair]:
        match self.value():
            case "proposed":
                return queryset.filter(answer=Pair.Answer.OPEN).exclude(proposed=Pair.Answer.OPEN)
            case "unsure" | "different" | "same" as answer:
                return queryset.filter(answer=answer)
        return identities.waiting(request.user, queryset)  # type: ignore[arg-type]


class Whom(forms.Form):
    """Somebody else: one of the corpus, or in words somebody new."""

    other = forms.ModelChoiceField(
        Person.objects.all(),
        required=False,
        label="Somebody in the corpus",
        widget=AutocompleteSelect(Pair._meta.get_field("first"), admin.site),
    )


class Split(Whom):
    name = forms.CharField(required=False, max_length=200, label="Or somebody new, called")
    reason = forms.CharField(required=False, max_length=500, label="Why", help_text="Kept in the history.")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(said.get("other")) == bool(said.get("name")):
            raise forms.ValidationError("Say whose they are: somebody in the corpus, or the name of somebody new.")
        return said


@dataclass(slots=True)
class Piece:
    """An article with what of it is a person's, to pick from."""

    article: Article
    quotes: list[tuple[Quote, str]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    @property
    def forms(self) -> str:
        return ", ".join(dict.fromkeys(mention.printed for mention in self.mentions))


@admin.register(Pair)
class PairAdmin(ReadOnlyAdmin):
    list_display = ("first", "second", "score", "answer")
    list_filter = (AnswerFilter,)
    list_select_related = ("first__canonical", "second__canonical", "proposed_by")
    list_per_page = 20
    ordering = ("-score", "id")
    change_list_template = "admin/people/pair/change_list.html"
    show_facets = admin.ShowFacets.NEVER

    class Media:
        js = (Script("verbatim/cards.js", defer=True),)

    def may_answer(self, request: HttpRequest) -> bool:
        """An editor answers; without the right to merge the answer is a proposal."""
        return request.user.has_perm("people.change_pair") or request.user.has_perm("people.merge_person")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("answer/", wrap(require_POST(self.answer_view)), name="people_pair_answer"),
            path("compare/<int:pk>/", wrap(self.compare_view), name="people_pair_compare"),
            path("split/<int:pk>/", wrap(self.split_view), name="people_person_split"),
            *super().get_urls(),
        ]

    def waiting(self) -> list[Waiting]:
        url = reverse("admin:people_pair_changelist")
        why = "Names alike, in the same role, misspelt in one article: one answer settles all their quotes."
        proposed = Pair.objects.filter(answer=Pair.Answer.OPEN).exclude(proposed=Pair.Answer.OPEN)
        return [
            Waiting(
                "pairs of people who may be one",
                Pair.objects.open(),
                url,
                why,
                order=1,
                one="pair of people who may be one",
            ),
            Waiting(
                "proposals on who is who",
                proposed,
                f"{url}?answer=proposed",
                "An editor without the right to merge left them for a chief editor.",
                order=1,
                one="proposal on who is who",
            ),
        ]

    # --- screens

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            pairs = list(response.context_data["cl"].result_list)
            response.context_data["cards"] = identities.cards(pairs, request.user)  # type: ignore[arg-type]
            response.context_data |= {"may_answer": self.may_answer(request), "last": last_of(request.user)}
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = Pair.objects.select_related(*self.list_select_related)
        pair = found.filter(pk=object_id).first() if is_number(object_id) else None
        if pair is None:
            raise Http404
        if not self.has_view_permission(request, pair):
            raise PermissionDenied
        user: Any = request.user
        context = {
            "pair_card": identities.card(pair, user),
            "acts": acts_of(pair, user),
            "original": pair,
            "last": last_of(user),
        }
        return self._page(request, "card", str(pair), context | {"may_answer": self.may_answer(request)})

    def _page(self, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> TemplateResponse:
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/people/pair/{name}.html", shared | context)

    def _person(self, request: HttpRequest, pk: int) -> Person:
        person = Person.objects.select_related("canonical").filter(pk=pk).first()
        if person is None:
            raise Http404
        if not self.may_answer(request):
            raise PermissionDenied
        return person.canonical or person

    # --- acts

    def answer_view(self, request: HttpRequest) -> HttpResponse:
        """One press of a button: answer=same, unsure or different on pair=uid; then back to where one was."""
        if not self.may_answer(request):
            raise PermissionDenied
        pair = Pair.objects.select_related("first", "second").filter(uid=request.POST.get("pair", "")).first()
        said = request.POST.get("answer", "")
        if pair is None or said not in {identities.SAME, identities.UNSURE, identities.DIFFERENT}:
            self.message_user(request, "That pair is no longer there; nothing was changed.", messages.ERROR)
            return back(request)
        if request.POST.get("seen", pair.answer) != pair.answer:
            now = f"{pair} changed while you looked, and is “{pair.get_answer_display()}” now."
            sentence = f"{now} Your answer was not kept: look again."
            self.message_user(request, sentence, messages.WARNING)
            return back(request)
        keep = Person.objects.filter(uid=request.POST.get("keep", "")).first()
        reason = request.POST.get("reason", "").strip()
        try:
            batch = identities.answer(pair, said, by=request.user, reason=reason, keep=keep)  # type: ignore[arg-type]
        except identities.Contradiction as error:
            self.message_user(request, str(error), messages.ERROR)
            return back(request)
        if batch:
            self.tell(request, in_words(pair, said), batch)
        else:
            self.message_user(request, f"Left as a proposal: {in_words(pair, said)}", messages.SUCCESS)
        return back(request)

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put somebody beside a person; their card is where it is said whether they are the same."""
        person = self._person(request, pk)
        form = Whom(request.POST if request.method == "POST" else None)
        if form.is_valid() and (other := form.cleaned_data["other"]):
            try:
                pair = identities.pair_of(person, other)
            except identities.Contradiction as error:
                form.add_error("other", str(error))
            else:
                return HttpResponseRedirect(reverse("admin:people_pair_change", args=[pair.pk]))
        elif form.is_bound and not form.errors:
            form.add_error("other", "Choose somebody to compare with.")
        context = {"person": person, "form": form, "media": self.media + form.media}
        return self._page(request, "compare", f"Compare {person} with somebody", context)

    def split_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Pick what of a person's is somebody else's, and say whose."""
        person = self._person(request, pk)
        if not identities.may_merge(request.user):  # type: ignore[arg-type]
            raise PermissionDenied
        form = Split(request.POST if request.method == "POST" else None)
        pieces, more = pieces_of(person)
        quotes, mentions = set(request.POST.getlist("quote")), set(request.POST.getlist("article"))
        if form.is_bound and not quotes and not mentions:
            form.add_error(None, "Tick what is somebody else's.")
        if form.is_valid():
            said = form.cleaned_data
            try:
                other, batch = identities.split(
                    person,
                    said["other"] or said["name"],
                    quotes=[quote for piece in pieces for quote, _ in piece.quotes if quote.uid in quotes],
                    mentions=[row for piece in pieces if piece.article.uid in mentions for row in piece.mentions],
                    by=request.user,  # type: ignore[arg-type]
                    reason=said["reason"],
                )
            except identities.Contradiction as error:
                form.add_error("other", str(error))
            else:
                self.tell(request, f"What you ticked is {other}’s now; {person} keeps the rest.", batch)
                return HttpResponseRedirect(reverse("admin:people_person_change", args=[other.pk]))
        context = {
            "person": person,
            "form": form,
            "pieces": pieces,
            "more": more,
            "ticked": quotes | mentions,
            "media": self.media + form.media,
        }
        return self._page(request, "split", f"Split {person}", context)


def pieces_of(person: Person) -> tuple[list[Piece], int]:
    """What the current articles have of a person, latest first, and of how many quotes more; five queries at most."""
    given = Attribution.objects.filter(person__canonical=person).exclude(quote__status=Quote.Status.REJECTED)
    order = given.order_by("-moment", "-quote_id", "role").select_related("quote__article__source")
    rows = list(order.prefetch_related("quote__attributions__person")[: TO_PICK_FROM + 1])
    pieces: dict[int, Piece] = {}
    seen = set()
    for row in rows[:TO_PICK_FROM]:
        piece = pieces.setdefault(row.quote.article_id, Piece(row.quote.article))
        if row.quote_id not in seen:
            piece.quotes.append((row.quote, row.printed))
            seen.add(row.quote_id)
    named = Mention.objects.filter(person__canonical=person).select_related("capture__article__source", "person")
    for mention in named.order_by("-capture", "start")[: 10 * TO_PICK_FROM]:
        article = mention.capture.article
        if mention.capture_id == article.capture_id and (article.pk in pieces or len(rows) <= TO_PICK_FROM):
            pieces.setdefault(article.pk, Piece(article)).mentions.append(mention)
    return list(pieces.values()), max(0, len(rows) - TO_PICK_FROM) and given.count() - TO_PICK_FROM


def in_words(pair: Pair, said: str) -> SafeString | str:
    match said:
        case identities.SAME:
            return f"{pair.first} and {pair.second} are one person."
        case identities.DIFFERENT:
            return f"{pair.first} and {pair.second} are different people; nobody will be asked again."
    return f"Whether {pair.first} and {pair.second} are the same stays open; nobody will be asked again."
