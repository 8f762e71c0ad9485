"""Who is at the desk."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("hetty", password="a long password")


@pytest.fixture
def desk(chief: User) -> Client:
    """A browser in which the chief editor is logged in."""
    client = Client()
    client.force_login(chief)
    return client


@pytest.fixture
def staff(db: None):
    """Makes a browser for somebody on the staff with these permissions ("articles.change_quote") and no others."""

    def make(*permissions: str) -> Client:
        user = User.objects.create_user("ned", password="another password", is_staff=True)
        for permission in permissions:
            app, _, codename = permission.partition(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client = Client()
        client.force_login(user)
        return client

    return make
