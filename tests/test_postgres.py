"""The server that the tests on PostgreSQL run on leaves nothing behind, however the process that wanted it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

pytestmark = pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") != "postgresql", reason="starts PostgreSQL: TEST_DATABASE=postgresql runs it"
)


@pytest.mark.parametrize("ending", ["end of input", signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=str)
def test_nothing_stays_behind(ending: str | signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.postgres"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        url = process.stdout.readline().strip()
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT to_tsvector('simple', '“Zoë” Łódź—')::text, lower('ŻÓŁĆ')").fetchone()
        assert row == ("'zoë':1 'łódź':2", "żółć")
        if isinstance(ending, signal.Signals):
            process.send_signal(ending)
        else:
            process.stdin.close()
    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    limit = time.monotonic() + 20
    while folder.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
