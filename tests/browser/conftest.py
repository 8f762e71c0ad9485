"""A real browser on the running site: ask for `page`, and `page.goto("/articles/")`.

A page fails its test, whatever else it shows, when a script of it throws, the console reports an error, or it asks
anybody but this site for anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # root, in CI, has no other choice; the pages are our own
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, headless: the one that CHROMIUM names, or the system's; without one, its tests are skipped."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium here: install one, or name it with CHROMIUM=/path/to/chromium")
    # Playwright's event loop runs in this thread, where Django would therefore refuse every query.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh page, 1280 by 800, nobody logged in; addresses are relative to the running site."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="en-GB",
        reduced_motion="reduce",
        timezone_id="UTC",
        viewport={"width": 1280, "height": 800},
    )
    context.set_default_timeout(10_000)
    problems: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # Chromium also reports every 4xx answer here; those are the business of the test.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != urlsplit(live_server.url).netloc:
            problems.append(f"asked another site: {request.url}")

    context.on("console", heard)
    context.on("request", asked)
    context.on("weberror", lambda error: problems.append(f"script: {error.error}"))
    yield context.new_page()
    context.close()
    assert not problems, "\n".join(problems)
