"""Who may be called alike: a table of names, what their roles add, and that nobody alike is missed for speed."""

from __future__ import annotations

import datetime as dt

import pytest

from people import alike
from people.alike import Held, Somebody


def person(*names: str, ident: int = 1, kind: str = "individual", **rest: object) -> Somebody:
    return Somebody(ident, kind, names, **rest)  # type: ignore[arg-type]


def body(*names: str, ident: int = 1) -> Somebody:
    return person(*names, ident=ident, kind="organisation")


#: Two names, the sign by which they are alike ("" when they are not), and whether it alone is worth asking about.
PEOPLE = [
    ("Marsha-Jane Thompson", "Marsha-Jane Thomson", "misspelling", True),
    ("Diane Abbott", "Diane Abbot", "misspelling", True),
    ("Dame Diane Abbott MP", "Diane Abbot", "misspelling", True),
    ("Fergus Mayhew", "Fergus Mahew", "misspelling", True),
    ("Tony Brack", "Tony Brach", "misspelling", True),
    ("Tony Brack", "Tony Barck", "misspelling", True),  # two letters swapped
    ("Katarzyna Wojciechowska", "Katarzyna Wojcieshovska", "misspelling", True),  # two slips in a long name
    ("Zoë O’Neill", "Zoe ONeill", "same-name", True),
    ("Dave Ward", "Dave Wars", "misspelling", False),  # four letters: too little to go by
    ("Dave Ray", "Dave Roy", "", False),
    ("Catherine Bell", "Katherine Bell", "short-form", True),
    ("Jonathan Bell", "Jonathon Bell", "misspelling", True),
    ("Joan Bell", "Jean Bell", "misspelling", False),
    ("Ruth Ashdown", "R. Ashdown", "initials", False),
    ("J. K. Marlow", "Joanne Kathleen Marlow", "initials", False),
    ("JK Marlow", "Joanne Kathleen Marlow", "initials", False),
    ("Ruth Ashdown", "B. Ashdown", "", False),
    ("Tony Brack", "Anthony Brack", "short-form", True),
    ("Jo Castellan", "Joanna Castellan", "short-form", True),
    ("Bill Ashdown", "William Ashdown", "short-form", True),
    ("Bill Ashdown", "Walter Ashdown", "", False),
    ("Ruth Ashdown", "Ruth Mary Ashdown", "middle-names", True),
    ("Ruth Anne Ashdown", "Ruth Mary Ashdown", "middle-names", False),
    ("Anna Brook", "Anna Brook-Lane", "longer-name", True),
    ("Ashdown Ruth", "Ruth Ashdown", "word-order", True),
    ("Sheila Doyle", "Kieran Doyle", "", False),
    ("Geoffrey Lund", "Beth Lund", "", False),
    ("Alan Johnson", "Boris Johnson", "", False),
    ("Johnson", "Johnston", "", False),  # a surname alone says nothing
    ("Alan Johnson", "Alan Johnson", "same-name", True),
]
BODIES = [
    ("Unity Awarding Board", "UAB", "initials", True),
    ("Union of River and Port Workers", "URPW", "initials", True),
    ("Public Workers’ Union", "Public Worker Union", "misspelling", True),
    ("Department for Education", "Departmnet for Education", "misspelling", True),
    ("The Coastal Authority", "Coastal Authority", "same-name", True),
    ("Union of River Workers", "River Workers Union", "word-order", True),
    ("Ravensholme Borough Council", "Ravensholme Council", "longer-name", True),
    ("Ravensholme Tenants’ Union", "Tenants’ Union", "longer-name", False),
    ("Unit 1 Survivors", "Unit 2 Survivors", "", False),
    ("Labour", "Labor Day", "", False),
    ("Department for Education", "Department for Transport", "", False),
    ("Coastal Authority", "Harbour Authority", "", False),
]


