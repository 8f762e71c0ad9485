"""The sample corpus and its gold annotations: in step with their sources, true to the offset, and complete."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.gold import build

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "corpus" / "sample"
SHARED = ROOT.parent / "shared"
GOLD = [
    json.loads(line) for line in (ROOT / "tests" / "gold" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
]
QUOTES = [(article, quote) for article in GOLD for quote in article["quotes"]]
STORIES = json.loads((SAMPLE / "stories.json").read_text(encoding="utf-8"))
PEOPLE = json.loads((SAMPLE / "people.json").read_text(encoding="utf-8"))
WORD = re.compile(r"\w+(?:['’]\w+)*")
OPENING, CLOSING = "“‘\"'", "”’\"'"

each_article = pytest.mark.parametrize("article", GOLD, ids=[article["id"] for article in GOLD])


def manifests() -> dict[Path, list[dict[str, str]]]:
    """The rows of every manifest, by folder."""
    found = {}
    for path in sorted(SAMPLE.rglob("manifest.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.parent] = list(csv.DictReader(stream))
    return found


def decoded(path: Path) -> str:
    """A file's text with plain line ends, whichever of the three encodings it is in."""
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16")
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252")
    return text.replace("\r\n", "\n")


def filed(name: str) -> str:
    """The text that the sample holds for a gold entry: a file's, or one line's of a JSON lines file."""
    name, _, line = name.partition(":")
    (path,) = SAMPLE.rglob(name)
    if line:
        return str(json.loads(path.read_text(encoding="utf-8").splitlines()[int(line) - 1])["text"])
    return decoded(path)


def share_inside(text: str, quote: dict) -> float:
    """How much of a quotation's words stands inside its marks, 0 to 1."""
    words = [match.start() for match in WORD.finditer(text, quote["start"], quote["end"])]
    return sum(any(a <= at < b for a, b in quote["marks"]) for at in words) / len(words)


# The files


def test_the_built_files_are_in_step_with_their_sources() -> None:
    stale = [path.name for path, data in build.build().items() if not path.exists() or path.read_bytes() != data]
    assert stale == [], "run python tests/gold/build.py"


def test_every_row_of_a_manifest_has_its_file_and_every_file_its_row() -> None:
    for folder, rows in manifests().items():
        assert set(rows[0]) <= set(build.COLUMNS)
        there = {p.name for p in folder.iterdir() if p.is_file() and p.suffix != ".jsonl" and p.name != "manifest.csv"}
        assert [row["file"] for row in rows] == list(dict.fromkeys(row["file"] for row in rows))
        assert {row["file"] for row in rows} == there


def test_there_are_three_stories_of_six_outlets_and_more() -> None:
    rows = [row for rows in manifests().values() for row in rows]
    sources = Counter(row["source"] for row in rows)
    assert len(STORIES) == 3
    assert {story["folder"] for story in STORIES} == {p.name for p in SAMPLE.iterdir() if p.is_dir()}
    assert len([slug for slug, articles in sources.items() if slug and articles >= 3]) >= 6
    assert sources[""] == 1, "one article waits for an editor to say whose it is"
    assert {row["rights"] for row in rows} == {"full", "excerpts", "none", ""}
    assert {row["article_kind"] for row in rows} == {"report", "live blog", "opinion", "statement", ""}


def test_there_are_gold_annotations_for_24_articles_and_more() -> None:
    assert len(GOLD) >= 24
    assert len({article["id"] for article in GOLD}) == len(GOLD)
    assert {quote["kind"] for _, quote in QUOTES} == {"direct", "mixed", "indirect", "document"}
    assert len({article["outlet"] for article in GOLD if article["outlet"]}) >= 6


