"""The figures on the pages of people, outlets and stories: what they count, and what they say where there is little."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from articles import house_style, portrait
from articles.models import Article, Attribution, Quote
from articles.person_views import newest
from corpus.remembered import Remembered
from people.models import Person
from people.views import PersonList
from tests.factories import (
    make_article,
    make_mention,
    make_passage,
    make_person,
    make_quote,
    make_source,
    make_story,
    make_utterance,
    settle,
)  # fmt: skip
from tests.pages.test_pages import page, words_of

DAY = dt.date(2024, 3, 12)
#: What everybody says.
PLAIN = (
    "nobody wants another winter like that one",
    "people deserve better answers than these",
    "children walk past this building every morning",
    "councillors must explain where money went",
)


def say(*words: str, by: Person, day: int = 0, **fields: Any) -> Article:
    """An article in which somebody says these words, each a quote of its own; the gate is not asked yet."""
    text = "News of the day\n\n" + "\n\n".join(f"{by.name} said: “{one}”" for one in words)
    source = fields.pop("source", None) or make_source()
    article = make_article(text, source=source, day=DAY + dt.timedelta(day), gated=False)
    for one in words:
        make_quote(article, one, speaker=by, gated=False, **fields)
    return article


# --- what is pure


@pytest.mark.parametrize(
    "kind, text, words",
    [
        ("direct", "the ferry doesn’t run, ever", ["the", "ferry", "doesn’t", "run", "ever"]),
        ("document", "Dear sirs", ["Dear", "sirs"]),
        ("mixed", "she would “sooner resign” than bring back the “toll-house”", ["sooner", "resign", "toll-house"]),
        ("mixed", "they called it ‘a man’s job’ and left", ["a", "man’s", "job"]),
        ("mixed", "without marks", ["without", "marks"]),
        ("indirect", "she will resign", []),
    ],
)
def test_words_are_somebody_s_own_only_in_marks(kind: str, text: str, words: list[str]) -> None:
    assert portrait.spoken(kind, text) == words


def test_what_was_said_once_counts_once_in_its_longest_form() -> None:
    rows = [
        (7, 1, "direct", "the ferry", 10),
        (7, 2, "direct", "the ferry runs", 11),
        (7, 3, "indirect", "she said that the ferry runs today", 12),
        (None, 7, "direct", "the tide", 10),
    ]
    assert portrait.once(rows) == [(2, "direct", "the ferry runs", 11), (7, "direct", "the tide", 10)]


@pytest.mark.parametrize("each, n, figure", [(1, 7, 7), (25, 1, 25), (25, 0, 0), (25, 1959, 49_000), (3, 41, 120)])
def test_what_is_judged_by_some_has_two_digits(each: int, n: int, figure: int) -> None:
    assert portrait.Portrait([1], each, []).figure(n) == figure


@pytest.mark.parametrize(
    "kind, prefix, text, mark",
    [
        ("direct", "she said: “", "We go", "“"),
        ("direct", "she said: ", "‘We go’", "‘"),
        ("direct", "she said: ", "We go", ""),
        ("mixed", "said that ", "they “had no choice”", "“"),
        ("indirect", "said: “", "they go", ""),
    ],
)
def test_the_mark_of_a_quote(kind: str, prefix: str, text: str, mark: str) -> None:
    assert house_style._mark(kind, prefix, text) == mark


def test_what_is_worth_it_is_remembered() -> None:
    made = iter([("few", False), ("many", True), ("more", True)])
    remembered = Remembered(lambda: next(made))
    assert [remembered(), remembered(), remembered()] == ["few", "many", "many"]


# --- a person


@pytest.fixture
def town(db: None) -> dict[str, Any]:
    """Ruth, who says "ferry" again and again; others, who say what everybody says."""
    ruth, keele = make_person("Ruth Ashdown", aliases=["Councillor Bridge"]), make_person("Martin Keele")
    others = [make_person(name) for name in ("Patricia Obuya", "Gwen Tallis")]
    articles = [
        say(f"the ferry and the bridge, {PLAIN[0]}", f"a ferry, a bridge, {PLAIN[1]}", by=ruth),
        say(f"this ferry, that bridge, {PLAIN[2]}", by=ruth, day=2),
        say("toll toll toll toll toll", by=ruth, day=40),
        *(say(*(f"{n}, {one}, " * 10 + "so" for one in PLAIN), by=other) for n, other in enumerate(others)),
    ]
    # In three outlets, and said once.
    same = [say("lantern light, lantern light", by=ruth) for _ in range(3)]
    settle([*articles, *same])
    make_utterance(*Quote.objects.filter(text__startswith="lantern").order_by("id"))
    return {"ruth": ruth, "keele": keele, "articles": articles, "same": same}


def test_words_most_their_own_are_said_again_and_again_and_elsewhere_not(client: Client, town: dict[str, Any]) -> None:
    """Not one article's, nor what was printed thrice and said once, nor their own name."""
    html = page(client, town["ruth"].get_absolute_url())
    words = re.findall(r'class="k\d"><a href="([^"]+)" title="([^"]+)">([^<]+)</a>', html)
    assert [word for _, _, word in words] == ["ferry"]
    assert words[0][1] == "3 times, never said by others"
    assert "3 quotes" in words_of(page(client, words[0][0].replace("&amp;", "&")))


