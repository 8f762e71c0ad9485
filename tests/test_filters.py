"""Filter sets: what each parameter finds, what it refuses and in which words; and the list page built on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Model
from django.http import QueryDict
from django.test import RequestFactory

from articles.filters import ArticleFilterSet, QuoteFilterSet, SourceFilterSet, StoryFilterSet
from articles.models import Article, Attribution, Quote, Source, Story
from corpus import filters
from corpus.filters import CorpusFilterSet, Period
from corpus.views import FilteredListView
from people.filters import PersonFilterSet
from people.models import Person
from tests import factories as make
from tests.factories import find

pytestmark = pytest.mark.django_db

FERRY = "We will run a ferry, … every ten minutes."
LETTER = "Dear editor, the toll must go. Yours, Colette Aspinall"
MODELS: dict[type[CorpusFilterSet], type[Model]] = {
    ArticleFilterSet: Article,
    QuoteFilterSet: Quote,
    SourceFilterSet: Source,
    StoryFilterSet: Story,
    PersonFilterSet: Person,
}


@pytest.fixture(scope="module")
def corpus(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The corpus below, made once: each test works in a savepoint of its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


def made() -> dict[str, Any]:
    """Three articles of two outlets; Ruth (and her merged self) settled, Martin only printed, Imran hidden."""
    mercury = make.make_source("Aldermouth Mercury")
    gazette = make.make_source("Severn Gazette", kind="online", country="IE", rights="excerpts")
    bridge, toll = make.make_story("The bridge"), make.make_story("The toll")
    ruth = make.make_person("Ruth Ashdown", aliases=["Cllr Ashdown"], roles=["leader, Aldermouth council"])
    old = make.make_person("Ruth Ashdowne", merged_into=ruth)
    imran = make.make_person("Imran Sadiq")
    union = make.make_person("River Union", kind="organisation")
    a = make.make_article(source=mercury, gated=False, stories=[bridge, toll])
    b = make.make_article(
        source=gazette, gated=False, stories=[bridge], day=dt.date(2023, 12, 1), time=dt.time(9, 30), language="en-IE"
    )
    c = make.make_article(LETTER, gated=False, source=mercury, day=None, kind="statement", language="cy")
    d = make.make_article(
        "A draft. “Hidden words,” said Imran Sadiq.",
        source=make.make_source("Hidden Herald"),
        status="draft",
        gated=False,
    )
    make.make_mention(a, "Martin Keele", ruth)
    make.make_mention(b, "Martin Keele", ruth)
    quotes = {
        "monday": make.make_quote(a, speaker=ruth, gated=False),
        "choice": make.make_quote(
            a, "had no choice", speaker="Martin Keele", kind="mixed", status="suggested", confidence=0.9, gated=False
        ),
        "ferry": make.make_quote(b, FERRY, speakers=[old, union], gated=False),
        "toll": make.make_quote(c, "the toll must go", kind="document", gated=False),
        "doubt": make.make_quote(b, "had no choice", speaker=imran, speaker_confidence=0.2, gated=False),
        "hidden": make.make_quote(d, "Hidden words,", speaker=imran, gated=False),
    }
    # The words of Monday name the union and are said to it, by way of Martin; Ruth's name in the ferry's is her own.
    make.make_mention(a, "nobody", union)
    make.make_mention(b, "he said", ruth)
    own = find(make.TEXT, "he said")[0][0]
    quotes["ferry"].attributions.filter(position=0).update(start=own, end=own + 2)
    for role, who in ("addressee", union), ("via", ruth):
        Attribution.objects.create(
            quote=quotes["monday"], role=role, printed=who.name, person=who, kind=who.kind, confidence=1
        )
    Quote.objects.filter(pk=quotes["choice"].pk).update(nested_in=quotes["monday"])
    make.settle([a, b, c, d])
    for quote in quotes.values():
        quote.refresh_from_db(fields=["public"])
    assert [quote.public for quote in quotes.values()] == [True] * 5 + [False]
    return {"a": a, "b": b, "c": c, "d": d, "old": old, **quotes}


def bound(filterset: type[CorpusFilterSet], query: str, **kwargs: Any) -> CorpusFilterSet:
    return filterset(QueryDict(query), MODELS[filterset]._default_manager.public(), **kwargs)  # type: ignore[attr-defined]


QUOTES = {
    "": "monday choice ferry toll doubt",
    "speaker=ruth-ashdown": "monday ferry",
    "speaker=ruth-ashdowne": "monday ferry",
    "speaker=river-union": "ferry",
    "speaker=ruth-ashdown&speaker=river-union": "monday ferry",
    "speaker=ruth-ashdown,river-union": "monday ferry",
    "speaker!=ruth-ashdown": "choice toll doubt",
    "speaker=ruth-ashdown&speaker!=river-union": "monday",
    "speaker_is=named": "monday ferry",
    "speaker_is=unresolved": "choice doubt",
    "speaker_is=unnamed": "toll",
    "speaker_is=named,unnamed": "monday ferry toll",
    "speaker_is!=named": "choice toll doubt",
    "source=severn-gazette": "ferry doubt",
    "source!=severn-gazette": "monday choice toll",
    "country=ie": "ferry doubt",
    "country!=IE": "monday choice toll",
    "kind=mixed": "choice",
    "kind!=direct": "choice toll",
    "reading=checked": "monday ferry toll doubt",
    "reading=automatic": "choice",
    "reading!=automatic": "monday ferry toll doubt",
    "story=the-bridge": "monday choice ferry doubt",
    "story=the-bridge,the-toll": "monday choice ferry doubt",
    "story!=the-toll": "ferry toll doubt",
    "from=2024": "monday choice",
    "from=2024-03-12": "monday choice",
    "from=2024-03-13": "",
    "to=2023": "ferry doubt",
    "to=2023-12-01": "ferry doubt",
    "to=2023-11": "",
    "from=2023-12&to=2024-03": "monday choice ferry doubt",
    "confidence__gte=0.92": "monday ferry toll doubt",
    "confidence__lte=0.92": "choice",
    "confidence__gte=0.5&confidence__lte=0.92": "choice",
    "addressed_to=river-union": "monday",
    "addressed_to!=river-union": "choice ferry toll doubt",
    "via=ruth-ashdown": "monday",
    "via=ruth-ashdowne,river-union": "monday",
    "mentioned=river-union": "monday",
    "mentioned=ruth-ashdown": "",
    "mentioned!=river-union": "choice ferry toll doubt",
    "speaker_kind=organisation": "ferry",
    "speaker_kind=unnamed": "toll",
    "speaker_kind!=individual": "toll",
    "article_kind=statement": "toll",
    "article_kind!=statement": "monday choice ferry doubt",
    "article_q=leader": "monday choice",  # not in an excerpt of the other
    "article_q=toll OR ferry": "monday choice ferry toll doubt",
    "article_q=hidden": "",
    "language=en": "monday choice ferry doubt",
    "language!=en": "toll",
    "empty=speaker": "choice toll doubt",
    "empty!=speaker": "monday ferry",
    "empty=addressed_to": "choice ferry toll doubt",
    "empty!=addressed_to": "monday",
    "empty!=via": "monday",
    "empty=entry": "monday choice ferry toll doubt",
    "empty!=entry": "",
    "empty=nested_in": "monday ferry toll doubt",
    "empty!=nested_in": "choice",
    "empty=date": "toll",
    "empty=date,addressed_to": "choice ferry toll doubt",
    "empty!=date,addressed_to": "monday",
    "empty=story": "toll",
    "q=ferry": "ferry",
    "q=ferry OR toll": "ferry toll",
    "q=choice&country=GB": "choice",
    "q=hidden": "",
    "kind=&speaker=&from=": "monday choice ferry toll doubt",
}


@pytest.mark.parametrize("query, names", QUOTES.items(), ids=lambda v: v or "none")
def test_quotes(corpus: dict[str, Any], query: str, names: str) -> None:
    found = bound(QuoteFilterSet, query)
    assert not found.faults
    assert sorted(found.qs.values_list("uid", flat=True)) == sorted(corpus[name].uid for name in names.split())


ARTICLES = {
    "": "a b c",
    "speaker=ruth-ashdown": "a b",
    "speaker!=ruth-ashdown": "c",
    "mentioned=ruth-ashdown": "a",  # b may be read in excerpts only
    "mentioned!=ruth-ashdown": "b c",
    "source=aldermouth-mercury": "a c",
    "country=IE": "b",
    "kind=report": "a b",
    "kind=statement,report": "a b c",
    "story=the-bridge": "a b",
    "language=en": "a b",
    "language=cy": "c",
    "language!=en": "c",
    "has_quotes=true": "a b c",
    "has_quotes=false": "",
    "from=2023&to=2023": "b",
    "quote_q=ferry": "b",
    "quote_q=hidden": "",
    "quote_q=ferry&q=leader": "",
    "published_basis=stated": "a b",
    "published_basis!=stated": "c",
    "empty=date": "c",
    "empty!=date": "a b",
    "empty=url": "a b c",
    "empty!=url": "",
    "empty=story": "c",
    "empty!=story,byline": "",
    "q=toll": "c",
    "q=leader": "a",  # not in an excerpt of b
}


@pytest.mark.parametrize("query, names", ARTICLES.items(), ids=lambda v: v or "none")
def test_articles(corpus: dict[str, Any], query: str, names: str) -> None:
    found = bound(ArticleFilterSet, query)
    assert not found.faults
    assert sorted(found.qs.values_list("uid", flat=True)) == sorted(corpus[name].uid for name in names.split())


PEOPLE = {
    "": "ruth-ashdown river-union",
    "q=ashdown": "ruth-ashdown",
    "q=Cllr ASHDOWN": "ruth-ashdown",
    "q=ruth ashdowne": "ruth-ashdown",
    "q=imran": "",
    "q=uni": "river-union",
    "kind=organisation": "river-union",
    "kind!=organisation": "ruth-ashdown",
    "role=Leader": "ruth-ashdown",
    "role=council": "ruth-ashdown",
    "source=severn-gazette": "ruth-ashdown river-union",
    "source!=severn-gazette": "",
    "source=aldermouth-mercury": "ruth-ashdown",
    "story=the-toll": "ruth-ashdown",
    "language=en-IE": "ruth-ashdown river-union",
    "language=cy": "",
    "empty=roles": "river-union",
    "empty!=roles": "ruth-ashdown",
    "empty=pronouns,roles": "ruth-ashdown river-union",
}


@pytest.mark.parametrize("query, slugs", PEOPLE.items(), ids=lambda v: v or "none")
def test_people(corpus: dict[str, Any], query: str, slugs: str) -> None:
    found = bound(PersonFilterSet, query)
    assert not found.faults
    assert sorted(found.qs.values_list("slug", flat=True)) == sorted(slugs.split())


@pytest.mark.parametrize(
    "filterset, query, slugs",
    [
        (SourceFilterSet, "", "aldermouth-mercury severn-gazette"),
        (SourceFilterSet, "q=severn", "severn-gazette"),
        (SourceFilterSet, "q=gazette aldermouth", ""),
        (SourceFilterSet, "kind=online", "severn-gazette"),
        (SourceFilterSet, "country=GB,IE", "aldermouth-mercury severn-gazette"),
        (SourceFilterSet, "language!=en", ""),
        (StoryFilterSet, "", "the-bridge the-toll"),
        (StoryFilterSet, "q=BRIDGE", "the-bridge"),
    ],
)
def test_sources_and_stories(corpus: dict[str, Any], filterset: type[CorpusFilterSet], query: str, slugs: str) -> None:
    assert sorted(bound(filterset, query).qs.values_list("slug", flat=True)) == sorted(slugs.split())


def test_a_thing_is_asked_for_by_slug_or_uid(corpus: dict[str, Any]) -> None:
    for name, thing in {"source": corpus["b"].source, "article": corpus["b"], "speaker": corpus["old"]}.items():
        assert corpus["ferry"] in bound(QuoteFilterSet, f"{name}={thing.uid}").qs


def test_an_entry_is_asked_for_by_uid(corpus: dict[str, Any]) -> None:
    entry = make.make_passage(corpus["a"], "entry", "Martin Keele, her deputy")
    Quote.objects.filter(pk=corpus["choice"].pk).update(entry=entry)
    assert list(bound(QuoteFilterSet, f"entry={entry.uid}").qs) == [corpus["choice"]]


FAULTS = {
    "speker=ruth-ashdown": ("speker", "There is no parameter “speker” here; there are q, from, to, speaker, speaker_is,"),
    "q!=toll": ("q!", "“q” has nothing to exclude; use it without the exclamation mark."),
    "q=a&q=b": ("q", "“q” is given more than once; it takes one value."),
    "q=-toll": ("q", "“-toll” holds no word to look for; write at least one without a minus before it."),
    "q=…": ("q", "“…” holds no word to look for; write at least one without a minus before it."),
    "q=a%00b": ("q", "It holds a character that is no text (NUL or half a surrogate pair); leave that out."),
    f"q={'x' * 501}": ("q", "It is 501 characters long; 500 is the most."),
    "kind=direct,spoken": ("kind", "“spoken” is none of its values; choose from direct, mixed, indirect, document."),
    "kind!=spoken": ("kind!", "“spoken” is none of its values; choose from direct, mixed, indirect, document."),
    "speaker=nobody": ("speaker", "There is no “nobody” here; /api/v1/people/ lists what there is."),
    "speaker=imran-sadiq": ("speaker", "There is no “imran-sadiq” here; /api/v1/people/ lists what there is."),
    "speaker!=imran-sadiq": ("speaker!", "There is no “imran-sadiq” here; /api/v1/people/ lists what there is."),
    "source=hidden-herald": ("source", "There is no “hidden-herald” here; /api/v1/sources/ lists what there is."),
    "story=%00": ("story", "It holds a character that is no text (NUL or half a surrogate pair); leave that out."),
    "country=GBR": ("country", "“GBR” cannot be one of its values; write it like GB."),
    "country=" + ",".join(f"{a}{b}" for a in "ABCDEFG" for b in "ABCDEFGH"): ("country", "56 values are given; 50 is the most."),
    "from=12/03/2024": ("from", "“12/03/2024” is not a date; write a day, month or year as 2024-03-12, 2024-03 or 2024."),
    "to=2024-02-30": ("to", "There is no day 2024-02-30; write a day, month or year as 2024-03-12, 2024-03 or 2024."),
    "to=2024-13": ("to", "There is no day 2024-13; write a day, month or year as 2024-03-12, 2024-03 or 2024."),
    "from=2024-04&to=2024-03": ("from", "The range ends (2024-03) before it begins (2024-04); exchange from and to."),
    "confidence__gte=1.5": ("confidence__gte", "“1.5” is not a number from 0 to 1."),
    "confidence__gte=nan": ("confidence__gte", "“nan” is not a number from 0 to 1."),
    "sort=newest": ("sort", "“newest” is no order of this list; choose from -date, date, relevance."),
    "status=rejected": ("status", "There is no parameter “status” here; there are q, from, to, speaker, speaker_is,"),
    "cursor=x": ("cursor", "There is no parameter “cursor” here; there are q, from, to, speaker, speaker_is,"),
    "utm_source=x": ("utm_source", "There is no parameter “utm_source” here; there are q, from, to, speaker, speaker_is,"),
}  # fmt: skip


@pytest.mark.parametrize("query, fault", FAULTS.items(), ids=lambda v: v[:30] if isinstance(v, str) else "")
def test_faults_say_what_where_and_what_to_do(corpus: dict[str, Any], query: str, fault: tuple[str, str]) -> None:
    found = bound(QuoteFilterSet, query)
    assert [f.parameter for f in found.faults] == [fault[0]]
    assert found.faults[0].message.startswith(fault[1])
    assert not found.qs.exists()


def test_a_hidden_thing_is_refused_in_the_words_for_one_that_is_not_there(corpus: dict[str, Any]) -> None:
    for name, hidden in {"article": corpus["d"].uid, "speaker": "imran-sadiq", "source": "hidden-herald"}.items():
        there, nowhere = bound(QuoteFilterSet, f"{name}={hidden}"), bound(QuoteFilterSet, f"{name}=nowhere")
        assert there.faults[0].message.replace(hidden, "nowhere") == nowhere.faults[0].message


def test_only_staff_may_ask_for_a_status(corpus: dict[str, Any]) -> None:
    request = RequestFactory().get("/")
    request.user = User(is_staff=True)
    rows = QuoteFilterSet(QueryDict("status=suggested"), Quote.objects.all(), request=request)
    assert not rows.faults
    assert list(rows.qs) == [corpus["choice"]]


def test_a_few_rows_are_asked_for_by_uid(corpus: dict[str, Any]) -> None:
    wanted = f"uid={corpus['monday'].uid},{corpus['toll'].uid},{corpus['hidden'].uid}"
    assert set(bound(QuoteFilterSet, wanted).qs) == {corpus["monday"], corpus["toll"]}


@pytest.mark.parametrize("filterset", [QuoteFilterSet, ArticleFilterSet])
@pytest.mark.parametrize("query", ["speaker=ruth-ashdown", "speaker=ruth-ashdown,river-union", "speaker!=ruth-ashdown"])
def test_whoever_says_much_is_found_along_the_list(
    corpus: dict[str, Any], monkeypatch: pytest.MonkeyPatch, query: str, filterset: type[CorpusFilterSet]
) -> None:
    few = sorted(row.pk for row in bound(filterset, query).qs)
    monkeypatch.setattr("articles.filters.MANY", 1)
    for way in "filter", "sampled", "whole", "probed", "some":
        assert sorted(row.pk for row in bound(filterset, query).rows(way=way)) == few
    monkeypatch.setattr("articles.filters.SOME", 1)
    some = bound(filterset, query)
    assert len(some.rows(way="some")) < len(few) if some.along else len(some.rows(way="some")) == len(few)


def test_things_are_looked_up_together(corpus: dict[str, Any], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        rows = bound(QuoteFilterSet, "speaker=ruth-ashdown,river-union,ruth-ashdowne&source=severn-gazette")
        assert [use.shown for use in rows.in_use()] == ["Ruth Ashdown", "River Union", "Severn Gazette"]


def test_the_same_list_has_one_address(corpus: dict[str, Any]) -> None:
    untidy = f"sort=-date&kind=mixed&speaker=ruth-ashdowne,{corpus['old'].uid}&kind=direct,mixed&q=&country=gb"
    assert bound(QuoteFilterSet, untidy).parameters() == [
        ("speaker", "ruth-ashdown"), ("kind", "mixed"), ("kind", "direct"), ("country", "GB"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query, order",
    [
        ("", "-moment"),
        ("sort=date", "moment"),
        ("sort=relevance", "-moment"),
        ("sort=relevance&q=ferry", "relevance"),
        ("sort=wrong", "-moment"),
    ],
)
def test_orders(query: str, order: str) -> None:
    assert bound(QuoteFilterSet, query).order == order


@pytest.mark.parametrize(
    "text, first, last",
    [
        ("2024", 202400000000, 202499999999),
        ("2024-03", 202403000000, 202403999999),
        ("2024-02-29", 202402290000, 202402299999),
    ],
)
def test_periods(text: str, first: int, last: int) -> None:
    assert Period.parse(text) == Period(text, first, last)


@pytest.mark.parametrize("text", ["", "24", "2023-02-29", "2024-3", "2024-03-12T10:00", "0999", "20240312", "٢٠٢٤"])
def test_no_periods(text: str) -> None:
    with pytest.raises(ValueError, match="write a day, month or year"):
        Period.parse(text)


# Facets


def facet(filterset: type[CorpusFilterSet], name: str, query: str = "") -> dict[str, int]:
    return {choice.value: choice.count for choice in bound(filterset, query).facet(name)}


def test_facets_count_what_all_other_filters_let_through(corpus: dict[str, Any]) -> None:
    assert facet(QuoteFilterSet, "kind") == {"direct": 3, "mixed": 1, "indirect": 0, "document": 1}
    assert facet(QuoteFilterSet, "kind", "kind=mixed&kind!=document") == facet(QuoteFilterSet, "kind")
    assert facet(QuoteFilterSet, "kind", "source=severn-gazette") == {
        "direct": 2,
        "mixed": 0,
        "indirect": 0,
        "document": 0,
    }
    assert facet(QuoteFilterSet, "source") == {"aldermouth-mercury": 3, "severn-gazette": 2}
    assert facet(QuoteFilterSet, "source", "source=severn-gazette&kind=document") == {
        "aldermouth-mercury": 1, "severn-gazette": 0,
    }  # fmt: skip
    assert facet(QuoteFilterSet, "speaker") == {"ruth-ashdown": 2, "river-union": 1}
    assert facet(QuoteFilterSet, "speaker_is") == {"named": 2, "unresolved": 2, "unnamed": 1}
    assert facet(QuoteFilterSet, "reading") == {"checked": 4, "automatic": 1}
    assert facet(ArticleFilterSet, "speaker") == {"ruth-ashdown": 2, "river-union": 1}
    assert facet(PersonFilterSet, "source") == {"severn-gazette": 2, "aldermouth-mercury": 1}
    assert facet(PersonFilterSet, "kind") == {"individual": 1, "organisation": 1, "group": 0}


def test_what_was_chosen_stays_among_the_choices(corpus: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "FACET_CHOICES", 1)
    assert facet(QuoteFilterSet, "source") == {"aldermouth-mercury": 3}
    assert facet(QuoteFilterSet, "source", "source=severn-gazette") == {"severn-gazette": 2}


def test_facets_of_many_rows_are_counted_in_a_sample_and_say_so(
    corpus: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(choice.capped for choice in bound(QuoteFilterSet, "").facet("kind"))
    monkeypatch.setattr(filters, "TALLY_CAP", 2)
    assert [(c.count, c.capped) for c in bound(QuoteFilterSet, "").facet("kind")] == [
        (2, True),
        (1, False),
        (0, False),
        (1, False),
    ]
    monkeypatch.setattr(filters, "FACET_SAMPLE", 3)
    for name in "kind", "source", "speaker", "reading":
        assert all(choice.capped for choice in bound(QuoteFilterSet, "").facet(name))


# The list page


class QuoteList(FilteredListView):
    model = Quote
    filterset = QuoteFilterSet
    title, noun, api = "Quotes", "quotes", "api-quotes-list"
    facets = ("source", "kind")
    snippet_of = "text"
    page_size = 2
    template_name = "list.html"


def shown(query: str) -> tuple[int, dict[str, Any]]:
    response: Any = QuoteList.as_view()(RequestFactory().get(f"/quotes/?{query}"))
    return response.status_code, response.context_data


def test_a_page_and_the_ways_from_it(corpus: dict[str, Any]) -> None:
    status, context = shown("kind!=document")
    assert (status, str(context["tally"]), len(context["page"].items)) == (200, "4", 2)
    assert not context["page"].previous_url
    following = shown(context["page"].next_url.partition("?")[2])[1]["page"]
    assert len(following.items) == 2
    assert not following.next_url
    assert following.previous_url.startswith("/quotes/?kind!=document&cursor=")
    assert {q.pk for q in following.items} & {q.pk for q in context["page"].items} == set()


def test_chips_take_one_value_away(corpus: dict[str, Any]) -> None:
    _, context = shown("from=2023&to=2024-03&source=aldermouth-mercury,severn-gazette&kind!=document&sort=date")
    chips = {(c["field"], c["value"], c["excluded"]): c["remove_url"] for c in context["chips"]}
    assert chips == {
        ("date", "2023 – March 2024", False): "/quotes/?source=aldermouth-mercury&source=severn-gazette&kind!=document&sort=date",
        ("outlet", "Aldermouth Mercury", False): "/quotes/?from=2023&to=2024-03&source=severn-gazette&kind!=document&sort=date",
        ("outlet", "Severn Gazette", False): "/quotes/?from=2023&to=2024-03&source=aldermouth-mercury&kind!=document&sort=date",
        ("kind", "letter or statement", True): "/quotes/?from=2023&to=2024-03&source=aldermouth-mercury&source=severn-gazette&sort=date",
    }  # fmt: skip
    assert context["clear_url"] == "/quotes/"


def test_facets_lead_to_with_without_and_all_but(corpus: dict[str, Any]) -> None:
    _, context = shown("kind=direct&source!=severn-gazette")
    source, kind = context["facets"]
    assert (source["name"], source["label"]) == ("source", "outlet")
    by_value = {choice["value"]: choice for choice in (*source["choices"], *kind["choices"])}
    assert by_value["direct"]["selected"]
    assert by_value["direct"]["url"] == "/quotes/?source!=severn-gazette"
    assert by_value["mixed"]["url"] == "/quotes/?source!=severn-gazette&kind=direct&kind=mixed"
    assert by_value["direct"]["exclude_url"] == "/quotes/?source!=severn-gazette&kind!=direct"
    assert by_value["severn-gazette"]["excluded"]
    assert by_value["severn-gazette"]["exclude_url"] == "/quotes/?kind=direct"
    assert by_value["severn-gazette"]["url"] == "/quotes/?kind=direct&source=severn-gazette"


def test_sorts_and_exports_keep_the_filters(corpus: dict[str, Any]) -> None:
    _, context = shown("q=ferry&sort=relevance")
    assert [(s["label"], s["url"], s["current"]) for s in context["sorts"]] == [
        ("Newest first", "/quotes/?q=ferry", False),
        ("Oldest first", "/quotes/?q=ferry&sort=date", False),
        ("Best match first", "/quotes/?q=ferry&sort=relevance", True),
    ]
    assert {e["label"]: e["url"] for e in context["exports"]} == {
        "CSV": "/api/v1/quotes/?q=ferry&sort=relevance&format=csv",
        "JSON": "/api/v1/quotes/?q=ferry&sort=relevance&format=json",
        "JSON Lines": "/api/v1/quotes/?q=ferry&sort=relevance&format=jsonl",
        "Atom feed": "/feeds/quotes/?q=ferry",
        "API address": "/api/v1/quotes/?q=ferry&sort=relevance",
    }
    assert [s["label"] for s in shown("")[1]["sorts"]] == ["Newest first", "Oldest first"]


def test_hits_are_marked(corpus: dict[str, Any]) -> None:
    [quote] = shown("q=ferry")[1]["page"].items
    assert [text for text, hit in quote.snippet if hit] == ["ferry"]
    assert not hasattr(shown("")[1]["page"].items[0], "snippet")


@pytest.mark.parametrize(
    "query, field",
    [("speker=x", "speker"), ("kind=x", "kind"), ("cursor=x", "cursor"), ("page_size=7", "page_size")],
)
def test_a_faulty_address_lists_nothing_and_says_why(corpus: dict[str, Any], query: str, field: str) -> None:
    status, context = shown(query)
    assert status == 400
    assert [error["name"] for error in context["errors"]] == [field]
    assert context["page"].items == []
    assert context["tally"].number == 0


def test_what_trackers_hang_on_an_address_is_passed_over(corpus: dict[str, Any]) -> None:
    status, context = shown("utm_source=x&fbclid=y&kind=mixed")
    assert status == 200
    assert len(context["page"].items) == 1
    assert context["exports"][0]["url"] == "/api/v1/quotes/?kind=mixed&format=csv"


#: SQLite is asked how many a search finds.
SIZED = int(connection.vendor == "sqlite")


@pytest.mark.parametrize(
    "query, queries",
    [
        ("", 4),  # rows, speakers, a sample by which all is counted, one for the names of sources
        ("kind=direct&sort=date", 5),  # and a sample of every kind
        ("speaker=ruth-ashdown&source=severn-gazette", 7),  # and one for each filter whose values are things
        ("q=ferry&sort=relevance", 4 + SIZED),
        ("kind=x", 2),  # the facets, to choose from while it is put right
    ],
)
def test_a_list_page_costs_what_it_costs(
    corpus: dict[str, Any], django_assert_num_queries: Any, query: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        shown(query)
