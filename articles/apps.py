"""The articles app: what was published and what it quotes."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from articles.models import search

        # The one handler in the house: search indexes live outside the migrations, because SQLite drops triggers
        # when it rebuilds a table; installing them is idempotent and quick when there is nothing to do.
        post_migrate.connect(search.install, sender=self, dispatch_uid="articles.search")
