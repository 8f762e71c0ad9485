"""What stands where something was taken away: 410, that it is gone, since when and why, and nothing of what it was."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from corpus.models import Tombstone


def tombstone(model: type[models.Model], *, uid: str = "", slug: str = "") -> Tombstone | None:
    """What is left of a thing that was purged, by its uid or by the slug its page stood at; None if it was not."""
    stones = Tombstone.objects.filter(thing=model._meta.label_lower)
    return (stones.filter(thing_uid=uid) if uid else stones.filter(slug=Tombstone.hash_of(slug))).first()


def page(request: HttpRequest, noun: str, *, note: str = "", since: dt.datetime | None = None) -> HttpResponse:
    """Something that an editor took back, and may give again."""
    return render(request, "410.html", {"noun": noun, "note": note, "since": since}, status=410)


def purged(request: HttpRequest, noun: str, stone: Tombstone) -> HttpResponse:
    """Something that was here, and is nowhere any more."""
    context = {"noun": noun, "note": stone.public_note, "since": stone.at, "purged": True}
    return render(request, "410.html", context, status=410)
