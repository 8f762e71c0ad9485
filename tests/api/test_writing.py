"""Writing: who may do what, with which answer; each change a decision in the ledger, and nothing done twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from articles import curation
from articles.models import Article, Quote, Source
from corpus import roles, shared, tokens
from corpus.deadlocks import busy
from corpus.models import Decision, Replay, Token
from people.models import Person

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, or without one."""

    key: str = ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            given["Authorization"] = f"Bearer {self.key}"
        data = body if isinstance(body, str | bytes) else json.dumps(body if body is not None else {})
        return Client().generic(method, f"/api/v1/{path}", data, content_type="application/json", headers=given)

    def get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return Client().get(f"/api/v1/{path}", headers=headers)

    def change(self, path: str, body: Any) -> Any:
        """PATCH with the ETag that GET gives."""
        return self.send("PATCH", path, body, If_Match=self.get(path)["ETag"])


def caller(name: str, role: str, *scopes: str) -> Caller:
    roles.install()
    user, made = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if made:
        user.groups.add(Group.objects.get(name=role))
    return Caller(tokens.make(user, "script", scopes)[1])


ALL = ("read", "ingest", "curate")
WHO: dict[str, Callable[[], Caller]] = {
    "nobody": lambda: Caller(),
    "stranger": lambda: Caller("verbatim_nonsense"),
    "reader": lambda: caller("reader", roles.READER, *ALL),
    "editor": lambda: caller("editor", roles.EDITOR, *ALL),
    "curator": lambda: caller("curator", roles.EDITOR, "curate"),
    "feeder": lambda: caller("feeder", roles.EDITOR, "ingest"),
    "looker": lambda: caller("looker", roles.EDITOR, "read"),
    "chief": lambda: caller("chief", roles.CHIEF, *ALL),
}


@pytest.fixture
def editor() -> Caller:
    return WHO["editor"]()


@pytest.fixture
def chief() -> Caller:
    return WHO["chief"]()


def problem(response: Any) -> str:
    if response.status_code < 400:
        return ""
    assert response["Content-Type"] == PROBLEM, response.content
    said = response.json()
    assert said["status"] == response.status_code
    assert said["detail"].endswith((".", "”"))
    return said["type"].removeprefix("urn:verbatim:problem:")


