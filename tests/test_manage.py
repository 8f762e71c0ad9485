"""Operators' mistakes end in one sentence and a status, not in a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "environment, said",
    [
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must start with sqlite:/// or postgresql://"),
        ({"DATABASE_URL": "postgresql://h:abc/x"}, "DATABASE_URL cannot be read: Port"),
        ({"DATABASE_URL": "sqlite:////proc/nowhere/x.sqlite3"}, "the folder /proc/nowhere cannot be made"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "The database cannot be used ("),
        ({"DATABASE_URL": "sqlite:///{tmp}/empty.sqlite3"}, "run `manage.py migrate`"),
        ({"DEBUG": "0", "SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"DEBUG": "0", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({"QUOTE_THRESHOLD": "high"}, "QUOTE_THRESHOLD must be a number between 0 and 1, not 'high'."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_one_sentence(environment: dict[str, str], said: str, tmp_path: Path) -> None:
    own = {name: value.replace("{tmp}", str(tmp_path)) for name, value in environment.items()}
    done = subprocess.run(
        [sys.executable, "manage.py", "ingest", "README.md"],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
