"""What the public is shown, as verbs: publish, withhold and say why, correct in public, follow a source's rights."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles import curation, gate
from articles.models import Article, Attribution, Notice, Quote, Source
from corpus import ledger
from corpus.models import Decision, new_uid

#: So many articles are brought up to date in one transaction when the rights of their source change.
AT_ONCE = 100
#: So many seconds of it a request waits for.
PATIENCE = 8.0


@transaction.atomic
def decide(
    articles: Iterable[Article],
    values: Mapping[str, Any],
    *,
    by: User | None,
    reason: str = "",
    public_note: str = "",
    batch: str = "",
) -> int:
    """Decide the same fields of several articles in one batch; returns how many changed.

    Whoever decides on the status says anew why an article is withheld: ``public_note`` stands on its page in place of
    it, and what stood there before is withdrawn.
    """
    batch, rows = batch or new_uid(), list(articles)
    changed = curation.decide_articles(rows, values, by=by, reason=reason, batch=batch)
    if "status" in values:
        before = Notice.objects.standing().filter(article__in=rows, kind=Notice.Kind.WITHHELD)
        for notice in before:
            withdraw(notice, by=by, batch=batch)
        if public_note:
            Notice.objects.bulk_create(
                _notice(article, Notice.Kind.WITHHELD, public_note, by)
                for article in rows
                if article.status == Article.Status.WITHHELD
            )
    return changed


def publish(articles: Iterable[Article], *, by: User | None, reason: str = "", batch: str = "") -> int:
    """Publish articles that have a source; the others stay as they are."""
    ready = [article for article in articles if article.source_id]
    return decide(ready, {"status": Article.Status.PUBLISHED.value}, by=by, reason=reason, batch=batch)


def withhold(
    articles: Iterable[Article], *, by: User | None, reason: str = "", public_note: str = "", batch: str = ""
) -> int:
    """Take articles out of the public's sight; the reason stays with the editors, the note stands on their pages."""
    values = {"status": Article.Status.WITHHELD.value}
    return decide(articles, values, by=by, reason=reason, public_note=public_note, batch=batch)


def correct(article: Article, text: str, *, by: User | None) -> Notice:
    """Say in public, with today's date, what was corrected about an article."""
    notice = _notice(article, Notice.Kind.CORRECTION, text, by)
    notice.save()
    return notice


def withdraw(notice: Notice, *, by: User | None, reason: str = "", batch: str = "") -> bool:
    """Take a notice off its pages; it stays in the record, and the decision can be undone."""
    values = {"withdrawn": timezone.now().isoformat()}
    return bool(ledger.decide(notice, values, by=by, reason=reason, batch=batch or new_uid()))


def _notice(article: Article, kind: Notice.Kind, text: str, by: User | None) -> Notice:
    return Notice(article=article, kind=kind, text=text, by=by, by_name=by.get_username() if by else "")


# --- what pages show


def corrections(article: Article) -> list[Notice]:
    """What the pages of an article and of its quotes say about its own history, newest first; one query."""
    return list(Notice.objects.standing().filter(article=article, kind=Notice.Kind.CORRECTION).order_by("-at", "-id"))


def why_withheld(article: Article) -> Notice | None:
    """What the page of a withheld article says in place of it, if anything."""
    return Notice.objects.standing().filter(article=article, kind=Notice.Kind.WITHHELD).order_by("-at", "-id").first()


# --- the rights of a source


def decide_source(
    source: Source, values: Mapping[str, Any], *, by: User | None, reason: str = "", batch: str = ""
) -> int:
    """Decide fields of a source; where its rights change, its articles follow after the transaction (see `follow`)."""
    with transaction.atomic():
        changed = bool(ledger.decide(source, values, by=by, reason=reason, batch=batch or new_uid()))
        if changed and "rights" in values:
            begin(source)
    return int(changed)


def begin(source: Source) -> None:
    """Let all articles of a source follow its rights from the first one on, once this transaction is through."""
    source.followed_to = 0
    source.save(update_fields=["followed_to"])
    if source.rights == Source.Rights.NONE:
        # What is to be hidden is hidden at once, whatever becomes of the rest.
        Attribution.objects.filter(quote__article__source=source, shown=True).update(shown=False)
        Quote.objects.filter(article__source=source, public=True).update(public=False)
        Article.objects.filter(source=source, public=True).update(public=False)
    transaction.on_commit(lambda: follow(source, PATIENCE))


def follow(source: Source, patience: float | None = None) -> bool:
    """Let the gate look again at the articles of a source, some at a time, each time in a transaction of its own.

    What is done stays done, so it may be interrupted anywhere, and is gone on with from there. Answers whether all have
    followed; with ``patience`` it stops after so many seconds.
    """
    stop = None if patience is None else time.monotonic() + patience
    while True:
        with transaction.atomic():
            now = ledger.locked(source)
            source.followed_to = now.followed_to
            if now.followed_to is None:
                return True
            rows = Article.objects.filter(source=source, pk__gt=now.followed_to).order_by("pk")
            ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
            gate.refresh(ids)
            source.followed_to = ids[-1] if ids else None
            source.save(update_fields=["followed_to"])
        if stop is not None and time.monotonic() > stop:
            return source.followed_to is None
        time.sleep(0.01)  # a breath, in which others may write


def undo(decisions: Iterable[Decision], *, by: User | None, reason: str = "") -> int:
    """Take decisions back, whatever they are on; the articles of a source follow its rights again. Returns how many."""
    decisions = list(decisions)
    with transaction.atomic():
        undone = curation.undo(decisions, by=by, reason=reason)
        uids = {one.thing_uid for one in decisions if one.thing == "articles.source" and one.field == "rights"}
        for source in Source.objects.filter(uid__in=uids):
            begin(source)
    return undone
