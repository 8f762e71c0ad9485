"""What the addresses of articles and quotes answer that the public does not see: 410 with why, or 404."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse

from articles import publishing
from articles.models import Article, Quote
from corpus import gone


def article(request: HttpRequest, uid: str) -> HttpResponse:
    """Purged, or withheld and why; Http404 for what never was public."""
    if stone := gone.tombstone(Article, uid=uid):
        return gone.purged(request, "article", stone)
    if withheld := Article.objects.filter(uid=uid, status=Article.Status.WITHHELD).first():
        return _withheld(request, "article", withheld)
    raise Http404(f"no public article {uid}")


def quote(request: HttpRequest, uid: str) -> HttpResponse:
    """Purged, rejected, or of an article that is withheld, and why; Http404 for what never was public."""
    if stone := gone.tombstone(Quote, uid=uid):
        return gone.purged(request, "quote", stone)
    taken = Q(status=Quote.Status.REJECTED) | Q(article__status=Article.Status.WITHHELD)
    hidden = Quote.objects.filter(taken, uid=uid).select_related("article").first()
    if hidden is None:
        raise Http404(f"no public quote {uid}")
    if hidden.article.status == Article.Status.WITHHELD:
        return _withheld(request, "quote", hidden.article)
    return gone.page(request, "quote")


def _withheld(request: HttpRequest, noun: str, withheld: Article) -> HttpResponse:
    why = publishing.why_withheld(withheld)
    return gone.page(request, noun, note=why.text if why else "", since=why.at if why else None)
