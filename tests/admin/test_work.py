"""Work that waits, as the admin shows it: queued from the form, listed at a fixed cost, tried again by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from articles import intake, pipeline, work
from articles.models import Article, Job, Source
from corpus import roles
from tests.admin.test_take_in import OTHER, errors, file, outcomes, take_in
from tests.factories import TEXT, make_source

pytestmark = pytest.mark.django_db

URL = reverse("admin:articles_job_changelist")


def queue(number: int, *, by: User | None = None) -> None:
    items = [intake.item_from_text(f"{TEXT}\n{n}", name=f"{n}.txt") for n in range(number)]
    list(work.queue(items, pipeline.Orders(source=make_source(), publish=True), by))


def test_many_are_left_to_be_taken_in_later(desk: Client, chief: User):
    source = make_source("Mercury")
    said = {"source": source.pk, "publish": "on", "later": "on"}
    assert outcomes(take_in(desk, uploads=[file("a.txt", TEXT), file("b.txt", OTHER)], **said)) == [
        ("a.txt", "queued"), ("b.txt", "queued"),
    ]  # fmt: skip
    addresses = "\n".join(f"https://mercury.example/{n}" for n in range(30))
    assert len(outcomes(take_in(desk, addresses=addresses, **said))) == 30
    assert not Article.objects.exists()
    assert {(job.kind, job.by, job.source, job.publish) for job in Job.objects.all()} == {
        ("item", chief, source, True), ("address", chief, source, True),
    }  # fmt: skip
    Job.objects.filter(kind="address").delete()
    assert [outcome.outcome for outcome in work.Worker().turn()] == ["created", "created"]
    assert Article.objects.filter(public=True).count() == 2
    page = desk.get(URL).content.decode()
    assert "a.txt" in page
    assert str(Article.objects.first()) in page


@pytest.mark.parametrize(
    "said, sentence",
    [
        ({"text": TEXT, "later": "on", "dry_run": "on"}, "choose one of the two"),
        ({"addresses": "\n".join(f"https://a.example/{n}" for n in range(21))}, "or leave them to manage.py work"),
    ],
)
def test_what_cannot_wait_is_said(said, sentence, desk: Client):
    assert sentence in errors(take_in(desk, **said))
    assert not Job.objects.exists()


def row(source: str) -> str:
    return f'{{"text": "Nothing new in {source}.", "source": "{source}", "source_name": "The Paper"}}'


@pytest.mark.parametrize("later", [False, True])
def test_only_who_may_add_sources_adds_one_with_what_they_take_in(
    staff: Callable[..., Client], desk: Client, later: bool
):
    """A new source is public with its first article, and its rights say what is seen of it."""
    make_source("Known", slug="known")
    ned = staff("articles.add_article", "articles.view_article", "articles.view_job")
    for client, expected in ((ned, {"known"}), (desk, {"known", "new"})):
        said = {"uploads": [file("feed.jsonl", f"{row('new')}\n{row('known')}")]}
        lines = outcomes(take_in(client, **said, **({"later": "on"} if later else {})))
        if later:
            assert [outcome for _, outcome in lines] == ["queued", "queued"]
            list(work.Worker().turn())
        else:
            assert lines[0] == ("feed.jsonl:1", "failed" if client is ned else "created")
        assert set(Source.objects.values_list("slug", flat=True)) == expected
    if later:
        assert "“new” would be a new source, and you may not add one" in Job.objects.get(state="failed").error


@pytest.mark.parametrize("role, may", [(roles.READER, False), (roles.EDITOR, True), (roles.CHIEF, True)])
def test_who_takes_news_in_tries_it_again(client: Client, role: str, may: bool):
    roles.install()
    user = User.objects.create_user("ned", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    queue(2)
    failed, waiting = Job.objects.order_by("id")
    Job.objects.filter(pk=failed.pk).update(state="failed", attempts=3, error="It is empty.")
    assert "It is empty." in client.get(URL).content.decode()
    ours = {"action": "try_again", "_selected_action": [failed.pk, waiting.pk]}
    said = client.post(URL, ours, follow=True).content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.error) == (
        ("waiting", 0, "") if may else ("failed", 3, "It is empty.")
    )
    assert ("2 will be tried again" in said) == may
    assert client.get(reverse("admin:articles_job_add")).status_code == 403
    assert client.get(reverse("admin:articles_job_delete", args=[failed.pk])).status_code == (
        200 if role == roles.CHIEF else 403
    )


def test_what_waits_and_what_was_given_up_stands_on_the_first_screen(desk: Client):
    queue(3)
    Job.objects.filter(name="0.txt").update(state="failed")
    found = {row.label: row for row in desk.get("/admin/").context["waiting"]}
    for label, number in (
        ("items, addresses and readings given up", 1),
        ("items, addresses and readings that wait", 2),
    ):
        assert found[label].count == number
        assert desk.get(found[label].url).context["cl"].result_count == number


def test_the_list_costs_the_same_however_long_it_is(desk: Client, chief: User, django_assert_num_queries: Callable):
    queue(2, by=chief)
    list(work.Worker().turn())
    for more in (1, 4):
        queue(more, by=chief)
        desk.get(URL)
        with django_assert_num_queries(5):
            assert desk.get(URL).status_code == 200
