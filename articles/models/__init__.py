"""What was published and what it quotes; one file a thing."""

from articles.models.article import Article, Story
from articles.models.capture import Capture, Mention, Passage, Reading
from articles.models.copy import Sketch, Suspicion
from articles.models.feed import Feed, FeedEntry, Visit
from articles.models.job import Job
from articles.models.notice import Notice
from articles.models.quote import Attribution, PastAnchor, Quote
from articles.models.report import Report
from articles.models.search import ArticleIndex, QuoteIndex, SearchText
from articles.models.source import Source
from articles.models.utterance import Match, Shingle, Utterance

__all__ = [
    "Article",
    "ArticleIndex",
    "Attribution",
    "Capture",
    "Feed",
    "FeedEntry",
    "Job",
    "Match",
    "Mention",
    "Notice",
    "Passage",
    "PastAnchor",
    "Quote",
    "QuoteIndex",
    "Reading",
    "Report",
    "SearchText",
    "Shingle",
    "Sketch",
    "Source",
    "Story",
    "Suspicion",
    "Utterance",
    "Visit",
]
