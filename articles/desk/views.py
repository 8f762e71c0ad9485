"""The screens of the desk: what comes next, an item of an article, what was done, what is wanted.

Every act is a button of a plain form: POST, then a redirect to the next item, with the orders kept in the address. The
script (static/verbatim/desk.js) presses the same buttons, and only saves a page load.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from articles import doubt, identities, wording
from articles.desk import acts, card, done, elsewhere, queue, text
from articles.models import Article, Attribution, Quote, Source, Story
from articles.reading.model import Span
from corpus import leases, roles
from corpus.curating import acts_of as history_of
from corpus.models import Lease, Preference
from people.models import Pair, Person

#: Whoever skips more in one session had better filter.
SKIPPED = 1_000
SKIPPED_KEY, KEYS_OFF = "desk.skipped", "desk.keys"

WAYS = {"-": ("earlier", "◂"), "+": ("later", "▸")}
#: The steps by which either end of a quote moves, with their keys.
ENDS = [
    {
        "side": side,
        "label": side.capitalize(),
        "steps": [
            {"step": step, "unit": step[1:], "way": way, "sign": sign, "key": key}
            for (step, way, sign), key in zip(
                [(sign + unit, *way) for unit in ("word", "sentence") for sign, way in WAYS.items()],
                keys,
                strict=True,
            )
        ],
    }
    for side, keys in (("start", "[]()"), ("end", "{}<>"))
]


class Sitting:
    """One request at the desk: who asks, for what, and what they may do."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        assert isinstance(request.user, User)
        self.user = request.user
        self.orders, self.faults = queue.Orders.read(request.GET.dict())
        self.may_decide = self.user.has_perm("articles.change_quote")
        self.may_merge = self.user.has_perm("people.merge_person")
        self.may_answer = self.may_decide and (self.may_merge or self.user.has_perm("people.change_pair"))
        self.may_bulk = self.user.has_perm("articles.decide_in_bulk")
        self.may_create = self.user.has_perm("people.add_person")
        self.prefetching = request.headers.get("X-Desk") == "prefetch"

    @property
    def skipped(self) -> list[str]:
        return list(self.request.session.get(SKIPPED_KEY, []))

    def skip(self, uids: list[str]) -> None:
        self.request.session[SKIPPED_KEY] = [*self.skipped, *uids][-SKIPPED:]

    @cached_property
    def keys(self) -> bool:
        """Whether this user wants the keys."""
        return not Preference.objects.filter(user=self.user, name=KEYS_OFF, value="off").exists()

    def sheet(self, article: Article, identities: bool = True) -> queue.Sheet:
        """What is to be settled of an article; without its identities, where only what follows a quote is asked."""
        answers = self.user if self.may_answer and identities else None
        return queue.sheet(article, self.orders, set(self.skipped), bulk=self.may_bulk, answers=answers)

    def start(self, apart_from: str = "") -> str:
        return reverse("admin:desk") + self.orders.query(**{"not": apart_from})

    def address(self, article: Article, item: str) -> str:
        whole = self.request.GET.get("whole", "")
        return reverse("admin:desk_item", args=[article.uid, item]) + self.orders.query(whole=whole)

    def next_of(self, sheet: queue.Sheet, item: str) -> str:
        """The address of what follows an item: in its article, else whatever comes then."""
        following = sheet.after(item)
        return self.address(sheet.article, following.uid) if following else self.start(sheet.article.uid)

    def say(self, sentence: Any, level: int = messages.INFO) -> None:
        messages.add_message(self.request, level, sentence)

    def render(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page of the desk with what all of them show."""
        self.request.current_app = admin.site.name
        last = done.acts_of(self.user, 3, standing=True) if self.may_decide else []
        common = {
            **admin.site.each_context(self.request),
            "orders": self.orders,
            "query": self.orders.query(),
            "chips": self.orders.chips(),
            "may_decide": self.may_decide,
            "keys": self.keys,
            "today": done.acts_today(self.user),
            "last": done.in_words(last),
            "undoable": last[0].key if last else "",
        }
        return TemplateResponse(self.request, f"admin/desk/{template}.html", common | context, status=status)


Handler = Callable[..., HttpResponse]


def at_the_desk(*methods: str) -> Callable[[Handler], Handler]:
    """A view of the admin for who may see quotes; it gets a `Sitting`, and no address with faults in it."""

    def wrapped(handler: Handler) -> Handler:
        @wraps(handler)
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm("articles.view_quote") and not request.user.has_perm("articles.change_quote"):
                raise PermissionDenied
            sitting = Sitting(request)
            if sitting.faults:
                context = {"faults": sitting.faults.items(), "title": "Review desk"} | choices()
                return sitting.render("nothing", context, status=400)
            return handler(sitting, *args, **kwargs)

        return admin.site.admin_view(require_http_methods(["GET", "HEAD", *methods])(view))

    return wrapped


# --- what comes next


@at_the_desk()
def start(sitting: Sitting) -> HttpResponse:
    """To the first thing that waits, by the orders of the address; a page that says so where nothing does."""
    apart_from = sitting.request.GET.get("not", "")
    for _ in range(5):
        article = queue.next_article(sitting.orders, sitting.user, set(sitting.skipped), apart_from)
        if article is None:
            break
        if items := sitting.sheet(article).items:
            return HttpResponseRedirect(sitting.address(article, items[0].uid))
        apart_from = article.uid  # somebody settled it between two queries
    context = {
        "title": "Review desk",
        "skipped": len(sitting.skipped),
        "taken": leases.taken(Article, sitting.user).count(),
    }
    return sitting.render("nothing", context | choices())


def choices() -> dict[str, Any]:
    """What the queue can be narrowed by, for the form that does it."""
    return {
        "stories": Story.objects.order_by("name").values_list("slug", "name")[:200],
        "sources": Source.objects.order_by("name").values_list("slug", "name")[:200],
        "kinds": Quote.Kind.choices,
        "reasons": doubt.TAGS.items(),
        "sorts": [(name, label) for name, (label, _) in queue.ORDERS.items()],
    }


@at_the_desk()
def narrow(sitting: Sitting) -> HttpResponse:
    """A plain form for what is wanted of the queue."""
    return sitting.render("filters", {"title": "What the desk shows"} | choices())


@at_the_desk()
def article(sitting: Sitting, uid: str) -> HttpResponse:
    """To what is to be settled first in an article, else to its first quote."""
    found = _article(uid)
    sheet = sitting.sheet(found)
    first = [*(item.uid for item in sheet.items), *(line.uid for line in sheet.lines)]
    if not first:
        raise Http404
    return HttpResponseRedirect(sitting.address(found, first[0]))


#: The columns of an article, its outlet and its text that the desk shows, or tells things by.
_SHOWN = (
    "uid", "headline", "opening", "language", "published_day", "published_time", "published_precision",
    "source__name", "capture__taken_at", "capture__text",
)  # fmt: skip


def _article(uid: str) -> Article:
    rows = Article.objects.select_related("source", "capture").filter(uid=uid, capture__isnull=False)
    if found := rows.only(*_SHOWN).first():
        return found
    raise Http404


# --- an item


@at_the_desk("POST")
def item(sitting: Sitting, uid: str, item: str) -> HttpResponse:
    """A quote, a pair of people, or the certain ones of an article: shown, or decided on."""
    article = _article(uid)
    if sitting.request.method == "POST":
        return _act(sitting, article, item)
    sheet = sitting.sheet(article, identities=item.startswith("pair-"))
    if item == queue.CERTAIN:
        if not sheet.certain:
            return HttpResponseRedirect(sitting.next_of(sheet, item))
        context = _certain(sitting, sheet)
    elif item.startswith("pair-"):
        context = _pair(sitting, sheet, item)
    else:
        context = _quote(sitting, sheet, item)
    return sitting.render(context["template"], context | _around(sitting, sheet, item))


def _around(sitting: Sitting, sheet: queue.Sheet, item: str) -> dict[str, Any]:
    """What stands around every item: the article, how far it is, where the keys lead, and who else is here."""
    article = sheet.article
    other = None
    if sitting.may_decide:
        other = leases.holder(article, sitting.user) if sitting.prefetching else _lease(article, sitting.user)
    beside = {name: sheet.beside(item, step) for name, step in (("next", 1), ("previous", -1))}
    whole = not sitting.request.GET.get("whole")
    return {
        "title": article.headline or str(article),
        "article": article,
        "item": item,
        "settled": sheet.settled,
        "number_of_quotes": len(sheet.lines),
        "left": len(sheet.items),
        "next_item": sitting.next_of(sheet, item),
        "next_quote": sitting.address(article, beside["next"]) if beside["next"] else "",
        "previous_quote": sitting.address(article, beside["previous"]) if beside["previous"] else "",
        "whole_address": sitting.request.path + sitting.orders.query(whole="yes" if whole else ""),
        "other": other,
        "another": sitting.start(article.uid),
        "here": sitting.address(article, item),
        "when": wording.printed(article, clock=True),
    }


def _lease(article: Article, user: User) -> Lease | None:
    lease = leases.take(article, user)
    return None if lease.by_id == user.pk else lease


def _whole(lines: Sequence[queue.Line]) -> QuerySet[Quote]:
    """The quotes of some lines with all that a card says of them, in text order."""
    attributions = Attribution.objects.select_related("person__canonical").order_by("role", "position")
    rows = Quote.objects.filter(pk__in=[line.pk for line in lines]).order_by("start", "-end", "pk")
    return rows.prefetch_related(Prefetch("attributions", attributions))


def _text(sitting: Sitting, sheet: queue.Sheet, place: Span | None, wanted: str, pointers: list[Any]) -> text.Text:
    capture = sheet.article.capture
    assert capture is not None
    whole = sitting.request.GET.get("whole")
    return text.write(
        capture,
        sheet.lines,
        pointers,
        place=None if whole else place,
        wanted=wanted,
        address=sitting.address(sheet.article, "UID"),
    )


def _quote(sitting: Sitting, sheet: queue.Sheet, uid: str) -> dict[str, Any]:
    line, capture = sheet.line(uid), sheet.article.capture
    quote = _whole([line]).first() if line else None
    if line is None or quote is None:
        raise Http404
    assert capture is not None
    mentions = card.named(capture)
    speaker = card.speaker(quote, capture.text, mentions)
    find = sitting.request.GET.get("find", "")
    opens, closes = card.edges(quote)
    return {
        "template": "quote",
        "quote": quote,
        "number": line.number,
        "state": acts.state(quote),
        "text": _text(sitting, sheet, Span(quote.start, quote.end), uid, card.pointers(quote, mentions)),
        "words": wording.words(quote),
        "tags": list(doubt.tags(quote)),
        "reasons": card.reasons(quote),
        "sureness": wording.sureness(quote.confidence),
        "speaker": speaker,
        "speakers": doubt.speakers_of(quote),
        "via": card.via(quote),
        "opens": opens,
        "closes": closes,
        "ends": ENDS,
        "kinds": Quote.Kind.choices,
        "rejections": acts.REJECTIONS,
        "versions": elsewhere.printed_elsewhere(quote),
        "history": history_of(quote, limit=30)[:8] if quote.decided else [],
        "find": find,
        "found": card.found(find, speaker.position) if find else [],
        "may_create": sitting.may_create,
    }


def _certain(sitting: Sitting, sheet: queue.Sheet) -> dict[str, Any]:
    quotes = _whole(sheet.certain)
    rows = [(quote, acts.state(quote), sitting.address(sheet.article, quote.uid)) for quote in quotes]
    people = {str(row.person) for quote in quotes for row in doubt.speakers_of(quote)}
    by = f"{len(people)} people" if len(people) > 1 else "".join(people)
    return {"template": "certain", "certain": rows, "certain_people": by, "text": _text(sitting, sheet, None, "", [])}


def _pair(sitting: Sitting, sheet: queue.Sheet, item: str) -> dict[str, Any]:
    pair = _the_pair(item)
    capture = sheet.article.capture
    assert capture is not None
    pointers = card.pointers_to(pair, card.named(capture))
    place = Span(pointers[0].start, pointers[0].end) if pointers else None
    return {
        "template": "pair",
        "pair": pair,
        "pair_card": identities.card(pair, sitting.user),
        "pair_action": sitting.request.get_full_path(),
        "state": pair_state(pair),
        "text": _text(sitting, sheet, place, "", pointers),
        "may_answer": sitting.may_answer,
    }


def _the_pair(item: str) -> Pair:
    rows = Pair.objects.select_related("first", "second")
    pair = rows.filter(uid=item.removeprefix("pair-")).first()
    if pair is None:
        raise Http404
    return pair


def pair_state(pair: Pair) -> str:
    """All of a pair that somebody may change, as JSON."""
    people = [[person.canonical_id, person.name] for person in (pair.first, pair.second)]
    return json.dumps({"answer": pair.answer, "proposed": pair.proposed, "people": people}, sort_keys=True)


# --- acts


def _act(sitting: Sitting, article: Article, item: str) -> HttpResponse:
    """One press of a button; then to the next item, or back to this one."""
    data = sitting.request.POST
    said = data.get("act", "")
    verb = said.partition(":")[0]
    if verb == "keys":
        return _keys(sitting, article, item)
    if verb == "skip":
        return _skip(sitting, article, item)
    if not sitting.may_decide:
        raise PermissionDenied
    if verb == "undo":
        return _undo(sitting, article, item, said.partition(":")[2])
    leases.take(article, sitting.user)
    if item == queue.CERTAIN:
        return _accept_certain(sitting, article)
    if item.startswith("pair-"):
        return _answer(sitting, article, item)
    return _decide(sitting, article, item, said)


def _keys(sitting: Sitting, article: Article, item: str) -> HttpResponse:
    """Turn the keys off, or on again, for good."""
    value = "off" if sitting.keys else "on"
    Preference.objects.update_or_create(user=sitting.user, name=KEYS_OFF, defaults={"value": value})
    return HttpResponseRedirect(sitting.address(article, item))


def _skip(sitting: Sitting, article: Article, item: str) -> HttpResponse:
    if item == queue.CERTAIN:
        sitting.skip([line.uid for line in sitting.sheet(article).certain])
    else:
        sitting.skip([item])
    return _onwards(sitting, article, item)


def _onwards(sitting: Sitting, article: Article, item: str) -> HttpResponse:
    """To the next item; an article in which nothing is left is given back."""
    if following := sitting.sheet(article).after(item):
        return HttpResponseRedirect(sitting.address(article, following.uid))
    leases.release(article, sitting.user)
    return HttpResponseRedirect(sitting.start())


def _decide(sitting: Sitting, article: Article, uid: str, said: str) -> HttpResponse:
    quote = Quote.objects.filter(uid=uid, article=article).first()
    if quote is None:
        raise Http404
    if said.startswith("create:") and not sitting.may_create:
        raise PermissionDenied
    data = sitting.request.POST
    note = data.get("note")
    try:
        act = acts.do(quote, said, shown=data.get("state", ""), note=note, by=sitting.user)
    except acts.Changed as changed:
        return _conflict(sitting, article, uid, said, changed.quote)
    except acts.Refused as refused:
        sitting.say(str(refused), messages.WARNING)
        return HttpResponseRedirect(sitting.address(article, uid))
    if not act.advances:
        return HttpResponseRedirect(sitting.address(article, uid))
    return _onwards(sitting, article, uid)


def _conflict(sitting: Sitting, article: Article, uid: str, said: str, now: Quote) -> HttpResponse:
    """Both versions side by side; what was to be done can still be done, or dropped."""
    try:
        shown = json.loads(sitting.request.POST.get("state", ""))
        shown = shown if isinstance(shown, dict) else {}
    except ValueError:
        shown = {}
    current = json.loads(acts.state(now))
    rows = [
        (label, _in_words(name, shown, now), _in_words(name, current, now), shown.get(name) != current[name])
        for name, label in CONFLICT_FIELDS.items()
    ]
    context = {
        "title": "Changed while you looked at it",
        "article": article,
        "quote": now,
        "rows": rows,
        "state": acts.state(now),
        "act": said,
        "act_in_words": in_words(said),
        "note": sitting.request.POST.get("note"),
        "history": history_of(now, limit=10)[:3],
        "here": sitting.address(article, uid),
    }
    return sitting.render("conflict", context, status=409)


CONFLICT_FIELDS = {
    "status": "Status", "kind": "Kind", "spans": "Words", "speaker": "Speaker", "via": "Through", "unsure": "Unsure",
    "note": "Note",
}  # fmt: skip


def _in_words(name: str, state: dict[str, Any], quote: Quote) -> str:
    """A field of a state as an editor reads it; one that no card ever showed, as it was sent."""
    try:
        return _told(name, state, quote)
    except (TypeError, ValueError, LookupError):
        return str(state[name])


def _told(name: str, state: dict[str, Any], quote: Quote) -> str:
    value = state.get(name)
    if name in ("speaker", "via") and isinstance(value, list):
        return ", ".join(str(row[1]) for row in value) or "nobody"
    if name == "spans" and isinstance(value, list):
        text = quote.capture.text if state.get("capture") == quote.capture_id else ""
        return " … ".join(text[start:end] or f"{start}–{end}" for start, end in value)
    if name == "kind":
        return dict(Quote.Kind.choices).get(str(value), str(value))
    if value in (None, ""):
        return "nothing"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def in_words(said: str) -> str:
    """An act as a button would say it."""
    verb, _, rest = said.partition(":")
    match verb:
        case "accept":
            return "accept it"
        case "reject":
            return f"reject it: {rest}"
        case "kind":
            return f"say that it is {dict(Quote.Kind.choices).get(rest, rest)}"
        case "start" | "end":
            return f"move its {verb} by a {rest[1:]}"
        case "speaker" | "create" | "unnamed":
            return "say who speaks"
        case "unsure":
            return "say that you are unsure"
    return "write a note"


def _accept_certain(sitting: Sitting, article: Article) -> HttpResponse:
    if not sitting.may_bulk:
        raise PermissionDenied
    data = sitting.request.POST
    uids = data.getlist("quote")
    quotes = list(Quote.objects.filter(article=article, uid__in=uids).order_by("start"))
    left = acts.accept_all(quotes, shown={uid: data.get(f"state-{uid}", "") for uid in uids}, by=sitting.user)
    if left:
        words = ", ".join(f"“{quote}”" for quote in left)
        sitting.say(f"Changed since you saw them, so left as they are: {words}", messages.WARNING)
    # What was unticked is to be looked at, later or by somebody else.
    sheet = sitting.sheet(article)
    sitting.skip([line.uid for line in sheet.certain if line.uid not in uids])
    return _onwards(sitting, article, queue.CERTAIN)


def _answer(sitting: Sitting, article: Article, item: str) -> HttpResponse:
    """Whether two people are one; of who may not merge, a proposal."""
    if not sitting.may_answer:
        raise PermissionDenied
    data = sitting.request.POST
    pair, answer = _the_pair(item), data.get("answer", "")
    here = HttpResponseRedirect(sitting.address(article, item))
    if pair_state(pair) != data.get("state"):
        sitting.say(f"{pair} changed since you saw them: this is how they stand now.", messages.WARNING)
        return here
    keep = Person.objects.filter(uid=data.get("keep", "")).first()
    try:
        identities.answer(pair, answer, by=sitting.user, reason=data.get("reason", "").strip(), keep=keep)
    except ValueError as error:
        sitting.say(str(error), messages.WARNING)
        return here
    if not sitting.may_merge:
        sitting.say(f"{pair}: your answer is left for somebody who may merge people.")
    return _onwards(sitting, article, item)


def _undo(sitting: Sitting, article: Article, item: str, key: str) -> HttpResponse:
    """Take one of the user's last acts back, and show what it was on."""
    act = next((act for act in done.acts_of(sitting.user) if act.key == key), None)
    if act is None or act.undone:
        sentence = "That was taken back already." if act else "Only your last fifty acts are taken back here."
        sitting.say(sentence if key else "There was nothing left to take back.", messages.WARNING)
        return HttpResponseRedirect(sitting.address(article, item))
    if not roles.may_take_back(sitting.user, act.decisions):
        raise PermissionDenied
    done.in_words([act])
    try:
        done.undo(act, sitting.user)
    except (IntegrityError, ObjectDoesNotExist):
        sentence = "This cannot be taken back alone: something decided since stands against it. Undo that first."
        sitting.say(sentence, messages.ERROR)
        return HttpResponseRedirect(sitting.address(article, item))
    sitting.say(f"Taken back. {act.words}")
    return HttpResponseRedirect(_place_of(sitting, article, act) or sitting.address(article, item))


def _place_of(sitting: Sitting, article: Article, act: done.Done) -> str:
    """Where an act was done: its quote, or its pair of people beside this article; "" where that is not at the desk."""
    if pairs := act.uids(Pair._meta.label_lower):
        return sitting.address(article, f"pair-{pairs[0]}")
    uids = act.uids(Quote._meta.label_lower)
    quote = Quote.objects.filter(uid__in=uids[:1]).select_related("article").first() if uids else None
    if quote and quote.capture_id == quote.article.capture_id:
        several = len(uids) > 1 and sitting.may_bulk
        return sitting.address(quote.article, queue.CERTAIN if several else quote.uid)
    return ""


# --- beside


@at_the_desk()
def people(sitting: Sitting) -> HttpResponse:
    """Whom a name may mean, as buttons: what the script puts below the field."""
    position = sitting.request.GET.get("position", "")
    position = position if acts.is_place(position) else "0"
    find = sitting.request.GET.get("find", "").strip()
    context = {
        "find": find,
        "found": card.found(find, int(position)) if find else [],
        "position": position,
        "may_create": sitting.may_create,
    }
    return TemplateResponse(sitting.request, "admin/desk/_found.html", context)


@at_the_desk("POST")
def last(sitting: Sitting) -> HttpResponse:
    """The last acts of the user, each with its undo."""
    if sitting.request.method == "POST":
        key = sitting.request.POST.get("act", "").removeprefix("undo:")
        act = next((act for act in done.acts_of(sitting.user) if act.key == key), None)
        if act and not roles.may_take_back(sitting.user, act.decisions):
            raise PermissionDenied
        try:
            number = done.undo(act, sitting.user) if act and not act.undone else 0
            sitting.say("Taken back." if number else "There was nothing left to take back.")
        except (IntegrityError, ObjectDoesNotExist):
            sentence = "This cannot be taken back alone: something decided since stands against it. Undo that first."
            sitting.say(sentence, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:desk_last") + sitting.orders.query())
    return sitting.render("last", {"title": "What you did last", "acts": done.in_words(done.acts_of(sitting.user))})


def urls() -> list[URLPattern]:
    """The addresses of the desk, for the admin site."""
    return [
        path("desk/", start, name="desk"),
        path("desk/filters/", narrow, name="desk_filters"),
        path("desk/people/", people, name="desk_people"),
        path("desk/last/", last, name="desk_last"),
        path("desk/<slug:uid>/", article, name="desk_article"),
        path("desk/<slug:uid>/<slug:item>/", item, name="desk_item"),
    ]
