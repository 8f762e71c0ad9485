"""What the public is shown of an article that is published, withheld, corrected, or of a source with other rights."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles import gate, publishing
from articles.models import Article, Attribution, Notice, Quote, Source
from corpus import ledger
from corpus.models import Decision
from tests.admin.test_decisions import save, undo
from tests.factories import make_article, make_person, make_quote, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    article = make_article(headline="Bridge to close")
    return article, make_quote(article, speaker=make_person())


def pages(client: Client, *things: Article | Quote) -> list[tuple[int, str]]:
    responses = [client.get(thing.get_absolute_url()) for thing in things]
    return [(response.status_code, response.content.decode()) for response in responses]


# --- withholding


def test_a_withheld_article_says_why_and_nothing_more(client: Client, chief: User, town):
    batch = "one"
    publishing.withhold(
        [town[0]], by=chief, reason="The lawyers rang.", public_note="A complaint is being looked into.", batch=batch
    )
    for status, page in pages(client, *town):
        assert status == 410
        assert "A complaint is being looked into." in page
        assert "Taken back by an editor" in page
        for word in ("lawyers", "Bridge to close", "nobody regrets", "hetty"):
            assert word not in page
    undo_all(batch, chief)
    assert [status for status, _ in pages(client, *town)] == [200, 200]


def undo_all(batch: str, by: User) -> None:
    publishing.undo(Decision.objects.filter(batch=batch), by=by)


def test_what_was_said_of_one_withholding_is_not_said_of_the_next(client: Client, chief: User, town):
    article = town[0]
    publishing.withhold([article], by=chief, public_note="First note.")
    publishing.publish([article], by=chief)
    publishing.withhold([article], by=chief)
    [(status, page)] = pages(client, article)
    assert (status, "First note." in page) == (410, False)
    publishing.withhold([article], by=chief, public_note="Second note.")
    assert "Second note." in pages(client, article)[0][1]
    assert Decision.objects.filter(thing="articles.article", field="status").count() == 3
    assert ledger.faults(Notice.objects.get(text="First note.")) == []


def test_the_form_withholds_with_a_note(desk: Client, client: Client, town):
    article = town[0]
    changes = {"status": "withheld", "public_note": "Under review.", "reason": "A call from the council."}
    assert save(desk, article, **changes) is None
    [(status, page)] = pages(client, article)
    assert status == 410
    assert "Under review." in page
    assert Decision.objects.get(thing="articles.article").reason == "A call from the council."
    shown = desk.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()
    assert "Under review." in shown
    undo(desk, batch=Decision.objects.get(thing="articles.article").batch)
    assert pages(client, article)[0][0] == 200


def test_a_note_on_what_is_shown_is_refused(desk: Client, town):
    assert "choose “withheld”" in str(save(desk, town[0], public_note="Under review.")["public_note"])
    assert not Notice.objects.exists()


def test_many_are_withheld_with_a_reason_and_a_note(desk: Client, client: Client):
    articles = [make_article(), make_article()]
    url = reverse("admin:articles_article_changelist")
    data = {"action": "withhold", "_selected_action": [article.pk for article in articles]}
    shown = desk.post(url, data).content.decode()
    assert 'name="public_note"' in shown
    assert not Decision.objects.exists()
    desk.post(url, data | {"confirmed": "2", "reason": "Court.", "public_note": "By order of a court."})
    assert [status for status, _ in pages(client, *articles)] == [410, 410]
    assert Notice.objects.filter(text="By order of a court.", kind="withheld").count() == 2
    assert set(Decision.objects.values_list("reason", flat=True)) == {"Court."}


def test_a_rejected_quote_is_gone_and_its_article_is_not(client: Client, desk: Client, town):
    article, quote = town
    assert save(desk, quote, status="rejected") is None
    assert [status for status, _ in pages(client, article, quote)] == [200, 410]


# --- corrections


@pytest.mark.parametrize("on", ["the article", "the quote"])
def test_a_correction_stands_with_its_date_on_the_pages_it_concerns(on: str, desk: Client, client: Client, town):
    sentence = "An earlier version gave these words to Martin Keele; they are Ruth Ashdown's."
    assert save(desk, town[on == "the quote"], correction=sentence) is None
    notice = Notice.objects.get()
    assert (notice.kind, notice.by_name) == ("correction", "hetty")
    elsewhere = make_article()
    for status, page in pages(client, *town):
        assert status == 200
        assert "they are Ruth Ashdown&#x27;s." in page
        assert f"{notice.at:%-d %B %Y}</time>" in page
        assert "hetty" not in page
    assert "Martin Keele; they" not in pages(client, elsewhere)[0][1]


def test_a_notice_is_withdrawn_and_given_back_but_never_altered(desk: Client, client: Client, chief: User, town):
    notice = publishing.correct(town[0], "Wrong correction.", by=chief)
    address = reverse("admin:articles_notice_change", args=[notice.pk])
    assert save(desk, notice, text="Another text", withdraw="on", reason="It was right before.") is None
    notice.refresh_from_db()
    assert (notice.text, notice.withdrawn is None) == ("Wrong correction.", False)
    assert all("Wrong correction." not in page for _, page in pages(client, *town))
    decision = Decision.objects.get()
    assert (decision.thing, decision.field, decision.by) == ("articles.notice", "withdrawn", chief)
    assert desk.get(address).status_code == 200
    undo(desk, batch=decision.batch)
    assert all("Wrong correction." in page for _, page in pages(client, *town))
    assert desk.post(reverse("admin:articles_notice_delete", args=[notice.pk]), {"post": "yes"}).status_code == 403


def test_a_notice_is_added_by_itself(desk: Client, client: Client, town):
    desk.post(reverse("admin:articles_notice_add"), {"article": town[0].pk, "text": "A date was wrong."})
    assert all("A date was wrong." in page for _, page in pages(client, *town))
    assert Notice.objects.get().kind == "correction"


# --- the rights of a source


def test_rights_are_decided_undone_and_followed(desk: Client, django_capture_on_commit_callbacks):
    source = make_source()
    quotes = [make_quote(make_article(source=source)) for _ in range(3)]
    other = make_quote(make_article())
    with django_capture_on_commit_callbacks(execute=True):
        assert save(desk, source, rights="none", reason="They asked.") is None
    assert list(Quote.objects.public()) == [other]
    source.refresh_from_db()
    assert (source.rights, source.followed_to, source.decided) == ("none", None, ["rights"])
    with django_capture_on_commit_callbacks(execute=True):
        undo(desk, batch=Decision.objects.get().batch)
    assert Quote.objects.public().count() == len(quotes) + 1


def test_following_goes_on_where_it_was_interrupted(desk: Client, monkeypatch):
    monkeypatch.setattr(publishing, "AT_ONCE", 2)
    source = make_source(rights="none")
    articles = [make_article(source=source) for _ in range(5)]
    with transaction.atomic():  # and the process dies before any article has followed
        source.rights = Source.Rights.FULL.value
        source.save()
        publishing.begin(source)
    assert not Article.objects.public().exists()
    done = 0
    refresh = gate.refresh

    def dies_at_the_second(ids, **rest):
        nonlocal done
        refresh(ids, **rest)
        done += 1
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(gate, "refresh", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        publishing.follow(source)
    source.refresh_from_db()
    assert source.followed_to == articles[1].pk
    assert Article.objects.public().count() == 2
    page = desk.get(reverse("admin:articles_source_change", args=[source.pk])).content.decode()
    assert "3 of its articles do not follow" in page
    assert desk.post(reverse("admin:articles_source_follow", args=[source.pk])).status_code == 302
    assert Source.objects.get(pk=source.pk).followed_to is None
    assert Article.objects.public().count() == 5


def test_what_may_no_longer_be_seen_is_hidden_before_anything_else():
    source = make_source()
    make_quote(make_article(source=source), speaker=make_person())
    source.rights = Source.Rights.NONE.value
    source.save()
    publishing.begin(source)  # nothing has followed yet
    assert not Quote.objects.public().exists()
    assert not Article.objects.public().exists()
    assert not Attribution.objects.filter(shown=True).exists()


def test_a_snippet_waits_until_its_article_has_followed(client: Client):
    source = make_source()
    article = make_article("Headline\n\nNobody may read of the walrus now.", source=source)
    assert "walrus now" in client.get("/articles/?q=may").content.decode().replace("</mark>", "")
    source.rights = Source.Rights.EXCERPTS.value
    source.save()
    publishing.begin(source)  # nothing has followed yet
    assert "walrus now" not in client.get("/articles/?q=may").content.decode()
    assert not Source.objects.get(pk=source.pk).followed_by(article.pk)
    publishing.follow(source)
    assert "walrus" not in client.get("/articles/?q=may").content.decode()


# --- addresses


@pytest.mark.parametrize("address", ["/", "/quotes/", "/articles/", "/people/", "/sources/", "/stories/", "/about/"])
def test_pages_are_only_read(address: str):
    client = Client(enforce_csrf_checks=True)
    assert client.post(address).status_code == 405


def test_things_are_only_read(town):
    client = Client(enforce_csrf_checks=True)
    for thing in (*town, town[0].source, town[1].attributions.get().person):
        assert client.post(thing.get_absolute_url()).status_code == 405
