"""Indexes on PostgreSQL, without an extension: generated tsvector columns with GIN, and a view that looks like FTS5's.

What FTS5 would make of a text is had in four steps: Latin accents folded, all but letters and digits blank, a few
endings respelt, then the snowball stemmer "porter" without stop words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from corpus.search.tables import SEARCHED, Index

#: Characters from which a row's vectors are kept in parts as well, how long these are, and how far they overlap: a
#: tsvector knows no position after the 16,383rd, and no more than 255 of one word ("the" has them by the 4,000th word).
LONG, PART, OVERLAP = 10_000, 4_000, 1_000

#: Between open and closed words: no word, at a place further off than any NEAR reaches.
GAP = """'''-'':50B'::tsvector"""

COMMON = (
    "CREATE TEXT SEARCH DICTIONARY corpus_porter (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION corpus_words (COPY = simple)",
    "ALTER TEXT SEARCH CONFIGURATION corpus_words ALTER MAPPING REPLACE simple WITH corpus_porter",
    # FTS5 folds Latin letters only. Most text has nothing to fold; the test costs a tenth of the work.
    r"""
    CREATE FUNCTION corpus_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    CASE WHEN $1 ~ '[^\u0001-\u00bf\u2000-\u20cf]'
         THEN normalize(regexp_replace(normalize($1, NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC)
         ELSE $1 END
    """,
    # Where the two porters differ: FTS5 leaves words of two letters alone (us, is, as, Ms) and knows -bly and -logy.
    # With an e at the end snowball makes of them what FTS5 does: use, possible, technologe.
    r"""
    CREATE FUNCTION corpus_endings(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    regexp_replace($1,
        '(\m[[:alnum:]]s)\M|([aeiouy][b-df-hj-np-tv-xz][[:alnum:]]*(?:bl|log))(?:y|i|ies)\M', '\1\2e', 'gi')
    """,
    """
    CREATE FUNCTION corpus_words(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    corpus_endings(regexp_replace(corpus_fold($1), '[^[:alnum:]]+', ' ', 'g'))
    """,
    # Cut to the length it had: some letters of India fold to two, and 1 MB is counted on one staying one.
    """
    CREATE FUNCTION corpus_vector(text, "char") RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    setweight(to_tsvector('corpus_words', left(corpus_words($1), length($1))), $2)
    """,
    # A part begins and ends at a blank; the overlap keeps phrases whole.
    f"""
    CREATE FUNCTION corpus_parts(text, "char") RETURNS tsvector[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (
    SELECT array_agg(setweight(to_tsvector('corpus_words', regexp_replace(
        substr(words, place, {PART + OVERLAP}),
        CASE WHEN place = 1 THEN '' ELSE '^[^ ]+|' END ||
        CASE WHEN place + {PART + OVERLAP} > length(words) THEN '$' ELSE '[^ ]+$' END, '', 'g')), $2))
    FROM corpus_words($1) AS words, generate_series(1, length(words), {PART}) AS place)
    """,
)
REMOVAL = (
    'DROP FUNCTION IF EXISTS corpus_parts(text, "char")',
    'DROP FUNCTION IF EXISTS corpus_vector(text, "char")',
    "DROP FUNCTION IF EXISTS corpus_words(text)",
    "DROP FUNCTION IF EXISTS corpus_endings(text)",
    "DROP FUNCTION IF EXISTS corpus_fold(text)",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS corpus_words",
    "DROP TEXT SEARCH DICTIONARY IF EXISTS corpus_porter",
)


def generated(index: Index) -> tuple[str, str]:
    """The SQL of an index's vector and of its parts."""
    pairs = [(f'left("{index.open}", {SEARCHED})', "A")]
    length = f'length("{index.open}")'
    if index.closed:
        pairs.append((f'left("{index.closed}", greatest(0, {SEARCHED} - {length}))', "B"))
        length += f' + length("{index.closed}")'
    vector = f" || {GAP} || ".join(f"corpus_vector({text}, '{label}')" for text, label in pairs)
    parts = " || ".join(f"corpus_parts({text}, '{label}')" for text, label in pairs)
    return vector, f"CASE WHEN {length} > {LONG} THEN {parts} END"


def statements(index: Index) -> list[str]:
    """The statements that make an index, its view last."""
    vector, parts = generated(index)
    return [
        f"""
        ALTER TABLE "{index.table}"
        ADD COLUMN search_vector tsvector GENERATED ALWAYS AS ({vector}) STORED,
        ADD COLUMN search_parts tsvector[] GENERATED ALWAYS AS ({parts}) STORED
        """,
        # Without a fine histogram a rare word is taken for a common one, and the list walks the whole date index.
        f"""
        ALTER TABLE "{index.table}"
        ALTER COLUMN search_vector SET STATISTICS 1000, ALTER COLUMN search_parts SET STATISTICS 0
        """,
        f'CREATE INDEX "{index.name}_gin" ON "{index.table}" USING gin (search_vector)',
        f"""
        CREATE VIEW "{index.name}" AS
        SELECT "{index.key}" AS rowid, search_vector AS "{index.name}", search_parts AS parts FROM "{index.table}"
        """,
    ]


def digest(indexes: Sequence[Index]) -> str:
    """What tells one definition of the indexes from another; kept as comments on their views."""
    everything = [*COMMON, *(sql for index in indexes for sql in statements(index))]
    return hashlib.sha256("\n".join(everything).encode()).hexdigest()


def current(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> bool:
    """Whether these indexes are installed, all of them, as they are defined here."""
    with connection.cursor() as cursor:
        marks = ", ".join(["obj_description(to_regclass(%s), 'pg_class')"] * len(indexes))
        cursor.execute(f"SELECT {marks}", [f'"{index.name}"' for index in indexes])
        return set(cursor.fetchone()) == {digest(indexes)}


def install(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> bool:
    if current(connection, indexes):
        return False
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        uninstall(connection, indexes)
        for sql in (*COMMON, *(sql for index in indexes for sql in statements(index))):
            cursor.execute(sql)
        for index in indexes:
            cursor.execute(f"COMMENT ON VIEW \"{index.name}\" IS '{digest(indexes)}'")
    return True


def uninstall(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> None:
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        connection.check_constraints()  # no table is altered while rows of this transaction wait for a check
        for index in indexes:
            cursor.execute(f'DROP VIEW IF EXISTS "{index.name}"')
            cursor.execute(
                f'ALTER TABLE IF EXISTS "{index.table}" DROP COLUMN IF EXISTS search_vector, '
                "DROP COLUMN IF EXISTS search_parts"
            )
        for sql in REMOVAL:
            cursor.execute(sql)


def rebuild(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> None:
    with transaction.atomic(connection.alias):
        uninstall(connection, indexes)
        install(connection, indexes)


def drift(connection: BaseDatabaseWrapper, indexes: Sequence[Index]) -> list[str]:
    if not current(connection, indexes):
        return [f"{index.name} is not installed as it should be: run `manage.py migrate`." for index in indexes]
    found = []
    for index in indexes:
        vector, parts = generated(index)
        with connection.cursor() as cursor:
            # Another system library can change what is a letter, under the feet of a stored column.
            cursor.execute(
                f'SELECT count(*) FROM "{index.table}" '
                f"WHERE search_vector IS DISTINCT FROM ({vector}) OR search_parts IS DISTINCT FROM ({parts})"
            )
            (rows,) = cursor.fetchone()
        if rows:
            found.append(f"{index.name} does not hold the words of {rows} rows of {index.table}: rebuild it.")
    return found
