"""manage.py evaluate: how well the reader reads a gold set, and where it errs, without a database."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from articles import evaluation
from articles.evaluation import Calibration, Document, Judgement, Measures, Quote, Share, Speaker
from articles.intake.jsonlines import byte_lines, parse_object
from articles.reading import Context, Reading, as_record, read

#: The yardstick of speed: the words and the stretches in marks of a text, by one regular expression.
PLAIN = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"|\w+")
TICK = 1e-6  # seconds: less than this nobody can measure
VIEWS: dict[evaluation.View, str] = {"spans": "Quotes", "marks": "Words inside quotation marks"}
LISTED = 25  # reasons on the page; --json has all
AROUND = 70  # characters of context on either side of an error


@dataclass(frozen=True, slots=True)
class Speed:
    """Characters read in seconds of CPU, and the seconds of a plain regex pass over the same texts."""

    characters: int
    reading: float
    plain: float

    @property
    def per_second(self) -> float:
        return self.characters / (self.reading or TICK)

    @property
    def plain_per_second(self) -> float:
        return self.characters / (self.plain or TICK)

    @property
    def ratio(self) -> float:
        """How many times as fast the plain pass is."""
        return (self.reading or TICK) / (self.plain or TICK)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one reader made of one gold set: the measures of each view, and each quote of the spans view judged."""

    documents: int
    views: dict[evaluation.View, Measures]
    judged: list[Judgement]
    speed: Speed


