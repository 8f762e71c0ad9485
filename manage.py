#!/usr/bin/env python
"""Run one of Verbatim's commands: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corpus.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError, OperationalError, ProgrammingError
    except ImportError:
        sys.exit("Django is not installed here: run `make .venv`, then `.venv/bin/python manage.py …`.")
    if "--traceback" in sys.argv:
        execute_from_command_line(sys.argv)
        return
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does: nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except (DatabaseError, OSError) as error:
        from corpus.outages import unwritable

        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if why := unwritable(error):
            sys.exit(f"Nothing more can be written, {why} ({said}): mend that and run the same command again.")
        if not isinstance(error, OperationalError | ProgrammingError):
            raise
        # A database of SQLite's that may only be read cannot even be: its log is shared by a file beside it.
        place = "DATABASE_URL, and that its folder can be written to" if "unable to open" in said else "DATABASE_URL"
        sys.exit(
            f"The database cannot be used ({said}): check {place}, run `manage.py migrate`, "
            "or say --traceback to see where."
        )


if __name__ == "__main__":
    main()
