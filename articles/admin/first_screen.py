"""What stands on the first screen beside what waits: what the user did today, and how far the stories are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from articles.desk import done
from articles.models import Quote, Story
from corpus.models import Decision

#: Stories with a bar: those that news was taken in for last.
STORIES = 8
#: Fields of which it matters what was decided, and those that are acts of their own; all others are edits.
_SAYING = ("status", "answer")
_OWN = ("speaker", "spans", "kind", "unsure", "note", "merged_into", "utterance")
_WORDS = {
    ("articles.quote", "suggested"): "put back to be reviewed",
    ("articles.quote", "speaker"): "given to somebody",
    ("articles.quote", "spans"): "placed or moved",
    ("articles.quote", "kind"): "given a kind",
    ("articles.quote", "unsure"): "said to be unsure, or not",
    ("articles.quote", "note"): "noted on",
    ("articles.article", "draft"): "made drafts again",
    ("articles.report", "declined"): "answered: nothing to change",
    ("articles.report", "open"): "opened again",
    ("people.person", "curated"): "promoted",
    ("people.person", "candidate"): "made candidates again",
    ("people.person", "rejected"): "said to be nobody",
    ("people.person", "merged_into"): "merged",
    ("people.pair", "same"): "judged the same",
    ("people.pair", "different"): "judged different",
    ("people.pair", "unsure"): "left in doubt",
    ("articles.match", "same"): "judged the same words",
    ("articles.match", "fragment"): "judged a part of the same words",
    ("articles.match", "other"): "judged another occasion",
    ("articles.match", "different"): "judged different words",
    ("articles.match", "unsure"): "left in doubt",
    ("articles.quote", "utterance"): "put to other quotes, or apart",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How many things of one kind the user did one thing to today, and the list of those decisions."""

    number: int
    things: str
    did: str
    url: str


@dataclass(frozen=True, slots=True)
class Last:
    """The last act of the user that stands, in words, with what its undo button is called and says."""

    words: str
    at: dt.datetime
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A story: how many of its quotes somebody accepted or rejected, of all that were found."""

    story: Story
    settled: int
    found: int

    @property
    def per_cent(self) -> int:
        return 100 * self.settled // self.found if self.found else 100


def front(request: HttpRequest) -> dict[str, Any]:
    """What the first screen shows of this; six queries at most."""
    assert isinstance(request.user, User)
    return {"did": did_today(request.user), "last": last_of(request.user), "stories": progress()}


def did_today(user: User) -> list[Kind]:
    """What a user did since midnight and still stands, most first; one query.

    Whoever accepts a quote decides its kind and speaker along with it: what went with a status is not counted beside.
    """
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Decision.objects.by_since(user, midnight).exclude(batch="")
    along = Decision.objects.filter(
        thing=OuterRef("thing"), thing_uid=OuterRef("thing_uid"), field__in=_SAYING, batch=OuterRef("batch")
    )
    rows = rows.filter(Q(field__in=_SAYING) | ~Exists(along)).order_by()
    rows = rows.exclude(field__in=_SAYING, after__isnull=True)  # what was said of what is purged, nobody knows
    act = Case(
        When(field__in=_SAYING, then=Cast("after", TextField())),
        When(field__in=_OWN, then="field"),
        default=Value(""),
        output_field=TextField(),
    )
    counted = rows.annotate(act=act).values_list("thing", "act").annotate(number=Count("thing_uid", distinct=True))
    common = {"by__id__exact": user.pk, "standing": "stands", "at__gte": midnight.isoformat()}
    found = []
    for thing, act_said, number in counted:
        said = act_said.strip('"')
        narrowed = {"field": said} if act_said in _OWN else {}
        if act_said and not narrowed:
            narrowed = {"field__in": ",".join(_SAYING), "after": said}
        query = urlencode({**common, "thing": thing, **narrowed})
        url = f"{reverse('admin:corpus_decision_changelist')}?{query}"
        opts = apps.get_model(thing)._meta
        things = str(opts.verbose_name if number == 1 else opts.verbose_name_plural)
        did = _WORDS.get((thing, said)) or (_WORDS.get(("articles.quote", said), said) if said else "edited")
        found.append(Kind(number, things, did, url))
    return sorted(found, key=lambda one: (-one.number, one.things, one.did))


def last_of(user: User) -> Last | None:
    """The last act of a user that stands, whenever that was; at most four queries."""
    standing = Decision.objects.standing().filter(by=user).order_by("-id")
    decision = standing.first()
    if decision is None:
        return None
    whole = (
        list(Decision.objects.standing().filter(batch=decision.batch).select_related("undone_by"))
        if decision.batch
        else [decision]
    )
    [act] = done.in_words([done.Done(decision.batch or decision.uid, whole)])
    name, value = ("batch", decision.batch) if decision.batch else ("decisions", decision.uid)
    return Last(act.words, decision.at, name, value)


def progress() -> list[Progress]:
    """How far the stories are that news was taken in for last; two queries."""
    stories = list(
        Story.objects.annotate(latest=Coalesce(Max("articles__id"), 0)).order_by("-latest", "name")[:STORIES]
    )
    settled = ~Q(article__quotes__status=Quote.Status.SUGGESTED)
    counted = (
        Story.articles.through.objects.filter(story__in=stories)
        .order_by()
        .values_list("story")
        .annotate(
            settled=Count("article__quotes", filter=settled),
            found=Count("article__quotes", filter=settled | Q(article__quotes__found=True)),
        )
    )
    numbers = {story: (done_, found) for story, done_, found in counted}
    return [Progress(story, *numbers.get(story.pk, (0, 0))) for story in stories]