NEWS = {"text": "Pier to open\n\n“We open in May,” said Ruth Ashdown."}
#: Who sends what, and what comes back. If_Match is what GET gave, unless a row says otherwise.
TABLE = """
    PATCH  quotes/{monday}/   nobody    {"kind": "mixed"}                      401 not-authenticated
    PATCH  quotes/{monday}/   stranger  {"kind": "mixed"}                      401 bad-token
    PATCH  quotes/{monday}/   looker    {"kind": "mixed"}                      403 not-allowed
    PATCH  quotes/{monday}/   feeder    {"kind": "mixed"}                      403 not-allowed
    PATCH  quotes/{monday}/   reader    {"kind": "mixed"}                      403 not-allowed
    PATCH  quotes/{monday}/   curator   {"kind": "mixed"}                      200
    PATCH  quotes/{monday}/   editor    {"kind": "mixed"}                      200
    PATCH  quotes/{rejected}/ curator   {"status": "accepted"}                 404 not-found
    PATCH  quotes/{rejected}/ editor    {"status": "accepted"}                 200
    PATCH  quotes/nothing/    editor    {"kind": "mixed"}                      404 not-found
    PATCH  quotes/{monday}/   editor    {}                                     400 invalid-body
    PATCH  quotes/{monday}/   editor    {"reason": "because"}                  400 invalid-body
    PATCH  quotes/{monday}/   editor    {"kind": "spoken"}                     400 invalid-body
    PATCH  quotes/{monday}/   editor    {"kind": 7}                            400 invalid-body
    PATCH  quotes/{monday}/   editor    {"text": "else"}                       400 invalid-body
    PATCH  quotes/{monday}/   editor    {"unsure": "yes"}                      400 invalid-body
    PATCH  quotes/{monday}/   editor    {"speaker": "nobody-here"}             400 invalid-body
    PATCH  quotes/{monday}/   curator   {"speaker": "{imran}"}                 400 invalid-body
    PATCH  quotes/{monday}/   curator   {"speaker": "{old}"}                   200
    POST   quotes/            curator   {"article": "{draft}", "text": "CANARY words"}  400 invalid-body
    PATCH  quotes/{monday}/   editor    {"speaker": ["ruth-ashdown", "ruth-ashdown"]}  400 invalid-body
    PATCH  quotes/{monday}/   editor    {"spans": [[5, 2]]}                    400 invalid-body
    PATCH  quotes/{monday}/   editor    {"spans": [[0, 99999]]}                400 invalid-body
    PATCH  quotes/{monday}/   editor    {"spans": [[0, 6], [4, 9]]}            400 invalid-body
    PATCH  quotes/{monday}/   editor    {"spans": [[0, true]]}                 400 invalid-body
    PATCH  quotes/{monday}/   editor    {"spans": [[0, 6], [7, 12]]}           200
    PATCH  quotes/{monday}/   editor    [1]                                    400 invalid-body
    PATCH  quotes/{monday}/   editor    {"kind":                               400 malformed-body
    PATCH  quotes/{monday}/?fields=uid&x=1  editor  {"kind": "mixed"}          400 invalid-parameters
    PATCH  articles/{blog}/   editor    {"headline": "Bridge shut"}            200
    PATCH  articles/{blog}/   editor    {"published": "2024-02"}               200
    PATCH  articles/{blog}/   editor    {"published": "soon"}                  400 invalid-body
    PATCH  articles/{blog}/   editor    {"status": "withheld"}                 403 not-allowed
    PATCH  articles/{blog}/   editor    {"source": "severn-gazette"}           403 not-allowed
    PATCH  articles/{blog}/   chief     {"source": "severn-gazette"}           200
    PATCH  articles/{blog}/   chief     {"status": "withheld", "public_note": "A court."}  200
    PATCH  articles/{blog}/   chief     {"public_note": "A court.", "kind": "report"}      400 invalid-body
    PATCH  articles/{draft}/  chief     {"status": "published"}                200
    PATCH  people/ruth-ashdown/ editor  {"name": "Ruth Ashdown-Lyle"}          200
    PATCH  people/{ruth}/     editor    {"pronouns": "she/her", "note": "Kind."}  200
    PATCH  people/{ruth}/     editor    {"name": " "}                          400 invalid-body
    PATCH  people/{ruth}/     editor    {"name": "…"}                          400 invalid-body
    PATCH  people/{old}/      editor    {"kind": "group"}                      412 changed-meanwhile
    GET    people/{old}/      editor    {}                                     301
    GET    people/{old}/      nobody    {}                                     301
    POST   people/            editor    {"name": "Ada Penhallow"}              201
    POST   people/            editor    {"name": "Cllr Ashdown"}               409 conflict
    POST   people/            editor    {"name": "Ruth Ashdown", "namesake": true}  201
    POST   people/            editor    {}                                     400 invalid-body
    POST   people/            feeder    {"name": "Ada Penhallow"}              403 not-allowed
    POST   people/{imran}/merge/  editor  {"into": "ruth-ashdown"}             403 not-allowed
    POST   people/{imran}/merge/  chief   {"into": "ruth-ashdown"}             200
    POST   people/{imran}/merge/  chief   {"into": "{imran}"}                  400 invalid-body
    POST   people/{imran}/merge/  chief   {"into": "nobody-here"}              400 invalid-body
    POST   people/nothing/merge/  chief   {"into": "ruth-ashdown"}             404 not-found
    POST   articles/          nobody    {"text": "A\\n\\nB"}                   401 not-authenticated
    POST   articles/          curator   {"text": "A\\n\\nB"}                   403 not-allowed
    POST   articles/          feeder    {"text": "Pier\\n\\n“Open,” said Ruth Ashdown."}  201
    POST   articles/          feeder    {"text": "A\\n\\nB", "publish": true}  403 not-allowed
    POST   articles/          feeder    {"html": "<html><body><p>“We open in May,” said Ruth Ashdown, the leader of the council, on Monday.</p></body></html>"}  201
    POST   articles/          feeder    {"html": "<html></html>"}              422 unprocessable
    POST   articles/          feeder    {"url": "https://mercury.example/2"}   422 unprocessable
    POST   articles/          feeder    {"url": "mercury"}                     400 invalid-body
    POST   articles/          feeder    {}                                     400 invalid-body
    POST   articles/          feeder    {"text": "A", "html": "B"}             400 invalid-body
    POST   articles/          feeder    {"text": "A", "published": "soon"}     400 invalid-body
    POST   articles/          feeder    {"text": "A", "story": "nothing"}      400 invalid-body
    POST   articles/          feeder    {"text": "A", "id": "7"}               400 invalid-body
    POST   articles/          feeder    {"text": "A\\n\\nB", "source": "pier-news", "source_name": "Pier News"}  403 not-allowed
    POST   articles/          chief     {"text": "A\\n\\nB", "source": "pier-news", "source_name": "Pier News"}  201
    POST   articles/          feeder    {"text": "A\\n\\nB", "source": "severn-gazette", "source_name": "Gazette"}  201
    POST   articles/          feeder    {"text": "A\\n\\nB", "published": "²⁰²⁴"}  400 invalid-body
    PATCH  articles/{blog}/   editor    {"published": "２０２４-²"}              400 invalid-body
    POST   quotes/            editor    {"article": "{blog}", "text": "told reporters the town"}  201
    POST   quotes/            editor    {"article": "{blog}", "text": "Martin Keele, her deputy"}  200
    POST   quotes/            editor    {"article": "{blog}", "spans": [[0, 6]]}  201
    POST   quotes/            editor    {"article": "{blog}", "text": "not there at all"}  400 invalid-body
    POST   quotes/            editor    {"article": "{blog}"}                  400 invalid-body
    POST   quotes/            editor    {"article": "nothing", "text": "x"}    400 invalid-body
    POST   quotes/            reader    {"article": "{blog}", "text": "x"}     403 not-allowed
    PATCH  quotes/            editor    [{"uid": "{monday}", "if_match": "*", "kind": "mixed"}]  207
    PATCH  quotes/            editor    [{"uid": "{monday}"}, {"uid": "{ferry}"}]  403 not-allowed
    PATCH  quotes/            editor    []                                     400 invalid-body
    PATCH  quotes/            editor    {}                                     400 invalid-body
    PATCH  quotes/            chief     [{"uid": "{monday}"}, {"uid": "{monday}"}]  400 invalid-body
    PATCH  quotes/?atomic=x   chief     [{"uid": "{monday}"}]                  400 invalid-parameters
    PATCH  quotes/{monday}/   editor    {"utterance": null}                    200
    PATCH  quotes/{choice}/   editor    {"utterance": "{utterance}"}           200
    PATCH  quotes/{choice}/   editor    {"utterance": "nothing"}               400 invalid-body
    PATCH  quotes/{choice}/   curator   {"utterance": "{hidden}"}              400 invalid-body
    PATCH  quotes/{choice}/   editor    {"utterance": 7}                       400 invalid-body
    PATCH  utterances/{utterance}/  nobody   {"occasion": "Town hall"}         401 not-authenticated
    PATCH  utterances/{utterance}/  reader   {"occasion": "Town hall"}         403 not-allowed
    PATCH  utterances/{utterance}/  curator  {"occasion": "Town hall"}         200
    PATCH  utterances/{utterance}/  editor   {"said_day": "2024-03-11"}        200
    PATCH  utterances/{utterance}/  editor   {"said_day": null, "occasion": ""}  200
    PATCH  utterances/{utterance}/  editor   {"said_day": "yesterday"}         400 invalid-body
    PATCH  utterances/{utterance}/  editor   {"fullest": "{ferry}"}            200
    PATCH  utterances/{utterance}/  editor   {"fullest": "{choice}"}           400 invalid-body
    PATCH  utterances/{utterance}/  editor   {"words_changed": 0}              400 invalid-body
    PATCH  utterances/{utterance}/  editor   {}                                400 invalid-body
    PATCH  utterances/{hidden}/     curator  {"occasion": "Town hall"}         404 not-found
    PATCH  utterances/{hidden}/     editor   {"occasion": "Town hall"}         200
    PATCH  utterances/{taken_up}/   editor   {"occasion": "Town hall"}         412 changed-meanwhile
    GET    utterances/{taken_up}/   nobody   {}                                301
    GET    matches/           nobody    {}                                     401 not-authenticated
    GET    matches/           curator   {}                                     403 not-allowed
    GET    matches/           reader    {}                                     200
    GET    matches/?answer=x  reader    {}                                     400 invalid-parameters
    GET    matches/{match}/   nobody    {}                                     401 not-authenticated
    GET    matches/{match}/   reader    {}                                     200
    GET    matches/nothing/   reader    {}                                     404 not-found
    POST   matches/{match}/answer/  nobody   {"answer": "other"}               401 not-authenticated
    POST   matches/{match}/answer/  reader   {"answer": "other"}               403 not-allowed
    POST   matches/{match}/answer/  looker   {"answer": "other"}               403 not-allowed
    POST   matches/{match}/answer/  editor   {"answer": "other"}               200
    POST   matches/{match}/answer/  curator  {"answer": "same"}                200
    POST   matches/{match}/answer/  editor   {"answer": "perhaps"}             400 invalid-body
    POST   matches/{match}/answer/  editor   {"answer": ""}                    400 invalid-body
    POST   matches/{match}/answer/  editor   {}                                400 invalid-body
    POST   matches/{unseen}/answer/  curator  {"answer": "same"}               404 not-found
    POST   matches/{unseen}/answer/  editor   {"answer": "different"}          200
    POST   matches/nothing/answer/  editor   {"answer": "same"}                404 not-found
    GET    decisions/         nobody    {}                                     401 not-authenticated
    GET    decisions/         curator   {}                                     403 not-allowed
    GET    decisions/         reader    {}                                     200
    GET    decisions/?thing=x reader    {}                                     400 invalid-parameters
    GET    decisions/?cursor=x reader   {}                                     400 invalid-parameters
    POST   decisions/nothing/undo/  editor  {}                                 404 not-found
    GET    quotes/?status=rejected  nobody   {}                                400 invalid-parameters
    GET    quotes/?status=rejected  curator  {}                                403 not-allowed
    GET    quotes/?status=rejected  looker   {}                                200
    GET    quotes/{rejected}/ curator   {}                                     404 not-found
    GET    quotes/{rejected}/ looker    {}                                     200
    GET    articles/{draft}/  looker    {}                                     200
    PUT    quotes/{monday}/   editor    {}                                     405 method-not-allowed
    DELETE quotes/{monday}/   chief     {}                                     405 method-not-allowed
    POST   sources/           nobody    {"name": "Pier News"}                  401 not-authenticated
    POST   sources/           editor    {"name": "Pier News"}                  403 not-allowed
    POST   sources/           chief     {"name": "Pier News", "domains": ["pier.example"], "country": "gb"}  201
    POST   sources/           chief     {"name": "Aldermouth Mercury"}         409 conflict
    POST   sources/           chief     {"name": "…"}                          400 invalid-body
    POST   sources/           chief     {"name": "Pier", "homepage": "pier"}   400 invalid-body
    POST   sources/           chief     {"name": "Pier", "country": "Wales"}   400 invalid-body
    PATCH  sources/aldermouth-mercury/  chief  {"rights": "excerpts"}          200
    PATCH  sources/aldermouth-mercury/  editor  {"rights": "excerpts"}         403 not-allowed
    PATCH  sources/aldermouth-mercury/  chief  {"domains": ["a/b"]}            400 invalid-body
    POST   stories/           editor    {"name": "The pier", "add": ["{blog}"]}  201
    POST   stories/           editor    {"name": "The bridge"}                 409 conflict
    PATCH  stories/the-bridge/  editor  {"remove": ["{blog}"]}                 200
    PATCH  stories/the-bridge/  editor  {"add": ["nothing"]}                   400 invalid-body
    PATCH  stories/the-bridge/  curator  {"add": ["{draft}"]}                  400 invalid-body
"""


