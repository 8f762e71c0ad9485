"""Copies of articles: found as they come in, decided by editors for ever, each text counted once, and nothing leaks."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from articles import copies, curation, publishing, purging
from articles.intake import items
from articles.models import Article, Quote, Sketch, Suspicion
from articles.pipeline import Orders, take_in
from corpus import ledger
from corpus.models import Decision
from tests.comparing.test_copying import LOOK_ALIKES, TWO_MORE, WIRE, changed, paragraphs
from tests.factories import (
    make_article,
    make_capture,
    make_passage,
    make_person,
    make_quote,
    make_source,
    make_story,
    settle,
)

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 3, 12)
SHORTER = "\n\n".join(paragraphs(WIRE)[:6])
LONGER = f"{WIRE}\n\n{TWO_MORE}"
HALF = "\n\n".join([*paragraphs(WIRE)[3:6], TWO_MORE])
OTHER = changed(WIRE, 0.08, 5)
TALLIS = "We have carried brides, coffins and one elephant,"
PASK = "The ferry never went home."
OWN = "I shall miss the whistle"

numbers = itertools.count()


@pytest.fixture
def editor(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("editor")


def article(text: str = WIRE, kind: str = "newspaper", *, look: bool = True, **fields: Any) -> Article:
    """An article of an outlet of its own, looked at as when it comes in."""
    source = fields.pop("source", None) or make_source(f"Outlet {next(numbers)}", kind=kind)
    made = make_article(text, source=source, **{"day": DAY, "gated": False, **fields})
    if look:
        seen(made)
    return made


def seen(*some: Article) -> None:
    settle([*some, *Article.objects.filter(pk__in=copies.look([one.pk for one in some]))])


def originals() -> dict[str, str]:
    """What is a copy of what, by headline."""
    rows = Article.objects.exclude(copy_of=None).order_by("headline")
    return dict(rows.values_list("headline", "copy_of__headline"))


def stands_for(one: Article) -> Article | None:
    one.refresh_from_db()
    return one.reprint_of


# --- found


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
def test_whatever_order_they_come_in_the_earliest_is_the_original(order: tuple[int, ...]) -> None:
    said: list[tuple[str, dict[str, Any]]] = [
        (WIRE, {"headline": "first", "day": DAY}),
        (SHORTER, {"headline": "second", "day": DAY + dt.timedelta(1)}),
        (LONGER, {"headline": "third", "day": DAY + dt.timedelta(2)}),
        (LOOK_ALIKES["a digest of several"][1], {"headline": "another"}),
    ]
    for at in order:
        article(said[at][0], **said[at][1])
    assert originals() == {"second": "first", "third": "first"}
    # Copies are found by their original.
    assert set(Sketch.objects.values_list("article__headline", flat=True)) == {"first", "another"}


def test_all_of_one_batch_find_one_another() -> None:
    some = [article(text, look=False, headline=text[:1] + str(n)) for n, text in enumerate([WIRE, LONGER, OTHER])]
    seen(*some)
    assert originals() == {some[1].headline: some[0].headline, some[2].headline: some[0].headline}


@pytest.mark.parametrize(
    "one, other, original",
    [
        ({"day": DAY}, {"day": DAY + dt.timedelta(1)}, "one"),
        ({"day": None}, {"day": DAY}, "other"),
        ({"day": DAY, "time": dt.time(9)}, {"day": DAY, "time": dt.time(8)}, "other"),
        ({"day": DAY, "time": dt.time(8)}, {"day": DAY, "time": dt.time(9), "kind": "agency"}, "other"),
        ({"day": DAY}, {"day": DAY + dt.timedelta(1), "kind": "agency"}, "one"),
        ({"day": DAY, "published_precision": "year"}, {"day": DAY + dt.timedelta(9)}, "other"),
        ({}, {}, "one"),
    ],
)
def test_the_original_is_the_earliest_and_within_a_day_the_agency_s(
    one: dict[str, Any], other: dict[str, Any], original: str
) -> None:
    article(headline="one", **one)
    article(headline="other", **other)
    assert originals() == ({"other": "one"} if original == "one" else {"one": "other"})


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_are_neither_linked_nor_asked_about(name: str) -> None:
    for text in LOOK_ALIKES[name]:
        one = article(text, look=False)
        for spoken in [part.partition("”")[0] for part in text.split("“")[1:]]:
            make_quote(one, spoken, gated=False)
        seen(one)
    assert originals() == {}
    assert not Suspicion.objects.exists()


@pytest.mark.parametrize("days, found", [(0, 1), (3, 1), (30, 0)])
def test_a_standing_sentence_is_no_copy_of_itself(days: int, found: int) -> None:
    article("The swimming bath is shut today until the water has been let in.")
    article("The swimming bath is shut today until the water has been let in.", day=DAY + dt.timedelta(days))
    assert len(originals()) == found


def test_a_statement_that_a_paper_prints_without_marks_is_asked_about() -> None:
    article(WIRE, headline="statement")
    Article.objects.update(kind="statement")
    article(LONGER, day=DAY + dt.timedelta(1), headline="report")
    assert originals() == {}
    assert Suspicion.objects.get().article.headline == "report"


def test_furniture_and_headline_are_no_text() -> None:
    """Two articles of which most is one promotion, under one headline."""
    for text in LOOK_ALIKES["the same statement"]:
        own = text.partition("“")[0]
        one = article(f"The ferry\n\n{own}\n\n{WIRE}", look=False)
        make_passage(one, "headline", "The ferry")
        make_passage(one, "promo", WIRE)
        seen(one)
    assert originals() == {}


def test_a_shingle_that_all_have_finds_nothing_and_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "COMMON", 5)
    for number in range(8):
        words = " ".join(f"word{number}x{n}" for n in range(200))
        article(f"All that is printed here is printed by the Gazette and nobody else. {words}")
    counted = [Sketch.objects.filter(hash=row).count() for row in set(Sketch.objects.values_list("hash", flat=True))]
    assert max(counted) <= 5


# --- texts that change


def test_a_copy_that_is_written_anew_is_one_no_more_and_is_found_again() -> None:
    original, copy = article(headline="original"), article(LONGER, headline="copy")
    make_capture(copy, LOOK_ALIKES["the same statement"][0])
    seen(copy)
    assert originals() == {}
    assert stands_for(copy) is None
    make_capture(copy, SHORTER)
    seen(copy)
    assert originals() == {"copy": "original"}
    make_capture(original, LOOK_ALIKES["the same statement"][0])
    seen(original)
    assert originals() == {}
    assert set(Sketch.objects.values_list("article__headline", flat=True)) == {"original", "copy"}


def test_looking_again_changes_nothing() -> None:
    some = [article(text) for text in (WIRE, LONGER, HALF, SHORTER, *LOOK_ALIKES["the same statement"])]

    def state() -> Any:
        return [
            list(Article.objects.order_by("pk").values_list("pk", "copy_of", "reprint_of")),
            list(Suspicion.objects.order_by("article").values_list("article", "original", "share")),
            sorted(Sketch.objects.values_list("hash", "article")),
        ]

    before = state()
    assert copies.look(one.pk for one in some) == set()
    assert state() == before
    Sketch.objects.all().delete()
    Suspicion.objects.all().delete()
    Article.objects.update(copy_of=None, reprint_of=None)
    call_command("copies", verbosity=0)
    assert state() == before


def test_taking_in_looks_costs_the_same_for_more(django_assert_max_num_queries: Any) -> None:
    some = [article(changed(WIRE, 0.6, seed), look=False) for seed in range(12)] + [article(LONGER, look=False)]
    with django_assert_max_num_queries(22):
        copies.look(one.pk for one in some)


# --- decided


def test_what_somebody_decided_stays_and_is_not_asked_again(editor: Any) -> None:
    original, copy = article(headline="original"), article(LONGER, headline="copy")
    curation.decide_articles([copy], {"copy_of": None}, by=editor, reason="They wrote it together.")
    assert originals() == {}
    assert stands_for(copy) is None
    make_capture(copy, WIRE)
    seen(copy)
    seen(original)
    assert originals() == {}
    assert not Suspicion.objects.exists()
    copy.refresh_from_db()
    assert copy.disputed == ""
    assert ledger.faults(copy) == []
    # It is found as an original of its own.
    assert Sketch.objects.filter(article=copy).exists()
    curation.undo(Decision.objects.all(), by=editor)
    assert originals() == {"copy": "original"}
    assert not Sketch.objects.filter(article=copy).exists()
    assert stands_for(copy) == original


def test_what_looks_like_a_copy_waits_for_an_answer(editor: Any) -> None:
    original, half = article(headline="original"), article(HALF, headline="half")
    assert originals() == {}
    suspicion = Suspicion.objects.get()
    assert (suspicion.article, suspicion.original) == (half, original)
    assert 0.4 < suspicion.share < 0.7
    curation.decide_articles([half], {"copy_of": original.uid}, by=editor)
    assert originals() == {"half": "original"}
    assert not Suspicion.objects.exists()
    curation.undo(Decision.objects.all(), by=editor)
    assert originals() == {}
    seen(half)
    assert Suspicion.objects.count() == 1
    half.refresh_from_db()
    curation.decide_articles([half], {"copy_of": None}, by=editor)
    seen(half, original)
    assert not Suspicion.objects.exists()


def test_nothing_is_a_copy_of_a_copy(editor: Any) -> None:
    first, second, third = (
        article(headline="first"),
        article(LONGER, headline="second"),
        article(headline="third", text=HALF),
    )
    original = copies.original_for(third, Article.objects.get(headline="second"))
    assert original == first
    # Whoever asks the ledger itself gets the same.
    curation.decide_articles([third], {"copy_of": second.uid}, by=editor)
    assert originals() == {"second": "first", "third": "first"}
    with pytest.raises(copies.Refused, match="decide first that it is none"):
        copies.original_for(first, second)
    with pytest.raises(copies.Refused, match="no copy of itself"):
        copies.original_for(first, first)


def test_copies_follow_an_original_that_turns_out_to_be_a_copy(editor: Any) -> None:
    second, third = article(headline="second"), article(LONGER, headline="third")
    other = article(LOOK_ALIKES["the same statement"][0], headline="other", day=DAY - dt.timedelta(5))
    curation.decide_articles([second], {"copy_of": other.uid}, by=editor)
    assert originals() == {"second": "other", "third": "other"}
    assert stands_for(third) == other


def test_an_original_that_an_editor_confirmed_is_not_made_a_copy(editor: Any) -> None:
    second, half = article(headline="second"), article(HALF, headline="half")
    curation.decide_articles([half], {"copy_of": second.uid}, by=editor)
    article(OTHER, headline="earlier", day=DAY - dt.timedelta(1))
    assert originals() == {"half": "second"}
    assert Suspicion.objects.get().article == second
    half.refresh_from_db()
    assert ledger.faults(half) == []


# --- deleted


def test_the_copies_of_what_is_purged_have_the_first_of_them_for_their_original(editor: Any, tmp_path: Any) -> None:
    original = article(headline="original")
    for number, text in enumerate([LONGER, SHORTER, OTHER]):
        article(text, headline=f"copy {number}", day=DAY + dt.timedelta(number + 1))
    copies_were = [one for one in purging.plan(original).stays if one.startswith("Its copies")]
    assert copies_were == ["Its copies stay, with the same text: 3; the first of them becomes the original."]
    ids = copies.release([original.pk])
    original.delete()
    settle(Article.objects.filter(pk__in=ids))
    assert originals() == {"copy 1": "copy 0", "copy 2": "copy 0"}
    assert stands_for(Article.objects.get(headline="copy 2")) == Article.objects.get(headline="copy 0")
    assert stands_for(Article.objects.get(headline="copy 0")) is None


def test_a_copy_that_an_editor_decided_on_goes_with_the_others(editor: Any) -> None:
    original, copy, half = (
        article(headline="original"),
        article(LONGER, headline="copy"),
        article(HALF, headline="half"),
    )
    curation.decide_articles([half], {"copy_of": original.uid}, by=editor)
    copies.release([original.pk])
    original.delete()
    assert originals() == {"half": "copy"}
    half.refresh_from_db()
    assert ledger.faults(half) == []
    curation.undo(Decision.objects.all(), by=editor)
    assert originals() == {}
    assert copy.copies.count() == 0


# --- counted once


@pytest.fixture
def family() -> dict[str, Any]:
    """An agency's report and two papers that print it, one with a quote of its own."""
    tallis, pask = make_person("Gwen Tallis"), make_person("Ivor Pask")
    wire = article(headline="wire", kind="agency", look=False)
    first = article(f"{WIRE}\n\n“{OWN},” said Ivor Pask.", headline="first", day=DAY + dt.timedelta(1), look=False)
    second = article(SHORTER, headline="second", day=DAY + dt.timedelta(2), look=False)
    for one in (wire, first, second):
        make_quote(one, TALLIS, speaker=tallis, gated=False)
    for one in (wire, first):
        make_quote(one, PASK, speaker=pask, gated=False)
    make_quote(first, OWN, speaker=pask, gated=False)
    story = make_story("Ferry", [wire, first, second])
    seen(wire, first, second)
    assert originals() == {"first": "wire", "second": "wire"}
    return {"wire": wire, "first": first, "second": second, "story": story, "tallis": tallis, "pask": pask}


