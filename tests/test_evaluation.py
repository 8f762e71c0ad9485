"""manage.py evaluate and its measures: figures worked out by hand, and the same figures as the scorer of the sets."""

from __future__ import annotations

import importlib.util
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from articles import evaluation
from articles.evaluation import Document, Quote, Speaker, View, compare, judge, marked, measure
from articles.management.commands import evaluate
from articles.reading import as_record

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "tests" / "gold" / "sample.jsonl"
EVAL = ROOT.parent / "shared" / "eval"
MEASURES = ("exact", "j80", "j30", "ggt80", "ggt30", "joint", "jointR")
VIEWS: tuple[View, ...] = ("spans", "marks")

# Ten words, of which the words of a case are counted off from the left: 0:8 is "one … eight".
WORDS = "one two three four five six seven eight nine ten"


def words(first: int, last: int, kind: str = "direct", by: str | None = None, **more: Any) -> Quote:
    """The quote from word ``first`` up to word ``last``, by somebody printed nowhere."""
    at = [*(match.start() for match in re.finditer(r"\w+", WORDS)), len(WORDS) + 1]
    return Quote(at[first], at[last] - 1, kind, Speaker(name=by) if by else None, **more)


def figures(gold: list[Quote], read: list[Quote], text: str = WORDS, **how: Any) -> evaluation.Measures:
    return measure([compare(Document("a", text, tuple(gold)), read, **how)])


def points(measures: evaluation.Measures, name: str, kind: str = "all") -> tuple[float, float, float]:
    """Precision, recall and F1 in percent."""
    counts = measures.spans[name][kind]
    return round(100 * counts.precision, 1), round(100 * counts.recall, 1), round(100 * counts.f1, 1)


# Spans


@pytest.mark.parametrize(
    "gold, read, right",
    [
        # the words of the gold, the words read: the criteria met
        ((0, 10), (0, 10), "exact j80 j30 ggt80 ggt30"),
        ((0, 10), (0, 8), "j80 j30 ggt80 ggt30"),  # 8 of 10 words, 39 of 48 characters
        ((0, 10), (0, 7), "j30 ggt30"),  # 7 of 10, 33 of 48
        ((0, 10), (0, 3), "j30"),  # 3 of 10, 13 of 48
        ((0, 10), (0, 2), ""),
        ((0, 5), (0, 4), "j80 j30 ggt30"),  # 4 of 5, 18 of 23
        ((0, 2), (0, 10), "ggt80 ggt30"),  # far too long, and yet all of the gold is covered
        ((0, 5), (3, 8), "ggt30"),  # 2 of 8 words, 9 of 23 characters
        ((0, 5), (5, 10), ""),
    ],
)
def test_how_much_of_a_span_is_enough(gold: tuple[int, int], read: tuple[int, int], right: str) -> None:
    found = figures([words(*gold)], [words(*read)])
    assert [name for name in MEASURES[:5] if points(found, name)[2] == 100] == right.split()


def test_marks_space_and_punctuation_at_the_edges_mean_nothing() -> None:
    text = "“Never again, ” she said."
    for start, end in ((0, 15), (1, 13), (1, 12)):
        assert points(figures([Quote(0, 15)], [Quote(start, end)], text), "exact") == (100, 100, 100)
    assert points(figures([Quote(0, 15)], [Quote(1, 11)], text), "exact") == (0, 0, 0)


@pytest.mark.parametrize(
    "gold, read, precision, recall",
    [
        # spans of words: one-to-one, the closest first
        ([(0, 10)], [(0, 4), (4, 10)], 0, 0),  # two fragments of one quote, neither of them .8 of it
        ([(0, 4), (5, 10)], [(0, 10)], 0, 0),  # two fragments read as one
        ([(0, 4), (5, 10)], [(0, 4), (5, 10)], 100, 100),
        ([(0, 4), (5, 10)], [(0, 4), (6, 8)], 50, 50),
        ([(0, 10)], [(0, 9), (0, 10)], 50, 100),  # both are close enough, but a gold quote is found once
        ([(0, 9), (0, 10)], [(0, 10)], 100, 50),
        ([(0, 4)], [], 0, 0),
        ([], [(0, 4)], 0, 0),
    ],
)
def test_each_quote_is_found_once(gold: list, read: list, precision: float, recall: float) -> None:
    found = figures([words(*span) for span in gold], [words(*span) for span in read])
    assert points(found, "j80")[:2] == (precision, recall)


