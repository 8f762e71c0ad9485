"""Marked by hand: what an editor selects, pastes or says by its place becomes exactly that, and stays."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import byhand, curation, pipeline
from articles.models import Article, Mention, Passage, Quote
from articles.pipeline import carrying_over, taking_in
from articles.reading import Context
from articles.reading import model as m
from corpus import ledger
from corpus.models import Decision
from people.models import Person
from tests.factories import capture_of, find, make_article, make_capture, make_person, make_quote, speaker_of

FLAG, FAMILY, ACUTE, GOTHIC = "🇮🇪", "👩‍👩‍👧", "e\u0301", "𐍈"
TEXT = f"""🌉 Bridge to close {FLAG}

Ruth Ashdown {FAMILY} said: “The caf{ACUTE} by the bridge closes on Monday 🚧, and nobody regrets it more.”

Martin Keele told the town that it “had no choice” {GOTHIC}. Later he said it “had no choice”.

“We will run a ferry ⛴,” he said, “every ten minutes.”
"""


def utf16(text: str) -> int:
    """UTF-16 units of a text, counted the long way."""
    return len(text.encode("utf-16-le")) // 2


def test_offsets_are_changed_to_utf16_at_every_place():
    units = byhand.Utf16(TEXT)
    assert [units.of(at) for at in range(len(TEXT) + 1)] == [utf16(TEXT[:at]) for at in range(len(TEXT) + 1)]
    assert utf16(TEXT) - len(TEXT) == sum(ord(char) > 0xFFFF for char in TEXT) > 6


RUTH = f"The caf{ACUTE} by the bridge closes on Monday 🚧, and nobody regrets it more."


@pytest.mark.parametrize(
    "where, words, found",
    [
        ("", RUTH, [RUTH]),
        ("", f"  {RUTH}\r\n", [RUTH]),
        ("", "We will run a ferry ⛴, … every ten minutes.", ["We will run a ferry ⛴,", "every ten minutes."]),
        ("", "We will run a ferry ⛴, [...] every ten minutes.", ["We will run a ferry ⛴,", "every ten minutes."]),
        ("", f"close {FLAG}\r\n\r\nRuth", [f"close {FLAG}\n\nRuth"]),
        ("", 'told the town that it "had no choice"', ["told the town that it “had no choice”"]),
        ("", GOTHIC, [GOTHIC]),
        ("", FLAG, [FLAG]),
        ("0–1", "", ["🌉"]),
        ("2-8", "", ["Bridge"]),
        ("2–8, 9–11", "Bridge … to", ["Bridge", "to"]),
        ("2–8", "Bridge\r\n", ["Bridge"]),
    ],
)
def test_words_and_places_are_found_to_the_character(where, words, found):
    spans = byhand.spans_of(TEXT, where, words)
    assert [TEXT[start:end] for start, end in spans] == found


@pytest.mark.parametrize(
    "where, words, field, sentence",
    [
        ("", "", "words", "Select the words in the text"),
        ("", "had no choice", "words", "stands in this text 2 times: 1"),
        ("", "Monday 🚧, and nobody regrets it less.", "words", "There is “Monday 🚧, and nobody regrets it more"),
        ("", "xyzzy", "words", "does not stand in this text."),
        ("", "every ten minutes. … We will run", "words", "“We will run” does not stand"),
        ("8–2", "", "where", "8–2 is no place: it must start before it ends"),
        ("2–9000", "", "where", "the text ends at"),
        ("twelve", "", "where", "“twelve” is no place: write where it starts and ends, as in 120–145."),
        ("9–11, 2–8", "", "where", "2–8 starts inside the place before it"),
        ("20–22", "", "where", "There are no words at 20–22."),
        ("2–8", "Ferry", "where", "At 2–8 stands “Bridge”, and not “Ferry”"),
    ],
)
def test_what_is_not_clear_is_said_in_a_sentence(where, words, field, sentence):
    with pytest.raises(byhand.Unclear) as caught:
        byhand.spans_of(TEXT, where, words)
    assert sentence in str(caught.value)
    assert caught.value.field == field


# --- marking -------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def article() -> Article:
    return make_article(TEXT)


def reader_of(*found: str, version: str = "9"):
    """A reader that finds these words, each an unnamed direct quote."""

    def read(text: str, context: Context) -> m.Reading:
        spans = sorted(m.Span(text.index(words), text.index(words) + len(words)) for words in found)
        return m.Reading(
            version, quotes=tuple(m.Quotation((span,), "direct", (span,), confidence=0.6) for span in spans)
        )

    return read


@pytest.fixture
def desk(admin_client):
    return admin_client


def post(client, article: Article, query: str = "", **fields: str):
    article.refresh_from_db()
    data = {"capture": capture_of(article).uid, "what": "quote", "kind": "direct", "passage": "body", **fields}
    return client.post(reverse("admin:articles_by_hand", args=[article.pk]) + query, data)


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["form"].errors)


def test_words_pasted_become_a_quote_that_is_accepted_and_public(desk, article):
    ruth = make_person()
    response = post(desk, article, words=RUTH + "\r\n", speaker="Ruth Ashdown", reason="The reader missed it.")
    assert response.status_code == 302
    quote = Quote.objects.get()
    assert quote.text == RUTH == TEXT[quote.start : quote.end]
    assert (quote.status, quote.reader, quote.public, quote.kind) == ("accepted", "", True, "direct")
    assert quote.attributions.get().person == ruth
    assert set(quote.decided) == {"status", "kind", "spans", "speaker"}
    assert ledger.faults(quote) == []
    (batch,) = set(Decision.objects.values_list("batch", flat=True))
    assert set(Decision.objects.values_list("reason", flat=True)) == {"The reader missed it."}
    curation.undo(Decision.objects.filter(batch=batch), by=None)
    quote.refresh_from_db()
    assert (quote.status, quote.found, quote.public, quote.decided) == ("suggested", False, False, [])


@pytest.mark.parametrize(
    "machine", [RUTH, RUTH[4:], RUTH[:-10], f"{FAMILY} said: “{RUTH}"], ids=["same", "later", "shorter", "earlier"]
)
@pytest.mark.parametrize("first", ["machine", "hand"])
def test_the_machine_reads_nothing_beside_a_quote_by_hand(machine, first, article):
    reader = reader_of(machine)
    spans, by_hand = find(TEXT, RUTH), None
    if first == "machine":
        pipeline.read_again(article, reader)
    capture = capture_of(Article.objects.get())
    by_hand = byhand.mark_quote(capture, spans, kind="direct", speaker=make_person(), by=None)
    for again in (reader, reader_of(), reader_of(machine, version="10")):
        pipeline.read_again(article, again)
        quote = Quote.objects.get()
        assert (quote.uid, quote.text, quote.status, quote.public) == (by_hand.uid, RUTH, "accepted", True)
        assert (quote.reader == "") == (first == "hand")
        assert speaker_of(quote).name == "Ruth Ashdown"
    assert ledger.faults(quote) == []


def test_a_quote_broken_by_other_words_has_its_spans(desk, article):
    post(desk, article, words="We will run a ferry ⛴, … every ten minutes.", speaker="Martin Keele")
    quote = Quote.objects.get()
    assert quote.spans == find(TEXT, "We will run a ferry ⛴, … every ten minutes.")
    assert Person.objects.get().status == "candidate", "a new name is a candidate"


@pytest.mark.parametrize(
    "fields, field, sentence",
    [
        ({"words": "had no choice"}, "words", "2 times"),
        ({"words": "Ruth Ashdown", "what": "mention"}, "person", "Say who is named."),
        ({"words": "Ruth Ashdown", "what": "mention", "person": "Sam Poole"}, "person", "2 people go by the name of Sam Poole"),
        ({"words": RUTH, "speaker": "Ashdown"}, "speaker", "Nobody in the corpus goes by “Ashdown”"),
        ({"words": "We will run … minutes", "what": "passage"}, "where", "only quotes are broken by other words"),
        ({"words": RUTH, "capture": "elsewhere"}, "__all__", "A newer capture"),
        ({"words": RUTH, "what": "poem"}, "what", "not one of the available choices"),
    ],
)  # fmt: skip
def test_the_form_says_what_is_wrong_and_marks_nothing(fields, field, sentence, desk, article):
    make_person("Sam Poole"), make_person("Sam Poole")
    assert sentence in str(errors(post(desk, article, **fields))[field])
    assert not Quote.objects.exists()
    assert not Decision.objects.exists()


def test_a_quote_is_changed_and_only_what_differs_is_decided(desk, article):
    quote = make_quote(article, "closes on Monday", speaker=make_person())
    page = desk.get(reverse("admin:articles_by_hand", args=[article.pk]) + f"?quote={quote.uid}")
    shown = page.context["form"].initial
    assert (shown["words"], shown["speaker"]) == ("closes on Monday", "Ruth Ashdown")
    start = quote.start
    fields = {**shown, "where": f"{start}-{quote.end + 2}", "words": ""}
    post(desk, article, f"?quote={quote.uid}", **fields)
    quote.refresh_from_db()
    assert (quote.text, quote.decided) == ("closes on Monday 🚧", ["spans"])
    post(desk, article, f"?quote={quote.uid}", **(fields | {"kind": "mixed"}))
    quote.refresh_from_db()
    assert (quote.kind, quote.decided, speaker_of(quote).name) == (
        "mixed",
        ["spans", "kind"],
        "Ruth Ashdown",
    )


@pytest.mark.parametrize(
    "mine, conflict, kept",
    [
        ({"kind": "mixed"}, False, ("mixed", "closes on Monday 🚧")),
        ({"where": "{start}-{shorter}", "words": ""}, True, ("direct", "closes on Monday 🚧")),
    ],
)
def test_what_a_colleague_changed_meanwhile_is_never_lost(mine, conflict, kept, desk, article):
    quote = make_quote(article, "closes on Monday", speaker=make_person())
    query = f"?quote={quote.uid}"
    shown = desk.get(reverse("admin:articles_by_hand", args=[article.pk]) + query).context["form"].initial
    opened = {**shown, **{f"initial-{name}": shown[name] for name in ("where", "kind", "speaker")}}
    longer = {"capture": capture_of(article).uid, "spans": [[quote.start, quote.end + 2]]}
    curation.decide_quotes([quote], {"spans": longer}, by=None)
    mine = {name: value.format(start=quote.start, shorter=quote.start + 6) for name, value in mine.items()}
    answer = post(desk, article, query, **(opened | mine))
    quote.refresh_from_db()
    assert (quote.kind, quote.text) == kept
    assert answer.status_code == (409 if conflict else 302)
    if conflict:
        page = answer.content.decode()
        assert "<p>closes on Monday 🚧</p>" in page
        assert "<p>closes</p>" in page
        # What was chosen is what is sent; what it was opened with is as it is now.
        again = dict(answer.context["again"]) | {"initial-where": f"{quote.start}–{quote.end}", "choose-where": "mine"}
        assert post(desk, article, query, **again).status_code == 302
        quote.refresh_from_db()
        assert quote.text == "closes"


def test_a_speaker_that_is_left_alone_need_not_be_told_from_a_namesake(desk, article):
    quote = make_quote(article, "closes on Monday", speaker=make_person("Sam Poole"))
    make_person("Sam Poole")
    query = f"?quote={quote.uid}"
    shown = desk.get(reverse("admin:articles_by_hand", args=[article.pk]) + query).context["form"].initial
    assert post(desk, article, query, **(shown | {"kind": "mixed"})).status_code == 302
    quote.refresh_from_db()
    assert (quote.kind, quote.decided) == ("mixed", ["kind"])


def test_an_entry_dates_the_quotes_in_it_and_undoing_takes_it_away(monkeypatch, desk, article):
    monkeypatch.setattr("articles.curation.pipeline.read_again", lambda a: taking_in.read_again(a, reader_of(RUTH)))
    pipeline.read_again(article)
    words = TEXT[TEXT.index("Ruth") : TEXT.index("\n\nMartin")]
    post(desk, article, what="entry", words=words, time="09:30", day="2024-03-13")
    entry = Passage.objects.get(kind="entry")
    assert (str(entry.day), str(entry.time), entry.basis) == ("2024-03-13", "09:30:00", "entered")
    assert entry.heading.startswith("Ruth Ashdown")
    assert TEXT[entry.start : entry.end] == TEXT[TEXT.index("Ruth") :].rstrip(), (
        "it goes on to the next one, or the end"
    )
    quote = Quote.objects.get()
    assert (quote.entry, quote.moment) == (entry, 202403130930)
    post(desk, article, what="entry", words="“We will run a ferry ⛴,”", time="10:00")
    first, second = Passage.objects.filter(kind="entry").order_by("start")
    assert TEXT[first.end : second.start] == "\n\n", "one entry ends where the next begins"
    assert (second.heading[:12], str(second.day)) == ("“We will run", "2024-03-12")
    response = post(desk, article, what="entry", where=f"0-{first.start + 20}")
    assert "It crosses what somebody marked as live blog entry" in str(errors(response)["where"])
    curation.undo(Decision.objects.filter(thing="articles.passage"), by=None)
    assert not Passage.objects.exists()
    assert Quote.objects.get().moment == article.moment


def test_furniture_by_hand_hides_its_quotes_and_is_no_longer_searched(monkeypatch, desk, article):
    monkeypatch.setattr("articles.curation.pipeline.read_again", lambda a: taking_in.read_again(a, reader_of(RUTH)))
    pipeline.read_again(article)
    assert Article.objects.matching("regrets").exists()
    post(desk, article, what="passage", passage="promo", words=TEXT[TEXT.index("Ruth") : TEXT.index("\n\nMartin")])
    assert not Article.objects.matching("regrets").exists()
    assert not Quote.objects.get().found


def test_a_mention_by_hand_and_one_that_names_nobody(desk, article):
    post(desk, article, what="mention", words="Ruth Ashdown", person="Ruth Ashdown")
    mention = Mention.objects.get()
    ruth = Person.objects.get(name="Ruth Ashdown")
    assert (mention.printed, mention.person, mention.rejected) == ("Ruth Ashdown", ruth, False)
    pipeline.read_again(article, reader_of())
    assert Mention.objects.get().person == mention.person
    post(desk, article, nobody=mention.uid)
    assert Mention.objects.get().rejected
    curation.undo(Decision.objects.all(), by=None)
    assert Mention.objects.get().rejected, "nobody says any longer that somebody is named"
    pipeline.read_again(article, reader_of())
    assert not Mention.objects.exists()


def test_whoever_may_not_add_quotes_marks_none(client, django_user_model, article):
    user = django_user_model.objects.create_user("ned", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(user)
    assert client.get(reverse("admin:articles_by_hand", args=[article.pk])).status_code == 200
    assert post(client, article, words=RUTH).status_code == 403
    assert client.get(reverse("admin:articles_correct", args=[article.pk])).status_code == 403
    assert not Quote.objects.exists()


def test_the_text_on_the_screen_is_the_text_to_the_character(desk, article):
    make_quote(article, RUTH)
    page = desk.get(reverse("admin:articles_by_hand", args=[article.pk]))
    lines = [line for line, _ in page.context["lines"]]
    assert "".join(token.text for line in lines for token in line.tokens) == TEXT.replace("\n", "")
    assert [utf16(TEXT[: TEXT.index("Martin")])] == [
        line.at for line in lines if line.tokens[0].text.startswith("Martin")
    ]


def test_the_screen_costs_the_same_for_one_quote_and_for_many(desk, article):
    address = reverse("admin:articles_by_hand", args=[article.pk])
    make_quote(article, RUTH, speaker=make_person())
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    for words, name in [("every ten minutes", "Martin Keele"), ("a ferry", "Sam Poole"), ("Ruth Ashdown", "Jo Reeve")]:
        byhand.mark_quote(capture_of(article), find(TEXT, words), kind="mixed", speaker=make_person(name), by=None)
        byhand.mark_mention(capture_of(article), find(TEXT, words)[0], person=make_person(name), by=None)
    with CaptureQueriesContext(connection) as many:
        desk.get(address)
    assert len(many) <= len(few) + 1, "the decisions on their status, which one quote without any does not ask for"
    assert len(many) <= 16


# --- correcting ----------------------------------------------------------------------------------------------------


def test_a_correction_is_shown_first_and_then_carries_everything_over(desk, article, monkeypatch):
    monkeypatch.setattr("articles.pipeline.taking_in.read", reader_of())
    ruth = make_person()
    byhand.mark_quote(capture_of(article), find(TEXT, RUTH), kind="direct", speaker=ruth, by=None)
    byhand.mark_quote(capture_of(article), find(TEXT, "every ten minutes."), kind="direct", speaker=None, by=None)
    byhand.mark_mention(capture_of(article), find(TEXT, "Ruth Ashdown")[0], person=ruth, by=None)
    address = reverse("admin:articles_correct", args=[article.pk])
    text = TEXT.replace("every ten", "every twelve").replace("Bridge to", "Old bridge to").replace("\n", "\r\n")
    data = {"capture": capture_of(article).uid, "text": text.rstrip(), "reason": "OCR."}
    preview = desk.post(address, data).context["preview"]
    assert Article.objects.get().captures.count() == 1, "nothing is stored yet"
    assert [fate.words for fate in preview.orphaned] == ["every ten minutes."]
    assert {fate.words for fate in preview.moved} == {RUTH, "Ruth Ashdown"}
    assert [piece for change in preview.changes for piece in change.pieces if piece[1]] == [
        ("Bridge", True, False), ("ten", True, False),
    ]  # fmt: skip
    assert desk.post(address, data | {"correct": "1"}).status_code == 302
    article.refresh_from_db()
    capture = capture_of(article)
    assert (capture.number, capture.how, capture.origin) == (2, "correction", "corrected by admin: OCR.")
    assert capture.text == text.replace("\r\n", "\n")
    assert bytes(article.captures.get(number=1).raw).decode() == TEXT
    assert {q.anchor for q in Quote.objects.all()} == {"moved", "orphaned"}
    assert Mention.objects.get().capture == article.capture
    make_capture(article, "Another text altogether.")
    page = desk.get(reverse("admin:articles_by_hand", args=[article.pk]))
    assert [tuple(row[1:]) for row in page.context["left"]] == [("Ruth Ashdown", "Ruth Ashdown")]
    assert "A newer capture" in str(errors(desk.post(address, data | {"correct": "1"}))["__all__"])
    for row in (*Quote.objects.all(), *Mention.objects.all()):
        assert ledger.faults(row) == []


def test_nothing_changed_is_said_so(desk, article):
    address = reverse("admin:articles_correct", args=[article.pk])
    data = {"capture": capture_of(article).uid, "text": TEXT.replace("\n", "\r\n").rstrip(), "reason": "?"}
    assert "nothing would change" in str(errors(desk.post(address, data))["text"])


@pytest.mark.parametrize("by", ["place", "words"])
@pytest.mark.parametrize("status", ["accepted", "suggested"])
def test_an_orphan_is_shown_with_its_likely_place_and_put_there(status, by, desk, article):
    quote = make_quote(article, "closes on Monday 🚧, and nobody regrets it more.", status=status)
    text = "Corrected. " + TEXT.replace("nobody regrets it", "no one regrets it")
    before = capture_of(article)
    carrying_over.carry_over(article, before, make_capture(article, text))
    page = desk.get(reverse("admin:articles_orphan", args=[quote.pk]))
    wanted = "closes on Monday 🚧, and no one regrets it more."
    assert page.context["found"] == wanted
    said = {"where": page.context["where"]} if by == "place" else {"words": wanted}
    current = capture_of(article)
    Quote.objects.update(found=False)  # the reader does not find it in the new text
    for _ in range(2):  # a colleague was faster, the second time
        response = desk.post(reverse("admin:articles_orphan", args=[quote.pk]), {"capture": current.uid, **said})
        assert response.status_code == 302
    quote = Quote.objects.get()
    assert (quote.text, quote.anchor, quote.capture, quote.public) == (wanted, "moved", current, True)
    assert "Somebody else has put it" in desk.get(response.url).content.decode()
    assert ledger.faults(quote) == []


def test_an_orphan_takes_the_place_of_what_the_machine_has_come_to_suggest_there(monkeypatch):
    article = make_article(TEXT)
    quote = make_quote(article, RUTH, speaker="Ruth Ashdown")
    curation.accept([quote], by=None)
    text = TEXT.replace("nobody regrets", "no one regrets")
    again = reader_of(RUTH.replace("nobody regrets", "no one regrets"))
    monkeypatch.setattr("articles.pipeline.taking_in.read", again)
    monkeypatch.setattr("articles.curation.pipeline.read_again", lambda a: taking_in.read_again(a, again))
    pipeline.correct(article, text, of=capture_of(article), by="hetty", reason="OCR.")
    (suggested,) = Quote.objects.exclude(pk=quote.pk)
    assert suggested.found
    quote.refresh_from_db()
    spans = {"capture": capture_of(article).uid, "spans": byhand.likely(quote, text)}
    curation.decide_quotes([quote], {"spans": spans}, by=None)
    assert {row.pk: row.found for row in Quote.objects.all()} == {quote.pk: True, suggested.pk: False}
    assert [row.uid for row in Quote.objects.public()] == [quote.uid]
    curation.undo(Decision.objects.filter(field="spans"), by=None)
    assert (Quote.objects.get(pk=quote.pk).anchor, Quote.objects.get(pk=suggested.pk).found) == ("orphaned", True)
    curation.decide_quotes([Quote.objects.get(pk=quote.pk)], {"spans": spans}, by=None)
    for _ in range(2):
        taking_in.read_again(article, again)
        assert {row.uid: row.found for row in Quote.objects.all()} == {quote.uid: True, suggested.uid: False}
    curation.undo(Decision.objects.filter(field="spans"), by=None)
    assert Quote.objects.get(pk=quote.pk).anchor == "moved", "the machine has come to read it there too"


def test_an_orphan_is_not_put_where_nobody_can_say(desk, article):
    quote = make_quote(article, "closes on Monday")
    before = capture_of(article)
    carrying_over.carry_over(article, before, make_capture(article, "Something else. Something else."))
    address = reverse("admin:articles_orphan", args=[quote.pk])
    assert desk.get(address).context["likely"] is None
    for said in ({}, {"words": "Something else."}, {"where": "3–1"}):
        assert desk.post(address, {"capture": capture_of(article).uid, **said}).context["error"]
    assert Quote.objects.get().anchor == "orphaned"
    desk.post(address, {"capture": capture_of(article).uid, "reject": "1"})
    assert Quote.objects.get().status == "rejected"
