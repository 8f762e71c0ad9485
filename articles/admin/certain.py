"""The certain ones in bulk: suggestions that nothing is doubtful about, by speaker, accepted and undone as one batch.

A tenth of them is opened first, and the server keeps the count. Whoever has many of their batches reversed starts from
a higher confidence, until that is no longer so (see `RISES`).
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles import doubt
from articles.desk import acts
from articles.excerpts import around
from articles.models import Capture, Quote, Source, Story
from articles.reading.model import Span
from corpus.curating import DeskAdmin, may_decide_in_bulk
from corpus.models import Decision, new_uid
from people.models import Person

#: Quotes on a page; no act takes more.
AT_ONCE = 200
#: Nobody accepts unseen what the machine itself is less sure of.
LEAST = 0.9
#: The confidences that an editor is offered to start from.
OFFERED = (0.9, doubt.CERTAIN, 0.97, 0.98, 0.99)
#: Of a page so many have to be opened: a share, and a number at least.
SHARE, FEWEST = 0.1, 5
#: Where more than this share of what an editor accepted in bulk was reversed, the page starts from this confidence.
RISES = ((0.02, 0.97), (0.05, 0.98), (0.1, 0.99))
#: The share is taken of the latest so many quotes, and means nothing of fewer than these.
LOOKED_BACK, TELLING = 1_000, 50
#: What was opened is kept in the session, the latest so many.
OPENED, KEPT = "certain.opened", 1_000


# --- how often one was wrong


@dataclass(frozen=True, slots=True)
class Record:
    """Of the quotes that somebody accepted in acts on several, the latest of each: how many, and how many reversed."""

    accepted: int
    reversed: int

    @property
    def share(self) -> float:
        return self.reversed / self.accepted if self.accepted else 0.0

    @property
    def per_cent(self) -> str:
        return f"{100 * self.share:.1f} %"

    @property
    def start(self) -> float:
        """The confidence from which the page starts for them: it rises with the share that was reversed."""
        risen = [confidence for share, confidence in RISES if self.share > share]
        return max(risen, default=doubt.CERTAIN) if self.accepted >= TELLING else doubt.CERTAIN


def record_of(user: Any) -> Record:
    """How the acts of a user on several quotes have stood since; two queries.

    Reversed is what was undone, or rejected by anybody later; what was accepted once more in bulk counts anew.
    """
    of_quotes = Decision.objects.of_its_own().filter(thing=Quote._meta.label_lower, field="status")
    mine = of_quotes.filter(by=user, after=Quote.Status.ACCEPTED.value).exclude(batch="").order_by("-id")
    rows = list(mine.values_list("pk", "thing_uid", "batch", "undone_by")[:LOOKED_BACK])
    sizes = Counter(batch for _, _, batch, _ in rows)
    latest: dict[str, tuple[int, bool]] = {}
    for pk, uid, batch, undone_by in rows:
        if sizes[batch] > 1:
            latest.setdefault(uid, (pk, undone_by is not None))
    rejected = of_quotes.filter(thing_uid__in=list(latest), after=Quote.Status.REJECTED.value, undone_by=None)
    last = dict(rejected.order_by("pk").values_list("thing_uid", "pk"))
    return Record(len(latest), sum(undone or last.get(uid, 0) > pk for uid, (pk, undone) in latest.items()))


# --- what is wanted


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: of a story, of a source (slugs), from which confidence on."""

    least: float
    story: str = ""
    source: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str], start: float) -> tuple[Wanted, list[str]]:
        """What an address wants, and what is wrong with it in sentences."""
        story, source = data.get("story", "").strip(), data.get("source", "").strip()
        if not (said := data.get("least", "").strip()):
            return cls(start, story, source), []
        try:
            least = float(said)
        except ValueError:
            least = math.nan
        if LEAST <= least <= 1:
            return cls(least, story, source), []
        fault = f"“{said}” is no confidence to accept from: give a number from {LEAST} to 1. Shown is from {start} on."
        return cls(start, story, source), [fault]

    def query(self) -> str:
        said = {"least": f"{self.least:g}", "story": self.story, "source": self.source}
        return f"?{urlencode({name: value for name, value in said.items() if value})}"

    def quotes(self) -> QuerySet[Quote]:
        """Suggestions without a doubt and of curated speakers only, the surest first."""
        # A list of people, and no join: so both databases go along the index by confidence, and stop at a page.
        curated = Person.objects.filter(canonical__status=Person.Status.CURATED).order_by().values("pk")
        rows = Quote.objects.filter(doubt.certain(self.least, by=Q(person__in=curated)))
        if self.story:
            rows = rows.filter(
                article__in=Story.articles.through.objects.filter(story__slug=self.story).values("article")
            )
        if self.source:
            rows = rows.filter(article__source__slug=self.source)
        return rows.order_by("-confidence", "id").listed()


