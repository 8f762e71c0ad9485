"""Utterances: quotes that report the same find one another, look-alikes do not, and what people decide stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import curation, gate, identities, pipeline, publishing, purging, utterances
from articles.models import Article, Match, Quote, Shingle, Source, Story, Utterance
from articles.perturbed import Printed
from articles.reading import read
from articles.utterances import finding, grouping
from articles.utterances.forms import load_ids
from corpus.models import Decision
from people.models import Person
from tests.comparing.test_judging import DOUBTFUL, LOOK_ALIKES, SAME
from tests.factories import DAY, make_article, make_person, make_quote, make_source, make_story, settle, unmerge

pytestmark = pytest.mark.django_db

FERRY = (
    "We were told the ferry would last another forty years, and we were told wrong. I will not ask these families to "
    "pay twice for somebody else's mistake."
)
TWICE = "I will not ask these families to pay twice"


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_user("hetty")


@pytest.fixture
def ashdown(db: None) -> Person:
    return make_person("Ruth Ashdown")


def printed(
    words: str,
    speaker: Person | str | None = None,
    *,
    source: Source | None = None,
    days: int | None = 0,
    stories: Sequence[Story] = (),
    text: str = "",
    grouped: bool = True,
    **fields: Any,
) -> Quote:
    """A quote of its own article of its own outlet, which has found its utterance."""
    day = None if days is None else DAY + dt.timedelta(days)
    article = make_article(text or f"News\n\n“{words}” she said.", source=source, day=day, stories=stories, gated=False)
    quote = make_quote(article, words, speaker=speaker, gated=False, **fields)
    settle([article])
    if grouped:
        utterances.group([quote.pk])
    quote.refresh_from_db()
    return quote


def together(*quotes: Quote) -> bool:
    """Whether all of these are in one utterance."""
    found = set(Quote.objects.filter(pk__in=[quote.pk for quote in quotes]).values_list("utterance", flat=True))
    return len(found) == 1 and None not in found


def utterance_of(quote: Quote) -> Utterance:
    quote.refresh_from_db()
    assert quote.utterance is not None
    return quote.utterance


# --- the fifty pairs, through the database ---------------------------------------------------------------------------


def stored(pair: Sequence[Printed]) -> list[Quote]:
    """Both of a pair as quotes, taken in one after the other."""
    people: dict[int, Person] = {}
    stories: dict[int, Story] = {}
    quotes = []
    for one in pair:
        if one.speaker and one.speaker not in people:
            people[one.speaker] = make_person(f"Speaker {'ABCD'[one.speaker]}nning")
        if one.story and one.story not in stories:
            stories[one.story] = make_story()
        words = one.words.strip("()") if one.reported else one.words
        quotes.append(
            printed(
                words,
                people.get(one.speaker),
                days=one.days,
                stories=[stories[one.story]] if one.story else [],
                kind="indirect" if one.reported else "direct",
            )
        )
    return quotes


@pytest.mark.parametrize("one, other, relation", SAME)
def test_one_utterance(one: Printed, other: Printed, relation: str) -> None:
    first, second = stored([one, other])
    assert together(first, second)
    assert not Match.objects.open().exists()
    # The other way round, and both at once, it is the same.
    for order in ([second.pk], [first.pk], [first.pk, second.pk]):
        uid = utterance_of(first).uid
        utterances.group(order)
        assert together(first, second)
        assert utterance_of(first).uid == uid


@pytest.mark.parametrize("one, other", DOUBTFUL)
def test_when_in_doubt_it_is_a_question(one: Printed, other: Printed) -> None:
    first, second = stored([one, other])
    assert not together(first, second)
    assert not Utterance.objects.exists()
    match = Match.objects.open().get()
    assert (match.first, match.second) == (first, second)


@pytest.mark.parametrize("one, other", LOOK_ALIKES)
def test_look_alikes(one: Printed, other: Printed) -> None:
    assert not together(*stored([one, other]))
    assert not Utterance.objects.exists()


SLOGAN = "Bring the ferries back home"
LOOK_ALIKES_OF_THE_CORPUS = [
    # A slogan at two rallies, a speech given twice, a standing answer: another day, another story.
    (Printed(SLOGAN), Printed(SLOGAN, days=2, story=2)),
    (Printed(FERRY), Printed(FERRY, days=1, story=2)),
    (Printed("We do not comment on individual cases of any kind"), Printed("We do not comment on individual cases of any kind", days=3, story=2)),
    # Long ago, or perhaps.
    (Printed(SLOGAN), Printed(SLOGAN, days=365, story=0)),
    (Printed(SLOGAN, days=None, story=1), Printed(SLOGAN, days=None, story=2)),
    # Two people with one phrase; one sentence with other things in it.
    (Printed("we are where we are", story=1), Printed("we are where we are", 2, story=2)),
    (Printed("The ferry carries 300 people a day"), Printed("The bridge carries 900 cars a day")),
    (Printed("It was the worst night of my life"), Printed("It was the best night of my life", 2)),
    (Printed("I have written to the minister about it"), Printed("I have spoken to the council about it")),
    (Printed("They should be ashamed of themselves"), Printed("You should be proud of yourselves")),
    (Printed("(the ferry would stop in June)"), Printed("The ferry is a lifeline, and June is when we need it")),
]  # fmt: skip


@pytest.mark.parametrize("one, other", LOOK_ALIKES_OF_THE_CORPUS)
def test_look_alikes_of_the_corpus(one: Printed, other: Printed) -> None:
    assert not together(*stored([one, other]))


# --- several at once -------------------------------------------------------------------------------------------------


def test_parts_that_have_nothing_in_common_meet_in_the_fullest_form(ashdown: Person) -> None:
    one, other = printed("the ferry would last another forty years", ashdown), printed(TWICE, ashdown)
    assert not together(one, other)
    whole = printed(FERRY, ashdown)
    assert together(one, other, whole)
    assert utterance_of(whole).fullest == whole
    assert [Quote.objects.get(pk=quote.pk).relation for quote in (one, other, whole)] == [
        "fragment",
        "fragment",
        "fullest",
    ]


A, B, C, D = (
    "The harbour wall was built in a hurry by people who never saw the winter here",
    "it has been patched eleven times with money meant for schools and libraries",
    "nobody from the ministry has stood on it since the night of the great storm",
    "my grandmother sold fish beneath it every Friday until the market moved inland",
)


def test_a_chain_does_not_drift(ashdown: Person) -> None:
    """One that overlaps with both ends of two others does not make one of them."""
    one, middle, other = (printed(f"{x}, and {y}", ashdown) for x, y in ((A, B), (B, C), (C, D)))
    assert together(one, middle)
    assert not together(one, other)
    assert not together(middle, other)
    assert {match.first_id for match in Match.objects.open()} | {match.second_id for match in Match.objects.open()} == {
        middle.pk,
        other.pk,
    }


def test_a_part_of_a_variant_belongs_to_it_though_the_fullest_form_has_another_word(ashdown: Person) -> None:
    variant = printed("The papers were never lost. They were in a place where nobody was looking.", ashdown)
    part = printed("in a place where nobody was looking", ashdown)
    fullest = printed("The papers were never lost. They were in a place where no one was looking.", ashdown)
    assert together(variant, part, fullest)
    assert utterance_of(part).words_changed == 2


def test_the_best_of_several_is_chosen(ashdown: Person) -> None:
    """What somebody quotes of another is that other's, also where the longer quote has all of it."""
    keele = make_person("Martin Keele")
    inner = "not one family on this island will pay twice"
    outer = f"Mr Keele told the hall in 2019 that {inner}, and I was there and I heard him say it"
    around = printed(outer, ashdown)
    own = printed(inner, keele)
    again = printed(inner, keele)
    assert together(own, again)
    assert not together(own, around)


