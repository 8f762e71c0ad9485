"""The articles app: what was published and what it quotes."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "What was published"

    def ready(self) -> None:
        from articles.models import search, watches

        # Beside the roles the only handlers in the house: search indexes and triggers live outside the migrations,
        # because SQLite drops triggers when it rebuilds a table; installing them is idempotent and quick when there is
        # nothing to do.
        pre_migrate.connect(watches.take_down, sender=self, dispatch_uid="articles.watches")
        post_migrate.connect(search.install, sender=self, dispatch_uid="articles.search")
