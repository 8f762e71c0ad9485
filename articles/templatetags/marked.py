"""Marked paragraphs in the templates of the admin."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from articles import marked
from articles.rendering import Paragraph

register = template.Library()


@register.filter
def html(paragraph: Paragraph) -> SafeString:
    return marked.html(paragraph)
