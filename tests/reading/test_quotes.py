"""What is quoted and by whom: to add a case is to add a row."""

from __future__ import annotations

import pytest

from articles.reading import Quotation, read

#: text, then the expected quotations as (kind, [span texts], name of the speaker or what was printed)
CASES: list[tuple[str, str, list[tuple[str, list[str], str]]]] = [
    (
        "tag after, surname and continuation",
        (
            "Anita Rowntree, the leader of Marlow Council, opened the bridge on Monday.\n\n"
            "“It has taken nine years,” Rowntree said. “We will not wait nine more for the next.”"
        ),
        [("direct", ["It has taken nine years,", "We will not wait nine more for the next."], "Anita Rowntree")],
    ),
    (
        "inverted tag with a role between",
        "“The lift has failed again,” said station manager Derek Oyelaran.",
        [("direct", ["The lift has failed again,"], "Derek Oyelaran")],
    ),
    (
        "broken by the tag",
        "“The roof,” Priya Nandakumar said, “was never inspected.”",
        [("direct", ["The roof,", "was never inspected."], "Priya Nandakumar")],
    ),
    (
        "single-quote house style with apostrophes and possessives",
        "Helen Marsh, 52, has run the ferry since 2009. 'It's the drivers' pay that worries me,' Mrs Marsh said.",
        [("direct", ["It's the drivers' pay that worries me,"], "Helen Marsh")],
    ),
    (
        "several paragraphs, each reopened",
        "Colin Achebe told the inquiry: “I raised it in March.\n\n“I raised it again in May.\n\n“Nobody answered.”",
        [("direct", ["I raised it in March.", "I raised it again in May.", "Nobody answered."], "Colin Achebe")],
    ),
    (
        "never closed, and the next paragraph is about somebody else",
        (
            "Campaigner Ruth Ellery told the Echo: “They shut the pool without a word.\n"
            "Councillor Graham Pike himself visited the site on Friday."
        ),
        [("direct", ["They shut the pool without a word."], "Ruth Ellery")],
    ),
    (
        "doubled opening, straight closing",
        'Martin Vose said: “"Hold the line; hold it together," he said. "We are nearly there."',
        [("direct", ["Hold the line; hold it together,", "We are nearly there."], "Martin Vose")],
    ),
    (
        "straight opened, curly closed",
        'Joan Tarrant spoke last. "Do not let them close it,” she said.',
        [("direct", ["Do not let them close it,"], "Joan Tarrant")],
    ),
    (
        "indirect with that, and coordination",
        "Olu Bankole said that the depot would close in June and added that no jobs would go.",
        [
            ("indirect", ["the depot would close in June"], "Olu Bankole"),
            ("indirect", ["no jobs would go"], "Olu Bankole"),
        ],
    ),
    (
        "bare clause, adverbials skipped",
        "Fiona Carbery said on Tuesday the plans had been shelved.",
        [("indirect", ["the plans had been shelved"], "Fiona Carbery")],
    ),
    (
        "trailing tag",
        "The crossing will stay shut until spring, ministers have said.",
        [("indirect", ["The crossing will stay shut until spring"], "ministers")],
    ),
    (
        "cut before another speaker",
        "Janet Moyle said the tests were sound, but Peter Anson said they proved nothing.",
        [("indirect", ["the tests were sound"], "Janet Moyle"), ("indirect", ["they proved nothing"], "Peter Anson")],
    ),
    (
        "participle",
        "David Wren defended the scheme, saying it had saved the library.",
        [("indirect", ["it had saved the library"], "David Wren")],
    ),
    (
        "according to",
        "More than forty ponds have dried up, according to the Downs Water Trust.",
        [("indirect", ["More than forty ponds have dried up"], "Downs Water Trust")],
    ),
    (
        "mixed: the whole clause",
        "Leah Porteous said the vote was “a farce” and would be run again.",
        [("mixed", ["the vote was “a farce” and would be run again"], "Leah Porteous")],
    ),
    (
        "label",
        "Simon Achterberg called the budget “a shambles”.",
        [("direct", ["a shambles"], "Simon Achterberg")],
    ),
    (
        "scare quotes and titles are nobody's words",
        "The so-called “super council” meets at six. The “quiet carriage” was full on the way back.",
        [],
    ),
    (
        "hypothetical",
        "You might say the town has been lucky.",
        [],
    ),
    (
        "unnamed and collective",
        "A spokeswoman for the Harbour Trust said: “We are looking into it.”",
        [("direct", ["We are looking into it."], "A spokeswoman for the Harbour Trust")],
    ),
    (
        "no full stop between",
        "One resident described the noise as “unbearable”.",
        [("direct", ["unbearable"], "One resident")],
    ),
    (
        "plural possessive inside single marks",
        "Tom Lund added: 'It's the ministers' job to decide.'",
        [("direct", ["It's the ministers' job to decide."], "Tom Lund")],
    ),
    (
        "cut before a contrast with another speaker",
        "Ann Booth warned that buses could not cope, while her rival, Giles Horne, insisted they would.",
        [("indirect", ["buses could not cope"], "Ann Booth"), ("indirect", ["they would"], "Giles Horne")],
    ),
    (
        "a headline with a speaker and a colon",
        "Lisa Marsh: Why the pier must close\n\nLisa Marsh spoke in Orrin on Monday.",
        [("indirect", ["Why the pier must close"], "Lisa Marsh")],
    ),
    (
        "a quoted subheading is not a quotation",
        "Ann Booth spoke for an hour.\n\n‘We need to listen’\n\nThe hall was full.",
        [],
    ),
    (
        "the title of a programme is not a quotation",
        "“They are wrong,” Ann Booth said on the BBC's “State of the Union”.",
        [("direct", ["They are wrong,"], "Ann Booth")],
    ),
    (
        "anybody's words are nobody's",
        "Somebody will say, “It is only a car park.” Nobody in this town has ever said, “Build another.”",
        [],
    ),
    (
        "an adverb of time inside the verb",
        "Growers have for years been saying that the well is dry.",
        [("indirect", ["the well is dry"], "Growers")],
    ),
    (
        "told by somebody",
        "A minister has been told by residents of the quay that they will not be moved.",
        [("indirect", ["they will not be moved"], "residents of the quay")],
    ),
    (
        "told by somebody, in front",
        "Told by a lawyer that the bill could fall, thousands marched.",
        [("indirect", ["the bill could fall"], "a lawyer")],
    ),
    (
        "accused of doing",
        "Ann Booth accused ministers of publishing the plan in the dark.",
        [("indirect", ["publishing the plan in the dark"], "Ann Booth")],
    ),
    (
        "denied doing",
        "Ann Booth denied misleading the board. She denied it again.",
        [("indirect", ["misleading the board"], "Ann Booth")],
    ),
    (
        "used to say",
        "My grandmother used to say that a wall was a promise.",
        [("indirect", ["a wall was a promise"], "My grandmother")],
    ),
    (
        "tabloid verbs",
        "Gran Edie Salt, 80, won the raffle. “I never win!” she giggled. “Not once.”",
        [("direct", ["I never win!", "Not once."], "Edie Salt")],
    ),
    (
        "words in the marks of a headline are whoever's the story quotes with them",
        (
            "‘We will not be moved’: ferry crew vow to fight\n\n"
            "The ferry will stop in May.\n\n"
            "Tom Arkle, the mate, told the Echo: “We will not be moved. Not by them.”"
        ),
        [
            ("direct", ["We will not be moved"], "Tom Arkle"),
            ("direct", ["We will not be moved. Not by them."], "Tom Arkle"),
        ],
    ),
    (
        "a headline with an office and a colon",
        (
            "Ferry boss: Boats 'were never safe'\n\nThe ferry will stop in May.\n\n"
            "Anna Reeve said: “The boats were never safe and we knew it.”"
        ),
        [
            ("mixed", ["Boats 'were never safe'"], "Anna Reeve"),
            ("direct", ["The boats were never safe and we knew it."], "Anna Reeve"),
        ],
    ),
    (
        "letters to the editor: from salutation to signature",
        (
            "Letters\n\nSir,\n\nI have kept bees for forty years. None ever wrote to you.\n\nBut I must.\n\n"
            "Hilda Crane\nMossley\n\nSir,\n\nThe bus was late.\n\nOwen Pask\nThornby"
        ),
        [
            (
                "document",
                ["I have kept bees for forty years. None ever wrote to you.", "But I must."],
                "Hilda Crane",
            ),
            ("document", ["The bus was late."], "Owen Pask"),
        ],
    ),
    (
        "passive without an agent",
        "The weather was described as “unprecedented” on Monday.",
        [("direct", ["unprecedented"], "")],
    ),
    (
        "her claim that",
        "Ann Booth stood by her claim that the hall was “bugged”.",
        [("mixed", ["the hall was “bugged”"], "Ann Booth")],
    ),
    (
        "tag between a conjunction and its clause",
        "But, Olu Bankole added, he did not expect the pier to open again.",
        [("indirect", ["he did not expect the pier to open again"], "Olu Bankole")],
    ),
    (
        "tag between a subject and its verb",
        "The costs, Fiona Carbery said, were based on a drawing.",
        [("indirect", ["The costs", "were based on a drawing"], "Fiona Carbery")],
    ),
    (
        "a town and its county before the clause",
        "Peter Anson said on Friday in Whitley, North Yorkshire, that the mill was sold.",
        [("indirect", ["the mill was sold"], "Peter Anson")],
    ),
    (
        "a day that describes a meeting",
        "Peter Anson said at a Saturday rally that the mill was sold.",
        [("indirect", ["the mill was sold"], "Peter Anson")],
    ),
    (
        "a relative clause ends where its sentence goes on",
        "Janet Moyle, who said she would never sell the mill, sold it in June.",
        [("indirect", ["she would never sell the mill"], "Janet Moyle")],
    ),
    (
        "a relative clause between dashes",
        "Janet Moyle – who said she would never sell the mill – sold it in June.",
        [("indirect", ["she would never sell the mill"], "Janet Moyle")],
    ),
    (
        "according to somebody, and what follows the but",
        "According to Janet Moyle, the mill was once the pride of the valley, but is now “a barn with a bill”.",
        [("mixed", ["the mill was once the pride of the valley, but is now “a barn with a bill”"], "Janet Moyle")],
    ),
    (
        "a name behind the verb begins the clause",
        "Janet Moyle, the owner of the mill, said Anson has “a rare gift for delay”. Peter Anson laughed.",
        [("mixed", ["Anson has “a rare gift for delay”"], "Janet Moyle")],
    ),
    (
        "words before the marks belong to the statement",
        "With so many wards to guard, “there is no one door to lock,” Ruth Ellery said.",
        [("mixed", ["With so many wards to guard, “there is no one door to lock,”"], "Ruth Ellery")],
    ),
    (
        "one never closes, and another speaks below",
        "“It is a trick,” Ruth Ellery said. “It is an old trick.\n\n“I call it a gift,” said Graham Pike.",
        [
            ("direct", ["It is a trick,", "It is an old trick."], "Ruth Ellery"),
            ("direct", ["I call it a gift,"], "Graham Pike"),
        ],
    ),
    (
        "a headline with capitals throughout",
        "Council Leader Calls Pool Plan ‘A Puddle Of Nonsense’\n\nRuth Ellery spoke to the Echo on Monday.",
        [("direct", ["A Puddle Of Nonsense"], "Council Leader")],
    ),
    (
        "according to somebody, in the midst of the clause",
        "The ponds, according to the Downs Water Trust, are dry.",
        [("indirect", ["The ponds", "are dry"], "Downs Water Trust")],
    ),
    (
        "according to a report, described",
        "According to a survey by the Downs Water Trust, published in May, the ponds are dry.",
        [("indirect", ["the ponds are dry"], "a survey by the Downs Water Trust")],
    ),
    (
        "according to somebody, behind a conjunction",
        "That is one reason why, according to the Downs Water Trust, the ponds are dry.",
        [("indirect", ["the ponds are dry"], "Downs Water Trust")],
    ),
    (
        "a statement goes on behind its tag",
        "The pool has lost its heating, Ruth Ellery said, and will close in May.",
        [("indirect", ["The pool has lost its heating", "and will close in May"], "Ruth Ellery")],
    ),
    (
        "a condition behind the tag",
        "The pool will close in May, Ruth Ellery said, unless somebody pays for the roof.",
        [("indirect", ["The pool will close in May", "unless somebody pays for the roof"], "Ruth Ellery")],
    ),
    (
        "a relative clause in the subject",
        "On Friday Ruth Ellery said the death of a swimmer whose bag was found on the beach was no accident.",
        [
            (
                "indirect",
                ["the death of a swimmer whose bag was found on the beach was no accident"],
                "Ruth Ellery",
            )
        ],
    ),
    (
        "a possessive in the phrase before the clause",
        "Ruth Ellery said in her New Year's message she was ready to talk.",
        [("indirect", ["she was ready to talk"], "Ruth Ellery")],
    ),
    (
        "a phrase and a comma before the clause",
        "Ruth Ellery admitted in this case, there was no lifeguard.",
        [("indirect", ["there was no lifeguard"], "Ruth Ellery")],
    ),
    (
        "a sum added, a plan announced: no words reported",
        "Ruth Ellery added a penalty as the clock ran down. Graham Pike announced a sale when the shop opened.",
        [],
    ),
    (
        "a comparison, not a report",
        "The bill is higher than ministers say it is.",
        [],
    ),
    (
        "a pointer to another piece",
        "Ruth Ellery came.\n\nWATCH: Ellery says the pool will close in May.",
        [],
    ),
    (
        "a character that prints nothing behind a name",
        "Ruth Ellery\u200b said the pool would close in May.",
        [("indirect", ["the pool would close in May"], "Ruth Ellery")],
    ),
    (
        "a warning not to",
        "Ruth Ellery warned swimmers not to dive.",
        [("indirect", ["not to dive"], "Ruth Ellery")],
    ),
    (
        "what a court heard",
        "Stourby Crown Court heard that the barn had been insured twice. Tom Lund heard that the barn was sold.",
        [("indirect", ["the barn had been insured twice"], "Stourby Crown Court")],
    ),
    (
        "a demand in the subjunctive",
        "Ruth Ellery demanded that the station pull it.",
        [("indirect", ["the station pull it"], "Ruth Ellery")],
    ),
    (
        "an aim in marks comes with its verb",
        "Graham Pike hopes to “change the tune” of the debate.",
        [("mixed", ["to “change the tune” of the debate"], "Graham Pike")],
    ),
]