def test_what_is_quoted_inside_is_not_another_form(ashdown: Person) -> None:
    inner = "nobody will pay twice for this ferry"
    outer = f"He stood on that quay and said to us, “{inner}”, and then he went home"
    article = make_article(f"News\n\n“{outer}.”", gated=False)
    around = make_quote(article, outer, speaker=ashdown, gated=False)
    nested = make_quote(article, inner, speaker=ashdown, nested_in=around, gated=False)
    settle([article])
    utterances.group([around.pk, nested.pk])
    other = make_article(f"News\n\n“{outer}.”", gated=False)
    outer_too = make_quote(other, outer, speaker=ashdown, gated=False)
    nested_too = make_quote(other, inner, speaker=ashdown, nested_in=outer_too, gated=False)
    settle([other])
    utterances.group([outer_too.pk, nested_too.pk])
    assert together(around, outer_too)
    assert together(nested, nested_too)
    assert not together(around, nested)


def test_two_utterances_meet_and_the_older_address_survives(ashdown: Person) -> None:
    early = [printed("the ferry would last another forty years", ashdown) for _ in range(2)]
    late = [printed(TWICE, ashdown) for _ in range(2)]
    older, younger = utterance_of(early[0]), utterance_of(late[0])
    assert older != younger
    whole = printed(FERRY, ashdown)
    assert together(whole, *early, *late)
    assert utterance_of(whole) == older
    younger.refresh_from_db()
    assert (younger.merged_into, younger.public) == (older, False)
    # Taken back, both are there again, each at its own address.
    curation.reject([whole], by=None)
    assert (utterance_of(early[0]), utterance_of(late[0])) == (older, younger)
    younger = utterance_of(late[1])
    assert (younger.merged_into, younger.public) == (None, True)


