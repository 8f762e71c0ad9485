"""pytest plug-in: every run has surroundings of its own, on SQLite or, with TEST_DATABASE=postgresql, on PostgreSQL.

It is named in pyproject.toml with `-p`, because it must speak before Django reads its settings. PostgreSQL is a server
that this run starts (tests/postgres.py), or the one that TEST_DATABASE_URL names; the caller's DATABASE_URL is never used.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.postgres import Server, ServerError

# What settings.py reads: a run must not depend on what its caller happens to have set.
SETTINGS = (
    "ACCESS_LOG",
    "ALLOWED_HOSTS",
    "BACKUP_DIR",
    "CSRF_TRUSTED_ORIGINS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "QUOTE_THRESHOLD",
    "SECURE_SSL_REDIRECT",
    "SPEAKER_THRESHOLD",
    "STATEMENT_SECONDS",
    "STATIC_ROOT",
)

#: Folders and files whose tests start processes, which ask the database of the run.
STARTING = {"operations", "snapshots", "test_manage.py"}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    # Each worker has all of its own, the server too: a transaction of one would hold up what another waits for.
    folder = passing_folder(early_config)
    (folder / "static").mkdir()  # STATIC_ROOT, where there is nothing collected to serve
    for name in SETTINGS:
        os.environ.pop(name, None)
    os.environ |= {"DEBUG": "1", "SECRET_KEY": "for-tests-only", "VERBATIM_VAR": str(folder)}
    # Hundreds of tests ask from one address; those of the throttle set a rate of their own.
    os.environ |= {"API_RATE_ANONYMOUS": "1000000/minute", "API_RATE_TOKEN": "1000000/minute"}

    wanted = os.environ.get("TEST_DATABASE", "sqlite")
    if wanted == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'corpus.sqlite3'}"
    elif wanted != "postgresql":
        raise pytest.UsageError(f"TEST_DATABASE must be sqlite or postgresql, not {wanted!r}.")
    elif url := os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = url
    elif getattr(early_config.known_args_namespace, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DATABASE_URL"] = "postgresql:///nowhere"  # it only hands the tests out
    else:
        try:
            server = Server()
        except ServerError as error:
            raise pytest.UsageError(str(error)) from error
        early_config.add_cleanup(server.stop)
        os.environ["DATABASE_URL"] = server.url


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database is tested once, beside SQLite."""
    if (
        os.environ.get("TEST_DATABASE") != "postgresql"
        or config.getoption("keyword")
        or config.getoption("file_or_dir")
    ):
        return
    left = [
        item
        for item in items
        if STARTING.isdisjoint({item.path.parent.name, item.path.name}) and not asks_database(item)
    ]
    if left:
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]


def asks_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def passing_folder(config: pytest.Config) -> Path:
    """A temporary folder that goes when this process does, killed or not; as in tests/postgres.py, a shell waits for that."""
    folder = tempfile.mkdtemp(prefix="verbatim-tests-")
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", 'trap "" INT TERM HUP; cat >/dev/null; rm -rf "$1"', "verbatim-tests-keeper", folder],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    config.add_cleanup(lambda: keeper.communicate() and None)
    return Path(folder)


def pytest_report_header() -> str:
    if os.environ.get("TEST_DATABASE") == "postgresql":
        return f"database: PostgreSQL, {'TEST_DATABASE_URL' if os.environ.get('TEST_DATABASE_URL') else 'a server of this run'}"
    return f"database: SQLite {sqlite3.sqlite_version}, a file"