def witnesses() -> list[tuple[str, str]]:
    return sorted(Quote.objects.witnesses().values_list("article__headline", "text"))


AS_THEY_ARE = sorted([("first", OWN), ("wire", PASK), ("wire", TALLIS)])


def test_what_a_copy_repeats_is_counted_once_and_what_it_has_of_its_own_too(family: dict[str, Any]) -> None:
    assert [one.headline for one in Article.objects.witnesses()] == ["wire"]
    assert witnesses() == AS_THEY_ARE
    assert Quote.objects.public().count() == 6


def test_a_hidden_original_stands_for_nothing(family: dict[str, Any], editor: Any) -> None:
    publishing.withhold([family["wire"]], by=editor)
    assert witnesses() == sorted([("first", OWN), ("first", PASK), ("first", TALLIS)])
    assert stands_for(family["second"]) == family["first"]
    publishing.withhold([family["first"]], by=editor)
    assert witnesses() == [("second", TALLIS)]
    curation.undo(Decision.objects.filter(field="status"), by=editor)
    assert witnesses() == AS_THEY_ARE


def test_a_quote_that_the_original_lost_counts_with_the_copy(family: dict[str, Any], editor: Any) -> None:
    curation.reject(Quote.objects.filter(article=family["wire"], text=TALLIS), by=editor)
    assert ("first", TALLIS) in witnesses()
    assert ("second", TALLIS) in witnesses()


