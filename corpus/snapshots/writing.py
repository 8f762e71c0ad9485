"""Writing a snapshot: one moment of the corpus, a stream of rows at a time, put in place when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import connection, transaction

from corpus.chunks import chunks
from corpus.snapshots.folder import MANIFEST, Lines, Manifest, making
from corpus.snapshots.tables import Corpus, Table
from corpus.statements import among

#: So many rows of a table, with all their parts, are in memory at once.
AT_ONCE = 50

Told = Callable[[str, int], None]


@contextmanager
def one_moment() -> Iterator[None]:
    """Reads see one state of the database, however long they take and whoever writes meanwhile."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not atomic(): its transactions are IMMEDIATE here, and would keep writers out.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def write(corpus: Corpus, target: Path, manifest: Manifest, told: Told = lambda name, rows: None) -> Manifest:
    """Write all rows of the corpus as a snapshot; ``told`` hears of files and rows. Raises Problem."""
    with making(target) as folder, one_moment(), ExitStack() as stack:
        files = {table: stack.enter_context(Lines(folder / table.file)) for table in corpus.tables}
        for whole in corpus.wholes():
            for keys in chunks(whole.keys(), AT_ONCE):
                _write(corpus, whole, keys, files, told)
        manifest.files = {table.file: lines.close() for table, lines in files.items()}
        (folder / MANIFEST).write_text(manifest.text(), encoding="utf-8")
    return manifest


def _write(corpus: Corpus, table: Table, keys: Sequence[int], files: dict[Table, Lines], told: Told) -> None:
    """Write these rows, or the parts of these rows, in their order, and then their parts."""
    if table.of:
        found = table.records(table.rows().filter(**{f"{table.of}__in": among(keys)}))
    else:
        found = table.records(table.rows().filter(pk__in=among(keys)))
    at = {key: place for place, key in enumerate(keys)}
    found.sort(key=lambda row: (at[row[1]], table.place(row[2]) if table.of else ()))
    for _, _, record in found:
        files[table].write(record)
    told(table.file, len(found))
    parts = corpus.parts(table)
    if parts and found:
        own = [pk for pk, _, _ in found]
        del found
        for some in chunks(own, 5 * AT_ONCE):
            for part in parts:
                _write(corpus, part, some, files, told)
