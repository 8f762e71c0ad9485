"""Lists of people as others keep them: what is read, and what is said of what cannot be."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from people.roster_files import Held, Listed, Wrong, parse_mapping, read_roster

POPOLO: dict[str, Any] = {
    "organizations": [
        {"id": "hoc", "name": "House of Commons", "classification": "chamber"},
        {"id": "gov", "name": "HM Government", "other_names": [{"name": "Government"}], "identifiers": [{"scheme": "wikidata", "identifier": "Q31747"}]},
    ],
    "posts": [{"id": "pm", "label": "Prime Minister of the Realm", "role": "Prime Minister", "organization_id": "gov"}],
    "persons": [
        {
            "id": "p1", "name": "Ada Brook", "identifiers": [{"scheme": "wikidata", "identifier": "Q101"}],
            "other_names": [{"name": "Ada M. Brook"}, {"name": "A. Brook", "note": "abbreviation"}],
            "memberships": [{"organization_id": "hoc", "role": "member", "label": "MP for Aldermouth", "start_date": "2010-05-06"}],
        },
        {"id": "p2", "name": "Ben Carr"},
    ],
    "memberships": [
        {"person_id": "p1", "post_id": "pm", "role": "member", "start_date": "2016-07-13", "end_date": "2019-07-24"},
        {"person_id": "p2", "organization_id": "gov", "role": "Prime Minister", "start_date": "2019-07-24"},
        {"person_id": "p9", "organization_id": "gov"},
        {"person_id": "p2", "organization_id": "gov", "role": "chair", "start_date": "soon"},
    ],
}  # fmt: skip


def people(raw: str, file: str = "list.csv", mapping: dict[str, str] | None = None) -> list[Listed]:
    found = read_roster(file, raw.encode(), mapping)
    assert all(isinstance(one, Listed) for one in found), found
    return [one for one in found if isinstance(one, Listed)]


def test_popolo_is_read() -> None:
    found = read_roster("mps.json", json.dumps(POPOLO).encode())
    by_name = {one.name: one for one in found if isinstance(one, Listed)}
    brook = by_name["Ada Brook"]
    assert (brook.kind, brook.wikidata) == ("individual", "Q101")
    assert brook.names == (("Ada M. Brook", "alias"), ("A. Brook", "abbreviation"))
    assert set(brook.roles) == {
        Held("MP for Aldermouth", "House of Commons", dt.date(2010, 5, 6)),
        Held("Prime Minister", "HM Government", dt.date(2016, 7, 13), dt.date(2019, 7, 24)),
    }
    assert by_name["Ben Carr"].roles == (Held("Prime Minister", "HM Government", dt.date(2019, 7, 24)),)
    assert (by_name["HM Government"].kind, by_name["HM Government"].wikidata) == ("organisation", "Q31747")
    assert [one.error for one in found if isinstance(one, Wrong)] == [
        "mps.json, memberships 3: there is nobody with the id 'p9' in this file.",
        "mps.json, memberships 4: a date is 'soon': write it as 2016-06-29, 2016-06 or 2016.",
    ]
    kinds = [one.kind for one in found if isinstance(one, Listed)]
    assert kinds == sorted(kinds, reverse=True), "organisations come before those who are in them"


def test_a_table_has_a_row_a_role() -> None:
    table = """Name;Role;Organisation;From;To;Wikidata;Other names
Ada Brook;Prime Minister;HM Government;2016-07;2019;https://www.wikidata.org/wiki/Q101;A. Brook | Ada M. Brook
Ada Brook;MP for Aldermouth;House of Commons;2010-05-06;;Q101;

