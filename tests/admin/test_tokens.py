"""Tokens in the admin: shown once, within what their user may do, seen by whoever has them and by chiefs, revoked for good."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from corpus import roles, tokens
from corpus.models import Token
from tests.admin.test_roles import CHIEF, EDITOR, READER, account, browser

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:corpus_token_changelist", "admin:corpus_token_add"
KEY = re.compile(r"verbatim_[\w-]{43}")


@pytest.fixture(autouse=True)
def installed(db: None) -> None:
    roles.install()


def make(client: Client, *scopes: str, **said: str) -> Any:
    return client.post(reverse(ADD), {"name": "newsletter", "scopes": scopes, "expires_0": "", "expires_1": ""} | said)


def read(client: Client, key: str) -> int:
    return client.get("/api/v1/decisions/", headers={"Authorization": f"Bearer {key}"}).status_code


def test_the_key_is_shown_once_and_then_nowhere() -> None:
    editor = account(EDITOR)
    client = browser(editor)
    shown = make(client, "read", "curate")
    assert shown.status_code == 200
    [key] = set(KEY.findall(html.unescape(shown.content.decode())))
    assert "no-store" in shown["Cache-Control"]
    token = Token.objects.get()
    assert (token.user, token.scopes, token.name) == (editor, ["curate", "read"], "newsletter")
    assert read(Client(), key) == 200
    for url in reverse(LIST), reverse("admin:corpus_token_change", args=[token.pk]), reverse("admin:index"):
        page = client.get(url).content.decode()
        assert not KEY.search(page)
    assert token.hint in client.get(reverse(LIST)).content.decode()
    assert not any(KEY.search(str(value)) for value in client.session.values())


@pytest.mark.parametrize(
    "role, scopes",
    [(READER, {"read"}), (EDITOR, {"read", "ingest", "curate"}), (CHIEF, {"read", "ingest", "curate"})],
)
def test_nobody_gives_a_token_more_than_they_may(role: str, scopes: set[str]) -> None:
    client = browser(account(role))
    offered = set(re.findall(r'name="scopes" value="(\w+)"', client.get(reverse(ADD)).content.decode()))
    assert offered == scopes
    for scope in Token.Scope.values:
        make(client, scope)
    assert {scope for token in Token.objects.all() for scope in token.scopes} == scopes


def test_each_sees_their_own_and_a_chief_everybodys(django_assert_max_num_queries: Any) -> None:
    editor, chief = account(EDITOR), account(CHIEF)
    mine = tokens.make(editor, "mine", ["read"])[0]
    hers = tokens.make(chief, "hers", ["read"])[0]

    def listed(user: User) -> set[str]:
        page = browser(user).get(reverse(LIST)).content.decode()
        return {token.hint for token in (mine, hers) if f"{token.hint}…" in page}

    assert listed(editor) == {mine.hint}
    assert listed(chief) == {mine.hint, hers.hint}
    gone = browser(editor).get(reverse("admin:corpus_token_change", args=[hers.pk]))
    assert gone.status_code in {302, 403}
    for _ in range(20):
        tokens.make(chief, "more", [])
    client = browser(chief)
    with django_assert_max_num_queries(8):
        client.get(reverse(LIST))


def test_a_token_is_revoked_for_good() -> None:
    editor, chief = account(EDITOR), account(CHIEF)
    token, key = tokens.make(editor, "mine", ["read"])
    other = browser(account(EDITOR, "other"))
    revoke = reverse("admin:corpus_token_revoke", args=[token.pk])
    assert "Revoke" in browser(chief).get(reverse("admin:corpus_token_change", args=[token.pk])).content.decode()
    assert other.post(revoke).status_code == 403
    assert browser(chief).get(revoke).status_code == 405
    assert read(Client(), key) == 200
    assert browser(chief).post(revoke).status_code == 302
    assert read(Client(), key) == 401
    assert "revoked on" in browser(editor).get(reverse(LIST)).content.decode()


def test_what_is_over_is_not_made() -> None:
    client = browser(account(EDITOR))
    response = make(client, "read", expires_0="2020-01-01", expires_1="12:00")
    assert "This is over already" in response.content.decode()
    assert not Token.objects.exists()


def test_strangers_make_none(client: Client) -> None:
    assert make(client, "read").status_code == 302
    assert not Token.objects.exists()
