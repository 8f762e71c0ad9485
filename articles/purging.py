"""Purging, by order of a court or at somebody's right: what goes, what stays, and doing it, so that nothing is left.

An article goes with everything read in it and decided about it. A person goes wherever their name is data: their names
and roles, mentions, attributions, readings, the ledger; what articles print stays as long as the articles do.
Deleting is done first, in transactions that each leave the corpus whole; then the files are written anew
(`corpus.erasure`). Whatever is interrupted is completed by doing it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from articles import copies, gate, utterances
from articles.models import (
    Article,
    Attribution,
    Capture,
    FeedEntry,
    Job,
    Match,
    Mention,
    Notice,
    Passage,
    PastAnchor,
    Quote,
    Reading,
    Report,
    Shingle,
    Story,
    Visit,
)
from articles.models.search import INDEXES
from corpus import erasure, ledger
from corpus.chunks import chunks
from corpus.models import Curated, Decision, Lease, Replay, Tombstone, new_uid
from people.models import Name, Pair, Person, Role
from people.names import matching_key

#: So many quotes lose a speaker in one transaction.
AT_ONCE = 100
OUTSIDE = (
    "What lies outside of the database is not reached: backups, exports, the files that news was taken in from, copies "
    "others have fetched, and on PostgreSQL the write-ahead log until the server recycles it. See to those yourself."
)


class Refused(Exception):
    """This cannot be purged as it is; the message says why and what to do instead."""


@dataclass
class Plan:
    """What a purge would do: kinds of rows with their numbers, names of people who go along, and what stays."""

    thing: Article | Person
    goes: list[tuple[str, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)

    def also(self, label: str, number: int) -> None:
        if number:
            self.goes.append((label, number))


def plan(thing: Article | Person) -> Plan:
    """What goes and what stays; changes nothing."""
    return _plan_article(thing) if isinstance(thing, Article) else _plan_person(thing)


def purge(thing: Article | Person, *, by: User | None, reason: str, public_note: str = "") -> None:
    """Delete a thing and everything that says what it said, and leave tombstones at its addresses.

    Outside of any transaction. Raises Refused before anything is done, erasure.Busy when all is deleted and only the
    files remain to be written anew (then `finish`).
    """
    if isinstance(thing, Person) and thing.merged_into_id:
        raise Refused(f"{thing} is merged into {thing.canonical}: purge that one, and this one goes along.")
    erasure.prepare()
    stone = {"by": by, "by_name": by.get_username() if by else "", "reason": reason, "public_note": public_note}
    if isinstance(thing, Article):
        _purge_article(thing, stone)
    else:
        _purge_person(thing, stone, by)
    finish()


def finish() -> int:
    """Overwrite what purges have deleted; returns for how many things that was left to do. Raises erasure.Busy."""
    waiting = list(Tombstone.objects.filter(finished=None).values_list("pk", flat=True))
    if waiting:
        erasure.finish(INDEXES)
        for some in chunks(waiting):
            Tombstone.objects.filter(pk__in=some).update(finished=timezone.now())
    return len(waiting)


# --- an article


def _parts(article: Article) -> dict[str, QuerySet[Any]]:
    of_captures = Q(capture__article=article)
    return {
        "captures, their text and their bytes": Capture.objects.filter(article=article),
        "readings": Reading.objects.filter(of_captures),
        "passages": Passage.objects.filter(of_captures),
        "mentions of people": Mention.objects.filter(of_captures),
        "quotes": Quote.objects.filter(article=article),
        "attributions": Attribution.objects.filter(quote__article=article),
        "places of quotes in earlier captures": PastAnchor.objects.filter(quote__article=article),
        "notices": Notice.objects.filter(article=article),
        "reports by readers": Report.objects.filter(article=article),
        "addresses it was fetched from": Visit.objects.filter(article=article),
        "entries of feeds": FeedEntry.objects.filter(Q(article=article) | _at(article)),
        "work that waits": _jobs(article),
        "words by which its quotes are found elsewhere": Shingle.objects.filter(quote__article=article),
        "questions whether its quotes are others'": Match.objects.filter(
            Q(first__article=article) | Q(second__article=article)
        ),
    }


def _at(article: Article) -> Q:
    """What of the feeds and of what waits stands at its address, whether or not it was taken in from there."""
    return Q(place=Tombstone.hash_of(article.url_key)) if article.url_key else Q(pk=None)


def _jobs(article: Article) -> QuerySet[Job]:
    """What waits, or was done, of an article, or with a text of it."""
    texts = Capture.objects.filter(article=article).values("text_sha256")
    return Job.objects.filter(Q(article=article) | _at(article) | Q(text_sha256__in=texts))


def _plan_article(article: Article) -> Plan:
    found = Plan(article, goes=[("article, with its headline, byline and address", 1)])
    for label, rows in _parts(article).items():
        found.also(label, rows.count())
    found.also("entry of the search index", 1)
    decisions = sum(rows.count() for rows in _decisions(_things(article)))
    found.also("decisions: before, after and reason", decisions)
    alone = list(_known_only_from(article))
    found.also("people whom only the machine knows, and only from here", len(alone))
    found.names = [person.name for person in alone]
    _plan_traces(found)
    if decisions:
        found.stays.append("Who decided when on which field stays in the ledger, without what was decided and why.")
    if article.source:
        found.stays.append(f"The source, {article.source}, stays.")
    if stories := ", ".join(map(str, article.stories.all())):
        found.stays.append(f"Stories stay, without it, with their descriptions: {stories}.")
    found.stays.append("People whom an editor knows, or another article names, stay.")
    if number := Article.objects.filter(copy_of=article).count():
        found.stays.append(f"Its copies stay, with the same text: {number}; the first of them becomes the original.")
    found.stays.append("The same words in other articles stay: purge those too, if they are to go.")
    found.stays.append("The same text, or anything at the same address, is not taken in again.")
    found.stays.append(OUTSIDE)
    return found


def _things(article: Article) -> Iterator[Curated]:
    yield article
    for rows in _parts(article).values():
        if issubclass(rows.model, Curated):
            yield from rows.only("pk", "uid")
    yield from _taken_back(article)


def _taken_back(article: Article) -> Iterator[Curated]:
    """Passages and mentions that somebody marked in it and took back: a later reading deleted them, and the ledger
    still has what was said of them, and that they stood in a capture of it."""
    captures = [*Capture.objects.filter(article=article).values_list("uid", flat=True)]
    for model in (Passage, Mention):
        rows = Decision.objects.filter(thing=model._meta.label_lower, field="spans")
        rows = rows.filter(Q(before__capture__in=captures) | Q(after__capture__in=captures))
        for uid in set(rows.values_list("thing_uid", flat=True)) - set(
            model.objects.filter(capture__article=article).values_list("uid", flat=True)
        ):
            yield model(uid=uid)


def _by_label(things: Iterable[Curated]) -> dict[str, list[str]]:
    uids: dict[str, list[str]] = {}
    for thing in things:
        uids.setdefault(thing._meta.label_lower, []).append(thing.uid)
    return uids


def _decisions(things: Iterable[Curated]) -> Iterator[QuerySet[Decision]]:
    for label, uids in _by_label(things).items():
        for some in chunks(uids):
            yield Decision.objects.filter(thing=label, thing_uid__in=some)


def _known_only_from(article: Article) -> QuerySet[Person]:
    """Candidates whom nobody decided anything about, and whom no other article names."""
    here = Person.objects.filter(
        Q(mentions__capture__article=article) | Q(attributions__quote__article=article)
    ).values("pk")
    elsewhere = [
        Mention.objects.filter(person=OuterRef("pk")).exclude(capture__article=article),
        Attribution.objects.filter(person=OuterRef("pk")).exclude(quote__article=article),
        Role.objects.filter(Q(organisation=OuterRef("pk")) | Q(person=OuterRef("pk"))),
        Person.objects.filter(merged_into=OuterRef("pk")),
        Decision.objects.filter(thing="people.person", thing_uid=OuterRef("uid")),
    ]
    alone = Person.objects.filter(pk__in=here, status=Person.Status.CANDIDATE, merged_into=None)
    return reduce(lambda rows, other: rows.filter(~Exists(other)), elsewhere, alone).order_by("name", "pk")


@transaction.atomic
def _purge_article(article: Article, stone: dict[str, Any]) -> None:
    _jobs(article).delete()  # first: who works on one of them holds it, and then asks for the article
    ledger.locked(article)
    things = list(_things(article))
    people = list(_known_only_from(article))
    named = Person.objects.filter(Q(mentions__capture__article=article) | Q(attributions__quote__article=article))
    others = set(named.values_list("canonical", flat=True))
    texts = Capture.objects.filter(article=article).values_list("text_sha256", flat=True)
    _bury([article], stone, {*texts, *([article.url_key] if article.url_key else [])})
    _bury(Quote.objects.filter(article=article).only("pk", "uid"), stone)
    _forget([*things, *people])
    _forget_log(Capture, list(Capture.objects.filter(article=article).values_list("pk", flat=True)))
    for said in {text for text in (article.headline, str(article)) if text}:
        for needle in {said, json.dumps(said)[1:-1]}:  # in the log of stories it was put into, say
            LogEntry.objects.filter(Q(object_repr__contains=needle[:200]) | Q(change_message__contains=needle)).update(
                object_repr="", change_message=""
            )
    # Evidence quotes what articles print; the machine finds it again.
    Pair.objects.filter(Q(first__in=named) | Q(second__in=named)).update(evidence=[])
    FeedEntry.objects.filter(_at(article)).delete()
    left = copies.release([article.pk])
    utterances.release([article.pk])
    article.delete()
    Person.objects.filter(pk__in=[person.pk for person in people]).delete()
    gate.refresh(left, people=others)
    _forget_traces()


# --- a person


@dataclass(frozen=True)
class Named:
    """Everybody that is one person, and whatever they go by."""

    people: list[Person]
    uids: frozenset[str]
    texts: frozenset[str]
    keys: frozenset[str]

    @classmethod
    def of(cls, person: Person) -> Named:
        people = [person, *Person.objects.filter(pk__in=person.absorbed_all()).order_by("pk")]
        rows = list(Name.objects.filter(person__in=people).values_list("text", "key"))
        texts = {text for text, _ in rows} | {one.name for one in people}
        keys = {key for _, key in rows} | {matching_key(one.name) for one in people}
        return cls(people, frozenset(one.uid for one in people), frozenset(texts), frozenset(keys - {""}))

    def is_theirs(self, text: str) -> bool:
        return bool(text) and (text in self.texts or matching_key(text) in self.keys)

    def in_prose(self, text: str) -> bool:
        """Whether a free text names them, in whatever capitals."""
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in self.texts)

    def rows(self, rows: QuerySet[Any], *columns: str) -> QuerySet[Any]:
        """The rows that have one of their names or uids in one of these columns, as text or inside JSON."""
        wanted = [*self.uids, *self.texts]
        needles = {needle for text in wanted for needle in (text, json.dumps(text)[1:-1])}
        found = rows
        condition = Q()
        for column in columns:
            found = found.annotate(**{f"{column}_text": Cast(column, TextField())})
            condition |= reduce(or_, (Q(**{f"{column}_text__icontains": needle}) for needle in needles))
        return found.filter(condition)

    def without(self, value: Any) -> Any:
        """A value of the ledger without them: an attribution becomes one to somebody unnamed, candidates are fewer."""
        if isinstance(value, str):
            return None if value in self.uids else "" if self.is_theirs(value) else value
        if isinstance(value, list):
            return [self.without(one) for one in value if not (isinstance(one, dict) and self._is_candidate(one))]
        if not isinstance(value, dict):
            return value
        if "printed" in value and self._names(value):
            nobody = {"person": None, "printed": "", "name": "", "start": None, "end": None, "kind": "unnamed"}
            return value | nobody | {"candidates": [], "reasons": []}
        return {key: self.without(one) for key, one in value.items()}

    def without_evidence(self, rows: list[Any]) -> list[Any]:
        """The evidence of a pair that does not speak of them."""
        return [one for one in rows if not self.in_prose(json.dumps(one, ensure_ascii=False))]

    def _names(self, value: dict[str, Any]) -> bool:
        said = (value.get("name"), value.get("printed"))
        return value.get("person") in self.uids or any(isinstance(one, str) and self.is_theirs(one) for one in said)

    def _is_candidate(self, value: dict[str, Any]) -> bool:
        return "printed" not in value and self._names(value)


def _unnamed(named: Named) -> list[int]:
    """The ids of the quotes that are to lose a name, in order."""
    found = named.rows(Attribution.objects.all(), "printed", "name", "candidates").values("pk")
    rows = Attribution.objects.filter(Q(person__in=named.people) | Q(pk__in=found)).select_related("person")
    return sorted({row.quote_id for row in rows if (value := row.as_json()) != named.without(value)})


def _mentions(named: Named) -> QuerySet[Mention]:
    return Mention.objects.filter(Q(person__in=named.people) | Q(printed__in=named.texts))


def _pairs(named: Named) -> QuerySet[Pair]:
    return Pair.objects.filter(Q(first__in=named.people) | Q(second__in=named.people))


def _plan_person(person: Person) -> Plan:
    named = Named.of(person)
    found = Plan(person, goes=[("person" if len(named.people) == 1 else "people who are one", len(named.people))])
    found.names = sorted(named.texts)
    people, mentions = named.people, _mentions(named)
    found.also("names", Name.objects.filter(person__in=people).count())
    found.also("roles", Role.objects.filter(person__in=people).count())
    found.also("mentions in articles", mentions.count())
    found.also("quotes whose attribution to them becomes one to somebody unnamed", len(_unnamed(named)))
    found.also("readings that name them", named.rows(Reading.objects.all(), "record").count())
    found.also("judgements whether they are somebody else", _pairs(named).count())
    own = sum(rows.count() for rows in _decisions(people))
    found.also("decisions: before, after and reason", own)
    found.also("decisions on other things that name them", _others_decisions(named).count())
    _plan_traces(found)
    articles = Article.objects.filter(
        Exists(Mention.objects.filter(capture__article=OuterRef("pk"), pk__in=mentions.values("pk")))
        | Exists(Attribution.objects.filter(quote__article=OuterRef("pk"), person__in=people))
    )
    if number := articles.count():
        found.stays.append(
            f"What articles print stays: the name in text, headline or byline (articles: {number}), in quotes taken "
            "from there and in the search index. To be rid of those, purge the articles."
        )
        found.stays.append(
            "A new reading of such an article marks the name again where it stands, but makes no person of it."
        )
    found.stays.append("Quotes stay, as of somebody unnamed; no reading gives them to a person again.")
    stories = sum(named.in_prose(f"{story.name} {story.description}") for story in Story.objects.all())
    notices = sum(named.in_prose(notice.text) for notice in Notice.objects.all())
    if stories or notices:
        found.stays.append(
            f"What editors wrote in public stays: {stories} stories and {notices} notices name them. Change the "
            "stories; notices go with their articles."
        )
    found.stays.append("Who decided when on which field stays in the ledger, without what was decided and why.")
    found.stays.append(OUTSIDE)
    return found


def _others_decisions(named: Named) -> QuerySet[Decision]:
    own = Q(thing="people.person", thing_uid__in=named.uids)
    return named.rows(Decision.objects.exclude(own), "before", "after", "reason")


def _purge_person(person: Person, stone: dict[str, Any], by: User | None) -> None:
    named = Named.of(person)
    batch = new_uid()
    # Quotes first, some at a time: whoever repeats this finds those that are left.
    for some in chunks(_unnamed(named), AT_ONCE):
        with transaction.atomic():
            quotes = list(Quote.objects.filter(pk__in=some))
            for quote in quotes:
                _unname(quote, named, by, batch)
            _rewrite(Quote.objects.filter(pk__in=some), named.without, "suggestion")
            gate.refresh({quote.article_id for quote in quotes}, people=[one.pk for one in named.people])
            utterances.group(some)
    with transaction.atomic():
        _forget_person(named, stone)


def _unname(quote: Quote, named: Named, by: User | None, batch: str) -> None:
    values = {role: quote.effective(role) for role in Attribution.Role.values}
    changed = {role: named.without(value) for role, value in values.items() if named.without(value) != value}
    ledger.decide(quote, changed, by=by, batch=batch)


def _forget_person(named: Named, stone: dict[str, Any]) -> None:
    people, pks = named.people, [one.pk for one in named.people]
    mentions = list(_mentions(named))
    _bury(people, stone, named.keys)
    _forget([*people, *mentions, *_pairs(named)])
    for some in chunks(mention.pk for mention in mentions):
        Mention.objects.filter(pk__in=some).delete()
    for some in chunks(list(named.rows(Reading.objects.all(), "record").values_list("pk", flat=True))):
        Reading.objects.filter(pk__in=some).delete()
    for model in (Quote, Mention, Passage, Person, Pair, Article):
        _rewrite(named.rows(model._default_manager.all(), "suggestion"), named.without, "suggestion")
    _rewrite(named.rows(Pair.objects.all(), "evidence"), named.without_evidence, "evidence")
    _rewrite(_others_decisions(named), named.without, "before", "after")
    texts: list[tuple[type[models.Model], str]] = [
        (Decision, "reason"), (Quote, "note"), (Person, "note"), (Pair, "proposed_why"),
        (Report, "text"), (Report, "note"), (Report, "email"),
        (LogEntry, "object_repr"), (LogEntry, "change_message"),
    ]  # fmt: skip
    for holder, column in texts:
        _blank(named, holder, column, named.in_prose)
    for column in ("author", "addressee"):
        _blank(named, Passage, column, named.in_prose)
    for passage in named.rows(Passage.objects.all(), "signatories"):
        passage.signatories = [one for one in passage.signatories if not (named.is_theirs(one) or named.in_prose(one))]
        passage.save(update_fields=["signatories"])
    _blank(named, Role, "organisation_printed", named.in_prose)
    Person.objects.filter(pk__in=pks).delete()
    _forget_traces()


def _rewrite(rows: QuerySet[Any], without: Callable[[Any], Any], *columns: str) -> None:
    """Write what these columns hold without somebody, where that is something else."""
    for row in rows.only("pk", *columns):
        values = {column: without(getattr(row, column)) for column in columns}
        if any(value != getattr(row, column) for column, value in values.items()):
            type(row)._default_manager.filter(pk=row.pk).update(**values)


def _blank(named: Named, model: type[models.Model], column: str, is_theirs: Callable[[str], bool]) -> None:
    rows = named.rows(model._default_manager.all(), column).values_list("pk", column)
    for some in chunks([pk for pk, text in rows if is_theirs(text)]):
        model._default_manager.filter(pk__in=some).update(**{column: ""})


# --- what both leave nothing of


def _bury(things: Iterable[Curated], stone: dict[str, Any], keys: Iterable[str] = ()) -> None:
    digests = sorted(map(Tombstone.hash_of, keys))
    Tombstone.objects.bulk_create(
        Tombstone(
            thing=thing._meta.label_lower, thing_uid=thing.uid,
            slug=Tombstone.hash_of(thing.slug) if isinstance(thing, Person) else "",
            keys=digests, **stone,
        )
        for thing in things
    )  # fmt: skip


def _forget(things: Iterable[Curated]) -> None:
    """Leave of the decisions on these things who, when and on which field; nothing in the admin's log, and no lease."""
    things = list(things)
    for rows in _decisions(things):
        rows.update(before=None, after=None, reason="")
    for label, uids in _by_label(things).items():
        for some in chunks(uids):
            Lease.objects.filter(thing=label, thing_uid__in=some).delete()
    for model in {type(thing) for thing in things}:
        _forget_log(model, [thing.pk for thing in things if type(thing) is model and thing.pk])


def _forget_log(model: type[models.Model], pks: list[int]) -> None:
    content_type = ContentType.objects.get_for_model(model)
    for some in chunks(map(str, pks)):
        log = LogEntry.objects.filter(content_type=content_type, object_id__in=list(some))
        log.update(object_repr="", change_message="")


def _plan_traces(found: Plan) -> None:
    found.also("answers kept for requests to the API that may come twice", Replay.objects.count())
    found.stays.append("The log of the admin keeps that something was changed, without its name.")


def _forget_traces() -> None:
    """What may hold the words of anything: kept answers, and messages that wait in sessions for their next page."""
    Replay.objects.all().delete()
    for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        session = SessionStore(row.session_key)
        if session.pop("_messages", None):
            session.save()
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
