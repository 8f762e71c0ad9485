"""Files, folders and standard input: what is there, which of it is news, and each as an Item or a Failure."""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from articles.intake import manifest
from articles.intake.archives import is_archive, read_archive
from articles.intake.decoding import normalise_text
from articles.intake.item import Failure, Item
from articles.intake.jsonlines import begins_json_lines, byte_lines, read_lines
from articles.intake.metadata import checked
from articles.intake.page import looks_like_html
from articles.intake.table import read_table
from articles.intake.web import looks_like_mhtml, page_item, read_mhtml

MAX_BYTES = 50_000_000  # a file larger than this is no article; JSON lines may be of any length

JSON_LINES = frozenset({".jsonl", ".ndjson"})
HTML = frozenset({".html", ".htm", ".xhtml"})
#: One article a row; in a folder only where a mapping says how to read them, for there many are something else.
TABLES = frozenset({".csv", ".tsv"})
#: What lies beside articles without being one: passed over in a folder, refused when named.
COMPANIONS = frozenset({".ann", ".json", ".py"})
#: How browsers in several languages call the folder with the parts of a page that they save.
_PARTS = re.compile(
    r"(.+)(?:_files|\.files|_fichiers|-dateien|_archivos|_arquivos|_ficheiros|_bestanden|_pliki|_filer|_tiedostot|_soubory)",
    re.IGNORECASE,
)
_ABOUT = frozenset({"readme", "licence", "license", "copying", "notice", "changelog"})


