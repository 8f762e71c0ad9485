"""What was published and what it quotes; one file a thing."""

from articles.models.article import Article, Story
from articles.models.capture import Capture, Mention, Passage, Reading
from articles.models.notice import Notice
from articles.models.quote import Attribution, PastAnchor, Quote
from articles.models.search import ArticleIndex, QuoteIndex, SearchText
from articles.models.source import Source

__all__ = [
    "Article",
    "ArticleIndex",
    "Attribution",
    "Capture",
    "Mention",
    "Notice",
    "Passage",
    "PastAnchor",
    "Quote",
    "QuoteIndex",
    "Reading",
    "SearchText",
    "Source",
    "Story",
]
