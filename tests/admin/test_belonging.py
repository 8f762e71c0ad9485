"""What belongs to a thing is decided like its fields: a person's names and roles, and which articles are a story's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import curation, identities, intake, pipeline
from articles.desk import acts
from articles.models import Article, Mention, Quote, Story
from corpus import ledger
from corpus.curating import acts_of
from corpus.models import Decision
from people.models import Pair, Person, Role
from tests.admin.test_decisions import save, undo
from tests.admin.test_history import differences, revert
from tests.factories import make_article, make_person, make_quote, make_story

pytestmark = pytest.mark.django_db

LEADER = {"title": "leader", "organisation_printed": "Aldermouth council"}


def names(person: Person) -> dict[str, str]:
    return {row.text: row.kind for row in person.names.exclude(kind="canonical")}


def role(number: int, **fields: object) -> dict[str, object]:
    """A role as the form sends it."""
    return {f"roles-{number}-{name}": value for name, value in fields.items()}


def last() -> Decision:
    return Decision.objects.of_its_own().order_by("-id")[0]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- names


def test_names_added_changed_and_removed_are_decisions_and_come_back(desk: Client, chief: User):
    person = make_person("Ruth Ashdown", aliases=["R. Ashdown", "Ruthie"])
    changes = {"names-0-kind": "abbreviation", "names-1-DELETE": "on", "reason": "Nobody calls her that."}
    assert save(desk, person, **changes) is None
    assert names(person) == {"R. Ashdown": "abbreviation"}
    decision = Decision.objects.get()
    assert (decision.field, decision.by, decision.reason) == ("names", chief, "Nobody calls her that.")
    assert [row["text"] for row in decision.before or []] == ["R. Ashdown", "Ruthie"]
    assert decision.after == [{"text": "R. Ashdown", "kind": "abbreviation"}]
    assert ledger.faults(fresh(person)) == []
    undo(desk, batch=decision.batch)
    assert names(person) == {"R. Ashdown": "alias", "Ruthie": "alias"}
    assert fresh(person).decided == []


def test_a_name_that_says_nothing_is_refused(desk: Client):
    person = make_person(aliases=["R. Ashdown"])
    assert "letters or digits" in str(save(desk, person, **{"names-0-text": "–"}))
    assert not Decision.objects.exists()


def test_names_and_the_name_itself_go_back_together_and_apart(desk: Client, chief: User):
    """A former name that becomes the name again is nobody's alias meanwhile, and is one afterwards."""
    person = make_person("Ruth Bell", aliases=["Ruth Ashdown", "R. Bell"])
    assert save(desk, person, name="Ruth Ashdown") is None
    assert names(fresh(person)) == {"R. Bell": "alias", "Ruth Bell": "alias"}
    assert save(desk, person, name="Ruth Cole", **{"names-0-DELETE": "on"}) is None
    assert names(fresh(person)) == {"Ruth Ashdown": "alias", "Ruth Bell": "alias"}
    assert ledger.faults(fresh(person)) == []
    revert(desk, person)
    assert fresh(person).name == "Ruth Bell"
    assert names(person) == {"Ruth Ashdown": "alias", "R. Bell": "alias"}
    assert ledger.faults(fresh(person)) == []


def test_whoever_is_renamed_with_one_press_keeps_the_former_name_as_a_decision(desk: Client, chief: User):
    person = make_person("Ruth Ashdwn")
    curation.decide_people([person], {"name": "Ruth Ashdown"}, by=chief)
    assert names(person) == {"Ruth Ashdwn": "alias"}
    assert set(fresh(person).decided) == {"name", "names"}
    curation.undo(Decision.objects.all(), by=chief)
    assert (fresh(person).name, names(person)) == ("Ruth Ashdwn", {})


TEXT = """Ferry to run

“We will run a ferry,” said Maureen Thorley on Friday.

“It will cost nothing,” said Mo Bright later, in a second speech to the council.
"""


