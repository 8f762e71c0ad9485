"""When what an answer leaves behind is collected."""

from __future__ import annotations

import gc

import pytest
from django.core.signals import request_finished
from django.test import Client

from corpus import collecting


@pytest.mark.parametrize(
    "counts, generation",
    [((9, 0, 0), 0), ((9, 10, 10), 0), ((9, 11, 0), 1), ((9, 11, 11), 2), ((0, 0, 11), 2)],
)
def test_the_generation_whose_turn_it_is(
    monkeypatch: pytest.MonkeyPatch, counts: tuple[int, int, int], generation: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(gc, "get_count", lambda: counts)
    monkeypatch.setattr(gc, "collect", asked.append)
    collecting.sweep()
    assert asked == [generation]


@pytest.mark.django_db
def test_a_page_lets_go_of_its_rows_and_is_swept_up_after(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    swept: list[int] = []
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    monkeypatch.setattr(gc, "collect", lambda generation=2: swept.append(generation))
    collecting.settle()
    try:
        response = client.get("/quotes/")
    finally:
        assert request_finished.disconnect(collecting.sweep)
    assert response.context_data is None
    assert len(swept) == 2
