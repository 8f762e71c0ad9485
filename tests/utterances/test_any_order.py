"""Whatever people and machine do, in any order: what was decided holds, and grouping again changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from articles import checks, curation, identities, pipeline, publishing, utterances
from articles.models import Article, Match, Quote, Story, Utterance
from corpus import ledger
from corpus.models import Decision
from people.models import Person
from tests.factories import DAY, make_article, make_person, make_quote, make_story, settle

pytestmark = pytest.mark.django_db

FERRY = (
    "We were told the ferry would last another forty years, and we were told wrong. I will not ask these families to "
    "pay twice for somebody else's mistake."
)
#: What each article prints, by whom it is said, and how many days later.
PRINTED = [
    (FERRY, 0, 0),
    (FERRY.replace("forty", "fifty"), 0, 1),
    ("I will not ask these families to pay twice", 0, 0),
    (FERRY, 1, 6),
    ("the ferry would last another forty years", 1, 2),
    ("We have always said the harbour is safe in any weather", 1, 0),
]
ACTS = "answer split join fullest day reject accept withhold publish undo merge speaker read regroup purge".split()
ANSWERS = ["same", "fragment", "other", "different", "unsure"]
act = st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 5), st.integers(0, 20))


def corpus() -> tuple[list[Quote], list[Person], Story]:
    people = [make_person("Ruth Ashdown"), make_person("Martin Keele")]
    articles, quotes = [], []
    for words, speaker, days in PRINTED:
        text = f"News\n\n“{words},” {people[speaker]} said in the hall.\n\nThe harbour was quiet.\n"
        articles.append(make_article(text, day=DAY.replace(day=DAY.day + days), gated=False))
        quotes.append(make_quote(articles[-1], words, speaker=people[speaker], gated=False))
    story = make_story(articles=articles)
    settle(articles)
    utterances.group(quote.pk for quote in quotes)
    return quotes, people, story


def follow(
    quotes: Sequence[Quote], people: Sequence[Person], by: User, steps: Sequence[tuple[str, int, int, int]]
) -> None:
    """Do these acts, as far as each may be done; after every one all that must hold is looked at."""
    for what, one, other, number in steps:
        there = {quote.pk: quote for quote in Quote.objects.filter(pk__in=[quote.pk for quote in quotes])}
        first, second = there.get(quotes[one].pk), there.get(quotes[other].pk)
        if first is None or second is None:  # purged
            continue
        done = act_on(what, first, second, number, people, by)
        note(f"{what} {one} {other} {number}: {done}")
        holds()


def act_on(what: str, first: Quote, second: Quote, number: int, people: Sequence[Person], by: User) -> str:
    article, row = first.article, second.utterance
    acts: dict[str, Callable[[], Any]] = {
        "answer": lambda: utterances.answer(utterances.match_of(first, second), ANSWERS[number % 5], by=by),
        "split": lambda: utterances.split(first, by=by),
        "join": lambda: utterances.join(first, row, by=by) if row else None,
        "fullest": lambda: utterances.choose_fullest(row, second, by=by) if row else None,
        "day": lambda: utterances.describe(row, {"said_day": str(DAY.replace(day=DAY.day + number % 8))}, by=by) if row else None,
        "reject": lambda: curation.reject([first], by=by),
        "accept": lambda: curation.accept([first], by=by),
        "withhold": lambda: publishing.withhold([article], by=by, reason="asked to"),
        "publish": lambda: publishing.publish([article], by=by),
        "undo": lambda: undo(number, by),
        "merge": lambda: identities.merge(people[1], people[0], by=by),
        "speaker": lambda: curation.set_speakers(first, [people[number % 2]], by=by),
        "read": lambda: pipeline.read_again(article),
        "regroup": lambda: list(utterances.regroup()),
        "purge": lambda: gone(article) if number > 15 else None,
    }  # fmt: skip
    try:
        with transaction.atomic():
            acts[what]()
    except (utterances.Contradiction, identities.Contradiction, ValueError) as refused:
        return f"refused: {refused}"
    return "done"


def gone(article: Article) -> None:
    """As a purge has it, which is no part of another transaction."""
    utterances.release([article.pk])
    Quote.objects.filter(article=article).delete()


def undo(number: int, by: User) -> None:
    """Take back one of the latest batches."""
    batches = list(dict.fromkeys(Decision.objects.standing().order_by("-id").values_list("batch", flat=True)))
    if batches:
        curation.undo(Decision.objects.filter(batch=batches[number % min(4, len(batches))]), by=by)


def partition() -> list[tuple[int, int | None, str]]:
    return sorted(Quote.objects.values_list("pk", "utterance", "relation"), key=lambda row: row[0])


def holds() -> None:
    where = {pk: utterance for pk, utterance, _ in partition()}
    for quote in Quote.objects.all():
        if "utterance" in quote.decided:
            assert quote.holds("utterance", ledger.live(quote, "utterance").after), "decided: in this utterance"  # type: ignore[union-attr]
    groupable = {quote.pk for quote in Quote.objects.all() if quote.status != "rejected" and quote.anchor != "orphaned"}
    for match in Match.objects.exclude(answer="").filter(first__in=groupable, second__in=groupable):
        mates = where[match.first_id] is not None and where[match.first_id] == where[match.second_id]
        if match.answer in Match.JOINING:
            alone = any(
                "utterance" in quote.decided and quote.utterance is None for quote in (match.first, match.second)
            )
            assert mates or alone, f"answered {match.answer}"
        elif match.answer in Match.PARTING:
            assert not mates, f"answered {match.answer}"
    for match in Match.objects.open():
        assert where[match.first_id] is None or where[match.first_id] != where[match.second_id], "a question about one"
    for row in Utterance.objects.all():
        members = list(row.quotes.all())
        assert not (members and row.merged_into), "taken up, and yet it has quotes"
        assert len(members) != 1 or "utterance" in members[0].decided or not row.public, "alone"
    faults = [fault for scan in checks.SCANS if scan.about in SCANS for fault in scan.find(lambda number: None)]
    assert not faults
    before = partition(), questions()
    utterances.group(where)
    assert before == (partition(), questions()), "again"


def questions() -> set[frozenset[tuple[int | None, int | None]]]:
    """What is asked, each question as the two utterances or lone quotes that it is about."""
    rows = Match.objects.open().values_list("first__utterance", "first", "second__utterance", "second")
    return {
        frozenset({(here, None if here else one), (there, None if there else other)})
        for here, one, there, other in rows
    }


SCANS = {"utterances", "decisions on utterances", "decisions on matches", "decisions on quotes"}


@settings(
    max_examples=int(os.environ.get("ANY_ORDER", "2")),
    deadline=None,
    derandomize="ANY_ORDER" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(act, min_size=4, max_size=7))
def test_what_was_decided_holds_in_any_order(steps: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        quotes, people, _ = corpus()
        follow(quotes, people, User.objects.create_user("hetty"), steps)
        transaction.set_rollback(True)
