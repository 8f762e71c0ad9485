"""Where the reader now disagrees: both sides shown, one kept, with their undo; one at a time, and many as one act."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import curation, gate
from articles.models import Article, Mention, Passage, Quote
from corpus import ledger
from corpus.models import Decision
from people.models import Person
from tests.factories import make_article, make_capture, make_mention, make_passage, make_person, make_quote, make_source

pytestmark = pytest.mark.django_db

URL = "/admin/disagreements/"


@pytest.fixture
def ruth():
    return make_person("Ruth Ashdown")


def read_again(row, **values):
    """A reading that says these values of a row."""
    now = type(row).objects.get(pk=row.pk)
    ledger.suggest(now, values)
    now.save()
    gate.refresh([now.pk if isinstance(now, Article) else now.article_of.pk])
    return now


def disputed_quote(by, article=None, kind="mixed"):
    """A quote that somebody said is part quoted, and that the reader first took for quoted, then for reported."""
    quote = make_quote(article or make_article(), speaker=make_person())
    curation.decide_quotes([quote], {"kind": kind}, by=by, reason="I heard it.")
    return read_again(quote, kind="indirect")


def disputed_article(by):
    article = make_article(headline="Bridge to close")
    curation.decide_articles([article], {"headline": "Bridge closes"}, by=by)
    return read_again(article, headline="Bridge shut")


def press(client, verb, row, field, thing="quotes"):
    return client.post(f"{URL}?thing={thing}", {verb: f"{row.uid} {field}", "next": f"{URL}?thing={thing}"})


def undo_last(client):
    batch = Decision.objects.filter(undoes=None).latest("pk").batch
    client.post(reverse("admin:corpus_decision_undo"), {"batch": batch})


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace(" :", ":")


def test_both_sides_are_shown_with_who_and_when(desk: Client, chief: User):
    disputed_quote(chief)
    page = text_of(desk.get(URL).content.decode())
    day = Decision.objects.get().at.strftime("%-d %B %Y")
    assert f"Decided by hetty on {day}: part quoted" in page
    assert "The reader now says: reported" in page


def test_speakers_and_spans_are_shown_in_words(desk: Client, chief: User, ruth):
    quote = make_quote(make_article(), speaker=make_person("Martin Keele"))
    curation.set_speakers(quote, [ruth], by=chief)
    curation.decide_quotes([quote], {"spans": [[quote.start, quote.start + 10]]}, by=chief)
    start = quote.start
    read_again(quote, speaker=[{"printed": "the mayor", "name": "Ann Coyle"}], spans=[[start, start + 21]])
    page = text_of(desk.get(URL).content.decode())
    for words in ("Ruth Ashdown", "Ann Coyle (unresolved)", "“The bridge”", "“The bridge will close”"):
        assert words in page


@pytest.mark.parametrize("verb, kind", [("keep", "mixed"), ("take", "indirect")])
def test_one_is_settled_and_the_undo_opens_it_again(desk: Client, chief: User, verb, kind):
    quote = disputed_quote(chief)
    assert press(desk, verb, quote, "kind").status_code == 302
    now = Quote.objects.get(pk=quote.pk)
    assert (now.kind, now.disputed, now.decided, ledger.faults(now)) == (kind, "", ["kind"], [])
    assert Decision.objects.count() == 2
    undo_last(desk)
    now = Quote.objects.get(pk=quote.pk)
    assert (now.kind, now.disputed, now.suggestion["kind"]) == ("mixed", "kind", "indirect")
    assert ledger.faults(now) == []
    assert now.article.waiting == 1


def test_after_the_reader_was_taken_it_is_still_a_decision(desk: Client, chief: User):
    quote = disputed_quote(chief)
    press(desk, "take", quote, "kind")
    assert read_again(quote, kind="direct").disputed == "kind"
    assert Quote.objects.get(pk=quote.pk).kind == "indirect"


#: What is decided ("=") and read (":") one after the other of a quote that was first read as direct.
@pytest.mark.parametrize(
    "before, last",
    [
        ("", "=direct"),
        ("", "=mixed"),
        ("=mixed", "=document"),
        ("=mixed", "=direct"),
        ("=direct", "=mixed"),
        ("=mixed :indirect", "=mixed"),
        ("=mixed :indirect", "=indirect"),
        ("=mixed :indirect", "=document"),
        ("=mixed :indirect =mixed", "=indirect"),
        ("=mixed :indirect =mixed", "=document"),
        ("=mixed =document", "=direct"),
        ("=direct :indirect", "=indirect"),
        ("=direct :indirect", "=direct"),
    ],
)
def test_an_undo_leads_back_to_what_was(chief: User, before: str, last: str):
    quote = make_quote(make_article(), speaker=make_person())

    def do(step: str, batch: str = "") -> None:
        if step.startswith(":"):
            read_again(quote, kind=step[1:])
        else:
            curation.decide_quotes([quote], {"kind": step[1:]}, by=chief, batch=batch)

    def state() -> dict[str, object]:
        return dict(Quote.objects.values("kind", "decided", "suggestion", "disputed", "public").get(pk=quote.pk))

    for step in before.split():
        do(step)
    was = state()
    do(last, batch="last")
    assert Decision.objects.filter(batch="last").exists()
    curation.undo(Decision.objects.filter(batch="last"), by=chief)
    assert state() == was
    assert ledger.faults(Quote.objects.get(pk=quote.pk)) == []


def test_what_the_reader_says_again_after_the_decision_it_disputed_was_undone_is_no_dispute(chief: User):
    quote = make_quote(make_article(), speaker=make_person())
    curation.decide_quotes([quote], {"kind": "mixed"}, by=chief)
    curation.decide_quotes([quote], {"kind": "document"}, by=chief, batch="second")
    assert read_again(quote, kind="mixed").disputed == "kind"
    curation.undo(Decision.objects.filter(batch="second"), by=chief)
    assert Quote.objects.values_list("kind", "disputed").get(pk=quote.pk) == ("mixed", "")


def test_undoing_what_is_no_longer_in_force_changes_nothing_but_the_history(chief: User):
    quote = make_quote(make_article(), speaker=make_person())
    curation.decide_quotes([quote], {"kind": "direct"}, by=chief, batch="first")
    curation.decide_quotes([quote], {"kind": "mixed"}, by=chief)
    curation.undo(Decision.objects.filter(batch="first"), by=chief)
    assert Quote.objects.values_list("kind", "disputed").get(pk=quote.pk) == ("mixed", "")


@pytest.mark.parametrize("verb, status", [("keep", "accepted"), ("take", "rejected")])
def test_what_is_no_longer_found(desk: Client, chief: User, verb, status):
    quote = make_quote(make_article(), speaker=make_person(), status="suggested")
    curation.accept([quote], by=chief)
    now = Quote.objects.get(pk=quote.pk)
    now.found = False
    ledger.dispute(now, ["found"], True)
    now.save()
    assert "no quote stands there" in desk.get(URL).content.decode()
    press(desk, verb, quote, "found")
    now = Quote.objects.get(pk=quote.pk)
    assert (now.status, now.disputed) == (status, "")
    undo_last(desk)
    now = Quote.objects.get(pk=quote.pk)
    assert (now.status, now.disputed, now.article.waiting) == ("accepted", "found", 1)


def test_articles_have_theirs(desk: Client, chief: User):
    article = disputed_article(chief)
    page = text_of(desk.get(f"{URL}?thing=articles").content.decode())
    assert "Bridge closes" in page
    assert "The reader now says: Bridge shut" in page
    press(desk, "take", article, "headline", "articles")
    assert Article.objects.get(pk=article.pk).headline == "Bridge shut"


def test_a_second_press_changes_nothing(desk: Client, chief: User):
    quote = disputed_quote(chief)
    press(desk, "keep", quote, "kind")
    press(desk, "take", quote, "kind")
    assert Quote.objects.get(pk=quote.pk).kind == "mixed"


def test_who_may_only_look(staff, chief: User):
    quote = disputed_quote(chief)
    client = staff("articles.view_quote")
    page = client.get(URL).content.decode()
    assert 'name="keep"' not in page
    assert press(client, "take", quote, "kind").status_code == 403
    assert client.get(f"{URL}?thing=articles").context["thing"] == "quotes"


def test_without_any_right_there_is_nothing(staff):
    assert staff("people.view_person").get(URL).status_code == 403


# --- many


@pytest.mark.parametrize("url", [URL, "/admin/articles/quote/?disputed=yes"], ids=["page", "list"])
@pytest.mark.parametrize("verb, kind", [("keep", "mixed"), ("take", "indirect")])
def test_many_are_shown_first_and_are_one_act(desk: Client, chief: User, url, verb, kind):
    rows = [disputed_quote(chief), disputed_quote(chief)]
    beside = make_quote(make_article(), speaker=make_person())
    data = {"action": f"{verb}_disputed", "_selected_action": [row.pk for row in [*rows, beside]]}
    shown = text_of(desk.post(url, data).content.decode())
    assert "This would change 2 quotes" in shown
    says = "part quoted becomes reported" if verb == "take" else "stays part quoted, and is not reported"
    assert shown.count(says) == 2
    assert Quote.objects.filter(disputed="kind").count() == 2
    assert desk.post(url, data | {"confirmed": "2"}).status_code == 302
    assert set(Quote.objects.exclude(pk=beside.pk).values_list("kind", "disputed")) == {(kind, "")}
    undo_last(desk)
    assert set(Quote.objects.exclude(pk=beside.pk).values_list("kind", "disputed")) == {("mixed", "kind")}


def test_many_need_the_right_to_decide_on_many(staff, chief: User):
    quote = disputed_quote(chief)
    client = staff("articles.view_quote", "articles.change_quote")
    data = {"action": "take_disputed", "_selected_action": [quote.pk], "confirmed": "1"}
    assert "_selected_action" not in client.get(URL).content.decode()
    assert client.post(URL, data).status_code == 403
    client.post("/admin/articles/quote/", data)
    assert Quote.objects.get(pk=quote.pk).kind == "mixed"
    assert press(client, "take", quote, "kind").status_code == 302
    assert Quote.objects.get(pk=quote.pk).kind == "indirect"


# --- the screens


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("thing, make", [("quotes", disputed_quote), ("articles", disputed_article)])
def test_the_page_costs_the_same_whatever_its_length(desk: Client, chief: User, thing, make):
    make(chief)
    few = queries(desk, f"{URL}?thing={thing}")
    for _ in range(4):
        make(chief)
    assert queries(desk, f"{URL}?thing={thing}") == few <= 10


def test_the_list_has_a_filter(desk: Client, chief: User):
    quote = disputed_quote(chief)
    make_quote(make_article(source=make_source()))
    found = desk.get("/admin/articles/quote/?disputed=yes").context["cl"].result_list
    assert [row.pk for row in found] == [quote.pk]


# --- passages and mentions


def disputed_mention(by, ruth, printed="Ruth Ashdown"):
    """A name that somebody gave to Ruth, and that the reader first gave to nobody, and now to Ann."""
    mention = make_mention(make_article(), printed)
    curation.decide_mentions([mention], {"person": ruth.uid}, by=by)
    return read_again(mention, person=make_person("Ann Coyle").uid)


def disputed_passage(by):
    passage = make_passage(make_article(), "promo", "Ruth Ashdown, leader")
    curation.decide_passages([passage], {"kind": "caption"}, by=by)
    passage = Passage.objects.get(pk=passage.pk)
    return read_again(passage, kind="related")


@pytest.mark.parametrize("verb, who", [("keep", "Ruth Ashdown"), ("take", "Ann Coyle")])
def test_a_mention_is_settled_and_opened_again(desk: Client, chief: User, ruth, verb, who):
    mention = disputed_mention(chief, ruth)
    page = text_of(desk.get(f"{URL}?thing=mentions").content.decode())
    assert "Decided by hetty" in page
    assert "The reader now says: Ann Coyle" in page
    press(desk, verb, mention, "person", "mentions")
    now = Mention.objects.get(pk=mention.pk)
    assert (str(now.person), now.disputed, ledger.faults(now)) == (who, "", [])
    undo_last(desk)
    now = Mention.objects.get(pk=mention.pk)
    assert (now.person, now.disputed) == (ruth, "person")


@pytest.mark.parametrize("verb, kind", [("keep", "caption"), ("take", "related")])
def test_a_passage_is_settled(desk: Client, chief: User, verb, kind):
    passage = disputed_passage(chief)
    page = text_of(desk.get(f"{URL}?thing=passages").content.decode())
    assert "Ruth Ashdown, leader" in page
    assert "The reader now says: related links" in page
    press(desk, verb, passage, "kind", "passages")
    now = Passage.objects.get(pk=passage.pk)
    assert (now.kind, now.disputed, ledger.faults(now)) == (kind, "", [])


def test_marks_are_settled_by_the_dozen_and_where_there_is_no_room_left_alone(desk: Client, chief: User, ruth):
    article = make_article()
    first, second = make_mention(article, "Ruth Ashdown"), make_mention(article, "Martin Keele")
    curation.decide_mentions([first, second], {"person": ruth.uid}, by=chief)
    read_again(second, person=make_person("Ann Coyle").uid)
    assert article.capture
    place = {"capture": article.capture.uid, "spans": [[second.start, second.end]]}
    curation.decide_mentions([first], {"spans": [[first.start, first.end]]}, by=chief)
    read_again(first, spans=place)
    act = {"action": "take_disputed", "_selected_action": [first.pk, second.pk]}
    shown = desk.post(f"{URL}?thing=mentions", act)
    assert "Take what the reader says of 2 mentions" in shown.content.decode()
    desk.post(f"{URL}?thing=mentions", act | {"confirmed": "2"})
    first, second = Mention.objects.get(pk=first.pk), Mention.objects.get(pk=second.pk)
    assert (first.disputed, second.disputed, second.person) == ("spans", "", Person.objects.get(name="Ann Coyle"))


def test_marks_wait_on_the_first_screen_and_readers_settle_nothing(desk: Client, staff, chief: User, ruth):
    mention = disputed_mention(chief, ruth)
    disputed_passage(chief)
    waiting = {row.label: row.count for row in desk.get("/admin/").context["waiting"]}
    assert waiting["mentions of which the reader now disagrees"] == 1
    assert waiting["passages of which the reader now disagrees"] == 1
    reader = staff("articles.view_mention", "articles.view_passage")
    assert reader.get(f"{URL}?thing=mentions").status_code == 200
    assert press(reader, "take", mention, "person", "mentions").status_code == 403


@pytest.mark.parametrize("thing", ["mentions", "passages"])
def test_the_page_of_marks_costs_the_same_however_many(desk: Client, chief: User, ruth, thing):
    def one_more() -> None:
        disputed_mention(chief, ruth) if thing == "mentions" else disputed_passage(chief)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"{URL}?thing={thing}").status_code == 200
        return len(queries)

    one_more()
    few = cost()
    one_more()
    one_more()
    assert cost() == few <= 14


def test_the_index_has_just_the_disputed_and_the_decided(chief: User):
    for model in (Passage, Mention):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
        for rows, index in (
            (model.objects.filter(disputed__gt=""), f"disputed_{model._meta.model_name}s"),
            (model.objects.exclude(decided=[]), f"decided_{model._meta.model_name}s"),
        ):
            assert index in rows.order_by().explain(), index


# --- what a new capture no longer has


def test_marks_that_a_new_capture_lost_are_found_and_let_go(desk: Client, chief: User, ruth):
    mention = make_mention(make_article(), "Ruth Ashdown")
    curation.decide_mentions([mention], {"person": ruth.uid}, by=chief)
    article = mention.capture.article
    passage = make_passage(article, "promo", "Martin Keele, her deputy")
    curation.decide_passages([passage], {"kind": "caption"}, by=chief)
    make_capture(article, "Something else altogether\n\nNobody is named.\n")
    rows = {row.label: row for row in desk.get("/admin/").context["waiting"]}
    row = rows["articles with names or passages that a new capture no longer has"]
    assert row.count == 1
    listed = desk.get(row.url)
    assert list(listed.context["cl"].result_list) == [article]
    by_hand = reverse("admin:articles_by_hand", args=[article.pk])
    for number, mark in enumerate((mention, passage)):
        page = desk.get(by_hand).content.decode()
        assert page.count('name="gone"') == 2 - number
        desk.post(by_hand, {"gone": mark.uid})
        assert len(Decision.objects.filter(thing_uid=mark.uid, reason="It is not in the text any more.")) >= 1
    assert {row.label: row.count for row in desk.get("/admin/").context["waiting"]}[row.label] == 0
    undo_last(desk)
    assert 'name="gone"' in desk.get(by_hand).content.decode()
    assert desk.post(by_hand, {"gone": "nothing"}).status_code == 302


def test_only_who_may_change_marks_lets_them_go(staff, chief: User, ruth):
    mention = make_mention(make_article(), "Ruth Ashdown")
    curation.decide_mentions([mention], {"person": ruth.uid}, by=chief)
    make_capture(mention.capture.article, "Something else\n\nNobody.\n")
    by_hand = reverse("admin:articles_by_hand", args=[mention.capture.article_id])
    client = staff("articles.view_article", "articles.change_article", "articles.change_quote", "articles.add_quote")
    assert client.post(by_hand, {"gone": mention.uid}).status_code == 403
    assert not Mention.objects.get().rejected