def test_precision_goes_by_the_kind_read_and_recall_by_the_kind_meant() -> None:
    gold = [words(0, 3, "direct"), words(3, 6, "mixed"), words(6, 9, "mixed")]
    read = [words(0, 3, "direct"), words(3, 6, "direct"), words(9, 10, "document")]
    found = figures(gold, read)
    assert points(found, "j80") == (66.7, 66.7, 66.7)
    assert points(found, "j80", "direct") == (100, 100, 100)  # the mixed one read as direct is right as it stands
    assert points(found, "j80", "mixed") == (0, 50, 0)  # and nothing was read as mixed
    assert points(found, "j80", "document") == (0, 0, 0)
    assert (found.spans["j80"]["mixed"].gold, found.spans["j80"]["mixed"].read) == (2, 0)


WANT, SAID, WISH = words(0, 4, "indirect", speech=False), words(5, 10, "indirect"), words(4, 5, "direct", speech=False)


@pytest.mark.parametrize(
    "read, all_of_it, only_speech",
    [
        # precision, recall and F1 in percent; words in marks count whatever the verb is
        ([WANT, SAID], (100, 66.7, 80), (100, 50, 66.7)),
        ([SAID], (100, 33.3, 50), (100, 50, 66.7)),
        ([words(0, 2, "indirect"), SAID], (50, 33.3, 40), (50, 50, 50)),  # not the span of what was wanted: an alarm
        ([WISH], (100, 33.3, 50), (100, 50, 66.7)),
    ],
)
def test_what_is_no_speech_is_neither_missed_nor_a_false_alarm(
    read: list, all_of_it: tuple, only_speech: tuple
) -> None:
    gold = [WANT, SAID, WISH]
    assert points(figures(gold, read), "j80") == all_of_it
    assert points(figures(gold, read, speech_only=True), "j80") == only_speech


# Speakers

TEXT = "Dame Ada Byrne, she said, was late."
ADA = Speaker("she", "Ada Byrne", (16, 19))


@pytest.mark.parametrize(
    "gold, read, mention, person",
    [
        (ADA, ADA, True, True),
        (ADA, Speaker("she", "", (16, 19)), True, False),  # the right mention, resolved to nobody
        (ADA, Speaker("she", "Mary Shelley", (16, 19)), True, False),  # or to somebody else
        (ADA, Speaker("Ada Byrne", "", (5, 14)), True, True),  # another mention, by its last name
        (ADA, Speaker("Byrne’s", "", None), True, True),
        (ADA, Speaker("the Dame", "Byrne, Ada", None), True, True),
        (ADA, Speaker("Ada", "", (5, 8)), False, False),  # a first name elsewhere is not enough
        (ADA, Speaker("she", "", (0, 4)), False, False),  # a pronoun elsewhere is nobody's name
        (ADA, None, False, False),
        (ADA, Speaker(), False, False),
        (Speaker("Mr Byrne", "", (0, 4)), Speaker("Sir Tom Byrne"), True, None),  # a gold set that resolves nobody
        (Speaker("officials", "", (0, 4)), Speaker("Some officials"), True, None),
        (Speaker("", "O’Brien"), Speaker("", "Pat O'Brien"), True, True),
        (Speaker("", "Lloyd-George"), Speaker("", "George"), False, False),
        (Speaker("", "Sir"), Speaker("", "Sir"), False, False),  # a title is nobody's name
        (None, ADA, None, None),
        (Speaker(), None, None, None),
    ],
)
def test_who_is_the_same_speaker(
    gold: Speaker | None, read: Speaker | None, mention: bool | None, person: bool | None
) -> None:
    assert evaluation.right_mention(gold, read) is mention
    assert evaluation.right_person(gold, read) is person
    assert evaluation.right_speaker(gold, read) is (mention if person is None else person)