@dataclass(frozen=True, slots=True)
class Ways:
    """How files are read: which columns hold which fields, which folders are no news, and manifests once read."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[Path] = frozenset()
    manifests: dict[Path, dict[str, manifest.Row] | ValueError] = field(default_factory=dict)

    def passes_over(self, folder: Path, beside: set[str]) -> bool:
        """Whether a folder in another, among names of files, holds no news."""
        name = folder.name
        if name.startswith(".") or name == "__pycache__" or (self.skipped and folder.resolve() in self.skipped):
            return True
        parts = _PARTS.fullmatch(name)
        return parts is not None and any(f"{parts[1]}{suffix}" in beside for suffix in HTML)

    def passes_over_file(self, name: str) -> bool:
        stem, suffix = Path(name.lower()).stem, Path(name.lower()).suffix
        table = suffix in TABLES and (not self.mapping or name == manifest.NAME)
        about = stem in _ABOUT and suffix in ("", ".txt", ".md")
        return name.startswith(".") or suffix in COMPANIONS or table or about


def items(
    paths: Iterable[str | Path],
    *,
    stdin: BinaryIO | None = None,
    mapping: Mapping[str, str] | None = None,
    skipped: Iterable[Path] = (),
) -> Iterator[Item | Failure]:
    """Everything under ``paths``, in their order, folders recursively and sorted, "-" being ``stdin``; lazily.

    Never raises for what it finds: whatever cannot be taken in is a Failure. In folders, dot files, ``manifest.csv``,
    companions (.ann, .json, .py, and .csv unless there is a ``mapping`` of its columns), files about the folder
    (README, LICENSE, …), the parts that a browser saved beside a page, and the folders in ``skipped`` are passed over.
    """
    ways = Ways(mapping or {}, frozenset(path.resolve() for path in skipped))
    for given in paths:
        if str(given) == "-":
            yield from _guarded("-", _standard_input(stdin, ways))
            continue
        if not str(given):  # pathlib takes it for the working directory, with whatever secrets lie there
            yield Failure("", "an empty path was given: name a file or a folder, or . for this one.")
            continue
        path = Path(given)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield _unreadable(str(given), error)
            continue
        except ValueError:  # a NUL in the name
            yield Failure(_printable(str(given)), f"{given!r} is no file name.")
            continue
        if stat.S_ISDIR(mode):
            yield from _folder(path, ways, frozenset())
        elif path.name != manifest.NAME:
            rows = _manifest(path.parent, ways.manifests)
            if isinstance(rows, ValueError):
                yield Failure(_printable(str(given)), f"{given} is described by a manifest that is at fault: {rows}.")
            else:
                yield from _file(path, rows.get(path.name), ways, named=True)


def count(
    paths: Iterable[str | Path], *, mapping: Mapping[str, str] | None = None, skipped: Iterable[Path] = ()
) -> int | None:
    """How many items and failures to expect of ``paths``, about; ``None`` when nobody can know (tables, archives)."""
    total, ways = 0, Ways(mapping or {}, frozenset(path.resolve() for path in skipped))
    for given in paths:
        if str(given) == "-":
            return None
        path = Path(given)
        if not path.is_dir():
            if _many(path.name):
                return None
            total += path.name != manifest.NAME and _count_file(path)
            continue
        for folder, folders, names in os.walk(path):
            beside = set(names)
            folders[:] = [name for name in folders if not ways.passes_over(Path(folder, name), beside)]
            counted = [name for name in names if not ways.passes_over_file(name)]
            if any(map(_many, counted)):
                return None
            total += sum(_count_file(Path(folder, name)) for name in counted)
    return total


def item_from_text(text: str, *, name: str = "pasted text", **metadata: Any) -> Item:
    """Pasted text as an item; ``metadata`` as strings, or as an Item holds it. Raises ValueError with a sentence."""
    said = _said(metadata)
    derived = normalise_text(text)
    if not derived.strip():
        raise ValueError(f"{name} is empty: there is nothing to take in.")
    return Item(name, text.encode("utf-8", "surrogatepass"), "text/plain", "paste", derived, "utf-8", **said)


def item_from_upload(
    name: str, raw: bytes, *, mapping: Mapping[str, str] | None = None, **metadata: Any
) -> list[Item | Failure]:
    """An uploaded file as items: one, one a line or row of a table, one a page of an archive.

    ``metadata`` goes before what a file with one article says.
    """
    name = _printable(name)
    try:
        said = _said(metadata)
    except ValueError as error:
        return [Failure(name, f"{name}: {error}.")]
    return list(_guarded(name, _content(name, lambda: io.BytesIO(raw), said, Ways(mapping or {}))))


def _said(metadata: dict[str, Any]) -> dict[str, Any]:
    strings = {key: value for key, value in metadata.items() if isinstance(value, str)}
    others = {key: value for key, value in metadata.items() if not isinstance(value, str) and value is not None}
    return checked(strings) | others


def _folder(folder: Path, ways: Ways, above: frozenset[tuple[int, int]]) -> Iterator[Item | Failure]:
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(str(folder), error)
        return
    identity = status.st_dev, status.st_ino
    if identity in above:
        yield Failure(
            _printable(str(folder)), f"{folder} is a link to a folder that it lies in: remove the link, or name files."
        )
        return
    rows = _manifest(folder, ways.manifests)
    present = {entry.name for entry in entries}
    if isinstance(rows, ValueError):
        yield Failure(_printable(str(folder / manifest.NAME)), f"{rows}; nothing in {folder} was taken in.")
    else:
        for name in rows:
            if name not in present:
                yield Failure(
                    _printable(str(folder / name)),
                    f"{folder / name} is named in {manifest.NAME} but is not there: add the file or remove the row.",
                )
    for entry in entries:
        try:
            is_folder = entry.is_dir()
        except OSError:
            is_folder = False
        path = folder / entry.name
        if is_folder:
            if not ways.passes_over(path, present):
                yield from _folder(path, ways, above | {identity})
        elif not isinstance(rows, ValueError) and not ways.passes_over_file(entry.name):
            yield from _file(path, rows.get(entry.name), ways, named=False)


def _manifest(
    folder: Path, manifests: dict[Path, dict[str, manifest.Row] | ValueError]
) -> dict[str, manifest.Row] | ValueError:
    if folder not in manifests:
        try:
            manifests[folder] = manifest.read_manifest(folder)
        except ValueError as error:
            manifests[folder] = error
    return manifests[folder]


def _file(path: Path, row: manifest.Row | None, ways: Ways, *, named: bool) -> Iterator[Item | Failure]:
    name = _printable(str(path))
    if isinstance(row, ValueError):
        yield Failure(name, f"{name}: {row}.")
        return
    if named and path.suffix.lower() in COMPANIONS:
        yield Failure(name, f"{name} is not a kind of file that holds an article: give text, HTML or JSON lines.")
        return
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield Failure(name, f"{name} is not a regular file: to pipe an article in, give - and standard input.")
            return
        yield from _guarded(name, _content(name, lambda: path.open("rb"), row or {}, ways))
    except OSError as error:
        yield _unreadable(name, error)


def _many(name: str) -> bool:
    """Whether a file of this name holds nobody knows how many articles until it is read."""
    return name != manifest.NAME and (is_archive(name) or Path(name).suffix.lower() in TABLES)


def _count_file(path: Path) -> int:
    if path.suffix.lower() not in JSON_LINES:
        return 1
    try:
        with path.open("rb") as stream:
            return sum(1 for line in byte_lines(stream) if line.strip())
    except OSError:
        return 1


def _standard_input(stdin: BinaryIO | None, ways: Ways) -> Iterator[Item | Failure]:
    if stdin is None:
        yield Failure("-", "there is no standard input here: give the path of a file.")
        return
    head = stdin.readline(MAX_BYTES + 1)
    if begins_json_lines(head):
        yield from read_lines("-", stdin, head=head, mapping=ways.mapping)
        return
    raw = head + stdin.read(max(0, MAX_BYTES + 1 - len(head)))
    if ways.mapping:
        yield from read_table("-", io.BytesIO(raw), ways.mapping)
        return
    yield _item("-", raw, html=False, said={})


def _content(name: str, reopen: Callable[[], BinaryIO], said: dict[str, Any], ways: Ways) -> Iterator[Item | Failure]:
    """What a file holds; raises ValueError with the end of a sentence about ``name``."""
    suffix = Path(name).suffix.lower()
    if is_archive(name):
        yield from read_archive(name, reopen, said)
        return
    with reopen() as stream:
        if suffix in JSON_LINES:
            yield from read_lines(name, stream, said=said, mapping=ways.mapping)
        elif suffix in TABLES:
            yield from read_table(name, stream, ways.mapping, said)
        else:
            yield _item(name, stream.read(MAX_BYTES + 1), html=suffix in HTML, said=said)


def _item(name: str, raw: bytes, *, html: bool, said: dict[str, Any]) -> Item:
    if len(raw) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1_000_000} MB: no article is; split it or leave it out")
    if looks_like_mhtml(raw):
        page = read_mhtml(raw)
        return page_item(
            name, raw, inner=page.html, url=page.url, charset=page.charset, media_type="multipart/related", said=said,
            captured_at=page.at,
        )  # fmt: skip
    return page_item(name, raw, html=html or looks_like_html(raw), said=said)


def _guarded(name: str, found: Iterator[Item | Failure]) -> Iterator[Item | Failure]:
    """``found``, its end in an error turned into a Failure of ``name``."""
    try:
        yield from found
    except OSError as error:
        yield _unreadable(name, error)
    except ValueError as error:
        yield Failure(name, f"{name} {error}.")
    except (MemoryError, RecursionError):
        yield Failure(name, f"{name} is too large or too deeply nested to be read: give its text instead.")


def _unreadable(name: str, error: OSError) -> Failure:
    name = _printable(name)
    return Failure(name, f"{name} cannot be read ({error.strerror or error}): check the path and who may read it.")


def _printable(name: str) -> str:
    """``name`` with whatever is no UTF-8 replaced, so that it can be printed and stored."""
    return os.fsencode(name).decode("utf-8", "replace") if not name.isascii() else name
