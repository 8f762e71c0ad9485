"""Nothing hidden comes out of the API: words planted in every hidden field, then every list, thing, format and filter read."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from corpus import roles, tokens
from corpus.api import CorpusViewSet
from corpus.api_urls import VIEWSETS
from tests.api.conftest import API

pytestmark = pytest.mark.django_db
NOUNS = [viewset.noun for viewset in VIEWSETS]
SEARCHED = [viewset.noun for viewset in VIEWSETS if "q" in viewset.filterset.public_filters()]


def body(response: Any) -> str:
    assert response.status_code == 200
    return (b"".join(response) if response.streaming else response.content).decode()


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_no_canary_sings(api: API, corpus: dict[str, Any], viewset: type[CorpusViewSet]) -> None:
    noun = viewset.noun
    everything = f"include={','.join(viewset.declared().included)}"
    forms = ["json", "csv", "jsonl", *(["jsonld"] if viewset.linked else [])]
    assert len(api.rows(f"{noun}/")) > 0
    for form in forms:
        assert "CANARY" not in body(api.get(f"{noun}/?format={form}&{everything}"))
        assert "CANARY" not in body(api.get(f"{noun}/?format={form}&{everything}&page_size=1000"))
    for row in api.rows(f"{noun}/"):
        for form in forms:
            assert "CANARY" not in body(api.get(f"{noun}/{row['uid']}/?format={form}&{everything}"))
    for name in viewset.filterset.groupings():
        assert "CANARY" not in body(api.get(f"{noun}/?group_by={name}"))


@pytest.mark.parametrize("noun", SEARCHED)
def test_no_canary_is_found(api: API, corpus: dict[str, Any], noun: str) -> None:
    assert api.json(f"{noun}/?q=canary&count=1") == {"count": 0, "next": None, "previous": None, "results": []}


def test_no_integer_key_is_shown(api: API, corpus: dict[str, Any]) -> None:
    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*(keys(part) for part in value.values()))
        return set().union(*(keys(part) for part in value)) if isinstance(value, list) else set()

    for noun in NOUNS:
        row = api.rows(f"{noun}/")[0]
        assert not {"id", "pk", "decided", "suggestion", "note"} & keys(api.json(f"{noun}/{row['uid']}/"))


def test_an_editor_whose_token_may_read_sees_what_has_a_status(corpus: dict[str, Any]) -> None:
    roles.install()
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name=roles.READER))
    client = Client()

    def found(scopes: list[str], status: str) -> set[str]:
        key = tokens.make(editor, "notebook", scopes)[1]
        response = client.get(f"/api/v1/quotes/?status={status}", headers={"Authorization": f"Bearer {key}"})
        if response.status_code == 403:
            return set()
        assert response.status_code == 200, response.content
        return {row["uid"] for row in response.json()["results"]}

    assert corpus["rejected"].uid in found(["read"], "rejected")
    assert found(["curate"], "rejected") == set()
    assert corpus["choice"].uid in found(["read"], "suggested")
    assert client.get("/api/v1/quotes/?status=rejected").status_code == 400
