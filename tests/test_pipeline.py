"""From an item to public quotes and back again: identity, re-reading, new captures, decisions that stand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from articles import curation, gate, intake, pipeline, publishing
from articles.models import Article, Attribution, Capture, Mention, Quote, Source
from articles.pipeline import storing, taking_in
from articles.reading import model as m
from people.models import Name, Person
from tests.factories import make_person, make_source, make_story, speaker_of

pytestmark = pytest.mark.django_db

TEXT = """Bridge to close for two years

Ruth Ashdown, leader of the council, said: “The bridge will close on Monday.”

Martin Keele said the town “had no choice”.
"""


def item(text: str = TEXT, **fields: Any) -> intake.Item:
    return intake.item_from_text(text, **fields)


def take(*items: intake.Item | intake.Failure, **orders: Any) -> list[pipeline.Outcome]:
    return list(pipeline.take_in(items, pipeline.Orders(**orders)))


def reader(*quotations: tuple[str, str], version: str = "test", shift: int = 0):
    """A reader that finds these words, each said by this name, wherever they stand; "" is nobody."""

    def read(text: str, context: m.Context) -> m.Reading:
        quotes, mentions = [], {}
        for words, speaker in quotations:
            start = text.find(words)
            if start == -1:
                continue
            who: tuple[m.Attributed, ...] = ()
            if speaker:
                at = text.find(speaker)
                span = m.Span(at, at + len(speaker)) if at != -1 else None
                if span:
                    mentions[span] = m.Mention(span, name=speaker)
                who = (m.Attributed(printed=span, name=speaker, text=speaker, confidence=0.95),)
            span = m.Span(start + shift, start + len(words))
            quotes.append(m.Quotation((span,), "direct", (span,), attributions=who, confidence=0.95))
        quotes.sort(key=lambda q: q.start)
        return m.Reading(version, mentions=tuple(sorted(mentions.values(), key=lambda x: x.span)), quotes=tuple(quotes))

    return read


BOTH = reader(("The bridge will close on Monday.", "Ruth Ashdown"), ("had no choice", "Martin Keele"))


@pytest.fixture(autouse=True)
def _simple_reader(monkeypatch):
    monkeypatch.setattr(taking_in, "read", BOTH)


# --- which article it is -------------------------------------------------------------------------------------------

OTHER = TEXT.replace("Monday", "Tuesday")


@pytest.mark.parametrize(
    "first, second, outcome",
    [
        ({"url": "https://a.example/x"}, {"url": "https://a.example/x"}, "unchanged"),
        ({"url": "https://a.example/x"}, {"url": "https://A.example/x?utm_source=mail#top"}, "unchanged"),
        ({"url": "https://a.example/x"}, {"url": "https://a.example/x", "text": OTHER}, "new capture"),
        ({"url": "https://a.example/x"}, {"url": "https://a.example/y"}, "created"),
        ({"url": "https://a.example/x"}, {"url": "https://a.example/y", "text": OTHER}, "created"),
        ({}, {}, "unchanged"),
        ({}, {"text": OTHER}, "created"),
        ({"source": "a", "source_name": "A"}, {"source": "a", "source_name": "A"}, "unchanged"),
        ({"source": "a", "source_name": "A"}, {"source": "b", "source_name": "B"}, "created"),
        ({"source": "a", "source_name": "A"}, {}, "unchanged"),
        ({}, {"url": "https://a.example/x"}, "unchanged"),
        ({"url": "https://a.example/x"}, {}, "unchanged"),
    ],
)
def test_an_article_is_the_same_by_url_else_by_source_and_text(first, second, outcome):
    assert [o.outcome for o in take(item(**first))] == ["created"]
    again = {"text": TEXT} | second
    assert [o.outcome for o in take(item(**again))] == [outcome]
    assert Article.objects.count() == (2 if outcome == "created" else 1)
    assert Capture.objects.count() == (1 if outcome == "unchanged" else 2)


def test_a_text_without_a_url_learns_it_later():
    take(item())
    take(item(url="https://a.example/x"))
    assert Article.objects.get().url == "https://a.example/x"


def test_a_draft_an_editor_gave_a_source_is_still_the_same_article():
    take(item())
    article = Article.objects.get()
    curation.decide_articles([article], {"source": make_source().uid}, by=None)
    assert [o.outcome for o in take(item())] == ["unchanged"]


def test_a_described_source_is_made_once_and_an_undescribed_one_is_not():
    take(item(source="ledger", source_name="The Ledger", source_kind="newspaper", country="gb"))
    take(item(text=OTHER, source="ledger"))
    (outcome,) = take(item(text=TEXT + "More.", source="nobody-knows"))
    assert Source.objects.get().country == "GB"
    assert Article.objects.filter(source=None).count() == 1
    assert "without a source" in outcome.note


def test_a_source_is_known_by_the_host_of_the_url():
    ledger = make_source("The Ledger", domains=["ledger.example"])
    take(item(url="https://www.ledger.example/bridge"))
    assert Article.objects.get().source == ledger


def test_published_and_in_its_story_as_ordered_also_when_nothing_is_new():
    source, story = make_source(), make_story()
    take(item(), source=source)
    assert Article.objects.get().status == "draft"
    take(item(), source=source, story=story, publish=True)
    article = Article.objects.get()
    assert (article.status, article.public, list(article.stories.all())) == ("published", True, [story])


def test_publishing_passes_by_what_has_no_source_and_what_an_editor_withheld():
    take(item(), publish=True)
    assert Article.objects.get().status == "draft"
    take(item(OTHER), source=make_source(), publish=True)
    withheld = Article.objects.exclude(source=None).get()
    publishing.withhold([withheld], by=None)
    take(item(OTHER), source=withheld.source, publish=True)
    withheld.refresh_from_db()
    assert (withheld.status, withheld.public) == ("withheld", False)


def test_a_dry_run_says_the_same_and_stores_nothing():
    (outcome,) = take(item(source="a", source_name="A"), dry_run=True)
    assert (outcome.outcome, outcome.quotes) == ("created", 2)
    assert not Article.objects.exists()
    assert not Source.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "fields, complaint",
    [
        ({"article_kind": "novel"}, "article_kind 'novel' is not known"),
        ({"source": "a", "source_name": "A", "source_kind": "blimp"}, "source_kind 'blimp' is not known"),
        ({"source": "a", "source_name": "A", "rights": "maybe"}, "rights 'maybe' is not known"),
        ({"url": "not a url"}, "not a url"),
    ],
)
def test_bad_metadata_fails_the_item_alone_in_one_sentence(fields, complaint):
    bad, good = take(dataclasses.replace(item(), **fields), item(OTHER))
    assert (bad.outcome, good.outcome) == ("failed", "created")
    assert complaint in bad.error
    assert Article.objects.count() == 1


def test_what_dies_half_way_leaves_nothing(monkeypatch):
    def die(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(storing, "_quotes", die)
    with pytest.raises(KeyboardInterrupt):
        take(item(source="a", source_name="A"))
    assert not Article.objects.exists()
    assert not Capture.objects.exists()
    assert not Person.objects.exists()


def test_other_languages_are_stored_and_say_so():
    welsh = (
        "Dywedodd arweinydd y cyngor fod y bont yn cau ac na fydd arian i'w thrwsio eleni yn ôl y bobl yn y dref. " * 3
    )
    (outcome,) = take(item(welsh))
    assert Article.objects.get().language == "cy"
    assert "not read" in outcome.note


def test_dates_are_kept_with_precision_and_basis():
    moment = intake.Moment(dt.date(2024, 3, 12), dt.time(21, 40), "minute", "stated")
    take(item(published=moment))
    article = Article.objects.get()
    assert (article.moment, article.published_precision, article.published_basis) == (202403122140, "minute", "stated")


# --- people --------------------------------------------------------------------------------------------------------


def test_new_names_become_candidates_once_and_known_people_are_found():
    ruth = make_person("Ruth Ashdown", status="curated")
    take(item(), item(OTHER))
    assert {(p.name, p.status) for p in Person.objects.all()} == {
        ("Ruth Ashdown", "curated"),
        ("Martin Keele", "candidate"),
    }
    assert Attribution.objects.get(person=ruth).quote.text == "The bridge will close on Monday."
    assert Mention.objects.get(person=ruth).printed == "Ruth Ashdown"
    assert Attribution.objects.filter(person__name="Martin Keele").count() == 2


def test_somebody_known_by_another_name_is_found_by_it():
    obuya = make_person("Ruth Obuya", aliases=["Ruth Ashdown"])
    take(item())
    assert Attribution.objects.get(printed="Ruth Ashdown").person == obuya


def test_of_two_people_with_one_name_neither_is_taken():
    ruths = [make_person("Ruth Ashdown"), make_person("Ruth Ashdown")]
    take(item())
    attribution = Attribution.objects.get(printed="Ruth Ashdown")
    assert attribution.person is None
    assert [c["person"] for c in attribution.candidates] == [ruth.uid for ruth in ruths]
    assert all(c["reasons"] for c in attribution.candidates)
    assert attribution.confidence <= 0.5


def test_a_merged_person_is_met_as_the_survivor():
    ruth = make_person("Ruth Obuya")
    make_person("Ruth Ashdown", merged_into=ruth)
    take(item())
    assert speaker_of(Attribution.objects.get(printed="Ruth Ashdown").quote).canonical == ruth


# --- reading again -------------------------------------------------------------------------------------------------


def decided(article: Article) -> list[object]:
    """Everything people decided about an article's quotes, as it stands."""
    quotes = article.quotes.exclude(decided=[]).order_by("uid")
    return [(q.uid, [(field, q.effective(field)) for field in sorted(q.decided)]) for q in quotes]