def test_no_reading_brings_back_a_name_that_was_removed(desk: Client, chief: User):
    person = make_person("Maureen Thorley", aliases=["Mo Bright"], status="curated")
    article = make_article(TEXT)
    pipeline.read_again(article)
    assert Mention.objects.filter(person=person, printed="Mo Bright").exists()
    assert save(desk, person, **{"names-0-DELETE": "on"}) is None
    for _ in range(3):
        pipeline.read_again(fresh(article))
    assert names(person) == {}
    assert not Mention.objects.filter(person=person, printed="Mo Bright").exists()
    assert Mention.objects.filter(person=person, printed="Maureen Thorley").exists()
    # Whoever goes by it now and had it before may be one: that is asked, once the name is hers again.
    other = Person.objects.get(name="Mo Bright")
    undo(desk, batch=last().batch)
    assert Pair.objects.open().between(person, other).exists()


# --- roles


def test_roles_are_decisions_and_keep_their_uids(desk: Client, chief: User):
    council = make_person("Aldermouth council", kind="organisation")
    person = make_person(roles=["leader, Aldermouth council", "member"])
    leader, member = person.roles.order_by("id")
    changes = {
        **role(0, title="former leader", organisation=council.pk, since="2019-05-03", until="2024-03-01"),
        "roles-1-DELETE": "on",
        **role(2, title="mayor", organisation_printed="Aldermouth"),
        "roles-TOTAL_FORMS": 3,
        "reason": "She stood down.",
    }
    assert save(desk, person, **changes) is None
    now = {row.title: row for row in person.roles.all()}
    assert set(now) == {"former leader", "mayor"}
    held = now["former leader"]
    assert (held.uid, held.organisation, held.since) == (leader.uid, council, dt.date(2019, 5, 3))
    decision = Decision.objects.get()
    assert (decision.thing_uid, decision.field, decision.reason) == (person.uid, "roles", "She stood down.")
    [[change]] = differences(person)
    before = "leader, Aldermouth council; member"
    after = "mayor, Aldermouth; former leader, Aldermouth council (2019-05-03–2024-03-01)"
    assert change == ("roles", before, after)
    mayor = now["mayor"].uid
    undo(desk, batch=decision.batch)
    assert {row.uid: str(row) for row in person.roles.all()} == {
        leader.uid: "leader, Aldermouth council", member.uid: "member",
    }  # fmt: skip
    revert(desk, person, 0)  # nothing stands now that is not so already
    state = f"people.person {person.uid} {decision.uid}"
    desk.post("/admin/corpus/decision/revert/", {"state": state})
    assert {row.uid for row in person.roles.all()} == {leader.uid, mayor}
    assert ledger.faults(fresh(person)) == []


def test_a_role_outlives_its_organisation(desk: Client, chief: User):
    council = make_person("Aldermouth council", kind="organisation")
    person = make_person(roles=["leader"])
    assert save(desk, person, **role(0, organisation=council.pk)) is None
    council.names.all().delete()
    Person.objects.filter(pk=council.pk).delete()
    assert ledger.faults(fresh(person)) == []
    curation.decide_people([person], {"roles": []}, by=chief)
    undo(desk, batch=last().batch)
    assert [(row.title, row.organisation) for row in person.roles.all()] == [("leader", None)]


def test_whoever_is_added_with_names_and_roles_has_them_as_decisions(desk: Client):
    data = {
        "name": "Ruth Ashdown", "kind": "individual", "status": "curated", "pronouns": "", "note": "",
        "names-TOTAL_FORMS": 1, "names-INITIAL_FORMS": 0, "names-0-text": "R. Ashdown", "names-0-kind": "alias",
        "roles-TOTAL_FORMS": 1, "roles-INITIAL_FORMS": 0, **role(0, **LEADER),
    }  # fmt: skip
    assert desk.post("/admin/people/person/add/", data).status_code == 302
    person = Person.objects.get()
    assert (names(person), Role.objects.get().title) == ({"R. Ashdown": "alias"}, "leader")
    assert person.decided == ["names", "roles"]