def rows() -> list[Any]:
    found = []
    for line in TABLE.strip().splitlines():
        method, path, who, rest = line.split(None, 3)
        body, _, said = rest.rpartition("   ") if rest.count("   ") else rest.rpartition("  ")
        status, _, kind = said.strip().partition(" ")
        found.append(
            pytest.param(method, path, who, body.strip(), int(status), kind, id=f"{method} {path} {who} {status}")
        )
    return found


@pytest.mark.parametrize("method, path, who, body, status, kind", rows())
def test_what_comes_back(
    corpus: dict[str, Any], method: str, path: str, who: str, body: str, status: int, kind: str
) -> None:
    for name, thing in corpus.items():
        path, body = (text.replace(f"{{{name}}}", thing.uid) for text in (path, body))
    one = WHO[who]()
    headers = {"If_Match": one.get(path).get("ETag", '"none"')} if method == "PATCH" else {}
    response = one.send(method, path, body, **headers)
    assert (response.status_code, problem(response)) == (status, kind), response.content
    if status == 401:
        assert response["WWW-Authenticate"].startswith("Bearer")
    assert "RateLimit-Remaining" in response


def test_what_is_hidden_is_as_what_is_not_there(corpus: dict[str, Any]) -> None:
    curator = WHO["curator"]()

    def answer(path: str, body: Any, key: str) -> str:
        said = curator.send(
            "PATCH", path.replace("KEY", key), json.loads(json.dumps(body).replace("KEY", key)), If_Match="*"
        )
        assert said.status_code in {400, 404}, said.content
        return str(said.json()).replace(key, "…")

    rejected, imran, herald = (corpus[name].uid for name in ("rejected", "imran", "herald"))
    monday, blog = (corpus[name].uid for name in ("monday", "blog"))
    for path, body, key in (
        ("quotes/KEY/", {"kind": "mixed"}, rejected),
        (f"quotes/{monday}/", {"speaker": "KEY"}, imran),
        ("articles/KEY/", {"kind": "report"}, corpus["draft"].uid),
        (f"articles/{blog}/", {"source": "KEY"}, herald),
        ("people/KEY/", {"kind": "group"}, imran),
        ("stories/the-bridge/", {"add": ["KEY"]}, corpus["draft"].uid),
    ):
        assert answer(path, body, key) == answer(path, body, "b" * 10), path