Ben Carr;;;;;;
"""
    brook, carr = people(table)
    assert (brook.where, brook.wikidata, carr.where) == ("list.csv, line 2", "Q101", "list.csv, line 5")
    assert brook.names == (("A. Brook", "alias"), ("Ada M. Brook", "alias"))
    assert brook.roles == (
        Held("Prime Minister", "HM Government", dt.date(2016, 7, 1), dt.date(2019, 12, 31)),
        Held("MP for Aldermouth", "House of Commons", dt.date(2010, 5, 6)),
    )
    assert carr.roles == ()


def test_columns_may_be_called_otherwise() -> None:
    [brook] = people(
        "Member,Elected,Office\nAda Brook,2010,MP\n", mapping={"name": "Member", "role": "Office", "from": "elected"}
    )
    assert brook.roles == (Held("MP", "", dt.date(2010, 1, 1)),)
    assert parse_mapping(" name = Member, from=Elected") == {"name": "Member", "from": "Elected"}
    for wrong in ("Member", "name=", "office=Office"):
        with pytest.raises(ValueError, match="maps nothing: write one of name, kind"):
            parse_mapping(wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_names_in_any_usual_encoding(encoding: str) -> None:
    [found] = read_roster("list.csv", "name\nZoë Müller\n".encode(encoding))
    assert isinstance(found, Listed)
    assert found.name == "Zoë Müller"


def test_two_people_of_one_name_are_told_apart_by_their_item() -> None:
    found = people("name,wikidata,role\nJohn Smith,Q1,MP\nJohn Smith,Q2,judge\nJohn Smith,Q1,minister\n")
    assert [(one.wikidata, [held.title for held in one.roles]) for one in found] == [
        ("Q1", ["MP", "minister"]),
        ("Q2", ["judge"]),
    ]


def test_our_own_lists_are_read() -> None:
    [found] = people(json.dumps([{"name": "Ada Brook", "other_names": ["A. Brook"], "roles": [{"title": "chair", "from": "2011", "to": None}]}]), "people.json")  # fmt: skip
    assert (found.names, found.roles) == ((("A. Brook", "alias"),), (Held("chair", "", dt.date(2011, 1, 1)),))


@pytest.mark.parametrize(
    "name, raw, sentence",
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "who,what\nAda,MP\n", "does not say which column holds the name"),
        ("a.json", "{", "is not well-formed JSON"),
        ("a.json", '{"people": []}', "is no Popolo file"),
    ],
)
def test_a_file_that_is_no_list(name: str, raw: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_roster(name, raw.encode())


@pytest.mark.parametrize(
    "row, error",
    [
        (",MP,,,", "there is no name: each entry needs one"),
        ("Ada,MP,yesterday,,", "a date is 'yesterday': write it as 2016-06-29, 2016-06 or 2016"),
        ("Ada,MP,2019-02-30,,", "a date is '2019-02-30'"),
        ("Ada,MP,2019,2018,", "the role ends (2018-12-31) before it begins (2019-01-01)"),
        ("Ada,MP,,,42", "wikidata is '42': write the number of an item, such as Q42"),
    ],
)
def test_a_row_that_fails_says_where_and_why(row: str, error: str) -> None:
    found = read_roster("a.csv", f"name,role,from,to,wikidata\n{row}\nBen Carr,,,,\n".encode())
    wrong = next(one for one in found if isinstance(one, Wrong))
    assert wrong.error.startswith("a.csv, line 2: ")
    assert error in wrong.error
    assert len(found) == 2


@pytest.mark.parametrize(
    "dates, since, until",
    [
        ({}, dt.date(2019, 12, 12), dt.date(2024, 5, 30)),
        ({"start_date": "2021-05-06"}, dt.date(2021, 5, 6), dt.date(2024, 5, 30)),
        ({"end_date": "2022-11-30"}, dt.date(2019, 12, 12), dt.date(2022, 11, 30)),
    ],
)
def test_a_seat_is_dated_by_its_legislative_period(dates: dict[str, str], since: dt.date, until: dt.date) -> None:
    term = {"id": "term/58", "start_date": "2019-12-12", "end_date": "2024-05-30"}
    seat = {"person_id": "p", "organization_id": "c", "role": "member", "legislative_period_id": "term/58"} | dates
    said = {
        "persons": [{"id": "p", "name": "Jane Oakes"}],
        "organizations": [{"id": "c", "name": "House of Commons"}],
        "memberships": [seat],
        "events": [term],
    }
    [_, person] = read_roster("mps.json", json.dumps(said).encode())
    assert isinstance(person, Listed)
    assert person.roles == (Held("member", "House of Commons", since, until),)
