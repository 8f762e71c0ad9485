"""Numbers and nouns as the pages write them."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def number(value: Any) -> str:
    """1284 as "1,284"."""
    return f"{value:,}" if isinstance(value, int) else str(value or 0)


@register.filter
def of(count: Any, nouns: str) -> str:
    """A number with its noun: `5|of:"quote,quotes"` is "5 quotes"; nouns take a comma between them, or just an s."""
    one, _, many = nouns.partition(",")
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


@register.filter
def times(count: Any) -> str:
    """How often: "once", "12 times"."""
    return "once" if count == 1 else of(count, "time")


@register.filter
def capital(text: Any) -> str:
    """The first letter in upper case, the rest as it is."""
    text = str(text)
    return text[:1].upper() + text[1:]


@register.filter
def spelled(count: Any) -> str:
    """A small number as a word: "two"; from ten on in figures."""
    words = "no one two three four five six seven eight nine".split()
    return words[count] if isinstance(count, int) and 0 <= count < len(words) else number(count)