def test_the_same_words_of_different_people_are_shown_as_a_conflict(ashdown: Person) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, make_person("Martin Keele"))
    assert together(one, other)
    assert utterance_of(one).conflict
    # Who is not surely somebody is in conflict with nobody.
    short = "pay twice for somebody else's mistake"
    unsure = printed(short, make_person("Jean Tasker"), speaker_confidence=0.5)
    assert together(one, unsure)


def test_the_same_words_in_a_hundred_outlets_take_the_room_of_one(ashdown: Person) -> None:
    quotes = [printed(FERRY, ashdown, grouped=False) for _ in range(12)]
    utterances.group([quote.pk for quote in quotes])
    assert together(*quotes)
    rows = Shingle.objects.count()
    assert rows == Shingle.objects.values("hash").distinct().count()
    quotes.append(printed(FERRY.replace("forty", "fifty"), ashdown))
    assert together(*quotes)
    assert rows < Shingle.objects.count() <= rows + 4


def test_what_everybody_says_finds_nobody(ashdown: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.utterances.finding.CAP", 3)
    for number in range(8):
        printed(f"at the end of the council's long day number{number} word{number}", days=20 * number)
    common = Shingle.objects.values_list("hash", flat=True)
    assert max(list(common).count(hashed) for hashed in common) <= 4


# --- figures ---------------------------------------------------------------------------------------------------------


def test_figures(ashdown: Person) -> None:
    gazette = make_source()
    full = printed(FERRY, ashdown)
    printed(FERRY.replace("these families", "those people"), ashdown, source=gazette, days=1)
    printed(TWICE, ashdown, source=gazette)
    printed("I will not ask these families […] somebody else's mistake", ashdown)
    printed("the minister would not ask families to pay twice for the mistake", ashdown, kind="indirect")
    hidden = printed(FERRY + " Not ever, and not for anybody.", ashdown, status="suggested", confidence=0.2)
    row = utterance_of(full)
    assert (row.outlets, row.printed, row.words_changed, row.conflict, row.public) == (4, 5, 2, False, True)
    assert row.fullest == full, "the longest form that the public may see"
    assert row.moment == 202403120000
    hidden.refresh_from_db()
    assert hidden.utterance == row
    curation.accept([hidden], by=None)
    row.refresh_from_db()
    assert (row.fullest, row.printed) == (hidden, 6)


def test_the_fullest_form_is_of_most_words_then_without_an_editors_hand_then_the_earliest(ashdown: Person) -> None:
    late = printed(FERRY, ashdown, days=2)
    printed(FERRY.replace("these", "[those]") + " Never", ashdown)  # as many words, one of them replaced by hand
    early = printed(FERRY + " Never", ashdown, days=1)
    printed(f"he said that {FERRY} He said that {FERRY}", ashdown, kind="indirect")
    assert utterance_of(late).fullest == early


def test_a_copy_counts_as_its_original(ashdown: Person) -> None:
    one, other, third = (printed(FERRY, ashdown, grouped=False) for _ in range(3))
    Article.objects.filter(pk=other.article_id).update(copy_of=one.article_id)
    gate.refresh([one.article_id, other.article_id, third.article_id])
    utterances.group([one.pk, other.pk, third.pk])
    row = utterance_of(one)
    assert (row.outlets, row.printed, row.public) == (2, 2, True)


def test_an_utterance_is_public_with_two_public_quotes(ashdown: Person) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown)
    row = utterance_of(one)
    assert row.public
    publishing.withhold([other.article], by=None)
    row.refresh_from_db()
    assert (row.public, row.printed) == (False, 1)
    assert together(one, other)