def by_words(words: str) -> Quote:
    return Quote.objects.get(text__startswith=words)


def test_a_rejected_quote_shifted_by_a_word_stays_rejected_and_alone():
    take(item(), source=make_source(), publish=True)
    curation.reject([by_words("The bridge")], by=None)
    pipeline.read_again(Article.objects.get(), reader(("The bridge will close on Monday.", "Ruth Ashdown"), shift=4))
    quote = Quote.objects.get(text__contains="will close")
    assert (quote.status, quote.public) == ("rejected", False)
    assert not Quote.objects.public().filter(text__contains="will close").exists()


@pytest.mark.parametrize("spans", [[[0, 145]], [[118, 122]]], ids=["much longer", "much shorter"])
@pytest.mark.parametrize("status", ["suggested", "rejected"])
def test_a_quote_that_an_editor_moved_is_not_suggested_anew_where_it_was(spans, status):
    take(item(), source=make_source(), publish=True)
    article, quote = Article.objects.get(), by_words("had no")
    curation.decide_quotes([quote], {"spans": spans, "status": status}, by=None)
    for _ in range(2):
        pipeline.read_again(article, BOTH)
    assert article.quotes.count() == 2
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.spans, quote.found, quote.public) == (spans, True, status == "suggested")


@pytest.mark.parametrize(
    "again",
    [
        reader(),
        BOTH,
        reader(("The bridge will close on Monday.", "Martin Keele"), ("had no choice", "Ruth Ashdown")),
        reader(("The bridge will close on Monday.", "Ruth Ashdown"), ("had no choice", ""), shift=3),
        reader(("leader of the council", ""), ("The bridge will close on Monday.", "")),
    ],
    ids=["drops all", "the same", "swaps speakers", "shifts", "adds"],
)
def test_no_reading_changes_a_decision(again, django_user_model):
    take(item(), source=make_source(), publish=True)
    article, editor = Article.objects.get(), django_user_model.objects.create_user("hetty")
    curation.set_speakers(by_words("The bridge"), [make_person("Gwen Tallis")], by=editor)
    curation.accept([by_words("The bridge")], by=editor)
    curation.decide_quotes([by_words("had no")], {"kind": "mixed", "spans": [[118, 145]]}, by=editor)
    before = decided(article)
    for _ in range(3):
        pipeline.read_again(article, again)
    assert decided(article) == before
    assert len(before) == 2


