"""Work that waits as rows, and doing it: by any number of processes on PostgreSQL, by one and its readers on SQLite.

An item is claimed with ``SELECT … FOR UPDATE SKIP LOCKED`` for the one transaction in which it is taken in and its row
says so; a site is never waited for within a transaction, so that addresses are claimed by a lock of the session.
Whoever is killed leaves the row as it was, and free.
"""

from articles.work.doing import Worker
from articles.work.queueing import forget, queue, queue_places, read_again_later, try_again, waiting

__all__ = ["Worker", "forget", "queue", "queue_places", "read_again_later", "try_again", "waiting"]
