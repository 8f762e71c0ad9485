"""How copies of articles are found, and what looks like one: Sketch and Suspicion."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from articles.models.article import Article


class Sketch(models.Model):
    """One of the smallest shingles of an article's text, as a hash: how texts with much in common find one another.

    A copy has none: whatever is like it is like its original.
    """

    pk = models.CompositePrimaryKey("hash", "article")
    hash = models.BigIntegerField()
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="sketch")

    def __str__(self) -> str:
        return f"{self.hash} in {self.article_id}"


class Suspicion(models.Model):
    """An article that looks like a copy of another, and of which nobody has said whether it is.

    The answer is a decision on the article's ``copy_of``; what somebody decided is suspected no more.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="suspicion")
    original = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    share = models.FloatField(help_text="Of its own words, that stand in the other; 0 to 1.")

    class Meta:
        verbose_name_plural = "suspicions"
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="what is shared of a text is 0 to 1"),
            models.CheckConstraint(condition=~Q(article=F("original")), name="an article is not like itself"),
        ]

    def __str__(self) -> str:
        return f"{self.article} looks like {self.original}"
