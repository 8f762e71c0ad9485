"""What an editor does in the admin is a decision by that editor, reaches the public at once, and can be taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from articles.desk import acts
from articles.models import Article, Attribution, Capture, Quote, Source, Story
from corpus import ledger
from corpus.models import Decision
from people.models import Person
from tests.factories import TEXT, make_article, make_person, make_quote, make_source, make_story

pytestmark = pytest.mark.django_db

CLOSED = "The bridge will close on Monday, and nobody regrets it more than I do."


def fields(client: Client, address: str, **changes: object) -> dict[str, object]:
    """What a browser would send for the form at this address, with some of it changed (None takes a field away)."""
    context = client.get(address).context
    form = context["adminform"].form
    bound = [(field.html_name, field) for field in form]
    for formset in context["inline_admin_formsets"]:
        bound += [(field.html_name, field) for field in formset.formset.management_form]
        bound += [(field.html_name, field) for row in formset.formset.forms for field in row]
    data: dict[str, object] = {}
    for name, field in bound:
        value = field.value()
        if name == "spans":
            for i, (start, end) in enumerate(value):
                data |= {f"spans-{i}-start": start, f"spans-{i}-end": end}
        elif isinstance(value, list):
            data[name] = [getattr(item, "pk", item) for item in value]
        elif value is not None and value is not False:
            data[name] = value
        if field.field.show_hidden_initial and not isinstance(value, list):
            data[field.html_initial_name] = "" if value is None else value
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def save(client: Client, row: Model, **changes: object):
    """Save the form of a row with these changes; the errors where it was refused, else nothing."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    response = client.post(address, fields(client, address, **changes))
    if response.status_code == 302:
        return None
    context = response.context
    inlines = [error for formset in context["inline_admin_formsets"] for error in formset.formset.errors if error]
    return dict(context["adminform"].form.errors) or inlines


def act(client: Client, verb: str, value: str, back: str = "/admin/articles/article/"):
    """Press a button of a page that shows the quote as it is."""
    uid, *rest = value.split() or [""]
    quote = Quote.objects.listed().filter(uid=uid).first()
    value = " ".join([uid, acts.fingerprint(quote) if quote else "", *rest])
    return client.post(reverse("admin:articles_quote_act"), {verb: value, "next": back})


def undo(client: Client, **what: str):
    return client.post(reverse("admin:corpus_decision_undo"), what)


# --- quotes


def test_accepting_a_quote_is_a_decision_and_makes_it_public(desk: Client, chief: User):
    quote = make_quote(make_article(), CLOSED, status="suggested", confidence=0.2)
    assert not quote.public
    response = act(desk, "accept", quote.uid, back="/admin/articles/article/7/change/")
    assert response["Location"] == f"/admin/articles/article/7/change/#n-{quote.uid}"
    quote.refresh_from_db()
    assert (quote.status, quote.public, quote.decided) == ("accepted", True, ["status"])
    decision = Decision.objects.get()
    assert (decision.by, decision.before, decision.after) == (chief, "suggested", "accepted")
    undo(desk, batch=decision.batch)
    quote.refresh_from_db()
    assert (quote.status, quote.public, quote.decided) == ("suggested", False, [])


def test_a_rejected_quote_is_hidden_at_once(desk: Client):
    person = make_person()
    quote = make_quote(make_article(), CLOSED, speaker=person)
    person.refresh_from_db()
    assert quote.public
    assert person.public
    act(desk, "reject", quote.uid)
    quote.refresh_from_db()
    person.refresh_from_db()
    assert (quote.status, quote.public, person.public) == ("rejected", False, False)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(back, desk: Client):
    quote = make_quote(make_article(), CLOSED)
    assert act(desk, "reject", quote.uid, back=back)["Location"].startswith("/admin/#")


def test_a_press_of_nothing_known_changes_nothing(desk: Client):
    quote = make_quote(make_article(), CLOSED, status="suggested", candidates=["Ruth Ashdown"])
    for verb, value in [
        ("accept", "nowhere"), ("accept", ""), ("candidate", f"{quote.uid} 0 7"), ("candidate", f"{quote.uid} x"), ("x", "y"),
    ]:  # fmt: skip
        assert act(desk, verb, value).status_code == 302
    assert not Decision.objects.exists()
    assert desk.get(reverse("admin:articles_quote_act")).status_code == 405