# --- decisions


def test_a_change_is_a_decision_with_user_and_reason(corpus: dict[str, Any], editor: Caller) -> None:
    quote, imran = corpus["monday"], corpus["imran"]
    response = editor.change(f"quotes/{quote.uid}/", {"speaker": imran.slug, "reason": "Heard on tape."})
    assert response.status_code == 200, response.content
    [speaker] = response.json()["speakers"]
    assert (speaker["person"]["uid"], speaker["printed"], speaker["by"]) == (imran.uid, "Ruth Ashdown", "editor")
    decision = Decision.objects.get(thing="articles.quote", thing_uid=quote.uid, field="speaker")
    assert (str(decision.by), decision.by_name, decision.reason) == ("editor", "editor", "Heard on tape.")
    assert editor.get(f"quotes/{quote.uid}/").json() == response.json()
    assert editor.get(f"quotes/{quote.uid}/")["ETag"] == response["ETag"]


def test_what_is_left_out_stays_and_saying_it_again_is_no_decision(corpus: dict[str, Any], editor: Caller) -> None:
    path = f"quotes/{corpus['choice'].uid}/"
    editor.change(path, {"status": "accepted", "kind": "direct", "unsure": True, "note": "Ask."})
    quote = Quote.objects.get(uid=corpus["choice"].uid)
    assert (quote.status, quote.kind, quote.unsure, quote.note) == ("accepted", "direct", True, "Ask.")
    number = Decision.objects.count()
    assert editor.change(path, {"kind": "direct"}).status_code == 200
    assert Decision.objects.count() == number


