"""Work that waits in the admin: what there is of it, how often it was tried, why it failed; tried again by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import work
from articles.models import Job
from corpus.curating import DeskAdmin, RelationFilter
from corpus.sites import Waiting


class QueuedFilter(RelationFilter, admin.RelatedOnlyFieldListFilter):
    nothing = "no account: a command, a feed"


@admin.register(Job)
class JobAdmin(DeskAdmin):
    """Nobody adds or changes work here: it is queued elsewhere, tried again, or taken off."""

    list_display = ("what", "kind", "how_far", "attempts", "since", "became")
    list_filter = ("state", "kind", ("by", QueuedFilter))
    list_select_related = ("article", "by")
    search_fields = ("name", "error")
    ordering = ("-id",)
    actions = ("try_again",)
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("raw", "said")

    @admin.display(description="what", ordering="name")
    def what(self, job: Job) -> SafeString:
        return format_html("{}<br><small>{}</small>", job.name or job.article, job.error)

    @admin.display(description="state", ordering="next_try")
    def how_far(self, job: Job) -> SafeString | str:
        if not job.attempts or job.state != Job.State.WAITING:
            return job.get_state_display()
        again = f"next try {localize(timezone.localtime(job.next_try))}"
        return format_html("{}<br><small>{}</small>", job.get_state_display(), again)

    @admin.display(description="queued", ordering="id")
    def since(self, job: Job) -> SafeString:
        return format_html("{}<br><small>{}</small>", localize(timezone.localtime(job.queued)), job.by or "")

    @admin.display(description="article", empty_value="–")
    def became(self, job: Job) -> Any:
        return job.article

    @admin.action(description="Try these again now", permissions=["retry"])
    def try_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        number = work.try_again(jobs)
        self.message_user(request, f"{number} will be tried again by manage.py work.", messages.SUCCESS)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Trying again decides nothing: who may take news in may do it to many.
        return admin.ModelAdmin.get_actions(self, request)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_job")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def waiting(self) -> list[Waiting]:
        url = reverse("admin:articles_job_changelist")
        waiting = Job.objects.filter(state=Job.State.WAITING)
        failed = Job.objects.filter(state=Job.State.FAILED)
        return [
            Waiting("items, addresses and readings given up", failed, f"{url}?state__exact=failed",
                    "They could not be taken in, fetched or read.", order=72,
                    one="item, address or reading given up"),
            Waiting("items, addresses and readings that wait", waiting, f"{url}?state__exact=waiting",
                    "Done by manage.py work, which should be running.", order=73,
                    one="item, address or reading that waits"),
        ]  # fmt: skip
