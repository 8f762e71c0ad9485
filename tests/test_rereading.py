"""Decisions hold for ever: whatever readers come to say, nothing that somebody decided changes, and disagreement is told."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from articles import curation, identities, intake, pairing, pipeline
from articles.models import Article, Mention, Passage, Quote
from articles.pipeline import read_again, taking_in
from articles.pipeline.carrying_over import carry_over
from articles.reading import Context, read
from articles.reading import model as m
from corpus import ledger
from corpus.models import Decision
from people.models import Pair, Person
from tests.factories import capture_of, find, make_article, make_capture, make_passage, make_quote

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[1] / "corpus" / "sample" / "marlpit-baths"
FILES = [
    "marlpit-live.txt",
    "marlpit-lantern.txt",
    "marlpit-packet.txt",
    "marlpit-portico.txt",
    "marlpit-wire.txt",
    "marlpit-rocket.txt",
]
CURATED = (Quote, Passage, Mention, Article, Person, Pair)
SENTENCE = re.compile(r"[A-Z][^.\n“”‘’]{30,120}\.")


def decided() -> bytes:
    """Every field that somebody decided, with its value, as bytes."""
    rows = [
        {"thing": model._meta.label_lower, "uid": row.uid, **{field: row.effective(field) for field in row.decided}}
        for model in CURATED
        for row in model.objects.exclude(decided=[]).order_by("uid")
    ]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, indent=1).encode()


def faults() -> list[str]:
    return [fault for model in CURATED for row in model.objects.exclude(decided=[]) for fault in ledger.faults(row)]


def restless(seed: int, did: Counter[str]) -> Callable[[str, Context], m.Reading]:
    """The real reader with moods: it drops quotes, shifts them by a word, gives them to others, and finds new ones."""
    chance = random.Random(seed)

    def shifted(text: str, span: m.Span) -> m.Span:
        """A word more or fewer at either end."""
        words = [match.span() for match in re.finditer(r"\S+", text[span.start : span.end])]
        match chance.randrange(4):
            case 0 if len(words) > 3:
                return m.Span(span.start + words[1][0], span.end)
            case 1 if len(words) > 3:
                return m.Span(span.start, span.start + words[-2][1])
            case 2 if span.start > 20:
                return m.Span(text.rfind(" ", 0, span.start - 2) + 1, span.end)
        end = text.find(" ", span.end + 2)
        return m.Span(span.start, end if end > 0 else span.end)

    def other(quote: m.Quotation) -> m.Quotation:
        name = chance.choice(["Odile Brack", "Fenwick Aldous", "Perpetua Stray"])
        kinds: list[m.QuoteKind] = ["direct", "mixed", "indirect"]
        kind = chance.choice(kinds)
        return dataclasses.replace(quote, attributions=(m.Attributed(text=name, name=name, confidence=0.9),), kind=kind)

    def reader(text: str, context: Context) -> m.Reading:
        reading = read(text, context)
        kept: list[tuple[m.Quotation, m.Quotation]] = []
        for quote in reading.quotes:
            mood = chance.random()
            if mood < 0.22:
                did["dropped"] += 1
                continue
            new = quote
            if mood < 0.5 and len(quote.spans) == 1:
                did["shifted"] += 1
                new = dataclasses.replace(new, spans=(shifted(text, quote.spans[0]),), marked=(), boundaries=())
            if 0.4 < mood < 0.7:
                did["given to others"] += 1
                new = other(new)
            kept.append((quote, new))
        place = {id(quote): number for number, (quote, _) in enumerate(kept)}
        quotes = []
        for _, new in kept:
            outer = None if new.nested_in is None else place.get(id(reading.quotes[new.nested_in]))
            quotes.append(dataclasses.replace(new, nested_in=outer))
        found = [match.span() for match in SENTENCE.finditer(text)]
        for start, end in chance.sample(found, min(len(found), 5)):
            did["added"] += 1
            quotes.append(other(m.Quotation((m.Span(start, end),), "indirect", confidence=0.8)))
        passages = [
            dataclasses.replace(p, span=shifted(text, p.span), heading=p.heading and f"{p.heading}, they say")
            for p in reading.passages
            if chance.random() > 0.1
        ]
        mentions = {
            (span := shifted(text, mention.span) if chance.random() < 0.3 else mention.span): dataclasses.replace(
                mention, span=span, name=chance.choice([mention.name, "Odile Brack"])
            )
            for mention in reading.mentions
            if chance.random() > 0.1
        }
        return dataclasses.replace(
            reading,
            version=f"moody {seed}",
            quotes=tuple(quotes),
            passages=tuple(passages),
            mentions=tuple(mentions.values()),
        )

    return reader


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_superuser("hetty")


@pytest.fixture
def corpus() -> list[Article]:
    """Six of the sample's articles, a live blog among them, as they are read."""
    items = intake.items([SAMPLE / name for name in FILES])
    outcomes = list(pipeline.take_in(items, pipeline.Orders(publish=True)))
    assert {outcome.outcome for outcome in outcomes} == {"created"}
    return list(Article.objects.order_by("pk"))


