"""Whatever the schema allows, and what it does not: no failure of the server, no answer that the schema does not describe.

`SCHEMATHESIS=500 pytest tests/api/test_schemathesis.py` looks longer, and elsewhere each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import FlakyStrategyDefinition

from tests.api.test_writing import WHO

THERE = {"quotes": "monday", "articles": "blog", "people": "ruth", "sources": "mercury", "stories": "story",
         "utterances": "utterance", "matches": "match"}  # fmt: skip
# Schemathesis is imported where it is used: it takes seconds, and every process of a run collects this module.

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SCHEMATHESIS", "6"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="SCHEMATHESIS" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    return [
        not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
        response_schema_conformance,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def schema(corpus: dict[str, Any]) -> Iterator[Any]:
    import schemathesis

    application = get_wsgi_application()

    def app(environ: Any, start_response: Any) -> Any:
        # As Django's own test client has it (which puts them back each time): no request closes the test's connection.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        return application(environ, start_response)

    with override_settings(ALLOWED_HOSTS=["*"]):
        yield schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", app)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(params=["nobody", "chief"])
def headers(request: Any, corpus: dict[str, Any]) -> dict[str, str]:
    key = WHO[request.param]().key
    return {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})


def operations(schema: Any) -> list[Any]:
    return [found.ok() for found in schema.get_all_operations()]


def examples(one: Any, headers: dict[str, str]) -> int:
    """How often an operation is tried: in full by nobody where anybody may, else by who may; the other way round once."""
    return EXAMPLES if ({} in one.definition.raw["security"]) != ("Authorization" in headers) else 1


def holding(strategies: list[tuple[Any, int]], headers: dict[str, str]) -> set[int]:
    """Try each so often; the statuses that were answered, or every fault that was found."""
    wanted, faults, statuses = checks(), [], set()
    for cases, often in strategies:

        @settings(SETTINGS, max_examples=often)
        @given(case=cases)
        def holds(case: Any) -> None:
            with transaction.atomic():
                statuses.add(case.call_and_validate(headers=headers, checks=wanted).status_code)
                transaction.set_rollback(True)

        try:
            holds()
        except Exception as fault:  # noqa: BLE001 (one operation's fault hides no other's)
            faults.append(fault)
    if faults:
        raise ExceptionGroup(f"{len(faults)} operations", faults)
    return statuses


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_every_operation_answers_as_the_schema_says(schema: Any, headers: dict[str, str], mode: str) -> None:
    from schemathesis.generation import GenerationMode

    made_up = GenerationMode(mode)
    holding([(one.as_strategy(generation_mode=made_up), examples(one, headers)) for one in operations(schema)], headers)


def test_changes_of_what_is_there_answer_as_the_schema_says(schema: Any, corpus: dict[str, Any]) -> None:
    """Most of what is made up is of nothing; here it is of something, and as it is now."""
    chief = WHO["chief"]()
    chief.send("PATCH", f"quotes/{corpus['choice'].uid}/", {"kind": "direct"}, If_Match="*")
    there = {noun: corpus[name].uid for noun, name in THERE.items()}
    there["decisions"] = chief.get("decisions/").json()["results"][0]["uid"]
    cases = []
    for one in operations(schema):
        if one.method.upper() != "GET" and "{id}" in one.path:
            noun = one.path.split("/")[3]
            cases.append((one.as_strategy(path_parameters={"id": there[noun]}, headers={"If-Match": "*"}), EXAMPLES))
    assert len(cases) == 9
    headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {chief.key}", "If-Match": "*"}
    statuses = holding(cases, headers)
    assert 200 in statuses


def test_what_follows_from_what_was_answered(schema: Any, headers: dict[str, str]) -> None:
    wanted = checks()

    class Following(schema.as_state_machine()):  # type: ignore[misc]
        """Each scenario finds the corpus as the one before did."""

        def setup(self) -> None:
            super().setup()
            self.scenario = transaction.atomic()
            self.scenario.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.scenario.__exit__(None, None, None)
            super().teardown()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, additional_checks: Any = (), **kwargs: Any) -> None:
            case.validate_response(response, checks=wanted)

    # What is made gets a uid by chance, so that the same steps need not lead to the same answers: no fault of theirs.
    with suppress(FlakyStrategyDefinition):
        Following.run(settings=settings(SETTINGS, stateful_step_count=6))
