"""Files, folders and standard input: what is there, which of it is news, and each as an Item or a Failure."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from articles.intake import manifest
from articles.intake.decoding import codec, decode, normalise_text
from articles.intake.item import Failure, Item
from articles.intake.jsonlines import begins_json_lines, byte_lines, read_lines
from articles.intake.metadata import checked
from articles.intake.page import declared_encoding, looks_like_html, read_page

MAX_BYTES = 50_000_000  # a file larger than this is no article; JSON lines may be of any length

JSON_LINES = frozenset({".jsonl", ".ndjson"})
HTML = frozenset({".html", ".htm", ".xhtml"})
#: What lies beside articles without being one: passed over in a folder, refused when named.
COMPANIONS = frozenset({".ann", ".csv", ".json", ".py"})
_ABOUT = frozenset({"readme", "licence", "license", "copying", "notice", "changelog"})


def items(paths: Iterable[str | Path], *, stdin: BinaryIO | None = None) -> Iterator[Item | Failure]:
    """Everything under ``paths``, in their order, folders recursively and sorted, "-" being ``stdin``; lazily.

    Never raises for what it finds: whatever cannot be taken in is a Failure. In folders, dot files, ``manifest.csv``,
    companions (.ann, .csv, .json, .py) and files about the folder (README, LICENSE, …) are passed over.
    """
    manifests: dict[Path, dict[str, manifest.Row] | ValueError] = {}
    for given in paths:
        if str(given) == "-":
            yield from _guarded("-", _standard_input(stdin))
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
            yield from _folder(path, manifests, frozenset())
        elif path.name != manifest.NAME:
            rows = _manifest(path.parent, manifests)
            if isinstance(rows, ValueError):
                yield Failure(_printable(str(given)), f"{given} is described by a manifest that is at fault: {rows}.")
            else:
                yield from _file(path, rows.get(path.name), named=True)


def count(paths: Iterable[str | Path]) -> int | None:
    """How many items and failures to expect of ``paths``, about; ``None`` when nobody can know (standard input)."""
    total = 0
    for given in paths:
        if str(given) == "-":
            return None
        path = Path(given)
        if not path.is_dir():
            total += path.name != manifest.NAME and _count_file(path)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if not _no_news_in(name)]
            total += sum(_count_file(Path(folder, name)) for name in names if not _passed_over(name))
    return total


def item_from_text(text: str, *, name: str = "pasted text", **metadata: Any) -> Item:
    """Pasted text as an item; ``metadata`` as strings, or as an Item holds it. Raises ValueError with a sentence."""
    said = _said(metadata)
    derived = normalise_text(text)
    if not derived.strip():
        raise ValueError(f"{name} is empty: there is nothing to take in.")
    return Item(name, text.encode("utf-8", "surrogatepass"), "text/plain", "paste", derived, "utf-8", **said)


def item_from_upload(name: str, raw: bytes, **metadata: Any) -> list[Item | Failure]:
    """An uploaded file as items: one, or one a line of JSON lines; ``metadata`` goes before what the file says."""
    name = _printable(name)
    try:
        said = _said(metadata)
    except ValueError as error:
        return [Failure(name, f"{name}: {error}.")]
    return list(_guarded(name, _content(name, io.BytesIO(raw), said)))


def _said(metadata: dict[str, Any]) -> dict[str, Any]:
    strings = {key: value for key, value in metadata.items() if isinstance(value, str)}
    others = {key: value for key, value in metadata.items() if not isinstance(value, str) and value is not None}
    return checked(strings) | others


def _folder(
    folder: Path, manifests: dict[Path, dict[str, manifest.Row] | ValueError], above: frozenset[tuple[int, int]]
) -> Iterator[Item | Failure]:
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
    rows = _manifest(folder, manifests)
    if isinstance(rows, ValueError):
        yield Failure(_printable(str(folder / manifest.NAME)), f"{rows}; nothing in {folder} was taken in.")
    else:
        present = {entry.name for entry in entries}
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
            if not _no_news_in(entry.name):
                yield from _folder(path, manifests, above | {identity})
        elif not isinstance(rows, ValueError) and not _passed_over(entry.name):
            yield from _file(path, rows.get(entry.name), named=False)


def _no_news_in(folder: str) -> bool:
    return folder.startswith(".") or folder == "__pycache__"


def _passed_over(name: str) -> bool:
    stem, suffix = Path(name.lower()).stem, Path(name.lower()).suffix
    return name.startswith(".") or suffix in COMPANIONS or (stem in _ABOUT and suffix in ("", ".txt", ".md"))


def _manifest(
    folder: Path, manifests: dict[Path, dict[str, manifest.Row] | ValueError]
) -> dict[str, manifest.Row] | ValueError:
    if folder not in manifests:
        try:
            manifests[folder] = manifest.read_manifest(folder)
        except ValueError as error:
            manifests[folder] = error
    return manifests[folder]


def _file(path: Path, row: manifest.Row | None, *, named: bool) -> Iterator[Item | Failure]:
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
        with path.open("rb") as stream:
            yield from _guarded(name, _content(name, stream, row or {}))
    except OSError as error:
        yield _unreadable(name, error)


def _count_file(path: Path) -> int:
    if path.suffix.lower() not in JSON_LINES:
        return 1
    try:
        with path.open("rb") as stream:
            return sum(1 for line in byte_lines(stream) if line.strip())
    except OSError:
        return 1


def _standard_input(stdin: BinaryIO | None) -> Iterator[Item | Failure]:
    if stdin is None:
        yield Failure("-", "there is no standard input here: give the path of a file.")
        return
    yield from _content("-", stdin, {})


def _content(name: str, stream: BinaryIO, said: dict[str, Any]) -> Iterator[Item | Failure]:
    """What a file or standard input holds; raises ValueError with the end of a sentence about ``name``."""
    suffix = Path(name).suffix.lower()
    head = stream.readline(MAX_BYTES + 1) if name == "-" else b""
    if suffix in JSON_LINES or begins_json_lines(head):
        yield from read_lines(name, stream, head=head, said=said)
        return
    raw = head + stream.read(max(0, MAX_BYTES + 1 - len(head)))
    if len(raw) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1_000_000} MB: no article is; split it or leave it out")
    yield _item(name, raw, html=suffix in HTML, said=said)


def _item(name: str, raw: bytes, *, html: bool, said: dict[str, Any]) -> Item:
    if not raw.strip():
        raise ValueError("is empty: there is nothing to take in")
    html = html or looks_like_html(raw)
    text, encoding = decode(raw, declared=codec(declared_encoding(raw)) if html else "")
    text = normalise_text(text)
    if html:
        page = read_page(text)
        text, said = normalise_text(page.text), page.metadata() | said
        if not text.strip():
            raise ValueError("is a web page in which no article was found: save its text, or paste it")
    elif not text.strip():
        raise ValueError("is empty: there is nothing to take in")
    return Item(name, raw, "text/html" if html else "text/plain", "file", text, encoding, **said)


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