@pytest.mark.parametrize("known", [True, False])
def test_choosing_a_candidate_decides_the_speaker(known, desk: Client):
    person = make_person("Ruth Ashdown") if known else None
    quote = make_quote(make_article(), CLOSED, speaker="she", candidates=["Martin Keele", "Ruth Ashdown"])
    act(desk, "candidate", f"{quote.uid} 0 1")
    row = quote.attributions.get()
    assert row.person == (person or Person.objects.get(name="Ruth Ashdown"))
    assert (row.printed, row.confidence, row.shown, row.candidates) == ("she", 1.0, True, [])
    assert Person.objects.count() == 1
    quote.refresh_from_db()
    assert quote.decided == ["speaker"]


def test_the_form_of_a_quote_decides_what_it_changes_in_one_batch(desk: Client, chief: User):
    ruth = make_person()
    quote = make_quote(make_article(), CLOSED, speaker="Ashdown", status="suggested", speaker_confidence=0.3)
    start = TEXT.index("The bridge will")
    changes = {
        "status": "accepted",
        "spans-0-start": start,
        "spans-0-end": start + len("The bridge will close on Monday"),
        "attributions-0-person": ruth.pk,
        "reason": "On the recording.",
    }
    assert save(desk, quote, **changes) is None
    quote.refresh_from_db()
    assert (quote.text, quote.status, quote.public) == ("The bridge will close on Monday", "accepted", True)
    assert quote.attributions.get().person == ruth
    assert quote.attributions.get().shown
    decisions = Decision.objects.all()
    assert {d.field for d in decisions} == {"status", "spans", "speaker"} == set(quote.decided)
    assert {(d.by, d.reason) for d in decisions} == {(chief, "On the recording.")}
    assert len({d.batch for d in decisions}) == 1
    assert ledger.faults(quote) == []
    undo(desk, batch=decisions[0].batch)
    quote.refresh_from_db()
    assert (quote.text, quote.status, quote.decided) == (CLOSED, "suggested", [])
    assert quote.attributions.get().person is None


def test_saving_without_a_change_decides_nothing(desk: Client):
    article = make_article(url="https://example.org/a", url_key="https://example.org/a", time=dt.time(11, 5))
    person = make_person()
    quote = make_quote(article, "We will run a ferry, … every ten minutes.", speaker=person, candidates=["A"])
    for row in (article, person, quote):
        assert save(desk, row) is None
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "spans, sentence",
    [
        ([(5, 3)], "must start before it ends"),
        ([(5, 99_999)], "the text ends at"),
        ([("-4", 9)], "must start before it ends"),
        ([("five", 9)], "two whole numbers"),
        ([("", 9)], "two whole numbers"),
        ([(40, 60), (20, 30)], "keep them in order"),
        ([(40, 60), (50, 70)], "inside the one before"),
        ([(29, 31)], "has no words"),
        ([("", "")], "at least one span"),
    ],
)
def test_spans_that_cannot_be_are_refused_in_a_sentence(spans, sentence, desk: Client):
    quote = make_quote(make_article(), CLOSED)
    changes = {
        f"spans-{i}-{side}": value
        for i, span in enumerate(spans)
        for side, value in zip(("start", "end"), span, strict=True)
    }
    assert sentence in str(save(desk, quote, **changes)["spans"])
    assert not Decision.objects.exists()


def test_several_speakers_a_via_and_nobody(desk: Client):
    ruth, martin = make_person("Ruth Ashdown"), make_person("Martin Keele")
    quote = make_quote(make_article(), CLOSED, speaker=ruth)
    more = {
        "attributions-TOTAL_FORMS": 3,
        "attributions-1-role": "speaker", "attributions-1-kind": "unnamed", "attributions-1-person": martin.pk,
        "attributions-2-role": "via", "attributions-2-kind": "organisation", "attributions-2-printed": "the Wire",
    }  # fmt: skip
    assert save(desk, quote, **more) is None
    rows = [(row.role, row.position, row.person, row.printed, row.kind) for row in quote.attributions.all()]
    assert rows == [
        ("speaker", 0, ruth, "Ruth Ashdown", "individual"),
        ("speaker", 1, martin, "", "individual"),
        ("via", 0, None, "the Wire", "organisation"),
    ]
    gone = {f"attributions-{i}-DELETE": "on" for i in range(3)}
    assert save(desk, quote, **gone) is None
    assert not quote.attributions.exists()
    assert Decision.objects.filter(field="speaker").count() == 2
    latest = Decision.objects.order_by("-pk").first()
    assert latest is not None
    undo(desk, batch=latest.batch)
    assert [row.person for row in quote.attributions.all()] == [ruth, martin, None]


