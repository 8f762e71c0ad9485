"""A snapshot as a folder: made beside its place and put there whole, and believed only after its hashes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

#: Raised by one when a snapshot is written in a form that older readers would misunderstand.
SCHEMA = 1
FORMAT = "verbatim snapshot"
MANIFEST = "manifest.json"
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Problem(Exception):
    """A snapshot that cannot be written or used; the message says what, where, and what to do."""


@dataclass
class Manifest:
    """What a snapshot holds: ``files`` by name with rows, bytes and SHA-256; nothing that changes by itself."""

    kind: str
    reader: str
    rights: list[dict[str, str]] = field(default_factory=list)
    licence: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    schema: int = SCHEMA
    format: str = FORMAT

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=2) + "\n"


class Lines:
    """A file of records, one a line; knows its hash when it is closed."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb", buffering=1 << 20)
        self._hash = hashlib.sha256()
        self.rows = self.bytes = 0

    def write(self, record: dict[str, Any]) -> None:
        line = f"{encode(record)}\n".encode()
        self._file.write(line)
        self._hash.update(line)
        self.rows += 1
        self.bytes += len(line)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def close(self) -> dict[str, Any]:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self._hash.hexdigest()}


@contextmanager
def making(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes the target when all went well, and is gone when not.

    What a killed process left beside the target is taken away first. Raises Problem.
    """
    target = target.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Problem(f"{target} is there already: name a folder that is not, or an empty one.")
    prefix = f".{target.name}.part-"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f"{prefix}*"):
            _remove_if_abandoned(left)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    except OSError as error:
        raise Problem(f"{target} cannot be written: {error.strerror}.") from error
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
        folder.chmod(0o755 & ~_umask())
        os.fsync(lock)
        folder.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise Problem(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_abandoned(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # somebody is writing there
    finally:
        os.close(lock)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Snapshot:
    """A folder that was written by `write`, to be read; raises Problem where it is not what its manifest says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / MANIFEST
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Problem(
                f"There is no {MANIFEST} in {folder}: name the folder that `manage.py export` wrote."
            ) from None
        except (OSError, ValueError) as error:
            raise Problem(f"{path} cannot be read: {error}.") from error
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise Problem(f"{path} is not the manifest of a snapshot.")
        if said.get("schema") != SCHEMA:
            raise Problem(
                f"{folder} is of schema {said.get('schema')}, and this Verbatim knows schema {SCHEMA}: "
                "use the version of Verbatim that wrote it, or write it anew."
            )
        try:
            self.manifest = Manifest(**said)
            self.rows = {name: int(file["rows"]) for name, file in self.manifest.files.items()}
        except (TypeError, KeyError, ValueError) as error:
            raise Problem(f"{path} is not a whole manifest: {error}.") from error

    def verify(self, known: set[str], told: Callable[[int], None] = lambda size: None) -> None:
        """Compare every file with the manifest; ``told`` hears of bytes that were read."""
        if unknown := sorted(set(self.manifest.files) - known):
            raise Problem(f"{self.folder} holds {unknown[0]}, which this Verbatim does not know: use a newer one.")
        for name, said in sorted(self.manifest.files.items()):
            found = hashlib.sha256()
            try:
                with (self.folder / name).open("rb") as file:
                    while piece := file.read(1 << 20):
                        found.update(piece)
                        told(len(piece))
            except OSError as error:
                raise Problem(f"{self.folder / name} cannot be read: {error.strerror}.") from error
            if found.hexdigest() != said.get("sha256"):
                raise Problem(
                    f"{self.folder / name} is not as it was written (its SHA-256 differs from the manifest): "
                    "take another copy."
                )

    def read(self, name: str, known: set[str] | None = None, needed: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
        """The records of a file, none where there is no such file.

        Problem for what is no record, for a field that is not ``known``, and where one that is ``needed`` is not there.
        """
        if name not in self.manifest.files:
            return
        path = self.folder / name
        with path.open("rb", buffering=1 << 20) as file:
            for number, line in enumerate(file, start=1):
                try:
                    record = json.loads(line)
                except ValueError as error:
                    raise Problem(f"{path}, line {number}: {error}.") from error
                if not isinstance(record, dict):
                    raise Problem(f"{path}, line {number} is no record.")
                if missing := [field for field in needed if field not in record]:
                    raise Problem(f"{path}, line {number} does not say its {missing[0]}.")
                if known is not None and (unknown := sorted(set(record) - known)):
                    raise Problem(
                        f"{path}, line {number} has “{unknown[0]}”, which this Verbatim does not know: use a newer one."
                    )
                yield record