# --- the page


@dataclass(slots=True)
class Row:
    """A quote on the page; ``pieces`` are its words in their place, with whether they are the quote's, once opened."""

    quote: Quote
    people: tuple[Person, ...]
    ticked: bool = True
    opened: bool = False
    pieces: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The quote, and in short all that may be decided of it: what a form brings back is compared with it."""
        state = hashlib.sha256(acts.state(self.quote).encode()).hexdigest()[:12]
        return f"{self.quote.uid}:{state}"

    @property
    def sureness(self) -> float:
        return min(self.quote.confidence, *(row.confidence for row in doubt.speakers_of(self.quote)))

    @property
    def people_uids(self) -> str:
        return " ".join(person.uid for person in self.people)


@dataclass(slots=True)
class Sheet:
    """The quotes on a page by speaker, those who said most first."""

    rows: list[Row]
    more: bool = False

    @property
    def groups(self) -> list[tuple[str, list[Row]]]:
        by_people: dict[tuple[int, ...], list[Row]] = {}
        for row in self.rows:
            by_people.setdefault(tuple(person.pk for person in row.people), []).append(row)
        groups = sorted(by_people.values(), key=lambda rows: (-len(rows), str(rows[0].people[0])))
        return [(" and ".join(map(str, rows[0].people)), rows) for rows in groups]

    @property
    def ticked(self) -> list[Row]:
        return [row for row in self.rows if row.ticked]

    @property
    def needed(self) -> int:
        """How many of them have to be opened."""
        return min(len(self.rows), max(FEWEST, math.ceil(SHARE * len(self.rows))))

    @property
    def opened(self) -> int:
        return sum(row.opened for row in self.rows)

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.opened)

    @property
    def numbers(self) -> str:
        """What the button says, as its value."""
        return f"{len(self.ticked)} {len(people_of(self.ticked))}"

    @property
    def said(self) -> str:
        return in_words(len(self.ticked), len(people_of(self.ticked)))

    def to_open(self) -> list[Row]:
        """Those to open next: of every speaker one before a second of any, the least sure first."""
        ranked = [
            (rank, row.sureness, row.quote.uid, row)
            for _, rows in self.groups
            for rank, row in enumerate(sorted((r for r in rows if not r.opened), key=lambda r: r.sureness))
        ]
        return [row for *_, row in sorted(ranked, key=lambda one: one[:3])][: self.missing]


def in_words(quotes: int, people: int) -> str:
    return f"{quotes} quote{'' if quotes == 1 else 's'} by {people} {'person' if people == 1 else 'people'}"


def people_of(rows: Iterable[Row]) -> set[int]:
    return {person.pk for row in rows for person in row.people}


def sheet(wanted: Wanted) -> Sheet:
    """The page for what is wanted, all ticked; two queries."""
    found = list(wanted.quotes()[: AT_ONCE + 1])
    rows = [
        Row(quote, tuple(row.person.canonical or row.person for row in doubt.speakers_of(quote) if row.person))
        for quote in found[:AT_ONCE]
        if quote.capture_id == quote.article.capture_id
    ]
    return Sheet(rows, len(found) > AT_ONCE)


def open_up(rows: Sequence[Row]) -> None:
    """Give those that are opened their words in their place; one query."""
    captures = Capture.objects.filter(pk__in={row.quote.capture_id for row in rows if row.opened})
    texts = dict(captures.values_list("pk", "text"))
    for row in rows:
        if row.opened:
            row.pieces = pieces(texts[row.quote.capture_id], [Span(*span) for span in row.quote.spans])


def pieces(text: str, spans: Sequence[Span]) -> list[tuple[str, bool]]:
    """The paragraph around these spans, or what is near them, cut where a span starts or ends."""
    window = around(text, Span(spans[0].start, spans[-1].end), 240)
    found, at = [], window.start
    for span in spans:
        found += [(text[at : span.start], False), (span.of(text), True)]
        at = span.end
    return [piece for piece in [*found, (text[at : window.end], False)] if piece[0]]


def view(request: HttpRequest, model_admin: DeskAdmin) -> HttpResponse:
    """The certain ones; POST opens one or some ("open"), or accepts the ticked ones ("accept", as the button said)."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    may_accept = model_admin.has_change_permission(request) and may_decide_in_bulk(request.user)
    record = record_of(request.user)
    wanted, faults = Wanted.read(request.GET, record.start)
    page, place = sheet(wanted), ""
    opened = set(request.session.get(OPENED, ()))
    for row in page.rows:
        row.opened = row.quote.uid in opened
    if request.method == "POST":
        shown = {one.partition(":")[0] for one in request.POST.getlist("shown")}
        for row in page.rows:
            row.ticked = row.quote.uid in request.POST.getlist("quote") or row.quote.uid not in shown
        if "open" in request.POST:
            place = _open(request, page, request.POST["open"])
        elif not may_accept:
            raise PermissionDenied
        elif fault := _accept(request, model_admin, page, wanted):
            faults.append(fault)
        else:
            return HttpResponseRedirect(request.get_full_path())
    open_up(page.rows)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "The certain ones",
        "opts": model_admin.opts,
        "media": model_admin.media + forms.Media(js=[Script("verbatim/certain.js", defer=True)]),  # type: ignore[list-item]
        "sheet": page,
        "record": record,
        "wanted": wanted,
        "place": place,
        "action": reverse("admin:articles_quote_certain") + wanted.query(),
        "faults": faults,
        "may_accept": may_accept,
        "at_once": AT_ONCE,
        "offered": [(f"{one:g}", one == wanted.least) for one in sorted({*OFFERED, record.start, wanted.least})],
        "stories": Story.objects.order_by("name").values_list("slug", "name"),
        "sources": Source.objects.order_by("name").values_list("slug", "name"),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/articles/certain/page.html", context)


