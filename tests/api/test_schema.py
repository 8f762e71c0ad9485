"""The OpenAPI document is valid and true: it names every filter, and every answer is as it says."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from articles.api import ArticleViewSet, QuoteViewSet, SourceViewSet, StoryViewSet
from people.api import PersonViewSet
from tests.api.conftest import API

pytestmark = pytest.mark.django_db
VIEWSETS = [ArticleViewSet, PersonViewSet, QuoteViewSet, SourceViewSet, StoryViewSet]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", validate=True, fail_on_warn=True, stdout=out)
    return json.loads(out.getvalue())


def schema_of(document: dict[str, Any], path: str, status: str = "200", media_type: str = "application/json") -> Any:
    schema = document["paths"][path]["get"]["responses"][status]["content"][media_type]["schema"]
    return {**schema, "components": document["components"]}


def test_it_has_the_addresses_there_are(document: dict[str, Any]) -> None:
    lists = {f"/api/v1/{viewset.noun}/" for viewset in VIEWSETS}
    assert set(document["paths"]) == lists | {f"{path}{{id}}/" for path in lists}


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_it_names_every_parameter(document: dict[str, Any], viewset: Any) -> None:
    parameters = document["paths"][f"/api/v1/{viewset.noun}/"]["get"]["parameters"]
    named = {parameter["name"] for parameter in parameters if parameter["description"] and parameter["in"] == "query"}
    assert named == set(viewset.filterset.public_filters()) | {
        "cursor",
        "page_size",
        "count",
        "format",
        "fields",
        "omit",
    }
    assert "status" not in named


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_answers_are_as_it_says(api: API, corpus: dict[str, Any], document: dict[str, Any], viewset: Any) -> None:
    path = f"/api/v1/{viewset.noun}/"
    listed = api.json(f"{viewset.noun}/?count=1")
    assert listed["results"]
    Draft202012Validator(schema_of(document, path)).validate(listed)
    for row in listed["results"]:
        Draft202012Validator(schema_of(document, f"{path}{{id}}/")).validate(api.json(f"{viewset.noun}/{row['uid']}/"))


@pytest.mark.parametrize("path", ["quotes/?kind=x", "quotes/nothing/"])
def test_so_are_problems(api: API, corpus: dict[str, Any], document: dict[str, Any], path: str) -> None:
    response = api.get(path)
    where = "/api/v1/quotes/" if "?" in path else "/api/v1/quotes/{id}/"
    problem = schema_of(document, where, str(response.status_code), "application/problem+json")
    Draft202012Validator(problem).validate(response.json())


def test_every_property_is_in_the_answer(api: API, corpus: dict[str, Any], document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]["Quote"]["properties"]) == set(api.rows("quotes/")[0])


def test_the_documentation_names_no_foreign_host(client: Client, corpus: dict[str, Any]) -> None:
    page = client.get("/api/").content.decode()
    script = client.get("/api/", {"script": ""}).content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "/api/v1/schema/" in script
    for text in page, script:
        assert "//" not in text.replace("http://www.w3.org", "").replace("http://testserver", "").replace("// ", "")
    assert '"validatorUrl": null' in script
    assert client.get("/api/v1/schema/").status_code == 200