def test_several_speakers_and_nobody(corpus: dict[str, Any], editor: Caller) -> None:
    path = f"quotes/{corpus['choice'].uid}/"
    both = editor.change(path, {"speaker": [corpus["imran"].uid, "ruth-ashdown"]}).json()["speakers"]
    assert [row["person"]["uid"] for row in both] == [corpus["imran"].uid, corpus["ruth"].uid]
    assert [row["printed"] for row in both] == ["The deputy", ""]
    [nobody] = editor.change(path, {"speaker": None}).json()["speakers"]
    assert (nobody["person"], nobody["kind"], nobody["printed"]) == (None, "unnamed", "The deputy")


def test_whoever_was_merged_stands_for_the_survivor(corpus: dict[str, Any], editor: Caller) -> None:
    response = editor.change(f"quotes/{corpus['monday'].uid}/", {"speaker": corpus["old"].uid})
    assert response.json()["speakers"][0]["person"]["uid"] == corpus["ruth"].uid


def test_a_former_name_stays_a_name(corpus: dict[str, Any], editor: Caller) -> None:
    said = editor.change("people/ruth-ashdown/", {"name": "Ruth Lyle", "reason": "Married."}).json()
    assert said["name"] == "Ruth Lyle"
    assert "Ruth Ashdown" in [name["text"] for name in said["names"]]


def test_a_new_person_is_a_decision_too(corpus: dict[str, Any], editor: Caller) -> None:
    response = editor.send("POST", "people/", {"name": "Ada Penhallow", "kind": "group", "reason": "New."})
    person = Person.objects.get(slug="ada-penhallow")
    assert response["Location"] == f"http://testserver/api/v1/people/{person.uid}/"
    assert (person.status, person.kind) == ("curated", "group")
    assert set(Decision.objects.filter(thing_uid=person.uid).values_list("by_name", "reason")) == {("editor", "New.")}


def test_a_merge_and_back(corpus: dict[str, Any], chief: Caller) -> None:
    ruth, imran = corpus["ruth"], corpus["imran"]
    stays = chief.send("POST", f"people/{ruth.uid}/merge/", {"into": imran.uid, "reason": "One."})
    assert stays.json()["uid"] == imran.uid
    assert Person.objects.get(pk=ruth.pk).canonical_id == imran.pk
    [row] = chief.get(f"decisions/?uid={ruth.uid}&field=merged_into").json()["results"]
    assert (row["thing"], row["by"], row["reason"], row["after"]) == ("people", "chief", "One.", imran.uid)
    undone = chief.send("POST", f"decisions/{row['uid']}/undo/", {"reason": "Two."})
    assert undone.json() == {"undone": 1}
    assert Person.objects.get(pk=ruth.pk).canonical_id == ruth.pk
    latest = chief.get(f"decisions/?uid={ruth.uid}").json()["results"][0]
    assert (latest["undoes"], latest["reason"]) == (row["uid"], "Two.")
    assert chief.send("POST", f"decisions/{row['uid']}/undo/").json() == {"undone": 0}


# --- preconditions