def test_quotes_are_never_deleted_here(desk: Client):
    quote = make_quote(make_article(), CLOSED)
    assert desk.post(reverse("admin:articles_quote_delete", args=[quote.pk]), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [quote.pk], "post": "yes"}
    desk.post(reverse("admin:articles_quote_changelist"), data)
    assert Quote.objects.filter(pk=quote.pk).exists()


# --- many at once


def test_a_bulk_act_shows_first_and_is_undone_as_one(desk: Client):
    article = make_article()
    quotes = [make_quote(article, words, status="suggested", confidence=0.1) for words in (CLOSED, "had no choice")]
    done = make_quote(article, "We will run a ferry,", status="accepted")
    url = reverse("admin:articles_quote_changelist")
    data = {"action": "accept", "_selected_action": [quote.pk for quote in [*quotes, done]]}
    shown = desk.post(url, data).content.decode()
    assert "Accept 2 quotes" in shown
    assert "had no choice" in shown
    assert not Decision.objects.exists()
    page = desk.post(url, data | {"confirmed": "2"}, follow=True).content.decode()
    assert "Accepted 2 quotes." in page
    batches = set(Decision.objects.values_list("batch", flat=True))
    assert Decision.objects.count() == 2
    [batch] = batches
    assert f'name="batch" value="{batch}"' in page
    assert Quote.objects.public().count() == 3
    undo(desk, batch=batch, next=url)
    assert Quote.objects.public().count() == 1


def test_a_bulk_act_is_shown_again_when_the_list_changed(desk: Client):
    make_quote(make_article(), CLOSED, status="suggested")
    make_quote(make_article(), CLOSED, status="suggested")
    url = f"{reverse('admin:articles_quote_changelist')}?status__exact=suggested"
    data = {"action": "reject", "select_across": "1", "_selected_action": [1], "confirmed": "1"}
    page = desk.post(url, data).content.decode()
    assert "The list has changed" in page
    assert "Reject 2 quotes" in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("action, status", [("publish", "published"), ("withhold", "withheld")])
def test_articles_are_published_and_withheld_in_bulk(action, status, desk: Client):
    ours = make_article(status="draft")
    nobodys = Article.objects.create(headline="Whose?")
    url = reverse("admin:articles_article_changelist")
    number = 1 if action == "publish" else 2
    desk.post(url, {"action": action, "_selected_action": [ours.pk, nobodys.pk], "confirmed": str(number)})
    ours.refresh_from_db()
    nobodys.refresh_from_db()
    assert (ours.status, ours.public) == (status, status == "published")
    assert nobodys.status == ("draft" if action == "publish" else "withheld")


def test_people_are_promoted_in_bulk(desk: Client):
    person, known = make_person("Ann Bell"), make_person("Bo Dee", status="curated")
    url = reverse("admin:people_person_changelist")
    data = {"action": "promote", "_selected_action": [person.pk, known.pk]}
    assert "Promote 1 person to curated" in desk.post(url, data).content.decode()
    desk.post(url, data | {"confirmed": "1"})
    person.refresh_from_db()
    assert (person.status, person.decided) == ("curated", ["status"])


def test_who_may_only_look_may_not_act_on_many(staff):
    quote = make_quote(make_article(), CLOSED, status="suggested")
    client = staff("articles.view_quote")
    data = {"action": "accept", "_selected_action": [quote.pk], "confirmed": "1"}
    client.post(reverse("admin:articles_quote_changelist"), data)
    assert not Decision.objects.exists()


def test_undoing_needs_the_right_to_change(desk: Client, staff):
    quote = make_quote(make_article(), CLOSED)
    act(desk, "reject", quote.uid)
    batch = Decision.objects.get().batch
    assert undo(staff("articles.view_quote", "articles.change_article"), batch=batch).status_code == 403
    assert Decision.objects.count() == 1


def test_one_act_of_several_is_undone_alone(desk: Client):
    article = make_article()
    quote = make_quote(article, CLOSED, status="suggested")
    save(desk, quote, status="accepted")
    save(desk, quote, kind="mixed")
    page = desk.get(reverse("admin:articles_quote_change", args=[quote.pk]))
    latest, first = page.context["acts"]
    assert [change.field for change in latest.changes] == ["kind"]
    assert (first.changes[0].before, first.changes[0].after) == ("suggested", "accepted")
    undo(desk, decisions=first.key)
    quote.refresh_from_db()
    assert (quote.status, quote.kind) == ("suggested", "mixed")
    acts = desk.get(reverse("admin:articles_quote_change", args=[quote.pk])).context["acts"]
    assert [(act.undoes, act.undone) for act in acts] == [(True, False), (False, False), (False, True)]
    undo(desk, decisions=first.key)
    assert Decision.objects.count() == 3


