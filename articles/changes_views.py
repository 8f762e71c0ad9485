"""What an outlet changed in an article, from one capture to another, on a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles import gate, gone
from articles.comparing.versions import changes
from articles.excerpts import visible
from articles.models import Article, Capture, Source


@require_safe
def article(request: HttpRequest, uid: str) -> HttpResponse:
    """The captures of an article with their dates, and what differs between ``?from=`` and ``?to=``, by their numbers.

    The last two, unless others are asked for; words only of a source whose texts may be shown whole.
    """
    found = Article.objects.public().select_related("source").filter(uid=uid).first()
    if found is None:
        return gone.article(request, uid)
    entire = found.source is not None and found.source.rights == Source.Rights.FULL
    versions = versions_of(list(found.captures.defer("text").order_by("number")))
    numbers = {str(one.number): at for at, one in enumerate(versions)}
    last = len(versions) - 1
    old, new = (numbers.get(request.GET.get(name, ""), -1) if name in request.GET else usual
                for name, usual in (("from", max(0, last - 1)), ("to", last)))  # fmt: skip
    if not 0 <= old <= new:
        raise Http404(f"no such captures of article {uid}")
    before, after = versions[old], versions[new]
    compared = old != new and entire
    return render(
        request,
        "changes.html",
        {
            "article": found,
            "versions": list(zip([None, *versions], versions, strict=False))[::-1],
            "first": versions[0],
            "before": before,
            "after": after,
            "entire": entire,
            "changes": changes(*seen([before, after])) if compared else None,
            "section": "articles",
        },
    )


def versions_of(captures: Sequence[Capture]) -> list[Capture]:
    """What the outlet had at one time and another: a correction is ours, and stands for the capture it corrects."""
    found: list[Capture] = []
    for capture in captures:
        if found and capture.how == Capture.How.CORRECTION:
            capture.taken_at = found.pop().taken_at
        if not found or capture.text_sha256 != found[-1].text_sha256:
            found.append(capture)
    return found


def seen(captures: Sequence[Capture]) -> list[str]:
    """Their texts without what is hidden on the pages of articles; two queries."""
    keys = [capture.pk for capture in captures]
    texts = dict(Capture.objects.filter(pk__in=keys).values_list("pk", "text"))
    hidden = gate.hidden_in(keys)
    return ["\n".join(span.of(texts[key]) for span in visible(len(texts[key]), hidden[key])) for key in keys]