@pytest.mark.parametrize(
    "one, other, code, asked",
    [(person(a), person(b, ident=2), *rest) for a, b, *rest in PEOPLE]
    + [(body(a), body(b, ident=2), *rest) for a, b, *rest in BODIES],
    ids=[f"{row[0]} – {row[1]}" for row in PEOPLE + BODIES],
)
def test_names(one: Somebody, other: Somebody, code: str, asked: bool) -> None:
    for a, b in ((one, other), (other, one)):
        found = alike.names_alike(a, b)
        assert (found.code if found else "") == code
        assert not found or (alike.score(alike.compare(a, b)) > alike.WORTH_ASKING) is asked
    if code:
        assert [(a.ident, b.ident) for a, b in alike.worth_comparing([one, other])] == [(1, 2)]


def test_a_person_is_never_like_an_organisation() -> None:
    assert alike.names_alike(person("Anna Brook"), body("Anna Brook")) is None
    assert list(alike.worth_comparing([person("Anna Brook"), body("Anna Brook", ident=2)])) == []


def test_of_several_names_the_likest_counts() -> None:
    found = alike.names_alike(person("Ruth Ashdown", "R. Ashdown"), person("Rut Ashdown", "Ruth Ashdown", ident=2))
    assert found is not None
    assert found.code == "same-name"


def held(title: str, organisation: str = "", since: int = 0, until: int = 0) -> Held:
    return Held(title, organisation, dt.date(since, 1, 1) if since else None, dt.date(until, 1, 1) if until else None)


@pytest.mark.parametrize(
    "one, other, code, speaks_for",
    [
        (held("chair", "Momentum"), held("Chair", "Momentum"), "same-role", True),
        (held("chair", "Momentum"), held("chair"), "same-role", True),
        (held("organiser", "Momentum"), held("chair", "Momentum"), "same-organisation", True),
        (held("chair", "Momentum", 2019), held("MP", "House of Commons", 2015, 2020), "other-role", False),
        (held("chair", "Momentum", 2021), held("MP", "House of Commons", 2015, 2020), "", False),
        (held("chair", "Momentum"), held("MP", "House of Commons"), "", False),
    ],
)
def test_roles(one: Held, other: Held, code: str, speaks_for: bool) -> None:
    evidence = alike.compare(person("R. Ashdown", roles=(one,)), person("Ruth Ashdown", ident=2, roles=(other,)))
    assert {piece.code: piece.weight > 0 for piece in evidence if piece.code != "initials"} == (
        {code: speaks_for} if code else {}
    )


@pytest.mark.parametrize(
    "one, other, asked",
    [
        ({"pronouns": "she/her"}, {"pronouns": "she/her"}, True),
        ({"pronouns": "she/her"}, {"pronouns": "he/him"}, False),
        ({"vouched": True}, {"vouched": False}, True),
        ({"vouched": True}, {"vouched": True}, False),
    ],
)
def test_what_else_is_known(one: dict, other: dict, asked: bool) -> None:
    evidence = alike.compare(person("Diane Abbott", **one), person("Diane Abbot", ident=2, **other))
    assert (alike.score(evidence) > alike.WORTH_ASKING) is asked
    assert alike.strongest_first(evidence) == evidence


@pytest.mark.parametrize("bearers, asked", [(2, True), (3, False)])
def test_an_initial_is_worth_asking_about_where_nobody_else_has_the_surname(bearers: int, asked: bool) -> None:
    evidence = alike.compare(person("Ruth Ashdown"), person("R. Ashdown", ident=2))
    rare = alike.rare_surname(evidence[0], bearers)
    assert (alike.score([*evidence, *([rare] if rare else [])]) > alike.WORTH_ASKING) is asked


def test_only_pairs_with_one_of_those_asked_about() -> None:
    people = [person("Ann Brook", ident=n) for n in range(4)]
    pairs = {(a.ident, b.ident) for a, b in alike.worth_comparing(people, about={2})}
    assert pairs == {(0, 2), (1, 2), (2, 3)}


def test_evidence_as_it_is_kept() -> None:
    (piece,) = alike.compare(body("Unity Awarding Board"), body("UAB", ident=2))
    assert piece.as_json() == {"for": True, "code": "initials", "text": "UAB may stand for Unity Awarding Board."}
    placed = alike.Evidence("one-list", "Both stand in one list.", -3.0, "7kq2wz9mxd", "Alan and Boris")
    assert placed.as_json() == {
        "for": False, "code": "one-list", "text": "Both stand in one list.",
        "article": "7kq2wz9mxd", "printed": "Alan and Boris",
    }  # fmt: skip
