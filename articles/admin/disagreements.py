"""Where the reader now disagrees with what somebody decided: both side by side, to keep the one or take the other.

To keep is to decide the same once more, which settles it. To take the reader's is a decision too, with the reader's
value: somebody has looked and judged it right, which an undo of the old decision would not say. Either is undone as
any decision is, and then the disagreement stands again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles import curation
from articles.models import Article, Attribution, Mention, Passage, Quote
from articles.models.anchored import Anchored
from corpus import roles
from corpus.conflicts import is_number
from corpus.curating import CuratedAdmin, back, in_words, label_of
from corpus.models import Curated, Decision, new_uid
from corpus.sites import Waiting
from people.models import Person

#: Things on a page; the next come when these are settled.
AT_ONCE = 50
#: The confirming screen says so many in words.
LINES = 20
KEPT, TAKEN = "Kept, though the reader now says otherwise.", "What the reader now says."
KINDS: dict[str, type[Curated]] = {"quotes": Quote, "articles": Article, "passages": Passage, "mentions": Mention}
#: Characters of a long stretch that are shown of either end.
SHOWN = 120


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field: who decided it and when, as what, and what the reader says now; all in words."""

    field: str
    label: str
    by: str
    at: Any
    decided: str
    suggested: str


@dataclass(frozen=True, slots=True)
class Card:
    """A thing with all that is disputed of it."""

    row: Any
    url: str
    fields: list[Disagreement]

    @property
    def words(self) -> str:
        """What it is, as it is printed."""
        return shortened(self.row.capture.text[self.row.start : self.row.end]) if marks(self.row) else str(self.row)

    @property
    def article(self) -> Article | None:
        """The article it stands in; None for an article."""
        return self.row.article_of if isinstance(self.row, Anchored) else None

    @property
    def source(self) -> Any:
        return (self.article or self.row).source


def marks(row: Curated) -> bool:
    """Whether it is a passage or a mention: these stand in the text of an article, and have no page of their own."""
    return isinstance(row, Passage | Mention)


def shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 2 * SHOWN else f"{words[:SHOWN]} […] {words[-SHOWN:]}"


def disputed(model: type[Curated]) -> QuerySet[Any]:
    """The rows with something that the reader disputes; a partial index of each model has just these."""
    return model._default_manager.filter(disputed__gt="")


def cards(rows: Sequence[Curated]) -> list[Card]:
    """These rows of one model with what is disputed of each; two queries."""
    if not rows:
        return []
    label = rows[0]._meta.label_lower
    standing = Decision.objects.standing().filter(thing=label, thing_uid__in=[row.uid for row in rows]).order_by("pk")
    live = {(decision.thing_uid, decision.field): decision for decision in standing}
    names = _names(rows)
    return [Card(row, address(row), [_of(row, field, live, names) for field in row.disputed.split()]) for row in rows]


def address(row: Any) -> str:
    if marks(row):
        return reverse("admin:articles_by_hand", args=[row.capture.article_id])
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _of(row: Curated, field: str, live: Mapping[tuple[str, str], Decision], names: Mapping[str, str]) -> Disagreement:
    decision = live.get((row.uid, decided_by(field)))
    by, at = (decision.by_name or "somebody", decision.at) if decision else ("somebody", None)
    if field == "found":
        return Disagreement(field, "that it is a quote", by, at, row.get_status_display(), "no quote stands there")  # type: ignore[attr-defined]
    decided, suggested = (said(row, field, value, names) for value in (row.effective(field), row.suggestion.get(field)))
    return Disagreement(field, named(row, field), by, at, decided, suggested)


def decided_by(field: str) -> str:
    """The field that somebody decides to settle a disputed one: that a quote is found is disputed of its status."""
    return "status" if field == "found" else field


def named(row: Curated, field: str) -> str:
    if field == "spans":
        return "words"
    return str(Attribution.Role(field).label) if field in Attribution.Role.values else label_of(row, field)


def said(row: Curated, field: str, value: Any, names: Mapping[str, str]) -> str:
    """A value in words; the spans of a quote by what stands there."""
    if field == "spans" and isinstance(row, Anchored):
        if isinstance(value, dict) and value.get("capture") not in (None, row.capture.uid):
            return "in an earlier capture"
        spans = value["spans"] if isinstance(value, dict) else value or []
        return "“" + " … ".join(shortened(row.capture.text[start:end]) for start, end in spans) + "”"
    if field == "rejected":
        return "no name" if value else "a name"
    return in_words(row, field, value, names)


