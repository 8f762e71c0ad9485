"""Passages, live-blog entries and embedded documents."""

from __future__ import annotations

import datetime as dt

import pytest

from articles.reading import Context, read

ARTICLE = """Ferry back in service after nine weeks

Passengers had been taken round by coach since March

The Marlow ferry sailed again on Monday.

Skipper Joan Tarrant at the wheel on Monday. Photograph: Leon Pike/PA

RELATED CONTENT
Coach firm warned over late running, says Tarrant
Nine weeks without a ferry

Passengers cheered. “About time,” said Joan Tarrant.

<iframe src="https://example.org/embed/1">

Sign up to our newsletter for “more of this”.

Share this article!
"""

BLOG = """We will update this page as events unfold, says everybody.

Wednesday 29 June – 14:00

Forge Young Members’ statement:

We want to build a real future for people who work here.

Tuesday 28 June\u00a0– 10:31

The following letter has been sent to Lisa Marchetti, MP for Orrin, from the NAW Orrin branch:

Dear Lisa,

I have just heard the news that you have resigned.

With a heavy heart, I call on you to think again.

Yours sincerely
Orrin NAW Branch

Tuesday 28 June – 09:15

An anonymous post on social media:

They are a fifth column and should be deselected.

Couldn’t have put it better ourselves.

Monday 27 June – 14:45

Rachel Wardle, also on the committee had this to say:

I think it matters that you know of this. Ben Butterfield also maintains it ‘is clearly the view of the committee’ and will not take it down.

It seems that there are no depths to which they will not sink.

Monday 27 June – 14:00

Members met at the AGM on Friday 24th June 2016.

Share this article!

Looking for the harbour?

We've moved to a new website! Feel free to exit this pop-up.
"""