@pytest.mark.parametrize("number", [2, 12])
def test_figures_take_as_many_queries_for_many_as_for_few(number: int, ashdown: Person) -> None:
    quotes = [printed(f"{FERRY} number{at}", days=20 * at, grouped=False) for at in range(number)]
    quotes += [printed(f"{FERRY} number{at}", days=20 * at, grouped=False) for at in range(number)]
    touched = utterances.group([quote.pk for quote in quotes])
    assert len(touched) == number
    Utterance.objects.update(outlets=0)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        utterances.refresh(touched)
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"] and "advisory" not in q["sql"]]) == 4


QUERIES = 27


@pytest.mark.parametrize("number", [3, 15])
def test_grouping_takes_as_many_queries_for_many_as_for_few(number: int, ashdown: Person) -> None:
    known = [printed(f"{FERRY} number{at}", ashdown, days=20 * at, grouped=False) for at in range(number)]
    utterances.group([quote.pk for quote in known])
    fresh = [printed(f"{FERRY} number{at}", ashdown, days=20 * at, grouped=False) for at in range(number)]
    with CaptureQueriesContext(connection) as queries:
        utterances.group([quote.pk for quote in fresh])
    assert Utterance.objects.count() == number
    counted = [q for q in queries if "SAVEPOINT" not in q["sql"] and "advisory" not in q["sql"]]
    assert len(counted) == QUERIES


# --- what changes ----------------------------------------------------------------------------------------------------


def test_rejected_quotes_leave_and_come_back(ashdown: Person, editor: User) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown)
    row = utterance_of(one)
    curation.reject([other], by=editor)
    one.refresh_from_db()
    row.refresh_from_db()
    assert (one.utterance, one.relation, row.public, row.printed) == (None, "", False, 0)
    assert not Shingle.objects.filter(quote=other).exists()
    curation.undo(Decision.objects.filter(thing_uid=other.uid), by=editor)
    assert together(one, other)
    assert utterance_of(one) == row, "at the same address"


def test_a_quote_with_other_words_is_looked_at_again(ashdown: Person, editor: User) -> None:
    text = f"News\n\n“{FERRY}” she said. “The school will open on Monday as it always does.”"
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown, text=text)
    start = text.index("The school")
    curation.decide_quotes([other], {"spans": [[start, len(text) - 1]]}, by=editor)
    assert not together(one, other)
    one.refresh_from_db()
    assert one.utterance is None