def curate(editor) -> dict[str, list[Quote]]:
    """Decide twenty fields of every kind there is; the quotes by what was decided on them."""
    quotes = list(Quote.objects.filter(nested_in=None).order_by("article", "start"))
    assert len(quotes) >= 40
    of: dict[str, list[Quote]] = {}
    take = iter(quotes[::2])

    def on(name: str, number: int, **values: object) -> None:
        of[name] = [next(take) for _ in range(number)]
        curation.decide_quotes(of[name], values, by=editor, reason=f"As {name}.")

    on("accepted", 4, status="accepted")
    on("rejected", 4, status="rejected")
    on("kind", 1, kind="indirect", status="accepted")
    on("unsure", 1, unsure=True, note="Ask the desk.")
    on("addressee", 1, addressee=[{"printed": "reporters", "kind": "group", "confidence": 1.0}])
    on("speaker", 0)
    of["speaker"] = [next(take), next(take)]
    somebody = Person.objects.order_by("pk").first()
    for quote in of["speaker"]:
        curation.set_speakers(quote, [somebody], by=editor)
        curation.accept([quote], by=editor)
    of["spans"] = [next(take)]
    (quote,) = of["spans"]
    curation.decide_quotes([quote], {"spans": [[quote.start, quote.start + 12]], "status": "accepted"}, by=editor)
    article = quotes[0].article
    values = {"headline": "As we call it", "published_day": "2024-02-29", "published_time": None, "published_precision": "day",
              "published_basis": "entered", "kind": "live blog"}  # fmt: skip
    curation.decide_articles([article], values, by=editor)
    entry, another = Passage.objects.filter(kind="entry").order_by("start")[:2]
    entered = {"heading": "The vote", "day": "2024-02-28", "time": "09:30:00", "basis": "entered"}
    curation.decide_passages([entry], entered, by=editor)
    curation.decide_passages([another], {"kind": "body"}, by=editor)
    furniture = Passage.objects.filter(kind__in=m.HIDDEN)[0]
    curation.decide_passages([furniture], {"kind": "body"}, by=editor, reason="It is part of the piece.")
    one, two, *_ = Mention.objects.exclude(person=None).order_by("pk")
    curation.decide_mentions([one], {"rejected": True}, by=editor)
    curation.decide_mentions([two], {"person": somebody.uid, "kind": "group"}, by=editor)
    a, b = Person.objects.filter(kind="individual").exclude(pk=somebody.pk).order_by("pk")[:2]
    identities.merge(a, b, by=editor)
    c, d = Person.objects.enrol("Maureen Thorley"), Person.objects.enrol("Maureen Thorly")
    pairing.suggest_pairs([d.pk])
    identities.answer(Pair.objects.get(first=c, second=d), "different", by=editor)
    ledger.decide(somebody, {"name": "Somebody Else Entirely", "status": "curated"}, by=editor)
    return of


