"""Nothing hidden comes out of the API: words planted in every hidden field, then every list, thing, format and filter read."""

from __future__ import annotations

from typing import Any

import pytest

from articles.api import ArticleViewSet, QuoteViewSet, SourceViewSet, StoryViewSet
from people.api import PersonViewSet
from tests.api.conftest import API

pytestmark = pytest.mark.django_db
NOUNS = [viewset.noun for viewset in (ArticleViewSet, PersonViewSet, QuoteViewSet, SourceViewSet, StoryViewSet)]


def body(response: Any) -> str:
    assert response.status_code == 200
    return (b"".join(response) if response.streaming else response.content).decode()


@pytest.mark.parametrize("noun", NOUNS)
def test_no_canary_sings(api: API, corpus: dict[str, Any], noun: str) -> None:
    assert len(api.rows(f"{noun}/")) > 0
    assert "CANARY" not in body(api.get(f"{noun}/?format=csv"))
    assert "CANARY" not in body(api.get(f"{noun}/?page_size=1000"))
    for row in api.rows(f"{noun}/"):
        for form in "json", "csv":
            assert "CANARY" not in body(api.get(f"{noun}/{row['uid']}/?format={form}"))


@pytest.mark.parametrize("noun", NOUNS)
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
