"""Snapshots: the corpus as JSON lines, a file a model, with a manifest; written, read back, and merged.

What belongs to a snapshot is declared a model at a time where the model is at home (`Table`), and put together in
`corpus.management.whole`.
"""

from corpus.snapshots.folder import Manifest, Problem, Snapshot
from corpus.snapshots.merging import merge
from corpus.snapshots.restoring import restore
from corpus.snapshots.tables import Corpus, Table
from corpus.snapshots.writing import write

__all__ = ["Corpus", "Manifest", "Problem", "Snapshot", "Table", "merge", "restore", "write"]
