"""Marked paragraphs and the notes beside them in the templates of the admin."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from articles import marked
from articles.desk import acts
from articles.models import Quote
from articles.rendering import Paragraph

register = template.Library()


@register.filter
def html(paragraph: Paragraph) -> SafeString:
    return marked.html(paragraph)


@register.filter
def fingerprint(quote: Quote) -> str:
    return acts.fingerprint(quote)