def test_a_joint_measure_asks_for_span_and_speaker() -> None:
    gold = [words(0, 2, by="Ada Byrne"), words(2, 4, by="Ada Byrne"), words(4, 6), words(6, 8, by="Ada Byrne")]
    read = [words(0, 2, by="Byrne"), words(2, 4, by="Tom"), words(4, 6, by="Tom"), words(8, 10, by="Byrne")]
    found = figures(gold, read)
    assert points(found, "j80") == (75, 75, 75)
    assert points(found, "joint") == (50, 50, 50)  # nobody is named for the third: its span suffices
    for name in ("spk", "spkR"):
        share = found.speakers[name]["all"]
        assert (share.right, share.number) == (1, 2)  # only of those found, and only where the gold says who


def test_jointr_takes_the_mention_where_the_gold_resolves_nobody() -> None:
    printed = Speaker("officials", "", (0, 3))
    gold = [Quote(4, 13, speaker=printed), Quote(14, 23, speaker=Speaker("he", "Ada Byrne", (0, 3)))]
    read = [Quote(4, 13, speaker=printed), Quote(14, 23, speaker=Speaker("he", "Tom Paine", (0, 3)))]
    found = figures(gold, read)
    assert points(found, "joint") == (100, 100, 100)
    assert points(found, "jointR") == (50, 50, 50)
    assert (found.speakers["spk"]["all"].share, found.speakers["spkR"]["all"].share) == (1, 0)
    assert found.speakers["spkR"]["all"].number == 1


# Words inside quotation marks


@pytest.mark.parametrize(
    "text, stretches",
    [
        ("“One two,” she said, “three.”", ["One two,", "three."]),
        ('"One two," she said.', ["One two,"]),
        ("``One two,'' she said.", ["One two,"]),
        ("Er sagte: „Eins“", ["Eins"]),  # a low mark and a high one: opened again is closed
        ("«One» and « two »", ["One", " two "]),
        ("“One\n\n“Two\n\n“Three,” she said.", ["One", "Two", "Three,"]),  # a paragraph ends what it leaves open
        ("“One “two three” four", ["One ", "two three"]),  # opened again without having been closed
        ('He’s a 6" man; that ” is a stray.', []),
        ('A 6" pipe, she said, "is long"', ["is long"]),
        ("“…”, she said", []),  # no word
        ("‘One,’ said Ann’s aunt, ‘two.’", ["One,", "two."]),
        ("‘one’ and 'two' and 'two words'", ["one", "two words"]),  # a lone word between apostrophes is not sure
        ("He saw 'em leave the workers' hall", []),
        ("“I said ‘no’ to it,” and ‘yes’", ["I said ‘no’ to it,", "yes"]),  # inside double marks they do not count
        ("The dogs’ dinner", []),
        ("", []),
    ],
)
def test_what_stands_inside_quotation_marks(text: str, stretches: list[str]) -> None:
    assert [text[start:end] for start, end in marked(text)] == stretches


def test_the_marks_view_compares_only_words_inside_marks() -> None:
    text = "He said that “one” and “two three” were ‘not four’, and that five was."
    whole = Quote(8, 69, "mixed", Speaker(name="Ada Byrne"))
    two = text.index("two")
    found = figures([whole], [Quote(two, two + 9, "direct")], text, view="marks")
    assert points(found, "exact") == (100, 33.3, 50)  # of three stretches one
    assert set(found.spans["j80"]) == {"all", "direct"}
    assert (found.speakers["spk"]["all"].right, found.speakers["spk"]["all"].number) == (0, 1)
    assert points(figures([whole], [whole, whole], text, view="marks"), "j80") == (
        100,
        100,
        100,
    )  # a stretch counts once
    five = text.index("five")
    outside = figures([whole], [Quote(five, five + 8, "indirect")], text, view="marks")
    assert outside.spans["j80"]["all"].read == 0


