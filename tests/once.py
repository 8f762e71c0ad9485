"""A small corpus that is made once for the tests of a module, where making it costs more than most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import transaction
from pytest_django import DjangoDbBlocker

T = TypeVar("T")


def once(blocker: DjangoDbBlocker, make: Callable[[], T]) -> Iterator[T]:
    """For a fixture of a module: what ``make`` returns; its rows are there for all tests from the first that asks for it.

    What a test writes is rolled back; of the objects, which it would change for the others, it takes a deep copy.
    """
    with blocker.unblock(), transaction.atomic():
        yield make()
        transaction.set_rollback(True)