def _names(rows: Sequence[Curated]) -> dict[str, str]:
    """Whom the machine and the editors mean, by uid: attributions keep the name beside it, other fields do not."""
    uids = {
        value
        for row in rows
        for field in row.disputed.split()
        if field not in {"found", *Attribution.Role.values}
        for value in (row.suggestion.get(field), row.effective(field))
        if isinstance(value, str)
    }
    return dict(Person.objects.filter(uid__in=uids).values_list("uid", "name")) if uids else {}


# --- settling


def kept(row: Curated, fields: Iterable[str]) -> dict[str, Any]:
    """What to decide so that it stays as somebody decided it; the status last, for it settles all that is left."""
    return {decided_by(field): row.effective(decided_by(field)) for field in sorted(fields, key="found".__eq__)}


def taken(row: Curated, fields: Iterable[str]) -> dict[str, Any]:
    """What to decide so that it is as the reader says; what it no longer finds is rejected."""
    return {
        decided_by(field): Quote.Status.REJECTED.value if field == "found" else row.suggestion[field]
        for field in fields
        if field == "found" or field in row.suggestion
    }


def settles_all(verb: str, field: str) -> bool:
    """Whoever keeps a quote that the reader no longer finds has seen all that it disputes of it."""
    return (verb, field) == ("keep", "found")


VERBS = {"keep": (kept, KEPT), "take": (taken, TAKEN)}


def settle(own: CuratedAdmin, rows: Iterable[Any], verb: str, *, by: Any, batch: str, only: str = "") -> int:
    """Keep or take what is disputed of these rows, of one field only if it is given; returns how many rows changed.

    Where the rest of what was decided leaves no room for what the reader says, a row stays as it is.
    """
    values_of, reason = VERBS[verb]
    number = 0
    with transaction.atomic():
        for row in rows:
            fields = [field for field in row.disputed.split() if only in ("", field) or settles_all(verb, only)]
            if values := values_of(row, fields):
                with suppress(IntegrityError), transaction.atomic():
                    number += bool(own.decide([row], values, by=by, batch=batch, reason=reason))
    return number


class MarkAdmin(CuratedAdmin):
    """Passages and mentions: decided on here and on the text of their article, and listed nowhere else."""

    def decide(self, rows: list[Any], values: Mapping[str, Any], *, by: Any, batch: str, reason: str = "") -> int:
        decide: Any = curation.decide_passages if self.model is Passage else curation.decide_mentions
        return int(decide(rows, values, by=by, batch=batch, reason=reason))


MARKS: dict[type[Curated], MarkAdmin] = {model: MarkAdmin(model, admin.site) for model in (Passage, Mention)}


# --- the page


def urls() -> list[URLPattern]:
    return [path("disagreements/", admin.site.admin_view(view), name="disagreements")]


