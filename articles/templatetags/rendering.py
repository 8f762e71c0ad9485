"""How the blocks of `articles.rendering` find their templates and names."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from articles import rendering

register = template.Library()

FURNITURE = {
    "caption": "picture caption",
    "embed": "embedded post",
    "related": "related links",
    "promo": "promotion",
    "share": "share buttons",
}


@register.filter
def part(block: rendering.Block) -> str:
    """The template of a block."""
    return f"parts/{block.block}.html"


@register.filter
def rows(blocks: Iterable[rendering.Block]) -> list[list[rendering.Block]]:
    """Blocks in rows: one with notes takes along those without that follow, so that its notes have room beside them."""
    found: list[list[rendering.Block]] = []
    for block in blocks:
        if found and not getattr(block, "notes", None) and getattr(found[-1][0], "notes", None):
            found[-1].append(block)
        else:
            found.append([block])
    return found


@register.filter
def furniture(kinds: Iterable[str]) -> str:
    """What was hidden, in words: "promotion and related links"."""
    from articles.wording import listed

    return listed([FURNITURE.get(kind, kind) for kind in kinds])
