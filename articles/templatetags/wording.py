"""Filters that put a quote into words; the wording itself is `articles.wording`."""

from __future__ import annotations

from typing import Any

from django import template

from articles import wording

register = template.Library()


@register.filter
def credit(quote: Any) -> wording.Credit:
    return wording.credit(quote)


@register.filter
def words(quote: Any) -> wording.Words:
    return wording.words(quote)


@register.filter
def printed(article: Any) -> wording.Dated:
    return wording.printed(article)


@register.filter
def printed_time(article: Any) -> wording.Dated:
    return wording.printed(article, clock=True)


@register.filter
def printed_at(quote: Any) -> wording.Dated:
    return wording.printed_at(quote)


@register.filter
def sureness(confidence: float) -> str:
    return wording.sureness(confidence)


@register.filter
def elsewhere(quote: Any) -> int:
    """How many other outlets printed it; 0 where its utterance was not asked for together with it."""
    known = quote._meta.get_field("utterance").is_cached(quote)
    return wording.elsewhere(quote) if known else 0