def speaker_of(quote: Quotation) -> str:
    speakers = [a for a in quote.attributions if a.role == "speaker"]
    return (speakers[0].name or speakers[0].text) if speakers else ""


@pytest.mark.parametrize("text, expected", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_quotes(text: str, expected: list[tuple[str, list[str], str]]) -> None:
    reading = read(text)
    found = [
        (q.kind, [span.of(text) for span in q.spans], speaker_of(q)) for q in reading.quotes if q.nested_in is None
    ]
    assert found == expected


def test_marked_stretches_are_inside_the_marks() -> None:
    text = "Leah Porteous said the vote was “a farce” and “a disgrace”."
    (quote,) = read(text).quotes
    assert [span.of(text) for span in quote.marked] == ["a farce", "a disgrace"]


@pytest.mark.parametrize(
    "text, rule",
    [
        ("Ann Booth said: “It stays.”", ("closed", "closed")),
        ("Ann Booth said: “It stays.\nMr Lund left.", ("closed", "closed-by-paragraph")),
        ("Ann Booth said: “It stays.\n\n“It goes.”", ("closed", "reopened-next-paragraph")),
        ('Ann Booth said: “"It stays."', ("doubled", "mixed-style")),
        ('Ann Booth said: "It stays.”', ("closed", "mixed-style")),
    ],
)
def test_every_boundary_names_its_rule(text: str, rule: tuple[str, str]) -> None:
    assert read(text).quotes[0].boundaries[0] == rule


@pytest.mark.parametrize(
    "text, known",
    [
        ("Ann Booth said: “We [the union] will fight this.”", True),
        ("Ann Booth said: “[W]e will fight this.”", True),
        ("Ann Booth said: “They should of (sic) known.”", True),
        ("Ann Booth said: “We will fight this (and win).”", False),
        ("Ann Booth [of the union] said: “We will fight this.”", False),
    ],
)
def test_editorial_brackets_are_known_as_such(text: str, known: bool) -> None:
    (quote,) = read(text).quotes
    assert ("brackets" in quote.reasons) is known


@pytest.mark.parametrize(
    "text, most",
    [
        ("The lanky professor said: “It will rain.”", 0.84),  # nobody in the text has that role
        ("“I like it,” I said.", 0.5),  # the writer's own voice
        ("Ann Booth rang Tom Lund, saying the tide was in.", 0.9),  # of whom, nobody can be sure
        ("The mayor would say the tide was in.", 0.4),  # hypothetical
        ("Ann Booth met Tom Lund, who said the tide was in.", 0.88),  # of him, or of both
        ("Ann Booth said it was time for the town to choose: “It goes.”", 0.88),  # a part of what she said
        ("Ann Booth said: “time” to the boats.", 0.86),
        ("They met.\n\n“It was a long night and nobody slept.”", 0.84),  # nobody to give it to
    ],
)
def test_doubt_in_the_speaker_is_doubt_in_the_quotation(text: str, most: float) -> None:
    (quote,) = read(text).quotes
    assert quote.confidence <= most


def test_two_confidences() -> None:
    reading = read("Ann Booth said: “It stays.” Tom Lund also came. “It went,” he said.")
    for quote in reading.quotes:
        assert 0 < quote.confidence < 1
        assert 0 < quote.attributions[0].confidence < 1
        assert quote.reasons
        assert quote.attributions[0].reasons
