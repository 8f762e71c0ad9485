"""The desk: articles, quotes, captures, sources and stories in the admin; one module a thing."""

from django.contrib import admin

from articles.admin import disagreements, enlist
from articles.admin.article import ArticleAdmin
from articles.admin.capture import CaptureAdmin
from articles.admin.feed import FeedAdmin, FeedEntryAdmin
from articles.admin.identity import PairAdmin
from articles.admin.job import JobAdmin
from articles.admin.match import MatchAdmin
from articles.admin.notice import NoticeAdmin
from articles.admin.outlet import SourceAdmin, StoryAdmin
from articles.admin.quote import QuoteAdmin
from articles.admin.report import ReportAdmin
from articles.admin.utterance import UtteranceAdmin
from articles.desk import views as desk

__all__ = [
    "ArticleAdmin", "CaptureAdmin", "FeedAdmin", "FeedEntryAdmin", "JobAdmin", "MatchAdmin", "NoticeAdmin",
    "PairAdmin", "QuoteAdmin", "ReportAdmin", "SourceAdmin", "StoryAdmin", "UtteranceAdmin",
]  # fmt: skip

admin.site.screens += [desk.urls, disagreements.urls, enlist.urls]  # type: ignore[attr-defined]
