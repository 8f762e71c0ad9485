"""Who may do what: each act of the desk, tried by a reader, an editor and a chief editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from articles import curation, publishing
from articles.models import Article, Notice, Quote, Source
from corpus import roles
from corpus.models import Decision, Tombstone
from people.models import Person
from tests.admin.test_decisions import act, fields, undo
from tests.admin.test_pages import cost
from tests.factories import make_article, make_person, make_quote, make_source

pytestmark = pytest.mark.django_db

READER, EDITOR, CHIEF = "reader", "editor", "chief"
GROUPS = {READER: roles.READER, EDITOR: roles.EDITOR, CHIEF: roles.CHIEF}


def account(role: str, name: str = "") -> User:
    user = User.objects.create_user(name or role, password="a long password", is_staff=True)
    user.groups.add(Group.objects.get(name=GROUPS[role]))
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Town:
    """One of everything, and what has been decided about it by somebody else."""

    def __init__(self) -> None:
        self.boss = User.objects.create_superuser("boss", password="a long password")
        self.source = make_source()
        self.article = make_article(source=self.source)
        self.draft = make_article(status="draft", source=self.source)
        self.person = make_person()
        self.quote = make_quote(self.article, status="suggested", confidence=0.1)
        self.others = [
            make_quote(self.article, words, status="suggested", confidence=0.1)
            for words in ("had no choice", "We will run a ferry,")
        ]
        self.notice = publishing.correct(self.article, "The bridge closes on Monday.", by=self.boss)


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def many(client: Client, model: str, action: str, rows: list[Any]) -> None:
    url = reverse(f"admin:{model}_changelist")
    data = {"action": action, "_selected_action": [row.pk for row in rows], "confirmed": str(len(rows))}
    client.post(url, data)


def sent(client: Client, row: Any, **values: object) -> None:
    """Send values for the form of a row, whether it shows those fields or not."""
    address = change(row)
    page = client.get(address)
    if page.status_code == 200:
        shown = fields(client, address) if page.context.get("seen") else {}
        client.post(address, shown | values)


def bulk_undo(client: Client, town: Town) -> None:
    curation.accept(Quote.objects.all(), by=town.boss, batch="many")
    undo(client, batch="many")


ACTS: dict[str, tuple[Callable[[Client, Town], Any], Callable[[Town], bool], set[str]]] = {
    "see an article": (
        lambda client, town: client.get(change(town.article)),
        lambda town: True,
        {READER, EDITOR, CHIEF},
    ),
    "accept a quote": (
        lambda client, town: act(client, "accept", town.quote.uid),
        lambda town: Quote.objects.get(pk=town.quote.pk).status == "accepted",
        {EDITOR, CHIEF},
    ),
    "change a quote": (
        lambda client, town: sent(client, town.quote, kind="mixed"),
        lambda town: Quote.objects.get(pk=town.quote.pk).kind == "mixed",
        {EDITOR, CHIEF},
    ),
    "accept many quotes": (
        lambda client, town: many(client, "articles_quote", "accept", town.others),
        lambda town: Quote.objects.filter(status="accepted").count() == 2,
        {CHIEF},
    ),
    "promote many people": (
        lambda client, town: many(client, "people_person", "promote", [town.person]),
        lambda town: Person.objects.get().status == "curated",
        {CHIEF},
    ),
    "change a headline": (
        lambda client, town: sent(client, town.article, headline="Shut"),
        lambda town: Article.objects.get(pk=town.article.pk).headline == "Shut",
        {EDITOR, CHIEF},
    ),
    "publish an article": (
        lambda client, town: sent(client, town.draft, status="published"),
        lambda town: Article.objects.get(pk=town.draft.pk).public,
        {CHIEF},
    ),
    "publish many articles": (
        lambda client, town: many(client, "articles_article", "publish", [town.draft]),
        lambda town: Article.objects.get(pk=town.draft.pk).public,
        {CHIEF},
    ),
    "withhold an article": (
        lambda client, town: sent(client, town.article, status="withheld", public_note="Under review."),
        lambda town: not Article.objects.get(pk=town.article.pk).public,
        {CHIEF},
    ),
    "give a published article to another source": (
        lambda client, town: sent(client, town.article, source=make_source().pk),
        lambda town: Article.objects.get(pk=town.article.pk).source != town.source,
        {CHIEF},
    ),
    "give a draft to another source": (
        lambda client, town: sent(client, town.draft, source=make_source().pk),
        lambda town: Article.objects.get(pk=town.draft.pk).source != town.source,
        {EDITOR, CHIEF},
    ),
    "correct in public": (
        lambda client, town: sent(client, town.article, correction="It closes on Tuesday."),
        lambda town: Notice.objects.count() == 2,
        {CHIEF},
    ),
    "correct in public from a quote": (
        lambda client, town: sent(client, town.quote, correction="It closes on Tuesday."),
        lambda town: Notice.objects.count() == 2,
        {CHIEF},
    ),
    "withdraw a notice": (
        lambda client, town: sent(client, town.notice, withdraw="on"),
        lambda town: Notice.objects.get().withdrawn is not None,
        {CHIEF},
    ),
    "change the rights of a source": (
        lambda client, town: sent(client, town.source, rights="none"),
        lambda town: Source.objects.get(pk=town.source.pk).rights == "none",
        {CHIEF},
    ),
    "rename a person": (
        lambda client, town: sent(client, town.person, name="R. Ashdown"),
        lambda town: Person.objects.get().name == "R. Ashdown",
        {EDITOR, CHIEF},
    ),
    "take back what somebody decided": (
        lambda client, town: (
            curation.reject([town.quote], by=town.boss, batch="one"),
            undo(client, batch="one"),
        ),
        lambda town: Quote.objects.get(pk=town.quote.pk).status == "suggested",
        {EDITOR, CHIEF},
    ),
    "take back an act of somebody else on many": (
        bulk_undo,
        lambda town: not Quote.objects.filter(status="accepted").exists(),
        {CHIEF},
    ),
    "take back the withholding of an article": (
        lambda client, town: (
            publishing.withhold([town.article], by=town.boss, batch="one"),
            undo(client, batch="one"),
        ),
        lambda town: Article.objects.get(pk=town.article.pk).public,
        {CHIEF},
    ),
    "go back to an earlier state": (
        lambda client, town: (
            curation.reject([town.quote], by=town.boss),
            client.post(reverse("admin:corpus_decision_revert"), {"state": f"articles.quote {town.quote.uid}"}),
        ),
        lambda town: Quote.objects.get(pk=town.quote.pk).status == "suggested",
        {EDITOR, CHIEF},
    ),
    "go back to before it was withheld": (
        lambda client, town: (
            publishing.withhold([town.article], by=town.boss),
            client.post(reverse("admin:corpus_decision_revert"), {"state": f"articles.article {town.article.uid}"}),
        ),
        lambda town: Article.objects.get(pk=town.article.pk).public,
        {CHIEF},
    ),
    "take back whose a published article is": (
        lambda client, town: (
            publishing.decide([town.article], {"source": make_source(rights="none").uid}, by=town.boss, batch="one"),
            undo(client, batch="one"),
        ),
        lambda town: Article.objects.get(pk=town.article.pk).public,
        {CHIEF},
    ),
    "take back whose a draft is": (
        lambda client, town: (
            publishing.decide([town.draft], {"source": make_source().uid}, by=town.boss, batch="one"),
            undo(client, batch="one"),
        ),
        lambda town: Article.objects.get(pk=town.draft.pk).source == town.source,
        {EDITOR, CHIEF},
    ),
    "go back to whose a published article was": (
        lambda client, town: (
            publishing.decide([town.article], {"source": make_source(rights="none").uid}, by=town.boss),
            client.post(reverse("admin:corpus_decision_revert"), {"state": f"articles.article {town.article.uid}"}),
        ),
        lambda town: Article.objects.get(pk=town.article.pk).public,
        {CHIEF},
    ),
    "make an account": (
        lambda client, town: client.post(
            reverse("admin:auth_user_add"),
            {"username": "new", "usable_password": "true", "password1": "not a common one", "password2": "not a common one"},
        ),
        lambda town: User.objects.filter(username="new", is_staff=True, is_superuser=False).exists(),
        {CHIEF},
    ),
}  # fmt: skip


@pytest.mark.parametrize("role", GROUPS)
@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_done_by_those_whose_it_is(name: str, role: str):
    does, is_done, allowed = ACTS[name]
    town = Town()
    does(browser(account(role)), town)
    assert is_done(town) == (role in allowed)


@pytest.mark.parametrize("role", GROUPS)
def test_every_list_opens_for_those_who_may_see_it(role: str):
    town = Town()
    curation.accept([town.quote], by=town.boss)
    client = browser(account(role))
    for model in ("article", "quote", "capture", "source", "story", "notice"):
        assert client.get(reverse(f"admin:articles_{model}_changelist")).status_code == 200
    for name in ("people_person", "corpus_decision", "corpus_tombstone"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:auth_user_changelist")).status_code == (200 if role == CHIEF else 403)
    for row in (town.article, town.quote, town.source, town.notice, town.person):
        page = client.get(change(row))
        assert page.status_code == 200
        assert ('name="_save"' in page.content.decode()) == (
            role == CHIEF or (role == EDITOR and not isinstance(row, Source | Notice))
        )


def test_the_page_of_a_decision_is_for_who_may_see_its_thing(staff):
    town = Town()
    curation.accept([town.quote], by=town.boss)
    link = reverse("admin:corpus_decision_thing", args=[Decision.objects.get().pk])
    assert staff("corpus.view_decision").get(link).status_code == 403
    assert browser(account(READER)).get(link).status_code == 302


# --- accounts


def test_a_chief_gives_nobody_more_rights_than_their_own():
    boss = User.objects.create_superuser("boss", password="a long password")
    chief, editor = account(CHIEF), account(EDITOR)
    secret = Group.objects.create(name="Deleters")
    secret.permissions.add(Permission.objects.get(codename="delete_article"))
    client = browser(chief)
    for other in (boss,):
        password = reverse("admin:auth_user_password_change", args=[other.pk])
        assert client.get(password).status_code == 403
        assert client.post(change(other), {"username": "mine"}).status_code == 403
    form = client.get(change(editor)).context["adminform"].form
    assert {"is_superuser", "user_permissions", "is_staff"}.isdisjoint(form.fields)
    assert {group.name for group in form.fields["groups"].queryset} == set(GROUPS.values())
    editor.groups.add(secret)
    assert client.post(change(editor), {"username": "mine"}).status_code == 403
    User.objects.filter(pk=editor.pk).update(is_active=False)  # has its rights again once it is active
    assert client.get(reverse("admin:auth_user_password_change", args=[editor.pk])).status_code == 403
    assert browser(boss).get(change(chief)).context["adminform"].form.fields["is_superuser"]


# --- how they are made


def test_the_roles_are_made_on_migrate_and_made_complete_again():
    group = Group.objects.get(name=roles.EDITOR)
    theirs = Permission.objects.get(codename="delete_article")
    group.permissions.add(theirs)
    group.permissions.remove(Permission.objects.get(codename="change_quote"))
    Group.objects.get(name=roles.CHIEF).delete()
    Permission.objects.filter(codename="purge_article").delete()
    call_command("migrate", verbosity=0)
    held = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
    assert held == roles.ROLES[roles.EDITOR] | {"articles.delete_article"}
    chief = Group.objects.get(name=roles.CHIEF)
    assert chief.permissions.filter(codename="purge_article").exists()
    assert chief.permissions.count() == len(roles.ROLES[roles.CHIEF])


def test_making_the_roles_again_costs_little(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        roles.install()


COSTS = {"articles/notice/": 4, "corpus/tombstone/": 5, "auth/user/": 7}


@pytest.mark.parametrize("path, queries", COSTS.items())
def test_a_list_costs_the_same_whatever_its_length(path: str, queries: int, desk: Client):
    for size in (1, 4):
        for number in range(size):
            publishing.correct(make_article(), "A date was wrong.", by=None)
            Tombstone.objects.create(thing="articles.article", thing_uid=f"gone{size}{number}", reason="Court.")
            account(EDITOR, f"editor{size}{number}")
        assert cost(desk, f"/admin/{path}") == queries