def test_a_decision_on_the_speaker_is_evidence(ashdown: Person, editor: User) -> None:
    one = printed("a low mob in a lift", ashdown)
    other = printed("a low mob", make_person("Martin Keele"), stories=[make_story(articles=[one.article])])
    assert not together(one, other)
    curation.set_speakers(other, [ashdown], by=editor)
    assert together(one, other)


def test_a_date_is_evidence(ashdown: Person, editor: User) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown, days=400)
    assert not together(one, other)
    curation.decide_articles([other.article], {"published_day": str(DAY)}, by=editor)
    assert together(one, other)


def test_merging_people_settles_a_conflict_and_undoing_it_brings_it_back(ashdown: Person, editor: User) -> None:
    namesake = make_person("Cllr R. Ashdown")
    one, other = printed(FERRY, ashdown), printed(FERRY, namesake)
    assert utterance_of(one).conflict
    identities.merge(namesake, ashdown, by=None)
    assert not utterance_of(other).conflict
    unmerge(namesake, by=None)
    assert utterance_of(one).conflict
    assert together(one, other)


TEXT = f"Ferry to close\n\nRuth Ashdown, leader of the council, said: “{FERRY}”\n\nMartin Keele, her deputy, left.\n"


def take_in(*texts: str) -> list[Article]:
    from articles import intake

    rows = [
        {"text": text, "headline": "Ferry to close", "source": f"paper-{at}", "source_name": f"Paper {at}",
         "url": f"https://paper-{at}.example/ferry", "published": "2024-03-12"}
        for at, text in enumerate(texts)
    ]  # fmt: skip
    data = "\n".join(json.dumps(row) for row in rows).encode()
    outcomes = list(pipeline.take_in(intake.item_from_upload("ferry.jsonl", data), pipeline.Orders(publish=True)))
    assert [outcome.error for outcome in outcomes] == [""] * len(texts)
    return [Article.objects.get(uid=outcome.article) for outcome in outcomes]


def test_news_finds_its_utterances_as_it_comes_in() -> None:
    articles = take_in(TEXT, TEXT.replace("these", "those") + "\nThe weather was fine, for once, and stayed so.\n")
    rows = [utterance_of(article.quotes.get(text__contains="ferry would last")) for article in articles]
    assert rows[0] == rows[1]
    assert (rows[0].public, rows[0].words_changed) == (True, 1)
    # A new capture without the words, and one with them again.
    take_in(TEXT.replace(FERRY, "No comment at all, I am afraid."), TEXT.replace("these", "those"))
    rows[0].refresh_from_db()
    assert (rows[0].public, rows[0].printed) == (False, 0)
    take_in(TEXT)
    rows[0].refresh_from_db()
    assert rows[0].public


# --- people decide ---------------------------------------------------------------------------------------------------


def test_answers_join_and_part(ashdown: Person, editor: User) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown, days=6)
    match = Match.objects.open().get()
    utterances.answer(match, "same", by=editor, reason="the weekly printed it late")
    assert together(one, other)
    assert not Match.objects.open().exists()
    curation.undo(Decision.objects.filter(thing_uid=match.uid), by=editor)
    assert not together(one, other)
    assert Match.objects.open().get() == match
    utterances.answer(match, "other", by=editor)
    utterances.group([one.pk, other.pk])
    assert not together(one, other)
    assert not Match.objects.open().exists()
    # Though the machine comes to be sure of it.
    make_story(articles=[one.article, other.article])
    curation.decide_articles([other.article], {"published_day": str(DAY)}, by=editor)
    utterances.group([one.pk, other.pk])
    assert not together(one, other)
    third = printed(FERRY, ashdown)
    assert together(one, third) != together(other, third)


def test_what_is_unsure_is_not_asked_again(ashdown: Person, editor: User) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown, days=6)
    utterances.answer(Match.objects.open().get(), "unsure", by=editor)
    utterances.group([one.pk, other.pk])
    printed(FERRY, ashdown)
    assert not Match.objects.open().exists()


