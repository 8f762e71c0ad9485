"""Names and whom they mean: full names, surnames, pronouns, roles, homonyms."""

from __future__ import annotations

import datetime as dt

import pytest

from articles.reading import Context, KnownName, KnownRole, read

#: text, words of the quotation, expected name
CASES: list[tuple[str, str, str, str]] = [
    (
        "pronoun across another speaker's paragraphs",
        (
            "Organiser Clara-May Thompson opened the rally. “So many came,” she said.\n"
            "Edward Fenn himself then spoke, in favour of patience.\n"
            "“Do not let them split us,” he said.\n"
            "The vote, she added, was “a kick in the teeth for the volunteers.”"
        ),
        "a kick in the teeth for the volunteers.",
        "Clara-May Thompson",
    ),
    (
        "misspelling joins",
        "Organiser Clara-May Thompson opened the rally. In case of a new vote, Thomson went on: “We will win it.”",
        "We will win it.",
        "Clara-May Thompson",
    ),
    (
        "title tells two of one surname apart",
        "Mark Hale and his wife Susan Hale run the mill. “The wheel is sound,” Mrs Hale said.",
        "The wheel is sound,",
        "Susan Hale",
    ),
    (
        "descriptor by role",
        "Shadow chancellor Ewan Firth met Beth Loomis, a nurse. “The sums add up,” the shadow chancellor said.",
        "The sums add up,",
        "Ewan Firth",
    ),
    (
        "age",
        "Tom Arkle, 71, has fished here since boyhood. Neil Voss, 30, has not. “The eels have gone,” the 71-year-old said.",
        "The eels have gone,",
        "Tom Arkle",
    ),
    (
        "short first name",
        "Presenter Bradley Orme froze. “Are you any good?” asked Brad.",
        "Are you any good?",
        "Bradley Orme",
    ),
    (
        "apposition with a relative clause",
        "Jim Stannard, a spokesman for Forward, which claims to have 9,000 members, said: “They will be angry.”",
        "They will be angry.",
        "Jim Stannard",
    ),
    (
        "time before the verb",
        "Finance spokesman Hugh Petrie, a close ally of the mayor, last night branded the plan “a car without a road”.",
        "a car without a road",
        "Hugh Petrie",
    ),
    (
        "organisation in a pronoun",
        "The Harbour Trust closed the pier on Monday. “The deck is unsafe,” it said.",
        "The deck is unsafe,",
        "Harbour Trust",
    ),
    (
        "office before a knighthood",
        "Prime Minister Sir Edwin Carrow was briefed in March. The prime minister said he had “nothing to hide”.",
        "nothing to hide",
        "Edwin Carrow",
    ),
    (
        "age and a relative clause between name and verb",
        "Margaret Tully, 68, whose husband Alan died in 2019, told the inquest: “Nobody said a word.”",
        "Nobody said a word.",
        "Margaret Tully",
    ),
    (
        "relation before a first name",
        "Jean Pike, 72, heard a bang. Her husband, Ron, said: “I thought it was thunder.”",
        "I thought it was thunder.",
        "Ron",
    ),
    (
        "named just after, of the right gender",
        "The widow of a lighthouse keeper says she was “never told”.\n\nMargaret Tully, 68, told the inquest: “Nobody said a word.”",
        "never told",
        "Margaret Tully",
    ),
    (
        "knight by his first name",
        "Sir Edwin Carrow knew. Sir Edwin said later that he had “nothing to hide”.",
        "nothing to hide",
        "Edwin Carrow",
    ),
    (
        "initials of an organisation",
        "The Railway Crafts Union (RCU) met on Monday. “We will ballot in May,” the RCU said.",
        "We will ballot in May,",
        "Railway Crafts Union",
    ),
    (
        "what describes the speaker stands before the name",
        "Rovers lost again. “That wasn't very good,” Northgate's Bo Harvard said.",
        "That wasn't very good,",
        "Bo Harvard",
    ),
    (
        "what somebody wrote says what they say",
        "Ann Booth left on Monday. “It was time,” her statement said.",
        "It was time,",
        "Ann Booth",
    ),
    (
        "the company in focus",
        "Brightwell Holdings shut its mill in Orrin. The gates were locked. “Orders fell,” the company said.",
        "Orders fell,",
        "Brightwell Holdings",
    ),
    (
        "according to, behind words in marks",
        "Few are left. “The reeds are dying,” according to Keith Ahern of the Downs Water Trust.",
        "The reeds are dying,",
        "Keith Ahern",
    ),
]