def test_all_addresses_are_reserved_ones_and_named_once() -> None:
    urls = [row["url"] for rows in manifests().values() for row in rows if row["url"]]
    for path in SAMPLE.rglob("*.jsonl"):
        urls += [json.loads(line)["url"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert [url for url in urls if not re.match(r"https://[a-z.-]+\.example/", url)] == []
    assert [url for url, times in Counter(urls).items() if times > 1] == [
        "https://lantern.example/news/uk-england-coast-7204418"  # the article of which there are two captures
    ]


@pytest.mark.parametrize(
    "name, encoding", [("saltby-portico.txt", "cp1252"), ("exam-portico.txt", "utf-16"), ("marlpit-live.txt", "utf-8")]
)
def test_a_file_is_in_the_encoding_that_it_stands_for(name: str, encoding: str) -> None:
    (path,) = SAMPLE.rglob(name)
    raw = path.read_bytes()
    assert raw.decode(encoding).replace("\r\n", "\n") == decoded(path)
    if encoding != "utf-8":
        with pytest.raises(UnicodeDecodeError):
            raw.decode("utf-8")


def test_the_saved_pages_are_whole_pages() -> None:
    pages = sorted(SAMPLE.rglob("*.html"))
    assert len(pages) >= 5
    for path in pages:
        html = path.read_text(encoding="utf-8")
        for part in ("<nav", "cookie", "canonical", "</html>"):
            assert part in html.lower() or (part == "<nav" and ('id="menu"' in html or 'class="topnav"' in html)), path
        assert "application/ld+json" in html or "article:published_time" in html, path
    assert sum("application/ld+json" in path.read_text(encoding="utf-8") for path in pages) >= 3


def test_the_updated_article_differs_by_one_word_of_a_quote_and_a_paragraph_in_front() -> None:
    old = decoded(SAMPLE / "saltby-haven" / "saltby-lantern.txt")
    new = decoded(SAMPLE / "saltby-haven" / "updates" / "saltby-lantern-updated.txt")
    added = [paragraph for paragraph in new.split("\n\n") if paragraph not in old.split("\n\n")]
    gone = [paragraph for paragraph in old.split("\n\n") if paragraph not in new.split("\n\n")]
    inserted, changed = added
    assert len(gone) == 1
    assert new.index(inserted) < new.index("A minister has been told")
    assert [pair for pair in zip(gone[0].split(), changed.split(), strict=True) if pair[0] != pair[1]] == [
        ("street", "road")
    ]


def test_the_known_people_are_named_in_the_corpus_and_once() -> None:
    names = [person["name"] for person in PEOPLE]
    assert len(names) == len(set(names)) >= 25
    text = "\n".join(article["text"] for article in GOLD)
    for person in PEOPLE:
        known = [person["name"], *(name["text"] for name in person["other_names"])]
        assert any(name in text for name in known), person["name"]
        assert set(person) == {"name", "kind", "pronouns", "other_names", "roles"}
        for role in person["roles"]:
            assert set(role) == {"title", "organisation", "from", "to"}
            assert not role["to"] or role["from"] < role["to"]
    quoted = {quote["speaker"]["name"] for _, quote in QUOTES if quote["speaker"] and quote["speaker"].get("name")}
    assert len(quoted - set(names)) >= 20, "many are left to be found"


def test_nothing_is_copied_from_the_articles_that_showed_us_the_phenomena() -> None:
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the real articles are not on this machine")

    def runs(text: str) -> set[tuple[str, ...]]:
        words = [word.lower() for word in WORD.findall(text)]
        return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}

    theirs = set().union(*(runs(path.read_text(encoding="utf-8")) for path in (SHARED / "seeds").glob("*.txt")))
    ours = set().union(*(runs(article["text"]) for article in GOLD))
    assert theirs & ours == set()


# The annotations


@each_article
def test_the_gold_text_is_the_text_of_the_file(article: dict) -> None:
    assert filed(article["id"]).rstrip("\n") == article["text"].rstrip("\n")


@each_article
def test_every_span_is_true(article: dict) -> None:
    text = article["text"]
    for quote in article["quotes"]:
        assert text[quote["start"] : quote["end"]] == quote["text"] == quote["text"].strip() != ""
        for start, end in [*quote["marks"], *quote["cue_spans"]]:
            assert 0 <= start < end <= len(text)
        assert all(quote["start"] <= a and b <= quote["end"] for a, b in quote["marks"])
        if (speaker := quote["speaker"]) and speaker["start"] is not None:
            assert text[speaker["start"] : speaker["end"]] == speaker["text"]
    for passage in article["passages"]:
        assert text[passage["start"] : passage["end"]].strip()
        if passage["kind"] == "entry":
            assert text[passage["start"] :].startswith(passage["heading"])
    printed = {
        q["speaker"].get("name") for q in article["quotes"] if q["speaker"] and q["speaker"]["start"] is not None
    }
    for name in article["people"]:
        assert name in printed or name.split()[-1].lower() in text.lower(), f"{name} is not in {article['id']}"


@each_article
def test_the_kinds_agree_with_the_marks(article: dict) -> None:
    text = article["text"]
    for quote in article["quotes"]:
        for start, end in quote["marks"]:
            assert text[start - 1] in OPENING, quote["text"]
            assert end == len(text) or text[end] in CLOSING + "\n", quote["text"]
        match quote["kind"]:
            case "direct":
                assert share_inside(text, quote) >= 0.9, quote["text"]
            case "mixed":
                assert 0 < share_inside(text, quote) < 0.9, quote["text"]
            case "indirect":
                assert quote["marks"] == []
                assert not set(quote["text"]) & set('“”"'), quote["text"]
                assert text[quote["start"] - 1] not in '“‘"', quote["text"]
            case "document":
                assert quote["marks"] == []


@each_article
def test_nothing_is_quoted_from_the_furniture_of_a_page(article: dict) -> None:
    hidden = [p for p in article["passages"] if p["kind"] in {"caption", "embed", "related", "promo", "share"}]
    for quote in article["quotes"]:
        assert not [p for p in hidden if quote["start"] < p["end"] and p["start"] < quote["end"]], quote["text"]


@each_article
def test_the_spans_of_one_quotation_have_one_speaker_and_do_not_overlap(article: dict) -> None:
    groups: dict[int, list[dict]] = {}
    for quote in article["quotes"]:
        groups.setdefault(quote["group"], []).append(quote)
    for spans in groups.values():
        assert all(span["speaker"] == spans[0]["speaker"] for span in spans)
        assert all(a["end"] <= b["start"] for a, b in pairwise(spans))
    outer = [quote for quote in article["quotes"] if not quote.get("nested")]
    assert all(a["end"] <= b["start"] for a, b in pairwise(outer))


@pytest.mark.parametrize("phenomenon", build.PHENOMENA)
def test_the_sample_shows(phenomenon: str) -> None:
    shown = [article["id"] for article in GOLD if phenomenon in article["phenomena"]]
    shown += [quote["text"] for _, quote in QUOTES if phenomenon in quote.get("phenomena", ())]
    assert shown, build.PHENOMENA[phenomenon]


def tagged(phenomenon: str) -> list[tuple[str, dict]]:
    return [(article["text"], quote) for article, quote in QUOTES if phenomenon in quote.get("phenomena", ())]


def test_the_faulty_marks_are_as_faulty_as_they_are_said_to_be() -> None:
    for text, quote in tagged("doubled-mark"):
        assert re.search(r'““|””|""', text[quote["start"] - 2 : quote["end"] + 3])
    for text, quote in tagged("mixed-marks"):
        assert text[quote["start"] - 1] + text[quote["end"]] == '"”'
    unclosed = 0
    for text, quote in tagged("unclosed-mark"):
        after = text[quote["end"] :].lstrip("\n")
        unclosed += text[quote["end"]] == "\n" and after[0] not in OPENING
    assert unclosed >= 3


def test_what_is_only_ambiguous_has_no_resolved_speaker() -> None:
    bare = tagged("ambiguous-surname")
    assert {quote["speaker"]["text"] for _, quote in bare} == {"Lund", "Crewe", "Doyle"}
    assert not [quote for _, quote in bare if "name" in quote["speaker"]]


# The live blog and the utterances


def test_the_live_blog_has_its_entries_newest_first() -> None:
    (article,) = [article for article in GOLD if article["id"] == "marlpit-live.txt"]
    entries = [passage for passage in article["passages"] if passage["kind"] == "entry"]
    moments = [dt.datetime.fromisoformat(entry["at"]) for entry in entries]
    assert moments == sorted(set(moments), reverse=True)
    assert Counter(moment.day for moment in moments) == {16: 5, 15: 11, 14: 8}
    for entry, moment in zip(entries, moments, strict=True):
        assert entry["heading"].replace("\N{NO-BREAK SPACE}", "") in {
            f"{moment:%A} {moment.day} October – {moment:%H:%M}",
            f"{moment:%A} {moment.day} October –{moment:%H:%M}",
        }
    assert sum("\N{NO-BREAK SPACE}" in entry["heading"] for entry in entries) == 2
    assert "this pop-up" not in article["text"][entries[-1]["start"] : entries[-1]["end"]]
    documents = [passage for passage in article["passages"] if passage["kind"] == "document"]
    assert len(documents) == 8
    assert ["Edna Marsh", "Dougie Platt", "Samina Rafiq", "Carol Ainsworth"] in [d["signatories"] for d in documents]


@pytest.mark.parametrize(
    "utterance, outlets, speakers",
    [
        ("switched-off", 6, {"Maureen Thorley", "Jean Tasker", "residents of Saltby Haven"}),
        ("never-lost", 5, {"Philippa Crewe"}),
        ("no-version", 6, {"Tony Brack"}),
        ("not-finished", 5, {"Edna Marsh"}),
        ("size-of-the-room", 3, {"Maureen Thorley"}),
    ],
)
def test_an_utterance_is_printed_by_many_outlets(utterance: str, outlets: int, speakers: set[str]) -> None:
    printed = [(article, quote) for article, quote in QUOTES if quote.get("utterance") == utterance]
    assert len({article["outlet"] for article, _ in printed}) == outlets
    assert {quote["speaker"]["name"] for _, quote in printed} == speakers
    assert len({article["id"] for article, quote in printed if quote["relation"] == "fullest"}) == 1


def test_the_agency_s_paragraphs_are_found_word_for_word_elsewhere() -> None:
    for wire, copies in {
        "saltby-wire.txt": ["saltby-packet-web.html"],
        "exam-wire.txt": ["exam-rocket-web.html", "exam-packet.txt"],
        "saltby-rally.jsonl:1": ["saltby-rally.jsonl:3"],
    }.items():
        paragraphs = [paragraph for paragraph in filed(wire).split("\n\n") if len(paragraph.split()) >= 12]
        for copy in copies:
            text = filed(copy)
            for entity, char in {"&ldquo;": "“", "&rdquo;": "”", "&rsquo;": "’", "&pound;": "£"}.items():
                text = text.replace(entity, char)
            assert sum(paragraph in text for paragraph in paragraphs) >= 2, (wire, copy)


# The builder


@pytest.mark.parametrize(
    "marked, sentence",
    [
        ("{d1 words}", "a brace without a bar"),
        ("{d1|words", "never closed"),
        ("words}", "closed that was not opened"),
    ],
)
def test_a_source_with_a_fault_is_refused(marked: str, sentence: str) -> None:
    with pytest.raises(build.Fault, match=sentence):
        build.parse(marked, "here")


def test_the_marks_of_a_source_nest() -> None:
    text, marks = build.parse("{s1|He} said “{d1|no, ‘{dn2|never}’, she said}”.", "here")
    assert text == "He said “no, ‘never’, she said”."
    assert [(tag, text[start:end]) for tag, start, end in marks] == [
        ("s1", "He"), ("d1", "no, ‘never’, she said"), ("dn2", "never")
    ]  # fmt: skip
