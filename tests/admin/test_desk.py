"""The desk: what comes next, every act as a plain form, every decision undone, and nobody's work lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import curation, doubt, gate, publishing
from articles.desk import acts, done, edges, queue
from articles.models import Article, Quote, Source
from corpus import leases, ledger
from corpus.models import Decision
from people.models import Pair, Person
from tests.factories import (
    TEXT,
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

pytestmark = pytest.mark.django_db

CLOSED = "The bridge will close on Monday, and nobody regrets it more than I do."
NO_CHOICE = "had no choice"
FERRY = "We will run a ferry, … every ten minutes."


class Paper:
    """An article with three suggestions: one whose speaker is open, one with an open end, one that is certain."""

    def __init__(self, source: str = "Mercury", doubtful: float = 0.6) -> None:
        self.ruth = make_person("Ruth Ashdown", roles=["leader, Aldermouth council"])
        self.martin = make_person("Martin Keele", pronouns="he/him")
        self.article = make_article(source=make_source(source))
        suggested: dict[str, Any] = {"status": "suggested", "gated": False}
        self.certain = make_quote(
            self.article, CLOSED, speaker=self.ruth, confidence=0.99, speaker_confidence=0.99, **suggested
        )
        self.open = make_quote(
            self.article, NO_CHOICE, speaker="her deputy", speaker_confidence=0.4, confidence=doubtful,
            candidates=["Martin Keele", "Ann Keele"], kind="mixed", reasons=["comma-inside"], **suggested,
        )  # fmt: skip
        self.ferry = make_quote(
            self.article, FERRY, speaker=self.martin, confidence=0.8, cue="said", cue_start=TEXT.index("he said") + 3,
            cue_end=TEXT.index("he said") + 7, boundaries=[["closed", "closed"], ["clause", "closed"]], **suggested,
        )  # fmt: skip
        make_mention(self.article, "Ruth Ashdown", self.ruth, roles=["leader of Aldermouth council"])
        make_mention(self.article, "Martin Keele", self.martin)
        settle([self.article])

    def url(self, quote: Quote | str, query: str = "") -> str:
        item = quote if isinstance(quote, str) else quote.uid
        return reverse("admin:desk_item", args=[self.article.uid, item]) + query


@pytest.fixture
def paper(db: None) -> Paper:
    return Paper()


def press(client: Client, url: str, act: str, **more: object):
    """What a browser sends when a button of the item at this address is pressed."""
    state = client.get(url).context.get("state", "")
    return client.post(url, {"act": act, "state": state} | more)


def fresh(quote: Quote) -> Quote:
    return Quote.objects.get(pk=quote.pk)


def speaker(quote: Quote) -> list[tuple[str, str, float]]:
    return [(str(row.person or ""), row.kind, row.confidence) for row in quote.attributions.all()]


# --- how much is in doubt


@pytest.mark.parametrize(
    "fields, waiting, worth",
    [
        ({"confidence": 0.5, "speaker_confidence": 1.0}, 1, 1.0),
        ({"confidence": 0.9, "speaker_confidence": 0.8}, 1, 0.6),
        ({"confidence": 1.0, "speaker_confidence": 1.0}, 1, 0.0),
        ({"confidence": 1.0, "speaker_confidence": 1.0, "disputed": "kind", "status": "accepted"}, 1, 1.0),
        ({"confidence": 0.5, "status": "accepted"}, 0, 0.0),
        ({"confidence": 0.5, "status": "rejected"}, 0, 0.0),
        ({"confidence": 0.5, "unsure": True}, 0, 0.0),
        ({"confidence": 0.5, "found": False}, 0, 0.0),
    ],
)
def test_what_is_in_doubt_of_an_article(fields, waiting, worth):
    article = make_article()
    make_quote(article, CLOSED, speaker=make_person(), **{"status": "suggested", **fields})
    article.refresh_from_db()
    assert (article.waiting, round(article.doubt, 6)) == (waiting, worth)


def test_a_name_that_nobody_goes_by_is_all_doubt_and_doubts_add_up():
    article = make_article()
    make_quote(article, CLOSED, speaker="Keele", confidence=1.0, status="suggested", gated=False)
    make_quote(article, NO_CHOICE, speaker=None, speaker_confidence=0.75, confidence=1.0, status="suggested")
    quote = make_quote(article, FERRY, confidence=1.0, status="suggested")
    quote.attributions.all().delete()
    settle([article])
    article.refresh_from_db()
    assert (article.waiting, article.doubt) == (3, 1.0 + 0.5 + 1.0)


@pytest.mark.parametrize(
    "fields, certain",
    [
        ({}, True),
        ({"confidence": 0.94}, False),
        ({"speaker_confidence": 0.94}, False),
        ({"reasons": ["comma-inside"]}, False),
        ({"reasons": ["speech-verb"]}, True),
        ({"speaker": "Keele"}, False),
        ({"speaker": None}, False),
        ({"status": "accepted"}, False),
        ({"unsure": True}, False),
        ({"disputed": "kind"}, False),
    ],
)
def test_what_is_certain(fields, certain):
    said = {"status": "suggested", "confidence": 0.99, "speaker_confidence": 0.99, "speaker": make_person(), **fields}
    make_quote(make_article(), CLOSED, **said)
    assert Quote.objects.filter(doubt.certain()).exists() is certain


# --- moving an end

WORDS = "He said so. “We will, Mr. Keele said, run a ferry!” Then he left.\nNobody asked."


@pytest.mark.parametrize(
    "words, side, step, becomes",
    [
        ("run a ferry!", "start", "+word", "a ferry!"),
        ("a ferry!", "start", "-word", "run a ferry!"),
        ("run a", "end", "+word", "run a ferry!"),
        ("run a ferry!", "end", "-word", "run a"),
        ("ferry!", "start", "+word", None),
        ("run", "end", "-word", None),
        ("run a ferry!", "start", "-sentence", "We will, Mr. Keele said, run a ferry!"),
        ("We will", "start", "-sentence", "He said so. “We will"),
        ("We will", "end", "+sentence", "We will, Mr. Keele said, run a ferry!"),
        ("run a ferry!” Then he left.", "start", "+sentence", "Then he left."),
        ("run a ferry!” Then he left.", "end", "-sentence", "run a ferry!"),
        ("Then he left.", "end", "+sentence", "Then he left.\nNobody asked."),
        ("Nobody asked.", "end", "+sentence", None),
        ("He said so.", "start", "-word", None),
    ],
)
def test_an_end_moves_by_words_and_sentences(words, side, step, becomes):
    start = WORDS.index(words)
    moved = edges.moved(WORDS, [[start, start + len(words)]], side, step)
    assert (moved and WORDS[moved[0][0] : moved[0][1]]) == becomes


def test_an_end_counts_code_points_and_moves_the_outer_ends_of_several_spans():
    text = "🚢🚢 Café is closed, she said, for ever and e\u0301ver."
    spans = [[text.index("Café"), text.index(", she")], [text.index("for"), text.index(" and")]]
    later = edges.moved(text, spans, "end", "+word")
    assert later
    assert text[slice(*later[-1])] == "for ever and"
    earlier = edges.moved(text, spans, "start", "+word")
    assert earlier
    assert text[slice(*earlier[0])] == "is closed"
    assert edges.moved(text, spans, "start", "-word") is None


# --- what comes next


def test_the_article_with_most_doubt_comes_first_and_is_stayed_in(desk: Client, paper: Paper):
    worse = Paper("Ledger", doubtful=0.5)
    chain = desk.get(reverse("admin:desk"), follow=True).redirect_chain
    assert chain[0][0] == worse.url(worse.open)
    assert press(desk, worse.url(worse.open), "accept")["Location"] == worse.url(worse.ferry)
    # Now the other one is in more doubt, but one stays.
    assert desk.get(reverse("admin:desk"))["Location"] == worse.url(worse.ferry)
    assert press(desk, worse.url(worse.ferry), "reject:not a quote")["Location"] == worse.url("certain")
    certain = desk.get(worse.url("certain"))
    assert [quote for quote, _, _ in certain.context["certain"]] == [worse.certain]
    state = {f"state-{worse.certain.uid}": certain.context["certain"][0][1]}
    done = desk.post(worse.url("certain"), {"act": "certain", "quote": [worse.certain.uid]} | state)
    assert done["Location"] == reverse("admin:desk")
    assert desk.get(done["Location"])["Location"] == paper.url(paper.open)
    assert [fresh(quote).status for quote in (worse.open, worse.ferry, worse.certain)] == [
        "accepted", "rejected", "accepted",
    ]  # fmt: skip


def test_identities_come_first_and_are_answered(desk: Client, paper: Paper):
    other = make_person("Martin Keeling")
    pair = Pair.objects.create(first=paper.martin, second=other, score=0.9, evidence=[])
    item = f"pair-{pair.uid}"
    assert desk.get(reverse("admin:desk"))["Location"] == paper.url(item)
    page = desk.get(paper.url(item))
    assert "Martin Keeling" in page.content.decode()
    data = {"answer": "different", "state": page.context["state"]}
    assert desk.post(paper.url(item), data)["Location"] == paper.url(paper.open)
    pair.refresh_from_db()
    assert pair.answer == "different"
    # An answer to what somebody settled meanwhile is none.
    assert desk.post(paper.url(item), data | {"answer": "same"})["Location"] == paper.url(item)
    other.refresh_from_db()
    assert other.canonical == other
    undone = desk.post(paper.url(paper.open), {"act": f"undo:{desk.get(paper.url(paper.open)).context['undoable']}"})
    assert undone["Location"] == paper.url(item)
    pair.refresh_from_db()
    assert pair.answer == ""


def test_who_may_not_merge_leaves_a_proposal_and_is_not_asked_again(staff, paper: Paper):
    client = staff("articles.view_quote", "articles.change_quote", "people.change_pair")
    pair = Pair.objects.create(first=paper.martin, second=make_person("Martin Keeling"), score=0.9, evidence=[])
    item = f"pair-{pair.uid}"
    page = client.get(paper.url(item))
    response = client.post(paper.url(item), {"answer": "same", "state": page.context["state"]})
    assert response["Location"] == paper.url(paper.open)
    pair.refresh_from_db()
    assert (pair.answer, pair.proposed) == ("", "same")
    assert client.get(reverse("admin:desk"))["Location"] == paper.url(paper.open)


FILTERS = [
    ("story=bridge-closed", True), ("story=nothing", False),
    ("source=mercury", True), ("source=ledger", False),
    ("kind=mixed", True), ("kind=document", False),
    ("reason=comma-inside", True), ("reason=goes-on", False),
    ("sort=newest", True), ("sort=oldest", True),
    ("unsure=yes", False), ("disputed=yes", False),
]  # fmt: skip


@pytest.mark.parametrize("query, found", FILTERS)
def test_the_queue_is_narrowed_by_the_address_and_acts_keep_it(query, found, desk: Client, paper: Paper):
    make_story("Bridge closed", [paper.article])
    location = desk.get(f"{reverse('admin:desk')}?{query}", follow=True).redirect_chain
    if not found:
        assert location == []
        return
    assert location[0][0] == paper.url(paper.open, f"?{query}")
    for act in ("skip", "kind:indirect", "speaker:0:=Ann Keele", "start:+word", "unsure", "keys"):
        assert press(desk, location[0][0], act)["Location"].endswith(f"?{query}")


def test_the_queue_by_person_unsure_and_disputed(desk: Client, paper: Paper):
    url = reverse("admin:desk")
    assert desk.get(f"{url}?person={paper.martin.uid}")["Location"].startswith(paper.url(paper.ferry))
    press(desk, paper.url(paper.open), "unsure", note="Which of them?")
    assert (fresh(paper.open).unsure, fresh(paper.open).note) == (True, "Which of them?")
    assert desk.get(f"{url}?unsure=yes")["Location"] == paper.url(paper.open, "?unsure=yes")
    press(desk, paper.url(paper.ferry), "accept")
    ledger.suggest(quote := fresh(paper.ferry), {"kind": "indirect"})
    quote.save()
    gate.refresh([paper.article.pk])
    assert desk.get(f"{url}?disputed=yes")["Location"] == paper.url(paper.ferry, "?disputed=yes")
    press(desk, paper.url(paper.ferry), "accept")
    assert fresh(paper.ferry).disputed == ""
    assert desk.get(f"{url}?disputed=yes").status_code == 200


@pytest.mark.parametrize(
    "query, sentence",
    [("kind=song", "“song” is no kind"), ("sort=luck", "there is doubt"), ("author=me", "The desk has no “author”")],
)
def test_an_address_that_asks_for_nothing_known_is_told_so(query, sentence, desk: Client, paper: Paper):
    response = desk.get(f"{reverse('admin:desk')}?{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_what_is_skipped_stays_away_for_the_session(desk: Client, chief: User, paper: Paper):
    for quote in (paper.open, paper.ferry):
        press(desk, paper.url(quote), "skip")
    assert press(desk, paper.url("certain"), "skip")["Location"] == reverse("admin:desk")
    nothing = desk.get(reverse("admin:desk"))
    assert "You skipped 3" in nothing.content.decode()
    again = Client()
    again.force_login(chief)
    assert again.get(reverse("admin:desk"))["Location"] == paper.url(paper.open)
    assert not Decision.objects.exists()


# --- acts


@pytest.mark.parametrize(
    "act, field, value",
    [
        ("reject:scare quote", "status", "rejected"),
        ("kind:direct", "kind", "direct"),
        ("start:+word", "text", "no choice"),
        ("end:-word", "text", "had no"),
        ("unsure", "unsure", True),
        ("note", "note", "Ask the reporter."),
        ("accept", "note", "Ask the reporter."),
    ],
)
def test_each_act_is_a_decision_that_is_undone(act, field, value, desk: Client, chief: User, paper: Paper):
    before = acts.state(fresh(paper.open))
    press(desk, paper.url(paper.open), act, note="Ask the reporter.")
    assert getattr(fresh(paper.open), field) == value
    decisions = Decision.objects.all()
    assert {d.by for d in decisions} == {chief}
    assert len({d.batch for d in decisions}) == 1
    assert ledger.faults(fresh(paper.open)) == []
    response = desk.post(paper.url(paper.ferry), {"act": f"undo:{decisions[0].batch}"})
    assert response["Location"] == paper.url(paper.open)
    assert acts.state(fresh(paper.open)) == before


def test_accepting_pins_all_that_was_on_the_card(desk: Client, paper: Paper):
    press(desk, paper.url(paper.ferry), "accept")
    quote = fresh(paper.ferry)
    assert sorted(quote.decided) == ["kind", "spans", "speaker", "status"]
    assert speaker(quote) == [("Martin Keele", "individual", 1.0)]
    press(desk, paper.url(paper.open), "accept")
    assert sorted(fresh(paper.open).decided) == ["kind", "spans", "status"]  # whose it is nobody knows yet


def test_rejecting_says_why(desk: Client, paper: Paper):
    press(desk, paper.url(paper.open), "reject:boilerplate")
    assert Decision.objects.get().reason == "boilerplate"


@pytest.mark.parametrize("which", ["known", "named", "created", "unnamed", "found"])
def test_who_says_it(which, desk: Client, paper: Paper):
    url = paper.url(paper.open)
    said = {
        "known": f"speaker:0:{paper.ruth.uid}",
        "named": "speaker:0:=Ann Keele",
        "created": "create:0:Martin Keele",
        "unnamed": "unnamed:0",
        "found": f"speaker:0:{paper.martin.uid}",
    }[which]
    if which == "found":
        assert f'value="{said}"' in desk.get(url, {"find": "mar kee"}).content.decode()
    assert press(desk, url, said)["Location"] == url
    (row,) = fresh(paper.open).attributions.all()
    expected = {"known": "Ruth Ashdown", "named": "Ann Keele", "created": "Martin Keele", "found": "Martin Keele"}
    assert (str(row.person or ""), row.printed, row.confidence) == (expected.get(which, ""), "her deputy", 1.0)
    assert Person.objects.count() == 2 + (which in ("named", "created"))
    assert row.kind == ("unnamed" if which == "unnamed" else "individual")


def test_the_card_offers_candidates_with_reasons_and_marks_the_place(desk: Client, paper: Paper):
    page = desk.get(paper.url(paper.open))
    candidates = page.context["speaker"].candidates
    assert [(one.name, one.known) for one in candidates] == [
        ("Martin Keele", True), ("Ann Keele", False), ("Ruth Ashdown", True),
    ]  # fmt: skip
    assert candidates[2].role == "leader of Aldermouth council"
    html = page.content.decode()
    assert re.search(rf'<mark id="q-{paper.open.uid}" class="q suggested wanted">', html)
    assert "2 candidates" in html
    assert "end open" in html
    ferry = desk.get(paper.url(paper.ferry)).content.decode()
    assert '<span class="pointer cue">said<small>cue</small></span>' in ferry


def test_boilerplate_is_folded_and_printed_text_is_never_markup(desk: Client):
    article = make_article("Head\n\n<script>alert(1)</script> he said “no & never”.\n\nSign up to our letter.")
    make_passage(article, "promo", "Sign up to our letter.")
    quote = make_quote(article, "no & never", status="suggested")
    html = desk.get(reverse("admin:desk_item", args=[article.uid, quote.uid])).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "Hidden: promo, 5 words" in html


def test_the_same_words_elsewhere_are_shown_word_by_word(desk: Client, paper: Paper):
    other = make_article(TEXT.replace("nobody regrets", "no one regrets"), source=make_source("Ledger"))
    theirs = make_quote(other, CLOSED.replace("nobody", "no one"))
    rejected = make_quote(make_article(), CLOSED, status="rejected")
    make_utterance(paper.certain, theirs, rejected, fullest=theirs)
    (version,) = desk.get(paper.url(paper.certain)).context["versions"]
    assert version.quote.article == other
    assert [(run.kind, run.ours, run.theirs) for run in version.runs if not run.same] == [("word", "nobody", "no one")]
    text = desk.get(paper.url(paper.certain)).content.decode()
    assert '<ins>no one</ins> <span class="for">for</span> <del>nobody</del>' in text
    assert desk.get(paper.url(paper.open)).context["versions"] == []


@pytest.mark.parametrize(
    "act", ["", "sing", "reject", "reject:bored", "kind:song", "start:+page", "speaker:9:x", "speaker:0:gone", "note"]
)
def test_what_cannot_be_is_refused_in_a_sentence(act, desk: Client, paper: Paper):
    response = press(desk, paper.url(paper.open), act)
    assert response["Location"] == paper.url(paper.open)
    page = desk.get(response["Location"])
    assert [str(message) for message in page.context["messages"]]
    assert not Decision.objects.exists()


def test_an_end_that_has_no_room_says_so(desk: Client, paper: Paper):
    for _ in range(2):
        press(desk, paper.url(paper.open), "start:+word")
    assert fresh(paper.open).text == "choice"
    press(desk, paper.url(paper.open), "start:+word")
    assert "There is no word after" in desk.get(paper.url(paper.open)).content.decode()


# --- undo


def test_the_last_fifty_acts_are_taken_back_one_by_one_in_another_session(
    chief: User, desk: Client, paper: Paper, monkeypatch: pytest.MonkeyPatch
):
    assert done.KEPT == 50
    monkeypatch.setattr(done, "KEPT", 10)  # as many show as much
    before = acts.state(fresh(paper.open))
    url = paper.url(paper.open)
    press(desk, url, "note", note="The oldest act.")
    for number in range(10):
        press(desk, url, f"kind:{('direct', 'indirect')[number % 2]}")
    assert Decision.objects.values("batch").distinct().count() == 11
    later = Client()
    later.force_login(chief)
    for _ in range(10):
        page = later.get(url)
        later.post(url, {"act": f"undo:{page.context['undoable']}"})
    quote = fresh(paper.open)
    assert (quote.kind, quote.note) == ("mixed", "The oldest act.")
    later.post(url, {"act": f"undo:{later.get(url).context['undoable']}"})
    assert fresh(paper.open).note == "The oldest act."
    assert "Only your last fifty" in later.get(url).content.decode()
    curation.undo(Decision.objects.filter(field="note"), by=chief)
    assert acts.state(fresh(paper.open)) == before


def test_nobody_takes_back_what_somebody_else_did(desk: Client, staff, paper: Paper):
    press(desk, paper.url(paper.open), "accept")
    (batch,) = set(Decision.objects.values_list("batch", flat=True))
    other = staff("articles.view_quote", "articles.change_quote")
    assert other.get(paper.url(paper.ferry)).context["undoable"] == ""
    other.post(paper.url(paper.open), {"act": f"undo:{batch}"})
    assert fresh(paper.open).status == "accepted"


def test_a_batch_is_taken_back_as_one(desk: Client, paper: Paper):
    more = make_quote(
        paper.article, "The bridge will close", speaker=paper.ruth, confidence=0.99, speaker_confidence=0.99,
        status="suggested",
    )  # fmt: skip
    rows = desk.get(paper.url("certain")).context["certain"]
    data = {f"state-{quote.uid}": state for quote, state, _ in rows}
    desk.post(paper.url("certain"), {"act": "certain", "quote": [quote.uid for quote, _, _ in rows]} | data)
    assert {fresh(paper.certain).status, fresh(more).status} == {"accepted"}
    page = desk.get(paper.url(paper.open))
    assert page.context["last"][0].words == "Accepted: 2 quotes"
    desk.post(paper.url(paper.open), {"act": f"undo:{page.context['undoable']}"})
    assert {fresh(paper.certain).status, fresh(more).status} == {"suggested"}
    assert fresh(more).decided == []


def test_the_list_of_last_acts_takes_any_of_them_back(desk: Client, paper: Paper):
    press(desk, paper.url(paper.ferry), "reject:duplicate")
    press(desk, paper.url(paper.open), "kind:direct")
    page = desk.get(reverse("admin:desk_last"))
    assert [act.words for act in page.context["acts"]] == [
        "Is quoted: “had no choice”", "Rejected, duplicate: “We will run a ferry, … every ten minute…”",
    ]  # fmt: skip
    desk.post(reverse("admin:desk_last"), {"act": f"undo:{page.context['acts'][1].key}"})
    assert (fresh(paper.ferry).status, fresh(paper.open).kind) == ("suggested", "direct")


@pytest.mark.parametrize(
    "act, words",
    [
        ("start:+word", "Start moved: “no choice”"),
        ("end:-word", "End moved: “had no”"),
        ("unnamed:0", "By somebody unnamed, “her deputy”: “had no choice”"),
        ("create:0:Jo Azar", "By Jo Azar: “had no choice”"),
        ("unsure", "Unsure: “had no choice”"),
    ],
)
def test_an_act_is_told_in_words(act, words, desk: Client, paper: Paper):
    press(desk, paper.url(paper.open), act)
    [told] = desk.get(paper.url(paper.open)).context["last"]
    assert told.words == words


def test_an_act_is_told_also_when_what_it_said_was_purged(desk: Client, paper: Paper):
    press(desk, paper.url(paper.open), "start:+word")
    Decision.objects.update(before=None, after=None)
    [told] = desk.get(paper.url(paper.open)).context["last"]
    assert told.words.startswith("Moved")


def test_an_act_on_somebody_is_told_by_their_name(desk: Client, chief: User, paper: Paper):
    values = {"pronouns": "she/her", "note": "Heard her say so.", "status": "rejected"}
    curation.decide_people([paper.ruth], values, by=chief, batch="one")
    [told] = desk.get(paper.url(paper.open)).context["last"]
    assert told.words == "Ruth Ashdown: pronouns, note, status nobody"


def test_the_desk_shows_what_the_next_undos_take_back(desk: Client, paper: Paper):
    for kind in ("direct", "indirect", "document", "direct"):
        press(desk, paper.url(paper.open), f"kind:{kind}")
    page = desk.get(paper.url(paper.open))
    desk.post(paper.url(paper.open), {"act": f"undo:{page.context['undoable']}"})
    now = desk.get(paper.url(paper.open))
    assert [act.key for act in now.context["last"]][:2] == [act.key for act in page.context["last"]][1:]
    assert now.context["undoable"] == now.context["last"][0].key


def test_rights_taken_back_at_the_desk_are_followed(
    desk: Client, chief: User, paper: Paper, django_capture_on_commit_callbacks
):
    source, url = Source.objects.get(), paper.url(paper.open)
    publishing.decide_source(source, {"rights": "none"}, by=None)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.decide_source(source, {"rights": "full"}, by=chief)
    assert Article.objects.get(pk=paper.article.pk).public
    desk.post(url, {"act": f"undo:{desk.get(url).context['undoable']}"})
    assert not Article.objects.get(pk=paper.article.pk).public


def test_what_was_done_to_many_makes_the_next_screens_hardly_dearer(desk: Client, chief: User, paper: Paper):
    url = paper.url(paper.open)
    press(desk, url, "kind:direct")
    with CaptureQueriesContext(connection) as before:
        desk.get(url)
    curation.accept([make_quote(make_article(), status="suggested") for _ in range(80)], by=chief)
    with CaptureQueriesContext(connection) as after:
        desk.get(url)
    assert len(after) - len(before) <= 2


# --- several editors


def test_an_edit_that_meets_a_changed_quote_gets_both_versions(desk: Client, staff, paper: Paper):
    url = paper.url(paper.open)
    state = desk.get(url).context["state"]
    other = staff("articles.view_quote", "articles.change_quote")
    press(other, url, "kind:indirect")
    press(other, url, "start:+word")
    response = desk.post(url, {"act": "reject:scare quote", "state": state, "note": "Mine & only mine"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Mine &amp; only mine" in html
    differing = [row for row in response.context["rows"] if row[3]]
    assert differing == [
        ("Kind", "part quoted", "reported", True), ("Words", "had no choice", "no choice", True)
    ]  # fmt: skip
    assert fresh(paper.open).status == "suggested"
    # Nothing is lost: the same act, with what was written, is one press away.
    again = {name: response.context[name] for name in ("act", "state", "note")}
    assert desk.post(url, again).status_code == 302
    quote = fresh(paper.open)
    assert (quote.status, quote.kind, quote.note) == ("rejected", "indirect", "Mine & only mine")


@pytest.mark.parametrize("state", ["", "{}", "[]", "nonsense", '{"kind": [], "spans": 3, "speaker": {}}'])
def test_a_form_without_its_state_decides_nothing(state, desk: Client, paper: Paper):
    response = desk.post(paper.url(paper.open), {"act": "accept", "state": state})
    assert response.status_code == 409
    assert not Decision.objects.exists()


def test_of_the_certain_ones_a_changed_one_is_left(desk: Client, staff, paper: Paper):
    rows = desk.get(paper.url("certain")).context["certain"]
    press(staff("articles.change_quote"), paper.url(paper.certain), "kind:indirect")
    data = {f"state-{quote.uid}": state for quote, state, _ in rows}
    desk.post(paper.url("certain"), {"act": "certain", "quote": [paper.certain.uid]} | data)
    assert fresh(paper.certain).status == "suggested"


def test_a_second_editor_is_told_and_given_another_article(desk: Client, staff, paper: Paper):
    worse = Paper("Ledger", doubtful=0.5)
    desk.get(worse.url(worse.open))
    other = staff("articles.view_quote", "articles.change_quote")
    assert other.get(reverse("admin:desk"))["Location"] == paper.url(paper.open)
    assert "hetty has had this article open since" in other.get(worse.url(worse.open)).content.decode()
    assert "has had this article open" not in desk.get(worse.url(worse.open)).content.decode()
    # What is fetched ahead takes no article from anybody.
    third = Paper("Rocket", doubtful=0.55)
    other.get(third.url(third.open), headers={"X-Desk": "prefetch"})
    assert leases.holder(third.article) is None


def test_who_may_only_look_sees_it_and_decides_nothing(staff, paper: Paper):
    client = staff("articles.view_quote")
    page = client.get(paper.url(paper.open))
    html = page.content.decode()
    assert "her deputy" in html
    assert 'value="accept"' not in html
    assert 'value="kind:direct" disabled' in html
    assert leases.holder(paper.article) is None
    for act in ("accept", "undo:x", "kind:direct", "speaker:0:=A B"):
        assert client.post(paper.url(paper.open), {"act": act, "state": page.context["state"]}).status_code == 403
    assert client.post(paper.url("certain"), {"act": "certain", "quote": [paper.certain.uid]}).status_code == 403
    assert client.post(paper.url(paper.open), {"act": "skip"})["Location"] == paper.url(paper.ferry)
    assert not Decision.objects.exists()


def test_who_may_not_decide_in_bulk_settles_the_certain_ones_one_by_one(staff, paper: Paper):
    client = staff("articles.view_quote", "articles.change_quote")
    press(client, paper.url(paper.open), "accept")
    assert press(client, paper.url(paper.ferry), "accept")["Location"] == paper.url(paper.certain)
    assert client.post(paper.url("certain"), {"act": "certain", "quote": [paper.certain.uid]}).status_code == 403
    assert client.post(paper.url(paper.certain), {"act": "create:0:A B"}).status_code == 403


@pytest.mark.parametrize("permissions, status", [((), 403), (("articles.view_article",), 403)])
def test_the_desk_is_for_who_may_see_quotes(permissions, status, staff, client: Client, paper: Paper):
    urls = [reverse("admin:desk"), paper.url(paper.open), reverse("admin:desk_people"), reverse("admin:desk_last")]
    mine = staff(*permissions)
    for url in urls:
        assert mine.get(url).status_code == status
        assert client.get(url)["Location"].startswith("/admin/login/")


def test_what_is_not_there_is_not_found(desk: Client, paper: Paper):
    other = Paper("Ledger")
    for url in (
        paper.url("nowhere"), paper.url(other.open), paper.url("pair-nowhere"),
        reverse("admin:desk_article", args=["nowhere"]),
    ):  # fmt: skip
        assert desk.get(url).status_code == 404
    assert desk.post(paper.url("nowhere"), {"act": "accept"}).status_code == 404
    assert desk.post(reverse("admin:desk")).status_code == 405


def test_the_keys_are_turned_off_for_good(chief: User, desk: Client, paper: Paper):
    assert 'data-keys="on"' in desk.get(paper.url(paper.open)).content.decode()
    desk.post(paper.url(paper.open), {"act": "keys"})
    again = Client()
    again.force_login(chief)
    assert 'data-keys="off"' in again.get(paper.url(paper.open)).content.decode()
    again.post(paper.url(paper.open), {"act": "keys"})
    assert 'data-keys="on"' in desk.get(paper.url(paper.open)).content.decode()


# --- what a screen costs

#: What a strict content security policy would refuse.
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|<[^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code in (200, 302)
    assert not INLINE.findall(response.content.decode())
    return len(queries)


@pytest.mark.parametrize("what", ["start", "open", "ferry", "certain", "last", "filters", "people"])
def test_a_screen_costs_the_same_however_much_there_is(what, desk: Client, paper: Paper, chief: User):
    def url() -> str:
        named = {"start": "admin:desk", "last": "admin:desk_last", "filters": "admin:desk_filters"}
        if what == "people":
            return reverse("admin:desk_people") + "?find=martin&position=1&story=x"
        return reverse(named[what]) if what in named else paper.url(
            "certain" if what == "certain" else getattr(paper, what)
        )  # fmt: skip

    press(desk, paper.url(paper.open), "note", note="So that there is a history.")
    one = cost(desk, url())
    words = "the town,“had no choice”.“We will run a ferry,”Martin Keele,her deputy".split(",")
    for number, part in enumerate(word for word in words if word in TEXT):
        make_quote(
            paper.article, part, speaker=make_person(f"Martin Other{number}"), status="suggested", gated=False,
            confidence=0.99, speaker_confidence=0.99 if number % 2 else 0.5,
        )  # fmt: skip
    make_mention(paper.article, "reporters", make_person("Martin Another"))
    for number in range(3):
        Paper(f"Outlet {number}", doubtful=0.8)
    settle([paper.article])
    press(desk, paper.url(paper.open), "note", note="More of it.")
    assert cost(desk, url()) == one


def test_the_next_item_costs_few_queries(desk: Client, paper: Paper):
    assert cost(desk, paper.url(paper.open)) <= 26
    state = desk.get(paper.url(paper.open)).context["state"]
    with CaptureQueriesContext(connection) as queries:
        desk.post(paper.url(paper.open), {"act": "accept", "state": state})
    assert len(queries) <= 75


def test_the_first_screen_leads_to_the_desk(desk: Client, paper: Paper):
    assert reverse("admin:desk") in desk.get(reverse("admin:index")).content.decode()


def test_orders_are_read_and_said_alike():
    orders, faults = queue.Orders.read({"story": "bridge", "sort": "newest", "whole": "yes"})
    assert faults == {}
    assert orders.query() == "?story=bridge&sort=newest"
    assert orders.without("story") == "?sort=newest"
    assert queue.Orders.read(orders.parameters()) == (orders, {})


def test_permissions_of_the_desk_exist():
    wanted = {"decide_in_bulk", "merge_person", "change_quote"}
    assert set(Permission.objects.filter(codename__in=wanted).values_list("codename", flat=True)) == wanted
    assert Article._meta.get_field("waiting")


@pytest.mark.parametrize("query", [query for query, _ in FILTERS])
def test_the_lines_of_an_article_know_whether_they_are_wanted(query, paper: Paper):
    make_quote(paper.article, "The bridge", status="accepted", disputed="kind", gated=False)
    make_quote(paper.article, "will close", status="suggested", unsure=True, gated=False)
    make_quote(paper.article, "on Monday", status="suggested", found=False, gated=False)
    make_quote(paper.article, "nobody regrets", status="rejected", speaker=paper.martin, gated=False)
    parts = dict(part.split("=") for part in query.split("&"))
    for extra in ({}, {"person": paper.martin.uid}, {"person": "nobody"}):
        orders, _ = queue.Orders.read(parts | extra)
        sheet = queue.sheet(paper.article, orders, (), bulk=True, answers=None)
        wanted = Quote.objects.filter(orders.quotes()).values_list("pk", flat=True)
        assert {line.pk for line in sheet.lines if line.wanted} == set(wanted)
