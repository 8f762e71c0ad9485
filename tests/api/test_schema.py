"""The OpenAPI document is valid and true: it names every filter, and every answer is as it says."""

from __future__ import annotations

import html
import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from corpus.api_urls import VIEWSETS
from tests.api.conftest import API
from tests.api.test_writing import WHO

pytestmark = pytest.mark.django_db


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
    beside = {"changes/", "decisions/", "decisions/{id}/undo/", "people/{id}/merge/", "utterances/{id}/diff/",
              "matches/", "matches/{id}/", "matches/{id}/answer/", "concordance/"}  # fmt: skip
    assert set(document["paths"]) == lists | {f"{path}{{id}}/" for path in lists} | {f"/api/v1/{p}" for p in beside}


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_it_names_every_parameter(document: dict[str, Any], viewset: Any) -> None:
    parameters = document["paths"][f"/api/v1/{viewset.noun}/"]["get"]["parameters"]
    named = {parameter["name"] for parameter in parameters if parameter["description"] and parameter["in"] == "query"}
    assert named == set(viewset.filterset.public_filters()) | (
        {"cursor", "page_size", "count", "format", "fields", "omit", "group_by"}
        | ({"include"} if viewset.declared().included else set())
    )
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
    documented = set(document["components"]["schemas"]["Quote"]["properties"])
    assert documented == set(api.rows("quotes/")[0]) | {"note", "unsure"}
    assert documented == set(WHO["editor"]().get("quotes/").json()["results"][0])


def test_the_introduction_speaks_of_this_corpus(client: Client, corpus: dict[str, Any]) -> None:
    assert "/api/start/" in client.get("/api/").content.decode()
    page = html.unescape(client.get("/api/start/").content.decode())
    addresses = re.findall(r"http://testserver(/api/v1/[^'\"\s]*(?:\"[^'\"\s]*\"[^'\"\s]*)?)", page)
    assert len(addresses) > 10
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_every_thing_has_an_example_that_is_as_the_document_says(document: dict[str, Any]) -> None:
    for viewset in VIEWSETS:
        path = f"/api/v1/{viewset.noun}/"
        for where in path, f"{path}{{id}}/":
            content = document["paths"][where]["get"]["responses"]["200"]["content"]["application/json"]
            Draft202012Validator(schema_of(document, where)).validate(content["example"])
        declared = viewset.declared()
        beside = {*declared.included, *declared.inside} - set(viewset.whole)
        assert set(declared.example or ()) - set(viewset.whole) == set(declared().fields) - beside - set(viewset.whole)


def test_the_documentation_names_no_foreign_host(client: Client, corpus: dict[str, Any]) -> None:
    page = client.get("/api/").content.decode()
    script = client.get("/api/", {"script": ""}).content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "/api/v1/schema/" in script
    for text in page, script:
        assert "//" not in text.replace("http://www.w3.org", "").replace("http://testserver", "").replace("// ", "")
    assert '"validatorUrl": null' in script
    assert client.get("/api/v1/schema/").status_code == 200