def test_a_suggestion_that_is_not_found_again_is_hidden_and_comes_back_as_itself():
    take(item(), source=make_source(), publish=True)
    article, uid = Article.objects.get(), by_words("had no").uid
    assert pipeline.read_again(article, reader(("The bridge will close on Monday.", "Ruth Ashdown"))) == 1
    assert not Quote.objects.public().filter(uid=uid).exists()
    assert pipeline.read_again(article, BOTH) == 2
    assert Quote.objects.public().filter(uid=uid).exists()


def test_reading_the_same_again_keeps_every_uid():
    take(item())
    article = Article.objects.get()
    before = [list(rows.values_list("uid", flat=True).order_by("uid")) for rows in (Quote.objects, Mention.objects)]
    pipeline.read_again(article, BOTH)
    after = [list(rows.values_list("uid", flat=True).order_by("uid")) for rows in (Quote.objects, Mention.objects)]
    assert before == after


def test_the_machine_that_disagrees_is_remembered():
    take(item())
    curation.set_speakers(by_words("had no"), [make_person("Gwen Tallis")], by=None)
    pipeline.read_again(Article.objects.get(), reader(("had no choice", "Ruth Ashdown")))
    quote = by_words("had no")
    assert quote.suggestion["speaker"][0]["name"] == "Ruth Ashdown"
    assert quote.effective("speaker")[0]["name"] == "Gwen Tallis"


