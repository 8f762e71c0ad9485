"""Names and whom they mean: full names, surnames, pronouns, roles, homonyms."""

from __future__ import annotations

import datetime as dt

import pytest

from articles.reading import Context, KnownName, KnownRole, as_record, read

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
    (
        "a body by the words of its name",
        "The Harbour Trust met. The Parole Board of Orrin sat. “He may go,” the parole board said.",
        "He may go,",
        "Parole Board of Orrin",
    ),
    (
        "the union, of a body that has only initials",
        "Orrin Council met on Monday. The RMT walked out. The council stayed. “We will strike,” the union said.",
        "We will strike,",
        "RMT",
    ),
    (
        "it, of whoever spoke last",
        (
            "BC Hydra said power was back. Trees lay in the road. Some were large. Others were small. Cars went round. "
            "Nobody was hurt. “Stay away from wires,” it said."
        ),
        "Stay away from wires,",
        "BC Hydra",
    ),
    (
        "a question asked about somebody else",
        "Tom Arkle opens the door. I ask if Sir Edwin Carrow is well.\n\n“Never better,” he says.",
        "Never better,",
        "Tom Arkle",
    ),
    (
        "a name set off by commas inside what is said",
        "Tom Arkle sat down. Ewan Firth, he said, was “late again”.",
        "late again",
        "Tom Arkle",
    ),
    (
        "the subject of the same sentence",
        (
            "Coral Whitmore spoke first. “Nobody asked us,” she said.\n\n"
            "Orrin’s MP, Nadia Kerr, was away but in a statement read out by the chairman she said: “I will vote no.”"
        ),
        "I will vote no.",
        "Nadia Kerr",
    ),
    (
        "the protagonist by an age printed nowhere",
        (
            "Ewan Firth has joined Rovers. Firth replaces Neil Voss. Firth has coached abroad. Firth was out of work. "
            "Rovers lost under Voss on Tuesday. The 56-year-old said: “I am delighted.”"
        ),
        "I am delighted.",
        "Ewan Firth",
    ),
    (
        "no general secretary for the education secretary",
        "General secretary Denise Oakes sat down. Marcus Ford came in. “No,” the education secretary said.",
        "No,",
        "",
    ),
    (
        "a name behind what somebody is",
        "Rafe Arkle came third. “He tries,” says Arkle’s dad, Darren.",
        "He tries,",
        "Darren",
    ),
    (
        "named without a word of who she is: described before",
        (
            "The hall was full. It rained. Nobody left. The band played on. One former director said she “would return”. "
            "Joan Pike told the Echo she had gone in May."
        ),
        "would return",
        "Joan Pike",
    ),
    (
        "a father is no daughter of the same name",
        "Hannah Lowe, 16, sat the exam. She passed. Her father wept. “It was my eye,” said Mr Lowe.",
        "It was my eye,",
        "Mr Lowe",
    ),
    (
        "the statement, of whoever made it",
        "The Harbour Trust said it was sorry. The statement added that fares “would fall”.",
        "would fall",
        "Harbour Trust",
    ),
    (
        "another of a group, who has no name",
        "Viewers were cross. One joked: “Bring a coat.” Another said: “Never again.”",
        "Never again.",
        "another viewer",
    ),
    (
        "the first of a couple with one surname",
        "Donald and Morven Lowe came home. “Top of the class,” Morven said.",
        "Top of the class,",
        "Morven Lowe",
    ),
    (
        "a title in full",
        "Gov. Anita Salas spoke in Reno. It rained. “I have made up my mind,” the governor said.",
        "I have made up my mind,",
        "Anita Salas",
    ),
    (
        "misspelt behind a title",
        "Eilidh Baines runs the schools. The roof is sound. “It will open,” Ms Baine said.",
        "It will open,",
        "Eilidh Baines",
    ),
    (
        "what a company is called beside its name",
        "Brindle Home, the furniture chain, will shut 40 shops. It is old. “We tried,” the company said.",
        "We tried,",
        "Brindle Home",
    ),
    (
        "where a representative is from",
        "“It is dead,” said Representative Celeste Oduya of Georgia.",
        "It is dead,",
        "Celeste Oduya",
    ),
    (
        "an unnamed relation in a pronoun",
        "My aunt had the best of it. She used to say: “Cash is fine.”",
        "Cash is fine.",
        "My aunt",
    ),
    (
        "one of them",
        "Two officers came in and looked about. One of them said: “It is a civil matter.”",
        "It is a civil matter.",
        "one officer",
    ),
    (
        "a group that a sentence is about",
        "Several car makers have warned of it. “Plants will close,” they said.",
        "Plants will close,",
        "Several car makers",
    ),
    (
        "an unnamed source without what he works on",
        "One official who worked on the plan admitted: “It was a mess.”",
        "It was a mess.",
        "One official",
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


def test_an_office_with_an_article_inside() -> None:
    holder = KnownName(
        "p-1", "Jane Oakes", roles=(KnownRole("Chancellor of the Exchequer", since=dt.date(2019, 1, 1)),)
    )
    text = "“It is over,” the chancellor of the exchequer said."
    (quote,) = read(text, Context(names=(holder,), date=dt.date(2020, 3, 1))).quotes
    assert quote.attributions[0].ident == "p-1"


def test_a_form_known_to_the_corpus() -> None:
    names = (KnownName("o-1", "National Allotment Workers", ("NAW",), kind="organisation"),)
    (quote,) = read("“We will dig in,” the NAW said.", Context(names=names)).quotes
    assert (quote.attributions[0].ident, quote.attributions[0].name) in (
        ("o-1", "NAW"),
        ("o-1", "National Allotment Workers"),
    )


#: what British papers print: text, words of the quotation, who it is, of what kind
BRITISH = [
    ("Jeremy Corbell spoke. “No,” Mr Corbell said.", "No,", "Jeremy Corbell", "individual"),
    ("Sir Keith Stannard spoke. “No,” Sir Keith said.", "No,", "Keith Stannard", "individual"),
    ("Lisa Nandor, the MP for Wigan, rose. “No,” the MP for Wigan said.", "No,", "Lisa Nandor", "individual"),
    ("Lisa Nandor, the MP for Wigan, rose. “No,” the Wigan MP said.", "No,", "Lisa Nandor", "individual"),
    ("“It is absurd,” No 10 said.", "It is absurd,", "Downing Street", "organisation"),
    ("“It is absurd,” Number 10 said.", "It is absurd,", "Downing Street", "organisation"),
    ("“It is absurd,” a No 10 source said.", "It is absurd,", "", "unnamed"),
    ("“It is absurd,” a spokeswoman for the department said.", "It is absurd,", "", "unnamed"),
    ("The RMT met on Monday. The union said it was “ready”.", "ready", "RMT", "organisation"),
    ("Unite’s Sharon Grimes said: “No.”", "No.", "Sharon Grimes", "individual"),
    ("GMB national officer Rehana Azmi said: “No.”", "No.", "Rehana Azmi", "individual"),
    ("“We will vote it down,” Labour said.", "We will vote it down,", "Labour", "organisation"),
    ("“It was the labour of years,” Joan Pike said.", "It was the labour of years,", "Joan Pike", "individual"),
    ("Mr Justice Holroyd said: “No.”", "No.", "Mr Justice Holroyd", "individual"),
    ("DCI Ann Roe left. Det Ch Insp Roe said: “No.”", "No.", "Ann Roe", "individual"),
    ("The Prince of Wales spoke. “No,” the Prince of Wales said.", "No,", "Prince of Wales", "individual"),
    (
        "Carrow: ‘I will not resign’\n\nSir Edwin Carrow spoke on Monday.\n\nHe left at noon.",
        "I will not resign",
        "Edwin Carrow",
        "individual",
    ),
]


@pytest.mark.parametrize("text, words, name, kind", BRITISH)
def test_british_usage(text: str, words: str, name: str, kind: str) -> None:
    (quote,) = [q for q in read(text).quotes if any(span.of(text) == words for span in (*q.spans, *q.marked))]
    assert [(a.name, a.kind) for a in quote.attributions] == [(name, kind)]


def test_labour_is_work_when_small() -> None:
    assert read("Joan Pike went into labour at noon.").mentions[0].name == "Joan Pike"
    assert len(read("Joan Pike went into labour at noon.").mentions) == 1


def test_whom_a_spokeswoman_speaks_for() -> None:
    text = "The Department for Transport paid. A spokeswoman for the department said: “It was due.”"
    (quote,) = read(text).quotes
    assert "speaks for Department for Transport" in quote.attributions[0].reasons


def test_they_are_those_who_spoke_together() -> None:
    text = "Ann Booth and Tom Pike said they were sorry. “We were wrong,” they said."
    given = read(text).quotes[-1].attributions
    assert [(a.name, a.text) for a in given] == [("Ann Booth", "they"), ("Tom Pike", "they")]


def test_the_pair_are_those_who_spoke_together() -> None:
    text = "Ann Booth and Tom Pike said the road was bad. “We went by boat,” the pair wrote."
    assert [a.name for a in read(text).quotes[-1].attributions] == ["Ann Booth", "Tom Pike"]


def test_half_a_name_is_never_sure() -> None:
    text = "Bill Trask was glad. His wife, Donna, was not. “He stood up too late,” she said."
    (quote,) = read(text).quotes
    assert quote.attributions[0].name == "Donna"
    assert quote.attributions[0].confidence < 0.9


@pytest.mark.parametrize(
    "text",
    [
        "A joint statement was read from local groups, including the Trades Council and the Forge Union: “We stay.”",
        "They met.\n\nLocal groups, including the Trades Council and the Forge Union, spoke out.\n\n“We stay,” they said.",
    ],
)
def test_members_of_an_open_list(text: str) -> None:
    given = read(text).quotes[-1].attributions
    assert [(a.name, a.open, a.group.lower()) for a in given] == [
        ("Trades Council", True, "local groups"),
        ("Forge Union", True, "local groups"),
    ]


def test_joint_speakers_are_one_speaker_of_the_record() -> None:
    text = "Ann Booth and Tom Pike said: “We were wrong.”"
    speaker = as_record(text, read(text))["quotes"][0]["speaker"]
    assert (speaker["name"], speaker["text"], speaker["type"]) == ("Ann Booth and Tom Pike",) * 2 + ("group",)