# Judgements


def test_every_quote_is_judged_and_the_surest_errors_come_first() -> None:
    gold = [
        words(0, 1, by="Ada Byrne"),
        words(1, 2, by="Tom Paine"),
        words(3, 6),
        words(8, 9),
        words(9, 10, "indirect"),
        words(7, 8, "indirect"),
    ]
    read = [
        words(0, 1, by="Ada Byrne", confidence=0.9),
        replace(words(1, 2), speaker=Speaker(name="Mary Shelley", confidence=0.6), confidence=0.99),
        words(4, 8, confidence=0.4),
        words(2, 3, confidence=0.8, reasons=("label",)),
    ]
    judged = judge(compare(Document("a", WORDS, tuple(gold)), read))
    assert {verdict: number for verdict, number in evaluate._tally(judged).items() if number} == {
        "false alarm": 1, "wrong span": 1, "wrong speaker": 1, "missed": 3,
    }  # fmt: skip
    worst = evaluation.worst_first(judged)
    assert [(error.verdict, error.confidence) for error in worst[:3]] == [
        ("false alarm", 0.8),
        ("wrong speaker", 0.6),
        ("wrong span", 0.4),
    ]
    assert [error.gold and error.gold.kind for error in worst[3:]] == ["direct", "indirect", "indirect"]
    assert [case.reasons for case, _ in evaluation.quote_cases(judged)].count(("label",)) == 1
    assert [(case.confidence, right) for case, right in evaluation.quote_cases(judged)] == [
        (0.9, True), (0.99, False), (0.4, False), (0.8, False),
    ]  # fmt: skip
    assert [right for _, right in evaluation.span_cases(judged)] == [True, True, False, False]
    assert [right for _, right in evaluation.speaker_cases(judged)] == [True, False]


def test_a_wrong_person_is_told_from_a_wrong_speaker() -> None:
    gold = Quote(0, 7, speaker=Speaker("she", "Ada Byrne", (8, 13)))
    read = Quote(0, 7, speaker=Speaker("she", "", (8, 13)))
    (judgement,) = judge(compare(Document("a", WORDS, (gold,)), [read]))
    assert (judgement.verdict, judgement.found, judgement.right, judgement.person) == (
        "wrong person",
        True,
        True,
        False,
    )


def test_unscored_gold_is_not_judged() -> None:
    want = words(0, 4, "indirect", speech=False)
    document = Document("a", WORDS, (want,))
    assert judge(compare(document, [want], speech_only=True)) == []
    assert judge(compare(document, [], speech_only=True)) == []
    assert [judgement.verdict for judgement in judge(compare(document, []))] == ["missed"]


def test_bands_of_confidence() -> None:
    cases = [
        (0.3, False),
        (None, True),
        (0.5, True),
        (0.9, False),
        (0.91, True),
        (0.95, True),
        (0.96, False),
        (1.0, True),
    ]
    found = evaluation.calibrate((Quote(0, 1, confidence=confidence), right) for confidence, right in cases)
    assert [(band.to, band.right.right, band.right.number) for band in found.bands if band.right.number] == [
        (0.5, 2, 3), (0.9, 0, 1), (0.95, 2, 2), (1.0, 1, 2),
    ]  # fmt: skip
    assert [round(band.mean, 3) for band in found.bands[-2:]] == [0.93, 0.98]
    assert (found.sure.right, found.sure.number) == (3, 4)
    assert (found.right_and_sure.right, found.right_and_sure.number) == (3, 5)


def test_names_in_reasons_are_folded() -> None:
    cases = [
        (Speaker(reasons=("she: Nadia Kerrigan was in focus", "named once")), True),
        (Speaker(reasons=("she: Ada O’Brien-Byrne was in focus", "16 vetoed: she")), False),
    ]
    found = {reason: (share.right, share.number) for reason, share in evaluation.by_reason(cases).items()}
    assert found == {"she: … was in focus": (1, 2), "named once": (1, 1), "… vetoed: she": (0, 1)}
    assert next(iter(found)) == "she: … was in focus"