def test_splitting_off_and_undoing_it(ashdown: Person, editor: User) -> None:
    quotes = [printed(FERRY, ashdown) for _ in range(3)]
    row = utterance_of(quotes[0])
    batch = utterances.split(quotes[0], by=editor, reason="at the rally")
    assert quotes[0].utterance is None
    row.refresh_from_db()
    assert row.printed == 2
    utterances.group([quote.pk for quote in quotes])
    printed(FERRY, ashdown)
    quotes[0].refresh_from_db()
    assert quotes[0].utterance is None
    assert not Match.objects.open().exists()
    curation.undo(Decision.objects.filter(batch=batch), by=editor)
    assert utterance_of(quotes[0]) == row
    quotes[0].refresh_from_db()
    assert quotes[0].decided == []


def test_joining_and_undoing_it(ashdown: Person, editor: User) -> None:
    one, other = printed(FERRY, ashdown), printed(FERRY, ashdown)
    row = utterance_of(one)
    alien = printed("Families have paid enough already", make_person("Martin Keele"))
    batch = utterances.join(alien, row, by=editor, reason="the recording has it")
    assert together(one, other, alien)
    assert alien.relation == "fragment"
    row.refresh_from_db()
    assert (row.printed, row.words_changed, row.conflict) == (3, 0, True)
    utterances.group([one.pk, other.pk, alien.pk])
    assert together(one, other, alien)
    curation.undo(Decision.objects.filter(batch=batch), by=editor)
    alien.refresh_from_db()
    assert alien.utterance is None


def test_an_utterance_that_somebody_put_a_quote_into_is_the_one_that_stays(ashdown: Person, editor: User) -> None:
    early = [printed("the ferry would last another forty years", ashdown) for _ in range(2)]
    late = [printed(TWICE, ashdown) for _ in range(2)]
    alien = printed("Families have paid enough already", ashdown)
    row = utterance_of(late[0])
    utterances.join(alien, row, by=editor)
    whole = printed(FERRY, ashdown)
    assert together(whole, *early, *late, alien)
    assert utterance_of(whole) == row


def test_two_utterances_that_people_put_quotes_into_only_people_make_one(ashdown: Person, editor: User) -> None:
    early = [printed("the ferry would last another forty years", ashdown) for _ in range(2)]
    late = [printed(TWICE, ashdown) for _ in range(2)]
    rows = [utterance_of(early[0]), utterance_of(late[0])]
    aliens = [printed(words, ashdown) for words in ("Families have paid enough", "Boats rot where nobody looks")]
    for alien, row in zip(aliens, rows, strict=True):
        utterances.join(alien, row, by=editor)
    printed(FERRY, ashdown)
    assert not together(early[0], late[0])
    batch = utterances.answer(utterances.match_of(early[0], late[0]), "same", by=editor)
    assert together(*early, *late, *aliens)
    assert utterance_of(late[0]) == rows[0]
    curation.undo(Decision.objects.filter(batch=batch), by=editor)
    assert [utterance_of(alien) for alien in aliens] == rows


def test_the_fullest_form_is_chosen_and_given_back(ashdown: Person, editor: User) -> None:
    full, part = printed(FERRY, ashdown), printed(TWICE, ashdown)
    row = utterance_of(full)
    batch = utterances.choose_fullest(row, part, by=editor, reason="the rest is a misquotation")
    assert row.fullest == part
    full.refresh_from_db()
    assert full.relation == "variant"
    longer = printed(FERRY + " Not ever.", ashdown)
    row.refresh_from_db()
    assert row.fullest == part
    # While the public may not see it, another stands for it.
    publishing.withhold([part.article], by=None)
    row.refresh_from_db()
    assert (row.fullest, row.public) == (longer, True)
    assert row.holds("fullest", part.uid)
    publishing.publish([part.article], by=None)
    row.refresh_from_db()
    assert row.fullest == part
    curation.undo(Decision.objects.filter(batch=batch), by=editor)
    row.refresh_from_db()
    assert row.fullest == longer
    with pytest.raises(utterances.Contradiction):
        utterances.choose_fullest(row, printed("Wholly other words, of another day", ashdown), by=editor)