def test_two_editors_of_one_persons_roles_meet(desk: Client, chief: User):
    person = make_person(roles=["leader"])
    from tests.admin.test_decisions import fields

    address = f"/admin/people/person/{person.pk}/change/"
    data = fields(desk, address, **role(0, title="mayor"))
    curation.decide_people([person], {"roles": [LEADER]}, by=chief)
    data["seen"] = desk.get(address).context["seen"].replace("Aldermouth council", "")
    response = desk.post(address, data)
    assert response.status_code == 409
    assert [str(row) for row in person.roles.all()] == ["leader, Aldermouth council"]


# --- stories


def test_what_is_put_into_a_story_and_taken_out_is_a_decision_each(desk: Client, chief: User):
    one, other, third = (make_article(f"{word} report\n\nText.") for word in ("First", "Second", "Third"))
    story = make_story("Bridge", [one, other])
    assert save(desk, story, articles=[other.pk, third.pk], reason="Not about it.") is None
    assert set(story.articles.all()) == {other, third}
    assert differences(story) == [[("articles", "First report", "Third report")]]
    assert differences(one) == [[("stories", "Bridge", "nothing")]]
    assert {(d.field, d.before, d.after, d.by, d.reason) for d in Decision.objects.all()} == {
        (f"article:{one.uid}", True, False, chief, "Not about it."),
        (f"article:{third.uid}", False, True, chief, "Not about it."),
    }
    assert ledger.faults(fresh(story)) == []
    # News comes in meanwhile, and what is taken back takes none of it along.
    late = make_article("Fourth report\n\nText.", stories=[story])
    undo(desk, batch=last().batch)
    assert set(story.articles.all()) == {one, other, late}
    assert fresh(story).decided == []


def test_from_the_form_of_an_article_it_is_the_same_decision(desk: Client, chief: User):
    article, bridge, ferry = make_article(headline="Shut"), make_story("Bridge"), make_story("Ferry")
    assert save(desk, article, stories=[bridge.pk, ferry.pk], headline="Closed") is None
    assert differences(article) == [[("headline", "Shut", "Closed"), ("stories", "nothing", "Bridge, Ferry")]]
    assert differences(bridge) == [[("articles", "nothing", "Closed")]]
    undo(desk, batch=last().batch)
    assert (fresh(article).headline, article.stories.count()) == ("Shut", 0)


def test_a_story_goes_back_to_any_state(desk: Client):
    one, other = (make_article(f"{word} report\n\nText.") for word in ("First", "Second"))
    story = make_story("Bridge")
    for articles in ([one.pk], [one.pk, other.pk], []):
        assert save(desk, story, articles=articles) is None
    revert(desk, story, 1)
    assert set(story.articles.all()) == {one, other}
    revert(desk, story)
    assert not story.articles.exists()


def test_what_was_taken_out_of_a_story_does_not_come_in_again_with_the_news(desk: Client, tmp_path):
    story = make_story("Bridge")
    path = tmp_path / "a.txt"
    path.write_text(TEXT)

    def take_in() -> None:
        items = list(intake.items([path]))
        list(pipeline.take_in(items, pipeline.Orders(story=story)))

    take_in()
    article = Article.objects.get()
    assert list(story.articles.all()) == [article]
    assert save(desk, story, articles=[]) is None
    take_in()
    assert not story.articles.exists()
    undo(desk, batch=last().batch)
    assert list(story.articles.all()) == [article]


