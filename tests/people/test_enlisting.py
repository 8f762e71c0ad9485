"""People on a list come in beside whoever is there; and the resolver then knows who held an office on a day."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import curation, pipeline
from articles.intake import item_from_text
from articles.models import Article, Attribution
from corpus import ledger
from corpus.models import Decision, Tombstone
from people.models import Name, Pair, Person, Role
from people.names import matching_key
from people.roster_files import read_roster
from people.rosters import Step, enlist
from tests.people.test_roster_files import POPOLO

pytestmark = pytest.mark.django_db

TABLE = """name,kind,wikidata,other_names,role,organisation,from,to
HM Government,organisation,,,,,,
Ada Brook,,Q101,A. M. Brook,Prime Minister,HM Government,2016-07-13,2019-07-24
Ada Brook,,Q101,,MP for Aldermouth,House of Commons,2010-05-06,
Ben Carr,,Q102,,Prime Minister,HM Government,2019-07-24,2022-09-06
"""


def take_in(table: str = TABLE, **more: Any) -> list[Step]:
    return enlist(read_roster("list.csv", table.encode()), by=None, **more)


def outcomes(steps: list[Step]) -> list[tuple[str, str]]:
    return [(step.name, step.outcome) for step in steps]


def roles(name: str) -> list[tuple[str, str | None, str | None]]:
    rows = Role.objects.filter(person__name=name).order_by("since")
    return [(row.title, str(row.since) if row.since else None, str(row.until) if row.until else None) for row in rows]


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Person, Name, Role, Decision)]


def test_everybody_comes_in_once() -> None:
    assert outcomes(take_in()) == [("HM Government", "new"), ("Ada Brook", "new"), ("Ben Carr", "new")]
    brook = Person.objects.get(name="Ada Brook")
    assert (brook.status, brook.wikidata) == ("curated", "Q101")
    assert set(brook.names.values_list("text", flat=True)) == {"Ada Brook", "A. M. Brook"}
    assert roles("Ada Brook") == [
        ("MP for Aldermouth", "2010-05-06", None),
        ("Prime Minister", "2016-07-13", "2019-07-24"),
    ]
    assert Role.objects.get(person=brook, title="Prime Minister").organisation == Person.objects.get(
        kind="organisation"
    )
    before = rows()
    assert outcomes(take_in()) == [
        ("HM Government", "unchanged"),
        ("Ada Brook", "unchanged"),
        ("Ben Carr", "unchanged"),
    ]
    assert rows() == before
    assert all(ledger.faults(person) == [] for person in Person.objects.all())


def test_a_dry_run_tells_and_stores_nothing() -> None:
    assert outcomes(take_in(dry_run=True)) == [("HM Government", "new"), ("Ada Brook", "new"), ("Ben Carr", "new")]
    assert rows() == [[], [], [], []]


def test_whoever_is_there_gets_what_they_lack() -> None:
    person = Person.objects.enrol("Ada Brook")  # a candidate, as a reader made it
    [_, brook, _] = take_in()
    assert (brook.outcome, brook.person) == ("changed", person)
    assert brook.said == ["curated", "wikidata Q101", "1 name more", "2 roles more"]
    person.refresh_from_db()
    assert (person.status, person.wikidata) == ("curated", "Q101")
    batch = set(Decision.objects.values_list("batch", flat=True))
    assert len(batch) == 1, "one act, undone as one"
    curation.undo(Decision.objects.filter(thing_uid=person.uid), by=None)
    person.refresh_from_db()
    assert (person.status, person.wikidata, person.roles.count(), person.names.count()) == ("candidate", "", 0, 1)


def test_what_editors_decided_stays() -> None:
    person = Person.objects.enrol("Ada Brook", pronouns="they/them", status="curated")
    take_in()
    ledger.decide(person, {"names": [], "wikidata": "Q999", "pronouns": "she/her"}, by=None)
    kept = [row for row in person.effective("roles") if row["title"] != "Prime Minister"]
    ledger.decide(person, {"roles": kept}, by=None)
    table = TABLE.replace("Q101", "").replace("kind,", "kind,").replace("name,kind", "name,kind,pronouns", 1)
    table = "\n".join(
        line if number == 0 else line.replace(",", ",,", 1) for number, line in enumerate(table.splitlines())
    )
    [_, brook, _] = take_in(table.replace("Ada Brook,,,", "Ada Brook,,he/him,"))
    person.refresh_from_db()
    assert (person.wikidata, person.pronouns, person.effective("names")) == ("Q999", "she/her", [])
    assert roles("Ada Brook") == [("MP for Aldermouth", "2010-05-06", None)]
    assert brook.outcome == "unchanged"
    assert brook.said == [
        "kept pronouns she/her, not he/him",
        "kept without the name A. M. Brook, which an editor took away",
        "kept without the role Prime Minister, which an editor took away",
    ]


def test_a_role_ends_and_an_end_is_not_moved() -> None:
    take_in(TABLE.replace(",2022-09-06", ","))
    assert roles("Ben Carr") == [("Prime Minister", "2019-07-24", None)]
    [*_, carr] = take_in()
    assert carr.said == ["1 role ended"]
    assert roles("Ben Carr") == [("Prime Minister", "2019-07-24", "2022-09-06")]
    [*_, carr] = take_in(TABLE.replace("2022-09-06", "2022-10-25"))
    assert (carr.outcome, carr.said) == ("unchanged", ["kept the end of Prime Minister at 2022-09-06, not 2022-10-25"])
    [*_, carr] = take_in(TABLE.replace("2019-07-24,2022-09-06", "2030-01-01,"))
    assert carr.said == ["1 role more"], "somebody comes back"


def test_people_of_one_name() -> None:
    steps = take_in("name,wikidata\nJohn Smith,Q1\nJohn Smith,Q2\n")
    assert [step.outcome for step in steps] == ["new", "new"]
    assert steps[0].person != steps[1].person
    [unclear] = take_in("name\nJohn Smith\n")
    assert unclear.outcome == "unclear"
    assert unclear.said == [
        "2 people go by this name (john-smith, john-smith-2): give one of them the Wikidata item first"
    ]
    assert [step.outcome for step in take_in("name,wikidata,role\nJ. Smith,Q2,judge\n")] == ["changed"]
    assert roles("John Smith") == [("judge", None, None)]


def test_two_of_one_name_in_a_popolo_file_stay_two() -> None:
    raw = json.dumps({"persons": [{"id": 1, "name": "John Smith"}, {"id": 2, "name": "John Smith"}]}).encode()
    assert [step.outcome for step in enlist(read_roster("a.json", raw), by=None)] == ["new", "new"]


def test_somebody_is_found_by_another_name_and_in_whoever_survived() -> None:
    survivor, merged = Person.objects.enrol("Ada Brook", status="curated"), Person.objects.enrol("Ada Mary Brook")
    ledger.decide(merged, {"merged_into": survivor.uid}, by=None)
    [step] = take_in("name,other_names,role\nDame Ada Margaret Brook,Ada Mary Brook,peer\n")
    assert step.person == survivor
    assert "Dame Ada Margaret Brook" in survivor.names.values_list("text", flat=True)


def test_nobody_is_nobody_and_the_purged_stay_purged() -> None:
    Person.objects.enrol("Ada Brook", status="rejected")
    Tombstone.objects.create(
        thing="people.person",
        thing_uid="x",
        keys=[Tombstone.hash_of(matching_key("Ben Carr"))],
        finished=timezone.now(),
    )
    assert outcomes(take_in()) == [("HM Government", "new"), ("Ada Brook", "unclear"), ("Ben Carr", "failed")]


def test_an_item_is_one_person() -> None:
    Person.objects.enrol("One", wikidata="Q1")
    for wrong in ({"wikidata": "Q1"}, {"wikidata": "42"}):
        from django.db import transaction

        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.enrol("Two", **wrong)
    assert Person.objects.enrol("Two").wikidata == Person.objects.enrol("Three").wikidata == ""


# Offices by date

TEXT = """Bridge to close