def _open(request: HttpRequest, page: Sheet, said: str) -> str:
    """Open a quote, or with "some" as many as are missing; answers the uid of the first of them."""
    rows = page.to_open() if said == "some" else [row for row in page.rows if row.quote.uid == said]
    for row in rows:
        row.opened = True
    uids = [row.quote.uid for row in rows]
    request.session[OPENED] = [*request.session.get(OPENED, ()), *uids][-KEPT:]
    return uids[0] if uids else ""


def _accept(request: HttpRequest, model_admin: DeskAdmin, page: Sheet, wanted: Wanted) -> str:
    """Accept what was ticked, if it is what the button said and was shown; else why nothing was done, in a sentence."""
    ticked, shown = set(request.POST.getlist("quote")), set(request.POST.getlist("shown"))
    rows = [row for row in page.rows if row.quote.uid in ticked and row.shown in shown]
    if len(rows) < len(ticked):
        return "Some of these are not as you saw them, or not certain any more; nothing was accepted. Look again."
    if not rows:
        return "Nothing is ticked, so nothing was accepted."
    numbers = f"{len(rows)} {len(people_of(rows))}"
    if request.POST["accept"] != numbers:
        said = in_words(len(rows), len(people_of(rows)))
        return f"What you ticked is {said}. The button says so now; nothing was accepted yet."
    if page.missing:
        return f"Open {page.missing} more before you accept the rest; nothing was accepted."
    batch, by = new_uid(), request.user
    states = {row.quote.uid: acts.state(row.quote) for row in rows}
    reason = f"Among the certain ones, from {wanted.least:g} on."
    left = acts.accept_all([row.quote for row in rows], shown=states, by=by, batch=batch, reason=reason)  # type: ignore[arg-type]
    gone = {quote.pk for quote in left}
    kept = [row for row in rows if row.quote.pk not in gone]
    if kept:
        model_admin.tell(request, f"Accepted {in_words(len(kept), len(people_of(kept)))}.", batch)
    if left:
        words = ", ".join(f"“{quote}”" for quote in left)
        model_admin.message_user(request, f"Changed at that moment, so left as they are: {words}", messages.WARNING)
    return ""
