"""Quotes decided on through the API: one by one, many in one act, or marked by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from articles import byhand, curation, utterances
from articles.models import Article, Attribution, Quote, Utterance
from corpus import problems
from corpus.api.validators import etag_of
from corpus.api.writing import (
    Act,
    Body,
    Changing,
    Making,
    Number,
    OneOf,
    Said,
    Truth,
    Words,
    changing,
    found,
    read,
    reason,
    refusing,
    wrong,
)
from corpus.deadlocks import begun_again, busy
from corpus.models import Token, new_uid
from corpus.problems import BadBody, PreconditionRequired
from people.models import Person

#: So many quotes are decided on in one request.
AT_ONCE = 200


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "maxLength": 120, "description": "Slug or uid of a person."},
            {"type": "array", "items": {"type": "string", "maxLength": 120}, "minItems": 1, "maxItems": 20},
            {"type": "null", "description": "Nobody who is named."},
        ]
    }
)
class Speaker(serializers.Field):
    """One person or several, by slug or uid, in order; null for nobody who is named. What was printed stays."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": True, "required": False} | kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        keys = [data] if isinstance(data, str) else data
        if not isinstance(keys, list) or not keys or not all(isinstance(key, str) and key for key in keys):
            raise serializers.ValidationError("Write the slug or uid of a person, a list of these, or null for nobody.")
        if len(keys) > 20 or any(len(key) > 120 or "\0" in key or not key.isprintable() for key in keys):
            raise serializers.ValidationError("These are no slugs or uids of people, or more than twenty.")
        return keys


def spans() -> serializers.ListField:
    pair = serializers.ListField(child=Number(min_value=0, max_value=2**31 - 1), min_length=2, max_length=2)
    help_text = "[start, end) each, in code points of the text of its capture, in order."
    return serializers.ListField(child=pair, min_length=1, max_length=50, required=False, help_text=help_text)


class QuoteChange(Body):
    """What is decided on a quote; whatever is left out stays as it is."""

    status = OneOf(
        [Quote.Status.ACCEPTED.value, Quote.Status.REJECTED.value], required=False,
        help_text="Whether it is a quote; a rejected one is never shown, whatever is read again.",
    )  # fmt: skip
    kind = OneOf(Quote.Kind.choices, required=False)
    spans = spans()
    speaker = Speaker(help_text="Who says it: slug or uid of a person, several in a list, null for nobody named.")
    utterance = Words(
        required=False, allow_null=True, max_length=16,
        help_text="Uid of the utterance that it reports; null: it stands by itself, whatever it resembles.",
    )  # fmt: skip
    unsure = Truth(required=False, help_text="That an editor looked, and could not tell.")
    note = Words(required=False, allow_blank=True, max_length=5000, help_text="For editors, never public.")
    reason = reason()

    needed = ("status", "kind", "spans", "speaker", "utterance", "unsure", "note")
    example = {"status": "accepted", "speaker": "maureen-thorley", "reason": "“She” is the council leader."}


class ManyChange(QuoteChange):
    """As for one quote, and which it is."""

    uid = Words(max_length=16)
    if_match = Words(required=False, max_length=200, help_text="Its ETag, or * for whatever it is now.")

    example = {"uid": "sjbrxkndnm", "if_match": "*", "status": "accepted"}


class NewQuote(Body):
    """Words in the current text of an article that are a quote: by their place, or as they stand there."""

    article = Words(max_length=16, help_text="Its uid.")
    text = Words(required=False, max_length=20_000, help_text="The words, “ … ” between parts; they must stand once.")
    spans = spans()
    kind = OneOf(Quote.Kind.choices, required=False, default=Quote.Kind.DIRECT.value)
    speaker = Speaker(help_text="Slug or uid of a person; left out, or null, nobody is said.")
    reason = reason()

    example = {"article": "4jxtmhdgtv", "text": "nobody in that room had been asked", "kind": "mixed"}


