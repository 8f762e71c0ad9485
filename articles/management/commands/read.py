"""manage.py read: print what the reader finds in texts, without a database."""

from __future__ import annotations

import json
import os
import re
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from articles import intake
from articles.intake.files import JSON_LINES, MAX_BYTES
from articles.intake.jsonlines import begins_json_lines, byte_lines, parse_object
from articles.reading import Context, as_record, read

STYLES = {"direct": "green", "mixed": "cyan", "indirect": "yellow", "document": "magenta"}


@dataclass(frozen=True, slots=True)
class Document:
    """A text to read, or why there is none; ``given`` tells JSON lines, whose texts the caller has, from files."""

    id: Any
    text: str = ""
    context: Context | None = None
    given: bool = False
    error: str = ""


class Command(BaseCommand):
    help = (
        "Print who said what in texts, saved HTML and JSON lines (objects with id and text), without a database. "
        "Offsets count code points of the text, for JSON lines exactly of the text given."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file or folder; - is standard input")
        parser.add_argument(
            "--jsonl", action="store_true", help="one JSON object a document, in the order of the input"
        )
        parser.add_argument("--with-text", action="store_true", help="repeat the text of JSON lines input too")

    def handle(self, *args: Any, **options: Any) -> None:
        paths, failed = options["paths"], False
        progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty() or self.stdout.isatty(),
        )  # fmt: skip
        try:
            with progress:
                task = progress.add_task("Reading", total=None if progress.disable else intake.count(paths))
                for document in documents(paths, sys.stdin.buffer if "-" in paths else None):
                    if document.error:
                        failed = True
                        self.stderr.write(document.error)
                    if options["jsonl"]:
                        self.stdout.write(as_line(document, with_text=options["with_text"] or not document.given))
                    elif not document.error:
                        self.stdout.write(as_page(document, terminal=self.stdout.isatty()), ending="")
                    progress.advance(task)
        except KeyboardInterrupt:
            sys.exit(130)
        except BrokenPipeError:  # somebody read enough of it: `manage.py read … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(141)
        if failed:
            sys.exit(1)


def documents(paths: list[str], stdin: BinaryIO | None) -> Iterator[Document]:
    """The texts under ``paths``, lazily and in order: of JSON lines just as given, of files as intake derives them."""
    for path in paths:
        if path == "-" and stdin is not None:
            head = stdin.readline(MAX_BYTES + 1)
            if begins_json_lines(head):
                yield from _lines("-", stdin, head)
            else:
                yield from map(_document, intake.item_from_upload("-", head + stdin.read(MAX_BYTES + 1)))
        elif Path(path).suffix.lower() in JSON_LINES and Path(path).is_file():
            try:
                with Path(path).open("rb") as stream:
                    yield from _lines(path, stream)
            except OSError as error:
                reason = f"{path} cannot be read ({error.strerror}): check the path and who may read it."
                yield Document(Path(path).name, error=reason)
        else:
            yield from map(_document, intake.items([path]))


def _lines(name: str, stream: BinaryIO, head: bytes = b"") -> Iterator[Document]:
    for number, line in enumerate(byte_lines(stream, head), start=1):
        if not line.strip():
            continue
        try:
            record, _ = parse_object(line)
        except ValueError as error:
            yield Document(None, given=True, error=f"{name}:{number}: {error}.")
            continue
        text, language = record.get("text"), record.get("language")
        if not isinstance(text, str):
            reason = f"{name}:{number}: there is no text: give it as a string in a field of that name."
            yield Document(record.get("id"), given=True, error=reason)
            continue
        context = Context(language=language) if isinstance(language, str) and language else None
        yield Document(record.get("id"), text, context, given=True)


def _document(item: intake.Item | intake.Failure) -> Document:
    name = Path(item.name).name
    if isinstance(item, intake.Failure):
        return Document(name, error=item.error)
    context = Context(
        date=item.published.day if item.published else None,
        article_kind=item.article_kind,
        source=item.source_name or item.source,
        headline=item.headline,
        language=item.language or "en",
    )
    return Document(name, item.text, context)


def as_line(document: Document, *, with_text: bool) -> str:
    """A document's reading, or its error, as one line of JSON."""
    record: dict[str, Any]
    if document.error:
        record = {"id": document.id, "error": document.error}
    else:
        reading = read(document.text, document.context or Context())
        record = as_record(document.text, reading, id=document.id, with_text=with_text)
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        line.encode()
    except UnicodeEncodeError:  # half of a surrogate pair in the text given: only an escape can say it
        line = json.dumps(record, separators=(",", ":"))
    return line


def as_page(document: Document, *, terminal: bool) -> str:
    """A document's reading for people: its quotes with who said them, then who is named and what else was found."""
    record = as_record(
        document.text, read(document.text, document.context or Context()), id=document.id, with_text=False
    )
    console = Console(force_terminal=terminal, width=None if terminal else 100, highlight=False)
    with console.capture() as capture:
        console.rule(Text(str(document.id), "bold"), align="left")
        published = record.get("published")
        if published:
            console.print(Text(f"published {published['at']} ({published['precision']}, {published['basis']})", "dim"))
        group: object = ...
        for quote in record["quotes"]:
            style = STYLES.get(quote["kind"], "")
            if quote["group"] != group:
                console.print(_attribution(quote, style))
            group = quote["group"]
            console.print(Padding(Text(quote["text"], style), (0, 0, 0, 2), expand=False))
        for title, words in (
            ("named", Counter(mention["name"] or mention["text"] for mention in record["mentions"])),
            ("passages", Counter(passage["kind"] for passage in record["passages"])),
        ):
            if words:
                listed = ", ".join(f"{word} ×{times}" if times > 1 else word for word, times in words.most_common())
                console.print(Text(f"\n{title}: {listed}", "dim"))
        console.print()
    return re.sub(r" +$", "", capture.get(), flags=re.MULTILINE)


def _attribution(quote: dict[str, Any], style: str) -> Text:
    speaker = quote["speaker"] or {}
    printed, name = speaker.get("text", ""), speaker.get("name", "")
    who = name or printed or "nobody named"
    line = Text.assemble("\n", (who, "bold" if name else ""))
    if name and printed and printed != name:
        line.append(f" (as {printed!r})", "dim")
    if quote.get("via"):
        line.append(f" via {', '.join(quote['via'])}", "dim")
    line.append(f"  {quote['kind']}", style)
    facts = [f"“{quote['cue']}”"] if quote.get("cue") else []
    facts += [f"{quote['confidence']:.0%}"] if quote.get("confidence") is not None else []
    line.append("  " + " ".join((*facts, *quote.get("reasons", ()))), "dim")
    return line