# Whole sets


def shared(name: str) -> Path:
    path = EVAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path


@pytest.mark.parametrize("path", [SAMPLE, EVAL / "uk.dev.jsonl"], ids=lambda path: path.stem)
def test_gold_against_itself_is_perfect_and_nothing_is_naught(path: Path) -> None:
    if path != SAMPLE:
        shared(path.name)
    gold = evaluate.documents(path)
    for view in VIEWS:
        perfect = measure(compare(document, document.quotes, view=view) for document in gold)
        nothing = measure(compare(document, (), view=view) for document in gold)
        assert {"all", "direct"} <= perfect.spans["j80"].keys()
        assert set(perfect.spans) == set(MEASURES)
        for name, by_kind in perfect.spans.items():
            assert {kind: counts.f1 for kind, counts in by_kind.items()} == dict.fromkeys(by_kind, 1.0), (view, name)
            assert {counts.f1 for counts in nothing.spans[name].values()} == {0.0}
        assert {share.share for by_kind in perfect.speakers.values() for share in by_kind.values()} == {1.0}
        assert all(by_kind for by_kind in perfect.speakers.values())
        assert nothing.speakers == {"spk": {}, "spkR": {}}


@pytest.mark.parametrize("speech_only", [False, True])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name, first", [("uk.dev.jsonl", 12), ("polnear.dev.jsonl", 12)])
def test_the_figures_are_those_of_the_scorer_of_the_sets(name: str, first: int, view: View, speech_only: bool) -> None:
    path, scorer = shared(name), shared("score.py")
    spec = importlib.util.spec_from_file_location("scorer_of_the_sets", scorer)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:first]]
    documents = [evaluation.document(record) for record in gold]
    readings = [evaluate.as_read(document) for document in documents]
    records = [as_record(d.text, reading, id=d.id) for d, reading in zip(documents, readings, strict=True)]
    for record in records:
        record["quotes"] = [quote for quote in record["quotes"] if not quote.get("nested")]
    theirs = module.score(gold, records, view, speech_only)
    ours = measure(
        compare(document, evaluate.quotes_of(document, reading), view=view, speech_only=speech_only)
        for document, reading in zip(documents, readings, strict=True)
    )
    assert theirs["j80"]["all"]["n_pred"] > 50
    for measure_name, by_kind in ours.spans.items():
        assert set(by_kind) == set(theirs[measure_name])
        for kind, counts in by_kind.items():
            figure = theirs[measure_name][kind]
            expected = (figure["P"], figure["R"], figure["F1"], figure["n_gold"], figure["n_pred"])
            assert (counts.precision, counts.recall, counts.f1, counts.gold, counts.read) == pytest.approx(
                expected, abs=0.001
            )
    for measure_name, shares in ours.speakers.items():
        assert set(shares) == set(theirs.get(measure_name, {}))
        for kind, share in shares.items():
            figure = theirs[measure_name][kind]
            assert (share.share, share.number) == pytest.approx((figure["acc"], figure["n"]), abs=0.001)


# The command


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("evaluate", *arguments, stdout=out)
    return out.getvalue()


def gold_line(**more: Any) -> dict[str, Any]:
    text = "“We will be back on Friday,” said Edna Marsh. Nobody\x1b[31m laughed.\n\nShe sang “No more”."
    speaker = {"text": "Edna Marsh", "start": 34, "end": 44, "name": "Edna Marsh"}
    quotes = [
        {"start": 1, "end": 27, "text": text[1:27], "kind": "direct", "speaker": speaker, "confidence": "low"},
        {"start": 46, "end": 64, "kind": "indirect", "speaker": None},
        {"start": 4, "end": 8, "kind": "direct", "speaker": None, "nested": True},
    ]
    return {"id": "a", "text": text, "quotes": quotes} | more


