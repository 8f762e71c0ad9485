"""What is a name and what only looks like one: mentions are people and organisations, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from articles.reading import read

#: text, and everybody mentioned in it
CAPITALS: list[tuple[str, dict[str, str]]] = [
    ("GRAN OF STEEL\n\nShe swam on.\n\nIt was cold.", {}),
    ("OTTAWA — It snowed. It rained.", {}),
    ("RENO, Nev. (SW) — It snowed. It rained.", {}),
    ("She was made OBE, then DBE.", {}),
    ("Ann Booth, D-Lorain, said no.", {"Ann Booth": "individual"}),
    ("Tom and Ann Booth said no.", {"Tom Booth": "individual", "Ann Booth": "individual"}),
    ("Curator Ian Gorse said no.", {"Ian Gorse": "individual"}),
    ("ENERGY: Oil fell. BONDS: Yields rose.", {}),
    ("Write to @JoanTarrant or see #StillSwimming and orrin.org/aB3dE.", {}),
    ("It airs on the ER show. The CEO left for LA.", {}),
    ("They watched The Long Night and How To Talk About Money With Your Son.", {}),
    ("He read the Birth of Modern Orrin in the Hall of Honour.", {}),
    ("The Capital Program is new. A capital is a town, a program a plan. Program said.", {}),
    ("“It went well.” He added that he was glad.", {}),
    ("“Go.” I’d say no.", {}),
    ("The Director of Public Prosecutions said no.", {}),
    ("The MP asked. MPs met. The Tory MP left.", {}),
    ("Bill C-74 passed on the Fraser Highway.", {}),
    ("Ann Booth, Minister of Justice, said no.", {"Ann Booth": "individual"}),
    ("Secretary of State Ann Booth said no.", {"Ann Booth": "individual"}),
    ("The Prince of Wales said no.", {"Prince of Wales": "individual"}),
    ("Doug Jonas of Alabama said no.", {"Doug Jonas": "individual"}),
    ("Head Teachers’ Union leaders met.", {"Head Teachers’ Union": "organisation"}),
    (
        "The Society of Motor Makers and Traders (SMMT) met. The SMMT said no.",
        {"Society of Motor Makers and Traders": "organisation"},
    ),
    ("The Institute on Drug Abuse said no.", {"Institute on Drug Abuse": "organisation"}),
    ("The Heart and Stroke Foundation said no.", {"Heart and Stroke Foundation": "organisation"}),
    ("BC Hydra said no.", {"BC Hydra": "organisation"}),
    ("Brandling Freight said no.", {"Brandling Freight": "organisation"}),
    ("Momentum, a campaign group, said no.", {"Momentum": "organisation"}),
    ("No 10 and Downing Street said no.", {"Downing Street": "organisation"}),
    (
        "Groups including Unity, Forge and the NAW met.",
        {"Unity": "organisation", "Forge": "organisation", "NAW": "organisation"},
    ),
    ("Real Wanderers and Orrin United drew.", {"Orrin United": "organisation"}),
]


@pytest.mark.parametrize("text, named", CAPITALS)
def test_capitals(text: str, named: dict[str, str]) -> None:
    assert {m.name: m.kind for m in read(text).mentions} == named


def test_roles_leave_mere_titles_out() -> None:
    text = "Dr Anna Pell, a GP in Hull, met Lady Hale and Cllr Ann Roe."
    assert [(m.span.of(text), m.roles) for m in read(text).mentions] == [
        ("Anna Pell", ("GP in Hull",)),
        ("Hale", ()),
        ("Ann Roe", ()),
    ]


@pytest.mark.parametrize(
    "printed, role",
    [
        ("Council leader Coun Tony Brack", "Council leader"),
        ("Deputy Mayor Cllr Tony Brack", "Deputy Mayor"),
        ("Health Secretary Dr Tony Brack", "Health Secretary"),
        ("Det Insp Tony Brack", "Det Insp"),
    ],
)
def test_a_title_behind_an_office_is_no_part_of_it(printed: str, role: str) -> None:
    [mention] = read(f"{printed} said it was over.").mentions
    assert mention.roles == (role,)


SAMPLE = Path(__file__).resolve().parent.parent / "gold" / "sample.jsonl"
#: Named in the sample and not in its lists of people: papers, parties, first names, short and misspelt forms.
NAMED_TOO = {
    "Alice", "Castle Court", "Coun Doyle", "Fergus Mahew", "Jamie", "Labour", "Lantern News", "Lily", "Maureen Thorely",
    "Mr Haddad", "Mrs Castallan", "Mrs Castellan", "Mrs Marsh", "PWU", "PWU Ravensholme Branch", "Provincial Wire", "Ron",
    "Sheila Street", "Tenants’ Union", "Tony Brach", "Trades Council",
}  # fmt: skip


def test_everybody_mentioned_in_the_sample_is_somebody() -> None:
    """No mention of the sample is junk, and most of the people in its lists are mentioned under the same name."""
    wanted, found = set(), set()
    for line in SAMPLE.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        wanted |= {(record["id"], _plain(name)) for name in record["people"]}
        found |= {(record["id"], _plain(m.name)) for m in read(record["text"]).mentions if m.name}
    assert {name for _, name in found - wanted} <= {_plain(name) for name in NAMED_TOO}
    assert len(found & wanted) >= 0.78 * len(wanted), sorted(wanted - found)


def _plain(name: str) -> str:
    return name.lower().replace("’", "'").removeprefix("the ")
