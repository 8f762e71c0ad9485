"""What an article is a copy of, on its page in the admin: what the machine found or suspects, and the answer to it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from articles import copies, publishing
from articles.models import Article, Suspicion
from corpus.curating import back
from corpus.models import new_uid
from corpus.sites import Waiting

#: So many of the copies of one article are named on its page.
NAMED = 20


class CopyFilter(admin.SimpleListFilter):
    title = "copies"
    parameter_name = "copy"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("of", "copies"), ("original", "articles with copies"), ("perhaps", "looks like a copy")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        match self.value():
            case "of":
                return queryset.filter(copy_of__isnull=False)
            case "original":
                return queryset.filter(Exists(Article.objects.filter(copy_of=OuterRef("pk"))))
            case "perhaps":
                return queryset.filter(suspicion__isnull=False)
        return queryset


def waiting(changelist: str) -> Waiting:
    why = "More of its words than chance would have it stand in an earlier article."
    return Waiting(
        "articles that look like copies",
        Suspicion.objects.all(),
        f"{changelist}?copy=perhaps",
        why,
        order=6,
        one="article that looks like a copy",
    )


def shown(article: Article) -> dict[str, Any]:
    """What the page of an article says of copies; two queries."""
    suspicion = Suspicion.objects.filter(article=article).select_related("original__source").first()
    rows = list(article.copies.select_related("source").order_by("moment", "pk")[: NAMED + 1])
    return {
        "suspicion": suspicion,
        "suspected_share": round(100 * suspicion.share) if suspicion else 0,
        "copies": rows[:NAMED],
        "more_copies": len(rows) > NAMED,
        "copy_decided": "copy_of" in article.decided,
    }


def urls(site: admin.AdminSite, owner: Any) -> list[URLPattern]:
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        """One press of a button: ``copy_of`` is the uid of the original, or empty for "not a copy"."""
        article = get_object_or_404(Article.objects.select_related("source"), pk=pk)
        if not owner.has_change_permission(request, article):
            raise PermissionDenied
        uid, batch = request.POST.get("copy_of", ""), new_uid()
        original = Article.objects.filter(uid=uid).select_related("copy_of").first() if uid else None
        if uid and original is None:
            owner.message_user(request, "That article is no longer in the corpus; nothing was changed.", messages.ERROR)
            return back(request, "copies")
        try:
            value = copies.original_for(article, original).uid if original else None
        except copies.Refused as error:
            owner.message_user(request, str(error), messages.ERROR)
            return back(request, "copies")
        number = publishing.decide([article], {"copy_of": value}, by=request.user, batch=batch)  # type: ignore[arg-type]
        if number:
            said = f"A copy of “{original}”." if original else "Not a copy; nobody will be asked again."
            owner.tell(request, said, batch)
        return back(request, "copies")

    return [path("<int:pk>/copy/", site.admin_view(require_POST(answer)), name="articles_article_copy")]