{day}

The Prime Minister said: “I have asked the council to think again about the bridge.”

The harbour master was not there.
"""


def speaker(day: str) -> Attribution:
    list(pipeline.take_in([item_from_text(TEXT.format(day=f"A meeting, {day}"), published=day)]))
    return Article.objects.order_by("-id")[0].quotes.get(found=True).attributions.get(role="speaker")


@pytest.mark.parametrize(
    "day, name",
    [
        ("2016-07-12", None),
        ("2016-07-13", "Ada Brook"),
        ("2019-01-15", "Ada Brook"),
        ("2019-07-24", None),  # the day on which one went and the other came
        ("2019-07-25", "Ben Carr"),
        ("2022-09-06", "Ben Carr"),
        ("2024-01-01", None),
    ],
)
def test_an_office_is_whoever_held_it_on_the_day(day: str, name: str | None) -> None:
    take_in()
    said = speaker(day)
    assert said.printed == "The Prime Minister"
    assert (said.person.name if said.person else None) == name


def test_an_office_that_two_hold_is_nobodys() -> None:
    take_in(TABLE + "Zoë Dunn,,Q103,,Prime Minister,Other Government,2018,\n")
    assert speaker("2019-01-15").person is None


def test_a_new_list_counts_at_the_next_reading() -> None:
    assert speaker("2019-01-15").person is None
    take_in()
    article = Article.objects.get()
    pipeline.read_again(article)
    person = article.quotes.get(found=True).attributions.get(role="speaker").person
    assert person == Person.objects.get(wikidata="Q101")


# Command and screen


def run(*args: object) -> tuple[int, list[str], str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_people", *map(str, args), stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines(), err.getvalue()
    return 0, out.getvalue().splitlines(), err.getvalue()


def test_the_command_says_of_everybody_what_became_of_them(tmp_path: Path) -> None:
    (tmp_path / "mps.json").write_text(json.dumps(POPOLO))
    status, lines, err = run(tmp_path / "mps.json", "--dry-run")
    assert status == 1
    assert sorted(lines) == sorted([
        "new        mps.json, organizations 1, House of Commons",
        "new        mps.json, organizations 2, HM Government: 1 name more",
        "new        mps.json, persons 1, Ada Brook: 2 names more; 2 roles more",
        "new        mps.json, persons 2, Ben Carr: 1 role more",
        "failed     mps.json, memberships 3: there is nobody with the id 'p9' in this file.",
        "failed     mps.json, memberships 4: a date is 'soon': write it as 2016-06-29, 2016-06 or 2016.",
    ])  # fmt: skip
    assert err == "Dry run, nothing was stored: 4 new, 2 failed.\n"
    assert not Person.objects.exists()
    user = User.objects.create_user("hetty")
    run(tmp_path / "mps.json", "--by", "hetty")
    assert set(Decision.objects.values_list("by", "reason")) == {(user.pk, "Imported from mps.json")}
    assert Person.objects.get(wikidata="Q101").roles.filter(since=dt.date(2016, 7, 13)).exists()
    assert run(tmp_path / "mps.json")[2] == "4 unchanged, 2 failed.\n"


@pytest.mark.parametrize("args, sentence", [(("none.json",), r"none\.json cannot be read"), (("a.csv", "--by", "x"), "--by x: there is no such account")])  # fmt: skip
def test_what_the_command_refuses(args: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*args)


def test_pairs_are_looked_for_among_those_who_came_in(tmp_path: Path) -> None:
    Person.objects.enrol("Ada Brooke")
    (tmp_path / "list.csv").write_text(TABLE)
    run(tmp_path / "list.csv")
    assert Pair.objects.filter(score__gt=0).exists()


def test_the_screen_tells_first(client: Client) -> None:
    user = User.objects.create_superuser("hetty", password="a long password")
    client.force_login(user)
    url = reverse("admin:people_person_enlist")
    assert url in client.get(reverse("admin:people_person_changelist")).content.decode()
    said = {"file": SimpleUploadedFile("list.csv", TABLE.encode()), "dry_run": "on"}
    page = client.post(url, said).content.decode()
    assert "nothing was stored" in page
    assert "Ada Brook" in page
    assert not Person.objects.exists()
    page = client.post(url, {"file": SimpleUploadedFile("list.csv", TABLE.encode())}).content.decode()
    assert reverse("admin:people_person_change", args=[Person.objects.get(wikidata="Q101").pk]) in page
    assert set(Decision.objects.values_list("by", flat=True)) == {user.pk}
    for wrong, sentence in ((b"who\nAda\n", "does not say which column"), (b"", "empty")):
        assert sentence in client.post(url, {"file": SimpleUploadedFile("a.csv", wrong)}).content.decode()
    client.force_login(User.objects.create_user("ned", is_staff=True))
    assert client.get(url).status_code == 403


def test_an_editor_gives_somebody_their_item(client: Client) -> None:
    client.force_login(User.objects.create_superuser("hetty", password="a long password"))
    person, other = Person.objects.enrol("Ada Brook"), Person.objects.enrol("Ben Carr", wikidata="Q7")

    def change(item: str) -> str:
        said = {"name": person.name, "kind": person.kind, "status": person.status, "wikidata": item}
        formsets = {f"{name}-{part}_FORMS": "0" for name in ("names", "roles") for part in ("TOTAL", "INITIAL")}
        return client.post(
            reverse("admin:people_person_change", args=[person.pk]), said | formsets, follow=True
        ).content.decode()

    assert "such as Q42" in change("42")
    assert f"the item of {other} already" in change("q7")
    change("q42")
    person.refresh_from_db()
    assert (person.wikidata, person.decided) == ("Q42", ["wikidata"])
