"""Feeds in the admin: how each of them is, polled at once if somebody asks; and the entries that wait or failed."""

from __future__ import annotations

import time
from collections import Counter

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from articles import polling
from articles.admin.filters import SourceFilter
from articles.admin.outlet import number_of
from articles.admin.take_in import sentence_of
from articles.fetching import Fetcher, Manner
from articles.intake import normalise_url
from articles.models import Feed, FeedEntry
from corpus.curating import DeskAdmin, ReadOnlyAdmin, TellsChanges
from corpus.sites import Waiting

#: Seconds that somebody waits for the entries of a feed; the rest is left to `manage.py poll`.
PATIENCE = 20.0


class FeedForm(forms.ModelForm):
    class Meta:
        model = Feed
        fields = ("url", "source", "story", "interval", "enabled", "publish")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            normalise_url(url)
        except ValueError as error:
            raise forms.ValidationError(sentence_of(error)) from error
        return url


@admin.register(Feed)
class FeedAdmin(TellsChanges, DeskAdmin):
    form = FeedForm
    list_display = ("name", "source", "health", "waiting_entries", "success", "next", "poll_now")
    list_filter = ("enabled", ("source", SourceFilter))
    list_select_related = ("source",)
    search_fields = ("title", "url")
    autocomplete_fields = ("source", "story")
    actions = ("enable", "disable")
    fields = ("url", "source", "story", "interval", "enabled", "publish")
    ordering = ("-failures", "title", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        entries = FeedEntry.objects.filter(state=FeedEntry.State.WAITING)
        return super().get_queryset(request).annotate(entry_count=number_of(entries, "feed"))

    @admin.display(description="feed", ordering="title")
    def name(self, feed: Feed) -> SafeString:
        return (
            format_html("{}<br><small>{}</small>", feed.title, feed.url) if feed.title else format_html("{}", feed.url)
        )

    @admin.display(description="health", ordering="failures")
    def health(self, feed: Feed) -> SafeString:
        if not feed.enabled:
            return format_html("switched off<br><small>{}</small>", feed.last_error)
        if feed.failures:
            times = "once" if feed.failures == 1 else f"{feed.failures} times in a row"
            return format_html("<strong>failed {}</strong><br><small>{}</small>", times, feed.last_error)
        return format_html("{}", "well" if feed.last_polled else "not polled yet")

    @admin.display(description="entries waiting", ordering="entry_count")
    def waiting_entries(self, feed: Feed) -> SafeString:
        url = f"{reverse('admin:articles_feedentry_changelist')}?feed__id__exact={feed.pk}&state__exact=waiting"
        return format_html('<a href="{}">{}</a>', url, getattr(feed, "entry_count", 0))

    @admin.display(description="last success", ordering="last_success")
    def success(self, feed: Feed) -> str:
        return f"{timesince(feed.last_success, depth=1)} ago" if feed.last_success else "never"

    @admin.display(description="next poll", ordering="next_poll")
    def next(self, feed: Feed) -> str:
        if not feed.enabled:
            return "–"
        now = timezone.now()
        return f"in {timesince(now, feed.next_poll, depth=1)}" if feed.next_poll > now else "due"

    @admin.display(description="")
    def poll_now(self, feed: Feed) -> SafeString | str:
        if not feed.enabled:
            return ""
        # The list is one form; its own button is told where to go.
        return format_html(
            '<button type="submit" class="act" formaction="{}" formmethod="post">Poll now</button>',
            reverse("admin:articles_feed_poll", args=[feed.pk]),
        )

    @admin.action(description="Poll these feeds from now on", permissions=["change"])
    def enable(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        number = feeds.filter(enabled=False).update(enabled=True, failures=0, next_poll=timezone.now())
        self.message_user(request, f"{number} switched on.", messages.SUCCESS)

    @admin.action(description="Poll these feeds no more", permissions=["change"])
    def disable(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        self.message_user(
            request, f"{feeds.filter(enabled=True).update(enabled=False)} switched off.", messages.SUCCESS
        )

    def waiting(self) -> list[Waiting]:
        url = f"{reverse('admin:articles_feed_changelist')}?o=-3"
        why = "Nothing new comes in from them."
        return [Waiting("failing feeds", Feed.objects.failing(), url, why, order=70, one="failing feed")]

    # --- poll now

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.poll_view))
        return [path("<int:pk>/poll/", view, name="articles_feed_poll"), *super().get_urls()]

    def poll_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Poll a feed while somebody waits, and take in as much of it as their patience allows."""
        feed = Feed.objects.filter(pk=pk).first()
        if feed is None:
            raise Http404
        if not self.has_change_permission(request, feed):
            raise PermissionDenied
        until = time.monotonic() + PATIENCE
        fetcher = Fetcher(Manner.hurried())
        for polled in polling.poll([feed], fetcher):
            if polled.error:
                self.message_user(request, f"Not polled: {polled.error}", messages.ERROR)
                break
            counted: Counter[str] = Counter()
            for found in polling.take_in_entries(fetcher, [feed]):
                counted[found.outcome.outcome] += 1
                if time.monotonic() > until:
                    break
            left = FeedEntry.objects.filter(feed=feed, state=FeedEntry.State.WAITING).count()
            said = [f"{number} {kind}" for kind, number in counted.items()] or ["nothing new"]
            rest = f" {left} wait for manage.py poll." if left else ""
            level = messages.WARNING if counted["failed"] else messages.SUCCESS
            self.message_user(request, f"{feed}: {', '.join(said)}.{rest}", level)
            break
        else:
            self.message_user(request, f"{feed} is being polled already, or switched off.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:articles_feed_changelist"))


@admin.register(FeedEntry)
class FeedEntryAdmin(ReadOnlyAdmin):
    """What stood in feeds: what waits, how often it was tried and why it failed."""

    list_display = ("what", "feed", "state", "attempts", "error", "next_try", "article")
    list_filter = ("state", "feed")
    list_select_related = ("feed", "article")
    search_fields = ("url", "error")
    actions = ("try_again",)
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedEntry]:
        return super().get_queryset(request).defer("content")

    @admin.display(description="address")
    def what(self, entry: FeedEntry) -> str:
        return entry.url or "–"

    @admin.action(description="Try these again now", permissions=["retry"])
    def try_again(self, request: HttpRequest, entries: QuerySet[FeedEntry]) -> None:
        waiting = entries.exclude(state=FeedEntry.State.DONE).exclude(url="")
        number = waiting.update(state=FeedEntry.State.WAITING, attempts=0, next_try=timezone.now(), error="")
        self.message_user(request, f"{number} will be tried again by manage.py poll, or “poll now”.", messages.SUCCESS)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_feed")

    def waiting(self) -> list[Waiting]:
        failed = FeedEntry.objects.filter(state=FeedEntry.State.FAILED)
        url = f"{reverse('admin:articles_feedentry_changelist')}?state__exact=failed"
        why = "Their pages could not be taken in."
        return [Waiting("entries of feeds given up", failed, url, why, order=71, one="entry of a feed given up")]