def test_when_and_where_it_was_said_is_evidence(ashdown: Person, editor: User) -> None:
    weekly = [printed(FERRY, ashdown, days=9) for _ in range(2)]
    row = utterance_of(weekly[0])
    utterances.describe(row, {"said_day": str(DAY), "occasion": "the meeting in Aldermouth"}, by=editor)
    assert together(printed(FERRY, ashdown, days=1), *weekly), "a day after it was said, eight before the others"
    early = printed(FERRY, ashdown, days=-1)
    assert early.utterance is None, "printed before it was said"
    assert not Match.objects.open().exists()
    others = [printed(FERRY, ashdown, days=60) for _ in range(2)]
    elsewhere = utterance_of(others[0])
    utterances.describe(elsewhere, {"occasion": "the rally in Brackley", "said_day": str(DAY)}, by=editor)
    assert elsewhere.pk != row.pk
    utterances.group([quote.pk for quote in (*weekly, *others)])
    assert not together(*weekly, *others)


def test_answers_that_contradict_one_another_are_refused(ashdown: Person, editor: User) -> None:
    one, two, three = (printed(f"{FERRY} number{at}", ashdown, days=20 * at) for at in range(3))
    utterances.answer(utterances.match_of(one, two), "same", by=editor)
    utterances.answer(utterances.match_of(two, three), "different", by=editor)
    with pytest.raises(utterances.Contradiction, match="by hetty"):
        utterances.answer(utterances.match_of(one, three), "same", by=editor)
    utterances.answer(utterances.match_of(two, three), "fragment", by=editor)
    with pytest.raises(utterances.Contradiction):
        utterances.answer(utterances.match_of(one, three), "other", by=editor)
    assert together(one, two, three)
    utterances.split(three, by=editor)
    with pytest.raises(utterances.Contradiction, match="by itself"):
        utterances.answer(utterances.match_of(one, three), "same", by=editor)
    with pytest.raises(ValueError, match="not 'perhaps'"):
        utterances.answer(utterances.match_of(one, two), "perhaps", by=editor)


def curated() -> list[tuple[object, ...]]:
    """Every decided field of quotes, matches and utterances, with its value."""
    rows: list[tuple[object, ...]] = []
    for model in (Quote, Match, Utterance):
        for row in model.objects.exclude(decided=[]).order_by("uid"):
            rows += [(row.uid, field, json.dumps(row.effective(field))) for field in sorted(row.decided)]
    return rows


def test_decisions_survive_reading_again_with_another_reader_and_grouping_anew(editor: User) -> None:
    more = "\nThe weather was fine, for once, and stayed so until the evening boat.\n"
    articles = take_in(TEXT, TEXT + more, TEXT.replace("forty", "fifty") + more, TEXT.replace(FERRY, TWICE) + more)
    quotes = [article.quotes.get(text__contains="pay twice") for article in articles]
    assert together(*quotes)
    row = utterance_of(quotes[0])
    utterances.split(quotes[1], by=editor)
    utterances.choose_fullest(row, quotes[2], by=editor)
    utterances.describe(row, {"occasion": "at the council meeting", "said_day": "2024-03-11"}, by=editor)
    utterances.join(quotes[3], row, by=editor)
    utterances.answer(utterances.match_of(quotes[0], quotes[2]), "other", by=editor)
    before, uids = curated(), set(Utterance.objects.values_list("uid", flat=True))
    assert {"utterance", "fullest", "occasion", "said_day", "answer"} <= {str(field) for _, field, _ in before}

    def another(text: str, context: object) -> object:
        from dataclasses import replace

        found = read(text, context)  # type: ignore[arg-type]
        return replace(found, version="9", quotes=tuple(replace(quote, confidence=0.5) for quote in found.quotes))

    for article in articles:
        pipeline.read_again(article, another)  # type: ignore[arg-type]
        pipeline.read_again(article)
    assert curated() == before
    assert list(utterances.regroup())
    assert curated() == before
    assert uids <= set(Utterance.objects.values_list("uid", flat=True))
    assert not together(quotes[0], quotes[2])


