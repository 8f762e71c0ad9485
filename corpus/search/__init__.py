"""Full-text search, one behaviour on SQLite and PostgreSQL: a parser of queries, two indexes, highlights in Python.

``matching()`` and ``ranked()`` are verbs of every QuerySet that is `Searchable`; `tables` installs what they look at.
"""

from corpus.search.highlight import highlight, mark
from corpus.search.index import Document, Rank, Searchable, Unlisted
from corpus.search.query import Phrase, Query, parse

__all__ = ["Document", "Phrase", "Query", "Rank", "Searchable", "Unlisted", "highlight", "mark", "parse"]