def test_where_no_word_stands_out_that_is_said(client: Client, town: dict[str, Any]) -> None:
    Quote.objects.filter(text__contains="ferry").update(kind="indirect")
    assert "No word stands out." in words_of(page(client, town["ruth"].get_absolute_url()))


def test_whom_they_stand_beside_and_whom_they_mention(client: Client, town: dict[str, Any]) -> None:
    """Entries of a live blog are apart; a name outside of the words, one that is rejected or of nobody public is none."""
    ruth, keele = town["ruth"], town["keele"]
    obuya, tallis, vane = (make_person(name) for name in ("Anne Vole", "Gwen Pike", "Zebedee Vane"))
    text = (
        "Live\n\nRuth Ashdown said: “Ask Martin Keele or Zebedee Vane.”\n\nAnne Vole said: “We go.”\n\n"
        "Gwen Pike said: “I stay.”\n\nMartin Keele said: “No.”"
    )
    article = make_article(text, gated=False)
    first, second = (make_passage(article, "entry", one) for one in (text[6:90], "Gwen Pike said: “I stay.”"))
    for words, speaker, entry in (
        ("Ask Martin Keele or Zebedee Vane.", ruth, first),
        ("We go.", obuya, first),
        ("I stay.", tallis, second),
        ("No.", keele, None),
    ):
        make_quote(article, words, speaker=speaker, entry=entry, gated=False)
    make_mention(article, "Martin Keele", keele)
    make_mention(article, "Zebedee Vane", vane)
    make_mention(article, "Anne Vole", obuya)
    settle([article])
    text = words_of(page(client, ruth.get_absolute_url()))
    beside, speaks_of = re.split("Quoted beside|Speaks of", text)[1:]
    assert "Anne Vole 1 article" in beside
    assert "Gwen Pike" not in beside
    assert "Martin Keele 1 quote" in speaks_of
    assert "Vane" not in beside + speaks_of
    assert "Anne Vole" not in speaks_of
    html = page(client, ruth.get_absolute_url())
    led = re.search(r'href="(/quotes/\?[^"]*mentioned[^"]*)"', html)
    assert led
    assert "1 quote" in words_of(page(client, led[1].replace("&amp;", "&")))


def test_what_the_gate_holds_back_is_in_no_figure(client: Client, town: dict[str, Any]) -> None:
    ruth = town["ruth"]
    before = words_of(page(client, ruth.get_absolute_url()))
    hidden = say("zuqa, zuqa, zuqa", "a zuqa again", by=ruth, status="rejected")
    other = say("zuqa, zuqa, zuqa", by=ruth)
    Article.objects.filter(pk=other.pk).update(status="draft")
    settle([hidden, other])
    assert words_of(page(client, ruth.get_absolute_url())) == before