def test_every_figure_counts_it_once(family: dict[str, Any], client: Client) -> None:
    story, outlet = family["story"].slug, family["first"].source.slug
    home = client.get("/").context
    assert (home["figures"]["quotes"], home["figures"]["articles"], home["figures"]["copies"]) == (6, 3, 2)
    assert home["figures"]["quotes"] == client.get("/quotes/").context["tally"].number
    assert {row["called"]: row["n"] for row in home["speakers"]} == {"Ivor Pask": 2, "Gwen Tallis": 1}
    assert {quote.article.headline for quote in home["recent"]} <= {"wire", "first"}
    matrix = client.get(f"/stories/{story}/").context["matrix"]
    assert {row["name"]: row["all"] for row in matrix["rows"]} == {"Ivor Pask": 2, "Gwen Tallis": 1}
    person = client.get(family["pask"].get_absolute_url()).context
    assert (len(person["portrait"].lines), person["outlets_total"]) == (2, 2)
    assert {item.name: item.quote_count for item in client.get("/people/").context["page"].items} == {
        "Ivor Pask": 2, "Gwen Tallis": 1,
    }  # fmt: skip
    assert client.get(f"/sources/{outlet}/").context["figures"]["quotes"] == 1
    counted = client.get("/api/v1/quotes/?group_by=speaker&copies=exclude").json()["results"]
    assert {row["label"]: row["count"] for row in counted} == {"Ivor Pask": 2, "Gwen Tallis": 1}