def kinds(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for passage in read(text).passages:
        found.setdefault(passage.kind, []).append(passage.span.of(text))
    return found


def test_kinds_of_an_article() -> None:
    found = kinds(ARTICLE)
    assert found["headline"] == ["Ferry back in service after nine weeks"]
    assert found["standfirst"] == ["Passengers had been taken round by coach since March"]
    assert found["caption"][0].startswith("Skipper Joan Tarrant")
    assert found["related"] == [
        "RELATED CONTENT\nCoach firm warned over late running, says Tarrant\nNine weeks without a ferry"
    ]
    assert found["embed"] == ['<iframe src="https://example.org/embed/1">']
    assert found["promo"] == ["Sign up to our newsletter for “more of this”."]
    assert found["share"] == ["Share this article!"]
    assert all(passage.reason for passage in read(ARTICLE).passages if passage.kind not in ("body", "entry"))


@pytest.mark.parametrize(
    "line, kind",
    [
        ("The harbour on Sunday. (AP Photo/Ann Fisk)", "caption"),
        ("Ferries wait out the storm (Reuters)", "caption"),
        ("LONDON (Reuters) - Ferry fares rose sharply on Tuesday, the operator said.", "body"),
        ("SALTBY, Maine (AP) — The Latest on the ferry (all times local):", "body"),
        ("(AFP) – The ferry is back in service.", "body"),
        ("https://twitter.com/saltbyferry/status/1", "embed"),
        ("https://youtu.be/a1b2c3", "embed"),
        ("https://shop.example/timetable", "body"),
    ],
)
def test_a_line_between_paragraphs(line: str, kind: str) -> None:
    text = ARTICLE.replace("<iframe", f"{line}\n\n<iframe")
    assert next(p.kind for p in read(text).passages if line in p.span.of(text)) == kind


def test_furniture_is_neither_quoted_nor_counted() -> None:
    reading = read(ARTICLE)
    assert [q.spans[0].of(ARTICLE) for q in reading.quotes] == ["About time,"]
    hidden = list(reading.hidden())
    for mention in reading.mentions:
        assert not any(span.overlap(mention.span) for span in hidden)


def test_entries_with_the_year_worked_out() -> None:
    entries = [p for p in read(BLOG).passages if p.kind == "entry"]
    assert [e.at and e.at.isoformat(timespec="minutes") for e in entries] == [
        "2016-06-29T14:00",
        "2016-06-28T10:31",
        "2016-06-28T09:15",
        "2016-06-27T14:45",
        "2016-06-27T14:00",
    ]
    assert {e.at_basis for e in entries} == {"inferred"}
    assert entries[1].heading == "Tuesday 28 June\u00a0– 10:31"
    assert "Share this" not in entries[-1].span.of(BLOG)


def test_year_from_the_context() -> None:
    text = BLOG.replace(" 2016", "")
    assert [p.at.year for p in read(text, Context(date=dt.date(2011, 6, 30))).passages if p.at] == [2011] * 5
    assert [p.at for p in read(text).passages if p.kind == "entry"] == [None] * 5
    assert any("year" in note for note in read(text).notes)


def test_a_weekday_that_does_not_fit_is_said() -> None:
    text = BLOG.replace("Wednesday 29 June –", "Wednesday 29 June 2017 –")
    assert any("weekday" in note for note in read(text).notes)


def test_documents() -> None:
    documents = [p for p in read(BLOG).passages if p.kind == "document"]
    assert [(d.author, d.addressee, d.signatories) for d in documents] == [
        ("Forge Young Members", "", ()),
        ("Orrin NAW Branch", "Lisa Marchetti", ("Orrin NAW Branch",)),
        ("", "", ()),
        ("Rachel Wardle", "", ()),
    ]
    letter = next(q for q in read(BLOG).quotes if "just heard" in q.spans[0].of(BLOG))
    assert [span.of(BLOG)[:12] for span in letter.spans] == ["I have just ", "With a heavy"]
    assert {a.role: a.name for a in letter.attributions} == {
        "speaker": "Orrin NAW Branch",
        "addressee": "Lisa Marchetti",
    }


def test_the_narrator_is_not_part_of_a_document() -> None:
    spans = [span.of(BLOG) for q in read(BLOG).quotes if q.kind == "document" for span in q.spans]
    assert not any("put it better" in s or "It seems that" in s for s in spans)


def test_chain_of_attribution() -> None:
    reading = read(BLOG)
    nested = next(q for q in reading.quotes if q.nested_in is not None)
    assert [(a.role, a.name) for a in nested.attributions] == [("speaker", "Ben Butterfield"), ("via", "Rachel Wardle")]
    assert nested.nested_in is not None
    assert reading.quotes[nested.nested_in].kind == "document"


def test_another_language_is_not_read() -> None:
    reading = read("« Non », a dit Paul Martin.", Context(language="fr"))
    assert reading.quotes == ()
    assert "fr" in reading.notes[0]


def test_stated_date() -> None:
    text = "Ferry back\n\nPublished: 03:25 EST, 19 October 2013\n\nThe ferry sailed again on Monday."
    published = read(text).published
    assert published is not None
    assert (published.day, published.time, published.basis) == (dt.date(2013, 10, 19), dt.time(3, 25), "stated")
    assert published.evidence[0].of(text) == "03:25 EST, 19 October 2013"


FURNITURE = """
    Get the Echo in your inbox                                    promo
    Our free Harbour Notes newsletter tells you more. Sign up here.  promo
    ADVERTISEMENT                                                 promo
    READ MORE IN NEWS                                             related
    Listen to our Tideline podcast wherever you get your podcasts promo
    MORE FROM THE ECHO                                            promo
    ENDS                                                          promo
    Share: Facebook X WhatsApp Comments (14)                      share
    Facebook  X  Email                                            share
    [This post is no longer available]                            embed
"""


@pytest.mark.parametrize("row", [row.strip() for row in FURNITURE.splitlines() if row.strip()])
def test_furniture(row: str) -> None:
    line, kind = (part.strip() for part in row.rsplit(" ", 1))
    text = f"Ferry back\n\nThe ferry sailed again on Monday.\n\nIt was full.\n\n{line}\n\nIt rained."
    assert [p.kind for p in read(text).passages if line in p.span.of(text)] == [kind]


@pytest.mark.parametrize(
    "line", ["By Ann Roe\nEducation reporter, Tide News", "Ann Roe in Thornby", "Ann Roe, Harbour Correspondent"]
)
def test_who_wrote_it_is_not_mentioned(line: str) -> None:
    assert read(f"Ferry back in port\n\n{line}\n\nThe ferry sailed again on Monday.\n\nIt was full.").mentions == ()


@pytest.mark.parametrize(
    "text, year, expected, basis",
    [
        ("Ferry back\n\nWednesday, October 15, 2025\n\nIt sailed.", 0, "2025-10-15", "stated"),
        ("Ferry back\n\n12 March 2025 – for immediate release\n\nIt sailed.", 0, "2025-03-12", "stated"),
        ("They met last night (29 June). The hall was sold on 3 May 2016.", 0, "2016-06-30", "inferred"),
        ("They met last night (Tuesday, March 11).", 2025, "2025-03-12", "inferred"),
        ("They met today (Friday 10 October).", 2025, "2025-10-10", "inferred"),
        ("They met last night (29 June).", 0, "", ""),
        ("They met yesterday (Monday, March 11, 2025).", 0, "", ""),
        ("Ferry back\n\nThursday, October 15, 2025\n\nIt sailed.", 0, "", ""),
    ],
)
def test_published_day(text: str, year: int, expected: str, basis: str) -> None:
    known = dt.date.fromisoformat(expected) if year else None
    reading = read(text, Context(date=known))
    found = reading.published
    assert (found.day.isoformat(), found.basis) == (expected, basis) if found else not expected
    assert bool(reading.notes) == (not expected)
    assert found is None or all(span.of(text) for span in found.evidence)


@pytest.mark.parametrize(
    "text, known, note",
    [
        ("They met yesterday (Sunday). It rained.", "2016-07-04", ""),
        (
            "They met yesterday (Sunday). It rained.",
            "2016-07-05",
            "“yesterday (Sunday)” does not fit Tuesday 5 July 2016",
        ),
        ("They met last night (Monday).", "2016-07-05", ""),
        ("They meet today (Monday).", "2016-07-05", "“today (Monday)” does not fit"),
        ("They met yesterday (Sunday). It rained.", "", ""),
        ("The hall was sold on Tuesday 3 May 2016. It rained.", "", ""),
        ("The hall was sold on Sunday 3 May 2016. It rained.", "", "“Sunday 3 May 2016” does not fit the date"),
        ("The hall was sold on Sunday, May 3, 2016. It rained.", "", "“Sunday, May 3, 2016” does not fit the date"),
    ],
)
def test_weekdays_that_do_not_fit_are_said(text: str, known: str, note: str) -> None:
    notes = read(text, Context(date=dt.date.fromisoformat(known) if known else None)).notes
    assert (note in " ".join(notes)) if note else not notes


def test_one_heading_with_the_wrong_weekday() -> None:
    text = BLOG.replace("Tuesday 28 June – 09:15", "Friday 28 June – 09:15")
    reading = read(text, Context(date=dt.date(2016, 6, 30)))
    assert [p.at.day if p.at else None for p in reading.passages if p.kind == "entry"] == [29, 28, None, 27, 27]
    assert reading.notes == ("The weekday of “Friday 28 June” does not fit 2016.",)


def test_a_live_blog_of_one_entry_is_one_when_it_is_said() -> None:
    text = "Baths stay shut\n\nTuesday 28 June – 10:31\n\nThe doors are locked.\n\nNobody came."
    kinds_of = {
        kind: [p.kind for p in read(text, Context(article_kind=kind)).passages if p.kind == "entry"]
        for kind in ("report", "live blog")
    }
    assert kinds_of == {"report": [], "live blog": ["entry"]}


def test_the_headline_as_given() -> None:
    text = "Lantern\n\n“We will not go”, say swimmers.\n\nThe pool was full.\n\nIt was cold."
    headlines = [p.span.of(text) for p in read(text, Context(headline="'We will not go', say swimmers")).passages]
    assert headlines[1] == "“We will not go”, say swimmers."
    assert [p.kind for p in read(text, Context(headline="'We will not go', say swimmers")).passages][1] == "headline"


#: text, author, signatories, words of the body's spans
REPRODUCED = [
    (
        (
            "Pool\n\nThey met.\n\nA statement from the Marlow Ferry Company read:\n\nWe will not raise fares.\n\n"
            "We thank our passengers.\n\nThe council said it was glad."
        ),
        "Marlow Ferry Company",
        (),
        ["We will not raise fares.", "We thank our passengers."],
    ),
    (
        "Pool\n\nThey met.\n\nThe Marlow Ferry Company’s press release reads:\n\nWe are sorry for it.\n\nIt sailed on Monday.",
        "Marlow Ferry Company",
        (),
        ["We are sorry for it."],
    ),
    (
        "Pool\n\nThey met.\n\nThe club’s statement reads:\n\nWe are sorry for it.\n\nIt sailed on Monday.",
        "",
        (),
        ["We are sorry for it."],
    ),
    (
        (
            "Sir,\n\nThe pens were lost.\n\nFergus Mayhill\nGeneral secretary, Head Teachers’ Union\n\nDenise Oakes\n"
            "General secretary, School Staff Union\n"
        ),
        "",
        ("Fergus Mayhill", "Denise Oakes"),
        ["The pens were lost."],
    ),
    (
        "Pool\n\nThey met.\n\nA statement from the PWU’s young members:\n\nWe are the lifeguards.\n\nIt rained.",
        "PWU young members",
        (),
        ["We are the lifeguards."],
    ),
]


@pytest.mark.parametrize("text, author, signed, body", REPRODUCED)
def test_reproduced_without_marks(text: str, author: str, signed: tuple[str, ...], body: list[str]) -> None:
    reading = read(text)
    (passage,) = [p for p in reading.passages if p.kind == "document"]
    (quote,) = [q for q in reading.quotes if q.kind == "document"]
    assert (passage.author, passage.signatories) == (author, signed)
    assert [span.of(text) for span in quote.spans] == body
