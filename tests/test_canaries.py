"""Canaries: words planted in every field the public may not see; then every address, format and filter is crawled."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
from django.test import Client

from articles import curation
from articles.models import Article, Attribution, Job, Match, Quote, Reading, Report, Suspicion, Utterance
from corpus.models import Decision
from people.models import Name, Role
from tests.factories import (
    make_article,
    make_capture,
    make_mention,
    make_passage,
    make_person,
    make_quote,
    make_source,
    make_story,
    make_utterance,
    settle,
)

#: Every planted word begins so, and nothing else does: a uid has no vowels, so that none spells it by chance.
CANARY = "zuqa"
#: More addresses than this mean that something links to endless variants of itself.
MOST_ADDRESSES = 3_000

PUBLIC = """Bridge to close for two years

Ruth Ashdown, leader of the council, said: “The bridge will close on Monday.”

Keele said the town “had no choice”. “It rained,” “it poured” and “it snowed”, he said.
"""
EXCERPTS = f"""Ferry to run

{"The ferry was built a long time ago and nobody remembers by whom. " * 12}zuqafarbefore {"It rained. " * 60}

Gwen Tallis said: “We will run a ferry every ten minutes.”

{"It rained. " * 60}zuqafarafter
"""


@pytest.fixture
def planted(db, django_user_model):
    """A small public corpus with a canary in everything that is hidden."""
    editor = django_user_model.objects.create_user("zuqaeditor", "zuqamail@example.org", first_name="zuqafirst")
    source = make_source("Aldermouth Mercury")
    hidden_person = make_person(
        "Zuqahidden Person", aliases=["zuqaalias"], roles=["zuqarole, zuqabody"], note="zuqanote"
    )
    ruth = make_person("Ruth Ashdown", note="zuqapublicnote", status="curated", roles=["leader, Aldermouth council"])

    article = make_article(PUBLIC, source=source, byline="Hester Lyle", gated=False)
    make_quote(article, "The bridge will close on Monday.", speaker=ruth, gated=False)
    unsettled = make_quote(
        article, "had no choice", speaker=hidden_person, printed="Keele", speaker_confidence=0.4, gated=False
    )
    Attribution.objects.filter(quote=unsettled).update(name="Zuqaguess Name")
    # The words of a hidden quote stand in the public text; that they are a quote, whose, and why, is hidden.
    hiding: dict[str, dict[str, Any]] = {
        "It rained,": {"status": "rejected"},
        "it poured": {"status": "suggested", "confidence": 0.2},
        "it snowed": {"anchor": "orphaned"},
    }
    for words, fields in hiding.items():
        lost = make_quote(article, words, speaker=hidden_person, candidates=["zuqacandidate"], gated=False, **fields)
        Quote.objects.filter(pk=lost.pk).update(
            text=f"zuqahiddenquote {words}",
            cue="zuqacue",
            prefix="zuqaprefix",
            suffix="zuqasuffix",
            reasons=["zuqareason"],
        )
    make_mention(article, "Keele", hidden_person)
    assert article.capture is not None
    Reading.objects.create(capture=article.capture, reader="1", record={"zuqarecord": "zuqarecord"})
    curation.decide_quotes([unsettled], {"kind": "mixed"}, by=editor, reason="zuqabecause")

    excerpts = make_article(EXCERPTS, source=make_source("Severn Gazette", rights="excerpts"), gated=False)
    make_quote(excerpts, "We will run a ferry every ten minutes.", speaker=make_person("Gwen Tallis"), gated=False)
    make_passage(excerpts, "promo", "zuqafarafter", reason="zuqapassagereason")

    shut = make_source("Zuqashut Source", rights="none", homepage="https://zuqahome.example/")
    hidden = [
        make_article(_hidden("draft"), source=source, status="draft", byline="zuqabyline", gated=False),
        make_article(_hidden("withheld"), source=source, status="withheld", url="https://a.example/zuqaurl",
                     url_key="https://a.example/zuqaurl", gated=False),
        make_article(_hidden("shut"), source=shut, gated=False),
        make_article(_hidden("sourceless"), source=source, status="draft", gated=False),
    ]  # fmt: skip
    Article.objects.filter(pk=hidden[-1].pk).update(source=None)
    # A public article is a copy of a hidden one, and looks like one of another.
    Article.objects.filter(pk=article.pk).update(copy_of=hidden[0])
    # What readers report is between them and the editors.
    for row in (article, excerpts, *hidden):
        Report.objects.create(article=row, kind="other", text="zuqareport", email="zuqareader@example.org")
    Report.objects.create(article=article, kind="other", text="zuqareport", status="settled", note="zuqaanswer")
    Suspicion.objects.create(article=excerpts, original=hidden[1], share=0.5)
    for row in hidden:
        make_quote(row, "zuqaquoted words", speaker=hidden_person, gated=False)
    make_story("Zuqastory of nothing", [hidden[0]], description="zuqadescription")
    story = make_story("Aldermouth bridge", [article, excerpts, *hidden])

    Job.objects.create(kind="item", name="zuqajob", raw=b"zuqawaits", said={"text": "zuqawaits"}, error="zuqafailed")
    # What stood in an earlier capture, its bytes and its file name are the newsroom's own.
    make_capture(excerpts, f"{EXCERPTS}zuqaearlier\n")
    make_capture(excerpts, EXCERPTS, raw=b"<!-- zuqaraw -->", origin="clippings/zuqaorigin.html")
    Quote.objects.filter(article=excerpts).update(capture=excerpts.capture)
    settle([article, excerpts, *hidden])
    assert Quote.objects.public().count() == 3
    assert Article.objects.public().count() == 2
    # What was said once is reported by what is public and by what is not; and something only by what is not.
    kept_back = list(Quote.objects.filter(public=False).order_by("id"))
    ferry, closing = (Quote.objects.get(text__startswith=words) for words in ("We will run", "The bridge"))
    utterance = make_utterance(closing, ferry, *kept_back[::2], fullest=closing)
    unseen = make_utterance(*kept_back[1::2], occasion="zuqaoccasion", public=False)
    merged = Utterance.objects.create(merged_into=unseen, occasion="zuqamerged")
    first, second = sorted([closing, kept_back[0]], key=lambda quote: quote.pk)
    Match.objects.create(first=first, second=second, answer="other", likeness=0.5, reasons=["zuqamatch"])
    return {
        "shown": [article, excerpts, story, source, ruth, utterance, *Quote.objects.public()],
        "hidden": [*hidden, shut, hidden_person, unseen, *kept_back],
        "merged": merged,
        "original": hidden[0].uid,
        "editor": editor,
    }


def _hidden(word: str) -> str:
    return f"Zuqa{word} headline\n\nZuqaname Surname said: “zuqaquoted words” in zuqa{word}place.\n"


def crawl(client: Client, *starts: str) -> dict[str, str]:
    """Every address that can be reached by links from these, with the text of its answer."""
    seen: dict[str, str] = {}
    waiting = deque(starts)
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        assert len(seen) < MOST_ADDRESSES, f"Endless links? The last was {address}."
        response = client.get(address)
        assert response.status_code < 500, address
        content = response.getvalue()
        text = content.decode("utf-8", "replace") + str(dict(response.headers))
        seen[address] = text
        for link in _links(text):
            parts = urlsplit(urljoin(f"http://testserver{address}", link))
            if parts.netloc == "testserver" and parts.scheme == "http" and _worth_it(parts.path, parts.query, seen):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return seen


def _links(text: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r"(?:href|src|action)=\"([^\"]+)\"", text)] + re.findall(
        r"http://testserver[^\s\"'<>\\,]+", text
    )


def _worth_it(path: str, query: str, seen: dict[str, str]) -> bool:
    """Not the admin or files, and no more than one filter at once: their combinations have no end."""
    return not path.startswith(("/admin", "/static")) and len(parse_qsl(query, keep_blank_values=True)) <= 1


LISTS = ["quotes", "articles", "people", "sources", "stories", "utterances"]
#: Lists of the API that are no pages.
PARTS = ["captures", "passages", "entries", "mentions"]
OF_PARTS = ["include", "group_by", "empty", "empty!", "person", "source", "story", "current", "fields"]
FORMATS = ["", "json", "csv", "jsonl", "jsonld", "html", "api"]
PARAMETERS = {
    "q": ["the", "zuqa*", "bridge OR zuqahiddenquote", "-zuqafarbefore"],
    "speaker": ["ruth-ashdown", "zuqahidden-person"],
    "mentioned": ["zuqahidden-person"],
    "status": ["draft", "suggested", "rejected", "withheld"],
    "reading": ["automatic", "checked"],
    "kind": ["direct", "report", "individual"],
    "rights": ["none"],
    "source": ["aldermouth-mercury", "zuqashut-source"],
    "story": ["aldermouth-bridge", "zuqastory-of-nothing"],
    "fields": ["note", "decided", "suggestion", "raw", "origin", "text", "id"],
    "include": ["note", "captures", "text", "provenance", "history", "text,excerpts,passages,mentions,quotes,captures"],
    "via": ["zuqahidden-person"],
    "addressed_to": ["zuqahidden-person"],
    "person": ["ruth-ashdown", "zuqahidden-person"],
    "article_q": ["the", "zuqa*", "-zuqafarbefore bridge"],
    "quote_q": ["bridge", "zuqa*"],
    "empty": ["speaker", "entry", "person", "heading"],
    "empty!": ["speaker", "nested_in", "person"],
    "speaker_is": ["unresolved"],
    "current": ["false"],
    "copies": ["include", "exclude", "only", "zuqa"],
    "copy_of": ["zuqa"],
    "sort": ["relevance", "-confidence", "confidence", "note"],
    "count": ["1"],
    "page_size": ["1000"],
    "confidence__gte": ["0"],
    "found": ["false"],
    "public": ["false"],
    "conflict": ["true", "false"],
    "min_outlets": ["1", "2", "3"],
    "words_changed__gte": ["1"],
    "elsewhere": ["true", "false"],
    "group_by": [
        "speaker",
        "status",
        "speaker_is",
        "mentioned",
        "person",
        "entry",
        "article",
        "story",
        "source",
        "kind",
        "role",
        "month",
        "day",
    ],
}


@pytest.mark.django_db
def test_no_canary_sings_anywhere(client, planted):
    starts = ["/", "/robots.txt", "/sitemap.xml", "/api/", "/api/v1/", "/api/v1/schema/"]
    for plural in LISTS:
        for base in (f"/{plural}/", f"/api/v1/{plural}/"):
            starts.append(base)
            starts += [f"{base}?format={form}" for form in FORMATS if form]
            starts += [f"{base}?{urlencode({name: value})}" for name, values in PARAMETERS.items() for value in values]
            starts += [
                f"{base}?{name}!={value}" for name in ("speaker", "source", "kind") for value in PARAMETERS[name]
            ]
    for plural in PARTS:
        base = f"/api/v1/{plural}/"
        starts += [base, *(f"{base}?format={form}" for form in FORMATS if form)]
        starts += [f"{base}?{urlencode({name: value})}" for name in OF_PARTS for value in PARAMETERS[name]]
        rows = client.get(base).json()["results"]
        starts += [f"{base}{row['uid']}/{query}" for row in rows for query in ("", "?format=csv", "?format=jsonl")]
    for thing in planted["shown"]:
        address = thing.get_absolute_url()
        starts += [address, f"/api/v1{address}", f"{address}?format=json", f"/api/v1{address}?format=csv",
                   f"/api/v1{address}?format=jsonld"]  # fmt: skip
    answers = crawl(client, *dict.fromkeys(starts))
    assert len(answers) > 150
    for address, text in answers.items():
        # A page may repeat what was asked for; it may not know more of it.
        asked = set(re.findall(rf"{CANARY}[a-z-]*", address.lower()))
        sung = set(re.findall(rf"{CANARY}[a-z-]*", text.lower()))
        assert not {word for word in sung if not any(word in a or a in word for a in asked)}, f"{address} sings {sung}"
        assert planted["original"] not in text, f"{address} names what a copy was made of"
    assert sum("The bridge will close on Monday" in text for text in answers.values()) > 20


@pytest.mark.django_db
def test_what_is_hidden_has_no_address(client, planted):
    for thing in planted["hidden"]:
        for address in (thing.get_absolute_url(), f"/api/v1{thing.get_absolute_url()}"):
            response = client.get(address)
            assert response.status_code in {404, 410}, address
            asked = address.lower().rstrip("/").rsplit("/", 1)[-1]
            assert CANARY not in response.content.decode().lower().replace(asked, ""), address
        if isinstance(thing, Article | Quote):
            for below in ("report/", "cite.txt", "cite.json", *(["changes/"] if isinstance(thing, Article) else [])):
                response = client.get(f"{thing.get_absolute_url()}{below}")
                assert response.status_code in {404, 410}, below
                assert CANARY not in response.content.decode().lower(), below


@pytest.mark.django_db
def test_an_utterance_knows_its_public_forms_only(client, planted):
    """Counts too: the two that everybody may see, of the many that it has."""
    utterance = next(thing for thing in planted["shown"] if isinstance(thing, Utterance))
    assert utterance.quotes.count() > 2
    answer = client.get(utterance.get_absolute_url()).content.decode()
    assert "2 quotes put together" in answer
    for uid in utterance.quotes.filter(public=False).values_list("uid", flat=True):
        assert uid not in answer
        assert client.get(f"{utterance.get_absolute_url()}?base={uid}").status_code == 404
    # Who follows a merge into something hidden finds nothing there.
    assert client.get(planted["merged"].get_absolute_url(), follow=True).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("plural", LISTS)
def test_searching_for_a_hidden_word_is_like_searching_for_nonsense(client, planted, plural):
    """No count, no "did you mean", no empty page of another kind: the answers are the same but for the word asked for."""
    words = "zuqahiddenquote zuqafarbefore zuqafarafter zuqadraftplace zuqacandidate zuqaalias zuqanote zuqaguess zuqadescription"
    for word in words.split():
        nonsense = "v" * len(word)
        for base in (f"/{plural}/?q=", f"/api/v1/{plural}/?count=1&q=", f"/{plural}/?sort=relevance&q="):
            asked, other = (client.get(base + quote(text)).content.decode() for text in (word, nonsense))
            assert asked.replace(word, nonsense) == other, f"{base}{word}"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["speaker=zuqahidden-person", "source=zuqashut-source", "story=zuqastory-of-nothing"])
def test_filtering_by_somebody_hidden_is_like_filtering_by_nobody(client, planted, query):
    field, _, value = query.partition("=")
    nobody = "v" * len(value)
    plurals = ("quotes", "articles", "utterances")
    for base in (f"{before}/{plural}/" for before in ("", "/api/v1") for plural in plurals):
        asked, other = (client.get(f"{base}?{field}={text}") for text in (value, nobody))
        assert asked.status_code == other.status_code, base
        assert asked.content.decode().replace(value, nobody) == other.content.decode(), f"{base}?{query}"


def test_the_canaries_can_sing(client, planted):
    """The proof of the proof: with the gate wide open they are heard."""
    Quote.objects.filter(text__startswith="zuqahiddenquote it poured").update(public=True)
    assert "zuqahiddenquote" in client.get("/quotes/").content.decode()
    assert Decision.objects.filter(reason="zuqabecause").exists()
    assert Name.objects.filter(text="zuqaalias").exists()
    assert Role.objects.filter(title="zuqarole").exists()
    assert json.dumps(list(Reading.objects.values_list("record", flat=True))).count("zuqarecord") == 2