def test_every_number_leads_to_as_many_quotes(family: dict[str, Any], client: Client) -> None:
    page = client.get(family["story"].get_absolute_url()).content.decode()
    links = re.findall(r'<td class="l\d"><a href="([^"]+)">(\d+)</a>', page)
    assert links
    for link, number in links:
        assert client.get(html.unescape(link)).context["tally"].number == int(number), link


@pytest.mark.parametrize(
    "address, texts",
    [
        ("articles/?", 3),
        ("articles/?copies=include", 3),
        ("articles/?copies=exclude", 1),
        ("articles/?copies=only", 2),
        ("quotes/?", 6),
        ("quotes/?copies=exclude", 3),
        ("quotes/?copies=only", 3),
        ("quotes/?copies=only&source={first}", 2),
    ],
)
def test_lists_show_all_or_what_is_asked_for(family: dict[str, Any], client: Client, address: str, texts: int) -> None:
    path = address.format(first=family["first"].source.slug)
    assert client.get(f"/{path}").context["tally"].number == texts
    assert client.get(f"/api/v1/{path}&count=1").json()["count"] == texts


def test_a_word_that_is_none_of_the_three_is_a_fault(family: dict[str, Any], client: Client) -> None:
    response = client.get("/api/v1/quotes/?copies=no")
    assert response.status_code == 400
    assert "“no” is not said of copies; choose from include, exclude, only." in response.content.decode()