def test_three_readers_with_moods_change_no_decision(corpus, editor):
    of = curate(editor)
    before, different = decided(), Pair.objects.get(answer="different")
    fields = {(d.thing, d.thing_uid, d.field) for d in Decision.objects.all()}
    assert len(fields) >= 20
    assert len({(thing, field) for thing, _, field in fields}) >= 20, "of every kind"
    disputed: Counter[str] = Counter()
    for seed in (1, 2, 3):
        did: Counter[str] = Counter()
        reader = restless(seed, did)
        for article in corpus:
            pipeline.read_again(article, reader)
        assert min(did[mood] for mood in ("added", "dropped", "shifted", "given to others")) >= 10, did
        assert decided() == before
        assert faults() == []
        for quote in of["rejected"]:
            kept = Quote.objects.filter(article=quote.article, start__lt=quote.end, end__gt=quote.start)
            alike = [other for other in kept if _share(other, quote) >= 0.5]
            assert [other.uid for other in alike if other.status != "rejected"] == []
        pairing.suggest_all()
        pairing.suggest_pairs([different.first_id, different.second_id])
        assert different not in identities.waiting()
        assert not Pair.objects.filter(answer="", first=different.first, second=different.second).exists()
        with pytest.raises(identities.Contradiction):
            identities.merge(different.first, different.second, by=editor)
        disputed.update(name for quote in Quote.objects.all() for name in quote.disputed.split())
    assert {"speaker", "spans", "kind", "found"} & disputed.keys() >= {"speaker", "found"}, disputed
    accepted = [quote for quote in Quote.objects.exclude(disputed="") if quote.status == "accepted"]
    assert accepted
    curation.accept(accepted, by=editor)
    assert {quote.disputed for quote in Quote.objects.filter(pk__in=[q.pk for q in accepted])} == {""}
    assert decided() == before


def _share(one: Quote, other: Quote) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / max(one.end - one.start, other.end - other.start)


# --- a new capture -------------------------------------------------------------------------------------------------

TEXT = """Bridge to close for two years

Ruth Ashdown, leader of Aldermouth council, said: “The bridge will close on Monday, and nobody regrets it more.”

Martin Keele, her deputy, told reporters that the town “had no choice”, and that it would be no worse than in 2009.

“We will run a ferry,” he said, “every ten minutes.”

Read more: Ten bridges that fell down last winter, and one that did not, as told by our own engineering correspondent.
"""
#: In front of what was there: a paragraph of 500 characters.
MORE = ("It rained on the town all day, as it had the day before. " * 9)[:498] + "\n\n"


@pytest.fixture
def article(editor) -> Article:
    """An article with three quotes accepted, a name settled, a stretch hidden and a quote's end moved, all by hand."""
    article = make_article(TEXT)
    ruth = Person.objects.enrol("Ruth Ashdown")
    said: list[tuple[str, Person | str]] = [
        ("The bridge will close on Monday, and nobody regrets it more.", ruth),
        ("had no choice", "Martin Keele"),
        ("We will run a ferry, … every ten minutes.", "Martin Keele"),
    ]
    for words, speaker in said:
        quote = make_quote(article, words, speaker=speaker)
        curation.decide_quotes([quote], {"status": "accepted", "speaker": quote.effective("speaker")}, by=editor)
    (choice,) = Quote.objects.filter(text="had no choice")
    curation.decide_quotes([choice], {"spans": find(TEXT, "the town “had no choice”")}, by=editor)
    start, end = TEXT.index("Ruth"), TEXT.index(", leader")
    mention = Mention.objects.create(capture=capture_of(article), start=start, end=end)
    curation.decide_mentions([mention], {"person": ruth.uid}, by=editor)
    furniture = make_passage(article, "body", TEXT[TEXT.index("Read more") :].strip())
    ledger.decide(furniture, {"kind": "related", "spans": furniture.effective("spans")}, by=editor)
    return article


def next_capture(article: Article, text: str) -> None:
    article.refresh_from_db()
    before = capture_of(article)
    carry_over(article, before, make_capture(article, text))


def anchors(article: Article) -> Counter[str]:
    """How the quotes of an article, and what else was decided on, came into its current capture."""
    found = Counter(article.quotes.values_list("anchor", flat=True))
    for model in (Mention, Passage):
        for row in model.objects.filter(capture__article=article).exclude(decided=[]):
            found["here" if row.capture_id == article.capture_id else "left behind"] += 1
    return found


def test_500_characters_in_front_move_everything_and_lose_nothing(article):
    before = {
        row.uid: row.capture.text[row.start : row.end]
        for model in (Quote, Mention, Passage)
        for row in model.objects.all()
    }
    assert len(MORE) == 500
    next_capture(article, MORE + TEXT)
    assert anchors(article) == {"moved": 3, "here": 2}
    for model in (Quote, Mention, Passage):
        for row in model.objects.all():
            assert row.capture.text[row.start : row.end] == before[row.uid]
    assert faults() == []