def test_what_is_gone_cannot_be_asked_back(desk: Client):
    article = make_article()
    quote = make_quote(article, CLOSED)
    act(desk, "reject", quote.uid)
    decision = Decision.objects.get()
    article.delete()
    assert undo(desk, batch=decision.batch).status_code == 302
    link = reverse("admin:corpus_decision_thing", args=[decision.pk])
    assert desk.get(link, follow=True).status_code == 200
    assert desk.get(reverse("admin:corpus_decision_changelist")).status_code == 200


# --- articles


def test_the_form_of_an_article_decides_and_the_gate_follows(desk: Client, chief: User):
    article = make_article(source=None, status="draft")
    Article.objects.filter(pk=article.pk).update(source=None)
    make_quote(article, CLOSED)
    source, story = make_source("Mercury"), make_story("Bridge")
    changes = {
        "source": source.pk, "headline": "Bridge shuts", "url": "https://Example.org/bridge/?utm_source=x",
        "published": "2024-03-13 07:02", "status": "published", "stories": [story.pk], "kind": "live blog",
    }  # fmt: skip
    assert save(desk, article, **changes) is None
    article.refresh_from_db()
    assert article.public
    assert Quote.objects.public().count() == 1
    assert (article.source, article.headline, article.kind) == (source, "Bridge shuts", "live blog")
    assert (article.url, article.url_key) == ("https://Example.org/bridge/?utm_source=x", "https://example.org/bridge")
    assert (article.moment, article.published_basis) == (202403130702, "entered")
    assert list(article.stories.all()) == [story]
    assert len(set(Decision.objects.values_list("batch", "by"))) == 1
    assert ledger.faults(article) == []
    acts = desk.get(reverse("admin:articles_article_change", args=[article.pk])).context["acts"]
    assert ("source", "nothing", "Mercury") in [(c.field, c.before, c.after) for c in acts[0].changes]
    undo(desk, decisions=acts[0].key)
    article.refresh_from_db()
    assert (article.source, article.status, article.url_key, article.moment) == (None, "draft", None, 202403120000)
    assert not Quote.objects.public().exists()


def test_what_a_colleague_changed_while_the_form_lay_open_stays(desk: Client):
    article = make_article(headline="Bridge to close")
    address = reverse("admin:articles_article_change", args=[article.pk])
    opened = fields(desk, address, byline="Jo Hale")
    assert save(desk, article, headline="Bridge shuts") is None
    assert desk.post(address, opened).status_code == 302
    article.refresh_from_db()
    assert (article.headline, article.byline) == ("Bridge shuts", "Jo Hale")
    assert [d.field for d in Decision.objects.order_by("id")] == ["headline", "byline"]


def test_what_is_quoted_moves_with_the_date_of_its_article(desk: Client):
    article = make_article()
    quote = make_quote(article, CLOSED, speaker=make_person())
    save(desk, article, published="2023-05")
    quote.refresh_from_db()
    assert quote.moment == 202305010000 == quote.attributions.get().moment