@pytest.mark.django_db(transaction=True)
def test_a_purged_article_is_out_of_every_story_and_nothing_is_wrong(desk: Client, chief: User):
    from articles import purging

    article, story = make_article(), make_story("Bridge")
    ledger.decide(story, Story.holding([article]), by=chief)
    purging.purge(article, by=chief, reason="Order 12")
    assert ledger.faults(fresh(story)) == []
    assert differences(story) == [[("articles", "nothing", "one that is gone")]]
    curation.undo(Decision.objects.filter(thing="articles.story"), by=chief)
    assert not fresh(story).articles.exists()


def test_a_story_of_hundreds_of_decisions_shows_its_latest_act_whole(desk: Client, chief: User):
    story = make_story("Bridge")
    articles = [make_article(f"{n} report\n\nText.", gated=False) for n in range(230)]
    ledger.decide(story, Story.holding(articles), by=chief, batch="b")
    [act] = acts_of(story, chief)
    assert len(act.uids) == 230
    with CaptureQueriesContext(connection) as queries:
        acts_of(story, chief)
    assert len(queries) <= 5
    undo(desk, decisions=act.key)
    assert not story.articles.exists()


# --- many at once


def test_accepting_many_costs_as_much_as_accepting_a_few(desk: Client, chief: User):
    """The queries of a batch hardly grow with its quotes, and each of them is decided as it would be alone."""
    ruth = make_person("Ruth Ashdown", status="curated")
    words = [f"We will run ferry number {number} on Monday" for number in range(60)]
    text = "Ferries\n\n" + "\n\n".join(f"“{one},” said Ruth Ashdown." for one in words) + "\n"
    article = make_article(text)
    quotes = [make_quote(article, one, speaker=ruth, status="suggested", confidence=0.99) for one in words]

    def accept(some: list[Quote]) -> int:
        shown = {quote.uid: acts.state(quote) for quote in curation.held_for(some)}
        with CaptureQueriesContext(connection) as queries:
            assert acts.accept_all(some, shown=shown, by=chief, batch=some[0].uid) == []
        return len(queries)

    with transaction.atomic():
        few, many = accept(quotes[:2]), accept(quotes[2:])
    assert many <= few + 8 <= 60  # SQLite takes so many rows a statement
    for quote in Quote.objects.all():
        assert (quote.status, quote.public, ledger.faults(quote)) == ("accepted", True, [])
        assert set(quote.decided) == {"status", "kind", "spans", "speaker"}
        row = quote.attributions.get()
        assert (row.person, row.confidence, row.shown) == (ruth, 1.0, True)
    assert Decision.objects.count() == 4 * len(words)
    undo(desk, batch=quotes[2].uid)
    assert Quote.objects.filter(status="accepted").count() == 2


def test_candidates_are_counted_where_they_are_listed(desk: Client, chief: User):
    ann, martin = make_person("Ann Keele"), make_person("Martin Keele")
    article = make_article()
    one = make_quote(article, "had no choice", speaker=martin, status="suggested")
    make_quote(article, "every ten minutes.", speaker=martin, status="suggested")
    make_quote(article, "We will run a ferry,", speaker=ann, status="suggested")

    def listed() -> list[tuple[str, int]]:
        sides = desk.get("/admin/people/person/candidates/").context["sides"]
        return [(side.person.name, fresh(side.person).spoken) for side in sides]

    assert listed() == [("Martin Keele", 2), ("Ann Keele", 1)]
    curation.reject([one], by=chief)
    curation.set_speakers(Quote.objects.get(text="every ten minutes."), [ann], by=chief)
    assert listed() == [("Ann Keele", 2)]
    identities.merge(ann, martin, by=chief)
    assert listed() == [("Martin Keele", 2)]
    curation.decide_people([martin], {"status": "curated"}, by=chief)
    assert (listed(), fresh(martin).spoken) == ([], 0)
    if connection.vendor == "sqlite":  # the other one looks through so few rows whatever index there is
        rows = Person.objects.filter(status="candidate", spoken__gt=0).order_by("-spoken", "id")
        assert "candidates_by_quotes" in rows.explain()
