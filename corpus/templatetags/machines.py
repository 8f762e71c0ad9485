"""What the head of a page tells machines: its address for good, Open Graph, and JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from corpus import linked_data
from corpus.linked_data import Linked

register = template.Library()

SITE = "Verbatim"
#: What could end the element that the data stands in.
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def machines(context: template.RequestContext) -> SafeString:
    """The lines of the head for machines, of the blocks that the page fills for people and of what its view says.

    ``canonical`` is the address of the page on this site where it is not the path of the request, ``linked`` what the
    page is about in schema.org's terms; of a list that is the things it lists.
    """
    request: HttpRequest | None = context.get("request")
    if request is None:
        return SafeString("")
    address = request.build_absolute_uri(context.get("canonical") or request.path)
    said = {
        "og:site_name": SITE,
        "og:type": _block(context, "og_type") or "website",
        "og:title": mark_safe(_block(context, "title").removesuffix(f" – {SITE}")),
        "og:description": mark_safe(_block(context, "description")),
        "og:url": address,
        "og:locale": "en_GB",
    }
    linked = context.get("linked") or (
        _of_site(request) if request.path == "/" else _of_list(context, request, address)
    )
    return format_html(
        '<link rel="canonical" href="{}">\n{}\n{}',
        address,
        format_html_join("\n", '<meta property="{}" content="{}">', said.items()),
        data(linked_data.document(linked)) if linked else "",
    )


def data(linked: Linked) -> SafeString:
    """JSON-LD as an element: a block of data, which no browser runs, with nothing in it that could end it."""
    text = json.dumps(linked, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


def _block(context: template.RequestContext, name: str) -> str:
    """What the page puts into a block of the base, once more; escaped already."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks and blocks.get_block(name)
    return " ".join(block.nodelist.render(context).split()) if block else ""


def _site(request: HttpRequest) -> Linked:
    return {"@type": "WebSite", "@id": request.build_absolute_uri("/"), "name": SITE}


def _of_site(request: HttpRequest) -> Linked:
    """The site with its search."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": request.build_absolute_uri(reverse("quotes")) + "?q={words}"},
        "query-input": "required name=words",
    }
    return {**_site(request), "url": request.build_absolute_uri("/"), "potentialAction": search}


def _of_list(context: template.RequestContext, request: HttpRequest, address: str) -> Linked | None:
    """The things of a list by their addresses, in its order."""
    items = getattr(context.get("page"), "items", None)
    if not isinstance(items, list) or not items:
        return None
    return {
        "@type": "CollectionPage",
        "@id": address,
        "name": context.get("title"),
        "isPartOf": _site(request),
        "mainEntity": {"@type": "ItemList", "itemListElement": list(_positions(items, request))},
    }


def _positions(items: list[Any], request: HttpRequest) -> Iterator[Linked]:
    for number, item in enumerate(items, 1):
        url = request.build_absolute_uri(item.get_absolute_url())
        yield {"@type": "ListItem", "position": number, "url": url}
