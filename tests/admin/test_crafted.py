"""What no form of ours sends is answered with a sentence or a page, never with an error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles import curation
from corpus.models import Decision
from tests.admin.test_decisions import fields
from tests.factories import make_article, make_person, make_quote

pytestmark = pytest.mark.django_db

NUMBERS = ["²", "9" * 40, "-1", "0", "١", "9" * 5000, ""]


@pytest.mark.parametrize(
    "state",
    [
        "[]", "null", "{", '"text"', '{"speaker": [1, null]}', '{"speaker": "x", "via": {"a": 1}}',
        '{"spans": [["a", "b"]], "capture": CAPTURE}', '{"spans": [[1]], "capture": CAPTURE}',
        '{"spans": [[1, 2, 3], 7]}', '{"kind": ["direct"], "status": {}}', '{"unsure": {"x": []}, "note": [[]]}',
        '{"spans": [[1e400, -1e400]], "capture": CAPTURE}',
    ],
)  # fmt: skip
def test_a_conflict_with_a_state_that_no_card_had_shows_both_all_the_same(state: str, desk: Client):
    article = make_article()
    quote = make_quote(article, status="suggested", speaker="her deputy")
    address = reverse("admin:desk_item", args=[article.uid, quote.uid])
    sent = {"act": "accept", "state": state.replace("CAPTURE", str(quote.capture_id)), "note": ""}
    response = desk.post(address, sent)
    assert response.status_code == 409
    assert "Changed while you looked at it" in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_that_are_none_of_ours(number: str, desk: Client, chief: User):
    article = make_article()
    quote = make_quote(article, speaker=make_person(), status="suggested")
    curation.decide_quotes([quote], {"kind": "mixed"}, by=chief)
    correct = reverse("admin:articles_correct", args=[article.pk])
    asked: list[tuple[str, dict[str, Any]]] = [
        (correct, {"from": number}),
        (reverse("admin:articles_article_changelist"), {"when": number}),
        (reverse("admin:articles_article_changelist"), {"when": f"2024-{number}"}),
        (reverse("admin:articles_article_changelist"), {"p": number[:4000]}),
        (reverse("admin:people_person_candidates"), {"page": number}),
        (reverse("admin:articles_quote_certain"), {"least": number}),
        (reverse("admin:desk_people"), {"find": "Ruth", "position": number}),
    ]
    for address, query in asked:
        assert desk.get(address, query).status_code in (200, 302), (address, query)
    settled = {"action": "keep_disputed", "_selected_action": number}
    assert desk.post(reverse("admin:disagreements"), settled).status_code in (200, 302)
    for act in (f"speaker:{number}:{quote.uid}", f"unnamed:{number}", f"create:{number}:Ann Keele"):
        sent = {"act": act, "state": "{}", "note": ""}
        assert desk.post(reverse("admin:desk_item", args=[article.uid, quote.uid]), sent).status_code == 409


@pytest.mark.parametrize("number", NUMBERS)
def test_a_form_that_counts_its_rows_otherwise(number: str, desk: Client, chief: User):
    person = make_person(roles=["leader"])
    address = reverse("admin:people_person_change", args=[person.pk])
    data = fields(desk, address, **{"roles-TOTAL_FORMS": number})
    curation.decide_people([person], {"roles": [{"title": "mayor"}]}, by=chief)
    data["seen"] = desk.get(address).context["seen"].replace("mayor", "leader")
    assert desk.post(address, data).status_code in (200, 302, 409)
    assert [str(role) for role in person.roles.all()] == ["mayor"]


def test_spans_that_are_beyond_numbers(desk: Client):
    quote = make_quote(make_article(), status="suggested")
    address = reverse("admin:articles_quote_change", args=[quote.pk])
    for spans in (json.dumps([[1e308 * 10, 2]]), "[[NaN, 1]]", "[[1]]", "{}"):
        data = fields(desk, address, **{"initial-spans": spans})
        assert desk.post(address, data).status_code in (200, 302, 409)