def test_if_match_guards_every_change(corpus: dict[str, Any], editor: Caller) -> None:
    path = f"quotes/{corpus['monday'].uid}/"
    missing = editor.send("PATCH", path, {"kind": "mixed"})
    assert (missing.status_code, problem(missing)) == (428, "precondition-required")
    known = editor.get(path)["ETag"]
    assert editor.send("PATCH", path, {"kind": "mixed"}, If_Match=known).status_code == 200
    stale = editor.send("PATCH", path, {"kind": "indirect"}, If_Match=known)
    assert (stale.status_code, problem(stale)) == (412, "changed-meanwhile")
    assert Quote.objects.get(uid=corpus["monday"].uid).kind == "mixed"
    for tags in (f'"x", {editor.get(path)["ETag"]}', "*"):
        assert editor.send("PATCH", path, {"kind": "mixed"}, If_Match=tags).status_code == 200
    assert editor.send("PATCH", path, {"kind": "mixed"}, If_Match="nonsense").status_code == 412


def test_a_tag_that_compression_made_weak_is_good_enough(corpus: dict[str, Any], editor: Caller) -> None:
    path = f"quotes/{corpus['monday'].uid}/"
    given = Client().get(f"/api/v1/{path}", headers={"Accept-Encoding": "gzip"})
    assert given["ETag"].startswith("W/")
    assert editor.send("PATCH", path, {"kind": "mixed"}, If_Match=given["ETag"]).status_code == 200


# --- many at once


def test_each_of_many_has_a_result(corpus: dict[str, Any], chief: Caller) -> None:
    monday, ferry = corpus["monday"], corpus["ferry"]
    items = [
        {"uid": monday.uid, "if_match": "*", "kind": "mixed", "reason": "Seen."},
        {"uid": "nothing", "if_match": "*", "kind": "mixed"},
        {"uid": ferry.uid, "if_match": '"stale"', "kind": "mixed"},
        {"uid": corpus["choice"].uid, "kind": "mixed"},
        {"uid": corpus["rejected"].uid, "if_match": "*", "kind": "spoken"},
        7,
    ]
    response = chief.send("PATCH", "quotes/", items)
    said = response.json()
    assert (response.status_code, said["done"]) == (207, 1)
    assert [row["status"] for row in said["results"]] == [200, 404, 412, 428, 400, 400]
    assert said["results"][0]["etag"] == chief.get(f"quotes/{monday.uid}/")["ETag"]
    assert said["results"][4]["problem"]["errors"][0]["pointer"] == "#/kind"
    assert Decision.objects.filter(batch=said["batch"]).count() == 1


def test_all_or_none(corpus: dict[str, Any], chief: Caller) -> None:
    monday, ferry = corpus["monday"], corpus["ferry"]
    items = [
        {"uid": monday.uid, "if_match": "*", "kind": "mixed"},
        {"uid": ferry.uid, "if_match": '"x"', "kind": "mixed"},
    ]
    said = chief.send("PATCH", "quotes/?atomic=1", items).json()
    assert ([row["status"] for row in said["results"]], said["done"], said["batch"]) == ([424, 412], 0, None)
    assert Quote.objects.get(pk=monday.pk).kind == "direct"
    items[1]["if_match"] = "*"
    said = chief.send("PATCH", "quotes/?atomic=1", items).json()
    assert said["done"] == 2
    assert set(Quote.objects.filter(pk__in=[monday.pk, ferry.pk]).values_list("kind", flat=True)) == {"mixed"}
    one = Decision.objects.filter(batch=said["batch"]).earliest("pk")
    assert chief.send("POST", f"decisions/{one.uid}/undo/?batch=1").json() == {"undone": 2}
    assert Quote.objects.get(pk=ferry.pk).kind == "direct"


# --- taking in


def test_an_article_is_taken_in_once(corpus: dict[str, Any]) -> None:
    chief, body = WHO["chief"](), NEWS | {"source": "aldermouth-mercury", "url": "https://mercury.example/pier"}
    first = chief.send("POST", "articles/", body | {"publish": True, "story": corpus["story"].slug})
    said = first.json()
    assert (first.status_code, said["outcome"], said["quotes"]) == (201, "created", 1)
    assert first["Location"] == said["url"]
    article = Article.objects.get(uid=said["article"])
    assert (article.public, article.source, article.stories.get()) == (True, corpus["mercury"], corpus["story"])
    assert article.capture
    assert article.capture.origin == "chief by the API (script)"
    again = chief.send("POST", "articles/", body)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    later = chief.send("POST", "articles/", body | {"text": NEWS["text"] + "\n\nUpdated."})
    assert (later.status_code, later.json()["outcome"], later.json()["article"]) == (200, "new capture", article.uid)