# --- shown


def test_the_pages_say_what_is_a_copy_of_what(family: dict[str, Any], client: Client) -> None:
    def text(one: Article) -> str:
        page = client.get(one.get_absolute_url()).content.decode()
        start = page.find('<p class="copies">')
        return page[start : page.index("</p>", start)] if start >= 0 else ""

    assert "A copy of" in text(family["first"])
    assert family["wire"].source.name in text(family["first"])
    assert family["second"].source.name in text(family["first"])
    assert "Also printed" in text(family["wire"])
    assert family["second"].source.name in text(family["wire"])
    canonical = f'<link rel="canonical" href="http://testserver{family["first"].get_absolute_url()}">'
    assert canonical in client.get(family["first"].get_absolute_url()).content.decode()
    listed = client.get("/articles/").content.decode()
    assert listed.count("a copy of <a") == 2


def test_the_api_says_so_too(family: dict[str, Any], client: Client) -> None:
    rows = {row["headline"]: row for row in client.get("/api/v1/articles/").json()["results"]}
    assert {name: row["copy_of"] for name, row in rows.items()} == {
        "wire": None, "first": family["wire"].uid, "second": family["wire"].uid,
    }  # fmt: skip
    assert {name: row["copies"] for name, row in rows.items()} == {"wire": 2, "first": 0, "second": 0}
    quotes = client.get("/api/v1/quotes/").json()["results"]
    assert sum(row["reprint"] for row in quotes) == 3
    linked = client.get(f"/api/v1/articles/{family['first'].uid}/?format=jsonld").json()
    assert linked["isBasedOn"] == f"http://testserver{family['wire'].get_absolute_url()}"


