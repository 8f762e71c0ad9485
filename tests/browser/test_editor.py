from __future__ import annotations

from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect


def test_an_editor_logs_in(page: Page) -> None:
    get_user_model().objects.create_superuser("editor", password="correct horse")
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