def test_without_a_source_it_waits_as_a_draft(corpus: dict[str, Any]) -> None:
    feeder = WHO["feeder"]()
    said = feeder.send("POST", "articles/", NEWS).json()
    assert "without a source" in said["note"]
    assert Article.objects.get(uid=said["article"]).status == "draft"
    assert feeder.get(f"articles/{said['article']}/").status_code == 404
    assert WHO["looker"]().get(f"articles/{said['article']}/").status_code == 200


def test_only_who_may_add_sources_adds_one_with_an_article(corpus: dict[str, Any]) -> None:
    """A new source is public with its first article, and its rights say what is seen: that is the chief editor's."""
    body = NEWS | {"source": "pier-news", "source_name": "Pier News", "rights": "full"}
    refused = WHO["feeder"]().send("POST", "articles/", body, Idempotency_Key="s")
    assert refused.json()["detail"] == (
        "“pier-news” would be a new source, and feeder may not add one: it takes the right “articles.add_source”; "
        "without source and source_name the article goes in and waits for its source."
    )
    assert not Source.objects.filter(slug="pier-news").exists()
    assert not Replay.objects.exists()
    assert WHO["chief"]().send("POST", "articles/", body).status_code == 201
    assert Source.objects.get(slug="pier-news").name == "Pier News"
    # Now it is there, and anybody may name it.
    assert WHO["feeder"]().send("POST", "articles/", body | {"text": "Else\n\nMore."}).status_code == 201


# --- what is for editors


@pytest.mark.parametrize("who, sees", [("nobody", False), ("feeder", False), ("reader", True), ("looker", True),
    ("curator", True), ("editor", True), ("chief", True)])  # fmt: skip
@pytest.mark.parametrize(
    "path, own",
    [
        ("quotes/{monday}/", {"unsure", "note"}),
        ("quotes/?kind=direct", {"unsure", "note"}),
        ("articles/{blog}/", {"status"}),
        ("people/{ruth}/", {"status", "note"}),
        ("sources/{mercury}/", set()),
    ],
)
def test_what_is_for_editors_is_shown_to_them_only(
    corpus: dict[str, Any], path: str, own: set[str], who: str, sees: bool
) -> None:
    for name, thing in corpus.items():
        path = path.replace(f"{{{name}}}", thing.uid)
    one = WHO[who]()
    given = one.get(path)
    said = given.json()
    row = said["results"][0] if "results" in said else said
    assert row.keys() & {"unsure", "note", "status"} == (own if sees else set())
    joint = "&" if "?" in path else "?"
    for name in own:
        answer = one.get(f"{path}{joint}fields=uid,{name}")
        assert answer.status_code == (200 if sees else 400), name
        assert sees or f"“{name}”" in answer.json()["detail"]


def test_what_everybody_knows_of_a_thing_is_enough_to_change_it(corpus: dict[str, Any], editor: Caller) -> None:
    path = f"quotes/{corpus['monday'].uid}/"
    public = Caller().get(path)["ETag"]
    assert editor.get(path)["ETag"] != public
    assert editor.send("PATCH", path, {"note": "Ask her."}, If_Match=public).status_code == 200
    assert editor.get(path).json()["note"] == "Ask her."
    # Others do not see a note, so that what they know is still so.
    assert Caller().get(path)["ETag"] == public
    assert editor.send("PATCH", path, {"kind": "mixed"}, If_Match=public).status_code == 200
    assert editor.send("PATCH", path, {"kind": "direct"}, If_Match=public).status_code == 412


# --- a database without time


