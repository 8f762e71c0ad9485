"""Builds the sample corpus and its gold annotations from the annotated sources beside this file.

    python tests/gold/build.py            writes corpus/sample/**/{*.txt,*.jsonl,manifest.csv} and tests/gold/*.jsonl
    python tests/gold/build.py --check    writes nothing; says which built file is not in step, exit status 1

An annotated source is `tests/gold/<folder>/<name>.ann`: a header of `key: value` lines, a line `---`, the text with its
marks, a line `===`, and a line for each quotation and document. One without text (a page kept as HTML, which is not built)
only adds a row to the manifest. Header: `file` and the columns of the manifest (`source` alone fills in the columns about
the source), `people` and `phenomena` (separated by `;` and `,`), `dated` (DATE | precision | basis, where the text argues
it), `encoding` (utf-8, cp1252, utf-16) and `newline` (crlf); `jsonl: NAME` puts the article into that JSON lines file.

The articles under `held/` are a second set, written later and without knowledge of how they are read: they only go into
held.jsonl, never into the sample corpus, and are there to measure.

In the text (no brace or bar occurs otherwise; braces nest):

    {d1|words}   direct speech of quotation 1 (inside its marks)   {dn2|words}  the same, spoken inside another quotation
    {m1|clause}  mixed speech, its marked stretches as {=|words}   {i1|clause}  indirect speech      {D1|body}  a document
    {s1,2|Ms X}  the speaker of 1 and 2 as printed                 {c1|said}    the cue of 1
    {P kind|…}   a passage; {P document A|…} one with a name       {H 2025-10-16T14:05|heading}      starts an entry
    {t|Tuesday}  evidence for the date of publication

Spans that share a number are one quotation. After `===`:

    1 Full Name | type=individual | via=A; B | u=utterance:relation | #phenomenon #phenomenon
    1 -                                      (nobody is named, or the words leave it open)
    1 The unions | type=group | members=A; B | open
    A author=… | addressee=… | signatories=B (Secretary); C

Conventions: a direct quotation is what stands inside the marks; a mixed or indirect one the content clause without "that"
or "whether"; a document its body without salutation and signature. Marks that hold a word at a distance, titles, thoughts
that nobody had, crossheads and whatever stands in a caption, promotion or related link are not quotations. Beside the
shape of the other sets a gold quotation may say: `nested` (spoken inside another), `headline`, `via` (who passes it on),
`utterance` and `relation` (fullest, variant, fragment, paraphrase), `phenomena`; a joint speaker has `members` and `open`.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Mark = tuple[str, int, int]  # tag, start, end
Thing = dict[str, Any]

HERE = Path(__file__).resolve().parent
HELD = HERE / "held"
SAMPLE = HERE.parent.parent / "corpus" / "sample"
COLUMNS = (
    "file",
    "source",
    "source_name",
    "source_kind",
    "country",
    "language",
    "rights",
    "article_kind",
    "url",
    "headline",
    "byline",
    "published",
)
FIELDS = (
    "url",
    "source",
    "source_name",
    "source_kind",
    "country",
    "language",
    "headline",
    "byline",
    "published",
    "article_kind",
)

# slug: name, kind, country, language, rights
SOURCES = {
    "portico": ("The Portico", "newspaper", "GB", "en", "excerpts"),
    "lantern": ("Lantern News", "broadcaster", "GB", "en", "full"),
    "daily-rocket": ("Daily Rocket", "newspaper", "GB", "en", "full"),
    "ravensholme-packet": ("Ravensholme Packet", "newspaper", "GB", "en", "full"),
    "commonweal": ("Commonweal North", "campaign", "GB", "en", "full"),
    "provincial-wire": ("Provincial Wire", "agency", "GB", "en", "full"),
    "yr-wylan": ("Yr Wylan", "newspaper", "GB", "cy", "full"),
    "saltby-parish": ("Saltby Haven Parish Council", "government", "GB", "en", "none"),
}

# What the sample must show, each on at least one quotation or article (tests/test_sample.py counts them).
PHENOMENA = {
    # one utterance, several outlets
    "lead-utterance": "the sentence that five outlets print in different ways",
    "variant-word-changed": "the same speech with one word changed",
    "variant-punctuation": "the same words, other punctuation or capitals",
    "variant-ellipsis": "the same speech cut with an ellipsis",
    "variant-brackets": "the same speech with an editor's words in brackets",
    "variant-fragment": "a few words of a fuller quotation",
    "variant-paraphrase": "the same speech reported without marks",
    "attribution-conflict": "the same words given to another speaker",
    "slogan-repeated": "the same words on another occasion: another utterance",
    "look-alike": "nearly the same words, said by another person on another matter",
    "agency-copy": "paragraphs taken word for word from the agency",
    # names
    "misspelt-name": "a name that one outlet spells wrongly",
    "two-spellings": "two spellings of a name in one article",
    "same-surname": "two people with one surname in one article",
    "ambiguous-surname": "a bare surname that may be either of two people",
    "honorifics": "Mr, Mrs and Ms on second mention",
    "surname-only": "a bare surname on second mention",
    "title-surname": "a title and a surname (Coun, Dame, Sir, Prof)",
    "first-name": "a first name as second mention",
    "descriptor-speaker": "a speaker named only by what he or she is",
    "abbreviation": "an organisation by its initials",
    # speakers
    "pronoun-across-paragraphs": "a pronoun whose person stands two paragraphs up, another between",
    "pronoun-speaker": "he said, she said",
    "organisation-speaker": "an organisation that says",
    "joint-statement": "a statement by several speakers",
    "open-list": "a list of speakers that is not complete (including …)",
    "joint-speakers": "two named people speak with one voice",
    "spokesperson": "a spokeswoman, a spokesman",
    "unnamed-source": "a source without a name",
    "hearsay": "A says that B said",
    "no-cue": "a quotation without a word of saying",
    # marks
    "single-quotes": "a house style of single marks",
    "possessive-near-quote": "a possessive apostrophe close to single marks",
    "unclosed-mark": "an opening mark that is never closed",
    "doubled-mark": "two marks where one belongs",
    "mixed-marks": "opened straight and closed curly",
    "reopened-paragraphs": "a quotation over several paragraphs, opened again in each",
    "nested-quote": "speech inside speech",
    "split-quote": "a quotation broken by the words of saying",
    # in marks, and not speech
    "scare-quotes": "marks that keep a word at a distance",
    "title-of-work": "marks around a title",
    "hypothetical": "words in marks that nobody said",
    "crosshead": "a crosshead in marks, words of the article",
    # indirect and mixed
    "indirect-that": "said that …",
    "indirect-bare": "said …, without that",
    "according-to": "according to …",
    "adding-that": "a participle: adding that, saying that",
    "and-said": "coordination: and said",
    "trailing-cue": "the clause first, the cue after it",
    "floating-continuation": "a sentence that goes on reporting without a cue",
    "accused-of": "accused … of, urged … to, warned against",
    "noun-cue": "a noun: her claim that",
    "reported-question": "asked whether",
    "mixed-quote": "indirect speech with words in marks",
    # furniture
    "related": "related links between the paragraphs",
    "newsletter": "a newsletter's promotion",
    "share": "share buttons",
    "pop-up": "the remains of a pop-up",
    "embed": "an iframe, or the place of a lost post",
    "caption": "a picture caption with its credit",
    # documents and kinds
    "live-blog": "dated entries, the newest first",
    "no-break-space": "a no-break space in an entry's heading",
    "letter": "a letter with salutation and signature",
    "statement-signatories": "a statement with its signatories",
    "document-without-marks": "words reproduced without marks",
    "anonymous-post": "a post by nobody named",
    "opinion": "a column in the first person",
    "statement-article": "a press statement as an article",
    "headline-colon": "a headline with a speaker and a colon",
    "headline-quote": "words in marks in a headline",
    "other-language": "an article in another language: stored, not read",
    # facts
    "contradictory-figures": "figures that differ between outlets or speakers",
    "date-stated": "the text says the day",
    "date-inferred": "the day follows from the text",
}

_KINDS = {"d": "direct", "m": "mixed", "i": "indirect", "D": "document"}
_QUOTE = re.compile(r"([dmiD])(n?)(\d+)")
_REFERENCE = re.compile(r"([sc])(\d+(?:,\d+)*)")


class Fault(ValueError):
    """An annotated source that cannot be built; says where and why."""


def parse(marked: str, where: str) -> tuple[str, list[Mark]]:
    """The plain text and its marks as (tag, start, end) in code points, in the order of their opening."""
    out: list[str] = []
    opened: list[int] = []  # what stands open, as places in found
    found: list[Mark] = []
    at = i = 0
    while i < len(marked):
        char = marked[i]
        if char == "{":
            bar = marked.find("|", i)
            if bar < 0:
                raise Fault(f"{where}: a brace without a bar: {marked[i : i + 40]!r}")
            opened.append(len(found))
            found.append((marked[i + 1 : bar], at, at))
            i = bar + 1
            continue
        if char == "}":
            if not opened:
                raise Fault(f"{where}: a brace closed that was not opened, before {marked[i : i + 40]!r}")
            tag, start, _ = found[place := opened.pop()]
            found[place] = (tag, start, at)
        else:
            out.append(char)
            at += 1
        i += 1
    if opened:
        raise Fault(f"{where}: never closed: {found[opened[-1]][0]!r}")
    return "".join(out), found


def _several(value: str) -> list[str]:
    return [part.strip() for part in value.split(";") if part.strip()]


def legend(lines: Iterable[str], where: str) -> dict[str, Thing]:
    """The lines after `===` as {name: {"name": …, key: value, "tags": […]}}."""
    notes: dict[str, Thing] = {}
    for line in lines:
        if not line.strip():
            continue
        label, _, rest = line.strip().partition(" ")
        note: Thing = {"tags": []}
        for position, part in enumerate(piece.strip() for piece in rest.split("|")):
            key, equals, value = part.partition("=")
            if part.startswith("#"):
                note["tags"] += [tag.lstrip("#") for tag in part.split()]
            elif equals:
                note[key] = value
            elif position == 0:
                note["name"] = None if part == "-" else part
            elif part:
                note[part] = True
        if label in notes:
            raise Fault(f"{where}: {label} is explained twice")
        notes[label] = note
    return notes


def _span(text: str, start: int, end: int) -> Thing:
    return {"start": start, "end": end, "text": text[start:end]}


def _speaker(text: str, note: Thing, mentions: Sequence[tuple[int, int]]) -> Thing | None:
    if note.get("name") is None and not mentions:
        return None
    speaker: Thing = {"text": note.get("name"), "start": None, "end": None}
    if mentions:
        speaker |= _span(text, *mentions[0])
    if note.get("name"):
        speaker["name"] = note["name"]
    speaker["type"] = note.get("type", "individual")
    if "members" in note:
        speaker |= {"members": _several(note["members"]), "open": bool(note.get("open"))}
    return speaker


def _quotes(text: str, marks: Sequence[Mark], notes: dict[str, Thing], where: str) -> list[Thing]:
    mentions: dict[str, list[tuple[int, int]]] = {}
    cues: dict[str, list[tuple[int, int]]] = {}
    headline = [(start, end) for tag, start, end in marks if tag == "P headline"]
    for tag, start, end in marks:
        if match := _REFERENCE.fullmatch(tag):
            for number in match[2].split(","):
                (mentions if match[1] == "s" else cues).setdefault(number, []).append((start, end))
    quotes: list[Thing] = []
    used: set[str] = set()
    for tag, start, end in marks:
        if not (match := _QUOTE.fullmatch(tag)):
            continue
        kind, nested, number = match.groups()
        if number not in notes:
            raise Fault(f"{where}: quotation {number} is not explained after ===")
        used.add(number)
        note = notes[number]
        inner = [[a, b] for other, a, b in marks if other == "=" and kind in "dm" and start <= a and b <= end]
        quote = _span(text, start, end) | {"kind": _KINDS[kind], "group": int(number)}
        if quote["text"] != quote["text"].strip():
            raise Fault(f"{where}: quotation {number} has space at its edge: {quote['text']!r}")
        quote["speaker"] = _speaker(text, note, mentions.get(number, []))
        cue = cues.get(number, [])
        quote["cue"] = text[cue[0][0] : cue[0][1]] if cue else None
        quote["cue_spans"] = [list(span) for span in cue]
        quote["cue_speech"] = note.get("speech") != "no"
        quote["marks"] = inner or ([[start, end]] if kind == "d" else [])
        if nested:
            quote["nested"] = True
        if any(a <= start and end <= b for a, b in headline):
            quote["headline"] = True
        if "via" in note:
            quote["via"] = _several(note["via"])
        if "u" in note:
            quote["utterance"], _, relation = note["u"].partition(":")
            quote["relation"] = relation or "variant"
        if note["tags"]:
            quote["phenomena"] = note["tags"]
        quotes.append(quote)
    for number in (set(mentions) | set(cues) | {label for label in notes if label.isdigit()}) - used:
        raise Fault(f"{where}: {number} has a speaker, a cue or a line but no words")
    return sorted(quotes, key=lambda quote: (quote["start"], -quote["end"]))


def _passages(text: str, marks: Sequence[Mark], notes: dict[str, Thing]) -> list[Thing]:
    passages: list[Thing] = []
    for tag, start, end in marks:
        if not tag.startswith("P "):
            continue
        _, kind, *label = tag.split()
        passage: Thing = {"start": start, "end": end, "kind": kind}
        if label:
            note = notes[label[0]]
            passage |= {
                "author": note.get("author"),
                "addressee": note.get("addressee"),
                "signatories": _several(note.get("signatories", "")),
            }
        passages.append(passage)
    headings = [(tag[2:], start, end) for tag, start, end in marks if tag.startswith("H ")]
    # An entry runs to the next heading, or to the first piece of page furniture after the last one.
    stops = [start for _, start, _ in headings] + [p["start"] for p in passages if p["kind"] in ("share", "promo")]
    for at, start, end in headings:
        stop = min((s for s in stops if s > start), default=len(text))
        body = text[start:stop].rstrip()
        passages.append(
            {"start": start, "end": start + len(body), "kind": "entry", "heading": text[start:end], "at": at}
        )
    return sorted(passages, key=lambda p: (p["start"], -p["end"]))


def load(path: Path) -> tuple[dict[str, str], dict[str, str], Thing | None]:
    """One annotated source as (row of the manifest, its options, gold entry or None)."""
    where = str(path.relative_to(HERE))
    head, divided, rest = path.read_text(encoding="utf-8").partition("\n---\n")
    header = dict(line.split(": ", 1) for line in head.splitlines() if line.strip())
    row = {"file": header.pop("file")}
    if source := header.get("source"):
        row |= dict(zip(("source_name", "source_kind", "country", "language", "rights"), SOURCES[source], strict=True))
    options: dict[str, str] = {
        key: header.pop(key)
        for key in ("encoding", "newline", "jsonl", "people", "phenomena", "dated")
        if key in header
    }
    unknown = set(header) - set(COLUMNS)
    if unknown:
        raise Fault(f"{where}: unknown in the header: {', '.join(sorted(unknown))}")
    row |= header
    if not divided:
        return row, options, None
    marked, _, tail = rest.partition("\n===\n")
    text, marks = parse(marked.strip("\n") + "\n", where)
    notes = legend(tail.splitlines(), where)
    gold: Thing = {
        "id": row["file"],
        "dataset": "held" if HELD in path.parents else "sample",
        "outlet": row.get("source_name"),
        "language": row.get("language", "en"),
        "text": text,
        "quotes": _quotes(text, marks, notes, where),
        "people": _several(options.get("people", "")),
        "passages": _passages(text, marks, notes),
    }
    if "dated" in options:
        at, precision, basis = (part.strip() for part in options["dated"].split("|"))
        gold["published"] = {
            "at": at,
            "precision": precision,
            "basis": basis,
            "evidence": [{"start": a, "end": b} for tag, a, b in marks if tag == "t"],
        }
    gold["phenomena"] = [tag.strip() for tag in options.get("phenomena", "").split(",") if tag.strip()]
    wrong = {tag for q in gold["quotes"] for tag in q.get("phenomena", ())} | set(gold["phenomena"])
    if wrong - set(PHENOMENA):
        raise Fault(f"{where}: unknown phenomena: {', '.join(sorted(wrong - set(PHENOMENA)))}")
    return row, options, gold


def _dump(thing: Thing) -> str:
    return json.dumps(thing, ensure_ascii=False) + "\n"


def build() -> dict[Path, bytes]:
    """Every built file as {path: bytes}."""
    files: dict[Path, bytes] = {}
    manifests: dict[Path, list[dict[str, str]]] = {}
    lines: dict[Path, list[str]] = {}
    golds: dict[str, list[Thing]] = {"sample": [], "held": []}
    for path in sorted(HERE.rglob("*.ann")):
        row, options, gold = load(path)
        if gold:
            golds[gold["dataset"]].append(gold)
        if HELD in path.parents:
            continue
        folder = SAMPLE / path.parent.relative_to(HERE)
        if gold and "jsonl" in options:
            record = {key: row[key] for key in FIELDS if key in row} | {"text": gold["text"].rstrip("\n")}
            lines.setdefault(folder / options["jsonl"], []).append(_dump(record))
        else:
            manifests.setdefault(folder / "manifest.csv", []).append(row)
            if gold:
                text = gold["text"].replace("\n", "\r\n") if options.get("newline") == "crlf" else gold["text"]
                files[folder / row["file"]] = text.encode(options.get("encoding", "utf-8"))
    for path, rows in manifests.items():
        used = [column for column in COLUMNS if any(row.get(column) for row in rows)]
        table = io.StringIO()
        writer = csv.DictWriter(table, used, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        files[path] = table.getvalue().encode()
    files |= {path: "".join(records).encode() for path, records in lines.items()}
    files |= {HERE / f"{name}.jsonl": "".join(map(_dump, found)).encode() for name, found in golds.items()}
    return files


def main(arguments: Sequence[str]) -> int:
    """Write the built files, or with --check name those out of step; 0 if all is well."""
    try:
        files = build()
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    stale = [path for path, data in files.items() if not path.exists() or path.read_bytes() != data]
    for path in stale:
        if "--check" in arguments:
            print(f"{path}: not in step with its source; run tests/gold/build.py", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    print(f"{len(files)} files, {len(stale)} {'out of step' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