def test_of_very_many_quotes_some_are_looked_at_and_that_is_said(
    client: Client, town: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ruth = town["ruth"]
    whole = portrait.portrait(ruth)
    monkeypatch.setattr(portrait, "MOST", 3)
    some = portrait.portrait(ruth)
    assert (whole.each, some.each, len(whole.lines)) == (1, 3, 7)
    assert set(some.lines) < set(whole.lines)
    text = words_of(page(client, ruth.get_absolute_url()))
    assert "Figures here are judged by one in 3 of these quotes" in text
    assert f"Quoted about {some.total} times" in text
    assert [quote.pk for quote in newest(some)] == [quote.pk for quote in newest(whole)]


def test_two_merged_selves_in_one_quote_are_one(client: Client, town: dict[str, Any]) -> None:
    ruth = town["ruth"]
    self_ = make_person("R. Ashdown", merged_into=ruth)
    article = make_article("News\nThey said: “We go.”", gated=False)
    make_quote(article, "We go.", speakers=[ruth, self_], gated=False)
    settle([article])
    assert len(portrait.portrait(ruth).lines) == 8
    assert "Quoted 8 times" in words_of(page(client, ruth.get_absolute_url()))
    assert "Ruth Ashdown" in (listed := words_of(page(client, "/people/?q=ashdown")))
    assert "Quoted 8 times" in listed


def test_a_list_counts_what_people_say_no_further_than_its_cap(
    client: Client, town: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("people.views.TALLY_CAP", 2)
    monkeypatch.setitem(PersonList.extra_context, "cap", 2)
    text = words_of(page(client, "/people/"))
    assert set(re.findall("Quoted [0-9+]+ times", text)) == {"Quoted 2+ times"}
    monkeypatch.setitem(PersonList.extra_context, "cap", 50)
    assert "+ times" not in words_of(page(client, "/people/"))


def test_who_is_quoted_in_copies_only_has_a_page(client: Client, town: dict[str, Any]) -> None:
    Quote.objects.update(reprint=True)
    Attribution.objects.update(reprint=True)  # as the gate keeps it
    text = words_of(page(client, town["ruth"].get_absolute_url()))
    assert "Quoted only in copies of articles." in text
    assert "By outlet" not in text


# --- an outlet


@pytest.mark.django_db
def test_an_outlet_attributes_as_it_does_beside_the_others(client: Client) -> None:
    mercury, ledger = make_source("Aldermouth Mercury"), make_source("Northern Ledger")
    ruth = make_person("Ruth Ashdown")
    text = "News\n" + "\n".join(f"Ruth Ashdown said: “We go {n}.”" for n in range(10, 30))
    here, there = (make_article(text, source=source, gated=False) for source in (mercury, ledger))
    for n in range(10, 20):
        make_quote(here, f"We go {n}.", speaker=ruth, cue="said", printed="Mrs Ashdown", gated=False)
        make_quote(there, f"We go {n}.", speaker=ruth, cue="claims", kind="indirect", gated=False)
    for n in range(20, 30):
        make_quote(here, f"We go {n}.", cue="says", gated=False)
    settle([here, there])
    html = page(client, mercury.get_absolute_url())
    rows = {
        label: (int(a), b)
        for label, a, b in re.findall(r'"row">(?:<a[^>]*>)?([^<]+)(?:</a>)?</th>.*?<td>(\d+)</td><td>(.*?)</td>', html)
    }
    assert rows["Quoted"] == (100, "0")
    assert rows["Reported"] == (0, "100")
    assert rows["To somebody we know"] == (50, "100")
    assert rows["To nobody named"] == (50, "0")
    assert rows["Titles before names"] == (100, "0")
    assert rows["Verbs in the present tense"] == (50, "100")
    # Nobody else prints marks: nothing to compare with.
    assert rows["In marks “ ”"][0] == 100
    assert "not known" in rows["In marks “ ”"][1]
    assert "say 20" in words_of(html)


@pytest.mark.django_db
def test_of_an_outlet_with_few_quotes_no_habits_are_made_up(client: Client) -> None:
    quiet, silent = make_source("Aldermouth Mercury"), make_source("Northern Ledger")
    settle([say("We go.", by=make_person(), source=quiet), make_article("News", source=silent)])
    text = words_of(page(client, quiet.get_absolute_url()))
    assert "1 quote says too little about that" in text
    assert "House style" not in text
    text = words_of(page(client, silent.get_absolute_url()))
    assert "0 quotes" in text
    assert "How it attributes" not in text


# --- a story


@pytest.mark.django_db
def test_a_story_shows_who_printed_when_and_every_stroke_opens_an_article(client: Client) -> None:
    story = make_story("Aldermouth bridge")
    mercury, ledger = make_source("Aldermouth Mercury"), make_source("Northern Ledger")
    articles = [
        make_article(f"News {n}", source=source, day=DAY + dt.timedelta(day), time=dt.time(12), stories=[story])
        for n, (source, day) in enumerate([(ledger, 0), (mercury, 1), (mercury, 4)])
    ]
    undated = make_article("Undated", source=ledger, day=None, stories=[story])
    for order in ("oldest", "newest"):
        html = page(client, f"{story.get_absolute_url()}?order={order}")
        lanes = html.partition('class="lanes"')[2].partition("</figure>")[0]
        assert re.findall(r'class="small">([^<]+)</span>', lanes) == ["Northern Ledger", "Aldermouth Mercury"]
        strokes = re.findall(r'<a href="([^"]+)".*?d="M(\d+) 1V9"', lanes)
        assert strokes == [
            (article.get_absolute_url(), at) for article, at in zip(articles, ("0", "250", "1000"), strict=True)
        ]
        assert "12 March 2024</span><span>16 March 2024" in lanes
        assert undated.get_absolute_url() not in lanes


@pytest.mark.django_db
def test_a_story_of_one_outlet_has_no_lanes(client: Client) -> None:
    story = make_story("Aldermouth bridge")
    make_article("News", stories=[story])
    assert 'class="lanes"' not in page(client, story.get_absolute_url())