class Command(BaseCommand):
    help = (
        "Measure the reader on a gold set (JSON lines with id, text and quotes): precision, recall and F1 by kind, "
        "speakers, calibration, reasons, speed and, with --errors, the worst errors in context. No database is needed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("gold", metavar="GOLD.jsonl", help="a document a line, with its quotes")
        parser.add_argument("--errors", type=_natural, default=0, metavar="N", help="show the N worst errors")
        parser.add_argument("--json", action="store_true", help="everything as one JSON object on standard output")
        parser.add_argument(
            "--speech-only",
            action="store_true",
            help="leave indirect gold out whose cue is not one of speech (cue_speech false): wants, plans, believes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            gold = documents(options["gold"])
            quiet = not sys.stderr.isatty()
            steps = track(gold, "Reading", console=Console(stderr=True), transient=True, disable=quiet)
            result = evaluate(steps, speech_only=options["speech_only"])
        except KeyboardInterrupt:
            sys.exit(130)
        worst = evaluation.worst_first(result.judged)[: options["errors"]]
        try:
            if options["json"]:
                self.stdout.write(json.dumps(as_json(result, worst), indent=1))
            else:
                self.stdout.write(as_page(result, worst, terminal=self.stdout.isatty()), ending="")
            self.stdout.flush()
        except BrokenPipeError:  # somebody read enough of it: `manage.py evaluate … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(141)


def _natural(given: str) -> int:
    if not given.isdecimal():
        raise ArgumentTypeError(f"{given} is not a number of errors: give 0 or more.")
    return int(given)


# Measuring


def documents(path: str | Path) -> list[Document]:
    """The gold documents of a file of JSON lines; CommandError names the line that is broken."""
    found = []
    try:
        with Path(path).open("rb") as stream:
            for number, line in enumerate(byte_lines(stream), start=1):
                if line.strip():
                    try:
                        found.append(evaluation.document(parse_object(line)[0]))
                    except ValueError as error:
                        raise CommandError(f"{path}:{number}: {error}.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}): check the path and who may read it.") from None
    if not found:
        raise CommandError(f"{path} holds no document: give one JSON object a line, with id, text and quotes.")
    return found


def as_read(document: Document) -> Reading:
    """The reading of a gold text, told of it only what `read --jsonl` is told."""
    return read(document.text, Context(language=document.language) if document.language else Context())


def quotes_of(document: Document, reading: Reading) -> tuple[Quote, ...]:
    """The quotes of a reading as they are compared with the gold ones."""
    return evaluation.document(as_record(document.text, reading, with_text=True)).quotes


def evaluate(gold: Iterable[Document], *, speech_only: bool = False) -> Evaluation:
    """Read the gold texts and compare."""
    pairs: list[tuple[Document, tuple[Quote, ...]]] = []
    characters, reading, plain = 0, 0.0, 0.0
    read("“Warm up,” said nobody.", Context())  # so that tables made at the first call are nobody's cost
    for document in gold:
        characters += len(document.text)
        began = time.process_time()
        found = as_read(document)
        reading += time.process_time() - began
        began = time.process_time()
        PLAIN.findall(document.text)
        plain += time.process_time() - began
        pairs.append((document, quotes_of(document, found)))
    compared = {
        view: [evaluation.compare(document, quotes, view=view, speech_only=speech_only) for document, quotes in pairs]
        for view in VIEWS
    }
    return Evaluation(
        documents=len(pairs),
        views={view: evaluation.measure(comparisons) for view, comparisons in compared.items()},
        judged=[judgement for comparison in compared["spans"] for judgement in evaluation.judge(comparison)],
        speed=Speed(characters, reading, plain),
    )


# For programs


def as_json(result: Evaluation, worst: Sequence[Judgement]) -> dict[str, Any]:
    """Everything, in plain objects; shares are 0 to 1."""
    quotes = evaluation.quote_cases(result.judged)
    speakers = evaluation.speaker_cases(result.judged)
    return {
        "documents": result.documents,
        "views": {view: _measures(measures) for view, measures in result.views.items()},
        "calibration": {
            "quotes": _calibration(evaluation.calibrate(quotes)),
            "spans": _calibration(evaluation.calibrate(evaluation.span_cases(result.judged))),
            "attributions": _calibration(evaluation.calibrate(speakers)),
        },
        "reasons": {
            "quotes": {reason: _share(share) for reason, share in evaluation.by_reason(quotes).items()},
            "attributions": {reason: _share(share) for reason, share in evaluation.by_reason(speakers).items()},
        },
        "speed": {
            "characters": result.speed.characters,
            "characters_per_second": round(result.speed.per_second),
            "plain_characters_per_second": round(result.speed.plain_per_second),
            "ratio": round(result.speed.ratio, 1),
        },
        "errors": _tally(result.judged),
        "worst": [_error(judgement) for judgement in worst],
    }


def _measures(measures: Measures) -> dict[str, dict[str, dict[str, float]]]:
    spans = {
        name: {
            kind: {
                "precision": round(counts.precision, 4), "recall": round(counts.recall, 4), "f1": round(counts.f1, 4),
                "gold": counts.gold, "read": counts.read,
            }
            for kind, counts in by_kind.items()
        }
        for name, by_kind in measures.spans.items()
    }  # fmt: skip
    speakers = {
        name: {kind: _share(share) for kind, share in by_kind.items()} for name, by_kind in measures.speakers.items()
    }
    return spans | speakers


def _share(share: Share) -> dict[str, float]:
    return {"number": share.number, "right": share.right, "share": round(share.share, 4)}


def _calibration(calibration: Calibration) -> dict[str, Any]:
    return {
        "bands": [
            {"above": band.above, "to": band.to, "mean": round(band.mean, 4), **_share(band.right)}
            for band in calibration.bands
        ],
        "above_0.9": _share(calibration.sure),
        "right_above_0.9": _share(calibration.right_and_sure),
    }


def _tally(judged: Iterable[Judgement]) -> dict[str, int]:
    times = Counter(judgement.verdict for judgement in judged)
    return {verdict: times[verdict] for verdict in evaluation.ERRORS}


def _error(judgement: Judgement) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": judgement.document.id, "class": judgement.verdict, "confidence": judgement.confidence,
    }  # fmt: skip
    for side, quote in (("gold", judgement.gold), ("read", judgement.read)):
        record[side] = None
        if quote is not None:
            who = quote.speaker
            record[side] = {
                "start": quote.start, "end": quote.end, "text": judgement.document.text[quote.start : quote.end],
                "kind": quote.kind, "reasons": list(quote.reasons),
                "speaker": who and {"text": who.text, "name": who.name, "span": who.span, "reasons": list(who.reasons)},
            }  # fmt: skip
    return record


# For people


def as_page(result: Evaluation, worst: Sequence[Judgement], *, terminal: bool) -> str:
    """The figures as tables, in percent, and the worst errors in context."""
    console = Console(force_terminal=terminal, width=None if terminal else 100, highlight=False)
    with console.capture() as capture:

        def show(title: str, table: Table, note: str = "") -> None:
            console.print(Text(title, "bold"), table, *([Text(f"  {note}\n")] if note else []), sep="\n")

        for view, measures in result.views.items():
            show(VIEWS[view], _spans_table(view, measures))
            show(f"{VIEWS[view]}: speakers of those found at j80", _speakers_table(view, measures))
        quotes, speakers = evaluation.quote_cases(result.judged), evaluation.speaker_cases(result.judged)
        spans = evaluation.calibrate(evaluation.span_cases(result.judged))
        for title, calibration, of_spans in (
            ("Confidence of quotes: span and mention right", evaluation.calibrate(quotes), spans),
            ("Confidence of attributions: person right", evaluation.calibrate(speakers), None),
        ):
            right = calibration.right_and_sure
            note = f"{_percent(right.share)} % of the {right.number} right ones are above {evaluation.SURE}."
            show(title, _calibration_table(calibration, of_spans), note)
        for title, reasons in (
            ("Reasons of quotes: span and mention right", evaluation.by_reason(quotes)),
            ("Reasons of attributions: person right", evaluation.by_reason(speakers)),
        ):
            rarer = len(reasons) - LISTED
            show(title, _reasons_table(reasons), f"and {rarer} rarer ones (--json)" if rarer > 0 else "")
        speed = result.speed
        console.print(
            f"Reading: {speed.per_second:,.0f} characters a second ({speed.characters:,} in {speed.reading:.2f} s of "
            f"CPU); a plain regex pass: {speed.plain_per_second:,.0f}, {speed.ratio:.0f} times as fast.\n"
        )
        tally = _tally(result.judged)
        console.print("Errors: " + ", ".join(f"{times} {verdict}" for verdict, times in tally.items()) + ".")
        for verdict in evaluation.ERRORS:
            if shown := [judgement for judgement in worst if judgement.verdict == verdict]:
                console.rule(Text(f"{verdict}: {len(shown)} of {tally[verdict]}", "bold"), align="left")
                for judgement in shown:
                    console.print(_shown(judgement), end="\n\n")
    return re.sub(r" +$", "", capture.get(), flags=re.MULTILINE)


def _table(words: Iterable[str], numbers: Iterable[str]) -> Table:
    """An empty table with columns of words, then columns of numbers."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in words:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _kinds(by_kind: Iterable[str], view: evaluation.View) -> list[str]:
    """The kinds to show, in their order; in the marks view everything is direct."""
    there = set(by_kind)
    return [kind for kind in ("all", *evaluation.KINDS) if kind in there and (kind == "all" or view != "marks")]


def _spans_table(view: evaluation.View, measures: Measures) -> Table:
    table = _table(("measure", "kind"), ("P", "R", "F1", "gold", "read"))
    for name, by_kind in measures.spans.items():
        for kind in _kinds(by_kind, view):
            counts = by_kind[kind]
            figures = map(_percent, (counts.precision, counts.recall, counts.f1))
            first = kind == "all"
            style = "bold" if first else ""
            table.add_row(name if first else "", kind, *figures, str(counts.gold), str(counts.read), style=style)
        if len(by_kind) > 1 and view == "spans":
            table.add_section()
    return table


def _speakers_table(view: evaluation.View, measures: Measures) -> Table:
    table = _table(("measure", "kind"), ("right %", "of"))
    for name, by_kind in measures.speakers.items():
        for kind in _kinds(by_kind, view):
            share = by_kind[kind]
            table.add_row(name if kind == "all" else "", kind, _percent(share.share), str(share.number))
    return table


def _calibration_table(calibration: Calibration, spans: Calibration | None) -> Table:
    """Bands with the mean confidence and the share right; of quotes also the share whose span alone is right."""
    table = _table(("above – to",), ("number", "said", "right %", *(["span right %"] if spans else [])))
    for number, band in enumerate(calibration.bands):
        if band.right.number:
            row = [f"{band.above:.2f} – {band.to:.2f}", str(band.right.number), _percent(band.mean)]
            row.append(_percent(band.right.share))
            table.add_row(*row, *([_percent(spans.bands[number].right.share)] if spans else []))
    table.add_section()
    row = [f"above {evaluation.SURE:.2f}", str(calibration.sure.number), "", _percent(calibration.sure.share)]
    table.add_row(*row, *([_percent(spans.sure.share)] if spans else []), style="bold")
    return table


def _reasons_table(reasons: dict[str, Share]) -> Table:
    table = _table(("reason",), ("number", "right %"))
    for reason, share in list(reasons.items())[:LISTED]:
        table.add_row(reason, str(share.number), _percent(share.share))
    return table


def _shown(judgement: Judgement) -> Text:
    """An error over a few lines: where it is, then the gold and what was read, each in its context."""
    gold, found = judgement.gold, judgement.read
    start = min(quote.start for quote in (gold, found) if quote)
    head = Text.assemble((f"{judgement.document.id} @{start}", "bold"))
    if judgement.confidence is not None:
        head.append(f"  {judgement.confidence:.2f}", "cyan")
    if found and found.reasons:
        head.append("  " + " ".join(found.reasons), "dim")
    lines = [head]
    overlap = evaluation.overlap_of(judgement.document.text, gold, found) if gold and found else None
    same = overlap is not None and overlap.exact == 1
    for side, quote, style in (("gold", gold, "green"), ("read", found, "red")):
        if quote is not None:
            if not (same and side == "read"):
                before, inside, after = in_context(judgement.document.text, quote.start, quote.end)
                name = "both" if same else side
                lines.append(Text.assemble((f"{name}  ", style), before, (f"⟦{inside}⟧", style), after))
            lines.append(Text.assemble((f"{side}  ", style), (f"{quote.kind}, {_who(quote.speaker)}", "dim")))
    return Text("\n").join(lines)


def _who(speaker: Speaker | None) -> str:
    if speaker is None:
        return "nobody"
    where = f" @{speaker.span[0]}" if speaker.span else ""
    words = f"{speaker.text!r}{where} = {speaker.name or 'unresolved'}"
    return f"{words} ({'; '.join(speaker.reasons)})" if speaker.reasons else words


def in_context(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What stands before a span, in it (a long one without its middle) and after it, on one line."""
    inside = text[start:end]
    if len(inside) > 4 * AROUND:
        inside = f"{inside[: 2 * AROUND]} … {inside[-AROUND:]}"
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = re.sub(r"^\S*", "…", before)  # a word cut in two
    if end + AROUND < len(text):
        after = re.sub(r"\S*$", "…", after)
    return one_line(before), one_line(inside), one_line(after)


def one_line(text: str) -> str:
    """The text with its paragraphs marked by a pilcrow and no control characters that a terminal would obey."""
    text = re.sub(r"\s*\n\s*", " ¶ ", text)
    return "".join(character if character.isprintable() else " " for character in text)
