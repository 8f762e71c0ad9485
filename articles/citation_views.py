"""Cite this: a quote or an article as a file for the program that keeps one's references."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import citing, gone, wording
from articles.citing import Cited
from articles.models import Article, Quote

#: What the forms are called, in the order in which they are offered.
LABELS = {"text": "Text", "bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}
FORM_OF = {extension: form for form, (_, extension) in citing.FORMATS.items()}


@require_safe
def quote(request: HttpRequest, uid: str, extension: str) -> HttpResponse:
    """The citation of a quote as a file."""
    found = Quote.objects.public().listed().filter(uid=uid).first()
    return _file(cited_quote(request, found), extension) if found else gone.quote(request, uid)


@require_safe
def article(request: HttpRequest, uid: str, extension: str) -> HttpResponse:
    """The citation of an article as a file."""
    found = Article.objects.public().select_related("source").filter(uid=uid).first()
    return _file(cited_article(request, found), extension) if found else gone.article(request, uid)


def _file(cited: Cited, extension: str) -> HttpResponse:
    form = FORM_OF.get(extension)
    if form is None:
        raise Http404(f"no citation of the form {extension}")
    media_type, _ = citing.FORMATS[form]
    headers = {"Content-Disposition": f'attachment; filename="verbatim-{cited.uid}.{extension}"'}
    return HttpResponse(_written(cited, form), content_type=media_type, headers=headers)


def _written(cited: Cited, form: str) -> str:
    return citing.cite(cited, form, timezone.localdate())


def cited_article(request: HttpRequest, article: Article) -> Cited:
    """An article as what is cited."""
    return Cited(
        uid=article.uid,
        headline=article.title,
        outlet=str(article.source),
        permalink=request.build_absolute_uri(article.get_absolute_url()),
        byline=article.byline,
        date=_date(wording.printed(article)),
        url=article.url,
        language=article.language,
        live_blog=article.kind == Article.Kind.LIVE_BLOG,
    )


def cited_quote(request: HttpRequest, quote: Quote) -> Cited:
    """A quote as what is cited: its article, at the date of its entry, with the words and who is credited."""
    return replace(
        cited_article(request, quote.article),
        uid=quote.uid,
        permalink=request.build_absolute_uri(quote.get_absolute_url()),
        date=_date(wording.printed_at(quote)),
        words=quote.text,
        speaker=str(wording.credit(quote)),
    )


def _date(printed: wording.Dated) -> tuple[int, ...]:
    return tuple(int(part) for part in printed.iso.split("-")) if printed.iso else ()


def forms(cited: Cited, noun: str) -> list[dict[str, Any]]:
    """Every form of a citation, with its label, its text and the address of its file."""
    return [
        {
            "label": label,
            "text": _written(cited, form).strip(),
            "url": reverse(f"{noun}-cited", args=[cited.uid, citing.FORMATS[form][1]]),
        }
        for form, label in LABELS.items()
    ]