def test_an_original_that_is_not_public_does_not_leak(family: dict[str, Any], client: Client, editor: Any) -> None:
    Article.objects.filter(pk=family["wire"].pk).update(headline="Zuqasecret")
    publishing.withhold([Article.objects.get(pk=family["wire"].pk)], by=editor)
    for one in (family["first"], family["second"]):
        for address in (
            one.get_absolute_url(),
            f"/api/v1{one.get_absolute_url()}",
            f"/api/v1{one.get_absolute_url()}?format=jsonld",
        ):
            answer = client.get(address).content.decode()
            assert "Zuqasecret" not in answer
            assert family["wire"].uid not in answer
    # Nor while the articles of a source that is shut are still followed one by one.
    curation.undo(Decision.objects.filter(field="status"), by=editor)
    Article.objects.filter(pk=family["wire"].pk).update(public=False)
    for address in (
        "/articles/",
        family["first"].get_absolute_url(),
        "/api/v1/articles/",
        family["story"].get_absolute_url(),
    ):
        answer = client.get(address).content.decode()
        assert "Zuqasecret" not in answer
        assert family["wire"].uid not in answer


def test_the_sample_corpus_has_copies(tmp_path: Any) -> None:
    from corpus.management.commands.demo import SAMPLE

    for name in ("saltby-haven", "exam-scripts"):
        list(take_in(items([SAMPLE / name]), Orders(publish=True)))
    assert originals() == {
        "Villagers vow to stay after minister’s sea wall decision": "Villagers vow to stay after minister’s sea wall decision",
        "‘Lost’ exam papers found behind motorway caff, MPs told": "Missing exam scripts ‘were never lost’, MPs told",
    }
    assert not Suspicion.objects.exists()


# --- in the admin


@pytest.fixture
def desk(client: Client, editor: Any) -> Client:
    editor.is_staff = editor.is_superuser = True
    editor.save()
    client.force_login(editor)
    return client


def test_an_editor_answers_on_the_page_of_the_article(desk: Client) -> None:
    original, half = article(headline="original"), article(HALF, headline="half")
    page = f"/admin/articles/article/{half.pk}/change/"
    assert "Looks like a copy of" in desk.get(page).content.decode()
    answer = desk.post(f"/admin/articles/article/{half.pk}/copy/", {"copy_of": original.uid, "next": page})
    assert answer.headers["Location"] == f"{page}#copies"
    assert originals() == {"half": "original"}
    assert "An editor says so." in desk.get(page).content.decode()
    assert "Its copies:" in desk.get(f"/admin/articles/article/{original.pk}/change/").content.decode()
    curation.undo(Decision.objects.all(), by=None)
    seen(half)
    desk.post(f"/admin/articles/article/{half.pk}/copy/", {"copy_of": "", "next": page})
    assert originals() == {}
    assert 'id="copies"' not in desk.get(page).content.decode()


@pytest.mark.parametrize(
    "of, sentence",
    [
        ("copy", "decide first that it is none"),
        ("original", "An article is no copy of itself"),
        ("nothing", "That article is no longer in the corpus; nothing was changed."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(desk: Client, of: str, sentence: str) -> None:
    original, copy = article(headline="original"), article(LONGER, headline="copy")
    uids = {"original": original.uid, "copy": copy.uid, "nothing": "nothing"}
    page = f"/admin/articles/article/{original.pk}/change/"
    answer = desk.post(f"/admin/articles/article/{original.pk}/copy/", {"copy_of": uids[of], "next": page}, follow=True)
    assert sentence in html.unescape(answer.content.decode())
    assert originals() == {"copy": "original"}


@pytest.mark.parametrize("value, headlines", [("of", {"copy"}), ("original", {"original"}), ("perhaps", {"half"})])
def test_the_list_of_articles_is_narrowed_by_copies(desk: Client, value: str, headlines: set[str]) -> None:
    article(headline="original")
    article(LONGER, headline="copy")
    article(HALF, headline="half")
    article(LOOK_ALIKES["the same statement"][0], headline="another")
    found = desk.get(f"/admin/articles/article/?copy={value}").context["cl"].result_list
    assert {one.headline for one in found} == headlines


def test_whoever_may_not_change_an_article_does_not_answer(client: Client, django_user_model: Any) -> None:
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    client.force_login(reader)
    original, half = article(headline="original"), article(HALF, headline="half")
    assert client.post(f"/admin/articles/article/{half.pk}/copy/", {"copy_of": original.uid}).status_code == 403
    assert originals() == {}
