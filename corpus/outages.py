"""Why nothing can be written: a disk without room, a database that is only read. What was begun is rolled back."""

from __future__ import annotations

import errno
import sqlite3

from django.db import DatabaseError

FULL = "the disk is full"
READ_ONLY = "it may only be read"
FAILING = "the disk fails"

ERRNO = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EROFS: READ_ONLY, errno.EIO: FAILING}
SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    # Whoever opens a database on a full disk has no room for the index of its log.
    sqlite3.SQLITE_IOERR_SHMSIZE: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: FAILING,
}
#: SQLSTATE of PostgreSQL.
SQLSTATE = {"53100": FULL, "25006": READ_ONLY, "58030": FAILING}


def unwritable(error: BaseException | None) -> str:
    """Why this was not written, in a few words; "" where that is not what went wrong."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        return SQLITE.get(code) or SQLITE.get(code & 0xFF, "")
    if isinstance(cause, OSError):
        return ERRNO.get(cause.errno or 0, "")
    return SQLSTATE.get(getattr(cause, "sqlstate", None) or "", "")
