"""Everything says what was done to it, field by field, and goes back to how it was; going back is a decision too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from articles import curation, publishing
from articles.models import Article, Feed, Quote, Source
from corpus import ledger
from corpus.curating import acts_of
from corpus.models import Decision
from people.models import Name, Person
from tests.admin.test_decisions import save, undo
from tests.factories import make_article, make_mention, make_passage, make_person, make_quote, make_source, make_story

pytestmark = pytest.mark.django_db


def differences(row: Model) -> list[list[tuple[str, str, str]]]:
    """The acts on a row, latest first, each as (field, before, after)."""
    return [[(c.field, c.before, c.after) for c in act.changes] for act in acts_of(row)]  # type: ignore[arg-type]


def revert(client: Client, row: Model, act: int | None = None, *, follow: bool = True):
    """Press "Back to this" at an act of the list, or "Back to how it came in"."""
    state = f"{row._meta.label_lower} {row.uid}"  # type: ignore[attr-defined]
    if act is not None:
        state += f" {acts_of(row)[act].state}"  # type: ignore[arg-type]
    return client.post(reverse("admin:corpus_decision_revert"), {"state": state}, follow=follow)


# --- what is said


def test_each_act_says_what_each_field_was_and_became(desk: Client, django_capture_on_commit_callbacks):
    story = make_story("Bridge")
    article = make_article(headline="Bridge to close")
    assert save(desk, article, headline="Bridge shuts", kind="opinion", stories=[story.pk]) is None
    changes = [("headline", "Bridge to close", "Bridge shuts"), ("kind", "report", "opinion")]
    assert differences(article) == [[*changes, ("stories", "nothing", "Bridge")]]

    source = make_source(domains=["a.org"])
    with django_capture_on_commit_callbacks(execute=True):
        assert save(desk, source, rights="excerpts", domains="a.org\nb.org") is None
    assert sorted(differences(source)[0]) == [
        ("domains", "a.org", "a.org, b.org"),
        ("the public may see", "the full text", "excerpts around quotes"),
    ]

    assert save(desk, story, description="A crack.", articles=[]) is None
    assert differences(story) == [
        [("description", "nothing", "A crack."), ("articles", "Bridge shuts", "nothing")],
        [("articles", "nothing", "Bridge shuts")],
    ]
    assert differences(article)[0] == [("stories", "Bridge", "nothing")]

    person = make_person(roles=["leader, Aldermouth council"])
    changed = {
        "pronouns": "she/her", "names-TOTAL_FORMS": 1, "names-0-text": "R. Ashdown", "names-0-kind": "abbreviation",
        "roles-0-title": "former leader",
    }  # fmt: skip
    assert save(desk, person, **changed) is None
    assert differences(person) == [
        [
            ("pronouns", "nothing", "she/her"),
            ("also printed as", "nothing", "R. Ashdown, abbreviation"),
            ("roles", "leader, Aldermouth council", "former leader, Aldermouth council"),
        ]
    ]


@pytest.mark.parametrize("kind", ["article", "quote", "person", "source", "story", "notice"])
def test_the_screen_of_the_history_shows_the_same(kind: str, desk: Client, chief: User):
    article = make_article()
    rows: dict[str, Model] = {
        "article": article, "quote": make_quote(article), "person": make_person(), "source": make_source(),
        "story": make_story(), "notice": publishing.correct(article, "A date was wrong.", by=chief),
    }  # fmt: skip
    row, changes = rows[kind], {"article": "headline", "quote": "kind", "notice": "withdraw"}
    value = {"quote": "mixed", "notice": "on", "source": "Herald"}.get(kind, "Another")
    assert save(desk, row, **{changes.get(kind, "name"): value}, reason="It was wrong.") is None
    page = desk.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk]))
    content = page.content.decode()
    assert "hetty" in content
    assert "It was wrong." in content
    assert "<ins>" in content
    assert 'name="decisions"' in content


# --- going back


def test_back_to_any_earlier_state_and_back_from_there(desk: Client, chief: User):
    article = make_article(headline="One", byline="A")
    for changes in ({"headline": "Two"}, {"headline": "Three", "byline": "B"}, {"kind": "opinion"}):
        assert save(desk, article, **changes) is None

    def now() -> tuple[str, str, str]:
        article.refresh_from_db()
        return article.headline, article.byline, article.kind

    page = revert(desk, article, 2)
    assert now() == ("Two", "A", "report")
    assert "Back to how it was on" in page.content.decode()
    decision = Decision.objects.order_by("-id")[0]
    assert (decision.by, decision.undoes) == (chief, None)
    assert ledger.faults(article) == []
    undo(desk, batch=decision.batch)
    assert now() == ("Three", "B", "opinion")
    revert(desk, article)
    assert now() == ("One", "A", "report")
    assert "It is so already" in revert(desk, article).content.decode()
    assert article.public
    # To the state after the second of them, through everything that was done and undone since.
    state = [act for act in acts_of(article) if act.changes[0].after == "Three" and not act.undoes][-1]
    desk.post(reverse("admin:corpus_decision_revert"), {"state": f"articles.article {article.uid} {state.state}"})
    assert now() == ("Three", "B", "report")


def test_a_quote_goes_back_with_its_speakers_and_its_place(desk: Client, chief: User):
    quote = make_quote(make_article(), speaker=make_person(), status="suggested", confidence=0.1)
    words = quote.text
    curation.set_speakers(quote, [make_person("Martin Keele")], by=chief)
    curation.decide_quotes([quote], {"spans": [[quote.start, quote.start + 10]], "status": "accepted"}, by=chief)
    assert Quote.objects.get().public
    revert(desk, quote)
    quote = Quote.objects.get()
    assert (quote.text, quote.status, quote.public) == (words, "suggested", False)
    assert str(quote.attributions.get().person) == "Ruth Ashdown"
    assert ledger.faults(quote) == []


def test_a_source_goes_back_and_its_articles_follow(desk: Client, django_capture_on_commit_callbacks):
    source = make_source()
    make_article(source=source)
    for action in (lambda: save(desk, source, rights="none"), lambda: revert(desk, source)):
        with django_capture_on_commit_callbacks(execute=True):
            action()
    assert Source.objects.get().rights == "full"
    assert Article.objects.public().exists()


def test_passages_and_mentions_go_back_and_lead_to_their_article(desk: Client, chief: User):
    article = make_article()
    person = make_person()
    mention = make_mention(article, "Ruth Ashdown", person)
    curation.decide_mentions([mention], {"person": None}, by=chief)
    link = reverse("admin:corpus_decision_thing", args=[Decision.objects.get().pk])
    assert desk.get(link)["Location"] == reverse("admin:articles_article_change", args=[article.pk])
    revert(desk, mention)
    mention.refresh_from_db()
    assert mention.person == person
    passage = make_passage(article, "promo", "Bridge to close for two years")
    ledger.decide(passage, {"kind": "headline"}, by=chief)
    revert(desk, passage)
    assert type(passage).objects.filter(start=passage.start, kind="promo").exists()


def test_a_merge_is_no_field_to_go_back_in(desk: Client, chief: User):
    person, other = make_person(), make_person("R. Ashdown")
    ledger.decide(other, {"merged_into": person.uid}, by=chief)
    assert "It is so already" in revert(desk, other).content.decode()
    other.refresh_from_db()
    assert other.merged_into == person


@pytest.mark.parametrize(
    "state", ["", "articles.quote", "articles.quote nowhere", "auth.user x", "articles.quote {uid} no"]
)
def test_what_never_was_cannot_be_gone_back_to(state: str, desk: Client):
    quote = make_quote(make_article())
    data = {"state": state.format(uid=quote.uid)}
    page = desk.post(reverse("admin:corpus_decision_revert"), data, follow=True)
    assert "There is no such state to go back to" in page.content.decode()
    assert not Decision.objects.exists()


def test_what_no_longer_fits_is_refused_and_nothing_changed(desk: Client, chief: User):
    first = make_article(url="https://example.org/a", url_key="https://example.org/a")
    assert save(desk, first, url="") is None
    make_article(url="https://example.org/a", url_key="https://example.org/a")
    assert "no longer fits" in revert(desk, first).content.decode()
    first.refresh_from_db()
    assert first.url == ""


def test_names_stay_where_a_rename_goes_back(desk: Client):
    person = make_person("Ruth Ashdown")
    assert save(desk, person, name="Ruth Brook") is None
    revert(desk, person)
    assert Person.objects.get().name == "Ruth Ashdown"
    assert Name.objects.get(kind="canonical").text == "Ruth Ashdown"


def test_the_ledger_is_narrowed_to_accounts_that_are_gone(desk: Client, chief: User):
    quote = make_quote(make_article())
    curation.accept([quote], by=None)
    curation.reject([quote], by=chief)
    page = desk.get(reverse("admin:corpus_decision_changelist")).content.decode()
    assert "an account that is gone, or none" in page
    found = desk.get(f"{reverse('admin:corpus_decision_changelist')}?by__isnull=True")
    assert found.context["cl"].result_count == 1


def test_a_history_costs_the_same_however_long_it_is(desk: Client, django_assert_max_num_queries):
    article = make_article()
    address = reverse("admin:articles_article_history", args=[article.pk])
    for number in range(3):
        dated = f"{dt.date(2024, 1, number + 1)}"
        save(desk, article, headline=f"Headline {number}", published=dated, stories=[make_story().pk])
    with django_assert_max_num_queries(25) as first:
        desk.get(address)
    cost = len(first)
    for number in range(10):
        save(desk, article, headline=f"Another {number}", stories=[make_story().pk])
    with django_assert_max_num_queries(cost):
        desk.get(address)


def test_what_is_no_decision_has_its_differences_in_the_history_too(desk: Client, chief: User):
    other = make_source("Mercury")
    feed = Feed.objects.create(url="https://example.org/feed.xml", source=make_source("Ledger"))
    assert save(desk, feed, source=other.pk, interval=15) is None
    joined = {"date_joined_0": "2024-01-01", "date_joined_1": "12:00"}
    assert save(desk, chief, first_name="Hetty", last_name="Ashdown", **joined) is None
    for row, told in [
        (feed, ["Source: Ledger → Mercury", "Every: 30 → 15"]),
        (chief, ["First name: nothing → Hetty", "Last name: nothing → Ashdown"]),
    ]:
        label = f"admin:{row._meta.app_label}_{row._meta.model_name}_history"
        page = desk.get(reverse(label, args=[row.pk])).content.decode()
        assert all(one in page for one in told)
