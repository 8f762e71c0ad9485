"""Taking reports from readers: bounded for each article, and the same one only once."""

from __future__ import annotations

from django.db import transaction

from articles.models import Article, Quote, Report

#: So many reports wait on an article and its quotes; then an editor has to answer some before there may be more.
WAITING = 20
CHARACTERS = 2_000


class Enough(Exception):
    """So many reports on this wait already that another would tell an editor nothing new."""


@transaction.atomic
def take(article: Article, quote: Quote | None, *, kind: str, text: str, email: str = "") -> Report:
    """A report on an article, or on a quote in it; sent twice, it is one. Raises Enough beyond `WAITING`."""
    waiting = Report.objects.waiting().filter(article=article)
    if same := waiting.filter(quote=quote, kind=kind, text=text).first():
        return same
    if waiting.count() >= WAITING:
        raise Enough(f"{WAITING} reports on this article wait for an editor already.")
    return Report.objects.create(article=article, quote=quote, kind=kind, text=text, email=email)