@pytest.mark.parametrize(
    "old, new, found",
    [
        ("regrets it", "rues it", {"orphaned": 1, "moved": 2, "here": 2}),
        ("no choice", "no option", {"orphaned": 1, "exact": 2, "here": 2}),
        ("ten minutes", "ten hours", {"orphaned": 1, "exact": 2, "here": 2}),
        ("Ruth Ashdown", "Ruth Ashcroft", {"moved": 3, "here": 1, "left behind": 1}),
        ("last winter", "last year", {"exact": 3, "here": 2}),
        ("two years", "three years", {"moved": 3, "here": 2}),
        ("“We will run a ferry,” he said, ", "", {"orphaned": 1, "exact": 2, "here": 2}),
        ("“had no choice”", '"had  no\u00a0choice"', {"exact": 1, "moved": 2, "here": 2}),
    ],
)
def test_one_word_changed_inside_orphans_just_that(article, old, new, found):
    next_capture(article, TEXT.replace(old, new))
    assert anchors(article) == found
    assert faults() == []


def test_of_two_equal_places_neither_is_guessed(article):
    next_capture(article, "Twice: “had no choice” was said, and then “had no choice” was said. the town “had no choice")
    assert Quote.objects.get(text__contains="had no choice").anchor == "orphaned"


def test_an_orphan_is_found_again_when_its_words_come_back(article):
    next_capture(article, TEXT.replace("had no choice", "had one choice"))
    next_capture(article, "Corrected.\n\n" + TEXT)
    assert anchors(article) == {"moved": 3, "here": 2}
    assert faults() == []


def test_undoing_after_a_new_capture_never_puts_old_offsets_on_the_new_text(article, editor):
    quote = Quote.objects.get(text="the town “had no choice”")
    next_capture(article, MORE + TEXT)
    quote.refresh_from_db()
    curation.decide_quotes([quote], {"spans": find(MORE + TEXT, "no choice")}, by=editor)
    second, first = Decision.objects.filter(thing_uid=quote.uid, field="spans").order_by("-pk")
    curation.undo([second], by=editor)
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.text, quote.capture, quote.decided.count("spans")) == ("the town “had no choice”", article.capture, 1)
    assert quote.spans == find(MORE + TEXT, "the town “had no choice”")
    assert faults() == []
    curation.undo([first], by=editor)
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.text, quote.spans) == ("had no choice", find(MORE + TEXT, "had no choice"))
    assert "spans" not in quote.decided


def test_what_undoing_cannot_place_stands_orphaned_where_it_was_said(article, editor):
    quote = Quote.objects.get(text="the town “had no choice”")
    changed = TEXT.replace("the town “had no choice”", "his town “had no choice”")
    next_capture(article, changed)
    quote.refresh_from_db()
    assert quote.anchor == "orphaned"
    curation.decide_quotes(
        [quote], {"spans": {"capture": capture_of(article).uid, "spans": find(changed, "had no choice")}}, by=editor
    )
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.anchor, quote.text, quote.public) == ("moved", "had no choice", True)
    curation.undo(Decision.objects.filter(thing_uid=quote.uid, field="spans").order_by("-pk")[:1], by=editor)
    quote = Quote.objects.get(pk=quote.pk)
    assert (quote.anchor, quote.text, quote.public) == ("orphaned", "the town “had no choice”", False)
    assert quote.capture.number == 1
    assert quote.capture.text[quote.start : quote.end] == quote.text
    assert faults() == []


def test_decisions_from_before_captures_were_named_are_still_read(article, editor):
    quote = Quote.objects.get(text="the town “had no choice”")
    decision = Decision.objects.get(thing_uid=quote.uid, field="spans")
    before, after = dict(decision.before or {}), dict(decision.after or {})
    Decision.objects.filter(pk=decision.pk).update(before=before["spans"], after=after["spans"])
    quote.suggestion["spans"] = quote.suggestion["spans"]["spans"]
    quote.save()
    assert ledger.faults(quote) == []
    ledger.undo(Decision.objects.get(pk=decision.pk), quote, by=editor)
    assert quote.text == "had no choice"


