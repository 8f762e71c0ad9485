"""What every test shares; fixtures of one room live in that room's own conftest."""

from __future__ import annotations

import gc

import hypothesis
import pytest
from pytest_django.fixtures import Settings

# How long something takes is no matter of a test: machines are busy at times.
hypothesis.settings.register_profile("verbatim", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("verbatim")


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays for good: the collector of garbage need not walk it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Logging in costs what it costs on purpose; tests need not pay it each time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks a name server: what is fetched comes from this machine, or the test says what a name stands for."""

    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("articles.fetching.addresses._lookup", nowhere)