RESULT = {
    "type": "object",
    "required": ["uid", "status"],
    "properties": {
        "uid": {"type": "string"},
        "status": {
            "type": "integer",
            "description": "What PATCH of it alone would answer; 424: not done.",
        },
        "etag": {"type": "string", "description": "For the next change."},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}
RESULTS = {
    "type": "object",
    "required": ["done", "batch", "results"],
    "properties": {
        "done": {"type": "integer", "minimum": 0, "description": "How many were decided on."},
        "batch": {"type": ["string", "null"], "description": "What /decisions/?batch= finds them by; null for none."},
        "results": {"type": "array", "items": RESULT},
    },
}


class QuoteWrites(Changing, Making):
    """Decisions on quotes: status, kind, place, speaker."""

    acts = {
        "partial_update": changing("quotes", QuoteChange, "articles.change_quote", summary="Decide on a quote"),
        "change_many": Act(
            "quotes_change_many", "Decide on many quotes", Token.Scope.CURATE, ("articles.change_quote",), ManyChange,
            many=True, answers={207: ("What became of each, in the order given.", RESULTS)}, problems=(409,),
            parameters={"atomic": ("1: all of them or none; otherwise each by itself.", {"enum": ["0", "1"]})},
        ),
        "create": Act(
            "quotes_add", "Mark a quote by hand", Token.Scope.CURATE, ("articles.add_quote", "articles.change_quote"),
            NewQuote, answers={
                201: ("It is a quote now.", None),
                200: ("The machine had found much the same: that one is as marked here now.", None),
            },
            problems=(409, 422), idempotent=True, links={201: ("quotes_get", "/uid")},
        ),
    }  # fmt: skip

    def change(self, row: Quote, said: Said, why: str, batch: str) -> None:
        curation.decide_quotes([row], self.decided(row, said), by=self.user, reason=why, batch=batch)
        if "utterance" in said:
            self.put_into(row, said["utterance"], why, batch)

    def put_into(self, row: Quote, uid: str | None, why: str, batch: str) -> None:
        """Put a quote into an utterance, or out of every one."""
        try:
            if uid is None:
                utterances.split(row, by=self.user, reason=why, batch=batch)
                return
            utterance = self.known(Utterance).filter(uid=uid).first()
            if utterance is None:
                wrong("utterance", f"There is no “{uid[:60]}”; /api/v1/utterances/ lists what there is.")
            utterances.join(row, utterance, by=self.user, reason=why, batch=batch)
        except utterances.Contradiction as error:
            raise problems.Conflicting(str(error)) from None

    def make(self, said: Said, why: str) -> HttpResponse:
        article = Article.objects.filter(uid=said["article"]).select_related("capture").first()
        if article is None or article.capture is None or not self.may_mark(article):
            wrong("article", f"There is no “{said['article'][:60]}”; /api/v1/articles/ lists what there is.")
        if "spans" not in said and not said.get("text"):
            raise BadBody({"": "Say which words: by their text, or by spans."})
        people = [self.person(key) for key in said.get("speaker") or []]
        if len(people) > 1:
            wrong("speaker", "A new quote takes one speaker; PATCH it to give it more.")
        where = _written(said["spans"]) if "spans" in said else ""
        try:
            place = byhand.spans_of(article.capture.text, where, said.get("text", ""))
            before = Quote.objects.filter(article=article).count()
            quote = byhand.mark_quote(
                article.capture,
                place,
                kind=said["kind"],
                speaker=people[0] if people else None,
                by=self.user,
                reason=why,
            )
        except byhand.Unclear as error:
            wrong("spans" if error.field == "where" else "text", str(error))
        return self.written(quote, 201 if Quote.objects.filter(article=article).count() > before else 200)

    def may_mark(self, article: Article) -> bool:
        return self.sees_all or article.public

    def change_many(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide on many quotes in one batch, each in a transaction of its own, or with atomic=1 all or none."""
        self.only(())
        items = request.data
        if not isinstance(items, list) or not 1 <= len(items) <= AT_ONCE:
            raise BadBody({"": f"The body must be a list of 1 to {AT_ONCE} changes, each with a uid."})
        if len(items) > 1 and not self.user.has_perm("articles.decide_in_bulk"):
            raise exceptions.PermissionDenied(
                f"{self.user} may not decide on many in one act: it takes the right “articles.decide_in_bulk”."
            )
        uids = [item.get("uid") if isinstance(item, Mapping) else None for item in items]
        if twice := next((uid for uid in uids if isinstance(uid, str) and uids.count(uid) > 1), None):
            raise BadBody({"": f"“{twice[:60]}” stands in the list twice; say all about it at once."})
        atomic = request.query_params.get("atomic", "0")
        if atomic not in {"0", "1"}:
            raise exceptions.ValidationError({"atomic": f"“{atomic[:40]}” is neither 0 nor 1."})
        batch = new_uid()
        if atomic == "1":
            results = begun_again(self.all_or_none)(items, batch)
        else:
            results = [self.by_itself(item, batch) for item in items]
        done = sum(result["status"] == 200 for result in results)
        return self.told({"done": done, "batch": batch if done else None, "results": results}, 207)

    def all_or_none(self, items: Sequence[Any], batch: str) -> list[dict[str, Any]]:
        given = [item.get("uid") for item in items if isinstance(item, Mapping)]
        uids = [uid for uid in given if isinstance(uid, str) and uid.isascii() and uid.isprintable()]
        with transaction.atomic():
            # In one order, whatever the order of the items, or two such requests would wait for each other.
            held = Quote.objects.select_for_update(of=("self",)).order_by("pk")
            list(held.filter(uid__in=uids).values_list("pk"))
            results = [self.one_of(item, batch) for item in items]
            if any(result["status"] != 200 for result in results):
                transaction.set_rollback(True)
                return [r if r["status"] != 200 else {"uid": r["uid"], "status": 424} for r in results]
        return results

    def by_itself(self, item: Any, batch: str) -> dict[str, Any]:
        """What became of one item, whatever becomes of the others."""
        try:
            return begun_again(self.one_of)(item, batch)
        except OperationalError as error:
            if not busy(error):
                raise
            return self.refused(item, problems.Busy())

    def one_of(self, item: Any, batch: str) -> dict[str, Any]:
        """What became of one item of a list."""
        try:
            said = read(ManyChange, item)
            with refusing(), transaction.atomic():
                uid = said.pop("uid")
                row = Quote.objects.select_for_update(of=("self",)).filter(uid=uid).first()
                if row is None or not self.may_see(row):
                    raise exceptions.NotFound(f"There is no “{uid[:60]}” here.")
                given = said.pop("if_match", None)
                if given is None:
                    raise PreconditionRequired("Say what you change: its ETag as if_match, or * as it is now.")
                self.must_be(row, given)
                self.change(row, said, said.pop("reason", ""), batch)
            return {"uid": uid, "status": 200, "etag": etag_of(self.as_it_is(row).encode())}
        except exceptions.APIException as error:
            return self.refused(item, error)

    @staticmethod
    def refused(item: Any, error: exceptions.APIException) -> dict[str, Any]:
        """The result of an item that was not done."""
        uid = item.get("uid") if isinstance(item, Mapping) else None
        name, title = problems.named(error)
        faults = getattr(error, "faults", ())
        problem = problems.described(None, error.status_code, name, title, str(error.detail), faults)
        return {"uid": uid if isinstance(uid, str) else "", "status": error.status_code, "problem": problem}

    # What was said, as the ledger takes it

    def decided(self, quote: Quote, said: Said) -> dict[str, Any]:
        """What was said of a quote, field by field."""
        values: dict[str, Any] = {name: said[name] for name in ("status", "kind", "unsure", "note") if name in said}
        if "spans" in said:
            try:
                values["spans"] = byhand.spans_of(quote.capture.text, _written(said["spans"]), "")
            except byhand.Unclear as error:
                wrong("spans", str(error))
        if "speaker" in said:
            values["speaker"] = self.speakers(quote, said["speaker"])
        return values

    def speakers(self, quote: Quote, keys: Sequence[str] | None) -> list[dict[str, Any]]:
        """Those who speak; what was printed stays with the position it had."""
        printed = quote.effective(Attribution.Role.SPEAKER.value)
        if keys is None:
            nobody: dict[str, Any] = {"kind": Attribution.Kind.UNNAMED.value, "person": None, "name": ""}
            first = printed[0] if printed else {"printed": ""}
            return [{**first, **nobody, "candidates": [], "confidence": 1.0}]
        people = [self.person(key) for key in keys]
        if len({person.pk for person in people}) < len(people):
            wrong("speaker", "Somebody stands in the list twice.")
        return [curation.given_to(person, printed[at] if at < len(printed) else {}) for at, person in enumerate(people)]

    def person(self, key: str) -> Person:
        """Who is meant by a slug or uid; of whoever was merged, who stayed."""
        everybody = Person.objects.select_related("canonical")
        known = everybody if self.sees_all else everybody.filter(canonical__public=True)
        person: Person = found(known, "speaker", key, "/api/v1/people/")
        return person.canonical or person


def _written(spans: Sequence[Sequence[int]]) -> str:
    return ", ".join(f"{start}–{end}" for start, end in spans)