def view(request: HttpRequest) -> HttpResponse:
    """What is disputed, of one kind of thing at a time; POST settles one field, or all of the ticked things at once."""
    may_see = {name: own_of(model) for name, model in KINDS.items() if own_of(model).has_view_permission(request)}
    if not may_see:
        raise PermissionDenied
    thing = request.GET.get("thing", "")
    thing = thing if thing in may_see else next(iter(may_see))
    own, model = may_see[thing], KINDS[thing]
    if request.method == "POST":
        if not own.has_change_permission(request):
            raise PermissionDenied
        if "action" in request.POST:
            return _settle_many(request, own) or back(request)
        _settle_one(request, own)
        return back(request)
    rows = list(_with_texts(disputed(model))[: AT_ONCE + 1])
    may_settle = own.has_change_permission(request)
    context = {
        **admin.site.each_context(request),
        "title": "Where the reader now disagrees",
        "thing": thing,
        "kinds": [Waiting(name, disputed(one.model), f"?thing={name}") for name, one in may_see.items()],
        "cards": cards(rows[:AT_ONCE]),
        "more": len(rows) > AT_ONCE,
        "at_once": AT_ONCE,
        "may_settle": may_settle,
        "may_settle_many": may_settle and request.user.has_perm("articles.decide_in_bulk"),
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        "opts": own.opts,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/articles/disagreements.html", context)


def own_of(model: type[Curated]) -> Any:
    return MARKS.get(model) or admin.site._registry[model]


def _with_texts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """In text order within an article, with all that a card shows of them."""
    if rows.model is Quote:
        return rows.listed().select_related("capture", "article__source", "entry").order_by("id")  # type: ignore[attr-defined]
    if rows.model is Article:
        return rows.select_related("source", "capture").order_by("id")
    rows = rows.select_related("capture__article__source").order_by("id")
    return rows.select_related("person") if rows.model is Mention else rows


def _settle_one(request: HttpRequest, own: Any) -> None:
    """One press: keep or take = "uid field"."""
    verb = next((name for name in VERBS if name in request.POST), "")
    uid, _, field = request.POST.get(verb, "").partition(" ")
    row = disputed(own.model).filter(uid=uid).first()
    if not verb or row is None or field not in row.disputed.split():
        own.message_user(request, "That is settled already; nothing was changed.", messages.WARNING)
        return
    values = VERBS[verb][0](row, [field])
    if not request.user.has_perms(roles.needed(row._meta.label_lower, values, row.uid)):
        raise PermissionDenied
    batch = new_uid()
    if settle(own, [row], verb, by=request.user, batch=batch, only=field):
        own.tell(request, f"{'Kept' if verb == 'keep' else 'Changed to what the reader says'}: {row}", batch)
    else:
        sentence = "The rest of what was decided leaves no room for what the reader says; nothing was changed."
        own.message_user(request, sentence, messages.ERROR)


def _settle_many(request: HttpRequest, own: Any) -> HttpResponse | None:
    verb = request.POST["action"].partition("_")[0]
    pks = [pk for pk in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME) if is_number(pk)]
    if verb not in VERBS or not pks:
        own.message_user(request, "Nothing was ticked, so nothing was changed.", messages.WARNING)
        return None
    return propose(own, request, own.model._default_manager.filter(pk__in=pks), verb)


def propose(own: Any, request: HttpRequest, rows: QuerySet[Any], verb: str) -> HttpResponse | None:
    """Show what it would change to keep, or to take, all that is disputed of these rows; then do it as one batch."""
    rows = _with_texts(disputed(own.model).filter(pk__in=rows.order_by().values("pk")))
    noun, nouns = own.opts.verbose_name, own.opts.verbose_name_plural
    settles = "Keep what was decided of" if verb == "keep" else "Take what the reader says of"
    shown = {card.row.pk: card for card in cards(list(rows[:LINES]))}
    return own.propose(
        request,
        rows,
        action=f"{verb}_disputed",
        title=f"{settles} {nouns}",
        button=lambda n: f"{settles} {n} {noun if n == 1 else nouns}",
        do=lambda found, user, batch: settle(own, found, verb, by=user, batch=batch),
        done=lambda n: f"Settled: {n} {noun if n == 1 else nouns}.",
        line=lambda row: line(shown[row.pk], verb),
        left_out="Those that nobody disputes are left out.",
    )


def line(card: Card, verb: str) -> SafeString:
    """What would be settled of a thing, field by field."""
    how = "{}: {} becomes {}" if verb == "take" else "{}: stays {}, and is not {}"
    fields = format_html_join("; ", how, ((one.label, one.decided, one.suggested) for one in card.fields))
    return format_html('<span class="printed">{}</span><br>{}', card.words, fields)


@admin.action(description="Keep what was decided, where the reader disagrees", permissions=["change"])
def keep_disputed(own: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return propose(own, request, queryset, "keep")


@admin.action(description="Take what the reader now says", permissions=["change"])
def take_disputed(own: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return propose(own, request, queryset, "take")


def waiting() -> list[Waiting]:
    """What is disputed, for the first screen."""
    why = "Somebody decided, and a later reading says otherwise: keep the one, or take the other."
    url = reverse("admin:disagreements")
    return [
        Waiting(
            f"{name} of which the reader now disagrees",
            disputed(model),
            f"{url}?thing={name}",
            why,
            order=3,
            one=f"{model._meta.verbose_name} of which the reader now disagrees",
        )
        for name, model in KINDS.items()
    ]


class DisputedFilter(admin.SimpleListFilter):
    title = "the reader"
    parameter_name = "disputed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "now disagrees")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(disputed__gt="") if self.value() == "yes" else queryset