@pytest.mark.parametrize(
    "said, expected",
    [
        ("2016", (dt.date(2016, 1, 1), None, "year")),
        ("2016-06", (dt.date(2016, 6, 1), None, "month")),
        ("2016-06-29", (dt.date(2016, 6, 29), None, "day")),
        ("2016-06-29T14:05", (dt.date(2016, 6, 29), dt.time(14, 5), "minute")),
        ("", (None, None, "unknown")),
    ],
)
def test_a_date_is_as_precise_as_it_is_said(said, expected, desk: Client):
    article = make_article()
    assert save(desk, article, published=said) is None
    article.refresh_from_db()
    assert (article.published_day, article.published_time, article.published_precision) == expected
    url = reverse("admin:articles_article_change", args=[article.pk])
    assert fields(desk, url).get("published", "") == said.replace("T", " ")


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("published", "last Tuesday", "write it as 2016-06-29"),
        ("published", "2016-02-31", "write it as 2016-06-29"),
        ("url", "example", "beginning with http"),
        ("url", "https://example.org/taken?utm_medium=x", "address of another article already"),
        ("source", "", "before it is published"),
        ("status", "lost", "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(field, value, sentence, desk: Client):
    make_article(url="https://example.org/taken", url_key="https://example.org/taken", headline="Taken")
    article = make_article()
    assert sentence in str(save(desk, article, **{field: value})[field])
    assert not Decision.objects.exists()


def test_only_a_superuser_deletes_an_article_and_all_of_it_goes(desk: Client, staff):
    person = make_person()
    article = make_article(stories=[make_story()])
    make_quote(article, CLOSED, speaker=person)
    kept = make_article()
    url = reverse("admin:articles_article_delete", args=[article.pk])
    assert staff("articles.view_article", "articles.delete_article").post(url, {"post": "yes"}).status_code == 403
    assert desk.get(url).status_code == 200
    assert desk.post(url, {"post": "yes"}).status_code == 302
    assert list(Article.objects.all()) == [kept]
    assert [model.objects.count() for model in (Capture, Quote, Attribution, Story)] == [1, 0, 0, 1]
    person.refresh_from_db()
    assert not person.public
    data = {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"}
    desk.post(reverse("admin:articles_article_changelist"), data)
    assert not Article.objects.exists()


# --- sources


def test_a_change_of_rights_shuts_and_opens_the_gate(desk: Client, django_capture_on_commit_callbacks):
    source = make_source()
    quote = make_quote(make_article(source=source), CLOSED)
    for rights, public in (("none", False), ("excerpts", True)):
        with django_capture_on_commit_callbacks(execute=True):
            assert save(desk, source, rights=rights) is None
        quote.refresh_from_db()
        assert quote.public is public
        assert Article.objects.get().public is public
    assert [(d.field, d.before, d.after) for d in Decision.objects.order_by("id")] == [
        ("rights", "full", "none"), ("rights", "none", "excerpts"),
    ]  # fmt: skip


def test_a_source_says_its_hosts_a_line_each(desk: Client):
    source = make_source(domains=["example.org"])
    assert save(desk, source, domains="example.org\nNews.Example.org\n") is None
    assert Source.objects.get().domains == ["example.org", "news.example.org"]
    assert "is no host" in str(save(desk, source, domains="https://example.org/news")["domains"])
    assert "two letters" in str(save(desk, source, country="G1")["country"])


# --- people


def test_a_person_is_enrolled(desk: Client):
    url = reverse("admin:people_person_add")
    names = {
        "names-TOTAL_FORMS": 1, "names-0-text": "Dame Ada  Brook", "names-0-kind": "alias", "names-INITIAL_FORMS": 0,
        "roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0,
    }  # fmt: skip
    data = {"name": "Ada Brook-Lane", "kind": "individual", "status": "curated"} | names
    assert desk.post(url, data).status_code == 302
    person = Person.objects.get()
    assert (person.slug, person.canonical, person.status) == ("ada-brook-lane", person, "curated")
    assert [(n.text, n.kind, n.key) for n in person.names.all()] == [
        ("Ada Brook-Lane", "canonical", "ada brook lane"),
        ("Dame Ada Brook", "alias", "ada brook"),
    ]


def test_renaming_is_a_decision_that_keeps_the_slug_and_what_was_printed(desk: Client):
    person = make_person("Ruth Ashdwn", aliases=["Ruth Ashdown"])
    assert save(desk, person, name="Ruth Ashdown", reason="Misprint.", **{"names-0-text": "R. Ashdown"}) is None
    person.refresh_from_db()
    assert (person.name, person.slug) == ("Ruth Ashdown", "ruth-ashdwn")
    names = {(name.text, name.kind) for name in person.names.all()}
    assert ("Ruth Ashdown", "canonical") in names
    assert ("Ruth Ashdwn", "alias") in names
    [batch] = set(Decision.objects.values_list("batch", flat=True))
    undo(desk, batch=batch)
    person.refresh_from_db()
    assert person.name == "Ruth Ashdwn"
    names = {(name.text, name.kind) for name in person.names.all()}
    assert names == {("Ruth Ashdwn", "canonical"), ("Ruth Ashdown", "alias")}
    assert ledger.faults(person) == []


def test_a_name_is_said_once(desk: Client):
    person = make_person("Ruth Ashdown", aliases=["R. Ashdown"])
    assert "need not be said again" in str(save(desk, person, **{"names-0-text": "Ruth Ashdown"}))


def test_a_person_whom_nobody_quotes_can_be_deleted_another_cannot(desk: Client):
    stray, quoted = make_person("Sign Up"), make_person("Ruth Ashdown")
    make_quote(make_article(), CLOSED, speaker=quoted)
    for person in (stray, quoted):
        desk.post(reverse("admin:people_person_delete", args=[person.pk]), {"post": "yes"})
    assert list(Person.objects.all()) == [quoted]
