"""A line of a comparison as markup: a span a cell, `ins` and `del` with what they mean in words.

In Python and not in a template, for a page may have some thousand cells.
"""

from __future__ import annotations

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.comparing import Class
from articles.comparing.aligned import MISSING, Cell, Piece
from articles.variants import MARKS, Row

register = template.Library()
#: Fewer words than this are struck out where they would stand; of more there is a line, as long as they are.
STRUCK = 3


@register.filter
def aligned(row: Row) -> SafeString:
    """The cells of a row, each as wide as the words of the base that it stands for (class s1 to s15)."""
    if row.gone:
        span = sum(cell.span for cell in row.cells)
        return mark_safe(f'<span class="c s{span} gone"><del><b>{_left_out(span)}</b></del></span>')
    return mark_safe(" ".join(map(_cell, row.cells)))


def _cell(cell: Cell) -> str:
    before, after = "".join(f"{_piece(one)} " for one in cell.before), "".join(f" {_piece(one)}" for one in cell.after)
    said, replaced = escape(cell.said), escape(cell.replaced)
    if cell.kind is Class.SAME:
        return f"<span>{before}{said}{after}</span>"
    if cell.kind in MARKS:
        return f"<span>{before}<u>{said}</u>{after}</span>"
    wide = f' class="c s{cell.span}"' if cell.span > 1 else ""
    if cell.kind in MISSING and cell.span < STRUCK and not cell.words:
        return f"<span{wide}>{before}<del>{replaced}</del> <small>left out</small>{after}</span>"
    if cell.kind in MISSING:
        gone = f'<del><span class="hidden">{replaced} </span><b>{_left_out(cell.span)}</b></del>'
        return f'<span class="c s{cell.span} gone">{before}{f"{said} " if said else ""}{gone}{after}</span>'
    tag = '<span class="ed">{}</span>' if cell.kind is Class.BRACKET else "<ins>{}</ins>"
    shown = f"{tag.format(said)} " if said else ""
    return f"<span{wide}>{before}{shown}<small>for <del>{replaced}</del></small>{after}</span>"


def _piece(piece: Piece) -> str:
    words = escape(piece.words)
    if piece.kind is Class.ADDITION:
        return f'<ins class="more">{words}<small> added</small></ins>'
    return f'<span class="ed">{words}</span>' if piece.kind is Class.BRACKET else str(words)


def _left_out(words: int) -> str:
    return f"{words} word{'' if words == 1 else 's'} left out"