def test_where_a_name_was_printed_is_not_carried_into_a_text_where_it_is_not(article, editor):
    quote = Quote.objects.get(text="the town “had no choice”")
    at = TEXT.index("Martin Keele")
    (said,) = quote.effective("speaker")
    curation.decide_quotes([quote], {"speaker": [said | {"start": at, "end": at + 12}]}, by=editor)
    assert quote.attributions.get().start == at
    next_capture(article, MORE + TEXT)
    assert quote.attributions.get().start == at + 500
    assert faults() == []
    curation.decide_quotes([Quote.objects.get(pk=quote.pk)], {"speaker": []}, by=editor)
    curation.undo(Decision.objects.filter(thing_uid=quote.uid, field="speaker").order_by("-pk")[:1], by=editor)
    row = quote.attributions.get()
    assert (row.printed, row.start) == ("Martin Keele", None)


# --- what the machine disputes, and what it leaves alone -----------------------------------------------------------


def reading_of(
    *quotes: str, passages: tuple[tuple[m.PassageKind, str], ...] = (), version: str = "other"
) -> Callable[..., m.Reading]:
    """A reader that finds these words, and passages of these kinds over these words."""

    def reader(text: str, context: Context) -> m.Reading:
        spans = [m.Span(text.index(words), text.index(words) + len(words)) for words in quotes]
        found = tuple(m.Quotation((span,), "direct", (span,), confidence=0.9) for span in sorted(spans))
        typed = tuple(
            m.Passage(m.Span(text.index(words), text.index(words) + len(words)), kind, "says so")
            for kind, words in passages
        )
        return m.Reading(version, passages=typed, quotes=found)

    return reader


def test_a_reader_that_no_longer_finds_what_was_accepted_is_told_once_and_settled_by_accepting_again(article, editor):
    quote = Quote.objects.get(text__startswith="The bridge")
    nothing = reading_of()
    pipeline.read_again(article, nothing)
    quote.refresh_from_db()
    assert (quote.disputed, quote.found, quote.public) == ("found", False, True)
    assert curation.accept([quote], by=editor, reason="It stands there.") == 1
    for _ in range(2):
        pipeline.read_again(article, nothing)
    assert Quote.objects.get(pk=quote.pk).disputed == ""
    pipeline.read_again(article, reading_of(quote.text))
    pipeline.read_again(article, nothing)
    assert "found" in Quote.objects.get(pk=quote.pk).disputed.split(), "found and lost again is news"
    pipeline.read_again(article, reading_of(quote.text))
    assert "found" not in Quote.objects.get(pk=quote.pk).disputed.split()
    pipeline.read_again(article, nothing)
    curation.undo(Decision.objects.filter(thing_uid=quote.uid, field="status"), by=editor)
    assert "found" not in Quote.objects.get(pk=quote.pk).disputed.split(), "nobody says any longer that it is there"


def test_what_an_editor_rejected_does_not_come_back_inside_or_outside_another_quote(article, editor):
    inner = make_quote(article, "The bridge will close on Monday, and nobody", status="suggested")
    outer = Quote.objects.get(text__endswith="regrets it more.")
    Quote.objects.filter(pk=inner.pk).update(nested_in=outer)
    curation.reject([Quote.objects.get(pk=inner.pk)], by=editor)
    pipeline.read_again(article, reading_of("The bridge will close on Monday, and nobody"))
    assert article.quotes.filter(text__contains="on Monday", status="suggested").count() == 0


def test_what_an_editor_rejected_does_not_come_back_as_two(article, editor):
    quote = Quote.objects.get(text__endswith="regrets it more.")
    curation.reject([quote], by=editor)
    outer = m.Quotation((m.Span(quote.start, quote.end),), "direct", confidence=0.9)
    inner = m.Quotation((m.Span(quote.start + 4, quote.end),), "direct", nested_in=0, confidence=0.9)
    further = m.Quotation((m.Span(quote.start + 8, quote.end),), "direct", nested_in=1, confidence=0.9)
    pipeline.read_again(article, lambda text, context: m.Reading("other", quotes=(outer, inner, further)))
    found = article.quotes.filter(start__lt=quote.end, end__gt=quote.start)
    assert [row.uid for row in found] == [quote.uid]