def test_the_page_and_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold_line()) + "\n\n")
    page = run(str(path))
    for words_ in ("jointR", "Words inside quotation marks", "above 0.90", "characters a second", "Errors: "):
        assert words_ in page
    assert re.search(r"^ +j80 +all +\S+ +50\.0 ", page, re.MULTILINE)
    assert "1 missed" in page
    assert "⟦" not in page
    page = run(str(path), "--errors", "50")
    assert "missed: 1 of 1" in page
    assert "a @46" in page
    assert "⟦Nobody [31m laughe⟧" in page  # and no control character reaches the terminal
    assert "\x1b" not in page


def test_json_says_everything(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold_line()))
    found = json.loads(run(str(path), "--json", "--errors", "9"))
    assert found["documents"] == 1
    assert found["views"]["spans"]["j80"]["direct"]["recall"] == 1
    assert found["views"]["spans"]["j80"]["all"]["gold"] == 2  # the nested one is none of them
    assert found["views"]["marks"]["j80"]["all"]["gold"] == 1
    assert found["views"]["spans"]["spkR"]["all"] == {"number": 1, "right": 1, "share": 1}
    assert (
        sum(band["number"] for band in found["calibration"]["quotes"]["bands"])
        == found["views"]["spans"]["j80"]["all"]["read"]
    )
    assert found["calibration"]["attributions"]["bands"]
    assert found["reasons"]["quotes"]
    assert found["speed"]["characters"] == len(gold_line()["text"])
    assert found["speed"]["ratio"] > 1
    assert found["errors"]["missed"] == 1
    (missed,) = [error for error in found["worst"] if error["class"] == "missed"]
    assert (missed["id"], missed["gold"]["start"], missed["read"]) == ("a", 46, None)


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("{broken", "gold.jsonl:2: not JSON"),
        ("[1]", "gold.jsonl:2: not a JSON object"),
        (gold_line(text=None), "gold.jsonl:2: there is no text"),
        (gold_line(quotes=None), "gold.jsonl:2: there are no quotes"),
        (gold_line(quotes=["one"]), "gold.jsonl:2: quote 1 is not an object"),
        (gold_line(quotes=[{"start": 0, "end": 999, "kind": "direct"}]), "quote 1 runs from 0 to 999: give offsets"),
        (gold_line(quotes=[{"start": True, "end": 4, "kind": "direct"}]), "quote 1 runs from True to 4"),
        (gold_line(quotes=[{"start": 4, "end": 4, "kind": "direct"}]), "quote 1 runs from 4 to 4"),
        (gold_line(quotes=[{"start": 1, "end": 3, "kind": "direct", "text": "me"}]), "quote 1 differs from the text at 1 to 3"),
        (gold_line(quotes=[{"start": 1, "end": 3, "kind": "hearsay"}]), "quote 1 is of the kind 'hearsay': write one of direct, mixed"),
        (gold_line(quotes=[{"start": 1, "end": 3, "kind": "direct", "speaker": "Edna"}]), "the speaker of quote 1 is not an object"),
        (gold_line(quotes=[{"start": 1, "end": 3, "kind": "direct", "speaker": {"start": 3}}]), "the speaker of quote 1 runs from 3 to None"),
    ],
)  # fmt: skip
def test_a_broken_line_is_named_in_one_sentence(line: str | dict[str, Any], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold_line()) + "\n" + (line if isinstance(line, str) else json.dumps(line)))
    with pytest.raises(CommandError) as error:
        run(str(path))
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)
    assert error.value.returncode == 1


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["none.jsonl"], "none.jsonl cannot be read (No such file or directory)"),
        (["empty.jsonl"], "empty.jsonl holds no document"),
        (["empty.jsonl", "--errors", "-1"], "-1 is not a number of errors"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(CommandError) as error:
        run(str(tmp_path / arguments[0]), *arguments[1:])
    assert sentence in str(error.value)