@pytest.mark.parametrize("text, words, name", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_speaker(text: str, words: str, name: str) -> None:
    quotes = [q for q in read(text).quotes if any(span.of(text) == words for span in (*q.spans, *q.marked))]
    assert [q.attributions[0].name for q in quotes] == [name]


def test_two_first_names_stay_open() -> None:
    text = "Ben Rudge and Ben Shaw both sit on the board. “It was agreed,” Ben said."
    given = read(text).quotes[0].attributions[0]
    assert given.name == ""
    assert {c.name for c in given.candidates} == {"Ben Rudge", "Ben Shaw"}


def test_a_list_of_surnames_is_not_the_namesake() -> None:
    text = "Alan Pryce spoke for the nurses on Monday.\n" + "Nothing else was said of it.\n" * 9
    text += "Pryce, Lomax and the other leavers have no plan."
    mentions = [m for m in read(text).mentions if m.span.of(text) == "Pryce"]
    assert [m.name for m in mentions] == [""]


def test_joint_statement_is_an_open_list() -> None:
    text = (
        "Trade unions, including Unity, Forge and NAW, last night issued a joint statement.\n\n"
        "“The ballot must be run again,” the leaders said."
    )
    given = read(text).quotes[0].attributions
    assert [(a.name, a.open) for a in given] == [("Unity", True), ("Forge", True), ("NAW", True)]


def test_unnamed_sources_are_no_people() -> None:
    text = "One activist said: “It was chaos.” A spokesman for the council said the hall was full."
    reading = read(text)
    assert [(a.kind, a.text) for q in reading.quotes for a in q.attributions] == [
        ("unnamed", "One activist"),
        ("unnamed", "A spokesman for the council"),
    ]
    assert reading.mentions == ()


def test_roles_as_printed() -> None:
    text = "Shadow chancellor Ewan Firth met Ros Tully, the general secretary of the Forge Union."
    assert {m.name: m.roles for m in read(text).mentions if m.kind == "individual"} == {
        "Ewan Firth": ("Shadow chancellor",),
        "Ros Tully": ("general secretary of the Forge Union",),
    }


@pytest.mark.parametrize(
    "text, names",
    [
        ("Fergus Mayhill spoke. Later Fergus Mayhll left. Mr Mayhill waved.", {"Fergus Mayhill"}),
        ("Tony Brask spoke. So did Tony Brusk. Mr Brusk left. Brusk waved.", {"Tony Brusk"}),
        ("Daniel Tovey spoke. Dan Tovey left.", {"Daniel Tovey"}),
        ("Defiant Edna Salt said no. “No,” Salt added.", {"Edna Salt"}),
        ("Mum-of-three Jean Pask said no.", {"Jean Pask"}),
        ("Coun Tony Moss said no. Coun Moss left.", {"Tony Moss"}),
        ("Cllr Ruth Moss said no.", {"Ruth Moss"}),
        ("SUNK! Boats go down\n\nIt was bad. They are all SUNK. A boat was sunk.", set()),
        ("Their village was handed to the SEA. The sea is near.", set()),
        ("Jamie Verner of Hale said no.", {"Jamie Verner"}),
        ("The Tenants’ Union said no.", {"Tenants’ Union"}),
        ("Sasha Baron Kerr spoke. Baron Kerr left.", {"Sasha Baron Kerr"}),
        ("The Association of Head Teachers said no.", {"Association of Head Teachers"}),
        ("MPs met in the Premier League box. The DNA was lost.", set()),
        ("A Labour MP said no.", {"Labour"}),
    ],
)
def test_whom_the_capitals_name(text: str, names: set[str]) -> None:
    assert {m.name for m in read(text).mentions} == names


def test_a_known_name_hands_its_ident_back() -> None:
    context = Context(names=(KnownName("p-17", "Ewan Firth"),))
    (quote,) = read("“The sums add up,” said Ewan Firth.", context).quotes
    assert quote.attributions[0].ident == "p-17"


def test_speech_inside_speech() -> None:
    text = "Ruth Ellery spoke first. “I said, ‘Go home.’ And he told me, ‘Never in my life.’ That was it,” Ellery recalled."
    reading = read(text)
    nested = [q for q in reading.quotes if q.nested_in is not None]
    assert [(q.spans[0].of(text), [(a.role, a.name) for a in q.attributions]) for q in nested] == [
        ("Go home.", [("speaker", "Ruth Ellery"), ("via", "Ruth Ellery")]),
        ("Never in my life.", [("speaker", ""), ("via", "Ruth Ellery")]),
    ]


def test_offices_by_date() -> None:
    roles = (KnownRole("prime minister", since=dt.date(2016, 7, 13), until=dt.date(2019, 7, 24)),)
    names = (
        KnownName("p-1", "Edith Marlow", pronouns="she/her", roles=roles),
        KnownName("p-2", "Ivo Crane", roles=(KnownRole("prime minister", since=dt.date(2019, 7, 25)),)),
    )
    text = "The prime minister said the bridge would be built."
    found = {
        year: read(text, Context(names=names, date=dt.date(year, 10, 1))).quotes[0].attributions[0].ident
        for year in (2015, 2017, 2020)
    }
    assert found == {2015: "", 2017: "p-1", 2020: "p-2"}


def test_a_form_known_to_the_corpus() -> None:
    names = (KnownName("o-1", "National Allotment Workers", ("NAW",), kind="organisation"),)
    (quote,) = read("“We will dig in,” the NAW said.", Context(names=names)).quotes
    assert (quote.attributions[0].ident, quote.attributions[0].name) in (
        ("o-1", "NAW"),
        ("o-1", "National Allotment Workers"),
    )