def test_grouping_anew_keeps_addresses_and_changes_nothing(ashdown: Person) -> None:
    for days in (0, 30, 60):
        for words in (FERRY, TWICE, FERRY.replace("forty", "fifty")):
            printed(words, ashdown, days=days)
    before = sorted(Quote.objects.values_list("pk", "utterance", "relation"))
    figures = sorted(Utterance.objects.values_list("pk", "fullest", "printed", "outlets", "words_changed"))
    open_ = set(Match.objects.open().values_list("first", "second"))
    Shingle.objects.all().delete()
    list(utterances.regroup())
    assert sorted(Quote.objects.values_list("pk", "utterance", "relation")) == before
    assert sorted(Utterance.objects.values_list("pk", "fullest", "printed", "outlets", "words_changed")) == figures
    assert set(Match.objects.open().values_list("first", "second")) == open_


def test_a_new_grouping_goes_on_where_it_was_interrupted(ashdown: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "AT_ONCE", 2)
    quotes = [printed(FERRY, ashdown, grouped=False) for _ in range(5)]
    first = next(utterances.regroup())
    assert first == [quote.pk for quote in quotes[:2]]
    assert [pk for done in utterances.regroup(first[-1]) for pk in done] == [quote.pk for quote in quotes[2:]]
    assert together(*quotes)


def test_of_a_crowd_the_closest_are_compared(monkeypatch: pytest.MonkeyPatch, ashdown: Person) -> None:
    monkeypatch.setattr(finding, "MANY", 5)
    monkeypatch.setattr(finding, "CLOSEST", 3)
    said = [
        f"The bill for the {thing} is paid, and the {thing} is shut" for thing in "pier mill lock quay barn inn".split()
    ]
    crowd = [printed(words, ashdown) for words in said]
    again = printed(said[4], ashdown)
    forms = load_ids([quote.pk for quote in [*crowd, again]])
    everybody = {pk: forms.keys() - {pk} for pk in forms}
    found = finding.closest(everybody, forms)
    assert {len(some) for some in found.values()} == {3}
    assert (again.pk in found[crowd[4].pk], crowd[4].pk in found[again.pk]) == (True, True)
    assert found[again.pk] == {crowd[4].pk, crowd[0].pk, crowd[1].pk}, "of others as close the oldest"
    few = {pk: set(list(some)[:5]) for pk, some in everybody.items()}
    assert finding.closest(few, forms) == few


# --- what goes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["purged", "deleted"])
def test_what_goes_leaves_no_words_behind(how: str, ashdown: Person) -> None:
    one, other, third = (
        printed(FERRY + " Never again, ever.", ashdown),
        printed(FERRY, ashdown),
        printed(TWICE, ashdown),
    )
    row = utterance_of(one)
    assert row.fullest == one
    hashes = set(Shingle.objects.filter(quote=one).values_list("hash", flat=True))
    if how == "purged":
        purging._purge_article(one.article, {"by": None, "by_name": "", "reason": "a court", "public_note": ""})
    else:
        utterances.release([one.article_id])
        one.article.delete()
    row.refresh_from_db()
    assert (row.fullest, row.printed, row.public) == (other, 2, True)
    assert together(other, third)
    left = set(Shingle.objects.values_list("hash", flat=True))
    assert left < hashes
    assert len(left) == len(Shingle.objects.filter(quote=other))
