"""The desk: articles, quotes, captures, sources and stories in the admin; one module a thing."""

from articles.admin.article import ArticleAdmin
from articles.admin.capture import CaptureAdmin
from articles.admin.outlet import SourceAdmin, StoryAdmin
from articles.admin.quote import QuoteAdmin

__all__ = ["ArticleAdmin", "CaptureAdmin", "QuoteAdmin", "SourceAdmin", "StoryAdmin"]
