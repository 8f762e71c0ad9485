"""Every public page opened: what it shows, what it keeps back, and how many queries it costs however much there is."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from articles.models import Article, Attribution, Quote, Source, Story
from corpus import pages
from corpus.models import Decision
from people.models import Person
from tests.factories import (
    make_article,
    make_capture,
    make_passage,
    make_person,
    make_quote,
    make_source,
    make_story,
    make_utterance,
    settle,
)  # fmt: skip

pytestmark = pytest.mark.django_db

TEXT = """Bridge to close for two years
Town <b>cut off</b> & angry
Ruth Ashdown, leader of Aldermouth council, said: “The bridge will close on Monday, and nobody regrets it more than I do.”
Sign up to our newsletter
Martyn Keele, her deputy, told reporters the town “had no choice”.
“We will run a ferry,” he said, “every ten minutes.”
“My mother told me ‘never wait for a ferry’,” said Patricia Obuya.
A source said: “It is weeks away.”
"""


@pytest.fixture
def town() -> dict[str, Any]:
    """An article with everything: two outlets, a story, known, unsettled and unnamed speakers, one inside another."""
    source = make_source("Aldermouth Mercury", homepage="https://mercury.example/")
    story = make_story("Aldermouth bridge", description="A crack closes the only crossing.")
    ruth = make_person("Ruth Ashdown", roles=["leader, Aldermouth council"], status="curated")
    keele, obuya = make_person("Martin Keele"), make_person("Patricia Obuya")
    article = make_article(
        TEXT, source=source, stories=[story], byline="Hester Lyle", time=dt.time(21, 40), gated=False,
        url="https://mercury.example/bridge", url_key="https://mercury.example/bridge",
    )  # fmt: skip
    for kind, words in (
        ("headline", "Bridge to close for two years"),
        ("standfirst", "Town <b>cut off</b> & angry"),
        ("promo", "Sign up to our newsletter"),
    ):
        make_passage(article, kind, words)
    quotes = {
        "closing": make_quote(article, speaker=ruth, gated=False),
        "choice": make_quote(
            article, "the town “had no choice”", speaker=keele, printed="Martyn Keele", kind="mixed", status="suggested",
            reasons=["clause"], gated=False,
        ),
        "ferry": make_quote(
            article, "We will run a ferry, … every ten minutes.", speaker=keele, printed="he", speaker_confidence=0.3,
            candidates=["Martin Keele", "Ada Keele"], status="suggested", gated=False,
        ),
        "mother": make_quote(article, "My mother told me ‘never wait for a ferry’,", speaker=obuya, gated=False),
        "weeks": make_quote(article, "It is weeks away.", printed="A source", gated=False),
    }  # fmt: skip
    quotes["inner"] = make_quote(
        article, "never wait for a ferry", speaker="her mother", nested_in=quotes["mother"], gated=False
    )
    other = make_article(
        "Bridge shut\nRuth Ashdown said: “I am sorry.”",
        source=make_source("Northern Ledger"),
        stories=[story],
        gated=False,
    )
    quotes["sorry"] = make_quote(other, "I am sorry.", speaker=ruth, status="suggested", gated=False)
    settle([article, other])
    return {"article": article, "other": other, "source": source, "story": story, "ruth": ruth, "keele": keele} | quotes


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def words_of(html: str) -> str:
    """What is read aloud: the page without its tags, on one line."""
    import html as entities

    body = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", html.partition("<main")[2].partition("</main>")[0])
    return " ".join(
        entities.unescape(
            re.sub(r"<[^>]*>", "", re.sub(r"</?(p|li|h\d|div|dt|dd|td|th|blockquote)\b[^>]*>", " ", body))
        ).split()
    )


# What pages show


def test_an_article_marks_its_quotes_and_names_their_speakers(client: Client, town: dict[str, Any]) -> None:
    html = page(client, town["article"].get_absolute_url())
    for name in ("closing", "choice", "ferry", "mother", "weeks", "inner"):
        assert html.count(f'id="q-{town[name].uid}"') == 1
    ruth = town["ruth"]
    assert f'<a class="who" href="{ruth.get_absolute_url()}">Ruth Ashdown</a>, leader, Aldermouth council' in html
    text = words_of(html)
    assert "“We will run a ferry,”3 he said, “every ten minutes.”3" in text
    assert "Inside it, Her mother" in text
    assert "Martin Keele printed as Martyn Keele" in text
    assert "Martin Keele or Ada Keele unresolved, 2 candidates" in text
    assert "One quote in 2 parts" in text
    assert "Hidden here: promotion, 5 words" in text
    assert "6 quotes by 3 speakers we know" in text


def test_headline_and_standfirst_are_printed_once_and_never_as_markup(client: Client, town: dict[str, Any]) -> None:
    html = page(client, town["article"].get_absolute_url())
    assert words_of(html).count("Bridge to close for two years") == 1
    assert html.count("Town &lt;b&gt;cut off&lt;/b&gt; &amp; angry") == 1
    assert "<b>cut off" not in html


def test_an_article_without_a_headline_says_so_and_does_not_print_its_opening_twice(client: Client) -> None:
    article = make_article("It began quietly. Nobody came.", headline="", opening="It began quietly. Nobody came.")
    text = words_of(page(client, article.get_absolute_url()))
    assert "Printed without a headline" in text
    assert text.count("It began quietly.") == 1


def test_a_live_blog_in_both_orders(client: Client) -> None:
    text = "14:55\nLater words.\n14:20\nEarlier words.\n"
    blog = make_article(text, kind="live blog", headline="As it happened", gated=False)
    for words, hour in (("14:55\nLater words.", 14), ("14:20\nEarlier words.", 13)):
        make_passage(blog, "entry", words, heading=words[:5], day=dt.date(2024, 6, 12), time=dt.time(hour, 5))
    settle([blog])
    newest, oldest = (page(client, f"{blog.get_absolute_url()}{order}") for order in ("", "?order=oldest"))
    assert 'id="e-2024-06-12T1405"' in newest
    assert 'href="#e-2024-06-12T1305"' in newest
    assert newest.index("Later words.") < newest.index("Earlier words.")
    assert oldest.index("Later words.") > oldest.index("Earlier words.")
    assert "14:20\n" not in newest
    assert newest.count("aria-current") == 2
    assert page(client, f"{blog.get_absolute_url()}?order=newest") == newest


def test_a_letter_stands_in_a_frame_with_those_who_signed_it(client: Client) -> None:
    article = make_article("News\nDear Dana,\nWe ask.\nWe ask twice.\nJoan Pettifer\nEnd", gated=False)
    make_passage(
        article, "document", "Dear Dana,\nWe ask.\nWe ask twice.\nJoan Pettifer", author="Bridge Users", addressee="Dana",
        signatories=["Joan Pettifer (chair)"],
    )  # fmt: skip
    quote = make_quote(
        article, "We ask.\nWe ask twice.", kind="document", speaker="Bridge Users", marked=[], gated=False
    )
    settle([article])
    html = page(client, article.get_absolute_url())
    assert f'<figure class="letter" id="q-{quote.uid}">' in html
    assert "<mark" not in html
    assert "From Bridge Users to Dana. The whole text is the quotation 1." in words_of(html)
    assert "Signed by Joan Pettifer (chair)" in words_of(html)


EXCERPTS = f"""Ferry to run
{"Secret. " * 60}
Gwen Tallis said: “We will run a ferry every ten minutes.”
{"Secret. " * 60}
"""


def test_excerpts_show_the_surroundings_of_quotes_and_lead_to_the_outlet(client: Client) -> None:
    article = make_article(
        EXCERPTS, source=make_source("Severn Gazette", rights="excerpts"), url="https://severn.example/ferry",
        url_key="https://severn.example/ferry", gated=False,
    )  # fmt: skip
    make_passage(article, "standfirst", "Secret. Secret.")
    quote = make_quote(article, "We will run a ferry every ten minutes.", speaker="Gwen Tallis", gated=False)
    settle([article])
    for address in (article.get_absolute_url(), quote.get_absolute_url()):
        html = page(client, address)
        assert "Secret" not in html
        assert "We will run a ferry every ten minutes." in html
    text = words_of(page(client, article.get_absolute_url()))
    assert "Excerpts only." in text
    assert "60 words not shown" in text
    assert 'href="https://severn.example/ferry"' in page(client, article.get_absolute_url())


def test_a_quote_says_whose_how_sure_and_where(client: Client, town: dict[str, Any]) -> None:
    text = words_of(page(client, town["sorry"].get_absolute_url()))
    assert "“I am sorry.”" in text
    assert "Ruth Ashdown" in text
    assert "Automatic Found by reader 1.0, which is confident; no editor has looked at it yet" in text
    assert "paragraph 2 of 2" in text
    assert f"http://testserver{town['sorry'].get_absolute_url()}" in text
    keele = words_of(page(client, town["choice"].get_absolute_url()))
    assert "Printed as Martyn Keele Known as Martin Keele" in keele
    assert "The outlet says what was said, in a clause after a verb of saying." in keele
    source = words_of(page(client, town["weeks"].get_absolute_url()))
    assert "Checked by an editor: as it was read" in source
    Quote.objects.filter(pk=town["weeks"].pk).update(decided=["status", "speaker"])
    source = words_of(page(client, town["weeks"].get_absolute_url()))
    assert "Checked by an editor: that it is a quotation, and the speaker" in source
    assert source.count("that it is a quotation") == 1
    Quote.objects.filter(pk=town["sorry"].pk).update(decided=["speaker"])
    assert "confident; an editor checked the speaker" in words_of(page(client, town["sorry"].get_absolute_url()))


def test_an_unsettled_speaker_is_named_only_as_printed(client: Client, town: dict[str, Any]) -> None:
    Attribution.objects.filter(quote=town["ferry"]).update(reasons=["he: Martin Keele was in focus"], candidates=[])
    text = words_of(page(client, town["ferry"].get_absolute_url()))
    assert "Keele" not in text.replace("Martyn Keele, her deputy", "").replace("Aldermouth", "")
    assert "“he”" in text
    assert "Speaker not settled" in text


def test_a_quote_inside_another_knows_the_other(client: Client, town: dict[str, Any]) -> None:
    assert f'href="{town["inner"].get_absolute_url()}"' in page(client, town["mother"].get_absolute_url())
    assert f'href="{town["mother"].get_absolute_url()}"' in page(client, town["inner"].get_absolute_url())


def test_what_editors_decided_has_a_day_but_no_name_and_no_reason(client: Client, town: dict[str, Any]) -> None:
    editor = get_user_model().objects.create_user("hetty")
    quote = town["sorry"]
    for field in ("speaker", "note"):
        Decision.objects.create(
            thing="articles.quote", thing_uid=quote.uid, field=field, before="zuqa", after="zuqa", reason="zuqa", by=editor,
            by_name="hetty", at=dt.datetime(2024, 5, 3, tzinfo=dt.UTC),
        )  # fmt: skip
    html = page(client, quote.get_absolute_url())
    assert "3 May 2024. An editor decided the speaker." in words_of(html)
    assert "zuqa" not in html
    assert "hetty" not in html


def test_a_person_has_roles_names_outlets_and_a_chart_with_a_table(client: Client, town: dict[str, Any]) -> None:
    ruth = town["ruth"]
    late = make_article("Later\n“I go,” said Ms Ashdown.", source=town["source"], day=dt.date(2024, 5, 1), gated=False)
    make_quote(late, "I go,", speaker=ruth, printed="Ms Ashdown", kind="indirect", gated=False)
    settle([late])
    html = page(client, ruth.get_absolute_url())
    text = words_of(html)
    assert "Leader, Aldermouth council. Quoted 3 times in 2 outlets since March 2024" in text
    assert "Ms Ashdown 1" in text
    assert re.search(r"March 2024 2 0 2 April 2024 0 0 0 May 2024 0 1 1", text)
    assert 'role="group" aria-label="3 quotes from March 2024 to May 2024"' in html
    [columns, *_] = re.findall(r'<svg[^>]*role="group".*?</svg>', html)
    [march, may] = (link.replace("&amp;", "&") for link in re.findall(r'<a href="([^"]+)"><title>', columns))
    assert "2 quotes" in words_of(page(client, march))
    assert "1 quote" in words_of(page(client, may))
    assert "Aldermouth Mercury" in text
    assert "Northern Ledger" in text


def test_who_was_merged_leads_to_the_survivor(client: Client, town: dict[str, Any]) -> None:
    ruth = town["ruth"]
    merged = make_person("R. Ashdown", merged_into=ruth)
    response = client.get(merged.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, ruth.get_absolute_url())


def test_a_source_says_how_it_attributes(client: Client, town: dict[str, Any]) -> None:
    text = words_of(page(client, town["source"].get_absolute_url()))
    assert "1 article of 12 March 2024; 6 quotes." in text
    assert "6 quotes say too little about that" in text
    assert "Ruth Ashdown 1" in text.partition("Most quoted here")[2]


def test_a_story_sets_speakers_against_outlets(client: Client, town: dict[str, Any]) -> None:
    html = page(client, town["story"].get_absolute_url())
    text = words_of(html)
    assert "2 articles in 2 outlets." in text
    assert re.search(r"Ruth Ashdown 1 1 2 ", text)
    assert re.search(r"Unnamed or not settled 3 –none 3", text)
    listed = page(client, re.search(r'href="(/quotes/\?[^"]*speaker_is[^"]*)"', html)[1].replace("&amp;", "&"))  # type: ignore[index]
    assert "3 quotes" in words_of(listed)


def test_home_opens_with_words_somebody_said(client: Client, town: dict[str, Any]) -> None:
    html = page(client, "/")
    assert "The bridge will close on Monday, and nobody regrets it more than I do." in html
    text = words_of(html)
    assert "2 articles from 2 outlets" in text
    assert "7 quotes, 4 checked by an editor" in text
    assert "Most quoted in March 2024" in text
    for address in re.findall(r'href="(/quotes/\?q=[^"]*)"', html):
        assert "No quotes match" not in page(client, address.replace("&amp;", "&"))


def test_home_prefers_words_that_several_outlets_printed(client: Client) -> None:
    ruth = make_person("Ruth Ashdown", status="curated")
    part = "Nobody among these councillors can close a river."
    said = f"You can close a bridge for repairs. {part}"
    lonely = "Whoever remembers another summer like that is older than me, and I remember every single one."
    story = make_story("Aldermouth bridge")
    articles = []
    for words in (said, part, said, lonely):
        article = make_article(f"News\nRuth Ashdown said: “{words}”", source=make_source(), gated=False)
        make_quote(article, words, speaker=ruth, gated=False)
        articles.append(article)
    story.articles.set(articles)
    settle(articles)
    utterance = make_utterance(*Quote.objects.filter(text__contains=part).order_by("id"))
    html = page(client, "/")
    assert re.search(rf'class="words lead direct"><a href="{utterance.get_absolute_url()}">“{said}”', html)
    assert "Said once, printed by 3 outlets." in words_of(html)
    assert "left out 7 words" in words_of(html)
    assert "The story: Aldermouth bridge" in words_of(html)


@pytest.mark.parametrize("latest", [1, 4, 100])
def test_home_has_the_latest_stories_however_many_articles_there_are(
    latest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        older, newer = (make_article(f"News {number}", day=dt.date(2024, month, number)) for month in (1, 6 - number))
        make_story(f"Story {number}", [older, newer] if number % 2 else [newer])
    make_story("Withheld", [make_article("Not out", status="draft", day=dt.date(2025, 1, 1))])
    monkeypatch.setattr(pages, "LATEST", latest)
    few, many = ([str(one) for one in pages.newest_stories(many=many)] for many in (False, True))
    assert many == few == ["Story 1", "Story 2", "Story 3"]


def test_an_empty_corpus_has_a_home(client: Client) -> None:
    for address in ("/", "/quotes/", "/articles/", "/people/", "/sources/", "/stories/", "/utterances/"):
        assert re.search(r"There are no \w+ yet", page(client, address))


def test_lists_say_what_is_in_use_and_what_went_wrong(client: Client, town: dict[str, Any]) -> None:
    text = words_of(page(client, "/quotes/?q=ferry&kind!=mixed"))
    assert "Filters, 2 in use" in text
    assert "kind not part quoted" in text
    assert '<mark class="hit">ferry</mark>' in page(client, "/quotes/?q=ferry")
    none = words_of(page(client, "/quotes/?q=xylophone&kind=direct"))
    assert "No quotes match both filters" in none
    assert "Drop “xylophone”" in none
    wrong = words_of(page(client, "/quotes/?from=31-02-2024&kind=loud", 400))
    assert "2 filters could not be read" in wrong
    assert "Nothing was searched." in wrong
    # What could be read is kept: its filter in use, and the choices of the others with their counts.
    kept = page(client, "/quotes/?from=31-02-2024&source=aldermouth-mercury", 400)
    assert "Filters, 1 in use" in words_of(kept)
    assert '<input type="checkbox" name="source" value="aldermouth-mercury" checked>' in kept
    assert re.search(r'name="kind" value="direct">.*?<span class="count num">[1-9]<', kept)
    assert 'value="31-02-2024"' in kept


# What pages keep back


@pytest.mark.parametrize("status", ["draft", "withheld"])
def test_what_is_not_public_has_no_page(client: Client, town: dict[str, Any], status: str) -> None:
    article, quote = town["article"], town["weeks"]
    Article.objects.filter(pk=article.pk).update(status=status, public=False)
    settle([Article.objects.get(pk=article.pk)])
    expected = 410 if status == "withheld" else 404
    for thing in (article, quote):
        html = page(client, thing.get_absolute_url(), expected)
        assert "bridge" not in html.lower()
        assert "weeks away" not in html
    assert page(client, town["source"].get_absolute_url(), 404)
    assert page(client, town["keele"].get_absolute_url(), 404)


def test_a_rejected_quote_is_gone(client: Client, town: dict[str, Any]) -> None:
    quote = town["weeks"]
    Quote.objects.filter(pk=quote.pk).update(status="rejected", public=False)
    assert "This quote is not shown" in page(client, quote.get_absolute_url(), 410)
    assert quote.uid not in page(client, town["article"].get_absolute_url())


@pytest.mark.parametrize(
    "address",
    [
        "/quotes/none/",
        "/articles/none/",
        "/people/none/",
        "/sources/none/",
        "/stories/none/",
        "/utterances/none/",
        "/none/",
    ],
)
def test_nothing_there(client: Client, address: str) -> None:
    assert "There is no page at this address" in page(client, address, 404)


# What every page holds to


def addresses(town: dict[str, Any]) -> list[str]:
    things = [
        *Article.objects.public(),
        *Quote.objects.public(),
        *Person.objects.public(),
        *Source.objects.public(),
        *Story.objects.public(),
    ]
    lists = [
        "/",
        "/about/",
        "/quotes/",
        "/quotes/?q=ferry",
        "/articles/",
        "/people/",
        "/sources/",
        "/stories/",
        "/none/",
        "/quotes/?x=1",
    ]
    return lists + [thing.get_absolute_url() for thing in things]


def test_no_page_needs_leave_for_inline_style_script_or_foreign_hosts(client: Client, town: dict[str, Any]) -> None:
    for address in addresses(town):
        html = client.get(address).content.decode()
        assert not re.search(r"<[^>]*\s(style|on\w+)=", html), address
        assert not re.search(r"<script(?![^>]*\ssrc=| type=\"application/ld\+json\">)", html), address
        assert not re.search(r'<(?:link|script|img)[^>]*(?:href|src)="(?:https?:)?//(?!testserver)', html), address
        assert len(re.findall(r"<h1\b", html)) == 1, address
        assert len(re.findall(r"<main\b", html)) == 1, address
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), address
        # What an address within the page leads to is on the page.
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids), address
        assert re.search(r"<title>[^<–]", html), address


def test_names_in_a_row_have_their_commas_where_they_belong(client: Client, town: dict[str, Any]) -> None:
    people = [make_person(name) for name in ("Anne Pridmore", "Gabriel Pepper", "Paul Taylforth")]
    article = make_article("News\nWe ask, they wrote.", gated=False)
    make_quote(article, "We ask", kind="indirect", speakers=people, gated=False)
    settle([article])
    assert "Anne Pridmore, Gabriel Pepper and Paul Taylforth" in words_of(page(client, article.get_absolute_url()))


# What pages cost


def grow(town: dict[str, Any]) -> None:
    """Ten times as much of everything on the page."""
    ruth = town["ruth"]
    articles = [town["article"]]
    for n in range(10):
        somebody = make_person(f"Speaker Number{n}", roles=["clerk, Aldermouth council"])
        make_quote(town["article"], "It is weeks away.", speaker=somebody, gated=False)
        make_quote(town["article"], "Bridge to close", speaker=ruth, nested_in=town["mother"], gated=False)
        more = make_article(
            TEXT, source=make_source(), stories=[town["story"]], day=dt.date(2024, 4, 1 + n), gated=False
        )
        make_quote(more, speaker=ruth, gated=False)
        make_quote(more, "It is weeks away.", speaker=somebody, gated=False)
        make_story(f"Story of {n}", [town["article"], more])
        articles.append(more)
    make_capture(town["article"], TEXT)
    Quote.objects.filter(article=town["article"]).update(capture=town["article"].capture)
    settle(articles)


#: Beside the one query by which every page asks whether anything has changed.
COSTS = {
    "/": 14,
    "/quotes/": 7,
    "/articles/": 5,
    "/people/": 5,
    "/sources/": 2,
    "/stories/": 2,
    "article": 12,
    "quote": 11,
    "person": 15,
    "source": 10,
    "story": 6,
}


@pytest.mark.parametrize("name", COSTS)
def test_a_page_costs_the_same_however_much_is_on_it(
    client: Client, town: dict[str, Any], name: str, django_assert_num_queries: Any
) -> None:
    # Somebody with roles inside the quote, so that both measurements look them up.
    make_quote(town["article"], "Bridge to close", speaker=town["ruth"], nested_in=town["mother"])
    thing = town.get({"quote": "mother", "person": "ruth"}.get(name, name))
    address = thing.get_absolute_url() if thing else name
    with django_assert_num_queries(1 + COSTS[name]):
        page(client, address)
    grow(town)
    with django_assert_num_queries(1 + COSTS[name]):
        page(client, address)