# --- a new capture -------------------------------------------------------------------------------------------------

URL = {"url": "https://a.example/x", "source": "a", "source_name": "A"}


def test_a_paragraph_in_front_moves_every_quote_and_loses_none():
    take(item(**URL), publish=True)
    uids = dict(Quote.objects.values_list("text", "uid"))
    (outcome,) = take(item("It rained all day in the town. " * 20 + "\n\n" + TEXT, **URL))
    assert outcome.outcome == "new capture"
    assert dict(Quote.objects.values_list("text", "uid")) == uids
    for quote in Quote.objects.select_related("capture"):
        assert quote.capture.number == 2
        assert quote.capture.text[quote.start : quote.end] == quote.text
        assert quote.anchor == "moved"
        assert quote.public
        assert quote.past_anchors.get().capture.number == 1


def test_a_word_changed_inside_orphans_that_quote_and_its_decision_stays():
    take(item(**URL), publish=True)
    curation.accept(Quote.objects.all(), by=None)
    take(item(TEXT.replace("on Monday", "on Sunday"), **URL))
    orphan = Quote.objects.get(anchor="orphaned")
    assert (orphan.text, orphan.status, orphan.public) == ("The bridge will close on Monday.", "accepted", False)
    assert Quote.objects.filter(anchor="exact", public=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_meet_a_new_name_at_once_make_one_person():
    def work(text: str) -> None:
        try:
            outcomes.extend(take(item(text)))
        finally:
            connection.close()

    outcomes: list[pipeline.Outcome] = []
    threads = [threading.Thread(target=work, args=(f"{TEXT}\nNumber {n}.",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.outcome for outcome in outcomes] == ["created"] * 4
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Martin Keele", "Ruth Ashdown"]
    assert Name.objects.count() == 2


def test_what_strangers_say_is_counted_on_as_if_all_of_it_were_counted_anew() -> None:
    """New articles are added to the count; another capture of an old one is counted anew; by batches or one by one."""
    for number in range(3):
        take(item(f"{TEXT}\n{number}", url=f"https://a.example/{number}"))
    take(item(f"{TEXT}\n3", url="https://a.example/3"), item(f"{OTHER}\n0", url="https://a.example/0"))
    said = dict(Person.objects.values_list("name", "spoken"))
    assert said == {"Ruth Ashdown": 4, "Martin Keele": 4}
    gate.refresh_people(Person.objects.values_list("pk", flat=True))
    assert dict(Person.objects.values_list("name", "spoken")) == said
