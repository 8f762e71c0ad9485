"""Pairs of quotes that may report one utterance, for those who may look, and answered by those who may."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from articles import utterances
from articles.filters import AS_TAKEN, unit
from articles.models import Match, Quote
from articles.serializers import ARTICLE_EXAMPLE, ArticleBrief, quote_date
from corpus import idempotency
from corpus.api.openapi_problems import READING, problems
from corpus.api.openapi_writing import WritingSchema
from corpus.api.writing import Act, Body, OneOf, Writing, reason, refusing
from corpus.deadlocks import begun_again
from corpus.filters import Choices, Codes, CorpusFilterSet, Flag, Text
from corpus.models import Token
from corpus.problems import Conflicting
from corpus.serializers import Computed, CorpusSerializer
from corpus.tokens import require

OPEN = "open"
ANSWERS = [(value or OPEN, label) for value, label in Match.Answer.choices]


class Answering(Body):
    """What two quotes are to one another."""

    answer = OneOf(
        [(value, label) for value, label in Match.Answer.choices if value],
        help_text="same, fragment: one utterance; other: the same words, said on another occasion; different: not the "
        "same words; unsure: an editor looked, and could not tell.",
    )  # fmt: skip
    reason = reason()

    example = {"answer": "other", "reason": "She said it again in June."}


class SideSerializer(CorpusSerializer):
    """One of the two quotes."""

    uid = serializers.CharField()
    text = serializers.CharField(help_text="Its parts joined by “ … ” where it is broken.")
    kind = serializers.ChoiceField(choices=Quote.Kind.choices)
    date = quote_date()
    article = ArticleBrief()


class MatchSerializer(CorpusSerializer):
    """Two quotes that may report one utterance, what the machine takes them for, and what was answered."""

    uid = serializers.CharField()
    answer = Computed(
        "answer", of=lambda said: said or OPEN, schema={"type": "string", "enum": [a for a, _ in ANSWERS]}
    )
    likeness = serializers.FloatField(help_text="0 (nothing speaks for it any more) to 1.")
    relation = serializers.CharField(help_text="variant, fragment, whole or paraphrase: the second to the first.")
    occasion = serializers.CharField(help_text="same, doubtful or other.")
    conflict = serializers.BooleanField(help_text="Whether they are given to different people.")
    reasons = serializers.ListField(child=serializers.CharField())
    first = SideSerializer()
    second = SideSerializer()

    _side = {"uid": "sjbrxkndnm", "text": "nobody in that room had been asked", "kind": "mixed", "date": "2025-03-31",
             "article": ARTICLE_EXAMPLE}  # fmt: skip
    example = {
        "uid": "n5k8xw2qjd",
        "answer": OPEN,
        "likeness": 0.92,
        "relation": "variant",
        "occasion": "doubtful",
        "conflict": False,
        "reasons": ["days-apart", "same-speaker"],
        "first": _side,
        "second": {**_side, "uid": "h4t7wq2zmb", "date": "2025-04-09"},
    }


class MatchFilterSet(CorpusFilterSet):
    answer = Choices(
        label="answer", help_text="open: nobody has answered, and something still speaks for it.", choices=ANSWERS,
        condition=lambda values: Q(answer__in=[value for value in values if value != OPEN])
        | (Q(answer="", likeness__gt=0) if OPEN in values else Q(pk__in=[])),
    )  # fmt: skip
    quote = Codes(
        label="quote", help_text="One of its quotes: uid.", pattern="[0-9a-z]{1,16}", example="sjbrxkndnm",
        condition=lambda uids: Q(first__uid__in=uids) | Q(second__uid__in=uids),
    )  # fmt: skip
    utterance = Codes(
        label="utterance", help_text="That one of its quotes reports: uid.", pattern="[0-9a-z]{1,16}",
        example="j2v8qn5xkc",
        condition=lambda uids: Q(first__utterance__uid__in=uids) | Q(second__utterance__uid__in=uids),
    )  # fmt: skip
    likeness__gte = Text(
        label="likeness at least", help_text="From 0 to 1.", parse=unit,
        condition=lambda least: Q(likeness__gte=least), schema={"type": "number", "minimum": 0, "maximum": 1},
    )  # fmt: skip
    conflict = Flag(
        label="conflict", help_text="Whether they are given to different people.", condition=lambda _: Q(conflict=True)
    )

    orders = AS_TAKEN


class MatchSchema(WritingSchema):
    """Reading takes a token too."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [one for one in super().get_auth() if one]

    def problems(self) -> dict[str, Any]:
        return dict(sorted((super().problems() | problems(self.registry, {403}, READING)).items()))


class MatchViewSet(Writing):
    """Pairs of quotes that may report one utterance: what the machine was not sure of, and what people answered.

    What it was sure of is not asked here: such quotes share their utterance.
    """

    model, noun, slugs = Match, "matches", False
    filterset = MatchFilterSet
    serializer_class = MatchSerializer
    schema = MatchSchema()
    acts = {
        "settle": Act(
            "matches_answer", "Answer what two quotes are to one another", Token.Scope.CURATE,
            ("articles.change_match",), Answering,
            answers={200: ("The pair as it is now; undone like any decision.", None)},
            problems=(404, 409, 412, 422), if_match="optional", idempotent=True,
        ),
    }  # fmt: skip

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action not in self.acts:
            require(request, Token.Scope.READ, ["articles.view_match"])

    def get_queryset(self) -> QuerySet:
        return Match.objects.all()

    def may_see(self, row: Match) -> bool:
        """A token that may not look answers what the public sees both sides of."""
        return self.sees_all or (row.first.public and row.second.public)

    @action(detail=True, methods=["post"], url_path="answer")
    @begun_again
    def settle(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say whether two quotes report one thing said once; nobody is asked again, and it can be undone."""
        self.only(())
        said = self.said()

        def work() -> HttpResponse:
            with refusing(), transaction.atomic():
                row = self.held()
                try:
                    utterances.answer(row, said["answer"], by=self.user, reason=said.get("reason", ""))
                except utterances.Contradiction as error:
                    raise Conflicting(str(error)) from None
                return self.written(row)

        return idempotency.once(request, work)
