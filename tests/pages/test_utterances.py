"""What was said once on the public pages: its forms word by word, who has it and who has not, and what stays hidden."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoDbBlocker

from articles import variants
from articles.filters import UtteranceFilterSet
from articles.models import Article, Match, Quote, Utterance
from corpus.models import Tombstone
from corpus.search import index
from tests.factories import (
    DAY,
    make_article,
    make_person,
    make_quote,
    make_source,
    make_story,
    make_utterance,
    settle,
)  # fmt: skip
from tests.once import once
from tests.pages.test_pages import page, words_of

pytestmark = pytest.mark.django_db

FULLEST = (
    "You can close a bridge for repairs. But a village is no bridge, councillor, and nobody in this room has been "
    "switched off. We will leave when the river asks us, and not when a ledger does."
)
#: Outlet, what it prints of it (several quotes with a | between), who it says it is, and how.
PRINTED = [
    ("Mercury", FULLEST, "Ruth Ashdown", "direct"),
    ("Ledger", FULLEST.replace("asks us", "tells us"), "Ruth Ashdown", "direct"),
    (
        "Courier",
        "But a village is no bridge, [Mr Keele], and nobody in this room has been switched off!",
        "Ruth Ashdown",
        "direct",
    ),
    ("Rocket", "a village is no bridge|leave when the river asks us", "Jean Tasker", "direct"),
    ("Gazette", FULLEST, "Ruth Ashdown", "direct"),
    ("Meridian", "the village would go when the river asked it to", "Ruth Ashdown", "indirect"),
]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    yield from once(django_db_blocker, print_it)


@pytest.fixture
def printed(made: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(made)


def print_it() -> dict[str, Any]:
    """One thing said once: two give it whole, one changes a word, one cuts, one gives it away, one tells it, one is silent."""
    story = make_story("Aldermouth bridge")
    people = {name: make_person(name, status="curated") for name in ("Ruth Ashdown", "Jean Tasker")}
    found: dict[str, Any] = {"story": story, "people": people}
    quotes: list[Quote] = []
    for hour, (outlet, words, who, kind) in enumerate(PRINTED):
        text = f"{outlet} says\n" + "\n".join(f"“{part}” said {who}." for part in words.split("|"))
        article = make_article(
            text,
            source=make_source(outlet),
            stories=[story],
            time=dt.time(8 + hour),
            gated=False,
            headline=f"{outlet} says",
        )
        found[outlet] = article
        quotes += [make_quote(article, part, speaker=people[who], kind=kind, gated=False) for part in words.split("|")]
    other = make_article(
        "Quiet\nRuth Ashdown said: “Good evening.”", source=make_source("Harbour Radio"), stories=[story]
    )
    make_quote(other, "Good evening.", speaker=people["Ruth Ashdown"])
    make_article("Silent\nNothing was said.", source=make_source("Severn Echo"), stories=[story])
    settle([found[outlet] for outlet, *_ in PRINTED])
    for quote in quotes:
        quote.refresh_from_db(fields=["public"])
    found["quotes"] = quotes
    found["utterance"] = make_utterance(*quotes, words_changed=1)
    return found


def forms_of(printed: dict[str, Any], base: str = "") -> variants.Forms:
    found = variants.forms(printed["utterance"], base=base)
    assert found is not None
    return found


# The forms


@pytest.mark.parametrize(
    "outlet, how, changed, left_out, brackets",
    [
        ("Mercury", "whole", [], 0, 0),
        ("Gazette", "whole", [], 0, 0),
        ("Ledger", "changed", [("asks", "tells")], 0, 0),
        ("Courier", "part", [], 21, 1),
        ("Rocket", "part", [], 26, 0),
        ("Meridian", "reported", None, None, None),
    ],
)
def test_what_an_outlet_made_of_it(
    printed: dict[str, Any], outlet: str, how: str, changed: Any, left_out: int, brackets: int
) -> None:
    forms = forms_of(printed)
    assert {one.source.name: one.how for one in forms.outlets}[outlet] == how
    finding = next((one.line.finding for one in forms.by_outlet if one.form.source.name == outlet and one.line), None)
    assert (finding and finding.changed) == changed
    assert (finding and finding.left_out) == left_out
    assert (finding and finding.bracketed) == brackets


def test_pieces_in_one_article_are_one_line_and_the_same_words_of_several_outlets_too(printed: dict[str, Any]) -> None:
    forms = forms_of(printed)
    assert [[witness.first.source.name for witness in line.witnesses] for line in forms.lines] == [
        ["Mercury", "Gazette"], ["Ledger"], ["Courier"], ["Rocket"],
    ]  # fmt: skip
    assert [len(line.witnesses[0].forms) for line in forms.lines] == [1, 1, 1, 2]
    assert forms.words_changed == 1
    assert forms.conflict


def test_what_an_article_says_a_second_time_is_no_line(printed: dict[str, Any]) -> None:
    headline = make_quote(printed["Mercury"], "nobody in this room", speaker=printed["people"]["Ruth Ashdown"])
    Quote.objects.filter(pk=headline.pk).update(utterance=printed["utterance"])
    lines = forms_of(printed).lines
    assert len(lines) == 4
    assert [form.quote.pk for form in lines[0].witnesses[0].again] == [headline.pk]


def test_a_copy_is_no_witness(printed: dict[str, Any]) -> None:
    Article.objects.filter(pk=printed["Gazette"].pk).update(reprint_of=printed["Mercury"], copy_of=printed["Mercury"])
    forms = forms_of(printed)
    assert [form.source.name for form in forms.reprints] == ["Gazette"]
    assert "Gazette" not in [outlet.source.name for outlet in forms.outlets]
    assert [form.source.name for form in forms.lines[0].witnesses[0].reprints] == ["Gazette"]


def test_words_that_have_nothing_in_common_with_the_base_change_nothing_in_it(printed: dict[str, Any]) -> None:
    base = next(quote for quote in printed["quotes"] if quote.text == "leave when the river asks us")
    courier = next(line for line in forms_of(printed, base.uid).lines if line.first.source.name == "Courier")
    assert courier.finding.changed == []
    assert courier.finding.left_out == 6


@pytest.mark.parametrize(
    "kind, text, spans, marked, spoken",
    [
        ("direct", "We go.", [[4, 10]], [[4, 10]], ["We go."]),
        ("direct", "We go, … and stay.", [[4, 10], [20, 29]], [], ["We go,", "and stay."]),
        ("mixed", "had “no choice” at all", [[4, 26]], [[9, 18]], ["no choice"]),
        ("mixed", "had no choice at all", [[4, 24]], [], ["had no choice at all"]),
        ("document", "We go … now.", [[4, 16]], [], ["We go … now."]),
        ("direct", "not what its spans say", [[0, 3]], [], ["not what its spans say"]),
    ],
)
def test_what_of_a_quote_is_compared(kind: str, text: str, spans: Any, marked: Any, spoken: list[str]) -> None:
    quote = Quote(kind=kind, text=text, spans=spans, marked=marked)
    assert [text[start:end] for start, end in variants.spoken(quote)] == spoken


# The page


def test_an_utterance_shows_every_form_beside_the_fullest(client: Client, printed: dict[str, Any]) -> None:
    html = page(client, printed["utterance"].get_absolute_url())
    text = words_of(html)
    assert (
        "6 of the 8 outlets in this story printed it: 2 word for word, 1 with other words in it, 2 only in part and 1 in words of its own. 2 did not."
        in text
    )
    assert "no form is called correct" in text
    assert "First printed 12 March 2024, 08:00 in Mercury" in text
    assert "<ins>tells</ins> <small>for <del>asks</del></small>" in html
    assert '<span class="ed">[Mr Keele],</span> <small>for <del>councillor,</del></small>' in html
    assert "<b>7 words left out</b>" in html
    assert "<b>14 words left out</b>" in html
    assert "another word" in text
    assert "Told in the outlet’s own words" in text
    assert "Mercury also Gazette the fullest form" in text


def test_the_outlets_that_disagree_on_the_speaker_are_told_neutrally(client: Client, printed: dict[str, Any]) -> None:
    text = words_of(page(client, printed["utterance"].get_absolute_url()))
    assert "Two names for the speaker" in text
    assert (
        "Mercury, Ledger, Courier, Gazette and Meridian give the words to Ruth Ashdown, Rocket gives them to Jean Tasker."
        in text
    )
    quotes = [quote for quote in printed["quotes"] if quote.article == printed["Rocket"]]
    for quote in quotes:
        quote.attributions.update(shown=False, person=None)
    assert "names for the speaker" not in words_of(page(client, printed["utterance"].get_absolute_url()))


def test_who_left_out_what(client: Client, printed: dict[str, Any]) -> None:
    html = page(client, printed["utterance"].get_absolute_url())
    table = html.partition('<table class="omissions">')[2].partition("</table>")[0]
    rows = [words_of(f"<main {row}</main>") for row in re.findall(r"(?s)<tr.*?</tr>", table)[1:]]
    found = {row.split()[0]: row for row in rows}
    assert "all all all" in found["Mercury"]
    assert "1 word changed" in found["Ledger"]
    assert "left out" in found["Courier"]
    assert "in its own words" in found["Meridian"]
    assert "not printed quotes the speaker otherwise" in found["Harbour"]
    assert "not printed does not quote the speaker" in found["Severn"]
    quote = printed["quotes"][0]
    assert f'href="{quote.place}"' in table
    assert f'href="{quote.get_absolute_url()}"' in table


def test_another_form_may_be_the_base(client: Client, printed: dict[str, Any]) -> None:
    address = printed["utterance"].get_absolute_url()
    ledger = printed["quotes"][1]
    html = page(client, f"{address}?base={ledger.uid}")
    assert "<ins>asks</ins> <small>for <del>tells</del></small>" in html
    assert "beside the one in Ledger" in words_of(html)
    assert f'<link rel="canonical" href="http://testserver{address}">' in html
    page(client, f"{address}?base=none", 404)
    outside = Quote.objects.get(text="Good evening.")
    page(client, f"{address}?base={outside.uid}", 404)


def test_where_it_was_said_is_told_if_somebody_knows(client: Client, printed: dict[str, Any]) -> None:
    Utterance.objects.update(said_day=DAY, occasion="to the full council")
    text = words_of(page(client, printed["utterance"].get_absolute_url()))
    assert "Said on 12 March 2024, to the full council" in text


def test_what_an_editor_took_for_something_else_is_named(client: Client, printed: dict[str, Any]) -> None:
    outside = Quote.objects.get(text="Good evening.")
    first, second = sorted([printed["quotes"][0], outside], key=lambda quote: quote.pk)
    match = Match.objects.create(first=first, second=second, answer="other", likeness=0.8)
    address = printed["utterance"].get_absolute_url()
    text = words_of(page(client, address))
    assert "“Good evening.” Ruth Ashdown, Harbour Radio, 12 March 2024. Said on another occasion." in text
    Match.objects.filter(pk=match.pk).update(answer="unsure")
    assert "Not this utterance" not in words_of(page(client, address))


def test_machines_read_it_in_the_terms_of_schema_org(client: Client, printed: dict[str, Any]) -> None:
    tricky = "We go </script><b>now</b> & then."
    article = make_article(f"Odd\n“{tricky}” said Ruth Ashdown.", headline="</script><script>alert(1)</script>")
    quote = make_quote(article, tricky, speaker=printed["people"]["Ruth Ashdown"])
    other = make_quote(make_article(f"Odd\n“{tricky}”"), tricky)
    utterance = make_utterance(quote, other)
    html = page(client, utterance.get_absolute_url())
    assert html.count("<script") == html.count("</script>")
    data = json.loads(html.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert (data["@type"], data["text"]) == ("Quotation", tricky)
    assert data["@id"] == f"http://testserver{utterance.get_absolute_url()}"
    assert data["spokenByCharacter"][0]["name"] == "Ruth Ashdown"
    assert [form["@id"].rsplit("/", 2)[1] for form in data["workExample"]] == [quote.uid, other.uid]
    assert data["workExample"][0]["isPartOf"]["headline"] == "</script><script>alert(1)</script>"


# What is not there


def test_an_utterance_taken_up_into_another_leads_there(client: Client, printed: dict[str, Any]) -> None:
    old = Utterance.objects.create(merged_into=printed["utterance"])
    response = client.get(old.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, printed["utterance"].get_absolute_url())


def test_an_utterance_that_holds_nothing_together_any_more_is_gone(client: Client, printed: dict[str, Any]) -> None:
    empty = Utterance.objects.create()
    assert "This utterance is not shown" in page(client, empty.get_absolute_url(), 410)
    stone = Tombstone.objects.create(thing="articles.utterance", thing_uid="bcdf", public_note="At the council’s wish.")
    assert "At the council’s wish." in page(client, f"/utterances/{stone.thing_uid}/", 410)


def test_only_public_quotes_count(client: Client, printed: dict[str, Any]) -> None:
    utterance = printed["utterance"]
    Quote.objects.filter(article=printed["Ledger"]).update(status="rejected", public=False)
    html = page(client, utterance.get_absolute_url())
    assert "tells" not in html
    assert 'Ledger</a></th><td><span class="share none">not printed' in re.sub(r"<td colspan[^>]*>", "<td>", html)
    assert "5 of the 8 outlets" in words_of(html)
    # The fullest form is the longest that can be seen.
    Quote.objects.filter(article__in=[printed["Mercury"], printed["Gazette"]]).update(public=False)
    html = page(client, utterance.get_absolute_url())
    assert "You can close a bridge" not in html
    assert "the one in Courier" in words_of(html)
    listed = page(client, "/utterances/")
    assert "You can close a bridge" not in listed
    Utterance.objects.update(public=False)
    page(client, utterance.get_absolute_url(), 404)
    assert "There are no utterances yet" in page(client, "/utterances/")


# Lists and other pages


@pytest.mark.parametrize(
    "query, found",
    [
        ("", 2), ("min_outlets=3", 1), ("min_outlets=7", 0), ("words_changed__gte=1", 1), ("conflict=true", 1),
        ("conflict=false", 1), ("speaker=jean-tasker", 1), ("speaker!=jean-tasker", 1), ("speaker=ruth-ashdown", 2),
        ("story=aldermouth-bridge", 1), ("source=rocket", 1), ("source!=rocket", 1), ("q=ledger", 1), ('q="tells us"', 1),
        ("q=xylophone", 0), ("from=2024-03&to=2024-03-12", 1), ("from=2024-04", 1), ("sort=-outlets", 2),
        ("sort=-words_changed&min_outlets=2", 2),
    ],
)  # fmt: skip
def test_utterances_are_found_by(client: Client, printed: dict[str, Any], query: str, found: int) -> None:
    ruth = printed["people"]["Ruth Ashdown"]
    words = "Never open a bridge that you cannot close."
    later = [make_article(f"Later\n“{words}” said Ruth Ashdown.", day=dt.date(2024, 5, 1)) for _ in range(2)]
    make_utterance(*(make_quote(article, words, speaker=ruth) for article in later))
    text = words_of(page(client, f"/utterances/?{query}"))
    tally = f"{found} utterance{'' if found == 1 else 's'}"
    assert (tally if found else "No utterances match") in text
    assert ("Never open a bridge" in text) == (
        found == 2 or query in {"from=2024-04", "conflict=false", "speaker!=jean-tasker", "source!=rocket"}
    )


@pytest.mark.parametrize(
    "words, found", [("ledger", 1), ('"tells us"', 1), ("village -ledger", 1), ("village -river", 1)]
)
def test_a_common_word_is_looked_for_along_the_list(
    monkeypatch: pytest.MonkeyPatch, printed: dict[str, Any], words: str, found: int
) -> None:
    def keys(way: Any = "filter") -> list[int]:
        asked = UtteranceFilterSet(QueryDict(urlencode({"q": words})), Utterance.objects.public())
        return sorted(asked.rows(way=way).values_list("pk", flat=True))

    few = keys()
    monkeypatch.setattr(index, "MANY", 0)
    assert len(few) == found
    assert keys() == keys("sampled") == keys("probed") == keys("whole") == few


@pytest.mark.parametrize(
    "query, message",
    [
        ("min_outlets=many", "“many” is not a number; write a whole one, such as 3."),
        ("words_changed__gte=-1", "“-1” is not a number"),
        ("speaker=nobody", "There is no “nobody” here"),
        ("outlets=3", "“outlets”: There is no filter of this name"),
    ],
)
def test_what_is_wrong_with_a_filter_is_said(client: Client, query: str, message: str) -> None:
    assert message in words_of(page(client, f"/utterances/?{query}", 400))


def test_the_order_by_words_changed_shows_the_most_changed_first(client: Client, printed: dict[str, Any]) -> None:
    articles = [make_article("Later\n“We go now, and gladly.”", day=dt.date(2024, 5, 1)) for _ in range(2)]
    make_utterance(*(make_quote(article, "We go now, and gladly.") for article in articles))
    for query, first in (
        ("", "We go now"),
        ("sort=-words_changed", "You can close"),
        ("sort=-outlets", "You can close"),
        ("sort=date", "You can close"),
    ):
        text = words_of(page(client, f"/utterances/?{query}")).partition("2 utterances")[2]
        assert (text.index("We go now") < text.index("You can close")) == (first == "We go now"), query


def test_a_quote_knows_who_else_printed_it(client: Client, printed: dict[str, Any]) -> None:
    html = page(client, printed["quotes"][1].get_absolute_url())
    text = words_of(html)
    assert "Who else printed it Compare word by word" in text
    assert "Mercury the fullest form" in text
    assert "Courier only part, 16 of 37 words; an editor’s words in brackets" in text
    assert "given to Jean Tasker" in text
    assert f'href="{printed["utterance"].get_absolute_url()}"' in html
    assert "Ledger changed" not in text
    alone = page(client, Quote.objects.get(text="Good evening.").get_absolute_url())
    assert "Who else printed it" not in alone


def test_articles_and_lists_say_in_how_many_other_outlets_a_quote_stands(
    client: Client, printed: dict[str, Any]
) -> None:
    assert "Also in 5 outlets" in words_of(page(client, printed["Ledger"].get_absolute_url()))
    assert "In 5 other outlets, up to 1 word changed" in words_of(page(client, "/quotes/?source=ledger"))
    assert "outlets" not in words_of(page(client, "/quotes/?source=harbour-radio")).partition("1 quote")[2]


@pytest.mark.parametrize(
    "query, found", [("utterance={}", 7), ("utterance!={}", 1), ("elsewhere=false", 1), ("elsewhere=true", 7)]
)
def test_quotes_are_found_by_their_utterance(client: Client, printed: dict[str, Any], query: str, found: int) -> None:
    asked = query.format(printed["utterance"].uid)
    text = words_of(page(client, f"/quotes/?{asked}"))
    assert f"{found} quote{'' if found == 1 else 's'}" in text


def test_a_story_has_its_utterances_and_what_only_one_outlet_has(client: Client, printed: dict[str, Any]) -> None:
    html = page(client, printed["story"].get_absolute_url())
    text = words_of(html)
    assert (
        "Ruth Ashdown or Jean Tasker · 6 outlets · Up to 1 word changed · cut by 2 outlets · given to different people"
        in text
    )
    assert "What only one outlet has Harbour Radio 1 quote, 1 speaker" in text
    link = re.search(r'href="(/quotes/\?story=[^"]*elsewhere=false[^"]*)"', html)
    assert link is not None
    assert "1 quote" in words_of(page(client, link[1].replace("&amp;", "&")))


def test_the_home_page_leads_with_words_printed_differently(client: Client, printed: dict[str, Any]) -> None:
    html = page(client, "/")
    text = words_of(html)
    assert "Said once, printed by 6 outlets." in text
    assert "changed: asks →to tells" in text
    assert html.count('class="wordbar" viewBox="0 0 370 10"') == 5
    assert "told in other words" in text


# What pages cost


COSTS = {"utterance": 9, "/utterances/": 11, "quote": 12, "article": 12, "story": 10, "/": 14}


@pytest.mark.parametrize("name", COSTS)
def test_a_page_costs_the_same_however_many_forms_there_are(
    client: Client, printed: dict[str, Any], name: str, django_assert_num_queries: Any
) -> None:
    things = {
        "utterance": printed["utterance"],
        "quote": printed["quotes"][0],
        "article": printed["Mercury"],
        "story": printed["story"],
    }
    address = things[name].get_absolute_url() if name in things else name
    with django_assert_num_queries(1 + COSTS[name]):
        page(client, address)
    ruth = printed["people"]["Ruth Ashdown"]
    articles = [
        make_article(
            f"More\n“{FULLEST}”\n“{n} times we go.”", source=make_source(), stories=[printed["story"]], gated=False
        )
        for n in range(8)
    ]
    more = [make_quote(article, FULLEST, speaker=ruth, gated=False) for article in articles]
    settle(articles)
    Quote.objects.filter(pk__in=[quote.pk for quote in more]).update(utterance=printed["utterance"], relation="variant")
    for at in range(0, 8, 2):
        make_utterance(*(make_quote(article, "times we go.", speaker=ruth) for article in articles[at : at + 2]))
    with django_assert_num_queries(1 + COSTS[name]):
        page(client, address)