@pytest.mark.parametrize("times, status", [(1, 200), (9, 503)])
def test_whoever_was_stopped_in_a_deadlock_begins_again(
    corpus: dict[str, Any], chief: Caller, monkeypatch: pytest.MonkeyPatch, times: int, status: int
) -> None:
    left, decide, monday = [times], curation.decide_quotes, corpus["monday"]

    def stopped(*args: Any, **kwargs: Any) -> None:
        decide(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            raise deadlock()

    monkeypatch.setattr(curation, "decide_quotes", stopped)
    path, item = f"quotes/{monday.uid}/", {"uid": monday.uid, "if_match": "*", "kind": "mixed", "reason": "Seen."}
    answer = chief.send("PATCH", path, {"kind": "mixed", "reason": "Seen."}, If_Match=chief.get(path)["ETag"])
    assert (answer.status_code, problem(answer)) == (status, "busy" if status == 503 else "")
    if status == 503:
        assert answer["Retry-After"] == "2"
    done = Decision.objects.filter(thing_uid=monday.uid, reason="Seen.")
    assert done.count() == (status == 200)
    for query in "", "?atomic=1":
        left[0] = times
        answer = chief.send("PATCH", f"quotes/{query}", [item | {"kind": "indirect" if query else "document"}])
        if query:
            assert answer.status_code == (207 if status == 200 else 503)
        else:
            assert [row["status"] for row in answer.json()["results"]] == [status]
            assert ("problem" in answer.json()["results"][0]) == (status == 503)
    assert done.count() == (3 if status == 200 else 0)


def deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = Deadlock()
    return error


class Deadlock(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize(
    "cause, said",
    [
        (lambda: sqlite3.connect(":memory:").execute("SELECT nothing"), False),
        (lambda: locked(), True),
        (lambda: raising(Deadlock()), True),
        (lambda: raising(type("Gone", (Exception,), {"sqlstate": "57P01"})()), True),
        (lambda: raising(type("Unreachable", (Exception,), {"sqlstate": None})()), True),
        (lambda: raising(type("Syntax", (Exception,), {"sqlstate": "42601"})()), False),
    ],
)
def test_what_a_database_cannot_do_now(cause: Callable[[], None], said: bool) -> None:
    error = OperationalError()
    with pytest.raises(Exception) as raised:  # noqa: PT011 (whatever the driver raises)
        cause()
    error.__cause__ = raised.value
    assert busy(error) is said


def raising(error: Exception) -> None:
    raise error


def locked() -> None:
    with closing(sqlite3.connect("file:locked?mode=memory&cache=shared", uri=True, isolation_level=None)) as one:
        one.execute("CREATE TABLE t (a)")
        one.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect("file:locked?mode=memory&cache=shared", uri=True, timeout=0)) as other:
            other.execute("INSERT INTO t VALUES (1)")


# --- once


def test_a_key_is_done_once(corpus: dict[str, Any], editor: Caller) -> None:
    first = editor.send("POST", "people/", {"name": "Ada Penhallow"}, Idempotency_Key="a")
    again = editor.send("POST", "people/", {"name": "Ada Penhallow"}, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Location"], again["ETag"]) == (first.content, first["Location"], first["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert Person.objects.filter(name="Ada Penhallow").count() == 1
    other = editor.send("POST", "people/", {"name": "Ada Penhallow-Rowe"}, Idempotency_Key="a")
    assert (other.status_code, problem(other)) == (422, "idempotency-key-reused")
    # A key is its token's.
    assert WHO["chief"]().send("POST", "people/", {"name": "Bea Penhallow"}, Idempotency_Key="a").status_code == 201


def test_what_failed_leaves_no_key(corpus: dict[str, Any], editor: Caller) -> None:
    assert editor.send("POST", "people/", {"name": "Cllr Ashdown"}, Idempotency_Key="b").status_code == 409
    assert not Replay.objects.filter(key="b").exists()
    long = editor.send("POST", "people/", {"name": "Ada Penhallow"}, Idempotency_Key="x" * 201)
    assert (long.status_code, problem(long)) == (400, "malformed-body")


# --- tokens


@pytest.mark.parametrize("spoil", ["revoke", "expire", "retire"])
def test_a_token_that_holds_no_more(corpus: dict[str, Any], spoil: str) -> None:
    editor, now = WHO["editor"](), timezone.now()
    assert editor.get("decisions/").status_code == 200
    if spoil == "revoke":
        Token.objects.update(revoked=now)
    elif spoil == "expire":
        Token.objects.update(expires=now)
    else:
        User.objects.filter(username="editor").update(is_active=False)
    answer = editor.get("quotes/")
    assert (answer.status_code, problem(answer)) == (401, "bad-token")


def test_last_use_is_kept_and_the_key_is_not(corpus: dict[str, Any], editor: Caller) -> None:
    token = Token.objects.get()
    assert token.last_used is None
    editor.get("quotes/")
    assert Token.objects.get().last_used is not None
    assert editor.key not in json.dumps(list(Token.objects.values()), default=str)
    assert editor.key.startswith(token.hint)


def test_too_many_requests_are_told_when_to_come_again(settings: Any, corpus: dict[str, Any]) -> None:
    settings.API_RATE_ANONYMOUS, settings.API_RATE_TOKEN = "2/hour", "3/hour"
    editor = WHO["editor"]()
    assert [Caller().get("quotes/")["RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    refused = Caller().get("quotes/")
    assert (refused.status_code, problem(refused)) == (429, "too-many-requests")
    assert int(refused["Retry-After"]) > 0
    assert refused["RateLimit-Limit"] == "2"
    for forged in ("1.2.3.4", "5.6.7.8"):
        assert Client().get("/api/v1/quotes/", headers={"X-Forwarded-For": forged}).status_code == 429
    # A token has a rate of its own, and a wrong one that of its address.
    assert editor.get("quotes/")["RateLimit-Limit"] == "3"
    assert Caller("verbatim_guess").get("quotes/").status_code == 429


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    shared.forget()
