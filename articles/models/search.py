"""What can be searched: a row an article (with what the public may search apart from the rest), and the quotes."""

from __future__ import annotations

from typing import Any

from django.db import models

from articles.models.article import Article


class SearchText(models.Model):
    """The words an article is found by: ``open`` to everybody, ``closed`` to editors only.

    Derived data, written by `articles.gate`: open holds the headline and, within the source's rights, the text without
    its boilerplate or only the excerpts around public quotes; closed holds what is left. Both cut at SEARCHED_BYTES.
    """

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    open = models.TextField(blank=True)
    closed = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"words of {self.article_id}"


class ArticleIndex(models.Model):
    class Meta:
        managed = False


class QuoteIndex(models.Model):
    class Meta:
        managed = False


def install(**kwargs: Any) -> None:
    """Install the search indexes and the guard that keeps captures immutable."""