FURNITURE = TEXT[TEXT.index("Read more") :].strip()


@pytest.mark.parametrize(
    "said", [FURNITURE, FURNITURE[:-20], "“every ten minutes.”\n\n" + FURNITURE], ids=["same", "shorter", "longer"]
)
def test_what_an_editor_calls_part_of_the_piece_is_not_hidden_again(said):
    article = make_article(TEXT)
    related = make_passage(article, "related", FURNITURE)
    curation.decide_passages([related], {"kind": "body"}, by=None)
    pipeline.read_again(article, reading_of(passages=(("related", said),)))
    for passage in Passage.objects.filter(kind="related"):
        assert FURNITURE not in TEXT[passage.start : passage.end]
        assert passage.end <= TEXT.index("Read more")
    assert Passage.objects.get(pk=related.pk).suggestion["kind"] == "related"
    pipeline.read_again(article, reading_of(passages=(("promo", FURNITURE),)))
    assert Passage.objects.get(pk=related.pk).disputed == "kind"


def test_in_what_an_editor_calls_furniture_nothing_is_found_until_it_is_taken_back(monkeypatch):
    again = reading_of("We will run a ferry,", "had no choice", passages=(("body", TEXT.strip()),))
    monkeypatch.setattr(pipeline, "read_again", lambda article: read_again(article, again))
    article = make_article(TEXT)
    read_again(article, again)
    whole = Passage.objects.get()
    hand = Passage.objects.create(
        capture=capture_of(article), start=TEXT.index("“We will"), end=TEXT.index("Read more"), kind="body"
    )
    assert curation.decide_passages([hand], {"kind": "promo"}, by=None) == 1
    assert {q.text: q.public for q in Quote.objects.all()} == {"We will run a ferry,": False, "had no choice": True}
    assert {p.kind for p in Passage.objects.all()} == {"body", "promo"}
    assert not Passage.objects.filter(kind="body", start__lt=hand.end, end__gt=hand.start).exists()
    curation.undo(Decision.objects.all(), by=None)
    assert all(quote.public for quote in Quote.objects.all())
    assert (Passage.objects.get().start, Passage.objects.get().end) == (whole.start, whole.end)


def test_a_mention_that_names_nobody_stays_so_also_a_word_longer():
    article = make_article(TEXT)
    person = Person.objects.enrol("Monday Night")
    start = TEXT.index("Monday")
    mention = Mention.objects.create(
        capture=capture_of(article), start=start, end=start + 6, printed="Monday", person=person
    )
    curation.decide_mentions([mention], {"rejected": True}, by=None)

    def reader(text: str, context: Context) -> m.Reading:
        return m.Reading("other", mentions=(m.Mention(m.Span(start - 3, start + 6), name="on Monday"),))

    pipeline.read_again(article, reader)
    assert [(row.pk, row.rejected) for row in Mention.objects.all()] == [(mention.pk, True)]


# --- a corrected text ----------------------------------------------------------------------------------------------


def test_a_correction_is_a_capture_and_the_source_that_repeats_its_error_changes_nothing(monkeypatch):
    monkeypatch.setattr(taking_in, "read", lambda text, context: reading_of()(text, context))
    item = intake.item_from_text(TEXT)
    list(pipeline.take_in([item]))
    article = Article.objects.get()
    found = capture_of(article)
    capture = pipeline.correct(
        article, TEXT.replace("2009", "2019"), of=found, by="hetty", reason="The scan says 2019."
    )
    assert (capture.how, capture.number, capture.origin) == ("correction", 2, "corrected by hetty: The scan says 2019.")
    assert bytes(article.captures.get(number=1).raw) == TEXT.encode()
    with pytest.raises(pipeline.Superseded):
        pipeline.correct(article, TEXT, of=found, by="ned", reason="too late")
    assert [outcome.outcome for outcome in pipeline.take_in([item])] == ["unchanged"]
    later = dataclasses.replace(item, text=TEXT + "More to follow.", url="")
    assert Article.objects.get().capture == capture
    assert [outcome.outcome for outcome in pipeline.take_in([later])] == ["created"], "another text, without an address"
