"""ETag, Last-Modified and 304 hold for as long as the answer does; and any site may read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from corpus import shared
from people.models import Person
from tests.api.conftest import API

pytestmark = pytest.mark.django_db
PATHS = ["quotes/", "quotes/{monday}/", "articles/?q=bridge", "people/ruth-ashdown/", "quotes/?group_by=speaker",
    "quotes/{monday}/?format=csv", "quotes/?format=jsonld"]  # fmt: skip


@pytest.fixture(params=PATHS)
def path(request: Any, corpus: dict[str, Any]) -> str:
    return request.param.format(monday=corpus["monday"].uid)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test moves."""
    now = [1_800_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    shared.forget()
    return now


def known(api: API, path: str, clock: list[float]) -> Any:
    """An answer as it is given once it has been the same for a while."""
    api.get(path)
    clock[0] += 10
    return api.get(path)


def test_what_a_client_has_need_not_be_sent_again(api: API, path: str, clock: list[float]) -> None:
    first = known(api, path, clock)
    assert first["ETag"].startswith('"')
    again = api.get(path, If_None_Match=f'"other", {first["ETag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Last-Modified"]) == (first["ETag"], first["Last-Modified"])
    assert "Accept" in again["Vary"]
    assert api.get(path, If_None_Match='"other"').status_code == 200
    assert api.get(path, If_None_Match='"other"', If_Modified_Since=first["Last-Modified"]).status_code == 200


def test_it_is_sent_when_anything_in_it_changed(
    api: API, path: str, clock: list[float], corpus: dict[str, Any]
) -> None:
    first = known(api, path, clock)
    assert api.get(path, If_Modified_Since=first["Last-Modified"]).status_code == 304
    rename(corpus["ruth"], "Ruth Ashdown-Lyle")
    status = 304 if path.startswith("articles/") else 200
    assert api.get(path, If_None_Match=first["ETag"]).status_code == status
    assert api.get(path, If_Modified_Since=first["Last-Modified"]).status_code == status


def rename(person: Person, name: str) -> None:
    Person.objects.filter(pk=person.pk).update(name=name)
    person.names.filter(kind="canonical").update(text=name)


def test_what_is_new_this_second_has_no_date_yet(api: API, clock: list[float], corpus: dict[str, Any]) -> None:
    assert "Last-Modified" not in api.get("people/ruth-ashdown/")
    clock[0] += 1
    first = api.get("people/ruth-ashdown/")
    Person.objects.filter(pk=corpus["ruth"].pk).update(pronouns="she/her")
    for _ in range(3):
        second = api.get("people/ruth-ashdown/", If_Modified_Since=first["Last-Modified"])
        assert second.status_code == 200
        assert second["ETag"] != first["ETag"]
        clock[0] += 1


@pytest.mark.parametrize("machines", [1, 2])
def test_what_changed_and_changed_back_is_never_taken_for_what_was_between(
    api: API, clock: list[float], corpus: dict[str, Any], settings: Any, tmp_path: Any, machines: int
) -> None:
    path, dates = "people/ruth-ashdown/", []
    for number, name in enumerate(["Ruth Ashdown", "Ruth Lyle", "Ruth Ashdown"]):
        settings.SHARED = str(tmp_path / f"machine-{number % machines}.sqlite3")
        rename(corpus["ruth"], name)
        dates.append(known(api, path, clock)["Last-Modified"])
        clock[0] += 10
    assert api.get(path, If_Modified_Since=dates[1]).status_code == 200
    assert api.get(path, If_Modified_Since=dates[2]).status_code == 304


@pytest.mark.parametrize(
    "given, status", [("{}", 200), ('"other", {}', 200), ("W/{}", 200), ("*", 200), ('"other"', 412)]
)
def test_reading_may_ask_for_just_what_it_knows(api: API, corpus: dict[str, Any], given: str, status: int) -> None:
    tag = api.get("people/ruth-ashdown/")["ETag"]
    answer = api.get("people/ruth-ashdown/", If_Match=given.format(tag))
    assert answer.status_code == status
    if status == 412:
        assert answer.json()["type"] == "urn:verbatim:problem:changed-meanwhile"


def test_an_answer_in_another_form_has_another_tag(api: API, corpus: dict[str, Any]) -> None:
    path = f"quotes/{corpus['monday'].uid}/"
    tags = {api.get(f"{path}?format={form}")["ETag"] for form in ("json", "csv", "jsonl", "jsonld")}
    assert len(tags) == 4


@pytest.mark.parametrize("path", ["/api/v1/quotes/", "/api/v1/nothing/", "/api/v1/schema/", "/api/v1/quotes/?kind=x"])
def test_any_site_may_read(client: Client, path: str) -> None:
    response = client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


def test_a_browser_may_ask_first(client: Client) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match"}  # fmt: skip
    response = client.options("/api/v1/quotes/", headers=asked)
    assert response.status_code == 204
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    assert "POST" not in response["Access-Control-Allow-Methods"]


def test_pages_are_not_for_other_sites(client: Client, corpus: dict[str, Any]) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/quotes/")
